//! A futex mutex: no poisoning, `const`, and it can be reset in the child of a fork.

use crate::facade::{AtomicU32, Ordering, const_fn, spins};
use crate::futex;
use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};

const FREE: u32 = 0;
const HELD: u32 = 1;
const CONTENDED: u32 = 2;

/// How often a contended lock looks again before it sleeps. Critical sections under these locks are
/// some tens of nanoseconds, so a short spin usually suffices.
const SPINS: u32 = spins(60);

/// A mutex without data. Waits are not wrapped in the blocking hook: what it guards must be short
/// and contain no safepoint, or the caller declares the wait itself.
#[derive(Debug, Default)]
pub struct RawMutex {
    state: AtomicU32,
}

impl RawMutex {
    const_fn! {
        /// A free mutex.
        pub fn new() -> Self {
            Self {
                state: AtomicU32::new(FREE),
            }
        }
    }

    /// Takes the mutex, sleeping if need be.
    #[inline]
    pub fn lock(&self) {
        if self
            .state
            .compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed)
            .is_err()
        {
            self.lock_slow();
        }
    }

    /// Takes the mutex if it is free.
    #[inline]
    pub fn try_lock(&self) -> bool {
        self.state
            .compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }

    #[cold]
    fn lock_slow(&self) {
        for _ in 0..SPINS {
            if self.state.load(Ordering::Relaxed) == FREE && self.try_lock() {
                return;
            }
            crate::facade::spin_loop();
        }
        while self.state.swap(CONTENDED, Ordering::Acquire) != FREE {
            futex::wait(&self.state, CONTENDED, None);
        }
    }

    /// Gives the mutex back.
    #[inline]
    pub fn unlock(&self) {
        if self.state.swap(FREE, Ordering::Release) == CONTENDED {
            futex::wake(&self.state, 1);
        }
    }

    /// Frees the mutex whoever held it: for the child of a fork.
    pub fn reset(&self) {
        self.state.store(FREE, Ordering::Relaxed);
    }
}

/// A [`RawMutex`] with the data it guards.
#[derive(Debug, Default)]
pub struct Mutex<T> {
    raw: RawMutex,
    data: UnsafeCell<T>,
}

// SAFETY: the data is only reached by the one holder of the mutex.
unsafe impl<T: Send> Sync for Mutex<T> {}
// SAFETY: as for any owner of a `T`.
unsafe impl<T: Send> Send for Mutex<T> {}

impl<T> Mutex<T> {
    const_fn! {
        /// A free mutex around `data`.
        pub fn new(data: T) -> Self {
            Self {
                raw: RawMutex::new(),
                data: UnsafeCell::new(data),
            }
        }
    }

    /// Takes the mutex until the guard is dropped.
    #[inline]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.raw.lock();
        MutexGuard { mutex: self }
    }

    /// Takes the mutex if it is free.
    #[inline]
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.raw.try_lock().then_some(MutexGuard { mutex: self })
    }

    /// The mutex itself, to lock and unlock in different functions.
    pub fn raw(&self) -> &RawMutex {
        &self.raw
    }

    /// The guarded data, for one who holds the mutex by other means.
    pub fn data_ptr(&self) -> *mut T {
        self.data.get()
    }
}

/// Holds a [`Mutex`].
#[derive(Debug)]
pub struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the guard holds the mutex.
        unsafe { &*self.mutex.data.get() }
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard holds the mutex.
        unsafe { &mut *self.mutex.data.get() }
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.mutex.raw.unlock();
    }
}
