//! `map`.

use super::zip::{FEW, round, strict_argument};
use super::{check_all_ended, iterators_of};
use std::sync::atomic::{AtomicBool, Ordering};
use taipan_object::call::{self, Args};
use taipan_object::heap::{Field, ValueVec};
use taipan_object::native::{Method, TypeSpec};
use taipan_object::payload;
use taipan_object::types::{OBJECT, StaticType, Type, class_of, flags, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ops};

/// The payload of `map`.
#[repr(C)]
pub struct Map {
    func: Field,
    /// The iterators, a tuple.
    its: Field,
    strict: AtomicBool,
}

payload!(Map, "map", |this, m| {
    this.func.trace(m);
    this.its.trace(m);
});

/// `map`
pub static MAP: StaticType = StaticType::new(
    "builtins",
    "map",
    Some(&OBJECT),
    flags::BASE,
    layout_of::<Map>,
);

/// `map`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: &[
        Method::new("__reduce__", "($self, /)", reduce)
            .doc("Return state information for pickling."),
        Method::new("__setstate__", "($self, state, /)", set_state)
            .doc("Set state information for unpickling."),
    ],
    getset: &[],
    doc: "Make an iterator that computes the function using arguments from\neach of the iterables.  Stops when the shortest iterable is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the\nothers, raise a ValueError.",
    sig: "(function, iterable, /, *iterables, strict=False)",
};

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let strict = strict_argument(th, "map", args)?;
    let [func, iterables @ ..] = args.pos() else {
        return Err(th.type_error("map() must have at least two arguments."));
    };
    if iterables.is_empty() {
        return Err(th.type_error("map() must have at least two arguments."));
    }
    let its = iterators_of(th, iterables)?;
    let data = Map {
        func: Field::new(*func),
        its: Field::new(its),
        strict: AtomicBool::new(strict),
    };
    Ok(th.new_instance(cls, data).value())
}

#[inline]
fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let m = v.expect::<Map>();
    let its = m.its.get().as_tuple().unwrap_or(&[]);
    let func = m.func.get();
    if let [it] = its {
        return match ops::next(th, *it)? {
            Some(x) => call::call(th, func, &[x]).map(Some),
            None => Ok(None),
        };
    }
    let strict = m.strict.load(Ordering::Relaxed);
    if its.len() <= FEW {
        let mut buf = [Value::ABSENT; FEW];
        let buf = &mut buf[..its.len()];
        if !round(th, "map", its, strict, buf)? {
            return Ok(None);
        }
        return call::call(th, func, buf).map(Some);
    }
    let mut args = ValueVec::with_capacity(th, its.len())?;
    for (i, it) in its.iter().enumerate() {
        match ops::next(th, *it)? {
            Some(x) => args.push(th, x)?,
            None => {
                if strict {
                    check_all_ended(th, "map", its, i)?;
                }
                return Ok(None);
            }
        }
    }
    call::call(th, func, &args).map(Some)
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let m = a[0].expect::<Map>();
    let cls = class_of(a[0]).value();
    let mut args = ValueVec::from_slice(th, &[m.func.get()])?;
    args.extend_from_slice(th, m.its.get().as_tuple().unwrap_or(&[]))?;
    let args = Value::try_tuple(th, &args)?;
    if m.strict.load(Ordering::Relaxed) {
        Ok(Value::tuple(th, &[cls, args, Value::TRUE]))
    } else {
        Ok(Value::tuple(th, &[cls, args]))
    }
}

fn set_state(th: &Thread, a: &[Value]) -> PyResult {
    let strict = ops::truth(th, a[1])?;
    a[0].expect::<Map>().strict.store(strict, Ordering::Relaxed);
    Ok(Value::NONE)
}
