//! Exception objects: their payload, the builtin hierarchy, tracebacks.
//!
//! All builtin exceptions share one payload; what a subclass adds (`OSError.errno`, `StopIteration.value`, …)
//! stands in numbered extra fields, named in [`extra`].

use crate::error::PyResult;
use crate::heap::{Array, Field, FieldOf, Object};
use crate::payload;
use crate::thread::Thread;
use crate::types::flags::{BASE, EXCEPTION_SUBCLASS, HAS_DICT};
use crate::types::{StaticType, Type, layout_of, no_layout};
use crate::value::Value;
use std::sync::atomic::{AtomicBool, Ordering};

/// The payload of `BaseException` and all that inherit from it.
#[repr(C)]
pub struct Exception {
    /// `args`, a tuple.
    pub args: Field,
    /// `__traceback__`, or None.
    pub traceback: Field,
    /// `__cause__`, or None.
    pub cause: Field,
    /// `__context__`, or None.
    pub context: Field,
    /// `__suppress_context__`
    pub suppress: AtomicBool,
    /// The subclass's own fields; absent ones are unset.
    pub extra: FieldOf<Array>,
}

payload!(23: Exception, "exception", |this, m| {
    this.args.trace(m);
    this.traceback.trace(m);
    this.cause.trace(m);
    this.context.trace(m);
    this.extra.trace(m);
});

/// One entry of a traceback.
#[repr(C)]
pub struct Traceback {
    /// `tb_next`, or None.
    pub next: Field,
    /// `tb_frame`
    pub frame: Field,
    /// `tb_lasti`, in bytes as CPython's (two per code unit; ours are instruction words times eight).
    pub lasti: std::sync::atomic::AtomicI64,
    /// `tb_lineno`; -1 where it is to be computed.
    pub lineno: std::sync::atomic::AtomicI64,
}

payload!(Traceback, "traceback", |this, m| {
    this.next.trace(m);
    this.frame.trace(m);
});

/// Numbers of the extra fields.
pub mod extra {
    /// `StopIteration.value`, `SystemExit.code`
    pub const VALUE: usize = 0;
    /// `AttributeError.name`, `NameError.name`
    pub const NAME: usize = 0;
    /// `AttributeError.obj`
    pub const OBJ: usize = 1;
    /// `ImportError.msg`, `.name`, `.path`, `.name_from`
    pub const IMPORT: [usize; 4] = [0, 1, 2, 3];
    /// `OSError.errno`, `.strerror`, `.filename`, `.filename2`, `BlockingIOError.characters_written`
    pub const OS: [usize; 5] = [0, 1, 2, 3, 4];
    /// `SyntaxError.msg`, `.filename`, `.lineno`, `.offset`, `.text`, `.end_lineno`, `.end_offset`,
    /// `.print_file_and_line`, `._metadata`
    pub const SYNTAX: [usize; 9] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    /// `UnicodeError.encoding`, `.object`, `.start`, `.end`, `.reason`
    pub const UNICODE: [usize; 5] = [0, 1, 2, 3, 4];
    /// `BaseExceptionGroup.message`, `.exceptions`
    pub const GROUP: [usize; 3] = [0, 1, 2];
    /// How many fields an exception may have.
    pub const MAX: usize = 9;
}

/// Reads an extra field; absent if unset.
pub fn get_extra(e: Value, n: usize) -> Value {
    match e.downcast::<Exception>().and_then(|e| e.extra.get()) {
        Some(a) if n < a.capacity() => a.fields()[n].get(),
        _ => Value::ABSENT,
    }
}

/// Writes an extra field.
pub fn set_extra(th: &Thread, e: Value, n: usize, v: Value) {
    let o = e.expect::<Exception>();
    if o.extra.get().is_none() {
        let fresh = Object::<Array>::new(th, extra::MAX);
        o.extra.set_if_null(&o.header, fresh);
    }
    let a = o.extra.expect();
    a.fields()[n].set(&a.header, v);
}

/// A new exception's payload.
pub fn blank(args: Value) -> Exception {
    Exception {
        args: Field::new(args),
        traceback: Field::new(Value::NONE),
        cause: Field::new(Value::NONE),
        context: Field::new(Value::NONE),
        suppress: AtomicBool::new(false),
        extra: FieldOf::null(),
    }
}

/// An instance of an exception class, by calling the class.
pub fn make(th: &Thread, t: &Object<Type>, args: &[Value]) -> PyResult {
    let tuple = Value::try_tuple(th, args)?;
    // A class without its own constructor needs no call: most are of this sort.
    let (own, base) = (t.slots(), BASE_EXCEPTION.slots());
    let plain = own.new.map(|f| f as usize) == base.new.map(|f| f as usize)
        && own.init.map(|f| f as usize) == base.init.map(|f| f as usize);
    if plain && !t.has_flag(crate::types::flags::ABSTRACT) {
        return Ok(th.new_instance(t, blank(tuple)).value());
    }
    crate::call::call(th, t.value(), args)
}

