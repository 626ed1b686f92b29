//! Cells of numbers that do not fit a tagged word: big integers, wide floats, complex numbers.

use crate::error::PyResult;
use crate::heap::{Object, Payload};
use crate::payload;
use crate::thread::Thread;
use crate::types::{self, class_of};
use crate::value::Value;
use std::sync::atomic::Ordering;
use taipan_num::bigint::{self, IntRef};

/// The payload of `int` outside the small range, and of every instance of a subclass of `int`.
///
/// An exact `int` has its magnitude in its own cell: as many words as there are follow the head. An instance of a
/// subclass has fields of its own behind its payload, whose size must not vary: of a number of more than one word it
/// keeps the exact `int`.
#[repr(C)]
pub struct BigInt {
    len: u32,
    form: u32,
    /// The first word of the magnitude, or the address of the cell that has it.
    first: u64,
}

/// In `form`: the number is negative.
const NEGATIVE: u32 = 1;
/// In `form`: the magnitude is that of another cell.
const ELSEWHERE: u32 = 2;

payload!(17: BigInt, "int", |this, m| if this.form & ELSEWHERE != 0 {
    m.mark(this.first as *mut taipan_gc::Header);
});

impl Object<BigInt> {
    /// The number.
    #[inline]
    pub fn number<'a>(&self) -> IntRef<'a> {
        let mut at = &raw const self.data;
        // SAFETY: a cell's number is written before it is published, and never changes. The cell elsewhere is an exact
        // `int`, which this one keeps alive.
        let words = unsafe {
            if self.data.form & ELSEWHERE != 0 {
                at = &raw const (*(self.data.first as *const Object<BigInt>)).data;
            }
            std::slice::from_raw_parts(&raw const (*at).first, self.data.len as usize)
        };
        IntRef::new(self.data.form & NEGATIVE != 0, words)
    }

    /// An exact `int` cell of at most `room` words that `fill` writes, which come zeroed, before it gives the sign.
    fn try_exact<'a>(
        th: &Thread,
        room: usize,
        fill: impl FnOnce(&mut [u64]) -> bool,
    ) -> PyResult<&'a Object<BigInt>> {
        let words = u32::try_from(room).map_err(|_| th.memory_error())?;
        let size = size_of::<Object<BigInt>>() + room.saturating_sub(1) * 8;
        let cell = th.try_alloc(BigInt::kind(), size)?;
        // SAFETY: the cell is new, zeroed, large enough, and seen by no one else.
        unsafe {
            let o = cell as *mut Object<BigInt>;
            let digits = std::slice::from_raw_parts_mut(&raw mut (*o).data.first, room);
            let negative = fill(digits);
            let zeros = digits.iter().rev().take_while(|w| **w == 0).count();
            (&raw mut (*o).data.len).write(words - zeros as u32);
            (&raw mut (*o).data.form).write(if negative { NEGATIVE } else { 0 });
            (*o).header
                .shape
                .store(types::INT.shape_word(), Ordering::Release);
            Ok(&*o)
        }
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
    Big(IntRef<'a>),
}

impl Int<'_> {
    /// As a big integer.
    pub fn to_big(&self) -> bigint::BigInt {
        match self {
            Int::Small(n) => bigint::BigInt::from(*n),
            Int::Big(n) => n.to_big(),
        }
    }

    /// By reference; `room` is where the digits of a machine word go.
    #[inline(always)]
    pub fn view<'b>(&'b self, room: &'b mut u64) -> IntRef<'b> {
        match self {
            Int::Small(n) => IntRef::of_i64(*n, room),
            Int::Big(n) => *n,
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
            None => Value::wide_int(th, n),
        }
    }

    /// An integer of a machine word that needs a cell.
    #[cold]
    fn wide_int(th: &Thread, n: i64) -> Value {
        let mut room = 0;
        Value::int_of(th, IntRef::of_i64(n, &mut room))
    }

    /// An integer from an unsigned word.
    pub fn uint(th: &Thread, n: u64) -> Value {
        match i64::try_from(n) {
            Ok(n) => Value::int(th, n),
            Err(_) => Value::int_of(th, IntRef::new(false, &[n])),
        }
    }

    /// A length or count.
    #[inline]
    pub fn usize(th: &Thread, n: usize) -> Value {
        Value::uint(th, n as u64)
    }

    /// An integer of any size; small ones become small.
    pub fn big(th: &Thread, n: bigint::BigInt) -> Value {
        Value::int_of(th, n.view())
    }

    /// An integer of any size; small ones become small.
    pub fn int_of(th: &Thread, n: IntRef) -> Value {
        match Value::try_int_of(th, n) {
            Ok(v) => v,
            Err(_) => th.out_of_memory(),
        }
    }

    /// An integer of any size.
    ///
    /// # Errors
    /// `MemoryError` if there is no room.
    pub fn try_int_of(th: &Thread, n: IntRef) -> PyResult {
        if let Some(v) = n.to_i64().and_then(Value::try_small_int) {
            return Ok(v);
        }
        let words = n.magnitude_words();
        let cell = Object::<BigInt>::try_exact(th, words.len(), |to| {
            to.copy_from_slice(words);
            n.is_negative()
        })?;
        Ok(cell.value())
    }

    /// An integer of at most `room` words that `fill` writes, which come zeroed, before it gives the sign. `fill` must
    /// not block: what it takes long for, do beforehand.
    ///
    /// # Errors
    /// `MemoryError` if there is no room.
    #[inline]
    pub fn int_by(th: &Thread, room: usize, fill: impl FnOnce(&mut [u64]) -> bool) -> PyResult {
        /// Results that may turn out smaller than thought are made on the stack first.
        const FEW: usize = 8;
        if room <= FEW {
            let mut words = [0; FEW];
            let negative = fill(&mut words[..room]);
            return Value::try_int_of(th, IntRef::new(negative, &words[..room]));
        }
        let cell = Object::<BigInt>::try_exact(th, room, fill)?;
        // A cell that is used by less than three quarters, as after taking nearly equal numbers from each other, is
        // not worth keeping.
        if (cell.data.len as usize) < room - room / 4 {
            return Value::try_int_of(th, cell.number());
        }
        Ok(cell.value())
    }

    /// An instance of a class: exactly an `int`, or of a subclass.
    pub fn int_of_class(th: &Thread, cls: &Object<types::Type>, n: IntRef) -> Value {
        if cls.is(&types::INT) {
            return Value::int_of(th, n);
        }
        let words = n.magnitude_words();
        let mut data = BigInt {
            len: words.len() as u32,
            form: if n.is_negative() { NEGATIVE } else { 0 },
            first: words.first().copied().unwrap_or(0),
        };
        if words.len() > 1 {
            data.form |= ELSEWHERE;
            data.first = Value::int_of(th, n).cell_unchecked() as u64;
        }
        th.new_instance(cls, data).value()
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
            return self.downcast::<BigInt>().map(|b| Int::Big(b.number()));
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

/// `sys.get_int_max_str_digits()` of the calling thread's interpreter: how many decimal digits `int` reads and writes; 0
/// for any number.
pub fn int_max_str_digits() -> usize {
    let digits = &Thread::current().interp.int_max_str_digits;
    digits.load(Ordering::Relaxed)
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
