//! `dump_traceback_later`: a thread outside the interpreter that writes tracebacks when the time has come.

use super::dump;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use taipan_host::{Fd, crash, fork, signal};
use taipan_sync::{Mutex, futex};

/// What is to be done.
pub(super) struct Watch {
    pub timeout: Duration,
    pub repeat: bool,
    pub exit: bool,
    pub fd: Fd,
    pub header: String,
}

/// Set to 1 for the running watchdog to end.
static CANCELLED: AtomicU32 = AtomicU32::new(0);
static RUNNING: Mutex<Option<JoinHandle<()>>> = Mutex::new(None);

/// Ends the watchdog, if there is one.
pub(super) fn cancel() {
    let mut running = RUNNING.lock();
    if let Some(thread) = running.take() {
        CANCELLED.store(1, Ordering::SeqCst);
        futex::wake(&CANCELLED, 1);
        let _ = thread.join();
    }
}

/// Forgets the watchdog in the child of a fork, where it does not exist.
pub(super) fn after_fork_child() {
    // Its handle is of no use, and joining or dropping it would touch a thread that is not there.
    std::mem::forget(RUNNING.lock().take());
}

/// Starts a watchdog in place of the one there may be; whether the system let it.
pub(super) fn start(watch: Watch) -> bool {
    cancel();
    CANCELLED.store(0, Ordering::SeqCst);
    let spawned = std::thread::Builder::new()
        .stack_size(256 << 10)
        .spawn(move || run(&watch));
    match spawned {
        Ok(thread) => {
            *RUNNING.lock() = Some(thread);
            true
        }
        Err(_) => false,
    }
}

fn run(watch: &Watch) {
    // Signals are for the program's own threads.
    let _ = signal::pthread_sigmask(libc::SIG_SETMASK, &signal::valid_signals());
    loop {
        let until = Instant::now() + watch.timeout;
        while CANCELLED.load(Ordering::SeqCst) == 0 && Instant::now() < until {
            futex::wait(&CANCELLED, 0, Some(until));
        }
        if CANCELLED.load(Ordering::SeqCst) != 0 {
            return;
        }
        crash::write_raw(watch.fd, watch.header.as_bytes());
        dump::write_threads(watch.fd, None);
        if watch.exit {
            fork::exit_now(1);
        }
        if !watch.repeat {
            return;
        }
    }
}
