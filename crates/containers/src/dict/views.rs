//! `dict_keys`, `dict_values`, `dict_items`: live views. Keys and items behave as sets.

use super::iter;
use crate::set;
use crate::snapshot::Part;
use crate::text::Text;
use taipan_object::dict::{Dict, Set};
use taipan_object::func::MappingProxy;
use taipan_object::heap::{FieldOf, Object};
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::payload;
use taipan_object::slots::{CmpOp, Slots};
use taipan_object::types::{OBJECT, StaticType, class_of, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, ops};

/// The payload of the views of `dict` and `OrderedDict`.
#[repr(C)]
pub struct DictView {
    dict: FieldOf<Dict>,
    part: Part,
}

payload!(DictView, "dict view", |this, m| this.dict.trace(m));

macro_rules! view_types {
    ($($(#[$doc:meta])* $id:ident = $name:literal;)*) => {
        $($(#[$doc])* pub static $id: StaticType = StaticType::new(
            "builtins", $name, Some(&OBJECT), flags::NO_NEW, layout_of::<DictView>);)*
    };
}

view_types! {
    /// `dict_keys`
    KEYS = "dict_keys";
    /// `dict_values`
    VALUES = "dict_values";
    /// `dict_items`
    ITEMS = "dict_items";
}

const MAPPING: GetSet = GetSet::new("mapping", |th, v| {
    Ok(MappingProxy::new(
        th,
        v.expect::<DictView>().dict.expect().value(),
    ))
})
.doc("dictionary that this view refers to");

fn common(s: &mut Slots) {
    s.repr = Some(repr);
    s.len = Some(|_, v| Ok(v.expect::<DictView>().dict.expect().map.len()));
    s.iter = Some(|th, v| {
        let view = v.expect::<DictView>();
        iter::new(th, view.dict.expect().value(), view.part)
    });
}

/// The set-like slots of `dict_keys` and `dict_items`.
pub fn set_like(s: &mut Slots) {
    s.contains = Some(contains);
    s.richcmp = Some(richcmp);
    s.sub = Some(sub);
    s.and = Some(and);
    s.or = Some(or);
    s.xor = Some(xor);
}

const REVERSED: Method = Method::new("__reversed__", "($self, /)", |th, a| {
    let view = a[0].expect::<DictView>();
    iter::reversed(th, view.dict.expect().value(), view.part)
});

const IS_DISJOINT: Method = Method::new("isdisjoint", "($self, other, /)", is_disjoint)
    .doc("Return True if the view and the given iterable have a null intersection.");

/// `dict_keys`
pub static KEYS_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        common(s);
        set_like(s);
    },
    methods: &[
        IS_DISJOINT,
        REVERSED
            .atomic(Atomic::LockFree)
            .doc("Return a reverse iterator over the dict keys."),
    ],
    getset: &[MAPPING],
    ..TypeSpec::EMPTY
};

/// `dict_items`
pub static ITEMS_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        common(s);
        set_like(s);
    },
    methods: &[
        IS_DISJOINT,
        REVERSED
            .atomic(Atomic::LockFree)
            .doc("Return a reverse iterator over the dict items."),
    ],
    getset: &[MAPPING],
    ..TypeSpec::EMPTY
};

/// `dict_values`
pub static VALUES_SPEC: TypeSpec = TypeSpec {
    slots: common,
    methods: &[REVERSED
        .atomic(Atomic::LockFree)
        .doc("Return a reverse iterator over the dict values.")],
    getset: &[MAPPING],
    ..TypeSpec::EMPTY
};

/// A view of a dict.
pub fn new(th: &Thread, dict: Value, part: Part) -> PyResult {
    let ty = [&KEYS, &VALUES, &ITEMS][part as usize];
    Ok(of_type(th, ty, dict, part))
}

/// A view of a type of another crate's (`odict_keys`).
pub fn of_type(th: &Thread, ty: &StaticType, dict: Value, part: Part) -> Value {
    let data = DictView {
        dict: FieldOf::new(dict.expect::<Dict>()),
        part,
    };
    th.new_object(ty, data).value()
}

/// The dict and the part of a view.
pub fn dict_of<'a>(v: Value) -> Option<(&'a Object<Dict>, Part)> {
    let view = v.downcast::<DictView>()?;
    Some((view.dict.expect(), view.part))
}

