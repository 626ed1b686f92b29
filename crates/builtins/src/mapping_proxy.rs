//! `mappingproxy`: a read-only view of a mapping.

use taipan_object::call::{self, Args};
use taipan_object::func::MappingProxy;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::slots::{BinOp, CmpOp};
use taipan_object::types::{self, StaticType, Type, class_of};
use taipan_object::{Object, PyResult, Thread, Value, names, ops};

/// The type of this file.
pub static TYPES: &[(&StaticType, &TypeSpec)] = &[(&types::MAPPINGPROXY, &SPEC)];

static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(|th, v| {
            let inner = ops::repr(th, mapping(v))?;
            crate::text::around(th, "mappingproxy(", inner, ")")
        });
        s.str = Some(|th, v| ops::str(th, mapping(v)));
        s.len = Some(|th, v| ops::len(th, mapping(v)));
        s.getitem = Some(|th, v, k| ops::get_item(th, mapping(v), k));
        s.contains = Some(|th, v, k| ops::contains(th, mapping(v), k));
        s.iter = Some(|th, v| ops::iter(th, mapping(v)));
        s.richcmp = Some(|th, a, b, op| {
            if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
                return Ok(Value::NOT_IMPLEMENTED);
            }
            ops::compare(th, mapping(a), unwrap(b), op)
        });
        s.hash = Some(|th, v| ops::hash(th, mapping(v)));
        s.or = Some(|th, a, b| ops::binary(th, BinOp::Or, unwrap(a), unwrap(b)));
        s.ior = Some(|th, _, _| {
            Err(th.type_error("'|=' is not supported by mappingproxy; use '|' instead"))
        });
    },
    methods: &[
        Method::new("get", "($self, key, default=None, /)", |th, a| {
            call::call_method_name(
                th,
                mapping(a[0]),
                names::GET_METHOD.get(),
                &[a[1], a[2].or(Value::NONE)],
            )
        })
        .doc("Return the value for key if key is in the mapping, else default."),
        Method::new("keys", "($self, /)", |th, a| {
            call::call_method_name(th, mapping(a[0]), names::KEYS.get(), &[])
        })
        .doc("a set-like object providing a view on D's keys"),
        Method::new("values", "($self, /)", |th, a| {
            call::call_method_name(th, mapping(a[0]), names::VALUES.get(), &[])
        })
        .doc("an object providing a view on D's values"),
        Method::new("items", "($self, /)", |th, a| {
            call::call_method_name(th, mapping(a[0]), names::ITEMS.get(), &[])
        })
        .doc("a set-like object providing a view on D's items"),
        Method::new("copy", "($self, /)", |th, a| {
            call::call_method_name(th, mapping(a[0]), names::COPY.get(), &[])
        })
        .doc("a shallow copy of D"),
        Method::new("__reversed__", "($self, /)", |th, a| {
            call::call_method_name(th, mapping(a[0]), names::REVERSED.get(), &[])
        })
        .doc("D.__reversed__() -> reverse iterator"),
        Method::new(
            "__class_getitem__",
            "($cls, object, /)",
            crate::generic::class_getitem,
        )
        .class()
        .doc("See PEP 585"),
    ],
    getset: &[],
    doc: "Read-only proxy of a mapping.",
    sig: "(mapping)",
};

fn mapping(v: Value) -> Value {
    v.expect::<MappingProxy>().mapping.get()
}

fn unwrap(v: Value) -> Value {
    v.downcast::<MappingProxy>().map_or(v, |p| p.mapping.get())
}

static NEW: Method = Method::new("mappingproxy", "($type, mapping)", |th, a| {
    let t = class_of(a[1]);
    let sequence = types::flags::LIST_SUBCLASS | types::flags::TUPLE_SUBCLASS;
    if t.slots().getitem.is_none() || t.has_flag(sequence) {
        return Err(th.type_error(format!(
            "mappingproxy() argument must be a mapping, not {}",
            t.tp_name()
        )));
    }
    Ok(MappingProxy::new(th, a[1]))
});

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    args.with_first(th, cls.value(), |a| call::call_method_row(th, &NEW, a))
}
