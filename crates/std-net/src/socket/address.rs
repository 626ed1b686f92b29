//! Addresses: Python's tuples and texts, and the system's.

use super::object::Sock;
use super::resolve;
use taipan_host::socket::{Address, if_indextoname, if_nametoindex};
use taipan_object::exception::{OS_ERROR, OVERFLOW_ERROR};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Raised, Thread, Value, buffer, ops};
use taipan_std_os::args::{self, fs_decode, fs_encode, fspath, int, mask};

pub(super) const AF_QIPCRTR: i32 = 42;
/// Protocols of CAN sockets whose addresses have more than an interface.
const CAN_ISOTP: i32 = 6;
const CAN_J1939: i32 = 7;
/// The kinds of TIPC addresses.
const TIPC_NAMESEQ: u8 = 1;
const TIPC_NAME: u8 = 2;
const TIPC_ID: u8 = 3;

/// An `OSError` with a message only.
pub(super) fn plain_error(th: &Thread, msg: impl AsRef<str>) -> Raised {
    th.raise(&OS_ERROR, msg)
}

/// The items of a tuple of `min` to `max`.
fn items<'a>(
    th: &Thread,
    v: Value,
    caller: &str,
    family: &str,
    (min, max): (usize, usize),
    shape: &str,
) -> PyResult<&'a [Value]> {
    let Some(items) = v.as_tuple() else {
        let t = class_of(v).name_text();
        let which = match family {
            "AF_VSOCK" | "AF_QIPCRTR" => "getsockaddrarg:".to_owned(),
            _ => format!("{caller}():"),
        };
        return Err(th.type_error(format!("{which} {family} address must be tuple, not {t}")));
    };
    if items.len() < min || items.len() > max {
        if shape.is_empty() {
            let n = items.len();
            return Err(th.type_error(format!(
                "getsockaddrarg() takes exactly {max} arguments ({n} given)"
            )));
        }
        return Err(th.type_error(format!("{family} address must be a {shape}")));
    }
    Ok(items)
}

/// The low 32 bits of an integer.
fn word(th: &Thread, v: Value) -> PyResult<u32> {
    Ok(mask(ops::index(th, v)?) as u32)
}

/// Item `i` as [`word`]; 0 where there is none.
fn word_at(th: &Thread, items: &[Value], i: usize) -> PyResult<u32> {
    items.get(i).map_or(Ok(0), |v| word(th, *v))
}

/// A port before its range is checked.
fn port(th: &Thread, caller: &str, v: Value) -> PyResult<i32> {
    int(th, v).map_err(|e| {
        if e.is(&OVERFLOW_ERROR) {
            bad_port(th, caller)
        } else {
            e
        }
    })
}

fn bad_port(th: &Thread, caller: &str) -> Raised {
    th.overflow_error(format!("{caller}(): port must be 0-65535."))
}

/// The number of an interface by name, 0 for all.
fn interface(th: &Thread, name: &[u8]) -> PyResult<i32> {
    if name.is_empty() {
        return Ok(0);
    }
    let name = args::cstring(th, name.to_vec())?;
    let n = args::sys(th, th.blocking(|| if_nametoindex(&name)))?;
    Ok(n.cast_signed())
}

