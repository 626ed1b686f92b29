//! Plain string and bytes literals, and the start of f-strings and t-strings.

use super::{Kind, Lexed, MAX_FSTRING_LEVEL, StringMode, Tokenizer};

impl Tokenizer<'_> {
    /// A literal whose prefix has been read: the quote comes next.
    pub(super) fn string(&mut self, start: usize, line: u32) -> Lexed {
        let prefix = self.text[start..self.at].to_ascii_lowercase();
        let Some(quote) = self.peek() else {
            return self.error("unterminated string literal");
        };
        let triple = self.peek_at(1) == Some(quote) && self.peek_at(2) == Some(quote);
        if prefix.contains(['f', 't']) {
            let size = if triple { 3 } else { 1 };
            self.at += size;
            return self.interpolated(start, line, &prefix, quote, size as u32);
        }
        if triple {
            self.at += 3;
            return self.triple(start, line, quote);
        }
        self.at += 1;
        let mut escaped_quote = false;
        loop {
            match self.peek() {
                None | Some(b'\n') => break,
                Some(byte) if byte == quote => {
                    self.at += 1;
                    return Ok(self.token(Kind::String, start, line));
                }
                Some(b'\\') => {
                    self.at += 1;
                    escaped_quote |= self.peek() == Some(quote);
                    self.bump();
                }
                Some(_) => self.at += 1,
            }
        }
        if let Some(mode) = self.strings.last()
            && mode.quote == quote
            && mode.quote_size == 1
        {
            let letter = if mode.is_template { 't' } else { 'f' };
            return self.error_from(start, line, format!("{letter}-string: expecting '}}'"));
        }
        let seen = self.line_at(self.at);
        let hint = if escaped_quote {
            "; perhaps you escaped the end quote?"
        } else {
            ""
        };
        let msg = format!("unterminated string literal (detected at line {seen}){hint}");
        self.error_from(start, line, msg)
    }

    fn triple(&mut self, start: usize, line: u32, quote: u8) -> Lexed {
        let mut run = 0;
        while let Some(byte) = self.bump() {
            if byte == quote {
                run += 1;
                if run == 3 {
                    return Ok(self.token(Kind::String, start, line));
                }
                continue;
            }
            run = 0;
            if byte == b'\\' {
                self.bump();
            }
        }
        if let Some(mode) = self.strings.last()
            && mode.quote == quote
            && mode.quote_size == 3
        {
            let letter = if mode.is_template { 't' } else { 'f' };
            return self.error_from(start, line, format!("{letter}-string: expecting '}}'"));
        }
        let seen = self.line_at(self.at);
        let msg = format!("unterminated triple-quoted string literal (detected at line {seen})");
        self.error_from(start, line, msg)
    }

    fn interpolated(
        &mut self,
        start: usize,
        line: u32,
        prefix: &str,
        quote: u8,
        quote_size: u32,
    ) -> Lexed {
        if self.strings.len() + 1 >= MAX_FSTRING_LEVEL {
            return self.error("too many nested f-strings or t-strings");
        }
        let is_template = prefix.contains('t');
        self.strings.push(StringMode {
            in_expression: false,
            is_template,
            quote,
            quote_size,
            raw: prefix.contains('r'),
            depth: 0,
            field_depth: -1,
            in_format_spec: false,
            start: start as u32,
            line,
        });
        let kind = if is_template {
            Kind::TStringStart
        } else {
            Kind::FStringStart
        };
        Ok(self.token(kind, start, line))
    }
}
