//! A tokenizer that stops where CPython's stops and says what it says.
//!
//! ruff's lexer feeds the parser; this one runs only on text that ruff has refused (or that
//! needs a second look) and for the `_tokenize` module. It works on text with `\n` line ends.

mod fstring;
mod number;
mod operator;
mod string;
mod word;

use ruff_text_size::TextSize;

use crate::error::{ErrorKind, SyntaxError};
use crate::lines::Lines;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Identifier, soft keywords included.
    Name,
    /// Hard keyword.
    Keyword,
    /// Number.
    Number,
    /// String or bytes literal with prefix and quotes.
    String,
    /// Operator or delimiter.
    Op,
    /// End of a logical line.
    Newline,
    /// More indentation.
    Indent,
    /// Less indentation.
    Dedent,
    /// Prefix and opening quote of an f-string.
    FStringStart,
    /// Literal text in an f-string.
    FStringMiddle,
    /// Closing quote of an f-string.
    FStringEnd,
    /// Prefix and opening quote of a t-string.
    TStringStart,
    /// Literal text in a t-string.
    TStringMiddle,
    /// Closing quote of a t-string.
    TStringEnd,
    /// Comment; only with [`Tokenizer::keep_trivia`].
    Comment,
    /// End of a line that does not end a logical line; only with [`Tokenizer::keep_trivia`].
    Nl,
    /// End of the text.
    End,
}

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it begins.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// How far the tokenizer had read when it gave the token.
    pub read: u32,
    /// Line it begins on, from 1.
    pub line: u32,
    /// How many brackets are open after it.
    pub level: u16,
}

impl Token {
    /// Indents, dedents and the end have no column in CPython.
    pub const fn has_column(&self) -> bool {
        match self.kind {
            Kind::Indent | Kind::Dedent | Kind::End => false,
            // A newline that is not in the text.
            Kind::Newline => self.start < self.end,
            _ => true,
        }
    }
}

/// Why there are no more tokens.
#[derive(Clone, Debug)]
pub enum Stop {
    /// An error that is reported wherever in the text the parser has come to.
    Error(Box<SyntaxError>),
    /// An error that is reported only if the parser gets that far.
    Late(Box<SyntaxError>),
    /// The text ends inside brackets.
    Unclosed,
}

pub(crate) type Lexed<T = Token> = Result<T, Stop>;

/// An open bracket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bracket {
    pub open: u8,
    pub offset: u32,
    pub line: u32,
}

/// Where the tokenizer is inside a nest of f-strings.
#[derive(Clone, Copy, Debug)]
struct StringMode {
    /// Between the braces of a replacement field rather than in literal text.
    in_expression: bool,
    is_template: bool,
    quote: u8,
    quote_size: u32,
    raw: bool,
    /// Brackets of any kind opened in this string.
    depth: i32,
    /// Value of `depth` at the innermost replacement field, from 0; -1 outside.
    field_depth: i32,
    in_format_spec: bool,
    start: u32,
    line: u32,
}

/// CPython's limits.
const MAX_LEVEL: usize = 200;
const MAX_INDENT: usize = 100;
const MAX_FSTRING_LEVEL: usize = 150;

/// The tokenizer: call [`Tokenizer::next_token`] until it gives [`Kind::End`].
#[derive(Debug)]
pub struct Tokenizer<'a> {
    lines: &'a Lines,
    /// The text, with the newline that CPython adds.
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: u32,
    at_line_start: bool,
    indents: Vec<(u32, u32)>,
    pending: i32,
    brackets: Vec<Bracket>,
    strings: Vec<StringMode>,
    /// Whether comments and blank line ends are given too.
    pub keep_trivia: bool,
    /// Whether brackets need not match, words may have any characters and numbers may run into words: for
    /// tools that look at broken texts.
    pub lenient: bool,
    after_comment: bool,
    line_has_token: bool,
}

