//! Work that may take very long, and that the program may want to leave: arithmetic of huge integers.

use crate::error::PyResult;
use crate::thread::Thread;
use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::Builder;
use std::time::Duration;

/// How long a signal may wait for its handler.
const PATIENCE: Duration = Duration::from_millis(20);

/// Runs `f`, which touches no object, in a blocking region. On the main thread signal handlers run meanwhile: `f` gets
/// an OS thread of its own, and when a handler raises, that is left alone with its work, whose result nobody wants.
///
/// # Errors
/// What a signal handler raised.
pub fn apart<R: Send + 'static>(
    th: &Thread,
    f: impl FnOnce() -> R + Send + 'static,
) -> PyResult<R> {
    if !th.is_main_thread() {
        return Ok(th.blocking(f));
    }
    let (sender, receiver) = channel();
    let work = Arc::new(Mutex::new(Some(f)));
    let theirs = Arc::clone(&work);
    let spawned = Builder::new().spawn(move || {
        let f = theirs.lock().ok().and_then(|mut f| f.take());
        if let Some(f) = f {
            // Nobody receives it once the main thread has left.
            let _ = sender.send(f());
        }
    });
    let handle = match spawned {
        Ok(handle) => handle,
        // No more threads: then without handlers.
        Err(_) => {
            let f = work.lock().ok().and_then(|mut f| f.take());
            return f.map(|f| th.blocking(f)).ok_or_else(|| th.memory_error());
        }
    };
    loop {
        match th.blocking(|| receiver.recv_timeout(PATIENCE)) {
            Ok(r) => return Ok(r),
            Err(RecvTimeoutError::Timeout) => th.poll()?,
            Err(RecvTimeoutError::Disconnected) => {
                return match handle.join() {
                    Err(panic) => resume_unwind(panic),
                    Ok(()) => Err(th.memory_error()),
                };
            }
        }
    }
}
