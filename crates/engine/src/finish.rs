//! The end: exit codes, uncaught exceptions, and what runs before the process goes.

use crate::run::{Outcome, main_dict};
use crate::sys;
use taipan_object::exception::{self as exc, Exception};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Raised, Thread, Value, call, finalize, gc, ops};

/// The exit code of how a program ended; shows what it raised.
pub fn exit_code(th: &Thread, outcome: Outcome) -> Exit {
    match outcome {
        Outcome::Refused(code) => Exit::Code(code),
        Outcome::Ran(Ok(())) => Exit::Code(0),
        Outcome::Ran(Err(e)) => report(th, e),
    }
}

/// How the process is to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// With a code.
    Code(i32),
    /// By the signal of an interrupt, so that a shell sees it.
    Interrupt,
}

/// Shows an exception that reached the top, or takes the code out of a `SystemExit`.
pub fn report(th: &Thread, e: Raised) -> Exit {
    if e.is(&exc::SYSTEM_EXIT) {
        return Exit::Code(exit_status(th, e.0));
    }
    show(th, e.0);
    if e.is(&exc::KEYBOARD_INTERRUPT) {
        Exit::Interrupt
    } else {
        Exit::Code(1)
    }
}

/// What `SystemExit.code` asks for: None is 0, a number itself, anything else is printed and gives 1.
fn exit_status(th: &Thread, e: Value) -> i32 {
    let code = exc::get_extra(e, exc::extra::VALUE).or(Value::NONE);
    if code.is_none() {
        return 0;
    }
    if code.is_exact_int()
        || ops::is_instance(th, code, taipan_object::types::INT.value()).unwrap_or(false)
    {
        return match ops::index(th, code).ok().and_then(|n| n.as_i64()) {
            Some(n) => (n & 0xff) as i32,
            None => 255,
        };
    }
    if let Ok(text) = ops::str(th, code) {
        sys::write_stderr_value(th, text);
    }
    sys::write_stderr(th, "\n");
    1
}

/// Calls `sys.excepthook`; what that raises is shown too.
fn show(th: &Thread, e: Value) {
    let Some(o) = e.downcast::<Exception>() else {
        return;
    };
    let sys_dict = th.interp.sys_dict.expect();
    let tb = o.traceback.get();
    for (name, v) in [
        ("last_exc", e),
        ("last_type", class_of(e).value()),
        ("last_value", e),
        ("last_traceback", tb),
    ] {
        let _ = sys_dict.set_name(th, name, v);
    }
    flush_stdout(th);
    let hook = sys_dict.get_name(th, "excepthook");
    let told = [hook.unwrap_or(Value::NONE), class_of(e).value(), e, tb];
    match th.audit("sys.excepthook", &told) {
        Ok(()) => {}
        // A hook of that kind says that nothing is to be shown.
        Err(refused) if refused.is(&exc::RUNTIME_ERROR) => return,
        Err(refused) => {
            let what = "Exception ignored in audit hook";
            th.unraisable(refused, Some(what), Value::ABSENT);
        }
    }
    let Some(hook) = hook else {
        sys::write_stderr(th, "sys.excepthook is missing\n");
        sys::show_exception(th, e, tb);
        return;
    };
    match call::call(th, hook, &[class_of(e).value(), e, tb]) {
        Ok(_) => {}
        Err(inner) if inner.is(&exc::SYSTEM_EXIT) => {
            let _ = exit_status(th, inner.0);
        }
        Err(inner) => {
            sys::write_stderr(th, "Error in sys.excepthook:\n");
            sys::show_exception(th, inner.0, Value::NONE);
            sys::write_stderr(th, "\nOriginal exception was:\n");
            sys::show_exception(th, e, tb);
        }
    }
}

fn stream(th: &Thread, name: &str) -> Option<Value> {
    th.interp
        .sys_dict
        .get()?
        .get_name(th, name)
        .filter(|v| !v.is_none())
}

