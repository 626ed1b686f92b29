//! Reaching threads from outside: the main thread from a signal handler, any thread by its identity.

use crate::thread::{POLL_SIGNAL, Thread, for_each_thread};
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use taipan_sync::parking::Parker;

/// The poll word of the thread that runs signal handlers, or null.
static WORD: AtomicPtr<AtomicU32> = AtomicPtr::new(std::ptr::null_mut());

/// Its parker, or null. One reference is given away to this static for good.
static PARKER: AtomicPtr<Parker> = AtomicPtr::new(std::ptr::null_mut());

/// Makes the calling thread the one that signals wake: the main thread, at start-up.
pub fn set_signal_thread(th: &Thread) {
    let parker = Arc::into_raw(Arc::clone(&th.parker)).cast_mut();
    PARKER.store(parker, Ordering::Release);
    let word: *const AtomicU32 = th.mutator.poll_word();
    WORD.store(word.cast_mut(), Ordering::Release);
}

/// In the child of a fork, the calling thread is the only one, and the one that signals wake.
pub fn after_fork_child(th: &Thread) {
    set_signal_thread(th);
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

/// Runs `f`, which must be short and touch no object, if a thread with this identity is attached; it does not end
/// meanwhile.
pub fn while_attached<R>(ident: u64, f: impl FnOnce() -> R) -> Option<R> {
    let (mut f, mut result) = (Some(f), None);
    for_each_thread(&mut |th| {
        if th.ident == ident
            && let Some(f) = f.take()
        {
            result = Some(f());
        }
    });
    result
}
