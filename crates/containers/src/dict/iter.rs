//! The iterators of dicts and their views, in both directions.
//!
//! An iterator remembers how many keys there were and how many are to come; it notices changes of the size. It takes
//! no lock: it reads the published table.

use crate::pickle::reduce_items;
use crate::snapshot::Part;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use taipan_object::dict::Dict;
use taipan_object::heap::{FieldOf, ValueVec};
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::payload;
use taipan_object::seq::List;
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{Object, PyResult, Raised, Thread, Value};

/// The payload of all six types.
#[repr(C)]
pub struct DictIter {
    dict: FieldOf<Dict>,
    at: Place,
    /// The size of the dict at the beginning; `usize::MAX` after a failure, which then repeats.
    size: AtomicUsize,
    part: Part,
}

/// How far an iterator is: the position in the table, and how many keys are to come.
///
/// Both lie in one word. Threads that share an iterator may set it back, but never to a position with the count of
/// another, which would look like a dict whose keys have changed. Tables have fewer than 2^32 entries.
struct Place(AtomicU64);

impl Place {
    fn new(pos: usize, left: usize) -> Place {
        Place(AtomicU64::new((pos as u64) << 32 | left as u64))
    }

    #[inline(always)]
    fn get(&self) -> (usize, usize) {
        let word = self.0.load(Ordering::Relaxed);
        ((word >> 32) as usize, word as u32 as usize)
    }

    #[inline(always)]
    fn set(&self, pos: usize, left: usize) {
        self.0
            .store((pos as u64) << 32 | left as u64, Ordering::Relaxed);
    }
}

payload!(28: DictIter, "dict iterator", |this, m| this.dict.trace(m));

macro_rules! iter_types {
    ($($(#[$doc:meta])* $id:ident = $name:literal;)*) => {
        $($(#[$doc])* pub static $id: StaticType =
            StaticType::new("builtins", $name, Some(&OBJECT), flags::NO_NEW, layout_of::<DictIter>);)*
    };
}

iter_types! {
    /// `dict_keyiterator`
    KEY_ITER = "dict_keyiterator";
    /// `dict_valueiterator`
    VALUE_ITER = "dict_valueiterator";
    /// `dict_itemiterator`
    ITEM_ITER = "dict_itemiterator";
    /// `dict_reversekeyiterator`
    REVERSE_KEY_ITER = "dict_reversekeyiterator";
    /// `dict_reversevalueiterator`
    REVERSE_VALUE_ITER = "dict_reversevalueiterator";
    /// `dict_reverseitemiterator`
    REVERSE_ITEM_ITER = "dict_reverseitemiterator";
}

const METHODS: &[Method] = &[
    Method::new("__length_hint__", "($self, /)", length_hint)
        .atomic(Atomic::LockFree)
        .doc("Private method returning an estimate of len(list(it))."),
    Method::new("__reduce__", "($self, /)", reduce).doc("Return state information for pickling."),
];

/// The iterators in order of insertion.
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(step(th, v.expect::<DictIter>())));
    },
    methods: METHODS,
    ..TypeSpec::EMPTY
};

const REVERSE_METHODS: &[Method] = &[
    Method::new("__length_hint__", "($self, /)", length_hint)
        .atomic(Atomic::LockFree)
        .doc("Private method returning an estimate of len(list(it))."),
    Method::new("__reduce__", "($self, /)", reverse_reduce)
        .doc("Return state information for pickling."),
];

/// The reverse iterators.
pub static REVERSE_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(step_back(th, v.expect::<DictIter>())));
    },
    methods: REVERSE_METHODS,
    ..TypeSpec::EMPTY
};

fn make(th: &Thread, ty: &StaticType, v: Value, part: Part, pos: usize) -> Value {
    let d = v.expect::<Dict>();
    let n = d.map.len();
    th.new_object(
        ty,
        DictIter {
            dict: FieldOf::new(d),
            at: Place::new(pos, n),
            size: AtomicUsize::new(n),
            part,
        },
    )
    .value()
}

/// An iterator over a dict.
pub fn new(th: &Thread, dict: Value, part: Part) -> PyResult {
    let ty = [&KEY_ITER, &VALUE_ITER, &ITEM_ITER][part as usize];
    Ok(make(th, ty, dict, part, 0))
}

