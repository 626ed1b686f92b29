//! The methods of `bytes` and `bytearray`: ASCII is all they know of characters.

use memchr::memmem;

use crate::ops::{Ends, Justify};
use crate::{OutOfMemory, split};

/// An empty buffer with room for `size`.
fn buffer(size: usize) -> Result<Vec<u8>, OutOfMemory> {
    let mut out = Vec::new();
    out.try_reserve(size).map_err(|_| OutOfMemory)?;
    Ok(out)
}

/// The offset of the first `needle`.
#[inline]
pub fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [b] => memchr::memchr(*b, bytes),
        n => memmem::find(bytes, n),
    }
}

/// The offset of the last `needle`.
#[inline]
pub fn rfind(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [b] => memchr::memrchr(*b, bytes),
        n => memmem::rfind(bytes, n),
    }
}

/// Occurrences that do not overlap.
pub fn count(bytes: &[u8], needle: &[u8]) -> usize {
    match needle {
        [] => bytes.len() + 1,
        [b] => memchr::memchr_iter(*b, bytes).count(),
        n => memmem::find_iter(bytes, n).count(),
    }
}

/// `split(None, max)`: at ASCII white space.
pub fn split_whitespace(bytes: &[u8], max: Option<usize>) -> Vec<&[u8]> {
    split::split_whitespace(bytes, max)
}

/// `rsplit(None, max)`.
pub fn rsplit_whitespace(bytes: &[u8], max: Option<usize>) -> Vec<&[u8]> {
    split::rsplit_whitespace(bytes, max)
}

/// `split(sep, max)`; the separator is not empty.
pub fn split<'a>(bytes: &'a [u8], sep: &[u8], max: Option<usize>) -> Vec<&'a [u8]> {
    split::split(bytes, sep, max)
}

/// `rsplit(sep, max)`; the separator is not empty.
pub fn rsplit<'a>(bytes: &'a [u8], sep: &[u8], max: Option<usize>) -> Vec<&'a [u8]> {
    split::rsplit(bytes, sep, max)
}

/// `splitlines(keepends)`: only CR and LF end lines.
pub fn splitlines(bytes: &[u8], keep_ends: bool) -> Vec<&[u8]> {
    split::splitlines(bytes, keep_ends)
}

/// `partition(sep)`: what is before and after it.
pub fn partition<'a>(bytes: &'a [u8], sep: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    split::partition(bytes, sep)
}

/// `rpartition(sep)`.
pub fn rpartition<'a>(bytes: &'a [u8], sep: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    split::rpartition(bytes, sep)
}

/// `strip(set)` and its one-sided kin; without a set, white space goes.
pub fn strip<'a>(bytes: &'a [u8], set: Option<&[u8]>, ends: Ends) -> &'a [u8] {
    let Some(set) = set else {
        return split::trim(bytes, ends.left(), ends.right());
    };
    let mut rest = bytes;
    while ends.left()
        && let [first, tail @ ..] = rest
        && set.contains(first)
    {
        rest = tail;
    }
    while ends.right()
        && let [head @ .., last] = rest
        && set.contains(last)
    {
        rest = head;
    }
    rest
}

/// `replace(from, to, max)`; `None` if that changes nothing.
pub fn replace(
    bytes: &[u8],
    from: &[u8],
    to: &[u8],
    max: Option<usize>,
) -> Result<Option<Vec<u8>>, OutOfMemory> {
    if max == Some(0) || from == to {
        return Ok(None);
    }
    let max = max.unwrap_or(usize::MAX);
    if from.is_empty() {
        let places = (bytes.len() + 1).min(max);
        let mut out = buffer(to.len().saturating_mul(places).saturating_add(bytes.len()))?;
        for (i, &b) in bytes.iter().enumerate() {
            if i < places {
                out.extend_from_slice(to);
            }
            out.push(b);
        }
        if places > bytes.len() {
            out.extend_from_slice(to);
        }
        return Ok(Some(out));
    }
    let matches = || memmem::find_iter(bytes, from).take(max);
    let growth = match to.len().saturating_sub(from.len()) {
        0 => 0,
        n => matches().count().saturating_mul(n),
    };
    let mut out = buffer(bytes.len().saturating_add(growth))?;
    let mut start = 0;
    for at in matches() {
        out.extend_from_slice(&bytes[start..at]);
        out.extend_from_slice(to);
        start = at + from.len();
    }
    if start == 0 {
        return Ok(None);
    }
    out.extend_from_slice(&bytes[start..]);
    Ok(Some(out))
}

/// `expandtabs(size)`; a size of 0 removes tabs.
pub fn expandtabs(bytes: &[u8], size: usize) -> Result<Vec<u8>, OutOfMemory> {
    let mut out = buffer(bytes.len())?;
    let mut column = 0;
    for &b in bytes {
        match b {
            b'\t' => {
                if size > 0 {
                    let fill = size - column % size;
                    column += fill;
                    out.try_reserve(fill).map_err(|_| OutOfMemory)?;
                    out.resize(out.len() + fill, b' ');
                }
            }
            _ => {
                column = if matches!(b, b'\n' | b'\r') {
                    0
                } else {
                    column + 1
                };
                out.push(b);
            }
        }
    }
    Ok(out)
}

