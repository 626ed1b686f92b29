//! `type(name, bases, namespace, **kwds)`: makes a class and runs the hooks that creation calls.

use super::call_super_method;
use taipan_object::attr;
use taipan_object::call::{self, Args};
use taipan_object::class;
use taipan_object::dict::Dict;
use taipan_object::frame;
use taipan_object::types::{self, Type, class_of};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, names, ops, strings};

/// `type.__new__`
pub(super) fn new(th: &Thread, meta: &Object<Type>, args: Args) -> PyResult {
    let [name, bases, ns] = args.pos() else {
        return Err(th.type_error(format!(
            "type.__new__() takes exactly 3 arguments ({} given)",
            args.pos().len()
        )));
    };
    let wrong = |n: u8, what: &str, v: Value| {
        th.type_error(format!(
            "type.__new__() argument {n} must be {what}, not {}",
            class_of(v).tp_name()
        ))
    };
    if name.as_str_obj().is_none() {
        return Err(wrong(1, "str", *name));
    }
    let Some(base_items) = bases.as_tuple() else {
        return Err(wrong(2, "tuple", *bases));
    };
    let Some(dict) = ns.as_dict() else {
        return Err(wrong(3, "dict", *ns));
    };
    for b in base_items {
        if b.downcast::<Type>().is_none()
            && attr::get_opt(th, *b, names::MRO_ENTRIES.get())?.is_some()
        {
            return Err(
                th.type_error("type() doesn't support MRO entry resolution; use types.new_class()")
            );
        }
    }
    let winner = class::calculate_metaclass(th, meta, base_items)?;
    if !winner.is(meta)
        && let Some(f) = winner.slots().new
        && f as usize != new as *const () as usize
    {
        return f(th, winner, args);
    }
    if let Some(text) = name.as_wtf8()
        && text.as_bytes().contains(&0)
    {
        return Err(th.value_error("type name must not contain null characters"));
    }
    strings::check_utf8(th, *name)?;
    if let Some(doc) = dict.map.get_str(names::DOC.get())
        && doc.as_str_obj().is_some()
    {
        strings::check_utf8(th, doc)?;
    }
    let n = args.pos().len();
    let kw = Args {
        values: &args.values[n..],
        kwnames: args.kwnames,
    };
    Ok(new_type(th, winner, *name, base_items, dict, kw)?.value())
}

/// Makes a class of a known metaclass from a namespace and runs `__set_name__` and `__init_subclass__`.
pub fn new_type<'a>(
    th: &Thread,
    meta: &Object<Type>,
    name: Value,
    bases: &[Value],
    namespace: &Object<Dict>,
    kw: Args,
) -> PyResult<&'a Object<Type>> {
    let t = class::new_class(th, meta, name, bases, namespace)?;
    let dict = t.dict.expect();
    if dict.map.get_str(names::MODULE.get()).is_none()
        && let Some(f) = frame::current(th)
        && let Some(module) = f.globals().map.get_str(names::NAME.get())
    {
        dict.set(th, names::MODULE.get(), module)?;
    }
    t.modified();
    set_names(th, t)?;
    init_subclass(th, t, kw)?;
    Ok(t)
}

/// Calls `__set_name__` of all values in the namespace that have it.
fn set_names(th: &Thread, t: &Object<Type>) -> PyResult<()> {
    let dict = t.dict.expect();
    // Most namespaces have nothing to tell: those are walked without a copy.
    let wants = |v: Value| attr::type_lookup(class_of(v), names::SET_NAME.get()).is_some();
    let mut todo = ValueVec::new();
    let mut at = 0;
    while let Some((next, k, v, _)) = dict.map.next_entry(at) {
        if wants(v) {
            todo.push(th, k)?;
            todo.push(th, v)?;
        }
        at = next;
    }
    for pair in todo.chunks(2) {
        let (k, v) = (pair[0], pair[1]);
        if let Err(e) = attr::call_special(th, v, names::SET_NAME.get(), &[t.value(), k]) {
            let note = format!(
                "Error calling __set_name__ on '{}' instance {} in '{}'",
                class_of(v).name_text(),
                names::text(ops::repr(th, k)?),
                t.name_text()
            );
            crate::exceptions::add_note_text(th, e.0, &note)?;
            return Err(e);
        }
    }
    Ok(())
}

fn init_subclass(th: &Thread, t: &Object<Type>, kw: Args) -> PyResult<()> {
    let name = names::INIT_SUBCLASS.get();
    // The one of `object` does nothing and refuses keywords: it need not be called without any.
    if !kw.has_kw() {
        let found = t.mro_items().iter().skip(1).find_map(|b| {
            let b = b.downcast::<Type>()?;
            b.dict.get()?.map.get_str(name).map(|_| b)
        });
        if found.is_some_and(|b| b.is(&types::OBJECT)) {
            return Ok(());
        }
    }
    call_super_method(th, t, name, kw).map(|_| ())
}

/// Calls a metaclass, or anything that stands for one, with a name, bases and a namespace.
pub fn call_metaclass(
    th: &Thread,
    meta: Value,
    name: Value,
    bases: Value,
    ns: Value,
    kw: Args,
) -> PyResult {
    let mut values = ValueVec::from_slice(th, &[name, bases, ns])?;
    values.extend_from_slice(th, kw.values)?;
    call::call_args(
        th,
        meta,
        Args {
            values: &values,
            kwnames: kw.kwnames,
        },
    )
}
