//! `getattr`, `setattr`, `hasattr`, `delattr`, `dir`, `vars`, `format`.

use super::evaluate;
use taipan_object::attr::{self, attr_name};
use taipan_object::call::{self, Args};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, names, ops};

pub(super) fn getattr(th: &Thread, a: &[Value]) -> PyResult {
    let name = attr_name(th, a[1])?;
    if a[2].is_absent() {
        return attr::get(th, a[0], name);
    }
    Ok(attr::get_opt(th, a[0], name)?.unwrap_or(a[2]))
}

pub(super) fn hasattr(th: &Thread, a: &[Value]) -> PyResult {
    let name = attr_name(th, a[1])?;
    Ok(Value::bool(attr::get_opt(th, a[0], name)?.is_some()))
}

pub(super) fn setattr(th: &Thread, a: &[Value]) -> PyResult {
    let name = attr_name(th, a[1])?;
    attr::set(th, a[0], name, a[2])?;
    Ok(Value::NONE)
}

pub(super) fn delattr(th: &Thread, a: &[Value]) -> PyResult {
    let name = attr_name(th, a[1])?;
    attr::set(th, a[0], name, Value::ABSENT)?;
    Ok(Value::NONE)
}

pub(super) fn format(th: &Thread, a: &[Value]) -> PyResult {
    if !a[1].is_absent() && a[1].as_str_obj().is_none() {
        return Err(th.type_error(format!(
            "format() argument 2 must be str, not {}",
            class_of(a[1]).tp_name()
        )));
    }
    ops::format(th, a[0], a[1])
}

/// A sorted list of what an iterable has.
fn sorted_list(th: &Thread, items: Value) -> PyResult {
    let v = ops::to_vec(th, items)?;
    let list = Value::list(th, &v)?;
    call::call_method(th, list, "sort", &[])?;
    Ok(list)
}

/// `dir(v)`
pub fn dir_of(th: &Thread, v: Value) -> PyResult {
    match attr::call_special(th, v, names::DIR.get(), &[])? {
        Some(names) => sorted_list(th, names),
        None => Err(th.type_error("object does not provide __dir__")),
    }
}

pub(super) fn dir(th: &Thread, args: Args) -> PyResult {
    args.no_kw(th, "dir")?;
    match args.values {
        [] => {
            let d = evaluate::locals(th)?;
            let keys = call::call_method_name(th, d, names::KEYS.get(), &[])?;
            sorted_list(th, keys)
        }
        [v] => dir_of(th, *v),
        more => Err(th.type_error(format!(
            "dir expected at most 1 argument, got {}",
            more.len()
        ))),
    }
}

pub(super) fn vars(th: &Thread, args: Args) -> PyResult {
    args.no_kw(th, "vars")?;
    match args.values {
        [] => evaluate::locals(th),
        [v] => match attr::get_opt(th, *v, names::DICT.get())? {
            Some(d) => Ok(d),
            None => Err(th.type_error("vars() argument must have __dict__ attribute")),
        },
        more => Err(th.type_error(format!(
            "vars expected at most 1 argument, got {}",
            more.len()
        ))),
    }
}
