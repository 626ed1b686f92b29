//! Reading directories.

use crate::check::{errno, set_errno};
use crate::{Fd, fd};
use std::ffi::CStr;
use std::io;
use std::ptr::NonNull;

/// An open directory; an iterator over its entries without `.` and `..`.
pub struct Dir {
    stream: NonNull<libc::DIR>,
    /// Whether the position belongs to somebody else's descriptor and is to be put back.
    rewind_at_end: bool,
}

// SAFETY: the stream may be used from any thread, one at a time, which `&mut self` sees to.
unsafe impl Send for Dir {}

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: Vec<u8>,
    pub ino: u64,
    /// What the directory says about the entry's kind.
    pub kind: Kind,
}

/// The kind of file an entry names, as far as the directory knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The file system does not say: ask `stat`.
    Unknown,
    File,
    Dir,
    Symlink,
    /// A device, pipe or socket.
    Other,
}

impl Kind {
    fn from_raw(raw: u8) -> Self {
        match raw {
            libc::DT_UNKNOWN => Self::Unknown,
            libc::DT_REG => Self::File,
            libc::DT_DIR => Self::Dir,
            libc::DT_LNK => Self::Symlink,
            _ => Self::Other,
        }
    }
}

impl Dir {
    /// Opens the directory at `path`.
    pub fn open(path: &CStr) -> io::Result<Self> {
        // SAFETY: terminated path.
        let stream = unsafe { libc::opendir(path.as_ptr()) };
        let stream = NonNull::new(stream).ok_or_else(io::Error::last_os_error)?;
        Ok(Self {
            stream,
            rewind_at_end: false,
        })
    }

    /// Reads an open directory, through a duplicate of the descriptor, which shares its
    /// position: it is put back to the start in the end.
    pub fn from_fd(fd: Fd) -> io::Result<Self> {
        let own = fd::dup(fd)?;
        // SAFETY: the descriptor is ours and goes to the stream.
        let stream = unsafe { libc::fdopendir(own) };
        match NonNull::new(stream) {
            Some(stream) => Ok(Self {
                stream,
                rewind_at_end: true,
            }),
            None => {
                let error = io::Error::last_os_error();
                let _ = fd::close(own);
                Err(error)
            }
        }
    }
}

impl Iterator for Dir {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<io::Result<Entry>> {
        loop {
            set_errno(0);
            // SAFETY: the stream is open; `&mut self` keeps others away from its buffer.
            let raw = unsafe { libc::readdir64(self.stream.as_ptr()) };
            if raw.is_null() {
                let number = errno();
                return (number != 0).then(|| Err(io::Error::from_raw_os_error(number)));
            }
            // The record may be shorter than the struct, so no reference to the whole is made.
            // SAFETY: the fields lie inside the record and the name is terminated.
            let (name, ino, kind) = unsafe {
                let name = CStr::from_ptr((&raw const (*raw).d_name).cast());
                (name.to_bytes(), (*raw).d_ino, (*raw).d_type)
            };
            if name == b"." || name == b".." {
                continue;
            }
            return Some(Ok(Entry {
                name: name.to_vec(),
                ino,
                kind: Kind::from_raw(kind),
            }));
        }
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        // SAFETY: the stream is open and not used again.
        unsafe {
            if self.rewind_at_end {
                libc::rewinddir(self.stream.as_ptr());
            }
            libc::closedir(self.stream.as_ptr());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_by_path_and_by_descriptor() {
        let names: Vec<_> = Dir::open(c"/").unwrap().map(|e| e.unwrap().name).collect();
        assert!(names.contains(&b"tmp".to_vec()) && !names.contains(&b".".to_vec()));
        let root = fd::open(crate::CWD, c"/", libc::O_RDONLY | libc::O_DIRECTORY, 0).unwrap();
        assert_eq!(Dir::from_fd(root).unwrap().count(), names.len());
        assert_eq!(Dir::from_fd(root).unwrap().count(), names.len());
        fd::close(root).unwrap();
        assert!(Dir::open(c"/nowhere").is_err());
    }
}
