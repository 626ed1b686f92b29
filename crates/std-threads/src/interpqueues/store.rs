//! The queues of the process.
//!
//! A queue's state is changed under its cell's lock, which is never held over allocation. A queue that is not open any
//! more is on its way out of the register: nobody changes it again.

use crate::crossinterp::item::{self, Item};
use crate::crossinterp::{Fallback, UnboundOp, release};
use crate::ring::Ring;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use taipan_object::heap::{Array, Object, ValueVec, new_untyped, register};
use taipan_object::map::Map;
use taipan_object::process::ProcessCell;
use taipan_object::thread::lock;
use taipan_object::{PyResult, Thread, Value, ops, payload};

/// The register of queues, by number.
struct Queues {
    map: Map,
    next: AtomicI64,
}

payload!(Queues, "queues", |this, m| this.map.trace(m));

static QUEUES: ProcessCell<Queues> = ProcessCell::new();

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

fn queues(th: &Thread) -> PyResult<&'static Object<Queues>> {
    QUEUES.get_or_make(|| {
        register::<Queues>();
        register::<SharedQueue>();
        let next = AtomicI64::new(1);
        let map = Map::new();
        new_untyped(th, Queues { map, next })
    })
}

/// Makes a queue.
pub fn create<'a>(
    th: &Thread,
    maxsize: i64,
    unbound: UnboundOp,
    fallback: Fallback,
) -> PyResult<&'a Object<SharedQueue>> {
    let all = queues(th)?;
    let id = all.next.fetch_add(1, Ordering::Relaxed);
    let q = SharedQueue {
        id,
        maxsize,
        unbound,
        fallback,
        ring: Ring::new(),
        references: AtomicI64::new(0),
        open: AtomicBool::new(true),
    };
    let q = new_untyped(th, q)?;
    let key = Value::int(th, id);
    let hash = ops::hash(th, key)?;
    all.map.insert(th, &all.header, key, hash, q.value())?;
    Ok(q)
}

/// The queue of a number.
pub fn find<'a>(th: &Thread, id: i64) -> PyResult<Option<&'a Object<SharedQueue>>> {
    let Some(all) = QUEUES.get() else {
        return Ok(None);
    };
    let key = Value::int(th, id);
    let found = all.map.get(th, key, ops::hash(th, key)?)?;
    Ok(found
        .and_then(|v| v.downcast::<SharedQueue>())
        .filter(|q| q.is_open()))
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
    let mut out = ValueVec::new();
    let Some(all) = QUEUES.get() else {
        return Ok(out);
    };
    let mut at = 0;
    while let Some((next, _, q, _)) = all.map.next_entry(at) {
        at = next;
        if q.expect::<SharedQueue>().is_open() {
            out.push(th, q)?;
        }
    }
    Ok(out)
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
    let all = queues(th)?;
    let key = Value::int(th, q.id);
    all.map.remove(th, &all.header, key, ops::hash(th, key)?)?;
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
        q.ring.retain(|v| {
            let i = v.expect::<Item>();
            if i.interp != id {
                return true;
            }
            let (packed, remove) = item::unbind(i);
            // An interpreter that is gone puts no more, so there is room; else the collector finds it.
            if let Some(packed) = packed
                && taken.len() < taken.capacity()
            {
                taken.fields()[taken.len()].set(&taken.header, packed);
                taken.set_len(taken.len() + 1);
            }
            !remove
        });
        drop(guard);
        for packed in taken.values() {
            release(th, *packed);
        }
    }
}
