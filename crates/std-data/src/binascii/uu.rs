//! Uuencoding.

use taipan_object::{PyResult, Thread, Value};
use taipan_strings::args;

use super::{ascii, error, flag};

pub(super) fn encode(th: &Thread, a: &[Value]) -> PyResult {
    let bytes = args::bytes_like(th, a[0])?;
    let backtick = flag(th, a[1], false)?;
    if bytes.len() > 45 {
        return Err(error(th, "At most 45 bytes at once"));
    }
    let show = |n: u32| {
        if n == 0 && backtick {
            b'`'
        } else {
            b' ' + n as u8
        }
    };
    let mut out = vec![show(bytes.len() as u32)];
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .enumerate()
            .fold(0u32, |w, (i, b)| w | (*b as u32) << (16 - 8 * i));
        out.extend((0..4).map(|i| show(word >> (18 - 6 * i) & 63)));
    }
    out.push(b'\n');
    Value::bytes(th, &out)
}

pub(super) fn decode(th: &Thread, a: &[Value]) -> PyResult {
    let text = ascii(th, a[0])?;
    let Some((&first, mut rest)) = text.split_first() else {
        return Err(error(th, "Missing length byte"));
    };
    let length = (first.wrapping_sub(b' ') & 63) as usize;
    let mut out = Vec::with_capacity(length);
    let (mut word, mut bits) = (0u32, 0);
    while out.len() < length {
        // A line that ends early counts as if it went on with blanks.
        let v = match rest.split_first() {
            Some((&c, tail)) => {
                rest = tail;
                match c {
                    b'\n' | b'\r' => 0,
                    b' '..=b'`' => (c - b' ') & 63,
                    _ => return Err(error(th, "Illegal char")),
                }
            }
            None => 0,
        };
        word = word << 6 | v as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits) as u8);
        }
    }
    if rest
        .iter()
        .any(|c| !matches!(c, b' ' | b'`' | b'\n' | b'\r'))
    {
        return Err(error(th, "Trailing garbage"));
    }
    Value::bytes(th, &out)
}