/// A reverse iterator over a dict.
pub fn reversed(th: &Thread, dict: Value, part: Part) -> PyResult {
    let ty = [&REVERSE_KEY_ITER, &REVERSE_VALUE_ITER, &REVERSE_ITEM_ITER][part as usize];
    let used = dict.expect::<Dict>().map.table().map_or(0, |t| t.used());
    Ok(make(th, ty, dict, part, used))
}

#[cold]
fn resized(th: &Thread, it: &DictIter) -> Raised {
    it.size.store(usize::MAX, Ordering::Relaxed);
    th.runtime_error("dictionary changed size during iteration")
}

#[cold]
fn rekeyed(th: &Thread, it: &Object<DictIter>) -> Raised {
    it.dict.clear_unbarriered();
    th.runtime_error("dictionary keys changed during iteration")
}

#[inline(always)]
fn part_of(th: &Thread, part: Part, k: Value, v: Value) -> PyResult<Option<Value>> {
    match part {
        Part::Key => Ok(Some(k)),
        Part::Value => Ok(Some(v)),
        Part::Item => Value::try_tuple(th, &[k, v]).map(Some),
    }
}

/// The next key and value of an iterator in order of insertion, of whatever part: what the interpreter's loop calls
/// directly for `for k, v in d.items()`.
#[inline(always)]
pub fn step_pair(th: &Thread, it: &Object<DictIter>) -> PyResult<Option<(Value, Value)>> {
    let Some(d) = it.dict.get() else {
        return Ok(None);
    };
    if d.map.len() != it.size.load(Ordering::Relaxed) {
        return Err(resized(th, it));
    }
    let (pos, left) = it.at.get();
    match d.map.next_entry(pos) {
        Some((pos, k, v, _)) => {
            if left == 0 {
                return Err(rekeyed(th, it));
            }
            it.at.set(pos, left - 1);
            Ok(Some((k, v)))
        }
        None => {
            it.dict.clear_unbarriered();
            Ok(None)
        }
    }
}

/// The next of an iterator in order of insertion.
#[inline(always)]
pub fn step(th: &Thread, it: &Object<DictIter>) -> PyResult<Option<Value>> {
    match step_pair(th, it)? {
        Some((k, v)) => part_of(th, it.part, k, v),
        None => Ok(None),
    }
}

/// What of each entry the iterator gives.
pub fn part(it: &DictIter) -> Part {
    it.part
}

fn step_back(th: &Thread, it: &Object<DictIter>) -> PyResult<Option<Value>> {
    let Some(d) = it.dict.get() else {
        return Ok(None);
    };
    if d.map.len() != it.size.load(Ordering::Relaxed) {
        return Err(resized(th, it));
    }
    let (pos, left) = it.at.get();
    // A position past the end is one in a table that is gone.
    let inside = d.map.table().is_some_and(|t| pos <= t.used());
    match d.map.previous_entry(pos).filter(|_| inside) {
        Some((pos, k, v)) => {
            if left == 0 {
                return Err(rekeyed(th, it));
            }
            it.at.set(pos, left - 1);
            part_of(th, it.part, k, v)
        }
        None => {
            it.dict.clear_unbarriered();
            Ok(None)
        }
    }
}

fn length_hint(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<DictIter>();
    let same = it
        .dict
        .get()
        .is_some_and(|d| d.map.len() == it.size.load(Ordering::Relaxed));
    let n = if same { it.at.get().1 } else { 0 };
    Ok(Value::usize(th, n))
}

fn rest(
    th: &Thread,
    v: Value,
    step: fn(&Thread, &Object<DictIter>) -> PyResult<Option<Value>>,
) -> PyResult {
    let it = v.expect::<DictIter>();
    let mut out = ValueVec::new();
    if let Some(d) = it.dict.get() {
        // A copy goes on; the iterator itself stays where it is.
        let copy = make(th, &KEY_ITER, d.value(), it.part, 0);
        let copy = copy.expect::<DictIter>();
        let (pos, left) = it.at.get();
        copy.at.set(pos, left);
        copy.size
            .store(it.size.load(Ordering::Relaxed), Ordering::Relaxed);
        while let Some(x) = step(th, copy)? {
            out.push(th, x)?;
        }
    }
    reduce_items(th, List::from_vec(th, out))
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    rest(th, a[0], step)
}

fn reverse_reduce(th: &Thread, a: &[Value]) -> PyResult {
    rest(th, a[0], step_back)
}
