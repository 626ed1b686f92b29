//! Counters, timers and randomness.

use super::numbers::{bits, ns, ns_value, offset, seconds_value, ssize, unsigned, wide};
use crate::args::{self, fd as fildes, int, os_error, retried, sys};
use taipan_host::event_fd::{self as host, TimerSpec};
use taipan_host::{fd, sysinfo};
use taipan_object::{PyResult, Thread, Value, ops};

/// `eventfd(initval, flags=EFD_CLOEXEC)`
pub fn eventfd(th: &Thread, a: &[Value]) -> PyResult {
    let initial = unsigned(th, a[0])?;
    let flags = args::int_or(th, a[1], libc::EFD_CLOEXEC)?;
    let n = sys(th, host::eventfd(initial, flags))?;
    Ok(Value::small_int(i64::from(n)))
}

/// `eventfd_read(fd)`
pub fn eventfd_read(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    let value = retried(th, || host::eventfd_read(n))?;
    Ok(Value::uint(th, value))
}

/// `eventfd_write(fd, value)`
pub fn eventfd_write(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    let value = wide(th, a[1])?;
    retried(th, || host::eventfd_write(n, value))?;
    Ok(Value::NONE)
}

/// `timerfd_create(clockid, *, flags=0)`
pub fn timerfd_create(th: &Thread, a: &[Value]) -> PyResult {
    let clock = int(th, a[0])?;
    let flags = args::int_or(th, a[1], 0)?;
    let n = sys(th, host::timerfd_create(clock, flags | libc::TFD_CLOEXEC))?;
    Ok(Value::small_int(i64::from(n)))
}

/// A time in seconds as nanoseconds, to the nearest below.
fn seconds(th: &Thread, v: Value) -> PyResult<i128> {
    let Some(v) = v.present() else { return Ok(0) };
    let x = ops::to_f64(th, v)?;
    if x.is_nan() {
        return Err(th.value_error("Invalid value NaN (not a number)"));
    }
    let ns = (x * 1e9).floor();
    if !(-9.223_372_036_854_775e18..=9.223_372_036_854_775e18).contains(&ns) {
        return Err(th.overflow_error("timestamp out of range for platform time_t"));
    }
    Ok(ns as i128)
}

fn in_seconds(th: &Thread, t: TimerSpec) -> PyResult {
    let values = [t.value_ns, t.interval_ns].map(|ns| seconds_value(th, ns));
    Value::try_tuple(th, &values)
}

fn in_ns(th: &Thread, t: TimerSpec) -> PyResult {
    let values = [ns_value(th, t.value_ns)?, ns_value(th, t.interval_ns)?];
    Value::try_tuple(th, &values)
}

/// `timerfd_settime(fd, *, flags=0, initial=0.0, interval=0.0)`
pub fn timerfd_settime(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    let flags = args::int_or(th, a[1], 0)?;
    let to = TimerSpec {
        value_ns: seconds(th, a[2])?,
        interval_ns: seconds(th, a[3])?,
    };
    in_seconds(th, sys(th, host::timerfd_settime(n, flags, to))?)
}

/// `timerfd_settime_ns(fd, *, flags=0, initial=0, interval=0)`
pub fn timerfd_settime_ns(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    let flags = args::int_or(th, a[1], 0)?;
    let time = |v: Value| match v.present() {
        Some(v) => {
            offset(th, v)?;
            ns(th, v)
        }
        None => Ok(0),
    };
    let to = TimerSpec {
        value_ns: time(a[2])?,
        interval_ns: time(a[3])?,
    };
    in_ns(th, sys(th, host::timerfd_settime(n, flags, to))?)
}

/// `timerfd_gettime(fd)`
pub fn timerfd_gettime(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    in_seconds(th, sys(th, host::timerfd_gettime(n))?)
}

/// `timerfd_gettime_ns(fd)`
pub fn timerfd_gettime_ns(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    in_ns(th, sys(th, host::timerfd_gettime(n))?)
}

fn memory(th: &Thread, len: usize) -> PyResult<Vec<u8>> {
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(len).is_err() {
        return Err(th.memory_error());
    }
    bytes.resize(len, 0);
    Ok(bytes)
}

/// `urandom(size)`
pub fn urandom(th: &Thread, a: &[Value]) -> PyResult {
    let len = usize::try_from(ssize(th, a[0])?)
        .map_err(|_| th.value_error("negative argument not allowed"))?;
    let mut bytes = memory(th, len)?;
    sys(th, th.blocking(|| sysinfo::urandom(&mut bytes)))?;
    Value::bytes(th, &bytes)
}

/// `getrandom(size, flags=0)`
pub fn getrandom(th: &Thread, a: &[Value]) -> PyResult {
    let len = usize::try_from(ssize(th, a[0])?).map_err(|_| os_error(th, libc::EINVAL))?;
    let flags = match a[1].present() {
        Some(v) => bits(th, v)?,
        None => 0,
    };
    let mut bytes = memory(th, len.min(fd::MAX_CHUNK))?;
    let n = retried(th, || sysinfo::getrandom(&mut bytes, flags))?;
    Value::bytes(th, &bytes[..n])
}
