//! From the code of a pattern to a regular expression that automata can run, where the two mean the same.
//!
//! What stays with the backtracking engine: references to groups, conditions, looking around, atomic groups, the
//! locale, Unicode's word boundaries in text that is not ASCII, and repetitions of what may match nothing, in which
//! the engines go different ways.

use super::sets::{self, Fold, LAST, Set};
use regex_syntax::hir::{
    Capture, Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind,
    Look, Repetition,
};
use rustpython_sre_engine::{MAXREPEAT, SreAtCode, SreCatCode, SreOpcode as Op};

/// The text that an expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// A `str` of ASCII characters only.
    Ascii,
    /// `bytes`.
    Bytes,
    /// A `str` with others, but without surrogates: UTF-8.
    Unicode,
}

impl Alphabet {
    fn max(self) -> u32 {
        match self {
            Alphabet::Ascii => 0x7f,
            Alphabet::Bytes => 0xff,
            Alphabet::Unicode => LAST,
        }
    }
}

/// How `$` without `MULTILINE` is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dollar {
    /// The text does not end in a line feed: the end is what counts.
    Text,
    /// The text does. The expression takes the line feed in, and has one group more: it stands where the match ends.
    Line,
}

/// A translated pattern.
pub(super) struct Translated {
    pub hir: Hir,
    /// The groups in the order in which they close.
    pub order: Vec<usize>,
}

/// How deep a pattern may be nested: what takes it apart recurses.
const MAX_DEPTH: usize = 60;

/// Translates verified code with `groups` groups; nothing where it can't be exact.
pub(super) fn translate(
    code: &[u32],
    groups: usize,
    alphabet: Alphabet,
    dollar: Dollar,
) -> Option<Translated> {
    let mut t = Translator {
        code,
        groups,
        alphabet,
        max: alphabet.max(),
        dollar,
        order: Vec::new(),
        nullable: Vec::new(),
    };
    let hir = t.sequence(0, code.len().checked_sub(1)?, 0, true)?;
    Some(Translated {
        hir,
        order: t.order,
    })
}

struct Translator<'a> {
    code: &'a [u32],
    groups: usize,
    alphabet: Alphabet,
    max: u32,
    dollar: Dollar,
    order: Vec<usize>,
    /// Which of the closed groups, in the same order, may match nothing.
    nullable: Vec<bool>,
}

/// A group that is open: its number and what stood before it.
type Open = (usize, Vec<Hir>);

