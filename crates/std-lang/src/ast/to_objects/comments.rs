//! Type comments: `# type: int` behind assignments, headers and parameters, and `# type: ignore`.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use taipan_object::{PyResult, Value};
use taipan_syntax::token::TokenKind;
use taipan_syntax::{ErrorKind, Parsed, Ranged, SyntaxError, TextRange, TextSize};

use super::Builder;
use crate::ast::grammar::Kind;

/// The type comments of a text.
#[derive(Default)]
pub struct Comments {
    /// Where each stands, and the type.
    types: Vec<(TextRange, String)>,
    /// Which of them belong to something.
    used: RefCell<HashSet<usize>>,
    /// Definitions with two of them.
    doubled: Cell<Option<TextRange>>,
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
                _ => out.types.push((range, ty.to_owned())),
            }
        }
        out
    }
}

impl Builder<'_> {
    /// The type comment between two places, or None.
    pub fn type_comment(&self, from: TextSize, to: TextSize) -> Value {
        let mut all = self.comments.types.iter().enumerate();
        let found = all.find(|(_, (at, _))| at.start() >= from && at.start() < to);
        match found {
            Some((n, (_, text))) => {
                self.comments.used.borrow_mut().insert(n);
                Value::str(self.th, text)
            }
            None => Value::NONE,
        }
    }

    /// The type comment of a definition, which may have but one.
    pub fn definition_comment(&self, from: TextSize, to: TextSize) -> Value {
        let mut inside = self
            .comments
            .types
            .iter()
            .filter(|(at, _)| at.start() >= from && at.start() < to);
        if let (Some(_), Some((second, _))) = (inside.next(), inside.next())
            && self.comments.doubled.get().is_none()
        {
            self.comments.doubled.set(Some(*second));
        }
        self.type_comment(from, to)
    }

    /// The error of a type comment that belongs to nothing.
    pub fn misplaced(&self) -> Option<Box<SyntaxError>> {
        let lines = self.parsed.lines();
        let error = |range, msg| Some(SyntaxError::with_kind(lines, ErrorKind::Syntax, range, msg));
        if let Some(range) = self.comments.doubled.get() {
            return error(range, "Cannot have two type comments on def");
        }
        let used = self.comments.used.borrow();
        let mut all = self.comments.types.iter().enumerate();
        let (_, (range, _)) = all.find(|(n, _)| !used.contains(n))?;
        error(*range, "invalid syntax")
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
