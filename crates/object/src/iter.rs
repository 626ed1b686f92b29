//! Iterators that `iter()` itself makes: of objects that only have `__getitem__`, and of a callable and a sentinel.
//! What they can do is in `containers`.

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

/// The payload of `callable_iterator`.
#[repr(C)]
pub struct CallableIter {
    /// What is called; absent at the end.
    pub callable: Field,
    /// The value that ends the iteration.
    pub sentinel: Field,
}

payload!(CallableIter, "callable iterator", |this, m| {
    this.callable.trace(m);
    this.sentinel.trace(m);
});

/// `callable_iterator`
pub static CALLABLE_ITER: StaticType = StaticType::new(
    "builtins",
    "callable_iterator",
    Some(&OBJECT),
    crate::types::flags::NO_NEW,
    layout_of::<CallableIter>,
);

impl CallableIter {
    /// `iter(callable, sentinel)`
    ///
    /// # Errors
    /// `TypeError` if the first argument can't be called.
    pub fn new(th: &Thread, callable: Value, sentinel: Value) -> PyResult {
        if !crate::ops::is_callable(callable) {
            return Err(th.type_error("iter(v, w): v must be callable"));
        }
        let data = CallableIter {
            callable: Field::new(callable),
            sentinel: Field::new(sentinel),
        };
        Ok(th.new_object(&CALLABLE_ITER, data).value())
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
