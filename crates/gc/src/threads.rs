//! The attached threads, stopping them all, and forks.
//!
//! Whoever holds the registry's lock may stop the world; he keeps it until the world goes on. So
//! threads attach and detach only while the world runs.

use crate::header::{Cell, MANY_THREADS};
use crate::mutator::{Buffers, Mutator, current};
use crate::stack;
use crate::weak::Listed;
use std::sync::atomic::{AtomicBool, Ordering};
use taipan_sync::Mutex;
use taipan_sync::stop::{State, Stopper};

struct Registry {
    mutators: Vec<*const Mutator>,
    orphans: Buffers,
}

// SAFETY: the pointers are to mutators that leave the registry before they die.
unsafe impl Send for Registry {}

static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    mutators: Vec::new(),
    orphans: Buffers {
        remembered: Vec::new(),
        weak: Vec::new(),
        finalizable: Vec::new(),
    },
});
pub(crate) static STOPPER: Stopper = Stopper::new();
/// Is the world stopped, by the holder of the registry?
static IS_STOPPED: AtomicBool = AtomicBool::new(false);

pub(crate) fn enter(mutator: &Mutator) {
    // Not attached yet, so waiting here delays nobody.
    let mut registry = REGISTRY.lock();
    registry.mutators.push(mutator);
    if registry.mutators.len() > 1 {
        MANY_THREADS.store(true, Ordering::SeqCst);
    }
}

pub(crate) fn leave(mutator: &Mutator) {
    lock_registry(mutator);
    // SAFETY: we hold the registry.
    let registry = unsafe { &mut *REGISTRY.data_ptr() };
    mutator.give_room_back();
    // SAFETY: our own mutator.
    let buffers = unsafe { &mut *mutator.buffers.get() };
    adopt(&mut registry.orphans, buffers);
    registry
        .mutators
        .retain(|&other| !std::ptr::eq(other, mutator));
    REGISTRY.raw().unlock();
}

fn adopt(to: &mut Buffers, from: &mut Buffers) {
    to.remembered.append(&mut from.remembered);
    to.weak.append(&mut from.weak);
    to.finalizable.append(&mut from.finalizable);
}

pub(crate) fn with_orphan_buffers(f: impl FnOnce(&mut Buffers)) {
    f(&mut REGISTRY.lock().orphans);
}

/// Takes the registry; while waiting the thread counts as stopped, for its holder may be stopping
/// the world.
fn lock_registry(mutator: &Mutator) {
    if !REGISTRY.raw().try_lock() {
        // Nobody can ask us to stop once we have the lock, so leaving the region does not wait.
        mutator.blocking(|| REGISTRY.raw().lock());
    }
}

/// How many threads are attached.
pub fn thread_count() -> usize {
    let mut count = 0;
    for_each_mutator(&mut |_| count += 1);
    count
}

/// The world, stopped: all other threads are parked or in blocking regions.
pub(crate) struct StoppedWorld<'a> {
    registry: &'a mut Registry,
}

impl StoppedWorld<'_> {
    /// Calls `f` for each attached thread.
    pub(crate) fn each(&self, mut f: impl FnMut(&Mutator)) {
        for &mutator in &self.registry.mutators {
            // SAFETY: registered mutators are alive.
            f(unsafe { &*mutator });
        }
    }

    /// Gathers the cells to be finalised that threads have buffered since the last collection.
    pub(crate) fn young_finalizable(&mut self) -> &mut Vec<Listed> {
        let mut all = std::mem::take(&mut self.registry.orphans.finalizable);
        self.each(|mutator| {
            // SAFETY: the thread is stopped or is the caller.
            all.append(unsafe { &mut (*mutator.buffers.get()).finalizable });
        });
        self.registry.orphans.finalizable = all;
        &mut self.registry.orphans.finalizable
    }

    /// Gathers the weak cells that threads have buffered since the last collection.
    pub(crate) fn young_weak(&mut self) -> &[Listed] {
        let mut all = std::mem::take(&mut self.registry.orphans.weak);
        self.each(|mutator| {
            // SAFETY: the thread is stopped or is the caller.
            all.append(unsafe { &mut (*mutator.buffers.get()).weak });
        });
        self.registry.orphans.weak = all;
        &self.registry.orphans.weak
    }

    /// Collects the cells that threads have remembered since the last collection or slice of one.
    pub(crate) fn take_remembered(&mut self) -> Vec<Cell> {
        let mut all = std::mem::take(&mut self.registry.orphans.remembered);
        self.each(|mutator| {
            // SAFETY: the thread is stopped or is the caller.
            all.append(unsafe { &mut (*mutator.buffers.get()).remembered });
        });
        all
    }

    /// Collects what threads have buffered.
    pub(crate) fn take_buffers(&mut self) -> Buffers {
        let mut all = std::mem::take(&mut self.registry.orphans);
        self.each(|mutator| {
            // SAFETY: the thread is stopped or is the caller.
            adopt(&mut all, unsafe { &mut *mutator.buffers.get() });
        });
        all
    }
}

