//! Floats as text: `repr`, and what `float()` and `complex()` read.

use super::FloatError;
use crate::bigint::parse_space as trim;

/// Decimal digits of a positive finite number: `0.d1d2d3... * 10**point`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Digits {
    pub digits: Vec<u8>,
    pub point: i32,
}

impl Digits {
    /// The shortest digits that read back as `value`.
    pub fn shortest(value: f64) -> Digits {
        let mut buffer = zmij::Buffer::new();
        let (mut digits, mut point) = split_scientific(buffer.format_finite(value.abs()));
        // "0.001" and "100.0" carry zeros that are not significant.
        let leading = digits.iter().take_while(|&&d| d == b'0').count();
        digits.drain(..leading);
        point -= leading as i32;
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            return Digits {
                digits: vec![b'0'],
                point: 1,
            };
        }
        Digits { digits, point }
    }

    /// `count` significant digits of `value`, rounded half to even.
    pub fn significant(value: f64, count: usize) -> Digits {
        // The formatter's limit is 16 bits; a double has no more than 767 digits.
        const MOST: usize = 1100;
        let shown = count.clamp(1, MOST);
        let text = format!("{:.*e}", shown - 1, value.abs());
        let (mut digits, point) = split_scientific(&text);
        digits.resize(count.max(1), b'0');
        Digits { digits, point }
    }
}

/// The digits of `12.34e5` and where their point is.
fn split_scientific(text: &str) -> (Vec<u8>, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = Vec::with_capacity(whole.len() + fraction.len());
    digits.extend_from_slice(whole.as_bytes());
    digits.extend_from_slice(fraction.as_bytes());
    let exponent: i32 = exponent.parse().unwrap_or(0);
    (digits, whole.len() as i32 + exponent)
}

/// `repr(float)`.
pub fn repr(value: f64) -> String {
    let mut out = String::with_capacity(24);
    push_repr(&mut out, value, ".0");
    out
}

/// Appends the shortest text; `whole` follows a number without fraction.
fn push_repr(out: &mut String, value: f64, whole: &str) {
    if value.is_nan() {
        out.push_str("nan");
        return;
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    if value.is_infinite() {
        out.push_str("inf");
        return;
    }
    let Digits { digits, point } = Digits::shortest(value);
    let ascii = |out: &mut String, d: &[u8]| out.extend(d.iter().map(|&b| char::from(b)));
    let zeros = |out: &mut String, n: usize| out.extend(std::iter::repeat_n('0', n));
    if (-3..=16).contains(&point) {
        if point <= 0 {
            out.push_str("0.");
            zeros(out, point.unsigned_abs() as usize);
            ascii(out, &digits);
        } else if digits.len() <= point as usize {
            ascii(out, &digits);
            zeros(out, point as usize - digits.len());
            out.push_str(whole);
        } else {
            ascii(out, &digits[..point as usize]);
            out.push('.');
            ascii(out, &digits[point as usize..]);
        }
    } else {
        ascii(out, &digits[..1]);
        if digits.len() > 1 {
            out.push('.');
            ascii(out, &digits[1..]);
        }
        let exponent = point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        out.push_str(&format!("e{sign}{:02}", exponent.abs()));
    }
}

/// `repr(complex)`.
pub fn repr_complex(real: f64, imag: f64) -> String {
    let mut out = String::new();
    if real == 0.0 && real.is_sign_positive() {
        push_repr(&mut out, imag, "");
        out.push('j');
        return out;
    }
    out.push('(');
    push_repr(&mut out, real, "");
    if imag.is_nan() || imag.is_sign_positive() {
        out.push('+');
    }
    push_repr(&mut out, imag, "");
    out.push_str("j)");
    out
}

/// Removes underscores between digits; `None` where one stands anywhere else.
fn without_underscores(s: &[u8]) -> Option<std::borrow::Cow<'_, [u8]>> {
    if !s.contains(&b'_') {
        return Some(s.into());
    }
    let between = |i: usize| {
        i > 0 && s[i - 1].is_ascii_digit() && s.get(i + 1).is_some_and(u8::is_ascii_digit)
    };
    let mut out = Vec::with_capacity(s.len());
    for (i, &b) in s.iter().enumerate() {
        if b != b'_' {
            out.push(b);
        } else if !between(i) {
            return None;
        }
    }
    Some(out.into())
}

/// `float(text)`, where non-ASCII digits and spaces have been mapped to ASCII; `None` where
/// CPython says "could not convert string to float: ...".
pub fn parse(text: &[u8]) -> Option<f64> {
    let clean = without_underscores(trim(text))?;
    // Rust reads the same grammar, "inf", "infinity" and "nan" in any case included.
    std::str::from_utf8(&clean).ok()?.parse().ok()
}

/// The length of the longest prefix that is a float with optional sign.
fn float_prefix(s: &[u8]) -> usize {
    let sign = usize::from(matches!(s.first(), Some(b'+' | b'-')));
    let body = &s[sign..];
    for word in ["infinity", "inf", "nan"] {
        if body.len() >= word.len() && body[..word.len()].eq_ignore_ascii_case(word.as_bytes()) {
            return sign + word.len();
        }
    }
    let run = |s: &[u8]| s.iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = run(body);
    let mut end = whole;
    let mut digits = whole;
    if body.get(end) == Some(&b'.') {
        let fraction = run(&body[end + 1..]);
        digits += fraction;
        end += 1 + fraction;
    }
    if digits == 0 {
        return 0;
    }
    if matches!(body.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(body.get(end + 1), Some(b'+' | b'-')));
        let exponent = run(&body[end + 1 + sign..]);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    sign + end
}

