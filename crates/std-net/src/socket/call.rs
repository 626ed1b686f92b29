//! Calls that may wait: timeouts, and signals that interrupt (PEP 475).

use super::object::Sock;
use std::io;
use taipan_host::poll::wait_for;
use taipan_object::exception::TIMEOUT_ERROR;
use taipan_object::{PyResult, Raised, Thread, Value};
use taipan_std_os::args::Deadline;

/// Why a call failed.
pub(super) enum Failure {
    /// The socket's own timeout passed.
    TimedOut,
    /// The system says why.
    System(io::Error),
}

impl Failure {
    /// The error number.
    pub(super) fn errno(&self) -> i32 {
        match self {
            Failure::TimedOut => libc::EWOULDBLOCK,
            Failure::System(e) => e.raw_os_error().unwrap_or(libc::EIO),
        }
    }

    /// The exception that says so.
    pub(super) fn raise(&self, th: &Thread) -> Raised {
        match self {
            Failure::TimedOut => timed_out(th),
            Failure::System(e) if e.raw_os_error() == Some(libc::ENOMEM) => th.memory_error(),
            Failure::System(e) => th.os_error(e, Value::ABSENT),
        }
    }
}

/// `TimeoutError("timed out")`
pub(super) fn timed_out(th: &Thread) -> Raised {
    th.raise(&TIMEOUT_ERROR, "timed out")
}

/// What a call waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// Something to read.
    Reading,
    /// Room to write.
    Writing,
    /// The end of a connect that goes on.
    Connecting,
}

/// Makes a call on the socket's descriptor, as a blocking region, as soon as the socket is ready within its timeout
/// (nanoseconds; none where not positive).
///
/// # Errors
/// What a signal handler raised. The call's own failure is inside.
pub(super) fn attempt<R>(
    th: &Thread,
    s: &Sock,
    timeout: i64,
    what: For,
    mut f: impl FnMut(i32) -> io::Result<R>,
) -> PyResult<Result<R, Failure>> {
    let deadline = Deadline::after((timeout > 0).then_some(timeout));
    let events = match what {
        For::Reading => libc::POLLIN,
        For::Writing => libc::POLLOUT,
        For::Connecting => libc::POLLOUT | libc::POLLERR,
    };
    loop {
        let mut ready = timeout <= 0 && what != For::Connecting;
        while !ready {
            // A socket closed by another thread gives its error below.
            let fd = s.fd();
            if fd < 0 {
                break;
            }
            match th.blocking(|| wait_for(fd, events, deadline.left())) {
                Ok(true) => ready = true,
                Ok(false) => return Ok(Err(Failure::TimedOut)),
                Err(e) if e.raw_os_error() == Some(libc::EINTR) => th.poll()?,
                Err(e) => return Ok(Err(Failure::System(e))),
            }
        }
        loop {
            let fd = s.fd();
            match th.blocking(|| f(fd)) {
                Ok(r) => return Ok(Ok(r)),
                Err(e) => match e.raw_os_error() {
                    Some(libc::EINTR) => th.poll()?,
                    // Somebody else was quicker.
                    Some(libc::EAGAIN) if timeout > 0 => break,
                    _ => return Ok(Err(Failure::System(e))),
                },
            }
        }
    }
}

/// As [`attempt`] with the socket's timeout, the failure raised.
pub(super) fn run<R>(
    th: &Thread,
    s: &Sock,
    what: For,
    f: impl FnMut(i32) -> io::Result<R>,
) -> PyResult<R> {
    attempt(th, s, s.timeout(), what, f)?.map_err(|e| e.raise(th))
}
