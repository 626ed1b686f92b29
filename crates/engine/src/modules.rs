//! All native modules, by name.

use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::StaticType;

/// The modules of every crate; the engine's own last.
pub fn all() -> impl Iterator<Item = &'static ModuleSpec> {
    [
        taipan_builtins::modules(),
        taipan_numbers::modules(),
        taipan_strings::modules(),
        taipan_containers::modules(),
        taipan_std_core::modules(),
        taipan_std_data::modules(),
        taipan_std_lang::modules(),
        taipan_std_os::modules(),
        taipan_std_threads::modules(),
        taipan_std_net::modules(),
        taipan_std_ctypes::modules(),
        OWN,
    ]
    .into_iter()
    .flatten()
    .copied()
}

static OWN: &[&ModuleSpec] = &[
    &crate::sys::MODULE,
    &crate::imp::MODULE,
    &crate::interpreters::MODULE,
    &crate::stdlib::MODULE,
    &crate::sysconfig::MODULE,
];

static OWN_TYPES: &[(&StaticType, &TypeSpec)] =
    &[(&crate::preliminary::PRINTER, &crate::preliminary::SPEC)];

/// The module of a name.
pub fn find(name: &str) -> Option<&'static ModuleSpec> {
    all().find(|m| m.name == name)
}

/// Types that belong to no native module's table, to be defined before the modules.
pub fn types() -> impl Iterator<Item = &'static (&'static StaticType, &'static TypeSpec)> {
    [
        taipan_numbers::types(),
        taipan_strings::types(),
        taipan_containers::types(),
        taipan_std_core::types(),
        taipan_std_data::types(),
        taipan_std_lang::types(),
        taipan_std_os::types(),
        taipan_std_threads::types(),
        taipan_std_net::types(),
        OWN_TYPES,
    ]
    .into_iter()
    .flatten()
}
