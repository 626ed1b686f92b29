//! Constants.

use taipan_bytecode::Const;
use taipan_object::numbers::Int;
use taipan_object::types::{self, class_of, is_exactly};
use taipan_object::wtf8::Wtf8;
use taipan_object::{PyResult, Value};
use taipan_syntax::TextRange;
use taipan_syntax::TextSize;
use taipan_syntax::ast::{self as tree, AtomicNodeIndex, Expr};

use super::Reader;

impl Reader<'_> {
    /// Fails unless a value may stand in a `Constant`.
    fn check_constant(&self, v: Value) -> PyResult<()> {
        if v.is_none() || v.is(Value::ELLIPSIS) || v.is_bool() {
            return Ok(());
        }
        let t = class_of(v);
        let plain = [
            &types::INT,
            &types::FLOAT,
            &types::COMPLEX,
            &types::STR,
            &types::BYTES,
        ];
        if plain.iter().any(|p| t.is(p)) {
            return Ok(());
        }
        if t.is(&types::TUPLE) || t.is(&types::FROZENSET) {
            self.th.check_native_stack()?;
            return taipan_object::ops::for_each(self.th, v, |x| self.check_constant(x));
        }
        Err(self.th.type_error(format!(
            "got an invalid type in Constant: {}",
            t.name_text()
        )))
    }

    /// The expression of a constant.
    pub fn constant(&mut self, v: Value, range: TextRange) -> PyResult<Expr> {
        self.check_constant(v)?;
        let node_index = AtomicNodeIndex::NONE;
        let number = |value: tree::Number| {
            Expr::NumberLiteral(tree::ExprNumberLiteral {
                node_index: AtomicNodeIndex::NONE,
                range,
                value,
            })
        };
        Ok(match v {
            Value::NONE => Expr::NoneLiteral(tree::ExprNoneLiteral { node_index, range }),
            Value::ELLIPSIS => {
                Expr::EllipsisLiteral(tree::ExprEllipsisLiteral { node_index, range })
            }
            Value::TRUE | Value::FALSE => Expr::BooleanLiteral(tree::ExprBooleanLiteral {
                node_index,
                range,
                value: v.is(Value::TRUE),
            }),
            _ if is_exactly(v, &types::STR) => {
                let value = self.string_literal(v.as_wtf8().unwrap_or(Wtf8::new("")), range);
                Expr::StringLiteral(tree::ExprStringLiteral {
                    node_index,
                    range,
                    value: tree::StringLiteralValue::single(value),
                })
            }
            _ if is_exactly(v, &types::BYTES) => {
                let literal = tree::BytesLiteral {
                    range,
                    node_index: AtomicNodeIndex::NONE,
                    value: v.as_bytes().unwrap_or_default().into(),
                    flags: tree::BytesLiteralFlags::empty(),
                };
                Expr::BytesLiteral(tree::ExprBytesLiteral {
                    node_index,
                    range,
                    value: tree::BytesLiteralValue::single(literal),
                })
            }
            _ if is_exactly(v, &types::FLOAT) => {
                number(tree::Number::Float(v.as_float().unwrap_or_default()))
            }
            _ if is_exactly(v, &types::COMPLEX) => {
                let (real, imag) = v.as_complex().unwrap_or_default();
                number(tree::Number::Complex { real, imag })
            }
            _ => match v.as_int().and_then(|n| int(&n)) {
                Some(n) => number(tree::Number::Int(n)),
                None => self.carry(v, range)?,
            },
        })
    }

    /// The number of a constant that is handed to the compiler beside the tree.
    pub fn carried(&mut self, v: Value) -> PyResult<AtomicNodeIndex> {
        let Some(c) = crate::marshal::constant(self.th, v) else {
            return Err(self.th.type_error(format!(
                "got an invalid type in Constant: {}",
                class_of(v).name_text()
            )));
        };
        self.carried.push(c);
        let index = AtomicNodeIndex::NONE;
        index.set(tree::NodeIndex::from(self.carried.len() as u32 - 1));
        Ok(index)
    }

    fn carry(&mut self, v: Value, range: TextRange) -> PyResult<Expr> {
        Ok(Expr::IpyEscapeCommand(tree::ExprIpyEscapeCommand {
            node_index: self.carried(v)?,
            range,
            kind: tree::IpyEscapeKind::Shell,
            value: "".into(),
        }))
    }

    /// A string literal. Where Rust's strings can't hold the text, the literal's own range is that of a text with
    /// escapes: what counts for positions is the range of the expression around it.
    pub fn string_literal(&mut self, s: &Wtf8, range: TextRange) -> tree::StringLiteral {
        let (value, range) = match s.as_str() {
            Ok(text) if !text.contains(char::REPLACEMENT_CHARACTER) => (text.to_owned(), range),
            _ => self.escaped(s, "\""),
        };
        tree::StringLiteral {
            range,
            node_index: AtomicNodeIndex::NONE,
            value: value.into(),
            flags: tree::StringLiteralFlags::empty(),
        }
    }

    /// The text with replacement characters for lone surrogates, and the range of it with escapes.
    pub fn escaped(&mut self, s: &Wtf8, quote: &str) -> (String, TextRange) {
        let start = TextSize::new(self.literals.len() as u32);
        let mut plain = String::new();
        self.literals.push_str(quote);
        for c in s.code_points() {
            match c.to_char() {
                Some('\\') => {
                    plain.push('\\');
                    self.literals.push_str("\\\\");
                }
                Some(c) => {
                    plain.push(c);
                    self.literals.push(c);
                }
                None => {
                    plain.push(char::REPLACEMENT_CHARACTER);
                    self.literals.push_str(&format!("\\u{:04x}", c.to_u32()));
                }
            }
        }
        self.literals.push_str(quote);
        let end = TextSize::new(self.literals.len() as u32);
        (plain, TextRange::new(start, end))
    }
}

/// A literal of an integer; negative ones have none.
fn int(n: &Int) -> Option<tree::Int> {
    match n.to_i64() {
        Some(n) if n >= 0 => n.to_string().parse().ok(),
        Some(_) => None,
        None => {
            let n = n.to_big();
            if n.is_negative() {
                return None;
            }
            let digits = n.to_radix(16);
            tree::Int::from_str_radix(&digits, 16, &format!("0x{digits}")).ok()
        }
    }
}

/// Whether an expression is a number, for patterns.
pub fn is_number(e: &Expr, real: bool, imaginary: bool) -> bool {
    match e {
        Expr::NumberLiteral(n) => match n.value {
            tree::Number::Complex { .. } => imaginary,
            _ => real,
        },
        _ => false,
    }
}

/// What a carried constant is, for patterns.
pub fn is_numeric(c: &Const) -> bool {
    matches!(
        c,
        Const::Int(_) | Const::BigInt { .. } | Const::Float(_) | Const::Complex(..)
    )
}
