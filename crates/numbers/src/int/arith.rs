//! The operators of `int`. Each takes any two values and gives `NotImplemented` unless both are integers.

use taipan_num::bigint::{BitOp, IntRef};
use taipan_num::{BigInt, IntError, small};
use taipan_object::apart::apart;
use taipan_object::numbers::Int;
use taipan_object::slots::CmpOp;
use taipan_object::{PyResult, Thread, Value};

use crate::int_error;

/// Digits (in words) from which an operation may take long: it then runs as a blocking region, so that a
/// collection needs not wait for it.
const LONG: usize = 1 << 9;

/// Words of the shorter factor up to which the schoolbook's multiplication is the fastest.
const SHORT_FACTOR: usize = 24;

/// Words of the divisor, and of the quotient, up to which the schoolbook's division is the fastest.
const SHORT_DIVISION: usize = 64;

/// Word by word products from which an operation may take a tenth of a second, or for ever: then signals interrupt it.
const HUGE: u128 = 1 << 28;

/// Whether as many products, with that many factors, are a matter of seconds.
pub(crate) fn is_huge(words: usize, times: u64) -> bool {
    words as u128 * u128::from(times) > HUGE
}

/// Runs `f` on both numbers. The numbers lie in cells that the callers' frames keep alive and that never change.
fn with_big<R: Send + 'static>(
    th: &Thread,
    a: &Int,
    b: &Int,
    f: fn(&BigInt, &BigInt) -> R,
) -> PyResult<R> {
    let (a, b) = (a.to_big(), b.to_big());
    let (long, short) = (a.magnitude_words().len(), b.magnitude_words().len());
    if is_huge(long, short as u64) {
        apart(th, move || f(&a, &b))
    } else if long > LONG && short > LONG / 8 {
        Ok(th.blocking(|| f(&a, &b)))
    } else {
        Ok(f(&a, &b))
    }
}

