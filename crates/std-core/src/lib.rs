//! Native modules that need nothing of the operating system.
//!
//! | module | what it has |
//! |---|---|
//! | `bisect`, `collections`, `functools`, `heapq`, `itertools`, `operator` | the accelerators of the modules of these names |

pub mod bisect;
pub mod collections;
pub mod functools;
pub mod heapq;
pub mod itertools;
pub mod operator;

use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::StaticType;

static MODULES: &[&ModuleSpec] = &[
    &bisect::MODULE,
    &collections::MODULE,
    &functools::MODULE,
    &heapq::MODULE,
    &itertools::MODULE,
    &operator::MODULE,
];

/// The modules of this crate.
pub fn modules() -> &'static [&'static ModuleSpec] {
    MODULES
}

/// Types of this crate that no module's table has: none.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    &[]
}
