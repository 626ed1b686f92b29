//! Set algebra: operators and in-place operations. Those of two sets are one step where the elements are plain.

use crate::dict::iterates_as_dict;
use crate::set::is_frozen;
use taipan_object::dict::{Dict, Set, element_hash};
use taipan_object::gc::{Header, many_threads};
use taipan_object::heap::Object;
use taipan_object::map::{Map, Retain};
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, class_of, is_exactly};
use taipan_object::{PyResult, Thread, Value, ops};

/// The map of a set, or of a dict that iterates its keys.
fn map_of<'a>(v: Value) -> Option<(&'a Map, &'a Header)> {
    if let Some(s) = v.downcast::<Set>() {
        return Some((&s.map, &s.header));
    }
    match v.downcast::<Dict>() {
        Some(d) if iterates_as_dict(v) => Some((&d.map, &d.header)),
        _ => None,
    }
}

/// Runs `f` on each key, with its hash, of a map that Python code may change meanwhile.
fn each_key(map: &Map, mut f: impl FnMut(Value, i64) -> PyResult<()>) -> PyResult<()> {
    // One table throughout: a position in another would mean another entry.
    let Some(t) = map.table() else { return Ok(()) };
    let mut pos = 0;
    while let Some((next, k, _, hash)) = taipan_object::map::next_in(t, pos) {
        pos = next;
        f(k, hash)?;
    }
    Ok(())
}

/// A copy of a set with the type `set` or `frozenset`, whichever the original's type comes from.
pub(super) fn plain_copy<'a>(th: &Thread, v: Value) -> PyResult<&'a Object<Set>> {
    let s = v.expect::<Set>();
    let map = s.map.copy(th, &s.header)?;
    Ok(of_kind(th, v, map))
}

/// A map as a set of the plain type that `like`'s type comes from.
fn of_kind<'a>(th: &Thread, like: Value, map: Map) -> &'a Object<Set> {
    let ty = if is_frozen(class_of(like)) {
        &types::FROZENSET
    } else {
        &types::SET
    };
    th.new_object(ty, Set::with(map))
}

/// `set(v)`, or `v` itself if it is a set of some kind.
pub fn to_set<'a>(th: &Thread, v: Value) -> PyResult<&'a Object<Set>> {
    if let Some(s) = v.downcast::<Set>() {
        return Ok(s);
    }
    let s = Set::new(th);
    update(th, s, v)?;
    Ok(s)
}

/// `s.update(other)`
pub fn update(th: &Thread, s: &Object<Set>, other: Value) -> PyResult<()> {
    if let Some(o) = other.downcast::<Set>() {
        if s.map.merge_plain(th, &s.header, &o.map, &o.header, false)? {
            return Ok(());
        }
        let copy = o.map.copy(th, &o.header)?;
        return each_key(&copy, |k, hash| {
            s.map.insert(th, &s.header, k, hash, Value::TRUE)?;
            Ok(())
        });
    }
    if let Some((map, owner)) = map_of(other) {
        let copy = map.copy(th, owner)?;
        return each_key(&copy, |k, hash| {
            s.map.insert(th, &s.header, k, hash, Value::TRUE)?;
            Ok(())
        });
    }
    ops::for_each(th, other, |x| {
        s.add(th, x)?;
        Ok(())
    })
}

/// `s.difference_update(other)`
pub fn difference_update(th: &Thread, s: &Object<Set>, other: Value) -> PyResult<()> {
    if other.is(s.value()) {
        s.map.clear(&s.header);
        return Ok(());
    }
    if let Some((map, owner)) = map_of(other) {
        if s.map
            .retain_plain(&s.header, map, owner, Retain::Missing)
            .is_ok()
        {
            return Ok(());
        }
        let copy = map.copy(th, owner)?;
        return each_key(&copy, |k, hash| {
            s.map.remove(th, &s.header, k, hash)?;
            Ok(())
        });
    }
    ops::for_each(th, other, |x| {
        s.discard(th, x)?;
        Ok(())
    })
}

/// `s.intersection_update(other)`
pub fn intersection_update(th: &Thread, s: &Object<Set>, other: Value) -> PyResult<()> {
    if other.is(s.value()) {
        return Ok(());
    }
    let collected;
    let (map, owner) = match map_of(other) {
        Some(m) => m,
        None => {
            let set = to_set(th, other)?;
            collected = set;
            (&collected.map, &collected.header)
        }
    };
    if s.map
        .retain_plain(&s.header, map, owner, Retain::Common)
        .is_ok()
    {
        return Ok(());
    }
    let copy = s.map.copy(th, &s.header)?;
    each_key(&copy, |k, hash| {
        if map.get(th, k, hash)?.is_none() {
            s.map.remove(th, &s.header, k, hash)?;
        }
        Ok(())
    })
}

/// `s.symmetric_difference_update(other)`
pub fn symmetric_difference_update(th: &Thread, s: &Object<Set>, other: Value) -> PyResult<()> {
    if other.is(s.value()) {
        s.map.clear(&s.header);
        return Ok(());
    }
    // Each element counts once, however often the iterable gives it.
    let (map, owner) = match map_of(other) {
        Some(m) => m,
        None => {
            let set = to_set(th, other)?;
            (&set.map, &set.header)
        }
    };
    if other.downcast::<Dict>().is_none() && s.map.symmetric_plain(th, &s.header, map, owner)? {
        return Ok(());
    }
    let copy = map.copy(th, owner)?;
    each_key(&copy, |k, hash| {
        if s.map.remove(th, &s.header, k, hash)?.is_none() {
            s.map.insert(th, &s.header, k, hash, Value::TRUE)?;
        }
        Ok(())
    })
}

