//! `_heapq`: a list as a heap, smallest or largest item first.
//!
//! Comparisons may run Python code that changes the list: each access looks at the list as it is then.

use taipan_object::native::{Method, ModuleSpec};
use taipan_object::seq::List;
use taipan_object::slots::CmpOp;
use taipan_object::types::class_of;
use taipan_object::{Object, PyResult, Raised, Thread, Value, ops};

/// `_heapq`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_heapq",
    doc: "Heap queue algorithm (a.k.a. priority queue).",
    functions: &[
        Method::new("heappush", "(heap, item, /)", |th, a| push(th, "heappush", a, false))
            .doc("Push item onto heap, maintaining the heap invariant."),
        Method::new("heappushpop", "(heap, item, /)", |th, a| push_pop(th, "heappushpop", a, false))
            .doc("Push item on the heap, then pop and return the smallest item from the heap.\n\nThe combined action runs more efficiently than heappush() followed by\na separate call to heappop()."),
        Method::new("heappop", "(heap, /)", |th, a| pop(th, "heappop", a, false))
            .doc("Pop the smallest item off the heap, maintaining the heap invariant."),
        Method::new("heapreplace", "(heap, item, /)", |th, a| replace(th, "heapreplace", a, false))
            .doc("Pop and return the current smallest value, and add the new item."),
        Method::new("heapify", "(heap, /)", |th, a| heapify(th, "heapify", a, false))
            .doc("Transform list into a heap, in-place, in O(len(heap)) time."),
        Method::new("heappush_max", "(heap, item, /)", |th, a| push(th, "heappush_max", a, true))
            .doc("Push item onto max heap, maintaining the heap invariant."),
        Method::new("heappushpop_max", "(heap, item, /)", |th, a| push_pop(th, "heappushpop_max", a, true))
            .doc("Maxheap variant of heappushpop.\n\nThe combined action runs more efficiently than heappush_max() followed by\na separate call to heappop_max()."),
        Method::new("heappop_max", "(heap, /)", |th, a| pop(th, "heappop_max", a, true))
            .doc("Maxheap variant of heappop."),
        Method::new("heapreplace_max", "(heap, item, /)", |th, a| replace(th, "heapreplace_max", a, true))
            .doc("Maxheap variant of heapreplace."),
        Method::new("heapify_max", "(heap, /)", |th, a| heapify(th, "heapify_max", a, true))
            .doc("Maxheap variant of heapify."),
    ],
    types: &[],
    init: |_, _| Ok(()),
};

type Heap<'a> = &'a Object<List>;

fn heap_of<'a>(th: &Thread, name: &str, v: Value) -> PyResult<Heap<'a>> {
    match v.as_list() {
        Some(l) => Ok(l),
        None => Err(th.type_error(format!(
            "{name}() argument must be list, not {}",
            class_of(v).tp_name()
        ))),
    }
}

fn heap_arg<'a>(th: &Thread, name: &str, a: &[Value]) -> PyResult<Heap<'a>> {
    if a.len() == 1 {
        return heap_of(th, name, a[0]);
    }
    match a[0].as_list() {
        Some(l) => Ok(l),
        None => Err(th.type_error(format!(
            "{name}() argument 1 must be list, not {}",
            class_of(a[0]).tp_name()
        ))),
    }
}

/// Whether `a` belongs nearer to the root than `b`.
fn before(th: &Thread, a: Value, b: Value, max: bool) -> PyResult<bool> {
    let (a, b) = if max { (b, a) } else { (a, b) };
    if Value::both_small_int(a, b) {
        return Ok(a.small_int_unchecked() < b.small_int_unchecked());
    }
    ops::truth(th, ops::compare(th, a, b, CmpOp::Lt)?)
}

#[cold]
fn changed(th: &Thread) -> Raised {
    th.runtime_error("list changed size during iteration")
}

