//! The methods of `str` that are neither about case nor about positions.
//!
//! Searching works on bytes: WTF-8 never has one character inside another.

use memchr::memmem;
use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use crate::index::char_count;
use crate::{OutOfMemory, split};

/// An empty text with room for `bytes`.
fn text_buffer(bytes: usize) -> Result<Wtf8Buf, OutOfMemory> {
    let mut out = Wtf8Buf::new();
    out.try_reserve(bytes).map_err(|_| OutOfMemory)?;
    Ok(out)
}

/// The byte offset of the first `needle`.
#[inline]
pub fn find(text: &Wtf8, needle: &Wtf8) -> Option<usize> {
    find_bytes(text.as_bytes(), needle.as_bytes())
}

/// Bytes of text up to which preparing a search takes longer than a simple one.
const SHORT: usize = 200;

/// The offset of the first `needle` in some bytes.
#[inline]
pub(crate) fn find_bytes(text: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [b] => memchr::memchr(*b, text),
        [first, rest @ ..] if text.len() <= SHORT => {
            let last = text.len().checked_sub(rest.len())?;
            let mut at = 0;
            while let Some(n) = memchr::memchr(*first, text.get(at..last)?) {
                at += n + 1;
                if text[at..].starts_with(rest) {
                    return Some(at - 1);
                }
            }
            None
        }
        n => memmem::find(text, n),
    }
}

/// The offsets of a needle that is not empty, without overlaps.
pub(crate) fn find_all<'a>(text: &'a [u8], needle: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let finder = (text.len() > SHORT && needle.len() > 1).then(|| memmem::Finder::new(needle));
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..)?;
        let at = match &finder {
            Some(finder) => finder.find(rest),
            None => find_bytes(rest, needle),
        }?;
        let at = start + at;
        start = at + needle.len();
        Some(at)
    })
}

/// The byte offset of the last `needle`.
#[inline]
pub fn rfind(text: &Wtf8, needle: &Wtf8) -> Option<usize> {
    match needle.as_bytes() {
        [b] => memchr::memrchr(*b, text.as_bytes()),
        n => memmem::rfind(text.as_bytes(), n),
    }
}

/// `needle in text`.
#[inline]
pub fn contains(text: &Wtf8, needle: &Wtf8) -> bool {
    find(text, needle).is_some()
}

/// `text.count(needle)`: occurrences that do not overlap.
pub fn count(text: &Wtf8, needle: &Wtf8) -> usize {
    match needle.as_bytes() {
        [] => char_count(text) + 1,
        [b] => memchr::memchr_iter(*b, text.as_bytes()).count(),
        n => find_all(text.as_bytes(), n).count(),
    }
}

/// `text.split(None, max)`: at white space.
pub fn split_whitespace(text: &Wtf8, max: Option<usize>) -> Vec<&Wtf8> {
    split::split_whitespace(text, max)
}

/// `text.rsplit(None, max)`.
pub fn rsplit_whitespace(text: &Wtf8, max: Option<usize>) -> Vec<&Wtf8> {
    split::rsplit_whitespace(text, max)
}

/// `text.split(sep, max)`; the caller refuses an empty separator ("empty separator").
pub fn split<'a>(text: &'a Wtf8, sep: &Wtf8, max: Option<usize>) -> Vec<&'a Wtf8> {
    split::split(text, sep, max)
}

/// `text.rsplit(sep, max)`; the separator is not empty.
pub fn rsplit<'a>(text: &'a Wtf8, sep: &Wtf8, max: Option<usize>) -> Vec<&'a Wtf8> {
    split::rsplit(text, sep, max)
}

/// `text.splitlines(keepends)`.
pub fn splitlines(text: &Wtf8, keep_ends: bool) -> Vec<&Wtf8> {
    split::splitlines(text, keep_ends)
}

