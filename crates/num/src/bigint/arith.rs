//! Arithmetic with Python's signs.

use std::ops::{Add, Mul, Neg, Sub};

use dashu_int::{
    IBig, UBig,
    fast_div::ConstDivisor,
    ops::{Abs, DivRem, Gcd, SquareRoot, UnsignedAbs},
};

use super::{BigInt, IntError};

macro_rules! binary {
    ($($trait:ident $method:ident $op:tt)*) => {$(
        impl $trait for &BigInt {
            type Output = BigInt;
            #[inline]
            fn $method(self, other: &BigInt) -> BigInt {
                BigInt(&self.0 $op &other.0)
            }
        }
        impl $trait for BigInt {
            type Output = BigInt;
            #[inline]
            fn $method(self, other: BigInt) -> BigInt {
                BigInt(self.0 $op other.0)
            }
        }
        impl $trait<&BigInt> for BigInt {
            type Output = BigInt;
            #[inline]
            fn $method(self, other: &BigInt) -> BigInt {
                BigInt(self.0 $op &other.0)
            }
        }
    )*};
}
pub(super) use binary;
binary!(Add add + Sub sub - Mul mul *);

impl Neg for &BigInt {
    type Output = BigInt;
    fn neg(self) -> BigInt {
        BigInt(-&self.0)
    }
}

impl Neg for BigInt {
    type Output = BigInt;
    fn neg(self) -> BigInt {
        BigInt(-self.0)
    }
}

/// Fails early where a result of so many bits cannot be allocated: the arithmetic crate
/// aborts the process when the allocator says no.
pub(super) fn check_size(bits: u128) -> Result<(), IntError> {
    const NOTEWORTHY: u128 = 1 << 27;
    if bits <= NOTEWORTHY {
        return Ok(());
    }
    let bytes = usize::try_from(bits / 8 + 64).map_err(|_| IntError::TooManyDigits)?;
    // Working space of the multiplication comes on top of the result.
    let mut probe: Vec<u8> = Vec::new();
    probe
        .try_reserve_exact(bytes.saturating_mul(2))
        .map_err(|_| IntError::OutOfMemory)
}

impl BigInt {
    pub fn abs(&self) -> BigInt {
        BigInt((&self.0).abs())
    }

    /// `self * other`, where the product fits in memory.
    pub fn checked_mul(&self, other: &BigInt) -> Result<BigInt, IntError> {
        check_size(u128::from(self.bit_length()) + u128::from(other.bit_length()))?;
        Ok(self * other)
    }

    /// `divmod(self, other)`: the remainder has the sign of `other`.
    pub fn divmod_floor(&self, other: &BigInt) -> Result<(BigInt, BigInt), IntError> {
        if other.is_zero() {
            return Err(IntError::DivisionByZero);
        }
        let (q, r) = (&self.0).div_rem(&other.0);
        if r.is_zero() || (r < IBig::ZERO) == other.is_negative() {
            Ok((BigInt(q), BigInt(r)))
        } else {
            Ok((BigInt(q - IBig::ONE), BigInt(r + &other.0)))
        }
    }

    /// `self // other`.
    pub fn div_floor(&self, other: &BigInt) -> Result<BigInt, IntError> {
        self.divmod_floor(other).map(|(q, _)| q)
    }

    /// `self % other`.
    pub fn mod_floor(&self, other: &BigInt) -> Result<BigInt, IntError> {
        if other.is_zero() {
            return Err(IntError::DivisionByZero);
        }
        let r = &self.0 % &other.0;
        Ok(if r.is_zero() || (r < IBig::ZERO) == other.is_negative() {
            BigInt(r)
        } else {
            BigInt(r + &other.0)
        })
    }

    /// The quotient rounded towards zero and its remainder (as C divides).
    pub fn divmod_trunc(&self, other: &BigInt) -> Result<(BigInt, BigInt), IntError> {
        if other.is_zero() {
            return Err(IntError::DivisionByZero);
        }
        let (q, r) = (&self.0).div_rem(&other.0);
        Ok((BigInt(q), BigInt(r)))
    }

