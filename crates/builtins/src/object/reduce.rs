//! Pickling of objects in general: `__reduce__`, `__reduce_ex__`, `__getstate__`.

use taipan_object::attr;
use taipan_object::call;
use taipan_object::dict::Dict;
use taipan_object::types::{self, Type, class_of, flags};
use taipan_object::{Object, PyResult, Raised, Thread, Value, ValueVec, names, ops};

fn copyreg(th: &Thread, name: &str) -> PyResult {
    let m = crate::import_module(th, "copyreg")?;
    attr::get_str(th, m, name)
}

pub(super) fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    common_reduce(th, a[0], 0)
}

pub(super) fn reduce_ex(th: &Thread, a: &[Value]) -> PyResult {
    let protocol = ops::index_i32(th, a[1])?;
    // A class with a `__reduce__` of its own is asked that.
    let own = attr::type_lookup(class_of(a[0]), names::REDUCE.get());
    let plain = attr::type_lookup(&types::OBJECT, names::REDUCE.get());
    if own != plain
        && let Some(f) = attr::get_opt(th, a[0], names::REDUCE.get())?
    {
        return call::call(th, f, &[]);
    }
    common_reduce(th, a[0], protocol)
}

fn common_reduce(th: &Thread, v: Value, protocol: i32) -> PyResult {
    if protocol < 2 {
        let f = copyreg(th, "_reduce_ex")?;
        return call::call(th, f, &[v, Value::small_int(protocol as i64)]);
    }
    reduce_newobj(th, v)
}

fn reduce_newobj(th: &Thread, v: Value) -> PyResult {
    let cls = class_of(v);
    if cls.slots().new.is_none() {
        return Err(cannot_pickle(th, cls));
    }
    let (args, kwargs) = new_arguments(th, v)?;
    let (func, args, has_args) = match (args, kwargs) {
        (args, Some(kw)) if kw.as_dict().is_some_and(|d| !d.map.is_empty()) => {
            let args = args.unwrap_or(Value::empty_tuple());
            let t = Value::tuple(th, &[cls.value(), args, kw]);
            (copyreg(th, "__newobj_ex__")?, t, true)
        }
        (args, _) => {
            let has_args = args.is_some();
            let mut items = ValueVec::from_slice(th, &[cls.value()])?;
            items.extend_from_slice(th, args.and_then(|a| a.as_tuple()).unwrap_or(&[]))?;
            (
                copyreg(th, "__newobj__")?,
                Value::try_tuple(th, &items)?,
                has_args,
            )
        }
    };
    let is_list = v.as_list().is_some();
    let is_dict = v.as_dict().is_some();
    let required = !has_args && !is_list && !is_dict;
    let state = get_state(th, v, required)?;
    let list_items = if is_list {
        ops::iter(th, v)?
    } else {
        Value::NONE
    };
    let dict_items = if is_dict {
        let items = call::call_method_name(th, v, names::ITEMS.get(), &[])?;
        ops::iter(th, items)?
    } else {
        Value::NONE
    };
    Ok(Value::tuple(
        th,
        &[func, args, state, list_items, dict_items],
    ))
}

/// What `__getnewargs_ex__` or `__getnewargs__` give.
fn new_arguments(th: &Thread, v: Value) -> PyResult<(Option<Value>, Option<Value>)> {
    if let Some(f) = attr::special(th, v, names::GETNEWARGS_EX.get())? {
        let r = call::call(th, f, &[])?;
        let Some(items) = r.as_tuple() else {
            return Err(th.type_error(format!(
                "__getnewargs_ex__ should return a tuple, not '{}'",
                class_of(r).tp_name()
            )));
        };
        let [args, kw] = items else {
            return Err(th.value_error(format!(
                "__getnewargs_ex__ should return a tuple of length 2, not {}",
                items.len()
            )));
        };
        if args.as_tuple().is_none() {
            return Err(th.type_error(format!(
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{}'",
                class_of(*args).tp_name()
            )));
        }
        if kw.as_dict().is_none() {
            return Err(th.type_error(format!(
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{}'",
                class_of(*kw).tp_name()
            )));
        }
        return Ok((Some(*args), Some(*kw)));
    }
    if let Some(f) = attr::special(th, v, names::GETNEWARGS.get())? {
        let r = call::call(th, f, &[])?;
        if r.as_tuple().is_none() {
            return Err(th.type_error(format!(
                "__getnewargs__ should return a tuple, not '{}'",
                class_of(r).tp_name()
            )));
        }
        return Ok((Some(r), None));
    }
    Ok((None, None))
}

