//! Directories: the current one, listing, making, removing, renaming, linking.

use super::numbers;
use super::path::{Accepts, Path, dir_fd};
use crate::args::{self, fd as fildes, int_or, retried, retry};
use taipan_host::dir::Dir;
use taipan_host::{Fd, fs};
use taipan_object::{PyResult, Raised, Thread, Value};

/// `getcwd()`
pub fn getcwd(th: &Thread, _: &[Value]) -> PyResult {
    let b = retried(th, fs::getcwd)?;
    Ok(args::fs_decode(th, &b))
}

/// `getcwdb()`
pub fn getcwdb(th: &Thread, _: &[Value]) -> PyResult {
    let b = retried(th, fs::getcwd)?;
    Value::bytes(th, &b)
}

/// `chdir(path)`
pub fn chdir(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::or_fd(th, "chdir", a[0])?;
    th.audit("os.chdir", &[path.object])?;
    path.call_either(th, fs::fchdir, fs::chdir)?;
    Ok(Value::NONE)
}

/// `fchdir(fd)`
pub fn fchdir(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    th.audit("os.chdir", &[Value::small_int(i64::from(n))])?;
    retried(th, || fs::fchdir(n))?;
    Ok(Value::NONE)
}

/// `chroot(path)`
pub fn chroot(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::plain(th, "chroot", a[0])?;
    path.call(th, fs::chroot)?;
    Ok(Value::NONE)
}

/// `listdir(path=None)`
pub fn listdir(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::new(th, "listdir", "path", Accepts::PathFdOrNone, a[0])?;
    th.audit("os.listdir", &[path.object.or(Value::NONE)])?;
    let names = path.call_either(th, |n| names(Dir::from_fd(n)?), |p| names(Dir::open(p)?))?;
    let mut out = taipan_object::ValueVec::with_capacity(th, names.len())?;
    for name in &names {
        out.push(th, path.result(th, name)?)?;
    }
    Ok(taipan_object::seq::List::from_vec(th, out))
}

fn names(dir: Dir) -> std::io::Result<Vec<Vec<u8>>> {
    dir.map(|e| e.map(|e| e.name)).collect()
}

/// `mkdir(path, mode=0o777, *, dir_fd=None)`
pub fn mkdir(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::plain(th, "mkdir", a[0])?;
    let mode = int_or(th, a[1], 0o777)? as u32;
    let dir = dir_fd(th, a[2])?;
    let shown = Value::small_int(i64::from(mode));
    th.audit("os.mkdir", &[path.object, shown, numbers::dir_value(dir)])?;
    path.call(th, |p| fs::mkdir(dir, p, mode))?;
    Ok(Value::NONE)
}

/// `rmdir(path, *, dir_fd=None)`
pub fn rmdir(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::plain(th, "rmdir", a[0])?;
    let dir = dir_fd(th, a[1])?;
    th.audit("os.rmdir", &[path.object, numbers::dir_value(dir)])?;
    path.call(th, |p| fs::rmdir(dir, p))?;
    Ok(Value::NONE)
}

/// `unlink(path, *, dir_fd=None)`
pub fn unlink(th: &Thread, a: &[Value]) -> PyResult {
    remove_named(th, "unlink", a)
}

/// `remove(path, *, dir_fd=None)`
pub fn remove(th: &Thread, a: &[Value]) -> PyResult {
    remove_named(th, "remove", a)
}

fn remove_named(th: &Thread, func: &str, a: &[Value]) -> PyResult {
    let path = Path::plain(th, func, a[0])?;
    let dir = dir_fd(th, a[1])?;
    th.audit("os.remove", &[path.object, numbers::dir_value(dir)])?;
    path.call(th, |p| fs::unlink(dir, p))?;
    Ok(Value::NONE)
}

/// Two paths and the directories they are relative to.
struct Two {
    from: Path,
    to: Path,
    from_dir: Fd,
    to_dir: Fd,
}

