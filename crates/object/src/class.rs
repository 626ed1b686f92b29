//! Making types: the native ones at start-up, classes by `type(name, bases, namespace)`.

use crate::attr::{self, Shape};
use crate::dict::Dict;
use crate::error::PyResult;
use crate::func::{
    GetSetDescriptor, MemberDescriptor, MethodDescriptor, NativeFunction, WrapperDescriptor,
};
use crate::heap::{FieldOf, Kind, Object, Payload, ValueVec};
use crate::names;
use crate::native::{Binding, GetSet, Method, TypeSpec};
use crate::slotdefs;
use crate::thread::Thread;
use crate::types::{self, StaticType, Type, class_of, flags, set_raw};
use crate::value::Value;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

static STATIC_TYPES: Mutex<Vec<usize>> = Mutex::new(Vec::new());

/// Native types are immortal.
pub(crate) fn keep_static(t: &Object<Type>) {
    STATIC_TYPES
        .lock()
        .unwrap_or_else(|e| e.into_inner())
        .push(t as *const _ as usize);
}

pub(crate) fn trace_statics(m: &mut taipan_gc::Marker) {
    for t in STATIC_TYPES
        .lock()
        .unwrap_or_else(|e| e.into_inner())
        .iter()
    {
        m.mark(*t as *mut taipan_gc::Header);
    }
}

/// Makes a native type without its name, order of resolution or dict: strings and tuples may not exist yet.
pub(crate) fn make_static<'a>(
    th: &Thread,
    st: &'static StaticType,
    base: Option<&Object<Type>>,
    own_flags: u64,
    kind: Kind,
    size: usize,
) -> PyResult<&'a Object<Type>> {
    crate::heap::register::<Type>();
    crate::heap::register::<Shape>();
    let Ok(cell) = th
        .mutator
        .alloc_compressible(Type::kind().0, size_of::<Object<Type>>())
    else {
        th.out_of_memory()
    };
    // SAFETY: the cell is new and large enough. Its shape is set when `type` exists: `finish_static`.
    let t = unsafe {
        let o = cell as *mut Object<Type>;
        (&raw mut (*o).data).write(Type::blank());
        &*o
    };
    let mut f = own_flags | flags::IMMUTABLE | flags::READY;
    if let Some(b) = base {
        f |= b.flags.load(Ordering::Relaxed) & flags::INHERITED;
        t.base.set(&t.header, Some(b));
    }
    t.flags.store(f, Ordering::Release);
    let (kind, size) = match (kind, base) {
        (Kind::FREE, Some(b)) => (b.kind_of_instances(), b.basic_size.load(Ordering::Relaxed)),
        (Kind::FREE, None) => (kind, size),
        _ => (
            kind,
            if f & flags::INLINE_ITEMS != 0 {
                0
            } else {
                size
            },
        ),
    };
    t.instance_kind.store(kind.0 as u32, Ordering::Relaxed);
    t.basic_size.store(size, Ordering::Relaxed);
    let root = Shape::root(th, t, if f & flags::HAS_DICT != 0 { 4 } else { 0 })?;
    t.root_shape.set(&t.header, Some(root));
    if types::TYPE.is_made() && NAMES_READY.load(Ordering::Acquire) != 0 {
        finish_static(th, t, st)?;
    }
    Ok(t)
}

static NAMES_READY: AtomicUsize = AtomicUsize::new(0);

/// Completes the core types once strings, tuples and dicts can be made; part of the bootstrap.
pub(crate) fn finish_core(th: &Thread) -> PyResult<()> {
    NAMES_READY.store(1, Ordering::Release);
    for st in types::CORE {
        finish_static(th, st.get(), st)?;
    }
    Ok(())
}

fn finish_static(th: &Thread, t: &Object<Type>, st: &'static StaticType) -> PyResult<()> {
    t.header
        .shape
        .store(types::TYPE.shape_word(), Ordering::Release);
    let name = crate::strings::intern(th, st.name);
    t.name.set(&t.header, name);
    t.qualname.set(&t.header, name);
    t.dict.set(&t.header, Some(Dict::new(th)));
    let base = t.base.get();
    t.bases.set(
        &t.header,
        Value::tuple(th, base.map(|b| b.value()).as_slice()),
    );
    let mut mro = ValueVec::new();
    let mut at = Some(t);
    while let Some(x) = at {
        mro.push(th, x.value())?;
        at = x.base.get();
    }
    t.mro.set(&t.header, Value::tuple(th, &mro));
    if st.module != "builtins" {
        set_raw(th, t, "__module__", crate::strings::intern(th, st.module))?;
    }
    if let Some(b) = base {
        let mut slots = t.slots().clone();
        inherit_slots(&mut slots, b);
        t.set_slots(slots);
        b.add_subclass(th, t)?;
    }
    Ok(())
}

