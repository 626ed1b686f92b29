//! [`IntRef`]: an integer whose digits lie in somebody else's memory.

use std::cmp::Ordering;

use super::{BigInt, IntError, words};
use crate::float::compose;

/// An integer of any size by reference: its sign and its magnitude in 64-bit words, least significant first.
///
/// The operations whose names end in `_into` write the magnitude of the result to zeroed words of the caller's and
/// give its sign. How many words they want, another function says; they may leave some at the upper end zero.
#[derive(Clone, Copy, Debug)]
pub struct IntRef<'a> {
    negative: bool,
    words: &'a [u64],
}

impl PartialEq for IntRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.negative == other.negative && self.words == other.words
    }
}
impl Eq for IntRef<'_> {}

impl PartialOrd for IntRef<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for IntRef<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => words::compare(self.words, other.words),
            (true, true) => words::compare(other.words, self.words),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl BigInt {
    /// The same number by reference.
    #[inline]
    pub fn view(&self) -> IntRef<'_> {
        IntRef {
            negative: self.is_negative(),
            words: self.magnitude_words(),
        }
    }
}

impl<'a> IntRef<'a> {
    /// Zero.
    pub const ZERO: IntRef<'static> = IntRef {
        negative: false,
        words: &[],
    };

    /// The number with this magnitude; zeros at its upper end do not count.
    #[inline]
    pub fn new(negative: bool, magnitude: &'a [u64]) -> IntRef<'a> {
        let words = words::trimmed(magnitude);
        IntRef {
            negative: negative && !words.is_empty(),
            words,
        }
    }

    /// A machine word, whose magnitude is put where the caller says.
    #[inline(always)]
    pub fn of_i64(n: i64, room: &'a mut u64) -> IntRef<'a> {
        *room = n.unsigned_abs();
        IntRef {
            negative: n < 0,
            words: if n == 0 {
                &[]
            } else {
                std::slice::from_ref(room)
            },
        }
    }

    /// As a number of its own.
    pub fn to_big(self) -> BigInt {
        BigInt::from_words(self.negative, self.words)
    }

    #[inline]
    pub fn is_zero(self) -> bool {
        self.words.is_empty()
    }

    #[inline]
    pub fn is_negative(self) -> bool {
        self.negative
    }

    /// The magnitude, least significant word first, without leading zeros.
    #[inline]
    pub fn magnitude_words(self) -> &'a [u64] {
        self.words
    }

    #[inline]
    pub fn to_i64(self) -> Option<i64> {
        match *self.words {
            [] => Some(0),
            [w] if self.negative => (w <= 1 << 63).then(|| (w as i64).wrapping_neg()),
            [w] => i64::try_from(w).ok(),
            _ => None,
        }
    }

    #[inline]
    pub fn to_u64(self) -> Option<u64> {
        match *self.words {
            [] => Some(0),
            [w] if !self.negative => Some(w),
            _ => None,
        }
    }

    /// `self & (2**64 - 1)`: what a C cast to an unsigned 64-bit type gives.
    pub fn wrapping_u64(self) -> u64 {
        let low = self.words.first().copied().unwrap_or(0);
        if self.negative {
            low.wrapping_neg()
        } else {
            low
        }
    }

    /// `self` clamped to what an `i64` holds (slices clamp instead of failing).
    pub fn saturating_i64(self) -> i64 {
        self.to_i64()
            .unwrap_or(if self.negative { i64::MIN } else { i64::MAX })
    }

    /// `int.bit_length()`.
    #[inline]
    pub fn bit_length(self) -> u64 {
        match self.words {
            [] => 0,
            [.., top] => self.words.len() as u64 * 64 - u64::from(top.leading_zeros()),
        }
    }

    /// `int.bit_count()`: ones in the magnitude.
    pub fn bit_count(self) -> u64 {
        self.words.iter().map(|w| u64::from(w.count_ones())).sum()
    }

    /// `float(self)`, rounded half to even.
    pub fn to_f64(self) -> Result<f64, IntError> {
        let f = self.to_f64_lossy();
        if f.is_infinite() {
            Err(IntError::TooLargeForFloat)
        } else {
            Ok(f)
        }
    }

    /// `float(self)`, infinite where it is too large.
    pub fn to_f64_lossy(self) -> f64 {
        if let Some(n) = self.to_i64() {
            return n as f64;
        }
        // Keep 62 bits and whether anything was lost: enough to round once.
        let drop = self.bit_length().saturating_sub(62);
        let (skip, n) = ((drop / 64) as usize, (drop % 64) as u32);
        let mut top = self.words[skip] >> n;
        if let Some(above) = self.words.get(skip + 1) {
            top |= above.unbounded_shl(64 - n);
        }
        let lost =
            self.words[..skip].iter().any(|w| *w != 0) || self.words[skip] & ((1u64 << n) - 1) != 0;
        let f = compose(top | u64::from(lost), drop as i64);
        if self.negative { -f } else { f }
    }

    /// Compares with a float exactly; `None` for NaN.
    pub fn cmp_f64(self, other: f64) -> Option<Ordering> {
        if other.is_nan() {
            return None;
        }
        if other.is_infinite() {
            return Some(if other > 0.0 {
                Ordering::Less
            } else {
                Ordering::Greater
            });
        }
        let whole = other.trunc();
        let by_whole = self.cmp(&BigInt::from_f64(whole)?.view());
        by_whole.then(0.0f64.partial_cmp(&(other - whole))?).into()
    }

    /// The same magnitude with the other sign.
    #[inline]
    pub fn negated(self) -> IntRef<'a> {
        IntRef {
            negative: !self.negative && !self.is_zero(),
            ..self
        }
    }

    /// The same magnitude, not negative.
    #[inline]
    pub fn magnitude(self) -> IntRef<'a> {
        IntRef {
            negative: false,
            ..self
        }
    }
}

