//! Memory that two interpreters see: a `memoryview` arrives as one of a `CrossInterpreterBufferView`, which reads and
//! writes what the sender's view does.

use super::packed::{How, Packed, pack};
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_object::buffer::{self, Buffer};
use taipan_object::heap::Field;
use taipan_object::native::TypeSpec;
use taipan_object::types::{OBJECT, StaticType, flags, is_exactly, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, payload};
use taipan_strings::memoryview::{self, MEMORYVIEW, MemoryView};

/// The payload of `CrossInterpreterBufferView`.
#[repr(C)]
pub struct BufferView {
    /// A view of its own, which nobody else has.
    view: Field,
    /// Buffers that were made of it and are not released.
    exports: AtomicUsize,
}

payload!(BufferView, "CrossInterpreterBufferView", |this, m| this
    .view
    .trace(m));

/// `_interpreters.CrossInterpreterBufferView`
pub static BUFFER_VIEW: StaticType = StaticType::new(
    "_interpreters",
    "CrossInterpreterBufferView",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<BufferView>,
);

/// What `CrossInterpreterBufferView` is.
pub static BUFFER_VIEW_SPEC: TypeSpec = TypeSpec {
    slots: |s| s.buffer = Some(export),
    ..TypeSpec::EMPTY
};

pub(super) fn init(th: &Thread) -> PyResult<()> {
    BUFFER_VIEW.define(th, &BUFFER_VIEW_SPEC).map(|_| ())
}

/// Whether a value is a `memoryview`.
pub(super) fn is_view(v: Value) -> bool {
    is_exactly(v, &MEMORYVIEW)
}

/// Packs a view of the same memory.
///
/// # Errors
/// `ValueError` for a view that was released.
pub(super) fn capture(th: &Thread, v: Value) -> PyResult {
    let own = memoryview::of_object(th, v)?;
    Ok(pack(th, &VIEW, own, 0))
}

static VIEW: How = How {
    restore,
    release: Some(|th, p| end(th, p.value.get())),
};

/// Releases a view that only this module knows.
fn end(th: &Thread, view: Value) {
    // It has no exports: they were counted.
    let _ = memoryview::release(th, view.expect::<MemoryView>());
}

fn restore(th: &Thread, p: &Object<Packed>) -> PyResult {
    let own = memoryview::of_object(th, p.value.get())?;
    let data = BufferView {
        view: Field::new(own),
        exports: AtomicUsize::new(0),
    };
    let owner = th.new_object(&BUFFER_VIEW, data).value();
    memoryview::of_object(th, owner)
}

/// Exports the memory as this object's own. The sender's memory is let go with the last export, not only when the
/// collector finds this object.
fn export(th: &Thread, v: Value, writable: bool) -> PyResult<Buffer> {
    let me = v.expect::<BufferView>();
    let mut b = buffer::get(th, me.view.get(), writable)?;
    // The inner view stays as long as this object, so its own count of exports is not needed.
    me.exports.fetch_add(1, Ordering::AcqRel);
    if let Some(f) = b.on_release.take() {
        f(b.owner);
    }
    b.owner = v;
    b.on_release = Some(|v| {
        let me = v.expect::<BufferView>();
        if me.exports.fetch_sub(1, Ordering::AcqRel) == 1 {
            end(Thread::current(), me.view.get());
        }
    });
    Ok(b)
}
