//! `method_descriptor` and `classmethod_descriptor`: the methods of native types.

use super::{check_instance, doc_of, qualname, reduce, show, signature_of};
use taipan_object::call::{self, Args};
use taipan_object::func::{MethodDescriptor, NativeFunction};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{Type, class_of};
use taipan_object::{Object, PyResult, Thread, Value, strings};

const METHODS: &[Method] = &[Method::new("__reduce__", "($self, /)", |th, a| {
    reduce(th, this(a[0]).owner.expect(), this(a[0]).method.name)
})];

const GETSET: &[GetSet] = &[
    GetSet::new("__objclass__", |_, v| Ok(this(v).owner.expect().value())),
    GetSet::new("__name__", |th, v| {
        Ok(strings::intern(th, this(v).method.name))
    }),
    GetSet::new("__qualname__", |th, v| {
        Ok(qualname(th, this(v).owner.expect(), this(v).method.name))
    }),
    GetSet::new("__doc__", |th, v| Ok(doc_of(th, this(v).method.doc))),
    GetSet::new("__text_signature__", |th, v| {
        Ok(signature_of(th, this(v).method))
    }),
];

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(repr);
        s.call = Some(|th, d, args| call::call_method_descriptor(th, this(d), args));
        s.descr_get = Some(get);
    },
    methods: METHODS,
    getset: GETSET,
    doc: "",
    sig: "",
};

pub(super) static CLASSMETHOD_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(repr);
        s.call = Some(call_class);
        s.descr_get = Some(get_class);
    },
    methods: &[],
    getset: GETSET,
    doc: "",
    sig: "",
};

fn this<'a>(v: Value) -> &'a Object<MethodDescriptor> {
    v.expect::<MethodDescriptor>()
}

fn repr(th: &Thread, v: Value) -> PyResult {
    Ok(show(
        th,
        "method",
        this(v).owner.expect(),
        this(v).method.name,
    ))
}

fn get(th: &Thread, v: Value, obj: Value, _: Value) -> PyResult {
    if obj.is_absent() {
        return Ok(v);
    }
    let d = this(v);
    check_instance(th, d.owner.expect(), d.method.name, obj)?;
    Ok(NativeFunction::bind(th, d.method, obj))
}

fn get_class(th: &Thread, v: Value, obj: Value, owner: Value) -> PyResult {
    let d = this(v);
    let (name, of) = (d.method.name, d.owner.expect());
    let cls = match (owner.present(), obj.present()) {
        (Some(t), _) => t,
        (None, Some(o)) => class_of(o).value(),
        (None, None) => {
            return Err(th.type_error(format!(
                "descriptor '{name}' for type '{}' needs either an object or a type",
                of.tp_name()
            )));
        }
    };
    let Some(t) = cls.downcast::<Type>() else {
        return Err(th.type_error(format!(
            "descriptor '{name}' for type '{}' needs a type, not a '{}' as arg 2",
            of.tp_name(),
            class_of(cls).tp_name()
        )));
    };
    if !t.is_subtype(of) {
        return Err(th.type_error(format!(
            "descriptor '{name}' requires a subtype of '{}' but received '{}'",
            of.tp_name(),
            t.tp_name()
        )));
    }
    Ok(NativeFunction::bind(th, d.method, cls))
}

fn call_class(th: &Thread, v: Value, args: Args) -> PyResult {
    let d = this(v);
    let Some(first) = args.pos().first() else {
        return Err(th.type_error(format!(
            "descriptor '{}' of '{}' object needs an argument",
            d.method.name,
            d.owner.expect().tp_name()
        )));
    };
    let bound = get_class(th, v, Value::ABSENT, *first)?;
    call::call_args(th, bound, args.skip_first())
}