/// Sums.
impl IntRef<'_> {
    /// How many words [`IntRef::add_into`] wants.
    #[inline]
    pub fn add_room(self, other: IntRef) -> usize {
        let (a, b) = (self.words, other.words);
        let len = a.len().max(b.len());
        if self.negative != other.negative || len == 0 {
            return len;
        }
        // A carry out of the highest words is known not to come, or may come.
        let top = |words: &[u64]| words.get(len - 1).copied().unwrap_or(0);
        let (sum, over) = top(a).overflowing_add(top(b));
        len + usize::from(over || sum == u64::MAX)
    }

    /// `self + other`.
    #[inline]
    pub fn add_into(self, other: IntRef, out: &mut [u64]) -> bool {
        let (a, b) = if self.words.len() < other.words.len() {
            (other, self)
        } else {
            (self, other)
        };
        if a.negative == b.negative {
            if words::add(out, a.words, b.words) {
                out[a.words.len()] = 1;
            }
            return a.negative;
        }
        if words::compare(a.words, b.words).is_lt() {
            words::sub(&mut out[..b.words.len()], b.words, a.words);
            b.negative
        } else {
            words::sub(&mut out[..a.words.len()], a.words, b.words);
            a.negative
        }
    }
}

/// Products.
impl IntRef<'_> {
    /// How many words [`IntRef::mul_into`] wants.
    #[inline]
    pub fn mul_room(self, other: IntRef) -> usize {
        match (self.words, other.words) {
            ([.., x], [.., y]) => {
                let len = self.words.len() + other.words.len();
                len - usize::from(x.leading_zeros() + y.leading_zeros() >= 64)
            }
            _ => 0,
        }
    }

    /// `self * other`, by the schoolbook's rule.
    #[inline]
    pub fn mul_into(self, other: IntRef, out: &mut [u64]) -> bool {
        if !self.is_zero() && !other.is_zero() {
            words::mul(out, self.words, other.words);
        }
        self.negative != other.negative
    }
}

/// Shifts.
impl IntRef<'_> {
    /// How many words [`IntRef::shl_into`] wants.
    #[inline]
    pub fn shl_room(self, n: usize) -> usize {
        match self.words {
            [] => 0,
            [.., top] => {
                let over = n as u32 % 64 > top.leading_zeros();
                n / 64 + self.words.len() + usize::from(over)
            }
        }
    }

    /// `self << n`.
    #[inline]
    pub fn shl_into(self, n: usize, out: &mut [u64]) -> bool {
        if !self.is_zero() {
            let out = &mut out[n / 64..];
            let over = words::shl(out, self.words, n as u32 % 64);
            if let Some(top) = out.get_mut(self.words.len()) {
                *top = over;
            }
        }
        self.negative
    }

    /// How many words [`IntRef::shr_into`] wants.
    #[inline]
    pub fn shr_room(self, n: usize) -> usize {
        // The rounding of a negative number may carry.
        self.words.len().saturating_sub(n / 64) + usize::from(self.negative)
    }

    /// `self >> n`, rounded towards minus infinity.
    #[inline]
    pub fn shr_into(self, n: usize, out: &mut [u64]) -> bool {
        let (skip, n) = (n / 64, n as u32 % 64);
        let Some(kept) = self.words.get(skip..) else {
            if self.negative {
                out[0] = 1;
            }
            return self.negative;
        };
        words::shr(&mut out[..kept.len()], kept, n);
        if self.negative {
            let lost = self.words[..skip].iter().any(|w| *w != 0)
                || kept.first().is_some_and(|w| w & ((1u64 << n) - 1) != 0);
            if lost {
                words::increment(out);
            }
        }
        self.negative
    }
}

