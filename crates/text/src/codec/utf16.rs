//! UTF-16.

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use super::{
    ByteOrder, DecodeErrors, DecodeIssue, Decoded, EncodeErrors, Replacement, Walk, fix_decoding,
    fix_encoding,
};

/// Decodes UTF-16. Without a byte order a mark at the beginning is obeyed and skipped. Also
/// returns the order used, `None` if there was neither order nor mark.
pub fn utf16_decode<H: DecodeErrors>(
    input: &[u8],
    order: Option<ByteOrder>,
    errors: &mut H,
    last: bool,
) -> Result<(Decoded, Option<ByteOrder>), H::Error> {
    let mut order = order;
    let mut at = 0;
    if order.is_none() {
        order = match input {
            [0xff, 0xfe, ..] => Some(ByteOrder::Little),
            [0xfe, 0xff, ..] => Some(ByteOrder::Big),
            _ => None,
        };
        if order.is_some() {
            at = 2;
        }
    }
    let big = order == Some(ByteOrder::Big);
    let encoding = if big { "utf-16-be" } else { "utf-16-le" };
    let unit = |at: usize| -> Option<u16> {
        let bytes = input.get(at..at + 2)?;
        Some(if big {
            u16::from_be_bytes([bytes[0], bytes[1]])
        } else {
            u16::from_le_bytes([bytes[0], bytes[1]])
        })
    };
    let mut out = Wtf8Buf::with_capacity(input.len() / 2);
    while at < input.len() {
        let (end, reason) = match unit(at) {
            None if !last => break,
            None => (input.len(), "truncated data"),
            Some(high @ 0xd800..0xdc00) => match unit(at + 2) {
                None if !last => break,
                None => (input.len(), "unexpected end of data"),
                Some(low @ 0xdc00..0xe000) => {
                    let code =
                        0x10000 + ((u32::from(high) - 0xd800) << 10) + (u32::from(low) - 0xdc00);
                    out.extend(CodePoint::from_u32(code));
                    at += 4;
                    continue;
                }
                Some(_) => (at + 2, "illegal UTF-16 surrogate"),
            },
            Some(0xdc00..0xe000) => (at + 2, "illegal encoding"),
            Some(code) => {
                out.push(CodePoint::from(code));
                at += 2;
                continue;
            }
        };
        let issue = DecodeIssue {
            encoding,
            input,
            start: at,
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
        order,
    ))
}

/// Encodes as UTF-16; without a byte order, little-endian behind a mark.
pub fn utf16_encode<H: EncodeErrors>(
    text: &Wtf8,
    order: Option<ByteOrder>,
    errors: &mut H,
) -> Result<Vec<u8>, H::Error> {
    let encoding = match order {
        None => "utf-16",
        Some(ByteOrder::Little) => "utf-16-le",
        Some(ByteOrder::Big) => "utf-16-be",
    };
    let big = order == Some(ByteOrder::Big);
    let push = |out: &mut Vec<u8>, c: CodePoint| {
        let mut unit = |u: u16| {
            out.extend_from_slice(&if big {
                u.to_be_bytes()
            } else {
                u.to_le_bytes()
            });
        };
        match c.to_u32() {
            code @ 0..0x10000 => unit(code as u16),
            code => {
                unit(0xd800 + ((code - 0x10000) >> 10) as u16);
                unit(0xdc00 + ((code - 0x10000) & 0x3ff) as u16);
            }
        }
    };
    let mut out = Vec::with_capacity(text.len() * 2 + 2);
    if order.is_none() {
        out.extend_from_slice(&[0xff, 0xfe]);
    }
    let mut walk = Walk::new(text);
    while let Some(c) = walk.peek() {
        if c.to_char().is_some() {
            push(&mut out, c);
            walk.advance(c);
            continue;
        }
        let issue = walk.issue(encoding, "surrogates not allowed", 1, |_| true);
        fix_encoding(&mut walk, &issue, errors, |replacement| match replacement {
            Replacement::Bytes(bytes) => {
                out.extend_from_slice(bytes);
                bytes.len() % 2 == 0
            }
            Replacement::Text(text) => {
                text.code_points().for_each(|c| push(&mut out, c));
                text.is_ascii()
            }
        })?;
    }
    Ok(out)
}
