//! `__annotations__` and `__annotate__` of classes (PEP 649).

use super::this;
use taipan_object::call;
use taipan_object::dict::Dict;
use taipan_object::types::{class_of, flags};
use taipan_object::{PyResult, Thread, Value, names, ops};

fn bound(th: &Thread, d: Value, owner: Value) -> PyResult {
    match class_of(d).slots().descr_get {
        Some(get) => get(th, d, Value::ABSENT, owner),
        None => Ok(d),
    }
}

pub(super) fn get_annotate(th: &Thread, v: Value) -> PyResult {
    let t = this(v);
    if !t.is_heap() {
        return Err(th.no_attribute(v, names::ANNOTATE.get()));
    }
    let dict = t.dict.expect();
    let found = dict
        .map
        .get_str(names::ANNOTATE.get())
        .or_else(|| dict.map.get_str(names::ANNOTATE_FUNC.get()));
    match found {
        Some(f) => bound(th, f, v),
        None => {
            dict.set(th, names::ANNOTATE_FUNC.get(), Value::NONE)?;
            t.modified();
            Ok(Value::NONE)
        }
    }
}

pub(super) fn set_annotate(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    let t = this(v);
    if value.is_absent() {
        return Err(th.type_error("cannot delete __annotate__ attribute"));
    }
    if t.has_flag(flags::IMMUTABLE) {
        return Err(th.type_error(format!(
            "cannot set '__annotate__' attribute of immutable type '{}'",
            t.tp_name()
        )));
    }
    if !value.is_none() && !ops::is_callable(value) {
        return Err(th.type_error("__annotate__ must be callable or None"));
    }
    let dict = t.dict.expect();
    dict.set(th, names::ANNOTATE_FUNC.get(), value)?;
    if !value.is_none() {
        dict.remove(th, names::ANN_CACHE.get())?;
    }
    t.modified();
    Ok(())
}

pub(super) fn get_annotations(th: &Thread, v: Value) -> PyResult {
    let t = this(v);
    if !t.is_heap() {
        return Err(th.no_attribute(v, names::ANNOTATIONS.get()));
    }
    let dict = t.dict.expect();
    let found = dict
        .map
        .get_str(names::ANNOTATIONS.get())
        .or_else(|| dict.map.get_str(names::ANN_CACHE.get()));
    if let Some(a) = found {
        return bound(th, a, v);
    }
    let annotate = taipan_object::attr::get(th, v, names::ANNOTATE.get())?;
    let made = evaluate(th, annotate)?;
    dict.set(th, names::ANN_CACHE.get(), made)?;
    t.modified();
    Ok(made)
}

/// Calls an `__annotate__` function for values; an empty dict where there is none.
pub fn evaluate(th: &Thread, annotate: Value) -> PyResult {
    if annotate.is_absent() || !ops::is_callable(annotate) {
        return Ok(Dict::new(th).value());
    }
    let made = call::call(th, annotate, &[Value::small_int(1)])?;
    if made.as_dict().is_none() {
        return Err(th.type_error(format!(
            "__annotate__ returned non-dict of type '{}'",
            class_of(made).tp_name()
        )));
    }
    Ok(made)
}

pub(super) fn set_annotations(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    let t = this(v);
    if t.has_flag(flags::IMMUTABLE) {
        return Err(th.type_error(format!(
            "cannot set '__annotations__' attribute of immutable type '{}'",
            t.tp_name()
        )));
    }
    let dict = t.dict.expect();
    let plain = names::ANNOTATIONS.get();
    let key = if dict.map.get_str(plain).is_some() {
        plain
    } else {
        names::ANN_CACHE.get()
    };
    if value.is_absent() {
        if dict.remove(th, key)?.is_none() {
            return Err(th.attribute_error("__annotations__", v, plain));
        }
    } else {
        dict.set(th, key, value)?;
    }
    dict.remove(th, names::ANNOTATE_FUNC.get())?;
    dict.remove(th, names::ANNOTATE.get())?;
    t.modified();
    Ok(())
}
