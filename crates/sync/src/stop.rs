//! How one thread stops the others at points of their choosing.
//!
//! Each thread has a [`StopPoint`]: a poll word, which others set bits in and its thread looks at
//! with a relaxed load, and a state. The stopper sets [`STOP`] everywhere and waits until no thread
//! is running; a thread that is in a region where it touches nothing shared counts as stopped
//! already, and waits at the region's end if need be. Only one thread may stop the others at a time:
//! a lock that the caller holds sees to that.

use crate::facade::{AtomicU8, AtomicU32, Ordering, const_fn, load_seq_cst};
use crate::futex;
use crate::turns::Patience;
use std::time::{Duration, Instant};

/// The bit of the poll word that asks its thread to stop.
pub const STOP: u32 = 1;

/// What a thread is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// Touching shared things; must be waited for.
    Running = 0,
    /// In a region where it touches nothing shared.
    Blocked = 1,
    /// Waiting for the stop to end.
    Parked = 2,
}

/// A thread's side.
#[derive(Debug)]
#[repr(C)]
pub struct StopPoint {
    poll: AtomicU32,
    state: AtomicU8,
}

/// What the threads of one world share: words to sleep on.
#[derive(Debug)]
pub struct Stopper {
    /// Changes whenever a thread stops while it is asked to.
    stopped: AtomicU32,
    /// Changes whenever a stop ends.
    resumed: AtomicU32,
}

impl StopPoint {
    const_fn! {
        /// A running thread's.
        pub fn new() -> Self {
            Self { poll: AtomicU32::new(0), state: AtomicU8::new(State::Running as u8) }
        }
    }

    /// The poll word: a relaxed load.
    #[inline(always)]
    pub fn poll_bits(&self) -> u32 {
        self.poll.load(Ordering::Relaxed)
    }

    /// The poll word itself, for compiled code.
    pub fn poll_word(&self) -> &AtomicU32 {
        &self.poll
    }

    /// Sets bits of the poll word. Async-signal-safe.
    pub fn set_poll(&self, bits: u32) {
        self.poll.fetch_or(bits, Ordering::SeqCst);
    }

    /// Clears bits of the poll word; returns the bits before. Async-signal-safe.
    pub fn clear_poll(&self, bits: u32) -> u32 {
        self.poll.fetch_and(!bits, Ordering::SeqCst)
    }

    /// What the thread is doing.
    #[inline]
    pub fn state(&self) -> State {
        match self.state.load(Ordering::SeqCst) {
            0 => State::Running,
            1 => State::Blocked,
            _ => State::Parked,
        }
    }

    /// Enters a region in which the thread touches nothing shared.
    #[inline]
    pub fn enter(&self, stopper: &Stopper, state: State) {
        // All four accesses are sequentially consistent, ours and the stopper's setting of the bit
        // and reading of the state: one of us sees the other.
        self.state.swap(state as u8, Ordering::SeqCst);
        if load_seq_cst(&self.poll) & STOP != 0 {
            stopper.note();
        }
    }

    /// Leaves the region, when no stop is on.
    #[inline]
    pub fn leave(&self, stopper: &Stopper) {
        let state = self.state.swap(State::Running as u8, Ordering::SeqCst);
        if load_seq_cst(&self.poll) & STOP != 0 {
            self.leave_slow(stopper, state);
        }
    }

    #[cold]
    fn leave_slow(&self, stopper: &Stopper, state: u8) {
        loop {
            // Since the last change of state nothing shared was touched: a stopper that saw either
            // state is right to go on.
            self.state.swap(state, Ordering::SeqCst);
            stopper.note();
            // Most stops are shorter than it takes the system to wake a thread.
            let mut patience = Patience::default();
            while self.poll.load(Ordering::SeqCst) & STOP != 0 && patience.wait() {}
            loop {
                let epoch = stopper.resumed.load(Ordering::SeqCst);
                if self.poll.load(Ordering::SeqCst) & STOP == 0 {
                    break;
                }
                futex::wait(&stopper.resumed, epoch, None);
            }
            self.state.swap(State::Running as u8, Ordering::SeqCst);
            if load_seq_cst(&self.poll) & STOP == 0 {
                return;
            }
        }
    }
}

impl Default for StopPoint {
    fn default() -> Self {
        Self::new()
    }
}

impl Stopper {
    const_fn! {
        /// For a world that runs.
        pub fn new() -> Self {
            Self { stopped: AtomicU32::new(0), resumed: AtomicU32::new(0) }
        }
    }

    fn note(&self) {
        self.stopped.fetch_add(1, Ordering::SeqCst);
        futex::wake(&raw const self.stopped, 1);
    }

    /// Asks all threads to stop and waits until none is running.
    pub fn stop<'a>(&self, points: impl Iterator<Item = &'a StopPoint> + Clone) {
        points.clone().for_each(|point| point.set_poll(STOP));
        for point in points {
            let mut patience = Patience::default();
            while point.state() == State::Running {
                if patience.wait() {
                    continue;
                }
                let epoch = self.stopped.load(Ordering::SeqCst);
                if point.state() == State::Running {
                    // A deadline out of caution: each thread that stops also wakes us.
                    let deadline = Instant::now() + Duration::from_millis(10);
                    futex::wait(&self.stopped, epoch, Some(deadline));
                }
            }
        }
    }

    /// Ends the stop.
    pub fn resume<'a>(&self, points: impl Iterator<Item = &'a StopPoint>) {
        let mut any = false;
        points.for_each(|point| any |= point.clear_poll(STOP) & STOP != 0);
        if any {
            self.resumed.fetch_add(1, Ordering::SeqCst);
            futex::wake(&raw const self.resumed, i32::MAX);
        }
    }
}

impl Default for Stopper {
    fn default() -> Self {
        Self::new()
    }
}
