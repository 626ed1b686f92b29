//! The standard error handlers as functions: what `codecs.lookup_error` gives.

use taipan_object::exception::extra::UNICODE;
use taipan_object::exception::{
    BASE_EXCEPTION, UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR, UNICODE_TRANSLATE_ERROR, get_extra,
};
use taipan_object::func::NativeFunction;
use taipan_object::native::Method;
use taipan_object::types::{class_of, is_instance};
use taipan_object::wtf8::{Wtf8, Wtf8Buf};
use taipan_object::{PyResult, Raised, Thread, Value, names};
use taipan_strings::codec::registry;
use taipan_text::codec::{Replacement, Standard};

macro_rules! handlers {
    ($($id:ident $name:literal $errors:literal $standard:ident $doc:literal;)*) => {
        $(static $id: Method = Method::new($name, "(exception, /)", |th, a| handle(th, a[0], Standard::$standard)).doc($doc);)*
        static ALL: &[(&str, &Method)] = &[$(($errors, &$id)),*];
    };
}

handlers! {
    STRICT "strict_errors" "strict" Strict "Implements the 'strict' error handling, which raises a UnicodeError on coding errors.";
    IGNORE "ignore_errors" "ignore" Ignore "Implements the 'ignore' error handling, which ignores malformed data and continues.";
    REPLACE "replace_errors" "replace" Replace "Implements the 'replace' error handling, which replaces malformed data with a replacement marker.";
    XML "xmlcharrefreplace_errors" "xmlcharrefreplace" XmlCharRefReplace "Implements the 'xmlcharrefreplace' error handling, which replaces an unencodable character with the appropriate XML character reference.";
    BACKSLASH "backslashreplace_errors" "backslashreplace" BackslashReplace "Implements the 'backslashreplace' error handling, which replaces malformed data with a backslashed escape sequence.";
    NAME "namereplace_errors" "namereplace" NameReplace "Implements the 'namereplace' error handling, which replaces an unencodable character with a \\N{...} escape sequence.";
    PASS "surrogatepass" "surrogatepass" SurrogatePass "";
    ESCAPE "surrogateescape" "surrogateescape" SurrogateEscape "";
}

/// Puts the standard handlers into the registry.
pub(super) fn register(th: &Thread, module: Value) -> PyResult<()> {
    let _ = module;
    for (errors, row) in ALL {
        let f = NativeFunction::for_module(th, row, Value::NONE, Value::NONE);
        registry::register_error(th, errors, f)?;
    }
    Ok(())
}

#[cold]
fn unknown(th: &Thread, e: Value) -> Raised {
    th.type_error(format!(
        "don't know how to handle {} in error callback",
        class_of(e).tp_name()
    ))
}

/// The part from start to end of an exception about `len` items, fitted to it.
fn span(e: Value, len: usize) -> (usize, usize) {
    let field = |n: usize| {
        get_extra(e, UNICODE[n])
            .present()
            .and_then(Value::as_i64)
            .unwrap_or(0)
    };
    let start = field(2).clamp(0, (len as i64 - 1).max(0));
    let end = field(3).max(1).min(len as i64).max(start);
    (start as usize, end as usize)
}

fn name_of(e: Value) -> String {
    match get_extra(e, UNICODE[0]).present() {
        Some(n) => names::text(n).into_owned(),
        None => String::new(),
    }
}

fn answer(th: &Thread, text: &Wtf8, at: usize) -> PyResult {
    let text = Value::try_wtf8(th, text)?;
    Ok(Value::tuple(th, &[text, Value::usize(th, at)]))
}

fn handle(th: &Thread, e: Value, standard: Standard) -> PyResult {
    if standard == Standard::Strict {
        return Err(if is_instance(e, &BASE_EXCEPTION) {
            Raised(e)
        } else {
            th.type_error("codec must pass exception instance")
        });
    }
    let object = get_extra(e, UNICODE[1]);
    if is_instance(e, &UNICODE_ENCODE_ERROR) {
        let Some(s) = object.present().and_then(Value::as_str_obj) else {
            return Err(th.type_error("UnicodeEncodeError 'object' attribute must be a str"));
        };
        let (start, end) = span(e, s.len());
        let part = &s.wtf8()[s.byte_offset(start)..s.byte_offset(end)];
        return match standard.fix_encode(&name_of(e), part) {
            Some(Replacement::Text(t)) => answer(th, &t, end),
            Some(Replacement::Bytes(b)) => {
                let b = Value::bytes(th, &b)?;
                Ok(Value::tuple(th, &[b, Value::usize(th, end)]))
            }
            None => Err(Raised(e)),
        };
    }
    if is_instance(e, &UNICODE_DECODE_ERROR) {
        let Some(b) = object.present().and_then(Value::as_bytes) else {
            return Err(th.type_error("UnicodeDecodeError 'object' attribute must be a bytes"));
        };
        let (start, end) = span(e, b.len());
        return match standard.fix_decode(&name_of(e), b, start, end) {
            Ok(Some(fix)) => answer(th, &fix.text, fix.resume),
            Ok(None) => Err(Raised(e)),
            Err(_) => Err(unknown(th, e)),
        };
    }
    if is_instance(e, &UNICODE_TRANSLATE_ERROR) {
        let Some(s) = object.present().and_then(Value::as_str_obj) else {
            return Err(th.type_error("UnicodeTranslateError 'object' attribute must be a str"));
        };
        let (start, end) = span(e, s.len());
        let part = &s.wtf8()[s.byte_offset(start)..s.byte_offset(end)];
        return match standard {
            Standard::Ignore => answer(th, Wtf8::new(""), end),
            Standard::Replace => {
                let out = Wtf8Buf::from_string("\u{fffd}".repeat(end - start));
                answer(th, &out, end)
            }
            Standard::BackslashReplace => match standard.fix_encode("", part) {
                Some(Replacement::Text(t)) => answer(th, &t, end),
                _ => Err(Raised(e)),
            },
            _ => Err(unknown(th, e)),
        };
    }
    Err(unknown(th, e))
}
