//! `wrapper_descriptor`: a slot of a native type as a method.

use super::{check_instance, doc_of, qualname, reduce, show};
use taipan_object::call;
use taipan_object::func::{BoundMethod, WrapperDescriptor};
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::{Object, PyResult, Thread, Value, strings, types};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(repr);
        s.call = Some(|th, d, args| call::call_wrapper(th, this(d), args));
        s.descr_get = Some(get);
    },
    methods: &[Method::new("__reduce__", "($self, /)", |th, a| {
        reduce(th, this(a[0]).owner.expect(), this(a[0]).def.name)
    })],
    getset: &[
        GetSet::new("__objclass__", |_, v| Ok(this(v).owner.expect().value())),
        GetSet::new("__name__", |th, v| {
            Ok(strings::intern(th, this(v).def.name))
        }),
        GetSet::new("__qualname__", |th, v| {
            Ok(qualname(th, this(v).owner.expect(), this(v).def.name))
        }),
        GetSet::new("__doc__", |th, v| Ok(doc_of(th, this(v).def.doc))),
        GetSet::new("__text_signature__", |th, v| {
            Ok(Value::str(th, this(v).def.sig))
        }),
    ],
    doc: "",
    sig: "",
};

fn this<'a>(v: Value) -> &'a Object<WrapperDescriptor> {
    v.expect::<WrapperDescriptor>()
}

fn repr(th: &Thread, v: Value) -> PyResult {
    Ok(show(
        th,
        "slot wrapper",
        this(v).owner.expect(),
        this(v).def.name,
    ))
}

fn get(th: &Thread, v: Value, obj: Value, _: Value) -> PyResult {
    if obj.is_absent() {
        return Ok(v);
    }
    check_instance(th, this(v).owner.expect(), this(v).def.name, obj)?;
    let data = BoundMethod {
        func: Field::new(v),
        receiver: Field::new(obj),
    };
    Ok(th.new_object(&types::METHOD_WRAPPER, data).value())
}
