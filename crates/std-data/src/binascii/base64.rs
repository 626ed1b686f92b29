//! Base64.

use taipan_object::{PyResult, Raised, Thread, Value};
use taipan_strings::args;

use super::{ascii, error, flag};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The value of each character; 255 for those outside the alphabet.
static VALUES: [u8; 256] = {
    let mut t = [255; 256];
    let mut i = 0;
    while i < 64 {
        t[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    t
};

pub(super) fn encode(th: &Thread, a: &[Value]) -> PyResult {
    let bytes = args::bytes_like(th, a[0])?;
    let newline = flag(th, a[1], true)?;
    let mut out = Vec::with_capacity(bytes.len().div_ceil(3) * 4 + 1);
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .enumerate()
            .fold(0u32, |w, (i, b)| w | (*b as u32) << (16 - 8 * i));
        for i in 0..4 {
            if i <= chunk.len() {
                out.push(ALPHABET[(word >> (18 - 6 * i) & 63) as usize]);
            } else {
                out.push(b'=');
            }
        }
    }
    if newline {
        out.push(b'\n');
    }
    Value::bytes(th, &out)
}

pub(super) fn decode(th: &Thread, a: &[Value]) -> PyResult {
    let text = ascii(th, a[0])?;
    let strict = flag(th, a[1], false)?;
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut word, mut have, mut pads, mut padding) = (0u32, 0, 0, false);
    for (i, &c) in text.iter().enumerate() {
        if c == b'=' {
            padding = true;
            if strict && have == 0 {
                return Err(error(
                    th,
                    if i == 0 {
                        "Leading padding not allowed"
                    } else {
                        "Excess padding not allowed"
                    },
                ));
            }
            if strict && have == 1 {
                return Err(one_too_many(th, &out));
            }
            if have >= 2 {
                pads += 1;
                // What follows a complete padding is not data.
                if strict
                    && have + pads >= 4
                    && let Some(next) = text.get(i + 1)
                {
                    return Err(error(
                        th,
                        if *next == b'=' {
                            "Excess padding not allowed"
                        } else if VALUES[*next as usize] == 255 {
                            "Only base64 data is allowed"
                        } else {
                            "Excess data after padding"
                        },
                    ));
                }
            }
            continue;
        }
        let v = VALUES[c as usize];
        if v == 255 {
            if strict {
                return Err(error(th, "Only base64 data is allowed"));
            }
            continue;
        }
        if strict && padding {
            return Err(error(th, "Discontinuous padding not allowed"));
        }
        pads = 0;
        word = word << 6 | v as u32;
        have += 1;
        match have {
            2 => out.push((word >> 4) as u8),
            3 => out.push((word >> 2) as u8),
            4 => {
                out.push(word as u8);
                (word, have) = (0, 0);
            }
            _ => {}
        }
    }
    match have {
        0 => Value::bytes(th, &out),
        1 => Err(one_too_many(th, &out)),
        _ if have + pads >= 4 => Value::bytes(th, &out),
        _ => Err(error(th, "Incorrect padding")),
    }
}

#[cold]
fn one_too_many(th: &Thread, out: &[u8]) -> Raised {
    error(
        th,
        format!(
            "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
            out.len() / 3 * 4 + 1
        ),
    )
}
