//! Small helpers to take arguments apart.

use taipan_object::{PyResult, Thread, Value, ops};

/// The `start` and `stop` of `index(value, start, stop)`: cut to the length, negative ones from the end.
pub fn search_range(
    th: &Thread,
    start: Value,
    stop: Value,
    len: usize,
) -> PyResult<(usize, usize)> {
    let one = |v: Value, missing: i64| -> PyResult<i64> {
        let Some(v) = v.present() else {
            return Ok(missing);
        };
        if v.as_small_int().is_none() && taipan_object::types::class_of(v).slots().index.is_none() {
            return Err(th.type_error("slice indices must be integers or have an __index__ method"));
        }
        let n = ops::index_clamped(th, v)?;
        Ok(if n < 0 {
            n.saturating_add(len as i64).max(0)
        } else {
            n
        })
    };
    Ok((one(start, 0)? as usize, one(stop, i64::MAX)? as usize))
}

/// How often a sequence of `len` items is to be repeated: none for nothing at all.
pub fn repeat_count(th: &Thread, n: Value, len: usize) -> PyResult<usize> {
    let n = ops::index(th, n)?;
    let Some(n) = n.as_i64() else {
        return Err(th.overflow_error("cannot fit 'int' into an index-sized integer"));
    };
    let n = n.max(0) as usize;
    match len.checked_mul(n) {
        Some(total) if total <= (isize::MAX as usize) / 8 => Ok(n),
        _ => Err(th.memory_error()),
    }
}

/// `T[item]`: `types.GenericAlias`.
pub fn class_getitem(th: &Thread, a: &[Value]) -> PyResult {
    ops::generic_alias(th, a[0], a[1])
}
