//! Extended attributes.

use super::path::{Accepts, Path};
use crate::args::{self, bytes_like, flag, fs_decode};
use std::ffi::CStr;
use taipan_host::xattr::{self as host, Target};
use taipan_object::{PyResult, Thread, Value, ValueVec};

/// A file's path, or descriptor, and whether links are followed.
struct File {
    path: Path,
    follow: bool,
}

impl File {
    fn new(
        th: &Thread,
        func: &str,
        accepts: Accepts,
        path: Value,
        follow: Value,
    ) -> PyResult<File> {
        let path = Path::new(th, func, "path", accepts, path)?;
        let follow = flag(th, follow, true)?;
        path.check_follow(th, func, follow)?;
        Ok(File { path, follow })
    }

    fn call<T>(&self, th: &Thread, f: impl Fn(Target<'_>) -> std::io::Result<T>) -> PyResult<T> {
        let (fd, follow) = (self.path.fd, self.follow);
        self.path.call(th, |p: &CStr| {
            f(match fd {
                Some(fd) => Target::Fd(fd),
                None if follow => Target::Path(p),
                None => Target::Link(p),
            })
        })
    }
}

fn attribute(th: &Thread, func: &str, v: Value) -> PyResult<Path> {
    Path::new(th, func, "attribute", Accepts::Path, v)
}

/// `getxattr(path, attribute, *, follow_symlinks=True)`
pub fn getxattr(th: &Thread, a: &[Value]) -> PyResult {
    let file = File::new(th, "getxattr", Accepts::PathOrFd, a[0], a[2])?;
    let name = attribute(th, "getxattr", a[1])?;
    th.audit("os.getxattr", &[file.path.object, name.object])?;
    let value = file.call(th, |t| host::get(t, &name.text))?;
    Value::bytes(th, &value)
}

/// `setxattr(path, attribute, value, flags=0, *, follow_symlinks=True)`
pub fn setxattr(th: &Thread, a: &[Value]) -> PyResult {
    let file = File::new(th, "setxattr", Accepts::PathOrFd, a[0], a[4])?;
    let name = attribute(th, "setxattr", a[1])?;
    let value = bytes_like(th, a[2])?;
    let flags = args::int_or(th, a[3], 0)?;
    let shown = Value::small_int(i64::from(flags));
    th.audit("os.setxattr", &[file.path.object, name.object, a[2], shown])?;
    file.call(th, |t| host::set(t, &name.text, &value, flags))?;
    Ok(Value::NONE)
}

/// `removexattr(path, attribute, *, follow_symlinks=True)`
pub fn removexattr(th: &Thread, a: &[Value]) -> PyResult {
    let file = File::new(th, "removexattr", Accepts::PathOrFd, a[0], a[2])?;
    let name = attribute(th, "removexattr", a[1])?;
    th.audit("os.removexattr", &[file.path.object, name.object])?;
    file.call(th, |t| host::remove(t, &name.text))?;
    Ok(Value::NONE)
}

/// `listxattr(path=None, *, follow_symlinks=True)`
pub fn listxattr(th: &Thread, a: &[Value]) -> PyResult {
    let file = File::new(th, "listxattr", Accepts::PathFdOrNone, a[0], a[1])?;
    th.audit("os.listxattr", &[file.path.object.or(Value::NONE)])?;
    let names = file.call(th, host::list)?;
    let mut out = ValueVec::with_capacity(th, names.len())?;
    for name in &names {
        out.push(th, fs_decode(th, name))?;
    }
    Ok(taipan_object::seq::List::from_vec(th, out))
}
