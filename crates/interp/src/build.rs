//! Items, containers, unpacking, formatting: the slow paths of those operations.

use taipan_bytecode::{CommonConst, Conversion};
use taipan_object::call::{self, Args};
use taipan_object::dict::{Dict, Set};
use taipan_object::exception as exc;
use taipan_object::frame::Regs;
use taipan_object::seq::List;
use taipan_object::strings::Str;
use taipan_object::types::{self, class_of};
use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{PyResult, Thread, Value, ValueVec, names, ops};

/// A builtin that the language itself uses.
pub fn common(x: u8) -> Value {
    match CommonConst::from_u8(x) {
        Some(CommonConst::NotImplementedError) => exc::NOT_IMPLEMENTED_ERROR.value(),
        _ => exc::ASSERTION_ERROR.value(),
    }
}

/// `v[k]` of an exact list or tuple and a small index in range.
#[inline(always)]
pub fn item_fast(v: Value, k: Value) -> Option<Value> {
    let n = k.as_small_int()?;
    if let Some(l) = v.downcast::<List>() {
        if !class_of(v).is(&types::LIST) {
            return None;
        }
        return l.item_at(n);
    }
    let t = v.as_tuple()?;
    if !class_of(v).is(&types::TUPLE) {
        return None;
    }
    let n = if n < 0 { n + t.len() as i64 } else { n };
    if n >= 0 {
        t.get(n as usize).copied()
    } else {
        None
    }
}

/// `v[k]`.
#[inline(never)]
pub fn item(th: &Thread, v: Value, k: Value) -> PyResult {
    if let Some(d) = v.as_dict()
        && class_of(v).is(&types::DICT)
    {
        let h = taipan_object::dict::key_hash(th, k)?;
        return match d.map.get(th, k, h)? {
            Some(x) => Ok(x),
            None => Err(th.key_error(k)),
        };
    }
    ops::get_item(th, v, k)
}

/// `v[k] = x`.
#[inline]
pub fn store_item(th: &Thread, v: Value, k: Value, x: Value) -> PyResult<()> {
    if let Some(l) = v.downcast::<List>() {
        if class_of(v).is(&types::LIST)
            && let Some(n) = k.as_small_int()
            && l.set_item_at(n, x)
        {
            return Ok(());
        }
    } else if let Some(d) = v.as_dict()
        && class_of(v).is(&types::DICT)
    {
        return d.set(th, k, x);
    }
    ops::set_item(th, v, k, x)
}

/// The next item of an iterator, nothing at the end.
#[inline(always)]
pub fn next(th: &Thread, it: Value) -> PyResult<Option<Value>> {
    match class_of(it).slots().next {
        Some(f) => ops::ended(f(th, it)),
        None => ops::next(th, it),
    }
}

/// Unpacks exactly `n` items into registers.
#[inline]
pub fn unpack_to(th: &Thread, v: Value, n: usize, to: Regs) -> PyResult<()> {
    match v.as_tuple() {
        Some(items) if items.len() == n && class_of(v).is(&types::TUPLE) => to.copy_in(items),
        _ => to.copy_in(&unpack(th, v, n)?),
    }
    Ok(())
}

/// Exactly `n` items of an iterable.
#[inline(never)]
pub fn unpack(th: &Thread, v: Value, n: usize) -> PyResult<ValueVec> {
    if class_of(v).is(&types::LIST)
        && let Some(l) = v.as_list()
    {
        let items = l.snapshot(th)?;
        return check_count(th, v, items, n);
    }
    if let Some(t) = v.as_tuple()
        && class_of(v).is(&types::TUPLE)
    {
        return check_count(th, v, ValueVec::from_slice(th, t)?, n);
    }
    let it = unpack_iter(th, v)?;
    let mut items = ValueVec::with_capacity(th, n)?;
    while items.len() < n {
        match ops::next(th, it)? {
            Some(x) => items.push(th, x)?,
            None => return Err(not_enough(th, n, items.len(), "")),
        }
    }
    match ops::next(th, it)? {
        None => Ok(items),
        Some(_) => {
            if class_of(v).is(&types::DICT) {
                let len = ops::len(th, v)?;
                return Err(th.value_error(format!(
                    "too many values to unpack (expected {n}, got {len})"
                )));
            }
            Err(th.value_error(format!("too many values to unpack (expected {n})")))
        }
    }
}

