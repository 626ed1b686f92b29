//! The module `_typing`: type variables, type aliases and `Generic`, which the syntax of PEP 695 makes.

mod evaluator;
mod generic_class;
mod no_default;
mod param_spec;
mod type_alias;
mod type_var;
mod type_var_tuple;

pub use evaluator::Lazy;
pub use generic_class::{GENERIC, subscript_generic};
pub use no_default::no_default;
pub use param_spec::{PARAM_SPEC, new_param_spec};
pub use type_alias::{TYPE_ALIAS, new_type_alias};
pub use type_var::{TYPE_VAR, new_type_var};
pub use type_var_tuple::{TYPE_VAR_TUPLE, new_type_var_tuple};

use crate::generic::UNION;
use taipan_object::native::{Method, ModuleSpec, TypeSpec};
use taipan_object::types::StaticType;
use taipan_object::{PyResult, Thread, Value, attr, call, frame, names, strings};

/// The types of this folder.
pub static TYPES: &[(&StaticType, &TypeSpec)] = &[
    (&TYPE_VAR, &type_var::SPEC),
    (&PARAM_SPEC, &param_spec::SPEC),
    (&param_spec::ARGS, &param_spec::ARGS_SPEC),
    (&param_spec::KWARGS, &param_spec::KWARGS_SPEC),
    (&TYPE_VAR_TUPLE, &type_var_tuple::SPEC),
    (&TYPE_ALIAS, &type_alias::SPEC),
    (&GENERIC, &generic_class::SPEC),
    (&no_default::NO_DEFAULT_TYPE, &no_default::SPEC),
    (&evaluator::CONST_EVALUATOR, &evaluator::SPEC),
];

/// The module `_typing`.
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_typing",
    doc: "Primitives and accelerators for the typing module.\n",
    functions: &[Method::new("_idfunc", "(x, /)", |_, a| Ok(a[0]))],
    types: &[],
    init: |th, m| {
        let set = |name: &str, v: Value| attr::set(th, m, strings::intern(th, name), v);
        for t in [
            &TYPE_VAR,
            &PARAM_SPEC,
            &param_spec::ARGS,
            &param_spec::KWARGS,
            &TYPE_VAR_TUPLE,
            &TYPE_ALIAS,
            &GENERIC,
            &UNION,
        ] {
            set(t.name, t.value())?;
        }
        set("NoDefault", no_default(th))
    },
};

/// Calls a function of the module `typing`.
pub(crate) fn call_typing(th: &Thread, name: &str, args: &[Value]) -> PyResult {
    let typing = crate::import_module(th, "typing")?;
    let f = attr::get_str(th, typing, name)?;
    call::call(th, f, args)
}

/// The name of the module whose code makes a type variable by calling its class.
fn calling_module(th: &Thread) -> Value {
    frame::current(th)
        .and_then(|f| f.globals().map.get_str(names::NAME.get()))
        .unwrap_or(Value::NONE)
}

/// Gives an object made by a call the `__module__` of its caller.
fn set_module(th: &Thread, v: Value) -> PyResult<()> {
    let module = calling_module(th);
    attr::set_own(th, v, names::MODULE.get(), module)
}

/// Sets the evaluator of a type parameter's default, as the compiler has it for `[T = default]`.
pub fn set_default(th: &Thread, param: Value, evaluator: Value) -> PyResult {
    let lazy = if let Some(t) = param.downcast::<type_var::TypeVar>() {
        (&t.header, &t.data.default)
    } else if let Some(t) = param.downcast::<param_spec::ParamSpec>() {
        (&t.header, &t.data.default)
    } else if let Some(t) = param.downcast::<type_var_tuple::TypeVarTuple>() {
        (&t.header, &t.data.default)
    } else {
        return Err(th.type_error("Expected a type param"));
    };
    lazy.1.set_evaluator(lazy.0, evaluator);
    Ok(param)
}

/// What a type parameter that may not be inherited from says.
fn cannot_subclass(th: &Thread, what: &str) -> PyResult {
    Err(th.type_error(format!("Cannot subclass an instance of {what}")))
}
