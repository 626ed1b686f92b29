//! Arguments of calls.

use super::grammar::{Grammar, Match, Raised, Rule};
use super::node::{K, Node};

const MAYBE: &str = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
const PARENTHESIZE: &str = "Generator expression must be parenthesized";

impl Grammar<'_> {
    pub fn arguments(&mut self) -> Match {
        self.remember(Rule::Arguments, |g| {
            let found = g.attempt(|g| {
                let Some(args) = g.args()? else {
                    return Ok(None);
                };
                g.eat(",")?;
                Ok(g.is(")")?.then_some(args))
            })?;
            if found.is_none() {
                g.invalid_arguments()?;
            }
            Ok(found)
        })
    }

    fn args(&mut self) -> Match {
        let start = self.at;
        let positional = self.attempt(|g| g.comma_list(Self::positional))?;
        if let Some(mut kids) = positional {
            let keywords = self.attempt(|g| {
                if g.eat(",")?.is_none() {
                    return Ok(None);
                }
                g.kwargs()
            })?;
            let kind = keywords.as_ref().map_or(K::Other, |node| node.kind);
            if let Some(keywords) = keywords {
                kids.extend(
                    keywords
                        .kids
                        .iter()
                        .filter(|kid| kid.kind == K::Starred)
                        .cloned(),
                );
            }
            return Ok(Some(self.node(kind, start, kids)));
        }
        self.attempt(Self::kwargs)
    }

    /// A positional argument, which no `=` may follow.
    fn positional(&mut self) -> Match {
        if let Some(starred) = self.attempt(Self::starred_expression)? {
            return Ok(Some(starred));
        }
        self.attempt(|g| {
            let found = g.generator_element()?;
            Ok(if found.is_some() && !g.is("=")? {
                found
            } else {
                None
            })
        })
    }

    /// Keyword arguments. The kind of the node says whether the last is `**x`; its kids are the
    /// starred ones.
    fn kwargs(&mut self) -> Match {
        let start = self.at;
        let both = self.attempt(|g| {
            let Some(first) = g.comma_list(Self::kwarg_or_starred)? else {
                return Ok(None);
            };
            if g.eat(",")?.is_none() {
                return Ok(None);
            }
            let Some(second) = g.comma_list(Self::kwarg_or_double_starred)? else {
                return Ok(None);
            };
            Ok(Some(first.into_iter().chain(second).collect::<Vec<_>>()))
        })?;
        let all = match both {
            Some(all) => Some(all),
            None => match self.comma_list(Self::kwarg_or_starred)? {
                Some(all) => Some(all),
                None => self.comma_list(Self::kwarg_or_double_starred)?,
            },
        };
        let Some(all) = all else { return Ok(None) };
        let kind = match all.last() {
            Some(last) if last.kind == K::DoubleStarArgs => K::DoubleStarArgs,
            _ => K::Other,
        };
        Ok(Some(self.node(kind, start, all)))
    }

    pub fn starred_expression(&mut self) -> Match {
        self.mistake(|g| {
            let Some(star) = g.eat("*")? else {
                return Ok(None);
            };
            if g.expression()?.is_none() || g.eat("=")?.is_none() {
                return Ok(None);
            }
            let Some(value) = g.expression()? else {
                return Ok(None);
            };
            let msg = "cannot assign to iterable argument unpacking";
            g.fail_range(&star, &value, msg)
        })?;
        let start = self.at;
        let found = self.attempt(|g| {
            if g.eat("*")?.is_none() {
                return Ok(None);
            }
            let Some(value) = g.expression()? else {
                return Ok(None);
            };
            Ok(Some(g.node(K::Starred, start, vec![value])))
        })?;
        if found.is_none() {
            self.mistake(|g| {
                if g.eat("*")?.is_none() {
                    return Ok(None);
                }
                g.fail_last("Invalid star expression")
            })?;
        }
        Ok(found)
    }

    fn kwarg_or_starred(&mut self) -> Match {
        self.invalid_kwarg()?;
        if let Some(keyword) = self.attempt(Self::keyword)? {
            return Ok(Some(keyword));
        }
        self.attempt(Self::starred_expression)
    }

    fn kwarg_or_double_starred(&mut self) -> Match {
        self.invalid_kwarg()?;
        if let Some(keyword) = self.attempt(Self::keyword)? {
            return Ok(Some(keyword));
        }
        let start = self.at;
        self.attempt(|g| {
            if g.eat("**")?.is_none() || g.expression()?.is_none() {
                return Ok(None);
            }
            Ok(Some(g.node(K::DoubleStarArgs, start, Vec::new())))
        })
    }

    /// `name=value`
    fn keyword(&mut self) -> Match {
        let start = self.at;
        if self.name()?.is_none() || self.eat("=")?.is_none() || self.expression()?.is_none() {
            return Ok(None);
        }
        self.done(start)
    }

    fn invalid_kwarg(&mut self) -> Result<(), Raised> {
        self.mistake(|g| {
            let Some(constant) = g.eat_any(&["True", "False", "None"])? else {
                return Ok(None);
            };
            let Some(equals) = g.eat("=")? else {
                return Ok(None);
            };
            let word = g.node_text(&constant);
            let msg = format!("cannot assign to {word}");
            g.fail_range(&constant, &equals, msg)
        })?;
        self.name_equals_comprehension()?;
        self.mistake(|g| {
            let is_keyword = g.ahead(|g| {
                if g.name()?.is_none() {
                    return Ok(None);
                }
                g.eat("=")
            })?;
            if is_keyword {
                return Ok(None);
            }
            let Some(target) = g.expression()? else {
                return Ok(None);
            };
            let Some(equals) = g.eat("=")? else {
                return Ok(None);
            };
            let msg = "expression cannot contain assignment, perhaps you meant \"==\"?";
            g.fail_range(&target, &equals, msg)
        })?;
        self.mistake(|g| {
            let Some(stars) = g.eat("**")? else {
                return Ok(None);
            };
            if g.expression()?.is_none() || g.eat("=")?.is_none() {
                return Ok(None);
            }
            let Some(value) = g.expression()? else {
                return Ok(None);
            };
            let msg = "cannot assign to keyword argument unpacking";
            g.fail_range(&stars, &value, msg)
        })
    }

    /// `f(a=b for b in c)`
    fn name_equals_comprehension(&mut self) -> Result<(), Raised> {
        self.mistake(|g| {
            let Some(name) = g.name()? else {
                return Ok(None);
            };
            let Some(equals) = g.eat("=")? else {
                return Ok(None);
            };
            if g.expression()?.is_none() || g.for_if_clauses()?.is_none() {
                return Ok(None);
            }
            g.fail_range(&name, &equals, MAYBE)
        })
    }

    fn invalid_arguments(&mut self) -> Result<(), Raised> {
        self.mistake(|g| {
            // `f(**a, *b)`
            let keywords = g.attempt(|g| {
                if g.comma_list(Self::positional)?.is_none() || g.eat(",")?.is_none() {
                    return Ok(None);
                }
                g.kwargs()
            })?;
            if keywords.is_none() && g.attempt(Self::kwargs)?.is_none() {
                return Ok(None);
            }
            let Some(comma) = g.eat(",")? else {
                return Ok(None);
            };
            let Some(starred) = g.comma_list(Self::starred_expression)? else {
                return Ok(None);
            };
            let Some(last) = starred.last() else {
                return Ok(None);
            };
            let msg = "iterable argument unpacking follows keyword argument unpacking";
            g.fail_range(&comma, last, msg)
        })?;
        self.mistake(|g| {
            // `f(a for a in b, c)`
            let Some(element) = g.expression()? else {
                return Ok(None);
            };
            let Some(clauses) = g.for_if_clauses()? else {
                return Ok(None);
            };
            if g.eat(",")?.is_none() {
                return Ok(None);
            }
            if g.attempt(Self::args)?.is_none() {
                g.attempt(|g| {
                    if g.expression()?.is_none() {
                        return Ok(None);
                    }
                    g.for_if_clauses()
                })?;
            }
            g.fail_range(&element, &clauses, PARENTHESIZE)
        })?;
        self.name_equals_comprehension()?;
        self.mistake(|g| {
            // `f(a=)`
            g.attempt(|g| {
                if g.args()?.is_none() {
                    return Ok(None);
                }
                g.eat(",")
            })?;
            let Some(name) = g.name()? else {
                return Ok(None);
            };
            let Some(equals) = g.eat("=")? else {
                return Ok(None);
            };
            if !g.is_any(&[",", ")"])? {
                return Ok(None);
            }
            g.fail_range(&name, &equals, "expected argument value expression")
        })?;
        self.mistake(|g| {
            // `f(a, b for b in c)`
            let Some(args) = g.args()? else {
                return Ok(None);
            };
            let Some(clauses) = g.for_if_clauses()? else {
                return Ok(None);
            };
            let positional: &[Node] = &args.kids;
            let Some(last) = positional.last().filter(|_| positional.len() > 1) else {
                return Ok(None);
            };
            g.fail_range(last, &clauses, PARENTHESIZE)
        })?;
        self.mistake(|g| {
            if g.args()?.is_none() || g.eat(",")?.is_none() {
                return Ok(None);
            }
            let Some(element) = g.expression()? else {
                return Ok(None);
            };
            let Some(clauses) = g.for_if_clauses()? else {
                return Ok(None);
            };
            g.fail_range(&element, &clauses, PARENTHESIZE)
        })?;
        self.mistake(|g| {
            let Some(args) = g.args()? else {
                return Ok(None);
            };
            if g.eat(",")?.is_none() || g.args()?.is_none() {
                return Ok(None);
            }
            let unpacking = if args.kind == K::DoubleStarArgs {
                " unpacking"
            } else {
                ""
            };
            g.fail_last(format!(
                "positional argument follows keyword argument{unpacking}"
            ))
        })
    }
}
