//! The one range of addresses that holds every cell, cut into blocks of 64 KiB.
//!
//! Beside it lie the block table (16 bytes a block) and the mark bits (one per 16 bytes of heap; no
//! two cells start within the same 16). All three are reserved at start and made accessible in
//! steps, so that their virtual size costs nothing. Block 0 is never used: a compressed reference of
//! 0 is null.

use crate::header::{Cell, Header};
use std::sync::atomic::{AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use taipan_sync::Mutex;

pub(crate) const BLOCK_SHIFT: usize = 16;
pub(crate) const BLOCK_SIZE: usize = 1 << BLOCK_SHIFT;
/// Mark words (of 64 bits) per block.
pub(crate) const MARK_WORDS: usize = BLOCK_SIZE / 16 / 64;
const MAX_BLOCKS: usize = 1 << 20;
const MIN_BLOCKS: usize = 256;
/// Blocks made accessible at a time.
const GROWTH: usize = 64;
/// From this block on the heap is big: huge pages then save page faults and address translations.
const HUGE_ABOVE: usize = 512;
const PAGE: usize = 4096;

/// The state of a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum BlockState {
    Free = 0,
    /// Holds cells of one class.
    Small = 1,
    /// The first block of a large cell.
    Large = 2,
    /// A further block of a large cell.
    LargeTail = 3,
}

/// The block was allocated into since the last collection.
pub(crate) const BLOCK_TOUCHED: u8 = 1;
/// The block may hold cells with a drop function.
pub(crate) const BLOCK_HAS_DROP: u8 = 2;
/// A free block that may not be all zero.
pub(crate) const BLOCK_DIRTY: u8 = 4;
/// Marked but not yet swept: dead cells still have headers.
pub(crate) const BLOCK_UNSWEPT: u8 = 8;

pub(crate) const NO_GAP: u32 = u32::MAX;

/// A row of the block table.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Block {
    state: AtomicU8,
    class: AtomicU8,
    flags: AtomicU8,
    _pad: u8,
    /// Offset of the first free gap in a swept block that no thread owns.
    first_gap: AtomicU32,
    /// Of a large cell: the number of blocks; of its tail: the first block.
    run: AtomicU32,
    /// Live cells at the last look: the old ones.
    live: AtomicU32,
}

impl Block {
    #[inline(always)]
    pub(crate) fn state(&self) -> BlockState {
        match self.state.load(Ordering::Relaxed) {
            0 => BlockState::Free,
            1 => BlockState::Small,
            2 => BlockState::Large,
            _ => BlockState::LargeTail,
        }
    }
    pub(crate) fn set_state(&self, state: BlockState) {
        self.state.store(state as u8, Ordering::Release);
    }
    #[inline(always)]
    pub(crate) fn class(&self) -> usize {
        usize::from(self.class.load(Ordering::Relaxed))
    }
    pub(crate) fn set_class(&self, class: usize) {
        self.class.store(class as u8, Ordering::Relaxed);
    }
    #[inline(always)]
    pub(crate) fn has(&self, flag: u8) -> bool {
        self.flags.load(Ordering::Relaxed) & flag != 0
    }
    pub(crate) fn set(&self, flag: u8) {
        self.flags.fetch_or(flag, Ordering::Relaxed);
    }
    pub(crate) fn clear(&self, flag: u8) {
        self.flags.fetch_and(!flag, Ordering::Relaxed);
    }
    pub(crate) fn first_gap(&self) -> u32 {
        self.first_gap.load(Ordering::Relaxed)
    }
    pub(crate) fn set_first_gap(&self, gap: u32) {
        self.first_gap.store(gap, Ordering::Relaxed);
    }
    #[inline(always)]
    pub(crate) fn run(&self) -> usize {
        self.run.load(Ordering::Relaxed) as usize
    }
    pub(crate) fn live(&self) -> u32 {
        self.live.load(Ordering::Relaxed)
    }
    pub(crate) fn set_live(&self, cells: u32) {
        self.live.store(cells, Ordering::Relaxed);
    }
    fn set_run(&self, run: usize) {
        self.run.store(run as u32, Ordering::Relaxed);
    }
}

