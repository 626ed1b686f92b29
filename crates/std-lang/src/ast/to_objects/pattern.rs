//! Patterns of `match` statements.

use taipan_object::{PyResult, Value};
use taipan_syntax::Ranged;
use taipan_syntax::ast::{self as tree, Expr, Pattern};

use super::Builder;
use crate::ast::grammar::Kind;

impl Builder<'_> {
    fn patterns(&self, items: &[Pattern]) -> PyResult {
        self.each(items, |p| self.pattern(p))
    }

    /// A literal or dotted name of a pattern.
    fn literal(&self, e: &Expr) -> PyResult {
        match self.folded_number(e)? {
            Some(v) => Ok(v),
            None => self.expr(e),
        }
    }

    /// A pattern.
    pub fn pattern(&self, p: &Pattern) -> PyResult {
        self.deeper()?;
        let range = p.range();
        match p {
            Pattern::MatchValue(x) => {
                self.placed(Kind::MatchValue, &[self.literal(&x.value)?], range)
            }
            Pattern::MatchSingleton(x) => {
                let value = match x.value {
                    tree::Singleton::None => Value::NONE,
                    tree::Singleton::True => Value::TRUE,
                    tree::Singleton::False => Value::FALSE,
                };
                self.placed(Kind::MatchSingleton, &[value], range)
            }
            Pattern::MatchSequence(x) => {
                let patterns = self.patterns(&x.patterns)?;
                self.placed(Kind::MatchSequence, &[patterns], range)
            }
            Pattern::MatchMapping(x) => {
                let parts = [
                    self.each(&x.keys, |k| self.literal(k))?,
                    self.patterns(&x.patterns)?,
                    self.opt_identifier(x.rest.as_ref()),
                ];
                self.placed(Kind::MatchMapping, &parts, range)
            }
            Pattern::MatchClass(x) => {
                let keywords = &x.arguments.keywords;
                let parts = [
                    self.expr(&x.cls)?,
                    self.patterns(&x.arguments.patterns)?,
                    self.each(keywords, |k| Ok(self.identifier(&k.attr)))?,
                    self.each(keywords, |k| self.pattern(&k.pattern))?,
                ];
                self.placed(Kind::MatchClass, &parts, range)
            }
            Pattern::MatchStar(x) => {
                let name = self.opt_identifier(x.name.as_ref());
                self.placed(Kind::MatchStar, &[name], range)
            }
            Pattern::MatchAs(x) => {
                let inner = match &x.pattern {
                    Some(p) => self.pattern(p)?,
                    None => Value::NONE,
                };
                let name = self.opt_identifier(x.name.as_ref());
                self.placed(Kind::MatchAs, &[inner, name], range)
            }
            Pattern::MatchOr(x) => {
                self.placed(Kind::MatchOr, &[self.patterns(&x.patterns)?], range)
            }
        }
    }
}
