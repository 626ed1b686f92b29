//! `_heapq`: a list as a heap, smallest or largest item first.
//!
//! Where all comparisons are native, each function is one step for other threads. Others may run Python code that
//! changes the list: each access looks at the list as it is then.

use taipan_containers::list::sort::less_natively;
use taipan_object::heap::Array;
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
    if let Some(r) = less_natively(a, b) {
        return Ok(r);
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

/// What is left of a move where the next comparison is Python's.
enum Rest {
    /// The item at this place goes down.
    Down(usize),
    /// The item at this place goes up.
    Up(usize),
}

/// [`before`], where no Python code has a say.
fn natively_before(a: Value, b: Value, max: bool) -> Option<bool> {
    let (a, b) = if max { (b, a) } else { (a, b) };
    less_natively(a, b)
}

fn swap(heap: &Object<Array>, i: usize, j: usize) {
    let fields = heap.fields();
    let (a, b) = (fields[i].get(), fields[j].get());
    fields[i].set(&heap.header, b);
    fields[j].set(&heap.header, a);
}

/// As [`sift_up`], under the list's lock and as far as comparisons are native.
fn up_natively(heap: &Object<Array>, top: usize, mut at: usize, max: bool) -> Option<Rest> {
    let fields = heap.fields();
    while at > top {
        let parent = (at - 1) / 2;
        match natively_before(fields[at].get(), fields[parent].get(), max) {
            Some(true) => swap(heap, at, parent),
            Some(false) => return None,
            None => return Some(Rest::Up(at)),
        }
        at = parent;
    }
    None
}

/// As [`sift_down`], under the list's lock and as far as comparisons are native.
fn down_natively(heap: &Object<Array>, top: usize, mut at: usize, max: bool) -> Option<Rest> {
    let fields = heap.fields();
    let n = heap.len();
    while at < n / 2 {
        let mut child = 2 * at + 1;
        if child + 1 < n {
            match natively_before(fields[child].get(), fields[child + 1].get(), max) {
                Some(true) => {}
                Some(false) => child += 1,
                None => return Some(Rest::Down(at)),
            }
        }
        swap(heap, at, child);
        at = child;
    }
    up_natively(heap, top, at, max)
}

/// Goes on without the lock, with comparisons of any kind.
fn go_on(th: &Thread, heap: Heap, top: usize, rest: Option<Rest>, max: bool) -> PyResult<()> {
    match rest {
        None => Ok(()),
        Some(Rest::Up(at)) => sift_up(th, heap, top, at, max),
        Some(Rest::Down(at)) => sift_down(th, heap, top, at, max),
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

/// Moves the item at `at` down to a leaf along the children that come first, then up to where it belongs, but not
/// above `top`.
fn sift_down(th: &Thread, heap: Heap, top: usize, mut at: usize, max: bool) -> PyResult<()> {
    let n = heap.len();
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
    loop {
        let pushed = heap.with_lock(|array| {
            let array = array?;
            let n = array.len();
            array.fields()[..array.capacity()]
                .get(n)?
                .set(&array.header, a[1]);
            array.set_len(n + 1);
            Some(up_natively(array, 0, n, max))
        });
        match pushed {
            Some(rest) => {
                go_on(th, heap, 0, rest, max)?;
                return Ok(Value::NONE);
            }
            None => heap.reserve(th, 1)?,
        }
    }
}

fn pop(th: &Thread, name: &str, a: &[Value], max: bool) -> PyResult {
    let heap = heap_arg(th, name, a)?;
    let popped = heap.with_lock(|array| {
        let array = array?;
        let fields = array.fields();
        let n = array.len().checked_sub(1)?;
        let last = fields[n].get();
        array.set_len(n);
        fields[n].set(&array.header, Value::ABSENT);
        if n == 0 {
            return Some((last, None));
        }
        let first = fields[0].get();
        fields[0].set(&array.header, last);
        Some((first, down_natively(array, 0, 0, max)))
    });
    let Some((first, rest)) = popped else {
        return Err(th.index_error("index out of range"));
    };
    go_on(th, heap, 0, rest, max)?;
    Ok(first)
}

/// Puts an item in the place of the first.
fn replace_first(th: &Thread, heap: Heap, item: Value, max: bool) -> PyResult {
    let replaced = heap.with_lock(|array| {
        let array = array.filter(|array| !array.is_empty())?;
        let fields = array.fields();
        let first = fields[0].get();
        fields[0].set(&array.header, item);
        Some((first, down_natively(array, 0, 0, max)))
    });
    let Some((first, rest)) = replaced else {
        return Err(th.index_error("index out of range"));
    };
    go_on(th, heap, 0, rest, max)?;
    Ok(first)
}

fn replace(th: &Thread, name: &str, a: &[Value], max: bool) -> PyResult {
    let heap = heap_arg(th, name, a)?;
    replace_first(th, heap, a[1], max)
}

fn push_pop(th: &Thread, name: &str, a: &[Value], max: bool) -> PyResult {
    let heap = heap_arg(th, name, a)?;
    let item = a[1];
    // The comparison and what follows are one step, where it is native.
    let done = heap.with_lock(|array| {
        let Some(array) = array.filter(|array| !array.is_empty()) else {
            return Some((item, None));
        };
        let fields = array.fields();
        let first = fields[0].get();
        if !natively_before(first, item, max)? {
            return Some((item, None));
        }
        fields[0].set(&array.header, item);
        Some((first, down_natively(array, 0, 0, max)))
    });
    if let Some((out, rest)) = done {
        go_on(th, heap, 0, rest, max)?;
        return Ok(out);
    }
    let Some(first) = heap.get(0) else {
        return Ok(item);
    };
    if !before(th, first, item, max)? {
        return Ok(item);
    }
    replace_first(th, heap, item, max)
}

fn heapify(th: &Thread, name: &str, a: &[Value], max: bool) -> PyResult {
    let heap = heap_arg(th, name, a)?;
    for i in (0..heap.len() / 2).rev() {
        // Each move is a step of its own: two threads that make a heap of one list move no item out of order.
        let rest = heap.with_lock(|array| match array {
            Some(array) if i < array.len() => down_natively(array, i, i, max),
            _ => Some(Rest::Down(i)),
        });
        go_on(th, heap, i, rest, max)?;
        th.poll()?;
    }
    Ok(Value::NONE)
}
