//! Literal text of f-strings and t-strings.

use super::{Kind, Lexed, StringMode, Tokenizer};

/// How deeply replacement fields may be nested in format specifications.
const MAX_FIELD_DEPTH: i32 = 3;

impl Tokenizer<'_> {
    pub(super) fn string_part(&mut self) -> Lexed {
        let Some(mode) = self.strings.last().copied() else {
            return self.error("no string is open");
        };
        let (start, line) = (self.at, self.line);
        let letter = if mode.is_template { 't' } else { 'f' };
        if self.peek() == Some(b'{') && self.peek_at(1) != Some(b'{') || self.at_field(&mode) {
            return self.open_field(letter);
        }
        if self.at_closing_quote(&mode) {
            self.at += mode.quote_size as usize;
            self.strings.pop();
            let kind = if mode.is_template {
                Kind::TStringEnd
            } else {
                Kind::FStringEnd
            };
            return Ok(self.token(kind, start, line));
        }
        let in_format_spec = mode.in_format_spec && mode.field_depth >= 0;
        let mut unicode_escape = false;
        loop {
            if self.at_closing_quote(&mode) {
                break;
            }
            let Some(byte) = self.peek() else {
                return self.unterminated(&mode);
            };
            match byte {
                b'\n' if mode.quote_size == 1 => {
                    if in_format_spec {
                        self.at += 1;
                        return self.error(format!(
                            "{letter}-string: newlines are not allowed in format specifiers for \
                             single quoted {letter}-strings"
                        ));
                    }
                    return self.unterminated(&mode);
                }
                b'{' => {
                    if self.peek_at(1) == Some(b'{') && !in_format_spec {
                        self.at += 1;
                        let token = self.middle(start, line, &mode);
                        self.at += 1;
                        return Ok(token);
                    }
                    if unicode_escape {
                        // `\N{…}`: its braces are text.
                        self.at += 1;
                        continue;
                    }
                    break;
                }
                b'}' => {
                    if unicode_escape {
                        self.at += 1;
                        return Ok(self.middle(start, line, &mode));
                    }
                    if self.peek_at(1) == Some(b'}') && !in_format_spec && mode.depth == 0 {
                        self.at += 1;
                        let token = self.middle(start, line, &mode);
                        self.at += 1;
                        return Ok(token);
                    }
                    if let Some(mode) = self.strings.last_mut() {
                        mode.in_expression = true;
                    }
                    break;
                }
                b'\\' => {
                    self.at += 1;
                    match self.peek() {
                        Some(b'{' | b'}') | None => {}
                        Some(b'N') if !mode.raw => {
                            self.at += 1;
                            if self.eat(b'{') {
                                unicode_escape = true;
                            }
                        }
                        Some(_) => {
                            self.bump();
                        }
                    }
                }
                _ => {
                    self.bump();
                }
            }
        }
        if self.at == start && self.peek() == Some(b'{') {
            return self.open_field(letter);
        }
        Ok(self.middle(start, line, &mode))
    }

    fn middle(&self, start: usize, line: u32, mode: &StringMode) -> super::Token {
        let kind = if mode.is_template {
            Kind::TStringMiddle
        } else {
            Kind::FStringMiddle
        };
        self.token(kind, start, line)
    }

    /// In a format specification a doubled brace is two nested fields.
    fn at_field(&self, mode: &StringMode) -> bool {
        self.peek() == Some(b'{') && mode.in_format_spec && mode.field_depth >= 0
    }

    fn open_field(&mut self, letter: char) -> Lexed {
        let nested = match self.strings.last_mut() {
            Some(mode) => {
                mode.field_depth += 1;
                mode.in_expression = true;
                mode.field_depth
            }
            None => 0,
        };
        if nested >= MAX_FIELD_DEPTH {
            return self.error(format!("{letter}-string: expressions nested too deeply"));
        }
        self.next_token()
    }

    fn at_closing_quote(&self, mode: &StringMode) -> bool {
        (0..mode.quote_size as usize).all(|ahead| self.peek_at(ahead) == Some(mode.quote))
    }

    fn unterminated<T>(&self, mode: &StringMode) -> Lexed<T> {
        let letter = if mode.is_template { 't' } else { 'f' };
        let triple = if mode.quote_size == 3 {
            "triple-quoted "
        } else {
            ""
        };
        let seen = self.line_at(self.at);
        let msg = format!("unterminated {triple}{letter}-string literal (detected at line {seen})");
        self.error_from(mode.start as usize, mode.line, msg)
    }
}
