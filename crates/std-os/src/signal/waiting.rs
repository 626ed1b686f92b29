//! Masks, and waiting for signals.

use super::SIGINFO_KEY;
use super::handlers::to_set;
use crate::args::{Round, int, seconds_to_ns, state, sys};
use std::time::{Duration, Instant};
use taipan_containers::structseq;
use taipan_host::signal::{self as host, NSIG};
use taipan_host::signal_wait::{self, SignalInfo};
use taipan_object::exception::RUNTIME_WARNING;
use taipan_object::{PyResult, Thread, Value, ops};

/// The signals of an iterable; those that the C library keeps for itself are left out, with a warning.
fn signals(th: &Thread, v: Value) -> PyResult<Vec<i32>> {
    let valid = host::valid_signals();
    let mut found = Vec::new();
    ops::for_each(th, v, |v| {
        let n = ops::index(th, v)?.as_i64().unwrap_or(-1);
        if n <= 0 || n >= i64::from(NSIG) {
            let last = NSIG - 1;
            return Err(th.value_error(format!("signal number {n} out of range [1; {last}]")));
        }
        let n = n as i32;
        if valid.contains(&n) {
            found.push(n);
            Ok(())
        } else {
            let text = format!("invalid signal number {n}, please use valid_signals()");
            th.warn(&RUNTIME_WARNING, text)
        }
    })?;
    Ok(found)
}

pub(super) fn pthread_sigmask(th: &Thread, a: &[Value]) -> PyResult {
    let how = int(th, a[0])?;
    let mask = signals(th, a[1])?;
    let old = sys(th, host::pthread_sigmask(how, &mask))?;
    // Unblocking may have let one through.
    th.poll()?;
    to_set(th, old)
}

pub(super) fn sigpending(th: &Thread, _: &[Value]) -> PyResult {
    to_set(th, sys(th, signal_wait::sigpending())?)
}

pub(super) fn sigwait(th: &Thread, a: &[Value]) -> PyResult {
    let set = signals(th, a[0])?;
    let n = crate::args::retried(th, || signal_wait::sigwait(&set))?;
    Ok(Value::small_int(n.into()))
}

fn to_struct(th: &Thread, info: &SignalInfo) -> PyResult {
    let t = state(th)
        .get_name(th, SIGINFO_KEY)
        .ok_or_else(|| th.runtime_error("lost signal.struct_siginfo"))?;
    let n = |n: i32| Value::small_int(n.into());
    let values = [
        n(info.signo),
        n(info.code),
        n(info.errno),
        n(info.pid),
        Value::small_int(info.uid.into()),
        n(info.status),
        Value::int(th, info.band),
    ];
    structseq::make(th, t, &values)
}

pub(super) fn sigwaitinfo(th: &Thread, a: &[Value]) -> PyResult {
    let set = signals(th, a[0])?;
    match crate::args::retried(th, || signal_wait::sigtimedwait(&set, None))? {
        Some(info) => to_struct(th, &info),
        None => Ok(Value::NONE),
    }
}

pub(super) fn sigtimedwait(th: &Thread, a: &[Value]) -> PyResult {
    let set = signals(th, a[0])?;
    let ns = seconds_to_ns(th, a[1], Round::Ceiling)?;
    let Ok(ns) = u64::try_from(ns) else {
        return Err(th.value_error("timeout must be non-negative"));
    };
    let timeout = Duration::from_nanos(ns);
    let start = Instant::now();
    let found = crate::args::retried(th, || {
        signal_wait::sigtimedwait(&set, Some(timeout.saturating_sub(start.elapsed())))
    })?;
    match found {
        Some(info) => to_struct(th, &info),
        None => Ok(Value::NONE),
    }
}

pub(super) fn pause(th: &Thread, _: &[Value]) -> PyResult {
    th.blocking(signal_wait::pause);
    th.poll()?;
    Ok(Value::NONE)
}
