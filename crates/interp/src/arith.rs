//! Operators: fast paths for small numbers, inline in the loop, and the way to the object protocol.

use taipan_object::slots::{BinOp, CmpOp};
use taipan_object::strings::Str;
use taipan_object::types::{class_of, is_exact_str};
use taipan_object::{PyResult, Thread, Value, ops};

/// The protocol's operator of a bytecode operator number.
pub fn bin_op(n: u8) -> BinOp {
    use taipan_bytecode::BinaryOp as B;
    match B::from_u8(n & !B::INPLACE) {
        Some(B::Add) | None => BinOp::Add,
        Some(B::Sub) => BinOp::Sub,
        Some(B::Mul) => BinOp::Mul,
        Some(B::MatMul) => BinOp::MatMul,
        Some(B::TrueDiv) => BinOp::TrueDiv,
        Some(B::Mod) => BinOp::Rem,
        Some(B::Pow) => BinOp::Pow,
        Some(B::LShift) => BinOp::LShift,
        Some(B::RShift) => BinOp::RShift,
        Some(B::Or) => BinOp::Or,
        Some(B::Xor) => BinOp::Xor,
        Some(B::And) => BinOp::And,
        Some(B::FloorDiv) => BinOp::FloorDiv,
    }
}

/// `a OP b` or `a OP= b` by the protocol.
#[inline(never)]
pub fn slow(th: &Thread, op: BinOp, inplace: bool, a: Value, b: Value) -> PyResult {
    if op == BinOp::Add
        && let (Some(x), Some(y)) = (a.as_str_obj(), b.as_str_obj())
        && is_exact_str(x)
        && is_exact_str(y)
    {
        return concat(th, x.value(), y.value());
    }
    if inplace {
        ops::inplace(th, op, a, b)
    } else {
        ops::binary(th, op, a, b)
    }
}

fn concat(th: &Thread, a: Value, b: Value) -> PyResult {
    let (x, y) = (a.expect::<Str>(), b.expect::<Str>());
    if x.is_empty() {
        return Ok(b);
    }
    if y.is_empty() {
        return Ok(a);
    }
    Ok(taipan_object::Object::<Str>::try_concat(th, x, y)?.value())
}

/// Two unboxed numbers as floats, unless both are integers.
#[inline(always)]
pub fn floats(a: Value, b: Value) -> Option<(f64, f64)> {
    if a.is_small_float() {
        if b.is_small_float() {
            return Some((a.small_float_unchecked(), b.small_float_unchecked()));
        }
        if b.is_small_int() {
            return Some((a.small_float_unchecked(), b.small_int_unchecked() as f64));
        }
    } else if a.is_small_int() && b.is_small_float() {
        return Some((a.small_int_unchecked() as f64, b.small_float_unchecked()));
    }
    None
}

/// `a + b` of small integers, nothing on overflow.
#[inline(always)]
pub fn add_int(a: Value, b: Value) -> Option<Value> {
    (a.bits() as i64)
        .checked_add(b.bits() as i64)
        .map(|n| Value::from_bits(n as u64))
}

/// `a - b` of small integers, nothing on overflow.
#[inline(always)]
pub fn sub_int(a: Value, b: Value) -> Option<Value> {
    (a.bits() as i64)
        .checked_sub(b.bits() as i64)
        .map(|n| Value::from_bits(n as u64))
}

/// `a * b` of small integers, nothing on overflow.
#[inline(always)]
pub fn mul_int(a: Value, b: Value) -> Option<Value> {
    (a.bits() as i64)
        .checked_mul(b.small_int_unchecked())
        .map(|n| Value::from_bits(n as u64))
}

/// `a // b` of small integers with `b` not zero.
#[inline(always)]
pub fn floordiv_int(a: i64, b: i64) -> Option<Value> {
    let q = a / b;
    let q = if a % b != 0 && (a < 0) != (b < 0) {
        q - 1
    } else {
        q
    };
    Value::try_small_int(q)
}

/// `a % b` of small integers with `b` not zero.
#[inline(always)]
pub fn mod_int(a: i64, b: i64) -> Value {
    let r = a % b;
    Value::small_int(if r != 0 && (r < 0) != (b < 0) {
        r + b
    } else {
        r
    })
}

