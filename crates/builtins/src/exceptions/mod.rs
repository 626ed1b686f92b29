//! The builtin exceptions.
//!
//! One payload serves them all; what a class adds stands in numbered extra fields (see `taipan_object::exception`).

mod attribute;
mod base;
pub mod group;
mod import;
mod os;
mod simple;
mod syntax;
mod unicode;

pub use base::{add_note_text, make_reduce};

use taipan_object::exception::{self as exc, get_extra, set_extra};
use taipan_object::native::TypeSpec;
use taipan_object::types::{StaticType, Type};
use taipan_object::{Object, PyResult, Thread, Value};

/// A read and written attribute that is one of the extra fields; None where it is unset.
macro_rules! extra_field {
    ($name:literal, $n:expr) => {
        taipan_object::native::GetSet::rw(
            $name,
            |_, v| Ok(taipan_object::exception::get_extra(v, $n).or(taipan_object::Value::NONE)),
            |th, v, x| {
                taipan_object::exception::set_extra(th, v, $n, x.or(taipan_object::Value::NONE));
                Ok(())
            },
        )
    };
}
pub(crate) use extra_field;

/// Finds the specification of a builtin exception.
fn spec_of(t: &'static StaticType) -> &'static TypeSpec {
    match t.name {
        "BaseException" => &base::SPEC,
        "StopIteration" => &simple::STOP_ITERATION,
        "SystemExit" => &simple::SYSTEM_EXIT,
        "KeyError" => &simple::KEY_ERROR,
        "ImportError" => &import::SPEC,
        "AttributeError" => &attribute::ATTRIBUTE_ERROR,
        "NameError" => &attribute::NAME_ERROR,
        "OSError" => &os::SPEC,
        "SyntaxError" => &syntax::SPEC,
        "UnicodeEncodeError" => &unicode::ENCODE,
        "UnicodeDecodeError" => &unicode::DECODE,
        "UnicodeTranslateError" => &unicode::TRANSLATE,
        "BaseExceptionGroup" => &group::SPEC,
        name => simple::described(name),
    }
}

/// Makes all builtin exceptions what they are; bases come before subclasses.
pub fn define(th: &Thread) -> PyResult<()> {
    for t in exc::ALL {
        t.define(th, spec_of(t))?;
    }
    group::define(th)
}

/// Calls `f` with the name and class of every builtin exception.
pub fn for_each(f: &mut dyn FnMut(&'static str, Value) -> PyResult<()>) -> PyResult<()> {
    for t in exc::ALL {
        f(t.name, t.value())?;
    }
    f("ExceptionGroup", group::exception_group().value())?;
    f("EnvironmentError", exc::OS_ERROR.value())?;
    f("IOError", exc::OS_ERROR.value())
}

/// A new instance with the given `args`.
fn blank_instance(th: &Thread, cls: &Object<Type>, args: &[Value]) -> PyResult {
    let tuple = Value::try_tuple(th, args)?;
    Ok(th.new_instance(cls, exc::blank(tuple)).value())
}

fn set(th: &Thread, v: Value, n: usize, x: Value) {
    set_extra(th, v, n, x);
}

fn get(v: Value, n: usize) -> Value {
    get_extra(v, n).or(Value::NONE)
}
