//! How a source text is to be parsed.

use crate::FutureFlags;

/// The grammar's start symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// A file: any number of statements.
    #[default]
    Exec,
    /// One expression.
    Eval,
    /// One interactive statement.
    Single,
    /// A signature type comment, `(int, str) -> bool`.
    FuncType,
}

/// Everything besides the source that influences parsing and checking.
#[derive(Clone, Debug)]
pub struct Options {
    /// The start symbol.
    pub mode: Mode,
    /// Minor version of the Python 3 grammar to accept (`ast.parse(feature_version=…)`).
    pub feature_version: u8,
    /// Whether `# type:` comments are to be kept.
    pub type_comments: bool,
    /// Whether `await` is allowed outside functions (`PyCF_ALLOW_TOP_LEVEL_AWAIT`).
    pub top_level_await: bool,
    /// Whether an indented block needs a closing newline (`PyCF_DONT_IMPLY_DEDENT`).
    pub dont_imply_dedent: bool,
    /// Whether input that merely stops too early is reported as
    /// [`ErrorKind::IncompleteInput`](crate::ErrorKind) (`PyCF_ALLOW_INCOMPLETE_INPUT`).
    pub allow_incomplete_input: bool,
    /// Whether only an AST is wanted (`PyCF_ONLY_AST`): the checks of the compiler are left out.
    pub only_ast: bool,
    /// Whether [`Parsed::tokens`](crate::Parsed::tokens) is wanted.
    pub keep_tokens: bool,
    /// How many decimal digits an integer literal may have; 0 for any number.
    pub max_int_digits: usize,
    /// `__future__` features inherited from the calling code.
    pub future: FutureFlags,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            mode: Mode::Exec,
            feature_version: 14,
            type_comments: false,
            top_level_await: false,
            dont_imply_dedent: false,
            allow_incomplete_input: false,
            only_ast: false,
            keep_tokens: false,
            max_int_digits: 0,
            future: FutureFlags::default(),
        }
    }
}

impl Options {
    /// Default options for `mode`.
    pub fn new(mode: Mode) -> Self {
        Options {
            mode,
            ..Options::default()
        }
    }
}
