//! Marking: exact in the heap, conservative on stacks, parallel when there is much to do.

use crate::arena::{self, BLOCK_SHIFT, BLOCK_SIZE, BlockState, block, block_address};
use crate::header::{Cell, FLAG_OLD, Header};
use crate::kind;
use crate::size_class::{CAPACITIES, SIZES, cell_index};
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;
use taipan_sync::{Mutex, futex};

/// Given to trace functions and root tracers, which call [`Marker::mark`] for each reference.
///
/// The same functions serve to list the referents of a cell: then the marker only passes on what it
/// is given.
pub struct Marker<'a> {
    base: usize,
    marks: *const AtomicU64,
    stack: Vec<Cell>,
    /// Cells popped whose headers are on their way; null for none.
    fetching: [Cell; FETCHING],
    turn: usize,
    /// Whether cells are being traced within the trace function of another.
    eased: bool,
    full: bool,
    /// The thread whose roots are marked has been looked through since it began to wait.
    pub(crate) resting: bool,
    shared: Option<&'a Shared>,
    visitor: Option<&'a mut dyn FnMut(Cell)>,
    /// When to stop tracing, though there is more to do.
    pub(crate) limit: Limit,
    /// Cells to trace until the limit is looked at again.
    until_look: usize,
}

/// When to stop tracing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// When all is done.
    None,
    /// After so many cells.
    Cells(usize),
    /// At a time.
    Until(Instant),
}

/// Cells between two looks at the clock.
const LOOK_EVERY: usize = 1 << 9;

impl std::fmt::Debug for Marker<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Marker")
            .field("full", &self.full)
            .finish_non_exhaustive()
    }
}

/// A marker with this much on its stack gives half of it to one that has nothing.
const SHARE_ABOVE: usize = 256;

/// Cells on the stack from which [`Marker::ease`] does something.
const EASE_ABOVE: usize = 1 << 13;

/// The length of the queue of cells that are being fetched.
const FETCHING: usize = 4;

#[inline(always)]
fn prefetch(cell: Cell) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: prefetching has no effect but on the cache.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(cell.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = cell;
}

impl<'a> Marker<'a> {
    pub(crate) fn new(full: bool) -> Self {
        Self {
            base: arena::base(),
            marks: arena::marks(),
            stack: Vec::new(),
            fetching: [std::ptr::null_mut(); FETCHING],
            turn: 0,
            eased: false,
            full,
            resting: false,
            shared: None,
            visitor: None,
            limit: Limit::None,
            until_look: LOOK_EVERY,
        }
    }

    pub(crate) fn visiting(visitor: &'a mut dyn FnMut(Cell)) -> Self {
        Self {
            visitor: Some(visitor),
            ..Self::new(true)
        }
    }

    /// Is this a full collection? (Young ones skip what old cells refer to.)
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// For root tracers of threads: whether the thread has done nothing since the last collection, so that whatever
    /// only it itself writes refers to old cells.
    pub fn is_resting(&self) -> bool {
        self.resting
    }

    /// Marks a cell, to be traced. Null is ignored.
    #[inline]
    pub fn mark(&mut self, cell: Cell) {
        if let Some(visitor) = &mut self.visitor {
            if !cell.is_null() {
                visitor(cell);
            }
            return;
        }
        if cell.is_null() {
            return;
        }
        debug_assert!(
            arena::is_in_heap(cell.addr()),
            "marking {cell:p}, which is not in the heap"
        );
        #[cfg(debug_assertions)]
        {
            // SAFETY: a cell of the heap.
            let kind = unsafe { (*cell).kind };
            assert!(kind != 0, "marking the free cell {cell:p}");
        }
        let offset = cell.addr() - self.base;
        // SAFETY: the words below the arena's top are accessible.
        let word = unsafe { &*self.marks.add(offset >> 10) };
        let bit = 1u64 << (offset >> 4 & 63);
        let bits = word.load(Ordering::Relaxed);
        if bits & bit != 0 {
            return;
        }
        if self.shared.is_some() {
            if word.fetch_or(bit, Ordering::Relaxed) & bit != 0 {
                return;
            }
        } else {
            word.store(bits | bit, Ordering::Relaxed);
        }
        self.stack.push(cell);
    }

