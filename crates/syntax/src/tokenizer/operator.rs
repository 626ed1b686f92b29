//! Operators, delimiters and brackets.

use super::{Bracket, Kind, Lexed, MAX_LEVEL, Tokenizer};

const THREE: [&str; 5] = ["**=", "//=", ">>=", "<<=", "..."];
const TWO: [&str; 21] = [
    "!=", "%=", "&=", "**", "*=", "+=", "-=", "->", "//", "/=", ":=", "<<", "<=", "<>", "==", ">=",
    ">>", "@=", "^=", "|=", "||",
];

impl Tokenizer<'_> {
    pub(super) fn operator(&mut self, start: usize, line: u32) -> Lexed {
        let Some(byte) = self.peek() else {
            return self.error("unexpected EOF while parsing");
        };
        if let Some(mode) = self.strings.last()
            && byte == b':'
            && mode.depth - 1 == mode.field_depth
        {
            // The colon of a replacement field: what follows is a format specification.
            self.at += 1;
            if let Some(mode) = self.strings.last_mut() {
                mode.in_expression = false;
                mode.in_format_spec = true;
            }
            return Ok(self.token(Kind::Op, start, line));
        }
        let rest = &self.text[start..];
        if THREE.iter().any(|op| rest.starts_with(op)) {
            self.at += 3;
            return Ok(self.token(Kind::Op, start, line));
        }
        if TWO[..20].iter().any(|op| rest.starts_with(op)) {
            self.at += 2;
            return Ok(self.token(Kind::Op, start, line));
        }
        match byte {
            b'(' | b'[' | b'{' => {
                self.at += 1;
                if self.brackets.len() >= MAX_LEVEL {
                    return self.error("too many nested parentheses");
                }
                self.brackets.push(Bracket {
                    open: byte,
                    offset: start as u32,
                    line,
                });
                if let Some(mode) = self.strings.last_mut() {
                    mode.depth += 1;
                }
            }
            b')' | b']' | b'}' => {
                self.at += 1;
                self.close(byte, line)?;
            }
            0x21..=0x7e => self.at += 1,
            _ => {
                self.at += 1;
                return self.bad_character(char::from(byte));
            }
        }
        Ok(self.token(Kind::Op, start, line))
    }

    fn close(&mut self, byte: u8, line: u32) -> Lexed<()> {
        let close = char::from(byte);
        let letter = match self.strings.last() {
            Some(mode) if mode.is_template => 't',
            _ => 'f',
        };
        if let Some(mode) = self.strings.last()
            && mode.depth == 0
            && byte == b'}'
        {
            return self.error(format!("{letter}-string: single '}}' is not allowed"));
        }
        let Some(bracket) = self.brackets.pop() else {
            if self.lenient {
                return Ok(());
            }
            return self.error(format!("unmatched '{close}'"));
        };
        let expected = match bracket.open {
            b'(' => b')',
            b'[' => b']',
            _ => b'}',
        };
        if byte != expected && !self.lenient {
            if let Some(mode) = self.strings.last()
                && bracket.open == b'{'
                && mode.depth - 1 == mode.field_depth
            {
                return self.error(format!("{letter}-string: unmatched '{close}'"));
            }
            let open = char::from(bracket.open);
            let place = if bracket.line == line {
                String::new()
            } else {
                format!(" on line {}", bracket.line)
            };
            return self.error(format!(
                "closing parenthesis '{close}' does not match opening parenthesis '{open}'{place}"
            ));
        }
        if let Some(mode) = self.strings.last_mut() {
            mode.depth -= 1;
            if byte == b'}' && mode.depth == mode.field_depth {
                mode.field_depth -= 1;
                mode.in_expression = false;
                mode.in_format_spec = mode.field_depth >= 0 && mode.in_format_spec;
            }
        }
        Ok(())
    }
}
