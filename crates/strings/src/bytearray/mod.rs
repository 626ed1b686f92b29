//! `bytearray`. Each operation is one step under the object's guard; what needs Python code is worked out before.

pub mod iter;

use std::sync::atomic::Ordering;
use taipan_object::bytearray::ByteArray;
use taipan_object::call::{Args, call_method_row};
use taipan_object::func::Slice;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::slots::Slots;
use taipan_object::types::{self, class_of, is_exactly};
use taipan_object::{Object, PyResult, Raised, Thread, Value, attr, buffer, gc, names, ops};

use crate::args::{self, byte};
use crate::bytes::{joined, shared_methods};
use crate::byteslike::{self as shared, Mutable, Sort};

const LOCKED: Atomic = Atomic::Locked;

const OWN: [Method; 14] = [
    Method::new("__alloc__", "($self, /)", |th, a| {
        let n = get(a[0]).bytes.with(|b| b.capacity());
        Ok(Value::usize(th, n))
    })
    .atomic(LOCKED)
    .doc("B.__alloc__() -> int\n\nReturn the number of bytes actually allocated."),
    Method::new("__reduce__", "($self, /)", |th, a| reduce(th, a[0], 2))
        .atomic(LOCKED)
        .doc("Return state information for pickling."),
    Method::new("__reduce_ex__", "($self, proto=0, /)", |th, a| {
        let proto = match a[1].present() {
            Some(v) => ops::index_i32(th, v)?,
            None => 0,
        };
        reduce(th, a[0], proto)
    })
    .atomic(LOCKED)
    .doc("Return state information for pickling."),
    Method::new("__sizeof__", "($self, /)", |th, a| {
        let n = get(a[0]).bytes.with(|b| b.capacity());
        Ok(Value::usize(th, size_of::<Object<ByteArray>>() + n))
    })
    .atomic(LOCKED)
    .doc("Returns the size of the bytearray object in memory, in bytes."),
    Method::new("append", "($self, item, /)", append)
        .atomic(LOCKED)
        .doc("Append a single item to the end of the bytearray.\n\n  item\n    The item to be appended."),
    Method::new("clear", "($self, /)", |th, a| change(th, a[0], |b| b.clear()).map(|()| Value::NONE))
        .atomic(LOCKED)
        .doc("Remove all items from the bytearray."),
    Method::new("copy", "($self, /)", |th, a| Mutable::unchanged(th, a[0]))
        .atomic(LOCKED)
        .doc("Return a copy of B."),
    Method::new("extend", "($self, iterable_of_ints, /)", extend)
        .atomic(LOCKED)
        .doc("Append all the items from the iterator or sequence to the end of the bytearray.\n\n  iterable_of_ints\n    The iterable of items to append."),
    Method::new("insert", "($self, index, item, /)", insert)
        .atomic(LOCKED)
        .doc("Insert a single item into the bytearray before the given index.\n\n  index\n    The index where the value is to be inserted.\n  item\n    The item to be inserted."),
    Method::new("pop", "($self, index=-1, /)", pop)
        .atomic(LOCKED)
        .doc("Remove and return a single item from B.\n\n  index\n    The index from where to remove the item.\n    -1 (the default value) means remove the last item.\n\nIf no index argument is given, will pop the last item."),
    Method::new("remove", "($self, value, /)", remove)
        .atomic(LOCKED)
        .doc("Remove the first occurrence of a value in the bytearray.\n\n  value\n    The value to remove."),
    Method::new("resize", "($self, size, /)", resize)
        .atomic(LOCKED)
        .doc("Resize the internal buffer of bytearray to len.\n\n  size\n    New size to resize to."),
    Method::new("reverse", "($self, /)", |_, a| {
        get(a[0]).bytes.with(|b| b.reverse());
        Ok(Value::NONE)
    })
    .atomic(LOCKED)
    .doc("Reverse the order of the values in B in place."),
    Method::new("__release_buffer__", "($self, buffer, /)", |th, a| {
        match a[1].downcast::<crate::memoryview::MemoryView>() {
            Some(m) => crate::memoryview::release(th, m).map(|()| Value::NONE),
            None => Err(th.type_error("expected a memoryview object")),
        }
    })
    .doc("Release the buffer object that exposes the underlying memory of the object."),
];

static METHODS: [Method; 56] = crate::bytes::append(OWN, shared_methods!(Mutable, Atomic::Locked));

/// What `bytearray` is.
pub static SPEC: TypeSpec = TypeSpec {
    slots,
    methods: &METHODS,
    getset: &[],
    doc: "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\nbytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\nbytearray(int) -> bytes array of size given by the parameter initialized with null bytes\nbytearray() -> empty bytes array\n\nConstruct a mutable bytearray object from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - a bytes or a buffer object\n  - any object implementing the buffer API.\n  - an integer",
    sig: "",
};

