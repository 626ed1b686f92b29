//! The Python front end: source text to AST, symbol tables and diagnostics.
//!
//! The parser is ruff's. This crate is the only one that names it: everything else sees its
//! nodes as [`ast`]. What ruff does not do is done here: decoding of source bytes
//! ([`source`]), CPython's own wording of syntax errors (`diagnose`), the errors CPython's
//! compiler finds after parsing ([`check`]), string literals that keep lone surrogates
//! ([`literal`]) and symbol tables ([`symtable`]).
//!
//! The usual order of calls, which is also the order in which CPython reports errors:
//!
//! 1. [`source::decode`] turns bytes into text;
//! 2. [`parse`] gives a [`Parsed`] or the first [`SyntaxError`];
//! 3. [`check::check`] finds misplaced statements and collects warnings;
//! 4. [`symtable::SymbolTable::build`] resolves every name.
//!
//! [`analyze`] does 2 to 4 in one call.
//!
//! Invariant: this crate knows no Python object and calls no Python code.

pub mod check;
pub mod error;
pub mod lines;
pub mod literal;
pub mod name;
pub mod source;
pub mod symtable;
pub mod tokenizer;

mod depth;
mod diagnose;
mod feature;
mod future;
mod options;
mod parse;
mod stack;

/// Tokens: ruff's, for tools that want comments and blank line ends too.
pub mod token {
    pub use ruff_python_ast::token::{Token, TokenKind, Tokens};
}

/// The AST: ruff's node types, under our own name.
pub mod ast {
    pub use ruff_python_ast::*;
}

pub use error::{Category, ErrorKind, SyntaxError, Warning};
pub use future::FutureFlags;
pub use lines::Lines;
pub use options::{Mode, Options};
pub use parse::{Analyzed, Parsed, analyze, analyze_parsed, parse};
pub use ruff_text_size::{Ranged, TextLen, TextRange, TextSize};
pub use stack::with_room;
