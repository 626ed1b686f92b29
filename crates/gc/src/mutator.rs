//! A thread's view of the heap: bump pointers, poll word, state.

use crate::arena::{self, BLOCK_HAS_DROP, BLOCK_SIZE, BLOCK_TOUCHED, BlockState, NO_GAP, block};
use crate::collect;
use crate::delay::{self, POLL_DELAY};
use crate::header::{Cell, FLAG_OLD, FLAG_REMEMBERED, Header};
use crate::kind;
use crate::mark::Marker;
use crate::size_class::{CAPACITIES, CLASSES, MAX_SMALL, MAX_TABLE, SIZES, class_of};
use crate::stack;
use crate::sweep;
use crate::threads;
use crate::weak::Listed;
use std::cell::{Cell as StdCell, UnsafeCell};
use std::sync::atomic::AtomicU32;
use taipan_sync::stop::{State, StopPoint};

/// The world is to stop: honoured by [`Mutator::safepoint`].
pub const POLL_STOP: u32 = taipan_sync::stop::STOP;
/// Memory outside the heap has grown enough for a collection: honoured by [`Mutator::safepoint`].
pub const POLL_COLLECT: u32 = 1 << 1;
/// Finalisers or weak callbacks are pending; the layer above runs them and clears the bit.
pub const POLL_PENDING: u32 = 1 << 2;
/// The first bit for the layers above.
pub const POLL_FIRST_FREE: u32 = 1 << 4;

/// No memory for a cell, even after a full collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl std::fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("out of heap memory")
    }
}
impl std::error::Error for OutOfMemory {}

/// Why a thread could not be attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachError {
    /// No address space for the heap.
    NoAddressSpace,
    /// The system does not say where the thread's stack is.
    UnknownStack,
    /// The thread is attached already.
    AlreadyAttached,
}

impl std::fmt::Display for AttachError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoAddressSpace => "no address space for the heap",
            Self::UnknownStack => "cannot find the bounds of the thread's stack",
            Self::AlreadyAttached => "the thread is attached already",
        })
    }
}
impl std::error::Error for AttachError {}

/// Room for cells of one class.
#[derive(Clone, Copy)]
#[repr(C)]
struct Bump {
    at: usize,
    end: usize,
    /// Whether the block is known to hold cells that the sweep must drop.
    has_drop: bool,
}

const EMPTY: Bump = Bump {
    at: 0,
    end: 0,
    has_drop: false,
};

/// How compiled code allocates: if the word at `at_offset` of the mutator plus `cell_size` is not
/// above the word at `end_offset`, the former is a zeroed cell and the sum its new value. The code
/// then writes the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InlineAllocation {
    /// Offset of the address of the next free cell.
    pub at_offset: usize,
    /// Offset of the address at which the free cells end.
    pub end_offset: usize,
    /// What a cell takes.
    pub cell_size: usize,
}

/// What a thread owns of one class's block beyond the current gap.
#[derive(Clone, Copy)]
struct Owned {
    block: u32,
    next_gap: u32,
    /// The current gap in stress mode, when `Bump` stays empty so that each allocation is seen.
    held: Bump,
}

const OWNS_NOTHING: Owned = Owned {
    block: 0,
    next_gap: NO_GAP,
    held: EMPTY,
};

/// A layer's function that marks a thread's roots.
pub(crate) type RootTracer = (unsafe fn(*mut (), &mut Marker), *mut ());

/// What a collection takes from each thread.
#[derive(Default)]
pub(crate) struct Buffers {
    pub(crate) remembered: Vec<Cell>,
    pub(crate) weak: Vec<Listed>,
    pub(crate) finalizable: Vec<Listed>,
}

/// The heap's side of an attached thread. Its methods are for that thread alone, except
/// [`Mutator::set_poll`], [`Mutator::clear_poll`] and [`Mutator::poll_bits`].
#[repr(C)]
pub struct Mutator {
    point: StopPoint,
    bumps: UnsafeCell<[Bump; CLASSES]>,
    owned: UnsafeCell<[Owned; CLASSES]>,
    stack_low: usize,
    stack_base: usize,
    /// Where to scan the stack from while the thread is not running.
    stack_top: StdCell<usize>,
    /// Whether a collection has looked through the stack since the thread went into its blocking region: all that lies
    /// there is old then, and young collections need not look again.
    resting: StdCell<bool>,
    pub(crate) buffers: UnsafeCell<Buffers>,
    root_tracer: StdCell<Option<RootTracer>>,
    owner: StdCell<u16>,
    stress_left: StdCell<usize>,
    stress_count: StdCell<usize>,
}

