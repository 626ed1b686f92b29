//! Names, keywords and string prefixes.

use super::{Kind, Lexed, Tokenizer};
use crate::name;

impl Tokenizer<'_> {
    pub(super) fn word(&mut self, start: usize, line: u32) -> Lexed {
        let mut seen = Prefix::default();
        let mut ascii = true;
        while let Some(byte) = self.peek() {
            if matches!(byte, b'\'' | b'"') && seen.valid {
                if let Some((first, second)) = seen.conflict() {
                    return self.incompatible(start, line, first, second);
                }
                return self.string(start, line);
            }
            if !(byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80) {
                break;
            }
            seen.add(byte);
            ascii &= byte.is_ascii();
            self.at += 1;
        }
        if !ascii && !self.lenient {
            self.verify(start)?;
        }
        let kind = if name::is_keyword(&self.text[start..self.at]) {
            Kind::Keyword
        } else {
            Kind::Name
        };
        Ok(self.token(kind, start, line))
    }

    fn incompatible<T>(&mut self, start: usize, line: u32, first: char, second: char) -> Lexed<T> {
        self.at += 1;
        let col = self.column(line, start) + 1;
        let end = self.column(line, self.at) as i32;
        let msg = format!("'{first}' and '{second}' prefixes are incompatible");
        self.error_at(crate::ErrorKind::Syntax, line, col, (line, end), msg)
    }

    /// A word with characters beyond ASCII has to be an identifier.
    fn verify(&mut self, start: usize) -> Lexed<()> {
        let word = &self.text[start..self.at];
        for (idx, c) in word.char_indices() {
            let good = if idx == 0 {
                name::is_identifier_start(c)
            } else {
                name::is_identifier_continue(c)
            };
            if good {
                continue;
            }
            // CPython looks at the normalised form of the whole word.
            let tail = word.get(..idx + c.len_utf8()).unwrap_or(word);
            if name::is_identifier(&name::normalize(tail)) {
                continue;
            }
            self.at = start + idx + c.len_utf8();
            return self.bad_character(c);
        }
        Ok(())
    }

    pub(super) fn bad_character<T>(&self, c: char) -> Lexed<T> {
        let code = c as u32;
        if is_printable(c) {
            self.error(format!("invalid character '{c}' (U+{code:04X})"))
        } else {
            self.error(format!("invalid non-printable character U+{code:04X}"))
        }
    }
}

/// Letters of a string prefix read so far.
#[derive(Default)]
struct Prefix {
    valid: bool,
    started: bool,
    b: bool,
    u: bool,
    r: bool,
    f: bool,
    t: bool,
}

impl Prefix {
    fn add(&mut self, byte: u8) {
        if !self.started {
            self.started = true;
            self.valid = true;
        }
        let slot = match byte.to_ascii_lowercase() {
            b'b' => &mut self.b,
            b'u' => &mut self.u,
            b'r' => &mut self.r,
            b'f' => &mut self.f,
            b't' => &mut self.t,
            _ => {
                self.valid = false;
                return;
            }
        };
        if *slot {
            self.valid = false;
        }
        *slot = true;
    }

    fn conflict(&self) -> Option<(char, char)> {
        let pairs = [
            (self.u && self.b, ('u', 'b')),
            (self.u && self.r, ('u', 'r')),
            (self.u && self.f, ('u', 'f')),
            (self.u && self.t, ('u', 't')),
            (self.b && self.f, ('b', 'f')),
            (self.b && self.t, ('b', 't')),
            (self.f && self.t, ('f', 't')),
        ];
        pairs.into_iter().find(|pair| pair.0).map(|pair| pair.1)
    }
}

/// Whether `str.isprintable` is true of `c`, for characters that are not identifiers.
fn is_printable(c: char) -> bool {
    let code = c as u32;
    let format = matches!(
        code,
        0xad | 0x600..=0x605
            | 0x61c
            | 0x6dd
            | 0x70f
            | 0x890..=0x891
            | 0x8e2
            | 0x180e
            | 0x200b..=0x200f
            | 0x202a..=0x202e
            | 0x2060..=0x206f
            | 0xfeff
            | 0xfff0..=0xfffb
            | 0x110bd
            | 0x110cd
            | 0x13430..=0x1343f
            | 0x1bca0..=0x1bca3
            | 0x1d173..=0x1d17a
            | 0xe0000..=0xe0fff
            | 0xe000..=0xf8ff
            | 0xf0000..=0x10_ffff
    );
    !(format || c.is_control() || (c.is_whitespace() && c != ' ') || code & 0xfffe == 0xfffe)
}
