//! Attributes of classes that are computed.

use super::{store, this};
use std::sync::atomic::Ordering;
use taipan_object::native::TypeSpec;
use taipan_object::types::{Type, class_of, flags};
use taipan_object::{Object, PyResult, Thread, Value, class, names, ops, strings};

fn check_settable(th: &Thread, t: &Object<Type>, name: &str, value: Value) -> PyResult<()> {
    if t.has_flag(flags::IMMUTABLE) {
        return Err(th.type_error(format!(
            "cannot set '{name}' attribute of immutable type '{}'",
            t.tp_name()
        )));
    }
    if value.is_absent() {
        return Err(th.type_error(format!(
            "cannot delete '{name}' attribute of immutable type '{}'",
            t.tp_name()
        )));
    }
    th.audit(
        "object.__setattr__",
        &[t.value(), Value::str(th, name), value],
    )
}

pub(super) fn get_name(_: &Thread, v: Value) -> PyResult {
    Ok(this(v).name.get())
}

pub(super) fn set_name(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    let t = this(v);
    check_settable(th, t, "__name__", value)?;
    let Some(text) = value.as_wtf8() else {
        return Err(th.type_error(format!(
            "can only assign string to {}.__name__, not '{}'",
            t.tp_name(),
            class_of(value).tp_name()
        )));
    };
    if text.as_bytes().contains(&0) {
        return Err(th.value_error("type name must not contain null characters"));
    }
    strings::check_utf8(th, value)?;
    t.name.set(&t.header, value);
    Ok(())
}

pub(super) fn get_qualname(_: &Thread, v: Value) -> PyResult {
    Ok(this(v).qualname.get())
}

pub(super) fn set_qualname(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    let t = this(v);
    check_settable(th, t, "__qualname__", value)?;
    if value.as_str_obj().is_none() {
        return Err(th.type_error(format!(
            "can only assign string to {}.__qualname__, not '{}'",
            t.tp_name(),
            class_of(value).tp_name()
        )));
    }
    t.qualname.set(&t.header, value);
    Ok(())
}

pub(super) fn get_bases(_: &Thread, v: Value) -> PyResult {
    Ok(this(v).bases.get())
}

pub(super) fn set_bases(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    let t = this(v);
    check_settable(th, t, "__bases__", value)?;
    let Some(items) = value.as_tuple() else {
        return Err(th.type_error(format!(
            "can only assign tuple to {}.__bases__, not {}",
            t.tp_name(),
            class_of(value).tp_name()
        )));
    };
    if items.is_empty() {
        return Err(th.type_error(format!(
            "can only assign non-empty tuple to {}.__bases__, not ()",
            t.tp_name()
        )));
    }
    for b in items {
        let Some(base) = b.downcast::<Type>() else {
            return Err(th.type_error(format!(
                "{}.__bases__ must be tuple of classes, not '{}'",
                t.tp_name(),
                class_of(*b).tp_name()
            )));
        };
        // Where a metaclass's `mro()` assigns bases, the order of resolution may lag behind the chain of bases.
        let mut chain = Some(base);
        while let Some(b) = chain.filter(|b| !b.is(t)) {
            chain = b.base.get();
        }
        if base.is_subtype(t) || chain.is_some() {
            return Err(th.type_error("a __bases__ item causes an inheritance cycle"));
        }
    }
    class::set_bases(th, t, items)
}

pub(super) fn get_base(_: &Thread, v: Value) -> PyResult {
    Ok(this(v).base.get().map_or(Value::NONE, |b| b.value()))
}

pub(super) fn get_mro(_: &Thread, v: Value) -> PyResult {
    Ok(this(v).mro.get().or(Value::NONE))
}

/// `__module__` of a class, whatever it is; a native type without one is a builtin.
pub(super) fn module_name(t: &Object<Type>) -> Option<Value> {
    // `type` itself has a descriptor of that name in its namespace.
    t.dict
        .get()?
        .map
        .get_str(names::MODULE.get())
        .filter(|_| !t.is(&taipan_object::types::TYPE))
}

pub(super) fn get_module(th: &Thread, v: Value) -> PyResult {
    let t = this(v);
    match module_name(t) {
        // A native type whose instances have the attribute has its descriptor there.
        Some(d) if !t.is_heap() && d.as_str_obj().is_none() => {
            let of_typing = t.is(&crate::typing::TYPE_ALIAS);
            let name = if of_typing { "typing" } else { "builtins" };
            Ok(strings::intern(th, name))
        }
        Some(m) => Ok(m),
        None if t.is_heap() => Err(th.attribute_error("__module__", v, names::MODULE.get())),
        None => Ok(strings::intern(th, "builtins")),
    }
}

