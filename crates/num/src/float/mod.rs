//! `float`: arithmetic with Python's rules, rounding, ratios. Text is in the submodules.

mod hex;
mod text;

pub use hex::{from_hex, to_hex};
pub(crate) use text::Digits;
pub use text::{parse, parse_complex, repr, repr_complex};

use std::fmt;

use crate::{BigInt, ErrorKind};

/// Why a float operation has no result. `Display` is CPython's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatError {
    DivisionByZero,
    /// `0.0 ** negative`.
    ZeroToNegativePower,
    /// A complex zero to a negative or complex power.
    ZeroToComplexPower,
    /// `OverflowError(34, 'Numerical result out of range')`; its arguments are the pair.
    RangeError,
    InfinityToInt,
    NanToInt,
    InfinityRatio,
    NanRatio,
    RoundOverflow,
    InvalidHex,
    HexOverflow,
    MalformedComplex,
}

impl FloatError {
    /// The exception CPython raises for it.
    pub fn kind(self) -> ErrorKind {
        match self {
            FloatError::DivisionByZero
            | FloatError::ZeroToNegativePower
            | FloatError::ZeroToComplexPower => ErrorKind::ZeroDivisionError,
            FloatError::RangeError
            | FloatError::InfinityToInt
            | FloatError::InfinityRatio
            | FloatError::RoundOverflow
            | FloatError::HexOverflow => ErrorKind::OverflowError,
            FloatError::NanToInt
            | FloatError::NanRatio
            | FloatError::InvalidHex
            | FloatError::MalformedComplex => ErrorKind::ValueError,
        }
    }
}

impl fmt::Display for FloatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FloatError::DivisionByZero => "division by zero",
            FloatError::ZeroToNegativePower => "zero to a negative power",
            FloatError::ZeroToComplexPower => "zero to a negative or complex power",
            FloatError::RangeError => "(34, 'Numerical result out of range')",
            FloatError::InfinityToInt => "cannot convert float infinity to integer",
            FloatError::NanToInt => "cannot convert float NaN to integer",
            FloatError::InfinityRatio => "cannot convert Infinity to integer ratio",
            FloatError::NanRatio => "cannot convert NaN to integer ratio",
            FloatError::RoundOverflow => "rounded value too large to represent",
            FloatError::InvalidHex => "invalid hexadecimal floating-point string",
            FloatError::HexOverflow => "hexadecimal value too large to represent as a float",
            FloatError::MalformedComplex => "complex() arg is a malformed string",
        })
    }
}

impl std::error::Error for FloatError {}

/// The magnitude of a finite float as `mantissa * 2**exponent`.
pub(crate) fn decompose(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    if exponent == 0 {
        (fraction, -1074)
    } else {
        (fraction | (1 << 52), exponent - 1075)
    }
}

/// `mantissa * 2**exponent` rounded half to even, infinite where too large. A caller that
/// has lost bits below sets the lowest bit of a mantissa of at least 55 bits.
pub(crate) fn compose(mantissa: u64, exponent: i64) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let length = i64::from(64 - mantissa.leading_zeros());
    // Exponent of the last bit that can be kept.
    let last = (exponent + length - 53).max(-1074);
    let drop = last - exponent;
    let mut kept = mantissa;
    if drop > 64 {
        return 0.0;
    }
    if drop > 0 {
        let wide = u128::from(mantissa);
        let rest = wide & ((1u128 << drop) - 1);
        let half = 1u128 << (drop - 1);
        kept = (wide >> drop) as u64;
        if rest > half || (rest == half && kept & 1 == 1) {
            kept += 1;
        }
    } else {
        kept <<= -drop;
    }
    // `kept` is at most 2**53; a carry moves into the exponent field by itself.
    if last > 971 {
        return f64::INFINITY;
    }
    if kept < 1 << 52 {
        return f64::from_bits(kept);
    }
    let bits = (((last + 1075) as u64) << 52) + (kept - (1 << 52));
    f64::from_bits(bits.min(f64::INFINITY.to_bits()))
}

