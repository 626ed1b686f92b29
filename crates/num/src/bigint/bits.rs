//! Bitwise operations: two's complement with an endless sign, as Python's.

use std::ops::{BitAnd, BitOr, BitXor, Not};

use super::{
    BigInt, IntError,
    arith::{binary, check_size},
};

binary!(BitAnd bitand & BitOr bitor | BitXor bitxor ^);

impl Not for &BigInt {
    type Output = BigInt;
    fn not(self) -> BigInt {
        BigInt(!&self.0)
    }
}

impl BigInt {
    /// `self << n`.
    pub fn shl(&self, n: u64) -> Result<BigInt, IntError> {
        if self.is_zero() {
            return Ok(BigInt::ZERO);
        }
        check_size(u128::from(n) + u128::from(self.bit_length()))?;
        let n = usize::try_from(n).map_err(|_| IntError::TooManyDigits)?;
        Ok(BigInt(&self.0 << n))
    }

    /// `self >> n`, rounded towards minus infinity.
    pub fn shr(&self, n: u64) -> BigInt {
        if n >= self.bit_length() {
            return BigInt::from(if self.is_negative() { -1 } else { 0 });
        }
        BigInt(&self.0 >> n as usize)
    }

    /// `self << n` with a count of any size.
    pub fn shl_big(&self, n: &BigInt) -> Result<BigInt, IntError> {
        if n.is_negative() {
            return Err(IntError::NegativeShift);
        }
        match n.to_u64() {
            _ if self.is_zero() => Ok(BigInt::ZERO),
            Some(n) => self.shl(n),
            None => Err(IntError::TooManyDigits),
        }
    }

    /// `self >> n` with a count of any size.
    pub fn shr_big(&self, n: &BigInt) -> Result<BigInt, IntError> {
        if n.is_negative() {
            return Err(IntError::NegativeShift);
        }
        Ok(self.shr(n.to_u64().unwrap_or(u64::MAX)))
    }

    /// `int.bit_count()`: ones in the magnitude.
    pub fn bit_count(&self) -> u64 {
        self.magnitude_words()
            .iter()
            .map(|w| u64::from(w.count_ones()))
            .sum()
    }

    /// Zero bits below the lowest one; `None` for zero.
    pub fn trailing_zeros(&self) -> Option<u64> {
        self.0.trailing_zeros().map(|n| n as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_s_complement() {
        let samples: Vec<i128> = vec![
            0,
            1,
            -1,
            5,
            -5,
            1 << 70,
            -(1 << 70),
            (1 << 70) - 1,
            -(1 << 64),
            1 << 64,
        ];
        for &a in &samples {
            let x = BigInt::from(a);
            assert_eq!(!&x, BigInt::from(!a));
            for &b in &samples {
                let y = BigInt::from(b);
                assert_eq!(&x & &y, BigInt::from(a & b), "{a} & {b}");
                assert_eq!(&x | &y, BigInt::from(a | b), "{a} | {b}");
                assert_eq!(&x ^ &y, BigInt::from(a ^ b), "{a} ^ {b}");
            }
            for n in [0u64, 1, 3, 63, 64, 65, 100] {
                assert_eq!(x.shr(n), BigInt::from(a >> n), "{a} >> {n}");
            }
        }
    }

    #[test]
    fn counts() {
        let n = BigInt::ONE.shl(70).unwrap();
        assert_eq!(
            (n.bit_length(), n.bit_count(), n.trailing_zeros()),
            (71, 1, Some(70))
        );
        assert_eq!((-n).bit_length(), 71);
        assert_eq!(BigInt::ZERO.bit_length(), 0);
    }

    #[test]
    fn absurd_shifts_fail() {
        let n = BigInt::from(u128::MAX);
        assert_eq!(BigInt::ONE.shl_big(&n), Err(IntError::TooManyDigits));
        assert_eq!(BigInt::ZERO.shl_big(&n), Ok(BigInt::ZERO));
        assert!(BigInt::ONE.shl(1 << 62).is_err());
        assert_eq!(BigInt::from(-3).shr_big(&n), Ok(BigInt::from(-1)));
        assert_eq!(
            BigInt::ONE.shr_big(&BigInt::from(-1)),
            Err(IntError::NegativeShift)
        );
    }
}
