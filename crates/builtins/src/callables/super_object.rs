//! `super`: attributes of the classes behind one in the order of resolution.

use taipan_object::attr::{self, attr_name};
use taipan_object::call::Args;
use taipan_object::frame::{self, FrameRec};
use taipan_object::func::{Cell, Super};
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, TypeSpec};
use taipan_object::types::{Type, class_of};
use taipan_object::{Object, PyResult, Thread, Value, names};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.init = Some(init);
        s.repr = Some(repr);
        s.getattro = Some(getattro);
        s.descr_get = Some(get);
    },
    methods: &[],
    getset: &[
        GetSet::rw(
            "__thisclass__",
            |_, v| Ok(this(v).this_class.get().or(Value::NONE)),
            super::function::read_only,
        )
        .doc("the class invoking super()"),
        GetSet::rw(
            "__self__",
            |_, v| Ok(this(v).object.get().or(Value::NONE)),
            super::function::read_only,
        )
        .doc("the instance invoking super(); may be None"),
        GetSet::rw(
            "__self_class__",
            |_, v| Ok(this(v).object_class.get().or(Value::NONE)),
            super::function::read_only,
        )
        .doc("the type of the instance invoking super(); may be None"),
    ],
    doc: "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\nsuper(type, obj) -> bound super object; requires isinstance(obj, type)\nsuper(type, type2) -> bound super object; requires issubclass(type2, type)\nTypical use to call a cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n        super().meth(arg)\nThis works for class methods too:\nclass C(B):\n    @classmethod\n    def cmeth(cls, arg):\n        super().cmeth(arg)\n",
    sig: "",
};

fn this<'a>(v: Value) -> &'a Object<Super> {
    v.expect::<Super>()
}

fn blank() -> Super {
    Super {
        this_class: Field::absent(),
        object: Field::absent(),
        object_class: Field::absent(),
    }
}

fn new(th: &Thread, cls: &Object<Type>, _: Args) -> PyResult {
    Ok(th.new_instance(cls, blank()).value())
}

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    args.no_kw(th, "super")?;
    let (cls, obj) = match args.values {
        [] => implied(th)?,
        [cls] => (*cls, Value::NONE),
        [cls, obj] => (*cls, *obj),
        more => {
            return Err(th.type_error(format!(
                "super expected at most 2 arguments, got {}",
                more.len()
            )));
        }
    };
    let Some(t) = cls.downcast::<Type>() else {
        return Err(th.type_error(format!(
            "super() argument 1 must be a type, not {}",
            class_of(cls).tp_name()
        )));
    };
    let s = this(v);
    let (obj, of) = if obj.is_none() {
        (Value::ABSENT, Value::ABSENT)
    } else {
        (obj, check(th, t, obj)?.value())
    };
    s.this_class.set(&s.header, cls);
    s.object.set(&s.header, obj);
    s.object_class.set(&s.header, of);
    Ok(())
}

/// The class and the instance that `super()` means: the variable `__class__` and the first argument of the frame.
fn implied(th: &Thread) -> PyResult<(Value, Value)> {
    let Some(f) = frame::current(th) else {
        return Err(th.runtime_error("super(): no current frame"));
    };
    let data = f.code().data();
    if data.argcount == 0 {
        return Err(th.runtime_error("super(): no arguments"));
    }
    let Some(obj) = first_argument(f).present() else {
        return Err(th.runtime_error("super(): arg[0] deleted"));
    };
    let Some(i) = data.freevars.iter().position(|n| &**n == "__class__") else {
        return Err(th.runtime_error("super(): __class__ cell not found"));
    };
    let cell = f.register(data.first_free() + i);
    let Some(cls) = cell
        .downcast::<Cell>()
        .and_then(|c| c.value.get().present())
    else {
        return Err(th.runtime_error("super(): empty __class__ cell"));
    };
    if cls.downcast::<Type>().is_none() {
        return Err(th.runtime_error(format!(
            "super(): __class__ is not a type ({})",
            class_of(cls).name_text()
        )));
    }
    Ok((cls, obj))
}

