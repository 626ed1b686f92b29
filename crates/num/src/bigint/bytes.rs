//! `int.from_bytes` and `int.to_bytes`.

use dashu_int::{IBig, UBig, ops::UnsignedAbs};

use super::{BigInt, IntError};

impl BigInt {
    /// `int.from_bytes(bytes, "little" or "big", signed=signed)`.
    pub fn from_bytes(bytes: &[u8], little_endian: bool, signed: bool) -> BigInt {
        BigInt(match (little_endian, signed) {
            _ if bytes.is_empty() => IBig::ZERO,
            (true, true) => IBig::from_le_bytes(bytes),
            (false, true) => IBig::from_be_bytes(bytes),
            (true, false) => UBig::from_le_bytes(bytes).into(),
            (false, false) => UBig::from_be_bytes(bytes).into(),
        })
    }

    /// `self.to_bytes(length, "little" or "big", signed=signed)`.
    pub fn to_bytes(
        &self,
        length: usize,
        little_endian: bool,
        signed: bool,
    ) -> Result<Vec<u8>, IntError> {
        if self.is_negative() && !signed {
            return Err(IntError::NegativeToUnsigned);
        }
        let digits = if signed {
            self.0.to_le_bytes()
        } else {
            (&self.0).unsigned_abs().to_le_bytes()
        };
        if digits.len() > length && !(self.is_zero() || digits_are_padding(&digits, length)) {
            return Err(IntError::TooBigToConvert);
        }
        let mut out = Vec::new();
        out.try_reserve_exact(length)
            .map_err(|_| IntError::OutOfMemory)?;
        out.extend_from_slice(&digits[..digits.len().min(length)]);
        out.resize(length, if self.is_negative() { 0xff } else { 0 });
        if !little_endian {
            out.reverse();
        }
        Ok(out)
    }
}

/// Whether all bytes from `length` on only repeat the sign of the byte below.
fn digits_are_padding(digits: &[u8], length: usize) -> bool {
    let Some(&top) = length.checked_sub(1).and_then(|i| digits.get(i)) else {
        return false;
    };
    let sign = if top & 0x80 != 0 { 0xff } else { 0 };
    sign == 0xff && digits[length..].iter().all(|&b| b == sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips() {
        for v in [
            0i128,
            1,
            -1,
            127,
            128,
            -128,
            -129,
            255,
            256,
            1 << 64,
            -(1 << 64),
            i128::from(i64::MIN),
            i128::MAX,
        ] {
            for little in [true, false] {
                let n = BigInt::from(v);
                let bytes = n.to_bytes(17, little, true).unwrap();
                assert_eq!(BigInt::from_bytes(&bytes, little, true), n);
                let mut expected = v.to_le_bytes().to_vec();
                expected.push(if v < 0 { 255 } else { 0 });
                if !little {
                    expected.reverse();
                }
                assert_eq!(bytes, expected, "{v}");
            }
        }
    }

    #[test]
    fn lengths_are_checked() {
        let b = |v: i64, len, signed| BigInt::from(v).to_bytes(len, true, signed);
        assert_eq!(b(0, 0, false), Ok(vec![]));
        assert_eq!(b(0, 0, true), Ok(vec![]));
        assert_eq!(b(255, 1, false), Ok(vec![255]));
        assert_eq!(b(256, 1, false), Err(IntError::TooBigToConvert));
        assert_eq!(b(127, 1, true), Ok(vec![127]));
        assert_eq!(b(128, 1, true), Err(IntError::TooBigToConvert));
        assert_eq!(b(-128, 1, true), Ok(vec![128]));
        assert_eq!(b(-129, 1, true), Err(IntError::TooBigToConvert));
        assert_eq!(b(-1, 1, true), Ok(vec![255]));
        assert_eq!(b(-1, 0, true), Err(IntError::TooBigToConvert));
        assert_eq!(b(-1, 4, false), Err(IntError::NegativeToUnsigned));
        assert_eq!(BigInt::from_bytes(&[], true, true), BigInt::ZERO);
        assert_eq!(
            BigInt::from_bytes(&[0xff, 0xff], true, false),
            BigInt::from(65535)
        );
    }
}
