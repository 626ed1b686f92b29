//! UTF-8.

use rustpython_wtf8::{Wtf8, Wtf8Buf};

use super::{
    DecodeErrors, DecodeIssue, Decoded, EncodeErrors, Replacement, Walk, fix_decoding, fix_encoding,
};

const ENCODING: &str = "utf-8";

/// Decodes UTF-8.
pub fn utf8_decode<H: DecodeErrors>(
    input: &[u8],
    errors: &mut H,
    last: bool,
) -> Result<Decoded, H::Error> {
    let mut out = Wtf8Buf::new();
    let mut at = 0;
    loop {
        let rest = &input[at..];
        let error = match std::str::from_utf8(rest) {
            Ok(valid) => {
                out.push_str(valid);
                return Ok(Decoded {
                    text: out,
                    consumed: input.len(),
                });
            }
            Err(error) => error,
        };
        let good = error.valid_up_to();
        if let Ok(valid) = std::str::from_utf8(&rest[..good]) {
            out.push_str(valid);
        }
        at += good;
        // A surrogate cut short may yet please `surrogatepass`.
        let cut_surrogate = matches!(input[at..], [0xed, 0xa0..=0xbf]);
        let (end, reason) = match error.error_len() {
            _ if !last && (error.error_len().is_none() || cut_surrogate) => {
                return Ok(Decoded {
                    text: out,
                    consumed: at,
                });
            }
            None => (input.len(), "unexpected end of data"),
            Some(n) if matches!(input[at], 0xc2..=0xf4) => (at + n, "invalid continuation byte"),
            Some(n) => (at + n, "invalid start byte"),
        };
        let issue = DecodeIssue {
            encoding: ENCODING,
            input,
            start: at,
            end,
            reason,
        };
        at = fix_decoding(&mut out, &issue, errors)?;
    }
}

/// Encodes as UTF-8; only lone surrogates cannot be.
pub fn utf8_encode<H: EncodeErrors>(text: &Wtf8, errors: &mut H) -> Result<Vec<u8>, H::Error> {
    if text.as_str().is_ok() {
        return Ok(text.as_bytes().to_vec());
    }
    let mut out = Vec::with_capacity(text.len());
    let mut walk = Walk::new(text);
    loop {
        out.extend_from_slice(walk.ascii_run());
        let Some(c) = walk.peek() else {
            return Ok(out);
        };
        if c.to_char().is_some() {
            out.extend_from_slice(&text.as_bytes()[walk.offset..walk.offset + c.len_wtf8()]);
            walk.advance(c);
            continue;
        }
        let issue = walk.issue(ENCODING, "surrogates not allowed", usize::MAX, |c| {
            c.to_char().is_none()
        });
        fix_encoding(&mut walk, &issue, errors, |replacement| {
            match replacement {
                Replacement::Bytes(bytes) => out.extend_from_slice(bytes),
                Replacement::Text(text) if text.is_ascii() => {
                    out.extend_from_slice(text.as_bytes());
                }
                Replacement::Text(_) => return false,
            }
            true
        })?;
    }
}
