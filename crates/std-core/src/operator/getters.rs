//! `itemgetter`, `attrgetter`, `methodcaller`.

use taipan_containers::text::Text;
use taipan_object::call::{self, Args};
use taipan_object::dict::Dict;
use taipan_object::heap::{Field, ValueVec};
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::payload;
use taipan_object::strings::intern_value;
use taipan_object::types::{self, OBJECT, StaticType, Type, class_of, is_exactly, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, attr, names, ops};

/// The payload of `itemgetter` and `attrgetter`.
#[repr(C)]
pub struct Getter {
    /// The arguments, a tuple.
    args: Field,
    /// What is looked up: the one key itself, or for attributes a tuple of tuples of names.
    keys: Field,
}

payload!(Getter, "getter", |this, m| {
    this.args.trace(m);
    this.keys.trace(m);
});

/// The payload of `methodcaller`.
#[repr(C)]
pub struct MethodCaller {
    name: Field,
    /// Positional arguments, a tuple.
    args: Field,
    /// Keyword arguments, a dict.
    kwargs: Field,
}

payload!(MethodCaller, "method caller", |this, m| {
    this.name.trace(m);
    this.args.trace(m);
    this.kwargs.trace(m);
});

/// `itemgetter`
pub static ITEM_GETTER: StaticType = StaticType::new(
    "operator",
    "itemgetter",
    Some(&OBJECT),
    0,
    layout_of::<Getter>,
);
/// `attrgetter`
pub static ATTR_GETTER: StaticType = StaticType::new(
    "operator",
    "attrgetter",
    Some(&OBJECT),
    0,
    layout_of::<Getter>,
);
/// `methodcaller`
pub static METHOD_CALLER: StaticType = StaticType::new(
    "operator",
    "methodcaller",
    Some(&OBJECT),
    0,
    layout_of::<MethodCaller>,
);

const REDUCE: Method = Method::new("__reduce__", "($self, /)", reduce)
    .atomic(Atomic::Immutable)
    .doc("Return state information for pickling");

/// Of the call, not of the constructor: what `inspect.signature` asks an instance for.
const TEXT_SIGNATURE: GetSet =
    GetSet::new("__text_signature__", |th, _| Ok(Value::str(th, "(obj, /)")));

/// `itemgetter`
pub static ITEM_GETTER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new_item_getter);
        s.call = Some(call_item_getter);
        s.repr = Some(repr);
    },
    methods: &[REDUCE],
    getset: &[TEXT_SIGNATURE],
    doc: "Return a callable object that fetches the given item(s) from its operand.\n\nAfter f = itemgetter(2), the call f(r) returns r[2].\nAfter g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])",
    sig: "(item, /, *items)",
};

/// `attrgetter`
pub static ATTR_GETTER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new_attr_getter);
        s.call = Some(call_attr_getter);
        s.repr = Some(repr);
    },
    methods: &[REDUCE],
    getset: &[TEXT_SIGNATURE],
    doc: "Return a callable object that fetches the given attribute(s) from its operand.\n\nAfter f = attrgetter('name'), the call f(r) returns r.name.\nAfter g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).\nAfter h = attrgetter('name.first', 'name.last'), the call h(r) returns\n(r.name.first, r.name.last).",
    sig: "(attr, /, *attrs)",
};

/// `methodcaller`
pub static METHOD_CALLER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new_method_caller);
        s.call = Some(call_method_caller);
        s.repr = Some(repr_method_caller);
    },
    methods: &[
        Method::new("__reduce__", "($self, /)", reduce_method_caller)
            .atomic(Atomic::Immutable)
            .doc("Return state information for pickling"),
    ],
    getset: &[TEXT_SIGNATURE],
    doc: "Return a callable object that calls the given method on its operand.\n\nAfter f = methodcaller('name'), the call f(r) returns r.name().\nAfter g = methodcaller('name', 'date', foo=1), the call g(r) returns\nr.name('date', foo=1).",
    sig: "(name, /, *args, **kwargs)",
};

fn one_operand(th: &Thread, name: &str, args: Args) -> PyResult {
    args.no_kw(th, name)?;
    match args.values {
        [v] => Ok(*v),
        other => Err(th.type_error(format!("{name} expected 1 argument, got {}", other.len()))),
    }
}

fn new_item_getter(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    args.no_kw(th, "itemgetter")?;
    if args.values.is_empty() {
        return Err(th.type_error("itemgetter expected 1 argument, got 0"));
    }
    let all = Value::try_tuple(th, args.values)?;
    let data = Getter {
        args: Field::new(all),
        keys: Field::new(args.values[0]),
    };
    Ok(th.new_instance(cls, data).value())
}

fn call_item_getter(th: &Thread, f: Value, args: Args) -> PyResult {
    let v = one_operand(th, "itemgetter", args)?;
    let g = f.expect::<Getter>();
    let keys = g.args.get().as_tuple().unwrap_or(&[]);
    if let [key] = keys {
        if let (Some(items), Some(i)) = (v.as_tuple(), key.as_small_int())
            && is_exactly(v, &types::TUPLE)
            && let Some(x) = usize::try_from(i).ok().and_then(|i| items.get(i))
        {
            return Ok(*x);
        }
        return ops::get_item(th, v, *key);
    }
    let mut out = ValueVec::with_capacity(th, keys.len())?;
    for k in keys {
        out.push(th, ops::get_item(th, v, *k)?)?;
    }
    Value::try_tuple(th, &out)
}

