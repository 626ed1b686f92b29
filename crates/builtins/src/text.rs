//! Putting texts together that may hold lone surrogates.

use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{PyResult, Thread, Value};

/// The concatenation of strings.
pub fn join(th: &Thread, parts: &[Value]) -> PyResult {
    let mut out = Wtf8Buf::new();
    for p in parts {
        if let Some(w) = p.as_wtf8() {
            out.push_wtf8(w);
        }
    }
    Value::try_wtf8(th, &out)
}

/// `before`, a string, `after`.
pub fn around(th: &Thread, before: &str, middle: Value, after: &str) -> PyResult {
    join(th, &[Value::str(th, before), middle, Value::str(th, after)])
}

/// Strings with a separator between them.
pub fn join_with(th: &Thread, separator: &str, parts: &[Value]) -> PyResult {
    let mut out = Wtf8Buf::new();
    for (i, p) in parts.iter().enumerate() {
        if i > 0 {
            out.push_str(separator);
        }
        if let Some(w) = p.as_wtf8() {
            out.push_wtf8(w);
        }
    }
    Value::try_wtf8(th, &out)
}
