//! The collection cycle, when it runs, and what it reports.

use crate::arena::{self, BLOCK_SIZE, BLOCK_UNSWEPT, BlockState, block};
use crate::header::{Cell, FLAG_REMEMBERED, Header};
use crate::kind;
use crate::mark::{Marker, cell_containing};
use crate::mutator::{Mutator, POLL_COLLECT, current};
use crate::size_class::{CAPACITIES, SIZES};
use crate::slices;
use crate::sweep;
use crate::threads::{self, StoppedWorld};
use crate::weak;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use taipan_sync::Mutex;

/// Called with the world stopped, before marking; the argument says whether all generations are
/// collected.
pub type CollectHook = fn(full: bool);
/// Called with the world stopped, after marking and resurrection: drop what refers to cells for
/// which `is_marked` is false.
pub type MarkHook = fn(is_marked: &dyn Fn(Cell) -> bool, full: bool);

/// What one collection did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stats {
    /// Were all generations collected?
    pub full: bool,
    /// Cells found dead. Only counted by [`collect`]; automatic collections sweep later.
    pub freed_cells: usize,
    /// Cells alive in the blocks looked at: all, if `full`.
    pub live_cells: usize,
    /// Their bytes.
    pub live_bytes: usize,
    /// How long the world was stopped.
    pub pause: Duration,
}

/// Sums since the start of the process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counters {
    /// Young collections.
    pub young: u64,
    /// Full collections.
    pub full: u64,
    /// Cells freed by the collections that count.
    pub freed_cells: u64,
    /// Time with the world stopped.
    pub pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// The longest pause of a young collection.
    pub longest_young_pause: Duration,
    /// Bytes of cells alive after the last full collection plus those that survived since.
    pub heap_bytes: usize,
    /// Bytes declared by [`add_outside_bytes`].
    pub outside_bytes: usize,
    /// Bytes of blocks in use.
    pub block_bytes: usize,
}

const MIB: usize = 1 << 20;
const YOUNG_BUDGET: usize = 4 * MIB;
/// Before the first collection: what a program imports stays, so looking through it early finds nothing.
const FIRST_BUDGET: usize = 8 * MIB;
const MAX_YOUNG_BUDGET: usize = 256 * MIB;
/// More than this between two collections only where looking through old cells takes long: if all of it survived, that
/// would be the length of the next pause.
const USUAL_YOUNG_BUDGET: usize = 32 * MIB;
/// What a young collection should take, if the program lets it.
const PAUSE_GOAL: Duration = Duration::from_millis(4);
/// About what one marker gets through, in bytes of new cells.
const MARKED_PER_MS: f64 = 2.0 * MIB as f64;
const MIN_FULL_THRESHOLD: usize = 32 * MIB;
/// Allocated at least between two collections while they are forbidden. Programs forbid collections
/// (`timeit` does) counting on reference counts to free what is not in cycles; without any we must
/// collect at some time.
const DISABLED_BUDGET: usize = 256 * MIB;
/// Marking less than this is not worth a second thread.
const PARALLEL_ABOVE: usize = 24 * MIB;
const MAX_HELPERS: usize = 7;
/// A full collection of more than this is done in slices.
const SLICED_ABOVE: usize = 48 * MIB;
/// What may be allocated between two slices.
const SLICE_BUDGET: usize = 8 * MIB;

/// Bytes of blocks handed out, and outside bytes added, since the last collection.
static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
/// `ALLOCATED` above this makes a collection due.
static BUDGET: AtomicUsize = AtomicUsize::new(FIRST_BUDGET);
static MIN_BUDGET: AtomicUsize = AtomicUsize::new(YOUNG_BUDGET);
/// Bytes that survived at least one collection.
static OLD_BYTES: AtomicUsize = AtomicUsize::new(0);
/// `OLD_BYTES` (with outside bytes) above this makes the next collection full.
static FULL_THRESHOLD: AtomicUsize = AtomicUsize::new(MIN_FULL_THRESHOLD);
static OUTSIDE: AtomicIsize = AtomicIsize::new(0);
static ENABLED: AtomicBool = AtomicBool::new(true);
static STRESS: AtomicUsize = AtomicUsize::new(0);
/// Has stress mode ever been on? Then free cells may be poisoned.
static POISONING: AtomicBool = AtomicBool::new(false);
static FROZEN: AtomicUsize = AtomicUsize::new(0);
/// Counts collections: a thread that waited while another collected need not do it again.
static EPOCH: AtomicU64 = AtomicU64::new(0);

