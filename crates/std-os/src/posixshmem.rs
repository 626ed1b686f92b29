//! `_posixshmem`: shared memory by name.

use crate::args::{fs_encode, int, int_or, retry, text};
use std::ffi::CString;
use taipan_host::shm as host;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value};

/// `_posixshmem`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_posixshmem",
    doc: "POSIX shared memory module",
    functions: &[
        Method::new("shm_open", "(path, flags, mode=511)", shm_open)
            .doc("Open a shared memory object.  Returns a file descriptor (integer)."),
        Method::new("shm_unlink", "(path, /)", shm_unlink)
            .doc("Remove a shared memory object (similar to unlink()).\n\nRemove a shared memory object name, and, once all processes  have  unmapped\nthe object, de-allocates and destroys the contents of the associated memory\nregion."),
    ],
    types: &[],
    init: |_, _| Ok(()),
};

fn path(th: &Thread, f: &str, which: &str, v: Value) -> PyResult<CString> {
    text(th, f, which, v)?;
    CString::new(fs_encode(th, v)?).map_err(|_| th.value_error("embedded null character"))
}

fn shm_open(th: &Thread, a: &[Value]) -> PyResult {
    let name = path(th, "shm_open", "1", a[0])?;
    let flags = int(th, a[1])?;
    let mode = int_or(th, a[2], 0o777)?.cast_unsigned();
    match retry(th, || host::open(&name, flags, mode))? {
        Ok(fd) => Ok(Value::small_int(fd.into())),
        Err(e) => Err(th.os_error(&e, a[0])),
    }
}

fn shm_unlink(th: &Thread, a: &[Value]) -> PyResult {
    let name = path(th, "shm_unlink", "", a[0])?;
    match retry(th, || host::unlink(&name))? {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(th.os_error(&e, a[0])),
    }
}
