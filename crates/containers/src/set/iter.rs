//! `set_iterator`.

use crate::pickle::reduce_items;
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_object::dict::Set;
use taipan_object::heap::{FieldOf, ValueVec};
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::payload;
use taipan_object::seq::List;
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{Object, PyResult, Thread, Value};

/// The payload of `set_iterator`.
#[repr(C)]
pub struct SetIter {
    set: FieldOf<Set>,
    pos: AtomicUsize,
    /// The size at the beginning; `usize::MAX` after a failure, which then repeats.
    size: AtomicUsize,
    left: AtomicUsize,
}

payload!(SetIter, "set iterator", |this, m| this.set.trace(m));

/// `set_iterator`
pub static SET_ITER: StaticType = StaticType::new(
    "builtins",
    "set_iterator",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<SetIter>,
);

/// `set_iterator`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(step(th, v.expect::<SetIter>())));
    },
    methods: &[
        Method::new("__length_hint__", "($self, /)", length_hint)
            .atomic(Atomic::LockFree)
            .doc("Private method returning an estimate of len(list(it))."),
        Method::new("__reduce__", "($self, /)", reduce)
            .doc("Return state information for pickling."),
    ],
    ..TypeSpec::EMPTY
};

/// `iter(s)`
pub fn iter(th: &Thread, v: Value) -> PyResult {
    let s = v.expect::<Set>();
    let n = s.map.len();
    Ok(th
        .new_object(
            &SET_ITER,
            SetIter {
                set: FieldOf::new(s),
                pos: AtomicUsize::new(0),
                size: AtomicUsize::new(n),
                left: AtomicUsize::new(n),
            },
        )
        .value())
}

/// The next element: what the interpreter's loop calls directly.
#[inline(always)]
pub fn step(th: &Thread, it: &Object<SetIter>) -> PyResult<Option<Value>> {
    let Some(s) = it.set.get() else {
        return Ok(None);
    };
    if s.map.len() != it.size.load(Ordering::Relaxed) {
        it.size.store(usize::MAX, Ordering::Relaxed);
        return Err(th.runtime_error("Set changed size during iteration"));
    }
    match s.map.next_entry(it.pos.load(Ordering::Relaxed)) {
        Some((pos, k, ..)) => {
            it.pos.store(pos, Ordering::Relaxed);
            let left = it.left.load(Ordering::Relaxed);
            it.left.store(left.saturating_sub(1), Ordering::Relaxed);
            Ok(Some(k))
        }
        None => {
            it.set.clear_unbarriered();
            Ok(None)
        }
    }
}

fn length_hint(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<SetIter>();
    let same = it
        .set
        .get()
        .is_some_and(|s| s.map.len() == it.size.load(Ordering::Relaxed));
    let left = it.left.load(Ordering::Relaxed);
    Ok(Value::usize(th, if same { left } else { 0 }))
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<SetIter>();
    let mut out = ValueVec::new();
    if let Some(s) = it.set.get() {
        let mut pos = it.pos.load(Ordering::Relaxed);
        while let Some((next, k, ..)) = s.map.next_entry(pos) {
            pos = next;
            out.push(th, k)?;
        }
    }
    reduce_items(th, List::from_vec(th, out))
}
