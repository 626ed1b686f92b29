//! What lives, what dies, in young and full collections.

mod mock;

use mock::*;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use taipan_gc as gc;

/// Tests that count cells of the whole heap must not run beside each other.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> std::sync::MutexGuard<'static, ()> {
    ALONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[test]
fn what_the_stack_holds_lives() {
    let _alone = alone();
    let m = start();
    let root = tree(&m, 12, 1);
    for round in 0..6 {
        gc::collect(&m, round % 2 == 0);
        for _ in 0..20_000 {
            node(&m, NULL, NULL, 7);
        }
        assert_eq!(check_tree(root, 12, 1), (1 << 13) - 1);
    }
}

#[test]
fn garbage_is_freed_and_its_memory_used_again() {
    let _alone = alone();
    let m = start();
    // No collection of its own accord before the one that is looked at.
    gc::set_young_budget(64 << 20);
    apart(|| {
        for _ in 0..100 {
            tree(&m, 10, 1);
        }
    });
    let stats = gc::collect(&m, true);
    gc::set_young_budget(4 << 20);
    assert!(stats.freed_cells > 100 * 2000, "{stats:?}");
    let blocks = gc::counters().block_bytes;
    for _ in 0..20 {
        apart(|| (0..200_000).for_each(|i| waste(&m, i)));
        gc::collect(&m, false);
    }
    let after = gc::counters().block_bytes;
    assert!(after < blocks + (4 << 20), "{blocks} bytes grew to {after}");
}

#[test]
fn an_old_cell_keeps_the_young_ones_stored_into_it() {
    let _alone = alone();
    let m = start();
    let old = array(&m, 1000);
    gc::collect(&m, false);
    // SAFETY: a live cell.
    assert_ne!(unsafe { (*old).flags() } & gc::FLAG_OLD, 0);
    for round in 0..3 {
        apart(|| (0..1000).for_each(|i| set(old, i, node(&m, NULL, NULL, i + round))));
        // SAFETY: a live cell.
        assert_ne!(unsafe { (*old).flags() } & gc::FLAG_REMEMBERED, 0);
        gc::collect(&m, false);
        apart(|| (0..5000).for_each(|i| waste(&m, i)));
        gc::collect(&m, false);
        (0..1000).for_each(|i| assert_eq!(value(get(old, i)), i + round));
    }
}

#[test]
fn an_interior_pointer_keeps_its_cell() {
    let _alone = alone();
    let m = start();
    // Small, middling and large cells, held by a pointer into their last word only.
    for length in [1, 3, 100, 1500, 3000, 20_000, 100_000] {
        let (inside, guard) = apart(|| {
            let cell = array(&m, length);
            // SAFETY: the array's last item.
            let inside = unsafe { item(cell.cast(), length - 1) };
            set(cell, length - 1, node(&m, NULL, NULL, length));
            (inside, cell.addr() ^ usize::MAX)
        });
        gc::collect(&m, true);
        apart(|| {
            (0..1000).for_each(|i| {
                array(&m, length.min(100) + i % 2);
            })
        });
        gc::collect(&m, true);
        let cell = (guard ^ usize::MAX) as gc::Cell;
        // SAFETY: kept alive by `inside`.
        unsafe {
            assert_eq!((*cell).kind, ARRAY);
            assert_eq!(value(*inside), length);
        }
        assert_eq!(gc::find_cell(inside.addr()), Some(cell));
        std::hint::black_box(inside);
    }
}

#[test]
fn large_cells_come_zeroed_and_go() {
    let _alone = alone();
    let m = start();
    let before = gc::counters().block_bytes;
    for round in 0..50 {
        apart(|| {
            let size = 40_000 + round * 30_000;
            let cell = m.alloc(BYTES, size).unwrap();
            // SAFETY: within the new cell.
            let bytes =
                unsafe { std::slice::from_raw_parts_mut(cell.cast::<u8>().add(8), size - 8) };
            assert!(bytes.iter().all(|&byte| byte == 0));
            bytes.fill(0xAA);
        });
        gc::collect(&m, round % 5 == 0);
    }
    gc::collect(&m, true);
    let after = gc::counters().block_bytes;
    assert!(after < before + (8 << 20), "{before} bytes grew to {after}");
}

