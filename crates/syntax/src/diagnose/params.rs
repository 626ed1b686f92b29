//! Parameters of functions and lambdas, and type parameters.

use super::grammar::{Grammar, Match, Raised};
use super::node::{K, Node};

impl Grammar<'_> {
    /// Parameters, which may be none. `lambda` says whose.
    pub fn parameters(&mut self, lambda: bool) -> Match {
        self.invalid_parameters(lambda)?;
        self.attempt(|g| g.valid_parameters(lambda))
    }

    fn close(lambda: bool) -> &'static str {
        if lambda { ":" } else { ")" }
    }

    /// What ends one parameter.
    fn param_end(&mut self, lambda: bool) -> Match<()> {
        if self.eat(",")?.is_some() {
            return Ok(Some(()));
        }
        Ok(self.is(Self::close(lambda))?.then_some(()))
    }

    /// A name, with an annotation where there may be one.
    fn param(&mut self, lambda: bool) -> Match {
        let start = self.at;
        if self.name()?.is_none() {
            return Ok(None);
        }
        if !lambda {
            self.attempt(Self::annotation)?;
        }
        Ok(Some(self.node(K::Name, start, Vec::new())))
    }

    fn annotation(&mut self) -> Match {
        if self.eat(":")?.is_none() {
            return Ok(None);
        }
        self.expression()
    }

    fn param_no_default(&mut self, lambda: bool) -> Match {
        self.attempt(|g| {
            let Some(param) = g.param(lambda)? else {
                return Ok(None);
            };
            Ok(g.param_end(lambda)?.map(|()| param))
        })
    }

    fn param_with_default(&mut self, lambda: bool) -> Match {
        self.attempt(|g| {
            let Some(param) = g.param(lambda)? else {
                return Ok(None);
            };
            if g.default(lambda)?.is_none() {
                return Ok(None);
            }
            Ok(g.param_end(lambda)?.map(|()| param))
        })
    }

    fn default(&mut self, lambda: bool) -> Match {
        let found = self.attempt(|g| {
            if g.eat("=")?.is_none() {
                return Ok(None);
            }
            g.expression()
        })?;
        if found.is_none() {
            self.mistake(|g| {
                let Some(equals) = g.eat("=")? else {
                    return Ok(None);
                };
                if !g.is_any(&[Self::close(lambda), ","])? {
                    return Ok(None);
                }
                g.fail_node(&equals, "expected default value expression")
            })?;
        }
        Ok(found)
    }

    fn param_maybe_default(&mut self, lambda: bool) -> Match {
        self.attempt(|g| {
            let Some(param) = g.param(lambda)? else {
                return Ok(None);
            };
            g.default(lambda)?;
            Ok(g.param_end(lambda)?.map(|()| param))
        })
    }

    /// `a, b, /`
    fn slash(&mut self, lambda: bool) -> Match {
        self.attempt(|g| {
            let start = g.at;
            let mut any = false;
            while g.param_no_default(lambda)?.is_some() {
                any = true;
            }
            while g.param_with_default(lambda)?.is_some() {
                any = true;
            }
            if !any || g.eat("/")?.is_none() || g.param_end(lambda)?.is_none() {
                return Ok(None);
            }
            g.done(start)
        })
    }

    fn valid_parameters(&mut self, lambda: bool) -> Match {
        let start = self.at;
        // Whether a default has been seen decides what may follow the slash.
        let before = self.at;
        let slash = self.slash(lambda)?;
        let default_seen = slash.is_some() && self.has_default(before);
        if !default_seen {
            while self.param_no_default(lambda)?.is_some() {}
        }
        while self.param_with_default(lambda)?.is_some() {}
        self.star_etc(lambda)?;
        if self.at == start {
            return Ok(None);
        }
        self.done(start)
    }

    /// Whether the parameter before the slash just taken has a default value.
    fn has_default(&self, start: usize) -> bool {
        let mut level = None;
        for token in &self.tokens.list[start..self.at] {
            let base = *level.get_or_insert(token.level);
            if token.level == base && self.text(token) == "=" {
                return true;
            }
        }
        false
    }

    fn star_etc(&mut self, lambda: bool) -> Match {
        self.invalid_star_etc(lambda)?;
        let start = self.at;
        let star = self.attempt(|g| {
            if g.eat("*")?.is_none() {
                return Ok(None);
            }
            if g.eat(",")?.is_some() {
                if g.param_maybe_default(lambda)?.is_none() {
                    return Ok(None);
                }
            } else if g.vararg(lambda)?.is_none() {
                return Ok(None);
            }
            while g.param_maybe_default(lambda)?.is_some() {}
            g.kwds(lambda)?;
            g.done(start)
        })?;
        match star {
            Some(node) => Ok(Some(node)),
            None => self.kwds(lambda),
        }
    }

    /// `*args`, also with a starred annotation.
    fn vararg(&mut self, lambda: bool) -> Match {
        if let Some(param) = self.param_no_default(lambda)? {
            return Ok(Some(param));
        }
        if lambda {
            return Ok(None);
        }
        self.attempt(|g| {
            let Some(name) = g.name()? else {
                return Ok(None);
            };
            if g.eat(":")?.is_none() || g.eat("*")?.is_none() || g.bitwise_or()?.is_none() {
                return Ok(None);
            }
            Ok(g.param_end(lambda)?.map(|()| name))
        })
    }

    fn kwds(&mut self, lambda: bool) -> Match {
        self.invalid_kwds(lambda)?;
        self.attempt(|g| {
            if g.eat("**")?.is_none() {
                return Ok(None);
            }
            g.param_no_default(lambda)
        })
    }

    fn invalid_parameters(&mut self, lambda: bool) -> Result<(), Raised> {
        self.mistake(|g| {
            let Some(slash) = g.eat("/")? else {
                return Ok(None);
            };
            if g.eat(",")?.is_none() {
                return Ok(None);
            }
            g.fail_node(&slash, "at least one argument must precede /")
        })?;
        self.mistake(|g| {
            if g.slash(lambda)?.is_none() {
                return Ok(None);
            }
            while g.param_maybe_default(lambda)?.is_some() {}
            let Some(slash) = g.eat("/")? else {
                return Ok(None);
            };
            g.fail_node(&slash, "/ may appear only once")
        })?;
        self.mistake(|g| {
            let before = g.at;
            let slash = g.slash(lambda)?;
            let mut default_seen = slash.is_some() && g.has_default(before);
            while g.param_no_default(lambda)?.is_some() {
                if default_seen {
                    g.at -= 1;
                    break;
                }
            }
            while g.param_with_default(lambda)?.is_some() {
                default_seen = true;
            }
            if !default_seen {
                return Ok(None);
            }
            if slash.is_some() {
                g.at = before;
                return g.default_before(lambda);
            }
            match g.param_no_default_node(lambda)? {
                Some(param) => g.fail_node(&param, NO_DEFAULT),
                None => Ok(None),
            }
        })?;
        self.mistake(|g| {
            while g.param_no_default(lambda)?.is_some() {}
            let Some(open) = g.eat("(")? else {
                return Ok(None);
            };
            if lambda {
                if g.comma_list(Self::name)?.is_none() {
                    return Ok(None);
                }
                g.eat(",")?;
            } else {
                let mut any = false;
                while g.param_no_default(lambda)?.is_some() {
                    any = true;
                }
                if !any {
                    return Ok(None);
                }
                g.eat(",")?;
            }
            let Some(close) = g.eat(")")? else {
                return Ok(None);
            };
            let whose = if lambda {
                "Lambda expression"
            } else {
                "Function"
            };
            let msg = format!("{whose} parameters cannot be parenthesized");
            g.fail_range(&open, &close, msg)
        })?;
        self.mistake(|g| {
            g.slash(lambda)?;
            while g.param_maybe_default(lambda)?.is_some() {}
            if g.eat("*")?.is_none() {
                return Ok(None);
            }
            if g.eat(",")?.is_none() && g.param_no_default(lambda)?.is_none() {
                return Ok(None);
            }
            while g.param_maybe_default(lambda)?.is_some() {}
            let Some(slash) = g.eat("/")? else {
                return Ok(None);
            };
            g.fail_node(&slash, "/ must be ahead of *")
        })?;
        self.mistake(|g| {
            let mut any = false;
            while g.param_maybe_default(lambda)?.is_some() {
                any = true;
            }
            if !any || g.eat("/")?.is_none() {
                return Ok(None);
            }
            let Some(star) = g.eat("*")? else {
                return Ok(None);
            };
            g.fail_node(&star, "expected comma between / and *")
        })
    }

    /// Like `param_no_default`, but its place does not include what ends it.
    fn param_no_default_node(&mut self, lambda: bool) -> Match {
        self.param_no_default(lambda)
    }

    /// A parameter without a default behind one with a default, across a slash.
    fn default_before(&mut self, lambda: bool) -> Match<()> {
        self.slash(lambda)?;
        while self.param_with_default(lambda)?.is_some() {}
        match self.param_no_default(lambda)? {
            Some(param) => self.fail_node(&param, NO_DEFAULT),
            None => Ok(None),
        }
    }

    fn invalid_star_etc(&mut self, lambda: bool) -> Result<(), Raised> {
        self.mistake(|g| {
            let Some(star) = g.eat("*")? else {
                return Ok(None);
            };
            let close = Self::close(lambda);
            let alone = if g.eat(",")?.is_some() {
                g.eat_any(&[close, "**"])?.is_some()
            } else {
                g.eat(close)?.is_some()
            };
            if !alone {
                return Ok(None);
            }
            let msg = "named arguments must follow bare *";
            if lambda {
                return g.fail_last(msg);
            }
            g.fail_node(&star, msg)
        })?;
        self.mistake(|g| {
            if g.eat("*")?.is_none() || g.param(lambda)?.is_none() {
                return Ok(None);
            }
            let Some(equals) = g.eat("=")? else {
                return Ok(None);
            };
            let msg = "var-positional argument cannot have default value";
            g.fail_node(&equals, msg)
        })?;
        self.mistake(|g| {
            if g.eat("*")?.is_none() {
                return Ok(None);
            }
            if g.param_no_default(lambda)?.is_none() && g.eat(",")?.is_none() {
                return Ok(None);
            }
            while g.param_maybe_default(lambda)?.is_some() {}
            let Some(star) = g.eat("*")? else {
                return Ok(None);
            };
            if g.param_no_default(lambda)?.is_none() && g.eat(",")?.is_none() {
                return Ok(None);
            }
            g.fail_node(&star, "* argument may appear only once")
        })
    }

    fn invalid_kwds(&mut self, lambda: bool) -> Result<(), Raised> {
        self.mistake(|g| {
            if g.eat("**")?.is_none() || g.param(lambda)?.is_none() {
                return Ok(None);
            }
            let Some(equals) = g.eat("=")? else {
                return Ok(None);
            };
            let msg = "var-keyword argument cannot have default value";
            g.fail_node(&equals, msg)
        })?;
        self.mistake(|g| {
            if g.eat("**")?.is_none() || g.param(lambda)?.is_none() || g.eat(",")?.is_none() {
                return Ok(None);
            }
            let next = match g.param(lambda)? {
                Some(param) => Some(param),
                None => g.eat_any(&["*", "**", "/"])?,
            };
            let Some(next) = next else {
                return Ok(None);
            };
            g.fail_node(&next, "arguments cannot follow var-keyword argument")
        })
    }

    /// `[T, *Ts, **P]`
    pub fn type_params(&mut self) -> Match {
        self.mistake(|g| {
            if g.eat("[")?.is_none() {
                return Ok(None);
            }
            let Some(close) = g.eat("]")? else {
                return Ok(None);
            };
            g.fail_from(&close, "Type parameter list cannot be empty")
        })?;
        let start = self.at;
        self.attempt(|g| {
            if g.eat("[")?.is_none() || g.comma_list(Self::type_param)?.is_none() {
                return Ok(None);
            }
            g.eat(",")?;
            if g.eat("]")?.is_none() {
                return Ok(None);
            }
            g.done(start)
        })
    }

    fn type_param(&mut self) -> Match {
        let start = self.at;
        let plain = self.attempt(|g| {
            if g.name()?.is_none() {
                return Ok(None);
            }
            g.attempt(Self::annotation)?;
            g.attempt(Self::type_param_default)?;
            g.done(start)
        })?;
        if plain.is_some() {
            return Ok(plain);
        }
        self.invalid_type_param()?;
        let variadic = self.attempt(|g| {
            if g.eat("*")?.is_none() || g.name()?.is_none() {
                return Ok(None);
            }
            g.attempt(|g| {
                if g.eat("=")?.is_none() {
                    return Ok(None);
                }
                g.star_expression()
            })?;
            g.done(start)
        })?;
        if variadic.is_some() {
            return Ok(variadic);
        }
        self.attempt(|g| {
            if g.eat("**")?.is_none() || g.name()?.is_none() {
                return Ok(None);
            }
            g.attempt(Self::type_param_default)?;
            g.done(start)
        })
    }

    fn type_param_default(&mut self) -> Match {
        if self.eat("=")?.is_none() {
            return Ok(None);
        }
        self.expression()
    }

    fn invalid_type_param(&mut self) -> Result<(), Raised> {
        for (star, kind) in [("*", "TypeVarTuple"), ("**", "ParamSpec")] {
            self.mistake(|g| {
                if g.eat(star)?.is_none() || g.name()?.is_none() {
                    return Ok(None);
                }
                let Some(colon) = g.eat(":")? else {
                    return Ok(None);
                };
                let Some(bound) = g.expression()? else {
                    return Ok(None);
                };
                g.bound_not_allowed(&colon, &bound, kind)
            })?;
        }
        Ok(())
    }

    fn bound_not_allowed(&mut self, colon: &Node, bound: &Node, kind: &str) -> Match<()> {
        let what = if bound.kind == K::Tuple {
            "constraints"
        } else {
            "bound"
        };
        self.fail_from(colon, format!("cannot use {what} with {kind}"))
    }
}

const NO_DEFAULT: &str = "parameter without a default follows parameter with a default";
