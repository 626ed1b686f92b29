//! `list.sort` and `sorted`.
//!
//! The list gives its array away while it is sorted, so it looks empty to others, and comparisons may run any Python
//! code. The algorithm is in [`merge`]; here the comparison is chosen: keys that are all small integers, all floats
//! or all strings are compared natively.

mod merge;

use merge::{Lanes, merge_sort};
use taipan_object::heap::{Array, Object};
use taipan_object::scratch::Scratch;
use taipan_object::seq::List;
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, is_exactly};
use taipan_object::{PyResult, Thread, Value, call, ops};

/// `list.sort(*, key=None, reverse=False)`
pub(super) fn sort_method(th: &Thread, a: &[Value]) -> PyResult {
    let reverse = match a[2].present() {
        Some(v) => ops::truth(th, v)?,
        None => false,
    };
    sort(th, a[0].expect::<List>(), a[1].or(Value::NONE), reverse)?;
    Ok(Value::NONE)
}

/// Sorts a list in place, stably. `key` is None for none.
pub fn sort(th: &Thread, list: &Object<List>, key: Value, reverse: bool) -> PyResult<()> {
    if list.len() < 2 && (key.is_none() || list.is_empty()) {
        return Ok(());
    }
    let Some(array) = list.exchange(None) else {
        return Ok(());
    };
    let result = sort_array(th, array, key, reverse);
    let meanwhile = list.exchange(Some(array));
    result?;
    if meanwhile.is_some() {
        return Err(th.value_error("list modified during sort"));
    }
    Ok(())
}

/// Sorts the used part of an array that no one else stores into.
pub fn sort_array(th: &Thread, array: &Object<Array>, key: Value, reverse: bool) -> PyResult<()> {
    let n = array.len();
    let items = Scratch::of(array);
    let items = &items.cells()[..n];
    if key.is_none() {
        return order(
            th,
            &Lanes::<false> {
                keys: items,
                values: items,
            },
            reverse,
        );
    }
    let keys = Object::<Array>::try_new(th, n)?;
    for (i, item) in items.iter().enumerate() {
        let k = call::call(th, key, &[item.get()])?;
        keys.fields()[i].set(&keys.header, k);
    }
    keys.set_len(n);
    let keys = Scratch::of(keys);
    let lanes = Lanes::<true> {
        keys: &keys.cells()[..n],
        values: items,
    };
    order(th, &lanes, reverse)
}

fn order<const PAIRED: bool>(th: &Thread, lanes: &Lanes<PAIRED>, reverse: bool) -> PyResult<()> {
    // Reversed before and after, equal items keep their order.
    if reverse {
        lanes.reverse(0, lanes.keys.len());
    }
    let r = order_ascending(th, lanes);
    if reverse {
        lanes.reverse(0, lanes.keys.len());
    }
    r
}

fn order_ascending<const PAIRED: bool>(th: &Thread, lanes: &Lanes<PAIRED>) -> PyResult<()> {
    let keys = lanes.keys;
    if keys.iter().all(|k| k.get().is_small_int()) {
        return merge_sort(th, lanes, |a, b| {
            Ok(a.small_int_unchecked() < b.small_int_unchecked())
        });
    }
    if keys.iter().all(|k| is_exactly(k.get(), &types::STR)) {
        return merge_sort(th, lanes, |a, b| Ok(text(a) < text(b)));
    }
    if keys.iter().all(|k| k.get().is_small_float()) {
        return merge_sort(th, lanes, |a, b| {
            Ok(a.small_float_unchecked() < b.small_float_unchecked())
        });
    }
    merge_sort(th, lanes, |a, b| less(th, a, b))
}

/// Code points compare as their bytes do.
#[inline(always)]
fn text<'a>(v: Value) -> &'a [u8] {
    v.as_str_obj().map_or(&[], |s| s.as_bytes())
}

/// `a < b`, natively where both are of a type that most sorts see.
#[inline]
fn less(th: &Thread, a: Value, b: Value) -> PyResult<bool> {
    if let Some(r) = less_natively(a, b) {
        return Ok(r);
    }
    ops::truth(th, ops::compare(th, a, b, CmpOp::Lt)?)
}

/// `a < b`, where no Python code has a say: of small numbers and strings, and of tuples that such items decide.
#[inline]
pub fn less_natively(a: Value, b: Value) -> Option<bool> {
    if let Some(r) = native_less(a, b) {
        return Some(r);
    }
    if !is_exactly(a, &types::TUPLE) || !is_exactly(b, &types::TUPLE) {
        return None;
    }
    let (a, b) = (a.as_tuple()?, b.as_tuple()?);
    for (x, y) in a.iter().zip(b) {
        if x.is(*y) {
            continue;
        }
        if native_less(*x, *y)? {
            return Some(true);
        }
        // Neither is less: they are equal, or one is not a number, which is unequal and not less.
        if native_less(*y, *x)?
            || x.is_small_float() && x.small_float_unchecked() != y.small_float_unchecked()
        {
            return Some(false);
        }
    }
    Some(a.len() < b.len())
}

#[inline(always)]
fn native_less(a: Value, b: Value) -> Option<bool> {
    if Value::both_small_int(a, b) {
        return Some(a.small_int_unchecked() < b.small_int_unchecked());
    }
    if a.is_small_float() && b.is_small_float() {
        return Some(a.small_float_unchecked() < b.small_float_unchecked());
    }
    if is_exactly(a, &types::STR) && is_exactly(b, &types::STR) {
        return Some(text(a) < text(b));
    }
    None
}
