//! Functions of floats.

use taipan_num::{BigInt, float};
use taipan_object::numbers::Int;
use taipan_object::{PyResult, Raised, Thread, Value, ops};

use super::{domain_error, range_error};

fn get(th: &Thread, v: Value) -> PyResult<f64> {
    ops::to_f64(th, v)
}

fn give(th: &Thread, x: f64) -> PyResult {
    Ok(Value::float(th, x))
}

/// `{text}, got {x}`
#[cold]
fn expected(th: &Thread, text: &str, x: f64) -> Raised {
    th.value_error(format!("{text}, got {}", float::repr(x)))
}

/// A function that is defined everywhere.
pub(super) fn plain(th: &Thread, v: Value, f: fn(f64) -> f64) -> PyResult {
    let x = get(th, v)?;
    give(th, f(x))
}

/// A function of finite numbers.
pub(super) fn finite(th: &Thread, v: Value, f: fn(f64) -> f64) -> PyResult {
    let x = get(th, v)?;
    if x.is_infinite() {
        return Err(expected(th, "expected a finite input", x));
    }
    give(th, f(x))
}

/// A function that may become too large.
pub(super) fn ranged(th: &Thread, v: Value, f: fn(f64) -> f64) -> PyResult {
    let x = get(th, v)?;
    let r = f(x);
    if r.is_infinite() && x.is_finite() {
        return Err(range_error(th));
    }
    give(th, r)
}

fn within(th: &Thread, v: Value, ok: fn(f64) -> bool, text: &str, f: fn(f64) -> f64) -> PyResult {
    let x = get(th, v)?;
    if !x.is_nan() && !ok(x) {
        return Err(expected(th, text, x));
    }
    give(th, f(x))
}

const UNIT: &str = "expected a number in range from -1 up to 1";

pub(super) fn acos(th: &Thread, v: Value) -> PyResult {
    within(th, v, |x| x.abs() <= 1.0, UNIT, f64::acos)
}

pub(super) fn asin(th: &Thread, v: Value) -> PyResult {
    within(th, v, |x| x.abs() <= 1.0, UNIT, f64::asin)
}

pub(super) fn acosh(th: &Thread, v: Value) -> PyResult {
    within(
        th,
        v,
        |x| x >= 1.0,
        "expected argument value not less than 1",
        libm::acosh,
    )
}

pub(super) fn atanh(th: &Thread, v: Value) -> PyResult {
    within(
        th,
        v,
        |x| x.abs() < 1.0,
        "expected a number between -1 and 1",
        libm::atanh,
    )
}

pub(super) fn sqrt(th: &Thread, v: Value) -> PyResult {
    within(
        th,
        v,
        |x| x >= 0.0,
        "expected a nonnegative input",
        f64::sqrt,
    )
}

pub(super) fn log1p(th: &Thread, v: Value) -> PyResult {
    // A zero keeps its sign.
    within(
        th,
        v,
        |x| x > -1.0,
        "expected argument value > -1",
        |x| if x == 0.0 { x } else { x.ln_1p() },
    )
}

/// A logarithm of a float or of an integer of any size; `of_two` is that of 2.
fn log_of(th: &Thread, v: Value, f: fn(f64) -> f64, of_two: f64) -> PyResult<f64> {
    if let Some(n) = v.as_int() {
        return match n {
            Int::Small(n) if n > 0 => Ok(f(n as f64)),
            Int::Big(b) if !b.is_negative() && !b.is_zero() => Ok(match b.to_f64() {
                Ok(x) => f(x),
                Err(_) => {
                    // A mantissa below 1 and a power of two.
                    let shift = b.bit_length() - 900;
                    let (m, e) = libm::frexp(b.to_big().shr(shift).to_f64_lossy());
                    f(m) + of_two * (shift as f64 + e as f64)
                }
            }),
            _ => Err(th.value_error("expected a positive input")),
        };
    }
    let x = get(th, v)?;
    if x <= 0.0 {
        return Err(expected(th, "expected a positive input", x));
    }
    Ok(f(x))
}

pub(super) fn logarithm(th: &Thread, v: Value, f: fn(f64) -> f64, of_two: f64) -> PyResult {
    let x = log_of(th, v, f, of_two)?;
    give(th, x)
}

