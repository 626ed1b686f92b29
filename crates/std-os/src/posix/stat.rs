//! What is known of files, and changing it: status, permissions, owners, times, lengths.

use super::numbers::{self, gid, uid};
use super::path::{Accepts, Path, dir_fd};
use super::structs;
use crate::args::{self, given, int, retried};
use taipan_host::{CWD, fd, fs, stat as host};
use taipan_object::{PyResult, Raised, Thread, Value};

/// `stat(path, *, dir_fd=None, follow_symlinks=True)`
pub fn stat(th: &Thread, a: &[Value]) -> PyResult {
    let follow = args::flag(th, a[2], true)?;
    do_stat(th, "stat", a[0], a[1], follow)
}

/// `lstat(path, *, dir_fd=None)`
pub fn lstat(th: &Thread, a: &[Value]) -> PyResult {
    do_stat(th, "lstat", a[0], a[1], false)
}

fn do_stat(th: &Thread, func: &str, path: Value, dir: Value, follow: bool) -> PyResult {
    let accepts = if func == "stat" {
        Accepts::PathOrFd
    } else {
        Accepts::Path
    };
    let path = Path::new(th, func, "path", accepts, path)?;
    let dir = dir_fd(th, dir)?;
    path.check_dir_fd(th, func, dir)?;
    path.check_follow(th, func, follow)?;
    let s = path.call_either(th, host::fstat, |p| host::stat(dir, p, follow))?;
    structs::stat(th, &s)
}

/// `fstat(fd)`
pub fn fstat(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let s = retried(th, || host::fstat(n))?;
    structs::stat(th, &s)
}

/// `statvfs(path)`
pub fn statvfs(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::or_fd(th, "statvfs", a[0])?;
    let s = path.call_either(th, host::fstatvfs, host::statvfs)?;
    structs::statvfs(th, &s)
}

/// `fstatvfs(fd)`
pub fn fstatvfs(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let s = retried(th, || host::fstatvfs(n))?;
    structs::statvfs(th, &s)
}

/// `access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)`
pub fn access(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::plain(th, "access", a[0])?;
    let mode = int(th, a[1])?;
    let dir = dir_fd(th, a[2])?;
    let effective = args::flag(th, a[3], false)?;
    let follow = args::flag(th, a[4], true)?;
    let yes = th.blocking(|| host::access(dir, &path.text, mode, effective, follow));
    Ok(Value::bool(yes))
}

fn no_follow(th: &Thread, func: &str) -> Raised {
    th.raise(
        &taipan_object::exception::NOT_IMPLEMENTED_ERROR,
        format!("{func}: follow_symlinks unavailable on this platform"),
    )
}

/// `chmod(path, mode, *, dir_fd=None, follow_symlinks=True)`
pub fn chmod(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::or_fd(th, "chmod", a[0])?;
    let mode = int(th, a[1])? as u32;
    let dir = dir_fd(th, a[2])?;
    let follow = args::flag(th, a[3], true)?;
    path.check_dir_fd(th, "chmod", dir)?;
    path.check_follow(th, "chmod", follow)?;
    th.audit("os.chmod", &[path.object, a[1], numbers::dir_value(dir)])?;
    let done = path.call_either(
        th,
        |n| fs::fchmod(n, mode),
        |p| fs::chmod(dir, p, mode, follow),
    );
    match done {
        // Older kernels cannot change a link's own permissions.
        Err(e) if !follow && args::is_errno(e, libc::EOPNOTSUPP) => {
            if dir == CWD {
                Err(no_follow(th, "chmod"))
            } else {
                Err(th.value_error("chmod: cannot use dir_fd and follow_symlinks together"))
            }
        }
        r => r.map(|()| Value::NONE),
    }
}

/// `fchmod(fd, mode)`
pub fn fchmod(th: &Thread, a: &[Value]) -> PyResult {
    let (n, mode) = (int(th, a[0])?, int(th, a[1])? as u32);
    th.audit("os.chmod", &[a[0], a[1], Value::small_int(-1)])?;
    retried(th, || fs::fchmod(n, mode))?;
    Ok(Value::NONE)
}

/// `chown(path, uid, gid, *, dir_fd=None, follow_symlinks=True)`
pub fn chown(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::or_fd(th, "chown", a[0])?;
    let (u, g) = (uid(th, a[1])?, gid(th, a[2])?);
    let dir = dir_fd(th, a[3])?;
    let follow = args::flag(th, a[4], true)?;
    path.check_dir_fd(th, "chown", dir)?;
    path.check_follow(th, "chown", follow)?;
    th.audit(
        "os.chown",
        &[path.object, a[1], a[2], numbers::dir_value(dir)],
    )?;
    path.call_either(
        th,
        |n| fs::fchown(n, u, g),
        |p| fs::chown(dir, p, u, g, follow),
    )?;
    Ok(Value::NONE)
}

