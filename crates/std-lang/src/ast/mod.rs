//! `_ast`: the nodes of syntax trees as Python objects, from the parser's trees and to the compiler's.
//!
//! [`to_objects`] and [`from_object`] are for the engine's `compile`. Type comments are taken from the tokens, where they
//! stand behind what they can belong to; those elsewhere are errors.

mod classes;
mod from_object;
mod grammar;
mod node;
mod to_objects;

use taipan_object::native::ModuleSpec;
use taipan_object::{PyResult, Thread, Value};

use crate::args::module_dict;

pub use from_object::{Tree, check_mode, from_object, is_node};
pub use to_objects::{func_type, to_objects};

/// `_ast`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_ast",
    doc: "",
    functions: &[],
    types: &[(&node::AST, &node::SPEC)],
    init,
};

fn init(th: &Thread, module: Value) -> PyResult<()> {
    let classes = classes::get(th)?;
    let dict = module_dict(module);
    for k in grammar::Kind::ALL {
        dict.set_name(th, k.node().name, classes.class(*k).value())?;
    }
    for (name, n) in [
        ("PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000),
        ("PyCF_ONLY_AST", 0x400),
        ("PyCF_OPTIMIZED_AST", 0x8400),
        ("PyCF_TYPE_COMMENTS", 0x1000),
    ] {
        dict.set_name(th, name, Value::small_int(n))?;
    }
    Ok(())
}
