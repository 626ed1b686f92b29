//! The methods that `bytes` and `bytearray` share: on a snapshot of the bytes, giving an object of the same sort.

use std::borrow::Cow;
use taipan_object::bytearray::ByteArray;
use taipan_object::seq::List;
use taipan_object::types::{self, class_of, is_exactly};
use taipan_object::wtf8::Wtf8;
use taipan_object::{PyResult, Raised, Thread, Value, ValueVec, buffer, call, ops};
use taipan_text::bytes as algorithms;
use taipan_text::ops::{Ends, Justify};

use crate::args::{self, bytes_like, room};
use crate::codec;

/// `bytes` or `bytearray`.
pub trait Sort {
    /// The type's name.
    const NAME: &'static str;
    /// The bytes at this instant.
    fn snapshot<'a>(v: Value) -> Cow<'a, [u8]>;
    /// A new object of just this type.
    fn make(th: &Thread, bytes: &[u8]) -> PyResult;
    /// Runs `f` on the bytes at this instant; `f` only looks.
    fn look<R>(v: Value, f: impl FnOnce(&[u8]) -> R) -> R;
    /// The object itself, where a method changes nothing: a copy of one that can change.
    fn unchanged(th: &Thread, v: Value) -> PyResult;
}

/// The sort of `bytes`.
pub struct Immutable;

impl Sort for Immutable {
    const NAME: &'static str = "bytes";

    fn snapshot<'a>(v: Value) -> Cow<'a, [u8]> {
        Cow::Borrowed(v.as_bytes().unwrap_or(&[]))
    }

    fn make(th: &Thread, bytes: &[u8]) -> PyResult {
        Value::bytes(th, bytes)
    }

    fn look<R>(v: Value, f: impl FnOnce(&[u8]) -> R) -> R {
        f(v.as_bytes().unwrap_or(&[]))
    }

    fn unchanged(th: &Thread, v: Value) -> PyResult {
        if is_exactly(v, &types::BYTES) {
            Ok(v)
        } else {
            Value::bytes(th, v.as_bytes().unwrap_or(&[]))
        }
    }
}

/// The sort of `bytearray`.
pub struct Mutable;

impl Sort for Mutable {
    const NAME: &'static str = "bytearray";

    fn snapshot<'a>(v: Value) -> Cow<'a, [u8]> {
        Cow::Owned(v.expect::<ByteArray>().bytes.with(|b| b.clone()))
    }

    fn make(th: &Thread, bytes: &[u8]) -> PyResult {
        let mut out = Vec::new();
        th.reserve(&mut out, bytes.len())?;
        out.extend_from_slice(bytes);
        Ok(ByteArray::new(th, out))
    }

    fn look<R>(v: Value, f: impl FnOnce(&[u8]) -> R) -> R {
        v.expect::<ByteArray>().bytes.with(|b| f(b))
    }

    fn unchanged(th: &Thread, v: Value) -> PyResult {
        Self::make(th, &Self::snapshot(v))
    }
}

macro_rules! maps {
    ($($name:ident)*) => {
        $(pub fn $name<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
            S::make(th, &algorithms::$name(&S::snapshot(a[0])))
        })*
    };
}
maps!(capitalize title swapcase);

pub fn lower<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    S::make(th, &S::snapshot(a[0]).to_ascii_lowercase())
}

pub fn upper<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    S::make(th, &S::snapshot(a[0]).to_ascii_uppercase())
}

macro_rules! predicates {
    ($($name:ident)*) => {
        $(pub fn $name<S: Sort>(_: &Thread, a: &[Value]) -> PyResult {
            Ok(Value::bool(S::look(a[0], algorithms::$name)))
        })*
    };
}
predicates!(isalpha isdigit isalnum isspace islower isupper istitle);

pub fn isascii<S: Sort>(_: &Thread, a: &[Value]) -> PyResult {
    Ok(Value::bool(S::look(a[0], <[u8]>::is_ascii)))
}

