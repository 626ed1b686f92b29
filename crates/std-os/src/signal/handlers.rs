//! Handlers: setting them, and running those whose signals came.

use crate::args::{self, flag, int, int_or, state, sys, type_name};
use std::sync::Once;
use taipan_host::signal::{self as host, Disposition, NSIG};
use taipan_object::dict::Set;
use taipan_object::exception::{KEYBOARD_INTERRUPT, OS_ERROR};
use taipan_object::func::NativeFunction;
use taipan_object::native::Method;
use taipan_object::seq::List;
use taipan_object::strings::intern;
use taipan_object::thread::{POLL_SIGNAL, add_after_fork_child, hooks};
use taipan_object::{Object, PyResult, Raised, Thread, Value, call, ops, wake};

/// Where the interpreter keeps the handlers: a list by signal number, of what `getsignal` gives.
const HANDLERS_KEY: &str = "signal.handlers";
/// Where it keeps `default_int_handler`.
const DEFAULT_KEY: &str = "signal.default_int_handler";

const SIG_DFL: Value = Value::small_int(libc::SIG_DFL as i64);
const SIG_IGN: Value = Value::small_int(libc::SIG_IGN as i64);

pub(super) const DEFAULT_INT_HANDLER_ROW: Method =
    Method::new("default_int_handler", "(signalnum, frame, /)", |th, a| {
        int(th, a[0])?;
        Err(th.raise_with(&KEYBOARD_INTERRUPT, &[]))
    })
    .doc("The default handler for SIGINT installed by Python.\n\nIt raises KeyboardInterrupt.");

static DEFAULT_INT_HANDLER: Method = DEFAULT_INT_HANDLER_ROW;

/// The one `default_int_handler` of this interpreter.
pub(super) fn default_handler(th: &Thread) -> PyResult {
    let kept = state(th);
    if let Some(f) = kept.get_name(th, DEFAULT_KEY) {
        return Ok(f);
    }
    let module = intern(th, "_signal");
    let f = NativeFunction::for_module(th, &DEFAULT_INT_HANDLER, Value::NONE, module);
    kept.set_name(th, DEFAULT_KEY, f)?;
    Ok(f)
}

/// The table of handlers, made from what the process was started with.
fn table<'a>(th: &Thread) -> PyResult<&'a Object<List>> {
    let kept = state(th);
    if let Some(t) = kept.get_name(th, HANDLERS_KEY) {
        return Ok(t.expect::<List>());
    }
    let list = Value::list(th, &[])?.expect::<List>();
    for signal in 0..NSIG {
        let v = match host::disposition(signal) {
            Ok(Disposition::Default) => SIG_DFL,
            Ok(Disposition::Ignore) => SIG_IGN,
            _ => Value::NONE,
        };
        list.append(th, v)?;
    }
    kept.set_name(th, HANDLERS_KEY, list.value())?;
    Ok(list)
}

/// Whether the calling thread runs signal handlers.
fn may_handle(th: &Thread) -> bool {
    th.is_main_thread() && th.interp.id == 0
}

/// Takes the main thread's signals into Python's hands, at start-up: Ctrl-C raises `KeyboardInterrupt`; a broken
/// pipe and a file that grows too large are errors of the calls. Run by the main thread, before any Python code.
///
/// # Errors
/// `MemoryError`.
pub fn install_default_int_handler(th: &Thread) -> PyResult<()> {
    reach_main_thread(th);
    for signal in [libc::SIGPIPE, libc::SIGXFSZ] {
        args::sys(th, host::set_disposition(signal, Disposition::Ignore))?;
    }
    let handlers = table(th)?;
    if host::disposition(libc::SIGINT).is_ok_and(|d| d == Disposition::Default) {
        handlers.set(libc::SIGINT as usize, default_handler(th)?);
        sys(th, host::set_disposition(libc::SIGINT, Disposition::Note))?;
    }
    Ok(())
}

