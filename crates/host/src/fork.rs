//! Forking and ending the process.

use crate::c_state::while_quiet;
use crate::check::check;
use crate::{Fd, Pid};
use std::ffi::CStr;
use std::io;

/// Which side of a fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Child,
    /// With the child's id.
    Parent(Pid),
}

/// Copies the process. The child has one thread, this one: whoever calls must have brought all
/// others to a point where they hold no lock that the child will want.
pub fn fork() -> io::Result<Side> {
    while_quiet(|| {
        // SAFETY: the C library keeps its own locks usable in the child; ours are the caller's.
        match check(unsafe { libc::fork() })? {
            0 => Ok(Side::Child),
            pid => Ok(Side::Parent(pid)),
        }
    })
}

/// [`fork`] with a new terminal as the child's standard streams; the parent gets its other end.
pub fn forkpty() -> io::Result<(Side, Fd)> {
    let mut terminal = -1;
    let null = std::ptr::null_mut();
    while_quiet(|| {
        // SAFETY: as for `fork`; room for one descriptor, nothing else is asked for.
        match check(unsafe {
            libc::forkpty(&raw mut terminal, null, std::ptr::null(), std::ptr::null())
        })? {
            0 => Ok((Side::Child, -1)),
            pid => Ok((Side::Parent(pid), terminal)),
        }
    })
}

/// Ends the process at once: no destructors, no flushing.
pub fn exit_now(status: i32) -> ! {
    // SAFETY: does not return.
    unsafe { libc::_exit(status) }
}

/// Ends the process as its own `exit` would: runs what C libraries registered.
pub fn exit(status: i32) -> ! {
    std::process::exit(status)
}

/// Ends the process by `SIGABRT`.
pub fn abort() -> ! {
    // SAFETY: does not return.
    unsafe { libc::abort() }
}

/// Runs a command in a shell; gives its wait status.
pub fn system(command: &CStr) -> io::Result<i32> {
    // SAFETY: terminated command.
    check(unsafe { libc::system(command.as_ptr()) })
}