/// `text.partition(sep)`: what is before and after it.
pub fn partition<'a>(text: &'a Wtf8, sep: &Wtf8) -> Option<(&'a Wtf8, &'a Wtf8)> {
    split::partition(text, sep)
}

/// `text.rpartition(sep)`.
pub fn rpartition<'a>(text: &'a Wtf8, sep: &Wtf8) -> Option<(&'a Wtf8, &'a Wtf8)> {
    split::rpartition(text, sep)
}

/// Which ends `strip` works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    Both,
    Left,
    Right,
}

impl Ends {
    pub(crate) fn left(self) -> bool {
        self != Ends::Right
    }

    pub(crate) fn right(self) -> bool {
        self != Ends::Left
    }
}

/// `text.strip(chars)` and its one-sided kin; without `chars`, white space goes.
pub fn strip<'a>(text: &'a Wtf8, chars: Option<&Wtf8>, ends: Ends) -> &'a Wtf8 {
    let Some(set) = chars else {
        return split::trim(text, ends.left(), ends.right());
    };
    let inside = |c: CodePoint| set.contains_code_point(c);
    match ends {
        Ends::Both => text.trim_matches(inside),
        Ends::Left => text.trim_start_matches(inside),
        Ends::Right => text.trim_end_matches(inside),
    }
}

/// `text.replace(from, to, max)`; `None` if that changes nothing.
pub fn replace(
    text: &Wtf8,
    from: &Wtf8,
    to: &Wtf8,
    max: Option<usize>,
) -> Result<Option<Wtf8Buf>, OutOfMemory> {
    if max == Some(0) || from == to {
        return Ok(None);
    }
    let max = max.unwrap_or(usize::MAX);
    if from.is_empty() {
        let places = max.min(char_count(text) + 1);
        let mut out = text_buffer(text.len().saturating_add(to.len().saturating_mul(places)))?;
        let mut left = places;
        for (offset, c) in text.code_point_indices() {
            if left == 0 {
                out.push_wtf8(&text[offset..]);
                return Ok(Some(out));
            }
            left -= 1;
            out.push_wtf8(to);
            out.push(c);
        }
        if left > 0 {
            out.push_wtf8(to);
        }
        return Ok(Some(out));
    }
    let matches = |start: usize| {
        find_all(&text.as_bytes()[start..], from.as_bytes()).map(move |at| start + at)
    };
    let Some(first) = matches(0).next() else {
        return Ok(None);
    };
    // Only a growing text needs to know beforehand how large it becomes.
    let growth = match to.len().saturating_sub(from.len()) {
        0 => 0,
        more => more.saturating_mul(matches(first).take(max).count()),
    };
    let mut out = text_buffer(text.len().saturating_add(growth))?;
    let mut start = 0;
    for at in matches(first).take(max) {
        out.push_wtf8(&text[start..at]);
        out.push_wtf8(to);
        start = at + from.len();
    }
    out.push_wtf8(&text[start..]);
    Ok(Some(out))
}

/// `text.expandtabs(size)`; a size of 0 removes tabs.
pub fn expandtabs(text: &Wtf8, size: usize) -> Result<Wtf8Buf, OutOfMemory> {
    let mut out = text_buffer(text.len())?;
    let mut column = 0;
    for c in text.code_points() {
        match c.to_char() {
            Some('\t') => {
                if size > 0 {
                    let fill = size - column % size;
                    column += fill;
                    out.try_reserve(fill).map_err(|_| OutOfMemory)?;
                    out.extend(std::iter::repeat_n(' ', fill));
                }
            }
            Some('\n' | '\r') => {
                column = 0;
                out.push(c);
            }
            _ => {
                column += 1;
                out.push(c);
            }
        }
    }
    Ok(out)
}

/// Where `ljust`, `center` and `rjust` put the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Justify {
    Left,
    Center,
    Right,
}

