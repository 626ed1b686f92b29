//! `_codecs`: the registry, and each codec that the engine has itself.

mod charmap;
mod escapes;
mod handlers;
mod utf;

use std::borrow::Cow;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::wtf8::Wtf8;
use taipan_object::{PyResult, Thread, Value, ops};
use taipan_strings::args;
use taipan_strings::codec::errors::Errors;
use taipan_strings::codec::registry;
use taipan_text::codec::{self as text_codec, Decoded};

/// `_codecs`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_codecs",
    doc: "",
    functions: &[
        Method::new("register", "(search_function, /)", |th, a| {
            registry::register(th, a[0]).map(|()| Value::NONE)
        })
        .doc("Register a codec search function.\n\nSearch functions are expected to take one argument, the encoding name in\nall lower case letters, and either return None, or a tuple of functions\n(encoder, decoder, stream_reader, stream_writer) (or a CodecInfo object)."),
        Method::new("unregister", "(search_function, /)", |th, a| {
            registry::unregister(th, a[0]).map(|()| Value::NONE)
        })
        .doc("Unregister a codec search function and clear the registry's cache.\n\nIf the search function is not registered, do nothing."),
        Method::new("lookup", "(encoding, /)", |th, a| {
            let name = required(th, "lookup", "", a[0])?;
            registry::lookup(th, &name)
        })
        .doc("Looks up a codec tuple in the Python codec registry and returns a CodecInfo object."),
        Method::new("encode", "(obj, encoding='utf-8', errors='strict')", |th, a| run(th, a, "encode", 0))
            .doc("Encodes obj using the codec registered for encoding.\n\nThe default encoding is 'utf-8'.  errors may be given to set a\ndifferent error handling scheme.  Default is 'strict' meaning that encoding\nerrors raise a ValueError.  Other possible values are 'ignore', 'replace'\nand 'backslashreplace' as well as any other name registered with\ncodecs.register_error that can handle ValueErrors."),
        Method::new("decode", "(obj, encoding='utf-8', errors='strict')", |th, a| run(th, a, "decode", 1))
            .doc("Decodes obj using the codec registered for encoding.\n\nDefault encoding is 'utf-8'.  errors may be given to set a\ndifferent error handling scheme.  Default is 'strict' meaning that encoding\nerrors raise a ValueError.  Other possible values are 'ignore', 'replace'\nand 'backslashreplace' as well as any other name registered with\ncodecs.register_error that can handle ValueErrors."),
        Method::new("register_error", "(errors, handler, /)", |th, a| {
            let name = required(th, "register_error", "1", a[0])?;
            registry::register_error(th, &name, a[1]).map(|()| Value::NONE)
        })
        .doc("Register the specified error handler under the name errors.\n\nhandler must be a callable object, that\nwill be called with an exception instance containing\ninformation about the location of the encoding/decoding\nerror and must return a (replacement, new position) tuple."),
        Method::new("_unregister_error", "(errors, /)", |th, a| {
            let name = required(th, "_unregister_error", "", a[0])?;
            if text_codec::Standard::from_name(&name).is_some() {
                return Err(th.value_error(format!("cannot un-register built-in error handler '{name}'")));
            }
            registry::unregister_error(th, &name).map(Value::bool)
        })
        .doc("Un-register the specified error handler for the error handling `errors'.\n\nOnly custom error handlers can be un-registered. An exception is raised\nif the error handling is a built-in one (e.g., 'strict'), or if an error\noccurs.\n\nOtherwise, this returns True if a custom handler has been successfully\nun-registered, and False if no custom handler for the specified error\nhandling exists."),
        Method::new("lookup_error", "(name, /)", |th, a| {
            let name = required(th, "lookup_error", "", a[0])?;
            registry::lookup_error(th, &name)
        })
        .doc("lookup_error(errors) -> handler\n\nReturn the error handler for the specified error handling name or raise a\nLookupError, if no handler exists under this name."),
        Method::new("utf_8_encode", "(str, errors=None, /)", |th, a| {
            encode(th, a, "utf_8_encode", |w, e| text_codec::utf8_encode(w, e))
        }),
        Method::new("utf_8_decode", "(data, errors=None, final=False, /)", |th, a| {
            decode(th, a, "utf_8_decode", Some(2), |b, e, last| text_codec::utf8_decode(b, e, last))
        }),
        Method::new("utf_7_encode", "(str, errors=None, /)", |th, a| {
            encode(th, a, "utf_7_encode", |w, _| Ok(text_codec::utf7_encode(w)))
        }),
        Method::new("utf_7_decode", "(data, errors=None, final=False, /)", |th, a| {
            decode(th, a, "utf_7_decode", Some(2), |b, e, last| text_codec::utf7_decode(b, e, last))
        }),
        Method::new("ascii_encode", "(str, errors=None, /)", |th, a| {
            encode(th, a, "ascii_encode", |w, e| text_codec::ascii_encode(w, e))
        }),
        Method::new("ascii_decode", "(data, errors=None, /)", |th, a| {
            decode(th, a, "ascii_decode", None, |b, e, _| text_codec::ascii_decode(b, e))
        }),
        Method::new("latin_1_encode", "(str, errors=None, /)", |th, a| {
            encode(th, a, "latin_1_encode", |w, e| text_codec::latin1_encode(w, e))
        }),
        Method::new("latin_1_decode", "(data, errors=None, /)", |th, a| {
            decode(th, a, "latin_1_decode", None, |b, _, _| {
                Ok(Decoded {
                    text: text_codec::latin1_decode(b),
                    consumed: b.len(),
                })
            })
        }),
        Method::new("utf_16_encode", "(str, errors=None, byteorder=0, /)", utf::encode16),
        Method::new("utf_16_le_encode", "(str, errors=None, /)", utf::encode16_le),
        Method::new("utf_16_be_encode", "(str, errors=None, /)", utf::encode16_be),
        Method::new("utf_16_decode", "(data, errors=None, final=False, /)", utf::decode16),
        Method::new("utf_16_le_decode", "(data, errors=None, final=False, /)", utf::decode16_le),
        Method::new("utf_16_be_decode", "(data, errors=None, final=False, /)", utf::decode16_be),
        Method::new("utf_16_ex_decode", "(data, errors=None, byteorder=0, final=False, /)", utf::decode16_ex),
        Method::new("utf_32_encode", "(str, errors=None, byteorder=0, /)", utf::encode32),
        Method::new("utf_32_le_encode", "(str, errors=None, /)", utf::encode32_le),
        Method::new("utf_32_be_encode", "(str, errors=None, /)", utf::encode32_be),
        Method::new("utf_32_decode", "(data, errors=None, final=False, /)", utf::decode32),
        Method::new("utf_32_le_decode", "(data, errors=None, final=False, /)", utf::decode32_le),
        Method::new("utf_32_be_decode", "(data, errors=None, final=False, /)", utf::decode32_be),
        Method::new("utf_32_ex_decode", "(data, errors=None, byteorder=0, final=False, /)", utf::decode32_ex),
        Method::new("unicode_escape_encode", "(str, errors=None, /)", |th, a| {
            encode(th, a, "unicode_escape_encode", |w, _| Ok(text_codec::unicode_escape_encode(w)))
        }),
        Method::new("unicode_escape_decode", "(data, errors=None, final=True, /)", escapes::unicode_decode),
        Method::new("raw_unicode_escape_encode", "(str, errors=None, /)", |th, a| {
            encode(th, a, "raw_unicode_escape_encode", |w, _| {
                Ok(text_codec::raw_unicode_escape_encode(w))
            })
        }),
        Method::new("raw_unicode_escape_decode", "(data, errors=None, final=True, /)", escapes::raw_unicode_decode),
        Method::new("escape_encode", "(data, errors=None, /)", escapes::encode),
        Method::new("escape_decode", "(data, errors=None, /)", escapes::decode),
        Method::new("readbuffer_encode", "(data, errors=None, /)", escapes::readbuffer_encode),
        Method::new("charmap_build", "(map, /)", charmap::build),
        Method::new("charmap_encode", "(str, errors=None, mapping=None, /)", charmap::encode),
        Method::new("charmap_decode", "(data, errors=None, mapping=None, /)", charmap::decode),
    ],
    types: &[],
    init: handlers::register,
};

