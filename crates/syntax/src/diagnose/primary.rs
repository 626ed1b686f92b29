//! Primaries, atoms and displays.

use super::grammar::{Grammar, Match, Rule};
use super::node::K;
use crate::tokenizer::Kind;

impl Grammar<'_> {
    pub fn primary(&mut self) -> Match {
        self.remember(Rule::Primary, |g| {
            let start = g.at;
            let Some(mut node) = g.atom()? else {
                return Ok(None);
            };
            while let Some(kind) = g.attempt(Self::trailer)? {
                node = g.node(kind, start, vec![node]);
            }
            Ok(Some(node))
        })
    }

    /// A primary as the beginning of a target.
    pub fn target_primary(&mut self) -> Match {
        let start = self.at;
        let Some(atom) = self.attempt(Self::atom)? else {
            return Ok(None);
        };
        // A bare atom is not what is looked for; brackets around it do not count.
        let mut node = self.node(K::Other, start, vec![atom]);
        while self.is_any(&["(", "[", "."])? {
            match self.attempt(Self::trailer)? {
                Some(kind) => node = self.node(kind, start, vec![node]),
                None => return Ok(None),
            }
        }
        Ok(Some(node))
    }

    /// `.name`, a call or a subscript.
    fn trailer(&mut self) -> Match<K> {
        if self.eat(".")?.is_some() {
            return Ok(self.name()?.map(|_| K::Attribute));
        }
        if self.is("(")? {
            if self.attempt(Self::genexp)?.is_some() {
                return Ok(Some(K::Call));
            }
            self.eat("(")?;
            self.attempt(Self::arguments)?;
            return Ok(self.eat(")")?.map(|_| K::Call));
        }
        if self.eat("[")?.is_some() {
            if self.slices()?.is_none() {
                return Ok(None);
            }
            return Ok(self.eat("]")?.map(|_| K::Subscript));
        }
        Ok(None)
    }

    pub fn slices(&mut self) -> Match {
        let start = self.at;
        let single = self.attempt(|g| {
            let found = g.slice()?;
            Ok(if found.is_some() && !g.is(",")? {
                found
            } else {
                None
            })
        })?;
        if single.is_some() {
            return Ok(single);
        }
        let all = self.comma_list(|g| {
            if let Some(slice) = g.attempt(Self::slice)? {
                return Ok(Some(slice));
            }
            g.attempt(Self::starred_expression)
        })?;
        let Some(all) = all else { return Ok(None) };
        self.eat(",")?;
        Ok(Some(self.node(K::Tuple, start, all)))
    }

    fn slice(&mut self) -> Match {
        let start = self.at;
        let range = self.attempt(|g| {
            g.attempt(Self::expression)?;
            if g.eat(":")?.is_none() {
                return Ok(None);
            }
            g.attempt(Self::expression)?;
            if g.eat(":")?.is_some() {
                g.attempt(Self::expression)?;
            }
            g.done(start)
        })?;
        match range {
            Some(node) => Ok(Some(node)),
            None => self.named_expression(),
        }
    }

    pub fn atom(&mut self) -> Match {
        let token = self.peek()?;
        match token.kind {
            Kind::Name => Ok(Some(self.take(K::Name))),
            Kind::Number => {
                let imaginary = self.text(&token).ends_with(['j', 'J']);
                let kind = if imaginary { K::Imaginary } else { K::Literal };
                Ok(Some(self.take(kind)))
            }
            Kind::String | Kind::FStringStart | Kind::TStringStart => self.strings(),
            Kind::Keyword => match self.text(&token) {
                "True" => Ok(Some(self.take(K::True))),
                "False" => Ok(Some(self.take(K::False))),
                "None" => Ok(Some(self.take(K::None))),
                _ => Ok(None),
            },
            Kind::Op => match self.text(&token) {
                "(" => self.parenthesized(),
                "[" => self.bracketed(),
                "{" => self.braced(),
                "..." => Ok(Some(self.take(K::Ellipsis))),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn parenthesized(&mut self) -> Match {
        if let Some(node) = self.attempt(Self::tuple)? {
            return Ok(Some(node));
        }
        if let Some(node) = self.attempt(Self::group)? {
            return Ok(Some(node));
        }
        self.attempt(Self::genexp)
    }

    pub fn tuple(&mut self) -> Match {
        let start = self.at;
        if self.eat("(")?.is_none() {
            return Ok(None);
        }
        let mut kids = Vec::new();
        let items = self.attempt(|g| {
            let Some(first) = g.star_named_expression()? else {
                return Ok(None);
            };
            if g.eat(",")?.is_none() {
                return Ok(None);
            }
            let mut all = vec![first];
            all.extend(g.attempt(Self::star_named_expressions)?.unwrap_or_default());
            Ok(Some(all))
        })?;
        kids.extend(items.unwrap_or_default());
        if self.eat(")")?.is_none() {
            return Ok(None);
        }
        Ok(Some(self.node(K::Tuple, start, kids)))
    }

    fn group(&mut self) -> Match {
        let found = self.attempt(|g| {
            if g.eat("(")?.is_none() {
                return Ok(None);
            }
            let inner = match g.attempt(Self::yield_expr)? {
                Some(node) => Some(node),
                None => g.named_expression()?,
            };
            Ok(if inner.is_some() && g.eat(")")?.is_some() {
                inner
            } else {
                None
            })
        })?;
        if found.is_some() {
            return Ok(found);
        }
        self.mistake(|g| {
            if g.eat("(")?.is_none() {
                return Ok(None);
            }
            let Some(starred) = g.starred_expression()? else {
                return Ok(None);
            };
            if g.eat(")")?.is_none() {
                return Ok(None);
            }
            g.fail_node(&starred, "cannot use starred expression here")
        })?;
        self.mistake(|g| {
            if g.eat("(")?.is_none() {
                return Ok(None);
            }
            let Some(stars) = g.eat("**")? else {
                return Ok(None);
            };
            if g.expression()?.is_none() || g.eat(")")?.is_none() {
                return Ok(None);
            }
            g.fail_node(&stars, "cannot use double starred expression here")
        })?;
        Ok(None)
    }

    fn bracketed(&mut self) -> Match {
        if let Some(node) = self.attempt(Self::list)? {
            return Ok(Some(node));
        }
        self.attempt(Self::listcomp)
    }

    pub fn list(&mut self) -> Match {
        let start = self.at;
        if self.eat("[")?.is_none() {
            return Ok(None);
        }
        let kids = self.attempt(Self::star_named_expressions)?;
        if self.eat("]")?.is_none() {
            return Ok(None);
        }
        Ok(Some(self.node(K::List, start, kids.unwrap_or_default())))
    }

    fn braced(&mut self) -> Match {
        let rules = [Self::dict, Self::set, Self::dictcomp, Self::setcomp];
        for rule in rules {
            if let Some(node) = self.attempt(rule)? {
                return Ok(Some(node));
            }
        }
        Ok(None)
    }

    fn dict(&mut self) -> Match {
        let start = self.at;
        let found = self.attempt(|g| {
            if g.eat("{")?.is_none() {
                return Ok(None);
            }
            if g.kvpairs()?.is_some() {
                g.eat(",")?;
            }
            if g.eat("}")?.is_none() {
                return Ok(None);
            }
            Ok(Some(g.node(K::Dict, start, Vec::new())))
        })?;
        if found.is_some() {
            return Ok(found);
        }
        self.mistake(|g| {
            if g.eat("{")?.is_none() {
                return Ok(None);
            }
            g.invalid_double_starred_kvpairs()
        })?;
        Ok(None)
    }

    fn invalid_double_starred_kvpairs(&mut self) -> Match<()> {
        self.mistake(|g| {
            if g.kvpairs()?.is_none() || g.eat(",")?.is_none() {
                return Ok(None);
            }
            g.mistake(|g| {
                let Some(key) = g.expression()? else {
                    return Ok(None);
                };
                if g.is(":")? {
                    return Ok(None);
                }
                g.fail_after(&key, "':' expected after dictionary key")
            })?;
            g.invalid_value()
        })?;
        self.invalid_value()
    }

    /// A key and a colon without a proper value.
    fn invalid_value(&mut self) -> Match<()> {
        self.mistake(|g| {
            if g.expression()?.is_none() || g.eat(":")?.is_none() {
                return Ok(None);
            }
            let Some(star) = g.eat("*")? else {
                return Ok(None);
            };
            if g.bitwise_or()?.is_none() {
                return Ok(None);
            }
            g.fail_from(
                &star,
                "cannot use a starred expression in a dictionary value",
            )
        })?;
        self.mistake(|g| {
            if g.expression()?.is_none() {
                return Ok(None);
            }
            let Some(colon) = g.eat(":")? else {
                return Ok(None);
            };
            if !g.is_any(&["}", ","])? {
                return Ok(None);
            }
            let msg = "expression expected after dictionary key and ':'";
            g.fail_node(&colon, msg)
        })?;
        Ok(None)
    }

    /// Items of a dict. In the keys after the first no mistakes are looked for: that a colon is
    /// missing explains them better.
    fn kvpairs(&mut self) -> Match {
        let start = self.at;
        if self.attempt(Self::double_starred_kvpair)?.is_none() {
            return Ok(None);
        }
        loop {
            let next = self.attempt(|g| {
                if g.eat(",")?.is_none() {
                    return Ok(None);
                }
                if !g.is("**")? {
                    let before = std::mem::replace(&mut g.invalid, false);
                    let key = g.ahead(Self::expression);
                    g.invalid = before;
                    key?;
                }
                g.double_starred_kvpair()
            })?;
            if next.is_none() {
                return self.done(start);
            }
        }
    }

    fn double_starred_kvpair(&mut self) -> Match {
        let start = self.at;
        let starred = self.attempt(|g| {
            if g.eat("**")?.is_none() || g.bitwise_or()?.is_none() {
                return Ok(None);
            }
            g.done(start)
        })?;
        match starred {
            Some(node) => Ok(Some(node)),
            None => self.attempt(Self::kvpair),
        }
    }

    pub fn kvpair(&mut self) -> Match {
        let start = self.at;
        if self.expression()?.is_none() || self.eat(":")?.is_none() || self.expression()?.is_none()
        {
            return Ok(None);
        }
        self.done(start)
    }

    fn set(&mut self) -> Match {
        let start = self.at;
        if self.eat("{")?.is_none() || self.star_named_expressions()?.is_none() {
            return Ok(None);
        }
        if self.eat("}")?.is_none() {
            return Ok(None);
        }
        Ok(Some(self.node(K::Set, start, Vec::new())))
    }
}
