//! Signals: one handler of ours for all that a program wants to handle itself.
//!
//! The handler only notes that the signal came: a flag per signal, one for "any", a byte into
//! the wakeup descriptor, and a call of the hook the engine has registered (to wake a thread
//! from waiting, to set a poll word). Python's handlers run later, in the engine.

use crate::Fd;
use crate::check::{code, done, errno, error, set_errno};
use libc::c_int;
use std::io;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering};

pub use crate::constants::signal::CONSTANTS;

/// One more than the highest signal.
pub const NSIG: c_int = 65;

const N: usize = NSIG as usize;

/// Signals that came and have not been taken.
static PENDING: [AtomicBool; N] = [const { AtomicBool::new(false) }; N];

/// Whether any of them is set; may be stale in the direction of "yes".
static ANY: AtomicBool = AtomicBool::new(false);

/// Where to write a signal's number; -1 for nowhere.
static WAKEUP: AtomicI32 = AtomicI32::new(-1);

/// Whether a full wakeup descriptor is worth telling.
static WARN_WHEN_FULL: AtomicBool = AtomicBool::new(true);

/// The error of the last failed write to it.
static WAKEUP_ERROR: AtomicI32 = AtomicI32::new(0);

/// What the handler calls in the end: a `Hook`, or null.
static HOOK: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());

/// Called inside the handler with the signal's number; must be async-signal-safe.
pub type Hook = extern "C" fn(c_int);

/// Registers what the handler calls after it has noted the signal.
pub fn set_hook(hook: Option<Hook>) {
    let pointer = hook.map_or(std::ptr::null_mut(), |hook| hook as *mut ());
    HOOK.store(pointer, Ordering::Release);
}

/// The handler.
extern "C" fn note(signal: c_int) {
    let saved = errno();
    trip(signal);
    set_errno(saved);
}

/// Notes a signal as if it had come.
pub fn trip(signal: c_int) {
    let Some(flag) = usize::try_from(signal).ok().and_then(|n| PENDING.get(n)) else {
        return;
    };
    flag.store(true, Ordering::Release);
    ANY.store(true, Ordering::Release);
    let pointer = HOOK.load(Ordering::Acquire);
    if !pointer.is_null() {
        // SAFETY: only `set_hook` stores there, and only functions of this type.
        let hook = unsafe { std::mem::transmute::<*mut (), Hook>(pointer) };
        hook(signal);
    }
    let fd = WAKEUP.load(Ordering::Acquire);
    if fd >= 0 {
        let byte = signal as u8;
        // SAFETY: one readable byte.
        let n = unsafe { libc::write(fd, (&raw const byte).cast(), 1) };
        if n < 0 {
            let number = errno();
            let full = number == libc::EAGAIN || number == libc::EWOULDBLOCK;
            if !full || WARN_WHEN_FULL.load(Ordering::Relaxed) {
                WAKEUP_ERROR.store(number, Ordering::Release);
            }
        }
    }
}

/// Whether a signal may be waiting to be taken.
pub fn any_pending() -> bool {
    ANY.load(Ordering::Acquire)
}

/// Takes all signals that came, lowest first.
pub fn take_pending() -> impl Iterator<Item = c_int> {
    // First the summary, then the flags: a signal in between sets both again.
    let any = ANY.swap(false, Ordering::AcqRel);
    let range = if any { 1..NSIG } else { 1..1 };
    range.filter(|signal| {
        let flag = &PENDING[*signal as usize];
        flag.load(Ordering::Relaxed) && flag.swap(false, Ordering::AcqRel)
    })
}

/// Takes one signal: whether it had come.
pub fn take(signal: c_int) -> bool {
    usize::try_from(signal)
        .ok()
        .and_then(|n| PENDING.get(n))
        .is_some_and(|flag| flag.swap(false, Ordering::AcqRel))
}

/// Puts a signal back that was taken but not handled.
pub fn put_back(signal: c_int) {
    if let Some(flag) = usize::try_from(signal).ok().and_then(|n| PENDING.get(n)) {
        flag.store(true, Ordering::Release);
        ANY.store(true, Ordering::Release);
    }
}