impl<'a> Tokenizer<'a> {
    /// A tokenizer over `text`, which is the source of `lines` or that with a newline added.
    pub fn new(lines: &'a Lines, text: &'a str) -> Self {
        Tokenizer {
            lines,
            text,
            bytes: text.as_bytes(),
            at: 0,
            line: 1,
            at_line_start: true,
            indents: vec![(0, 0)],
            pending: 0,
            brackets: Vec::new(),
            strings: Vec::new(),
            keep_trivia: false,
            lenient: false,
            after_comment: false,
            line_has_token: false,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Takes one byte. Lines are counted when their newline is taken.
    fn bump(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        if byte == b'\n' {
            self.line += 1;
        }
        Some(byte)
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.bump();
        }
        found
    }

    fn token(&self, kind: Kind, start: usize, line: u32) -> Token {
        Token {
            kind,
            start: start as u32,
            end: self.at as u32,
            read: self.at as u32,
            line,
            level: self.brackets.len() as u16,
        }
    }

    /// Line on which `at` is, where the end of the text counts as part of the last line.
    fn line_at(&self, at: usize) -> u32 {
        if self.text.is_empty() {
            return 0;
        }
        let at = if at == self.text.len() && at > 0 {
            at - 1
        } else {
            at
        };
        self.lines.line(TextSize::new(at as u32))
    }

    /// Column of `at` in characters from 0, on line `line`.
    fn column(&self, line: u32, at: usize) -> u32 {
        let start = self.lines.start_of(line).to_usize();
        self.text
            .get(start..at)
            .map_or(0, |text| text.chars().count() as u32)
    }

    /// An error at the place read so far, as most of the tokenizer's are.
    fn error<T>(&self, msg: impl Into<String>) -> Lexed<T> {
        let line = self.line_at(self.at.saturating_sub(1));
        let col = self.column(line, self.at);
        self.error_at(ErrorKind::Syntax, line, col, (line, col as i32), msg)
    }

    fn error_at<T>(
        &self,
        kind: ErrorKind,
        line: u32,
        col: u32,
        end: (u32, i32),
        msg: impl Into<String>,
    ) -> Lexed<T> {
        Err(Stop::Error(self.describe(kind, line, col, end, msg)))
    }

    fn describe(
        &self,
        kind: ErrorKind,
        line: u32,
        col: u32,
        end: (u32, i32),
        msg: impl Into<String>,
    ) -> Box<SyntaxError> {
        Box::new(SyntaxError {
            kind,
            msg: msg.into(),
            line,
            col,
            end_line: Some(end.0),
            end_col: Some(end.1),
            text: self.lines.text_of_line(line).map(str::to_owned),
            by_parser: false,
        })
    }

    /// An error whose column is that of `start`, on its line.
    fn error_from<T>(&self, start: usize, line: u32, msg: impl Into<String>) -> Lexed<T> {
        let col = self.column(line, start) + 1;
        self.error_at(ErrorKind::Syntax, line, col, (line, col as i32), msg)
    }

    /// The innermost bracket still open.
    pub(crate) fn open_bracket(&self) -> Option<Bracket> {
        self.brackets.last().copied()
    }

    /// The next token.
    pub fn next_token(&mut self) -> Lexed {
        match self.strings.last() {
            Some(mode) if !mode.in_expression => self.string_part(),
            _ => self.normal(),
        }
    }

    fn normal(&mut self) -> Lexed {
        loop {
            let mut blank = false;
            if self.at_line_start {
                self.at_line_start = false;
                self.line_has_token = false;
                blank = self.indentation()?;
            }
            if self.pending != 0 {
                let kind = if self.pending < 0 {
                    self.pending += 1;
                    Kind::Dedent
                } else {
                    self.pending -= 1;
                    Kind::Indent
                };
                let line = self.line_at(self.at);
                return Ok(self.token(kind, self.at, line));
            }
            while matches!(self.peek(), Some(b' ' | b'\t' | 0x0c)) {
                self.bump();
            }
            let start = self.at;
            let line = self.line;
            if self.peek() == Some(b'#') {
                while self.peek().is_some_and(|byte| byte != b'\n') {
                    self.bump();
                }
                if self.keep_trivia {
                    self.after_comment = true;
                    return Ok(self.token(Kind::Comment, start, line));
                }
            }
            // A comment belongs to the newline behind it.
            let start = if self.keep_trivia { self.at } else { start };
            let Some(byte) = self.peek() else {
                if !self.brackets.is_empty() {
                    return Err(Stop::Unclosed);
                }
                return Ok(self.token(Kind::End, start, self.line_at(start)));
            };
            if byte == b'\n' {
                self.bump();
                self.at_line_start = true;
                let silent = blank || !self.brackets.is_empty() || !self.line_has_token;
                if silent {
                    self.at_line_start = true;
                    if self.keep_trivia {
                        return Ok(self.token(Kind::Nl, start, line));
                    }
                    continue;
                }
                return Ok(self.token(Kind::Newline, start, line));
            }
            if byte == b'\\' {
                self.continuation()?;
                continue;
            }
            self.line_has_token = true;
            return self.visible(byte, start, line);
        }
    }

    /// Anything but white space. `byte` is at `start`.
    fn visible(&mut self, byte: u8, start: usize, line: u32) -> Lexed {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(start, line),
            b'0'..=b'9' => self.number(start, line),
            b'.' if self.peek_at(1).is_some_and(|next| next.is_ascii_digit()) => {
                self.number(start, line)
            }
            b'\'' | b'"' => self.string(start, line),
            _ => self.operator(start, line),
        }
    }

