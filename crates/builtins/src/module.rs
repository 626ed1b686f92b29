//! `module`.

use crate::class::evaluate_annotate;
use taipan_object::attr::{self, attr_name, type_lookup};
use taipan_object::call::{self, Args};
use taipan_object::dict::Dict;
use taipan_object::exception as exc;
use taipan_object::func::Module;
use taipan_object::heap::FieldOf;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{self, StaticType, Type, class_of};
use taipan_object::{Object, PyResult, Raised, Thread, Value, names, ops, strings};

/// The type of this file.
pub static TYPES: &[(&StaticType, &TypeSpec)] = &[(&types::MODULE, &SPEC)];

static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.init = Some(init);
        s.repr = Some(repr);
        s.getattro = Some(getattro);
        s.setattro = Some(setattro);
    },
    methods: &[Method::new("__dir__", "($self, /)", dir)
        .doc("__dir__() -> list\nspecialized dir() implementation")],
    getset: &[
        GetSet::new("__dict__", |_, v| Ok(this(v).dict.expect().value())),
        GetSet::rw("__annotations__", get_annotations, set_annotations),
        GetSet::rw("__annotate__", get_annotate, set_annotate),
    ],
    doc: "Create a module object.\n\nThe name must be a string; the optional docstring can have any type.",
    sig: "(name, doc=None)",
};

fn this<'a>(v: Value) -> &'a Object<Module> {
    v.expect::<Module>()
}

fn new(th: &Thread, cls: &Object<Type>, _: Args) -> PyResult {
    let data = Module {
        dict: FieldOf::new(Dict::new(th)),
        spec: std::sync::atomic::AtomicPtr::new(std::ptr::null_mut()),
    };
    Ok(th.new_instance(cls, data).value())
}

static INIT: Method = Method::new("module", "($self, name, doc=None)", |th, a| {
    if a[1].as_str_obj().is_none() {
        return Err(th.type_error(format!(
            "module() argument 'name' must be str, not {}",
            class_of(a[1]).tp_name()
        )));
    }
    let d = this(a[0]).dict.expect();
    d.set(th, names::NAME.get(), a[1])?;
    d.set(th, names::DOC.get(), a[2].or(Value::NONE))?;
    for n in [&names::PACKAGE, &names::LOADER, &names::SPEC] {
        d.set(th, n.get(), Value::NONE)?;
    }
    Ok(Value::NONE)
});

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    args.with_first(th, v, |a| call::call_method_row(th, &INIT, a))
        .map(|_| ())
}

fn repr(th: &Thread, v: Value) -> PyResult {
    match th.interp.importlib.get().present() {
        Some(lib) => call::call_method(th, lib, "_module_repr", &[v]),
        None => {
            let name = this(v).dict.expect().map.get_str(names::NAME.get());
            let name = match name {
                Some(n) => names::text(ops::repr(th, n)?).into_owned(),
                None => "'?'".to_owned(),
            };
            Ok(Value::str(th, &format!("<module {name}>")))
        }
    }
}

/// An attribute of a module, nothing where there is none: neither its own nor by `__getattr__`.
pub fn get_opt(th: &Thread, v: Value, name: Value) -> PyResult<Option<Value>> {
    if let Some(x) = attr::module_get_opt(th, v, name)? {
        return Ok(Some(x));
    }
    match this(v).dict.expect().map.get_str(names::GETATTR.get()) {
        Some(f) => crate::call1(th, f, name).map(Some),
        None => Ok(None),
    }
}

fn getattro(th: &Thread, v: Value, name: Value) -> PyResult {
    let name = attr_name(th, name)?;
    match get_opt(th, v, name)? {
        Some(x) => Ok(x),
        None => Err(missing(th, v, name)?),
    }
}

fn setattro(th: &Thread, v: Value, name: Value, value: Value) -> PyResult<()> {
    let name = attr_name(th, name)?;
    if let Some(d) = type_lookup(class_of(v), name)
        && let Some(set) = class_of(d).slots().descr_set
    {
        return set(th, d, v, value);
    }
    let d = this(v).dict.expect();
    if !value.is_absent() {
        return d.set(th, name, value);
    }
    match d.remove(th, name)? {
        Some(_) => Ok(()),
        None => Err(th.no_attribute(v, name)),
    }
}

/// The `AttributeError` of a module, with a hint at what may be the matter.
#[cold]
fn missing(th: &Thread, v: Value, name: Value) -> PyResult<Raised> {
    let d = this(v).dict.expect();
    let n = names::text(name);
    let Some(module) = d
        .map
        .get_str(names::NAME.get())
        .filter(|m| m.as_str_obj().is_some())
    else {
        return Ok(th.attribute_error(format!("module has no attribute '{n}'"), v, name));
    };
    let m = names::text(module);
    let spec = d.map.get_str(names::SPEC.get()).filter(|s| !s.is_none());
    let flag = |attr: Value| -> PyResult<bool> {
        match spec {
            Some(s) => match attr::get_opt(th, s, attr)? {
                Some(x) => ops::truth(th, x),
                None => Ok(false),
            },
            None => Ok(false),
        }
    };
    let origin = match spec {
        Some(s) if flag(strings::intern(th, "has_location"))? => {
            attr::get_opt(th, s, strings::intern(th, "origin"))?
        }
        _ => None,
    };
    let origin = origin.filter(|o| o.as_str_obj().is_some());
    let shadowed = match origin {
        Some(o) => may_shadow(th, &names::text(o)),
        None => false,
    };
    let is_stdlib = shadowed && is_stdlib_name(th, module)?;
    let file = origin.map_or(String::new(), |o| names::text(o).into_owned());
    let msg = if is_stdlib {
        format!(
            "module '{m}' has no attribute '{n}' (consider renaming '{file}' since it has the same name as the standard library module named '{m}' and prevents importing that standard library module)"
        )
    } else if flag(names::INITIALIZING.get())? {
        if shadowed {
            format!(
                "module '{m}' has no attribute '{n}' (consider renaming '{file}' if it has the same name as a library you intended to import)"
            )
        } else if origin.is_some() {
            format!(
                "partially initialized module '{m}' from '{file}' has no attribute '{n}' (most likely due to a circular import)"
            )
        } else {
            format!(
                "partially initialized module '{m}' has no attribute '{n}' (most likely due to a circular import)"
            )
        }
    } else if submodule_is_importing(th, spec, name)? {
        format!(
            "cannot access submodule '{n}' of module '{m}' (most likely due to a circular import)"
        )
    } else {
        format!("module '{m}' has no attribute '{n}'")
    };
    Ok(th.attribute_error(msg, v, name))
}

