//! Arithmetic on numeric constants.

use dashu_int::ops::{BitTest, DivRemEuclid};
use dashu_int::{IBig, Sign, UBig};
use taipan_bytecode::Const;
use taipan_syntax::ast::{Number, Operator};

/// Results of more bits are left for run time.
const MAX_BITS: usize = 128;

/// The constant of a number literal.
pub fn literal(n: &Number) -> Const {
    match n {
        Number::Int(i) => match i.as_i64() {
            Some(v) => Const::Int(v),
            None => big_literal(&i.to_string()),
        },
        Number::Float(f) => Const::Float(*f),
        Number::Complex { real, imag } => Const::Complex(*real, *imag),
    }
}

/// A large integer as it stands in the source.
fn big_literal(text: &str) -> Const {
    let text: String = text.chars().filter(|c| *c != '_').collect();
    let lower = text.to_ascii_lowercase();
    let (digits, radix) = match lower.as_bytes() {
        [b'0', b'x', ..] => (&lower[2..], 16),
        [b'0', b'o', ..] => (&lower[2..], 8),
        [b'0', b'b', ..] => (&lower[2..], 2),
        _ => (&lower[..], 10),
    };
    from_big(IBig::from(
        UBig::from_str_radix(digits, radix).unwrap_or_default(),
    ))
}

fn to_big(c: &Const) -> Option<IBig> {
    Some(match c {
        Const::Bool(b) => IBig::from(*b as i64),
        Const::Int(n) => IBig::from(*n),
        Const::BigInt {
            negative,
            magnitude,
        } => {
            let sign = if *negative {
                Sign::Negative
            } else {
                Sign::Positive
            };
            IBig::from_parts(sign, UBig::from_le_bytes(magnitude))
        }
        _ => return None,
    })
}

fn from_big(n: IBig) -> Const {
    match i64::try_from(&n) {
        Ok(v) => Const::Int(v),
        Err(_) => {
            let (sign, magnitude) = n.into_parts();
            let bytes = magnitude.to_le_bytes();
            let len = bytes.iter().rposition(|b| *b != 0).map_or(0, |p| p + 1);
            Const::BigInt {
                negative: sign == Sign::Negative,
                magnitude: bytes[..len].into(),
            }
        }
    }
}

/// An integer or float as a float, if exactly so.
fn to_float(c: &Const) -> Option<f64> {
    match c {
        Const::Float(f) => Some(*f),
        Const::Bool(b) => Some(*b as u8 as f64),
        Const::Int(n) if n.unsigned_abs() <= 1 << 53 => Some(*n as f64),
        _ => None,
    }
}

/// `-c`
pub fn negate(c: &Const) -> Option<Const> {
    match c {
        Const::Float(f) => Some(Const::Float(-f)),
        Const::Complex(re, im) => Some(Const::Complex(-re, -im)),
        _ => Some(from_big(-to_big(c)?)),
    }
}

/// `+c`
pub fn positive(c: &Const) -> Option<Const> {
    match c {
        Const::Float(_) | Const::Complex(..) => Some(c.clone()),
        _ => Some(from_big(to_big(c)?)),
    }
}

/// `~c`; of a bool it warns, at run time.
pub fn invert(c: &Const) -> Option<Const> {
    match c {
        Const::Bool(_) => None,
        _ => Some(from_big(!to_big(c)?)),
    }
}

/// `left op right` for numbers.
pub fn binary(op: Operator, left: &Const, right: &Const) -> Option<Const> {
    match (left, right) {
        (Const::Complex(..), _) | (_, Const::Complex(..)) => complex(op, left, right),
        (Const::Float(_), _) | (_, Const::Float(_)) => float(op, to_float(left)?, to_float(right)?),
        (Const::Bool(a), Const::Bool(b)) => match op {
            Operator::BitAnd => Some(Const::Bool(a & b)),
            Operator::BitOr => Some(Const::Bool(a | b)),
            Operator::BitXor => Some(Const::Bool(a ^ b)),
            _ => int(op, to_big(left)?, to_big(right)?),
        },
        _ => {
            let (a, b) = (to_big(left)?, to_big(right)?);
            if op == Operator::Div {
                return match (to_float(left)?, to_float(right)?) {
                    (_, 0.0) => None,
                    (a, b) => Some(Const::Float(a / b)),
                };
            }
            int(op, a, b)
        }
    }
}

