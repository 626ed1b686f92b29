//! Objects of the pure standard library that native code works with.

use taipan_object::{PyResult, Thread, Value, attr, call, strings};

/// An attribute of a module, which is imported if need be.
///
/// # Errors
/// What the import raises; `AttributeError` if the module has no such attribute.
pub(crate) fn attribute(th: &Thread, module: &str, name: &str) -> PyResult {
    attr::get_str(th, import(th, module)?, name)
}

/// A module by its full name, imported if need be.
///
/// # Errors
/// What the import raises.
pub(crate) fn import(th: &Thread, module: &str) -> PyResult {
    import_named(th, strings::intern(th, module))
}

/// As [`import`], for a name of any `str`.
///
/// # Errors
/// What the import raises.
pub(crate) fn import_named(th: &Thread, module: Value) -> PyResult {
    if let Some(m) = loaded(th, module) {
        return Ok(m);
    }
    let f = th
        .interp
        .builtins
        .get()
        .and_then(|d| d.get_name(th, "__import__"));
    let Some(f) = f else {
        return Err(th.runtime_error("lost builtins.__import__"));
    };
    let top = call::call(th, f, &[module])?;
    let m = match th.interp.modules.get() {
        Some(d) => d.get(th, module)?,
        None => None,
    };
    Ok(m.unwrap_or(top))
}

fn loaded(th: &Thread, module: Value) -> Option<Value> {
    let m = th.interp.modules.get()?.get(th, module).ok().flatten()?;
    if m.is_none() {
        return None;
    }
    // Another thread may still be running the module's code: importing it waits for that.
    let get = |v, name| {
        attr::get_opt(th, v, strings::intern(th, name))
            .ok()
            .flatten()
    };
    let initializing = get(m, "__spec__").and_then(|spec| get(spec, "_initializing"));
    (!initializing.is_some_and(|v| v.is(Value::TRUE))).then_some(m)
}
