//! JSON strings: reading and writing them.

use super::decode_error;
use taipan_object::strings::Str;
use taipan_object::wtf8::{CodePoint, Wtf8, Wtf8Buf};
use taipan_object::{Object, PyResult, Thread, Value};

/// A JSON string that was read.
pub(super) enum Scanned<'a> {
    /// A part of the source, without escapes.
    Plain(&'a Wtf8),
    /// Text with escapes resolved.
    Built(Wtf8Buf),
}

impl Scanned<'_> {
    pub fn value(&self, th: &Thread) -> PyResult {
        match self {
            Scanned::Plain(w) => Value::try_wtf8(th, w),
            Scanned::Built(w) => Value::try_wtf8(th, w),
        }
    }
}

fn hex4(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 4)?;
    digits
        .iter()
        .try_fold(0, |n, b| Some(n << 4 | char::from(*b).to_digit(16)?))
}

/// Reads the string whose opening quote lies before the byte offset `start`: its text, and the offset behind the
/// closing quote.
///
/// # Errors
/// `JSONDecodeError`.
pub(super) fn scan<'a>(
    th: &Thread,
    source: &Object<Str>,
    start: usize,
    strict: bool,
) -> PyResult<(Scanned<'a>, usize)> {
    let text: &'a Wtf8 = source.wtf8();
    let bytes = text.as_bytes();
    let mut built: Option<Wtf8Buf> = None;
    let mut from = start;
    let unterminated = || {
        let begin = source.char_index(start) as i64 - 1;
        decode_error(th, "Unterminated string starting at", source, begin)
    };
    let wrong = |msg: &str, at: usize| decode_error(th, msg, source, source.char_index(at) as i64);
    loop {
        let mut at = from;
        let end = loop {
            match bytes.get(at) {
                Some(b'"' | b'\\') => break at,
                Some(0..=0x1f) if strict => {
                    return Err(wrong("Invalid control character at", at));
                }
                Some(_) => at += 1,
                None => return Err(unterminated()),
            }
        };
        let part = &text[from..end];
        if bytes[end] == b'"' {
            let scanned = match built {
                None => Scanned::Plain(part),
                Some(mut b) => {
                    b.push_wtf8(part);
                    Scanned::Built(b)
                }
            };
            return Ok((scanned, end + 1));
        }
        let out = built.get_or_insert_with(Wtf8Buf::new);
        out.push_wtf8(part);
        let Some(escape) = bytes.get(end + 1) else {
            return Err(unterminated());
        };
        from = end + 2;
        let c = match escape {
            b'"' | b'\\' | b'/' => *escape,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let bad = |at: usize| wrong("Invalid \\uXXXX escape", at);
                let mut c = hex4(bytes, from).ok_or_else(|| bad(end + 1))?;
                from += 4;
                let pair = (0xD800..0xDC00).contains(&c) && bytes[from..].starts_with(b"\\u");
                if pair {
                    let low = hex4(bytes, from + 2).ok_or_else(|| bad(from + 1))?;
                    if (0xDC00..0xE000).contains(&low) {
                        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                        from += 6;
                    }
                }
                if let Some(c) = CodePoint::from_u32(c) {
                    out.push(c);
                }
                continue;
            }
            _ => return Err(wrong("Invalid \\escape", end)),
        };
        out.push_char(char::from(c));
    }
}

/// The escape of an ASCII character that must be escaped, other than the numeric ones.
fn short_escape(b: u8) -> Option<&'static str> {
    Some(match b {
        b'"' => "\\\"",
        b'\\' => "\\\\",
        8 => "\\b",
        12 => "\\f",
        b'\n' => "\\n",
        b'\r' => "\\r",
        b'\t' => "\\t",
        _ => return None,
    })
}

fn push_unicode(out: &mut Wtf8Buf, unit: u32) {
    let mut text = [b'\\', b'u', 0, 0, 0, 0];
    for (i, b) in text[2..].iter_mut().enumerate() {
        *b = b"0123456789abcdef"[(unit >> (12 - 4 * i) & 15) as usize];
    }
    out.push_str(std::str::from_utf8(&text).unwrap_or(""));
}

/// Appends `s` in quotes, escaped as JSON; with `ascii`, all but ASCII is escaped too.
pub(super) fn quote(out: &mut Wtf8Buf, s: &Object<Str>, ascii: bool) {
    let text = s.wtf8();
    let bytes = text.as_bytes();
    let plain = |b: u8| match b {
        b'"' | b'\\' | 0..=0x1f => false,
        0x7f.. => !ascii,
        _ => true,
    };
    out.push_char('"');
    let mut from = 0;
    let mut at = 0;
    while at < bytes.len() {
        let b = bytes[at];
        if plain(b) {
            at += 1;
            continue;
        }
        out.push_wtf8(&text[from..at]);
        if let Some(e) = short_escape(b) {
            out.push_str(e);
            at += 1;
        } else if b < 0x80 {
            push_unicode(out, u32::from(b));
            at += 1;
        } else {
            let Some(c) = taipan_text::index::char_at(text, at) else {
                break;
            };
            let c = c.to_u32();
            if c < 0x10000 {
                push_unicode(out, c);
            } else {
                push_unicode(out, 0xD800 + ((c - 0x10000) >> 10));
                push_unicode(out, 0xDC00 + ((c - 0x10000) & 0x3FF));
            }
            at += match b {
                ..0xE0 => 2,
                0xE0..0xF0 => 3,
                _ => 4,
            };
        }
        from = at;
    }
    out.push_wtf8(&text[from..]);
    out.push_char('"');
}
