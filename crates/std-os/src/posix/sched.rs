//! The scheduler.

use super::numbers::pid;
use super::structs;
use crate::args::{int, sys};
use taipan_containers::structseq;
use taipan_host::scheduling as host;
use taipan_object::dict::Set;
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, ops};

/// `sched_yield()`
pub fn sched_yield(th: &Thread, _: &[Value]) -> PyResult {
    sys(th, th.blocking(host::yield_now))?;
    Ok(Value::NONE)
}

fn number(n: i32) -> PyResult {
    Ok(Value::small_int(i64::from(n)))
}

/// `sched_get_priority_max(policy)`
pub fn priority_max(th: &Thread, a: &[Value]) -> PyResult {
    let policy = int(th, a[0])?;
    number(sys(th, host::priority_max(policy))?)
}

/// `sched_get_priority_min(policy)`
pub fn priority_min(th: &Thread, a: &[Value]) -> PyResult {
    let policy = int(th, a[0])?;
    number(sys(th, host::priority_min(policy))?)
}

/// `sched_getscheduler(pid)`
pub fn getscheduler(th: &Thread, a: &[Value]) -> PyResult {
    let p = pid(th, a[0])?;
    number(sys(th, host::getscheduler(p))?)
}

/// The priority that a `sched_param` says.
///
/// # Errors
/// `TypeError: must have a sched_param object`
pub fn priority(th: &Thread, v: Value) -> PyResult<i32> {
    if !structs::ty(th, "sched_param").is(class_of(v).value()) {
        return Err(th.type_error("must have a sched_param object"));
    }
    let n = ops::index(th, structseq::get(v, 0))?;
    match n.as_i64().map(i32::try_from) {
        Some(Ok(n)) => Ok(n),
        Some(Err(_)) => Err(th.overflow_error("sched_priority out of range")),
        None => Err(th.overflow_error("Python int too large to convert to C long")),
    }
}

/// `sched_setscheduler(pid, policy, param)`
pub fn setscheduler(th: &Thread, a: &[Value]) -> PyResult {
    let (p, policy) = (pid(th, a[0])?, int(th, a[1])?);
    let priority = priority(th, a[2])?;
    sys(th, host::setscheduler(p, policy, priority))?;
    Ok(Value::NONE)
}

/// `sched_getparam(pid)`
pub fn getparam(th: &Thread, a: &[Value]) -> PyResult {
    let p = pid(th, a[0])?;
    let n = sys(th, host::getparam(p))?;
    structs::make(th, "sched_param", &[Value::small_int(i64::from(n))])
}

/// `sched_setparam(pid, param)`
pub fn setparam(th: &Thread, a: &[Value]) -> PyResult {
    let p = pid(th, a[0])?;
    let priority = priority(th, a[1])?;
    sys(th, host::setparam(p, priority))?;
    Ok(Value::NONE)
}

/// `sched_rr_get_interval(pid)`
pub fn rr_interval(th: &Thread, a: &[Value]) -> PyResult {
    let p = pid(th, a[0])?;
    let time = sys(th, host::rr_interval(p))?;
    let rest = 1e-9 * f64::from(time.subsec_nanos());
    Ok(Value::float(th, time.as_secs() as f64 + rest))
}

/// `sched_getaffinity(pid)`
pub fn getaffinity(th: &Thread, a: &[Value]) -> PyResult {
    let p = pid(th, a[0])?;
    let set = Set::new(th);
    for cpu in sys(th, host::getaffinity(p))? {
        set.add(th, Value::usize(th, cpu))?;
    }
    Ok(set.value())
}

/// `sched_setaffinity(pid, mask)`
pub fn setaffinity(th: &Thread, a: &[Value]) -> PyResult {
    let p = pid(th, a[0])?;
    let mut cpus = Vec::new();
    ops::for_each(th, a[1], |v| {
        if !v.is_int() {
            let t = ops::repr(th, class_of(v).value())?;
            return Err(th.type_error(format!(
                "expected an iterator of ints, but iterator yielded {}",
                taipan_object::names::text(t)
            )));
        }
        let too_large = || th.overflow_error("CPU number too large");
        let n = match v.as_i64() {
            Some(n) if n < 0 => return Err(th.value_error("negative CPU number")),
            Some(n) => n,
            None if super::numbers::is_negative(th, v)? => {
                return Err(th.value_error("negative CPU number"));
            }
            None => return Err(too_large()),
        };
        if n > i64::from(i32::MAX) - 1 {
            return Err(too_large());
        }
        cpus.push(n as usize);
        Ok(())
    })?;
    sys(th, host::setaffinity(p, &cpus))?;
    Ok(Value::NONE)
}

/// `cpu_count()`
pub fn cpu_count(th: &Thread, _: &[Value]) -> PyResult {
    // What the option `-X cpu_count` says comes first; only the engine knows it.
    let asked = th.interp.sys_dict.get();
    if let Some(f) = asked.and_then(|d| d.get_name(th, "_get_cpu_count_config")) {
        let n = taipan_object::call::call(th, f, &[])?;
        if n.as_i64().is_some_and(|n| n > 0) {
            return Ok(n);
        }
    }
    match taipan_host::sysinfo::cpu_count() {
        Some(n) => Ok(Value::usize(th, n)),
        None => Ok(Value::NONE),
    }
}
