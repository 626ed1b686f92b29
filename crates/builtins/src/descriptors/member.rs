//! `member_descriptor`: one of a class's `__slots__`.

use super::{check_instance, qualname, reduce, show};
use taipan_object::attr;
use taipan_object::exception as exc;
use taipan_object::func::MemberDescriptor;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::{Object, PyResult, Thread, Value, names};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(repr);
        s.descr_get = Some(get);
        s.descr_set = Some(set);
    },
    methods: &[Method::new("__reduce__", "($self, /)", |th, a| {
        let d = this(a[0]);
        reduce(th, d.owner.expect(), &names::text(d.name.get()))
    })],
    getset: &[
        GetSet::new("__objclass__", |_, v| Ok(this(v).owner.expect().value())),
        GetSet::new("__name__", |_, v| Ok(this(v).name.get())),
        GetSet::new("__qualname__", |th, v| {
            Ok(qualname(
                th,
                this(v).owner.expect(),
                &names::text(this(v).name.get()),
            ))
        }),
        GetSet::new("__doc__", |_, _| Ok(Value::NONE)),
    ],
    doc: "",
    sig: "",
};

fn this<'a>(v: Value) -> &'a Object<MemberDescriptor> {
    v.expect::<MemberDescriptor>()
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let name = this(v).name.get();
    Ok(show(
        th,
        "member",
        this(v).owner.expect(),
        &names::text(name),
    ))
}

fn get(th: &Thread, d: Value, obj: Value, _: Value) -> PyResult {
    if obj.is_absent() {
        return Ok(d);
    }
    let d = this(d);
    let name = d.name.get();
    check_instance(th, d.owner.expect(), &names::text(name), obj)?;
    match attr::fixed_field(obj, d.index).get().present() {
        Some(v) => Ok(v),
        None => Err(th.no_attribute(obj, name)),
    }
}

fn set(th: &Thread, d: Value, obj: Value, value: Value) -> PyResult<()> {
    let d = this(d);
    let name = d.name.get();
    check_instance(th, d.owner.expect(), &names::text(name), obj)?;
    let field = attr::fixed_field(obj, d.index);
    if value.is_absent() && field.get().is_absent() {
        return Err(th.raise(&exc::ATTRIBUTE_ERROR, names::text(name)));
    }
    if let Some(header) = obj.header() {
        field.set(header, value);
    }
    Ok(())
}
