//! Cells that hold Python objects: kinds, payloads, traced fields, arrays and the rooted vector.

use crate::value::Value;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use taipan_gc::{self as gc, Header, KindInfo, Marker};
use taipan_sync::ByteLock;

use crate::thread::Thread;

/// What a cell is made of, as the collector knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Kind(pub u8);

impl Kind {
    /// An unboxed value, or a free cell.
    pub const FREE: Kind = Kind(0);
}

/// Gives each payload type its kind number when it is first registered.
pub struct KindCell(AtomicU8);

impl KindCell {
    /// A cell with no number yet.
    #[expect(clippy::new_without_default, reason = "a static is made of it")]
    pub const fn new() -> KindCell {
        KindCell(AtomicU8::new(0))
    }

    /// The kind number; zero, which no cell has, before registration.
    #[inline(always)]
    pub fn get(&self) -> Kind {
        Kind(self.0.load(Ordering::Relaxed))
    }
}

/// The native part of an object: what follows the header in its cell.
///
/// Declared with [`payload!`](crate::payload), which also makes the kind's cell.
pub trait Payload: Sized + 'static {
    /// For messages of internal errors and for statistics.
    const NAME: &'static str;
    /// The kind's number, for payloads that are looked for all the time: they are compared with a constant. 0 for those
    /// that are given a number when they are registered.
    const FIXED_KIND: u8;
    /// Where the kind's number lives.
    fn kind_cell() -> &'static KindCell;
    /// Marks every value that the payload refers to.
    fn trace(&self, marker: &mut Marker);
    /// The kind's number.
    #[inline(always)]
    fn kind() -> Kind {
        if Self::FIXED_KIND != 0 {
            Kind(Self::FIXED_KIND)
        } else {
            Self::kind_cell().get()
        }
    }
}

/// Declares a payload: `payload!(List, "list", |this, m| this.items.trace(m));`. With a number (`payload!(3: List, …)`),
/// below [`FIRST_GIVEN_KIND`], the kind is a constant.
#[macro_export]
macro_rules! payload {
    ($ty:ty, $name:literal, |$this:ident, $m:ident| $trace:expr) => {
        $crate::payload!(0: $ty, $name, |$this, $m| $trace);
    };
    ($kind:literal: $ty:ty, $name:literal, |$this:ident, $m:ident| $trace:expr) => {
        impl $crate::heap::Payload for $ty {
            const NAME: &'static str = $name;
            const FIXED_KIND: u8 = $kind;
            #[inline(always)]
            fn kind_cell() -> &'static $crate::heap::KindCell {
                static CELL: $crate::heap::KindCell = $crate::heap::KindCell::new();
                &CELL
            }
            #[allow(unused_variables, reason = "a payload without values traces nothing")]
            fn trace(&self, $m: &mut $crate::gc::Marker) {
                let $this = self;
                $trace;
            }
        }
    };
}

/// A heap cell with a native payload.
#[repr(C)]
pub struct Object<T> {
    /// Shape, kind, flags and lock.
    pub header: Header,
    /// The payload.
    pub data: T,
}

impl<T> Deref for Object<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T: Payload> Object<T> {
    /// The value that refers to this object.
    #[inline(always)]
    pub fn value(&self) -> Value {
        Value::from_cell(self)
    }
}

unsafe fn trace_cell<T: Payload>(cell: *mut Header, marker: &mut Marker) {
    // SAFETY: the collector calls this for live cells of `T`'s kind only.
    let object = unsafe { &*(cell as *const Object<T>) };
    mark_shape(&object.header, marker);
    object.data.trace(marker);
    crate::attr::trace_slots(&object.header, marker);
}

unsafe fn drop_cell<T: Payload>(cell: *mut Header) {
    // SAFETY: the sweep calls this once for a dead cell of `T`'s kind.
    unsafe { std::ptr::drop_in_place(&raw mut (*(cell as *mut Object<T>)).data) }
}

#[inline(always)]
pub(crate) fn mark_shape(header: &Header, marker: &mut Marker) {
    let shape = header.shape.load(Ordering::Acquire);
    if shape != 0 {
        marker.mark(gc::decompress(shape));
    }
}

/// The first of the kinds that are numbered in the order of their registration.
pub const FIRST_GIVEN_KIND: u8 = 48;

