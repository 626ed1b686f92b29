//! `function`: what `def` and `lambda` make.

use crate::class::evaluate_annotate;
use taipan_bytecode::CodeFlags;
use taipan_object::call::{self, Args};
use taipan_object::code::Code;
use taipan_object::dict::Dict;
use taipan_object::exception as exc;
use taipan_object::frame;
use taipan_object::func::{BoundMethod, Cell, Function};
use taipan_object::heap::{Field, FieldOf};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::thread::hooks;
use taipan_object::types::{Type, class_of};
use taipan_object::{Object, PyResult, Thread, Value, names, ops};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(repr);
        s.call = Some(|th, f, args| (hooks().call_function)(th, f, args));
        s.descr_get = Some(get);
    },
    methods: &[],
    getset: &[
        GetSet::rw(
            "__code__",
            |_, v| Ok(this(v).code.expect().value()),
            set_code,
        ),
        GetSet::rw(
            "__defaults__",
            |_, v| Ok(this(v).defaults.get().or(Value::NONE)),
            set_defaults,
        ),
        GetSet::rw(
            "__kwdefaults__",
            |_, v| Ok(this(v).kwdefaults.get().or(Value::NONE)),
            set_kwdefaults,
        ),
        GetSet::rw("__annotations__", get_annotations, set_annotations),
        GetSet::rw("__annotate__", get_annotate, set_annotate),
        GetSet::rw("__name__", |_, v| Ok(this(v).name.get()), set_name),
        GetSet::rw(
            "__qualname__",
            |th, v| Ok(this(v).qualname(th)),
            set_qualname,
        ),
        GetSet::rw(
            "__type_params__",
            |_, v| Ok(this(v).type_params.get().or(Value::empty_tuple())),
            set_type_params,
        ),
        GetSet::rw(
            "__closure__",
            |_, v| Ok(this(v).closure.get().or(Value::NONE)),
            read_only,
        ),
        GetSet::rw(
            "__globals__",
            |_, v| Ok(this(v).globals.expect().value()),
            read_only,
        ),
        GetSet::rw(
            "__builtins__",
            |_, v| Ok(this(v).builtins.expect().value()),
            read_only,
        ),
        GetSet::rw(
            "__doc__",
            |th, v| match this(v).doc.get() {
                Value::ABSENT => this(v).code.expect().docstring(th),
                doc => Ok(doc),
            },
            |_, v, x| {
                this(v).doc.set(&this(v).header, x.or(Value::NONE));
                Ok(())
            },
        ),
        GetSet::rw(
            "__module__",
            |_, v| Ok(this(v).module.get().or(Value::NONE)),
            |_, v, x| {
                this(v).module.set(&this(v).header, x.or(Value::NONE));
                Ok(())
            },
        ),
    ],
    doc: "Create a function object.\n\n  code\n    a code object\n  globals\n    the globals dictionary\n  name\n    a string that overrides the name from the code object\n  argdefs\n    a tuple that specifies the default argument values\n  closure\n    a tuple that supplies the bindings for free variables\n  kwdefaults\n    a dictionary that specifies the default keyword argument values",
    sig: "(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)",
};

fn this<'a>(v: Value) -> &'a Object<Function> {
    v.expect::<Function>()
}

/// The setter of attributes that look like CPython's read-only members.
pub fn read_only(th: &Thread, _: Value, _: Value) -> PyResult<()> {
    Err(th.raise(&exc::ATTRIBUTE_ERROR, "readonly attribute"))
}

static NEW: Method = Method::new(
    "function",
    "($type, code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)",
    make,
);

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    args.with_first(th, cls.value(), |a| call::call_method_row(th, &NEW, a))
}

fn make(th: &Thread, a: &[Value]) -> PyResult {
    let Some(code) = a[1].downcast::<Code>() else {
        return Err(th.type_error(format!(
            "function() argument 'code' must be code, not {}",
            class_of(a[1]).tp_name()
        )));
    };
    let Some(globals) = a[2].as_dict() else {
        return Err(th.type_error(format!(
            "function() argument 'globals' must be dict, not {}",
            class_of(a[2]).tp_name()
        )));
    };
    let (name, defaults, closure, kwdefaults) = (
        a[3].or(Value::NONE),
        a[4].or(Value::NONE),
        a[5].or(Value::NONE),
        a[6].or(Value::NONE),
    );
    if !name.is_none() && name.as_str_obj().is_none() {
        return Err(th.type_error("arg 3 (name) must be None or string"));
    }
    if !defaults.is_none() && defaults.as_tuple().is_none() {
        return Err(th.type_error("arg 4 (defaults) must be None or tuple"));
    }
    let wanted = code.data().freevars.len();
    let cells = match closure.as_tuple() {
        Some(cells) => cells,
        None if wanted > 0 && closure.is_none() => {
            return Err(th.type_error("arg 5 (closure) must be tuple"));
        }
        None if closure.is_none() => &[],
        None => return Err(th.type_error("arg 5 (closure) must be None or tuple")),
    };
    if !kwdefaults.is_none() && kwdefaults.as_dict().is_none() {
        return Err(th.type_error("arg 6 (kwdefaults) must be None or dict"));
    }
    if cells.len() != wanted {
        return Err(th.value_error(format!(
            "{} requires closure of length {wanted}, not {}",
            names::text(code.name.get()),
            cells.len()
        )));
    }
    for c in cells {
        if c.downcast::<Cell>().is_none() {
            return Err(th.type_error(format!(
                "arg 5 (closure) expected cell, found {}",
                class_of(*c).tp_name()
            )));
        }
    }
    let builtins = match globals.map.get_str(names::BUILTINS.get()) {
        Some(_) => crate::builtins_of(th, globals),
        // Those of the code that makes the function.
        None => match frame::current(th) {
            Some(f) => f.builtins(),
            None => crate::builtins_of(th, globals),
        },
    };
    let data = Function {
        code: FieldOf::new(code),
        globals: FieldOf::new(globals),
        builtins: FieldOf::new(builtins),
        closure: Field::new(if cells.is_empty() {
            Value::ABSENT
        } else {
            closure
        }),
        defaults: Field::new(defaults),
        kwdefaults: Field::new(kwdefaults),
        name: Field::new(if name.is_none() {
            code.name.get()
        } else {
            name
        }),
        own_qualname: Field::absent(),
        doc: Field::absent(),
        module: Field::new(
            globals
                .map
                .get_str(names::NAME.get())
                .unwrap_or(Value::NONE),
        ),
        annotate: Field::new(Value::NONE),
        annotations: Field::absent(),
        type_params: Field::new(Value::empty_tuple()),
    };
    Ok(th.new_object(&taipan_object::types::FUNCTION, data).value())
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let name = names::text(this(v).qualname(th));
    Ok(Value::str(
        th,
        &format!("<function {name} at {:#x}>", ops::id(v)),
    ))
}

