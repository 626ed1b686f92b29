//! `NoneType`, `ellipsis` and `NotImplementedType`: classes of one instance each.

use taipan_object::call::Args;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::types::{self, StaticType, Type};
use taipan_object::{Object, PyResult, Thread, Value, strings};

/// The types of this file.
pub static TYPES: &[(&StaticType, &TypeSpec)] = &[
    (&types::NONE_TYPE, &NONE),
    (&types::ELLIPSIS_TYPE, &ELLIPSIS),
    (&types::NOT_IMPLEMENTED_TYPE, &NOT_IMPLEMENTED),
];

fn only(th: &Thread, cls: &Object<Type>, args: Args, v: Value) -> PyResult {
    if args.values.is_empty() {
        Ok(v)
    } else {
        Err(th.type_error(format!("{} takes no arguments", cls.tp_name())))
    }
}

static NONE: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, args| only(th, cls, args, Value::NONE));
        s.repr = Some(|th, _| Ok(strings::intern(th, "None")));
        s.bool = Some(|_, _| Ok(false));
        // The same in every process, so that sets of None and others keep their order.
        s.hash = Some(|_, _| Ok(0xFCA8_6420));
    },
    methods: &[],
    getset: &[],
    doc: "The type of the None singleton.",
    sig: "()",
};

static ELLIPSIS: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, args| match args.values {
            [] => Ok(Value::ELLIPSIS),
            _ => Err(th.type_error(format!(
                "{} takes no arguments",
                if cls.is(&types::ELLIPSIS_TYPE) {
                    "EllipsisType".into()
                } else {
                    cls.tp_name()
                }
            ))),
        });
        s.repr = Some(|th, _| Ok(strings::intern(th, "Ellipsis")));
    },
    methods: &[Method::new("__reduce__", "($self, /)", |th, _| {
        Ok(strings::intern(th, "Ellipsis"))
    })],
    getset: &[],
    doc: "The type of the Ellipsis singleton.",
    sig: "()",
};

static NOT_IMPLEMENTED: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, args| only(th, cls, args, Value::NOT_IMPLEMENTED));
        s.repr = Some(|th, _| Ok(strings::intern(th, "NotImplemented")));
        s.bool = Some(|th, _| {
            Err(th.type_error("NotImplemented should not be used in a boolean context"))
        });
    },
    methods: &[Method::new("__reduce__", "($self, /)", |th, _| {
        Ok(strings::intern(th, "NotImplemented"))
    })],
    getset: &[],
    doc: "The type of the NotImplemented singleton.",
    sig: "()",
};
