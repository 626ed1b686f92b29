//! `type`: classes and the calls that make instances.

mod annotations;
mod attributes;
mod new;

pub use annotations::evaluate as evaluate_annotate;
pub use new::{call_metaclass, new_type};

use crate::object;
use taipan_object::attr::{self, attr_name, type_lookup};
use taipan_object::call::{self, Args};
use taipan_object::class;
use taipan_object::func::{GetSetDescriptor, MappingProxy};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::slotdefs;
use taipan_object::types::{self, Type, class_of, flags};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, names, ops};

/// What `type` can do.
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.call = Some(call_type);
        s.new = Some(new::new);
        s.init = Some(init);
        s.repr = Some(repr);
        s.getattro = Some(getattro);
        s.setattro = Some(setattro);
        s.or = Some(crate::generic::union_or);
    },
    methods: &[
        Method::new("mro", "($self, /)", mro).doc("Return a type's method resolution order."),
        Method::new("__subclasses__", "($self, /)", subclasses)
            .doc("Return a list of immediate subclasses."),
        Method::raw("__prepare__", "($cls, name, bases, /, **kwds)", prepare)
            .class()
            .doc("Create the namespace for the class statement"),
        Method::new("__instancecheck__", "($self, instance, /)", instancecheck)
            .doc("Check if an object is an instance."),
        Method::new("__subclasscheck__", "($self, subclass, /)", subclasscheck)
            .doc("Check if a class is a subclass."),
        Method::new("__dir__", "($self, /)", dir)
            .doc("Specialized __dir__ implementation for types."),
        Method::new("__sizeof__", "($self, /)", sizeof)
            .doc("Return memory consumption of the type object."),
    ],
    getset: &[
        GetSet::rw("__name__", attributes::get_name, attributes::set_name),
        GetSet::rw(
            "__qualname__",
            attributes::get_qualname,
            attributes::set_qualname,
        ),
        GetSet::rw("__bases__", attributes::get_bases, attributes::set_bases),
        GetSet::new("__base__", attributes::get_base),
        GetSet::new("__mro__", attributes::get_mro),
        GetSet::rw("__module__", attributes::get_module, attributes::set_module),
        GetSet::rw(
            "__abstractmethods__",
            attributes::get_abstract,
            attributes::set_abstract,
        ),
        GetSet::new("__dict__", |th, t| {
            Ok(MappingProxy::new(
                th,
                t.expect::<Type>().dict.expect().value(),
            ))
        }),
        GetSet::rw("__doc__", attributes::get_doc, attributes::set_doc),
        GetSet::new("__text_signature__", attributes::get_text_signature),
        GetSet::rw(
            "__annotations__",
            annotations::get_annotations,
            annotations::set_annotations,
        ),
        GetSet::rw(
            "__annotate__",
            annotations::get_annotate,
            annotations::set_annotate,
        ),
        GetSet::rw(
            "__type_params__",
            attributes::get_type_params,
            attributes::set_type_params,
        ),
        GetSet::new("__flags__", attributes::get_flags),
        GetSet::new("__basicsize__", attributes::get_basicsize),
        GetSet::new("__itemsize__", attributes::get_itemsize),
        GetSet::new("__dictoffset__", attributes::get_dictoffset),
        GetSet::new("__weakrefoffset__", attributes::get_weakrefoffset),
    ],
    doc: "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    sig: "",
};

fn this<'a>(v: Value) -> &'a Object<Type> {
    v.expect::<Type>()
}

/// `str(x)`. Kept apart so that the frame of [`call_type`] stays small: what lies in it from earlier calls, the
/// collector takes for references.
#[inline(never)]
fn text_of(th: &Thread, x: Value) -> PyResult {
    ops::str(th, x)
}

/// Calls a class: makes an instance and initialises it. `type(x)` gives the type of `x`.
pub fn call_type(th: &Thread, v: Value, args: Args) -> PyResult {
    let t = this(v);
    if t.is(&types::TYPE) {
        match args.values {
            [x] if !args.has_kw() => return Ok(class_of(*x).value()),
            _ if args.pos().len() != 3 => {
                return Err(th.type_error("type() takes 1 or 3 arguments"));
            }
            _ => {}
        }
    }
    // What converts to text makes no instance to be initialised.
    if let [x] = args.values
        && t.is(&types::STR)
        && !args.has_kw()
    {
        return text_of(th, *x);
    }
    let slots = t.slots();
    let Some(new) = slots
        .new
        .filter(|_| !t.has_flag(flags::NO_NEW) || t.is_heap())
    else {
        return Err(th.type_error(format!("cannot create '{}' instances", t.tp_name())));
    };
    let obj = new(th, t, args)?;
    // These have `object.__init__`, which has nothing to do.
    if t.is(&types::INT) || t.is(&types::FLOAT) || t.is(&types::STR) {
        return Ok(obj);
    }
    let made = class_of(obj);
    if made.is_subtype(t)
        && let Some(init) = made.slots().init
    {
        init(th, obj, args)?;
    }
    Ok(obj)
}

