//! The builtin containers and iterators: `list`, `tuple`, `dict`, `set`, `frozenset`, `enumerate`, `zip`, `map`,
//! `filter`, `reversed`, `iter`; and named tuples of native code.
//!
//! One folder or file a type. The functions that are public here, next to [`types`], are the entry points that the
//! interpreter calls without a look-up.

pub mod args;
pub mod dict;
pub mod iterators;
pub mod list;
pub mod pickle;
pub mod set;
pub mod snapshot;
pub mod structseq;
pub mod text;
pub mod tuple;

use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::{self, StaticType};

static TYPES: &[(&StaticType, &TypeSpec)] = &[
    (&types::LIST, &list::SPEC),
    (&list::iter::LIST_ITER, &list::iter::SPEC),
    (&list::iter::LIST_REVERSE_ITER, &list::iter::REVERSE_SPEC),
    (&types::TUPLE, &tuple::SPEC),
    (&tuple::iter::TUPLE_ITER, &tuple::iter::SPEC),
    (&types::DICT, &dict::SPEC),
    (&dict::iter::KEY_ITER, &dict::iter::SPEC),
    (&dict::iter::VALUE_ITER, &dict::iter::SPEC),
    (&dict::iter::ITEM_ITER, &dict::iter::SPEC),
    (&dict::iter::REVERSE_KEY_ITER, &dict::iter::REVERSE_SPEC),
    (&dict::iter::REVERSE_VALUE_ITER, &dict::iter::REVERSE_SPEC),
    (&dict::iter::REVERSE_ITEM_ITER, &dict::iter::REVERSE_SPEC),
    (&dict::views::KEYS, &dict::views::KEYS_SPEC),
    (&dict::views::VALUES, &dict::views::VALUES_SPEC),
    (&dict::views::ITEMS, &dict::views::ITEMS_SPEC),
    (&types::SET, &set::SPEC),
    (&types::FROZENSET, &set::FROZEN_SPEC),
    (&set::iter::SET_ITER, &set::iter::SPEC),
    (&taipan_object::iter::SEQ_ITER, &iterators::sequence::SPEC),
    (
        &taipan_object::iter::CALLABLE_ITER,
        &iterators::callable::SPEC,
    ),
    (
        &iterators::enumerate::ENUMERATE,
        &iterators::enumerate::SPEC,
    ),
    (&iterators::zip::ZIP, &iterators::zip::SPEC),
    (&iterators::map::MAP, &iterators::map::SPEC),
    (&iterators::filter::FILTER, &iterators::filter::SPEC),
    (&iterators::reversed::REVERSED, &iterators::reversed::SPEC),
    (&structseq::STRUCT_FIELD, &structseq::SPEC),
];

/// The types of this crate, in the order to define them.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    TYPES
}

/// The modules of this crate: none.
pub fn modules() -> &'static [&'static ModuleSpec] {
    &[]
}
