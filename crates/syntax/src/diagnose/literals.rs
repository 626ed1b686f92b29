//! String literals whose value cannot be made.

use ruff_text_size::TextSize;

use super::grammar::{Grammar, Raised};
use crate::tokenizer::{Kind, Token};

impl Grammar<'_> {
    /// Raises the error of the first bad escape among the tokens from `start` to the one at hand.
    pub(super) fn check_literals(&mut self, start: usize) -> Result<(), Raised> {
        let mut raw = Vec::new();
        for idx in start..self.at {
            let Some(token) = self.tokens.list.get(idx).copied() else {
                break;
            };
            let text = self.text(&token);
            match token.kind {
                Kind::FStringStart | Kind::TStringStart => raw.push(text.contains(['r', 'R'])),
                Kind::FStringEnd | Kind::TStringEnd => {
                    raw.pop();
                }
                Kind::FStringMiddle | Kind::TStringMiddle if raw.last() == Some(&false) => {
                    if let Some(msg) = bad_text(text) {
                        return self.fail_literal(&token, msg);
                    }
                }
                Kind::String => {
                    let Some(quote) = text.find(['"', '\'']) else {
                        continue;
                    };
                    let (prefix, quoted) = text.split_at(quote);
                    let size = if quoted.len() >= 6
                        && (quoted.starts_with("'''") || quoted.starts_with("\"\"\""))
                    {
                        3
                    } else {
                        1
                    };
                    let body = quoted.get(size..quoted.len() - size).unwrap_or_default();
                    let is_raw = prefix.contains(['r', 'R']);
                    let msg = if prefix.contains(['b', 'B']) {
                        bad_bytes(body, is_raw)
                    } else if is_raw {
                        None
                    } else {
                        bad_text(body)
                    };
                    if let Some(msg) = msg {
                        return self.fail_literal(&token, msg);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn fail_literal<T>(&mut self, token: &Token, msg: String) -> Result<T, Raised> {
        let mut error = self.raise_known(token, token, msg);
        // These ends are not cut to the first line.
        let end = TextSize::new(token.end);
        let (line, col) = self.lines.char_position(end);
        error.end_line = Some(line);
        error.end_col = Some(col as i32);
        self.fail(error)
    }
}

fn bad_bytes(body: &str, is_raw: bool) -> Option<String> {
    if !body.is_ascii() {
        return Some("bytes can only contain ASCII literal characters".to_owned());
    }
    if is_raw {
        return None;
    }
    let bytes = body.as_bytes();
    let mut at = 0;
    // Position in the value made so far.
    let mut made = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' || at + 1 >= bytes.len() {
            at += 1;
            made += 1;
            continue;
        }
        match bytes[at + 1] {
            b'x' => {
                let digits = bytes.get(at + 2..at + 4);
                if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                    return Some(format!(
                        "(value error) invalid \\x escape at position {made}"
                    ));
                }
                at += 4;
            }
            b'\n' => {
                at += 2;
                continue;
            }
            _ => at += 2,
        }
        made += 1;
    }
    None
}

/// What `unicode_escape` says of a text. Its positions are in a form of the text where all beyond
/// ASCII is written as `\UXXXXXXXX`.
fn bad_text(body: &str) -> Option<String> {
    let mut at: usize = 0;
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c != '\\' {
            at += if c.is_ascii() { 1 } else { 10 };
            continue;
        }
        let start = at;
        let Some(escape) = rest.chars().next() else {
            break;
        };
        if !escape.is_ascii() {
            at += 1;
            continue;
        }
        rest = &rest[1..];
        at += 2;
        let error = |end: usize, what: &str| {
            let last = end - 1;
            Some(format!(
                "(unicode error) 'unicodeescape' codec can't decode bytes in position \
                 {start}-{last}: {what}"
            ))
        };
        let (len, what) = match escape {
            'x' => (2, "truncated \\xXX escape"),
            'u' => (4, "truncated \\uXXXX escape"),
            'U' => (8, "truncated \\UXXXXXXXX escape"),
            'N' => {
                let malformed = "malformed \\N character escape";
                let Some(name) = rest.strip_prefix('{') else {
                    return error(at, malformed);
                };
                let Some(end) = name.find('}') else {
                    let shown: usize = rest
                        .chars()
                        .map(|c| if c.is_ascii() { 1 } else { 10 })
                        .sum();
                    return error(at + shown, malformed);
                };
                at += end + 2;
                if end == 0 {
                    return error(at, malformed);
                }
                if unicode_names2::character(&name[..end]).is_none() {
                    return error(at, "unknown Unicode character name");
                }
                rest = &name[end + 1..];
                continue;
            }
            _ => continue,
        };
        let digits = rest
            .bytes()
            .take(len)
            .take_while(u8::is_ascii_hexdigit)
            .count();
        at += digits;
        if digits < len {
            return error(at, what);
        }
        if len == 8
            && u32::from_str_radix(rest.get(..8).unwrap_or_default(), 16)
                .is_ok_and(|code| code > 0x10_ffff)
        {
            return error(at, "illegal Unicode character");
        }
        rest = &rest[digits..];
    }
    None
}
