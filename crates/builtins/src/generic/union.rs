//! `typing.Union`, which is `types.UnionType` too.

use super::{alias, show_item, substitute};
use taipan_object::dict::Set;
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::slots::{BinOp, CmpOp};
use taipan_object::types::{self, OBJECT, StaticType, Type, is_exactly, is_instance, layout_of};
use taipan_object::{
    Object, PyResult, Thread, Value, ValueVec, call, exception as exc, names, ops, payload, strings,
};

/// The payload of `typing.Union`.
pub struct Union {
    /// `__args__`, a tuple.
    pub args: Field,
    parameters: Field,
}

payload!(Union, "union", |this, m| {
    this.args.trace(m);
    this.parameters.trace(m);
});

/// `typing.Union`
pub static UNION: StaticType = StaticType::new(
    "typing",
    "Union",
    Some(&OBJECT),
    types::flags::HAS_WEAKREF,
    layout_of::<Union>,
);

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(repr);
        s.hash = Some(hash);
        s.richcmp = Some(richcmp);
        s.or = Some(union_or);
        s.getitem = Some(getitem);
    },
    methods: &[
        Method::new("__mro_entries__", "($self, bases, /)", |th, a| {
            let shown = ops::repr(th, a[0])?;
            Err(th.type_error(format!("Cannot subclass {}", names::text(shown))))
        }),
        Method::new("__instancecheck__", "($self, instance, /)", |th, a| {
            any(a[0], &|t| ops::is_instance(th, a[1], t))
        }),
        Method::new("__subclasscheck__", "($self, cls, /)", |th, a| {
            any(a[0], &|t| ops::is_subclass(th, a[1], t))
        }),
        Method::new("__class_getitem__", "($type, item, /)", |th, a| {
            let one = [a[1]];
            checked(th, a[1].as_tuple().unwrap_or(&one))
        })
        .class(),
        Method::new("__reduce__", "($self, /)", |th, a| {
            let op = crate::import_module(th, "operator")?;
            let f = taipan_object::attr::get_str(th, op, "getitem")?;
            let args = Value::tuple(th, &[UNION.value(), this(a[0]).args.get()]);
            Ok(Value::tuple(th, &[f, args]))
        }),
    ],
    getset: &[
        GetSet::new("__args__", |_, v| Ok(this(v).args.get())),
        GetSet::new("__parameters__", parameters).doc("Type variables in the types.UnionType."),
        GetSet::new("__origin__", |_, _| Ok(UNION.value())),
        GetSet::new("__name__", |th, _| Ok(strings::intern(th, "Union"))),
        GetSet::new("__qualname__", |th, _| Ok(strings::intern(th, "Union"))),
    ],
    doc: "Represent a union type\n\nE.g. for int | str",
    sig: "",
};

fn this<'a>(v: Value) -> &'a Object<Union> {
    v.expect::<Union>()
}

fn args_of<'a>(v: Value) -> &'a [Value] {
    this(v).args.get().as_tuple().unwrap_or(&[])
}

/// Adds to the members of a union what is not among them; nested unions are opened, None means its class.
fn add(th: &Thread, members: &mut ValueVec, seen: &Object<Set>, v: Value) -> PyResult<()> {
    if is_exactly(v, &UNION) {
        for x in args_of(v) {
            add(th, members, seen, *x)?;
        }
        return Ok(());
    }
    let v = if v.is_none() {
        types::NONE_TYPE.value()
    } else {
        v
    };
    match seen.add(th, v) {
        Ok(true) => members.push(th, v),
        Ok(false) => Ok(()),
        // What can't be hashed is compared with each.
        Err(e) if e.is(&exc::TYPE_ERROR) => {
            for x in members.iter() {
                if ops::eq(th, *x, v)? {
                    return Ok(());
                }
            }
            members.push(th, v)
        }
        Err(e) => Err(e),
    }
}