impl std::fmt::Debug for Mutator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mutator")
            .field("point", &self.point)
            .finish_non_exhaustive()
    }
}

thread_local! {
    static CURRENT: StdCell<*const Mutator> = const { StdCell::new(std::ptr::null()) };
}

/// The calling thread's mutator, or null if it is not attached.
#[inline]
pub fn current() -> *const Mutator {
    CURRENT.with(StdCell::get)
}

impl Mutator {
    /// Attaches the calling thread. Cells on any part of its native stack are found.
    pub fn attach() -> Result<Box<Self>, AttachError> {
        if !current().is_null() {
            return Err(AttachError::AlreadyAttached);
        }
        arena::initialise().map_err(|_| AttachError::NoAddressSpace)?;
        collect::read_environment();
        taipan_sync::set_blocking_hook(|wait| {
            let mutator = current();
            // SAFETY: the current mutator is alive until `detach` clears it.
            match unsafe { mutator.as_ref() } {
                Some(mutator) if mutator.state() == State::Running => mutator.blocking(wait),
                _ => wait(),
            }
        });
        let (stack_low, stack_base) = stack::stack_bounds().ok_or(AttachError::UnknownStack)?;
        let mutator = Box::new(Self {
            point: StopPoint::new(),
            bumps: UnsafeCell::new([EMPTY; CLASSES]),
            owned: UnsafeCell::new([OWNS_NOTHING; CLASSES]),
            stack_low,
            stack_base,
            stack_top: StdCell::new(0),
            resting: StdCell::new(false),
            buffers: UnsafeCell::default(),
            root_tracer: StdCell::new(None),
            owner: StdCell::new(0),
            stress_left: StdCell::new(collect::stress()),
            stress_count: StdCell::new(0),
        });
        mutator.set_poll(delay::attach());
        threads::enter(&mutator);
        CURRENT.set(&raw const *mutator);
        Ok(mutator)
    }

    /// Detaches the calling thread, whose mutator this is. (Dropping it does the same.)
    pub fn detach(self: Box<Self>) {
        drop(self);
    }

    /// A zeroed cell of at least `size` bytes with its kind set. May collect. The caller writes the
    /// fields and then the shape before its next allocation.
    #[inline(always)]
    pub fn alloc(&self, kind: u8, size: usize) -> Result<Cell, OutOfMemory> {
        if size <= MAX_TABLE {
            self.alloc_class(class_of(size), kind)
        } else {
            self.alloc_big(kind, size)
        }
    }

    /// As [`Mutator::alloc`], for a cell that can be [`crate::compress`]ed.
    #[inline(always)]
    pub fn alloc_compressible(&self, kind: u8, size: usize) -> Result<Cell, OutOfMemory> {
        self.alloc(kind, size.next_multiple_of(16))
    }

    #[inline(always)]
    fn alloc_class(&self, class: usize, kind: u8) -> Result<Cell, OutOfMemory> {
        debug_assert!(kind != 0, "kind 0 marks free cells");
        // SAFETY: only the owning thread and, while that is stopped, the collector touch this.
        let bump = unsafe { &mut (*self.bumps.get())[class] };
        let at = bump.at;
        let next = at + SIZES[class] as usize;
        if next <= bump.end && (bump.has_drop || !kind::has_drop(kind)) {
            bump.at = next;
            Ok(write_header(at, kind))
        } else {
            self.alloc_slow(class, kind)
        }
    }

    /// Where compiled code finds the bump pointer for cells of `size` bytes: it may do what `alloc`
    /// does, for kinds without a drop function. `None` for sizes that have none.
    pub fn inline_allocation(size: usize) -> Option<InlineAllocation> {
        (size <= MAX_SMALL).then(|| {
            let class = class_of(size);
            let at = std::mem::offset_of!(Self, bumps) + class * size_of::<Bump>();
            InlineAllocation {
                at_offset: at + std::mem::offset_of!(Bump, at),
                end_offset: at + std::mem::offset_of!(Bump, end),
                cell_size: SIZES[class] as usize,
            }
        })
    }

