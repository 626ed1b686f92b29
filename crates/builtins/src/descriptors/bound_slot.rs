//! `method-wrapper`: a slot of a native type, bound to an instance.

use super::doc_of;
use taipan_object::call::Args;
use taipan_object::func::{BoundMethod, WrapperDescriptor};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, class_of, is_exactly};
use taipan_object::{Object, PyResult, Thread, Value, ops, strings};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(repr);
        s.call = Some(call);
        s.richcmp = Some(richcmp);
        s.hash =
            Some(|_, v| {
                let w = this(v);
                Ok(ops::hash_pointer(w.receiver.get())
                    ^ ops::hash_pointer(w.func.get()).rotate_left(7))
            });
    },
    methods: &[Method::new("__reduce__", "($self, /)", |th, a| {
        let getattr = taipan_object::frame::builtin(th, "getattr")?;
        let name = strings::intern(th, descr(a[0]).def.name);
        let args = Value::tuple(th, &[this(a[0]).receiver.get(), name]);
        Ok(Value::tuple(th, &[getattr, args]))
    })],
    getset: &[
        GetSet::new("__self__", |_, v| Ok(this(v).receiver.get())),
        GetSet::new("__objclass__", |_, v| Ok(descr(v).owner.expect().value())),
        GetSet::new("__name__", |th, v| {
            Ok(strings::intern(th, descr(v).def.name))
        }),
        GetSet::new("__qualname__", |th, v| {
            Ok(super::qualname(
                th,
                descr(v).owner.expect(),
                descr(v).def.name,
            ))
        }),
        GetSet::new("__doc__", |th, v| Ok(doc_of(th, descr(v).def.doc))),
        GetSet::new("__text_signature__", |th, v| {
            Ok(Value::str(th, descr(v).def.sig))
        }),
    ],
    doc: "",
    sig: "",
};

fn this<'a>(v: Value) -> &'a Object<BoundMethod> {
    v.expect::<BoundMethod>()
}

fn descr<'a>(v: Value) -> &'a Object<WrapperDescriptor> {
    this(v).func.get().expect::<WrapperDescriptor>()
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let obj = this(v).receiver.get();
    let text = format!(
        "<method-wrapper '{}' of {} object at {:#x}>",
        descr(v).def.name,
        class_of(obj).tp_name(),
        ops::id(obj)
    );
    Ok(Value::str(th, &text))
}

fn call(th: &Thread, v: Value, args: Args) -> PyResult {
    let d = descr(v);
    (d.def.wrap)(th, d.owner.expect(), this(v).receiver.get(), args)
}

fn richcmp(_: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !is_exactly(b, &types::METHOD_WRAPPER) || !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (this(a), this(b));
    let same = x.receiver.get().is(y.receiver.get()) && x.func.get().is(y.func.get());
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}