/// Where the interpreter keeps the folder that it put first into `sys.path`, if it did.
pub const FIRST_PATH: &str = "sys.first_path";

/// Whether a module's file may stand in the way of another one: it lies where the interpreter looks first because
/// that is the program's own folder.
pub fn may_shadow(th: &Thread, file: &str) -> bool {
    let state = th.interp.state.get();
    let Some(first) = state.and_then(|s| s.get_name(th, FIRST_PATH)) else {
        return false;
    };
    let mut first = names::text(first).into_owned();
    if first.is_empty() {
        match std::env::current_dir() {
            Ok(d) => first = d.to_string_lossy().into_owned(),
            Err(_) => return false,
        }
    }
    let file = file.strip_suffix("/__init__.py").unwrap_or(file);
    file.rsplit_once('/').is_some_and(|(dir, _)| dir == first)
}

/// Whether a name is in `sys.stdlib_module_names`.
///
/// # Errors
/// What its hash raises.
pub fn is_stdlib_name(th: &Thread, module: Value) -> PyResult<bool> {
    let Some(sys) = th.interp.sys_dict.get() else {
        return Ok(false);
    };
    match sys
        .get_name(th, "stdlib_module_names")
        .and_then(|s| s.as_set())
    {
        Some(s) => s.contains(th, module),
        None => Ok(false),
    }
}

fn submodule_is_importing(th: &Thread, spec: Option<Value>, name: Value) -> PyResult<bool> {
    let Some(s) = spec else { return Ok(false) };
    match attr::get_opt(th, s, names::UNINITIALIZED_SUBMODULES.get())? {
        Some(list) => ops::contains(th, list, name),
        None => Ok(false),
    }
}

fn dir(th: &Thread, a: &[Value]) -> PyResult {
    // As an attribute: a subclass may have one of its own.
    let d = attr::get(th, a[0], names::DICT.get())?;
    let Some(d) = d.as_dict() else {
        return Err(th.type_error(format!(
            "{}.__dict__ is not a dictionary",
            class_of(a[0]).tp_name()
        )));
    };
    if let Some(f) = d.map.get_str(names::DIR.get()) {
        return call::call(th, f, &[]);
    }
    let items = ops::to_vec(th, d.value())?;
    Ok(taipan_object::seq::List::from_vec(th, items))
}

fn get_annotate(th: &Thread, v: Value) -> PyResult {
    let d = this(v).dict.expect();
    match d.map.get_str(names::ANNOTATE.get()) {
        Some(f) => Ok(f),
        None => {
            d.set(th, names::ANNOTATE.get(), Value::NONE)?;
            Ok(Value::NONE)
        }
    }
}

fn set_annotate(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.is_absent() {
        return Err(th.type_error("cannot delete __annotate__ attribute"));
    }
    if !value.is_none() && !ops::is_callable(value) {
        return Err(th.type_error("__annotate__ must be callable or None"));
    }
    let d = this(v).dict.expect();
    d.set(th, names::ANNOTATE.get(), value)?;
    if !value.is_none() {
        d.remove(th, names::ANNOTATIONS.get())?;
    }
    Ok(())
}

fn get_annotations(th: &Thread, v: Value) -> PyResult {
    let d = this(v).dict.expect();
    if let Some(a) = d.map.get_str(names::ANNOTATIONS.get()) {
        return Ok(a);
    }
    let annotate = d.map.get_str(names::ANNOTATE.get()).unwrap_or(Value::NONE);
    let made = evaluate_annotate(th, annotate)?;
    // What a module still being imported has is not final.
    let importing = match d.map.get_str(names::SPEC.get()) {
        Some(s) if !s.is_none() => match attr::get_opt(th, s, names::INITIALIZING.get())? {
            Some(x) => ops::truth(th, x)?,
            None => false,
        },
        _ => false,
    };
    if !importing {
        d.set(th, names::ANNOTATIONS.get(), made)?;
    }
    Ok(made)
}

fn set_annotations(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    let d = this(v).dict.expect();
    if value.is_absent() {
        if d.remove(th, names::ANNOTATIONS.get())?.is_none() {
            return Err(th.raise(&exc::ATTRIBUTE_ERROR, "__annotations__"));
        }
    } else {
        d.set(th, names::ANNOTATIONS.get(), value)?;
    }
    d.remove(th, names::ANNOTATE.get())?;
    Ok(())
}
