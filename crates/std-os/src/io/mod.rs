//! `_io`: streams.
//!
//! | module | what it has |
//! |---|---|
//! | `base` | the abstract bases, and who closes what when nobody can reach it any more |
//! | `bytes_io` | `BytesIO` |
//! | `file_io` | `FileIO` |
//! | `buffered` | the buffered streams over a raw one |
//! | `open` | `open`, `open_code`, `text_encoding` |
//! | `lock` | the lock that streams hold over whole calls |
//! | `writers` | which files are open for writing, so that opening one again finds what was written |
//! | `exit` | flushing everything at the end |

pub mod base;
pub mod buffered;
pub mod bytes_io;
pub mod exit;
pub mod file_io;
pub mod lock;
pub mod open;
pub mod string_io;
pub mod text_io;
mod writers;

pub use exit::flush_all;

use crate::args::{module_dict, state};
use taipan_object::call::{Args, call_method_row};
use taipan_object::dict::Dict;
use taipan_object::exception::{BLOCKING_IO_ERROR, OS_ERROR, VALUE_ERROR};
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value, attr, call, names, types};

/// Where the interpreter keeps `UnsupportedOperation`.
pub(crate) const UNSUPPORTED_KEY: &str = "io.UnsupportedOperation";

/// Bytes of a buffer where the file system names no size.
pub const DEFAULT_BUFFER_SIZE: i64 = 128 * 1024;

/// `_io`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_io",
    doc: "The io module provides the Python interfaces to stream handling.",
    functions: open::FUNCTIONS,
    types: &[
        (&base::IO_BASE, &base::IO_BASE_SPEC),
        (&base::RAW_IO_BASE, &base::RAW_IO_BASE_SPEC),
        (&base::BUFFERED_IO_BASE, &base::BUFFERED_IO_BASE_SPEC),
        (&base::TEXT_IO_BASE, &base::TEXT_IO_BASE_SPEC),
        (&file_io::FILE_IO, &file_io::SPEC),
        (&bytes_io::BYTES_IO, &bytes_io::SPEC),
        (&bytes_io::BYTES_IO_BUFFER, &bytes_io::BUFFER_SPEC),
        (&string_io::STRING_IO, &string_io::SPEC),
        (&text_io::TEXT_IO_WRAPPER, &text_io::TEXT_IO_WRAPPER_SPEC),
        (
            &text_io::INCREMENTAL_NEWLINE_DECODER,
            &text_io::INCREMENTAL_NEWLINE_DECODER_SPEC,
        ),
        (&buffered::BUFFERED_READER, &buffered::READER_SPEC),
        (&buffered::BUFFERED_WRITER, &buffered::WRITER_SPEC),
        (&buffered::BUFFERED_RANDOM, &buffered::RANDOM_SPEC),
        (&buffered::BUFFERED_RW_PAIR, &buffered::PAIR_SPEC),
    ],
    init,
};

fn init(th: &Thread, module: Value) -> PyResult<()> {
    let d = module_dict(module);
    d.set_name(
        th,
        "DEFAULT_BUFFER_SIZE",
        Value::int(th, DEFAULT_BUFFER_SIZE),
    )?;
    d.set_name(th, "BlockingIOError", BLOCKING_IO_ERROR.value())?;
    d.set_name(th, "UnsupportedOperation", make_unsupported(th)?)?;
    Ok(())
}

/// `io.UnsupportedOperation`, both an `OSError` and a `ValueError`; one per interpreter.
fn make_unsupported(th: &Thread) -> PyResult {
    let kept = state(th);
    if let Some(cls) = kept.get_name(th, UNSUPPORTED_KEY) {
        return Ok(cls);
    }
    let namespace = Dict::new(th);
    namespace.set(th, names::MODULE.get(), Value::str(th, "io"))?;
    let bases = Value::tuple(th, &[OS_ERROR.value(), VALUE_ERROR.value()]);
    let name = Value::str(th, "UnsupportedOperation");
    let cls = call::call(th, types::TYPE.value(), &[name, bases, namespace.value()])?;
    kept.set_name(th, UNSUPPORTED_KEY, cls)?;
    Ok(cls)
}

/// Issues a warning with a stack level and, unless it is absent, the object that caused it. Before the module
/// `_warnings` is there nothing happens.
///
/// # Errors
/// The warning itself, where the filters turn it to an error.
#[cold]
pub fn warn(
    th: &Thread,
    category: &types::StaticType,
    message: &str,
    level: i32,
    source: Value,
) -> PyResult<()> {
    let module = th
        .interp
        .modules
        .get()
        .and_then(|m| m.get_name(th, "_warnings"));
    let Some(module) = module else {
        return Ok(());
    };
    let warn = attr::get_str(th, module, "warn")?;
    let message = Value::str(th, message);
    let level = Value::small_int(level.into());
    let source = source.or(Value::NONE);
    call::call(th, warn, &[message, category.value(), level, source])?;
    Ok(())
}

/// The argument of a constructor that takes one, which its row gives back; absent where it was left out.
fn one_argument(th: &Thread, row: &'static Method, args: Args) -> PyResult {
    call_method_row(th, row, args)
}
