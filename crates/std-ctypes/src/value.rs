//! Numbers, characters and objects in memory, by the letters that `ctypes` has for their types.

use crate::address;
use taipan_host::memory::{self, load, store};
use taipan_object::wtf8::{CodePoint, Wtf8Buf};
use taipan_object::{PyResult, Thread, Value, ops};
use taipan_std_os::args::{mask, type_name};

fn letter(v: Value) -> u8 {
    let text = v.as_wtf8().map(|w| w.as_bytes());
    text.and_then(|b| b.first().copied()).unwrap_or(0)
}

/// The bytes of a number, turned round if they are in the other order.
fn number<const N: usize>(at: usize, swapped: bool) -> [u8; N] {
    let mut bytes = load::<N>(at);
    if swapped {
        bytes.reverse();
    }
    bytes
}

fn put<const N: usize>(at: usize, mut bytes: [u8; N], swapped: bool) {
    if swapped {
        bytes.reverse();
    }
    store(at, bytes);
}

/// The number in the eighty bits of an x87 `long double`.
fn long_double(at: usize) -> f64 {
    let bits = u64::from_le_bytes(load::<8>(at));
    let head = u16::from_le_bytes(load::<2>(at + 8));
    let sign = if head & 0x8000 != 0 { -1.0 } else { 1.0 };
    let exponent = i32::from(head & 0x7fff);
    if exponent == 0x7fff {
        let infinite = bits << 1 == 0;
        return if infinite {
            sign * f64::INFINITY
        } else {
            f64::NAN
        };
    }
    // In two steps, for 2^-16445 is no float; the first one rounds.
    let power = exponent - 16383 - 63;
    let half = power / 2;
    let two = |n: i32| 2f64.powi(n.clamp(-1022, 1023));
    let mut x = bits as f64;
    let mut left = power;
    if !(-2200..=2200).contains(&power) {
        x *= two(half);
        left = power - half;
    }
    while left != 0 && x != 0.0 && x.is_finite() {
        let step = left.clamp(-1000, 1000);
        x *= two(step);
        left -= step;
    }
    sign * x
}

fn put_long_double(at: usize, x: f64) {
    let sign = if x.is_sign_negative() { 0x8000u16 } else { 0 };
    let bits = x.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let (head, mantissa) = match exponent {
        0x7ff => (0x7fff, 1 << 63 | fraction << 11),
        0 if fraction == 0 => (0, 0),
        0 => {
            let shift = fraction.leading_zeros();
            (16383 - 1022 + 11 - shift as i32, fraction << shift)
        }
        e => (e - 1023 + 16383, 1 << 63 | fraction << 11),
    };
    store(at, u64::to_le_bytes(mantissa));
    store(at + 8, (sign | head as u16).to_le_bytes());
}

fn wide_char(th: &Thread, code: u32) -> PyResult<CodePoint> {
    CodePoint::from_u32(code).ok_or_else(|| {
        th.value_error(format!(
            "character U+{code:x} is not in range [U+0000; U+10ffff]"
        ))
    })
}

/// `get(address, code, swapped)`
pub fn get(th: &Thread, a: &[Value]) -> PyResult {
    let (at, swapped) = (address(a[0]), a[2].is(Value::TRUE));
    let float = |at: usize| f64::from(f32::from_ne_bytes(number(at, swapped)));
    let double = |at: usize| f64::from_ne_bytes(number(at, swapped));
    Ok(match letter(a[1]) {
        b'b' => Value::small_int(i8::from_ne_bytes(load(at)).into()),
        b'B' => Value::small_int(u8::from_ne_bytes(load(at)).into()),
        b'h' => Value::small_int(i16::from_ne_bytes(number(at, swapped)).into()),
        b'H' => Value::small_int(u16::from_ne_bytes(number(at, swapped)).into()),
        b'i' => Value::small_int(i32::from_ne_bytes(number(at, swapped)).into()),
        b'I' => Value::small_int(u32::from_ne_bytes(number(at, swapped)).into()),
        b'l' | b'q' => Value::int(th, i64::from_ne_bytes(number(at, swapped))),
        b'L' | b'Q' => Value::uint(th, u64::from_ne_bytes(number(at, swapped))),
        b'P' => Value::uint(th, u64::from_ne_bytes(load(at))),
        b'f' => Value::float(th, float(at)),
        b'd' => Value::float(th, double(at)),
        b'g' => Value::float(th, long_double(at)),
        b'F' => Value::complex(th, float(at), float(at + 4)),
        b'D' => Value::complex(th, double(at), double(at + 8)),
        b'G' => Value::complex(th, long_double(at), long_double(at + 16)),
        b'?' => Value::bool(load::<1>(at) != [0]),
        b'c' => Value::bytes(th, &load::<1>(at))?,
        b'u' => {
            let mut text = Wtf8Buf::new();
            text.push(wide_char(th, u32::from_ne_bytes(load(at)))?);
            Value::wtf8(th, &text)
        }
        b'O' => match u64::from_ne_bytes(load(at)) {
            0 => return Err(th.value_error("PyObject is NULL")),
            bits => Value::from_bits(bits),
        },
        _ => return Err(th.value_error("no such type")),
    })
}