static BASE: AtomicUsize = AtomicUsize::new(0);
/// Blocks below this index have been handed out at some time.
static TOP: AtomicUsize = AtomicUsize::new(1);
static TABLE: AtomicPtr<Block> = AtomicPtr::new(std::ptr::null_mut());
static MARKS: AtomicPtr<AtomicU64> = AtomicPtr::new(std::ptr::null_mut());
static SPACE: Mutex<Space> = Mutex::new(Space {
    limit: 0,
    accessible: 0,
    free: Vec::new(),
    free_count: 0,
    lowest: 0,
});

/// Which blocks are free; under one lock.
struct Space {
    /// Blocks reserved.
    limit: usize,
    /// Blocks readable and writable.
    accessible: usize,
    /// A bit per block below the top.
    free: Vec<u64>,
    free_count: usize,
    /// No word of `free` before this one has a bit set.
    lowest: usize,
}

/// Why the heap could not be set up.
#[derive(Debug)]
pub(crate) struct NoAddressSpace;

/// Reserves the arena, once.
pub(crate) fn initialise() -> Result<(), NoAddressSpace> {
    let mut space = SPACE.lock();
    if BASE.load(Ordering::Acquire) != 0 {
        return Ok(());
    }
    let mut blocks = MAX_BLOCKS;
    // Under an address-space limit most of it must stay for stacks, malloc and mapped files.
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: fills the struct.
    let known = unsafe { libc::getrlimit(libc::RLIMIT_AS, &raw mut limit) } == 0;
    if known && limit.rlim_cur != libc::RLIM_INFINITY {
        let half = usize::try_from(limit.rlim_cur / 2).unwrap_or(usize::MAX);
        while blocks > MIN_BLOCKS && blocks * BLOCK_SIZE > half {
            blocks /= 2;
        }
    }
    loop {
        let base = reserve(blocks);
        if let Some(base) = base.filter(|&base| blocks <= MIN_BLOCKS || leaves_room(base, blocks)) {
            let base = base.next_multiple_of(BLOCK_SIZE);
            let table = (base + blocks * BLOCK_SIZE) as *mut Block;
            let marks = (base + blocks * BLOCK_SIZE + table_bytes(blocks)) as *mut AtomicU64;
            TABLE.store(table, Ordering::Release);
            MARKS.store(marks, Ordering::Release);
            space.limit = blocks;
            space.accessible = 0;
            BASE.store(base, Ordering::Release);
            return Ok(());
        }
        if blocks <= MIN_BLOCKS {
            return Err(NoAddressSpace);
        }
        blocks /= 2;
    }
}

fn table_bytes(blocks: usize) -> usize {
    (blocks * size_of::<Block>()).next_multiple_of(PAGE)
}

fn marks_bytes(blocks: usize) -> usize {
    blocks * MARK_WORDS * 8
}

/// Bytes to reserve for as many blocks, beginning at any page.
fn reserved_bytes(blocks: usize) -> usize {
    blocks * BLOCK_SIZE + table_bytes(blocks) + marks_bytes(blocks) + BLOCK_SIZE
}

/// What the rest of the process needs beside the arena: stacks, malloc.
const ROOM: usize = 32 << 20;

/// Whether the process has address space left beside the reservation of `blocks`, which is given up otherwise.
fn leaves_room(address: usize, blocks: usize) -> bool {
    if let Some(room) = map(ROOM) {
        unmap(room, ROOM);
        return true;
    }
    unmap(address, reserved_bytes(blocks));
    false
}

fn unmap(address: usize, size: usize) {
    // SAFETY: a mapping made here that nobody uses.
    unsafe { libc::munmap(std::ptr::without_provenance_mut(address), size) };
}

fn reserve(blocks: usize) -> Option<usize> {
    map(reserved_bytes(blocks))
}

fn map(size: usize) -> Option<usize> {
    // SAFETY: a new mapping at an address of the kernel's choice.
    let address = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            size,
            libc::PROT_NONE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
            -1,
            0,
        )
    };
    (address != libc::MAP_FAILED).then(|| address.addr())
}

fn make_accessible(from: usize, to: usize) -> bool {
    let from = from / PAGE * PAGE;
    let to = to.next_multiple_of(PAGE);
    // SAFETY: the range lies within our reservation.
    unsafe {
        libc::mprotect(
            from as *mut libc::c_void,
            to - from,
            libc::PROT_READ | libc::PROT_WRITE,
        ) == 0
    }
}