/// What is searched for: a byte or bytes.
fn needle<'a>(th: &Thread, v: Value) -> PyResult<Cow<'a, [u8]>> {
    if buffer::is_exporter(v) {
        return bytes_like(th, v);
    }
    if class_of(v).slots().index.is_some() {
        return Ok(Cow::Owned(vec![args::byte(th, v)?]));
    }
    Err(th.type_error(format!(
        "argument should be integer or bytes-like object, not '{}'",
        class_of(v).tp_name()
    )))
}

fn search<S: Sort>(
    th: &Thread,
    a: &[Value],
    f: fn(&[u8], &[u8]) -> Option<usize>,
) -> PyResult<Option<usize>> {
    let needle = needle(th, a[1])?;
    let bounds = args::Bounds::of(th, a[2], a[3])?;
    Ok(S::look(a[0], |b| {
        let (from, to) = bounds.fit(b.len())?;
        f(&b[from..to], &needle).map(|at| from + at)
    }))
}

fn or_minus_one(th: &Thread, at: Option<usize>) -> PyResult {
    Ok(at.map_or(Value::small_int(-1), |i| Value::usize(th, i)))
}

fn or_fail(th: &Thread, at: Option<usize>) -> PyResult {
    match at {
        Some(i) => Ok(Value::usize(th, i)),
        None => Err(th.value_error("subsection not found")),
    }
}

pub fn find<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let at = search::<S>(th, a, algorithms::find)?;
    or_minus_one(th, at)
}

pub fn rfind<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let at = search::<S>(th, a, algorithms::rfind)?;
    or_minus_one(th, at)
}

pub fn index<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let at = search::<S>(th, a, algorithms::find)?;
    or_fail(th, at)
}

pub fn rindex<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let at = search::<S>(th, a, algorithms::rfind)?;
    or_fail(th, at)
}

pub fn count<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let needle = needle(th, a[1])?;
    let bounds = args::Bounds::of(th, a[2], a[3])?;
    let n = S::look(a[0], |b| {
        let part = bounds.fit(b.len());
        part.map_or(0, |(from, to)| algorithms::count(&b[from..to], &needle))
    });
    Ok(Value::usize(th, n))
}

/// `x in b`
pub fn contains<S: Sort>(th: &Thread, v: Value, x: Value) -> PyResult<bool> {
    if class_of(x).slots().index.is_some() {
        let b = args::byte(th, x)?;
        return Ok(S::look(v, |s| s.contains(&b)));
    }
    let needle = bytes_like(th, x)?;
    Ok(S::look(v, |s| algorithms::find(s, &needle).is_some()))
}

fn tail<S: Sort>(th: &Thread, a: &[Value], name: &str, fits: fn(&[u8], &[u8]) -> bool) -> PyResult {
    let bounds = args::Bounds::of(th, a[2], a[3])?;
    let check = |x: &[u8]| {
        S::look(a[0], |b| {
            let part = bounds.fit(b.len());
            part.is_some_and(|(from, to)| fits(&b[from..to], x))
        })
    };
    if let Some(items) = a[1].as_tuple() {
        for v in items {
            if check(&bytes_like(th, *v)?) {
                return Ok(Value::TRUE);
            }
        }
        return Ok(Value::FALSE);
    }
    if !buffer::is_exporter(a[1]) {
        return Err(th.type_error(format!(
            "{name} first arg must be bytes or a tuple of bytes, not {}",
            class_of(a[1]).tp_name()
        )));
    }
    Ok(Value::bool(check(&bytes_like(th, a[1])?)))
}

pub fn startswith<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    tail::<S>(th, a, "startswith", |s, p| s.starts_with(p))
}

pub fn endswith<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    tail::<S>(th, a, "endswith", |s, p| s.ends_with(p))
}

fn strip_ends<S: Sort>(th: &Thread, a: &[Value], ends: Ends) -> PyResult {
    let set = match a[1].present().filter(|v| !v.is_none()) {
        Some(v) => Some(bytes_like(th, v)?),
        None => None,
    };
    let s = S::snapshot(a[0]);
    let stripped = algorithms::strip(&s, set.as_deref(), ends);
    if stripped.len() == s.len() {
        return S::unchanged(th, a[0]);
    }
    S::make(th, stripped)
}

pub fn strip<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    strip_ends::<S>(th, a, Ends::Both)
}

pub fn lstrip<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    strip_ends::<S>(th, a, Ends::Left)
}

