//! Byte order, numeric addresses, interfaces, sizes of ancillary data, the timeout of new sockets.

use super::address::plain_error;
use super::object::{default_timeout, parse_timeout, set_default_timeout, show_timeout};
use std::ffi::CString;
use taipan_host::socket as host;
use taipan_object::call::Args;
use taipan_object::{PyResult, Thread, Value, ValueVec, buffer, ops};
use taipan_std_os::args::{fs_cstring, fs_decode, int, positional, sys, text, unsigned};

/// `htons` and `ntohs`
pub(super) fn swap16(th: &Thread, a: &[Value]) -> PyResult {
    let n = unsigned(th, a[0], u16::MAX.into(), "uint16_t")?;
    Ok(Value::small_int((n as u16).to_be().into()))
}

/// `htonl` and `ntohl`
pub(super) fn swap32(th: &Thread, a: &[Value]) -> PyResult {
    let n = unsigned(th, a[0], u32::MAX.into(), "uint32_t")?;
    Ok(Value::small_int((n as u32).to_be().into()))
}

pub(super) fn inet_aton(th: &Thread, a: &[Value]) -> PyResult {
    let ip = text(th, "inet_aton", "", a[0])?;
    let Ok(ip) = CString::new(ip.as_bytes().to_vec()) else {
        return Err(th.value_error("embedded null character"));
    };
    match host::inet_aton_lenient(&ip) {
        Some(ip) => Value::bytes(th, &ip),
        None => Err(plain_error(
            th,
            "illegal IP address string passed to inet_aton",
        )),
    }
}

pub(super) fn inet_ntoa(th: &Thread, a: &[Value]) -> PyResult {
    let view = buffer::get_contiguous(th, a[0])?;
    if view.len != 4 {
        return Err(plain_error(th, "packed IP wrong length for inet_ntoa"));
    }
    Ok(Value::str(th, &super::address::ip_text(view.as_slice())))
}

pub(super) fn inet_pton(th: &Thread, args: Args) -> PyResult {
    let [family, ip] = positional(th, args, "inet_pton", 2)?;
    let family = int(th, family)?;
    let ip = text(th, "inet_pton", "2", ip)?;
    match sys(th, host::inet_pton(family, ip.as_str().unwrap_or("")))? {
        Some(ip) => Value::bytes(th, &ip),
        None => Err(plain_error(
            th,
            "illegal IP address string passed to inet_pton",
        )),
    }
}

pub(super) fn inet_ntop(th: &Thread, args: Args) -> PyResult {
    let [family, ip] = positional(th, args, "inet_ntop", 2)?;
    let family = int(th, family)?;
    let view = buffer::get_contiguous(th, ip)?;
    match host::inet_ntop(family, view.as_slice()) {
        Ok(Some(text)) => Ok(Value::str(th, &text)),
        Ok(None) => Err(th.value_error("invalid length of packed IP address string")),
        Err(_) => Err(th.value_error(format!("unknown address family {family}"))),
    }
}

pub(super) fn if_nameindex(th: &Thread, _: &[Value]) -> PyResult {
    let all = sys(th, th.blocking(host::if_nameindex))?;
    let mut out = ValueVec::new();
    for i in &all {
        let pair = [Value::small_int(i.index.into()), fs_decode(th, &i.name)];
        let pair = Value::try_tuple(th, &pair)?;
        out.push(th, pair)?;
    }
    Value::list(th, &out)
}

pub(super) fn if_nametoindex(th: &Thread, a: &[Value]) -> PyResult {
    let name = fs_cstring(th, a[0])?;
    let n = sys(th, th.blocking(|| host::if_nametoindex(&name)))?;
    Ok(Value::small_int(n.into()))
}

pub(super) fn if_indextoname(th: &Thread, a: &[Value]) -> PyResult {
    let n = unsigned(th, a[0], u32::MAX.into(), "unsigned int")?;
    let name = sys(th, th.blocking(|| host::if_indextoname(n as u32)))?;
    Ok(fs_decode(th, &name))
}

fn message_size(th: &Thread, f: &str, args: Args, size: fn(usize) -> Option<usize>) -> PyResult {
    args.no_kw(th, f)?;
    let [v] = args.values else {
        return Err(th.type_error(format!(
            "{f}() takes exactly 1 argument ({} given)",
            args.values.len()
        )));
    };
    let n = ops::index_i64(th, *v)?;
    match usize::try_from(n).ok().and_then(size) {
        Some(n) => Ok(Value::usize(th, n)),
        None => Err(th.overflow_error(format!("{f}() argument out of range"))),
    }
}

pub(super) fn cmsg_len(th: &Thread, args: Args) -> PyResult {
    message_size(th, "CMSG_LEN", args, host::cmsg_len)
}

pub(super) fn cmsg_space(th: &Thread, args: Args) -> PyResult {
    message_size(th, "CMSG_SPACE", args, host::cmsg_space)
}

pub(super) fn getdefaulttimeout(th: &Thread, _: &[Value]) -> PyResult {
    Ok(show_timeout(th, default_timeout(th)))
}

pub(super) fn setdefaulttimeout(th: &Thread, a: &[Value]) -> PyResult {
    let ns = parse_timeout(th, a[0])?;
    set_default_timeout(th, ns)?;
    Ok(Value::NONE)
}
