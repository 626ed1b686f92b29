//! `SyntaxError`.

use super::{base, extra_field, get, set};
use taipan_object::call::Args;
use taipan_object::exception::extra;
use taipan_object::native::TypeSpec;
use taipan_object::{PyResult, Thread, Value, names, ops};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.init = Some(init);
        s.str = Some(str);
    },
    methods: &[],
    getset: &[
        extra_field!("msg", extra::SYNTAX[0]),
        extra_field!("filename", extra::SYNTAX[1]),
        extra_field!("lineno", extra::SYNTAX[2]),
        extra_field!("offset", extra::SYNTAX[3]),
        extra_field!("text", extra::SYNTAX[4]),
        extra_field!("end_lineno", extra::SYNTAX[5]),
        extra_field!("end_offset", extra::SYNTAX[6]),
        extra_field!("print_file_and_line", extra::SYNTAX[7]),
        extra_field!("_metadata", extra::SYNTAX[8]),
    ],
    doc: "Invalid syntax.",
    sig: "",
};

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    base::init(th, v, args)?;
    if let Some(msg) = args.values.first() {
        set(th, v, extra::SYNTAX[0], *msg);
    }
    let [_, details] = args.values else {
        return Ok(());
    };
    let items = ops::to_vec(th, *details)?;
    if items.len() < 4 {
        return Err(th.type_error(format!(
            "function takes at least 4 arguments ({} given)",
            items.len()
        )));
    }
    if items.len() > 7 {
        return Err(th.type_error(format!(
            "function takes at most 7 arguments ({} given)",
            items.len()
        )));
    }
    // Called again, it leaves nothing of before.
    for n in &extra::SYNTAX[1..7] {
        set(th, v, *n, Value::NONE);
    }
    set(th, v, extra::SYNTAX[8], Value::NONE);
    for (n, x) in items.iter().enumerate().take(6) {
        set(th, v, extra::SYNTAX[n + 1], *x);
    }
    if let Some(m) = items.get(6) {
        set(th, v, extra::SYNTAX[8], *m);
    }
    if items.len() == 5 {
        return Err(th.type_error("end_offset must be provided when end_lineno is provided"));
    }
    Ok(())
}

fn str(th: &Thread, v: Value) -> PyResult {
    let msg = ops::str(th, get(v, extra::SYNTAX[0]))?;
    let file = get(v, extra::SYNTAX[1]);
    let line = get(v, extra::SYNTAX[2]);
    let file = file.as_str_obj().is_some().then(|| {
        let text = names::text(file).into_owned();
        text.rsplit('/').next().unwrap_or(&text).to_owned()
    });
    let line = if line.is_exact_int() {
        Some(names::text(ops::str(th, line)?))
    } else {
        None
    };
    let tail = match (file, line) {
        (None, None) => return Ok(msg),
        (Some(f), Some(l)) => format!(" ({f}, line {l})"),
        (Some(f), None) => format!(" ({f})"),
        (None, Some(l)) => format!(" (line {l})"),
    };
    crate::text::join(th, &[msg, Value::str(th, &tail)])
}
