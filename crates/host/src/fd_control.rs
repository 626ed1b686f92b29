//! `fcntl`, `ioctl` and file locks.

use crate::Fd;
use crate::check::{check, done, error};
use libc::{c_int, c_long, c_short};
use std::io;

pub use crate::constants::fcntl::CONSTANTS;

/// Longest argument that is copied in and out, so that a request that writes more than the
/// caller thought does not write over anything.
pub const MAX_ARGUMENT: usize = 1024;

/// `fcntl` with a number.
pub fn fcntl(fd: Fd, command: c_int, argument: c_long) -> io::Result<c_int> {
    // SAFETY: what a number means is between the caller and the kernel; commands that take a
    // pointer fail with EFAULT unless somebody passes an address, as in C.
    check(unsafe { libc::fcntl(fd, command, argument) })
}

/// `fcntl` with a buffer, which the kernel may change.
pub fn fcntl_buffer(fd: Fd, command: c_int, argument: &mut [u8]) -> io::Result<c_int> {
    with_room(argument, |pointer| {
        // SAFETY: the pointer is to a writable buffer.
        check(unsafe { libc::fcntl(fd, command, pointer) })
    })
}

/// `ioctl` with a number.
pub fn ioctl(fd: Fd, request: u64, argument: c_long) -> io::Result<c_int> {
    // SAFETY: as for `fcntl`.
    check(unsafe { libc::ioctl(fd, request as _, argument) })
}

/// `ioctl` with a buffer, which the kernel may change.
pub fn ioctl_buffer(fd: Fd, request: u64, argument: &mut [u8]) -> io::Result<c_int> {
    with_room(argument, |pointer| {
        // SAFETY: the pointer is to a writable buffer.
        check(unsafe { libc::ioctl(fd, request as _, pointer) })
    })
}

/// Calls with at least [`MAX_ARGUMENT`] writable bytes that begin with `argument`.
fn with_room<R>(argument: &mut [u8], call: impl FnOnce(*mut u8) -> io::Result<R>) -> io::Result<R> {
    if argument.len() > MAX_ARGUMENT {
        return call(argument.as_mut_ptr());
    }
    /// Requests take structs of any alignment.
    #[repr(align(16))]
    struct Room([u8; MAX_ARGUMENT + 64]);
    let mut room = Room([0; MAX_ARGUMENT + 64]);
    room.0[..argument.len()].copy_from_slice(argument);
    let result = call(room.0.as_mut_ptr())?;
    argument.copy_from_slice(&room.0[..argument.len()]);
    Ok(result)
}

/// Locks or unlocks a whole file (`LOCK_SH` …).
pub fn flock(fd: Fd, operation: c_int) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::flock(fd, operation) })
}

/// Locks or unlocks part of a file, `operation` as for [`flock`].
pub fn lock_record(
    fd: Fd,
    operation: c_int,
    len: i64,
    start: i64,
    whence: c_int,
) -> io::Result<()> {
    let kind = if operation == libc::LOCK_UN {
        libc::F_UNLCK
    } else if operation & libc::LOCK_SH != 0 {
        libc::F_RDLCK
    } else if operation & libc::LOCK_EX != 0 {
        libc::F_WRLCK
    } else {
        return error(libc::EINVAL);
    };
    let command = if operation & libc::LOCK_NB != 0 {
        libc::F_SETLK
    } else {
        libc::F_SETLKW
    };
    // SAFETY: zero bytes are a valid value of this plain struct.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = kind as c_short;
    lock.l_whence = whence as c_short;
    lock.l_start = start as libc::off_t;
    lock.l_len = len as libc::off_t;
    // SAFETY: the record is readable.
    done(unsafe { libc::fcntl(fd, command, &raw const lock) })
}

/// Locks `len` bytes from the position on, `command` as `F_LOCK` and the like.
pub fn lockf(fd: Fd, command: c_int, len: i64) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::lockf(fd, command, len as libc::off_t) })
}

/// How many bytes can be read without waiting.
pub fn readable_bytes(fd: Fd) -> io::Result<usize> {
    let mut n: c_int = 0;
    // SAFETY: room for one number.
    done(unsafe { libc::ioctl(fd, libc::FIONREAD, &raw mut n) })?;
    Ok(usize::try_from(n).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fd;

    #[test]
    fn numbers_and_buffers() {
        let (r, w) = fd::pipe(libc::O_CLOEXEC).unwrap();
        assert_eq!(fcntl(r, libc::F_GETFD, 0).unwrap(), libc::FD_CLOEXEC);
        fd::write(w, b"abc").unwrap();
        let mut n = [0; 4];
        ioctl_buffer(r, libc::FIONREAD, &mut n).unwrap();
        assert_eq!(i32::from_ne_bytes(n), 3);
        assert_eq!(readable_bytes(r).unwrap(), 3);
        let file = crate::event_fd::memfd_create(c"lock", libc::MFD_CLOEXEC).unwrap();
        lock_record(file, libc::LOCK_EX | libc::LOCK_NB, 10, 0, 0).unwrap();
        lock_record(file, libc::LOCK_UN, 0, 0, 0).unwrap();
        assert!(lock_record(file, 0, 0, 0, 0).is_err());
        flock(file, libc::LOCK_SH).unwrap();
        for fd in [r, w, file] {
            fd::close(fd).unwrap();
        }
    }
}
