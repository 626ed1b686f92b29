//! `typing.TypeVar`.

use super::{Lazy, call_typing, cannot_subclass, no_default, set_module};
use taipan_object::attr;
use taipan_object::call::{self, Args};
use taipan_object::exception as exc;
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::slots::BinOp;
use taipan_object::types::flags::{HAS_DICT, HAS_WEAKREF};
use taipan_object::types::{OBJECT, StaticType, Type, class_of, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, names, ops, payload};

/// The payload of `typing.TypeVar`.
pub struct TypeVar {
    name: Field,
    bound: Lazy,
    constraints: Lazy,
    /// `__default__`
    pub(super) default: Lazy,
    covariant: bool,
    contravariant: bool,
    infer_variance: bool,
}

payload!(TypeVar, "type variable", |this, m| {
    this.name.trace(m);
    this.bound.trace(m);
    this.constraints.trace(m);
    this.default.trace(m);
});

/// `typing.TypeVar`
pub static TYPE_VAR: StaticType = StaticType::new(
    "typing",
    "TypeVar",
    Some(&OBJECT),
    HAS_DICT | HAS_WEAKREF,
    layout_of::<TypeVar>,
);

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(repr);
        s.or = Some(crate::generic::checked_or);
    },
    methods: &[
        Method::new("__typing_subst__", "($self, arg, /)", |th, a| {
            call_typing(th, "_typevar_subst", a)
        }),
        Method::new(
            "__typing_prepare_subst__",
            "($self, alias, args, /)",
            prepare_subst,
        ),
        Method::new("__mro_entries__", "($self, bases, /)", |th, _| {
            cannot_subclass(th, "TypeVar")
        }),
        Method::new("__reduce__", "($self, /)", |_, a| Ok(this(a[0]).name.get())),
        Method::new("has_default", "($self, /)", |th, a| {
            Ok(Value::bool(has_default(th, &this(a[0]).default)))
        }),
    ],
    getset: &[
        GetSet::new("__name__", |_, v| Ok(this(v).name.get())),
        GetSet::new("__bound__", |th, v| {
            Ok(this(v)
                .bound
                .get(th, &this(v).header)?
                .unwrap_or(Value::NONE))
        }),
        GetSet::new("__constraints__", |th, v| {
            Ok(this(v)
                .constraints
                .get(th, &this(v).header)?
                .unwrap_or(Value::empty_tuple()))
        }),
        GetSet::new("__default__", |th, v| {
            default_of(th, &this(v).header, &this(v).default)
        }),
        GetSet::new("evaluate_bound", |th, v| Ok(this(v).bound.function(th))),
        GetSet::new("evaluate_constraints", |th, v| {
            Ok(this(v).constraints.function(th))
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
    doc: "Type variable.\n\nThe preferred way to construct a type variable is via the dedicated\nsyntax for generic functions, classes, and type aliases::\n\n    class Sequence[T]:  # T is a TypeVar\n        ...\n\nThis syntax can also be used to create bound and constrained type\nvariables::\n\n    # S is a TypeVar bound to str\n    class StrSequence[S: str]:\n        ...\n\n    # A is a TypeVar constrained to str or bytes\n    class StrOrBytesSequence[A: (str, bytes)]:\n        ...\n",
    sig: "(name, *constraints, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False)",
};

fn this<'a>(v: Value) -> &'a Object<TypeVar> {
    v.expect::<TypeVar>()
}

/// `__default__` of a type parameter.
pub(super) fn default_of(
    th: &Thread,
    owner: &taipan_object::gc::Header,
    default: &Lazy,
) -> PyResult {
    Ok(default.get(th, owner)?.unwrap_or_else(|| no_default(th)))
}

/// Whether a type parameter has a default; one given as `NoDefault` is none.
pub(super) fn has_default(_: &Thread, default: &Lazy) -> bool {
    !default.is_empty()
}

/// `evaluate_default` of a type parameter.
pub(super) fn default_function(th: &Thread, default: &Lazy) -> Value {
    default.function(th)
}

/// A default given in a call.
pub(super) fn given_default(th: &Thread, v: Value) -> Lazy {
    match v.present() {
        Some(v) if !v.is(no_default(th)) => Lazy::known(v),
        _ => Lazy::known(Value::ABSENT),
    }
}

/// A type variable that the compiler makes for `[T]`, `[T: bound]` or `[T: (a, b)]`: evaluators, absent for none.
pub fn new_type_var(th: &Thread, name: Value, bound: Value, constraints: Value) -> Value {
    let lazy = |f: Value| match f.present() {
        Some(f) => Lazy::computed(f),
        None => Lazy::known(Value::ABSENT),
    };
    let data = TypeVar {
        name: Field::new(name),
        bound: lazy(bound),
        constraints: lazy(constraints),
        default: Lazy::known(Value::ABSENT),
        covariant: false,
        contravariant: false,
        infer_variance: true,
    };
    th.new_object(&TYPE_VAR, data).value()
}

static NEW: Method = Method::new(
    "typevar",
    "($type, name, *constraints, bound=None, default=None, covariant=False, contravariant=False, infer_variance=False)",
    |th, a| {
        let name = checked_name(th, "typevar", a[1])?;
        let items = a[2].as_tuple().unwrap_or(&[]);
        let bound = a[3].or(Value::NONE);
        let [covariant, contravariant, infer_variance] = variance(th, &a[5..8])?;
        let bound = if bound.is_none() {
            Value::ABSENT
        } else {
            let msg = Value::str(th, "Bound must be a type.");
            call_typing(th, "_type_check", &[bound, msg])?
        };
        let constraints = if items.is_empty() {
            Value::ABSENT
        } else if items.len() == 1 {
            return Err(th.type_error("A single constraint is not allowed"));
        } else if !bound.is_absent() {
            return Err(th.type_error("Constraints cannot be combined with bound=..."));
        } else {
            let mut out = ValueVec::new();
            for x in items {
                let msg = Value::str(
                    th,
                    "TypeVar(name, constraint, ...): constraints must be types.",
                );
                let t = call_typing(th, "_type_check", &[*x, msg])?;
                out.push(th, t)?;
            }
            Value::try_tuple(th, &out)?
        };
        let data = TypeVar {
            name: Field::new(name),
            bound: Lazy::known(bound),
            constraints: Lazy::known(constraints),
            default: given_default(th, a[4]),
            covariant,
            contravariant,
            infer_variance,
        };
        let v = th.new_object(&TYPE_VAR, data).value();
        set_module(th, v)?;
        Ok(v)
    },
);

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    args.with_first(th, cls.value(), |a| call::call_method_row(th, &NEW, a))
}

/// The name argument of a type parameter's class.
pub(super) fn checked_name(th: &Thread, what: &str, v: Value) -> PyResult {
    if v.as_str_obj().is_some() {
        return Ok(v);
    }
    Err(th.type_error(format!(
        "{what}() argument 'name' must be str, not {}",
        class_of(v).tp_name()
    )))
}

/// The flags `covariant`, `contravariant` and `infer_variance`, checked.
pub(super) fn variance(th: &Thread, a: &[Value]) -> PyResult<[bool; 3]> {
    let mut out = [false; 3];
    for (to, v) in out.iter_mut().zip(a) {
        if let Some(v) = v.present() {
            *to = ops::truth(th, v)?;
        }
    }
    let [co, contra, infer] = out;
    if co && contra {
        return Err(th.value_error("Bivariant types are not supported."));
    }
    if infer && (co || contra) {
        return Err(th.value_error("Variance cannot be specified with infer_variance."));
    }
    Ok(out)
}

/// A type parameter's name with the sign of its variance.
pub(super) fn signed_name(th: &Thread, name: Value, flags: [bool; 3]) -> PyResult {
    let sign = match flags {
        [_, _, true] => "",
        [true, ..] => "+",
        [_, true, _] => "-",
        _ => "~",
    };
    crate::text::join(th, &[Value::str(th, sign), name])
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let t = this(v);
    signed_name(
        th,
        t.name.get(),
        [t.covariant, t.contravariant, t.infer_variance],
    )
}

/// The arguments of a subscript with this variable's default, if it is just the one that is missing.
fn prepare_subst(th: &Thread, a: &[Value]) -> PyResult {
    let (alias, args) = (a[1], a[2]);
    let params = attr::get(th, alias, names::PARAMETERS.get())?;
    let index = params
        .as_tuple()
        .and_then(|p| p.iter().position(|x| x.is(a[0])));
    let Some(index) = index else {
        return Err(th.value_error("tuple.index(x): x not in tuple"));
    };
    let given = ops::len(th, args)?;
    if index < given {
        return Ok(args);
    }
    let t = this(a[0]);
    if index == given
        && let Some(d) = t.default.get(th, &t.header)?
    {
        return ops::binary(th, BinOp::Add, args, Value::tuple(th, &[d]));
    }
    let shown = ops::str(th, alias)?;
    Err(th.raise(
        &exc::TYPE_ERROR,
        format!(
            "Too few arguments for {}; actual {given}, expected at least {}",
            names::text(shown),
            index + 1
        ),
    ))
}
