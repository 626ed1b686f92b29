//! Common mistakes in expressions.

use super::grammar::{Grammar, Match, Raised, Rule};
use super::node::K;
use crate::tokenizer::Kind;

const SOFT_KEYWORDS: [&str; 4] = ["_", "case", "match", "type"];

impl Grammar<'_> {
    pub(super) fn invalid_expression(&mut self) -> Result<(), Raised> {
        if self.invalid {
            self.invalid_string()?;
        }
        self.mistake(|g| {
            // Two expressions side by side. `x"…"` and soft keywords are other mistakes.
            if g.is_name_string()? || g.is_soft_keyword()? {
                return Ok(None);
            }
            let Some(left) = g.disjunction()? else {
                return Ok(None);
            };
            let Some(right) = g.expression_without_invalid()? else {
                return Ok(None);
            };
            if g.is_legacy_statement(left.kind, g.node_text(&left)) || g.level() == 0 {
                return Ok(None);
            }
            g.fail_range(&left, &right, "invalid syntax. Perhaps you forgot a comma?")
        })?;
        self.mistake(|g| {
            let Some(body) = g.disjunction()? else {
                return Ok(None);
            };
            if g.eat("if")?.is_none() {
                return Ok(None);
            }
            let Some(test) = g.disjunction()? else {
                return Ok(None);
            };
            if g.is_any(&["else", ":"])? {
                return Ok(None);
            }
            g.fail_range(&body, &test, "expected 'else' after 'if' expression")
        })?;
        self.mistake(|g| {
            if g.disjunction()?.is_none() || g.eat("if")?.is_none() {
                return Ok(None);
            }
            if g.disjunction()?.is_none() || g.eat("else")?.is_none() {
                return Ok(None);
            }
            if g.ahead(Self::expression)? {
                return Ok(None);
            }
            g.fail_next("expected expression after 'else', but statement is given")
        })?;
        self.mistake(|g| {
            let Some(stmt) = g.eat_any(&["pass", "break", "continue"])? else {
                return Ok(None);
            };
            if g.eat("if")?.is_none() || g.disjunction()?.is_none() || g.eat("else")?.is_none() {
                return Ok(None);
            }
            if g.attempt(Self::simple_stmt)?.is_none() {
                return Ok(None);
            }
            let msg = "expected expression before 'if', but statement is given";
            g.fail_node(&stmt, msg)
        })?;
        self.mistake(|g| {
            let Some(lambda) = g.eat("lambda")? else {
                return Ok(None);
            };
            g.parameters(true)?;
            let Some(colon) = g.eat(":")? else {
                return Ok(None);
            };
            let letter = match g.peek()?.kind {
                Kind::FStringMiddle => 'f',
                Kind::TStringMiddle => 't',
                _ => return Ok(None),
            };
            let msg =
                format!("{letter}-string: lambda expressions are not allowed without parentheses");
            g.fail_range(&lambda, &colon, msg)
        })
    }

    /// `"a "quoted" word"`
    fn invalid_string(&mut self) -> Result<(), Raised> {
        if !self.is_kind(Kind::String)? {
            return Ok(());
        }
        self.mistake(|g| {
            g.eat_kind(Kind::String)?;
            let mut between = Vec::new();
            while !g.is_kind(Kind::String)? {
                match g.expression_without_invalid()? {
                    Some(expr) => between.push(expr),
                    None => return Ok(None),
                }
            }
            let (Some(first), Some(last)) = (between.first(), between.last()) else {
                return Ok(None);
            };
            let msg = "invalid syntax. Is this intended to be part of the string?";
            g.fail_range(first, last, msg)
        })
    }

    fn is_name_string(&mut self) -> Result<bool, Raised> {
        Ok(self.is_kind(Kind::Name)? && self.peek_at(1)?.kind == Kind::String)
    }

    fn is_soft_keyword(&mut self) -> Result<bool, Raised> {
        let token = self.peek()?;
        Ok(token.kind == Kind::Name && SOFT_KEYWORDS.contains(&self.text(&token)))
    }

    fn is_legacy_statement(&self, kind: K, text: &str) -> bool {
        kind == K::Name && matches!(text, "print" | "exec")
    }

    /// `print x`
    pub(super) fn invalid_legacy_expression(&mut self) -> Result<(), Raised> {
        self.mistake(|g| {
            let Some(name) = g.name()? else {
                return Ok(None);
            };
            if g.is("(")? {
                return Ok(None);
            }
            let Some(args) = g.star_expressions()? else {
                return Ok(None);
            };
            let word = g.node_text(&name);
            if !g.is_legacy_statement(K::Name, word) {
                return Ok(None);
            }
            let msg = format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
            g.fail_range(&name, &args, msg)
        })
    }

    pub(super) fn invalid_named_expression(&mut self) -> Result<(), Raised> {
        if !self.invalid {
            return Ok(());
        }
        self.remember(Rule::InvalidNamed, |g| {
            g.mistake(|g| {
                let Some(target) = g.expression()? else {
                    return Ok(None);
                };
                if g.eat(":=")?.is_none() || g.expression()?.is_none() {
                    return Ok(None);
                }
                let what = target.describe();
                let msg = format!("cannot use assignment expressions with {what}");
                g.fail_node(&target, msg)
            })?;
            g.mistake(|g| {
                let Some(name) = g.name()? else {
                    return Ok(None);
                };
                if g.eat("=")?.is_none() {
                    return Ok(None);
                }
                let Some(value) = g.bitwise_or()? else {
                    return Ok(None);
                };
                if g.is_any(&["=", ":="])? {
                    return Ok(None);
                }
                let msg = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
                g.fail_range(&name, &value, msg)
            })?;
            g.mistake(|g| {
                if g.ahead(Self::display)? || g.is_any(&["True", "None", "False"])? {
                    return Ok(None);
                }
                let Some(target) = g.bitwise_or()? else {
                    return Ok(None);
                };
                if g.eat("=")?.is_none() || g.bitwise_or()?.is_none() {
                    return Ok(None);
                }
                if g.is_any(&["=", ":="])? {
                    return Ok(None);
                }
                let what = target.describe();
                let msg =
                    format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?");
                g.fail_node(&target, msg)
            })?;
            Ok(None)
        })?;
        Ok(())
    }

    /// A list, tuple or generator expression.
    fn display(&mut self) -> Match {
        if let Some(node) = self.attempt(Self::list)? {
            return Ok(Some(node));
        }
        if let Some(node) = self.attempt(Self::tuple)? {
            return Ok(Some(node));
        }
        self.attempt(Self::genexp)
    }

    /// `a + not b`
    pub(super) fn invalid_arithmetic(
        &mut self,
        operand: fn(&mut Self) -> Match,
        operators: &[&str],
    ) -> Result<(), Raised> {
        self.mistake(|g| {
            if operand(g)?.is_none() || g.eat_any(operators)?.is_none() {
                return Ok(None);
            }
            let Some(not) = g.eat("not")? else {
                return Ok(None);
            };
            let Some(inverted) = g.inversion()? else {
                return Ok(None);
            };
            let msg = "'not' after an operator must be parenthesized";
            g.fail_range(&not, &inverted, msg)
        })
    }

    /// `-not a`
    pub(super) fn invalid_factor(&mut self) -> Result<(), Raised> {
        self.mistake(|g| {
            if g.eat_any(&["+", "-", "~"])?.is_none() {
                return Ok(None);
            }
            let Some(not) = g.eat("not")? else {
                return Ok(None);
            };
            let Some(operand) = g.factor()? else {
                return Ok(None);
            };
            let msg = "'not' after an operator must be parenthesized";
            g.fail_range(&not, &operand, msg)
        })
    }
}
