//! `string.templatelib`: template strings and their interpolations (PEP 750). The module itself is Python; its types
//! are what t-strings make.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use taipan_containers::args::class_getitem;
use taipan_object::call::Args;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, Type, class_of, flags, layout_of};
use taipan_object::wtf8::{Wtf8, Wtf8Buf};
use taipan_object::{Field, Object, PyResult, Thread, Value, ValueVec, ops, payload, strings};

use crate::args::{from_module, state, type_name};

/// The payload of `Template`.
#[repr(C)]
pub struct Template {
    /// A tuple of the literal parts: one more than there are interpolations.
    strings: Field,
    /// A tuple.
    interpolations: Field,
}

payload!(Template, "template", |this, m| {
    this.strings.trace(m);
    this.interpolations.trace(m);
});

/// The payload of `Interpolation`.
#[repr(C)]
pub struct Interpolation {
    value: Field,
    expression: Field,
    conversion: Field,
    format_spec: Field,
}

payload!(Interpolation, "interpolation", |this, m| {
    this.value.trace(m);
    this.expression.trace(m);
    this.conversion.trace(m);
    this.format_spec.trace(m);
});

/// The payload of `TemplateIter`.
#[repr(C)]
pub struct TemplateIter {
    template: Field,
    /// Strings and interpolations given, the empty strings too.
    at: AtomicUsize,
    done: AtomicBool,
}

payload!(TemplateIter, "template iterator", |this, m| this
    .template
    .trace(m));

const MODULE_NAME: &str = "string.templatelib";

/// `string.templatelib.Template`
pub static TEMPLATE: StaticType = StaticType::new(
    MODULE_NAME,
    "Template",
    Some(&OBJECT),
    0,
    layout_of::<Template>,
);

/// `string.templatelib.Interpolation`
pub static INTERPOLATION: StaticType = StaticType::new(
    MODULE_NAME,
    "Interpolation",
    Some(&OBJECT),
    0,
    layout_of::<Interpolation>,
);

/// The iterator of a template.
pub static TEMPLATE_ITER: StaticType = StaticType::new(
    MODULE_NAME,
    "TemplateIter",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<TemplateIter>,
);

/// `string.templatelib.Template`
pub static TEMPLATE_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new_template);
        s.repr = Some(repr_template);
        s.iter = Some(iter);
        s.concat = Some(concat);
    },
    methods: &[
        Method::new("__reduce__", "($self, /)", reduce_template),
        Method::new("__class_getitem__", "($type, object, /)", class_getitem)
            .class()
            .doc("Template supports [] for generic usage"),
    ],
    getset: &[
        GetSet::new("strings", |_, v| Ok(v.expect::<Template>().strings.get())).doc("Strings"),
        GetSet::new("interpolations", |_, v| {
            Ok(v.expect::<Template>().interpolations.get())
        })
        .doc("Interpolations"),
        GetSet::new("values", values).doc("Values of interpolations"),
    ],
    doc: "Template object",
    sig: "",
};

/// `string.templatelib.Interpolation`
pub static INTERPOLATION_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new_interpolation);
        s.repr = Some(repr_interpolation);
    },
    methods: &[
        Method::new("__reduce__", "($self, /)", reduce_interpolation)
            .doc("__reduce__() -> (cls, state)"),
        Method::new("__class_getitem__", "($type, object, /)", class_getitem)
            .class()
            .doc("Interpolations are generic over the types of their values"),
    ],
    getset: &[
        GetSet::new("value", |_, v| Ok(v.expect::<Interpolation>().value.get())).doc("Value"),
        GetSet::new("expression", |_, v| {
            Ok(v.expect::<Interpolation>().expression.get())
        })
        .doc("Expression"),
        GetSet::new("conversion", |_, v| {
            Ok(v.expect::<Interpolation>().conversion.get())
        })
        .doc("Conversion"),
        GetSet::new("format_spec", |_, v| {
            Ok(v.expect::<Interpolation>().format_spec.get())
        })
        .doc("Format specifier"),
    ],
    doc: "Interpolation object",
    sig: "",
};

/// The iterator of a template.
pub static TEMPLATE_ITER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: &[Method::new("__reduce__", "($self, /)", |th, _| {
        Err(th.type_error("cannot pickle 'TemplateIter' object"))
    })],
    getset: &[],
    doc: "Template iterator object",
    sig: "",
};

