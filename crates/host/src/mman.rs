//! Mapped memory.
//!
//! Other processes may change a shared mapping at any time, and other threads this one's, so no
//! Rust reference to its bytes is ever made: everything goes through copies and volatile bytes.

use crate::Fd;
use crate::check::{done, error};
use libc::c_int;
use std::io;
use std::ptr::NonNull;

pub use crate::constants::mmap::CONSTANTS;

/// A piece of mapped memory; unmapped on drop.
///
/// Access is bounds-checked here. That nobody unmaps or resizes it during an access is seen to
/// by `&mut self` on the methods that do.
#[derive(Debug)]
pub struct Mapping {
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: the memory belongs to the process, not to a thread; races on its bytes are between
// volatile accesses and the outside world.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps `len` bytes of `fd` (-1: memory) from `offset` on.
    pub fn new(
        fd: Fd,
        len: usize,
        offset: i64,
        protection: c_int,
        flags: c_int,
    ) -> io::Result<Self> {
        // The kernel would take MAP_FIXED's address for a request to map over anything.
        if flags & libc::MAP_FIXED != 0 {
            return error(libc::EINVAL);
        }
        // SAFETY: without MAP_FIXED nothing that exists is touched.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                len,
                protection,
                flags,
                fd,
                offset as libc::off_t,
            )
        };
        match NonNull::new(start.cast()) {
            Some(start) if start.as_ptr() != libc::MAP_FAILED.cast() => Ok(Self { start, len }),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// How many bytes are mapped.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is mapped; never true.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where it begins: for the buffer protocol.
    pub fn as_ptr(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    /// The address of byte `at`, with `n` bytes in bounds behind it.
    fn at(&self, at: usize, n: usize) -> Option<*mut u8> {
        let end = at.checked_add(n)?;
        // SAFETY: inside the mapping.
        (end <= self.len).then(|| unsafe { self.start.as_ptr().add(at) })
    }

    /// One byte.
    pub fn get(&self, at: usize) -> Option<u8> {
        // SAFETY: in bounds.
        self.at(at, 1)
            .map(|pointer| unsafe { pointer.read_volatile() })
    }

    /// Sets one byte; `false` out of bounds. The mapping must be writable.
    pub fn set(&self, at: usize, byte: u8) -> bool {
        // SAFETY: in bounds.
        self.at(at, 1)
            .map(|pointer| unsafe { pointer.write_volatile(byte) })
            .is_some()
    }

    /// Copies `n` bytes out.
    pub fn copy_out(&self, at: usize, n: usize) -> Option<Vec<u8>> {
        let pointer = self.at(at, n)?;
        let mut bytes = Vec::with_capacity(n);
        // SAFETY: `n` bytes are readable there and writable here.
        unsafe {
            std::ptr::copy_nonoverlapping(pointer, bytes.as_mut_ptr(), n);
            bytes.set_len(n);
        }
        Some(bytes)
    }

    /// Copies bytes in; `false` out of bounds. The mapping must be writable.
    pub fn copy_in(&self, at: usize, bytes: &[u8]) -> bool {
        let Some(pointer) = self.at(at, bytes.len()) else {
            return false;
        };
        // SAFETY: in bounds. The bytes may come from a view of this very mapping.
        unsafe { std::ptr::copy(bytes.as_ptr(), pointer, bytes.len()) };
        true
    }

    /// Copies within; `false` out of bounds. The mapping must be writable.
    pub fn copy_within(&self, from: usize, to: usize, n: usize) -> bool {
        let (Some(from), Some(to)) = (self.at(from, n), self.at(to, n)) else {
            return false;
        };
        // SAFETY: both in bounds.
        unsafe { std::ptr::copy(from, to, n) };
        true
    }

    /// Where `needle` begins first (or last) within the range.
    pub fn find(&self, needle: &[u8], start: usize, end: usize, last: bool) -> Option<usize> {
        let end = end.min(self.len);
        let span = end.checked_sub(start)?.checked_sub(needle.len())?;
        if !last {
            // SAFETY: `start..end` is inside the mapping; the needle is readable for its length.
            let found = unsafe {
                let from = self.start.as_ptr().add(start);
                libc::memmem(
                    from.cast(),
                    end - start,
                    needle.as_ptr().cast(),
                    needle.len(),
                )
            };
            return (!found.is_null()).then(|| found.addr() - self.start.as_ptr().addr());
        }
        let matches = |at: &usize| {
            // SAFETY: `at + needle.len() <= end`, which is inside.
            let here = |i| unsafe { self.start.as_ptr().add(at + i).read_volatile() };
            needle.iter().enumerate().all(|(i, byte)| here(i) == *byte)
        };
        (start..=start + span).rev().find(matches)
    }

    /// Where `byte` comes first at or after `start`: for reading lines.
    pub fn find_byte(&self, byte: u8, start: usize) -> Option<usize> {
        let pointer = self.at(start, 0)?;
        // SAFETY: everything up to the end is readable.
        let found = unsafe { libc::memchr(pointer.cast(), byte.into(), self.len - start) };
        (!found.is_null()).then(|| found.addr() - self.start.as_ptr().addr())
    }

    /// Writes changes to the file.
    pub fn flush(&self, at: usize, n: usize) -> io::Result<()> {
        let Some(pointer) = self.at(at, n) else {
            return error(libc::EINVAL);
        };
        // SAFETY: in bounds.
        done(unsafe { libc::msync(pointer.cast(), n, libc::MS_SYNC) })
    }

    /// Tells the kernel how the range will be used.
    pub fn advise(&self, at: usize, n: usize, advice: c_int) -> io::Result<()> {
        let Some(pointer) = self.at(at, n) else {
            return error(libc::EINVAL);
        };
        // SAFETY: in bounds; the worst an advice does is to zero the bytes.
        done(unsafe { libc::madvise(pointer.cast(), n, advice) })
    }

    /// Makes it longer or shorter; it may move.
    pub fn resize(&mut self, len: usize) -> io::Result<()> {
        // SAFETY: the whole mapping is ours and `&mut self` says that nobody is using it.
        let start = unsafe {
            libc::mremap(
                self.start.as_ptr().cast(),
                self.len,
                len,
                libc::MREMAP_MAYMOVE,
            )
        };
        match NonNull::new(start.cast()) {
            Some(start) if start.as_ptr() != libc::MAP_FAILED.cast() => {
                self.start = start;
                self.len = len;
                Ok(())
            }
            _ => Err(io::Error::last_os_error()),
        }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if self.len > 0 {
            // SAFETY: the whole mapping is ours and not used again.
            unsafe { libc::munmap(self.start.as_ptr().cast(), self.len) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_written_and_resized() {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
        let map = Mapping::new(-1, 4096, 0, protection, flags).unwrap();
        assert!(map.copy_in(10, b"hello hello"));
        assert_eq!(map.copy_out(10, 5).unwrap(), b"hello");
        assert_eq!(map.find(b"hello", 0, 4096, false), Some(10));
        assert_eq!(map.find(b"hello", 0, 4096, true), Some(16));
        assert_eq!(map.find(b"hello", 11, 20, false), None);
        assert_eq!(map.find(b"", 4096, 4096, false), Some(4096));
        assert_eq!(map.find_byte(b'o', 15), Some(20));
        assert!(map.copy_within(10, 11, 5));
        assert_eq!(map.get(11), Some(b'h'));
        assert!(map.set(4095, 1) && !map.set(4096, 1));
        assert!(!map.copy_in(4090, b"too long") && map.copy_out(usize::MAX, 2).is_none());
        map.flush(0, 4096).unwrap();
        drop(map);
        let file = crate::event_fd::memfd_create(c"map", 0).unwrap();
        crate::fd::ftruncate(file, 8192).unwrap();
        let mut map = Mapping::new(file, 4096, 0, protection, libc::MAP_SHARED).unwrap();
        map.resize(8192).unwrap();
        assert!(map.set(8191, 7));
        let mut last = [0];
        crate::fd::pread(file, &mut last, 8191).unwrap();
        assert_eq!(last, [7]);
        crate::fd::close(file).unwrap();
    }
}
