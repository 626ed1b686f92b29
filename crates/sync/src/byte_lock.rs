//! A lock of one byte.

use crate::facade::{AtomicU8, Ordering, const_fn, spins};
use crate::{block_on, parking};

const FREE: u8 = 0;
const HELD: u8 = 1;
const HELD_WITH_WAITERS: u8 = 2;

/// Looks before a contended lock parks: some hundred nanoseconds, the length of a list append.
const SPINS: u32 = spins(40);

/// A lock of one byte, made for object headers: 0 free, 1 held, 2 held and someone may be parked.
///
/// Waiters park in the global table of [`parking`] under the byte's address. The lock is not fair
/// and not recursive. All-zero bytes are a free lock.
#[repr(transparent)]
#[derive(Debug, Default)]
pub struct ByteLock(AtomicU8);

impl ByteLock {
    const_fn! {
        /// A free lock.
        pub fn new() -> Self {
            Self(AtomicU8::new(FREE))
        }
    }

    /// Takes the lock; a real wait runs inside the blocking hook.
    #[inline]
    pub fn lock(&self) {
        if self
            .0
            .compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed)
            .is_err()
        {
            self.lock_slow();
        }
    }

    /// Takes the lock if it is free.
    #[inline]
    pub fn try_lock(&self) -> bool {
        self.0
            .compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }

    /// Is the lock held by anyone?
    #[inline]
    pub fn is_locked(&self) -> bool {
        self.0.load(Ordering::Relaxed) != FREE
    }

    #[cold]
    fn lock_slow(&self) {
        for _ in 0..SPINS {
            if self.0.load(Ordering::Relaxed) == FREE && self.try_lock() {
                return;
            }
            crate::facade::spin_loop();
        }
        // From here on the byte says "waiters", also when we get the lock: another may be parked.
        // The lock is taken outside the hook, so that nobody waits for the collector holding it.
        while self.0.swap(HELD_WITH_WAITERS, Ordering::Acquire) != FREE {
            block_on(&mut || {
                parking::park_uninterrupted(self.key(), || {
                    self.0.load(Ordering::Relaxed) == HELD_WITH_WAITERS
                });
            });
        }
    }

    /// Gives the lock back and wakes one waiter, if there may be any.
    #[inline]
    pub fn unlock(&self) {
        debug_assert!(self.is_locked(), "unlocking a free ByteLock");
        if self.0.swap(FREE, Ordering::Release) == HELD_WITH_WAITERS {
            self.unlock_slow();
        }
    }

    #[cold]
    fn unlock_slow(&self) {
        parking::unpark_one(self.key(), |_| {});
    }

    /// Frees the lock whoever held it: for the child of a fork.
    pub fn reset(&self) {
        self.0.store(FREE, Ordering::Relaxed);
    }

    fn key(&self) -> usize {
        std::ptr::from_ref(&self.0).addr()
    }
}