fn get(th: &Thread, heap: Heap, i: usize) -> PyResult {
    heap.get(i).ok_or_else(|| changed(th))
}

fn set(th: &Thread, heap: Heap, i: usize, v: Value) -> PyResult<()> {
    if heap.set(i, v) {
        Ok(())
    } else {
        Err(changed(th))
    }
}

/// Moves the item at `at` towards the root as far as it belongs, but not above `top`.
fn sift_up(th: &Thread, heap: Heap, top: usize, mut at: usize, max: bool) -> PyResult<()> {
    let n = heap.len();
    if at >= n {
        return Err(th.index_error("index out of range"));
    }
    while at > top {
        let parent = (at - 1) / 2;
        let (item, p) = (get(th, heap, at)?, get(th, heap, parent)?);
        let moves = before(th, item, p, max)?;
        if heap.len() != n {
            return Err(changed(th));
        }
        if !moves {
            break;
        }
        // Read again: comparing may have stored others.
        let (item, p) = (get(th, heap, at)?, get(th, heap, parent)?);
        set(th, heap, parent, item)?;
        set(th, heap, at, p)?;
        at = parent;
    }
    Ok(())
}

/// Moves the item at `at` down to a leaf along the children that come first, then up to where it belongs.
fn sift_down(th: &Thread, heap: Heap, at: usize, max: bool) -> PyResult<()> {
    let n = heap.len();
    let top = at;
    let mut at = at;
    if at >= n {
        return Err(th.index_error("index out of range"));
    }
    while at < n / 2 {
        let mut child = 2 * at + 1;
        if child + 1 < n {
            let (a, b) = (get(th, heap, child)?, get(th, heap, child + 1)?);
            if !before(th, a, b, max)? {
                child += 1;
            }
            if heap.len() != n {
                return Err(changed(th));
            }
        }
        let (c, x) = (get(th, heap, child)?, get(th, heap, at)?);
        set(th, heap, at, c)?;
        set(th, heap, child, x)?;
        at = child;
    }
    sift_up(th, heap, top, at, max)
}

fn push(th: &Thread, name: &str, a: &[Value], max: bool) -> PyResult {
    let heap = heap_arg(th, name, a)?;
    heap.append(th, a[1])?;
    sift_up(th, heap, 0, heap.len().saturating_sub(1), max)?;
    Ok(Value::NONE)
}

fn pop(th: &Thread, name: &str, a: &[Value], max: bool) -> PyResult {
    let heap = heap_arg(th, name, a)?;
    let Some(last) = heap.pop_last() else {
        return Err(th.index_error("index out of range"));
    };
    let Some(first) = heap.get(0) else {
        return Ok(last);
    };
    heap.set(0, last);
    sift_down(th, heap, 0, max)?;
    Ok(first)
}

fn replace(th: &Thread, name: &str, a: &[Value], max: bool) -> PyResult {
    let heap = heap_arg(th, name, a)?;
    let Some(first) = heap.get(0) else {
        return Err(th.index_error("index out of range"));
    };
    heap.set(0, a[1]);
    sift_down(th, heap, 0, max)?;
    Ok(first)
}

fn push_pop(th: &Thread, name: &str, a: &[Value], max: bool) -> PyResult {
    let heap = heap_arg(th, name, a)?;
    let Some(first) = heap.get(0) else {
        return Ok(a[1]);
    };
    if !before(th, first, a[1], max)? {
        return Ok(a[1]);
    }
    let Some(first) = heap.get(0) else {
        return Err(th.index_error("index out of range"));
    };
    heap.set(0, a[1]);
    sift_down(th, heap, 0, max)?;
    Ok(first)
}

fn heapify(th: &Thread, name: &str, a: &[Value], max: bool) -> PyResult {
    let heap = heap_arg(th, name, a)?;
    for i in (0..heap.len() / 2).rev() {
        sift_down(th, heap, i, max)?;
        th.poll()?;
    }
    Ok(Value::NONE)
}
