//! `weakref.ref`, its proxies, and the module `_weakref`.

use std::sync::atomic::Ordering;
use taipan_object::attr;
use taipan_object::call::{self, Args};
use taipan_object::exception as exc;
use taipan_object::native::{GetSet, Method, ModuleSpec, TypeSpec};
use taipan_object::slots::{BinOp, CmpOp};
use taipan_object::types::{self, OBJECT, StaticType, Type, class_of, is_instance, layout_of};
use taipan_object::weak::{self, WeakRef};
use taipan_object::{Object, PyResult, Raised, Thread, Value, names, ops, seq};

/// `weakref.ProxyType`
pub static PROXY: StaticType = StaticType::new(
    "weakref",
    "ProxyType",
    Some(&OBJECT),
    0,
    layout_of::<WeakRef>,
);
/// `weakref.CallableProxyType`
pub static CALLABLE_PROXY: StaticType = StaticType::new(
    "weakref",
    "CallableProxyType",
    Some(&OBJECT),
    0,
    layout_of::<WeakRef>,
);

/// The types of this file.
pub static TYPES: &[(&StaticType, &TypeSpec)] = &[
    (&types::WEAKREF, &REF),
    (&PROXY, &PROXY_SPEC),
    (&CALLABLE_PROXY, &CALLABLE_SPEC),
];

/// The module `_weakref`.
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_weakref",
    doc: "Weak-reference support module.",
    functions: &[
        Method::new("getweakrefcount", "(object, /)", |th, a| {
            Ok(Value::usize(th, weak::refs_to(th, a[0])?.len()))
        })
        .doc("Return the number of weak references to 'object'."),
        Method::new("getweakrefs", "(object, /)", |th, a| {
            Ok(seq::List::from_vec(th, weak::refs_to(th, a[0])?))
        })
        .doc("Return a list of all weak reference objects pointing to 'object'."),
        Method::new("proxy", "(object, callback=None, /)", proxy)
            .doc("Create a proxy object that weakly references 'object'.\n\n'callback', if given, is called with a reference to the\nproxy when 'object' is about to be finalized."),
        Method::new("_remove_dead_weakref", "(dct, key, /)", |th, a| {
            let Some(d) = a[0].as_dict() else {
                return Err(th.type_error("_remove_dead_weakref() argument 1 must be dict"));
            };
            if let Some(w) = d.get(th, a[1])?
                && w.downcast::<WeakRef>().is_some_and(|w| w.target().is_none())
            {
                d.remove(th, a[1])?;
            }
            Ok(Value::NONE)
        })
        .doc("Atomically remove key from dict if it points to a dead weakref."),
    ],
    types: &[],
    init: |th, m| {
        for (name, t) in [
            ("ref", &types::WEAKREF),
            ("ReferenceType", &types::WEAKREF),
            ("ProxyType", &PROXY),
            ("CallableProxyType", &CALLABLE_PROXY),
        ] {
            attr::set(th, m, taipan_object::strings::intern(th, name), t.value())?;
        }
        Ok(())
    },
};

fn this<'a>(v: Value) -> &'a Object<WeakRef> {
    v.expect::<WeakRef>()
}

static REF: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.init = Some(|th, _, args| {
            args.no_kw(th, "ref")?;
            check_count(th, "__init__", args)
        });
        s.call = Some(|th, v, args| {
            if !args.values.is_empty() {
                args.no_kw(th, "weakref.__call__")?;
                return Err(th.type_error(format!(
                    "__call__() takes 0 positional arguments but {} was given",
                    args.values.len()
                )));
            }
            Ok(this(v).target().unwrap_or(Value::NONE))
        });
        s.repr = Some(repr);
        s.hash = Some(hash);
        s.richcmp = Some(richcmp);
    },
    methods: &[Method::new(
        "__class_getitem__",
        "($cls, object, /)",
        crate::generic::class_getitem,
    )
    .class()
    .doc("See PEP 585")],
    getset: &[GetSet::new("__callback__", |_, v| Ok(callback(v)))],
    doc: "",
    sig: "",
};

fn callback(v: Value) -> Value {
    match this(v).target() {
        Some(_) => this(v).callback.get(),
        None => Value::NONE,
    }
}

