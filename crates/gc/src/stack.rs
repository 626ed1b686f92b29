//! Native stacks: where they end, and getting registers onto them.

use std::cell::Cell;

thread_local! {
    /// What `stack_bounds` found: a thread of the system may be attached many times, and for the main one the C library
    /// reads a whole file.
    static BOUNDS: Cell<Option<(usize, usize)>> = const { Cell::new(None) };
}

/// The lowest address of the calling thread's stack, its guard included, and the address just above it.
pub(crate) fn stack_bounds() -> Option<(usize, usize)> {
    if BOUNDS.get().is_none() {
        BOUNDS.set(ask_for_bounds());
    }
    BOUNDS.get()
}

fn ask_for_bounds() -> Option<(usize, usize)> {
    // SAFETY: plain calls with a zeroed attribute object that they initialise.
    unsafe {
        let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &raw mut attributes) != 0 {
            return None;
        }
        let mut low: *mut libc::c_void = std::ptr::null_mut();
        let mut size = 0;
        let failed =
            libc::pthread_attr_getstack(&raw const attributes, &raw mut low, &raw mut size);
        libc::pthread_attr_destroy(&raw mut attributes);
        (failed == 0).then(|| (low.addr(), low.addr() + size))
    }
}

/// Calls `f` with a stack pointer above which every callee-saved register of the caller has been
/// stored, so that scanning from there sees all that the caller holds.
#[inline(never)]
pub(crate) fn with_spilled_registers(f: &mut dyn FnMut(usize)) {
    let mut registers = [0usize; 12];
    let sp: usize;
    // SAFETY: stores registers into the array; 12 words are enough for both targets.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!(
            "mov [{0}], rbx",
            "mov [{0} + 8], rbp",
            "mov [{0} + 16], r12",
            "mov [{0} + 24], r13",
            "mov [{0} + 32], r14",
            "mov [{0} + 40], r15",
            "mov {1}, rsp",
            in(reg) registers.as_mut_ptr(),
            lateout(reg) sp,
            options(nostack, preserves_flags),
        );
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!(
            "stp x19, x20, [{0}]",
            "stp x21, x22, [{0}, #16]",
            "stp x23, x24, [{0}, #32]",
            "stp x25, x26, [{0}, #48]",
            "stp x27, x28, [{0}, #64]",
            "str x29, [{0}, #80]",
            "mov {1}, sp",
            in(reg) registers.as_mut_ptr(),
            lateout(reg) sp,
            options(nostack, preserves_flags),
        );
    }
    f(sp);
    // The array must outlive the call.
    std::hint::black_box(&registers);
}

/// Overwrites what earlier calls left on the stack below the caller's frame. The frames of a collection would lie over
/// it with gaps, and what shows in the gaps would be taken for references.
#[inline(never)]
pub fn clear_stack_below() {
    let mut room = [0usize; 4096];
    std::hint::black_box(&mut room);
}