fn init(th: &Thread, _: Value, args: Args) -> PyResult<()> {
    let n = args.pos().len();
    if args.has_kw() && n == 1 {
        return Err(th.type_error("type.__init__() takes no keyword arguments"));
    }
    if n != 1 && n != 3 {
        return Err(th.type_error("type.__init__() takes 1 or 3 arguments"));
    }
    Ok(())
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let t = this(v);
    let module = attributes::module_name(t);
    let qualname = names::text(t.qualname.get());
    let text = match module.filter(|m| m.as_str_obj().is_some()) {
        Some(m) if !m.is_str("builtins") => format!("<class '{}.{qualname}'>", names::text(m)),
        _ => format!(
            "<class '{}'>",
            if t.is_heap() { qualname } else { t.name_text() }
        ),
    };
    Ok(Value::str(th, &text))
}

/// Reads an attribute of a class.
pub fn getattro(th: &Thread, v: Value, name: Value) -> PyResult {
    match attr::class_get_opt(th, v, name)? {
        Some(x) => Ok(x),
        None => Err(th.no_attribute(v, name)),
    }
}

/// Writes or deletes an attribute of a class and tells all caches.
fn setattro(th: &Thread, v: Value, name: Value, value: Value) -> PyResult<()> {
    let name = attr_name(th, name)?;
    let t = this(v);
    if t.has_flag(flags::IMMUTABLE) {
        return Err(th.type_error(format!(
            "cannot set '{}' attribute of immutable type '{}'",
            names::text(name),
            t.tp_name()
        )));
    }
    if let Some(d) = type_lookup(class_of(v), name)
        && let Some(set) = class_of(d).slots().descr_set
    {
        return set(th, d, v, value);
    }
    store(th, t, name, value)
}

/// Stores into a class's namespace, or deletes where the value is absent.
pub fn store(th: &Thread, t: &Object<Type>, name: Value, value: Value) -> PyResult<()> {
    let dict = t.dict.expect();
    t.change(|| {
        if !value.is_absent() {
            return dict.set(th, name, value);
        }
        match dict.remove(th, name)? {
            Some(_) => Ok(()),
            None => Err(th.no_attribute(t.value(), name)),
        }
    })?;
    // What comes before an instance's own attribute makes the caches of that attribute stale.
    if !value.is_absent() && class_of(value).slots().descr_set.is_some() {
        attr::bump_epoch();
    }
    if name.as_str_obj().is_some_and(slotdefs::is_special) {
        class::update_slots(t);
    }
    Ok(())
}

fn mro(th: &Thread, a: &[Value]) -> PyResult {
    let items = class::c3(th, this(a[0]))?;
    Ok(taipan_object::seq::List::from_vec(th, items))
}

fn subclasses(th: &Thread, a: &[Value]) -> PyResult {
    let mut out = ValueVec::new();
    let ours = |t: &&Object<Type>| !t.is_heap() || t.interp == th.interp.id;
    for t in this(a[0]).live_subclasses().filter(ours) {
        out.push(th, t.value())?;
    }
    Ok(taipan_object::seq::List::from_vec(th, out))
}

fn prepare(th: &Thread, _: Args) -> PyResult {
    Ok(taipan_object::dict::Dict::new(th).value())
}

fn instancecheck(th: &Thread, a: &[Value]) -> PyResult {
    ops::plain_is_instance(th, a[1], a[0]).map(Value::bool)
}

fn subclasscheck(th: &Thread, a: &[Value]) -> PyResult {
    ops::plain_is_subclass(th, a[1], a[0]).map(Value::bool)
}

fn dir(th: &Thread, a: &[Value]) -> PyResult {
    let d = object::attribute_names(th, this(a[0]))?;
    let mut out = ValueVec::with_capacity(th, d.map.len())?;
    let mut at = 0;
    while let Some((next, k, ..)) = d.map.next_entry(at) {
        out.push(th, k)?;
        at = next;
    }
    Ok(taipan_object::seq::List::from_vec(th, out))
}

fn sizeof(th: &Thread, _: &[Value]) -> PyResult {
    Ok(Value::usize(th, size_of::<Object<Type>>()))
}

/// The class that a getset descriptor belongs to, for messages.
pub fn owner_of(d: &Object<GetSetDescriptor>) -> &Object<Type> {
    d.owner.expect()
}

/// Calls a method of the class that stands behind another in the order of resolution, as `super(cls, cls)` finds it.
pub fn call_super_method(
    th: &Thread,
    cls: &Object<Type>,
    name: Value,
    args: Args,
) -> PyResult<Option<Value>> {
    for t in cls.mro_items().iter().skip(1) {
        let Some(d) = t
            .expect::<Type>()
            .dict
            .get()
            .and_then(|d| d.map.get_str(name))
        else {
            continue;
        };
        let bound = match class_of(d).slots().descr_get {
            Some(get) => get(th, d, Value::ABSENT, cls.value())?,
            None => d,
        };
        return call::call_args(th, bound, args).map(Some);
    }
    Ok(None)
}
