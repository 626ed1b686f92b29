//! Cells of numbers that do not fit a tagged word: big integers, wide floats, complex numbers.

use crate::payload;
use crate::thread::Thread;
use crate::types::{self, class_of};
use crate::value::Value;
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_num::bigint;

/// The payload of `int` outside the small range, and of every instance of a subclass of `int`.
#[repr(C)]
pub struct BigInt {
    /// The number.
    pub n: bigint::BigInt,
}

payload!(17: BigInt, "int", |this, m| {});

impl Drop for BigInt {
    fn drop(&mut self) {
        taipan_gc::add_outside_bytes(-(self.n.heap_bytes() as isize));
    }
}

/// The payload of `float` whose exponent does not fit a tagged word, and of every instance of a subclass.
#[repr(C)]
pub struct Float {
    /// The number.
    pub x: f64,
}

payload!(18: Float, "float", |this, m| {});

/// The payload of `complex`.
#[repr(C)]
pub struct Complex {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

payload!(Complex, "complex", |this, m| {});

/// An integer of either form, by value: what arithmetic works on.
#[derive(Clone, Debug)]
pub enum Int<'a> {
    /// One that fits a machine word.
    Small(i64),
    /// One that may not.
    Big(&'a bigint::BigInt),
}

impl Int<'_> {
    /// As a big integer.
    pub fn to_big(&self) -> bigint::BigInt {
        match self {
            Int::Small(n) => bigint::BigInt::from(*n),
            Int::Big(n) => (*n).clone(),
        }
    }

    /// As a machine word, if it fits.
    pub fn to_i64(&self) -> Option<i64> {
        match self {
            Int::Small(n) => Some(*n),
            Int::Big(n) => n.to_i64(),
        }
    }
}

impl Value {
    /// An integer.
    #[inline(always)]
    pub fn int(th: &Thread, n: i64) -> Value {
        match Value::try_small_int(n) {
            Some(v) => v,
            None => Value::big(th, bigint::BigInt::from(n)),
        }
    }

    /// An integer from an unsigned word.
    pub fn uint(th: &Thread, n: u64) -> Value {
        match i64::try_from(n) {
            Ok(n) => Value::int(th, n),
            Err(_) => Value::big(th, bigint::BigInt::from(n)),
        }
    }

    /// A length or count.
    #[inline]
    pub fn usize(th: &Thread, n: usize) -> Value {
        Value::uint(th, n as u64)
    }

    /// An integer of any size; small ones become small.
    pub fn big(th: &Thread, n: bigint::BigInt) -> Value {
        if let Some(v) = n.to_i64().and_then(Value::try_small_int) {
            return v;
        }
        taipan_gc::add_outside_bytes(n.heap_bytes() as isize);
        th.new_object(&types::INT, BigInt { n }).value()
    }

    /// A float.
    #[inline(always)]
    pub fn float(th: &Thread, x: f64) -> Value {
        match Value::try_small_float(x) {
            Some(v) => v,
            None => Value::boxed_float(th, x),
        }
    }

    #[cold]
    fn boxed_float(th: &Thread, x: f64) -> Value {
        th.new_object(&types::FLOAT, Float { x }).value()
    }

    /// A complex number.
    pub fn complex(th: &Thread, re: f64, im: f64) -> Value {
        th.new_object(&types::COMPLEX, Complex { re, im }).value()
    }

    /// The integer, if this is an `int`, a `bool` or of a subclass. No conversion.
    #[inline]
    pub fn as_int<'a>(self) -> Option<Int<'a>> {
        if self.is_small_int() {
            return Some(Int::Small(self.small_int_unchecked()));
        }
        if self.is_cell() {
            return self.downcast::<BigInt>().map(|b| Int::Big(&b.data.n));
        }
        match self {
            Value::TRUE => Some(Int::Small(1)),
            Value::FALSE => Some(Int::Small(0)),
            _ => None,
        }
    }

    /// The integer as a machine word, if this is an `int` or `bool` that fits.
    #[inline]
    pub fn as_i64(self) -> Option<i64> {
        self.as_int()?.to_i64()
    }

    /// Whether this is an `int`, a `bool` or of a subclass.
    #[inline]
    pub fn is_int(self) -> bool {
        self.is_small_int()
            || self.is_bool()
            || (self.is_cell() && self.downcast::<BigInt>().is_some())
    }

    /// The float, if this is a `float` or of a subclass. No conversion.
    #[inline]
    pub fn as_float(self) -> Option<f64> {
        if self.is_small_float() {
            return Some(self.small_float_unchecked());
        }
        self.downcast::<Float>().map(|f| f.x)
    }

    /// The parts, if this is a `complex` or of a subclass.
    pub fn as_complex(self) -> Option<(f64, f64)> {
        self.downcast::<Complex>().map(|c| (c.re, c.im))
    }

    /// Whether this is exactly an `int` (not a `bool`, not of a subclass).
    #[inline]
    pub fn is_exact_int(self) -> bool {
        self.is_small_int() || (self.is_cell() && class_of(self).is(&types::INT))
    }
}

static INT_MAX_STR_DIGITS: AtomicUsize = AtomicUsize::new(4300);

/// `sys.get_int_max_str_digits()`: how many decimal digits `int` reads and writes; 0 for any number.
pub fn int_max_str_digits() -> usize {
    INT_MAX_STR_DIGITS.load(Ordering::Relaxed)
}

/// `sys.set_int_max_str_digits(n)`; the caller has checked `n`.
pub fn set_int_max_str_digits(n: usize) {
    INT_MAX_STR_DIGITS.store(n, Ordering::Relaxed);
}

impl Thread {
    /// The exception that an error of crate `num` stands for.
    #[cold]
    pub fn num_error(
        &self,
        kind: taipan_num::ErrorKind,
        msg: impl std::fmt::Display,
    ) -> crate::error::Raised {
        use crate::exception as exc;
        use taipan_num::ErrorKind as K;
        let t = match kind {
            K::ValueError => &exc::VALUE_ERROR,
            K::TypeError => &exc::TYPE_ERROR,
            K::OverflowError => &exc::OVERFLOW_ERROR,
            K::ZeroDivisionError => &exc::ZERO_DIVISION_ERROR,
            K::MemoryError => return self.memory_error(),
        };
        self.raise(t, msg.to_string())
    }
}