pub(super) fn log(th: &Thread, a: &[Value]) -> PyResult {
    let x = log_of(th, a[0], f64::ln, std::f64::consts::LN_2)?;
    let Some(base) = a[1].present() else {
        return give(th, x);
    };
    let y = log_of(th, base, f64::ln, std::f64::consts::LN_2)?;
    match float::truediv(x, y) {
        Ok(r) => give(th, r),
        Err(e) => Err(taipan_numbers::float_error(th, e)),
    }
}

/// Whether the gamma function has a pole there.
fn is_pole(x: f64) -> bool {
    x <= 0.0 && x == x.floor()
}

const POLE: &str = "expected a noninteger or positive integer";

pub(super) fn gamma(th: &Thread, v: Value) -> PyResult {
    let x = get(th, v)?;
    if is_pole(x) {
        return Err(expected(th, POLE, x));
    }
    // Small integers: the table of factorials is exact.
    if x == x.floor() && (1.0..=23.0).contains(&x) {
        let r = (2..x as u64).fold(1.0, |r, n| r * n as f64);
        return give(th, r);
    }
    let r = libm::tgamma(x);
    if r.is_infinite() && x.is_finite() {
        return Err(range_error(th));
    }
    give(th, r)
}

pub(super) fn lgamma(th: &Thread, v: Value) -> PyResult {
    let x = get(th, v)?;
    if x.is_infinite() {
        return give(th, f64::INFINITY);
    }
    if is_pole(x) {
        return Err(expected(th, POLE, x));
    }
    let r = libm::lgamma(x);
    if r.is_infinite() {
        return Err(range_error(th));
    }
    give(th, r)
}

pub(super) fn atan2(th: &Thread, a: &[Value]) -> PyResult {
    let (y, x) = (get(th, a[0])?, get(th, a[1])?);
    give(th, y.atan2(x))
}

pub(super) fn copysign(th: &Thread, a: &[Value]) -> PyResult {
    let (x, y) = (get(th, a[0])?, get(th, a[1])?);
    give(th, x.copysign(y))
}

pub(super) fn fma(th: &Thread, a: &[Value]) -> PyResult {
    let (x, y, z) = (get(th, a[0])?, get(th, a[1])?, get(th, a[2])?);
    let r = x.mul_add(y, z);
    if r.is_finite() {
        return give(th, r);
    }
    if r.is_nan() {
        if !x.is_nan() && !y.is_nan() && !z.is_nan() {
            return Err(th.value_error("invalid operation in fma"));
        }
    } else if x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(th.overflow_error("overflow in fma"));
    }
    give(th, r)
}

pub(super) fn fmod(th: &Thread, a: &[Value]) -> PyResult {
    let (x, y) = (get(th, a[0])?, get(th, a[1])?);
    if y.is_infinite() && x.is_finite() {
        return give(th, x);
    }
    let r = x % y;
    if r.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain_error(th));
    }
    give(th, r)
}

pub(super) fn remainder(th: &Thread, a: &[Value]) -> PyResult {
    let (x, y) = (get(th, a[0])?, get(th, a[1])?);
    if x.is_nan() || y.is_nan() {
        return give(th, x + y);
    }
    if x.is_infinite() || y == 0.0 {
        return Err(domain_error(th));
    }
    if y.is_infinite() {
        return give(th, x);
    }
    // All steps are exact: what is left after truncation, then perhaps one multiple less.
    let (ax, ay) = (x.abs(), y.abs());
    let m = ax % ay;
    let c = ay - m;
    let r = if m < c {
        m
    } else if m > c {
        -c
    } else {
        // Half-way: to the even multiple.
        m - 2.0 * ((0.5 * (ax - m)) % ay)
    };
    give(th, 1f64.copysign(x) * r)
}

pub(super) fn frexp(th: &Thread, a: &[Value]) -> PyResult {
    let x = get(th, a[0])?;
    let (m, e) = if x == 0.0 || !x.is_finite() {
        (x, 0)
    } else {
        libm::frexp(x)
    };
    let m = Value::float(th, m);
    Ok(Value::tuple(th, &[m, Value::small_int(e as i64)]))
}

