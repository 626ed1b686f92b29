//! Taking over other mappings: `update`, `|`, `|=`, the constructor.

use super::iterates_as_dict;
use taipan_object::call::{self, Args};
use taipan_object::dict::Dict;
use taipan_object::exception as exc;
use taipan_object::heap::Object;
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, attr, names, ops};

/// `D.update([E, ]**F)`
pub(super) fn update_method(th: &Thread, args: Args) -> PyResult {
    let pos = args.pos();
    if pos.len() > 2 {
        return Err(th.type_error(format!(
            "update expected at most 1 argument, got {}",
            pos.len() - 1
        )));
    }
    let source = pos.get(1).copied().unwrap_or(Value::ABSENT);
    update_args(th, pos[0], source, args)?;
    Ok(Value::NONE)
}

/// Takes over a mapping or iterable of pairs (if present), then keyword arguments.
pub fn update_args(th: &Thread, v: Value, source: Value, args: Args) -> PyResult<()> {
    let d = v.expect::<Dict>();
    if let Some(source) = source.present() {
        update(th, d, source)?;
    }
    for (k, x) in args.kw() {
        d.set(th, k, x)?;
    }
    Ok(())
}

/// `d.update(source)`. One step for another dict with plain keys.
pub fn update(th: &Thread, d: &Object<Dict>, source: Value) -> PyResult<()> {
    if source.downcast::<Dict>().is_some() && iterates_as_dict(source) {
        return merge_dict(th, d, source.expect::<Dict>(), true);
    }
    if attr::get_opt(th, source, names::KEYS.get())?.is_some() {
        return merge_mapping(th, d, source);
    }
    merge_pairs(th, d, source)
}

/// Takes over all items of another dict.
pub fn merge_dict(
    th: &Thread,
    d: &Object<Dict>,
    other: &Object<Dict>,
    overwrite: bool,
) -> PyResult<()> {
    if d.map
        .merge_plain(th, &d.header, &other.map, &other.header, overwrite)?
    {
        return Ok(());
    }
    // Some `__eq__` of Python's is in the way.
    let size = other.map.len();
    let copy = other.map.copy(th, &other.header)?;
    let mut pos = 0;
    while let Some((next, k, v, hash)) = copy.next_entry(pos) {
        pos = next;
        if overwrite {
            d.map.insert(th, &d.header, k, hash, v)?;
        } else {
            d.map.setdefault(th, &d.header, k, hash, v)?;
        }
        if other.map.len() != size {
            return Err(th.runtime_error("dict mutated during update"));
        }
    }
    Ok(())
}

fn merge_mapping(th: &Thread, d: &Object<Dict>, source: Value) -> PyResult<()> {
    let keys = call::call_method_name(th, source, names::KEYS.get(), &[])?;
    ops::for_each(th, keys, |k| {
        let v = ops::get_item(th, source, k)?;
        d.set(th, k, v)
    })
}

fn merge_pairs(th: &Thread, d: &Object<Dict>, source: Value) -> PyResult<()> {
    let mut n = 0usize;
    ops::for_each(th, source, |pair| {
        let (k, v) = pair_of(th, pair, n)?;
        n += 1;
        d.set(th, k, v)
    })
}

fn pair_of(th: &Thread, pair: Value, n: usize) -> PyResult<(Value, Value)> {
    if let Some([k, v]) = pair.as_tuple() {
        return Ok((*k, *v));
    }
    let s = class_of(pair).slots();
    let items = if s.iter.is_none() && s.getitem.is_none() {
        Err(th.type_error("object is not iterable"))
    } else {
        ops::to_vec(th, pair)
    };
    let items = match items {
        Ok(items) => items,
        Err(e) => {
            if e.is(&exc::TYPE_ERROR) {
                let note =
                    format!("Cannot convert dictionary update sequence element #{n} to a sequence");
                call::call_method(th, e.0, "add_note", &[Value::str(th, &note)])?;
            }
            return Err(e);
        }
    };
    match &items[..] {
        [k, v] => Ok((*k, *v)),
        other => Err(th.value_error(format!(
            "dictionary update sequence element #{n} has length {}; 2 is required",
            other.len()
        ))),
    }
}

/// `a | b`
pub(super) fn or(th: &Thread, a: Value, b: Value) -> PyResult {
    let (Some(x), Some(y)) = (a.as_dict(), b.as_dict()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let new = super::copy(th, x)?;
    merge_dict(th, new.expect::<Dict>(), y, true)?;
    Ok(new)
}

/// `a |= b`
pub(super) fn ior(th: &Thread, a: Value, b: Value) -> PyResult {
    update(th, a.expect::<Dict>(), b)?;
    Ok(a)
}
