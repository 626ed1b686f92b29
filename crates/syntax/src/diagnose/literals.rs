//! Literals that CPython's parser refuses when it makes their values.

use super::Tokens;
use crate::error::SyntaxError;
use crate::lines::Lines;

/// The first literal whose value cannot be made.
pub(super) fn check(_lines: &Lines, _tokens: &Tokens) -> Option<Box<SyntaxError>> {
    None
}
