//! From the bytes of a file to text: byte-order mark, PEP 263 coding cookie, line ends.

use std::borrow::Cow;

use crate::error::{ErrorKind, SyntaxError};

/// Bytes decoded, or what is needed to decode them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// The text.
    Text(String),
    /// The file declares an encoding that is not built in: decode `bytes` with the codec
    /// registered as `encoding`, then go on with the text.
    NeedsCodec {
        /// Name as the file spells it.
        encoding: String,
        /// The whole file.
        bytes: Vec<u8>,
    },
}

/// Decodes a source file as CPython's tokenizer does.
pub fn decode(bytes: &[u8]) -> Result<Decoded, Box<SyntaxError>> {
    let (body, has_bom) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let cookie = coding_cookie(body);
    let encoding = cookie.map_or(Cow::Borrowed("utf-8"), normalize_encoding);
    // With a byte-order mark only the one spelling will do.
    let cookie_is = |name: &str| cookie.is_some_and(|c| c.eq_ignore_ascii_case(name));
    if has_bom && (encoding != "utf-8" || cookie_is("utf8") || cookie_is("u8")) {
        let cookie = cookie.unwrap_or_default();
        let mut error = plain(format!("encoding problem: {cookie} with BOM"));
        let lines = body.split(|byte| *byte == b'\n').take(2).enumerate();
        for (i, line) in lines {
            if cookie_in(line).is_some() {
                let text = String::from_utf8_lossy(line).into_owned();
                error.line = i as u32 + 1;
                error.end_line = Some(error.line);
                error.end_col = Some(text.chars().count() as i32);
                error.text = Some(text);
                break;
            }
        }
        return Err(error);
    }
    match &*encoding {
        "utf-8" => match std::str::from_utf8(body) {
            Ok(text) => Ok(Decoded::Text(text.to_owned())),
            Err(error) => Err(bad_utf8(body, error.valid_up_to(), cookie.is_some())),
        },
        "iso-8859-1" => Ok(Decoded::Text(
            body.iter().map(|byte| char::from(*byte)).collect(),
        )),
        "ascii" | "us-ascii" => match body.iter().position(|byte| !byte.is_ascii()) {
            None => Ok(Decoded::Text(
                body.iter().map(|byte| char::from(*byte)).collect(),
            )),
            Some(at) => Err(plain(format!(
                "'ascii' codec can't decode byte 0x{:02x} in position {at}: \
                 ordinal not in range(128)",
                body[at]
            ))),
        },
        _ => Ok(Decoded::NeedsCodec {
            encoding: cookie.unwrap_or_default().to_owned(),
            bytes: body.to_vec(),
        }),
    }
}

fn plain(msg: String) -> Box<SyntaxError> {
    SyntaxError::without_position(ErrorKind::Syntax, msg)
}

fn bad_utf8(body: &[u8], at: usize, declared: bool) -> Box<SyntaxError> {
    let line = body[..at].iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
    let byte = body[at];
    let mut error = if declared {
        let start = body[..at]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |idx| idx + 1);
        plain(format!(
            "'utf-8' codec can't decode byte 0x{byte:02x} in position {}: invalid start byte",
            at - start
        ))
    } else {
        plain(format!(
            "Non-UTF-8 code starting with '\\x{byte:02x}' on line {line}, but no encoding \
             declared; see https://peps.python.org/pep-0263/ for details"
        ))
    };
    let start = body[..at].iter().rposition(|byte| *byte == b'\n');
    let start = start.map_or(0, |idx| idx + 1);
    let end = body[at..].iter().position(|byte| *byte == b'\n');
    let end = end.map_or(body.len(), |n| at + n);
    error.line = line;
    error.col = String::from_utf8_lossy(&body[start..at]).chars().count() as u32 + 1;
    error.end_line = Some(line);
    error.end_col = Some(error.col as i32);
    error.text = Some(String::from_utf8_lossy(&body[start..end]).into_owned());
    error
}