fn inherit_native(slots: &mut crate::slots::Slots, base: &Object<Type>) {
    let from = base.slots();
    // Equality and hash go together: a type that has one of its own does not take the other over.
    let (own_cmp, own_hash) = (slots.richcmp, slots.hash);
    slots.inherit(from);
    if own_cmp.is_some() && own_hash.is_none() {
        slots.hash = None;
    }
}

/// A native type directly below `object` makes its instances itself or not at all: `object`'s would lack its payload.
fn inherit_slots(slots: &mut crate::slots::Slots, base: &Object<Type>) {
    let own_new = slots.new;
    inherit_native(slots, base);
    if own_new.is_none() && base.is(&types::OBJECT) {
        slots.new = None;
    }
}

/// Gives a native type its slots, methods and attributes.
pub(crate) fn fill_static(
    th: &Thread,
    t: &'static Object<Type>,
    spec: &'static TypeSpec,
) -> PyResult<()> {
    t.spec.store(spec as *const _ as *mut _, Ordering::Release);
    let mut own = crate::slots::Slots::default();
    (spec.slots)(&mut own);
    let mut slots = own.clone();
    if let Some(b) = t.base.get() {
        inherit_slots(&mut slots, b);
    }
    let hash_lost = own.richcmp.is_some() && own.hash.is_none();
    t.set_slots(slots);
    let dict = t.dict.expect();
    for def in slotdefs::SLOTDEFS.iter().chain(slotdefs::SEQUENCE_DEFS) {
        if (def.is_set)(&own) && dict.map.get_str(def.key.get()).is_none() {
            dict.set(th, def.key.get(), wrapper(th, def, t))?;
        }
    }
    if hash_lost {
        dict.set(th, names::HASH.get(), Value::NONE)?;
    }
    let base_new = t.base.get().and_then(|b| b.slots().new);
    if own.new.is_some() && own.new.map(|f| f as usize) != base_new.map(|f| f as usize) {
        let new = NativeFunction::bind(th, &TYPE_NEW_ROW, t.value());
        dict.set(th, names::NEW.get(), new)?;
    }
    if t.is(&types::OBJECT) {
        // `object` leaves these slots unset, so that plain access is known by their absence.
        let generic = ["__getattribute__", "__setattr__", "__delattr__"];
        for def in slotdefs::SLOTDEFS
            .iter()
            .filter(|d| generic.contains(&d.name))
        {
            dict.set(th, def.key.get(), wrapper(th, def, t))?;
        }
    }
    for m in spec.methods {
        let v = method_value(th, t, m);
        dict.set_name(th, m.name, v)?;
    }
    for g in spec.getset {
        dict.set_name(th, g.name, getset(th, g, t))?;
    }
    let base_has_dict = t.base.get().is_some_and(|b| b.has_flag(flags::HAS_DICT));
    if t.has_flag(flags::HAS_DICT)
        && !base_has_dict
        && dict.map.get_str(names::DICT.get()).is_none()
    {
        dict.set(th, names::DICT.get(), getset(th, &INSTANCE_DICT, t))?;
    }
    if dict.map.get_str(names::DOC.get()).is_none() {
        let doc = if spec.doc.is_empty() {
            Value::NONE
        } else {
            Value::str(th, spec.doc)
        };
        dict.set(th, names::DOC.get(), doc)?;
    }
    t.modified();
    Ok(())
}

/// The value of a method row in a type's dict.
pub fn method_value(th: &Thread, t: &Object<Type>, m: &'static Method) -> Value {
    let descriptor = || MethodDescriptor {
        method: m,
        owner: FieldOf::new(t),
    };
    match m.binding {
        Binding::Instance => th
            .new_object(&types::METHOD_DESCRIPTOR, descriptor())
            .value(),
        Binding::Class => th
            .new_object(&types::CLASSMETHOD_DESCRIPTOR, descriptor())
            .value(),
        Binding::Static => {
            let f = NativeFunction::unbound(th, m, t.value());
            let s = crate::func::ClassMethod {
                func: crate::heap::Field::new(f),
            };
            th.new_object(&types::STATICMETHOD, s).value()
        }
    }
}

