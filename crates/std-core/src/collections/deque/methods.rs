//! The methods of `deque`.

use super::{Deque, ring::Ring};
use std::sync::atomic::Ordering;
use taipan_containers::args::search_range;
use taipan_object::gc::many_threads;
use taipan_object::types::class_of;
use taipan_object::{Object, PyResult, Thread, Value, ops};

/// `append`
pub(super) fn append(th: &Thread, a: &[Value]) -> PyResult {
    a[0].expect::<Deque>().push_back(th, a[1])?;
    Ok(Value::NONE)
}

/// `appendleft`
pub(super) fn append_left(th: &Thread, a: &[Value]) -> PyResult {
    a[0].expect::<Deque>().push_front(th, a[1])?;
    Ok(Value::NONE)
}

/// `pop`
pub(super) fn pop(th: &Thread, a: &[Value]) -> PyResult {
    match a[0].expect::<Deque>().locked(|l| l.pop_back()) {
        Some(v) => Ok(v),
        None => Err(th.index_error("pop from an empty deque")),
    }
}

/// `popleft`
pub(super) fn pop_left(th: &Thread, a: &[Value]) -> PyResult {
    match a[0].expect::<Deque>().locked(|l| l.pop_front()) {
        Some(v) => Ok(v),
        None => Err(th.index_error("pop from an empty deque")),
    }
}

/// `clear`
pub(super) fn clear(_: &Thread, a: &[Value]) -> PyResult {
    a[0].expect::<Deque>().clear();
    Ok(Value::NONE)
}

/// Runs `f` on index and item until it says to stop. A change meanwhile is an error, unless other threads exist:
/// then the items are those of one instant.
fn each(
    th: &Thread,
    d: &Object<Deque>,
    mut f: impl FnMut(usize, Value) -> PyResult<bool>,
) -> PyResult<()> {
    if many_threads() {
        for (i, x) in d.snapshot(th)?.iter().enumerate() {
            if !f(i, *x)? {
                return Ok(());
            }
        }
        return Ok(());
    }
    let changes = d.changes();
    for i in 0..d.len() {
        let x = d.locked(|l| l.get(i));
        if !f(i, x)? {
            return Ok(());
        }
        if d.changes() != changes {
            return Err(th.runtime_error("deque mutated during iteration"));
        }
        th.poll()?;
    }
    Ok(())
}

/// `in`
pub(super) fn contains(th: &Thread, v: Value, x: Value) -> PyResult<bool> {
    let mut found = false;
    each(th, v.expect::<Deque>(), |_, y| {
        found = ops::eq(th, y, x)?;
        Ok(!found)
    })?;
    Ok(found)
}

/// `count`
pub(super) fn count(th: &Thread, a: &[Value]) -> PyResult {
    let mut n = 0;
    each(th, a[0].expect::<Deque>(), |_, y| {
        n += ops::eq(th, y, a[1])? as i64;
        Ok(true)
    })?;
    Ok(Value::small_int(n))
}

/// `index`
pub(super) fn index(th: &Thread, a: &[Value]) -> PyResult {
    let d = a[0].expect::<Deque>();
    let (start, stop) = search_range(th, a[2], a[3], d.len())?;
    let mut found = None;
    each(th, d, |i, y| {
        if i >= stop {
            return Ok(false);
        }
        if i >= start && ops::eq(th, y, a[1])? {
            found = Some(i);
        }
        Ok(found.is_none())
    })?;
    match found {
        Some(i) => Ok(Value::usize(th, i)),
        None => Err(th.value_error("deque.index(x): x not in deque")),
    }
}

/// `remove`
pub(super) fn remove(th: &Thread, a: &[Value]) -> PyResult {
    let d = a[0].expect::<Deque>();
    loop {
        let changes = d.changes();
        let mut found = None;
        for (i, x) in d.snapshot(th)?.iter().enumerate() {
            let equal = ops::eq(th, *x, a[1])?;
            if d.changes() != changes && !many_threads() {
                return Err(th.index_error("deque mutated during remove()."));
            }
            if equal {
                found = Some((i, *x));
                break;
            }
        }
        let Some((i, x)) = found else {
            return Err(th.value_error("deque.remove(x): x not in deque"));
        };
        // Another thread may have moved it: then it is looked for again.
        let done = d.locked(|l| {
            let there = i < l.len() && l.get(i).is(x);
            if there {
                l.remove(i);
            }
            there
        });
        if done {
            return Ok(Value::NONE);
        }
    }
}

