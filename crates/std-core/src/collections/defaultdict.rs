//! `defaultdict`: a dict whose `default_factory` stands in one field behind the dict's own.

use std::sync::Mutex;
use std::sync::atomic::Ordering;
use taipan_containers::args::class_getitem;
use taipan_containers::dict as dicts;
use taipan_containers::text::Text;
use taipan_object::attr::{Shape, fixed_field};
use taipan_object::call::{self, Args};
use taipan_object::dict::{Dict, key_hash};
use taipan_object::map::Map;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{self, StaticType, class_of, flags, no_layout};
use taipan_object::{PyResult, Thread, Value, names, ops};

/// `defaultdict`
pub static DEFAULTDICT: StaticType = StaticType::new(
    "collections",
    "defaultdict",
    Some(&types::DICT),
    flags::BASE,
    no_layout,
);

/// `defaultdict`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, _| {
            let d = th.new_instance(cls, Dict { map: Map::new() });
            fixed_field(d.value(), 0).set(&d.header, Value::NONE);
            Ok(d.value())
        });
        s.init = Some(init);
        s.repr = Some(repr);
        s.or = Some(or);
    },
    methods: &[
        Method::new("__missing__", "($self, key, /)", missing)
            .doc("__missing__(key) # Called by __getitem__ for missing key; pseudo-code:\n  if self.default_factory is None: raise KeyError((key,))\n  self[key] = value = self.default_factory()\n  return value\n"),
        Method::new("copy", "($self, /)", |th, a| copy(th, a[0], a[0]))
            .doc("D.copy() -> a shallow copy of D."),
        Method::new("__copy__", "($self, /)", |th, a| copy(th, a[0], a[0]))
            .doc("D.copy() -> a shallow copy of D."),
        Method::new("__reduce__", "($self, /)", reduce)
            .doc("Return state information for pickling."),
        Method::new("__class_getitem__", "($type, object, /)", class_getitem)
            .class()
            .doc("See PEP 585"),
    ],
    getset: &[GetSet::rw(
        "default_factory",
        |_, v| Ok(factory(v)),
        |_, v, x| {
            set_factory(v, x.or(Value::NONE));
            Ok(())
        },
    )
    .doc("Factory for default value called by __missing__().")],
    doc: "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\nThe default factory is called without arguments to produce\na new value when a key is not present, in __getitem__ only.\nA defaultdict compares equal to a dict with the same items.\nAll remaining arguments are treated the same as if they were\npassed to the dict constructor, including keyword arguments.",
    sig: "",
};

/// Gives the type its field; once per process, before the first instance.
pub(super) fn add_factory_field(th: &Thread) -> PyResult<()> {
    static DONE: Mutex<bool> = Mutex::new(false);
    let t = DEFAULTDICT.get();
    let first = !std::mem::replace(&mut *DONE.lock().unwrap_or_else(|e| e.into_inner()), true);
    if first {
        t.fixed_slots.store(1, Ordering::Release);
        let root = Shape::root(th, t, 0)?;
        t.root_shape.set(&t.header, Some(root));
    }
    Ok(())
}

fn factory(v: Value) -> Value {
    fixed_field(v, 0).get().or(Value::NONE)
}

fn set_factory(v: Value, f: Value) {
    if let Some(h) = v.header() {
        fixed_field(v, 0).set(h, f);
    }
}

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    let mut rest = args;
    let mut f = Value::NONE;
    if let Some(first) = args.pos().first() {
        f = *first;
        if !f.is_none() && !ops::is_callable(f) {
            return Err(th.type_error("first argument must be callable or None"));
        }
        rest = args.skip_first();
    }
    set_factory(v, f);
    dicts::init(th, v, rest)
}

fn missing(th: &Thread, a: &[Value]) -> PyResult {
    let (v, key) = (a[0], a[1]);
    let f = factory(v);
    if f.is_none() {
        return Err(th.key_error(key));
    }
    let made = call::call(th, f, &[])?;
    // Who stored first while the factory ran wins: no thread appends to a list that is lost.
    let d = v.expect::<Dict>();
    let hash = key_hash(th, key)?;
    d.map.setdefault(th, &d.header, key, hash, made)
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let base = dicts::repr(th, v)?;
    let f = factory(v);
    let mut out = Text::new(&format!("{}(", class_of(v).name_text()));
    let shown = th.repr_guard(f, || ops::repr(th, f))?;
    out.text(shown.unwrap_or_else(|| Value::str(th, "...")));
    out.push(", ");
    out.text(base);
    out.push(")");
    out.finish(th)
}

/// A new one of `like`'s class and factory with the content of `from`.
fn copy(th: &Thread, like: Value, from: Value) -> PyResult {
    call::call(th, class_of(like).value(), &[factory(like), from])
}

fn or(th: &Thread, a: Value, b: Value) -> PyResult {
    let is_default = |v: Value| class_of(v).is_subtype(&DEFAULTDICT);
    let (like, other) = if is_default(a) { (a, b) } else { (b, a) };
    if other.as_dict().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let new = copy(th, like, a)?;
    match new.downcast::<Dict>() {
        Some(d) => dicts::update::update(th, d, b)?,
        None => return Err(th.type_error("defaultdict() returned another type")),
    }
    Ok(new)
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let f = factory(a[0]);
    let args = if f.is_none() {
        Value::empty_tuple()
    } else {
        Value::tuple(th, &[f])
    };
    let items = call::call_method_name(th, a[0], names::ITEMS.get(), &[])?;
    let items = ops::iter(th, items)?;
    let cls = class_of(a[0]).value();
    Ok(Value::tuple(
        th,
        &[cls, args, Value::NONE, Value::NONE, items],
    ))
}
