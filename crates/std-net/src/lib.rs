//! Native modules of sockets and of waiting for them.

use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::StaticType;

/// The modules of this crate.
pub fn modules() -> &'static [&'static ModuleSpec] {
    &[]
}

/// Types of this crate that no module's table has: none.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    &[]
}
