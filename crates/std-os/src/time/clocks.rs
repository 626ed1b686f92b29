//! Clocks and sleeping.

use crate::args::{self, Round, positional, retried, seconds_to_ns, sys, text, type_name};
use taipan_host::clock;
use taipan_object::call::{self, Args};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Raised, Thread, Value, ops};

/// Nanoseconds as a float of seconds, exact for whole seconds.
pub(super) fn seconds(th: &Thread, ns: i128) -> Value {
    let x = if ns % 1_000_000_000 == 0 {
        (ns / 1_000_000_000) as f64
    } else {
        ns as f64 / 1e9
    };
    Value::float(th, x)
}

macro_rules! clocks {
    ($($name:ident $ns:ident = $clock:path;)*) => {
        $(
            pub(super) fn $name(th: &Thread, _: &[Value]) -> PyResult {
                Ok(seconds(th, $clock().into()))
            }
            pub(super) fn $ns(th: &Thread, _: &[Value]) -> PyResult {
                Ok(Value::int(th, $clock()))
            }
        )*
    };
}

clocks! {
    time time_ns = clock::realtime;
    monotonic monotonic_ns = clock::monotonic;
    process_time process_time_ns = clock::process_time;
    thread_time thread_time_ns = clock::thread_time;
}

/// A clock's number.
fn clock_id(th: &Thread, v: Value) -> PyResult<i32> {
    let n = if class_of(v).slots().index.is_some() {
        ops::index(th, v)?.as_i64()
    } else {
        None
    };
    n.and_then(|n| i32::try_from(n).ok())
        .ok_or_else(|| th.type_error(format!("clk_id should be integer, not {}", type_name(v))))
}

pub(super) fn gettime(th: &Thread, a: &[Value]) -> PyResult {
    let ns = sys(th, clock::gettime(clock_id(th, a[0])?))?;
    Ok(seconds(th, ns))
}

pub(super) fn gettime_ns(th: &Thread, a: &[Value]) -> PyResult {
    let ns = sys(th, clock::gettime(clock_id(th, a[0])?))?;
    nanoseconds(th, ns)
}

fn nanoseconds(th: &Thread, ns: i128) -> PyResult {
    match i64::try_from(ns) {
        Ok(ns) => Ok(Value::int(th, ns)),
        Err(_) => Err(too_large(th)),
    }
}

fn too_large(th: &Thread) -> Raised {
    th.overflow_error("timestamp out of range for C PyTime_t")
}

pub(super) fn getres(th: &Thread, args: Args) -> PyResult {
    let [id] = positional(th, args, "clock_getres", 1)?;
    let ns = sys(th, clock::getres(args::int(th, id)?))?;
    Ok(seconds(th, ns))
}

pub(super) fn settime(th: &Thread, args: Args) -> PyResult {
    let [id, time] = positional(th, args, "clock_settime", 2)?;
    let id = args::int(th, id)?;
    let ns = seconds_to_ns(th, time, Round::Floor)?;
    sys(th, clock::settime(id, ns.into()))?;
    Ok(Value::NONE)
}

pub(super) fn settime_ns(th: &Thread, args: Args) -> PyResult {
    let [id, time] = positional(th, args, "clock_settime_ns", 2)?;
    let id = args::int(th, id)?;
    if !time.is_int() {
        let t = class_of(time).name_text();
        return Err(th.type_error(format!("expect int, got {t}")));
    }
    let Some(ns) = time.as_i64() else {
        return Err(too_large(th));
    };
    sys(th, clock::settime(id, ns.into()))?;
    Ok(Value::NONE)
}

pub(super) fn thread_clock(th: &Thread, args: Args) -> PyResult {
    let [thread] = positional(th, args, "pthread_getcpuclockid", 1)?;
    if !thread.is_int() {
        return Err(th.type_error(format!(
            "pthread_getcpuclockid() argument 1 must be int, not {}",
            type_name(thread)
        )));
    }
    let ident = args::mask(thread);
    // The C library takes any number for the address of a thread.
    let clock = match taipan_object::wake::while_attached(ident, || clock::thread_clock(ident)) {
        Some(r) => sys(th, r)?,
        None => return Err(args::os_error(th, libc::ESRCH)),
    };
    Ok(Value::int(th, clock.into()))
}

pub(super) fn info(th: &Thread, args: Args) -> PyResult {
    let [name] = positional(th, args, "get_clock_info", 1)?;
    let name = text(th, "get_clock_info", "1", name)?;
    let (clock, what, adjustable) = match name.as_str().unwrap_or("") {
        "time" => (libc::CLOCK_REALTIME, "clock_gettime(CLOCK_REALTIME)", true),
        "monotonic" | "perf_counter" => (
            libc::CLOCK_MONOTONIC,
            "clock_gettime(CLOCK_MONOTONIC)",
            false,
        ),
        "process_time" => (
            libc::CLOCK_PROCESS_CPUTIME_ID,
            "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)",
            false,
        ),
        "thread_time" => (
            libc::CLOCK_THREAD_CPUTIME_ID,
            "clock_gettime(CLOCK_THREAD_CPUTIME_ID)",
            false,
        ),
        _ => return Err(th.value_error("unknown clock")),
    };
    let resolution = sys(th, clock::getres(clock))?;
    let ns = call::call(th, taipan_builtins::namespace::NAMESPACE.value(), &[])?;
    let set = |name: &str, v: Value| {
        let name = taipan_object::strings::intern(th, name);
        taipan_object::attr::set(th, ns, name, v)
    };
    set("implementation", Value::str(th, what))?;
    set("monotonic", Value::bool(!adjustable))?;
    set("adjustable", Value::bool(adjustable))?;
    set("resolution", seconds(th, resolution))?;
    Ok(ns)
}

pub(super) fn sleep(th: &Thread, a: &[Value]) -> PyResult {
    th.audit("time.sleep", &a[..1])?;
    let ns = seconds_to_ns(th, a[0], Round::Timeout)?;
    if ns < 0 {
        return Err(th.value_error("sleep length must be non-negative"));
    }
    // One deadline for all tries: a signal's handler does not make the sleep longer.
    let deadline = i128::from(clock::monotonic()) + i128::from(ns);
    retried(th, || clock::sleep_until(deadline))?;
    Ok(Value::NONE)
}
