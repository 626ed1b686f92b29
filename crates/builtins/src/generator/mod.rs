//! Generators, coroutines and asynchronous generators: the methods round `Hooks::resume`.

mod anext;
mod asynchronous;
mod awaitables;
mod coroutine;
mod plain;
mod shared;

pub use anext::anext_with_default;

use taipan_object::native::TypeSpec;
use taipan_object::types::{self, StaticType};

/// The types of this folder.
pub static TYPES: &[(&StaticType, &TypeSpec)] = &[
    (&types::GENERATOR, &plain::SPEC),
    (&types::COROUTINE, &coroutine::SPEC),
    (&coroutine::WRAPPER, &coroutine::WRAPPER_SPEC),
    (&types::ASYNC_GENERATOR, &asynchronous::SPEC),
    (&awaitables::ASEND, &awaitables::ASEND_SPEC),
    (&awaitables::ATHROW, &awaitables::ATHROW_SPEC),
    (&anext::ANEXT_AWAITABLE, &anext::SPEC),
];
