//! Timers that send signals.

use crate::check::done;
use std::io;
use std::time::Duration;

/// When an interval timer fires next, and after which time again; zero for never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    pub value: Duration,
    pub interval: Duration,
}

fn timeval(duration: Duration) -> libc::timeval {
    libc::timeval {
        tv_sec: duration.as_secs().try_into().unwrap_or(libc::time_t::MAX),
        tv_usec: duration.subsec_micros().into(),
    }
}

fn duration(time: libc::timeval) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::from_secs(seconds) + Duration::from_micros(u64::try_from(time.tv_usec).unwrap_or(0))
}

fn from_raw(raw: &libc::itimerval) -> Interval {
    Interval {
        value: duration(raw.it_value),
        interval: duration(raw.it_interval),
    }
}

fn zero() -> libc::itimerval {
    let zero = libc::timeval {
        tv_sec: 0,
        tv_usec: 0,
    };
    libc::itimerval {
        it_interval: zero,
        it_value: zero,
    }
}

/// Sets a timer (`ITIMER_REAL` …); gives what it was.
pub fn setitimer(which: i32, to: Interval) -> io::Result<Interval> {
    let new = libc::itimerval {
        it_interval: timeval(to.interval),
        it_value: timeval(to.value),
    };
    let mut old = zero();
    // SAFETY: both are initialised.
    done(unsafe { libc::setitimer(which as _, &raw const new, &raw mut old) })?;
    Ok(from_raw(&old))
}

/// What a timer is set to.
pub fn getitimer(which: i32) -> io::Result<Interval> {
    let mut now = zero();
    // SAFETY: room for the result.
    done(unsafe { libc::getitimer(which as _, &raw mut now) })?;
    Ok(from_raw(&now))
}

/// Asks for `SIGALRM` in that many seconds (0: not at all); gives what was left before.
pub fn alarm(seconds: u32) -> u32 {
    // SAFETY: numbers only.
    unsafe { libc::alarm(seconds) }
}
