//! `range`.

pub mod iter;

use taipan_num::{BigInt, small};
use taipan_object::call::Args;
use taipan_object::func::Slice;
use taipan_object::heap::Field;
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::numbers::Int;
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, StaticType, Type, class_of, flags, layout_of};
use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{Object, PyResult, Raised, Thread, Value, ops, payload};

use crate::int::get;

/// The payload of `range`: exact integers that never change.
#[repr(C)]
pub struct Range {
    /// `start`
    pub start: Field,
    /// `stop`
    pub stop: Field,
    /// `step`
    pub step: Field,
    /// How many integers.
    pub length: Field,
}

payload!(Range, "range", |this, m| {
    this.start.trace(m);
    this.stop.trace(m);
    this.step.trace(m);
    this.length.trace(m);
});

/// `range`
pub static RANGE: StaticType = StaticType::new(
    "builtins",
    "range",
    Some(&types::OBJECT),
    flags::SEQUENCE,
    layout_of::<Range>,
);
/// `range_iterator`
pub static RANGE_ITERATOR: StaticType = StaticType::new(
    "builtins",
    "range_iterator",
    Some(&types::OBJECT),
    flags::NO_NEW,
    layout_of::<iter::RangeIter>,
);
/// `longrange_iterator`
pub static LONGRANGE_ITERATOR: StaticType = StaticType::new(
    "builtins",
    "longrange_iterator",
    Some(&types::OBJECT),
    flags::NO_NEW,
    layout_of::<iter::LongRangeIter>,
);

const IMMUTABLE: Atomic = Atomic::Immutable;

/// What `range` is.
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(repr);
        s.hash = Some(hash);
        s.richcmp = Some(richcmp);
        s.iter = Some(iter::of_range);
        s.bool = Some(|_, v| Ok(!v.expect::<Range>().length.get().is(Value::small_int(0))));
        s.len = Some(len);
        s.getitem = Some(getitem);
        s.contains = Some(contains);
    },
    methods: &[
        Method::new("__reversed__", "($self, /)", iter::reversed)
            .atomic(IMMUTABLE)
            .doc("Return a reverse iterator."),
        Method::new("__reduce__", "($self, /)", reduce).atomic(IMMUTABLE),
        Method::new("count", "($self, object, /)", count)
            .doc("rangeobject.count(value) -> integer -- return number of occurrences of value"),
        Method::new("index", "($self, object, /)", index)
            .doc("rangeobject.index(value) -> integer -- return index of value.\nRaise ValueError if the value is not present."),
    ],
    getset: &[
        GetSet::rw("start", |_, v| Ok(v.expect::<Range>().start.get()), read_only),
        GetSet::rw("stop", |_, v| Ok(v.expect::<Range>().stop.get()), read_only),
        GetSet::rw("step", |_, v| Ok(v.expect::<Range>().step.get()), read_only),
    ],
    doc: "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nReturn an object that produces a sequence of integers from start (inclusive)\nto stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.\nstart defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\nThese are exactly the valid indices for a list of 4 elements.\nWhen step is given, it specifies the increment (or decrement).",
    sig: "",
};

/// How many integers lie between two small ones by a step.
fn small_length(start: i64, stop: i64, step: i64) -> u64 {
    if step > 0 && start < stop {
        ((stop - start - 1) as u64) / step as u64 + 1
    } else if step < 0 && start > stop {
        ((start - stop - 1) as u64) / step.unsigned_abs() + 1
    } else {
        0
    }
}

fn big_length(start: &BigInt, stop: &BigInt, step: &BigInt) -> BigInt {
    let (low, high, step) = if step.is_negative() {
        (stop, start, step.abs())
    } else {
        (start, stop, step.clone())
    };
    if low >= high {
        return BigInt::ZERO;
    }
    let n = high - low - BigInt::ONE;
    n.div_floor(&step).unwrap_or_default() + BigInt::ONE
}

impl Range {
    /// `range(start, stop, step)` of exact integers; `step` is not zero.
    pub fn new(th: &Thread, start: Value, stop: Value, step: Value) -> Value {
        let length = match (
            start.as_small_int(),
            stop.as_small_int(),
            step.as_small_int(),
        ) {
            (Some(a), Some(b), Some(s)) => Value::uint(th, small_length(a, b, s)),
            _ => Value::big(
                th,
                big_length(
                    &get(start).to_big(),
                    &get(stop).to_big(),
                    &get(step).to_big(),
                ),
            ),
        };
        th.new_object(
            &RANGE,
            Range {
                start: Field::new(start),
                stop: Field::new(stop),
                step: Field::new(step),
                length: Field::new(length),
            },
        )
        .value()
    }

