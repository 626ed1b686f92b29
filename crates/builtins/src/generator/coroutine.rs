//! `coroutine` and `coroutine_wrapper`.

use super::shared::*;
use taipan_object::frame::{GenState, Resume, Step};
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, layout_of};
use taipan_object::{PyResult, Thread, Value, call, payload};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(|th, v| repr(th, v, "coroutine"));
        s.await_ = Some(|th, v| {
            let data = Wrapper {
                coroutine: Field::new(v),
            };
            Ok(th.new_object(&WRAPPER, data).value())
        });
        s.del = Some(finalize);
    },
    methods: &[
        Method::new("send", "($self, value, /)", send)
            .doc("send(arg) -> send 'arg' into coroutine,\nreturn next yielded value or raise StopIteration."),
        Method::new("throw", THROW_SIG, throw).doc(
            "throw(value)\nthrow(type[,value[,traceback]])\n\nRaise exception in coroutine, return next yielded value or raise\nStopIteration.\nthe (type, val, tb) signature is deprecated, \nand may be removed in a future version of Python.",
        ),
        Method::new("close", "($self, /)", |th, a| close(th, a[0], "coroutine"))
            .doc("close() -> raise GeneratorExit inside coroutine."),
        Method::new("__del__", "($self, /)", |th, a| finalize(th, a[0]).map(|()| Value::NONE)),
        Method::new("__class_getitem__", "($cls, object, /)", crate::generic::class_getitem)
            .class()
            .doc("See PEP 585"),
        SIZEOF,
    ],
    getset: &[
        GetSet::rw("__name__", |_, v| Ok(this(v).name.get()), set_name).doc("name of the coroutine"),
        GetSet::rw("__qualname__", |_, v| Ok(this(v).qualname.get()), set_qualname)
            .doc("qualified name of the coroutine"),
        GetSet::new("cr_await", |_, v| Ok(waits_for(v))).doc("object being awaited on, or None"),
        GetSet::new("cr_running", |_, v| Ok(is_running(v))),
        GetSet::new("cr_suspended", |_, v| Ok(is_suspended(v))),
        GetSet::new("cr_frame", frame_object),
        GetSet::new("cr_code", |_, v| Ok(code(v))),
        GetSet::new("cr_origin", |_, v| Ok(this(v).origin.get().or(Value::NONE))),
    ],
    doc: "",
    sig: "",
};

/// A coroutine that was never awaited is warned of; one that waits is closed.
fn finalize(th: &Thread, v: Value) -> PyResult<()> {
    if this(v).state() == GenState::Created {
        close_unstarted(this(v));
        let warned = crate::import_module(th, "warnings")
            .and_then(|w| call::call_method(th, w, "_warn_unawaited_coroutine", &[v]));
        if let Err(e) = warned {
            let shown = taipan_object::names::text(taipan_object::ops::repr(th, v)?);
            let what = format!("Exception ignored while finalizing coroutine {shown}");
            th.unraisable(e, Some(&what), Value::ABSENT);
        }
        return Ok(());
    }
    close(th, v, "coroutine").map(|_| ())
}

/// The payload of `coroutine_wrapper`: the iterator that `coroutine.__await__()` gives.
pub struct Wrapper {
    coroutine: Field,
}

payload!(Wrapper, "coroutine_wrapper", |this, m| this
    .coroutine
    .trace(m));

/// `coroutine_wrapper`
pub static WRAPPER: StaticType = StaticType::new(
    "builtins",
    "coroutine_wrapper",
    Some(&OBJECT),
    0,
    layout_of::<Wrapper>,
);

fn wrapped(v: Value) -> Value {
    v.expect::<Wrapper>().coroutine.get()
}

pub(super) static WRAPPER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| match resume(th, wrapped(v), Resume::Send(Value::NONE))? {
            Step::Yield(x) => Ok(x),
            Step::Return(Value::NONE) => Ok(Value::ABSENT),
            Step::Return(x) => Err(stop(th, x)),
        });
    },
    methods: &[
        Method::new("send", "($self, value, /)", |th, a| send(th, &[wrapped(a[0]), a[1]]))
            .doc("send(arg) -> send 'arg' into coroutine,\nreturn next yielded value or raise StopIteration."),
        Method::new("throw", THROW_SIG, |th, a| throw(th, &[wrapped(a[0]), a[1], a[2], a[3]]))
            .doc("Raise exception in coroutine, return next yielded value or raise StopIteration."),
        Method::new("close", "($self, /)", |th, a| close(th, wrapped(a[0]), "coroutine"))
            .doc("close() -> raise GeneratorExit inside coroutine."),
    ],
    getset: &[],
    doc: "A wrapper object implementing __await__ for coroutines.",
    sig: "",
};
