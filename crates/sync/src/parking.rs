//! Threads that wait, in a global table keyed by address.
//!
//! A waiter checks its condition under the lock of the address's bucket and is queued before that
//! lock is let go; a waker changes the condition first and then looks into the queue. So no wake-up
//! is lost. Queues are first in, first out.

use crate::facade::{AtomicU32, Ordering};
use crate::{RawMutex, futex};
use std::cell::UnsafeCell;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parked {
    /// Another thread unparked this one.
    Woken,
    /// The deadline passed.
    TimedOut,
    /// The condition did not hold, so the thread did not wait.
    Invalid,
    /// [`Parker::interrupt`] was called on this thread's parker.
    Interrupted,
}

/// What an unparking found; given to its callback under the bucket's lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unparked {
    /// Was a thread taken from the queue?
    pub woke: bool,
    /// Are more threads waiting for this address?
    pub more: bool,
}

const PARKED: u32 = 1;
const INTERRUPTED: u32 = 2;

/// A thread's place to sleep. Others hold it to interrupt that thread's wait.
#[derive(Debug, Default)]
pub struct Parker {
    /// `PARKED` while queued, `INTERRUPTED` from an interrupt until an interruptible wait sees it.
    state: AtomicU32,
}

impl Parker {
    /// Ends the thread's interruptible wait, or the next one if it is in none. Async-signal-safe.
    pub fn interrupt(&self) {
        self.state.fetch_or(INTERRUPTED, Ordering::SeqCst);
        futex::wake(&self.state, 1);
    }

    /// Forgets an interrupt that has been dealt with.
    pub fn clear_interrupt(&self) {
        self.state.fetch_and(!INTERRUPTED, Ordering::SeqCst);
    }
}

crate::facade::thread_local! {
    static PARKER: Arc<Parker> = Arc::new(Parker::default());
}

/// This thread's parker, for those who may want to interrupt it.
pub fn current_parker() -> Arc<Parker> {
    PARKER.with(Arc::clone)
}

/// A queued thread; lives on its stack.
struct Waiter {
    key: usize,
    parker: *const Parker,
    next: *mut Waiter,
}

struct Queue {
    head: *mut Waiter,
    tail: *mut Waiter,
}

#[repr(align(64))]
struct Bucket {
    lock: RawMutex,
    queue: UnsafeCell<Queue>,
}

// SAFETY: the queue is only touched under `lock`.
unsafe impl Sync for Bucket {}

impl Bucket {
    crate::facade::const_fn! {
        fn new() -> Self {
            let queue = Queue { head: std::ptr::null_mut(), tail: std::ptr::null_mut() };
            Self { lock: RawMutex::new(), queue: UnsafeCell::new(queue) }
        }
    }
}

#[cfg(not(loom))]
mod table {
    use super::Bucket;

    const BUCKETS: usize = 256;
    static TABLE: [Bucket; BUCKETS] = [const { Bucket::new() }; BUCKETS];

    pub(super) fn bucket(key: usize) -> &'static Bucket {
        let hash = (key as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        &TABLE[(hash >> 56) as usize % BUCKETS]
    }

    pub(super) fn buckets() -> impl Iterator<Item = &'static Bucket> {
        TABLE.iter()
    }
}

/// One bucket is the hardest case, and the model's statics must be made anew for each run.
#[cfg(loom)]
mod table {
    use super::Bucket;

    loom::lazy_static! {
        static ref BUCKET: Bucket = Bucket::new();
    }

    pub(super) fn bucket(_key: usize) -> &'static Bucket {
        &BUCKET
    }

    pub(super) fn buckets() -> impl Iterator<Item = &'static Bucket> {
        std::iter::once(bucket(0))
    }
}

use table::bucket;

impl Bucket {
    /// Runs `f` on the queue under the lock.
    fn with<R>(&self, f: impl FnOnce(&mut Queue) -> R) -> R {
        self.lock.lock();
        // SAFETY: we hold the lock, and `f` gets the only reference.
        let result = f(unsafe { &mut *self.queue.get() });
        self.lock.unlock();
        result
    }
}

impl Queue {
    fn push(&mut self, waiter: *mut Waiter) {
        if self.tail.is_null() {
            self.head = waiter;
        } else {
            // SAFETY: queued waiters are alive until they are removed under the bucket's lock.
            unsafe { (*self.tail).next = waiter };
        }
        self.tail = waiter;
    }

    /// Removes the first waiter that `wanted` accepts.
    fn remove(&mut self, wanted: impl Fn(*mut Waiter) -> bool) -> Option<*mut Waiter> {
        let mut previous: *mut Waiter = std::ptr::null_mut();
        let mut at = self.head;
        while !at.is_null() {
            // SAFETY: queued waiters are alive until they are removed under the bucket's lock.
            let next = unsafe { (*at).next };
            if wanted(at) {
                if previous.is_null() {
                    self.head = next;
                } else {
                    // SAFETY: as above.
                    unsafe { (*previous).next = next };
                }
                if self.tail == at {
                    self.tail = previous;
                }
                return Some(at);
            }
            previous = at;
            at = next;
        }
        None
    }

    fn remove_key(&mut self, key: usize) -> Option<*mut Waiter> {
        // SAFETY: as in `remove`.
        self.remove(|waiter| unsafe { (*waiter).key == key })
    }

