//! What the process has by number: queues, channels.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicI64, Ordering};
use taipan_object::heap::{Object, Payload, ValueVec, new_untyped, register};
use taipan_object::map::Map;
use taipan_object::process::ProcessCell;
use taipan_object::{PyResult, Thread, Value, ops, payload};

/// The cell of a register.
struct Entries {
    map: Map,
    next: AtomicI64,
}

payload!(Entries, "register", |this, m| this.map.trace(m));

/// Objects of one kind by their numbers, of the whole process. To be a static.
pub struct Register<T> {
    cell: ProcessCell<Entries>,
    first: i64,
    kind: PhantomData<fn() -> T>,
}

impl<T: Payload> Register<T> {
    /// An empty register, whose first number is `first`.
    pub const fn new(first: i64) -> Register<T> {
        Register {
            cell: ProcessCell::new(),
            first,
            kind: PhantomData,
        }
    }

    fn entries(&self, th: &Thread) -> PyResult<&'static Object<Entries>> {
        self.cell.get_or_make(|| {
            register::<Entries>();
            register::<T>();
            let next = AtomicI64::new(self.first);
            let map = Map::new();
            new_untyped(th, Entries { map, next })
        })
    }

    /// Makes an object under a number that none had before.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn make<'a>(&self, th: &Thread, make: impl FnOnce(i64) -> T) -> PyResult<&'a Object<T>> {
        let all = self.entries(th)?;
        let id = all.next.fetch_add(1, Ordering::Relaxed);
        let made = new_untyped(th, make(id))?;
        let key = Value::int(th, id);
        let hash = ops::hash(th, key)?;
        all.map.insert(th, &all.header, key, hash, made.value())?;
        Ok(made)
    }

    /// The object of a number.
    ///
    /// # Errors
    /// None but those of a dict of integers, which has none.
    pub fn find<'a>(&self, th: &Thread, id: i64) -> PyResult<Option<&'a Object<T>>> {
        let Some(all) = self.cell.get() else {
            return Ok(None);
        };
        let key = Value::int(th, id);
        let found = all.map.get(th, key, ops::hash(th, key)?)?;
        Ok(found.and_then(|v| v.downcast::<T>()))
    }

    /// Takes the object of a number out.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn remove(&self, th: &Thread, id: i64) -> PyResult<()> {
        let all = self.entries(th)?;
        let key = Value::int(th, id);
        all.map
            .remove(th, &all.header, key, ops::hash(th, key)?)
            .map(|_| ())
    }

    /// The objects for which `wanted` holds, the oldest first.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn all(&self, th: &Thread, wanted: impl Fn(&Object<T>) -> bool) -> PyResult<ValueVec> {
        let mut out = ValueVec::new();
        let Some(all) = self.cell.get() else {
            return Ok(out);
        };
        let mut at = 0;
        while let Some((next, _, v, _)) = all.map.next_entry(at) {
            at = next;
            if v.downcast::<T>().is_some_and(&wanted) {
                out.push(th, v)?;
            }
        }
        Ok(out)
    }
}
