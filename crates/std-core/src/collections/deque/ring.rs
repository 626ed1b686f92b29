//! The ring that a deque is.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use taipan_object::heap::{Array, FieldOf, ValueVec};
use taipan_object::payload;
use taipan_object::thread::lock;
use taipan_object::{Object, PyResult, Thread, Value};

/// The payload of `deque`. All but `max` change under the object's lock only.
#[repr(C)]
pub struct Deque {
    /// A power of two of fields, or null.
    ring: FieldOf<Array>,
    start: AtomicUsize,
    len: AtomicUsize,
    /// Negative for none.
    max: AtomicI64,
    /// Counts changes of the length: iterators notice.
    changes: AtomicUsize,
}

payload!(Deque, "deque", |this, m| this.ring.trace(m));

/// A deque whose lock is held.
pub struct Locked<'a> {
    d: &'a Object<Deque>,
    ring: Option<&'a Object<Array>>,
}

impl Locked<'_> {
    /// The number of items.
    pub fn len(&self) -> usize {
        self.d.len.load(Ordering::Relaxed)
    }

    fn capacity(&self) -> usize {
        self.ring.map_or(0, |r| r.capacity())
    }

    fn place(&self, i: usize) -> usize {
        (self.d.start.load(Ordering::Relaxed) + i) & (self.capacity() - 1)
    }

    /// The item at an index that is in range.
    pub fn get(&self, i: usize) -> Value {
        match self.ring {
            Some(r) => r.fields()[self.place(i)].get(),
            None => Value::ABSENT,
        }
    }

    /// Stores at an index that is in range, or absent behind the last.
    pub fn set(&self, i: usize, v: Value) {
        if let Some(r) = self.ring {
            r.fields()[self.place(i)].set(&r.header, v);
        }
    }

    fn set_len(&self, n: usize) {
        self.d.len.store(n, Ordering::Release);
        self.d.changes.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether one more item fits the ring.
    pub fn has_room(&self) -> bool {
        self.len() < self.capacity()
    }

    /// Adds at the right; there is room.
    pub fn push_back(&self, v: Value) {
        let n = self.len();
        self.set(n, v);
        self.set_len(n + 1);
    }

    /// Adds at the left; there is room.
    pub fn push_front(&self, v: Value) {
        let before = self.place(self.capacity() - 1);
        self.d.start.store(before, Ordering::Relaxed);
        self.set(0, v);
        self.set_len(self.len() + 1);
    }

    /// Takes from the right.
    pub fn pop_back(&self) -> Option<Value> {
        let n = self.len().checked_sub(1)?;
        let v = self.get(n);
        self.set(n, Value::ABSENT);
        self.set_len(n);
        Some(v)
    }

    /// Takes from the left.
    pub fn pop_front(&self) -> Option<Value> {
        let n = self.len().checked_sub(1)?;
        let v = self.get(0);
        self.set(0, Value::ABSENT);
        self.d.start.store(self.place(1), Ordering::Relaxed);
        self.set_len(n);
        Some(v)
    }

    /// Takes an item out of the middle.
    pub fn remove(&self, i: usize) {
        for k in i + 1..self.len() {
            self.set(k - 1, self.get(k));
        }
        self.pop_back();
    }

    /// Puts an item before index `i`; there is room.
    pub fn insert(&self, i: usize, v: Value) {
        self.push_back(v);
        for k in (i + 1..self.len()).rev() {
            self.set(k, self.get(k - 1));
        }
        self.set(i, v);
    }
}

impl Deque {
    /// A payload without items.
    pub fn empty() -> Deque {
        Deque {
            ring: FieldOf::null(),
            start: AtomicUsize::new(0),
            len: AtomicUsize::new(0),
            max: AtomicI64::new(-1),
            changes: AtomicUsize::new(0),
        }
    }

    /// The length at this instant.
    pub fn len(&self) -> usize {
        self.len.load(Ordering::Acquire)
    }

