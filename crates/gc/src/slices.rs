//! Full collections of big heaps, in slices.
//!
//! Marking a big heap takes longer than a program should stand still. So it is done in slices, each with the world
//! stopped, between which the program runs on. What makes that sound:
//!
//! - A marked cell is old (`FLAG_OLD`) once it has been traced, so that the write barrier remembers it when it is stored
//!   into. Each slice traces the remembered cells again that are marked. So a reference that was moved into a cell behind
//!   the marker's back is found (incremental update).
//! - Each slice looks through the roots and stacks anew. Marking is done when nothing is left after that, within one slice;
//!   the same stop then deals with weak references, finalisers and the sweep's lists, as in any collection.
//! - Cells that are allocated meanwhile are unmarked, as any other that nobody has reached yet.
//! - Nothing is swept, and no young collection runs, from the first slice to the last: an unmarked cell says nothing yet.
//!   Threads allocate in the gaps that were known before and in fresh blocks. When one is due to collect it does a slice.
//! - Whoever needs a collection now (`gc.collect`, a lack of memory) starts one afresh, in one go.
//! - Caches that hold cells without keeping them alive are emptied at each slice, as before each collection.

use crate::arena;
use crate::collect;
use crate::header::{Cell, FLAG_REMEMBERED};
use crate::kind;
use crate::mark::{Limit, Marker};
use crate::threads::StoppedWorld;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use taipan_sync::Mutex;

/// What one slice may take for marking.
const SLICE: Duration = Duration::from_millis(10);
/// Slices become longer by as much again after so many of them: a program cannot keep ahead of them for ever.
const PATIENCE: u32 = 48;
/// In stress mode: cells to trace in a slice.
const STRESS_CELLS: usize = 2000;

/// A full marking that is under way.
struct Phase {
    /// Marked, not yet traced.
    grey: Vec<Cell>,
    slices: u32,
}

// SAFETY: cells belong to the process, not to a thread.
unsafe impl Send for Phase {}

/// Locked with the world stopped only.
static PHASE: Mutex<Option<Phase>> = Mutex::new(None);
static UNDER_WAY: AtomicBool = AtomicBool::new(false);

/// Is a full marking under way?
pub(crate) fn are_under_way() -> bool {
    UNDER_WAY.load(Ordering::Relaxed)
}

/// Gives up a marking that is under way: the caller marks anew, and clears all marks first.
pub(crate) fn give_up() {
    *PHASE.lock() = None;
    UNDER_WAY.store(false, Ordering::Relaxed);
}

/// Does one slice, the first if none is under way: `roots` has all roots marked, of threads too (those that have waited
/// since the last slice may be passed over, unless it is the first). True when all is marked; then the caller goes on as
/// after any full marking.
pub(crate) fn step(
    world: &mut StoppedWorld<'_>,
    marker: &mut Marker<'_>,
    begin: impl FnOnce(),
    roots: impl FnOnce(&mut StoppedWorld<'_>, &mut Marker<'_>, bool),
    helpers: usize,
) -> bool {
    let mut guard = PHASE.lock();
    let first = guard.is_none();
    let phase = guard.get_or_insert_with(|| {
        begin();
        Phase {
            grey: Vec::new(),
            slices: 0,
        }
    });
    UNDER_WAY.store(true, Ordering::Relaxed);
    marker.limit = if collect::stress() != 0 {
        Limit::Cells(STRESS_CELLS)
    } else {
        let factor = 1 + phase.slices / PATIENCE;
        Limit::Until(Instant::now() + SLICE * factor)
    };
    phase.slices += 1;
    marker.resume(std::mem::take(&mut phase.grey));
    for cell in world.take_remembered() {
        // SAFETY: nothing is freed while the marking is under way.
        unsafe { (*cell).clear_flags(FLAG_REMEMBERED) };
        // At the first slice no cell is marked; later, one that is not will be traced when it is reached.
        if arena::is_marked(cell) {
            marker.retrace(cell);
        }
    }
    roots(world, marker, first);
    marker.drain_in_parallel(helpers);
    if marker.has_more() {
        phase.grey = marker.suspend();
        return false;
    }
    marker.limit = Limit::None;
    drop(guard);
    give_up();
    true
}

/// With `TAIPAN_GC_VERIFY` set: looks whether all that marked cells refer to is marked, too.
///
/// # Panics
/// If it is not.
pub(crate) fn verify() {
    static WANTED: OnceLock<bool> = OnceLock::new();
    if !*WANTED.get_or_init(|| std::env::var_os("TAIPAN_GC_VERIFY").is_some()) {
        return;
    }
    let kind_of = |cell: Cell| {
        // SAFETY: a cell that another one refers to, in memory still.
        kind::kind_name(unsafe { (*cell).kind })
    };
    collect::each_cell(&mut |cell| {
        if !arena::is_marked(cell) {
            return;
        }
        collect::visit_children(cell, &mut |child| {
            assert!(
                arena::is_marked(child),
                "a marking in slices has missed a {} of a {}",
                kind_of(child),
                kind_of(cell)
            );
        });
    });
}
