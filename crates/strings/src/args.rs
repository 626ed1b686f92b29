//! Taking arguments apart, as the methods of strings and bytes do.

use std::borrow::Cow;
use taipan_object::bytearray::ByteArray;
use taipan_object::types::class_of;
use taipan_object::wtf8::Wtf8;
use taipan_object::{PyResult, Raised, Thread, Value, buffer, ops};
use taipan_text::OutOfMemory;

/// The type's name as argument errors show it.
pub fn type_name(v: Value) -> String {
    if v.is_none() {
        "None".into()
    } else {
        class_of(v).name_text().into_owned()
    }
}

/// `f() argument WHICH must be str, not T`
#[cold]
pub fn wants_str(th: &Thread, f: &str, which: &str, v: Value) -> Raised {
    let space = if which.is_empty() { "" } else { " " };
    th.type_error(format!(
        "{f}() argument{space}{which} must be str, not {}",
        type_name(v)
    ))
}

/// A `str` argument, as text.
pub fn text<'a>(th: &Thread, f: &str, which: &str, v: Value) -> PyResult<&'a Wtf8> {
    match v.as_wtf8() {
        Some(w) => Ok(w),
        None => Err(wants_str(th, f, which, v)),
    }
}

/// The name of an encoding or error handler, nothing where it was left out.
pub fn codec_name<'a>(
    th: &Thread,
    f: &str,
    which: &str,
    v: Value,
) -> PyResult<Option<Cow<'a, str>>> {
    let Some(v) = v.present() else {
        return Ok(None);
    };
    let w = text(th, f, which, v)?;
    if w.as_bytes().contains(&0) {
        return Err(th.value_error("embedded null character"));
    }
    Ok(Some(w.to_string_lossy()))
}

/// A start or stop as slices take it; nothing for absent and None.
fn bound(th: &Thread, v: Value) -> PyResult<Option<i64>> {
    let Some(v) = v.present().filter(|v| !v.is_none()) else {
        return Ok(None);
    };
    if class_of(v).slots().index.is_none() {
        return Err(
            th.type_error("slice indices must be integers or None or have an __index__ method")
        );
    }
    ops::index_clamped(th, v).map(Some)
}

/// The start and the stop that `find(x, start, stop)` was given. Reading them may run Python code, so that they are
/// fitted afterwards, to the sequence as it is when it is looked at.
#[derive(Clone, Copy)]
pub struct Bounds(Option<i64>, Option<i64>);

impl Bounds {
    /// Those of two arguments.
    ///
    /// # Errors
    /// `TypeError`, or what `__index__` raises.
    pub fn of(th: &Thread, start: Value, stop: Value) -> PyResult<Bounds> {
        Ok(Bounds(bound(th, start)?, bound(th, stop)?))
    }

    /// The part of a sequence of `len` items that is looked at; nothing where start lies behind stop.
    pub fn fit(self, len: usize) -> Option<(usize, usize)> {
        let len = len as i64;
        let from_start = |n: i64| {
            if n < 0 {
                n.saturating_add(len).max(0)
            } else {
                n
            }
        };
        let start = self.0.map_or(0, from_start);
        let stop = self.1.map_or(len, from_start).min(len);
        (start <= stop).then_some((start as usize, stop as usize))
    }
}

/// As [`Bounds::fit`], of a sequence whose length does not change.
///
/// # Errors
/// As [`Bounds::of`].
pub fn range(
    th: &Thread,
    start: Value,
    stop: Value,
    len: usize,
) -> PyResult<Option<(usize, usize)>> {
    Ok(Bounds::of(th, start, stop)?.fit(len))
}

/// `maxsplit`, `count`: negative ones mean no limit.
pub fn limit(th: &Thread, v: Value) -> PyResult<Option<usize>> {
    match v.present() {
        Some(v) => Ok(usize::try_from(ops::index_i64(th, v)?).ok()),
        None => Ok(None),
    }
}

/// A width: negative ones count as zero.
pub fn width(th: &Thread, v: Value) -> PyResult<usize> {
    Ok(ops::index_i64(th, v)?.max(0) as usize)
}

/// The result of a text operation that may need more memory than there is.
pub fn room<T>(th: &Thread, r: Result<T, OutOfMemory>) -> PyResult<T> {
    r.map_err(|_| th.memory_error())
}

/// How often a sequence of `len` bytes is to be repeated: none for nothing at all.
pub fn repeat_count(th: &Thread, n: Value, len: usize) -> PyResult<usize> {
    let n = ops::index(th, n)?;
    let Some(n) = n.as_i64() else {
        return Err(th.overflow_error("cannot fit 'int' into an index-sized integer"));
    };
    let n = n.max(0) as usize;
    match len.checked_mul(n) {
        Some(total) if total <= isize::MAX as usize => Ok(n),
        _ => Err(th.memory_error()),
    }
}

/// The bytes of a bytes-like object, which must be contiguous: borrowed from `bytes`, which never change, copied at one
/// instant from any other.
pub fn bytes_like<'a>(th: &Thread, v: Value) -> PyResult<Cow<'a, [u8]>> {
    if let Some(b) = v.as_bytes() {
        return Ok(Cow::Borrowed(b));
    }
    if let Some(b) = v.downcast::<ByteArray>() {
        return Ok(Cow::Owned(b.bytes.with(|b| b.clone())));
    }
    let b = buffer::get_contiguous(th, v)?;
    Ok(Cow::Owned(contents(th, &b)?))
}

/// As [`bytes_like`] where whatever fails is the same `TypeError`, with the text of `said`.
pub fn bytes_like_or<'a>(
    th: &Thread,
    v: Value,
    said: impl FnOnce() -> String,
) -> PyResult<Cow<'a, [u8]>> {
    if buffer::is_exporter(v)
        && let Ok(b) = bytes_like(th, v)
    {
        return Ok(b);
    }
    Err(th.type_error(said()))
}

/// The bytes of a view in C order, contiguous or not.
pub fn contents(th: &Thread, b: &buffer::Buffer) -> PyResult<Vec<u8>> {
    if b.is_contiguous() {
        let mut out = Vec::new();
        th.reserve(&mut out, b.len)?;
        out.extend_from_slice(b.as_slice());
        return Ok(out);
    }
    Ok(taipan_object::view::View::of(b).gather(false))
}

/// One byte of an integer argument.
pub fn byte(th: &Thread, v: Value) -> PyResult<u8> {
    match ops::index(th, v)?.as_i64().map(u8::try_from) {
        Some(Ok(b)) => Ok(b),
        _ => Err(th.value_error("byte must be in range(0, 256)")),
    }
}