impl Translator<'_> {
    fn word(&self, at: usize) -> Option<u32> {
        self.code.get(at).copied()
    }

    /// Where the skip at `at` leads.
    fn skip(&self, at: usize) -> Option<usize> {
        Some(at + self.word(at)? as usize)
    }

    /// `last`: nothing of the pattern follows the sequence.
    fn sequence(&mut self, mut at: usize, end: usize, depth: usize, last: bool) -> Option<Hir> {
        if depth > MAX_DEPTH {
            return None;
        }
        let depth = depth + 1;
        let mut items = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        while at < end {
            let op = Op::try_from(self.word(at)?).ok()?;
            at += 1;
            match op {
                Op::SUCCESS if at == end => {}
                Op::FAILURE => items.push(Hir::fail()),
                Op::INFO => at = self.skip(at)?,
                Op::MARK => {
                    let mark = self.word(at)? as usize;
                    at += 1;
                    if mark.is_multiple_of(2) {
                        open.push((mark / 2, std::mem::take(&mut items)));
                    } else {
                        let (group, before) = open.pop()?;
                        if group != mark / 2 || group >= self.groups {
                            return None;
                        }
                        let inner = concat(std::mem::replace(&mut items, before));
                        items.push(self.close(group, inner)?);
                    }
                }
                Op::AT => {
                    let code = SreAtCode::try_from(self.word(at)?).ok()?;
                    at += 1;
                    if code != SreAtCode::END {
                        items.push(Hir::look(self.look(code)?));
                        continue;
                    }
                    if self.dollar == Dollar::Text {
                        items.push(Hir::look(Look::End));
                        continue;
                    }
                    // Only groups may close behind it: they come first.
                    if !last {
                        return None;
                    }
                    while at < end {
                        match (Op::try_from(self.word(at)?).ok()?, self.word(at + 1)?) {
                            (Op::MARK, mark) if mark % 2 == 1 => {
                                let (group, before) = open.pop()?;
                                if group != mark as usize / 2 || group >= self.groups {
                                    return None;
                                }
                                let inner = concat(std::mem::replace(&mut items, before));
                                items.push(self.close(group, inner)?);
                            }
                            (Op::AT, code) if code == SreAtCode::END as u32 => {}
                            _ => return None,
                        }
                        at += 2;
                    }
                    if !open.is_empty() {
                        return None;
                    }
                    items.push(self.line_end());
                }
                Op::BRANCH => {
                    let mut choices = Vec::new();
                    let after = self.alternatives(at)?;
                    while self.word(at)? != 0 {
                        let next = self.skip(at)?;
                        // A jump stands at the end of each.
                        let to = next.checked_sub(2)?;
                        choices.push(self.sequence(at + 1, to, depth, last && after == end)?);
                        at = next;
                    }
                    at += 1;
                    choices.retain(|choice| !is_fail(choice));
                    items.push(Hir::alternation(choices));
                }
                Op::REPEAT => {
                    let until = self.skip(at)?;
                    let greedy = match Op::try_from(self.word(until)?).ok()? {
                        Op::MAX_UNTIL => true,
                        Op::MIN_UNTIL => false,
                        _ => return None,
                    };
                    let closed = self.order.len();
                    let sub = self.sequence(at + 3, until, depth, false)?;
                    items.push(self.repeat(at, greedy, sub, closed)?);
                    at = until + 1;
                }
                Op::REPEAT_ONE | Op::MIN_REPEAT_ONE => {
                    let next = self.skip(at)?;
                    let closed = self.order.len();
                    let sub = self.sequence(at + 3, next, depth, false)?;
                    items.push(self.repeat(at, op == Op::REPEAT_ONE, sub, closed)?);
                    at = next;
                }
                _ => {
                    let (set, words) = self.character(op, at)?;
                    items.push(self.class(&set)?);
                    at += words;
                }
            }
        }
        open.is_empty().then(|| concat(items))
    }

    /// Where the code behind a branch begins, the first alternative's skip being at `at`.
    fn alternatives(&self, mut at: usize) -> Option<usize> {
        while self.word(at)? != 0 {
            at = self.skip(at)?;
        }
        Some(at + 1)
    }

    fn close(&mut self, group: usize, inner: Hir) -> Option<Hir> {
        self.order.push(group);
        self.nullable.push(may_be_empty(&inner));
        Some(if is_fail(&inner) {
            inner
        } else {
            capture(group + 1, inner)
        })
    }

    /// The end of the text, or the line feed that ends it; where the match ends is before it.
    fn line_end(&self) -> Hir {
        let end = || Hir::look(Look::End);
        let feed = Hir::concat(vec![Hir::literal(*b"\n"), end()]);
        Hir::concat(vec![
            capture(self.groups + 1, Hir::empty()),
            Hir::alternation(vec![end(), feed]),
        ])
    }

    fn look(&self, code: SreAtCode) -> Option<Look> {
        use SreAtCode as At;
        let ascii = self.alphabet == Alphabet::Ascii;
        Some(match code {
            At::BEGINNING | At::BEGINNING_STRING => Look::Start,
            At::BEGINNING_LINE => Look::StartLF,
            At::END_LINE => Look::EndLF,
            At::END_STRING => Look::End,
            At::BOUNDARY => Look::WordAscii,
            At::NON_BOUNDARY => Look::WordAsciiNegate,
            At::UNI_BOUNDARY if ascii => Look::WordAscii,
            At::UNI_NON_BOUNDARY if ascii => Look::WordAsciiNegate,
            _ => return None,
        })
    }

    /// A repetition whose skip is at `at`, in which the groups from number `closed` in the order on are.
    fn repeat(&self, at: usize, greedy: bool, sub: Hir, closed: usize) -> Option<Hir> {
        let (min, max) = (self.word(at + 1)?, self.word(at + 2)?);
        let max = (max as usize != MAXREPEAT).then_some(max);
        if is_fail(&sub) {
            return Some(if min == 0 { Hir::empty() } else { sub });
        }
        if max.is_none_or(|max| max > 1) {
            // The engines stop at different times when an iteration has matched nothing.
            if may_be_empty(&sub) && max.is_none_or(|max| max > min + 1) {
                return None;
            }
            // An empty group of one iteration could be at the end of another that comes before it: which of the two
            // was the last to close would not show.
            let inner = &self.nullable[closed..];
            if inner.len() > 1 && inner[..inner.len() - 1].contains(&true) {
                return None;
            }
        }
        Some(Hir::repetition(Repetition {
            min,
            max,
            greedy,
            sub: Box::new(sub),
        }))
    }

    /// The characters that an operation on one character takes, and how many words its operands are.
    fn character(&self, op: Op, at: usize) -> Option<(Set, usize)> {
        let max = self.max;
        let one = || Some(Set::new(vec![(self.word(at)?, self.word(at)?)]));
        let not = |set: Set| set.complement(max);
        let set_at = || {
            let next = self.skip(at)?;
            let set = sets::charset(self.code.get(at + 1..next.checked_sub(1)?)?, max)?;
            Some((set, next - at))
        };
        Some(match op {
            Op::ANY => (not(Set::new(vec![(10, 10)])), 0),
            Op::ANY_ALL => (not(Set::default()), 0),
            Op::LITERAL => (one()?.up_to(max), 1),
            Op::NOT_LITERAL => (not(one()?), 1),
            Op::LITERAL_IGNORE => (sets::ignoring_case(&one()?, Fold::Ascii, max), 1),
            Op::NOT_LITERAL_IGNORE => (not(sets::ignoring_case(&one()?, Fold::Ascii, max)), 1),
            Op::LITERAL_UNI_IGNORE => (sets::ignoring_case(&one()?, Fold::Unicode, max), 1),
            Op::NOT_LITERAL_UNI_IGNORE => {
                (not(sets::ignoring_case(&one()?, Fold::Unicode, max)), 1)
            }
            Op::CATEGORY => {
                let code = SreCatCode::try_from(self.word(at)?).ok()?;
                (sets::category(code, max)?, 1)
            }
            Op::IN => set_at()?,
            Op::IN_IGNORE => {
                let (set, words) = set_at()?;
                (sets::ignoring_case(&set, Fold::Ascii, max), words)
            }
            Op::IN_UNI_IGNORE => {
                let (set, words) = set_at()?;
                (sets::ignoring_case(&set, Fold::Unicode, max), words)
            }
            _ => return None,
        })
    }

    fn class(&self, set: &Set) -> Option<Hir> {
        if self.alphabet != Alphabet::Unicode {
            let ranges = set.ranges().iter().map(|(a, b)| {
                let byte = |c| u8::try_from(c).ok();
                Some(ClassBytesRange::new(byte(*a)?, byte(*b)?))
            });
            let class = ClassBytes::new(ranges.collect::<Option<Vec<_>>>()?);
            return Some(Hir::class(Class::Bytes(class)));
        }
        let mut class = Vec::with_capacity(set.ranges().len() + 1);
        for (a, b) in set.ranges() {
            // The text has no surrogates.
            for (from, to) in [(*a, (*b).min(0xd7ff)), ((*a).max(0xe000), *b)] {
                if from <= to {
                    class.push(ClassUnicodeRange::new(
                        char::from_u32(from)?,
                        char::from_u32(to)?,
                    ));
                }
            }
        }
        Some(Hir::class(Class::Unicode(ClassUnicode::new(class))))
    }
}

