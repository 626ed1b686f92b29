//! Atomics and such, from the standard library or, under `--cfg loom`, from the model checker.

#[cfg(not(loom))]
mod imp {
    pub(crate) use std::hint::spin_loop;
    pub(crate) use std::sync::atomic::{
        AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
    };
    pub(crate) use std::thread_local;

    /// How often to look before sleeping.
    pub(crate) const fn spins(count: u32) -> u32 {
        count
    }

    /// Defines a constructor that is `const`, as statics need it.
    macro_rules! const_fn {
        ($(#[$meta:meta])* $vis:vis fn $($rest:tt)*) => { $(#[$meta])* $vis const fn $($rest)* };
    }
    pub(crate) use const_fn;
}

#[cfg(loom)]
mod imp {
    pub(crate) use loom::hint::spin_loop;
    pub(crate) use loom::sync::atomic::{
        AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
    };
    pub(crate) use loom::thread_local;

    /// Spinning only multiplies the executions to look at.
    pub(crate) const fn spins(_count: u32) -> u32 {
        0
    }

    /// The model's atomics cannot be made in constants.
    macro_rules! const_fn {
        ($(#[$meta:meta])* $vis:vis fn $($rest:tt)*) => { $(#[$meta])* $vis fn $($rest)* };
    }
    pub(crate) use const_fn;
}

pub(crate) use imp::*;
