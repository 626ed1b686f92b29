//! The protocol of iteration.

use super::length_hint;
use crate::error::{PyResult, Raised};
use crate::heap::ValueVec;
use crate::thread::Thread;
use crate::types::{self, class_of, is_exactly};
use crate::value::Value;

/// `iter(v)`
pub fn iter(th: &Thread, v: Value) -> PyResult {
    let ty = class_of(v);
    if let Some(f) = ty.slots().iter {
        let it = f(th, v)?;
        if class_of(it).slots().next.is_none() {
            return Err(th.type_error(format!(
                "iter() returned non-iterator of type '{}'",
                class_of(it).tp_name()
            )));
        }
        return Ok(it);
    }
    let s = ty.slots();
    // Native types that are subscripted but are no sequences: unions, matches of regular expressions.
    let sequence = ty.is_heap()
        || ty.has_flag(types::flags::SEQUENCE)
        || s.concat.is_some()
        || s.setitem.is_some();
    if s.getitem.is_some() && sequence && !ty.has_flag(types::flags::DICT_SUBCLASS) {
        return crate::iter::SeqIter::new(th, v);
    }
    Err(th.type_error(format!("'{}' object is not iterable", ty.tp_name())))
}

/// What a `next` slot gave, where the value of a `StopIteration` is of no interest: it is the end like any other.
/// (A slot gives nothing at a plain end, and raises only to pass a value: `return x` of a generator.)
#[inline(always)]
pub fn ended(r: PyResult) -> PyResult<Option<Value>> {
    match r {
        Ok(v) => Ok(v.present()),
        Err(e) => end_or_error(e),
    }
}

#[cold]
fn end_or_error(e: Raised) -> PyResult<Option<Value>> {
    if e.is(&crate::exception::STOP_ITERATION) {
        Ok(None)
    } else {
        Err(e)
    }
}

/// What a `next` slot gives, of an iterator's step: the end is the absent value.
#[inline(always)]
pub fn step(r: PyResult<Option<Value>>) -> PyResult {
    match r {
        Ok(Some(v)) => Ok(v),
        Ok(None) => Ok(Value::ABSENT),
        Err(e) => Err(e),
    }
}

/// `next(it)`, nothing at the end.
#[inline(always)]
pub fn next(th: &Thread, it: Value) -> PyResult<Option<Value>> {
    match class_of(it).slots().next {
        Some(f) => ended(f(th, it)),
        None => Err(no_iterator(th, it)),
    }
}

#[cold]
fn no_iterator(th: &Thread, v: Value) -> Raised {
    th.type_error(format!(
        "'{}' object is not an iterator",
        class_of(v).tp_name()
    ))
}

/// Runs `f` on each item of an iterable, until it fails. Polls between items.
pub fn for_each(th: &Thread, v: Value, mut f: impl FnMut(Value) -> PyResult<()>) -> PyResult<()> {
    if is_exactly(v, &types::TUPLE) {
        for x in v.as_tuple().unwrap_or(&[]) {
            f(*x)?;
        }
        return Ok(());
    }
    if is_exactly(v, &types::LIST) {
        let list = v.expect::<crate::seq::List>();
        let mut i = 0;
        while let Some(x) = list.get(i) {
            f(x)?;
            i += 1;
        }
        return Ok(());
    }
    let it = iter(th, v)?;
    let Some(step) = class_of(it).slots().next else {
        return Err(th.type_error("not an iterator"));
    };
    while let Some(x) = ended(step(th, it))? {
        f(x)?;
        th.poll()?;
    }
    Ok(())
}

/// All items of an iterable.
pub fn to_vec(th: &Thread, v: Value) -> PyResult<ValueVec> {
    if is_exactly(v, &types::TUPLE) {
        return ValueVec::from_slice(th, v.as_tuple().unwrap_or(&[]));
    }
    if is_exactly(v, &types::LIST) {
        return v.expect::<crate::seq::List>().snapshot(th);
    }
    let mut out = ValueVec::with_capacity(th, length_hint(th, v, 8)?.min(1 << 20))?;
    for_each(th, v, |x| out.push(th, x))?;
    Ok(out)
}