pub fn rstrip<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    strip_ends::<S>(th, a, Ends::Right)
}

pub fn removeprefix<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let x = bytes_like(th, a[1])?;
    let s = S::snapshot(a[0]);
    match s.strip_prefix(&*x) {
        Some(rest) if !x.is_empty() => S::make(th, rest),
        _ => S::unchanged(th, a[0]),
    }
}

pub fn removesuffix<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let x = bytes_like(th, a[1])?;
    let s = S::snapshot(a[0]);
    match s.strip_suffix(&*x) {
        Some(rest) if !x.is_empty() => S::make(th, rest),
        _ => S::unchanged(th, a[0]),
    }
}

fn fill_byte(th: &Thread, name: &str, v: Value) -> PyResult<u8> {
    let Some(v) = v.present() else {
        return Ok(b' ');
    };
    let (b, what) = if let Some(b) = v.as_bytes() {
        (b.to_vec(), "bytes")
    } else if let Some(b) = v.downcast::<ByteArray>() {
        (b.bytes.with(|b| b.clone()), "bytearray")
    } else {
        return Err(th.type_error(format!(
            "{name}() argument 2 must be a byte string of length 1, not {}",
            args::type_name(v)
        )));
    };
    match b[..] {
        [b] => Ok(b),
        _ => Err(th.type_error(format!(
            "{name}(): argument 2 must be a byte string of length 1, not a {what} object of length {}",
            b.len()
        ))),
    }
}

fn justify<S: Sort>(th: &Thread, a: &[Value], name: &str, how: Justify) -> PyResult {
    let width = args::width(th, a[1])?;
    let fill = fill_byte(th, name, a[2])?;
    match room(
        th,
        algorithms::justify(&S::snapshot(a[0]), width, fill, how),
    )? {
        Some(b) => S::make(th, &b),
        None => S::unchanged(th, a[0]),
    }
}

pub fn center<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    justify::<S>(th, a, "center", Justify::Center)
}

pub fn ljust<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    justify::<S>(th, a, "ljust", Justify::Left)
}

pub fn rjust<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    justify::<S>(th, a, "rjust", Justify::Right)
}

pub fn zfill<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let width = args::width(th, a[1])?;
    match room(th, algorithms::zfill(&S::snapshot(a[0]), width))? {
        Some(b) => S::make(th, &b),
        None => S::unchanged(th, a[0]),
    }
}

pub fn expandtabs<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let size = match a[1].present() {
        Some(v) => ops::index_i32(th, v)?.max(0) as usize,
        None => 8,
    };
    let out = room(th, algorithms::expandtabs(&S::snapshot(a[0]), size))?;
    S::make(th, &out)
}

pub fn replace<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let from = bytes_like(th, a[1])?;
    let to = bytes_like(th, a[2])?;
    let max = args::limit(th, a[3])?;
    match room(th, algorithms::replace(&S::snapshot(a[0]), &from, &to, max))? {
        Some(b) => S::make(th, &b),
        None => S::unchanged(th, a[0]),
    }
}

fn list<S: Sort>(th: &Thread, parts: &[&[u8]]) -> PyResult {
    let mut out = ValueVec::with_capacity(th, parts.len())?;
    for p in parts {
        let v = S::make(th, p)?;
        out.push(th, v)?;
    }
    Ok(List::from_vec(th, out))
}

fn separator<'a>(th: &Thread, v: Value) -> PyResult<Option<Cow<'a, [u8]>>> {
    let Some(v) = v.present().filter(|v| !v.is_none()) else {
        return Ok(None);
    };
    let sep = bytes_like(th, v)?;
    if sep.is_empty() {
        return Err(th.value_error("empty separator"));
    }
    Ok(Some(sep))
}

pub fn split<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let max = args::limit(th, a[2])?;
    let sep = separator(th, a[1])?;
    let s = S::snapshot(a[0]);
    match sep {
        Some(sep) => list::<S>(th, &algorithms::split(&s, &sep, max)),
        None => list::<S>(th, &algorithms::split_whitespace(&s, max)),
    }
}

