//! `_bisect`: binary search in sorted sequences.

use taipan_object::native::{Method, ModuleSpec};
use taipan_object::seq::List;
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, is_exactly};
use taipan_object::{PyResult, Thread, Value, call, ops};

const SIG: &str = "(a, x, lo=0, hi=None, *, key=None)";

/// `_bisect`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_bisect",
    doc: "Bisection algorithms.\n\nThis module provides support for maintaining a list in sorted order without\nhaving to sort the list after each insertion. For long lists of items with\nexpensive comparison operations, this can be an improvement over the more\ncommon approach.",
    functions: &[
        Method::new("bisect_right", SIG, |th, a| find(th, a, Side::Right))
            .doc("Return the index where to insert item x in list a, assuming a is sorted.\n\nThe return value i is such that all e in a[:i] have e <= x, and all e in\na[i:] have e > x.  So if x already appears in the list, a.insert(i, x) will\ninsert just after the rightmost x already there."),
        Method::new("bisect_left", SIG, |th, a| find(th, a, Side::Left))
            .doc("Return the index where to insert item x in list a, assuming a is sorted.\n\nThe return value i is such that all e in a[:i] have e < x, and all e in\na[i:] have e >= x.  So if x already appears in the list, a.insert(i, x) will\ninsert just before the leftmost x already there."),
        Method::new("insort_right", SIG, |th, a| insert(th, a, Side::Right))
            .doc("Insert item x in list a, and keep it sorted assuming a is sorted.\n\nIf x is already in a, insert it to the right of the rightmost x."),
        Method::new("insort_left", SIG, |th, a| insert(th, a, Side::Left))
            .doc("Insert item x in list a, and keep it sorted assuming a is sorted.\n\nIf x is already in a, insert it to the left of the leftmost x."),
    ],
    types: &[],
    init: |_, _| Ok(()),
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// Where `x` belongs in `a[0]`; the arguments are those of the functions, with `x` perhaps replaced by its key.
fn position(th: &Thread, a: &[Value], x: Value, side: Side) -> PyResult<i64> {
    let seq = a[0];
    let mut lo = match a[2].present() {
        Some(v) => ops::index_i64(th, v)?,
        None => 0,
    };
    if lo < 0 {
        return Err(th.value_error("lo must be non-negative"));
    }
    let mut hi = match a[3].present() {
        Some(v) if !v.is_none() => match ops::index_i64(th, v)? {
            -1 => ops::len(th, seq)? as i64,
            n => n,
        },
        _ => ops::len(th, seq)? as i64,
    };
    let key = a[4].or(Value::NONE);
    while lo < hi {
        let mid = ((lo as u64 + hi as u64) / 2) as i64;
        let item = match seq.as_list().filter(|_| is_exactly(seq, &types::LIST)) {
            Some(l) => l.get(mid as usize),
            None => None,
        };
        let item = match item {
            Some(v) => v,
            None => ops::get_item(th, seq, Value::int(th, mid))?,
        };
        let item = if key.is_none() {
            item
        } else {
            call::call(th, key, &[item])?
        };
        let (p, q) = match side {
            Side::Left => (item, x),
            Side::Right => (x, item),
        };
        let less = if Value::both_small_int(p, q) {
            p.small_int_unchecked() < q.small_int_unchecked()
        } else {
            ops::truth(th, ops::compare(th, p, q, CmpOp::Lt)?)?
        };
        // To the left of `x`: an item that is less, or for the right side one that `x` is not less than.
        if less == (side == Side::Left) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    Ok(lo)
}

fn find(th: &Thread, a: &[Value], side: Side) -> PyResult {
    Ok(Value::int(th, position(th, a, a[1], side)?))
}

fn insert(th: &Thread, a: &[Value], side: Side) -> PyResult {
    let key = a[4].or(Value::NONE);
    let x = if key.is_none() {
        a[1]
    } else {
        call::call(th, key, &[a[1]])?
    };
    let at = position(th, a, x, side)?;
    if is_exactly(a[0], &types::LIST) {
        a[0].expect::<List>().insert(th, at, a[1])?;
    } else {
        call::call_method(th, a[0], "insert", &[Value::int(th, at), a[1]])?;
    }
    Ok(Value::NONE)
}
