//! The operators of `float`. Each takes any two values and gives `NotImplemented` unless both are floats or integers.

use std::cmp::Ordering;
use taipan_num::float::{self, Power};
use taipan_num::small;
use taipan_object::numbers::Int;
use taipan_object::slots::CmpOp;
use taipan_object::{PyResult, Thread, Value};

use crate::float_error;

/// The float or integer as a float; nothing for anything else.
#[inline]
pub(crate) fn real(th: &Thread, v: Value) -> PyResult<Option<f64>> {
    if let Some(x) = v.as_float() {
        return Ok(Some(x));
    }
    match v.as_int() {
        Some(Int::Small(n)) => Ok(Some(n as f64)),
        Some(Int::Big(b)) => match b.to_f64() {
            Ok(x) => Ok(Some(x)),
            Err(e) => Err(crate::int_error(th, e)),
        },
        None => Ok(None),
    }
}

macro_rules! both {
    ($th:expr, $a:expr, $b:expr) => {{
        let Some(x) = real($th, $a)? else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        let Some(y) = real($th, $b)? else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        (x, y)
    }};
}

/// `a + b`
pub fn add(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(th, a, b);
    Ok(Value::float(th, x + y))
}

/// `a - b`
pub fn sub(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(th, a, b);
    Ok(Value::float(th, x - y))
}

/// `a * b`
pub fn mul(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(th, a, b);
    Ok(Value::float(th, x * y))
}

fn checked(th: &Thread, r: Result<f64, taipan_num::FloatError>) -> PyResult {
    match r {
        Ok(x) => Ok(Value::float(th, x)),
        Err(e) => Err(float_error(th, e)),
    }
}

/// `a / b`
pub fn truediv(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(th, a, b);
    checked(th, float::truediv(x, y))
}

/// `a // b`
pub fn floordiv(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(th, a, b);
    checked(th, float::floordiv(x, y))
}

/// `a % b`
pub fn rem(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(th, a, b);
    checked(th, float::modulo(x, y))
}

/// `divmod(a, b)`
pub fn divmod(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(th, a, b);
    match float::divmod(x, y) {
        Ok((q, r)) => {
            let q = Value::float(th, q);
            let r = Value::float(th, r);
            Ok(Value::tuple(th, &[q, r]))
        }
        Err(e) => Err(float_error(th, e)),
    }
}

/// `x ** y`, complex where it must be.
pub fn power(th: &Thread, x: f64, y: f64) -> PyResult {
    match float::pow(x, y) {
        Ok(Power::Real(r)) => Ok(Value::float(th, r)),
        Ok(Power::Complex) => crate::complex::arith::power(th, (x, 0.0), (y, 0.0)),
        Err(e) => Err(float_error(th, e)),
    }
}

/// `pow(a, b, m)`
pub fn pow(th: &Thread, a: Value, b: Value, m: Value) -> PyResult {
    if !m.is_none() {
        return Err(
            th.type_error("pow() 3rd argument not allowed unless all arguments are integers")
        );
    }
    let (x, y) = both!(th, a, b);
    power(th, x, y)
}

/// The order of two numbers that are floats or integers, exactly; outer nothing for anything else, inner for a NaN.
#[inline]
pub(crate) fn compare(a: Value, b: Value) -> Option<Option<Ordering>> {
    if let Some(x) = a.as_float() {
        if let Some(y) = b.as_float() {
            return Some(x.partial_cmp(&y));
        }
        return Some(with_int(&b.as_int()?, x).map(Ordering::reverse));
    }
    let x = a.as_int()?;
    match b.as_float() {
        Some(y) => Some(with_int(&x, y)),
        None => Some(Some(crate::int::arith::compare(&x, &b.as_int()?))),
    }
}

fn with_int(n: &Int, x: f64) -> Option<Ordering> {
    match n {
        Int::Small(n) => small::cmp_i64_f64(*n, x),
        Int::Big(b) => b.cmp_f64(x),
    }
}

/// What an operator makes of an order, or of the lack of one.
#[inline(always)]
pub(crate) fn holds(op: CmpOp, order: Option<Ordering>) -> bool {
    match order {
        Some(o) => op.of(o),
        None => op == CmpOp::Ne,
    }
}

/// `a OP b`
pub fn richcmp(_: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    match compare(a, b) {
        Some(order) => Ok(Value::bool(holds(op, order))),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}
