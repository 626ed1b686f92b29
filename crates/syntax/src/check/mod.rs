//! What CPython finds wrong with a tree that its grammar accepts.
//!
//! [`before_symbols`] gives the warnings of the tokenizer and of the pass that CPython runs before
//! it makes symbol tables; [`after_symbols`] the errors and warnings of its code generator, in
//! the order in which it would come across them. Errors of names are those of
//! [`crate::symtable`].

mod code;
mod context;
mod finally;
mod lexical;
mod literals;
mod pattern;

use crate::error::{SyntaxError, Warning};
use crate::options::Options;
use crate::parse::Parsed;
use crate::symtable::SymbolTable;

pub(crate) use lexical::Suspects;

/// Warnings about escapes, numbers and jumps out of `finally`.
pub fn before_symbols(
    parsed: &Parsed,
    _options: &Options,
    warnings: &mut Vec<Warning>,
) -> Result<(), Box<SyntaxError>> {
    lexical::warn(parsed, warnings);
    if parsed.lines().is_synthetic() || parsed.source().contains("finally") {
        finally::warn(parsed, warnings);
    }
    Ok(())
}

/// Misplaced statements and expressions, bad patterns, suspicious comparisons and calls.
pub fn after_symbols(
    parsed: &Parsed,
    symbols: &SymbolTable,
    options: &Options,
    warnings: &mut Vec<Warning>,
) -> Result<(), Box<SyntaxError>> {
    let mut checker = code::Checker::new(parsed.lines(), symbols, options, warnings);
    checker.module(parsed.ast())
}
