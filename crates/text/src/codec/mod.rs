//! Encoding and decoding.
//!
//! A decoder or encoder meets input it cannot do and asks an error handler: one of the
//! [`Standard`] ones, or a caller's own ([`DecodeErrors`], [`EncodeErrors`]), which in the
//! engine calls what `codecs.register_error` was given. The handler says what to put in
//! place and where to go on.
//!
//! Decoders take `last`: whether more input may follow. They report how much they used, so
//! an incremental decoder keeps the rest.

mod charmap;
mod escapes;
mod standard;
mod utf16;
mod utf32;
mod utf7;
mod utf8;

pub use charmap::{CharmapDecoded, CharmapEncoded, charmap_decode, charmap_encode};
pub use charmap::{ascii_decode, ascii_encode, latin1_decode, latin1_encode};
pub use escapes::{
    raw_unicode_escape_decode, raw_unicode_escape_encode, unicode_escape_decode,
    unicode_escape_encode,
};
pub use standard::{Standard, surrogatepass_decode, surrogatepass_encode};
pub use utf7::{utf7_decode, utf7_encode};
pub use utf8::{utf8_decode, utf8_encode};
pub use utf16::{utf16_decode, utf16_encode};
pub use utf32::{utf32_decode, utf32_encode};

use std::convert::Infallible;
use std::fmt;

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

/// What a decoder could not do: the contents of a `UnicodeDecodeError`.
#[derive(Clone, Copy, Debug)]
pub struct DecodeIssue<'a> {
    pub encoding: &'static str,
    pub input: &'a [u8],
    pub start: usize,
    pub end: usize,
    pub reason: &'static str,
}

/// What an encoder could not do: the contents of a `UnicodeEncodeError`.
#[derive(Clone, Copy, Debug)]
pub struct EncodeIssue<'a> {
    pub encoding: &'static str,
    pub input: &'a Wtf8,
    /// In characters.
    pub start: usize,
    /// In characters.
    pub end: usize,
    /// The characters from `start` to `end`.
    pub part: &'a Wtf8,
    pub reason: &'static str,
}

/// What a handler puts in the place of undecodable bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeFix {
    pub text: Wtf8Buf,
    /// The offset to go on at, at most the input's length.
    pub resume: usize,
}

/// What a handler puts in the place of characters that cannot be encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeFix {
    pub replacement: Replacement,
    /// The character position to go on at.
    pub resume: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// To be encoded in turn.
    Text(Wtf8Buf),
    /// To be copied as it is.
    Bytes(Vec<u8>),
}

/// A handler of decoding errors.
pub trait DecodeErrors {
    type Error;
    fn handle(&mut self, issue: &DecodeIssue<'_>) -> Result<DecodeFix, Self::Error>;
}

/// A handler of encoding errors.
pub trait EncodeErrors {
    type Error;
    fn handle(&mut self, issue: &EncodeIssue<'_>) -> Result<EncodeFix, Self::Error>;
    /// The strict error, for a replacement that cannot be encoded itself.
    fn strict(&mut self, issue: &EncodeIssue<'_>) -> Self::Error;
}

/// An error that owns its parts, from the [`Standard`] handlers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodecError {
    Decode {
        encoding: &'static str,
        start: usize,
        end: usize,
        reason: &'static str,
        /// `str()` of the exception.
        message: String,
    },
    Encode {
        encoding: &'static str,
        start: usize,
        end: usize,
        reason: &'static str,
        message: String,
    },
    /// The handler is for encoding only: a `TypeError`.
    NotForDecoding,
}

impl From<&DecodeIssue<'_>> for CodecError {
    fn from(issue: &DecodeIssue<'_>) -> Self {
        CodecError::Decode {
            encoding: issue.encoding,
            start: issue.start,
            end: issue.end,
            reason: issue.reason,
            message: decode_message(
                issue.encoding,
                issue.input,
                issue.start as i64,
                issue.end as i64,
                issue.reason,
            )
            .to_string(),
        }
    }
}

impl From<&EncodeIssue<'_>> for CodecError {
    fn from(issue: &EncodeIssue<'_>) -> Self {
        let first = issue.part.code_points().next();
        CodecError::Encode {
            encoding: issue.encoding,
            start: issue.start,
            end: issue.end,
            reason: issue.reason,
            message: encode_message(
                issue.encoding,
                first,
                issue.start as i64,
                issue.end as i64,
                issue.reason,
            )
            .to_string(),
        }
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodecError::Decode { message, .. } | CodecError::Encode { message, .. } => {
                f.write_str(message)
            }
            CodecError::NotForDecoding => {
                f.write_str("don't know how to handle UnicodeDecodeError in error callback")
            }
        }
    }
}

impl std::error::Error for CodecError {}

/// `str(UnicodeDecodeError)`. The positions are as the exception's attributes give them.
pub fn decode_message(
    encoding: impl fmt::Display,
    object: &[u8],
    start: i64,
    end: i64,
    reason: impl fmt::Display,
) -> String {
    let byte = usize::try_from(start).ok().and_then(|i| object.get(i));
    match byte {
        Some(b) if end == start.saturating_add(1) => {
            format!("'{encoding}' codec can't decode byte 0x{b:02x} in position {start}: {reason}")
        }
        _ => {
            let last = end.saturating_sub(1);
            format!("'{encoding}' codec can't decode bytes in position {start}-{last}: {reason}")
        }
    }
}

