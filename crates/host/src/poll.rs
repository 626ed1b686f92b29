//! Waiting for descriptors with `select` and `poll`.

use crate::Fd;
use crate::check::{check, error, timespec};
use std::io;
use std::time::Duration;

pub use crate::constants::select::CONSTANTS;

/// One more than the highest descriptor [`select`] takes.
pub const FD_SETSIZE: Fd = libc::FD_SETSIZE as Fd;

/// The descriptors out of three lists that are ready.
pub type Ready = (Vec<Fd>, Vec<Fd>, Vec<Fd>);

fn fill(list: &[Fd], highest: &mut Fd) -> io::Result<libc::fd_set> {
    // SAFETY: zero bytes are the empty set.
    let mut set: libc::fd_set = unsafe { std::mem::zeroed() };
    for fd in list {
        if !(0..FD_SETSIZE).contains(fd) {
            return error(libc::EINVAL);
        }
        // SAFETY: the number has room in the set.
        unsafe { libc::FD_SET(*fd, &raw mut set) };
        *highest = (*highest).max(*fd);
    }
    Ok(set)
}

/// Waits until one of the descriptors can be read, written or has something exceptional; all
/// lists come back empty if the time is over first. A descriptor outside `0..FD_SETSIZE` is
/// `EINVAL`.
pub fn select(
    read: &[Fd],
    write: &[Fd],
    except: &[Fd],
    timeout: Option<Duration>,
) -> io::Result<Ready> {
    let mut highest = -1;
    let mut read_set = fill(read, &mut highest)?;
    let mut write_set = fill(write, &mut highest)?;
    let mut except_set = fill(except, &mut highest)?;
    let time = timeout.map(timespec);
    let time = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: three initialised sets, a time that is null or readable, no mask.
    let n = check(unsafe {
        libc::pselect(
            highest + 1,
            &raw mut read_set,
            &raw mut write_set,
            &raw mut except_set,
            time,
            std::ptr::null(),
        )
    })?;
    let ready = |list: &[Fd], set: &libc::fd_set| -> Vec<Fd> {
        // SAFETY: checked above.
        list.iter()
            .copied()
            .filter(|fd| n > 0 && unsafe { libc::FD_ISSET(*fd, set) })
            .collect()
    };
    Ok((
        ready(read, &read_set),
        ready(write, &write_set),
        ready(except, &except_set),
    ))
}

/// A descriptor to poll, and what it is polled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct PollFd {
    pub fd: Fd,
    pub events: i16,
    /// What it is ready for.
    pub revents: i16,
}

const _: () = assert!(size_of::<PollFd>() == size_of::<libc::pollfd>());

/// Waits until one of the descriptors is ready; how many are.
pub fn poll(list: &mut [PollFd], timeout: Option<Duration>) -> io::Result<usize> {
    let time = timeout.map(timespec);
    let time = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the struct has the layout of `pollfd` and is writable; the time is null or readable.
    let n = check(unsafe {
        libc::ppoll(
            list.as_mut_ptr().cast(),
            list.len() as libc::nfds_t,
            time,
            std::ptr::null(),
        )
    })?;
    Ok(usize::try_from(n).unwrap_or(0))
}

/// Waits until one descriptor is ready for `events`; `false` if the time is over first.
pub fn wait_for(fd: Fd, events: i16, timeout: Option<Duration>) -> io::Result<bool> {
    Ok(poll(
        &mut [PollFd {
            fd,
            events,
            revents: 0,
        }],
        timeout,
    )? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fd;

    #[test]
    fn a_pipe_becomes_ready() {
        let (r, w) = fd::pipe(libc::O_CLOEXEC).unwrap();
        let none = Some(Duration::ZERO);
        assert_eq!(
            select(&[r], &[w], &[], none).unwrap(),
            (vec![], vec![w], vec![])
        );
        assert!(!wait_for(r, libc::POLLIN, Some(Duration::from_millis(1))).unwrap());
        fd::write(w, b"x").unwrap();
        assert_eq!(
            select(&[r], &[], &[r], None).unwrap(),
            (vec![r], vec![], vec![])
        );
        assert!(wait_for(r, libc::POLLIN, None).unwrap());
        assert!(select(&[-1], &[], &[], none).is_err());
        fd::close(r).unwrap();
        fd::close(w).unwrap();
    }
}