/// Registers a payload's kind with the collector, once; called before the first cell of it is made.
pub fn register<T: Payload>() {
    static NEXT: AtomicU8 = AtomicU8::new(FIRST_GIVEN_KIND);
    static LOCK: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _guard = LOCK.lock().unwrap_or_else(|e| e.into_inner());
    if T::kind_cell().get() != Kind::FREE {
        return;
    }
    let number = match T::FIXED_KIND {
        0 => NEXT.fetch_add(1, Ordering::Relaxed),
        fixed => fixed,
    };
    assert!(number < 255, "internal error: too many native kinds");
    assert!(
        T::FIXED_KIND < FIRST_GIVEN_KIND && gc::kind_name(number) == "unregistered",
        "internal error: the kind of {} is that of others",
        T::NAME
    );
    gc::register_kind(
        number,
        KindInfo {
            name: T::NAME,
            trace: Some(trace_cell::<T>),
            drop: if std::mem::needs_drop::<T>() {
                Some(drop_cell::<T>)
            } else {
                None
            },
        },
    );
    T::kind_cell().0.store(number, Ordering::Release);
}

/// One traced reference inside a heap cell: loads acquire, stores release and tell the collector.
#[repr(transparent)]
pub struct Field(AtomicU64);

impl Field {
    /// A field of a cell that is being made.
    #[inline(always)]
    pub const fn new(v: Value) -> Field {
        Field(AtomicU64::new(v.bits()))
    }

    /// An unset field.
    pub const fn absent() -> Field {
        Field::new(Value::ABSENT)
    }

    /// What the field refers to; absent where it is unset.
    #[inline(always)]
    pub fn get(&self) -> Value {
        let bits = self.0.load(Ordering::Acquire);
        // A zeroed field is the integer 0, which no reader may take for a missing one: fields are initialised.
        Value::from_bits(bits)
    }

    /// Stores into a field of `owner`, the cell that this field lies in.
    #[inline(always)]
    pub fn set(&self, owner: &Header, v: Value) {
        self.0.store(v.bits(), Ordering::Release);
        gc::write_barrier(owner as *const Header as *mut Header);
    }

    /// Stores into a field of a cell that no other thread sees yet and that was allocated after the last safepoint.
    #[inline(always)]
    pub fn init(&self, v: Value) {
        self.0.store(v.bits(), Ordering::Release);
    }

    /// Exchanges the field's value, as one step.
    #[inline]
    pub fn swap(&self, owner: &Header, v: Value) -> Value {
        let old = self.0.swap(v.bits(), Ordering::AcqRel);
        gc::write_barrier(owner as *const Header as *mut Header);
        Value::from_bits(old)
    }

    /// Stores `new` if the field still is `current`; whether it was.
    #[inline]
    pub fn compare_exchange(&self, owner: &Header, current: Value, new: Value) -> bool {
        let done = self
            .0
            .compare_exchange(
                current.bits(),
                new.bits(),
                Ordering::AcqRel,
                Ordering::Acquire,
            )
            .is_ok();
        if done {
            gc::write_barrier(owner as *const Header as *mut Header);
        }
        done
    }

    /// Marks what the field refers to.
    #[inline(always)]
    pub fn trace(&self, marker: &mut Marker) {
        mark_value(self.get(), marker);
    }
}

/// Marks a value's cell, if it has one.
#[inline(always)]
pub fn mark_value(v: Value, marker: &mut Marker) {
    if v.is_cell() {
        marker.mark(v.cell_unchecked());
    }
}

/// A traced pointer to a cell of payload `T`, or null.
#[repr(transparent)]
pub struct FieldOf<T>(AtomicUsize, PhantomData<*const T>);

// SAFETY: the pointer is to a collected cell, read and written atomically.
unsafe impl<T> Send for FieldOf<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for FieldOf<T> {}

impl<T: Payload> FieldOf<T> {
    /// A null field.
    pub const fn null() -> FieldOf<T> {
        FieldOf(AtomicUsize::new(0), PhantomData)
    }

    /// A field of a cell that is being made.
    #[inline(always)]
    pub fn new(o: &Object<T>) -> FieldOf<T> {
        FieldOf(AtomicUsize::new(o as *const _ as usize), PhantomData)
    }

    /// The object, if there is one.
    #[inline(always)]
    pub fn get<'a>(&self) -> Option<&'a Object<T>> {
        let p = self.0.load(Ordering::Acquire) as *const Object<T>;
        // SAFETY: null, or a live cell: this field is traced.
        unsafe { p.as_ref() }
    }

    /// The object of a field that is never null.
    #[inline(always)]
    pub fn expect<'a>(&self) -> &'a Object<T> {
        let p = self.0.load(Ordering::Acquire) as *const Object<T>;
        debug_assert!(!p.is_null());
        // SAFETY: the caller's invariant: set before the owner was published, never nulled.
        unsafe { &*p }
    }

    /// The address, for comparing.
    #[inline(always)]
    pub fn address(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }

    /// Stores into a field of `owner`.
    #[inline(always)]
    pub fn set(&self, owner: &Header, o: Option<&Object<T>>) {
        self.0
            .store(o.map_or(0, |o| o as *const _ as usize), Ordering::Release);
        gc::write_barrier(owner as *const Header as *mut Header);
    }