/// Has signals wake this thread; once.
fn reach_main_thread(th: &Thread) {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        wake::set_signal_thread(th);
        host::set_hook(Some(wake::signal_came));
        // Signals that came before the fork are the parent's.
        add_after_fork_child(|th| {
            host::clear_pending();
            th.mutator.clear_poll(POLL_SIGNAL);
            th.parker.clear_interrupt();
        });
    });
}

/// Gives signals back to the system, before the last finalisers: no Python handler runs any more.
pub fn release(th: &Thread) {
    if !may_handle(th) {
        return;
    }
    // There was no memory for a table: then there are no handlers.
    let handlers = table(th).ok();
    for signal in 1..NSIG {
        if host::disposition(signal).is_ok_and(|d| d == Disposition::Note) {
            // It fails for no signal that could be set.
            let _ = host::set_disposition(signal, Disposition::Default);
        }
        if let Some(handlers) = handlers {
            handlers.set(signal as usize, Value::NONE);
        }
    }
}

/// No signal wakes this thread any more: the interpreter's end. What finalisers asked for since
/// [`release`] is given up.
pub fn finish(th: &Thread) {
    if !may_handle(th) {
        return;
    }
    release(th);
    host::set_hook(None);
    wake::clear_signal_thread();
}

/// Runs the Python handlers of the signals that came, where the calling thread is the main one.
///
/// # Errors
/// What a handler raises; the handlers behind it are then still to run.
pub fn run_pending(th: &Thread) -> PyResult<()> {
    th.mutator.clear_poll(POLL_SIGNAL);
    if !may_handle(th) {
        return Ok(());
    }
    th.parker.clear_interrupt();
    report_wakeup_error(th);
    if !host::any_pending() {
        return Ok(());
    }
    let handlers = table(th)?;
    let mut failure = None;
    for signal in host::take_pending() {
        if failure.is_some() {
            host::put_back(signal);
            th.mutator.set_poll(POLL_SIGNAL);
            continue;
        }
        let handler = handlers.get(signal as usize).unwrap_or(Value::NONE);
        if handler.is_none() || handler.is(SIG_DFL) || handler.is(SIG_IGN) {
            // It was taken away after the signal had come.
            let e = th.raise(
                &OS_ERROR,
                format!("Signal {signal} ignored due to race condition"),
            );
            let what = "Exception ignored while calling signal handler";
            th.unraisable(e, Some(what), Value::ABSENT);
            continue;
        }
        let frame = (hooks().current_frame)(th, 0).or(Value::NONE);
        let number = Value::small_int(signal.into());
        failure = call::call(th, handler, &[number, frame]).err();
    }
    failure.map_or(Ok(()), Err)
}

/// Tells of a signal's number that could not be written to the wakeup descriptor.
fn report_wakeup_error(th: &Thread) {
    if let Some(e) = host::take_wakeup_error() {
        let e = th.os_error(&e, Value::ABSENT);
        let what = "Exception ignored while trying to send to the signal wakeup fd";
        th.unraisable(e, Some(what), Value::ABSENT);
    }
}

fn out_of_range(th: &Thread) -> Raised {
    th.value_error("signal number out of range")
}

/// A signal's number that has a place in the table.
fn number(th: &Thread, v: Value) -> PyResult<i32> {
    let n = int(th, v)?;
    if (1..NSIG).contains(&n) {
        Ok(n)
    } else {
        Err(out_of_range(th))
    }
}

fn only_main(th: &Thread, what: &str) -> PyResult<()> {
    if may_handle(th) {
        return Ok(());
    }
    Err(th.value_error(format!(
        "{what} only works in main thread of the main interpreter"
    )))
}