pub(super) fn set_module(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    let t = this(v);
    check_settable(th, t, "__module__", value)?;
    store(th, t, names::MODULE.get(), value)?;
    t.dict.expect().remove(th, names::FIRSTLINENO.get())?;
    Ok(())
}

pub(super) fn get_abstract(th: &Thread, v: Value) -> PyResult {
    let t = this(v);
    let name = names::ABSTRACT_METHODS.get();
    // `type` itself has this very descriptor in its namespace.
    match t.dict.expect().map.get_str(name) {
        Some(x) if !t.is(&taipan_object::types::TYPE) => Ok(x),
        _ => Err(th.no_attribute(v, name)),
    }
}

pub(super) fn set_abstract(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    let t = this(v);
    let is_abstract = if value.is_absent() {
        false
    } else {
        ops::truth(th, value)?
    };
    store(th, t, names::ABSTRACT_METHODS.get(), value)?;
    if is_abstract {
        t.set_flag(flags::ABSTRACT);
    } else {
        t.clear_flag(flags::ABSTRACT);
    }
    Ok(())
}

pub(super) fn get_doc(th: &Thread, v: Value) -> PyResult {
    let t = this(v);
    let Some(d) = t.dict.expect().map.get_str(names::DOC.get()) else {
        return Ok(Value::NONE);
    };
    if d.downcast::<taipan_object::func::GetSetDescriptor>()
        .is_some()
        && !t.is_heap()
    {
        let doc = spec_of(t).map_or("", |s| s.doc);
        return Ok(if doc.is_empty() {
            Value::NONE
        } else {
            Value::str(th, doc)
        });
    }
    match class_of(d).slots().descr_get {
        Some(get) => get(th, d, Value::ABSENT, v),
        None => Ok(d),
    }
}

pub(super) fn set_doc(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    let t = this(v);
    check_settable(th, t, "__doc__", value)?;
    store(th, t, names::DOC.get(), value)
}

fn spec_of(t: &Object<Type>) -> Option<&'static TypeSpec> {
    if t.is_heap() {
        return None;
    }
    t.spec()
}

pub(super) fn get_text_signature(th: &Thread, v: Value) -> PyResult {
    match spec_of(this(v)) {
        Some(s) if !s.sig.is_empty() => Ok(Value::str(th, s.sig)),
        _ => Ok(Value::NONE),
    }
}

pub(super) fn get_type_params(_: &Thread, v: Value) -> PyResult {
    let t = this(v);
    if t.is(&taipan_object::types::TYPE) {
        // Its dict holds the descriptor that this is.
        return Ok(Value::empty_tuple());
    }
    let params = t.dict.expect().map.get_str(names::TYPE_PARAMS.get());
    Ok(params.unwrap_or(Value::empty_tuple()))
}

pub(super) fn set_type_params(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    let t = this(v);
    check_settable(th, t, "__type_params__", value)?;
    store(th, t, names::TYPE_PARAMS.get(), value)
}

pub(super) fn get_flags(th: &Thread, v: Value) -> PyResult {
    let t = this(v);
    let mut bits = t.flags.load(Ordering::Acquire) & 0xFFFF_FFFF;
    if t.is(&crate::typing::GENERIC) {
        // `copyreg` asks whether a native base has a state of its own to be kept.
        bits |= flags::HEAP;
    }
    Ok(Value::int(th, bits as i64))
}

pub(super) fn get_basicsize(th: &Thread, v: Value) -> PyResult {
    let n = this(v).basic_size.load(Ordering::Relaxed).max(16);
    let slots = this(v).fixed_slots.load(Ordering::Relaxed) as usize;
    Ok(Value::usize(th, n + 8 * slots))
}

pub(super) fn get_itemsize(_: &Thread, v: Value) -> PyResult {
    let t = this(v);
    let n = if t.has_flag(flags::TUPLE_SUBCLASS) {
        8
    } else if t.has_flag(flags::BYTES_SUBCLASS) {
        1
    } else if t.has_flag(flags::INT_SUBCLASS) {
        4
    } else {
        0
    };
    Ok(Value::small_int(n))
}

pub(super) fn get_dictoffset(_: &Thread, v: Value) -> PyResult {
    Ok(Value::small_int(if this(v).has_flag(flags::HAS_DICT) {
        -1
    } else {
        0
    }))
}

pub(super) fn get_weakrefoffset(_: &Thread, v: Value) -> PyResult {
    Ok(Value::small_int(if this(v).has_flag(flags::HAS_WEAKREF) {
        8
    } else {
        0
    }))
}
