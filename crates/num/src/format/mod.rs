//! Python's formatting languages.
//!
//! - [`FormatSpec`] and `format_*`: the mini-language behind `format()` and f-strings.
//! - [`printf`]: `str % ...` and `bytes % ...`.
//! - [`template`]: `str.format` and its field names.
//!
//! A type with its own `__format__` calls one function with the text of the spec and its
//! type's name; errors carry CPython's message.

mod digits;
mod number;
pub mod printf;
pub mod simple;
mod spec;
mod string;
pub mod template;

pub(crate) use digits::{FloatStyle, magnitude_text};
pub use number::{NumericLocale, format_complex, format_float, format_int};
pub use spec::{Align, FormatSpec, Grouping, Sign};
pub use string::format_str;

use std::fmt;

use rustpython_wtf8::{CodePoint, Wtf8Buf};

use crate::ErrorKind;

/// Why a value could not be formatted. `Display` is CPython's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatError {
    UnknownCode {
        code: u32,
        type_name: String,
    },
    InvalidSpec {
        spec: String,
        type_name: String,
    },
    TooManyDigits,
    MissingPrecision,
    PrecisionTooBig,
    BothSeparators,
    Separator {
        separator: char,
        code: u32,
    },
    PrecisionInInteger,
    NegativeZeroInInteger,
    SignWithC,
    AlternateWithC,
    CharacterRange,
    SignInString,
    SpaceInString,
    NegativeZeroInString,
    AlternateInString,
    EqualsAlignInString,
    ZeroPaddingInComplex,
    EqualsAlignInComplex,
    TooLargeForFloat,
    /// `c` of an integer beyond a C long.
    TooLargeForLong,
    DigitLimit(usize),
    OutOfMemory,
}

impl FormatError {
    /// The exception CPython raises for it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            FormatError::CharacterRange
            | FormatError::TooLargeForFloat
            | FormatError::TooLargeForLong => ErrorKind::OverflowError,
            FormatError::OutOfMemory => ErrorKind::MemoryError,
            _ => ErrorKind::ValueError,
        }
    }
}

impl From<crate::IntError> for FormatError {
    fn from(error: crate::IntError) -> Self {
        match error {
            crate::IntError::DigitLimit(limit) => FormatError::DigitLimit(limit),
            _ => FormatError::TooLargeForFloat,
        }
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |code: u32| match code {
            33..=127 => char::from(code as u8).to_string(),
            _ => format!("\\x{code:x}"),
        };
        f.write_str(match self {
            FormatError::UnknownCode { code, type_name } => {
                return write!(
                    f,
                    "Unknown format code '{}' for object of type '{type_name}'",
                    shown(*code)
                );
            }
            FormatError::InvalidSpec { spec, type_name } => {
                return write!(
                    f,
                    "Invalid format specifier '{spec}' for object of type '{type_name}'"
                );
            }
            FormatError::Separator { separator, code } => {
                return write!(f, "Cannot specify '{separator}' with '{}'.", shown(*code));
            }
            FormatError::DigitLimit(limit) => {
                return crate::IntError::DigitLimit(*limit).fmt(f);
            }
            FormatError::TooManyDigits => "Too many decimal digits in format string",
            FormatError::MissingPrecision => "Format specifier missing precision",
            FormatError::PrecisionTooBig => "precision too big",
            FormatError::BothSeparators => "Cannot specify both ',' and '_'.",
            FormatError::PrecisionInInteger => "Precision not allowed in integer format specifier",
            FormatError::NegativeZeroInInteger => {
                "Negative zero coercion (z) not allowed in integer format specifier"
            }
            FormatError::SignWithC => "Sign not allowed with integer format specifier 'c'",
            FormatError::AlternateWithC => {
                "Alternate form (#) not allowed with integer format specifier 'c'"
            }
            FormatError::CharacterRange => "%c arg not in range(0x110000)",
            FormatError::SignInString => "Sign not allowed in string format specifier",
            FormatError::SpaceInString => "Space not allowed in string format specifier",
            FormatError::NegativeZeroInString => {
                "Negative zero coercion (z) not allowed in string format specifier"
            }
            FormatError::AlternateInString => {
                "Alternate form (#) not allowed in string format specifier"
            }
            FormatError::EqualsAlignInString => {
                "'=' alignment not allowed in string format specifier"
            }
            FormatError::ZeroPaddingInComplex => {
                "Zero padding is not allowed in complex format specifier"
            }
            FormatError::EqualsAlignInComplex => {
                "'=' alignment flag is not allowed in complex format specifier"
            }
            FormatError::TooLargeForFloat => "int too large to convert to float",
            FormatError::TooLargeForLong => "Python int too large to convert to C long",
            FormatError::OutOfMemory => "",
        })
    }
}

impl std::error::Error for FormatError {}

/// Appends `count` times `fill`.
pub(crate) fn push_fill(out: &mut Wtf8Buf, fill: CodePoint, count: usize) {
    out.extend(std::iter::repeat_n(fill, count));
}

/// How many fill characters go left and right of something `length` long.
pub(crate) fn split_padding(width: usize, length: usize, align: Align) -> (usize, usize) {
    let total = width.saturating_sub(length);
    match align {
        Align::Left => (0, total),
        Align::Right | Align::AfterSign => (total, 0),
        Align::Center => (total / 2, total - total / 2),
    }
}

/// An empty buffer with room for `bytes`, or the error for a width beyond all memory.
pub(crate) fn buffer(bytes: usize) -> Result<Wtf8Buf, FormatError> {
    let mut out = Wtf8Buf::new();
    out.try_reserve(bytes)
        .map_err(|_| FormatError::OutOfMemory)?;
    Ok(out)
}
