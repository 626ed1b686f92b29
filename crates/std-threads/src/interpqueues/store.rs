//! The queues of the process.
//!
//! A queue's state is changed under its cell's lock, which is never held over allocation. A queue that is not open any
//! more is on its way out of the register: nobody changes it again.

use crate::crossinterp::item::{self, Item};
use crate::crossinterp::register::Register;
use crate::crossinterp::{Fallback, UnboundOp, release};
use crate::ring::Ring;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use taipan_object::heap::{Array, Object, ValueVec};
use taipan_object::thread::lock;
use taipan_object::{PyResult, Thread, Value, payload};

static QUEUES: Register<SharedQueue> = Register::new(1);

/// A queue.
pub struct SharedQueue {
    /// Its number.
    pub id: i64,
    /// How many items it takes; any number where this is below one.
    pub maxsize: i64,
    /// What becomes of items by default.
    pub unbound: UnboundOp,
    /// How values are packed by default.
    pub fallback: Fallback,
    ring: Ring,
    /// References that were taken and not released.
    references: AtomicI64,
    open: AtomicBool,
}

payload!(SharedQueue, "shared queue", |this, m| this.ring.trace(m));

impl SharedQueue {
    /// How many items it has.
    pub fn count(&self) -> usize {
        self.ring.len()
    }

    /// Whether so many items are all that it takes.
    pub fn is_full_at(&self, count: usize) -> bool {
        self.maxsize > 0 && count as i64 >= self.maxsize
    }

    /// Whether it was not destroyed.
    pub fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }
}

/// Makes a queue.
pub fn create<'a>(
    th: &Thread,
    maxsize: i64,
    unbound: UnboundOp,
    fallback: Fallback,
) -> PyResult<&'a Object<SharedQueue>> {
    QUEUES.make(th, |id| SharedQueue {
        id,
        maxsize,
        unbound,
        fallback,
        ring: Ring::new(),
        references: AtomicI64::new(0),
        open: AtomicBool::new(true),
    })
}

/// The queue of a number.
pub fn find<'a>(th: &Thread, id: i64) -> PyResult<Option<&'a Object<SharedQueue>>> {
    Ok(QUEUES.find(th, id)?.filter(|q| q.is_open()))
}

/// A list of what `show` makes of each queue, the newest first.
pub fn list(th: &Thread, mut show: impl FnMut(&Object<SharedQueue>) -> PyResult) -> PyResult {
    let mut out = ValueVec::new();
    for q in all(th)?.iter() {
        out.push(th, show(q.expect::<SharedQueue>())?)?;
    }
    out.reverse();
    Value::list(th, &out)
}

/// The queues that are open, the oldest first.
fn all(th: &Thread) -> PyResult<ValueVec> {
    QUEUES.all(th, |q| q.is_open())
}

/// How putting an item went.
pub enum Put {
    /// It is in the queue.
    Done,
    /// There is no room.
    Full,
    /// The queue was destroyed.
    Gone,
}

/// Appends an item.
///
/// # Errors
/// `MemoryError`.
pub fn put(
    th: &Thread,
    q: &Object<SharedQueue>,
    packed: Value,
    unbound: UnboundOp,
) -> PyResult<Put> {
    let item = Item::new(th, packed, unbound)?;
    loop {
        let guard = lock(&q.header);
        if !q.is_open() {
            return Ok(Put::Gone);
        }
        if q.is_full_at(q.ring.len()) {
            return Ok(Put::Full);
        }
        if q.ring.push(item.value()) {
            return Ok(Put::Done);
        }
        let capacity = q.ring.capacity();
        drop(guard);
        let bigger = Object::<Array>::try_new(th, (capacity * 2).max(8))?;
        let _guard = lock(&q.header);
        q.ring.grow(&q.header, bigger);
    }
}

/// Takes the oldest item.
pub fn get<'a>(q: &Object<SharedQueue>) -> Option<&'a Object<Item>> {
    let _guard = lock(&q.header);
    q.ring.pop().map(|v| v.expect::<Item>())
}

/// Takes a reference; whether the queue is still there.
pub fn bind(q: &Object<SharedQueue>) -> bool {
    let _guard = lock(&q.header);
    if q.is_open() {
        q.references.fetch_add(1, Ordering::Relaxed);
    }
    q.is_open()
}

/// How releasing a reference went.
pub enum Unbound {
    /// It is released, and the queue with it if it was the last.
    Done,
    /// The queue was destroyed before.
    Gone,
    /// There was none.
    NeverBound,
}

/// Releases a reference.
///
/// # Errors
/// `MemoryError`.
pub fn unbind(th: &Thread, q: &Object<SharedQueue>) -> PyResult<Unbound> {
    let guard = lock(&q.header);
    if !q.is_open() {
        return Ok(Unbound::Gone);
    }
    let n = q.references.load(Ordering::Relaxed);
    if n == 0 {
        return Ok(Unbound::NeverBound);
    }
    q.references.store(n - 1, Ordering::Relaxed);
    if n > 1 {
        return Ok(Unbound::Done);
    }
    q.open.store(false, Ordering::Release);
    drop(guard);
    forget(th, q)?;
    Ok(Unbound::Done)
}

/// Destroys a queue and its items; whether it was still there.
///
/// # Errors
/// `MemoryError`.
pub fn destroy(th: &Thread, q: &Object<SharedQueue>) -> PyResult<bool> {
    let guard = lock(&q.header);
    let was = q.open.swap(false, Ordering::AcqRel);
    drop(guard);
    if was {
        forget(th, q)?;
    }
    Ok(was)
}

/// Takes a queue that is not open any more out of the register and lets its items go.
fn forget(th: &Thread, q: &Object<SharedQueue>) -> PyResult<()> {
    QUEUES.remove(th, q.id)?;
    while let Some(item) = get(q) {
        if let Some(packed) = item.packed() {
            release(th, packed);
        }
    }
    Ok(())
}

/// An interpreter is gone: its items are unbound, in all queues.
pub fn interpreter_gone(th: &Thread, id: u64) {
    // Without memory for the list the items stay as they are: nothing but their origin is lost.
    let Ok(queues) = all(th) else { return };
    for q in queues.iter() {
        let q = q.expect::<SharedQueue>();
        // What is taken out of the items is released without the lock.
        let Ok(taken) = Object::<Array>::try_new(th, q.count()) else {
            return;
        };
        let guard = lock(&q.header);
        item::unbind_all(&q.ring, id, taken);
        drop(guard);
        for packed in taken.values() {
            release(th, *packed);
        }
    }
}
