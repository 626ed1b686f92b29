//! Weak references and finalisers.

mod mock;

use mock::*;
use std::sync::Mutex;
use taipan_gc as gc;

/// The queues are the process's, so these tests run one after another.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> std::sync::MutexGuard<'static, ()> {
    ALONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

const N: usize = 1000;

/// Nearly all: a stale word on the stack may keep one or two alive.
fn nearly_all(count: usize) -> bool {
    count > N * 98 / 100
}

#[test]
fn a_weak_reference_dies_with_its_target() {
    let _alone = alone();
    let m = start();
    for full in [false, true] {
        for aged in [false, true] {
            let weaks = array(&m, N);
            let strong = array(&m, N);
            apart(|| {
                for i in 0..N {
                    let target = node(&m, NULL, NULL, i);
                    set(strong, i, target);
                    set(weaks, i, weak(&m, target, false, i));
                }
            });
            gc::collect(&m, full && aged);
            (0..N).for_each(|i| assert_eq!(target(get(weaks, i)), get(strong, i).addr()));
            apart(|| (0..N).for_each(|i| set(strong, i, NULL)));
            gc::collect(&m, false);
            if !full {
                // They were old: a young collection keeps them.
                (0..N).for_each(|i| assert_ne!(target(get(weaks, i)), 0));
            }
            gc::collect(&m, true);
            assert!(nearly_all(
                (0..N).filter(|&i| target(get(weaks, i)) == 0).count()
            ));
        }
    }
}

#[test]
fn a_young_weak_reference_dies_young() {
    let _alone = alone();
    let m = start();
    let weaks = array(&m, N);
    apart(|| {
        for i in 0..N {
            let target = node(&m, NULL, NULL, i);
            set(weaks, i, weak(&m, target, false, i));
        }
    });
    gc::collect(&m, false);
    assert!(nearly_all(
        (0..N).filter(|&i| target(get(weaks, i)) == 0).count()
    ));
}

#[test]
fn callbacks_are_queued_for_living_weak_cells_only() {
    let _alone = alone();
    let m = start();
    gc::collect(&m, true);
    gc::take_pending_weak_callbacks(|_| {});
    let weaks = array(&m, N);
    apart(|| {
        for i in 0..N {
            let target = node(&m, NULL, NULL, i);
            let weak = weak(&m, target, true, i);
            if i % 2 == 0 {
                set(weaks, i, weak);
            }
        }
    });
    gc::collect(&m, true);
    assert!(gc::has_pending());
    assert_ne!(m.poll_bits() & gc::POLL_PENDING, 0);
    m.clear_poll(gc::POLL_PENDING);
    let mut tags = Vec::new();
    gc::take_pending_weak_callbacks(|weak| {
        assert_eq!(target(weak), 0);
        // SAFETY: a live weak cell.
        tags.push(unsafe { (*weak.cast::<Weak>()).tag });
        // What is popped is kept by the stack alone.
        gc::collect(&m, true);
        // SAFETY: as above.
        assert_eq!(unsafe { (*weak).kind }, WEAK);
    });
    let odd = tags.iter().filter(|&tag| tag % 2 == 1).count();
    assert!(
        odd < 10 && tags.len() - odd > N / 2 - 10,
        "{odd} of {}",
        tags.len()
    );
    assert!(!gc::has_pending());
}

#[test]
fn a_finaliser_runs_once_and_sees_what_it_reaches() {
    let _alone = alone();
    let m = start();
    gc::collect(&m, true);
    gc::take_pending_finalizers(|_| {});
    let weaks = array(&m, N);
    apart(|| {
        for i in 0..N {
            let inner = tree(&m, 3, 1);
            let cell = node(&m, inner, NULL, i);
            gc::register_finalizable(cell);
            gc::register_finalizable(cell);
            set(weaks, i, weak(&m, cell, false, i));
        }
    });
    gc::collect(&m, false);
    // The weak references were cleared before the resurrection.
    assert!(nearly_all(
        (0..N).filter(|&i| target(get(weaks, i)) == 0).count()
    ));
    // The queue keeps them.
    gc::collect(&m, true);
    let mut seen = vec![0; N];
    apart(|| {
        gc::take_pending_finalizers(|cell| {
            seen[value(cell)] += 1;
            // SAFETY: a live node.
            check_tree(unsafe { (*cell.cast::<Node>()).left }, 3, 1);
        });
    });
    assert!(seen.iter().all(|&times| times <= 1));
    assert!(nearly_all(seen.iter().sum()));
    gc::collect(&m, true);
    gc::take_pending_finalizers(|cell| seen[value(cell)] += 1);
    assert!(seen.iter().all(|&times| times <= 1));
}
