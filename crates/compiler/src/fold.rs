//! Constant expressions, computed now.
//!
//! What is folded, and up to which size, follows CPython's optimiser: an expression that would raise, or whose value
//! would be large, is left for run time.

use rustpython_wtf8::Wtf8Buf;
use taipan_bytecode::Const;
use taipan_syntax::ast::{self, Expr, Operator};
use taipan_syntax::with_room;

use crate::Compiler;
use crate::fold_num;

/// The longest string or bytes made by repetition.
const MAX_STR: usize = 4096;
/// The longest tuple made by repetition.
const MAX_TUPLE: usize = 256;

/// The truth of a constant.
pub fn truth(c: &Const) -> Option<bool> {
    Some(match c {
        Const::None => false,
        Const::Bool(b) => *b,
        Const::Ellipsis => true,
        Const::Int(n) => *n != 0,
        Const::BigInt { magnitude, .. } => magnitude.iter().any(|b| *b != 0),
        Const::Float(f) => *f != 0.0,
        Const::Complex(re, im) => *re != 0.0 || *im != 0.0,
        Const::Str(s) => !s.is_empty(),
        Const::Bytes(b) => !b.is_empty(),
        Const::Tuple(t) => !t.is_empty(),
        Const::FrozenSet(t) => !t.is_empty(),
        Const::Slice(_) => true,
        Const::Code(_) => return None,
    })
}

impl<'a> Compiler<'a> {
    /// The value of a constant expression.
    pub fn fold(&mut self, e: &'a Expr) -> Option<Const> {
        match e {
            Expr::NoneLiteral(_) => Some(Const::None),
            Expr::BooleanLiteral(b) => Some(Const::Bool(b.value)),
            Expr::EllipsisLiteral(_) => Some(Const::Ellipsis),
            Expr::NumberLiteral(n) => Some(fold_num::literal(&n.value)),
            Expr::StringLiteral(s) => Some(Const::Str(
                (taipan_syntax::literal::string(self.lines.source(), s)).into(),
            )),
            Expr::BytesLiteral(b) => Some(Const::Bytes(taipan_syntax::literal::bytes(b).into())),
            Expr::Name(n) => self.name_constant(&n.id),
            Expr::IpyEscapeCommand(i) => self.carried(&i.node_index).cloned(),
            Expr::BinOp(_)
            | Expr::UnaryOp(_)
            | Expr::Tuple(_)
            | Expr::Subscript(_)
            | Expr::Slice(_)
            | Expr::FString(_) => {
                let key = std::ptr::from_ref(e).addr();
                if let Some(known) = self.folded.get(&key) {
                    return known.clone();
                }
                let value = with_room(|| self.fold_operator(e));
                self.folded.insert(key, value.clone());
                value
            }
            _ => None,
        }
    }

    /// The constant that a name stands for.
    pub fn name_constant(&self, name: &str) -> Option<Const> {
        (name == "__debug__").then_some(Const::Bool(self.options.optimize == 0))
    }

    /// The value of an integer constant that fits an operand.
    pub fn fold_int(&mut self, e: &'a Expr) -> Option<i16> {
        match e {
            Expr::NumberLiteral(_)
            | Expr::UnaryOp(_)
            | Expr::BinOp(_)
            | Expr::IpyEscapeCommand(_) => crate::cond::small_int(self.fold(e).as_ref()),
            _ => None,
        }
    }

    /// The values of constant expressions; `None` if one is not constant.
    pub fn fold_all(&mut self, elts: &'a [Expr]) -> Option<Vec<Const>> {
        // The last is looked at first: it is the likeliest to tell quickly in lists of growing complexity.
        self.fold(elts.last()?)?;
        elts.iter().map(|e| self.fold(e)).collect()
    }

    /// An immutable constant that is as good as the display `e` for `in` and iteration.
    pub fn fold_container(&mut self, e: &'a Expr) -> Option<Const> {
        match e {
            Expr::List(l) => Some(Const::Tuple(self.fold_all(&l.elts)?.into())),
            Expr::Set(s) => Some(Const::FrozenSet(self.fold_all(&s.elts)?.into())),
            _ => None,
        }
    }