    /// `self ** exp` for an exponent that is not negative.
    pub fn pow(&self, exp: u64) -> Result<BigInt, IntError> {
        match self.to_i64() {
            Some(0) => return Ok(BigInt::from(u8::from(exp == 0))),
            Some(1) => return Ok(BigInt::ONE),
            Some(-1) => return Ok(BigInt::from(if exp & 1 == 0 { 1 } else { -1 })),
            _ => {}
        }
        check_size(u128::from(self.bit_length() - 1) * u128::from(exp))?;
        let exp = usize::try_from(exp).map_err(|_| IntError::TooManyDigits)?;
        Ok(BigInt(self.0.pow(exp)))
    }

    /// `self ** exp` for an exponent of any size that is not negative.
    pub fn pow_big(&self, exp: &BigInt) -> Result<BigInt, IntError> {
        match exp.to_u64() {
            Some(e) => self.pow(e),
            // Only 0, 1 and -1 have such powers, and those depend on parity alone.
            None => match self.to_i64() {
                Some(-1..=1) => self.pow(2 + u64::from(exp.is_odd())),
                _ => Err(IntError::OutOfMemory),
            },
        }
    }

    /// `pow(self, exp, modulus)`; a negative exponent uses the modular inverse.
    pub fn modpow(&self, exp: &BigInt, modulus: &BigInt) -> Result<BigInt, IntError> {
        if modulus.is_zero() {
            return Err(IntError::ZeroModulus);
        }
        let size: UBig = (&modulus.0).unsigned_abs();
        if size.is_one() {
            return Ok(BigInt::ZERO);
        }
        let result = if let [m] = *modulus.magnitude_words()
            && let Some(e) = exp.to_u64()
        {
            let m_big = BigInt::from(m);
            let base = self.mod_floor(&m_big)?.wrapping_u64();
            IBig::from(crate::small::modpow_u64(base, e, m))
        } else {
            let ring = ConstDivisor::new(size);
            let base = ring.reduce(self.0.clone());
            let power = if exp.is_negative() {
                base.inv().ok_or(IntError::NotInvertible)?
            } else {
                base
            }
            .pow(&(&exp.0).unsigned_abs());
            IBig::from(power.residue())
        };
        Ok(BigInt(if modulus.is_negative() && !result.is_zero() {
            result + &modulus.0
        } else {
            result
        }))
    }

    /// The greatest common divisor, never negative.
    pub fn gcd(&self, other: &BigInt) -> BigInt {
        match (self.is_zero(), other.is_zero()) {
            // The crate refuses gcd(0, 0).
            (true, _) => other.abs(),
            (_, true) => self.abs(),
            _ => BigInt(IBig::from((&self.0).gcd(&other.0))),
        }
    }

    /// The least common multiple, never negative.
    pub fn lcm(&self, other: &BigInt) -> BigInt {
        if self.is_zero() || other.is_zero() {
            return BigInt::ZERO;
        }
        let gcd = self.gcd(other);
        BigInt((&self.0 / &gcd.0 * &other.0).abs())
    }

    /// `math.isqrt`: the root rounded down.
    pub fn isqrt(&self) -> Result<BigInt, IntError> {
        if self.is_negative() {
            return Err(IntError::NegativeRoot);
        }
        Ok(BigInt(IBig::from((&self.0).unsigned_abs().sqrt())))
    }

