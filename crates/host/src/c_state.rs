//! Locks around what the C library keeps once per process.
//!
//! The environment, the time zone and the locale hang together: taking a moment apart reads
//! `TZ`, setting a locale reads `LC_*`. One lock serves all three. The databases that are walked
//! or answered through static buffers have one each.
//!
//! A fork takes all of them, so that the child never inherits one that is held.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A lock that guards state outside of Rust.
pub struct Lock(Mutex<()>);

impl Lock {
    const fn new() -> Self {
        Self(Mutex::new(()))
    }

    /// Takes it until the guard is dropped.
    pub fn hold(&self) -> MutexGuard<'_, ()> {
        // There is nothing behind the lock that a panic could have left half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Environment, time zone and locale.
pub static PROCESS: Lock = Lock::new();

/// Services and protocols.
pub static NAMES: Lock = Lock::new();

/// Walks over all users or groups.
pub static USERS: Lock = Lock::new();

/// What fatal signals did before.
pub static CRASH: Lock = Lock::new();

/// Runs `call` with all locks held.
pub fn while_quiet<R>(call: impl FnOnce() -> R) -> R {
    // Nobody holds one and takes another, so the order is free.
    let _guards = [PROCESS.hold(), NAMES.hold(), USERS.hold(), CRASH.hold()];
    call()
}
