//! The iterators of `range`: one on machine words, one on integers of any size.

use std::sync::atomic::{AtomicI64, Ordering};
use taipan_num::BigInt;
use taipan_object::heap::{Field, FieldOf, new_untyped};
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::{Object, PyResult, Thread, Value, ops, payload};

use super::{LONGRANGE_ITERATOR, RANGE_ITERATOR, Range, is_zero};
use crate::int::get;

/// The payload of `range_iterator`. Two threads at once may get the same integer, never a wrong one.
#[repr(C)]
pub struct RangeIter {
    /// The first integer.
    pub start: i64,
    /// The step.
    pub step: i64,
    /// How many integers there are in all.
    pub length: i64,
    /// How many were given out.
    pub given: AtomicI64,
}

payload!(25: RangeIter, "range_iterator", |this, m| {});

impl RangeIter {
    /// The next integer.
    #[inline(always)]
    pub fn advance(&self) -> Option<i64> {
        let i = self.given.load(Ordering::Relaxed);
        if i >= self.length {
            return None;
        }
        self.given.store(i + 1, Ordering::Relaxed);
        Some(self.start + i * self.step)
    }
}

/// Where a `longrange_iterator` is: replaced as a whole at each step.
struct Place {
    start: Field,
    left: Field,
}

payload!(Place, "longrange place", |this, m| {
    this.start.trace(m);
    this.left.trace(m);
});

/// The payload of `longrange_iterator`.
#[repr(C)]
pub struct LongRangeIter {
    step: Field,
    place: FieldOf<Place>,
}

payload!(LongRangeIter, "longrange_iterator", |this, m| {
    this.step.trace(m);
    this.place.trace(m);
});

fn place<'a>(th: &Thread, start: Value, left: Value) -> PyResult<&'a Object<Place>> {
    new_untyped(
        th,
        Place {
            start: Field::new(start),
            left: Field::new(left),
        },
    )
}

/// An iterator over `length` integers.
fn make(th: &Thread, start: Value, step: Value, length: Value) -> PyResult {
    if let (Some(a), Some(s), Some(n)) = (start.as_small_int(), step.as_small_int(), length.as_small_int())
        // The end and one step more must fit a machine word.
        && s.checked_mul(n).and_then(|d| d.checked_add(a)).is_some()
    {
        return Ok(th
            .new_object(
                &RANGE_ITERATOR,
                RangeIter {
                    start: a,
                    step: s,
                    length: n,
                    given: AtomicI64::new(0),
                },
            )
            .value());
    }
    taipan_object::heap::register::<Place>();
    let place = place(th, start, length)?;
    Ok(th
        .new_object(
            &LONGRANGE_ITERATOR,
            LongRangeIter {
                step: Field::new(step),
                place: FieldOf::new(place),
            },
        )
        .value())
}

/// `iter(range)`
pub fn of_range(th: &Thread, v: Value) -> PyResult {
    let r = v.expect::<Range>();
    make(th, r.start.get(), r.step.get(), r.length.get())
}

pub(super) fn reversed(th: &Thread, a: &[Value]) -> PyResult {
    let r = a[0].expect::<Range>();
    if let Some((start, _, step, n)) = r.small()
        && step != Value::MIN_INT
    {
        let last = Value::int(th, start.wrapping_add((n - 1).wrapping_mul(step)));
        if last.is_small_int() || n == 0 {
            return make(th, last, Value::small_int(-step), Value::small_int(n));
        }
    }
    let (start, step) = (get(r.start.get()).to_big(), get(r.step.get()).to_big());
    let n = get(r.length.get()).to_big();
    let last = Value::big(th, start + (n - BigInt::ONE) * &step);
    let step = Value::big(th, -step);
    make(th, last, step, r.length.get())
}

/// What `range_iterator` is.
pub static RANGE_ITERATOR_SPEC: TypeSpec = TypeSpec {
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

#[inline]
fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    Ok(v.expect::<RangeIter>().advance().map(|n| Value::int(th, n)))
}

fn length_hint(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<RangeIter>();
    Ok(Value::int(th, it.length - it.given.load(Ordering::Relaxed)))
}

fn reduced(th: &Thread, start: Value, stop: Value, step: Value) -> PyResult {
    let range = Range::new(th, start, stop, step);
    let args = Value::tuple(th, &[range]);
    let f = taipan_object::frame::builtin(th, "iter")?;
    Ok(Value::tuple(th, &[f, args, Value::NONE]))
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<RangeIter>();
    let given = it.given.load(Ordering::Relaxed);
    let start = Value::int(th, it.start + given * it.step);
    let stop = Value::int(th, it.start + it.length * it.step);
    reduced(th, start, stop, Value::int(th, it.step))
}

fn setstate(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<RangeIter>();
    let n = ops::index_i64(th, a[1])?;
    let given = it.given.load(Ordering::Relaxed);
    let to = given.saturating_add(n.max(0)).min(it.length);
    it.given.store(to, Ordering::Relaxed);
    Ok(Value::NONE)
}

/// What `longrange_iterator` is.
pub static LONGRANGE_ITERATOR_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(long_next(th, v)));
    },
    methods: &[
        Method::new("__length_hint__", "($self, /)", long_length_hint)
            .atomic(Atomic::LockFree)
            .doc("Private method returning an estimate of len(list(it))."),
        Method::new("__reduce__", "($self, /)", long_reduce)
            .atomic(Atomic::LockFree)
            .doc("Return state information for pickling."),
        Method::new("__setstate__", "($self, object, /)", long_setstate)
            .atomic(Atomic::LockFree)
            .doc("Set state information for unpickling."),
    ],
    getset: &[],
    doc: "",
    sig: "",
};

fn long_skip(th: &Thread, it: &Object<LongRangeIter>, n: &BigInt) -> PyResult<()> {
    let at = it.place.expect();
    let step = get(it.step.get()).to_big();
    let start = Value::big(th, get(at.start.get()).to_big() + n * &step);
    let left = Value::big(th, get(at.left.get()).to_big() - n);
    let to = place(th, start, left)?;
    it.place.set(&it.header, Some(to));
    Ok(())
}

fn long_next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let it = v.expect::<LongRangeIter>();
    let at = it.place.expect();
    if is_zero(&get(at.left.get())) {
        return Ok(None);
    }
    let r = at.start.get();
    long_skip(th, it, &BigInt::ONE)?;
    Ok(Some(r))
}

fn long_length_hint(_: &Thread, a: &[Value]) -> PyResult {
    Ok(a[0].expect::<LongRangeIter>().place.expect().left.get())
}

fn long_reduce(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<LongRangeIter>();
    let at = it.place.expect();
    let (start, left) = (get(at.start.get()).to_big(), get(at.left.get()).to_big());
    let stop = Value::big(th, start + left * &get(it.step.get()).to_big());
    reduced(th, at.start.get(), stop, it.step.get())
}

fn long_setstate(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<LongRangeIter>();
    let left = get(it.place.expect().left.get()).to_big();
    let n = get(ops::index(th, a[1])?).to_big();
    let n = n.max(BigInt::ZERO).min(left);
    long_skip(th, it, &n)?;
    Ok(Value::NONE)
}