/// An operator on bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BitOp {
    And,
    Or,
    Xor,
}

/// Bits, as of two's complement with an endless sign.
impl IntRef<'_> {
    /// How many words [`IntRef::bits_into`] wants.
    #[inline]
    pub fn bits_room(self, op: BitOp, other: IntRef) -> usize {
        let (a, b) = (self.words.len(), other.words.len());
        match (self.negative || other.negative, op) {
            (false, BitOp::And) => a.min(b),
            (false, _) => a.max(b),
            (true, _) => a.max(b) + 1,
        }
    }

    /// `self OP other`.
    #[inline]
    pub fn bits_into(self, op: BitOp, other: IntRef, out: &mut [u64]) -> bool {
        if !self.negative && !other.negative {
            let (long, short) = if self.words.len() < other.words.len() {
                (other.words, self.words)
            } else {
                (self.words, other.words)
            };
            let pairs = || long.iter().zip(short);
            match op {
                BitOp::And => out
                    .iter_mut()
                    .zip(pairs())
                    .for_each(|(o, (x, y))| *o = x & y),
                BitOp::Or => out
                    .iter_mut()
                    .zip(pairs())
                    .for_each(|(o, (x, y))| *o = x | y),
                BitOp::Xor => out
                    .iter_mut()
                    .zip(pairs())
                    .for_each(|(o, (x, y))| *o = x ^ y),
            }
            if op != BitOp::And {
                out[short.len()..long.len()].copy_from_slice(&long[short.len()..]);
            }
            return false;
        }
        let (a, b) = ((self.negative, self.words), (other.negative, other.words));
        match op {
            BitOp::And => words::bitwise(out, a, b, |x, y| x & y),
            BitOp::Or => words::bitwise(out, a, b, |x, y| x | y),
            BitOp::Xor => words::bitwise(out, a, b, |x, y| x ^ y),
        }
    }

    /// How many words [`IntRef::invert_into`] wants.
    #[inline]
    pub fn invert_room(self) -> usize {
        self.words.len() + 1
    }

    /// `~self`, which is `-self - 1`.
    #[inline]
    pub fn invert_into(self, out: &mut [u64]) -> bool {
        out[..self.words.len()].copy_from_slice(self.words);
        if self.negative {
            for word in out.iter_mut() {
                let borrow;
                (*word, borrow) = word.overflowing_sub(1);
                if !borrow {
                    break;
                }
            }
        } else {
            words::increment(out);
        }
        !self.negative
    }
}

