//! `set` and `frozenset`: the table of `taipan_object::map`, with the elements as keys.
//!
//! | file | what it does |
//! |---|---|
//! | `mod` | the types: construction, hash, text, operators |
//! | `methods` | methods |
//! | `algebra` | union, intersection and so on, new or in place; comparison |
//! | `iter` | `set_iterator` |

mod algebra;
pub mod iter;
mod methods;

pub use algebra::{
    difference_update, intersection_update, symmetric_difference_update, to_set, update,
};

use crate::args::class_getitem;
use crate::snapshot::{self, Part};
use crate::text::Text;
use std::sync::atomic::Ordering;
use taipan_object::call::{Args, call_method_row};
use taipan_object::dict::Set;
use taipan_object::heap::{Object, ValueVec};
use taipan_object::map::Map;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::seq::List;
use taipan_object::slots::Slots;
use taipan_object::types::{self, Type, class_of, is_exactly};
use taipan_object::{PyResult, Thread, Value};

fn common(s: &mut Slots) {
    s.new = Some(new);
    s.repr = Some(repr);
    s.richcmp = Some(algebra::richcmp);
    s.len = Some(|_, v| Ok(v.expect::<Set>().map.len()));
    s.contains = Some(contains);
    s.iter = Some(iter::iter);
    s.or = Some(algebra::or);
    s.and = Some(algebra::and);
    s.sub = Some(algebra::sub);
    s.xor = Some(algebra::xor);
}

macro_rules! shared_methods {
    () => {
        [
            Method::new("copy", "($self, /)", methods::copy)
                .atomic(Atomic::Locked)
                .doc("Return a shallow copy of a set."),
            Method::new("union", "($self, /, *others)", methods::union)
                .doc("Return a new set with elements from the set and all others."),
            Method::new("intersection", "($self, /, *others)", methods::intersection)
                .doc("Return a new set with elements common to the set and all others."),
            Method::new("difference", "($self, /, *others)", methods::difference)
                .doc("Return a new set with elements in the set that are not in the others."),
            Method::new(
                "symmetric_difference",
                "($self, other, /)",
                methods::symmetric_difference,
            )
            .doc("Return a new set with elements in either the set or other but not both."),
            Method::new("isdisjoint", "($self, other, /)", methods::is_disjoint)
                .doc("Return True if two sets have a null intersection."),
            Method::new("issubset", "($self, other, /)", methods::is_subset)
                .doc("Report whether another set contains this set."),
            Method::new("issuperset", "($self, other, /)", methods::is_superset)
                .doc("Report whether this set contains another set."),
            Method::new("__reduce__", "($self, /)", methods::reduce)
                .doc("Return state information for pickling."),
            Method::new("__sizeof__", "($self, /)", methods::size_of)
                .doc("S.__sizeof__() -> size of S in memory, in bytes."),
            Method::new("__class_getitem__", "($type, object, /)", class_getitem)
                .class()
                .doc("See PEP 585"),
        ]
    };
}

static FROZEN_METHODS: [Method; 11] = shared_methods!();

const fn set_methods() -> [Method; 20] {
    let [a, b, c, d, e, f, g, h, i, j, k] = shared_methods!();
    [
        Method::new("add", "($self, object, /)", methods::add)
            .atomic(Atomic::Locked)
            .doc("Add an element to a set.\n\nThis has no effect if the element is already present."),
        Method::new("remove", "($self, object, /)", methods::remove)
            .atomic(Atomic::Locked)
            .doc("Remove an element from a set; it must be a member.\n\nIf the element is not a member, raise a KeyError."),
        Method::new("discard", "($self, object, /)", methods::discard)
            .atomic(Atomic::Locked)
            .doc("Remove an element from a set if it is a member.\n\nUnlike set.remove(), the discard() method does not raise\nan exception when an element is missing from the set."),
        Method::new("pop", "($self, /)", methods::pop)
            .atomic(Atomic::Locked)
            .doc("Remove and return an arbitrary set element.\n\nRaises KeyError if the set is empty."),
        Method::new("clear", "($self, /)", methods::clear)
            .atomic(Atomic::Locked)
            .doc("Remove all elements from this set."),
        Method::new("update", "($self, /, *others)", methods::update)
            .doc("Update the set, adding elements from all others."),
        Method::new("intersection_update", "($self, /, *others)", methods::intersection_update)
            .doc("Update the set, keeping only elements found in it and all others."),
        Method::new("difference_update", "($self, /, *others)", methods::difference_update)
            .doc("Update the set, removing elements found in others."),
        Method::new(
            "symmetric_difference_update",
            "($self, other, /)",
            methods::symmetric_difference_update,
        )
        .doc("Update the set, keeping only elements found in either set, but not in both."),
        a, b, c, d, e, f, g, h, i, j, k,
    ]
}

static SET_METHODS: [Method; 20] = set_methods();

/// `set`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        common(s);
        s.init = Some(init);
        s.ior = Some(algebra::ior);
        s.iand = Some(algebra::iand);
        s.isub = Some(algebra::isub);
        s.ixor = Some(algebra::ixor);
    },
    methods: &SET_METHODS,
    getset: &[],
    doc: "Build an unordered collection of unique elements.",
    sig: "(iterable=(), /)",
};

/// `frozenset`
pub static FROZEN_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        common(s);
        s.hash = Some(hash);
    },
    methods: &FROZEN_METHODS,
    getset: &[],
    doc: "Build an immutable unordered collection of unique elements.",
    sig: "(iterable=(), /)",
};

