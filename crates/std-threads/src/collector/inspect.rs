//! Looking at the heap: objects, and who refers to whom.
//!
//! What Python calls an object may be several cells: a list and its items' array, an instance and its dictionary's
//! table. Cells without a type of their own count as parts of the objects that refer to them.

use std::collections::HashSet;
use taipan_object::attr::Shape;
use taipan_object::heap::{Array, Kind, Object, Payload, ValueVec};
use taipan_object::numbers::{BigInt, Complex, Float};
use taipan_object::seq::List;
use taipan_object::strings::{Bytes, Str};
use taipan_object::types::{self, Type, class_of, flags};
use taipan_object::{PyResult, Thread, Value, attr, gc, ops};

/// Whether a cell is a Python object, not a part of one.
fn is_object(cell: gc::Cell) -> bool {
    let v = Value::from_cell(cell.cast_const());
    let Some(h) = v.header() else { return false };
    let shape = h.shape.load(std::sync::atomic::Ordering::Acquire);
    shape != 0 && v.kind() != Shape::kind()
}

/// `gc.is_tracked(v)`: whether the object may be part of a cycle.
pub(super) fn is_tracked(v: Value) -> bool {
    if !v.is_cell() {
        return false;
    }
    let t = class_of(v);
    if t.is_heap() {
        return true;
    }
    let atoms: [Kind; 6] = [
        BigInt::kind(),
        Float::kind(),
        Complex::kind(),
        Str::kind(),
        Bytes::kind(),
        taipan_object::bytearray::ByteArray::kind(),
    ];
    if atoms.contains(&v.kind()) || t.is(&types::OBJECT) {
        return false;
    }
    match v.downcast::<Type>() {
        Some(c) => c.is_heap(),
        None => v.as_tuple().is_none_or(|items| !items.is_empty()),
    }
}

/// `gc.is_finalized(v)`: whether its finaliser has been run, or is about to be.
pub(super) fn is_finalized(v: Value) -> bool {
    match v.header() {
        Some(h) => class_of(v).has_flag(flags::HAS_DEL) && h.flags() & gc::FLAG_FINALIZABLE == 0,
        None => false,
    }
}

/// A list of the objects that `wanted` accepts. It is asked with the world stopped. If they are to be `reachable`, the
/// others are collected in the same stop: they would be brought back, and with them what they hold, more each time.
fn gather(th: &Thread, reachable: bool, wanted: &mut dyn FnMut(Value) -> bool) -> PyResult {
    let mut room = 1024;
    loop {
        let array = Object::<Array>::try_new(th, room)?;
        let mut n = 0;
        let mut one = |cell: gc::Cell| {
            let me = Value::from_cell(array);
            let v = Value::from_cell(cell.cast_const());
            if is_object(cell) && !v.is(me) && wanted(v) {
                if let Some(f) = array.fields().get(n) {
                    f.set(&array.header, v);
                }
                n += 1;
            }
        };
        if reachable {
            gc::for_each_live_cell(th.mutator, &mut one);
        } else {
            gc::for_each_cell(th.mutator, &mut one);
        }
        if n <= room {
            array.set_len(n);
            return Ok(List::from_array(th, Some(array)));
        }
        room = n + n / 4 + 4096;
    }
}

/// `gc.get_objects(generation=None)`. Without a generation, only what is reachable.
pub(super) fn get_objects(th: &Thread, a: &[Value]) -> PyResult {
    let asked = a[0].present().filter(|v| !v.is_none());
    th.audit("gc.get_objects", &[asked.unwrap_or(Value::small_int(-1))])?;
    let generation = match asked {
        None => None,
        Some(v) => {
            let n = ops::index_i64(th, v)?;
            if n >= 3 {
                return Err(th.value_error(
                    "generation parameter must be less than the number of available generations (3)",
                ));
            }
            if n < 0 {
                return Err(th.value_error("generation parameter cannot be negative"));
            }
            Some(n)
        }
    };
    gather(th, generation.is_none(), &mut |v| {
        let old = v.header().is_some_and(|h| h.flags() & gc::FLAG_OLD != 0);
        is_tracked(v)
            && match generation {
                None => true,
                Some(0) => !old,
                Some(1) => false,
                Some(_) => old,
            }
    })
}

/// Calls `f` with each object that an object refers to, its parts' references included. Runs no Python code and
/// allocates no cell.
fn visit(v: Value, f: &mut dyn FnMut(Value)) {
    let Some(cell) = v.cell() else { return };
    let mut parts = vec![cell];
    let mut seen = HashSet::from([cell]);
    while let Some(part) = parts.pop() {
        let mut more = Vec::new();
        gc::visit_children(part, &mut |child| {
            let c = Value::from_cell(child.cast_const());
            if is_object(child) {
                f(c);
            } else if c.kind() != Shape::kind() && seen.insert(child) {
                more.push(child);
            }
        });
        parts.append(&mut more);
    }
}

/// `gc.get_referrers(*objs)`
pub(super) fn get_referrers(th: &Thread, a: &[Value]) -> PyResult {
    let wanted = a[0].as_tuple().unwrap_or(&[]);
    th.audit("gc.get_referrers", &[a[0]])?;
    gather(th, true, &mut |v| {
        if v.is(a[0]) || !is_tracked(v) {
            return false;
        }
        let mut found = false;
        visit(v, &mut |x| found |= wanted.iter().any(|w| w.is(x)));
        found || (class_of(v).is_heap() && wanted.iter().any(|w| w.is(class_of(v).value())))
    })
}

/// `gc.get_referents(*objs)`
pub(super) fn get_referents(th: &Thread, a: &[Value]) -> PyResult {
    th.audit("gc.get_referents", &[a[0]])?;
    let mut out = ValueVec::new();
    for v in a[0].as_tuple().unwrap_or(&[]) {
        if !is_tracked(*v) {
            continue;
        }
        if class_of(*v).is_heap() {
            out.push(th, class_of(*v).value())?;
        }
        // Numbers without a cell are known by the containers alone.
        if let Some(items) = v.as_tuple() {
            out.extend_from_slice(th, items)?;
        } else if let Some(list) = v.as_list() {
            out.extend_from_slice(th, &list.snapshot(th)?)?;
        } else if let Some(map) = v.as_dict().map(|d| &d.map).or(v.as_set().map(|s| &s.map)) {
            let is_dict = v.as_dict().is_some();
            let mut at = 0;
            while let Some((next, k, x, _)) = map.next_entry(at) {
                at = next;
                out.push(th, k)?;
                if is_dict {
                    out.push(th, x)?;
                }
            }
        } else {
            let mut room = 16;
            loop {
                let found = Object::<Array>::try_new(th, room)?;
                let mut n = 0;
                gc::stop_world(th.mutator, || {
                    visit(*v, &mut |x| {
                        if let Some(f) = found.fields().get(n) {
                            f.set(&found.header, x);
                        }
                        n += 1;
                    });
                });
                if n > room {
                    room = n + 16;
                    continue;
                }
                found.set_len(n);
                out.extend_from_slice(th, found.values())?;
                break;
            }
            continue;
        }
        if class_of(*v).is_heap() && attr::has_dict(*v) {
            out.push(th, attr::to_dict(th, *v)?.value())?;
        }
    }
    Ok(List::from_vec(th, out))
}
