//! `deque`: a ring of fields in one array.
//!
//! Every operation takes the deque's lock for its whole effect; what compares items (`remove`, `in`, `index`, `count`)
//! looks at them one by one, or at a copy once there are other threads.

pub mod iter;
mod methods;
mod ring;

pub use ring::Deque;
use ring::Ring;

use taipan_containers::args::{class_getitem, repeat_count};
use taipan_containers::text::Text;
use taipan_object::call::{Args, call_method_row};
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::seq::List;
use taipan_object::slots::CmpOp;
use taipan_object::types::{OBJECT, StaticType, Type, class_of, flags, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ops};

/// `deque`
pub static DEQUE: StaticType = StaticType::new(
    "collections",
    "deque",
    Some(&OBJECT),
    flags::BASE | flags::HAS_WEAKREF | flags::SEQUENCE,
    layout_of::<Deque>,
);

/// `deque`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, _| Ok(th.new_instance(cls, Deque::empty()).value()));
        s.init = Some(init);
        s.repr = Some(repr);
        s.richcmp = Some(richcmp);
        // Under the lock: a bounded deque that is full takes one off before it adds one.
        s.len = Some(|_, v| Ok(v.expect::<Deque>().locked(|l| l.len())));
        s.getitem = Some(methods::get_item);
        s.setitem = Some(methods::set_item);
        s.contains = Some(methods::contains);
        s.iter = Some(iter::iter);
        s.concat = Some(concat);
        s.repeat = Some(repeat);
        s.iconcat = Some(|th, a, b| {
            extend(th, a.expect::<Deque>(), b, false)?;
            Ok(a)
        });
        s.irepeat = Some(irepeat);
    },
    methods: &[
        Method::new("append", "($self, item, /)", methods::append)
            .atomic(Atomic::Locked)
            .doc("Add an element to the right side of the deque."),
        Method::new("appendleft", "($self, item, /)", methods::append_left)
            .atomic(Atomic::Locked)
            .doc("Add an element to the left side of the deque."),
        Method::new("pop", "($self, /)", methods::pop)
            .atomic(Atomic::Locked)
            .doc("Remove and return the rightmost element."),
        Method::new("popleft", "($self, /)", methods::pop_left)
            .atomic(Atomic::Locked)
            .doc("Remove and return the leftmost element."),
        Method::new("extend", "($self, iterable, /)", |th, a| {
            extend(th, a[0].expect::<Deque>(), a[1], false)?;
            Ok(Value::NONE)
        })
        .doc("Extend the right side of the deque with elements from the iterable."),
        Method::new("extendleft", "($self, iterable, /)", |th, a| {
            extend(th, a[0].expect::<Deque>(), a[1], true)?;
            Ok(Value::NONE)
        })
        .doc("Extend the left side of the deque with elements from the iterable."),
        Method::new("clear", "($self, /)", methods::clear)
            .atomic(Atomic::Locked)
            .doc("Remove all elements from the deque."),
        Method::new("copy", "($self, /)", |th, a| copy(th, a[0]))
            .doc("Return a shallow copy of a deque."),
        Method::new("__copy__", "($self, /)", |th, a| copy(th, a[0]))
            .doc("Return a shallow copy of a deque."),
        Method::new("count", "($self, value, /)", methods::count)
            .doc("Return number of occurrences of value."),
        Method::new(
            "index",
            "($self, value, start=<unrepresentable>, stop=<unrepresentable>, /)",
            methods::index,
        )
        .doc("Return first index of value.\n\nRaises ValueError if the value is not present."),
        Method::new("insert", "($self, index, value, /)", methods::insert)
            .atomic(Atomic::Locked)
            .doc("Insert value before index."),
        Method::new("remove", "($self, value, /)", methods::remove)
            .doc("Remove first occurrence of value."),
        Method::new("reverse", "($self, /)", methods::reverse)
            .atomic(Atomic::Locked)
            .doc("Reverse *IN PLACE*."),
        Method::new("rotate", "($self, n=1, /)", methods::rotate)
            .atomic(Atomic::Locked)
            .doc("Rotate the deque n steps to the right.  If n is negative, rotates left."),
        Method::new("__reversed__", "($self, /)", iter::reversed)
            .doc("Return a reverse iterator over the deque."),
        Method::new("__reduce__", "($self, /)", reduce)
            .doc("Return state information for pickling."),
        Method::new("__sizeof__", "($self, /)", methods::size_of)
            .doc("Return the size of the deque in memory, in bytes."),
        Method::new("__class_getitem__", "($type, object, /)", class_getitem)
            .class()
            .doc("See PEP 585"),
    ],
    getset: &[
        GetSet::new("maxlen", |th, v| Ok(max_value(th, v.expect::<Deque>())))
            .doc("maximum size of a deque or None if unbounded"),
    ],
    doc: "A list-like sequence optimized for data accesses near its endpoints.",
    sig: "([iterable[, maxlen]])",
};

