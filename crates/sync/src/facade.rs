//! Atomics and such, from the standard library or, under `--cfg loom`, from the model checker.

#[cfg(not(loom))]
mod imp {
    pub(crate) use std::hint::spin_loop;
    pub(crate) use std::sync::atomic::{
        AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
    };
    pub(crate) use std::thread_local;

    /// A sequentially consistent load.
    #[inline(always)]
    pub(crate) fn load_seq_cst(word: &AtomicU32) -> u32 {
        word.load(Ordering::SeqCst)
    }

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

    /// The model takes sequentially consistent loads for mere acquire loads; only its
    /// read-modify-writes see the latest value for sure.
    pub(crate) fn load_seq_cst(word: &AtomicU32) -> u32 {
        word.fetch_or(0, Ordering::SeqCst)
    }

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
