//! `_deque_iterator` and `_deque_reverse_iterator`.

use super::{Deque, ring::Ring};
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_object::call::{Args, call_method_row};
use taipan_object::heap::FieldOf;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::payload;
use taipan_object::types::{OBJECT, StaticType, class_of, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ops};

/// The payload of both.
#[repr(C)]
pub struct DequeIter {
    deque: FieldOf<Deque>,
    /// How many items were given.
    given: AtomicUsize,
    /// How many are to come.
    left: AtomicUsize,
    changes: AtomicUsize,
}

payload!(DequeIter, "deque iterator", |this, m| this.deque.trace(m));

/// `_deque_iterator`
pub static DEQUE_ITER: StaticType = StaticType::new(
    "collections",
    "_deque_iterator",
    Some(&OBJECT),
    0,
    layout_of::<DequeIter>,
);

/// `_deque_reverse_iterator`
pub static DEQUE_REVERSE_ITER: StaticType = StaticType::new(
    "collections",
    "_deque_reverse_iterator",
    Some(&OBJECT),
    0,
    layout_of::<DequeIter>,
);

const METHODS: &[Method] = &[
    Method::new("__length_hint__", "($self, /)", |th, a| {
        let n = a[0].expect::<DequeIter>().left.load(Ordering::Relaxed);
        Ok(Value::usize(th, n))
    })
    .atomic(Atomic::LockFree)
    .doc("Private method returning an estimate of len(list(it))."),
    Method::new("__reduce__", "($self, /)", |th, a| {
        let it = a[0].expect::<DequeIter>();
        let d = it.deque.expect();
        let given = d.len().saturating_sub(it.left.load(Ordering::Relaxed));
        let args = Value::tuple(th, &[d.value(), Value::usize(th, given)]);
        Ok(Value::tuple(th, &[class_of(a[0]).value(), args]))
    })
    .doc("Return state information for pickling."),
];

/// `_deque_iterator`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, _, args| new(th, &DEQUE_ITER, args));
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(step(th, v, false)));
    },
    methods: METHODS,
    ..TypeSpec::EMPTY
};

/// `_deque_reverse_iterator`
pub static REVERSE_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, _, args| new(th, &DEQUE_REVERSE_ITER, args));
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(step(th, v, true)));
    },
    methods: METHODS,
    ..TypeSpec::EMPTY
};

static ARGS: Method = Method::new("_deque_iterator", "(deque, index=0, /)", Value::try_tuple);

fn new(th: &Thread, ty: &StaticType, args: Args) -> PyResult {
    let a = call_method_row(th, &ARGS, args)?;
    let a = a.as_tuple().unwrap_or(&[]);
    let Some(d) = a[0].downcast::<Deque>() else {
        return Err(th.type_error(format!(
            "{}() argument 1 must be collections.deque, not {}",
            ty.name,
            class_of(a[0]).tp_name()
        )));
    };
    let skip = match a[1].present() {
        Some(v) => ops::index_i64(th, v)?.max(0) as usize,
        None => 0,
    };
    let it = make(th, ty, d).expect::<DequeIter>();
    let n = d.len();
    it.given.store(skip.min(n), Ordering::Relaxed);
    it.left.store(n.saturating_sub(skip), Ordering::Relaxed);
    Ok(it.value())
}

fn make(th: &Thread, ty: &StaticType, d: &Object<Deque>) -> Value {
    let (n, changes) = d.locked(|l| (l.len(), d.changes()));
    let data = DequeIter {
        deque: FieldOf::new(d),
        given: AtomicUsize::new(0),
        left: AtomicUsize::new(n),
        changes: AtomicUsize::new(changes),
    };
    th.new_object(ty, data).value()
}

/// `iter(d)`
pub(super) fn iter(th: &Thread, v: Value) -> PyResult {
    Ok(make(th, &DEQUE_ITER, v.expect::<Deque>()))
}

/// `d.__reversed__()`
pub(super) fn reversed(th: &Thread, a: &[Value]) -> PyResult {
    Ok(make(th, &DEQUE_REVERSE_ITER, a[0].expect::<Deque>()))
}

fn step(th: &Thread, v: Value, reverse: bool) -> PyResult<Option<Value>> {
    let it = v.expect::<DequeIter>();
    let d = it.deque.expect();
    let (left, given) = (
        it.left.load(Ordering::Relaxed),
        it.given.load(Ordering::Relaxed),
    );
    let x = d.locked(|l| {
        if d.changes() != it.changes.load(Ordering::Relaxed) {
            return Err(());
        }
        if left == 0 || given >= l.len() {
            return Ok(None);
        }
        Ok(Some(l.get(if reverse {
            l.len() - 1 - given
        } else {
            given
        })))
    });
    let Ok(x) = x else {
        it.left.store(0, Ordering::Relaxed);
        return Err(th.runtime_error("deque mutated during iteration"));
    };
    let Some(x) = x else {
        return Ok(None);
    };
    it.given.store(given + 1, Ordering::Relaxed);
    it.left.store(left - 1, Ordering::Relaxed);
    Ok(Some(x))
}