    /// Stores if the field is still null; whether it was.
    pub fn set_if_null(&self, owner: &Header, o: &Object<T>) -> bool {
        let done = self
            .0
            .compare_exchange(
                0,
                o as *const _ as usize,
                Ordering::AcqRel,
                Ordering::Acquire,
            )
            .is_ok();
        gc::write_barrier(owner as *const Header as *mut Header);
        done
    }

    /// Nulls the field without telling the collector, which loses nothing by that.
    pub fn clear_unbarriered(&self) {
        self.0.store(0, Ordering::Release);
    }

    /// Marks the object.
    #[inline(always)]
    pub fn trace(&self, marker: &mut Marker) {
        let p = self.0.load(Ordering::Acquire);
        if p != 0 {
            marker.mark(p as *mut Header);
        }
    }
}

/// A fixed run of traced fields in one cell.
pub struct Array {
    len: AtomicUsize,
    cap: usize,
    items: [Field; 0],
}

payload!(12: Array, "array", |this, m| {
    for part in this.fields().chunks(MARKED_AT_ONCE) {
        part.iter().for_each(|f| f.trace(m));
        m.ease();
    }
});

/// References that a long trace function gives before it lets the marker follow them.
pub(crate) const MARKED_AT_ONCE: usize = 1 << 12;

impl Object<Array> {
    /// A new array of `cap` absent fields and length zero.
    pub fn try_new<'a>(th: &Thread, cap: usize) -> Result<&'a Object<Array>, crate::error::Raised> {
        let bytes = cap
            .checked_mul(8)
            .and_then(|n| n.checked_add(size_of::<Object<Array>>()));
        let Some(bytes) = bytes else {
            return Err(th.memory_error());
        };
        let cell = th.try_alloc(Array::kind(), bytes)?;
        // SAFETY: the cell is new, large enough, and seen by no one else.
        unsafe {
            let array = cell as *mut Object<Array>;
            (&raw mut (*array).data.cap).write(cap);
            let items = (&raw mut (*array).data.items) as *mut u64;
            for i in 0..cap {
                items.add(i).write(Value::ABSENT.bits());
            }
            Ok(&*array)
        }
    }

    /// As [`Object::<Array>::try_new`], for sizes that are known to be small.
    pub fn new<'a>(th: &Thread, cap: usize) -> &'a Object<Array> {
        match Self::try_new(th, cap) {
            Ok(a) => a,
            Err(_) => th.out_of_memory(),
        }
    }
}

impl Array {
    /// How many fields it has.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.cap
    }

    /// How many of its fields are in use, as the owner says.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.load(Ordering::Acquire)
    }

    /// Whether none of its fields is in use.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sets how many of its fields are in use.
    #[inline(always)]
    pub fn set_len(&self, n: usize) {
        debug_assert!(n <= self.cap);
        self.len.store(n, Ordering::Release);
    }

    /// All its fields, those not in use too.
    #[inline(always)]
    pub fn fields(&self) -> &[Field] {
        // SAFETY: the cell was allocated with `cap` fields behind this struct.
        unsafe { std::slice::from_raw_parts(self.items.as_ptr(), self.cap) }
    }

    /// The fields in use, as plain values. Only for an array that nobody changes any more.
    #[inline(always)]
    pub fn values(&self) -> &[Value] {
        // SAFETY: a `Field` has a `Value`'s layout; the caller knows that no thread stores meanwhile.
        unsafe { std::slice::from_raw_parts(self.items.as_ptr() as *const Value, self.len()) }
    }
}

/// A growable vector of values whose buffer is a heap array, so that the collector sees it.
///
/// Lives on the stack only. What `Vec<Value>` would be if malloc memory were scanned.
pub struct ValueVec {
    array: Option<*const Object<Array>>,
    len: usize,
}

impl Default for ValueVec {
    fn default() -> Self {
        Self::new()
    }
}

impl ValueVec {
    /// An empty vector, without a buffer.
    pub const fn new() -> ValueVec {
        ValueVec {
            array: None,
            len: 0,
        }
    }

    /// An empty vector with room for `n`.
    pub fn with_capacity(th: &Thread, n: usize) -> Result<ValueVec, crate::error::Raised> {
        Ok(ValueVec {
            array: Some(Object::<Array>::try_new(th, n.max(4))?),
            len: 0,
        })
    }

    /// A copy of the given values.
    pub fn from_slice(th: &Thread, values: &[Value]) -> Result<ValueVec, crate::error::Raised> {
        let mut v = ValueVec::with_capacity(th, values.len())?;
        v.extend_from_slice(th, values)?;
        Ok(v)
    }