impl Justify {
    /// How many fill characters go left and right.
    pub(crate) fn split(self, length: usize, width: usize) -> (usize, usize) {
        let fill = width.saturating_sub(length);
        let left = match self {
            Justify::Left => 0,
            Justify::Right => fill,
            // The odd one goes left only where the width is odd too.
            Justify::Center => fill / 2 + (fill & width & 1),
        };
        (left, fill - left)
    }
}

/// `ljust`, `center` and `rjust`. `length` is the number of characters of `text`; `None` if
/// it is wide enough already.
pub fn justify(
    text: &Wtf8,
    length: usize,
    width: usize,
    fill: CodePoint,
    how: Justify,
) -> Result<Option<Wtf8Buf>, OutOfMemory> {
    if width <= length {
        return Ok(None);
    }
    let (left, right) = how.split(length, width);
    let mut out = text_buffer(
        text.len()
            .saturating_add((left + right).saturating_mul(fill.len_wtf8())),
    )?;
    out.extend(std::iter::repeat_n(fill, left));
    out.push_wtf8(text);
    out.extend(std::iter::repeat_n(fill, right));
    Ok(Some(out))
}

/// `text.zfill(width)`: zeros after a sign. `None` if it is wide enough already.
pub fn zfill(text: &Wtf8, length: usize, width: usize) -> Result<Option<Wtf8Buf>, OutOfMemory> {
    if width <= length {
        return Ok(None);
    }
    let sign = usize::from(matches!(text.as_bytes().first(), Some(b'+' | b'-')));
    let mut out = text_buffer(text.len().saturating_add(width - length))?;
    out.push_wtf8(&text[..sign]);
    out.extend(std::iter::repeat_n('0', width - length));
    out.push_wtf8(&text[sign..]);
    Ok(Some(out))
}

/// `text * count`.
pub fn repeat(text: &Wtf8, count: usize) -> Result<Wtf8Buf, OutOfMemory> {
    let mut out = text_buffer(text.len().saturating_mul(count))?;
    if text.len() == 1 {
        out.extend(std::iter::repeat_n(
            CodePoint::from(text.as_bytes()[0]),
            count,
        ));
        return Ok(out);
    }
    if !text.is_empty() {
        for _ in 0..count {
            out.push_wtf8(text);
        }
    }
    Ok(out)
}

