//! Values that pass from one interpreter to another: what `_interpreters`, queues and channels share.
//!
//! All interpreters of the process have one heap, and the native types are the same objects in all of them. So what
//! never changes and is of a native type (`None`, `bool`, `int`, `float`, `str`, `bytes`, and tuples of such) passes as
//! it is. Anything else is *packed*: [`capture`] makes a cell that belongs to no interpreter, and [`restore`] makes a
//! value of it in the interpreter of the calling thread. A packed value that nobody needs any more is [`release`]d; one
//! that was forgotten is so when the collector finds it.
//!
//! | module | what it does |
//! |---|---|
//! | `arguments` | identities and flags as arguments |
//! | `errors` | `InterpreterError`, `InterpreterNotFoundError`, `NotShareableError` |
//! | `packed` | the cell of a packed value |
//! | `buffer` | memory that both sides see: `memoryview` |
//! | `function` | functions without state, code, scripts |
//! | `pickling` | everything else, with the names of `__main__` |
//! | `item` | a packed value in a queue or channel |
//! | `register` | objects of the process by number |
//! | `unbound` | what becomes of items whose interpreter is gone |
//! | `handles` | the types that stand for something of the process: queues, ends of channels |

pub mod arguments;
pub mod buffer;
pub mod errors;
pub mod function;
pub mod handles;
pub mod item;
pub mod packed;
mod pickling;
pub mod register;
pub mod unbound;

use taipan_object::exception::OVERFLOW_ERROR;
use taipan_object::types::{self, is_exactly};
use taipan_object::{PyResult, Raised, Thread, Value, attr, call, strings};

pub use buffer::{BUFFER_VIEW, BUFFER_VIEW_SPEC};
pub use errors::{
    INTERPRETER_ERROR, INTERPRETER_ERROR_SPEC, INTERPRETER_NOT_FOUND_ERROR,
    INTERPRETER_NOT_FOUND_ERROR_SPEC, NOT_SHAREABLE_ERROR, NOT_SHAREABLE_ERROR_SPEC, not_shareable,
};
pub use packed::release;
pub use unbound::UnboundOp;

/// What is tried for a value whose type is not shareable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fallback {
    /// Nothing.
    None,
    /// The code of a function that has no state, then `pickle`.
    Full,
}

impl Fallback {
    /// From an argument: 0 is none, 1 is full, anything below means the default.
    ///
    /// # Errors
    /// `ValueError: unsupported fallback N`.
    pub fn from_number(th: &Thread, n: i32, default: Fallback) -> PyResult<Fallback> {
        match n {
            0 => Ok(Fallback::None),
            1 => Ok(Fallback::Full),
            n if n < 0 => Ok(default),
            n => Err(th.value_error(format!("unsupported fallback {n}"))),
        }
    }

    /// The number that stands for it.
    pub fn number(self) -> i64 {
        match self {
            Fallback::None => 0,
            Fallback::Full => 1,
        }
    }
}

/// The longest bytes object that is copied where it arrives. What arrives is not the object that was sent, as in CPython;
/// longer ones are shared, which costs nothing.
const COPIED_BYTES: usize = 4096;

/// Makes the types of this layer. Each module that uses it calls this first.
///
/// # Errors
/// `MemoryError`.
pub fn init(th: &Thread) -> PyResult<()> {
    errors::init(th)?;
    packed::init(th)?;
    buffer::init(th)
}

/// An interpreter is closed: what it has put into queues and channels is unbound, the ends of channels that it used are
/// released.
pub fn interpreter_gone(th: &Thread, id: u64) {
    crate::interpqueues::interpreter_gone(th, id);
    crate::interpchannels::interpreter_gone(th, id);
}

/// Whether a value's type is one whose instances are shared without a fallback; a tuple's items are not asked.
pub fn is_shareable(th: &Thread, v: Value) -> bool {
    is_plain(v)
        || v.is_exact_int()
        || is_exactly(v, &types::TUPLE)
        || buffer::is_view(v)
        || handles::handler(th, v).is_some()
}

