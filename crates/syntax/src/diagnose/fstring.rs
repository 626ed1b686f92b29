//! Strings: concatenation, f-strings and t-strings.

use super::grammar::{Grammar, Match, Raised, Rule};
use super::node::{K, Node};
use crate::tokenizer::Kind;

impl Grammar<'_> {
    /// Adjacent literals.
    pub fn strings(&mut self) -> Match {
        self.remember(Rule::Strings, |g| {
            let start = g.at;
            let mut parts = Vec::new();
            loop {
                let part = match g.peek()?.kind {
                    Kind::String => Some(g.take(K::Literal)),
                    Kind::FStringStart => g.attempt(|g| g.interpolated('f'))?,
                    Kind::TStringStart => g.attempt(|g| g.interpolated('t'))?,
                    _ => break,
                };
                match part {
                    Some(part) => parts.push(part),
                    // What was matched so far is a string; the rest is the next token's mistake.
                    None => break,
                }
            }
            if parts.is_empty() {
                return Ok(None);
            }
            g.check_literals(start)?;
            g.check_mixture(&parts, start)?;
            let kind = if parts.iter().any(|part| part.kind == K::TString) {
                K::TString
            } else if parts.iter().any(|part| part.kind == K::FString) {
                K::FString
            } else {
                K::Literal
            };
            Ok(Some(g.node(kind, start, Vec::new())))
        })
    }

    fn check_mixture(&mut self, parts: &[Node], start: usize) -> Result<(), Raised> {
        let is_bytes = |part: &Node, g: &Self| {
            let prefix = g
                .node_text(part)
                .split(['"', '\''])
                .next()
                .unwrap_or_default();
            part.kind == K::Literal && prefix.contains(['b', 'B'])
        };
        let bytes = parts.iter().filter(|part| is_bytes(part, self)).count();
        let templates = parts.iter().filter(|part| part.kind == K::TString).count();
        if templates > 0 && templates < parts.len() {
            let whole = self.node(K::Other, start, Vec::new());
            let msg = "cannot mix t-string literals with string or bytes literals";
            return self.fail_node(&whole, msg);
        }
        if bytes > 0 && bytes < parts.len() {
            return self.fail_last("cannot mix bytes and nonbytes literals");
        }
        Ok(())
    }

    fn interpolated(&mut self, letter: char) -> Match {
        let start = self.at;
        let (kind, middle, end) = if letter == 'f' {
            (K::FString, Kind::FStringMiddle, Kind::FStringEnd)
        } else {
            (K::TString, Kind::TStringMiddle, Kind::TStringEnd)
        };
        self.take(K::Other);
        loop {
            if self.is("{")? {
                if self.field(letter)?.is_none() {
                    break;
                }
            } else if self.eat_kind(middle)?.is_none() {
                break;
            }
        }
        if self.eat_kind(end)?.is_none() {
            return Ok(None);
        }
        Ok(Some(self.node(kind, start, Vec::new())))
    }

    /// A replacement field.
    fn field(&mut self, letter: char) -> Match {
        let start = self.at;
        let found = self.attempt(|g| {
            if g.eat("{")?.is_none() || g.annotated_rhs()?.is_none() {
                return Ok(None);
            }
            g.eat("=")?;
            g.conversion(letter)?;
            g.attempt(|g| g.format_spec(letter))?;
            if g.eat("}")?.is_none() {
                return Ok(None);
            }
            g.done(start)
        })?;
        if found.is_none() {
            self.invalid_field(letter)?;
        }
        Ok(found)
    }

    fn format_spec(&mut self, letter: char) -> Match {
        let start = self.at;
        if self.eat(":")?.is_none() {
            return Ok(None);
        }
        self.spec_parts(letter)?;
        self.done(start)
    }

    fn spec_parts(&mut self, letter: char) -> Result<(), Raised> {
        let middle = if letter == 'f' {
            Kind::FStringMiddle
        } else {
            Kind::TStringMiddle
        };
        loop {
            if self.is("{")? {
                if self.field(letter)?.is_none() {
                    return Ok(());
                }
            } else if self.eat_kind(middle)?.is_none() {
                return Ok(());
            }
        }
    }

    fn conversion(&mut self, letter: char) -> Match {
        self.attempt(|g| {
            let Some(mark) = g.eat("!")? else {
                return Ok(None);
            };
            let Some(name) = g.name()? else {
                return Ok(None);
            };
            if g.range(&mark).end() != g.range(&name).start() {
                let msg = format!(
                    "{letter}-string: conversion type must come right after the exclamation mark"
                );
                return g.fail_range(&mark, &name, msg);
            }
            let text = g.node_text(&name);
            if !matches!(text, "s" | "r" | "a") {
                let msg = format!(
                    "{letter}-string: invalid conversion character '{text}': \
                     expected 's', 'r', or 'a'"
                );
                return g.fail_node(&name, msg);
            }
            Ok(Some(name))
        })
    }

    fn invalid_field(&mut self, letter: char) -> Result<(), Raised> {
        self.mistake(|g| {
            if g.eat("{")?.is_none() {
                return Ok(None);
            }
            for sign in ["=", "!", ":", "}"] {
                if let Some(token) = g.eat(sign)? {
                    let msg = format!("{letter}-string: valid expression required before '{sign}'");
                    return g.fail_node(&token, msg);
                }
            }
            if !g.ahead(Self::annotated_rhs)? {
                let msg = format!("{letter}-string: expecting a valid expression after '{{'");
                return g.fail_next(msg);
            }
            g.annotated_rhs()?;
            if !g.is_any(&["=", "!", ":", "}"])? {
                let msg = format!("{letter}-string: expecting '=', or '!', or ':', or '}}'");
                return g.fail_next(msg);
            }
            if g.eat("=")?.is_some() && !g.is_any(&["!", ":", "}"])? {
                let msg = format!("{letter}-string: expecting '!', or ':', or '}}'");
                return g.fail_next(msg);
            }
            if g.eat("!")?.is_some() {
                if g.is_any(&[":", "}"])? {
                    let msg = format!("{letter}-string: missing conversion character");
                    return g.fail_next(msg);
                }
                if g.name()?.is_none() {
                    let msg = format!("{letter}-string: invalid conversion character");
                    return g.fail_next(msg);
                }
            }
            if !g.is_any(&[":", "}"])? {
                let msg = format!("{letter}-string: expecting ':' or '}}'");
                return g.fail_next(msg);
            }
            if g.eat(":")?.is_some() {
                g.spec_parts(letter)?;
                if !g.is("}")? {
                    let msg = format!("{letter}-string: expecting '}}', or format specs");
                    return g.fail_next(msg);
                }
            }
            if !g.is("}")? {
                return g.fail_next(format!("{letter}-string: expecting '}}'"));
            }
            Ok(None)
        })
    }
}