/// `lchown(path, uid, gid)`
pub fn lchown(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::plain(th, "lchown", a[0])?;
    let (u, g) = (uid(th, a[1])?, gid(th, a[2])?);
    th.audit("os.chown", &[path.object, a[1], a[2], Value::small_int(-1)])?;
    path.call(th, |p| fs::chown(CWD, p, u, g, false))?;
    Ok(Value::NONE)
}

/// `fchown(fd, uid, gid)`
pub fn fchown(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let (u, g) = (uid(th, a[1])?, gid(th, a[2])?);
    th.audit("os.chown", &[a[0], a[1], a[2], Value::small_int(-1)])?;
    retried(th, || fs::fchown(n, u, g))?;
    Ok(Value::NONE)
}

/// `utime(path, times=None, *, ns=…, dir_fd=None, follow_symlinks=True)`
pub fn utime(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::or_fd(th, "utime", a[0])?;
    let times = given(a[1]);
    let dir = dir_fd(th, a[3])?;
    let follow = args::flag(th, a[4], true)?;
    if times.is_some() && a[2].present().is_some() {
        return Err(th.value_error("utime: you may specify either 'times' or 'ns' but not both"));
    }
    let when = if let Some(t) = times {
        let Some([x, y]) = t.as_tuple() else {
            return Err(th.type_error("utime: 'times' must be either a tuple of two ints or None"));
        };
        Some((
            numbers::ns_of_seconds(th, *x)?,
            numbers::ns_of_seconds(th, *y)?,
        ))
    } else if let Some(t) = a[2].present() {
        let Some([x, y]) = t.as_tuple() else {
            return Err(th.type_error("utime: 'ns' must be a tuple of two ints"));
        };
        Some((numbers::ns(th, *x)?, numbers::ns(th, *y)?))
    } else {
        None
    };
    let seen = [
        path.object,
        a[1].or(Value::NONE),
        a[2].or(Value::NONE),
        numbers::dir_value(dir),
    ];
    th.audit("os.utime", &seen)?;
    path.check_dir_fd(th, "utime", dir)?;
    path.check_follow(th, "utime", follow)?;
    path.call_either(
        th,
        |n| fs::futime(n, when),
        |p| fs::utime(dir, p, when, follow),
    )?;
    Ok(Value::NONE)
}

/// `truncate(path, length)`
pub fn truncate(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::or_fd(th, "truncate", a[0])?;
    let len = numbers::offset(th, a[1])?;
    th.audit("os.truncate", &[path.object, a[1]])?;
    path.call_either(th, |n| fd::ftruncate(n, len), |p| fs::truncate(p, len))?;
    Ok(Value::NONE)
}

/// `ftruncate(fd, length)`
pub fn ftruncate(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let len = numbers::offset(th, a[1])?;
    th.audit("os.truncate", &[a[0], a[1]])?;
    retried(th, || fd::ftruncate(n, len))?;
    Ok(Value::NONE)
}

/// `major(device)`
pub fn major(th: &Thread, a: &[Value]) -> PyResult {
    let d = numbers::device(th, a[0])?;
    Ok(numbers::device_value(th, part(d, host::major(d))))
}

/// `minor(device)`
pub fn minor(th: &Thread, a: &[Value]) -> PyResult {
    let d = numbers::device(th, a[0])?;
    Ok(numbers::device_value(th, part(d, host::minor(d))))
}

/// Both parts of the number that no device has are that number.
fn part(device: u64, part: u32) -> u64 {
    if device == u64::MAX {
        u64::MAX
    } else {
        u64::from(part)
    }
}

/// `makedev(major, minor)`
pub fn makedev(th: &Thread, a: &[Value]) -> PyResult {
    let (x, y) = (numbers::device(th, a[0])?, numbers::device(th, a[1])?);
    if x == u64::MAX && y == u64::MAX {
        return Ok(Value::small_int(-1));
    }
    match (u32::try_from(x), u32::try_from(y)) {
        (Ok(x), Ok(y)) => Ok(Value::uint(th, host::makedev(x, y))),
        _ => Err(th.overflow_error("Python int too large to convert to C unsigned int")),
    }
}
