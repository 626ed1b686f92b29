//! Threads that contend for one short lock take turns, so that its cache line does not go to and fro at each step.
//!
//! A lock that two cores take in turn costs each of them a transfer of the line, many times what the critical section
//! takes. It is cheaper if one of them works alone for a while. So a lock remembers its last holder by a [`tag`]; a
//! thread that finds another's tag again and again, in short order, lets that one work for some microseconds
//! ([`give_way`]). Whose turn it is follows from the clock and the two tags alone: both threads come to the same
//! answer without a word between them.

use std::cell::Cell;

/// Clock ticks (2 to 4 in a nanosecond) between two meetings that count as contention.
const RECENT: u64 = 1 << 12;
/// Ticks to stay away, and thus the time that one thread has for itself: some microseconds.
const AWAY: u64 = 1 << 13;
/// Binary logarithm of the ticks after which the other of two threads has its turn.
const TURN: u32 = 16;

/// Ticks that a thread waits for a lock that is held before it sleeps: some ten microseconds, less than a sleep costs.
#[cfg(not(loom))]
const PATIENCE: u64 = 1 << 16;

/// The number of different tags.
const TAGS: u8 = 63;

thread_local! {
    static TAG: Cell<u8> = const { Cell::new(0) };
    static LAST_MEETING: Cell<u64> = const { Cell::new(0) };
    static LONG_LOCK_TAKEN: Cell<u64> = const { Cell::new(0) };
}

/// The calling thread's tag: 1 to 63. Two threads may have the same, which then are not told apart.
#[inline(always)]
pub fn tag() -> u8 {
    let tag = TAG.get();
    if tag == 0 { new_tag() } else { tag }
}

#[cold]
fn new_tag() -> u8 {
    use std::sync::atomic::{AtomicU8, Ordering};
    static NEXT: AtomicU8 = AtomicU8::new(0);
    let tag = NEXT.fetch_add(1, Ordering::Relaxed) % TAGS + 1;
    TAG.set(tag);
    tag
}

/// A clock that costs some nanoseconds to read. Not for measuring: its unit differs from machine to machine.
#[inline]
fn ticks() -> u64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the instruction is there on all processors of the architecture.
    unsafe {
        std::arch::x86_64::_rdtsc()
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(0, |t| t.as_nanos() as u64 * 2)
    }
}

fn is_turn_of(mine: u8, other: u8, now: u64) -> bool {
    (mine < other) ^ (now >> TURN & 1 == 1)
}

/// To be called by a thread about to take a short lock whose last holder was the thread with the tag `other`: if such
/// meetings are frequent and it is the other's turn, waits some microseconds. Touches no memory but the thread's own.
#[cold]
pub fn give_way(mine: u8, other: u8) {
    // The holder of a long lock, whom others wait for, goes ahead.
    let now = ticks();
    if now.wrapping_sub(LONG_LOCK_TAKEN.get()) >= RECENT {
        meet(mine, other, now);
    }
}

/// As [`give_way`], for a lock under which others are taken: for a while those are taken without giving way.
#[cold]
pub fn give_way_for_long(mine: u8, other: u8) {
    LONG_LOCK_TAKEN.set(meet(mine, other, ticks()));
}

/// Waits if it is not this thread's turn; returns the time after that.
fn meet(mine: u8, other: u8, now: u64) -> u64 {
    let recent = now.wrapping_sub(LAST_MEETING.get()) < RECENT;
    let mut last = now;
    if recent {
        while last.wrapping_sub(now) < AWAY && !is_turn_of(mine, other, last) {
            std::hint::spin_loop();
            last = ticks();
        }
    }
    LAST_MEETING.set(last);
    last
}

/// Waits for a lock that is held: looks at it more and more rarely, so that its holder can work in peace.
#[derive(Debug)]
pub struct Patience {
    #[cfg(not(loom))]
    start: u64,
    #[cfg(not(loom))]
    pause: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            #[cfg(not(loom))]
            start: ticks(),
            #[cfg(not(loom))]
            pause: 1,
        }
    }
}

impl Patience {
    /// Waits a moment, twice as long as last time; false when it is time to sleep.
    #[inline]
    pub fn wait(&mut self) -> bool {
        // The model checker has no time: spinning only multiplies the executions to look at.
        #[cfg(loom)]
        return false;
        #[cfg(not(loom))]
        {
            for _ in 0..self.pause {
                std::hint::spin_loop();
            }
            self.pause = (self.pause * 2).min(64);
            ticks().wrapping_sub(self.start) < PATIENCE
        }
    }
}
