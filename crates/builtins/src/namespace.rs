//! `types.SimpleNamespace`.

use taipan_object::attr::{self, Plain};
use taipan_object::call::{self, Args};
use taipan_object::dict::Dict;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::flags::{BASE, HAS_DICT, HAS_WEAKREF};
use taipan_object::types::{OBJECT, StaticType, class_of, is_instance, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, ops};

/// `types.SimpleNamespace`
pub static NAMESPACE: StaticType = StaticType::new(
    "types",
    "SimpleNamespace",
    Some(&OBJECT),
    BASE | HAS_DICT | HAS_WEAKREF,
    layout_of::<Plain>,
);

/// The type of this file.
pub static TYPES: &[(&StaticType, &TypeSpec)] = &[(&NAMESPACE, &SPEC)];

static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, _| Ok(th.new_instance(cls, Plain).value()));
        s.init = Some(init);
        s.repr = Some(repr);
        s.richcmp = Some(richcmp);
    },
    methods: &[
        Method::new("__reduce__", "($self, /)", |th, a| {
            let d = own(th, a[0])?.value();
            Ok(Value::tuple(
                th,
                &[class_of(a[0]).value(), Value::empty_tuple(), d],
            ))
        })
        .doc("Return state information for pickling"),
        Method::raw("__replace__", "($self, /, **changes)", replace).doc(
            "Return a copy of the namespace object with new values for the specified attributes.",
        ),
    ],
    getset: &[],
    doc: "A simple attribute-based namespace.",
    sig: "(mapping_or_iterable=(), /, **kwargs)",
};

fn own<'a>(th: &Thread, v: Value) -> PyResult<&'a Object<Dict>> {
    attr::to_dict(th, v)
}

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    match args.pos() {
        [] => {}
        [from] => {
            let d = match from.as_dict() {
                Some(d) => d.value(),
                None => call::call(th, taipan_object::types::DICT.value(), &[*from])?,
            };
            for_each(d, &mut |k, x| {
                if k.as_str_obj().is_none() {
                    return Err(th.type_error("keywords must be strings"));
                }
                attr::set_own(th, v, attr::attr_name(th, k)?, x)
            })?;
        }
        more => {
            return Err(th.type_error(format!(
                "{} expected at most 1 argument, got {}",
                class_of(v).tp_name(),
                more.len()
            )));
        }
    }
    for (k, x) in args.kw() {
        attr::set_own(th, v, attr::attr_name(th, k)?, x)?;
    }
    Ok(())
}

fn for_each(d: Value, f: &mut dyn FnMut(Value, Value) -> PyResult<()>) -> PyResult<()> {
    let Some(d) = d.as_dict() else { return Ok(()) };
    let mut at = 0;
    while let Some((next, k, v, _)) = d.map.next_entry(at) {
        f(k, v)?;
        at = next;
    }
    Ok(())
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let t = class_of(v);
    let name: Value = if t.is(&NAMESPACE) {
        Value::str(th, "namespace")
    } else {
        t.name.get()
    };
    let shown = th.repr_guard(v, || {
        let mut parts = ValueVec::new();
        for_each(own(th, v)?.value(), &mut |k, x| {
            if k.as_wtf8().is_some_and(|k| !k.is_empty()) {
                let x = ops::repr(th, x)?;
                let part = crate::text::join(th, &[k, Value::str(th, "="), x])?;
                parts.push(th, part)?;
            }
            Ok(())
        })?;
        crate::text::join_with(th, ", ", &parts)
    })?;
    let inner = shown.unwrap_or_else(|| Value::str(th, "..."));
    crate::text::join(th, &[name, Value::str(th, "("), inner, Value::str(th, ")")])
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !is_instance(a, &NAMESPACE) || !is_instance(b, &NAMESPACE) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (own(th, a)?.value(), own(th, b)?.value());
    ops::compare(th, x, y, op)
}

fn replace(th: &Thread, args: Args) -> PyResult {
    let [v] = args.pos() else {
        return Err(th.type_error("__replace__() takes no positional arguments"));
    };
    let made = call::call(th, class_of(*v).value(), &[])?;
    if !is_instance(made, &NAMESPACE) {
        return Err(th.type_error(format!(
            "expect types.SimpleNamespace type, but {}() returned '{}' object",
            class_of(*v).tp_name(),
            class_of(made).tp_name()
        )));
    }
    let into = own(th, made)?;
    for_each(own(th, *v)?.value(), &mut |k, x| into.set(th, k, x))?;
    for (k, x) in args.kw() {
        into.set(th, k, x)?;
    }
    Ok(made)
}
