//! `abs`, `pow`, `round`, `sum`, `bin`, `oct`, `hex`, `chr`, `ord`.

use taipan_object::attr;
use taipan_object::slots::BinOp;
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, names, ops};

pub(super) fn abs(th: &Thread, a: &[Value]) -> PyResult {
    if let Some(n) = a[0].as_small_int() {
        return Ok(Value::int(th, n.abs()));
    }
    if let Some(x) = a[0].as_small_float() {
        return Ok(Value::float(th, x.abs()));
    }
    ops::abs(th, a[0])
}

pub(super) fn pow(th: &Thread, a: &[Value]) -> PyResult {
    ops::power(th, a[0], a[1], a[2].or(Value::NONE))
}

pub(super) fn round(th: &Thread, a: &[Value]) -> PyResult {
    let digits = a[1].or(Value::NONE);
    let r = if digits.is_none() {
        attr::call_special(th, a[0], names::ROUND.get(), &[])?
    } else {
        attr::call_special(th, a[0], names::ROUND.get(), &[digits])?
    };
    match r {
        Some(v) => Ok(v),
        None => Err(th.type_error(format!(
            "type {} doesn't define __round__ method",
            class_of(a[0]).tp_name()
        ))),
    }
}

fn with_prefix(th: &Thread, v: Value, base: u32, prefix: &str) -> PyResult {
    let n = ops::index(th, v)?;
    let text = match n.as_int() {
        Some(taipan_object::numbers::Int::Small(n)) => {
            let sign = if n < 0 { "-" } else { "" };
            let m = n.unsigned_abs();
            match base {
                2 => format!("{sign}{prefix}{m:b}"),
                8 => format!("{sign}{prefix}{m:o}"),
                _ => format!("{sign}{prefix}{m:x}"),
            }
        }
        Some(i) => {
            let big = i.to_big();
            let sign = if big.is_negative() { "-" } else { "" };
            format!("{sign}{prefix}{}", big.magnitude_radix(base))
        }
        None => String::new(),
    };
    Ok(Value::str(th, &text))
}

pub(super) fn bin(th: &Thread, a: &[Value]) -> PyResult {
    with_prefix(th, a[0], 2, "0b")
}

pub(super) fn oct(th: &Thread, a: &[Value]) -> PyResult {
    with_prefix(th, a[0], 8, "0o")
}

pub(super) fn hex(th: &Thread, a: &[Value]) -> PyResult {
    with_prefix(th, a[0], 16, "0x")
}

pub(super) fn chr(th: &Thread, a: &[Value]) -> PyResult {
    let n = ops::index(th, a[0])?;
    let c = n
        .as_i64()
        .and_then(|n| u32::try_from(n).ok())
        .and_then(taipan_object::wtf8::CodePoint::from_u32);
    match c {
        Some(c) => Ok(Value::char(th, c)),
        None => Err(th.value_error("chr() arg not in range(0x110000)")),
    }
}

pub(super) fn ord(th: &Thread, a: &[Value]) -> PyResult {
    let bytes = match a[0].as_bytes() {
        Some(b) => Some((b.len(), b.first().copied())),
        None if a[0]
            .downcast::<taipan_object::bytearray::ByteArray>()
            .is_some() =>
        {
            let b = taipan_object::buffer::get(th, a[0], false)?;
            Some((b.len, b.as_slice().first().copied()))
        }
        None => None,
    };
    let n = if let Some(s) = a[0].as_str_obj() {
        if s.len() == 1
            && let Some(c) = s.wtf8().code_points().next()
        {
            return Ok(Value::small_int(c.to_u32() as i64));
        }
        s.len()
    } else if let Some((n, first)) = bytes {
        if let (1, Some(b)) = (n, first) {
            return Ok(Value::small_int(b as i64));
        }
        n
    } else {
        return Err(th.type_error(format!(
            "ord() expected string of length 1, but {} found",
            class_of(a[0]).tp_name()
        )));
    };
    Err(th.type_error(format!(
        "ord() expected a character, but string of length {n} found"
    )))
}

/// Adds floats with the error of each step kept apart, as CPython's `sum` does.
struct Compensated {
    high: f64,
    low: f64,
}

impl From<f64> for Compensated {
    fn from(high: f64) -> Compensated {
        Compensated { high, low: 0.0 }
    }
}

