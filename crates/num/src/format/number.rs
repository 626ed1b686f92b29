//! `format()` of `int`, `float` and `complex`.

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use super::{
    Align, FloatStyle, FormatError, FormatSpec, Grouping, Sign, buffer, magnitude_text, push_fill,
    split_padding,
};
use crate::BigInt;

/// What the `n` presentation type takes from the C locale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumericLocale {
    pub decimal_point: String,
    pub thousands_sep: String,
    /// As in C's `lconv`: group sizes from the right, the last one repeating; 127 ends it.
    pub grouping: Vec<u8>,
}

impl Default for NumericLocale {
    fn default() -> Self {
        NumericLocale {
            decimal_point: ".".into(),
            thousands_sep: String::new(),
            grouping: Vec::new(),
        }
    }
}

/// A number in pieces, ready to be padded.
struct Pieces<'a> {
    sign: &'a str,
    /// `0x` and its like.
    prefix: &'a str,
    /// What is grouped.
    whole: &'a str,
    /// From the decimal point on: fraction, exponent, percent sign.
    rest: &'a str,
    separator: &'a str,
    sizes: &'a [u8],
}

/// Cuts `digits`, extended by zeros to fill `min_width`, into groups.
fn group(digits: &str, separator: &str, sizes: &[u8], min_width: usize) -> String {
    if separator.is_empty() || sizes.is_empty() {
        let zeros = min_width.saturating_sub(digits.len());
        return format!("{}{digits}", "0".repeat(zeros));
    }
    let separator_width = separator.chars().count();
    let bytes = digits.as_bytes();
    // Built from the right; reversed at the end.
    let mut out: Vec<&str> = Vec::new();
    let mut left = bytes.len();
    let mut width = 0;
    let mut size_index = 0;
    loop {
        let size = match sizes[size_index.min(sizes.len() - 1)] {
            0 | 127 => usize::MAX,
            n => usize::from(n),
        };
        size_index += 1;
        let mut room = size;
        // Behind a separator there is always a digit.
        while room > 0 && (left > 0 || width < min_width || (room == size && !out.is_empty())) {
            if left > 0 {
                left -= 1;
                out.push(&digits[left..left + 1]);
            } else {
                out.push("0");
            }
            width += 1;
            room -= 1;
        }
        if left == 0 && width >= min_width {
            break;
        }
        out.push(separator);
        width += separator_width;
    }
    out.into_iter().rev().collect()
}

/// Puts a separator after every third digit of a fraction.
fn group_fraction(rest: &str, grouping: Option<Grouping>) -> String {
    let (Some(grouping), Some(fraction)) = (grouping, rest.strip_prefix('.')) else {
        return rest.to_string();
    };
    let mut out = String::from(".");
    let end = fraction
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(fraction.len());
    for (i, c) in fraction[..end].chars().enumerate() {
        if i > 0 && i % 3 == 0 {
            out.push(grouping.char());
        }
        out.push(c);
    }
    out.push_str(&fraction[end..]);
    out
}

fn assemble(pieces: &Pieces<'_>, spec: &FormatSpec) -> Result<Wtf8Buf, FormatError> {
    let width = spec.width.unwrap_or(0);
    let fill = spec.fill_or_space();
    let align = spec.align.unwrap_or(Align::Right);
    let outside = pieces.sign.len() + pieces.prefix.len() + pieces.rest.chars().count();
    let zero_filled = align == Align::AfterSign && fill == '0';
    if width > 1 << 16 {
        // Before the padding of an absurd width is built piece by piece.
        buffer(width)?;
    }
    let whole = if zero_filled || !pieces.separator.is_empty() {
        let min_width = if zero_filled {
            width.saturating_sub(outside)
        } else {
            0
        };
        &group(pieces.whole, pieces.separator, pieces.sizes, min_width)
    } else {
        pieces.whole
    };
    let length = outside + whole.chars().count();
    let (left, right) = split_padding(width, length, align);
    let mut out = buffer((left + right).saturating_mul(fill.len_wtf8()) + length)?;
    if align == Align::AfterSign {
        out.push_str(pieces.sign);
        out.push_str(pieces.prefix);
        push_fill(&mut out, fill, left);
    } else {
        push_fill(&mut out, fill, left);
        out.push_str(pieces.sign);
        out.push_str(pieces.prefix);
    }
    out.push_str(whole);
    out.push_str(pieces.rest);
    push_fill(&mut out, fill, right);
    Ok(out)
}

