//! Names of hosts, services and protocols.

use super::address::{ip_text, make as make_address, plain_error};
use super::{GAI_ERROR, HERROR};
use std::ffi::CString;
use taipan_host::socket::{self as host, Address, Hints, HostEntry, NameError, ResolveError};
use taipan_object::call::{self, Args};
use taipan_object::{PyResult, Raised, Thread, Value, ValueVec, buffer, ops};
use taipan_std_os::args::{
    self, cstring, fs_decode, given, int, int_or, mask, os_error, positional, text, type_name,
};

/// The exception of a name that could not be resolved.
fn gai_error(th: &Thread, e: &ResolveError) -> Raised {
    match e {
        ResolveError::System(e) => th.os_error(e, Value::ABSENT),
        ResolveError::Code(n) => {
            let message = Value::str(th, &host::resolve_message(*n));
            th.raise_with(&GAI_ERROR, &[Value::small_int((*n).into()), message])
        }
    }
}

fn h_error(th: &Thread, e: &NameError) -> Raised {
    let message = Value::str(th, &e.message);
    th.raise_with(&HERROR, &[Value::small_int(e.code.into()), message])
}

/// The bytes of a host's name: text that is not ASCII goes through the codec of host names.
fn name_bytes(th: &Thread, v: Value) -> PyResult<Option<Vec<u8>>> {
    if let Some(s) = v.as_str_obj() {
        if s.is_ascii() {
            return Ok(Some(s.as_bytes().to_vec()));
        }
        let encoded = call::call_method(th, v, "encode", &[Value::str(th, "idna")])?;
        return Ok(encoded.as_bytes().map(<[u8]>::to_vec));
    }
    if let Some(b) = v.as_bytes() {
        return Ok(Some(b.to_vec()));
    }
    if v.downcast::<taipan_object::bytearray::ByteArray>()
        .is_some()
    {
        return Ok(Some(buffer::get_contiguous(th, v)?.as_slice().to_vec()));
    }
    Ok(None)
}

/// The host in an address.
pub(super) fn idna(th: &Thread, v: Value) -> PyResult<CString> {
    let Some(bytes) = name_bytes(th, v)? else {
        let t = type_name(v);
        return Err(th.type_error(format!("str, bytes or bytearray expected, not {t}")));
    };
    CString::new(bytes).map_err(|_| th.type_error("host name must not contain null character"))
}

/// The host that a look-up is asked for.
fn host_argument(th: &Thread, f: &str, v: Value) -> PyResult<CString> {
    let t = type_name(v);
    let Some(bytes) = name_bytes(th, v)? else {
        return Err(th.type_error(format!(
            "{f}() argument 1 must be str, bytes or bytearray, not {t}"
        )));
    };
    CString::new(bytes).map_err(|_| {
        th.type_error(format!(
            "{f}() argument 1 must be encoded string without null bytes, not {t}"
        ))
    })
}

/// The IP address of a host: empty means any, `<broadcast>` all. Its port is 0.
pub(super) fn set_address(th: &Thread, name: &CString, family: i32) -> PyResult<Address> {
    let bytes = name.as_bytes();
    if bytes.is_empty() {
        let hints = Hints {
            family,
            kind: libc::SOCK_DGRAM,
            flags: libc::AI_PASSIVE,
            ..Hints::default()
        };
        let mut found = th
            .blocking(|| host::getaddrinfo(None, Some(c"0"), hints))
            .map_err(|e| gai_error(th, &e))?;
        if found.len() > 1 {
            return Err(plain_error(th, "wildcard resolved to multiple address"));
        }
        return Ok(found.pop().map_or(Address::None, |a| a.address));
    }
    if bytes == b"<broadcast>" || bytes == b"255.255.255.255" {
        if family != libc::AF_INET && family != libc::AF_UNSPEC {
            return Err(plain_error(th, "address family mismatched"));
        }
        return Ok(Address::Inet {
            ip: [255; 4],
            port: 0,
        });
    }
    let numeric = |f: i32| {
        let text = std::str::from_utf8(bytes).ok()?;
        host::inet_pton(f, text).ok().flatten()
    };
    if (family == libc::AF_UNSPEC || family == libc::AF_INET)
        && let Some(v4) = numeric(libc::AF_INET)
        && let Ok(ip) = v4.try_into()
    {
        return Ok(Address::Inet { ip, port: 0 });
    }
    if (family == libc::AF_UNSPEC || family == libc::AF_INET6)
        && let Some(v6) = numeric(libc::AF_INET6)
        && let Ok(ip) = v6.try_into()
    {
        return Ok(Address::Inet6 {
            ip,
            port: 0,
            flowinfo: 0,
            scope_id: 0,
        });
    }
    let hints = Hints {
        family,
        ..Hints::default()
    };
    let found = th
        .blocking(|| host::getaddrinfo(Some(name), None, hints))
        .map_err(|e| gai_error(th, &e))?;
    Ok(found
        .into_iter()
        .next()
        .map_or(Address::None, |a| a.address))
}

