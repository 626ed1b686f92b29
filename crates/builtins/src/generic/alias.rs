//! `types.GenericAlias`.

use super::{show_item, substitute};
use std::sync::atomic::{AtomicBool, Ordering};
use taipan_object::attr::{self, attr_name};
use taipan_object::call::{self, Args};
use taipan_object::exception as exc;
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::seq::List;
use taipan_object::slots::CmpOp;
use taipan_object::types::flags::{BASE, HAS_WEAKREF};
use taipan_object::types::{OBJECT, StaticType, Type, class_of, is_instance, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, ops, payload, strings};

/// The payload of `types.GenericAlias`.
pub struct GenericAlias {
    /// `__origin__`
    pub origin: Field,
    /// `__args__`, a tuple.
    pub args: Field,
    /// `__parameters__`; absent until asked for.
    parameters: Field,
    /// Whether this is `*tuple[…]`.
    starred: bool,
}

payload!(GenericAlias, "generic alias", |this, m| {
    this.origin.trace(m);
    this.args.trace(m);
    this.parameters.trace(m);
});

/// `types.GenericAlias`
pub static GENERIC_ALIAS: StaticType = StaticType::new(
    "types",
    "GenericAlias",
    Some(&OBJECT),
    BASE | HAS_WEAKREF,
    layout_of::<GenericAlias>,
);

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(repr);
        s.hash = Some(|th, v| {
            let h = ops::hash(th, this(v).origin.get())? ^ ops::hash(th, this(v).args.get())?;
            Ok(if h == -1 { -2 } else { h })
        });
        s.richcmp = Some(richcmp);
        s.call = Some(call);
        s.getattro = Some(getattro);
        s.getitem = Some(getitem);
        s.iter = Some(iter);
        s.or = Some(super::union::union_or);
    },
    methods: &[
        Method::new("__mro_entries__", "($self, bases, /)", |th, a| {
            Ok(Value::tuple(th, &[this(a[0]).origin.get()]))
        }),
        Method::new("__instancecheck__", "($self, instance, /)", |th, _| {
            Err(th.type_error("isinstance() argument 2 cannot be a parameterized generic"))
        }),
        Method::new("__subclasscheck__", "($self, cls, /)", |th, _| {
            Err(th.type_error("issubclass() argument 2 cannot be a parameterized generic"))
        }),
        Method::new("__reduce__", "($self, /)", reduce),
        Method::new("__dir__", "($self, /)", dir),
    ],
    getset: &[
        GetSet::new("__origin__", |_, v| Ok(this(v).origin.get())),
        GetSet::new("__args__", |_, v| Ok(this(v).args.get())),
        GetSet::new("__unpacked__", |_, v| Ok(Value::bool(this(v).starred))),
        GetSet::new("__parameters__", parameters).doc("Type variables in the GenericAlias."),
        GetSet::new("__typing_unpacked_tuple_args__", |_, v| {
            let a = this(v);
            if a.starred && a.origin.get().is(taipan_object::types::TUPLE.value()) {
                return Ok(a.args.get());
            }
            Ok(Value::NONE)
        }),
    ],
    doc: "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    sig: "(origin, args, /)",
};

fn this<'a>(v: Value) -> &'a Object<GenericAlias> {
    v.expect::<GenericAlias>()
}

/// `origin[args]`; `args` that is no tuple stands for one argument.
pub fn make(th: &Thread, cls: &Object<Type>, origin: Value, args: Value, starred: bool) -> Value {
    let args = if args.as_tuple().is_some() {
        args
    } else {
        Value::tuple(th, &[args])
    };
    let data = GenericAlias {
        origin: Field::new(origin),
        args: Field::new(args),
        parameters: Field::absent(),
        starred,
    };
    th.new_instance(cls, data).value()
}

/// `__class_getitem__` of native generic classes.
pub fn class_getitem(th: &Thread, a: &[Value]) -> PyResult {
    Ok(make(th, &GENERIC_ALIAS, a[0], a[1], false))
}

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    args.no_kw(th, "GenericAlias")?;
    let [origin, items] = args.values else {
        return Err(th.type_error(format!(
            "GenericAlias expected 2 arguments, got {}",
            args.values.len()
        )));
    };
    Ok(make(th, cls, *origin, *items, false))
}

/// How the arguments are shown, lists among them too.
fn show_args(th: &Thread, items: &[Value]) -> PyResult {
    let mut parts = ValueVec::new();
    for x in items {
        let part = match x.as_list() {
            Some(l) => {
                let inner = th.recurse("", || show_list(th, l))?;
                crate::text::around(th, "[", inner, "]")?
            }
            None => show_item(th, *x)?,
        };
        parts.push(th, part)?;
    }
    crate::text::join_with(th, ", ", &parts)
}