fn check_count(th: &Thread, name: &str, args: Args) -> PyResult<()> {
    match args.pos().len() {
        1 | 2 => Ok(()),
        0 => Err(th.type_error(format!("{name} expected at least 1 argument, got 0"))),
        n => Err(th.type_error(format!("{name} expected at most 2 arguments, got {n}"))),
    }
}

fn check_target(th: &Thread, v: Value) -> PyResult<()> {
    if weak::is_referenceable(v) {
        return Ok(());
    }
    Err(th.type_error(format!(
        "cannot create weak reference to '{}' object",
        class_of(v).tp_name()
    )))
}

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    check_count(th, "__new__", args)?;
    let target = args.pos()[0];
    let callback = args.pos().get(1).copied().unwrap_or(Value::NONE);
    check_target(th, target)?;
    if callback.is_none() && cls.is(&types::WEAKREF) {
        return Ok(weak::plain_ref(th, target));
    }
    Ok(weak::new_ref(th, cls, target, callback))
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let own = ops::id(v);
    let Some(t) = this(v).target() else {
        return Ok(Value::str(th, &format!("<weakref at {own:#x}; dead>")));
    };
    // Whatever an attribute of the object's own raises is no matter here.
    let name = attr::get_opt(th, t, names::NAME.get())
        .unwrap_or(None)
        .filter(|n| n.as_str_obj().is_some());
    let (of, at) = (ops::full_type_name(t), ops::id(t));
    let text = match name {
        Some(n) => format!(
            "<weakref at {own:#x}; to '{of}' at {at:#x} ({})>",
            names::text(n)
        ),
        None => format!("<weakref at {own:#x}; to '{of}' at {at:#x}>"),
    };
    Ok(Value::str(th, &text))
}

