//! The items of a queue: a ring in a heap array that is changed under the lock of the object that has it.

use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_object::gc::{Header, Marker};
use taipan_object::heap::{Array, FieldOf};
use taipan_object::{Object, Value};

/// A ring of values, part of a heap cell. But for [`len`](Ring::len), everything is done under that cell's lock.
pub(crate) struct Ring {
    array: FieldOf<Array>,
    /// Where the oldest item is.
    head: AtomicUsize,
    len: AtomicUsize,
}

impl Ring {
    /// An empty ring without room.
    pub(crate) const fn new() -> Ring {
        Ring {
            array: FieldOf::null(),
            head: AtomicUsize::new(0),
            len: AtomicUsize::new(0),
        }
    }

    /// Marks the items.
    pub(crate) fn trace(&self, m: &mut Marker) {
        self.array.trace(m);
    }

    /// How many items; right for the moment it was read in.
    pub(crate) fn len(&self) -> usize {
        self.len.load(Ordering::Acquire)
    }

    /// How many items there is room for.
    pub(crate) fn capacity(&self) -> usize {
        self.array.get().map_or(0, |a| a.capacity())
    }

    /// The address that stands for the ring in the parking table.
    pub(crate) fn key(&self) -> usize {
        (&raw const self.len).addr()
    }

    /// Appends an item, if there is room.
    pub(crate) fn push(&self, v: Value) -> bool {
        let n = self.len.load(Ordering::Relaxed);
        let Some(array) = self.array.get().filter(|a| n < a.capacity()) else {
            return false;
        };
        let at = (self.head.load(Ordering::Relaxed) + n) % array.capacity();
        array.fields()[at].set(&array.header, v);
        self.len.store(n + 1, Ordering::Release);
        true
    }

    /// Moves the items to a bigger array, unless another thread has done so.
    pub(crate) fn grow(&self, owner: &Header, bigger: &Object<Array>) {
        let n = self.len.load(Ordering::Relaxed);
        if let Some(old) = self.array.get() {
            if old.capacity() >= bigger.capacity() {
                return;
            }
            for i in 0..n {
                bigger.fields()[i].set(&bigger.header, self.at(old, i).get());
            }
        }
        self.head.store(0, Ordering::Relaxed);
        self.array.set(owner, Some(bigger));
    }

    /// Takes the oldest item.
    pub(crate) fn pop(&self) -> Option<Value> {
        let n = self.len.load(Ordering::Relaxed);
        let array = self.array.get().filter(|_| n > 0)?;
        let v = self.at(array, 0).swap(&array.header, Value::ABSENT);
        let head = self.head.load(Ordering::Relaxed);
        self.head
            .store((head + 1) % array.capacity(), Ordering::Relaxed);
        self.len.store(n - 1, Ordering::Release);
        Some(v)
    }

    /// Takes out the items that `keep` refuses; the others stay in their order.
    pub(crate) fn retain(&self, mut keep: impl FnMut(Value) -> bool) {
        let n = self.len.load(Ordering::Relaxed);
        let Some(array) = self.array.get() else {
            return;
        };
        let mut kept = 0;
        for i in 0..n {
            let v = self.at(array, i).get();
            if keep(v) {
                self.at(array, kept).set(&array.header, v);
                kept += 1;
            }
        }
        for i in kept..n {
            self.at(array, i).set(&array.header, Value::ABSENT);
        }
        self.len.store(kept, Ordering::Release);
    }

    fn at<'a>(&self, array: &'a Object<Array>, i: usize) -> &'a taipan_object::Field {
        &array.fields()[(self.head.load(Ordering::Relaxed) + i) % array.capacity()]
    }
}
