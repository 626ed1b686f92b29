//! What generators, coroutines and asynchronous generators have in common.

use std::sync::atomic::Ordering;
use taipan_bytecode::{Instr, Op};
use taipan_object::call;
use taipan_object::exception::{self as exc, Exception, Traceback};
use taipan_object::frame::{FramePtr, GenState, Generator, Pc, Regs, Resume, Step};
use taipan_object::native::Method;
use taipan_object::thread::hooks;
use taipan_object::types::{self, Type, class_of};
use taipan_object::{Object, PyResult, Raised, Thread, Value, names, ops};

pub(super) fn this<'a>(v: Value) -> &'a Object<Generator> {
    v.expect::<Generator>()
}

pub(super) fn resume(th: &Thread, g: Value, how: Resume) -> PyResult<Step> {
    (hooks().resume)(th, g, how)
}

/// The step's value, or `StopIteration` of the returned one.
pub(super) fn step_value(th: &Thread, step: Step) -> PyResult {
    match step {
        Step::Yield(v) => Ok(v),
        Step::Return(v) => Err(stop(th, v)),
    }
}

/// `StopIteration(v)`; its `value` is `v` even where that is a tuple or an exception.
pub(super) fn stop(th: &Thread, v: Value) -> Raised {
    th.stop_iteration(v)
}

pub(super) fn send(th: &Thread, a: &[Value]) -> PyResult {
    let step = resume(th, a[0], Resume::Send(a[1]))?;
    step_value(th, step)
}

/// The signature of every `throw`.
pub(super) const THROW_SIG: &str = "($self, type, value=None, traceback=None, /)";

/// Warns of `throw` with more than one argument.
pub(super) fn warn_of_form(th: &Thread, a: &[Value], name: &str) -> PyResult<()> {
    if a[2].is_absent() && a[3].is_absent() {
        return Ok(());
    }
    th.warn(
        &exc::DEPRECATION_WARNING,
        format!(
            "the (type, exc, tb) signature of {name}() is deprecated, use the single-arg signature instead."
        ),
    )
}

/// The exception that `throw(type, value, traceback)` means.
///
/// What making it raises is thrown in its place.
pub(super) fn thrown(th: &Thread, a: &[Value]) -> PyResult {
    let (ty, value, tb) = (a[1], a[2].or(Value::NONE), a[3].or(Value::NONE));
    if !tb.is_none() && tb.downcast::<Traceback>().is_none() {
        return Err(th.type_error("throw() third argument must be a traceback object"));
    }
    let class = ty
        .downcast::<Type>()
        .filter(|t| t.has_flag(types::flags::EXCEPTION_SUBCLASS));
    let e = if class.is_some() {
        if types::is_instance(value, ty.expect::<Type>()) {
            value
        } else {
            let args = [value];
            let args = match value.as_tuple() {
                _ if value.is_none() => &[],
                Some(items) => items,
                None => &args,
            };
            let made = call::call(th, ty, args).and_then(|e| match e.downcast::<Exception>() {
                Some(_) => Ok(e),
                None => Err(th.type_error(format!(
                    "calling {} should have returned an instance of BaseException, not {}",
                    names::text(ops::repr(th, ty)?),
                    class_of(e).tp_name()
                ))),
            });
            made.unwrap_or_else(|e| e.0)
        }
    } else if ty.downcast::<Exception>().is_some() {
        if !value.is_none() {
            return Err(th.type_error("instance exception may not have a separate value"));
        }
        ty
    } else {
        return Err(th.type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            class_of(ty).tp_name()
        )));
    };
    let o = e.expect::<Exception>();
    if !tb.is_none() {
        o.traceback.set(&o.header, tb);
    }
    Ok(e)
}

pub(super) fn throw(th: &Thread, a: &[Value]) -> PyResult {
    warn_of_form(th, a, "throw")?;
    let e = thrown(th, a)?;
    let step = resume(th, a[0], Resume::Throw(e))?;
    step_value(th, step)
}

/// Marks a generator that has not begun as ended; whether it had not.
pub(super) fn close_unstarted(g: &Generator) -> bool {
    let (from, to) = (GenState::Created as u8, GenState::Running as u8);
    let taken = g
        .state
        .compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
        .is_ok();
    if taken {
        // The arguments are let go.
        for f in g.registers.get().iter().flat_map(|r| r.fields()) {
            f.init(Value::ABSENT);
        }
        g.state.store(GenState::Closed as u8, Ordering::Release);
    }
    taken
}

/// `close()`: throws `GeneratorExit` in; gives what the generator returned.
pub(super) fn close(th: &Thread, v: Value, what: &str) -> PyResult {
    let g = this(v);
    if g.state() == GenState::Closed || close_unstarted(g) {
        return Ok(Value::NONE);
    }
    let e = exc::make(th, &exc::GENERATOR_EXIT, &[])?;
    match resume(th, v, Resume::Throw(e)) {
        Ok(Step::Yield(_)) => Err(th.runtime_error(format!("{what} ignored GeneratorExit"))),
        Ok(Step::Return(v)) => Ok(v),
        Err(e) if e.is(&exc::GENERATOR_EXIT) => Ok(Value::NONE),
        Err(e) => Err(e),
    }
}

/// The frame of a generator that has not ended.
fn frame_of(g: &Object<Generator>) -> Option<FramePtr> {
    (g.state() != GenState::Closed).then(|| FramePtr(g.frame()))
}

pub(super) fn code(v: Value) -> Value {
    FramePtr(this(v).frame()).code().value()
}

/// The frame object of a generator, None once it has ended.
pub(super) fn frame_object(th: &Thread, v: Value) -> PyResult {
    match frame_of(this(v)) {
        Some(f) => Ok(taipan_object::frame::object_of(th, f)),
        None => Ok(Value::NONE),
    }
}

/// What a suspended generator waits for by `yield from` or `await`; None where it does not.
pub(super) fn waits_for(v: Value) -> Value {
    let g = this(v);
    if g.state() != GenState::Suspended {
        return Value::NONE;
    }
    let f = FramePtr(g.frame());
    let i = Instr(Pc(f.pc).fetch());
    if i.op() != Op::YIELD_FROM {
        return Value::NONE;
    }
    Regs(f.regs).get(i.b()).or(Value::NONE)
}

pub(super) fn is_running(v: Value) -> Value {
    Value::bool(this(v).state() == GenState::Running)
}

pub(super) fn is_suspended(v: Value) -> Value {
    Value::bool(this(v).state() == GenState::Suspended)
}

pub(super) fn set_name(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.as_str_obj().is_none() {
        return Err(th.type_error("__name__ must be set to a string object"));
    }
    this(v).name.set(&this(v).header, value);
    Ok(())
}

pub(super) fn set_qualname(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.as_str_obj().is_none() {
        return Err(th.type_error("__qualname__ must be set to a string object"));
    }
    this(v).qualname.set(&this(v).header, value);
    Ok(())
}

pub(super) fn repr(th: &Thread, v: Value, what: &str) -> PyResult {
    let name = names::text(this(v).qualname.get());
    Ok(Value::str(
        th,
        &format!("<{what} object {name} at {:#x}>", ops::id(v)),
    ))
}

/// The `__sizeof__` row that all three have.
pub(super) const SIZEOF: Method = Method::new("__sizeof__", "($self, /)", |th, a| {
    let n = FramePtr(this(a[0]).frame()).code().nregs.get() as usize;
    Ok(Value::usize(th, size_of::<Object<Generator>>() + 8 * n))
})
.doc("gen.__sizeof__() -> size of gen in memory, in bytes");
