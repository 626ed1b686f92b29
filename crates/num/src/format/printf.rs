//! `%` formatting of `str` and `bytes`: conversion specs and the numbers they print.
//!
//! The parser works on the bytes of the format (of WTF-8 text or of a `bytes` object) and
//! yields ranges into it; the caller fetches arguments and calls the `format_*` functions.
//! The order of CPython's errors is kept: a missing key or a bad `*` is reported before a
//! bad conversion letter, which is why the letter comes as a `Result`.

use std::fmt;
use std::ops::Range;

use rustpython_wtf8::{Wtf8, Wtf8Buf};

use super::{FloatStyle, magnitude_text};
use crate::{BigInt, ErrorKind, IntError};

/// `#`, `-`, `0`, `+` and space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub alternate: bool,
    pub left: bool,
    pub zero: bool,
    pub plus: bool,
    pub space: bool,
}

/// A width or precision: written out, or the next argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    Number(usize),
    Star,
}

/// One `%...` of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// Where the mapping key is (without its parentheses).
    pub key: Option<Range<usize>>,
    pub flags: Flags,
    pub width: Option<Amount>,
    pub precision: Option<Amount>,
    /// The conversion letter (one of `diouxXeEfFgGcrsa`, for bytes also `b`), or what is
    /// wrong with it: to be raised once key, width and precision have been fetched.
    pub letter: Result<char, PrintfError>,
}

/// A part of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Copied as it is.
    Literal(Range<usize>),
    Conversion(Conversion),
}

/// What is wrong with a format. `Display` is CPython's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintfError {
    Incomplete,
    IncompleteKey,
    WidthTooBig,
    PrecisionTooBig { bytes: bool },
    Unsupported { code: u32, index: usize },
    // What a caller finds out from the arguments.
    NotEnoughArguments,
    NotAllConverted { bytes: bool },
    NeedsMapping,
    StarWantsInt,
    CharRange,
    ByteRange,
}

impl PrintfError {
    /// The exception CPython raises for it.
    pub fn kind(self) -> ErrorKind {
        match self {
            PrintfError::Incomplete
            | PrintfError::IncompleteKey
            | PrintfError::WidthTooBig
            | PrintfError::PrecisionTooBig { .. }
            | PrintfError::Unsupported { .. } => ErrorKind::ValueError,
            PrintfError::CharRange | PrintfError::ByteRange => ErrorKind::OverflowError,
            PrintfError::NotEnoughArguments
            | PrintfError::NotAllConverted { .. }
            | PrintfError::NeedsMapping
            | PrintfError::StarWantsInt => ErrorKind::TypeError,
        }
    }
}

impl fmt::Display for PrintfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self {
            PrintfError::Unsupported { code, index } => {
                let shown = match code {
                    0x20..=0x7e => char::from(code as u8),
                    _ => '?',
                };
                return write!(
                    f,
                    "unsupported format character '{shown}' (0x{code:x}) at index {index}"
                );
            }
            PrintfError::Incomplete => "incomplete format",
            PrintfError::IncompleteKey => "incomplete format key",
            PrintfError::WidthTooBig => "width too big",
            PrintfError::PrecisionTooBig { bytes: false } => "precision too big",
            PrintfError::PrecisionTooBig { bytes: true } => "prec too big",
            PrintfError::NotEnoughArguments => "not enough arguments for format string",
            PrintfError::NotAllConverted { bytes: false } => {
                "not all arguments converted during string formatting"
            }
            PrintfError::NotAllConverted { bytes: true } => {
                "not all arguments converted during bytes formatting"
            }
            PrintfError::NeedsMapping => "format requires a mapping",
            PrintfError::StarWantsInt => "* wants int",
            PrintfError::CharRange => "%c arg not in range(0x110000)",
            PrintfError::ByteRange => "%c arg not in range(256)",
        })
    }
}

impl std::error::Error for PrintfError {}

/// Iterates over the pieces of a format. An error ends it.
pub struct Parser<'a> {
    format: &'a [u8],
    is_bytes: bool,
    at: usize,
}

