//! What patterns may not do.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, MatchCase, Number, Operator, Pattern, StmtMatch, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::code::{Check, Checker};
use crate::literal::{Integer, integer};
use crate::stack::with_room;

/// Checks all cases of a `match` statement up to its bodies.
pub(super) fn case(
    checker: &mut Checker<'_>,
    stmt: &StmtMatch,
    idx: usize,
    case: &MatchCase,
) -> Check {
    let last = idx + 1 == stmt.cases.len();
    let mut scope = Scope {
        checker,
        names: Vec::new(),
        irrefutable_allowed: case.guard.is_some() || last,
    };
    scope.pattern(&case.pattern)
}

struct Scope<'a, 'b> {
    checker: &'a mut Checker<'b>,
    /// Names bound so far.
    names: Vec<Name>,
    irrefutable_allowed: bool,
}

impl Scope<'_, '_> {
    fn pattern(&mut self, pattern: &Pattern) -> Check {
        with_room(|| self.pattern_inner(pattern))
    }

    fn sub(&mut self, pattern: &Pattern) -> Check {
        let before = std::mem::replace(&mut self.irrefutable_allowed, true);
        self.pattern(pattern)?;
        self.irrefutable_allowed = before;
        Ok(())
    }

    fn bind(&mut self, name: &Name, range: TextRange) -> Check {
        if self.names.contains(name) {
            let msg = format!("multiple assignments to name '{name}' in pattern");
            return self.checker.error(range, msg);
        }
        self.names.push(name.clone());
        Ok(())
    }

    fn pattern_inner(&mut self, pattern: &Pattern) -> Check {
        match pattern {
            Pattern::MatchValue(value) => {
                if matches!(*value.value, Expr::FString(_) | Expr::TString(_)) {
                    let msg = "patterns may only match literals and attribute lookups";
                    return self.checker.error(value.range, msg);
                }
                if let Expr::BinOp(op) = &*value.value
                    && !matches!(op.op, Operator::Add | Operator::Sub)
                {
                    return self.checker.error(value.range, "invalid syntax");
                }
                self.checker.expr(&value.value)
            }
            Pattern::MatchSingleton(_) => Ok(()),
            Pattern::MatchSequence(sequence) => {
                let stars = sequence
                    .patterns
                    .iter()
                    .filter(|pattern| matches!(pattern, Pattern::MatchStar(_)));
                if stars.count() > 1 {
                    let msg = "multiple starred names in sequence pattern";
                    return self.checker.error(sequence.range, msg);
                }
                sequence
                    .patterns
                    .iter()
                    .try_for_each(|pattern| self.sub(pattern))
            }
            Pattern::MatchStar(star) => match &star.name {
                Some(name) => self.bind(&name.id, star.range),
                None => Ok(()),
            },
            Pattern::MatchMapping(mapping) => {
                let mut seen: Vec<Key> = Vec::new();
                for key in &mapping.keys {
                    if let Some(key) = constant_key(key) {
                        if seen.contains(&key) {
                            let msg =
                                format!("mapping pattern checks duplicate key ({})", key.shown);
                            return self.checker.error(mapping.range, msg);
                        }
                        seen.push(key);
                    }
                    self.checker.expr(key)?;
                }
                for pattern in &mapping.patterns {
                    self.sub(pattern)?;
                }
                match &mapping.rest {
                    Some(name) => self.bind(&name.id, mapping.range),
                    None => Ok(()),
                }
            }
            Pattern::MatchClass(class) => {
                let keywords = &class.arguments.keywords;
                for (idx, keyword) in keywords.iter().enumerate() {
                    if keywords[..idx]
                        .iter()
                        .any(|before| before.attr.id == keyword.attr.id)
                    {
                        let msg = format!(
                            "attribute name repeated in class pattern: {}",
                            keyword.attr.id
                        );
                        return self.checker.error(keyword.pattern.range(), msg);
                    }
                }
                self.checker.expr(&class.cls)?;
                for pattern in &class.arguments.patterns {
                    self.sub(pattern)?;
                }
                keywords
                    .iter()
                    .try_for_each(|keyword| self.sub(&keyword.pattern))
            }
            Pattern::MatchAs(binding) => match (&binding.pattern, &binding.name) {
                (Some(pattern), name) => {
                    self.pattern(pattern)?;
                    match name {
                        Some(name) => self.bind(&name.id, binding.range),
                        None => Ok(()),
                    }
                }
                (None, Some(name)) => {
                    if !self.irrefutable_allowed {
                        let msg =
                            format!("name capture '{name}' makes remaining patterns unreachable");
                        return self.checker.error(binding.range, msg);
                    }
                    self.bind(&name.id, binding.range)
                }
                (None, None) if self.irrefutable_allowed => Ok(()),
                (None, None) => {
                    let msg = "wildcard makes remaining patterns unreachable";
                    self.checker.error(binding.range, msg)
                }
            },
            Pattern::MatchOr(or) => self.alternatives(&or.patterns, or.range),
        }
    }

