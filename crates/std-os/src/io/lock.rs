//! The lock of a stream: held over whole calls, system calls and Python code of the stream below included.
//!
//! Waiting for it is a blocking region. The thread that holds it gets a `RuntimeError` for taking it again, as in
//! CPython: that happens when a signal handler or a raw stream's method calls back.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use taipan_object::{PyResult, Thread, Value, ops};
use taipan_sync::parking;

/// Counts forks: a lock taken before the last one may be held by a thread that is no more.
static GENERATION: AtomicU32 = AtomicU32::new(1);

/// In the child of a fork: locks that other threads held are free.
pub fn after_fork_child() {
    GENERATION.fetch_add(1, Ordering::AcqRel);
}

/// The lock.
#[derive(Default)]
pub struct IoLock {
    /// The holder's thread (low half) and the generation (high half); zero for none.
    owner: AtomicU64,
    /// How many threads may be parked.
    waiters: AtomicU32,
}

/// Holds an [`IoLock`].
pub struct IoGuard<'a>(&'a IoLock);

impl Drop for IoGuard<'_> {
    fn drop(&mut self) {
        // Both in one order with what a waiter does: it counts itself, then looks at the owner once more.
        self.0.owner.store(0, Ordering::SeqCst);
        if self.0.waiters.load(Ordering::SeqCst) > 0 {
            parking::unpark_one(self.0.key(), |_| {});
        }
    }
}

impl IoLock {
    fn key(&self) -> usize {
        &raw const self.owner as usize
    }

    fn me(th: &Thread) -> u64 {
        // The identifier is the address of the thread's own block, aligned to 64 bytes.
        let generation = u64::from(GENERATION.load(Ordering::Acquire)) << 40;
        generation | (th.ident >> 6 & 0xff_ffff_ffff)
    }

    /// Takes the lock of stream `v`.
    ///
    /// # Errors
    /// `RuntimeError` for a reentrant call. At the interpreter's end a lock that is not given back is taken over.
    #[inline]
    pub fn lock(&self, th: &Thread, v: Value) -> PyResult<IoGuard<'_>> {
        let me = Self::me(th);
        if self
            .owner
            .compare_exchange(0, me, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
        {
            return Ok(IoGuard(self));
        }
        self.lock_slow(th, v, me)
    }

    /// As [`IoLock::lock`] for a stream that its own calls may come back to: nothing where this thread holds it already.
    ///
    /// # Errors
    /// As [`IoLock::lock`].
    #[inline]
    pub fn enter(&self, th: &Thread, v: Value) -> PyResult<Option<IoGuard<'_>>> {
        if self.owner.load(Ordering::Relaxed) == Self::me(th) {
            return Ok(None);
        }
        self.lock(th, v).map(Some)
    }

    #[cold]
    fn lock_slow(&self, th: &Thread, v: Value, me: u64) -> PyResult<IoGuard<'_>> {
        let patience = th
            .interp
            .finalizing
            .load(Ordering::Acquire)
            .then(|| Instant::now() + Duration::from_millis(200));
        loop {
            let owner = self.owner.load(Ordering::Acquire);
            if owner == me {
                let repr = ops::repr(th, v)?;
                return Err(th.runtime_error(format!(
                    "reentrant call inside {}",
                    taipan_object::names::text(repr)
                )));
            }
            // In the end threads are stopped wherever they are: one that holds a lock then never lets go.
            let left = patience.is_some_and(|p| Instant::now() >= p);
            let stale = left || owner >> 40 != me >> 40;
            if (owner == 0 || stale)
                && self
                    .owner
                    .compare_exchange(owner, me, Ordering::Acquire, Ordering::Relaxed)
                    .is_ok()
            {
                return Ok(IoGuard(self));
            }
            let owner_word = &self.owner;
            // A bounded sleep: an unparking between the load and the wait is noticed by `validate`.
            let until = Instant::now() + Duration::from_millis(50);
            self.waiters.fetch_add(1, Ordering::SeqCst);
            th.blocking(|| {
                parking::park(
                    self.key(),
                    || owner_word.load(Ordering::SeqCst) == owner,
                    Some(until),
                );
            });
            self.waiters.fetch_sub(1, Ordering::SeqCst);
        }
    }
}
