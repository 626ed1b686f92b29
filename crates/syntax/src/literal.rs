//! Values of literals.
//!
//! ruff decodes strings into Rust's `str`, which cannot hold lone surrogates: it puts U+FFFD in
//! their place. Where that character occurs, the functions here read the literal's source again.
//! A tree that a program built has no source; pass an empty text for it.

use ruff_python_ast::{
    BytesLiteral, ExprBytesLiteral, ExprStringLiteral, Int, InterpolatedStringLiteralElement,
    StringLiteral,
};
use ruff_text_size::{TextRange, TextSize};
use rustpython_wtf8::{CodePoint, Wtf8Buf};

/// Value of a string expression, all of its concatenated parts.
pub fn string(source: &str, expr: &ExprStringLiteral) -> Wtf8Buf {
    let mut value = Wtf8Buf::new();
    for part in expr.value.iter() {
        push_part(&mut value, source, part);
    }
    value
}

/// Value of one string literal, for instance of the plain parts of a concatenated f-string.
pub fn decode_string_literal(source: &str, part: &StringLiteral) -> Wtf8Buf {
    let mut value = Wtf8Buf::new();
    push_part(&mut value, source, part);
    value
}

/// Value of a bytes expression, all of its concatenated parts.
pub fn bytes(expr: &ExprBytesLiteral) -> Vec<u8> {
    let parts = expr.value.iter();
    parts.flat_map(BytesLiteral::as_slice).copied().collect()
}

/// Value of the literal text between the replacement fields of an f-string or t-string. `raw` is
/// whether the string's prefix says so.
pub fn decode_interpolated_literal(
    source: &str,
    part: &InterpolatedStringLiteralElement,
    raw: bool,
) -> Wtf8Buf {
    let mut value = Wtf8Buf::new();
    if raw || !part.value.contains(char::REPLACEMENT_CHARACTER) {
        value.push_str(&part.value);
    } else {
        redecode(&mut value, source, part.range, &part.value);
    }
    value
}

fn push_part(value: &mut Wtf8Buf, source: &str, part: &StringLiteral) {
    if part.flags.prefix().is_raw() || !part.value.contains(char::REPLACEMENT_CHARACTER) {
        value.push_str(&part.value);
    } else {
        redecode(value, source, part.content_range(), &part.value);
    }
}

/// Decodes the escapes of `range` again, taking everything but surrogates from `decoded`.
fn redecode(value: &mut Wtf8Buf, source: &str, range: TextRange, decoded: &str) {
    let (start, end) = (range.start().to_usize(), range.end().to_usize());
    let Some(text) = source.get(start..end) else {
        value.push_str(decoded);
        return;
    };
    let mut decoded = decoded.chars().peekable();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        let mut take = |value: &mut Wtf8Buf| {
            if let Some(c) = decoded.next() {
                value.push_char(c);
            }
        };
        if c != '\\' {
            // A doubled brace of an f-string is one character in `decoded`.
            if matches!(c, '{' | '}') && rest.starts_with(c) && decoded_doubles(&mut decoded, c) {
                rest = &rest[1..];
                value.push_char(c);
                continue;
            }
            if let Some(c) = decoded.next() {
                value.push_char(c);
            }
            continue;
        }
        let Some(escape) = rest.chars().next() else {
            take(value);
            break;
        };
        rest = &rest[escape.len_utf8()..];
        match escape {
            '\n' => {}
            'u' | 'U' => {
                let len = if escape == 'u' { 4 } else { 8 };
                let code = rest
                    .get(..len)
                    .and_then(|digits| u32::from_str_radix(digits, 16).ok());
                rest = rest.get(len..).unwrap_or_default();
                match code.and_then(CodePoint::from_u32) {
                    Some(point) if point.to_char().is_none() => {
                        decoded.next();
                        value.push(point);
                    }
                    _ => take(value),
                }
            }
            'x' => {
                rest = rest.get(2..).unwrap_or_default();
                take(value);
            }
            'N' if rest.starts_with('{') => {
                rest = rest.find('}').map_or("", |at| &rest[at + 1..]);
                take(value);
            }
            '0'..='7' => {
                let more = rest
                    .bytes()
                    .take(2)
                    .take_while(|byte| matches!(byte, b'0'..=b'7'))
                    .count();
                rest = &rest[more..];
                take(value);
            }
            '\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' => take(value),
            // Not an escape: the backslash stays and the character comes next.
            _ => {
                take(value);
                rest = &text[text.len() - rest.len() - escape.len_utf8()..];
            }
        }
    }
}

