//! The iterator of arrays.

use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_object::heap::Field;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, ops, payload};

use super::Array;

/// The payload of `arrayiterator`. Two threads at once may get the same item.
#[repr(C)]
struct ArrayIter {
    /// The array; absent at the end.
    source: Field,
    index: AtomicUsize,
}

payload!(ArrayIter, "arrayiterator", |this, m| this.source.trace(m));

pub(crate) static ARRAY_ITERATOR: StaticType = StaticType::new(
    "array",
    "arrayiterator",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<ArrayIter>,
);

pub(crate) static ITERATOR_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: &[
        Method::new("__reduce__", "($self, /)", reduce)
            .atomic(Atomic::LockFree)
            .doc("Return state information for pickling."),
        Method::new("__setstate__", "($self, state, /)", setstate)
            .atomic(Atomic::LockFree)
            .doc("Set state information for unpickling."),
    ],
    getset: &[],
    doc: "",
    sig: "",
};

pub(super) fn iter(th: &Thread, v: Value) -> PyResult {
    let it = ArrayIter {
        source: Field::new(v),
        index: AtomicUsize::new(0),
    };
    Ok(th.new_object(&ARRAY_ITERATOR, it).value())
}

fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let it = v.expect::<ArrayIter>();
    let Some(a) = it.source.get().downcast::<Array>() else {
        return Ok(None);
    };
    let i = it.index.load(Ordering::Relaxed);
    match a.item(i) {
        Some(b) => {
            it.index.store(i + 1, Ordering::Relaxed);
            a.code.unpack(th, &b[..a.code.size()]).map(Some)
        }
        None => {
            it.source.set(&it.header, Value::ABSENT);
            Ok(None)
        }
    }
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<ArrayIter>();
    let f = taipan_object::frame::builtin(th, "iter")?;
    match it.source.get().present() {
        Some(s) => {
            let args = Value::tuple(th, &[s]);
            let i = Value::usize(th, it.index.load(Ordering::Relaxed));
            Ok(Value::tuple(th, &[f, args, i]))
        }
        None => {
            let args = Value::tuple(th, &[Value::empty_tuple()]);
            Ok(Value::tuple(th, &[f, args]))
        }
    }
}

fn setstate(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<ArrayIter>();
    let i = ops::index_i64(th, a[1])?.max(0) as usize;
    if let Some(a) = it.source.get().downcast::<Array>() {
        it.index.store(i.min(a.len()), Ordering::Relaxed);
    }
    Ok(Value::NONE)
}
