//! What `faulthandler` needs: handlers for fatal signals, an alternate stack, raw output.

use crate::Fd;
use crate::c_state::CRASH;
use crate::check::{done, errno, set_errno};
use libc::c_int;
use std::cell::UnsafeCell;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

/// The signals that mean the process is about to die, with the words they are announced by.
pub const FATAL: [(c_int, &str); 5] = [
    (libc::SIGBUS, "Bus error"),
    (libc::SIGILL, "Illegal instruction"),
    (libc::SIGFPE, "Floating-point exception"),
    (libc::SIGABRT, "Aborted"),
    (libc::SIGSEGV, "Segmentation fault"),
];

/// Called in the handler, on the alternate stack; must be async-signal-safe.
pub type Reporter = extern "C" fn(signal: c_int);

static REPORTER: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());
static ENABLED: AtomicBool = AtomicBool::new(false);

/// What the signals did before.
struct Previous(UnsafeCell<[Option<libc::sigaction>; FATAL.len()]>);

// SAFETY: written under the lock before the handler that reads it is installed.
unsafe impl Sync for Previous {}

static PREVIOUS: Previous = Previous(UnsafeCell::new([None; FATAL.len()]));

/// Has the reporter called when a fatal signal comes; afterwards the signal does what it did
/// before.
pub fn enable(reporter: Reporter) -> io::Result<()> {
    let _guard = CRASH.hold();
    REPORTER.store(reporter as *mut (), Ordering::Release);
    if ENABLED.load(Ordering::Acquire) {
        return Ok(());
    }
    for (index, (signal, _)) in FATAL.iter().enumerate() {
        // SAFETY: zero bytes are a valid action. `PREVIOUS` is written under the lock, and read
        // by the handler only after it was installed here.
        unsafe {
            let mut action = std::mem::zeroed::<libc::sigaction>();
            action.sa_sigaction = fatal as *const () as usize;
            // The handler may run again inside itself should the reporter crash.
            action.sa_flags = libc::SA_NODEFER | libc::SA_ONSTACK;
            libc::sigemptyset(&raw mut action.sa_mask);
            let mut old = std::mem::zeroed::<libc::sigaction>();
            done(libc::sigaction(*signal, std::ptr::null(), &raw mut old))?;
            (*PREVIOUS.0.get())[index] = Some(old);
            done(libc::sigaction(
                *signal,
                &raw const action,
                std::ptr::null_mut(),
            ))?;
        }
    }
    ENABLED.store(true, Ordering::Release);
    Ok(())
}

/// Undoes [`enable`]; whether it was enabled.
pub fn disable() -> bool {
    let _guard = CRASH.hold();
    let was = ENABLED.swap(false, Ordering::AcqRel);
    if was {
        for (signal, _) in FATAL {
            restore(signal);
        }
    }
    was
}

/// Whether fatal signals are reported.
pub fn is_enabled() -> bool {
    ENABLED.load(Ordering::Acquire)
}

/// Sets a signal to what it did before; async-signal-safe.
fn restore(signal: c_int) {
    let Some(index) = FATAL.iter().position(|(fatal, _)| *fatal == signal) else {
        return;
    };
    // SAFETY: see `enable`; a copy of a plain struct is read.
    unsafe {
        if let Some(old) = &(&*PREVIOUS.0.get())[index] {
            libc::sigaction(signal, old, std::ptr::null_mut());
        }
    }
}

extern "C" fn fatal(signal: c_int) {
    let saved = errno();
    restore(signal);
    let pointer = REPORTER.load(Ordering::Acquire);
    if !pointer.is_null() {
        // SAFETY: only `enable` stores there, and only functions of this type.
        let reporter = unsafe { std::mem::transmute::<*mut (), Reporter>(pointer) };
        reporter(signal);
    }
    set_errno(saved);
    // SAFETY: the signal's old action runs now, or when this handler returns.
    unsafe { libc::raise(signal) };
}

/// What a signal that programs may register did before, while it is registered.
static USER_PREVIOUS: Slots = Slots(UnsafeCell::new([None; NSIG]));
static USER_CHAIN: [AtomicBool; NSIG] = [const { AtomicBool::new(false) }; NSIG];
static USER_REPORTER: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());

const NSIG: usize = crate::signal::NSIG as usize;

struct Slots(UnsafeCell<[Option<libc::sigaction>; NSIG]>);

// SAFETY: written under the lock before the handler that reads it is installed.
unsafe impl Sync for Slots {}

fn slot(signal: c_int) -> io::Result<usize> {
    match usize::try_from(signal) {
        Ok(index) if (1..NSIG).contains(&index) => Ok(index),
        _ => crate::check::error(libc::EINVAL),
    }
}

