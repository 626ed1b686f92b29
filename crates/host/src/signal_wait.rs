//! Waiting for signals.

use crate::check::{check, code, done, timespec};
use crate::signal::{members, set_of};
use libc::c_int;
use std::io;
use std::mem::MaybeUninit;
use std::time::Duration;

/// The details of a signal that was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalInfo {
    pub signo: i32,
    pub code: i32,
    pub errno: i32,
    pub pid: i32,
    pub uid: u32,
    pub status: i32,
    pub band: i64,
}

fn info(raw: &libc::siginfo_t) -> SignalInfo {
    /// The layout of the part `SIGPOLL` uses.
    #[repr(C)]
    struct Poll {
        head: [c_int; 3],
        #[cfg(target_pointer_width = "64")]
        padding: c_int,
        band: libc::c_long,
    }
    // SAFETY: every field lies inside the struct and any bits are a valid number; what a field
    // means depends on the signal, which is for the reader to know.
    unsafe {
        SignalInfo {
            signo: raw.si_signo,
            code: raw.si_code,
            errno: raw.si_errno,
            pid: raw.si_pid(),
            uid: raw.si_uid(),
            status: raw.si_status(),
            band: (*std::ptr::from_ref(raw).cast::<Poll>()).band,
        }
    }
}

/// Waits for one of the signals, which the thread should block; gives its number.
pub fn sigwait(signals: &[c_int]) -> io::Result<c_int> {
    let set = set_of(signals)?;
    let mut signal = 0;
    // SAFETY: the set is initialised, room for the number.
    code(unsafe { libc::sigwait(&raw const set, &raw mut signal) })?;
    Ok(signal)
}

/// Waits for one of the signals; `None` if the time is over first.
pub fn sigtimedwait(
    signals: &[c_int],
    timeout: Option<Duration>,
) -> io::Result<Option<SignalInfo>> {
    let set = set_of(signals)?;
    let time = timeout.map(timespec);
    let time = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    let mut raw = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: the set is initialised, the time null or readable, room for the details.
    match check(unsafe { libc::sigtimedwait(&raw const set, raw.as_mut_ptr(), time) }) {
        // SAFETY: zero bytes are valid, and the call has filled it.
        Ok(_) => Ok(Some(info(unsafe { raw.assume_init_ref() }))),
        Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The signals that are blocked and waiting for this thread or the process.
pub fn sigpending() -> io::Result<Vec<c_int>> {
    let mut set = MaybeUninit::zeroed();
    // SAFETY: room for the set, which the call fills.
    unsafe {
        done(libc::sigpending(set.as_mut_ptr()))?;
        Ok(members(&set.assume_init()))
    }
}

/// Waits until any signal has been handled.
pub fn pause() {
    // SAFETY: no arguments. It always "fails" with EINTR.
    unsafe { libc::pause() };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal;

    #[test]
    fn a_blocked_signal_is_waited_for() {
        std::thread::spawn(|| {
            let signals = [libc::SIGUSR2];
            signal::pthread_sigmask(libc::SIG_BLOCK, &signals).unwrap();
            assert_eq!(
                sigtimedwait(&signals, Some(Duration::from_millis(1))).unwrap(),
                None
            );
            signal::raise(libc::SIGUSR2).unwrap();
            assert!(sigpending().unwrap().contains(&libc::SIGUSR2));
            let info = sigtimedwait(&signals, None).unwrap().unwrap();
            assert_eq!(
                (info.signo, info.pid),
                (libc::SIGUSR2, crate::identity::getpid())
            );
            signal::raise(libc::SIGUSR2).unwrap();
            assert_eq!(sigwait(&signals).unwrap(), libc::SIGUSR2);
        })
        .join()
        .unwrap();
    }
}
