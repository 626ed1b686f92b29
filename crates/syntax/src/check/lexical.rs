//! Warnings that need nothing but tokens: unknown escapes, and numbers that run into a keyword.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::error::Warning;
use crate::literal::{BadEscape, bad_escapes};
use crate::parse::Parsed;

/// Tokens there may be a warning about, gathered while the parser's tokens are at hand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Suspects(Vec<Suspect>);

#[derive(Clone, Debug)]
enum Suspect {
    Number(TextRange),
    Escape(BadEscape, TextRange),
}

impl Suspects {
    /// Goes through all tokens once.
    pub fn gather(tokens: &Tokens, source: &str) -> Suspects {
        let mut suspects = Vec::new();
        let has_backslash = source.contains('\\');
        let bytes = source.as_bytes();
        let mut raw = Vec::new();
        for token in tokens {
            let range = token.range();
            match token.kind() {
                TokenKind::Int | TokenKind::Float | TokenKind::Complex
                    if bytes
                        .get(range.end().to_usize())
                        .is_some_and(u8::is_ascii_alphabetic) =>
                {
                    suspects.push(Suspect::Number(range));
                }
                TokenKind::String if has_backslash => {
                    if let Some(escape) = in_string(&source[range], range.start()) {
                        suspects.push(Suspect::Escape(escape, range));
                    }
                }
                TokenKind::FStringStart | TokenKind::TStringStart if has_backslash => {
                    raw.push(source[range].contains(['r', 'R']));
                }
                TokenKind::FStringEnd | TokenKind::TStringEnd => {
                    raw.pop();
                }
                TokenKind::FStringMiddle | TokenKind::TStringMiddle
                    if raw.last() == Some(&false) =>
                {
                    // Together with the brace or quote behind it: `\{` is no escape either.
                    let end = (range.end().to_usize() + 1).min(source.len());
                    let text = source
                        .get(range.start().to_usize()..end)
                        .unwrap_or(&source[range]);
                    // CPython's tokens end at doubled braces, and each gives one warning.
                    let mut offset = range.start();
                    for piece in split_doubled(text) {
                        if let Some(escape) = bad_escapes(piece, offset, false) {
                            suspects.push(Suspect::Escape(escape, range));
                        }
                        offset += TextSize::of(piece);
                    }
                }
                _ => {}
            }
        }
        Suspects(suspects)
    }
}

/// The pieces of an f-string's text up to and with each pair of braces.
fn split_doubled(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take().filter(|text| !text.is_empty())?;
        let end = ["{{", "}}"]
            .iter()
            .filter_map(|pair| text.find(pair))
            .min()
            .map_or(text.len(), |at| at + 2);
        rest = text.get(end..);
        text.get(..end)
    })
}

/// The first unknown escape of a string token with prefix and quotes.
fn in_string(token: &str, start: TextSize) -> Option<BadEscape> {
    let quote = token.find(['"', '\''])?;
    let (prefix, body) = token.split_at(quote);
    if prefix.contains(['r', 'R']) {
        return None;
    }
    let is_bytes = prefix.contains(['b', 'B']);
    bad_escapes(body, start + TextSize::new(quote as u32), is_bytes)
}

/// Turns what was gathered into warnings.
pub(super) fn warn(parsed: &Parsed, warnings: &mut Vec<Warning>) {
    let source = parsed.source();
    for suspect in &parsed.suspects.0 {
        match suspect {
            Suspect::Number(range) => {
                let text = source[*range].to_ascii_lowercase();
                let kind = if text.starts_with("0x") {
                    "hexadecimal"
                } else if text.starts_with("0o") {
                    "octal"
                } else if text.starts_with("0b") {
                    "binary"
                } else if text.ends_with('j') {
                    "imaginary"
                } else {
                    "decimal"
                };
                let msg = format!("invalid {kind} literal");
                warnings.push(Warning::syntax(parsed.lines(), *range, msg));
            }
            Suspect::Escape(bad, range) => {
                let (shown, what) = match bad.octal {
                    Some(value) => (format!("{value:o}"), "octal escape"),
                    None => (bad.escape.to_string(), "escape"),
                };
                let msg = format!(
                    "\"\\{shown}\" is an invalid {what} sequence. Such sequences will not work \
                     in the future. Did you mean \"\\\\{shown}\"? A raw string is also an option."
                );
                let place = TextRange::new(bad.offset, range.end().max(bad.offset));
                warnings.push(Warning::syntax(parsed.lines(), place, msg));
            }
        }
    }
}
