//! Native modules of sockets and of waiting for them.
//!
//! | module | what it has |
//! |---|---|
//! | `select` | `select` |
//! | `socket` | `_socket` |

pub mod select;
pub mod socket;

use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::StaticType;

static MODULES: &[&ModuleSpec] = &[&select::MODULE, &socket::MODULE];

/// The modules of this crate.
pub fn modules() -> &'static [&'static ModuleSpec] {
    MODULES
}

/// Types of this crate that no module's table has.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    select::TYPES
}
