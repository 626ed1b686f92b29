//! The methods of arrays.

use taipan_object::exception::EOF_ERROR;
use taipan_object::func::Slice;
use taipan_object::seq::List;
use taipan_object::types::class_of;
use taipan_object::wtf8::{CodePoint, Wtf8Buf};
use taipan_object::{PyResult, Raised, Thread, Value, ValueVec, call, ops};
use taipan_strings::args;
use taipan_strings::codec::{Native, decode_native};
use taipan_text::codec::ByteOrder;

use super::item::Code;
use super::{Array, bytes_of, change, get, make, shown_name};

/// The bytes of the items of any iterable.
pub(super) fn packed(th: &Thread, code: Code, items: Value) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    ops::for_each(th, items, |v| {
        out.extend_from_slice(&code.pack(th, v)?[..code.size()]);
        Ok(())
    })?;
    Ok(out)
}

/// The characters of an array of text.
fn text(th: &Thread, bytes: &[u8]) -> PyResult<Wtf8Buf> {
    let mut out = Wtf8Buf::new();
    for c in bytes.chunks_exact(4) {
        let n = u32::from_ne_bytes([c[0], c[1], c[2], c[3]]);
        match CodePoint::from_u32(n) {
            Some(c) => out.push(c),
            None => {
                // The decoder says where and why.
                let order = if cfg!(target_endian = "little") {
                    ByteOrder::Little
                } else {
                    ByteOrder::Big
                };
                let object = Value::bytes(th, bytes)?;
                let native = Native::Utf32(Some(order));
                let errors = Some("surrogatepass");
                decode_native(th, object, bytes, native, errors, true)?;
            }
        }
    }
    Ok(out)
}

pub(super) fn repr(th: &Thread, v: Value) -> PyResult {
    let a = get(v);
    let (name, letter) = (shown_name(v), char::from(a.code.letter()));
    let bytes = a.snapshot();
    if bytes.is_empty() {
        return Ok(Value::str(th, &format!("{name}('{letter}')")));
    }
    let items = if a.code.is_text() {
        let s = text(th, &bytes)?;
        let s = Value::try_wtf8(th, &s)?;
        ops::repr(th, s)?
    } else {
        let list = list_of(th, a.code, &bytes)?;
        ops::repr(th, list)?
    };
    let mut out = Wtf8Buf::from_string(format!("{name}('{letter}', "));
    if let Some(w) = items.as_wtf8() {
        out.push_wtf8(w);
    }
    out.push_str(")");
    Value::try_wtf8(th, &out)
}

fn list_of(th: &Thread, code: Code, bytes: &[u8]) -> PyResult {
    let mut out = ValueVec::with_capacity(th, bytes.len() / code.size())?;
    for item in bytes.chunks_exact(code.size()) {
        let v = code.unpack(th, item)?;
        out.push(th, v)?;
    }
    Ok(List::from_vec(th, out))
}

pub(super) fn tolist(th: &Thread, a: &[Value]) -> PyResult {
    list_of(th, get(a[0]).code, &get(a[0]).snapshot())
}

fn index_of(th: &Thread, key: Value) -> PyResult<i64> {
    if !key.is_small_int() && class_of(key).slots().index.is_none() {
        return Err(th.type_error("array indices must be integers"));
    }
    ops::subscript_index(th, key)
}

pub(super) fn at(i: i64, len: usize) -> Option<usize> {
    let i = if i < 0 { i + len as i64 } else { i };
    (i >= 0 && i < len as i64).then_some(i as usize)
}

/// The bytes of the items that a slice picks.
fn pick(bytes: &[u8], size: usize, r: ops::SliceRange) -> Vec<u8> {
    let mut out = Vec::with_capacity(r.count * size);
    for i in 0..r.count as i64 {
        let from = (r.start + i * r.step) as usize * size;
        if let Some(item) = bytes.get(from..from + size) {
            out.extend_from_slice(item);
        }
    }
    out
}

pub(super) fn getitem(th: &Thread, v: Value, key: Value) -> PyResult {
    let a = get(v);
    let size = a.code.size();
    if key.downcast::<Slice>().is_some() {
        let parts = ops::slice_parts(th, key)?;
        let picked = a
            .bytes
            .with(|b| pick(b, size, ops::adjust_slice(parts, b.len() / size)));
        return make(th, a.code, picked);
    }
    let i = index_of(th, key)?;
    match a.item_at(i) {
        Some(b) => a.code.unpack(th, &b[..size]),
        None => Err(th.index_error("array index out of range")),
    }
}

