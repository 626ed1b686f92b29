//! The heap of the process: allocation, collection, safepoints and the threads that stop at them.
//!
//! The collector is a non-moving mark–sweep with sticky-mark generations. It is precise in the heap
//! and conservative on native stacks. It knows no Python type: a cell begins with a [`Header`] whose
//! `kind` selects a row of a table ([`register_kind`]) that says how to trace and drop it.
//!
//! | module | what it does |
//! |---|---|
//! | `header` | the eight bytes at the start of each cell, object locks |
//! | `size_class` | the cell sizes |
//! | `arena` | the reserved address range, block table, mark bits, free blocks |
//! | `sweep` | dead cells to gaps, per-class lists of blocks with room |
//! | `mutator` | a thread's bump pointers, poll word, state |
//! | `threads` | registry, stopping the world, fork |
//! | `stack` | stack bounds, spilling registers |
//! | `mark` | marking, conservative and parallel |
//! | `collect` | the cycle, thresholds, statistics |
//! | `weak` | weak references and finalisers |
//! | `delay` | random delays, for tests |
//!
//! # Rules for the layers above
//!
//! * Memory from malloc is invisible to the collector: it must not hold the only reference to a cell.
//! * Fields, then the shape, of a new cell are written before the next allocation (or safepoint).
//! * A store of a reference into a cell that may have seen an allocation since its own needs
//!   [`write_barrier`] on the owner.
//! * A pointer to one past the end of a cell does not keep the cell.
//! * A compressed reference is no root.
//! * A `drop` function runs on any thread, at any allocation; it must touch no other cell, allocate
//!   nothing, and reach no safepoint.

#![allow(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "a Cell is a live cell by convention; every function here would be unsafe otherwise"
)]

mod arena;
mod collect;
mod delay;
mod header;
mod kind;
mod mark;
mod mutator;
mod size_class;
mod slices;
mod stack;
mod sweep;
mod threads;
mod weak;

pub use arena::{compress, decompress, is_in_heap};
pub use collect::{
    CollectHook, Counters, MarkHook, Stats, add_after_mark, add_before_collect, add_outside_bytes,
    add_root_tracer, allocated_bytes, collect, collect_at_end, counters, find_cell, for_each_cell,
    for_each_live_cell, freeze, frozen_count, is_enabled, set_enabled, set_stress,
    set_young_budget, stress, unfreeze, visit_children,
};
pub use delay::POLL_DELAY;
pub use header::{
    Cell, FLAG_FINALIZABLE, FLAG_FIRST_FREE, FLAG_OLD, FLAG_REMEMBERED, FLAG_WEAK_CALLBACK,
    FLAG_WEAKLY_REFERENCED, Header, ObjectGuard, lock_object, many_threads, unlock_object,
};
pub use kind::{KindInfo, kind_name, register_kind};
pub use mark::Marker;
pub use mutator::{
    AttachError, InlineAllocation, Mutator, OutOfMemory, POLL_COLLECT, POLL_FIRST_FREE,
    POLL_PENDING, POLL_STOP, current, remember, write_barrier,
};
pub use size_class::{MAX_SMALL, rounded_size};
pub use stack::clear_stack_below;
pub use threads::{
    after_fork_child, after_fork_parent, before_fork, for_each_mutator, stop_world, thread_count,
};
pub use weak::{
    for_each_finalizable, give_finalizable_away, has_pending, pop_pending_finalizer,
    pop_pending_weak_callback, queue_finalizable, queue_finalizable_newest_first,
    register_finalizable, register_weak, take_pending_finalizers, take_pending_weak_callbacks,
};
