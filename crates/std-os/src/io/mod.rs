//! `_io`: streams.
//!
//! There are the bases, `BytesIO` and the lock of streams. `FileIO`, the buffered streams, `StringIO`,
//! `TextIOWrapper`, `IncrementalNewlineDecoder`, `open`, `open_code` and `text_encoding` are not written yet.

pub mod base;
pub mod bytes_io;
pub mod lock;

use crate::args::{module_dict, state};
use taipan_object::call::{Args, call_method_row};
use taipan_object::dict::Dict;
use taipan_object::exception::{BLOCKING_IO_ERROR, OS_ERROR, VALUE_ERROR};
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value, call, names, types};

/// Where the interpreter keeps `UnsupportedOperation`.
pub(crate) const UNSUPPORTED_KEY: &str = "io.UnsupportedOperation";

/// Bytes of a buffer where the file system names no size.
pub const DEFAULT_BUFFER_SIZE: i64 = 128 * 1024;

/// `_io`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_io",
    doc: "The io module provides the Python interfaces to stream handling.",
    functions: &[],
    types: &[
        (&base::IO_BASE, &base::IO_BASE_SPEC),
        (&base::RAW_IO_BASE, &base::RAW_IO_BASE_SPEC),
        (&base::BUFFERED_IO_BASE, &base::BUFFERED_IO_BASE_SPEC),
        (&base::TEXT_IO_BASE, &base::TEXT_IO_BASE_SPEC),
        (&bytes_io::BYTES_IO, &bytes_io::SPEC),
        (&bytes_io::BYTES_IO_BUFFER, &bytes_io::BUFFER_SPEC),
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

/// The argument of a constructor that takes one, which its row gives back; absent where it was left out.
fn one_argument(th: &Thread, row: &'static Method, args: Args) -> PyResult {
    call_method_row(th, row, args)
}
