//! `types.GenericAlias` (`list[int]`) and `typing.Union` (`int | str`).

mod alias;
mod substitute;
mod union;

pub use alias::{GENERIC_ALIAS, class_getitem, make as make_alias};
pub use union::{UNION, checked_or, make as make_union, union_or};

use taipan_object::dict::Dict;
use taipan_object::native::TypeSpec;
use taipan_object::types::{StaticType, Type, class_of};
use taipan_object::{PyResult, Thread, Value, attr, names, ops, strings};

/// The types of this folder.
pub static TYPES: &[(&StaticType, &TypeSpec)] = &[
    (&alias::GENERIC_ALIAS, &alias::SPEC),
    (&alias::ALIAS_ITERATOR, &alias::ITERATOR_SPEC),
    (&union::UNION, &union::SPEC),
];

/// Tells the layers below what makes a generic alias; once per interpreter.
///
/// # Errors
/// `MemoryError`.
pub fn register(th: &Thread) -> PyResult<()> {
    let state = match th.interp.state.get() {
        Some(d) => d,
        None => {
            let d = Dict::new(th);
            th.interp.set_dict(&th.interp.state, d);
            d
        }
    };
    state.set_name(th, "types.GenericAlias", GENERIC_ALIAS.value())
}

/// An attribute of an argument, nothing where it has none.
fn opt(th: &Thread, v: Value, name: &str) -> PyResult<Option<Value>> {
    attr::get_opt(th, v, strings::intern(th, name))
}

/// How an argument is shown within brackets.
fn show_item(th: &Thread, v: Value) -> PyResult {
    if v.is(Value::ELLIPSIS) {
        return Ok(Value::str(th, "..."));
    }
    if class_of(v).is(&taipan_object::types::NONE_TYPE) {
        return Ok(Value::str(th, "None"));
    }
    if attr::get_opt(th, v, names::ORIGIN.get())?.is_some()
        && attr::get_opt(th, v, names::ARGS_DUNDER.get())?.is_some()
    {
        return ops::repr(th, v);
    }
    let qualname = attr::get_opt(th, v, names::QUALNAME.get())?;
    let module = attr::get_opt(th, v, names::MODULE.get())?;
    let (Some(q), Some(m)) = (qualname, module) else {
        return ops::repr(th, v);
    };
    if m.is_none() || v.downcast::<Type>().is_none() && q.as_str_obj().is_none() {
        return ops::repr(th, v);
    }
    let q = ops::str(th, q)?;
    if m.is_str("builtins") {
        return Ok(q);
    }
    let m = ops::str(th, m)?;
    crate::text::join(th, &[m, Value::str(th, "."), q])
}
