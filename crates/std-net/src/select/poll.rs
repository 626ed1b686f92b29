//! Polling objects.

use super::timeout_ns;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use taipan_host::poll::{self as host, PollFd};
use taipan_object::heap::Guarded;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, ValueVec, payload};
use taipan_std_os::args::{Deadline, fd, os_error, retry, sys, unsigned};

/// What is watched: the events by descriptor, with a number that says the order of registering.
#[derive(Default)]
struct Watched {
    events: HashMap<i32, (u64, u16)>,
    next: u64,
    /// The same as the system wants it; nothing after a change.
    list: Option<Vec<PollFd>>,
}

/// The payload of a polling object.
pub struct Poll {
    watched: Guarded<Watched>,
    running: AtomicBool,
}

payload!(Poll, "poll", |this, m| {});

/// `select.poll`
pub static POLL: StaticType = StaticType::new(
    "select",
    "poll",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Poll>,
);

/// `select.poll`
pub static SPEC: TypeSpec = TypeSpec {
    methods: &[
        Method::new("register", "($self, fd, eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)", register)
            .atomic(Atomic::Locked)
            .doc("Register a file descriptor with the polling object.\n\n  fd\n    either an integer, or an object with a fileno() method returning an int\n  eventmask\n    an optional bitmask describing the type of events to check for"),
        Method::new("modify", "($self, fd, eventmask, /)", modify)
            .atomic(Atomic::Locked)
            .doc("Modify an already registered file descriptor.\n\n  fd\n    either an integer, or an object with a fileno() method returning an int\n  eventmask\n    a bitmask describing the type of events to check for"),
        Method::new("unregister", "($self, fd, /)", unregister)
            .atomic(Atomic::Locked)
            .doc("Remove a file descriptor being tracked by the polling object."),
        Method::new("poll", "($self, timeout=None, /)", poll)
            .doc("Polls the set of registered file descriptors.\n\n  timeout\n    The maximum time to wait in milliseconds, or else None (or a negative\n    value) to wait indefinitely.\n\nReturns a list containing any descriptors that have events or errors to\nreport, as a list of (fd, event) 2-tuples."),
    ],
    ..TypeSpec::EMPTY
};

pub(super) fn new(th: &Thread, _: &[Value]) -> PyResult {
    let data = Poll {
        watched: Guarded::new(Watched::default()),
        running: AtomicBool::new(false),
    };
    Ok(th.new_object(&POLL, data).value())
}

fn mask(th: &Thread, v: Value) -> PyResult<u16> {
    unsigned(th, v, u16::MAX.into(), "unsigned short").map(|n| n as u16)
}

const DEFAULT_EVENTS: u16 = (libc::POLLIN | libc::POLLPRI | libc::POLLOUT) as u16;

fn register(th: &Thread, a: &[Value]) -> PyResult {
    let fd = fd(th, a[1])?;
    let events = match a[2].present() {
        Some(v) => mask(th, v)?,
        None => DEFAULT_EVENTS,
    };
    a[0].expect::<Poll>().watched.with(|w| {
        let next = w.next;
        let entry = w.events.entry(fd).or_insert((next, 0));
        entry.1 = events;
        w.next += 1;
        w.list = None;
    });
    Ok(Value::NONE)
}

fn modify(th: &Thread, a: &[Value]) -> PyResult {
    let fd = fd(th, a[1])?;
    let events = mask(th, a[2])?;
    let known = a[0].expect::<Poll>().watched.with(|w| {
        w.list = None;
        w.events.get_mut(&fd).map(|e| e.1 = events).is_some()
    });
    if known {
        Ok(Value::NONE)
    } else {
        Err(os_error(th, libc::ENOENT))
    }
}

fn unregister(th: &Thread, a: &[Value]) -> PyResult {
    let fd = fd(th, a[1])?;
    let known = a[0].expect::<Poll>().watched.with(|w| {
        w.list = None;
        w.events.remove(&fd).is_some()
    });
    if known {
        Ok(Value::NONE)
    } else {
        Err(th.key_error(Value::small_int(fd.into())))
    }
}

fn poll(th: &Thread, a: &[Value]) -> PyResult {
    let this = a[0].expect::<Poll>();
    let ns = timeout_ns(th, a[1], 1_000_000, "timeout must be an integer or None")?;
    if ns.is_some_and(|ns| ns.unsigned_abs().div_ceil(1_000_000) > i32::MAX as u64) {
        return Err(th.overflow_error("timeout is too large"));
    }
    if this.running.swap(true, Ordering::AcqRel) {
        return Err(th.runtime_error("concurrent poll() invocation"));
    }
    let mut list = this.watched.with(|w| {
        if w.list.is_none() {
            let mut all: Vec<_> = w.events.iter().map(|(fd, e)| (e.0, *fd, e.1)).collect();
            all.sort_unstable();
            let one = |(_, fd, events): (u64, i32, u16)| PollFd {
                fd,
                events: events.cast_signed(),
                revents: 0,
            };
            w.list = Some(all.into_iter().map(one).collect());
        }
        w.list.clone().unwrap_or_default()
    });
    let deadline = Deadline::after(ns.filter(|ns| *ns >= 0));
    let r = retry(th, || host::poll(&mut list, deadline.left()));
    this.running.store(false, Ordering::Release);
    sys(th, r?)?;
    let mut out = ValueVec::new();
    for p in list.iter().filter(|p| p.revents != 0) {
        let events = Value::small_int(p.revents.cast_unsigned().into());
        let pair = Value::try_tuple(th, &[Value::small_int(p.fd.into()), events])?;
        out.push(th, pair)?;
    }
    Value::list(th, &out)
}
