//! What the layers below call back into: the interpreter, and what a safepoint has to run.

use taipan_object::thread::{Hooks, POLL_ASYNC_EXC, POLL_MEMORY, POLL_SIGNAL, POLL_TRACE};
use taipan_object::types::Type;
use taipan_object::{PyResult, Raised, Thread, Value, call, finalize, gc};

/// Everything plugged in.
pub static HOOKS: Hooks = Hooks {
    call_function: taipan_interp::call_function,
    run_code: taipan_interp::run_code,
    resume: taipan_interp::resume,
    current_frame: taipan_interp::frames::current,
    poll,
    compile: crate::compile::compile,
};

/// Runs signal handlers, raises what another thread asked for, runs finalisers and callbacks.
fn poll(th: &Thread, bits: u32) -> PyResult<()> {
    if bits & POLL_MEMORY != 0 {
        th.mutator.clear_poll(POLL_MEMORY);
    }
    if bits & POLL_TRACE != 0 {
        th.mutator.clear_poll(POLL_TRACE);
        taipan_interp::trace::refresh(th);
    }
    if bits & POLL_SIGNAL != 0 {
        th.mutator.clear_poll(POLL_SIGNAL);
        taipan_std_os::signal::run_pending(th)?;
    }
    if bits & POLL_ASYNC_EXC != 0 {
        th.mutator.clear_poll(POLL_ASYNC_EXC);
        if let Some(e) = th.async_exc.get().present() {
            th.async_exc.init(Value::ABSENT);
            return Err(raise_now(th, e));
        }
    }
    // Behind signals: what their handlers raise must not come up in a finaliser, where it would only be reported.
    if bits & gc::POLL_PENDING != 0 {
        finalize::run_at_safepoint(th);
    }
    Ok(())
}

/// An exception class becomes an instance.
fn raise_now(th: &Thread, e: Value) -> Raised {
    if e.downcast::<Type>().is_none() {
        return Raised(e);
    }
    match call::call(th, e, &[]) {
        Ok(v) => Raised(v),
        Err(e) => e,
    }
}
