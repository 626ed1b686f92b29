//! Character positions and byte offsets.
//!
//! ASCII text needs no index. For other text [`CharIndex`] samples the byte offset of
//! every 64th character, so that both directions cost at most one short walk. [`Chars`]
//! joins a text with its index (or the knowledge that it is ASCII) and speaks in
//! characters; the methods of `str` that take positions go through it.

use std::ops::Range;

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

const STEP: usize = 64;

/// Whether `b` begins a character.
#[inline]
pub(crate) fn is_start(b: u8) -> bool {
    (b as i8) >= -0x40
}

/// The length in bytes of the character that begins with `b`.
#[inline]
pub(crate) fn width(b: u8) -> usize {
    match b {
        0..0x80 => 1,
        0x80..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}

/// The number of characters, `len(str)`.
pub fn char_count(text: &Wtf8) -> usize {
    count_starts(text.as_bytes())
}

fn count_starts(bytes: &[u8]) -> usize {
    // Chunks keep the inner sum in a byte, which lets it run on wide registers.
    bytes
        .chunks(255)
        .map(|chunk| usize::from(chunk.iter().map(|&b| u8::from(is_start(b))).sum::<u8>()))
        .sum()
}

/// The character at a byte offset that is a boundary.
#[inline]
pub fn char_at(text: &Wtf8, offset: usize) -> Option<CodePoint> {
    let bytes = text.as_bytes();
    let b = *bytes.get(offset)?;
    if b < 0x80 {
        return Some(CodePoint::from(b));
    }
    let tail = |i: usize| bytes.get(offset + i).map_or(0, |&b| u32::from(b) & 0x3f);
    CodePoint::from_u32(match width(b) {
        2 => (u32::from(b) & 0x1f) << 6 | tail(1),
        3 => (u32::from(b) & 0x0f) << 12 | tail(1) << 6 | tail(2),
        _ => (u32::from(b) & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3),
    })
}

/// Sampled offsets of a text that is not ASCII.
#[derive(Clone, Debug)]
pub struct CharIndex {
    chars: usize,
    samples: Samples,
}

#[derive(Clone, Debug)]
enum Samples {
    Narrow(Box<[u32]>),
    /// For texts of 4 GiB and more.
    Wide(Box<[u64]>),
}

impl Samples {
    fn get(&self, i: usize) -> usize {
        match self {
            Samples::Narrow(s) => s[i] as usize,
            Samples::Wide(s) => s[i] as usize,
        }
    }

    fn len(&self) -> usize {
        match self {
            Samples::Narrow(s) => s.len(),
            Samples::Wide(s) => s.len(),
        }
    }
}

impl CharIndex {
    pub fn new(text: &Wtf8) -> CharIndex {
        let bytes = text.as_bytes();
        let mut chars = 0;
        let mut offsets = Vec::with_capacity(bytes.len() / STEP / 2 + 1);
        for (offset, &b) in bytes.iter().enumerate() {
            if is_start(b) {
                if chars % STEP == 0 {
                    offsets.push(offset as u64);
                }
                chars += 1;
            }
        }
        let samples = if u32::try_from(bytes.len()).is_ok() {
            Samples::Narrow(offsets.into_iter().map(|o| o as u32).collect())
        } else {
            Samples::Wide(offsets.into())
        };
        CharIndex { chars, samples }
    }

    /// The number of characters.
    pub fn len(&self) -> usize {
        self.chars
    }

    pub fn is_empty(&self) -> bool {
        self.chars == 0
    }

    /// Memory held by the index.
    pub fn heap_bytes(&self) -> usize {
        match &self.samples {
            Samples::Narrow(s) => s.len() * 4,
            Samples::Wide(s) => s.len() * 8,
        }
    }

    /// The byte offset of a character; the text's length for positions at or past the end.
    pub fn byte_of(&self, text: &Wtf8, position: usize) -> usize {
        if position >= self.chars {
            return text.len();
        }
        let mut offset = self.samples.get(position / STEP);
        for _ in 0..position % STEP {
            offset += width(text.as_bytes()[offset]);
        }
        offset
    }

    /// The character position of a byte offset that is a boundary.
    pub fn char_of(&self, text: &Wtf8, offset: usize) -> usize {
        if offset >= text.len() {
            return self.chars;
        }
        // The last sample at or before the offset.
        let (mut low, mut high) = (0, self.samples.len());
        while high - low > 1 {
            let middle = low.midpoint(high);
            if self.samples.get(middle) <= offset {
                low = middle;
            } else {
                high = middle;
            }
        }
        let from = self.samples.get(low);
        low * STEP + count_starts(&text.as_bytes()[from..offset])
    }
}

/// A text and what is known about its positions.
#[derive(Clone, Copy, Debug)]
pub struct Chars<'a> {
    text: &'a Wtf8,
    /// `None` for ASCII.
    index: Option<&'a CharIndex>,
}

