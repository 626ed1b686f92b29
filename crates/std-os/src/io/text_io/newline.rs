//! Line endings: the `newline` argument, finding the end of a line, universal newlines.

use memchr::{memchr, memchr2};
use taipan_object::wtf8::{Wtf8, Wtf8Buf};
use taipan_object::{PyResult, Thread, Value};

/// What the argument `newline` of a text stream may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newline {
    /// None: all three endings are read as `\n`.
    Universal,
    /// The empty string: all three end a line and are kept.
    Kept,
    /// `\n`
    Lf,
    /// `\r`
    Cr,
    /// `\r\n`
    CrLf,
}

impl Newline {
    /// The mode of an argument: nothing where it is none of the five.
    pub fn parse(text: Option<&str>) -> Option<Newline> {
        Some(match text {
            None => Newline::Universal,
            Some("") => Newline::Kept,
            Some("\n") => Newline::Lf,
            Some("\r") => Newline::Cr,
            Some("\r\n") => Newline::CrLf,
            Some(_) => return None,
        })
    }

    /// What it was parsed of.
    pub fn argument(self) -> Option<&'static str> {
        match self {
            Newline::Universal => None,
            Newline::Kept => Some(""),
            Newline::Lf => Some("\n"),
            Newline::Cr => Some("\r"),
            Newline::CrLf => Some("\r\n"),
        }
    }

    /// The translator of what is read, for the modes that need one.
    pub fn translator(self) -> Option<Translator> {
        match self {
            Newline::Universal => Some(Translator::new(true)),
            Newline::Kept => Some(Translator::new(false)),
            _ => None,
        }
    }

    /// What `\n` becomes when it is written, where it changes.
    pub fn write_ending(self) -> Option<&'static str> {
        match self {
            Newline::Cr => Some("\r"),
            Newline::CrLf => Some("\r\n"),
            _ => None,
        }
    }

    /// Where the first line of `text` ends, its ending included; nothing where it doesn't.
    pub fn find(self, text: &[u8]) -> Option<usize> {
        match self {
            Newline::Universal | Newline::Lf => memchr(b'\n', text).map(|i| i + 1),
            Newline::Cr => memchr(b'\r', text).map(|i| i + 1),
            Newline::CrLf => memchr::memmem::find(text, b"\r\n").map(|i| i + 2),
            Newline::Kept => {
                let i = memchr2(b'\r', b'\n', text)?;
                let pair = text[i] == b'\r' && text.get(i + 1) == Some(&b'\n');
                Some(i + 1 + usize::from(pair))
            }
        }
    }
}

const CR: u8 = 1;
const LF: u8 = 2;
const CRLF: u8 = 4;

/// Universal newlines: keeps `\r\n` together over pieces, remembers which endings came, and translates them if asked.
#[derive(Clone, Debug)]
pub struct Translator {
    translate: bool,
    /// A `\r` that ended the last piece, held back until it is known whether `\n` follows.
    pub pending_cr: bool,
    seen: u8,
}

impl Translator {
    /// A fresh one.
    pub fn new(translate: bool) -> Translator {
        Translator {
            translate,
            pending_cr: false,
            seen: 0,
        }
    }

    /// Forgets everything that came.
    pub fn reset(&mut self) {
        self.pending_cr = false;
        self.seen = 0;
    }

    /// Whether text without `\r` would pass unchanged now; if so, notes the endings in it.
    pub fn pass(&mut self, text: &[u8]) -> bool {
        if self.pending_cr || memchr(b'\r', text).is_some() {
            return false;
        }
        if self.seen & LF == 0 && memchr(b'\n', text).is_some() {
            self.seen |= LF;
        }
        true
    }

