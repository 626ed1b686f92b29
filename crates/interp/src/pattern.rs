//! `match` statements.

use taipan_object::exception as exc;
use taipan_object::types::{self, Type, class_of};
use taipan_object::{PyResult, Thread, Value, ValueVec, attr, call, names, ops};

/// The values of a mapping for a tuple of keys, or None if one is missing.
pub fn match_keys(th: &Thread, subject: Value, keys: Value) -> PyResult {
    let keys = keys.as_tuple().unwrap_or(&[]);
    let mut out = ValueVec::with_capacity(th, keys.len())?;
    let seen = taipan_object::dict::Set::new(th);
    let marker = Value::list(th, &[])?;
    let get = attr::get(th, subject, names::GET_METHOD.get())?;
    for k in keys {
        if !seen.add(th, *k)? {
            let text = ops::repr(th, *k)?;
            return Err(th.value_error(format!(
                "mapping pattern checks duplicate key ({})",
                names::text(text)
            )));
        }
        let v = call::call(th, get, &[*k, marker])?;
        if v.is(marker) {
            return Ok(Value::NONE);
        }
        out.push(th, v)?;
    }
    Value::try_tuple(th, &out)
}

fn attribute(th: &Thread, subject: Value, name: Value) -> PyResult<Option<Value>> {
    attr::get_opt(th, subject, name)
}

/// The positional and named attributes of a subject, or None if it is no instance or lacks one.
pub fn match_class(
    th: &Thread,
    subject: Value,
    cls: Value,
    named: Value,
    positional: usize,
) -> PyResult {
    let Some(t) = cls.downcast::<Type>() else {
        return Err(th.type_error("called match pattern must be a class"));
    };
    if !ops::is_instance(th, subject, cls)? {
        return Ok(Value::NONE);
    }
    let mut out = ValueVec::with_capacity(th, positional + 4)?;
    let seen = taipan_object::dict::Set::new(th);
    if positional > 0 {
        let (items, match_self) = match attr::get_opt(th, cls, names::MATCH_ARGS.get())? {
            Some(v) => match v.as_tuple() {
                Some(items) if class_of(v).is(&types::TUPLE) => (items, false),
                _ => {
                    return Err(th.type_error(format!(
                        "{}.__match_args__ must be a tuple (got {})",
                        t.tp_name(),
                        class_of(v).tp_name()
                    )));
                }
            },
            None => (&[][..], t.has_flag(types::flags::MATCH_SELF)),
        };
        let allowed = if match_self { 1 } else { items.len() };
        if allowed < positional {
            let s = if allowed == 1 { "" } else { "s" };
            return Err(th.type_error(format!(
                "{}() accepts {allowed} positional sub-pattern{s} ({positional} given)",
                t.tp_name()
            )));
        }
        if match_self {
            out.push(th, subject)?;
        }
        for name in &items[..if match_self { 0 } else { positional }] {
            if name.as_str_obj().is_none() {
                return Err(th.type_error(format!(
                    "__match_args__ elements must be strings (got {})",
                    class_of(*name).tp_name()
                )));
            }
            if !seen.add(th, *name)? {
                return Err(duplicate(th, t, *name));
            }
            match attribute(th, subject, *name)? {
                Some(v) => out.push(th, v)?,
                None => return Ok(Value::NONE),
            }
        }
    }
    for name in named.as_tuple().unwrap_or(&[]) {
        if !seen.add(th, *name)? {
            return Err(duplicate(th, t, *name));
        }
        match attribute(th, subject, *name)? {
            Some(v) => out.push(th, v)?,
            None => return Ok(Value::NONE),
        }
    }
    Value::try_tuple(th, &out)
}

fn duplicate(th: &Thread, t: &taipan_object::Object<Type>, name: Value) -> taipan_object::Raised {
    th.raise(
        &exc::TYPE_ERROR,
        format!(
            "{}() got multiple sub-patterns for attribute '{}'",
            t.name_text(),
            names::text(name)
        ),
    )
}
