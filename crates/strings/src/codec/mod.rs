//! Encoding and decoding: the codecs that the engine has itself, and the registry of all others.

pub mod errors;
pub mod registry;

use std::borrow::Cow;
use taipan_object::exception::RUNTIME_WARNING;
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value};
use taipan_text::codec::{self as text_codec, ByteOrder};

use errors::Errors;

/// A codec that needs no registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Native {
    /// UTF-8
    Utf8,
    /// ASCII
    Ascii,
    /// ISO 8859-1
    Latin1,
    /// UTF-16; without a byte order with a mark.
    Utf16(Option<ByteOrder>),
    /// UTF-32; without a byte order with a mark.
    Utf32(Option<ByteOrder>),
}

/// A codec's name as the registry knows it: lower case, everything but letters, digits and dots one underscore.
pub fn normalize(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

/// The native codec of a name, if it is one of the few spellings that skip the registry.
pub fn native(name: &str) -> Option<Native> {
    Some(match normalize(name).as_str() {
        "utf_8" | "utf8" => Native::Utf8,
        "ascii" | "us_ascii" => Native::Ascii,
        "latin_1" | "latin1" | "iso_8859_1" | "iso8859_1" => Native::Latin1,
        "utf_16" | "utf16" => Native::Utf16(None),
        "utf_32" | "utf32" => Native::Utf32(None),
        "utf_16_le" => Native::Utf16(Some(ByteOrder::Little)),
        "utf_16_be" => Native::Utf16(Some(ByteOrder::Big)),
        "utf_32_le" => Native::Utf32(Some(ByteOrder::Little)),
        "utf_32_be" => Native::Utf32(Some(ByteOrder::Big)),
        _ => return None,
    })
}

/// `s.encode(encoding, errors)`: a `bytes`.
pub fn encode(th: &Thread, s: Value, encoding: Option<&str>, errors: Option<&str>) -> PyResult {
    let native = match encoding {
        None => Native::Utf8,
        Some(name) => match native(name) {
            Some(n) => n,
            None => return by_registry(th, s, name, errors, true),
        },
    };
    encode_native(th, s, native, errors)
}

/// `s` in a native encoding.
pub fn encode_native(th: &Thread, s: Value, native: Native, errors: Option<&str>) -> PyResult {
    let Some(o) = s.as_str_obj() else {
        return Err(th.type_error(format!("expected str, not {}", class_of(s).tp_name())));
    };
    if o.is_ascii() && matches!(native, Native::Utf8 | Native::Ascii | Native::Latin1) {
        return Value::bytes(th, o.as_bytes());
    }
    let w = o.wtf8();
    let mut handler = Errors::new(th, errors, s);
    let out = match native {
        Native::Utf8 => {
            if let Some(plain) = o.as_str() {
                return Value::bytes(th, plain.as_bytes());
            }
            text_codec::utf8_encode(w, &mut handler)?
        }
        Native::Ascii => text_codec::ascii_encode(w, &mut handler)?,
        Native::Latin1 => text_codec::latin1_encode(w, &mut handler)?,
        Native::Utf16(order) => text_codec::utf16_encode(w, order, &mut handler)?,
        Native::Utf32(order) => text_codec::utf32_encode(w, order, &mut handler)?,
    };
    Value::bytes(th, &out)
}

/// `object.decode(encoding, errors)` of the bytes of an object: a `str`.
pub fn decode(
    th: &Thread,
    object: Value,
    bytes: &[u8],
    encoding: Option<&str>,
    errors: Option<&str>,
) -> PyResult {
    let native = match encoding {
        None => Native::Utf8,
        Some(name) => match native(name) {
            Some(n) => n,
            None => return by_registry(th, object, name, errors, false),
        },
    };
    decode_native(th, object, bytes, native, errors, true).map(|(v, _)| v)
}

/// The text of bytes in a native encoding, and how many bytes that took: all of them if `last`.
pub fn decode_native(
    th: &Thread,
    object: Value,
    bytes: &[u8],
    native: Native,
    errors: Option<&str>,
    last: bool,
) -> PyResult<(Value, usize)> {
    if matches!(native, Native::Utf8 | Native::Ascii | Native::Latin1) {
        let plain = (native == Native::Utf8 || bytes.is_ascii())
            .then(|| std::str::from_utf8(bytes).ok())
            .flatten();
        if let Some(s) = plain {
            let v = Value::try_wtf8(th, taipan_object::wtf8::Wtf8::new(s))?;
            return Ok((v, bytes.len()));
        }
    }
    let mut handler = Errors::new(th, errors, object);
    let mut order = match native {
        Native::Utf16(order) | Native::Utf32(order) => order,
        _ => None,
    };
    let decoded = handler.decode(bytes, |bytes, handler| {
        Ok(match native {
            Native::Utf8 => text_codec::utf8_decode(bytes, handler, last)?,
            Native::Ascii => text_codec::ascii_decode(bytes, handler)?,
            Native::Latin1 => text_codec::Decoded {
                text: text_codec::latin1_decode(bytes),
                consumed: bytes.len(),
            },
            Native::Utf16(_) => {
                let (decoded, found) = text_codec::utf16_decode(bytes, order, handler, last)?;
                order = found.or(Some(ByteOrder::Little));
                decoded
            }
            Native::Utf32(_) => {
                let (decoded, found) = text_codec::utf32_decode(bytes, order, handler, last)?;
                order = found.or(Some(ByteOrder::Little));
                decoded
            }
        })
    })?;
    Ok((Value::try_wtf8(th, &decoded.text)?, decoded.consumed))
}

fn by_registry(
    th: &Thread,
    object: Value,
    name: &str,
    errors: Option<&str>,
    encoding: bool,
) -> PyResult {
    let codec = registry::lookup_text(
        th,
        name,
        if encoding {
            "codecs.encode()"
        } else {
            "codecs.decode()"
        },
    )?;
    let errors = match errors {
        Some(e) => Value::str(th, e),
        None => Value::ABSENT,
    };
    let r = registry::run(th, (codec, name), usize::from(!encoding), object, errors)?;
    if encoding {
        if r.as_bytes().is_some() {
            return Ok(r);
        }
        if let Some(b) = r.downcast::<taipan_object::bytearray::ByteArray>() {
            th.warn(
                &RUNTIME_WARNING,
                format!("encoder {name} returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types"),
            )?;
            return Value::bytes(th, &b.bytes.with(|b| b.clone()));
        }
        return Err(th.type_error(format!(
            "'{name}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
            class_of(r).tp_name()
        )));
    }
    if r.as_str_obj().is_none() {
        return Err(th.type_error(format!(
            "'{name}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
            class_of(r).tp_name()
        )));
    }
    Ok(r)
}

/// A name for [`encode`] and [`decode`], borrowed.
pub fn name<'a>(n: &'a Option<Cow<'_, str>>) -> Option<&'a str> {
    n.as_deref()
}
