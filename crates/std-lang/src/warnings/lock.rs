//! The lock around the filters and registries: recursive, one per interpreter.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use taipan_object::Thread;
use taipan_sync::RawMutex;

struct Lock {
    interp: u64,
    raw: RawMutex,
    /// The holder's `ident`; 0 for none.
    owner: AtomicU64,
    count: AtomicU32,
}

static LOCKS: Mutex<Vec<&'static Lock>> = Mutex::new(Vec::new());

fn of(th: &Thread) -> &'static Lock {
    let mut all = LOCKS.lock().unwrap_or_else(|e| e.into_inner());
    if let Some(l) = all.iter().find(|l| l.interp == th.interp.id) {
        return l;
    }
    // Interpreters are immortal, and so are their locks.
    let l: &'static Lock = Box::leak(Box::new(Lock {
        interp: th.interp.id,
        raw: RawMutex::new(),
        owner: AtomicU64::new(0),
        count: AtomicU32::new(0),
    }));
    all.push(l);
    l
}

/// Takes the lock, once more if this thread has it.
pub fn acquire(th: &Thread) {
    let l = of(th);
    if l.owner.load(Ordering::Relaxed) != th.ident {
        if !l.raw.try_lock() {
            th.blocking(|| l.raw.lock());
        }
        l.owner.store(th.ident, Ordering::Relaxed);
    }
    l.count.fetch_add(1, Ordering::Relaxed);
}

/// Gives the lock back; false if this thread does not have it.
pub fn release(th: &Thread) -> bool {
    let l = of(th);
    if l.owner.load(Ordering::Relaxed) != th.ident {
        return false;
    }
    if l.count.fetch_sub(1, Ordering::Relaxed) == 1 {
        l.owner.store(0, Ordering::Relaxed);
        l.raw.unlock();
    }
    true
}

/// Whether this thread has the lock.
pub fn is_held(th: &Thread) -> bool {
    of(th).owner.load(Ordering::Relaxed) == th.ident
}

/// Runs `f` with the lock. `f` may run Python code: the lock is one that programs see.
pub fn held<R>(th: &Thread, f: impl FnOnce() -> R) -> R {
    acquire(th);
    let r = f();
    release(th);
    r
}

/// Frees the locks in the child of a fork: the threads that held them are gone.
pub fn reset_after_fork() {
    // The child's only thread may have been interrupted in here: then nobody else can hold the table.
    let all = match LOCKS.try_lock() {
        Ok(l) => l,
        Err(std::sync::TryLockError::Poisoned(e)) => e.into_inner(),
        Err(std::sync::TryLockError::WouldBlock) => return,
    };
    for l in all.iter() {
        l.owner.store(0, Ordering::Relaxed);
        l.count.store(0, Ordering::Relaxed);
        l.raw.reset();
    }
}
