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
    let top = call::call(th, f, &[strings::intern(th, module)])?;
    Ok(loaded(th, module).unwrap_or(top))
}

fn loaded(th: &Thread, module: &str) -> Option<Value> {
    let m = th.interp.modules.get()?.get_name(th, module)?;
    (!m.is_none()).then_some(m)
}
