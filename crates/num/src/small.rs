//! Arithmetic on `i64` with Python's signs; `None` where the result needs a [`crate::BigInt`]
//! (or the divisor is zero, which the caller tests first).

/// `a // b`, rounded towards minus infinity.
#[inline]
pub fn floordiv_i64(a: i64, b: i64) -> Option<i64> {
    let q = a.checked_div(b)?;
    Some(if (a % b != 0) && ((a < 0) != (b < 0)) {
        q - 1
    } else {
        q
    })
}

/// `a % b`, with the sign of `b`.
#[inline]
pub fn mod_i64(a: i64, b: i64) -> Option<i64> {
    if b == -1 {
        return Some(0);
    }
    let r = a.checked_rem(b)?;
    Some(if r != 0 && ((r < 0) != (b < 0)) {
        r + b
    } else {
        r
    })
}

/// `divmod(a, b)`.
#[inline]
pub fn divmod_i64(a: i64, b: i64) -> Option<(i64, i64)> {
    Some((floordiv_i64(a, b)?, mod_i64(a, b)?))
}

/// `base ** exp`.
#[inline]
pub fn pow_i64(base: i64, exp: u64) -> Option<i64> {
    match base {
        0 => return Some(i64::from(exp == 0)),
        1 => return Some(1),
        -1 => return Some(if exp & 1 == 0 { 1 } else { -1 }),
        _ => {}
    }
    base.checked_pow(u32::try_from(exp).ok()?)
}

/// `a << n`.
#[inline]
pub fn shl_i64(a: i64, n: u64) -> Option<i64> {
    if a == 0 {
        return Some(0);
    }
    if n >= 63 {
        return None;
    }
    let r = a << n;
    (r >> n == a).then_some(r)
}

/// `a >> n`, rounded towards minus infinity; any count will do.
#[inline]
pub fn shr_i64(a: i64, n: u64) -> i64 {
    a >> n.min(63)
}

/// `pow(base, exp, modulus)` for a positive modulus and exponent.
pub fn modpow_u64(base: u64, mut exp: u64, modulus: u64) -> u64 {
    let m = u128::from(modulus);
    let mut b = u128::from(base) % m;
    let mut acc = 1 % m;
    while exp > 0 {
        if exp & 1 == 1 {
            acc = acc * b % m;
        }
        b = b * b % m;
        exp >>= 1;
    }
    acc as u64
}

/// Greatest common divisor of the magnitudes.
pub fn gcd_u64(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// `a / b`, correctly rounded; `None` for a zero divisor.
#[inline]
pub fn truediv_i64(a: i64, b: i64) -> Option<f64> {
    const EXACT: u64 = 1 << 53;
    if b == 0 {
        return None;
    }
    if a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT {
        // Two exact operands: the division rounds once.
        return Some(a as f64 / b as f64);
    }
    crate::BigInt::from(a)
        .true_div(&crate::BigInt::from(b))
        .ok()
}

/// Compares an integer with a float exactly; `None` for NaN.
#[inline]
pub fn cmp_i64_f64(a: i64, b: f64) -> Option<std::cmp::Ordering> {
    use std::cmp::Ordering;
    if a.unsigned_abs() <= 1 << 53 {
        return (a as f64).partial_cmp(&b);
    }
    if b.is_nan() {
        None
    } else if b >= 9_223_372_036_854_775_808.0 {
        Some(Ordering::Less)
    } else if b < -9_223_372_036_854_775_808.0 {
        Some(Ordering::Greater)
    } else {
        // |a| > 2**53: only the integer part can decide, then the fraction.
        let whole = b.trunc();
        Some(
            a.cmp(&(whole as i64))
                .then(0.0f64.partial_cmp(&(b - whole))?),
        )
    }
}

/// Room for the decimal text of any machine word.
pub const DECIMAL_ROOM: usize = 20;

/// The decimal text of `value`, in `room`.
#[inline]
pub fn decimal(value: i64, room: &mut [u8; DECIMAL_ROOM]) -> &str {
    let mut at = room.len();
    let mut rest = value.unsigned_abs();
    // Two digits at a time.
    while rest >= 100 {
        let pair = (rest % 100) as u8;
        rest /= 100;
        at -= 2;
        room[at] = b'0' + pair / 10;
        room[at + 1] = b'0' + pair % 10;
    }
    let rest = rest as u8;
    at -= 1;
    room[at] = b'0' + rest % 10;
    if rest >= 10 {
        at -= 1;
        room[at] = b'0' + rest / 10;
    }
    if value < 0 {
        at -= 1;
        room[at] = b'-';
    }
    std::str::from_utf8(&room[at..]).unwrap_or_default()
}

/// The decimal text of `value`.
pub fn decimal_i64(value: i64) -> String {
    decimal(value, &mut [0; DECIMAL_ROOM]).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_follow_the_divisor() {
        let table = [
            (7, 2, 3, 1),
            (-7, 2, -4, 1),
            (7, -2, -4, -1),
            (-7, -2, 3, -1),
            (6, -3, -2, 0),
        ];
        for (a, b, q, r) in table {
            assert_eq!(divmod_i64(a, b), Some((q, r)), "{a} {b}");
        }
        assert_eq!(floordiv_i64(i64::MIN, -1), None);
        assert_eq!(mod_i64(i64::MIN, -1), Some(0));
        assert_eq!(floordiv_i64(1, 0), None);
        assert_eq!(mod_i64(1, 0), None);
    }

    #[test]
    fn decimal_texts() {
        for n in [0, 1, 9, 10, 99, 100, 101, 12345, i64::MAX] {
            assert_eq!(decimal_i64(n), n.to_string());
            assert_eq!(decimal_i64(-n), (-n).to_string());
        }
        assert_eq!(decimal_i64(i64::MIN), i64::MIN.to_string());
    }

    #[test]
    fn shifts_and_powers_notice_overflow() {
        assert_eq!(shl_i64(1, 62), Some(1 << 62));
        assert_eq!(shl_i64(1, 63), None);
        assert_eq!(shl_i64(-1, 62), Some(-1 << 62));
        assert_eq!(shl_i64(3, 62), None);
        assert_eq!(shr_i64(-5, 1000), -1);
        assert_eq!(pow_i64(3, 39), Some(4_052_555_153_018_976_267));
        assert_eq!(pow_i64(3, 40), None);
        assert_eq!(pow_i64(-1, u64::MAX), Some(-1));
        assert_eq!(modpow_u64(3, 200, 1_000_000_007), 136_318_165);
    }

    #[test]
    fn compares_with_floats_exactly() {
        use std::cmp::Ordering::*;
        assert_eq!(
            cmp_i64_f64(9_007_199_254_740_993, 9_007_199_254_740_992.0),
            Some(Greater)
        );
        assert_eq!(
            cmp_i64_f64(i64::MAX, 9_223_372_036_854_775_807.0),
            Some(Less)
        );
        assert_eq!(
            cmp_i64_f64(i64::MIN, -9_223_372_036_854_775_808.0),
            Some(Equal)
        );
        assert_eq!(cmp_i64_f64(1, 1.5), Some(Less));
        assert_eq!(cmp_i64_f64(1, f64::NAN), None);
        assert_eq!(cmp_i64_f64(i64::MAX, f64::NEG_INFINITY), Some(Greater));
    }
}
