//! `method`: a callable and the instance it is called with.

use taipan_object::attr::{self, attr_name, type_lookup};
use taipan_object::call::{self, Args};
use taipan_object::func::BoundMethod;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, Type, class_of, is_exactly};
use taipan_object::{Object, PyResult, Thread, Value, names, ops};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(repr);
        s.call = Some(|th, m, args| {
            args.with_first(th, this(m).receiver.get(), |a| {
                call::call_args(th, this(m).func.get(), a)
            })
        });
        s.getattro = Some(getattro);
        s.descr_get = Some(|_, m, _, _| Ok(m));
        s.richcmp = Some(richcmp);
        s.hash = Some(|th, v| {
            let h = ops::hash_pointer(this(v).receiver.get()) ^ ops::hash(th, this(v).func.get())?;
            Ok(if h == -1 { -2 } else { h })
        });
    },
    methods: &[Method::new("__reduce__", "($self, /)", |th, a| {
        let m = this(a[0]);
        let name = attr::get(th, m.func.get(), names::NAME.get())?;
        let getattr = taipan_object::frame::builtin(th, "getattr")?;
        let args = Value::tuple(th, &[m.receiver.get(), name]);
        Ok(Value::tuple(th, &[getattr, args]))
    })],
    getset: &[
        GetSet::rw(
            "__func__",
            |_, v| Ok(this(v).func.get()),
            super::function::read_only,
        )
        .doc("the function (or other callable) implementing a method"),
        GetSet::rw(
            "__self__",
            |_, v| Ok(this(v).receiver.get()),
            super::function::read_only,
        )
        .doc("the instance to which a method is bound"),
        GetSet::new("__doc__", |th, v| {
            Ok(attr::get_opt(th, this(v).func.get(), names::DOC.get())?.unwrap_or(Value::NONE))
        }),
    ],
    doc: "Create a bound instance method object.",
    sig: "(function, instance, /)",
};

fn this<'a>(v: Value) -> &'a Object<BoundMethod> {
    v.expect::<BoundMethod>()
}

static NEW: Method = Method::new("method", "($type, function, instance, /)", |th, a| {
    if !ops::is_callable(a[1]) {
        return Err(th.type_error("first argument must be callable"));
    }
    if a[2].is_none() {
        return Err(th.type_error("instance must not be None"));
    }
    Ok(BoundMethod::new(th, a[1], a[2]))
});

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    args.no_kw(th, "method")?;
    args.with_first(th, cls.value(), |a| call::call_method_row(th, &NEW, a))
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let m = this(v);
    let f = m.func.get();
    let mut name = attr::get_opt(th, f, names::QUALNAME.get())?;
    if name.is_none() {
        name = attr::get_opt(th, f, names::NAME.get())?;
    }
    let name = match name {
        Some(n) if n.as_str_obj().is_some() => names::text(n),
        _ => "?".into(),
    };
    let obj = ops::repr(th, m.receiver.get())?;
    crate::text::join(
        th,
        &[
            Value::str(th, &format!("<bound method {name} of ")),
            obj,
            Value::str(th, ">"),
        ],
    )
}

fn getattro(th: &Thread, v: Value, name: Value) -> PyResult {
    let name = attr_name(th, name)?;
    match type_lookup(class_of(v), name) {
        Some(d) => match class_of(d).slots().descr_get {
            Some(get) => get(th, d, v, class_of(v).value()),
            None => Ok(d),
        },
        None => attr::get(th, this(v).func.get(), name),
    }
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !is_exactly(a, &types::METHOD)
        || !is_exactly(b, &types::METHOD)
        || !matches!(op, CmpOp::Eq | CmpOp::Ne)
    {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (this(a), this(b));
    let same = x.receiver.get().is(y.receiver.get()) && ops::eq(th, x.func.get(), y.func.get())?;
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}
