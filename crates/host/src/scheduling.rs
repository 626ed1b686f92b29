//! The scheduler: policies, priorities, processors.

use crate::Pid;
use crate::check::{check, done, error};
use std::io;
use std::time::Duration;

/// Lets other threads run.
pub fn yield_now() -> io::Result<()> {
    // SAFETY: no arguments.
    done(unsafe { libc::sched_yield() })
}

/// The parameter block with this priority.
pub(crate) fn param(priority: i32) -> libc::sched_param {
    // SAFETY: zero bytes are a valid value of this plain struct.
    let mut param: libc::sched_param = unsafe { std::mem::zeroed() };
    param.sched_priority = priority;
    param
}

/// The highest priority a policy knows.
pub fn priority_max(policy: i32) -> io::Result<i32> {
    // SAFETY: numbers only.
    check(unsafe { libc::sched_get_priority_max(policy) })
}

/// The lowest priority a policy knows.
pub fn priority_min(policy: i32) -> io::Result<i32> {
    // SAFETY: numbers only.
    check(unsafe { libc::sched_get_priority_min(policy) })
}

/// A process's policy.
pub fn getscheduler(pid: Pid) -> io::Result<i32> {
    // SAFETY: numbers only.
    check(unsafe { libc::sched_getscheduler(pid) })
}

/// Sets a process's policy and priority.
pub fn setscheduler(pid: Pid, policy: i32, priority: i32) -> io::Result<()> {
    let param = param(priority);
    // SAFETY: the parameter is readable.
    let result = check(unsafe { libc::sched_setscheduler(pid, policy, &raw const param) });
    crate::thread::next_generation();
    result.map(drop)
}

/// A process's priority.
pub fn getparam(pid: Pid) -> io::Result<i32> {
    let mut param = param(0);
    // SAFETY: the parameter is writable.
    done(unsafe { libc::sched_getparam(pid, &raw mut param) })?;
    Ok(param.sched_priority)
}

/// Sets a process's priority.
pub fn setparam(pid: Pid, priority: i32) -> io::Result<()> {
    let param = param(priority);
    // SAFETY: the parameter is readable.
    let result = done(unsafe { libc::sched_setparam(pid, &raw const param) });
    crate::thread::next_generation();
    result
}

/// The round-robin interval of a process.
pub fn rr_interval(pid: Pid) -> io::Result<Duration> {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: room for the result.
    done(unsafe { libc::sched_rr_get_interval(pid, &raw mut time) })?;
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Ok(Duration::new(
        seconds,
        u32::try_from(time.tv_nsec).unwrap_or(0),
    ))
}

/// The processors a process (0: this thread) may run on.
pub fn getaffinity(pid: Pid) -> io::Result<Vec<usize>> {
    let mut words = vec![0u64; 16];
    loop {
        let size = words.len() * 8;
        // The raw call tells how many bytes it has written.
        // SAFETY: the words are writable for `size` bytes.
        let n = check(unsafe {
            libc::syscall(libc::SYS_sched_getaffinity, pid, size, words.as_mut_ptr())
        });
        match n {
            Ok(_) => break,
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) && words.len() < 1 << 14 => {
                words.resize(words.len() * 2, 0);
            }
            Err(error) => return Err(error),
        }
    }
    Ok((0..words.len() * 64)
        .filter(|cpu| words[cpu / 64] >> (cpu % 64) & 1 == 1)
        .collect())
}

/// Sets the processors a process may run on.
pub fn setaffinity(pid: Pid, cpus: &[usize]) -> io::Result<()> {
    let highest = cpus.iter().copied().max().unwrap_or(0);
    if highest >= 1 << 20 {
        return error(libc::EINVAL);
    }
    let mut words = vec![0u64; highest / 64 + 1];
    for cpu in cpus {
        words[cpu / 64] |= 1 << (cpu % 64);
    }
    // SAFETY: the words are readable for the size given.
    let result = check(unsafe {
        libc::syscall(
            libc::SYS_sched_setaffinity,
            pid,
            words.len() * 8,
            words.as_ptr(),
        )
    });
    crate::thread::next_generation();
    result.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn affinity_goes_round() {
        let cpus = getaffinity(0).unwrap();
        assert!(!cpus.is_empty());
        setaffinity(0, &cpus).unwrap();
        assert!(setaffinity(0, &[]).is_err());
        assert!(priority_max(libc::SCHED_FIFO).unwrap() > priority_min(libc::SCHED_FIFO).unwrap());
    }
}