    /// A backslash at the end of a line.
    fn continuation(&mut self) -> Lexed<()> {
        let line = self.line;
        self.bump();
        if self.eat(b'\n') {
            if self.peek().is_none() {
                if !self.brackets.is_empty() {
                    return Err(Stop::Unclosed);
                }
                return Err(Stop::Late(self.unexpected_end(line)));
            }
            return Ok(());
        }
        let next = self.text[self.at..].chars().next();
        let col = self.column(line, self.at + next.map_or(0, char::len_utf8));
        Err(Stop::Late(self.describe(
            ErrorKind::Syntax,
            line,
            col,
            (line, 0),
            "unexpected character after line continuation character",
        )))
    }

    fn unexpected_end(&self, line: u32) -> Box<SyntaxError> {
        let col = self
            .lines
            .text_of_line(line)
            .map_or(0, |text| text.chars().count()) as u32
            + 1;
        let msg = "unexpected EOF while parsing";
        self.describe(ErrorKind::Syntax, line, col, (line, -1), msg)
    }

    /// Measures the indentation of a line; tells whether the line is blank.
    fn indentation(&mut self) -> Lexed<bool> {
        let mut col = 0_u32;
        let mut alt = 0_u32;
        let mut continued: Option<(u32, u32)> = None;
        loop {
            match self.peek() {
                Some(b' ') => {
                    col += 1;
                    alt += 1;
                }
                Some(b'\t') => {
                    col = (col / 8 + 1) * 8;
                    alt += 1;
                }
                Some(0x0c) => {
                    col = 0;
                    alt = 0;
                }
                Some(b'\\') => {
                    // The indentation before a continued line is what counts.
                    continued.get_or_insert((col, alt));
                    self.continuation()?;
                    continue;
                }
                _ => break,
            }
            self.bump();
        }
        let blank = matches!(self.peek(), Some(b'#' | b'\n'));
        if blank || !self.brackets.is_empty() {
            return Ok(blank);
        }
        let (col, alt) = continued.unwrap_or((col, alt));
        let (top, alt_top) = self.indents.last().copied().unwrap_or_default();
        if col == top {
            if alt != alt_top {
                return self.inconsistent();
            }
        } else if col > top {
            if self.indents.len() >= MAX_INDENT {
                let line = self.line;
                let msg = "too many levels of indentation";
                let error = self.describe(ErrorKind::Indentation, line, 1, (line, 0), msg);
                return Err(Stop::Late(error));
            }
            if alt <= alt_top {
                return self.inconsistent();
            }
            self.pending += 1;
            self.indents.push((col, alt));
        } else {
            while self.indents.len() > 1 && self.indents.last().is_some_and(|top| col < top.0) {
                self.indents.pop();
                self.pending -= 1;
            }
            let (top, alt_top) = self.indents.last().copied().unwrap_or_default();
            if col != top {
                let line = self.line_at(self.at);
                let len = self
                    .lines
                    .text_of_line(line)
                    .map_or(0, |text| text.chars().count());
                let msg = "unindent does not match any outer indentation level";
                let end = (line, -1);
                let error = self.describe(ErrorKind::Indentation, line, len as u32 + 1, end, msg);
                return Err(Stop::Late(error));
            }
            if alt != alt_top {
                return self.inconsistent();
            }
        }
        Ok(false)
    }

    fn inconsistent<T>(&self) -> Lexed<T> {
        let line = self.line;
        let msg = "inconsistent use of tabs and spaces in indentation";
        let error = self.describe(ErrorKind::Tab, line, 1, (line, 0), msg);
        Err(Stop::Late(error))
    }

    /// Whether the last token was inside an f-string or t-string.
    pub(crate) fn in_string(&self) -> bool {
        self.strings.last().is_some_and(|mode| mode.in_expression)
    }

    /// Forgets all indentation, as CPython does at the end of interactive input. Gives how many
    /// dedents follow.
    pub(crate) fn close_blocks(&mut self) -> bool {
        let open = self.indents.len() as i32 - 1;
        self.indents.truncate(1);
        self.pending = -open;
        open > 0
    }
}