static SET_ARGS: Method = Method::new("set", "(iterable=(), /)", |_, a| Ok(a[0]));
static FROZEN_ARGS: Method = Method::new("frozenset", "(iterable=(), /)", |_, a| Ok(a[0]));

/// Whether a type is `frozenset` or a subclass of it.
pub(crate) fn is_frozen(t: &Object<Type>) -> bool {
    t.is_subtype(&types::FROZENSET)
}

fn same_init(cls: &Object<Type>, base: &Object<Type>) -> bool {
    cls.slots().init.map(|f| f as usize) == base.slots().init.map(|f| f as usize)
}

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    if !is_frozen(cls) {
        return Ok(th.new_instance(cls, Set::with(Map::new())).value());
    }
    let args = if same_init(cls, &types::FROZENSET) {
        args
    } else {
        Args::positional(args.pos())
    };
    let source = call_method_row(th, &FROZEN_ARGS, args)?;
    if let Some(x) = source.present()
        && cls.is(&types::FROZENSET)
        && is_exactly(x, &types::FROZENSET)
    {
        return Ok(x);
    }
    let s = th.new_instance(cls, Set::with(Map::new()));
    if let Some(x) = source.present() {
        update(th, s, x)?;
    }
    Ok(s.value())
}

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    let args = if same_init(class_of(v), &types::SET) {
        args
    } else {
        Args::positional(args.pos())
    };
    let source = call_method_row(th, &SET_ARGS, args)?;
    let s = v.expect::<Set>();
    if !s.map.is_empty() {
        s.map.clear(&s.header);
    }
    match source.present() {
        Some(x) => update(th, s, x),
        None => Ok(()),
    }
}

/// `frozenset(iterable)`
pub fn frozen_from(th: &Thread, iterable: Value) -> PyResult {
    if is_exactly(iterable, &types::FROZENSET) {
        return Ok(iterable);
    }
    let s = Set::new_frozen(th);
    update(th, s, iterable)?;
    Ok(s.value())
}

/// Whether a set's iteration is `set`'s own: then it may be read as a table.
pub(crate) fn iterates_as_set(v: Value) -> bool {
    let own = types::SET.slots().iter.map(|f| f as usize);
    class_of(v).slots().iter.map(|f| f as usize) == own
}

/// The elements as of one instant.
pub fn snapshot(th: &Thread, s: &Object<Set>) -> PyResult<ValueVec> {
    snapshot::entries(th, &s.map, &s.header, Part::Key)
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let s = v.expect::<Set>();
    let ty = class_of(v);
    let name = ty.name_text();
    // Another thread may empty it: what is shown is what it held at one instant.
    let items = snapshot(th, s)?;
    if items.is_empty() {
        return Ok(Value::str(th, &format!("{name}()")));
    }
    let text = th.repr_guard(v, || {
        let plain = ty.is(&types::SET);
        let mut out = if plain {
            Text::new("{")
        } else {
            Text::new(&format!("{name}({{"))
        };
        for (i, x) in items.iter().enumerate() {
            if i > 0 {
                out.push(", ");
            }
            out.repr(th, *x)?;
        }
        out.push(if plain { "}" } else { "})" });
        out.finish(th)
    })?;
    Ok(text.unwrap_or_else(|| Value::str(th, &format!("{name}(...)"))))
}

/// CPython's: independent of the order, and well spread for sets of small sets.
fn hash(_: &Thread, v: Value) -> PyResult<i64> {
    let s = v.expect::<Set>();
    if let Some(h) = s.cached_hash() {
        return Ok(h);
    }
    let mut h = 0u64;
    let mut pos = 0;
    while let Some((next, _, _, e)) = s.map.next_entry(pos) {
        pos = next;
        let e = e as u64;
        h ^= ((e ^ 89869747) ^ (e << 16)).wrapping_mul(3644798167);
    }
    h ^= (s.map.len() as u64 + 1).wrapping_mul(1927868237);
    h ^= (h >> 11) ^ (h >> 25);
    h = h.wrapping_mul(69069).wrapping_add(907133923);
    let h = if h == u64::MAX { 590923713 } else { h as i64 };
    s.hash.store(h, Ordering::Relaxed);
    Ok(h)
}

/// What to look for in place of `x`: a set stands for the frozenset of its elements.
pub(crate) fn searchable(th: &Thread, x: Value) -> PyResult {
    if x.downcast::<Set>().is_some()
        && !is_frozen(class_of(x))
        && class_of(x).slots().hash.is_none()
    {
        let s = x.expect::<Set>();
        let copy = s.map.copy(th, &s.header)?;
        return Ok(th.new_object(&types::FROZENSET, Set::with(copy)).value());
    }
    Ok(x)
}

/// `x in s`
#[inline]
pub fn contains(th: &Thread, v: Value, x: Value) -> PyResult<bool> {
    let x = searchable(th, x)?;
    v.expect::<Set>().contains(th, x)
}

/// A list of the elements.
pub(crate) fn to_list(th: &Thread, s: &Object<Set>) -> PyResult {
    Ok(List::from_vec(th, snapshot(th, s)?))
}

/// The `__dict__` state that `__reduce__` adds, or None.
pub(crate) fn state_of(th: &Thread, v: Value) -> PyResult {
    match taipan_object::attr::call_special(th, v, taipan_object::names::GETSTATE.get(), &[])? {
        Some(s) => Ok(s),
        None => Ok(Value::NONE),
    }
}
