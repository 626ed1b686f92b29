//! `_json`: the fast parts of `json`.

mod encode;
mod scan;
mod text;

use crate::library;
use taipan_object::native::{Atomic, Method, ModuleSpec};
use taipan_object::strings::Str;
use taipan_object::types::class_of;
use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{Object, PyResult, Raised, Thread, Value, call, func, ops};

/// `_json`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_json",
    doc: "json speedups\n",
    functions: &[
        Method::new("encode_basestring_ascii", "(object, /)", encode_ascii)
            .atomic(Atomic::Immutable)
            .doc("encode_basestring_ascii(string) -> string\n\nReturn an ASCII-only JSON representation of a Python string"),
        Method::new("encode_basestring", "(object, /)", encode_text)
            .atomic(Atomic::Immutable)
            .doc("encode_basestring(string) -> string\n\nReturn a JSON representation of a Python string"),
        Method::new("scanstring", "(string, end, strict=True, /)", scanstring)
            .atomic(Atomic::Immutable)
            .doc("scanstring(string, end, strict=True) -> (string, end)\n\nScan the string s for a JSON string. End is the index of the\ncharacter in s after the quote that started the JSON string.\nUnescapes all valid JSON string escape sequences and raises ValueError\non attempt to decode an invalid string. If strict is False then literal\ncontrol characters are allowed in the string.\n\nReturns a tuple of the decoded string and the index of the character in s\nafter the end quote."),
    ],
    types: &[],
    init: |th, m| {
        let d = m.expect::<func::Module>().dict.expect();
        let scanner = scan::SCANNER.define(th, &scan::SCANNER_SPEC)?;
        d.set_name(th, "make_scanner", scanner.value())?;
        let encoder = encode::ENCODER.define(th, &encode::ENCODER_SPEC)?;
        d.set_name(th, "make_encoder", encoder.value())
    },
};

/// The `str` that an argument must be.
fn text_argument<'a>(th: &Thread, v: Value) -> PyResult<&'a Object<Str>> {
    v.as_str_obj().ok_or_else(|| {
        th.type_error(format!(
            "first argument must be a string, not {}",
            class_of(v).tp_name()
        ))
    })
}

/// A `json.JSONDecodeError`.
#[cold]
fn decode_error(th: &Thread, msg: &str, source: &Object<Str>, at: i64) -> Raised {
    let make = || {
        let cls = library::attribute(th, "json.decoder", "JSONDecodeError")?;
        call::call(
            th,
            cls,
            &[Value::str(th, msg), source.value(), Value::int(th, at)],
        )
    };
    match make() {
        Ok(e)
            if e.downcast::<taipan_object::exception::Exception>()
                .is_some() =>
        {
            th.with_context(Raised(e))
        }
        Ok(_) => th.value_error(msg),
        Err(e) => e,
    }
}

fn quoted(th: &Thread, v: Value, ascii: bool) -> PyResult {
    let s = text_argument(th, v)?;
    let mut out = Wtf8Buf::with_capacity(s.as_bytes().len() + 2);
    text::quote(&mut out, s, ascii);
    Value::try_wtf8(th, &out)
}

fn encode_ascii(th: &Thread, a: &[Value]) -> PyResult {
    quoted(th, a[0], true)
}

fn encode_text(th: &Thread, a: &[Value]) -> PyResult {
    quoted(th, a[0], false)
}

fn scanstring(th: &Thread, a: &[Value]) -> PyResult {
    let end = ops::index_i64(th, a[1])?;
    let strict = match a[2].present() {
        Some(v) => ops::truth(th, v)?,
        None => true,
    };
    let source = text_argument(th, a[0])?;
    let Some(at) = usize::try_from(end).ok().filter(|n| *n <= source.len()) else {
        return Err(th.value_error("end is out of bounds"));
    };
    let (s, end) = text::scan(th, source, source.byte_offset(at), strict)?;
    Value::try_tuple(
        th,
        &[s.value(th)?, Value::usize(th, source.char_index(end))],
    )
}
