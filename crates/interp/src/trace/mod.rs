//! Tracing, profiling and monitoring: telling Python functions what the program does.
//!
//! | module | what it does |
//! |---|---|
//! | here | turning it on and off |
//! | `legacy` | the functions of `sys.settrace` and `sys.setprofile` |
//! | `tools` | the callbacks of `sys.monitoring` |
//! | `events` | what the loop tells of: calls, returns, exceptions |
//! | `step` | what is told before an instruction: beginnings, lines, branches |
//!
//! The loop is compiled twice. A thread whose `traced` is set runs the copy that calls in here; a frame that was
//! entered in the other copy moves over at its next poll. `frame_flags::TRACED` says that the beginning of a frame has
//! been told of, or that it had begun before anybody watched.

mod events;
mod legacy;
mod step;
mod tools;

pub(crate) use events::{
    called, calling, handled, loop_value, next, raised, returned, stop_iteration, thrown, unwound,
    yielded,
};
pub(crate) use step::{Trail, step};

use taipan_object::frame::{FramePtr, frame_flags};
use taipan_object::thread::{POLL_TRACE, for_each_thread};
use taipan_object::{PyResult, Thread, Value, call};

/// Which of the two functions of `sys` is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// `sys.settrace`
    Trace,
    /// `sys.setprofile`
    Profile,
}

fn field(th: &Thread, which: Hook) -> &taipan_object::Field {
    match which {
        Hook::Trace => &th.trace_fn,
        Hook::Profile => &th.profile_fn,
    }
}

/// The calling thread's function, or None.
pub fn hook(th: &Thread, which: Hook) -> Value {
    field(th, which).get().or(Value::NONE)
}

fn stored(f: Value) -> Value {
    if f.is_none() { Value::ABSENT } else { f }
}

/// Sets the calling thread's function; None for none.
pub fn set_hook(th: &Thread, which: Hook, f: Value) {
    // A thread is a root: no owner is to be told.
    field(th, which).init(stored(f));
    refresh(th);
    th.mutator.set_poll(POLL_TRACE);
}

/// Sets the function of all threads of the calling thread's interpreter; each takes it up at its next poll.
pub fn set_hook_everywhere(th: &Thread, which: Hook, f: Value) {
    for_each_thread(&mut |t| {
        if std::ptr::eq(t.interp, th.interp) {
            field(t, which).init(stored(f));
            t.mutator.set_poll(POLL_TRACE);
        }
    });
    refresh(th);
}

fn wanted(th: &Thread) -> bool {
    th.tracing.get() == 0
        && (th.trace_fn.get().present().is_some()
            || th.profile_fn.get().present().is_some()
            || th.interp.monitors.active())
}

/// Looks whether this thread is to be traced: after a change, on the thread itself.
pub fn refresh(th: &Thread) {
    let on = wanted(th);
    if on && !th.traced.get() {
        let mut at = FramePtr(th.frame.get());
        while !at.is_null() {
            // A frame at its first instruction has not begun.
            if at.pc != at.code().start() {
                at.flags |= frame_flags::TRACED;
            }
            at = FramePtr(at.previous);
        }
    }
    th.traced.set(on);
}

/// Calls a Python function on behalf of tracing: nothing is traced meanwhile.
fn callback(th: &Thread, frame: FramePtr, event: u32, f: Value, args: &[Value]) -> PyResult {
    let what = th.what_event.replace(event as i32);
    let about = th.event_frame.replace(frame.0);
    th.tracing.set(th.tracing.get() + 1);
    th.traced.set(false);
    let r = call::call(th, f, args);
    th.tracing.set(th.tracing.get() - 1);
    th.what_event.set(what);
    th.event_frame.set(about);
    th.traced.set(wanted(th));
    r
}

/// `sys.call_tracing`: calls a function, traced though a trace function is being run.
pub fn call_tracing(th: &Thread, f: Value, args: &[Value]) -> PyResult {
    let what = th.what_event.replace(-1);
    let depth = th.tracing.replace(0);
    th.traced.set(wanted(th));
    let r = call::call(th, f, args);
    th.tracing.set(depth);
    th.what_event.set(what);
    th.traced.set(wanted(th));
    r
}