fn get(th: &Thread, f: Value, obj: Value, _: Value) -> PyResult {
    if obj.is_absent() {
        return Ok(f);
    }
    Ok(BoundMethod::new(th, f, obj))
}

/// Tells the audit hooks of an attribute that changes what a function does.
fn audited(th: &Thread, v: Value, name: &str, value: Value) -> PyResult<()> {
    th.audit("object.__setattr__", &[v, Value::str(th, name), value])
}

fn set_code(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    let f = this(v);
    let Some(code) = value.downcast::<Code>() else {
        return Err(th.type_error("__code__ must be set to a code object"));
    };
    audited(th, v, "__code__", value)?;
    let have = f.closure.get().as_tuple().map_or(0, |t| t.len());
    let want = code.data().freevars.len();
    if have != want {
        return Err(th.value_error(format!(
            "{}() requires a code object with {have} free vars, not {want}",
            names::text(f.name.get())
        )));
    }
    let kind = |c: &Object<Code>| {
        let flags = c.data().flags;
        [
            CodeFlags::GENERATOR,
            CodeFlags::COROUTINE,
            CodeFlags::ASYNC_GENERATOR,
        ]
        .map(|f| flags.has(f))
    };
    if kind(code) != kind(f.code.expect()) {
        th.warn(
            &exc::DEPRECATION_WARNING,
            "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)",
        )?;
    }
    // A docstring and a name that nobody has asked for are the old code's.
    let (none, qualname) = (Value::ABSENT, f.qualname(th));
    f.own_qualname.compare_exchange(&f.header, none, qualname);
    let doc = f.code.expect().docstring(th)?;
    f.doc.compare_exchange(&f.header, Value::ABSENT, doc);
    f.code.set(&f.header, Some(code));
    Ok(())
}

fn set_defaults(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    let value = value.or(Value::NONE);
    if !value.is_none() && value.as_tuple().is_none() {
        return Err(th.type_error("__defaults__ must be set to a tuple object"));
    }
    audited(th, v, "__defaults__", value)?;
    this(v).defaults.set(&this(v).header, value);
    Ok(())
}

fn set_kwdefaults(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    let value = value.or(Value::NONE);
    if !value.is_none() && value.as_dict().is_none() {
        return Err(th.type_error("__kwdefaults__ must be set to a dict object"));
    }
    audited(th, v, "__kwdefaults__", value)?;
    this(v).kwdefaults.set(&this(v).header, value);
    Ok(())
}

fn set_name(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.as_str_obj().is_none() {
        return Err(th.type_error("__name__ must be set to a string object"));
    }
    this(v).name.set(&this(v).header, value);
    Ok(())
}

fn set_qualname(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.as_str_obj().is_none() {
        return Err(th.type_error("__qualname__ must be set to a string object"));
    }
    this(v).own_qualname.set(&this(v).header, value);
    Ok(())
}

fn set_type_params(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.as_tuple().is_none() {
        return Err(th.type_error("__type_params__ must be set to a tuple"));
    }
    this(v).type_params.set(&this(v).header, value);
    Ok(())
}

/// The annotations: as set, or as the compiler gave them in a tuple or dict, or made by `__annotate__`.
fn get_annotations(th: &Thread, v: Value) -> PyResult {
    let f = this(v);
    if let Some(a) = f.annotations.get().present()
        && !a.is_none()
    {
        return Ok(a);
    }
    let made = match f.annotate.get() {
        a if a.is_none() || a.is_absent() => Dict::new(th).value(),
        a => evaluate_annotate(th, a)?,
    };
    f.annotations.set(&f.header, made);
    Ok(made)
}

fn set_annotations(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    let value = if value.is_none() {
        Value::ABSENT
    } else {
        value
    };
    if !value.is_absent() && value.as_dict().is_none() {
        return Err(th.type_error("__annotations__ must be set to a dict object"));
    }
    let f = this(v);
    f.annotations.set(&f.header, value);
    f.annotate.set(&f.header, Value::NONE);
    Ok(())
}

fn get_annotate(_: &Thread, v: Value) -> PyResult {
    Ok(this(v).annotate.get().or(Value::NONE))
}

fn set_annotate(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.is_absent() {
        return Err(th.type_error("__annotate__ cannot be deleted"));
    }
    if !value.is_none() && !ops::is_callable(value) {
        return Err(th.type_error("__annotate__ must be callable or None"));
    }
    let f = this(v);
    f.annotate.set(&f.header, value);
    if !value.is_none() {
        f.annotations.set(&f.header, Value::ABSENT);
    }
    Ok(())
}
