//! Cells that belong to the whole process and to no interpreter.

use crate::error::PyResult;
use crate::heap::{Object, Payload};
use std::marker::PhantomData;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_gc::{Header, Marker};

/// The addresses of the cells that were made. Locked by running threads only and never across a safepoint.
static ROOTS: Mutex<Vec<usize>> = Mutex::new(Vec::new());

/// A root of the process: one cell, made when it is first asked for, alive from then on.
pub struct ProcessCell<T> {
    cell: AtomicUsize,
    payload: PhantomData<fn() -> T>,
}

impl<T: Payload> ProcessCell<T> {
    /// A root without a cell, to be a static.
    #[expect(clippy::new_without_default, reason = "a static is made of it")]
    pub const fn new() -> ProcessCell<T> {
        ProcessCell {
            cell: AtomicUsize::new(0),
            payload: PhantomData,
        }
    }

    /// The cell, if somebody has asked for it.
    pub fn get(&self) -> Option<&'static Object<T>> {
        let p = self.cell.load(Ordering::Acquire) as *const Object<T>;
        // SAFETY: null, or a cell that `ROOTS` keeps.
        unsafe { p.as_ref() }
    }

    /// The cell. Where several threads make one at once, all get the same.
    ///
    /// # Errors
    /// What `make` raises.
    pub fn get_or_make<'a>(
        &self,
        make: impl FnOnce() -> PyResult<&'a Object<T>>,
    ) -> PyResult<&'static Object<T>> {
        if let Some(o) = self.get() {
            return Ok(o);
        }
        let fresh = make()?;
        let mut roots = ROOTS.lock().unwrap_or_else(|e| e.into_inner());
        if self.cell.load(Ordering::Relaxed) == 0 {
            let address = fresh as *const _ as usize;
            roots.push(address);
            self.cell.store(address, Ordering::Release);
        }
        drop(roots);
        // The first cell is there by now.
        Ok(self.get().expect("the cell was just stored"))
    }
}

/// Marks the cells of the process; a root of the bootstrap.
pub(crate) fn trace(m: &mut Marker) {
    for p in ROOTS.lock().unwrap_or_else(|e| e.into_inner()).iter() {
        m.mark(*p as *mut Header);
    }
}
