//! The error handlers Python names.

use std::fmt::Write;

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use super::{
    CodecError, DecodeErrors, DecodeFix, DecodeIssue, EncodeErrors, EncodeFix, EncodeIssue,
    Replacement,
};
use crate::repr::push_hex_escape;

/// A handler every Python has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standard {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    XmlCharRefReplace,
    NameReplace,
    SurrogateEscape,
    SurrogatePass,
}

impl Standard {
    /// From the name of an `errors` argument.
    pub fn from_name(name: &str) -> Option<Standard> {
        Some(match name {
            "strict" => Standard::Strict,
            "ignore" => Standard::Ignore,
            "replace" => Standard::Replace,
            "backslashreplace" => Standard::BackslashReplace,
            "xmlcharrefreplace" => Standard::XmlCharRefReplace,
            "namereplace" => Standard::NameReplace,
            "surrogateescape" => Standard::SurrogateEscape,
            "surrogatepass" => Standard::SurrogatePass,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Standard::Strict => "strict",
            Standard::Ignore => "ignore",
            Standard::Replace => "replace",
            Standard::BackslashReplace => "backslashreplace",
            Standard::XmlCharRefReplace => "xmlcharrefreplace",
            Standard::NameReplace => "namereplace",
            Standard::SurrogateEscape => "surrogateescape",
            Standard::SurrogatePass => "surrogatepass",
        }
    }

    /// The fix for undecodable bytes; `Ok(None)` means the error stands.
    pub fn fix_decode(
        self,
        encoding: &str,
        input: &[u8],
        start: usize,
        end: usize,
    ) -> Result<Option<DecodeFix>, CodecError> {
        let bad = input.get(start..end).unwrap_or_default();
        let text = match self {
            Standard::Strict => return Ok(None),
            Standard::Ignore => Wtf8Buf::new(),
            Standard::Replace => Wtf8Buf::from("\u{fffd}"),
            Standard::BackslashReplace => {
                let mut out = String::new();
                for &b in bad {
                    push_hex_escape(&mut out, u32::from(b));
                }
                out.into()
            }
            Standard::XmlCharRefReplace | Standard::NameReplace => {
                return Err(CodecError::NotForDecoding);
            }
            Standard::SurrogateEscape => {
                let fix = surrogateescape_bytes(input, start, end);
                return Ok((fix.resume > start).then_some(fix));
            }
            Standard::SurrogatePass => return Ok(surrogatepass_decode(encoding, input, start)),
        };
        Ok(Some(DecodeFix { text, resume: end }))
    }

    /// The replacement for characters that cannot be encoded; `None` means the error stands.
    pub fn fix_encode(self, encoding: &str, part: &Wtf8) -> Option<Replacement> {
        let mut out = String::new();
        match self {
            Standard::Strict => return None,
            Standard::Ignore => {}
            Standard::Replace => out = "?".repeat(crate::index::char_count(part)),
            Standard::BackslashReplace => {
                for c in part.code_points() {
                    push_hex_escape(&mut out, c.to_u32());
                }
            }
            Standard::XmlCharRefReplace => {
                for c in part.code_points() {
                    // Writing to memory does not fail.
                    let _ = write!(out, "&#{};", c.to_u32());
                }
            }
            Standard::NameReplace => {
                for c in part.code_points() {
                    match crate::unicode::name(c) {
                        Some(name) => {
                            let _ = write!(out, "\\N{{{name}}}");
                        }
                        None => push_hex_escape(&mut out, c.to_u32()),
                    }
                }
            }
            Standard::SurrogateEscape => {
                return part
                    .code_points()
                    .map(|c| match c.to_u32() {
                        c @ 0xdc80..=0xdcff => Some((c - 0xdc00) as u8),
                        _ => None,
                    })
                    .collect::<Option<Vec<u8>>>()
                    .map(Replacement::Bytes);
            }
            Standard::SurrogatePass => {
                return surrogatepass_encode(encoding, part).map(Replacement::Bytes);
            }
        }
        Some(Replacement::Text(out.into()))
    }
}

/// Bytes from 0x80 up become U+DC80 and up; stops before the first ASCII byte.
pub(super) fn surrogateescape_bytes(input: &[u8], start: usize, end: usize) -> DecodeFix {
    let mut text = Wtf8Buf::new();
    let mut resume = start;
    // CPython looks at four bytes at most.
    for &b in input.get(start..end.min(start + 4)).unwrap_or_default() {
        if b < 0x80 {
            break;
        }
        text.push(CodePoint::from(0xdc00 + u16::from(b)));
        resume += 1;
    }
    DecodeFix { text, resume }
}

#[derive(Clone, Copy)]
enum Family {
    Utf8,
    Utf16 { big: bool },
    Utf32 { big: bool },
}

/// The UTF an encoding's name means, for `surrogatepass`.
fn family(encoding: &str) -> Option<Family> {
    let name = encoding.to_ascii_lowercase().replace('_', "-");
    let rest = name.strip_prefix("utf-").or(name.strip_prefix("utf"))?;
    Some(match rest {
        "8" => Family::Utf8,
        "16" | "16-le" | "16le" => Family::Utf16 { big: false },
        "16-be" | "16be" => Family::Utf16 { big: true },
        "32" | "32-le" | "32le" => Family::Utf32 { big: false },
        "32-be" | "32be" => Family::Utf32 { big: true },
        _ => return None,
    })
}

/// `surrogatepass` of a decoder: reads one surrogate at `start`.
pub fn surrogatepass_decode(encoding: &str, input: &[u8], start: usize) -> Option<DecodeFix> {
    let rest = input.get(start..)?;
    let (code, used) = match family(encoding)? {
        Family::Utf8 => match *rest {
            [0xed, b @ 0xa0..=0xbf, c @ 0x80..=0xbf, ..] => (
                0xd000 | (u32::from(b) & 0x3f) << 6 | (u32::from(c) & 0x3f),
                3,
            ),
            _ => return None,
        },
        Family::Utf16 { big } => {
            let unit: [u8; 2] = rest.get(..2)?.try_into().ok()?;
            let code = if big {
                u16::from_be_bytes(unit)
            } else {
                u16::from_le_bytes(unit)
            };
            (u32::from(code), 2)
        }
        Family::Utf32 { big } => {
            let unit: [u8; 4] = rest.get(..4)?.try_into().ok()?;
            let code = if big {
                u32::from_be_bytes(unit)
            } else {
                u32::from_le_bytes(unit)
            };
            (code, 4)
        }
    };
    if !(0xd800..0xe000).contains(&code) {
        return None;
    }
    let mut text = Wtf8Buf::new();
    text.push(CodePoint::from_u32(code)?);
    Some(DecodeFix {
        text,
        resume: start + used,
    })
}

/// `surrogatepass` of an encoder: the bytes of characters that are all surrogates.
pub fn surrogatepass_encode(encoding: &str, part: &Wtf8) -> Option<Vec<u8>> {
    let family = family(encoding)?;
    let mut out = Vec::new();
    for c in part.code_points() {
        let code @ 0xd800..0xe000 = c.to_u32() else {
            return None;
        };
        match family {
            Family::Utf8 => {
                let mut text = Wtf8Buf::new();
                text.push(c);
                out.extend_from_slice(text.as_bytes());
            }
            Family::Utf16 { big: true } => out.extend_from_slice(&(code as u16).to_be_bytes()),
            Family::Utf16 { big: false } => out.extend_from_slice(&(code as u16).to_le_bytes()),
            Family::Utf32 { big: true } => out.extend_from_slice(&code.to_be_bytes()),
            Family::Utf32 { big: false } => out.extend_from_slice(&code.to_le_bytes()),
        }
    }
    Some(out)
}

impl DecodeErrors for Standard {
    type Error = CodecError;

