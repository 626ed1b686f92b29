//! Open files: opening, reading, writing, seeking, duplicating, closing, waiting for the device.

use super::numbers::{bits, offset, ssize};
use super::path::{Path, dir_fd};
use crate::args::{self, fd as fildes, int, os_error, retried};
use taipan_host::{fd, fd_control, tty};
use taipan_object::{PyResult, Thread, Value};

/// `open(path, flags, mode=0o777, *, dir_fd=None)`
pub fn open(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::plain(th, "open", a[0])?;
    let flags = int(th, a[1])?;
    let mode = args::int_or(th, a[2], 0o777)? as u32;
    let dir = dir_fd(th, a[3])?;
    let shown = Value::small_int(i64::from(flags | libc::O_CLOEXEC));
    th.audit("open", &[path.object, Value::NONE, shown])?;
    let n = path.call(th, |p| fd::open(dir, p, flags, mode))?;
    Ok(Value::small_int(i64::from(n)))
}

/// `close(fd)`
pub fn close(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    // The descriptor is gone even where a signal interrupts: it must not be closed again.
    match th.blocking(|| fd::close(n)) {
        Err(e) if e.raw_os_error() != Some(libc::EINTR) => Err(th.os_error(&e, Value::ABSENT)),
        _ => Ok(Value::NONE),
    }
}

/// `closerange(fd_low, fd_high)`
pub fn closerange(th: &Thread, a: &[Value]) -> PyResult {
    let (low, high) = (int(th, a[0])?, int(th, a[1])?);
    th.blocking(|| fd::close_range(low, high));
    Ok(Value::NONE)
}

/// A number of bytes to read; a negative one is the system's error.
fn length(th: &Thread, v: Value) -> PyResult<usize> {
    usize::try_from(ssize(th, v)?).map_err(|_| os_error(th, libc::EINVAL))
}

/// `read(fd, length)`
pub fn read(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let len = length(th, a[1])?;
    let bytes = retried(th, || fd::read_new(n, len))?;
    Value::bytes(th, &bytes)
}

/// `readinto(fd, buffer)`
pub fn readinto(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let to = writable_argument(th, "readinto", 2, a[1])?;
    let bytes = retried(th, || fd::read_new(n, to.len))?;
    to.as_mut_slice()[..bytes.len()].copy_from_slice(&bytes);
    Ok(Value::usize(th, bytes.len()))
}

/// A writable buffer, with the message of the argument of that number.
fn writable_argument(
    th: &Thread,
    func: &str,
    number: usize,
    v: Value,
) -> PyResult<taipan_object::buffer::Buffer> {
    args::writable(th, func, v).map_err(|e| {
        if e.is(&taipan_object::exception::TYPE_ERROR) {
            th.type_error(format!(
                "{func}() argument {number} must be read-write bytes-like object, not {}",
                args::type_name(v)
            ))
        } else {
            e
        }
    })
}

/// Runs `f` on the bytes of a bytes-like object: those of `bytes`, which never change, without a copy.
pub fn with_bytes<R>(th: &Thread, v: Value, f: impl FnOnce(&[u8]) -> R) -> PyResult<R> {
    match v.as_bytes() {
        Some(b) => Ok(f(b)),
        None => Ok(f(&args::bytes_like(th, v)?)),
    }
}

/// `write(fd, data)`
pub fn write(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let count = with_bytes(th, a[1], |b| retried(th, || fd::write(n, b)))??;
    Ok(Value::usize(th, count))
}

/// `pread(fd, length, offset)`
pub fn pread(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let len = length(th, a[1])?;
    let at = offset(th, a[2])?;
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(len.min(fd::MAX_CHUNK)).is_err() {
        return Err(th.memory_error());
    }
    bytes.resize(len.min(fd::MAX_CHUNK), 0);
    let count = retried(th, || fd::pread(n, &mut bytes, at))?;
    Value::bytes(th, &bytes[..count])
}

/// `pwrite(fd, buffer, offset)`
pub fn pwrite(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let at = offset(th, a[2])?;
    let count = with_bytes(th, a[1], |b| retried(th, || fd::pwrite(n, b, at)))??;
    Ok(Value::usize(th, count))
}

/// `lseek(fd, position, whence)`
pub fn lseek(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let position = offset(th, a[1])?;
    // These are the numbers that programs of old may give instead of the system's.
    let whence = match int(th, a[2])? {
        0 => libc::SEEK_SET,
        1 => libc::SEEK_CUR,
        2 => libc::SEEK_END,
        other => other,
    };
    let at = retried(th, || fd::lseek(n, position, whence))?;
    Ok(Value::int(th, at))
}

