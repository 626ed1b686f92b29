//! Weak references and finalisers.
//!
//! Both registries are split by generation. A weak cell's target is set when it is registered and
//! is older than it, so after a collection that both survive both are old, and a young collection
//! looks at the young part alone.

use crate::arena::is_marked;
use crate::header::{Cell, FLAG_FINALIZABLE, FLAG_WEAK_CALLBACK, FLAG_WEAKLY_REFERENCED, Header};
use crate::mark::Marker;
use crate::mutator::{Mutator, POLL_PENDING, with_buffers};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use taipan_sync::Mutex;

/// A registered cell, and in the upper bits, which addresses do not have, on whose behalf it was registered
/// ([`Mutator::set_owner`]).
#[derive(Clone, Copy)]
pub(crate) struct Listed(usize);

const OWNER_SHIFT: u32 = 48;

impl Listed {
    fn new(cell: Cell, owner: u16) -> Listed {
        Listed(cell as usize | (owner as usize) << OWNER_SHIFT)
    }

    fn cell(self) -> Cell {
        (self.0 & ((1 << OWNER_SHIFT) - 1)) as Cell
    }

    fn owner(self) -> u16 {
        (self.0 >> OWNER_SHIFT) as u16
    }
}

#[derive(Default)]
struct Registry {
    old_weak: Vec<Listed>,
    old_finalizable: Vec<Listed>,
    /// What is to be run, by owner. Roots.
    pending: BTreeMap<u16, Queues>,
}

#[derive(Default)]
struct Queues {
    callbacks: VecDeque<Cell>,
    finalizers: VecDeque<Cell>,
}

impl Registry {
    fn queues(&mut self, owner: u16) -> &mut Queues {
        self.pending.entry(owner).or_default()
    }
}

// SAFETY: cells belong to the process, not to a thread.
unsafe impl Send for Registry {}

static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    old_weak: Vec::new(),
    old_finalizable: Vec::new(),
    pending: BTreeMap::new(),
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
    with_buffers(|buffers, owner| buffers.weak.push(Listed::new(weak_cell, owner)));
}

/// Has `cell` queued for finalisation, once, when it is found dead; it and all it reaches live on
/// until it is found dead again. Registering twice does nothing more.
pub fn register_finalizable(cell: Cell) {
    // SAFETY: the caller gives a live cell.
    if unsafe { (*cell).set_flags(FLAG_FINALIZABLE) } & FLAG_FINALIZABLE == 0 {
        with_buffers(|buffers, owner| buffers.finalizable.push(Listed::new(cell, owner)));
    }
}

/// Are callbacks or finalisers waiting to be run?
pub fn has_pending() -> bool {
    PENDING.load(Ordering::Relaxed)
}

/// The next weak cell whose target died and that wants to be told, of those registered on behalf of `owner`. The caller's
/// stack keeps it.
pub fn pop_pending_weak_callback(owner: u16) -> Option<Cell> {
    pop(owner, |queues| &mut queues.callbacks)
}

/// The next cell to finalise, of those registered on behalf of `owner`. The caller's stack keeps it.
pub fn pop_pending_finalizer(owner: u16) -> Option<Cell> {
    pop(owner, |queues| &mut queues.finalizers)
}

fn pop(owner: u16, queue: fn(&mut Queues) -> &mut VecDeque<Cell>) -> Option<Cell> {
    if !has_pending() {
        return None;
    }
    let mut registry = REGISTRY.lock();
    let queues = registry.pending.get_mut(&owner)?;
    let cell = queue(queues).pop_front();
    if queues.callbacks.is_empty() && queues.finalizers.is_empty() {
        registry.pending.remove(&owner);
        update_pending(&registry);
    }
    cell
}

