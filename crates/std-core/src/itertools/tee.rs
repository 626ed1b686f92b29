//! `tee`: several iterators over one, which share a chain of blocks of items already read.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use taipan_object::call::{Args, call_method_row};
use taipan_object::heap::{Field, FieldOf, ValueVec};
use taipan_object::native::{Method, TypeSpec};
use taipan_object::payload;
use taipan_object::types::{OBJECT, StaticType, Type, flags, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ops};

const BLOCK: usize = 57;

/// The payload of `_tee_dataobject`: a block of items.
#[repr(C)]
pub struct TeeData {
    it: Field,
    items: [Field; BLOCK],
    /// How many items were read; they are set before this is.
    read: AtomicUsize,
    /// Whether someone is reading one.
    reading: AtomicBool,
    next: FieldOf<TeeData>,
}

payload!(TeeData, "tee block", |this, m| {
    this.it.trace(m);
    for f in &this.items {
        f.trace(m);
    }
    this.next.trace(m);
});

/// The payload of `_tee`.
#[repr(C)]
pub struct Tee {
    block: FieldOf<TeeData>,
    index: AtomicUsize,
}

payload!(Tee, "tee", |this, m| this.block.trace(m));

/// `_tee`
pub static TEE: StaticType = StaticType::new(
    "itertools",
    "_tee",
    Some(&OBJECT),
    flags::HAS_WEAKREF,
    layout_of::<Tee>,
);

/// `_tee`
pub static TEE_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: &[Method::new("__copy__", "($self, /)", |th, a| {
        Ok(copy(th, a[0].expect::<Tee>()))
    })
    .doc("Returns an independent iterator.")],
    getset: &[],
    doc: "Iterator wrapped to make it copyable.",
    sig: "(iterable, /)",
};

/// `_tee_dataobject`
pub static TEE_DATA: StaticType = StaticType::new(
    "itertools",
    "_tee_dataobject",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<TeeData>,
);

/// `_tee_dataobject`
pub static TEE_DATA_SPEC: TypeSpec = TypeSpec {
    doc: "Data container common to multiple tee objects.",
    ..TypeSpec::EMPTY
};

static ARGS: Method = Method::new("_tee", "(iterable, /)", |_, a| Ok(a[0]));

fn new(th: &Thread, _: &Object<Type>, args: Args) -> PyResult {
    let iterable = call_method_row(th, &ARGS, args)?;
    over(th, iterable)
}

fn block<'a>(th: &Thread, it: Value) -> &'a Object<TeeData> {
    th.new_object(
        &TEE_DATA,
        TeeData {
            it: Field::new(it),
            items: [const { Field::absent() }; BLOCK],
            read: AtomicUsize::new(0),
            reading: AtomicBool::new(false),
            next: FieldOf::null(),
        },
    )
}

/// An iterator over an iterable that can be copied.
fn over(th: &Thread, iterable: Value) -> PyResult {
    let it = ops::iter(th, iterable)?;
    if let Some(t) = it.downcast::<Tee>() {
        return Ok(copy(th, t));
    }
    let data = Tee {
        block: FieldOf::new(block(th, it)),
        index: AtomicUsize::new(0),
    };
    Ok(th.new_object(&TEE, data).value())
}

fn copy(th: &Thread, t: &Object<Tee>) -> Value {
    let data = Tee {
        block: FieldOf::new(t.block.expect()),
        index: AtomicUsize::new(t.index.load(Ordering::Relaxed)),
    };
    th.new_object(&TEE, data).value()
}

/// `tee(iterable, n=2)`
pub(super) fn tee(th: &Thread, a: &[Value]) -> PyResult {
    let n = match a[1].present() {
        Some(v) => ops::index_i64(th, v)?,
        None => 2,
    };
    if n < 0 {
        return Err(th.value_error("n must be >= 0"));
    }
    if n == 0 {
        return Ok(Value::empty_tuple());
    }
    let first = over(th, a[0])?;
    let mut out = ValueVec::from_slice(th, &[first])?;
    for _ in 1..n {
        out.push(th, copy(th, first.expect::<Tee>()))?;
    }
    Value::try_tuple(th, &out)
}

fn item(th: &Thread, b: &Object<TeeData>, i: usize) -> PyResult<Option<Value>> {
    if i < b.read.load(Ordering::Acquire) {
        return Ok(Some(b.items[i].get()));
    }
    if b.reading.swap(true, Ordering::Acquire) {
        return Err(th.runtime_error("cannot re-enter the tee iterator"));
    }
    // Another reader may have been done meanwhile.
    let read = b.read.load(Ordering::Acquire);
    let r = if i < read {
        Ok(Some(b.items[i].get()))
    } else {
        ops::next(th, b.it.get())
    };
    if let Ok(Some(x)) = r
        && i >= read
    {
        b.items[i].set(&b.header, x);
        b.read.store(i + 1, Ordering::Release);
    }
    b.reading.store(false, Ordering::Release);
    r
}

fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let t = v.expect::<Tee>();
    let mut b = t.block.expect();
    let mut i = t.index.load(Ordering::Relaxed);
    if i >= BLOCK {
        if b.next.get().is_none() {
            let fresh = block(th, b.it.get());
            b.next.set_if_null(&b.header, fresh);
        }
        b = b.next.expect();
        i = 0;
        t.index.store(0, Ordering::Relaxed);
        t.block.set(&t.header, Some(b));
    }
    // Between the two stores another thread may have seen an index of the other block: the item may not be there yet.
    let i = i.min(b.read.load(Ordering::Acquire));
    let r = item(th, b, i)?;
    if r.is_some() {
        t.index.store(i + 1, Ordering::Relaxed);
    }
    Ok(r)
}
