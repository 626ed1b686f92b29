//! Reading of arguments, and access to other modules, that several modules of this crate share.

use taipan_object::dict::Dict;
use taipan_object::{Object, PyResult, Thread, Value, attr, call, ops};

/// A flag; `default` where it was left out.
///
/// # Errors
/// What `__bool__` raises.
pub fn flag(th: &Thread, v: Value, default: bool) -> PyResult<bool> {
    match v.present() {
        Some(v) => ops::truth(th, v),
        None => Ok(default),
    }
}

/// An argument that was given and is not None.
pub fn given(v: Value) -> Option<Value> {
    v.present().filter(|v| !v.is_none())
}

/// `__import__(module)`
///
/// # Errors
/// What importing raises.
pub fn import(th: &Thread, module: &str) -> PyResult {
    let key = Value::str(th, module);
    if let Some(m) = loaded(th, module)? {
        return Ok(m);
    }
    let import = match th
        .interp
        .builtins
        .get()
        .and_then(|d| d.get_name(th, "__import__"))
    {
        Some(f) => f,
        None => {
            return Err(th.raise(
                &taipan_object::exception::IMPORT_ERROR,
                "__import__ not found",
            ));
        }
    };
    let names = Value::tuple(th, &[Value::str(th, "*")]);
    let zero = Value::small_int(0);
    call::call(th, import, &[key, Value::NONE, Value::NONE, names, zero])
}

/// An entry of `sys.modules`.
///
/// # Errors
/// None but those of a dict of strings, which has none.
pub fn loaded(th: &Thread, module: &str) -> PyResult<Option<Value>> {
    let found = match th.interp.modules.get() {
        Some(m) => m.get(th, taipan_object::strings::intern(th, module))?,
        None => None,
    };
    Ok(found.filter(|m| !m.is_none()))
}

/// The attribute of a module, which is imported if need be.
///
/// # Errors
/// What importing raises, or `AttributeError`.
pub fn from_module(th: &Thread, module: &str, name: &str) -> PyResult {
    attr::get_str(th, import(th, module)?, name)
}

/// The dict of objects that native modules keep per interpreter.
pub fn state<'a>(th: &Thread) -> &'a Object<Dict> {
    if th.interp.state.get().is_none() {
        th.interp.set_dict(&th.interp.state, Dict::new(th));
    }
    th.interp.state.expect()
}

/// The namespace of a module.
pub fn module_dict<'a>(module: Value) -> &'a Object<Dict> {
    module.expect::<taipan_object::func::Module>().dict.expect()
}

/// An exact text in an exception's words: the name of the type of a value.
pub fn type_name(v: Value) -> String {
    taipan_object::types::class_of(v).name_text().into_owned()
}
