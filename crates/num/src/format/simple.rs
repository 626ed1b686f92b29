//! The commonest format specs, without any detour: `[align]["0"][width]["." precision][type]` of few characters.

use crate::small::{DECIMAL_ROOM, decimal};

use super::Align;

/// Bytes of the longest result.
pub const MOST: usize = 64;

/// A spec that has at most an alignment with spaces, zeros, a width, a precision and a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Simple {
    align: Option<Align>,
    zeros: bool,
    width: usize,
    precision: Option<usize>,
    /// The type, zero if none is written.
    code: u8,
}

impl Simple {
    /// Reads a spec; nothing if it is not that simple, or wrong.
    #[inline]
    pub fn parse(spec: &[u8]) -> Option<Simple> {
        let mut rest = spec;
        let align = match rest {
            [b'<' | b'>' | b'^', b'<' | b'>' | b'^' | b'=', ..] => return None,
            [b'<', ..] => Some(Align::Left),
            [b'>', ..] => Some(Align::Right),
            [b'^', ..] => Some(Align::Center),
            _ => None,
        };
        if align.is_some() {
            rest = &rest[1..];
        }
        let zeros = rest.first() == Some(&b'0');
        let width = number(&mut rest)?;
        let mut precision = None;
        if let [b'.', b'0'..=b'9', ..] = rest {
            rest = &rest[1..];
            precision = Some(number(&mut rest)?);
        }
        let code = match rest {
            [] => 0,
            [code] if code.is_ascii_alphabetic() => *code,
            _ => return None,
        };
        Some(Simple {
            align,
            zeros,
            width,
            precision,
            code,
        })
    }

    /// The text of an integer; nothing where it takes more than [`MOST`] bytes or a rarer type is asked for.
    #[inline]
    pub fn int(self, n: i64, out: &mut [u8; MOST]) -> Option<usize> {
        if !matches!(self.code, 0 | b'd') || self.precision.is_some() {
            return None;
        }
        let mut room = [0; DECIMAL_ROOM];
        let digits = decimal(n, &mut room).as_bytes();
        self.number(n < 0, digits.strip_prefix(b"-").unwrap_or(digits), out)
    }

    /// The text of a float; as for integers.
    #[inline]
    pub fn float(self, x: f64, out: &mut [u8; MOST]) -> Option<usize> {
        if self.code != b'f' {
            return None;
        }
        let mut room = [0; MOST];
        let digits = fixed(x.abs(), self.precision.unwrap_or(6), &mut room)?;
        self.number(x.is_sign_negative(), digits, out)
    }

    /// Where the text of a string goes that is so many characters wide: the padding before and behind it. Nothing
    /// where the spec does not suit strings, or cuts them.
    #[inline]
    pub fn text(self, width: usize) -> Option<(usize, usize)> {
        if !matches!(self.code, 0 | b's') || self.zeros || self.precision.is_some() {
            return None;
        }
        Some(self.padding(width, Align::Left))
    }

    #[inline]
    fn padding(self, width: usize, align: Align) -> (usize, usize) {
        super::split_padding(self.width, width, self.align.unwrap_or(align))
    }

    #[inline]
    fn number(self, negative: bool, digits: &[u8], out: &mut [u8; MOST]) -> Option<usize> {
        let len = digits.len() + usize::from(negative);
        // With a zero before the width, an alignment fills with zeros too: that is rare.
        if self.width.max(len) > MOST || (self.zeros && self.align.is_some()) {
            return None;
        }
        let (mut left, right) = self.padding(len, Align::Right);
        if self.zeros {
            out[0] = b'-';
            let at = usize::from(negative);
            out[at..at + left].fill(b'0');
            left += at;
        } else {
            out[..left].fill(b' ');
            if negative {
                out[left] = b'-';
                left += 1;
            }
        }
        let end = left + digits.len();
        out[left..end].copy_from_slice(digits);
        out[end..end + right].fill(b' ');
        Some(end + right)
    }
}

/// Up to three digits; nothing for more.
#[inline]
fn number(rest: &mut &[u8]) -> Option<usize> {
    let mut n = 0;
    let mut digits = 0;
    while let [d @ b'0'..=b'9', more @ ..] = *rest {
        n = n * 10 + usize::from(d - b'0');
        digits += 1;
        *rest = more;
    }
    (digits <= 3).then_some(n)
}