/// Whether the source's `{{` or `}}` stands for one brace: `decoded` has just one then. Called
/// with a plain string too, whose text keeps both.
fn decoded_doubles(decoded: &mut std::iter::Peekable<std::str::Chars<'_>>, brace: char) -> bool {
    let mut ahead = decoded.clone();
    if ahead.next() == Some(brace) && ahead.next() != Some(brace) {
        decoded.next();
        return true;
    }
    false
}

/// An integer literal of any size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Integer {
    /// Fits in 64 bits.
    Small(u64),
    /// Digits without prefix and underscores, in the given radix (2, 8, 10 or 16).
    Big {
        /// The digits.
        digits: String,
        /// Their base.
        radix: u32,
    },
}

/// Value of an integer literal.
pub fn integer(int: &Int) -> Integer {
    if let Some(small) = int.as_u64() {
        return Integer::Small(small);
    }
    let text: String = int.to_string().chars().filter(|c| *c != '_').collect();
    let radix = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 10,
    };
    let digits = if radix == 10 { &text[..] } else { &text[2..] };
    Integer::Big {
        digits: digits.to_owned(),
        radix,
    }
}

/// An escape that Python does not know, which the text keeps as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadEscape {
    /// Where its backslash is.
    pub offset: TextSize,
    /// The character after it.
    pub escape: char,
    /// For an octal escape above `\377`, its three digits' value.
    pub octal: Option<u32>,
}

/// The first unknown escape in the body of a literal that is not raw. `is_bytes` leaves out the
/// escapes that only strings have.
pub fn bad_escapes(body: &str, start: TextSize, is_bytes: bool) -> Option<BadEscape> {
    let bytes = body.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == b'\\') {
        let slash = at + found;
        let escape = body.get(slash + 1..).and_then(|rest| rest.chars().next())?;
        at = slash + 1 + escape.len_utf8();
        let bad = BadEscape {
            offset: start + TextSize::new(slash as u32),
            escape,
            octal: None,
        };
        match escape {
            '\n' | '\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | 'x' => {}
            'u' | 'U' | 'N' if !is_bytes => {}
            '0'..='7' => {
                let digits = bytes[slash + 1..]
                    .iter()
                    .take(3)
                    .take_while(|byte| matches!(byte, b'0'..=b'7'));
                let value = digits.fold(0, |value, digit| value * 8 + u32::from(digit - b'0'));
                if value > 0o377 {
                    return Some(BadEscape {
                        octal: Some(value),
                        ..bad
                    });
                }
            }
            _ => return Some(bad),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mode, Options, parse};
    use ruff_python_ast::{Expr, Mod};

    fn value(source: &str) -> String {
        let parsed = parse(source, &Options::new(Mode::Eval)).unwrap();
        let Mod::Expression(module) = parsed.ast() else {
            panic!("not an expression");
        };
        let text = match &*module.body {
            Expr::StringLiteral(expr) => string(parsed.source(), expr),
            Expr::FString(expr) => {
                let mut text = Wtf8Buf::new();
                for element in expr.value.elements() {
                    if let ruff_python_ast::InterpolatedStringElement::Literal(part) = element {
                        text.push_wtf8(&decode_interpolated_literal(parsed.source(), part, false));
                    }
                }
                text
            }
            other => panic!("{other:?}"),
        };
        text.code_points()
            .map(|point| format!("{:x}", point.to_u32()))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn lone_surrogates_stay() {
        assert_eq!(value(r"'\ud800'"), "d800");
        assert_eq!(
            value(r"'a\N{DIGIT ONE}\x41\101\ud800\q\n' '\U0000dfff'"),
            "61 31 41 41 d800 5c 71 a dfff"
        );
        assert_eq!(value("'\u{fffd}\\ud800\\\n'"), "fffd d800");
        assert_eq!(value(r"f'{{\ud800}}{1}\udc00'"), "7b d800 7d dc00");
        assert_eq!(value(r"'{{\ud800'"), "7b 7b d800");
        assert_eq!(value(r"'\ud83d\ude00'"), "d83d de00");
    }

    #[test]
    fn integers() {
        let big = integer(
            &Int::from_str_radix("ffffffffffffffffff", 16, "0xffff_ffffffffffffff").unwrap(),
        );
        assert_eq!(
            big,
            Integer::Big {
                digits: "ffffffffffffffffff".into(),
                radix: 16
            }
        );
    }

    #[test]
    fn unknown_escapes() {
        assert_eq!(
            bad_escapes(r"a\n\d", TextSize::new(0), false)
                .unwrap()
                .escape,
            'd'
        );
        assert_eq!(
            bad_escapes(r"\u1234", TextSize::new(0), true)
                .unwrap()
                .escape,
            'u'
        );
        assert_eq!(
            bad_escapes(r"\400", TextSize::new(0), true).unwrap().octal,
            Some(0o400)
        );
        assert_eq!(bad_escapes(r"\\d\377", TextSize::new(0), false), None);
    }
}
