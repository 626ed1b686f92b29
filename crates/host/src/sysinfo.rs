//! What machine and system this is, and its source of randomness.

use crate::check::{bytes, check, count, done, error, set_errno};
use crate::{fs, scheduling};
use std::io;
use std::mem::MaybeUninit;

/// The system's name for itself.
#[derive(Clone, Debug)]
pub struct Uname {
    pub sysname: Vec<u8>,
    pub nodename: Vec<u8>,
    pub release: Vec<u8>,
    pub version: Vec<u8>,
    pub machine: Vec<u8>,
}

/// Names and versions of system and machine.
pub fn uname() -> io::Result<Uname> {
    let mut raw = MaybeUninit::<libc::utsname>::zeroed();
    // SAFETY: room for the result.
    done(unsafe { libc::uname(raw.as_mut_ptr()) })?;
    // SAFETY: filled, all fields are terminated.
    unsafe {
        let raw = raw.assume_init();
        Ok(Uname {
            sysname: bytes(raw.sysname.as_ptr()),
            nodename: bytes(raw.nodename.as_ptr()),
            release: bytes(raw.release.as_ptr()),
            version: bytes(raw.version.as_ptr()),
            machine: bytes(raw.machine.as_ptr()),
        })
    }
}

/// A system-wide number; -1 stands for "no limit".
pub fn sysconf(name: i32) -> io::Result<i64> {
    set_errno(0);
    // SAFETY: numbers only.
    fs::no_limit(unsafe { libc::sysconf(name) })
}

/// A system-wide text; `None` where the system has none.
pub fn confstr(name: i32) -> io::Result<Option<Vec<u8>>> {
    set_errno(0);
    // SAFETY: asks for the length only.
    let len = unsafe { libc::confstr(name, std::ptr::null_mut(), 0) };
    if len == 0 {
        return match crate::check::errno() {
            0 => Ok(None),
            number => error(number),
        };
    }
    let mut buffer = vec![0u8; len];
    // SAFETY: the buffer is writable for its length.
    unsafe { libc::confstr(name, buffer.as_mut_ptr().cast(), len) };
    buffer.truncate(len - 1);
    Ok(Some(buffer))
}

/// Processors that are online.
pub fn cpu_count() -> Option<usize> {
    let n = sysconf(libc::_SC_NPROCESSORS_ONLN).ok()?;
    usize::try_from(n).ok().filter(|n| *n > 0)
}

/// Processors this process may run on.
pub fn process_cpu_count() -> Option<usize> {
    scheduling::getaffinity(0).ok().map(|cpus| cpus.len())
}

/// Bytes in a page of memory.
pub fn page_size() -> usize {
    sysconf(libc::_SC_PAGESIZE)
        .ok()
        .and_then(|n| usize::try_from(n).ok())
        .unwrap_or(4096)
}

/// The average number of processes waiting to run over 1, 5 and 15 minutes.
pub fn getloadavg() -> io::Result<[f64; 3]> {
    let mut loads = [0.0; 3];
    // SAFETY: room for three numbers.
    if unsafe { libc::getloadavg(loads.as_mut_ptr(), 3) } == 3 {
        Ok(loads)
    } else {
        error(libc::ENOSYS)
    }
}

/// The host's name.
pub fn gethostname() -> io::Result<Vec<u8>> {
    let mut buffer = [0u8; 1024];
    // One byte less, so that it is always terminated.
    // SAFETY: the buffer is writable for the length given.
    done(unsafe { libc::gethostname(buffer.as_mut_ptr().cast(), buffer.len() - 1) })?;
    let end = buffer.iter().position(|byte| *byte == 0).unwrap_or(0);
    Ok(buffer[..end].to_vec())
}

/// Sets the host's name.
pub fn sethostname(name: &[u8]) -> io::Result<()> {
    // SAFETY: the name is readable for its length.
    done(unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) })
}

/// Random bytes with the flags `GRND_*`; may be fewer than asked for.
pub fn getrandom(buffer: &mut [u8], flags: u32) -> io::Result<usize> {
    // SAFETY: the buffer is writable for its length.
    count(unsafe { libc::getrandom(buffer.as_mut_ptr().cast(), buffer.len(), flags) })
}

/// Fills the buffer with random bytes fit for secrets; waits for the system's source at boot.
pub fn urandom(mut buffer: &mut [u8]) -> io::Result<()> {
    while !buffer.is_empty() {
        match getrandom(buffer, 0) {
            Ok(n) => buffer = &mut buffer[n..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Processor time used, in clock ticks, and the ticks since some point in the past.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    pub user: i64,
    pub system: i64,
    pub children_user: i64,
    pub children_system: i64,
    pub elapsed: i64,
    /// How many ticks make a second.
    pub ticks_per_second: i64,
}

/// The process's times.
pub fn times() -> io::Result<Times> {
    let mut raw = MaybeUninit::<libc::tms>::zeroed();
    // SAFETY: room for the result.
    let elapsed = check(unsafe { libc::times(raw.as_mut_ptr()) })?;
    // SAFETY: zero bytes are valid, and the call has filled it.
    let raw = unsafe { raw.assume_init() };
    Ok(Times {
        user: raw.tms_utime,
        system: raw.tms_stime,
        children_user: raw.tms_cutime,
        children_system: raw.tms_cstime,
        elapsed,
        ticks_per_second: sysconf(libc::_SC_CLK_TCK)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_answers() {
        assert_eq!(uname().unwrap().sysname, b"Linux");
        assert!(cpu_count().unwrap() >= process_cpu_count().unwrap());
        assert!(page_size().is_power_of_two());
        assert!(confstr(libc::_CS_PATH).unwrap().unwrap().contains(&b'/'));
        assert!(sysconf(-5).is_err());
        let mut bytes = [0; 64];
        urandom(&mut bytes).unwrap();
        assert_ne!(bytes, [0; 64]);
        assert_eq!(gethostname().unwrap(), uname().unwrap().nodename);
    }
}
