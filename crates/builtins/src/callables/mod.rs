//! Functions, bound methods, and the wrappers that classes put around functions.

pub mod cell;
mod class_method;
pub mod function;
mod method;
mod native_function;
mod property;
pub mod super_object;

use taipan_object::native::TypeSpec;
use taipan_object::types::{self, StaticType};

/// The types of this folder.
pub static TYPES: &[(&StaticType, &TypeSpec)] = &[
    (&types::FUNCTION, &function::SPEC),
    (&types::BUILTIN_FUNCTION, &native_function::SPEC),
    (&types::METHOD, &method::SPEC),
    (&types::CLASSMETHOD, &class_method::CLASS_SPEC),
    (&types::STATICMETHOD, &class_method::STATIC_SPEC),
    (&types::PROPERTY, &property::SPEC),
    (&types::SUPER, &super_object::SPEC),
    (&types::CELL, &cell::SPEC),
];
