//! Integers and floats: conversions rounded once, exact comparison.

use std::cmp::Ordering;

use super::{BigInt, IntError};
use crate::float::{compose, decompose};

impl BigInt {
    /// `float(self)`, rounded half to even.
    pub fn to_f64(&self) -> Result<f64, IntError> {
        let f = self.to_f64_lossy();
        if f.is_infinite() {
            Err(IntError::TooLargeForFloat)
        } else {
            Ok(f)
        }
    }

    /// `float(self)`, infinite where it is too large.
    pub fn to_f64_lossy(&self) -> f64 {
        self.view().to_f64_lossy()
    }

    /// The integer part of a finite float.
    pub fn from_f64(value: f64) -> Option<BigInt> {
        if !value.is_finite() {
            return None;
        }
        if value.abs() < 9.2e18 {
            return Some(BigInt::from(value as i64));
        }
        let (mantissa, exponent) = decompose(value.abs());
        let n = BigInt::from(mantissa).shl(exponent as u64).ok()?;
        Some(if value < 0.0 { -n } else { n })
    }

    /// `self / other`, rounded once.
    pub fn true_div(&self, other: &BigInt) -> Result<f64, IntError> {
        if other.is_zero() {
            return Err(IntError::DivisionByZero);
        }
        if self.is_zero() {
            return Ok(if other.is_negative() { -0.0 } else { 0.0 });
        }
        let negative = self.is_negative() != other.is_negative();
        // A quotient of 62 or 63 bits and a sticky bit for the remainder.
        let shift = self.bit_length() as i64 - other.bit_length() as i64 - 62;
        let (mut a, mut b) = (self.abs(), other.abs());
        if shift < 0 {
            a = a.shl(shift.unsigned_abs())?;
        } else {
            b = b.shl(shift as u64)?;
        }
        let (q, r) = a.divmod_trunc(&b)?;
        let f = compose(q.wrapping_u64() | u64::from(!r.is_zero()), shift);
        if f.is_infinite() {
            return Err(IntError::QuotientTooLargeForFloat);
        }
        Ok(if negative { -f } else { f })
    }

    /// Compares with a float exactly; `None` for NaN.
    pub fn cmp_f64(&self, other: f64) -> Option<Ordering> {
        self.view().cmp_f64(other)
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
    fn to_float_rounds_once() {
        assert_eq!(big("9007199254740993").to_f64(), Ok(9007199254740992.0));
        assert_eq!(
            big("0x20000000000000400000000001").to_f64(),
            Ok(2f64.powi(101))
        );
        let tie = &BigInt::ONE.shl(200).unwrap() + &BigInt::ONE.shl(147).unwrap();
        assert_eq!(tie.to_f64(), Ok(2f64.powi(200)));
        assert_eq!(
            (&tie + &BigInt::ONE).to_f64(),
            Ok(2f64.powi(200) + 2f64.powi(148))
        );
        assert_eq!(
            BigInt::from(10).pow(400).unwrap().to_f64(),
            Err(IntError::TooLargeForFloat)
        );
        let max = BigInt::from_f64(f64::MAX).unwrap();
        assert_eq!(max.to_f64(), Ok(f64::MAX));
        let half_ulp = BigInt::ONE.shl(970).unwrap();
        assert!((&max + &half_ulp).to_f64().is_err());
        assert_eq!((&max + &(half_ulp - BigInt::ONE)).to_f64(), Ok(f64::MAX));
    }

    #[test]
    fn true_division() {
        let d = |a: &str, b: &str| big(a).true_div(&big(b));
        assert_eq!(d("1", "3"), Ok(1.0 / 3.0));
        assert_eq!(d("-1", "3"), Ok(-1.0 / 3.0));
        assert_eq!(
            d(
                "123456789012345678901234567890",
                "987654321098765432109876543210"
            ),
            Ok(0.1249999988609375)
        );
        assert_eq!(d("9007199254740993", "1"), Ok(9007199254740992.0));
        assert_eq!(d("1", "0"), Err(IntError::DivisionByZero));
        let big2000 = BigInt::ONE.shl(2000).unwrap();
        assert_eq!(
            big2000.true_div(&BigInt::ONE),
            Err(IntError::QuotientTooLargeForFloat)
        );
        assert_eq!(BigInt::ONE.true_div(&big2000), Ok(0.0));
        // The smallest subnormal, and the tie below it.
        assert_eq!(
            BigInt::ONE.true_div(&BigInt::ONE.shl(1074).unwrap()),
            Ok(5e-324)
        );
        assert_eq!(
            BigInt::ONE.true_div(&BigInt::ONE.shl(1075).unwrap()),
            Ok(0.0)
        );
        assert_eq!(
            BigInt::from(3).true_div(&BigInt::ONE.shl(1076).unwrap()),
            Ok(5e-324)
        );
    }

    #[test]
    fn compares_exactly() {
        let n = &BigInt::ONE.shl(100).unwrap() + &BigInt::ONE;
        assert_eq!(n.cmp_f64(2f64.powi(100)), Some(Ordering::Greater));
        assert_eq!((-n).cmp_f64(-(2f64.powi(100))), Some(Ordering::Less));
        assert_eq!(BigInt::from(1).cmp_f64(1.5), Some(Ordering::Less));
        assert_eq!(BigInt::from(-1).cmp_f64(-1.5), Some(Ordering::Greater));
        assert_eq!(BigInt::from(0).cmp_f64(-0.0), Some(Ordering::Equal));
        assert_eq!(BigInt::from(0).cmp_f64(f64::INFINITY), Some(Ordering::Less));
    }
}
