//! Single items of native formats: `struct`'s native mode without its alignment.

use taipan_num::BigInt;
use taipan_object::exception::NOT_IMPLEMENTED_ERROR;
use taipan_object::view::MAX_ITEM;
use taipan_object::{PyResult, Raised, Thread, Value, ops};

/// The format character of a native single-character format, `@` before it or not.
pub fn native_char(format: &str) -> Option<u8> {
    match format.as_bytes() {
        [c] | [b'@', c] if size(*c).is_some() => Some(*c),
        _ => None,
    }
}

/// Bytes of one item of a native format.
pub fn size(c: u8) -> Option<usize> {
    Some(match c {
        b'c' | b'b' | b'B' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => return None,
    })
}

/// The number in an item's bytes.
fn integer(bytes: &[u8], signed: bool) -> i128 {
    let mut word = [0u8; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    let n = u64::from_ne_bytes(word);
    if !signed {
        return n as i128;
    }
    let shift = 64 - 8 * bytes.len() as u32;
    (((n << shift) as i64) >> shift) as i128
}

/// Half precision to double.
pub fn half_to_f64(bits: u16) -> f64 {
    let sign = if bits & 0x8000 != 0 { -1.0 } else { 1.0 };
    let exponent = (bits >> 10) & 0x1f;
    let fraction = (bits & 0x3ff) as f64;
    match exponent {
        0 => sign * fraction * 2f64.powi(-24),
        0x1f if fraction == 0.0 => sign * f64::INFINITY,
        0x1f => f64::NAN.copysign(sign),
        e => sign * (1.0 + fraction / 1024.0) * 2f64.powi(e as i32 - 15),
    }
}

/// Double to half precision, half to even; nothing where it is too large.
pub fn f64_to_half(x: f64) -> Option<u16> {
    let sign = if x.is_sign_negative() { 0x8000 } else { 0 };
    if x.is_nan() {
        return Some(sign | 0x7e00);
    }
    let a = x.abs();
    if a.is_infinite() {
        return Some(sign | 0x7c00);
    }
    if a < 2f64.powi(-14) {
        // Subnormal: a multiple of 2**-24.
        let n = (a * 2f64.powi(24)).round_ties_even() as u16;
        return Some(sign | n);
    }
    let mut exponent = ((a.to_bits() >> 52) as i32) - 1023;
    let mut fraction = (a / 2f64.powi(exponent) * 1024.0).round_ties_even();
    if fraction >= 2048.0 {
        fraction = 1024.0;
        exponent += 1;
    }
    if exponent > 15 {
        return None;
    }
    Some(sign | ((exponent + 15) as u16) << 10 | (fraction as u16 - 1024))
}

/// The object of an item's bytes.
pub fn unpack(th: &Thread, c: u8, bytes: &[u8]) -> PyResult {
    let word = |n: usize| -> u64 {
        let mut w = [0u8; 8];
        w[..n].copy_from_slice(&bytes[..n]);
        u64::from_ne_bytes(w)
    };
    Ok(match c {
        b'c' => Value::bytes(th, bytes)?,
        b'?' => Value::bool(bytes[0] != 0),
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => Value::int(th, integer(bytes, true) as i64),
        b'B' | b'H' | b'I' | b'L' | b'Q' | b'N' | b'P' => {
            Value::uint(th, integer(bytes, false) as u64)
        }
        b'e' => Value::float(th, half_to_f64(word(2) as u16)),
        b'f' => Value::float(th, f32::from_bits(word(4) as u32) as f64),
        _ => Value::float(th, f64::from_bits(word(8))),
    })
}

#[cold]
fn bad_type(th: &Thread, format: &str) -> Raised {
    th.type_error(format!("memoryview: invalid type for format '{format}'"))
}

#[cold]
fn bad_value(th: &Thread, format: &str) -> Raised {
    th.value_error(format!("memoryview: invalid value for format '{format}'"))
}

/// The bytes of an object as an item; how many they are is [`size`]'s business.
pub fn pack(th: &Thread, c: u8, format: &str, v: Value) -> PyResult<[u8; MAX_ITEM]> {
    use taipan_object::exception::{OVERFLOW_ERROR, TYPE_ERROR};
    let mut out = [0u8; MAX_ITEM];
    match c {
        b'c' => match v.as_bytes() {
            Some([b]) => out[0] = *b,
            Some(_) => return Err(bad_value(th, format)),
            None => return Err(bad_type(th, format)),
        },
        b'?' => out[0] = ops::truth(th, v)? as u8,
        b'e' | b'f' | b'd' => {
            let x = match ops::to_f64(th, v) {
                Ok(x) => x,
                Err(e) if e.is(&TYPE_ERROR) => return Err(bad_type(th, format)),
                Err(e) if e.is(&OVERFLOW_ERROR) => return Err(bad_value(th, format)),
                Err(e) => return Err(e),
            };
            match c {
                b'd' => out[..8].copy_from_slice(&x.to_ne_bytes()),
                b'f' => {
                    let y = x as f32;
                    if y.is_infinite() && x.is_finite() {
                        return Err(bad_value(th, format));
                    }
                    out[..4].copy_from_slice(&y.to_ne_bytes());
                }
                _ => match f64_to_half(x) {
                    Some(h) => out[..2].copy_from_slice(&h.to_ne_bytes()),
                    None => return Err(bad_value(th, format)),
                },
            }
        }
        _ => {
            let n = match ops::index(th, v) {
                Ok(n) => n,
                Err(e) if e.is(&TYPE_ERROR) => return Err(bad_type(th, format)),
                Err(e) => return Err(e),
            };
            let n = n.as_int().map_or(BigInt::ZERO, |n| n.to_big());
            let signed = c.is_ascii_lowercase();
            let len = size(c).unwrap_or(0);
            match n.to_bytes(len, cfg!(target_endian = "little"), signed) {
                Ok(b) => out[..len].copy_from_slice(&b),
                Err(_) => return Err(bad_value(th, format)),
            }
        }
    }
    Ok(out)
}

/// A `NotImplementedError` about a format that only `struct` knows.
#[cold]
pub fn unsupported(th: &Thread, format: &str) -> Raised {
    th.raise(
        &NOT_IMPLEMENTED_ERROR,
        format!("memoryview: unsupported format {format}"),
    )
}
