//! The hashes Python promises for numbers, and how those of tuples and frozensets combine.
//!
//! Equal numbers hash equal whatever their type, so every number is taken modulo the
//! prime 2**61 - 1. A hash is never -1 (C code used that for errors): -2 stands in.

use crate::BigInt;
use crate::bigint::IntRef;
use crate::float::decompose;

/// `sys.hash_info.modulus`.
pub const MODULUS: u64 = (1 << 61) - 1;
/// `sys.hash_info.inf`.
pub const HASH_INF: i64 = 314_159;
/// `sys.hash_info.imag`.
pub const HASH_IMAG: u64 = 1_000_003;

/// -1 is no hash.
#[inline]
pub fn not_minus_one(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

#[inline]
fn reduce(x: u128) -> u64 {
    let x = (x & u128::from(MODULUS)) + (x >> 61);
    let x = ((x & u128::from(MODULUS)) + (x >> 61)) as u64;
    if x >= MODULUS { x - MODULUS } else { x }
}

#[inline]
fn signed(negative: bool, magnitude: u64) -> i64 {
    let h = magnitude as i64;
    not_minus_one(if negative { -h } else { h })
}

/// `hash(int)` for a small integer.
#[inline]
pub fn hash_i64(value: i64) -> i64 {
    signed(value < 0, reduce(u128::from(value.unsigned_abs())))
}

/// `hash(int)`.
pub fn hash_int(value: &BigInt) -> i64 {
    hash_int_ref(value.view())
}

/// `hash(int)` of a number by reference.
pub fn hash_int_ref(value: IntRef) -> i64 {
    let h = value
        .magnitude_words()
        .iter()
        .rev()
        .fold(0u64, |h, &w| reduce((u128::from(h) << 64) | u128::from(w)));
    signed(value.is_negative(), h)
}

/// `hash(float)`; `None` for NaN, which hashes by identity.
pub fn hash_f64(value: f64) -> Option<i64> {
    if value.is_nan() {
        return None;
    }
    if value.is_infinite() {
        return Some(if value > 0.0 { HASH_INF } else { -HASH_INF });
    }
    // 2 has order 61 modulo 2**61 - 1: multiplying by a power of two rotates 61 bits.
    let (mantissa, exponent) = decompose(value.abs());
    let turn = i64::from(exponent).rem_euclid(61) as u32;
    let h = reduce(u128::from(mantissa) << turn);
    Some(signed(value < 0.0, h))
}

/// `hash(complex)` from the hashes of its parts.
pub fn hash_complex(real: i64, imag: i64) -> i64 {
    let h = (real as u64).wrapping_add(HASH_IMAG.wrapping_mul(imag as u64));
    not_minus_one(h as i64)
}

/// Folds the hashes of a tuple's items (the xxHash scheme of CPython since 3.8).
#[derive(Clone, Copy, Debug)]
pub struct TupleHasher {
    acc: u64,
    len: u64,
}

const PRIME_1: u64 = 11_400_714_785_074_694_791;
const PRIME_2: u64 = 14_029_467_366_897_019_727;
const PRIME_5: u64 = 2_870_177_450_012_600_261;

impl Default for TupleHasher {
    fn default() -> Self {
        TupleHasher {
            acc: PRIME_5,
            len: 0,
        }
    }
}

impl TupleHasher {
    pub fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub fn add(&mut self, item: i64) {
        self.acc = self
            .acc
            .wrapping_add((item as u64).wrapping_mul(PRIME_2))
            .rotate_left(31)
            .wrapping_mul(PRIME_1);
        self.len += 1;
    }

    pub fn finish(self) -> i64 {
        let h = self.acc.wrapping_add(self.len ^ (PRIME_5 ^ 3_527_539));
        if h == u64::MAX {
            1_546_275_796
        } else {
            h as i64
        }
    }
}

/// The hash of a tuple whose items have these hashes.
pub fn hash_tuple(items: impl IntoIterator<Item = i64>) -> i64 {
    let mut hasher = TupleHasher::new();
    for item in items {
        hasher.add(item);
    }
    hasher.finish()
}

/// Folds the hashes of a frozenset's elements, in any order.
#[derive(Clone, Copy, Debug, Default)]
pub struct FrozenSetHasher {
    acc: u64,
    len: u64,
}

impl FrozenSetHasher {
    pub fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub fn add(&mut self, item: i64) {
        let h = item as u64;
        self.acc ^= (h ^ 89_869_747 ^ (h << 16)).wrapping_mul(3_644_798_167);
        self.len += 1;
    }

    pub fn finish(self) -> i64 {
        let mut h = self.acc ^ (self.len + 1).wrapping_mul(1_927_868_237);
        h ^= (h >> 11) ^ (h >> 25);
        h = h.wrapping_mul(69_069).wrapping_add(907_133_923);
        if h == u64::MAX { 590_923_713 } else { h as i64 }
    }
}

/// The hash of a frozenset whose elements have these hashes.
pub fn hash_frozenset(items: impl IntoIterator<Item = i64>) -> i64 {
    let mut hasher = FrozenSetHasher::new();
    for item in items {
        hasher.add(item);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        assert_eq!(hash_i64(-1), -2);
        assert_eq!(hash_i64((1 << 61) - 1), 0);
        assert_eq!(hash_i64(1 << 61), 1);
        assert_eq!(hash_i64(-(1 << 61)), -2);
        assert_eq!(hash_i64(i64::MIN), -4);
        assert_eq!(
            hash_int(&BigInt::from(10).pow(100).unwrap()),
            910_685_213_754_167_845
        );
        for v in [0, 1, -1, 12345, i64::MAX, i64::MIN, (1 << 61) - 1] {
            assert_eq!(hash_int(&BigInt::from(v)), hash_i64(v));
        }
    }

    #[test]
    fn floats_hash_like_equal_integers() {
        assert_eq!(hash_f64(1.5), Some(1_152_921_504_606_846_977));
        assert_eq!(hash_f64(1e300), Some(1_224_995_262_755_759_164));
        assert_eq!(hash_f64(5e-324), Some(16_777_216));
        assert_eq!(hash_f64(-1.0), Some(-2));
        assert_eq!(hash_f64(f64::INFINITY), Some(314_159));
        assert_eq!(hash_f64(f64::NAN), None);
        for v in [0i64, 3, -7, 1 << 53, -(1 << 62)] {
            assert_eq!(hash_f64(v as f64), Some(hash_i64(v)));
        }
        let big = BigInt::from_f64(1e200).unwrap();
        assert_eq!(hash_f64(1e200), Some(hash_int(&big)));
    }

    #[test]
    fn combinations() {
        assert_eq!(hash_complex(1, 2), 2_000_007);
        assert_eq!(hash_tuple([]), 5_740_354_900_026_072_187);
        assert_eq!(hash_tuple([1, 2, 3]), 529_344_067_295_497_451);
        assert_eq!(hash_tuple([1]), -6_644_214_454_873_602_895);
        assert_eq!(hash_frozenset([]), 133_146_708_735_736);
        assert_eq!(hash_frozenset([1, 2, 3]), -272_375_401_224_217_160);
        assert_eq!(hash_frozenset([3, 1, 2]), -272_375_401_224_217_160);
        assert_eq!(hash_frozenset([1]), -558_064_481_276_695_278);
    }
}