static COUNTERS: Mutex<Counters> = Mutex::new(Counters {
    young: 0,
    full: 0,
    freed_cells: 0,
    pause: Duration::ZERO,
    longest_pause: Duration::ZERO,
    longest_young_pause: Duration::ZERO,
    heap_bytes: 0,
    outside_bytes: 0,
    block_bytes: 0,
});

struct Hooks {
    roots: Vec<fn(&mut Marker)>,
    before: Vec<CollectHook>,
    after_mark: Vec<MarkHook>,
}

static HOOKS: Mutex<Hooks> = Mutex::new(Hooks {
    roots: Vec::new(),
    before: Vec::new(),
    after_mark: Vec::new(),
});

/// Has `f` mark roots (statics, thread-locals of the stopped world) at each collection.
pub fn add_root_tracer(f: fn(&mut Marker)) {
    HOOKS.lock().roots.push(f);
}

/// Has `f` called at the start of each collection.
pub fn add_before_collect(f: CollectHook) {
    HOOKS.lock().before.push(f);
}

/// Has `f` called after each marking.
pub fn add_after_mark(f: MarkHook) {
    HOOKS.lock().after_mark.push(f);
}

/// Reads `TAIPAN_GC_STRESS`, once.
pub(crate) fn read_environment() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let every = std::env::var("TAIPAN_GC_STRESS")
            .ok()
            .and_then(|n| n.trim().parse().ok());
        if let Some(every) = every.filter(|&n| n > 0) {
            POISONING.store(true, Ordering::SeqCst);
            STRESS.store(every, Ordering::SeqCst);
        }
    });
}

/// Every how many allocations of a thread stress mode collects; 0 for off.
#[inline]
pub fn stress() -> usize {
    STRESS.load(Ordering::Relaxed)
}

/// Turns stress mode on (collect at every `every`th allocation, young and full in turn) or, with 0,
/// off.
pub fn set_stress(m: &Mutator, every: usize) {
    threads::with_stopped_world(m, &mut |world| {
        // Threads must not go on with bump ranges that bypass the counting.
        world.each(Mutator::give_room_back);
        if every > 0 {
            POISONING.store(true, Ordering::SeqCst);
        }
        STRESS.store(every, Ordering::SeqCst);
    });
}

#[inline]
pub(crate) fn poisoning() -> bool {
    POISONING.load(Ordering::Relaxed)
}

/// May collections run by themselves?
pub fn is_enabled() -> bool {
    ENABLED.load(Ordering::Relaxed)
}

/// Allows automatic collections, or puts them off: then they run when a multiple of the usual memory
/// has been allocated. [`collect`] runs anyway.
pub fn set_enabled(enabled: bool) {
    ENABLED.store(enabled, Ordering::Relaxed);
}

/// Sets how many bytes are allocated, at least, between two collections.
pub fn set_young_budget(bytes: usize) {
    MIN_BUDGET.store(bytes.max(BLOCK_SIZE), Ordering::Relaxed);
    BUDGET.store(bytes.max(BLOCK_SIZE), Ordering::Relaxed);
}

/// Declares that memory hanging off cells grew (or shrank): it counts towards the next collection.
pub fn add_outside_bytes(bytes: isize) {
    // Counted by the thread first: the shared counters are not touched for a few words at a time.
    const BATCH: isize = 32 * 1024;
    std::thread_local! {
        static GROWN: std::cell::Cell<isize> = const { std::cell::Cell::new(0) };
        static SHRUNK: std::cell::Cell<isize> = const { std::cell::Cell::new(0) };
    }
    let counter = if bytes > 0 { &GROWN } else { &SHRUNK };
    let total = counter.get() + bytes;
    if total.abs() < BATCH {
        counter.set(total);
        return;
    }
    counter.set(0);
    OUTSIDE.fetch_add(total, Ordering::Relaxed);
    if total > 0 {
        count_allocated(total.unsigned_abs());
        if is_due() {
            // SAFETY: the current mutator is alive.
            if let Some(mutator) = unsafe { current().as_ref() } {
                mutator.set_poll(POLL_COLLECT);
            }
        }
    }
}

#[inline]
pub(crate) fn count_allocated(bytes: usize) {
    ALLOCATED.fetch_add(bytes, Ordering::Relaxed);
}

#[inline]
pub(crate) fn is_due() -> bool {
    let allocated = ALLOCATED.load(Ordering::Relaxed);
    let budget = BUDGET.load(Ordering::Relaxed);
    allocated >= budget && (is_enabled() || allocated >= (budget * 4).max(DISABLED_BUDGET))
}