fn get_state(th: &Thread, v: Value, required: bool) -> PyResult {
    let f = attr::get(th, v, names::GETSTATE.get())?;
    if let Some(nf) = f.downcast::<taipan_object::func::NativeFunction>()
        && nf.receiver.get().is(v)
        && nf.method.name == "__getstate__"
        && attr::type_lookup(class_of(v), names::GETSTATE.get())
            == attr::type_lookup(&types::OBJECT, names::GETSTATE.get())
    {
        return default_state(th, v, required);
    }
    call::call(th, f, &[])
}

pub(super) fn getstate(th: &Thread, a: &[Value]) -> PyResult {
    default_state(th, a[0], false)
}

fn default_state(th: &Thread, v: Value, required: bool) -> PyResult {
    let cls = class_of(v);
    if required && !can_be_rebuilt(cls) {
        return Err(cannot_pickle(th, cls));
    }
    let state = match attr::get_opt(th, v, names::DICT.get())? {
        Some(d) if attr::has_dict(v) => match d.as_dict() {
            Some(d) if d.map.is_empty() => Value::NONE,
            Some(d) => Dict::from_map(th, d.map.copy(th, &d.header)?).value(),
            None => d,
        },
        Some(d) => d,
        None => Value::NONE,
    };
    let slot_names = slot_names(th, cls)?;
    let Some(list) = slot_names.as_list() else {
        return Ok(state);
    };
    let slots = Dict::new(th);
    for name in list.snapshot(th)?.iter() {
        if let Some(x) = attr::get_opt(th, v, attr::attr_name(th, *name)?)? {
            slots.set(th, *name, x)?;
        }
    }
    if slots.map.is_empty() {
        return Ok(state);
    }
    Ok(Value::tuple(th, &[state, slots.value()]))
}

/// Native types are named with their module here, as their C names are.
fn cannot_pickle(th: &Thread, cls: &Object<Type>) -> Raised {
    let name = cls.name_text();
    let module = types::module_of(cls).filter(|m| !cls.is_heap() && !m.is_str("builtins"));
    th.type_error(match module {
        Some(m) => format!("cannot pickle '{}.{name}' object", names::text(m)),
        None => format!("cannot pickle '{name}' object"),
    })
}

/// Whether what `__dict__` and `__slots__` hold is all there is to an instance.
fn can_be_rebuilt(cls: &Object<Type>) -> bool {
    let mut native = cls;
    while native.is_heap() {
        match native.base.get() {
            Some(b) => native = b,
            None => break,
        }
    }
    native.is(&types::OBJECT)
        || native.has_flag(flags::EXCEPTION_SUBCLASS)
        || native.basic_size.load(std::sync::atomic::Ordering::Relaxed) <= 8
}

/// `__slotnames__` of a class, computed by `copyreg` when first asked for.
fn slot_names(th: &Thread, cls: &Object<Type>) -> PyResult {
    let key = taipan_object::strings::intern(th, "__slotnames__");
    if let Some(v) = cls.dict.expect().map.get_str(key) {
        if v.as_list().is_none() && !v.is_none() {
            return Err(th.type_error(format!(
                "{}.__slotnames__ should be a list or None, not {}",
                cls.tp_name(),
                class_of(v).tp_name()
            )));
        }
        return Ok(v);
    }
    if !cls.is_heap() {
        return Ok(Value::NONE);
    }
    let f = copyreg(th, "_slotnames")?;
    let r = call::call(th, f, &[cls.value()])?;
    if r.as_list().is_none() && !r.is_none() {
        return Err(th.type_error("copyreg._slotnames didn't return a list or None"));
    }
    Ok(r)
}
