//! The system's threads are used again.
//!
//! To start a thread and to be rid of it costs the system several times what handing work to one that waits does. So a
//! thread whose work is done, and for whose end somebody waits, offers itself in one of a few places, and ends when nobody
//! has asked for it for a while.
//! A program can't tell: nothing of the old thread's state is left, and what a new one has from its creator, this one
//! takes on.

use std::cell::Cell;
use std::io;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use taipan_host::thread::{self as host, Inheritance};
use taipan_sync::turns::Patience;
use taipan_sync::{Mutex, futex, parking};

/// What a thread does. It is given its place, where it offers the system's thread for further use at the very end.
pub(super) type Work = Box<dyn FnOnce(Place) + Send>;

/// How long an idle thread stays.
const STAY: Duration = Duration::from_millis(100);

/// Nobody's place.
const EMPTY: u32 = 0;
/// A thread writes down what it has to offer, or takes its work.
const BUSY: u32 = 1;
/// A thread waits here.
const IDLE: u32 = 2;
/// Somebody is about to give it work.
const CLAIMED: u32 = 3;
/// It has work.
const GIVEN: u32 = 4;

struct Spot {
    state: AtomicU32,
    /// Bytes of the waiting thread's stack.
    stack: AtomicUsize,
    generation: AtomicU32,
    ident: AtomicU64,
    /// For the one who claimed the place, then for its thread.
    work: Mutex<Option<(Work, Inheritance)>>,
}

static SPOTS: [Spot; 8] = [const {
    Spot {
        state: AtomicU32::new(EMPTY),
        stack: AtomicUsize::new(0),
        generation: AtomicU32::new(0),
        ident: AtomicU64::new(0),
        work: Mutex::new(None),
    }
}; 8];

/// One idle thread at a time looks out for work without sleeping, for a moment.
static LOOKING: AtomicU32 = AtomicU32::new(0);

/// Where a thread of the system says that it can be had.
pub(super) struct Place {
    stack: usize,
    generation: u32,
    taken: std::rc::Rc<Cell<Option<&'static Spot>>>,
}

impl Place {
    /// Offers the calling thread, which takes no signals, if there is a place. It then only has to return from its work.
    pub(super) fn offer(self) {
        if self.generation != host::generation() {
            return;
        }
        let free = SPOTS.iter().find(|spot| {
            spot.state
                .compare_exchange(EMPTY, BUSY, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
        });
        let Some(spot) = free else { return };
        spot.stack.store(self.stack, Ordering::Relaxed);
        spot.generation.store(self.generation, Ordering::Relaxed);
        spot.ident.store(host::pthread_id(), Ordering::Relaxed);
        spot.state.store(IDLE, Ordering::Release);
        self.taken.set(Some(spot));
    }
}

/// Does `work` on a thread with so many bytes of stack, an idle or a new one; its identity.
///
/// # Errors
/// Where the system has no further thread.
pub(super) fn start(stack: usize, work: Work) -> io::Result<u64> {
    let generation = host::generation();
    let idle = SPOTS.iter().find(|spot| {
        spot.state.load(Ordering::Relaxed) == IDLE
            && spot
                .state
                .compare_exchange(IDLE, CLAIMED, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
            && (spot.stack.load(Ordering::Relaxed) == stack
                && spot.generation.load(Ordering::Relaxed) == generation
                || {
                    // Not what is wanted.
                    spot.state.store(IDLE, Ordering::Release);
                    false
                })
    });
    let Some(spot) = idle else {
        let main = move || live(stack, generation, work);
        return host::spawn_detached(stack, Box::new(main));
    };
    let ident = spot.ident.load(Ordering::Relaxed);
    *spot.work.lock() = Some((work, Inheritance::new()));
    spot.state.store(GIVEN, Ordering::Release);
    futex::wake(&raw const spot.state, 1);
    Ok(ident)
}

/// The life of a thread of the system.
fn live(stack: usize, generation: u32, mut work: Work) {
    loop {
        let taken = std::rc::Rc::new(Cell::new(None));
        work(Place {
            stack,
            generation,
            taken: taken.clone(),
        });
        let Some(spot) = taken.get() else { return };
        let Some((next, inheritance)) = wait(spot) else {
            return;
        };
        inheritance.take_on();
        // An interrupt was for the thread that this one was before.
        parking::current_parker().clear_interrupt();
        work = next;
    }
}

/// Waits for work at a place, and leaves the place.
fn wait(spot: &Spot) -> Option<(Work, Inheritance)> {
    if LOOKING.swap(1, Ordering::Relaxed) == 0 {
        let mut patience = Patience::default();
        while spot.state.load(Ordering::Relaxed) != GIVEN && patience.wait() {}
        LOOKING.store(0, Ordering::Relaxed);
    }
    let until = Instant::now() + STAY;
    loop {
        match spot.state.load(Ordering::Acquire) {
            GIVEN => break,
            IDLE if Instant::now() >= until => {
                let left =
                    spot.state
                        .compare_exchange(IDLE, EMPTY, Ordering::Relaxed, Ordering::Relaxed);
                if left.is_ok() {
                    return None;
                }
            }
            // A claim takes a moment, and may be withdrawn.
            state => {
                futex::wait(
                    &spot.state,
                    state,
                    Some(until.max(Instant::now() + Duration::from_micros(50))),
                );
            }
        }
    }
    let work = spot.work.lock().take();
    spot.state.store(EMPTY, Ordering::Release);
    work
}

/// In the child of a fork: the idle threads are not there.
pub(super) fn after_fork_child() {
    for spot in &SPOTS {
        spot.work.raw().reset();
        spot.state.store(EMPTY, Ordering::Relaxed);
    }
    LOOKING.store(0, Ordering::Relaxed);
}