fn unpack_iter(th: &Thread, v: Value) -> PyResult {
    if class_of(v).slots().iter.is_none() && class_of(v).slots().getitem.is_none() {
        return Err(th.type_error(format!(
            "cannot unpack non-iterable {} object",
            class_of(v).tp_name()
        )));
    }
    ops::iter(th, v)
}

fn not_enough(th: &Thread, n: usize, got: usize, at_least: &str) -> taipan_object::Raised {
    th.value_error(format!(
        "not enough values to unpack (expected {at_least}{n}, got {got})"
    ))
}

fn check_count(th: &Thread, _v: Value, items: ValueVec, n: usize) -> PyResult<ValueVec> {
    if items.len() == n {
        Ok(items)
    } else if items.len() < n {
        Err(not_enough(th, n, items.len(), ""))
    } else {
        Err(th.value_error(format!(
            "too many values to unpack (expected {n}, got {})",
            items.len()
        )))
    }
}

/// `before` items, a list of the rest, `after` items.
pub fn unpack_ex(th: &Thread, v: Value, before: usize, after: usize) -> PyResult<ValueVec> {
    let it = unpack_iter(th, v)?;
    let mut items = ValueVec::with_capacity(th, before + after + 1)?;
    while let Some(x) = ops::next(th, it)? {
        items.push(th, x)?;
        th.poll()?;
    }
    if items.len() < before + after {
        return Err(not_enough(th, before + after, items.len(), "at least "));
    }
    let rest_end = items.len() - after;
    let rest = Value::list(th, &items[before..rest_end])?;
    let mut out = ValueVec::with_capacity(th, before + after + 1)?;
    out.extend_from_slice(th, &items[..before])?;
    out.push(th, rest)?;
    out.extend_from_slice(th, &items[rest_end..])?;
    Ok(out)
}

/// A set display.
pub fn set(th: &Thread, items: &[Value]) -> PyResult {
    let s = Set::new(th);
    for v in items {
        s.add(th, *v)?;
    }
    Ok(s.value())
}

/// A dict display of key, value, key, value ….
pub fn map(th: &Thread, pairs: &[Value]) -> PyResult {
    let d = Dict::new(th);
    for p in pairs.chunks_exact(2) {
        d.set(th, p[0], p[1])?;
    }
    Ok(d.value())
}

/// The pieces of an f-string joined.
pub fn string(th: &Thread, parts: &[Value]) -> PyResult {
    let n = parts
        .iter()
        .map(|p| p.expect::<Str>().as_bytes().len())
        .sum();
    let mut out = Wtf8Buf::with_capacity(n);
    for p in parts {
        out.push_wtf8(p.expect::<Str>().wtf8());
    }
    Value::try_wtf8(th, &out)
}

/// A replacement field of an f-string: converted, then formatted.
pub fn format(th: &Thread, v: Value, spec: Value, conversion: u8) -> PyResult {
    let v = match Conversion::from_u8(conversion) {
        Some(Conversion::Str) => ops::str(th, v)?,
        Some(Conversion::Repr) => ops::repr(th, v)?,
        Some(Conversion::Ascii) => ops::ascii(th, v)?,
        _ => v,
    };
    ops::format(th, v, spec)
}

/// `[*…]`
pub fn list_extend(th: &Thread, list: Value, v: Value) -> PyResult<()> {
    let l = list.expect::<List>();
    if class_of(v).slots().iter.is_none() && class_of(v).slots().getitem.is_none() {
        return Err(th.type_error(format!(
            "Value after * must be an iterable, not {}",
            class_of(v).tp_name()
        )));
    }
    ops::for_each(th, v, |x| l.append(th, x))
}

/// `{*…}`
pub fn set_update(th: &Thread, set: Value, v: Value) -> PyResult<()> {
    let s = set.expect::<Set>();
    ops::for_each(th, v, |x| s.add(th, x).map(|_| ()))
}

