//! Generators, coroutines and asynchronous generators: making, resuming and suspending them; `yield from`, `await`.

use crate::raise;
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicU8, Ordering};
use taipan_bytecode::{CodeFlags, Instr, Op};
use taipan_object::call;
use taipan_object::exception as exc;
use taipan_object::frame::{
    AsyncYield, FramePtr, GenState, Generator, Pc, Regs, Resume, Step, frame_flags,
};
use taipan_object::heap::Array;
use taipan_object::thread::ExcNode;
use taipan_object::types::{self, StaticType, class_of};
use taipan_object::{
    Field, FieldOf, Object, PyResult, Raised, Thread, Value, ValueVec, attr, gc, names, ops,
};

/// Makes the generator object of a frame that has just begun.
pub fn make(th: &Thread, frame: FramePtr) -> PyResult {
    let code = frame.code();
    let registers = Object::<Array>::try_new(th, code.nregs.get() as usize)?;
    registers.set_len(registers.capacity());
    let window = Regs(frame.regs);
    for i in 0..code.first_temp.get() as usize {
        registers.fields()[i].set(&registers.header, window.get(i as u16));
    }
    let flags = CodeFlags(code.flags);
    let ty: &StaticType = if flags.has(CodeFlags::ASYNC_GENERATOR) {
        &types::ASYNC_GENERATOR
    } else if flags.has(CodeFlags::COROUTINE) {
        &types::COROUTINE
    } else {
        &types::GENERATOR
    };
    let (name, qualname) = match frame.func.downcast::<taipan_object::func::Function>() {
        Some(f) => (f.name.get(), f.qualname(th)),
        None => (code.name.get(), code.qualname(th)),
    };
    let origin = if flags.has(CodeFlags::COROUTINE) && th.origin_depth.get() > 0 {
        origin(th, frame)?
    } else {
        Value::NONE
    };
    let mut rec = *frame;
    rec.regs = registers.fields().as_ptr() as *mut Value;
    rec.previous = std::ptr::null_mut();
    rec.flags = 0;
    let g = th.new_object(
        ty,
        Generator {
            state: AtomicU8::new(GenState::Created as u8),
            async_flags: AtomicU8::new(0),
            frame: UnsafeCell::new(rec),
            registers: FieldOf::new(registers),
            exc: ExcNode::new(),
            name: Field::new(name),
            qualname: Field::new(qualname),
            origin: Field::new(origin),
        },
    );
    FramePtr(g.frame()).set_generator(g.value());
    // A finaliser closes it: `finally` blocks and `with` statements end though nobody runs it to its end.
    if code.notices_close.get() != 0 || flags.has(CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR)
    {
        gc::register_finalizable(g.value().cell_unchecked());
    }
    Ok(g.value())
}

/// `cr_origin`: file, line and function of the frames that called, innermost first.
fn origin(th: &Thread, frame: FramePtr) -> PyResult {
    let mut out = ValueVec::new();
    let mut at = FramePtr(frame.previous);
    while !at.is_null() && out.len() < th.origin_depth.get() as usize {
        let code = at.code();
        let word = at.word_index().max(0) as usize;
        let line = code.data().positions.line_at(word).unwrap_or(0);
        let place = [
            code.filename.get(),
            Value::small_int(line as i64),
            code.name.get(),
        ];
        let place = Value::try_tuple(th, &place)?;
        out.push(th, place)?;
        at = FramePtr(at.previous);
    }
    Value::try_tuple(th, &out)
}

/// Takes a generator to be run by this thread, if it is waiting.
#[inline]
fn take(g: &Object<Generator>) -> Result<GenState, GenState> {
    if !gc::many_threads() {
        // An exchange waits for all stores before it, a good part of what a generator's step takes.
        let from = g.state();
        return match from {
            GenState::Suspended | GenState::Created => {
                g.state.store(GenState::Running as u8, Ordering::Relaxed);
                Ok(from)
            }
            _ => Err(from),
        };
    }
    for from in [GenState::Suspended, GenState::Created] {
        if g.state
            .compare_exchange(
                from as u8,
                GenState::Running as u8,
                Ordering::AcqRel,
                Ordering::Acquire,
            )
            .is_ok()
        {
            return Ok(from);
        }
    }
    Err(g.state())
}