/// Makes `context` the `__context__` of `e`, unless that would close a circle, as `raise` does.
pub fn chain_context(e: Value, context: Value) {
    if context.is_absent() || context.is_none() || context.is(e) {
        return;
    }
    let Some(o) = e.downcast::<Exception>() else {
        return;
    };
    let mut at = context;
    let mut slow = context;
    let mut step = false;
    while let Some(c) = at.downcast::<Exception>() {
        let next = c.context.get();
        if next.is(e) {
            c.context.set(&c.header, Value::NONE);
            break;
        }
        at = next;
        if step && let Some(s) = slow.downcast::<Exception>() {
            slow = s.context.get();
            if slow.is(at) {
                break;
            }
        }
        step = !step;
    }
    o.context.set(&o.header, context);
}

impl Traceback {
    /// The line, from 1: found when first asked for, as most tracebacks are never shown.
    pub fn line(&self) -> Option<i64> {
        let n = self.lineno.load(Ordering::Relaxed);
        if n != -1 {
            return Some(n).filter(|n| *n != 0);
        }
        let frame = self.frame.get().downcast::<crate::frame::Frame>()?;
        let word = usize::try_from(self.lasti.load(Ordering::Relaxed) / 8).ok()?;
        let positions = &frame.code.expect().data().positions;
        positions.line_at(word).map(i64::from)
    }
}

/// Adds a traceback entry in front, whose line is found when it is asked for.
pub fn add_traceback(th: &Thread, e: Value, frame: Value, lasti: i64) {
    let Some(o) = e.downcast::<Exception>() else {
        return;
    };
    let tb = th.new_object(
        &crate::types::TRACEBACK,
        Traceback {
            next: Field::new(o.traceback.get()),
            frame: Field::new(frame),
            lasti: lasti.into(),
            lineno: (-1).into(),
        },
    );
    o.traceback.set(&o.header, tb.value());
}

static MEMORY: Field = Field::absent();

pub(crate) fn preallocated_memory_error(_th: &Thread) -> Value {
    let v = MEMORY.get();
    if let Some(o) = v.downcast::<Exception>() {
        o.traceback.set(&o.header, Value::NONE);
        o.context.set(&o.header, Value::NONE);
        o.suppress.store(false, Ordering::Relaxed);
    }
    v
}

pub(crate) fn init(th: &Thread) -> PyResult<()> {
    for t in ALL {
        t.ensure(th)?;
    }
    MEMORY.init(
        th.new_object(&MEMORY_ERROR, blank(Value::empty_tuple()))
            .value(),
    );
    taipan_gc::add_root_tracer(|m| MEMORY.trace(m));
    Ok(())
}

macro_rules! exceptions {
    ($($id:ident = $name:literal : $base:expr;)*) => {
        $(
            #[doc = concat!("`", $name, "`")]
            pub static $id: StaticType = StaticType::new(
                "builtins", $name, Some($base), BASE | HAS_DICT | EXCEPTION_SUBCLASS,
                if matches!($name.as_bytes(), b"BaseException") { layout_of::<Exception> } else { no_layout });
        )*
        /// The builtin exceptions, bases before subclasses.
        pub static ALL: &[&StaticType] = &[$(&$id),*];
    };
}

