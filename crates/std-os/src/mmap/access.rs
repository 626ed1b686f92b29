//! Access by index, views, and what is done to ranges of bytes.

use super::{Access, ITEMS, Items, Mmap, closed, with, writable};
use crate::args::{given, int, long, sys};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use taipan_object::buffer::{self, Buffer};
use taipan_object::exception::{BUFFER_ERROR, INDEX_ERROR};
use taipan_object::heap::Field;
use taipan_object::iter::SeqIter;
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, ops};

/// An index counted from the beginning; nothing where it is out of range.
fn position(th: &Thread, key: Value, len: usize) -> PyResult<usize> {
    let n = ops::index_clamped(th, key)?;
    let n = if n < 0 {
        n.saturating_add(len as i64)
    } else {
        n
    };
    match usize::try_from(n) {
        Ok(n) if n < len => Ok(n),
        _ => Err(th.raise(&INDEX_ERROR, "mmap index out of range")),
    }
}

fn is_slice(key: Value) -> bool {
    key.downcast::<taipan_object::func::Slice>().is_some()
}

pub(super) fn get_item(th: &Thread, v: Value, key: Value) -> PyResult {
    let len = with(th, v, |_, map| map.len())?;
    if class_of(key).slots().index.is_some() {
        let at = position(th, key, len)?;
        // Finding the index may have run code that closed or shrank it.
        return match with(th, v, |_, map| map.get(at))? {
            Some(b) => Ok(Value::small_int(b.into())),
            None => Err(th.raise(&INDEX_ERROR, "mmap index out of range")),
        };
    }
    if !is_slice(key) {
        return Err(th.type_error("mmap indices must be integers"));
    }
    let parts = ops::slice_parts(th, key)?;
    let bytes = with(th, v, |_, map| {
        let r = ops::adjust_slice(parts, map.len());
        if r.step == 1 {
            return map.copy_out(r.start as usize, r.count).unwrap_or_default();
        }
        let at = |i: usize| (r.start + i as i64 * r.step) as usize;
        (0..r.count).filter_map(|i| map.get(at(i))).collect()
    })?;
    Value::bytes(th, &bytes)
}

pub(super) fn set_item(th: &Thread, v: Value, key: Value, value: Value) -> PyResult<()> {
    let len = with(th, v, |_, map| map.len())?;
    writable(th, v)?;
    let lost = || th.raise(&INDEX_ERROR, "mmap index out of range");
    if class_of(key).slots().index.is_some() {
        let at = position(th, key, len)?;
        if value.is_absent() {
            return Err(th.type_error("mmap doesn't support item deletion"));
        }
        if class_of(value).slots().index.is_none() {
            return Err(th.type_error("mmap item value must be an int"));
        }
        let n = ops::index_clamped(th, value)?;
        let Ok(byte) = u8::try_from(n) else {
            return Err(th.value_error("mmap item value must be in range(0, 256)"));
        };
        return if with(th, v, |_, map| map.set(at, byte))? {
            Ok(())
        } else {
            Err(lost())
        };
    }
    if !is_slice(key) {
        return Err(th.type_error("mmap indices must be integer"));
    }
    let parts = ops::slice_parts(th, key)?;
    if value.is_absent() {
        return Err(th.type_error("mmap object doesn't support slice deletion"));
    }
    let view = buffer::get_contiguous(th, value)?;
    let bytes = view.as_slice();
    let fits = with(th, v, |_, map| {
        let r = ops::adjust_slice(parts, map.len());
        if r.count != bytes.len() {
            return false;
        }
        if r.step == 1 {
            return map.copy_in(r.start as usize, bytes);
        }
        for (i, b) in bytes.iter().enumerate() {
            map.set((r.start + i as i64 * r.step) as usize, *b);
        }
        true
    })?;
    if fits {
        Ok(())
    } else {
        Err(th.raise(&INDEX_ERROR, "mmap slice assignment is wrong size"))
    }
}

pub(super) fn iterate(th: &Thread, v: Value) -> PyResult {
    let map = Field::new(v);
    SeqIter::new(th, th.new_object(&ITEMS, Items { map }).value())
}

/// One item of an iteration.
pub(super) fn item_of(th: &Thread, v: Value, key: Value) -> PyResult {
    let at = position(th, key, usize::MAX >> 1)?;
    match with(th, v.expect::<Items>().map.get(), |_, map| map.get(at))? {
        Some(b) => Value::bytes(th, &[b]),
        None => Err(th.raise(&INDEX_ERROR, "mmap index out of range")),
    }
}

pub(super) fn export(th: &Thread, v: Value, _: bool) -> PyResult<Buffer> {
    let this = v.expect::<Mmap>();
    let (ptr, len) = with(th, v, |_, map| {
        this.exports.fetch_add(1, Ordering::AcqRel);
        (map.as_ptr(), map.len())
    })?;
    let mut b = Buffer::bytes(v, ptr, len, this.access == Access::Read);
    b.on_release = Some(|v| {
        v.expect::<Mmap>().exports.fetch_sub(1, Ordering::AcqRel);
    });
    Ok(b)
}

