//! `iterator`: the iterator of objects that only have `__getitem__`. Its cell is `taipan_object::iter`.

use crate::pickle::reduce_iter;
use std::sync::atomic::Ordering;
use taipan_object::iter::{SeqIter, seq_iter_next};
use taipan_object::native::{Method, TypeSpec};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, ops};

/// `iterator`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(seq_iter_next(th, v)));
    },
    methods: &[
        Method::new("__length_hint__", "($self, /)", length_hint)
            .doc("Private method returning an estimate of len(list(it))."),
        Method::new("__reduce__", "($self, /)", reduce)
            .doc("Return state information for pickling."),
        Method::new("__setstate__", "($self, state, /)", set_state)
            .doc("Set state information for unpickling."),
    ],
    ..TypeSpec::EMPTY
};

fn length_hint(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<SeqIter>();
    let seq = it.seq.get();
    if seq.is_absent() {
        return Ok(Value::small_int(0));
    }
    if class_of(seq).slots().len.is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let n = ops::len(th, seq)?;
    let at = it.index.load(Ordering::Relaxed).max(0) as usize;
    Ok(Value::usize(th, n.saturating_sub(at)))
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<SeqIter>();
    reduce_iter(
        th,
        || Ok(Value::empty_tuple()),
        || {
            let seq = it.seq.get().present()?;
            Some((seq, it.index.load(Ordering::Relaxed).max(0) as usize))
        },
    )
}

fn set_state(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<SeqIter>();
    let i = ops::index_i64(th, a[1])?;
    if !it.seq.get().is_absent() {
        it.index.store(i.max(0), Ordering::Relaxed);
    }
    Ok(Value::NONE)
}
