//! The attributes of `frame`.

use super::locals;
use std::sync::atomic::Ordering;
use taipan_object::frame::{self, Frame, FramePtr, GenState, Generator};
use taipan_object::monitor::event;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{self, class_of, is_exactly};
use taipan_object::{Object, PyResult, Thread, Value, names, ops};

/// Bits of a frame's `trace_flags`.
const TRACE_LINES: u8 = 1;
const TRACE_OPCODES: u8 = 2;

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| s.repr = Some(repr),
    methods: &[
        Method::new("clear", "($self, /)", clear).doc("Clear all references held by the frame."),
        Method::new("__sizeof__", "($self, /)", |th, a| {
            let n = this(a[0]).code.expect().nregs.get() as usize;
            Ok(Value::usize(th, size_of::<Object<Frame>>() + 8 * n))
        })
        .doc("Return the size of the frame in memory, in bytes."),
    ],
    getset: &[
        GetSet::new("f_back", back),
        GetSet::new("f_code", |_, v| Ok(this(v).code.expect().value())),
        GetSet::new("f_globals", |_, v| Ok(this(v).globals.expect().value())),
        GetSet::new("f_builtins", |_, v| Ok(this(v).builtins.expect().value())),
        GetSet::new("f_locals", locals::of_frame),
        GetSet::rw("f_lineno", line, set_line),
        GetSet::new("f_lasti", |th, v| Ok(Value::int(th, word(th, this(v)) * 8))),
        GetSet::rw(
            "f_trace",
            |_, v| Ok(this(v).trace.get().or(Value::NONE)),
            |_, v, x| {
                this(v).trace.set(&this(v).header, x.or(Value::NONE));
                Ok(())
            },
        ),
        GetSet::rw(
            "f_trace_lines",
            |_, v| flag(v, TRACE_LINES),
            |th, v, x| {
                if x.is_absent() {
                    return Err(th.type_error("can't delete numeric/char attribute"));
                }
                set_flag(th, v, TRACE_LINES, x)
            },
        ),
        GetSet::rw(
            "f_trace_opcodes",
            |_, v| flag(v, TRACE_OPCODES),
            |th, v, x| {
                if x.is_absent() {
                    let msg = "'f_trace_opcodes' attribute of 'frame' objects cannot be deleted";
                    return Err(th.raise(&taipan_object::exception::ATTRIBUTE_ERROR, msg));
                }
                set_flag(th, v, TRACE_OPCODES, x)
            },
        ),
        GetSet::new("f_generator", |_, v| {
            Ok(this(v).generator.get().or(Value::NONE))
        }),
    ],
    doc: "",
    sig: "",
};

fn this<'a>(v: Value) -> &'a Object<Frame> {
    v.expect::<Frame>()
}

/// The record of a frame that has not ended.
pub(super) fn record(f: &Frame) -> Option<FramePtr> {
    let p = FramePtr(f.rec.load(Ordering::Acquire));
    if p.is_null() { None } else { Some(p) }
}

/// The index of the word being run.
fn word(th: &Thread, f: &Frame) -> i64 {
    frame::with_record(th, f, |rec| rec.map(|r| r.word_index()))
        .unwrap_or_else(|| f.lasti.load(Ordering::Relaxed))
}

fn line_number(th: &Thread, f: &Frame) -> Option<u32> {
    let data = f.code.expect().data();
    match usize::try_from(word(th, f)) {
        // A module begins before its first line.
        Ok(0) => Some(data.positions.line_at(0).unwrap_or(0)),
        Ok(w) => data.positions.line_at(w),
        Err(_) => Some(data.firstlineno),
    }
}

fn line(th: &Thread, v: Value) -> PyResult {
    Ok(line_number(th, this(v)).map_or(Value::NONE, |n| Value::small_int(n as i64)))
}

