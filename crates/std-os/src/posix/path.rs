//! Paths and directory descriptors as arguments.

use crate::args::{self, retry};
use std::ffi::{CStr, CString};
use std::io;
use taipan_host::{CWD, Fd};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Raised, Thread, Value, ops};

/// What may stand for a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// A path only.
    Path,
    /// A path or a descriptor.
    PathOrFd,
    /// A path, a descriptor or None.
    PathFdOrNone,
}

impl Accepts {
    fn fd(self) -> bool {
        matches!(self, Accepts::PathOrFd | Accepts::PathFdOrNone)
    }

    fn none(self) -> bool {
        self == Accepts::PathFdOrNone
    }

    fn wording(self) -> &'static str {
        match self {
            Accepts::Path => "string, bytes or os.PathLike",
            Accepts::PathOrFd => "string, bytes, os.PathLike or integer",
            Accepts::PathFdOrNone => "string, bytes, os.PathLike, integer or None",
        }
    }
}

/// A path argument, taken apart.
pub struct Path {
    /// What errors show: the `str` or `bytes`, or the integer; absent where None stands for the current directory.
    pub object: Value,
    /// The path; `.` where none was given.
    pub text: CString,
    /// The descriptor, where one was given.
    pub fd: Option<Fd>,
    /// Whether it was given as `bytes`: then results are bytes too.
    pub is_bytes: bool,
}

fn wrong(th: &Thread, func: &str, arg: &str, accepts: Accepts, v: Value) -> Raised {
    th.type_error(format!(
        "{func}: {arg} should be {}, not {}",
        accepts.wording(),
        class_of(v).tp_name()
    ))
}

/// The `str` or `bytes` that a path argument says.
pub fn path_object(
    th: &Thread,
    func: &str,
    arg: &str,
    accepts: Accepts,
    v: Value,
) -> PyResult<Value> {
    if v.as_wtf8().is_some() || v.as_bytes().is_some() {
        return Ok(v);
    }
    match args::fspath(th, v) {
        Ok(p) => Ok(p),
        // An object without `__fspath__` gets this argument's own message.
        Err(e) if e.is(&taipan_object::exception::TYPE_ERROR) && !has_fspath(th, v) => {
            Err(wrong(th, func, arg, accepts, v))
        }
        Err(e) => Err(e),
    }
}

fn has_fspath(th: &Thread, v: Value) -> bool {
    let name = taipan_object::strings::intern(th, "__fspath__");
    class_of(v).lookup(name).is_some_and(|f| !f.is_none())
}

impl Path {
    /// Takes an argument apart.
    ///
    /// # Errors
    /// `TypeError` for what is no path, `ValueError` for one with a null character.
    pub fn new(th: &Thread, func: &str, arg: &str, accepts: Accepts, v: Value) -> PyResult<Path> {
        if accepts.none() && (v.is_absent() || v.is_none()) {
            return Ok(Path {
                object: Value::ABSENT,
                text: c".".to_owned(),
                fd: None,
                is_bytes: false,
            });
        }
        let plain = v.as_wtf8().is_some() || v.as_bytes().is_some();
        if accepts.fd() && !plain && class_of(v).slots().index.is_some() {
            return Ok(Path {
                object: v,
                text: CString::default(),
                fd: Some(descriptor(th, v)?),
                is_bytes: false,
            });
        }
        let object = path_object(th, func, arg, accepts, v)?;
        let bytes = args::fs_encode(th, object)?;
        let text = CString::new(bytes)
            .map_err(|_| th.value_error(format!("{func}: embedded null character in {arg}")))?;
        Ok(Path {
            object,
            text,
            fd: None,
            is_bytes: object.as_bytes().is_some(),
        })
    }

    /// A path that is nothing else, of the parameter `path`.
    pub fn plain(th: &Thread, func: &str, v: Value) -> PyResult<Path> {
        Path::new(th, func, "path", Accepts::Path, v)
    }

    /// A path or a descriptor, of the parameter `path`.
    pub fn or_fd(th: &Thread, func: &str, v: Value) -> PyResult<Path> {
        Path::new(th, func, "path", Accepts::PathOrFd, v)
    }

    /// The `OSError` of a failed call, with this path.
    pub fn error(&self, th: &Thread, e: &io::Error) -> Raised {
        th.os_error(e, self.object)
    }

    /// Makes a system call with the path.
    ///
    /// # Errors
    /// The call's own, with this path; what a signal handler raised.
    pub fn call<T>(&self, th: &Thread, mut f: impl FnMut(&CStr) -> io::Result<T>) -> PyResult<T> {
        retry(th, || f(&self.text))?.map_err(|e| self.error(th, &e))
    }

    /// Makes one system call with the descriptor where there is one, and another with the path.
    ///
    /// # Errors
    /// As [`Path::call`].
    pub fn call_either<T>(
        &self,
        th: &Thread,
        mut with_fd: impl FnMut(Fd) -> io::Result<T>,
        mut with_path: impl FnMut(&CStr) -> io::Result<T>,
    ) -> PyResult<T> {
        let fd = self.fd;
        self.call(th, |p| match fd {
            Some(fd) => with_fd(fd),
            None => with_path(p),
        })
    }

    /// A result of the same type as the path: `str` or `bytes`.
    pub fn result(&self, th: &Thread, bytes: &[u8]) -> PyResult {
        if self.is_bytes {
            Value::bytes(th, bytes)
        } else {
            Ok(args::fs_decode(th, bytes))
        }
    }

    /// Refuses a directory descriptor along with a descriptor for the file.
    pub fn check_dir_fd(&self, th: &Thread, func: &str, dir: Fd) -> PyResult<()> {
        if self.fd.is_some() && dir != CWD {
            return Err(th.value_error(format!(
                "{func}: can't specify dir_fd without matching path"
            )));
        }
        Ok(())
    }

    /// Refuses not to follow links along with a descriptor for the file.
    pub fn check_follow(&self, th: &Thread, func: &str, follow: bool) -> PyResult<()> {
        if self.fd.is_some() && !follow {
            return Err(th.value_error(format!(
                "{func}: cannot use fd and follow_symlinks together"
            )));
        }
        Ok(())
    }
}

/// A descriptor given as an integer in place of a path or for a directory; negative ones are left to the system.
fn descriptor(th: &Thread, v: Value) -> PyResult<Fd> {
    if v.is_bool() {
        th.warn(
            &taipan_object::exception::RUNTIME_WARNING,
            "bool is used as a file descriptor",
        )?;
    }
    let n = ops::index(th, v)?;
    let out = |what: &str| Err(th.overflow_error(format!("fd is {what}")));
    match n.as_i64() {
        Some(n) => match i32::try_from(n) {
            Ok(n) => Ok(n),
            Err(_) if n > 0 => out("greater than maximum"),
            Err(_) => out("less than minimum"),
        },
        None if super::numbers::is_negative(th, n)? => out("less than minimum"),
        None => out("greater than maximum"),
    }
}

/// A `dir_fd` argument.
///
/// # Errors
/// `TypeError: argument should be integer or None, not T`
pub fn dir_fd(th: &Thread, v: Value) -> PyResult<Fd> {
    let Some(v) = args::given(v) else {
        return Ok(CWD);
    };
    if class_of(v).slots().index.is_none() {
        return Err(th.type_error(format!(
            "argument should be integer or None, not {}",
            class_of(v).tp_name()
        )));
    }
    descriptor(th, v)
}
