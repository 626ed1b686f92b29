//! Integers as text: `int("...")`, `str(int)`, `bin`, `oct`, `hex`.

use std::fmt;

use dashu_int::{IBig, UBig, ops::UnsignedAbs};

use super::{BigInt, IntError};
use crate::ErrorKind;

/// Why a text is no integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseIntError {
    /// The base is neither 0 nor 2 to 36.
    Base,
    /// Not an integer in that base.
    Invalid { base: u32 },
    /// More decimal digits than `sys.get_int_max_str_digits()` allows.
    DigitLimit { limit: usize, digits: usize },
}

impl ParseIntError {
    /// The exception CPython raises for it.
    pub fn kind(self) -> ErrorKind {
        ErrorKind::ValueError
    }

    /// CPython's message, given the `repr()` of what was parsed.
    pub fn message(self, repr: impl fmt::Display) -> String {
        match self {
            ParseIntError::Base => "int() base must be >= 2 and <= 36, or 0".to_string(),
            ParseIntError::Invalid { base } => {
                format!("invalid literal for int() with base {base}: {repr}")
            }
            ParseIntError::DigitLimit { limit, digits } => format!(
                "Exceeds the limit ({limit} digits) for integer string conversion: \
                 value has {digits} digits; use sys.set_int_max_str_digits() to increase the limit"
            ),
        }
    }
}

/// White space that `int()` and `float()` strip: C's `isspace`.
pub(crate) fn is_c_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t'..=b'\r')
}

pub(crate) fn trim_c_space(mut s: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = s
        && is_c_space(*first)
    {
        s = rest;
    }
    while let [rest @ .., last] = s
        && is_c_space(*last)
    {
        s = rest;
    }
    s
}

/// `int(text, base)`: surrounding white space, a sign, a prefix that fits the base and
/// single underscores between digits. Non-ASCII digits and spaces must have been mapped to
/// ASCII. `max_digits` of 0 means no limit; bases that are powers of two have none.
pub fn parse_int(text: &[u8], base: u32, max_digits: usize) -> Result<BigInt, ParseIntError> {
    if base == 1 || base > 36 {
        return Err(ParseIntError::Base);
    }
    let invalid = ParseIntError::Invalid { base };
    let mut s = trim_c_space(text);
    let negative = match s.first() {
        Some(b'-') => true,
        Some(b'+') => false,
        _ => {
            // The common case: a few decimal digits.
            if base == 10
                && (1..=18).contains(&s.len())
                && let Some(n) = plain_decimal(s)
            {
                return Ok(BigInt::from(n));
            }
            s = if s.is_empty() { return Err(invalid) } else { s };
            return digits_with_prefix(s, base, max_digits, invalid).map(BigInt);
        }
    };
    let magnitude = digits_with_prefix(&s[1..], base, max_digits, invalid)?;
    Ok(BigInt(if negative { -magnitude } else { magnitude }))
}

fn plain_decimal(s: &[u8]) -> Option<u64> {
    s.iter().try_fold(0u64, |n, &b| {
        b.is_ascii_digit().then(|| n * 10 + u64::from(b - b'0'))
    })
}