/// Runs through the items of a mapping: a dict, or anything with `keys()`.
fn each_pair(
    th: &Thread,
    v: Value,
    mut f: impl FnMut(Value, Value) -> PyResult<()>,
) -> PyResult<()> {
    if let Some(d) = v.as_dict()
        && class_of(v).is(&types::DICT)
    {
        let mut pos = 0;
        while let Some((next, k, x, _)) = d.map.next_entry(pos) {
            pos = next;
            f(k, x)?;
        }
        return Ok(());
    }
    let keys = call::call_method_name(th, v, names::KEYS.get(), &[])?;
    ops::for_each(th, keys, |k| {
        let x = ops::get_item(th, v, k)?;
        f(k, x)
    })
}

fn is_mapping(th: &Thread, v: Value) -> PyResult<bool> {
    Ok(v.as_dict().is_some() || taipan_object::attr::get_opt(th, v, names::KEYS.get())?.is_some())
}

/// `{**…}`
pub fn dict_update(th: &Thread, dict: Value, v: Value) -> PyResult<()> {
    if !is_mapping(th, v)? {
        return Err(th.type_error(format!(
            "'{}' object is not a mapping",
            class_of(v).tp_name()
        )));
    }
    let d = dict.expect::<Dict>();
    each_pair(th, v, |k, x| d.set(th, k, x))
}

/// How messages name a callable: its qualified name with its module, or its text.
fn callable_name(th: &Thread, f: Value) -> String {
    let qualname = taipan_object::attr::get_opt(th, f, names::QUALNAME.get())
        .ok()
        .flatten();
    let Some(q) = qualname.filter(|q| q.as_str_obj().is_some()) else {
        return match ops::str(th, f) {
            Ok(s) => names::text(s).into_owned(),
            Err(_) => "?".into(),
        };
    };
    let module = taipan_object::attr::get_opt(th, f, names::MODULE.get())
        .ok()
        .flatten();
    match module {
        Some(m) if m.as_str_obj().is_some() && !m.is_str("builtins") => {
            format!("{}.{}()", names::text(m), names::text(q))
        }
        _ => format!("{}()", names::text(q)),
    }
}

/// `f(**…)`: adds keywords, none of them twice.
pub fn dict_merge(th: &Thread, dict: Value, v: Value, f: Value) -> PyResult<()> {
    if !is_mapping(th, v)? {
        return Err(th.type_error(format!(
            "{} argument after ** must be a mapping, not {}",
            callable_name(th, f),
            class_of(v).tp_name()
        )));
    }
    let d = dict.expect::<Dict>();
    each_pair(th, v, |k, x| {
        let h = ops::hash(th, k)?;
        if d.map.get(th, k, h)?.is_some() {
            let shown = ops::str(th, k)?;
            return Err(th.type_error(format!(
                "{} got multiple values for keyword argument '{}'",
                callable_name(th, f),
                names::text(shown)
            )));
        }
        d.set(th, k, x)
    })
}

/// `f(*args, **kwargs)`; the keywords may be absent.
pub fn call_ex(th: &Thread, f: Value, args: Value, kwargs: Value) -> PyResult {
    let mut all = match args.as_tuple() {
        Some(t) if kwargs.is_absent() => return call::call_args(th, f, Args::positional(t)),
        Some(t) => ValueVec::from_slice(th, t)?,
        None => {
            if class_of(args).slots().iter.is_none() && class_of(args).slots().getitem.is_none() {
                return Err(th.type_error(format!(
                    "{} argument after * must be an iterable, not {}",
                    callable_name(th, f),
                    class_of(args).tp_name()
                )));
            }
            ops::to_vec(th, args)?
        }
    };
    let mut kwnames = ValueVec::new();
    if !kwargs.is_absent() {
        let mut kwargs = kwargs;
        if !class_of(kwargs).is(&types::DICT) {
            // Another mapping may give a key twice.
            let dict = Dict::new(th).value();
            dict_merge(th, dict, kwargs, f)?;
            kwargs = dict;
        }
        each_pair(th, kwargs, |k, x| {
            if k.as_str_obj().is_none() {
                return Err(th.type_error("keywords must be strings"));
            }
            kwnames.push(th, k)?;
            all.push(th, x)
        })?;
    }
    call::call_args(
        th,
        f,
        Args {
            values: &all,
            kwnames: &kwnames,
        },
    )
}
