//! `odict_iterator`, `odict_keys`, `odict_values`, `odict_items`.

use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_containers::dict::views;
use taipan_containers::pickle::reduce_items;
use taipan_containers::snapshot::Part;
use taipan_object::dict::Dict;
use taipan_object::heap::{FieldOf, ValueVec};
use taipan_object::map::Table;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::payload;
use taipan_object::seq::List;
use taipan_object::slots::Slots;
use taipan_object::types::{OBJECT, StaticType, flags, layout_of, no_layout};
use taipan_object::{Object, PyResult, Thread, Value};

/// The payload of `odict_iterator`.
#[repr(C)]
pub struct OrderedIter {
    /// Null at the end.
    dict: FieldOf<Dict>,
    /// The table at the beginning, and how far it was filled: any change of the order changes one of them.
    table: FieldOf<Table>,
    used: usize,
    size: usize,
    pos: AtomicUsize,
    left: AtomicUsize,
    part: Part,
    reverse: bool,
}

payload!(OrderedIter, "odict iterator", |this, m| {
    this.dict.trace(m);
    this.table.trace(m);
});

static ITER: StaticType = StaticType::new(
    "builtins",
    "odict_iterator",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<OrderedIter>,
);

static ITER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(step(th, v.expect::<OrderedIter>())));
    },
    methods: &[Method::new("__reduce__", "($self, /)", reduce)
        .doc("Return state information for pickling")],
    ..TypeSpec::EMPTY
};

macro_rules! view_types {
    ($($id:ident, $spec:ident = $name:literal, $base:expr;)*) => {
        $(
            static $id: StaticType =
                StaticType::new("builtins", $name, Some(&$base), flags::NO_NEW, no_layout);
            static $spec: TypeSpec = TypeSpec {
                slots: view_slots,
                methods: &[Method::new("__reversed__", "($self, /)", view_reversed)],
                ..TypeSpec::EMPTY
            };
        )*
    };
}

view_types! {
    KEYS, KEYS_SPEC = "odict_keys", views::KEYS;
    VALUES, VALUES_SPEC = "odict_values", views::VALUES;
    ITEMS, ITEMS_SPEC = "odict_items", views::ITEMS;
}

fn view_slots(s: &mut Slots) {
    s.iter = Some(|th, v| match views::dict_of(v) {
        Some((d, part)) => new(th, d.value(), part, false),
        None => Err(th.type_error("an OrderedDict's view is required")),
    });
}

fn view_reversed(th: &Thread, a: &[Value]) -> PyResult {
    match views::dict_of(a[0]) {
        Some((d, part)) => new(th, d.value(), part, true),
        None => Err(th.type_error("an OrderedDict's view is required")),
    }
}

/// Makes the types.
pub(super) fn define(th: &Thread) -> PyResult<()> {
    ITER.define(th, &ITER_SPEC)?;
    KEYS.define(th, &KEYS_SPEC)?;
    VALUES.define(th, &VALUES_SPEC)?;
    ITEMS.define(th, &ITEMS_SPEC)?;
    Ok(())
}

/// A view of an `OrderedDict`.
pub(super) fn view(th: &Thread, dict: Value, part: Part) -> PyResult {
    let ty = [&KEYS, &VALUES, &ITEMS][part as usize];
    Ok(views::of_type(th, ty, dict, part))
}

/// An iterator over an `OrderedDict`.
pub(super) fn new(th: &Thread, v: Value, part: Part, reverse: bool) -> PyResult {
    let d = v.expect::<Dict>();
    let table = d.map.table();
    let size = d.map.len();
    let data = OrderedIter {
        dict: FieldOf::new(d),
        table: table.map_or(FieldOf::null(), FieldOf::new),
        used: table.map_or(0, |t| t.used_entries().len()),
        size,
        pos: AtomicUsize::new(if reverse { usize::MAX } else { 0 }),
        left: AtomicUsize::new(size),
        part,
        reverse,
    };
    Ok(th.new_object(&ITER, data).value())
}

fn step(th: &Thread, it: &Object<OrderedIter>) -> PyResult<Option<Value>> {
    let Some(d) = it.dict.get() else {
        return Ok(None);
    };
    let left = it.left.load(Ordering::Relaxed);
    if left == 0 {
        it.dict.clear_unbarriered();
        return Ok(None);
    }
    let used = d.map.table().map_or(0, |t| t.used_entries().len());
    if d.map.table_address() != it.table.address() || used != it.used {
        return Err(th.runtime_error("OrderedDict mutated during iteration"));
    }
    if d.map.len() != it.size {
        return Err(th.runtime_error("OrderedDict changed size during iteration"));
    }
    let pos = it.pos.load(Ordering::Relaxed);
    let entry = if it.reverse {
        d.map.previous_entry(pos)
    } else {
        d.map.next_entry(pos).map(|(pos, k, v, _)| (pos, k, v))
    };
    let Some((pos, k, v)) = entry else {
        it.dict.clear_unbarriered();
        return Ok(None);
    };
    it.pos.store(pos, Ordering::Relaxed);
    it.left.store(left - 1, Ordering::Relaxed);
    match it.part {
        Part::Key => Ok(Some(k)),
        Part::Value => Ok(Some(v)),
        Part::Item => Value::try_tuple(th, &[k, v]).map(Some),
    }
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let it = a[0].expect::<OrderedIter>();
    let mut out = ValueVec::new();
    if let Some(d) = it.dict.get() {
        let copy = new(th, d.value(), it.part, it.reverse)?;
        let copy = copy.expect::<OrderedIter>();
        copy.pos
            .store(it.pos.load(Ordering::Relaxed), Ordering::Relaxed);
        copy.left
            .store(it.left.load(Ordering::Relaxed), Ordering::Relaxed);
        while let Some(x) = step(th, copy)? {
            out.push(th, x)?;
        }
    }
    reduce_items(th, List::from_vec(th, out))
}