    /// Start, stop, step and length, if all are small.
    #[inline]
    pub fn small(&self) -> Option<(i64, i64, i64, i64)> {
        Some((
            self.start.get().as_small_int()?,
            self.stop.get().as_small_int()?,
            self.step.get().as_small_int()?,
            self.length.get().as_small_int()?,
        ))
    }
}

fn exact_index(th: &Thread, v: Value) -> PyResult {
    if v.is_small_int() {
        return Ok(v);
    }
    Ok(crate::int::parse::exact(th, ops::index(th, v)?))
}

fn new(th: &Thread, _: &Object<Type>, args: Args) -> PyResult {
    args.no_kw(th, "range")?;
    let (start, stop, step) = match args.values {
        [] => return Err(th.type_error("range expected at least 1 argument, got 0")),
        [stop] => (Value::small_int(0), *stop, Value::small_int(1)),
        [start, stop] => (*start, *stop, Value::small_int(1)),
        [start, stop, step] => (*start, *stop, *step),
        more => {
            return Err(th.type_error(format!(
                "range expected at most 3 arguments, got {}",
                more.len()
            )));
        }
    };
    let start = exact_index(th, start)?;
    let stop = exact_index(th, stop)?;
    let step = exact_index(th, step)?;
    if step.is(Value::small_int(0)) {
        return Err(th.value_error("range() arg 3 must not be zero"));
    }
    Ok(Range::new(th, start, stop, step))
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let r = v.expect::<Range>();
    let mut out = Wtf8Buf::from_string("range(".to_owned());
    let mut parts = vec![
        crate::int::decimal(th, r.start.get())?,
        crate::int::decimal(th, r.stop.get())?,
    ];
    if !r.step.get().is(Value::small_int(1)) {
        parts.push(crate::int::decimal(th, r.step.get())?);
    }
    out.push_str(&parts.join(", "));
    out.push_str(")");
    Value::try_wtf8(th, &out)
}

