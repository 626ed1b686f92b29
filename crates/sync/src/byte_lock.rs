//! A lock of one byte.

use crate::facade::{AtomicU8, Ordering, const_fn};
use crate::turns::{self, Patience};
use crate::{block_on, parking};

/// The lower bits: free, held, or held with waiters.
const STATE: u8 = 3;
const FREE: u8 = 0;
const HELD: u8 = 1;
const HELD_WITH_WAITERS: u8 = 2;
/// The upper bits: the tag of the thread that has or had the lock.
const TAG_SHIFT: u32 = 2;

/// A lock of one byte, made for object headers: whether it is free, held, or held and someone may be parked; and which
/// thread had it last, by its [`turns::tag`].
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
        let mine = turns::tag() << TAG_SHIFT;
        let seen = self.0.load(Ordering::Relaxed);
        let free_for_me = seen == mine || seen == FREE;
        if !free_for_me || !self.take(seen, mine | HELD) {
            self.lock_slow(mine);
        }
    }

    /// Takes the lock if it is free.
    #[inline]
    pub fn try_lock(&self) -> bool {
        let seen = self.0.load(Ordering::Relaxed);
        seen & STATE == FREE && self.take(seen, turns::tag() << TAG_SHIFT | HELD)
    }

    #[inline(always)]
    fn take(&self, seen: u8, new: u8) -> bool {
        self.0
            .compare_exchange(seen, new, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }

    /// Is the lock held by anyone?
    #[inline]
    pub fn is_locked(&self) -> bool {
        self.0.load(Ordering::Relaxed) & STATE != FREE
    }

    #[cold]
    fn lock_slow(&self, mine: u8) {
        let other = self.0.load(Ordering::Relaxed) & !STATE;
        if other != mine && other != 0 {
            turns::give_way(mine >> TAG_SHIFT, other >> TAG_SHIFT);
        }
        let mut patience = Patience::default();
        loop {
            let seen = self.0.load(Ordering::Relaxed);
            if seen & STATE == FREE && self.take(seen, mine | HELD) {
                return;
            }
            if !patience.wait() {
                break;
            }
        }
        // From here on the byte says "waiters", also when we get the lock: another may be parked.
        // The lock is taken outside the hook, so that nobody waits for the collector holding it.
        let waiting = mine | HELD_WITH_WAITERS;
        while self.0.swap(waiting, Ordering::Acquire) & STATE != FREE {
            block_on(&mut || {
                parking::park_uninterrupted(self.key(), || {
                    self.0.load(Ordering::Relaxed) & STATE == HELD_WITH_WAITERS
                });
            });
        }
    }

    /// Gives the lock back and wakes one waiter, if there may be any.
    #[inline]
    pub fn unlock(&self) {
        debug_assert!(self.is_locked(), "unlocking a free ByteLock");
        let mine = turns::tag() << TAG_SHIFT;
        if self.0.swap(mine, Ordering::Release) & STATE == HELD_WITH_WAITERS {
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
