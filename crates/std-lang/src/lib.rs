//! Native modules that let Python programs see the language itself: parser, symbol tables, tokens, marshalled code, warnings.
//!
//! | module | what it has |
//! |---|---|
//! | `ast` | `_ast`: syntax trees as objects, and back |
//! | `marshal` | the format of `.pyc` files |
//! | `source` | decoding of sources, exceptions of syntax errors: for the engine too |
//! | `symtable` | `_symtable` |
//! | `templatelib` | the types of t-strings |
//! | `tokenize` | `_tokenize` |
//! | `warnings` | `_warnings`, and warnings of native code |

mod args;
pub mod ast;
pub mod marshal;
pub mod source;
pub mod symtable;
pub mod templatelib;
pub mod tokenize;
pub mod warnings;

use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::StaticType;
use taipan_object::{PyResult, Thread};

static MODULES: &[&ModuleSpec] = &[
    &ast::MODULE,
    &marshal::MODULE,
    &symtable::MODULE,
    &tokenize::MODULE,
    &warnings::MODULE,
];

/// The modules of this crate.
pub fn modules() -> &'static [&'static ModuleSpec] {
    MODULES
}

/// Types of this crate that no module's table has: none.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    &[]
}

/// Makes what the interpreter itself looks for: the engine calls it once per interpreter, before any code runs.
///
/// # Errors
/// `MemoryError`.
pub fn register(th: &Thread) -> PyResult<()> {
    taipan_object::thread::add_after_fork_child(after_fork_child);
    templatelib::register(th)
}

fn after_fork_child(_: &Thread) {
    warnings::reset_after_fork();
}
