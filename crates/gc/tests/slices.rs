//! Full collections in slices: stress mode makes them small.

mod mock;

use mock::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use taipan_gc as gc;

/// Stress mode is the process's, so these tests run one after another.
static ALONE: Mutex<()> = Mutex::new(());

/// A program that moves references about while the marking is half done loses nothing, and what it drops goes.
#[test]
fn references_that_move_between_slices_are_found() {
    let _alone = ALONE.lock();
    let m = start();
    let before = gc::counters();
    const SLOTS: usize = 400;
    let left = array(&m, SLOTS);
    let right = array(&m, SLOTS);
    for i in 0..SLOTS {
        set(left, i, tree(&m, 6, i));
    }
    gc::set_stress(&m, 50);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let m = start();
            let mut n = 0;
            while !stop.load(Ordering::Relaxed) {
                check_tree(tree(&m, 4, n), 4, n);
                n += 1;
            }
        });
        for round in 0..20 {
            for i in 0..SLOTS {
                let at = (i * 7 + round) % SLOTS;
                let (from, to) = if round % 2 == 0 {
                    (left, right)
                } else {
                    (right, left)
                };
                // The only reference goes from one old array to the other, to where the marker may have been already.
                let moved = get(from, at);
                set(from, at, NULL);
                set(to, at, moved);
                waste(&m, i);
            }
        }
        stop.store(true, Ordering::Relaxed);
        m.blocking(|| other.join()).unwrap();
    });
    gc::set_stress(&m, 0);
    for i in 0..SLOTS {
        assert_eq!(check_tree(get(left, i), 6, i), 127);
    }
    assert!(gc::counters().full > before.full + 3);
    (0..SLOTS).for_each(|i| set(left, i, NULL));
    let stats = gc::collect(&m, true);
    assert!(stats.freed_cells > SLOTS * 100, "{stats:?}");
}

/// Whoever collects in the middle gets a whole collection.
#[test]
fn a_collection_in_the_middle_is_whole() {
    let _alone = ALONE.lock();
    let m = start();
    let keep = array(&m, 100);
    for i in 0..100 {
        set(keep, i, tree(&m, 8, i));
    }
    gc::set_stress(&m, 400);
    for i in 0..100 {
        waste(&m, i);
        set(keep, i, NULL);
        if i % 10 == 9 {
            let stats = gc::collect(&m, true);
            assert!(stats.full && stats.freed_cells > 10 * 400, "{i}: {stats:?}");
        }
    }
    gc::set_stress(&m, 0);
}
