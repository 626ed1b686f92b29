//! The codecs `unicode_escape` and `raw_unicode_escape`.

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use super::{DecodeErrors, DecodeIssue, Decoded, fix_decoding};
use crate::escape::{InvalidEscape, hex_digits, octal_digits, simple_escape};
use crate::repr::push_hex_escape;

const ENCODING: &str = "unicodeescape";

/// Decodes escapes as in a string literal; other bytes are Latin-1. Also returns the first
/// escape that is none, which CPython warns about.
pub fn unicode_escape_decode<H: DecodeErrors>(
    input: &[u8],
    errors: &mut H,
    last: bool,
) -> Result<(Decoded, Option<InvalidEscape>), H::Error> {
    let mut out = Wtf8Buf::with_capacity(input.len());
    let mut invalid: Option<InvalidEscape> = None;
    let mut at = 0;
    while let Some(&b) = input.get(at) {
        if b != b'\\' {
            out.push(CodePoint::from(b));
            at += 1;
            continue;
        }
        let start = at;
        let (end, reason, cut) = match input.get(at + 1) {
            None => (input.len(), "\\ at end of string", true),
            Some(b'\n') => {
                at += 2;
                continue;
            }
            Some(&c) if let Some(plain) = simple_escape(c) => {
                out.push(CodePoint::from(plain));
                at += 2;
                continue;
            }
            Some(b'0'..=b'7') => {
                let (code, n) = octal_digits(&input[at + 1..]);
                if code > 0xff {
                    invalid.get_or_insert(InvalidEscape {
                        offset: start,
                        first: input[at + 1],
                        octal: true,
                    });
                }
                out.push(CodePoint::from(code));
                at += 1 + n;
                continue;
            }
            Some(b'N') => match character_name(&input[at + 2..]) {
                Ok((c, n)) => {
                    out.push_char(c);
                    at += 2 + n;
                    continue;
                }
                Err((n, reason, cut)) => (at + 2 + n, reason, cut),
            },
            Some(&c @ (b'x' | b'u' | b'U')) => {
                let (wanted, reason) = match c {
                    b'x' => (2, "truncated \\xXX escape"),
                    b'u' => (4, "truncated \\uXXXX escape"),
                    _ => (8, "truncated \\UXXXXXXXX escape"),
                };
                let (code, n) = hex_digits(&input[at + 2..], wanted);
                let end = at + 2 + n;
                if n < wanted {
                    (end, reason, end == input.len())
                } else if let Some(c) = CodePoint::from_u32(code) {
                    out.push(c);
                    at = end;
                    continue;
                } else {
                    (end, "illegal Unicode character", false)
                }
            }
            Some(&c) => {
                invalid.get_or_insert(InvalidEscape {
                    offset: start,
                    first: c,
                    octal: false,
                });
                out.push_char('\\');
                out.push(CodePoint::from(c));
                at += 2;
                continue;
            }
        };
        if cut && !last {
            break;
        }
        let issue = DecodeIssue {
            encoding: ENCODING,
            input,
            start,
            end,
            reason,
        };
        at = fix_decoding(&mut out, &issue, errors)?;
    }
    Ok((
        Decoded {
            text: out,
            consumed: at,
        },
        invalid,
    ))
}

/// Reads `{name}` after `\N`: the character and the bytes used, or the bytes used, what is
/// wrong, and whether more input might help.
fn character_name(rest: &[u8]) -> Result<(char, usize), (usize, &'static str, bool)> {
    const MALFORMED: &str = "malformed \\N character escape";
    if rest.first() != Some(&b'{') {
        return Err((0, MALFORMED, rest.is_empty()));
    }
    let Some(length) = rest[1..].iter().position(|&b| b == b'}') else {
        return Err((rest.len(), MALFORMED, true));
    };
    if length == 0 {
        return Err((1, MALFORMED, false));
    }
    let used = length + 2;
    std::str::from_utf8(&rest[1..=length])
        .ok()
        .and_then(crate::unicode::lookup_character)
        .map(|c| (c, used))
        .ok_or((used, "unknown Unicode character name", false))
}

/// Decodes `\uXXXX` and `\UXXXXXXXX` only; other bytes are Latin-1.
pub fn raw_unicode_escape_decode<H: DecodeErrors>(
    input: &[u8],
    errors: &mut H,
    last: bool,
) -> Result<Decoded, H::Error> {
    let mut out = Wtf8Buf::with_capacity(input.len());
    let mut at = 0;
    while let Some(&b) = input.get(at) {
        if b != b'\\' {
            out.push(CodePoint::from(b));
            at += 1;
            continue;
        }
        let (wanted, reason) = match input.get(at + 1) {
            None if !last => break,
            Some(b'u') => (4, "truncated \\uXXXX escape"),
            Some(b'U') => (8, "truncated \\UXXXXXXXX escape"),
            other => {
                out.push_char('\\');
                at += 1;
                if let Some(&c) = other {
                    // A second backslash does not begin an escape.
                    out.push(CodePoint::from(c));
                    at += 1;
                }
                continue;
            }
        };
        let (code, n) = hex_digits(&input[at + 2..], wanted);
        let end = at + 2 + n;
        let reason = if n < wanted {
            if !last && end == input.len() {
                break;
            }
            reason
        } else if let Some(c) = CodePoint::from_u32(code) {
            out.push(c);
            at = end;
            continue;
        } else {
            "\\Uxxxxxxxx out of range"
        };
        let issue = DecodeIssue {
            encoding: "rawunicodeescape",
            input,
            start: at,
            end,
            reason,
        };
        at = fix_decoding(&mut out, &issue, errors)?;
    }
    Ok(Decoded {
        text: out,
        consumed: at,
    })
}

/// Encodes by `unicode_escape`: printable ASCII, escapes for the rest.
pub fn unicode_escape_encode(text: &Wtf8) -> Vec<u8> {
    let mut out = String::with_capacity(text.len());
    for c in text.code_points() {
        match c.to_u32() {
            0x5c => out.push_str("\\\\"),
            0x0a => out.push_str("\\n"),
            0x0d => out.push_str("\\r"),
            0x09 => out.push_str("\\t"),
            b @ 0x20..0x7f => out.push(char::from(b as u8)),
            code => push_hex_escape(&mut out, code),
        }
    }
    out.into_bytes()
}

/// Encodes by `raw_unicode_escape`: Latin-1, escapes for the rest.
pub fn raw_unicode_escape_encode(text: &Wtf8) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.code_points() {
        match c.to_u32() {
            b @ 0..0x100 => out.push(b as u8),
            code => {
                let mut escape = String::new();
                push_hex_escape(&mut escape, code);
                out.extend_from_slice(escape.as_bytes());
            }
        }
    }
    out
}