pub fn rsplit<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let max = args::limit(th, a[2])?;
    let sep = separator(th, a[1])?;
    let s = S::snapshot(a[0]);
    match sep {
        Some(sep) => list::<S>(th, &algorithms::rsplit(&s, &sep, max)),
        None => list::<S>(th, &algorithms::rsplit_whitespace(&s, max)),
    }
}

pub fn splitlines<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let keep = match a[1].present() {
        Some(v) => ops::truth(th, v)?,
        None => false,
    };
    list::<S>(th, &algorithms::splitlines(&S::snapshot(a[0]), keep))
}

fn parts<S: Sort>(th: &Thread, a: &[Value], first: bool) -> PyResult {
    let sep = bytes_like(th, a[1])?;
    if sep.is_empty() {
        return Err(th.value_error("empty separator"));
    }
    let s = S::snapshot(a[0]);
    let found = if first {
        algorithms::partition(&s, &sep)
    } else {
        algorithms::rpartition(&s, &sep)
    };
    let items = match found {
        Some((before, after)) => {
            let before = S::make(th, before)?;
            let middle = if is_exactly(a[1], &types::BYTES) && S::NAME == "bytes" {
                a[1]
            } else {
                S::make(th, &sep)?
            };
            [before, middle, S::make(th, after)?]
        }
        None => {
            let whole = S::unchanged(th, a[0])?;
            let (x, y) = (S::make(th, &[])?, S::make(th, &[])?);
            if first { [whole, x, y] } else { [x, y, whole] }
        }
    };
    Ok(Value::tuple(th, &items))
}

pub fn partition<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    parts::<S>(th, a, true)
}

pub fn rpartition<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    parts::<S>(th, a, false)
}

pub fn join<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let s = class_of(a[1]).slots();
    if s.iter.is_none() && s.getitem.is_none() {
        return Err(th.type_error("can only join an iterable"));
    }
    let items = {
        // A list cannot change the separator while it is copied; any other iterator might.
        let plain = a[1].as_tuple().is_some() || is_exactly(a[1], &types::LIST);
        let _held = match S::NAME {
            "bytearray" if !plain => Some(buffer::get(th, a[0], false)?),
            _ => None,
        };
        ops::to_vec(th, a[1])?
    };
    if let [one] = items[..]
        && S::NAME == "bytes"
        && is_exactly(one, &types::BYTES)
    {
        return Ok(one);
    }
    let sep = S::snapshot(a[0]);
    let mut out: Vec<u8> = Vec::new();
    for (i, v) in items.iter().enumerate() {
        let b = args::bytes_like_or(th, *v, || {
            format!(
                "sequence item {i}: expected a bytes-like object, {} found",
                class_of(*v).name_text()
            )
        })?;
        if out.try_reserve(b.len() + sep.len()).is_err() {
            return Err(th.memory_error());
        }
        if i > 0 {
            out.extend_from_slice(&sep);
        }
        out.extend_from_slice(&b);
    }
    S::make(th, &out)
}

pub fn translate<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let table = if a[1].is_none() {
        None
    } else {
        let t = bytes_like(th, a[1])?;
        if t.len() != 256 {
            return Err(th.value_error("translation table must be 256 characters long"));
        }
        Some(t)
    };
    let delete = match a[2].present() {
        Some(v) => bytes_like(th, v)?,
        None => Cow::Borrowed(&[][..]),
    };
    let mut gone = [false; 256];
    for b in delete.iter() {
        gone[*b as usize] = true;
    }
    let out: Vec<u8> = S::snapshot(a[0])
        .iter()
        .filter(|b| !gone[**b as usize])
        .map(|b| table.as_ref().map_or(*b, |t| t[*b as usize]))
        .collect();
    S::make(th, &out)
}