fn ip_of(a: &Address) -> Vec<u8> {
    match a {
        Address::Inet { ip, .. } => ip.to_vec(),
        Address::Inet6 { ip, .. } => ip.to_vec(),
        _ => Vec::new(),
    }
}

pub(super) fn getaddrinfo(th: &Thread, a: &[Value]) -> PyResult {
    let hints = Hints {
        family: int_or(th, a[2], 0)?,
        kind: int_or(th, a[3], 0)?,
        protocol: int_or(th, a[4], 0)?,
        flags: int_or(th, a[5], 0)?,
    };
    let numbers = [hints.family, hints.kind, hints.protocol];
    let [x, y, z] = numbers.map(|n| Value::small_int(n.into()));
    let (host, port) = (a[0].or(Value::NONE), a[1].or(Value::NONE));
    th.audit("socket.getaddrinfo", &[host, port, x, y, z])?;
    let host_name = match given(a[0]) {
        None => None,
        Some(v) if v.as_wtf8().is_some() => {
            let encoded = call::call_method(th, v, "encode", &[Value::str(th, "idna")])?;
            encoded.as_bytes().map(<[u8]>::to_vec)
        }
        Some(v) => match v.as_bytes() {
            Some(b) => Some(b.to_vec()),
            None => {
                return Err(th.type_error("getaddrinfo() argument 1 must be string or None"));
            }
        },
    };
    let port = match given(a[1]) {
        None => None,
        Some(v) if v.is_int() => {
            // By the number's own text, whatever a subclass shows.
            let n = ops::index(th, v)?;
            let text = match n.as_int() {
                Some(n) => n.to_big().to_string(),
                None => String::new(),
            };
            Some(text.into_bytes())
        }
        Some(v) if v.as_wtf8().is_some() => {
            let encoded = call::call_method(th, v, "encode", &[])?;
            encoded.as_bytes().map(<[u8]>::to_vec)
        }
        Some(v) => match v.as_bytes() {
            Some(b) => Some(b.to_vec()),
            None => return Err(plain_error(th, "Int or String expected")),
        },
    };
    // The C library reads up to the first zero byte.
    let text = |bytes: Option<Vec<u8>>| {
        bytes.map(|mut b| {
            b.truncate(b.iter().position(|c| *c == 0).unwrap_or(b.len()));
            CString::new(b).unwrap_or_default()
        })
    };
    let (host_name, port) = (text(host_name), text(port));
    let found = th
        .blocking(|| host::getaddrinfo(host_name.as_deref(), port.as_deref(), hints))
        .map_err(|e| gai_error(th, &e))?;
    let mut out = ValueVec::new();
    for info in &found {
        let address = make_address(th, &info.address, info.protocol)?;
        let name = fs_decode(th, &info.canonical_name);
        let n = |n: i32| Value::small_int(n.into());
        let t = [
            n(info.family),
            n(info.kind),
            n(info.protocol),
            name,
            address,
        ];
        let t = Value::try_tuple(th, &t)?;
        out.push(th, t)?;
    }
    Value::list(th, &out)
}

