//! `repr()` and `ascii()` of strings, `repr()` of bytes.

use std::fmt::Write;

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use crate::classify::is_printable;

/// Double quotes only where that saves escaping single ones.
fn quote_for(bytes: &[u8]) -> char {
    if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        '"'
    } else {
        '\''
    }
}

/// Appends `c` as `\xhh`, `\uhhhh` or `\Uhhhhhhhh`.
pub(crate) fn push_hex_escape(out: &mut impl Write, c: u32) {
    // Writing to memory does not fail.
    let _ = match c {
        0..0x100 => write!(out, "\\x{c:02x}"),
        0x100..0x10000 => write!(out, "\\u{c:04x}"),
        _ => write!(out, "\\U{c:08x}"),
    };
}

fn escaped(c: CodePoint, quote: char) -> Option<&'static str> {
    Some(match c.to_char()? {
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\'' if quote == '\'' => "\\'",
        '"' if quote == '"' => "\\\"",
        _ => return None,
    })
}

fn quoted(text: &Wtf8, plain: impl Fn(CodePoint) -> bool) -> Wtf8Buf {
    let quote = quote_for(text.as_bytes());
    let mut out = Wtf8Buf::with_capacity(text.len() + 2);
    out.push_char(quote);
    for c in text.code_points() {
        if let Some(short) = escaped(c, quote) {
            out.push_str(short);
        } else if plain(c) {
            out.push(c);
        } else {
            push_hex_escape(&mut out, c.to_u32());
        }
    }
    out.push_char(quote);
    out
}

/// `repr(str)`.
pub fn repr(text: &Wtf8) -> Wtf8Buf {
    quoted(text, is_printable)
}

/// `ascii(str)`.
pub fn ascii(text: &Wtf8) -> String {
    let ascii = quoted(text, |c| matches!(c.to_u32(), 0x20..0x7f));
    ascii.into_string().unwrap_or_default()
}

/// `ascii(obj)` from `repr(obj)`: escapes what is not ASCII and nothing else.
pub fn escape_non_ascii(text: &Wtf8) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.code_points() {
        match c.to_char() {
            Some(ch) if ch.is_ascii() => out.push(ch),
            _ => push_hex_escape(&mut out, c.to_u32()),
        }
    }
    out
}

fn push_bytes(out: &mut String, bytes: &[u8], quote: char, escape_single: bool) {
    out.push(quote);
    for &b in bytes {
        match b {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\'' if escape_single => out.push_str("\\'"),
            0x20..0x7f => out.push(char::from(b)),
            _ => push_hex_escape(out, u32::from(b)),
        }
    }
    out.push(quote);
}

/// `repr(bytes)`.
pub fn repr_bytes(bytes: &[u8]) -> String {
    let quote = quote_for(bytes);
    let mut out = String::with_capacity(bytes.len() + 3);
    out.push('b');
    push_bytes(&mut out, bytes, quote, quote == '\'');
    out
}

/// `repr(bytearray)`, whose class may be a subclass. Unlike bytes it escapes single quotes
/// even between double ones.
pub fn repr_bytearray(bytes: &[u8], class: &str) -> String {
    let mut out = String::with_capacity(bytes.len() + class.len() + 5);
    out.push_str(class);
    out.push_str("(b");
    push_bytes(&mut out, bytes, quote_for(bytes), true);
    out.push(')');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings() {
        let r = |s: &str| repr(Wtf8::new(s)).to_string();
        assert_eq!(r("a'b"), "\"a'b\"");
        assert_eq!(r("a'\"b"), "'a\\'\"b'");
        assert_eq!(r("a\"b"), "'a\"b'");
        assert_eq!(
            r("\u{7f}\u{80}\u{a0}\u{ad}\u{2028}\u{e000}\u{e0001}é\u{1f600}\n\t\r\\\u{1f} "),
            "'\\x7f\\x80\\xa0\\xad\\u2028\\ue000\\U000e0001é\u{1f600}\\n\\t\\r\\\\\\x1f '"
        );
        assert_eq!(
            repr(&Wtf8Buf::from_wide(&[0xd800])).to_string(),
            "'\\ud800'"
        );
        assert_eq!(
            ascii(Wtf8::new("é\u{1f600}€'")),
            "\"\\xe9\\U0001f600\\u20ac'\""
        );
        assert_eq!(escape_non_ascii(Wtf8::new("'é\n'")), "'\\xe9\n'");
    }

    #[test]
    fn bytes() {
        assert_eq!(
            repr_bytes(b"a'\"\n\t\r\x00\xff\\"),
            "b'a\\'\"\\n\\t\\r\\x00\\xff\\\\'"
        );
        assert_eq!(repr_bytes(b"a'b"), "b\"a'b\"");
        assert_eq!(repr_bytearray(b"a'b", "bytearray"), "bytearray(b\"a\\'b\")");
        assert_eq!(repr_bytearray(b"a\"b", "bytearray"), "bytearray(b'a\"b')");
        assert_eq!(
            repr_bytearray(b"a'\"b", "bytearray"),
            "bytearray(b'a\\'\"b')"
        );
    }
}
