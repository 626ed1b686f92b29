//! `dict`: an insertion-ordered hash table. The table is `taipan_object::map`; readers take no lock.
//!
//! | file | what it does |
//! |---|---|
//! | `mod` | the type: construction, items, comparison, text |
//! | `methods` | methods |
//! | `update` | taking over other mappings |
//! | `views` | `dict_keys`, `dict_values`, `dict_items` |
//! | `iter` | iterators in both directions |

pub mod iter;
mod methods;
pub mod update;
pub mod views;

pub use methods::{copy, pop, setdefault};

use crate::args::class_getitem;
use crate::snapshot::{self, Part};
use crate::text::Text;
use taipan_object::call::{Args, call_method_row};
use taipan_object::dict::{Dict, Set, key_hash};
use taipan_object::heap::{Object, ValueVec};
use taipan_object::map::Map;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, Type, class_of, is_exactly};
use taipan_object::{PyResult, Thread, Value, attr, gc, names, ops};

/// `dict`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.init = Some(init);
        s.repr = Some(repr);
        s.richcmp = Some(richcmp);
        s.len = Some(|_, v| Ok(v.expect::<Dict>().map.len()));
        s.getitem = Some(get_item);
        s.setitem = Some(set_item);
        s.contains = Some(contains);
        s.iter = Some(|th, v| iter::new(th, v, Part::Key));
        s.or = Some(update::or);
        s.ior = Some(update::ior);
    },
    methods: &[
        Method::new("get", "($self, key, default=None, /)", methods::get)
            .atomic(Atomic::LockFree)
            .doc("Return the value for key if key is in the dictionary, else default."),
        Method::new("setdefault", "($self, key, default=None, /)", methods::setdefault_method)
            .atomic(Atomic::Locked)
            .doc("Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in the dictionary, else default."),
        Method::new("pop", "($self, key, default=<unrepresentable>, /)", methods::pop_method)
            .atomic(Atomic::Locked)
            .doc("D.pop(k[,d]) -> v, remove specified key and return the corresponding value.\n\nIf the key is not found, return the default if given; otherwise,\nraise a KeyError."),
        Method::new("popitem", "($self, /)", methods::popitem)
            .atomic(Atomic::Locked)
            .doc("Remove and return a (key, value) pair as a 2-tuple.\n\nPairs are returned in LIFO (last-in, first-out) order.\nRaises KeyError if the dict is empty."),
        Method::new("keys", "($self, /)", |th, a| views::new(th, a[0], Part::Key))
            .atomic(Atomic::LockFree)
            .doc("Return a set-like object providing a view on the dict's keys."),
        Method::new("items", "($self, /)", |th, a| views::new(th, a[0], Part::Item))
            .atomic(Atomic::LockFree)
            .doc("Return a set-like object providing a view on the dict's items."),
        Method::new("values", "($self, /)", |th, a| views::new(th, a[0], Part::Value))
            .atomic(Atomic::LockFree)
            .doc("Return an object providing a view on the dict's values."),
        Method::raw("update", "", update::update_method)
            .doc("D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.\nIf E is present and has a .keys() method, then does:  for k in E.keys(): D[k] = E[k]\nIf E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v\nIn either case, this is followed by: for k in F:  D[k] = F[k]"),
        Method::new("fromkeys", "($type, iterable, value=None, /)", methods::fromkeys)
            .class()
            .doc("Create a new dictionary with keys from iterable and values set to value."),
        Method::new("clear", "($self, /)", methods::clear)
            .atomic(Atomic::Locked)
            .doc("Remove all items from the dict."),
        Method::new("copy", "($self, /)", methods::copy_method)
            .atomic(Atomic::Locked)
            .doc("Return a shallow copy of the dict."),
        Method::new("__reversed__", "($self, /)", |th, a| iter::reversed(th, a[0], Part::Key))
            .doc("Return a reverse iterator over the dict keys."),
        Method::new("__sizeof__", "($self, /)", methods::size_of)
            .doc("Return the size of the dict in memory."),
        Method::new("__class_getitem__", "($type, object, /)", class_getitem)
            .class()
            .doc("See PEP 585"),
    ],
    getset: &[],
    doc: "dict() -> new empty dictionary\ndict(mapping) -> new dictionary initialized from a mapping object's\n    (key, value) pairs\ndict(iterable) -> new dictionary initialized as if via:\n    d = {}\n    for k, v in iterable:\n        d[k] = v\ndict(**kwargs) -> new dictionary initialized with the name=value pairs\n    in the keyword argument list.  For example:  dict(one=1, two=2)",
    sig: "",
};

fn new(th: &Thread, cls: &Object<Type>, _: Args) -> PyResult {
    Ok(th.new_instance(cls, Dict { map: Map::new() }).value())
}

static INIT: Method = Method::new("dict", "(iterable=(), /)", |_, a| Ok(a[0]));

/// `dict.__init__`
pub fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    let source = call_method_row(th, &INIT, Args::positional(args.pos()))?;
    update::update_args(th, v, source, args)
}

