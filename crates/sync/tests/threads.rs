//! The locks with real threads.
#![cfg(not(loom))]

use std::cell::UnsafeCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use taipan_sync::parking::{self, Parked};
use taipan_sync::{ByteLock, Gil, Mutex};

struct Counter {
    lock: ByteLock,
    value: UnsafeCell<usize>,
}

// SAFETY: `value` is touched under `lock`.
unsafe impl Sync for Counter {}

#[test]
fn a_byte_lock_excludes() {
    let counter = Counter {
        lock: ByteLock::new(),
        value: UnsafeCell::new(0),
    };
    thread::scope(|scope| {
        let counter = &counter;
        for _ in 0..4 {
            scope.spawn(move || {
                for round in 0..50_000 {
                    counter.lock.lock();
                    // SAFETY: the lock is held.
                    unsafe { *counter.value.get() += 1 };
                    if round % 10_000 == 0 {
                        // Long enough for the others to park.
                        thread::sleep(Duration::from_millis(1));
                    }
                    counter.lock.unlock();
                }
            });
        }
    });
    assert_eq!(counter.value.into_inner(), 200_000);
    assert!(!counter.lock.is_locked());
}

#[test]
fn a_byte_lock_is_a_byte_and_can_be_tried() {
    assert_eq!(size_of::<ByteLock>(), 1);
    let lock = ByteLock::new();
    assert!(lock.try_lock());
    assert!(!lock.try_lock());
    lock.unlock();
    assert!(lock.try_lock());
    lock.reset();
    assert!(!lock.is_locked());
}

#[test]
fn a_mutex_guards_its_data() {
    let list = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let list = &list;
        for id in 0..4 {
            scope.spawn(move || (0..10_000).for_each(|i| list.lock().push(id * 10_000 + i)));
        }
    });
    let mut list = std::mem::take(&mut *list.lock());
    list.sort_unstable();
    assert!(list.into_iter().eq(0..40_000));
}

#[test]
fn waits_end_by_timeout_invalidity_and_interrupt() {
    let key = &raw const ENDS as usize;
    static ENDS: u8 = 0;
    assert_eq!(parking::park(key, || false, None), Parked::Invalid);
    let start = Instant::now();
    let end = parking::park(key, || true, Some(start + Duration::from_millis(20)));
    assert_eq!(end, Parked::TimedOut);
    assert!(start.elapsed() >= Duration::from_millis(20));
    let parker = parking::current_parker();
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(20));
            parker.interrupt();
        });
        assert_eq!(parking::park(key, || true, None), Parked::Interrupted);
    });
    // An interrupt that comes first ends the next wait; an uninterruptible wait ignores it.
    parker.interrupt();
    assert_eq!(parking::park(key, || true, None), Parked::Interrupted);
    parker.interrupt();
    parker.clear_interrupt();
    let end = parking::park(
        key,
        || true,
        Some(Instant::now() + Duration::from_millis(5)),
    );
    assert_eq!(end, Parked::TimedOut);
    assert!(!parking::unpark_one(key, |found| assert!(!found.woke && !found.more)).woke);
}

#[test]
fn waiters_are_woken_in_order() {
    static KEY: u8 = 0;
    let key = &raw const KEY as usize;
    let order = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for id in 0..5 {
            let order = &order;
            let queued = Arc::new(AtomicBool::new(false));
            let seen = queued.clone();
            scope.spawn(move || {
                let validate = || {
                    queued.store(true, Ordering::SeqCst);
                    true
                };
                assert_eq!(parking::park_uninterrupted(key, validate), Parked::Woken);
                order.lock().push(id);
            });
            while !seen.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_micros(100));
            }
        }
        for woken in 1..=3 {
            assert!(parking::unpark_one(key, |found| assert!(found.woke && found.more)).woke);
            while order.lock().len() < woken {
                thread::sleep(Duration::from_micros(100));
            }
        }
        assert_eq!(parking::unpark_all(key), 2);
    });
    assert_eq!(order.lock()[..3], [0, 1, 2]);
}

static REQUESTS: AtomicUsize = AtomicUsize::new(0);

#[test]
fn a_gil_holder_is_asked_and_hands_over() {
    static GIL: Gil = Gil::new(|holder| {
        assert!(holder == 1 || holder == 2);
        REQUESTS.fetch_add(1, Ordering::SeqCst);
    });
    GIL.set_switch_interval(Duration::from_millis(1));
    let turns = Mutex::new(Vec::new());
    let run = |id: usize| {
        GIL.acquire(id);
        for _ in 0..50 {
            turns.lock().push(id);
            // Computes until asked, then lets the other have it.
            let start = Instant::now();
            while !GIL.is_drop_requested() && start.elapsed() < Duration::from_millis(200) {
                std::hint::spin_loop();
            }
            GIL.release();
            GIL.acquire(id);
        }
        GIL.release();
    };
    thread::scope(|scope| {
        scope.spawn(|| run(1));
        scope.spawn(|| run(2));
    });
    assert!(REQUESTS.load(Ordering::SeqCst) > 20);
    // After both had started, the turns alternate: nobody takes the lock back out of turn.
    let turns = turns.lock();
    let repeats = turns.windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert!(repeats <= 4, "{repeats} of {turns:?}");
    assert!(GIL.try_acquire(1));
    GIL.release();
}

#[test]
fn a_gil_survives_a_fork() {
    let gil = Gil::new(|_| ());
    gil.acquire(5);
    gil.after_fork_child(Some(5));
    assert!(!gil.try_acquire(6));
    gil.release();
    gil.after_fork_child(None);
    assert!(gil.try_acquire(6));
    gil.release();
}

#[test]
fn many_gil_threads_starve_nobody() {
    static GIL: Gil = Gil::new(|_| ());
    let counts: [AtomicUsize; 4] = Default::default();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for (id, count) in counts.iter().enumerate() {
            let stop = &stop;
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    GIL.acquire(id + 1);
                    count.fetch_add(1, Ordering::Relaxed);
                    GIL.release();
                }
            });
        }
        thread::sleep(Duration::from_millis(300));
        stop.store(true, Ordering::Relaxed);
    });
    assert!(
        counts
            .iter()
            .all(|count| count.load(Ordering::Relaxed) > 50),
        "{counts:?}"
    );
}
