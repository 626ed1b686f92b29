//! Locks and waits that everything else stands on.
//!
//! * [`ByteLock`]: a lock of one byte, for object headers.
//! * [`parking`]: threads wait in a global table keyed by address, so that a lock needs no queue of
//!   its own; waits end by a wake-up, a timeout or an interrupt (a signal).
//! * [`Gil`]: a fair hand-over lock, for the mode in which one thread runs at a time.
//! * [`stop`]: how one thread stops the others at points of their choosing.
//! * [`turns`]: how threads that contend for a lock spare its cache line.
//! * [`RawMutex`]: a small futex mutex without poisoning that can be reset after a fork.
//!
//! Nothing here knows Python, the heap or safepoints. The one tie to the collector is
//! [`set_blocking_hook`]: a thread that is about to sleep on a contended lock says so, and the
//! collector then counts it as stopped.

mod byte_lock;
mod facade;
pub mod futex;
mod gil;
mod mutex;
pub mod parking;
pub mod stop;
pub mod turns;

pub use byte_lock::ByteLock;
pub use gil::Gil;
pub use mutex::{Mutex, MutexGuard, RawMutex};

use std::sync::atomic::{AtomicPtr, Ordering};

/// What [`set_blocking_hook`] takes: it must call the closure exactly once.
pub type BlockingHook = fn(&mut dyn FnMut());

static BLOCKING_HOOK: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());

/// Installs the function that wraps each real wait of a contended lock.
///
/// Without it a thread parked on a lock would hold up stop-the-world for ever, when the lock's
/// holder is itself stopped.
pub fn set_blocking_hook(hook: BlockingHook) {
    BLOCKING_HOOK.store(hook as *mut (), Ordering::Release);
}

/// Runs `wait`, which may sleep, inside the blocking hook.
#[cold]
pub fn block_on(wait: &mut dyn FnMut()) {
    let hook = BLOCKING_HOOK.load(Ordering::Acquire);
    if hook.is_null() {
        wait();
    } else {
        // SAFETY: the only non-null values stored are `BlockingHook`s, in `set_blocking_hook`.
        let hook: BlockingHook = unsafe { std::mem::transmute(hook) };
        hook(wait);
    }
}

/// Makes the global state usable in the child of a fork, where no other thread exists.
pub fn after_fork_child() {
    parking::after_fork_child();
}
