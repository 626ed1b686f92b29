//! Type variables in the arguments of generic types, and what replaces them.

use super::opt;
use taipan_object::types::{Type, class_of};
use taipan_object::{PyResult, Thread, Value, ValueVec, attr, call, names, ops, seq};

/// The type variables in a tuple of arguments, each once.
pub(super) fn parameters(th: &Thread, args: Value) -> PyResult {
    let mut out = ValueVec::new();
    collect(th, args.as_tuple().unwrap_or(&[]), &mut out)?;
    Value::try_tuple(th, &out)
}

fn add(th: &Thread, out: &mut ValueVec, v: Value) -> PyResult<()> {
    if out.contains(&v) {
        Ok(())
    } else {
        out.push(th, v)
    }
}

fn collect(th: &Thread, args: &[Value], out: &mut ValueVec) -> PyResult<()> {
    for x in args {
        if x.downcast::<Type>().is_some() {
            continue;
        }
        if let Some(l) = x.as_list() {
            let items = l.snapshot(th)?;
            th.recurse("", || collect(th, &items, out))?;
            continue;
        }
        if let Some(t) = x.as_tuple() {
            th.recurse("", || collect(th, t, out))?;
            continue;
        }
        if attr::get_opt(th, *x, names::TYPING_SUBST.get())?.is_some_and(|s| !s.is_none()) {
            add(th, out, *x)?;
            continue;
        }
        let inner = attr::get_opt(th, *x, names::PARAMETERS.get())?;
        for p in inner.and_then(|p| p.as_tuple()).unwrap_or(&[]) {
            add(th, out, *p)?;
        }
    }
    Ok(())
}

/// The items of a subscript, with unpacked tuples of known length opened.
fn unpack_items(th: &Thread, item: Value) -> PyResult<ValueVec> {
    let one = [item];
    let items = item.as_tuple().unwrap_or(&one);
    let mut out = ValueVec::new();
    for x in items {
        if x.downcast::<Type>().is_none()
            && let Some(inner) = attr::get_opt(th, *x, names::UNPACKED.get())?
            && let Some(t) = inner.as_tuple()
            && t.last().is_none_or(|l| !l.is(Value::ELLIPSIS))
        {
            out.extend_from_slice(th, t)?;
            continue;
        }
        out.push(th, *x)?;
    }
    Ok(out)
}

/// The arguments of `alias[item]`.
pub(super) fn apply(
    th: &Thread,
    alias: Value,
    args: Value,
    params: Value,
    item: Value,
) -> PyResult {
    let params = params.as_tuple().unwrap_or(&[]);
    if params.is_empty() {
        let shown = ops::repr(th, alias)?;
        return Err(th.type_error(format!("{} is not a generic class", names::text(shown))));
    }
    let mut items = Value::try_tuple(th, &unpack_items(th, item)?)?;
    for p in params {
        if let Some(prepare) = attr::get_opt(th, *p, names::TYPING_PREPARE_SUBST.get())?
            && !prepare.is_none()
        {
            let r = call::call(th, prepare, &[alias, items])?;
            items = if r.as_tuple().is_some() {
                r
            } else {
                Value::try_tuple(th, &ops::to_vec(th, r)?)?
            };
        }
    }
    let values = items.as_tuple().unwrap_or(&[]);
    if values.len() != params.len() {
        let shown = ops::repr(th, alias)?;
        let how = if values.len() > params.len() {
            "many"
        } else {
            "few"
        };
        return Err(th.type_error(format!(
            "Too {how} arguments for {}; actual {}, expected {}",
            names::text(shown),
            values.len(),
            params.len()
        )));
    }
    let out = replace_all(th, args.as_tuple().unwrap_or(&[]), params, values)?;
    Value::try_tuple(th, &out)
}

fn replace_all(
    th: &Thread,
    args: &[Value],
    params: &[Value],
    values: &[Value],
) -> PyResult<ValueVec> {
    let mut out = ValueVec::with_capacity(th, args.len())?;
    for x in args {
        if x.downcast::<Type>().is_some() {
            out.push(th, *x)?;
            continue;
        }
        if let Some(l) = x.as_list() {
            let items = l.snapshot(th)?;
            let inner = th.recurse("", || replace_all(th, &items, params, values))?;
            out.push(th, seq::List::from_vec(th, inner))?;
            continue;
        }
        if let Some(t) = x.as_tuple() {
            let inner = th.recurse("", || replace_all(th, t, params, values))?;
            let t = Value::try_tuple(th, &inner)?;
            out.push(th, t)?;
            continue;
        }
        let unpacked = match opt(th, *x, "__typing_is_unpacked_typevartuple__")? {
            Some(f) => ops::truth(th, f)?,
            None => false,
        };
        let subst = attr::get_opt(th, *x, names::TYPING_SUBST.get())?.filter(|s| !s.is_none());
        let new = match (subst, params.iter().position(|p| p.is(*x))) {
            (Some(f), Some(i)) => call::call(th, f, &[values[i]])?,
            _ => replace_within(th, *x, params, values)?,
        };
        match new.as_tuple() {
            Some(t) if unpacked => out.extend_from_slice(th, t)?,
            None if unpacked => {
                let shown = ops::repr(th, *x)?;
                return Err(th.type_error(format!(
                    "expected {}.__typing_subst__() to return a tuple, not {}",
                    names::text(shown),
                    class_of(new).tp_name()
                )));
            }
            _ => out.push(th, new)?,
        }
    }
    Ok(out)
}

/// A generic type within the arguments, with its own variables replaced.
fn replace_within(th: &Thread, v: Value, params: &[Value], values: &[Value]) -> PyResult {
    let inner = attr::get_opt(th, v, names::PARAMETERS.get())?;
    let Some(sub) = inner.and_then(|p| p.as_tuple()).filter(|p| !p.is_empty()) else {
        return Ok(v);
    };
    let mut out = ValueVec::new();
    for p in sub {
        match params.iter().position(|q| q.is(*p)) {
            Some(i) => match values[i].as_tuple() {
                Some(t) if class_of(*p).slots().iter.is_some() => out.extend_from_slice(th, t)?,
                _ => out.push(th, values[i])?,
            },
            None => out.push(th, *p)?,
        }
    }
    let items = Value::try_tuple(th, &out)?;
    ops::get_item(th, v, items)
}