fn outside_bytes() -> usize {
    usize::try_from(OUTSIDE.load(Ordering::Relaxed)).unwrap_or(0)
}

fn wants_full() -> bool {
    OLD_BYTES.load(Ordering::Relaxed) + outside_bytes() > FULL_THRESHOLD.load(Ordering::Relaxed)
}

/// Bytes handed out since the last collection, in whole blocks.
pub fn allocated_bytes() -> usize {
    ALLOCATED.load(Ordering::Relaxed)
}

/// The counters.
pub fn counters() -> Counters {
    let mut counters = *COUNTERS.lock();
    counters.heap_bytes = OLD_BYTES.load(Ordering::Relaxed);
    counters.outside_bytes = outside_bytes();
    counters.block_bytes = (arena::top() - 1).saturating_sub(arena::free_blocks()) * BLOCK_SIZE;
    counters
}

/// Counts all live cells as frozen, for `gc.get_freeze_count`. Old cells are not looked at by young
/// collections anyway, and this collector writes no mark into them, so there is no more to do.
pub fn freeze(m: &Mutator) {
    let mut count = 0;
    for_each_cell(m, &mut |_| count += 1);
    FROZEN.store(count, Ordering::Relaxed);
}

/// Undoes [`freeze`].
pub fn unfreeze() {
    FROZEN.store(0, Ordering::Relaxed);
}

/// How many cells were frozen.
pub fn frozen_count() -> usize {
    FROZEN.load(Ordering::Relaxed)
}

/// Collects now, sweeps at once (so that dead cells' drop functions have run) and counts. A full collection gives the
/// system back what is free, but for a little.
pub fn collect(m: &Mutator, full: bool) -> Stats {
    crate::stack::clear_stack_below();
    let reach = if full { Reach::Full } else { Reach::Young };
    let mut stats = cycle(m, reach, true, None);
    stats.freed_cells += sweep::finish(true);
    if full {
        arena::trim(MIN_BUDGET.load(Ordering::Relaxed) / BLOCK_SIZE);
    }
    COUNTERS.lock().freed_cells += stats.freed_cells as u64;
    stats
}

/// Finds out what is dead, for finalisers and weak references, and leaves the memory as it is: before the end of the
/// process.
pub fn collect_at_end(m: &Mutator) {
    crate::stack::clear_stack_below();
    cycle(m, Reach::Full, false, None);
}

/// What a collection looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// What was allocated or stored into since the last one.
    Young,
    /// All, in one go.
    Full,
    /// All, but only some of it at a time: see [`slices`].
    Slice,
}

/// Collects because the budget is used up.
#[cold]
pub(crate) fn collect_automatically(m: &Mutator) {
    let reach = if slices::are_under_way() {
        Reach::Slice
    } else if !wants_full() {
        Reach::Young
    } else if OLD_BYTES.load(Ordering::Relaxed) > SLICED_ABOVE {
        Reach::Slice
    } else {
        Reach::Full
    };
    cycle(m, reach, false, Some(EPOCH.load(Ordering::SeqCst)));
}

/// Collects because there is no memory.
#[cold]
pub(crate) fn collect_for_room(m: &Mutator) {
    cycle(m, Reach::Full, false, None);
    sweep::finish(false);
}

#[cold]
pub(crate) fn collect_in_stress(m: &Mutator, full: bool) {
    let reach = if full || slices::are_under_way() {
        Reach::Slice
    } else {
        Reach::Young
    };
    cycle(m, reach, false, None);
}

/// One collection. With `seen`, only if none has run since that epoch.
fn cycle(m: &Mutator, reach: Reach, eager: bool, seen: Option<u64>) -> Stats {
    cycle_and(m, reach, eager, seen, &mut || {})
}

/// [`cycle`], and something that is done before the world goes on.
fn cycle_and(
    m: &Mutator,
    reach: Reach,
    eager: bool,
    seen: Option<u64>,
    and: &mut dyn FnMut(),
) -> Stats {
    // Most leftovers of the last sweep can be dealt with while others run.
    sweep::finish(false);
    let start = Instant::now();
    let mut stats = Stats {
        full: reach != Reach::Young,
        ..Stats::default()
    };
    threads::with_stopped_world(m, &mut |world| {
        if seen.is_none_or(|epoch| EPOCH.load(Ordering::SeqCst) == epoch) {
            let allocated = ALLOCATED.load(Ordering::Relaxed);
            let begun = Instant::now();
            if let Some((done, census)) = run(world, reach, eager) {
                stats = done;
                weak::tell_threads(world, m);
                set_budget(stats.full, allocated, census.new_bytes, begun.elapsed());
            } else {
                ALLOCATED.store(0, Ordering::Relaxed);
                let least = MIN_BUDGET.load(Ordering::Relaxed);
                BUDGET.store(SLICE_BUDGET.max(least), Ordering::Relaxed);
            }
            stats.pause = start.elapsed();
            EPOCH.fetch_add(1, Ordering::SeqCst);
        }
        and();
    });
    let mut counters = COUNTERS.lock();
    counters.pause += stats.pause;
    counters.longest_pause = counters.longest_pause.max(stats.pause);
    if reach == Reach::Young {
        counters.longest_young_pause = counters.longest_young_pause.max(stats.pause);
    }
    stats
}