fn digits_with_prefix(
    s: &[u8],
    base: u32,
    max_digits: usize,
    invalid: ParseIntError,
) -> Result<IBig, ParseIntError> {
    let prefix = match s {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let (radix, mut digits) = match base {
        0 if prefix != 0 => (prefix, &s[2..]),
        0 => (10, s),
        _ if prefix == base => (base, &s[2..]),
        _ => (base, s),
    };
    // One underscore may follow the prefix.
    if digits.len() < s.len() && digits.first() == Some(&b'_') {
        digits = &digits[1..];
    }
    let mut clean = Vec::with_capacity(digits.len());
    let mut previous = b'_';
    for &b in digits {
        if b == b'_' {
            if previous == b'_' {
                return Err(invalid);
            }
        } else if char::from(b).to_digit(radix).is_none() {
            return Err(invalid);
        } else {
            clean.push(b);
        }
        previous = b;
    }
    if previous == b'_' {
        return Err(invalid);
    }
    // In base 0 "012" could mean octal, so only zeros may follow a leading zero.
    if base == 0 && prefix == 0 && clean[0] == b'0' && clean.iter().any(|&b| b != b'0') {
        return Err(invalid);
    }
    if max_digits > 0 && clean.len() > max_digits && !radix.is_power_of_two() {
        return Err(ParseIntError::DigitLimit {
            limit: max_digits,
            digits: clean.len(),
        });
    }
    let clean = std::str::from_utf8(&clean).map_err(|_| invalid)?;
    let magnitude = UBig::from_str_radix(clean, radix).map_err(|_| invalid)?;
    Ok(magnitude.into())
}

impl BigInt {
    /// The decimal text, at most `max_digits` long (0: any length).
    pub fn to_decimal(&self, max_digits: usize) -> Result<String, IntError> {
        if let Some(n) = self.to_i64() {
            return Ok(n.to_string());
        }
        let limit = IntError::DigitLimit(max_digits);
        // Refuse what is too long before converting it: no fewer digits than this (the logarithm is rounded down).
        const LOG10_2: u128 = 30102999566398119;
        let bits = u128::from(self.bit_length().saturating_sub(1));
        let least = bits * LOG10_2 / 10u128.pow(17) + 1;
        if max_digits > 0 && least > max_digits as u128 {
            return Err(limit);
        }
        let text = self.0.to_string();
        if max_digits > 0 && text.len() - usize::from(self.is_negative()) > max_digits {
            return Err(limit);
        }
        Ok(text)
    }

    /// The text in a base from 2 to 36 without prefix, in lower case, with its sign.
    pub fn to_radix(&self, base: u32) -> String {
        if self.is_negative() {
            format!("-{}", self.magnitude_radix(base))
        } else {
            self.magnitude_radix(base)
        }
    }

    /// The digits of the magnitude in a base from 2 to 36, in lower case.
    pub fn magnitude_radix(&self, base: u32) -> String {
        if let [] | [_] = self.magnitude_words() {
            let n = self.magnitude_words().first().copied().unwrap_or(0);
            match base {
                2 => return format!("{n:b}"),
                8 => return format!("{n:o}"),
                10 => return n.to_string(),
                16 => return format!("{n:x}"),
                _ => {}
            }
        }
        let magnitude = (&self.0).unsigned_abs();
        match base {
            10 => magnitude.to_string(),
            _ => magnitude.in_radix(base as u8).to_string(),
        }
    }

    /// `bin`, `oct` or `hex` of the number: `prefix` is `0b`, `0o` or `0x`.
    pub fn to_prefixed(&self, prefix: &str) -> String {
        let base = match prefix {
            "0b" => 2,
            "0o" => 8,
            _ => 16,
        };
        let sign = if self.is_negative() { "-" } else { "" };
        format!("{sign}{prefix}{}", self.magnitude_radix(base))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_as_python_does() {
        let ok = [
            ("12", 10, "12"),
            (" -12\n", 10, "-12"),
            ("+1", 10, "1"),
            ("0_7", 10, "7"),
            ("00_0", 0, "0"),
            ("0x_1f", 0, "31"),
            ("0x_1f", 16, "31"),
            ("0b1", 16, "177"),
            (" -0x10 ", 0, "-16"),
            ("zz", 36, "1295"),
            ("1_000_000", 10, "1000000"),
            ("0o17", 0, "15"),
            ("0B1_0", 2, "2"),
            (
                "1234567890123456789012345678901234567890",
                10,
                "1234567890123456789012345678901234567890",
            ),
        ];
        for (text, base, expected) in ok {
            let n = parse_int(text.as_bytes(), base, 4300).unwrap();
            assert_eq!(n.to_string(), expected, "{text}");
        }
        let bad = [
            ("", 10),
            ("-", 10),
            ("12a", 10),
            ("_1", 10),
            ("1_", 10),
            ("1__0", 10),
            ("0_7", 0),
            ("007", 0),
            ("0x", 16),
            ("0x", 0),
            ("0x__1", 0),
            ("- 1", 10),
            ("--1", 10),
            ("+-1", 10),
            ("1\u{0}2", 10),
            ("0xg", 16),
            ("2", 2),
            ("0b12", 0),
            ("0x_", 16),
        ];
        for (text, base) in bad {
            assert_eq!(
                parse_int(text.as_bytes(), base, 0),
                Err(ParseIntError::Invalid { base }),
                "{text}"
            );
        }
        assert_eq!(parse_int(b"1", 1, 0), Err(ParseIntError::Base));
        assert_eq!(parse_int(b"1", 37, 0), Err(ParseIntError::Base));
    }

    #[test]
    fn digit_limits() {
        let long = "1".repeat(5000);
        assert_eq!(
            parse_int(long.as_bytes(), 10, 4300)
                .unwrap_err()
                .message(""),
            "Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits; \
             use sys.set_int_max_str_digits() to increase the limit"
        );
        assert!(parse_int(long.as_bytes(), 16, 4300).is_ok());
        let n = BigInt::from(10).pow(4300).unwrap();
        assert!(n.to_decimal(4300).is_err());
        assert_eq!((&n - &BigInt::ONE).to_decimal(4300).unwrap().len(), 4300);
        assert_eq!((-(&n - &BigInt::ONE)).to_decimal(4300).unwrap().len(), 4301);
        assert_eq!(n.to_decimal(0).unwrap().len(), 4301);
    }

    #[test]
    fn other_bases() {
        assert_eq!(BigInt::from(-255).to_prefixed("0x"), "-0xff");
        assert_eq!(
            BigInt::from(1u128 << 64).to_prefixed("0b"),
            format!("0b1{}", "0".repeat(64))
        );
        assert_eq!(BigInt::from(0).to_radix(8), "0");
        assert_eq!(BigInt::from(1295).to_radix(36), "zz");
        assert_eq!(
            BigInt::from(-(1i128 << 100)).to_radix(16),
            format!("-1{}", "0".repeat(25))
        );
    }
}
