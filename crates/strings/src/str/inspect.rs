//! The methods of `str` that only look.

use taipan_object::{PyResult, Thread, Value};
use taipan_text::classify;

use super::get;

macro_rules! predicates {
    ($($name:ident)*) => {
        $(pub(super) fn $name(_: &Thread, a: &[Value]) -> PyResult {
            Ok(Value::bool(classify::$name(get(a[0]).wtf8())))
        })*
    };
}

predicates!(islower isupper istitle isspace isdecimal isdigit isnumeric isalpha isalnum isidentifier isprintable);

pub(super) fn isascii(_: &Thread, a: &[Value]) -> PyResult {
    Ok(Value::bool(get(a[0]).is_ascii()))
}

pub(super) fn sizeof(th: &Thread, a: &[Value]) -> PyResult {
    let s = get(a[0]);
    let head = if s.is_ascii() { 24 } else { 32 };
    Ok(Value::usize(th, head + s.as_bytes().len()))
}
