//! What `asend`, `__anext__`, `athrow` and `aclose` of an asynchronous generator give: awaitables that drive it.

use super::asynchronous::{clear, flag, has, set};
use super::shared::{THROW_SIG, resume, stop, this, thrown, warn_of_form};
use std::sync::atomic::{AtomicU8, Ordering};
use taipan_object::exception as exc;
use taipan_object::frame::{AsyncYield, GenState, Resume, Step};
use taipan_object::heap::Field;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, class_of, layout_of};
use taipan_object::{Object, PyResult, Raised, Thread, Value, names, ops, payload};

const INIT: u8 = 0;
const ITERATING: u8 = 1;
const CLOSED: u8 = 2;

/// The payload of both awaitables.
pub struct Awaitable {
    /// The asynchronous generator.
    generator: Field,
    /// `asend`: the value to send. `athrow`: the arguments, a tuple; None for `aclose`.
    argument: Field,
    state: AtomicU8,
}

payload!(Awaitable, "asynchronous generator awaitable", |this, m| {
    this.generator.trace(m);
    this.argument.trace(m);
});

/// `async_generator_asend`
pub static ASEND: StaticType = StaticType::new(
    "builtins",
    "async_generator_asend",
    Some(&OBJECT),
    0,
    layout_of::<Awaitable>,
);
/// `async_generator_athrow`
pub static ATHROW: StaticType = StaticType::new(
    "builtins",
    "async_generator_athrow",
    Some(&OBJECT),
    0,
    layout_of::<Awaitable>,
);

fn make(th: &Thread, ty: &StaticType, generator: Value, argument: Value) -> Value {
    let data = Awaitable {
        generator: Field::new(generator),
        argument: Field::new(argument),
        state: AtomicU8::new(INIT),
    };
    th.new_object(ty, data).value()
}

pub(super) fn asend(th: &Thread, generator: Value, sent: Value) -> Value {
    make(th, &ASEND, generator, sent)
}

pub(super) fn athrow(th: &Thread, generator: Value, args: Value) -> Value {
    make(th, &ATHROW, generator, args)
}

/// The same awaitable, to be warned of if nobody awaits it. Those that `async for` makes are always awaited.
pub(super) fn watched(v: Value) -> Value {
    taipan_object::gc::register_finalizable(v.cell_unchecked());
    v
}

/// Warns of an awaitable that was never awaited.
fn finalize(th: &Thread, v: Value) -> PyResult<()> {
    let a = of(v);
    if a.state.load(Ordering::Acquire) != INIT {
        return Ok(());
    }
    let method = match a.argument.get() {
        _ if class_of(v).is(&ASEND) => "asend",
        Value::NONE => "aclose",
        _ => "athrow",
    };
    let generator = a.generator.get();
    let shown = ops::repr(th, this(generator).qualname.get())?;
    th.warn(
        &exc::RUNTIME_WARNING,
        format!(
            "coroutine method '{method}' of {} was never awaited",
            names::text(shown)
        ),
    )
}

fn of<'a>(v: Value) -> &'a Object<Awaitable> {
    v.expect::<Awaitable>()
}

/// `next` of an iterator whose `send` raises `StopIteration` at the end.
fn next_by(r: PyResult) -> PyResult<Option<Value>> {
    match r {
        Ok(v) => Ok(Some(v)),
        Err(e)
            if e.is(&exc::STOP_ITERATION)
                && exc::get_extra(e.0, exc::extra::VALUE)
                    .or(Value::NONE)
                    .is_none() =>
        {
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

pub(super) static ASEND_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.await_ = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next_by(asend_send(th, v, Value::NONE))));
        s.del = Some(finalize);
    },
    methods: &[
        Method::new("send", "($self, value, /)", |th, a| {
            asend_send(th, a[0], a[1])
        }),
        Method::new("throw", THROW_SIG, asend_throw),
        Method::new("close", "($self, /)", |th, a| close(th, a[0], asend_throw)),
    ],
    getset: &[],
    doc: "",
    sig: "",
};

