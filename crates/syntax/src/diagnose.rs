use crate::error::SyntaxError;
use crate::lines::Lines;
use crate::options::Options;
use ruff_text_size::TextRange;
pub(crate) fn explain(
    lines: &Lines,
    _options: &Options,
    first: Option<(TextRange, String)>,
) -> Box<SyntaxError> {
    let (range, msg) = first.unwrap_or_default();
    SyntaxError::at(lines, range, msg)
}
pub(crate) fn reject(_lines: &Lines, _options: &Options) -> Option<Box<SyntaxError>> {
    None
}
