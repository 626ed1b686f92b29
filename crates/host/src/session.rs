//! Sessions, process groups, and sending signals to processes.

use crate::check::{check, done};
use crate::{Fd, Pid};
use std::io;

/// Starts a session.
pub fn setsid() -> io::Result<Pid> {
    // SAFETY: no arguments.
    check(unsafe { libc::setsid() })
}

/// The session of a process (0: this one).
pub fn getsid(pid: Pid) -> io::Result<Pid> {
    // SAFETY: numbers only.
    check(unsafe { libc::getsid(pid) })
}

/// The process group of a process (0: this one).
pub fn getpgid(pid: Pid) -> io::Result<Pid> {
    // SAFETY: numbers only.
    check(unsafe { libc::getpgid(pid) })
}

/// This process's group.
pub fn getpgrp() -> Pid {
    // SAFETY: no arguments.
    unsafe { libc::getpgrp() }
}

/// Puts a process into a group.
pub fn setpgid(pid: Pid, group: Pid) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::setpgid(pid, group) })
}

/// The foreground process group of a terminal.
pub fn tcgetpgrp(fd: Fd) -> io::Result<Pid> {
    // SAFETY: numbers only.
    check(unsafe { libc::tcgetpgrp(fd) })
}

/// Sets the foreground process group of a terminal.
pub fn tcsetpgrp(fd: Fd, group: Pid) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::tcsetpgrp(fd, group) })
}

/// Sends a signal to a process.
pub fn kill(pid: Pid, signal: i32) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::kill(pid, signal) })
}

/// Sends a signal to a process group.
pub fn killpg(group: Pid, signal: i32) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::killpg(group, signal) })
}

/// A descriptor for a process.
pub fn pidfd_open(pid: Pid, flags: u32) -> io::Result<Fd> {
    // SAFETY: numbers only.
    let fd = check(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, flags) })?;
    Ok(fd as Fd)
}

/// Sends a signal to the process a descriptor stands for.
pub fn pidfd_send_signal(pidfd: Fd, signal: i32, flags: u32) -> io::Result<()> {
    let info = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: no details are passed, the rest is numbers.
    check(unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd, signal, info, flags) })
        .map(drop)
}

/// Moves the thread into a namespace.
pub fn setns(fd: Fd, kind: i32) -> io::Result<()> {
    // SAFETY: numbers only.
    let result = done(unsafe { libc::setns(fd, kind) });
    crate::thread::next_generation();
    result
}

/// Takes what is named in `flags` out of what the process shares.
pub fn unshare(flags: i32) -> io::Result<()> {
    // SAFETY: numbers only.
    let result = done(unsafe { libc::unshare(flags) });
    crate::thread::next_generation();
    result
}
