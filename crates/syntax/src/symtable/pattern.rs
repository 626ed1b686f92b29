//! The pass over `match` patterns.

use ruff_python_ast::{Identifier, Pattern};
use ruff_text_size::{Ranged, TextRange};

use super::SymbolFlags;
use super::build::{Builder, Step};
use crate::stack::with_room;

impl Builder<'_> {
    pub fn visit_pattern(&mut self, pattern: &Pattern) -> Step {
        with_room(|| self.pattern(pattern))
    }

    fn visit_patterns(&mut self, patterns: &[Pattern]) -> Step {
        patterns
            .iter()
            .try_for_each(|pattern| self.visit_pattern(pattern))
    }

    fn capture(&mut self, name: Option<&Identifier>, range: TextRange) -> Step {
        name.map_or(Ok(()), |name| self.add(&name.id, SymbolFlags::LOCAL, range))
    }

    fn pattern(&mut self, pattern: &Pattern) -> Step {
        match pattern {
            Pattern::MatchValue(value) => self.visit_expr(&value.value),
            Pattern::MatchSingleton(_) => Ok(()),
            Pattern::MatchSequence(sequence) => self.visit_patterns(&sequence.patterns),
            Pattern::MatchStar(star) => self.capture(star.name.as_ref(), star.range),
            Pattern::MatchMapping(mapping) => {
                self.visit_exprs(&mapping.keys)?;
                self.visit_patterns(&mapping.patterns)?;
                self.capture(mapping.rest.as_ref(), mapping.range)
            }
            Pattern::MatchClass(class) => {
                self.visit_expr(&class.cls)?;
                self.visit_patterns(&class.arguments.patterns)?;
                for keyword in &class.arguments.keywords {
                    self.check_name(&keyword.attr, keyword.pattern.range(), "assign to")?;
                }
                class
                    .arguments
                    .keywords
                    .iter()
                    .try_for_each(|keyword| self.visit_pattern(&keyword.pattern))
            }
            Pattern::MatchAs(binding) => {
                if let Some(pattern) = &binding.pattern {
                    self.visit_pattern(pattern)?;
                }
                self.capture(binding.name.as_ref(), binding.range)
            }
            Pattern::MatchOr(or) => self.visit_patterns(&or.patterns),
        }
    }
}