/// The encoding named by a `coding:` comment in the first two lines.
pub fn coding_cookie(bytes: &[u8]) -> Option<&str> {
    let mut lines = bytes.split(|byte| *byte == b'\n' || *byte == b'\r');
    let first = lines.next()?;
    if let Some(cookie) = cookie_in(first) {
        return Some(cookie);
    }
    // The second line counts only if the first is blank or a comment.
    if !is_blank_or_comment(first) {
        return None;
    }
    let mut second = lines.next()?;
    if second.is_empty() && bytes.get(first.len()..first.len() + 2) == Some(b"\r\n") {
        second = lines.next()?;
    }
    cookie_in(second)
}

fn is_blank_or_comment(line: &[u8]) -> bool {
    let rest = line
        .iter()
        .copied()
        .find(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c'));
    matches!(rest, None | Some(b'#'))
}

fn cookie_in(line: &[u8]) -> Option<&str> {
    let hash = line.iter().position(|byte| *byte == b'#')?;
    if !is_blank_or_comment(line) {
        return None;
    }
    let comment = &line[hash..];
    for at in 0..comment.len() {
        let rest = comment[at..].strip_prefix(b"coding");
        if let Some([b':' | b'=', value @ ..]) = rest {
            let skip = value
                .iter()
                .take_while(|byte| matches!(byte, b' ' | b'\t'))
                .count();
            let value = &value[skip..];
            let len = value
                .iter()
                .take_while(|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
                })
                .count();
            if len > 0 {
                return std::str::from_utf8(&value[..len]).ok();
            }
        }
    }
    None
}

/// The common spellings of the encodings that are decoded here.
fn normalize_encoding(name: &str) -> Cow<'_, str> {
    let head: String = name
        .chars()
        .take(12)
        .map(|c| {
            if c == '_' {
                '-'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect();
    let is = |base: &str| head == base || head.starts_with(&format!("{base}-"));
    if is("utf-8") || head == "utf8" || head == "u8" {
        Cow::Borrowed("utf-8")
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") || head == "latin1" {
        Cow::Borrowed("iso-8859-1")
    } else if head == "ascii" || head == "us-ascii" {
        Cow::Borrowed("ascii")
    } else {
        Cow::Borrowed(name)
    }
}

/// `text` with `\r\n` and `\r` turned into `\n`.
pub fn translate_newlines(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\r') {
        out.push_str(&rest[..at]);
        out.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        match decode(bytes) {
            Ok(Decoded::Text(text)) => text,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn cookies() {
        assert_eq!(
            coding_cookie(b"# -*- coding: latin-1 -*-\n"),
            Some("latin-1")
        );
        assert_eq!(
            coding_cookie(b"#!x\n# vim: fileencoding=cp1252\n"),
            Some("cp1252")
        );
        assert_eq!(coding_cookie(b"#!x\r\n# coding=cp1252\r\n"), Some("cp1252"));
        assert_eq!(coding_cookie(b"x = 1\n# coding=cp1252\n"), None);
        assert_eq!(coding_cookie(b"x = 1 # coding=cp1252\n"), None);
    }

    #[test]
    fn decodes() {
        assert_eq!(text(b"\xef\xbb\xbfx"), "x");
        assert_eq!(
            text(b"# coding: latin-1\n\xe9"),
            "# coding: latin-1\n\u{e9}"
        );
        assert!(matches!(
            decode(b"# coding: koi8-r\n"),
            Ok(Decoded::NeedsCodec { .. })
        ));
        let error = decode(b"a\n\xe9\n").unwrap_err();
        assert!(
            error
                .msg
                .starts_with("Non-UTF-8 code starting with '\\xe9' on line 2")
        );
    }

    #[test]
    fn line_ends() {
        assert_eq!(translate_newlines("a\r\nb\rc\n\r"), "a\nb\nc\n\n");
    }
}