#[cold]
fn assignment_range(th: &Thread) -> Raised {
    th.index_error("array assignment index out of range")
}

pub(super) fn setitem(th: &Thread, v: Value, key: Value, value: Value) -> PyResult<()> {
    let a = get(v);
    let size = a.code.size();
    if key.downcast::<Slice>().is_some() {
        return set_slice(th, v, key, value);
    }
    let i = index_of(th, key)?;
    if at(i, a.len()).is_none() {
        return Err(assignment_range(th));
    }
    if value.is_absent() {
        let done = change(th, v, 0, |b| match at(i, b.len() / size) {
            Some(i) => {
                b.drain(i * size..(i + 1) * size);
                true
            }
            None => false,
        })?;
        return if done {
            Ok(())
        } else {
            Err(assignment_range(th))
        };
    }
    let item = a.code.pack(th, value)?;
    let done = a.bytes.with(|b| match at(i, b.len() / size) {
        Some(i) => {
            b[i * size..(i + 1) * size].copy_from_slice(&item[..size]);
            true
        }
        None => false,
    });
    if done {
        Ok(())
    } else {
        Err(assignment_range(th))
    }
}

fn set_slice(th: &Thread, v: Value, key: Value, value: Value) -> PyResult<()> {
    let a = get(v);
    let size = a.code.size();
    let new = match value.present() {
        None => Vec::new(),
        Some(x) => match x.downcast::<Array>() {
            Some(other) if other.code == a.code => other.snapshot(),
            Some(_) => return Err(th.type_error("bad argument type for built-in operation")),
            None => {
                return Err(th.type_error(format!(
                    "can only assign array (not \"{}\") to array slice",
                    class_of(x).tp_name()
                )));
            }
        },
    };
    let delete = value.is_absent();
    let parts = ops::slice_parts(th, key)?;
    let place = |b: &mut Vec<u8>, r: ops::SliceRange| {
        for (i, item) in new.chunks_exact(size).enumerate() {
            let to = (r.start + i as i64 * r.step) as usize * size;
            b[to..to + size].copy_from_slice(item);
        }
    };
    // What leaves the size alone is allowed while views are out.
    let same = !delete
        && a.bytes.with(|b| {
            let r = ops::adjust_slice(parts, b.len() / size);
            if r.count * size != new.len() {
                return false;
            }
            place(b, r);
            true
        });
    if same {
        return Ok(());
    }
    let refused = change(th, v, new.len(), |b| {
        let r = ops::adjust_slice(parts, b.len() / size);
        if r.step == 1 {
            let from = r.start as usize * size;
            b.splice(from..from + r.count * size, new.iter().copied());
        } else if delete {
            let mut gone = vec![false; b.len() / size];
            for i in 0..r.count as i64 {
                gone[(r.start + i * r.step) as usize] = true;
            }
            let mut i = 0;
            b.retain(|_| {
                i += 1;
                !gone[(i - 1) / size]
            });
        } else if r.count * size == new.len() {
            place(b, r);
        } else {
            return Some(r.count);
        }
        None
    })?;
    match refused {
        Some(n) => Err(th.value_error(format!(
            "attempt to assign array of size {} to extended slice of size {n}",
            new.len() / size
        ))),
        None => Ok(()),
    }
}

/// The index of the first item from `start` on that equals `x`.
fn search(th: &Thread, v: Value, x: Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let a = get(v);
    let mut i = start;
    while i < stop {
        let Some(b) = a.item(i) else {
            return Ok(None);
        };
        let item = a.code.unpack(th, &b[..a.code.size()])?;
        if ops::eq(th, item, x)? {
            return Ok(Some(i));
        }
        i += 1;
        th.poll()?;
    }
    Ok(None)
}

pub(super) fn contains(th: &Thread, v: Value, x: Value) -> PyResult<bool> {
    Ok(search(th, v, x, 0, usize::MAX)?.is_some())
}

pub(super) fn count(th: &Thread, a: &[Value]) -> PyResult {
    let (mut n, mut from) = (0, 0);
    while let Some(i) = search(th, a[0], a[1], from, usize::MAX)? {
        n += 1;
        from = i + 1;
    }
    Ok(Value::int(th, n))
}

