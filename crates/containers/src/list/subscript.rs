//! `L[i]`, `L[i:j:k]`, their stores and deletions.

use taipan_object::func::Slice;
use taipan_object::heap::{Array, Object, ValueVec};
use taipan_object::ops::{SliceRange, adjust_slice, slice_parts, subscript_index};
use taipan_object::seq::List;
use taipan_object::types::{self, class_of, is_exactly};
use taipan_object::{PyResult, Raised, Thread, Value, ops};

type Parts = (Option<i64>, Option<i64>, i64);

#[cold]
fn bad_index(th: &Thread, key: Value) -> Raised {
    th.type_error(format!(
        "list indices must be integers or slices, not {}",
        class_of(key).tp_name()
    ))
}

/// `L[key]`
#[inline]
pub fn get_item(th: &Thread, v: Value, key: Value) -> PyResult {
    let list = v.expect::<List>();
    if let Some(i) = key.as_small_int() {
        return match list.item_at(i) {
            Some(x) => Ok(x),
            None => Err(th.index_error("list index out of range")),
        };
    }
    get_slow(th, list, key)
}

#[cold]
fn get_slow(th: &Thread, list: &Object<List>, key: Value) -> PyResult {
    if key.downcast::<Slice>().is_some() {
        let parts = slice_parts(th, key)?;
        return get_slice(th, list, parts);
    }
    if class_of(key).slots().index.is_none() {
        return Err(bad_index(th, key));
    }
    let i = subscript_index(th, key)?;
    match list.item_at(i) {
        Some(x) => Ok(x),
        None => Err(th.index_error("list index out of range")),
    }
}

/// A slice as of one instant.
fn get_slice(th: &Thread, list: &Object<List>, parts: Parts) -> PyResult {
    loop {
        let room = adjust_slice(parts, list.len()).count;
        if room == 0 {
            return Value::list(th, &[]);
        }
        let out = Object::<Array>::try_new(th, room)?;
        let done = list.with_lock(|a| {
            let r = adjust_slice(parts, a.map_or(0, |a| a.len()));
            if r.count > room {
                return false;
            }
            if let Some(a) = a {
                if r.step == 1 {
                    let from = r.start as usize;
                    out.copy_fields(0, &a.fields()[from..from + r.count]);
                } else {
                    let mut at = r.start;
                    for to in &out.fields()[..r.count] {
                        to.set(&out.header, a.fields()[at as usize].get());
                        at += r.step;
                    }
                }
            }
            out.set_len(r.count);
            true
        });
        if done {
            return Ok(List::from_array(th, Some(out)));
        }
    }
}

/// `L[key] = value`; absent deletes.
#[inline]
pub fn set_item(th: &Thread, v: Value, key: Value, value: Value) -> PyResult<()> {
    let list = v.expect::<List>();
    if let Some(i) = key.as_small_int() {
        if value.is_absent() {
            return delete(th, list, i);
        }
        return if list.set_item_at(i, value) {
            Ok(())
        } else {
            Err(th.index_error("list assignment index out of range"))
        };
    }
    set_slow(th, v, list, key, value)
}

/// `del L[key]`
pub fn del_item(th: &Thread, v: Value, key: Value) -> PyResult<()> {
    set_item(th, v, key, Value::ABSENT)
}

fn delete(th: &Thread, list: &Object<List>, i: i64) -> PyResult<()> {
    if list.remove_at(i).is_some() {
        Ok(())
    } else {
        Err(th.index_error("list assignment index out of range"))
    }
}

#[cold]
fn set_slow(th: &Thread, v: Value, list: &Object<List>, key: Value, value: Value) -> PyResult<()> {
    if key.downcast::<Slice>().is_some() {
        let parts = slice_parts(th, key)?;
        if value.is_absent() {
            delete_slice(list, parts);
            return Ok(());
        }
        return set_slice(th, v, list, parts, value);
    }
    if class_of(key).slots().index.is_none() {
        return Err(bad_index(th, key));
    }
    let i = subscript_index(th, key)?;
    set_item(th, v, Value::int(th, i), value)
}

fn delete_slice(list: &Object<List>, parts: Parts) {
    list.with_lock(|a| {
        let Some(a) = a else { return };
        let n = a.len();
        let r = ascending(adjust_slice(parts, n));
        if r.count == 0 {
            return;
        }
        let (mut at, step) = (r.start as usize, r.step as usize);
        let mut to = at;
        for k in 0..r.count {
            let next = if k + 1 < r.count { at + step } else { n };
            a.move_within(at + 1, to, next - at - 1);
            to += next - at - 1;
            at = next;
        }
        a.set_len(n - r.count);
        a.erase(n - r.count, n);
    });
}

/// The same indices in ascending order.
fn ascending(r: SliceRange) -> SliceRange {
    if r.step > 0 || r.count == 0 {
        return r;
    }
    let last = r.start + r.step * (r.count as i64 - 1);
    SliceRange {
        start: last,
        stop: r.start + 1,
        step: -r.step,
        count: r.count,
    }
}

fn set_slice(
    th: &Thread,
    v: Value,
    list: &Object<List>,
    parts: Parts,
    value: Value,
) -> PyResult<()> {
    let items = new_items(th, v, value)?;
    if parts.2 == 1 {
        return splice(th, list, parts, &items);
    }
    let wrong = list.with_lock(|a| {
        let r = adjust_slice(parts, a.map_or(0, |a| a.len()));
        if r.count != items.len() {
            return Some(r.count);
        }
        if let Some(a) = a {
            let mut at = r.start;
            for x in items.iter() {
                a.fields()[at as usize].set(&a.header, *x);
                at += r.step;
            }
        }
        None
    });
    match wrong {
        None => Ok(()),
        Some(n) => Err(th.value_error(format!(
            "attempt to assign sequence of size {} to extended slice of size {n}",
            items.len()
        ))),
    }
}

fn new_items(th: &Thread, v: Value, value: Value) -> PyResult<ValueVec> {
    if is_exactly(value, &types::LIST) || is_exactly(value, &types::TUPLE) || value.is(v) {
        return ops::to_vec(th, value);
    }
    let s = class_of(value).slots();
    if s.iter.is_none() && s.getitem.is_none() {
        return Err(th.type_error("must assign iterable to extended slice"));
    }
    ops::to_vec(th, value)
}

/// Replaces a run of items by others, as one step to other writers.
fn splice(th: &Thread, list: &Object<List>, parts: Parts, items: &[Value]) -> PyResult<()> {
    let mut bigger: Option<&Object<Array>> = None;
    loop {
        let missing = list.with_lock(|a| {
            let n = a.map_or(0, |a| a.len());
            let r = adjust_slice(parts, n);
            let (at, end) = (r.start as usize, r.start as usize + r.count);
            let new_len = n - r.count + items.len();
            if let Some(a) = a
                && new_len <= a.capacity()
            {
                a.move_within(end, at + items.len(), n - end);
                a.store_at(at, items);
                a.set_len(new_len);
                if new_len < n {
                    a.erase(new_len, n);
                }
                return None;
            }
            if new_len == 0 {
                return None;
            }
            let Some(to) = bigger.filter(|to| to.capacity() >= new_len) else {
                return Some(new_len);
            };
            if let Some(a) = a {
                to.copy_fields(0, &a.fields()[..at]);
                to.copy_fields(at + items.len(), &a.fields()[end..n]);
            }
            to.store_at(at, items);
            to.set_len(new_len);
            list.put_array(Some(to));
            None
        });
        match missing {
            None => return Ok(()),
            Some(n) => bigger = Some(list.bigger_array(th, n)?),
        }
    }
}
