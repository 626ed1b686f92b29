//! `callable_iterator`: `iter(callable, sentinel)`.

use super::is_stop;
use taipan_object::frame::builtin;
use taipan_object::iter::CallableIter;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::{PyResult, Thread, Value, call, ops};

/// `callable_iterator`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: &[Method::new("__reduce__", "($self, /)", reduce)
        .doc("Return state information for pickling.")],
    ..TypeSpec::EMPTY
};

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