/// Has the reporter (one for all signals) called whenever the signal comes; with `chain`,
/// what the signal did before happens afterwards.
pub fn register(signal: c_int, reporter: Reporter, chain: bool) -> io::Result<()> {
    let index = slot(signal)?;
    let _guard = CRASH.hold();
    USER_REPORTER.store(reporter as *mut (), Ordering::Release);
    // SAFETY: zero bytes are a valid action; the table is written under the lock, before the
    // handler that reads it is there.
    unsafe {
        if (&*USER_PREVIOUS.0.get())[index].is_none() {
            let mut old = std::mem::zeroed::<libc::sigaction>();
            done(libc::sigaction(signal, std::ptr::null(), &raw mut old))?;
            (*USER_PREVIOUS.0.get())[index] = Some(old);
        }
        USER_CHAIN[index].store(chain, Ordering::Release);
        let result = install_user(signal, chain);
        if result.is_err() {
            (*USER_PREVIOUS.0.get())[index] = None;
        }
        result
    }
}

/// Undoes [`register`]; whether the signal was registered.
pub fn unregister(signal: c_int) -> bool {
    let Ok(index) = slot(signal) else {
        return false;
    };
    let _guard = CRASH.hold();
    // SAFETY: the table is changed under the lock, after the handler that reads it is gone.
    unsafe {
        let Some(old) = (&*USER_PREVIOUS.0.get())[index] else {
            return false;
        };
        libc::sigaction(signal, &raw const old, std::ptr::null_mut());
        (*USER_PREVIOUS.0.get())[index] = None;
    }
    true
}

fn install_user(signal: c_int, chain: bool) -> io::Result<()> {
    // SAFETY: zero bytes are a valid action.
    unsafe {
        let mut action = std::mem::zeroed::<libc::sigaction>();
        action.sa_sigaction = user as *const () as usize;
        // With a chain the signal is raised again inside the handler.
        action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
        if chain {
            action.sa_flags |= libc::SA_NODEFER;
        }
        libc::sigemptyset(&raw mut action.sa_mask);
        done(libc::sigaction(
            signal,
            &raw const action,
            std::ptr::null_mut(),
        ))
    }
}

extern "C" fn user(signal: c_int) {
    let saved = errno();
    let pointer = USER_REPORTER.load(Ordering::Acquire);
    if !pointer.is_null() {
        // SAFETY: only `register` stores there, and only functions of this type.
        let reporter = unsafe { std::mem::transmute::<*mut (), Reporter>(pointer) };
        reporter(signal);
    }
    if let Ok(index) = slot(signal)
        && USER_CHAIN[index].load(Ordering::Acquire)
    {
        // SAFETY: see `register`; a copy of a plain struct is read.
        unsafe {
            if let Some(old) = &(&*USER_PREVIOUS.0.get())[index] {
                libc::sigaction(signal, old, std::ptr::null_mut());
                set_errno(saved);
                libc::raise(signal);
                let _ = install_user(signal, true);
            }
        }
    }
    set_errno(saved);
}

/// Gives the current thread a stack of its own for handlers, so that they can run when the
/// thread's is full. The memory is never given back: a handler may run until the very end.
pub fn use_alternate_stack() -> io::Result<()> {
    const SIZE: usize = 64 << 10;
    // SAFETY: the room for the old state and the fresh memory are valid; one is made only where
    // there is none.
    unsafe {
        let mut old = std::mem::zeroed::<libc::stack_t>();
        done(libc::sigaltstack(std::ptr::null(), &raw mut old))?;
        if old.ss_flags & libc::SS_DISABLE == 0 && old.ss_size >= SIZE {
            return Ok(());
        }
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK;
        let memory = libc::mmap(std::ptr::null_mut(), SIZE, protection, flags, -1, 0);
        if memory == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let new = libc::stack_t {
            ss_sp: memory,
            ss_flags: 0,
            ss_size: SIZE,
        };
        done(libc::sigaltstack(&raw const new, std::ptr::null_mut()))
    }
}

/// Writes all of a text, ignoring errors; async-signal-safe.
pub fn write_raw(fd: Fd, mut text: &[u8]) {
    while !text.is_empty() {
        // SAFETY: the text is readable for its length.
        let n = unsafe { libc::write(fd, text.as_ptr().cast(), text.len()) };
        match usize::try_from(n) {
            Ok(n) if n > 0 => text = &text[n..],
            Err(_) if errno() == libc::EINTR => {}
            _ => return,
        }
    }
}

/// Writes a number in base 10 or 16 with at least `width` digits; async-signal-safe.
pub fn write_number(fd: Fd, mut number: u64, base: u64, width: usize) {
    let base = base.clamp(2, 16);
    let mut digits = [b'0'; 64];
    let mut at = digits.len();
    while number > 0 && at > 0 {
        at -= 1;
        digits[at] = b"0123456789abcdef"[(number % base) as usize];
        number /= base;
    }
    let at = at.min(digits.len() - width.clamp(1, 64));
    write_raw(fd, &digits[at..]);
}

