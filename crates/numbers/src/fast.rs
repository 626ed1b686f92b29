//! Operators on floats and integers of any size, as the interpreter tries them before the object protocol.
//!
//! Each gives nothing unless both operands are exactly `int`, `bool` or `float` values, whose operators no
//! program can change.

use taipan_object::slots::{BinOp, CmpOp};
use taipan_object::types::{self, class_of};
use taipan_object::{PyResult, Thread, Value};

use crate::float::arith as f;
use crate::int::arith as i;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Int,
    Float,
    Other,
}

#[inline(always)]
fn sort(v: Value) -> Sort {
    if v.is_small_int() || v.is_bool() {
        return Sort::Int;
    }
    if v.is_small_float() {
        return Sort::Float;
    }
    if !v.is_cell() {
        return Sort::Other;
    }
    let t = class_of(v);
    if t.is(&types::FLOAT) {
        Sort::Float
    } else if t.is(&types::INT) {
        Sort::Int
    } else {
        Sort::Other
    }
}

macro_rules! entry {
    ($(#[$doc:meta])* $name:ident, $int:expr, $float:expr) => {
        $(#[$doc])*
        #[inline]
        pub fn $name(th: &Thread, a: Value, b: Value) -> Option<PyResult> {
            match (sort(a), sort(b)) {
                (Sort::Int, Sort::Int) => Some($int(th, a, b)),
                (Sort::Other, _) | (_, Sort::Other) => None,
                _ => Some($float(th, a, b)),
            }
        }
    };
}

entry!(
    /// `a + b`
    add, i::add, f::add
);
entry!(
    /// `a - b`
    sub, i::sub, f::sub
);
entry!(
    /// `a * b`
    mul, i::mul, f::mul
);
entry!(
    /// `a / b`
    truediv, i::truediv, f::truediv
);
entry!(
    /// `a // b`
    floordiv, i::floordiv, f::floordiv
);
entry!(
    /// `a % b`
    rem, i::rem, f::rem
);
entry!(
    /// `a ** b`
    pow,
    |th, a, b| i::pow(th, a, b, Value::NONE),
    |th, a, b| f::pow(th, a, b, Value::NONE)
);

/// `a OP b` of any operator; the in-place forms are the same for numbers.
#[inline]
pub fn binary(th: &Thread, op: BinOp, a: Value, b: Value) -> Option<PyResult> {
    match op {
        BinOp::Add => add(th, a, b),
        BinOp::Sub => sub(th, a, b),
        BinOp::Mul => mul(th, a, b),
        BinOp::TrueDiv => truediv(th, a, b),
        BinOp::FloorDiv => floordiv(th, a, b),
        BinOp::Rem => rem(th, a, b),
        BinOp::Pow => pow(th, a, b),
        BinOp::LShift | BinOp::RShift | BinOp::And | BinOp::Or | BinOp::Xor => bits(th, op, a, b),
        BinOp::MatMul => None,
    }
}

fn bits(th: &Thread, op: BinOp, a: Value, b: Value) -> Option<PyResult> {
    if sort(a) != Sort::Int || sort(b) != Sort::Int || (a.is_bool() && b.is_bool()) {
        return None;
    }
    Some(match op {
        BinOp::LShift => i::lshift(th, a, b),
        BinOp::RShift => i::rshift(th, a, b),
        BinOp::And => i::and(th, a, b),
        BinOp::Or => i::or(th, a, b),
        _ => i::xor(th, a, b),
    })
}

/// The truth of `a OP b`.
#[inline]
pub fn compare(a: Value, b: Value, op: CmpOp) -> Option<bool> {
    if sort(a) == Sort::Other || sort(b) == Sort::Other {
        return None;
    }
    f::compare(a, b).map(|order| f::holds(op, order))
}
