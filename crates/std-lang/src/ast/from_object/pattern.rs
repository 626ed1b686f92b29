//! Patterns of `match` statements.

use taipan_object::{PyResult, Value};
use taipan_syntax::TextRange;
use taipan_syntax::ast::{self as tree, AtomicNodeIndex, Expr, Pattern};

use super::constant::{is_number, is_numeric};
use super::{Ctx, Reader};
use crate::ast::grammar::Kind;

impl Reader<'_> {
    fn patterns(&mut self, v: Value, k: Kind, name: &str, star_ok: bool) -> PyResult<Vec<Pattern>> {
        self.each(v, k, name, |r, p| r.pattern(p, star_ok))
    }

    /// A name that a pattern binds.
    fn capture(&self, v: Value, range: TextRange) -> PyResult<tree::Identifier> {
        let name = self.name(v)?;
        if name.as_str() == "_" {
            return Err(self.value_error("can't capture name '_' in patterns"));
        }
        Ok(tree::Identifier::new(name, range))
    }

    fn opt_capture(
        &self,
        v: Value,
        name: &str,
        range: TextRange,
    ) -> PyResult<Option<tree::Identifier>> {
        match self.optional(v, name)? {
            Some(n) => self.capture(n, range).map(Some),
            None => Ok(None),
        }
    }

    /// A pattern; `star_ok` where a starred one may stand.
    pub fn pattern(&mut self, v: Value, star_ok: bool) -> PyResult<Pattern> {
        self.deeper(Kind::SortPattern)?;
        let range = self.place(v, Kind::SortPattern)?;
        let k = self.kind(v, Kind::SortPattern)?;
        let node_index = AtomicNodeIndex::NONE;
        Ok(match k {
            Kind::MatchValue => {
                let value = self.sub(v, k, "value")?;
                self.check_value(&value)?;
                Pattern::MatchValue(tree::PatternMatchValue {
                    node_index,
                    range,
                    value,
                })
            }
            Kind::MatchSingleton => {
                let value = match self.constant_field(v, k, "value")? {
                    Value::NONE => tree::Singleton::None,
                    Value::TRUE => tree::Singleton::True,
                    Value::FALSE => tree::Singleton::False,
                    _ => {
                        return Err(self
                            .value_error("MatchSingleton can only contain True, False and None"));
                    }
                };
                Pattern::MatchSingleton(tree::PatternMatchSingleton {
                    node_index,
                    range,
                    value,
                })
            }
            Kind::MatchSequence => Pattern::MatchSequence(tree::PatternMatchSequence {
                node_index,
                range,
                patterns: self.patterns(v, k, "patterns", true)?,
            }),
            Kind::MatchMapping => self.mapping(v, range)?,
            Kind::MatchClass => self.match_class(v, range)?,
            Kind::MatchStar => {
                if !star_ok {
                    return Err(self.value_error("can't use MatchStar here"));
                }
                Pattern::MatchStar(tree::PatternMatchStar {
                    node_index,
                    range,
                    name: self.opt_capture(v, "name", range)?,
                })
            }
            Kind::MatchAs => {
                let inner = self.optional(v, "pattern")?;
                let name = self.opt_capture(v, "name", range)?;
                if inner.is_some() && name.is_none() {
                    return Err(self
                        .value_error("MatchAs must specify a target name if a pattern is given"));
                }
                let pattern = match inner {
                    Some(p) => Some(Box::new(self.pattern(p, false)?)),
                    None => None,
                };
                Pattern::MatchAs(tree::PatternMatchAs {
                    node_index,
                    range,
                    pattern,
                    name,
                })
            }
            _ => {
                let patterns = self.patterns(v, k, "patterns", false)?;
                if patterns.len() < 2 {
                    return Err(self.value_error("MatchOr requires at least 2 patterns"));
                }
                Pattern::MatchOr(tree::PatternMatchOr {
                    node_index,
                    range,
                    patterns,
                })
            }
        })
    }

    fn mapping(&mut self, v: Value, range: TextRange) -> PyResult<Pattern> {
        let k = Kind::MatchMapping;
        let keys = self.exprs(v, k, "keys", Ctx::Load)?;
        let patterns = self.patterns(v, k, "patterns", false)?;
        if keys.len() != patterns.len() {
            return Err(
                self.value_error("MatchMapping doesn't have the same number of keys as patterns")
            );
        }
        let rest = self.opt_capture(v, "rest", range)?;
        for key in &keys {
            if !matches!(key, Expr::NoneLiteral(_) | Expr::BooleanLiteral(_)) {
                self.check_value(key)?;
            }
        }
        Ok(Pattern::MatchMapping(tree::PatternMatchMapping {
            node_index: AtomicNodeIndex::NONE,
            range,
            keys: keys.into(),
            patterns: patterns.into(),
            rest,
        }))
    }

    fn match_class(&mut self, v: Value, range: TextRange) -> PyResult<Pattern> {
        let k = Kind::MatchClass;
        let cls = self.sub(v, k, "cls")?;
        let patterns = self.patterns(v, k, "patterns", false)?;
        let attrs = self.each(v, k, "kwd_attrs", |r, n| {
            Ok(tree::Identifier::new(r.name(n)?, range))
        })?;
        let values = self.patterns(v, k, "kwd_patterns", false)?;
        if attrs.len() != values.len() {
            return Err(self.value_error(
                "MatchClass doesn't have the same number of keyword attributes as patterns",
            ));
        }
        let mut at = &*cls;
        while let Expr::Attribute(a) = at {
            at = &a.value;
        }
        if !matches!(at, Expr::Name(_)) {
            return Err(
                self.value_error("MatchClass cls field can only contain Name or Attribute nodes.")
            );
        }
        let keywords = attrs.into_iter().zip(values);
        Ok(Pattern::MatchClass(tree::PatternMatchClass {
            node_index: AtomicNodeIndex::NONE,
            range,
            cls,
            arguments: tree::PatternArguments {
                range,
                node_index: AtomicNodeIndex::NONE,
                patterns: patterns.into(),
                keywords: keywords
                    .map(|(attr, pattern)| tree::PatternKeyword {
                        range,
                        node_index: AtomicNodeIndex::NONE,
                        attr,
                        pattern,
                    })
                    .collect(),
            },
        }))
    }

    fn is_carried_number(&self, e: &Expr) -> bool {
        match e {
            Expr::IpyEscapeCommand(i) => i
                .node_index
                .load()
                .as_u32()
                .and_then(|n| self.carried.get(n as usize))
                .is_some_and(is_numeric),
            _ => false,
        }
    }

    /// Fails unless an expression may be a literal pattern.
    fn check_value(&self, e: &Expr) -> PyResult<()> {
        let good = match e {
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_) => true,
            Expr::NoneLiteral(_) | Expr::BooleanLiteral(_) | Expr::EllipsisLiteral(_) => {
                return Err(self.value_error("unexpected constant inside of a literal pattern"));
            }
            Expr::IpyEscapeCommand(_) => {
                if !self.is_carried_number(e) {
                    return Err(self.value_error("unexpected constant inside of a literal pattern"));
                }
                true
            }
            // The compiler says what is wrong with the strings.
            Expr::Attribute(_) | Expr::FString(_) | Expr::TString(_) => true,
            Expr::UnaryOp(u) => u.op == tree::UnaryOp::USub && is_number(&u.operand, true, true),
            Expr::BinOp(b) => {
                let real = match &*b.left {
                    Expr::UnaryOp(u) => {
                        u.op == tree::UnaryOp::USub && is_number(&u.operand, true, false)
                    }
                    left => is_number(left, true, false) || self.is_carried_number(left),
                };
                matches!(b.op, tree::Operator::Add | tree::Operator::Sub)
                    && real
                    && is_number(&b.right, false, true)
            }
            _ => false,
        };
        if good {
            Ok(())
        } else {
            Err(self.value_error("patterns may only match literals and attribute lookups"))
        }
    }
}
