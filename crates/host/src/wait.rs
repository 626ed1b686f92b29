//! Waiting for children.

use crate::check::{check, done};
use crate::limits::Usage;
use crate::{Fd, Pid};
use std::io;
use std::mem::MaybeUninit;

/// Waits; the child's id (0 with `WNOHANG` if none is ready) and its status.
pub fn waitpid(pid: Pid, options: i32) -> io::Result<(Pid, i32)> {
    let mut status = 0;
    // SAFETY: room for the status.
    let pid = check(unsafe { libc::waitpid(pid, &raw mut status, options) })?;
    Ok((pid, status))
}

/// [`waitpid`] with what the child has used.
pub fn wait4(pid: Pid, options: i32) -> io::Result<(Pid, i32, Usage)> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: room for both.
    let pid = check(unsafe { libc::wait4(pid, &raw mut status, options, usage.as_mut_ptr()) })?;
    // SAFETY: zero bytes are a valid value, and the call may have filled it.
    Ok((pid, status, unsafe { usage.assume_init() }.into()))
}

/// What [`waitid`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitInfo {
    pub pid: Pid,
    pub uid: u32,
    pub signo: i32,
    pub status: i32,
    /// `CLD_EXITED` and the like.
    pub code: i32,
}

/// Waits for a change of state; `None` with `WNOHANG` if there is none.
/// `id` is a process, a group or a descriptor, as `kind` (`P_PID` …) says.
pub fn waitid(kind: libc::idtype_t, id: Fd, options: i32) -> io::Result<Option<WaitInfo>> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: room for the details.
    done(unsafe { libc::waitid(kind, id.cast_unsigned(), info.as_mut_ptr(), options) })?;
    // SAFETY: zero bytes are a valid value; the fields are those of SIGCHLD.
    let (info, pid, uid, status) = unsafe {
        let info = info.assume_init();
        (info, info.si_pid(), info.si_uid(), info.si_status())
    };
    let found = WaitInfo {
        pid,
        uid,
        signo: info.si_signo,
        status,
        code: info.si_code,
    };
    Ok((pid != 0).then_some(found))
}

/// Whether the child ended by exiting.
pub fn if_exited(status: i32) -> bool {
    libc::WIFEXITED(status)
}

/// The number it exited with.
pub fn exit_status(status: i32) -> i32 {
    libc::WEXITSTATUS(status)
}

/// Whether a signal ended the child.
pub fn if_signaled(status: i32) -> bool {
    libc::WIFSIGNALED(status)
}

/// The signal that ended it.
pub fn term_signal(status: i32) -> i32 {
    libc::WTERMSIG(status)
}

/// Whether it left a core dump.
pub fn core_dumped(status: i32) -> bool {
    libc::WCOREDUMP(status)
}

/// Whether the child is stopped.
pub fn if_stopped(status: i32) -> bool {
    libc::WIFSTOPPED(status)
}

/// The signal that stopped it.
pub fn stop_signal(status: i32) -> i32 {
    libc::WSTOPSIG(status)
}

/// Whether the child was continued.
pub fn if_continued(status: i32) -> bool {
    libc::WIFCONTINUED(status)
}

/// The exit code, or minus the signal that ended it; `None` for a child that is only stopped.
pub fn to_exit_code(status: i32) -> Option<i32> {
    if if_exited(status) {
        Some(exit_status(status))
    } else if if_signaled(status) {
        Some(-term_signal(status))
    } else {
        None
    }
}
