//! `cmp_to_key`.

use taipan_object::call::{self, Args, call_method_row};
use taipan_object::exception as exc;
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::payload;
use taipan_object::slots::CmpOp;
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, ops};

/// The payload of `functools.KeyWrapper`.
#[repr(C)]
pub struct KeyWrapper {
    cmp: Field,
    /// What is compared; absent in the key function itself.
    object: Field,
}

payload!(KeyWrapper, "key wrapper", |this, m| {
    this.cmp.trace(m);
    this.object.trace(m);
});

/// `functools.KeyWrapper`
pub static KEY_WRAPPER: StaticType = StaticType::new(
    "functools",
    "KeyWrapper",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<KeyWrapper>,
);

/// `functools.KeyWrapper`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.call = Some(call_key);
        s.richcmp = Some(richcmp);
    },
    getset: &[
        GetSet::new("__text_signature__", |th, _| Ok(Value::str(th, "(obj)"))),
        GetSet::rw(
            "obj",
            |th, v| match v.expect::<KeyWrapper>().object.get().present() {
                Some(x) => Ok(x),
                None => Err(th.raise(&exc::ATTRIBUTE_ERROR, "object")),
            },
            |_, v, x| {
                let k = v.expect::<KeyWrapper>();
                k.object.set(&k.header, x);
                Ok(())
            },
        )
        .doc("Value wrapped by a key function."),
    ],
    ..TypeSpec::EMPTY
};

fn make(th: &Thread, cmp: Value, object: Value) -> Value {
    let data = KeyWrapper {
        cmp: Field::new(cmp),
        object: Field::new(object),
    };
    th.new_object(&KEY_WRAPPER, data).value()
}

/// `cmp_to_key(mycmp)`
pub(super) fn cmp_to_key(th: &Thread, a: &[Value]) -> PyResult {
    Ok(make(th, a[0], Value::ABSENT))
}

static CALL: Method = Method::new("K", "(obj)", |_, a| Ok(a[0]));

fn call_key(th: &Thread, f: Value, args: Args) -> PyResult {
    let object = call_method_row(th, &CALL, args)?;
    Ok(make(th, f.expect::<KeyWrapper>().cmp.get(), object))
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<KeyWrapper>(), b.downcast::<KeyWrapper>()) else {
        return Err(th.type_error("other argument must be K instance"));
    };
    let (p, q) = (x.object.get(), y.object.get());
    if p.is_absent() || q.is_absent() {
        return Err(th.raise(&exc::ATTRIBUTE_ERROR, "object"));
    }
    let r = call::call(th, x.cmp.get(), &[p, q])?;
    if let Some(n) = r.as_small_int() {
        return Ok(Value::bool(op.of(n.cmp(&0))));
    }
    ops::compare(th, r, Value::small_int(0), op)
}
