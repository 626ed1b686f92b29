//! Working memory of native algorithms that move values about: sorting.

use crate::error::PyResult;
use crate::heap::{Array, Object};
use crate::thread::Thread;
use crate::value::Value;
use std::cell::Cell;

/// An array that only its owner, on this native stack, stores into, as plain cells.
///
/// The collector sees it like any array, but stores do not tell the collector. So only permute: each value stored
/// must at that time be in this or another such array of the same operation, or in a local variable that was read
/// from one since the last safepoint. Then whichever collection first meets the arrays meets all their values.
pub struct Scratch {
    array: *const Object<Array>,
}

impl Scratch {
    /// Takes an array that no other thread stores into.
    pub fn of(array: &Object<Array>) -> Scratch {
        Scratch { array }
    }

    /// A new array of `n` absent fields.
    pub fn new(th: &Thread, n: usize) -> PyResult<Scratch> {
        let array = Object::<Array>::try_new(th, n)?;
        Ok(Scratch { array })
    }

    /// The array.
    pub fn array(&self) -> &Object<Array> {
        // SAFETY: the pointer is on the stack with this struct, so the array is alive.
        unsafe { &*self.array }
    }

    /// All fields as plain cells.
    pub fn cells(&self) -> &[Cell<Value>] {
        let fields = self.array().fields();
        // SAFETY: a `Field` is one atomic word that holds a `Value`; only this thread stores into it, and readers on
        // other threads, who got the array before it was taken, load whole words.
        unsafe { std::slice::from_raw_parts(fields.as_ptr() as *const Cell<Value>, fields.len()) }
    }
}