/// Nothing for a slice after which more are to come.
fn run(world: &mut StoppedWorld<'_>, reach: Reach, eager: bool) -> Option<(Stats, sweep::Census)> {
    let (before, roots, after_mark) = {
        let hooks = HOOKS.lock();
        (
            hooks.before.clone(),
            hooks.roots.clone(),
            hooks.after_mark.clone(),
        )
    };
    // While a full marking is half done, nothing is known of young cells alone.
    let reach = match reach {
        Reach::Young if slices::are_under_way() => Reach::Full,
        reach => reach,
    };
    let full = reach != Reach::Young;
    before.iter().for_each(|hook| hook(full));
    let mut marker = Marker::new(full);
    if reach == Reach::Slice {
        let begin = || {
            sweep::finish(false);
            clear_marks();
        };
        let mark_roots = |world: &mut StoppedWorld<'_>, marker: &mut Marker<'_>, first: bool| {
            self::mark_roots(world, marker, &roots, !first);
        };
        if !slices::step(world, &mut marker, begin, mark_roots, helpers(true)) {
            return None;
        }
        slices::verify();
    } else {
        slices::give_up();
    }

    // SAFETY: all threads are stopped, or the caller.
    world.each(|mutator| unsafe { mutator.retire() });
    let buffers = world.take_buffers();
    sweep::finish(false);
    sweep::forget_room(full);

    if reach == Reach::Full {
        clear_marks();
    }
    for &cell in &buffers.remembered {
        // SAFETY: nothing has been freed since the cell was remembered.
        unsafe { (*cell).clear_flags(FLAG_REMEMBERED) };
        if !full {
            marker.retrace(cell);
        }
    }
    if reach != Reach::Slice {
        mark_roots(world, &mut marker, &roots, !full);
        marker.drain_in_parallel(helpers(full));
    }
    weak::process(&mut marker, buffers.weak, buffers.finalizable, full);
    after_mark
        .iter()
        .for_each(|hook| hook(&arena::is_marked, full));

    let census = sweep::classify(full, eager);
    account(full, &census);
    let stats = Stats {
        full,
        freed_cells: census.freed_large,
        live_cells: census.live_cells,
        live_bytes: census.live_bytes,
        pause: Duration::ZERO,
    };
    Some((stats, census))
}

/// Marks all roots. `may_rest`: what threads that have waited since the last look at them hold is known to be marked.
fn mark_roots(
    world: &StoppedWorld<'_>,
    marker: &mut Marker<'_>,
    roots: &[fn(&mut Marker)],
    may_rest: bool,
) {
    roots.iter().for_each(|tracer| tracer(marker));
    weak::mark_roots(marker);
    world.each(|mutator| {
        marker.resting = mutator.rest() && may_rest;
        if !marker.resting {
            let (low, high) = mutator.stopped_stack();
            marker.mark_conservative_range(low, high);
        }
        if let Some((tracer, data)) = mutator.root_tracer() {
            // SAFETY: as promised to `set_root_tracer`.
            unsafe { tracer(data, marker) };
        }
    });
    marker.resting = false;
}

pub(crate) fn clear_marks() {
    for index in 1..arena::top() {
        if block(index).state() != BlockState::Free {
            arena::block_marks(index)
                .iter()
                .for_each(|word| word.store(0, Ordering::Relaxed));
        }
    }
}

/// How many threads should help to mark.
fn helpers(full: bool) -> usize {
    if !full || OLD_BYTES.load(Ordering::Relaxed) < PARALLEL_ABOVE {
        return 0;
    }
    static CPUS: AtomicUsize = AtomicUsize::new(0);
    let mut cpus = CPUS.load(Ordering::Relaxed);
    if cpus == 0 {
        cpus = std::thread::available_parallelism().map_or(1, usize::from);
        CPUS.store(cpus, Ordering::Relaxed);
    }
    (cpus - 1).min(MAX_HELPERS)
}

