//! The register stacks and frame records of threads.

use crate::frame::FrameRec;
use crate::value::Value;

/// Frame records per thread: address space, touched as used.
pub(super) const MAX_FRAMES: usize = 1 << 16;

/// Registers per native thread's window stack: 4 MiB of address space, touched as used.
pub(super) const STACK_WORDS: usize = 1 << 19;
/// Bytes for windows: some room is left for the largest native one.
pub(super) const WINDOWS_BYTES: usize = (STACK_WORDS - 1024) * 8;
const STACK_BYTES: usize = STACK_WORDS * 8 + MAX_FRAMES * size_of::<FrameRec>();

/// The register stack and the frame records of a thread to be.
pub struct Stacks(usize);

impl Stacks {
    /// Reserves the address space: memory comes as it is used.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn reserve() -> std::io::Result<Stacks> {
        if let Ok(mut spare) = SPARE_STACKS.try_lock()
            && let Some(address) = spare.pop()
        {
            return Ok(Stacks(address));
        }
        // SAFETY: plain anonymous memory.
        let stack = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                STACK_BYTES,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if stack == libc::MAP_FAILED {
            return Err(std::io::Error::last_os_error());
        }
        Ok(Stacks(stack as usize))
    }

    /// The lowest address; the memory is the caller's.
    pub(super) fn into_raw(self) -> *mut Value {
        let address = self.0;
        std::mem::forget(self);
        address as *mut Value
    }

    /// Takes back what `into_raw` gave; nothing points into it any more.
    pub(super) fn from_raw(stack: *mut Value) -> Stacks {
        Stacks(stack as usize)
    }
}

/// Stacks of ended threads, for the next ones. Only ever tried, not waited for: in the child of a fork the lock may
/// be that of a thread which does not exist.
static SPARE_STACKS: std::sync::Mutex<Vec<usize>> = std::sync::Mutex::new(Vec::new());
const MAX_SPARE_STACKS: usize = 8;

impl Drop for Stacks {
    fn drop(&mut self) {
        if let Ok(mut spare) = SPARE_STACKS.try_lock()
            && spare.len() < MAX_SPARE_STACKS
        {
            spare.push(self.0);
            return;
        }
        // SAFETY: the mapping made in `reserve`; nothing points into it.
        unsafe { libc::munmap(self.0 as *mut _, STACK_BYTES) };
    }
}
