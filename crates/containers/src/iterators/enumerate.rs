//! `enumerate`.

use crate::args::class_getitem;
use std::sync::atomic::{AtomicI64, Ordering};
use taipan_object::call::Args;
use taipan_object::heap::Field;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::payload;
use taipan_object::slots::BinOp;
use taipan_object::types::{OBJECT, StaticType, Type, class_of, flags, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, names, ops};

/// The payload of `enumerate`.
#[repr(C)]
pub struct Enumerate {
    it: Field,
    index: AtomicI64,
    /// The next number, where it does not fit `index`; otherwise absent.
    big: Field,
}

payload!(29: Enumerate, "enumerate", |this, m| {
    this.it.trace(m);
    this.big.trace(m);
});

/// `enumerate`
pub static ENUMERATE: StaticType = StaticType::new(
    "builtins",
    "enumerate",
    Some(&OBJECT),
    flags::BASE,
    layout_of::<Enumerate>,
);

/// `enumerate`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: &[
        Method::new("__reduce__", "($self, /)", reduce)
            .doc("Return state information for pickling."),
        Method::new("__class_getitem__", "($type, object, /)", class_getitem)
            .class()
            .doc("See PEP 585"),
    ],
    getset: &[],
    doc: "Return an enumerate object.\n\n  iterable\n    an object supporting iteration\n\nThe enumerate object yields pairs containing a count (from start, which\ndefaults to zero) and a value yielded by the iterable argument.\n\nenumerate is useful for obtaining an indexed list:\n    (0, seq[0]), (1, seq[1]), (2, seq[2]), ...",
    sig: "(iterable, start=0)",
};

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    if args.values.len() > 2 {
        return Err(th.type_error(format!(
            "enumerate() takes at most 2 arguments ({} given)",
            args.values.len()
        )));
    }
    let mut iterable = args.pos().first().copied();
    let mut start = args.pos().get(1).copied();
    for (k, v) in args.kw() {
        let slot = if k.is_str("iterable") {
            &mut iterable
        } else if k.is_str("start") {
            &mut start
        } else {
            return Err(th.type_error(format!(
                "'{}' is an invalid keyword argument for enumerate()",
                names::text(k)
            )));
        };
        if slot.is_some() {
            return Err(th.type_error(format!(
                "argument for enumerate() given by name ('{}') and position",
                names::text(k)
            )));
        }
        *slot = Some(v);
    }
    let Some(iterable) = iterable else {
        return Err(th.type_error("enumerate() missing required argument 'iterable'"));
    };
    let start = match start {
        Some(s) => ops::index(th, s)?,
        None => Value::small_int(0),
    };
    let it = ops::iter(th, iterable)?;
    let small = start.as_small_int();
    let data = Enumerate {
        it: Field::new(it),
        index: AtomicI64::new(small.unwrap_or(0)),
        big: if small.is_some() {
            Field::absent()
        } else {
            Field::new(start)
        },
    };
    Ok(th.new_instance(cls, data).value())
}

impl Enumerate {
    /// What is enumerated.
    #[inline(always)]
    pub fn iterator(&self) -> Value {
        self.it.get()
    }
}

/// The next number beside the item that comes with it: what the interpreter's loop calls directly for
/// `for i, x in enumerate(…)`.
///
/// # Errors
/// `MemoryError`
#[inline(always)]
pub fn number(th: &Thread, e: &Object<Enumerate>, x: Value) -> PyResult<(Value, Value)> {
    let n = e.index.load(Ordering::Relaxed);
    if !e.big.get().is_absent() || n >= Value::MAX_INT {
        return step_big(th, e, n, x);
    }
    e.index.store(n + 1, Ordering::Relaxed);
    Ok((Value::small_int(n), x))
}

#[cold]
fn step_big(th: &Thread, e: &Object<Enumerate>, n: i64, x: Value) -> PyResult<(Value, Value)> {
    let n = e.big.get().or(Value::int(th, n));
    let after = ops::binary(th, BinOp::Add, n, Value::small_int(1))?;
    e.big.set(&e.header, after);
    Ok((n, x))
}

#[inline]
fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let e = v.expect::<Enumerate>();
    let Some(x) = ops::next(th, e.it.get())? else {
        return Ok(None);
    };
    let (n, x) = number(th, e, x)?;
    Value::try_tuple(th, &[n, x]).map(Some)
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let e = a[0].expect::<Enumerate>();
    let n = e
        .big
        .get()
        .or(Value::int(th, e.index.load(Ordering::Relaxed)));
    let args = Value::tuple(th, &[e.it.get(), n]);
    Ok(Value::tuple(th, &[class_of(a[0]).value(), args]))
}
