//! The methods of `memoryview`.

use taipan_object::seq::List;
use taipan_object::types::class_of;
use taipan_object::view::{View, static_format};
use taipan_object::{PyResult, Thread, Value, ValueVec, attr, ops};

use super::{MemoryView, check, derived, item};
use crate::args;

fn get<'a>(v: Value) -> &'a taipan_object::Object<MemoryView> {
    v.expect::<MemoryView>()
}

pub(super) fn repr(th: &Thread, v: Value) -> PyResult {
    let what = if check(th, get(v)).is_err() {
        "released memory"
    } else {
        "memory"
    };
    Ok(Value::str(th, &format!("<{what} at {:#x}>", ops::id(v))))
}

pub(super) fn len(th: &Thread, v: Value) -> PyResult<usize> {
    let m = get(v);
    check(th, m)?;
    match m.view.shape.first() {
        Some(n) => Ok(*n as usize),
        None => Err(th.type_error("0-dim memory has no length")),
    }
}

pub(super) fn obj(th: &Thread, v: Value) -> PyResult {
    check(th, get(v))?;
    Ok(get(v).export.expect().owner.get())
}

pub(super) fn nbytes(th: &Thread, v: Value) -> PyResult {
    check(th, get(v))?;
    Ok(Value::usize(th, get(v).view.nbytes()))
}

pub(super) fn ints(th: &Thread, numbers: &[isize]) -> Value {
    let mut items = [Value::NONE; 64];
    let n = numbers.len().min(items.len());
    for (to, from) in items.iter_mut().zip(numbers) {
        *to = Value::int(th, *from as i64);
    }
    Value::tuple(th, &items[..n])
}

pub(super) fn tobytes(th: &Thread, a: &[Value]) -> PyResult {
    let m = get(a[0]);
    check(th, m)?;
    let fortran = match a[1].present().filter(|v| !v.is_none()) {
        None => false,
        Some(v) => match args::text(th, "tobytes", "'order'", v)?.as_bytes() {
            b"C" => false,
            b"F" => true,
            b"A" => m.view.is_f_contiguous() && !m.view.is_c_contiguous(),
            _ => return Err(th.value_error("order must be 'C', 'F' or 'A'")),
        },
    };
    let bytes = m.with(th, |w| w.gather(fortran))?;
    Value::bytes(th, &bytes)
}

pub(super) fn hex(th: &Thread, a: &[Value]) -> PyResult {
    let m = get(a[0]);
    let bytes = m.with(th, |w| w.gather(false))?;
    m.held(th, || crate::byteslike::to_hex(th, &bytes, a[1], a[2]))
}

/// The format character of a view that can be read item by item.
pub(super) fn native(th: &Thread, w: &View) -> PyResult<u8> {
    item::native_char(w.format).ok_or_else(|| item::unsupported(th, w.format))
}

pub(super) fn tolist(th: &Thread, a: &[Value]) -> PyResult {
    let m = get(a[0]);
    check(th, m)?;
    let c = native(th, &m.view)?;
    let bytes = m.with(th, |w| w.gather(false))?;
    if m.view.shape.is_empty() {
        return item::unpack(th, c, &bytes);
    }
    nested(th, c, m.view.itemsize, &m.view.shape, &bytes)
}

fn nested(th: &Thread, c: u8, size: usize, shape: &[isize], bytes: &[u8]) -> PyResult {
    let n = shape[0] as usize;
    let mut out = ValueVec::with_capacity(th, n)?;
    let step = bytes.len().checked_div(n).unwrap_or(0);
    for i in 0..n {
        let part = &bytes[i * step..(i + 1) * step];
        let v = if shape.len() == 1 {
            item::unpack(th, c, &part[..size])?
        } else {
            nested(th, c, size, &shape[1..], part)?
        };
        out.push(th, v)?;
    }
    Ok(List::from_vec(th, out))
}

