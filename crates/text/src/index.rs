//! Character positions and byte offsets.
//!
//! ASCII text needs no index. Of other text, the byte offset of every 64th character is sampled, so that both
//! directions cost at most one short walk. The caller keeps the samples, where there are any: they begin with that of
//! the character 64, as all texts begin at 0. Texts are below 4 GiB.

use rustpython_wtf8::{CodePoint, Wtf8};

/// How many characters lie between two samples.
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

/// The number of characters that begin in a part of a text.
pub fn count_starts(bytes: &[u8]) -> usize {
    // Chunks keep the inner sum in a byte, which lets it run on wide registers.
    bytes
        .chunks(255)
        .map(|chunk| usize::from(chunk.iter().map(|&b| u8::from(is_start(b))).sum::<u8>()))
        .sum()
}

/// Whether a character is a surrogate: the text is no UTF-8.
pub fn has_surrogates(text: &Wtf8) -> bool {
    let bytes = text.as_bytes();
    // The first byte is that of Korean letters too.
    memchr::memchr_iter(0xed, bytes).any(|at| bytes.get(at + 1).is_some_and(|b| *b >= 0xa0))
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

/// How many samples a text of so many characters has.
#[inline]
pub fn sample_count(chars: usize) -> usize {
    chars.saturating_sub(1) / STEP
}

/// Takes the samples of a text; there are as many as [`sample_count`] says.
pub fn take_samples(text: &Wtf8, samples: &mut [u32]) {
    let mut left = STEP;
    let mut to = samples.iter_mut();
    for (offset, &b) in text.as_bytes().iter().enumerate() {
        if is_start(b) {
            if left == 0 {
                let Some(sample) = to.next() else { return };
                *sample = offset as u32;
                left = STEP;
            }
            left -= 1;
        }
    }
}

/// The byte offset of a character that is within the text or at its end.
pub fn byte_of(text: &Wtf8, samples: &[u32], position: usize) -> usize {
    let bytes = text.as_bytes();
    let known = (position / STEP).min(samples.len());
    let mut offset = match known {
        0 => 0,
        n => samples[n - 1] as usize,
    };
    for _ in 0..position - known * STEP {
        match bytes.get(offset) {
            Some(&b) => offset += width(b),
            None => return bytes.len(),
        }
    }
    offset
}

/// The character position of a byte offset that is a boundary.
pub fn char_of(text: &Wtf8, samples: &[u32], offset: usize) -> usize {
    // The last sample at or before the offset.
    let known = samples.partition_point(|s| *s as usize <= offset);
    let from = match known {
        0 => 0,
        n => samples[n - 1] as usize,
    };
    known * STEP + count_starts(&text.as_bytes()[from..offset])
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustpython_wtf8::Wtf8Buf;

    #[test]
    fn surrogates() {
        let mut text = Wtf8Buf::from("aé\u{d7ff}\u{e000}");
        assert!(!has_surrogates(&text));
        text.push(CodePoint::from_u32(0xd800).unwrap());
        assert!(has_surrogates(&text));
    }

    #[test]
    fn positions_round_trip() {
        for n in [1, 4, 63, 64, 65, 128, 129, 1000] {
            let text: String = "aé€\u{1f600}".chars().cycle().take(n).collect();
            let text = Wtf8::new(text.as_str());
            let mut samples = vec![0; sample_count(n)];
            take_samples(text, &mut samples);
            assert_eq!(char_count(text), n);
            for samples in [&samples[..], &[]] {
                for (position, (offset, c)) in text.code_point_indices().enumerate() {
                    assert_eq!(byte_of(text, samples, position), offset);
                    assert_eq!(char_of(text, samples, offset), position);
                    assert_eq!(char_at(text, offset), Some(c));
                }
                assert_eq!(byte_of(text, samples, n), text.len());
                assert_eq!(char_of(text, samples, text.len()), n);
            }
        }
    }
}
