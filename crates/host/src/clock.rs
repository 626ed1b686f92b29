//! Clocks and sleeping. Times are nanoseconds.

use crate::check::{code, done, error, ns_from_timespec, timespec_from_ns};
use std::io;

pub use crate::constants::time::CONSTANTS;

/// What the clock shows.
pub fn gettime(clock: i32) -> io::Result<i128> {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: room for the result.
    done(unsafe { libc::clock_gettime(clock, &raw mut time) })?;
    Ok(ns_from_timespec(&time))
}

/// The smallest step of the clock.
pub fn getres(clock: i32) -> io::Result<i128> {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: room for the result.
    done(unsafe { libc::clock_getres(clock, &raw mut time) })?;
    Ok(ns_from_timespec(&time))
}

/// Sets the clock.
pub fn settime(clock: i32, ns: i128) -> io::Result<()> {
    let time = timespec_from_ns(ns)?;
    // SAFETY: the time is readable.
    done(unsafe { libc::clock_settime(clock, &raw const time) })
}

fn of(clock: i32) -> i64 {
    // These clocks always exist, and 292 years are enough.
    gettime(clock).map_or(0, |ns| ns as i64)
}

/// The time since the epoch.
pub fn realtime() -> i64 {
    of(libc::CLOCK_REALTIME)
}

/// The time since some point in the past; never goes back.
pub fn monotonic() -> i64 {
    of(libc::CLOCK_MONOTONIC)
}

/// Processor time of this process.
pub fn process_time() -> i64 {
    of(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// Processor time of this thread.
pub fn thread_time() -> i64 {
    of(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// The clock that shows the processor time of a thread.
pub fn thread_clock(thread: u64) -> io::Result<i32> {
    let mut clock = 0;
    // SAFETY: the caller names a thread that lives; room for the result.
    code(unsafe { libc::pthread_getcpuclockid(thread, &raw mut clock) })?;
    Ok(clock)
}

/// Sleeps until the monotonic clock shows `deadline`.
pub fn sleep_until(deadline: i128) -> io::Result<()> {
    let time = timespec_from_ns(deadline.max(0))?;
    let clock = libc::CLOCK_MONOTONIC;
    // SAFETY: the time is readable; what is left is not asked for.
    match unsafe {
        libc::clock_nanosleep(
            clock,
            libc::TIMER_ABSTIME,
            &raw const time,
            std::ptr::null_mut(),
        )
    } {
        0 => Ok(()),
        number => error(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_run_and_sleep_waits() {
        let start = monotonic();
        sleep_until(i128::from(start) + 2_000_000).unwrap();
        assert!(monotonic() - start >= 2_000_000);
        sleep_until(-5).unwrap();
        assert!(realtime() > 1_700_000_000_000_000_000);
        assert!(process_time() > 0 && thread_time() > 0);
        assert!(getres(libc::CLOCK_MONOTONIC).unwrap() > 0);
        assert!(gettime(1000).is_err());
        let own = thread_clock(crate::thread::pthread_id()).unwrap();
        assert!(gettime(own).unwrap() > 0);
    }
}
