//! The methods of `set` and `frozenset`.

use super::algebra;
use super::{searchable, state_of, to_list};
use std::sync::atomic::Ordering;
use taipan_object::dict::Set;
use taipan_object::types::{self, class_of, is_exactly};
use taipan_object::{PyResult, Thread, Value, ops};

/// `add`
pub(super) fn add(th: &Thread, a: &[Value]) -> PyResult {
    a[0].expect::<Set>().add(th, a[1])?;
    Ok(Value::NONE)
}

/// `remove`
pub(super) fn remove(th: &Thread, a: &[Value]) -> PyResult {
    let x = searchable(th, a[1])?;
    if a[0].expect::<Set>().discard(th, x)? {
        Ok(Value::NONE)
    } else {
        Err(th.key_error(a[1]))
    }
}

/// `discard`
pub(super) fn discard(th: &Thread, a: &[Value]) -> PyResult {
    let x = searchable(th, a[1])?;
    a[0].expect::<Set>().discard(th, x)?;
    Ok(Value::NONE)
}

/// `pop`
pub(super) fn pop(th: &Thread, a: &[Value]) -> PyResult {
    let s = a[0].expect::<Set>();
    match s.map.pop_first(&s.header) {
        Some((k, _)) => Ok(k),
        None => Err(th.key_error(Value::str(th, "pop from an empty set"))),
    }
}

/// `clear`
pub(super) fn clear(_: &Thread, a: &[Value]) -> PyResult {
    let s = a[0].expect::<Set>();
    s.map.clear(&s.header);
    Ok(Value::NONE)
}

/// `copy`
pub(super) fn copy(th: &Thread, a: &[Value]) -> PyResult {
    if is_exactly(a[0], &types::FROZENSET) {
        return Ok(a[0]);
    }
    Ok(algebra::plain_copy(th, a[0])?.value())
}

fn others<'a>(a: &[Value]) -> &'a [Value] {
    a[1].as_tuple().unwrap_or(&[])
}

/// `union`
pub(super) fn union(th: &Thread, a: &[Value]) -> PyResult {
    let out = algebra::plain_copy(th, a[0])?;
    for o in others(a) {
        algebra::update(th, out, *o)?;
    }
    Ok(out.value())
}

/// `intersection`
pub(super) fn intersection(th: &Thread, a: &[Value]) -> PyResult {
    let mut out = a[0];
    if others(a).is_empty() {
        return Ok(algebra::plain_copy(th, a[0])?.value());
    }
    for o in others(a) {
        out = algebra::intersection(th, out, *o)?;
    }
    Ok(out)
}

/// `difference`
pub(super) fn difference(th: &Thread, a: &[Value]) -> PyResult {
    let mut out = a[0];
    if others(a).is_empty() {
        return copy(th, a);
    }
    for (i, o) in others(a).iter().enumerate() {
        if i == 0 {
            out = algebra::difference(th, out, *o)?;
        } else {
            algebra::difference_update(th, out.expect::<Set>(), *o)?;
        }
    }
    Ok(out)
}

/// `symmetric_difference`
pub(super) fn symmetric_difference(th: &Thread, a: &[Value]) -> PyResult {
    let out = algebra::plain_copy(th, a[0])?;
    algebra::symmetric_difference_update(th, out, a[1])?;
    Ok(out.value())
}

/// `update`
pub(super) fn update(th: &Thread, a: &[Value]) -> PyResult {
    for o in others(a) {
        algebra::update(th, a[0].expect::<Set>(), *o)?;
    }
    Ok(Value::NONE)
}

/// `intersection_update`
pub(super) fn intersection_update(th: &Thread, a: &[Value]) -> PyResult {
    let s = a[0].expect::<Set>();
    match others(a) {
        [] => {}
        [one] => algebra::intersection_update(th, s, *one)?,
        many => {
            // All of them first: one of them may be derived from the set itself.
            let mut out = a[0];
            for o in many {
                out = algebra::intersection(th, out, *o)?;
            }
            s.map.replace_with(&s.header, &out.expect::<Set>().map);
        }
    }
    Ok(Value::NONE)
}

/// `difference_update`
pub(super) fn difference_update(th: &Thread, a: &[Value]) -> PyResult {
    for o in others(a) {
        algebra::difference_update(th, a[0].expect::<Set>(), *o)?;
    }
    Ok(Value::NONE)
}

/// `symmetric_difference_update`
pub(super) fn symmetric_difference_update(th: &Thread, a: &[Value]) -> PyResult {
    algebra::symmetric_difference_update(th, a[0].expect::<Set>(), a[1])?;
    Ok(Value::NONE)
}

/// `isdisjoint`
pub(super) fn is_disjoint(th: &Thread, a: &[Value]) -> PyResult {
    let s = a[0].expect::<Set>();
    if a[1].is(a[0]) {
        return Ok(Value::bool(s.map.is_empty()));
    }
    if let Some(o) = a[1].downcast::<Set>() {
        let (small, large) = if o.map.len() > s.map.len() {
            (s, o)
        } else {
            (o, s)
        };
        let Some(t) = small.map.table() else {
            return Ok(Value::TRUE);
        };
        let mut pos = 0;
        while let Some((next, k, _, hash)) = taipan_object::map::next_in(t, pos) {
            pos = next;
            if large.map.get(th, k, hash)?.is_some() {
                return Ok(Value::FALSE);
            }
        }
        return Ok(Value::TRUE);
    }
    let it = ops::iter(th, a[1])?;
    while let Some(x) = ops::next(th, it)? {
        if s.contains(th, x)? {
            return Ok(Value::FALSE);
        }
        th.poll()?;
    }
    Ok(Value::TRUE)
}

/// `issubset`
pub(super) fn is_subset(th: &Thread, a: &[Value]) -> PyResult {
    let s = a[0].expect::<Set>();
    let o = match a[1].downcast::<Set>() {
        Some(o) => o,
        None => algebra::intersection(th, a[0], a[1])?.expect::<Set>(),
    };
    if a[1].downcast::<Set>().is_none() {
        return Ok(Value::bool(o.map.len() == s.map.len()));
    }
    Ok(Value::bool(algebra::is_subset(th, s, o)?))
}

/// `issuperset`
pub(super) fn is_superset(th: &Thread, a: &[Value]) -> PyResult {
    let s = a[0].expect::<Set>();
    if let Some(o) = a[1].downcast::<Set>() {
        return Ok(Value::bool(algebra::is_subset(th, o, s)?));
    }
    let it = ops::iter(th, a[1])?;
    while let Some(x) = ops::next(th, it)? {
        if !s.contains(th, x)? {
            return Ok(Value::FALSE);
        }
        th.poll()?;
    }
    Ok(Value::TRUE)
}

/// `__reduce__`
pub(super) fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let items = to_list(th, a[0].expect::<Set>())?;
    let args = Value::tuple(th, &[items]);
    let state = state_of(th, a[0])?;
    Ok(Value::tuple(th, &[class_of(a[0]).value(), args, state]))
}

/// `__sizeof__`
pub(super) fn size_of(th: &Thread, a: &[Value]) -> PyResult {
    let ty = class_of(a[0]);
    let own = ty.basic_size.load(Ordering::Relaxed) + ty.root_shape.expect().extra_bytes();
    let map = &a[0].expect::<Set>().map;
    Ok(Value::usize(
        th,
        own + map.table().map_or(0, |t| t.byte_size()),
    ))
}
