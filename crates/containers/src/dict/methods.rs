//! The methods of `dict`.

use std::sync::atomic::Ordering;
use taipan_object::call;
use taipan_object::dict::{Dict, key_hash};
use taipan_object::heap::Object;
use taipan_object::map::Map;
use taipan_object::types::{self, Type, class_of, is_exactly};
use taipan_object::{PyResult, Thread, Value, ops};

/// `get`
pub(super) fn get(th: &Thread, a: &[Value]) -> PyResult {
    Ok(match a[0].expect::<Dict>().get(th, a[1])? {
        Some(v) => v,
        None => a[2].or(Value::NONE),
    })
}

/// `d.setdefault(key, default)`: every thread gets the one winner.
pub fn setdefault(th: &Thread, d: &Object<Dict>, key: Value, default: Value) -> PyResult {
    let hash = key_hash(th, key)?;
    d.map.setdefault(th, &d.header, key, hash, default)
}

/// `setdefault`
pub(super) fn setdefault_method(th: &Thread, a: &[Value]) -> PyResult {
    setdefault(th, a[0].expect::<Dict>(), a[1], a[2].or(Value::NONE))
}

/// Takes a key out; its value if it was there.
pub fn pop(th: &Thread, d: &Object<Dict>, key: Value) -> PyResult<Option<Value>> {
    // An empty dict has no key, hashable or not.
    if d.map.is_empty() {
        return Ok(None);
    }
    d.remove(th, key)
}

/// `pop`
pub(super) fn pop_method(th: &Thread, a: &[Value]) -> PyResult {
    match pop(th, a[0].expect::<Dict>(), a[1])? {
        Some(v) => Ok(v),
        None => match a[2].present() {
            Some(v) => Ok(v),
            None => Err(th.key_error(a[1])),
        },
    }
}

/// `popitem`
pub(super) fn popitem(th: &Thread, a: &[Value]) -> PyResult {
    let d = a[0].expect::<Dict>();
    match d.map.pop_last(&d.header) {
        Some((k, v)) => Value::try_tuple(th, &[k, v]),
        None => Err(th.key_error(Value::str(th, "popitem(): dictionary is empty"))),
    }
}

/// `clear`
pub(super) fn clear(_: &Thread, a: &[Value]) -> PyResult {
    let d = a[0].expect::<Dict>();
    d.map.clear(&d.header);
    Ok(Value::NONE)
}

/// A plain `dict` with the same content, as of one instant.
pub fn copy(th: &Thread, d: &Object<Dict>) -> PyResult {
    let map = d.map.copy(th, &d.header)?;
    Ok(Dict::from_map(th, map).value())
}

/// `copy`
pub(super) fn copy_method(th: &Thread, a: &[Value]) -> PyResult {
    copy(th, a[0].expect::<Dict>())
}

/// `fromkeys`
pub(super) fn fromkeys(th: &Thread, a: &[Value]) -> PyResult {
    let (cls, iterable, value) = (a[0], a[1], a[2].or(Value::NONE));
    let exact = cls.downcast::<Type>().is_some_and(|t| t.is(&types::DICT));
    let d = if exact {
        Dict::new(th).value()
    } else {
        call::call(th, cls, &[])?
    };
    if is_exactly(d, &types::DICT) {
        let dict = d.expect::<Dict>();
        if let Some(keys) = super::hashed_keys(th, iterable)? {
            // Their hashes are known.
            dict.map
                .reserve(th, &dict.header, dict.map.len() + keys.len())?;
            let mut pos = 0;
            while let Some((next, k, _, hash)) = keys.next_entry(pos) {
                pos = next;
                dict.map.insert(th, &dict.header, k, hash, value)?;
            }
        } else if let Some(keys) = super::snapshot_of(th, iterable)? {
            dict.map
                .reserve(th, &dict.header, dict.map.len() + keys.len())?;
            for k in keys.iter() {
                dict.set(th, *k, value)?;
            }
        } else {
            ops::for_each(th, iterable, |k| dict.set(th, k, value))?;
        }
    } else {
        ops::for_each(th, iterable, |k| ops::set_item(th, d, k, value))?;
    }
    Ok(d)
}

/// The bytes of a map's table.
pub(crate) fn table_size(map: &Map) -> usize {
    map.table().map_or(0, |t| t.byte_size())
}

/// `__sizeof__`
pub(super) fn size_of(th: &Thread, a: &[Value]) -> PyResult {
    let ty = class_of(a[0]);
    let own = ty.basic_size.load(Ordering::Relaxed) + ty.root_shape.expect().extra_bytes();
    Ok(Value::usize(
        th,
        own + table_size(&a[0].expect::<Dict>().map),
    ))
}
