//! Splitting, shared by text and bytes.

use std::ops::Range;

use memchr::memmem;
use rustpython_wtf8::{CodePoint, Wtf8};

use crate::index::char_at;

/// What can be cut into parts: WTF-8 text or bytes.
pub(crate) trait Sliceable {
    fn raw(&self) -> &[u8];
    fn cut(&self, range: Range<usize>) -> &Self;
    /// The length of the white space that begins at `at`, 0 if there is none.
    fn space_at(&self, at: usize) -> usize;
    /// The length of the white space that ends at `end`, 0 if there is none.
    fn space_before(&self, end: usize) -> usize;
    /// The length of the line end at `at`, 0 if there is none.
    fn line_end_at(&self, at: usize) -> usize;
}

pub(crate) fn is_byte_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t'..=b'\r')
}

impl Sliceable for [u8] {
    fn raw(&self) -> &[u8] {
        self
    }

    fn cut(&self, range: Range<usize>) -> &[u8] {
        &self[range]
    }

    fn space_at(&self, at: usize) -> usize {
        usize::from(is_byte_space(self[at]))
    }

    fn space_before(&self, end: usize) -> usize {
        usize::from(is_byte_space(self[end - 1]))
    }

    fn line_end_at(&self, at: usize) -> usize {
        match self[at] {
            b'\r' if self.get(at + 1) == Some(&b'\n') => 2,
            b'\r' | b'\n' => 1,
            _ => 0,
        }
    }
}

fn space_width(c: CodePoint) -> usize {
    if crate::classify::is_space(c) {
        c.len_wtf8()
    } else {
        0
    }
}

impl Sliceable for Wtf8 {
    fn raw(&self) -> &[u8] {
        self.as_bytes()
    }

    fn cut(&self, range: Range<usize>) -> &Wtf8 {
        &self[range]
    }

    fn space_at(&self, at: usize) -> usize {
        match self.as_bytes()[at] {
            b @ 0..0x80 => usize::from(crate::classify::is_ascii_space(b)),
            // No white space begins with another byte.
            0xc2 | 0xe1 | 0xe2 | 0xe3 => char_at(self, at).map_or(0, space_width),
            _ => 0,
        }
    }

    fn space_before(&self, end: usize) -> usize {
        match self.as_bytes()[end - 1] {
            b @ 0..0x80 => usize::from(crate::classify::is_ascii_space(b)),
            // Inside a character there is no end of one.
            _ if !self.is_code_point_boundary(end) => 0,
            _ => self[..end].code_points().next_back().map_or(0, space_width),
        }
    }

    fn line_end_at(&self, at: usize) -> usize {
        let bytes = self.as_bytes();
        match bytes[at] {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => 2,
            b'\n'..=b'\r' | 0x1c..=0x1e => 1,
            // U+0085, U+2028, U+2029.
            0xc2 if bytes.get(at + 1) == Some(&0x85) => 2,
            0xe2 if matches!(bytes[at..], [_, 0x80, 0xa8 | 0xa9, ..]) => 3,
            _ => 0,
        }
    }
}

fn limit(max: Option<usize>) -> usize {
    max.unwrap_or(usize::MAX)
}

/// `split(None, max)`.
pub(crate) fn split_whitespace<T: Sliceable + ?Sized>(text: &T, max: Option<usize>) -> Vec<&T> {
    let end = text.raw().len();
    let mut parts = Vec::with_capacity(16);
    let mut at = 0;
    loop {
        while at < end {
            match text.space_at(at) {
                0 => break,
                n => at += n,
            }
        }
        if at == end {
            return parts;
        }
        let start = at;
        if parts.len() == limit(max) {
            parts.push(text.cut(start..end));
            return parts;
        }
        while at < end && text.space_at(at) == 0 {
            at += 1;
        }
        parts.push(text.cut(start..at));
    }
}

