//! Several threads on one heap; forks.

mod mock;

use mock::*;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use taipan_gc::{self as gc, Mutator};

/// Joins without holding up the world.
fn join<T>(m: &Mutator, thread: std::thread::JoinHandle<T>) -> T {
    m.blocking(|| thread.join()).expect("a thread panicked")
}

#[test]
fn threads_allocate_and_collect_together() {
    let m = start();
    let threads: Vec<_> = (0..4)
        .map(|id| {
            std::thread::spawn(move || {
                let m = start();
                for round in 0..30 {
                    let root = tree(&m, 11, id + 1);
                    if round % 7 == id {
                        gc::collect(&m, round % 2 == 0);
                    }
                    assert_eq!(check_tree(root, 11, id + 1), (1 << 12) - 1);
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| join(&m, thread));
    assert!(gc::many_threads());
}

#[test]
fn threads_store_into_shared_old_cells() {
    let m = start();
    let shared = array(&m, 64);
    gc::collect(&m, true);
    let address = shared.expose_provenance();
    let threads: Vec<_> = (0..3)
        .map(|id| {
            std::thread::spawn(move || {
                let m = start();
                let shared = std::ptr::with_exposed_provenance_mut(address);
                for round in 0..20_000 {
                    let index = id * 20 + round % 20;
                    set(shared, index, node(&m, NULL, NULL, index));
                    if round % 4000 == 0 {
                        gc::collect(&m, false);
                    }
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| join(&m, thread));
    gc::collect(&m, false);
    (0..60).for_each(|i| assert_eq!(value(get(shared, i)), i));
}

#[test]
fn a_blocked_thread_delays_no_collection_and_keeps_its_cells() {
    let m = start();
    let stop = AtomicBool::new(false);
    let ready = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let m = start();
            let root = tree(&m, 8, 1);
            m.blocking(|| {
                ready.store(true, Ordering::SeqCst);
                while !stop.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(1));
                }
            });
            check_tree(root, 8, 1)
        });
        while !ready.load(Ordering::SeqCst) {
            m.safepoint();
            std::thread::sleep(Duration::from_millis(1));
        }
        for _ in 0..20 {
            gc::collect(&m, true);
            apart(|| (0..10_000).for_each(|i| waste(&m, i)));
        }
        stop.store(true, Ordering::SeqCst);
        assert_eq!(m.blocking(|| thread.join()).unwrap(), 511);
    });
}

#[test]
fn a_contended_object_lock_does_not_hold_up_the_world() {
    let m = start();
    let cell = node(&m, NULL, NULL, 0);
    let address = cell.expose_provenance();
    let threads: Vec<_> = (0..3)
        .map(|_| {
            std::thread::spawn(move || {
                let m = start();
                let cell: gc::Cell = std::ptr::with_exposed_provenance_mut(address);
                for round in 0..5000 {
                    {
                        let _guard = gc::ObjectGuard::new(cell);
                        // SAFETY: a live node, locked.
                        unsafe { (*cell.cast::<Node>()).value += 1 };
                    }
                    node(&m, NULL, NULL, 1);
                    if round % 1000 == 0 {
                        gc::collect(&m, false);
                    }
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| join(&m, thread));
    assert_eq!(value(cell), 15_000);
}

#[test]
fn the_world_stands_still_while_stopped() {
    let m = start();
    let count = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let threads = [(); 2].map(|()| {
            scope.spawn(|| {
                let m = start();
                while !stop.load(Ordering::Relaxed) {
                    count.fetch_add(1, Ordering::Relaxed);
                    m.safepoint();
                }
            })
        });
        while count.load(Ordering::Relaxed) < 1000 {
            m.safepoint();
        }
        for _ in 0..200 {
            gc::stop_world(&m, || {
                let before = count.load(Ordering::Relaxed);
                let until = Instant::now() + Duration::from_micros(50);
                while Instant::now() < until {}
                // Threads of other tests do not count here.
                assert_eq!(before, count.load(Ordering::Relaxed));
                let mut threads = 0;
                gc::for_each_mutator(&mut |_| threads += 1);
                assert!(threads >= 3);
            });
        }
        stop.store(true, Ordering::Relaxed);
        // The end of the scope would wait for them while we count as running.
        m.blocking(|| threads.map(|thread| thread.join().unwrap()));
    });
}

#[test]
fn threads_come_and_go_during_collections() {
    let m = start();
    for round in 0..50 {
        let threads: Vec<_> = (0..3)
            .map(|_| {
                std::thread::spawn(|| {
                    let m = start();
                    check_tree(tree(&m, 5, 1), 5, 1)
                })
            })
            .collect();
        gc::collect(&m, round % 5 == 0);
        threads
            .into_iter()
            .for_each(|thread| assert_eq!(join(&m, thread), 63));
    }
}

#[test]
fn a_forked_child_can_use_the_heap() {
    let m = start();
    let root = tree(&m, 10, 1);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let threads = [(); 2].map(|()| {
            scope.spawn(|| {
                let m = start();
                while !stop.load(Ordering::Relaxed) {
                    tree(&m, 6, 1);
                }
            })
        });
        for _ in 0..10 {
            gc::before_fork(&m);
            // SAFETY: the world is stopped; the child only uses the heap and leaves by `_exit`.
            let pid = unsafe { libc::fork() };
            if pid == 0 {
                gc::after_fork_child(&m);
                let mut good = gc::thread_count() == 1;
                let stats = gc::collect(&m, true);
                good &= stats.live_cells >= 2047;
                good &= check_tree(root, 10, 1) == 2047;
                good &= check_tree(tree(&m, 12, 1), 12, 1) == 8191;
                // SAFETY: ends the child.
                unsafe { libc::_exit(if good { 7 } else { 1 }) };
            }
            gc::after_fork_parent(&m);
            let mut status = 0;
            // SAFETY: waits for our child.
            m.blocking(|| unsafe { libc::waitpid(pid, &raw mut status, 0) });
            assert!(
                libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 7,
                "{status:#x}"
            );
        }
        stop.store(true, Ordering::Relaxed);
        // The end of the scope would wait for them while we count as running.
        m.blocking(|| threads.map(|thread| thread.join().unwrap()));
    });
}
