//! Reading and writing at the position, as of a file.

use super::{with, writable};
use crate::args::{int_or, size};
use taipan_object::slots::CmpOp;
use taipan_object::{PyResult, Thread, Value, buffer, ops};

pub(super) fn read(th: &Thread, a: &[Value]) -> PyResult {
    let n = size(th, a[1])?;
    let bytes = with(th, a[0], |s, map| {
        let left = map.len().saturating_sub(s.pos);
        let n = n.unwrap_or(left).min(left);
        let bytes = map.copy_out(s.pos, n).unwrap_or_default();
        s.pos += bytes.len();
        bytes
    })?;
    Value::bytes(th, &bytes)
}

pub(super) fn read_byte(th: &Thread, a: &[Value]) -> PyResult {
    let byte = with(th, a[0], |s, map| {
        let b = map.get(s.pos)?;
        s.pos += 1;
        Some(b)
    })?;
    match byte {
        Some(b) => Ok(Value::small_int(b.into())),
        None => Err(th.value_error("read byte out of range")),
    }
}

pub(super) fn read_line(th: &Thread, a: &[Value]) -> PyResult {
    let bytes = with(th, a[0], |s, map| {
        let end = map.find_byte(b'\n', s.pos).map_or(map.len(), |n| n + 1);
        let n = end.saturating_sub(s.pos);
        let bytes = map.copy_out(s.pos, n).unwrap_or_default();
        s.pos += bytes.len();
        bytes
    })?;
    Value::bytes(th, &bytes)
}

pub(super) fn seek(th: &Thread, a: &[Value]) -> PyResult {
    let distance = super::access::offset(th, a[1])?;
    let whence = int_or(th, a[2], 0)?;
    let at = with(th, a[0], |s, map| {
        let start = match whence {
            0 => 0,
            1 => s.pos as i64,
            2 => map.len() as i64,
            _ => return Err("unknown seek type"),
        };
        let at = start
            .checked_add(distance)
            .and_then(|n| usize::try_from(n).ok())
            .filter(|n| *n <= map.len())
            .ok_or("seek out of range")?;
        s.pos = at;
        Ok(at)
    })?;
    match at {
        Ok(n) => Ok(Value::usize(th, n)),
        Err(why) => Err(th.value_error(why)),
    }
}

pub(super) fn write(th: &Thread, a: &[Value]) -> PyResult {
    with(th, a[0], |_, _| ())?;
    let view = buffer::get_contiguous(th, a[1])?;
    writable(th, a[0])?;
    let bytes = view.as_slice();
    let fits = with(th, a[0], |s, map| {
        let fits = map.copy_in(s.pos, bytes);
        if fits {
            s.pos += bytes.len();
        }
        fits
    })?;
    if fits {
        Ok(Value::usize(th, bytes.len()))
    } else {
        Err(th.value_error("data out of range"))
    }
}

pub(super) fn write_byte(th: &Thread, a: &[Value]) -> PyResult {
    let n = ops::index(th, a[1])?;
    let Some(byte) = n.as_i64().and_then(|n| u8::try_from(n).ok()) else {
        let low = ops::compare_bool(th, n, Value::small_int(0), CmpOp::Lt)?;
        let what = if low {
            "less than minimum"
        } else {
            "greater than maximum"
        };
        return Err(th.overflow_error(format!("unsigned byte integer is {what}")));
    };
    with(th, a[0], |_, _| ())?;
    writable(th, a[0])?;
    let fits = with(th, a[0], |s, map| {
        let fits = map.set(s.pos, byte);
        if fits {
            s.pos += 1;
        }
        fits
    })?;
    if fits {
        Ok(Value::NONE)
    } else {
        Err(th.value_error("write byte out of range"))
    }
}
