//! Socket options.

use crate::Fd;
use crate::check::done;
use libc::{c_int, socklen_t};
use std::io;

/// An option that is a number.
pub fn getsockopt(fd: Fd, level: c_int, option: c_int) -> io::Result<c_int> {
    let mut value: c_int = 0;
    let mut len = size_of::<c_int>() as socklen_t;
    // SAFETY: room for one number.
    done(unsafe { libc::getsockopt(fd, level, option, (&raw mut value).cast(), &raw mut len) })?;
    Ok(value)
}

/// An option of up to `len` bytes.
pub fn getsockopt_bytes(fd: Fd, level: c_int, option: c_int, len: usize) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0u8; len];
    let mut n = len as socklen_t;
    // SAFETY: the buffer is writable for its length.
    done(unsafe { libc::getsockopt(fd, level, option, buffer.as_mut_ptr().cast(), &raw mut n) })?;
    buffer.truncate(n as usize);
    Ok(buffer)
}

/// Sets an option that is a number.
pub fn setsockopt(fd: Fd, level: c_int, option: c_int, value: c_int) -> io::Result<()> {
    setsockopt_bytes(fd, level, option, &value.to_ne_bytes())
}

/// Sets an option that is bytes.
pub fn setsockopt_bytes(fd: Fd, level: c_int, option: c_int, value: &[u8]) -> io::Result<()> {
    // SAFETY: the bytes are readable for their length.
    done(unsafe {
        libc::setsockopt(
            fd,
            level,
            option,
            value.as_ptr().cast(),
            value.len() as socklen_t,
        )
    })
}

/// Sets an option that is only a length.
pub fn setsockopt_null(fd: Fd, level: c_int, option: c_int, len: u32) -> io::Result<()> {
    // SAFETY: the options that take this do not read the value.
    done(unsafe { libc::setsockopt(fd, level, option, std::ptr::null(), len) })
}

/// Takes the error of an operation that went on in the background, such as a connect.
pub fn pending_error(fd: Fd) -> io::Result<()> {
    match getsockopt(fd, libc::SOL_SOCKET, libc::SO_ERROR)? {
        0 => Ok(()),
        number => crate::check::error(number),
    }
}
