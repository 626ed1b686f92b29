//! Codecs by a mapping.

use taipan_object::dict::Dict;
use taipan_object::exception::LOOKUP_ERROR;
use taipan_object::types::class_of;
use taipan_object::wtf8::CodePoint;
use taipan_object::{PyResult, Thread, Value, ops};
use taipan_strings::args;
use taipan_strings::codec::errors::Errors;
use taipan_text::codec::{
    CharmapDecoded, CharmapEncoded, Decoded, charmap_decode, charmap_encode, latin1_decode,
    latin1_encode,
};

use super::errors_name;

pub(super) fn build(th: &Thread, a: &[Value]) -> PyResult {
    let text = args::text(th, "charmap_build", "", a[0])?;
    let map = Dict::new(th);
    for (i, c) in text.code_points().take(256).enumerate() {
        // U+FFFE marks a byte without a character.
        if c.to_u32() != 0xFFFE {
            map.set(
                th,
                Value::small_int(c.to_u32() as i64),
                Value::small_int(i as i64),
            )?;
        }
    }
    Ok(map.value())
}

/// The mapping's item for a number; nothing where it has none.
fn item(th: &Thread, mapping: Value, n: u32) -> PyResult<Option<Value>> {
    match ops::get_item(th, mapping, Value::small_int(n as i64)) {
        Ok(v) if v.is_none() => Ok(None),
        Ok(v) => Ok(Some(v)),
        Err(e) if e.is(&LOOKUP_ERROR) => Ok(None),
        Err(e) => Err(e),
    }
}

pub(super) fn decode(th: &Thread, a: &[Value]) -> PyResult {
    let bytes = args::bytes_like(th, a[0])?;
    let name = errors_name(th, "charmap_decode", a[1])?;
    let mapping = a[2].present().filter(|m| !m.is_none());
    let out = match mapping {
        None => Decoded {
            text: latin1_decode(&bytes),
            consumed: bytes.len(),
        },
        Some(m) => {
            let mut errors = Errors::new(th, name.as_deref(), a[0]);
            let table: Option<Vec<CodePoint>> = m.as_wtf8().map(|w| w.code_points().collect());
            errors.decode(&bytes, |bytes, errors| {
                charmap_decode(bytes, errors, |b| match &table {
                    Some(t) => Ok(match t.get(b as usize) {
                        Some(c) if c.to_u32() != 0xFFFE => CharmapDecoded::Char(*c),
                        _ => CharmapDecoded::Undefined,
                    }),
                    None => decoded(th, item(th, m, b as u32)?),
                })
            })?
        }
    };
    super::pair(th, out)
}

fn decoded(th: &Thread, v: Option<Value>) -> PyResult<CharmapDecoded> {
    let Some(v) = v else {
        return Ok(CharmapDecoded::Undefined);
    };
    if v.is_int() {
        let c = v
            .as_i64()
            .and_then(|n| u32::try_from(n).ok())
            .and_then(CodePoint::from_u32);
        return match c {
            Some(c) if c.to_u32() == 0xFFFE => Ok(CharmapDecoded::Undefined),
            Some(c) => Ok(CharmapDecoded::Char(c)),
            None => Err(th.type_error("character mapping must be in range(0x110000)")),
        };
    }
    match v.as_wtf8() {
        Some(w) if w.code_points().next().is_some_and(|c| c.to_u32() == 0xFFFE) && w.len() == 3 => {
            Ok(CharmapDecoded::Undefined)
        }
        Some(w) => Ok(CharmapDecoded::Text(w.to_owned())),
        None => Err(th.type_error("character mapping must return integer, None or str")),
    }
}

pub(super) fn encode(th: &Thread, a: &[Value]) -> PyResult {
    let mapping = a[2].present().filter(|m| !m.is_none());
    super::encode(th, a, "charmap_encode", |w, errors| match mapping {
        None => latin1_encode(w, errors),
        Some(m) => charmap_encode(w, errors, |c| encoded(th, item(th, m, c.to_u32())?)),
    })
}

fn encoded(th: &Thread, v: Option<Value>) -> PyResult<CharmapEncoded> {
    let Some(v) = v else {
        return Ok(CharmapEncoded::Undefined);
    };
    if v.is_int() {
        return match v.as_i64().map(u8::try_from) {
            Some(Ok(b)) => Ok(CharmapEncoded::Byte(b)),
            _ => Err(th.type_error("character mapping must be in range(256)")),
        };
    }
    match v.as_bytes() {
        Some(b) => Ok(CharmapEncoded::Bytes(b.to_vec())),
        None => Err(th.type_error(format!(
            "character mapping must return integer, bytes or None, not {}",
            class_of(v).tp_name()
        ))),
    }
}
