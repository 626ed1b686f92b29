//! The magnitude of a float in one of the C notations.

use super::simple;
use crate::float::Digits;

/// How the digits of a float are laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FloatStyle {
    /// `e`, `f`, `g`, or `r` for the shortest text that reads back.
    pub notation: char,
    pub precision: usize,
    pub upper: bool,
    /// `#`: keep the point, and the zeros of `g`.
    pub alternate: bool,
    /// Whole numbers get `.0`, and `g` turns to an exponent one digit earlier.
    pub dot_zero: bool,
}

impl FloatStyle {
    /// One of the letters `e E f F g G`.
    pub fn letter(code: char, precision: usize, alternate: bool) -> FloatStyle {
        FloatStyle {
            notation: code.to_ascii_lowercase(),
            precision,
            upper: code.is_ascii_uppercase(),
            alternate,
            dot_zero: false,
        }
    }
}

/// The text of `|value|`: ASCII, without a sign.
pub(crate) fn magnitude_text(value: f64, style: FloatStyle) -> String {
    let mut text = if value.is_nan() {
        "nan".to_string()
    } else if value.is_infinite() {
        "inf".to_string()
    } else {
        match style.notation {
            'f' => fixed(value.abs(), style),
            'e' => {
                let d = Digits::significant(value, style.precision + 1);
                exponential(&d, style.alternate)
            }
            'g' => general(value, style),
            _ => {
                let d = Digits::shortest(value);
                lay_out(&d, d.point < -3 || d.point > 16, style)
            }
        }
    };
    if style.upper {
        text.make_ascii_uppercase();
    }
    text
}

fn fixed(value: f64, style: FloatStyle) -> String {
    // A double has at most 1074 decimals, and the formatter takes 16 bits.
    const MOST: usize = 1100;
    let mut room = [0; simple::MOST];
    if !style.alternate
        && let Some(text) = simple::fixed(value, style.precision, &mut room)
    {
        return String::from_utf8_lossy(text).into_owned();
    }
    let shown = style.precision.min(MOST);
    let mut text = format!("{value:.shown$}");
    text.extend(std::iter::repeat_n('0', style.precision - shown));
    if style.precision == 0 && style.alternate {
        text.push('.');
    }
    text
}

fn general(value: f64, style: FloatStyle) -> String {
    let precision = style.precision.max(1);
    let mut d = Digits::significant(value, precision);
    if value == 0.0 {
        d.point = 1;
    }
    if !style.alternate {
        while d.digits.len() > 1 && d.digits.last() == Some(&b'0') {
            d.digits.pop();
        }
    }
    let limit = precision as i64 - i64::from(style.dot_zero);
    let exponent = i64::from(d.point) - 1;
    lay_out(&d, exponent < -4 || exponent >= limit, style)
}

fn exponential(d: &Digits, keep_point: bool) -> String {
    let mut out = String::with_capacity(d.digits.len() + 7);
    out.push(char::from(d.digits[0]));
    if d.digits.len() > 1 || keep_point {
        out.push('.');
    }
    out.extend(d.digits[1..].iter().map(|&b| char::from(b)));
    let exponent = d.point - 1;
    let sign = if exponent < 0 { '-' } else { '+' };
    out.push_str(&format!("e{sign}{:02}", exponent.abs()));
    out
}

fn lay_out(d: &Digits, with_exponent: bool, style: FloatStyle) -> String {
    if with_exponent {
        return exponential(d, style.alternate);
    }
    let mut out = String::with_capacity(d.digits.len() + 8);
    let push = |out: &mut String, digits: &[u8]| out.extend(digits.iter().map(|&b| char::from(b)));
    if d.point <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', d.point.unsigned_abs() as usize));
        push(&mut out, &d.digits);
        return out;
    }
    let point = d.point as usize;
    if d.digits.len() > point {
        push(&mut out, &d.digits[..point]);
        out.push('.');
        push(&mut out, &d.digits[point..]);
        return out;
    }
    push(&mut out, &d.digits);
    out.extend(std::iter::repeat_n('0', point - d.digits.len()));
    if style.dot_zero {
        out.push_str(".0");
    } else if style.alternate {
        out.push('.');
    }
    out
}
