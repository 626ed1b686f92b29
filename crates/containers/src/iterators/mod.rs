//! The builtin iterators that wrap others: `enumerate`, `zip`, `map`, `filter`, `reversed`, `iter` with a sentinel, and
//! the iterator of objects that only have `__getitem__`.
//!
//! None takes a lock. Used by several threads at once, one may give an item twice or end early; it invents none.

pub mod callable;
pub mod enumerate;
pub mod filter;
pub mod map;
pub mod reversed;
pub mod sequence;
pub mod zip;

use taipan_object::heap::ValueVec;
use taipan_object::{PyResult, Raised, Thread, Value, exception as exc, ops};

/// The iterators of several arguments, as a tuple.
pub(crate) fn iterators_of(th: &Thread, args: &[Value]) -> PyResult {
    let mut its = ValueVec::with_capacity(th, args.len())?;
    for a in args {
        its.push(th, ops::iter(th, *a)?)?;
    }
    Value::try_tuple(th, &its)
}

/// How a strict `zip` or `map` fails where argument number `i` (from zero) ended at another length than those before.
#[cold]
pub(crate) fn uneven(th: &Thread, name: &str, i: usize, longer: bool) -> Raised {
    let what = if longer { "longer" } else { "shorter" };
    let others = if i == 1 {
        " 1".to_owned()
    } else {
        format!("s 1-{i}")
    };
    th.value_error(format!(
        "{name}() argument {} is {what} than argument{others}",
        i + 1
    ))
}

/// After argument `i` ended in strict mode: checks that all have ended, the first of a round being its only failure.
pub(crate) fn check_all_ended(th: &Thread, name: &str, its: &[Value], i: usize) -> PyResult<()> {
    if i > 0 {
        return Err(uneven(th, name, i, false));
    }
    for (k, it) in its.iter().enumerate().skip(1) {
        if ops::next(th, *it)?.is_some() {
            return Err(uneven(th, name, k, true));
        }
    }
    Ok(())
}

/// Whether an error is the end of an iteration; another error stays one.
pub(crate) fn is_stop(e: &Raised) -> bool {
    e.is(&exc::STOP_ITERATION)
}