/// Whether a value passes as it is; an integer only if it is small, a tuple never.
fn is_plain(v: Value) -> bool {
    v.is_none()
        || v.is_bool()
        || is_exactly(v, &types::FLOAT)
        || is_exactly(v, &types::STR)
        || is_exactly(v, &types::BYTES)
}

/// Packs a value for another interpreter.
///
/// # Errors
/// `NotShareableError`, with what stood in the way as its cause.
pub fn capture(th: &Thread, v: Value, fallback: Fallback) -> PyResult {
    let cause = match without_fallback(th, v, fallback) {
        Ok(packed) => return Ok(packed),
        Err(cause) => cause,
    };
    if fallback == Fallback::Full {
        // A function without state passes by its code even where a pickle could name it.
        if is_exactly(v, &types::FUNCTION)
            && let Ok(packed) = function::capture_function(th, v)
        {
            return Ok(packed);
        }
        if let Ok(packed) = pickling::capture(th, v) {
            return Ok(packed);
        }
    }
    Err(errors::does_not_support(th, v, cause))
}

/// The value that was packed, in the interpreter of the calling thread.
///
/// # Errors
/// `NotShareableError` where it cannot be made here; whatever making it raises.
pub fn restore(th: &Thread, packed: Value) -> PyResult {
    if let Some(r) = packed::unpack(th, packed) {
        return r;
    }
    if is_exactly(packed, &types::BYTES)
        && let Some(bytes) = packed.as_bytes()
        && (2..=COPIED_BYTES).contains(&bytes.len())
    {
        return Value::bytes(th, bytes);
    }
    Ok(packed)
}

/// What a value's own type makes of it; what stood in the way, if anything but the type.
fn without_fallback(th: &Thread, v: Value, fallback: Fallback) -> Result<Value, Option<Raised>> {
    if is_plain(v) {
        return Ok(v);
    }
    if v.is_exact_int() {
        // CPython has no way to pass a larger one but by its bytes or its pickle; here it never changes either.
        if v.as_i64().is_none() && fallback == Fallback::None {
            return Err(Some(th.raise(&OVERFLOW_ERROR, "try sending as bytes")));
        }
        return Ok(v);
    }
    if is_exactly(v, &types::TUPLE) {
        let items = v.as_tuple().unwrap_or(&[]);
        return packed::tuple(th, v, items, fallback).map_err(Some);
    }
    if buffer::is_view(v) {
        return buffer::capture(th, v).map_err(Some);
    }
    match handles::handler(th, v) {
        Some(h) => (h.capture)(th, v).map_err(Some),
        None => Err(None),
    }
}

/// `__import__(module)`, of this interpreter.
pub(crate) fn import(th: &Thread, module: &str) -> PyResult {
    let key = strings::intern(th, module);
    if let Some(modules) = th.interp.modules.get()
        && let Some(m) = modules.get(th, key)?
        && !m.is_none()
    {
        return Ok(m);
    }
    let builtins = th.interp.builtins.get();
    let Some(import) = builtins.and_then(|d| d.get_name(th, "__import__")) else {
        let e = &taipan_object::exception::IMPORT_ERROR;
        return Err(th.raise(e, "__import__ not found"));
    };
    let names = Value::tuple(th, &[Value::str(th, "*")]);
    let zero = Value::small_int(0);
    call::call(th, import, &[key, Value::NONE, Value::NONE, names, zero])
}

/// An attribute of a module that is imported if need be.
pub(crate) fn from_module(th: &Thread, module: &str, name: &str) -> PyResult {
    attr::get_str(th, import(th, module)?, name)
}

/// The namespace of `__main__`, if there is one.
fn main_namespace<'a>(
    th: &Thread,
) -> PyResult<Option<&'a taipan_object::Object<taipan_object::dict::Dict>>> {
    let Some(main) = main_module(th)? else {
        return Ok(None);
    };
    let module = main.downcast::<taipan_object::func::Module>();
    Ok(module.and_then(|m| m.dict.get()))
}

/// `sys.modules["__main__"]`
fn main_module(th: &Thread) -> PyResult<Option<Value>> {
    let Some(modules) = th.interp.modules.get() else {
        return Ok(None);
    };
    modules.get(th, strings::intern(th, "__main__"))
}