/// `d[key]`, with `__missing__` of a subclass.
#[inline]
pub fn get_item(th: &Thread, v: Value, key: Value) -> PyResult {
    match v.expect::<Dict>().get(th, key)? {
        Some(x) => Ok(x),
        None => missing(th, v, key),
    }
}

#[cold]
fn missing(th: &Thread, v: Value, key: Value) -> PyResult {
    if !is_exactly(v, &types::DICT)
        && let Some(x) = attr::call_special(th, v, names::MISSING.get(), &[key])?
    {
        return Ok(x);
    }
    Err(th.key_error(key))
}

/// `d[key] = value`; absent deletes.
#[inline]
pub fn set_item(th: &Thread, v: Value, key: Value, value: Value) -> PyResult<()> {
    let d = v.expect::<Dict>();
    if value.is_absent() {
        return match d.remove(th, key)? {
            Some(_) => Ok(()),
            None => Err(th.key_error(key)),
        };
    }
    d.set(th, key, value)
}

/// `key in d`
#[inline]
pub fn contains(th: &Thread, v: Value, key: Value) -> PyResult<bool> {
    let hash = key_hash(th, key)?;
    Ok(v.expect::<Dict>().map.get(th, key, hash)?.is_some())
}

/// `dict.__repr__`
pub fn repr(th: &Thread, v: Value) -> PyResult {
    let d = v.expect::<Dict>();
    if d.map.is_empty() {
        return Ok(Value::str(th, "{}"));
    }
    let text = th.repr_guard(v, || {
        let pairs = snapshot::pairs(th, &d.map, &d.header)?;
        let mut out = Text::new("{");
        for (i, pair) in pairs.chunks_exact(2).enumerate() {
            if i > 0 {
                out.push(", ");
            }
            out.repr(th, pair[0])?;
            out.push(": ");
            out.repr(th, pair[1])?;
        }
        out.push("}");
        out.finish(th)
    })?;
    Ok(text.unwrap_or_else(|| Value::str(th, "{...}")))
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (a.as_dict(), b.as_dict()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    match op {
        CmpOp::Eq => Ok(Value::bool(equal(th, x, y)?)),
        CmpOp::Ne => Ok(Value::bool(!equal(th, x, y)?)),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// Whether two dicts have equal keys with equal values, in any order.
pub fn equal(th: &Thread, x: &Object<Dict>, y: &Object<Dict>) -> PyResult<bool> {
    if x.map.len() != y.map.len() {
        return Ok(false);
    }
    if gc::many_threads() {
        let (x, y) = Map::copy_two(th, (&x.map, &x.header), (&y.map, &y.header))?;
        return equal_maps(th, &x, &y);
    }
    equal_maps(th, &x.map, &y.map)
}

fn equal_maps(th: &Thread, x: &Map, y: &Map) -> PyResult<bool> {
    if x.len() != y.len() {
        return Ok(false);
    }
    let mut pos = 0;
    while let Some((next, k, v, hash)) = x.next_entry(pos) {
        pos = next;
        match y.get(th, k, hash)? {
            Some(w) if ops::eq(th, v, w)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// The keys as of one instant.
pub fn keys_snapshot(th: &Thread, d: &Object<Dict>) -> PyResult<ValueVec> {
    snapshot::entries(th, &d.map, &d.header, Part::Key)
}

/// What iterating a dict's view gives, as of one instant; nothing for another object.
pub fn view_snapshot(th: &Thread, v: Value) -> PyResult<Option<ValueVec>> {
    match views::parts(v) {
        Some((d, part)) => snapshot::entries(th, &d.map, &d.header, part).map(Some),
        None => Ok(None),
    }
}

/// What iterating a dict, set, frozenset or view whose class iterates as these do gives, as of one instant; nothing for
/// another object.
pub fn snapshot_of(th: &Thread, v: Value) -> PyResult<Option<ValueVec>> {
    if let Some(d) = v.downcast::<Dict>()
        && iterates_as_dict(v)
    {
        return keys_snapshot(th, d).map(Some);
    }
    if let Some(s) = v.downcast::<Set>()
        && crate::set::iterates_as_set(v)
    {
        return crate::set::snapshot(th, s).map(Some);
    }
    view_snapshot(th, v)
}

/// A copy of the table of an exact dict, set or frozenset, as of one instant; nothing for another object.
pub(crate) fn hashed_keys(th: &Thread, v: Value) -> PyResult<Option<Map>> {
    if is_exactly(v, &types::DICT) {
        let d = v.expect::<Dict>();
        return d.map.copy(th, &d.header).map(Some);
    }
    if is_exactly(v, &types::SET) || is_exactly(v, &types::FROZENSET) {
        let s = v.expect::<Set>();
        return s.map.copy(th, &s.header).map(Some);
    }
    Ok(None)
}

/// Whether a dict's iteration is `dict`'s own: then it may be read as a table.
pub(crate) fn iterates_as_dict(v: Value) -> bool {
    let own = types::DICT.slots().iter.map(|f| f as usize);
    class_of(v).slots().iter.map(|f| f as usize) == own
}
