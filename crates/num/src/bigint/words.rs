//! Arithmetic on magnitudes as slices of 64-bit words, least significant first.
//!
//! Each function writes its result where the caller wants it, so that a sum or product can be made right in the cell
//! that keeps it. All are the schoolbook's: for sizes at which better algorithms pay, see [`super::arith`].

use std::cmp::Ordering;

/// Without the zeros at the upper end.
#[inline]
pub(super) fn trimmed(mut words: &[u64]) -> &[u64] {
    while let [rest @ .., 0] = words {
        words = rest;
    }
    words
}

/// The order of two magnitudes without leading zeros.
#[inline]
pub(super) fn compare(a: &[u64], b: &[u64]) -> Ordering {
    a.len()
        .cmp(&b.len())
        .then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// `out = a + b` for an `a` that is not shorter; `out` is at least as long as `a`. Gives the carry out of `a`'s length.
#[inline]
pub(super) fn add(out: &mut [u64], a: &[u64], b: &[u64]) -> bool {
    let (low, high) = a.split_at(b.len());
    let (out_low, out_high) = out.split_at_mut(b.len());
    let mut carry = false;
    let (quads, rest) = out_low.as_chunks_mut::<4>();
    let (a_quads, a_rest) = low.as_chunks::<4>();
    let (b_quads, b_rest) = b.as_chunks::<4>();
    // Four at a time become one chain of add-with-carry.
    for ((o, x), y) in quads.iter_mut().zip(a_quads).zip(b_quads) {
        (o[0], carry) = x[0].carrying_add(y[0], carry);
        (o[1], carry) = x[1].carrying_add(y[1], carry);
        (o[2], carry) = x[2].carrying_add(y[2], carry);
        (o[3], carry) = x[3].carrying_add(y[3], carry);
    }
    for ((o, x), y) in rest.iter_mut().zip(a_rest).zip(b_rest) {
        (*o, carry) = x.carrying_add(*y, carry);
    }
    let mut at = 0;
    while carry && at < high.len() {
        (out_high[at], carry) = high[at].overflowing_add(1);
        at += 1;
    }
    out_high[at..high.len()].copy_from_slice(&high[at..]);
    carry
}

/// `out = a - b` for an `a` that is not less; `out` is as long as `a`.
#[inline]
pub(super) fn sub(out: &mut [u64], a: &[u64], b: &[u64]) {
    let (low, high) = a.split_at(b.len());
    let (out_low, out_high) = out.split_at_mut(b.len());
    let mut borrow = false;
    let (quads, rest) = out_low.as_chunks_mut::<4>();
    let (a_quads, a_rest) = low.as_chunks::<4>();
    let (b_quads, b_rest) = b.as_chunks::<4>();
    for ((o, x), y) in quads.iter_mut().zip(a_quads).zip(b_quads) {
        (o[0], borrow) = x[0].borrowing_sub(y[0], borrow);
        (o[1], borrow) = x[1].borrowing_sub(y[1], borrow);
        (o[2], borrow) = x[2].borrowing_sub(y[2], borrow);
        (o[3], borrow) = x[3].borrowing_sub(y[3], borrow);
    }
    for ((o, x), y) in rest.iter_mut().zip(a_rest).zip(b_rest) {
        (*o, borrow) = x.borrowing_sub(*y, borrow);
    }
    let mut at = 0;
    while borrow && at < high.len() {
        (out_high[at], borrow) = high[at].overflowing_sub(1);
        at += 1;
    }
    out_high[at..high.len()].copy_from_slice(&high[at..]);
}

/// `out = a * b`; the word above.
#[inline]
fn mul_word(out: &mut [u64], a: &[u64], b: u64) -> u64 {
    let mut carry = 0;
    for (o, x) in out.iter_mut().zip(a) {
        (*o, carry) = x.carrying_mul(b, carry);
    }
    carry
}

/// `out += a * b`; the word above.
#[inline]
fn add_mul_word(out: &mut [u64], a: &[u64], b: u64) -> u64 {
    let mut carry = 0;
    for (o, x) in out.iter_mut().zip(a) {
        (*o, carry) = x.carrying_mul_add(b, *o, carry);
    }
    carry
}

/// `out -= a * b`; what is to be taken from the word above.
#[inline]
fn sub_mul_word(out: &mut [u64], a: &[u64], b: u64) -> u64 {
    let mut carry = 0;
    for (o, x) in out.iter_mut().zip(a) {
        let (low, high) = x.carrying_mul(b, carry);
        let (rest, borrow) = o.overflowing_sub(low);
        *o = rest;
        carry = high + u64::from(borrow);
    }
    carry
}

/// `out = a * b` for factors that are not zero; `out` is zeroed, and as long as both together or one word less where
/// the caller knows that this suffices.
pub(super) fn mul(out: &mut [u64], a: &[u64], b: &[u64]) {
    let (a, b) = if a.len() < b.len() { (b, a) } else { (a, b) };
    for (i, &word) in b.iter().enumerate() {
        let carry = if i == 0 {
            mul_word(out, a, word)
        } else {
            add_mul_word(&mut out[i..], a, word)
        };
        if let Some(top) = out.get_mut(i + a.len()) {
            *top = carry;
        }
    }
}

/// `out = a << n` with `n` below 64; the word above.
#[inline]
pub(super) fn shl(out: &mut [u64], a: &[u64], n: u32) -> u64 {
    if n == 0 {
        out[..a.len()].copy_from_slice(a);
        return 0;
    }
    let mut carry = 0;
    for (o, &x) in out.iter_mut().zip(a) {
        *o = x << n | carry;
        carry = x >> (64 - n);
    }
    carry
}

/// `out = a >> n` with `n` below 64; `out` is as long as `a`, or one word less where the caller knows that this suffices.
#[inline]
pub(super) fn shr(out: &mut [u64], a: &[u64], n: u32) {
    if n == 0 {
        let len = out.len().min(a.len());
        out[..len].copy_from_slice(&a[..len]);
        return;
    }
    for (i, o) in out.iter_mut().enumerate() {
        let above = a.get(i + 1).copied().unwrap_or(0);
        *o = a[i] >> n | above << (64 - n);
    }
}

/// Adds one; whether that carried out of the whole.
pub(super) fn increment(words: &mut [u64]) -> bool {
    for word in words {
        let carry;
        (*word, carry) = word.overflowing_add(1);
        if !carry {
            return false;
        }
    }
    true
}

/// `a OP b` in two's complement: gives whether the result is negative. `out` is zeroed and one word longer than both.
#[inline]
pub(super) fn bitwise(
    out: &mut [u64],
    (a_negative, a): (bool, &[u64]),
    (b_negative, b): (bool, &[u64]),
    op: impl Fn(u64, u64) -> u64,
) -> bool {
    let negative = op(
        u64::from(a_negative).wrapping_neg(),
        u64::from(b_negative).wrapping_neg(),
    ) != 0;
    // A negative magnitude becomes two's complement by inverting it and adding one, and back by the same.
    let (mut a_carry, mut b_carry, mut carry) = (a_negative, b_negative, negative);
    for (i, o) in out.iter_mut().enumerate() {
        let mut x = a.get(i).copied().unwrap_or(0);
        let mut y = b.get(i).copied().unwrap_or(0);
        if a_negative {
            (x, a_carry) = (!x).overflowing_add(u64::from(a_carry));
        }
        if b_negative {
            (y, b_carry) = (!y).overflowing_add(u64::from(b_carry));
        }
        let mut z = op(x, y);
        if negative {
            (z, carry) = (!z).overflowing_add(u64::from(carry));
        }
        *o = z;
    }
    negative
}

/// What divides by a word faster than the processor does: Möller and Granlund, "Improved division by invariant
/// integers".
#[derive(Clone, Copy)]
struct Reciprocal {
    /// The divisor, whose highest bit is set.
    divisor: u64,
    inverse: u64,
}

impl Reciprocal {
    fn new(divisor: u64) -> Reciprocal {
        let inverse = (u128::from(!divisor) << 64 | u128::from(u64::MAX)) / u128::from(divisor);
        Reciprocal {
            divisor,
            inverse: inverse as u64,
        }
    }

    /// Quotient and remainder of `high, low` for a `high` below the divisor.
    #[inline(always)]
    fn divide(self, high: u64, low: u64) -> (u64, u64) {
        let q = u128::from(self.inverse) * u128::from(high)
            + (u128::from(high) << 64 | u128::from(low));
        let mut q1 = ((q >> 64) as u64).wrapping_add(1);
        let mut r = low.wrapping_sub(q1.wrapping_mul(self.divisor));
        if r > q as u64 {
            q1 = q1.wrapping_sub(1);
            r = r.wrapping_add(self.divisor);
        }
        if r >= self.divisor {
            q1 = q1.wrapping_add(1);
            r -= self.divisor;
        }
        (q1, r)
    }
}

/// `out = a / b` for a `b` that is not zero; gives the remainder. `out` is as long as `a`, or empty where the quotient
/// is not wanted.
pub(super) fn div_word(out: &mut [u64], a: &[u64], b: u64) -> u64 {
    if b <= u64::from(u32::MAX) && a.len() <= 2 {
        let mut rest = 0;
        for (i, &x) in a.iter().enumerate().rev() {
            let high = rest << 32 | x >> 32;
            let low = (high % b) << 32 | x & u64::from(u32::MAX);
            if let Some(o) = out.get_mut(i) {
                *o = ((high / b) << 32) | (low / b);
            }
            rest = low % b;
        }
        return rest;
    }
    let n = b.leading_zeros();
    let by = Reciprocal::new(b << n);
    let mut rest = 0;
    let mut above = 0;
    // The dividend is shifted like the divisor, word by word.
    for (i, &x) in a.iter().enumerate().rev() {
        let word = if n == 0 {
            above
        } else {
            above << n | x >> (64 - n)
        };
        if i + 1 == a.len() {
            rest = if n == 0 { 0 } else { x >> (64 - n) };
        } else {
            let q;
            (q, rest) = by.divide(rest, word);
            if let Some(o) = out.get_mut(i + 1) {
                *o = q;
            }
        }
        above = x;
    }
    let (q, rest) = by.divide(rest, above << n);
    if let Some(o) = out.first_mut() {
        *o = q;
    }
    rest >> n
}

/// The divisor's two highest words as [`Reciprocal`] has one.
struct Reciprocal2 {
    high: u64,
    low: u64,
    inverse: u64,
}

impl Reciprocal2 {
    fn new(high: u64, low: u64) -> Reciprocal2 {
        let mut inverse = Reciprocal::new(high).inverse;
        let mut p = high.wrapping_mul(inverse).wrapping_add(low);
        if p < low {
            inverse = inverse.wrapping_sub(1);
            if p >= high {
                inverse = inverse.wrapping_sub(1);
                p = p.wrapping_sub(high);
            }
            p = p.wrapping_sub(high);
        }
        let t = u128::from(inverse) * u128::from(low);
        let (top, carry) = p.overflowing_add((t >> 64) as u64);
        if carry {
            inverse = inverse.wrapping_sub(1);
            if (top, t as u64) >= (high, low) {
                inverse = inverse.wrapping_sub(1);
            }
        }
        Reciprocal2 { high, low, inverse }
    }

    /// The quotient of three words whose upper two are below the divisor.
    #[inline(always)]
    fn divide(&self, a2: u64, a1: u64, a0: u64) -> u64 {
        let divisor = u128::from(self.high) << 64 | u128::from(self.low);
        let q = u128::from(self.inverse) * u128::from(a2) + (u128::from(a2) << 64 | u128::from(a1));
        let (mut q1, q0) = ((q >> 64) as u64, q as u64);
        let r1 = a1.wrapping_sub(q1.wrapping_mul(self.high));
        let mut r = (u128::from(r1) << 64 | u128::from(a0))
            .wrapping_sub(u128::from(self.low) * u128::from(q1))
            .wrapping_sub(divisor);
        q1 = q1.wrapping_add(1);
        if (r >> 64) as u64 >= q0 {
            q1 = q1.wrapping_sub(1);
            r = r.wrapping_add(divisor);
        }
        if r >= divisor {
            q1 = q1.wrapping_add(1);
        }
        q1
    }
}

/// `a / b` for a `b` of two words or more that is not longer than `a`: the quotient goes to `out`, which has room for
/// as many words as `a` has more than `b`, and one. Gives the remainder, as long as `b`, in `work`.
pub(super) fn div<'w>(out: &mut [u64], a: &[u64], b: &[u64], work: &'w mut Vec<u64>) -> &'w [u64] {
    let (n, m) = (b.len(), a.len() - b.len());
    work.clear();
    work.resize(a.len() + 1 + n, 0);
    let (rest, divisor) = work.split_at_mut(a.len() + 1);
    let shift = b[n - 1].leading_zeros();
    shl(divisor, b, shift);
    rest[a.len()] = shl(rest, a, shift);
    let by = Reciprocal2::new(divisor[n - 1], divisor[n - 2]);
    for j in (0..=m).rev() {
        let (a2, a1, a0) = (rest[j + n], rest[j + n - 1], rest[j + n - 2]);
        let mut q = if (a2, a1) >= (by.high, by.low) {
            u64::MAX
        } else {
            by.divide(a2, a1, a0)
        };
        if q != 0 {
            let borrow = sub_mul_word(&mut rest[j..j + n], divisor, q);
            let (mut top, mut under) = a2.overflowing_sub(borrow);
            // The guess was one too high, which is rare.
            while under {
                q -= 1;
                let mut carry = false;
                for (o, x) in rest[j..j + n].iter_mut().zip(divisor.iter()) {
                    (*o, carry) = o.carrying_add(*x, carry);
                }
                let over;
                (top, over) = top.overflowing_add(u64::from(carry));
                under = !over;
            }
            rest[j + n] = top;
        }
        if let Some(o) = out.get_mut(j) {
            *o = q;
        }
    }
    if shift != 0 {
        for i in 0..n {
            rest[i] = rest[i] >> shift | rest[i + 1] << (64 - shift);
        }
    }
    &work[..n]
}
