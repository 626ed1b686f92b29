//! Values to bytes and back.

use taipan_num::BigInt;
use taipan_object::bytearray::ByteArray;
use taipan_object::exception::TYPE_ERROR;
use taipan_object::numbers::Int;
use taipan_object::types::class_of;
use taipan_object::{PyResult, Raised, Thread, Value, ValueVec, ops};
use taipan_strings::memoryview::item::{f64_to_half, half_to_f64};

use super::compiled::{Compiled, Run};
use super::error;

/// Stores the low bytes of a word in the wanted order.
fn store(to: &mut [u8], word: u64, little: bool) {
    let n = to.len();
    to.copy_from_slice(&word.to_le_bytes()[..n]);
    if !little {
        to.reverse();
    }
}

fn load(from: &[u8], little: bool) -> u64 {
    let mut w = [0u8; 8];
    if little {
        w[..from.len()].copy_from_slice(from);
    } else {
        for (to, b) in w.iter_mut().zip(from.iter().rev()) {
            *to = *b;
        }
    }
    u64::from_le_bytes(w)
}

#[cold]
fn out_of_range(th: &Thread, r: &Run) -> Raised {
    let bits = r.size as u32 * 8;
    let (low, high) = if r.code.is_ascii_lowercase() {
        (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
    } else {
        (0, (1i128 << bits) - 1)
    };
    error(
        th,
        format!(
            "'{}' format requires {low} <= number <= {high}",
            char::from(r.code)
        ),
    )
}

fn integer(th: &Thread, r: &Run, v: Value) -> PyResult<u64> {
    let n = if v.is_int() {
        v
    } else if class_of(v).slots().index.is_some() {
        ops::index(th, v)?
    } else {
        return Err(error(th, "required argument is not an integer"));
    };
    let bits = r.size as u32 * 8;
    if r.code == b'P' {
        // An address may be given as a signed number.
        let n = n.as_int().map_or(BigInt::ZERO, |n| n.to_big());
        return match (n.to_u64(), n.to_i64()) {
            (Some(n), _) => Ok(n),
            (None, Some(n)) => Ok(n as u64),
            _ => Err(error(th, "int too large to convert")),
        };
    }
    let signed = r.code.is_ascii_lowercase();
    let fits = |n: i64| {
        if signed {
            bits == 64 || (-(1i64 << (bits - 1))..1i64 << (bits - 1)).contains(&n)
        } else {
            n >= 0 && (bits == 64 || n < 1i64 << bits)
        }
    };
    match n.as_int() {
        Some(Int::Small(n)) if fits(n) => Ok(n as u64),
        Some(Int::Big(b)) => {
            let word = if signed {
                b.to_i64().map(|n| n as u64)
            } else {
                b.to_u64()
            };
            match (word, b.to_i64()) {
                (Some(w), _) if bits == 64 => Ok(w),
                (Some(w), Some(n)) if fits(n) => Ok(w),
                _ => Err(out_of_range(th, r)),
            }
        }
        _ => Err(out_of_range(th, r)),
    }
}

fn real(th: &Thread, v: Value) -> PyResult<f64> {
    match ops::to_f64(th, v) {
        Ok(x) => Ok(x),
        Err(e) if e.is(&TYPE_ERROR) => Err(error(th, "required argument is not a float")),
        Err(e) => Err(e),
    }
}

fn single(th: &Thread, x: f64, code: char) -> PyResult<f32> {
    let y = x as f32;
    if y.is_infinite() && x.is_finite() {
        return Err(th.overflow_error(format!("float too large to pack with {code} format")));
    }
    Ok(y)
}

fn text(th: &Thread, r: &Run, v: Value) -> PyResult<Vec<u8>> {
    if let Some(b) = v.as_bytes() {
        return Ok(b.to_vec());
    }
    if let Some(b) = v.downcast::<ByteArray>() {
        return Ok(b.bytes.with(|b| b.clone()));
    }
    Err(error(
        th,
        format!(
            "argument for '{}' must be a bytes object",
            char::from(r.code)
        ),
    ))
}

/// Packs the values, as many as the format has, into a zeroed buffer of its size.
pub(super) fn pack(th: &Thread, c: &Compiled, values: &[Value], out: &mut [u8]) -> PyResult<()> {
    let mut values = values.iter();
    for r in &c.runs {
        for i in 0..r.count {
            let Some(v) = values.next() else {
                return Ok(());
            };
            let at = r.offset + i * r.size;
            one(th, c, r, *v, &mut out[at..at + r.size])?;
        }
    }
    Ok(())
}

fn one(th: &Thread, c: &Compiled, r: &Run, v: Value, to: &mut [u8]) -> PyResult<()> {
    match r.code {
        b'?' => to[0] = ops::truth(th, v)? as u8,
        b'c' => match v.as_bytes() {
            Some([b]) => to[0] = *b,
            _ => return Err(error(th, "char format requires a bytes object of length 1")),
        },
        b's' => {
            let b = text(th, r, v)?;
            let n = b.len().min(to.len());
            to[..n].copy_from_slice(&b[..n]);
        }
        b'p' => {
            let b = text(th, r, v)?;
            if !to.is_empty() {
                let n = b.len().min(to.len() - 1);
                to[1..=n].copy_from_slice(&b[..n]);
                to[0] = n.min(255) as u8;
            }
        }
        b'e' => match f64_to_half(real(th, v)?) {
            Some(h) => store(to, h as u64, c.little),
            None => return Err(th.overflow_error("float too large to pack with e format")),
        },
        b'f' => {
            let y = single(th, real(th, v)?, 'f')?;
            store(to, y.to_bits() as u64, c.little);
        }
        b'd' => store(to, real(th, v)?.to_bits(), c.little),
        b'F' | b'D' => {
            let Some((re, im)) = taipan_numbers::complex::new::to_complex(th, v)? else {
                return Err(error(th, "required argument is not a complex"));
            };
            let half = to.len() / 2;
            let (x, y) = to.split_at_mut(half);
            if r.code == b'F' {
                store(x, single(th, re, 'F')?.to_bits() as u64, c.little);
                store(y, single(th, im, 'F')?.to_bits() as u64, c.little);
            } else {
                store(x, re.to_bits(), c.little);
                store(y, im.to_bits(), c.little);
            }
        }
        _ => store(to, integer(th, r, v)?, c.little),
    }
    Ok(())
}

/// Unpacks a buffer of the format's size.
pub(super) fn unpack(th: &Thread, c: &Compiled, bytes: &[u8], out: &mut ValueVec) -> PyResult<()> {
    for r in &c.runs {
        for i in 0..r.count {
            let at = r.offset + i * r.size;
            let v = object(th, c, r, &bytes[at..at + r.size])?;
            out.push(th, v)?;
        }
    }
    Ok(())
}

fn object(th: &Thread, c: &Compiled, r: &Run, from: &[u8]) -> PyResult {
    let float = |b: &[u8]| match b.len() {
        4 => f32::from_bits(load(b, c.little) as u32) as f64,
        _ => f64::from_bits(load(b, c.little)),
    };
    Ok(match r.code {
        b'?' => Value::bool(from[0] != 0),
        b'c' | b's' => Value::bytes(th, from)?,
        b'p' => {
            let n = from
                .first()
                .map_or(0, |n| (*n as usize).min(from.len() - 1));
            Value::bytes(th, from.get(1..1 + n).unwrap_or(&[]))?
        }
        b'e' => Value::float(th, half_to_f64(load(from, c.little) as u16)),
        b'f' | b'd' => Value::float(th, float(from)),
        b'F' | b'D' => {
            let (x, y) = from.split_at(from.len() / 2);
            Value::complex(th, float(x), float(y))
        }
        code if code.is_ascii_lowercase() => {
            let shift = 64 - 8 * from.len() as u32;
            Value::int(th, ((load(from, c.little) << shift) as i64) >> shift)
        }
        _ => Value::uint(th, load(from, c.little)),
    })
}
