//! Weak references and finalisers.
//!
//! Both registries are split by generation. A weak cell's target is set when it is registered and
//! is older than it, so after a collection that both survive both are old, and a young collection
//! looks at the young part alone.

use crate::arena::is_marked;
use crate::header::{Cell, FLAG_FINALIZABLE, FLAG_WEAK_CALLBACK, FLAG_WEAKLY_REFERENCED, Header};
use crate::mark::Marker;
use crate::mutator::with_buffers;
use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use taipan_sync::Mutex;

#[derive(Default)]
struct Registry {
    old_weak: Vec<Cell>,
    old_finalizable: Vec<Cell>,
    /// Roots, both.
    callbacks: VecDeque<Cell>,
    finalizers: VecDeque<Cell>,
}

// SAFETY: cells belong to the process, not to a thread.
unsafe impl Send for Registry {}

static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    old_weak: Vec::new(),
    old_finalizable: Vec::new(),
    callbacks: VecDeque::new(),
    finalizers: VecDeque::new(),
});
static PENDING: AtomicBool = AtomicBool::new(false);

/// The word of a weak cell that holds its target.
///
/// # Safety
/// `weak` is a live weak cell.
unsafe fn target<'a>(weak: Cell) -> &'a AtomicUsize {
    // SAFETY: weak cells have their target at offset 8.
    unsafe { &*weak.byte_add(8).cast::<AtomicUsize>() }
}

/// Makes `weak_cell` a weak reference: the word at its offset 8 is the address of its target (0 for
/// none), which its kind does not trace. When the target dies the word becomes 0, and a weak cell
/// that has [`FLAG_WEAK_CALLBACK`] and is alive itself is queued. The word must not be changed to
/// another target afterwards.
pub fn register_weak(weak_cell: Cell) {
    // SAFETY: the caller gives a live weak cell, whose target is live.
    unsafe {
        let target = target(weak_cell).load(Ordering::Relaxed) as *mut Header;
        if let Some(target) = target.as_ref() {
            target.set_flags(FLAG_WEAKLY_REFERENCED);
        }
    }
    with_buffers(|buffers| buffers.weak.push(weak_cell));
}

/// Has `cell` queued for finalisation, once, when it is found dead; it and all it reaches live on
/// until it is found dead again. Registering twice does nothing more.
pub fn register_finalizable(cell: Cell) {
    // SAFETY: the caller gives a live cell.
    if unsafe { (*cell).set_flags(FLAG_FINALIZABLE) } & FLAG_FINALIZABLE == 0 {
        with_buffers(|buffers| buffers.finalizable.push(cell));
    }
}

/// Are callbacks or finalisers waiting to be run?
pub fn has_pending() -> bool {
    PENDING.load(Ordering::Relaxed)
}

/// The next weak cell whose target died and that wants to be told. The caller's stack keeps it.
pub fn pop_pending_weak_callback() -> Option<Cell> {
    let mut registry = REGISTRY.lock();
    let cell = registry.callbacks.pop_front();
    update_pending(&registry);
    cell
}

/// The next cell to finalise. The caller's stack keeps it.
pub fn pop_pending_finalizer() -> Option<Cell> {
    let mut registry = REGISTRY.lock();
    let cell = registry.finalizers.pop_front();
    update_pending(&registry);
    cell
}

/// Queues the registered cells that `wanted` accepts as if they had been found dead, oldest first: at the end of a
/// program. `wanted` is asked with the world stopped.
pub fn queue_finalizable(m: &crate::Mutator, wanted: &dyn Fn(Cell) -> bool) {
    crate::threads::with_stopped_world(m, &mut |world| {
        let mut guard = REGISTRY.lock();
        let registry = &mut *guard;
        let Registry {
            old_finalizable,
            finalizers,
            ..
        } = registry;
        for list in [old_finalizable, world.young_finalizable()] {
            list.retain(|&cell| {
                let take = wanted(cell);
                if take {
                    // SAFETY: registered cells are in memory until a collection has queued or forgotten them.
                    unsafe { (*cell).clear_flags(FLAG_FINALIZABLE) };
                    finalizers.push_back(cell);
                }
                !take
            });
        }
        update_pending(registry);
    });
}

