//! `tuple` and `list` cells.

use crate::error::PyResult;
use crate::heap::{Array, Field, FieldOf, Object, Payload, ValueVec};
use crate::payload;
use crate::thread::Thread;
use crate::types;
use crate::value::Value;
use std::sync::atomic::Ordering;

/// The payload of `tuple`: its items follow in the cell.
#[repr(C)]
pub struct Tuple {
    len: usize,
    items: [Field; 0],
}

payload!(2: Tuple, "tuple", |this, m| {
    for v in this.items() {
        crate::heap::mark_value(*v, m);
    }
});

impl Tuple {
    /// The items; they never change.
    #[inline(always)]
    pub fn items<'a>(&self) -> &'a [Value] {
        // SAFETY: `len` fields follow, set before the tuple was published.
        unsafe { std::slice::from_raw_parts(self.items.as_ptr() as *const Value, self.len) }
    }
}

impl Object<Tuple> {
    /// A tuple of the given items.
    pub fn try_new<'a>(th: &Thread, items: &[Value]) -> PyResult<&'a Object<Tuple>> {
        let cell = th.try_alloc(Tuple::kind(), size_of::<Object<Tuple>>() + items.len() * 8)?;
        // SAFETY: the cell is new, large enough, and seen by no one else.
        unsafe {
            let t = cell as *mut Object<Tuple>;
            (&raw mut (*t).data.len).write(items.len());
            let to = (&raw mut (*t).data.items) as *mut Value;
            std::ptr::copy_nonoverlapping(items.as_ptr(), to, items.len());
            (*t).header
                .shape
                .store(types::TUPLE.shape_word(), Ordering::Release);
            Ok(&*t)
        }
    }
}

impl Object<Tuple> {
    /// A tuple of the given items whose type is a subclass of `tuple` (or `tuple` itself).
    pub fn for_class<'a>(
        th: &Thread,
        cls: &Object<types::Type>,
        items: &[Value],
    ) -> PyResult<&'a Object<Tuple>> {
        if cls.is(&types::TUPLE) {
            return Self::try_new(th, items);
        }
        let shape = cls.root_shape.expect();
        let size = size_of::<Object<Tuple>>() + items.len() * 8;
        let cell = th.try_alloc(Tuple::kind(), size + shape.extra_bytes())?;
        // SAFETY: the cell is new, large enough, and seen by no one else.
        unsafe {
            let t = cell as *mut Object<Tuple>;
            (&raw mut (*t).data.len).write(items.len());
            let to = (&raw mut (*t).data.items) as *mut Value;
            std::ptr::copy_nonoverlapping(items.as_ptr(), to, items.len());
            if shape.extra_bytes() != 0 {
                crate::attr::init_slots(cell, size, shape);
            }
            (*t).header.shape.store(cls.shape_word(), Ordering::Release);
            if cls.has_flag(types::flags::HAS_DEL) {
                taipan_gc::register_finalizable(cell);
            }
            Ok(&*t)
        }
    }
}

impl Object<Tuple> {
    /// A tuple of `n` times None, for a reader that fills it by [`Object::<Tuple>::fill`] before Python code sees it.
    pub fn try_blank<'a>(th: &Thread, n: usize) -> PyResult<&'a Object<Tuple>> {
        let size = n
            .checked_mul(8)
            .and_then(|n| n.checked_add(size_of::<Object<Tuple>>()));
        let Some(size) = size else {
            return Err(th.memory_error());
        };
        let cell = th.try_alloc(Tuple::kind(), size)?;
        // SAFETY: the cell is new, large enough, and seen by no one else.
        unsafe {
            let t = cell as *mut Object<Tuple>;
            let to = (&raw mut (*t).data.items) as *mut Value;
            for i in 0..n {
                to.add(i).write(Value::NONE);
            }
            (&raw mut (*t).data.len).write(n);
            (*t).header
                .shape
                .store(types::TUPLE.shape_word(), Ordering::Release);
            Ok(&*t)
        }
    }

    /// Stores an item of a tuple that its maker is still filling.
    pub fn fill(&self, index: usize, v: Value) {
        assert!(index < self.len);
        // SAFETY: `len` fields follow.
        let f = unsafe { &*self.items.as_ptr().add(index) };
        f.set(&self.header, v);
    }
}

impl Object<Array> {
    /// Moves `n` fields within the array, overlapping or not. The owner is locked, or the array is private.
    pub fn move_within(&self, from: usize, to: usize, n: usize) {
        let f = self.fields();
        assert!(from + n <= f.len() && to + n <= f.len());
        if taipan_gc::many_threads() {
            // Readers without locks look on: whole words, each the element before or after.
            if to < from {
                for i in 0..n {
                    f[to + i].init(f[from + i].get());
                }
            } else {
                for i in (0..n).rev() {
                    f[to + i].init(f[from + i].get());
                }
            }
        } else {
            // SAFETY: within the array; no other thread exists.
            unsafe {
                let p = f.as_ptr() as *mut Value;
                std::ptr::copy(p.add(from), p.add(to), n);
            }
        }
        taipan_gc::write_barrier(&self.header as *const _ as *mut _);
    }