pub(super) fn ldexp(th: &Thread, a: &[Value]) -> PyResult {
    let x = get(th, a[0])?;
    let Some(i) = a[1].as_int() else {
        return Err(th.type_error("Expected an int as second argument to ldexp."));
    };
    if x == 0.0 || !x.is_finite() {
        return give(th, x);
    }
    let i = match i {
        Int::Small(n) => n,
        Int::Big(b) => b.saturating_i64(),
    };
    if i > i32::MAX as i64 {
        return Err(range_error(th));
    }
    let r = libm::ldexp(x, i.max(-5000) as i32);
    if r.is_infinite() {
        return Err(range_error(th));
    }
    give(th, r)
}

pub(super) fn modf(th: &Thread, a: &[Value]) -> PyResult {
    let x = get(th, a[0])?;
    let (fraction, whole) = if x.is_infinite() {
        (0f64.copysign(x), x)
    } else {
        (x.fract().copysign(x), x.trunc())
    };
    let fraction = Value::float(th, fraction);
    let whole = Value::float(th, whole);
    Ok(Value::tuple(th, &[fraction, whole]))
}

/// The position of a float in the order of all of them; both zeros are 0.
fn ordinal(x: f64) -> i64 {
    let n = (x.to_bits() & i64::MAX as u64) as i64;
    if x.is_sign_negative() { -n } else { n }
}

fn from_ordinal(n: i64) -> f64 {
    let x = f64::from_bits(n.unsigned_abs());
    if n < 0 { -x } else { x }
}

pub(super) fn nextafter(th: &Thread, a: &[Value]) -> PyResult {
    let (x, y) = (get(th, a[0])?, get(th, a[1])?);
    let steps = match a[2].present().filter(|v| !v.is_none()) {
        None => 1,
        Some(v) => {
            let n = ops::index(th, v)?;
            let n = n.as_int().map_or(BigInt::ZERO, |n| n.to_big());
            if n.is_negative() {
                return Err(th.value_error("steps must be a non-negative integer"));
            }
            n.to_u64().unwrap_or(u64::MAX)
        }
    };
    if steps == 0 {
        return give(th, x);
    }
    if x.is_nan() || y.is_nan() {
        return give(th, x + y);
    }
    if x == y {
        return give(th, y);
    }
    let (from, to) = (ordinal(x) as i128, ordinal(y) as i128);
    if (to - from).unsigned_abs() <= steps as u128 {
        if y == 0.0 && a[2].present().is_none_or(|v| v.is_none()) {
            // One step of the C library's keeps the sign of where it came from.
            return give(th, 0f64.copysign(x));
        }
        return give(th, y);
    }
    let at = if to > from {
        from + steps as i128
    } else {
        from - steps as i128
    };
    let r = from_ordinal(at as i64);
    // Zero is reached with the sign of where it was come from.
    give(th, if r == 0.0 { 0f64.copysign(x) } else { r })
}

pub(super) fn ulp(th: &Thread, a: &[Value]) -> PyResult {
    let x = get(th, a[0])?;
    if x.is_nan() {
        return give(th, x);
    }
    let x = x.abs();
    if x.is_infinite() {
        return give(th, x);
    }
    let next = f64::from_bits(x.to_bits() + 1);
    if next.is_infinite() {
        return give(th, x - f64::from_bits(x.to_bits() - 1));
    }
    give(th, next - x)
}

pub(super) fn pow(th: &Thread, a: &[Value]) -> PyResult {
    let (x, y) = (get(th, a[0])?, get(th, a[1])?);
    let r = x.powf(y);
    if x.is_finite() && y.is_finite() {
        if r.is_nan() || (r.is_infinite() && x == 0.0) {
            return Err(domain_error(th));
        }
        if r.is_infinite() {
            return Err(range_error(th));
        }
    }
    give(th, r)
}

pub(super) fn isclose(th: &Thread, a: &[Value]) -> PyResult {
    let (x, y) = (get(th, a[0])?, get(th, a[1])?);
    let option = |v: Value, default: f64| match v.present() {
        Some(v) => get(th, v),
        None => Ok(default),
    };
    let (rel, abs) = (option(a[2], 1e-9)?, option(a[3], 0.0)?);
    if rel < 0.0 || abs < 0.0 {
        return Err(th.value_error("tolerances must be non-negative"));
    }
    if x == y {
        return Ok(Value::TRUE);
    }
    if x.is_infinite() || y.is_infinite() {
        return Ok(Value::FALSE);
    }
    let diff = (y - x).abs();
    Ok(Value::bool(
        diff <= (rel * y).abs() || diff <= (rel * x).abs() || diff <= abs,
    ))
}
