//! Receiving and sending.

use super::address;
use super::call::{For, attempt, run, timed_out};
use super::object::{method, sock};
use std::time::{Duration, Instant};
use taipan_host::socket as host;
use taipan_object::buffer::{self, Buffer};
use taipan_object::call::Args;
use taipan_object::{PyResult, Thread, Value, ops};
use taipan_std_os::args::{int, int_or, positional, type_name};

/// A size that is not negative; `message` says so otherwise.
pub(super) fn size(th: &Thread, v: Value, message: &str) -> PyResult<usize> {
    let n = v.present().map_or(Ok(0), |v| {
        let n = ops::index(th, v)?;
        n.as_i64()
            .ok_or_else(|| th.overflow_error("Python int too large to convert to C ssize_t"))
    })?;
    usize::try_from(n).map_err(|_| th.value_error(message))
}

/// The buffer that data are received into.
fn into(th: &Thread, f: &str, v: Value) -> PyResult<Buffer> {
    let wrong = || {
        th.type_error(format!(
            "{f}() argument 1 must be read-write bytes-like object, not {}",
            type_name(v)
        ))
    };
    if !buffer::is_exporter(v) {
        return Err(wrong());
    }
    let b = buffer::get(th, v, true).map_err(|e| {
        if e.is(&taipan_object::exception::BUFFER_ERROR) {
            wrong()
        } else {
            e
        }
    })?;
    if b.readonly || !b.is_contiguous() {
        return Err(wrong());
    }
    Ok(b)
}

pub(super) fn recv(th: &Thread, args: Args) -> PyResult {
    let (this, args) = method(args);
    let [n, flags] = positional(th, args, "recv", 1)?;
    let n = size(th, n, "negative buffersize in recv")?;
    let flags = int_or(th, flags, 0)?;
    if n == 0 {
        return Value::bytes(th, b"");
    }
    let bytes = run(th, sock(&[this]), For::Reading, |fd| {
        host::recv_new(fd, n, flags)
    })?;
    Value::bytes(th, &bytes)
}

pub(super) fn recv_into(th: &Thread, a: &[Value]) -> PyResult {
    let b = into(th, "recv_into", a[1])?;
    let n = size(th, a[2], "negative buffersize in recv_into")?;
    let flags = int_or(th, a[3], 0)?;
    if n > b.len {
        return Err(th.value_error("buffer too small for requested bytes"));
    }
    let n = if n == 0 { b.len } else { n };
    if n == 0 {
        return Ok(Value::small_int(0));
    }
    let room = &mut b.as_mut_slice()[..n];
    let got = run(th, sock(a), For::Reading, |fd| host::recv(fd, room, flags))?;
    Ok(Value::usize(th, got))
}

pub(super) fn recvfrom(th: &Thread, args: Args) -> PyResult {
    let (this, args) = method(args);
    let [n, flags] = positional(th, args, "recvfrom", 1)?;
    let n = size(th, n, "negative buffersize in recvfrom")?;
    let flags = int_or(th, flags, 0)?;
    let s = sock(&[this]);
    let mut room = Vec::new();
    if room.try_reserve_exact(n).is_err() {
        return Err(th.memory_error());
    }
    room.resize(n, 0);
    let (got, from) = run(th, s, For::Reading, |fd| {
        host::recvfrom(fd, &mut room, flags)
    })?;
    // With MSG_TRUNC the kernel tells of more than it has written.
    let bytes = Value::bytes(th, &room[..got.min(n)])?;
    let from = address::make(th, &from, s.proto())?;
    Value::try_tuple(th, &[bytes, from])
}

pub(super) fn recvfrom_into(th: &Thread, a: &[Value]) -> PyResult {
    let b = into(th, "recvfrom_into", a[1])?;
    let n = size(th, a[2], "negative buffersize in recvfrom_into")?;
    let flags = int_or(th, a[3], 0)?;
    if n > b.len {
        return Err(th.value_error("nbytes is greater than the length of the buffer"));
    }
    let n = if n == 0 { b.len } else { n };
    let s = sock(a);
    let room = &mut b.as_mut_slice()[..n];
    let (got, from) = run(th, s, For::Reading, |fd| host::recvfrom(fd, room, flags))?;
    let from = address::make(th, &from, s.proto())?;
    Value::try_tuple(th, &[Value::usize(th, got), from])
}

pub(super) fn send(th: &Thread, args: Args) -> PyResult {
    let (this, args) = method(args);
    let [data, flags] = positional(th, args, "send", 1)?;
    let view = buffer::get_contiguous(th, data)?;
    let flags = int_or(th, flags, 0)?;
    let bytes = view.as_slice();
    let n = run(th, sock(&[this]), For::Writing, |fd| {
        host::send(fd, bytes, flags)
    })?;
    Ok(Value::usize(th, n))
}

pub(super) fn sendall(th: &Thread, args: Args) -> PyResult {
    let (this, args) = method(args);
    let [data, flags] = positional(th, args, "sendall", 1)?;
    let view = buffer::get_contiguous(th, data)?;
    let flags = int_or(th, flags, 0)?;
    let s = sock(&[this]);
    let mut bytes = view.as_slice();
    // The timeout is for the whole.
    let timeout = s.timeout();
    let deadline = u64::try_from(timeout)
        .ok()
        .filter(|n| *n > 0)
        .and_then(|n| Instant::now().checked_add(Duration::from_nanos(n)));
    while !bytes.is_empty() {
        let left = match deadline {
            None => timeout,
            Some(d) => {
                let left = d.saturating_duration_since(Instant::now()).as_nanos();
                if left == 0 {
                    return Err(timed_out(th));
                }
                left as i64
            }
        };
        let sent = attempt(th, s, left, For::Writing, |fd| host::send(fd, bytes, flags))?;
        bytes = &bytes[sent.map_err(|e| e.raise(th))?..];
        th.poll()?;
    }
    Ok(Value::NONE)
}

pub(super) fn sendto(th: &Thread, args: Args) -> PyResult {
    let (this, args) = method(args);
    args.no_kw(th, "sendto")?;
    let (data, flags, address) = match args.values {
        [data, to] => (*data, Value::ABSENT, *to),
        [data, flags, to] => (*data, *flags, *to),
        more => {
            return Err(th.type_error(format!(
                "sendto() takes 2 or 3 arguments ({} given)",
                more.len()
            )));
        }
    };
    let view = buffer::get_contiguous(th, data)?;
    let flags = match flags.present() {
        Some(v) => int(th, v)?,
        None => 0,
    };
    let s = sock(&[this]);
    let to = address::parse(th, s, address, "sendto")?;
    th.audit("socket.sendto", &[this, address])?;
    let bytes = view.as_slice();
    let n = run(th, s, For::Writing, |fd| {
        host::sendto(fd, bytes, flags, &to)
    })?;
    Ok(Value::usize(th, n))
}