/// Writes the native stack of the current thread, innermost frame first, each with its file and the nearest name.
/// Good enough for a handler: the C library may allocate when it is first asked.
pub fn write_native_stack(fd: Fd) {
    let mut frames = [std::ptr::null_mut::<libc::c_void>(); 32];
    // SAFETY: the array has room for as many frames as is said.
    let n = unsafe { libc::backtrace(frames.as_mut_ptr(), 32) };
    if n <= 0 {
        write_raw(fd, b"  <cannot get C stack on this system>\n");
        return;
    }
    for frame in &frames[..n.unsigned_abs() as usize] {
        // SAFETY: zero bytes are a valid, empty answer.
        let mut info = unsafe { std::mem::zeroed::<libc::Dl_info>() };
        // SAFETY: any address may be asked about; the answer is written to valid room.
        let known = unsafe { libc::dladdr(*frame, &raw mut info) } != 0;
        if !known || info.dli_fname.is_null() {
            write_raw(fd, b"  <unknown>");
        } else {
            write_raw(fd, b"  Binary file \"");
            // SAFETY: a terminated text that the loader keeps.
            write_raw(
                fd,
                unsafe { std::ffi::CStr::from_ptr(info.dli_fname) }.to_bytes(),
            );
            write_raw(fd, b"\"");
            let base = if info.dli_sname.is_null() {
                info.dli_fbase
            } else {
                info.dli_saddr
            };
            write_raw(fd, b", at ");
            if !info.dli_sname.is_null() {
                // SAFETY: as above.
                write_raw(
                    fd,
                    unsafe { std::ffi::CStr::from_ptr(info.dli_sname) }.to_bytes(),
                );
            }
            write_raw(fd, b"+0x");
            let offset = frame.addr().wrapping_sub(base.addr());
            write_number(fd, offset as u64, 16, 1);
        }
        write_raw(fd, b" [0x");
        write_number(fd, frame.addr() as u64, 16, 1);
        write_raw(fd, b"]\n");
    }
    if n == 32 {
        write_raw(fd, b"  <truncated rest of calls>\n");
    }
}

/// Reads address zero, for tests of crash reports.
pub fn read_null() {
    // SAFETY: not sound, by intent: the process gets SIGSEGV and ends.
    unsafe { std::ptr::read_volatile(std::ptr::without_provenance::<u8>(std::hint::black_box(0))) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fd, fork, wait};

    #[test]
    fn numbers_are_written() {
        let (r, w) = fd::pipe(libc::O_CLOEXEC).unwrap();
        write_number(w, 0xbeef, 16, 8);
        write_raw(w, b" ");
        write_number(w, 0, 10, 1);
        assert_eq!(fd::read_new(r, 20).unwrap(), b"0000beef 0");
        fd::close(r).unwrap();
        fd::close(w).unwrap();
    }

    #[test]
    fn a_registered_signal_is_reported_and_passed_on() {
        static SEEN: std::sync::atomic::AtomicI32 = std::sync::atomic::AtomicI32::new(0);
        extern "C" fn report(signal: c_int) {
            SEEN.fetch_add(signal, Ordering::Relaxed);
        }
        let signal = libc::SIGURG;
        crate::signal::set_disposition(signal, crate::signal::Disposition::Note).unwrap();
        register(signal, report, true).unwrap();
        crate::signal::raise(signal).unwrap();
        crate::signal::raise(signal).unwrap();
        assert_eq!(SEEN.load(Ordering::Relaxed), 2 * signal);
        assert!(crate::signal::take(signal));
        assert!(unregister(signal) && !unregister(signal));
        crate::signal::set_disposition(signal, crate::signal::Disposition::Default).unwrap();
        assert!(register(libc::SIGKILL, report, false).is_err());
    }

    #[test]
    fn a_crash_is_reported_and_still_kills() {
        extern "C" fn report(signal: c_int) {
            write_raw(OUT.load(Ordering::Relaxed), b"crash ");
            write_number(OUT.load(Ordering::Relaxed), signal as u64, 10, 1);
        }
        static OUT: std::sync::atomic::AtomicI32 = std::sync::atomic::AtomicI32::new(-1);
        let (r, w) = fd::pipe(libc::O_CLOEXEC).unwrap();
        OUT.store(w, Ordering::Relaxed);
        match fork::fork().unwrap() {
            fork::Side::Child => {
                let _ = use_alternate_stack();
                let _ = crate::limits::setrlimit(libc::RLIMIT_CORE as i32, 0, 0);
                let _ = crate::signal::set_disposition(
                    libc::SIGFPE,
                    crate::signal::Disposition::Default,
                );
                let _ = enable(report);
                let _ = crate::signal::raise(libc::SIGFPE);
                fork::exit_now(0)
            }
            fork::Side::Parent(pid) => {
                let (_, status) = wait::waitpid(pid, 0).unwrap();
                assert_eq!(wait::to_exit_code(status), Some(-libc::SIGFPE));
            }
        }
        assert_eq!(fd::read_new(r, 20).unwrap(), b"crash 8");
        fd::close(r).unwrap();
        fd::close(w).unwrap();
    }
}
