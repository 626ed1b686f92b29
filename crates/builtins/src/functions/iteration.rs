//! `iter`, `next`, `all`, `any`, `min`, `max`, `sorted`, `aiter`, `anext`.

use std::sync::atomic::Ordering;
use taipan_object::attr;
use taipan_object::call::{self, Args};
use taipan_object::exception as exc;
use taipan_object::heap::Field;
use taipan_object::iter::SeqIter;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::{OBJECT, StaticType, class_of, layout_of};
use taipan_object::{PyResult, Thread, Value, ValueVec, names, ops, payload};

/// The payload of `callable_iterator`: `iter(callable, sentinel)`.
pub struct CallableIterator {
    /// What is called; absent at the end.
    callable: Field,
    /// What ends the iteration.
    sentinel: Field,
}

payload!(CallableIterator, "callable_iterator", |this, m| {
    this.callable.trace(m);
    this.sentinel.trace(m);
});

/// `callable_iterator`
pub static CALLABLE_ITERATOR: StaticType = StaticType::new(
    "builtins",
    "callable_iterator",
    Some(&OBJECT),
    0,
    layout_of::<CallableIterator>,
);

/// What the iterator of objects that only have `__getitem__` can do.
pub static SEQ_ITER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(taipan_object::iter::seq_iter_next);
    },
    methods: &[
        Method::new("__length_hint__", "($self, /)", |th, a| {
            let o = a[0].expect::<SeqIter>();
            let Some(seq) = o.seq.get().present() else {
                return Ok(Value::small_int(0));
            };
            if class_of(seq).slots().len.is_none() {
                return Ok(Value::NOT_IMPLEMENTED);
            }
            let n = ops::len(th, seq)? as i64 - o.index.load(Ordering::Relaxed);
            Ok(Value::int(th, n.max(0)))
        })
        .doc("Private method returning an estimate of len(list(it))."),
        Method::new("__reduce__", "($self, /)", |th, a| {
            let o = a[0].expect::<SeqIter>();
            let f = crate::builtin(th, "iter")?;
            match o.seq.get().present() {
                Some(seq) => {
                    let at = Value::int(th, o.index.load(Ordering::Relaxed));
                    Ok(Value::tuple(th, &[f, Value::tuple(th, &[seq]), at]))
                }
                None => Ok(Value::tuple(
                    th,
                    &[f, Value::tuple(th, &[Value::empty_tuple()])],
                )),
            }
        })
        .doc("Return state information for pickling."),
        Method::new("__setstate__", "($self, state, /)", |th, a| {
            let n = ops::index_i64(th, a[1])?;
            a[0].expect::<SeqIter>()
                .index
                .store(n.max(0), Ordering::Relaxed);
            Ok(Value::NONE)
        })
        .doc("Set state information for unpickling."),
    ],
    getset: &[],
    doc: "",
    sig: "",
};

/// What `callable_iterator` can do.
pub static CALLABLE_ITERATOR_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(next_call);
    },
    methods: &[Method::new("__reduce__", "($self, /)", |th, a| {
        let o = a[0].expect::<CallableIterator>();
        let f = crate::builtin(th, "iter")?;
        let args = match o.callable.get().present() {
            Some(c) => Value::tuple(th, &[c, o.sentinel.get()]),
            None => Value::tuple(th, &[Value::empty_tuple()]),
        };
        Ok(Value::tuple(th, &[f, args]))
    })],
    getset: &[],
    doc: "",
    sig: "",
};