fn wrapper(th: &Thread, def: &'static slotdefs::SlotDef, t: &Object<Type>) -> Value {
    th.new_object(
        &types::WRAPPER_DESCRIPTOR,
        WrapperDescriptor {
            def,
            owner: FieldOf::new(t),
        },
    )
    .value()
}

/// `T.__new__` of a native type, bound to the type: `T.__new__(cls, …)` calls it with `T`, `cls` and the rest.
static TYPE_NEW_ROW: Method = Method::raw("__new__", "($type, *args, **kwargs)", native_new)
    .static_()
    .doc("Create and return a new object.  See help(type) for accurate signature.");

fn native_new(th: &Thread, args: crate::call::Args) -> PyResult {
    let native = args.values[0].expect::<Type>();
    let args = args.skip_first();
    let Some(first) = args.pos().first() else {
        return Err(th.type_error(format!(
            "{}.__new__(): not enough arguments",
            native.tp_name()
        )));
    };
    check_new(th, native, *first)?;
    let cls = first.expect::<Type>();
    match native.slots().new {
        Some(f) => f(th, cls, args.skip_first()),
        None => Err(th.type_error(format!("cannot create '{}' instances", cls.tp_name()))),
    }
}

fn get_instance_dict(th: &Thread, v: Value) -> PyResult {
    if v.downcast::<Type>().is_some() {
        // A metaclass with a base that is none: what `type` shows is the class's namespace.
        let own = crate::types::TYPE
            .get()
            .dict
            .expect()
            .get(th, names::DICT.get())?;
        if let Some(descriptor) = own {
            return crate::call::call_method(th, descriptor, "__get__", &[v]);
        }
    }
    if !attr::has_dict(v) {
        return Err(th.no_attribute(v, names::DICT.get()));
    }
    Ok(attr::to_dict(th, v)?.value())
}

fn set_instance_dict(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if !attr::has_dict(v) {
        return Err(th.no_attribute(v, names::DICT.get()));
    }
    if value.is_absent() {
        // Only classes made by programs let their instances' dict be deleted.
        let mut t = class_of(v);
        while let Some(b) = t.base.get().filter(|b| b.has_flag(flags::HAS_DICT)) {
            t = b;
        }
        if !t.is_heap() {
            return Err(th.type_error("cannot delete __dict__"));
        }
        return attr::set_dict(th, v, Dict::new(th));
    }
    match value.as_dict() {
        Some(d) => attr::set_dict(th, v, d),
        None => Err(th.type_error(format!(
            "__dict__ must be set to a dictionary, not a '{}'",
            class_of(value).tp_name()
        ))),
    }
}

fn get_weakref(th: &Thread, v: Value) -> PyResult {
    let refs = crate::weak::refs_to(th, v)?;
    Ok(refs.first().copied().unwrap_or(Value::NONE))
}

/// `__dict__` of classes that give their instances one.
static INSTANCE_DICT: GetSet = GetSet::rw("__dict__", get_instance_dict, set_instance_dict)
    .doc("dictionary for instance variables");

/// `__weakref__` of classes that make their instances weakly referenceable.
static INSTANCE_WEAKREF: GetSet =
    GetSet::new("__weakref__", get_weakref).doc("list of weak references to the object");

fn getset(th: &Thread, def: &'static GetSet, t: &Object<Type>) -> Value {
    let d = GetSetDescriptor {
        def,
        owner: FieldOf::new(t),
    };
    th.new_object(&types::GETSET_DESCRIPTOR, d).value()
}

/// Whether a value is the `__new__` function of a native type, and of which.
pub fn native_new_owner<'a>(v: Value) -> Option<&'a Object<Type>> {
    let f = v.downcast::<NativeFunction>()?;
    if std::ptr::eq(f.method, &TYPE_NEW_ROW) {
        f.receiver.get().downcast::<Type>()
    } else {
        None
    }
}