/// Queues the registered cells that `wanted` accepts as if they had been found dead, oldest first: at the end of a
/// program. `wanted` is asked with the world stopped, for cells that were registered on behalf of `owner`.
pub fn queue_finalizable(m: &Mutator, owner: u16, wanted: &dyn Fn(Cell) -> bool) {
    crate::threads::with_stopped_world(m, &mut |world| {
        let mut guard = REGISTRY.lock();
        let registry = &mut *guard;
        let finalizers = &mut registry.pending.entry(owner).or_default().finalizers;
        for list in [&mut registry.old_finalizable, world.young_finalizable()] {
            list.retain(|&listed| {
                let take = listed.owner() == owner && wanted(listed.cell());
                if take {
                    // SAFETY: registered cells are in memory until a collection has queued or forgotten them.
                    unsafe { (*listed.cell()).clear_flags(FLAG_FINALIZABLE) };
                    finalizers.push_back(listed.cell());
                }
                !take
            });
        }
        update_pending(registry);
    });
}

/// As [`queue_finalizable`] for all cells that were registered on behalf of `owner`, newest first: what uses another
/// object was mostly made after it.
pub fn queue_finalizable_newest_first(m: &Mutator, owner: u16) {
    crate::threads::with_stopped_world(m, &mut |world| {
        let mut guard = REGISTRY.lock();
        let registry = &mut *guard;
        let finalizers = &mut registry.pending.entry(owner).or_default().finalizers;
        let mut taken = Vec::new();
        for list in [&mut registry.old_finalizable, world.young_finalizable()] {
            taken.extend(list.extract_if(.., |listed| listed.owner() == owner));
        }
        for listed in taken.into_iter().rev() {
            // SAFETY: as in `queue_finalizable`.
            unsafe { (*listed.cell()).clear_flags(FLAG_FINALIZABLE) };
            finalizers.push_back(listed.cell());
        }
        update_pending(registry);
    });
}

/// `owner` is no more: cells that were registered on its behalf are finalised on that of 0, callbacks of its weak cells
/// are never called.
pub fn give_finalizable_away(m: &Mutator, owner: u16) {
    crate::threads::with_stopped_world(m, &mut |world| {
        let mut registry = REGISTRY.lock();
        let give = |listed: &mut Listed| {
            if listed.owner() == owner {
                *listed = Listed::new(listed.cell(), 0);
            }
        };
        registry.old_finalizable.iter_mut().for_each(give);
        world.young_finalizable().iter_mut().for_each(give);
        if let Some(queues) = registry.pending.remove(&owner) {
            registry.queues(0).finalizers.extend(queues.finalizers);
        }
        let mut quiet = |listed: &Listed| {
            if listed.owner() == owner {
                // SAFETY: weak cells are in memory until a collection has forgotten them.
                unsafe { (*listed.cell()).clear_flags(FLAG_WEAK_CALLBACK) };
            }
        };
        registry.old_weak.iter().for_each(&mut quiet);
        world.young_weak().iter().for_each(&mut quiet);
        update_pending(&registry);
    });
}

/// Calls `f` for each cell that is registered for finalisation, with the world stopped.
pub fn for_each_finalizable(m: &Mutator, f: &mut dyn FnMut(Cell)) {
    crate::threads::with_stopped_world(m, &mut |world| {
        let registry = REGISTRY.lock();
        let young = world.young_finalizable();
        for listed in registry.old_finalizable.iter().chain(young.iter()) {
            f(listed.cell());
        }
    });
}

fn update_pending(registry: &Registry) {
    let pending = |q: &Queues| !q.callbacks.is_empty() || !q.finalizers.is_empty();
    PENDING.store(registry.pending.values().any(pending), Ordering::Relaxed);
}

/// Calls `f` for each pending weak callback, those that come up meanwhile included.
pub fn take_pending_weak_callbacks(mut f: impl FnMut(Cell)) {
    while let Some(cell) = pop_pending_weak_callback(0) {
        f(cell);
    }
}

/// Calls `f` for each pending finaliser, those that come up meanwhile included.
pub fn take_pending_finalizers(mut f: impl FnMut(Cell)) {
    while let Some(cell) = pop_pending_finalizer(0) {
        f(cell);
    }
}