/// `dup(fd)`
pub fn dup(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let new = retried(th, || fd::dup(n))?;
    Ok(Value::small_int(i64::from(new)))
}

/// `dup2(fd, fd2, inheritable=True)`
pub fn dup2(th: &Thread, a: &[Value]) -> PyResult {
    let (from, to) = (int(th, a[0])?, int(th, a[1])?);
    let inheritable = args::flag(th, a[2], true)?;
    if from < 0 || to < 0 {
        return Err(os_error(th, libc::EBADF));
    }
    let new = retried(th, || fd::dup2(from, to, inheritable))?;
    Ok(Value::small_int(i64::from(new)))
}

fn pair(th: &Thread, ends: (i32, i32)) -> PyResult {
    let v = [ends.0, ends.1].map(|n| Value::small_int(i64::from(n)));
    Value::try_tuple(th, &v)
}

/// `pipe()`
pub fn pipe(th: &Thread, _: &[Value]) -> PyResult {
    pair(th, args::sys(th, fd::pipe(libc::O_CLOEXEC))?)
}

/// `pipe2(flags)`
pub fn pipe2(th: &Thread, a: &[Value]) -> PyResult {
    let flags = int(th, a[0])?;
    pair(th, args::sys(th, fd::pipe(flags))?)
}

/// `fsync(fd)`
pub fn fsync(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    retried(th, || fd::fsync(n))?;
    Ok(Value::NONE)
}

/// `fdatasync(fd)`
pub fn fdatasync(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    retried(th, || fd::fdatasync(n))?;
    Ok(Value::NONE)
}

/// `sync()`
pub fn sync(th: &Thread, _: &[Value]) -> PyResult {
    th.blocking(fd::sync);
    Ok(Value::NONE)
}

/// `isatty(fd)`
pub fn isatty(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    Ok(Value::bool(th.blocking(|| tty::isatty(n))))
}

/// `get_blocking(fd)`
pub fn get_blocking(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    Ok(Value::bool(args::sys(th, fd::get_blocking(n))?))
}

/// `set_blocking(fd, blocking)`
pub fn set_blocking(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let yes = args::flag(th, a[1], true)?;
    args::sys(th, fd::set_blocking(n, yes))?;
    Ok(Value::NONE)
}

/// `get_inheritable(fd)`
pub fn get_inheritable(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    Ok(Value::bool(args::sys(th, fd::get_inheritable(n))?))
}

/// `set_inheritable(fd, inheritable)`
pub fn set_inheritable(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let yes = int(th, a[1])? != 0;
    args::sys(th, fd::set_inheritable(n, yes))?;
    Ok(Value::NONE)
}

/// `lockf(fd, command, length)`
pub fn lockf(th: &Thread, a: &[Value]) -> PyResult {
    let (n, command) = (int(th, a[0])?, int(th, a[1])?);
    let len = offset(th, a[2])?;
    th.audit("os.lockf", &[a[0], a[1], a[2]])?;
    retried(th, || fd_control::lockf(n, command, len))?;
    Ok(Value::NONE)
}

/// `posix_fallocate(fd, offset, length)`
pub fn posix_fallocate(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let (at, len) = (offset(th, a[1])?, offset(th, a[2])?);
    retried(th, || fd::fallocate(n, at, len))?;
    Ok(Value::NONE)
}

/// `posix_fadvise(fd, offset, length, advice)`
pub fn posix_fadvise(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let (at, len) = (offset(th, a[1])?, offset(th, a[2])?);
    let advice = int(th, a[3])?;
    retried(th, || fd::fadvise(n, at, len, advice))?;
    Ok(Value::NONE)
}

/// `device_encoding(fd)`
pub fn device_encoding(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    if !th.blocking(|| tty::isatty(n)) {
        return Ok(Value::NONE);
    }
    let name = th.blocking(taipan_host::locale::encoding);
    Ok(args::fs_decode(th, &name))
}

/// `memfd_create(name, flags=MFD_CLOEXEC)`
pub fn memfd_create(th: &Thread, a: &[Value]) -> PyResult {
    let name = args::fs_cstring(th, a[0])?;
    let flags = match a[1].present() {
        Some(v) => bits(th, v)?,
        None => libc::MFD_CLOEXEC,
    };
    let n = retried(th, || taipan_host::event_fd::memfd_create(&name, flags))?;
    Ok(Value::small_int(i64::from(n)))
}