impl<'a> Parser<'a> {
    /// The format of `str % ...`.
    pub fn text(format: &'a Wtf8) -> Self {
        Parser {
            format: format.as_bytes(),
            is_bytes: false,
            at: 0,
        }
    }

    /// The format of `bytes % ...`.
    pub fn bytes(format: &'a [u8]) -> Self {
        Parser {
            format,
            is_bytes: true,
            at: 0,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    fn conversion(&mut self) -> Result<Conversion, PrintfError> {
        let mut c = Conversion {
            key: None,
            flags: Flags::default(),
            width: None,
            precision: None,
            letter: Err(PrintfError::Incomplete),
        };
        if self.peek() == Some(b'(') {
            c.key = Some(self.key()?);
        }
        while let Some(b) = self.peek() {
            match b {
                b'-' => c.flags.left = true,
                b'+' => c.flags.plus = true,
                b' ' => c.flags.space = true,
                b'#' => c.flags.alternate = true,
                b'0' => c.flags.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        // A number too big ends parsing, but the key is looked up before that is noticed.
        c.width = match self.amount(i64::MAX as u64) {
            Ok(width) => width,
            Err(()) => {
                c.letter = Err(PrintfError::WidthTooBig);
                return Ok(c);
            }
        };
        if self.peek() == Some(b'.') {
            self.at += 1;
            c.precision = match self.amount(i32::MAX as u64) {
                Ok(precision) => precision.or(Some(Amount::Number(0))),
                Err(()) => {
                    c.letter = Err(PrintfError::PrecisionTooBig {
                        bytes: self.is_bytes,
                    });
                    return Ok(c);
                }
            };
        }
        if matches!(self.peek(), Some(b'h' | b'l' | b'L')) {
            self.at += 1;
        }
        c.letter = self.letter();
        Ok(c)
    }

    fn key(&mut self) -> Result<Range<usize>, PrintfError> {
        let start = self.at + 1;
        let mut depth = 1;
        self.at = start;
        while let Some(b) = self.peek() {
            self.at += 1;
            match b {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(start..self.at - 1);
            }
        }
        Err(PrintfError::IncompleteKey)
    }

    fn amount(&mut self, most: u64) -> Result<Option<Amount>, ()> {
        if self.peek() == Some(b'*') {
            self.at += 1;
            return Ok(Some(Amount::Star));
        }
        let mut value = None;
        while let Some(b @ b'0'..=b'9') = self.peek() {
            let so_far: u64 = value.unwrap_or(0);
            let next = so_far
                .checked_mul(10)
                .and_then(|n| n.checked_add(u64::from(b - b'0')));
            value = Some(next.filter(|&n| n <= most).ok_or(())?);
            self.at += 1;
        }
        Ok(value.map(|n| Amount::Number(n as usize)))
    }

    fn letter(&mut self) -> Result<char, PrintfError> {
        let Some(b) = self.peek() else {
            return Err(PrintfError::Incomplete);
        };
        let known = match b {
            b'd' | b'i' | b'o' | b'u' | b'x' | b'X' | b'e' | b'E' | b'f' | b'F' | b'g' | b'G'
            | b'c' | b'r' | b's' | b'a' => true,
            b'b' => self.is_bytes,
            _ => false,
        };
        if known {
            self.at += 1;
            return Ok(char::from(b));
        }
        if self.is_bytes {
            return Err(PrintfError::Unsupported {
                code: u32::from(b),
                index: self.at,
            });
        }
        // Both slices end at character boundaries, since only ASCII was skipped.
        let code = Wtf8::from_bytes(&self.format[self.at..])
            .and_then(|rest| rest.code_points().next())
            .map_or(u32::from(b), |c| c.to_u32());
        let index = Wtf8::from_bytes(&self.format[..self.at])
            .map_or(self.at, |before| before.code_points().count());
        Err(PrintfError::Unsupported { code, index })
    }
}

impl Iterator for Parser<'_> {
    type Item = Result<Piece, PrintfError>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        let rest = self.format.get(start..)?;
        if rest.is_empty() {
            return None;
        }
        let literal = rest.iter().position(|&b| b == b'%').unwrap_or(rest.len());
        if literal > 0 {
            self.at += literal;
            return Some(Ok(Piece::Literal(start..self.at)));
        }
        if rest.get(1) == Some(&b'%') {
            self.at += 2;
            return Some(Ok(Piece::Literal(start + 1..self.at)));
        }
        self.at += 1;
        let piece = self.conversion();
        if !matches!(piece, Ok(Conversion { letter: Ok(_), .. })) {
            self.at = self.format.len();
        }
        Some(piece.map(Piece::Conversion))
    }
}

/// A conversion whose stars have been resolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    pub flags: Flags,
    pub width: usize,
    pub precision: Option<usize>,
}

impl Layout {
    /// Takes the value of a `*` width: a negative one aligns left.
    pub fn set_width(&mut self, width: i64) {
        if width < 0 {
            self.flags.left = true;
        }
        self.width = width.unsigned_abs() as usize;
    }

