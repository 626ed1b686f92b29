//! `str.format`, `str.format_map`, `str.__format__`.

use taipan_num::format::format_str;
use taipan_num::format::simple::Simple;
use taipan_num::format::template::{
    Access, AutoNumber, FieldName, First, MAX_DEPTH, Markup, TemplateError,
};
use taipan_object::dict::Dict;
use taipan_object::exception::INDEX_ERROR;
use taipan_object::types::{class_of, is_exactly};
use taipan_object::wtf8::{Wtf8, Wtf8Buf};
use taipan_object::{PyResult, Raised, Thread, Value, attr, ops, types};

use super::get;
use crate::args;

/// Where the fields of a template get their objects.
struct Source<'a> {
    /// Positional arguments; nothing for `format_map`.
    args: Option<&'a [Value]>,
    /// Keyword arguments, or the mapping of `format_map`.
    mapping: Value,
}

#[cold]
fn fail(th: &Thread, e: TemplateError) -> Raised {
    th.num_error(e.kind(), e)
}

pub(super) fn format_method(th: &Thread, a: &[Value]) -> PyResult {
    let source = Source {
        args: Some(a[1].as_tuple().unwrap_or(&[])),
        mapping: a[2],
    };
    let out = render(
        th,
        get(a[0]).wtf8(),
        &source,
        &mut AutoNumber::new(),
        MAX_DEPTH,
    )?;
    Value::try_wtf8(th, &out)
}

pub(super) fn format_map(th: &Thread, a: &[Value]) -> PyResult {
    let source = Source {
        args: None,
        mapping: a[1],
    };
    let out = render(
        th,
        get(a[0]).wtf8(),
        &source,
        &mut AutoNumber::new(),
        MAX_DEPTH,
    )?;
    Value::try_wtf8(th, &out)
}

fn render(
    th: &Thread,
    template: &Wtf8,
    source: &Source,
    auto: &mut AutoNumber,
    depth: u32,
) -> PyResult<Wtf8Buf> {
    if depth == 0 {
        return Err(fail(th, TemplateError::Recursion));
    }
    let mut out = Wtf8Buf::with_capacity(template.len() + 16);
    for chunk in Markup::new(template) {
        let chunk = chunk.map_err(|e| fail(th, e))?;
        out.push_wtf8(chunk.literal);
        let Some(field) = chunk.field else {
            continue;
        };
        let mut v = object(th, field.name, source, auto)?;
        v = match field.known_conversion().map_err(|e| fail(th, e))? {
            Some('r') => ops::repr(th, v)?,
            Some('s') => ops::str(th, v)?,
            Some('a') => ops::ascii(th, v)?,
            _ => v,
        };
        let spec = if field.needs_expanding {
            let expanded = render(th, field.spec, source, auto, depth - 1)?;
            Value::try_wtf8(th, &expanded)?
        } else {
            Value::try_wtf8(th, field.spec)?
        };
        let text = ops::format(th, v, spec)?;
        if let Some(w) = text.as_wtf8() {
            out.push_wtf8(w);
        }
    }
    Ok(out)
}

fn object(th: &Thread, name: &Wtf8, source: &Source, auto: &mut AutoNumber) -> PyResult {
    let path = FieldName::parse(name).map_err(|e| fail(th, e))?;
    let mut v = match auto.resolve(path.first).map_err(|e| fail(th, e))? {
        First::Index(i) => {
            let Some(args) = source.args else {
                return Err(th.value_error("Format string contains positional fields"));
            };
            match args.get(i) {
                Some(v) => *v,
                None => {
                    return Err(th.raise(
                        &INDEX_ERROR,
                        format!("Replacement index {i} out of range for positional args tuple"),
                    ));
                }
            }
        }
        First::Name(n) => {
            let key = Value::try_wtf8(th, n)?;
            if is_exactly(source.mapping, &types::DICT) {
                match source.mapping.expect::<Dict>().get(th, key)? {
                    Some(v) => v,
                    None => return Err(th.key_error(key)),
                }
            } else {
                ops::get_item(th, source.mapping, key)?
            }
        }
        First::Auto => return Err(fail(th, TemplateError::EmptyAttribute)),
    };
    for step in path {
        v = match step.map_err(|e| fail(th, e))? {
            Access::Attribute(n) => {
                let name = taipan_object::strings::intern_wtf8(th, n);
                attr::get(th, v, name)?
            }
            Access::Index(i) => ops::get_item(th, v, Value::usize(th, i))?,
            Access::Key(k) => {
                let key = Value::try_wtf8(th, k)?;
                ops::get_item(th, v, key)?
            }
        };
    }
    Ok(v)
}

pub(super) fn dunder_format(th: &Thread, a: &[Value]) -> PyResult {
    let spec = args::text(th, "__format__", "", a[1])?;
    if spec.is_empty() {
        if taipan_object::types::is_exact_str(get(a[0])) {
            return Ok(a[0]);
        }
        return ops::str(th, a[0]);
    }
    let s = get(a[0]);
    if s.is_ascii()
        && let Some((left, right)) =
            Simple::parse(spec.as_bytes()).and_then(|simple| simple.text(s.len()))
    {
        return Value::ascii_by(th, left + s.len() + right, |to| {
            to.fill(b' ');
            to[left..left + s.len()].copy_from_slice(s.as_bytes());
        });
    }
    match format_str(get(a[0]).wtf8(), spec, &class_of(a[0]).name_text()) {
        Ok(s) => Value::try_wtf8(th, &s),
        Err(e) => Err(th.num_error(e.kind(), e)),
    }
}
