//! Terminals and pseudo-terminals.

use crate::Fd;
use crate::check::{check, code, done};
use std::ffi::CStr;
use std::io;

/// Whether the descriptor is a terminal.
pub fn isatty(fd: Fd) -> bool {
    // SAFETY: numbers only.
    unsafe { libc::isatty(fd) == 1 }
}

/// The terminal's path.
pub fn ttyname(fd: Fd) -> io::Result<Vec<u8>> {
    let mut buffer = [0u8; 4096];
    // SAFETY: the buffer is writable for its length.
    code(unsafe { libc::ttyname_r(fd, buffer.as_mut_ptr().cast(), buffer.len()) })?;
    Ok(until_nul(&buffer))
}

/// The path of the controlling terminal.
pub fn ctermid() -> Vec<u8> {
    b"/dev/tty".to_vec()
}

/// A pseudo-terminal: the controlling and the program's end, both closed on exec.
pub fn openpty() -> io::Result<(Fd, Fd)> {
    let (mut controller, mut terminal) = (-1, -1);
    let null = std::ptr::null_mut();
    // SAFETY: room for two descriptors; nothing else is asked for.
    done(unsafe {
        libc::openpty(
            &raw mut controller,
            &raw mut terminal,
            null,
            std::ptr::null(),
            std::ptr::null(),
        )
    })?;
    crate::fd::set_inheritable(controller, false)?;
    crate::fd::set_inheritable(terminal, false)?;
    Ok((controller, terminal))
}

/// Opens a new controlling end.
pub fn posix_openpt(flags: i32) -> io::Result<Fd> {
    // SAFETY: numbers only.
    check(unsafe { libc::posix_openpt(flags) })
}

/// Gives the program's end of a pseudo-terminal to this user.
pub fn grantpt(fd: Fd) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::grantpt(fd) })
}

/// Unlocks the program's end of a pseudo-terminal.
pub fn unlockpt(fd: Fd) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::unlockpt(fd) })
}

/// The path of the program's end.
pub fn ptsname(fd: Fd) -> io::Result<Vec<u8>> {
    let mut buffer = [0u8; 256];
    // SAFETY: the buffer is writable for its length.
    code(unsafe { libc::ptsname_r(fd, buffer.as_mut_ptr().cast(), buffer.len()) })?;
    Ok(until_nul(&buffer))
}

/// Makes a terminal the controlling one of a new session, and the standard streams.
pub fn login_tty(fd: Fd) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::login_tty(fd) })
}

/// A terminal's size in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowSize {
    pub rows: u16,
    pub columns: u16,
}

/// The terminal's size.
pub fn window_size(fd: Fd) -> io::Result<WindowSize> {
    let mut size = libc::winsize {
        ws_row: 0,
        ws_col: 0,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: room for the result.
    done(unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &raw mut size) })?;
    Ok(WindowSize {
        rows: size.ws_row,
        columns: size.ws_col,
    })
}

/// Sets the terminal's size; what it says in pixels stays.
pub fn set_window_size(fd: Fd, to: WindowSize) -> io::Result<()> {
    let mut size = libc::winsize {
        ws_row: 0,
        ws_col: 0,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: room for the result, then a readable size.
    unsafe {
        done(libc::ioctl(fd, libc::TIOCGWINSZ, &raw mut size))?;
        size.ws_row = to.rows;
        size.ws_col = to.columns;
        done(libc::ioctl(fd, libc::TIOCSWINSZ, &raw const size))
    }
}

fn until_nul(buffer: &[u8]) -> Vec<u8> {
    CStr::from_bytes_until_nul(buffer).map_or(Vec::new(), |text| text.to_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fd;

    #[test]
    fn a_pseudo_terminal_has_a_size() {
        let (controller, terminal) = openpty().unwrap();
        assert!(isatty(terminal));
        assert_eq!(ttyname(terminal).unwrap(), ptsname(controller).unwrap());
        set_window_size(
            terminal,
            WindowSize {
                rows: 7,
                columns: 9,
            },
        )
        .unwrap();
        assert_eq!(
            window_size(controller).unwrap(),
            WindowSize {
                rows: 7,
                columns: 9
            }
        );
        let mut settings = crate::termios::tcgetattr(terminal).unwrap();
        settings.lflag &= !libc::ECHO;
        crate::termios::tcsetattr(terminal, libc::TCSANOW, &settings).unwrap();
        assert_eq!(crate::termios::tcgetattr(terminal).unwrap(), settings);
        fd::close(controller).unwrap();
        fd::close(terminal).unwrap();
    }
}
