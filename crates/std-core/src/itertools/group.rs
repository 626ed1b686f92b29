//! `groupby`.

use super::{bind, iterator_type, parameters};
use taipan_object::call::{self, Args};
use taipan_object::heap::{Field, FieldOf};
use taipan_object::native::{Method, TypeSpec};
use taipan_object::payload;
use taipan_object::types::{OBJECT, StaticType, Type, flags, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ops};

/// The payload of `groupby`.
#[repr(C)]
pub struct GroupBy {
    it: Field,
    key: Field,
    /// The key of the group that was given last; absent before the first.
    group_key: Field,
    /// The key and item that were read last; the item is absent once given.
    last_key: Field,
    last_item: Field,
    /// The group iterator that may still read; absent for none.
    group: Field,
}

payload!(GroupBy, "groupby", |this, m| {
    for f in [
        &this.it,
        &this.key,
        &this.group_key,
        &this.last_key,
        &this.last_item,
        &this.group,
    ] {
        f.trace(m);
    }
});

/// The payload of `_grouper`.
#[repr(C)]
pub struct Grouper {
    parent: FieldOf<GroupBy>,
    key: Field,
}

payload!(Grouper, "grouper", |this, m| {
    this.parent.trace(m);
    this.key.trace(m);
});

iterator_type!(
    /// `groupby`
    GROUPBY, GROUPBY_SPEC = "groupby", GroupBy, new_groupby, next_groupby,
    [],
    "(iterable, key=None)",
    "make an iterator that returns consecutive keys and groups from the iterable\n\n  iterable\n    Elements to divide into groups according to the key function.\n  key\n    A function for computing the group category for each element.\n    If the key function is not specified or is None, the element itself\n    is used for grouping."
);

/// `_grouper`
pub static GROUPER: StaticType = StaticType::new(
    "itertools",
    "_grouper",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Grouper>,
);

/// `_grouper`
pub static GROUPER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next_grouper(th, v)));
    },
    ..TypeSpec::EMPTY
};

static GROUPBY_ARGS: Method = parameters("groupby", "(iterable, key=None)");

fn new_groupby(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let a = bind(th, cls, &GROUPBY, &GROUPBY_ARGS, args)?;
    let it = ops::iter(th, a[0])?;
    let data = GroupBy {
        it: Field::new(it),
        key: Field::new(a[1].or(Value::NONE)),
        group_key: Field::absent(),
        last_key: Field::absent(),
        last_item: Field::absent(),
        group: Field::absent(),
    };
    Ok(th.new_instance(cls, data).value())
}

/// Reads one item and its key; false at the end.
fn read(th: &Thread, g: &Object<GroupBy>) -> PyResult<bool> {
    let Some(x) = ops::next(th, g.it.get())? else {
        return Ok(false);
    };
    let f = g.key.get();
    let key = if f.is_none() {
        x
    } else {
        call::call(th, f, &[x])?
    };
    g.last_item.set(&g.header, x);
    g.last_key.set(&g.header, key);
    Ok(true)
}

fn next_groupby(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let g = v.expect::<GroupBy>();
    g.group.set(&g.header, Value::ABSENT);
    loop {
        if let Some(last) = g.last_key.get().present() {
            match g.group_key.get().present() {
                None => break,
                Some(k) if !ops::eq(th, k, last)? => break,
                Some(_) => {}
            }
        }
        if !read(th, g)? {
            return Ok(None);
        }
        th.poll()?;
    }
    let key = g.last_key.get();
    g.group_key.set(&g.header, key);
    let data = Grouper {
        parent: FieldOf::new(g),
        key: Field::new(key),
    };
    let group = th.new_object(&GROUPER, data).value();
    g.group.set(&g.header, group);
    Value::try_tuple(th, &[key, group]).map(Some)
}

fn next_grouper(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let r = v.expect::<Grouper>();
    let g = r.parent.expect();
    if !g.group.get().is(v) {
        return Ok(None);
    }
    if g.last_item.get().is_absent() && !read(th, g)? {
        return Ok(None);
    }
    if !ops::eq(th, r.key.get(), g.last_key.get())? {
        return Ok(None);
    }
    Ok(g.last_item.swap(&g.header, Value::ABSENT).present())
}
