//! Native modules that let Python programs see the language itself: parser, symbol tables, tokens, marshalled code, warnings.
//!
//! | module | what it has |
//! |---|---|
//! | `ast` | `_ast`: syntax trees as objects, and back |
//! | `marshal` | the format of `.pyc` files |
//! | `warnings` | `_warnings`, and warnings of native code |

mod args;
pub mod ast;
pub mod marshal;
pub mod warnings;

use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::StaticType;

static MODULES: &[&ModuleSpec] = &[&ast::MODULE, &marshal::MODULE, &warnings::MODULE];

/// The modules of this crate.
pub fn modules() -> &'static [&'static ModuleSpec] {
    MODULES
}

/// Types of this crate that no module's table has: none.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    &[]
}