/// Two sets as of one instant: copies, once another thread could change them.
fn both(th: &Thread, a: Value, b: Value) -> PyResult<(Value, Value)> {
    if !many_threads() || (is_frozen(class_of(a)) && is_frozen(class_of(b))) {
        return Ok((a, b));
    }
    let (x, y) = (a.expect::<Set>(), b.expect::<Set>());
    let (p, q) = Map::copy_two(th, (&x.map, &x.header), (&y.map, &y.header))?;
    Ok((of_kind(th, a, p).value(), of_kind(th, b, q).value()))
}

fn are_sets(a: Value, b: Value) -> bool {
    a.downcast::<Set>().is_some() && b.downcast::<Set>().is_some()
}

/// `a | b`
pub(super) fn or(th: &Thread, a: Value, b: Value) -> PyResult {
    if !are_sets(a, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = both(th, a, b)?;
    let out = plain_copy(th, a)?;
    update(th, out, b)?;
    Ok(out.value())
}

/// `a & b`
pub(super) fn and(th: &Thread, a: Value, b: Value) -> PyResult {
    if !are_sets(a, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = both(th, a, b)?;
    intersection(th, a, b)
}

/// `a - b`
pub(super) fn sub(th: &Thread, a: Value, b: Value) -> PyResult {
    if !are_sets(a, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = both(th, a, b)?;
    difference(th, a, b)
}

/// `a ^ b`
pub(super) fn xor(th: &Thread, a: Value, b: Value) -> PyResult {
    if !are_sets(a, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = both(th, a, b)?;
    let out = plain_copy(th, a)?;
    symmetric_difference_update(th, out, b)?;
    Ok(out.value())
}

/// A new set of what is in `a` and in the iterable `b`.
pub(super) fn intersection(th: &Thread, a: Value, b: Value) -> PyResult {
    let s = a.expect::<Set>();
    let out = of_kind(th, a, Map::new());
    if let Some(o) = b.downcast::<Set>() {
        let (small, large) = if o.map.len() > s.map.len() {
            (s, o)
        } else {
            (o, s)
        };
        each_key(&small.map, |k, hash| {
            if large.map.get(th, k, hash)?.is_some() {
                out.map.insert(th, &out.header, k, hash, Value::TRUE)?;
            }
            Ok(())
        })?;
        return Ok(out.value());
    }
    ops::for_each(th, b, |x| {
        let hash = element_hash(th, x)?;
        if s.map.get(th, x, hash)?.is_some() {
            out.map.insert(th, &out.header, x, hash, Value::TRUE)?;
        }
        Ok(())
    })?;
    Ok(out.value())
}

/// A new set of what is in `a` but not in the iterable `b`.
pub(super) fn difference(th: &Thread, a: Value, b: Value) -> PyResult {
    let s = a.expect::<Set>();
    let Some((map, _)) = map_of(b) else {
        let out = plain_copy(th, a)?;
        difference_update(th, out, b)?;
        return Ok(out.value());
    };
    if s.map.len() / 4 > map.len() {
        let out = plain_copy(th, a)?;
        difference_update(th, out, b)?;
        return Ok(out.value());
    }
    let out = of_kind(th, a, Map::new());
    each_key(&s.map, |k, hash| {
        if map.get(th, k, hash)?.is_none() {
            out.map.insert(th, &out.header, k, hash, Value::TRUE)?;
        }
        Ok(())
    })?;
    Ok(out.value())
}

fn in_place(
    th: &Thread,
    a: Value,
    b: Value,
    f: fn(&Thread, &Object<Set>, Value) -> PyResult<()>,
) -> PyResult {
    if b.downcast::<Set>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    f(th, a.expect::<Set>(), b)?;
    Ok(a)
}

/// `a |= b`
pub(super) fn ior(th: &Thread, a: Value, b: Value) -> PyResult {
    in_place(th, a, b, update)
}

/// `a &= b`
pub(super) fn iand(th: &Thread, a: Value, b: Value) -> PyResult {
    in_place(th, a, b, intersection_update)
}

/// `a -= b`
pub(super) fn isub(th: &Thread, a: Value, b: Value) -> PyResult {
    in_place(th, a, b, difference_update)
}

/// `a ^= b`
pub(super) fn ixor(th: &Thread, a: Value, b: Value) -> PyResult {
    in_place(th, a, b, symmetric_difference_update)
}

/// Whether all elements of `a` are in `b`.
pub(super) fn is_subset(th: &Thread, a: &Object<Set>, b: &Object<Set>) -> PyResult<bool> {
    if a.map.len() > b.map.len() {
        return Ok(false);
    }
    let Some(t) = a.map.table() else {
        return Ok(true);
    };
    let mut pos = 0;
    while let Some((next, k, _, hash)) = taipan_object::map::next_in(t, pos) {
        pos = next;
        if b.map.get(th, k, hash)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The six comparisons: equality and inclusion.
pub(super) fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !are_sets(a, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = both(th, a, b)?;
    let (x, y) = (a.expect::<Set>(), b.expect::<Set>());
    let (m, n) = (x.map.len(), y.map.len());
    let r = match op {
        CmpOp::Eq | CmpOp::Ne => {
            let differ = matches!((x.cached_hash(), y.cached_hash()), (Some(p), Some(q)) if p != q)
                && is_exactly(a, &types::FROZENSET)
                && is_exactly(b, &types::FROZENSET);
            let equal = !differ && m == n && is_subset(th, x, y)?;
            equal == (op == CmpOp::Eq)
        }
        CmpOp::Lt => m < n && is_subset(th, x, y)?,
        CmpOp::Le => m <= n && is_subset(th, x, y)?,
        CmpOp::Gt => m > n && is_subset(th, y, x)?,
        CmpOp::Ge => m >= n && is_subset(th, y, x)?,
    };
    Ok(Value::bool(r))
}
