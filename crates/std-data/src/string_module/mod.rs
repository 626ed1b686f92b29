//! `_string`: the parsers behind `string.Formatter`.

use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_num::format::template::{Access, FieldName, First, Markup, TemplateError};
use taipan_object::heap::Field;
use taipan_object::native::{Method, ModuleSpec, TypeSpec};
use taipan_object::strings::empty_str;
use taipan_object::types::{OBJECT, StaticType, class_of, flags, layout_of};
use taipan_object::wtf8::{Wtf8, Wtf8Buf};
use taipan_object::{PyResult, Raised, Thread, Value, payload};

/// `_string`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_string",
    doc: "string helper module",
    functions: &[
        Method::new(
            "formatter_field_name_split",
            "(object, /)",
            field_name_split,
        )
        .doc("split the argument as a field name"),
        Method::new("formatter_parser", "(object, /)", parser)
            .doc("parse the argument as a format string"),
    ],
    types: &[],
    init: |_, _| Ok(()),
};

/// The payload of both iterators: a text and where in it the next part begins, in bytes.
#[repr(C)]
struct Cursor {
    text: Field,
    offset: AtomicUsize,
}

payload!(Cursor, "string cursor", |this, m| this.text.trace(m));

pub(crate) static FORMATTER_ITERATOR: StaticType = StaticType::new(
    "builtins",
    "formatteriterator",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Cursor>,
);
pub(crate) static FIELD_NAME_ITERATOR: StaticType = StaticType::new(
    "builtins",
    "fieldnameiterator",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Cursor>,
);

pub(crate) static FORMATTER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next_chunk(th, v)));
    },
    ..TypeSpec::EMPTY
};
pub(crate) static FIELD_NAME_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next_access(th, v)));
    },
    ..TypeSpec::EMPTY
};

#[cold]
fn fail(th: &Thread, e: TemplateError) -> Raised {
    th.num_error(e.kind(), e)
}

fn text<'a>(th: &Thread, v: Value) -> PyResult<&'a Wtf8> {
    match v.as_wtf8() {
        Some(w) => Ok(w),
        None => Err(th.type_error(format!("expected str, got {}", class_of(v).tp_name()))),
    }
}

fn parser(th: &Thread, a: &[Value]) -> PyResult {
    text(th, a[0])?;
    let it = Cursor {
        text: Field::new(a[0]),
        offset: AtomicUsize::new(0),
    };
    Ok(th.new_object(&FORMATTER_ITERATOR, it).value())
}

fn next_chunk(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let it = v.expect::<Cursor>();
    let w = text(th, it.text.get())?;
    let mut markup = Markup::at(w, it.offset.load(Ordering::Relaxed));
    let Some(chunk) = markup.next() else {
        return Ok(None);
    };
    it.offset.store(markup.offset(), Ordering::Relaxed);
    let chunk = chunk.map_err(|e| fail(th, e))?;
    let literal = Value::try_wtf8(th, chunk.literal)?;
    let Some(f) = chunk.field else {
        return Ok(Some(Value::tuple(
            th,
            &[literal, Value::NONE, Value::NONE, Value::NONE],
        )));
    };
    let name = Value::try_wtf8(th, f.name)?;
    let spec = Value::try_wtf8(th, f.spec)?;
    let conversion = match f.conversion {
        Some(c) if c.to_u32() != 0 => {
            let mut one = Wtf8Buf::new();
            one.push(c);
            Value::try_wtf8(th, &one)?
        }
        _ => Value::NONE,
    };
    Ok(Some(Value::tuple(th, &[literal, name, spec, conversion])))
}

fn field_name_split(th: &Thread, a: &[Value]) -> PyResult {
    let w = text(th, a[0])?;
    let name = FieldName::parse(w).map_err(|e| fail(th, e))?;
    let first = match name.first {
        First::Auto => empty_str(),
        First::Index(i) => Value::usize(th, i),
        First::Name(n) => Value::try_wtf8(th, n)?,
    };
    let it = Cursor {
        text: Field::new(a[0]),
        offset: AtomicUsize::new(w.len() - name.rest().len()),
    };
    let rest = th.new_object(&FIELD_NAME_ITERATOR, it).value();
    Ok(Value::tuple(th, &[first, rest]))
}

fn next_access(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let it = v.expect::<Cursor>();
    let w = text(th, it.text.get())?;
    let mut rest = FieldName::resume(&w[it.offset.load(Ordering::Relaxed)..]);
    let Some(step) = rest.next() else {
        return Ok(None);
    };
    it.offset
        .store(w.len() - rest.rest().len(), Ordering::Relaxed);
    let (is_attribute, what) = match step.map_err(|e| fail(th, e))? {
        Access::Attribute(n) => (true, Value::try_wtf8(th, n)?),
        Access::Index(i) => (false, Value::usize(th, i)),
        Access::Key(k) => (false, Value::try_wtf8(th, k)?),
    };
    Ok(Some(Value::tuple(th, &[Value::bool(is_attribute), what])))
}