/// Tells threads that something is pending for their owner: the collecting one, `first`, or all of another owner's, for
/// some of them may wait for long.
pub(crate) fn tell_threads(world: &crate::threads::StoppedWorld<'_>, first: &Mutator) {
    let registry = REGISTRY.lock();
    if registry.pending.contains_key(&first.owner()) {
        first.set_poll(POLL_PENDING);
    }
    world.each(|mutator| {
        let owner = mutator.owner();
        if owner != first.owner() && registry.pending.contains_key(&owner) {
            mutator.set_poll(POLL_PENDING);
        }
    });
}

/// Marks the queues.
pub(crate) fn mark_roots(marker: &mut Marker) {
    let registry = REGISTRY.lock();
    for queues in registry.pending.values() {
        let all = queues.callbacks.iter().chain(&queues.finalizers);
        all.for_each(|&cell| marker.mark(cell));
    }
}

/// After marking: clears dead targets, resurrects and queues dead finalisable cells, and forgets
/// dead weak cells.
pub(crate) fn process(
    marker: &mut Marker,
    young_weak: Vec<Listed>,
    young_finalizable: Vec<Listed>,
    full: bool,
) {
    let mut guard = REGISTRY.lock();
    let registry = &mut *guard;
    let mut weak = young_weak;
    let mut finalizable = young_finalizable;
    let mut old_finalizable = Vec::new();
    if full {
        weak.append(&mut registry.old_weak);
        old_finalizable.append(&mut registry.old_finalizable);
    }
    for &listed in &weak {
        let cell = listed.cell();
        // SAFETY: weak cells are kept in memory until `retain` below forgets them.
        unsafe {
            let word = target(cell);
            let referent = word.load(Ordering::Relaxed) as Cell;
            if !referent.is_null() && !is_marked(referent) {
                word.store(0, Ordering::Release);
                if is_marked(cell) && (*cell).flags() & FLAG_WEAK_CALLBACK != 0 {
                    registry.queues(listed.owner()).callbacks.push_back(cell);
                }
            }
        }
    }
    let mut dead = Vec::new();
    for listed in [&mut old_finalizable, &mut finalizable] {
        listed.retain(|&listed| {
            let alive = is_marked(listed.cell());
            if !alive {
                // SAFETY: dead, but not swept yet.
                unsafe { (*listed.cell()).clear_flags(FLAG_FINALIZABLE) };
                dead.push(listed);
            }
            alive
        });
    }
    // What was queued before is alive, with all it reaches.
    for queues in registry.pending.values() {
        queues.finalizers.iter().for_each(|&cell| marker.mark(cell));
    }
    marker.drain();
    // An object before those that it reaches, as a pool before its pipes; where there is no such relation the newest
    // first: what uses another object was mostly made after it.
    let wanted: HashMap<Cell, Listed> = dead.iter().map(|&l| (l.cell(), l)).collect();
    let first: Vec<Listed> = dead
        .iter()
        .copied()
        .filter(|l| is_marked(l.cell()))
        .collect();
    let cells = dead.iter().map(|l| l.cell());
    let order = marker.mark_in_post_order(cells, |cell| wanted.contains_key(&cell));
    let order = order.into_iter().map(|cell| wanted[&cell]);
    for listed in first.into_iter().rev().chain(order.rev()) {
        let queues = registry.queues(listed.owner());
        queues.finalizers.push_back(listed.cell());
    }
    weak.retain(|&listed| {
        let cell = listed.cell();
        // SAFETY: as above.
        is_marked(cell) && unsafe { target(cell) }.load(Ordering::Relaxed) != 0
    });
    registry.old_weak.append(&mut weak);
    registry.old_finalizable.append(&mut old_finalizable);
    registry.old_finalizable.append(&mut finalizable);
    update_pending(registry);
}
