//! Reaching threads from outside: the main thread from a signal handler, any thread by its identity.

use crate::thread::{POLL_SIGNAL, Thread};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use taipan_sync::parking::Parker;

/// The poll word of the thread that runs signal handlers, or null.
static WORD: AtomicPtr<AtomicU32> = AtomicPtr::new(std::ptr::null_mut());

/// Its parker, or null. One reference is given away to this static for good.
static PARKER: AtomicPtr<Parker> = AtomicPtr::new(std::ptr::null_mut());

/// Makes the calling thread the one that signals wake: the main thread at start-up, the only one after a fork.
pub fn set_signal_thread(th: &Thread) {
    let parker = Arc::into_raw(Arc::clone(&th.parker)).cast_mut();
    PARKER.store(parker, Ordering::Release);
    let word: *const AtomicU32 = th.mutator.poll_word();
    WORD.store(word.cast_mut(), Ordering::Release);
}

/// The thread that runs signal handlers is about to detach: signals wake nobody from now on.
pub fn clear_signal_thread() {
    WORD.store(std::ptr::null_mut(), Ordering::Release);
}

/// A signal came: asks its thread to run handlers, and ends its wait. Async-signal-safe.
pub extern "C" fn signal_came(_: libc::c_int) {
    let word = WORD.load(Ordering::Acquire);
    if word.is_null() {
        return;
    }
    // SAFETY: the poll word of an attached thread, which calls `clear_signal_thread` before it detaches.
    unsafe { &*word }.fetch_or(POLL_SIGNAL, Ordering::AcqRel);
    let parker = PARKER.load(Ordering::Acquire);
    // SAFETY: null, or a parker that is never freed.
    if let Some(p) = unsafe { parker.as_ref() } {
        p.interrupt();
    }
}

/// The identities of attached threads. Locked only by running threads, shortly, never over a safepoint: so it is
/// free whenever the world is stopped, and usable in the child of a fork.
static ATTACHED: Mutex<BTreeSet<u64>> = Mutex::new(BTreeSet::new());

pub(crate) fn thread_attached(ident: u64) {
    ATTACHED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(ident);
}

pub(crate) fn thread_detaches(ident: u64) {
    ATTACHED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&ident);
}

/// After a fork, in the child: only the calling thread is left, and it is the one that signals wake.
pub fn after_fork_child(th: &Thread) {
    let mut all = ATTACHED.lock().unwrap_or_else(PoisonError::into_inner);
    all.clear();
    all.insert(th.ident);
    drop(all);
    set_signal_thread(th);
}

/// Runs `f`, which must be short and touch no object, if a thread with this identity is attached; it does not end
/// meanwhile.
pub fn while_attached<R>(ident: u64, f: impl FnOnce() -> R) -> Option<R> {
    let all = ATTACHED.lock().unwrap_or_else(PoisonError::into_inner);
    all.contains(&ident).then(f)
}
