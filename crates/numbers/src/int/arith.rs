//! The operators of `int`. Each takes any two values and gives `NotImplemented` unless both are integers.

use std::borrow::Cow;
use taipan_num::{BigInt, IntError, small};
use taipan_object::numbers::Int;
use taipan_object::slots::CmpOp;
use taipan_object::{PyResult, Thread, Value};

use crate::int_error;

/// Digits (in words) from which an operation may take long: it then runs as a blocking region, so that a
/// collection needs not wait for it.
const LONG: usize = 1 << 9;

fn big<'a>(n: &Int<'a>) -> Cow<'a, BigInt> {
    match n {
        Int::Small(n) => Cow::Owned(BigInt::from(*n)),
        Int::Big(b) => Cow::Borrowed(b),
    }
}

/// Runs `f` on both numbers. The numbers lie in cells that the callers' frames keep alive and that never change.
fn with_big<R>(th: &Thread, a: &Int, b: &Int, f: impl FnOnce(&BigInt, &BigInt) -> R) -> R {
    let (a, b) = (big(a), big(b));
    if a.magnitude_words().len() > LONG && b.magnitude_words().len() > LONG / 8 {
        th.blocking(|| f(&a, &b))
    } else {
        f(&a, &b)
    }
}

fn checked(th: &Thread, r: Result<BigInt, IntError>) -> PyResult {
    match r {
        Ok(n) => Ok(Value::big(th, n)),
        Err(e) => Err(int_error(th, e)),
    }
}

macro_rules! both {
    ($a:expr, $b:expr) => {
        match ($a.as_int(), $b.as_int()) {
            (Some(x), Some(y)) => (x, y),
            _ => return Ok(Value::NOT_IMPLEMENTED),
        }
    };
}

/// `a + b`
pub fn add(th: &Thread, a: Value, b: Value) -> PyResult {
    match both!(a, b) {
        (Int::Small(x), Int::Small(y)) => Ok(Value::int(th, x + y)),
        (x, y) => Ok(Value::big(th, &*big(&x) + &*big(&y))),
    }
}

/// `a - b`
pub fn sub(th: &Thread, a: Value, b: Value) -> PyResult {
    match both!(a, b) {
        (Int::Small(x), Int::Small(y)) => Ok(Value::int(th, x - y)),
        (x, y) => Ok(Value::big(th, &*big(&x) - &*big(&y))),
    }
}

/// `a * b`
pub fn mul(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if let (Int::Small(x), Int::Small(y)) = (&x, &y)
        && let Some(n) = x.checked_mul(*y)
    {
        return Ok(Value::int(th, n));
    }
    checked(th, with_big(th, &x, &y, BigInt::checked_mul))
}

/// `a // b`
pub fn floordiv(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if let (Int::Small(x), Int::Small(y)) = (&x, &y)
        && let Some(n) = small::floordiv_i64(*x, *y)
    {
        return Ok(Value::int(th, n));
    }
    checked(th, with_big(th, &x, &y, BigInt::div_floor))
}

/// `a % b`
pub fn rem(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if let (Int::Small(x), Int::Small(y)) = (&x, &y)
        && let Some(n) = small::mod_i64(*x, *y)
    {
        return Ok(Value::int(th, n));
    }
    checked(th, with_big(th, &x, &y, BigInt::mod_floor))
}

/// `divmod(a, b)`
pub fn divmod(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if let (Int::Small(x), Int::Small(y)) = (&x, &y)
        && let Some((q, r)) = small::divmod_i64(*x, *y)
    {
        return Ok(Value::tuple(th, &[Value::int(th, q), Value::int(th, r)]));
    }
    match with_big(th, &x, &y, BigInt::divmod_floor) {
        Ok((q, r)) => {
            let q = Value::big(th, q);
            let r = Value::big(th, r);
            Ok(Value::tuple(th, &[q, r]))
        }
        Err(e) => Err(int_error(th, e)),
    }
}

/// `a / b`
pub fn truediv(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if let (Int::Small(x), Int::Small(y)) = (&x, &y)
        && let Some(r) = small::truediv_i64(*x, *y)
    {
        return Ok(Value::float(th, r));
    }
    match with_big(th, &x, &y, BigInt::true_div) {
        Ok(r) => Ok(Value::float(th, r)),
        Err(e) => Err(int_error(th, e)),
    }
}

