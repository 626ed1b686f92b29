//! `_abc`: abstract base classes, their registries and caches.
//!
//! A registry or cache maps a class's address to a weak reference to the class. The address alone would not do: a new
//! class may get the one of a dead class; then the reference, which the collector cleared, says so. Looking a class up
//! takes no lock and runs no Python code.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use taipan_object::dict::{Dict, Set};
use taipan_object::heap::{FieldOf, Object, ValueVec};
use taipan_object::native::{Atomic, Method, ModuleSpec, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, Type, class_of, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, attr, call, names, ops, payload, weak};

/// Counts registrations: negative caches made before the last one are stale.
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A set of classes that keeps none of them alive.
struct WeakClasses {
    dict: FieldOf<Dict>,
    /// Above this many entries the dead ones are looked for.
    limit: AtomicUsize,
}

/// The payload of `_abc._abc_data`.
#[repr(C)]
pub struct AbcData {
    registry: WeakClasses,
    cache: WeakClasses,
    negative: WeakClasses,
    negative_version: AtomicU64,
}

payload!(AbcData, "_abc_data", |this, m| {
    this.registry.dict.trace(m);
    this.cache.dict.trace(m);
    this.negative.dict.trace(m);
});

/// `_abc._abc_data`
pub static ABC_DATA: StaticType =
    StaticType::new("_abc", "_abc_data", Some(&OBJECT), 0, layout_of::<AbcData>);

/// `_abc._abc_data`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| s.new = Some(|th, _, _| Ok(new_data(th))),
    doc: "Internal state held by ABC machinery.",
    ..TypeSpec::EMPTY
};

/// `_abc`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_abc",
    doc: "Module contains faster C implementation of abc.ABCMeta",
    functions: &[
        Method::new("get_cache_token", "()", |th, _| {
            Ok(Value::uint(th, COUNTER.load(Ordering::Acquire)))
        })
        .atomic(Atomic::LockFree)
        .doc("Returns the current ABC cache token.\n\nThe token is an opaque object (supporting equality testing) identifying the\ncurrent version of the ABC cache for virtual subclasses. The token changes\nwith every call to register() on any ABC."),
        Method::new("_abc_init", "(self, /)", init)
            .doc("Internal ABC helper for class set-up. Should be never used outside abc module."),
        Method::new("_abc_register", "(self, subclass, /)", register)
            .doc("Internal ABC helper for subclasss registration. Should be never used outside abc module."),
        Method::new("_abc_instancecheck", "(self, instance, /)", instance_check)
            .doc("Internal ABC helper for instance checks. Should be never used outside abc module."),
        Method::new("_abc_subclasscheck", "(self, subclass, /)", |th, a| {
            subclass_check(th, a[0], a[1]).map(Value::bool)
        })
        .doc("Internal ABC helper for subclasss checks. Should be never used outside abc module."),
        Method::new("_get_dump", "(self, /)", dump)
            .doc("Internal ABC helper for cache and registry debugging.\n\nReturn shallow copies of registry, of both caches, and\nnegative cache version. Don't call this function directly,\ninstead use ABC._dump_registry() for a nice repr."),
        Method::new("_reset_registry", "(self, /)", |th, a| {
            data(th, a[0])?.registry.clear();
            Ok(Value::NONE)
        })
        .doc("Internal ABC helper to reset registry of a given class.\n\nShould be only used by refleak.py"),
        Method::new("_reset_caches", "(self, /)", |th, a| {
            let d = data(th, a[0])?;
            d.cache.clear();
            d.negative.clear();
            Ok(Value::NONE)
        })
        .doc("Internal ABC helper to reset both caches of a given class.\n\nShould be only used by refleak.py"),
    ],
    types: &[],
    init: |th, _| ABC_DATA.define(th, &SPEC).map(|_| ()),
};

/// A weakly held class's key.
fn key(class: Value) -> Value {
    Value::small_int((class.bits() >> 3) as i64)
}

impl WeakClasses {
    fn new(th: &Thread) -> WeakClasses {
        WeakClasses {
            dict: FieldOf::new(Dict::new(th)),
            limit: AtomicUsize::new(32),
        }
    }

    fn contains(&self, th: &Thread, class: Value) -> PyResult<bool> {
        Ok(match self.dict.expect().get(th, key(class))? {
            Some(w) => weak::target_of(w).is_some_and(|t| t.is(class)),
            None => false,
        })
    }

    fn add(&self, th: &Thread, class: Value) -> PyResult<()> {
        let d = self.dict.expect();
        d.set(th, key(class), weak::plain_ref(th, class))?;
        if d.map.len() > self.limit.load(Ordering::Relaxed) {
            self.forget_dead(th)?;
            let n = d.map.len();
            self.limit.store((n * 2).max(32), Ordering::Relaxed);
        }
        Ok(())
    }

