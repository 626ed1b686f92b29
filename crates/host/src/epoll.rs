//! Waiting for many descriptors with `epoll`.

use crate::Fd;
use crate::check::{check, done};
use libc::c_int;
use std::io;
use std::time::Duration;

/// A new set.
pub fn create(flags: c_int) -> io::Result<Fd> {
    // SAFETY: numbers only.
    check(unsafe { libc::epoll_create1(flags) })
}

fn control(set: Fd, operation: c_int, fd: Fd, events: u32) -> io::Result<()> {
    let mut event = libc::epoll_event {
        events,
        u64: u64::from(fd.cast_unsigned()),
    };
    // SAFETY: the event is readable.
    done(unsafe { libc::epoll_ctl(set, operation, fd, &raw mut event) })
}

/// Puts a descriptor into the set.
pub fn add(set: Fd, fd: Fd, events: u32) -> io::Result<()> {
    control(set, libc::EPOLL_CTL_ADD, fd, events)
}

/// Changes what a descriptor is watched for.
pub fn modify(set: Fd, fd: Fd, events: u32) -> io::Result<()> {
    control(set, libc::EPOLL_CTL_MOD, fd, events)
}

/// Takes a descriptor out of the set.
pub fn remove(set: Fd, fd: Fd) -> io::Result<()> {
    control(set, libc::EPOLL_CTL_DEL, fd, 0)
}

/// Waits for up to `max` events, as (descriptor, events); empty if the time is over first.
/// Parts of a millisecond count as a whole one.
pub fn wait(set: Fd, timeout: Option<Duration>, max: usize) -> io::Result<Vec<(Fd, u32)>> {
    let max = max.clamp(1, 1 << 16);
    let mut events: Vec<libc::epoll_event> = Vec::with_capacity(max);
    let milliseconds = match timeout {
        None => -1,
        Some(time) => c_int::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(c_int::MAX),
    };
    // SAFETY: room for `max` events, of which the kernel fills the first `n`.
    unsafe {
        let n = check(libc::epoll_wait(
            set,
            events.as_mut_ptr(),
            max as c_int,
            milliseconds,
        ))?;
        events.set_len(usize::try_from(n).unwrap_or(0));
    }
    Ok(events
        .iter()
        .map(|event| (event.u64 as Fd, event.events))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fd;

    #[test]
    fn a_pipe_becomes_ready() {
        let (r, w) = fd::pipe(libc::O_CLOEXEC).unwrap();
        let set = create(libc::EPOLL_CLOEXEC).unwrap();
        add(set, r, libc::EPOLLIN as u32).unwrap();
        assert_eq!(
            add(set, r, 0).unwrap_err().raw_os_error(),
            Some(libc::EEXIST)
        );
        assert_eq!(wait(set, Some(Duration::from_micros(10)), 10).unwrap(), []);
        fd::write(w, b"x").unwrap();
        assert_eq!(wait(set, None, 10).unwrap(), [(r, libc::EPOLLIN as u32)]);
        remove(set, r).unwrap();
        assert_eq!(wait(set, Some(Duration::ZERO), 10).unwrap(), []);
        for fd in [set, r, w] {
            fd::close(fd).unwrap();
        }
    }
}
