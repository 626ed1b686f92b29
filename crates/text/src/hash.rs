//! The hash of strings and bytes: SipHash-1-3 under a key that is random per process, or
//! derived from `PYTHONHASHSEED`.
//!
//! `hash(s) == hash(s.encode())` where `s` is ASCII, and then both are CPython's numbers.
//! Other strings are hashed over their WTF-8 bytes, so their numbers are our own.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

/// The secret of a process.
#[derive(Clone, Copy, Debug)]
pub struct HashKey {
    k0: u64,
    k1: u64,
    template: SipHasher13,
}

impl HashKey {
    pub fn new(k0: u64, k1: u64) -> HashKey {
        HashKey {
            k0,
            k1,
            template: SipHasher13::new_with_keys(k0, k1),
        }
    }

    /// From 16 random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> HashKey {
        let word = |i: usize| {
            bytes[i..i + 8]
                .iter()
                .rev()
                .fold(0u64, |n, &b| n << 8 | u64::from(b))
        };
        HashKey::new(word(0), word(8))
    }

    /// From `PYTHONHASHSEED`: 0 is the zero key, other seeds drive a small generator.
    pub fn from_seed(seed: u32) -> HashKey {
        let mut bytes = [0; 16];
        if seed != 0 {
            let mut x = seed;
            for b in &mut bytes {
                x = x.wrapping_mul(214_013).wrapping_add(2_531_011);
                *b = (x >> 16) as u8;
            }
        }
        HashKey::from_bytes(bytes)
    }

    /// `hash(bytes)`, and `hash(str)` of the text's bytes.
    #[inline]
    pub fn hash(&self, bytes: &[u8]) -> i64 {
        if bytes.is_empty() {
            return 0;
        }
        let mut hasher = self.template;
        hasher.write(bytes);
        match hasher.finish() as i64 {
            -1 => -2,
            h => h,
        }
    }

    /// The key itself, for other hashes that must differ per process.
    pub fn words(&self) -> (u64, u64) {
        (self.k0, self.k1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_hashes_are_cpython_s() {
        let zero = HashKey::from_seed(0);
        assert_eq!(zero.hash(b"abc"), -4_594_863_902_769_663_758);
        assert_eq!(zero.hash(b"a"), 4_644_417_185_603_328_019);
        assert_eq!(zero.hash(b""), 0);
        let seeded = HashKey::from_seed(42);
        assert_eq!(seeded.hash(b"abc"), 3_869_580_338_025_362_921);
        assert_eq!(seeded.hash(b"a"), -123_207_753_977_932_514);
    }
}