/// Forgets all that came: a forked child begins with none.
pub fn clear_pending() {
    for flag in &PENDING {
        flag.store(false, Ordering::Relaxed);
    }
    ANY.store(false, Ordering::Release);
}

/// Sets where signals' numbers are written (-1: nowhere); gives the old place.
pub fn set_wakeup_fd(fd: Fd, warn_when_full: bool) -> Fd {
    WARN_WHEN_FULL.store(warn_when_full, Ordering::Relaxed);
    WAKEUP.swap(fd, Ordering::AcqRel)
}

/// Takes the error of the last failed write to the wakeup descriptor.
pub fn take_wakeup_error() -> Option<io::Error> {
    match WAKEUP_ERROR.swap(0, Ordering::AcqRel) {
        0 => None,
        number => Some(io::Error::from_raw_os_error(number)),
    }
}

/// What happens when a signal comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    Default,
    Ignore,
    /// It is noted for the engine.
    Note,
    /// Somebody else's handler.
    Foreign,
}

/// Sets what happens when the signal comes; gives what happened before.
pub fn set_disposition(signal: c_int, to: Disposition) -> io::Result<Disposition> {
    let handler = match to {
        Disposition::Default => libc::SIG_DFL,
        Disposition::Ignore => libc::SIG_IGN,
        Disposition::Note => note as *const () as usize,
        Disposition::Foreign => return error(libc::EINVAL),
    };
    // SAFETY: zero bytes are a valid action; the handler is async-signal-safe. It runs on the
    // alternate stack where a thread has one, so that it can note an overflow.
    unsafe {
        let mut action = std::mem::zeroed::<libc::sigaction>();
        action.sa_sigaction = handler;
        action.sa_flags = libc::SA_ONSTACK;
        libc::sigemptyset(&raw mut action.sa_mask);
        let mut old = std::mem::zeroed::<libc::sigaction>();
        done(libc::sigaction(signal, &raw const action, &raw mut old))?;
        Ok(disposition_of(&old))
    }
}

/// What happens when the signal comes.
pub fn disposition(signal: c_int) -> io::Result<Disposition> {
    // SAFETY: room for the result.
    unsafe {
        let mut old = std::mem::zeroed::<libc::sigaction>();
        done(libc::sigaction(signal, std::ptr::null(), &raw mut old))?;
        Ok(disposition_of(&old))
    }
}

fn disposition_of(action: &libc::sigaction) -> Disposition {
    match action.sa_sigaction {
        libc::SIG_DFL => Disposition::Default,
        libc::SIG_IGN => Disposition::Ignore,
        handler if handler == note as *const () as usize => Disposition::Note,
        _ => Disposition::Foreign,
    }
}

/// Whether the signal makes system calls fail (`true`) or restart.
pub fn siginterrupt(signal: c_int, interrupts: bool) -> io::Result<()> {
    // SAFETY: room for the action; only a flag is changed.
    unsafe {
        let mut action = std::mem::zeroed::<libc::sigaction>();
        done(libc::sigaction(signal, std::ptr::null(), &raw mut action))?;
        if interrupts {
            action.sa_flags &= !libc::SA_RESTART;
        } else {
            action.sa_flags |= libc::SA_RESTART;
        }
        done(libc::sigaction(
            signal,
            &raw const action,
            std::ptr::null_mut(),
        ))
    }
}

/// A set with these signals; one that does not exist is `EINVAL`.
pub(crate) fn set_of(signals: &[c_int]) -> io::Result<libc::sigset_t> {
    let mut set = MaybeUninit::uninit();
    // SAFETY: the first call fills the set, the others take numbers.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for signal in signals {
            done(libc::sigaddset(set.as_mut_ptr(), *signal))?;
        }
        Ok(set.assume_init())
    }
}

/// The signals in a set.
pub(crate) fn members(set: &libc::sigset_t) -> Vec<c_int> {
    // SAFETY: the set is initialised.
    (1..NSIG)
        .filter(|signal| unsafe { libc::sigismember(set, *signal) } == 1)
        .collect()
}

/// The signals a program may use: all but those the C library keeps for itself.
pub fn valid_signals() -> Vec<c_int> {
    let mut set = MaybeUninit::uninit();
    // SAFETY: the call fills the set.
    unsafe {
        libc::sigfillset(set.as_mut_ptr());
        members(&set.assume_init())
    }
}

