//! The types that the language itself is made of, their exceptions, and the functions of the module `builtins`.
//!
//! | module | what it has |
//! |---|---|
//! | `object`, `class` | `object` and `type`: instances, classes, how both are made |
//! | `callables` | functions, methods, `classmethod`, `staticmethod`, `property`, `super`, cells |
//! | `descriptors` | what stands in native types' namespaces |
//! | `exceptions` | all builtin exceptions |
//! | `functions` | the module `builtins`, `__import__`, `__build_class__` |
//! | `module`, `code`, `frame`, `generator` | modules, code objects, frames, tracebacks, generators and coroutines |
//! | `generic` | `list[int]` and `int | str` |
//! | `typing` | type variables and aliases: the module `_typing` |
//! | `mapping_proxy`, `namespace`, `singletons`, `weakref` | the rest |

pub mod callables;
pub mod class;
pub mod code;
pub mod descriptors;
pub mod exceptions;
pub mod frame;
pub mod functions;
pub mod generator;
pub mod generic;
pub mod mapping_proxy;
pub mod module;
pub mod namespace;
pub mod object;
pub mod singletons;
pub mod text;
pub mod typing;
pub mod weakref;

pub use functions::set_import_report;
use std::sync::OnceLock;
use taipan_object::attr;
use taipan_object::dict::Dict;
use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::{self, StaticType};
use taipan_object::{Object, PyResult, Thread, Value, call, names, ops, strings};

/// `object` and `type`, which all others inherit from: to be defined before anything else.
static FIRST: &[(&StaticType, &TypeSpec)] = &[
    (&types::OBJECT, &object::SPEC),
    (&types::TYPE, &class::SPEC),
];

/// Every table of types in this crate.
static TABLES: &[&[(&StaticType, &TypeSpec)]] = &[
    FIRST,
    descriptors::TYPES,
    callables::TYPES,
    singletons::TYPES,
    module::TYPES,
    code::TYPES,
    frame::TYPES,
    generator::TYPES,
    generic::TYPES,
    mapping_proxy::TYPES,
    namespace::TYPES,
    weakref::TYPES,
    typing::TYPES,
];

/// Defines all types of this crate. Comes before every other crate's types: they inherit from `object`.
///
/// # Errors
/// `MemoryError`.
pub fn define(th: &Thread) -> PyResult<()> {
    for (t, spec) in types() {
        t.define(th, spec)?;
    }
    exceptions::define(th)
}

/// Gives the thread's interpreter what it needs of this crate before any code runs.
///
/// # Errors
/// `MemoryError`.
pub fn register(th: &Thread) -> PyResult<()> {
    generic::register(th)
}

/// The types that the module `builtins` names, with their names there.
pub static NAMED: &[&StaticType] = &[
    &types::OBJECT,
    &types::TYPE,
    &types::CLASSMETHOD,
    &types::STATICMETHOD,
    &types::PROPERTY,
    &types::SUPER,
];

/// The types of this crate but the exceptions, which [`exceptions::define`] makes.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    static ALL: OnceLock<Vec<(&StaticType, &TypeSpec)>> = OnceLock::new();
    ALL.get_or_init(|| TABLES.concat())
}

/// The native modules of this crate.
pub fn modules() -> &'static [&'static ModuleSpec] {
    static MODULES: &[&ModuleSpec] = &[&functions::MODULE, &weakref::MODULE, &typing::MODULE];
    MODULES
}

/// Imports a module of the library by its full name.
pub fn import_module(th: &Thread, name: &str) -> PyResult {
    let name = strings::intern(th, name);
    if let Some(m) = th.interp.modules.get().and_then(|d| d.map.get_str(name))
        && !m.is_none()
    {
        return Ok(m);
    }
    let from = Value::tuple(th, &[strings::intern(th, "*")]);
    functions::import_level(
        th,
        name,
        Value::NONE,
        if names::text(name).contains('.') {
            from
        } else {
            Value::NONE
        },
        0,
    )
}

/// The builtins that code with these globals sees.
pub fn builtins_of<'a>(th: &Thread, globals: &Object<Dict>) -> &'a Object<Dict> {
    let found = globals.map.get_str(names::BUILTINS.get());
    let from_globals = found.and_then(|b| {
        b.as_dict().or_else(|| {
            b.downcast::<taipan_object::func::Module>()
                .map(|m| m.dict.expect())
        })
    });
    from_globals
        .or(th.interp.builtins.get())
        .unwrap_or_else(|| Dict::new(th))
}

/// Whether a function is marked as abstract.
pub fn is_abstract(th: &Thread, f: Value) -> PyResult<bool> {
    if f.is_none() || f.is_absent() {
        return Ok(false);
    }
    match attr::get_opt(th, f, names::ISABSTRACT.get())? {
        Some(v) => ops::truth(th, v),
        None => Ok(false),
    }
}

/// Calls with one argument: a shorthand that the natives of this crate use often.
pub(crate) fn call1(th: &Thread, f: Value, a: Value) -> PyResult {
    call::call(th, f, &[a])
}
