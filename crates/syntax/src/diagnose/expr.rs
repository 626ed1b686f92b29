//! Expressions down to unary operators.

use super::grammar::{Grammar, Match, Rule};
use super::node::{K, Node};
use crate::tokenizer::Kind;

impl Grammar<'_> {
    /// `a, b, *c`
    pub fn star_expressions(&mut self) -> Match {
        self.expression_list(Self::star_expression)
    }

    /// `a, b` without stars.
    pub fn expressions(&mut self) -> Match {
        self.expression_list(Self::expression)
    }

    fn expression_list(&mut self, item: fn(&mut Self) -> Match) -> Match {
        let start = self.at;
        let Some(first) = self.attempt(item)? else {
            return Ok(None);
        };
        if !self.is(",")? {
            return Ok(Some(first));
        }
        let mut all = vec![first];
        while self.is(",")? {
            self.eat(",")?;
            match self.attempt(item)? {
                Some(next) => all.push(next),
                None => break,
            }
        }
        Ok(Some(self.node(K::Tuple, start, all)))
    }

    pub fn star_expression(&mut self) -> Match {
        self.remember(Rule::StarExpression, |g| {
            if let Some(starred) = g.attempt(Self::star_bitwise_or)? {
                return Ok(Some(starred));
            }
            g.expression()
        })
    }

    /// `*a`
    pub fn star_bitwise_or(&mut self) -> Match {
        let start = self.at;
        if self.eat("*")?.is_none() {
            return Ok(None);
        }
        let Some(inner) = self.bitwise_or()? else {
            return Ok(None);
        };
        Ok(Some(self.node(K::Starred, start, vec![inner])))
    }

    pub fn star_named_expressions(&mut self) -> Match<Vec<Node>> {
        let Some(all) = self.comma_list(Self::star_named_expression)? else {
            return Ok(None);
        };
        self.eat(",")?;
        Ok(Some(all))
    }

    pub fn star_named_expression(&mut self) -> Match {
        self.remember(Rule::StarNamed, |g| {
            g.mistake(|g| {
                // A star with nothing behind it.
                if g.eat("*")?.is_some() && !g.ahead(Self::bitwise_or)? && !g.is("*")? {
                    return g.fail_next("Invalid star expression");
                }
                Ok(None)
            })?;
            if let Some(starred) = g.attempt(Self::star_bitwise_or)? {
                return Ok(Some(starred));
            }
            g.named_expression()
        })
    }

    /// `NAME := expression`
    pub fn assignment_expression(&mut self) -> Match {
        let start = self.at;
        let Some(name) = self.name()? else {
            return Ok(None);
        };
        if self.eat(":=")?.is_none() {
            return Ok(None);
        }
        let Some(value) = self.expression()? else {
            return Ok(None);
        };
        Ok(Some(self.node(K::Named, start, vec![name, value])))
    }

    pub fn named_expression(&mut self) -> Match {
        // Behind a name and `:=` there is no other way to go on.
        if self.is_kind(Kind::Name)? && self.peek_at(1)?.kind == Kind::Op {
            let operator = self.peek_at(1)?;
            if self.text(&operator) == ":=" {
                return self.attempt(Self::assignment_expression);
            }
        }
        self.invalid_named_expression()?;
        self.attempt(Self::expression_not_named)
    }

    /// An expression that no `:=` follows.
    pub fn expression_not_named(&mut self) -> Match {
        let found = self.expression()?;
        Ok(if found.is_some() && !self.is(":=")? {
            found
        } else {
            None
        })
    }

    pub fn expression(&mut self) -> Match {
        self.remember(Rule::Expression, |g| {
            g.invalid_expression()?;
            g.invalid_legacy_expression()?;
            g.plain_expression()
        })
    }

    fn plain_expression(&mut self) -> Match {
        let start = self.at;
        let conditional = self.attempt(|g| {
            let Some(body) = g.disjunction()? else {
                return Ok(None);
            };
            if g.eat("if")?.is_none() {
                return Ok(None);
            }
            let Some(test) = g.disjunction()? else {
                return Ok(None);
            };
            if g.eat("else")?.is_none() {
                return Ok(None);
            }
            let Some(orelse) = g.expression()? else {
                return Ok(None);
            };
            Ok(Some(g.node(K::IfExp, start, vec![body, test, orelse])))
        })?;
        if conditional.is_some() {
            return Ok(conditional);
        }
        if let Some(node) = self.attempt(Self::disjunction)? {
            return Ok(Some(node));
        }
        self.attempt(Self::lambda)
    }

    /// An expression in which no mistakes are looked for.
    pub fn expression_without_invalid(&mut self) -> Match {
        let before = std::mem::replace(&mut self.invalid, false);
        let found = self.attempt(Self::plain_expression);
        self.invalid = before;
        found
    }

    fn lambda(&mut self) -> Match {
        let start = self.at;
        if self.eat("lambda")?.is_none() {
            return Ok(None);
        }
        self.parameters(true)?;
        if self.eat(":")?.is_none() {
            return Ok(None);
        }
        if self.expression()?.is_none() {
            return Ok(None);
        }
        Ok(Some(self.node(K::Lambda, start, Vec::new())))
    }

    pub fn disjunction(&mut self) -> Match {
        self.remember(Rule::Disjunction, |g| g.chain(Self::conjunction, &["or"]))
    }

    fn conjunction(&mut self) -> Match {
        self.remember(Rule::Conjunction, |g| g.chain(Self::inversion, &["and"]))
    }

    /// Operands of one rule with operators of one precedence between them.
    fn chain(&mut self, operand: fn(&mut Self) -> Match, operators: &[&str]) -> Match {
        let start = self.at;
        let Some(mut left) = operand(self)? else {
            return Ok(None);
        };
        while self.is_any(operators)? {
            let right = self.attempt(|g| {
                g.eat_any(operators)?;
                operand(g)
            })?;
            let Some(right) = right else { break };
            left = self.node(K::Operation, start, vec![left, right]);
        }
        Ok(Some(left))
    }

    pub fn inversion(&mut self) -> Match {
        self.remember(Rule::Inversion, |g| {
            let start = g.at;
            if g.is("not")? {
                return g.attempt(|g| {
                    g.eat("not")?;
                    let Some(operand) = g.inversion()? else {
                        return Ok(None);
                    };
                    Ok(Some(g.node(K::Operation, start, vec![operand])))
                });
            }
            g.comparison()
        })
    }

    fn comparison(&mut self) -> Match {
        let start = self.at;
        let Some(left) = self.bitwise_or()? else {
            return Ok(None);
        };
        let mut kind = None;
        loop {
            let pair = self.attempt(|g| {
                let Some(operator) = g.comparison_operator()? else {
                    return Ok(None);
                };
                Ok(g.bitwise_or()?.map(|_| operator))
            })?;
            let Some(operator) = pair else { break };
            kind.get_or_insert(operator);
        }
        Ok(Some(match kind {
            Some(kind) => self.node(kind, start, vec![left]),
            None => left,
        }))
    }

    fn comparison_operator(&mut self) -> Match<K> {
        if self.eat("in")?.is_some() {
            return Ok(Some(K::CompareIn));
        }
        if self.is("!=")? || self.is("<>")? {
            return self.not_equal();
        }
        if self.eat_any(&["==", "<=", "<", ">=", ">"])?.is_some() {
            return Ok(Some(K::Compare));
        }
        if self.eat("not")?.is_some() {
            return Ok(self.eat("in")?.map(|_| K::Compare));
        }
        if self.eat("is")?.is_some() {
            self.attempt(|g| {
                if g.eat("not")?.is_none() {
                    return Ok(None);
                }
                Ok(g.ahead(Self::bitwise_or)?.then_some(()))
            })?;
            return Ok(Some(K::Compare));
        }
        Ok(None)
    }

    fn not_equal(&mut self) -> Match<K> {
        let token = self.peek()?;
        let barry = self.tokens.barry_as_bdfl;
        let text = self.text(&token);
        if barry && text != "<>" {
            let msg = "with Barry as BDFL, use '<>' instead of '!='";
            let error = self.raise_known(&token, &token, msg);
            return self.fail(error);
        }
        if !barry && text == "<>" {
            if self.invalid {
                let msg = "invalid syntax.  Maybe you meant '!=' instead of '<>'?";
                let error = self.raise_known(&token, &token, msg);
                return self.fail(error);
            }
            return Ok(None);
        }
        self.take(K::Other);
        Ok(Some(K::Compare))
    }

    pub fn bitwise_or(&mut self) -> Match {
        self.remember(Rule::BitOr, |g| g.chain(Self::bitwise_xor, &["|"]))
    }

    fn bitwise_xor(&mut self) -> Match {
        self.remember(Rule::BitXor, |g| g.chain(Self::bitwise_and, &["^"]))
    }

    fn bitwise_and(&mut self) -> Match {
        self.remember(Rule::BitAnd, |g| g.chain(Self::shift, &["&"]))
    }

    fn shift(&mut self) -> Match {
        self.remember(Rule::Shift, |g| {
            g.invalid_arithmetic(Self::sum, &["+", "-", "*", "/", "%", "//", "@"])?;
            g.chain(Self::sum, &["<<", ">>"])
        })
    }

    fn sum(&mut self) -> Match {
        self.remember(Rule::Sum, |g| g.chain(Self::term, &["+", "-"]))
    }

    fn term(&mut self) -> Match {
        self.remember(Rule::Term, |g| {
            g.invalid_factor()?;
            g.chain(Self::factor, &["*", "/", "//", "%", "@"])
        })
    }

    pub fn factor(&mut self) -> Match {
        self.remember(Rule::Factor, |g| {
            let start = g.at;
            if g.is_any(&["+", "-", "~"])? {
                return g.attempt(|g| {
                    g.eat_any(&["+", "-", "~"])?;
                    let Some(operand) = g.factor()? else {
                        return Ok(None);
                    };
                    Ok(Some(g.node(K::Operation, start, vec![operand])))
                });
            }
            let Some(base) = g.await_primary()? else {
                return Ok(None);
            };
            let power = g.attempt(|g| {
                if g.eat("**")?.is_none() {
                    return Ok(None);
                }
                let Some(exponent) = g.factor()? else {
                    return Ok(None);
                };
                Ok(Some(g.node(
                    K::Operation,
                    start,
                    vec![base.clone(), exponent],
                )))
            })?;
            Ok(Some(power.unwrap_or(base)))
        })
    }

    fn await_primary(&mut self) -> Match {
        self.remember(Rule::AwaitPrimary, |g| {
            let start = g.at;
            if g.is("await")? {
                return g.attempt(|g| {
                    g.eat("await")?;
                    let Some(operand) = g.primary()? else {
                        return Ok(None);
                    };
                    Ok(Some(g.node(K::Await, start, vec![operand])))
                });
            }
            g.primary()
        })
    }

    pub fn yield_expr(&mut self) -> Match {
        let start = self.at;
        if self.eat("yield")?.is_none() {
            return Ok(None);
        }
        let from = self.attempt(|g| {
            if g.eat("from")?.is_none() {
                return Ok(None);
            }
            g.expression()
        })?;
        if from.is_none() {
            self.attempt(Self::star_expressions)?;
        }
        Ok(Some(self.node(K::Yield, start, Vec::new())))
    }

    /// What may stand on the right of `=`.
    pub fn annotated_rhs(&mut self) -> Match {
        if let Some(node) = self.attempt(Self::yield_expr)? {
            return Ok(Some(node));
        }
        self.attempt(Self::star_expressions)
    }
}
