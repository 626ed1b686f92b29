//! `faulthandler`: tracebacks on fatal signals, on request, after a time.

mod dump;
mod watchdog;

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;
use taipan_host::crash::{self, write_raw};
use taipan_host::{Fd, signal};
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, call, exception as exc, gc, names, ops, thread};

/// `faulthandler`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "faulthandler",
    doc: "faulthandler module.",
    functions: &[
        Method::new("enable", "(file=sys.stderr, all_threads=True, c_stack=True)", |th, a| {
            let fd = file(th, a[0], "fatal")?;
            let all = flag(th, a[1], true)?;
            let c_stack = flag(th, a[2], true)?;
            enable(th, fd, all, c_stack)?;
            Ok(Value::NONE)
        })
        .doc("Enable the fault handler."),
        Method::new("disable", "()", |th, _| {
            let was = crash::disable();
            keep(th, "fatal", Value::NONE)?;
            Ok(Value::bool(was))
        })
        .doc("Disable the fault handler."),
        Method::new("is_enabled", "()", |_, _| Ok(Value::bool(crash::is_enabled())))
            .doc("Check if the handler is enabled."),
        Method::new("dump_traceback", "(file=sys.stderr, all_threads=True)", |th, a| {
            let fd = file(th, a[0], "")?;
            if flag(th, a[1], true)? {
                gc::stop_world(th.mutator, || dump::write_threads(fd, Some(th)));
            } else {
                dump::write_stack(fd, Some(th));
            }
            Ok(Value::NONE)
        })
        .doc("Dump the traceback of the current thread, or of all threads if all_threads is True, into file."),
        Method::new("dump_c_stack", "(file=sys.stderr)", |th, a| {
            let fd = file(th, a[0], "")?;
            write_c_stack(fd);
            Ok(Value::NONE)
        })
        .doc("Dump the C stack of the current thread."),
        Method::new("dump_traceback_later", "(timeout, repeat=False, file=sys.stderr, exit=False)", later)
            .doc("Dump the traceback of all threads in timeout seconds,\nor each timeout seconds if repeat is True. If exit is True, call _exit(1) which is not safe."),
        Method::new("cancel_dump_traceback_later", "()", |th, _| {
            th.blocking(watchdog::cancel);
            keep(th, "later", Value::NONE)?;
            Ok(Value::NONE)
        })
        .doc("Cancel the previous call to dump_traceback_later()."),
        Method::new("register", "(signum, file=sys.stderr, all_threads=True, chain=False)", register)
            .doc("Register a handler for the signal 'signum': dump the traceback of the current thread, or of all threads if all_threads is True, into file."),
        Method::new("unregister", "(signum, /)", |th, a| {
            let n = signal_number(th, a[0])?;
            let was = crash::unregister(n);
            keep(th, &format!("signal {n}"), Value::NONE)?;
            Ok(Value::bool(was))
        })
        .doc("Unregister the handler of the signal 'signum' registered by register()."),
        Method::new("_read_null", "()", |_, _| {
            no_core();
            crash::read_null();
            Ok(Value::NONE)
        })
        .doc("Read from NULL, raise a SIGSEGV or SIGBUS signal depending on the platform."),
        Method::new("_sigsegv", "(release_gil=False, /)", |th, a| {
            no_core();
            let segv = || while signal::raise(libc::SIGSEGV).is_ok() {};
            if flag(th, a[0], false)? {
                th.blocking(segv);
            } else {
                segv();
            }
            Ok(Value::NONE)
        })
        .doc("Raise a SIGSEGV signal."),
        Method::new("_fatal_error_c_thread", "()", |th, _| {
            no_core();
            let spawned = std::thread::Builder::new().spawn(|| {
                write_raw(2, b"Fatal Python error: faulthandler_fatal_error_thread: in new thread\n\n");
                dump::write_threads(2, None);
                std::process::abort()
            });
            match spawned {
                Ok(t) => {
                    th.blocking(|| {
                        let _ = t.join();
                    });
                    Ok(Value::NONE)
                }
                Err(_) => Err(th.runtime_error("unable to start the thread")),
            }
        })
        .doc("Call Py_FatalError() in a new C thread."),
        Method::new("_sigabrt", "()", |_, _| {
            no_core();
            std::process::abort()
        })
        .doc("Raise a SIGABRT signal."),
        Method::new("_sigfpe", "()", |_, _| {
            no_core();
            let _ = signal::raise(libc::SIGFPE);
            Ok(Value::NONE)
        })
        .doc("Raise a SIGFPE signal."),
        Method::new("_stack_overflow", "()", |th, _| {
            no_core();
            let depth = overflow(0);
            Err(th.runtime_error(format!("unable to raise a stack overflow (allocated {depth} frames)")))
        })
        .doc("Recursive call to raise a stack overflow."),
    ],
    types: &[],
    init: |_, _| {
        thread::add_after_fork_child(|_| watchdog::after_fork_child());
        Ok(())
    },
};

