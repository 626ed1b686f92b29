//! `classmethod` and `staticmethod`.

use taipan_object::attr;
use taipan_object::call::{self, Args};
use taipan_object::func::{BoundMethod, ClassMethod};
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{Type, class_of};
use taipan_object::{Object, PyResult, Thread, Value, names, ops, strings};

const GETSET: &[GetSet] = &[
    GetSet::rw("__func__", |_, v| Ok(func(v)), super::function::read_only),
    GetSet::rw(
        "__wrapped__",
        |_, v| Ok(func(v)),
        super::function::read_only,
    ),
    GetSet::new("__isabstractmethod__", |th, v| {
        crate::is_abstract(th, func(v)).map(Value::bool)
    }),
    GetSet::rw(
        "__annotations__",
        |th, v| forwarded(th, v, names::ANNOTATIONS.get()),
        |th, v, x| set_forwarded(th, v, names::ANNOTATIONS.get(), x),
    ),
    GetSet::rw(
        "__annotate__",
        |th, v| forwarded(th, v, names::ANNOTATE.get()),
        |th, v, x| set_forwarded(th, v, names::ANNOTATE.get(), x),
    ),
];

pub(super) static CLASS_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.init = Some(|th, v, args| init(th, v, args, "classmethod"));
        s.repr = Some(|th, v| repr(th, v, "classmethod"));
        s.descr_get = Some(get_class);
    },
    methods: &[Method::new(
        "__class_getitem__",
        "($cls, object, /)",
        crate::generic::class_getitem,
    )
    .class()],
    getset: GETSET,
    doc: CLASS_DOC,
    sig: "(function, /)",
};

pub(super) static STATIC_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.init = Some(|th, v, args| init(th, v, args, "staticmethod"));
        s.repr = Some(|th, v| repr(th, v, "staticmethod"));
        s.descr_get = Some(|_, v, _, _| Ok(func(v)));
        s.call = Some(|th, v, args| call::call_args(th, func(v), args));
    },
    methods: &[Method::new(
        "__class_getitem__",
        "($cls, object, /)",
        crate::generic::class_getitem,
    )
    .class()],
    getset: GETSET,
    doc: STATIC_DOC,
    sig: "(function, /)",
};

const CLASS_DOC: &str = "Convert a function to be a class method.\n\nA class method receives the class as implicit first argument,\njust like an instance method receives the instance.\nTo declare a class method, use this idiom:\n\n  class C:\n      @classmethod\n      def f(cls, arg1, arg2, argN):\n          ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()).  The instance is ignored except for its class.\nIf a class method is called for a derived class, the derived class\nobject is passed as the implied first argument.\n\nClass methods are different than C++ or Java static methods.\nIf you want those, see the staticmethod builtin.";

const STATIC_DOC: &str = "Convert a function to be a static method.\n\nA static method does not receive an implicit first argument.\nTo declare a static method, use this idiom:\n\n     class C:\n         @staticmethod\n         def f(arg1, arg2, argN):\n             ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()). Both the class and the instance are ignored, and\nneither is passed implicitly as the first argument to the method.\n\nStatic methods in Python are similar to those found in Java or C++.\nFor a more advanced concept, see the classmethod builtin.";

fn this<'a>(v: Value) -> &'a Object<ClassMethod> {
    v.expect::<ClassMethod>()
}

fn func(v: Value) -> Value {
    this(v).func.get()
}

fn new(th: &Thread, cls: &Object<Type>, _: Args) -> PyResult {
    let data = ClassMethod {
        func: Field::new(Value::NONE),
    };
    Ok(th.new_instance(cls, data).value())
}

fn init(th: &Thread, v: Value, args: Args, name: &str) -> PyResult<()> {
    args.no_kw(th, name)?;
    let [f] = args.values else {
        return Err(th.type_error(format!(
            "{name} expected 1 argument, got {}",
            args.values.len()
        )));
    };
    let o = this(v);
    o.func.set(&o.header, *f);
    for n in [&names::MODULE, &names::NAME, &names::QUALNAME, &names::DOC] {
        if let Some(x) = attr::get_opt(th, *f, n.get())? {
            attr::set_own(th, v, n.get(), x)?;
        }
    }
    Ok(())
}

fn repr(th: &Thread, v: Value, name: &str) -> PyResult {
    let inner = ops::repr(th, func(v))?;
    crate::text::around(th, &format!("<{name}("), inner, ")>")
}

fn get_class(th: &Thread, v: Value, obj: Value, owner: Value) -> PyResult {
    let cls = match (owner.present(), obj.present()) {
        (Some(t), _) => t,
        (None, Some(o)) => class_of(o).value(),
        (None, None) => return Err(th.type_error("__get__(None, None) is invalid")),
    };
    Ok(BoundMethod::new(th, func(v), cls))
}

/// An attribute of the wrapped function, remembered in the wrapper.
fn forwarded(th: &Thread, v: Value, name: Value) -> PyResult {
    if let Some(x) = attr::get_own(v, name) {
        return Ok(x);
    }
    let x = attr::get(th, func(v), name)?;
    attr::set_own(th, v, name, x)?;
    Ok(x)
}

fn set_forwarded(th: &Thread, v: Value, name: Value, value: Value) -> PyResult<()> {
    if !value.is_absent() {
        return attr::set_own(th, v, name, value);
    }
    if attr::delete_own(th, v, name)? {
        return Ok(());
    }
    let key = strings::intern(th, &names::text(name));
    Err(th.no_attribute(v, key))
}
