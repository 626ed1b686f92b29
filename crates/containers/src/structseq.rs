//! Named tuples of native code: `os.stat_result`, `time.struct_time`, `sys.version_info` and the like.
//!
//! Such a type is made at run time, once per interpreter, by the module that has it. Its instances are tuples of the
//! visible fields; the values of hidden ones (reached by name only) are in a tuple behind the items.

use crate::text::Text;
use taipan_object::class;
use taipan_object::dict::Dict;
use taipan_object::heap::{Field, FieldOf, Object, ValueVec};
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::payload;
use taipan_object::seq::{List, Tuple};
use taipan_object::strings::intern;
use taipan_object::types::{self, OBJECT, StaticType, Type, class_of, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, attr, names, ops};

/// The descriptor of one field of a named tuple.
#[repr(C)]
pub struct StructField {
    index: usize,
    name: Field,
    doc: Field,
    owner: FieldOf<Type>,
}

payload!(StructField, "struct field", |this, m| {
    this.name.trace(m);
    this.doc.trace(m);
    this.owner.trace(m);
});

/// `member_descriptor`, as the fields of native named tuples have it.
pub static STRUCT_FIELD: StaticType = StaticType::new(
    "builtins",
    "member_descriptor",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<StructField>,
);

/// `member_descriptor`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(|th, v| {
            let f = v.expect::<StructField>();
            Ok(Value::str(
                th,
                &format!(
                    "<member '{}' of '{}' objects>",
                    names::text(f.name.get()),
                    full_name(f.owner.expect())
                ),
            ))
        });
        s.descr_get = Some(|th, d, v, _| {
            let f = d.expect::<StructField>();
            let Some(v) = v.present() else { return Ok(d) };
            let owner = f.owner.expect();
            if !class_of(v).is_subtype(owner) {
                return Err(th.type_error(format!(
                    "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
                    names::text(f.name.get()),
                    full_name(owner),
                    class_of(v).tp_name()
                )));
            }
            Ok(get(v, f.index))
        });
        s.descr_set = Some(|th, _, _, _| {
            Err(th.raise(
                &taipan_object::exception::ATTRIBUTE_ERROR,
                "readonly attribute",
            ))
        });
    },
    methods: &[],
    getset: &[
        taipan_object::native::GetSet::new("__name__", |_, v| {
            Ok(v.expect::<StructField>().name.get())
        }),
        taipan_object::native::GetSet::new("__doc__", |_, v| {
            Ok(v.expect::<StructField>().doc.get())
        }),
        taipan_object::native::GetSet::new("__objclass__", |_, v| {
            Ok(v.expect::<StructField>().owner.expect().value())
        }),
    ],
    ..TypeSpec::EMPTY
};

static METHODS: [Method; 4] = [
    Method::new(
        "__new__",
        "($type, sequence, dict=<unrepresentable>)",
        construct,
    )
    .static_(),
    Method::new("__repr__", "($self, /)", repr).atomic(Atomic::Immutable),
    Method::new("__reduce__", "($self, /)", reduce).atomic(Atomic::Immutable),
    Method::new("__replace__", "($self, /, **changes)", replace)
        .doc("Return a copy of the structure with new values for the specified fields."),
];

fn full_name(t: &Object<Type>) -> String {
    match types::module_of(t) {
        Some(m) => format!("{}.{}", names::text(m), t.name_text()),
        None => t.name_text().into_owned(),
    }
}