    fn alternatives(&mut self, patterns: &[Pattern], range: TextRange) -> Check {
        let outer = std::mem::take(&mut self.names);
        let allowed = self.irrefutable_allowed;
        let mut control: Option<Vec<Name>> = None;
        for (idx, pattern) in patterns.iter().enumerate() {
            self.irrefutable_allowed = allowed && idx + 1 == patterns.len();
            self.names.clear();
            self.pattern(pattern)?;
            let mut names = self.names.clone();
            names.sort_unstable();
            match &control {
                None => control = Some(names),
                Some(control) if *control == names => {}
                Some(_) => {
                    let msg = "alternative patterns bind different names";
                    return self.checker.error(range, msg);
                }
            }
        }
        self.irrefutable_allowed = allowed;
        self.names = outer;
        for name in control.unwrap_or_default() {
            self.bind(&name, range)?;
        }
        Ok(())
    }
}

/// A constant mapping key: keys that compare equal at run time have equal `value`.
struct Key {
    value: String,
    shown: String,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

fn constant_key(expr: &Expr) -> Option<Key> {
    let same = |text: String| Key {
        value: text.clone(),
        shown: text,
    };
    Some(match expr {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(int) => match integer(int) {
                Integer::Small(value) => same(value.to_string()),
                Integer::Big { digits, radix: 10 } => same(digits),
                Integer::Big { digits, radix } => same(format!("{radix}:{digits}")),
            },
            Number::Float(value) if value.fract() == 0.0 => Key {
                value: format!("{value}"),
                shown: format!("{value:?}"),
            },
            Number::Float(value) => same(format!("{value:?}")),
            Number::Complex { imag, .. } if *imag == 0.0 => Key {
                value: "0".to_owned(),
                shown: "0j".to_owned(),
            },
            Number::Complex { imag, .. } => same(format!("{imag}j")),
        },
        Expr::UnaryOp(op) if op.op == UnaryOp::USub => {
            let key = constant_key(&op.operand)?;
            let zero = key.value == "0";
            Key {
                value: if zero {
                    key.value
                } else {
                    format!("-{}", key.value)
                },
                shown: if zero && key.shown == "0" {
                    key.shown
                } else {
                    format!("-{}", key.shown)
                },
            }
        }
        Expr::BinOp(op) => {
            let sign = if op.op == Operator::Sub { '-' } else { '+' };
            let (left, right) = (constant_key(&op.left)?, constant_key(&op.right)?);
            same(format!("({}{sign}{})", left.value, right.value))
        }
        Expr::StringLiteral(text) => Key {
            value: format!("s{}", text.value.to_str()),
            shown: quoted(text.value.to_str()),
        },
        Expr::BytesLiteral(text) => {
            let bytes: Vec<u8> = text.value.bytes().collect();
            Key {
                value: format!("b{bytes:?}"),
                shown: format!("b'{}'", bytes.escape_ascii()),
            }
        }
        Expr::BooleanLiteral(value) => Key {
            value: u8::from(value.value).to_string(),
            shown: if value.value { "True" } else { "False" }.to_owned(),
        },
        Expr::NoneLiteral(_) => same("None".to_owned()),
        _ => return None,
    })
}

/// `text` as `repr` shows it.
fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_ascii_control() => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}
