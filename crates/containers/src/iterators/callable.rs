//! `callable_iterator`: `iter(callable, sentinel)`.

use super::is_stop;
use crate::pickle::builtin;
use taipan_object::heap::Field;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::payload;
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, call, ops};

/// The payload of `callable_iterator`.
#[repr(C)]
pub struct CallableIter {
    /// Absent at the end.
    callable: Field,
    sentinel: Field,
}

payload!(CallableIter, "callable iterator", |this, m| {
    this.callable.trace(m);
    this.sentinel.trace(m);
});

/// `callable_iterator`
pub static CALLABLE_ITER: StaticType = StaticType::new(
    "builtins",
    "callable_iterator",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<CallableIter>,
);

/// `callable_iterator`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(next);
    },
    methods: &[Method::new("__reduce__", "($self, /)", reduce)
        .doc("Return state information for pickling.")],
    ..TypeSpec::EMPTY
};

/// `iter(callable, sentinel)`
pub fn new(th: &Thread, callable: Value, sentinel: Value) -> PyResult {
    if !ops::is_callable(callable) {
        return Err(th.type_error("iter(v, w): v must be callable"));
    }
    let data = CallableIter {
        callable: Field::new(callable),
        sentinel: Field::new(sentinel),
    };
    Ok(th.new_object(&CALLABLE_ITER, data).value())
}

fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let it = v.expect::<CallableIter>();
    let Some(f) = it.callable.get().present() else {
        return Ok(None);
    };
    let sentinel = it.sentinel.get();
    let r = match call::call(th, f, &[]) {
        Ok(r) => r,
        Err(e) if is_stop(&e) => {
            it.callable.set(&it.header, Value::ABSENT);
            return Ok(None);
        }
        Err(e) => return Err(e),
    };
    // The call may have used the iterator up.
    if it.callable.get().is_absent() {
        return Ok(None);
    }
    if ops::eq(th, sentinel, r)? {
        it.callable.set(&it.header, Value::ABSENT);
        return Ok(None);
    }
    Ok(Some(r))
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<CallableIter>();
    let f = builtin(th, "iter")?;
    let args = match it.callable.get().present() {
        Some(c) => Value::tuple(th, &[c, it.sentinel.get()]),
        None => Value::tuple(th, &[Value::empty_tuple()]),
    };
    Ok(Value::tuple(th, &[f, args]))
}
