//! Messages with ancillary data.

use super::address::{self, plain_error};
use super::call::{For, run};
use super::object::{Sock, method, only_crypto, sock};
use super::transfer::size;
use std::io::{IoSlice, IoSliceMut};
use taipan_host::socket::{self as host, Ancillary, Received};
use taipan_object::buffer::{self, Buffer};
use taipan_object::call::Args;
use taipan_object::exception::{BUFFER_ERROR, TYPE_ERROR};
use taipan_object::{PyResult, Thread, Value, ValueVec, ops};
use taipan_std_os::args::{given, int, int_or, positional, type_name};

/// How much room for ancillary data is asked for.
fn room(th: &Thread, v: Value) -> PyResult<usize> {
    const WRONG: &str = "invalid ancillary data buffer length";
    let n = size(th, v, WRONG)?;
    if n > i32::MAX as usize {
        return Err(th.value_error(WRONG));
    }
    Ok(n)
}

/// The end of what both ways of receiving give: ancillary data, flags, the sender.
fn rest(th: &Thread, s: &Sock, first: Value, r: &Received) -> PyResult {
    let mut list = ValueVec::new();
    for piece in &r.ancillary {
        let data = Value::bytes(th, &piece.data)?;
        let (level, kind) = (piece.level.into(), piece.kind.into());
        let t = [Value::small_int(level), Value::small_int(kind), data];
        let t = Value::try_tuple(th, &t)?;
        list.push(th, t)?;
    }
    let list = Value::list(th, &list)?;
    let from = address::make(th, &r.from, s.proto())?;
    Value::try_tuple(th, &[first, list, Value::small_int(r.flags.into()), from])
}

pub(super) fn recvmsg(th: &Thread, args: Args) -> PyResult {
    let (this, args) = method(args);
    let [n, ancillary, flags] = positional(th, args, "recvmsg", 1)?;
    let n = size(th, n, "negative buffer size in recvmsg()")?;
    let ancillary = room(th, ancillary)?;
    let flags = int_or(th, flags, 0)?;
    let s = sock(&[this]);
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(n).is_err() {
        return Err(th.memory_error());
    }
    bytes.resize(n, 0);
    let r = run(th, s, For::Reading, |fd| {
        host::recvmsg(fd, &mut [IoSliceMut::new(&mut bytes)], ancillary, flags)
    })?;
    let first = Value::bytes(th, &bytes[..r.len.min(n)])?;
    rest(th, s, first, &r)
}

/// The items of an iterable; `message` says that it is none.
fn iterable(th: &Thread, v: Value, message: &str) -> PyResult<ValueVec> {
    ops::to_vec(th, v).map_err(|e| {
        if e.is(&TYPE_ERROR) {
            th.type_error(message)
        } else {
            e
        }
    })
}

pub(super) fn recvmsg_into(th: &Thread, args: Args) -> PyResult {
    let (this, args) = method(args);
    let [buffers, ancillary, flags] = positional(th, args, "recvmsg_into", 1)?;
    let items = iterable(th, buffers, "recvmsg_into() argument 1 must be an iterable")?;
    let wrong = || {
        th.type_error(
            "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers",
        )
    };
    let mut views: Vec<Buffer> = Vec::with_capacity(items.len());
    for item in items.iter() {
        if !buffer::is_exporter(*item) {
            return Err(wrong());
        }
        let b = buffer::get(th, *item, true)
            .map_err(|e| if e.is(&BUFFER_ERROR) { wrong() } else { e })?;
        if b.readonly || !b.is_contiguous() {
            return Err(wrong());
        }
        views.push(b);
    }
    let ancillary = room(th, ancillary)?;
    let flags = int_or(th, flags, 0)?;
    let s = sock(&[this]);
    let r = run(th, s, For::Reading, |fd| {
        let mut slices: Vec<_> = views
            .iter()
            .map(|b| IoSliceMut::new(b.as_mut_slice()))
            .collect();
        host::recvmsg(fd, &mut slices, ancillary, flags)
    })?;
    let first = Value::usize(th, r.len);
    rest(th, s, first, &r)
}

/// Views of the buffers to be sent.
fn views(th: &Thread, v: Value, message: &str) -> PyResult<Vec<Buffer>> {
    let items = iterable(th, v, message)?;
    let mut views = Vec::with_capacity(items.len());
    for item in items.iter() {
        views.push(buffer::get_contiguous(th, *item)?);
    }
    Ok(views)
}

