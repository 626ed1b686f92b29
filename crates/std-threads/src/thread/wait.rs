//! Waiting: timeouts as Python gives them, waits that signals interrupt, and the lock that all others are made of.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, ops};
use taipan_sync::parking::{self, Parked};
use taipan_sync::turns::{self, Patience};

/// The longest timeout, in seconds: what fits CPython's microseconds.
pub(crate) const TIMEOUT_MAX: f64 = 9_223_372_036.0;

/// Nanoseconds of a number of seconds, rounded away from zero: a timeout never ends early.
///
/// # Errors
/// `ValueError` for a NaN, `OverflowError`, `TypeError`.
pub(crate) fn seconds_to_ns(th: &Thread, v: Value) -> PyResult<i64> {
    let overflow = || th.overflow_error("timestamp out of range for C PyTime_t");
    if let Some(x) = v.as_float() {
        if x.is_nan() {
            return Err(th.value_error("Invalid value NaN (not a number)"));
        }
        let ns = x * 1e9;
        let ns = if ns >= 0.0 { ns.ceil() } else { ns.floor() };
        // The bounds are powers of two: exact as floats.
        if !(-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&ns) {
            return Err(overflow());
        }
        return Ok(ns as i64);
    }
    if class_of(v).slots().index.is_none() {
        return Err(th.type_error(format!(
            "'{}' object cannot be interpreted as an integer or float",
            class_of(v).tp_name()
        )));
    }
    ops::index(th, v)?
        .as_i64()
        .and_then(|n| n.checked_mul(1_000_000_000))
        .ok_or_else(overflow)
}

/// How long `acquire(blocking, timeout)` waits.
#[derive(Clone, Copy)]
pub(crate) enum Limit {
    /// Not at all.
    Never,
    /// As long as it takes.
    Forever,
    /// Until then.
    Until(Instant),
}

impl Limit {
    /// From the arguments of `acquire`, either of which may be absent.
    pub(crate) fn parse(th: &Thread, blocking: Value, timeout: Value) -> PyResult<Limit> {
        let blocking = match blocking.present() {
            Some(v) => ops::truth(th, v)?,
            None => true,
        };
        let unset = -1_000_000_000;
        let ns = match timeout.present() {
            Some(t) => seconds_to_ns(th, t)?,
            None => unset,
        };
        if !blocking && ns != unset {
            return Err(th.value_error("can't specify a timeout for a non-blocking call"));
        }
        if ns < 0 && ns != unset {
            return Err(th.value_error("timeout value must be a non-negative number"));
        }
        if !blocking {
            return Ok(Limit::Never);
        }
        if ns == unset {
            return Ok(Limit::Forever);
        }
        Self::after(th, ns)
    }

    /// In so many nanoseconds.
    pub(crate) fn after(th: &Thread, ns: i64) -> PyResult<Limit> {
        if ns as f64 > TIMEOUT_MAX * 1e9 {
            return Err(th.overflow_error("timeout value is too large"));
        }
        let ns = u64::try_from(ns).unwrap_or(0);
        if ns == 0 {
            return Ok(Limit::Never);
        }
        Ok(match Instant::now().checked_add(Duration::from_nanos(ns)) {
            Some(at) => Limit::Until(at),
            None => Limit::Forever,
        })
    }

    /// For the parking table; nothing where there is none.
    fn deadline(self) -> Option<Instant> {
        match self {
            Limit::Until(at) => Some(at),
            _ => None,
        }
    }
}

/// Waits once for an unparking of `key`, if `validate` says so; whether the wait may go on (no timeout).
///
/// # Errors
/// What a signal handler raised.
pub(crate) fn park(
    th: &Thread,
    key: usize,
    limit: Limit,
    validate: impl FnOnce() -> bool,
) -> PyResult<Parked> {
    if matches!(limit, Limit::Never) {
        return Ok(Parked::TimedOut);
    }
    let how = th.blocking(|| parking::park(key, validate, limit.deadline()));
    if how == Parked::Interrupted {
        th.poll()?;
    }
    Ok(how)
}

const LOCKED: u32 = 1;
/// Threads may be parked.
const WAITERS: u32 = 2;
/// Let go, but straight into the hands of a woken waiter, which has not taken it yet.
const GIVEN: u32 = 4;
const STATE: u32 = LOCKED | WAITERS | GIVEN;
/// From here up: the tag of the thread that has or had the lock.
const TAG_SHIFT: u32 = 8;

/// The calling thread's tag, in its place.
#[inline(always)]
fn my_tag() -> u32 {
    u32::from(turns::tag()) << TAG_SHIFT
}

/// A lock of one word: a compare-and-swap where nobody waits, the parking table where somebody does.
///
/// Whoever comes first gets it, so that a running thread need not wait for a sleeping one; but once in a millisecond a
/// contended release hands it to the one that waits longest.
#[derive(Default)]
pub(crate) struct RawLock {
    state: AtomicU32,
    /// When the next release hands over, in milliseconds of a wrapping clock.
    fair_at: AtomicU32,
}

