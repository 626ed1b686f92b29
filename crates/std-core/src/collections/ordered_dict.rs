//! `OrderedDict`: a dict whose table can move keys to either end, with its own views and iterators.

mod iter;

use taipan_containers::args::class_getitem;
use taipan_containers::dict as dicts;
use taipan_containers::snapshot::Part;
use taipan_containers::text::Text;
use taipan_object::call::{self, Args};
use taipan_object::dict::{Dict, key_hash};
use taipan_object::heap::Object;
use taipan_object::map::Map;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, StaticType, class_of, flags, no_layout};
use taipan_object::{PyResult, Raised, Thread, Value, attr, names, ops};

/// `OrderedDict`
pub static ORDERED_DICT: StaticType = StaticType::new(
    "collections",
    "OrderedDict",
    Some(&types::DICT),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF,
    no_layout,
);

/// `OrderedDict`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, _| {
            Ok(th.new_instance(cls, Dict { map: Map::new() }).value())
        });
        s.init = Some(init);
        s.repr = Some(repr);
        s.richcmp = Some(richcmp);
        s.iter = Some(|th, v| iter::new(th, v, Part::Key, false));
        s.or = Some(or);
        s.ior = Some(|th, a, b| {
            update(th, a, b)?;
            Ok(a)
        });
    },
    methods: &[
        Method::new("move_to_end", "($self, /, key, last=True)", move_to_end)
            .atomic(Atomic::Locked)
            .doc("Move an existing element to the end (or beginning if last is false).\n\nRaise KeyError if the element does not exist."),
        Method::new("popitem", "($self, /, last=True)", popitem)
            .atomic(Atomic::Locked)
            .doc("Remove and return a (key, value) pair from the dictionary.\n\nPairs are returned in LIFO order if last is true or FIFO order if false."),
        Method::new("pop", "($self, /, key, default=<unrepresentable>)", pop)
            .doc("od.pop(key[,default]) -> v, remove specified key and return the corresponding value.\n\nIf the key is not found, return the default if given; otherwise,\nraise a KeyError."),
        Method::new("setdefault", "($self, /, key, default=None)", setdefault)
            .doc("Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in the dictionary, else default."),
        Method::raw("update", "", update_method)
            .doc("D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F."),
        Method::new("fromkeys", "($type, /, iterable, value=None)", fromkeys)
            .class()
            .doc("Create a new ordered dictionary with keys from iterable and values set to value."),
        Method::new("keys", "($self, /)", |th, a| iter::view(th, a[0], Part::Key)),
        Method::new("values", "($self, /)", |th, a| iter::view(th, a[0], Part::Value)),
        Method::new("items", "($self, /)", |th, a| iter::view(th, a[0], Part::Item)),
        Method::new("copy", "($self, /)", |th, a| copy(th, a[0]))
            .doc("od.copy() -> a shallow copy of od"),
        Method::new("__reversed__", "($self, /)", |th, a| iter::new(th, a[0], Part::Key, true))
            .doc("od.__reversed__() <==> reversed(od)"),
        Method::new("__reduce__", "($self, /)", reduce)
            .doc("Return state information for pickling"),
        Method::new("__class_getitem__", "($type, object, /)", class_getitem)
            .class()
            .doc("See PEP 585"),
    ],
    getset: &[],
    doc: "Dictionary that remembers insertion order",
    sig: "",
};

/// Makes the types of the views and iterators.
pub(super) fn define_views(th: &Thread) -> PyResult<()> {
    iter::define(th)
}

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    if args.pos().len() > 1 {
        return Err(th.type_error(format!(
            "expected at most 1 argument, got {}",
            args.pos().len()
        )));
    }
    fill(th, v, args.pos().first().copied(), args)
}

/// Stores from a mapping or iterable, then from keywords, with the class's own `__setitem__`.
fn fill(th: &Thread, v: Value, source: Option<Value>, args: Args) -> PyResult<()> {
    if let Some(source) = source {
        update(th, v, source)?;
    }
    for (k, x) in args.kw() {
        ops::set_item(th, v, k, x)?;
    }
    Ok(())
}

fn stores_as_dict(v: Value) -> bool {
    let own = types::DICT.slots().setitem.map(|f| f as usize);
    class_of(v).slots().setitem.map(|f| f as usize) == own
}

fn update(th: &Thread, v: Value, source: Value) -> PyResult<()> {
    if stores_as_dict(v) {
        let d = v.expect::<Dict>();
        if class_of(source).is(&ORDERED_DICT) {
            return dicts::update::merge_dict(th, d, source.expect::<Dict>(), true);
        }
        return dicts::update::update(th, d, source);
    }
    if let Some(keys) = attr::get_opt(th, source, names::KEYS.get())? {
        let keys = call::call(th, keys, &[])?;
        return ops::for_each(th, keys, |k| {
            let x = ops::get_item(th, source, k)?;
            ops::set_item(th, v, k, x)
        });
    }
    ops::for_each(th, source, |pair| {
        let pair = ops::to_vec(th, pair)?;
        match &pair[..] {
            [k, x] => ops::set_item(th, v, *k, *x),
            [] | [_] => {
                Err(th.value_error(format!("need more than {} values to unpack", pair.len())))
            }
            _ => Err(th.value_error("too many values to unpack (expected 2)")),
        }
    })
}

fn update_method(th: &Thread, args: Args) -> PyResult {
    let pos = args.pos();
    if pos.len() > 2 {
        return Err(th.type_error(format!(
            "update() takes at most 1 positional argument ({} given)",
            pos.len() - 1
        )));
    }
    fill(th, pos[0], pos.get(1).copied(), args)?;
    Ok(Value::NONE)
}

