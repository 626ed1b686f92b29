//! `tuple_iterator`.

use crate::pickle::reduce_iter;
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_object::heap::FieldOf;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::payload;
use taipan_object::seq::Tuple;
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ops};

/// The payload of `tuple_iterator`.
#[repr(C)]
pub struct TupleIter {
    tuple: FieldOf<Tuple>,
    index: AtomicUsize,
}

payload!(27: TupleIter, "tuple iterator", |this, m| this.tuple.trace(m));

/// `tuple_iterator`
pub static TUPLE_ITER: StaticType = StaticType::new(
    "builtins",
    "tuple_iterator",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<TupleIter>,
);

/// `tuple_iterator`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|_, v| taipan_object::ops::step(Ok(step(v.expect::<TupleIter>()))));
    },
    methods: &[
        Method::new("__length_hint__", "($self, /)", length_hint)
            .atomic(Atomic::LockFree)
            .doc("Private method returning an estimate of len(list(it))."),
        Method::new("__reduce__", "($self, /)", reduce)
            .doc("Return state information for pickling."),
        Method::new("__setstate__", "($self, state, /)", set_state)
            .doc("Set state information for unpickling."),
    ],
    ..TypeSpec::EMPTY
};

/// `iter(t)`
pub fn iter(th: &Thread, v: Value) -> PyResult {
    let data = TupleIter {
        tuple: FieldOf::new(v.expect::<Tuple>()),
        index: AtomicUsize::new(0),
    };
    Ok(th.new_object(&TUPLE_ITER, data).value())
}

/// The next item: what the interpreter's loop calls directly.
#[inline(always)]
pub fn step(it: &Object<TupleIter>) -> Option<Value> {
    let items = it.tuple.get()?.items();
    let i = it.index.load(Ordering::Relaxed);
    match items.get(i) {
        Some(v) => {
            it.index.store(i + 1, Ordering::Relaxed);
            Some(*v)
        }
        None => {
            it.tuple.clear_unbarriered();
            None
        }
    }
}

fn length_hint(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<TupleIter>();
    let n = it.tuple.get().map_or(0, |t| t.items().len());
    let i = it.index.load(Ordering::Relaxed);
    Ok(Value::usize(th, n.saturating_sub(i)))
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<TupleIter>();
    reduce_iter(
        th,
        || Ok(Value::empty_tuple()),
        || Some((it.tuple.get()?.value(), it.index.load(Ordering::Relaxed))),
    )
}

fn set_state(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<TupleIter>();
    let i = ops::index_i64(th, a[1])?.max(0) as usize;
    if let Some(t) = it.tuple.get() {
        it.index.store(i.min(t.items().len()), Ordering::Relaxed);
    }
    Ok(Value::NONE)
}
