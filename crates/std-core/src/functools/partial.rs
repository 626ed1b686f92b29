//! `partial` and `Placeholder`.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_containers::args::class_getitem;
use taipan_containers::text::Text;
use taipan_object::call::{self, Args};
use taipan_object::dict::{Dict, StaticField};
use taipan_object::func::BoundMethod;
use taipan_object::gc;
use taipan_object::heap::{Field, ValueVec};
use taipan_object::map::Map;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::payload;
use taipan_object::types::{
    self, OBJECT, StaticType, Type, class_of, flags, is_exactly, layout_of,
};
use taipan_object::{Object, PyResult, Thread, Value, attr, names, ops};

/// The payload of `partial`.
#[repr(C)]
pub struct Partial {
    func: Field,
    /// A tuple.
    args: Field,
    /// A dict.
    keywords: Field,
    /// How many of `args` are `Placeholder`.
    holes: AtomicUsize,
}

payload!(Partial, "partial", |this, m| {
    this.func.trace(m);
    this.args.trace(m);
    this.keywords.trace(m);
});

/// `functools.partial`
pub static PARTIAL: StaticType = StaticType::new(
    "functools",
    "partial",
    Some(&OBJECT),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF,
    layout_of::<Partial>,
);

/// `functools.partial`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.call = Some(call_partial);
        s.repr = Some(repr);
        s.descr_get = Some(|th, d, v, _| match v.present() {
            Some(v) if !v.is_none() => Ok(BoundMethod::new(th, d, v)),
            _ => Ok(d),
        });
    },
    methods: &[
        Method::new("__reduce__", "($self, /)", reduce),
        Method::new("__setstate__", "($self, state, /)", set_state),
        Method::new("__class_getitem__", "($type, object, /)", class_getitem)
            .class()
            .doc("See PEP 585"),
    ],
    getset: &[
        GetSet::new("func", |_, v| Ok(v.expect::<Partial>().func.get()))
            .doc("function object to use in future partial calls"),
        GetSet::new("args", |_, v| Ok(v.expect::<Partial>().args.get()))
            .doc("tuple of arguments to future partial calls"),
        GetSet::new("keywords", |_, v| Ok(v.expect::<Partial>().keywords.get()))
            .doc("dictionary of keyword arguments to future partial calls"),
    ],
    doc: "Create a new function with partial application of the given arguments and keywords.",
    sig: "(func, /, *args, **keywords)",
};

/// The payload of `Placeholder`.
#[repr(C)]
pub struct Placeholder;

payload!(Placeholder, "placeholder", |this, m| {});

/// `functools._PlaceholderType`
pub static PLACEHOLDER_TYPE: StaticType = StaticType::new(
    "functools",
    "_PlaceholderType",
    Some(&OBJECT),
    0,
    layout_of::<Placeholder>,
);

/// `functools._PlaceholderType`
pub static PLACEHOLDER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, _, args| {
            if !args.values.is_empty() {
                return Err(th.type_error("_PlaceholderType takes no arguments"));
            }
            placeholder(th)
        });
        s.repr = Some(|th, _| Ok(Value::str(th, "Placeholder")));
    },
    methods: &[Method::new("__reduce__", "($self, /)", |th, _| {
        Ok(Value::str(th, "Placeholder"))
    })],
    getset: &[],
    doc: "The type of the Placeholder singleton.\n\nUsed as a placeholder for partial arguments.",
    sig: "",
};

static PLACEHOLDER: StaticField = StaticField::new();

/// The one `Placeholder`.
pub fn placeholder(th: &Thread) -> PyResult {
    static FIRST: Mutex<bool> = Mutex::new(false);
    if let Some(v) = PLACEHOLDER.get().present() {
        return Ok(v);
    }
    PLACEHOLDER_TYPE.define(th, &PLACEHOLDER_SPEC)?;
    let fresh = th.new_object(&PLACEHOLDER_TYPE, Placeholder).value();
    let mut made = FIRST.lock().unwrap_or_else(|e| e.into_inner());
    if !*made {
        PLACEHOLDER.set(fresh);
        gc::add_root_tracer(|m| PLACEHOLDER.trace(m));
        *made = true;
    }
    Ok(PLACEHOLDER.get())
}