/// `int.__format__`. `max_digits` is `sys.get_int_max_str_digits()`.
pub fn format_int(
    value: &BigInt,
    spec: &Wtf8,
    type_name: &str,
    locale: &NumericLocale,
    max_digits: usize,
) -> Result<Wtf8Buf, FormatError> {
    if spec.is_empty() {
        return Ok(value.to_decimal(max_digits)?.into());
    }
    let spec = FormatSpec::parse(spec, type_name, 'd', false)?;
    let code = spec.code.unwrap_or(CodePoint::from('d'));
    let code = code.to_char().unwrap_or('\u{fffd}');
    match code {
        'b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n' => {}
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' => {
            return float_with(value.to_f64()?, &spec, type_name, locale);
        }
        _ => return Err(spec.unknown_code(type_name)),
    }
    if spec.precision.is_some() {
        return Err(FormatError::PrecisionInInteger);
    }
    if spec.no_negative_zero {
        return Err(FormatError::NegativeZeroInInteger);
    }
    if code == 'c' {
        return character(value, &spec);
    }
    let (base, lower_prefix) = match code {
        'b' => (2, "0b"),
        'o' => (8, "0o"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = if base == 10 {
        value.to_decimal(max_digits)?
    } else {
        value.magnitude_radix(base)
    };
    if digits.starts_with('-') {
        digits.remove(0);
    }
    if code == 'X' {
        digits.make_ascii_uppercase();
    }
    let sizes: &[u8] = if base == 10 { &[3] } else { &[4] };
    let separator = spec.grouping.map(|g| g.char().to_string());
    let mut pieces = Pieces {
        sign: Sign::text(spec.sign, value.is_negative()),
        prefix: if spec.alternate { lower_prefix } else { "" },
        whole: &digits,
        rest: "",
        separator: separator.as_deref().unwrap_or(""),
        sizes,
    };
    if code == 'n' {
        pieces.separator = &locale.thousands_sep;
        pieces.sizes = &locale.grouping;
    }
    assemble(&pieces, &spec)
}

fn character(value: &BigInt, spec: &FormatSpec) -> Result<Wtf8Buf, FormatError> {
    if spec.sign.is_some() {
        return Err(FormatError::SignWithC);
    }
    if spec.alternate {
        return Err(FormatError::AlternateWithC);
    }
    let code = value.to_i64().ok_or(FormatError::TooLargeForLong)?;
    let c = u32::try_from(code)
        .ok()
        .and_then(CodePoint::from_u32)
        .ok_or(FormatError::CharacterRange)?;
    let fill = spec.fill_or_space();
    let align = spec.align.unwrap_or(Align::Right);
    let (left, right) = split_padding(spec.width.unwrap_or(0), 1, align);
    let mut out = buffer((left + right).saturating_mul(fill.len_wtf8()) + 4)?;
    push_fill(&mut out, fill, left);
    out.push(c);
    push_fill(&mut out, fill, right);
    Ok(out)
}

/// `float.__format__`.
pub fn format_float(
    value: f64,
    spec: &Wtf8,
    type_name: &str,
    locale: &NumericLocale,
) -> Result<Wtf8Buf, FormatError> {
    if spec.is_empty() {
        return Ok(crate::float::repr(value).into());
    }
    let spec = FormatSpec::parse(spec, type_name, '\0', false)?;
    float_with(value, &spec, type_name, locale)
}

/// The style a presentation type asks for; `None` if it is none of a float's.
fn style_for(spec: &FormatSpec, is_complex: bool) -> Result<Option<FloatStyle>, FormatError> {
    let precision = spec.small_precision()?;
    buffer(precision.unwrap_or(0))?;
    let code = match spec.code {
        None => '\0',
        Some(c) => c.to_char().unwrap_or('\u{fffd}'),
    };
    let mut style = FloatStyle::letter(code, precision.unwrap_or(6), spec.alternate);
    match code {
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {}
        'n' => style.notation = 'g',
        '%' if !is_complex => style.notation = 'f',
        '\0' if spec.code.is_none() => {
            style.dot_zero = !is_complex;
            style.notation = if precision.is_some() { 'g' } else { 'r' };
        }
        _ => return Ok(None),
    }
    Ok(Some(style))
}

/// Whether a text shows no digit but zeros.
fn shows_zero(text: &str) -> bool {
    text.bytes()
        .take_while(|&b| b != b'e' && b != b'E')
        .all(|b| matches!(b, b'0' | b'.'))
}

/// The sign, the part before the point and the rest of one float, grouped as asked.
struct FloatPieces {
    sign: &'static str,
    whole: String,
    rest: String,
    separator: String,
    sizes: Vec<u8>,
}

fn float_pieces(
    value: f64,
    style: FloatStyle,
    spec: &FormatSpec,
    sign: Option<Sign>,
    locale: &NumericLocale,
) -> FloatPieces {
    let text = magnitude_text(value, style);
    let negative = value.is_sign_negative()
        && !value.is_nan()
        && !(spec.no_negative_zero && shows_zero(&text));
    let mut pieces = FloatPieces {
        sign: Sign::text(sign, negative),
        whole: String::new(),
        rest: String::new(),
        separator: String::new(),
        sizes: Vec::new(),
    };
    if !value.is_finite() {
        // "inf" and "nan" are padded like digits but never grouped.
        pieces.rest = text;
        return pieces;
    }
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    pieces.whole = text[..end].to_string();
    pieces.rest = group_fraction(&text[end..], spec.fraction_grouping);
    if spec.code.is_some_and(|c| c == 'n') {
        pieces.separator.clone_from(&locale.thousands_sep);
        pieces.sizes.clone_from(&locale.grouping);
        if let Some(fraction) = pieces.rest.strip_prefix('.') {
            pieces.rest = format!("{}{fraction}", locale.decimal_point);
        }
    } else if let Some(grouping) = spec.grouping {
        pieces.separator = grouping.char().to_string();
        pieces.sizes = vec![3];
    }
    pieces
}

fn float_with(
    value: f64,
    spec: &FormatSpec,
    type_name: &str,
    locale: &NumericLocale,
) -> Result<Wtf8Buf, FormatError> {
    let Some(style) = style_for(spec, false)? else {
        return Err(spec.unknown_code(type_name));
    };
    let percent = spec.code.is_some_and(|c| c == '%');
    let value = if percent { value * 100.0 } else { value };
    let mut parts = float_pieces(value, style, spec, spec.sign, locale);
    if percent {
        parts.rest.push('%');
    }
    assemble(
        &Pieces {
            sign: parts.sign,
            prefix: "",
            whole: &parts.whole,
            rest: &parts.rest,
            separator: &parts.separator,
            sizes: &parts.sizes,
        },
        spec,
    )
}

/// `complex.__format__`.
pub fn format_complex(
    real: f64,
    imag: f64,
    spec: &Wtf8,
    type_name: &str,
    locale: &NumericLocale,
) -> Result<Wtf8Buf, FormatError> {
    if spec.is_empty() {
        return Ok(crate::float::repr_complex(real, imag).into());
    }
    let spec = FormatSpec::parse(spec, type_name, '\0', false)?;
    let Some(style) = style_for(&spec, true)? else {
        return Err(spec.unknown_code(type_name));
    };
    if spec.fill.is_some_and(|c| c == '0') {
        return Err(FormatError::ZeroPaddingInComplex);
    }
    let align = spec.align.unwrap_or(Align::Right);
    if align == Align::AfterSign {
        return Err(FormatError::EqualsAlignInComplex);
    }
    // Without a type it looks as `str()` does: no zero real part, else parentheses.
    let bare = spec.code.is_none();
    let only_imag = bare && real == 0.0 && real.is_sign_positive();
    let mut text = String::new();
    let mut push = |value: f64, sign: Option<Sign>| {
        let p = float_pieces(value, style, &spec, sign, locale);
        text.push_str(p.sign);
        text.push_str(&group(&p.whole, &p.separator, &p.sizes, 0));
        text.push_str(&p.rest);
    };
    if only_imag {
        push(imag, spec.sign);
    } else {
        push(real, spec.sign);
        push(imag, Some(Sign::Plus));
    }
    text.push('j');
    if bare && !only_imag {
        text = format!("({text})");
    }
    let fill = spec.fill_or_space();
    let length = text.chars().count();
    let (left, right) = split_padding(spec.width.unwrap_or(0), length, align);
    let mut out = buffer((left + right).saturating_mul(fill.len_wtf8()) + text.len())?;
    push_fill(&mut out, fill, left);
    out.push_str(&text);
    push_fill(&mut out, fill, right);
    Ok(out)
}