pub(super) static ATHROW_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.await_ = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next_by(athrow_send(th, v, Value::NONE))));
        s.del = Some(finalize);
    },
    methods: &[
        Method::new("send", "($self, value, /)", |th, a| {
            athrow_send(th, a[0], a[1])
        }),
        Method::new("throw", THROW_SIG, athrow_throw),
        Method::new("close", "($self, /)", |th, a| close(th, a[0], athrow_throw)),
    ],
    getset: &[],
    doc: "",
    sig: "",
};

/// Ends an awaitable early by throwing `GeneratorExit`.
fn close(th: &Thread, v: Value, throw: fn(&Thread, &[Value]) -> PyResult) -> PyResult {
    if of(v).state.load(Ordering::Acquire) == CLOSED {
        return Ok(Value::NONE);
    }
    let e = exc::make(th, &exc::GENERATOR_EXIT, &[])?;
    match throw(th, &[v, e, Value::ABSENT, Value::ABSENT]) {
        Ok(_) => Err(th.runtime_error("coroutine ignored GeneratorExit")),
        Err(e)
            if e.is(&exc::STOP_ITERATION)
                || e.is(&exc::STOP_ASYNC_ITERATION)
                || e.is(&exc::GENERATOR_EXIT) =>
        {
            Ok(Value::NONE)
        }
        Err(e) => Err(e),
    }
}

/// What a step of the generator means to who awaits: a value to pass on to the event loop, or the end of the wait
/// by `StopIteration` with the yielded value.
fn unwrap(th: &Thread, generator: Value, r: PyResult<Step>) -> PyResult {
    let g = this(generator);
    match r {
        Ok(Step::Yield(v)) => match v.downcast::<AsyncYield>() {
            Some(y) => {
                clear(g, flag::RUNNING);
                Err(stop(th, y.value.get()))
            }
            None => Ok(v),
        },
        Ok(Step::Return(_)) => {
            set(g, flag::CLOSED);
            clear(g, flag::RUNNING);
            Err(th.raise_with(&exc::STOP_ASYNC_ITERATION, &[]))
        }
        Err(e) => {
            if e.is(&exc::STOP_ASYNC_ITERATION) || e.is(&exc::GENERATOR_EXIT) {
                set(g, flag::CLOSED);
            }
            clear(g, flag::RUNNING);
            Err(e)
        }
    }
}

fn finish(a: &Awaitable, r: PyResult) -> PyResult {
    if r.is_err() {
        a.state.store(CLOSED, Ordering::Release);
    }
    r
}

/// Takes the generator for this awaitable, unless another one is driving it.
fn begin(th: &Thread, a: &Awaitable, what: &str) -> PyResult<()> {
    let g = this(a.generator.get());
    if g.async_flags.fetch_or(flag::RUNNING, Ordering::AcqRel) & flag::RUNNING != 0 {
        a.state.store(CLOSED, Ordering::Release);
        return Err(th.runtime_error(format!("{what}: asynchronous generator is already running")));
    }
    a.state.store(ITERATING, Ordering::Release);
    Ok(())
}

fn reused_asend(th: &Thread) -> Raised {
    th.runtime_error("cannot reuse already awaited __anext__()/asend()")
}

fn reused_athrow(th: &Thread) -> Raised {
    th.runtime_error("cannot reuse already awaited aclose()/athrow()")
}

fn asend_send(th: &Thread, v: Value, sent: Value) -> PyResult {
    let a = of(v);
    let mut sent = sent;
    match a.state.load(Ordering::Acquire) {
        CLOSED => return Err(reused_asend(th)),
        INIT => {
            if sent.is_none() {
                sent = a.argument.get();
            }
            begin(th, a, "anext()")?;
        }
        _ => {}
    }
    let generator = a.generator.get();
    let step = resume(th, generator, Resume::Send(sent));
    finish(a, unwrap(th, generator, step))
}