/// Sets the thresholds for the next collection.
fn account(full: bool, census: &sweep::Census) {
    let old = if full {
        census.live_bytes
    } else {
        OLD_BYTES.load(Ordering::Relaxed) + census.new_bytes
    };
    OLD_BYTES.store(old, Ordering::Relaxed);
    if full {
        let live = old + outside_bytes();
        FULL_THRESHOLD.store((live * 2).max(MIN_FULL_THRESHOLD), Ordering::Relaxed);
        arena::trim((largest_budget(old) + old / 4) / BLOCK_SIZE);
    }
    ALLOCATED.store(0, Ordering::Relaxed);
    let mut counters = COUNTERS.lock();
    if full {
        counters.full += 1;
    } else {
        counters.young += 1;
    }
}

/// Bytes that may be allocated before the next collection, at most: more on a big heap, whose remembered cells and roots
/// cost more to look through.
fn largest_budget(old: usize) -> usize {
    let least = MIN_BUDGET.load(Ordering::Relaxed);
    (old / 2).clamp(least, MAX_YOUNG_BUDGET.max(least))
}

/// Bytes to allocate before the next collection: as many as would make it last as long as it should, if as much of them
/// survives as of the last. Where most of the time goes to what does not depend on them, more: else that would be done
/// too often.
fn set_budget(full: bool, allocated: usize, survived: usize, took: Duration) {
    let last = BUDGET.load(Ordering::Relaxed);
    let most = largest_budget(OLD_BYTES.load(Ordering::Relaxed));
    let least = MIN_BUDGET.load(Ordering::Relaxed);
    let budget = if full || allocated < MIB {
        last
    } else {
        let took = took.as_secs_f64() * 1e3;
        let rest = (took - survived as f64 / MARKED_PER_MS).max(0.0);
        let goal = (PAUSE_GOAL.as_secs_f64() * 1e3).max(2.0 * rest);
        let survival = survived as f64 / allocated as f64;
        let wanted = (goal * MARKED_PER_MS / survival.max(1e-3)) as usize;
        let usual = if rest > goal / 4.0 {
            most
        } else {
            USUAL_YOUNG_BUDGET
        };
        wanted.min(usual).min(last * 2).max(last / 4)
    };
    BUDGET.store(budget.clamp(least, most), Ordering::Relaxed);
}

/// Calls `f` for each cell with the world stopped: the live ones and those not yet found dead.
pub fn for_each_cell(m: &Mutator, f: &mut dyn FnMut(Cell)) {
    threads::with_stopped_world(m, &mut |_| each_cell(f));
}

/// Collects, and calls `f` for each cell that is left before the world goes on. No other thread can make
/// garbage in between.
pub fn for_each_live_cell(m: &Mutator, f: &mut dyn FnMut(Cell)) {
    crate::stack::clear_stack_below();
    cycle_and(m, Reach::Full, true, None, &mut || each_cell(f));
}

/// All cells but those found dead, the world being stopped.
pub(crate) fn each_cell(f: &mut dyn FnMut(Cell)) {
    for index in 1..arena::top() {
        let row = block(index);
        let base = arena::block_address(index);
        let (count, size) = match row.state() {
            BlockState::Small => (CAPACITIES[row.class()], SIZES[row.class()]),
            BlockState::Large => (1, 0),
            BlockState::Free | BlockState::LargeTail => continue,
        };
        // Where nobody has swept yet, only what is marked is alive.
        let unswept = row.has(BLOCK_UNSWEPT);
        for at in 0..count {
            let cell = (base + (at * size) as usize) as *mut Header;
            // SAFETY: the start of a cell; free ones have kind 0.
            if unsafe { (*cell).kind } != 0 && (!unswept || arena::is_marked(cell)) {
                f(cell);
            }
        }
    }
}

/// Calls `f` with each reference that `cell` holds. The world must be stopped: tracing drops what cells only cache.
pub fn visit_children(cell: Cell, f: &mut dyn FnMut(Cell)) {
    // SAFETY: the caller gives a live cell.
    if let Some(trace) = kind::trace_fn(unsafe { (*cell).kind }) {
        // SAFETY: registered for cells of this kind.
        unsafe { trace(cell, &mut Marker::visiting(f)) };
    }
}

/// The cell that an address points to or into, if there is one: for debugging.
pub fn find_cell(address: usize) -> Option<Cell> {
    if arena::is_in_heap(address) {
        cell_containing(address)
    } else {
        None
    }
}