/// `str(UnicodeEncodeError)`. `first` is the character at `start`, if there is one.
pub fn encode_message(
    encoding: impl fmt::Display,
    first: Option<CodePoint>,
    start: i64,
    end: i64,
    reason: impl fmt::Display,
) -> String {
    match first {
        Some(c) if end == start.saturating_add(1) => {
            let shown = escape_text(c);
            format!(
                "'{encoding}' codec can't encode character '{shown}' in position {start}: {reason}"
            )
        }
        _ => {
            let last = end.saturating_sub(1);
            format!(
                "'{encoding}' codec can't encode characters in position {start}-{last}: {reason}"
            )
        }
    }
}

/// `str(UnicodeTranslateError)`.
pub fn translate_message(
    first: Option<CodePoint>,
    start: i64,
    end: i64,
    reason: impl fmt::Display,
) -> String {
    match first {
        Some(c) if end == start.saturating_add(1) => {
            let shown = escape_text(c);
            format!("can't translate character '{shown}' in position {start}: {reason}")
        }
        _ => {
            let last = end.saturating_sub(1);
            format!("can't translate characters in position {start}-{last}: {reason}")
        }
    }
}

fn escape_text(c: CodePoint) -> String {
    let mut out = String::new();
    crate::repr::push_hex_escape(&mut out, c.to_u32());
    out
}

/// What a decoder made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    pub text: Wtf8Buf,
    /// How many bytes of the input it took.
    pub consumed: usize,
}

/// Byte order of UTF-16 and UTF-32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    Little,
    Big,
}

/// The state an encoder walks with: where it is, in bytes and in characters.
struct Walk<'a> {
    text: &'a Wtf8,
    offset: usize,
    position: usize,
}

impl<'a> Walk<'a> {
    fn new(text: &'a Wtf8) -> Self {
        Walk {
            text,
            offset: 0,
            position: 0,
        }
    }

    fn peek(&self) -> Option<CodePoint> {
        crate::index::char_at(self.text, self.offset)
    }

    fn advance(&mut self, c: CodePoint) {
        self.offset += c.len_wtf8();
        self.position += 1;
    }

    /// Skips ASCII bytes and returns them.
    fn ascii_run(&mut self) -> &'a [u8] {
        let rest = &self.text.as_bytes()[self.offset..];
        let n = rest
            .iter()
            .position(|b| !b.is_ascii())
            .unwrap_or(rest.len());
        self.offset += n;
        self.position += n;
        &rest[..n]
    }

    /// An issue about the characters from here that `bad` holds for (at least one).
    fn issue(
        &self,
        encoding: &'static str,
        reason: &'static str,
        most: usize,
        mut bad: impl FnMut(CodePoint) -> bool,
    ) -> EncodeIssue<'a> {
        let rest = &self.text[self.offset..];
        let mut count = 0;
        let mut bytes = 0;
        for c in rest.code_points() {
            if count > 0 && (count == most || !bad(c)) {
                break;
            }
            count += 1;
            bytes += c.len_wtf8();
        }
        EncodeIssue {
            encoding,
            input: self.text,
            start: self.position,
            end: self.position + count,
            part: &rest[..bytes],
            reason,
        }
    }

    /// Goes to a character position, forward or back.
    fn resume(&mut self, position: usize) {
        if position < self.position {
            self.offset = 0;
            self.position = 0;
        }
        while self.position < position
            && let Some(c) = self.peek()
        {
            self.advance(c);
        }
    }
}

/// Asks the handler about an issue, lets `push` write its replacement (false if it cannot)
/// and moves on.
fn fix_encoding<H: EncodeErrors>(
    walk: &mut Walk<'_>,
    issue: &EncodeIssue<'_>,
    errors: &mut H,
    push: impl FnOnce(&Replacement) -> bool,
) -> Result<(), H::Error> {
    let fix = errors.handle(issue)?;
    if !push(&fix.replacement) {
        return Err(errors.strict(issue));
    }
    walk.resume(fix.resume);
    Ok(())
}

/// Asks the handler about bytes, appends its text and returns where to go on.
fn fix_decoding<H: DecodeErrors>(
    out: &mut Wtf8Buf,
    issue: &DecodeIssue<'_>,
    errors: &mut H,
) -> Result<usize, H::Error> {
    let fix = errors.handle(issue)?;
    out.push_wtf8(&fix.text);
    Ok(fix.resume.min(issue.input.len()))
}

/// A closure is a decoding handler.
impl<E, F: FnMut(&DecodeIssue<'_>) -> Result<DecodeFix, E>> DecodeErrors for F {
    type Error = E;
    fn handle(&mut self, issue: &DecodeIssue<'_>) -> Result<DecodeFix, E> {
        self(issue)
    }
}

/// Decodes UTF-8 leniently: the handler `surrogateescape`, which never fails (file names,
/// arguments and the environment come this way).
pub fn fs_decode(bytes: &[u8]) -> Wtf8Buf {
    let escape = |issue: &DecodeIssue<'_>| -> Result<DecodeFix, Infallible> {
        Ok(standard::surrogateescape_bytes(
            issue.input,
            issue.start,
            issue.end,
        ))
    };
    match utf8_decode(bytes, &mut { escape }, true) {
        Ok(decoded) => decoded.text,
    }
}

/// The inverse of [`fs_decode`]: `None` where a surrogate stands for no byte.
pub fn fs_encode(text: &Wtf8) -> Option<Vec<u8>> {
    utf8_encode(text, &mut Standard::SurrogateEscape).ok()
}