/// Stops the world and runs `f`. The caller's registers are on its stack and its stack's top is
/// recorded, as for the other threads.
pub(crate) fn with_stopped_world(mutator: &Mutator, f: &mut dyn FnMut(&mut StoppedWorld<'_>)) {
    stack::with_spilled_registers(&mut |sp| {
        let was_blocked = mutator.state() != State::Running;
        if !was_blocked {
            mutator.set_stack_top(sp);
        }
        lock_registry(mutator);
        if !was_blocked {
            mutator.set_stack_top(sp);
        }
        stop(mutator);
        // SAFETY: we hold the registry.
        let registry = unsafe { &mut *REGISTRY.data_ptr() };
        let mut world = StoppedWorld { registry };
        // The world goes on even if `f` unwinds.
        let _resume = Resume;
        f(&mut world);
    });
}

struct Resume;

impl Drop for Resume {
    fn drop(&mut self) {
        resume();
        REGISTRY.raw().unlock();
    }
}

fn stop(stopper: &Mutator) {
    // SAFETY: the caller holds the registry.
    let registry = unsafe { &*REGISTRY.data_ptr() };
    // SAFETY: registered mutators are alive.
    let all = registry
        .mutators
        .iter()
        .map(|&mutator| unsafe { &*mutator });
    let others = all.filter(|&mutator| !std::ptr::eq(mutator, stopper));
    STOPPER.stop(others.map(Mutator::stop_point));
    IS_STOPPED.store(true, Ordering::SeqCst);
}

fn resume() {
    IS_STOPPED.store(false, Ordering::SeqCst);
    // SAFETY: the caller holds the registry.
    let registry = unsafe { &*REGISTRY.data_ptr() };
    // SAFETY: registered mutators are alive.
    STOPPER.resume(
        registry
            .mutators
            .iter()
            .map(|&mutator| unsafe { &*mutator }.stop_point()),
    );
}

/// Runs `f` while all other threads are stopped. `f` must not allocate, collect or stop the world.
pub fn stop_world<R>(m: &Mutator, f: impl FnOnce() -> R) -> R {
    let mut f = Some(f);
    let mut result = None;
    with_stopped_world(m, &mut |world| {
        result = f.take().map(|f| f());
        world.each(Mutator::disturb);
    });
    result.expect("with_stopped_world runs its closure once")
}

/// Calls `f` for each attached thread: inside [`stop_world`], or with the registry locked, when `f`
/// may only use what any thread may.
pub fn for_each_mutator(f: &mut dyn FnMut(&Mutator)) {
    let inside = IS_STOPPED.load(Ordering::SeqCst)
        // SAFETY: the current mutator is alive.
        && unsafe { current().as_ref() }.is_some_and(|mutator| mutator.state() == State::Running);
    let each = |registry: &Registry, f: &mut dyn FnMut(&Mutator)| {
        // SAFETY: registered mutators are alive.
        registry
            .mutators
            .iter()
            .for_each(|&mutator| f(unsafe { &*mutator }));
    };
    if inside {
        // SAFETY: the world is stopped and we run, so we are the stopper and hold the registry.
        each(unsafe { &*REGISTRY.data_ptr() }, f);
        return;
    }
    // SAFETY: as above.
    match unsafe { current().as_ref() } {
        Some(mutator) => lock_registry(mutator),
        None => REGISTRY.raw().lock(),
    }
    // SAFETY: we hold the registry.
    each(unsafe { &*REGISTRY.data_ptr() }, f);
    REGISTRY.raw().unlock();
}

/// Stops the world for a fork; it stays stopped until one of the functions below.
pub fn before_fork(m: &Mutator) {
    debug_assert!(m.state() != State::Blocked, "fork from a blocking region");
    lock_registry(m);
    stop(m);
}

/// After the fork, in the parent: the world goes on.
pub fn after_fork_parent(_m: &Mutator) {
    resume();
    REGISTRY.raw().unlock();
}

/// After the fork, in the child: only the calling thread exists. The mutators of the others are
/// forgotten (their memory with them); what they had buffered is kept. Object locks they held are
/// for the caller to deal with.
pub fn after_fork_child(m: &Mutator) {
    // SAFETY: we hold the registry since `before_fork`, and no other thread exists.
    let registry = unsafe { &mut *REGISTRY.data_ptr() };
    let others: Vec<_> = registry.mutators.drain(..).collect();
    for other in others {
        if !std::ptr::eq(other, m) {
            // SAFETY: the mutators of the vanished threads are still in memory.
            unsafe {
                (*other).give_room_back();
                adopt(&mut registry.orphans, &mut *(*other).buffers.get());
            }
        }
    }
    registry.mutators.push(m);
    taipan_sync::after_fork_child();
    crate::delay::after_fork_child();
    resume();
    REGISTRY.raw().unlock();
}
