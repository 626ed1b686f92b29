//! Text as Python means it, without any Python object.
//!
//! A `str` is WTF-8: UTF-8 that may also hold lone surrogates. [`index`] turns character
//! positions to byte offsets in constant time; [`ops`], [`case`] and [`classify`] are the
//! methods of `str`, [`bytes`] those of `bytes`; [`repr`] and [`escape`] write and read
//! literals; [`codec`] encodes and decodes; [`unicode`] is the character database.
//!
//! Functions take and give byte offsets unless they say otherwise.

pub mod bytes;
pub mod case;
pub mod classify;
pub mod codec;
pub mod escape;
pub mod hash;
pub mod index;
pub mod ops;
pub mod repr;
mod split;
pub mod unicode;

pub use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf, Wtf8Chunk, Wtf8Concat};

/// A result would not fit in memory (CPython's `MemoryError`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;