/// An address argument of a socket's method.
pub(super) fn parse(th: &Thread, s: &Sock, v: Value, caller: &str) -> PyResult<Address> {
    match s.family() {
        libc::AF_UNIX => unix(th, v),
        libc::AF_INET => {
            let a = items(th, v, caller, "AF_INET", (2, 2), "pair (host, port)")?;
            let host = resolve::idna(th, a[0])?;
            let port = port(th, caller, a[1])?;
            let ip = match resolve::set_address(th, &host, libc::AF_INET)? {
                Address::Inet { ip, .. } => ip,
                _ => [0; 4],
            };
            let port = u16::try_from(port).map_err(|_| bad_port(th, caller))?;
            Ok(Address::Inet { ip, port })
        }
        libc::AF_INET6 => {
            let shape = "tuple (host, port[, flowinfo[, scopeid]])";
            let a = items(th, v, caller, "AF_INET6", (2, 4), shape)?;
            let host = resolve::idna(th, a[0])?;
            let port = port(th, caller, a[1])?;
            let (flowinfo, scope) = (word_at(th, a, 2)?, word_at(th, a, 3)?);
            let ip = match resolve::set_address(th, &host, libc::AF_INET6)? {
                Address::Inet6 { ip, .. } => ip,
                _ => [0; 16],
            };
            let port = u16::try_from(port).map_err(|_| bad_port(th, caller))?;
            if flowinfo > 0xfffff {
                return Err(th.overflow_error(format!("{caller}(): flowinfo must be 0-1048575.")));
            }
            Ok(Address::Inet6 {
                ip,
                port,
                flowinfo,
                scope_id: scope,
            })
        }
        libc::AF_NETLINK => {
            let a = items(th, v, caller, "AF_NETLINK", (2, 2), "pair (pid, groups)")?;
            let (pid, groups) = (word(th, a[0])?, word(th, a[1])?);
            Ok(Address::Netlink { pid, groups })
        }
        libc::AF_VSOCK => {
            let a = items(th, v, caller, "AF_VSOCK", (2, 2), "")?;
            let (cid, port) = (word(th, a[0])?, word(th, a[1])?);
            Ok(Address::Vsock { cid, port })
        }
        AF_QIPCRTR => {
            let a = items(th, v, caller, "AF_QIPCRTR", (2, 2), "")?;
            let (node, port) = (word(th, a[0])?, word(th, a[1])?);
            Ok(Address::Qrtr { node, port })
        }
        libc::AF_PACKET => packet(th, v, caller),
        libc::AF_CAN => can(th, s, v, caller),
        libc::AF_ALG => alg(th, v, caller),
        libc::AF_TIPC => tipc(th, v, caller),
        libc::AF_BLUETOOTH => super::bluetooth::parse(th, s.proto(), v, caller),
        _ => Err(plain_error(th, format!("{caller}(): bad family"))),
    }
}

fn unix(th: &Thread, v: Value) -> PyResult<Address> {
    let path = if v.as_wtf8().is_some() {
        fs_encode(th, v)?
    } else {
        buffer::get_contiguous(th, v)?.as_slice().to_vec()
    };
    // A path is ended by a zero byte, an abstract name is not.
    let room = match path.first() {
        None | Some(0) => Address::UNIX_PATH_MAX,
        Some(_) => Address::UNIX_PATH_MAX - 1,
    };
    if path.len() > room {
        return Err(plain_error(th, "AF_UNIX path too long"));
    }
    Ok(Address::Unix(path))
}

fn packet(th: &Thread, v: Value, caller: &str) -> PyResult<Address> {
    let shape = "tuple of two to five elements";
    let a = items(th, v, caller, "AF_PACKET", (2, 5), shape)?;
    let wrong = || th.type_error(format!("AF_PACKET address must be a {shape}"));
    let name = a[0].as_wtf8().ok_or_else(wrong)?.as_bytes().to_vec();
    let protocol = int(th, a[1])?;
    let pkttype = a.get(2).map_or(Ok(0), |v| int(th, *v))?;
    let hatype = a.get(3).map_or(Ok(0), |v| int(th, *v))?;
    let hardware = match a.get(4) {
        Some(v) => buffer::get_contiguous(th, *v)?.as_slice().to_vec(),
        None => Vec::new(),
    };
    let ifindex = interface(th, &name)?;
    if hardware.len() > 8 {
        return Err(th.value_error("Hardware address must be 8 bytes or less"));
    }
    let Ok(protocol) = u16::try_from(protocol) else {
        return Err(th.overflow_error(format!("{caller}(): proto must be 0-65535.")));
    };
    Ok(Address::Packet {
        protocol,
        ifindex,
        pkttype: pkttype as u8,
        hatype: hatype as u16,
        hardware,
    })
}