    fn has_key(&self, key: usize) -> bool {
        let mut at = self.head;
        while !at.is_null() {
            // SAFETY: as in `remove`.
            let waiter = unsafe { &*at };
            if waiter.key == key {
                return true;
            }
            at = waiter.next;
        }
        false
    }
}

/// Something to do every so often while waiting, keeping one's place in the queue.
pub struct Tick<'a> {
    /// How long between two calls; asked again before each wait.
    pub interval: &'a dyn Fn() -> Duration,
    /// The call, made under the bucket's lock: it must be short.
    pub call: &'a mut dyn FnMut(),
}

/// Waits for an [`unpark_one`] or [`unpark_all`] of `key`, if `validate` says so under the bucket's
/// lock. Ends early at the deadline or by [`Parker::interrupt`].
pub fn park(key: usize, validate: impl FnOnce() -> bool, deadline: Option<Instant>) -> Parked {
    park_full(key, validate, deadline, true, None)
}

/// As [`park`], but nothing ends it except a wake-up.
pub fn park_uninterrupted(key: usize, validate: impl FnOnce() -> bool) -> Parked {
    park_full(key, validate, None, false, None)
}

/// The general form of [`park`].
pub fn park_full(
    key: usize,
    validate: impl FnOnce() -> bool,
    deadline: Option<Instant>,
    interruptible: bool,
    tick: Option<Tick<'_>>,
) -> Parked {
    let parker = current_parker();
    park_on(&parker, key, validate, deadline, interruptible, tick)
}

fn park_on(
    parker: &Parker,
    key: usize,
    validate: impl FnOnce() -> bool,
    deadline: Option<Instant>,
    interruptible: bool,
    mut tick: Option<Tick<'_>>,
) -> Parked {
    let bucket = bucket(key);
    let mut waiter = Waiter {
        key,
        parker,
        next: std::ptr::null_mut(),
    };
    let waiter = &raw mut waiter;
    let queued = bucket.with(|queue| {
        let wait = validate();
        if wait {
            parker.state.fetch_or(PARKED, Ordering::SeqCst);
            queue.push(waiter);
        }
        wait
    });
    if !queued {
        return Parked::Invalid;
    }
    // Leaves the queue, unless a waker was faster: then the wake-up is ours and must be honoured.
    let give_up = |why: Parked| {
        let removed = bucket.with(|queue| queue.remove(|at| at == waiter).is_some());
        if removed {
            parker.state.fetch_and(!PARKED, Ordering::SeqCst);
            why
        } else {
            // The waker clears the bit under the lock that we just held.
            Parked::Woken
        }
    };
    loop {
        let state = parker.state.load(Ordering::SeqCst);
        if state & PARKED == 0 {
            return Parked::Woken;
        }
        if interruptible && state & INTERRUPTED != 0 {
            let end = give_up(Parked::Interrupted);
            if end == Parked::Interrupted {
                parker.clear_interrupt();
            }
            return end;
        }
        let tick_at = tick.as_ref().map(|tick| Instant::now() + (tick.interval)());
        let until = match (deadline, tick_at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        if !futex::wait(&parker.state, state, until) {
            let now = Instant::now();
            if deadline.is_some_and(|at| at <= now) {
                return give_up(Parked::TimedOut);
            }
            if let Some(tick) = &mut tick
                && parker.state.load(Ordering::SeqCst) & PARKED != 0
            {
                bucket.with(|_| (tick.call)());
            }
        }
    }
}

/// Takes a removed waiter out of its sleep. Called under the bucket's lock.
fn release(waiter: *mut Waiter) -> *const Parker {
    // SAFETY: the waiter's thread cannot return from `park` before the bit is cleared.
    let parker = unsafe { (*waiter).parker };
    // SAFETY: as above; once the bit is clear neither the waiter nor the parker may be touched.
    unsafe { (*parker).state.fetch_and(!PARKED, Ordering::SeqCst) };
    parker
}

/// Wakes the thread that has waited longest for `key`. `callback` runs under the bucket's lock,
/// before the woken thread can go on.
pub fn unpark_one(key: usize, callback: impl FnOnce(Unparked)) -> Unparked {
    let (result, parker) = bucket(key).with(|queue| {
        let waiter = queue.remove_key(key);
        let result = Unparked {
            woke: waiter.is_some(),
            more: queue.has_key(key),
        };
        callback(result);
        (result, waiter.map(release))
    });
    if let Some(parker) = parker {
        // The thread may be gone already: the address is only a key, a needless wake does no harm.
        futex::wake(parker.cast(), 1);
    }
    result
}

/// Wakes all threads that wait for `key`; returns how many.
pub fn unpark_all(key: usize) -> usize {
    let mut parkers = Vec::new();
    bucket(key).with(|queue| {
        while let Some(waiter) = queue.remove_key(key) {
            parkers.push(release(waiter));
        }
    });
    for parker in &parkers {
        futex::wake(parker.cast(), 1);
    }
    parkers.len()
}

/// Runs `f` while no thread can join or leave the queue of `key`.
pub fn with_queue_locked<R>(key: usize, f: impl FnOnce() -> R) -> R {
    bucket(key).with(|_| f())
}

/// Empties the table in the child of a fork: the waiters do not exist there.
pub fn after_fork_child() {
    for bucket in table::buckets() {
        bucket.lock.reset();
        bucket.with(|queue| {
            queue.head = std::ptr::null_mut();
            queue.tail = std::ptr::null_mut();
        });
    }
    PARKER.with(|parker| parker.state.store(0, Ordering::SeqCst));
}
