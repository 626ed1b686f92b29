//! Numbers, with an error for every way of misspelling one.

use super::{Kind, Lexed, Tokenizer};
use crate::error::ErrorKind;

impl Tokenizer<'_> {
    pub(super) fn number(&mut self, start: usize, line: u32) -> Lexed {
        if self.peek() == Some(b'0') {
            match self.peek_at(1) {
                Some(b'x' | b'X') => return self.radix(start, line, "hexadecimal", 16),
                Some(b'o' | b'O') => return self.radix(start, line, "octal", 8),
                Some(b'b' | b'B') => return self.radix(start, line, "binary", 2),
                _ => return self.zero(start, line),
            }
        }
        if self.peek() != Some(b'.') {
            self.digits()?;
        }
        self.after_integer(start, line)
    }

    /// Digits and underscores of a decimal number; the first is a digit.
    fn digits(&mut self) -> Lexed<()> {
        loop {
            while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                self.at += 1;
            }
            if !self.eat(b'_') {
                return Ok(());
            }
            if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return self.error("invalid decimal literal");
            }
        }
    }

    fn radix(&mut self, start: usize, line: u32, kind: &str, radix: u32) -> Lexed {
        self.at += 2;
        let is_digit = |byte: u8| char::from(byte).is_digit(radix);
        loop {
            let underscore = self.eat(b'_');
            match self.peek() {
                Some(byte) if is_digit(byte) => {}
                Some(byte) if byte.is_ascii_digit() => return self.wrong_digit(byte, kind),
                _ => {
                    let _ = underscore;
                    return self.error(format!("invalid {kind} literal"));
                }
            }
            while self.peek().is_some_and(is_digit) {
                self.at += 1;
            }
            if self.peek() != Some(b'_') {
                break;
            }
        }
        if let Some(byte) = self.peek().filter(u8::is_ascii_digit) {
            return self.wrong_digit(byte, kind);
        }
        self.end_of_number(kind)?;
        Ok(self.token(Kind::Number, start, line))
    }

    fn wrong_digit<T>(&mut self, byte: u8, kind: &str) -> Lexed<T> {
        self.at += 1;
        let digit = char::from(byte);
        self.error(format!("invalid digit '{digit}' in {kind} literal"))
    }

    /// A number that begins with a zero is zero, or not an integer.
    fn zero(&mut self, start: usize, line: u32) -> Lexed {
        let mut nonzero = false;
        loop {
            while self.eat(b'0') {}
            if self.eat(b'_') {
                if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                    return self.error("invalid decimal literal");
                }
                if self.peek() == Some(b'0') {
                    continue;
                }
            }
            break;
        }
        let zeros_end = self.at + 1;
        if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            nonzero = true;
            self.digits()?;
        }
        match self.peek() {
            Some(b'.' | b'e' | b'E' | b'j' | b'J') => self.after_integer(start, line),
            _ if nonzero && !self.lenient => {
                let col = self.column(line, start) + 1;
                let end = self.column(line, zeros_end) as i32;
                let msg = "leading zeros in decimal integer literals are not permitted; \
                           use an 0o prefix for octal integers";
                self.error_at(ErrorKind::Syntax, line, col, (line, end), msg)
            }
            _ => {
                self.end_of_number("decimal")?;
                Ok(self.token(Kind::Number, start, line))
            }
        }
    }

    fn after_integer(&mut self, start: usize, line: u32) -> Lexed {
        if self.eat(b'.') && self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            let signed = matches!(self.peek_at(1), Some(b'+' | b'-'));
            let digit = self.peek_at(1 + usize::from(signed));
            if digit.is_some_and(|byte| byte.is_ascii_digit()) {
                self.at += 1 + usize::from(signed);
                self.digits()?;
            } else if signed {
                self.at += 2;
                return self.error("invalid decimal literal");
            }
        }
        let kind = if matches!(self.peek(), Some(b'j' | b'J')) {
            self.at += 1;
            "imaginary"
        } else {
            "decimal"
        };
        self.end_of_number(kind)?;
        Ok(self.token(Kind::Number, start, line))
    }

    /// A number may run into a keyword that can follow it, with a warning, but into no other
    /// word.
    fn end_of_number(&mut self, kind: &str) -> Lexed<()> {
        if self.lenient {
            return Ok(());
        }
        let Some(next) = self.text[self.at..].chars().next() else {
            return Ok(());
        };
        let rest = &self.text[self.at..];
        let keywords: &[&str] = match next {
            'a' => &["and"],
            'e' => &["else"],
            'f' => &["for"],
            'i' => &["if", "in", "is"],
            'n' => &["not"],
            'o' => &["or"],
            _ => &[],
        };
        if keywords.iter().any(|keyword| rest.starts_with(keyword)) {
            return Ok(());
        }
        if next.is_ascii_alphabetic() || next == '_' {
            return self.error(format!("invalid {kind} literal"));
        }
        if !next.is_ascii() && crate::name::is_identifier_start(next) {
            return self.error(format!("invalid {kind} literal"));
        }
        Ok(())
    }
}