/// `ljust`, `center` and `rjust`; `None` if it is wide enough already.
pub fn justify(
    bytes: &[u8],
    width: usize,
    fill: u8,
    how: Justify,
) -> Result<Option<Vec<u8>>, OutOfMemory> {
    if width <= bytes.len() {
        return Ok(None);
    }
    let (left, _) = how.split(bytes.len(), width);
    let mut out = buffer(width)?;
    out.resize(width, fill);
    out[left..left + bytes.len()].copy_from_slice(bytes);
    Ok(Some(out))
}

/// `zfill(width)`; `None` if it is wide enough already.
pub fn zfill(bytes: &[u8], width: usize) -> Result<Option<Vec<u8>>, OutOfMemory> {
    if width <= bytes.len() {
        return Ok(None);
    }
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let mut out = buffer(width)?;
    out.extend_from_slice(&bytes[..sign]);
    out.resize(width - (bytes.len() - sign), b'0');
    out.extend_from_slice(&bytes[sign..]);
    Ok(Some(out))
}

/// `bytes * count`.
pub fn repeat(bytes: &[u8], count: usize) -> Result<Vec<u8>, OutOfMemory> {
    let mut out = buffer(bytes.len().saturating_mul(count))?;
    match bytes {
        [] => {}
        [b] => out.resize(count, *b),
        _ => {
            for _ in 0..count {
                out.extend_from_slice(bytes);
            }
        }
    }
    Ok(out)
}

/// `capitalize()`.
pub fn capitalize(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

/// `title()`: a letter after a letter is lower case, any other upper case.
pub fn title(bytes: &[u8]) -> Vec<u8> {
    let mut inside = false;
    bytes
        .iter()
        .map(|&b| {
            let shown = if inside {
                b.to_ascii_lowercase()
            } else {
                b.to_ascii_uppercase()
            };
            inside = b.is_ascii_alphabetic();
            shown
        })
        .collect()
}

/// `swapcase()`.
pub fn swapcase(bytes: &[u8]) -> Vec<u8> {
    let swap = |b: &u8| {
        if b.is_ascii_alphabetic() {
            b ^ 0x20
        } else {
            *b
        }
    };
    bytes.iter().map(swap).collect()
}

fn all(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&b| wanted(b))
}

pub fn isalpha(bytes: &[u8]) -> bool {
    all(bytes, |b| b.is_ascii_alphabetic())
}

pub fn isdigit(bytes: &[u8]) -> bool {
    all(bytes, |b| b.is_ascii_digit())
}

pub fn isalnum(bytes: &[u8]) -> bool {
    all(bytes, |b| b.is_ascii_alphanumeric())
}

pub fn isspace(bytes: &[u8]) -> bool {
    all(bytes, split::is_byte_space)
}

pub fn islower(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_lowercase) && !bytes.iter().any(u8::is_ascii_uppercase)
}

pub fn isupper(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_uppercase) && !bytes.iter().any(u8::is_ascii_lowercase)
}

/// `istitle()`: words begin in upper case and go on in lower case, and there is one.
pub fn istitle(bytes: &[u8]) -> bool {
    let mut inside = false;
    let mut seen = false;
    for b in bytes {
        if b.is_ascii_uppercase() == inside && b.is_ascii_alphabetic() {
            return false;
        }
        inside = b.is_ascii_alphabetic();
        seen |= inside;
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods() {
        assert_eq!(
            splitlines(b"a\nb\r\nc\rd\x0be\x0cf\x1cg\x85", false),
            [&b"a"[..], b"b", b"c", b"d\x0be\x0cf\x1cg\x85"]
        );
        assert_eq!(
            split_whitespace(b"a\x0bb\x1cc d\xff", None),
            [&b"a"[..], b"b\x1cc", b"d\xff"]
        );
        assert_eq!(
            rsplit_whitespace(b" \x80\xbf \x80 ", Some(1)),
            [&b" \x80\xbf"[..], b"\x80"]
        );
        assert_eq!(replace(b"ab", b"", b"-", None).unwrap().unwrap(), b"-a-b-");
        assert_eq!(
            replace(b"ab", b"", b"-", Some(2)).unwrap().unwrap(),
            b"-a-b"
        );
        assert_eq!(
            replace(b"abab", b"a", b"", Some(1)).unwrap().unwrap(),
            b"bab"
        );
        assert_eq!(replace(b"ab", b"x", b"-", None), Ok(None));
        assert_eq!(
            justify(b"ab", 5, b' ', Justify::Center).unwrap().unwrap(),
            b"  ab "
        );
        assert_eq!(expandtabs(b"a\tb", 3).unwrap(), b"a  b");
        assert_eq!(zfill(b"-1", 4).unwrap().unwrap(), b"-001");
        assert_eq!(swapcase(b"Ab1"), b"aB1");
        assert_eq!(title(b"a'b cd"), b"A'B Cd");
        assert_eq!(capitalize(b"aB C"), b"Ab c");
        assert!(
            isupper(b"A1")
                && istitle(b"Ab Cd")
                && !istitle(b"AB")
                && !istitle(b"aB")
                && !istitle(b"1")
        );
        assert!(!isspace(b" \x1c") && isspace(b" \t\x0b") && !isalpha(b""));
        assert_eq!(strip(b"xaxbx", Some(b"x"), Ends::Both), b"axb");
    }
}