fn push(th: &Thread, g: &Object<Generator>, flags: u16) -> FramePtr {
    let mut f = FramePtr(g.frame());
    f.resume_on(th, flags);
    g.exc.previous.set(th.exc.get());
    th.exc.set(&g.exc);
    f
}

fn pop_exc(th: &Thread, g: &Object<Generator>) {
    th.exc.set(g.exc.previous.get());
    g.exc.previous.set(std::ptr::null());
}

fn owner<'a>(frame: FramePtr) -> &'a Object<Generator> {
    frame.generator().expect::<Generator>()
}

/// The generator's frame stops at a yield; the frame below becomes the innermost.
#[inline]
pub fn suspend(th: &Thread, mut frame: FramePtr) {
    let g = owner(frame);
    pop_exc(th, g);
    frame.suspend_on(th);
    // Its registers were stored into without telling the collector.
    gc::write_barrier(g.value().cell_unchecked());
    if let Some(r) = g.registers.get() {
        gc::write_barrier(r.value().cell_unchecked());
    }
    g.state.store(GenState::Suspended as u8, Ordering::Release);
}

/// The generator's frame ended, by return or exception. The caller leaves the frame.
pub fn finished(th: &Thread, frame: FramePtr) {
    let g = owner(frame);
    pop_exc(th, g);
    g.exc.value.set(Value::ABSENT);
    if !frame.object().is_absent() {
        crate::frames::detach(th, frame);
        let mut f = frame;
        f.forget_object();
    }
    if let Some(r) = g.registers.get() {
        for f in r.fields() {
            f.init(Value::ABSENT);
        }
    }
    g.state.store(GenState::Closed as u8, Ordering::Release);
}

/// Whether the iterator of a loop is a plain generator that waits; it is this thread's then.
#[inline]
pub fn start_in_loop(g: &Object<Generator>, it: Value) -> bool {
    class_of(it).is(&types::GENERATOR) && take(g).map(|from| prepare(g, from, Value::NONE)).is_ok()
}

/// Enters a taken generator so that the interpreter's loop runs it: `dst` gets what it yields.
#[inline]
pub fn enter_in_loop(
    th: &Thread,
    g: &Object<Generator>,
    dst: u16,
    advance: i32,
    resume: i32,
) -> FramePtr {
    let mut f = push(th, g, frame_flags::LOOP);
    f.dst = dst;
    f.advance = advance;
    f.resume = resume;
    f
}

/// Whether what a `yield from` or `await` sends to is a plain generator or a coroutine that waits; it is this thread's
/// then, and has what was sent.
#[inline]
pub fn start_delegate(g: &Object<Generator>, it: Value, sent: Value) -> bool {
    if class_of(it).is(&types::ASYNC_GENERATOR) {
        return false;
    }
    match take(g) {
        Ok(GenState::Created) if !sent.is_none() => {
            g.state.store(GenState::Created as u8, Ordering::Release);
            false
        }
        Ok(from) => {
            prepare(g, from, sent);
            true
        }
        Err(_) => false,
    }
}

/// Enters a taken generator so that the interpreter's loop runs it: what it yields, the frame below yields, whose
/// register `dst` gets what it returns in the end; `it` is the register of the generator itself.
#[inline]
pub fn enter_delegate(th: &Thread, g: &Object<Generator>, dst: u16, it: u16) -> FramePtr {
    let mut f = push(th, g, frame_flags::DELEGATE);
    f.dst = dst;
    f.resume = it.into();
    f
}

#[inline]
fn prepare(g: &Object<Generator>, from: GenState, sent: Value) {
    if from == GenState::Suspended {
        let f = FramePtr(g.frame());
        // A trace function may have moved it away from its yield.
        if f.yield_register != u16::MAX {
            Regs(f.regs).set(f.yield_register, sent);
        }
    }
}