fn send_views(
    th: &Thread,
    s: &Sock,
    views: &[Buffer],
    ancillary: &[Ancillary],
    flags: i32,
    to: Option<&host::Address>,
) -> PyResult {
    let slices: Vec<_> = views.iter().map(|b| IoSlice::new(b.as_slice())).collect();
    let n = run(th, s, For::Writing, |fd| {
        host::sendmsg(fd, &slices, ancillary, flags, to)
    })?;
    Ok(Value::usize(th, n))
}

/// One piece of ancillary data.
fn piece(th: &Thread, v: Value) -> PyResult<Ancillary> {
    const WHICH: &str = "[sendmsg() ancillary data items]() argument must be";
    let [level, kind, data] = match v.as_tuple() {
        Some([level, kind, data]) => [*level, *kind, *data],
        Some(other) => {
            let n = other.len();
            return Err(th.type_error(format!("{WHICH} tuple of length 3, not {n}")));
        }
        None => {
            let t = type_name(v);
            return Err(th.type_error(format!("{WHICH} 3-item tuple, not {t}")));
        }
    };
    Ok(Ancillary {
        level: int(th, level)?,
        kind: int(th, kind)?,
        data: buffer::get_contiguous(th, data)?.as_slice().to_vec(),
    })
}

pub(super) fn sendmsg(th: &Thread, args: Args) -> PyResult {
    let (this, args) = method(args);
    let [buffers, ancillary, flags, address] = positional(th, args, "sendmsg", 1)?;
    let s = sock(&[this]);
    let flags = int_or(th, flags, 0)?;
    let to = match given(address) {
        Some(v) => Some(address::parse(th, s, v, "sendmsg")?),
        None => None,
    };
    th.audit("socket.sendmsg", &[this, address.or(Value::NONE)])?;
    let views = views(th, buffers, "sendmsg() argument 1 must be an iterable")?;
    let mut pieces = Vec::new();
    if let Some(v) = ancillary.present() {
        let items = iterable(th, v, "sendmsg() argument 2 must be an iterable")?;
        let mut total = 0usize;
        for item in items.iter() {
            let p = piece(th, *item)?;
            let Some(space) = host::cmsg_space(p.data.len()) else {
                return Err(plain_error(th, "ancillary data item too large"));
            };
            total += space;
            if total > i32::MAX as usize {
                return Err(plain_error(th, "too much ancillary data"));
            }
            pieces.push(p);
        }
    }
    send_views(th, s, &views, &pieces, flags, to.as_ref())
}

pub(super) fn sendmsg_afalg(th: &Thread, a: &[Value]) -> PyResult {
    let s = sock(a);
    only_crypto(th, s)?;
    let operation = match a[2].present() {
        Some(v) if v.is_int() => int(th, v)?,
        _ => -1,
    };
    if operation < 0 {
        return Err(th.type_error("Invalid or missing argument 'op'"));
    }
    let associated = match given(a[4]) {
        Some(v) => {
            let n = int(th, v)?;
            if n < 0 {
                return Err(th.type_error("assoclen must be positive"));
            }
            Some(n)
        }
        None => None,
    };
    let flags = int_or(th, a[5], 0)?;
    let views = match given(a[1]) {
        Some(v) => views(th, v, "sendmsg() argument 1 must be an iterable")?,
        None => Vec::new(),
    };
    let set = |kind: i32, data: Vec<u8>| Ancillary {
        level: libc::SOL_ALG,
        kind,
        data,
    };
    let number = operation.to_ne_bytes().to_vec();
    let mut pieces = vec![set(libc::ALG_SET_OP, number)];
    if let Some(v) = given(a[3]) {
        let view = buffer::get_contiguous(th, v)?;
        let iv = view.as_slice();
        // The kernel wants its length in front.
        let mut data = (iv.len() as u32).to_ne_bytes().to_vec();
        data.extend_from_slice(iv);
        pieces.push(set(libc::ALG_SET_IV, data));
    }
    if let Some(n) = associated {
        pieces.push(set(libc::ALG_SET_AEAD_ASSOCLEN, n.to_ne_bytes().to_vec()));
    }
    send_views(th, s, &views, &pieces, flags, None)
}
