//! `marshal`: CPython's format, version 5, but for code objects, which are written in this engine's own form: the byte
//! `c`, the length as four bytes, then what `taipan_bytecode::serial` makes of it.

mod read;
mod write;

pub(crate) use taipan_object::code_data::constant;

use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value, call, ops};
use taipan_strings::args::bytes_like;

use crate::args::{flag, module_dict};

/// The version of the format.
const VERSION: i32 = 5;

/// Values nest at most this deep.
const MAX_DEPTH: u32 = 2000;

/// The bytes before objects, without [`FLAG_REF`].
mod tag {
    pub const NULL: u8 = b'0';
    pub const NONE: u8 = b'N';
    pub const FALSE: u8 = b'F';
    pub const TRUE: u8 = b'T';
    pub const STOP_ITERATION: u8 = b'S';
    pub const ELLIPSIS: u8 = b'.';
    pub const INT: u8 = b'i';
    pub const INT64: u8 = b'I';
    pub const LONG: u8 = b'l';
    pub const FLOAT: u8 = b'f';
    pub const BINARY_FLOAT: u8 = b'g';
    pub const COMPLEX: u8 = b'x';
    pub const BINARY_COMPLEX: u8 = b'y';
    pub const BYTES: u8 = b's';
    pub const INTERNED: u8 = b't';
    pub const UNICODE: u8 = b'u';
    pub const ASCII: u8 = b'a';
    pub const ASCII_INTERNED: u8 = b'A';
    pub const SHORT_ASCII: u8 = b'z';
    pub const SHORT_ASCII_INTERNED: u8 = b'Z';
    pub const REF: u8 = b'r';
    pub const TUPLE: u8 = b'(';
    pub const SMALL_TUPLE: u8 = b')';
    pub const LIST: u8 = b'[';
    pub const DICT: u8 = b'{';
    pub const SET: u8 = b'<';
    pub const FROZENSET: u8 = b'>';
    pub const SLICE: u8 = b':';
    pub const CODE: u8 = b'c';
}

/// The bit of a tag that gives the object a number, for references to it.
const FLAG_REF: u8 = 0x80;

/// `marshal`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "marshal",
    doc: "This module contains functions that can read and write Python values in\na binary format. The format is specific to Python, but independent of\nmachine architecture issues.",
    functions: &[
        Method::new("dump", "(value, file, version=version, /, *, allow_code=True)", dump).doc("Write the value on the open file.\n\n  value\n    Must be a supported type.\n  file\n    Must be a writeable binary file.\n  version\n    Indicates the data format that dump should use.\n  allow_code\n    Allow to write code objects.\n\nIf the value has (or contains an object that has) an unsupported type, a\nValueError exception is raised."),
        Method::new("dumps", "(value, version=version, /, *, allow_code=True)", dumps).doc("Return the bytes object that would be written to a file by dump(value, file).\n\n  value\n    Must be a supported type.\n  version\n    Indicates the data format that dumps should use.\n  allow_code\n    Allow to write code objects.\n\nRaise a ValueError exception if value has (or contains an object that\nhas) an unsupported type."),
        Method::new("load", "(file, /, *, allow_code=True)", load).doc("Read one value from the open file and return it.\n\n  file\n    Must be readable binary file.\n  allow_code\n    Allow to load code objects.\n\nIf no valid value is read (e.g. because the data has a different Python\nversion's incompatible marshal format), raise EOFError, ValueError or\nTypeError."),
        Method::new("loads", "(bytes, /, *, allow_code=True)", loads).doc("Convert the bytes-like object to a value.\n\n  allow_code\n    Allow to load code objects.\n\nIf no valid value is found, raise EOFError, ValueError or TypeError.\nExtra bytes in the input are ignored."),
    ],
    types: &[],
    init: |th, module| {
        module_dict(module).set_name(th, "version", Value::small_int(VERSION as i64))
    },
};

fn version(th: &Thread, v: Value) -> PyResult<i32> {
    match v.present() {
        Some(v) => ops::index_i32(th, v),
        None => Ok(VERSION),
    }
}

fn dumps(th: &Thread, a: &[Value]) -> PyResult {
    let version = version(th, a[1])?;
    let allow_code = flag(th, a[2], true)?;
    th.audit("marshal.dumps", &[a[0], Value::int(th, version.into())])?;
    let bytes = write::to_bytes(th, a[0], version, allow_code)?;
    Value::bytes(th, &bytes)
}

fn dump(th: &Thread, a: &[Value]) -> PyResult {
    let version = version(th, a[2])?;
    let allow_code = flag(th, a[3], true)?;
    th.audit("marshal.dumps", &[a[0], Value::int(th, version.into())])?;
    let bytes = write::to_bytes(th, a[0], version, allow_code)?;
    let bytes = Value::bytes(th, &bytes)?;
    call::call_method(th, a[1], "write", &[bytes])
}

fn loads(th: &Thread, a: &[Value]) -> PyResult {
    let allow_code = flag(th, a[1], true)?;
    let bytes = bytes_like(th, a[0])?;
    th.audit("marshal.loads", &[Value::bytes(th, &bytes)?])?;
    read::from_bytes(th, &bytes, allow_code)
}

fn load(th: &Thread, a: &[Value]) -> PyResult {
    let allow_code = flag(th, a[1], true)?;
    // Text files fail here and not half-way.
    let probe = call::call_method(th, a[0], "read", &[Value::small_int(0)])?;
    if probe.as_bytes().is_none() {
        return Err(th.type_error(format!(
            "file.read() returned not bytes but {}",
            crate::args::type_name(probe)
        )));
    }
    th.audit("marshal.load", &[])?;
    read::from_file(th, a[0], allow_code)
}