/// Changes which signals the thread blocks; gives those it blocked before.
pub fn pthread_sigmask(how: c_int, signals: &[c_int]) -> io::Result<Vec<c_int>> {
    let set = set_of(signals)?;
    let mut old = MaybeUninit::zeroed();
    // SAFETY: the set is initialised, room for the old one.
    unsafe {
        code(libc::pthread_sigmask(how, &raw const set, old.as_mut_ptr()))?;
        Ok(members(&old.assume_init()))
    }
}

/// Sends a signal to a thread, which must not have ended.
pub fn pthread_kill(thread: u64, signal: c_int) -> io::Result<()> {
    // SAFETY: the caller names a thread that lives, as `thread::pthread_id` gave it.
    code(unsafe { libc::pthread_kill(thread, signal) })
}

/// Sends a signal to the current thread.
pub fn raise(signal: c_int) -> io::Result<()> {
    // SAFETY: numbers only.
    if unsafe { libc::raise(signal) } == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// The system's description of a signal; `None` for one it does not know.
pub fn strsignal(signal: c_int) -> Option<String> {
    if !(1..NSIG).contains(&signal) {
        return None;
    }
    // SAFETY: the text is terminated; the C library keeps one buffer per thread.
    let text = unsafe { crate::check::bytes(libc::strsignal(signal)) };
    let text = String::from_utf8_lossy(&text).into_owned();
    (!text.starts_with("Unknown signal")).then_some(text)
}

/// The name of a signal (`SIGINT`), where it has one.
pub fn name(signal: c_int) -> Option<&'static str> {
    let named = |(name, value): &&(&str, i64)| {
        *value == i64::from(signal) && name.starts_with("SIG") && !name.starts_with("SIG_")
    };
    CONSTANTS.iter().find(named).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fd;

    #[test]
    fn a_signal_is_noted_and_taken() {
        let (r, w) = fd::pipe(libc::O_CLOEXEC | libc::O_NONBLOCK).unwrap();
        assert_eq!(set_wakeup_fd(w, true), -1);
        static SEEN: AtomicI32 = AtomicI32::new(0);
        extern "C" fn hook(signal: c_int) {
            SEEN.store(signal, Ordering::Relaxed);
        }
        set_hook(Some(hook));
        assert_eq!(
            set_disposition(libc::SIGUSR1, Disposition::Note).unwrap(),
            Disposition::Default
        );
        assert_eq!(disposition(libc::SIGUSR1).unwrap(), Disposition::Note);
        raise(libc::SIGUSR1).unwrap();
        assert!(any_pending());
        assert_eq!(take_pending().collect::<Vec<_>>(), [libc::SIGUSR1]);
        assert!(!any_pending());
        assert_eq!(SEEN.load(Ordering::Relaxed), libc::SIGUSR1);
        assert_eq!(fd::read_new(r, 5).unwrap(), [libc::SIGUSR1 as u8]);
        set_hook(None);
        assert_eq!(set_wakeup_fd(-1, true), w);
        set_disposition(libc::SIGUSR1, Disposition::Default).unwrap();
        fd::close(r).unwrap();
        fd::close(w).unwrap();
    }

    #[test]
    fn masks_and_names() {
        std::thread::spawn(|| {
            let old = pthread_sigmask(libc::SIG_BLOCK, &[libc::SIGUSR2]).unwrap();
            assert!(!old.contains(&libc::SIGUSR2));
            let now = pthread_sigmask(libc::SIG_BLOCK, &[]).unwrap();
            assert!(now.contains(&libc::SIGUSR2));
        })
        .join()
        .unwrap();
        assert!(pthread_sigmask(libc::SIG_BLOCK, &[1000]).is_err());
        assert_eq!(strsignal(libc::SIGINT).as_deref(), Some("Interrupt"));
        assert_eq!(strsignal(0), None);
        assert_eq!(name(libc::SIGABRT), Some("SIGABRT"));
        assert!(valid_signals().contains(&libc::SIGINT) && !valid_signals().contains(&32));
        assert!(set_disposition(libc::SIGKILL, Disposition::Ignore).is_err());
    }
}
