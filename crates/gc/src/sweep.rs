//! Turning dead cells into gaps, lazily, and the lists of blocks with room.
//!
//! After marking, blocks that may hold dead cells stand in their class's `unswept` list. A thread
//! that needs room takes one, sweeps it and allocates in its gaps; what is left over is swept at the
//! start of the next collection. A gap begins with a zero header, as every free cell has, then the
//! offset of the block's next gap and its own length.

use crate::arena::{
    self, BLOCK_DIRTY, BLOCK_HAS_DROP, BLOCK_SIZE, BLOCK_TOUCHED, BLOCK_UNSWEPT, BlockState,
    NO_GAP, block, block_address,
};
use crate::collect::poisoning;
use crate::header::{Cell, Header};
use crate::kind;
use crate::size_class::{CAPACITIES, CLASSES, SIZES};
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_sync::Mutex;

/// What freed cells are filled with in stress mode, headers excepted.
const POISON: u8 = 0xDD;

struct Lists {
    /// Swept blocks with gaps that no thread owns.
    available: Vec<u32>,
    /// The same, but allocated into since the last collection, so that the next one files them anew:
    /// threads left them.
    returned: Vec<u32>,
    unswept: Vec<u32>,
}

static LISTS: [Mutex<Lists>; CLASSES] = [const {
    Mutex::new(Lists {
        available: Vec::new(),
        returned: Vec::new(),
        unswept: Vec::new(),
    })
}; CLASSES];

/// Blocks in all `unswept` lists, so that finishing nothing costs nothing.
static UNSWEPT: AtomicUsize = AtomicUsize::new(0);

/// The start of a free gap.
#[repr(C)]
struct Gap {
    header: u64,
    next: u32,
    length: u32,
}

/// A gap taken for allocation.
pub(crate) struct Room {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Offset of the block's next gap, or `NO_GAP`.
    pub(crate) next: u32,
}

/// Takes the gap at `offset` of a block that the caller owns.
#[inline]
pub(crate) fn take_gap(index: usize, offset: u32) -> Room {
    let start = block_address(index) + offset as usize;
    // SAFETY: a gap of a swept block that the calling thread owns.
    unsafe {
        let gap = start as *mut Gap;
        let (next, length) = ((*gap).next, (*gap).length);
        // The rest of the gap is zero already (or poisoned, and zeroed cell by cell).
        (*gap).next = 0;
        (*gap).length = 0;
        Room {
            start,
            end: start + length as usize,
            next,
        }
    }
}

/// Writes a gap; the caller owns the memory, whose first word is zero.
pub(crate) fn put_gap(start: usize, end: usize, next: u32) {
    // SAFETY: as the caller says; gaps are at least 16 bytes long.
    unsafe {
        (start as *mut Gap).write(Gap {
            header: 0,
            next,
            length: (end - start) as u32,
        })
    };
}

/// A swept block of `class` with gaps, for the calling thread to own.
pub(crate) fn find_block(class: usize) -> Option<usize> {
    loop {
        let index = {
            let mut lists = LISTS[class].lock();
            let swept = lists.returned.pop().or_else(|| lists.available.pop());
            if let Some(index) = swept {
                return Some(index as usize);
            }
            lists.unswept.pop()? as usize
        };
        UNSWEPT.fetch_sub(1, Ordering::Relaxed);
        let swept = sweep(index, false);
        // A block that is nearly full is left alone until the next collection: hopping from one
        // single free cell to the next costs more than it gains.
        if swept.free_bytes as usize >= BLOCK_SIZE / 16 {
            return Some(index);
        }
    }
}

/// Gives back a block with gaps that a thread owned.
pub(crate) fn put_returned(index: usize) {
    debug_assert!(block(index).has(BLOCK_TOUCHED));
    LISTS[block(index).class()]
        .lock()
        .returned
        .push(index as u32);
}

