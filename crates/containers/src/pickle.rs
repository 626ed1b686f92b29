//! What `__reduce__` methods of iterators share.

use taipan_object::frame::builtin;
use taipan_object::{PyResult, Thread, Value};

/// `(iter, (source, position))` or, for a source that is used up, `(iter, (empty,))`. The state is asked for last:
/// finding `iter` may run code that goes on with the iterator.
pub fn reduce_iter(
    th: &Thread,
    empty: impl FnOnce() -> PyResult,
    state: impl FnOnce() -> Option<(Value, usize)>,
) -> PyResult {
    let f = builtin(th, "iter")?;
    match state() {
        Some((source, position)) => {
            let args = Value::tuple(th, &[source]);
            Ok(Value::tuple(th, &[f, args, Value::usize(th, position)]))
        }
        None => {
            let args = Value::tuple(th, &[empty()?]);
            Ok(Value::tuple(th, &[f, args]))
        }
    }
}

/// `(iter, ([remaining items],))`
pub fn reduce_items(th: &Thread, items: Value) -> PyResult {
    let f = builtin(th, "iter")?;
    let args = Value::tuple(th, &[items]);
    Ok(Value::tuple(th, &[f, args]))
}
