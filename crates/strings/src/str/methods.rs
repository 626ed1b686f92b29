//! The methods of `str` that make a changed copy.

use taipan_object::wtf8::{CodePoint, Wtf8, Wtf8Buf};
use taipan_object::{PyResult, Thread, Value, ops};
use taipan_text::case;
use taipan_text::ops::{self as text_ops, Ends, Justify};

use super::{exact, get, part};
use crate::args::{self, room};

macro_rules! cases {
    ($($name:ident)*) => {
        $(pub(super) fn $name(th: &Thread, a: &[Value]) -> PyResult {
            Value::try_wtf8(th, &case::$name(get(a[0]).wtf8()))
        })*
    };
}

cases!(capitalize casefold title swapcase);

/// Case mappings of ASCII text need no tables, and often change nothing.
fn ascii_case(
    th: &Thread,
    v: Value,
    changes: fn(&u8) -> bool,
    map: fn(&mut [u8]),
    general: fn(&Wtf8) -> Wtf8Buf,
) -> PyResult {
    let s = get(v);
    if !s.is_ascii() {
        return Value::try_wtf8(th, &general(s.wtf8()));
    }
    if !s.as_bytes().iter().any(changes) {
        return exact(th, v);
    }
    Value::ascii_by(th, s.len(), |to| {
        to.copy_from_slice(s.as_bytes());
        map(to);
    })
}

pub(super) fn lower(th: &Thread, a: &[Value]) -> PyResult {
    ascii_case(
        th,
        a[0],
        u8::is_ascii_uppercase,
        <[u8]>::make_ascii_lowercase,
        case::lower,
    )
}

pub(super) fn upper(th: &Thread, a: &[Value]) -> PyResult {
    ascii_case(
        th,
        a[0],
        u8::is_ascii_lowercase,
        <[u8]>::make_ascii_uppercase,
        case::upper,
    )
}

pub(super) fn replace(th: &Thread, a: &[Value]) -> PyResult {
    let old = args::text(th, "replace", "1", a[1])?;
    let new = args::text(th, "replace", "2", a[2])?;
    let max = args::limit(th, a[3])?;
    let s = get(a[0]);
    // One ASCII character for another keeps all positions.
    if let ([from], [to], None) = (old.as_bytes(), new.as_bytes(), max)
        && s.is_ascii()
    {
        if from == to || !s.as_bytes().contains(from) {
            return exact(th, a[0]);
        }
        return Value::ascii_by(th, s.len(), |out| {
            for (o, b) in out.iter_mut().zip(s.as_bytes()) {
                *o = if b == from { *to } else { *b };
            }
        });
    }
    match room(th, text_ops::replace(s.wtf8(), old, new, max))? {
        Some(s) => Value::try_wtf8(th, &s),
        None => exact(th, a[0]),
    }
}

fn fill_char(th: &Thread, v: Value) -> PyResult<CodePoint> {
    let Some(v) = v.present() else {
        return Ok(CodePoint::from(' '));
    };
    let Some(s) = v.as_str_obj() else {
        return Err(th.type_error(format!(
            "The fill character must be a unicode character, not {}",
            args::type_name(v)
        )));
    };
    match s.wtf8().code_points().next() {
        Some(c) if s.len() == 1 => Ok(c),
        _ => Err(th.type_error("The fill character must be exactly one character long")),
    }
}

fn justify(th: &Thread, a: &[Value], how: Justify) -> PyResult {
    let width = args::width(th, a[1])?;
    let fill = fill_char(th, a[2])?;
    let s = get(a[0]);
    match room(th, text_ops::justify(s.wtf8(), s.len(), width, fill, how))? {
        Some(s) => Value::try_wtf8(th, &s),
        None => exact(th, a[0]),
    }
}

pub(super) fn center(th: &Thread, a: &[Value]) -> PyResult {
    justify(th, a, Justify::Center)
}

pub(super) fn ljust(th: &Thread, a: &[Value]) -> PyResult {
    justify(th, a, Justify::Left)
}

pub(super) fn rjust(th: &Thread, a: &[Value]) -> PyResult {
    justify(th, a, Justify::Right)
}

pub(super) fn zfill(th: &Thread, a: &[Value]) -> PyResult {
    let width = args::width(th, a[1])?;
    let s = get(a[0]);
    match room(th, text_ops::zfill(s.wtf8(), s.len(), width))? {
        Some(s) => Value::try_wtf8(th, &s),
        None => exact(th, a[0]),
    }
}

pub(super) fn expandtabs(th: &Thread, a: &[Value]) -> PyResult {
    let size = match a[1].present() {
        Some(v) => ops::index_i32(th, v)?.max(0) as usize,
        None => 8,
    };
    let s = get(a[0]);
    if !s.as_bytes().contains(&b'\t') {
        return exact(th, a[0]);
    }
    let out = room(th, text_ops::expandtabs(s.wtf8(), size))?;
    Value::try_wtf8(th, &out)
}

fn strip_ends(th: &Thread, a: &[Value], name: &str, ends: Ends) -> PyResult {
    let chars = match a[1].present().filter(|v| !v.is_none()) {
        None => None,
        Some(v) => match v.as_wtf8() {
            Some(w) => Some(w),
            None => return Err(th.type_error(format!("{name} arg must be None or str"))),
        },
    };
    part(th, a[0], text_ops::strip(get(a[0]).wtf8(), chars, ends))
}

pub(super) fn strip(th: &Thread, a: &[Value]) -> PyResult {
    strip_ends(th, a, "strip", Ends::Both)
}

pub(super) fn lstrip(th: &Thread, a: &[Value]) -> PyResult {
    strip_ends(th, a, "lstrip", Ends::Left)
}

pub(super) fn rstrip(th: &Thread, a: &[Value]) -> PyResult {
    strip_ends(th, a, "rstrip", Ends::Right)
}

pub(super) fn removeprefix(th: &Thread, a: &[Value]) -> PyResult {
    let prefix = args::text(th, "removeprefix", "", a[1])?;
    let s = get(a[0]).wtf8();
    match s.as_bytes().starts_with(prefix.as_bytes()) {
        true => part(th, a[0], &s[prefix.len()..]),
        false => exact(th, a[0]),
    }
}

pub(super) fn removesuffix(th: &Thread, a: &[Value]) -> PyResult {
    let suffix = args::text(th, "removesuffix", "", a[1])?;
    let s = get(a[0]).wtf8();
    match s.as_bytes().ends_with(suffix.as_bytes()) {
        true => part(th, a[0], &s[..s.len() - suffix.len()]),
        false => exact(th, a[0]),
    }
}