/// `insert`
pub(super) fn insert(th: &Thread, a: &[Value]) -> PyResult {
    let d = a[0].expect::<Deque>();
    let index = ops::index_i64(th, a[1])?;
    loop {
        let done = d.locked(|l| {
            if d.max().is_some_and(|m| l.len() >= m) {
                return Some(false);
            }
            if !l.has_room() {
                return None;
            }
            let n = l.len() as i64;
            let at = if index < 0 {
                (index + n).max(0)
            } else {
                index.min(n)
            };
            if at == 0 {
                l.push_front(a[2]);
            } else {
                l.insert(at as usize, a[2]);
            }
            Some(true)
        });
        match done {
            Some(true) => return Ok(Value::NONE),
            Some(false) => return Err(th.index_error("deque already at its maximum size")),
            None => d.grow(th)?,
        }
    }
}

/// `reverse`
pub(super) fn reverse(_: &Thread, a: &[Value]) -> PyResult {
    a[0].expect::<Deque>().locked(|l| {
        let n = l.len();
        for i in 0..n / 2 {
            let (x, y) = (l.get(i), l.get(n - 1 - i));
            l.set(i, y);
            l.set(n - 1 - i, x);
        }
    });
    Ok(Value::NONE)
}

/// `rotate`
pub(super) fn rotate(th: &Thread, a: &[Value]) -> PyResult {
    let n = match a[1].present() {
        Some(v) => ops::index_i64(th, v)?,
        None => 1,
    };
    a[0].expect::<Deque>().locked(|l| {
        let len = l.len() as i64;
        if len < 2 {
            return;
        }
        let right = n.rem_euclid(len);
        if right <= len / 2 {
            for _ in 0..right {
                if let Some(v) = l.pop_back() {
                    l.push_front(v);
                }
            }
        } else {
            for _ in right..len {
                if let Some(v) = l.pop_front() {
                    l.push_back(v);
                }
            }
        }
    });
    Ok(Value::NONE)
}

fn position(th: &Thread, key: Value) -> PyResult<i64> {
    if key.as_small_int().is_none() && class_of(key).slots().index.is_none() {
        return Err(th.type_error(format!(
            "sequence index must be integer, not '{}'",
            class_of(key).tp_name()
        )));
    }
    ops::subscript_index(th, key)
}

/// The index from the left, if it is in range.
fn in_range(i: i64, n: usize) -> Option<usize> {
    let at = if i < 0 { i + n as i64 } else { i };
    (0..n as i64).contains(&at).then_some(at as usize)
}

/// `d[key]`
pub(super) fn get_item(th: &Thread, v: Value, key: Value) -> PyResult {
    let i = position(th, key)?;
    let x = v
        .expect::<Deque>()
        .locked(|l| in_range(i, l.len()).map(|i| l.get(i)));
    x.ok_or_else(|| th.index_error("deque index out of range"))
}

/// `d[key] = value`; absent deletes.
pub(super) fn set_item(th: &Thread, v: Value, key: Value, value: Value) -> PyResult<()> {
    let i = position(th, key)?;
    let done = v.expect::<Deque>().locked(|l| match in_range(i, l.len()) {
        Some(i) if value.is_absent() => {
            l.remove(i);
            true
        }
        Some(i) => {
            l.set(i, value);
            true
        }
        None => false,
    });
    if done {
        Ok(())
    } else {
        Err(th.index_error("deque index out of range"))
    }
}

/// `__sizeof__`
pub(super) fn size_of(th: &Thread, a: &[Value]) -> PyResult {
    let ty = class_of(a[0]);
    let own = ty.basic_size.load(Ordering::Relaxed) + ty.root_shape.expect().extra_bytes();
    Ok(Value::usize(th, own + a[0].expect::<Deque>().ring_bytes()))
}