fn bits(n: &IBig) -> usize {
    n.bit_len()
}

fn int(op: Operator, a: IBig, b: IBig) -> Option<Const> {
    let small = |n: &IBig| usize::try_from(n).ok();
    let zero = IBig::from(0);
    Some(from_big(match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mult => {
            if bits(&a) + bits(&b) > MAX_BITS {
                return None;
            }
            a * b
        }
        Operator::FloorDiv | Operator::Mod => {
            if b == zero {
                return None;
            }
            // Euclid's remainder is never negative, Python's has the sign of the divisor.
            let (mut q, mut r) = a.div_rem_euclid(&b);
            let mut r_int = IBig::from(std::mem::take(&mut r));
            if b < zero && r_int != zero {
                r_int += &b;
                q -= IBig::from(1);
                // With a negative divisor Euclid rounds the quotient up.
                return Some(from_big(if op == Operator::Mod { r_int } else { q }));
            }
            if op == Operator::Mod { r_int } else { q }
        }
        Operator::Pow => {
            let n = small(&b)?;
            if n > 0 && bits(&a) > MAX_BITS / n {
                return None;
            }
            a.pow(n)
        }
        Operator::LShift => {
            let n = small(&b)?;
            if n > MAX_BITS || bits(&a) > MAX_BITS - n {
                return None;
            }
            a << n
        }
        Operator::RShift => {
            let n = small(&b)?;
            a >> n
        }
        Operator::BitAnd => a & b,
        Operator::BitOr => a | b,
        Operator::BitXor => a ^ b,
        Operator::Div | Operator::MatMult => return None,
    }))
}

fn float(op: Operator, a: f64, b: f64) -> Option<Const> {
    Some(Const::Float(match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mult => a * b,
        Operator::Div if b != 0.0 => a / b,
        Operator::Pow if a > 0.0 => {
            let p = a.powf(b);
            if p.is_infinite() && a.is_finite() && b.is_finite() {
                return None;
            }
            p
        }
        // Floor division and modulo of floats are rare in constants and subtle.
        _ => return None,
    }))
}

fn complex(op: Operator, left: &Const, right: &Const) -> Option<Const> {
    let (re, im) = match (op, left, right) {
        (Operator::Add, Const::Complex(a, b), Const::Complex(c, d)) => (a + c, b + d),
        (Operator::Sub, Const::Complex(a, b), Const::Complex(c, d)) => (a - c, b - d),
        // A real number has no imaginary part, not even a zero, whose sign would matter.
        (Operator::Add, Const::Complex(a, b), real) => (a + to_float(real)?, *b),
        (Operator::Add, real, Const::Complex(c, d)) => (to_float(real)? + c, *d),
        (Operator::Sub, Const::Complex(a, b), real) => (a - to_float(real)?, *b),
        (Operator::Sub, real, Const::Complex(c, d)) => (to_float(real)? - c, -d),
        _ => return None,
    };
    Some(Const::Complex(re, im))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ints(op: Operator, a: i64, b: i64) -> Option<i64> {
        match binary(op, &Const::Int(a), &Const::Int(b)) {
            Some(Const::Int(n)) => Some(n),
            _ => None,
        }
    }

    #[test]
    fn division_floors() {
        for (a, b, q, r) in [
            (7, 2, 3, 1),
            (-7, 2, -4, 1),
            (7, -2, -4, -1),
            (-7, -2, 3, -1),
            (6, -2, -3, 0),
            (-6, -2, 3, 0),
        ] {
            assert_eq!(ints(Operator::FloorDiv, a, b), Some(q), "{a} // {b}");
            assert_eq!(ints(Operator::Mod, a, b), Some(r), "{a} % {b}");
        }
        assert_eq!(ints(Operator::FloorDiv, 1, 0), None);
    }

    #[test]
    fn large_results_are_left() {
        assert!(binary(Operator::Pow, &Const::Int(2), &Const::Int(64)).is_some());
        assert!(binary(Operator::Pow, &Const::Int(2), &Const::Int(1000)).is_none());
        assert!(binary(Operator::LShift, &Const::Int(1), &Const::Int(1 << 40)).is_none());
    }
}
