//! `ast.AST`: construction, representation, copying and pickling of nodes.

use taipan_object::call::{self, Args};
use taipan_object::dict::{Dict, Set};
use taipan_object::native::{Method, TypeSpec};
use taipan_object::seq::List;
use taipan_object::types::{OBJECT, StaticType, Type, class_of, flags, is_instance, no_layout};
use taipan_object::{
    Object, PyResult, Thread, Value, ValueVec, attr, exception as exc, names, ops, strings,
};

use super::classes;
use super::grammar::Kind;

/// `ast.AST`
pub static AST: StaticType = StaticType::new(
    "ast",
    "AST",
    Some(&OBJECT),
    flags::BASE | flags::HAS_DICT,
    no_layout,
);

/// `ast.AST`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, _| Ok(blank(th, cls)));
        s.init = Some(init);
        s.repr = Some(|th, v| match repr_at(th, v, 3)? {
            Some(text) => Ok(text),
            None => Ok(Value::str(th, "...")),
        });
    },
    methods: &[
        Method::new("__reduce__", "($self, /)", reduce),
        Method::raw("__replace__", "($self, /, **fields)", replace)
            .doc("Return a copy of the AST node with new values for the specified fields."),
    ],
    getset: &[],
    doc: "",
    sig: "",
};

/// The name of a node's class for messages: builtin ones by their plain name, `AST` itself in full.
fn class_name(v: Value) -> String {
    let t = class_of(v);
    if t.is(&AST) {
        "ast.AST".to_owned()
    } else {
        t.name_text().into_owned()
    }
}

fn of_class(th: &Thread, v: Value, name: &str) -> PyResult<Option<Value>> {
    attr::get_opt(th, class_of(v).value(), strings::intern(th, name))
}

/// The names in a class's `_fields`; none where it has none.
fn fields(th: &Thread, v: Value) -> PyResult<ValueVec> {
    let Some(fields) = of_class(th, v, "_fields")? else {
        return Ok(ValueVec::new());
    };
    let n = ops::len(th, fields)?;
    let mut out = ValueVec::with_capacity(th, n)?;
    for i in 0..n {
        out.push(th, ops::get_item(th, fields, Value::usize(th, i))?)?;
    }
    Ok(out)
}