pub(super) fn index(th: &Thread, a: &[Value]) -> PyResult {
    let len = get(a[0]).len();
    let bound = |v: Value, missing: i64| -> PyResult<usize> {
        let Some(v) = v.present() else {
            return Ok(missing as usize);
        };
        if class_of(v).slots().index.is_none() {
            return Err(th.type_error("slice indices must be integers or have an __index__ method"));
        }
        let i = ops::index_clamped(th, v)?;
        Ok(if i < 0 {
            i.saturating_add(len as i64).max(0)
        } else {
            i
        } as usize)
    };
    let (start, stop) = (bound(a[2], 0)?, bound(a[3], i64::MAX)?);
    match search(th, a[0], a[1], start, stop)? {
        Some(i) => Ok(Value::usize(th, i)),
        None => Err(th.value_error("array.index(x): x not in array")),
    }
}

pub(super) fn remove(th: &Thread, a: &[Value]) -> PyResult {
    let missing = || th.value_error("array.remove(x): x not in array");
    let size = get(a[0]).code.size();
    loop {
        let before = get(a[0]).bytes.with(|b| b.to_vec());
        let Some(i) = search(th, a[0], a[1], 0, usize::MAX)? else {
            if get(a[0]).bytes.with(|b| *b == before) {
                return Err(missing());
            }
            th.poll()?;
            continue;
        };
        // Comparing may run Python code: what was found counts if nothing has changed meanwhile.
        let done = change(th, a[0], 0, |b| {
            let same = *b == before && (i + 1) * size <= b.len();
            if same {
                b.drain(i * size..(i + 1) * size);
            }
            same
        })?;
        if done {
            return Ok(Value::NONE);
        }
        th.poll()?;
    }
}

pub(super) fn append(th: &Thread, a: &[Value]) -> PyResult {
    let code = get(a[0]).code;
    let item = code.pack(th, a[1])?;
    change(th, a[0], code.size(), |b| {
        b.extend_from_slice(&item[..code.size()])
    })?;
    Ok(Value::NONE)
}

pub(super) fn insert(th: &Thread, a: &[Value]) -> PyResult {
    let i = ops::index_i64(th, a[1])?;
    let code = get(a[0]).code;
    let (item, size) = (code.pack(th, a[2])?, code.size());
    change(th, a[0], size, |b| {
        let n = (b.len() / size) as i64;
        let i = if i < 0 { (i + n).max(0) } else { i.min(n) } as usize * size;
        b.splice(i..i, item[..size].iter().copied());
    })?;
    Ok(Value::NONE)
}

pub(super) fn pop(th: &Thread, a: &[Value]) -> PyResult {
    let i = match a[1].present() {
        Some(v) => ops::index_i64(th, v)?,
        None => -1,
    };
    let code = get(a[0]).code;
    let size = code.size();
    if get(a[0]).bytes.with(|b| b.is_empty()) {
        return Err(th.index_error("pop from empty array"));
    }
    let item = change(th, a[0], 0, |b| {
        let i = at(i, b.len() / size)? * size;
        let mut out = [0; 8];
        out[..size].copy_from_slice(&b[i..i + size]);
        b.drain(i..i + size);
        Some(out)
    })?;
    match item {
        Some(b) => code.unpack(th, &b[..size]),
        None => Err(th.index_error("pop index out of range")),
    }
}

/// `a.extend(other)`
pub(super) fn extend(th: &Thread, v: Value, other: Value) -> PyResult<()> {
    let code = get(v).code;
    let new = match other.downcast::<Array>() {
        Some(o) if o.code == code => o.snapshot(),
        Some(_) => return Err(th.type_error("can only extend with array of same kind")),
        None => packed(th, code, other)?,
    };
    change(th, v, new.len(), |b| b.extend_from_slice(&new))
}

pub(super) fn concat(th: &Thread, a: Value, b: Value) -> PyResult {
    let x = get(a);
    let Some(y) = b.downcast::<Array>() else {
        return Err(th.type_error(format!(
            "can only append array (not \"{}\") to array",
            class_of(b).tp_name()
        )));
    };
    if x.code != y.code {
        return Err(th.type_error("bad argument type for built-in operation"));
    }
    let mut out = x.snapshot();
    out.extend(y.snapshot());
    make(th, x.code, out)
}

pub(super) fn iconcat(th: &Thread, a: Value, b: Value) -> PyResult {
    if b.downcast::<Array>().is_none() {
        return Err(th.type_error(format!(
            "can only extend with array (not \"{}\")",
            class_of(b).tp_name()
        )));
    }
    extend(th, a, b)?;
    Ok(a)
}

pub(super) fn repeat(th: &Thread, v: Value, n: Value) -> PyResult {
    let bytes = get(v).snapshot();
    let n = args::repeat_count(th, n, bytes.len())?;
    let out = args::room(th, taipan_text::bytes::repeat(&bytes, n))?;
    make(th, get(v).code, out)
}