fn is_hole(v: Value) -> bool {
    v.is(PLACEHOLDER.get()) && !v.is_absent()
}

/// A `partial` of `func` with the given arguments and keywords.
pub fn make(th: &Thread, func: Value, args: &[Value], keywords: Map) -> PyResult {
    let args = Value::try_tuple(th, args)?;
    let keywords = Dict::from_map(th, keywords).value();
    Ok(build(th, &PARTIAL, func, args, keywords))
}

fn build(th: &Thread, cls: &Object<Type>, func: Value, args: Value, keywords: Value) -> Value {
    let data = Partial {
        func: Field::new(func),
        args: Field::new(args),
        keywords: Field::new(keywords),
        holes: AtomicUsize::new(holes(args)),
    };
    th.new_instance(cls, data).value()
}

fn holes(args: Value) -> usize {
    let args = args.as_tuple().unwrap_or(&[]);
    args.iter().filter(|a| is_hole(**a)).count()
}

/// The first arguments with their holes filled from the second, the rest of which follows.
fn filled(th: &Thread, first: &[Value], second: &[Value]) -> PyResult<ValueVec> {
    let mut out = ValueVec::with_capacity(th, first.len() + second.len())?;
    let mut rest = second.iter();
    for a in first {
        let v = if is_hole(*a) {
            rest.next().copied().unwrap_or(*a)
        } else {
            *a
        };
        out.push(th, v)?;
    }
    out.extend_from_slice(th, rest.as_slice())?;
    Ok(out)
}

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let Some(func) = args.pos().first().copied() else {
        return Err(th.type_error("type 'partial' takes at least one argument"));
    };
    if !ops::is_callable(func) {
        return Err(th.type_error("the first argument must be callable"));
    }
    let given = &args.pos()[1..];
    if given.last().is_some_and(|v| is_hole(*v)) {
        return Err(th.type_error("trailing Placeholders are not allowed"));
    }
    if args.kw().any(|(_, v)| is_hole(v)) {
        return Err(th.type_error("Placeholder cannot be passed as a keyword argument"));
    }
    // A partial of a partial is one of its function, unless a subclass calls otherwise.
    let own_call = |t: &Object<Type>| {
        t.slots().call.map(|f| f as usize) == PARTIAL.slots().call.map(|f| f as usize)
    };
    let inner = func
        .downcast::<Partial>()
        .filter(|_| own_call(class_of(func)));
    let keywords = match inner {
        Some(p) => {
            let d = p.keywords.get().expect::<Dict>();
            Dict::from_map(th, d.map.copy(th, &d.header)?)
        }
        None => Dict::new(th),
    };
    for (k, v) in args.kw() {
        keywords.set(th, k, v)?;
    }
    let (func, all) = match inner {
        Some(p) => {
            let first = p.args.get().as_tuple().unwrap_or(&[]);
            let all = Value::try_tuple(th, &filled(th, first, given)?)?;
            (p.func.get(), all)
        }
        None => (func, Value::try_tuple(th, given)?),
    };
    Ok(build(th, cls, func, all, keywords.value()))
}