/// Queues a marked block for sweeping.
pub(crate) fn put_unswept(index: usize) {
    block(index).set(BLOCK_UNSWEPT);
    UNSWEPT.fetch_add(1, Ordering::Relaxed);
    LISTS[block(index).class()]
        .lock()
        .unswept
        .push(index as u32);
}

/// Forgets the blocks with room that classification will file anew: those allocated into, and before
/// a full collection all.
pub(crate) fn forget_room(full: bool) {
    for lists in &LISTS {
        let mut lists = lists.lock();
        lists.returned.clear();
        if full {
            lists.available.clear();
        }
    }
}

/// Sweeps whatever is still unswept; returns the number of cells freed, if `count` asks for it.
pub(crate) fn finish(count: bool) -> usize {
    if UNSWEPT.load(Ordering::Relaxed) == 0 {
        return 0;
    }
    let mut freed = 0;
    for lists in &LISTS {
        loop {
            let Some(index) = lists.lock().unswept.pop() else {
                break;
            };
            UNSWEPT.fetch_sub(1, Ordering::Relaxed);
            let index = index as usize;
            let swept = sweep(index, count);
            freed += swept.freed_cells;
            if swept.live_cells == 0 {
                arena::give_blocks(index, 1);
            } else if swept.free_bytes as usize >= BLOCK_SIZE / 16 {
                lists.lock().available.push(index as u32);
            }
        }
    }
    freed
}

struct Swept {
    live_cells: u32,
    free_bytes: u32,
    freed_cells: usize,
}

/// Sweeps a block that the caller owns: drops and clears its unmarked cells and chains the gaps.
fn sweep(index: usize, count: bool) -> Swept {
    let row = block(index);
    debug_assert!(row.state() == BlockState::Small && row.has(BLOCK_UNSWEPT));
    let class = row.class();
    let size = SIZES[class] as usize;
    let base = block_address(index);
    let end = CAPACITIES[class] as usize * size;
    let drops = row.has(BLOCK_HAS_DROP);
    let mut sweeper = Sweeper {
        base,
        size,
        drops,
        count,
        poison: poisoning(),
        first: NO_GAP,
        last: 0,
        result: Swept {
            live_cells: 0,
            free_bytes: 0,
            freed_cells: 0,
        },
    };
    let mut keeps_drops = false;
    let mut free_from = 0;
    for (word_index, word) in arena::block_marks(index).iter().enumerate() {
        let mut bits = word.load(Ordering::Relaxed);
        while bits != 0 {
            let low = (word_index * 64 + bits.trailing_zeros() as usize) * 16;
            bits &= bits - 1;
            // The cell that starts in these 16 bytes. Most sizes are multiples of 16.
            let start = if size.is_multiple_of(16) {
                low
            } else {
                low.div_ceil(size) * size
            };
            sweeper.gap(free_from, start);
            free_from = start + size;
            sweeper.result.live_cells += 1;
            if drops {
                // SAFETY: a marked cell is live.
                keeps_drops |= kind::has_drop(unsafe { (*((base + start) as Cell)).kind });
            }
        }
    }
    sweeper.gap(free_from, end);
    row.set_first_gap(sweeper.first);
    row.clear(if keeps_drops {
        BLOCK_UNSWEPT
    } else {
        BLOCK_UNSWEPT | BLOCK_HAS_DROP
    });
    sweeper.result
}

struct Sweeper {
    base: usize,
    size: usize,
    drops: bool,
    count: bool,
    poison: bool,
    /// Offset of the first gap.
    first: u32,
    /// Address of the latest gap, or 0.
    last: usize,
    result: Swept,
}

impl Sweeper {
    #[inline(always)]
    fn gap(&mut self, from: usize, to: usize) {
        if from < to {
            self.free(from, to);
        }
    }

