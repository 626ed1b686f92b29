//! The methods of `float`.

use taipan_num::float;
use taipan_num::format::format_float;
use taipan_num::format::simple::{self, Simple};
use taipan_object::types::{self, class_of, is_exactly};
use taipan_object::{PyResult, Thread, Value, ops};

use super::get;
use crate::int::{of_class, shown_type, spec_arg, text};
use crate::{float_error, format_error};

pub(super) fn itself(th: &Thread, a: &[Value]) -> PyResult {
    if is_exactly(a[0], &types::FLOAT) {
        return Ok(a[0]);
    }
    Ok(Value::float(th, get(a[0])))
}

pub(super) fn from_number(th: &Thread, a: &[Value]) -> PyResult {
    let exact = if is_exactly(a[1], &types::FLOAT) {
        a[1]
    } else {
        Value::float(th, ops::to_f64(th, a[1])?)
    };
    of_class(th, a[0], exact)
}

fn to_int(th: &Thread, x: f64) -> PyResult {
    // Most are within a machine word.
    if x.abs() < 1e18 {
        return Ok(Value::int(th, x as i64));
    }
    match float::to_int(x) {
        Ok(n) => Ok(Value::big(th, n)),
        Err(e) => Err(float_error(th, e)),
    }
}

pub(super) fn trunc(th: &Thread, a: &[Value]) -> PyResult {
    to_int(th, get(a[0]))
}

pub(super) fn floor(th: &Thread, a: &[Value]) -> PyResult {
    to_int(th, get(a[0]).floor())
}

pub(super) fn ceil(th: &Thread, a: &[Value]) -> PyResult {
    to_int(th, get(a[0]).ceil())
}

pub(super) fn round(th: &Thread, a: &[Value]) -> PyResult {
    let x = get(a[0]);
    match a[1].present() {
        Some(d) if !d.is_none() => {
            let digits = ops::index_clamped(th, d)?;
            match float::round_digits(x, digits) {
                Ok(x) => Ok(Value::float(th, x)),
                Err(e) => Err(float_error(th, e)),
            }
        }
        _ => match float::round_to_int(x) {
            Ok(n) => Ok(Value::big(th, n)),
            Err(e) => Err(float_error(th, e)),
        },
    }
}

pub(super) fn as_integer_ratio(th: &Thread, a: &[Value]) -> PyResult {
    match float::as_integer_ratio(get(a[0])) {
        Ok((n, d)) => {
            let n = Value::big(th, n);
            let d = Value::big(th, d);
            Ok(Value::tuple(th, &[n, d]))
        }
        Err(e) => Err(float_error(th, e)),
    }
}

pub(super) fn fromhex(th: &Thread, a: &[Value]) -> PyResult {
    let Some(s) = a[1].as_wtf8() else {
        return Err(th.type_error("bad argument type for built-in operation"));
    };
    match float::from_hex(s.as_bytes()) {
        Ok(x) => of_class(th, a[0], Value::float(th, x)),
        Err(e) => Err(float_error(th, e)),
    }
}

pub(super) fn hex(th: &Thread, a: &[Value]) -> PyResult {
    Ok(Value::str(th, &float::to_hex(get(a[0]))))
}

pub(super) fn is_integer(_: &Thread, a: &[Value]) -> PyResult {
    Ok(Value::bool(float::is_integer(get(a[0]))))
}

pub(super) fn getnewargs(th: &Thread, a: &[Value]) -> PyResult {
    let x = Value::float(th, get(a[0]));
    Ok(Value::tuple(th, &[x]))
}

pub(super) fn getformat(th: &Thread, a: &[Value]) -> PyResult {
    match a[1].as_wtf8().map(|w| w.as_bytes()) {
        Some(b"double" | b"float") => Ok(Value::str(
            th,
            if cfg!(target_endian = "little") {
                "IEEE, little-endian"
            } else {
                "IEEE, big-endian"
            },
        )),
        Some(_) => Err(th.value_error("__getformat__() argument 1 must be 'double' or 'float'")),
        None => Err(th.type_error(format!(
            "__getformat__() argument must be str, not {}",
            shown_type(a[1])
        ))),
    }
}

pub(super) fn format(th: &Thread, a: &[Value]) -> PyResult {
    let spec = spec_arg(th, a[1])?;
    if spec.is_empty() && !is_exactly(a[0], &types::FLOAT) {
        return ops::str(th, a[0]);
    }
    if let Some(simple) = Simple::parse(spec.as_bytes()) {
        let mut room = [0; simple::MOST];
        if let Some(len) = simple.float(get(a[0]), &mut room) {
            return Value::ascii_by(th, len, |to| to.copy_from_slice(&room[..len]));
        }
    }
    let name = class_of(a[0]).name_text();
    match format_float(get(a[0]), spec, &name, &crate::locale::for_spec(spec)) {
        Ok(s) => text(th, s),
        Err(e) => Err(format_error(th, e)),
    }
}