    #[cold]
    #[inline(never)]
    fn alloc_slow(&self, class: usize, kind: u8) -> Result<Cell, OutOfMemory> {
        if collect::stress() != 0 {
            self.stress_step();
        }
        let mut collected = false;
        loop {
            if let Some(at) = self.bump(class) {
                let cell = write_header(at, kind);
                if kind::has_drop(kind) {
                    block(arena::block_of(cell)).set(BLOCK_HAS_DROP);
                    // SAFETY: as in `alloc_class`.
                    unsafe { (*self.bumps.get())[class].has_drop = true };
                }
                return Ok(cell);
            }
            if self.next_gap(class) {
                continue;
            }
            self.safepoint();
            if collect::is_due() {
                collect::collect_automatically(self);
            }
            if !self.refill(class) {
                if collected {
                    return Err(OutOfMemory);
                }
                collect::collect_for_room(self);
                collected = true;
            }
        }
    }

    /// Advances the bump pointer, if the current gap has room.
    fn bump(&self, class: usize) -> Option<usize> {
        let size = SIZES[class] as usize;
        // SAFETY: as in `alloc_class`.
        let (bump, owned) = unsafe {
            (
                &mut (*self.bumps.get())[class],
                &mut (*self.owned.get())[class],
            )
        };
        let stressed = owned.held.at != 0;
        let bump = if stressed { &mut owned.held } else { bump };
        if bump.at + size > bump.end {
            return None;
        }
        let at = bump.at;
        bump.at += size;
        if stressed {
            // SAFETY: a free cell in our gap, poisoned perhaps.
            unsafe { std::ptr::write_bytes(at as *mut u8, 0, size) };
        }
        Some(at)
    }

    /// Goes on to the next gap of the block that we own.
    fn next_gap(&self, class: usize) -> bool {
        // SAFETY: as in `alloc_class`.
        let (bump, owned) = unsafe {
            (
                &mut (*self.bumps.get())[class],
                &mut (*self.owned.get())[class],
            )
        };
        if owned.next_gap == NO_GAP {
            return false;
        }
        let room = sweep::take_gap(owned.block as usize, owned.next_gap);
        owned.next_gap = room.next;
        let gap = Bump {
            at: room.start,
            end: room.end,
            has_drop: bump.has_drop,
        };
        // Poison may be anywhere once stress mode has been on: then each cell is zeroed singly.
        if collect::poisoning() {
            owned.held = gap;
            *bump = EMPTY;
        } else {
            *bump = gap;
        }
        true
    }

    /// Takes a block of the class; false if there is none to have.
    fn refill(&self, class: usize) -> bool {
        let index = match sweep::find_block(class) {
            Some(index) => index,
            None => {
                let Some(index) = arena::take_block() else {
                    return false;
                };
                let row = block(index);
                row.set_class(class);
                let room = BLOCK_SIZE / SIZES[class] as usize * SIZES[class] as usize;
                let start = arena::block_address(index);
                sweep::put_gap(start, start + room, NO_GAP);
                row.set_first_gap(0);
                row.set_state(BlockState::Small);
                index
            }
        };
        let row = block(index);
        row.set(BLOCK_TOUCHED);
        // SAFETY: as in `alloc_class`.
        let owned = unsafe {
            (*self.bumps.get())[class].has_drop = false;
            &mut (*self.owned.get())[class]
        };
        owned.block = index as u32;
        owned.next_gap = row.first_gap();
        row.set_first_gap(NO_GAP);
        let free = CAPACITIES[class] - row.live();
        collect::count_allocated((free * SIZES[class]) as usize);
        true
    }

    #[cold]
    #[inline(never)]
    fn alloc_big(&self, kind: u8, size: usize) -> Result<Cell, OutOfMemory> {
        if size <= MAX_SMALL {
            return self.alloc_class(class_of(size), kind);
        }
        if size > isize::MAX as usize / 2 {
            return Err(OutOfMemory);
        }
        if collect::stress() != 0 {
            self.stress_step();
        }
        self.safepoint();
        if collect::is_due() {
            collect::collect_automatically(self);
        }
        let mut run = arena::take_run(size);
        if run.is_none() {
            collect::collect_for_room(self);
            run = arena::take_run(size);
        }
        let index = run.ok_or(OutOfMemory)?;
        collect::count_allocated(size.next_multiple_of(BLOCK_SIZE));
        block(index).set(BLOCK_TOUCHED);
        Ok(write_header(arena::block_address(index), kind))
    }