static INIT: Method = Method::new(
    "deque",
    "(iterable=<unrepresentable>, maxlen=<unrepresentable>)",
    Value::try_tuple,
);

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    let a = call_method_row(th, &INIT, args)?;
    let a = a.as_tuple().unwrap_or(&[]);
    let max = match a[1].present() {
        Some(m) if !m.is_none() => {
            if !m.is_int() {
                return Err(th.type_error("an integer is required"));
            }
            let n = ops::index_i64(th, m)?;
            if n < 0 {
                return Err(th.value_error("maxlen must be non-negative"));
            }
            Some(n as usize)
        }
        _ => None,
    };
    let d = v.expect::<Deque>();
    d.set_max(max);
    d.clear();
    match a[0].present() {
        Some(x) => extend(th, d, x, false),
        None => Ok(()),
    }
}

fn max_value(th: &Thread, d: &Deque) -> Value {
    match d.max() {
        Some(n) => Value::usize(th, n),
        None => Value::NONE,
    }
}

/// Appends the items of an iterable to one side.
pub(super) fn extend(th: &Thread, d: &Object<Deque>, iterable: Value, left: bool) -> PyResult<()> {
    let push = |x: Value| {
        if left {
            d.push_front(th, x)
        } else {
            d.push_back(th, x)
        }
    };
    if iterable.is(d.value()) {
        for x in d.snapshot(th)?.iter() {
            push(*x)?;
        }
        return Ok(());
    }
    ops::for_each(th, iterable, push)
}

/// A new deque of the same class and limit.
fn copy(th: &Thread, v: Value) -> PyResult {
    let d = v.expect::<Deque>();
    let ty = class_of(v);
    if ty.is(&DEQUE) {
        let new = th.new_instance(ty, Deque::empty());
        new.set_max(d.max());
        for x in d.snapshot(th)?.iter() {
            new.push_back(th, *x)?;
        }
        return Ok(new.value());
    }
    match d.max() {
        Some(n) => taipan_object::call::call(th, ty.value(), &[v, Value::usize(th, n)]),
        None => taipan_object::call::call(th, ty.value(), &[v]),
    }
}

fn as_deque<'a>(th: &Thread, v: Value) -> PyResult<&'a Object<Deque>> {
    match v.downcast::<Deque>() {
        Some(d) => Ok(d),
        None => Err(th.type_error("deque expected")),
    }
}

fn concat(th: &Thread, a: Value, b: Value) -> PyResult {
    if b.downcast::<Deque>().is_none() {
        return Err(th.type_error(format!(
            "can only concatenate deque (not \"{}\") to deque",
            class_of(b).tp_name()
        )));
    }
    let new = copy(th, a)?;
    extend(th, as_deque(th, new)?, b, false)?;
    Ok(new)
}

fn repeat(th: &Thread, a: Value, n: Value) -> PyResult {
    let new = copy(th, a)?;
    irepeat(th, as_deque(th, new)?.value(), n)
}

fn irepeat(th: &Thread, a: Value, n: Value) -> PyResult {
    let d = a.expect::<Deque>();
    let items = d.snapshot(th)?;
    let times = match d.max() {
        // No more rounds than can leave a trace.
        Some(m) if !items.is_empty() => {
            let n = ops::index_clamped(th, n)?.max(0) as usize;
            n.min(m / items.len() + 2)
        }
        _ => repeat_count(th, n, items.len())?,
    };
    if times == 0 {
        d.clear();
    }
    for _ in 1..if items.is_empty() { 0 } else { times } {
        for x in items.iter() {
            d.push_back(th, *x)?;
        }
        th.poll()?;
    }
    Ok(a)
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let d = v.expect::<Deque>();
    let text = th.repr_guard(v, || {
        let items = List::from_vec(th, d.snapshot(th)?);
        let mut out = Text::new(&format!("{}(", class_of(v).name_text()));
        out.repr(th, items)?;
        if let Some(n) = d.max() {
            out.push(&format!(", maxlen={n}"));
        }
        out.push(")");
        out.finish(th)
    })?;
    Ok(text.unwrap_or_else(|| Value::str(th, "[...]")))
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<Deque>(), b.downcast::<Deque>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let (x, y) = (x.snapshot(th)?, y.snapshot(th)?);
    if x.len() != y.len() && matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    for (p, q) in x.iter().zip(y.iter()) {
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

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let d = a[0].expect::<Deque>();
    let args = match d.max() {
        None => Value::empty_tuple(),
        Some(n) => Value::tuple(th, &[Value::empty_tuple(), Value::usize(th, n)]),
    };
    let state =
        taipan_object::attr::call_special(th, a[0], taipan_object::names::GETSTATE.get(), &[])?;
    let items = iter::iter(th, a[0])?;
    let cls: &Object<Type> = class_of(a[0]);
    Ok(Value::tuple(
        th,
        &[cls.value(), args, state.unwrap_or(Value::NONE), items],
    ))
}