pub fn maketrans(th: &Thread, a: &[Value]) -> PyResult {
    let from = bytes_like(th, a[0])?;
    let to = bytes_like(th, a[1])?;
    if from.len() != to.len() {
        return Err(th.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (f, t) in from.iter().zip(to.iter()) {
        table[*f as usize] = *t;
    }
    Value::bytes(th, &table)
}

pub fn decode<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let encoding = args::codec_name(th, "decode", "'encoding'", a[1])?;
    let errors = args::codec_name(th, "decode", "'errors'", a[2])?;
    let s = S::snapshot(a[0]);
    codec::decode(th, a[0], &s, encoding.as_deref(), errors.as_deref())
}

/// The bytes of a text of hexadecimal digits, with white space between the pairs.
pub fn parse_hex(th: &Thread, v: Value) -> PyResult<Vec<u8>> {
    let text: Cow<[u8]> = if let Some(w) = v.as_wtf8() {
        if let Some(i) = w.code_points().position(|c| c.to_u32() > 127) {
            return Err(not_hex(th, i));
        }
        Cow::Borrowed(w.as_bytes())
    } else if buffer::is_exporter(v) {
        bytes_like(th, v)?
    } else {
        return Err(th.type_error(format!(
            "fromhex() argument must be str or bytes-like, not {}",
            args::type_name(v)
        )));
    };
    let digit = |i: usize| text.get(i).and_then(|b| char::from(*b).to_digit(16));
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut i = 0;
    while i < text.len() {
        if matches!(text[i], b' ' | b'\t'..=b'\r') {
            i += 1;
            continue;
        }
        let Some(high) = digit(i) else {
            return Err(not_hex(th, i));
        };
        match digit(i + 1) {
            Some(low) => out.push((high << 4 | low) as u8),
            None if i + 1 >= text.len() => {
                return Err(th.value_error(
                    "fromhex() arg must contain an even number of hexadecimal digits",
                ));
            }
            None => return Err(not_hex(th, i + 1)),
        }
        i += 2;
    }
    Ok(out)
}

#[cold]
fn not_hex(th: &Thread, i: usize) -> Raised {
    th.value_error(format!(
        "non-hexadecimal number found in fromhex() arg at position {i}"
    ))
}

/// `cls.fromhex(text)`
pub fn fromhex<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    let v = S::make(th, &parse_hex(th, a[1])?)?;
    if a[0].is(types::BYTES.value()) || a[0].is(types::BYTEARRAY.value()) {
        return Ok(v);
    }
    call::call(th, a[0], &[v])
}

/// `hex(sep, bytes_per_sep)` of some bytes.
pub fn to_hex(th: &Thread, bytes: &[u8], sep: Value, per: Value) -> PyResult {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let sep = match sep.present() {
        None => None,
        Some(v) => {
            let n = ops::len(th, v)?;
            let first = if let Some(w) = v.as_wtf8() {
                w.as_bytes().first().copied()
            } else if let Some(b) = v.as_bytes() {
                b.first().copied()
            } else {
                return Err(th.type_error("sep must be str or bytes."));
            };
            match (n, first) {
                (1, Some(b)) if b < 128 => Some(b),
                (1, _) => return Err(th.value_error("sep must be ASCII.")),
                _ => return Err(th.value_error("sep must be length 1.")),
            }
        }
    };
    let per = match per.present() {
        Some(v) => ops::index_i32(th, v)?,
        None => 1,
    };
    let mut out = Vec::with_capacity(bytes.len() * 3);
    let n = bytes.len();
    let group = per.unsigned_abs() as usize;
    for (i, b) in bytes.iter().enumerate() {
        if let Some(s) = sep
            && i > 0
            && group > 0
        {
            // Counted from the right where positive, from the left where negative.
            let at = if per > 0 { n - i } else { i };
            if at % group == 0 {
                out.push(s);
            }
        }
        out.push(DIGITS[(b >> 4) as usize]);
        out.push(DIGITS[(b & 15) as usize]);
    }
    Value::try_wtf8(th, Wtf8::new(&*String::from_utf8_lossy(&out)))
}

pub fn hex<S: Sort>(th: &Thread, a: &[Value]) -> PyResult {
    to_hex(th, &S::snapshot(a[0]), a[1], a[2])
}

/// The byte or bytes of a subscript that is an index; the messages differ by type.
pub fn item_index(th: &Thread, key: Value, len: usize, kind: &str, out: &str) -> PyResult<usize> {
    if class_of(key).slots().index.is_none() {
        return Err(th.type_error(format!(
            "{kind} indices must be integers or slices, not {}",
            class_of(key).tp_name()
        )));
    }
    let mut i = ops::subscript_index(th, key)?;
    if i < 0 {
        i += len as i64;
    }
    if i < 0 || i >= len as i64 {
        return Err(th.index_error(out));
    }
    Ok(i as usize)
}