    fn free(&mut self, from: usize, to: usize) {
        let (start, end) = (self.base + from, self.base + to);
        if self.drops || self.count {
            for address in (start..end).step_by(self.size) {
                let cell = address as *mut Header;
                // SAFETY: an unmarked cell of our block; free ones have kind 0.
                let kind = unsafe { (*cell).kind };
                if kind != 0 {
                    self.result.freed_cells += 1;
                    if let Some(drop) = kind::drop_fn(kind) {
                        // SAFETY: the cell is dead and is dropped once: its header is cleared next.
                        unsafe { drop(cell) };
                    }
                }
            }
        }
        if self.poison {
            for address in (start..end).step_by(self.size) {
                // SAFETY: as above.
                unsafe {
                    (address as *mut u64).write(0);
                    std::ptr::write_bytes((address + 8) as *mut u8, POISON, self.size - 8);
                }
            }
        } else {
            // SAFETY: as above.
            unsafe { std::ptr::write_bytes(start as *mut u8, 0, end - start) };
        }
        put_gap(start, end, NO_GAP);
        if self.last == 0 {
            self.first = from as u32;
        } else {
            // SAFETY: a gap that we wrote.
            unsafe { (*(self.last as *mut Gap)).next = from as u32 };
        }
        self.last = start;
        self.result.free_bytes += (end - start) as u32;
    }
}

/// Sorts the blocks after marking. `all` (a full collection): every block; else those allocated into
/// since the last one, for in the others nothing can have died. `eager`: the caller will sweep at
/// once and wants dead cells counted.
pub(crate) fn classify(all: bool, eager: bool) -> Census {
    let mut census = Census::default();
    let mut index = 1;
    while index < arena::top() {
        let row = block(index);
        match row.state() {
            BlockState::Free | BlockState::LargeTail => {}
            BlockState::Small if all || row.has(BLOCK_TOUCHED) => {
                let class = row.class();
                let live: u32 = arena::block_marks(index)
                    .iter()
                    .map(|word| word.load(Ordering::Relaxed).count_ones())
                    .sum();
                census.blocks_seen += 1;
                census.live_cells += live as usize;
                census.live_bytes += (live * SIZES[class]) as usize;
                // Marks are sticky: in a young collection the count only grows.
                census.new_bytes += (live.saturating_sub(row.live()) * SIZES[class]) as usize;
                row.set_live(live);
                row.clear(BLOCK_TOUCHED);
                if live == 0 && !row.has(BLOCK_HAS_DROP) && !eager {
                    arena::give_blocks(index, 1);
                } else if live < CAPACITIES[class] {
                    put_unswept(index);
                }
            }
            BlockState::Small => {}
            BlockState::Large => {
                let count = row.run();
                let cell = block_address(index) as Cell;
                if arena::is_marked(cell) {
                    if all || row.has(BLOCK_TOUCHED) {
                        census.live_cells += 1;
                        census.live_bytes += count * BLOCK_SIZE;
                        census.new_bytes += count * BLOCK_SIZE;
                    }
                    row.clear(BLOCK_TOUCHED);
                } else {
                    census.freed_large += 1;
                    free_large(index, cell, count);
                }
                index += count;
                continue;
            }
        }
        index += 1;
    }
    census
}

/// What [`classify`] counted: of all blocks, or of those it looked at.
#[derive(Default)]
pub(crate) struct Census {
    pub(crate) blocks_seen: usize,
    pub(crate) live_cells: usize,
    pub(crate) live_bytes: usize,
    /// Bytes of cells that became old. Means nothing after a full collection.
    pub(crate) new_bytes: usize,
    pub(crate) freed_large: usize,
}

fn free_large(index: usize, cell: Cell, count: usize) {
    // SAFETY: a dead large cell.
    unsafe {
        if let Some(drop) = kind::drop_fn((*cell).kind) {
            drop(cell);
        }
        cell.cast::<u64>().write(0);
    }
    block(index).set(BLOCK_DIRTY);
    arena::give_blocks(index, count);
}