fn next_call(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let o = v.expect::<CallableIterator>();
    let Some(f) = o.callable.get().present() else {
        return Ok(None);
    };
    let end = || o.callable.set(&o.header, Value::ABSENT);
    match call::call(th, f, &[]) {
        Ok(x) => {
            if ops::eq(th, o.sentinel.get(), x)? {
                end();
                return Ok(None);
            }
            Ok(Some(x))
        }
        Err(e) if e.is(&exc::STOP_ITERATION) => {
            end();
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

pub(super) fn iter(th: &Thread, a: &[Value]) -> PyResult {
    if a[1].is_absent() {
        return ops::iter(th, a[0]);
    }
    if !ops::is_callable(a[0]) {
        return Err(th.type_error("iter(v, w): v must be callable"));
    }
    let data = CallableIterator {
        callable: Field::new(a[0]),
        sentinel: Field::new(a[1]),
    };
    Ok(th.new_object(&CALLABLE_ITERATOR, data).value())
}

pub(super) fn next(th: &Thread, a: &[Value]) -> PyResult {
    let Some(f) = class_of(a[0]).slots().next else {
        return Err(th.type_error(format!(
            "'{}' object is not an iterator",
            class_of(a[0]).name_text()
        )));
    };
    match (f(th, a[0]), a[1].present()) {
        (Ok(Some(v)), _) => Ok(v),
        (Ok(None), Some(d)) => Ok(d),
        (Ok(None), None) => Err(th.stop_iteration(Value::NONE)),
        (Err(e), Some(d)) if e.is(&exc::STOP_ITERATION) => Ok(d),
        (Err(e), _) => Err(e),
    }
}

/// Whether `wanted` is the truth of some item.
fn some_item(th: &Thread, iterable: Value, wanted: bool) -> PyResult<bool> {
    let it = ops::iter(th, iterable)?;
    let Some(step) = class_of(it).slots().next else {
        return Ok(false);
    };
    while let Some(v) = step(th, it)? {
        if ops::truth(th, v)? == wanted {
            return Ok(true);
        }
        th.poll()?;
    }
    Ok(false)
}

pub(super) fn all(th: &Thread, a: &[Value]) -> PyResult {
    Ok(Value::bool(!some_item(th, a[0], false)?))
}

pub(super) fn any(th: &Thread, a: &[Value]) -> PyResult {
    Ok(Value::bool(some_item(th, a[0], true)?))
}

/// Which of `min` and `max` is meant.
pub(super) struct Extreme {
    name: &'static str,
    op: CmpOp,
}

pub(super) const MIN: Extreme = Extreme {
    name: "min",
    op: CmpOp::Lt,
};
pub(super) const MAX: Extreme = Extreme {
    name: "max",
    op: CmpOp::Gt,
};

pub(super) fn extreme(th: &Thread, args: Args, which: Extreme) -> PyResult {
    let name = which.name;
    let pos = args.pos();
    if pos.is_empty() {
        return Err(th.type_error(format!("{name} expected at least 1 argument, got 0")));
    }
    let (mut key, mut default) = (Value::NONE, None);
    for (k, v) in args.kw() {
        if k.is_str("key") {
            key = v;
        } else if k.is_str("default") {
            default = Some(v);
        } else {
            return Err(th.type_error(format!(
                "{name}() got an unexpected keyword argument '{}'",
                names::text(k)
            )));
        }
    }
    if pos.len() > 1 && default.is_some() {
        return Err(th.type_error(format!(
            "Cannot specify a default for {name}() with multiple positional arguments"
        )));
    }
    // The best item so far and its key.
    let mut best: Option<(Value, Value)> = None;
    let mut consider = |v: Value| -> PyResult<()> {
        let k = if key.is_none() {
            v
        } else {
            call::call(th, key, &[v])?
        };
        let better = match best {
            None => true,
            Some((_, b)) => match (k.as_small_int(), b.as_small_int()) {
                (Some(x), Some(y)) => which.op.of(x.cmp(&y)),
                _ => {
                    let r = ops::compare(th, k, b, which.op)?;
                    ops::truth(th, r)?
                }
            },
        };
        if better {
            best = Some((v, k));
        }
        Ok(())
    };
    if let [one] = pos {
        ops::for_each(th, *one, consider)?;
    } else {
        for v in pos {
            consider(*v)?;
        }
    }
    match (best, default) {
        (Some((v, _)), _) => Ok(v),
        (None, Some(d)) => Ok(d),
        (None, None) => Err(th.value_error(format!("{name}() iterable argument is empty"))),
    }
}

pub(super) fn sorted(th: &Thread, args: Args) -> PyResult {
    let [iterable] = args.pos() else {
        return Err(th.type_error(format!(
            "sorted expected 1 argument, got {}",
            args.pos().len()
        )));
    };
    let items = ops::to_vec(th, *iterable)?;
    let list = Value::list(th, &items)?;
    let sort = attr::get_str(th, list, "sort")?;
    let mut values = ValueVec::new();
    for (_, v) in args.kw() {
        values.push(th, v)?;
    }
    let kw = Args {
        values: &values,
        kwnames: args.kwnames,
    };
    call::call_args(th, sort, kw)?;
    Ok(list)
}

pub(super) fn aiter(th: &Thread, a: &[Value]) -> PyResult {
    let t = class_of(a[0]);
    let Some(f) = t.slots().aiter else {
        return Err(th.type_error(format!(
            "'{}' object is not an async iterable",
            t.name_text()
        )));
    };
    let it = f(th, a[0])?;
    if class_of(it).slots().anext.is_none() {
        return Err(th.type_error(format!(
            "aiter() returned not an async iterator of type '{}'",
            class_of(it).name_text()
        )));
    }
    Ok(it)
}

pub(super) fn anext(th: &Thread, a: &[Value]) -> PyResult {
    let t = class_of(a[0]);
    let Some(f) = t.slots().anext else {
        return Err(th.type_error(format!(
            "'{}' object is not an async iterator",
            t.name_text()
        )));
    };
    let awaitable = f(th, a[0])?;
    match a[1].present() {
        None => Ok(awaitable),
        Some(d) => Ok(crate::generator::anext_with_default(th, awaitable, d)),
    }
}
