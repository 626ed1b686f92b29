//! `anext(iterator, default)`: an awaitable that gives the default at the end.

use super::shared::THROW_SIG;
use taipan_bytecode::CodeFlags;
use taipan_object::exception as exc;
use taipan_object::frame::{FramePtr, Generator};
use taipan_object::heap::Field;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::types::{self, OBJECT, StaticType, class_of, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, call, ops, payload};

/// The payload of `anext_awaitable`.
pub struct AnextAwaitable {
    wrapped: Field,
    default: Field,
}

payload!(AnextAwaitable, "anext_awaitable", |this, m| {
    this.wrapped.trace(m);
    this.default.trace(m);
});

/// `anext_awaitable`
pub static ANEXT_AWAITABLE: StaticType = StaticType::new(
    "builtins",
    "anext_awaitable",
    Some(&OBJECT),
    0,
    layout_of::<AnextAwaitable>,
);

/// An awaitable for what `__anext__` gave, with a default.
pub fn anext_with_default(th: &Thread, wrapped: Value, default: Value) -> Value {
    let data = AnextAwaitable {
        wrapped: Field::new(wrapped),
        default: Field::new(default),
    };
    th.new_object(&ANEXT_AWAITABLE, data).value()
}

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.await_ = Some(|_, v| Ok(v));
        s.next = Some(|th, v| {
            let it = iterator(th, v)?;
            // Not through `ops::next`: the value at the end is what the awaiting code gets.
            let r = match class_of(it).slots().next {
                Some(next) => next(th, it),
                None => ops::step(ops::next(th, it)),
            };
            match r {
                Err(e) if e.is(&exc::STOP_ASYNC_ITERATION) => Err(default_of(th, v)),
                r => r,
            }
        });
    },
    methods: &[
        Method::new("send", "($self, value, /)", |th, a| {
            proxy(th, a[0], "send", &a[1..2])
        }),
        Method::new("throw", THROW_SIG, |th, a| {
            let n = a.iter().position(|v| v.is_absent()).unwrap_or(a.len());
            proxy(th, a[0], "throw", &a[1..n])
        }),
        Method::new("close", "($self, /)", |th, a| proxy(th, a[0], "close", &[])),
    ],
    getset: &[],
    doc: "",
    sig: "",
};

fn default_of(th: &Thread, v: Value) -> taipan_object::Raised {
    th.raise_with(
        &exc::STOP_ITERATION,
        &[v.expect::<AnextAwaitable>().default.get()],
    )
}

/// The iterator that awaiting the wrapped awaitable uses.
fn iterator(th: &Thread, v: Value) -> PyResult {
    let w = v.expect::<AnextAwaitable>().wrapped.get();
    let slots = class_of(w).slots();
    let it = match slots.await_ {
        Some(f) => f(th, w)?,
        // A generator marked by `types.coroutine` is its own iterator.
        None if w.downcast::<Generator>().is_some_and(is_awaitable) => w,
        None => {
            return Err(th.type_error(format!(
                "'{}' object can't be awaited",
                class_of(w).tp_name()
            )));
        }
    };
    let it = match class_of(it).slots().await_ {
        Some(f) if class_of(it).is(&types::COROUTINE) => f(th, it)?,
        _ => it,
    };
    if class_of(it).slots().next.is_none() {
        return Err(th.type_error(format!(
            "__await__() returned non-iterator of type '{}'",
            class_of(it).tp_name()
        )));
    }
    Ok(it)
}

fn is_awaitable(g: &Object<Generator>) -> bool {
    CodeFlags(FramePtr(g.frame()).code().flags).has(CodeFlags::ITERABLE_COROUTINE)
}

fn proxy(th: &Thread, v: Value, method: &str, args: &[Value]) -> PyResult {
    let it = iterator(th, v)?;
    match call::call_method(th, it, method, args) {
        Err(e) if e.is(&exc::STOP_ASYNC_ITERATION) => Err(default_of(th, v)),
        r => r,
    }
}
