//! `typing.ParamSpec`, and its `args` and `kwargs`.

use super::type_var::{
    checked_name, default_function, default_of, given_default, has_default, signed_name, variance,
};
use super::{Lazy, call_typing, cannot_subclass, set_module};
use taipan_object::call::{self, Args};
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::flags::{HAS_DICT, HAS_WEAKREF};
use taipan_object::types::{OBJECT, StaticType, Type, class_of, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, attr, names, ops, payload};

/// The payload of `typing.ParamSpec`.
pub struct ParamSpec {
    name: Field,
    bound: Field,
    /// `__default__`
    pub(super) default: Lazy,
    covariant: bool,
    contravariant: bool,
    infer_variance: bool,
}

payload!(ParamSpec, "parameter specification", |this, m| {
    this.name.trace(m);
    this.bound.trace(m);
    this.default.trace(m);
});

/// `typing.ParamSpec`
pub static PARAM_SPEC: StaticType = StaticType::new(
    "typing",
    "ParamSpec",
    Some(&OBJECT),
    HAS_DICT | HAS_WEAKREF,
    layout_of::<ParamSpec>,
);

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(|th, v| {
            let p = this(v);
            signed_name(
                th,
                p.name.get(),
                [p.covariant, p.contravariant, p.infer_variance],
            )
        });
        s.or = Some(crate::generic::checked_or);
    },
    methods: &[
        Method::new("__typing_subst__", "($self, arg, /)", |th, a| {
            call_typing(th, "_paramspec_subst", a)
        }),
        Method::new(
            "__typing_prepare_subst__",
            "($self, alias, args, /)",
            |th, a| call_typing(th, "_paramspec_prepare_subst", a),
        ),
        Method::new("__mro_entries__", "($self, bases, /)", |th, _| {
            cannot_subclass(th, "ParamSpec")
        }),
        Method::new("__reduce__", "($self, /)", |_, a| Ok(this(a[0]).name.get())),
        Method::new("has_default", "($self, /)", |th, a| {
            Ok(Value::bool(has_default(th, &this(a[0]).default)))
        }),
    ],
    getset: &[
        GetSet::new("args", |th, v| Ok(part(th, &ARGS, v))).doc("Represents positional arguments."),
        GetSet::new("kwargs", |th, v| Ok(part(th, &KWARGS, v)))
            .doc("Represents keyword arguments."),
        GetSet::new("__name__", |_, v| Ok(this(v).name.get())),
        GetSet::new("__bound__", |_, v| Ok(this(v).bound.get().or(Value::NONE))),
        GetSet::new("__default__", |th, v| {
            default_of(th, &this(v).header, &this(v).default)
        }),
        GetSet::new("evaluate_default", |th, v| {
            Ok(default_function(th, &this(v).default))
        }),
        GetSet::new("__covariant__", |_, v| Ok(Value::bool(this(v).covariant))),
        GetSet::new("__contravariant__", |_, v| {
            Ok(Value::bool(this(v).contravariant))
        }),
        GetSet::new("__infer_variance__", |_, v| {
            Ok(Value::bool(this(v).infer_variance))
        }),
    ],
    doc: "Parameter specification variable.\n\nThe preferred way to construct a parameter specification is via the\ndedicated syntax for generic functions, classes, and type aliases,\nwhere the use of '**' creates a parameter specification::\n\n    type IntFunc[**P] = Callable[P, int]\n",
    sig: "(name, *, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False)",
};

fn this<'a>(v: Value) -> &'a Object<ParamSpec> {
    v.expect::<ParamSpec>()
}

/// A parameter specification that the compiler makes for `[**P]`.
pub fn new_param_spec(th: &Thread, name: Value) -> Value {
    let data = ParamSpec {
        name: Field::new(name),
        bound: Field::new(Value::NONE),
        default: Lazy::known(Value::ABSENT),
        covariant: false,
        contravariant: false,
        infer_variance: true,
    };
    th.new_object(&PARAM_SPEC, data).value()
}

