//! `frame` and `traceback`.

mod attributes;
pub mod jump;
mod locals;
mod traceback;

pub use locals::locals_snapshot;

use taipan_object::native::TypeSpec;
use taipan_object::types::{self, StaticType};

/// The types of this folder.
pub static TYPES: &[(&StaticType, &TypeSpec)] = &[
    (&types::FRAME, &attributes::SPEC),
    (&types::TRACEBACK, &traceback::SPEC),
    (&locals::PROXY, &locals::SPEC),
];