    /// Stores values from index `at` on. The owner is locked, or the array is private.
    pub fn store_at(&self, at: usize, values: &[Value]) {
        for (to, from) in self.fields()[at..at + values.len()].iter().zip(values) {
            to.init(*from);
        }
        taipan_gc::write_barrier(&self.header as *const _ as *mut _);
    }

    /// Copies fields of another array (or of this one) from index `at` on. Both owners are locked or private.
    pub fn copy_fields(&self, at: usize, from: &[Field]) {
        for (to, from) in self.fields()[at..at + from.len()].iter().zip(from) {
            to.init(from.get());
        }
        taipan_gc::write_barrier(&self.header as *const _ as *mut _);
    }

    /// Makes fields absent again.
    pub fn erase(&self, from: usize, to: usize) {
        for f in &self.fields()[from..to] {
            f.init(Value::ABSENT);
        }
    }
}

static EMPTY_TUPLE: Field = Field::absent();

pub(crate) fn init(th: &Thread) -> PyResult<()> {
    EMPTY_TUPLE.init(Object::<Tuple>::try_new(th, &[])?.value());
    taipan_gc::add_root_tracer(|m| EMPTY_TUPLE.trace(m));
    Ok(())
}

impl Value {
    /// The empty tuple.
    #[inline(always)]
    pub fn empty_tuple() -> Value {
        EMPTY_TUPLE.get()
    }

    /// A tuple of the given items.
    pub fn try_tuple(th: &Thread, items: &[Value]) -> PyResult {
        if items.is_empty() {
            Ok(EMPTY_TUPLE.get())
        } else {
            Ok(Object::<Tuple>::try_new(th, items)?.value())
        }
    }

    /// A tuple of a few items.
    pub fn tuple(th: &Thread, items: &[Value]) -> Value {
        match Value::try_tuple(th, items) {
            Ok(v) => v,
            Err(_) => th.out_of_memory(),
        }
    }

    /// The items, if this is a tuple or of a subclass.
    #[inline(always)]
    pub fn as_tuple<'a>(self) -> Option<&'a [Value]> {
        Some(self.downcast::<Tuple>()?.items())
    }

    /// A new list of the given items.
    pub fn list(th: &Thread, items: &[Value]) -> PyResult {
        let array = if items.is_empty() {
            None
        } else {
            let a = Object::<Array>::try_new(th, items.len())?;
            for (to, from) in a.fields().iter().zip(items) {
                to.set(&a.header, *from);
            }
            a.set_len(items.len());
            Some(a)
        };
        Ok(List::from_array(th, array))
    }

    /// The list cell, if this is a list or of a subclass.
    #[inline(always)]
    pub fn as_list<'a>(self) -> Option<&'a Object<List>> {
        self.downcast::<List>()
    }
}

/// The payload of `list`: one pointer to an array that carries its own length, so that the two never disagree.
#[repr(C)]
pub struct List {
    array: FieldOf<Array>,
}

payload!(3: List, "list", |this, m| this.array.trace(m));

impl List {
    /// An empty list's payload.
    pub fn empty() -> List {
        List {
            array: FieldOf::null(),
        }
    }

    /// A new list that takes the array (and its length) over.
    pub fn from_array(th: &Thread, array: Option<&Object<Array>>) -> Value {
        let data = List {
            array: array.map_or(FieldOf::null(), FieldOf::new),
        };
        th.new_object(&types::LIST, data).value()
    }

    /// A new list that takes a vector's buffer over.
    pub fn from_vec(th: &Thread, items: ValueVec) -> Value {
        List::from_array(th, items.into_array())
    }

    /// The array, if there is one.
    #[inline(always)]
    pub fn array<'a>(&self) -> Option<&'a Object<Array>> {
        self.array.get()
    }

    /// The length at this instant.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.array.get().map_or(0, |a| a.len())
    }

    /// Whether it is empty at this instant.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The place of an index, which may count from the end, in a list of `n` items.
#[inline(always)]
fn place(index: i64, n: usize) -> Option<usize> {
    let at = if index < 0 { index + n as i64 } else { index };
    (0..n as i64).contains(&at).then_some(at as usize)
}