impl Two {
    fn new(th: &Thread, func: &str, paths: [Value; 2], dirs: [Value; 2]) -> PyResult<Two> {
        Ok(Two {
            from: Path::new(th, func, "src", Accepts::Path, paths[0])?,
            to: Path::new(th, func, "dst", Accepts::Path, paths[1])?,
            from_dir: dir_fd(th, dirs[0])?,
            to_dir: dir_fd(th, dirs[1])?,
        })
    }

    fn audit(&self, th: &Thread, event: &str) -> PyResult<()> {
        let (x, y) = (
            numbers::dir_value(self.from_dir),
            numbers::dir_value(self.to_dir),
        );
        th.audit(event, &[self.from.object, self.to.object, x, y])
    }

    fn error(&self, th: &Thread, e: &std::io::Error) -> Raised {
        th.os_error2(e, self.from.object, self.to.object)
    }

    fn call(&self, th: &Thread, mut f: impl FnMut(&Two) -> std::io::Result<()>) -> PyResult {
        match retry(th, || f(self))? {
            Ok(()) => Ok(Value::NONE),
            Err(e) => Err(self.error(th, &e)),
        }
    }
}

/// `rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None)`
pub fn rename(th: &Thread, a: &[Value]) -> PyResult {
    rename_named(th, "rename", a)
}

/// `replace(src, dst, *, src_dir_fd=None, dst_dir_fd=None)`
pub fn replace(th: &Thread, a: &[Value]) -> PyResult {
    rename_named(th, "replace", a)
}

fn rename_named(th: &Thread, func: &str, a: &[Value]) -> PyResult {
    let two = Two::new(th, func, [a[0], a[1]], [a[2], a[3]])?;
    two.audit(th, "os.rename")?;
    two.call(th, |t| {
        fs::rename(t.from_dir, &t.from.text, t.to_dir, &t.to.text)
    })
}

/// `link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)`
pub fn link(th: &Thread, a: &[Value]) -> PyResult {
    let two = Two::new(th, "link", [a[0], a[1]], [a[2], a[3]])?;
    let follow = args::flag(th, a[4], true)?;
    two.audit(th, "os.link")?;
    two.call(th, |t| {
        fs::link(t.from_dir, &t.from.text, t.to_dir, &t.to.text, follow)
    })
}

/// `symlink(src, dst, target_is_directory=False, *, dir_fd=None)`
pub fn symlink(th: &Thread, a: &[Value]) -> PyResult {
    let two = Two::new(th, "symlink", [a[0], a[1]], [Value::NONE, a[3]])?;
    args::flag(th, a[2], false)?;
    let dir = numbers::dir_value(two.to_dir);
    th.audit("os.symlink", &[two.from.object, two.to.object, dir])?;
    two.call(th, |t| fs::symlink(&t.from.text, t.to_dir, &t.to.text))
}

/// `readlink(path, *, dir_fd=None)`
pub fn readlink(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::plain(th, "readlink", a[0])?;
    let dir = dir_fd(th, a[1])?;
    let to = path.call(th, |p| fs::readlink(dir, p))?;
    path.result(th, &to)
}

/// `mkfifo(path, mode=0o666, *, dir_fd=None)`
pub fn mkfifo(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::plain(th, "mkfifo", a[0])?;
    let mode = int_or(th, a[1], 0o666)? as u32;
    let dir = dir_fd(th, a[2])?;
    path.call(th, |p| fs::mkfifo(dir, p, mode))?;
    Ok(Value::NONE)
}

/// `mknod(path, mode=0o600, device=0, *, dir_fd=None)`
pub fn mknod(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::plain(th, "mknod", a[0])?;
    let mode = int_or(th, a[1], 0o600)? as u32;
    let device = match a[2].present() {
        Some(v) => numbers::device(th, v)?,
        None => 0,
    };
    let dir = dir_fd(th, a[3])?;
    path.call(th, |p| fs::mknod(dir, p, mode, device))?;
    Ok(Value::NONE)
}

/// `umask(mask)`
pub fn umask(th: &Thread, a: &[Value]) -> PyResult {
    let mask = args::int(th, a[0])? as u32;
    Ok(Value::small_int(i64::from(fs::umask(mask))))
}
