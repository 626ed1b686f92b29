//! `slice`.

use taipan_num::BigInt;
use taipan_object::call::Args;
use taipan_object::func::Slice;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, Type, class_of};
use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{Object, PyResult, Thread, Value, ops};

/// What `slice` is.
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(repr);
        s.hash = Some(hash);
        s.richcmp = Some(richcmp);
    },
    methods: &[
        Method::new("indices", "($self, object, /)", indices).doc("S.indices(len) -> (start, stop, stride)\n\nAssuming a sequence of length len, calculate the start and stop\nindices, and the stride length of the extended slice described by\nS. Out of bounds indices are clipped in a manner consistent with the\nhandling of normal slices."),
        Method::new("__reduce__", "($self, /)", reduce).doc("Return state information for pickling."),
    ],
    getset: &[
        GetSet::rw("start", |_, v| Ok(v.expect::<Slice>().start.get()), read_only),
        GetSet::rw("stop", |_, v| Ok(v.expect::<Slice>().stop.get()), read_only),
        GetSet::rw("step", |_, v| Ok(v.expect::<Slice>().step.get()), read_only),
    ],
    doc: "slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.\n\nThis is used for extended slicing (e.g. a[0:10:2]).",
    sig: "",
};

fn new(th: &Thread, _: &Object<Type>, args: Args) -> PyResult {
    args.no_kw(th, "slice")?;
    match args.values {
        [] => Err(th.type_error("slice expected at least 1 argument, got 0")),
        [stop] => Ok(Slice::new(th, Value::NONE, *stop, Value::NONE)),
        [start, stop] => Ok(Slice::new(th, *start, *stop, Value::NONE)),
        [start, stop, step] => Ok(Slice::new(th, *start, *stop, *step)),
        more => Err(th.type_error(format!(
            "slice expected at most 3 arguments, got {}",
            more.len()
        ))),
    }
}

fn parts(v: Value) -> [Value; 3] {
    let s = v.expect::<Slice>();
    [s.start.get(), s.stop.get(), s.step.get()]
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let mut out = Wtf8Buf::from_string("slice(".to_owned());
    for (i, p) in parts(v).into_iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        if let Some(w) = ops::repr(th, p)?.as_wtf8() {
            out.push_wtf8(w);
        }
    }
    out.push_str(")");
    Value::try_wtf8(th, &out)
}

fn hash(th: &Thread, v: Value) -> PyResult<i64> {
    // The hash of a tuple (xxHash's mixing), without its last step.
    const PRIME_1: u64 = 11400714785074694791;
    const PRIME_2: u64 = 14029467366897019727;
    const PRIME_5: u64 = 2870177450012600261;
    let mut acc = PRIME_5;
    for p in parts(v) {
        let lane = ops::hash(th, p)? as u64;
        acc = acc
            .wrapping_add(lane.wrapping_mul(PRIME_2))
            .rotate_left(31)
            .wrapping_mul(PRIME_1);
    }
    Ok(if acc == u64::MAX {
        1546275796
    } else {
        acc as i64
    })
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if a.downcast::<Slice>().is_none() || b.downcast::<Slice>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    if a.is(b) {
        return Ok(Value::bool(matches!(op, CmpOp::Eq | CmpOp::Le | CmpOp::Ge)));
    }
    let x = Value::tuple(th, &parts(a));
    let y = Value::tuple(th, &parts(b));
    ops::compare(th, x, y, op)
}

/// One part of a slice as an integer of any size, or nothing for None.
fn part(th: &Thread, v: Value) -> PyResult<Option<BigInt>> {
    if v.is_none() {
        return Ok(None);
    }
    if class_of(v).slots().index.is_none() {
        return Err(
            th.type_error("slice indices must be integers or None or have an __index__ method")
        );
    }
    let n = ops::index(th, v)?;
    Ok(n.as_int().map(|n| n.to_big()))
}

/// Start, stop and step of a slice over `len` items, of any size.
pub(crate) fn big_indices(th: &Thread, v: Value, len: &BigInt) -> PyResult<[BigInt; 3]> {
    let [start, stop, step] = parts(v);
    let step = part(th, step)?.unwrap_or(BigInt::ONE);
    if step.is_zero() {
        return Err(th.value_error("slice step cannot be zero"));
    }
    let backwards = step.is_negative();
    let (low, high) = if backwards {
        (BigInt::from(-1), len - &BigInt::ONE)
    } else {
        (BigInt::ZERO, len.clone())
    };
    let clamp = |n: BigInt| {
        if n.is_negative() {
            (&n + len).max(low.clone())
        } else {
            n.min(high.clone())
        }
    };
    let start = match part(th, start)? {
        Some(n) => clamp(n),
        None if backwards => high.clone(),
        None => low.clone(),
    };
    let stop = match part(th, stop)? {
        Some(n) => clamp(n),
        None if backwards => low.clone(),
        None => high.clone(),
    };
    Ok([start, stop, step])
}

fn indices(th: &Thread, a: &[Value]) -> PyResult {
    let len = ops::index(th, a[1])?;
    let len = crate::int::get(len).to_big();
    if len.is_negative() {
        return Err(th.value_error("length should not be negative"));
    }
    let [start, stop, step] = big_indices(th, a[0], &len)?;
    let start = Value::big(th, start);
    let stop = Value::big(th, stop);
    let step = Value::big(th, step);
    Ok(Value::tuple(th, &[start, stop, step]))
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let args = Value::tuple(th, &parts(a[0]));
    Ok(Value::tuple(th, &[types::SLICE.value(), args]))
}

/// The setter of what CPython has as read-only members.
fn read_only(th: &Thread, _: Value, _: Value) -> PyResult<()> {
    Err(th.raise(
        &taipan_object::exception::ATTRIBUTE_ERROR,
        "readonly attribute",
    ))
}
