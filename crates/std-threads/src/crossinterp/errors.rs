//! The exceptions of interpreters and of what passes between them; one type each for all interpreters.

use std::sync::atomic::Ordering;
use taipan_object::exception::{EXCEPTION, Exception, TYPE_ERROR};
use taipan_object::native::TypeSpec;
use taipan_object::types::{StaticType, flags, no_layout};
use taipan_object::{PyResult, Raised, Thread, Value, names, ops};

const MODULE: &str = "concurrent.interpreters";
const FLAGS: u64 = flags::BASE | flags::HAS_DICT | flags::EXCEPTION_SUBCLASS;

/// `concurrent.interpreters.InterpreterError`
pub static INTERPRETER_ERROR: StaticType = StaticType::new(
    MODULE,
    "InterpreterError",
    Some(&EXCEPTION),
    FLAGS,
    no_layout,
);

/// `concurrent.interpreters.InterpreterNotFoundError`
pub static INTERPRETER_NOT_FOUND_ERROR: StaticType = StaticType::new(
    MODULE,
    "InterpreterNotFoundError",
    Some(&INTERPRETER_ERROR),
    FLAGS,
    no_layout,
);

/// `concurrent.interpreters.NotShareableError`
pub static NOT_SHAREABLE_ERROR: StaticType = StaticType::new(
    MODULE,
    "NotShareableError",
    Some(&TYPE_ERROR),
    FLAGS | flags::HAS_WEAKREF,
    no_layout,
);

/// What `InterpreterError` is.
pub static INTERPRETER_ERROR_SPEC: TypeSpec = TypeSpec {
    doc: "A cross-interpreter operation failed",
    ..TypeSpec::EMPTY
};

/// What `InterpreterNotFoundError` is.
pub static INTERPRETER_NOT_FOUND_ERROR_SPEC: TypeSpec = TypeSpec {
    doc: "An interpreter was not found",
    ..TypeSpec::EMPTY
};

/// What `NotShareableError` is.
pub static NOT_SHAREABLE_ERROR_SPEC: TypeSpec = TypeSpec::EMPTY;

pub(super) fn init(th: &Thread) -> PyResult<()> {
    INTERPRETER_ERROR.define(th, &INTERPRETER_ERROR_SPEC)?;
    INTERPRETER_NOT_FOUND_ERROR.define(th, &INTERPRETER_NOT_FOUND_ERROR_SPEC)?;
    NOT_SHAREABLE_ERROR.define(th, &NOT_SHAREABLE_ERROR_SPEC)?;
    Ok(())
}

/// A `NotShareableError` with a cause, if there is one.
#[cold]
pub fn not_shareable(th: &Thread, msg: impl AsRef<str>, cause: Option<Raised>) -> Raised {
    let e = th.raise(&NOT_SHAREABLE_ERROR, msg);
    if let Some(cause) = cause
        && let Some(o) = e.0.downcast::<Exception>()
    {
        o.cause.set(&o.header, cause.0);
        o.suppress.store(true, Ordering::Release);
    }
    e
}

/// The `NotShareableError` of a value that cannot be packed, or what its repr raised.
#[cold]
pub(super) fn does_not_support(th: &Thread, v: Value, cause: Option<Raised>) -> Raised {
    match ops::repr(th, v) {
        Ok(text) => {
            let text = names::text(text);
            let msg = format!("{text} does not support cross-interpreter data");
            not_shareable(th, msg, cause)
        }
        Err(e) => e,
    }
}
