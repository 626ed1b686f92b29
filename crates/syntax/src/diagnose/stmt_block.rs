//! Compound statements.

use super::grammar::{Grammar, Match, Raised, Rule};
use super::node::Node;
use super::target::Use;
use crate::tokenizer::Kind;

impl Grammar<'_> {
    pub fn compound_stmt(&mut self) -> Match {
        let token = self.peek()?;
        let word = match token.kind {
            Kind::Keyword | Kind::Op => self.text(&token),
            Kind::Name if self.text(&token) == "match" => "match",
            _ => return Ok(None),
        };
        crate::with_room(|| match word {
            "def" => self.attempt(|g| g.function_def(0)),
            "@" => self.attempt(Self::decorated),
            "async" => self.attempt(Self::async_stmt),
            "if" => self.attempt(|g| g.if_stmt("if")),
            "class" => self.attempt(|g| g.class_def(0)),
            "with" => self.attempt(Self::with_stmt),
            "for" => self.attempt(Self::for_stmt),
            "try" => self.attempt(Self::try_stmt),
            "while" => self.attempt(Self::while_stmt),
            "match" => self.attempt(Self::match_stmt),
            _ => Ok(None),
        })
    }

    fn async_stmt(&mut self) -> Match {
        let next = self.peek_at(1)?;
        match self.text(&next) {
            "def" => self.function_def(1),
            "with" => self.with_stmt(),
            "for" => self.for_stmt(),
            _ => Ok(None),
        }
    }

    fn decorated(&mut self) -> Match {
        let mut any = false;
        while self.eat("@")?.is_some() {
            any = true;
            if self.named_expression()?.is_none() || self.eat_kind(Kind::Newline)?.is_none() {
                return Ok(None);
            }
        }
        if !any {
            return Ok(None);
        }
        if self.is("class")? {
            return self.class_def(0);
        }
        if self.is("def")? {
            return self.function_def(0);
        }
        if self.is("async")? {
            let next = self.peek_at(1)?;
            if self.text(&next) == "def" {
                return self.function_def(1);
            }
        }
        Ok(None)
    }

    pub fn block(&mut self) -> Match {
        self.remember(Rule::Block, |g| {
            let start = g.at;
            let indented = g.attempt(|g| {
                if g.eat_kind(Kind::Newline)?.is_none()
                    || g.eat_kind(Kind::Indent)?.is_none()
                    || g.statements()?.is_none()
                    || g.eat_kind(Kind::Dedent)?.is_none()
                {
                    return Ok(None);
                }
                g.done(start)
            })?;
            if indented.is_some() {
                return Ok(indented);
            }
            if let Some(node) = g.attempt(Self::simple_stmts)? {
                return Ok(Some(node));
            }
            g.mistake(|g| {
                if g.eat_kind(Kind::Newline)?.is_none() || g.is_kind(Kind::Indent)? {
                    return Ok(None);
                }
                g.fail_indent("expected an indented block")
            })?;
            Ok(None)
        })
    }

    /// At the end of the first line of a statement: raises if no indented block follows.
    pub fn missing_block(&mut self, word: &Node, after: &str) -> Match<()> {
        if self.eat_kind(Kind::Newline)?.is_none() || self.is_kind(Kind::Indent)? {
            return Ok(None);
        }
        let line = self.line_of(word);
        self.fail_indent(format!(
            "expected an indented block after {after} on line {line}"
        ))
    }

    /// At the end of the first line of a statement: raises if the colon is missing.
    fn missing_colon(&mut self) -> Match<()> {
        if self.eat_kind(Kind::Newline)?.is_none() {
            return Ok(None);
        }
        self.fail_last("expected ':'")
    }

    fn if_stmt(&mut self, word: &str) -> Match {
        self.mistake(|g| {
            if g.eat(word)?.is_none() || g.named_expression()?.is_none() {
                return Ok(None);
            }
            g.missing_colon()
        })?;
        self.mistake(|g| {
            let Some(keyword) = g.eat(word)? else {
                return Ok(None);
            };
            if g.named_expression()?.is_none() || g.eat(":")?.is_none() {
                return Ok(None);
            }
            g.missing_block(&keyword, &format!("'{word}' statement"))
        })?;
        let start = self.at;
        if self.eat(word)?.is_none()
            || self.named_expression()?.is_none()
            || self.eat(":")?.is_none()
            || self.block()?.is_none()
        {
            return Ok(None);
        }
        if self.is("elif")? {
            if self.attempt(|g| g.if_stmt("elif"))?.is_none() {
                return self.done(start);
            }
            return self.done(start);
        }
        self.else_block()?;
        self.done(start)
    }

    fn else_block(&mut self) -> Match {
        if !self.is("else")? {
            return Ok(None);
        }
        self.mistake(|g| {
            let Some(keyword) = g.eat("else")? else {
                return Ok(None);
            };
            if g.eat(":")?.is_none() {
                return Ok(None);
            }
            g.missing_block(&keyword, "'else' statement")
        })?;
        self.mistake(|g| {
            if g.eat("else")?.is_none() || g.eat(":")?.is_none() || g.block()?.is_none() {
                return Ok(None);
            }
            let Some(elif) = g.eat("elif")? else {
                return Ok(None);
            };
            g.fail_node(&elif, "'elif' block follows an 'else' block")
        })?;
        self.attempt(|g| {
            g.eat("else")?;
            if g.force(":")?.is_none() {
                return Ok(None);
            }
            g.block()
        })
    }

    fn while_stmt(&mut self) -> Match {
        self.mistake(|g| {
            if g.eat("while")?.is_none() || g.named_expression()?.is_none() {
                return Ok(None);
            }
            g.missing_colon()
        })?;
        self.mistake(|g| {
            let Some(keyword) = g.eat("while")? else {
                return Ok(None);
            };
            if g.named_expression()?.is_none() || g.eat(":")?.is_none() {
                return Ok(None);
            }
            g.missing_block(&keyword, "'while' statement")
        })?;
        let start = self.at;
        if self.eat("while")?.is_none()
            || self.named_expression()?.is_none()
            || self.eat(":")?.is_none()
            || self.block()?.is_none()
        {
            return Ok(None);
        }
        self.else_block()?;
        self.done(start)
    }

    fn for_stmt(&mut self) -> Match {
        self.mistake(|g| {
            g.eat("async")?;
            if g.eat("for")?.is_none()
                || g.star_targets()?.is_none()
                || g.eat("in")?.is_none()
                || g.star_expressions()?.is_none()
            {
                return Ok(None);
            }
            g.missing_colon()
        })?;
        self.mistake(|g| {
            g.eat("async")?;
            let Some(keyword) = g.eat("for")? else {
                return Ok(None);
            };
            if g.star_targets()?.is_none()
                || g.eat("in")?.is_none()
                || g.star_expressions()?.is_none()
                || g.eat(":")?.is_none()
            {
                return Ok(None);
            }
            g.missing_block(&keyword, "'for' statement")
        })?;
        let start = self.at;
        let mut committed = false;
        let found = self.attempt(|g| {
            g.eat("async")?;
            if g.eat("for")?.is_none() || g.star_targets()?.is_none() || g.eat("in")?.is_none() {
                return Ok(None);
            }
            committed = true;
            if g.star_expressions()?.is_none() || g.eat(":")?.is_none() || g.block()?.is_none() {
                return Ok(None);
            }
            g.else_block()?;
            g.done(start)
        })?;
        if found.is_none() && !committed {
            self.invalid_for_target()?;
        }
        Ok(found)
    }

    fn with_stmt(&mut self) -> Match {
        for parenthesized in [false, true] {
            self.mistake(|g| {
                g.eat("async")?;
                let Some(keyword) = g.eat("with")? else {
                    return Ok(None);
                };
                if g.with_heads(parenthesized)?.is_none() || g.eat(":")?.is_none() {
                    return Ok(None);
                }
                g.missing_block(&keyword, "'with' statement")
            })?;
        }
        let start = self.at;
        for parenthesized in [true, false] {
            let found = self.attempt(|g| {
                g.eat("async")?;
                if g.eat("with")?.is_none() || g.with_items(parenthesized)?.is_none() {
                    return Ok(None);
                }
                if g.eat(":")?.is_none() || g.block()?.is_none() {
                    return Ok(None);
                }
                g.done(start)
            })?;
            if found.is_some() {
                return Ok(found);
            }
        }
        for parenthesized in [false, true] {
            self.mistake(|g| {
                g.eat("async")?;
                if g.eat("with")?.is_none() || g.with_heads(parenthesized)?.is_none() {
                    return Ok(None);
                }
                g.missing_colon()
            })?;
        }
        Ok(None)
    }

    fn with_items(&mut self, parenthesized: bool) -> Match {
        let start = self.at;
        if parenthesized && self.eat("(")?.is_none() {
            return Ok(None);
        }
        if self.comma_list(Self::with_item)?.is_none() {
            return Ok(None);
        }
        if parenthesized {
            self.eat(",")?;
            if self.eat(")")?.is_none() {
                return Ok(None);
            }
        }
        self.done(start)
    }

    fn with_item(&mut self) -> Match {
        let start = self.at;
        let named = self.attempt(|g| {
            if g.expression()?.is_none() || g.eat("as")?.is_none() || g.star_target()?.is_none() {
                return Ok(None);
            }
            if !g.is_any(&[",", ")", ":"])? {
                return Ok(None);
            }
            g.done(start)
        })?;
        if named.is_some() {
            return Ok(named);
        }
        self.mistake(|g| {
            if g.expression()?.is_none() || g.eat("as")?.is_none() {
                return Ok(None);
            }
            let Some(target) = g.expression()? else {
                return Ok(None);
            };
            if !g.is_any(&[",", ")", ":"])? {
                return Ok(None);
            }
            g.refuse_target(&target, Use::Assign)
        })?;
        self.expression()
    }

    /// Items of a `with` statement whose end is missing.
    fn with_heads(&mut self, parenthesized: bool) -> Match {
        let start = self.at;
        if parenthesized && self.eat("(")?.is_none() {
            return Ok(None);
        }
        let item = |g: &mut Self| {
            let expr = if parenthesized {
                g.expressions()?
            } else {
                g.expression()?
            };
            if expr.is_some() {
                g.attempt(|g| {
                    if g.eat("as")?.is_none() {
                        return Ok(None);
                    }
                    g.star_target()
                })?;
            }
            Ok(expr)
        };
        if self.comma_list(item)?.is_none() {
            return Ok(None);
        }
        if parenthesized {
            self.eat(",")?;
            if self.eat(")")?.is_none() {
                return Ok(None);
            }
        }
        self.done(start)
    }

    fn try_stmt(&mut self) -> Match {
        self.invalid_try()?;
        let start = self.at;
        self.eat("try")?;
        if self.force(":")?.is_none() || self.block()?.is_none() {
            return Ok(None);
        }
        if self.is("finally")? {
            if self.finally_block()?.is_none() {
                return Ok(None);
            }
            return self.done(start);
        }
        let mut any = false;
        while self.attempt(|g| g.except_block(false))?.is_some() {
            any = true;
        }
        if !any {
            while self.attempt(|g| g.except_block(true))?.is_some() {
                any = true;
            }
        }
        if !any {
            return Ok(None);
        }
        self.else_block()?;
        if self.is("finally")? {
            self.attempt(Self::finally_block)?;
        }
        self.done(start)
    }

    fn invalid_try(&mut self) -> Result<(), Raised> {
        self.mistake(|g| {
            let Some(keyword) = g.eat("try")? else {
                return Ok(None);
            };
            if g.eat(":")?.is_none() {
                return Ok(None);
            }
            g.missing_block(&keyword, "'try' statement")
        })?;
        self.mistake(|g| {
            g.eat("try")?;
            if g.eat(":")?.is_none() || g.block()?.is_none() {
                return Ok(None);
            }
            if g.is_any(&["except", "finally"])? {
                return Ok(None);
            }
            g.fail_last("expected 'except' or 'finally' block")
        })?;
        self.mistake(|g| {
            g.eat("try")?;
            if g.eat(":")?.is_none() || g.block()?.is_none() {
                return Ok(None);
            }
            let star_first = g.peek_at(1)?;
            let star_first = g.text(&star_first) == "*";
            let mut any = false;
            while g.attempt(|g| g.except_block(star_first))?.is_some() {
                any = true;
            }
            if !any {
                return Ok(None);
            }
            let before = std::mem::replace(&mut g.invalid, false);
            let complete = g.ahead(|g| g.except_block(!star_first));
            g.invalid = before;
            if !complete? {
                return Ok(None);
            }
            let Some(keyword) = g.eat("except")? else {
                return Ok(None);
            };
            let star = g.eat("*")?;
            let msg = "cannot have both 'except' and 'except*' on the same 'try'";
            let last = star.unwrap_or_else(|| keyword.clone());
            g.fail_range(&keyword, &last, msg)
        })
    }

    fn finally_block(&mut self) -> Match {
        self.mistake(|g| {
            let Some(keyword) = g.eat("finally")? else {
                return Ok(None);
            };
            if g.eat(":")?.is_none() {
                return Ok(None);
            }
            g.missing_block(&keyword, "'finally' statement")
        })?;
        self.eat("finally")?;
        if self.force(":")?.is_none() {
            return Ok(None);
        }
        self.block()
    }

    fn except_block(&mut self, star: bool) -> Match {
        let after = if star {
            "'except*' statement"
        } else {
            "'except' statement"
        };
        self.mistake(|g| {
            let Some(keyword) = g.except_word(star)? else {
                return Ok(None);
            };
            if g.expression()?.is_some() {
                g.attempt(Self::except_name)?;
            } else if star {
                return Ok(None);
            }
            if g.eat(":")?.is_none() {
                return Ok(None);
            }
            g.missing_block(&keyword, after)
        })?;
        let start = self.at;
        let found = self.attempt(|g| {
            if g.except_word(star)?.is_none() || g.expression()?.is_none() {
                return Ok(None);
            }
            g.attempt(Self::except_name)?;
            if g.eat(":")?.is_none() || g.block()?.is_none() {
                return Ok(None);
            }
            g.done(start)
        })?;
        if found.is_some() {
            return Ok(found);
        }
        let several = self.attempt(|g| {
            if g.except_word(star)?.is_none() || g.expressions()?.is_none() {
                return Ok(None);
            }
            if g.eat(":")?.is_none() || g.block()?.is_none() {
                return Ok(None);
            }
            g.done(start)
        })?;
        if several.is_some() {
            return Ok(several);
        }
        if !star {
            let bare = self.attempt(|g| {
                if g.eat("except")?.is_none() || g.eat(":")?.is_none() || g.block()?.is_none() {
                    return Ok(None);
                }
                g.done(start)
            })?;
            if bare.is_some() {
                return Ok(bare);
            }
        }
        self.invalid_except(star)?;
        Ok(None)
    }

    fn except_word(&mut self, star: bool) -> Match {
        let Some(keyword) = self.eat("except")? else {
            return Ok(None);
        };
        if star && self.eat("*")?.is_none() {
            return Ok(None);
        }
        Ok(Some(keyword))
    }

    fn except_name(&mut self) -> Match {
        if self.eat("as")?.is_none() {
            return Ok(None);
        }
        self.name()
    }

    fn invalid_except(&mut self, star: bool) -> Result<(), Raised> {
        self.mistake(|g| {
            if g.except_word(star)?.is_none() {
                return Ok(None);
            }
            let Some(first) = g.expression()? else {
                return Ok(None);
            };
            if g.eat(",")?.is_none()
                || g.expressions()?.is_none()
                || g.except_name()?.is_none()
                || g.eat(":")?.is_none()
            {
                return Ok(None);
            }
            let msg = "multiple exception types must be parenthesized when using 'as'";
            g.fail_from(&first, msg)
        })?;
        self.mistake(|g| {
            if g.except_word(star)?.is_none() || g.expression()?.is_none() {
                return Ok(None);
            }
            g.attempt(Self::except_name)?;
            g.missing_colon()
        })?;
        self.mistake(|g| {
            if g.eat("except")?.is_none() {
                return Ok(None);
            }
            if g.eat_kind(Kind::Newline)?.is_some() {
                return g.fail_last("expected ':'");
            }
            if star
                && g.eat("*")?.is_some()
                && (g.eat(":")?.is_some() || g.eat_kind(Kind::Newline)?.is_some())
            {
                return g.fail_last("expected one or more exception types");
            }
            Ok(None)
        })?;
        self.mistake(|g| {
            if g.except_word(star)?.is_none() || g.expression()?.is_none() || g.eat("as")?.is_none()
            {
                return Ok(None);
            }
            let Some(target) = g.expression()? else {
                return Ok(None);
            };
            if g.eat(":")?.is_none() || g.block()?.is_none() {
                return Ok(None);
            }
            let mark = if star { "*" } else { "" };
            let what = target.describe();
            g.fail_node(
                &target,
                format!("cannot use except{mark} statement with {what}"),
            )
        })
    }

    /// `skip` is 1 behind `async`.
    fn function_def(&mut self, skip: usize) -> Match {
        self.mistake(|g| {
            g.at += skip;
            let Some(keyword) = g.eat("def")? else {
                return Ok(None);
            };
            if g.name()?.is_none() {
                return Ok(None);
            }
            if g.is("[")? {
                g.type_params()?;
            }
            if g.eat("(")?.is_none() {
                return Ok(None);
            }
            g.parameters(false)?;
            if g.eat(")")?.is_none() {
                return Ok(None);
            }
            g.attempt(Self::returns)?;
            if g.eat(":")?.is_none() {
                return Ok(None);
            }
            g.missing_block(&keyword, "function definition")
        })?;
        let start = self.at;
        self.at += skip;
        if self.eat("def")?.is_none() || self.name()?.is_none() {
            return Ok(None);
        }
        if self.is("[")? {
            self.type_params()?;
        }
        if self.force("(")?.is_none() {
            return Ok(None);
        }
        self.parameters(false)?;
        if self.eat(")")?.is_none() {
            return Ok(None);
        }
        self.attempt(Self::returns)?;
        if self.force(":")?.is_none() || self.block()?.is_none() {
            return Ok(None);
        }
        self.done(start)
    }

    fn returns(&mut self) -> Match {
        if self.eat("->")?.is_none() {
            return Ok(None);
        }
        self.expression()
    }

    fn class_def(&mut self, skip: usize) -> Match {
        self.mistake(|g| {
            if g.class_head(skip)?.is_none() {
                return Ok(None);
            }
            g.missing_colon()
        })?;
        self.mistake(|g| {
            let Some(keyword) = g.class_head(skip)? else {
                return Ok(None);
            };
            if g.eat(":")?.is_none() {
                return Ok(None);
            }
            g.missing_block(&keyword, "class definition")
        })?;
        let start = self.at;
        if self.class_head(skip)?.is_none() || self.eat(":")?.is_none() || self.block()?.is_none() {
            return Ok(None);
        }
        self.done(start)
    }

    fn class_head(&mut self, skip: usize) -> Match {
        self.at += skip;
        let Some(keyword) = self.eat("class")? else {
            return Ok(None);
        };
        if self.name()?.is_none() {
            return Ok(None);
        }
        if self.is("[")? {
            self.type_params()?;
        }
        self.attempt(|g| {
            if g.eat("(")?.is_none() {
                return Ok(None);
            }
            g.attempt(Self::arguments)?;
            g.eat(")")
        })?;
        Ok(Some(keyword))
    }
}
