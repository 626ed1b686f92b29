//! Semaphores between processes.

use crate::check::{done, error};
use std::ffi::CStr;
use std::io;
use std::ptr::NonNull;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The highest value a semaphore can have.
pub const VALUE_MAX: u32 = i32::MAX.cast_unsigned();

/// A named semaphore; closed, not removed, on drop.
#[derive(Debug)]
pub struct Semaphore(NonNull<libc::sem_t>);

// SAFETY: semaphores are made to be used from everywhere.
unsafe impl Send for Semaphore {}
// SAFETY: as above.
unsafe impl Sync for Semaphore {}

impl Semaphore {
    /// Makes a semaphore; fails if the name is taken.
    pub fn create(name: &CStr, value: u32) -> io::Result<Self> {
        let flags = libc::O_CREAT | libc::O_EXCL;
        let mode: libc::c_uint = 0o600;
        // SAFETY: terminated name, arguments as the flags ask.
        Self::opened(unsafe { libc::sem_open(name.as_ptr(), flags, mode, value) })
    }

    /// Opens one that exists.
    pub fn open(name: &CStr) -> io::Result<Self> {
        // SAFETY: terminated name.
        Self::opened(unsafe { libc::sem_open(name.as_ptr(), 0) })
    }

    fn opened(raw: *mut libc::sem_t) -> io::Result<Self> {
        match NonNull::new(raw) {
            Some(raw) if raw.as_ptr() != libc::SEM_FAILED => Ok(Self(raw)),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// The address, which tells semaphores apart and is what Python shows as its handle.
    pub fn handle(&self) -> usize {
        self.0.as_ptr().addr()
    }

    /// Takes one, waiting for it.
    pub fn wait(&self) -> io::Result<()> {
        // SAFETY: open.
        done(unsafe { libc::sem_wait(self.0.as_ptr()) })
    }

    /// Takes one if there is one.
    pub fn try_wait(&self) -> io::Result<bool> {
        // SAFETY: open.
        match done(unsafe { libc::sem_trywait(self.0.as_ptr()) }) {
            Ok(()) => Ok(true),
            Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Takes one, waiting until the clock (that can be set) shows `deadline`.
    pub fn wait_until(&self, deadline: SystemTime) -> io::Result<bool> {
        let since = deadline
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO);
        let time = crate::check::timespec(since);
        // SAFETY: open; the time is readable.
        match done(unsafe { libc::sem_timedwait(self.0.as_ptr(), &raw const time) }) {
            Ok(()) => Ok(true),
            Err(error) if error.raw_os_error() == Some(libc::ETIMEDOUT) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives one back.
    pub fn post(&self) -> io::Result<()> {
        // SAFETY: open.
        done(unsafe { libc::sem_post(self.0.as_ptr()) })
    }

    /// How many could be taken now.
    pub fn value(&self) -> io::Result<i32> {
        let mut value = 0;
        // SAFETY: open; room for the value.
        done(unsafe { libc::sem_getvalue(self.0.as_ptr(), &raw mut value) })?;
        if value < 0 {
            error(libc::EINVAL)
        } else {
            Ok(value)
        }
    }
}

impl Drop for Semaphore {
    fn drop(&mut self) {
        // SAFETY: open and not used again.
        unsafe { libc::sem_close(self.0.as_ptr()) };
    }
}

/// Removes a semaphore's name.
pub fn unlink(name: &CStr) -> io::Result<()> {
    // SAFETY: terminated name.
    done(unsafe { libc::sem_unlink(name.as_ptr()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CString;

    #[test]
    fn a_semaphore_counts() {
        let name = CString::new(format!("/taipan-sem-{}", std::process::id())).unwrap();
        let semaphore = Semaphore::create(&name, 1).unwrap();
        assert!(Semaphore::create(&name, 1).is_err());
        let other = Semaphore::open(&name).unwrap();
        unlink(&name).unwrap();
        assert_eq!(other.value().unwrap(), 1);
        semaphore.wait().unwrap();
        assert!(!other.try_wait().unwrap());
        assert!(
            !other
                .wait_until(SystemTime::now() + Duration::from_millis(5))
                .unwrap()
        );
        semaphore.post().unwrap();
        assert!(other.try_wait().unwrap());
    }
}
