//! Room on the native stack for passes over deep trees.

/// Below this much stack a new segment is taken. A frame of a pass takes some hundred bytes.
const RED_ZONE: usize = 128 * 1024;
/// How much a new segment has.
const SEGMENT: usize = 2 * 1024 * 1024;

/// Runs one step of a recursive pass over the AST, on a fresh stack segment if the current one is
/// nearly used up. The depth itself is bounded by [`crate::parse`], so memory is too.
#[inline]
pub fn with_room<R>(step: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(RED_ZONE, SEGMENT, step)
}
