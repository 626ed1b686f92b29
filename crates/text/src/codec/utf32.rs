//! UTF-32.

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use super::{
    ByteOrder, DecodeErrors, DecodeIssue, Decoded, EncodeErrors, Replacement, Walk, fix_decoding,
    fix_encoding,
};

/// Decodes UTF-32. Without a byte order a mark at the beginning is obeyed and skipped. Also
/// returns the order used, `None` if there was neither order nor mark.
pub fn utf32_decode<H: DecodeErrors>(
    input: &[u8],
    order: Option<ByteOrder>,
    errors: &mut H,
    last: bool,
) -> Result<(Decoded, Option<ByteOrder>), H::Error> {
    let mut order = order;
    let mut at = 0;
    if order.is_none() {
        order = match input {
            [0xff, 0xfe, 0, 0, ..] => Some(ByteOrder::Little),
            [0, 0, 0xfe, 0xff, ..] => Some(ByteOrder::Big),
            _ => None,
        };
        if order.is_some() {
            at = 4;
        }
    }
    let big = order == Some(ByteOrder::Big);
    let mut out = Wtf8Buf::with_capacity(input.len() / 4);
    while at < input.len() {
        let unit = input.get(at..at + 4).and_then(|b| b.try_into().ok());
        let code = unit.map(|bytes: [u8; 4]| {
            if big {
                u32::from_be_bytes(bytes)
            } else {
                u32::from_le_bytes(bytes)
            }
        });
        let (end, reason) = match code {
            None if !last => break,
            None => (input.len(), "truncated data"),
            Some(0xd800..0xe000) => (
                at + 4,
                "code point in surrogate code point range(0xd800, 0xe000)",
            ),
            Some(code) => match CodePoint::from_u32(code) {
                Some(c) => {
                    out.push(c);
                    at += 4;
                    continue;
                }
                None => (at + 4, "code point not in range(0x110000)"),
            },
        };
        let issue = DecodeIssue {
            encoding: if big { "utf-32-be" } else { "utf-32-le" },
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

/// Encodes as UTF-32; without a byte order, little-endian behind a mark.
pub fn utf32_encode<H: EncodeErrors>(
    text: &Wtf8,
    order: Option<ByteOrder>,
    errors: &mut H,
) -> Result<Vec<u8>, H::Error> {
    let encoding = match order {
        None => "utf-32",
        Some(ByteOrder::Little) => "utf-32-le",
        Some(ByteOrder::Big) => "utf-32-be",
    };
    let push = |out: &mut Vec<u8>, c: CodePoint| {
        out.extend_from_slice(&if order == Some(ByteOrder::Big) {
            c.to_u32().to_be_bytes()
        } else {
            c.to_u32().to_le_bytes()
        });
    };
    let mut out = Vec::with_capacity(text.len() * 4 + 4);
    if order.is_none() {
        out.extend_from_slice(&[0xff, 0xfe, 0, 0]);
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
                bytes.len() % 4 == 0
            }
            Replacement::Text(text) => {
                text.code_points().for_each(|c| push(&mut out, c));
                text.is_ascii()
            }
        })?;
    }
    Ok(out)
}