fn call_partial(th: &Thread, f: Value, args: Args) -> PyResult {
    let p = f.expect::<Partial>();
    let first = p.args.get().as_tuple().unwrap_or(&[]);
    let keywords = p.keywords.get().expect::<Dict>();
    let holes = p.holes.load(Ordering::Relaxed);
    let pos = args.pos();
    if pos.len() < holes {
        return Err(th.type_error(format!(
            "missing positional arguments in 'partial' call; expected at least {holes}, got {}",
            pos.len()
        )));
    }
    let func = p.func.get();
    if keywords.map.is_empty() {
        let n = first.len() + args.values.len() - holes;
        if holes == 0 && n <= 12 {
            let mut buf = [Value::ABSENT; 12];
            buf[..first.len()].copy_from_slice(first);
            buf[first.len()..n].copy_from_slice(args.values);
            let args = Args {
                values: &buf[..n],
                kwnames: args.kwnames,
            };
            return call::call_args(th, func, args);
        }
        let mut values = filled(th, first, pos)?;
        values.extend_from_slice(th, &args.values[pos.len()..])?;
        let args = Args {
            values: &values,
            kwnames: args.kwnames,
        };
        return call::call_args(th, func, args);
    }
    let mut values = filled(th, first, pos)?;
    let mut kwnames = ValueVec::new();
    // A keyword of the call replaces one of the same name, at its place.
    let mut at = 0;
    let given = |name: Value| args.kw().find(|(k, _)| k.is(name) || same_name(*k, name));
    while let Some((next, k, v, _)) = keywords.map.next_entry(at) {
        at = next;
        kwnames.push(th, k)?;
        values.push(th, given(k).map_or(v, |(_, v)| v))?;
    }
    let known = kwnames.len();
    for (k, v) in args.kw() {
        if !kwnames[..known].iter().any(|n| n.is(k) || same_name(*n, k)) {
            kwnames.push(th, k)?;
            values.push(th, v)?;
        }
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

fn same_name(a: Value, b: Value) -> bool {
    a.as_wtf8() == b.as_wtf8()
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let p = v.expect::<Partial>();
    let text = th.repr_guard(v, || {
        // A `__repr__` on the way may set another state.
        let (func, args, keywords) = (p.func.get(), p.args.get(), p.keywords.get());
        let mut out = Text::new(&format!("{}(", ops::full_type_name(v)));
        out.repr(th, func)?;
        for a in args.as_tuple().unwrap_or(&[]) {
            out.push(", ");
            out.repr(th, *a)?;
        }
        let keywords = keywords.expect::<Dict>();
        let mut at = 0;
        while let Some((next, k, x, _)) = keywords.map.next_entry(at) {
            at = next;
            let k = ops::str(th, k)?;
            out.push(&format!(", {}=", names::text(k)));
            out.repr(th, x)?;
        }
        out.push(")");
        out.finish(th)
    })?;
    Ok(text.unwrap_or_else(|| Value::str(th, "...")))
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let p = a[0].expect::<Partial>();
    let func = p.func.get();
    let own = attr::to_dict(th, a[0])?;
    let own = if own.map.is_empty() {
        Value::NONE
    } else {
        own.value()
    };
    let args = Value::tuple(th, &[func]);
    let state = Value::tuple(th, &[func, p.args.get(), p.keywords.get(), own]);
    Ok(Value::tuple(th, &[class_of(a[0]).value(), args, state]))
}

fn set_state(th: &Thread, a: &[Value]) -> PyResult {
    let invalid = || th.type_error("invalid partial state");
    let Some([func, args, keywords, own]) = a[1].as_tuple() else {
        return Err(invalid());
    };
    if !ops::is_callable(*func)
        || args.as_tuple().is_none()
        || !(keywords.is_none() || keywords.as_dict().is_some())
        || !(own.is_none() || own.as_dict().is_some())
    {
        return Err(invalid());
    }
    let items = args.as_tuple().unwrap_or(&[]);
    if items.last().is_some_and(|v| is_hole(*v)) {
        return Err(th.type_error("trailing Placeholders are not allowed"));
    }
    let args = if is_exactly(*args, &types::TUPLE) {
        *args
    } else {
        Value::try_tuple(th, items)?
    };
    let keywords = match keywords.as_dict() {
        None => Dict::new(th).value(),
        Some(_) if is_exactly(*keywords, &types::DICT) => *keywords,
        Some(d) => Dict::from_map(th, d.map.copy(th, &d.header)?).value(),
    };
    let p = a[0].expect::<Partial>();
    p.func.set(&p.header, *func);
    p.args.set(&p.header, args);
    p.keywords.set(&p.header, keywords);
    p.holes.store(holes(args), Ordering::Relaxed);
    match own.as_dict() {
        Some(d) => attr::set_dict(th, a[0], d)?,
        None => attr::set_dict(th, a[0], Dict::new(th))?,
    }
    Ok(Value::NONE)
}