impl Space {
    /// Extends the top by `count` blocks; the index of the first.
    fn grow(&mut self, count: usize) -> Option<usize> {
        let first = TOP.load(Ordering::Relaxed);
        let top = first.checked_add(count).filter(|&top| top <= self.limit)?;
        if top > self.accessible {
            let target = top.next_multiple_of(GROWTH).min(self.limit);
            let target = if self.open(target) { target } else { top };
            if target > self.accessible && !self.open(target) {
                return None;
            }
        }
        self.free.resize(top.div_ceil(64), 0);
        TOP.store(top, Ordering::Release);
        Some(first)
    }

    fn open(&mut self, target: usize) -> bool {
        if target <= self.accessible {
            return true;
        }
        let old = self.accessible;
        let table = TABLE.load(Ordering::Relaxed).addr();
        let marks = MARKS.load(Ordering::Relaxed).addr();
        let base = base();
        let done = make_accessible(base + old * BLOCK_SIZE, base + target * BLOCK_SIZE)
            && make_accessible(
                table + old * size_of::<Block>(),
                table + target * size_of::<Block>(),
            )
            && make_accessible(marks + marks_bytes(old), marks + marks_bytes(target));
        if done {
            if old >= HUGE_ABOVE {
                // SAFETY: advice on memory of ours.
                unsafe {
                    libc::madvise(
                        (base + old * BLOCK_SIZE) as *mut libc::c_void,
                        (target - old) * BLOCK_SIZE,
                        libc::MADV_HUGEPAGE,
                    );
                }
            }
            self.accessible = target;
        }
        done
    }

    fn take_one(&mut self) -> Option<usize> {
        if self.free_count == 0 {
            return None;
        }
        while self.free[self.lowest] == 0 {
            self.lowest += 1;
        }
        let word = self.lowest;
        let bit = self.free[word].trailing_zeros() as usize;
        self.free[word] &= self.free[word] - 1;
        self.free_count -= 1;
        Some(word * 64 + bit)
    }

    fn is_free(&self, index: usize) -> bool {
        self.free
            .get(index / 64)
            .is_some_and(|word| word >> (index % 64) & 1 != 0)
    }

    /// First fit for a run.
    fn take_run(&mut self, count: usize) -> Option<usize> {
        if self.free_count < count {
            return None;
        }
        let end = self.free.len() * 64;
        let mut at = self.lowest * 64;
        let mut length = 0;
        while at < end {
            if at.is_multiple_of(64) && length == 0 && self.free[at / 64] == 0 {
                at += 64;
                continue;
            }
            if self.is_free(at) {
                length += 1;
                if length == count {
                    let first = at + 1 - count;
                    for index in first..=at {
                        self.free[index / 64] &= !(1 << (index % 64));
                    }
                    self.free_count -= count;
                    return Some(first);
                }
            } else {
                length = 0;
            }
            at += 1;
        }
        None
    }
}

/// Takes a free block; its memory is zero. `None` if there is no memory.
pub(crate) fn take_block() -> Option<usize> {
    let index = {
        let mut space = SPACE.lock();
        match space.take_one() {
            Some(index) => index,
            None => space.grow(1)?,
        }
    };
    make_zero(index, BLOCK_SIZE);
    block(index).set_run(1);
    block(index).set_live(0);
    Some(index)
}

/// Takes a run of blocks for a large cell of `bytes`; its memory is zero.
pub(crate) fn take_run(bytes: usize) -> Option<usize> {
    let count = bytes.div_ceil(BLOCK_SIZE);
    let first = {
        let mut space = SPACE.lock();
        match space.take_run(count) {
            Some(first) => first,
            None => space.grow(count)?,
        }
    };
    for index in first..first + count {
        make_zero(index, BLOCK_SIZE);
        block(index).set_run(first);
        block(index).set_state(BlockState::LargeTail);
    }
    block(first).set_run(count);
    block(first).set_state(BlockState::Large);
    Some(first)
}

fn make_zero(index: usize, bytes: usize) {
    if block(index).has(BLOCK_DIRTY) {
        // SAFETY: the block is accessible and ours alone.
        unsafe { std::ptr::write_bytes(block_address(index) as *mut u8, 0, bytes) };
        block(index).clear(BLOCK_DIRTY);
    }
}