/// Makes a type. `fields` are names and docstrings, an empty name for a field without one; the first `n_visible` are
/// the tuple's items.
pub fn define(
    th: &Thread,
    module: &str,
    name: &str,
    fields: &[(&str, &str)],
    n_visible: usize,
    doc: &str,
) -> PyResult {
    STRUCT_FIELD.define(th, &SPEC)?;
    let ns = Dict::new(th);
    ns.set(th, names::SLOTS.get(), Value::empty_tuple())?;
    ns.set(th, names::MODULE.get(), intern(th, module))?;
    ns.set(th, names::DOC.get(), Value::str(th, doc))?;
    let n = |n: usize| Value::small_int(n as i64);
    let unnamed = fields.iter().filter(|f| f.0.is_empty()).count();
    ns.set_name(th, "n_sequence_fields", n(n_visible))?;
    ns.set_name(th, "n_fields", n(fields.len()))?;
    ns.set_name(th, "n_unnamed_fields", n(unnamed))?;
    let mut visible = ValueVec::new();
    for f in fields[..n_visible].iter().filter(|f| !f.0.is_empty()) {
        visible.push(th, intern(th, f.0))?;
    }
    ns.set(th, names::MATCH_ARGS.get(), Value::try_tuple(th, &visible)?)?;
    let t = class::new_class(
        th,
        types::TYPE.get(),
        intern(th, name),
        &[types::TUPLE.value()],
        ns,
    )?;
    let dict = t.dict.expect();
    dict.remove(th, names::SLOTS.get())?;
    // One field behind the items for the hidden ones.
    t.fixed_slots.store(1, std::sync::atomic::Ordering::Relaxed);
    let root = attr::Shape::root(th, t, 0)?;
    t.root_shape.set(&t.header, Some(root));
    for m in &METHODS {
        dict.set_name(th, m.name, class::method_value(th, t, m))?;
    }
    let mut all = ValueVec::new();
    for (index, (name, doc)) in fields.iter().enumerate() {
        let name_value = intern(th, name);
        all.push(th, name_value)?;
        if name.is_empty() {
            continue;
        }
        let doc = if doc.is_empty() {
            Value::NONE
        } else {
            Value::str(th, doc)
        };
        let d = th.new_object(
            &STRUCT_FIELD,
            StructField {
                index,
                name: Field::new(name_value),
                doc: Field::new(doc),
                owner: FieldOf::new(t),
            },
        );
        dict.set(th, name_value, d.value())?;
    }
    t.clear_flag(flags::BASE);
    t.set_flag(flags::IMMUTABLE);
    class::update_slots(t);
    t.modified();
    let all = Value::try_tuple(th, &all)?;
    if let Some(state) = th.interp.state.get() {
        state.set_name(th, &state_key(t), all)?;
    }
    Ok(t.value())
}

/// Gives a type that [`define`] made a method of its own, in place of the common one of that name.
///
/// # Errors
/// `MemoryError`.
pub fn set_method(th: &Thread, ty: Value, m: &'static Method) -> PyResult<()> {
    let t = ty.expect::<Type>();
    let dict = t.dict.expect();
    dict.set_name(th, m.name, class::method_value(th, t, m))?;
    class::update_slots(t);
    t.modified();
    Ok(())
}

fn state_key(t: &Object<Type>) -> String {
    format!("structseq.{}", full_name(t))
}

/// The names of all fields of a type; empty ones for those without.
fn field_names(th: &Thread, t: &Object<Type>) -> &'static [Value] {
    th.interp
        .state
        .get()
        .and_then(|d| d.get_name(th, &state_key(t)))
        .and_then(|v| v.as_tuple())
        .unwrap_or(&[])
}

/// An instance with the given values, one for each field.
pub fn make(th: &Thread, ty: Value, values: &[Value]) -> PyResult {
    make_with(th, ty, values, visible_count(ty.expect::<Type>()))
}

/// As [`make`], for callers that know how many fields are visible: it saves looking that up.
///
/// # Errors
/// `MemoryError`.
pub fn make_with(th: &Thread, ty: Value, values: &[Value], visible: usize) -> PyResult {
    let t = ty.expect::<Type>();
    let visible = visible.min(values.len());
    let hidden = Value::try_tuple(th, &values[visible..])?;
    let o = Object::<Tuple>::for_class(th, t, &values[..visible])?;
    attr::fixed_field(o.value(), 0).set(&o.header, hidden);
    Ok(o.value())
}

fn visible_count(t: &Object<Type>) -> usize {
    count(t, "n_sequence_fields")
}

fn count(t: &Object<Type>, name: &str) -> usize {
    let v = t
        .dict
        .expect()
        .get_name(Thread::current(), name)
        .and_then(|v| v.as_small_int());
    v.unwrap_or(0) as usize
}

/// The value of a field, hidden or not.
pub fn get(v: Value, index: usize) -> Value {
    let items = v.as_tuple().unwrap_or(&[]);
    if let Some(x) = items.get(index) {
        return *x;
    }
    let hidden = attr::fixed_field(v, 0).get();
    match hidden.as_tuple().and_then(|h| h.get(index - items.len())) {
        Some(x) => *x,
        None => Value::NONE,
    }
}

