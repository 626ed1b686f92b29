//! What becomes of an item whose interpreter is gone.

use taipan_object::{PyResult, Thread};

/// What becomes of an item whose interpreter is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnboundOp {
    /// It goes too.
    Remove,
    /// Whoever receives it is told so by an exception, which the pure library raises.
    Error,
    /// Something that stands for it is received.
    Replace,
}

impl UnboundOp {
    /// From an argument; anything below zero means the default.
    ///
    /// # Errors
    /// `ValueError: unsupported unboundop N`.
    pub fn from_number(th: &Thread, n: i32, default: UnboundOp) -> PyResult<UnboundOp> {
        match n {
            1 => Ok(UnboundOp::Remove),
            2 => Ok(UnboundOp::Error),
            3 => Ok(UnboundOp::Replace),
            n if n < 0 => Ok(default),
            n => Err(th.value_error(format!("unsupported unboundop {n}"))),
        }
    }

    /// The number that stands for it.
    pub fn number(self) -> i64 {
        match self {
            UnboundOp::Remove => 1,
            UnboundOp::Error => 2,
            UnboundOp::Replace => 3,
        }
    }
}
