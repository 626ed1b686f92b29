//! Targets of assignment and deletion.

use super::grammar::{Grammar, Match, Raised, Rule};
use super::node::{K, Node};

/// What an expression is used as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Assign,
    Delete,
    For,
}

/// The part of an expression that cannot be such a target.
fn invalid_part(node: &Node, used: Use) -> Option<Node> {
    match node.kind {
        K::List | K::Tuple => node.kids.iter().find_map(|kid| invalid_part(kid, used)),
        K::Starred if used == Use::Delete => Some(node.clone()),
        K::Starred => node.kids.first().and_then(|kid| invalid_part(kid, used)),
        K::CompareIn if used == Use::For => {
            node.kids.first().and_then(|kid| invalid_part(kid, used))
        }
        K::Compare if used == Use::For => None,
        K::Name | K::Attribute | K::Subscript => None,
        _ => Some(node.clone()),
    }
}

impl Grammar<'_> {
    /// Raises an error if `node` is no target of this kind.
    pub fn refuse_target(&mut self, node: &Node, used: Use) -> Match<()> {
        let Some(part) = invalid_part(node, used) else {
            return Ok(None);
        };
        let verb = match used {
            Use::Assign | Use::For => "assign to",
            Use::Delete => "delete",
        };
        let what = part.describe();
        self.fail_node(&part, format!("cannot {verb} {what}"))
    }

    pub fn star_targets(&mut self) -> Match {
        let start = self.at;
        let Some(first) = self.attempt(Self::star_target)? else {
            return Ok(None);
        };
        if !self.is(",")? {
            return Ok(Some(first));
        }
        let mut all = vec![first];
        while self.is(",")? {
            self.eat(",")?;
            match self.attempt(Self::star_target)? {
                Some(next) => all.push(next),
                None => break,
            }
        }
        Ok(Some(self.node(K::Tuple, start, all)))
    }

    pub fn star_target(&mut self) -> Match {
        let start = self.at;
        let starred = self.attempt(|g| {
            if g.eat("*")?.is_none() || g.is("*")? {
                return Ok(None);
            }
            let Some(inner) = g.star_target()? else {
                return Ok(None);
            };
            Ok(Some(g.node(K::Starred, start, vec![inner])))
        })?;
        match starred {
            Some(node) => Ok(Some(node)),
            None => self.target_with_star_atom(),
        }
    }

    /// `x.y` or `x[y]` that is not itself called, subscripted or followed by a dot.
    fn attribute_target(&mut self) -> Match {
        let Some(primary) = self.attempt(Self::target_primary)? else {
            return Ok(None);
        };
        Ok(matches!(primary.kind, K::Attribute | K::Subscript).then_some(primary))
    }

    pub fn target_with_star_atom(&mut self) -> Match {
        self.remember(Rule::TargetWithStarAtom, |g| {
            if let Some(node) = g.attempt(Self::attribute_target)? {
                return Ok(Some(node));
            }
            g.star_atom()
        })
    }

    fn star_atom(&mut self) -> Match {
        if let Some(name) = self.name()? {
            return Ok(Some(name));
        }
        let start = self.at;
        if self.eat("(")?.is_some() {
            let inner = self.attempt(|g| {
                let inner = g.target_with_star_atom()?;
                Ok(if g.eat(")")?.is_some() { inner } else { None })
            })?;
            if inner.is_some() {
                return Ok(inner);
            }
            let targets = self.attempt(Self::star_targets)?;
            // A single one needs a comma to be a tuple.
            let comma = self.text_before(1) == ",";
            if self.eat(")")?.is_none() {
                return Ok(None);
            }
            let kids = match targets {
                Some(node) if node.kind == K::Tuple || comma => vec![node],
                Some(_) => return Ok(None),
                None => Vec::new(),
            };
            return Ok(Some(self.node(K::Tuple, start, kids)));
        }
        if self.eat("[")?.is_some() {
            let targets = self.attempt(Self::star_targets)?;
            if self.eat("]")?.is_none() {
                return Ok(None);
            }
            let kids = targets.map(|node| vec![node]).unwrap_or_default();
            return Ok(Some(self.node(K::List, start, kids)));
        }
        Ok(None)
    }

    pub fn single_target(&mut self) -> Match {
        if let Some(node) = self.attempt(Self::attribute_target)? {
            return Ok(Some(node));
        }
        if let Some(name) = self.name()? {
            return Ok(Some(name));
        }
        self.attempt(Self::parenthesized_single)
    }

    pub fn parenthesized_single(&mut self) -> Match {
        if self.eat("(")?.is_none() {
            return Ok(None);
        }
        let inner = self.single_target()?;
        Ok(if inner.is_some() && self.eat(")")?.is_some() {
            inner
        } else {
            None
        })
    }

    /// `(x)`, `x.y` or `x[y]` before an annotation.
    pub fn annotated_target(&mut self) -> Match {
        if let Some(node) = self.attempt(Self::parenthesized_single)? {
            return Ok(Some(node));
        }
        self.attempt(Self::attribute_target)
    }

    pub fn del_targets(&mut self) -> Match {
        let start = self.at;
        let Some(_) = self.comma_list(Self::del_target)? else {
            return Ok(None);
        };
        self.eat(",")?;
        self.done(start)
    }

    fn del_target(&mut self) -> Match {
        self.remember(Rule::DelTarget, |g| {
            if let Some(node) = g.attempt(Self::attribute_target)? {
                return Ok(Some(node));
            }
            if let Some(name) = g.name()? {
                return Ok(Some(name));
            }
            for (open, close) in [("(", ")"), ("[", "]")] {
                let start = g.at;
                if g.eat(open)?.is_some() {
                    g.attempt(Self::del_targets)?;
                    if g.eat(close)?.is_none() {
                        return Ok(None);
                    }
                    return g.done(start);
                }
            }
            Ok(None)
        })
    }

    pub fn del_stmt(&mut self) -> Match {
        let start = self.at;
        if self.eat("del")?.is_none() {
            return Ok(None);
        }
        let found = self.attempt(|g| {
            if g.del_targets()?.is_none() {
                return Ok(None);
            }
            let ends = g.is(";")? || g.is_kind(crate::tokenizer::Kind::Newline)?;
            Ok(ends.then_some(()))
        })?;
        if found.is_some() {
            return self.done(start);
        }
        self.mistake(|g| {
            let Some(expr) = g.star_expressions()? else {
                return Ok(None);
            };
            g.refuse_target(&expr, Use::Delete)
        })?;
        Ok(None)
    }

    /// `for` followed by something that cannot be a target.
    pub fn invalid_for_target(&mut self) -> Result<(), Raised> {
        self.mistake(|g| {
            g.eat("async")?;
            if g.eat("for")?.is_none() {
                return Ok(None);
            }
            let Some(expr) = g.star_expressions()? else {
                return Ok(None);
            };
            g.refuse_target(&expr, Use::For)
        })
    }
}
