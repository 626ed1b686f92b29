//! The table of kinds.

use crate::header::Cell;
use crate::mark::Marker;
use std::sync::atomic::{AtomicPtr, AtomicU8, Ordering};

/// How the collector deals with cells of a kind.
#[derive(Clone, Copy)]
pub struct KindInfo {
    /// For diagnostics.
    pub name: &'static str,
    /// Marks what the cell refers to. Runs with the world stopped, perhaps on a collector thread.
    pub trace: Option<unsafe fn(Cell, &mut Marker)>,
    /// Frees what the dead cell owns outside the heap. It must touch no other cell.
    pub drop: Option<unsafe fn(Cell)>,
}

impl std::fmt::Debug for KindInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KindInfo")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

static NAMES: [AtomicPtr<&'static str>; 256] =
    [const { AtomicPtr::new(std::ptr::null_mut()) }; 256];
static TRACE: [AtomicPtr<()>; 256] = [const { AtomicPtr::new(std::ptr::null_mut()) }; 256];
static DROP: [AtomicPtr<()>; 256] = [const { AtomicPtr::new(std::ptr::null_mut()) }; 256];
/// 1 for kinds with a drop function. Apart from `DROP` so that the allocation's check is one byte.
static HAS_DROP: [AtomicU8; 256] = [const { AtomicU8::new(0) }; 256];

/// Fills a row of the table. For start-up only, before the first cell of that kind.
///
/// # Panics
/// On kind 0, which means "free".
pub fn register_kind(kind: u8, info: KindInfo) {
    assert_ne!(kind, 0, "kind 0 marks free cells");
    let row = usize::from(kind);
    NAMES[row].store(Box::into_raw(Box::new(info.name)), Ordering::Release);
    TRACE[row].store(
        info.trace.map_or(std::ptr::null_mut(), |f| f as *mut ()),
        Ordering::Release,
    );
    DROP[row].store(
        info.drop.map_or(std::ptr::null_mut(), |f| f as *mut ()),
        Ordering::Release,
    );
    HAS_DROP[row].store(u8::from(info.drop.is_some()), Ordering::Release);
}

/// The name a kind was registered with.
pub fn kind_name(kind: u8) -> &'static str {
    let name = NAMES[usize::from(kind)].load(Ordering::Acquire);
    // SAFETY: null, or leaked by `register_kind`.
    unsafe { name.as_ref() }.copied().unwrap_or("unregistered")
}

#[inline(always)]
pub(crate) fn has_drop(kind: u8) -> bool {
    HAS_DROP[usize::from(kind)].load(Ordering::Relaxed) != 0
}

#[inline(always)]
pub(crate) fn trace_fn(kind: u8) -> Option<unsafe fn(Cell, &mut Marker)> {
    let f = TRACE[usize::from(kind)].load(Ordering::Relaxed);
    // SAFETY: null (`None`) or a function of this type, stored by `register_kind`.
    unsafe { std::mem::transmute(f) }
}

#[inline]
pub(crate) fn drop_fn(kind: u8) -> Option<unsafe fn(Cell)> {
    let f = DROP[usize::from(kind)].load(Ordering::Relaxed);
    // SAFETY: null (`None`) or a function of this type, stored by `register_kind`.
    unsafe { std::mem::transmute(f) }
}
