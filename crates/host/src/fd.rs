//! Open files: opening, reading, writing, seeking, duplicating, closing.

use crate::Fd;
use crate::check::{check, code, count, done, error};
use libc::c_int;
use std::ffi::CStr;
use std::io;

/// Longest read or write that is asked of the system at once (it would cut it there itself).
pub const MAX_CHUNK: usize = 0x7fff_f000;

/// Opens `path` relative to `dir`; closed on exec.
pub fn open(dir: Fd, path: &CStr, flags: c_int, mode: libc::mode_t) -> io::Result<Fd> {
    // SAFETY: the path is terminated; the call reads nothing else of ours.
    check(unsafe {
        libc::openat(
            dir,
            path.as_ptr(),
            flags | libc::O_CLOEXEC,
            libc::c_uint::from(mode),
        )
    })
}

/// Closes. The descriptor is gone even when this reports an error.
pub fn close(fd: Fd) -> io::Result<()> {
    // SAFETY: closing is about numbers; owning them is the caller's affair.
    done(unsafe { libc::close(fd) })
}

/// Closes all descriptors in `low..high`, ignoring errors.
pub fn close_range(low: Fd, high: Fd) {
    let low = low.max(0);
    if high <= low {
        return;
    }
    // SAFETY: as for `close`.
    let closed = unsafe {
        libc::syscall(
            libc::SYS_close_range,
            low as libc::c_uint,
            (high - 1) as libc::c_uint,
            0,
        )
    };
    if closed == 0 {
        return;
    }
    for fd in low..high {
        let _ = close(fd);
    }
}

/// Reads into `buffer`; 0 at the end of the file.
pub fn read(fd: Fd, buffer: &mut [u8]) -> io::Result<usize> {
    let len = buffer.len().min(MAX_CHUNK);
    // SAFETY: the buffer is writable for `len` bytes.
    count(unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), len) })
}

/// Reads up to `len` bytes, without clearing the memory first.
pub fn read_new(fd: Fd, len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    read_append(fd, &mut bytes, len)?;
    Ok(bytes)
}

/// Reads up to `len` bytes onto the end of `bytes`; gives how many came.
pub fn read_append(fd: Fd, bytes: &mut Vec<u8>, len: usize) -> io::Result<usize> {
    let len = len.min(MAX_CHUNK);
    if bytes.try_reserve(len).is_err() {
        return error(libc::ENOMEM);
    }
    let spare = bytes.spare_capacity_mut();
    // SAFETY: `len` bytes of spare capacity are writable.
    let n = count(unsafe { libc::read(fd, spare.as_mut_ptr().cast(), len) })?;
    // SAFETY: the kernel has written the first `n` of them.
    unsafe { bytes.set_len(bytes.len() + n) };
    Ok(n)
}

/// Writes; gives how many bytes went.
pub fn write(fd: Fd, bytes: &[u8]) -> io::Result<usize> {
    let len = bytes.len().min(MAX_CHUNK);
    // SAFETY: the bytes are readable for `len`.
    count(unsafe { libc::write(fd, bytes.as_ptr().cast(), len) })
}

/// Reads at an offset, leaving the position.
pub fn pread(fd: Fd, buffer: &mut [u8], offset: i64) -> io::Result<usize> {
    let len = buffer.len().min(MAX_CHUNK);
    // SAFETY: the buffer is writable for `len` bytes.
    count(unsafe { libc::pread(fd, buffer.as_mut_ptr().cast(), len, offset as libc::off_t) })
}

/// Writes at an offset, leaving the position.
pub fn pwrite(fd: Fd, bytes: &[u8], offset: i64) -> io::Result<usize> {
    let len = bytes.len().min(MAX_CHUNK);
    // SAFETY: the bytes are readable for `len`.
    count(unsafe { libc::pwrite(fd, bytes.as_ptr().cast(), len, offset as libc::off_t) })
}

/// Moves the position; gives the new one.
pub fn lseek(fd: Fd, offset: i64, whence: c_int) -> io::Result<i64> {
    // SAFETY: numbers only.
    check(unsafe { libc::lseek(fd, offset as libc::off_t, whence) })
}

/// A second descriptor for the same open file, closed on exec.
pub fn dup(fd: Fd) -> io::Result<Fd> {
    // SAFETY: numbers only.
    check(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) })
}

/// Makes `to` a descriptor for the same open file as `from`.
pub fn dup2(from: Fd, to: Fd, inheritable: bool) -> io::Result<Fd> {
    if inheritable || from == to {
        // SAFETY: numbers only.
        let fd = check(unsafe { libc::dup2(from, to) })?;
        if !inheritable {
            set_inheritable(fd, false)?;
        }
        return Ok(fd);
    }
    // SAFETY: numbers only.
    check(unsafe { libc::dup3(from, to, libc::O_CLOEXEC) })
}

/// A pipe: the reading and the writing end.
pub fn pipe(flags: c_int) -> io::Result<(Fd, Fd)> {
    let mut ends = [0; 2];
    // SAFETY: room for two descriptors.
    done(unsafe { libc::pipe2(ends.as_mut_ptr(), flags) })?;
    Ok((ends[0], ends[1]))
}

/// Writes the file's data and metadata to the device.
pub fn fsync(fd: Fd) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::fsync(fd) })
}

/// Writes the file's data to the device.
pub fn fdatasync(fd: Fd) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::fdatasync(fd) })
}

/// Writes everything to the devices.
pub fn sync() {
    // SAFETY: no arguments.
    unsafe { libc::sync() }
}

/// Sets the file's length.
pub fn ftruncate(fd: Fd, len: i64) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::ftruncate(fd, len as libc::off_t) })
}

