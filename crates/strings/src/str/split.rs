//! `split`, `partition`, `splitlines` and `join`.

use taipan_object::heap::{Array, Object};
use taipan_object::seq::List;
use taipan_object::strings::empty_str;
use taipan_object::types::class_of;
use taipan_object::wtf8::Wtf8;
use taipan_object::{PyResult, Thread, Value, ValueVec, ops};
use taipan_text::ops as text_ops;

use super::{exact, get, part};
use crate::args;

/// A list of parts of a string.
fn list(th: &Thread, whole: Value, parts: &[&Wtf8]) -> PyResult {
    if get(whole).is_ascii() && parts.len() > 1 {
        let array = Object::<Array>::try_new(th, parts.len())?;
        for (to, p) in array.fields().iter().zip(parts) {
            let bytes = p.as_bytes();
            let v = Value::ascii_by(th, bytes.len(), |to| to.copy_from_slice(bytes))?;
            to.set(&array.header, v);
        }
        array.set_len(parts.len());
        return Ok(List::from_array(th, Some(array)));
    }
    let mut out = ValueVec::with_capacity(th, parts.len())?;
    for p in parts {
        let v = part(th, whole, p)?;
        out.push(th, v)?;
    }
    Ok(List::from_vec(th, out))
}

/// The separator, nothing for white space.
fn separator<'a>(th: &Thread, v: Value) -> PyResult<Option<&'a Wtf8>> {
    let Some(v) = v.present().filter(|v| !v.is_none()) else {
        return Ok(None);
    };
    match v.as_wtf8() {
        Some(w) if w.is_empty() => Err(th.value_error("empty separator")),
        Some(w) => Ok(Some(w)),
        None => Err(th.type_error(format!("must be str or None, not {}", args::type_name(v)))),
    }
}

pub(super) fn split(th: &Thread, a: &[Value]) -> PyResult {
    let max = args::limit(th, a[2])?;
    let s = get(a[0]).wtf8();
    let parts = match separator(th, a[1])? {
        Some(sep) => text_ops::split(s, sep, max),
        None => text_ops::split_whitespace(s, max),
    };
    list(th, a[0], &parts)
}

pub(super) fn rsplit(th: &Thread, a: &[Value]) -> PyResult {
    let max = args::limit(th, a[2])?;
    let s = get(a[0]).wtf8();
    let parts = match separator(th, a[1])? {
        Some(sep) => text_ops::rsplit(s, sep, max),
        None => text_ops::rsplit_whitespace(s, max),
    };
    list(th, a[0], &parts)
}

pub(super) fn splitlines(th: &Thread, a: &[Value]) -> PyResult {
    let keep = match a[1].present() {
        Some(v) => ops::truth(th, v)?,
        None => false,
    };
    list(th, a[0], &text_ops::splitlines(get(a[0]).wtf8(), keep))
}

fn needed<'a>(th: &Thread, v: Value) -> PyResult<&'a Wtf8> {
    match v.as_wtf8() {
        Some(w) if w.is_empty() => Err(th.value_error("empty separator")),
        Some(w) => Ok(w),
        None => Err(th.type_error(format!("must be str, not {}", args::type_name(v)))),
    }
}

pub(super) fn partition(th: &Thread, a: &[Value]) -> PyResult {
    let sep = needed(th, a[1])?;
    match text_ops::partition(get(a[0]).wtf8(), sep) {
        Some((before, after)) => {
            let before = Value::try_wtf8(th, before)?;
            let after = Value::try_wtf8(th, after)?;
            Ok(Value::tuple(th, &[before, a[1], after]))
        }
        None => {
            let s = exact(th, a[0])?;
            Ok(Value::tuple(th, &[s, empty_str(), empty_str()]))
        }
    }
}

pub(super) fn rpartition(th: &Thread, a: &[Value]) -> PyResult {
    let sep = needed(th, a[1])?;
    match text_ops::rpartition(get(a[0]).wtf8(), sep) {
        Some((before, after)) => {
            let before = Value::try_wtf8(th, before)?;
            let after = Value::try_wtf8(th, after)?;
            Ok(Value::tuple(th, &[before, a[1], after]))
        }
        None => {
            let s = exact(th, a[0])?;
            Ok(Value::tuple(th, &[empty_str(), empty_str(), s]))
        }
    }
}

/// The items of what is to be joined.
pub(crate) fn items(th: &Thread, v: Value) -> PyResult<ValueVec> {
    let s = class_of(v).slots();
    if s.iter.is_none() && s.getitem.is_none() {
        return Err(th.type_error("can only join an iterable"));
    }
    ops::to_vec(th, v)
}

pub(super) fn join(th: &Thread, a: &[Value]) -> PyResult {
    let items = items(th, a[1])?;
    for (i, v) in items.iter().enumerate() {
        if v.as_str_obj().is_none() {
            return Err(th.type_error(format!(
                "sequence item {i}: expected str instance, {} found",
                class_of(*v).tp_name()
            )));
        }
    }
    match &items[..] {
        [] => Ok(empty_str()),
        [one] => exact(th, *one),
        more => get(a[0]).join(th, more),
    }
}
