//! Type comments: `# type: int` behind assignments, headers and parameters, and `# type: ignore`.

use taipan_object::{PyResult, Value};
use taipan_syntax::token::TokenKind;
use taipan_syntax::{Parsed, Ranged, TextSize};

use super::Builder;
use crate::ast::grammar::Kind;

/// The type comments of a text.
#[derive(Default)]
pub struct Comments {
    /// Where each begins, and the type.
    types: Vec<(TextSize, String)>,
    /// Lines and what stands behind `ignore`.
    ignores: Vec<(u32, String)>,
}

impl Comments {
    /// Those of a parsed text, whose tokens were kept.
    pub fn of(parsed: &Parsed) -> Comments {
        let mut out = Comments::default();
        let Some(tokens) = parsed.tokens() else {
            return out;
        };
        let blank = [' ', '\t'];
        for t in tokens.iter().filter(|t| t.kind() == TokenKind::Comment) {
            let range = t.range();
            let text = parsed
                .source()
                .get(range.start().to_usize()..range.end().to_usize())
                .unwrap_or_default();
            let rest = text.trim_start_matches('#').trim_start_matches(blank);
            if text.starts_with("##") {
                continue;
            }
            let Some(ty) = rest.strip_prefix("type:") else {
                continue;
            };
            let ty = ty.trim_start_matches(blank);
            match ty.strip_prefix("ignore") {
                Some(tag) if !tag.starts_with(|c: char| !c.is_ascii() || c.is_alphanumeric()) => {
                    let line = parsed.lines().line(range.start());
                    out.ignores.push((line, tag.to_owned()));
                }
                _ => out.types.push((range.start(), ty.to_owned())),
            }
        }
        out
    }
}

impl Builder<'_> {
    /// The type comment between two places, or None.
    pub fn type_comment(&self, from: TextSize, to: TextSize) -> Value {
        let found = self
            .comments
            .types
            .iter()
            .find(|(at, _)| *at >= from && *at < to);
        match found {
            Some((_, text)) => Value::str(self.th, text),
            None => Value::NONE,
        }
    }

    /// The type comment on the rest of a line, or None.
    pub fn comment_behind(&self, end: TextSize) -> Value {
        if self.comments.types.is_empty() {
            return Value::NONE;
        }
        let rest = self.source().get(end.to_usize()..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let at = end + TextSize::new(blank as u32);
        self.type_comment(at, at + TextSize::new(1))
    }

    /// `type_ignores`
    pub fn type_ignores(&self) -> PyResult {
        self.each(&self.comments.ignores, |(line, tag)| {
            let parts = [Value::small_int(*line as i64), Value::str(self.th, tag)];
            self.node(Kind::TypeIgnore, &parts)
        })
    }
}
