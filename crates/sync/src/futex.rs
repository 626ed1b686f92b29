//! The kernel's wait-on-a-word, for private (one process) words.

#[cfg(not(loom))]
mod imp {
    use std::sync::atomic::AtomicU32;
    use std::time::{Duration, Instant};

    /// Sleeps while `*word == expected`, until a wake, the deadline, or a signal. May wake for
    /// nothing: callers look at the word again. Returns false if the deadline passed.
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

    /// Wakes up to `count` sleepers of `word`. Async-signal-safe, errno included.
    #[allow(
        clippy::not_unsafe_ptr_arg_deref,
        reason = "the address is a key, it is not read"
    )]
    pub fn wake(word: *const AtomicU32, count: i32) {
        let operation = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
        // SAFETY: FUTEX_WAKE only uses the address as a key; an unmapped one is an error, no fault.
        // The interrupted code of a signal handler must find its errno again.
        unsafe {
            let errno = libc::__errno_location();
            let saved = *errno;
            libc::syscall(libc::SYS_futex, word, operation, count);
            *errno = saved;
        }
    }

    fn timespec(duration: Duration) -> libc::timespec {
        libc::timespec {
            tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX / 4),
            tv_nsec: i64::from(duration.subsec_nanos()),
        }
    }
}

/// A model of the kernel's side: check and sleep are one step against a wake. Deadlines never pass.
#[cfg(loom)]
mod imp {
    use crate::facade::{AtomicU32, Ordering};
    use loom::sync::{Condvar, Mutex};
    use std::time::Instant;

    loom::lazy_static! {
        static ref KERNEL: (Mutex<()>, Condvar) = (Mutex::new(()), Condvar::new());
    }

    pub fn wait(word: &AtomicU32, expected: u32, _deadline: Option<Instant>) -> bool {
        let guard = KERNEL.0.lock().unwrap();
        if word.load(Ordering::SeqCst) == expected {
            // Any wake wakes us: a needless one is allowed.
            drop(KERNEL.1.wait(guard).unwrap());
        }
        true
    }

    pub fn wake(_word: *const AtomicU32, _count: i32) {
        let _guard = KERNEL.0.lock().unwrap();
        KERNEL.1.notify_all();
    }
}

pub use imp::{wait, wake};
