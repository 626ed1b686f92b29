//! [`BigInt`]: the integer of unlimited size behind Python's `int`.
//!
//! A thin face over one arithmetic crate, so that the crate can be exchanged: nothing
//! outside this folder names it. Values of up to two machine words are stored inline, so
//! `BigInt::from(i64)` costs no allocation and mixed operations just convert first.

mod arith;
mod bits;
mod bytes;
mod real;
mod text;
mod view;
mod words;

pub(crate) use text::trim_c_space as parse_space;
pub use text::{ParseIntError, parse_int};
pub use view::{BitOp, IntRef};

use dashu_int::{IBig, Sign};
use std::fmt;

use crate::ErrorKind;

/// An integer of any size.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct BigInt(IBig);

/// Why an integer operation has no result. `Display` is CPython's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntError {
    DivisionByZero,
    NegativeShift,
    /// The result would have more digits than memory could ever hold.
    TooManyDigits,
    /// The result would not fit in the memory there is.
    OutOfMemory,
    ZeroModulus,
    NotInvertible,
    /// `pow(0, negative)`.
    ZeroToNegativePower,
    TooLargeForFloat,
    QuotientTooLargeForFloat,
    /// `int.to_bytes`: more bits than the length has.
    TooBigToConvert,
    /// `int.to_bytes`: negative without `signed=True`.
    NegativeToUnsigned,
    /// `math.isqrt` of a negative number.
    NegativeRoot,
    /// A decimal text longer than `sys.get_int_max_str_digits()`.
    DigitLimit(usize),
}

impl IntError {
    /// The exception CPython raises for it.
    pub fn kind(self) -> ErrorKind {
        match self {
            IntError::DivisionByZero | IntError::ZeroToNegativePower => {
                ErrorKind::ZeroDivisionError
            }
            IntError::NegativeShift
            | IntError::ZeroModulus
            | IntError::NotInvertible
            | IntError::NegativeRoot
            | IntError::DigitLimit(_) => ErrorKind::ValueError,
            IntError::OutOfMemory => ErrorKind::MemoryError,
            IntError::TooManyDigits
            | IntError::TooLargeForFloat
            | IntError::QuotientTooLargeForFloat
            | IntError::TooBigToConvert
            | IntError::NegativeToUnsigned => ErrorKind::OverflowError,
        }
    }
}

impl fmt::Display for IntError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IntError::DivisionByZero => "division by zero",
            IntError::NegativeShift => "negative shift count",
            IntError::TooManyDigits => "too many digits in integer",
            IntError::OutOfMemory => "",
            IntError::ZeroModulus => "pow() 3rd argument cannot be 0",
            IntError::NotInvertible => "base is not invertible for the given modulus",
            IntError::ZeroToNegativePower => "zero to a negative power",
            IntError::TooLargeForFloat => "int too large to convert to float",
            IntError::QuotientTooLargeForFloat => "integer division result too large for a float",
            IntError::TooBigToConvert => "int too big to convert",
            IntError::NegativeToUnsigned => "can't convert negative int to unsigned",
            IntError::NegativeRoot => "isqrt() argument must be nonnegative",
            IntError::DigitLimit(limit) => {
                return write!(
                    f,
                    "Exceeds the limit ({limit} digits) for integer string conversion; \
                     use sys.set_int_max_str_digits() to increase the limit"
                );
            }
        })
    }
}

impl std::error::Error for IntError {}

impl BigInt {
    pub const ZERO: BigInt = BigInt(IBig::ZERO);
    pub const ONE: BigInt = BigInt(IBig::ONE);

    #[inline]
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    #[inline]
    pub fn is_negative(&self) -> bool {
        self.0.sign() == Sign::Negative
    }

    #[inline]
    pub fn is_odd(&self) -> bool {
        self.magnitude_words().first().is_some_and(|w| w & 1 == 1)
    }

    /// -1, 0 or 1.
    pub fn signum(&self) -> i32 {
        match (self.is_zero(), self.is_negative()) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    /// The magnitude, least significant 64-bit word first, without leading zeros.
    #[inline]
    pub fn magnitude_words(&self) -> &[u64] {
        self.0.as_sign_words().1
    }

    /// The number with these magnitude words (least significant first).
    pub fn from_words(negative: bool, words: &[u64]) -> BigInt {
        let sign = if negative {
            Sign::Negative
        } else {
            Sign::Positive
        };
        BigInt(IBig::from_sign_words(sign, words))
    }

    #[inline]
    pub fn to_i64(&self) -> Option<i64> {
        match *self.magnitude_words() {
            [] => Some(0),
            [w] if self.is_negative() => (w <= 1 << 63).then(|| (w as i64).wrapping_neg()),
            [w] => i64::try_from(w).ok(),
            _ => None,
        }
    }

    #[inline]
    pub fn to_u64(&self) -> Option<u64> {
        match *self.magnitude_words() {
            [] => Some(0),
            [w] if !self.is_negative() => Some(w),
            _ => None,
        }
    }

    pub fn to_i32(&self) -> Option<i32> {
        self.to_i64()?.try_into().ok()
    }

    pub fn to_usize(&self) -> Option<usize> {
        self.to_u64()?.try_into().ok()
    }

    pub fn to_isize(&self) -> Option<isize> {
        self.to_i64()?.try_into().ok()
    }

    pub fn to_i128(&self) -> Option<i128> {
        i128::try_from(&self.0).ok()
    }

    /// `self & (2**64 - 1)`: what a C cast to an unsigned 64-bit type gives.
    pub fn wrapping_u64(&self) -> u64 {
        let low = self.magnitude_words().first().copied().unwrap_or(0);
        if self.is_negative() {
            low.wrapping_neg()
        } else {
            low
        }
    }

    /// `self` clamped to what an `i64` holds (slices clamp instead of failing).
    pub fn saturating_i64(&self) -> i64 {
        self.to_i64().unwrap_or(if self.is_negative() {
            i64::MIN
        } else {
            i64::MAX
        })
    }
}

macro_rules! from_primitive {
    ($($t:ty)*) => {$(
        impl From<$t> for BigInt {
            #[inline]
            fn from(value: $t) -> Self {
                BigInt(IBig::from(value))
            }
        }
        impl PartialEq<$t> for BigInt {
            fn eq(&self, other: &$t) -> bool {
                self.0 == IBig::from(*other)
            }
        }
    )*};
}
from_primitive!(i8 u8 i16 u16 i32 u32 i64 u64 i128 u128 isize usize);

impl From<bool> for BigInt {
    fn from(value: bool) -> Self {
        BigInt::from(u8::from(value))
    }
}

impl fmt::Display for BigInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for BigInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_at_the_edges() {
        for v in [0, 1, -1, i64::MAX, i64::MIN, i64::MIN + 1] {
            assert_eq!(BigInt::from(v).to_i64(), Some(v));
        }
        assert_eq!(BigInt::from(u64::MAX).to_i64(), None);
        assert_eq!(BigInt::from(u64::MAX).to_u64(), Some(u64::MAX));
        assert_eq!(BigInt::from(i128::from(i64::MIN) - 1).to_i64(), None);
        assert_eq!(BigInt::from(-1).wrapping_u64(), u64::MAX);
        assert_eq!(BigInt::from(i128::MIN).saturating_i64(), i64::MIN);
        assert_eq!(BigInt::from(-1).to_u64(), None);
        assert_eq!(BigInt::from(i128::MIN).to_i128(), Some(i128::MIN));
    }
}
