//! Steps of the iterators that loops mostly run over, without the way through their types.

use crate::build;
use taipan_containers::dict::iter::{self as dict, DictIter, ITEM_ITER};
use taipan_containers::iterators::enumerate::{self, ENUMERATE, Enumerate};
use taipan_containers::iterators::zip::{ZIP, Zip};
use taipan_containers::list::iter::{self as list, ListIter};
use taipan_containers::tuple::iter::{self as tuple, TupleIter};
use taipan_numbers::range::iter::RangeIter;
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value};

/// The next item, nothing at the end; nothing at all if the iterator is none of the hottest.
#[inline(always)]
pub fn hot(th: &Thread, it: Value) -> Option<Option<Value>> {
    if let Some(r) = it.downcast::<RangeIter>() {
        return Some(r.advance().map(|n| Value::int(th, n)));
    }
    if let Some(l) = it.downcast::<ListIter>() {
        return Some(list::step(l));
    }
    if let Some(t) = it.downcast::<TupleIter>() {
        return Some(tuple::step(t));
    }
    None
}

/// The next item of any iterator, nothing at the end.
///
/// # Errors
/// What the iterator raises.
#[inline(always)]
fn any(th: &Thread, it: Value) -> PyResult<Option<Value>> {
    match hot(th, it) {
        Some(next) => Ok(next),
        None => build::next(th, it),
    }
}

/// What comes next where a pair is unpacked at once.
pub enum Next {
    /// A pair of which no tuple was made.
    Pair(Value, Value),
    /// Any item.
    Item(Value),
    /// Nothing.
    End,
}

/// The next item of an iterator that is not among the hottest, for a loop that unpacks pairs.
///
/// # Errors
/// What the iterator raises.
#[inline(never)]
pub fn next_pair(th: &Thread, it: Value) -> PyResult<Next> {
    let pair = if let Some(d) = it.downcast::<DictIter>() {
        if !class_of(it).is(&ITEM_ITER) {
            return item(build::next(th, it));
        }
        dict::step_pair(th, d)?
    } else if let Some(e) = it.downcast::<Enumerate>()
        && class_of(it).is(&ENUMERATE)
    {
        match any(th, e.iterator())? {
            Some(x) => Some(enumerate::number(th, e, x)?),
            None => None,
        }
    } else if let Some(z) = it.downcast::<Zip>()
        && class_of(it).is(&ZIP)
        && let Some((a, b)) = z.two()
    {
        match any(th, a)? {
            Some(x) => any(th, b)?.map(|y| (x, y)),
            None => None,
        }
    } else {
        return item(build::next(th, it));
    };
    Ok(match pair {
        Some((x, y)) => Next::Pair(x, y),
        None => Next::End,
    })
}

fn item(r: PyResult<Option<Value>>) -> PyResult<Next> {
    Ok(match r? {
        Some(x) => Next::Item(x),
        None => Next::End,
    })
}
