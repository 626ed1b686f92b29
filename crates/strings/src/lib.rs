//! Text and bytes: `str`, `bytes`, `bytearray`, `memoryview`, and the codec registry.
//!
//! The algorithms are in crates `text` (strings, codecs) and `num` (formatting); here are the Python faces of them.

pub mod args;
pub mod bytearray;
pub mod bytes;
mod byteslike;
pub mod codec;
pub mod memoryview;
pub mod str;

pub use byteslike::to_hex;

use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::{self, StaticType};

static TYPES: &[(&StaticType, &TypeSpec)] = &[
    (&types::STR, &str::SPEC),
    (&str::iter::STR_ITERATOR, &str::iter::SPEC),
    (&str::iter::STR_ASCII_ITERATOR, &str::iter::SPEC),
    (&types::BYTES, &bytes::SPEC),
    (&bytes::iter::BYTES_ITERATOR, &bytes::iter::SPEC),
    (&types::BYTEARRAY, &bytearray::SPEC),
    (&bytearray::iter::BYTEARRAY_ITERATOR, &bytearray::iter::SPEC),
    (&memoryview::MEMORYVIEW, &memoryview::SPEC),
    (&memoryview::iter::MEMORY_ITERATOR, &memoryview::iter::SPEC),
];

/// The types that this crate implements.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    TYPES
}

/// The modules that this crate implements: none.
pub fn modules() -> &'static [&'static ModuleSpec] {
    &[]
}
