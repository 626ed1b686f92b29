//! `sys.stderr` of the time before there are files: for messages of the import machinery.

use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, payload};

/// The payload of `stderrprinter`.
pub struct Printer;

payload!(Printer, "stderr printer", |_this, _m| {});

/// `stderrprinter`
pub static PRINTER: StaticType = StaticType::new(
    "builtins",
    "stderrprinter",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Printer>,
);

/// `stderrprinter`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| s.repr = Some(|th, _| Ok(Value::str(th, "<stderrprinter fd=2>"))),
    methods: &[
        Method::new("close", "($self, /)", |_, _| Ok(Value::NONE)),
        Method::new("flush", "($self, /)", |_, _| Ok(Value::NONE)),
        Method::new("fileno", "($self, /)", |_, _| Ok(Value::small_int(2))),
        Method::new("isatty", "($self, /)", |_, _| {
            Ok(Value::bool(taipan_host::tty::isatty(2)))
        }),
        Method::new("write", "($self, text, /)", write),
    ],
    getset: &[
        GetSet::new("closed", |_, _| Ok(Value::FALSE)),
        GetSet::new("encoding", |th, _| Ok(Value::str(th, "utf-8"))),
        GetSet::new("mode", |th, _| Ok(Value::str(th, "w"))),
    ],
    ..TypeSpec::EMPTY
};

fn write(th: &Thread, a: &[Value]) -> PyResult {
    let escape = Some("backslashreplace");
    let bytes = taipan_strings::codec::encode(th, a[1], Some("utf-8"), escape)?;
    let text = bytes.as_bytes().unwrap_or_default().to_vec();
    let _ = th.blocking(|| taipan_host::fd::write(2, &text));
    Ok(Value::usize(th, text.len()))
}

/// Makes one.
pub fn stderr(th: &Thread) -> Value {
    th.new_object(&PRINTER, Printer).value()
}