fn what(g: Value) -> &'static str {
    let t = class_of(g);
    if t.is(&types::COROUTINE) {
        "coroutine"
    } else if t.is(&types::ASYNC_GENERATOR) {
        "async generator"
    } else {
        "generator"
    }
}

/// Resumes a generator by `send` or `throw`.
///
/// # Errors
/// `ValueError: generator already executing`, `TypeError` for a first value that is not None, `RuntimeError` for a
/// coroutine that was awaited already, or what the generator raises.
pub fn resume(th: &Thread, gen_value: Value, how: Resume) -> PyResult<Step> {
    let g = gen_value.expect::<Generator>();
    th.check_native_stack()?;
    if th.is_at_recursion_limit() {
        return Err(th.recursion_error(""));
    }
    let from = match take(g) {
        Ok(from) => from,
        Err(GenState::Closed) => {
            if class_of(gen_value).is(&types::COROUTINE) {
                return Err(th.runtime_error("cannot reuse already awaited coroutine"));
            }
            return match how {
                Resume::Send(_) => Ok(Step::Return(Value::NONE)),
                Resume::Throw(e) => Err(Raised(e)),
            };
        }
        Err(_) => return Err(th.value_error(format!("{} already executing", what(gen_value)))),
    };
    match how {
        Resume::Send(v) => {
            if from == GenState::Created && !v.is_none() {
                g.state.store(GenState::Created as u8, Ordering::Release);
                return Err(th.type_error(format!(
                    "can't send non-None value to a just-started {}",
                    what(gen_value)
                )));
            }
            prepare(g, from, v);
            run(th, g, None)
        }
        Resume::Throw(e) => {
            let thrown = if from == GenState::Suspended {
                delegate_throw(th, g, e)?
            } else {
                Delegated::Raise(Raised(e))
            };
            match thrown {
                Delegated::Yielded(v) => {
                    g.state.store(GenState::Suspended as u8, Ordering::Release);
                    Ok(Step::Yield(v))
                }
                Delegated::Continue => run(th, g, None),
                Delegated::Raise(e) => run(th, g, Some(e)),
            }
        }
    }
}

fn run(th: &Thread, g: &Object<Generator>, thrown: Option<Raised>) -> PyResult<Step> {
    let saved = th.stack_top.get();
    let f = push(th, g, frame_flags::ENTRY);
    // What the generator itself handles is the context of what is thrown in.
    let thrown = match thrown {
        Some(e) if !g.exc.value.get().is_absent() => Some(th.with_context(e)),
        other => other,
    };
    let r = crate::eval::run(th, f, thrown);
    th.stack_top.set(saved);
    r
}

enum Delegated {
    Yielded(Value),
    Continue,
    Raise(Raised),
}

/// The iterator that a suspended frame delegates to, if it stands at a `yield from` or `await`, with its registers.
pub fn delegate_of(f: FramePtr) -> Option<(Value, u16, u16)> {
    let mut pc = Pc(f.pc);
    let i = Instr(pc.fetch());
    if i.op() != Op::YIELD_FROM {
        return None;
    }
    Regs(f.regs)
        .get(i.b())
        .present()
        .map(|it| (it, i.a(), i.b()))
}

/// Throws into the iterator of a `yield from`, as PEP 380 says. The generator is taken (running).
fn delegate_throw(th: &Thread, g: &Object<Generator>, e: Value) -> PyResult<Delegated> {
    let mut f = FramePtr(g.frame());
    let Some((it, a, b)) = delegate_of(f) else {
        return Ok(Delegated::Raise(Raised(e)));
    };
    // The generator is on the stack meanwhile.
    f.resume_on(th, 0);
    let done = throw_to(th, it, e);
    f.suspend_on(th);
    Ok(match done {
        Thrown::Not => Delegated::Raise(Raised(e)),
        Thrown::Step(Ok(Step::Yield(v))) => Delegated::Yielded(v),
        Thrown::Step(Ok(Step::Return(v))) => returned(&mut f, a, b, v),
        Thrown::Step(Err(e)) if e.is(&exc::STOP_ITERATION) => {
            let v = exc::get_extra(e.0, exc::extra::VALUE).or(Value::NONE);
            returned(&mut f, a, b, v)
        }
        Thrown::Step(Err(e)) | Thrown::Raised(e) => Delegated::Raise(e),
    })
}

