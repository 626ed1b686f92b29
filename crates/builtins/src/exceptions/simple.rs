//! Exceptions that add little or nothing to `BaseException`.

use super::{base, extra_field, set};
use taipan_object::call::Args;
use taipan_object::exception::extra;
use taipan_object::native::TypeSpec;
use taipan_object::{PyResult, Thread, Value, ops};

pub(super) static STOP_ITERATION: TypeSpec = TypeSpec {
    slots: |s| s.init = Some(init_stop),
    methods: &[],
    getset: &[extra_field!("value", extra::VALUE)],
    doc: "Signal the end from iterator.__next__().",
    sig: "",
};

fn init_stop(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    base::init(th, v, args)?;
    if let Some(value) = args.values.first() {
        set(th, v, extra::VALUE, *value);
    }
    Ok(())
}

pub(super) static SYSTEM_EXIT: TypeSpec = TypeSpec {
    slots: |s| s.init = Some(init_exit),
    methods: &[],
    getset: &[extra_field!("code", extra::VALUE)],
    doc: "Request to exit from the interpreter.",
    sig: "",
};

fn init_exit(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    base::init(th, v, args)?;
    let code = match args.values {
        [] => return Ok(()),
        [one] => *one,
        _ => base::this(v).args.get(),
    };
    set(th, v, extra::VALUE, code);
    Ok(())
}

pub(super) static KEY_ERROR: TypeSpec = TypeSpec {
    // A missing key is shown as its repr: an empty string would show as nothing.
    slots: |s| {
        s.str = Some(|th, v| match base::this(v).args.get().as_tuple() {
            Some([one]) => ops::repr(th, *one),
            _ => base::str(th, v),
        });
    },
    methods: &[],
    getset: &[],
    doc: "Mapping key not found.",
    sig: "",
};

macro_rules! described {
    ($($name:literal: $doc:literal;)*) => {
        /// The specification of an exception that only has a docstring of its own.
        pub(super) fn described(name: &str) -> &'static TypeSpec {
            match name {
                $($name => {
                    static SPEC: TypeSpec = TypeSpec { doc: $doc, ..TypeSpec::EMPTY };
                    &SPEC
                })*
                _ => &TypeSpec::EMPTY,
            }
        }
    };
}

described! {
    "Exception": "Common base class for all non-exit exceptions.";
    "GeneratorExit": "Request that a generator exit.";
    "KeyboardInterrupt": "Program interrupted by user.";
    "ArithmeticError": "Base class for arithmetic errors.";
    "FloatingPointError": "Floating-point operation failed.";
    "OverflowError": "Result too large to be represented.";
    "ZeroDivisionError": "Second argument to a division or modulo operation was zero.";
    "AssertionError": "Assertion failed.";
    "BufferError": "Buffer error.";
    "EOFError": "Read beyond end of file.";
    "ModuleNotFoundError": "Module not found.";
    "LookupError": "Base class for lookup errors.";
    "IndexError": "Sequence index out of range.";
    "MemoryError": "Out of memory.";
    "UnboundLocalError": "Local name referenced but not bound to a value.";
    "BlockingIOError": "I/O operation would block.";
    "ChildProcessError": "Child process error.";
    "ConnectionError": "Connection error.";
    "BrokenPipeError": "Broken pipe.";
    "ConnectionAbortedError": "Connection aborted.";
    "ConnectionRefusedError": "Connection refused.";
    "ConnectionResetError": "Connection reset.";
    "FileExistsError": "File already exists.";
    "FileNotFoundError": "File not found.";
    "InterruptedError": "Interrupted by signal.";
    "IsADirectoryError": "Operation doesn't work on directories.";
    "NotADirectoryError": "Operation only works on directories.";
    "PermissionError": "Not enough permissions.";
    "ProcessLookupError": "Process not found.";
    "TimeoutError": "Timeout expired.";
    "ReferenceError": "Weak ref proxy used after referent went away.";
    "RuntimeError": "Unspecified run-time error.";
    "NotImplementedError": "Method or function hasn't been implemented yet.";
    "PythonFinalizationError": "Operation blocked during Python finalization.";
    "RecursionError": "Recursion limit exceeded.";
    "StopAsyncIteration": "Signal the end from iterator.__anext__().";
    "_IncompleteInputError": "incomplete input.";
    "IndentationError": "Improper indentation.";
    "TabError": "Improper mixture of spaces and tabs.";
    "SystemError": "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the traceback,\nthe Python version, and the hardware/OS platform and version.";
    "TypeError": "Inappropriate argument type.";
    "ValueError": "Inappropriate argument value (of correct type).";
    "UnicodeError": "Unicode related error.";
    "Warning": "Base class for warning categories.";
    "BytesWarning": "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str.";
    "DeprecationWarning": "Base class for warnings about deprecated features.";
    "EncodingWarning": "Base class for warnings about encodings.";
    "FutureWarning": "Base class for warnings about constructs that will change semantically\nin the future.";
    "ImportWarning": "Base class for warnings about probable mistakes in module imports";
    "PendingDeprecationWarning": "Base class for warnings about features which will be deprecated\nin the future.";
    "ResourceWarning": "Base class for warnings about resource usage.";
    "RuntimeWarning": "Base class for warnings about dubious runtime behavior.";
    "SyntaxWarning": "Base class for warnings about dubious syntax.";
    "UnicodeWarning": "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.";
    "UserWarning": "Base class for warnings generated by user code.";
}