fn asend_throw(th: &Thread, args: &[Value]) -> PyResult {
    let a = of(args[0]);
    match a.state.load(Ordering::Acquire) {
        CLOSED => return Err(reused_asend(th)),
        INIT => begin(th, a, "anext()")?,
        _ => {}
    }
    warn_of_form(th, args, "throw")?;
    let e = thrown(th, args)?;
    let generator = a.generator.get();
    let step = resume(th, generator, Resume::Throw(e));
    finish(a, unwrap(th, generator, step))
}

/// The result of a step under `aclose`: the generator must not yield any more.
fn unwrap_close(th: &Thread, a: &Awaitable, r: PyResult<Step>) -> PyResult {
    let g = this(a.generator.get());
    let e = match r {
        Ok(Step::Yield(v)) if v.downcast::<AsyncYield>().is_none() => return Ok(v),
        Ok(Step::Yield(_)) => th.runtime_error("async generator ignored GeneratorExit"),
        Ok(Step::Return(_)) => th.stop_iteration(Value::NONE),
        Err(e) if e.is(&exc::STOP_ASYNC_ITERATION) || e.is(&exc::GENERATOR_EXIT) => {
            th.stop_iteration(Value::NONE)
        }
        Err(e) => e,
    };
    clear(g, flag::RUNNING);
    a.state.store(CLOSED, Ordering::Release);
    Err(e)
}

fn athrow_send(th: &Thread, v: Value, sent: Value) -> PyResult {
    let a = of(v);
    let state = a.state.load(Ordering::Acquire);
    if state == CLOSED {
        return Err(reused_athrow(th));
    }
    let generator = a.generator.get();
    let g = this(generator);
    let args = a.argument.get();
    let closing = args.is_none();
    if g.state() == GenState::Closed {
        a.state.store(CLOSED, Ordering::Release);
        return Err(th.stop_iteration(Value::NONE));
    }
    if state == INIT {
        if has(g, flag::RUNNING) {
            a.state.store(CLOSED, Ordering::Release);
            let what = if closing { "aclose()" } else { "athrow()" };
            return Err(
                th.runtime_error(format!("{what}: asynchronous generator is already running"))
            );
        }
        if has(g, flag::CLOSED) {
            a.state.store(CLOSED, Ordering::Release);
            return Err(th.raise_with(&exc::STOP_ASYNC_ITERATION, &[]));
        }
        if !sent.is_none() {
            return Err(th.runtime_error("can't send non-None value to a just-started coroutine"));
        }
        begin(th, a, if closing { "aclose()" } else { "athrow()" })?;
        if closing {
            set(g, flag::CLOSED);
            let e = exc::make(th, &exc::GENERATOR_EXIT, &[])?;
            let step = resume(th, generator, Resume::Throw(e));
            return unwrap_close(th, a, step);
        }
        let parts = args.as_tuple().unwrap_or(&[]);
        let e = thrown(th, &[v, parts[0], parts[1], parts[2]]).inspect_err(|_| {
            clear(g, flag::RUNNING);
            a.state.store(CLOSED, Ordering::Release);
        })?;
        let step = resume(th, generator, Resume::Throw(e));
        return finish(a, unwrap(th, generator, step));
    }
    let step = resume(th, generator, Resume::Send(sent));
    if closing {
        unwrap_close(th, a, step)
    } else {
        finish(a, unwrap(th, generator, step))
    }
}

fn athrow_throw(th: &Thread, args: &[Value]) -> PyResult {
    let a = of(args[0]);
    let closing = a.argument.get().is_none();
    match a.state.load(Ordering::Acquire) {
        CLOSED => return Err(reused_athrow(th)),
        INIT => begin(th, a, if closing { "aclose()" } else { "athrow()" })?,
        _ => {}
    }
    warn_of_form(th, args, "throw")?;
    let e = thrown(th, args)?;
    let generator = a.generator.get();
    let step = resume(th, generator, Resume::Throw(e));
    if closing {
        unwrap_close(th, a, step)
    } else {
        finish(a, unwrap(th, generator, step))
    }
}
