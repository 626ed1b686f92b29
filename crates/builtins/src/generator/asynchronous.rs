//! `async_generator`.

use super::awaitables;
use super::shared::*;
use std::sync::atomic::Ordering;
use taipan_object::frame::{GenState, Generator};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::{PyResult, Thread, Value, call};

/// Bits of `Generator::async_flags`.
pub(super) mod flag {
    /// The hooks of the thread were called.
    pub const HOOKED: u8 = 1;
    /// `aclose()` was called, or the generator ended.
    pub const CLOSED: u8 = 2;
    /// An `asend`, `athrow` or `aclose` is under way.
    pub const RUNNING: u8 = 4;
}

pub(super) fn has(g: &Generator, bit: u8) -> bool {
    g.async_flags.load(Ordering::Acquire) & bit != 0
}

pub(super) fn set(g: &Generator, bit: u8) {
    g.async_flags.fetch_or(bit, Ordering::AcqRel);
}

pub(super) fn clear(g: &Generator, bit: u8) {
    g.async_flags.fetch_and(!bit, Ordering::AcqRel);
}

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(|th, v| repr(th, v, "async_generator"));
        s.aiter = Some(|_, v| Ok(v));
        s.anext = Some(|th, v| {
            init_hooks(th, v)?;
            Ok(awaitables::asend(th, v, Value::NONE))
        });
        s.del = Some(finalize);
    },
    methods: &[
        Method::new("asend", "($self, value, /)", |th, a| {
            init_hooks(th, a[0])?;
            Ok(awaitables::watched(awaitables::asend(th, a[0], a[1])))
        })
        .doc("asend(v) -> send 'v' in generator."),
        Method::new("athrow", THROW_SIG, |th, a| {
            warn_of_form(th, a, "athrow")?;
            init_hooks(th, a[0])?;
            let args = Value::tuple(th, &[a[1], a[2].or(Value::NONE), a[3].or(Value::NONE)]);
            Ok(awaitables::watched(awaitables::athrow(th, a[0], args)))
        })
        .doc("athrow(value)\nathrow(type[,value[,tb]])\n\nraise exception in generator.\nthe (type, val, tb) signature is deprecated, \nand may be removed in a future version of Python."),
        Method::new("aclose", "($self, /)", |th, a| {
            init_hooks(th, a[0])?;
            Ok(awaitables::watched(awaitables::athrow(th, a[0], Value::NONE)))
        })
        .doc("aclose() -> raise GeneratorExit inside generator."),
        Method::new("__del__", "($self, /)", |th, a| finalize(th, a[0]).map(|()| Value::NONE)),
        Method::new("__class_getitem__", "($cls, object, /)", crate::generic::class_getitem)
            .class()
            .doc("See PEP 585"),
        SIZEOF,
    ],
    getset: &[
        GetSet::rw("__name__", |_, v| Ok(this(v).name.get()), set_name)
            .doc("name of the async generator"),
        GetSet::rw("__qualname__", |_, v| Ok(this(v).qualname.get()), set_qualname)
            .doc("qualified name of the async generator"),
        GetSet::new("ag_await", |_, v| Ok(waits_for(v))).doc("object being awaited on, or None"),
        GetSet::new("ag_frame", frame_object),
        GetSet::new("ag_running", |_, v| Ok(Value::bool(has(this(v), flag::RUNNING)))),
        GetSet::new("ag_suspended", |_, v| Ok(is_suspended(v))),
        GetSet::new("ag_code", |_, v| Ok(code(v))),
    ],
    doc: "",
    sig: "",
};

/// Tells the event loop, by the thread's hooks, that a generator begins to be iterated.
fn init_hooks(th: &Thread, v: Value) -> PyResult<()> {
    let g = this(v);
    if g.async_flags.fetch_or(flag::HOOKED, Ordering::AcqRel) & flag::HOOKED != 0 {
        return Ok(());
    }
    let [first, finalizer] = [th.asyncgen_hooks[0].get(), th.asyncgen_hooks[1].get()];
    if !finalizer.is_none() {
        g.origin.set(&g.header, finalizer);
    }
    if !first.is_none() {
        call::call(th, first, &[v])?;
    }
    Ok(())
}

/// A generator nobody iterates to its end is given to the event loop, which closes it.
fn finalize(th: &Thread, v: Value) -> PyResult<()> {
    let g = this(v);
    if g.state() == GenState::Closed {
        return Ok(());
    }
    let finalizer = g.origin.get().or(Value::NONE);
    if !finalizer.is_none() && !has(g, flag::CLOSED) {
        return call::call(th, finalizer, &[v]).map(|_| ());
    }
    close(th, v, "async generator").map(|_| ())
}