/// `complex(text)`: its real and imaginary part.
pub fn parse_complex(text: &[u8]) -> Result<(f64, f64), FloatError> {
    let malformed = FloatError::MalformedComplex;
    let mut s = trim(text);
    if let [b'(', inner @ .., b')'] = s {
        s = trim(inner);
    } else if s.first() == Some(&b'(') {
        return Err(malformed);
    }
    let clean = without_underscores(s).ok_or(malformed)?;
    let number = |s: &[u8]| -> Result<f64, FloatError> {
        std::str::from_utf8(s)
            .ok()
            .and_then(|s| s.parse().ok())
            .ok_or(malformed)
    };
    // A bare sign (or nothing) before the "j" means one.
    let unit = |s: &[u8]| match s.first() {
        Some(b'-') => -1.0,
        _ => 1.0,
    };
    let s: &[u8] = &clean;
    let n = float_prefix(s);
    let (first, rest) = s.split_at(n);
    match rest {
        [] if n > 0 => Ok((number(first)?, 0.0)),
        [b'j' | b'J'] if n > 0 => Ok((0.0, number(first)?)),
        [b'+' | b'-', ..] if n > 0 => {
            let m = float_prefix(rest);
            match &rest[m..] {
                [b'j' | b'J'] if m > 0 => Ok((number(first)?, number(&rest[..m])?)),
                [b'+' | b'-', b'j' | b'J'] if m == 0 => Ok((number(first)?, unit(rest))),
                _ => Err(malformed),
            }
        }
        [b'j' | b'J'] | [b'+' | b'-', b'j' | b'J'] if n == 0 => Ok((0.0, unit(rest))),
        _ => Err(malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortest_texts() {
        let table = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (123456789012345680.0, "1.2345678901234568e+17"),
            (9007199254740993.0, "9007199254740992.0"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (5e-324, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (1e22, "1e+22"),
            (1e23, "1e+23"),
            (123.456, "123.456"),
            (1.5e-7, "1.5e-07"),
            (100.0, "100.0"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (-f64::NAN, "nan"),
            (0.00012345, "0.00012345"),
            (1e100, "1e+100"),
        ];
        for (v, text) in table {
            assert_eq!(repr(v), text);
        }
        let table = [
            (-0.0, -0.0, "(-0-0j)"),
            (1.0, f64::NAN, "(1+nanj)"),
            (-0.0, 1.0, "(-0+1j)"),
            (0.0, -1.0, "-1j"),
            (0.0, 1e22, "1e+22j"),
            (1.5, -f64::INFINITY, "(1.5-infj)"),
            (0.0, 0.0, "0j"),
        ];
        for (re, im, text) in table {
            assert_eq!(repr_complex(re, im), text);
        }
    }

    #[test]
    fn reads_floats() {
        let ok = [
            ("1_0.0_1", 10.01),
            ("  1.5\n", 1.5),
            ("infinity", f64::INFINITY),
            ("-INF", f64::NEG_INFINITY),
            ("1e400", f64::INFINITY),
            ("1.", 1.0),
            (".5", 0.5),
            ("+1e-3", 0.001),
            ("2.4703282292062328e-324", 5e-324),
            ("1e1_0", 1e10),
        ];
        for (text, v) in ok {
            assert_eq!(parse(text.as_bytes()), Some(v), "{text}");
        }
        assert!(parse(b"+nan").unwrap().is_nan());
        for bad in [
            "1__0", "", " ", "abc", "1e", "1_e5", "1e_5", "0x1", ".", "5_.", "5._0", "_1", "1_",
            "- 1", "1 2", "e5", "+", "in", "1\0",
        ] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn reads_complex() {
        let ok = [
            ("1+2j", 1.0, 2.0),
            ("(1+2j)", 1.0, 2.0),
            (" ( 1-2J ) ", 1.0, -2.0),
            ("j", 0.0, 1.0),
            ("-j", 0.0, -1.0),
            ("1e5-infj", 1e5, f64::NEG_INFINITY),
            ("1_0+2_0j", 10.0, 20.0),
            ("3", 3.0, 0.0),
            ("3j", 0.0, 3.0),
            ("1+j", 1.0, 1.0),
            ("1-j", 1.0, -1.0),
            ("1e5j", 0.0, 1e5),
            ("inf+infj", f64::INFINITY, f64::INFINITY),
        ];
        for (text, re, im) in ok {
            assert_eq!(parse_complex(text.as_bytes()), Ok((re, im)), "{text}");
        }
        assert!(parse_complex(b"nanj").unwrap().1.is_nan());
        for bad in [
            "1+", "", "+-1j", "--1j", " 1 + 2j", "1j+2", "(1", "1)", "1+2", "jj", "1ej", "()",
            "((1))", "1__0j", "1j1",
        ] {
            assert_eq!(
                parse_complex(bad.as_bytes()),
                Err(FloatError::MalformedComplex),
                "{bad}"
            );
        }
    }
}
