//! Sockets. A socket is a plain descriptor; addresses are [`Address`]es.

mod address;
mod interface;
mod message;
mod names;
mod options;
mod resolve;

pub use address::Address;
pub use interface::{Interface, if_indextoname, if_nameindex, if_nametoindex};
pub use message::{Ancillary, Received, cmsg_len, cmsg_space, recvmsg, sendmsg};
pub use names::{
    HostEntry, NameError, gethostbyaddr, gethostbyname, getprotobyname, getservbyname,
    getservbyport,
};
pub use options::{
    getsockopt, getsockopt_bytes, pending_error, setsockopt, setsockopt_bytes, setsockopt_null,
};
pub use resolve::{AddressInfo, Hints, ResolveError, getaddrinfo, getnameinfo, resolve_message};

pub use crate::constants::socket::CONSTANTS;

use crate::Fd;
use crate::check::{check, count, done};
use libc::c_int;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A new socket; closed on exec.
pub fn socket(family: c_int, kind: c_int, protocol: c_int) -> io::Result<Fd> {
    // SAFETY: numbers only.
    check(unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, protocol) })
}

/// Two connected sockets; closed on exec.
pub fn socketpair(family: c_int, kind: c_int, protocol: c_int) -> io::Result<(Fd, Fd)> {
    let mut pair = [-1; 2];
    // SAFETY: room for two descriptors.
    done(unsafe {
        libc::socketpair(
            family,
            kind | libc::SOCK_CLOEXEC,
            protocol,
            pair.as_mut_ptr(),
        )
    })?;
    Ok((pair[0], pair[1]))
}

/// Gives the socket its own address.
pub fn bind(fd: Fd, address: &Address) -> io::Result<()> {
    let raw = address.to_raw()?;
    // SAFETY: the address is readable for its length.
    done(unsafe { libc::bind(fd, raw.as_ptr(), raw.len()) })
}

/// Connects. `EINPROGRESS` and `EINTR` mean that it goes on: wait until the socket can be
/// written, then ask [`pending_error`].
pub fn connect(fd: Fd, address: &Address) -> io::Result<()> {
    let raw = address.to_raw()?;
    // SAFETY: the address is readable for its length.
    done(unsafe { libc::connect(fd, raw.as_ptr(), raw.len()) })
}

/// Begins to take connections.
pub fn listen(fd: Fd, backlog: c_int) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::listen(fd, backlog) })
}

/// Takes a connection: its socket, closed on exec, and the peer's address.
pub fn accept(fd: Fd) -> io::Result<(Fd, Address)> {
    let mut raw = address::Raw::empty();
    // SAFETY: room for any address.
    let new =
        raw.receive(|at, len| check(unsafe { libc::accept4(fd, at, len, libc::SOCK_CLOEXEC) }))?;
    Ok((new, Address::from_raw(&raw)))
}

/// The socket's own address.
pub fn getsockname(fd: Fd) -> io::Result<Address> {
    let mut raw = address::Raw::empty();
    // SAFETY: room for any address.
    raw.receive(|at, len| done(unsafe { libc::getsockname(fd, at, len) }))?;
    Ok(Address::from_raw(&raw))
}

/// The peer's address.
pub fn getpeername(fd: Fd) -> io::Result<Address> {
    let mut raw = address::Raw::empty();
    // SAFETY: room for any address.
    raw.receive(|at, len| done(unsafe { libc::getpeername(fd, at, len) }))?;
    Ok(Address::from_raw(&raw))
}

/// Receives; 0 at the end.
pub fn recv(fd: Fd, buffer: &mut [u8], flags: c_int) -> io::Result<usize> {
    // SAFETY: the buffer is writable for its length.
    count(unsafe { libc::recv(fd, buffer.as_mut_ptr().cast(), buffer.len(), flags) })
}

/// Receives up to `len` bytes, without clearing the memory first.
pub fn recv_new(fd: Fd, len: usize, flags: c_int) -> io::Result<Vec<u8>> {
    let mut bytes: Vec<u8> = Vec::new();
    if bytes.try_reserve_exact(len).is_err() {
        return crate::check::error(libc::ENOMEM);
    }
    // SAFETY: `len` bytes of capacity are writable.
    let n = count(unsafe { libc::recv(fd, bytes.as_mut_ptr().cast(), len, flags) })?;
    // With MSG_TRUNC the kernel may tell of more than it has written.
    // SAFETY: the kernel has written the first of them.
    unsafe { bytes.set_len(n.min(len)) };
    Ok(bytes)
}