/// What an iterator did with an exception thrown at it.
enum Thrown {
    /// It takes none: the exception is raised where it is waited for.
    Not,
    /// It went on, or raised.
    Step(PyResult<Step>),
    /// Closing it raised.
    Raised(Raised),
}

fn throw_to(th: &Thread, it: Value, e: Value) -> Thrown {
    if types::is_instance(e, &exc::GENERATOR_EXIT) {
        return match close_iterator(th, it) {
            Ok(()) => Thrown::Not,
            Err(e) => Thrown::Raised(e),
        };
    }
    Thrown::Step(
        if it.downcast::<Generator>().is_some() && !class_of(it).is(&types::ASYNC_GENERATOR) {
            resume(th, it, Resume::Throw(e))
        } else {
            match attr::get_opt(th, it, names::THROW.get()) {
                Ok(None) => return Thrown::Not,
                Ok(Some(m)) => call::call(th, m, &[e]).map(Step::Yield),
                Err(e) => Err(e),
            }
        },
    )
}

fn returned(f: &mut FramePtr, a: u16, b: u16, v: Value) -> Delegated {
    let r = Regs(f.regs);
    r.set(a, v);
    r.set(b, Value::ABSENT);
    let mut pc = Pc(f.pc);
    pc.step(2);
    f.pc = pc.0;
    Delegated::Continue
}

fn close_iterator(th: &Thread, it: Value) -> PyResult<()> {
    if it.downcast::<Generator>().is_some() {
        return close(th, it);
    }
    match attr::get_opt(th, it, names::CLOSE.get()) {
        Ok(Some(m)) => call::call(th, m, &[]).map(|_| ()),
        Ok(None) => Ok(()),
        Err(e) => {
            let shown = ops::repr(th, it).map_or_else(|_| String::new(), |r| names::text(r).into());
            let what = format!("Exception ignored while closing generator {shown}");
            th.unraisable(e, Some(&what), Value::ABSENT);
            Ok(())
        }
    }
}

/// `generator.close()`, without its return value.
pub fn close(th: &Thread, gen_value: Value) -> PyResult<()> {
    let g = gen_value.expect::<Generator>();
    if g.state() == GenState::Closed {
        return Ok(());
    }
    let (created, closed) = (GenState::Created as u8, GenState::Closed as u8);
    if g.state
        .compare_exchange(created, closed, Ordering::AcqRel, Ordering::Acquire)
        .is_ok()
    {
        return Ok(());
    }
    let e = exc::make(th, &exc::GENERATOR_EXIT, &[])?;
    match resume(th, gen_value, Resume::Throw(e)) {
        Ok(Step::Yield(_)) => {
            Err(th.runtime_error(format!("{} ignored GeneratorExit", what(gen_value))))
        }
        Ok(Step::Return(_)) => Ok(()),
        Err(e) if e.is(&exc::GENERATOR_EXIT) || e.is(&exc::STOP_ITERATION) => Ok(()),
        Err(e) => Err(e),
    }
}

/// Sends a value to the iterator of a `yield from` or `await`.
pub fn send_to(th: &Thread, it: Value, sent: Value) -> PyResult<Step> {
    if it.downcast::<Generator>().is_some() && !class_of(it).is(&types::ASYNC_GENERATOR) {
        return resume(th, it, Resume::Send(sent));
    }
    let r = if sent.is_none()
        && let Some(next) = class_of(it).slots().next
    {
        match next(th, it) {
            Ok(Value::ABSENT) => return Ok(Step::Return(Value::NONE)),
            r => r,
        }
    } else {
        call::call_method_name(th, it, names::SEND.get(), &[sent])
    };
    match r {
        Ok(v) => Ok(Step::Yield(v)),
        Err(e) if e.is(&exc::STOP_ITERATION) => Ok(Step::Return(
            exc::get_extra(e.0, exc::extra::VALUE).or(Value::NONE),
        )),
        Err(e) => Err(e),
    }
}

