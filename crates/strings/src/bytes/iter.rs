//! The iterator of `bytes`.

use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_object::frame;
use taipan_object::heap::Field;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, ops, payload};

/// The payload of `bytes_iterator`. Two threads at once may get the same byte.
#[repr(C)]
pub struct BytesIter {
    /// The bytes; absent at the end.
    source: Field,
    index: AtomicUsize,
}

payload!(BytesIter, "bytes_iterator", |this, m| this.source.trace(m));

/// `bytes_iterator`
pub static BYTES_ITERATOR: StaticType = StaticType::new(
    "builtins",
    "bytes_iterator",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<BytesIter>,
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
    let it = BytesIter {
        source: Field::new(v),
        index: AtomicUsize::new(0),
    };
    Ok(th.new_object(&BYTES_ITERATOR, it).value())
}

#[inline]
fn next(_: &Thread, v: Value) -> PyResult<Option<Value>> {
    let it = v.expect::<BytesIter>();
    let Some(b) = it.source.get().as_bytes() else {
        return Ok(None);
    };
    let i = it.index.load(Ordering::Relaxed);
    match b.get(i) {
        Some(b) => {
            it.index.store(i + 1, Ordering::Relaxed);
            Ok(Some(Value::small_int(*b as i64)))
        }
        None => {
            it.source.set(&it.header, Value::ABSENT);
            Ok(None)
        }
    }
}

fn length_hint(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<BytesIter>();
    let n = it.source.get().as_bytes().map_or(0, <[u8]>::len);
    Ok(Value::usize(
        th,
        n.saturating_sub(it.index.load(Ordering::Relaxed)),
    ))
}

/// `(iter, (source, index))`, or `(iter, (empty,))` for a source that is used up.
/// The state is asked for last: finding `iter` may run code that goes on with the iterator.
pub(crate) fn reduced(th: &Thread, source: &Field, index: &AtomicUsize) -> PyResult {
    let f = frame::builtin(th, "iter")?;
    match source.get().present() {
        Some(s) => {
            let args = Value::tuple(th, &[s]);
            let at = Value::usize(th, index.load(Ordering::Relaxed));
            Ok(Value::tuple(th, &[f, args, at]))
        }
        None => {
            let args = Value::tuple(th, &[Value::empty_tuple()]);
            Ok(Value::tuple(th, &[f, args]))
        }
    }
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<BytesIter>();
    reduced(th, &it.source, &it.index)
}

fn setstate(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<BytesIter>();
    let i = ops::index_i64(th, a[1])?;
    if let Some(b) = it.source.get().as_bytes() {
        it.index
            .store((i.max(0) as usize).min(b.len()), Ordering::Relaxed);
    }
    Ok(Value::NONE)
}
