//! What a pickler has written already.

use std::collections::HashMap;
use taipan_object::heap::{Field, Guarded};
use taipan_object::{Object, PyResult, Thread, Value, payload};

/// The payload of a pickler's memo: objects by identity, each with its number.
#[repr(C)]
pub(super) struct Memo {
    /// Numbers by the objects' words, which are no references: `objects` keeps the objects alive.
    index: Guarded<HashMap<u64, u32, foldhash::fast::FixedState>>,
    /// A list of the objects by number.
    objects: Field,
}

payload!(Memo, "pickler memo", |this, m| this.objects.trace(m));

impl Memo {
    pub fn new<'a>(th: &Thread) -> PyResult<&'a Object<Memo>> {
        taipan_object::heap::register::<Memo>();
        let memo = Memo {
            index: Guarded::new(HashMap::default()),
            objects: Field::new(Value::list(th, &[])?),
        };
        taipan_object::heap::new_untyped(th, memo)
    }

    /// The number of an object, if it has one.
    pub fn get(&self, v: Value) -> Option<u32> {
        self.index.with(|m| m.get(&v.bits()).copied())
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.index.with(|m| m.len())
    }

    /// Gives an object a number.
    pub fn put(&self, th: &Thread, v: Value, n: u32) -> PyResult<()> {
        if let Some(l) = self.objects.get().as_list() {
            l.append(th, v)?;
        }
        self.index.with(|m| m.insert(v.bits(), n));
        Ok(())
    }

    /// Forgets all objects.
    pub fn clear(this: &Object<Memo>, th: &Thread) -> PyResult<()> {
        let fresh = Value::list(th, &[])?;
        let old = this.index.with(std::mem::take);
        this.objects.set(&this.header, fresh);
        drop(old);
        Ok(())
    }

    /// The objects with their numbers.
    pub fn entries(&self, th: &Thread) -> PyResult<Vec<(usize, u32)>> {
        let Some(l) = self.objects.get().as_list() else {
            return Ok(Vec::new());
        };
        let mut out = Vec::new();
        for (i, v) in l.snapshot(th)?.iter().enumerate() {
            if let Some(n) = self.get(*v) {
                out.push((i, n));
            }
        }
        Ok(out)
    }

    /// The object at a place of the list of objects.
    pub fn object(&self, i: usize) -> Value {
        let v = self.objects.get().as_list().and_then(|l| l.get(i));
        v.unwrap_or(Value::NONE)
    }
}
