//! Sets of characters, and what the code of a pattern means by them.

use rustpython_sre_engine::{SreCatCode, SreOpcode as Op};
use std::sync::OnceLock;
use taipan_object::wtf8::CodePoint;
use taipan_text::{case, classify};

/// The last character that the Unicode tables know something about: beyond are only tags, variation selectors and
/// private characters, which are no words, digits or spaces and have no case. A test holds the tables to it.
const KNOWN: u32 = 0x3_ffff;

/// The last code point.
pub(super) const LAST: u32 = 0x10_ffff;

/// Characters, as ranges in order that neither overlap nor touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Set(Vec<(u32, u32)>);

impl Set {
    /// The characters of ranges in any order.
    pub fn new(mut ranges: Vec<(u32, u32)>) -> Set {
        ranges.retain(|(a, b)| a <= b);
        ranges.sort_unstable();
        let mut out: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (a, b) in ranges {
            match out.last_mut() {
                Some(last) if a <= last.1.saturating_add(1) => last.1 = last.1.max(b),
                _ => out.push((a, b)),
            }
        }
        Set(out)
    }

    /// The ranges.
    pub fn ranges(&self) -> &[(u32, u32)] {
        &self.0
    }

    fn has(&self, c: u32) -> bool {
        let at = self.0.partition_point(|(_, b)| *b < c);
        self.0.get(at).is_some_and(|(a, _)| *a <= c)
    }

    /// All others up to `max`.
    pub fn complement(&self, max: u32) -> Set {
        let mut out = Vec::with_capacity(self.0.len() + 1);
        let mut next = 0;
        for (a, b) in &self.0 {
            if *a > max {
                break;
            }
            if next < *a {
                out.push((next, *a - 1));
            }
            next = b.saturating_add(1);
        }
        if next <= max {
            out.push((next, max));
        }
        Set(out)
    }

    /// Those up to `max`.
    pub fn up_to(mut self, max: u32) -> Set {
        self.0.retain(|(a, _)| *a <= max);
        if let Some(last) = self.0.last_mut() {
            last.1 = last.1.min(max);
        }
        self
    }
}

/// The characters up to `max` for which `f` holds.
fn select(max: u32, f: impl Fn(CodePoint) -> bool) -> Set {
    let mut out: Vec<(u32, u32)> = Vec::new();
    for c in 0..=max {
        if !CodePoint::from_u32(c).is_some_and(&f) {
            continue;
        }
        match out.last_mut() {
            Some(last) if last.1 + 1 == c => last.1 = c,
            _ => out.push((c, c)),
        }
    }
    Set(out)
}

/// The answer for all of Unicode out of a table that is made once; for few characters without it.
fn tabled(table: &OnceLock<Set>, max: u32, f: impl Fn(CodePoint) -> bool) -> Set {
    if max < KNOWN {
        return select(max, f);
    }
    if let Some(set) = table.get() {
        return set.clone();
    }
    // Not made inside of the cell: a fork meanwhile would leave it locked for ever.
    let set = select(KNOWN, f);
    let _ = table.set(set.clone());
    set
}

fn is_word(c: CodePoint) -> bool {
    c.to_u32() == u32::from('_') || classify::is_alnum(c)
}

