//! `binascii`.

mod base64;
mod checksum;
mod quoted;
mod uu;

use std::borrow::Cow;
use taipan_object::exception::{EXCEPTION, VALUE_ERROR};
use taipan_object::native::{Method, ModuleSpec, TypeSpec};
use taipan_object::types::{StaticType, class_of, flags, no_layout};
use taipan_object::{PyResult, Raised, Thread, Value, ops};
use taipan_strings::args;

/// `binascii`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "binascii",
    doc: "Conversion between binary data and ASCII",
    functions: &[
        Method::new("a2b_base64", "(data, /, *, strict_mode=False)", base64::decode).doc("Decode a line of base64 data.\n\n  strict_mode\n    When set to True, bytes that are not in the base64 standard are not allowed.\n    The same applies to excess data after padding (= / ==)."),
        Method::new("a2b_hex", "(hexstr, /)", unhexlify).doc("Binary data of hexadecimal representation.\n\nhexstr must contain an even number of hex digits (upper or lower case).\nThis function is also available as \"unhexlify()\"."),
        Method::new("a2b_qp", "(data, header=False)", quoted::decode).doc("Decode a string of qp-encoded data."),
        Method::new("a2b_uu", "(data, /)", uu::decode).doc("Decode a line of uuencoded data."),
        Method::new("b2a_base64", "(data, /, *, newline=True)", base64::encode).doc("Base64-code line of data."),
        Method::new("b2a_hex", "(data, sep=<unrepresentable>, bytes_per_sep=1)", hexlify).doc("Hexadecimal representation of binary data.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from the\n    right, negative values count from the left.\n\nThe return value is a bytes object.  This function is also\navailable as \"hexlify()\"."),
        Method::new("b2a_qp", "(data, quotetabs=False, istext=True, header=False)", quoted::encode).doc("Encode a string using quoted-printable encoding.\n\nOn encoding, when istext is set, newlines are not encoded, and white\nspace at end of lines is.  When istext is not set, \\r and \\n (CR/LF)\nare both encoded.  When quotetabs is set, space and tabs are encoded."),
        Method::new("b2a_uu", "(data, /, *, backtick=False)", uu::encode).doc("Uuencode line of data."),
        Method::new("crc32", "(data, crc=0, /)", checksum::crc32).doc("Compute CRC-32 incrementally."),
        Method::new("crc_hqx", "(data, crc, /)", checksum::crc_hqx).doc("Compute CRC-CCITT incrementally."),
        Method::new("hexlify", "(data, sep=<unrepresentable>, bytes_per_sep=1)", hexlify).doc("Hexadecimal representation of binary data.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from the\n    right, negative values count from the left.\n\nThe return value is a bytes object.  This function is also\navailable as \"b2a_hex()\"."),
        Method::new("unhexlify", "(hexstr, /)", unhexlify).doc("Binary data of hexadecimal representation.\n\nhexstr must contain an even number of hex digits (upper or lower case)."),
    ],
    types: &[(&ERROR, &TypeSpec::EMPTY), (&INCOMPLETE, &TypeSpec::EMPTY)],
    init: |_, _| Ok(()),
};

const EXC: u64 = flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::EXCEPTION_SUBCLASS;
static ERROR: StaticType = StaticType::new("binascii", "Error", Some(&VALUE_ERROR), EXC, no_layout);
static INCOMPLETE: StaticType =
    StaticType::new("binascii", "Incomplete", Some(&EXCEPTION), EXC, no_layout);

#[cold]
fn error(th: &Thread, msg: impl AsRef<str>) -> Raised {
    th.raise(&ERROR, msg)
}

/// Bytes, or text of ASCII only.
fn ascii<'a>(th: &Thread, v: Value) -> PyResult<Cow<'a, [u8]>> {
    if let Some(s) = v.as_str_obj() {
        if !s.is_ascii() {
            return Err(th.value_error("string argument should contain only ASCII characters"));
        }
        return Ok(Cow::Borrowed(s.as_bytes()));
    }
    args::bytes_like_or(th, v, || {
        format!(
            "argument should be bytes, buffer or ASCII string, not '{}'",
            class_of(v).name_text()
        )
    })
}

fn flag(th: &Thread, v: Value, default: bool) -> PyResult<bool> {
    match v.present() {
        Some(v) => ops::truth(th, v),
        None => Ok(default),
    }
}

fn unhexlify(th: &Thread, a: &[Value]) -> PyResult {
    let text = ascii(th, a[0])?;
    if text.len() % 2 != 0 {
        return Err(error(th, "Odd-length string"));
    }
    let digit = |b: u8| char::from(b).to_digit(16);
    let mut out = Vec::with_capacity(text.len() / 2);
    for pair in text.chunks_exact(2) {
        match (digit(pair[0]), digit(pair[1])) {
            (Some(high), Some(low)) => out.push((high << 4 | low) as u8),
            _ => return Err(error(th, "Non-hexadecimal digit found")),
        }
    }
    Value::bytes(th, &out)
}

fn hexlify(th: &Thread, a: &[Value]) -> PyResult {
    let bytes = args::bytes_like(th, a[0])?;
    let text = taipan_strings::to_hex(th, &bytes, a[1], a[2])?;
    match text.as_str_obj() {
        Some(s) => Value::bytes(th, s.as_bytes()),
        None => Ok(text),
    }
}