fn set_line(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.is_absent() {
        return Err(th.raise(
            &taipan_object::exception::ATTRIBUTE_ERROR,
            "cannot delete attribute",
        ));
    }
    if !is_exactly(value, &types::INT) {
        return Err(th.value_error("lineno must be an integer"));
    }
    let why = match u32::try_from(th.what_event.get()) {
        Err(_) => "f_lineno can only be set in a trace function",
        Ok(event::PY_START | event::PY_RESUME) => {
            "can't jump from the 'call' trace event of a new frame"
        }
        Ok(event::CALL | event::C_RETURN) => "can't jump during a call",
        Ok(
            event::LINE
            | event::INSTRUCTION
            | event::JUMP
            | event::BRANCH_LEFT
            | event::BRANCH_RIGHT
            | event::PY_YIELD,
        ) => "",
        Ok(_) => "can only jump from a 'line' trace event",
    };
    if !why.is_empty() {
        return Err(th.value_error(why));
    }
    let f = match record(this(v)) {
        Some(f) if std::ptr::eq(f.0, th.event_frame.get()) => f,
        _ => return Err(th.value_error("can only jump from a 'line' trace event")),
    };
    let Ok(line) = i32::try_from(ops::index_i64(th, value)?) else {
        return Err(th.value_error("lineno out of range"));
    };
    super::jump::set_line(th, f, line as i64)
}

fn back(th: &Thread, v: Value) -> PyResult {
    let f = this(v);
    loop {
        // What is below it, with or without an object yet.
        let below = frame::with_record(th, f, |rec| {
            rec.map(|r| FramePtr(r.previous))
                .map(|p| (!p.is_null()).then(|| (p, p.object())))
        });
        let (p, object) = match below {
            None => return Ok(f.back.get().or(Value::NONE)),
            Some(None) => return Ok(Value::NONE),
            Some(Some(b)) => b,
        };
        if !object.is_absent() {
            return Ok(object);
        }
        if th.owns_frame(p.0) || record(f).is_some_and(|r| th.owns_frame(r.0)) {
            return Ok(frame::object_of(th, p));
        }
        // Another thread's: it must not go on meanwhile.
        frame::with_all_objects(th, &mut |_| {})?;
    }
}

fn flag(v: Value, bit: u8) -> PyResult {
    Ok(Value::bool(
        this(v).trace_flags.load(Ordering::Relaxed) & bit != 0,
    ))
}

fn set_flag(th: &Thread, v: Value, bit: u8, value: Value) -> PyResult<()> {
    if !value.is_bool() {
        return Err(th.type_error("attribute value type must be bool"));
    }
    let flags = &this(v).trace_flags;
    if value.is(Value::TRUE) {
        flags.fetch_or(bit, Ordering::Relaxed);
    } else {
        flags.fetch_and(!bit, Ordering::Relaxed);
    }
    Ok(())
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let f = this(v);
    let code = f.code.expect();
    let file = ops::repr(th, code.filename.get())?;
    let text = format!(
        "<frame at {:#x}, file {}, line {}, code {}>",
        ops::id(v),
        names::text(file),
        line_number(th, f).map_or("None".to_owned(), |n| n.to_string()),
        names::text(code.name.get())
    );
    Ok(Value::str(th, &text))
}

/// Ends a generator that has not begun, as its finaliser would, and lets its arguments go.
fn end_unstarted(th: &Thread, f: &Object<Frame>, g: &Object<Generator>) -> PyResult<()> {
    match class_of(g.value()).slots().del {
        Some(del) => del(th, g.value())?,
        None => taipan_object::call::call_method_name(th, g.value(), names::CLOSE.get(), &[])
            .map(|_| ())?,
    }
    if g.state() == GenState::Closed
        && let Some(registers) = g.registers.get()
    {
        let n = f.code.expect().nregs.get() as usize;
        for r in registers.fields().iter().take(n) {
            r.set(&registers.header, Value::ABSENT);
        }
    }
    Ok(())
}

fn clear(th: &Thread, a: &[Value]) -> PyResult {
    let f = this(a[0]);
    if let Some(g) = f.generator.get().downcast::<Generator>() {
        match g.state() {
            GenState::Running => return Err(th.runtime_error("cannot clear an executing frame")),
            GenState::Suspended => return Err(th.runtime_error("cannot clear a suspended frame")),
            GenState::Created => end_unstarted(th, f, g)?,
            GenState::Closed => {}
        }
    } else if record(f).is_some() {
        return Err(th.runtime_error("cannot clear an executing frame"));
    }
    if let Some(registers) = f.registers.get() {
        for r in registers.fields() {
            r.set(&registers.header, Value::ABSENT);
        }
    }
    f.extra_locals.set(&f.header, Value::ABSENT);
    f.trace.set(&f.header, Value::NONE);
    Ok(Value::NONE)
}
