//! `zip`.

use super::{check_all_ended, iterators_of};
use std::sync::atomic::{AtomicBool, Ordering};
use taipan_object::call::Args;
use taipan_object::heap::{Field, ValueVec};
use taipan_object::native::{Method, TypeSpec};
use taipan_object::payload;
use taipan_object::types::{OBJECT, StaticType, Type, class_of, flags, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, names, ops};

/// The payload of `zip`.
#[repr(C)]
pub struct Zip {
    /// The iterators, a tuple.
    its: Field,
    strict: AtomicBool,
}

payload!(30: Zip, "zip", |this, m| this.its.trace(m));

impl Zip {
    /// The two iterators of a `zip` of two that may be of different lengths: the interpreter's loop takes their items
    /// itself.
    #[inline(always)]
    pub fn two(&self) -> Option<(Value, Value)> {
        match self.its.get().as_tuple() {
            Some([a, b]) if !self.strict.load(Ordering::Relaxed) => Some((*a, *b)),
            _ => None,
        }
    }
}

/// `zip`
pub static ZIP: StaticType = StaticType::new(
    "builtins",
    "zip",
    Some(&OBJECT),
    flags::BASE,
    layout_of::<Zip>,
);

/// `zip`
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
    doc: "The zip object yields n-length tuples, where n is the number of\niterables passed as positional arguments to zip().  The i-th element\nin every tuple comes from the i-th iterable argument to zip().  This\ncontinues until the shortest argument is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the\nothers, raise a ValueError.\n\n   >>> list(zip('abcdefg', range(3), range(4)))\n   [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]",
    sig: "(*iterables, strict=False)",
};

/// The value of the keyword `strict`, the only one that `name` takes.
pub(super) fn strict_argument(th: &Thread, name: &str, args: Args) -> PyResult<bool> {
    let mut strict = false;
    for (k, v) in args.kw() {
        if !k.is_str("strict") {
            return Err(th.type_error(format!(
                "{name}() got an unexpected keyword argument '{}'",
                names::text(k)
            )));
        }
        strict = ops::truth(th, v)?;
    }
    Ok(strict)
}

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let strict = strict_argument(th, "zip", args)?;
    let its = iterators_of(th, args.pos())?;
    let data = Zip {
        its: Field::new(its),
        strict: AtomicBool::new(strict),
    };
    Ok(th.new_instance(cls, data).value())
}

/// The next of each iterator into `out`; false at the end.
pub(super) fn round(
    th: &Thread,
    name: &str,
    its: &[Value],
    strict: bool,
    out: &mut [Value],
) -> PyResult<bool> {
    for (i, it) in its.iter().enumerate() {
        match ops::next(th, *it)? {
            Some(x) => out[i] = x,
            None => {
                if strict {
                    check_all_ended(th, name, its, i)?;
                }
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Iterators that fit a buffer on the stack.
pub(super) const FEW: usize = 8;

#[inline]
fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let z = v.expect::<Zip>();
    let its = z.its.get().as_tuple().unwrap_or(&[]);
    if its.is_empty() {
        return Ok(None);
    }
    let strict = z.strict.load(Ordering::Relaxed);
    if its.len() <= FEW {
        let mut buf = [Value::ABSENT; FEW];
        let buf = &mut buf[..its.len()];
        if !round(th, "zip", its, strict, buf)? {
            return Ok(None);
        }
        return Value::try_tuple(th, buf).map(Some);
    }
    let mut out = ValueVec::with_capacity(th, its.len())?;
    for (i, it) in its.iter().enumerate() {
        match ops::next(th, *it)? {
            Some(x) => out.push(th, x)?,
            None => {
                if strict {
                    check_all_ended(th, "zip", its, i)?;
                }
                return Ok(None);
            }
        }
    }
    Value::try_tuple(th, &out).map(Some)
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let z = a[0].expect::<Zip>();
    let cls = class_of(a[0]).value();
    if z.strict.load(Ordering::Relaxed) {
        Ok(Value::tuple(th, &[cls, z.its.get(), Value::TRUE]))
    } else {
        Ok(Value::tuple(th, &[cls, z.its.get()]))
    }
}

fn set_state(th: &Thread, a: &[Value]) -> PyResult {
    let strict = ops::truth(th, a[1])?;
    a[0].expect::<Zip>().strict.store(strict, Ordering::Relaxed);
    Ok(Value::NONE)
}
