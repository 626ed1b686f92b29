//! Types of the pure library whose instances stand for something of the process: queues and the ends of channels. Each
//! interpreter registers its own.

use taipan_object::{PyResult, Thread, Value};

/// How instances of a registered type are packed.
pub struct Handler {
    /// Whether a value is an instance of a type that this handler is for, in this interpreter.
    pub takes: fn(&Thread, Value) -> bool,
    /// Packs one.
    pub capture: fn(&Thread, Value) -> PyResult,
}

static HANDLERS: &[&Handler] = &[
    &crate::interpqueues::HANDLER,
    &crate::interpchannels::HANDLER,
    &crate::interpchannels::END_HANDLER,
];

/// The handler of a value's type, if there is one.
pub(super) fn handler(th: &Thread, v: Value) -> Option<&'static Handler> {
    HANDLERS.iter().copied().find(|h| (h.takes)(th, v))
}
