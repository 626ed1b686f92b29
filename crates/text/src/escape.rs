//! Backslash escapes of bytes literals, and the pieces all escape readers share.

use std::fmt;

/// An escape that is none, like `\q` or `\400`: kept as it is, and warned about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidEscape {
    /// Where its backslash is.
    pub offset: usize,
    /// The byte after the backslash.
    pub first: u8,
    /// It is an octal escape above `\377`.
    pub octal: bool,
}

/// The byte of an escape of one letter, quotes and the backslash included.
pub(crate) fn simple_escape(c: u8) -> Option<u8> {
    Some(match c {
        b'\\' | b'\'' | b'"' => c,
        b'a' => 7,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        _ => return None,
    })
}

/// Reads up to three octal digits: their value and how many there were.
pub(crate) fn octal_digits(bytes: &[u8]) -> (u16, usize) {
    let digits = bytes
        .iter()
        .take(3)
        .take_while(|b| matches!(b, b'0'..=b'7'));
    digits.fold((0, 0), |(code, n), b| {
        (code * 8 + u16::from(b - b'0'), n + 1)
    })
}

/// Reads up to `most` hexadecimal digits: their value and how many there were.
pub(crate) fn hex_digits(bytes: &[u8], most: usize) -> (u32, usize) {
    let digits = bytes
        .iter()
        .take(most)
        .map_while(|&b| char::from(b).to_digit(16));
    digits.fold((0, 0), |(code, n), d| (code << 4 | d, n + 1))
}

/// What is wrong with escaped bytes. `Display` is CPython's message (a `ValueError`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EscapeError {
    TrailingBackslash,
    InvalidHex { offset: usize },
}

impl fmt::Display for EscapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EscapeError::TrailingBackslash => f.write_str("Trailing \\ in string"),
            EscapeError::InvalidHex { offset } => {
                write!(f, "invalid \\x escape at position {offset}")
            }
        }
    }
}

impl std::error::Error for EscapeError {}

/// What to do about `\x` without two digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnBadHex {
    Fail,
    Ignore,
    Replace,
}

/// Decodes the escapes of a bytes literal (`codecs.escape_decode`). Also returns the first
/// escape that is none.
pub fn bytes_decode(
    input: &[u8],
    on_bad_hex: OnBadHex,
) -> Result<(Vec<u8>, Option<InvalidEscape>), EscapeError> {
    let mut out = Vec::with_capacity(input.len());
    let mut invalid: Option<InvalidEscape> = None;
    let mut at = 0;
    while let Some(&b) = input.get(at) {
        if b != b'\\' {
            out.push(b);
            at += 1;
            continue;
        }
        let Some(&c) = input.get(at + 1) else {
            return Err(EscapeError::TrailingBackslash);
        };
        let mut note = |octal| {
            invalid.get_or_insert(InvalidEscape {
                offset: at,
                first: c,
                octal,
            });
        };
        match c {
            b'\n' => {}
            _ if let Some(plain) = simple_escape(c) => out.push(plain),
            b'0'..=b'7' => {
                let (code, n) = octal_digits(&input[at + 1..]);
                if code > 0xff {
                    note(true);
                }
                out.push(code as u8);
                at += 1 + n;
                continue;
            }
            b'x' => {
                let (code, n) = hex_digits(&input[at + 2..], 2);
                match (n, on_bad_hex) {
                    (2, _) => out.push(code as u8),
                    (_, OnBadHex::Fail) => return Err(EscapeError::InvalidHex { offset: at }),
                    (_, OnBadHex::Ignore) => {}
                    (_, OnBadHex::Replace) => out.push(b'?'),
                }
                at += 2 + n;
                continue;
            }
            _ => {
                note(false);
                out.extend_from_slice(&[b'\\', c]);
            }
        }
        at += 2;
    }
    Ok((out, invalid))
}

/// `codecs.escape_encode`: as `repr(bytes)` between single quotes, without them.
pub fn bytes_encode(input: &[u8]) -> Vec<u8> {
    let mut out = String::with_capacity(input.len());
    for &b in input {
        match b {
            b'\\' => out.push_str("\\\\"),
            b'\'' => out.push_str("\\'"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            0x20..0x7f => out.push(char::from(b)),
            _ => crate::repr::push_hex_escape(&mut out, u32::from(b)),
        }
    }
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_bytes() {
        let ok = |s: &[u8]| bytes_decode(s, OnBadHex::Fail).unwrap();
        assert_eq!(ok(b"a\\\nb\\x41\\n").0, b"abA\n");
        let (bytes, invalid) = ok(b"a\\q\\400\\1\\777");
        assert_eq!(bytes, b"a\\q\x00\x01\xff");
        assert_eq!(
            invalid,
            Some(InvalidEscape {
                offset: 1,
                first: b'q',
                octal: false
            })
        );
        assert_eq!(ok(b"\\18\\08\\8").0, b"\x018\x008\\8");
        let error = |s: &[u8]| bytes_decode(s, OnBadHex::Fail).unwrap_err().to_string();
        assert_eq!(error(b"\\"), "Trailing \\ in string");
        assert_eq!(error(b"ab\\xg"), "invalid \\x escape at position 2");
        assert_eq!(bytes_decode(b"\\xzz", OnBadHex::Replace).unwrap().0, b"?zz");
        assert_eq!(bytes_decode(b"\\4g", OnBadHex::Ignore).unwrap().0, b"\x04g");
        assert_eq!(bytes_decode(b"\\x4g", OnBadHex::Replace).unwrap().0, b"?g");
        assert_eq!(
            bytes_encode(b"a\n\x00\xff\\'\""),
            b"a\\n\\x00\\xff\\\\\\'\""
        );
    }
}