    fn fold_operator(&mut self, e: &'a Expr) -> Option<Const> {
        match e {
            Expr::BinOp(b) => {
                let right = self.fold(&b.right)?;
                let left = self.fold(&b.left)?;
                binary(b.op, &left, &right)
            }
            Expr::UnaryOp(u) => {
                let operand = self.fold(&u.operand)?;
                match u.op {
                    ast::UnaryOp::Not => Some(Const::Bool(!truth(&operand)?)),
                    ast::UnaryOp::USub => fold_num::negate(&operand),
                    ast::UnaryOp::UAdd => fold_num::positive(&operand),
                    ast::UnaryOp::Invert => fold_num::invert(&operand),
                }
            }
            Expr::Tuple(t) if t.ctx == ast::ExprContext::Load => {
                if t.elts.is_empty() {
                    return Some(Const::Tuple([].into()));
                }
                Some(Const::Tuple(self.fold_all(&t.elts)?.into()))
            }
            Expr::Subscript(s) if s.ctx == ast::ExprContext::Load => {
                let index = self.fold_int(&s.slice)?;
                subscript(&self.fold(&s.value)?, index)
            }
            Expr::Slice(s) => {
                let mut part = |p: &'a Option<Box<Expr>>| match p {
                    Some(e) => self.fold(e),
                    None => Some(Const::None),
                };
                let parts = [part(&s.lower)?, part(&s.upper)?, part(&s.step)?];
                Some(Const::Slice(Box::new(parts)))
            }
            Expr::FString(f) => self.constant_fstring(f),
            _ => None,
        }
    }
}

fn subscript(value: &Const, index: i16) -> Option<Const> {
    let at = |len: usize| {
        let n = if index < 0 {
            len.checked_sub(index.unsigned_abs() as usize)?
        } else {
            index as usize
        };
        (n < len).then_some(n)
    };
    match value {
        Const::Tuple(items) => items.get(at(items.len())?).cloned(),
        Const::Bytes(b) => b.get(at(b.len())?).map(|b| Const::Int(*b as i64)),
        Const::Str(s) => {
            let n = at(s.code_points().count())?;
            let mut one = Wtf8Buf::new();
            one.push(s.code_points().nth(n)?);
            Some(Const::Str(one.into()))
        }
        _ => None,
    }
}

/// `left op right`
pub fn binary(op: Operator, left: &Const, right: &Const) -> Option<Const> {
    match (op, left, right) {
        (Operator::Add, Const::Str(a), Const::Str(b)) => {
            let mut s = a.to_wtf8_buf();
            s.push_wtf8(b);
            Some(Const::Str(s.into()))
        }
        (Operator::Add, Const::Bytes(a), Const::Bytes(b)) => {
            Some(Const::Bytes([&a[..], &b[..]].concat().into()))
        }
        (Operator::Add, Const::Tuple(a), Const::Tuple(b)) => {
            Some(Const::Tuple([&a[..], &b[..]].concat().into()))
        }
        (Operator::Mult, seq @ (Const::Str(_) | Const::Bytes(_) | Const::Tuple(_)), n) => {
            repeat(seq, n)
        }
        (Operator::Mult, n, seq @ (Const::Str(_) | Const::Bytes(_) | Const::Tuple(_))) => {
            repeat(seq, n)
        }
        _ => fold_num::binary(op, left, right),
    }
}

fn repeat(seq: &Const, n: &Const) -> Option<Const> {
    let n = match n {
        Const::Int(n) => usize::try_from(*n).ok()?,
        Const::Bool(b) => *b as usize,
        _ => return None,
    };
    let fits = |len: usize, max: usize| len.checked_mul(n).is_some_and(|total| total <= max);
    match seq {
        Const::Str(s) if fits(s.len(), MAX_STR) => {
            let mut out = Wtf8Buf::new();
            (0..n).for_each(|_| out.push_wtf8(s));
            Some(Const::Str(out.into()))
        }
        Const::Bytes(b) if fits(b.len(), MAX_STR) => Some(Const::Bytes(b.repeat(n).into())),
        Const::Tuple(t) if fits(t.len(), MAX_TUPLE) => {
            let mut items = Vec::with_capacity(t.len() * n);
            (0..n).for_each(|_| items.extend_from_slice(t));
            Some(Const::Tuple(items.into()))
        }
        _ => None,
    }
}
