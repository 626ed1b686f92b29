//! Reading and writing several buffers at once, and moving bytes between files in the kernel.

use crate::Fd;
use crate::check::count;
use libc::{c_int, c_uint};
use std::io::{self, IoSlice, IoSliceMut};

/// How many buffers one call may take.
pub const MAX_BUFFERS: usize = 1024;

fn in_list(buffers: &mut [IoSliceMut<'_>]) -> (*const libc::iovec, c_int) {
    // `IoSliceMut` is promised to have the layout of `iovec`.
    (
        buffers.as_mut_ptr().cast(),
        buffers.len().try_into().unwrap_or(c_int::MAX),
    )
}

fn out_list(buffers: &[IoSlice<'_>]) -> (*const libc::iovec, c_int) {
    (
        buffers.as_ptr().cast(),
        buffers.len().try_into().unwrap_or(c_int::MAX),
    )
}

/// Reads into several buffers.
pub fn readv(fd: Fd, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
    let (list, n) = in_list(buffers);
    // SAFETY: the list holds `n` writable buffers.
    count(unsafe { libc::readv(fd, list, n) })
}

/// Writes several buffers.
pub fn writev(fd: Fd, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
    let (list, n) = out_list(buffers);
    // SAFETY: the list holds `n` readable buffers.
    count(unsafe { libc::writev(fd, list, n) })
}

/// Reads into several buffers at an offset.
pub fn preadv(
    fd: Fd,
    buffers: &mut [IoSliceMut<'_>],
    offset: i64,
    flags: c_int,
) -> io::Result<usize> {
    let (list, n) = in_list(buffers);
    // SAFETY: the list holds `n` writable buffers.
    count(unsafe { libc::preadv2(fd, list, n, offset as libc::off_t, flags) })
}

/// Writes several buffers at an offset.
pub fn pwritev(fd: Fd, buffers: &[IoSlice<'_>], offset: i64, flags: c_int) -> io::Result<usize> {
    let (list, n) = out_list(buffers);
    // SAFETY: the list holds `n` readable buffers.
    count(unsafe { libc::pwritev2(fd, list, n, offset as libc::off_t, flags) })
}

/// Copies from a file to a file or socket; without an offset from its position.
pub fn sendfile(to: Fd, from: Fd, offset: Option<i64>, len: usize) -> io::Result<usize> {
    let mut offset = offset.map(|n| n as libc::off_t);
    let at = offset
        .as_mut()
        .map_or(std::ptr::null_mut(), std::ptr::from_mut);
    // SAFETY: `at` is null or points to a live number.
    count(unsafe { libc::sendfile(to, from, at, len) })
}

/// Copies between files, offsets as for [`sendfile`].
pub fn copy_file_range(
    from: Fd,
    from_offset: Option<i64>,
    to: Fd,
    to_offset: Option<i64>,
    len: usize,
    flags: c_uint,
) -> io::Result<usize> {
    let (mut from_offset, mut to_offset) = (from_offset, to_offset);
    let from_at = from_offset
        .as_mut()
        .map_or(std::ptr::null_mut(), std::ptr::from_mut);
    let to_at = to_offset
        .as_mut()
        .map_or(std::ptr::null_mut(), std::ptr::from_mut);
    // SAFETY: the offsets are null or point to live numbers.
    count(unsafe { libc::copy_file_range(from, from_at, to, to_at, len, flags) })
}

/// Moves between a pipe and a file.
pub fn splice(
    from: Fd,
    from_offset: Option<i64>,
    to: Fd,
    to_offset: Option<i64>,
    len: usize,
    flags: c_uint,
) -> io::Result<usize> {
    let (mut from_offset, mut to_offset) = (from_offset, to_offset);
    let from_at = from_offset
        .as_mut()
        .map_or(std::ptr::null_mut(), std::ptr::from_mut);
    let to_at = to_offset
        .as_mut()
        .map_or(std::ptr::null_mut(), std::ptr::from_mut);
    // SAFETY: the offsets are null or point to live numbers.
    count(unsafe { libc::splice(from, from_at, to, to_at, len, flags) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fd;

    #[test]
    fn vectors_go_through_a_pipe() {
        let (r, w) = fd::pipe(libc::O_CLOEXEC).unwrap();
        assert_eq!(
            writev(w, &[IoSlice::new(b"ab"), IoSlice::new(b"cde")]).unwrap(),
            5
        );
        let (mut one, mut two) = ([0; 3], [0; 9]);
        let n = readv(
            r,
            &mut [IoSliceMut::new(&mut one), IoSliceMut::new(&mut two)],
        )
        .unwrap();
        assert_eq!((n, &one, &two[..2]), (5, b"abc", &b"de"[..]));
        fd::close(r).unwrap();
        fd::close(w).unwrap();
    }
}