    /// Marks the cells that any word of the range points to or into.
    pub fn mark_conservative_range(&mut self, lo: *const usize, hi: *const usize) {
        let mut at = lo.addr().next_multiple_of(8);
        let end = hi.addr();
        let limit = arena::top() << BLOCK_SHIFT;
        while at + 8 <= end {
            // SAFETY: the caller gives readable memory. Volatile, for it is other code's memory.
            let word = unsafe { (at as *const usize).read_volatile() };
            if word.wrapping_sub(self.base) < limit
                && let Some(cell) = cell_containing(word)
            {
                self.mark(cell);
            }
            at += 8;
        }
    }

    /// Queues a cell that is marked already, to be traced again.
    pub(crate) fn retrace(&mut self, cell: Cell) {
        self.stack.push(cell);
    }

    /// Traces what has been marked until nothing is left.
    pub(crate) fn drain(&mut self) {
        loop {
            while let Some(cell) = self.next() {
                self.trace(cell);
                if self.is_at_limit() {
                    if let Some(shared) = self.shared {
                        shared.interrupt(self.suspend());
                    }
                    return;
                }
                if self.stack.len() > SHARE_ABOVE
                    && let Some(shared) = self.shared
                    && shared.idle.load(Ordering::Relaxed) != 0
                {
                    shared.give(self.stack.split_off(self.stack.len() / 2));
                }
            }
            let Some(shared) = self.shared else { return };
            match shared.take() {
                Some(stack) => self.stack = stack,
                None => return,
            }
        }
    }

    #[inline]
    fn is_at_limit(&mut self) -> bool {
        if self.limit == Limit::None {
            return false;
        }
        self.until_look -= 1;
        self.until_look == 0 && self.look_at_limit()
    }

    #[cold]
    fn look_at_limit(&mut self) -> bool {
        self.until_look = LOOK_EVERY;
        match &mut self.limit {
            Limit::None => false,
            Limit::Cells(left) => {
                *left = left.saturating_sub(LOOK_EVERY);
                *left == 0
            }
            Limit::Until(end) => Instant::now() >= *end,
        }
    }

    /// What is marked and not yet traced, for [`Marker::resume`].
    pub(crate) fn suspend(&mut self) -> Vec<Cell> {
        for slot in &mut self.fetching {
            let cell = std::mem::replace(slot, std::ptr::null_mut());
            if !cell.is_null() {
                self.stack.push(cell);
            }
        }
        std::mem::take(&mut self.stack)
    }

    /// Goes on where another marker stopped.
    pub(crate) fn resume(&mut self, grey: Vec<Cell>) {
        self.stack = grey;
    }

    /// Is something marked that is not yet traced?
    pub(crate) fn has_more(&self) -> bool {
        !self.stack.is_empty() || self.fetching.iter().any(|cell| !cell.is_null())
    }

    /// For trace functions with very many references, to be called now and then: follows what was given so far, so that
    /// the stack does not grow with the number.
    #[inline]
    pub fn ease(&mut self) {
        if self.stack.len() > EASE_ABOVE && !self.eased && self.visitor.is_none() {
            self.ease_now();
        }
    }

    #[cold]
    fn ease_now(&mut self) {
        // Not one within another: that would go as deep as data do.
        self.eased = true;
        while self.stack.len() > EASE_ABOVE / 2
            && let Some(cell) = self.next()
        {
            self.trace(cell);
        }
        self.eased = false;
    }