    /// Appends the next piece to `out`; `last` if none follows.
    pub fn push(&mut self, out: &mut Wtf8Buf, text: &Wtf8, last: bool) {
        if self.pass(text.as_bytes()) {
            out.push_wtf8(text);
            return;
        }
        let lead = self.pending_cr && (last || !text.is_empty());
        if lead {
            self.pending_cr = false;
        }
        let mut rest = text;
        if !last && rest.as_bytes().last() == Some(&b'\r') {
            rest = &rest[..rest.len() - 1];
            self.pending_cr = true;
        }
        if lead {
            rest = self.after_cr(out, rest);
        }
        while let Some(i) = memchr2(b'\r', b'\n', rest.as_bytes()) {
            let (before, from) = (&rest[..i], &rest[i + 1..]);
            if rest.as_bytes()[i] == b'\n' {
                self.seen |= LF;
                out.push_wtf8(&rest[..i + 1]);
                rest = from;
            } else {
                out.push_wtf8(before);
                rest = self.after_cr(out, from);
            }
        }
        out.push_wtf8(rest);
    }

    /// Writes the ending that a `\r` begins; what follows it.
    fn after_cr<'a>(&mut self, out: &mut Wtf8Buf, rest: &'a Wtf8) -> &'a Wtf8 {
        let pair = rest.as_bytes().first() == Some(&b'\n');
        self.seen |= if pair { CRLF } else { CR };
        out.push_str(match (self.translate, pair) {
            (true, _) => "\n",
            (false, true) => "\r\n",
            (false, false) => "\r",
        });
        &rest[usize::from(pair)..]
    }

    /// Which endings came: a bit each.
    pub fn seen(&self) -> u8 {
        self.seen
    }
}

/// The attribute `newlines` for what a [`Translator`] saw: None, a string or a tuple of strings.
///
/// # Errors
/// `MemoryError`.
pub fn newlines(th: &Thread, seen: u8) -> PyResult {
    let mut found = [Value::NONE; 3];
    let mut n = 0;
    for (bit, text) in [(CR, "\r"), (LF, "\n"), (CRLF, "\r\n")] {
        if seen & bit != 0 {
            found[n] = Value::str(th, text);
            n += 1;
        }
    }
    match n {
        0 | 1 => Ok(found[0]),
        _ => Value::try_tuple(th, &found[..n]),
    }
}

/// The first `n` characters of a text: how many bytes they take, and how many there are.
pub fn chars_prefix(text: &[u8], n: usize) -> (usize, usize) {
    let mut left = n;
    for (i, b) in text.iter().enumerate() {
        if b & 0xC0 != 0x80 {
            if left == 0 {
                return (i, n);
            }
            left -= 1;
        }
    }
    (text.len(), n - left)
}

/// How many characters a text has.
pub fn count_chars(text: &[u8]) -> usize {
    text.iter().filter(|b| **b & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(translate: bool, pieces: &[&str]) -> (String, u8) {
        let mut t = Translator::new(translate);
        let mut out = Wtf8Buf::new();
        for (i, p) in pieces.iter().enumerate() {
            t.push(&mut out, Wtf8::new(*p), i + 1 == pieces.len());
        }
        (out.into_string().expect("no surrogates"), t.seen())
    }

    #[test]
    fn endings_split_over_pieces_are_one() {
        assert_eq!(
            run(true, &["a\r", "\nb", "\r", ""]),
            ("a\nb\n".into(), CRLF | CR)
        );
        assert_eq!(
            run(false, &["a\r", "\nb\n\r", "\r", "\n"]),
            ("a\r\nb\n\r\r\n".into(), 7)
        );
        assert_eq!(run(true, &["a\r\n\r", "b"]), ("a\n\nb".into(), CRLF | CR));
        assert_eq!(run(true, &["\r", "", "\r", "x"]), ("\n\nx".into(), CR));
    }

    #[test]
    fn lines_end_where_the_mode_says() {
        assert_eq!(Newline::Kept.find(b"ab\r\nc"), Some(4));
        assert_eq!(Newline::Kept.find(b"ab\rc"), Some(3));
        assert_eq!(Newline::CrLf.find(b"a\rb\nc\r\n"), Some(7));
        assert_eq!(Newline::Cr.find(b"a\nb"), None);
        assert_eq!(chars_prefix("aé€x".as_bytes(), 3), (6, 3));
        assert_eq!(chars_prefix("aé".as_bytes(), 3), (3, 2));
    }
}
