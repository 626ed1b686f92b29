//! Making and closing interpreters.

use super::settings::{Made, Settings, made};
use super::{error, find};
use crate::{finish, start, sys};
use std::sync::atomic::Ordering;
use taipan_object::exception as exc;
use taipan_object::{Interpreter, PyResult, Thread, Value, ops};
use taipan_std_threads::crossinterp;

/// `create([config], *, reqrefs=False)`
pub fn create(th: &Thread, a: &[Value]) -> PyResult {
    let settings = Settings::of_argument(th, a[0])?;
    let by_references = match a[1].present() {
        Some(v) => ops::truth(th, v)?,
        None => false,
    };
    let interp = new(th, settings, by_references).map_err(|cause| {
        let e = error(th, "interpreter creation failed");
        exc::chain_context(e.0, cause.0);
        e
    })?;
    Ok(Value::uint(th, interp.id))
}

fn new(th: &Thread, settings: Settings, by_references: bool) -> PyResult<&'static Interpreter> {
    if settings.contradict() {
        return Err(th.runtime_error(
            "init_interp_settings: per-interpreter obmalloc does not support single-phase init extension modules",
        ));
    }
    th.audit("cpython.PyInterpreterState_New", &[])?;
    let refused = |what: &str| Err(th.runtime_error(what));
    let Some(interp) = Interpreter::create(settings.gil(), settings.limits()) else {
        return refused("too many interpreters");
    };
    start::give_engine(th, interp, Made::by_module(settings, by_references));
    // Nobody runs in it, or closes it, before it is whole.
    interp.begin_main();
    let first_path = th
        .interp
        .state
        .expect()
        .get_name(th, taipan_builtins::module::FIRST_PATH);
    let set_up = th.enter(interp, |inner| {
        start::set_up_sub_interpreter(inner, first_path).map_err(|e| sys::brief(inner, e.0))
    });
    match set_up {
        Ok(Ok(())) => {
            interp.end_main();
            Ok(interp)
        }
        Ok(Err(text)) => {
            close(th, interp);
            refused(text.trim_end())
        }
        Err(e) => {
            interp.forget(th);
            Err(th.os_error(&e, Value::ABSENT))
        }
    }
}

/// Ends an interpreter whose main right the caller holds: its threads are waited for, what it registered is run.
fn close(th: &Thread, interp: &'static Interpreter) {
    // Without memory for another stack its end goes without its own code.
    let _ = th.enter(interp, finish::finalize_sub_interpreter);
    interp.finalizing.store(true, Ordering::SeqCst);
    crossinterp::interpreter_gone(th, interp.id);
    interp.forget(th);
}

/// Closes all interpreters but the main one, at the end of the program.
pub fn close_all(th: &Thread) {
    let others = |i: &&'static Interpreter| i.id != 0;
    if !Interpreter::list().iter().any(others) {
        return;
    }
    let told = th.warn(
        &exc::RUNTIME_WARNING,
        "remaining subinterpreters; close them with Interpreter.close()",
    );
    if let Err(e) = told {
        th.unraisable(e, None, Value::ABSENT);
    }
    for interp in Interpreter::list().into_iter().filter(others) {
        // One that a daemon thread runs in ends with the process.
        if interp.begin_main() {
            close(th, interp);
        }
    }
}

/// `destroy(id)`
pub fn destroy(th: &Thread, a: &[Value]) -> PyResult {
    let interp = find(th, a, 1, "destroy")?;
    if std::ptr::eq(interp, th.interp) {
        return Err(error(th, "cannot destroy the current interpreter"));
    }
    take(th, interp, "interpreter running")?;
    end(th, interp)?;
    Ok(Value::NONE)
}

/// Closes an interpreter whose main right the caller has taken.
fn end(th: &Thread, interp: &'static Interpreter) -> PyResult<()> {
    th.audit("cpython.PyInterpreterState_Clear", &[])
        .inspect_err(|_| interp.end_main())?;
    close(th, interp);
    Ok(())
}

/// Takes the right to run an interpreter's `__main__`, or to close it: whoever closes it never gives it back.
///
/// # Errors
/// `InterpreterError(taken)` where another thread has it, `InterpreterNotFoundError` where that one has closed it.
pub fn take(th: &Thread, interp: &'static Interpreter, taken: &str) -> PyResult<()> {
    if interp.begin_main() {
        return Ok(());
    }
    if Interpreter::by_id(interp.id).is_some() {
        return Err(error(th, taken));
    }
    let msg = format!("unrecognized interpreter ID {}", interp.id);
    Err(th.raise(&crossinterp::INTERPRETER_NOT_FOUND_ERROR, msg))
}

/// `(id, whence)`
pub fn described(th: &Thread, interp: &'static Interpreter) -> PyResult {
    let whence = Value::int(th, made(interp).whence);
    Value::try_tuple(th, &[Value::uint(th, interp.id), whence])
}

/// `list_all()`
pub fn list_all(th: &Thread, _: &[Value]) -> PyResult {
    let list = Value::list(th, &[])?;
    for interp in Interpreter::list() {
        let item = described(th, interp)?;
        list.expect::<taipan_object::seq::List>().append(th, item)?;
    }
    Ok(list)
}

/// `incref(id, *, implieslink=False)`
pub fn incref(th: &Thread, a: &[Value]) -> PyResult {
    let interp = find(th, a, 2, "incref")?;
    let linked = match a[1].present() {
        Some(v) => ops::truth(th, v)?,
        None => false,
    };
    let made = made(interp);
    if linked {
        made.by_references.store(true, Ordering::Release);
    }
    made.references.fetch_add(1, Ordering::AcqRel);
    Ok(Value::NONE)
}

/// `decref(id)`: closes the interpreter with its last reference, if that was asked for.
pub fn decref(th: &Thread, a: &[Value]) -> PyResult {
    let interp = find(th, a, 1, "decref")?;
    let made = made(interp);
    let last = made.references.fetch_sub(1, Ordering::AcqRel) <= 1;
    if last && made.by_references.load(Ordering::Acquire) {
        made.abandoned.store(true, Ordering::SeqCst);
        close_if_abandoned(th, interp)?;
    }
    Ok(Value::NONE)
}

/// Closes an interpreter that nobody refers to and nobody runs. Where somebody runs it, he does this afterwards; where a
/// thread of its own asks, nobody does before the end of the program.
///
/// # Errors
/// What an audit hook raises.
pub fn close_if_abandoned(th: &Thread, interp: &'static Interpreter) -> PyResult<()> {
    let inside = th.chain().any(|t| std::ptr::eq(t.interp, interp));
    if inside || !made(interp).abandoned.load(Ordering::SeqCst) || !interp.begin_main() {
        return Ok(());
    }
    end(th, interp)
}
