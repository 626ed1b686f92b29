//! The cell of a packed value.

use super::Fallback;
use std::sync::atomic::{AtomicBool, Ordering};
use taipan_bytecode::CodeRef;
use taipan_object::heap::{Field, Object, ValueVec};
use taipan_object::native::TypeSpec;
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, payload};

/// What a packed value is made of and how a value is made of it again.
pub struct How {
    /// Makes the value in the interpreter of the calling thread.
    pub restore: fn(&Thread, &Object<Packed>) -> PyResult,
    /// Gives back what the packed value holds of the process; called once at most.
    pub release: Option<fn(&Thread, &Object<Packed>)>,
}

/// A value on its way between interpreters. Python code never sees it.
#[repr(C)]
pub struct Packed {
    how: &'static How,
    /// Values that belong to no interpreter.
    pub value: Field,
    /// The number of what it stands for.
    pub number: i64,
    /// The code of a function.
    pub code: Option<CodeRef>,
    released: AtomicBool,
}

payload!(Packed, "packed value", |this, m| this.value.trace(m));

/// The type of packed values that hold nothing but memory.
static PACKED: StaticType = StaticType::new(
    "_interpreters",
    "packed value",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Packed>,
);

/// The type of packed values that count for something: the collector gives it back if nobody else did.
static HOLDING: StaticType = StaticType::new(
    "_interpreters",
    "holding packed value",
    Some(&OBJECT),
    flags::NO_NEW | flags::HAS_DEL,
    layout_of::<Packed>,
);

static PACKED_SPEC: TypeSpec = TypeSpec::EMPTY;

static HOLDING_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.del = Some(|th, v| {
            release(th, v);
            Ok(())
        });
    },
    ..TypeSpec::EMPTY
};

pub(super) fn init(th: &Thread) -> PyResult<()> {
    PACKED.define(th, &PACKED_SPEC)?;
    HOLDING.define(th, &HOLDING_SPEC)?;
    Ok(())
}

/// Packs values that belong to no interpreter, and a number.
pub fn pack(th: &Thread, how: &'static How, value: Value, number: i64) -> Value {
    new(th, how, value, number, None)
}

/// Packs code.
pub fn pack_code(th: &Thread, how: &'static How, code: CodeRef) -> Value {
    new(th, how, Value::NONE, 0, Some(code))
}

fn new(th: &Thread, how: &'static How, value: Value, number: i64, code: Option<CodeRef>) -> Value {
    let ty = if how.release.is_some() {
        &HOLDING
    } else {
        &PACKED
    };
    let data = Packed {
        how,
        value: Field::new(value),
        number,
        code,
        released: AtomicBool::new(false),
    };
    th.new_object(ty, data).value()
}

/// The value, if that is a packed one.
pub(super) fn unpack(th: &Thread, v: Value) -> Option<PyResult> {
    let p = v.downcast::<Packed>()?;
    Some((p.how.restore)(th, p))
}

/// Gives back what a packed value holds of the process: a reference to a queue, a buffer's export. Whoever takes one out
/// of where it was kept calls this, after [`restore`](super::restore) or instead of it. Plain values hold nothing.
pub fn release(th: &Thread, packed: Value) {
    if let Some(p) = packed.downcast::<Packed>()
        && let Some(f) = p.how.release
        && !p.released.swap(true, Ordering::AcqRel)
    {
        f(th, p);
    }
}

/// A tuple with an item that does not pass as it is: a tuple of packed items.
static TUPLE: How = How {
    restore: |th, p| {
        th.check_native_stack()?;
        let mut items = ValueVec::new();
        for part in p.value.get().as_tuple().unwrap_or(&[]) {
            items.push(th, super::restore(th, *part)?)?;
        }
        Value::try_tuple(th, &items)
    },
    release: Some(|th, p| {
        // What is nested too deeply is found by the collector.
        if th.check_native_stack().is_err() {
            return;
        }
        for part in p.value.get().as_tuple().unwrap_or(&[]) {
            release(th, *part);
        }
    }),
};

/// Packs a tuple; one whose items all pass as they are does so too.
///
/// # Errors
/// `NotShareableError` of an item; `RecursionError`.
pub(super) fn tuple(th: &Thread, v: Value, items: &[Value], fallback: Fallback) -> PyResult {
    th.check_native_stack()?;
    let mut parts = ValueVec::new();
    for (n, item) in items.iter().enumerate() {
        let part = super::capture(th, *item, fallback)?;
        if parts.is_empty() && part.is(*item) {
            continue;
        }
        if parts.is_empty() {
            parts.extend_from_slice(th, &items[..n])?;
        }
        parts.push(th, part)?;
    }
    if parts.is_empty() {
        return Ok(v);
    }
    let parts = Value::try_tuple(th, &parts)?;
    Ok(pack(th, &TUPLE, parts, 0))
}