impl Compensated {
    fn add(&mut self, x: f64) {
        let t = self.high + x;
        if self.high.abs() >= x.abs() {
            self.low += (self.high - t) + x;
        } else {
            self.low += (x - t) + self.high;
        }
        self.high = t;
    }

    fn result(&self) -> f64 {
        // An infinity or a NaN in the correction would spoil a good sum.
        if self.low != 0.0 && self.low.is_finite() {
            self.high + self.low
        } else {
            self.high
        }
    }
}

enum Running {
    Int(i64),
    Float(Compensated),
    Complex(Compensated, Compensated),
    Object(Value),
}

impl Running {
    /// What goes on from the sum of two objects: a number is added up in its own way again, but only by a wider type
    /// than so far.
    fn of_sum(&self, r: Value) -> Running {
        let exactly = |t| taipan_object::types::is_exactly(r, t);
        match self {
            Running::Int(_) if r.is_small_int() => Running::Int(r.small_int_unchecked()),
            Running::Int(_) if exactly(&taipan_object::types::FLOAT) => {
                Running::Float(Compensated::from(r.as_float().unwrap_or(f64::NAN)))
            }
            Running::Int(_) | Running::Float(_) if exactly(&taipan_object::types::COMPLEX) => {
                let (re, im) = r.as_complex().unwrap_or((f64::NAN, f64::NAN));
                Running::Complex(Compensated::from(re), Compensated::from(im))
            }
            _ => Running::Object(r),
        }
    }

    fn value(&self, th: &Thread) -> Value {
        match self {
            Running::Int(n) => Value::int(th, *n),
            Running::Float(c) => Value::float(th, c.result()),
            Running::Complex(re, im) => Value::complex(th, re.result(), im.result()),
            Running::Object(v) => *v,
        }
    }
}

pub(super) fn sum(th: &Thread, a: &[Value]) -> PyResult {
    let start = a[1].or(Value::small_int(0));
    let refuse = |what: &str, method: &str| {
        Err(th.type_error(format!(
            "sum() can't sum {what} [use {method}.join(seq) instead]"
        )))
    };
    if start.as_str_obj().is_some() {
        return refuse("strings", "''");
    }
    if start.as_bytes().is_some() {
        return refuse("bytes", "b''");
    }
    if start
        .downcast::<taipan_object::bytearray::ByteArray>()
        .is_some()
    {
        return refuse("bytearray", "b''");
    }
    let mut acc = match (start.as_small_int(), exact_float(start)) {
        (Some(n), _) => Running::Int(n),
        (_, Some(x)) => Running::Float(x.into()),
        _ => Running::Int(0).of_sum(start),
    };
    ops::for_each(th, a[0], |v| {
        match &mut acc {
            Running::Int(n) => {
                let m = v.as_small_int().or(match v {
                    Value::TRUE => Some(1),
                    Value::FALSE => Some(0),
                    _ => None,
                });
                if let Some(s) = m.and_then(|m| n.checked_add(m)) {
                    *n = s;
                    return Ok(());
                }
                if let Some(x) = exact_float(v) {
                    let mut c = Compensated::from(*n as f64);
                    if Value::MIN_INT <= *n && *n <= Value::MAX_INT {
                        c.add(x);
                        acc = Running::Float(c);
                        return Ok(());
                    }
                }
            }
            Running::Float(c) => {
                if let Some(x) = exact_float(v) {
                    c.add(x);
                    return Ok(());
                }
                if let Some(n) = v.as_small_int() {
                    c.add(n as f64);
                    return Ok(());
                }
            }
            Running::Complex(re, im) => {
                if taipan_object::types::is_exactly(v, &taipan_object::types::COMPLEX)
                    && let Some((x, y)) = v.as_complex()
                {
                    re.add(x);
                    im.add(y);
                    return Ok(());
                }
                if let Some(x) = v.as_float().or(v.as_i64().map(|n| n as f64)) {
                    re.add(x);
                    return Ok(());
                }
            }
            Running::Object(_) => {}
        }
        let left = acc.value(th);
        acc = acc.of_sum(ops::binary(th, BinOp::Add, left, v)?);
        Ok(())
    })?;
    Ok(acc.value(th))
}

fn exact_float(v: Value) -> Option<f64> {
    if v.is_small_float() {
        return v.as_small_float();
    }
    if v.is_cell() && class_of(v).is(&taipan_object::types::FLOAT) {
        return v.as_float();
    }
    None
}
