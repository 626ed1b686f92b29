//! `select.epoll`.

use super::timeout_ns;
use std::sync::atomic::{AtomicI32, Ordering};
use taipan_host::{epoll as host, poll::FD_SETSIZE};
use taipan_object::call::Args;
use taipan_object::exception::OS_ERROR;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, ValueVec, ops, payload};
use taipan_std_os::args::{self, Deadline, bind, bound, fd, int, int_or, retried, sys};

/// The payload: the set's descriptor, -1 once closed.
pub struct Epoll {
    fd: AtomicI32,
}

payload!(Epoll, "epoll", |this, m| {});

impl Drop for Epoll {
    fn drop(&mut self) {
        let fd = *self.fd.get_mut();
        if fd >= 0 {
            // Nobody is there to hear of a failure.
            let _ = taipan_host::fd::close(fd);
        }
    }
}

/// `select.epoll`
pub static EPOLL: StaticType = StaticType::new(
    "select",
    "epoll",
    Some(&OBJECT),
    flags::IMMUTABLE,
    layout_of::<Epoll>,
);

static NEW: Method = Method::new("epoll", "(sizehint=-1, flags=0)", bound);

/// `select.epoll`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| s.new = Some(|th, _, args| new(th, args)),
    methods: &[
        Method::new("fromfd", "($type, fd, /)", |th, a| {
            Ok(make(th, int(th, a[1])?))
        })
        .class()
        .doc("Create an epoll object from a given control fd."),
        Method::new("close", "($self, /)", close)
            .doc("Close the epoll control file descriptor.\n\nFurther operations on the epoll object will raise an exception."),
        Method::new("fileno", "($self, /)", |th, a| {
            Ok(Value::small_int(open(th, a[0])?.into()))
        })
        .doc("Return the epoll control file descriptor."),
        Method::new("register", "($self, /, fd, eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)", |th, a| {
            let set = open(th, a[0])?;
            let fd = fd(th, a[1])?;
            let events = match a[2].present() {
                Some(v) => mask(th, v)?,
                None => DEFAULT_EVENTS,
            };
            sys(th, host::add(set, fd, events))?;
            Ok(Value::NONE)
        })
        .doc("Registers a new fd or raises an OSError if the fd is already registered.\n\n  fd\n    the target file descriptor of the operation\n  eventmask\n    a bit set composed of the various EPOLL constants"),
        Method::new("modify", "($self, /, fd, eventmask)", |th, a| {
            let set = open(th, a[0])?;
            let fd = fd(th, a[1])?;
            sys(th, host::modify(set, fd, mask(th, a[2])?))?;
            Ok(Value::NONE)
        })
        .doc("Modify event mask for a registered file descriptor."),
        Method::new("unregister", "($self, /, fd)", |th, a| {
            let set = open(th, a[0])?;
            sys(th, host::remove(set, fd(th, a[1])?))?;
            Ok(Value::NONE)
        })
        .doc("Remove a registered file descriptor from the epoll object."),
        Method::new("poll", "($self, /, timeout=None, maxevents=-1)", poll)
            .doc("Wait for events on the epoll file descriptor.\n\n  timeout\n    the maximum time to wait in seconds (as float);\n    a timeout of None or -1 makes poll wait indefinitely\n  maxevents\n    the maximum number of events returned; -1 means no limit\n\nReturns a list containing any descriptors that have events to report,\nas a list of (fd, events) 2-tuples."),
        Method::new("__enter__", "($self, /)", |th, a| {
            open(th, a[0])?;
            Ok(a[0])
        }),
        Method::new("__exit__", "($self, exc_type=None, exc_value=None, exc_tb=None, /)", |th, a| close(th, &a[..1])),
    ],
    getset: &[GetSet::new("closed", |_, v| {
        Ok(Value::bool(v.expect::<Epoll>().fd.load(Ordering::Acquire) < 0))
    })
    .doc("True if the epoll handler is closed")],
    doc: "Returns an epolling object\n\n  sizehint\n    must be a positive integer or -1 for the default size;\n    it doesn't limit the maximum number of monitored events\n\nThis object supports registering and unregistering file descriptors, and\nthen polling them for I/O events.",
    sig: "(sizehint=-1, flags=0)",
};

const DEFAULT_EVENTS: u32 = (libc::EPOLLIN | libc::EPOLLPRI | libc::EPOLLOUT) as u32;

/// The descriptor of an open set.
fn open(th: &Thread, v: Value) -> PyResult<i32> {
    let fd = v.expect::<Epoll>().fd.load(Ordering::Acquire);
    if fd < 0 {
        return Err(th.value_error("I/O operation on closed epoll object"));
    }
    Ok(fd)
}

/// The low 32 bits of an integer.
fn mask(th: &Thread, v: Value) -> PyResult<u32> {
    Ok(args::mask(ops::index(th, v)?) as u32)
}

fn make(th: &Thread, fd: i32) -> Value {
    let fd = AtomicI32::new(fd);
    th.new_object(&EPOLL, Epoll { fd }).value()
}

fn new(th: &Thread, args: Args) -> PyResult {
    let [size_hint, flags] = bind(th, &NEW, args)?;
    let size_hint = int_or(th, size_hint, -1)?;
    let flags = int_or(th, flags, 0)?;
    if size_hint <= 0 && size_hint != -1 {
        return Err(th.value_error("negative sizehint"));
    }
    if flags & !libc::EPOLL_CLOEXEC != 0 {
        return Err(th.raise(&OS_ERROR, "invalid flags"));
    }
    // It is not inherited, whether asked for or not.
    let fd = sys(th, host::create(libc::EPOLL_CLOEXEC))?;
    Ok(make(th, fd))
}

fn close(th: &Thread, a: &[Value]) -> PyResult {
    let fd = a[0].expect::<Epoll>().fd.swap(-1, Ordering::AcqRel);
    if fd >= 0 {
        sys(th, th.blocking(|| taipan_host::fd::close(fd)))?;
    }
    Ok(Value::NONE)
}

fn poll(th: &Thread, a: &[Value]) -> PyResult {
    let set = open(th, a[0])?;
    let ns = timeout_ns(
        th,
        a[1],
        1_000_000_000,
        "timeout must be an integer or None",
    )?;
    if ns.is_some_and(|ns| ns > 0 && ns.unsigned_abs().div_ceil(1_000_000) > i32::MAX as u64) {
        return Err(th.overflow_error("timeout is too large"));
    }
    let max = match int_or(th, a[2], -1)? {
        -1 => FD_SETSIZE - 1,
        n if n < 1 => {
            return Err(th.value_error(format!("maxevents must be greater than 0, got {n}")));
        }
        n => n,
    };
    let deadline = Deadline::after(ns.filter(|ns| *ns >= 0));
    let events = retried(th, || host::wait(set, deadline.left(), max as usize))?;
    let mut out = ValueVec::new();
    for (fd, events) in events {
        let pair = [Value::small_int(fd.into()), Value::small_int(events.into())];
        let pair = Value::try_tuple(th, &pair)?;
        out.push(th, pair)?;
    }
    Value::list(th, &out)
}
