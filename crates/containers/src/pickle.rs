//! What `__reduce__` methods of iterators share.

use taipan_object::{PyResult, Thread, Value};

/// A name of the `builtins` module, as its program sees it now: `iter`, `reversed`.
pub fn builtin(th: &Thread, name: &str) -> PyResult {
    match th.interp.builtins.get().and_then(|d| d.get_name(th, name)) {
        Some(v) => Ok(v),
        None => Err(th.attribute_error(
            format!("module 'builtins' has no attribute '{name}'"),
            Value::NONE,
            Value::str(th, name),
        )),
    }
}

/// `(iter, (source, position))` or, for a source that is used up, `(iter, ([],))`.
pub fn reduce_iter(th: &Thread, source: Option<Value>, position: usize) -> PyResult {
    let f = builtin(th, "iter")?;
    match source {
        Some(s) => {
            let args = Value::tuple(th, &[s]);
            Ok(Value::tuple(th, &[f, args, Value::usize(th, position)]))
        }
        None => {
            let empty = Value::list(th, &[])?;
            let args = Value::tuple(th, &[empty]);
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