impl Object<List> {
    /// The item at an index, without a lock; nothing past the end.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<Value> {
        let a = self.array.get()?;
        if index >= a.len() {
            return None;
        }
        let v = a.fields()[index].get();
        if v.is_absent() {
            self.get_locked(index)
        } else {
            Some(v)
        }
    }

    #[cold]
    fn get_locked(&self, index: usize) -> Option<Value> {
        let _lock = crate::thread::lock(&self.header);
        let a = self.array.get()?;
        if index < a.len() {
            a.fields()[index].get().present()
        } else {
            None
        }
    }

    /// The item at an index that counts from the end if it is negative: from the end at one instant.
    #[inline(always)]
    pub fn item_at(&self, index: i64) -> Option<Value> {
        if index >= 0 {
            return self.get(index as usize);
        }
        let a = self.array.get()?;
        let n = a.len();
        let v = a.fields().get(place(index, n)?)?.get();
        // What others add or take off meanwhile moves the end.
        if v.is_absent() || a.len() != n || !self.array.get().is_some_and(|b| std::ptr::eq(a, b)) {
            return self.item_at_locked(index);
        }
        Some(v)
    }

    #[cold]
    fn item_at_locked(&self, index: i64) -> Option<Value> {
        self.with_lock(|a| {
            let a = a?;
            a.fields()[place(index, a.len())?].get().present()
        })
    }

    /// Stores at an index that may count from the end; whether it is in range.
    pub fn set_item_at(&self, index: i64, v: Value) -> bool {
        self.with_lock(|a| {
            let Some(a) = a else { return false };
            match place(index, a.len()) {
                Some(at) => {
                    a.fields()[at].set(&a.header, v);
                    true
                }
                None => false,
            }
        })
    }

    /// Stores at an index; whether it is in range.
    pub fn set(&self, index: usize, v: Value) -> bool {
        let _lock = crate::thread::lock(&self.header);
        match self.array.get() {
            Some(a) if index < a.len() => {
                a.fields()[index].set(&a.header, v);
                true
            }
            _ => false,
        }
    }

    /// Appends one item.
    #[inline]
    pub fn append(&self, th: &Thread, v: Value) -> PyResult<()> {
        {
            let _lock = crate::thread::lock(&self.header);
            if let Some(a) = self.array.get() {
                let n = a.len();
                if n < a.capacity() {
                    a.fields()[n].set(&a.header, v);
                    a.set_len(n + 1);
                    return Ok(());
                }
            }
        }
        self.with_room(th, 1, |a, n| {
            a.store_at(n, &[v]);
            a.set_len(n + 1);
        })
    }

    /// Makes room for `extra` items more than there are. Another thread may take it meanwhile.
    pub fn reserve(&self, th: &Thread, extra: usize) -> PyResult<()> {
        self.with_room(th, extra, |_, _| ())
    }

    /// Runs `f` on the list's array, which has room for `extra` items more, and its length, under the list's lock.
    /// A new array is the list's only with what `f` did to it: who looks for changes (as `sort` does) finds all or none.
    /// `f` must not run Python code, allocate or block.
    ///
    /// # Errors
    /// `MemoryError`
    pub fn with_room(
        &self,
        th: &Thread,
        extra: usize,
        f: impl FnOnce(&Object<Array>, usize),
    ) -> PyResult<()> {
        let mut bigger: Option<&Object<Array>> = None;
        loop {
            {
                let _lock = crate::thread::lock(&self.header);
                let old = self.array.get();
                let n = old.map_or(0, |a| a.len());
                if let Some(a) = old
                    && a.capacity() - n >= extra
                {
                    f(a, n);
                    return Ok(());
                }
                if let Some(bigger) = bigger
                    && bigger.capacity() >= n + extra
                {
                    if let Some(old) = old {
                        bigger.copy_fields(0, &old.fields()[..n]);
                    }
                    bigger.set_len(n);
                    f(bigger, n);
                    self.array.set(&self.header, Some(bigger));
                    return Ok(());
                }
            }
            bigger = Some(self.bigger_array(th, self.len() + extra)?);
        }
    }

    /// An array for as many items, and some more.
    pub fn bigger_array<'a>(&self, th: &Thread, need: usize) -> PyResult<&'a Object<Array>> {
        // A new array is another stretch of memory: growth in larger steps than an allocator that extends in
        // place would want.
        let spare = if need < 1 << 16 { need >> 1 } else { need >> 2 };
        Object::<Array>::try_new(th, need + spare + 3)
    }

    /// Runs `f` on the array under the list's lock. `f` must not run Python code, allocate or block.
    pub fn with_lock<R>(&self, f: impl FnOnce(Option<&Object<Array>>) -> R) -> R {
        let _lock = crate::thread::lock(&self.header);
        f(self.array.get())
    }

    /// Appends items that nobody changes, as one step.
    pub fn extend_slice(&self, th: &Thread, items: &[Value]) -> PyResult<()> {
        if items.is_empty() {
            return Ok(());
        }
        self.with_room(th, items.len(), |a, n| {
            a.store_at(n, items);
            a.set_len(n + items.len());
        })
    }

    /// Appends the items of another list (or of itself), both taken at one instant.
    pub fn extend_list(&self, th: &Thread, other: &Object<List>) -> PyResult<()> {
        loop {
            let extra = other.len();
            if extra == 0 {
                return Ok(());
            }
            let bigger = match self.array.get() {
                Some(a) if a.capacity() >= self.len() + extra => None,
                _ => Some(self.bigger_array(th, self.len() + extra)?),
            };
            let _locks = crate::thread::lock_two(&self.header, &other.header);
            let Some(b) = other.array.get() else { continue };
            let old = self.array.get();
            let (n, extra) = (old.map_or(0, |a| a.len()), b.len());
            let to = match (old, bigger) {
                (Some(a), _) if a.capacity() - n >= extra => a,
                (_, Some(bigger)) if bigger.capacity() >= n + extra => {
                    if let Some(a) = old {
                        bigger.copy_fields(0, &a.fields()[..n]);
                    }
                    bigger
                }
                _ => continue,
            };
            to.copy_fields(n, &b.fields()[..extra]);
            to.set_len(n + extra);
            if !old.is_some_and(|a| std::ptr::eq(a, to)) {
                self.array.set(&self.header, Some(to));
            }
            return Ok(());
        }
    }

    /// Inserts before an index, cut to the length.
    pub fn insert(&self, th: &Thread, index: i64, v: Value) -> PyResult<()> {
        self.with_room(th, 1, |a, n| {
            let at = if index < 0 {
                (index + n as i64).max(0) as usize
            } else {
                (index as usize).min(n)
            };
            a.move_within(at, at + 1, n - at);
            a.store_at(at, &[v]);
            a.set_len(n + 1);
        })
    }

    /// Takes the item at an index, which may count from the end, off, shifting the later ones.
    pub fn remove_at(&self, index: i64) -> Option<Value> {
        self.with_lock(|a| {
            let a = a?;
            let n = a.len();
            let index = place(index, n)?;
            let v = a.fields()[index].get();
            a.move_within(index + 1, index, n - index - 1);
            a.set_len(n - 1);
            a.erase(n - 1, n);
            Some(v)
        })
    }

    /// Takes the last item off.
    pub fn pop_last(&self) -> Option<Value> {
        self.with_lock(|a| {
            let a = a?;
            let n = a.len().checked_sub(1)?;
            let v = a.fields()[n].get();
            a.set_len(n);
            a.fields()[n].set(&a.header, Value::ABSENT);
            Some(v)
        })
    }

    /// Replaces the whole content by an array (with its length), as one step; gives the old one.
    pub fn exchange<'a>(&self, array: Option<&Object<Array>>) -> Option<&'a Object<Array>> {
        let _lock = crate::thread::lock(&self.header);
        let old = self.array.get();
        self.array.set(&self.header, array);
        old
    }

    /// Replaces the array (with its length). The caller holds the list's lock.
    pub fn put_array(&self, array: Option<&Object<Array>>) {
        self.array.set(&self.header, array);
    }

    /// Takes all items off. The array that held them is emptied too: a stale word on some native stack may keep it for a
    /// while, and must not keep all that was in it.
    pub fn clear(&self) {
        if let Some(old) = self.exchange(None) {
            old.erase(0, old.len());
        }
    }

    /// As [`Object::<List>::exchange`], but only if the array still is `expected`.
    pub fn exchange_if(
        &self,
        expected: Option<&Object<Array>>,
        array: Option<&Object<Array>>,
    ) -> bool {
        let _lock = crate::thread::lock(&self.header);
        let same = self.array.address() == expected.map_or(0, |a| a as *const _ as usize);
        if same {
            self.array.set(&self.header, array);
        }
        same
    }

    /// A copy of the items `from..to` (cut to the length) as they are at one instant.
    pub fn copy_range(&self, th: &Thread, from: usize, to: usize) -> PyResult<ValueVec> {
        loop {
            let n = self.len().min(to).saturating_sub(from);
            let mut out = ValueVec::with_capacity(th, n)?;
            let room = n.max(4);
            let done = self.with_lock(|a| {
                let Some(a) = a else { return true };
                let items = &a.fields()[from.min(a.len())..a.len().min(to).max(from.min(a.len()))];
                if items.len() > room {
                    return false;
                }
                for f in items {
                    // Within capacity, so this does not allocate.
                    let _ = out.push(th, f.get());
                }
                true
            });
            if done {
                return Ok(out);
            }
        }
    }

    /// A copy of all items as they are at one instant.
    pub fn snapshot(&self, th: &Thread) -> PyResult<ValueVec> {
        self.copy_range(th, 0, usize::MAX)
    }
}
