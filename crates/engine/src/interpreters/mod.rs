//! `_interpreters`: several interpreters in one process (PEP 734).
//!
//! | module | what it has |
//! |---|---|
//! | `settings` | what an interpreter is made with |
//! | `life` | making and closing them |
//! | `run` | running code in another interpreter |
//! | `failure` | what is told of an exception that another interpreter's code raised |

mod failure;
mod life;
mod run;
mod settings;

pub use life::close_all;
pub use settings::Made;

use taipan_object::call::{self, Args};
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::types::class_of;
use taipan_object::{Interpreter, PyResult, Raised, Thread, Value, ValueVec, attr, ops, strings};
use taipan_std_threads::crossinterp::{
    self, INTERPRETER_ERROR, INTERPRETER_NOT_FOUND_ERROR, NOT_SHAREABLE_ERROR,
};

/// `_interpreters`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_interpreters",
    doc: "This module provides primitive operations to manage Python interpreters.\nThe 'interpreters' module provides a more convenient interface.",
    functions: &[
        Method::new("new_config", "(name='isolated', /, **overrides)", settings::new_config)
            .doc("Return a representation of a new PyInterpreterConfig.\n\nThe name determines the initial values of the config.  Supported named\nconfigs are: default, isolated, legacy, and empty.\n\nAny keyword arguments are set on the corresponding config fields,\noverriding the initial values."),
        Method::new("create", "(config=None, *, reqrefs=False)", life::create)
            .doc("Create a new interpreter and return a unique generated ID.\n\nThe caller is responsible for destroying the interpreter before exiting,\ntypically by using _interpreters.destroy().  This can be managed \nautomatically by passing \"reqrefs=True\" and then using _incref() and\n_decref() appropriately.\n\n\"config\" must be a valid interpreter config or the name of a\npredefined config (\"isolated\" or \"legacy\").  The default\nis \"isolated\"."),
        Method::new("destroy", "(id, *, restrict=False)", life::destroy)
            .doc("Destroy the identified interpreter.\n\nAttempting to destroy the current interpreter raises InterpreterError.\nSo does an unrecognized ID."),
        Method::new("list_all", "(*, require_ready=False)", life::list_all)
            .doc("Return a list containing the ID of every existing interpreter."),
        Method::new("get_current", "()", |th, _| life::described(th, th.interp))
            .doc("Return the ID of current interpreter."),
        Method::new("get_main", "()", |th, _| life::described(th, Interpreter::main()))
            .doc("Return the ID of main interpreter."),
        Method::new("is_running", "(id, *, restrict=False)", |th, a| {
            let interp = find(th, a, 1, "check if running for")?;
            Ok(Value::bool(interp.is_running_main()))
        })
        .doc("Return whether or not the identified interpreter is running."),
        Method::new("get_config", "(id, *, restrict=False)", |th, a| {
            let interp = find(th, a, 1, "get the config of")?;
            settings::made(interp).settings.namespace(th)
        })
        .doc("Return a representation of the config used to initialize the interpreter."),
        Method::new("whence", "(id)", |th, a| {
            let interp = by_id(th, a[0])?;
            Ok(Value::int(th, settings::made(interp).whence))
        })
        .doc("Return an identifier for where the interpreter was created."),
        Method::new("incref", "(id, *, implieslink=False, restrict=False)", life::incref),
        Method::new("decref", "(id, *, restrict=False)", life::decref),
        Method::new("exec", "(id, code, shared=<unrepresentable>, *, restrict=False)", run::exec)
            .doc("Execute the provided code in the identified interpreter.\nThis is equivalent to running the builtin exec() under the target\ninterpreter, using the __dict__ of its __main__ module as both\nglobals and locals.\n\n\"code\" may be a string containing the text of a Python script.\n\nFunctions (and code objects) are also supported, with some restrictions.\nThe code/function must not take any arguments or be a closure\n(i.e. have cell vars).  Methods and other callables are not supported.\n\nIf a function is provided, its code object is used and all its state\nis ignored, including its __globals__ dict."),
        Method::new("run_string", "(id, script, shared=<unrepresentable>, *, restrict=False)", run::run_string)
            .doc("Execute the provided string in the identified interpreter.\n\n(See _interpreters.exec()."),
        Method::new("run_func", "(id, func, shared=<unrepresentable>, *, restrict=False)", run::run_func)
            .doc("Execute the body of the provided function in the identified interpreter.\nCode objects are also supported.  In both cases, closures and args\nare not supported.  Methods and other callables are not supported either.\n\n(See _interpreters.exec()."),
        Method::new(
            "call",
            "(id, callable, args=<unrepresentable>, kwargs=<unrepresentable>, *, preserve_exc=False, restrict=False)",
            run::call,
        )
        .doc("Call the provided object in the identified interpreter.\nPass the given args and kwargs, if possible."),
        Method::new("set___main___attrs", "(id, updates, *, restrict=False)", run::set_main_attrs)
            .doc("Bind the given attributes in the interpreter's __main__ module."),
        Method::new("is_shareable", "(obj)", |th, a| Ok(Value::bool(crossinterp::is_shareable(th, a[0]))))
            .doc("Return True if the object's data may be shared between interpreters and\nFalse otherwise."),
        Method::new("capture_exception", "(exc=None)", failure::capture_exception)
            .doc("Return a snapshot of an exception.  If \"exc\" is None\nthen the current exception, if any, is used (but not cleared).\n\nThe returned snapshot is the same as what _interpreters.exec() returns."),
    ],
    types: &[
        (&INTERPRETER_ERROR, &crossinterp::INTERPRETER_ERROR_SPEC),
        (
            &INTERPRETER_NOT_FOUND_ERROR,
            &crossinterp::INTERPRETER_NOT_FOUND_ERROR_SPEC,
        ),
        (&NOT_SHAREABLE_ERROR, &crossinterp::NOT_SHAREABLE_ERROR_SPEC),
        (&crossinterp::BUFFER_VIEW, &crossinterp::BUFFER_VIEW_SPEC),
    ],
    init: |th, module| {
        crossinterp::init(th)?;
        for (n, name) in settings::WHENCE.iter().enumerate() {
            let name = strings::intern(th, &format!("WHENCE_{name}"));
            attr::set(th, module, name, Value::usize(th, n))?;
        }
        Ok(())
    },
};