exceptions! {
    BASE_EXCEPTION = "BaseException": &crate::types::OBJECT;
    EXCEPTION = "Exception": &BASE_EXCEPTION;
    BASE_EXCEPTION_GROUP = "BaseExceptionGroup": &BASE_EXCEPTION;
    GENERATOR_EXIT = "GeneratorExit": &BASE_EXCEPTION;
    KEYBOARD_INTERRUPT = "KeyboardInterrupt": &BASE_EXCEPTION;
    SYSTEM_EXIT = "SystemExit": &BASE_EXCEPTION;
    ARITHMETIC_ERROR = "ArithmeticError": &EXCEPTION;
    FLOATING_POINT_ERROR = "FloatingPointError": &ARITHMETIC_ERROR;
    OVERFLOW_ERROR = "OverflowError": &ARITHMETIC_ERROR;
    ZERO_DIVISION_ERROR = "ZeroDivisionError": &ARITHMETIC_ERROR;
    ASSERTION_ERROR = "AssertionError": &EXCEPTION;
    ATTRIBUTE_ERROR = "AttributeError": &EXCEPTION;
    BUFFER_ERROR = "BufferError": &EXCEPTION;
    EOF_ERROR = "EOFError": &EXCEPTION;
    IMPORT_ERROR = "ImportError": &EXCEPTION;
    MODULE_NOT_FOUND_ERROR = "ModuleNotFoundError": &IMPORT_ERROR;
    LOOKUP_ERROR = "LookupError": &EXCEPTION;
    INDEX_ERROR = "IndexError": &LOOKUP_ERROR;
    KEY_ERROR = "KeyError": &LOOKUP_ERROR;
    MEMORY_ERROR = "MemoryError": &EXCEPTION;
    NAME_ERROR = "NameError": &EXCEPTION;
    UNBOUND_LOCAL_ERROR = "UnboundLocalError": &NAME_ERROR;
    OS_ERROR = "OSError": &EXCEPTION;
    BLOCKING_IO_ERROR = "BlockingIOError": &OS_ERROR;
    CHILD_PROCESS_ERROR = "ChildProcessError": &OS_ERROR;
    CONNECTION_ERROR = "ConnectionError": &OS_ERROR;
    BROKEN_PIPE_ERROR = "BrokenPipeError": &CONNECTION_ERROR;
    CONNECTION_ABORTED_ERROR = "ConnectionAbortedError": &CONNECTION_ERROR;
    CONNECTION_REFUSED_ERROR = "ConnectionRefusedError": &CONNECTION_ERROR;
    CONNECTION_RESET_ERROR = "ConnectionResetError": &CONNECTION_ERROR;
    FILE_EXISTS_ERROR = "FileExistsError": &OS_ERROR;
    FILE_NOT_FOUND_ERROR = "FileNotFoundError": &OS_ERROR;
    INTERRUPTED_ERROR = "InterruptedError": &OS_ERROR;
    IS_A_DIRECTORY_ERROR = "IsADirectoryError": &OS_ERROR;
    NOT_A_DIRECTORY_ERROR = "NotADirectoryError": &OS_ERROR;
    PERMISSION_ERROR = "PermissionError": &OS_ERROR;
    PROCESS_LOOKUP_ERROR = "ProcessLookupError": &OS_ERROR;
    TIMEOUT_ERROR = "TimeoutError": &OS_ERROR;
    REFERENCE_ERROR = "ReferenceError": &EXCEPTION;
    RUNTIME_ERROR = "RuntimeError": &EXCEPTION;
    NOT_IMPLEMENTED_ERROR = "NotImplementedError": &RUNTIME_ERROR;
    PYTHON_FINALIZATION_ERROR = "PythonFinalizationError": &RUNTIME_ERROR;
    RECURSION_ERROR = "RecursionError": &RUNTIME_ERROR;
    STOP_ASYNC_ITERATION = "StopAsyncIteration": &EXCEPTION;
    STOP_ITERATION = "StopIteration": &EXCEPTION;
    SYNTAX_ERROR = "SyntaxError": &EXCEPTION;
    INCOMPLETE_INPUT_ERROR = "_IncompleteInputError": &SYNTAX_ERROR;
    INDENTATION_ERROR = "IndentationError": &SYNTAX_ERROR;
    TAB_ERROR = "TabError": &INDENTATION_ERROR;
    SYSTEM_ERROR = "SystemError": &EXCEPTION;
    TYPE_ERROR = "TypeError": &EXCEPTION;
    VALUE_ERROR = "ValueError": &EXCEPTION;
    UNICODE_ERROR = "UnicodeError": &VALUE_ERROR;
    UNICODE_DECODE_ERROR = "UnicodeDecodeError": &UNICODE_ERROR;
    UNICODE_ENCODE_ERROR = "UnicodeEncodeError": &UNICODE_ERROR;
    UNICODE_TRANSLATE_ERROR = "UnicodeTranslateError": &UNICODE_ERROR;
    WARNING = "Warning": &EXCEPTION;
    BYTES_WARNING = "BytesWarning": &WARNING;
    DEPRECATION_WARNING = "DeprecationWarning": &WARNING;
    ENCODING_WARNING = "EncodingWarning": &WARNING;
    FUTURE_WARNING = "FutureWarning": &WARNING;
    IMPORT_WARNING = "ImportWarning": &WARNING;
    PENDING_DEPRECATION_WARNING = "PendingDeprecationWarning": &WARNING;
    RESOURCE_WARNING = "ResourceWarning": &WARNING;
    RUNTIME_WARNING = "RuntimeWarning": &WARNING;
    SYNTAX_WARNING = "SyntaxWarning": &WARNING;
    UNICODE_WARNING = "UnicodeWarning": &WARNING;
    USER_WARNING = "UserWarning": &WARNING;
}