/// Gives back `count` blocks from `first` on.
pub(crate) fn give_blocks(first: usize, count: usize) {
    // Large runs go back to the system at once: they are rarely wanted again at that size.
    let discard = count >= 16;
    if discard {
        discard_memory(first, count);
    }
    for index in first..first + count {
        let row = block(index);
        row.set_state(BlockState::Free);
        row.flags
            .store(if discard { 0 } else { BLOCK_DIRTY }, Ordering::Relaxed);
    }
    let mut space = SPACE.lock();
    for index in first..first + count {
        debug_assert!(!space.is_free(index));
        space.free[index / 64] |= 1 << (index % 64);
    }
    space.free_count += count;
    space.lowest = space.lowest.min(first / 64);
}

fn discard_memory(first: usize, count: usize) {
    // SAFETY: the blocks are free; the pages read as zero afterwards.
    unsafe {
        libc::madvise(
            block_address(first) as *mut libc::c_void,
            count * BLOCK_SIZE,
            libc::MADV_DONTNEED,
        );
    }
}

/// Gives the memory of free blocks back to the system, except for the `keep` lowest.
pub(crate) fn trim(keep: usize) {
    let space = SPACE.lock();
    if space.free_count <= keep {
        return;
    }
    let mut kept = 0;
    let mut run: Option<(usize, usize)> = None;
    let flush = |run: &mut Option<(usize, usize)>| {
        if let Some((first, count)) = run.take() {
            discard_memory(first, count);
            (first..first + count).for_each(|index| block(index).clear(BLOCK_DIRTY));
        }
    };
    for index in 1..TOP.load(Ordering::Relaxed) {
        let wanted = space.is_free(index) && {
            kept += 1;
            kept > keep && block(index).has(BLOCK_DIRTY)
        };
        match (&mut run, wanted) {
            (Some((_, count)), true) => *count += 1,
            (None, true) => run = Some((index, 1)),
            (_, false) => flush(&mut run),
        }
    }
    flush(&mut run);
}

/// The number of free blocks below the top.
pub(crate) fn free_blocks() -> usize {
    SPACE.lock().free_count
}

#[inline(always)]
pub(crate) fn base() -> usize {
    BASE.load(Ordering::Relaxed)
}

#[inline(always)]
pub(crate) fn top() -> usize {
    TOP.load(Ordering::Relaxed)
}

/// The row of a block below the top.
#[inline(always)]
pub(crate) fn block(index: usize) -> &'static Block {
    debug_assert!(index < MAX_BLOCKS);
    // SAFETY: rows up to the top are accessible and never go away.
    unsafe { &*TABLE.load(Ordering::Relaxed).add(index) }
}

#[inline(always)]
pub(crate) fn block_address(index: usize) -> usize {
    base() + (index << BLOCK_SHIFT)
}

#[inline(always)]
pub(crate) fn block_of(cell: Cell) -> usize {
    (cell.addr() - base()) >> BLOCK_SHIFT
}

/// The mark words of the whole arena; word `offset >> 10`, bit `offset >> 4 & 63`.
#[inline(always)]
pub(crate) fn marks() -> *const AtomicU64 {
    MARKS.load(Ordering::Relaxed)
}

/// The mark words of a block.
#[inline(always)]
pub(crate) fn block_marks(index: usize) -> &'static [AtomicU64] {
    // SAFETY: the words of blocks below the top are accessible and never go away.
    unsafe { std::slice::from_raw_parts(marks().add(index * MARK_WORDS), MARK_WORDS) }
}

/// Did the last marking reach the cell?
#[inline(always)]
pub(crate) fn is_marked(cell: Cell) -> bool {
    let offset = cell.addr() - base();
    // SAFETY: a cell lies below the top.
    let word = unsafe { &*marks().add(offset >> 10) };
    word.load(Ordering::Relaxed) >> (offset >> 4 & 63) & 1 != 0
}

/// The arena offset of a cell from `alloc_compressible`, in units of 16 bytes; 0 for null.
#[inline(always)]
pub fn compress(cell: Cell) -> u32 {
    if cell.is_null() {
        return 0;
    }
    debug_assert!(
        is_in_heap(cell.addr()) && cell.addr() & 15 == 0,
        "not a compressible cell"
    );
    ((cell.addr() - base()) >> 4) as u32
}

/// The cell of a compressed reference; null for 0.
#[inline(always)]
pub fn decompress(reference: u32) -> Cell {
    if reference == 0 {
        return std::ptr::null_mut();
    }
    (base() + ((reference as usize) << 4)) as *mut Header
}

/// Is the address inside the part of the arena that has been used?
#[inline(always)]
pub fn is_in_heap(address: usize) -> bool {
    address.wrapping_sub(base()) < top() << BLOCK_SHIFT
}
