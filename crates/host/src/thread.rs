//! Threads as the system knows them.

use crate::check::code;
use std::ffi::CString;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

/// The thread's number in the kernel.
pub fn native_id() -> u64 {
    // SAFETY: no arguments.
    unsafe { libc::gettid() }.cast_unsigned().into()
}

/// The thread's identity, valid while it lives; what signals are sent to.
pub fn pthread_id() -> u64 {
    // SAFETY: no arguments.
    unsafe { libc::pthread_self() }
}

/// Starts a thread that nobody waits for, with a stack of so many bytes; its identity. Unlike the standard library's it
/// has no stack for signal handlers of its own and nothing to be joined by.
pub fn spawn_detached(stack: usize, f: Box<dyn FnOnce() + Send>) -> io::Result<u64> {
    extern "C" fn main(f: *mut libc::c_void) -> *mut libc::c_void {
        // SAFETY: the box that `spawn_detached` gave away, once.
        let f = unsafe { Box::from_raw(f.cast::<Box<dyn FnOnce() + Send>>()) };
        f();
        std::ptr::null_mut()
    }
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    let mut id = 0;
    let f = Box::into_raw(Box::new(f));
    // SAFETY: the attributes are filled by the first call and freed by the last; the closure is the new thread's, or
    // ours again where there is none.
    unsafe {
        code(libc::pthread_attr_init(attributes.as_mut_ptr()))?;
        let page = 4095;
        let result = code(libc::pthread_attr_setstacksize(
            attributes.as_mut_ptr(),
            (stack + page) & !page,
        ))
        .and_then(|()| {
            let detached = libc::PTHREAD_CREATE_DETACHED;
            code(libc::pthread_attr_setdetachstate(
                attributes.as_mut_ptr(),
                detached,
            ))
        })
        .and_then(|()| {
            code(libc::pthread_create(
                &raw mut id,
                attributes.as_ptr(),
                main,
                f.cast(),
            ))
        });
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        if let Err(e) = result {
            drop(Box::from_raw(f));
            return Err(e);
        }
    }
    Ok(id)
}

/// What a new thread has from the one that starts it: the signals it blocks and its name.
pub struct Inheritance {
    mask: libc::sigset_t,
    name: [u8; 16],
}

impl Inheritance {
    /// The current thread's.
    pub fn new() -> Inheritance {
        let mut mask = std::mem::MaybeUninit::zeroed();
        // SAFETY: nothing is changed, and there is room for the set.
        let mask = unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, std::ptr::null(), mask.as_mut_ptr());
            mask.assume_init()
        };
        let mut name = [0u8; 16];
        // SAFETY: room for the sixteen bytes that the call writes.
        unsafe { libc::prctl(libc::PR_GET_NAME, name.as_mut_ptr()) };
        Inheritance { mask, name }
    }

    /// Makes it the current thread's.
    pub fn take_on(&self) {
        // SAFETY: a terminated name and an initialised set.
        unsafe {
            libc::prctl(libc::PR_SET_NAME, self.name.as_ptr());
            libc::pthread_sigmask(
                libc::SIG_SETMASK,
                &raw const self.mask,
                std::ptr::null_mut(),
            );
        }
    }
}

impl Default for Inheritance {
    fn default() -> Self {
        Self::new()
    }
}

/// Has the current thread take no signals: they go to others.
pub fn block_all_signals() {
    let mut all = std::mem::MaybeUninit::uninit();
    // SAFETY: the first call fills the set.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), std::ptr::null_mut());
    }
}

static GENERATION: AtomicU32 = AtomicU32::new(0);

/// Goes up whenever this process changes what else threads inherit, be it of one thread: priorities, processors,
/// namespaces.
pub fn generation() -> u32 {
    GENERATION.load(Ordering::Acquire)
}

/// To be called after such a change.
pub(crate) fn next_generation() {
    GENERATION.fetch_add(1, Ordering::AcqRel);
}

/// Names the current thread for the system's tools, cut to the 15 bytes they keep.
pub fn set_name(name: &str) -> io::Result<()> {
    let mut end = name.len().min(15);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let name = CString::new(&name[..end]).unwrap_or_default();
    // SAFETY: terminated name.
    code(unsafe { libc::pthread_setname_np(libc::pthread_self(), name.as_ptr()) })
}

/// The current thread's name.
pub fn name() -> Vec<u8> {
    let buffer = name_of(pthread_id());
    let end = buffer.iter().position(|byte| *byte == 0).unwrap_or(0);
    buffer[..end].to_vec()
}

/// The name of a thread that has not ended, with zeros behind it.
pub fn name_of(thread: u64) -> [u8; 16] {
    let mut buffer = [0u8; 16];
    // SAFETY: the buffer is writable for its length; the thread exists, says the caller.
    unsafe { libc::pthread_getname_np(thread, buffer.as_mut_ptr().cast(), buffer.len()) };
    buffer
}

/// The lowest address and the size of the current thread's stack.
pub fn stack_bounds() -> io::Result<(usize, usize)> {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    let (mut low, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: the attributes are filled by the first call, read by the second, freed by the third.
    unsafe {
        code(libc::pthread_getattr_np(
            libc::pthread_self(),
            attributes.as_mut_ptr(),
        ))?;
        let result = code(libc::pthread_attr_getstack(
            attributes.as_ptr(),
            &raw mut low,
            &raw mut size,
        ));
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        result?;
    }
    Ok((low.addr(), size))
}

/// The smallest stack a thread can have.
pub fn min_stack() -> usize {
    let n = crate::sysinfo::sysconf(libc::_SC_THREAD_STACK_MIN).unwrap_or(0);
    usize::try_from(n).unwrap_or(0).max(16384)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_have_names_and_stacks() {
        std::thread::spawn(|| {
            set_name("a name that is much too long").unwrap();
            assert_eq!(name(), b"a name that is ");
            let (low, size) = stack_bounds().unwrap();
            let here = (&raw const low).addr();
            assert!(low < here && here < low + size);
            assert_ne!(native_id(), 0);
        })
        .join()
        .unwrap();
    }
}
