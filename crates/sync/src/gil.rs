//! The lock of the mode in which one thread runs at a time.

use crate::facade::{AtomicU32, AtomicU64, AtomicUsize, Ordering, const_fn, fence};
use crate::parking::{self, Parked, Tick};
use std::time::Duration;

const FREE: u32 = 0;
const HELD: u32 = 1;
/// Held, and threads are queued: the holder must hand over.
const WANTED: u32 = 2;

/// A fair hand-over lock.
///
/// A waiter that has waited a whole switch interval, with no change of holder meanwhile, asks the
/// holder to let go. A holder that lets go while threads wait gives the lock to the first of them,
/// so it cannot have it back before that one has had it.
///
/// Waits here are not wrapped in the blocking hook: the caller is in a blocking region already.
#[derive(Debug)]
pub struct Gil {
    state: AtomicU32,
    /// Set by a waiter, cleared when the lock changes hands.
    drop_requested: AtomicU32,
    /// What the holder passed to `acquire`.
    holder: AtomicUsize,
    /// Counts changes of holder.
    switches: AtomicU64,
    interval_us: AtomicU64,
    request: fn(usize),
}

impl Gil {
    const_fn! {
        /// A free lock. `request(holder)` is called, under a lock and possibly often, when a waiter asks
        /// `holder` to let go; the holder is alive while it runs. It should set a poll bit, no more.
        pub fn new(request: fn(usize)) -> Self {
            Self {
                state: AtomicU32::new(FREE),
                drop_requested: AtomicU32::new(0),
                holder: AtomicUsize::new(0),
                switches: AtomicU64::new(0),
                interval_us: AtomicU64::new(5000),
                request,
            }
        }
    }

    /// How long a waiter waits before it asks.
    pub fn switch_interval(&self) -> Duration {
        Duration::from_micros(self.interval_us.load(Ordering::Relaxed))
    }

    /// Sets the switch interval; waiters honour it from their next wait on.
    pub fn set_switch_interval(&self, interval: Duration) {
        let micros = u64::try_from(interval.as_micros())
            .unwrap_or(u64::MAX)
            .max(1);
        self.interval_us.store(micros, Ordering::Relaxed);
    }

    /// Takes the lock for `holder` (any word that `request` understands). Waits its turn.
    pub fn acquire(&self, holder: usize) {
        loop {
            if self
                .state
                .compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
            {
                self.took(holder);
                return;
            }
            if self.wait(holder) {
                return;
            }
        }
    }

    /// Takes the lock if it is free.
    pub fn try_acquire(&self, holder: usize) -> bool {
        let taken = self
            .state
            .compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed)
            .is_ok();
        if taken {
            self.took(holder);
        }
        taken
    }

    fn took(&self, holder: usize) {
        self.holder.store(holder, Ordering::Relaxed);
        self.drop_requested.store(0, Ordering::Relaxed);
        self.switches.fetch_add(1, Ordering::Relaxed);
    }

    /// Queues; true if the lock was handed to us, false to try again.
    fn wait(&self, holder: usize) -> bool {
        let seen = std::cell::Cell::new(self.switches.load(Ordering::Relaxed));
        let mut ask = || {
            let now = self.switches.load(Ordering::Relaxed);
            if seen.replace(now) == now {
                self.drop_requested.store(1, Ordering::Relaxed);
                // The holder needs this queue's lock to let go of a wanted lock, so it is alive.
                let holder = self.holder.load(Ordering::Relaxed);
                if holder != 0 {
                    (self.request)(holder);
                }
            }
        };
        let validate = || {
            self.state
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |state| {
                    (state != FREE).then_some(WANTED)
                })
                .is_ok()
        };
        let tick = Tick {
            interval: &|| self.switch_interval(),
            call: &mut ask,
        };
        let end = parking::park_full(self.key(), validate, None, false, Some(tick));
        if end == Parked::Woken {
            // `release` left the lock held, for us.
            fence(Ordering::Acquire);
            parking::with_queue_locked(self.key(), || self.took(holder));
        }
        end == Parked::Woken
    }

    /// Lets go; the first waiter, if there is one, has the lock when this returns.
    pub fn release(&self) {
        // The next holder may be slow to enter its name, and ours may be gone by then.
        self.holder.store(0, Ordering::Relaxed);
        if self
            .state
            .compare_exchange(HELD, FREE, Ordering::Release, Ordering::Relaxed)
            .is_ok()
        {
            return;
        }
        parking::unpark_one(self.key(), |found| {
            self.drop_requested.store(0, Ordering::Relaxed);
            self.switches.fetch_add(1, Ordering::Relaxed);
            let next = match (found.woke, found.more) {
                (true, true) => WANTED,
                (true, false) => HELD,
                (false, _) => FREE,
            };
            self.state.store(next, Ordering::Release);
        });
    }

    /// Has a waiter asked the holder to let go?
    #[inline]
    pub fn is_drop_requested(&self) -> bool {
        self.drop_requested.load(Ordering::Relaxed) != 0
    }

    /// Is any thread queued?
    pub fn has_waiters(&self) -> bool {
        self.state.load(Ordering::Relaxed) == WANTED
    }

    /// How often the lock has changed hands.
    pub fn switches(&self) -> u64 {
        self.switches.load(Ordering::Relaxed)
    }

    /// Makes the lock right in the child of a fork: held by `holder` alone, or free. Call after
    /// [`parking::after_fork_child`].
    pub fn after_fork_child(&self, holder: Option<usize>) {
        self.drop_requested.store(0, Ordering::Relaxed);
        self.holder.store(holder.unwrap_or(0), Ordering::Relaxed);
        self.state.store(
            if holder.is_some() { HELD } else { FREE },
            Ordering::Release,
        );
    }

    fn key(&self) -> usize {
        std::ptr::from_ref(&self.state).addr()
    }
}