pub(super) fn cast(th: &Thread, a: &[Value]) -> PyResult {
    let m = get(a[0]);
    check(th, m)?;
    let format = args::text(th, "cast", "'format'", a[1])?;
    let w = &m.view;
    if !w.is_c_contiguous() {
        return Err(th.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    let shape = match a[2].present() {
        None => None,
        Some(v) => Some(shape_of(th, v)?),
    };
    if (shape.is_some() || w.shape.len() != 1)
        && w.shape.len() != 1
        && shape.as_ref().is_some_and(|s| s.len() != 1)
    {
        return Err(th.type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
    }
    let text = format.to_string_lossy();
    let Some(target) = item::native_char(&text) else {
        return Err(th.value_error(
            "memoryview: destination format must be a native single character format prefixed with an optional '@'",
        ));
    };
    let is_byte = |c: u8| matches!(c, b'b' | b'B' | b'c');
    // Whatever the items are, their bytes can be looked at.
    if !is_byte(target) && !item::native_char(w.format).is_some_and(is_byte) {
        return Err(th.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let size = item::size(target).unwrap_or(1);
    let total = w.nbytes();
    if !total.is_multiple_of(size) {
        return Err(th.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let shape = match shape {
        None => vec![(total / size) as isize],
        Some(s) => {
            let mut product: usize = size;
            for n in &s {
                product = match product.checked_mul(*n as usize) {
                    Some(p) => p,
                    None => {
                        return Err(th.value_error("memoryview.cast(): product(shape) > SSIZE_MAX"));
                    }
                };
            }
            if product != total {
                return Err(th.type_error("memoryview: product(shape) * itemsize != buffer size"));
            }
            s
        }
    };
    derived(th, m, w.cast(static_format(&text), size, shape))
}

fn shape_of(th: &Thread, v: Value) -> PyResult<Vec<isize>> {
    let items = if let Some(t) = v.as_tuple() {
        ValueVec::from_slice(th, t)?
    } else if let Some(l) = v.as_list() {
        l.snapshot(th)?
    } else {
        return Err(th.type_error("shape must be a list or a tuple"));
    };
    if items.len() > 64 {
        return Err(th.value_error("memoryview: number of dimensions must not exceed 64"));
    }
    let mut out = Vec::with_capacity(items.len());
    for v in items.iter() {
        if !v.is_int() {
            return Err(th.type_error("memoryview.cast(): elements of shape must be integers"));
        }
        let n = ops::index_i64(th, *v)?;
        if n <= 0 {
            return Err(th.value_error("memoryview.cast(): elements of shape must be integers > 0"));
        }
        out.push(n as isize);
    }
    Ok(out)
}

pub(super) fn toreadonly(th: &Thread, a: &[Value]) -> PyResult {
    let m = get(a[0]);
    check(th, m)?;
    let mut view = m.view.clone();
    view.readonly = true;
    derived(th, m, view)
}

/// The item at an index of the one dimension, which is within it.
pub(super) fn item_at(th: &Thread, m: &MemoryView, i: usize) -> PyResult {
    let c = native(th, &m.view)?;
    let mut bytes = [0u8; taipan_object::view::MAX_ITEM];
    let size = m.view.itemsize.min(bytes.len());
    m.with(th, |w| w.read(&[i], &mut bytes[..size]))?;
    item::unpack(th, c, &bytes[..size])
}

fn one_dimension(th: &Thread, m: &MemoryView) -> PyResult<usize> {
    check(th, m)?;
    match m.view.shape[..] {
        [n] => Ok(n as usize),
        [] => Err(th.type_error("invalid lookup on 0-dim memory")),
        _ => Err(th.raise(
            &taipan_object::exception::NOT_IMPLEMENTED_ERROR,
            "multi-dimensional lookup is not implemented",
        )),
    }
}

pub(super) fn count(th: &Thread, a: &[Value]) -> PyResult {
    let m = get(a[0]);
    let n = one_dimension(th, m)?;
    let mut total = 0;
    for i in 0..n {
        let v = item_at(th, m, i)?;
        if ops::eq(th, v, a[1])? {
            total += 1;
        }
        th.poll()?;
    }
    Ok(Value::int(th, total))
}

pub(super) fn index(th: &Thread, a: &[Value]) -> PyResult {
    let m = get(a[0]);
    let n = one_dimension(th, m)?;
    let bound = |v: Value, missing: i64| -> PyResult<i64> {
        let Some(v) = v.present() else {
            return Ok(missing);
        };
        if class_of(v).slots().index.is_none() {
            return Err(th.type_error("slice indices must be integers or have an __index__ method"));
        }
        let i = ops::index_clamped(th, v)?;
        Ok(if i < 0 {
            i.saturating_add(n as i64).max(0)
        } else {
            i
        })
    };
    let start = bound(a[2], 0)?;
    let stop = bound(a[3], i64::MAX)?.min(n as i64);
    for i in start..stop {
        let v = item_at(th, m, i as usize)?;
        if ops::eq(th, v, a[1])? {
            return Ok(Value::int(th, i));
        }
        th.poll()?;
    }
    Err(th.value_error("memoryview.index(x): x not found"))
}

/// A function of the module `struct`, for formats that are not one character.
pub(super) fn struct_function(th: &Thread, name: &str) -> PyResult {
    let import = th
        .interp
        .builtins
        .get()
        .and_then(|b| b.get_name(th, "__import__"));
    match import {
        Some(f) => {
            let module = taipan_object::call::call(th, f, &[Value::str(th, "_struct")])?;
            attr::get_str(th, module, name)
        }
        None => Err(th.runtime_error("__import__ is missing")),
    }
}
