//! The iterator of `memoryview`.

use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_object::exception::NOT_IMPLEMENTED_ERROR;
use taipan_object::heap::Field;
use taipan_object::native::TypeSpec;
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, payload};

use super::{MemoryView, check, methods};

/// The payload of `memory_iterator`. Two threads at once may get the same item.
#[repr(C)]
pub struct MemoryIter {
    /// The view; absent at the end.
    source: Field,
    index: AtomicUsize,
}

payload!(MemoryIter, "memory_iterator", |this, m| this
    .source
    .trace(m));

/// `memory_iterator`
pub static MEMORY_ITERATOR: StaticType = StaticType::new(
    "builtins",
    "memory_iterator",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<MemoryIter>,
);

/// What it is.
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: &[],
    getset: &[],
    doc: "",
    sig: "",
};

/// `iter(m)`
pub(super) fn iter(th: &Thread, v: Value) -> PyResult {
    let m = v.expect::<MemoryView>();
    check(th, m)?;
    match m.view.shape.len() {
        0 => return Err(th.type_error("invalid indexing of 0-dim memory")),
        1 => {}
        _ => {
            return Err(th.raise(
                &NOT_IMPLEMENTED_ERROR,
                "multi-dimensional sub-views are not implemented",
            ));
        }
    }
    methods::native(th, &m.view)?;
    let it = MemoryIter {
        source: Field::new(v),
        index: AtomicUsize::new(0),
    };
    Ok(th.new_object(&MEMORY_ITERATOR, it).value())
}

fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let it = v.expect::<MemoryIter>();
    let Some(m) = it.source.get().downcast::<MemoryView>() else {
        return Ok(None);
    };
    let i = it.index.load(Ordering::Relaxed);
    if (i as isize) < m.view.shape[0] {
        let v = methods::item_at(th, m, i)?;
        it.index.store(i + 1, Ordering::Relaxed);
        return Ok(Some(v));
    }
    it.source.set(&it.header, Value::ABSENT);
    Ok(None)
}
