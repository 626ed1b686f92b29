//! Waiting for children, and what their wait statuses say.

use super::numbers::{id_value, pid};
use super::structs;
use crate::args::{int, retried};
use crate::resource::usage_value;
use taipan_host::wait as host;
use taipan_object::{PyResult, Thread, Value};

fn number(n: i32) -> Value {
    Value::small_int(i64::from(n))
}

/// `wait()`
pub fn wait(th: &Thread, _: &[Value]) -> PyResult {
    let (p, status) = retried(th, || host::waitpid(-1, 0))?;
    Value::try_tuple(th, &[number(p), number(status)])
}

/// `waitpid(pid, options)`
pub fn waitpid(th: &Thread, a: &[Value]) -> PyResult {
    let (p, options) = (pid(th, a[0])?, int(th, a[1])?);
    let (p, status) = retried(th, || host::waitpid(p, options))?;
    Value::try_tuple(th, &[number(p), number(status)])
}

fn wait_with_usage(th: &Thread, p: i32, options: i32) -> PyResult {
    let (p, status, usage) = retried(th, || host::wait4(p, options))?;
    let usage = usage_value(th, &usage)?;
    Value::try_tuple(th, &[number(p), number(status), usage])
}

/// `wait3(options)`
pub fn wait3(th: &Thread, a: &[Value]) -> PyResult {
    let options = int(th, a[0])?;
    wait_with_usage(th, -1, options)
}

/// `wait4(pid, options)`
pub fn wait4(th: &Thread, a: &[Value]) -> PyResult {
    let (p, options) = (pid(th, a[0])?, int(th, a[1])?);
    wait_with_usage(th, p, options)
}

/// `waitid(idtype, id, options)`
pub fn waitid(th: &Thread, a: &[Value]) -> PyResult {
    let (kind, id, options) = (int(th, a[0])? as u32, pid(th, a[1])?, int(th, a[2])?);
    match retried(th, || host::waitid(kind, id, options))? {
        None => Ok(Value::NONE),
        Some(i) => structs::make(
            th,
            "waitid_result",
            &[
                number(i.pid),
                id_value(i.uid),
                number(i.signo),
                number(i.status),
                number(i.code),
            ],
        ),
    }
}

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $f:ident as $t:ident;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(th: &Thread, a: &[Value]) -> PyResult {
                let status = int(th, a[0])?;
                Ok(statuses!(@$t host::$f(status)))
            }
        )*
    };
    (@bool $e:expr) => { Value::bool($e) };
    (@int $e:expr) => { number($e) };
}

statuses! {
    /// `WIFEXITED(status)`
    if_exited = if_exited as bool;
    /// `WEXITSTATUS(status)`
    exit_status = exit_status as int;
    /// `WIFSIGNALED(status)`
    if_signaled = if_signaled as bool;
    /// `WTERMSIG(status)`
    term_signal = term_signal as int;
    /// `WCOREDUMP(status)`
    core_dumped = core_dumped as bool;
    /// `WIFSTOPPED(status)`
    if_stopped = if_stopped as bool;
    /// `WSTOPSIG(status)`
    stop_signal = stop_signal as int;
    /// `WIFCONTINUED(status)`
    if_continued = if_continued as bool;
}

/// `waitstatus_to_exitcode(status)`
pub fn to_exit_code(th: &Thread, a: &[Value]) -> PyResult {
    let status = int(th, a[0])?;
    if host::if_stopped(status) {
        return Err(th.value_error(format!(
            "process stopped by delivery of signal {}",
            host::stop_signal(status)
        )));
    }
    match host::to_exit_code(status) {
        Some(n) => Ok(number(n)),
        None => Err(th.value_error(format!("invalid wait status: {status}"))),
    }
}