/// Receives with the sender's address.
pub fn recvfrom(fd: Fd, buffer: &mut [u8], flags: c_int) -> io::Result<(usize, Address)> {
    let mut raw = address::Raw::empty();
    let (data, room) = (buffer.as_mut_ptr(), buffer.len());
    let n = raw.receive(|at, len| {
        // SAFETY: the buffer is writable for its length; room for any address.
        count(unsafe { libc::recvfrom(fd, data.cast(), room, flags, at, len) })
    })?;
    Ok((n, Address::from_raw(&raw)))
}

/// Sends; how many bytes went. Never raises `SIGPIPE`.
pub fn send(fd: Fd, bytes: &[u8], flags: c_int) -> io::Result<usize> {
    // SAFETY: the bytes are readable for their length.
    count(unsafe {
        libc::send(
            fd,
            bytes.as_ptr().cast(),
            bytes.len(),
            flags | libc::MSG_NOSIGNAL,
        )
    })
}

/// Sends to an address.
pub fn sendto(fd: Fd, bytes: &[u8], flags: c_int, to: &Address) -> io::Result<usize> {
    let raw = to.to_raw()?;
    let (data, len, flags) = (
        bytes.as_ptr().cast(),
        bytes.len(),
        flags | libc::MSG_NOSIGNAL,
    );
    // SAFETY: bytes and address are readable for their lengths.
    count(unsafe { libc::sendto(fd, data, len, flags, raw.as_ptr(), raw.len()) })
}

/// Ends one or both directions (`SHUT_RD` …).
pub fn shutdown(fd: Fd, how: c_int) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::shutdown(fd, how) })
}

unsafe extern "C" {
    fn inet_aton(text: *const libc::c_char, to: *mut libc::in_addr) -> c_int;
}

/// An IPv4 address from any of the forms the C library reads (`127.1`, `0x7f000001` …).
pub fn inet_aton_lenient(text: &std::ffi::CStr) -> Option<[u8; 4]> {
    let mut address = libc::in_addr { s_addr: 0 };
    // SAFETY: terminated text, room for the result.
    let good = unsafe { inet_aton(text.as_ptr(), &raw mut address) } != 0;
    good.then(|| address.s_addr.to_ne_bytes())
}

/// An address from text: 4 or 16 bytes, as the family says; `None` if it is not one. An unknown
/// family is `EAFNOSUPPORT`.
pub fn inet_pton(family: c_int, text: &str) -> io::Result<Option<Vec<u8>>> {
    match family {
        libc::AF_INET => Ok(text
            .parse::<Ipv4Addr>()
            .ok()
            .map(|address| address.octets().to_vec())),
        libc::AF_INET6 => Ok(text
            .parse::<Ipv6Addr>()
            .ok()
            .map(|address| address.octets().to_vec())),
        _ => crate::check::error(libc::EAFNOSUPPORT),
    }
}

/// The text of an address of 4 or 16 bytes; `None` if the length is wrong for the family.
pub fn inet_ntop(family: c_int, address: &[u8]) -> io::Result<Option<String>> {
    match family {
        libc::AF_INET => Ok(<[u8; 4]>::try_from(address)
            .ok()
            .map(|bytes| Ipv4Addr::from(bytes).to_string())),
        libc::AF_INET6 => Ok(<[u8; 16]>::try_from(address).ok().map(inet6_text)),
        _ => crate::check::error(libc::EAFNOSUPPORT),
    }
}

/// An IPv6 address as the C library writes it: an IPv4 address is shown at the end of mapped
/// addresses, as the standard library does, and of compatible ones.
fn inet6_text(bytes: [u8; 16]) -> String {
    let compatible = bytes[..12] == [0; 12] && bytes[12..14] != [0, 0];
    if compatible {
        let v4 = Ipv4Addr::new(bytes[12], bytes[13], bytes[14], bytes[15]);
        return format!("::{v4}");
    }
    Ipv6Addr::from(bytes).to_string()
}

#[cfg(test)]
mod tests;