/// `rsplit(None, max)`.
pub(crate) fn rsplit_whitespace<T: Sliceable + ?Sized>(text: &T, max: Option<usize>) -> Vec<&T> {
    let mut parts = Vec::new();
    let mut end = text.raw().len();
    loop {
        while end > 0 {
            match text.space_before(end) {
                0 => break,
                n => end -= n,
            }
        }
        if end == 0 {
            break;
        }
        if parts.len() == limit(max) {
            parts.push(text.cut(0..end));
            break;
        }
        let stop = end;
        while end > 0 && text.space_before(end) == 0 {
            end -= 1;
        }
        parts.push(text.cut(end..stop));
    }
    parts.reverse();
    parts
}

/// `split(sep, max)`; `sep` is not empty.
pub(crate) fn split<'a, T: Sliceable + ?Sized>(
    text: &'a T,
    sep: &T,
    max: Option<usize>,
) -> Vec<&'a T> {
    let raw = text.raw();
    // Most texts have few parts: one allocation does for them.
    let mut parts = Vec::with_capacity(16);
    let mut start = 0;
    let width = sep.raw().len();
    let mut push = |start: usize, end: usize| parts.push(text.cut(start..end));
    if let [b] = *sep.raw() {
        for at in memchr::memchr_iter(b, raw).take(limit(max)) {
            push(start, at);
            start = at + 1;
        }
    } else {
        for at in crate::ops::find_all(raw, sep.raw()).take(limit(max)) {
            push(start, at);
            start = at + width;
        }
    }
    push(start, raw.len());
    parts
}

/// `rsplit(sep, max)`; `sep` is not empty.
pub(crate) fn rsplit<'a, T: Sliceable + ?Sized>(
    text: &'a T,
    sep: &T,
    max: Option<usize>,
) -> Vec<&'a T> {
    let raw = text.raw();
    let mut parts = Vec::new();
    let mut end = raw.len();
    let width = sep.raw().len();
    for at in memmem::rfind_iter(raw, sep.raw()).take(limit(max)) {
        parts.push(text.cut(at + width..end));
        end = at;
    }
    parts.push(text.cut(0..end));
    parts.reverse();
    parts
}

/// `splitlines(keepends)`.
pub(crate) fn splitlines<T: Sliceable + ?Sized>(text: &T, keep_ends: bool) -> Vec<&T> {
    let end = text.raw().len();
    let mut lines = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < end {
        let n = text.line_end_at(at);
        if n == 0 {
            at += 1;
            continue;
        }
        lines.push(text.cut(start..if keep_ends { at + n } else { at }));
        at += n;
        start = at;
    }
    if start < end {
        lines.push(text.cut(start..end));
    }
    lines
}

/// `partition(sep)`: the parts before and after, `None` if there is no separator.
pub(crate) fn partition<'a, T: Sliceable + ?Sized>(text: &'a T, sep: &T) -> Option<(&'a T, &'a T)> {
    let at = crate::ops::find_bytes(text.raw(), sep.raw())?;
    let after = at + sep.raw().len();
    Some((text.cut(0..at), text.cut(after..text.raw().len())))
}

/// `rpartition(sep)`.
pub(crate) fn rpartition<'a, T: Sliceable + ?Sized>(
    text: &'a T,
    sep: &T,
) -> Option<(&'a T, &'a T)> {
    let at = memmem::rfind(text.raw(), sep.raw())?;
    let after = at + sep.raw().len();
    Some((text.cut(0..at), text.cut(after..text.raw().len())))
}

/// The range left when white space is stripped.
pub(crate) fn trim<T: Sliceable + ?Sized>(text: &T, left: bool, right: bool) -> &T {
    let (mut start, mut end) = (0, text.raw().len());
    while left && start < end {
        match text.space_at(start) {
            0 => break,
            n => start += n,
        }
    }
    while right && end > start {
        match text.space_before(end) {
            0 => break,
            n => end -= n,
        }
    }
    text.cut(start..end)
}