fn slots(s: &mut Slots) {
    s.new = Some(|th, cls, _| Ok(th.new_instance(cls, ByteArray::with(Vec::new())).value()));
    s.init = Some(init);
    s.repr = Some(repr);
    s.str = Some(repr);
    s.richcmp = Some(crate::bytes::richcmp);
    s.str = Some(|th, v| {
        th.bytes_warning("str() on a bytearray instance")?;
        ops::repr(th, v)
    });
    s.iter = Some(iter::iter);
    s.len = Some(|_, v| Ok(get(v).bytes.with(|b| b.len())));
    s.getitem = Some(getitem);
    s.setitem = Some(setitem);
    s.contains = Some(shared::contains::<Mutable>);
    s.concat = Some(|th, a, b| joined(th, a, b, "bytearray").map(|v| ByteArray::new(th, v)));
    s.iconcat = Some(iconcat);
    s.repeat = Some(repeat);
    s.irepeat = Some(irepeat);
    s.rem = Some(rem);
    s.buffer = Some(|_, v, _| Ok(ByteArray::export(v)));
}

fn get<'a>(v: Value) -> &'a Object<ByteArray> {
    v.expect::<ByteArray>()
}

#[cold]
fn exported(th: &Thread) -> Raised {
    th.raise(
        &taipan_object::exception::BUFFER_ERROR,
        "Existing exports of data: object cannot be re-sized",
    )
}

/// A change did not happen: views are out.
struct Exported;

/// Runs `f`, which may change the size, unless views are out. One step.
fn attempt<R>(v: Value, f: &mut dyn FnMut(&mut Vec<u8>) -> R) -> Result<R, Exported> {
    let o = get(v);
    let (r, grown) = o.bytes.with(|b| {
        if o.exports.load(Ordering::Acquire) > 0 {
            return (Err(Exported), 0);
        }
        let before = b.capacity();
        let r = f(b);
        (Ok(r), b.capacity() as isize - before as isize)
    });
    if grown != 0 {
        gc::add_outside_bytes(grown);
    }
    r
}

/// As [`attempt`], for `f` that needs room for `extra` more bytes. A view that nobody holds any more may only be
/// waiting for the collector, and so may be bytes: before giving up, it is run once.
fn change_by<R>(
    th: &Thread,
    v: Value,
    extra: usize,
    mut f: impl FnMut(&mut Vec<u8>) -> R,
) -> PyResult<R> {
    let mut step = |b: &mut Vec<u8>| {
        if b.try_reserve(extra).is_err() {
            return None;
        }
        Some(f(b))
    };
    let mut r = attempt(v, &mut step);
    if matches!(r, Err(Exported) | Ok(None)) {
        collect_views(th)?;
        r = attempt(v, &mut step);
    }
    match r {
        Ok(Some(r)) => Ok(r),
        Ok(None) => Err(th.memory_error()),
        Err(Exported) => Err(exported(th)),
    }
}

/// Runs the collector and the finalisers of views: those that nobody holds any more are released.
///
/// # Errors
/// What a signal handler raised.
pub fn collect_views(th: &Thread) -> PyResult<()> {
    gc::collect(th.mutator, true);
    th.poll()
}

fn change<R>(th: &Thread, v: Value, f: impl FnMut(&mut Vec<u8>) -> R) -> PyResult<R> {
    change_by(th, v, 0, f)
}

static ROW: Method = Method::new(
    "bytearray",
    "(source=b'', encoding='utf-8', errors='strict')",
    |th, a| {
        if let Some(source) = a[0].present()
            && a[1].is_absent()
            && a[2].is_absent()
            && source.downcast::<ByteArray>().is_none()
            && let Some(r) = attr::call_special(th, source, names::BYTES.get(), &[])?
            && r.as_bytes().is_some()
        {
            return Ok(r);
        }
        Value::bytes(th, &shared::construct(th, "bytearray", a)?)
    },
);

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    let content = call_method_row(th, &ROW, args)?;
    let content = content.as_bytes().unwrap_or(&[]);
    change_by(th, v, content.len(), |b| {
        b.clear();
        b.extend_from_slice(content);
    })
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let b = Mutable::snapshot(v);
    let name = class_of(v).name_text();
    Ok(Value::str(
        th,
        &taipan_text::repr::repr_bytearray(&b, &name),
    ))
}

fn getitem(th: &Thread, v: Value, key: Value) -> PyResult {
    let o = get(v);
    if key.downcast::<Slice>().is_some() {
        let parts = ops::slice_parts(th, key)?;
        let picked = o
            .bytes
            .with(|b| shared::pick(b, ops::adjust_slice(parts, b.len())));
        return Ok(ByteArray::new(th, picked));
    }
    let i = index_of(th, key)?;
    match o.bytes.with(|b| at(i, b.len()).map(|i| b[i])) {
        Some(b) => Ok(Value::small_int(b as i64)),
        None => Err(out_of_range(th)),
    }
}