/// A float that is not negative with so many digits behind the point, rounded half to even; nothing for numbers so
/// large, or so many digits, that the product does not fit.
pub(crate) fn fixed(x: f64, precision: usize, out: &mut [u8; MOST]) -> Option<&[u8]> {
    const POWERS: [u64; 20] = {
        let mut all = [1; 20];
        let mut i = 1;
        while i < 20 {
            all[i] = all[i - 1] * 10;
            i += 1;
        }
        all
    };
    let power = *POWERS.get(precision)?;
    let bits = x.to_bits();
    let exponent = (bits >> 52) as i32 - 1075;
    // Numbers of 2**53 and more are rare, subnormal ones rarer.
    if !(-1074..0).contains(&exponent) && x != 0.0 {
        return None;
    }
    let implied = if x == 0.0 { 0 } else { 1 << 52 };
    let mantissa = (bits & ((1 << 52) - 1)) | implied;
    // At most 53 and 64 bits: the product is exact, and what is shifted out of it decides how to round.
    let product = u128::from(mantissa) * u128::from(power);
    let shift = exponent.unsigned_abs();
    let whole = if shift > 120 {
        // Below a half of the last digit.
        0
    } else {
        let lost = product & ((1 << shift) - 1);
        let half = 1u128 << (shift - 1);
        let whole = product >> shift;
        whole + u128::from(lost > half || (lost == half && whole & 1 == 1))
    };
    let whole = i64::try_from(whole).ok()?;
    let mut room = [0; DECIMAL_ROOM];
    let digits = decimal(whole, &mut room).as_bytes();
    if precision == 0 {
        out[..digits.len()].copy_from_slice(digits);
        return Some(&out[..digits.len()]);
    }
    // At least one digit before the point.
    let zeros = (precision + 1).saturating_sub(digits.len());
    let len = zeros + digits.len();
    let text = &mut out[..len + 1];
    text[..zeros].fill(b'0');
    text[zeros..len].copy_from_slice(digits);
    let point = len - precision;
    text.copy_within(point..len, point + 1);
    text[point] = b'.';
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BigInt;
    use crate::format::{NumericLocale, format_float, format_int, format_str};
    use rustpython_wtf8::Wtf8;

    const SPECS: [&str; 34] = [
        "", "8", ">8", "<8", "^8", "^7", "08", "008", "d", "5d", "05d", "<05", "=5", "+5", " 5",
        "x<5", "<<5", "8.3f", ".0f", ".1f", ".3f", "f", "<12.2f", "^12.2f", "012.4f", ".17f",
        ".19f", "63.1f", "64d", "65d", "1000d", "s", "<10s", ".5",
    ];

    #[test]
    fn agrees_with_the_long_way() {
        let locale = NumericLocale::default();
        let mut out = [0; MOST];
        let mut answered = 0;
        for spec in SPECS {
            let Some(simple) = Simple::parse(spec.as_bytes()) else {
                continue;
            };
            let text = Wtf8::new(spec);
            for n in [0, 1, -1, 42, -12345, i64::MAX, i64::MIN] {
                if let Some(len) = simple.int(n, &mut out) {
                    let wanted = format_int(&BigInt::from(n), text, "int", &locale, 0).unwrap();
                    assert_eq!(wanted.as_bytes(), &out[..len], "{n} {spec}");
                    answered += 1;
                }
            }
            let mut floats = vec![0.5, 1.5, 2.5, 0.125, 0.375, 1e-5, 1e-300, 1e15, 9e15, 1e22];
            floats.extend([
                0.0,
                1.0 / 3.0,
                2.675,
                1.005,
                9.995,
                99.95,
                123456.789,
                5e-324,
            ]);
            floats.extend([f64::INFINITY, f64::NAN, f64::MAX, 0.05, 0.25, 1e-40, 0.045]);
            for x in floats.iter().flat_map(|x| [*x, -x]) {
                if let Some(len) = simple.float(x, &mut out) {
                    let wanted = format_float(x, text, "float", &locale).unwrap();
                    assert_eq!(wanted.as_bytes(), &out[..len], "{x} {spec}");
                    answered += 1;
                }
            }
            for s in ["", "a", "abcdefghijkl"] {
                if let Some((left, right)) = simple.text(s.len()) {
                    let made = format!("{}{s}{}", " ".repeat(left), " ".repeat(right));
                    let wanted = format_str(Wtf8::new(s), text, "str").unwrap();
                    assert_eq!(wanted.as_bytes(), made.as_bytes(), "{s} {spec}");
                    answered += 1;
                }
            }
        }
        assert!(answered > 300, "{answered}");
    }
}
