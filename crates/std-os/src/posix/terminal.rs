//! Terminals.

use super::structs;
use crate::args::{fd as fildes, fs_decode, int, int_or, sys};
use taipan_host::{fd, tty};
use taipan_object::{PyResult, Thread, Value};

/// `ttyname(fd)`
pub fn ttyname(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    let name = sys(th, th.blocking(|| tty::ttyname(n)))?;
    Ok(fs_decode(th, &name))
}

/// `ctermid()`
pub fn ctermid(th: &Thread, _: &[Value]) -> PyResult {
    Ok(fs_decode(th, &tty::ctermid()))
}

fn two(th: &Thread, pair: (i32, i32)) -> PyResult {
    let v = [pair.0, pair.1].map(|n| Value::small_int(i64::from(n)));
    Value::try_tuple(th, &v)
}

/// `openpty()`
pub fn openpty(th: &Thread, _: &[Value]) -> PyResult {
    two(th, sys(th, th.blocking(tty::openpty))?)
}

/// `posix_openpt(oflag)`
pub fn posix_openpt(th: &Thread, a: &[Value]) -> PyResult {
    let flags = int(th, a[0])?;
    let n = sys(th, tty::posix_openpt(flags))?;
    // It cannot be asked for along with the other flags.
    if flags & libc::O_CLOEXEC != 0
        && let Err(e) = fd::set_inheritable(n, false)
    {
        let _ = fd::close(n);
        return Err(th.os_error(&e, Value::ABSENT));
    }
    Ok(Value::small_int(i64::from(n)))
}

/// `grantpt(fd)`
pub fn grantpt(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    sys(th, th.blocking(|| tty::grantpt(n)))?;
    Ok(Value::NONE)
}

/// `unlockpt(fd)`
pub fn unlockpt(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    sys(th, tty::unlockpt(n))?;
    Ok(Value::NONE)
}

/// `ptsname(fd)`
pub fn ptsname(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    let name = sys(th, tty::ptsname(n))?;
    Ok(fs_decode(th, &name))
}

/// `login_tty(fd)`
pub fn login_tty(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    sys(th, tty::login_tty(n))?;
    Ok(Value::NONE)
}

/// `get_terminal_size(fd=STDOUT_FILENO)`
pub fn get_terminal_size(th: &Thread, a: &[Value]) -> PyResult {
    let n = int_or(th, a[0], 1)?;
    let size = sys(th, tty::window_size(n))?;
    let values = [size.columns, size.rows].map(|n| Value::small_int(i64::from(n)));
    structs::make(th, "terminal_size", &values)
}

/// `_is_inputhook_installed()`: native code can install none, so there is never one.
pub fn has_inputhook(_: &Thread, _: &[Value]) -> PyResult {
    Ok(Value::FALSE)
}

/// `_inputhook()`
pub fn inputhook(_: &Thread, _: &[Value]) -> PyResult {
    Ok(Value::small_int(0))
}