    /// Takes the value of a `*` precision: a negative one counts as 0.
    pub fn set_precision(&mut self, precision: i64) {
        self.precision = Some(precision.max(0) as usize);
    }
}

fn pad_number(
    sign: &str,
    prefix: &str,
    digits: &str,
    zero: bool,
    layout: Layout,
) -> Result<String, IntError> {
    let length = sign.len() + prefix.len() + digits.len();
    let fill = layout.width.saturating_sub(length);
    check_room(fill)?;
    Ok(if layout.flags.left {
        format!("{sign}{prefix}{digits}{}", " ".repeat(fill))
    } else if zero {
        format!("{sign}{prefix}{}{digits}", "0".repeat(fill))
    } else {
        format!("{}{sign}{prefix}{digits}", " ".repeat(fill))
    })
}

/// Fails where a text so long cannot be allocated.
fn check_room(bytes: usize) -> Result<(), IntError> {
    let mut probe: Vec<u8> = Vec::new();
    probe
        .try_reserve_exact(if bytes > 1 << 20 {
            bytes.saturating_mul(2)
        } else {
            0
        })
        .map_err(|_| IntError::OutOfMemory)
}

fn sign_text(negative: bool, flags: Flags) -> &'static str {
    match (negative, flags.plus, flags.space) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    }
}

/// `%d %i %u %o %x %X` of an integer.
pub fn format_int(
    value: &BigInt,
    letter: char,
    layout: Layout,
    max_digits: usize,
) -> Result<String, IntError> {
    let (mut digits, prefix) = match letter {
        'o' => (value.magnitude_radix(8), "0o"),
        'x' => (value.magnitude_radix(16), "0x"),
        'X' => (value.magnitude_radix(16).to_ascii_uppercase(), "0X"),
        _ => {
            let text = value.to_decimal(max_digits)?;
            (text.trim_start_matches('-').to_string(), "")
        }
    };
    if let Some(precision) = layout.precision
        && precision > digits.len()
    {
        check_room(precision)?;
        digits = format!("{}{digits}", "0".repeat(precision - digits.len()));
    }
    let prefix = if layout.flags.alternate { prefix } else { "" };
    let sign = sign_text(value.is_negative(), layout.flags);
    pad_number(sign, prefix, &digits, layout.flags.zero, layout)
}

/// `%e %E %f %F %g %G` of a float.
pub fn format_float(value: f64, letter: char, layout: Layout) -> Result<String, IntError> {
    let precision = layout.precision.unwrap_or(6);
    check_room(precision)?;
    let style = FloatStyle::letter(letter, precision, layout.flags.alternate);
    let digits = magnitude_text(value, style);
    let negative = value.is_sign_negative() && !value.is_nan();
    let sign = sign_text(negative, layout.flags);
    pad_number(sign, "", &digits, layout.flags.zero, layout)
}