fn new_attr_getter(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    args.no_kw(th, "attrgetter")?;
    if args.values.is_empty() {
        return Err(th.type_error("attrgetter expected 1 argument, got 0"));
    }
    let mut shown = ValueVec::new();
    let mut paths = ValueVec::new();
    for name in args.values {
        let Some(text) = name.as_wtf8() else {
            return Err(th.type_error("attribute name must be a string"));
        };
        let mut path = ValueVec::new();
        let bytes = text.as_bytes();
        let mut start = 0;
        for end in (0..=bytes.len()).filter(|i| *i == bytes.len() || bytes[*i] == b'.') {
            let part = Value::try_wtf8(th, &text[start..end])?;
            path.push(th, intern_value(part))?;
            start = end + 1;
        }
        shown.push(th, *name)?;
        let path = Value::try_tuple(th, &path)?;
        paths.push(th, path)?;
    }
    let shown = Value::try_tuple(th, &shown)?;
    let paths = Value::try_tuple(th, &paths)?;
    let data = Getter {
        args: Field::new(shown),
        keys: Field::new(paths),
    };
    Ok(th.new_instance(cls, data).value())
}

fn follow(th: &Thread, mut v: Value, path: Value) -> PyResult {
    for name in path.as_tuple().unwrap_or(&[]) {
        v = attr::get(th, v, *name)?;
    }
    Ok(v)
}

fn call_attr_getter(th: &Thread, f: Value, args: Args) -> PyResult {
    let v = one_operand(th, "attrgetter", args)?;
    let paths = f.expect::<Getter>().keys.get().as_tuple().unwrap_or(&[]);
    if let [path] = paths {
        return follow(th, v, *path);
    }
    let mut out = ValueVec::with_capacity(th, paths.len())?;
    for p in paths {
        out.push(th, follow(th, v, *p)?)?;
    }
    Value::try_tuple(th, &out)
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let name = ops::full_type_name(v);
    let text = th.repr_guard(v, || {
        let mut out = Text::new(&format!("{name}("));
        let args = v.expect::<Getter>().args.get().as_tuple().unwrap_or(&[]);
        for (i, a) in args.iter().enumerate() {
            if i > 0 {
                out.push(", ");
            }
            out.repr(th, *a)?;
        }
        out.push(")");
        out.finish(th)
    })?;
    Ok(text.unwrap_or_else(|| Value::str(th, &format!("{name}(...)"))))
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let g = a[0].expect::<Getter>();
    Ok(Value::tuple(th, &[class_of(a[0]).value(), g.args.get()]))
}

fn new_method_caller(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let Some(name) = args.pos().first() else {
        return Err(th.type_error("methodcaller needs at least one argument, the method name"));
    };
    if name.as_str_obj().is_none() {
        return Err(th.type_error("method name must be a string"));
    }
    let pos = Value::try_tuple(th, &args.pos()[1..])?;
    let kwargs = args.kw_dict(th)?;
    let name = if is_exactly(*name, &types::STR) {
        intern_value(*name)
    } else {
        *name
    };
    let data = MethodCaller {
        name: Field::new(name),
        args: Field::new(pos),
        kwargs: Field::new(kwargs),
    };
    Ok(th.new_instance(cls, data).value())
}

fn call_method_caller(th: &Thread, f: Value, args: Args) -> PyResult {
    let v = one_operand(th, "methodcaller", args)?;
    let m = f.expect::<MethodCaller>();
    let pos = m.args.get().as_tuple().unwrap_or(&[]);
    let kwargs = m.kwargs.get().expect::<Dict>();
    if kwargs.map.is_empty() {
        return call::call_method_name(th, v, m.name.get(), pos);
    }
    let func = attr::get(th, v, m.name.get())?;
    let mut values = ValueVec::from_slice(th, pos)?;
    let mut kwnames = ValueVec::new();
    let mut at = 0;
    while let Some((next, k, x, _)) = kwargs.map.next_entry(at) {
        at = next;
        kwnames.push(th, k)?;
        values.push(th, x)?;
    }
    call::call_args(
        th,
        func,
        Args {
            values: &values,
            kwnames: &kwnames,
        },
    )
}

fn repr_method_caller(th: &Thread, v: Value) -> PyResult {
    let m = v.expect::<MethodCaller>();
    let name = ops::full_type_name(v);
    let text = th.repr_guard(v, || {
        let mut out = Text::new(&format!("{name}("));
        out.repr(th, m.name.get())?;
        for a in m.args.get().as_tuple().unwrap_or(&[]) {
            out.push(", ");
            out.repr(th, *a)?;
        }
        let kwargs = m.kwargs.get().expect::<Dict>();
        let mut at = 0;
        while let Some((next, k, x, _)) = kwargs.map.next_entry(at) {
            at = next;
            out.push(&format!(", {}=", names::text(k)));
            out.repr(th, x)?;
        }
        out.push(")");
        out.finish(th)
    })?;
    Ok(text.unwrap_or_else(|| Value::str(th, &format!("{name}(...)"))))
}

fn reduce_method_caller(th: &Thread, a: &[Value]) -> PyResult {
    let m = a[0].expect::<MethodCaller>();
    let cls = class_of(a[0]).value();
    let kwargs = m.kwargs.get().expect::<Dict>();
    let pos = m.args.get().as_tuple().unwrap_or(&[]);
    if kwargs.map.is_empty() {
        let mut args = ValueVec::from_slice(th, &[m.name.get()])?;
        args.extend_from_slice(th, pos)?;
        let args = Value::try_tuple(th, &args)?;
        return Ok(Value::tuple(th, &[cls, args]));
    }
    // `partial(methodcaller, name, **kwargs)(*args)`: pickle has no place for keywords otherwise.
    let bound = crate::functools::partial::make(
        th,
        cls,
        &[m.name.get()],
        kwargs.map.copy(th, &kwargs.header)?,
    )?;
    Ok(Value::tuple(th, &[bound, m.args.get()]))
}