fn can(th: &Thread, s: &Sock, v: Value, caller: &str) -> PyResult<Address> {
    let (n, shape) = match s.proto() {
        libc::CAN_RAW | libc::CAN_BCM => (1, "tuple (interface, )"),
        CAN_ISOTP => (3, "tuple (interface, rx_addr, tx_addr)"),
        CAN_J1939 => (4, "tuple (interface, name, pgn, addr)"),
        _ => {
            return Err(plain_error(
                th,
                format!("{caller}(): unsupported CAN protocol"),
            ));
        }
    };
    let a = items(th, v, caller, "AF_CAN", (n, n), shape)?;
    let name = fs_encode(th, fspath(th, a[0])?)?;
    if name.len() >= libc::IF_NAMESIZE {
        return Err(plain_error(th, "AF_CAN interface name too long"));
    }
    let mut protocol = [0; 16];
    if n == 3 {
        protocol[..4].copy_from_slice(&word(th, a[1])?.to_ne_bytes());
        protocol[4..8].copy_from_slice(&word(th, a[2])?.to_ne_bytes());
    } else if n == 4 {
        let name = mask(ops::index(th, a[1])?);
        protocol[..8].copy_from_slice(&name.to_ne_bytes());
        protocol[8..12].copy_from_slice(&word(th, a[2])?.to_ne_bytes());
        protocol[12] = word(th, a[3])? as u8;
    }
    let ifindex = interface(th, &name)?;
    Ok(Address::Can { ifindex, protocol })
}

fn alg(th: &Thread, v: Value, caller: &str) -> PyResult<Address> {
    let shape = "tuple (type, name[, feat[, mask]])";
    let a = items(th, v, caller, "AF_ALG", (2, 4), shape)?;
    let text = |v: Value| {
        let wrong = || th.type_error(format!("AF_ALG address must be a {shape}"));
        v.as_wtf8().map(|w| w.as_bytes().to_vec()).ok_or_else(wrong)
    };
    let (kind, name) = (text(a[0])?, text(a[1])?);
    if kind.len() >= 14 {
        return Err(th.value_error("AF_ALG type too long."));
    }
    if name.len() >= 64 {
        return Err(th.value_error("AF_ALG name too long."));
    }
    Ok(Address::Alg {
        kind,
        name,
        feature: word_at(th, a, 2)? & 0xffff,
        mask: word_at(th, a, 3)? & 0xffff,
    })
}

fn tipc(th: &Thread, v: Value, caller: &str) -> PyResult<Address> {
    let shape = "tuple (addr_type, v1, v2, v3[, scope])";
    let a = items(th, v, caller, "AF_TIPC", (4, 5), shape)?;
    let kind = word(th, a[0])?;
    let v = [word(th, a[1])?, word(th, a[2])?, word(th, a[3])?];
    // The scope of a cluster is the usual one.
    let scope = a.get(4).map_or(Ok(2), |v| word(th, *v))?;
    let numbers = match u8::try_from(kind) {
        Ok(TIPC_NAMESEQ) => v,
        // A name's instance comes before its domain, which stays 0.
        Ok(TIPC_NAME) => [v[0], v[1], 0],
        Ok(TIPC_ID) => [v[1], v[0], 0],
        _ => return Err(th.type_error("Invalid address type")),
    };
    let mut data = vec![kind as u8, scope as u8];
    for n in numbers {
        data.extend_from_slice(&n.to_ne_bytes());
    }
    Ok(Address::Other {
        family: libc::AF_TIPC as u16,
        data,
    })
}

/// The text of an IP address.
pub(super) fn ip_text(ip: &[u8]) -> String {
    let family = if ip.len() == 4 {
        libc::AF_INET
    } else {
        libc::AF_INET6
    };
    taipan_host::socket::inet_ntop(family, ip)
        .ok()
        .flatten()
        .unwrap_or_default()
}