    /// The next cell to trace. Cells pass through a short queue in which their headers are fetched
    /// into the cache.
    #[inline]
    fn next(&mut self) -> Option<Cell> {
        while let Some(cell) = self.stack.pop() {
            prefetch(cell);
            let slot = &mut self.fetching[self.turn];
            self.turn = (self.turn + 1) % FETCHING;
            let cell = std::mem::replace(slot, cell);
            if !cell.is_null() {
                return Some(cell);
            }
        }
        for _ in 0..FETCHING {
            let cell = std::mem::replace(&mut self.fetching[self.turn], std::ptr::null_mut());
            self.turn = (self.turn + 1) % FETCHING;
            if !cell.is_null() {
                return Some(cell);
            }
        }
        None
    }

    #[inline]
    fn trace(&mut self, cell: Cell) {
        // SAFETY: a marked cell is live; only its marker writes its flags, as the world is stopped.
        let header = unsafe { &*cell };
        header.flags.store(
            header.flags.load(Ordering::Relaxed) | FLAG_OLD,
            Ordering::Relaxed,
        );
        if let Some(trace) = kind::trace_fn(header.kind) {
            // SAFETY: registered for cells of this kind.
            unsafe { trace(cell, self) };
        }
    }

    /// Marks the unmarked cells of `roots` and all that they reach, depth first, and gives those of the cells for which
    /// `wanted` holds, each behind the others that it reaches, unless they reach it too. For one marker alone, that has
    /// nothing left to trace.
    pub(crate) fn mark_in_post_order(
        &mut self,
        roots: impl Iterator<Item = Cell>,
        wanted: impl Fn(Cell) -> bool,
    ) -> Vec<Cell> {
        let mut order = Vec::new();
        // Cells to enter, and (true) cells that are left when what they reach is done.
        let mut work: Vec<(Cell, bool)> = Vec::new();
        for root in roots {
            work.push((root, false));
            while let Some((cell, left)) = work.pop() {
                if left {
                    if wanted(cell) {
                        order.push(cell);
                    }
                    continue;
                }
                if arena::is_marked(cell) {
                    continue;
                }
                self.mark(cell);
                self.stack.pop();
                work.push((cell, true));
                // SAFETY: a cell that was reached is in memory still; the world is stopped.
                let header = unsafe { &*cell };
                header.flags.store(
                    header.flags.load(Ordering::Relaxed) | FLAG_OLD,
                    Ordering::Relaxed,
                );
                if let Some(trace) = kind::trace_fn(header.kind) {
                    let mut reach = |child: Cell| {
                        if !arena::is_marked(child) {
                            work.push((child, false));
                        }
                    };
                    // SAFETY: registered for cells of this kind.
                    unsafe { trace(cell, &mut Marker::visiting(&mut reach)) };
                }
            }
        }
        order
    }

    /// Drains with the help of `helpers` threads.
    pub(crate) fn drain_in_parallel(&mut self, helpers: usize) {
        if helpers == 0 {
            return self.drain();
        }
        let shared = Shared {
            state: Mutex::new(SharedState {
                stacks: Vec::new(),
                done: false,
                interrupted: false,
            }),
            idle: AtomicUsize::new(0),
            markers: AtomicUsize::new(1),
            changed: AtomicU32::new(0),
        };
        let (full, limit) = (self.full, self.limit);
        let signals = BlockedSignals::new();
        std::thread::scope(|scope| {
            for _ in 0..helpers {
                let shared = &shared;
                shared.markers.fetch_add(1, Ordering::SeqCst);
                let spawned = std::thread::Builder::new()
                    .name("gc-marker".to_owned())
                    .stack_size(256 * 1024)
                    .spawn_scoped(scope, move || {
                        let mut marker = Marker::new(full);
                        marker.shared = Some(shared);
                        marker.limit = limit;
                        marker.drain();
                    });
                if spawned.is_err() {
                    // No thread to be had: fewer hands.
                    shared.markers.fetch_sub(1, Ordering::SeqCst);
                }
            }
            let mut main = Marker::new(full);
            main.shared = Some(&shared);
            main.limit = limit;
            main.stack = self.suspend();
            main.drain();
        });
        drop(signals);
        // What an interrupted marking left.
        self.stack = shared.state.lock().stacks.concat();
    }
}