pub(super) fn find(th: &Thread, a: &[Value], last: bool) -> PyResult {
    let (pos, len) = with(th, a[0], |s, map| (s.pos, map.len()))?;
    let view = buffer::get_contiguous(th, a[1])?;
    let bound = |v: Value, default: usize| -> PyResult<usize> {
        let Some(v) = given(v) else {
            return Ok(default);
        };
        let n = ops::index_clamped(th, v)?;
        let n = if n < 0 {
            n.saturating_add(len as i64)
        } else {
            n
        };
        Ok(n.clamp(0, len as i64) as usize)
    };
    let (start, end) = (bound(a[2], pos)?, bound(a[3], len)?);
    // The view may be one of this very mapping: it is copied, for the search takes the lock.
    let needle = view.as_slice().to_vec();
    let found = with(th, a[0], |_, map| map.find(&needle, start, end, last))?;
    Ok(found.map_or(Value::small_int(-1), |n| Value::usize(th, n)))
}

/// A size argument.
fn size(th: &Thread, v: Value, default: i64) -> PyResult<i64> {
    match given(v) {
        Some(v) => ops::index_i64(th, v),
        None => Ok(default),
    }
}

pub(super) fn flush(th: &Thread, a: &[Value]) -> PyResult {
    let len = with(th, a[0], |_, map| map.len())? as i64;
    let (offset, n) = (size(th, a[1], 0)?, size(th, a[2], len)?);
    let fits = offset >= 0 && n >= 0 && offset.checked_add(n).is_some_and(|end| end <= len);
    if !fits {
        return Err(th.value_error("flush values out of range"));
    }
    let this = a[0].expect::<Mmap>();
    if matches!(this.access, Access::Read | Access::Copy) {
        return Ok(Value::NONE);
    }
    // Writing may take long: it goes on without the lock, and closing leaves it what it writes.
    let map = this.state.with(|s| s.map.clone());
    let map = map.ok_or_else(|| closed(th))?;
    sys(th, th.blocking(|| map.flush(offset as usize, n as usize)))?;
    Ok(Value::NONE)
}

pub(super) fn madvise(th: &Thread, a: &[Value]) -> PyResult {
    let option = int(th, a[1])?;
    let len = with(th, a[0], |_, map| map.len())? as i64;
    let (start, n) = (size(th, a[2], 0)?, size(th, a[3], len)?);
    if start < 0 || start >= len {
        return Err(th.value_error("madvise start out of bounds"));
    }
    if n < 0 {
        return Err(th.value_error("madvise length invalid"));
    }
    if i64::MAX - start < n {
        return Err(th.overflow_error("madvise length too large"));
    }
    let n = n.min(len - start);
    let r = with(th, a[0], |_, map| {
        map.advise(start as usize, n as usize, option)
    })?;
    sys(th, r)?;
    Ok(Value::NONE)
}

pub(super) fn move_bytes(th: &Thread, a: &[Value]) -> PyResult {
    let (to, from, n) = (
        ops::index_i64(th, a[1])?,
        ops::index_i64(th, a[2])?,
        ops::index_i64(th, a[3])?,
    );
    with(th, a[0], |_, _| ())?;
    writable(th, a[0])?;
    let whole = |n: i64| usize::try_from(n).ok();
    let done = match (whole(from), whole(to), whole(n)) {
        (Some(from), Some(to), Some(n)) => with(th, a[0], |_, map| map.copy_within(from, to, n))?,
        _ => false,
    };
    if done {
        Ok(Value::NONE)
    } else {
        Err(th.value_error("source, destination, or count out of range"))
    }
}

pub(super) fn resize(th: &Thread, a: &[Value]) -> PyResult {
    let n = ops::index_i64(th, a[1])?;
    let old = with(th, a[0], |_, map| map.len())?;
    let this = a[0].expect::<Mmap>();
    let exported = || {
        th.raise(
            &BUFFER_ERROR,
            "mmap can't resize with extant buffers exported.",
        )
    };
    if super::has_views(th, this)? {
        return Err(exported());
    }
    if !this.track_fd {
        return Err(th.value_error("mmap can't resize with trackfd=False."));
    }
    if !matches!(this.access, Access::Default | Access::Write) {
        return Err(th.type_error("mmap can't resize a readonly or copy-on-write memory map."));
    }
    let end = this.offset.checked_add(n).filter(|_| n >= 0);
    let Some(end) = end else {
        return Err(th.value_error("new size out of range"));
    };
    let n = n as usize;
    let fd = this.fd.load(Ordering::Acquire);
    if fd == -1 {
        if this.flags & libc::MAP_PRIVATE == 0 && n > old {
            return Err(th.value_error("mmap: can't expand a shared anonymous mapping"));
        }
    } else {
        sys(th, th.blocking(|| taipan_host::fd::ftruncate(fd, end)))?;
    }
    let r = this.state.with(|s| {
        if this.exports.load(Ordering::Acquire) > 0 {
            return Some(None);
        }
        let map = s.map.as_mut()?;
        // Others hold it for the time of a flush only.
        Some(Arc::get_mut(map).map(|m| m.resize(n)))
    });
    match r {
        None => Err(closed(th)),
        Some(None) => Err(exported()),
        Some(Some(r)) => {
            sys(th, r)?;
            Ok(Value::NONE)
        }
    }
}

/// An integer of a file position.
pub(super) fn offset(th: &Thread, v: Value) -> PyResult<i64> {
    long(th, v)
}