/// `native.__new__(cls, …)` called explicitly: checks that the native base fits, as `tp_new_wrapper`.
pub fn check_new(th: &Thread, native: &Object<Type>, cls: Value) -> PyResult<()> {
    let Some(c) = cls.downcast::<Type>() else {
        return Err(th.type_error(format!(
            "{}.__new__(X): X is not a type object ({})",
            native.tp_name(),
            class_of(cls).tp_name()
        )));
    };
    if !c.is_subtype(native) {
        return Err(th.type_error(format!(
            "{}.__new__({}): {} is not a subtype of {}",
            native.tp_name(),
            c.tp_name(),
            c.tp_name(),
            native.tp_name()
        )));
    }
    let mut b = c;
    while b.is_heap() {
        match b.base.get() {
            Some(x) => b = x,
            None => break,
        }
    }
    if b.has_flag(types::flags::NO_NEW) {
        let name = b.tp_name();
        return Err(th.type_error(format!("cannot create '{name}' instances")));
    }
    if let (Some(x), Some(y)) = (b.slots().new, native.slots().new)
        && x as usize != y as usize
    {
        return Err(th.type_error(format!(
            "{}.__new__({}) is not safe, use {}.__new__()",
            native.tp_name(),
            c.tp_name(),
            b.tp_name()
        )));
    }
    Ok(())
}