    /// Drops entries whose class is gone. One that another thread adds meanwhile for the same address may be lost
    /// from a cache, which is harmless; a registry's entry is put back.
    fn forget_dead(&self, th: &Thread) -> PyResult<()> {
        let d = self.dict.expect();
        let mut at = 0;
        while let Some((next, k, w, _)) = d.map.next_entry(at) {
            at = next;
            if weak::target_of(w).is_none()
                && let Some(gone) = d.remove(th, k)?
                && weak::target_of(gone).is_some()
            {
                d.set(th, k, gone)?;
            }
        }
        Ok(())
    }

    fn clear(&self) {
        let d = self.dict.expect();
        d.map.clear(&d.header);
    }

    /// The weak references to the classes that are alive.
    fn references(&self, th: &Thread) -> PyResult<ValueVec> {
        let mut out = ValueVec::new();
        let mut at = 0;
        while let Some((next, _, w, _)) = self.dict.expect().map.next_entry(at) {
            at = next;
            if weak::target_of(w).is_some() {
                out.push(th, w)?;
            }
        }
        Ok(out)
    }
}

fn new_data(th: &Thread) -> Value {
    let data = AbcData {
        registry: WeakClasses::new(th),
        cache: WeakClasses::new(th),
        negative: WeakClasses::new(th),
        negative_version: AtomicU64::new(COUNTER.load(Ordering::Acquire)),
    };
    th.new_object(&ABC_DATA, data).value()
}

fn data<'a>(th: &Thread, class: Value) -> PyResult<&'a Object<AbcData>> {
    let v = attr::get(th, class, names::ABC_IMPL.get())?;
    match v.downcast::<AbcData>() {
        Some(d) => Ok(d),
        None => Err(th.type_error("_abc_impl is set to a wrong type")),
    }
}

fn is_abstract(th: &Thread, v: Value) -> PyResult<bool> {
    match attr::get_opt(th, v, names::ISABSTRACT.get())? {
        Some(x) => ops::truth(th, x),
        None => Ok(false),
    }
}

fn init(th: &Thread, a: &[Value]) -> PyResult {
    let class = a[0];
    abstract_methods(th, class)?;
    attr::set(th, class, names::ABC_IMPL.get(), new_data(th))?;
    if let Some(t) = class.downcast::<Type>() {
        let own = t.dict.get();
        let name = names::ABC_TPFLAGS.get();
        if let Some(v) = own.and_then(|d| d.map.get_str(name))
            && v.is_exact_int()
        {
            let bits = v.as_i64().unwrap_or(0) as u64 & (flags::SEQUENCE | flags::MAPPING);
            if bits == flags::SEQUENCE | flags::MAPPING {
                return Err(th.type_error(
                    "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING",
                ));
            }
            t.set_flag(bits);
            if let Some(d) = own {
                d.remove(th, name)?;
                t.modified();
            }
        }
    }
    Ok(Value::NONE)
}

/// Works out `__abstractmethods__`: the class's own abstract attributes and those it inherits and has not replaced.
fn abstract_methods(th: &Thread, class: Value) -> PyResult<()> {
    let out = Set::new_frozen(th);
    let ns = attr::get(th, class, names::DICT.get())?;
    let items = match class.downcast::<Type>() {
        Some(t) => namespace_items(th, t)?,
        None => {
            let items = call::call_method_name(th, ns, names::ITEMS.get(), &[])?;
            ops::to_vec(th, items)?
        }
    };
    for item in items.iter() {
        if let Some([name, value]) = item.as_tuple()
            && is_abstract(th, *value)?
        {
            out.add(th, *name)?;
        }
    }
    let bases = attr::get(th, class, names::BASES.get())?;
    for base in bases.as_tuple().unwrap_or(&[]) {
        let inherited = attr::get_opt(th, *base, names::ABSTRACT_METHODS.get())?;
        let Some(inherited) = inherited else { continue };
        for name in ops::to_vec(th, inherited)?.iter() {
            if let Some(v) = attr::get_opt(th, class, *name)?
                && is_abstract(th, v)?
            {
                out.add(th, *name)?;
            }
        }
    }
    attr::set(th, class, names::ABSTRACT_METHODS.get(), out.value())
}

/// The names and values of a class's namespace.
fn namespace_items(th: &Thread, t: &Object<Type>) -> PyResult<ValueVec> {
    let mut out = ValueVec::new();
    let Some(d) = t.dict.get() else {
        return Ok(out);
    };
    let mut at = 0;
    while let Some((next, k, v, _)) = d.map.next_entry(at) {
        at = next;
        out.push(th, Value::try_tuple(th, &[k, v])?)?;
    }
    Ok(out)
}