/// Makes the types, and tells the interpreter's state of them: t-strings find their constructors there.
///
/// # Errors
/// `MemoryError`.
pub fn register(th: &Thread) -> PyResult<()> {
    TEMPLATE.define(th, &TEMPLATE_SPEC)?;
    INTERPOLATION.define(th, &INTERPOLATION_SPEC)?;
    TEMPLATE_ITER.define(th, &TEMPLATE_ITER_SPEC)?;
    let match_args = ["value", "expression", "conversion", "format_spec"];
    let match_args = match_args.map(|n| strings::intern(th, n));
    let match_args = Value::tuple(th, &match_args);
    taipan_object::types::set_raw(th, INTERPOLATION.get(), "__match_args__", match_args)?;
    INTERPOLATION.modified();
    let state = state(th);
    state.set_name(th, "intrinsic.template", TEMPLATE.value())?;
    state.set_name(th, "intrinsic.interpolation", INTERPOLATION.value())
}

fn new_template(th: &Thread, _: &Object<Type>, args: Args) -> PyResult {
    if args.has_kw() {
        return Err(th.type_error("Template.__new__ only accepts *args arguments"));
    }
    let parts = args.pos();
    let (mut texts, mut fields) = (ValueVec::new(), ValueVec::new());
    let mut last: Option<Value> = None;
    for p in parts {
        if p.as_str_obj().is_some() {
            last = Some(match last {
                Some(before) => join(th, before, *p)?,
                None => *p,
            });
        } else if p.downcast::<Interpolation>().is_some() {
            texts.push(th, last.take().unwrap_or_else(strings::empty_str))?;
            fields.push(th, *p)?;
        } else {
            return Err(th.type_error(format!(
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                ops::full_type_name(*p)
            )));
        }
    }
    texts.push(th, last.unwrap_or_else(strings::empty_str))?;
    make(th, &texts, &fields)
}

fn make(th: &Thread, texts: &[Value], fields: &[Value]) -> PyResult {
    let data = Template {
        strings: Field::new(Value::try_tuple(th, texts)?),
        interpolations: Field::new(Value::try_tuple(th, fields)?),
    };
    Ok(th.new_object(&TEMPLATE, data).value())
}

fn join(th: &Thread, a: Value, b: Value) -> PyResult {
    let mut text = Wtf8Buf::new();
    for s in [a, b] {
        text.push_wtf8(s.as_wtf8().unwrap_or(Wtf8::new("")));
    }
    Value::try_wtf8(th, &text)
}

fn tuple(f: &Field) -> &[Value] {
    f.get().as_tuple().unwrap_or(&[])
}

fn values(th: &Thread, v: Value) -> PyResult {
    let fields = tuple(&v.expect::<Template>().interpolations);
    let mut out = ValueVec::with_capacity(th, fields.len())?;
    for f in fields {
        out.push(th, f.expect::<Interpolation>().value.get())?;
    }
    Value::try_tuple(th, &out)
}

fn repr_template(th: &Thread, v: Value) -> PyResult {
    let t = v.expect::<Template>();
    let strings = ops::repr(th, t.strings.get())?;
    let fields = ops::repr(th, t.interpolations.get())?;
    let mut out = Wtf8Buf::new();
    for part in [
        Wtf8::new("Template(strings="),
        strings.as_wtf8().unwrap_or(Wtf8::new("")),
        Wtf8::new(", interpolations="),
        fields.as_wtf8().unwrap_or(Wtf8::new("")),
        Wtf8::new(")"),
    ] {
        out.push_wtf8(part);
    }
    Value::try_wtf8(th, &out)
}

fn concat(th: &Thread, a: Value, b: Value) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<Template>(), b.downcast::<Template>()) else {
        return Err(th.type_error(format!(
            "can only concatenate string.templatelib.Template (not \"{}\") to string.templatelib.Template",
            ops::full_type_name(b)
        )));
    };
    let (left, right) = (tuple(&x.strings), tuple(&y.strings));
    let mut texts = ValueVec::from_slice(th, left)?;
    if let (Some(end), Some(begin)) = (texts.pop(), right.first()) {
        texts.push(th, join(th, end, *begin)?)?;
        texts.extend_from_slice(th, &right[1..])?;
    }
    let mut fields = ValueVec::from_slice(th, tuple(&x.interpolations))?;
    fields.extend_from_slice(th, tuple(&y.interpolations))?;
    make(th, &texts, &fields)
}

