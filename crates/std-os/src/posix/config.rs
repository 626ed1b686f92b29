//! Limits and texts that the system is asked for by name.

use super::path::Path;
use crate::args::{fd as fildes, fs_decode, module_dict, sys};
use taipan_host::constants::config::{CONFSTR, PATHCONF, SYSCONF};
use taipan_host::constants::lookup;
use taipan_host::{fs, sysinfo};
use taipan_object::dict::Dict;
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, ops};

/// Adds the tables of names.
pub fn init(th: &Thread, module: Value) -> PyResult<()> {
    let d = module_dict(module);
    for (name, table) in [
        ("confstr_names", CONFSTR),
        ("pathconf_names", PATHCONF),
        ("sysconf_names", SYSCONF),
    ] {
        let names = Dict::new(th);
        for (key, n) in table {
            names.set_name(th, key, Value::int(th, *n))?;
        }
        d.set_name(th, name, names.value())?;
    }
    Ok(())
}

fn number(th: &Thread, table: &[(&str, i64)], v: Value) -> PyResult<i32> {
    if let Some(w) = v.as_wtf8() {
        let known = w.as_str().ok().and_then(|name| lookup(table, name));
        return match known {
            Some(n) => Ok(n as i32),
            None => Err(th.value_error("unrecognized configuration name")),
        };
    }
    if class_of(v).slots().index.is_none() {
        return Err(th.type_error("configuration names must be strings or integers"));
    }
    match ops::index(th, v)?.as_i64().map(i32::try_from) {
        Some(Ok(n)) => Ok(n),
        _ => Err(th.overflow_error("Python int too large to convert to C int")),
    }
}

/// `sysconf(name)`
pub fn sysconf(th: &Thread, a: &[Value]) -> PyResult {
    let n = number(th, SYSCONF, a[0])?;
    Ok(Value::int(th, sys(th, sysinfo::sysconf(n))?))
}

/// `confstr(name)`
pub fn confstr(th: &Thread, a: &[Value]) -> PyResult {
    let n = number(th, CONFSTR, a[0])?;
    match sys(th, sysinfo::confstr(n))? {
        Some(text) => Ok(fs_decode(th, &text)),
        None => Ok(Value::NONE),
    }
}

/// `pathconf(path, name)`
pub fn pathconf(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::or_fd(th, "pathconf", a[0])?;
    let n = number(th, PATHCONF, a[1])?;
    let limit = path.call_either(th, |fd| fs::fpathconf(fd, n), |p| fs::pathconf(p, n))?;
    Ok(Value::int(th, limit))
}

/// `fpathconf(fd, name)`
pub fn fpathconf(th: &Thread, a: &[Value]) -> PyResult {
    let fd = fildes(th, a[0])?;
    let n = number(th, PATHCONF, a[1])?;
    let limit = sys(th, th.blocking(|| fs::fpathconf(fd, n)))?;
    Ok(Value::int(th, limit))
}
