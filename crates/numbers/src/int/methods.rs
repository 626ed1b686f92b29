//! The methods of `int`.

use taipan_num::format::format_int;
use taipan_num::format::simple::{self, Simple};
use taipan_num::{BigInt, small};
use taipan_object::apart::apart;
use taipan_object::numbers::{Int, int_max_str_digits};
use taipan_object::types::{self, Type, class_of};
use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{PyResult, Thread, Value, attr, buffer, call, names, ops};

use super::get;
use crate::{format_error, int_error};

pub(super) fn itself(th: &Thread, a: &[Value]) -> PyResult {
    Ok(super::parse::exact(th, a[0]))
}

/// The decimal text of an integer.
pub(crate) fn decimal(th: &Thread, v: Value) -> PyResult<String> {
    match get(v) {
        Int::Small(n) => Ok(small::decimal_i64(n)),
        Int::Big(b) => {
            let limit = int_max_str_digits();
            let words = b.magnitude_words().len();
            let r = if super::arith::is_huge(words, words as u64) && limit == 0 {
                let b = b.to_big();
                apart(th, move || b.to_decimal(0))?
            } else if words > 512 {
                th.blocking(|| b.to_big().to_decimal(limit))
            } else {
                b.to_big().to_decimal(limit)
            };
            r.map_err(|e| int_error(th, e))
        }
    }
}

pub(super) fn repr(th: &Thread, v: Value) -> PyResult {
    if let Int::Small(n) = get(v) {
        let mut room = [0; small::DECIMAL_ROOM];
        let digits = small::decimal(n, &mut room).as_bytes();
        return Value::ascii_by(th, digits.len(), |to| to.copy_from_slice(digits));
    }
    Ok(Value::str(th, &decimal(th, v)?))
}

pub(super) fn bit_length(th: &Thread, a: &[Value]) -> PyResult {
    Ok(match get(a[0]) {
        Int::Small(n) => Value::small_int(64 - n.unsigned_abs().leading_zeros() as i64),
        Int::Big(b) => Value::uint(th, b.bit_length()),
    })
}

pub(super) fn bit_count(th: &Thread, a: &[Value]) -> PyResult {
    Ok(match get(a[0]) {
        Int::Small(n) => Value::small_int(n.unsigned_abs().count_ones() as i64),
        Int::Big(b) => Value::uint(th, b.bit_count()),
    })
}

/// Whether the byte order is the little-endian one.
fn little(th: &Thread, method: &str, v: Value) -> PyResult<bool> {
    let Some(v) = v.present() else {
        return Ok(false);
    };
    match v.as_wtf8().map(|w| w.as_bytes()) {
        Some(b"little") => Ok(true),
        Some(b"big") => Ok(false),
        Some(_) => Err(th.value_error("byteorder must be either 'little' or 'big'")),
        None => Err(th.type_error(format!(
            "{method}() argument 'byteorder' must be str, not {}",
            shown_type(v)
        ))),
    }
}

/// The type's name as argument errors show it: `None` for None.
pub(crate) fn shown_type(v: Value) -> String {
    if v.is_none() {
        "None".into()
    } else {
        class_of(v).name_text().into_owned()
    }
}

pub(super) fn to_bytes(th: &Thread, a: &[Value]) -> PyResult {
    let length = match a[1].present() {
        Some(n) => ops::index_i64(th, n)?,
        None => 1,
    };
    if let Some(v) = a[2].present()
        && v.as_wtf8().is_none()
    {
        little(th, "to_bytes", v)?;
    }
    let signed = match a[3].present() {
        Some(v) => ops::truth(th, v)?,
        None => false,
    };
    let little = little(th, "to_bytes", a[2])?;
    let Ok(length) = usize::try_from(length) else {
        return Err(th.value_error("length argument must be non-negative"));
    };
    let n = get(a[0]).to_big();
    let bytes = n
        .to_bytes(length, little, signed)
        .map_err(|e| int_error(th, e))?;
    Value::bytes(th, &bytes)
}

/// `bytes(x)` of what may be taken for bytes: no integers, no text.
fn bytes_of(th: &Thread, x: Value) -> PyResult<Vec<u8>> {
    if let Some(b) = x.as_bytes() {
        return Ok(b.to_vec());
    }
    if let Some(r) = attr::call_special(th, x, names::BYTES.get(), &[])? {
        return match r.as_bytes() {
            Some(b) => Ok(b.to_vec()),
            None => Err(th.type_error(format!(
                "__bytes__ returned non-bytes (type {})",
                class_of(r).tp_name()
            ))),
        };
    }
    if buffer::is_exporter(x) {
        let b = buffer::get(th, x, false)?;
        return Ok(taipan_object::view::View::of(&b).gather(false));
    }
    let s = class_of(x).slots();
    if x.as_wtf8().is_some() || (s.iter.is_none() && s.getitem.is_none()) {
        return Err(th.type_error(format!(
            "cannot convert '{}' object to bytes",
            class_of(x).tp_name()
        )));
    }
    let mut out = Vec::new();
    ops::for_each(th, x, |v| {
        let n = ops::index(th, v)?.as_i64();
        match n.map(u8::try_from) {
            Some(Ok(b)) => {
                out.push(b);
                Ok(())
            }
            _ => Err(th.value_error("bytes must be in range(0, 256)")),
        }
    })?;
    Ok(out)
}