impl RawLock {
    fn key(&self) -> usize {
        (&raw const self.state).addr()
    }

    pub(crate) fn is_locked(&self) -> bool {
        self.state.load(Ordering::Relaxed) & LOCKED != 0
    }

    pub(crate) fn try_acquire(&self) -> bool {
        let mut s = self.state.load(Ordering::Relaxed);
        while s & LOCKED == 0 {
            match self.state.compare_exchange_weak(
                s,
                s & STATE | my_tag() | LOCKED,
                Ordering::Acquire,
                Ordering::Relaxed,
            ) {
                Ok(_) => return true,
                Err(now) => s = now,
            }
        }
        false
    }

    /// Takes the lock; whether it did so within the limit.
    ///
    /// # Errors
    /// What a signal handler raised.
    #[inline]
    pub(crate) fn acquire(&self, th: &Thread, limit: Limit) -> PyResult<bool> {
        let mine = my_tag();
        let seen = self.state.load(Ordering::Relaxed);
        if seen == mine || seen == 0 {
            let taken = self.state.compare_exchange(
                seen,
                mine | LOCKED,
                Ordering::Acquire,
                Ordering::Relaxed,
            );
            if taken.is_ok() {
                return Ok(true);
            }
        }
        self.acquire_slow(th, limit)
    }

    #[cold]
    fn acquire_slow(&self, th: &Thread, limit: Limit) -> PyResult<bool> {
        if matches!(limit, Limit::Never) {
            return Ok(self.try_acquire());
        }
        loop {
            if self.acquire_awake(th) {
                return Ok(true);
            }
            let s = self.state.fetch_or(WAITERS, Ordering::Relaxed);
            if s & LOCKED == 0 {
                continue;
            }
            let both = LOCKED | WAITERS;
            let how = park(th, self.key(), limit, || {
                self.state.load(Ordering::Relaxed) & both == both
            })?;
            match how {
                Parked::Woken => {
                    if self.state.fetch_and(!GIVEN, Ordering::Acquire) & GIVEN != 0 {
                        return Ok(true);
                    }
                }
                Parked::TimedOut => return Ok(self.try_acquire()),
                Parked::Interrupted | Parked::Invalid => {}
            }
        }
    }

    /// Takes the lock if that is possible without sleeping.
    fn acquire_awake(&self, th: &Thread) -> bool {
        // With a GIL the holder cannot run while we spin.
        if th.interp.gil.is_some() {
            return self.try_acquire();
        }
        let (mine, other) = (my_tag(), self.state.load(Ordering::Relaxed) & !STATE);
        if other != mine && other != 0 {
            turns::give_way_for_long((mine >> TAG_SHIFT) as u8, (other >> TAG_SHIFT) as u8);
        }
        let mut patience = Patience::default();
        loop {
            if self.try_acquire() {
                return true;
            }
            if !patience.wait() || wanted_elsewhere(th) {
                return false;
            }
        }
    }

    /// Lets go; whether it was locked. Any thread may.
    #[inline]
    pub(crate) fn release(&self) -> bool {
        let seen = self.state.load(Ordering::Relaxed);
        let alone = seen & STATE == LOCKED
            && self
                .state
                .compare_exchange(seen, seen & !LOCKED, Ordering::Release, Ordering::Relaxed)
                .is_ok();
        alone || self.release_slow()
    }

    #[cold]
    fn release_slow(&self) -> bool {
        if !self.is_locked() {
            return false;
        }
        let now = milliseconds();
        let give = now.wrapping_sub(self.fair_at.load(Ordering::Relaxed)) < u32::MAX / 2;
        let mut was_locked = false;
        parking::unpark_one(self.key(), |found| {
            // Threads join and leave the queue under the bucket's lock, which is held here.
            was_locked = self.is_locked();
            if !was_locked {
                return;
            }
            let more = if found.more { WAITERS } else { 0 };
            let held = if found.woke && give {
                self.fair_at.store(now.wrapping_add(1), Ordering::Relaxed);
                LOCKED | GIVEN
            } else {
                0
            };
            let tag = self.state.load(Ordering::Relaxed) & !STATE;
            self.state.store(held | more | tag, Ordering::Release);
        });
        was_locked
    }

    /// Makes it free in the child of a fork.
    pub(crate) fn reset(&self) {
        self.state.store(0, Ordering::Release);
    }
}

/// Whether the thread should not spin on: others want the world to stop, and it counts as stopped when it sleeps.
pub(super) fn wanted_elsewhere(th: &Thread) -> bool {
    th.mutator.poll_bits() & !taipan_object::gc::POLL_DELAY != 0
}

fn milliseconds() -> u32 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_millis() as u32
}
