//! Numbers as the system wants them: ids, sizes, times.

use crate::args;
use taipan_object::slots::{BinOp, CmpOp};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, ops};

const BILLION: i128 = 1_000_000_000;

/// `v < 0`, of an integer of any size.
pub fn is_negative(th: &Thread, v: Value) -> PyResult<bool> {
    ops::compare_bool(th, v, Value::small_int(0), CmpOp::Lt)
}

/// A user or group id; -1, which leaves it as it is, becomes `u32::MAX`.
///
/// # Errors
/// `TypeError: uid should be integer, not T`; `OverflowError`.
pub fn id(th: &Thread, what: &str, v: Value) -> PyResult<u32> {
    if class_of(v).slots().index.is_none() {
        return Err(th.type_error(format!(
            "{what} should be integer, not {}",
            class_of(v).tp_name()
        )));
    }
    let n = ops::index(th, v)?;
    let out = |bound: &str| Err(th.overflow_error(format!("{what} is {bound}")));
    match n.as_i64() {
        Some(-1) => Ok(u32::MAX),
        // Those that fit a machine word are called too small either way.
        Some(n) => match u32::try_from(n) {
            Ok(n) => Ok(n),
            Err(_) => out("less than minimum"),
        },
        None if is_negative(th, n)? => out("less than minimum"),
        None => out("greater than maximum"),
    }
}

/// A user id.
pub fn uid(th: &Thread, v: Value) -> PyResult<u32> {
    id(th, "uid", v)
}

/// A group id.
pub fn gid(th: &Thread, v: Value) -> PyResult<u32> {
    id(th, "gid", v)
}

/// An id as Python shows it: the one that no one has is -1.
pub fn id_value(n: u32) -> Value {
    Value::small_int(if n == u32::MAX { -1 } else { i64::from(n) })
}

/// A directory's descriptor as audit hooks see it: -1 for none.
pub fn dir_value(dir: i32) -> Value {
    let none = dir == taipan_host::CWD;
    Value::small_int(if none { -1 } else { i64::from(dir) })
}

/// A process id.
pub fn pid(th: &Thread, v: Value) -> PyResult<i32> {
    args::int(th, v)
}

/// A C `unsigned int`, cut to its low bits, as flags are.
pub fn bits(th: &Thread, v: Value) -> PyResult<u32> {
    let n = ops::index(th, v)?;
    match n.as_i64() {
        Some(n) => Ok(n as u32),
        None => {
            let mask = Value::int(th, i64::from(u32::MAX));
            let low = ops::binary(th, BinOp::And, n, mask)?;
            Ok(low.as_i64().unwrap_or(0) as u32)
        }
    }
}

/// A C `unsigned int` that must fit.
///
/// # Errors
/// `ValueError: Cannot convert negative int`, `OverflowError`.
pub fn unsigned(th: &Thread, v: Value) -> PyResult<u32> {
    let n = wide(th, v)?;
    u32::try_from(n)
        .map_err(|_| th.overflow_error("Python int too large to convert to C unsigned int"))
}

/// A C `unsigned long long` that must fit.
pub fn wide(th: &Thread, v: Value) -> PyResult<u64> {
    let n = ops::index(th, v)?;
    match n.as_i64() {
        Some(n) => u64::try_from(n).map_err(|_| th.value_error("Cannot convert negative int")),
        None if is_negative(th, n)? => Err(th.value_error("Cannot convert negative int")),
        None => match wide_bits(th, n)? {
            Some(n) => Ok(n),
            None => Err(th.overflow_error("Python int too large to convert to C unsigned long")),
        },
    }
}

/// The value of a positive integer of up to 64 bits.
fn wide_bits(th: &Thread, n: Value) -> PyResult<Option<u64>> {
    let high = ops::binary(th, BinOp::RShift, n, Value::small_int(32))?;
    let low = bits(th, n)?;
    Ok(high
        .as_i64()
        .and_then(|h| u32::try_from(h).ok())
        .map(|h| u64::from(h) << 32 | u64::from(low)))
}