/// The characters up to `max` of a category. Nothing for those that depend on the locale.
pub(super) fn category(code: SreCatCode, max: u32) -> Option<Set> {
    use SreCatCode as Cat;
    static WORDS: OnceLock<Set> = OnceLock::new();
    static DIGITS: OnceLock<Set> = OnceLock::new();
    static SPACES: OnceLock<Set> = OnceLock::new();
    let not = |code| Some(category(code, max)?.complement(max));
    let few = |ranges: &[(char, char)]| {
        Some(Set::new(
            ranges
                .iter()
                .map(|(a, b)| (u32::from(*a), u32::from(*b)))
                .collect(),
        ))
    };
    match code {
        Cat::DIGIT => few(&[('0', '9')]),
        Cat::SPACE => few(&[('\t', '\r'), (' ', ' ')]),
        Cat::WORD => few(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        Cat::LINEBREAK => few(&[('\n', '\n')]),
        Cat::UNI_DIGIT => Some(tabled(&DIGITS, max, classify::is_decimal)),
        Cat::UNI_SPACE => Some(tabled(&SPACES, max, classify::is_space)),
        Cat::UNI_WORD => Some(tabled(&WORDS, max, is_word)),
        Cat::NOT_DIGIT => not(Cat::DIGIT),
        Cat::NOT_SPACE => not(Cat::SPACE),
        Cat::NOT_WORD => not(Cat::WORD),
        Cat::NOT_LINEBREAK => not(Cat::LINEBREAK),
        Cat::UNI_NOT_DIGIT => not(Cat::UNI_DIGIT),
        Cat::UNI_NOT_SPACE => not(Cat::UNI_SPACE),
        Cat::UNI_NOT_WORD => not(Cat::UNI_WORD),
        Cat::LOC_WORD | Cat::LOC_NOT_WORD | Cat::UNI_LINEBREAK | Cat::UNI_NOT_LINEBREAK => None,
    }
}

/// A character's other case, for those that have one.
type Cases = Vec<(u32, u32)>;

fn cased(table: &OnceLock<Cases>, max: u32, map: fn(u32) -> u32, visit: &mut dyn FnMut(u32, u32)) {
    let all = |max| {
        (0..=max)
            .map(|c| (c, map(c)))
            .filter(|(c, other)| c != other)
    };
    if max < KNOWN {
        all(max).for_each(|(c, other)| visit(c, other));
        return;
    }
    let made;
    let cases = match table.get() {
        Some(t) => t,
        None => {
            made = all(KNOWN).collect::<Cases>();
            let _ = table.set(made.clone());
            &made
        }
    };
    cases.iter().for_each(|(c, other)| visit(*c, *other));
}

fn simple(map: fn(CodePoint) -> CodePoint, c: u32) -> u32 {
    CodePoint::from_u32(c).map_or(c, |p| map(p).to_u32())
}

/// How a pattern compares letters without regard to case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    Ascii,
    Unicode,
}

/// The characters up to `max` whose lower case is in `set`.
pub(super) fn ignoring_case(set: &Set, fold: Fold, max: u32) -> Set {
    static LOWER: OnceLock<Cases> = OnceLock::new();
    let mut ranges = Vec::with_capacity(set.0.len() + 8);
    // Where the last character ended that is its own lower case, or is not but was dealt with.
    let mut changed = Vec::new();
    let mut visit = |c: u32, low: u32| {
        changed.push((c, c));
        if set.has(low) {
            ranges.push((c, c));
        }
    };
    match fold {
        Fold::Ascii => {
            (b'A'..=b'Z').for_each(|b| visit(u32::from(b), u32::from(b.to_ascii_lowercase())))
        }
        Fold::Unicode => cased(&LOWER, max, |c| simple(case::simple_lower, c), &mut visit),
    }
    // The others: those of the set that are their own lower case.
    let same = Set::new(changed).complement(max);
    ranges.extend(intersection(set, &same));
    Set::new(ranges)
}

fn intersection(a: &Set, b: &Set) -> Vec<(u32, u32)> {
    let mut out = Vec::new();
    let (mut i, mut j) = (0, 0);
    while let (Some(x), Some(y)) = (a.0.get(i), b.0.get(j)) {
        let (from, to) = (x.0.max(y.0), x.1.min(y.1));
        if from <= to {
            out.push((from, to));
        }
        if x.1 < y.1 { i += 1 } else { j += 1 }
    }
    out
}

