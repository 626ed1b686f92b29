//! Start symbols and simple statements.

use super::grammar::{Grammar, Match, Raised, Rule};
use super::node::K;
use super::target::Use;
use crate::tokenizer::Kind;

const AUGMENTED: [&str; 13] = [
    "+=", "-=", "*=", "@=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=", "//=",
];

impl Grammar<'_> {
    pub fn file(&mut self) -> Match {
        let start = self.at;
        self.attempt(Self::statements)?;
        if self.eat_kind(Kind::End)?.is_none() {
            return Ok(None);
        }
        self.done(start)
    }

    pub fn interactive(&mut self) -> Match {
        let start = self.at;
        let compound = self.attempt(|g| {
            if g.compound_stmt()?.is_none() || g.eat_kind(Kind::Newline)?.is_none() {
                return Ok(None);
            }
            g.done(start)
        })?;
        if compound.is_some() {
            return Ok(compound);
        }
        if let Some(node) = self.attempt(Self::simple_stmts)? {
            return Ok(Some(node));
        }
        // An empty line is a statement, but nothing at all is not.
        self.attempt(|g| g.eat_kind(Kind::Newline))
    }

    pub fn eval(&mut self) -> Match {
        let start = self.at;
        if self.attempt(Self::expressions)?.is_none() {
            return Ok(None);
        }
        while self.eat_kind(Kind::Newline)?.is_some() {}
        if self.eat_kind(Kind::End)?.is_none() {
            return Ok(None);
        }
        self.done(start)
    }

    pub fn func_type(&mut self) -> Match {
        let start = self.at;
        if self.eat("(")?.is_none() {
            return Ok(None);
        }
        self.comma_list(|g| {
            if g.eat("**")?.is_none() {
                g.eat("*")?;
            }
            g.expression()
        })?;
        if self.eat(")")?.is_none() || self.eat("->")?.is_none() || self.expression()?.is_none() {
            return Ok(None);
        }
        while self.eat_kind(Kind::Newline)?.is_some() {}
        if self.eat_kind(Kind::End)?.is_none() {
            return Ok(None);
        }
        self.done(start)
    }

    pub fn statements(&mut self) -> Match {
        let start = self.at;
        if self.statement()?.is_none() {
            return Ok(None);
        }
        while self.statement()?.is_some() {}
        self.done(start)
    }

    fn statement(&mut self) -> Match {
        if let Some(node) = self.attempt(Self::compound_stmt)? {
            return Ok(Some(node));
        }
        self.attempt(Self::simple_stmts)
    }

    pub fn simple_stmts(&mut self) -> Match {
        let start = self.at;
        if self.simple_stmt()?.is_none() {
            return Ok(None);
        }
        while self.eat(";")?.is_some() {
            if self.simple_stmt()?.is_none() {
                break;
            }
        }
        if self.eat_kind(Kind::Newline)?.is_none() {
            return Ok(None);
        }
        self.done(start)
    }

    pub fn simple_stmt(&mut self) -> Match {
        self.remember(Rule::SimpleStmt, |g| {
            if let Some(node) = g.attempt(Self::assignment)? {
                return Ok(Some(node));
            }
            if g.is_soft("type")?
                && let Some(node) = g.attempt(Self::type_alias)?
            {
                return Ok(Some(node));
            }
            if let Some(node) = g.attempt(Self::star_expressions)? {
                return Ok(Some(node));
            }
            let token = g.peek()?;
            if token.kind != Kind::Keyword {
                return Ok(None);
            }
            match g.text(&token) {
                "return" => {
                    let node = g.take(K::Other);
                    g.attempt(Self::star_expressions)?;
                    Ok(Some(node))
                }
                "import" => g.attempt(Self::import_name),
                "from" => g.attempt(Self::import_from),
                "raise" => g.attempt(Self::raise_stmt),
                "pass" | "break" | "continue" => Ok(Some(g.take(K::Other))),
                "del" => g.attempt(Self::del_stmt),
                "yield" => g.attempt(Self::yield_expr),
                "assert" => g.attempt(|g| {
                    g.take(K::Other);
                    let Some(node) = g.expression()? else {
                        return Ok(None);
                    };
                    g.attempt(|g| {
                        if g.eat(",")?.is_none() {
                            return Ok(None);
                        }
                        g.expression()
                    })?;
                    Ok(Some(node))
                }),
                "global" | "nonlocal" => g.attempt(|g| {
                    let node = g.take(K::Other);
                    Ok(g.comma_list(Self::name)?.map(|_| node))
                }),
                _ => Ok(None),
            }
        })
    }

    fn raise_stmt(&mut self) -> Match {
        let node = self.take(K::Other);
        if self.attempt(Self::expression)?.is_some() {
            self.attempt(|g| {
                if g.eat("from")?.is_none() {
                    return Ok(None);
                }
                g.expression()
            })?;
        }
        Ok(Some(node))
    }

    fn type_alias(&mut self) -> Match {
        let start = self.at;
        if self.eat_soft("type")?.is_none() || self.name()?.is_none() {
            return Ok(None);
        }
        if self.is("[")? {
            self.type_params()?;
        }
        if self.eat("=")?.is_none() || self.expression()?.is_none() {
            return Ok(None);
        }
        self.done(start)
    }

    fn assignment(&mut self) -> Match {
        let start = self.at;
        // Behind a name and a colon there is no other way to go on.
        let mut committed = false;
        let annotated = self.attempt(|g| {
            if g.name()?.is_none() || g.eat(":")?.is_none() || g.expression()?.is_none() {
                return Ok(None);
            }
            g.annotated_value()?;
            g.done(start)
        })?;
        if annotated.is_some() {
            return Ok(annotated);
        }
        let annotated = self.attempt(|g| {
            if g.annotated_target()?.is_none() || g.eat(":")?.is_none() || g.expression()?.is_none()
            {
                return Ok(None);
            }
            g.annotated_value()?;
            g.done(start)
        })?;
        if annotated.is_some() {
            return Ok(annotated);
        }
        let plain = self.attempt(|g| {
            if g.targets_and_equals()?.is_none() {
                return Ok(None);
            }
            while g.targets_and_equals()?.is_some() {}
            if g.annotated_rhs()?.is_none() || g.is("=")? {
                return Ok(None);
            }
            g.done(start)
        })?;
        if plain.is_some() {
            return Ok(plain);
        }
        let augmented = self.attempt(|g| {
            if g.single_target()?.is_none() || g.eat_any(&AUGMENTED)?.is_none() {
                return Ok(None);
            }
            committed = true;
            if g.annotated_rhs()?.is_none() {
                return Ok(None);
            }
            g.done(start)
        })?;
        if augmented.is_none() && !committed {
            self.invalid_assignment()?;
        }
        Ok(augmented)
    }

    fn annotated_value(&mut self) -> Match {
        self.attempt(|g| {
            if g.eat("=")?.is_none() {
                return Ok(None);
            }
            g.annotated_rhs()
        })
    }

    fn targets_and_equals(&mut self) -> Match {
        self.attempt(|g| {
            let Some(targets) = g.star_targets()? else {
                return Ok(None);
            };
            Ok(g.eat("=")?.map(|_| targets))
        })
    }

    fn invalid_assignment(&mut self) -> Result<(), Raised> {
        self.mistake(|g| {
            let Some(target) = g.unannotatable()? else {
                return Ok(None);
            };
            if g.eat(":")?.is_none() || g.expression()?.is_none() {
                return Ok(None);
            }
            let what = target.describe();
            let msg = format!("only single target (not {what}) can be annotated");
            g.fail_node(&target, msg)
        })?;
        self.mistake(|g| {
            let Some(first) = g.star_named_expression()? else {
                return Ok(None);
            };
            if g.eat(",")?.is_none() {
                return Ok(None);
            }
            g.attempt(Self::star_named_expressions)?;
            if g.eat(":")?.is_none() || g.expression()?.is_none() {
                return Ok(None);
            }
            g.fail_node(&first, "only single target (not tuple) can be annotated")
        })?;
        self.mistake(|g| {
            let Some(target) = g.expression()? else {
                return Ok(None);
            };
            if g.eat(":")?.is_none() || g.expression()?.is_none() {
                return Ok(None);
            }
            g.fail_node(&target, "illegal target for annotation")
        })?;
        self.mistake(|g| {
            while g.targets_and_equals()?.is_some() {}
            let Some(target) = g.attempt(Self::star_expressions)? else {
                return Ok(None);
            };
            if g.eat("=")?.is_none() {
                return Ok(None);
            }
            g.refuse_target(&target, Use::Assign)
        })?;
        self.mistake(|g| {
            while g.targets_and_equals()?.is_some() {}
            let Some(target) = g.attempt(Self::yield_expr)? else {
                return Ok(None);
            };
            if g.eat("=")?.is_none() {
                return Ok(None);
            }
            g.fail_node(&target, "assignment to yield expression not possible")
        })?;
        self.mistake(|g| {
            let Some(target) = g.star_expressions()? else {
                return Ok(None);
            };
            if g.eat_any(&AUGMENTED)?.is_none() || g.annotated_rhs()?.is_none() {
                return Ok(None);
            }
            let what = target.describe();
            let msg = format!("'{what}' is an illegal expression for augmented assignment");
            g.fail_node(&target, msg)
        })
    }

    /// A list or tuple, also in parentheses of its own.
    fn unannotatable(&mut self) -> Match {
        if let Some(list) = self.attempt(Self::list)? {
            return Ok(Some(list));
        }
        if let Some(tuple) = self.attempt(Self::tuple)? {
            return Ok(Some(tuple));
        }
        self.attempt(|g| {
            if g.eat("(")?.is_none() {
                return Ok(None);
            }
            let inner = g.unannotatable()?;
            Ok(if inner.is_some() && g.eat(")")?.is_some() {
                inner
            } else {
                None
            })
        })
    }

    fn dotted_name(&mut self) -> Match {
        let start = self.at;
        if self.name()?.is_none() {
            return Ok(None);
        }
        while self.is(".")? {
            let more = self.attempt(|g| {
                g.eat(".")?;
                g.name()
            })?;
            if more.is_none() {
                break;
            }
        }
        self.done(start)
    }

    fn import_name(&mut self) -> Match {
        self.mistake(|g| {
            let Some(word) = g.eat("import")? else {
                return Ok(None);
            };
            if g.comma_list(Self::dotted_name)?.is_none()
                || g.eat("from")?.is_none()
                || g.dotted_name()?.is_none()
            {
                return Ok(None);
            }
            g.fail_from(&word, "Did you mean to use 'from ... import ...' instead?")
        })?;
        self.mistake(|g| {
            if g.eat("import")?.is_none() {
                return Ok(None);
            }
            let Some(newline) = g.eat_kind(Kind::Newline)? else {
                return Ok(None);
            };
            g.fail_from(&newline, "Expected one or more names after 'import'")
        })?;
        let start = self.at;
        if self.eat("import")?.is_none() || self.comma_list(Self::dotted_as_name)?.is_none() {
            return Ok(None);
        }
        self.done(start)
    }

    fn dotted_as_name(&mut self) -> Match {
        self.mistake(|g| {
            if g.dotted_name()?.is_none() {
                return Ok(None);
            }
            g.invalid_alias(&[",", ";"])
        })?;
        let Some(name) = self.dotted_name()? else {
            return Ok(None);
        };
        self.attempt(Self::alias)?;
        Ok(Some(name))
    }

    fn alias(&mut self) -> Match {
        if self.eat("as")?.is_none() {
            return Ok(None);
        }
        self.name()
    }

    /// `as` with something behind it that is no name.
    fn invalid_alias(&mut self, ends: &[&str]) -> Match<()> {
        if self.eat("as")?.is_none() {
            return Ok(None);
        }
        let good = self.ahead(|g| {
            if g.name()?.is_none() {
                return Ok(None);
            }
            Ok((g.is_any(ends)? || g.is_kind(Kind::Newline)?).then_some(()))
        })?;
        if good {
            return Ok(None);
        }
        let Some(target) = self.expression()? else {
            return Ok(None);
        };
        let what = target.describe();
        self.fail_node(&target, format!("cannot use {what} as import target"))
    }

    fn import_from(&mut self) -> Match {
        let start = self.at;
        if self.eat("from")?.is_none() {
            return Ok(None);
        }
        let mut dots = 0;
        while self.eat_any(&[".", "..."])?.is_some() {
            dots += 1;
        }
        let module = self.dotted_name()?;
        if (module.is_none() && dots == 0) || self.eat("import")?.is_none() {
            return Ok(None);
        }
        if self.import_targets()?.is_none() {
            return Ok(None);
        }
        self.done(start)
    }

    fn import_targets(&mut self) -> Match {
        let start = self.at;
        let found = self.attempt(|g| {
            if g.eat("(")?.is_none() || g.comma_list(Self::import_from_as_name)?.is_none() {
                return Ok(None);
            }
            g.eat(",")?;
            if g.eat(")")?.is_none() {
                return Ok(None);
            }
            g.done(start)
        })?;
        if found.is_some() {
            return Ok(found);
        }
        let found = self.attempt(|g| {
            if g.comma_list(Self::import_from_as_name)?.is_none() || g.is(",")? {
                return Ok(None);
            }
            g.done(start)
        })?;
        if found.is_some() {
            return Ok(found);
        }
        if let Some(star) = self.eat("*")? {
            return Ok(Some(star));
        }
        self.mistake(|g| {
            if g.comma_list(Self::import_from_as_name)?.is_none() || g.eat(",")?.is_none() {
                return Ok(None);
            }
            if g.eat_kind(Kind::Newline)?.is_none() {
                return Ok(None);
            }
            g.fail_last("trailing comma not allowed without surrounding parentheses")
        })?;
        self.mistake(|g| {
            let Some(newline) = g.eat_kind(Kind::Newline)? else {
                return Ok(None);
            };
            g.fail_from(&newline, "Expected one or more names after 'import'")
        })?;
        Ok(None)
    }

    fn import_from_as_name(&mut self) -> Match {
        self.mistake(|g| {
            if g.name()?.is_none() {
                return Ok(None);
            }
            g.invalid_alias(&[",", ")", ";"])
        })?;
        let Some(name) = self.name()? else {
            return Ok(None);
        };
        self.attempt(Self::alias)?;
        Ok(Some(name))
    }
}
