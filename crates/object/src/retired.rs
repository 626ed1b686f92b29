//! Native memory that was replaced while other threads may still be reading it.
//!
//! A slot table that was replaced stays allocated for the life of the process: a reader has no safepoint to be
//! waited for (a slot function may run for as long as the program). Tables are replaced only when a special method
//! of a class is set after the class was made, which programs do rarely.

use crate::slots::Slots;
use std::sync::Mutex;

struct Retired(Vec<*mut Slots>);
// SAFETY: the pointers are only kept.
unsafe impl Send for Retired {}

static RETIRED: Mutex<Retired> = Mutex::new(Retired(Vec::new()));

pub(crate) fn retire_slots(old: *mut Slots) {
    if !old.is_null() {
        RETIRED
            .lock()
            .unwrap_or_else(|e| e.into_inner())
            .0
            .push(old);
    }
}
