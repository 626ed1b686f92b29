//! Syntax errors and warnings with CPython's wording and positions.

use std::fmt;

use ruff_text_size::{TextRange, TextSize};

use crate::lines::Lines;

/// Which exception class the error is raised as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `SyntaxError`
    Syntax,
    /// `IndentationError`
    Indentation,
    /// `TabError`
    Tab,
    /// `_IncompleteInputError`: more input could still make this a statement.
    IncompleteInput,
    /// `RecursionError`: the code is nested too deeply to be compiled. It has no position.
    Recursion,
    /// `MemoryError`: the parser's own stack is exhausted. It has no position.
    Memory,
    /// `ValueError`: for instance an integer literal with too many digits.
    Value,
}

impl ErrorKind {
    /// Name of the exception class.
    pub fn class_name(self) -> &'static str {
        match self {
            ErrorKind::Syntax => "SyntaxError",
            ErrorKind::Indentation => "IndentationError",
            ErrorKind::Tab => "TabError",
            ErrorKind::IncompleteInput => "_IncompleteInputError",
            ErrorKind::Recursion => "RecursionError",
            ErrorKind::Memory => "MemoryError",
            ErrorKind::Value => "ValueError",
        }
    }
}

/// An error in source text, ready to be raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The exception class.
    pub kind: ErrorKind,
    /// The message, without a position.
    pub msg: String,
    /// First line, from 1.
    pub line: u32,
    /// `offset`: column in characters, from 1; 0 where CPython gives none.
    pub col: u32,
    /// Last line, from 1; `None` where CPython leaves `end_lineno` unset.
    pub end_line: Option<u32>,
    /// `end_offset`: column after the last character, from 1.
    pub end_col: Option<i32>,
    /// The source line, with its newline where CPython's parser keeps it; `None` for what is to be read from the file.
    pub text: Option<String>,
    /// Whether the tokenizer or the parser found it, not a later pass.
    pub by_parser: bool,
}

impl SyntaxError {
    /// A `SyntaxError` of the compiler covering `range`. Its columns count bytes, as CPython's
    /// do for these errors; those of the parser count characters. Their text is looked up in the file that the code
    /// is from, so here there is none.
    pub fn at(lines: &Lines, range: TextRange, msg: impl Into<String>) -> Box<Self> {
        let mut error = Self::with_kind(lines, ErrorKind::Syntax, range, msg);
        error.col = lines.position(range.start()).1 + 1;
        error.end_col = Some(lines.position(range.end()).1 as i32 + 1);
        error.text = None;
        error
    }

    /// An error of class `kind` covering `range`.
    pub fn with_kind(
        lines: &Lines,
        kind: ErrorKind,
        range: TextRange,
        msg: impl Into<String>,
    ) -> Box<Self> {
        let (line, col) = lines.char_position(range.start());
        let (end_line, end_col) = lines.char_position(range.end());
        Box::new(SyntaxError {
            kind,
            msg: msg.into(),
            line,
            col,
            end_line: Some(end_line),
            end_col: Some(end_col as i32),
            text: lines.text_of_line(line).map(with_newline),
            by_parser: false,
        })
    }

    /// An error whose end is not known: the interpreter shows one caret.
    pub fn at_point(
        lines: &Lines,
        kind: ErrorKind,
        offset: TextSize,
        msg: impl Into<String>,
    ) -> Box<Self> {
        let mut error = Self::with_kind(lines, kind, TextRange::empty(offset), msg);
        error.end_line = Some(error.line);
        error.end_col = Some(error.col as i32);
        error
    }

    /// An error without a place, such as a recursion limit.
    pub fn without_position(kind: ErrorKind, msg: impl Into<String>) -> Box<Self> {
        Box::new(SyntaxError {
            kind,
            msg: msg.into(),
            line: 0,
            col: 0,
            end_line: None,
            end_col: None,
            text: None,
            by_parser: false,
        })
    }

    /// The error for code that is nested too deeply for the passes of the compiler.
    pub fn too_deep() -> Box<Self> {
        Self::without_position(
            ErrorKind::Recursion,
            "maximum recursion depth exceeded during compilation",
        )
    }
}

fn with_newline(line: &str) -> String {
    let mut text = String::with_capacity(line.len() + 1);
    text.push_str(line);
    text.push('\n');
    text
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} (line {})",
            self.kind.class_name(),
            self.msg,
            self.line
        )
    }
}

impl std::error::Error for SyntaxError {}

/// The class of a warning found while compiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// `SyntaxWarning`
    Syntax,
    /// `DeprecationWarning`
    Deprecation,
}

/// A warning found while compiling: the engine hands it to `warnings.warn_explicit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The warning's class.
    pub category: Category,
    /// The message.
    pub msg: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub col: u32,
    /// The range the warning is about: where a filter turns it into an error, the
    /// `SyntaxError` raised covers it.
    pub range: TextRange,
}

impl Warning {
    /// A `SyntaxWarning` about `range`.
    pub fn syntax(lines: &Lines, range: TextRange, msg: impl Into<String>) -> Self {
        let (line, col) = lines.char_position(range.start());
        Warning {
            category: Category::Syntax,
            msg: msg.into(),
            line,
            col,
            range,
        }
    }
}
