//! Numbers as Python means them: big integers, float text, number hashes and the
//! formatting mini-languages (`format()`, `%`, `str.format`).
//!
//! Everything here is a pure function of its arguments: no Python object, no global
//! state. Where CPython raises, a small error enum says why; its `Display` is CPython's
//! message and [`ErrorKind`] names the exception, so that a caller is two lines long.

pub mod bigint;
pub mod float;
pub mod format;
pub mod hash;
pub mod small;

pub use bigint::{BigInt, IntError, ParseIntError};
pub use float::FloatError;

/// The builtin exception an error of this crate stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    ValueError,
    TypeError,
    OverflowError,
    ZeroDivisionError,
    MemoryError,
}
