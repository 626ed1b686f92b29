//! `tuple`: immutable, so nothing here takes a lock.

pub mod iter;

use crate::args::{class_getitem, repeat_count, search_range};
use crate::text::Text;
use taipan_object::call::{Args, call_method_row};
use taipan_object::func::Slice;
use taipan_object::heap::{Object, ValueVec};
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::ops::{adjust_slice, slice_parts, subscript_index};
use taipan_object::seq::Tuple;
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, Type, class_of, is_exactly};
use taipan_object::{PyResult, Thread, Value, ops};

/// `tuple`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(repr);
        s.hash = Some(hash);
        s.richcmp = Some(richcmp);
        s.len = Some(|_, v| Ok(v.expect::<Tuple>().items().len()));
        s.getitem = Some(get_item);
        s.contains = Some(contains);
        s.iter = Some(iter::iter);
        s.concat = Some(concat);
        s.repeat = Some(repeat);
    },
    methods: &[
        Method::new(
            "index",
            "($self, value, start=0, stop=sys.maxsize, /)",
            index,
        )
        .atomic(Atomic::Immutable)
        .doc("Return first index of value.\n\nRaises ValueError if the value is not present."),
        Method::new("count", "($self, value, /)", count)
            .atomic(Atomic::Immutable)
            .doc("Return number of occurrences of value."),
        Method::new("__sizeof__", "($self, /)", |th, a| {
            Ok(Value::usize(th, cell_size(a[0])))
        })
        .atomic(Atomic::Immutable)
        .doc("Size of object in memory, in bytes."),
        Method::new("__getnewargs__", "($self, /)", get_new_args).atomic(Atomic::Immutable),
        Method::new("__class_getitem__", "($type, object, /)", class_getitem)
            .class()
            .doc("See PEP 585"),
    ],
    getset: &[],
    doc: "Built-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\nIf iterable is specified the tuple is initialized from iterable's items.\n\nIf the argument is a tuple, the return value is the same object.",
    sig: "(iterable=(), /)",
};

static NEW: Method = Method::new("tuple", "(iterable=(), /)", |_, a| Ok(a[0]));

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let own = cls.slots().init.map(|f| f as usize) == types::TUPLE.slots().init.map(|f| f as usize);
    let args = if own {
        args
    } else {
        Args::positional(args.pos())
    };
    let iterable = call_method_row(th, &NEW, args)?;
    if cls.is(&types::TUPLE) {
        return match iterable.present() {
            Some(x) => from_iterable(th, x),
            None => Ok(Value::empty_tuple()),
        };
    }
    let items = match iterable.present() {
        Some(x) => from_iterable(th, x)?,
        None => Value::empty_tuple(),
    };
    Ok(Object::<Tuple>::for_class(th, cls, items.expect::<Tuple>().items())?.value())
}

/// `tuple(iterable)`: a tuple is its own.
pub fn from_iterable(th: &Thread, v: Value) -> PyResult {
    if is_exactly(v, &types::TUPLE) {
        return Ok(v);
    }
    let items = match crate::dict::snapshot_of(th, v)? {
        Some(items) => items,
        None => ops::to_vec(th, v)?,
    };
    Value::try_tuple(th, &items)
}

fn get_new_args(th: &Thread, a: &[Value]) -> PyResult {
    let copy = Value::try_tuple(th, a[0].expect::<Tuple>().items())?;
    Value::try_tuple(th, &[copy])
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let items = v.expect::<Tuple>().items();
    if items.is_empty() {
        return Ok(Value::str(th, "()"));
    }
    let text = th.repr_guard(v, || {
        let mut out = Text::new("(");
        for (i, x) in items.iter().enumerate() {
            if i > 0 {
                out.push(", ");
            }
            out.repr(th, *x)?;
        }
        out.push(if items.len() == 1 { ",)" } else { ")" });
        out.finish(th)
    })?;
    Ok(text.unwrap_or_else(|| Value::str(th, "(...)")))
}

