//! The callbacks of `sys.monitoring`.

use super::callback;
use std::sync::atomic::Ordering;
use taipan_object::frame::FramePtr;
use taipan_object::monitor::{self, TOOLS, event};
use taipan_object::{PyResult, Thread, Value, ValueVec};

/// The event that says whether a tool gets another one: those of native functions come with their calls.
fn control(number: u32) -> u32 {
    match number {
        event::C_RETURN | event::C_RAISE => event::CALL,
        n => n,
    }
}

/// Whether some tool may want an event in this frame.
pub fn any(th: &Thread, frame: FramePtr, number: u32) -> bool {
    let local = monitor::of_code(frame.code()).map_or(0, |m| m.wanted(&th.interp.monitors));
    (th.interp.monitors.everywhere() | local) >> control(number) & 1 != 0
}

/// Tells the tools, highest first, of an event at a word of a frame's code; `args` follow the code.
pub fn fire(
    th: &Thread,
    frame: FramePtr,
    number: u32,
    word: usize,
    args: &[Value],
) -> PyResult<()> {
    if !any(th, frame, number) {
        return Ok(());
    }
    let monitors = &th.interp.monitors;
    let code = frame.code();
    let own = monitor::for_code(th, code);
    let by = control(number);
    let is_local = event::LOCAL >> by & 1 != 0;
    let mut all = ValueVec::with_capacity(th, 4)?;
    all.push(th, code.value())?;
    all.extend_from_slice(th, args)?;
    for tool in (0..TOOLS).rev() {
        let mut set = monitors.tools[tool].load(Ordering::Relaxed);
        if is_local {
            set |= own.local(monitors, tool);
        }
        if set >> by & 1 == 0 {
            continue;
        }
        if is_local && own.is_disabled(monitors, word, by, tool) {
            continue;
        }
        let f = monitors.callback(tool, number);
        if f.is_none() {
            continue;
        }
        let r = callback(th, frame, number, f, &all)?;
        if !r.is(monitors.disable(th)) {
            continue;
        }
        if event::LOCAL >> number & 1 == 0 {
            // Else it would be called, and fail, for ever.
            monitors.set_callback(th, tool, number, Value::NONE);
            return Err(th.value_error(format!(
                "Cannot disable {} events. Callback removed.",
                event::NAMES[number as usize]
            )));
        }
        own.disable(monitors, word, number, tool);
        // Who asked for the old event of both ways turns both off.
        let both = [event::BRANCH_LEFT, event::BRANCH_RIGHT];
        if both.contains(&number) && f.is(monitors.callback(tool, event::BRANCH)) {
            for n in both {
                own.disable(monitors, word, n, tool);
            }
        }
    }
    Ok(())
}

/// As [`fire`], of the instruction that runs: its offset comes first, then `more`.
pub fn at_offset(
    th: &Thread,
    frame: FramePtr,
    number: u32,
    word: usize,
    more: &[Value],
) -> PyResult<()> {
    if !any(th, frame, number) {
        return Ok(());
    }
    let mut args = ValueVec::with_capacity(th, 3)?;
    args.push(th, Value::small_int(word as i64 * 8))?;
    args.extend_from_slice(th, more)?;
    fire(th, frame, number, word, &args)
}