fn checked(th: &Thread, r: Result<BigInt, IntError>) -> PyResult {
    match r {
        Ok(n) => Value::try_int_of(th, n.view()),
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

/// The numbers by reference.
macro_rules! views {
    ($x:ident, $y:ident) => {
        let (mut x_word, mut y_word) = (0, 0);
        let ($x, $y) = ($x.view(&mut x_word), $y.view(&mut y_word));
    };
}

fn sum(th: &Thread, x: IntRef, y: IntRef) -> PyResult {
    Value::int_by(th, x.add_room(y), |to| x.add_into(y, to))
}

/// `a + b`
pub fn add(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if let (Int::Small(x), Int::Small(y)) = (&x, &y) {
        return Ok(Value::int(th, x + y));
    }
    views!(x, y);
    sum(th, x, y)
}

/// `a - b`
pub fn sub(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if let (Int::Small(x), Int::Small(y)) = (&x, &y) {
        return Ok(Value::int(th, x - y));
    }
    views!(x, y);
    sum(th, x, y.negated())
}

/// `a * b`
pub fn mul(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if let (Int::Small(x), Int::Small(y)) = (&x, &y)
        && let Some(n) = x.checked_mul(*y)
    {
        return Ok(Value::int(th, n));
    }
    {
        views!(x, y);
        let (a, b) = (x.magnitude_words().len(), y.magnitude_words().len());
        if a.min(b) <= SHORT_FACTOR && a.max(b) <= LONG {
            return Value::int_by(th, x.mul_room(y), |to| x.mul_into(y, to));
        }
    }
    checked(th, with_big(th, &x, &y, BigInt::checked_mul)?)
}

/// Whether numbers are best divided by the schoolbook's rule, which wants a divisor that is not zero.
fn divides_simply(x: IntRef, y: IntRef) -> bool {
    let (a, b) = (x.magnitude_words().len(), y.magnitude_words().len());
    b != 0 && a <= LONG && (b <= SHORT_DIVISION || a <= b + SHORT_DIVISION)
}

/// `a // b`
pub fn floordiv(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if let (Int::Small(x), Int::Small(y)) = (&x, &y)
        && let Some(n) = small::floordiv_i64(*x, *y)
    {
        return Ok(Value::int(th, n));
    }
    {
        views!(x, y);
        if divides_simply(x, y) {
            return Value::int_by(th, x.quotient_room(y), |to| x.div_floor_into(y, to));
        }
    }
    checked(th, with_big(th, &x, &y, BigInt::div_floor)?)
}

/// `a % b`
pub fn rem(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if let (Int::Small(x), Int::Small(y)) = (&x, &y)
        && let Some(n) = small::mod_i64(*x, *y)
    {
        return Ok(Value::int(th, n));
    }
    {
        views!(x, y);
        if divides_simply(x, y) {
            let room = y.magnitude_words().len();
            return Value::int_by(th, room, |to| x.mod_floor_into(y, to));
        }
    }
    checked(th, with_big(th, &x, &y, BigInt::mod_floor)?)
}

/// `divmod(a, b)`
pub fn divmod(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if let (Int::Small(x), Int::Small(y)) = (&x, &y)
        && let Some((q, r)) = small::divmod_i64(*x, *y)
    {
        return Ok(Value::tuple(th, &[Value::int(th, q), Value::int(th, r)]));
    }
    {
        views!(x, y);
        if divides_simply(x, y) {
            let mut rest = vec![0; y.magnitude_words().len()];
            let mut negative = false;
            let q = Value::int_by(th, x.quotient_room(y), |to| {
                let (sign, rest_sign) = x.divmod_floor_into(y, to, &mut rest);
                negative = rest_sign;
                sign
            })?;
            let r = Value::try_int_of(th, IntRef::new(negative, &rest))?;
            return Ok(Value::tuple(th, &[q, r]));
        }
    }
    match with_big(th, &x, &y, BigInt::divmod_floor)? {
        Ok((q, r)) => {
            let q = Value::try_int_of(th, q.view())?;
            let r = Value::try_int_of(th, r.view())?;
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
    match with_big(th, &x, &y, BigInt::true_div)? {
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
        let (x, y, z) = (x.to_big(), y.to_big(), z.to_big());
        let long = z.magnitude_words().len() > 16 && y.magnitude_words().len() > 16;
        let size = z.magnitude_words().len();
        let r = if is_huge(size * size, y.bit_length()) {
            apart(th, move || x.modpow(&y, &z))?
        } else if long {
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
    let (x, y) = (x.to_big(), y.to_big());
    let long = y.to_i64().is_none_or(|n| n > 1 << 12) || x.magnitude_words().len() > LONG;
    let size = y.to_u64().unwrap_or(u64::MAX);
    let size = x.bit_length().saturating_mul(size) / 64;
    let r = if is_huge(size as usize, size) {
        apart(th, move || x.pow_big(&y))?
    } else if long {
        th.blocking(|| x.pow_big(&y))
    } else {
        x.pow_big(&y)
    };
    checked(th, r)
}

/// Bits that a shift may move by at once without asking whether there is room: CPython's numbers have fewer.
const MAX_SHIFT: u64 = 1 << 27;

/// `a << b`
pub fn lshift(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if let (Int::Small(x), Int::Small(y)) = (&x, &y)
        && *y >= 0
        && let Some(n) = small::shl_i64(*x, *y as u64)
    {
        return Ok(Value::int(th, n));
    }
    views!(x, y);
    if let Some(n) = y.to_u64()
        && n <= MAX_SHIFT
    {
        let n = n as usize;
        return Value::int_by(th, x.shl_room(n), |to| x.shl_into(n, to));
    }
    if x.is_zero() && !y.is_negative() {
        return Ok(Value::small_int(0));
    }
    checked(th, x.to_big().shl_big(&y.to_big()))
}

/// `a >> b`
pub fn rshift(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = both!(a, b);
    if let (Int::Small(x), Int::Small(y)) = (&x, &y)
        && *y >= 0
    {
        return Ok(Value::int(th, small::shr_i64(*x, *y as u64)));
    }
    views!(x, y);
    if y.is_negative() {
        return Err(int_error(th, IntError::NegativeShift));
    }
    // A number has no more bits than a machine word counts.
    let n = y.to_u64().unwrap_or(u64::MAX) as usize;
    Value::int_by(th, x.shr_room(n), |to| x.shr_into(n, to))
}

#[inline]
fn bits(th: &Thread, op: BitOp, x: Int, y: Int) -> PyResult {
    views!(x, y);
    Value::int_by(th, x.bits_room(op, y), |to| x.bits_into(op, y, to))
}

/// `a & b`
pub fn and(th: &Thread, a: Value, b: Value) -> PyResult {
    match both!(a, b) {
        (Int::Small(x), Int::Small(y)) => Ok(Value::int(th, x & y)),
        (x, y) => bits(th, BitOp::And, x, y),
    }
}

/// `a | b`
pub fn or(th: &Thread, a: Value, b: Value) -> PyResult {
    match both!(a, b) {
        (Int::Small(x), Int::Small(y)) => Ok(Value::int(th, x | y)),
        (x, y) => bits(th, BitOp::Or, x, y),
    }
}

/// `a ^ b`
pub fn xor(th: &Thread, a: Value, b: Value) -> PyResult {
    match both!(a, b) {
        (Int::Small(x), Int::Small(y)) => Ok(Value::int(th, x ^ y)),
        (x, y) => bits(th, BitOp::Xor, x, y),
    }
}

/// `-a`
pub fn neg(th: &Thread, a: Value) -> PyResult {
    match super::get(a) {
        Int::Small(n) => Ok(Value::int(th, -n)),
        Int::Big(b) => Value::try_int_of(th, b.negated()),
    }
}

/// `abs(a)`
pub fn abs(th: &Thread, a: Value) -> PyResult {
    match super::get(a) {
        Int::Small(n) => Ok(Value::int(th, n.abs())),
        Int::Big(b) if a.is_exact_int() && !b.is_negative() => Ok(a),
        Int::Big(b) => Value::try_int_of(th, b.magnitude()),
    }
}

/// `~a`
pub fn invert(th: &Thread, a: Value) -> PyResult {
    match super::get(a) {
        Int::Small(n) => Ok(Value::int(th, !n)),
        Int::Big(b) => Value::int_by(th, b.invert_room(), |to| b.invert_into(to)),
    }
}

/// The order of two integers.
pub fn compare(a: &Int, b: &Int) -> std::cmp::Ordering {
    match (a, b) {
        (Int::Small(x), Int::Small(y)) => x.cmp(y),
        (x, y) => {
            views!(x, y);
            x.cmp(&y)
        }
    }
}

/// `a OP b`
pub fn richcmp(_: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (x, y) = both!(a, b);
    Ok(Value::bool(op.of(compare(&x, &y))))
}
