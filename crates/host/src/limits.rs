//! Resource limits and what has been used.

use crate::Pid;
use crate::check::{check, done, errno, error, set_errno};
use std::io;
use std::mem::MaybeUninit;

/// What a process, its children or a thread have used. Times in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    pub user_us: i64,
    pub system_us: i64,
    pub maxrss: i64,
    pub ixrss: i64,
    pub idrss: i64,
    pub isrss: i64,
    pub minflt: i64,
    pub majflt: i64,
    pub nswap: i64,
    pub inblock: i64,
    pub oublock: i64,
    pub msgsnd: i64,
    pub msgrcv: i64,
    pub nsignals: i64,
    pub nvcsw: i64,
    pub nivcsw: i64,
}

impl From<libc::rusage> for Usage {
    fn from(raw: libc::rusage) -> Self {
        let us = |time: libc::timeval| time.tv_sec * 1_000_000 + time.tv_usec;
        Self {
            user_us: us(raw.ru_utime),
            system_us: us(raw.ru_stime),
            maxrss: raw.ru_maxrss,
            ixrss: raw.ru_ixrss,
            idrss: raw.ru_idrss,
            isrss: raw.ru_isrss,
            minflt: raw.ru_minflt,
            majflt: raw.ru_majflt,
            nswap: raw.ru_nswap,
            inblock: raw.ru_inblock,
            oublock: raw.ru_oublock,
            msgsnd: raw.ru_msgsnd,
            msgrcv: raw.ru_msgrcv,
            nsignals: raw.ru_nsignals,
            nvcsw: raw.ru_nvcsw,
            nivcsw: raw.ru_nivcsw,
        }
    }
}

/// What has been used by `who` (`RUSAGE_SELF` …).
pub fn getrusage(who: i32) -> io::Result<Usage> {
    let mut raw = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: room for the result.
    done(unsafe { libc::getrusage(who, raw.as_mut_ptr()) })?;
    // SAFETY: the call succeeded and filled it.
    Ok(unsafe { raw.assume_init() }.into())
}

/// "No limit".
pub const INFINITY: u64 = libc::RLIM_INFINITY;

/// How many kinds of limits there are: larger numbers name none.
pub const N_LIMITS: i32 = 16;

/// The soft and the hard limit.
pub fn getrlimit(resource: i32) -> io::Result<(u64, u64)> {
    prlimit(0, resource, None)
}

/// Sets both limits.
pub fn setrlimit(resource: i32, soft: u64, hard: u64) -> io::Result<()> {
    prlimit(0, resource, Some((soft, hard))).map(drop)
}

/// Limits of any process (0: this one) before, and optionally sets new ones.
pub fn prlimit(pid: Pid, resource: i32, new: Option<(u64, u64)>) -> io::Result<(u64, u64)> {
    if !(0..N_LIMITS).contains(&resource) {
        return error(libc::EINVAL);
    }
    let new = new.map(|(soft, hard)| libc::rlimit {
        rlim_cur: soft,
        rlim_max: hard,
    });
    let new = new.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    let mut old = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: `new` is null or readable, `old` writable.
    done(unsafe { libc::prlimit(pid, resource as _, new, &raw mut old) })?;
    Ok((old.rlim_cur, old.rlim_max))
}

/// Makes the process less eager; gives the new niceness.
pub fn nice(increment: i32) -> io::Result<i32> {
    set_errno(0);
    // SAFETY: numbers only.
    let value = unsafe { libc::nice(increment) };
    crate::thread::next_generation();
    match errno() {
        number if value == -1 && number != 0 => error(number),
        _ => Ok(value),
    }
}

/// The priority of a process, group or user.
pub fn getpriority(which: i32, who: u32) -> io::Result<i32> {
    set_errno(0);
    // SAFETY: numbers only.
    let value = unsafe { libc::getpriority(which as _, who) };
    match errno() {
        number if value == -1 && number != 0 => error(number),
        _ => Ok(value),
    }
}

/// Sets the priority of a process, group or user.
pub fn setpriority(which: i32, who: u32, priority: i32) -> io::Result<()> {
    // SAFETY: numbers only.
    let result = check(unsafe { libc::setpriority(which as _, who, priority) }).map(drop);
    crate::thread::next_generation();
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_and_usage() {
        let (soft, hard) = getrlimit(libc::RLIMIT_NOFILE as i32).unwrap();
        assert!(soft > 0 && soft <= hard);
        setrlimit(libc::RLIMIT_NOFILE as i32, soft, hard).unwrap();
        assert!(getrlimit(99).is_err());
        assert!(getrusage(libc::RUSAGE_SELF).unwrap().maxrss > 0);
        assert!(getpriority(libc::PRIO_PROCESS as i32, 0).is_ok());
    }
}
