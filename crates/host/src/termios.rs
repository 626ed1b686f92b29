//! Terminal settings.

use crate::Fd;
use crate::check::done;
use std::io;
use std::mem::MaybeUninit;

pub use crate::constants::termios::CONSTANTS;

/// How many control characters there are.
pub const NCCS: usize = 32;

/// A terminal's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub iflag: u32,
    pub oflag: u32,
    pub cflag: u32,
    pub lflag: u32,
    pub ispeed: u32,
    pub ospeed: u32,
    pub cc: [u8; NCCS],
}

/// The terminal's settings.
pub fn tcgetattr(fd: Fd) -> io::Result<Settings> {
    let mut raw = MaybeUninit::<libc::termios>::uninit();
    // SAFETY: room for the result, which is filled when the call succeeds.
    unsafe {
        done(libc::tcgetattr(fd, raw.as_mut_ptr()))?;
        let raw = raw.assume_init();
        Ok(Settings {
            iflag: raw.c_iflag,
            oflag: raw.c_oflag,
            cflag: raw.c_cflag,
            lflag: raw.c_lflag,
            ispeed: libc::cfgetispeed(&raw const raw),
            ospeed: libc::cfgetospeed(&raw const raw),
            cc: raw.c_cc,
        })
    }
}

/// Sets the terminal's settings, `when` as `TCSANOW` and the like.
pub fn tcsetattr(fd: Fd, when: i32, settings: &Settings) -> io::Result<()> {
    let mut raw = MaybeUninit::<libc::termios>::uninit();
    // SAFETY: what is not set here stays as the terminal has it.
    unsafe {
        done(libc::tcgetattr(fd, raw.as_mut_ptr()))?;
        let mut raw = raw.assume_init();
        raw.c_iflag = settings.iflag;
        raw.c_oflag = settings.oflag;
        raw.c_cflag = settings.cflag;
        raw.c_lflag = settings.lflag;
        raw.c_cc = settings.cc;
        done(libc::cfsetispeed(&raw mut raw, settings.ispeed))?;
        done(libc::cfsetospeed(&raw mut raw, settings.ospeed))?;
        done(libc::tcsetattr(fd, when, &raw const raw))
    }
}

/// Sends a break.
pub fn tcsendbreak(fd: Fd, duration: i32) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::tcsendbreak(fd, duration) })
}

/// Waits until all output is sent.
pub fn tcdrain(fd: Fd) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::tcdrain(fd) })
}

/// Throws away what is queued.
pub fn tcflush(fd: Fd, queue: i32) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::tcflush(fd, queue) })
}

/// Holds or continues input or output.
pub fn tcflow(fd: Fd, action: i32) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::tcflow(fd, action) })
}