fn hash(th: &Thread, v: Value) -> PyResult<i64> {
    let w = this(v);
    let known = w.hash.load(Ordering::Acquire);
    if known != -1 {
        return Ok(known);
    }
    match w.target() {
        Some(t) => {
            let h = ops::hash(th, t)?;
            w.hash.store(h, Ordering::Release);
            Ok(h)
        }
        None => Err(th.type_error("weak object has gone away")),
    }
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !is_instance(a, &types::WEAKREF)
        || !is_instance(b, &types::WEAKREF)
        || !matches!(op, CmpOp::Eq | CmpOp::Ne)
    {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    match (this(a).target(), this(b).target()) {
        (Some(x), Some(y)) => ops::compare(th, x, y, op),
        _ => Ok(Value::bool(a.is(b) == (op == CmpOp::Eq))),
    }
}

fn proxy(th: &Thread, a: &[Value]) -> PyResult {
    let callback = a[1].or(Value::NONE);
    check_target(th, a[0])?;
    let ty = if ops::is_callable(a[0]) {
        &CALLABLE_PROXY
    } else {
        &PROXY
    };
    if callback.is_none() {
        // One proxy without a callback serves all.
        for w in weak::refs_to(th, a[0])?.iter() {
            if class_of(*w).is(ty) && this(*w).callback.get().is_none() {
                return Ok(*w);
            }
        }
    }
    Ok(weak::new_ref(th, ty.get(), a[0], callback))
}

#[cold]
fn gone(th: &Thread) -> Raised {
    th.raise(
        &exc::REFERENCE_ERROR,
        "weakly-referenced object no longer exists",
    )
}

/// The object behind a proxy.
fn target(th: &Thread, v: Value) -> PyResult {
    this(v).target().ok_or_else(|| gone(th))
}

/// The object behind a value that may be a proxy.
fn unwrap(th: &Thread, v: Value) -> PyResult {
    let t = class_of(v);
    if t.is(&PROXY) || t.is(&CALLABLE_PROXY) {
        target(th, v)
    } else {
        Ok(v)
    }
}

macro_rules! forward_binary {
    ($s:ident, $($slot:ident = $op:ident, $islot:ident;)*) => {
        $(
            $s.$slot = Some(|th, a, b| {
                let (a, b) = (unwrap(th, a)?, unwrap(th, b)?);
                ops::binary(th, BinOp::$op, a, b)
            });
            $s.$islot = Some(|th, a, b| {
                let (a, b) = (unwrap(th, a)?, unwrap(th, b)?);
                ops::inplace(th, BinOp::$op, a, b)
            });
        )*
    };
}

fn forward(s: &mut taipan_object::slots::Slots) {
    forward_binary! { s,
        add = Add, iadd; sub = Sub, isub; mul = Mul, imul; rem = Rem, irem; truediv = TrueDiv, itruediv;
        floordiv = FloorDiv, ifloordiv; lshift = LShift, ilshift; rshift = RShift, irshift; and = And, iand;
        or = Or, ior; xor = Xor, ixor; matmul = MatMul, imatmul;
    }
    s.pow = Some(|th, a, b, m| {
        let (a, b, m) = (unwrap(th, a)?, unwrap(th, b)?, unwrap(th, m)?);
        ops::power(th, a, b, m)
    });
    s.ipow = Some(|th, a, b| {
        let (a, b) = (unwrap(th, a)?, unwrap(th, b)?);
        ops::inplace(th, BinOp::Pow, a, b)
    });
    s.divmod = Some(|th, a, b| {
        let (a, b) = (unwrap(th, a)?, unwrap(th, b)?);
        ops::divmod(th, a, b)
    });
    s.neg = Some(|th, v| ops::neg(th, target(th, v)?));
    s.pos = Some(|th, v| ops::pos(th, target(th, v)?));
    s.abs = Some(|th, v| ops::abs(th, target(th, v)?));
    s.invert = Some(|th, v| ops::invert(th, target(th, v)?));
    s.bool = Some(|th, v| ops::truth(th, target(th, v)?));
    s.int = Some(|th, v| call::call(th, types::INT.value(), &[target(th, v)?]));
    s.float = Some(|th, v| call::call(th, types::FLOAT.value(), &[target(th, v)?]));
    s.index = Some(|th, v| ops::index(th, target(th, v)?));
    s.len = Some(|th, v| ops::len(th, target(th, v)?));
    s.getitem = Some(|th, v, k| {
        let k = unwrap(th, k)?;
        ops::get_item(th, target(th, v)?, k)
    });
    s.setitem = Some(|th, v, k, x| {
        let t = target(th, v)?;
        if x.is_absent() {
            ops::del_item(th, t, k)
        } else {
            ops::set_item(th, t, k, x)
        }
    });
    s.contains = Some(|th, v, x| {
        let x = unwrap(th, x)?;
        ops::contains(th, target(th, v)?, x)
    });
    s.iter = Some(|th, v| ops::iter(th, target(th, v)?));
    s.next = Some(|th, v| {
        let t = target(th, v)?;
        if class_of(t).slots().next.is_none() {
            return Err(th.type_error(format!(
                "Weakref proxy referenced a non-iterator '{}' object",
                class_of(t).tp_name()
            )));
        }
        ops::step(ops::next(th, t))
    });
    s.richcmp = Some(|th, a, b, op| {
        let (a, b) = (unwrap(th, a)?, unwrap(th, b)?);
        ops::compare(th, a, b, op)
    });
    s.str = Some(|th, v| ops::str(th, target(th, v)?));
    s.repr = Some(|th, v| {
        let own = ops::id(v);
        let text = match this(v).target() {
            Some(t) => format!(
                "<weakproxy at {own:#x}; to '{}' at {:#x}>",
                class_of(t).name_text(),
                ops::id(t)
            ),
            None => format!("<weakproxy at {own:#x}; dead>"),
        };
        Ok(Value::str(th, &text))
    });
    s.getattro = Some(|th, v, name| attr::get(th, target(th, v)?, name));
    s.setattro = Some(|th, v, name, x| attr::set(th, target(th, v)?, name, x));
}

const PROXY_METHODS: &[Method] = &[
    Method::new("__bytes__", "($self, /)", |th, a| {
        call::call_method_name(th, target(th, a[0])?, names::BYTES.get(), &[])
    }),
    Method::new("__reversed__", "($self, /)", |th, a| {
        call::call_method_name(th, target(th, a[0])?, names::REVERSED.get(), &[])
    }),
];

static PROXY_SPEC: TypeSpec = TypeSpec {
    slots: forward,
    methods: PROXY_METHODS,
    getset: &[],
    doc: "",
    sig: "",
};

static CALLABLE_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        forward(s);
        s.call = Some(|th, v, args| call::call_args(th, target(th, v)?, args));
    },
    methods: PROXY_METHODS,
    getset: &[],
    doc: "",
    sig: "",
};