/// The characters up to `max` that a set in a pattern's code, without its `FAILURE`, has; nothing if that depends on
/// the locale or is not what the compiler makes.
pub(super) fn charset(code: &[u32], max: u32) -> Option<Set> {
    static UPPER: OnceLock<Cases> = OnceLock::new();
    let mut ranges = Vec::new();
    let mut at = 0;
    let negated = code.first() == Some(&(Op::NEGATE as u32));
    if negated {
        at += 1;
    }
    while at < code.len() {
        let op = Op::try_from(code[at]).ok()?;
        let rest = &code[at + 1..];
        at += 1 + match op {
            Op::LITERAL => {
                let c = *rest.first()?;
                ranges.push((c, c));
                1
            }
            Op::RANGE => {
                ranges.push((*rest.first()?, *rest.get(1)?));
                2
            }
            Op::RANGE_UNI_IGNORE => {
                let (from, to) = (*rest.first()?, *rest.get(1)?);
                ranges.push((from, to));
                let upper = |c| simple(case::simple_upper, c);
                cased(&UPPER, max, upper, &mut |c, up| {
                    if from <= up && up <= to {
                        ranges.push((c, c));
                    }
                });
                2
            }
            Op::CATEGORY => {
                let code = SreCatCode::try_from(*rest.first()?).ok()?;
                ranges.extend_from_slice(category(code, max)?.ranges());
                1
            }
            Op::CHARSET => {
                bitmap(&mut ranges, 0, rest.get(..8)?);
                8
            }
            Op::BIGCHARSET => {
                let blocks = *rest.first()? as usize;
                let maps = rest.get(65..65 + 8 * blocks)?;
                let indices = rest[1..65].iter().flat_map(|w| w.to_ne_bytes());
                for (high, block) in indices.enumerate() {
                    let map = maps.get(8 * usize::from(block)..)?.get(..8)?;
                    bitmap(&mut ranges, (high as u32) << 8, map);
                }
                65 + 8 * blocks
            }
            _ => return None,
        };
    }
    let set = Set::new(ranges).up_to(max);
    Some(if negated { set.complement(max) } else { set })
}

/// Adds the characters from `base` on whose bits are set.
fn bitmap(ranges: &mut Vec<(u32, u32)>, base: u32, map: &[u32]) {
    for c in 0..256u32 {
        if map[(c >> 5) as usize] & 1 << (c & 31) == 0 {
            continue;
        }
        match ranges.last_mut() {
            Some(last) if last.1.checked_add(1) == Some(base + c) => last.1 = base + c,
            _ => ranges.push((base + c, base + c)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets() {
        let set = Set::new(vec![(5, 9), (1, 2), (3, 3), (8, 12), (7, 6)]);
        assert_eq!(set.ranges(), [(1, 3), (5, 12)]);
        assert_eq!(set.complement(20).ranges(), [(0, 0), (4, 4), (13, 20)]);
        assert_eq!(set.complement(8).ranges(), [(0, 0), (4, 4)]);
        assert_eq!(set.clone().up_to(6).ranges(), [(1, 3), (5, 6)]);
        assert!(set.has(12) && !set.has(4) && !set.has(13));
    }

    #[test]
    fn nothing_is_known_of_what_lies_beyond() {
        for c in (KNOWN + 1..=LAST).filter_map(CodePoint::from_u32) {
            assert!(!is_word(c) && !classify::is_space(c) && !classify::is_decimal(c));
            assert!(case::simple_lower(c) == c && case::simple_upper(c) == c);
        }
    }

    #[test]
    fn case_is_ignored() {
        let k = Set::new(vec![(0x6b, 0x6b)]);
        assert_eq!(
            ignoring_case(&k, Fold::Ascii, 255).ranges(),
            [(0x4b, 0x4b), (0x6b, 0x6b)]
        );
        let all = ignoring_case(&k, Fold::Unicode, LAST);
        // The Kelvin sign is the third.
        assert_eq!(all.ranges(), [(0x4b, 0x4b), (0x6b, 0x6b), (0x212a, 0x212a)]);
        assert_eq!(all.up_to(0x7f), ignoring_case(&k, Fold::Unicode, 0x7f));
    }

    #[test]
    fn sets_in_code() {
        let (lit, neg) = (Op::LITERAL as u32, Op::NEGATE as u32);
        assert_eq!(
            charset(&[lit, 97, lit, 98], 255).unwrap().ranges(),
            [(97, 98)]
        );
        assert_eq!(
            charset(&[neg, lit, 97], 127).unwrap().ranges(),
            [(0, 96), (98, 127)]
        );
        let words = [Op::CATEGORY as u32, SreCatCode::UNI_WORD as u32];
        let few = charset(&words, 127).unwrap();
        assert_eq!(few, category(SreCatCode::WORD, 127).unwrap());
        assert_eq!(charset(&words, LAST).unwrap().up_to(127), few);
        let local = [Op::CATEGORY as u32, SreCatCode::LOC_WORD as u32];
        assert_eq!(charset(&local, 127), None);
        let mut map = [0; 9];
        (map[0], map[4]) = (Op::CHARSET as u32, 0b110);
        assert_eq!(charset(&map, 127).unwrap().ranges(), [(97, 98)]);
    }
}
