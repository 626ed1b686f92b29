//! Messages with ancillary data.

use super::address::{Address, Raw};
use crate::Fd;
use crate::check::{count, error};
use libc::c_int;
use std::io::{self, IoSlice, IoSliceMut};

/// One piece of ancillary data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ancillary {
    pub level: c_int,
    pub kind: c_int,
    pub data: Vec<u8>,
}

/// What [`recvmsg`] got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// How many bytes came into the buffers.
    pub len: usize,
    pub ancillary: Vec<Ancillary>,
    /// `MSG_TRUNC`, `MSG_CTRUNC` and the like.
    pub flags: c_int,
    pub from: Address,
}

/// The length as the macros take it, where what they make of it fits a C `int`; `overhead` is what they add at most.
fn message_len(len: usize, overhead: u32) -> Option<u32> {
    u32::try_from(len)
        .ok()
        .filter(|len| *len <= i32::MAX as u32 - overhead)
}

/// How long a piece with `len` bytes of data is, without padding; `None` if too long.
pub fn cmsg_len(len: usize) -> Option<usize> {
    // SAFETY: arithmetic only.
    let len = message_len(len, unsafe { libc::CMSG_LEN(0) })?;
    // SAFETY: arithmetic only.
    Some(unsafe { libc::CMSG_LEN(len) } as usize)
}

/// How much room a piece with `len` bytes of data takes; `None` if too long.
pub fn cmsg_space(len: usize) -> Option<usize> {
    // SAFETY: arithmetic only.
    let len = message_len(len, unsafe { libc::CMSG_SPACE(1) })?;
    // SAFETY: arithmetic only.
    Some(unsafe { libc::CMSG_SPACE(len) } as usize)
}

/// Memory for ancillary data, aligned as its headers need.
fn control_buffer(len: usize) -> Option<Vec<libc::cmsghdr>> {
    // SAFETY: zero bytes are a valid value of this plain struct.
    let zero: libc::cmsghdr = unsafe { std::mem::zeroed() };
    let n = len.div_ceil(size_of::<libc::cmsghdr>());
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(n).ok()?;
    buffer.resize(n, zero);
    Some(buffer)
}

fn empty_header() -> libc::msghdr {
    // SAFETY: zero bytes are a valid value: no address, no buffers, no ancillary data.
    unsafe { std::mem::zeroed() }
}

/// Sends the buffers, with ancillary data, to an address or the peer. Never raises `SIGPIPE`.
pub fn sendmsg(
    fd: Fd,
    buffers: &[IoSlice<'_>],
    ancillary: &[Ancillary],
    flags: c_int,
    to: Option<&Address>,
) -> io::Result<usize> {
    let address = to.map(Address::to_raw).transpose()?;
    let space = ancillary.iter().try_fold(0usize, |sum, piece| {
        sum.checked_add(cmsg_space(piece.data.len())?)
    });
    let Some(space) = space else {
        return error(libc::EMSGSIZE);
    };
    let Some(mut control) = control_buffer(space) else {
        return error(libc::ENOMEM);
    };
    let mut header = empty_header();
    if let Some(raw) = &address {
        header.msg_name = raw.as_ptr().cast_mut().cast();
        header.msg_namelen = raw.len();
    }
    header.msg_iov = buffers.as_ptr().cast_mut().cast();
    header.msg_iovlen = buffers.len();
    if space > 0 {
        header.msg_control = control.as_mut_ptr().cast();
        header.msg_controllen = space;
    }
    // SAFETY: `space` was computed from the same pieces, so each finds its place; the header
    // points to live memory of the lengths given.
    unsafe {
        let mut at = libc::CMSG_FIRSTHDR(&raw const header);
        for piece in ancillary {
            if at.is_null() {
                return error(libc::EINVAL);
            }
            (*at).cmsg_level = piece.level;
            (*at).cmsg_type = piece.kind;
            (*at).cmsg_len = libc::CMSG_LEN(piece.data.len() as u32) as usize;
            std::ptr::copy_nonoverlapping(
                piece.data.as_ptr(),
                libc::CMSG_DATA(at),
                piece.data.len(),
            );
            at = libc::CMSG_NXTHDR(&raw const header, at);
        }
        count(libc::sendmsg(
            fd,
            &raw const header,
            flags | libc::MSG_NOSIGNAL,
        ))
    }
}

/// Receives into the buffers, with up to `ancillary_room` bytes of ancillary data.
/// Descriptors that come are not closed on exec unless the flags say `MSG_CMSG_CLOEXEC`.
pub fn recvmsg(
    fd: Fd,
    buffers: &mut [IoSliceMut<'_>],
    ancillary_room: usize,
    flags: c_int,
) -> io::Result<Received> {
    let Some(mut control) = control_buffer(ancillary_room) else {
        return error(libc::ENOMEM);
    };
    let mut header = empty_header();
    header.msg_iov = buffers.as_mut_ptr().cast();
    header.msg_iovlen = buffers.len();
    if ancillary_room > 0 {
        header.msg_control = control.as_mut_ptr().cast();
        header.msg_controllen = ancillary_room;
    }
    let mut from = Raw::empty();
    let len = from.receive(|at, len| {
        header.msg_name = at.cast();
        // SAFETY: the length is a live number; the header points to live, writable memory.
        unsafe {
            header.msg_namelen = *len;
            let n = count(libc::recvmsg(fd, &raw mut header, flags))?;
            *len = header.msg_namelen;
            Ok(n)
        }
    })?;
    // SAFETY: the kernel has filled the ancillary data and set its length.
    let ancillary = unsafe { pieces(&header) };
    Ok(Received {
        len,
        ancillary,
        flags: header.msg_flags,
        from: Address::from_raw(&from),
    })
}

/// # Safety
/// The header's ancillary data is as the kernel left it.
unsafe fn pieces(header: &libc::msghdr) -> Vec<Ancillary> {
    let mut found = Vec::new();
    let end = header.msg_control.addr() + header.msg_controllen;
    // SAFETY: the caller's promise; the last piece may have been cut by the end of the room.
    unsafe {
        let mut at = libc::CMSG_FIRSTHDR(header);
        while !at.is_null() {
            let data = libc::CMSG_DATA(at);
            let head = data.addr() - at.addr();
            let len = (*at)
                .cmsg_len
                .saturating_sub(head)
                .min(end.saturating_sub(data.addr()));
            let data = std::slice::from_raw_parts(data, len).to_vec();
            found.push(Ancillary {
                level: (*at).cmsg_level,
                kind: (*at).cmsg_type,
                data,
            });
            at = libc::CMSG_NXTHDR(header, at);
        }
    }
    found
}