#[cold]
fn out_of_range(th: &Thread) -> Raised {
    th.index_error("bytearray index out of range")
}

fn at(i: i64, len: usize) -> Option<usize> {
    let i = if i < 0 { i + len as i64 } else { i };
    (i >= 0 && i < len as i64).then_some(i as usize)
}

fn index_of(th: &Thread, key: Value) -> PyResult<i64> {
    if !key.is_small_int() && class_of(key).slots().index.is_none() {
        return Err(th.type_error(format!(
            "bytearray indices must be integers or slices, not {}",
            class_of(key).tp_name()
        )));
    }
    ops::subscript_index(th, key)
}

fn setitem(th: &Thread, v: Value, key: Value, value: Value) -> PyResult<()> {
    if key.downcast::<Slice>().is_some() {
        return set_slice(th, v, key, value);
    }
    let i = index_of(th, key)?;
    if value.is_absent() {
        let done = change(th, v, |b| match at(i, b.len()) {
            Some(i) => {
                b.remove(i);
                true
            }
            None => false,
        })?;
        return if done { Ok(()) } else { Err(out_of_range(th)) };
    }
    // The index is looked at first, so that its error comes first.
    if get(v).bytes.with(|b| at(i, b.len())).is_none() {
        return Err(out_of_range(th));
    }
    let value = byte(th, value)?;
    let done = get(v).bytes.with(|b| match at(i, b.len()) {
        Some(i) => {
            b[i] = value;
            true
        }
        None => false,
    });
    if done { Ok(()) } else { Err(out_of_range(th)) }
}

fn set_slice(th: &Thread, v: Value, key: Value, value: Value) -> PyResult<()> {
    let parts = ops::slice_parts(th, key)?;
    let new = match value.present() {
        None => Vec::new(),
        Some(x) if buffer::is_exporter(x) => args::contents(th, &buffer::get(th, x, false)?)?,
        Some(x) => {
            let s = class_of(x).slots();
            if x.as_str_obj().is_some()
                || s.index.is_some()
                || (s.iter.is_none() && s.getitem.is_none())
            {
                return Err(th.type_error(
                    "can assign only bytes, buffers, or iterables of ints in range(0, 256)",
                ));
            }
            shared::from_iterable(th, x, "byte must be in range(0, 256)")?
        }
    };
    let delete = value.is_absent();
    let o = get(v);
    // What leaves the size alone is allowed while views are out.
    let same_size = !delete
        && o.bytes.with(|b| {
            let r = ops::adjust_slice(parts, b.len());
            if r.count != new.len() {
                return false;
            }
            for (i, x) in new.iter().enumerate() {
                b[(r.start + i as i64 * r.step) as usize] = *x;
            }
            true
        });
    if same_size {
        return Ok(());
    }
    let refused = change_by(th, v, new.len(), |b| {
        let r = ops::adjust_slice(parts, b.len());
        if r.step == 1 {
            let from = r.start as usize;
            b.splice(from..from + r.count, new.iter().copied());
            return None;
        }
        if delete {
            let mut gone = vec![false; b.len()];
            for i in 0..r.count as i64 {
                gone[(r.start + i * r.step) as usize] = true;
            }
            let mut i = 0;
            b.retain(|_| {
                i += 1;
                !gone[i - 1]
            });
            return None;
        }
        if r.count != new.len() {
            return Some(r.count);
        }
        for (i, x) in new.iter().enumerate() {
            b[(r.start + i as i64 * r.step) as usize] = *x;
        }
        None
    })?;
    match refused {
        Some(n) => Err(th.value_error(format!(
            "attempt to assign bytes of size {} to extended slice of size {n}",
            new.len()
        ))),
        None => Ok(()),
    }
}

fn append(th: &Thread, a: &[Value]) -> PyResult {
    let x = byte(th, a[1])?;
    change_by(th, a[0], 1, |b| b.push(x))?;
    Ok(Value::NONE)
}

fn extend(th: &Thread, a: &[Value]) -> PyResult {
    let x = a[1];
    let new = if buffer::is_exporter(x) {
        args::bytes_like_or(th, x, || {
            format!("can't set bytearray slice from {}", class_of(x).name_text())
        })?
        .into_owned()
    } else {
        let s = class_of(x).slots();
        if x.as_str_obj().is_some() {
            return Err(th.type_error(format!(
                "expected iterable of integers; got: '{}'",
                class_of(x).tp_name()
            )));
        }
        if s.iter.is_none() && s.getitem.is_none() {
            return Err(th.type_error(format!(
                "can't extend bytearray with {}",
                class_of(x).tp_name()
            )));
        }
        shared::from_iterable(th, x, "byte must be in range(0, 256)")?
    };
    if !new.is_empty() {
        change_by(th, a[0], new.len(), |b| b.extend_from_slice(&new))?;
    }
    Ok(Value::NONE)
}

