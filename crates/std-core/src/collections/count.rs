//! `_count_elements`: the loop of `Counter`.

use taipan_object::dict::{Dict, key_hash};
use taipan_object::names;
use taipan_object::slots::BinOp;
use taipan_object::types::{self, class_of};
use taipan_object::{PyResult, Thread, Value, attr, call, ops};

/// `_count_elements(mapping, iterable)`
pub(super) fn count_elements(th: &Thread, a: &[Value]) -> PyResult {
    let (mapping, iterable) = (a[0], a[1]);
    let one = Value::small_int(1);
    if let Some(d) = mapping.downcast::<Dict>()
        && is_plain(mapping)
    {
        ops::for_each(th, iterable, |x| {
            let hash = key_hash(th, x)?;
            let n = match d.map.get(th, x, hash)? {
                None => one,
                Some(n) => match n.as_small_int() {
                    Some(n) if n < Value::MAX_INT => Value::small_int(n + 1),
                    _ => ops::binary(th, BinOp::Add, n, one)?,
                },
            };
            d.map.insert(th, &d.header, x, hash, n)?;
            Ok(())
        })?;
        return Ok(Value::NONE);
    }
    let get = attr::get(th, mapping, names::GET_METHOD.get())?;
    ops::for_each(th, iterable, |x| {
        let n = call::call(th, get, &[x, Value::small_int(0)])?;
        let n = ops::binary(th, BinOp::Add, n, one)?;
        ops::set_item(th, mapping, x, n)
    })?;
    Ok(Value::NONE)
}

/// Whether reading and storing are `dict`'s own.
fn is_plain(mapping: Value) -> bool {
    let ty = class_of(mapping);
    let own = types::DICT.get();
    let get = names::GET_METHOD.get();
    ty.slots().setitem.map(|f| f as usize) == own.slots().setitem.map(|f| f as usize)
        && attr::type_lookup(ty, get) == attr::type_lookup(own, get)
}