pub(super) fn signal(th: &Thread, a: &[Value]) -> PyResult {
    let (n, handler) = (int(th, a[0])?, a[1]);
    only_main(th, "signal")?;
    if !(1..NSIG).contains(&n) {
        return Err(out_of_range(th));
    }
    let (disposition, kept) = if ops::is_callable(handler) {
        (Disposition::Note, handler)
    } else if ops::eq(th, handler, SIG_IGN)? {
        (Disposition::Ignore, SIG_IGN)
    } else if ops::eq(th, handler, SIG_DFL)? {
        (Disposition::Default, SIG_DFL)
    } else {
        return Err(th.type_error(
            "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object",
        ));
    };
    reach_main_thread(th);
    // Signals that came for the old handler are its own.
    th.poll()?;
    let handlers = table(th)?;
    sys(th, host::set_disposition(n, disposition))?;
    let old = handlers.get(n as usize).unwrap_or(Value::NONE);
    handlers.set(n as usize, kept);
    Ok(old)
}

pub(super) fn getsignal(th: &Thread, a: &[Value]) -> PyResult {
    let n = number(th, a[0])?;
    Ok(table(th)?.get(n as usize).unwrap_or(Value::NONE))
}

pub(super) fn set_wakeup_fd(th: &Thread, a: &[Value]) -> PyResult {
    let fd = int(th, a[0])?;
    let warn = flag(th, a[1], true)?;
    only_main(th, "set_wakeup_fd")?;
    if fd != -1 {
        sys(th, taipan_host::stat::fstat(fd))?;
        if sys(th, taipan_host::fd::get_blocking(fd))? {
            return Err(th.value_error(format!("the fd {fd} must be in non-blocking mode")));
        }
    }
    Ok(Value::int(th, host::set_wakeup_fd(fd, warn).into()))
}

pub(super) fn siginterrupt(th: &Thread, a: &[Value]) -> PyResult {
    let (n, interrupts) = (int(th, a[0])?, int(th, a[1])? != 0);
    if !(1..NSIG).contains(&n) {
        return Err(out_of_range(th));
    }
    sys(th, host::siginterrupt(n, interrupts))?;
    Ok(Value::NONE)
}

pub(super) fn raise_signal(th: &Thread, a: &[Value]) -> PyResult {
    sys(th, host::raise(int(th, a[0])?))?;
    // The signal came to this very thread: its handler runs before the call returns.
    th.poll()?;
    Ok(Value::NONE)
}

pub(super) fn pthread_kill(th: &Thread, a: &[Value]) -> PyResult {
    if !a[0].is_int() {
        return Err(th.type_error(format!(
            "pthread_kill() argument 1 must be int, not {}",
            type_name(a[0])
        )));
    }
    let (thread, n) = (args::mask(a[0]), int(th, a[1])?);
    // The C library takes any number for the address of a thread.
    match wake::while_attached(thread, || host::pthread_kill(thread, n)) {
        Some(r) => sys(th, r)?,
        None => return Err(args::os_error(th, libc::ESRCH)),
    }
    th.poll()?;
    Ok(Value::NONE)
}

pub(super) fn pidfd_send_signal(th: &Thread, a: &[Value]) -> PyResult {
    let (fd, n, flags) = (int(th, a[0])?, int(th, a[1])?, int_or(th, a[3], 0)?);
    if args::given(a[2]).is_some() {
        return Err(th.type_error("siginfo must be None"));
    }
    let r = taipan_host::session::pidfd_send_signal(fd, n, flags.cast_unsigned());
    sys(th, r)?;
    Ok(Value::NONE)
}

pub(super) fn strsignal(th: &Thread, a: &[Value]) -> PyResult {
    let n = number(th, a[0])?;
    Ok(host::strsignal(n).map_or(Value::NONE, |s| Value::str(th, &s)))
}

pub(super) fn valid_signals(th: &Thread, _: &[Value]) -> PyResult {
    to_set(th, host::valid_signals())
}

/// A Python set of signals.
pub(super) fn to_set(th: &Thread, signals: Vec<i32>) -> PyResult {
    let set = Set::new(th);
    for n in signals {
        set.add(th, Value::small_int(n.into()))?;
    }
    Ok(set.value())
}