    /// `self` rounded half to even to a multiple of `10**digits` (`round(int, -digits)`).
    pub fn round_to_power_of_ten(&self, digits: u64) -> Result<BigInt, IntError> {
        // 10**digits > 2 * |self|: everything rounds to zero.
        if digits > self.bit_length() / 3 + 2 {
            return Ok(BigInt::ZERO);
        }
        let unit = BigInt::from(10).pow(digits)?;
        let (q, r) = self.divmod_floor(&unit)?;
        let up = match (&r + &r).cmp(&unit) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => q.is_odd(),
        };
        Ok(self - &r + if up { unit } else { BigInt::ZERO })
    }

    /// `int.bit_length()`.
    pub fn bit_length(&self) -> u64 {
        self.view().bit_length()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bigint::parse_int;

    fn big(s: &str) -> BigInt {
        parse_int(s.as_bytes(), 0, 0).unwrap()
    }

    #[test]
    fn division_floors() {
        let a = big("-1000000000000000000000000000001");
        let b = big("1000000000000000");
        let (q, r) = a.divmod_floor(&b).unwrap();
        assert_eq!(q, big("-1000000000000001"));
        assert_eq!(r, big("999999999999999"));
        assert_eq!(a.mod_floor(&b).unwrap(), r);
        assert_eq!(a.mod_floor(&-&b).unwrap(), BigInt::from(-1));
        assert_eq!(a.div_floor(&BigInt::ZERO), Err(IntError::DivisionByZero));
    }

    #[test]
    fn powers() {
        assert_eq!(
            BigInt::from(-2).pow(65).unwrap(),
            big("-0x20000000000000000")
        );
        let huge = big("1000000000000000000000000000000");
        assert_eq!(
            BigInt::from(-1).pow_big(&(&huge + &BigInt::ONE)).unwrap(),
            BigInt::from(-1)
        );
        assert_eq!(BigInt::ZERO.pow_big(&huge).unwrap(), BigInt::ZERO);
        assert_eq!(BigInt::from(2).pow_big(&huge), Err(IntError::OutOfMemory));
        assert!(BigInt::from(10).pow(1_000_000_000_000_000_000).is_err());
    }

    #[test]
    fn modular_powers() {
        let m = |b: i64, e: i64, m: i64| {
            BigInt::from(b)
                .modpow(&BigInt::from(e), &BigInt::from(m))
                .map(|r| r.to_i64().unwrap())
        };
        assert_eq!(m(3, 200, 13), Ok(9));
        assert_eq!(m(3, 200, -13), Ok(-4));
        assert_eq!(m(-3, 5, 7), Ok(2));
        assert_eq!(m(38, -1, 97), Ok(23));
        assert_eq!(m(38, -2, 97), Ok(44));
        assert_eq!(m(2, -1, 4), Err(IntError::NotInvertible));
        assert_eq!(m(2, 1, 0), Err(IntError::ZeroModulus));
        assert_eq!(m(2, -1, 1), Ok(0));
        assert_eq!(m(0, 0, 5), Ok(1));
        let p = big("170141183460469231731687303715884105727");
        let e = &p - &BigInt::from(2);
        let inverse = BigInt::from(12345).modpow(&BigInt::from(-1), &p).unwrap();
        assert_eq!(BigInt::from(12345).modpow(&e, &p).unwrap(), inverse);
    }

    #[test]
    fn roots_and_divisors() {
        let n = big("123456789012345678901234567890");
        assert_eq!(n.isqrt().unwrap(), big("351364182882014"));
        assert_eq!(BigInt::from(-1).isqrt(), Err(IntError::NegativeRoot));
        assert_eq!(BigInt::ZERO.gcd(&BigInt::ZERO), BigInt::ZERO);
        assert_eq!(BigInt::from(-12).gcd(&BigInt::from(18)), BigInt::from(6));
        assert_eq!(BigInt::from(-4).lcm(&BigInt::from(6)), BigInt::from(12));
    }

    #[test]
    fn rounds_half_to_even() {
        let table = [
            (25, 1, 20),
            (35, 1, 40),
            (-25, 1, -20),
            (-35, 1, -40),
            (149, 2, 100),
            (5, 1, 0),
            (51, 2, 100),
            (50, 2, 0),
            (7, 30, 0),
        ];
        for (n, d, expected) in table {
            assert_eq!(
                BigInt::from(n).round_to_power_of_ten(d).unwrap(),
                BigInt::from(expected),
                "{n} {d}"
            );
        }
    }
}
