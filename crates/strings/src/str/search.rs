//! `find`, `count`, `startswith` and their kin.

use taipan_object::strings::Str;
use taipan_object::wtf8::Wtf8;
use taipan_object::{Object, PyResult, Thread, Value};
use taipan_text::ops as text_ops;

use super::get;
use crate::args;

/// The part of the text between two positions in characters, and the byte offset where it begins.
fn window<'a>(s: &Object<Str>, from: usize, to: usize) -> (&'a Wtf8, usize) {
    let (start, end) = (s.byte_offset(from), s.byte_offset(to));
    (&s.wtf8()[start..end], start)
}

/// The position of a needle, in characters.
fn search(
    th: &Thread,
    a: &[Value],
    name: &str,
    f: fn(&Wtf8, &Wtf8) -> Option<usize>,
) -> PyResult<Option<usize>> {
    let needle = args::text(th, name, "1", a[1])?;
    let s = get(a[0]);
    let Some((from, to)) = args::range(th, a[2], a[3], s.len())? else {
        return Ok(None);
    };
    let (part, start) = window(s, from, to);
    Ok(f(part, needle).map(|at| {
        if s.is_ascii() {
            start + at
        } else {
            from + taipan_text::index::char_count(&part[..at])
        }
    }))
}

fn or_minus_one(th: &Thread, at: Option<usize>) -> PyResult {
    Ok(match at {
        Some(i) => Value::usize(th, i),
        None => Value::small_int(-1),
    })
}

fn or_fail(th: &Thread, at: Option<usize>) -> PyResult {
    match at {
        Some(i) => Ok(Value::usize(th, i)),
        None => Err(th.value_error("substring not found")),
    }
}

pub(super) fn find(th: &Thread, a: &[Value]) -> PyResult {
    let at = search(th, a, "find", text_ops::find)?;
    or_minus_one(th, at)
}

pub(super) fn rfind(th: &Thread, a: &[Value]) -> PyResult {
    let at = search(th, a, "rfind", text_ops::rfind)?;
    or_minus_one(th, at)
}

pub(super) fn index(th: &Thread, a: &[Value]) -> PyResult {
    let at = search(th, a, "index", text_ops::find)?;
    or_fail(th, at)
}

pub(super) fn rindex(th: &Thread, a: &[Value]) -> PyResult {
    let at = search(th, a, "rindex", text_ops::rfind)?;
    or_fail(th, at)
}

pub(super) fn count(th: &Thread, a: &[Value]) -> PyResult {
    let needle = args::text(th, "count", "1", a[1])?;
    let s = get(a[0]);
    let n = match args::range(th, a[2], a[3], s.len())? {
        Some((from, to)) => text_ops::count(window(s, from, to).0, needle),
        None => 0,
    };
    Ok(Value::usize(th, n))
}

fn tail(th: &Thread, a: &[Value], name: &str, fits: fn(&[u8], &[u8]) -> bool) -> PyResult {
    let s = get(a[0]);
    let range = args::range(th, a[2], a[3], s.len())?;
    let part = range.map(|(from, to)| window(s, from, to).0.as_bytes());
    let check = |w: &Wtf8| part.is_some_and(|p| fits(p, w.as_bytes()));
    if let Some(items) = a[1].as_tuple() {
        for v in items {
            match v.as_wtf8() {
                Some(w) if check(w) => return Ok(Value::TRUE),
                Some(_) => {}
                None => {
                    return Err(th.type_error(format!(
                        "tuple for {name} must only contain str, not {}",
                        args::type_name(*v)
                    )));
                }
            }
        }
        return Ok(Value::FALSE);
    }
    match a[1].as_wtf8() {
        Some(w) => Ok(Value::bool(check(w))),
        None => Err(th.type_error(format!(
            "{name} first arg must be str or a tuple of str, not {}",
            args::type_name(a[1])
        ))),
    }
}

pub(super) fn startswith(th: &Thread, a: &[Value]) -> PyResult {
    tail(th, a, "startswith", |s, p| s.starts_with(p))
}

pub(super) fn endswith(th: &Thread, a: &[Value]) -> PyResult {
    tail(th, a, "endswith", |s, p| s.ends_with(p))
}
