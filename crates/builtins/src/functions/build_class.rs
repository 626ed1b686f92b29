//! `__build_class__`: what a `class` statement calls.

use crate::class;
use taipan_object::attr;
use taipan_object::call::{self, Args};
use taipan_object::class as classes;
use taipan_object::dict::Dict;
use taipan_object::func::{Cell, Function};
use taipan_object::thread::hooks;
use taipan_object::types::{self, Type, class_of};
use taipan_object::{PyResult, Thread, Value, ValueVec, names, ops};

/// `__build_class__(func, name, *bases, metaclass=…, **kwds)`
pub fn build_class(th: &Thread, args: Args) -> PyResult {
    let pos = args.pos();
    let [func, name, bases @ ..] = pos else {
        return Err(th.type_error("__build_class__: not enough arguments"));
    };
    let Some(f) = func.downcast::<Function>() else {
        return Err(th.type_error("__build_class__: func must be a function"));
    };
    if name.as_str_obj().is_none() {
        return Err(th.type_error("__build_class__: name is not a string"));
    }
    let original = bases;
    let resolved = resolve_bases(th, bases)?;
    let bases = resolved.as_deref().unwrap_or(original);

    let mut values = ValueVec::new();
    let mut kwnames = ValueVec::new();
    let mut meta = None;
    for (k, v) in args.kw() {
        if k.is_str("metaclass") {
            meta = Some(v);
        } else {
            kwnames.push(th, k)?;
            values.push(th, v)?;
        }
    }
    let kw = Args {
        values: &values,
        kwnames: &kwnames,
    };
    let mut meta = meta.unwrap_or_else(|| match bases.first() {
        Some(b) => class_of(*b).value(),
        None => types::TYPE.value(),
    });
    let is_class = meta.downcast::<Type>();
    if let Some(m) = is_class {
        meta = classes::calculate_metaclass(th, m, bases)?.value();
    }
    let bases_tuple = Value::try_tuple(th, bases)?;
    let ns = prepare(th, meta, is_class.is_some(), *name, bases_tuple, kw)?;

    let globals = f.globals.expect().value();
    let code = f.code.expect().value();
    let cell = (hooks().run_code)(th, code, globals, ns, f.closure.get())?;
    if resolved.is_some() {
        let bases = Value::try_tuple(th, original)?;
        ops::set_item(th, ns, names::ORIG_BASES.get(), bases)?;
    }
    let plain = meta.is(types::TYPE.value());
    let cls = match ns.as_dict() {
        // `type` itself needs no call.
        Some(d) if plain && types::is_exactly(ns, &types::DICT) => {
            class::new_type(th, &types::TYPE, *name, bases, d, kw)?.value()
        }
        _ => class::call_metaclass(th, meta, *name, bases_tuple, ns, kw)?,
    };
    if let Some(c) = cell.downcast::<Cell>()
        && cls.downcast::<Type>().is_some()
    {
        let seen = c.value.get();
        if seen.is_absent() {
            let name = ops::repr(th, *name)?;
            let cls = ops::repr(th, cls)?;
            return Err(th.runtime_error(format!(
                "__class__ not set defining {} as {}. Was __classcell__ propagated to type.__new__?",
                names::text(name),
                names::text(cls)
            )));
        }
        if !seen.is(cls) {
            let (seen, name, cls) = (
                ops::repr(th, seen)?,
                ops::repr(th, *name)?,
                ops::repr(th, cls)?,
            );
            return Err(th.type_error(format!(
                "__class__ set to {} defining {} as {}",
                names::text(seen),
                names::text(name),
                names::text(cls)
            )));
        }
    }
    Ok(cls)
}

/// The bases with `__mro_entries__` applied; nothing if all are classes.
pub fn resolve_bases(th: &Thread, bases: &[Value]) -> PyResult<Option<ValueVec>> {
    if bases.iter().all(|b| b.downcast::<Type>().is_some()) {
        return Ok(None);
    }
    let mut out = ValueVec::new();
    let mut changed = false;
    let tuple = Value::try_tuple(th, bases)?;
    for b in bases {
        if b.downcast::<Type>().is_some() {
            out.push(th, *b)?;
            continue;
        }
        let Some(f) = attr::get_opt(th, *b, names::MRO_ENTRIES.get())? else {
            out.push(th, *b)?;
            continue;
        };
        let entries = call::call(th, f, &[tuple])?;
        let Some(items) = entries.as_tuple() else {
            return Err(th.type_error("__mro_entries__ must return a tuple"));
        };
        changed = true;
        out.extend_from_slice(th, items)?;
    }
    Ok(changed.then_some(out))
}

/// The namespace that the metaclass prepares.
fn prepare(
    th: &Thread,
    meta: Value,
    is_class: bool,
    name: Value,
    bases: Value,
    kw: Args,
) -> PyResult {
    if meta.is(types::TYPE.value()) {
        return Ok(Dict::new(th).value());
    }
    let Some(f) = attr::get_opt(th, meta, names::PREPARE.get())? else {
        return Ok(Dict::new(th).value());
    };
    let mut values = ValueVec::from_slice(th, &[name, bases])?;
    values.extend_from_slice(th, kw.values)?;
    let ns = call::call_args(
        th,
        f,
        Args {
            values: &values,
            kwnames: kw.kwnames,
        },
    )?;
    if !is_mapping(ns) {
        let of = match meta.downcast::<Type>() {
            Some(t) if is_class => t.name_text(),
            _ => "<metaclass>".into(),
        };
        return Err(th.type_error(format!(
            "{of}.__prepare__() must return a mapping, not {}",
            class_of(ns).tp_name()
        )));
    }
    Ok(ns)
}

/// Whether a value can be subscripted, as a namespace must.
pub fn is_mapping(v: Value) -> bool {
    let s = class_of(v).slots();
    s.getitem.is_some()
        && !types::class_of(v).has_flag(
            types::flags::TUPLE_SUBCLASS | types::flags::LIST_SUBCLASS | types::flags::STR_SUBCLASS,
        )
        || v.as_dict().is_some()
}
