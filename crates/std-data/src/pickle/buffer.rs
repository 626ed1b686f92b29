//! `PickleBuffer`: a buffer that protocol 5 may pass beside the pickle.

use taipan_object::call::{Args, call_method_row};
use taipan_object::exception::BUFFER_ERROR;
use taipan_object::heap::Field;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, Type, flags, layout_of};
use taipan_object::view::View;
use taipan_object::{Object, PyResult, Thread, Value, buffer, call, payload};
use taipan_strings::memoryview;

/// The payload of `PickleBuffer`.
#[repr(C)]
pub(super) struct PickleBuffer {
    object: Field,
    /// A view of the object, which pins its memory; None once released.
    view: Field,
}

payload!(PickleBuffer, "PickleBuffer", |this, m| {
    this.object.trace(m);
    this.view.trace(m);
});

/// `PickleBuffer`
pub(super) static PICKLE_BUFFER: StaticType = StaticType::new(
    "pickle",
    "PickleBuffer",
    Some(&OBJECT),
    flags::BASE | flags::HAS_WEAKREF,
    layout_of::<PickleBuffer>,
);

pub(super) static PICKLE_BUFFER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.buffer = Some(|th, v, writable| buffer::get(th, object(th, v)?, writable));
    },
    methods: &[
        Method::new("raw", "($self, /)", |th, a| raw(th, a[0])).doc("Return a memoryview of the raw memory underlying this buffer.\n\nWill raise BufferError is the buffer isn't contiguous."),
        Method::new("release", "($self, /)", |th, a| {
            let p = a[0].expect::<PickleBuffer>();
            let old = p.view.swap(&p.header, Value::NONE);
            if !old.is_none() {
                call::call_method(th, old, "release", &[])?;
            }
            Ok(Value::NONE)
        })
        .atomic(Atomic::LockFree)
        .doc("Release the underlying buffer controlled by the PickleBuffer object."),
    ],
    getset: &[],
    doc: "Wrapper for potentially out-of-band buffers",
    sig: "",
};

static NEW_ROW: Method = Method::new("PickleBuffer", "(object, /)", |_, a| Ok(a[0]));

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let object = call_method_row(th, &NEW_ROW, args)?;
    let data = PickleBuffer {
        object: Field::new(object),
        view: Field::new(memoryview::of_object(th, object)?),
    };
    Ok(th.new_instance(cls, data).value())
}

/// The object, unless it was released.
fn object(th: &Thread, v: Value) -> PyResult {
    let p = v.expect::<PickleBuffer>();
    if p.view.get().is_none() {
        return Err(th.value_error("operation forbidden on released PickleBuffer object"));
    }
    Ok(p.object.get())
}

/// A view of the memory as plain bytes.
fn raw(th: &Thread, v: Value) -> PyResult {
    let mut b = buffer::get(th, object(th, v)?, false)?;
    let layout = View::of(&b);
    if !layout.is_c_contiguous() && !layout.is_f_contiguous() {
        return Err(th.raise(
            &BUFFER_ERROR,
            "cannot extract raw buffer from non-contiguous buffer",
        ));
    }
    b.format = "B";
    b.itemsize = 1;
    b.shape = vec![b.len as isize];
    b.strides = vec![1];
    memoryview::of_buffer(th, b)
}

/// The bytes of a buffer object, and whether they are read-only; nothing if they are not contiguous.
pub(super) fn contents(th: &Thread, v: Value) -> PyResult<Option<(Vec<u8>, bool)>> {
    let b = buffer::get(th, object(th, v)?, false)?;
    let layout = View::of(&b);
    if layout.is_c_contiguous() || layout.is_f_contiguous() {
        let mut out = Vec::new();
        if out.try_reserve_exact(b.len).is_err() {
            return Err(th.memory_error());
        }
        out.extend_from_slice(b.as_slice());
        return Ok(Some((out, b.readonly)));
    }
    Ok(None)
}
