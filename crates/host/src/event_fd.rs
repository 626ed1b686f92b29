//! Descriptors that stand for memory, counters and timers.

use crate::Fd;
use crate::check::{check, done, error, ns_from_timespec, timespec_from_ns};
use std::ffi::CStr;
use std::io;

/// A file in memory.
pub fn memfd_create(name: &CStr, flags: u32) -> io::Result<Fd> {
    // SAFETY: terminated name.
    check(unsafe { libc::memfd_create(name.as_ptr(), flags) })
}

/// A counter to wait on.
pub fn eventfd(initial: u32, flags: i32) -> io::Result<Fd> {
    // SAFETY: numbers only.
    check(unsafe { libc::eventfd(initial, flags) })
}

/// Takes the counter's value (or one of it, for a semaphore).
pub fn eventfd_read(fd: Fd) -> io::Result<u64> {
    let mut value = 0;
    // SAFETY: room for the value.
    done(unsafe { libc::eventfd_read(fd, &raw mut value) })?;
    Ok(value)
}

/// Adds to the counter.
pub fn eventfd_write(fd: Fd, value: u64) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::eventfd_write(fd, value) })
}

/// When a timer fires next, in nanoseconds, and after how many again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerSpec {
    pub value_ns: i128,
    pub interval_ns: i128,
}

/// A timer to wait on.
pub fn timerfd_create(clock: i32, flags: i32) -> io::Result<Fd> {
    // SAFETY: numbers only.
    check(unsafe { libc::timerfd_create(clock, flags) })
}

/// Sets a timer; gives what it was.
pub fn timerfd_settime(fd: Fd, flags: i32, to: TimerSpec) -> io::Result<TimerSpec> {
    let new = libc::itimerspec {
        it_interval: timespec_from_ns(to.interval_ns)?,
        it_value: timespec_from_ns(to.value_ns)?,
    };
    let mut old = new;
    // SAFETY: both are initialised.
    done(unsafe { libc::timerfd_settime(fd, flags, &raw const new, &raw mut old) })?;
    Ok(from_raw(&old))
}

/// What a timer is set to.
pub fn timerfd_gettime(fd: Fd) -> io::Result<TimerSpec> {
    let zero = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let mut now = libc::itimerspec {
        it_interval: zero,
        it_value: zero,
    };
    // SAFETY: room for the result.
    done(unsafe { libc::timerfd_gettime(fd, &raw mut now) })?;
    Ok(from_raw(&now))
}

fn from_raw(raw: &libc::itimerspec) -> TimerSpec {
    TimerSpec {
        value_ns: ns_from_timespec(&raw.it_value),
        interval_ns: ns_from_timespec(&raw.it_interval),
    }
}

/// How often a timer has fired since it was last read.
pub fn timerfd_read(fd: Fd) -> io::Result<u64> {
    let mut buffer = [0u8; 8];
    match crate::fd::read(fd, &mut buffer)? {
        8 => Ok(u64::from_ne_bytes(buffer)),
        _ => error(libc::EIO),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fd;

    #[test]
    fn counters_and_timers() {
        let event = eventfd(2, libc::EFD_CLOEXEC).unwrap();
        eventfd_write(event, 5).unwrap();
        assert_eq!(eventfd_read(event).unwrap(), 7);
        fd::close(event).unwrap();
        let timer = timerfd_create(libc::CLOCK_MONOTONIC, libc::TFD_CLOEXEC).unwrap();
        timerfd_settime(
            timer,
            0,
            TimerSpec {
                value_ns: 1_000_000,
                interval_ns: 0,
            },
        )
        .unwrap();
        assert_eq!(timerfd_read(timer).unwrap(), 1);
        assert_eq!(timerfd_gettime(timer).unwrap().value_ns, 0);
        fd::close(timer).unwrap();
        fd::close(memfd_create(c"x", 0).unwrap()).unwrap();
    }
}
