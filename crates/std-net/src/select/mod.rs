//! `select`: waiting for descriptors.

mod epoll;
mod poll;

use taipan_host::poll as host;
use taipan_object::exception::{OS_ERROR, TYPE_ERROR};
use taipan_object::native::{Method, ModuleSpec, TypeSpec};
use taipan_object::types::StaticType;
use taipan_object::{PyResult, Thread, Value, ValueVec, ops};
use taipan_std_os::args::{
    Deadline, Round, add_constants, fd, given, module_dict, retried, seconds_to_ns,
};

/// `select`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "select",
    doc: "This module supports asynchronous I/O on multiple file descriptors.",
    functions: &[
        Method::new("select", "(rlist, wlist, xlist, timeout=None, /)", select).doc("Wait until one or more file descriptors are ready for some kind of I/O.\n\nThe first three arguments are iterables of file descriptors to be waited for:\nrlist -- wait until ready for reading\nwlist -- wait until ready for writing\nxlist -- wait for an \"exceptional condition\"\nA file descriptor is either a socket or file object, or a small integer\ngotten from a fileno() method call on one of those.\n\nThe optional 4th argument specifies a timeout in seconds; it may be\na floating-point number to specify fractions of seconds.  If it is absent\nor None, the call will never time out.\n\nThe return value is a tuple of three lists corresponding to the first three\narguments; each contains the subset of the corresponding file descriptors\nthat are ready."),
        Method::new("poll", "()", poll::new).doc("Returns a polling object.\n\nThis object supports registering and unregistering file descriptors, and then\npolling them for I/O events."),
    ],
    types: &[(&epoll::EPOLL, &epoll::SPEC)],
    init,
};

/// The type of polling objects, which has no name in the module.
pub static TYPES: &[(&StaticType, &TypeSpec)] = &[(&poll::POLL, &poll::SPEC)];

fn init(th: &Thread, module: Value) -> PyResult<()> {
    poll::POLL.define(th, &poll::SPEC)?;
    add_constants(th, module, host::CONSTANTS)?;
    module_dict(module).set_name(th, "error", OS_ERROR.value())
}

/// Nanoseconds of a timeout in units of `unit` nanoseconds; none for None.
fn timeout_ns(th: &Thread, v: Value, unit: i64, message: &str) -> PyResult<Option<i64>> {
    let Some(v) = given(v) else { return Ok(None) };
    let ns = if unit == 1_000_000_000 {
        seconds_to_ns(th, v, Round::Timeout)
    } else {
        taipan_std_os::args::to_ns(th, v, unit, Round::Timeout)
    };
    match ns {
        Err(e) if e.is(&TYPE_ERROR) => Err(th.type_error(message)),
        r => r.map(Some),
    }
}

/// The descriptors of an argument, and the objects that stand for them.
fn descriptors(th: &Thread, v: Value) -> PyResult<(ValueVec, Vec<i32>)> {
    // A list may shrink as `fileno` methods run: it is looked at as it is then.
    let list = v.as_list();
    let all = match list {
        Some(_) => ValueVec::new(),
        None => ops::to_vec(th, v).map_err(|e| {
            if e.is(&TYPE_ERROR) {
                th.type_error("arguments 1-3 must be sequences")
            } else {
                e
            }
        })?,
    };
    let item = |i: usize| match list {
        Some(l) => l.get(i),
        None => all.get(i).copied(),
    };
    let (mut objects, mut fds) = (ValueVec::new(), Vec::new());
    while let Some(o) = item(fds.len()) {
        let n = fd(th, o)?;
        if n >= host::FD_SETSIZE {
            return Err(th.value_error("filedescriptor out of range in select()"));
        }
        if fds.len() >= host::FD_SETSIZE as usize {
            return Err(th.value_error("too many file descriptors in select()"));
        }
        objects.push(th, o)?;
        fds.push(n);
    }
    Ok((objects, fds))
}

fn select(th: &Thread, a: &[Value]) -> PyResult {
    let timeout = timeout_ns(th, a[3], 1_000_000_000, "timeout must be a float or None")?;
    if timeout.is_some_and(|ns| ns < 0) {
        return Err(th.value_error("timeout must be non-negative"));
    }
    let (read_objects, read) = descriptors(th, a[0])?;
    let (write_objects, write) = descriptors(th, a[1])?;
    let (except_objects, except) = descriptors(th, a[2])?;
    let deadline = Deadline::after(timeout);
    let ready = retried(th, || host::select(&read, &write, &except, deadline.left()))?;
    let list = |objects: &ValueVec, fds: &[i32], ready: &[i32]| -> PyResult {
        let mut is_ready = [false; host::FD_SETSIZE as usize];
        for fd in ready {
            is_ready[*fd as usize] = true;
        }
        let mut out = ValueVec::new();
        for (o, fd) in objects.iter().zip(fds) {
            if is_ready[*fd as usize] {
                out.push(th, *o)?;
            }
        }
        Value::list(th, &out)
    };
    let lists = [
        list(&read_objects, &read, &ready.0)?,
        list(&write_objects, &write, &ready.1)?,
        list(&except_objects, &except, &ready.2)?,
    ];
    Value::try_tuple(th, &lists)
}