fn reduce_template(th: &Thread, a: &[Value]) -> PyResult {
    let t = a[0].expect::<Template>();
    let f = from_module(th, MODULE_NAME, "_template_unpickle")?;
    let args = Value::tuple(th, &[t.strings.get(), t.interpolations.get()]);
    Ok(Value::tuple(th, &[f, args]))
}

fn iter(th: &Thread, v: Value) -> PyResult {
    let data = TemplateIter {
        template: Field::new(v),
        at: AtomicUsize::new(0),
        done: AtomicBool::new(false),
    };
    Ok(th.new_object(&TEMPLATE_ITER, data).value())
}

fn next(_: &Thread, v: Value) -> PyResult<Option<Value>> {
    let it = v.expect::<TemplateIter>();
    let template = it.template.get();
    let t = template.expect::<Template>();
    let (texts, fields) = (tuple(&t.strings), tuple(&t.interpolations));
    loop {
        if it.done.load(Ordering::Relaxed) {
            return Ok(None);
        }
        // Each thread that calls at once gets another part.
        let at = it.at.fetch_add(1, Ordering::Relaxed);
        let part = if at.is_multiple_of(2) { texts } else { fields }.get(at / 2);
        match part {
            Some(p) if p.as_str_obj().is_some_and(|s| s.is_empty()) => {}
            Some(p) => return Ok(Some(*p)),
            None => it.done.store(true, Ordering::Relaxed),
        }
    }
}

static NEW_INTERPOLATION: Method = Method::new(
    "Interpolation",
    "(value, expression='', conversion=None, format_spec='')",
    |th, a| {
        let empty = strings::empty_str();
        let text = |v: Value, name: &str| match v.present() {
            None => Ok(empty),
            Some(v) if v.as_str_obj().is_some() => Ok(v),
            Some(v) => Err(wants_str(th, name, v)),
        };
        let expression = text(a[1], "expression")?;
        let conversion = match a[2].present() {
            None | Some(Value::NONE) => Value::NONE,
            Some(c) if c.as_str_obj().is_none() => return Err(wants_str(th, "conversion", c)),
            Some(c) if c.is_str("s") || c.is_str("a") || c.is_str("r") => c,
            Some(_) => {
                return Err(th.value_error(
                    "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'",
                ));
            }
        };
        let format_spec = text(a[3], "format_spec")?;
        let data = Interpolation {
            value: Field::new(a[0]),
            expression: Field::new(expression),
            conversion: Field::new(conversion),
            format_spec: Field::new(format_spec),
        };
        Ok(th.new_object(&INTERPOLATION, data).value())
    },
);

fn wants_str(th: &Thread, name: &str, v: Value) -> taipan_object::Raised {
    let given = if v.is_none() {
        "None".to_owned()
    } else {
        type_name(v)
    };
    th.type_error(format!(
        "Interpolation() argument '{name}' must be str, not {given}"
    ))
}

fn new_interpolation(th: &Thread, _: &Object<Type>, args: Args) -> PyResult {
    taipan_object::call::call_method_row(th, &NEW_INTERPOLATION, args)
}

fn repr_interpolation(th: &Thread, v: Value) -> PyResult {
    let i = v.expect::<Interpolation>();
    let mut out = Wtf8Buf::from("Interpolation(".to_owned());
    let parts = [&i.value, &i.expression, &i.conversion, &i.format_spec];
    for (n, part) in parts.into_iter().enumerate() {
        if n > 0 {
            out.push_str(", ");
        }
        let shown = ops::repr(th, part.get())?;
        out.push_wtf8(shown.as_wtf8().unwrap_or(Wtf8::new("")));
    }
    out.push_str(")");
    Value::try_wtf8(th, &out)
}

fn reduce_interpolation(th: &Thread, a: &[Value]) -> PyResult {
    let i = a[0].expect::<Interpolation>();
    let args = [&i.value, &i.expression, &i.conversion, &i.format_spec].map(|f| f.get());
    let args = Value::tuple(th, &args);
    Ok(Value::tuple(th, &[class_of(a[0]).value(), args]))
}