/// `InterpreterError(msg)`
#[cold]
fn error(th: &Thread, msg: impl AsRef<str>) -> Raised {
    th.raise(&INTERPRETER_ERROR, msg)
}

/// The number of an interpreter that an argument names.
fn id_of(th: &Thread, v: Value) -> PyResult<u64> {
    if class_of(v).slots().index.is_none() {
        return Err(th.type_error(format!(
            "interpreter ID must be an int, got {}",
            class_of(v).name_text()
        )));
    }
    let n = ops::index(th, v)?;
    let Some(id) = n.as_i64() else {
        return Err(th.overflow_error("int too big to convert"));
    };
    u64::try_from(id).map_err(|_| {
        th.value_error(format!(
            "interpreter ID must be a non-negative int, got {id}"
        ))
    })
}

fn by_id(th: &Thread, v: Value) -> PyResult<&'static Interpreter> {
    let id = id_of(th, v)?;
    Interpreter::by_id(id).ok_or_else(|| {
        let msg = format!("unrecognized interpreter ID {id}");
        th.raise(&INTERPRETER_NOT_FOUND_ERROR, msg)
    })
}

/// The interpreter that the first argument names; only one that this module made if the argument `restrict`, at its
/// place, says so.
fn find(th: &Thread, a: &[Value], restrict: usize, what: &str) -> PyResult<&'static Interpreter> {
    let restricted = match a[restrict].present() {
        Some(v) => ops::truth(th, v)?,
        None => false,
    };
    let interp = by_id(th, a[0])?;
    if restricted && settings::made(interp).whence != settings::BY_MODULE {
        let id = interp.id;
        return Err(error(
            th,
            format!("cannot {what} unrecognized interpreter {id}"),
        ));
    }
    Ok(interp)
}

/// `TypeError` for an argument of the wrong type.
#[cold]
fn bad_argument(th: &Thread, f: &str, place: usize, wanted: &str, v: Value) -> Raised {
    let given = if v.is_none() {
        "None".into()
    } else {
        class_of(v).name_text().to_string()
    };
    th.type_error(format!(
        "_interpreters.{f}() argument {place} must be {wanted}, not {given}"
    ))
}

/// Whether a `str` can be written as UTF-8.
///
/// # Errors
/// `UnicodeEncodeError`.
fn check_text(th: &Thread, text: Value) -> PyResult<()> {
    taipan_strings::codec::encode(th, text, Some("utf-8"), None).map(|_| ())
}

/// A `types.SimpleNamespace`.
fn namespace(th: &Thread, items: &[(&str, Value)]) -> PyResult {
    let (mut keys, mut values) = (ValueVec::new(), ValueVec::new());
    for (n, v) in items {
        keys.push(th, strings::intern(th, n))?;
        values.push(th, *v)?;
    }
    call::call_args(
        th,
        taipan_builtins::namespace::NAMESPACE.value(),
        Args {
            values: &values,
            kwnames: &keys,
        },
    )
}