/// The most derived metaclass of a class's bases.
pub fn calculate_metaclass<'a>(
    th: &Thread,
    meta: &'a Object<Type>,
    bases: &[Value],
) -> PyResult<&'a Object<Type>> {
    let mut winner = meta;
    for b in bases {
        let t = class_of(*b);
        if winner.is_subtype(t) {
            continue;
        }
        if t.is_subtype(winner) {
            winner = t;
            continue;
        }
        return Err(th.type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(winner)
}

/// The nearest class in the chain of bases that changes the layout of instances.
fn solid_base(t: &Object<Type>) -> &Object<Type> {
    let mut t = t;
    while let Some(b) = t.base.get() {
        let same = t.kind_of_instances() == b.kind_of_instances()
            && t.basic_size.load(Ordering::Relaxed) == b.basic_size.load(Ordering::Relaxed)
            && t.fixed_slots.load(Ordering::Relaxed) == b.fixed_slots.load(Ordering::Relaxed);
        if !same {
            return t;
        }
        t = b;
    }
    t
}

/// The base whose layout the new class extends (`__base__`).
fn best_base<'a>(th: &Thread, bases: &[Value]) -> PyResult<&'a Object<Type>> {
    let mut best: Option<(&Object<Type>, &Object<Type>)> = None;
    for b in bases {
        let Some(t) = b.downcast::<Type>() else {
            return Err(th.type_error("bases must be types"));
        };
        if !t.has_flag(flags::BASE) {
            return Err(th.type_error(format!(
                "type '{}' is not an acceptable base type",
                t.tp_name()
            )));
        }
        let solid = solid_base(t);
        match best {
            None => best = Some((t, solid)),
            Some((_, s)) if s.is_subtype(solid) => {}
            Some((_, s)) if solid.is_subtype(s) => best = Some((t, solid)),
            Some(_) => return Err(th.type_error("multiple bases have instance lay-out conflict")),
        }
    }
    match best {
        Some((t, _)) => Ok(t),
        None => Ok(types::OBJECT.get()),
    }
}

/// Computes the order of method resolution (C3) of a class from its bases.
pub fn c3(th: &Thread, t: &Object<Type>) -> PyResult<ValueVec> {
    let bases = t.bases.get().as_tuple().unwrap_or(&[]);
    for (i, b) in bases.iter().enumerate() {
        if bases[..i].contains(b) {
            let name = b.downcast::<Type>().map_or("?".into(), |t| t.name_text());
            return Err(th.type_error(format!("duplicate base class {name}")));
        }
    }
    let mut out = ValueVec::from_slice(th, &[t.value()])?;
    // Heads of the sequences to merge: each base's order, then the bases themselves.
    let mut heads = vec![0usize; bases.len() + 1];
    let seq = |i: usize| -> &[Value] {
        if i < bases.len() {
            bases[i].expect::<Type>().mro_items()
        } else {
            bases
        }
    };
    loop {
        let mut remaining = false;
        let mut chosen = None;
        for i in 0..heads.len() {
            let s = seq(i);
            if heads[i] >= s.len() {
                continue;
            }
            remaining = true;
            let candidate = s[heads[i]];
            let blocked = (0..heads.len()).any(|j| {
                let s = seq(j);
                heads[j] + 1 < s.len() && s[heads[j] + 1..].contains(&candidate)
            });
            if !blocked {
                chosen = Some(candidate);
                break;
            }
        }
        if !remaining {
            return Ok(out);
        }
        let Some(c) = chosen else {
            let mut names: Vec<String> = Vec::new();
            for (i, h) in heads.iter().enumerate() {
                if let Some(v) = seq(i).get(*h) {
                    let n = v.expect::<Type>().name_text().into_owned();
                    if !names.contains(&n) {
                        names.push(n);
                    }
                }
            }
            return Err(th.type_error(format!(
                "Cannot create a consistent method resolution order (MRO) for bases {}",
                names.join(", ")
            )));
        };
        out.push(th, c)?;
        for (i, h) in heads.iter_mut().enumerate() {
            if seq(i).get(*h) == Some(&c) {
                *h += 1;
            }
        }
    }
}

/// Sets the order of resolution, through the metaclass's `mro` if it overrides it.
///
/// False where the call of `mro` set it already, by an assignment to `__bases__`: then that one stands.
pub fn set_mro(th: &Thread, t: &Object<Type>) -> PyResult<bool> {
    let before = t.mro.get();
    let meta = class_of(t.value());
    let custom = attr::type_lookup(meta, names::MRO_FN.get());
    let plain = attr::type_lookup(&types::TYPE, names::MRO_FN.get());
    let mro = if custom.is_some() && custom != plain {
        let r = attr::call_special(th, t.value(), names::MRO_FN.get(), &[])?.unwrap_or(Value::NONE);
        let items = crate::ops::to_vec(th, r)?;
        let solid = solid_base(t.base.get().unwrap_or(t));
        for x in items.iter() {
            let Some(c) = x.downcast::<Type>() else {
                return Err(th.type_error(format!(
                    "mro() returned a non-class ('{}')",
                    class_of(*x).tp_name()
                )));
            };
            // What is inherited from it finds its own layout in the instances.
            if !std::ptr::eq(c, t) && !solid.is_subtype(solid_base(c)) {
                return Err(th.type_error(format!(
                    "mro() returned base with unsuitable layout ('{}')",
                    c.tp_name()
                )));
            }
        }
        items
    } else {
        c3(th, t)?
    };
    let tuple = Value::try_tuple(th, &mro)?;
    if t.mro.get() != before {
        return Ok(false);
    }
    t.mro.set(&t.header, tuple);
    Ok(true)
}

/// Recomputes the slots of a class and its subclasses after a special method changed.
pub fn update_slots(t: &Object<Type>) {
    attr::bump_epoch();
    if t.is_heap() {
        let base = t.base.expect();
        let slots = slotdefs::compute(t, base);
        t.set_slots(slots);
        if t.slots().del.is_some() {
            t.set_flag(flags::HAS_DEL);
        }
    }
    for sub in t.live_subclasses() {
        update_slots(sub);
    }
}

/// What a class body asked for with `__slots__`.
struct SlotNames {
    names: ValueVec,
    dict: bool,
    weakref: bool,
}

fn slot_names(th: &Thread, name: Value, base: &Object<Type>, slots: Value) -> PyResult<SlotNames> {
    let list = if slots.as_str_obj().is_some() {
        ValueVec::from_slice(th, &[slots])?
    } else {
        crate::ops::to_vec(th, slots)?
    };
    let mut out = SlotNames {
        names: ValueVec::new(),
        dict: false,
        weakref: false,
    };
    // What CPython lays out behind the object's head.
    let items = base.has_flag(flags::INLINE_ITEMS) && !base.has_flag(flags::STR_SUBCLASS)
        || base.makes::<crate::numbers::BigInt>()
        || base.makes::<Type>();
    if items && !list.is_empty() && !list.iter().all(|s| s.is_str("__dict__")) {
        return Err(th.type_error(format!(
            "nonempty __slots__ not supported for subtype of '{}'",
            base.tp_name()
        )));
    }
    for s in list.iter() {
        let Some(text) = s.as_str_obj() else {
            return Err(th.type_error(format!(
                "__slots__ items must be strings, not '{}'",
                class_of(*s).tp_name()
            )));
        };
        if !text.as_str().is_some_and(is_identifier) {
            return Err(th.type_error("__slots__ must be identifiers"));
        }
        if s.is_str("__dict__") {
            if out.dict || base.has_flag(flags::HAS_DICT) {
                return Err(th.type_error("__dict__ slot disallowed: we already got one"));
            }
            out.dict = true;
        } else if s.is_str("__weakref__") {
            if out.weakref || base.has_flag(flags::HAS_WEAKREF) {
                return Err(th.type_error("__weakref__ slot disallowed: we already got one"));
            }
            out.weakref = true;
        } else {
            let s = attr::attr_name(th, *s)?;
            out.names.push(th, mangle(th, name, s))?;
        }
    }
    Ok(out)
}

fn is_identifier(s: &str) -> bool {
    let mut chars = s.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && chars.all(|c| c == '_' || c.is_alphanumeric())
}

/// A private name as a class body would spell it.
fn mangle(th: &Thread, class: Value, name: Value) -> Value {
    let (Some(c), Some(n)) = (
        class.as_str_obj().and_then(|s| s.as_str()),
        name.as_str_obj().and_then(|s| s.as_str()),
    ) else {
        return name;
    };
    let c = c.trim_start_matches('_');
    if !n.starts_with("__") || n.ends_with("__") || n.contains('.') || c.is_empty() {
        return name;
    }
    crate::strings::intern(th, &format!("_{c}{n}"))
}

/// `type.__new__(meta, name, bases, namespace)` without the hooks (`__set_name__`, `__init_subclass__`), which the
/// caller runs: see `builtins`.
pub fn new_class<'a>(
    th: &Thread,
    meta: &Object<Type>,
    name: Value,
    bases: &[Value],
    namespace: &Object<Dict>,
) -> PyResult<&'a Object<Type>> {
    let default_bases = [types::OBJECT.value()];
    let bases = if bases.is_empty() {
        &default_bases[..]
    } else {
        bases
    };
    let base = best_base(th, bases)?;
    let dict = Dict::from_map(th, namespace.map.copy(th, &namespace.header)?);

    let slots_v = dict.map.get_str(names::SLOTS.get());
    // Types and modules keep attributes in a dict of their own.
    let own_dict = base.makes::<Type>() || base.makes::<crate::func::Module>();
    let inherited_dict = own_dict
        || bases
            .iter()
            .any(|b| b.expect::<Type>().has_flag(flags::HAS_DICT));
    let inherited_weak = bases
        .iter()
        .any(|b| b.expect::<Type>().has_flag(flags::HAS_WEAKREF));
    let wanted = match slots_v {
        Some(s) => slot_names(th, name, base, s)?,
        None => SlotNames {
            names: ValueVec::new(),
            dict: !inherited_dict,
            weakref: !inherited_weak,
        },
    };
    for s in wanted.names.iter() {
        let clash = dict.map.get_str(*s).is_some()
            && !s.is_str("__qualname__")
            && !s.is_str("__classcell__");
        if clash {
            return Err(th.value_error(format!(
                "'{}' in __slots__ conflicts with class variable",
                names::text(*s)
            )));
        }
    }

    let t = {
        let shape = meta.root_shape.expect();
        let size = size_of::<Object<Type>>() + shape.extra_bytes();
        let Ok(cell) = th.mutator.alloc_compressible(Type::kind().0, size) else {
            return Err(th.memory_error());
        };
        // SAFETY: the cell is new, large enough, and seen by no one else.
        unsafe {
            let o = cell as *mut Object<Type>;
            (&raw mut (*o).data).write(Type::blank());
            if shape.extra_bytes() != 0 {
                attr::init_slots(cell, size_of::<Object<Type>>(), shape);
            }
            (*o).header
                .shape
                .store(meta.shape_word(), Ordering::Release);
            if meta.has_flag(flags::HAS_DEL) {
                taipan_gc::register_finalizable(cell);
            }
            &*o
        }
    };
    let mut f = flags::HEAP | flags::BASE | flags::READY;
    for b in bases {
        let mut inherit = b.expect::<Type>().flags.load(Ordering::Acquire) & flags::INHERITED;
        let pattern = flags::SEQUENCE | flags::MAPPING;
        if f & pattern != 0 {
            // What the first base is to a pattern decides.
            inherit &= !pattern;
        }
        f |= inherit & !(flags::INLINE_ITEMS);
    }
    f |= base.flags.load(Ordering::Acquire) & flags::INLINE_ITEMS;
    if wanted.dict {
        f |= flags::HAS_DICT;
    }
    if wanted.weakref {
        f |= flags::HAS_WEAKREF;
    }
    t.flags.store(f, Ordering::Release);
    t.name.set(&t.header, name);
    let qualname = match dict.remove(th, names::QUALNAME.get())? {
        Some(q) if q.as_str_obj().is_some() => q,
        Some(q) => {
            return Err(th.type_error(format!(
                "type __qualname__ must be a str, not {}",
                class_of(q).tp_name()
            )));
        }
        None => name,
    };
    t.qualname.set(&t.header, qualname);
    let bases_tuple = Value::try_tuple(th, bases)?;
    t.bases.set(&t.header, bases_tuple);
    t.base.set(&t.header, Some(base));
    t.instance_kind.store(
        base.instance_kind.load(Ordering::Relaxed),
        Ordering::Relaxed,
    );
    t.basic_size
        .store(base.basic_size.load(Ordering::Relaxed), Ordering::Relaxed);
    let first = base.fixed_slots.load(Ordering::Relaxed);
    t.fixed_slots
        .store(first + wanted.names.len() as u32, Ordering::Relaxed);
    t.inline_hint.store(
        base.inline_hint.load(Ordering::Relaxed).max(4),
        Ordering::Relaxed,
    );

    // A slot may have the name of a cell.
    let cells = take_cells(th, dict)?;
    let mut sorted: Vec<usize> = (0..wanted.names.len()).collect();
    let text = |i: &usize| wanted.names[*i].as_wtf8().map(|w| w.as_bytes());
    sorted.sort_by(|a, b| text(a).cmp(&text(b)));
    for (n, i) in sorted.into_iter().enumerate() {
        let s = wanted.names[i];
        let d = MemberDescriptor {
            index: first + n as u32,
            name: crate::heap::Field::new(s),
            owner: FieldOf::new(t),
        };
        let v = th.new_object(&types::MEMBER_DESCRIPTOR, d).value();
        dict.set(th, s, v)?;
    }
    if wanted.dict && dict.map.get_str(names::DICT.get()).is_none() {
        dict.set(th, names::DICT.get(), getset(th, &INSTANCE_DICT, t))?;
    }
    if wanted.weakref && dict.map.get_str(names::WEAKREF.get()).is_none() {
        dict.set(th, names::WEAKREF.get(), getset(th, &INSTANCE_WEAKREF, t))?;
    }
    if dict.map.get_str(names::DOC.get()).is_none() {
        dict.set(th, names::DOC.get(), Value::NONE)?;
    }
    if let Some(eq) = dict.map.get_str(names::EQ.get())
        && !eq.is_absent()
        && dict.map.get_str(names::HASH.get()).is_none()
    {
        dict.set(th, names::HASH.get(), Value::NONE)?;
    }
    for n in [&names::INIT_SUBCLASS, &names::CLASS_GETITEM] {
        if let Some(v) = dict.map.get_str(n.get())
            && v.downcast::<crate::func::Function>().is_some()
        {
            let c = crate::func::ClassMethod {
                func: crate::heap::Field::new(v),
            };
            dict.set(th, n.get(), th.new_object(&types::CLASSMETHOD, c).value())?;
        }
    }
    if let Some(v) = dict.map.get_str(names::NEW.get())
        && v.downcast::<crate::func::Function>().is_some()
    {
        let c = crate::func::ClassMethod {
            func: crate::heap::Field::new(v),
        };
        dict.set(
            th,
            names::NEW.get(),
            th.new_object(&types::STATICMETHOD, c).value(),
        )?;
    }
    t.dict.set(&t.header, Some(dict));
    let root = Shape::root(th, t, t.inline_hint.load(Ordering::Relaxed))?;
    t.root_shape.set(&t.header, Some(root));
    // A metaclass's `mro` may use the methods already.
    fill_cells(th, t, dict, cells)?;
    set_mro(th, t)?;
    // What only another base than the layout's gives.
    let slots = slotdefs::compute(t, base);
    t.set_slots(slots);
    if t.slots().del.is_some() {
        t.set_flag(flags::HAS_DEL);
    }
    for b in bases {
        b.expect::<Type>().add_subclass(th, t)?;
    }
    t.version.store(types::fresh_version(), Ordering::Release);
    let mut at = 0;
    let mut other_keys = false;
    while let Some((next, key, ..)) = dict.map.next_entry(at) {
        other_keys |= key.as_str_obj().is_none();
        at = next;
    }
    if other_keys {
        let message = format!("non-string key in the __dict__ of class {}", t.name_text());
        th.warn(&crate::exception::RUNTIME_WARNING, message)?;
    }
    Ok(t)
}