pub(super) fn irepeat(th: &Thread, v: Value, n: Value) -> PyResult {
    let len = get(v).bytes.with(|b| b.len());
    let n = args::repeat_count(th, n, len)?;
    if n != 1 && len > 0 {
        change(th, v, len.saturating_mul(n.saturating_sub(1)), |b| {
            let one = std::mem::take(b);
            *b = one.repeat(n);
        })?;
    }
    Ok(v)
}

pub(super) fn reverse(_: &Thread, a: &[Value]) -> PyResult {
    let size = get(a[0]).code.size();
    get(a[0]).bytes.with(|b| {
        b.reverse();
        for item in b.chunks_exact_mut(size) {
            item.reverse();
        }
    });
    Ok(Value::NONE)
}

pub(super) fn byteswap(_: &Thread, a: &[Value]) -> PyResult {
    let size = get(a[0]).code.size();
    get(a[0]).bytes.with(|b| {
        for item in b.chunks_exact_mut(size) {
            item.reverse();
        }
    });
    Ok(Value::NONE)
}

pub(super) fn buffer_info(th: &Thread, a: &[Value]) -> PyResult {
    let o = get(a[0]);
    let (at, len) = o
        .bytes
        .with(|b| (b.as_ptr() as usize, b.len() / o.code.size()));
    let at = if len == 0 { 0 } else { at };
    let at = Value::usize(th, at);
    Ok(Value::tuple(th, &[at, Value::usize(th, len)]))
}

pub(super) fn frombytes(th: &Thread, a: &[Value]) -> PyResult {
    let bytes = bytes_of(th, a[1])?;
    if bytes.len() % get(a[0]).code.size() != 0 {
        return Err(th.value_error("bytes length not a multiple of item size"));
    }
    change(th, a[0], bytes.len(), |b| b.extend_from_slice(&bytes))?;
    Ok(Value::NONE)
}

pub(super) fn fromlist(th: &Thread, a: &[Value]) -> PyResult {
    let Some(list) = a[1].as_list() else {
        return Err(th.type_error("arg must be list"));
    };
    let code = get(a[0]).code;
    let items = list.snapshot(th)?;
    let mut new = Vec::with_capacity(items.len() * code.size());
    for v in items.iter() {
        new.extend_from_slice(&code.pack(th, *v)?[..code.size()]);
        if list.len() != items.len() {
            return Err(th.runtime_error("list changed size during iteration"));
        }
    }
    change(th, a[0], new.len(), |b| b.extend_from_slice(&new))?;
    Ok(Value::NONE)
}

pub(super) fn fromunicode(th: &Thread, a: &[Value]) -> PyResult {
    let w = args::text(th, "fromunicode", "", a[1])?;
    if !get(a[0]).code.is_text() {
        return Err(
            th.value_error("fromunicode() may only be called on unicode type arrays ('u' or 'w')")
        );
    }
    let new: Vec<u8> = w
        .code_points()
        .flat_map(|c| c.to_u32().to_ne_bytes())
        .collect();
    change(th, a[0], new.len(), |b| b.extend_from_slice(&new))?;
    Ok(Value::NONE)
}

pub(super) fn tounicode(th: &Thread, a: &[Value]) -> PyResult {
    if !get(a[0]).code.is_text() {
        return Err(
            th.value_error("tounicode() may only be called on unicode type arrays ('u' or 'w')")
        );
    }
    let s = text(th, &get(a[0]).snapshot())?;
    Value::try_wtf8(th, &s)
}

pub(super) fn fromfile(th: &Thread, a: &[Value]) -> PyResult {
    let n = ops::index_i64(th, a[2])?;
    if n < 0 {
        return Err(th.value_error("negative count"));
    }
    let Some(wanted) = (n as usize).checked_mul(get(a[0]).code.size()) else {
        return Err(th.memory_error());
    };
    let read = call::call_method(th, a[1], "read", &[Value::usize(th, wanted)])?;
    let Some(bytes) = read.as_bytes() else {
        return Err(th.type_error("read() didn't return bytes"));
    };
    frombytes(th, &[a[0], read])?;
    if bytes.len() != wanted {
        return Err(th.raise(&EOF_ERROR, "read() didn't return enough bytes"));
    }
    Ok(Value::NONE)
}

pub(super) fn tofile(th: &Thread, a: &[Value]) -> PyResult {
    const BLOCK: usize = 64 << 10;
    for part in get(a[0]).snapshot().chunks(BLOCK) {
        let part = Value::bytes(th, part)?;
        call::call_method(th, a[1], "write", &[part])?;
    }
    Ok(Value::NONE)
}