static FATAL_FD: AtomicI32 = AtomicI32::new(2);
static FATAL_ALL: AtomicBool = AtomicBool::new(true);
static FATAL_C_STACK: AtomicBool = AtomicBool::new(true);

const NSIG: usize = signal::NSIG as usize;
/// Where a registered signal is reported.
static USER_FD: [AtomicI32; NSIG] = [const { AtomicI32::new(2) }; NSIG];
static USER_ALL: [AtomicBool; NSIG] = [const { AtomicBool::new(true) }; NSIG];

fn flag(th: &Thread, v: Value, default: bool) -> PyResult<bool> {
    match v.present() {
        Some(v) => ops::truth(th, v),
        None => Ok(default),
    }
}

/// Keeps a file alive for as long as reports may go to it; None lets it go.
fn keep(th: &Thread, what: &str, file: Value) -> PyResult<()> {
    crate::state::dict(th).set_name(th, &format!("faulthandler.{what}"), file)
}

/// The descriptor of a file argument, which is kept under a name (none for the duration of a call).
fn file(th: &Thread, v: Value, what: &str) -> PyResult<Fd> {
    let v = match v.present().filter(|v| !v.is_none()) {
        Some(v) => v,
        None => {
            let stderr = th
                .interp
                .sys_dict
                .get()
                .and_then(|d| d.get_name(th, "stderr"));
            match stderr {
                Some(f) if !f.is_none() => f,
                Some(_) => return Err(th.runtime_error("sys.stderr is None")),
                None => return Err(th.runtime_error("unable to get sys.stderr")),
            }
        }
    };
    if v.is_int() {
        if v.is_bool() {
            th.warn(&exc::RUNTIME_WARNING, "bool is used as a file descriptor")?;
        }
        let n = ops::index_i32(th, v)?;
        if n < 0 {
            return Err(th.value_error("file is not a valid file descriptor"));
        }
        return Ok(n);
    }
    let n = call::call_method_name(th, v, names::FILENO.get(), &[])?;
    let n = match n.as_i64().map(i32::try_from) {
        Some(Ok(n)) if n >= 0 => n,
        _ => return Err(th.runtime_error("file.fileno() is not a valid file descriptor")),
    };
    // What was written before should come before.
    let _ = call::call_method_name(th, v, names::FLUSH.get(), &[]);
    if !what.is_empty() {
        keep(th, what, v)?;
    }
    Ok(n)
}

/// The thread that the signal came to, if it runs Python.
fn current<'a>() -> Option<&'a Thread> {
    Thread::is_attached().then(Thread::current)
}

fn write_c_stack(fd: Fd) {
    write_raw(
        fd,
        b"Current thread's C stack trace (most recent call first):\n",
    );
    crash::write_native_stack(fd);
}

extern "C" fn report_fatal(number: libc::c_int) {
    let fd = FATAL_FD.load(Ordering::Acquire);
    let known = crash::FATAL.iter().find(|(n, _)| *n == number);
    write_raw(fd, b"Fatal Python error: ");
    write_raw(
        fd,
        known.map_or("Unknown signal", |(_, text)| text).as_bytes(),
    );
    write_raw(fd, b"\n\n");
    if FATAL_ALL.load(Ordering::Acquire) {
        dump::write_threads(fd, current());
    } else {
        dump::write_stack(fd, current());
    }
    if FATAL_C_STACK.load(Ordering::Acquire) {
        write_raw(fd, b"\n");
        write_c_stack(fd);
    }
}

extern "C" fn report_user(number: libc::c_int) {
    let Some(index) = usize::try_from(number).ok().filter(|n| *n < NSIG) else {
        return;
    };
    let fd = USER_FD[index].load(Ordering::Acquire);
    if USER_ALL[index].load(Ordering::Acquire) {
        dump::write_threads(fd, current());
    } else {
        dump::write_stack(fd, current());
    }
}