pub(super) fn from_bytes(th: &Thread, a: &[Value]) -> PyResult {
    if let Some(v) = a[2].present()
        && v.as_wtf8().is_none()
    {
        little(th, "from_bytes", v)?;
    }
    let signed = match a[3].present() {
        Some(v) => ops::truth(th, v)?,
        None => false,
    };
    let little = little(th, "from_bytes", a[2])?;
    let n = BigInt::from_bytes(&bytes_of(th, a[1])?, little, signed);
    of_class(th, a[0], Value::big(th, n))
}

/// `cls(v)`, without the call where the class is exactly the builtin.
pub(crate) fn of_class(th: &Thread, cls: Value, v: Value) -> PyResult {
    let t = cls.expect::<Type>();
    if t.is(&types::INT) || t.is(&types::FLOAT) || t.is(&types::COMPLEX) {
        Ok(v)
    } else {
        call::call(th, cls, &[v])
    }
}

pub(super) fn as_integer_ratio(th: &Thread, a: &[Value]) -> PyResult {
    let n = super::parse::exact(th, a[0]);
    Ok(Value::tuple(th, &[n, Value::small_int(1)]))
}

pub(super) fn round(th: &Thread, a: &[Value]) -> PyResult {
    let digits = match a[1].present() {
        Some(d) if !d.is_none() => ops::index_clamped(th, d)?,
        _ => 0,
    };
    if digits >= 0 {
        return itself(th, a);
    }
    let n = get(a[0]).to_big();
    let digits = digits.unsigned_abs();
    // A power of ten with more digits than the number and one more: nothing is left.
    if digits > n.bit_length() / 3 + 2 {
        return Ok(Value::small_int(0));
    }
    match n.round_to_power_of_ten(digits) {
        Ok(n) => Ok(Value::big(th, n)),
        Err(e) => Err(int_error(th, e)),
    }
}

pub(super) fn getnewargs(th: &Thread, a: &[Value]) -> PyResult {
    let n = super::parse::exact(th, a[0]);
    Ok(Value::tuple(th, &[n]))
}

/// The format specification, which must be a `str`.
pub(crate) fn spec_arg<'a>(th: &Thread, v: Value) -> PyResult<&'a taipan_object::wtf8::Wtf8> {
    match v.as_wtf8() {
        Some(s) => Ok(s),
        None => Err(th.type_error(format!(
            "__format__() argument must be str, not {}",
            shown_type(v)
        ))),
    }
}

/// A finished text as a `str`.
pub(crate) fn text(th: &Thread, s: Wtf8Buf) -> PyResult {
    Value::try_wtf8(th, &s)
}

pub(super) fn format(th: &Thread, a: &[Value]) -> PyResult {
    let spec = spec_arg(th, a[1])?;
    if spec.is_empty() {
        return ops::str(th, a[0]);
    }
    if let Int::Small(n) = get(a[0])
        && let Some(simple) = Simple::parse(spec.as_bytes())
    {
        let mut room = [0; simple::MOST];
        if let Some(len) = simple.int(n, &mut room) {
            return Value::ascii_by(th, len, |to| to.copy_from_slice(&room[..len]));
        }
    }
    let n = get(a[0]).to_big();
    let name = class_of(a[0]).name_text();
    let locale = crate::locale::for_spec(spec);
    match format_int(&n, spec, &name, &locale, int_max_str_digits()) {
        Ok(s) => text(th, s),
        Err(e) => Err(format_error(th, e)),
    }
}

pub(super) fn sizeof(_: &Thread, a: &[Value]) -> PyResult {
    // As CPython counts: a header of 24 bytes and digits of 30 bits, at least one.
    let bits = match get(a[0]) {
        Int::Small(n) => 64 - n.unsigned_abs().leading_zeros() as u64,
        Int::Big(b) => b.bit_length(),
    };
    Ok(Value::small_int(24 + 4 * bits.div_ceil(30).max(1) as i64))
}

pub(super) fn is_integer(_: &Thread, _: &[Value]) -> PyResult {
    Ok(Value::TRUE)
}
