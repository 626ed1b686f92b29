//! Comprehensions and generator expressions.

use super::grammar::{Grammar, Match, Raised};
use super::node::K;

impl Grammar<'_> {
    pub fn listcomp(&mut self) -> Match {
        self.comprehension("[", "]", K::ListComp, Self::named_expression)
    }

    pub fn setcomp(&mut self) -> Match {
        self.comprehension("{", "}", K::SetComp, Self::named_expression)
    }

    pub fn genexp(&mut self) -> Match {
        self.comprehension("(", ")", K::Generator, Self::generator_element)
    }

    /// `x := 1`, or an expression that no `:=` follows.
    pub fn generator_element(&mut self) -> Match {
        if let Some(node) = self.attempt(Self::assignment_expression)? {
            return Ok(Some(node));
        }
        self.attempt(Self::expression_not_named)
    }

    fn comprehension(
        &mut self,
        open: &str,
        close: &str,
        kind: K,
        element: fn(&mut Self) -> Match,
    ) -> Match {
        let start = self.at;
        let found = self.attempt(|g| {
            if g.eat(open)?.is_none() || g.attempt(element)?.is_none() {
                return Ok(None);
            }
            if g.for_if_clauses()?.is_none() || g.eat(close)?.is_none() {
                return Ok(None);
            }
            Ok(Some(g.node(kind, start, Vec::new())))
        })?;
        if found.is_none() {
            self.invalid_comprehension()?;
        }
        Ok(found)
    }

    fn invalid_comprehension(&mut self) -> Result<(), Raised> {
        self.mistake(|g| {
            if g.eat_any(&["[", "(", "{"])?.is_none() {
                return Ok(None);
            }
            let Some(starred) = g.starred_expression()? else {
                return Ok(None);
            };
            if g.for_if_clauses()?.is_none() {
                return Ok(None);
            }
            let msg = "iterable unpacking cannot be used in comprehension";
            g.fail_node(&starred, msg)
        })?;
        self.mistake(|g| {
            if g.eat_any(&["[", "{"])?.is_none() {
                return Ok(None);
            }
            let Some(first) = g.star_named_expression()? else {
                return Ok(None);
            };
            if g.eat(",")?.is_none() {
                return Ok(None);
            }
            let Some(rest) = g.star_named_expressions()? else {
                return Ok(None);
            };
            if g.for_if_clauses()?.is_none() {
                return Ok(None);
            }
            let last = rest.last().cloned().unwrap_or_else(|| first.clone());
            g.fail_range(&first, &last, FORGOT)
        })?;
        self.mistake(|g| {
            if g.eat_any(&["[", "{"])?.is_none() {
                return Ok(None);
            }
            let Some(first) = g.star_named_expression()? else {
                return Ok(None);
            };
            let Some(comma) = g.eat(",")? else {
                return Ok(None);
            };
            if g.for_if_clauses()?.is_none() {
                return Ok(None);
            }
            g.fail_range(&first, &comma, FORGOT)
        })
    }

    pub fn dictcomp(&mut self) -> Match {
        let start = self.at;
        let found = self.attempt(|g| {
            if g.eat("{")?.is_none() || g.attempt(Self::kvpair)?.is_none() {
                return Ok(None);
            }
            if g.for_if_clauses()?.is_none() || g.eat("}")?.is_none() {
                return Ok(None);
            }
            Ok(Some(g.node(K::DictComp, start, Vec::new())))
        })?;
        if found.is_some() {
            return Ok(found);
        }
        self.mistake(|g| {
            if g.eat("{")?.is_none() {
                return Ok(None);
            }
            let Some(stars) = g.eat("**")? else {
                return Ok(None);
            };
            if g.bitwise_or()?.is_none() || g.for_if_clauses()?.is_none() || g.eat("}")?.is_none() {
                return Ok(None);
            }
            let msg = "dict unpacking cannot be used in dict comprehension";
            g.fail_node(&stars, msg)
        })?;
        Ok(None)
    }

    pub fn for_if_clauses(&mut self) -> Match {
        let start = self.at;
        if self.for_if_clause()?.is_none() {
            return Ok(None);
        }
        while self.for_if_clause()?.is_some() {}
        self.done(start)
    }

    fn for_if_clause(&mut self) -> Match {
        let start = self.at;
        // Behind `in` there is no other way to go on.
        let mut committed = false;
        let found = self.attempt(|g| {
            g.eat("async")?;
            if g.eat("for")?.is_none() || g.star_targets()?.is_none() || g.eat("in")?.is_none() {
                return Ok(None);
            }
            committed = true;
            if g.disjunction()?.is_none() {
                return Ok(None);
            }
            loop {
                let condition = g.attempt(|g| {
                    if g.eat("if")?.is_none() {
                        return Ok(None);
                    }
                    g.disjunction()
                })?;
                if condition.is_none() {
                    break;
                }
            }
            g.done(start)
        })?;
        if found.is_some() || committed {
            return Ok(found);
        }
        self.mistake(|g| {
            g.eat("async")?;
            if g.eat("for")?.is_none() || g.comma_list(Self::bitwise_or)?.is_none() {
                return Ok(None);
            }
            g.eat(",")?;
            if g.is("in")? {
                return Ok(None);
            }
            g.fail_last("'in' expected after for-loop variables")
        })?;
        self.invalid_for_target()?;
        Ok(None)
    }
}

const FORGOT: &str = "did you forget parentheses around the comprehension target?";
