//! `builtin_function_or_method`: a native function, perhaps bound.

use crate::descriptors::{doc_of, signature_of};
use taipan_object::call;
use taipan_object::func::{Module, NativeFunction};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, Type, class_of, is_exactly};
use taipan_object::{Object, PyResult, Thread, Value, names, ops, strings};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(repr);
        s.call = Some(|th, f, args| call::call_native_function(th, this(f), args));
        s.richcmp = Some(richcmp);
        s.hash = Some(|_, v| {
            let f = this(v);
            let row = f.method as *const Method as usize as i64;
            let h = (row >> 4) ^ ops::hash_pointer(f.receiver.get());
            Ok(if h == -1 { -2 } else { h })
        });
    },
    methods: &[Method::new("__reduce__", "($self, /)", reduce)],
    getset: &[
        GetSet::new("__name__", |th, v| {
            Ok(strings::intern(th, this(v).method.name))
        }),
        GetSet::new("__qualname__", qualname),
        GetSet::new("__doc__", |th, v| Ok(doc_of(th, this(v).method.doc))),
        GetSet::new("__text_signature__", |th, v| {
            Ok(signature_of(th, this(v).method))
        }),
        GetSet::new("__self__", |_, v| Ok(this(v).receiver.get())),
        GetSet::rw(
            "__module__",
            |_, v| Ok(this(v).module.get()),
            |_, v, x| {
                this(v).module.set(&this(v).header, x.or(Value::NONE));
                Ok(())
            },
        ),
    ],
    doc: "",
    sig: "",
};

fn this<'a>(v: Value) -> &'a Object<NativeFunction> {
    v.expect::<NativeFunction>()
}

fn is_plain_function(f: &NativeFunction) -> bool {
    let r = f.receiver.get();
    !f.bound && (r.is_none() || r.downcast::<Module>().is_some())
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let f = this(v);
    let name = f.method.name;
    let text = if is_plain_function(f) {
        format!("<built-in function {name}>")
    } else {
        let r = f.receiver.get();
        format!(
            "<built-in method {name} of {} object at {:#x}>",
            class_of(r).tp_name(),
            ops::id(r)
        )
    };
    Ok(Value::str(th, &text))
}

fn qualname(th: &Thread, v: Value) -> PyResult {
    let f = this(v);
    let name = f.method.name;
    if is_plain_function(f) {
        return Ok(strings::intern(th, name));
    }
    let r = f.receiver.get();
    let owner = r.downcast::<Type>().unwrap_or_else(|| class_of(r));
    let owner = names::text(owner.qualname.get());
    Ok(Value::str(th, &format!("{owner}.{name}")))
}

fn richcmp(_: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !is_exactly(b, &types::BUILTIN_FUNCTION) || !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (this(a), this(b));
    let same = std::ptr::eq(x.method, y.method) && x.receiver.get().is(y.receiver.get());
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let f = this(a[0]);
    let name = strings::intern(th, f.method.name);
    if is_plain_function(f) {
        return Ok(name);
    }
    let getattr = taipan_object::frame::builtin(th, "getattr")?;
    let args = Value::tuple(th, &[f.receiver.get(), name]);
    Ok(Value::tuple(th, &[getattr, args]))
}