/// Quotients.
impl IntRef<'_> {
    /// How many words [`IntRef::div_floor_into`] wants.
    #[inline]
    pub fn quotient_room(self, other: IntRef) -> usize {
        let whole = (self.words.len() + 1).saturating_sub(other.words.len());
        // Rounding down a negative quotient may carry.
        whole.max(1) + usize::from(self.negative != other.negative)
    }

    /// `self // other`, by the schoolbook's rule. `other` is not zero.
    pub fn div_floor_into(self, other: IntRef, out: &mut [u64]) -> bool {
        let mut work = Vec::new();
        let mut word = 0;
        let rest = self.divide(other, out, &mut work, &mut word);
        let negative = self.negative != other.negative;
        if negative && rest.iter().any(|w| *w != 0) {
            words::increment(out);
        }
        negative
    }

    /// `self % other`, with the sign of `other`, by the schoolbook's rule. `other`, which is not zero, says how many
    /// words this wants.
    pub fn mod_floor_into(self, other: IntRef, out: &mut [u64]) -> bool {
        let mut work = Vec::new();
        let mut word = 0;
        let rest = self.divide(other, &mut [], &mut work, &mut word);
        self.floored_rest(other, rest, out)
    }

    /// The quotient of `divmod(self, other)`, whose remainder goes to `rest`: as long as `other` is.
    pub fn divmod_floor_into(
        self,
        other: IntRef,
        out: &mut [u64],
        rest_out: &mut [u64],
    ) -> (bool, bool) {
        let mut work = Vec::new();
        let mut word = 0;
        let rest = self.divide(other, out, &mut work, &mut word);
        let negative = self.negative != other.negative;
        if negative && rest.iter().any(|w| *w != 0) {
            words::increment(out);
        }
        (negative, self.floored_rest(other, rest, rest_out))
    }

    /// What is left of the division of the magnitudes, as the remainder of the floored division.
    fn floored_rest(self, other: IntRef, rest: &[u64], out: &mut [u64]) -> bool {
        let rest = words::trimmed(rest);
        if self.negative == other.negative || rest.is_empty() {
            out[..rest.len()].copy_from_slice(rest);
        } else {
            words::sub(&mut out[..other.words.len()], other.words, rest);
        }
        other.negative
    }

    /// Divides the magnitudes; gives the remainder.
    #[inline]
    fn divide<'w>(
        self,
        other: IntRef,
        out: &mut [u64],
        work: &'w mut Vec<u64>,
        word: &'w mut u64,
    ) -> &'w [u64] {
        if let [by] = *other.words {
            *word = words::div_word(out, self.words, by);
            return std::slice::from_ref(word);
        }
        if self.words.len() < other.words.len() {
            work.extend_from_slice(self.words);
            return work;
        }
        words::div(out, self.words, other.words, work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers at the edges of words, of some lengths.
    fn samples() -> Vec<BigInt> {
        let mut all = vec![BigInt::ZERO];
        let mut state = 0x9E37_79B9_7F4A_7C15u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let one = BigInt::ONE;
        for bits in [0, 1, 31, 32, 63, 64, 65, 127, 128, 129, 191, 192, 256, 640] {
            let power = one.shl(bits).unwrap();
            all.extend([&power - &one, power.clone(), &power + &one]);
        }
        for len in [1, 2, 3, 4, 5, 9, 17] {
            all.push(BigInt::from_words(
                false,
                &(0..len).map(|_| random()).collect::<Vec<_>>(),
            ));
            // Guesses of the quotient go wrong where words are all ones or all zeros.
            let extreme = |i: u64| [0, u64::MAX, 1, 1 << 63][(i % 4) as usize];
            all.push(BigInt::from_words(
                false,
                &(0..len).map(|_| extreme(random())).collect::<Vec<_>>(),
            ));
        }
        let negative: Vec<_> = all.iter().map(|n| -n).collect();
        all.extend(negative);
        all
    }

    fn made(room: usize, fill: impl FnOnce(&mut [u64]) -> bool) -> BigInt {
        let mut words = vec![0; room];
        let negative = fill(&mut words);
        IntRef::new(negative, &words).to_big()
    }

    #[test]
    fn agrees_with_the_owned_numbers() {
        let all = samples();
        for a in &all {
            let x = a.view();
            assert_eq!(&x.to_big(), a);
            assert_eq!(made(x.invert_room(), |o| x.invert_into(o)), !a);
            assert_eq!(x.bit_length(), a.bit_length());
            assert_eq!(x.to_f64_lossy(), a.to_f64_lossy(), "{a}");
            for n in [0, 1, 5, 63, 64, 65, 127, 128, 700] {
                let wanted = a.shl(n as u64).unwrap();
                assert_eq!(made(x.shl_room(n), |o| x.shl_into(n, o)), wanted);
                let wanted = a.shr(n as u64);
                assert_eq!(
                    made(x.shr_room(n), |o| x.shr_into(n, o)),
                    wanted,
                    "{a} >> {n}"
                );
            }
            for b in &all {
                let y = b.view();
                assert_eq!(x.cmp(&y), a.cmp(b));
                assert_eq!(made(x.add_room(y), |o| x.add_into(y, o)), a + b);
                let z = y.negated();
                assert_eq!(made(x.add_room(z), |o| x.add_into(z, o)), a - b);
                assert_eq!(made(x.mul_room(y), |o| x.mul_into(y, o)), a * b);
                for (op, wanted) in [(BitOp::And, a & b), (BitOp::Or, a | b), (BitOp::Xor, a ^ b)] {
                    let result = made(x.bits_room(op, y), |o| x.bits_into(op, y, o));
                    assert_eq!(result, wanted, "{a} {op:?} {b}");
                }
                if b.is_zero() {
                    continue;
                }
                let (q, r) = a.divmod_floor(b).unwrap();
                let room = x.quotient_room(y);
                assert_eq!(made(room, |o| x.div_floor_into(y, o)), q, "{a} // {b}");
                let len = y.magnitude_words().len();
                assert_eq!(made(len, |o| x.mod_floor_into(y, o)), r, "{a} % {b}");
                let mut rest = vec![0; len];
                let mut sign = false;
                let quotient = made(room, |o| {
                    let (negative, rest_negative) = x.divmod_floor_into(y, o, &mut rest);
                    sign = rest_negative;
                    negative
                });
                assert_eq!((quotient, IntRef::new(sign, &rest).to_big()), (q, r));
            }
        }
    }
}
