//! `s[i]`, `x in s`, `s + t`, `s * n`.

use taipan_object::func::Slice;
use taipan_object::strings::{Str, ascii_char, empty_str};
use taipan_object::types::class_of;
use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{Object, PyResult, Thread, Value, ops};
use taipan_text::ops as text_ops;

use super::{exact, get};
use crate::args;

/// The character at an index that is within the string.
#[inline]
pub(super) fn char_at(th: &Thread, s: &Object<Str>, i: usize) -> PyResult {
    if s.is_ascii() {
        return Ok(ascii_char(s.as_bytes()[i]));
    }
    s.slice(th, i, i + 1)
}

pub(super) fn getitem(th: &Thread, v: Value, key: Value) -> PyResult {
    let s = get(v);
    if key.downcast::<Slice>().is_some() {
        return slice(th, v, key);
    }
    if !key.is_small_int() && class_of(key).slots().index.is_none() {
        return Err(th.type_error(format!(
            "string indices must be integers, not '{}'",
            class_of(key).tp_name()
        )));
    }
    let mut i = ops::subscript_index(th, key)?;
    let n = s.len() as i64;
    if i < 0 {
        i += n;
    }
    if i < 0 || i >= n {
        return Err(th.index_error("string index out of range"));
    }
    char_at(th, s, i as usize)
}

fn slice(th: &Thread, v: Value, key: Value) -> PyResult {
    let s = get(v);
    let r = ops::adjust_slice(ops::slice_parts(th, key)?, s.len());
    if r.count == 0 {
        return Ok(empty_str());
    }
    if r.step == 1 {
        return s.slice(th, r.start as usize, r.start as usize + r.count);
    }
    let indices = (0..r.count as i64).map(|i| (r.start + i * r.step) as usize);
    if s.is_ascii() {
        let bytes = s.as_bytes();
        return Value::ascii_by(th, r.count, |to| {
            for (o, i) in to.iter_mut().zip(indices) {
                *o = bytes[i];
            }
        });
    }
    let mut out = Wtf8Buf::new();
    for i in indices {
        let at = s.byte_offset(i);
        if let Some(c) = s.wtf8()[at..].code_points().next() {
            out.push(c);
        }
    }
    Value::try_wtf8(th, &out)
}

pub(super) fn contains(th: &Thread, v: Value, x: Value) -> PyResult<bool> {
    match x.as_wtf8() {
        Some(w) => Ok(text_ops::contains(get(v).wtf8(), w)),
        None => Err(th.type_error(format!(
            "'in <string>' requires string as left operand, not {}",
            class_of(x).tp_name()
        ))),
    }
}

pub(super) fn concat(th: &Thread, a: Value, b: Value) -> PyResult {
    let Some(y) = b.as_str_obj() else {
        return Err(th.type_error(format!(
            "can only concatenate str (not \"{}\") to str",
            class_of(b).tp_name()
        )));
    };
    let x = get(a);
    if y.is_empty() {
        return exact(th, a);
    }
    if x.is_empty() {
        return exact(th, b);
    }
    Ok(Object::<Str>::try_concat(th, x, y)?.value())
}

pub(super) fn repeat(th: &Thread, v: Value, n: Value) -> PyResult {
    let s = get(v);
    let n = args::repeat_count(th, n, s.as_bytes().len())?;
    match n {
        0 => Ok(empty_str()),
        1 => exact(th, v),
        _ => {
            let out = args::room(th, text_ops::repeat(s.wtf8(), n))?;
            Value::try_wtf8(th, &out)
        }
    }
}
