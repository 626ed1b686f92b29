//! Shared memory by name.

use crate::Fd;
use crate::check::{check, done};
use std::ffi::CStr;
use std::io;

/// Opens a piece of shared memory; closed on exec.
pub fn open(name: &CStr, flags: i32, mode: libc::mode_t) -> io::Result<Fd> {
    // SAFETY: terminated name.
    check(unsafe { libc::shm_open(name.as_ptr(), flags | libc::O_CLOEXEC, mode) })
}

/// Removes its name.
pub fn unlink(name: &CStr) -> io::Result<()> {
    // SAFETY: terminated name.
    done(unsafe { libc::shm_unlink(name.as_ptr()) })
}