/// xxHash's mixing of the items' hashes, as CPython's: programs see the number.
fn hash(th: &Thread, v: Value) -> PyResult<i64> {
    const P1: u64 = 11400714785074694791;
    const P2: u64 = 14029467366897019727;
    const P5: u64 = 2870177450012600261;
    let items = v.expect::<Tuple>().items();
    let mut acc = P5;
    th.recurse(" while hashing a tuple", || {
        for x in items {
            let lane = ops::hash(th, *x)? as u64;
            acc = acc.wrapping_add(lane.wrapping_mul(P2));
            acc = acc.rotate_left(31).wrapping_mul(P1);
        }
        Ok(())
    })?;
    acc = acc.wrapping_add(items.len() as u64 ^ (P5 ^ 3527539));
    Ok(if acc == u64::MAX {
        1546275796
    } else {
        acc as i64
    })
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (a.as_tuple(), b.as_tuple()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    for (p, q) in x.iter().zip(y) {
        if !ops::eq(th, *p, *q)? {
            return match op {
                CmpOp::Eq => Ok(Value::FALSE),
                CmpOp::Ne => Ok(Value::TRUE),
                _ => ops::compare(th, *p, *q, op),
            };
        }
    }
    Ok(Value::bool(op.of(x.len().cmp(&y.len()))))
}

/// `t[key]`
#[inline]
pub fn get_item(th: &Thread, v: Value, key: Value) -> PyResult {
    let items = v.expect::<Tuple>().items();
    let i = match key.as_small_int() {
        Some(i) => i,
        None => {
            if key.downcast::<Slice>().is_some() {
                return slice(th, v, key);
            }
            if class_of(key).slots().index.is_none() {
                return Err(th.type_error(format!(
                    "tuple indices must be integers or slices, not {}",
                    class_of(key).tp_name()
                )));
            }
            subscript_index(th, key)?
        }
    };
    let at = if i < 0 { i + items.len() as i64 } else { i };
    match items.get(at as usize) {
        Some(x) if at >= 0 => Ok(*x),
        _ => Err(th.index_error("tuple index out of range")),
    }
}

fn slice(th: &Thread, v: Value, key: Value) -> PyResult {
    let items = v.expect::<Tuple>().items();
    let r = adjust_slice(slice_parts(th, key)?, items.len());
    if r.count == items.len() && r.step == 1 && is_exactly(v, &types::TUPLE) {
        return Ok(v);
    }
    if r.step == 1 || r.count == 0 {
        let from = if r.count == 0 { 0 } else { r.start as usize };
        return Value::try_tuple(th, &items[from..from + r.count]);
    }
    let mut out = ValueVec::with_capacity(th, r.count)?;
    for i in 0..r.count as i64 {
        out.push(th, items[(r.start + i * r.step) as usize])?;
    }
    Value::try_tuple(th, &out)
}

fn contains(th: &Thread, v: Value, x: Value) -> PyResult<bool> {
    for y in v.expect::<Tuple>().items() {
        if ops::eq(th, *y, x)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn concat(th: &Thread, a: Value, b: Value) -> PyResult {
    let Some(y) = b.as_tuple() else {
        return Err(th.type_error(format!(
            "can only concatenate tuple (not \"{}\") to tuple",
            class_of(b).tp_name()
        )));
    };
    let x = a.expect::<Tuple>().items();
    if x.is_empty() && is_exactly(b, &types::TUPLE) {
        return Ok(b);
    }
    if y.is_empty() && is_exactly(a, &types::TUPLE) {
        return Ok(a);
    }
    if x.len() + y.len() <= 32 {
        let mut buf = [Value::ABSENT; 32];
        buf[..x.len()].copy_from_slice(x);
        buf[x.len()..x.len() + y.len()].copy_from_slice(y);
        return Value::try_tuple(th, &buf[..x.len() + y.len()]);
    }
    let mut out = ValueVec::with_capacity(th, x.len() + y.len())?;
    out.extend_from_slice(th, x)?;
    out.extend_from_slice(th, y)?;
    Value::try_tuple(th, &out)
}

fn repeat(th: &Thread, a: Value, n: Value) -> PyResult {
    let items = a.expect::<Tuple>().items();
    let times = repeat_count(th, n, items.len())?;
    if times == 1 && is_exactly(a, &types::TUPLE) {
        return Ok(a);
    }
    let mut out = ValueVec::with_capacity(th, items.len() * times)?;
    for _ in 0..if items.is_empty() { 0 } else { times } {
        out.extend_from_slice(th, items)?;
    }
    Value::try_tuple(th, &out)
}

fn index(th: &Thread, a: &[Value]) -> PyResult {
    let items = a[0].expect::<Tuple>().items();
    let (start, stop) = search_range(th, a[2], a[3], items.len())?;
    for (i, x) in items.iter().enumerate().take(stop).skip(start) {
        if ops::eq(th, *x, a[1])? {
            return Ok(Value::usize(th, i));
        }
    }
    Err(th.value_error("tuple.index(x): x not in tuple"))
}

fn count(th: &Thread, a: &[Value]) -> PyResult {
    let mut n = 0;
    for x in a[0].expect::<Tuple>().items() {
        if ops::eq(th, *x, a[1])? {
            n += 1;
        }
    }
    Ok(Value::small_int(n))
}

/// The bytes of a tuple's cell, for `sys.getsizeof`.
pub fn cell_size(v: Value) -> usize {
    let extra = class_of(v).root_shape.expect().extra_bytes();
    16 + v.expect::<Tuple>().items().len() * 8 + extra
}
