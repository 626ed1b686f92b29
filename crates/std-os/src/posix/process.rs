//! The process: signals to others, ending, commands, times, namespaces.

use super::numbers::{bits, pid};
use super::structs;
use crate::args::{self, fd as fildes, fs_decode, int, sys};
use taipan_host::{errno, fork, session, sysinfo};
use taipan_object::{PyResult, Thread, Value};

/// `kill(pid, signal)`
pub fn kill(th: &Thread, a: &[Value]) -> PyResult {
    let (p, signal) = (pid(th, a[0])?, int(th, a[1])?);
    th.audit("os.kill", &[a[0], a[1]])?;
    sys(th, session::kill(p, signal))?;
    // A signal to this process has its handler run before the call is over.
    th.poll()?;
    Ok(Value::NONE)
}

/// `killpg(pgid, signal)`
pub fn killpg(th: &Thread, a: &[Value]) -> PyResult {
    let (group, signal) = (pid(th, a[0])?, int(th, a[1])?);
    th.audit("os.killpg", &[a[0], a[1]])?;
    sys(th, session::killpg(group, signal))?;
    th.poll()?;
    Ok(Value::NONE)
}

/// `pidfd_open(pid, flags=0)`
pub fn pidfd_open(th: &Thread, a: &[Value]) -> PyResult {
    let p = pid(th, a[0])?;
    let flags = match a[1].present() {
        Some(v) => bits(th, v)?,
        None => 0,
    };
    let n = sys(th, session::pidfd_open(p, flags))?;
    Ok(Value::small_int(i64::from(n)))
}

/// `setns(fd, nstype=0)`
pub fn setns(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    let kind = args::int_or(th, a[1], 0)?;
    sys(th, th.blocking(|| session::setns(n, kind)))?;
    Ok(Value::NONE)
}

/// `unshare(flags)`
pub fn unshare(th: &Thread, a: &[Value]) -> PyResult {
    let flags = int(th, a[0])?;
    sys(th, th.blocking(|| session::unshare(flags)))?;
    Ok(Value::NONE)
}

/// `_exit(status)`
pub fn exit_now(th: &Thread, a: &[Value]) -> PyResult {
    fork::exit_now(int(th, a[0])?)
}

/// `abort()`
pub fn abort(_: &Thread, _: &[Value]) -> PyResult {
    fork::abort()
}

/// `system(command)`
pub fn system(th: &Thread, a: &[Value]) -> PyResult {
    let command = args::fs_cstring(th, a[0])?;
    th.audit("os.system", &[Value::bytes(th, command.as_bytes())?])?;
    let status = sys(th, th.blocking(|| fork::system(&command)))?;
    Ok(Value::small_int(i64::from(status)))
}

/// `strerror(code)`
pub fn strerror(th: &Thread, a: &[Value]) -> PyResult {
    Ok(Value::str(th, &errno::strerror(int(th, a[0])?)))
}

/// `times()`
pub fn times(th: &Thread, _: &[Value]) -> PyResult {
    let t = sys(th, sysinfo::times())?;
    let values = [
        t.user,
        t.system,
        t.children_user,
        t.children_system,
        t.elapsed,
    ]
    .map(|n| Value::float(th, n as f64 / t.ticks_per_second as f64));
    structs::make(th, "times_result", &values)
}

/// `uname()`
pub fn uname(th: &Thread, _: &[Value]) -> PyResult {
    let u = sys(th, sysinfo::uname())?;
    let values = [&u.sysname, &u.nodename, &u.release, &u.version, &u.machine]
        .map(|text| fs_decode(th, text));
    structs::make(th, "uname_result", &values)
}

/// `getloadavg()`
pub fn getloadavg(th: &Thread, _: &[Value]) -> PyResult {
    let Ok(loads) = sysinfo::getloadavg() else {
        return Err(th.raise(
            &taipan_object::exception::OS_ERROR,
            "Load averages are unobtainable",
        ));
    };
    Value::try_tuple(th, &loads.map(|x| Value::float(th, x)))
}
