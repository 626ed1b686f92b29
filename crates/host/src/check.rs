//! From the C library's return values to `io::Result`.

use std::io;
use std::time::Duration;

/// Integer types whose -1 says "look at `errno`".
pub trait Returned: Copy {
    /// Whether this is -1.
    fn failed(self) -> bool;
}

macro_rules! returned {
    ($($t:ty),*) => { $(impl Returned for $t { fn failed(self) -> bool { self == -1 } })* };
}
returned!(i32, i64, isize);

/// The value, or the error in `errno` if it is -1.
pub fn check<T: Returned>(value: T) -> io::Result<T> {
    if value.failed() {
        Err(io::Error::last_os_error())
    } else {
        Ok(value)
    }
}

/// [`check`] for calls that return nothing of interest.
pub fn done(value: i32) -> io::Result<()> {
    check(value).map(drop)
}

/// [`check`] for byte counts.
pub fn count(value: isize) -> io::Result<usize> {
    check(value).map(isize::cast_unsigned)
}

/// For calls that return the error number itself.
pub fn code(value: i32) -> io::Result<()> {
    if value == 0 {
        Ok(())
    } else {
        Err(io::Error::from_raw_os_error(value))
    }
}

/// An error made of an error number.
pub fn error<T>(number: i32) -> io::Result<T> {
    Err(io::Error::from_raw_os_error(number))
}

/// The current thread's `errno`.
pub fn errno() -> i32 {
    // SAFETY: the C library gives a valid pointer to the thread's own variable.
    unsafe { *libc::__errno_location() }
}

/// Sets the current thread's `errno`.
pub fn set_errno(value: i32) {
    // SAFETY: as in `errno`.
    unsafe { *libc::__errno_location() = value }
}

/// A duration as the kernel wants it, cut to what fits.
pub fn timespec(duration: Duration) -> libc::timespec {
    libc::timespec {
        tv_sec: duration.as_secs().try_into().unwrap_or(libc::time_t::MAX),
        tv_nsec: duration.subsec_nanos().into(),
    }
}

/// Nanoseconds (which may lie before the epoch) as the kernel wants them.
pub fn timespec_from_ns(ns: i128) -> io::Result<libc::timespec> {
    let Ok(tv_sec) = ns.div_euclid(1_000_000_000).try_into() else {
        return error(libc::EOVERFLOW);
    };
    Ok(libc::timespec {
        tv_sec,
        tv_nsec: ns.rem_euclid(1_000_000_000) as _,
    })
}

/// The other way round.
pub fn ns_from_timespec(time: &libc::timespec) -> i128 {
    i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec)
}

/// The bytes of a C string that the C library owns; empty for a null pointer.
///
/// # Safety
/// `text` is null or a NUL-terminated string that stays unchanged during the call.
pub unsafe fn bytes(text: *const libc::c_char) -> Vec<u8> {
    if text.is_null() {
        return Vec::new();
    }
    // SAFETY: the caller's promise.
    unsafe { std::ffi::CStr::from_ptr(text) }
        .to_bytes()
        .to_vec()
}
