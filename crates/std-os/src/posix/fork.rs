//! Forking.
//!
//! All other threads stand still while the process is copied, so none of them is in the middle of anything of the
//! engine's own; what their Python code was doing stays undone in the child, where they do not exist.

use crate::args;
use crate::forking::{self, When};
use std::sync::atomic::Ordering;
use taipan_host::fork::{self as host, Side};
use taipan_object::{PyResult, Thread, Value, gc, ops};

/// `register_at_fork(*, before, after_in_child, after_in_parent)`
pub fn register_at_fork(th: &Thread, a: &[Value]) -> PyResult {
    if a.iter().all(|v| v.is_absent()) {
        return Err(th.type_error("At least one argument is required."));
    }
    let names = ["before", "after_in_child", "after_in_parent"];
    for (v, name) in a.iter().zip(names) {
        if !v.is_absent() && !ops::is_callable(*v) {
            return Err(th.type_error(format!(
                "'{name}' must be callable, not {}",
                args::type_name(*v)
            )));
        }
    }
    for (v, when) in a.iter().zip([When::Before, When::Child, When::Parent]) {
        if let Some(f) = v.present() {
            forking::register(th, when, f)?;
        }
    }
    Ok(Value::NONE)
}

/// Warns where other threads existed: what they held, in Python code, the child finds held for ever.
fn warn_about_threads(th: &Thread, func: &str, threads: usize) {
    if threads <= 1 {
        return;
    }
    let text = format!(
        "This process (pid={}) is multi-threaded, use of {func}() may lead to deadlocks in the child.",
        taipan_host::identity::getpid()
    );
    if let Err(e) = th.warn(&taipan_object::exception::DEPRECATION_WARNING, text) {
        th.unraisable(e, None, Value::ABSENT);
    }
}

/// Forks with all callbacks. `is_child` says of the result of `call` on which side it is.
fn with_callbacks<T>(
    th: &Thread,
    func: &str,
    call: impl FnOnce() -> std::io::Result<T>,
    is_child: impl FnOnce(&T) -> bool,
) -> PyResult<T> {
    if !th.interp.limits.fork {
        let msg = "fork not supported for isolated subinterpreters";
        return Err(th.runtime_error(msg));
    }
    if th.interp.finalizing.load(Ordering::Acquire) {
        return Err(th.raise(
            &taipan_object::exception::PYTHON_FINALIZATION_ERROR,
            "can't fork at interpreter shutdown",
        ));
    }
    th.audit(&format!("os.{func}"), &[])?;
    let threads = gc::thread_count();
    forking::before(th);
    let result = call();
    if result.as_ref().is_ok_and(is_child) {
        forking::in_child(th);
    } else {
        forking::in_parent(th);
        warn_about_threads(th, func, threads);
    }
    args::sys(th, result)
}

fn number(side: Side) -> Value {
    match side {
        Side::Child => Value::small_int(0),
        Side::Parent(pid) => Value::small_int(i64::from(pid)),
    }
}

/// `fork()`
pub fn fork(th: &Thread, _: &[Value]) -> PyResult {
    let side = with_callbacks(th, "fork", host::fork, |s| *s == Side::Child)?;
    Ok(number(side))
}

/// `forkpty()`
pub fn forkpty(th: &Thread, _: &[Value]) -> PyResult {
    if th.interp.id != 0 {
        return Err(th.runtime_error("fork not supported for subinterpreters"));
    }
    let (side, fd) = with_callbacks(th, "forkpty", host::forkpty, |r| r.0 == Side::Child)?;
    Value::try_tuple(th, &[number(side), Value::small_int(i64::from(fd))])
}