/// `a % b` of floats with `b` not zero, as Python rounds it.
#[inline]
pub fn mod_float(a: f64, b: f64) -> f64 {
    let r = a % b;
    if r != 0.0 {
        if (b < 0.0) != (r < 0.0) { r + b } else { r }
    } else {
        0f64.copysign(b)
    }
}

/// An operator without an operation of its own, on small integers; nothing where the protocol must do it.
#[inline]
pub fn other_int(op: BinOp, a: i64, b: i64) -> Option<Value> {
    match op {
        BinOp::And => Some(Value::small_int(a & b)),
        BinOp::Or => Some(Value::small_int(a | b)),
        BinOp::Xor => Some(Value::small_int(a ^ b)),
        BinOp::LShift => shl(a, b),
        BinOp::RShift if b >= 0 => Some(Value::small_int(a >> b.min(63))),
        BinOp::Pow if (0..=64).contains(&b) => {
            let mut r: i64 = 1;
            for _ in 0..b {
                r = r.checked_mul(a)?;
            }
            Value::try_small_int(r)
        }
        _ => None,
    }
}

/// `a << b`, nothing on overflow or for a negative count.
#[inline]
pub fn shl(a: i64, b: i64) -> Option<Value> {
    if !(0..62).contains(&b) {
        return None;
    }
    let r = a << b;
    if r >> b == a {
        Value::try_small_int(r)
    } else {
        None
    }
}

/// `a OP b` where both are numbers that can be compared at once.
#[inline(always)]
pub fn compare_fast(a: Value, b: Value, op: CmpOp) -> Option<bool> {
    if Value::both_small_int(a, b) {
        return Some(op.of((a.bits() as i64).cmp(&(b.bits() as i64))));
    }
    std::hint::cold_path();
    if a.is_small_float() && b.is_small_float() {
        let (x, y) = (a.small_float_unchecked(), b.small_float_unchecked());
        return Some(match op {
            CmpOp::Lt => x < y,
            CmpOp::Le => x <= y,
            CmpOp::Eq => x == y,
            CmpOp::Ne => x != y,
            CmpOp::Gt => x > y,
            CmpOp::Ge => x >= y,
        });
    }
    None
}

/// The truth of `a OP b`, by the protocol.
#[inline(never)]
pub fn compare_truth(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult<bool> {
    if matches!(op, CmpOp::Eq | CmpOp::Ne)
        && let (Some(x), Some(y)) = (a.as_str_obj(), b.as_str_obj())
        && is_exact_str(x)
        && is_exact_str(y)
    {
        let same =
            a.is(b) || (!(x.is_interned() && y.is_interned()) && x.as_bytes() == y.as_bytes());
        return Ok(same == (op == CmpOp::Eq));
    }
    let r = ops::compare(th, a, b, op)?;
    ops::truth(th, r)
}

/// `v` must have a truth of its own to be tested by the protocol: the constants are tested inline.
#[inline(always)]
pub fn truth(th: &Thread, v: Value) -> PyResult<bool> {
    match v {
        Value::TRUE => Ok(true),
        Value::FALSE | Value::NONE => Ok(false),
        _ => ops::truth(th, v),
    }
}

/// A unary operator by number.
pub fn unary(th: &Thread, op: u8, v: Value) -> PyResult {
    match op {
        0 => match v.as_small_int() {
            Some(n) if n != Value::MIN_INT => Ok(Value::small_int(-n)),
            _ => match v.as_small_float() {
                Some(x) => Ok(Value::float(th, -x)),
                None => ops::neg(th, v),
            },
        },
        1 => ops::pos(th, v),
        _ => match v.as_small_int() {
            Some(n) => Ok(Value::small_int(!n)),
            None => ops::invert(th, v),
        },
    }
}

/// `x in v`.
pub fn contains(th: &Thread, v: Value, x: Value) -> PyResult<bool> {
    if let Some(d) = v.as_dict()
        && class_of(v).is(&taipan_object::types::DICT)
    {
        let h = taipan_object::dict::key_hash(th, x)?;
        return Ok(d.map.get(th, x, h)?.is_some());
    }
    ops::contains(th, v, x)
}