/// What is iterated by `yield from v`.
pub fn yield_from_iter(th: &Thread, frame: FramePtr, v: Value) -> PyResult {
    if class_of(v).is(&types::COROUTINE) {
        let flags = CodeFlags(frame.code().flags);
        if !flags.has(CodeFlags::COROUTINE | CodeFlags::ITERABLE_COROUTINE) {
            return Err(th.type_error(
                "cannot 'yield from' a coroutine object in a non-coroutine generator",
            ));
        }
        return Ok(v);
    }
    if class_of(v).is(&types::GENERATOR) {
        Ok(v)
    } else {
        ops::iter(th, v)
    }
}

/// The iterator of an awaitable, or nothing if it is none.
fn await_iter(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    if class_of(v).is(&types::COROUTINE) {
        return Ok(Some(v));
    }
    if let Some(g) = v.downcast::<Generator>()
        && CodeFlags(FramePtr(g.frame()).code().flags).has(CodeFlags::ITERABLE_COROUTINE)
    {
        return Ok(Some(v));
    }
    let Some(f) = class_of(v).slots().await_ else {
        return Ok(None);
    };
    let it = f(th, v)?;
    if class_of(it).is(&types::COROUTINE) {
        return Err(th.type_error("__await__() returned a coroutine"));
    }
    if class_of(it).slots().next.is_none() {
        return Err(th.type_error(format!(
            "__await__() returned non-iterator of type '{}'",
            class_of(it).name_text()
        )));
    }
    Ok(Some(it))
}

/// The iterator for `await v`; `x` says where it stands, for the message.
pub fn awaitable(th: &Thread, v: Value, x: u8) -> PyResult {
    match await_iter(th, v)? {
        Some(it) => {
            if let Some(g) = it.downcast::<Generator>()
                && class_of(it).is(&types::COROUTINE)
                && g.state() != GenState::Created
                && g.state() != GenState::Closed
                && delegate_of(FramePtr(g.frame())).is_some()
            {
                return Err(th.runtime_error("coroutine is being awaited already"));
            }
            Ok(it)
        }
        None => {
            let t = class_of(v).name_text();
            Err(th.type_error(match x {
                1 => format!("'async with' received an object from __aenter__ that does not implement __await__: {t}"),
                2 => format!("'async with' received an object from __aexit__ that does not implement __await__: {t}"),
                _ => format!("'{t}' object can't be awaited"),
            }))
        }
    }
}

/// `v.__aiter__()`, checked.
pub fn aiter(th: &Thread, v: Value) -> PyResult {
    let t = class_of(v);
    let Some(f) = t.slots().aiter else {
        return Err(th.type_error(format!(
            "'async for' requires an object with __aiter__ method, got {}",
            t.name_text()
        )));
    };
    let it = f(th, v)?;
    if class_of(it).slots().anext.is_none() {
        return Err(th.type_error(format!(
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            class_of(it).name_text()
        )));
    }
    Ok(it)
}

/// The awaitable's iterator for `v.__anext__()`.
pub fn anext(th: &Thread, v: Value) -> PyResult {
    let t = class_of(v);
    let Some(f) = t.slots().anext else {
        return Err(th.type_error(format!(
            "'async for' requires an iterator with __anext__ method, got {}",
            t.name_text()
        )));
    };
    let a = f(th, v)?;
    match await_iter(th, a) {
        Ok(Some(it)) => Ok(it),
        other => {
            let e = th.type_error(format!(
                "'async for' received an invalid object from __anext__: {}",
                class_of(a).name_text()
            ));
            if let Err(cause) = other {
                raise::chain(&e, cause.0);
            }
            Err(e)
        }
    }
}

/// Marks a value as yielded by an asynchronous generator itself.
pub fn wrap_async(th: &Thread, v: Value) -> PyResult {
    Ok(taipan_object::heap::new_untyped(
        th,
        AsyncYield {
            value: Field::new(v),
        },
    )?
    .value())
}
