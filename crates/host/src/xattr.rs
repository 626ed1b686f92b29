//! Extended attributes.

use crate::Fd;
use crate::check::{count, done};
use std::ffi::CStr;
use std::io;

/// Whose attributes.
#[derive(Clone, Copy)]
pub enum Target<'a> {
    Path(&'a CStr),
    /// The symbolic link itself.
    Link(&'a CStr),
    Fd(Fd),
}

/// The longest value the system keeps.
pub const SIZE_MAX: usize = 65536;

/// The value of an attribute.
pub fn get(target: Target<'_>, name: &CStr) -> io::Result<Vec<u8>> {
    grow(128, |buffer, len| {
        // SAFETY: terminated strings; the buffer is writable for `len`.
        unsafe {
            match target {
                Target::Path(path) => {
                    libc::getxattr(path.as_ptr(), name.as_ptr(), buffer.cast(), len)
                }
                Target::Link(path) => {
                    libc::lgetxattr(path.as_ptr(), name.as_ptr(), buffer.cast(), len)
                }
                Target::Fd(fd) => libc::fgetxattr(fd, name.as_ptr(), buffer.cast(), len),
            }
        }
    })
}

/// Sets an attribute; `flags` as `XATTR_CREATE` and `XATTR_REPLACE`.
pub fn set(target: Target<'_>, name: &CStr, value: &[u8], flags: i32) -> io::Result<()> {
    let (name, data, len) = (name.as_ptr(), value.as_ptr().cast(), value.len());
    // SAFETY: terminated strings; the value is readable for its length.
    done(unsafe {
        match target {
            Target::Path(path) => libc::setxattr(path.as_ptr(), name, data, len, flags),
            Target::Link(path) => libc::lsetxattr(path.as_ptr(), name, data, len, flags),
            Target::Fd(fd) => libc::fsetxattr(fd, name, data, len, flags),
        }
    })
}

/// Removes an attribute.
pub fn remove(target: Target<'_>, name: &CStr) -> io::Result<()> {
    // SAFETY: terminated strings.
    done(unsafe {
        match target {
            Target::Path(path) => libc::removexattr(path.as_ptr(), name.as_ptr()),
            Target::Link(path) => libc::lremovexattr(path.as_ptr(), name.as_ptr()),
            Target::Fd(fd) => libc::fremovexattr(fd, name.as_ptr()),
        }
    })
}

/// The names of all attributes.
pub fn list(target: Target<'_>) -> io::Result<Vec<Vec<u8>>> {
    let text = grow(256, |buffer, len| {
        // SAFETY: terminated path; the buffer is writable for `len`.
        unsafe {
            match target {
                Target::Path(path) => libc::listxattr(path.as_ptr(), buffer, len),
                Target::Link(path) => libc::llistxattr(path.as_ptr(), buffer, len),
                Target::Fd(fd) => libc::flistxattr(fd, buffer, len),
            }
        }
    })?;
    Ok(text
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
        .map(<[u8]>::to_vec)
        .collect())
}

/// Calls with a buffer of `first` bytes, then with the largest the system may need.
fn grow(first: usize, call: impl Fn(*mut libc::c_char, usize) -> isize) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0u8; first];
    let n = match count(call(buffer.as_mut_ptr().cast(), first)) {
        Err(error) if error.raw_os_error() == Some(libc::ERANGE) => {
            buffer.resize(SIZE_MAX, 0);
            count(call(buffer.as_mut_ptr().cast(), SIZE_MAX))?
        }
        other => other?,
    };
    buffer.truncate(n);
    Ok(buffer)
}