fn len(th: &Thread, v: Value) -> PyResult<usize> {
    match v.expect::<Range>().length.get().as_i64() {
        Some(n) => Ok(n as usize),
        None => Err(th.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

fn hash(th: &Thread, v: Value) -> PyResult<i64> {
    let r = v.expect::<Range>();
    let length = r.length.get();
    let (start, step) = match length.as_small_int() {
        Some(0) => (Value::NONE, Value::NONE),
        Some(1) => (r.start.get(), Value::NONE),
        _ => (r.start.get(), r.step.get()),
    };
    let mut h = taipan_num::hash::TupleHasher::new();
    for part in [length, start, step] {
        h.add(ops::hash(th, part)?);
    }
    Ok(h.finish())
}

fn same(a: Value, b: Value) -> bool {
    crate::int::arith::compare(&get(a), &get(b)).is_eq()
}

fn richcmp(_: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<Range>(), b.downcast::<Range>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let length = x.length.get();
    let equal = a.is(b)
        || (same(length, y.length.get())
            && (length.is(Value::small_int(0))
                || (same(x.start.get(), y.start.get())
                    && (length.is(Value::small_int(1)) || same(x.step.get(), y.step.get())))));
    Ok(Value::bool(equal == (op == CmpOp::Eq)))
}

/// The integer at an index of any size, which is within the range.
fn item(th: &Thread, r: &Range, i: &BigInt) -> Value {
    let (start, step) = (get(r.start.get()).to_big(), get(r.step.get()).to_big());
    Value::big(th, start + i * &step)
}

fn out_of_range(th: &Thread) -> Raised {
    th.index_error("range object index out of range")
}

fn getitem(th: &Thread, v: Value, key: Value) -> PyResult {
    let r = v.expect::<Range>();
    if key.downcast::<Slice>().is_some() {
        return slice(th, r, key);
    }
    if let (Some(mut i), Some((start, _, step, n))) = (key.as_small_int(), r.small()) {
        if i < 0 {
            i += n;
        }
        if i < 0 || i >= n {
            return Err(out_of_range(th));
        }
        return Ok(Value::int(th, start + i * step));
    }
    if class_of(key).slots().index.is_none() {
        return Err(th.type_error(format!(
            "range indices must be integers or slices, not {}",
            class_of(key).tp_name()
        )));
    }
    let mut i = get(ops::index(th, key)?).to_big();
    let n = get(r.length.get()).to_big();
    if i.is_negative() {
        i = i + &n;
    }
    if i.is_negative() || i >= n {
        return Err(out_of_range(th));
    }
    Ok(item(th, r, &i))
}

fn slice(th: &Thread, r: &Range, key: Value) -> PyResult {
    let n = get(r.length.get()).to_big();
    let [start, stop, step] = crate::slice::big_indices(th, key, &n)?;
    let first = item(th, r, &start);
    let last = item(th, r, &stop);
    let step = Value::big(th, step * &get(r.step.get()).to_big());
    Ok(Range::new(th, first, last, step))
}

/// The index of an integer in the range.
fn position(th: &Thread, r: &Range, v: Value) -> Option<Value> {
    if let (Some(x), Some((start, stop, step, _))) = (v.as_small_int(), r.small()) {
        let inside = if step > 0 {
            start <= x && x < stop
        } else {
            stop < x && x <= start
        };
        if !inside || small::mod_i64(x - start, step) != Some(0) {
            return None;
        }
        return Some(Value::int(th, (x - start) / step));
    }
    let (start, step) = (get(r.start.get()).to_big(), get(r.step.get()).to_big());
    let (i, rest) = (get(v).to_big() - start).divmod_floor(&step).ok()?;
    let n = get(r.length.get()).to_big();
    (rest.is_zero() && !i.is_negative() && i < n).then(|| Value::big(th, i))
}

fn is_plain_int(v: Value) -> bool {
    v.is_exact_int() || v.is_bool()
}

fn contains(th: &Thread, v: Value, x: Value) -> PyResult<bool> {
    if is_plain_int(x) {
        let x = crate::int::parse::exact(th, x);
        return Ok(position(th, v.expect::<Range>(), x).is_some());
    }
    let mut found = false;
    search(th, v, x, |_| {
        found = true;
        false
    })?;
    Ok(found)
}

/// Calls `hit` with the index of every item equal to `x`, until it says no.
fn search(th: &Thread, v: Value, x: Value, mut hit: impl FnMut(i64) -> bool) -> PyResult<()> {
    let it = iter::of_range(th, v)?;
    let mut i = 0;
    while let Some(y) = ops::next(th, it)? {
        if ops::eq(th, y, x)? && !hit(i) {
            return Ok(());
        }
        i += 1;
        th.poll()?;
    }
    Ok(())
}

fn count(th: &Thread, a: &[Value]) -> PyResult {
    if is_plain_int(a[1]) {
        return Ok(Value::small_int(contains(th, a[0], a[1])? as i64));
    }
    let mut n = 0;
    search(th, a[0], a[1], |_| {
        n += 1;
        true
    })?;
    Ok(Value::int(th, n))
}

fn index(th: &Thread, a: &[Value]) -> PyResult {
    if is_plain_int(a[1]) {
        let x = crate::int::parse::exact(th, a[1]);
        return match position(th, a[0].expect::<Range>(), x) {
            Some(i) => Ok(i),
            None => Err(th.value_error("range.index(x): x not in range")),
        };
    }
    let mut found = None;
    search(th, a[0], a[1], |i| {
        found = Some(i);
        false
    })?;
    match found {
        Some(i) => Ok(Value::int(th, i)),
        None => Err(th.value_error("sequence.index(x): x not in sequence")),
    }
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let r = a[0].expect::<Range>();
    let args = Value::tuple(th, &[r.start.get(), r.stop.get(), r.step.get()]);
    Ok(Value::tuple(th, &[RANGE.value(), args]))
}

/// Whether an integer is zero.
fn is_zero(n: &Int) -> bool {
    match n {
        Int::Small(n) => *n == 0,
        Int::Big(b) => b.is_zero(),
    }
}

/// The setter of what CPython has as read-only members.
fn read_only(th: &Thread, _: Value, _: Value) -> PyResult<()> {
    Err(th.raise(
        &taipan_object::exception::ATTRIBUTE_ERROR,
        "readonly attribute",
    ))
}
