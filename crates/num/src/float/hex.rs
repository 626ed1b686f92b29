//! `float.hex()` and `float.fromhex()`.

use super::{FloatError, compose, decompose};
use crate::bigint::parse_space as trim;

/// `value.hex()`.
pub fn to_hex(value: f64) -> String {
    if !value.is_finite() {
        return super::repr(value);
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let (mantissa, exponent) = decompose(value);
    let exponent = exponent + 52;
    format!(
        "{sign}0x{}.{:013x}p{exponent:+}",
        mantissa >> 52,
        mantissa & ((1 << 52) - 1)
    )
}

/// `float.fromhex(text)`.
pub fn from_hex(text: &[u8]) -> Result<f64, FloatError> {
    let invalid = FloatError::InvalidHex;
    let mut s = trim(text);
    let negative = s.first() == Some(&b'-');
    if let [b'+' | b'-', rest @ ..] = s {
        s = rest;
    }
    let signed = |v: f64| if negative { -v } else { v };
    for (word, value) in [
        ("inf", f64::INFINITY),
        ("infinity", f64::INFINITY),
        ("nan", f64::NAN),
    ] {
        if s.eq_ignore_ascii_case(word.as_bytes()) {
            return Ok(signed(value));
        }
    }
    if let [b'0', b'x' | b'X', rest @ ..] = s {
        s = rest;
    }
    // The number read so far is mantissa * 2**exponent, with lost bits kept as a sticky one.
    let mut mantissa = 0u64;
    let mut exponent = 0i64;
    let mut digits = 0usize;
    let mut seen_point = false;
    let mut used = 0;
    for &b in s {
        if b == b'.' && !seen_point {
            seen_point = true;
        } else if let Some(d) = char::from(b).to_digit(16) {
            digits += 1;
            if mantissa >> 59 == 0 {
                mantissa = mantissa << 4 | u64::from(d);
            } else {
                mantissa |= u64::from(d != 0);
                exponent += 4;
            }
            if seen_point {
                exponent -= 4;
            }
        } else {
            break;
        }
        used += 1;
    }
    if digits == 0 {
        return Err(invalid);
    }
    match &s[used..] {
        [] => {}
        [b'p' | b'P', power @ ..] => {
            let (minus, power) = match power {
                [b'-', rest @ ..] => (true, rest),
                [b'+', rest @ ..] => (false, rest),
                _ => (false, power),
            };
            if power.is_empty() || !power.iter().all(u8::is_ascii_digit) {
                return Err(invalid);
            }
            let n = power.iter().fold(0i64, |n, &b| {
                n.saturating_mul(10).saturating_add(i64::from(b - b'0'))
            });
            let n = n.min(i64::MAX / 2);
            exponent = exponent.saturating_add(if minus { -n } else { n });
        }
        _ => return Err(invalid),
    }
    // Far outside the range the exponent must not overflow in the arithmetic.
    let value = compose(mantissa, exponent.clamp(-1 << 40, 1 << 40));
    if value.is_infinite() {
        return Err(FloatError::HexOverflow);
    }
    Ok(signed(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes() {
        assert_eq!(to_hex(1.5), "0x1.8000000000000p+0");
        assert_eq!(to_hex(-0.0), "-0x0.0p+0");
        assert_eq!(to_hex(5e-324), "0x0.0000000000001p-1022");
        assert_eq!(to_hex(f64::MAX), "0x1.fffffffffffffp+1023");
        assert_eq!(to_hex(-0.1), "-0x1.999999999999ap-4");
        assert_eq!(to_hex(f64::NAN), "nan");
    }

    #[test]
    fn reads() {
        let ok = [
            ("0x1.8p1", 3.0),
            ("abc", 2748.0),
            ("1.", 1.0),
            (".8", 0.5),
            ("0x1p-1075", 0.0),
            ("-0X.8P+1", -1.0),
            (" inf ", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
            ("0x1.00000000000008p0", 1.0),
            ("0x1.000000000000080000000000000001p0", 1.0000000000000002),
            ("0x3p-1076", 5e-324),
            ("0x0p99999999999999999999999", 0.0),
            ("0x1p-99999999999999999999999", 0.0),
        ];
        for (text, v) in ok {
            assert_eq!(from_hex(text.as_bytes()), Ok(v), "{text}");
        }
        for bad in [
            "xyz", "0x", "0x1.p", "", "0x1p", "0x1p+", "0x1 p1", "1.2.3", "0x0x1", "--1", "p1", ".",
        ] {
            assert_eq!(
                from_hex(bad.as_bytes()),
                Err(FloatError::InvalidHex),
                "{bad}"
            );
        }
        for big in [
            "0x1p1024",
            "0x1p99999999999999999999",
            "0x1.fffffffffffff8p1023",
        ] {
            assert_eq!(
                from_hex(big.as_bytes()),
                Err(FloatError::HexOverflow),
                "{big}"
            );
        }
    }
}