/// `divmod(a, b)`: the remainder has the sign of `b`.
pub fn divmod(a: f64, b: f64) -> Result<(f64, f64), FloatError> {
    if b == 0.0 {
        return Err(FloatError::DivisionByZero);
    }
    let mut m = a % b;
    let mut q = (a - m) / b;
    if m == 0.0 {
        m = 0.0f64.copysign(b);
    } else if (m < 0.0) != (b < 0.0) {
        m += b;
        q -= 1.0;
    }
    // `q` is nearly a whole number: take the nearest one below or at it.
    let q = if q == 0.0 {
        0.0f64.copysign(a / b)
    } else {
        let down = q.floor();
        if q - down > 0.5 { down + 1.0 } else { down }
    };
    Ok((q, m))
}

/// `a // b`.
pub fn floordiv(a: f64, b: f64) -> Result<f64, FloatError> {
    divmod(a, b).map(|(q, _)| q)
}

/// `a % b`.
pub fn modulo(a: f64, b: f64) -> Result<f64, FloatError> {
    if b == 0.0 {
        return Err(FloatError::DivisionByZero);
    }
    let m = a % b;
    Ok(if m == 0.0 {
        0.0f64.copysign(b)
    } else if (m < 0.0) != (b < 0.0) {
        m + b
    } else {
        m
    })
}

/// `a / b`.
#[inline]
pub fn truediv(a: f64, b: f64) -> Result<f64, FloatError> {
    if b == 0.0 {
        Err(FloatError::DivisionByZero)
    } else {
        Ok(a / b)
    }
}

/// What `a ** b` gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Power {
    Real(f64),
    /// A negative base with a fractional exponent: the complex power is wanted.
    Complex,
}

/// `a ** b`.
pub fn pow(a: f64, b: f64) -> Result<Power, FloatError> {
    if a == 0.0 && b < 0.0 && !b.is_nan() {
        // An infinite negative exponent is a plain C special case.
        if b.is_finite() {
            return Err(FloatError::ZeroToNegativePower);
        }
        return Ok(Power::Real(f64::INFINITY));
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
        return Ok(Power::Complex);
    }
    let r = a.powf(b);
    if r.is_infinite() && a.is_finite() && b.is_finite() {
        return Err(FloatError::RangeError);
    }
    Ok(Power::Real(r))
}

/// Complex multiplication, by the school formula with C99's recovery of infinities.
pub fn complex_mul((a, b): (f64, f64), (c, d): (f64, f64)) -> (f64, f64) {
    let (re, im) = (a * c - b * d, a * d + b * c);
    if !(re.is_nan() && im.is_nan()) {
        return (re, im);
    }
    let boxed = |x: f64| if x.is_infinite() { 1.0f64 } else { 0.0 }.copysign(x);
    let no_nan = |x: f64| if x.is_nan() { 0.0f64.copysign(x) } else { x };
    let (mut a, mut b, mut c, mut d) = (a, b, c, d);
    let mut recover = false;
    if a.is_infinite() || b.is_infinite() {
        (a, b, c, d) = (boxed(a), boxed(b), no_nan(c), no_nan(d));
        recover = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (a, b, c, d) = (no_nan(a), no_nan(b), boxed(c), boxed(d));
        recover = true;
    }
    if !recover && [a * c, b * d, a * d, b * c].iter().any(|x| x.is_infinite()) {
        (a, b, c, d) = (no_nan(a), no_nan(b), no_nan(c), no_nan(d));
        recover = true;
    }
    if recover {
        (
            f64::INFINITY * (a * c - b * d),
            f64::INFINITY * (a * d + b * c),
        )
    } else {
        (re, im)
    }
}

