//! `ImportError`.

use super::{base, extra_field, get, set};
use taipan_object::attr;
use taipan_object::call::Args;
use taipan_object::dict::Dict;
use taipan_object::exception::extra;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::types::{self, class_of, is_exactly};
use taipan_object::{PyResult, Thread, Value, names};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.init = Some(init);
        s.str = Some(|th, v| {
            let msg = get(v, extra::IMPORT[0]);
            if is_exactly(msg, &types::STR) {
                Ok(msg)
            } else {
                base::str(th, v)
            }
        });
    },
    methods: &[Method::new("__reduce__", "($self, /)", reduce)],
    getset: &[
        extra_field!("msg", extra::IMPORT[0]),
        extra_field!("name", extra::IMPORT[1]),
        extra_field!("path", extra::IMPORT[2]),
        extra_field!("name_from", extra::IMPORT[3]),
    ],
    doc: "Import can't find module, or can't find name in module.",
    sig: "",
};

const KEYWORDS: [&str; 3] = ["name", "path", "name_from"];

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    for n in extra::IMPORT {
        set(th, v, n, Value::NONE);
    }
    for (k, x) in args.kw() {
        match KEYWORDS.iter().position(|n| k.is_str(n)) {
            Some(n) => set(th, v, extra::IMPORT[n + 1], x),
            None => {
                return Err(th.type_error(format!(
                    "ImportError() got an unexpected keyword argument '{}'",
                    names::text(k)
                )));
            }
        }
    }
    base::set_args_to(th, v, args.pos())?;
    if let [msg] = args.pos() {
        set(th, v, extra::IMPORT[0], *msg);
    }
    Ok(())
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let v = a[0];
    let d = match attr::has_dict(v) {
        true => {
            let own = attr::to_dict(th, v)?;
            Dict::from_map(th, own.map.copy(th, &own.header)?)
        }
        false => Dict::new(th),
    };
    for (n, k) in KEYWORDS.iter().enumerate() {
        let x = get(v, extra::IMPORT[n + 1]);
        if !x.is_none() {
            d.set_name(th, k, x)?;
        }
    }
    let (cls, args) = (class_of(v).value(), base::this(v).args.get());
    if d.map.is_empty() {
        return Ok(Value::tuple(th, &[cls, args]));
    }
    Ok(Value::tuple(th, &[cls, args, d.value()]))
}
