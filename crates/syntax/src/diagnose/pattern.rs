//! `match` statements and their patterns.

use super::grammar::{Grammar, Match, Raised, Rule};
use super::node::K;
use crate::tokenizer::Kind;

impl Grammar<'_> {
    pub fn match_stmt(&mut self) -> Match {
        let start = self.at;
        let found = self.attempt(|g| {
            if g.eat_soft("match")?.is_none()
                || g.subject()?.is_none()
                || g.eat(":")?.is_none()
                || g.eat_kind(Kind::Newline)?.is_none()
                || g.eat_kind(Kind::Indent)?.is_none()
                || g.case_block()?.is_none()
            {
                return Ok(None);
            }
            while g.case_block()?.is_some() {}
            if g.eat_kind(Kind::Dedent)?.is_none() {
                return Ok(None);
            }
            g.done(start)
        })?;
        if found.is_some() {
            return Ok(found);
        }
        self.mistake(|g| {
            if g.eat_soft("match")?.is_none() || g.subject()?.is_none() {
                return Ok(None);
            }
            if g.eat_kind(Kind::Newline)?.is_none() {
                return Ok(None);
            }
            g.fail_last("expected ':'")
        })?;
        self.mistake(|g| {
            let Some(word) = g.eat_soft("match")? else {
                return Ok(None);
            };
            if g.subject()?.is_none() || g.eat(":")?.is_none() {
                return Ok(None);
            }
            g.missing_block(&word, "'match' statement")
        })?;
        Ok(None)
    }

    fn subject(&mut self) -> Match {
        let start = self.at;
        let several = self.attempt(|g| {
            if g.star_named_expression()?.is_none() || g.eat(",")?.is_none() {
                return Ok(None);
            }
            g.attempt(Self::star_named_expressions)?;
            g.done(start)
        })?;
        match several {
            Some(node) => Ok(Some(node)),
            None => self.named_expression(),
        }
    }

    fn case_block(&mut self) -> Match {
        self.mistake(|g| {
            if g.eat_soft("case")?.is_none() || g.patterns()?.is_none() {
                return Ok(None);
            }
            g.attempt(Self::guard)?;
            if g.eat_kind(Kind::Newline)?.is_none() {
                return Ok(None);
            }
            g.fail_last("expected ':'")
        })?;
        self.mistake(|g| {
            let Some(word) = g.eat_soft("case")? else {
                return Ok(None);
            };
            if g.patterns()?.is_none() {
                return Ok(None);
            }
            g.attempt(Self::guard)?;
            if g.eat(":")?.is_none() {
                return Ok(None);
            }
            g.missing_block(&word, "'case' statement")
        })?;
        let start = self.at;
        self.attempt(|g| {
            if g.eat_soft("case")?.is_none() || g.patterns()?.is_none() {
                return Ok(None);
            }
            g.attempt(Self::guard)?;
            if g.eat(":")?.is_none() || g.block()?.is_none() {
                return Ok(None);
            }
            g.done(start)
        })
    }

    fn guard(&mut self) -> Match {
        if self.eat("if")?.is_none() {
            return Ok(None);
        }
        self.named_expression()
    }

    fn patterns(&mut self) -> Match {
        if let Some(node) = self.attempt(Self::open_sequence)? {
            return Ok(Some(node));
        }
        self.attempt(Self::pattern)
    }

    /// `a, *b`
    fn open_sequence(&mut self) -> Match {
        let start = self.at;
        if self.maybe_star_pattern()?.is_none() || self.eat(",")?.is_none() {
            return Ok(None);
        }
        self.attempt(Self::maybe_sequence)?;
        self.done(start)
    }

    fn maybe_sequence(&mut self) -> Match {
        let start = self.at;
        if self.comma_list(Self::maybe_star_pattern)?.is_none() {
            return Ok(None);
        }
        self.eat(",")?;
        self.done(start)
    }

    fn maybe_star_pattern(&mut self) -> Match {
        self.remember(Rule::StarPattern, |g| {
            let start = g.at;
            let star = g.attempt(|g| {
                if g.eat("*")?.is_none() || g.name()?.is_none() {
                    return Ok(None);
                }
                g.done(start)
            })?;
            match star {
                Some(node) => Ok(Some(node)),
                None => g.pattern(),
            }
        })
    }

    fn pattern(&mut self) -> Match {
        let start = self.at;
        let bound = self.attempt(|g| {
            if g.or_pattern()?.is_none() || g.eat("as")?.is_none() || g.capture()?.is_none() {
                return Ok(None);
            }
            g.done(start)
        })?;
        if bound.is_some() {
            return Ok(bound);
        }
        self.mistake(|g| {
            if g.or_pattern()?.is_none() || g.eat("as")?.is_none() {
                return Ok(None);
            }
            if g.is_soft("_")? {
                return g.fail_next("cannot use '_' as a target");
            }
            let Some(target) = g.expression()? else {
                return Ok(None);
            };
            let what = target.describe();
            g.fail_node(&target, format!("cannot use {what} as pattern target"))
        })?;
        self.attempt(Self::or_pattern)
    }

    fn or_pattern(&mut self) -> Match {
        let start = self.at;
        if self.closed_pattern()?.is_none() {
            return Ok(None);
        }
        loop {
            let next = self.attempt(|g| {
                if g.eat("|")?.is_none() {
                    return Ok(None);
                }
                g.closed_pattern()
            })?;
            if next.is_none() {
                break;
            }
        }
        self.done(start)
    }

    /// A name that is bound: not `_`, and not the start of something longer.
    fn capture(&mut self) -> Match {
        self.attempt(|g| {
            if g.is_soft("_")? {
                return Ok(None);
            }
            let Some(name) = g.name()? else {
                return Ok(None);
            };
            Ok((!g.is_any(&[".", "(", "="])?).then_some(name))
        })
    }

    fn closed_pattern(&mut self) -> Match {
        self.remember(Rule::ClosedPattern, |g| {
            let rules = [
                Self::literal_pattern,
                Self::capture,
                Self::wildcard,
                Self::value_pattern,
                Self::group_pattern,
                Self::sequence_pattern,
                Self::mapping_pattern,
                Self::class_pattern,
            ];
            for rule in rules {
                if let Some(node) = g.attempt(rule)? {
                    return Ok(Some(node));
                }
            }
            Ok(None)
        })
    }

    fn wildcard(&mut self) -> Match {
        self.eat_soft("_")
    }

    fn literal_pattern(&mut self) -> Match {
        let number = self.attempt(|g| {
            let found = g.signed_number()?;
            Ok(if found.is_some() && !g.is_any(&["+", "-"])? {
                found
            } else {
                None
            })
        })?;
        if number.is_some() {
            return Ok(number);
        }
        if let Some(complex) = self.attempt(Self::complex_number)? {
            return Ok(Some(complex));
        }
        if let Some(strings) = self.attempt(Self::strings_atom)? {
            return Ok(Some(strings));
        }
        self.eat_any(&["None", "True", "False"])
    }

    fn strings_atom(&mut self) -> Match {
        match self.peek()?.kind {
            Kind::String | Kind::FStringStart | Kind::TStringStart => self.strings(),
            _ => Ok(None),
        }
    }

    fn number_atom(&mut self) -> Match {
        if self.is_kind(Kind::Number)? {
            return self.atom();
        }
        Ok(None)
    }

    fn signed_number(&mut self) -> Match {
        self.eat("-")?;
        self.number_atom()
    }

    fn complex_number(&mut self) -> Match {
        let start = self.at;
        self.eat("-")?;
        let Some(real) = self.number_atom()? else {
            return Ok(None);
        };
        if real.kind == K::Imaginary {
            return self.fail_node(&real, "real number required in complex literal");
        }
        if self.eat_any(&["+", "-"])?.is_none() {
            return Ok(None);
        }
        let Some(imaginary) = self.number_atom()? else {
            return Ok(None);
        };
        if imaginary.kind != K::Imaginary {
            return self.fail_node(&imaginary, "imaginary number required in complex literal");
        }
        self.done(start)
    }

    /// `a.b.c`
    fn value_pattern(&mut self) -> Match {
        let found = self.dotted()?;
        Ok(if found.is_some() && !self.is_any(&[".", "(", "="])? {
            found
        } else {
            None
        })
    }

    fn dotted(&mut self) -> Match {
        let start = self.at;
        if self.name()?.is_none() {
            return Ok(None);
        }
        let mut dots = 0;
        while self
            .attempt(|g| {
                if g.eat(".")?.is_none() {
                    return Ok(None);
                }
                g.name()
            })?
            .is_some()
        {
            dots += 1;
        }
        if dots == 0 {
            return Ok(None);
        }
        self.done(start)
    }

    fn group_pattern(&mut self) -> Match {
        if self.eat("(")?.is_none() {
            return Ok(None);
        }
        let inner = self.pattern()?;
        Ok(if inner.is_some() && self.eat(")")?.is_some() {
            inner
        } else {
            None
        })
    }

    fn sequence_pattern(&mut self) -> Match {
        let start = self.at;
        if self.eat("[")?.is_some() {
            self.attempt(Self::maybe_sequence)?;
            return if self.eat("]")?.is_some() {
                self.done(start)
            } else {
                Ok(None)
            };
        }
        if self.eat("(")?.is_none() {
            return Ok(None);
        }
        self.attempt(Self::open_sequence)?;
        if self.eat(")")?.is_none() {
            return Ok(None);
        }
        self.done(start)
    }

    fn mapping_pattern(&mut self) -> Match {
        let start = self.at;
        if self.eat("{")?.is_none() {
            return Ok(None);
        }
        let items = self.attempt(|g| g.comma_list(Self::key_value_pattern))?;
        let rest = self.attempt(|g| {
            if items.is_some() && g.eat(",")?.is_none() {
                return Ok(None);
            }
            if g.eat("**")?.is_none() {
                return Ok(None);
            }
            g.capture()
        })?;
        if items.is_some() || rest.is_some() {
            self.eat(",")?;
        }
        if self.eat("}")?.is_none() {
            return Ok(None);
        }
        self.done(start)
    }

    fn key_value_pattern(&mut self) -> Match {
        let start = self.at;
        let key = match self.attempt(Self::literal_pattern)? {
            Some(key) => Some(key),
            None => self.attempt(Self::dotted)?,
        };
        if key.is_none() || self.eat(":")?.is_none() || self.pattern()?.is_none() {
            return Ok(None);
        }
        self.done(start)
    }

    fn class_name(&mut self) -> Match {
        match self.attempt(Self::dotted)? {
            Some(node) => Ok(Some(node)),
            None => self.name(),
        }
    }

    fn class_pattern(&mut self) -> Match {
        let start = self.at;
        let found = self.attempt(|g| {
            if g.class_name()?.is_none() || g.eat("(")?.is_none() {
                return Ok(None);
            }
            let positional = g.attempt(|g| g.comma_list(Self::positional_pattern))?;
            let keywords = g.attempt(|g| {
                if positional.is_some() && g.eat(",")?.is_none() {
                    return Ok(None);
                }
                g.comma_list(Self::keyword_pattern)
            })?;
            if positional.is_some() || keywords.is_some() {
                g.eat(",")?;
            }
            if g.eat(")")?.is_none() {
                return Ok(None);
            }
            g.done(start)
        })?;
        if found.is_none() {
            self.invalid_class_pattern()?;
        }
        Ok(found)
    }

    fn positional_pattern(&mut self) -> Match {
        let found = self.pattern()?;
        Ok(if found.is_some() && !self.is("=")? {
            found
        } else {
            None
        })
    }

    fn keyword_pattern(&mut self) -> Match {
        let start = self.at;
        if self.name()?.is_none() || self.eat("=")?.is_none() || self.pattern()?.is_none() {
            return Ok(None);
        }
        self.done(start)
    }

    fn invalid_class_pattern(&mut self) -> Result<(), Raised> {
        self.mistake(|g| {
            if g.class_name()?.is_none() || g.eat("(")?.is_none() {
                return Ok(None);
            }
            g.attempt(|g| {
                if g.comma_list(Self::positional_only)?.is_none() {
                    return Ok(None);
                }
                g.eat(",")
            })?;
            if g.comma_list(Self::keyword_pattern)?.is_none() || g.eat(",")?.is_none() {
                return Ok(None);
            }
            let Some(late) = g.comma_list(Self::positional_only)? else {
                return Ok(None);
            };
            let (Some(first), Some(last)) = (late.first(), late.last()) else {
                return Ok(None);
            };
            g.fail_range(first, last, "positional patterns follow keyword patterns")
        })
    }

    fn positional_only(&mut self) -> Match {
        self.positional_pattern()
    }
}
