//! Several buffers at once, and bytes moved between files in the kernel.

use super::files::with_bytes;
use super::numbers::{bits, offset, ssize};
use crate::args::{self, given, int, retried};
use std::io::{IoSlice, IoSliceMut};
use taipan_host::transfer as host;
use taipan_object::buffer::{self, Buffer};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, ValueVec, ops};

/// The items of an argument that must be a sequence.
fn sequence(th: &Thread, func: &str, v: Value) -> PyResult<ValueVec> {
    if class_of(v).slots().getitem.is_none() || v.as_dict().is_some() {
        return Err(th.type_error(format!("{func}() arg 2 must be a sequence")));
    }
    ops::to_vec(th, v)
}

/// Reads what fits all buffers into memory of our own, for they are objects', and hands it out.
fn read_into(
    th: &Thread,
    items: &[Value],
    mut read: impl FnMut(&mut [u8]) -> std::io::Result<usize>,
) -> PyResult {
    let mut buffers: Vec<Buffer> = Vec::with_capacity(items.len());
    for v in items {
        let b = buffer::get(th, *v, true)?;
        if b.readonly {
            return Err(th.raise(
                &taipan_object::exception::BUFFER_ERROR,
                "Object is not writable.",
            ));
        }
        buffers.push(b);
    }
    let total: usize = buffers.iter().map(|b| b.len).sum();
    let mut memory = Vec::new();
    if memory.try_reserve_exact(total).is_err() {
        return Err(th.memory_error());
    }
    memory.resize(total, 0);
    let n = retried(th, || read(&mut memory))?;
    let mut rest = &memory[..n];
    for b in &buffers {
        let (now, later) = rest.split_at(b.len.min(rest.len()));
        if !now.is_empty() {
            b.as_mut_slice()[..now.len()].copy_from_slice(now);
        }
        rest = later;
    }
    Ok(Value::usize(th, n))
}

/// `readv(fd, buffers)`
pub fn readv(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let items = sequence(th, "readv", a[1])?;
    read_into(th, &items, |to| host::readv(n, &mut [IoSliceMut::new(to)]))
}

/// `preadv(fd, buffers, offset, flags=0)`
pub fn preadv(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let items = sequence(th, "preadv", a[1])?;
    let at = offset(th, a[2])?;
    let flags = args::int_or(th, a[3], 0)?;
    read_into(th, &items, |to| {
        host::preadv(n, &mut [IoSliceMut::new(to)], at, flags)
    })
}

fn joined(th: &Thread, items: &[Value]) -> PyResult<Vec<u8>> {
    let mut all = Vec::new();
    for v in items {
        with_bytes(th, *v, |b| all.extend_from_slice(b))?;
    }
    Ok(all)
}

/// `writev(fd, buffers)`
pub fn writev(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let items = sequence(th, "writev", a[1])?;
    let all = joined(th, &items)?;
    let count = retried(th, || host::writev(n, &[IoSlice::new(&all)]))?;
    Ok(Value::usize(th, count))
}

/// `pwritev(fd, buffers, offset, flags=0)`
pub fn pwritev(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let items = sequence(th, "pwritev", a[1])?;
    let at = offset(th, a[2])?;
    let flags = args::int_or(th, a[3], 0)?;
    let all = joined(th, &items)?;
    let count = retried(th, || host::pwritev(n, &[IoSlice::new(&all)], at, flags))?;
    Ok(Value::usize(th, count))
}

/// An offset that may be None.
fn maybe_offset(th: &Thread, v: Value) -> PyResult<Option<i64>> {
    given(v).map(|v| offset(th, v)).transpose()
}

fn count(th: &Thread, v: Value) -> PyResult<usize> {
    usize::try_from(ssize(th, v)?)
        .map_err(|_| th.value_error("negative value for 'count' not allowed"))
}

/// `sendfile(out_fd, in_fd, offset, count)`
pub fn sendfile(th: &Thread, a: &[Value]) -> PyResult {
    let (to, from) = (int(th, a[0])?, int(th, a[1])?);
    let at = maybe_offset(th, a[2])?;
    let len = ssize(th, a[3])? as usize;
    let n = retried(th, || host::sendfile(to, from, at, len))?;
    Ok(Value::usize(th, n))
}

/// `copy_file_range(src, dst, count, offset_src=None, offset_dst=None)`
pub fn copy_file_range(th: &Thread, a: &[Value]) -> PyResult {
    let (from, to) = (int(th, a[0])?, int(th, a[1])?);
    let len = count(th, a[2])?;
    let (x, y) = (maybe_offset(th, a[3])?, maybe_offset(th, a[4])?);
    let n = retried(th, || host::copy_file_range(from, x, to, y, len, 0))?;
    Ok(Value::usize(th, n))
}

/// `splice(src, dst, count, offset_src=None, offset_dst=None, flags=0)`
pub fn splice(th: &Thread, a: &[Value]) -> PyResult {
    let (from, to) = (int(th, a[0])?, int(th, a[1])?);
    let len = count(th, a[2])?;
    let (x, y) = (maybe_offset(th, a[3])?, maybe_offset(th, a[4])?);
    let flags = match a[5].present() {
        Some(v) => bits(th, v)?,
        None => 0,
    };
    let n = retried(th, || host::splice(from, x, to, y, len, flags))?;
    Ok(Value::usize(th, n))
}