/// Calls `f` for each cell that is registered for finalisation, with the world stopped.
pub fn for_each_finalizable(m: &crate::Mutator, f: &mut dyn FnMut(Cell)) {
    crate::threads::with_stopped_world(m, &mut |world| {
        let registry = REGISTRY.lock();
        let young = world.young_finalizable();
        for cell in registry.old_finalizable.iter().chain(young.iter()) {
            f(*cell);
        }
    });
}

fn update_pending(registry: &Registry) {
    let pending = !registry.callbacks.is_empty() || !registry.finalizers.is_empty();
    PENDING.store(pending, Ordering::Relaxed);
}

/// Calls `f` for each pending weak callback, those that come up meanwhile included.
pub fn take_pending_weak_callbacks(mut f: impl FnMut(Cell)) {
    while let Some(cell) = pop_pending_weak_callback() {
        f(cell);
    }
}

/// Calls `f` for each pending finaliser, those that come up meanwhile included.
pub fn take_pending_finalizers(mut f: impl FnMut(Cell)) {
    while let Some(cell) = pop_pending_finalizer() {
        f(cell);
    }
}

/// Marks the queues.
pub(crate) fn mark_roots(marker: &mut Marker) {
    let registry = REGISTRY.lock();
    registry
        .callbacks
        .iter()
        .chain(&registry.finalizers)
        .for_each(|&cell| marker.mark(cell));
}

/// After marking: clears dead targets, resurrects and queues dead finalisable cells, and forgets
/// dead weak cells. Returns whether anything is pending.
pub(crate) fn process(
    marker: &mut Marker,
    young_weak: Vec<Cell>,
    young_finalizable: Vec<Cell>,
    full: bool,
) -> bool {
    let mut guard = REGISTRY.lock();
    let registry = &mut *guard;
    let mut weak = young_weak;
    let mut finalizable = young_finalizable;
    let mut old_finalizable = Vec::new();
    if full {
        weak.append(&mut registry.old_weak);
        old_finalizable.append(&mut registry.old_finalizable);
    }
    for &cell in &weak {
        // SAFETY: weak cells are kept in memory until `retain` below forgets them.
        unsafe {
            let word = target(cell);
            let referent = word.load(Ordering::Relaxed) as Cell;
            if !referent.is_null() && !is_marked(referent) {
                word.store(0, Ordering::Release);
                if is_marked(cell) && (*cell).flags() & FLAG_WEAK_CALLBACK != 0 {
                    registry.callbacks.push_back(cell);
                }
            }
        }
    }
    let mut dead = Vec::new();
    for cells in [&mut old_finalizable, &mut finalizable] {
        cells.retain(|&cell| {
            let alive = is_marked(cell);
            if !alive {
                // SAFETY: dead, but not swept yet.
                unsafe { (*cell).clear_flags(FLAG_FINALIZABLE) };
                dead.push(cell);
            }
            alive
        });
    }
    // What was queued before is alive, with all it reaches.
    registry
        .finalizers
        .iter()
        .for_each(|&cell| marker.mark(cell));
    marker.drain();
    // An object before those that it reaches, as a pool before its pipes; where there is no such relation the newest
    // first: what uses another object was mostly made after it.
    let wanted: HashSet<Cell> = dead.iter().copied().collect();
    let first: Vec<Cell> = dead.iter().copied().filter(|&c| is_marked(c)).collect();
    let order = marker.mark_in_post_order(dead.into_iter(), |cell| wanted.contains(&cell));
    registry.finalizers.extend(first.into_iter().rev());
    registry.finalizers.extend(order.into_iter().rev());
    // SAFETY: as above.
    weak.retain(|&cell| is_marked(cell) && unsafe { target(cell) }.load(Ordering::Relaxed) != 0);
    registry.old_weak.append(&mut weak);
    registry.old_finalizable.append(&mut old_finalizable);
    registry.old_finalizable.append(&mut finalizable);
    update_pending(registry);
    PENDING.load(Ordering::Relaxed)
}
