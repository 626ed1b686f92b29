//! The lock that `importlib` takes around its tables of module locks: one per interpreter, reentrant.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use taipan_object::Thread;

/// A reentrant lock. A thread that waits for it counts as blocked.
pub struct ImportLock {
    raw: taipan_sync::RawMutex,
    owner: AtomicU64,
    depth: AtomicU32,
    /// The thread that ends the interpreter: all others stand still for good, one of them with the lock perhaps. How
    /// often it has taken the lock since.
    last: AtomicU64,
    last_depth: AtomicU32,
}

impl ImportLock {
    /// A lock that nobody holds.
    pub fn new() -> ImportLock {
        ImportLock {
            raw: taipan_sync::RawMutex::new(),
            owner: AtomicU64::new(0),
            depth: AtomicU32::new(0),
            last: AtomicU64::new(0),
            last_depth: AtomicU32::new(0),
        }
    }

    /// Leaves the lock to a thread that no other one runs beside any more.
    pub fn leave_to(&self, th: &Thread) {
        self.last.store(th.ident, Ordering::Release);
    }

    fn is_left_to(&self, th: &Thread) -> bool {
        self.last.load(Ordering::Acquire) == th.ident
    }

    /// Whether a thread holds it.
    pub fn is_held(&self) -> bool {
        self.owner.load(Ordering::Acquire) != 0 || self.last_depth.load(Ordering::Acquire) != 0
    }

    /// Takes it, once more if this thread holds it.
    pub fn acquire(&self, th: &Thread) {
        if self.is_left_to(th) {
            self.last_depth.fetch_add(1, Ordering::Relaxed);
            return;
        }
        if self.owner.load(Ordering::Acquire) == th.ident {
            self.depth.fetch_add(1, Ordering::Relaxed);
            return;
        }
        if !self.raw.try_lock() {
            th.blocking(|| self.raw.lock());
        }
        self.owner.store(th.ident, Ordering::Release);
        self.depth.store(1, Ordering::Relaxed);
    }

    /// Gives it back; false if this thread does not hold it.
    pub fn release(&self, th: &Thread) -> bool {
        if self.is_left_to(th) && self.last_depth.load(Ordering::Relaxed) > 0 {
            self.last_depth.fetch_sub(1, Ordering::Relaxed);
            return true;
        }
        if self.owner.load(Ordering::Acquire) != th.ident {
            return false;
        }
        if self.depth.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.owner.store(0, Ordering::Release);
            self.raw.unlock();
        }
        true
    }

    /// In the child of a fork: nobody else can hold it any more.
    pub fn after_fork_child(&self, th: &Thread) {
        if self.owner.load(Ordering::Acquire) != th.ident {
            self.owner.store(0, Ordering::Release);
            self.depth.store(0, Ordering::Relaxed);
            self.raw.reset();
        }
    }
}

impl Default for ImportLock {
    fn default() -> Self {
        Self::new()
    }
}
