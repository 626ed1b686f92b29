//! `getset_descriptor`: a computed attribute of a native type.

use super::{check_instance, doc_of, qualname, show};
use taipan_object::exception as exc;
use taipan_object::func::GetSetDescriptor;
use taipan_object::native::{GetSet, TypeSpec};
use taipan_object::{Object, PyResult, Thread, Value, names, strings, types};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(repr);
        s.descr_get = Some(get);
        s.descr_set = Some(set);
    },
    methods: &[],
    getset: &[
        GetSet::new("__objclass__", |_, v| Ok(this(v).owner.expect().value())),
        GetSet::new("__name__", |th, v| {
            Ok(strings::intern(th, this(v).def.name))
        }),
        GetSet::new("__qualname__", |th, v| {
            Ok(qualname(th, this(v).owner.expect(), this(v).def.name))
        }),
        GetSet::new("__doc__", |th, v| Ok(doc_of(th, this(v).def.doc))),
    ],
    doc: "",
    sig: "",
};

fn this<'a>(v: Value) -> &'a Object<GetSetDescriptor> {
    v.expect::<GetSetDescriptor>()
}

fn repr(th: &Thread, v: Value) -> PyResult {
    Ok(show(
        th,
        "attribute",
        this(v).owner.expect(),
        this(v).def.name,
    ))
}

fn get(th: &Thread, d: Value, obj: Value, _: Value) -> PyResult {
    if obj.is_absent() {
        return Ok(d);
    }
    let d = this(d);
    check_instance(th, d.owner.expect(), d.def.name, obj)?;
    (d.def.get)(th, obj)
}

/// The name of a native type as C code knows it: with its module, unless that is `builtins`.
fn full_name(t: &Object<types::Type>) -> String {
    match types::module_of(t) {
        Some(m) if !t.is_heap() && !m.is_str("builtins") => {
            format!("{}.{}", names::text(m), t.name_text())
        }
        _ => t.name_text().into_owned(),
    }
}

fn set(th: &Thread, d: Value, obj: Value, value: Value) -> PyResult<()> {
    let d = this(d);
    let owner = d.owner.expect();
    check_instance(th, owner, d.def.name, obj)?;
    match d.def.set {
        Some(f) => f(th, obj, value),
        None => Err(th.raise(
            &exc::ATTRIBUTE_ERROR,
            format!(
                "attribute '{}' of '{}' objects is not writable",
                d.def.name,
                full_name(owner)
            ),
        )),
    }
}