pub(super) fn getnameinfo(th: &Thread, args: Args) -> PyResult {
    let [address, flags] = positional(th, args, "getnameinfo", 2)?;
    let flags = int(th, flags)?;
    th.audit("socket.getnameinfo", &[address])?;
    let Some(items) = address.as_tuple() else {
        return Err(th.type_error("getnameinfo() argument 1 must be a tuple"));
    };
    let wrong = || th.type_error("getnameinfo(): illegal sockaddr argument");
    let (2..=4, Some(name)) = (items.len(), items.first().and_then(|v| v.as_wtf8())) else {
        return Err(wrong());
    };
    let name = cstring(th, name.as_bytes().to_vec())?;
    let port = int(th, items[1])?;
    let word = |i: usize| -> PyResult<u32> {
        match items.get(i) {
            Some(v) => Ok(mask(ops::index(th, *v)?) as u32),
            None => Ok(0),
        }
    };
    let (flow, scope) = (word(2)?, word(3)?);
    if flow > 0xfffff {
        return Err(th.overflow_error("getnameinfo(): flowinfo must be 0-1048575."));
    }
    let port = cstring(th, port.to_string().into_bytes())?;
    let hints = Hints {
        kind: libc::SOCK_DGRAM,
        flags: libc::AI_NUMERICHOST,
        ..Hints::default()
    };
    let mut found = th
        .blocking(|| host::getaddrinfo(Some(&name), Some(&port), hints))
        .map_err(|e| gai_error(th, &e))?;
    if found.len() > 1 {
        return Err(plain_error(th, "sockaddr resolved to multiple addresses"));
    }
    let mut address = found.pop().map_or(Address::None, |a| a.address);
    match &mut address {
        Address::Inet { .. } if items.len() != 2 => {
            return Err(plain_error(th, "IPv4 sockaddr must be 2 tuple"));
        }
        Address::Inet6 {
            flowinfo, scope_id, ..
        } => (*flowinfo, *scope_id) = (flow, scope),
        _ => {}
    }
    let (name, service) = th
        .blocking(|| host::getnameinfo(&address, flags))
        .map_err(|e| gai_error(th, &e))?;
    let t = [fs_decode(th, &name), fs_decode(th, &service)];
    Value::try_tuple(th, &t)
}

/// One argument of a function whose message counts in digits.
fn one(th: &Thread, f: &str, args: Args) -> PyResult {
    args.no_kw(th, f)?;
    match args.values {
        [v] => Ok(*v),
        more => Err(th.type_error(format!(
            "{f}() takes exactly 1 argument ({} given)",
            more.len()
        ))),
    }
}

pub(super) fn gethostbyname(th: &Thread, args: Args) -> PyResult {
    let v = one(th, "gethostbyname", args)?;
    let name = host_argument(th, "gethostbyname", v)?;
    th.audit("socket.gethostbyname", &[v])?;
    let found = set_address(th, &name, libc::AF_INET)?;
    Ok(Value::str(th, &ip_text(&ip_of(&found))))
}

/// A host's names and addresses as Python shows them.
fn entry(th: &Thread, e: &HostEntry, family: i32) -> PyResult {
    if e.family != family {
        // The look-up gave another kind than was asked for.
        return Err(os_error(th, libc::EAFNOSUPPORT));
    }
    let mut aliases = ValueVec::new();
    for name in &e.aliases {
        aliases.push(th, fs_decode(th, name))?;
    }
    let mut addresses = ValueVec::new();
    for ip in &e.addresses {
        addresses.push(th, Value::str(th, &ip_text(ip)))?;
    }
    let t = [
        fs_decode(th, &e.name),
        Value::list(th, &aliases)?,
        Value::list(th, &addresses)?,
    ];
    Value::try_tuple(th, &t)
}

