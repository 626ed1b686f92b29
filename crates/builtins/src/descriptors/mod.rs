//! The descriptors of native types: what stands in their namespaces for methods, slots and attributes.

mod bound_slot;
mod getset;
mod member;
mod method;
mod wrapper;

use taipan_object::native::{Method, TypeSpec};
use taipan_object::types::{self, StaticType, Type, class_of};
use taipan_object::{Object, PyResult, Raised, Thread, Value};

/// The descriptor types.
pub static TYPES: &[(&StaticType, &TypeSpec)] = &[
    (&types::GETSET_DESCRIPTOR, &getset::SPEC),
    (&types::MEMBER_DESCRIPTOR, &member::SPEC),
    (&types::METHOD_DESCRIPTOR, &method::SPEC),
    (&types::CLASSMETHOD_DESCRIPTOR, &method::CLASSMETHOD_SPEC),
    (&types::WRAPPER_DESCRIPTOR, &wrapper::SPEC),
    (&types::METHOD_WRAPPER, &bound_slot::SPEC),
];

/// Fails unless `obj` is an instance of the type that a descriptor belongs to.
fn check_instance(th: &Thread, owner: &Object<Type>, name: &str, obj: Value) -> PyResult<()> {
    if class_of(obj).is_subtype(owner) {
        return Ok(());
    }
    Err(does_not_apply(th, owner, name, obj))
}

#[cold]
fn does_not_apply(th: &Thread, owner: &Object<Type>, name: &str, obj: Value) -> Raised {
    th.type_error(format!(
        "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
        owner.tp_name(),
        class_of(obj).tp_name()
    ))
}

fn qualname(th: &Thread, owner: &Object<Type>, name: &str) -> Value {
    let owner = taipan_object::names::text(owner.qualname.get());
    Value::str(th, &format!("{owner}.{name}"))
}

fn reduce(th: &Thread, owner: &Object<Type>, name: &str) -> PyResult {
    let getattr = taipan_object::frame::builtin(th, "getattr")?;
    let args = Value::tuple(th, &[owner.value(), Value::str(th, name)]);
    Ok(Value::tuple(th, &[getattr, args]))
}

fn show(th: &Thread, what: &str, owner: &Object<Type>, name: &str) -> Value {
    Value::str(
        th,
        &format!("<{what} '{name}' of '{}' objects>", owner.tp_name()),
    )
}

/// The docstring of a method row, None where it has none.
pub(crate) fn doc_of(th: &Thread, doc: &str) -> Value {
    if doc.is_empty() {
        Value::NONE
    } else {
        Value::str(th, doc)
    }
}

/// The text signature of a method row, None where it shows none.
pub(crate) fn signature_of(th: &Thread, m: &Method) -> Value {
    if m.sig.is_empty() {
        Value::NONE
    } else {
        Value::str(th, m.sig)
    }
}