static NEW: Method = Method::new(
    "paramspec",
    "($type, name, *, bound=None, default=None, covariant=False, contravariant=False, infer_variance=False)",
    |th, a| {
        let name = checked_name(th, "paramspec", a[1])?;
        let [covariant, contravariant, infer_variance] = variance(th, &a[4..7])?;
        // Any bound will do: parameters are bound by lists of types.
        let bound = a[2].or(Value::NONE);
        let data = ParamSpec {
            name: Field::new(name),
            bound: Field::new(bound),
            default: given_default(th, a[3]),
            covariant,
            contravariant,
            infer_variance,
        };
        let v = th.new_object(&PARAM_SPEC, data).value();
        set_module(th, v)?;
        Ok(v)
    },
);

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    args.with_first(th, cls.value(), |a| call::call_method_row(th, &NEW, a))
}

/// The payload of `ParamSpecArgs` and `ParamSpecKwargs`.
pub struct Part {
    origin: Field,
}

payload!(Part, "part of a parameter specification", |this, m| this
    .origin
    .trace(m));

/// `typing.ParamSpecArgs`
pub static ARGS: StaticType = StaticType::new(
    "typing",
    "ParamSpecArgs",
    Some(&OBJECT),
    HAS_WEAKREF,
    layout_of::<Part>,
);
/// `typing.ParamSpecKwargs`
pub static KWARGS: StaticType = StaticType::new(
    "typing",
    "ParamSpecKwargs",
    Some(&OBJECT),
    HAS_WEAKREF,
    layout_of::<Part>,
);

fn part(th: &Thread, ty: &StaticType, origin: Value) -> Value {
    let data = Part {
        origin: Field::new(origin),
    };
    th.new_object(ty, data).value()
}

fn origin(v: Value) -> Value {
    v.expect::<Part>().origin.get()
}

fn new_part(th: &Thread, cls: &Object<Type>, args: Args, ty: &StaticType) -> PyResult {
    let v = match (args.pos(), args.get_kw("origin")) {
        ([v], None) => *v,
        ([], Some(v)) => v,
        _ => {
            return Err(th.type_error(format!(
                "{}() missing required argument 'origin' (pos 1)",
                cls.tp_name()
            )));
        }
    };
    Ok(part(th, ty, v))
}

fn compare(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !class_of(a).is(class_of(b)) || !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    ops::compare(th, origin(a), origin(b), op)
}

fn show(th: &Thread, v: Value, suffix: &str) -> PyResult {
    let o = origin(v);
    let name = match o.downcast::<ParamSpec>() {
        Some(p) => p.name.get(),
        None => match attr::get_opt(th, o, names::NAME.get())? {
            Some(n) if n.as_str_obj().is_some() => n,
            _ => ops::repr(th, o)?,
        },
    };
    crate::text::join(th, &[name, Value::str(th, suffix)])
}

const ORIGIN: &[GetSet] = &[GetSet::new("__origin__", |_, v| Ok(origin(v)))];

pub(super) static ARGS_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, args| new_part(th, cls, args, &ARGS));
        s.repr = Some(|th, v| show(th, v, ".args"));
        s.richcmp = Some(compare);
    },
    methods: &[Method::new(
        "__mro_entries__",
        "($self, bases, /)",
        |th, _| cannot_subclass(th, "ParamSpecArgs"),
    )],
    getset: ORIGIN,
    doc: "The args for a ParamSpec object.\n\nGiven a ParamSpec object P, P.args returns an instance of ParamSpecArgs.\n",
    sig: "(origin)",
};

pub(super) static KWARGS_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, args| new_part(th, cls, args, &KWARGS));
        s.repr = Some(|th, v| show(th, v, ".kwargs"));
        s.richcmp = Some(compare);
    },
    methods: &[Method::new(
        "__mro_entries__",
        "($self, bases, /)",
        |th, _| cannot_subclass(th, "ParamSpecKwargs"),
    )],
    getset: ORIGIN,
    doc: "The kwargs for a ParamSpec object.\n\nGiven a ParamSpec object P, P.kwargs returns an instance of ParamSpecKwargs.\n",
    sig: "(origin)",
};
