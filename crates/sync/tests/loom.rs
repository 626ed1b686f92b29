//! The protocols under the model checker, which tries every interleaving (up to a bound):
//! `RUSTFLAGS="--cfg loom" cargo test -p taipan-sync --test loom --profile fast`.
#![cfg(loom)]

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;
use taipan_sync::parking::{self, Parked};
use taipan_sync::stop::{STOP, State, StopPoint, Stopper};
use taipan_sync::{ByteLock, Gil, RawMutex};

fn model(preemptions: usize, f: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 100_000;
    builder.check(f);
}

struct Guarded<L> {
    lock: L,
    data: UnsafeCell<usize>,
}

// SAFETY: the tests touch `data` under `lock`; loom checks that.
unsafe impl<L> Sync for Guarded<L> {}
// SAFETY: as above.
unsafe impl<L> Send for Guarded<L> {}

fn add_under_lock<L: 'static>(lock: L, threads: usize, acquire: fn(&L), release: fn(&L)) {
    let shared = Arc::new(Guarded {
        lock,
        data: UnsafeCell::new(0),
    });
    let add = move |shared: &Guarded<L>| {
        acquire(&shared.lock);
        // SAFETY: the lock is held.
        shared.data.with_mut(|data| unsafe { *data += 1 });
        release(&shared.lock);
    };
    let others: Vec<_> = (1..threads)
        .map(|_| {
            let shared = shared.clone();
            thread::spawn(move || add(&shared))
        })
        .collect();
    add(&shared);
    others.into_iter().for_each(|other| other.join().unwrap());
    // SAFETY: all threads have ended.
    assert_eq!(shared.data.with(|data| unsafe { *data }), threads);
}

#[test]
fn a_raw_mutex_excludes() {
    model(3, || {
        add_under_lock(RawMutex::new(), 3, RawMutex::lock, RawMutex::unlock)
    });
}

#[test]
fn a_byte_lock_excludes_and_wakes() {
    model(3, || {
        add_under_lock(ByteLock::new(), 2, ByteLock::lock, ByteLock::unlock)
    });
}

#[test]
fn a_byte_lock_with_three_threads() {
    model(1, || {
        add_under_lock(ByteLock::new(), 3, ByteLock::lock, ByteLock::unlock)
    });
}

#[test]
fn a_gil_excludes_and_hands_over() {
    model(2, || {
        add_under_lock(Gil::new(|_| ()), 3, |gil| gil.acquire(1), Gil::release)
    });
}

#[test]
fn no_wake_up_is_lost() {
    model(3, || {
        let flag = Arc::new(AtomicBool::new(false));
        let key = &raw const *flag as usize;
        let waker = {
            let flag = flag.clone();
            thread::spawn(move || {
                flag.store(true, Ordering::SeqCst);
                parking::unpark_one(key, |_| ());
            })
        };
        while !flag.load(Ordering::SeqCst) {
            let end = parking::park(key, || !flag.load(Ordering::SeqCst), None);
            assert!(matches!(end, Parked::Woken | Parked::Invalid));
        }
        waker.join().unwrap();
    });
}

#[test]
fn an_interrupt_ends_a_wait_and_loses_no_wake_up() {
    model(2, || {
        let parker = parking::current_parker();
        let key = 0x1000;
        let interrupter = thread::spawn(move || parker.interrupt());
        let woken = Arc::new(AtomicUsize::new(0));
        let waker = {
            let woken = woken.clone();
            thread::spawn(move || {
                let found = parking::unpark_one(key, |_| ());
                woken.store(usize::from(found.woke), Ordering::SeqCst);
            })
        };
        let end = parking::park(key, || true, None);
        interrupter.join().unwrap();
        waker.join().unwrap();
        let woke = woken.load(Ordering::SeqCst) == 1;
        assert_eq!(woke, end == Parked::Woken, "{end:?}");
    });
}

/// What threads touch while they run and the stopper while they are stopped.
struct World {
    stopper: Stopper,
    point: StopPoint,
    heap: UnsafeCell<usize>,
}

// SAFETY: the protocol under test guards `heap`; loom checks that.
unsafe impl Sync for World {}
// SAFETY: as above.
unsafe impl Send for World {}

fn stop_against(thread: fn(&World)) {
    model(3, move || {
        let world = Arc::new(World {
            stopper: Stopper::new(),
            point: StopPoint::new(),
            heap: UnsafeCell::new(0),
        });
        let other = {
            let world = world.clone();
            thread::spawn(move || {
                thread(&world);
                // Ends in a region, as a thread that detaches does.
                world.point.enter(&world.stopper, State::Blocked);
            })
        };
        world.stopper.stop([&world.point].into_iter());
        // SAFETY: the other thread is stopped.
        world.heap.with_mut(|heap| unsafe { *heap += 1 });
        world.stopper.resume([&world.point].into_iter());
        other.join().unwrap();
    });
}

fn touch(world: &World) {
    // SAFETY: we run.
    world.heap.with_mut(|heap| unsafe { *heap += 1 });
}

#[test]
fn a_thread_stops_at_a_safepoint() {
    stop_against(|world| {
        touch(world);
        if world.point.poll_bits() & STOP != 0 {
            world.point.enter(&world.stopper, State::Parked);
            world.point.leave(&world.stopper);
        }
        touch(world);
    });
}

#[test]
fn a_blocked_thread_waits_at_the_end_of_its_region() {
    stop_against(|world| {
        touch(world);
        world.point.enter(&world.stopper, State::Blocked);
        world.point.leave(&world.stopper);
        touch(world);
    });
}