/// Takes the cells that a class body made for `__class__` and for its namespace out of that.
fn take_cells(th: &Thread, dict: &Object<Dict>) -> PyResult<[Option<Value>; 2]> {
    let mut out = [None; 2];
    for (to, name) in out
        .iter_mut()
        .zip([&names::CLASS_CELL, &names::CLASSDICT_CELL])
    {
        *to = dict.remove(th, name.get())?;
    }
    Ok(out)
}

/// Tells the cells of a class body what they are of.
fn fill_cells(
    th: &Thread,
    t: &Object<Type>,
    dict: &Object<Dict>,
    cells: [Option<Value>; 2],
) -> PyResult<()> {
    let of = [
        ("__classcell__", t.value()),
        ("__classdictcell__", dict.value()),
    ];
    for (cell, (shown, value)) in cells.into_iter().zip(of) {
        let Some(cell) = cell else {
            continue;
        };
        let Some(c) = cell.downcast::<crate::func::Cell>() else {
            let of = crate::ops::repr(th, class_of(cell).value())?;
            return Err(th.type_error(format!(
                "{shown} must be a nonlocal cell, not {}",
                names::text(of)
            )));
        };
        c.value.set(&c.header, value);
    }
    Ok(())
}

/// `cls.__bases__ = bases`: the layout of instances must stay as it is.
pub fn set_bases(th: &Thread, t: &Object<Type>, bases: &[Value]) -> PyResult<()> {
    let base = best_base(th, bases)?;
    let old_base = t.base.expect();
    let dict_bits = flags::HAS_DICT | flags::HAS_WEAKREF;
    let own = t.flags.load(Ordering::Acquire);
    if !compatible_base(old_base, base)
        || base.flags.load(Ordering::Acquire) & dict_bits & !own != 0
    {
        return Err(th.type_error(format!(
            "__bases__ assignment: '{}' object layout differs from '{}'",
            base.tp_name(),
            old_base.tp_name()
        )));
    }
    let (old_bases, old_mro) = (t.bases.get(), t.mro.get());
    let tuple = Value::try_tuple(th, bases)?;
    t.bases.set(&t.header, tuple);
    t.base.set(&t.header, Some(base));
    let done = set_mro_below(th, t);
    if !t.bases.get().is(tuple) {
        // Assigned again meanwhile: that assignment has done the rest.
        return done;
    }
    if let Err(e) = done {
        t.bases.set(&t.header, old_bases);
        t.base.set(&t.header, Some(old_base));
        t.mro.set(&t.header, old_mro);
        set_mro_below(th, t)?;
        return Err(e);
    }
    for b in old_bases.as_tuple().unwrap_or(&[]) {
        if !bases.contains(b) {
            b.expect::<Type>().remove_subclass(th, t)?;
        }
    }
    for b in bases {
        if !old_bases.as_tuple().unwrap_or(&[]).contains(b) {
            b.expect::<Type>().add_subclass(th, t)?;
        }
    }
    t.modified();
    update_slots(t);
    Ok(())
}

