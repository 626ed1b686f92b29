//! `m[i]`, `m[i, j]`, `m[a:b]`, and storing there.

use taipan_object::buffer;
use taipan_object::exception::NOT_IMPLEMENTED_ERROR;
use taipan_object::func::Slice;
use taipan_object::types::class_of;
use taipan_object::view::{MAX_ITEM, View};
use taipan_object::{PyResult, Raised, Thread, Value, ops};

use super::{MemoryView, check, derived, item, methods};

/// An index of one dimension.
fn fit(th: &Thread, key: Value, n: isize, dimension: usize) -> PyResult<usize> {
    let mut i = ops::subscript_index(th, key)?;
    if i < 0 {
        i += n as i64;
    }
    if i < 0 || i >= n as i64 {
        return Err(th.index_error(format!("index out of bounds on dimension {dimension}")));
    }
    Ok(i as usize)
}

/// What a subscript means.
enum Key {
    Item(Vec<usize>),
    Slice(View),
}

#[cold]
fn unimplemented(th: &Thread, what: &str) -> Raised {
    th.raise(&NOT_IMPLEMENTED_ERROR, what)
}

fn resolve(th: &Thread, w: &View, key: Value) -> PyResult<Key> {
    let dimensions = w.shape.len();
    if dimensions == 0 {
        let empty = key.as_tuple().is_some_and(<[Value]>::is_empty);
        if empty || key.is(Value::ELLIPSIS) {
            return Ok(Key::Item(Vec::new()));
        }
        return Err(th.type_error("invalid indexing of 0-dim memory"));
    }
    if key.downcast::<Slice>().is_some() {
        let r = ops::adjust_slice(ops::slice_parts(th, key)?, w.shape[0] as usize);
        return Ok(Key::Slice(w.slice(
            r.start as isize,
            r.step as isize,
            r.count as isize,
        )));
    }
    if let Some(items) = key.as_tuple() {
        let index = |v: &Value| class_of(*v).slots().index.is_some();
        if items.iter().all(index) {
            if items.len() < dimensions {
                return Err(unimplemented(th, "sub-views are not implemented"));
            }
            if items.len() > dimensions {
                return Err(th.type_error(format!(
                    "cannot index {dimensions}-dimension view with {}-element tuple",
                    items.len()
                )));
            }
            let mut out = Vec::with_capacity(dimensions);
            for (d, v) in items.iter().enumerate() {
                out.push(fit(th, *v, w.shape[d], d + 1)?);
            }
            return Ok(Key::Item(out));
        }
        if items.iter().all(|v| v.downcast::<Slice>().is_some()) {
            return Err(unimplemented(
                th,
                "multi-dimensional slicing is not implemented",
            ));
        }
        return Err(th.type_error("memoryview: invalid slice key"));
    }
    if !key.is_small_int() && class_of(key).slots().index.is_none() {
        return Err(th.type_error("memoryview: invalid slice key"));
    }
    if dimensions != 1 {
        return Err(unimplemented(
            th,
            "multi-dimensional sub-views are not implemented",
        ));
    }
    Ok(Key::Item(vec![fit(th, key, w.shape[0], 1)?]))
}

pub(super) fn getitem(th: &Thread, v: Value, key: Value) -> PyResult {
    let m = v.expect::<MemoryView>();
    check(th, m)?;
    if m.view.shape.is_empty() && key.is(Value::ELLIPSIS) {
        return Ok(v);
    }
    if let Some(s) = key.downcast::<Slice>()
        && [&s.start, &s.stop, &s.step]
            .iter()
            .any(|f| !f.get().is_none() && !f.get().is_small_int())
    {
        // An `__index__` may release the view: what is sliced is a view of its own.
        let own = derived(th, m, m.view.clone())?;
        let own = own.expect::<MemoryView>();
        let Key::Slice(view) = resolve(th, &own.view, key)? else {
            return Err(th.type_error("memoryview: invalid slice key"));
        };
        let out = derived(th, own, view)?;
        super::release(th, own)?;
        return Ok(out);
    }
    match resolve(th, &m.view, key)? {
        Key::Slice(view) => derived(th, m, view),
        Key::Item(index) => {
            let c = methods::native(th, &m.view)?;
            let mut bytes = [0u8; MAX_ITEM];
            let size = m.view.itemsize.min(MAX_ITEM);
            m.with(th, |w| w.read(&index, &mut bytes[..size]))?;
            item::unpack(th, c, &bytes[..size])
        }
    }
}

pub(super) fn setitem(th: &Thread, v: Value, key: Value, value: Value) -> PyResult<()> {
    let m = v.expect::<MemoryView>();
    check(th, m)?;
    if m.view.readonly {
        return Err(th.type_error("cannot modify read-only memory"));
    }
    if value.is_absent() {
        return Err(th.type_error("cannot delete memory"));
    }
    match resolve(th, &m.view, key) {
        Ok(Key::Item(index)) => {
            let c = methods::native(th, &m.view)?;
            let bytes = item::pack(th, c, m.view.format, value)?;
            let size = m.view.itemsize.min(MAX_ITEM);
            m.with(th, |w| w.write(&index, &bytes[..size]))
        }
        Ok(Key::Slice(view)) => {
            if m.view.shape.len() != 1 {
                return Err(unimplemented(
                    th,
                    "memoryview slice assignments are currently restricted to ndim = 1",
                ));
            }
            let source = buffer::get(th, value, false)?;
            let from = View::of(&source);
            let plain = |f: &'static str| f.strip_prefix('@').unwrap_or(f);
            if from.shape != view.shape
                || plain(from.format) != plain(view.format)
                || from.itemsize != view.itemsize
            {
                return Err(th.value_error(
                    "memoryview assignment: lvalue and rvalue have different structures",
                ));
            }
            m.with(th, |_| view.scatter(&from.gather(false)))
        }
        Err(e) => Err(e),
    }
}
