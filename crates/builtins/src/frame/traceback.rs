//! `traceback`: one entry of the way an exception took.

use std::sync::atomic::{AtomicI64, Ordering};
use taipan_object::call::{self, Args};
use taipan_object::exception::Traceback;
use taipan_object::frame::Frame;
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{self, Type, class_of};
use taipan_object::{Object, PyResult, Thread, Value, ops, strings};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| s.new = Some(new),
    methods: &[Method::new("__dir__", "($self, /)", |th, _| {
        let names =
            ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"].map(|n| strings::intern(th, n));
        Value::list(th, &names)
    })],
    getset: &[
        GetSet::rw("tb_next", |_, v| Ok(this(v).next.get()), set_next),
        GetSet::new("tb_frame", |_, v| Ok(this(v).frame.get())),
        GetSet::new("tb_lasti", |th, v| {
            Ok(Value::int(th, this(v).lasti.load(Ordering::Relaxed)))
        }),
        GetSet::new("tb_lineno", line),
    ],
    doc: "Create a new traceback object.",
    sig: "(tb_next, tb_frame, tb_lasti, tb_lineno)",
};

fn this<'a>(v: Value) -> &'a Object<Traceback> {
    v.expect::<Traceback>()
}

static NEW: Method = Method::new(
    "traceback",
    "($type, tb_next, tb_frame, tb_lasti, tb_lineno)",
    |th, a| {
        if !a[1].is_none() && a[1].downcast::<Traceback>().is_none() {
            return Err(th.type_error(format!(
                "expected traceback object or None, got '{}'",
                class_of(a[1]).name_text()
            )));
        }
        if a[2].downcast::<Frame>().is_none() {
            return Err(th.type_error(format!(
                "traceback() argument 'tb_frame' must be frame, not {}",
                class_of(a[2]).name_text()
            )));
        }
        let lasti = ops::index_i32(th, a[3])?;
        let line = ops::index_i32(th, a[4])?;
        let data = Traceback {
            next: Field::new(a[1]),
            frame: Field::new(a[2]),
            lasti: AtomicI64::new(lasti as i64),
            lineno: AtomicI64::new(line as i64),
        };
        Ok(th.new_object(&types::TRACEBACK, data).value())
    },
);

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    args.with_first(th, cls.value(), |a| call::call_method_row(th, &NEW, a))
}

fn set_next(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.is_absent() {
        return Err(th.type_error("can't delete tb_next attribute"));
    }
    if !value.is_none() && value.downcast::<Traceback>().is_none() {
        return Err(th.type_error(format!(
            "expected traceback object or None, got '{}'",
            class_of(value).name_text()
        )));
    }
    let mut at = value;
    while let Some(t) = at.downcast::<Traceback>() {
        if at.is(v) {
            return Err(th.value_error("traceback loop detected"));
        }
        at = t.next.get();
    }
    this(v).next.set(&this(v).header, value);
    Ok(())
}

fn line(th: &Thread, v: Value) -> PyResult {
    let t = this(v);
    Ok(t.line().map_or(Value::NONE, |n| Value::int(th, n)))
}
