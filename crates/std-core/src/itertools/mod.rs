//! `itertools`.
//!
//! | file | what it has |
//! |---|---|
//! | `infinite` | `count`, `cycle`, `repeat` |
//! | `select` | `compress`, `dropwhile`, `takewhile`, `filterfalse`, `islice` |
//! | `combine` | `chain`, `starmap`, `accumulate`, `pairwise`, `batched`, `zip_longest` |
//! | `group` | `groupby` |
//! | `tee` | `tee` |
//! | `combinatoric` | `product`, `permutations`, `combinations`, `combinations_with_replacement` |
//!
//! An iterator used by several threads at once gives no item that there was not; `count` gives each number once.

mod combinatoric;
mod combine;
mod group;
mod infinite;
mod select;
mod tee;

use taipan_object::call::{Args, call_method_row};
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::types::{StaticType, Type};
use taipan_object::{Object, PyResult, Thread, Value};

/// `itertools`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "itertools",
    doc: "Functional tools for creating and using iterators.",
    functions: &[Method::new("tee", "(iterable, n=2, /)", tee::tee)
        .doc("Returns a tuple of n independent iterators.")],
    types: &[
        (&infinite::COUNT, &infinite::COUNT_SPEC),
        (&infinite::CYCLE, &infinite::CYCLE_SPEC),
        (&infinite::REPEAT, &infinite::REPEAT_SPEC),
        (&select::COMPRESS, &select::COMPRESS_SPEC),
        (&select::DROPWHILE, &select::DROPWHILE_SPEC),
        (&select::TAKEWHILE, &select::TAKEWHILE_SPEC),
        (&select::FILTERFALSE, &select::FILTERFALSE_SPEC),
        (&select::ISLICE, &select::ISLICE_SPEC),
        (&combine::CHAIN, &combine::CHAIN_SPEC),
        (&combine::STARMAP, &combine::STARMAP_SPEC),
        (&combine::ACCUMULATE, &combine::ACCUMULATE_SPEC),
        (&combine::PAIRWISE, &combine::PAIRWISE_SPEC),
        (&combine::BATCHED, &combine::BATCHED_SPEC),
        (&combine::ZIP_LONGEST, &combine::ZIP_LONGEST_SPEC),
        (&group::GROUPBY, &group::GROUPBY_SPEC),
        (&group::GROUPER, &group::GROUPER_SPEC),
        (&tee::TEE, &tee::TEE_SPEC),
        (&tee::TEE_DATA, &tee::TEE_DATA_SPEC),
        (&combinatoric::PRODUCT, &combinatoric::PRODUCT_SPEC),
        (
            &combinatoric::PERMUTATIONS,
            &combinatoric::PERMUTATIONS_SPEC,
        ),
        (
            &combinatoric::COMBINATIONS,
            &combinatoric::COMBINATIONS_SPEC,
        ),
        (
            &combinatoric::WITH_REPLACEMENT,
            &combinatoric::WITH_REPLACEMENT_SPEC,
        ),
    ],
    init: |_, _| Ok(()),
};

/// Declares a type of this module whose instances are iterators.
macro_rules! iterator_type {
    ($(#[$meta:meta])* $id:ident, $spec:ident = $name:literal, $payload:ty, $new:expr, $next:expr, $($repr:ident,)?
     [$($method:expr),*], $sig:literal, $doc:literal) => {
        $(#[$meta])*
        pub static $id: taipan_object::types::StaticType = taipan_object::types::StaticType::new(
            "itertools",
            $name,
            Some(&taipan_object::types::OBJECT),
            taipan_object::types::flags::BASE,
            taipan_object::types::layout_of::<$payload>,
        );
        $(#[$meta])*
        pub static $spec: taipan_object::native::TypeSpec = taipan_object::native::TypeSpec {
            slots: |s| {
                s.new = Some($new);
                s.iter = Some(|_, v| Ok(v));
                s.next = Some(|th, v| taipan_object::ops::step($next(th, v)));
                $(s.repr = Some($repr);)?
            },
            methods: &[$($method),*],
            getset: &[],
            doc: $doc,
            sig: $sig,
        };
    };
}
pub(crate) use iterator_type;

/// A constructor's parameters by the row `row`, whose function gives them as a tuple. A subclass with an `__init__` of
/// its own may be given keywords that the type itself does not take.
fn bind<'a>(
    th: &Thread,
    cls: &Object<Type>,
    own: &StaticType,
    row: &'static Method,
    args: Args,
) -> PyResult<&'a [Value]> {
    let positional_only = row.arity.positional_only == row.arity.params;
    let args = if positional_only && !has_init_of(cls, own) {
        Args::positional(args.pos())
    } else {
        args
    };
    let bound = call_method_row(th, row, args)?;
    Ok(bound.as_tuple().unwrap_or(&[]))
}

fn has_init_of(cls: &Object<Type>, own: &StaticType) -> bool {
    cls.slots().init.map(|f| f as usize) == own.slots().init.map(|f| f as usize)
}

/// The row for [`bind`].
const fn parameters(name: &'static str, sig: &'static str) -> Method {
    Method::new(name, sig, Value::try_tuple)
}
