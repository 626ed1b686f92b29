//! What the loop tells of: calls, returns, exceptions. The frame's place is saved, its word being run before it.

use super::{legacy, tools};
use crate::build;
use taipan_object::exception as exc;
use taipan_object::frame::{FramePtr, Generator, Pc, frame_flags};
use taipan_object::monitor::event;
use taipan_object::types::class_of;
use taipan_object::{PyResult, Raised, Thread, Value, call, names};

fn word(frame: FramePtr) -> usize {
    frame.word_index().max(0) as usize
}

/// A frame begins or goes on.
pub fn started(th: &Thread, frame: FramePtr, number: u32, at: usize) -> PyResult<()> {
    legacy::both(th, frame, number, "call", Value::NONE)?;
    tools::at_offset(th, frame, number, at, &[])
}

/// A generator's frame goes on with an exception; the one to go on with.
pub fn thrown(th: &Thread, mut frame: FramePtr, e: Raised) -> Raised {
    frame.flags |= frame_flags::TRACED;
    let told = legacy::both(th, frame, event::PY_THROW, "call", Value::NONE)
        .and_then(|()| tools::at_offset(th, frame, event::PY_THROW, word(frame), &[e.0]));
    told.err().unwrap_or(e)
}

/// The frame is about to return `v`.
pub fn returned(th: &Thread, frame: FramePtr, v: Value) -> PyResult<()> {
    legacy::both(th, frame, event::PY_RETURN, "return", v)?;
    tools::at_offset(th, frame, event::PY_RETURN, word(frame), &[v])
}

/// The frame is about to yield `v`. Where it is to go on, if a trace function set its line.
pub fn yielded(th: &Thread, frame: FramePtr, v: Value) -> PyResult<Option<Pc>> {
    let pc = frame.pc;
    legacy::both(th, frame, event::PY_YIELD, "return", v)?;
    tools::at_offset(th, frame, event::PY_YIELD, word(frame), &[v])?;
    if frame.pc == pc {
        return Ok(None);
    }
    let mut to = Pc(frame.pc);
    to.step(-1);
    let code = frame.code();
    taipan_builtins::frame::jump::settle(th, frame, Pc(pc).index_in(code), to.index_in(code));
    Ok(Some(to))
}

/// A call is about to be made.
pub fn calling(th: &Thread, frame: FramePtr, f: Value, args: &[Value]) -> PyResult<()> {
    legacy::native(th, frame, event::CALL, "c_call", f, args.first().copied())?;
    let first = args
        .first()
        .copied()
        .unwrap_or_else(|| th.interp.monitors.missing(th));
    tools::at_offset(th, frame, event::CALL, word(frame), &[f, first])
}

/// A native callable returned or raised.
pub fn called(
    th: &Thread,
    frame: FramePtr,
    f: Value,
    first: Option<Value>,
    result: PyResult,
) -> PyResult {
    let (number, name) = match &result {
        Ok(_) => (event::C_RETURN, "c_return"),
        Err(_) => (event::C_RAISE, "c_exception"),
    };
    legacy::native(th, frame, number, name, f, first)?;
    let first = first.unwrap_or_else(|| th.interp.monitors.missing(th));
    tools::at_offset(th, frame, number, word(frame), &[f, first])?;
    result
}

/// An exception was raised in the frame, or again if `again`; the one to go on with.
pub fn raised(th: &Thread, frame: FramePtr, e: Raised, again: bool) -> Raised {
    let told = if again {
        tools::at_offset(th, frame, event::RERAISE, word(frame), &[e.0])
    } else {
        legacy::exception(th, frame, event::RAISE, e.0)
            .and_then(|()| tools::at_offset(th, frame, event::RAISE, word(frame), &[e.0]))
    };
    told.err().unwrap_or(e)
}

/// An exception goes to the handler at `target`.
pub fn handled(th: &Thread, frame: FramePtr, e: &Raised, target: usize) -> PyResult<()> {
    tools::at_offset(th, frame, event::EXCEPTION_HANDLED, target, &[e.0])
}

/// An exception leaves the frame; the one to go on with.
pub fn unwound(th: &Thread, frame: FramePtr, e: Raised) -> Raised {
    let told = legacy::both(th, frame, event::PY_UNWIND, "return", Value::NONE)
        .and_then(|()| tools::at_offset(th, frame, event::PY_UNWIND, word(frame), &[e.0]));
    told.err().unwrap_or(e)
}

/// What the frame delegates to, `it`, returned `v`.
pub fn stop_iteration(th: &Thread, frame: FramePtr, it: Value, v: Value) -> PyResult<()> {
    if !legacy::traces(th) && !th.interp.monitors.active() {
        return Ok(());
    }
    let e = th.stop_iteration(v).0;
    if it.downcast::<Generator>().is_none() {
        // It raised a StopIteration, unless it only ended.
        if v.is_none() {
            return Ok(());
        }
        legacy::exception(th, frame, event::RAISE, e)?;
        return tools::at_offset(th, frame, event::RAISE, word(frame), &[e]);
    }
    legacy::exception(th, frame, event::STOP_ITERATION, e)?;
    tools::at_offset(th, frame, event::STOP_ITERATION, word(frame), &[e])
}

/// A loop's generator returned a value, which is lost.
pub fn loop_value(th: &Thread, frame: FramePtr, v: Value) -> PyResult<()> {
    let e = th.stop_iteration(v).0;
    legacy::exception(th, frame, event::RAISE, e)?;
    tools::at_offset(th, frame, event::RAISE, word(frame), &[e])
}

/// The next item of a loop's iterator; a `StopIteration` that Python code raised is told of.
pub fn next(th: &Thread, frame: FramePtr, it: Value) -> PyResult<Option<Value>> {
    if !class_of(it).is_heap() {
        return build::next(th, it);
    }
    match call::call_method_name(th, it, names::NEXT.get(), &[]) {
        Ok(v) => Ok(Some(v)),
        Err(e) if e.is(&exc::STOP_ITERATION) => {
            legacy::exception(th, frame, event::RAISE, e.0)?;
            tools::at_offset(th, frame, event::RAISE, word(frame), &[e.0])?;
            Ok(None)
        }
        Err(e) => Err(e),
    }
}