    /// In stress mode: counts an allocation and collects at every Nth, young and full in turn.
    fn stress_step(&self) {
        let left = self.stress_left.get();
        if left > 1 {
            self.stress_left.set(left - 1);
            return;
        }
        self.stress_left.set(collect::stress());
        let count = self.stress_count.get() + 1;
        self.stress_count.set(count);
        collect::collect_in_stress(self, count.is_multiple_of(2));
    }

    /// Drops all claims to blocks: before marking, which files every touched block anew.
    ///
    /// # Safety
    /// The thread is the caller or stopped.
    pub(crate) unsafe fn retire(&self) {
        // SAFETY: as the caller says.
        unsafe {
            *self.bumps.get() = [EMPTY; CLASSES];
            *self.owned.get() = [OWNS_NOTHING; CLASSES];
        }
    }

    /// Gives unused room back to the lists, so that a thread's end wastes none.
    pub(crate) fn give_room_back(&self) {
        for class in 0..CLASSES {
            // SAFETY: called on the owning thread.
            let (bump, owned) = unsafe { ((*self.bumps.get())[class], (*self.owned.get())[class]) };
            let current = if owned.held.at != 0 { owned.held } else { bump };
            let mut first = owned.next_gap;
            if current.at < current.end {
                sweep::put_gap(current.at, current.end, first);
                first = (current.at & (BLOCK_SIZE - 1)) as u32;
            }
            if first != NO_GAP {
                block(owned.block as usize).set_first_gap(first);
                sweep::put_returned(owned.block as usize);
            }
        }
        // SAFETY: called on the owning thread.
        unsafe { self.retire() };
    }

    /// The poll word: one relaxed load, for loop back-edges and calls.
    #[inline(always)]
    pub fn poll_bits(&self) -> u32 {
        self.point.poll_bits()
    }

    /// The poll word itself, for compiled code.
    pub fn poll_word(&self) -> &AtomicU32 {
        self.point.poll_word()
    }

    /// Sets bits of the poll word. For any thread; async-signal-safe.
    pub fn set_poll(&self, bits: u32) {
        self.point.set_poll(bits);
    }

    /// Clears bits of the poll word; returns the bits before. For any thread; async-signal-safe.
    pub fn clear_poll(&self, bits: u32) -> u32 {
        self.point.clear_poll(bits)
    }

    /// Stops if the world is to stop, collects if outside memory asks for it.
    #[inline]
    pub fn safepoint(&self) {
        if self.poll_bits() & (POLL_STOP | POLL_COLLECT | POLL_DELAY) != 0 {
            self.safepoint_slow();
        }
    }

    #[cold]
    #[inline(never)]
    fn safepoint_slow(&self) {
        self.delay();
        if self.poll_bits() & POLL_STOP != 0 {
            stack::with_spilled_registers(&mut |sp| {
                self.enter_region(sp, State::Parked);
                self.leave_region();
            });
        }
        if self.poll_bits() & POLL_COLLECT != 0 {
            self.clear_poll(POLL_COLLECT);
            if collect::is_due() {
                collect::collect_automatically(self);
            }
        }
    }

    #[inline]
    fn delay(&self) {
        if self.poll_bits() & POLL_DELAY != 0 {
            delay::at_safepoint();
        }
    }

    /// Runs `f`, which touches no cell, while the thread counts as stopped. Cells in the caller's
    /// frames stay alive. Nested regions are harmless.
    #[inline]
    pub fn blocking<R>(&self, f: impl FnOnce() -> R) -> R {
        let mut f = Some(f);
        let mut result = None;
        self.blocking_dyn(&mut || result = f.take().map(|f| f()));
        result.expect("blocking_dyn runs its closure once")
    }

