//! `iter`, `next`, `all`, `any`, `min`, `max`, `sorted`, `aiter`, `anext`.

use taipan_object::attr;
use taipan_object::call::{self, Args};
use taipan_object::exception as exc;
use taipan_object::iter::CallableIter;
use taipan_object::seq::List;
use taipan_object::slots::CmpOp;
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, names, ops};

pub(super) fn iter(th: &Thread, a: &[Value]) -> PyResult {
    if a[1].is_absent() {
        return ops::iter(th, a[0]);
    }
    CallableIter::new(th, a[0], a[1])
}

pub(super) fn next(th: &Thread, a: &[Value]) -> PyResult {
    let Some(f) = class_of(a[0]).slots().next else {
        return Err(th.type_error(format!(
            "'{}' object is not an iterator",
            class_of(a[0]).tp_name()
        )));
    };
    match (f(th, a[0]), a[1].present()) {
        (Ok(v), _) if !v.is_absent() => Ok(v),
        (Ok(_), Some(d)) => Ok(d),
        (Ok(_), None) => Err(th.stop_iteration(Value::NONE)),
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
    while let Some(v) = ops::ended(step(th, it))? {
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
    let list = List::from_vec(th, ops::to_vec(th, *iterable)?);
    let Some(sort) = attr::type_lookup(class_of(list), names::SORT.get()) else {
        return Err(th.no_attribute(list, names::SORT.get()));
    };
    let kw = Args {
        values: &args.values[1..],
        kwnames: args.kwnames,
    };
    kw.with_first(th, list, |a| call::call_args(th, sort, a))?;
    Ok(list)
}

pub(super) fn aiter(th: &Thread, a: &[Value]) -> PyResult {
    let t = class_of(a[0]);
    let Some(f) = t.slots().aiter else {
        return Err(th.type_error(format!("'{}' object is not an async iterable", t.tp_name())));
    };
    let it = f(th, a[0])?;
    if class_of(it).slots().anext.is_none() {
        return Err(th.type_error(format!(
            "aiter() returned not an async iterator of type '{}'",
            class_of(it).tp_name()
        )));
    }
    Ok(it)
}

pub(super) fn anext(th: &Thread, a: &[Value]) -> PyResult {
    let t = class_of(a[0]);
    let Some(f) = t.slots().anext else {
        return Err(th.type_error(format!("'{}' object is not an async iterator", t.tp_name())));
    };
    let awaitable = f(th, a[0])?;
    match a[1].present() {
        None => Ok(awaitable),
        Some(d) => Ok(crate::generator::anext_with_default(th, awaitable, d)),
    }
}
