//! What `_ctypes` is built on: memory by address, calls of foreign functions.
//!
//! | module | what it has |
//! |---|---|
//! | `value` | numbers, characters and objects in memory |
//! | `region` | memory that exports the buffer protocol with any format and shape |
//! | `foreign` | loading libraries, calling functions, functions that call back |
//!
//! The types themselves, `Structure` and all, are Python: `_ctypes.py` of the library.

mod foreign;
mod region;
mod value;

use taipan_host::memory;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{PyResult, Raised, Thread, Value, buffer};
use taipan_std_os::args::{mask, module_dict, text};

static MODULES: &[&ModuleSpec] = &[&MODULE];

/// The modules of this crate.
pub fn modules() -> &'static [&'static ModuleSpec] {
    MODULES
}

/// `_ctypes_memory`
static MODULE: ModuleSpec = ModuleSpec {
    name: "_ctypes_memory",
    doc: "Memory by address, and functions of shared libraries: what _ctypes is built on.",
    functions: &[
        Method::new("get", "(address, code, swapped=False, /)", value::get),
        Method::new(
            "set",
            "(address, code, value, swapped=False, /)",
            value::set,
        ),
        Method::new("read", "(address, size, /)", |th, a| {
            bytes(th, memory::read(address(a[0]), address(a[1])))
        }),
        Method::new("write", "(address, data, limit=-1, /)", write),
        Method::new("copy", "(to, source, size, /)", |_, a| {
            memory::copy(address(a[0]), address(a[1]), address(a[2]));
            Ok(Value::NONE)
        }),
        Method::new("c_string", "(address, /)", |th, a| {
            bytes(th, memory::c_string(address(a[0])))
        }),
        Method::new("wide_string", "(address, limit=-1, /)", value::wide_string),
        Method::new("wide_bytes", "(text, /)", value::wide_bytes),
        Method::new("address_of", "(buffer, writable=True, /)", address_of),
        Method::new("dlopen", "(name, mode, /)", foreign::open),
        Method::new("dlclose", "(handle, /)", foreign::close),
        Method::new("dlsym", "(handle, name, /)", foreign::symbol),
        Method::new(
            "call",
            "(address, result, arguments, addresses, room, fixed, use_errno, /)",
            foreign::call,
        ),
        Method::new("unraisable", "(error, message, /)", |th, a| {
            let message = text(th, "unraisable", "2", a[1])?.to_string_lossy();
            th.unraisable(Raised(a[0]), Some(&message), Value::NONE);
            Ok(Value::NONE)
        }),
        Method::new("get_errno", "()", foreign::get_errno),
        Method::new("set_errno", "(value, /)", foreign::set_errno),
    ],
    types: &[
        (&region::REGION, &region::SPEC),
        (&foreign::CALLBACK, &foreign::CALLBACK_SPEC),
    ],
    init,
};

fn init(th: &Thread, module: Value) -> PyResult<()> {
    let (moving, setting) = taipan_host::foreign::memory_functions();
    let dict = module_dict(module);
    dict.set_name(th, "memmove_address", Value::usize(th, moving))?;
    dict.set_name(th, "memset_address", Value::usize(th, setting))
}

/// An address, or a size: any integer, as C takes it.
fn address(v: Value) -> usize {
    mask(v) as usize
}

fn bytes(th: &Thread, found: Option<Vec<u8>>) -> PyResult {
    match found {
        Some(b) => Value::bytes(th, &b),
        None => Err(th.memory_error()),
    }
}

/// `write(address, data, limit)`: no more than `limit` bytes, if it is not negative.
fn write(th: &Thread, a: &[Value]) -> PyResult {
    let view = buffer::get_contiguous(th, a[1])?;
    let bytes = view.as_slice();
    let limit = a[2].as_i64().and_then(|n| usize::try_from(n).ok());
    let n = limit.map_or(bytes.len(), |n| n.min(bytes.len()));
    memory::write(address(a[0]), &bytes[..n]);
    Ok(Value::NONE)
}

/// `address_of(buffer, writable)`: where its bytes are, how many there are, and whether they may be written. The caller
/// keeps the buffer.
fn address_of(th: &Thread, a: &[Value]) -> PyResult {
    let writable = a[1].or(Value::TRUE).is(Value::TRUE);
    let view = buffer::get(th, a[0], writable)?;
    let row = [
        Value::usize(th, view.ptr as usize),
        Value::usize(th, view.len),
        Value::bool(view.readonly),
        Value::bool(view.is_contiguous()),
    ];
    Value::try_tuple(th, &row)
}