pub(super) fn gethostbyname_ex(th: &Thread, args: Args) -> PyResult {
    let v = one(th, "gethostbyname_ex", args)?;
    let name = host_argument(th, "gethostbyname_ex", v)?;
    th.audit("socket.gethostbyname", &[v])?;
    // A name that does not resolve fails in the newer way.
    set_address(th, &name, libc::AF_INET)?;
    let found = th
        .blocking(|| host::gethostbyname(&name))
        .map_err(|e| h_error(th, &e))?;
    entry(th, &found, libc::AF_INET)
}

pub(super) fn gethostbyaddr(th: &Thread, args: Args) -> PyResult {
    let v = one(th, "gethostbyaddr", args)?;
    let name = host_argument(th, "gethostbyaddr", v)?;
    th.audit("socket.gethostbyaddr", &[v])?;
    let address = set_address(th, &name, libc::AF_UNSPEC)?;
    let (family, ip) = (address.family(), ip_of(&address));
    if ip.is_empty() {
        return Err(plain_error(th, "unsupported address family"));
    }
    let found = th
        .blocking(|| host::gethostbyaddr(&ip, family))
        .map_err(|e| h_error(th, &e))?;
    entry(th, &found, family)
}

/// A C string of a `str` argument.
fn c_text(th: &Thread, f: &str, which: &str, v: Value) -> PyResult<CString> {
    let w = text(th, f, which, v)?;
    CString::new(w.as_bytes().to_vec()).map_err(|_| th.value_error("embedded null character"))
}

/// The protocol that a service is asked for with.
fn protocol(th: &Thread, f: &str, v: Value) -> PyResult<Option<CString>> {
    v.present().map(|v| c_text(th, f, "2", v)).transpose()
}

pub(super) fn getservbyname(th: &Thread, args: Args) -> PyResult {
    let [service, shown] = positional(th, args, "getservbyname", 1)?;
    let name = c_text(th, "getservbyname", "1", service)?;
    let proto = protocol(th, "getservbyname", shown)?;
    th.audit("socket.getservbyname", &[service, shown.or(Value::NONE)])?;
    match th.blocking(|| host::getservbyname(&name, proto.as_deref())) {
        Some(n) => Ok(Value::small_int(n.into())),
        None => Err(plain_error(th, "service/proto not found")),
    }
}

pub(super) fn getservbyport(th: &Thread, args: Args) -> PyResult {
    let [number, shown] = positional(th, args, "getservbyport", 1)?;
    let port = int(th, number)?;
    let proto = protocol(th, "getservbyport", shown)?;
    let Ok(port) = u16::try_from(port) else {
        return Err(th.overflow_error("getservbyport: port must be 0-65535."));
    };
    th.audit("socket.getservbyport", &[number, shown.or(Value::NONE)])?;
    match th.blocking(|| host::getservbyport(port, proto.as_deref())) {
        Some(name) => Ok(fs_decode(th, &name)),
        None => Err(plain_error(th, "port/proto not found")),
    }
}

pub(super) fn getprotobyname(th: &Thread, args: Args) -> PyResult {
    let v = one(th, "getprotobyname", args)?;
    let name = c_text(th, "getprotobyname", "1", v)?;
    match th.blocking(|| host::getprotobyname(&name)) {
        Some(n) => Ok(Value::small_int(n.into())),
        None => Err(plain_error(th, "protocol not found")),
    }
}

pub(super) fn gethostname(th: &Thread, _: &[Value]) -> PyResult {
    th.audit("socket.gethostname", &[])?;
    let name = args::sys(th, taipan_host::sysinfo::gethostname())?;
    Ok(fs_decode(th, &name))
}

pub(super) fn sethostname(th: &Thread, args: Args) -> PyResult {
    let v = one(th, "sethostname", args)?;
    let name = match v.as_bytes() {
        Some(b) => b.to_vec(),
        None => args::fs_encode(th, args::fspath(th, v)?)?,
    };
    th.audit("socket.sethostname", &[v])?;
    args::sys(th, taipan_host::sysinfo::sethostname(&name))?;
    Ok(Value::NONE)
}
