//! stub
use crate::error::{SyntaxError, Warning};
use crate::{Options, Parsed};
pub fn before_symbols(
    _: &Parsed,
    _: &Options,
    _: &mut Vec<Warning>,
) -> Result<(), Box<SyntaxError>> {
    Ok(())
}
pub fn after_symbols(
    _: &Parsed,
    _: &Options,
    _: &mut Vec<Warning>,
) -> Result<(), Box<SyntaxError>> {
    Ok(())
}
