//! `generator`.

use super::shared::*;
use taipan_object::frame::{Resume, Step};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::{PyResult, Thread, Value};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(|th, v| repr(th, v, "generator"));
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
        s.del = Some(|th, v| close(th, v, "generator").map(|_| ()));
    },
    methods: &[
        Method::new("send", "($self, value, /)", send)
            .doc("send(value) -> send 'value' into generator,\nreturn next yielded value or raise StopIteration."),
        Method::new("throw", THROW_SIG, throw).doc(
            "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next yielded value or raise\nStopIteration.\nthe (type, val, tb) signature is deprecated, \nand may be removed in a future version of Python.",
        ),
        Method::new("close", "($self, /)", |th, a| close(th, a[0], "generator"))
            .doc("close() -> raise GeneratorExit inside generator."),
        Method::new("__del__", "($self, /)", |th, a| close(th, a[0], "generator").map(|_| Value::NONE)),
        Method::new("__class_getitem__", "($cls, object, /)", crate::generic::class_getitem)
            .class()
            .doc("See PEP 585"),
        SIZEOF,
    ],
    getset: &[
        GetSet::rw("__name__", |_, v| Ok(this(v).name.get()), set_name).doc("name of the generator"),
        GetSet::rw("__qualname__", |_, v| Ok(this(v).qualname.get()), set_qualname)
            .doc("qualified name of the generator"),
        GetSet::new("gi_yieldfrom", |_, v| Ok(waits_for(v)))
            .doc("object being iterated by yield from, or None"),
        GetSet::new("gi_running", |_, v| Ok(is_running(v))),
        GetSet::new("gi_suspended", |_, v| Ok(is_suspended(v))),
        GetSet::new("gi_frame", frame_object),
        GetSet::new("gi_code", |_, v| Ok(code(v))),
    ],
    doc: "",
    sig: "",
};

#[inline]
fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    match resume(th, v, Resume::Send(Value::NONE))? {
        Step::Yield(x) => Ok(Some(x)),
        Step::Return(Value::NONE) => Ok(None),
        Step::Return(x) => Err(stop(th, x)),
    }
}
