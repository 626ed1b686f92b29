//! `typing.TypeVarTuple`.

use super::type_var::{checked_name, default_function, default_of, given_default, has_default};
use super::{Lazy, call_typing, cannot_subclass, set_module};
use taipan_object::call::{self, Args};
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::flags::{HAS_DICT, HAS_WEAKREF};
use taipan_object::types::{OBJECT, StaticType, Type, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, attr, ops, payload};

/// The payload of `typing.TypeVarTuple`.
pub struct TypeVarTuple {
    name: Field,
    /// `__default__`
    pub(super) default: Lazy,
}

payload!(TypeVarTuple, "type variable tuple", |this, m| {
    this.name.trace(m);
    this.default.trace(m);
});

/// `typing.TypeVarTuple`
pub static TYPE_VAR_TUPLE: StaticType = StaticType::new(
    "typing",
    "TypeVarTuple",
    Some(&OBJECT),
    HAS_DICT | HAS_WEAKREF,
    layout_of::<TypeVarTuple>,
);

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(|_, v| Ok(this(v).name.get()));
        s.iter = Some(unpacked);
    },
    methods: &[
        Method::new("__typing_subst__", "($self, arg, /)", |th, _| {
            Err(th.type_error("Substitution of bare TypeVarTuple is not supported"))
        }),
        Method::new(
            "__typing_prepare_subst__",
            "($self, alias, args, /)",
            |th, a| call_typing(th, "_typevartuple_prepare_subst", a),
        ),
        Method::new("__mro_entries__", "($self, bases, /)", |th, _| {
            cannot_subclass(th, "TypeVarTuple")
        }),
        Method::new("__reduce__", "($self, /)", |_, a| Ok(this(a[0]).name.get())),
        Method::new("has_default", "($self, /)", |th, a| {
            Ok(Value::bool(has_default(th, &this(a[0]).default)))
        }),
    ],
    getset: &[
        GetSet::new("__name__", |_, v| Ok(this(v).name.get())),
        GetSet::new("__default__", |th, v| {
            default_of(th, &this(v).header, &this(v).default)
        }),
        GetSet::new("evaluate_default", |th, v| {
            Ok(default_function(th, &this(v).default))
        }),
    ],
    doc: "Type variable tuple. A specialized form of type variable that enables\nvariadic generics.\n\nThe preferred way to construct a type variable tuple is via the\ndedicated syntax for generic functions, classes, and type aliases,\nwhere a single '*' indicates a type variable tuple::\n\n    def move_first_element_to_last[T, *Ts](tup: tuple[T, *Ts]) -> tuple[*Ts, T]:\n        return (*tup[1:], tup[0])\n",
    sig: "(name, *, default=typing.NoDefault)",
};

fn this<'a>(v: Value) -> &'a Object<TypeVarTuple> {
    v.expect::<TypeVarTuple>()
}

/// Iterating gives `typing.Unpack[v]` once: what `*v` means in a subscript.
pub(super) fn unpacked(th: &Thread, v: Value) -> PyResult {
    let typing = crate::import_module(th, "typing")?;
    let unpack = attr::get_str(th, typing, "Unpack")?;
    let item = ops::get_item(th, unpack, v)?;
    let t = Value::tuple(th, &[item]);
    ops::iter(th, t)
}

/// A type variable tuple that the compiler makes for `[*Ts]`.
pub fn new_type_var_tuple(th: &Thread, name: Value) -> Value {
    let data = TypeVarTuple {
        name: Field::new(name),
        default: Lazy::known(Value::ABSENT),
    };
    th.new_object(&TYPE_VAR_TUPLE, data).value()
}

static NEW: Method = Method::new("typevartuple", "($type, name, *, default=None)", |th, a| {
    let name = checked_name(th, "typevartuple", a[1])?;
    let data = TypeVarTuple {
        name: Field::new(name),
        default: given_default(th, a[2]),
    };
    let v = th.new_object(&TYPE_VAR_TUPLE, data).value();
    set_module(th, v)?;
    Ok(v)
});

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    args.with_first(th, cls.value(), |a| call::call_method_row(th, &NEW, a))
}