/// `pow(a, b, m)`
pub fn pow(th: &Thread, a: Value, b: Value, m: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if !m.is_none() {
        let Some(z) = m.as_int() else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        if let (Int::Small(x), Int::Small(y), Int::Small(z)) = (&x, &y, &z)
            && *y >= 0
            && *z > 0
        {
            let base = small::mod_i64(*x, *z).unwrap_or(0) as u64;
            let r = small::modpow_u64(base, *y as u64, *z as u64);
            return Ok(Value::uint(th, r));
        }
        let (x, y, z) = (big(&x), big(&y), big(&z));
        let long = z.magnitude_words().len() > 16 && y.magnitude_words().len() > 16;
        let r = if long {
            th.blocking(|| x.modpow(&y, &z))
        } else {
            x.modpow(&y, &z)
        };
        return checked(th, r);
    }
    let negative = match &y {
        Int::Small(n) => *n < 0,
        Int::Big(b) => b.is_negative(),
    };
    if negative {
        let (x, y) = (super::to_f64(th, a)?, super::to_f64(th, b)?);
        return crate::float::arith::power(th, x, y);
    }
    if let (Int::Small(x), Int::Small(y)) = (&x, &y)
        && let Some(n) = small::pow_i64(*x, *y as u64)
    {
        return Ok(Value::int(th, n));
    }
    let (x, y) = (big(&x), big(&y));
    let long = y.to_i64().is_none_or(|n| n > 1 << 12) || x.magnitude_words().len() > LONG;
    let r = if long {
        th.blocking(|| x.pow_big(&y))
    } else {
        x.pow_big(&y)
    };
    checked(th, r)
}

/// `a << b`
pub fn lshift(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if let (Int::Small(x), Int::Small(y)) = (&x, &y)
        && *y >= 0
        && let Some(n) = small::shl_i64(*x, *y as u64)
    {
        return Ok(Value::int(th, n));
    }
    let (x, y) = (big(&x), big(&y));
    if x.is_zero() && !y.is_negative() {
        return Ok(Value::small_int(0));
    }
    checked(th, x.shl_big(&y))
}

/// `a >> b`
pub fn rshift(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if let (Int::Small(x), Int::Small(y)) = (&x, &y)
        && *y >= 0
    {
        return Ok(Value::int(th, small::shr_i64(*x, *y as u64)));
    }
    checked(th, big(&x).shr_big(&big(&y)))
}

/// `a & b`
pub fn and(th: &Thread, a: Value, b: Value) -> PyResult {
    match both!(a, b) {
        (Int::Small(x), Int::Small(y)) => Ok(Value::int(th, x & y)),
        (x, y) => Ok(Value::big(th, &*big(&x) & &*big(&y))),
    }
}

/// `a | b`
pub fn or(th: &Thread, a: Value, b: Value) -> PyResult {
    match both!(a, b) {
        (Int::Small(x), Int::Small(y)) => Ok(Value::int(th, x | y)),
        (x, y) => Ok(Value::big(th, &*big(&x) | &*big(&y))),
    }
}

/// `a ^ b`
pub fn xor(th: &Thread, a: Value, b: Value) -> PyResult {
    match both!(a, b) {
        (Int::Small(x), Int::Small(y)) => Ok(Value::int(th, x ^ y)),
        (x, y) => Ok(Value::big(th, &*big(&x) ^ &*big(&y))),
    }
}

/// `-a`
pub fn neg(th: &Thread, a: Value) -> PyResult {
    Ok(match super::get(a) {
        Int::Small(n) => Value::int(th, -n),
        Int::Big(b) => Value::big(th, -b),
    })
}

/// `abs(a)`
pub fn abs(th: &Thread, a: Value) -> PyResult {
    Ok(match super::get(a) {
        Int::Small(n) => Value::int(th, n.abs()),
        Int::Big(b) => Value::big(th, b.abs()),
    })
}

/// `~a`
pub fn invert(th: &Thread, a: Value) -> PyResult {
    Ok(match super::get(a) {
        Int::Small(n) => Value::int(th, !n),
        Int::Big(b) => Value::big(th, !b),
    })
}

/// The order of two integers.
pub fn compare(a: &Int, b: &Int) -> std::cmp::Ordering {
    match (a, b) {
        (Int::Small(x), Int::Small(y)) => x.cmp(y),
        (x, y) => big(x).cmp(&big(y)),
    }
}

/// `a OP b`
pub fn richcmp(_: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (x, y) = both!(a, b);
    Ok(Value::bool(op.of(compare(&x, &y))))
}