/// A name that must be given.
fn required<'a>(th: &Thread, f: &str, which: &str, v: Value) -> PyResult<Cow<'a, str>> {
    Ok(args::codec_name(th, f, which, v)?.unwrap_or_default())
}

/// The errors argument, where None stands for the default.
fn errors_name<'a>(th: &Thread, f: &str, v: Value) -> PyResult<Option<Cow<'a, str>>> {
    match v.present().filter(|v| !v.is_none()) {
        None => Ok(None),
        Some(v) if v.as_wtf8().is_none() => Err(th.type_error(format!(
            "{f}() argument 2 must be str or None, not {}",
            args::type_name(v)
        ))),
        Some(v) => args::codec_name(th, f, "2", v),
    }
}

fn run(th: &Thread, a: &[Value], f: &str, which: usize) -> PyResult {
    let name = match a[1].present() {
        Some(v) => required(th, f, "'encoding'", v)?,
        None => Cow::Borrowed("utf-8"),
    };
    if let Some(v) = a[2].present() {
        args::codec_name(th, f, "'errors'", v)?;
    }
    let codec = registry::lookup(th, &name)?;
    registry::run(th, (codec, &name), which, a[0], a[2])
}

/// `(bytes, characters)` of a `str` argument.
fn encode(
    th: &Thread,
    a: &[Value],
    f: &str,
    run: impl FnOnce(&Wtf8, &mut Errors) -> PyResult<Vec<u8>>,
) -> PyResult {
    let w = args::text(th, f, "1", a[0])?;
    let name = errors_name(th, f, a[1])?;
    let mut errors = Errors::new(th, name.as_deref(), a[0]);
    let out = run(w, &mut errors)?;
    let out = Value::bytes(th, &out)?;
    let n = a[0].as_str_obj().map_or(0, |s| s.len());
    Ok(Value::tuple(th, &[out, Value::usize(th, n)]))
}

fn is_final(th: &Thread, a: &[Value], at: Option<usize>, default: bool) -> PyResult<bool> {
    match at.and_then(|i| a[i].present()) {
        Some(v) => ops::truth(th, v),
        None => Ok(default),
    }
}

/// `(str, bytes)` of a bytes-like argument.
fn decode(
    th: &Thread,
    a: &[Value],
    f: &str,
    last: Option<usize>,
    run: impl Fn(&[u8], &mut Errors, bool) -> PyResult<Decoded>,
) -> PyResult {
    let bytes = args::bytes_like(th, a[0])?;
    let name = errors_name(th, f, a[1])?;
    let last = is_final(th, a, last, last.is_none())?;
    let mut errors = Errors::new(th, name.as_deref(), a[0]);
    let out = errors.decode(&bytes, |bytes, errors| run(bytes, errors, last))?;
    pair(th, out)
}

fn pair(th: &Thread, d: Decoded) -> PyResult {
    let text = Value::try_wtf8(th, &d.text)?;
    Ok(Value::tuple(th, &[text, Value::usize(th, d.consumed)]))
}
