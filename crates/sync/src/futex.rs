//! The kernel's wait-on-a-word, for private (one process) words.

use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};

/// Sleeps while `*word == expected`, until a wake, the deadline, or a signal. May wake for nothing:
/// callers look at the word again. Returns false if the deadline passed.
pub fn wait(word: &AtomicU32, expected: u32, deadline: Option<Instant>) -> bool {
    let left = match deadline {
        None => None,
        Some(at) => match at.checked_duration_since(Instant::now()) {
            Some(left) if !left.is_zero() => Some(left),
            _ => return false,
        },
    };
    let spec = left.map(timespec);
    let spec_ptr = spec.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: `word` is a live 4-byte word and `spec_ptr` is null or a live timespec.
    let result = unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG,
            expected,
            spec_ptr,
        )
    };
    // SAFETY: reading this thread's errno.
    !(result == -1 && unsafe { *libc::__errno_location() } == libc::ETIMEDOUT)
}

/// Wakes up to `count` sleepers of `word`. Async-signal-safe.
#[allow(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "the address is a key, it is not read"
)]
pub fn wake(word: *const AtomicU32, count: i32) {
    // SAFETY: FUTEX_WAKE only uses the address as a key; an unmapped one is an error, no fault.
    unsafe {
        libc::syscall(
            libc::SYS_futex,
            word,
            libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG,
            count,
        );
    }
}

fn timespec(duration: Duration) -> libc::timespec {
    libc::timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX / 4),
        tv_nsec: i64::from(duration.subsec_nanos()),
    }
}