/// The items of a list among the arguments: showing one may shorten it.
fn show_list(th: &Thread, l: &Object<List>) -> PyResult {
    let mut parts = ValueVec::new();
    for i in 0..l.len() {
        let Some(x) = l.get(i) else {
            return Err(th.index_error("list index out of range"));
        };
        parts.push(th, show_args(th, &[x])?)?;
    }
    crate::text::join_with(th, ", ", &parts)
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let a = this(v);
    let items = a.args.get().as_tuple().unwrap_or(&[]);
    let origin = show_item(th, a.origin.get())?;
    let inner = if items.is_empty() {
        Value::str(th, "()")
    } else {
        show_args(th, items)?
    };
    let star = Value::str(th, if a.starred { "*" } else { "" });
    crate::text::join(
        th,
        &[
            star,
            origin,
            Value::str(th, "["),
            inner,
            Value::str(th, "]"),
        ],
    )
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !is_instance(a, &GENERIC_ALIAS)
        || !is_instance(b, &GENERIC_ALIAS)
        || !matches!(op, CmpOp::Eq | CmpOp::Ne)
    {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (this(a), this(b));
    let same = x.starred == y.starred
        && ops::eq(th, x.origin.get(), y.origin.get())?
        && ops::eq(th, x.args.get(), y.args.get())?;
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn call(th: &Thread, v: Value, args: Args) -> PyResult {
    let made = call::call_args(th, this(v).origin.get(), args)?;
    let name = strings::intern(th, "__orig_class__");
    match attr::set(th, made, name, v) {
        Err(e) if !e.is(&exc::ATTRIBUTE_ERROR) && !e.is(&exc::TYPE_ERROR) => Err(e),
        _ => Ok(made),
    }
}

/// Attributes of the alias itself; all others are those of its origin.
const OWN: [&str; 13] = [
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__bases__",
    "__copy__",
    "__deepcopy__",
    "__orig_class__",
];

fn getattro(th: &Thread, v: Value, name: Value) -> PyResult {
    let name = attr_name(th, name)?;
    if OWN.iter().any(|n| name.is_str(n)) {
        return attr::generic_get(th, v, name);
    }
    if class_of(v).is_heap()
        && let Some(x) = attr::generic_get_opt(th, v, name)?
        && attr::type_lookup(&OBJECT, name).is_none()
    {
        // A subclass (that of `collections.abc.Callable`) has attributes of its own.
        return Ok(x);
    }
    attr::get(th, this(v).origin.get(), name)
}

fn parameters(th: &Thread, v: Value) -> PyResult {
    let a = this(v);
    if let Some(p) = a.parameters.get().present() {
        return Ok(p);
    }
    let p = substitute::parameters(th, a.args.get())?;
    a.parameters.set(&a.header, p);
    Ok(p)
}

fn getitem(th: &Thread, v: Value, item: Value) -> PyResult {
    let a = this(v);
    let params = parameters(th, v)?;
    let args = substitute::apply(th, v, a.args.get(), params, item)?;
    Ok(make(th, &GENERIC_ALIAS, a.origin.get(), args, a.starred))
}

fn reduce(th: &Thread, args: &[Value]) -> PyResult {
    let a = this(args[0]);
    let parts = Value::tuple(th, &[a.origin.get(), a.args.get()]);
    if a.starred {
        let plain = make(th, &GENERIC_ALIAS, a.origin.get(), a.args.get(), false);
        let it = ops::iter(th, plain)?;
        let next = taipan_object::frame::builtin(th, "next")?;
        return Ok(Value::tuple(th, &[next, Value::tuple(th, &[it])]));
    }
    Ok(Value::tuple(th, &[GENERIC_ALIAS.value(), parts]))
}

fn dir(th: &Thread, args: &[Value]) -> PyResult {
    let f = taipan_object::frame::builtin(th, "dir")?;
    let list = call::call(th, f, &[this(args[0]).origin.get()])?;
    let Some(l) = list.as_list() else {
        return Ok(list);
    };
    for n in OWN.iter().take(9) {
        let n = strings::intern(th, n);
        if !ops::contains(th, list, n)? {
            l.append(th, n)?;
        }
    }
    Ok(list)
}

/// The payload of the iterator of an alias, which gives `*alias` once.
pub struct AliasIterator {
    alias: Field,
    done: AtomicBool,
}

payload!(AliasIterator, "generic alias iterator", |this, m| this
    .alias
    .trace(m));

/// `generic_alias_iterator`
pub static ALIAS_ITERATOR: StaticType = StaticType::new(
    "builtins",
    "generic_alias_iterator",
    Some(&OBJECT),
    0,
    layout_of::<AliasIterator>,
);

pub(super) static ITERATOR_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| {
            let it = v.expect::<AliasIterator>();
            if it.done.swap(true, Ordering::AcqRel) {
                return Ok(Value::ABSENT);
            }
            let a = this(it.alias.get());
            Ok(make(th, &GENERIC_ALIAS, a.origin.get(), a.args.get(), true))
        });
    },
    methods: &[Method::new("__reduce__", "($self, /)", |th, a| {
        let it = a[0].expect::<AliasIterator>();
        let iter = taipan_object::frame::builtin(th, "iter")?;
        let of = if it.done.load(Ordering::Acquire) {
            Value::empty_tuple()
        } else {
            it.alias.get()
        };
        Ok(Value::tuple(th, &[iter, Value::tuple(th, &[of])]))
    })],
    getset: &[],
    doc: "",
    sig: "",
};

fn iter(th: &Thread, v: Value) -> PyResult {
    let data = AliasIterator {
        alias: Field::new(v),
        done: AtomicBool::new(false),
    };
    Ok(th.new_object(&ALIAS_ITERATOR, data).value())
}