/// The union of types; a single one is itself.
pub fn make(th: &Thread, items: &[Value]) -> PyResult {
    let seen = Set::new(th);
    let mut members = ValueVec::new();
    for x in items {
        add(th, &mut members, seen, *x)?;
    }
    if let [one] = &members[..] {
        return Ok(*one);
    }
    let data = Union {
        args: Field::new(Value::try_tuple(th, &members)?),
        parameters: Field::absent(),
    };
    Ok(th.new_object(&UNION, data).value())
}

/// `Union[items]`: each item is checked to be a type as `typing` does it; strings are forward references.
fn checked(th: &Thread, items: &[Value]) -> PyResult {
    if items.is_empty() {
        return Err(th.type_error("Cannot take a Union of no types."));
    }
    let mut out = ValueVec::new();
    for x in items {
        if is_unionable(*x) {
            out.push(th, *x)?;
            continue;
        }
        let typing = crate::import_module(th, "typing")?;
        let f = taipan_object::attr::get_str(th, typing, "_type_check")?;
        let msg = Value::str(th, "Union[arg, ...]: each arg must be a type.");
        let t = call::call(th, f, &[*x, msg])?;
        out.push(th, t)?;
    }
    make(th, &out)
}

fn is_unionable(v: Value) -> bool {
    v.is_none()
        || v.downcast::<Type>().is_some()
        || is_instance(v, &alias::GENERIC_ALIAS)
        || is_exactly(v, &UNION)
        || is_exactly(v, &crate::typing::TYPE_ALIAS)
}

/// `|` of a type variable or alias with anything that `typing` takes for a type.
pub fn checked_or(th: &Thread, a: Value, b: Value) -> PyResult {
    checked(th, &[a, b])
}

/// `|` of types.
pub fn union_or(th: &Thread, a: Value, b: Value) -> PyResult {
    // A union takes anything; text is a forward reference.
    let any = is_exactly(a, &UNION) || is_exactly(b, &UNION);
    if !any && (!is_unionable(a) || !is_unionable(b)) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let mut items = [a, b];
    for x in &mut items {
        if x.as_str_obj().is_some() {
            *x = crate::typing::call_typing(th, "_type_convert", &[*x])?;
        }
    }
    make(th, &items)
}

fn parameters(th: &Thread, v: Value) -> PyResult {
    let u = this(v);
    if let Some(p) = u.parameters.get().present() {
        return Ok(p);
    }
    let p = substitute::parameters(th, u.args.get())?;
    u.parameters.set(&u.header, p);
    Ok(p)
}

fn getitem(th: &Thread, v: Value, item: Value) -> PyResult {
    let params = parameters(th, v)?;
    let args = substitute::apply(th, v, this(v).args.get(), params, item)?;
    let Some([first, rest @ ..]) = args.as_tuple() else {
        return make(th, &[]);
    };
    let mut acc = *first;
    for x in rest {
        acc = ops::binary(th, BinOp::Or, acc, *x)?;
    }
    Ok(acc)
}

fn any(v: Value, f: &dyn Fn(Value) -> PyResult<bool>) -> PyResult {
    for t in args_of(v) {
        if f(*t)? {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let mut parts = ValueVec::new();
    for x in args_of(v) {
        let part = if x.is(types::NONE_TYPE.value()) {
            Value::str(th, "None")
        } else {
            show_item(th, *x)?
        };
        parts.push(th, part)?;
    }
    crate::text::join_with(th, " | ", &parts)
}

fn hash(th: &Thread, v: Value) -> PyResult<i64> {
    // The order of the members does not matter.
    let mut h = 0x55AA_i64;
    for x in args_of(v) {
        let e = ops::hash(th, *x)?;
        h ^= (e ^ (e << 16) ^ 89_869_747).wrapping_mul(3_644_798_167);
    }
    Ok(if h == -1 { -2 } else { h })
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !is_exactly(b, &UNION) || !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (args_of(a), args_of(b));
    let mut same = x.len() == y.len();
    for p in x {
        if !same {
            break;
        }
        let mut found = false;
        for q in y {
            if ops::eq(th, *p, *q)? {
                found = true;
                break;
            }
        }
        same = found;
    }
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}
