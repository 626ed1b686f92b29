//! `_tuplegetter`: the descriptor of a named tuple's field.

use taipan_object::call::{self, Args};
use taipan_object::exception as exc;
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::payload;
use taipan_object::types::{OBJECT, StaticType, Type, class_of, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ops};

/// The payload of `_tuplegetter`.
#[repr(C)]
pub struct TupleGetter {
    index: i64,
    doc: Field,
}

payload!(TupleGetter, "tuple getter", |this, m| this.doc.trace(m));

/// `_tuplegetter`
pub static TUPLE_GETTER: StaticType = StaticType::new(
    "collections",
    "_tuplegetter",
    Some(&OBJECT),
    0,
    layout_of::<TupleGetter>,
);

/// `_tuplegetter`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(|th, v| {
            let g = v.expect::<TupleGetter>();
            let mut out =
                taipan_containers::text::Text::new(&format!("_tuplegetter({}, ", g.index));
            out.repr(th, g.doc.get())?;
            out.push(")");
            out.finish(th)
        });
        s.descr_get = Some(get);
        s.descr_set = Some(|th, _, _, v| {
            let what = if v.is_absent() {
                "can't delete attribute"
            } else {
                "can't set attribute"
            };
            Err(th.raise(&exc::ATTRIBUTE_ERROR, what))
        });
    },
    methods: &[Method::new("__reduce__", "($self, /)", |th, a| {
        let g = a[0].expect::<TupleGetter>();
        let args = Value::tuple(th, &[Value::int(th, g.index), g.doc.get()]);
        Ok(Value::tuple(th, &[class_of(a[0]).value(), args]))
    })],
    getset: &[GetSet::rw(
        "__doc__",
        |_, v| Ok(v.expect::<TupleGetter>().doc.get()),
        |_, v, x| {
            let g = v.expect::<TupleGetter>();
            g.doc.set(&g.header, x.or(Value::NONE));
            Ok(())
        },
    )],
    doc: "",
    sig: "",
};

static ARGS: Method = Method::new("_tuplegetter", "(index, doc, /)", Value::try_tuple);

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let a = call::call_method_row(th, &ARGS, args)?;
    let a = a.as_tuple().unwrap_or(&[]);
    let data = TupleGetter {
        index: ops::index_i64(th, a[0])?,
        doc: Field::new(a[1]),
    };
    Ok(th.new_instance(cls, data).value())
}

fn get(th: &Thread, d: Value, v: Value, _: Value) -> PyResult {
    let g = d.expect::<TupleGetter>();
    let Some(v) = v.present() else { return Ok(d) };
    let Some(items) = v.as_tuple() else {
        if v.is_none() {
            return Ok(d);
        }
        return Err(th.type_error(format!(
            "descriptor for index '{}' for tuple subclasses doesn't apply to '{}' object",
            g.index,
            class_of(v).tp_name()
        )));
    };
    match usize::try_from(g.index).ok().and_then(|i| items.get(i)) {
        Some(x) => Ok(*x),
        None => Err(th.index_error("tuple index out of range")),
    }
}
