//! The exception table.

/// While an instruction of `start..end` runs, an exception goes to `target` with the exception in register `exc`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Handler {
    /// First word.
    pub start: u32,
    /// One past the last word.
    pub end: u32,
    /// The handler's first word.
    pub target: u32,
    /// The register that gets the exception.
    pub exc: u16,
}

/// The handler for the instruction at word `pc`.
#[inline]
pub fn find_handler(handlers: &[Handler], pc: usize) -> Option<&Handler> {
    let n = handlers.partition_point(|h| h.end as usize <= pc);
    handlers.get(n).filter(|h| h.start as usize <= pc)
}
