//! `_functools`: `partial`, `reduce`, `cmp_to_key`, the wrapper behind `lru_cache`.

mod cmp_key;
mod lru_cache;
pub mod partial;

use taipan_object::exception as exc;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value, attr, call, ops};

/// `_functools`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_functools",
    doc: "Tools that operate on functions.",
    functions: &[
        Method::new("reduce", "(function, iterable, /, initial=<functools initial missing>)", reduce)
            .doc("Apply a function of two arguments cumulatively to the items of an iterable, from left to right.\n\nThis effectively reduces the iterable to a single value.  If initial is present,\nit is placed before the items of the iterable in the calculation, and serves as\na default when the iterable is empty.\n\nFor example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5])\ncalculates ((((1 + 2) + 3) + 4) + 5)."),
        Method::new("cmp_to_key", "(mycmp)", cmp_key::cmp_to_key)
            .doc("Convert a cmp= function into a key= function."),
    ],
    types: &[
        (&partial::PARTIAL, &partial::SPEC),
        (&partial::PLACEHOLDER_TYPE, &partial::PLACEHOLDER_SPEC),
        (&lru_cache::LRU_CACHE_WRAPPER, &lru_cache::SPEC),
    ],
    init: |th, module| {
        cmp_key::KEY_WRAPPER.define(th, &cmp_key::SPEC)?;
        let name = taipan_object::strings::intern(th, "Placeholder");
        attr::set(th, module, name, partial::placeholder(th)?)
    },
};

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let (f, iterable) = (a[0], a[1]);
    let it = ops::iter(th, iterable).map_err(|e| {
        if e.is(&exc::TYPE_ERROR) {
            th.type_error("reduce() arg 2 must support iteration")
        } else {
            e
        }
    })?;
    let mut acc = a[2];
    while let Some(x) = ops::next(th, it)? {
        acc = if acc.is_absent() {
            x
        } else {
            call::call(th, f, &[acc, x])?
        };
        th.poll()?;
    }
    match acc.present() {
        Some(v) => Ok(v),
        None => Err(th.type_error("reduce() of empty iterable with no initial value")),
    }
}
