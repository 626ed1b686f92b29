//! The iterator of objects that only have `__getitem__`.

use crate::error::PyResult;
use crate::exception as exc;
use crate::heap::Field;
use crate::payload;
use crate::thread::Thread;
use crate::types::{OBJECT, StaticType, layout_of};
use crate::value::Value;
use std::sync::atomic::{AtomicI64, Ordering};

/// The payload of `iterator`.
#[repr(C)]
pub struct SeqIter {
    /// The sequence; absent at the end.
    pub seq: Field,
    /// The next index.
    pub index: AtomicI64,
}

payload!(SeqIter, "iterator", |this, m| this.seq.trace(m));

/// `iterator`
pub static SEQ_ITER: StaticType = StaticType::new(
    "builtins",
    "iterator",
    Some(&OBJECT),
    0,
    layout_of::<SeqIter>,
);

impl SeqIter {
    /// `iter(seq)` by indices.
    pub fn new(th: &Thread, seq: Value) -> PyResult {
        SEQ_ITER.ensure(th)?;
        Ok(th
            .new_object(
                &SEQ_ITER,
                SeqIter {
                    seq: Field::new(seq),
                    index: AtomicI64::new(0),
                },
            )
            .value())
    }
}

/// The type's `__next__`.
pub fn seq_iter_next(th: &Thread, it: Value) -> PyResult<Option<Value>> {
    let o = it.expect::<SeqIter>();
    let seq = o.seq.get();
    if seq.is_absent() {
        return Ok(None);
    }
    let i = o.index.load(Ordering::Relaxed);
    if i == i64::MAX {
        return Err(th.overflow_error("iter index too large"));
    }
    match crate::ops::get_item(th, seq, Value::int(th, i)) {
        Ok(v) => {
            o.index.store(i + 1, Ordering::Relaxed);
            Ok(Some(v))
        }
        Err(e) if e.is(&exc::INDEX_ERROR) || e.is(&exc::STOP_ITERATION) => {
            o.seq.set(&o.header, Value::ABSENT);
            Ok(None)
        }
        Err(e) => Err(e),
    }
}
