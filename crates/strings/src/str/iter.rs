//! The iterators of `str`.

use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_object::heap::Field;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::strings::{Str, ascii_char, empty_str};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, ops, payload};

/// The payload of both iterators: where it is, in bytes. Two threads at once may get the same character.
#[repr(C)]
pub struct StrIter {
    /// The string; absent at the end.
    string: Field,
    /// The next character's byte offset.
    offset: AtomicUsize,
}

payload!(StrIter, "str_iterator", |this, m| this.string.trace(m));

/// `str_iterator`
pub static STR_ITERATOR: StaticType = StaticType::new(
    "builtins",
    "str_iterator",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<StrIter>,
);
/// `str_ascii_iterator`
pub static STR_ASCII_ITERATOR: StaticType = StaticType::new(
    "builtins",
    "str_ascii_iterator",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<StrIter>,
);

/// What both are.
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: &[
        Method::new("__length_hint__", "($self, /)", length_hint)
            .atomic(Atomic::LockFree)
            .doc("Private method returning an estimate of len(list(it))."),
        Method::new("__reduce__", "($self, /)", reduce)
            .atomic(Atomic::LockFree)
            .doc("Return state information for pickling."),
        Method::new("__setstate__", "($self, object, /)", setstate)
            .atomic(Atomic::LockFree)
            .doc("Set state information for unpickling."),
    ],
    getset: &[],
    doc: "",
    sig: "",
};

/// `iter(s)`
pub fn iter(th: &Thread, v: Value) -> PyResult {
    let ty = if v.expect::<Str>().is_ascii() {
        &STR_ASCII_ITERATOR
    } else {
        &STR_ITERATOR
    };
    let it = StrIter {
        string: Field::new(v),
        offset: AtomicUsize::new(0),
    };
    Ok(th.new_object(ty, it).value())
}

#[inline]
fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let it = v.expect::<StrIter>();
    let Some(s) = it.string.get().as_str_obj() else {
        return Ok(None);
    };
    let at = it.offset.load(Ordering::Relaxed);
    let Some(lead) = s.as_bytes().get(at) else {
        it.string.set(&it.header, Value::ABSENT);
        return Ok(None);
    };
    if *lead < 128 {
        it.offset.store(at + 1, Ordering::Relaxed);
        return Ok(Some(ascii_char(*lead)));
    }
    let width = match lead {
        0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    };
    it.offset.store(at + width, Ordering::Relaxed);
    Ok(Some(Value::try_wtf8(th, &s.wtf8()[at..at + width])?))
}

fn length_hint(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<StrIter>();
    let left = match it.string.get().as_str_obj() {
        Some(s) => s.len() - s.char_index(it.offset.load(Ordering::Relaxed)),
        None => 0,
    };
    Ok(Value::usize(th, left))
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<StrIter>();
    let f = taipan_object::frame::builtin(th, "iter")?;
    match it.string.get().as_str_obj() {
        Some(s) => {
            let at = s.char_index(it.offset.load(Ordering::Relaxed));
            let args = Value::tuple(th, &[s.value()]);
            Ok(Value::tuple(th, &[f, args, Value::usize(th, at)]))
        }
        None => {
            let args = Value::tuple(th, &[empty_str()]);
            Ok(Value::tuple(th, &[f, args]))
        }
    }
}

fn setstate(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<StrIter>();
    let i = ops::index_i64(th, a[1])?;
    if let Some(s) = it.string.get().as_str_obj() {
        let i = (i.max(0) as usize).min(s.len());
        it.offset.store(s.byte_offset(i), Ordering::Relaxed);
    }
    Ok(Value::NONE)
}
