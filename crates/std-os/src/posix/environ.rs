//! The environment.

use crate::args;
use taipan_host::environ;
use taipan_object::dict::Dict;
use taipan_object::{PyResult, Thread, Value};

/// The environment as it is now: a dict of bytes. Of two entries of one name the first counts.
pub fn snapshot(th: &Thread) -> PyResult {
    let d = Dict::new(th);
    for (name, value) in environ::all() {
        let key = Value::bytes(th, &name)?;
        if d.get(th, key)?.is_none() {
            d.set(th, key, Value::bytes(th, &value)?)?;
        }
    }
    Ok(d.value())
}

/// `_create_environ()`
pub fn create(th: &Thread, _: &[Value]) -> PyResult {
    snapshot(th)
}

/// `putenv(name, value)`
pub fn putenv(th: &Thread, a: &[Value]) -> PyResult {
    let name = args::fs_cstring(th, a[0])?;
    let value = args::fs_cstring(th, a[1])?;
    if name.as_bytes().contains(&b'=') {
        return Err(th.value_error("illegal environment variable name"));
    }
    let shown = [&name, &value].map(|t| Value::bytes(th, t.as_bytes()));
    let [key, text] = shown;
    th.audit("os.putenv", &[key?, text?])?;
    args::sys(th, environ::set(&name, &value))?;
    Ok(Value::NONE)
}

/// `unsetenv(name)`
pub fn unsetenv(th: &Thread, a: &[Value]) -> PyResult {
    let name = args::fs_cstring(th, a[0])?;
    th.audit("os.unsetenv", &[Value::bytes(th, name.as_bytes())?])?;
    args::sys(th, environ::unset(&name))?;
    Ok(Value::NONE)
}