fn insert(th: &Thread, a: &[Value]) -> PyResult {
    let i = ops::index_i64(th, a[1])?;
    let x = byte(th, a[2])?;
    change_by(th, a[0], 1, |b| {
        let n = b.len() as i64;
        let i = if i < 0 { (i + n).max(0) } else { i.min(n) };
        b.insert(i as usize, x);
    })?;
    Ok(Value::NONE)
}

fn pop(th: &Thread, a: &[Value]) -> PyResult {
    let i = match a[1].present() {
        Some(v) => ops::index_i64(th, v)?,
        None => -1,
    };
    let place = |b: &[u8]| at(i, b.len()).ok_or(b.is_empty());
    let nothing = |empty| {
        th.index_error(match empty {
            true => "pop from empty bytearray",
            false => "pop index out of range",
        })
    };
    // Before it is asked whether somebody has a view of it.
    get(a[0]).bytes.with(|b| place(b)).map_err(nothing)?;
    let popped = change(th, a[0], |b| place(b).map(|i| b.remove(i)))?;
    popped.map(|x| Value::small_int(x as i64)).map_err(nothing)
}

fn remove(th: &Thread, a: &[Value]) -> PyResult {
    let x = byte(th, a[1])?;
    let find = |b: &[u8]| b.iter().position(|y| *y == x);
    if get(a[0]).bytes.with(|b| find(b)).is_none() {
        return Err(th.value_error("value not found in bytearray"));
    }
    let done = change(th, a[0], |b| match find(b) {
        Some(i) => {
            b.remove(i);
            true
        }
        None => false,
    })?;
    if done {
        Ok(Value::NONE)
    } else {
        Err(th.value_error("value not found in bytearray"))
    }
}

fn resize(th: &Thread, a: &[Value]) -> PyResult {
    let n = ops::index_i64(th, a[1])?;
    let Ok(n) = usize::try_from(n) else {
        return Err(th.value_error(format!("Can only resize to positive sizes, got {n}")));
    };
    let now = get(a[0]).bytes.with(|b| b.len());
    if n != now {
        change_by(th, a[0], n.saturating_sub(now), |b| {
            if n <= b.capacity() {
                b.resize(n, 0);
                true
            } else {
                false
            }
        })?;
    }
    Ok(Value::NONE)
}

fn iconcat(th: &Thread, a: Value, b: Value) -> PyResult {
    let new = args::bytes_like_or(th, b, || {
        format!("can't concat {} to bytearray", class_of(b).name_text())
    })?;
    if !new.is_empty() {
        change_by(th, a, new.len(), |b| b.extend_from_slice(&new))?;
    }
    Ok(a)
}

fn repeat(th: &Thread, v: Value, n: Value) -> PyResult {
    let b = Mutable::snapshot(v);
    let n = args::repeat_count(th, n, b.len())?;
    let out = args::room(th, taipan_text::bytes::repeat(&b, n))?;
    Ok(ByteArray::new(th, out))
}

fn irepeat(th: &Thread, v: Value, n: Value) -> PyResult {
    let len = get(v).bytes.with(|b| b.len());
    let n = args::repeat_count(th, n, len)?;
    if n == 1 || len == 0 {
        return Ok(v);
    }
    change_by(th, v, len.saturating_mul(n.saturating_sub(1)), |b| {
        let one = b.clone();
        b.clear();
        for _ in 0..n {
            b.extend_from_slice(&one);
        }
    })?;
    Ok(v)
}

fn rem(th: &Thread, a: Value, b: Value) -> PyResult {
    if a.downcast::<ByteArray>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let format = Mutable::snapshot(a);
    Ok(ByteArray::new(
        th,
        crate::str::printf::format_of_bytes(th, &format, b)?,
    ))
}

fn reduce(th: &Thread, v: Value, proto: i32) -> PyResult {
    let b = Mutable::snapshot(v);
    let args = if proto < 3 {
        let text = taipan_text::codec::latin1_decode(&b);
        let text = Value::try_wtf8(th, &text)?;
        Value::tuple(th, &[text, Value::str(th, "latin-1")])
    } else {
        let bytes = Value::bytes(th, &b)?;
        Value::tuple(th, &[bytes])
    };
    let state = if is_exactly(v, &types::BYTEARRAY) || !attr::has_dict(v) {
        Value::NONE
    } else {
        attr::to_dict(th, v)?.value()
    };
    Ok(Value::tuple(th, &[class_of(v).value(), args, state]))
}
