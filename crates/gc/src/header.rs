//! The eight bytes at the start of each cell.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use taipan_sync::ByteLock;

/// What every heap cell begins with. An all-zero header is a free cell.
#[repr(C, align(8))]
#[derive(Debug)]
pub struct Header {
    /// A compressed reference whose meaning belongs to the layer above (an object's shape).
    pub shape: AtomicU32,
    /// The row in the table of kinds; 0 for a free cell. Written once, by the allocation.
    pub kind: u8,
    /// `FLAG_*`: the lower bits belong to the collector, from [`FLAG_FIRST_FREE`] up to others.
    pub flags: AtomicU8,
    /// The object's lock; take it through [`lock_object`] or [`ObjectGuard`].
    pub lock: ByteLock,
    /// A byte for the layer above.
    pub aux: AtomicU8,
}

const _: () = assert!(size_of::<Header>() == 8);

/// A cell: the address of its header.
pub type Cell = *mut Header;

/// The cell has survived a collection. Such a cell needs the write barrier.
pub const FLAG_OLD: u8 = 1 << 0;
/// The cell is in a remembered set: it was stored into since the last collection.
pub const FLAG_REMEMBERED: u8 = 1 << 1;
/// The cell is in the registry of finalisers.
pub const FLAG_FINALIZABLE: u8 = 1 << 2;
/// On a weak cell: queue it when its target dies.
pub const FLAG_WEAK_CALLBACK: u8 = 1 << 3;
/// A weak cell has pointed here at some time. Set by [`crate::register_weak`].
pub const FLAG_WEAKLY_REFERENCED: u8 = 1 << 4;
/// The first of three bits that the collector never touches.
pub const FLAG_FIRST_FREE: u8 = 1 << 5;

impl Header {
    /// The flags, all of them.
    #[inline(always)]
    pub fn flags(&self) -> u8 {
        self.flags.load(Ordering::Relaxed)
    }

    /// Sets bits of the flags; returns the flags before.
    #[inline]
    pub fn set_flags(&self, bits: u8) -> u8 {
        self.flags.fetch_or(bits, Ordering::Relaxed)
    }

    /// Clears bits of the flags; returns the flags before.
    #[inline]
    pub fn clear_flags(&self, bits: u8) -> u8 {
        self.flags.fetch_and(!bits, Ordering::Relaxed)
    }
}

pub(crate) static MANY_THREADS: AtomicBool = AtomicBool::new(false);

/// Has a second thread ever been attached? Until then object locks need not be taken.
#[inline(always)]
pub fn many_threads() -> bool {
    MANY_THREADS.load(Ordering::Relaxed)
}

/// Takes the lock of a live cell if there is more than one thread; returns whether it did, for
/// [`unlock_object`]. The holder must not allocate, block or run foreign code.
#[inline(always)]
pub fn lock_object(cell: Cell) -> bool {
    let many = many_threads();
    if many {
        // SAFETY: the caller gives a live cell.
        unsafe { (*cell).lock.lock() };
    }
    many
}

/// Gives back what [`lock_object`] took.
#[inline(always)]
pub fn unlock_object(cell: Cell, taken: bool) {
    if taken {
        // SAFETY: the caller gives a live cell.
        unsafe { (*cell).lock.unlock() };
    }
}

/// Holds a cell's lock, or nothing while there is one thread.
#[derive(Debug)]
pub struct ObjectGuard {
    cell: Cell,
    taken: bool,
}

impl ObjectGuard {
    /// Locks `cell`.
    #[inline(always)]
    pub fn new(cell: Cell) -> Self {
        Self {
            cell,
            taken: lock_object(cell),
        }
    }

    /// Locks `cell` if that needs no waiting.
    #[inline]
    pub fn try_new(cell: Cell) -> Option<Self> {
        let taken = many_threads();
        // SAFETY: the caller gives a live cell.
        if taken && !unsafe { (*cell).lock.try_lock() } {
            return None;
        }
        Some(Self { cell, taken })
    }

    /// Locks two cells, which may be the same.
    ///
    /// A thread waits for one only while it holds none: so no thread is ever stopped with a lock held, and the
    /// child of a fork finds all of them free.
    #[inline]
    pub fn pair(a: Cell, b: Cell) -> (Self, Option<Self>) {
        let (mut one, mut other) = if a.addr() <= b.addr() { (a, b) } else { (b, a) };
        if one == other {
            return (Self::new(one), None);
        }
        loop {
            let first = Self::new(one);
            if let Some(second) = Self::try_new(other) {
                return (first, Some(second));
            }
            drop(first);
            std::mem::swap(&mut one, &mut other);
        }
    }
}

impl Drop for ObjectGuard {
    #[inline(always)]
    fn drop(&mut self) {
        unlock_object(self.cell, self.taken);
    }
}