/// Complex division (Smith's method: scale by the larger part of the divisor).
pub fn complex_div((a, b): (f64, f64), (c, d): (f64, f64)) -> Result<(f64, f64), FloatError> {
    if c == 0.0 && d == 0.0 {
        return Err(FloatError::DivisionByZero);
    }
    let (re, im) = if c.abs() >= d.abs() {
        let ratio = d / c;
        let denominator = c + d * ratio;
        ((a + b * ratio) / denominator, (b - a * ratio) / denominator)
    } else if d.abs() >= c.abs() {
        let ratio = c / d;
        let denominator = c * ratio + d;
        ((a * ratio + b) / denominator, (b * ratio - a) / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if re.is_nan() && im.is_nan() {
        let unit = |x: f64| if x.is_infinite() { 1.0f64 } else { 0.0 }.copysign(x);
        if (a.is_infinite() || b.is_infinite()) && c.is_finite() && d.is_finite() {
            let (x, y) = (unit(a), unit(b));
            return Ok((
                f64::INFINITY * (x * c + y * d),
                f64::INFINITY * (y * c - x * d),
            ));
        }
        if (c.is_infinite() || d.is_infinite()) && a.is_finite() && b.is_finite() {
            let (x, y) = (unit(c), unit(d));
            return Ok((0.0 * (a * x + b * y), 0.0 * (b * x - a * y)));
        }
    }
    Ok((re, im))
}

/// `a ** b` for complex numbers: repeated multiplication for small whole exponents, else
/// through polar coordinates.
pub fn complex_pow(a: (f64, f64), b: (f64, f64)) -> Result<(f64, f64), FloatError> {
    let result = if b.1 == 0.0 && b.0.fract() == 0.0 && b.0.abs() <= 100.0 {
        let n = b.0.abs() as u32;
        let mut acc = (1.0, 0.0);
        let mut square = a;
        let mut mask = 1u32;
        while mask <= n {
            if n & mask != 0 {
                acc = complex_mul(acc, square);
            }
            mask <<= 1;
            square = complex_mul(square, square);
        }
        if b.0 < 0.0 {
            complex_div((1.0, 0.0), acc).map_err(|_| FloatError::ZeroToComplexPower)?
        } else {
            acc
        }
    } else if b == (0.0, 0.0) {
        (1.0, 0.0)
    } else if a == (0.0, 0.0) {
        if b.1 != 0.0 || b.0 < 0.0 {
            return Err(FloatError::ZeroToComplexPower);
        }
        (0.0, 0.0)
    } else {
        let modulus = a.0.hypot(a.1);
        let mut length = modulus.powf(b.0);
        let angle = a.1.atan2(a.0);
        let mut phase = angle * b.0;
        if b.1 != 0.0 {
            length *= (-angle * b.1).exp();
            phase += b.1 * modulus.ln();
        }
        (length * phase.cos(), length * phase.sin())
    };
    let finite = |z: (f64, f64)| z.0.is_finite() && z.1.is_finite();
    if finite(a) && finite(b) && (result.0.is_infinite() || result.1.is_infinite()) {
        return Err(FloatError::RangeError);
    }
    Ok(result)
}

/// `int(value)`: rounded towards zero.
pub fn to_int(value: f64) -> Result<BigInt, FloatError> {
    BigInt::from_f64(value).ok_or(if value.is_nan() {
        FloatError::NanToInt
    } else {
        FloatError::InfinityToInt
    })
}

/// `round(value)`: the nearest integer, half to even.
pub fn round_to_int(value: f64) -> Result<BigInt, FloatError> {
    to_int(value.round_ties_even())
}

/// `round(value, digits)`: as if the exact decimal expansion were rounded half to even.
pub fn round_digits(value: f64, digits: i64) -> Result<f64, FloatError> {
    if !value.is_finite() || value == 0.0 {
        return Ok(value);
    }
    if digits >= 0 {
        // 2**-1074 ends after 1074 decimals, but beyond 323 nothing changes the float.
        if digits > 323 {
            return Ok(value);
        }
        let text = format!("{value:.*}", digits as usize);
        return Ok(text.parse().unwrap_or(value));
    }
    if digits < -308 {
        return Ok(0.0f64.copysign(value));
    }
    // Round the exact integer part; what is behind the point only breaks ties.
    let whole = to_int(value.abs().trunc())?;
    let fraction = value.abs().fract() != 0.0;
    let unit = digits.unsigned_abs();
    let doubled = whole.shl(1).unwrap_or(BigInt::ZERO) + BigInt::from(fraction);
    let power = BigInt::from(10).pow(unit).unwrap_or(BigInt::ONE);
    let step = power.shl(1).unwrap_or(BigInt::ONE);
    let (q, r) = doubled.divmod_floor(&step).unwrap_or_default();
    let up = match r.cmp(&power) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => q.is_odd(),
    };
    let rounded = (q + BigInt::from(up)) * power;
    let f = rounded.to_f64().map_err(|_| FloatError::RoundOverflow)?;
    Ok(f.copysign(value))
}

/// `float.as_integer_ratio()`: lowest terms, the denominator positive.
pub fn as_integer_ratio(value: f64) -> Result<(BigInt, BigInt), FloatError> {
    if value.is_nan() {
        return Err(FloatError::NanRatio);
    }
    if value.is_infinite() {
        return Err(FloatError::InfinityRatio);
    }
    let (mut mantissa, mut exponent) = decompose(value);
    if mantissa == 0 {
        return Ok((BigInt::ZERO, BigInt::ONE));
    }
    let zeros = mantissa.trailing_zeros();
    mantissa >>= zeros;
    exponent += zeros as i32;
    let power = |n: i32| BigInt::ONE.shl(n as u64).unwrap_or_default();
    let mut numerator = BigInt::from(mantissa);
    let mut denominator = BigInt::ONE;
    if exponent >= 0 {
        numerator = numerator * power(exponent);
    } else {
        denominator = power(-exponent);
    }
    Ok((
        if value < 0.0 { -numerator } else { numerator },
        denominator,
    ))
}

/// `float.is_integer()`.
pub fn is_integer(value: f64) -> bool {
    value.is_finite() && value.fract() == 0.0
}

/// The integer `value` equals, if it is one that fits in an `i64`.
#[inline]
pub fn exact_i64(value: f64) -> Option<i64> {
    let n = value as i64;
    (n as f64 == value && n != i64::MAX).then_some(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: f64, b: f64) -> bool {
        a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
    }

    #[test]
    fn division_keeps_python_s_signs() {
        let inf = f64::INFINITY;
        let table = [
            (-7.5, 2.0, -4.0, 0.5),
            (7.5, -2.0, -4.0, -0.5),
            (-0.0, 5.0, -0.0, 0.0),
            (0.0, -5.0, -0.0, -0.0),
            (5.0, inf, 0.0, 5.0),
            (-5.0, inf, -1.0, inf),
            (5.0, -0.1, -50.0, -2.7755575615628914e-16),
            (inf, 1.0, f64::NAN, f64::NAN),
            (-1e-20, 3.0, -1.0, 3.0),
            (1.0, 0.1, 9.0, 0.09999999999999995),
        ];
        for (a, b, q, r) in table {
            let (q2, r2) = divmod(a, b).unwrap();
            assert!(same(q, q2) && same(r, r2), "divmod({a}, {b}) = {q2}, {r2}");
            assert!(same(r, modulo(a, b).unwrap()));
        }
        assert_eq!(divmod(1.0, 0.0), Err(FloatError::DivisionByZero));
        assert_eq!(modulo(1.0, -0.0), Err(FloatError::DivisionByZero));
    }

    #[test]
    fn powers() {
        assert_eq!(pow(2.0, 0.5), Ok(Power::Real(2f64.sqrt())));
        assert_eq!(pow(-8.0, 0.5), Ok(Power::Complex));
        assert_eq!(pow(0.0, -1.0), Err(FloatError::ZeroToNegativePower));
        assert_eq!(pow(1e308, 2.0), Err(FloatError::RangeError));
        assert_eq!(pow(1.0, f64::NAN), Ok(Power::Real(1.0)));
        assert_eq!(pow(-1.0, f64::INFINITY), Ok(Power::Real(1.0)));
        assert_eq!(pow(f64::NEG_INFINITY, 0.5), Ok(Power::Real(f64::INFINITY)));
        assert_eq!(complex_pow((0.0, 1.0), (2.0, 0.0)), Ok((-1.0, 0.0)));
        assert_eq!(complex_pow((0.0, 0.0), (0.0, 0.0)), Ok((1.0, 0.0)));
        assert_eq!(
            complex_pow((0.0, 0.0), (-1.0, 0.0)),
            Err(FloatError::ZeroToComplexPower)
        );
        assert_eq!(
            complex_pow((0.0, 0.0), (0.0, 1.0)),
            Err(FloatError::ZeroToComplexPower)
        );
        assert_eq!(
            complex_pow((-8.0, 0.0), (0.5, 0.0)),
            Ok((1.7319121124709868e-16, 2.8284271247461903))
        );
    }

    #[test]
    fn rounding() {
        let table = [
            (2.675, 2, 2.67),
            (5e-324, 400, 5e-324),
            (1e300, 400, 1e300),
            (-0.5, 0, -0.0),
            (1e308, -308, 1e308),
            (25.0, -1, 20.0),
            (35.0, -1, 40.0),
            (25.000001, -1, 30.0),
            (1234.5678, 2, 1234.57),
            (1e22, -22, 1e22),
            (5.0, -1, 0.0),
            (5.1, -1, 10.0),
            (-4.0, -1, -0.0),
            (1e-5, -309, 0.0),
            (0.15, 1, 0.1),
            (0.25, 1, 0.2),
            (0.35, 1, 0.3),
        ];
        for (v, d, expected) in table {
            let r = round_digits(v, d).unwrap();
            assert!(same(r, expected), "round({v}, {d}) = {r}");
        }
        assert_eq!(round_digits(1.7e308, -308), Err(FloatError::RoundOverflow));
        assert_eq!(round_to_int(2.5), Ok(BigInt::from(2)));
        assert_eq!(round_to_int(f64::NAN), Err(FloatError::NanToInt));
        assert_eq!(to_int(-1.9), Ok(BigInt::from(-1)));
        assert_eq!(to_int(1e23).unwrap().to_string(), "99999999999999991611392");
    }

    #[test]
    fn ratios() {
        let r = |v| as_integer_ratio(v).map(|(a, b)| (a.to_string(), b.to_string()));
        assert_eq!(r(0.75), Ok(("3".into(), "4".into())));
        assert_eq!(r(-0.5), Ok(("-1".into(), "2".into())));
        assert_eq!(r(1e16), Ok(("10000000000000000".into(), "1".into())));
        assert_eq!(
            r(0.1),
            Ok(("3602879701896397".into(), "36028797018963968".into()))
        );
        assert_eq!(r(f64::NAN), Err(FloatError::NanRatio));
        assert_eq!(exact_i64(3.0), Some(3));
        assert_eq!(exact_i64(3.5), None);
        assert_eq!(exact_i64(9.3e18), None);
        assert_eq!(exact_i64(f64::NAN), None);
    }

    #[test]
    fn compose_inverts_decompose() {
        for v in [
            1.0,
            0.1,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            2.225073858507201e-308,
            1e-310,
        ] {
            let (m, e) = decompose(v);
            assert!(same(compose(m, i64::from(e)), v), "{v}");
        }
        assert_eq!(compose((1 << 54) - 1, 970), f64::INFINITY);
        assert_eq!(compose(1, 1024), f64::INFINITY);
        assert_eq!(compose(1, -1075), 0.0);
        assert_eq!(compose(3, -1076), 5e-324);
    }
}
