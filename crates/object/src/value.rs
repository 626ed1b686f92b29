//! The tagged word every Python reference is.
//!
//! | low bits | what |
//! |---|---|
//! | `00`  | a small integer, 62 bits, shifted left by two |
//! | `001` | a pointer to a heap cell, plus one |
//! | `010` | a special: `None`, `False`, `True`, `NotImplemented`, `Ellipsis`, absent |
//! | `011`, `110`, `111` | a float: its bits rotated left by four, plus three |
//!
//! A float whose exponent does not fit those three tags is boxed. Plus and minus zero do fit.

use crate::heap::{Kind, Object, Payload};
use std::sync::atomic::Ordering;
use taipan_gc::Header;

/// A reference to any Python object. `Copy`, one word, kept alive by being on a native stack,
/// in a register window or in a traced heap field: never put one into malloc memory.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Value(u64);

const SPECIAL: u64 = 0b010;

impl Value {
    /// Python's `None`.
    pub const NONE: Value = Value(SPECIAL);
    /// Python's `False`.
    pub const FALSE: Value = Value(SPECIAL | 1 << 3);
    /// Python's `True`.
    pub const TRUE: Value = Value(SPECIAL | 2 << 3);
    /// Python's `NotImplemented`.
    pub const NOT_IMPLEMENTED: Value = Value(SPECIAL | 3 << 3);
    /// Python's `Ellipsis`.
    pub const ELLIPSIS: Value = Value(SPECIAL | 4 << 3);
    /// No object at all: an unset slot, an unbound local, a missing argument.
    pub const ABSENT: Value = Value(SPECIAL | 5 << 3);
    /// The largest integer that needs no heap cell.
    pub const MAX_INT: i64 = (1 << 61) - 1;
    /// The smallest integer that needs no heap cell.
    pub const MIN_INT: i64 = -(1 << 61);

    /// The raw word.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The value of a raw word that came from [`Value::bits`].
    #[inline(always)]
    pub const fn from_bits(bits: u64) -> Value {
        Value(bits)
    }

    /// A small integer; `n` must be within [`Value::MIN_INT`] and [`Value::MAX_INT`].
    #[inline(always)]
    pub const fn small_int(n: i64) -> Value {
        debug_assert!(n >= Self::MIN_INT && n <= Self::MAX_INT);
        Value((n as u64) << 2)
    }

    /// A small integer if `n` fits one.
    #[inline(always)]
    pub const fn try_small_int(n: i64) -> Option<Value> {
        if n >= Self::MIN_INT && n <= Self::MAX_INT {
            Some(Value((n as u64) << 2))
        } else {
            None
        }
    }

    /// Python's `True` or `False`.
    #[inline(always)]
    pub const fn bool(b: bool) -> Value {
        if b { Self::TRUE } else { Self::FALSE }
    }

    /// Whether this is a small (unboxed) integer.
    #[inline(always)]
    pub const fn is_small_int(self) -> bool {
        self.0 & 3 == 0
    }

    /// Whether both are small integers, by one test.
    #[inline(always)]
    pub const fn both_small_int(self, other: Value) -> bool {
        (self.0 | other.0) & 3 == 0
    }

    /// The integer, if it is a small one (booleans are not).
    #[inline(always)]
    pub const fn as_small_int(self) -> Option<i64> {
        if self.is_small_int() {
            Some(self.0 as i64 >> 2)
        } else {
            None
        }
    }

    /// The small integer that this is known to be.
    #[inline(always)]
    pub const fn small_int_unchecked(self) -> i64 {
        self.0 as i64 >> 2
    }

    /// An unboxed float, if the exponent allows.
    #[inline(always)]
    pub const fn try_small_float(x: f64) -> Option<Value> {
        let rotated = x.to_bits().rotate_left(4);
        // Only exponents whose top three bits are 000, 011 or 100 become the tags 3, 6 and 7.
        if (1u8 << (rotated & 7)) & 0b0001_1001 != 0 {
            Some(Value(rotated.wrapping_add(3)))
        } else {
            None
        }
    }

    /// Whether this is an unboxed float.
    #[inline(always)]
    pub const fn is_small_float(self) -> bool {
        (1u8 << (self.0 & 7)) & 0b1100_1000 != 0
    }

    /// The float, if it is unboxed.
    #[inline(always)]
    pub const fn as_small_float(self) -> Option<f64> {
        if self.is_small_float() {
            Some(self.small_float_unchecked())
        } else {
            None
        }
    }

    /// The unboxed float that this is known to be.
    #[inline(always)]
    pub const fn small_float_unchecked(self) -> f64 {
        f64::from_bits(self.0.wrapping_sub(3).rotate_right(4))
    }

    /// Whether this points to a heap cell.
    #[inline(always)]
    pub const fn is_cell(self) -> bool {
        self.0 & 7 == 1
    }

    /// The heap cell, if it is one.
    #[inline(always)]
    pub fn cell(self) -> Option<*mut Header> {
        if self.is_cell() {
            Some((self.0 - 1) as *mut Header)
        } else {
            None
        }
    }