    fn buffer(&self) -> Option<&Object<Array>> {
        // SAFETY: the pointer is on the stack with this struct, so the array is alive.
        self.array.map(|a| unsafe { &*a })
    }

    fn reserve(&mut self, th: &Thread, extra: usize) -> Result<(), crate::error::Raised> {
        let need = self.len + extra;
        if self.buffer().is_none_or(|b| b.capacity() < need) {
            let bigger = Object::<Array>::try_new(th, need.max(self.len * 2).max(4))?;
            for (to, from) in bigger.fields().iter().zip(self.as_slice()) {
                to.set(&bigger.header, *from);
            }
            self.array = Some(bigger);
        }
        Ok(())
    }

    /// Appends one value.
    pub fn push(&mut self, th: &Thread, v: Value) -> Result<(), crate::error::Raised> {
        self.reserve(th, 1)?;
        let buffer = self.buffer().expect("just reserved");
        buffer.fields()[self.len].set(&buffer.header, v);
        self.len += 1;
        Ok(())
    }

    /// Appends copies of the given values.
    pub fn extend_from_slice(
        &mut self,
        th: &Thread,
        values: &[Value],
    ) -> Result<(), crate::error::Raised> {
        self.reserve(th, values.len())?;
        if let Some(buffer) = self.buffer() {
            for (to, from) in buffer.fields()[self.len..].iter().zip(values) {
                to.set(&buffer.header, *from);
            }
        }
        self.len += values.len();
        Ok(())
    }

    /// Takes the last value off.
    pub fn pop(&mut self) -> Option<Value> {
        let last = *self.as_slice().last()?;
        self.len -= 1;
        Some(last)
    }

    /// Forgets all values after the first `n`.
    pub fn truncate(&mut self, n: usize) {
        self.len = self.len.min(n);
    }

    /// Stores at an index that is in use.
    pub fn set(&mut self, index: usize, v: Value) {
        assert!(index < self.len);
        let buffer = self.buffer().expect("a vector in use has a buffer");
        buffer.fields()[index].set(&buffer.header, v);
    }

    /// Exchanges two values.
    pub fn swap(&mut self, a: usize, b: usize) {
        let (x, y) = (self[a], self[b]);
        self.set(a, y);
        self.set(b, x);
    }

    /// Reverses the order.
    pub fn reverse(&mut self) {
        for i in 0..self.len / 2 {
            self.swap(i, self.len - 1 - i);
        }
    }

    /// The values.
    pub fn as_slice(&self) -> &[Value] {
        match self.array {
            // SAFETY: the first `len` fields are set; only this vector's owner stores into them.
            Some(a) => unsafe {
                std::slice::from_raw_parts((*a).fields().as_ptr() as *const Value, self.len)
            },
            None => &[],
        }
    }

    /// Gives the buffer away, its length set; absent for a vector that never had one.
    pub fn into_array<'a>(self) -> Option<&'a Object<Array>> {
        self.array.map(|a| {
            // SAFETY: as in `buffer`; what takes it keeps it alive.
            let array = unsafe { &*a };
            array.set_len(self.len);
            array
        })
    }
}

impl Deref for ValueVec {
    type Target = [Value];
    fn deref(&self) -> &[Value] {
        self.as_slice()
    }
}

/// Native state of an object that needs more than atomics: guarded by a byte lock of its own.
///
/// Never run Python code, allocate from the heap or block while the guard lives; `T` holds no [`Value`].
pub struct Guarded<T> {
    lock: ByteLock,
    inner: std::cell::UnsafeCell<T>,
}

// SAFETY: the byte lock gives one thread at a time access.
unsafe impl<T: Send> Sync for Guarded<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for Guarded<T> {}

impl<T> Guarded<T> {
    /// Guards `inner`.
    pub const fn new(inner: T) -> Guarded<T> {
        Guarded {
            lock: ByteLock::new(),
            inner: std::cell::UnsafeCell::new(inner),
        }
    }

    /// Runs `f` on the state, alone.
    pub fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        struct Unlock<'a>(&'a ByteLock);
        impl Drop for Unlock<'_> {
            fn drop(&mut self) {
                self.0.unlock();
            }
        }
        self.lock.lock();
        let _unlock = Unlock(&self.lock);
        // SAFETY: the lock is held.
        f(unsafe { &mut *self.inner.get() })
    }
}

/// A new cell of native code's own, without a type: Python never sees it.
pub fn new_untyped<'a, T: Payload>(
    th: &Thread,
    data: T,
) -> Result<&'a Object<T>, crate::error::Raised> {
    let cell = th.try_alloc(T::kind(), size_of::<Object<T>>())?;
    // SAFETY: the cell is new, large enough, and seen by no one else.
    unsafe {
        let o = cell as *mut Object<T>;
        (&raw mut (*o).data).write(data);
        Ok(&*o)
    }
}