/// `T(sequence, dict)`: what the types' `__new__` does. The arguments are the type, the sequence, and the dict or
/// nothing.
///
/// # Errors
/// `TypeError` for a sequence of the wrong length and for names that are no fields.
pub fn construct(th: &Thread, a: &[Value]) -> PyResult {
    let Some(t) = a[0].downcast::<Type>() else {
        return Err(th.type_error("structseq.__new__(X): X is not a type object"));
    };
    let name = full_name(t);
    let (visible, total) = (visible_count(t), count(t, "n_fields"));
    let s = class_of(a[1]).slots();
    if s.iter.is_none() && s.getitem.is_none() {
        return Err(th.type_error("constructor requires a sequence"));
    }
    let given = ops::to_vec(th, a[1])?;
    let dict = match a[2].present() {
        Some(d) => match d.as_dict() {
            Some(d) => Some(d),
            None => {
                return Err(th.type_error(format!("{name}() takes a dict as second arg, if any")));
            }
        },
        None => None,
    };
    let n = given.len();
    let wrong = |text: String| Err(th.type_error(format!("{name}() takes {text}")));
    if visible != total {
        if n < visible {
            return wrong(format!(
                "an at least {visible}-sequence ({n}-sequence given)"
            ));
        }
        if n > total {
            return wrong(format!("an at most {total}-sequence ({n}-sequence given)"));
        }
    } else if n != visible {
        return wrong(format!("a {visible}-sequence ({n}-sequence given)"));
    }
    let mut values = ValueVec::from_slice(th, &given)?;
    let mut used = 0;
    for field in &field_names(th, t)[n..] {
        let v = match dict {
            Some(d) => d.get(th, *field)?,
            None => None,
        };
        used += v.is_some() as usize;
        values.push(th, v.unwrap_or(Value::NONE))?;
    }
    if dict.is_some_and(|d| d.map.len() > used) {
        return Err(th.type_error(format!(
            "{name}() got duplicate or unexpected field name(s)"
        )));
    }
    make(th, a[0], &values)
}

fn repr(th: &Thread, a: &[Value]) -> PyResult {
    let v = a[0];
    let t = class_of(v);
    let items = v.as_tuple().unwrap_or(&[]);
    // Fields without a name show the next name there is, as CPython's.
    let named = field_names(th, t)
        .iter()
        .filter(|n| n.as_wtf8().is_some_and(|w| !w.is_empty()));
    let text = th.repr_guard(v, || {
        let mut out = Text::new(&format!("{}(", full_name(t)));
        for (i, (x, name)) in items.iter().zip(named).enumerate() {
            if i > 0 {
                out.push(", ");
            }
            out.push(&names::text(*name));
            out.push("=");
            out.repr(th, *x)?;
        }
        out.push(")");
        out.finish(th)
    })?;
    Ok(text.unwrap_or_else(|| Value::str(th, "(...)")))
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let v = a[0];
    let t = class_of(v);
    let items = v.as_tuple().unwrap_or(&[]);
    let hidden = Dict::new(th);
    for (i, name) in field_names(th, t).iter().enumerate().skip(items.len()) {
        hidden.set(th, *name, get(v, i))?;
    }
    let visible = Value::try_tuple(th, items)?;
    let args = Value::tuple(th, &[visible, hidden.value()]);
    Ok(Value::tuple(th, &[t.value(), args]))
}

fn replace(th: &Thread, a: &[Value]) -> PyResult {
    let v = a[0];
    let t = class_of(v);
    let changes = a[1].expect::<Dict>();
    if count(t, "n_unnamed_fields") > 0 {
        return Err(th.type_error(format!(
            "__replace__() is not supported for {} because it has unnamed field(s)",
            full_name(t)
        )));
    }
    let mut values = ValueVec::new();
    for (i, name) in field_names(th, t).iter().enumerate() {
        let new = changes.remove(th, *name)?;
        values.push(th, new.unwrap_or_else(|| get(v, i)))?;
    }
    if !changes.map.is_empty() {
        let left = List::from_vec(th, crate::dict::keys_snapshot(th, changes)?);
        let mut out = Text::new("Got unexpected field name(s): ");
        out.repr(th, left)?;
        let text = out.finish(th)?;
        return Err(th.type_error(names::text(text)));
    }
    make(th, t.value(), &values)
}
