//! `_collections`: `deque`, `defaultdict`, `OrderedDict`, and what `namedtuple` and `Counter` are made with.

mod count;
mod defaultdict;
mod deque;
mod ordered_dict;
mod tuplegetter;

use taipan_object::native::{Method, ModuleSpec};

/// `_collections`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_collections",
    doc: "High performance data structures.\n- deque:        ordered collection accessible from endpoints only\n- defaultdict:  dict subclass with a default value factory",
    functions: &[Method::new(
        "_count_elements",
        "(mapping, iterable, /)",
        count::count_elements,
    )
    .doc("Count elements in the iterable, updating the mapping")],
    types: &[
        (&deque::DEQUE, &deque::SPEC),
        (&deque::iter::DEQUE_ITER, &deque::iter::SPEC),
        (&deque::iter::DEQUE_REVERSE_ITER, &deque::iter::REVERSE_SPEC),
        (&defaultdict::DEFAULTDICT, &defaultdict::SPEC),
        (&ordered_dict::ORDERED_DICT, &ordered_dict::SPEC),
        (&tuplegetter::TUPLE_GETTER, &tuplegetter::SPEC),
    ],
    init: |th, _| {
        defaultdict::add_factory_field(th)?;
        ordered_dict::define_views(th)
    },
};