    /// Runs `f`, which may touch cells, within a blocking region: what foreign code that was called there calls back.
    pub fn unblocking<R>(&self, f: impl FnOnce() -> R) -> R {
        /// Goes back into the region, also when `f` unwinds.
        struct Again<'a>(&'a Mutator, usize);
        impl Drop for Again<'_> {
            fn drop(&mut self) {
                // The registers of those who entered the region lie above that address still.
                self.0.enter_region(self.1, State::Blocked);
            }
        }
        if self.state() != State::Blocked {
            return f();
        }
        let again = Again(self, self.stack_top.get());
        self.leave_region();
        let r = f();
        drop(again);
        r
    }

    fn blocking_dyn(&self, f: &mut dyn FnMut()) {
        if self.state() != State::Running {
            return f();
        }
        stack::with_spilled_registers(&mut |sp| {
            self.enter_region(sp, State::Blocked);
            // Leaves the region also when `f` unwinds.
            let _region = Region(self);
            self.delay();
            f();
        });
        self.delay();
    }

    /// Is the thread in a blocking region? For its own thread.
    pub fn is_blocking(&self) -> bool {
        self.state() == State::Blocked
    }

    pub(crate) fn state(&self) -> State {
        self.point.state()
    }

    pub(crate) fn stop_point(&self) -> &StopPoint {
        &self.point
    }

    fn enter_region(&self, sp: usize, state: State) {
        self.stack_top.set(sp);
        self.point.enter(&threads::STOPPER, state);
    }

    fn leave_region(&self) {
        self.point.leave(&threads::STOPPER);
        self.resting.set(false);
    }

    /// Whether the thread rests; it does from now on if it is in a blocking region. For the collector, with the world
    /// stopped.
    pub(crate) fn rest(&self) -> bool {
        self.resting.replace(self.state() == State::Blocked)
    }

    /// Something may have been written to the thread's stacks. With the world stopped.
    pub(crate) fn disturb(&self) {
        self.resting.set(false);
    }

    pub(crate) fn set_stack_top(&self, sp: usize) {
        self.stack_top.set(sp);
    }

    /// The part of the stack in use, while the thread is stopped.
    pub fn stopped_stack(&self) -> (*const usize, *const usize) {
        (
            self.stack_top.get() as *const usize,
            self.stack_base as *const usize,
        )
    }

    /// The lowest address of the thread's stack, its guard included.
    pub fn stack_low(&self) -> usize {
        self.stack_low
    }

    /// The address just above the thread's stack.
    pub fn stack_base(&self) -> usize {
        self.stack_base
    }

    /// Has `f(data, marker)` called at each marking, to mark the thread's own roots.
    pub fn set_root_tracer(&self, f: unsafe fn(*mut (), &mut Marker), data: *mut ()) {
        self.root_tracer.set(Some((f, data)));
    }

    /// On whose behalf the thread runs from now on: weak and finalisable cells that it registers are given back with this
    /// number when something is to be run for them.
    pub fn set_owner(&self, owner: u16) {
        self.owner.set(owner);
    }

    pub(crate) fn owner(&self) -> u16 {
        self.owner.get()
    }

    pub(crate) fn root_tracer(&self) -> Option<RootTracer> {
        self.root_tracer.get()
    }
}

impl Drop for Mutator {
    fn drop(&mut self) {
        assert!(
            std::ptr::eq(current(), self),
            "a mutator dropped on another thread"
        );
        threads::leave(self);
        CURRENT.set(std::ptr::null());
        delay::detach();
    }
}

struct Region<'a>(&'a Mutator);

impl Drop for Region<'_> {
    fn drop(&mut self) {
        self.0.leave_region();
    }
}

#[inline(always)]
fn write_header(at: usize, kind: u8) -> Cell {
    // The kind is byte 4; the other fields are zero.
    let word = u64::from_ne_bytes([0, 0, 0, 0, kind, 0, 0, 0]);
    // SAFETY: a free cell that the calling thread has just claimed.
    unsafe { (at as *mut u64).write(word) };
    at as *mut Header
}

/// To be called when a reference is stored into `owner` (before or after, but with no safepoint
/// between): an old cell is remembered, to be traced by the next young collection.
#[inline(always)]
pub fn write_barrier(owner: Cell) {
    // SAFETY: the owner is a live cell.
    let flags = unsafe { (*owner).flags() };
    if flags & (FLAG_OLD | FLAG_REMEMBERED) == FLAG_OLD {
        remember(owner);
    }
}

/// The slow half of [`write_barrier`].
#[cold]
#[inline(never)]
pub fn remember(owner: Cell) {
    // SAFETY: the owner is a live cell.
    if unsafe { (*owner).set_flags(FLAG_REMEMBERED) } & FLAG_REMEMBERED != 0 {
        return;
    }
    with_buffers(|buffers, _| buffers.remembered.push(owner));
}

/// The calling thread's buffers, or the shared ones if it is not attached.
pub(crate) fn with_buffers(f: impl FnOnce(&mut Buffers, u16)) {
    // SAFETY: the current mutator is alive.
    match unsafe { current().as_ref() } {
        // SAFETY: the buffers are the thread's alone while it runs.
        Some(mutator) => f(unsafe { &mut *mutator.buffers.get() }, mutator.owner.get()),
        None => threads::with_orphan_buffers(|buffers| f(buffers, 0)),
    }
}