fn capture(group: usize, sub: Hir) -> Hir {
    Hir::capture(Capture {
        index: group as u32,
        name: None,
        sub: Box::new(sub),
    })
}

/// What never matches makes all of a sequence so: left within, it would hide how long the rest is at least.
fn concat(items: Vec<Hir>) -> Hir {
    if items.iter().any(is_fail) {
        Hir::fail()
    } else {
        Hir::concat(items)
    }
}

fn is_fail(hir: &Hir) -> bool {
    matches!(hir.kind(), HirKind::Class(class) if class.is_empty())
}

fn may_be_empty(hir: &Hir) -> bool {
    hir.properties().minimum_len().is_none_or(|n| n == 0)
}

#[cfg(test)]
mod tests {
    use super::{Alphabet, Dollar, translate};

    /// What `re._compiler` makes of a pattern, translated and shown; nothing if the other engine serves.
    fn shown(code: &[u32], groups: usize, alphabet: Alphabet, dollar: Dollar) -> Option<String> {
        Some(translate(code, groups, alphabet, dollar)?.hir.to_string())
    }

    #[test]
    fn patterns() {
        // '(a)|b'
        let branch = [
            14, 4, 0, 1, 1, 7, 9, 17, 0, 16, 97, 17, 1, 15, 7, 5, 16, 98, 15, 2, 0, 1,
        ];
        let ascii = |code: &[u32], groups| shown(code, groups, Alphabet::Ascii, Dollar::Text);
        assert_eq!(ascii(&branch, 1).as_deref(), Some("(?:(a)|b)"));
        // 'x*', then with what is not in the text.
        let star = [14, 4, 0, 0, u32::MAX, 24, 6, 0, u32::MAX, 16, 120, 1, 1];
        assert_eq!(ascii(&star, 0).as_deref(), Some("x*"));
        let other = [24, 6, 0, u32::MAX, 16, 0x20ac, 1, 16, 97, 1];
        assert_eq!(ascii(&other, 0).as_deref(), Some("a"));
        assert!(shown(&other, 0, Alphabet::Unicode, Dollar::Text).is_some_and(|s| s.contains('€')));
        // '(a*)*' and '(.)\\1'
        let nested = [
            23,
            14,
            0,
            u32::MAX,
            17,
            0,
            24,
            6,
            0,
            u32::MAX,
            16,
            97,
            1,
            17,
            1,
            18,
            1,
        ];
        assert_eq!(ascii(&nested, 1), None);
        assert_eq!(ascii(&[17, 0, 2, 17, 1, 11, 0, 1], 1), None);
    }

    #[test]
    fn ends() {
        // '(a$)' and '$b'
        let group = [17, 0, 16, 97, 6, 5, 17, 1, 1];
        let text = |code: &[u32]| shown(code, 1, Alphabet::Ascii, Dollar::Text);
        let line = |code: &[u32]| shown(code, 1, Alphabet::Ascii, Dollar::Line);
        assert_eq!(text(&group).as_deref(), Some("((?:a\\z))"));
        assert_eq!(
            line(&group).as_deref(),
            Some("(?:(a)((?:))(?:\\z|(?:\n\\z)))")
        );
        assert!(text(&[6, 5, 16, 98, 1]).is_some());
        assert_eq!(line(&[6, 5, 16, 98, 1]), None);
    }
}
