//! `fcntl`: control of open files, and locks on them.

use crate::args::{self, add_constants, fd as fildes, int, int_or, retried};
use crate::posix::numbers::offset;
use taipan_host::fd_control::{self as host, MAX_ARGUMENT};
use taipan_object::buffer;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::slots::BinOp;
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, ops};

/// `fcntl`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "fcntl",
    doc: "Control of open files by the calls fcntl and ioctl, and locks. Files are given as descriptors or as objects\nwith fileno().",
    functions: &[
        Method::new("fcntl", "(fd, cmd, arg=0, /)", fcntl).doc(
            "Perform an operation on a descriptor.\n\nThe argument is an integer, or bytes that the call may change: then the result is the changed bytes.",
        ),
        Method::new("ioctl", "(fd, request, arg=0, mutate_flag=True, /)", ioctl).doc(
            "Perform a device's operation on a descriptor.\n\nThe argument is an integer, or a buffer. One that can be written is changed in place unless mutate_flag is\nfalse; otherwise the result is the changed bytes.",
        ),
        Method::new("flock", "(fd, operation, /)", flock).doc("Lock or unlock a whole file."),
        Method::new("lockf", "(fd, cmd, len=0, start=0, whence=0, /)", lockf).doc(
            "Lock or unlock part of a file.\n\nA length of 0 reaches to the file's end; the start is counted from where whence says, as for seeking.",
        ),
    ],
    types: &[],
    init: |th, module| add_constants(th, module, host::CONSTANTS),
};

/// An argument of one of the calls.
enum Argument {
    Number(i64),
    /// Bytes to be copied in and given back.
    Bytes(Vec<u8>),
}

/// An integer cut to a machine word.
fn word(th: &Thread, v: Value) -> PyResult<i64> {
    let n = ops::index(th, v)?;
    if let Some(n) = n.as_i64() {
        return Ok(n);
    }
    let low = ops::binary(th, BinOp::And, n, Value::int(th, i64::from(u32::MAX)))?;
    let high = ops::binary(th, BinOp::RShift, n, Value::small_int(32))?;
    let high = ops::binary(th, BinOp::And, high, Value::int(th, i64::from(u32::MAX)))?;
    Ok(high.as_i64().unwrap_or(0) << 32 | low.as_i64().unwrap_or(0))
}

fn argument(th: &Thread, func: &str, v: Value) -> PyResult<Argument> {
    let Some(v) = v.present() else {
        return Ok(Argument::Number(0));
    };
    if class_of(v).slots().index.is_some() {
        return word(th, v).map(Argument::Number);
    }
    let bytes = if v.as_wtf8().is_some() {
        let encoded = taipan_strings::codec::encode(th, v, Some("utf-8"), Some("strict"))?;
        encoded.as_bytes().unwrap_or_default().to_vec()
    } else if buffer::is_exporter(v) {
        args::bytes_like(th, v)?
    } else {
        return Err(th.type_error(format!(
            "{func}() argument 3 must be an integer, a bytes-like object, or a string, not {}",
            class_of(v).tp_name()
        )));
    };
    if bytes.len() > MAX_ARGUMENT {
        return Err(th.value_error(format!("{func} argument 3 is too long")));
    }
    Ok(Argument::Bytes(bytes))
}

fn fcntl(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    let command = int(th, a[1])?;
    let seen = [Value::small_int(i64::from(n)), a[1], a[2].or(Value::NONE)];
    th.audit("fcntl.fcntl", &seen)?;
    match argument(th, "fcntl", a[2])? {
        Argument::Number(arg) => {
            let r = retried(th, || host::fcntl(n, command, arg))?;
            Ok(Value::small_int(i64::from(r)))
        }
        Argument::Bytes(mut arg) => {
            retried(th, || host::fcntl_buffer(n, command, &mut arg))?;
            Value::bytes(th, &arg)
        }
    }
}

fn ioctl(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    if class_of(a[1]).slots().index.is_none() {
        return Err(th.type_error(format!(
            "ioctl() argument 2 must be int, not {}",
            class_of(a[1]).tp_name()
        )));
    }
    let request = word(th, a[1])? as u64;
    let seen = [Value::small_int(i64::from(n)), a[1], a[2].or(Value::NONE)];
    th.audit("fcntl.ioctl", &seen)?;
    let in_place = args::flag(th, a[3], true)?;
    if in_place
        && let Some(v) = a[2].present()
        && buffer::is_exporter(v)
        && v.as_bytes().is_none()
        && let Ok(to) = buffer::get(th, v, true)
        && !to.readonly
        && to.is_contiguous()
    {
        let mut bytes = to.as_slice().to_vec();
        let r = retried(th, || host::ioctl_buffer(n, request, &mut bytes))?;
        to.as_mut_slice().copy_from_slice(&bytes);
        return Ok(Value::small_int(i64::from(r)));
    }
    match argument(th, "ioctl", a[2])? {
        Argument::Number(arg) => {
            let r = retried(th, || host::ioctl(n, request, arg))?;
            Ok(Value::small_int(i64::from(r)))
        }
        Argument::Bytes(mut arg) => {
            retried(th, || host::ioctl_buffer(n, request, &mut arg))?;
            Value::bytes(th, &arg)
        }
    }
}

fn flock(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    let operation = int(th, a[1])?;
    th.audit("fcntl.flock", &[Value::small_int(i64::from(n)), a[1]])?;
    retried(th, || host::flock(n, operation))?;
    Ok(Value::NONE)
}

fn lockf(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    let operation = int(th, a[1])?;
    let known = operation == libc::LOCK_UN || operation & (libc::LOCK_SH | libc::LOCK_EX) != 0;
    let whence = int_or(th, a[4], 0)?;
    let seen = [
        Value::small_int(i64::from(n)),
        a[1],
        a[2].or(Value::NONE),
        a[3].or(Value::NONE),
        Value::small_int(i64::from(whence)),
    ];
    th.audit("fcntl.lockf", &seen)?;
    if !known {
        return Err(th.value_error("unrecognized lockf argument"));
    }
    let number = |v: Value| v.present().map_or(Ok(0), |v| offset(th, v));
    let start = number(a[3])?;
    let len = number(a[2])?;
    retried(th, || host::lock_record(n, operation, len, start, whence))?;
    Ok(Value::NONE)
}
