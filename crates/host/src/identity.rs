//! Who the process is: process, user and group ids.

use crate::Pid;
use crate::check::{check, done};
use std::ffi::CStr;
use std::io;

/// This process.
pub fn getpid() -> Pid {
    // SAFETY: no arguments.
    unsafe { libc::getpid() }
}

/// The parent.
pub fn getppid() -> Pid {
    // SAFETY: no arguments.
    unsafe { libc::getppid() }
}

/// Real user.
pub fn getuid() -> u32 {
    // SAFETY: no arguments.
    unsafe { libc::getuid() }
}

/// Effective user.
pub fn geteuid() -> u32 {
    // SAFETY: no arguments.
    unsafe { libc::geteuid() }
}

/// Real group.
pub fn getgid() -> u32 {
    // SAFETY: no arguments.
    unsafe { libc::getgid() }
}

/// Effective group.
pub fn getegid() -> u32 {
    // SAFETY: no arguments.
    unsafe { libc::getegid() }
}

/// Real, effective and saved user.
pub fn getresuid() -> io::Result<(u32, u32, u32)> {
    let (mut real, mut effective, mut saved) = (0, 0, 0);
    // SAFETY: three places to write to.
    done(unsafe { libc::getresuid(&raw mut real, &raw mut effective, &raw mut saved) })?;
    Ok((real, effective, saved))
}

/// Real, effective and saved group.
pub fn getresgid() -> io::Result<(u32, u32, u32)> {
    let (mut real, mut effective, mut saved) = (0, 0, 0);
    // SAFETY: three places to write to.
    done(unsafe { libc::getresgid(&raw mut real, &raw mut effective, &raw mut saved) })?;
    Ok((real, effective, saved))
}

macro_rules! setter {
    ($($(#[$doc:meta])* $name:ident($($arg:ident),+);)*) => {
        $(
            $(#[$doc])*
            pub fn $name($($arg: u32),+) -> io::Result<()> {
                // SAFETY: numbers only.
                done(unsafe { libc::$name($($arg),+) })
            }
        )*
    };
}

setter! {
    /// Sets the user.
    setuid(uid);
    /// Sets the effective user.
    seteuid(uid);
    /// Sets the group.
    setgid(gid);
    /// Sets the effective group.
    setegid(gid);
    /// Sets real and effective user; `u32::MAX` leaves one.
    setreuid(real, effective);
    /// Sets real and effective group; `u32::MAX` leaves one.
    setregid(real, effective);
    /// Sets all three users; `u32::MAX` leaves one.
    setresuid(real, effective, saved);
    /// Sets all three groups; `u32::MAX` leaves one.
    setresgid(real, effective, saved);
}

/// The supplementary groups.
pub fn getgroups() -> io::Result<Vec<u32>> {
    loop {
        // SAFETY: asks for the count only.
        let n = check(unsafe { libc::getgroups(0, std::ptr::null_mut()) })?;
        let mut groups = vec![0; usize::try_from(n).unwrap_or(0)];
        // SAFETY: room for `n` groups.
        match check(unsafe { libc::getgroups(n, groups.as_mut_ptr()) }) {
            Ok(n) => {
                groups.truncate(usize::try_from(n).unwrap_or(0));
                return Ok(groups);
            }
            // The set grew in between.
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Sets the supplementary groups.
pub fn setgroups(groups: &[u32]) -> io::Result<()> {
    // SAFETY: the list is readable for its length.
    done(unsafe { libc::setgroups(groups.len(), groups.as_ptr()) })
}

/// The groups a user belongs to, with `group` among them.
pub fn getgrouplist(user: &CStr, group: u32) -> io::Result<Vec<u32>> {
    let mut groups = vec![0; 64];
    loop {
        let mut n = i32::try_from(groups.len()).unwrap_or(i32::MAX);
        // SAFETY: terminated name; room for `n` groups.
        let found =
            unsafe { libc::getgrouplist(user.as_ptr(), group, groups.as_mut_ptr(), &raw mut n) };
        let wanted = usize::try_from(n).unwrap_or(0);
        if found >= 0 {
            groups.truncate(wanted);
            return Ok(groups);
        }
        groups.resize(wanted.max(groups.len() * 2), 0);
    }
}

/// Sets the supplementary groups to those a user belongs to.
pub fn initgroups(user: &CStr, group: u32) -> io::Result<()> {
    // SAFETY: terminated name.
    done(unsafe { libc::initgroups(user.as_ptr(), group) })
}
