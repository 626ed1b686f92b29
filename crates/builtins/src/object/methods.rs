//! `object`'s methods but those for pickling.

use taipan_object::attr;
use taipan_object::dict::Dict;
use taipan_object::seq::List;
use taipan_object::types::{Type, class_of};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, names, ops};

pub(super) fn format(th: &Thread, a: &[Value]) -> PyResult {
    let Some(spec) = a[1].as_wtf8() else {
        return Err(th.type_error(format!(
            "__format__() argument must be str, not {}",
            class_of(a[1]).tp_name()
        )));
    };
    if !spec.is_empty() {
        return Err(th.type_error(format!(
            "unsupported format string passed to {}.__format__",
            class_of(a[0]).tp_name()
        )));
    }
    ops::str(th, a[0])
}

pub(super) fn sizeof(th: &Thread, a: &[Value]) -> PyResult {
    let t = class_of(a[0]);
    let basic = t.basic_size.load(std::sync::atomic::Ordering::Relaxed);
    let extra = if a[0].is_cell() {
        taipan_object::types::shape_of(a[0]).extra_bytes()
    } else {
        0
    };
    // Types whose size varies have none of their own to show.
    let basic = match a[0].as_bytes() {
        Some(b) => 24 + b.len(),
        None => basic.max(16),
    };
    Ok(Value::usize(th, basic + extra))
}

/// A copy of what an object's `__dict__` has, if it has one.
pub fn instance_dict_copy<'a>(th: &Thread, v: Value) -> PyResult<Option<&'a Object<Dict>>> {
    let Some(d) = attr::get_opt(th, v, names::DICT.get())? else {
        return Ok(None);
    };
    match d.as_dict() {
        Some(d) => Ok(Some(Dict::from_map(th, d.map.copy(th, &d.header)?))),
        None => Ok(None),
    }
}

/// Adds the names of a class and of its bases to `into`.
fn merge_class(th: &Thread, into: &Object<Dict>, cls: Value) -> PyResult<()> {
    if let Some(d) = attr::get_opt(th, cls, names::DICT.get())? {
        let d = match d.downcast::<taipan_object::func::MappingProxy>() {
            Some(p) => p.mapping.get(),
            None => d,
        };
        if let Some(d) = d.as_dict() {
            let copy = d.map.copy(th, &d.header)?;
            let mut at = 0;
            while let Some((next, k, v, h)) = copy.next_entry(at) {
                into.map.insert(th, &into.header, k, h, v)?;
                at = next;
            }
        }
    }
    let Some(bases) = attr::get_opt(th, cls, names::BASES.get())? else {
        return Ok(());
    };
    for b in bases.as_tuple().unwrap_or(&[]) {
        th.recurse("", || merge_class(th, into, *b))?;
    }
    Ok(())
}

/// The names that `dir(cls)` of a class shows, as the keys of a dict.
pub fn attribute_names<'a>(th: &Thread, cls: &Object<Type>) -> PyResult<&'a Object<Dict>> {
    let d = Dict::new(th);
    merge_class(th, d, cls.value())?;
    Ok(d)
}

/// The keys of a dict as a list.
pub fn keys_list(th: &Thread, d: &Object<Dict>) -> PyResult {
    let mut out = ValueVec::with_capacity(th, d.map.len())?;
    let mut at = 0;
    while let Some((next, k, ..)) = d.map.next_entry(at) {
        out.push(th, k)?;
        at = next;
    }
    Ok(List::from_vec(th, out))
}

pub(super) fn dir(th: &Thread, a: &[Value]) -> PyResult {
    let d = instance_dict_copy(th, a[0])?.unwrap_or_else(|| Dict::new(th));
    if let Some(cls) = attr::get_opt(th, a[0], names::CLASS.get())? {
        merge_class(th, d, cls)?;
    }
    keys_list(th, d)
}