fn set_mro_below(th: &Thread, t: &Object<Type>) -> PyResult<()> {
    if !set_mro(th, t)? {
        return Ok(());
    }
    for sub in t.live_subclasses() {
        set_mro_below(th, sub)?;
    }
    Ok(())
}

fn compatible_base(a: &Object<Type>, b: &Object<Type>) -> bool {
    a.kind_of_instances() == b.kind_of_instances()
        && a.fixed_slots.load(Ordering::Relaxed) == b.fixed_slots.load(Ordering::Relaxed)
        && a.basic_size.load(Ordering::Relaxed) == b.basic_size.load(Ordering::Relaxed)
}

/// Whether instances of one class may become instances of another by `__class__` assignment.
pub fn compatible_layout(a: &Object<Type>, b: &Object<Type>) -> bool {
    a.instance_kind.load(Ordering::Relaxed) == b.instance_kind.load(Ordering::Relaxed)
        && a.fixed_slots.load(Ordering::Relaxed) == b.fixed_slots.load(Ordering::Relaxed)
        && (a.flags.load(Ordering::Relaxed) ^ b.flags.load(Ordering::Relaxed))
            & (flags::HAS_DICT | flags::HAS_WEAKREF)
            == 0
        && a.basic_size.load(Ordering::Relaxed) == b.basic_size.load(Ordering::Relaxed)
}
