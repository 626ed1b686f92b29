//! The tokenizer's tokens as CPython shows them.

use taipan_object::{PyResult, Thread, Value};
use taipan_syntax::tokenizer::{Kind, Stop, Token, Tokenizer};
use taipan_syntax::{ErrorKind, Lines, SyntaxError, TextSize};

use super::lines::Text;

/// Numbers of token types.
mod ty {
    pub const ENDMARKER: u8 = 0;
    pub const NAME: u8 = 1;
    pub const NUMBER: u8 = 2;
    pub const STRING: u8 = 3;
    pub const NEWLINE: u8 = 4;
    pub const INDENT: u8 = 5;
    pub const DEDENT: u8 = 6;
    pub const OP: u8 = 55;
    pub const FSTRING_START: u8 = 59;
    pub const FSTRING_MIDDLE: u8 = 60;
    pub const FSTRING_END: u8 = 61;
    pub const TSTRING_START: u8 = 62;
    pub const TSTRING_MIDDLE: u8 = 63;
    pub const TSTRING_END: u8 = 64;
    pub const COMMENT: u8 = 65;
    pub const NL: u8 = 66;
}

/// Operators by their own numbers, which begin at 7.
const EXACT: [&str; 48] = [
    "(", ")", "[", "]", ":", ",", ";", "+", "-", "*", "/", "|", "&", "<", ">", "=", ".", "%", "{",
    "}", "==", "!=", "<=", ">=", "~", "^", "<<", ">>", "**", "+=", "-=", "*=", "/=", "%=", "&=",
    "|=", "^=", "<<=", ">>=", "**=", "//", "//=", "@", "@=", "->", "...", ":=", "!",
];

/// A token for Python: type, text, where it begins and ends, and its lines.
pub struct Tok {
    ty: u8,
    text: String,
    start: (u32, i64),
    end: (u32, i64),
    line: String,
}

impl Tok {
    /// The tuple.
    ///
    /// # Errors
    /// `MemoryError`
    pub fn object(&self, th: &Thread) -> PyResult {
        let pair = |(line, col): (u32, i64)| {
            Value::tuple(th, &[Value::small_int(line as i64), Value::small_int(col)])
        };
        let parts = [
            Value::small_int(self.ty as i64),
            Value::str(th, &self.text),
            pair(self.start),
            pair(self.end),
            Value::str(th, &self.line),
        ];
        Value::try_tuple(th, &parts)
    }
}

/// Why there are no more tokens.
pub enum Failure {
    /// The text ends within a statement.
    Unfinished {
        /// The last line.
        line: u32,
        /// Where in it.
        offset: u32,
    },
    /// Another error.
    Error(Box<SyntaxError>),
}

/// All tokens; `extra` gives comments and blank lines too and takes texts that no parser does. With `cut` more lines
/// were to come, so the end is not the text's.
pub fn tokens(text: &Text, extra: bool, cut: bool) -> (Vec<Tok>, Option<Failure>) {
    let lines = Lines::new(text.text.as_str().into());
    let mut full = text.text.clone();
    if !full.is_empty() && !full.ends_with('\n') {
        full.push('\n');
    }
    let c = Converter {
        text,
        lines: &lines,
        full: &full,
        extra,
    };
    let mut t = Tokenizer::new(&lines, &full);
    t.keep_trivia = extra;
    t.lenient = extra;
    let mut out = Vec::new();
    loop {
        match t.next_token() {
            Ok(token) if token.kind == Kind::End => {
                if let Some((line, before)) = &text.null {
                    return (out, Some(Failure::Error(null_byte(*line, before))));
                }
                if !cut {
                    out.push(c.end());
                }
                return (out, None);
            }
            Ok(token) => c.push(&mut out, &token),
            Err(_) if cut => return (out, None),
            Err(stop) => return (out, Some(c.failure(stop))),
        }
    }
}

fn null_byte(line: u32, before: &str) -> Box<SyntaxError> {
    Box::new(SyntaxError {
        kind: ErrorKind::Syntax,
        msg: "source code cannot contain null bytes".to_owned(),
        line,
        col: 0,
        end_line: Some(line),
        end_col: Some(0),
        text: Some(before.to_owned()),
        by_parser: false,
    })
}

struct Converter<'a> {
    text: &'a Text,
    lines: &'a Lines,
    full: &'a str,
    extra: bool,
}

