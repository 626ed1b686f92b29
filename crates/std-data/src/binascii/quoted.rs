//! Quoted-printable.

use taipan_object::{PyResult, Thread, Value};
use taipan_strings::args;

use super::{ascii, flag};

/// The longest line, its soft break included.
const LINE: usize = 76;

pub(super) fn encode(th: &Thread, a: &[Value]) -> PyResult {
    let data = args::bytes_like(th, a[0])?;
    let tabs = flag(th, a[1], false)?;
    let is_text = flag(th, a[2], true)?;
    let header = flag(th, a[3], false)?;
    // Soft breaks end as the first line does.
    let crlf = data
        .iter()
        .position(|b| *b == b'\n')
        .is_some_and(|i| i > 0 && data[i - 1] == b'\r');
    let end: &[u8] = if crlf { b"\r\n" } else { b"\n" };
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let hex = |out: &mut Vec<u8>, b: u8| {
        out.extend([b'=', DIGITS[(b >> 4) as usize], DIGITS[(b & 15) as usize]]);
    };
    let mut out = Vec::with_capacity(data.len() + data.len() / 2);
    let (mut line, mut i) = (0, 0);
    while let Some(&c) = data.get(i) {
        let next = data.get(i + 1).copied();
        let lonely_dot = c == b'.' && line == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0));
        let quote = c > 126
            || c == b'='
            || (header && c == b'_')
            || lonely_dot
            || (!is_text && matches!(c, b'\r' | b'\n'))
            || (matches!(c, b'\t' | b' ') && next.is_none())
            || (c < 33 && !matches!(c, b'\r' | b'\n') && (tabs || !matches!(c, b'\t' | b' ')));
        if quote {
            if line + 3 >= LINE {
                out.push(b'=');
                out.extend_from_slice(end);
                line = 0;
            }
            hex(&mut out, c);
            line += 3;
            i += 1;
            continue;
        }
        if is_text && (c == b'\n' || (c == b'\r' && next == Some(b'\n'))) {
            line = 0;
            // White space must not end a line.
            if let Some(&last) = out.last()
                && matches!(last, b' ' | b'\t')
            {
                out.pop();
                hex(&mut out, last);
            }
            out.extend_from_slice(end);
            i += if c == b'\r' { 2 } else { 1 };
            continue;
        }
        if next.is_some_and(|n| n != b'\n') && line + 1 >= LINE {
            out.push(b'=');
            out.extend_from_slice(end);
            line = 0;
        }
        line += 1;
        out.push(if header && c == b' ' { b'_' } else { c });
        i += 1;
    }
    Value::bytes(th, &out)
}

pub(super) fn decode(th: &Thread, a: &[Value]) -> PyResult {
    let data = ascii(th, a[0])?;
    let header = flag(th, a[1], false)?;
    let digit = |i: usize| data.get(i).and_then(|b| char::from(*b).to_digit(16));
    let mut out = Vec::with_capacity(data.len());
    let mut i = 0;
    while let Some(&c) = data.get(i) {
        i += 1;
        match c {
            b'=' => match data.get(i) {
                None => break,
                Some(b'\n' | b'\r') => {
                    // A soft break: nothing up to the line's end.
                    while data.get(i).is_some_and(|b| *b != b'\n') {
                        i += 1;
                    }
                    i += 1;
                }
                Some(b'=') => {
                    out.push(b'=');
                    i += 1;
                }
                Some(_) => match (digit(i), digit(i + 1)) {
                    (Some(high), Some(low)) => {
                        out.push((high << 4 | low) as u8);
                        i += 2;
                    }
                    _ => out.push(b'='),
                },
            },
            b'_' if header => out.push(b' '),
            c => out.push(c),
        }
    }
    Value::bytes(th, &out)
}