/// The bytes that a slice picks.
pub fn pick(bytes: &[u8], r: ops::SliceRange) -> Vec<u8> {
    if r.step == 1 {
        let from = (r.start as usize).min(bytes.len());
        return bytes[from..(from + r.count).min(bytes.len())].to_vec();
    }
    (0..r.count as i64)
        .filter_map(|i| bytes.get((r.start + i * r.step) as usize).copied())
        .collect()
}

/// What a constructor call of `bytes` or `bytearray` gives.
pub fn construct(th: &Thread, name: &str, bound: &[Value]) -> PyResult<Vec<u8>> {
    let (source, encoding, errors) = (bound[0], bound[1], bound[2]);
    let encoding = args::codec_name(th, name, "'encoding'", encoding)?;
    let errors = args::codec_name(th, name, "'errors'", errors)?;
    let Some(source) = source.present() else {
        if encoding.is_some() {
            return Err(th.type_error("encoding without a string argument"));
        }
        if errors.is_some() {
            return Err(th.type_error("errors without a string argument"));
        }
        return Ok(Vec::new());
    };
    if source.as_str_obj().is_some() {
        if encoding.is_none() {
            return Err(th.type_error("string argument without an encoding"));
        }
        let v = codec::encode(th, source, encoding.as_deref(), errors.as_deref())?;
        return Ok(v.as_bytes().unwrap_or(&[]).to_vec());
    }
    if encoding.is_some() {
        return Err(th.type_error("encoding without a string argument"));
    }
    if errors.is_some() {
        return Err(th.type_error("errors without a string argument"));
    }
    from_object(th, name, source)
}

/// The bytes of a count, a bytes-like object or an iterable of integers.
fn from_object(th: &Thread, name: &str, source: Value) -> PyResult<Vec<u8>> {
    if class_of(source).slots().index.is_some() {
        let n = match ops::index(th, source) {
            Ok(n) => Some(n),
            // An `__index__` that refuses leaves the other ways open.
            Err(e) if e.is(&taipan_object::exception::TYPE_ERROR) => None,
            Err(e) => return Err(e),
        };
        if let Some(n) = n {
            let Some(n) = n.as_i64() else {
                return Err(th.overflow_error("cannot fit 'int' into an index-sized integer"));
            };
            let Ok(n) = usize::try_from(n) else {
                return Err(th.value_error("negative count"));
            };
            let mut out = Vec::new();
            th.reserve(&mut out, n)?;
            out.resize(n, 0);
            return Ok(out);
        }
    }
    if let Some(b) = source.downcast::<ByteArray>() {
        // In one step: a view would keep other threads from resizing it.
        return Ok(b.bytes.with(|b| b.clone()));
    }
    if buffer::is_exporter(source) {
        let b = buffer::get(th, source, false)?;
        if b.is_contiguous() {
            return Ok(b.as_slice().to_vec());
        }
        // Elements with gaps between them: the constructors copy them, where other takers of bytes refuse.
        let view = crate::memoryview::of_buffer(th, b)?;
        let copy = taipan_object::call::call_method(th, view, "tobytes", &[])?;
        return Ok(copy.as_bytes().unwrap_or_default().to_vec());
    }
    let s = class_of(source).slots();
    if s.iter.is_none() && s.getitem.is_none() {
        return Err(th.type_error(format!(
            "cannot convert '{}' object to {name}",
            class_of(source).tp_name()
        )));
    }
    let range = if name == "bytes" {
        "bytes must be in range(0, 256)"
    } else {
        "byte must be in range(0, 256)"
    };
    from_iterable(th, source, range)
}

/// The bytes of an iterable of integers.
pub fn from_iterable(th: &Thread, source: Value, message: &str) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    ops::for_each(th, source, |v| {
        match ops::index(th, v)?.as_i64().map(u8::try_from) {
            Some(Ok(b)) => {
                out.push(b);
                Ok(())
            }
            _ => Err(th.value_error(message)),
        }
    })?;
    Ok(out)
}