fn is_closed(th: &Thread, s: Value) -> bool {
    let closed = taipan_object::attr::get_str(th, s, "closed");
    closed.and_then(|c| ops::truth(th, c)).unwrap_or(false)
}

fn flush_stdout(th: &Thread) {
    if let Some(out) = stream(th, "stdout") {
        let _ = call::call_method(th, out, "flush", &[]);
    }
}

/// Flushes both output streams; whether standard output's last words could be written.
fn flush_streams(th: &Thread) -> bool {
    let mut good = true;
    if let Some(out) = stream(th, "stdout")
        && !is_closed(th, out)
        && let Err(e) = call::call_method(th, out, "flush", &[])
    {
        let what = "Exception ignored while flushing sys.stdout";
        th.unraisable(e, Some(what), Value::ABSENT);
        good = false;
    }
    if let Some(err) = stream(th, "stderr")
        && !is_closed(th, err)
    {
        let _ = call::call_method(th, err, "flush", &[]);
    }
    good
}

/// Joins the program's threads, as `threading` keeps them.
fn join_threads(th: &Thread) {
    let module = th
        .interp
        .modules
        .get()
        .and_then(|m| m.get_name(th, "threading"));
    if let Some(m) = module
        && let Err(e) = call::call_method(th, m, "_shutdown", &[])
    {
        th.unraisable(e, Some("Exception ignored on threading shutdown"), m);
    }
}

/// Lets go of what modules hold, so that finalisers run: `__main__` first, then the rest.
fn clear_modules(th: &Thread) -> PyResult<()> {
    clear_main(th)?;
    gc::collect_at_end(th.mutator);
    finalize::run_pending(th);
    Ok(())
}

fn clear_main(th: &Thread) -> PyResult<()> {
    let Some(d) = main_dict(th) else {
        return Ok(());
    };
    let sys_dict = th.interp.sys_dict.expect();
    for n in ["last_exc", "last_type", "last_value", "last_traceback"] {
        if sys_dict.get_name(th, n).is_some() {
            sys_dict.set_name(th, n, Value::NONE)?;
        }
    }
    let keys = ops::to_vec(th, d.value())?;
    for k in keys.iter() {
        if !k.is_str("__builtins__") {
            d.set(th, *k, Value::NONE)?;
        }
    }
    Ok(())
}

/// Runs what is to run before the process ends; the code to end with.
pub fn finalize(th: &Thread, exit: Exit) -> Exit {
    join_threads(th);
    taipan_std_threads::atexit::run_at_exit(th);
    let mut exit = exit;
    let flushed = flush_streams(th);
    if !flushed && exit != Exit::Interrupt {
        exit = Exit::Code(120);
    }
    crate::interpreters::close_all(th);
    th.interp.freeze_other_threads(th);
    crate::start::engine(th).import_lock.leave_to(th);
    taipan_std_os::signal::release(th);
    finalize::run_all(th);
    if let Err(e) = clear_modules(th) {
        th.unraisable(e, None, Value::NONE);
    }
    // What finalisers wrote; where that cannot be written, it has been said.
    if flushed && !flush_streams(th) && exit != Exit::Interrupt {
        exit = Exit::Code(120);
    }
    taipan_std_os::io::flush_all(th);
    taipan_std_os::signal::finish(th);
    exit
}

/// Runs what is to run before an interpreter that is not the main one goes, on the thread that entered it for that.
pub fn finalize_sub_interpreter(th: &Thread) {
    join_threads(th);
    taipan_std_threads::thread::shutdown(th);
    taipan_std_threads::atexit::run_at_exit(th);
    flush_streams(th);
    th.interp.freeze_other_threads(th);
    crate::start::engine(th).import_lock.leave_to(th);
    finalize::run_all(th);
    if let Err(e) = clear_main(th) {
        th.unraisable(e, None, Value::NONE);
    }
    flush_streams(th);
    finalize::run_native(th);
}