/// As [`dict_of`], for views that iterate their table as it is.
pub(crate) fn parts<'a>(v: Value) -> Option<(&'a Object<Dict>, Part)> {
    let ty = class_of(v);
    if ty.is(&KEYS) || ty.is(&VALUES) || ty.is(&ITEMS) {
        dict_of(v)
    } else {
        None
    }
}

fn is_set_like(v: Value) -> bool {
    v.downcast::<DictView>()
        .is_some_and(|d| d.part != Part::Value)
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let text = th.repr_guard(v, || {
        let items = crate::list::from_iterable(th, v)?;
        let mut out = Text::new(&class_of(v).name_text());
        out.push("(");
        out.repr(th, items)?;
        out.push(")");
        out.finish(th)
    })?;
    Ok(text.unwrap_or_else(|| Value::str(th, "...")))
}

fn contains(th: &Thread, v: Value, x: Value) -> PyResult<bool> {
    let view = v.expect::<DictView>();
    let d = view.dict.expect();
    match view.part {
        Part::Key => super::contains(th, d.value(), x),
        Part::Item => {
            let Some([k, want]) = x.as_tuple() else {
                return Ok(false);
            };
            match d.get(th, *k)? {
                Some(have) => ops::eq(th, have, *want),
                None => Ok(false),
            }
        }
        Part::Value => {
            let it = ops::iter(th, v)?;
            while let Some(y) = ops::next(th, it)? {
                if ops::eq(th, y, x)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

/// Whether all elements of one are in the other.
fn all_in(th: &Thread, a: Value, b: Value) -> PyResult<bool> {
    let it = ops::iter(th, a)?;
    while let Some(x) = ops::next(th, it)? {
        if !ops::contains(th, b, x)? {
            return Ok(false);
        }
        th.poll()?;
    }
    Ok(true)
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if b.downcast::<Set>().is_none() && !is_set_like(b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (m, n) = (ops::len(th, a)?, ops::len(th, b)?);
    Ok(Value::bool(match op {
        CmpOp::Eq => m == n && all_in(th, a, b)?,
        CmpOp::Ne => !(m == n && all_in(th, a, b)?),
        CmpOp::Lt => m < n && all_in(th, a, b)?,
        CmpOp::Le => m <= n && all_in(th, a, b)?,
        CmpOp::Gt => m > n && all_in(th, b, a)?,
        CmpOp::Ge => m >= n && all_in(th, b, a)?,
    }))
}

fn to_set<'a>(th: &Thread, v: Value) -> PyResult<&'a Object<Set>> {
    let s = Set::new(th);
    set::update(th, s, v)?;
    Ok(s)
}

fn sub(th: &Thread, a: Value, b: Value) -> PyResult {
    let s = to_set(th, a)?;
    set::difference_update(th, s, b)?;
    Ok(s.value())
}

fn or(th: &Thread, a: Value, b: Value) -> PyResult {
    let s = to_set(th, a)?;
    set::update(th, s, b)?;
    Ok(s.value())
}

fn xor(th: &Thread, a: Value, b: Value) -> PyResult {
    let s = to_set(th, a)?;
    set::symmetric_difference_update(th, s, b)?;
    Ok(s.value())
}

fn and(th: &Thread, a: Value, b: Value) -> PyResult {
    let (mut view, mut other) = if is_set_like(a) { (a, b) } else { (b, a) };
    if (other.downcast::<Set>().is_some() || is_set_like(other))
        && ops::len(th, other)? > ops::len(th, view)?
        && is_set_like(other)
    {
        std::mem::swap(&mut view, &mut other);
    }
    let out = Set::new(th);
    ops::for_each(th, other, |x| {
        if contains(th, view, x)? {
            out.add(th, x)?;
        }
        Ok(())
    })?;
    Ok(out.value())
}

fn is_disjoint(th: &Thread, a: &[Value]) -> PyResult {
    let (view, other) = (a[0], a[1]);
    if view.is(other) {
        return Ok(Value::bool(ops::len(th, view)? == 0));
    }
    let it = ops::iter(th, other)?;
    while let Some(x) = ops::next(th, it)? {
        if contains(th, view, x)? {
            return Ok(Value::FALSE);
        }
        th.poll()?;
    }
    Ok(Value::TRUE)
}
