//! The attributes of `frame`.

use super::locals;
use std::sync::atomic::Ordering;
use taipan_object::frame::{self, Frame, FramePtr, GenState, Generator};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::thread::hooks;
use taipan_object::{Object, PyResult, Thread, Value, names, ops};

/// Bits of a frame's `trace_flags`.
const TRACE_LINES: u8 = 1;
const TRACE_OPCODES: u8 = 2;

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| s.repr = Some(repr),
    methods: &[
        Method::new("clear", "($self, /)", clear).doc("Clear all references held by the frame."),
        Method::new("__sizeof__", "($self, /)", |th, a| {
            let n = this(a[0]).code.expect().nregs as usize;
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
        GetSet::new("f_lasti", |th, v| Ok(Value::int(th, word(this(v)) * 8))),
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
            |th, v, x| set_flag(th, v, TRACE_LINES, x),
        ),
        GetSet::rw(
            "f_trace_opcodes",
            |_, v| flag(v, TRACE_OPCODES),
            |th, v, x| set_flag(th, v, TRACE_OPCODES, x),
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

/// The index of the word being run; -1 before the first.
fn word(f: &Frame) -> i64 {
    match record(f) {
        Some(rec) => rec.word_index(),
        None => f.lasti.load(Ordering::Relaxed),
    }
}

fn line_number(f: &Frame) -> Option<u32> {
    let data = &f.code.expect().data.data;
    match usize::try_from(word(f)) {
        Ok(w) => data.positions.line_at(w),
        Err(_) => Some(data.firstlineno),
    }
}

fn line(_: &Thread, v: Value) -> PyResult {
    Ok(line_number(this(v)).map_or(Value::NONE, |n| Value::small_int(n as i64)))
}

fn set_line(th: &Thread, _: Value, value: Value) -> PyResult<()> {
    if value.is_absent() {
        return Err(th.raise(
            &taipan_object::exception::ATTRIBUTE_ERROR,
            "cannot delete attribute",
        ));
    }
    if ops::index(th, value).is_err() {
        return Err(th.value_error("lineno must be an integer"));
    }
    Err(th.value_error("f_lineno can only be set in a trace function"))
}

fn back(th: &Thread, v: Value) -> PyResult {
    let f = this(v);
    let Some(rec) = record(f) else {
        return Ok(f.back.get().or(Value::NONE));
    };
    // The frame is on this thread's stack, or it is a suspended generator's or another thread's.
    let mut depth = 0;
    let mut at = frame::current(th);
    while let Some(r) = at {
        if std::ptr::eq(r, rec.0) {
            return Ok((hooks().current_frame)(th, depth + 1).or(Value::NONE));
        }
        depth += 1;
        at = r.previous();
    }
    Ok(f.back.get().or(Value::NONE))
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
        line_number(f).map_or("None".to_owned(), |n| n.to_string()),
        names::text(code.name.get())
    );
    Ok(Value::str(th, &text))
}

fn clear(th: &Thread, a: &[Value]) -> PyResult {
    let f = this(a[0]);
    if let Some(g) = f.generator.get().downcast::<Generator>() {
        match g.state() {
            GenState::Running => return Err(th.runtime_error("cannot clear an executing frame")),
            GenState::Suspended => return Err(th.runtime_error("cannot clear a suspended frame")),
            _ => {}
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
