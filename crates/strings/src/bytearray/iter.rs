//! The iterator of `bytearray`.

use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_object::bytearray::ByteArray;
use taipan_object::heap::Field;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, ops, payload};

/// The payload of `bytearray_iterator`. Two threads at once may get the same byte.
#[repr(C)]
pub struct ByteArrayIter {
    /// The bytearray; absent at the end.
    source: Field,
    index: AtomicUsize,
}

payload!(ByteArrayIter, "bytearray_iterator", |this, m| this
    .source
    .trace(m));

/// `bytearray_iterator`
pub static BYTEARRAY_ITERATOR: StaticType = StaticType::new(
    "builtins",
    "bytearray_iterator",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<ByteArrayIter>,
);

/// What it is.
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: &[
        Method::new("__length_hint__", "($self, /)", length_hint)
            .atomic(Atomic::LockFree)
            .doc("Private method returning an estimate of len(list(it))."),
        Method::new("__reduce__", "($self, /)", reduce)
            .atomic(Atomic::LockFree)
            .doc("Return state information for pickling."),
        Method::new("__setstate__", "($self, object, /)", setstate)
            .atomic(Atomic::LockFree)
            .doc("Set state information for unpickling."),
    ],
    getset: &[],
    doc: "",
    sig: "",
};

/// `iter(b)`
pub fn iter(th: &Thread, v: Value) -> PyResult {
    let it = ByteArrayIter {
        source: Field::new(v),
        index: AtomicUsize::new(0),
    };
    Ok(th.new_object(&BYTEARRAY_ITERATOR, it).value())
}

#[inline]
fn next(_: &Thread, v: Value) -> PyResult<Option<Value>> {
    let it = v.expect::<ByteArrayIter>();
    let Some(o) = it.source.get().downcast::<ByteArray>() else {
        return Ok(None);
    };
    let i = it.index.load(Ordering::Relaxed);
    match o.bytes.with(|b| b.get(i).copied()) {
        Some(b) => {
            it.index.store(i + 1, Ordering::Relaxed);
            Ok(Some(Value::small_int(b as i64)))
        }
        None => {
            it.source.set(&it.header, Value::ABSENT);
            Ok(None)
        }
    }
}

fn length_hint(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<ByteArrayIter>();
    let n = match it.source.get().downcast::<ByteArray>() {
        Some(o) => o.bytes.with(|b| b.len()),
        None => 0,
    };
    Ok(Value::usize(
        th,
        n.saturating_sub(it.index.load(Ordering::Relaxed)),
    ))
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<ByteArrayIter>();
    crate::bytes::iter::reduced(th, &it.source, &it.index)
}

fn setstate(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<ByteArrayIter>();
    let i = ops::index_i64(th, a[1])?;
    it.index.store(i.max(0) as usize, Ordering::Relaxed);
    Ok(Value::NONE)
}
