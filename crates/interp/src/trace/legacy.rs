//! The functions of `sys.settrace` and `sys.setprofile`.

use super::{Hook, callback, hook, set_hook};
use taipan_object::frame::{Frame, FramePtr, object_of};
use taipan_object::func::{MethodDescriptor, NativeFunction};
use taipan_object::monitor::event;
use taipan_object::strings::intern;
use taipan_object::types::{self, class_of};
use taipan_object::{PyResult, Thread, Value};

/// Whether this thread has a trace function.
pub fn traces(th: &Thread) -> bool {
    th.trace_fn.get().present().is_some()
}

fn profiles(th: &Thread) -> bool {
    th.profile_fn.get().present().is_some()
}

/// Calls the trace function (for `call`) or the frame's own one; an error ends tracing.
fn trace(th: &Thread, frame: FramePtr, number: u32, name: &str, arg: Value) -> PyResult<()> {
    let function = hook(th, Hook::Trace);
    let is_call = name == "call";
    if function.is_none() || !is_call && frame.object().is_absent() {
        return Ok(());
    }
    let object = object_of(th, frame);
    let fo = object.expect::<Frame>();
    let f = if is_call {
        function
    } else {
        fo.trace.get().or(Value::NONE)
    };
    if f.is_none() {
        return Ok(());
    }
    match callback(th, frame, number, f, &[object, intern(th, name), arg]) {
        Ok(v) => {
            if !v.is_none() {
                fo.trace.set(&fo.header, v);
            }
            Ok(())
        }
        Err(e) => {
            set_hook(th, Hook::Trace, Value::NONE);
            fo.trace.set(&fo.header, Value::NONE);
            Err(e)
        }
    }
}

fn profile(th: &Thread, frame: FramePtr, number: u32, name: &str, arg: Value) -> PyResult<()> {
    let f = hook(th, Hook::Profile);
    if f.is_none() {
        return Ok(());
    }
    let object = object_of(th, frame);
    match callback(th, frame, number, f, &[object, intern(th, name), arg]) {
        Ok(_) => Ok(()),
        Err(e) => {
            set_hook(th, Hook::Profile, Value::NONE);
            Err(e)
        }
    }
}

/// `call` or `return`, to both functions.
pub fn both(th: &Thread, frame: FramePtr, number: u32, name: &str, arg: Value) -> PyResult<()> {
    if traces(th) {
        trace(th, frame, number, name, arg)?;
    }
    if profiles(th) {
        profile(th, frame, number, name, arg)?;
    }
    Ok(())
}

/// `exception`
pub fn exception(th: &Thread, frame: FramePtr, number: u32, e: Value) -> PyResult<()> {
    if !traces(th) || frame.object().is_absent() {
        return Ok(());
    }
    let tb = e
        .downcast::<taipan_object::exception::Exception>()
        .map_or(Value::NONE, |e| e.traceback.get());
    let arg = Value::try_tuple(th, &[class_of(e).value(), e, tb])?;
    trace(th, frame, number, "exception", arg)
}

/// Whether the frame's own trace function wants a kind of event: a bit of `trace_flags`.
fn frame_wants(frame: FramePtr, bit: u8) -> bool {
    frame.object().downcast::<Frame>().is_some_and(|f| {
        f.trace_flags.load(std::sync::atomic::Ordering::Relaxed) & bit != 0
            && !f.trace.get().or(Value::NONE).is_none()
    })
}

/// `line`, unless `f_trace_lines` is off.
pub fn line(th: &Thread, frame: FramePtr) -> PyResult<()> {
    if traces(th) && frame_wants(frame, 1) {
        trace(th, frame, event::LINE, "line", Value::NONE)?;
    }
    Ok(())
}

/// `opcode`, if `f_trace_opcodes` is on.
pub fn opcode(th: &Thread, frame: FramePtr) -> PyResult<()> {
    if traces(th) && frame_wants(frame, 2) {
        trace(th, frame, event::INSTRUCTION, "opcode", Value::NONE)?;
    }
    Ok(())
}

/// `c_call`, `c_return`, `c_exception`: for native functions and methods only.
pub fn native(
    th: &Thread,
    frame: FramePtr,
    number: u32,
    name: &str,
    f: Value,
    first: Option<Value>,
) -> PyResult<()> {
    if !profiles(th) {
        return Ok(());
    }
    let shown = if f.downcast::<NativeFunction>().is_some() {
        f
    } else if f.downcast::<MethodDescriptor>().is_some()
        && class_of(f).is(&types::METHOD_DESCRIPTOR)
        && let Some(receiver) = first
        && let Some(get) = class_of(f).slots().descr_get
    {
        match get(th, f, receiver, class_of(receiver).value()) {
            Ok(bound) => bound,
            // The wrong kind of receiver: the call itself says so.
            Err(_) => return Ok(()),
        }
    } else {
        return Ok(());
    };
    profile(th, frame, number, name, shown)
}