/// A device number; -1 is the one that no device has.
pub fn device(th: &Thread, v: Value) -> PyResult<u64> {
    let n = ops::index(th, v)?;
    match n.as_i64() {
        Some(-1) => Ok(u64::MAX),
        Some(n) if n >= 0 => Ok(n as u64),
        Some(_) => Err(th.overflow_error("can't convert negative int to unsigned")),
        None if is_negative(th, n)? => {
            Err(th.overflow_error("can't convert negative int to unsigned"))
        }
        None => match wide_bits(th, n)? {
            Some(n) => Ok(n),
            None => {
                Err(th.overflow_error("Python int too large to convert to C unsigned long long"))
            }
        },
    }
}

/// A device number as Python shows it.
pub fn device_value(th: &Thread, n: u64) -> Value {
    if n == u64::MAX {
        Value::small_int(-1)
    } else {
        Value::uint(th, n)
    }
}

/// A `Py_ssize_t`.
pub fn ssize(th: &Thread, v: Value) -> PyResult<isize> {
    let n = ops::index(th, v)?;
    match n.as_i64() {
        Some(n) => Ok(n as isize),
        None => Err(th.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

/// A file offset.
pub fn offset(th: &Thread, v: Value) -> PyResult<i64> {
    let n = ops::index(th, v)?;
    match n.as_i64() {
        Some(n) => Ok(n),
        None => Err(th.overflow_error("Python int too large to convert to C long")),
    }
}

/// Nanoseconds as an integer.
pub fn ns_value(th: &Thread, ns: i128) -> PyResult {
    if let Ok(n) = i64::try_from(ns) {
        return Ok(Value::int(th, n));
    }
    let seconds = Value::int(th, ns.div_euclid(BILLION) as i64);
    let whole = ops::binary(th, BinOp::Mul, seconds, Value::small_int(BILLION as i64))?;
    ops::binary(
        th,
        BinOp::Add,
        whole,
        Value::small_int(ns.rem_euclid(BILLION) as i64),
    )
}

/// Nanoseconds as seconds.
pub fn seconds_value(th: &Thread, ns: i128) -> Value {
    let (whole, rest) = (ns.div_euclid(BILLION) as f64, ns.rem_euclid(BILLION) as f64);
    Value::float(th, whole + 1e-9 * rest)
}

/// Nanoseconds of an integer.
///
/// # Errors
/// `TypeError` for what is no integer, `OverflowError` past what the system's seconds hold.
pub fn ns(th: &Thread, v: Value) -> PyResult<i128> {
    let pair = ops::divmod(th, v, Value::small_int(BILLION as i64))?;
    let Some([seconds, rest]) = pair.as_tuple() else {
        return Err(th.type_error(format!(
            "{}.__divmod__() must return a 2-tuple, not {}",
            class_of(v).tp_name(),
            class_of(pair).tp_name()
        )));
    };
    let rest = i128::from(ops::index(th, *rest)?.as_i64().unwrap_or(0));
    match ops::index(th, *seconds)?.as_i64() {
        Some(s) => Ok(i128::from(s) * BILLION + rest),
        None => Err(th.overflow_error("timestamp out of range for platform time_t")),
    }
}

/// Nanoseconds of a number of seconds, rounded down.
///
/// # Errors
/// `ValueError` for NaN, `OverflowError` past what the system's seconds hold.
pub fn ns_of_seconds(th: &Thread, v: Value) -> PyResult<i128> {
    let out = || th.overflow_error("timestamp out of range for platform time_t");
    let Some(x) = v.as_float() else {
        let n = ops::index(th, v)?.as_i64().ok_or_else(out)?;
        return Ok(i128::from(n) * BILLION);
    };
    if x.is_nan() {
        return Err(th.value_error("Invalid value NaN (not a number)"));
    }
    let (mut whole, mut rest) = (x.trunc(), (x.fract() * 1e9).floor());
    if rest >= 1e9 {
        rest -= 1e9;
        whole += 1.0;
    } else if rest < 0.0 {
        rest += 1e9;
        whole -= 1.0;
    }
    if !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&whole) {
        return Err(out());
    }
    Ok(i128::from(whole as i64) * BILLION + rest as i128)
}
