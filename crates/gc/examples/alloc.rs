//! How fast the heap is: `cargo run --profile fast -p taipan-gc --example alloc`.
//!
//! Prints nanoseconds per allocation, collections included, for short-lived cells, for binary
//! trees, for a growing list, and what two threads gain over one; then what a thread costs.

use std::time::Instant;
use taipan_gc::{self as gc, Cell, KindInfo, Marker, Mutator};

const NODE: u8 = 10;
const ARRAY: u8 = 11;

/// A cell with two references.
#[repr(C)]
struct Node {
    header: gc::Header,
    left: Cell,
    right: Cell,
}

/// A cell with `length` references after its length.
#[repr(C)]
struct Array {
    header: gc::Header,
    length: usize,
}

unsafe fn trace_node(cell: Cell, marker: &mut Marker) {
    // SAFETY: registered for nodes.
    unsafe {
        let node = cell.cast::<Node>();
        marker.mark((*node).left);
        marker.mark((*node).right);
    }
}

unsafe fn trace_array(cell: Cell, marker: &mut Marker) {
    // SAFETY: registered for arrays.
    unsafe {
        let array = cell.cast::<Array>();
        let items = array.add(1).cast::<Cell>();
        for index in 0..(*array).length {
            marker.mark(*items.add(index));
        }
    }
}

fn node(m: &Mutator, left: Cell, right: Cell) -> Cell {
    let cell = m.alloc(NODE, size_of::<Node>()).expect("memory");
    // SAFETY: a new node.
    unsafe {
        (*cell.cast::<Node>()).left = left;
        (*cell.cast::<Node>()).right = right;
    }
    cell
}

fn tree(m: &Mutator, depth: u32) -> Cell {
    if depth == 0 {
        return node(m, std::ptr::null_mut(), std::ptr::null_mut());
    }
    let left = tree(m, depth - 1);
    let right = tree(m, depth - 1);
    node(m, left, right)
}

fn count(m: &Mutator, cell: Cell) -> usize {
    m.safepoint();
    if cell.is_null() {
        return 0;
    }
    // SAFETY: a node.
    unsafe { 1 + count(m, (*cell.cast::<Node>()).left) + count(m, (*cell.cast::<Node>()).right) }
}

fn garbage(m: &Mutator, n: usize) {
    let mut last = std::ptr::null_mut();
    for _ in 0..n {
        last = node(m, std::ptr::null_mut(), std::ptr::null_mut());
        std::hint::black_box(last);
    }
    std::hint::black_box(last);
}

fn trees(m: &Mutator, rounds: usize) -> usize {
    let long = tree(m, 18);
    let mut nodes = count(m, long);
    for _ in 0..rounds {
        nodes += count(m, tree(m, 14));
    }
    nodes + count(m, long)
}

fn growing(m: &Mutator, n: usize) {
    let size = 16 + n * 8;
    let array = m.alloc(ARRAY, size).expect("memory");
    for index in 0..n {
        let item = node(m, std::ptr::null_mut(), std::ptr::null_mut());
        // SAFETY: within the array.
        unsafe {
            let array = array.cast::<Array>();
            *array.add(1).cast::<Cell>().add(index) = item;
            (*array).length = index + 1;
        }
        gc::write_barrier(array);
    }
    std::hint::black_box(array);
}

fn timed(name: &str, operations: usize, f: impl FnOnce()) -> f64 {
    let before = gc::counters();
    let start = Instant::now();
    f();
    let elapsed = start.elapsed();
    let after = gc::counters();
    let nanos = elapsed.as_nanos() as f64 / operations as f64;
    println!(
        "{name:28} {nanos:7.2} ns/op  {:4} young {:3} full  paused {:6.1} ms, at most {:5.2} ms",
        after.young - before.young,
        after.full - before.full,
        (after.pause - before.pause).as_secs_f64() * 1e3,
        after.longest_pause.as_secs_f64() * 1e3,
    );
    nanos
}

fn main() {
    gc::register_kind(
        NODE,
        KindInfo {
            name: "node",
            trace: Some(trace_node),
            drop: None,
        },
    );
    gc::register_kind(
        ARRAY,
        KindInfo {
            name: "array",
            trace: Some(trace_array),
            drop: None,
        },
    );
    let m = Mutator::attach().expect("attach");
    timed("first 1M garbage", 1_000_000, || garbage(&m, 1_000_000));
    timed("garbage", 50_000_000, || garbage(&m, 50_000_000));
    let rounds = 400;
    timed("trees", rounds << 15, || {
        std::hint::black_box(trees(&m, rounds));
    });
    timed("growing list", 5_000_000, || growing(&m, 5_000_000));
    timed("full collections", 10, || {
        let long = tree(&m, 20);
        for _ in 0..10 {
            gc::collect(&m, true);
        }
        std::hint::black_box(count(&m, long));
    });
    timed("full, scattered", 10, || {
        let n = 1 << 20;
        let array = m.alloc(ARRAY, 16 + n * 8).expect("memory").cast::<Array>();
        // SAFETY: within the array.
        let items = unsafe { std::slice::from_raw_parts_mut(array.add(1).cast::<Cell>(), n) };
        for (index, item) in items.iter_mut().enumerate() {
            *item = node(&m, std::ptr::null_mut(), std::ptr::null_mut());
            // SAFETY: as above.
            unsafe { (*array).length = index + 1 };
            gc::write_barrier(array.cast());
        }
        let mut random = 1u64;
        for index in (1..n).rev() {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            items.swap(index, (random >> 33) as usize % (index + 1));
        }
        for _ in 0..10 {
            gc::collect(&m, true);
        }
        std::hint::black_box(array);
    });
    for (name, work) in [
        ("garbage", garbage as fn(&Mutator, usize)),
        ("trees", |m, n| {
            std::hint::black_box(trees(m, n >> 15));
        }),
    ] {
        let n = 20_000_000;
        let one = timed(&format!("{name}, one thread"), n, || work(&m, n));
        let two = timed(&format!("{name}, two threads"), 2 * n, || {
            std::thread::scope(|scope| {
                let other = scope.spawn(|| {
                    let m = Mutator::attach().expect("attach");
                    work(&m, n);
                    m.detach();
                });
                work(&m, n);
                m.blocking(|| other.join().expect("join"));
            });
        });
        println!(
            "{name}: two threads do {:.2} times the work of one",
            one / two
        );
    }
    m.detach();
    timed("attach, detach", 100_000, || {
        (0..100_000).for_each(|_| Mutator::attach().expect("attach").detach());
    });
    let m = Mutator::attach().expect("attach");
    timed("thread start, join, bare", 2000, || {
        for _ in 0..2000 {
            m.blocking(|| std::thread::spawn(|| ()).join())
                .expect("join");
        }
    });
    timed("thread start, attached, join", 2000, || {
        for _ in 0..2000 {
            let thread = std::thread::spawn(|| {
                let m = Mutator::attach().expect("attach");
                garbage(&m, 1);
                m.detach();
            });
            m.blocking(|| thread.join()).expect("join");
        }
    });
    timed("blocking region", 10_000_000, || {
        (0..10_000_000).for_each(|i| {
            std::hint::black_box(m.blocking(|| std::hint::black_box(i)));
        });
    });
    m.detach();
}