/// `set(address, code, value, swapped)`
pub fn set(th: &Thread, a: &[Value]) -> PyResult {
    let (at, v, swapped) = (address(a[0]), a[2], a[3].is(Value::TRUE));
    let code = letter(a[1]);
    if b"bBhHiIlLqQ".contains(&code) {
        let n = mask(ops::index(th, v)?);
        match code {
            b'b' | b'B' => store(at, [n as u8]),
            b'h' | b'H' => put(at, (n as u16).to_ne_bytes(), swapped),
            b'i' | b'I' => put(at, (n as u32).to_ne_bytes(), swapped),
            _ => put(at, n.to_ne_bytes(), swapped),
        }
        return Ok(Value::NONE);
    }
    let parts = || v.as_complex().unwrap_or_default();
    match code {
        b'f' => {
            let x = ops::to_f64(th, v)?;
            if x.is_finite() && (x as f32).is_infinite() {
                return Err(th.overflow_error("float too large to pack with f format"));
            }
            put(at, (x as f32).to_ne_bytes(), swapped);
        }
        b'd' => put(at, ops::to_f64(th, v)?.to_ne_bytes(), swapped),
        b'g' => put_long_double(at, ops::to_f64(th, v)?),
        b'F' => {
            put(at, (parts().0 as f32).to_ne_bytes(), swapped);
            put(at + 4, (parts().1 as f32).to_ne_bytes(), swapped);
        }
        b'D' => {
            put(at, parts().0.to_ne_bytes(), swapped);
            put(at + 8, parts().1.to_ne_bytes(), swapped);
        }
        b'G' => {
            put_long_double(at, parts().0);
            put_long_double(at + 16, parts().1);
        }
        b'P' => store(at, mask(v).to_ne_bytes()),
        b'?' => store(at, [u8::from(ops::truth(th, v)?)]),
        b'O' => store(at, v.bits().to_ne_bytes()),
        _ => return Err(th.value_error("no such type")),
    }
    Ok(Value::NONE)
}

/// `wide_string(address, limit)`: up to the first zero; with a limit, so many characters at most.
pub fn wide_string(th: &Thread, a: &[Value]) -> PyResult {
    let at = address(a[0]);
    let limit = a[1].as_i64().and_then(|n| usize::try_from(n).ok());
    let n = memory::wide_len(at, limit.unwrap_or(usize::MAX));
    let mut text = Wtf8Buf::new();
    for i in 0..n {
        text.push(wide_char(th, u32::from_ne_bytes(load(at + i * 4)))?);
    }
    Ok(Value::wtf8(th, &text))
}

/// `wide_bytes(text)`: its characters, four bytes each, without a zero at the end.
pub fn wide_bytes(th: &Thread, a: &[Value]) -> PyResult {
    let Some(text) = a[0].as_wtf8() else {
        return Err(th.type_error(format!(
            "unicode string expected instead of {} instance",
            type_name(a[0])
        )));
    };
    let bytes: Vec<u8> = text
        .code_points()
        .flat_map(|c| c.to_u32().to_ne_bytes())
        .collect();
    Value::bytes(th, &bytes)
}
