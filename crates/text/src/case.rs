//! The case mappings of `str`: full Unicode, with the final sigma.

use rustpython_unicode::case;
use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use crate::unicode::{PHARYNGEAL_FRICATIVE, is_newly_cased, known};

/// Whether a character has a case in the tables but not in CPython's version of Unicode.
fn is_left_alone(c: CodePoint) -> bool {
    let code = c.to_u32();
    code >= 0x80 && (is_newly_cased(code) || (known(c).is_none() && c.to_char().is_some()))
}

/// Applies `map` to the runs between characters too new for CPython.
fn map_known(text: &Wtf8, map: impl Fn(&Wtf8) -> Wtf8Buf) -> Wtf8Buf {
    if !text.code_points().any(is_left_alone) {
        return map(text);
    }
    let mut out = Wtf8Buf::with_capacity(text.len());
    let mut start = 0;
    for (offset, c) in text.code_point_indices() {
        if is_left_alone(c) {
            out.push_wtf8(&map(&text[start..offset]));
            out.push(c);
            start = offset + c.len_wtf8();
        }
    }
    out.push_wtf8(&map(&text[start..]));
    out
}

/// `str.lower()`.
pub fn lower(text: &Wtf8) -> Wtf8Buf {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Of capital sigma, what is around it decides.
    if text.contains_code_point(CodePoint::from('Σ')) {
        return map_known(text, Wtf8::to_lowercase);
    }
    map_each(
        text,
        char::to_ascii_lowercase,
        char::to_lowercase,
        Wtf8::to_lowercase,
    )
}

/// Applies a mapping of single characters that the tables know. `general` does the same to text with surrogates.
fn map_each<M: ExactSizeIterator<Item = char>>(
    text: &Wtf8,
    ascii: impl Fn(&char) -> char,
    other: impl Fn(char) -> M,
    general: impl Fn(&Wtf8) -> Wtf8Buf,
) -> Wtf8Buf {
    let Ok(valid) = text.as_str() else {
        return map_known(text, general);
    };
    let mut out = String::with_capacity(text.len());
    for c in valid.chars() {
        match u32::from(c) {
            0..0x80 => out.push(ascii(&c)),
            // From ideographic punctuation to the syllables of Vai nothing has a case.
            0x3000..0xa640 => out.push(c),
            0x250.. if is_left_alone(c.into()) => out.push(c),
            _ => {
                let mut mapped = other(c);
                match (mapped.len(), mapped.next()) {
                    (1, Some(one)) => out.push(one),
                    (_, first) => out.extend(first.into_iter().chain(mapped)),
                }
            }
        }
    }
    out.into()
}

/// `str.upper()`.
pub fn upper(text: &Wtf8) -> Wtf8Buf {
    if text.is_ascii() {
        return text.to_ascii_uppercase();
    }
    map_each(
        text,
        char::to_ascii_uppercase,
        char::to_uppercase,
        Wtf8::to_uppercase,
    )
}

/// `str.casefold()`.
pub fn casefold(text: &Wtf8) -> Wtf8Buf {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    map_known(text, case::casefold_wtf8)
}

/// `str.capitalize()`.
pub fn capitalize(text: &Wtf8) -> Wtf8Buf {
    if text.is_ascii() {
        return from_ascii(crate::bytes::capitalize(text.as_bytes()));
    }
    // Only the first character is not lower case afterwards.
    if let Some(first) = text.code_points().next().filter(|&c| is_left_alone(c)) {
        let mut out = Wtf8Buf::from(first);
        out.push_wtf8(&lower(&text[first.len_wtf8()..]));
        return out;
    }
    case::capitalize_wtf8(text)
}

/// `str.title()`.
pub fn title(text: &Wtf8) -> Wtf8Buf {
    if text.is_ascii() {
        return from_ascii(crate::bytes::title(text.as_bytes()));
    }
    // Lower case without a title case, which the tables do not know: what follows goes on with the word.
    let inside = |c: CodePoint| is_newly_cased(c.to_u32()) || c.to_u32() == PHARYNGEAL_FRICATIVE;
    if !text.code_points().any(inside) {
        return map_known(text, case::title_wtf8);
    }
    let mut out = Wtf8Buf::with_capacity(text.len());
    let mut part = Wtf8Buf::new();
    let mut goes_on = false;
    let finish = |part: &mut Wtf8Buf, goes_on: bool, out: &mut Wtf8Buf| {
        if goes_on {
            let mut word = Wtf8Buf::from_string("a".to_owned());
            word.push_wtf8(part);
            out.push_wtf8(&map_known(&word, case::title_wtf8)[1..]);
        } else {
            out.push_wtf8(&map_known(part, case::title_wtf8));
        }
        *part = Wtf8Buf::new();
    };
    for c in text.code_points() {
        if inside(c) {
            finish(&mut part, goes_on, &mut out);
            out.push(c);
            goes_on = true;
        } else {
            part.push(c);
        }
    }
    finish(&mut part, goes_on, &mut out);
    out
}

/// `str.swapcase()`.
pub fn swapcase(text: &Wtf8) -> Wtf8Buf {
    if text.is_ascii() {
        return from_ascii(crate::bytes::swapcase(text.as_bytes()));
    }
    map_known(text, case::swapcase_wtf8)
}

fn from_ascii(bytes: Vec<u8>) -> Wtf8Buf {
    match String::from_utf8(bytes) {
        Ok(text) => text.into(),
        // ASCII was mapped to ASCII.
        Err(_) => Wtf8Buf::new(),
    }
}

/// The simple lower case of one character (as regular expressions compare).
pub fn simple_lower(c: CodePoint) -> CodePoint {
    if is_left_alone(c) {
        return c;
    }
    known(c).map_or(c, |ch| CodePoint::from(case::simple_lowercase(ch)))
}

/// The simple upper case of one character.
pub fn simple_upper(c: CodePoint) -> CodePoint {
    if is_left_alone(c) {
        return c;
    }
    known(c).map_or(c, |ch| CodePoint::from(case::simple_uppercase(ch)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(f: fn(&Wtf8) -> Wtf8Buf, text: &str, expected: &str) {
        assert_eq!(f(Wtf8::new(text)), Wtf8Buf::from(expected));
    }

    #[test]
    fn maps() {
        check(lower, "ΑΣ ΑΣΑ Σ ΑΣ.", "ας ασα σ ας.");
        check(title, "ΑΣ ΑΣΑ Σ", "Ας Ασα Σ");
        check(capitalize, "ΑΣ", "Ας");
        check(swapcase, "ΑΣ", "ας");
        check(upper, "ß\u{149}\u{fb01}", "SS\u{2bc}NFI");
        check(title, "ß\u{fb01}", "Ss\u{fb01}");
        check(capitalize, "ß", "Ss");
        check(casefold, "ß", "ss");
        check(title, "they're bill's", "They'Re Bill'S");
        check(title, "\u{1c4}\u{1c6}", "\u{1c5}\u{1c6}");
        check(lower, "İ", "i\u{307}");
        let lone = Wtf8Buf::from_wide(&[0xd800, u16::from(b'a')]);
        assert_eq!(upper(&lone), Wtf8Buf::from_wide(&[0xd800, u16::from(b'A')]));
    }
}