    /// How often the length has changed.
    pub fn changes(&self) -> usize {
        self.changes.load(Ordering::Acquire)
    }

    /// `maxlen`
    pub fn max(&self) -> Option<usize> {
        usize::try_from(self.max.load(Ordering::Relaxed)).ok()
    }

    /// Sets `maxlen`.
    pub fn set_max(&self, max: Option<usize>) {
        self.max
            .store(max.map_or(-1, |n| n as i64), Ordering::Relaxed);
    }

    /// The bytes of the ring.
    pub fn ring_bytes(&self) -> usize {
        self.ring.get().map_or(0, |r| 24 + r.capacity() * 8)
    }
}

fn push(d: &Object<Deque>, th: &Thread, f: impl Fn(&Locked, Option<usize>)) -> PyResult<()> {
    let max = d.max();
    if max == Some(0) {
        return Ok(());
    }
    loop {
        let done = d.locked(|l| {
            let go = l.has_room() || (max.is_some_and(|m| l.len() >= m));
            if go {
                f(&l, max);
            }
            go
        });
        if done {
            return Ok(());
        }
        d.grow(th)?;
    }
}

/// What a deque's object can do.
pub trait Ring {
    /// Runs `f` under the lock. `f` must not run Python code, allocate or block.
    fn locked<R>(&self, f: impl FnOnce(Locked) -> R) -> R;
    /// Makes room for one more item.
    fn grow(&self, th: &Thread) -> PyResult<()>;
    /// Appends; at the limit the leftmost item goes.
    fn push_back(&self, th: &Thread, v: Value) -> PyResult<()>;
    /// Prepends; at the limit the rightmost item goes.
    fn push_front(&self, th: &Thread, v: Value) -> PyResult<()>;
    /// Takes all items out.
    fn clear(&self);
    /// All items as of one instant.
    fn snapshot(&self, th: &Thread) -> PyResult<ValueVec>;
}

impl Ring for Object<Deque> {
    fn locked<R>(&self, f: impl FnOnce(Locked) -> R) -> R {
        let _lock = lock(&self.header);
        f(Locked {
            d: self,
            ring: self.ring.get(),
        })
    }

    fn grow(&self, th: &Thread) -> PyResult<()> {
        let want = (self.len() + 1).next_power_of_two().max(8);
        let fresh = Object::<Array>::try_new(th, want)?;
        self.locked(|l| {
            let n = l.len();
            if l.has_room() || n > want {
                return;
            }
            for i in 0..n {
                fresh.fields()[i].set(&fresh.header, l.get(i));
            }
            self.start.store(0, Ordering::Relaxed);
            self.ring.set(&self.header, Some(fresh));
        });
        Ok(())
    }

    fn push_back(&self, th: &Thread, v: Value) -> PyResult<()> {
        push(self, th, |l, max| {
            if max.is_some_and(|m| l.len() >= m) {
                l.pop_front();
            }
            l.push_back(v);
        })
    }

    fn push_front(&self, th: &Thread, v: Value) -> PyResult<()> {
        push(self, th, |l, max| {
            if max.is_some_and(|m| l.len() >= m) {
                l.pop_back();
            }
            l.push_front(v);
        })
    }

    fn clear(&self) {
        self.locked(|l| {
            l.set_len(0);
            self.ring.set(&self.header, None);
            self.start.store(0, Ordering::Relaxed);
        });
    }

    fn snapshot(&self, th: &Thread) -> PyResult<ValueVec> {
        loop {
            let room = self.len().max(4);
            let mut out = ValueVec::with_capacity(th, room)?;
            let done = self.locked(|l| {
                if l.len() > room {
                    return false;
                }
                for i in 0..l.len() {
                    // Within capacity, so nothing is allocated under the lock.
                    let _ = out.push(th, l.get(i));
                }
                true
            });
            if done {
                return Ok(out);
            }
        }
    }
}