/// Allocates room for `offset..offset + len`.
pub fn fallocate(fd: Fd, offset: i64, len: i64) -> io::Result<()> {
    // SAFETY: numbers only.
    code(unsafe { libc::posix_fallocate(fd, offset as libc::off_t, len as libc::off_t) })
}

/// Tells the system how the range will be used.
pub fn fadvise(fd: Fd, offset: i64, len: i64, advice: c_int) -> io::Result<()> {
    // SAFETY: numbers only.
    code(unsafe { libc::posix_fadvise(fd, offset as libc::off_t, len as libc::off_t, advice) })
}

/// Whether calls on it wait.
pub fn get_blocking(fd: Fd) -> io::Result<bool> {
    // SAFETY: numbers only.
    let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFL) })?;
    Ok(flags & libc::O_NONBLOCK == 0)
}

/// Says whether calls on it wait.
pub fn set_blocking(fd: Fd, blocking: bool) -> io::Result<()> {
    let mut nonblocking = c_int::from(!blocking);
    // SAFETY: the call reads one int.
    if unsafe { libc::ioctl(fd, libc::FIONBIO, &raw mut nonblocking) } == 0 {
        return Ok(());
    }
    // Not every kind of file knows the short way.
    // SAFETY: numbers only.
    let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFL) })?;
    let wanted = if blocking {
        flags & !libc::O_NONBLOCK
    } else {
        flags | libc::O_NONBLOCK
    };
    // SAFETY: numbers only.
    done(unsafe { libc::fcntl(fd, libc::F_SETFL, wanted) })
}

/// Whether it stays open on exec.
pub fn get_inheritable(fd: Fd) -> io::Result<bool> {
    // SAFETY: numbers only.
    let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFD) })?;
    Ok(flags & libc::FD_CLOEXEC == 0)
}

/// Says whether it stays open on exec.
pub fn set_inheritable(fd: Fd, inheritable: bool) -> io::Result<()> {
    // SAFETY: numbers only.
    let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFD) })?;
    let wanted = if inheritable {
        flags & !libc::FD_CLOEXEC
    } else {
        flags | libc::FD_CLOEXEC
    };
    if wanted == flags {
        return Ok(());
    }
    // SAFETY: numbers only.
    done(unsafe { libc::fcntl(fd, libc::F_SETFD, wanted) })
}

/// Whether the number names an open file.
pub fn is_open(fd: Fd) -> bool {
    // SAFETY: numbers only.
    fd >= 0 && unsafe { libc::fcntl(fd, libc::F_GETFD) } >= 0
}

/// Which of the standard descriptors were closed when the process began: bit `n` for descriptor `n`.
static CLOSED_AT_START: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

extern "C" fn note_closed() {
    for fd in 0..3 {
        if !is_open(fd) {
            CLOSED_AT_START.fetch_or(1 << fd, std::sync::atomic::Ordering::Relaxed);
        }
    }
}

// Before `main` Rust's runtime opens the null device in place of standard descriptors that are closed; programs are
// to see them closed. This runs earlier still.
// SAFETY: the section holds functions that the loader calls once each, on the only thread; this one makes system
// calls and touches nothing but an atomic.
#[used]
#[unsafe(link_section = ".init_array")]
static NOTE_CLOSED: extern "C" fn() = note_closed;

/// Closes again the standard descriptors that were closed when the process began. Only for the start of `main`.
pub fn close_stand_ins() {
    let closed = CLOSED_AT_START.load(std::sync::atomic::Ordering::Relaxed);
    for fd in (0..3).filter(|fd| closed >> fd & 1 == 1) {
        let _ = close(fd);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_carries_bytes() {
        let (r, w) = pipe(libc::O_CLOEXEC).unwrap();
        assert_eq!(write(w, b"hello").unwrap(), 5);
        assert_eq!(read_new(r, 3).unwrap(), b"hel");
        let mut rest = b"x".to_vec();
        assert_eq!(read_append(r, &mut rest, 100).unwrap(), 2);
        assert_eq!(rest, b"xlo");
        assert!(!get_inheritable(r).unwrap());
        set_inheritable(r, true).unwrap();
        assert!(get_inheritable(r).unwrap());
        assert!(get_blocking(r).unwrap());
        set_blocking(r, false).unwrap();
        assert!(!get_blocking(r).unwrap());
        assert_eq!(
            read_new(r, 3).unwrap_err().raw_os_error(),
            Some(libc::EAGAIN)
        );
        close(w).unwrap();
        assert_eq!(read_new(r, 3).unwrap(), b"");
        close(r).unwrap();
        assert!(close(r).is_err() || is_open(r));
    }

    #[test]
    fn files_seek_and_truncate() {
        let path = std::env::temp_dir().join(format!("taipan-fd-{}", std::process::id()));
        let name = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
        let fd = open(crate::CWD, &name, libc::O_RDWR | libc::O_CREAT, 0o600).unwrap();
        write(fd, b"0123456789").unwrap();
        assert_eq!(lseek(fd, -4, libc::SEEK_END).unwrap(), 6);
        let mut buffer = [0; 2];
        assert_eq!(pread(fd, &mut buffer, 1).unwrap(), 2);
        assert_eq!(&buffer, b"12");
        assert_eq!(pwrite(fd, b"x", 7).unwrap(), 1);
        ftruncate(fd, 8).unwrap();
        assert_eq!(read_new(fd, 100).unwrap(), b"6x");
        let copy = dup(fd).unwrap();
        assert!(!get_inheritable(copy).unwrap());
        close(copy).unwrap();
        close(fd).unwrap();
        std::fs::remove_file(path).unwrap();
    }
}