    fn handle(&mut self, issue: &DecodeIssue<'_>) -> Result<DecodeFix, CodecError> {
        self.fix_decode(issue.encoding, issue.input, issue.start, issue.end)?
            .ok_or_else(|| issue.into())
    }
}

impl EncodeErrors for Standard {
    type Error = CodecError;

    fn handle(&mut self, issue: &EncodeIssue<'_>) -> Result<EncodeFix, CodecError> {
        if *self == Standard::SurrogateEscape {
            // Escape what can be at the front, so that an error names only the rest.
            let bytes: Vec<u8> = issue
                .part
                .code_points()
                .map_while(|c| match c.to_u32() {
                    c @ 0xdc80..=0xdcff => Some((c - 0xdc00) as u8),
                    _ => None,
                })
                .collect();
            if bytes.is_empty() {
                return Err(issue.into());
            }
            return Ok(EncodeFix {
                resume: issue.start + bytes.len(),
                replacement: Replacement::Bytes(bytes),
            });
        }
        self.fix_encode(issue.encoding, issue.part)
            .map(|replacement| EncodeFix {
                replacement,
                resume: issue.end,
            })
            .ok_or_else(|| issue.into())
    }

    fn strict(&mut self, issue: &EncodeIssue<'_>) -> CodecError {
        issue.into()
    }
}