fn interface_name(th: &Thread, index: i32) -> Value {
    let name = match index {
        0 => Vec::new(),
        n => th
            .blocking(|| if_indextoname(n.cast_unsigned()))
            .unwrap_or_default(),
    };
    fs_decode(th, &name)
}

/// An address as Python shows it; `proto` is the socket's.
pub(super) fn make(th: &Thread, a: &Address, proto: i32) -> PyResult {
    let n = |n: u32| Value::small_int(n.into());
    let u32_at = |bytes: &[u8], at: usize| {
        let mut four = [0; 4];
        four.copy_from_slice(&bytes[at..at + 4]);
        u32::from_ne_bytes(four)
    };
    let t = |items: &[Value]| Value::try_tuple(th, items);
    match a {
        Address::None => Ok(Value::NONE),
        Address::Inet { ip, port } => t(&[Value::str(th, &ip_text(ip)), n((*port).into())]),
        Address::Inet6 {
            ip,
            port,
            flowinfo,
            scope_id,
        } => t(&[
            Value::str(th, &ip_text(ip)),
            n((*port).into()),
            n(*flowinfo),
            n(*scope_id),
        ]),
        Address::Unix(path) => match path.first() {
            Some(0) => Value::bytes(th, path),
            _ => Ok(fs_decode(th, path)),
        },
        Address::Netlink { pid, groups } => t(&[n(*pid), n(*groups)]),
        Address::Vsock { cid, port } => t(&[n(*cid), n(*port)]),
        Address::Qrtr { node, port } => t(&[n(*node), n(*port)]),
        Address::Packet {
            protocol,
            ifindex,
            pkttype,
            hatype,
            hardware,
        } => {
            let name = interface_name(th, *ifindex);
            let hardware = Value::bytes(th, hardware)?;
            t(&[
                name,
                n((*protocol).into()),
                n((*pkttype).into()),
                n((*hatype).into()),
                hardware,
            ])
        }
        Address::Can { ifindex, protocol } => {
            let name = interface_name(th, *ifindex);
            match proto {
                CAN_ISOTP => t(&[name, n(u32_at(protocol, 0)), n(u32_at(protocol, 4))]),
                CAN_J1939 => {
                    let mut eight = [0; 8];
                    eight.copy_from_slice(&protocol[..8]);
                    let own_name = Value::uint(th, u64::from_ne_bytes(eight));
                    let pgn = n(u32_at(protocol, 8));
                    t(&[name, own_name, pgn, n(protocol[12].into())])
                }
                _ => t(&[name]),
            }
        }
        Address::Alg {
            kind,
            name,
            feature,
            mask,
        } => t(&[
            fs_decode(th, kind),
            fs_decode(th, name),
            n(*feature),
            n(*mask),
        ]),
        Address::Other { family, data }
            if i32::from(*family) == libc::AF_TIPC && data.len() >= 14 =>
        {
            let v = [u32_at(data, 2), u32_at(data, 6), u32_at(data, 10)];
            let scope = Value::small_int(i64::from(data[1] as i8));
            match data[0] {
                TIPC_NAMESEQ => t(&[n(1), n(v[0]), n(v[1]), n(v[2]), scope]),
                TIPC_NAME => t(&[n(2), n(v[0]), n(v[1]), n(v[1]), scope]),
                TIPC_ID => t(&[n(3), n(v[1]), n(v[0]), n(0), scope]),
                _ => Err(th.type_error("Invalid address type")),
            }
        }
        Address::Other { family, data } if i32::from(*family) == libc::AF_BLUETOOTH => {
            super::bluetooth::make(th, proto, data)
        }
        Address::Other { family, data } => {
            let mut bytes = data.clone();
            bytes.resize(14, 0);
            let bytes = Value::bytes(th, &bytes)?;
            t(&[n((*family).into()), bytes])
        }
    }
}
