//! Timers that send signals.

use super::ITIMER_ERROR;
use crate::args::{Round, int, seconds_to_ns};
use std::io;
use std::time::Duration;
use taipan_host::timer::{self, Interval};
use taipan_object::{PyResult, Raised, Thread, Value};

fn error(th: &Thread, e: &io::Error) -> Raised {
    let n = e.raw_os_error().unwrap_or(libc::EINVAL);
    let text = Value::str(th, &taipan_object::error::strerror(n));
    th.raise_with(&ITIMER_ERROR, &[Value::small_int(n.into()), text])
}

/// A time in whole microseconds, as timers count: parts of one count as one.
fn duration(th: &Thread, v: Value) -> PyResult<Option<Duration>> {
    let Some(v) = v.present() else {
        return Ok(Some(Duration::ZERO));
    };
    let ns = seconds_to_ns(th, v, Round::Ceiling)?;
    Ok(u64::try_from(ns)
        .ok()
        .map(|ns| Duration::from_micros(ns.div_ceil(1000))))
}

fn pair(th: &Thread, i: Interval) -> Value {
    let value = Value::float(th, i.value.as_secs_f64());
    let interval = Value::float(th, i.interval.as_secs_f64());
    Value::tuple(th, &[value, interval])
}

pub(super) fn setitimer(th: &Thread, a: &[Value]) -> PyResult {
    let which = int(th, a[0])?;
    let (value, interval) = (duration(th, a[1])?, duration(th, a[2])?);
    let (Some(value), Some(interval)) = (value, interval) else {
        return Err(error(th, &io::Error::from_raw_os_error(libc::EINVAL)));
    };
    match timer::setitimer(which, Interval { value, interval }) {
        Ok(old) => Ok(pair(th, old)),
        Err(e) => Err(error(th, &e)),
    }
}

pub(super) fn getitimer(th: &Thread, a: &[Value]) -> PyResult {
    match timer::getitimer(int(th, a[0])?) {
        Ok(now) => Ok(pair(th, now)),
        Err(e) => Err(error(th, &e)),
    }
}

pub(super) fn alarm(th: &Thread, a: &[Value]) -> PyResult {
    let seconds = int(th, a[0])?.cast_unsigned();
    Ok(Value::small_int(timer::alarm(seconds).into()))
}