fn has(th: &Thread, names: &[Value], name: Value) -> PyResult<bool> {
    for n in names {
        if ops::eq(th, *n, name)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn set(th: &Thread, v: Value, name: Value, value: Value) -> PyResult<()> {
    if name.as_str_obj().is_none() {
        return Err(th.type_error(format!(
            "attribute name must be string, not '{}'",
            class_of(name).name_text()
        )));
    }
    attr::set(th, v, name, value)
}

fn shown(th: &Thread, v: Value) -> PyResult<String> {
    Ok(names::text(ops::repr(th, v)?).into_owned())
}

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    let fields = fields(th, v)?;
    let given = args.pos();
    if given.len() > fields.len() {
        return Err(th.type_error(format!(
            "{} constructor takes at most {} positional argument{}",
            class_of(v).name_text(),
            fields.len(),
            if fields.len() == 1 { "" } else { "s" }
        )));
    }
    let remaining = Set::new(th);
    for f in fields.iter() {
        remaining.add(th, *f)?;
    }
    for (name, value) in fields.iter().zip(given) {
        set(th, v, *name, *value)?;
        remaining.discard(th, *name)?;
    }
    let mut attributes = None;
    for (name, value) in args.kw() {
        if has(th, &fields, name)? {
            if !remaining.discard(th, name)? {
                return Err(th.type_error(format!(
                    "{} got multiple values for argument {}",
                    class_of(v).name_text(),
                    shown(th, name)?
                )));
            }
        } else {
            let known = match attributes {
                Some(a) => a,
                None => {
                    let a = attr::get_str(th, class_of(v).value(), "_attributes")?;
                    attributes = Some(a);
                    a
                }
            };
            if !ops::contains(th, known, name)? {
                th.warn(
                    &exc::DEPRECATION_WARNING,
                    format!(
                        "{}.__init__ got an unexpected keyword argument {}. Support for arbitrary keyword arguments is deprecated and will be removed in Python 3.15.",
                        class_name(v),
                        shown(th, name)?
                    ),
                )?;
            }
        }
        attr::set(th, v, name, value)?;
    }
    let Some(field_types) = of_class(th, v, "_field_types")? else {
        return Ok(());
    };
    let Some(field_types) = field_types.as_dict() else {
        return Ok(());
    };
    if remaining.map.is_empty() {
        return Ok(());
    }
    fill_in(th, v, &fields, remaining, field_types)
}

/// Gives the fields that were left out their values, or warns.
fn fill_in(
    th: &Thread,
    v: Value,
    fields: &[Value],
    remaining: &Object<Set>,
    field_types: &Object<Dict>,
) -> PyResult<()> {
    let list_alias = class_of(ops::generic_alias(
        th,
        taipan_object::types::LIST.value(),
        OBJECT.value(),
    )?);
    let classes = classes::get(th)?;
    for name in fields {
        if !remaining.contains(th, *name)? {
            continue;
        }
        let Some(ty) = field_types.get(th, *name)? else {
            th.warn(
                &exc::DEPRECATION_WARNING,
                format!(
                    "Field {} is missing from {}._field_types. This will become an error in Python 3.15.",
                    shown(th, *name)?,
                    class_name(v)
                ),
            )?;
            continue;
        };
        if ty.is(classes.class(Kind::SortExprContext).value()) {
            attr::set(th, v, *name, classes.singleton(Kind::Load))?;
        } else if class_of(ty).is(list_alias) {
            attr::set(th, v, *name, Value::list(th, &[])?)?;
        } else if is_union(ty) {
            // The class has None for it.
        } else {
            th.warn(
                &exc::DEPRECATION_WARNING,
                format!(
                    "{}.__init__ missing 1 required positional argument: {}. This will become an error in Python 3.15.",
                    class_name(v),
                    shown(th, *name)?
                ),
            )?;
        }
    }
    Ok(())
}

fn is_union(ty: Value) -> bool {
    &*class_of(ty).name_text() == "Union"
}

/// A copy of the node's own attributes.
fn own<'a>(th: &Thread, v: Value) -> PyResult<&'a Object<Dict>> {
    let d = attr::get(th, v, names::DICT.get())?;
    match d.as_dict() {
        Some(d) => Ok(Dict::from_map(th, d.map.copy(th, &d.header)?)),
        None => Ok(Dict::new(th)),
    }
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let v = a[0];
    let state = own(th, v)?;
    // The constructor is called with as many Nones as there are leading fields: so it does not warn.
    let mut nones = ValueVec::new();
    for f in fields(th, v)?.iter() {
        if state.get(th, *f)?.is_none() {
            break;
        }
        nones.push(th, Value::NONE)?;
    }
    let parts = [
        class_of(v).value(),
        Value::try_tuple(th, &nones)?,
        state.value(),
    ];
    Value::try_tuple(th, &parts)
}

fn replace(th: &Thread, args: Args) -> PyResult {
    let [v] = args.pos() else {
        return Err(th.type_error("__replace__() takes no positional arguments"));
    };
    let v = *v;
    let fields = fields(th, v)?;
    let attributes = match of_class(th, v, "_attributes")? {
        Some(a) => ops::to_vec(th, a)?,
        None => ValueVec::new(),
    };
    let state = own(th, v)?;
    for (k, _) in args.kw() {
        if !has(th, &fields, k)? && !has(th, &attributes, k)? {
            return Err(th.type_error(format!(
                "{}.__replace__ got an unexpected keyword argument {}.",
                class_name(v),
                shown(th, k)?
            )));
        }
    }
    let keywords = Dict::new(th);
    let mut missing = Vec::new();
    for (names_of, required) in [(&fields, true), (&attributes, false)] {
        for f in names_of.iter() {
            let given = args.kw().find(|(k, _)| {
                k.as_str_obj().map(|s| s.as_bytes()) == f.as_str_obj().map(|s| s.as_bytes())
            });
            let value = match given {
                Some((_, value)) => Some(value),
                None => state.get(th, *f)?,
            };
            match value {
                Some(value) => keywords.set(th, *f, value)?,
                None if required && of_class_value(th, v, *f)?.is_none() => {
                    missing.push(shown(th, *f)?)
                }
                None => {}
            }
        }
    }
    if !missing.is_empty() {
        missing.sort();
        return Err(th.type_error(format!(
            "{}.__replace__ missing {} keyword argument{}: {}.",
            class_name(v),
            missing.len(),
            if missing.len() == 1 { "" } else { "s" },
            missing.join(", ")
        )));
    }
    let (mut values, mut kwnames) = (ValueVec::new(), ValueVec::new());
    let mut at = 0;
    while let Some((next, k, value, _)) = keywords.map.next_entry(at) {
        kwnames.push(th, k)?;
        values.push(th, value)?;
        at = next;
    }
    let args = Args {
        values: &values,
        kwnames: &kwnames,
    };
    call::call_args(th, class_of(v).value(), args)
}

fn of_class_value(th: &Thread, v: Value, name: Value) -> PyResult<Option<Value>> {
    attr::get_opt(th, class_of(v).value(), name)
}

/// The representation down to a depth; nothing below it, for the parent to leave out.
fn repr_at(th: &Thread, v: Value, depth: u32) -> PyResult<Option<Value>> {
    if depth == 0 {
        return Ok(Some(Value::str(
            th,
            &format!("{}(...)", class_of(v).name_text()),
        )));
    }
    let name = class_name(v);
    let shown = th.repr_guard(v, || {
        let mut out = format!("{name}(");
        for (n, f) in fields(th, v)?.iter().enumerate() {
            if n > 0 {
                out.push_str(", ");
            }
            out.push_str(&names::text(*f));
            out.push('=');
            let value = attr::get(th, v, *f)?;
            part(th, value, depth, &mut out)?;
        }
        out.push(')');
        Ok(Value::str(th, &out))
    })?;
    Ok(Some(shown.unwrap_or_else(|| {
        Value::str(th, &format!("{name}(...)"))
    })))
}

/// The representation of a field's value.
fn part(th: &Thread, v: Value, depth: u32, out: &mut String) -> PyResult<()> {
    let (open, close, items) = if let Some(l) = v.downcast::<List>() {
        ('[', ']', l.snapshot(th)?)
    } else if let Some(t) = v.as_tuple() {
        ('(', ')', ValueVec::from_slice(th, t)?)
    } else {
        let text = if is_instance(v, &AST) {
            repr_at(th, v, depth - 1)?.unwrap_or(Value::NONE)
        } else {
            ops::repr(th, v)?
        };
        out.push_str(&names::text(text));
        return Ok(());
    };
    // Of a longer list the first and the last are shown.
    out.push(open);
    if let Some(first) = items.first() {
        item(th, *first, depth, out)?;
        if items.len() > 2 {
            out.push_str(", ...");
        }
        if items.len() > 1 {
            out.push_str(", ");
            item(th, items[items.len() - 1], depth, out)?;
        }
    }
    out.push(close);
    Ok(())
}

fn item(th: &Thread, v: Value, depth: u32, out: &mut String) -> PyResult<()> {
    let text = if is_instance(v, &AST) {
        repr_at(th, v, depth - 1)?.unwrap_or(Value::NONE)
    } else {
        ops::repr(th, v)?
    };
    out.push_str(&names::text(text));
    Ok(())
}

/// A node without its fields, for the maker of trees.
pub fn blank(th: &Thread, class: &Object<Type>) -> Value {
    th.new_instance(class, attr::Plain).value()
}
