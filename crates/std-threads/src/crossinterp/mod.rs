//! Placeholder.
use taipan_object::exception::EXCEPTION;
use taipan_object::types::{StaticType, flags, no_layout};
use taipan_object::{PyResult, Thread, Value};

pub static INTERPRETER_ERROR: StaticType = StaticType::new(
    "concurrent.interpreters",
    "InterpreterError",
    Some(&EXCEPTION),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::EXCEPTION_SUBCLASS,
    no_layout,
);
pub static INTERPRETER_NOT_FOUND_ERROR: StaticType = StaticType::new(
    "concurrent.interpreters",
    "InterpreterNotFoundError",
    Some(&INTERPRETER_ERROR),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::EXCEPTION_SUBCLASS,
    no_layout,
);
pub static NOT_SHAREABLE_ERROR: StaticType = StaticType::new(
    "concurrent.interpreters",
    "NotShareableError",
    Some(&taipan_object::exception::TYPE_ERROR),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::EXCEPTION_SUBCLASS,
    no_layout,
);
pub enum Fallback {
    None,
    Full,
}
pub fn is_shareable(_th: &Thread, _v: Value) -> bool {
    true
}
pub fn capture(_th: &Thread, v: Value, _f: Fallback) -> PyResult {
    Ok(v)
}
pub fn restore(_th: &Thread, v: Value) -> PyResult {
    Ok(v)
}
pub fn interpreter_gone(_th: &Thread, _id: u64) {}
