//! Where in the code a statement stands: functions and the blocks that jumps unwind.

/// What kind of code object a statement belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Module,
    Class,
    Function {
        is_async: bool,
        is_generator: bool,
    },
    /// Annotations, type parameters, type aliases.
    Hidden,
}

/// A statement that a jump has to unwind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Loop,
    /// Handler of an `except*`.
    GroupHandler,
    /// Any other: `with`, `try`, handlers.
    Other,
}

/// How many blocks may be nested in one code object.
pub(super) const MAX_FRAMES: usize = 21;