/// Maps decimal digits and white space of all scripts to ASCII for `int()`, `float()` and
/// `complex()`; other characters beyond ASCII become `?`, which those refuse.
pub fn to_ascii_digits(text: &Wtf8) -> std::borrow::Cow<'_, [u8]> {
    if text.is_ascii() && !text.as_bytes().iter().any(|b| matches!(b, 0x1c..=0x1f)) {
        return text.as_bytes().into();
    }
    text.code_points()
        .map(|c| match c.to_u32() {
            _ if crate::classify::is_space(c) => b' ',
            ascii @ 0..0x80 => ascii as u8,
            _ => crate::unicode::decimal(c).map_or(b'?', |d| b'0' + d),
        })
        .collect::<Vec<u8>>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn w(s: &str) -> &Wtf8 {
        Wtf8::new(s)
    }

    fn show(parts: &[&Wtf8]) -> String {
        let parts: Vec<String> = parts.iter().map(|p| p.to_string()).collect();
        parts.join("|")
    }

    #[test]
    fn splits() {
        let text = w(" a b  c ");
        assert_eq!(show(&split_whitespace(text, None)), "a|b|c");
        assert_eq!(show(&split_whitespace(text, Some(1))), "a|b  c ");
        assert_eq!(show(&split_whitespace(text, Some(0))), "a b  c ");
        assert_eq!(show(&rsplit_whitespace(text, None)), "a|b|c");
        assert_eq!(show(&rsplit_whitespace(text, Some(1))), " a b|c");
        assert_eq!(show(&rsplit_whitespace(text, Some(0))), " a b  c");
        let odd = w("a\u{b}b\u{1c}é\u{a0}€\u{3000}e\u{85}f");
        assert_eq!(show(&split_whitespace(odd, None)), "a|b|é|€|e|f");
        assert_eq!(show(&rsplit_whitespace(odd, None)), "a|b|é|€|e|f");
        assert_eq!(show(&split(w("a,b,,c"), w(","), Some(2))), "a|b|,c");
        assert_eq!(show(&rsplit(w("a,b,,c"), w(","), Some(2))), "a,b||c");
        assert_eq!(split(w(""), w(","), None).len(), 1);
        assert!(split_whitespace(w(""), None).is_empty());
        let lines = w("a\nb\r\nc\rd\u{b}e\u{c}f\u{1c}g\u{1d}h\u{1e}i\u{85}j\u{2028}k\u{2029}l");
        assert_eq!(show(&splitlines(lines, false)), "a|b|c|d|e|f|g|h|i|j|k|l");
        assert_eq!(splitlines(w("a\n"), true), [w("a\n")]);
        assert_eq!(splitlines(w("\n\n"), false).len(), 2);
        assert_eq!(partition(w("abcb"), w("b")), Some((w("a"), w("cb"))));
        assert_eq!(rpartition(w("abcb"), w("b")), Some((w("abc"), w(""))));
    }

    #[test]
    fn replaces() {
        let r = |t, f, to, n| {
            replace(w(t), w(f), w(to), n)
                .unwrap()
                .map(|s| s.to_string())
        };
        assert_eq!(r("ab", "", "-", None), Some("-a-b-".into()));
        assert_eq!(r("ab", "", "-", Some(2)), Some("-a-b".into()));
        assert_eq!(r("", "", "-", None), Some("-".into()));
        assert_eq!(r("", "", "-", Some(0)), None);
        assert_eq!(r("aaa", "a", "b", Some(2)), Some("bba".into()));
        assert_eq!(r("abc", "x", "b", None), None);
        assert_eq!(r("éaé", "é", "", None), Some("a".into()));
    }

    #[test]
    fn pads() {
        let c = |t: &str, n| {
            justify(w(t), t.len(), n, CodePoint::from('*'), Justify::Center)
                .unwrap()
                .unwrap()
                .to_string()
        };
        assert_eq!(c("abc", 6), "*abc**");
        assert_eq!(c("abcd", 7), "**abcd*");
        assert_eq!(c("abc", 8), "**abc***");
        assert_eq!(c("ab", 5), "**ab*");
        assert_eq!(
            zfill(w("-a"), 2, 5).unwrap().unwrap(),
            Wtf8Buf::from("-000a")
        );
        assert_eq!(zfill(w(""), 0, 2).unwrap().unwrap(), Wtf8Buf::from("00"));
        assert_eq!(
            expandtabs(w("a\tb\n\tc"), 4).unwrap(),
            Wtf8Buf::from("a   b\n    c")
        );
        assert_eq!(expandtabs(w("a\tb"), 0).unwrap(), Wtf8Buf::from("ab"));
        assert_eq!(repeat(w("é"), 3).unwrap(), Wtf8Buf::from("ééé"));
    }

    #[test]
    fn strips() {
        assert_eq!(strip(w("\u{3000} a\u{85}"), None, Ends::Both), w("a"));
        assert_eq!(strip(w("éaé"), Some(w("é")), Ends::Left), w("aé"));
        assert_eq!(strip(w("xyx"), Some(w("xy")), Ends::Both), w(""));
    }

    #[test]
    fn counts() {
        assert_eq!(count(w("aaaa"), w("aa")), 2);
        assert_eq!(count(w("abc"), w("")), 4);
        assert_eq!(rfind(w("abcabc"), w("abc")), Some(3));
        assert_eq!(find(w(""), w("")), Some(0));
    }

    #[test]
    fn digits_of_all_scripts() {
        assert_eq!(&*to_ascii_digits(w("\u{661}\u{662}\u{3000}x²")), b"12 x?");
        assert_eq!(&*to_ascii_digits(w("12\u{1c}")), b"12 ");
    }
}