/// `%s %r %a %c` of a text: cut to the precision (not for `c`: pass `None`), padded by spaces.
pub fn format_text(value: &Wtf8, layout: Layout) -> Result<Wtf8Buf, IntError> {
    let shown = match layout.precision {
        Some(p) => match value.code_point_indices().nth(p) {
            Some((end, _)) => &value[..end],
            None => value,
        },
        None => value,
    };
    let fill = match layout.width {
        0 => 0,
        width => width.saturating_sub(shown.code_points().count()),
    };
    check_room(fill)?;
    let mut out = Wtf8Buf::with_capacity(shown.len() + fill);
    if !layout.flags.left {
        out.push_str(&" ".repeat(fill));
    }
    out.push_wtf8(shown);
    if layout.flags.left {
        out.push_str(&" ".repeat(fill));
    }
    Ok(out)
}

/// `%b %s %a %r %c` of bytes: cut to the precision, padded by spaces.
pub fn format_bytes(value: &[u8], layout: Layout) -> Result<Vec<u8>, IntError> {
    let shown = match layout.precision {
        Some(p) => &value[..p.min(value.len())],
        None => value,
    };
    let fill = layout.width.saturating_sub(shown.len());
    check_room(fill)?;
    let mut out = Vec::with_capacity(shown.len() + fill);
    if !layout.flags.left {
        out.resize(fill, b' ');
    }
    out.extend_from_slice(shown);
    if layout.flags.left {
        out.resize(out.len() + fill, b' ');
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A readable rendering of a parsed format.
    fn shape(format: &str) -> String {
        let mut out = String::new();
        for piece in Parser::text(Wtf8::new(format)) {
            out += &match piece {
                Ok(Piece::Literal(r)) => format!("[{}]", &format[r]),
                Ok(Piece::Conversion(c)) => {
                    let key = c.key.map(|k| &format[k]);
                    let letter = c.letter.map_or_else(|e| e.to_string(), |l| l.to_string());
                    format!("<{key:?} {:?} {:?} {letter}>", c.width, c.precision)
                }
                Err(e) => format!("!{e}"),
            };
        }
        out
    }

    #[test]
    fn parses_formats() {
        assert_eq!(shape("a%%b%d"), "[a][%][b]<None None None d>");
        assert_eq!(
            shape("%((a))-*.3ls."),
            "<Some(\"(a)\") Some(Star) Some(Number(3)) s>[.]"
        );
        assert_eq!(shape("%.f"), "<None None Some(Number(0)) f>");
    }

    #[test]
    fn reports_errors_as_cpython_does() {
        let table = [
            ("abc%", "[abc]<None None None incomplete format>"),
            ("%5", "<None Some(Number(5)) None incomplete format>"),
            ("%(", "!incomplete format key"),
            ("%(a", "!incomplete format key"),
            (
                "%(x)y",
                "<Some(\"x\") None None unsupported format character 'y' (0x79) at index 4>",
            ),
            (
                "\u{e9}%\u{1234}",
                "[\u{e9}]<None None None unsupported format character '?' (0x1234) at index 2>",
            ),
            (
                "%5%",
                "<None Some(Number(5)) None unsupported format character '%' (0x25) at index 2>",
            ),
            (
                "%hld",
                "<None None None unsupported format character 'l' (0x6c) at index 2>",
            ),
            ("%99999999999999999999d", "<None None None width too big>"),
            ("%.2147483648d", "<None None None precision too big>"),
        ];
        for (format, expected) in table {
            assert_eq!(shape(format), expected, "{format}");
        }
    }

    #[test]
    fn pads_text_by_characters() {
        let layout = |left, width, precision| Layout {
            flags: Flags {
                left,
                ..Flags::default()
            },
            width,
            precision,
        };
        let text = |l| format_text(Wtf8::new("h\u{e9}llo"), l).unwrap();
        assert_eq!(
            text(layout(false, 7, Some(2))),
            Wtf8Buf::from("     h\u{e9}")
        );
        assert_eq!(text(layout(true, 7, None)), Wtf8Buf::from("h\u{e9}llo  "));
        assert_eq!(
            format_bytes(b"abc", layout(false, 5, Some(1))).unwrap(),
            b"    a"
        );
        assert!(format_bytes(b"abc", layout(false, usize::MAX / 2, None)).is_err());
    }
}