/// `faulthandler.enable` for a descriptor: also what `-X faulthandler` and `PYTHONFAULTHANDLER` do, with 2.
///
/// # Errors
/// `OSError` where the system refuses a handler.
pub fn enable(th: &Thread, fd: Fd, all_threads: bool, c_stack: bool) -> PyResult<()> {
    FATAL_FD.store(fd, Ordering::Release);
    FATAL_ALL.store(all_threads, Ordering::Release);
    FATAL_C_STACK.store(c_stack, Ordering::Release);
    let installed = crash::use_alternate_stack().and_then(|()| crash::enable(report_fatal));
    installed.map_err(|e| th.os_error(&e, Value::ABSENT))
}

fn signal_number(th: &Thread, v: Value) -> PyResult<i32> {
    let n = ops::index_i32(th, v)?;
    if crash::FATAL.iter().any(|(fatal, _)| *fatal == n) {
        return Err(th.runtime_error(format!(
            "signal {n} cannot be registered, use enable() instead"
        )));
    }
    if !(1..signal::NSIG).contains(&n) {
        return Err(th.value_error("signal number out of range"));
    }
    Ok(n)
}

fn register(th: &Thread, a: &[Value]) -> PyResult {
    let n = signal_number(th, a[0])?;
    let fd = file(th, a[1], &format!("signal {n}"))?;
    let all = flag(th, a[2], true)?;
    let chain = flag(th, a[3], false)?;
    USER_FD[n as usize].store(fd, Ordering::Release);
    USER_ALL[n as usize].store(all, Ordering::Release);
    crash::use_alternate_stack()
        .and_then(|()| crash::register(n, report_user, chain))
        .map_err(|e| th.os_error(&e, Value::ABSENT))?;
    Ok(Value::NONE)
}

fn later(th: &Thread, a: &[Value]) -> PyResult {
    let repeat = flag(th, a[1], false)?;
    let exit = flag(th, a[3], false)?;
    let seconds = match a[0].as_float() {
        Some(x) if x.is_nan() => return Err(th.value_error("Invalid value NaN (not a number)")),
        Some(x) => x,
        None => match class_of(a[0]).slots().index {
            Some(_) => ops::to_f64(th, ops::index(th, a[0])?)?,
            None => {
                return Err(th.type_error(format!(
                    "'{}' object cannot be interpreted as an integer or float",
                    class_of(a[0]).tp_name()
                )));
            }
        },
    };
    if seconds.abs() * 1e9 >= 9_223_372_036_854_775_808.0 {
        return Err(th.overflow_error("timestamp out of range for C PyTime_t"));
    }
    let us = (seconds * 1e6).ceil();
    if us <= 0.0 {
        return Err(th.value_error("timeout must be greater than 0"));
    }
    let us = us as u64;
    let fd = file(th, a[2], "later")?;
    let watch = watchdog::Watch {
        timeout: Duration::from_micros(us),
        repeat,
        exit,
        fd,
        header: header(us),
    };
    if th.blocking(|| watchdog::start(watch)) {
        Ok(Value::NONE)
    } else {
        Err(th.runtime_error("unable to start watchdog thread"))
    }
}

/// `Timeout (h:mm:ss)!`, with a fraction where there is one.
fn header(us: u64) -> String {
    let (s, fraction) = (us / 1_000_000, us % 1_000_000);
    let time = format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
    if fraction == 0 {
        format!("Timeout ({time})!\n")
    } else {
        format!("Timeout ({time}.{fraction:06})!\n")
    }
}

/// Crashes on purpose leave no core file.
fn no_core() {
    let _ = taipan_host::limits::setrlimit(libc::RLIMIT_CORE as i32, 0, 0);
}

/// Recurses until the stack is full.
fn overflow(depth: u64) -> u64 {
    let mut room = [0u8; 4096];
    let room = std::hint::black_box(&mut room);
    room[0] = depth as u8;
    if depth > 1 << 40 {
        return depth;
    }
    overflow(depth + 1) + u64::from(std::hint::black_box(room)[0])
}

#[cfg(test)]
mod tests {
    use super::header;

    #[test]
    fn timeouts_are_shown_as_times() {
        assert_eq!(header(200_000), "Timeout (0:00:00.200000)!\n");
        assert_eq!(header(3_725_000_000), "Timeout (1:02:05)!\n");
    }
}
