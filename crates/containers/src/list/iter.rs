//! `list_iterator` and `list_reverseiterator`. Neither takes a lock: two threads may get the same item.

use crate::pickle::reduce_iter;
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_object::heap::FieldOf;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::payload;
use taipan_object::seq::List;
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ops};

/// The list and the next index (plus one for the reverse iterator, so that 0 is the end).
#[repr(C)]
pub struct ListIter {
    list: FieldOf<List>,
    index: AtomicUsize,
}

payload!(26: ListIter, "list iterator", |this, m| this.list.trace(m));

/// The payload of the reverse iterator: another, so that a cell's kind tells the two apart.
#[repr(transparent)]
pub struct ListReverseIter(ListIter);

payload!(ListReverseIter, "list reverse iterator", |this, m| this
    .0
    .list
    .trace(m));

/// `list_iterator`
pub static LIST_ITER: StaticType = StaticType::new(
    "builtins",
    "list_iterator",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<ListIter>,
);

/// `list_reverseiterator`
pub static LIST_REVERSE_ITER: StaticType = StaticType::new(
    "builtins",
    "list_reverseiterator",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<ListReverseIter>,
);

/// `list_iterator`
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
            .doc("Return state information for pickling."),
        Method::new("__setstate__", "($self, state, /)", set_state)
            .doc("Set state information for unpickling."),
    ],
    ..TypeSpec::EMPTY
};

/// `list_reverseiterator`
pub static REVERSE_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(reverse_next(th, v)));
    },
    methods: &[
        Method::new("__length_hint__", "($self, /)", reverse_hint)
            .atomic(Atomic::LockFree)
            .doc("Private method returning an estimate of len(list(it))."),
        Method::new("__reduce__", "($self, /)", reverse_reduce)
            .doc("Return state information for pickling."),
        Method::new("__setstate__", "($self, state, /)", reverse_set_state)
            .doc("Set state information for unpickling."),
    ],
    ..TypeSpec::EMPTY
};

/// `iter(L)`
pub fn iter(th: &Thread, v: Value) -> PyResult {
    Ok(th
        .new_object(
            &LIST_ITER,
            ListIter {
                list: FieldOf::new(v.expect::<List>()),
                index: AtomicUsize::new(0),
            },
        )
        .value())
}

/// `L.__reversed__()`
pub(super) fn reversed(th: &Thread, a: &[Value]) -> PyResult {
    let list = a[0].expect::<List>();
    Ok(th
        .new_object(
            &LIST_REVERSE_ITER,
            ListReverseIter(ListIter {
                list: FieldOf::new(list),
                index: AtomicUsize::new(list.len()),
            }),
        )
        .value())
}

/// The next item of a `list_iterator`: what the interpreter's loop calls directly.
#[inline(always)]
pub fn step(it: &Object<ListIter>) -> Option<Value> {
    let list = it.list.get()?;
    let i = it.index.load(Ordering::Relaxed);
    match list.get(i) {
        Some(v) => {
            it.index.store(i + 1, Ordering::Relaxed);
            Some(v)
        }
        None => {
            it.list.clear_unbarriered();
            None
        }
    }
}

/// `next(it)`
#[inline]
pub fn next(_: &Thread, v: Value) -> PyResult<Option<Value>> {
    Ok(step(v.expect::<ListIter>()))
}

fn reverse_next(_: &Thread, v: Value) -> PyResult<Option<Value>> {
    let it = &v.expect::<ListReverseIter>().0;
    let Some(list) = it.list.get() else {
        return Ok(None);
    };
    let i = it.index.load(Ordering::Relaxed);
    if i > 0
        && let Some(v) = list.get(i - 1)
    {
        it.index.store(i - 1, Ordering::Relaxed);
        return Ok(Some(v));
    }
    it.list.clear_unbarriered();
    Ok(None)
}

fn length_hint(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<ListIter>();
    let n = it.list.get().map_or(0, |l| l.len());
    Ok(Value::usize(
        th,
        n.saturating_sub(it.index.load(Ordering::Relaxed)),
    ))
}

fn reverse_hint(th: &Thread, a: &[Value]) -> PyResult {
    let it = &a[0].expect::<ListReverseIter>().0;
    let i = it.index.load(Ordering::Relaxed);
    let n = it.list.get().map_or(0, |l| l.len());
    Ok(Value::usize(th, if n < i { 0 } else { i }))
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<ListIter>();
    reduce_iter(
        th,
        || Value::list(th, &[]),
        || Some((it.list.get()?.value(), it.index.load(Ordering::Relaxed))),
    )
}

fn reverse_reduce(th: &Thread, a: &[Value]) -> PyResult {
    let it = &a[0].expect::<ListReverseIter>().0;
    let f = taipan_object::frame::builtin(th, "reversed")?;
    let Some(list) = it.list.get() else {
        let args = Value::tuple(th, &[Value::list(th, &[])?]);
        return Ok(Value::tuple(th, &[f, args]));
    };
    let args = Value::tuple(th, &[list.value()]);
    let at = it.index.load(Ordering::Relaxed) as i64 - 1;
    Ok(Value::tuple(th, &[f, args, Value::int(th, at)]))
}

fn set_state(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<ListIter>();
    let i = ops::index_i64(th, a[1])?.max(0) as usize;
    if let Some(list) = it.list.get() {
        it.index.store(i.min(list.len()), Ordering::Relaxed);
    }
    Ok(Value::NONE)
}

fn reverse_set_state(th: &Thread, a: &[Value]) -> PyResult {
    let it = &a[0].expect::<ListReverseIter>().0;
    let i = ops::index_i64(th, a[1])?.max(-1).saturating_add(1) as usize;
    if let Some(list) = it.list.get() {
        it.index.store(i.min(list.len()), Ordering::Relaxed);
    }
    Ok(Value::NONE)
}
