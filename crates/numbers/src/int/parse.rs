//! `int(x)` and `int(text, base)`.

use taipan_num::bigint::{ParseIntError, parse_int};
use taipan_object::apart::apart;
use taipan_object::bytearray::ByteArray;
use taipan_object::exception::DEPRECATION_WARNING;
use taipan_object::numbers::{Int, int_max_str_digits};
use taipan_object::types::class_of;
use taipan_object::wtf8::Wtf8;
use taipan_object::{PyResult, Raised, Thread, Value, buffer, ops};

/// The exact `int` equal to one that may be of a subclass.
pub fn exact(th: &Thread, v: Value) -> Value {
    if v.is_exact_int() {
        return v;
    }
    match super::get(v) {
        Int::Small(n) => Value::int(th, n),
        Int::Big(b) => Value::int_of(th, b),
    }
}

/// `int(x)`, an exact `int`.
pub fn from_object(th: &Thread, x: Value) -> PyResult {
    if x.is_exact_int() {
        return Ok(x);
    }
    if let Some(f) = class_of(x).slots().int {
        let r = f(th, x)?;
        if r.is_exact_int() {
            return Ok(r);
        }
        let name = class_of(r).name_text();
        if !r.is_int() {
            return Err(th.type_error(format!("__int__ returned non-int (type {name})")));
        }
        th.warn(
            &DEPRECATION_WARNING,
            format!(
                "__int__ returned non-int (type {name}).  The ability to return an instance of a strict subclass of int is deprecated, and may be removed in a future version of Python."
            ),
        )?;
        return Ok(exact(th, r));
    }
    if class_of(x).slots().index.is_some() {
        return Ok(exact(th, ops::index(th, x)?));
    }
    if let Some(s) = x.as_wtf8() {
        return from_str(th, x, s, 10);
    }
    if let Some(b) = x.as_bytes() {
        return from_ascii(th, x, b, 10);
    }
    if buffer::is_exporter(x)
        && let Ok(bytes) = copied(th, x)
    {
        let shown = if x.downcast::<ByteArray>().is_some() {
            x
        } else {
            Value::bytes(th, &bytes)?
        };
        return from_ascii(th, shown, &bytes, 10);
    }
    Err(th.type_error(format!(
        "int() argument must be a string, a bytes-like object or a real number, not '{}'",
        class_of(x).tp_name()
    )))
}

/// `int(text, base)`, an exact `int`.
pub fn from_text(th: &Thread, x: Value, base: Value) -> PyResult {
    let base = ops::index_clamped(th, base)?;
    let Some(base) = u32::try_from(base)
        .ok()
        .filter(|b| *b == 0 || (2..=36).contains(b))
    else {
        return Err(th.value_error(ParseIntError::Base.message("")));
    };
    if let Some(s) = x.as_wtf8() {
        return from_str(th, x, s, base);
    }
    if let Some(b) = x.as_bytes() {
        return from_ascii(th, x, b, base);
    }
    if x.downcast::<ByteArray>().is_some() {
        return from_ascii(th, x, &copied(th, x)?, base);
    }
    Err(th.type_error("int() can't convert non-string with explicit base"))
}

/// The bytes of any bytes-like object, as they are at one instant.
fn copied(th: &Thread, x: Value) -> PyResult<Vec<u8>> {
    if let Some(b) = x.downcast::<ByteArray>() {
        return Ok(b.bytes.with(|b| b.clone()));
    }
    Ok(buffer::get_contiguous(th, x)?.as_slice().to_vec())
}

fn from_str(th: &Thread, x: Value, s: &Wtf8, base: u32) -> PyResult {
    from_ascii(th, x, &taipan_text::ops::to_ascii_digits(s), base)
}

fn from_ascii(th: &Thread, x: Value, text: &[u8], base: u32) -> PyResult {
    let limit = int_max_str_digits();
    // A word holds some sixteen digits.
    let words = text.len() / 16;
    let huge = super::arith::is_huge(words, words as u64) && limit == 0;
    let r = if huge && !base.is_power_of_two() {
        let text = text.to_vec();
        apart(th, move || parse_int(&text, base, limit))?
    } else {
        parse_int(text, base, limit)
    };
    match r {
        Ok(n) => Ok(Value::big(th, n)),
        Err(e) => Err(parse_error(th, e, x)?),
    }
}

#[cold]
fn parse_error(th: &Thread, e: ParseIntError, x: Value) -> PyResult<Raised> {
    if matches!(e, ParseIntError::DigitLimit { .. }) {
        return Ok(th.value_error(e.message("")));
    }
    let repr = ops::repr(th, x)?;
    let repr: String = taipan_object::names::text(repr).chars().take(200).collect();
    Ok(th.value_error(e.message(repr)))
}
