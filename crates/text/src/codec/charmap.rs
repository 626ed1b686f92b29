//! Encodings of one byte a character: ASCII, Latin-1 and those given by a mapping.

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use super::{
    DecodeErrors, DecodeIssue, Decoded, EncodeErrors, Replacement, Walk, fix_decoding, fix_encoding,
};

/// Decodes ASCII.
pub fn ascii_decode<H: DecodeErrors>(input: &[u8], errors: &mut H) -> Result<Decoded, H::Error> {
    let mut out = Wtf8Buf::with_capacity(input.len());
    let mut at = 0;
    while at < input.len() {
        let rest = &input[at..];
        let n = rest
            .iter()
            .position(|b| !b.is_ascii())
            .unwrap_or(rest.len());
        if let Ok(valid) = std::str::from_utf8(&rest[..n]) {
            out.push_str(valid);
        }
        at += n;
        if at < input.len() {
            let issue = DecodeIssue {
                encoding: "ascii",
                input,
                start: at,
                end: at + 1,
                reason: "ordinal not in range(128)",
            };
            at = fix_decoding(&mut out, &issue, errors)?;
        }
    }
    Ok(Decoded {
        text: out,
        consumed: input.len(),
    })
}

/// Decodes Latin-1: every byte is its own character.
pub fn latin1_decode(input: &[u8]) -> Wtf8Buf {
    match std::str::from_utf8(input) {
        Ok(text) if text.is_ascii() => text.into(),
        _ => {
            let text: String = input.iter().map(|&b| char::from(b)).collect();
            text.into()
        }
    }
}

/// Encodes as ASCII.
pub fn ascii_encode<H: EncodeErrors>(text: &Wtf8, errors: &mut H) -> Result<Vec<u8>, H::Error> {
    if text.is_ascii() {
        return Ok(text.as_bytes().to_vec());
    }
    below(text, 128, "ascii", "ordinal not in range(128)", errors)
}

/// Encodes as Latin-1.
pub fn latin1_encode<H: EncodeErrors>(text: &Wtf8, errors: &mut H) -> Result<Vec<u8>, H::Error> {
    below(text, 256, "latin-1", "ordinal not in range(256)", errors)
}

fn below<H: EncodeErrors>(
    text: &Wtf8,
    limit: u32,
    encoding: &'static str,
    reason: &'static str,
    errors: &mut H,
) -> Result<Vec<u8>, H::Error> {
    let mut out = Vec::with_capacity(text.len());
    let mut walk = Walk::new(text);
    loop {
        out.extend_from_slice(walk.ascii_run());
        let Some(c) = walk.peek() else {
            return Ok(out);
        };
        if c.to_u32() < limit {
            out.push(c.to_u32() as u8);
            walk.advance(c);
            continue;
        }
        let issue = walk.issue(encoding, reason, usize::MAX, |c| c.to_u32() >= limit);
        fix_encoding(&mut walk, &issue, errors, |replacement| match replacement {
            Replacement::Bytes(bytes) => {
                out.extend_from_slice(bytes);
                true
            }
            Replacement::Text(text) => text.code_points().all(|c| {
                out.push(c.to_u32() as u8);
                c.to_u32() < limit
            }),
        })?;
    }
}

/// What a mapping has for a byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CharmapDecoded {
    Undefined,
    Char(CodePoint),
    Text(Wtf8Buf),
}

/// What a mapping has for a character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CharmapEncoded {
    Undefined,
    Byte(u8),
    Bytes(Vec<u8>),
}

const UNDEFINED: &str = "character maps to <undefined>";

/// Decodes through a mapping.
pub fn charmap_decode<H: DecodeErrors>(
    input: &[u8],
    errors: &mut H,
    mut map: impl FnMut(u8) -> Result<CharmapDecoded, H::Error>,
) -> Result<Decoded, H::Error> {
    let mut out = Wtf8Buf::with_capacity(input.len());
    let mut at = 0;
    while let Some(&b) = input.get(at) {
        match map(b)? {
            CharmapDecoded::Char(c) => out.push(c),
            CharmapDecoded::Text(text) => out.push_wtf8(&text),
            CharmapDecoded::Undefined => {
                let issue = DecodeIssue {
                    encoding: "charmap",
                    input,
                    start: at,
                    end: at + 1,
                    reason: UNDEFINED,
                };
                at = fix_decoding(&mut out, &issue, errors)?;
                continue;
            }
        }
        at += 1;
    }
    Ok(Decoded {
        text: out,
        consumed: input.len(),
    })
}

/// Encodes through a mapping.
pub fn charmap_encode<H: EncodeErrors>(
    text: &Wtf8,
    errors: &mut H,
    mut map: impl FnMut(CodePoint) -> Result<CharmapEncoded, H::Error>,
) -> Result<Vec<u8>, H::Error> {
    let mut out = Vec::with_capacity(text.len());
    let mut walk = Walk::new(text);
    while let Some(c) = walk.peek() {
        match map(c)? {
            CharmapEncoded::Byte(b) => out.push(b),
            CharmapEncoded::Bytes(bytes) => out.extend_from_slice(&bytes),
            CharmapEncoded::Undefined => {
                let mut failed = None;
                let issue = walk.issue("charmap", UNDEFINED, usize::MAX, |c| match map(c) {
                    Ok(mapped) => mapped == CharmapEncoded::Undefined,
                    Err(error) => {
                        failed.get_or_insert(error);
                        false
                    }
                });
                if let Some(error) = failed {
                    return Err(error);
                }
                let mut failed = None;
                fix_encoding(&mut walk, &issue, errors, |replacement| match replacement {
                    Replacement::Bytes(bytes) => {
                        out.extend_from_slice(bytes);
                        true
                    }
                    Replacement::Text(text) => text.code_points().all(|c| {
                        match map(c) {
                            Ok(CharmapEncoded::Byte(b)) => out.push(b),
                            Ok(CharmapEncoded::Bytes(bytes)) => out.extend_from_slice(&bytes),
                            Ok(CharmapEncoded::Undefined) => return false,
                            Err(error) => {
                                failed.get_or_insert(error);
                            }
                        }
                        true
                    }),
                })?;
                if let Some(error) = failed {
                    return Err(error);
                }
                continue;
            }
        }
        walk.advance(c);
    }
    Ok(out)
}