#[test]
fn drop_functions_run_once() {
    let _alone = alone();
    let m = start();
    gc::collect(&m, true);
    let before = DROPPED.load(Ordering::Relaxed);
    let keep = apart(|| {
        let keep = array(&m, 100);
        for i in 0..10_000 {
            let cell = owner(&m, i);
            if i % 100 == 0 {
                set(keep, i as usize / 100, cell);
            }
        }
        keep
    });
    gc::collect(&m, false);
    gc::collect(&m, true);
    let dropped = DROPPED.load(Ordering::Relaxed) - before;
    assert!((9_800..=9_900).contains(&dropped), "{dropped}");
    for i in 0..100 {
        // SAFETY: live owners.
        unsafe { assert_eq!(*(*get(keep, i).cast::<Owner>()).data, i as u64 * 100) };
    }
    apart(|| (0..100).for_each(|i| set(keep, i, NULL)));
    gc::collect(&m, true);
    gc::collect(&m, true);
    let dropped = DROPPED.load(Ordering::Relaxed) - before;
    assert!((9_990..=10_000).contains(&dropped), "{dropped}");
}

#[test]
fn the_heap_can_be_walked() {
    let _alone = alone();
    let m = start();
    let root = tree(&m, 9, 1);
    let mut nodes = 0;
    let mut found = false;
    gc::for_each_cell(&m, &mut |cell| {
        // SAFETY: a live cell.
        nodes += usize::from(unsafe { (*cell).kind } == NODE);
        found |= cell == root;
    });
    assert!(nodes >= 1023 && found);
    let mut children = Vec::new();
    gc::visit_children(root, &mut |child| children.push(value(child)));
    assert_eq!(children, [2, 3]);
}

#[test]
fn compressed_references_round_trip() {
    let m = start();
    assert_eq!(gc::compress(NULL), 0);
    assert!(gc::decompress(0).is_null());
    for size in [16, 24, 40, 56, 100, 5000, 50_000] {
        let cell = m.alloc_compressible(BYTES, size).unwrap();
        let reference = gc::compress(cell);
        assert_ne!(reference, 0);
        assert_eq!(gc::decompress(reference), cell);
    }
}

#[test]
fn no_memory_is_an_error_and_the_heap_goes_on() {
    let m = start();
    assert_eq!(m.alloc(BYTES, 1 << 50), Err(gc::OutOfMemory));
    assert_eq!(m.alloc(BYTES, usize::MAX - 100), Err(gc::OutOfMemory));
    assert_eq!(value(node(&m, NULL, NULL, 3)), 3);
}

#[test]
fn outside_bytes_bring_a_collection_forward() {
    let _alone = alone();
    let m = start();
    let before = gc::counters();
    for _ in 0..100 {
        owner(&m, 1);
        gc::add_outside_bytes(4 << 20);
        m.safepoint();
    }
    let after = gc::counters();
    gc::add_outside_bytes(-(400 << 20));
    assert!(after.young + after.full >= before.young + before.full + 10);
}

#[test]
fn automatic_collections_can_be_forbidden() {
    let _alone = alone();
    let m = start();
    gc::set_enabled(false);
    let before = gc::counters();
    apart(|| (0..2_000_000).for_each(|i| waste(&m, i)));
    let after = gc::counters();
    gc::set_enabled(true);
    assert_eq!(before.young + before.full, after.young + after.full);
    assert!(!gc::is_enabled() || gc::collect(&m, true).freed_cells > 1_000_000);
}

#[test]
fn marking_in_parallel_misses_nothing() {
    let _alone = alone();
    let m = start();
    // Enough old bytes for helpers to be called.
    let roots = array(&m, 40);
    for i in 0..40 {
        set(roots, i, tree(&m, 14, 1));
    }
    gc::collect(&m, true);
    for _ in 0..3 {
        gc::collect(&m, true);
        for i in 0..40 {
            assert_eq!(check_tree(get(roots, i), 14, 1), (1 << 15) - 1);
        }
        for i in (0..40).step_by(3) {
            set(roots, i, tree(&m, 14, 1));
        }
    }
}

#[test]
fn a_root_tracer_keeps_a_thread_s_cells() {
    let _alone = alone();
    let m = start();
    // Malloc memory, which only the tracer shows.
    let mut registers: Box<Vec<gc::Cell>> = Box::default();
    unsafe fn trace(data: *mut (), marker: &mut gc::Marker) {
        // SAFETY: the vector given to `set_root_tracer`.
        unsafe {
            (*data.cast::<Vec<gc::Cell>>())
                .iter()
                .for_each(|&cell| marker.mark(cell))
        };
    }
    m.set_root_tracer(trace, (&raw mut *registers).cast());
    apart(|| (0..5000).for_each(|i| registers.push(node(&m, NULL, NULL, i))));
    for full in [false, true, false] {
        gc::collect(&m, full);
        apart(|| (0..50_000).for_each(|i| waste(&m, i)));
        registers
            .iter()
            .enumerate()
            .for_each(|(i, &cell)| assert_eq!(value(cell), i));
    }
}
