//! `typing.TypeAliasType`: what a `type` statement makes.

use super::type_var::checked_name;
use super::type_var_tuple::{TypeVarTuple, unpacked};
use super::{Lazy, calling_module};
use crate::generic::{GENERIC_ALIAS, checked_or, make_alias};
use taipan_object::call::{self, Args};
use taipan_object::func::Function;
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::flags::HAS_WEAKREF;
use taipan_object::types::{OBJECT, StaticType, Type, class_of, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, names, ops, payload};

/// The payload of `typing.TypeAliasType`.
pub struct TypeAlias {
    name: Field,
    /// A tuple, or absent for an alias that is not generic.
    params: Field,
    value: Lazy,
    module: Field,
}

payload!(TypeAlias, "type alias", |this, m| {
    this.name.trace(m);
    this.params.trace(m);
    this.value.trace(m);
    this.module.trace(m);
});

/// `typing.TypeAliasType`
pub static TYPE_ALIAS: StaticType = StaticType::new(
    "typing",
    "TypeAliasType",
    Some(&OBJECT),
    HAS_WEAKREF,
    layout_of::<TypeAlias>,
);

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(|_, v| Ok(this(v).name.get()));
        s.or = Some(checked_or);
        s.iter = Some(unpacked);
        s.getitem = Some(|th, v, item| {
            if this(v).params.get().is_absent() {
                return Err(th.type_error("Only generic type aliases are subscriptable"));
            }
            Ok(make_alias(th, &GENERIC_ALIAS, v, item, false))
        });
    },
    methods: &[Method::new("__reduce__", "($self, /)", |_, a| {
        Ok(this(a[0]).name.get())
    })],
    getset: &[
        GetSet::new("__name__", |_, v| Ok(this(v).name.get())),
        GetSet::new("__value__", |th, v| {
            Ok(this(v)
                .value
                .get(th, &this(v).header)?
                .unwrap_or(Value::NONE))
        }),
        GetSet::new("evaluate_value", |th, v| Ok(this(v).value.function(th))),
        GetSet::new("__type_params__", |_, v| {
            Ok(this(v).params.get().or(Value::empty_tuple()))
        }),
        GetSet::new("__parameters__", parameters),
        GetSet::new("__module__", module),
    ],
    doc: "Type alias.\n\nType aliases are created through the type statement::\n\n    type Alias = int\n\nIn this example, Alias and int will be treated equivalently by static\ntype checkers.\n",
    sig: "(name, value, *, type_params=())",
};

fn this<'a>(v: Value) -> &'a Object<TypeAlias> {
    v.expect::<TypeAlias>()
}

/// The alias of a `type` statement: its name, its type parameters (or None) and the evaluator of its value.
pub fn new_type_alias(th: &Thread, name: Value, params: Value, evaluator: Value) -> Value {
    let params = match params.as_tuple() {
        Some(t) if !t.is_empty() => params,
        _ => Value::ABSENT,
    };
    let data = TypeAlias {
        name: Field::new(name),
        params: Field::new(params),
        value: Lazy::computed(evaluator),
        module: Field::absent(),
    };
    th.new_object(&TYPE_ALIAS, data).value()
}

static NEW: Method = Method::new(
    "typealias",
    "($type, name, value, *, type_params=())",
    |th, a| {
        let name = checked_name(th, "typealias", a[1])?;
        let params = a[3].or(Value::empty_tuple());
        let Some(items) = params.as_tuple() else {
            return Err(th.type_error("type_params must be a tuple"));
        };
        check_params(th, items)?;
        let data = TypeAlias {
            name: Field::new(name),
            params: Field::new(if items.is_empty() {
                Value::ABSENT
            } else {
                params
            }),
            value: Lazy::known(a[2]),
            module: Field::new(calling_module(th)),
        };
        Ok(th.new_object(&TYPE_ALIAS, data).value())
    },
);

/// A parameter without a default must not follow one that has one.
fn check_params(th: &Thread, items: &[Value]) -> PyResult<()> {
    let mut seen = false;
    for p in items {
        let t = class_of(*p);
        let is_param =
            t.is(&super::TYPE_VAR) || t.is(&super::PARAM_SPEC) || t.is(&super::TYPE_VAR_TUPLE);
        if !is_param {
            let shown = ops::repr(th, *p)?;
            return Err(th.type_error(format!("Expected a type param, got {}", names::text(shown))));
        }
        let has = call::call_method(th, *p, "has_default", &[])?;
        if ops::truth(th, has)? {
            seen = true;
        } else if seen {
            let shown = ops::repr(th, *p)?;
            return Err(th.type_error(format!(
                "non-default type parameter '{}' follows default type parameter",
                names::text(shown)
            )));
        }
    }
    Ok(())
}

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    args.with_first(th, cls.value(), |a| call::call_method_row(th, &NEW, a))
}

/// The type parameters with type variable tuples unpacked.
fn parameters(th: &Thread, v: Value) -> PyResult {
    let params = this(v).params.get().or(Value::empty_tuple());
    let items = params.as_tuple().unwrap_or(&[]);
    if items.iter().all(|p| p.downcast::<TypeVarTuple>().is_none()) {
        return Ok(params);
    }
    let mut out = ValueVec::new();
    for p in items {
        if p.downcast::<TypeVarTuple>().is_some() {
            let inner = ops::to_vec(th, *p)?;
            out.extend_from_slice(th, &inner)?;
        } else {
            out.push(th, *p)?;
        }
    }
    Value::try_tuple(th, &out)
}

fn module(th: &Thread, v: Value) -> PyResult {
    let a = this(v);
    if let Some(m) = a.module.get().present() {
        return Ok(m);
    }
    // The evaluator stands in the module that the alias does.
    match a.value.function(th).downcast::<Function>() {
        Some(f) => Ok(f.module.get().or(Value::NONE)),
        None => Ok(Value::NONE),
    }
}