fn register(th: &Thread, a: &[Value]) -> PyResult {
    let (class, sub) = (a[0], a[1]);
    let Some(sub_type) = sub.downcast::<Type>() else {
        return Err(th.type_error("Can only register classes"));
    };
    if ops::is_subclass(th, sub, class)? {
        return Ok(sub);
    }
    // The other way round it would be a cycle, and every check an endless recursion.
    if ops::is_subclass(th, class, sub)? {
        return Err(th.runtime_error("Refusing to create an inheritance cycle"));
    }
    data(th, class)?.registry.add(th, sub)?;
    COUNTER.fetch_add(1, Ordering::AcqRel);
    if let Some(t) = class.downcast::<Type>() {
        let all = flags::SEQUENCE | flags::MAPPING;
        let bits = t.flags.load(Ordering::Acquire) & all;
        if bits != 0 {
            set_collection_flags(sub_type, bits, all & !bits);
        }
    }
    Ok(sub)
}

fn set_collection_flags(t: &Object<Type>, set: u64, clear: u64) {
    if t.has_flag(flags::IMMUTABLE) {
        return;
    }
    t.set_flag(set);
    t.clear_flag(clear);
    for sub in t.live_subclasses() {
        set_collection_flags(sub, set, clear);
    }
}

fn instance_check(th: &Thread, a: &[Value]) -> PyResult {
    let (class, instance) = (a[0], a[1]);
    let d = data(th, class)?;
    let own = class_of(instance).value();
    let sub = attr::get_opt(th, instance, names::CLASS.get())?.unwrap_or(own);
    if sub.is_cell() && d.cache.contains(th, sub)? {
        return Ok(Value::TRUE);
    }
    if own.is(sub) {
        let fresh = d.negative_version.load(Ordering::Acquire) == COUNTER.load(Ordering::Acquire);
        if fresh && d.negative.contains(th, sub)? {
            return Ok(Value::FALSE);
        }
        return call::call_method_name(th, class, names::SUBCLASSCHECK.get(), &[sub]);
    }
    let r = call::call_method_name(th, class, names::SUBCLASSCHECK.get(), &[sub])?;
    if ops::truth(th, r)? {
        return Ok(r);
    }
    call::call_method_name(th, class, names::SUBCLASSCHECK.get(), &[own])
}

fn subclass_check(th: &Thread, class: Value, sub: Value) -> PyResult<bool> {
    let Some(sub_type) = sub.downcast::<Type>() else {
        return Err(th.type_error("issubclass() arg 1 must be a class"));
    };
    let d = data(th, class)?;
    if d.cache.contains(th, sub)? {
        return Ok(true);
    }
    let now = COUNTER.load(Ordering::Acquire);
    if d.negative_version.load(Ordering::Acquire) < now {
        d.negative.clear();
        d.negative_version.store(now, Ordering::Release);
    } else if d.negative.contains(th, sub)? {
        return Ok(false);
    }
    match call::call_method_name(th, class, names::SUBCLASSHOOK.get(), &[sub])? {
        Value::TRUE => {
            d.cache.add(th, sub)?;
            return Ok(true);
        }
        Value::FALSE => {
            d.negative.add(th, sub)?;
            return Ok(false);
        }
        Value::NOT_IMPLEMENTED => {}
        _ => {
            return Err(th.raise(
                &taipan_object::exception::ASSERTION_ERROR,
                "__subclasshook__ must return either False, True, or NotImplemented",
            ));
        }
    }
    if class
        .downcast::<Type>()
        .is_some_and(|t| sub_type.is_subtype(t))
    {
        d.cache.add(th, sub)?;
        return Ok(true);
    }
    let mut found = d.registry.contains(th, sub)?;
    if !found {
        for w in d.registry.references(th)?.iter() {
            if let Some(t) = weak::target_of(*w)
                && ops::is_subclass(th, sub, t)?
            {
                found = true;
                break;
            }
        }
    }
    if !found {
        let below = call::call_method(th, class, "__subclasses__", &[])?;
        let Some(below) = below.as_list() else {
            return Err(th.type_error("__subclasses__() must return a list"));
        };
        for t in below.snapshot(th)?.iter() {
            if ops::is_subclass(th, sub, *t)? {
                found = true;
                break;
            }
        }
    }
    let cache = if found { &d.cache } else { &d.negative };
    cache.add(th, sub)?;
    Ok(found)
}

fn dump(th: &Thread, a: &[Value]) -> PyResult {
    let d = data(th, a[0])?;
    let set = |classes: &WeakClasses| -> PyResult {
        let out = Set::new(th);
        for w in classes.references(th)?.iter() {
            out.add(th, *w)?;
        }
        Ok(out.value())
    };
    let parts = [
        set(&d.registry)?,
        set(&d.cache)?,
        set(&d.negative)?,
        Value::uint(th, d.negative_version.load(Ordering::Acquire)),
    ];
    Value::try_tuple(th, &parts)
}
