//! Pickling: the bytes with a number that says what machine they are of.

use taipan_num::BigInt;
use taipan_object::types::{Type, class_of};
use taipan_object::{PyResult, Thread, Value, attr, call, ops};
use taipan_strings::codec;

use super::item::Code;
use super::{ARRAY, get};

/// What the numbers of machine formats mean: size, signed, big-endian; floats and text have no sign.
const FORMATS: [(usize, Sort, bool); 22] = [
    (1, Sort::Unsigned, false),
    (1, Sort::Signed, false),
    (2, Sort::Unsigned, false),
    (2, Sort::Unsigned, true),
    (2, Sort::Signed, false),
    (2, Sort::Signed, true),
    (4, Sort::Unsigned, false),
    (4, Sort::Unsigned, true),
    (4, Sort::Signed, false),
    (4, Sort::Signed, true),
    (8, Sort::Unsigned, false),
    (8, Sort::Unsigned, true),
    (8, Sort::Signed, false),
    (8, Sort::Signed, true),
    (4, Sort::Float, false),
    (4, Sort::Float, true),
    (8, Sort::Float, false),
    (8, Sort::Float, true),
    (2, Sort::Text, false),
    (2, Sort::Text, true),
    (4, Sort::Text, false),
    (4, Sort::Text, true),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Unsigned,
    Signed,
    Float,
    Text,
}

fn format_of(code: Code) -> usize {
    let sort = match code.letter() {
        b'u' | b'w' => Sort::Text,
        b'f' | b'd' => Sort::Float,
        c if c.is_ascii_lowercase() => Sort::Signed,
        _ => Sort::Unsigned,
    };
    let big = cfg!(target_endian = "big") && code.size() > 1;
    FORMATS
        .iter()
        .position(|f| *f == (code.size(), sort, big))
        .unwrap_or(0)
}

pub(super) fn reduce_ex(th: &Thread, a: &[Value]) -> PyResult {
    let v = a[0];
    let protocol = ops::index_i64(th, a[1])?;
    let code = get(v).code;
    let letter = Value::str(th, &char::from(code.letter()).to_string());
    let state = if attr::has_dict(v) {
        attr::to_dict(th, v)?.value()
    } else {
        Value::NONE
    };
    let class = class_of(v).value();
    if protocol < 3 {
        let list = super::methods::tolist(th, a)?;
        let args = Value::tuple(th, &[letter, list]);
        return Ok(Value::tuple(th, &[class, args, state]));
    }
    let import = th
        .interp
        .builtins
        .get()
        .and_then(|b| b.get_name(th, "__import__"));
    let module = match import {
        Some(f) => call::call(th, f, &[Value::str(th, "array")])?,
        None => return Err(th.runtime_error("builtins.__import__ is missing")),
    };
    let f = attr::get_str(th, module, "_array_reconstructor")?;
    let bytes = Value::bytes(th, &get(v).snapshot())?;
    let args = Value::tuple(
        th,
        &[class, letter, Value::usize(th, format_of(code)), bytes],
    );
    Ok(Value::tuple(th, &[f, args, state]))
}

pub(super) fn reconstruct(th: &Thread, a: &[Value]) -> PyResult {
    let Some(class) = a[0].downcast::<Type>() else {
        return Err(th.type_error(
            "first argument must be a type object, not ".to_owned() + &class_of(a[0]).name_text(),
        ));
    };
    if !class.is_subtype(&ARRAY) {
        return Err(th.type_error(format!(
            "{} is not a subtype of array.array",
            class.tp_name()
        )));
    }
    let code = match a[1].as_str_obj() {
        Some(s) if s.len() == 1 => Code::new(s.as_bytes()[0]),
        _ => {
            return Err(th.type_error(format!(
                "_array_reconstructor() argument 2 must be a unicode character, not {}",
                taipan_strings::args::type_name(a[1])
            )));
        }
    };
    let Some(code) = code else {
        return Err(th.value_error("second argument must be a valid type code"));
    };
    let format = ops::index_i32(th, a[2])?;
    let Some(&(size, sort, big)) = usize::try_from(format).ok().and_then(|i| FORMATS.get(i)) else {
        return Err(th.value_error("third argument must be a valid machine format code."));
    };
    let Some(bytes) = a[3].as_bytes() else {
        return Err(th.type_error(format!(
            "fourth argument should be bytes, not {}",
            class_of(a[3]).tp_name()
        )));
    };
    let make = |initial: Value| call::call(th, a[0], &[a[1], initial]);
    if format as usize == format_of(code) {
        return make(a[3]);
    }
    if sort == Sort::Text {
        let encoding = match (size, big) {
            (2, false) => "utf-16-le",
            (2, true) => "utf-16-be",
            (_, false) => "utf-32-le",
            (_, true) => "utf-32-be",
        };
        let text = codec::decode(th, a[3], bytes, Some(encoding), None)?;
        return make(text);
    }
    if bytes.len() % size != 0 {
        return Err(th.value_error("bytes length not a multiple of item size"));
    }
    let list = Value::list(th, &[])?;
    for item in bytes.chunks_exact(size) {
        let v = if sort == Sort::Float {
            let mut w = [0; 8];
            w[..size].copy_from_slice(item);
            if big {
                w[..size].reverse();
            }
            let x = if size == 4 {
                f32::from_le_bytes([w[0], w[1], w[2], w[3]]) as f64
            } else {
                f64::from_le_bytes(w)
            };
            Value::float(th, x)
        } else {
            Value::big(th, BigInt::from_bytes(item, !big, sort == Sort::Signed))
        };
        if let Some(l) = list.as_list() {
            l.append(th, v)?;
        }
    }
    make(list)
}
