//! The operators of `complex`. A real operand is not widened: it leaves the sign of the other's zeros alone.

use taipan_num::FloatError;
use taipan_num::float;
use taipan_object::numbers::Int;
use taipan_object::slots::CmpOp;
use taipan_object::{PyResult, Thread, Value};

use crate::float::arith::{compare, real};
use crate::float_error;

#[derive(Clone, Copy)]
enum Operand {
    Real(f64),
    Complex(f64, f64),
}

impl Operand {
    fn pair(self) -> (f64, f64) {
        match self {
            Operand::Real(x) => (x, 0.0),
            Operand::Complex(re, im) => (re, im),
        }
    }
}

fn operand(th: &Thread, v: Value) -> PyResult<Option<Operand>> {
    if let Some((re, im)) = v.as_complex() {
        return Ok(Some(Operand::Complex(re, im)));
    }
    Ok(real(th, v)?.map(Operand::Real))
}

macro_rules! both {
    ($th:expr, $a:expr, $b:expr) => {{
        let Some(x) = operand($th, $a)? else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        let Some(y) = operand($th, $b)? else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        (x, y)
    }};
}

fn pair(th: &Thread, (re, im): (f64, f64)) -> PyResult {
    Ok(Value::complex(th, re, im))
}

fn checked(th: &Thread, r: Result<(f64, f64), FloatError>) -> PyResult {
    match r {
        Ok(z) => pair(th, z),
        Err(e) => Err(float_error(th, e)),
    }
}

use Operand::{Complex, Real};

/// `a + b`
pub(super) fn add(th: &Thread, a: Value, b: Value) -> PyResult {
    let z = match both!(th, a, b) {
        (Complex(re, im), Real(x)) | (Real(x), Complex(re, im)) => (re + x, im),
        (x, y) => {
            let ((a, b), (c, d)) = (x.pair(), y.pair());
            (a + c, b + d)
        }
    };
    pair(th, z)
}

/// `a - b`
pub(super) fn sub(th: &Thread, a: Value, b: Value) -> PyResult {
    let z = match both!(th, a, b) {
        (Complex(re, im), Real(x)) => (re - x, im),
        (Real(x), Complex(re, im)) => (x - re, -im),
        (x, y) => {
            let ((a, b), (c, d)) = (x.pair(), y.pair());
            (a - c, b - d)
        }
    };
    pair(th, z)
}

/// `a * b`
pub(super) fn mul(th: &Thread, a: Value, b: Value) -> PyResult {
    let z = match both!(th, a, b) {
        (Complex(re, im), Real(x)) | (Real(x), Complex(re, im)) => (re * x, im * x),
        (x, y) => float::complex_mul(x.pair(), y.pair()),
    };
    pair(th, z)
}

/// `a / b`
pub(super) fn truediv(th: &Thread, a: Value, b: Value) -> PyResult {
    let r = match both!(th, a, b) {
        (Complex(..), Real(0.0)) => Err(FloatError::DivisionByZero),
        (Complex(re, im), Real(x)) => Ok((re / x, im / x)),
        (Real(x), Complex(re, im)) => real_by_complex(x, re, im),
        (x, y) => float::complex_div(x.pair(), y.pair()),
    };
    checked(th, r)
}

fn real_by_complex(a: f64, re: f64, im: f64) -> Result<(f64, f64), FloatError> {
    if re == 0.0 && im == 0.0 {
        return Err(FloatError::DivisionByZero);
    }
    let z = if re.abs() >= im.abs() {
        let ratio = im / re;
        let denominator = re + im * ratio;
        (a / denominator, -a * ratio / denominator)
    } else if im.abs() >= re.abs() {
        let ratio = re / im;
        let denominator = re * ratio + im;
        (a * ratio / denominator, -a / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if z.0.is_nan() && z.1.is_nan() && a.is_finite() && (re.is_infinite() || im.is_infinite()) {
        // A finite number over an infinite one is a zero, whose signs still tell the quadrant.
        let unit = |x: f64| {
            if x.is_infinite() {
                1f64.copysign(x)
            } else {
                0f64.copysign(x)
            }
        };
        return Ok((0.0 * (a * unit(re)), 0.0 * (-a * unit(im))));
    }
    Ok(z)
}

/// `pow(a, b, m)`
pub(super) fn pow(th: &Thread, a: Value, b: Value, m: Value) -> PyResult {
    let (x, y) = both!(th, a, b);
    if !m.is_none() {
        return Err(th.value_error("complex modulo"));
    }
    power(th, x.pair(), y.pair())
}

/// `x ** y` of complex numbers.
pub(crate) fn power(th: &Thread, x: (f64, f64), y: (f64, f64)) -> PyResult {
    // The sine of an infinite angle has no value.
    let finite = |z: (f64, f64)| z.0.is_finite() && z.1.is_finite();
    if !finite(x) || !finite(y) {
        let angle = x.1.atan2(x.0) * y.0 + y.1 * x.0.hypot(x.1).ln();
        if angle.is_infinite() && y != (0.0, 0.0) {
            return Err(float_error(th, FloatError::ZeroToComplexPower));
        }
    }
    match float::complex_pow(x, y) {
        Err(FloatError::RangeError) => Err(th.overflow_error("complex exponentiation")),
        Ok((re, im)) if re.is_infinite() || im.is_infinite() => {
            Err(th.overflow_error("complex exponentiation"))
        }
        r => checked(th, r),
    }
}

/// `abs(a)`
pub(super) fn abs(th: &Thread, a: Value) -> PyResult {
    let (re, im) = super::get(a);
    let r = re.hypot(im);
    if r.is_infinite() && re.is_finite() && im.is_finite() {
        return Err(th.overflow_error("absolute value too large"));
    }
    Ok(Value::float(th, r))
}

/// `a == b`, `a != b`
pub(super) fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let Some((re, im)) = a.as_complex() else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let equal = if let Some((c, d)) = b.as_complex() {
        re == c && im == d
    } else if let Some(x) = b.as_float() {
        re == x && im == 0.0
    } else if matches!(b.as_int(), Some(Int::Small(_) | Int::Big(_))) {
        im == 0.0
            && compare(Value::float(th, re), b)
                .flatten()
                .is_some_and(|o| o.is_eq())
    } else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::bool(equal == (op == CmpOp::Eq)))
}
