//! Socket options.

use super::address::plain_error;
use super::object::{method, sock};
use taipan_host::socket as host;
use taipan_object::call::Args;
use taipan_object::exception::{OVERFLOW_ERROR, TYPE_ERROR};
use taipan_object::{PyResult, Thread, Value, buffer, ops};
use taipan_std_os::args::{int, int_or, mask, positional, sys};

/// The family of a socket's descriptor.
pub(super) fn family_of(fd: i32) -> Option<i32> {
    host::getsockopt(fd, libc::SOL_SOCKET, libc::SO_DOMAIN).ok()
}

pub(super) fn getsockopt(th: &Thread, args: Args) -> PyResult {
    let (this, args) = method(args);
    let [level, option, room] = positional(th, args, "getsockopt", 2)?;
    let s = sock(&[this]);
    let (level, option) = (int(th, level)?, int(th, option)?);
    let room = int_or(th, room, 0)?;
    let fd = s.fd();
    if room == 0 {
        // Those of virtual machines' sockets are wide.
        if s.family() == libc::AF_VSOCK {
            let bytes = sys(th, host::getsockopt_bytes(fd, level, option, 8))?;
            let mut eight = [0; 8];
            eight[..bytes.len()].copy_from_slice(&bytes);
            return Ok(Value::uint(th, u64::from_ne_bytes(eight)));
        }
        let n = sys(th, host::getsockopt(fd, level, option))?;
        return Ok(Value::small_int(n.into()));
    }
    if !(0..=1024).contains(&room) {
        return Err(plain_error(th, "getsockopt buflen out of range"));
    }
    let bytes = host::getsockopt_bytes(fd, level, option, room as usize);
    Value::bytes(th, &sys(th, bytes)?)
}

pub(super) fn setsockopt(th: &Thread, args: Args) -> PyResult {
    let (this, args) = method(args);
    args.no_kw(th, "setsockopt")?;
    let s = sock(&[this]);
    let a = args.values;
    let fd = s.fd();
    let done = |r| sys(th, r).map(|()| Value::NONE);
    // What is not of one form may be of the next: which arguments there are decides, and what they are.
    let fits = |e: &taipan_object::Raised| e.is(&TYPE_ERROR) || e.is(&OVERFLOW_ERROR);
    if let [level, option, value] = a {
        if s.family() == libc::AF_VSOCK {
            let (level, option) = (int(th, *level)?, int(th, *option)?);
            let n = mask(ops::index(th, *value)?);
            return done(host::setsockopt_bytes(fd, level, option, &n.to_ne_bytes()));
        }
        match int(th, *value) {
            Ok(n) => {
                let (level, option) = (int(th, *level)?, int(th, *option)?);
                return done(host::setsockopt(fd, level, option, n));
            }
            Err(e) if fits(&e) => {}
            Err(e) => return Err(e),
        }
    }
    if let [level, option, value, len] = a
        && value.is_none()
        && let Ok(len) = ops::index(th, *len)
    {
        let (level, option) = (int(th, *level)?, int(th, *option)?);
        return done(host::setsockopt_null(fd, level, option, mask(len) as u32));
    }
    let [level, option, value] = positional(th, args, "setsockopt", 3)?;
    let (level, option) = (int(th, level)?, int(th, option)?);
    let view = buffer::get_contiguous(th, value)?;
    done(host::setsockopt_bytes(fd, level, option, view.as_slice()))
}