impl Converter<'_> {
    /// How many lines there are.
    fn count(&self) -> u32 {
        let open = !self.text.text.is_empty() && !self.text.text.ends_with('\n');
        self.text.ends.len() as u32 + u32::from(open)
    }

    fn end(&self) -> Tok {
        let last = self.count();
        let (place, line) = if self.extra {
            ((last + 1, 0), String::new())
        } else {
            let line = self.text.line(self.lines, last);
            let blank = line.trim().is_empty();
            let line = if blank { String::new() } else { line };
            ((last.max(1), -1), line)
        };
        Tok {
            ty: ty::ENDMARKER,
            text: String::new(),
            start: place,
            end: place,
            line,
        }
    }

    /// Line and column in characters of an offset.
    fn place(&self, offset: u32) -> (u32, i64) {
        let line = self.lines.line(TextSize::new(offset));
        let start = self.lines.start_of(line).to_usize();
        let col = self
            .full
            .get(start..offset as usize)
            .map_or(0, |s| s.chars().count());
        (line, col as i64)
    }

    /// The text between two offsets, with the line ends as they were.
    fn string(&self, start: u32, end: u32) -> String {
        let s = self
            .full
            .get(start as usize..end as usize)
            .unwrap_or_default();
        if !s.contains('\n') {
            return s.to_owned();
        }
        let first = self.lines.line(TextSize::new(start));
        let mut out = String::with_capacity(s.len());
        for (line, part) in (first..).zip(s.split_inclusive('\n')) {
            match part.strip_suffix('\n') {
                Some(p) => {
                    out.push_str(p);
                    out.push_str(self.text.ends.get(line as usize - 1).unwrap_or(&""));
                }
                None => out.push_str(part),
            }
        }
        out
    }

    fn span(&self, first: u32, last: u32) -> String {
        (first..=last)
            .map(|n| self.text.line(self.lines, n))
            .collect()
    }

    fn push(&self, out: &mut Vec<Tok>, t: &Token) {
        let ty = match t.kind {
            Kind::Name | Kind::Keyword => ty::NAME,
            Kind::Number => ty::NUMBER,
            Kind::String => ty::STRING,
            Kind::Op => return self.operator(out, t),
            Kind::Newline | Kind::Nl => return self.line_end(out, t),
            Kind::Indent | Kind::Dedent => return self.indentation(out, t),
            Kind::FStringStart => ty::FSTRING_START,
            Kind::FStringMiddle => ty::FSTRING_MIDDLE,
            Kind::FStringEnd => ty::FSTRING_END,
            Kind::TStringStart => ty::TSTRING_START,
            Kind::TStringMiddle => ty::TSTRING_MIDDLE,
            Kind::TStringEnd => ty::TSTRING_END,
            Kind::Comment => ty::COMMENT,
            Kind::End => return,
        };
        self.plain(out, ty, t.start, t.end);
    }

    fn plain(&self, out: &mut Vec<Tok>, ty: u8, start: u32, end: u32) {
        let (from, to) = (self.place(start), self.place(end));
        out.push(Tok {
            ty,
            text: self.string(start, end),
            start: from,
            end: to,
            line: self.span(from.0, to.0),
        });
    }

    fn operator(&self, out: &mut Vec<Tok>, t: &Token) {
        let s = self
            .full
            .get(t.start as usize..t.end as usize)
            .unwrap_or_default();
        if s == "<>" {
            for at in [t.start, t.start + 1] {
                let s = self.full.get(at as usize..at as usize + 1).unwrap_or("");
                self.plain(out, self.exact(s), at, at + 1);
            }
            return;
        }
        self.plain(out, self.exact(s), t.start, t.end);
    }

    fn exact(&self, s: &str) -> u8 {
        if self.extra {
            return ty::OP;
        }
        match EXACT.iter().position(|op| *op == s) {
            Some(n) => n as u8 + 7,
            None => ty::OP,
        }
    }

    fn line_end(&self, out: &mut Vec<Tok>, t: &Token) {
        let from = self.place(t.start);
        let ty = if t.kind == Kind::Nl {
            ty::NL
        } else {
            ty::NEWLINE
        };
        let (text, width) = if self.extra {
            let end = self.text.ends.get(from.0 as usize - 1).copied();
            // A lone carriage return counts two columns, as in CPython.
            match end {
                None => ("", 1),
                Some("\n") => ("\n", 1),
                Some(other) => (other, 2),
            }
        } else {
            ("", 0)
        };
        out.push(Tok {
            ty,
            text: text.to_owned(),
            start: from,
            end: (from.0, from.1 + width),
            line: self.text.line(self.lines, from.0),
        });
    }

    fn indentation(&self, out: &mut Vec<Tok>, t: &Token) {
        let at_end = t.start as usize >= self.full.len();
        let ty = if t.kind == Kind::Indent {
            ty::INDENT
        } else {
            ty::DEDENT
        };
        let place = if at_end {
            (self.count() + 1, 0)
        } else {
            self.place(t.start)
        };
        let line = self.text.line(self.lines, place.0);
        if !self.extra {
            let (n, line) = if at_end {
                (place.0 - 1, self.text.line(self.lines, place.0 - 1))
            } else {
                (place.0, line)
            };
            out.push(Tok {
                ty,
                text: String::new(),
                start: (n, -1),
                end: (n, -1),
                line,
            });
            return;
        }
        let (text, start) = if ty == ty::INDENT {
            let text = line.chars().take(place.1 as usize).collect();
            (text, (place.0, 0))
        } else {
            (String::new(), place)
        };
        out.push(Tok {
            ty,
            text,
            start,
            end: place,
            line,
        });
    }

    fn failure(&self, stop: Stop) -> Failure {
        match stop {
            Stop::Unclosed => Failure::Unfinished {
                line: self.count().max(1),
                offset: 0,
            },
            Stop::Error(e) => Failure::Error(e),
            Stop::Late(e) if e.msg == "unexpected EOF while parsing" => Failure::Unfinished {
                line: e.line,
                offset: e.col,
            },
            Stop::Late(mut e) => {
                // The whole line has been read by then.
                let len = e
                    .text
                    .as_deref()
                    .map_or(0, |t| t.trim_end_matches('\n').chars().count());
                e.col = len as u32 + 1;
                e.end_line = None;
                e.end_col = None;
                Failure::Error(e)
            }
        }
    }
}