    /// The heap cell that this is known to be.
    #[inline(always)]
    pub fn cell_unchecked(self) -> *mut Header {
        debug_assert!(self.is_cell());
        (self.0 - 1) as *mut Header
    }

    /// The value of a heap cell.
    #[inline(always)]
    pub fn from_cell<T>(cell: *const T) -> Value {
        debug_assert!(cell as usize & 7 == 0 && !cell.is_null());
        Value(cell as u64 + 1)
    }

    /// The header of the heap cell, if it is one.
    #[inline(always)]
    pub fn header<'a>(self) -> Option<&'a Header> {
        if self.is_cell() {
            // SAFETY: a cell value always points to a live cell: it came from a root or a traced field.
            Some(unsafe { &*self.cell_unchecked() })
        } else {
            None
        }
    }

    /// The word that stands for the shape in the header of the heap cell; 0 for an unboxed value.
    #[inline(always)]
    pub fn shape_word(self) -> u32 {
        if !self.is_cell() {
            return 0;
        }
        // SAFETY: as in `header`.
        unsafe { &*self.cell_unchecked() }
            .shape
            .load(Ordering::Acquire)
    }

    /// The kind of the heap cell; [`Kind::FREE`] for an unboxed value.
    #[inline(always)]
    pub fn kind(self) -> Kind {
        match self.header() {
            Some(h) => Kind(h.kind),
            None => Kind::FREE,
        }
    }

    /// The native payload, if this is a cell of that payload's kind (a subclass's instance is too).
    #[inline(always)]
    pub fn downcast<'a, T: Payload>(self) -> Option<&'a Object<T>> {
        if self.is_cell() && self.kind() == T::kind() {
            // SAFETY: the kind says that the cell was allocated as an `Object<T>`.
            Some(unsafe { &*(self.cell_unchecked() as *const Object<T>) })
        } else {
            None
        }
    }

    /// The native payload that this is known to have.
    ///
    /// # Panics
    /// If the value is of another kind: that is a bug of the caller, not of the program.
    #[inline(always)]
    pub fn expect<'a, T: Payload>(self) -> &'a Object<T> {
        match self.downcast::<T>() {
            Some(o) => o,
            None => panic!("internal error: expected a {} cell", T::NAME),
        }
    }

    /// Identity, as Python's `is`.
    #[inline(always)]
    pub fn is(self, other: Value) -> bool {
        self.0 == other.0
    }

    /// Whether this is `None`.
    #[inline(always)]
    pub const fn is_none(self) -> bool {
        self.0 == Self::NONE.0
    }

    /// Whether this is `True` or `False`.
    #[inline(always)]
    pub const fn is_bool(self) -> bool {
        self.0 == Self::TRUE.0 || self.0 == Self::FALSE.0
    }

    /// Whether there is no object here.
    #[inline(always)]
    pub const fn is_absent(self) -> bool {
        self.0 == Self::ABSENT.0
    }

    /// The value, or nothing where it is absent.
    #[inline(always)]
    pub const fn present(self) -> Option<Value> {
        if self.is_absent() { None } else { Some(self) }
    }

    /// The value, or the given one where it is absent.
    #[inline(always)]
    pub const fn or(self, other: Value) -> Value {
        if self.is_absent() { other } else { self }
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Value {
        Value::bool(b)
    }
}

impl<T: Payload> From<&Object<T>> for Value {
    #[inline(always)]
    fn from(o: &Object<T>) -> Value {
        Value::from_cell(o)
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.as_small_int(), self.as_small_float(), *self) {
            (Some(n), ..) => write!(f, "{n}"),
            (_, Some(x), _) => write!(f, "{x:?}"),
            (.., Value::NONE) => f.write_str("None"),
            (.., Value::TRUE) => f.write_str("True"),
            (.., Value::FALSE) => f.write_str("False"),
            (.., Value::ABSENT) => f.write_str("<absent>"),
            _ if self.is_cell() => write!(f, "<kind {} at {:#x}>", self.kind().0, self.0 - 1),
            _ => write!(f, "<special {:#x}>", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_round_trip_or_are_refused() {
        for x in [
            0.0,
            -0.0,
            1.0,
            -1.5,
            3.75e10,
            1e-70,
            -2.5e70,
            f64::MIN_POSITIVE,
            5e-324,
        ] {
            let v = Value::try_small_float(x).unwrap();
            assert!(v.is_small_float() && !v.is_small_int() && !v.is_cell());
            assert_eq!(v.as_small_float().unwrap().to_bits(), x.to_bits());
        }
        for x in [f64::INFINITY, f64::NAN, 1e300, 1e-100] {
            assert!(Value::try_small_float(x).is_none());
        }
    }

    #[test]
    fn small_ints_round_trip() {
        for n in [0, 1, -1, Value::MAX_INT, Value::MIN_INT] {
            assert_eq!(Value::try_small_int(n).unwrap().as_small_int(), Some(n));
        }
        assert!(Value::try_small_int(Value::MAX_INT + 1).is_none());
    }
}