impl<'a> Chars<'a> {
    /// A text of only ASCII characters.
    #[inline]
    pub fn ascii(text: &'a Wtf8) -> Self {
        Chars { text, index: None }
    }

    #[inline]
    pub fn indexed(text: &'a Wtf8, index: &'a CharIndex) -> Self {
        Chars {
            text,
            index: Some(index),
        }
    }

    #[inline]
    pub fn text(&self) -> &'a Wtf8 {
        self.text
    }

    #[inline]
    pub fn is_ascii(&self) -> bool {
        self.index.is_none()
    }

    /// The number of characters.
    #[inline]
    pub fn len(&self) -> usize {
        self.index.map_or(self.text.len(), CharIndex::len)
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The byte offset of a character position, clamped to the end.
    #[inline]
    pub fn byte_of(&self, position: usize) -> usize {
        match self.index {
            None => position.min(self.text.len()),
            Some(index) => index.byte_of(self.text, position),
        }
    }

    /// The character position of a byte offset that is a boundary.
    #[inline]
    pub fn char_of(&self, offset: usize) -> usize {
        match self.index {
            None => offset,
            Some(index) => index.char_of(self.text, offset),
        }
    }

    /// `str[position]`.
    #[inline]
    pub fn get(&self, position: usize) -> Option<CodePoint> {
        match self.index {
            None => self
                .text
                .as_bytes()
                .get(position)
                .map(|&b| CodePoint::from(b)),
            Some(index) if position < index.len() => {
                char_at(self.text, index.byte_of(self.text, position))
            }
            Some(_) => None,
        }
    }

    /// `str[start:stop]`; positions past the end are clamped, a crossed range is empty.
    pub fn slice(&self, range: Range<usize>) -> &'a Wtf8 {
        let start = self.byte_of(range.start);
        let end = self.byte_of(range.end).max(start);
        &self.text[start..end]
    }

    /// The `count` characters at `start`, `start + step`, ...: `str[start:stop:step]` once
    /// the slice has been resolved against the length. Positions outside are left out.
    pub fn slice_step(&self, start: usize, step: isize, count: usize) -> Wtf8Buf {
        let mut out = Wtf8Buf::with_capacity(count.min(self.text.len()));
        if step == -1 && count > 0 && count - 1 <= start {
            // The usual way to reverse a string.
            let part = self.slice(start + 1 - count..start + 1);
            out.extend(part.code_points().rev());
            return out;
        }
        let mut position = start as i128;
        for _ in 0..count {
            let Some(c) = usize::try_from(position).ok().and_then(|p| self.get(p)) else {
                break;
            };
            out.push(c);
            position += step as i128;
        }
        out
    }

    /// The position of `needle` inside `range`, from the left. `range` is in characters and
    /// may have its ends past the text, as `str.find` allows.
    pub fn find(&self, needle: &Wtf8, range: Range<usize>) -> Option<usize> {
        let (at, part) = self.part(range)?;
        Some(self.char_of(at + crate::ops::find(part, needle)?))
    }

    /// As [`Chars::find`], from the right.
    pub fn rfind(&self, needle: &Wtf8, range: Range<usize>) -> Option<usize> {
        let (at, part) = self.part(range)?;
        Some(self.char_of(at + crate::ops::rfind(part, needle)?))
    }

    /// How often `needle` is found in `range` without overlaps.
    pub fn count(&self, needle: &Wtf8, range: Range<usize>) -> usize {
        self.part(range)
            .map_or(0, |(_, part)| crate::ops::count(part, needle))
    }

    /// `str.startswith(prefix, start, stop)`.
    pub fn starts_with(&self, prefix: &Wtf8, range: Range<usize>) -> bool {
        self.part(range)
            .is_some_and(|(_, part)| part.as_bytes().starts_with(prefix.as_bytes()))
    }

    /// `str.endswith(suffix, start, stop)`.
    pub fn ends_with(&self, suffix: &Wtf8, range: Range<usize>) -> bool {
        self.part(range)
            .is_some_and(|(_, part)| part.as_bytes().ends_with(suffix.as_bytes()))
    }

    /// A range with the byte offset it begins at; `None` where nothing, not even the empty
    /// text, can be found in it.
    fn part(&self, range: Range<usize>) -> Option<(usize, &'a Wtf8)> {
        if range.start > range.end.min(self.len()) {
            return None;
        }
        let start = self.byte_of(range.start);
        let end = self.byte_of(range.end);
        Some((start, &self.text[start..end]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_round_trip() {
        let text: String = "aé€\u{1f600}".chars().cycle().take(1000).collect();
        let text = Wtf8::new(text.as_str());
        let index = CharIndex::new(text);
        let chars = Chars::indexed(text, &index);
        assert_eq!(chars.len(), 1000);
        assert_eq!(char_count(text), 1000);
        for (position, (offset, c)) in text.code_point_indices().enumerate() {
            assert_eq!(chars.byte_of(position), offset);
            assert_eq!(chars.char_of(offset), position);
            assert_eq!(chars.get(position), Some(c));
        }
        assert_eq!(chars.byte_of(1000), text.len());
        assert_eq!(chars.char_of(text.len()), 1000);
        assert_eq!(chars.get(1000), None);
    }

    #[test]
    fn slices() {
        let text = Wtf8::new("aé€\u{1f600}z");
        let index = CharIndex::new(text);
        let chars = Chars::indexed(text, &index);
        assert_eq!(chars.slice(1..3), Wtf8::new("é€"));
        let (start, stop) = (3, 1);
        assert_eq!(chars.slice(start..stop), Wtf8::new(""));
        assert_eq!(chars.slice(4..100), Wtf8::new("z"));
        assert_eq!(chars.slice_step(4, -1, 5), Wtf8Buf::from("z\u{1f600}€éa"));
        assert_eq!(chars.slice_step(0, 2, 3), Wtf8Buf::from("a€z"));
        assert_eq!(chars.slice_step(4, -2, 2), Wtf8Buf::from("z€"));
    }

    #[test]
    fn searches_in_ranges() {
        let text = Wtf8::new("éabcéabc");
        let index = CharIndex::new(text);
        let chars = Chars::indexed(text, &index);
        assert_eq!(chars.find(Wtf8::new("abc"), 0..8), Some(1));
        assert_eq!(chars.find(Wtf8::new("abc"), 2..8), Some(5));
        assert_eq!(chars.rfind(Wtf8::new("é"), 0..8), Some(4));
        assert_eq!(chars.find(Wtf8::new(""), 8..8), Some(8));
        assert_eq!(chars.find(Wtf8::new(""), 9..20), None);
        let (start, stop) = (3, 2);
        assert_eq!(chars.find(Wtf8::new(""), start..stop), None);
        assert_eq!(chars.count(Wtf8::new(""), 0..100), 9);
        assert_eq!(chars.count(Wtf8::new("abc"), 0..100), 2);
        assert!(chars.starts_with(Wtf8::new("bc"), 2..8));
        assert!(!chars.ends_with(Wtf8::new("abc"), 6..8));
    }
}