/// The first argument of a running function, from its cell if inner functions capture it.
fn first_argument(f: &FrameRec) -> Value {
    let data = f.code().data();
    let name = &data.varnames[0];
    if let Some(i) = data.cellvars.iter().position(|n| n == name)
        && let Some(c) = f.register(data.first_cell() + i).downcast::<Cell>()
    {
        return c.value.get();
    }
    f.register(0)
}

/// The class whose order of resolution is to be used for `super(cls, obj)`.
pub fn check<'a>(th: &Thread, cls: &Object<Type>, obj: Value) -> PyResult<&'a Object<Type>> {
    if let Some(t) = obj.downcast::<Type>()
        && t.is_subtype(cls)
    {
        return Ok(t);
    }
    let own = class_of(obj);
    if own.is_subtype(cls) {
        return Ok(own);
    }
    if let Some(c) = attr::get_opt(th, obj, names::CLASS.get())?
        && let Some(t) = c.downcast::<Type>()
        && !t.is(own)
        && t.is_subtype(cls)
    {
        return Ok(t);
    }
    let (what, name) = match obj.downcast::<Type>() {
        Some(t) => ("type", t.name_text()),
        None => ("instance of", own.name_text()),
    };
    Err(th.type_error(format!(
        "super(type, obj): obj ({what} {name}) is not an instance or subtype of type ({}).",
        cls.tp_name()
    )))
}

/// The attribute that `super(cls, obj)` has from the classes behind `cls`, bound; nothing if none of them has it.
/// `of` is what [`check`] gave.
pub fn lookup(
    th: &Thread,
    cls: Value,
    obj: Value,
    of: &Object<Type>,
    name: Value,
) -> PyResult<Option<Value>> {
    let Some(found) = find(cls, of, name) else {
        return Ok(None);
    };
    match class_of(found).slots().descr_get {
        Some(get) => {
            let receiver = if obj.is(of.value()) {
                Value::ABSENT
            } else {
                obj
            };
            get(th, found, receiver, of.value()).map(Some)
        }
        None => Ok(Some(found)),
    }
}

/// The attribute as stored in the first class behind `cls` that has it.
pub fn find(cls: Value, of: &Object<Type>, name: Value) -> Option<Value> {
    let mro = of.mro_items();
    let at = mro.iter().position(|t| t.is(cls))?;
    mro[at + 1..]
        .iter()
        .find_map(|t| t.expect::<Type>().dict.get()?.map.get_str(name))
}

fn getattro(th: &Thread, v: Value, name: Value) -> PyResult {
    let name = attr_name(th, name)?;
    let s = this(v);
    if let Some(of) = s.object_class.get().downcast::<Type>()
        && !name.is(names::CLASS.get())
        && let Some(x) = lookup(th, s.this_class.get(), s.object.get(), of, name)?
    {
        return Ok(x);
    }
    attr::generic_get(th, v, name)
}

fn get(th: &Thread, v: Value, obj: Value, _: Value) -> PyResult {
    let s = this(v);
    if obj.is_absent() || obj.is_none() || !s.object.get().is_absent() {
        return Ok(v);
    }
    let cls = s.this_class.get();
    let Some(t) = cls.downcast::<Type>() else {
        return Ok(v);
    };
    let of = check(th, t, obj)?;
    let fresh = th.new_instance(class_of(v), blank());
    fresh.this_class.set(&fresh.header, cls);
    fresh.object.set(&fresh.header, obj);
    fresh.object_class.set(&fresh.header, of.value());
    Ok(fresh.value())
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let s = this(v);
    let name = |v: Value| {
        v.downcast::<Type>()
            .map_or("NULL".into(), |t| t.name_text())
    };
    let cls = name(s.this_class.get());
    let text = match s.object_class.get().present() {
        Some(of) => format!("<super: <class '{cls}'>, <{} object>>", name(of)),
        None => format!("<super: <class '{cls}'>, NULL>"),
    };
    Ok(Value::str(th, &text))
}
