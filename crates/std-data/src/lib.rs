//! Native modules about data: numbers, text, bytes.
//!
//! | module | what it has |
//! |---|---|
//! | `_codecs`, `_string` | the codec registry; the parsers of format strings |
//! | `math` | functions of numbers |

pub mod codecs;
pub mod math;
pub mod string_module;

use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::StaticType;

static MODULES: &[&ModuleSpec] = &[&codecs::MODULE, &math::MODULE, &string_module::MODULE];

/// The modules of this crate.
pub fn modules() -> &'static [&'static ModuleSpec] {
    MODULES
}

/// Types of this crate that no module's table has.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    string_module::TYPES
}