/// Signals stay away from the threads that are started while this lives.
struct BlockedSignals(libc::sigset_t);

impl BlockedSignals {
    fn new() -> Self {
        // SAFETY: plain calls that fill the sets.
        unsafe {
            let mut all: libc::sigset_t = std::mem::zeroed();
            let mut old: libc::sigset_t = std::mem::zeroed();
            libc::sigfillset(&raw mut all);
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut old);
            Self(old)
        }
    }
}

impl Drop for BlockedSignals {
    fn drop(&mut self) {
        // SAFETY: restores the set that `new` saved.
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.0, std::ptr::null_mut())
        };
    }
}

/// What parallel markers share: stacks to be taken.
struct Shared {
    state: Mutex<SharedState>,
    /// Markers without work. Written under the lock of `state`.
    idle: AtomicUsize,
    markers: AtomicUsize,
    changed: AtomicU32,
}

struct SharedState {
    stacks: Vec<Vec<Cell>>,
    done: bool,
    /// A marker reached its limit: the others stop as soon as they have nothing of their own to do.
    interrupted: bool,
}

// SAFETY: cells may be traced by any thread while the world is stopped.
unsafe impl Send for SharedState {}

impl Shared {
    fn give(&self, stack: Vec<Cell>) {
        self.state.lock().stacks.push(stack);
        self.changed.fetch_add(1, Ordering::SeqCst);
        futex::wake(&raw const self.changed, 1);
    }

    /// A marker stops with this left.
    fn interrupt(&self, stack: Vec<Cell>) {
        let mut state = self.state.lock();
        state.stacks.push(stack);
        state.interrupted = true;
        drop(state);
        self.changed.fetch_add(1, Ordering::SeqCst);
        futex::wake(&raw const self.changed, i32::MAX);
    }

    /// Work, or `None` when all markers are without and marking is done, or one of them was interrupted.
    fn take(&self) -> Option<Vec<Cell>> {
        let mut idle = false;
        loop {
            let epoch = self.changed.load(Ordering::SeqCst);
            let mut state = self.state.lock();
            if state.interrupted {
                return None;
            }
            if let Some(stack) = state.stacks.pop() {
                if idle {
                    self.idle.fetch_sub(1, Ordering::SeqCst);
                }
                return Some(stack);
            }
            if !idle {
                idle = true;
                self.idle.fetch_add(1, Ordering::SeqCst);
            }
            if state.done || self.idle.load(Ordering::SeqCst) == self.markers.load(Ordering::SeqCst)
            {
                state.done = true;
                drop(state);
                self.changed.fetch_add(1, Ordering::SeqCst);
                futex::wake(&raw const self.changed, i32::MAX);
                return None;
            }
            drop(state);
            futex::wait(&self.changed, epoch, None);
        }
    }
}

/// The live cell that the address lies in, if any. A value's tag bits do not matter.
pub(crate) fn cell_containing(address: usize) -> Option<Cell> {
    let offset = (address & !7).wrapping_sub(arena::base());
    let index = offset >> BLOCK_SHIFT;
    if index >= arena::top() {
        return None;
    }
    let row = block(index);
    let start = match row.state() {
        BlockState::Free => return None,
        BlockState::Small => {
            let class = row.class();
            let cell = cell_index(class, offset & (BLOCK_SIZE - 1));
            if cell >= CAPACITIES[class] as usize {
                return None;
            }
            block_address(index) + cell * SIZES[class] as usize
        }
        BlockState::Large => block_address(index),
        BlockState::LargeTail => block_address(row.run()),
    };
    let cell = start as *mut Header;
    // SAFETY: the start of a cell; free cells have kind 0.
    (unsafe { (*cell).kind } != 0).then_some(cell)
}
