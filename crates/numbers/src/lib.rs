//! Numbers: `int`, `bool`, `float`, `complex`, and `range` and `slice`, which are made of integers.
//!
//! The arithmetic itself is in crate `num`; here are the Python faces of it. [`fast`] is what the interpreter
//! calls before it goes through the object protocol.

pub mod boolean;
pub mod complex;
mod errors;
pub mod fast;
pub mod float;
pub mod int;
pub mod locale;
pub mod range;
pub mod slice;

pub use errors::{float_error, format_error, int_error};

use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::{self, StaticType};

static TYPES: &[(&StaticType, &TypeSpec)] = &[
    (&types::INT, &int::SPEC),
    (&types::BOOL, &boolean::SPEC),
    (&types::FLOAT, &float::SPEC),
    (&types::COMPLEX, &complex::SPEC),
    (&range::RANGE, &range::SPEC),
    (&range::RANGE_ITERATOR, &range::iter::RANGE_ITERATOR_SPEC),
    (
        &range::LONGRANGE_ITERATOR,
        &range::iter::LONGRANGE_ITERATOR_SPEC,
    ),
    (&types::SLICE, &slice::SPEC),
];

/// The types that this crate implements.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    TYPES
}

/// The modules that this crate implements: none.
pub fn modules() -> &'static [&'static ModuleSpec] {
    &[]
}
