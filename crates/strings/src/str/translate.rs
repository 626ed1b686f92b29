//! `str.translate` and `str.maketrans`.

use taipan_object::dict::Dict;
use taipan_object::exception::LOOKUP_ERROR;
use taipan_object::types::{self, class_of, is_exactly};
use taipan_object::wtf8::{CodePoint, Wtf8Buf};
use taipan_object::{PyResult, Thread, Value, ops};

use super::{exact, get};
use crate::args;

/// What a table makes of a character.
#[derive(Clone, Copy)]
enum Mapped {
    Same,
    Gone,
    Char(CodePoint),
    /// A `str`, whose value is in the second place.
    Text(Value),
}

fn lookup(th: &Thread, table: Value, c: CodePoint) -> PyResult<Mapped> {
    let key = Value::small_int(c.to_u32() as i64);
    let r = match ops::get_item(th, table, key) {
        Ok(r) => r,
        Err(e) if e.is(&LOOKUP_ERROR) => return Ok(Mapped::Same),
        Err(e) => return Err(e),
    };
    if r.is_none() {
        return Ok(Mapped::Gone);
    }
    if r.is_int() {
        let c = r
            .as_i64()
            .and_then(|n| u32::try_from(n).ok())
            .and_then(CodePoint::from_u32);
        return match c {
            Some(c) => Ok(Mapped::Char(c)),
            None => Err(th.value_error("character mapping must be in range(0x110000)")),
        };
    }
    if r.as_str_obj().is_some() {
        return Ok(Mapped::Text(r));
    }
    Err(th.type_error("character mapping must return integer, None or str"))
}

pub(super) fn translate(th: &Thread, a: &[Value]) -> PyResult {
    let s = get(a[0]);
    let table = a[1];
    if s.is_empty() {
        return exact(th, a[0]);
    }
    if class_of(table).slots().getitem.is_none() && table.downcast::<types::Type>().is_none() {
        // The message of a subscript.
        ops::get_item(th, table, Value::small_int(0))?;
    }
    let mut out = Wtf8Buf::with_capacity(s.as_bytes().len());
    // What an ASCII character becomes is asked once where the table is a plain dict.
    let plain = is_exactly(table, &types::DICT);
    let mut known = [None; 128];
    for c in s.wtf8().code_points() {
        let n = c.to_u32() as usize;
        let mapped = match known.get(n).copied().flatten() {
            Some(m) => m,
            None => {
                let m = lookup(th, table, c)?;
                if plain && n < 128 && !matches!(m, Mapped::Text(_)) {
                    known[n] = Some(m);
                }
                m
            }
        };
        match mapped {
            Mapped::Same => out.push(c),
            Mapped::Gone => {}
            Mapped::Char(c) => out.push(c),
            Mapped::Text(v) => {
                if let Some(w) = v.as_wtf8() {
                    out.push_wtf8(w);
                }
            }
        }
    }
    Value::try_wtf8(th, &out)
}

pub(super) fn maketrans(th: &Thread, a: &[Value]) -> PyResult {
    let table = Dict::new(th);
    let (x, y, z) = (a[0], a[1].present(), a[2].present());
    let key = |c: CodePoint| Value::small_int(c.to_u32() as i64);
    if let Some(y) = y {
        let Some(xs) = x.as_str_obj() else {
            return Err(th.type_error(
                "first maketrans argument must be a string if there is a second argument",
            ));
        };
        args::text(th, "maketrans", "2", y)?;
        let ys = get(y);
        if let Some(z) = z {
            args::text(th, "maketrans", "3", z)?;
        }
        if xs.len() != ys.len() {
            return Err(th.value_error("the first two maketrans arguments must have equal length"));
        }
        for (c, d) in xs.wtf8().code_points().zip(ys.wtf8().code_points()) {
            table.set(th, key(c), key(d))?;
        }
        if let Some(z) = z {
            for c in get(z).wtf8().code_points() {
                table.set(th, key(c), Value::NONE)?;
            }
        }
        return Ok(table.value());
    }
    if !is_exactly(x, &types::DICT) {
        return Err(th.type_error("if you give only one argument to maketrans it must be a dict"));
    }
    let source = x.expect::<Dict>();
    let mut at = 0;
    while let Some((next, k, v, _)) = source.map.next_entry(at) {
        at = next;
        if let Some(s) = k.as_str_obj() {
            match s.wtf8().code_points().next() {
                Some(c) if s.len() == 1 => table.set(th, key(c), v)?,
                _ => {
                    return Err(th.value_error("string keys in translatetable must be of length 1"));
                }
            }
        } else if k.is_int() {
            table.set(th, k, v)?;
        } else {
            return Err(th.type_error("keys in translate table mustbe strings or integers"));
        }
    }
    Ok(table.value())
}
