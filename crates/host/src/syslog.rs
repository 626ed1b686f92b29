//! The system's log.

use std::ffi::{CStr, CString};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use crate::constants::syslog::CONSTANTS;

/// The name that messages begin with: the C library keeps a pointer to it while the log is open.
static NAME: Mutex<Option<CString>> = Mutex::new(None);

fn name() -> MutexGuard<'static, Option<CString>> {
    NAME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens the log; without a name messages begin with the program's.
pub fn open(ident: Option<CString>, options: i32, facility: i32) {
    let mut kept = name();
    let text = ident
        .as_ref()
        .map_or(std::ptr::null(), |text| text.as_ptr());
    // SAFETY: null, or a terminated text that is kept until the next one takes its place.
    unsafe { libc::openlog(text, options, facility) };
    *kept = ident;
}

/// Closes the log.
pub fn close() {
    let mut kept = name();
    // SAFETY: no arguments.
    unsafe { libc::closelog() };
    *kept = None;
}

/// Sends a message.
pub fn send(priority: i32, message: &CStr) {
    let _kept = name();
    // SAFETY: the format takes one terminated text.
    unsafe { libc::syslog(priority, c"%s".as_ptr(), message.as_ptr()) };
}

/// Sets which priorities are logged; gives what was set.
pub fn set_mask(mask: i32) -> i32 {
    // SAFETY: numbers only.
    unsafe { libc::setlogmask(mask) }
}
