//! `unicode_escape`, `raw_unicode_escape`, and the escapes of bytes literals.

use std::borrow::Cow;
use taipan_object::exception::DEPRECATION_WARNING;
use taipan_object::types::{BYTES, class_of, is_instance};
use taipan_object::{PyResult, Thread, Value};
use taipan_strings::args;
use taipan_strings::codec::errors::Errors;
use taipan_text::codec::{raw_unicode_escape_decode, unicode_escape_decode};
use taipan_text::escape::{InvalidEscape, OnBadHex, bytes_decode, bytes_encode};

use super::{errors_name, is_final, pair};

/// Bytes, or text that is taken for its UTF-8.
fn text_or_bytes<'a>(th: &Thread, v: Value) -> PyResult<Cow<'a, [u8]>> {
    match v.as_str_obj() {
        Some(s) => Ok(Cow::Borrowed(s.as_bytes())),
        None => args::bytes_like(th, v),
    }
}

fn warn(th: &Thread, bytes: &[u8], invalid: Option<InvalidEscape>) -> PyResult<()> {
    let Some(e) = invalid else {
        return Ok(());
    };
    let shown = if e.octal {
        let digits: String = bytes[e.offset + 1..]
            .iter()
            .take(3)
            .map(|b| char::from(*b))
            .collect();
        format!(
            "\"\\{digits}\" is an invalid octal escape sequence. Such sequences will not work in the future. "
        )
    } else {
        format!(
            "\"\\{}\" is an invalid escape sequence. Such sequences will not work in the future. ",
            char::from(e.first)
        )
    };
    th.warn(&DEPRECATION_WARNING, shown)
}

pub(super) fn unicode_decode(th: &Thread, a: &[Value]) -> PyResult {
    let bytes = text_or_bytes(th, a[0])?;
    let name = errors_name(th, "unicode_escape_decode", a[1])?;
    let last = is_final(th, a, Some(2), true)?;
    let mut errors = Errors::new(th, name.as_deref(), a[0]);
    let mut warned = None;
    let out = errors.decode(&bytes, |bytes, errors| {
        let (out, invalid) = unicode_escape_decode(bytes, errors, last)?;
        if warned.is_none() && invalid.is_some() {
            warned = Some((bytes.to_vec(), invalid));
        }
        Ok(out)
    })?;
    if let Some((bytes, invalid)) = warned {
        warn(th, &bytes, invalid)?;
    }
    pair(th, out)
}

pub(super) fn raw_unicode_decode(th: &Thread, a: &[Value]) -> PyResult {
    let bytes = text_or_bytes(th, a[0])?;
    let name = errors_name(th, "raw_unicode_escape_decode", a[1])?;
    let last = is_final(th, a, Some(2), true)?;
    let mut errors = Errors::new(th, name.as_deref(), a[0]);
    let out = errors.decode(&bytes, |bytes, errors| {
        raw_unicode_escape_decode(bytes, errors, last)
    })?;
    pair(th, out)
}

pub(super) fn encode(th: &Thread, a: &[Value]) -> PyResult {
    if !is_instance(a[0], &BYTES) {
        return Err(th.type_error(format!(
            "escape_encode() argument 1 must be bytes, not {}",
            class_of(a[0]).tp_name()
        )));
    }
    errors_name(th, "escape_encode", a[1])?;
    let bytes = args::bytes_like(th, a[0])?;
    let out = Value::bytes(th, &bytes_encode(&bytes))?;
    Ok(Value::tuple(th, &[out, Value::usize(th, bytes.len())]))
}

pub(super) fn decode(th: &Thread, a: &[Value]) -> PyResult {
    let bytes = text_or_bytes(th, a[0])?;
    let name = errors_name(th, "escape_decode", a[1])?;
    let how = match name.as_deref() {
        None | Some("strict") => OnBadHex::Fail,
        Some("replace") => OnBadHex::Replace,
        Some("ignore") => OnBadHex::Ignore,
        // Only a bad escape makes an unknown handler matter.
        Some(other) => {
            if bytes_decode(&bytes, OnBadHex::Fail).is_err() {
                return Err(th.value_error(format!(
                    "decoding error; unknown error handling code: {other}"
                )));
            }
            OnBadHex::Fail
        }
    };
    let (out, invalid) = bytes_decode(&bytes, how).map_err(|e| th.value_error(e.to_string()))?;
    warn(th, &bytes, invalid)?;
    let out = Value::bytes(th, &out)?;
    Ok(Value::tuple(th, &[out, Value::usize(th, bytes.len())]))
}

pub(super) fn readbuffer_encode(th: &Thread, a: &[Value]) -> PyResult {
    let bytes = text_or_bytes(th, a[0])?;
    errors_name(th, "readbuffer_encode", a[1])?;
    let out = Value::bytes(th, &bytes)?;
    Ok(Value::tuple(th, &[out, Value::usize(th, bytes.len())]))
}