fn fromkeys(th: &Thread, a: &[Value]) -> PyResult {
    let d = call::call(th, a[0], &[])?;
    let value = a[2].or(Value::NONE);
    ops::for_each(th, a[1], |k| ops::set_item(th, d, k, value))?;
    Ok(d)
}

fn is_true(th: &Thread, v: Value) -> PyResult<bool> {
    match v.present() {
        Some(v) => ops::truth(th, v),
        None => Ok(true),
    }
}

fn move_to_end(th: &Thread, a: &[Value]) -> PyResult {
    let last = is_true(th, a[2])?;
    let d = a[0].expect::<Dict>();
    let hash = key_hash(th, a[1])?;
    if d.map.move_to_end(th, &d.header, a[1], hash, last)? {
        Ok(Value::NONE)
    } else {
        Err(th.key_error(a[1]))
    }
}

fn popitem(th: &Thread, a: &[Value]) -> PyResult {
    let last = is_true(th, a[1])?;
    let d = a[0].expect::<Dict>();
    let taken = if last {
        d.map.pop_last(&d.header)
    } else {
        d.map.pop_first(&d.header)
    };
    match taken {
        Some((k, v)) => Value::try_tuple(th, &[k, v]),
        None => Err(th.key_error(Value::str(th, "dictionary is empty"))),
    }
}

fn pop(th: &Thread, a: &[Value]) -> PyResult {
    let key = a[1];
    let d = a[0].expect::<Dict>();
    let taken = dicts::pop(th, d, key)?;
    match (taken, a[2].present()) {
        (Some(x), _) | (None, Some(x)) => Ok(x),
        (None, None) => Err(th.key_error(key)),
    }
}

fn setdefault(th: &Thread, a: &[Value]) -> PyResult {
    let (v, key, default) = (a[0], a[1], a[2].or(Value::NONE));
    if class_of(v).is(&ORDERED_DICT) {
        return dicts::setdefault(th, v.expect::<Dict>(), key, default);
    }
    if ops::contains(th, v, key)? {
        return ops::get_item(th, v, key);
    }
    ops::set_item(th, v, key, default)?;
    Ok(default)
}

fn copy(th: &Thread, v: Value) -> PyResult {
    let d = v.expect::<Dict>();
    if class_of(v).is(&ORDERED_DICT) {
        let map = d.map.copy(th, &d.header)?;
        return Ok(th.new_object(&ORDERED_DICT, Dict { map }).value());
    }
    let new = call::call(th, class_of(v).value(), &[])?;
    let before = state_of(d);
    for k in dicts::keys_snapshot(th, d)?.iter() {
        let x = ops::get_item(th, v, *k)?;
        ops::set_item(th, new, *k, x)?;
        if state_of(d) != before {
            return Err(mutated(th));
        }
    }
    Ok(new)
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let d = v.expect::<Dict>();
    let name = class_of(v).name_text();
    if d.map.is_empty() {
        return Ok(Value::str(th, &format!("{name}()")));
    }
    let text = th.repr_guard(v, || {
        let plain = Dict::new(th);
        if class_of(v).is(&ORDERED_DICT) {
            dicts::update::merge_dict(th, plain, d, true)?;
        } else {
            let items = call::call_method_name(th, v, names::ITEMS.get(), &[])?;
            dicts::update::update(th, plain, items)?;
        }
        let mut out = Text::new(&format!("{name}("));
        out.repr(th, plain.value())?;
        out.push(")");
        out.finish(th)
    })?;
    Ok(text.unwrap_or_else(|| Value::str(th, "...")))
}

fn is_ordered(v: Value) -> bool {
    class_of(v).is_subtype(&ORDERED_DICT)
}

/// What changes whenever keys come, go or move: the table, how far it is filled, and how many keys there are.
fn state_of(d: &Object<Dict>) -> (usize, usize, usize) {
    let used = d.map.table().map_or(0, |t| t.used_entries().len());
    (d.map.table_address(), used, d.map.len())
}

#[cold]
fn mutated(th: &Thread) -> Raised {
    th.runtime_error("OrderedDict mutated during iteration")
}

fn same_order(th: &Thread, x: &Object<Dict>, y: &Object<Dict>) -> PyResult<bool> {
    let before = (state_of(x), state_of(y));
    let (mut i, mut j) = (0, 0);
    loop {
        match (x.map.next_entry(i), y.map.next_entry(j)) {
            (None, None) => return Ok(true),
            (Some((p, a, ..)), Some((q, b, ..))) => {
                let equal = ops::eq(th, a, b)?;
                if (state_of(x), state_of(y)) != before {
                    return Err(mutated(th));
                }
                if !equal {
                    return Ok(false);
                }
                (i, j) = (p, q);
            }
            _ => return Ok(false),
        }
    }
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (a.as_dict(), b.as_dict()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let equal =
        dicts::equal(th, x, y)? && (!(is_ordered(a) && is_ordered(b)) || same_order(th, x, y)?);
    Ok(Value::bool(equal == (op == CmpOp::Eq)))
}

fn or(th: &Thread, a: Value, b: Value) -> PyResult {
    let like = if is_ordered(a) { a } else { b };
    if a.as_dict().is_none() || b.as_dict().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let new = call::call(th, class_of(like).value(), &[a])?;
    if new.as_dict().is_none() {
        return Err(th.type_error("OrderedDict() returned another type"));
    }
    update(th, new, b)?;
    Ok(new)
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let state = attr::call_special(th, a[0], names::GETSTATE.get(), &[])?;
    let items = call::call_method_name(th, a[0], names::ITEMS.get(), &[])?;
    let items = ops::iter(th, items)?;
    Ok(Value::tuple(
        th,
        &[
            class_of(a[0]).value(),
            Value::empty_tuple(),
            state.unwrap_or(Value::NONE),
            Value::NONE,
            items,
        ],
    ))
}
