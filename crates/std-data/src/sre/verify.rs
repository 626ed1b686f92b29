//! Checking a pattern's code before the engine runs it: the engine trusts every skip, index and opcode.

use rustpython_sre_engine::{SreAtCode, SreCatCode, SreInfo, SreOpcode};

/// What the check found out about sound code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verified {
    /// Whether there are several repetitions or alternatives: matching may take time that grows with a power of the
    /// text's length, and exponentially if one stands within another.
    pub slow: bool,
    /// Whether there is a `$` without `MULTILINE`: it sees whether the text ends in a line feed.
    pub dollar: bool,
}

/// Checks code with `groups` capturing groups; nothing if it is not what `re._compiler` makes.
pub(super) fn verify(code: &[u32], groups: usize) -> Option<Verified> {
    let end = code.len().checked_sub(1)?;
    if code[end] != SreOpcode::SUCCESS as u32 {
        return None;
    }
    let mut check = Check {
        code,
        groups,
        choices: 0,
        dollar: false,
    };
    check.sequence(0, end)?;
    Some(Verified {
        slow: check.choices > 1,
        dollar: check.dollar,
    })
}

struct Check<'a> {
    code: &'a [u32],
    groups: usize,
    /// Repetitions and alternatives seen so far.
    choices: usize,
    dollar: bool,
}

/// How deep sequences may lie within each other: more than the compiler, which recurses, can make.
const MAX_DEPTH: usize = 2000;

impl Check<'_> {
    /// The word at `at`, which must lie before `end`.
    fn word(&self, at: usize, end: usize) -> Option<u32> {
        (at < end).then(|| self.code[at])
    }

    fn op(&self, at: usize, end: usize) -> Option<SreOpcode> {
        SreOpcode::try_from(self.word(at, end)?).ok()
    }

    /// Where the skip in the word at `at` leads: within `end`, and at least `least` words on.
    fn skip(&self, at: usize, end: usize, least: usize) -> Option<usize> {
        let n = self.word(at, end)? as usize;
        let to = at.checked_add(n)?;
        (n >= least && to <= end).then_some(to)
    }

    fn expect(&self, op: SreOpcode, at: usize, end: usize) -> Option<()> {
        (self.op(at, end)? == op).then_some(())
    }

    fn group(&self, at: usize, end: usize) -> Option<()> {
        ((self.word(at, end)? as usize) < self.groups).then_some(())
    }

    /// What stands in the body of a repetition.
    fn repeated(&mut self, from: usize, to: usize, level: usize) -> Option<()> {
        self.choices += 1;
        self.nested(from, to, level)
    }

    fn sequence(&mut self, at: usize, end: usize) -> Option<()> {
        self.nested(at, end, 0)
    }

    fn nested(&mut self, mut at: usize, end: usize, level: usize) -> Option<()> {
        use SreOpcode as Op;
        if level > MAX_DEPTH || at > end {
            return None;
        }
        let level = level + 1;
        while at < end {
            let op = self.op(at, end)?;
            at += 1;
            match op {
                Op::SUCCESS | Op::FAILURE | Op::ANY | Op::ANY_ALL => {}
                Op::MARK => {
                    if self.word(at, end)? as usize >= 2 * self.groups {
                        return None;
                    }
                    at += 1;
                }
                Op::LITERAL
                | Op::NOT_LITERAL
                | Op::LITERAL_IGNORE
                | Op::NOT_LITERAL_IGNORE
                | Op::LITERAL_UNI_IGNORE
                | Op::NOT_LITERAL_UNI_IGNORE
                | Op::LITERAL_LOC_IGNORE
                | Op::NOT_LITERAL_LOC_IGNORE => {
                    self.word(at, end)?;
                    at += 1;
                }
                Op::AT => {
                    let code = SreAtCode::try_from(self.word(at, end)?).ok()?;
                    self.dollar |= code == SreAtCode::END;
                    at += 1;
                }
                Op::CATEGORY => {
                    SreCatCode::try_from(self.word(at, end)?).ok()?;
                    at += 1;
                }
                Op::IN | Op::IN_IGNORE | Op::IN_UNI_IGNORE | Op::IN_LOC_IGNORE => {
                    let next = self.skip(at, end, 2)?;
                    self.charset(at + 1, next - 1)?;
                    self.expect(Op::FAILURE, next - 1, next)?;
                    at = next;
                }
                Op::INFO => {
                    let next = self.skip(at, end, 4)?;
                    self.info(at, next, end)?;
                    at = next;
                }
                Op::BRANCH => at = self.branch(at, end, level)?,
                Op::REPEAT_ONE | Op::MIN_REPEAT_ONE | Op::POSSESSIVE_REPEAT_ONE => {
                    let next = self.skip(at, end, 4)?;
                    self.bounds(at, next)?;
                    self.repeated(at + 3, next - 1, level)?;
                    // The engine looks at the first word of what is repeated.
                    if next - 1 == at + 3 {
                        return None;
                    }
                    self.expect(Op::SUCCESS, next - 1, next)?;
                    at = next;
                }
                Op::REPEAT | Op::POSSESSIVE_REPEAT => {
                    let until = self.skip(at, end, 3)?;
                    self.bounds(at, until)?;
                    self.repeated(at + 3, until, level)?;
                    let last = self.op(until, end)?;
                    let sound = match op {
                        Op::REPEAT => matches!(last, Op::MAX_UNTIL | Op::MIN_UNTIL),
                        _ => last == Op::SUCCESS,
                    };
                    if !sound {
                        return None;
                    }
                    at = until + 1;
                }
                Op::ATOMIC_GROUP => {
                    let next = self.skip(at, end, 2)?;
                    self.nested(at + 1, next - 1, level)?;
                    self.expect(Op::SUCCESS, next - 1, next)?;
                    at = next;
                }
                Op::GROUPREF
                | Op::GROUPREF_IGNORE
                | Op::GROUPREF_UNI_IGNORE
                | Op::GROUPREF_LOC_IGNORE => {
                    self.group(at, end)?;
                    at += 1;
                }
                Op::GROUPREF_EXISTS => at = self.conditional(at, end, level)?,
                Op::ASSERT | Op::ASSERT_NOT => {
                    let next = self.skip(at, end, 3)?;
                    if self.word(at + 1, next)? > 0x8000_0000 {
                        return None;
                    }
                    self.nested(at + 2, next - 1, level)?;
                    self.expect(Op::SUCCESS, next - 1, next)?;
                    at = next;
                }
                Op::BIGCHARSET
                | Op::CHARSET
                | Op::JUMP
                | Op::MAX_UNTIL
                | Op::MIN_UNTIL
                | Op::NEGATE
                | Op::RANGE
                | Op::RANGE_UNI_IGNORE
                | Op::SUBPATTERN => return None,
            }
        }
        (at == end).then_some(())
    }

    /// The minimum and maximum of a repetition whose skip is at `at`.
    fn bounds(&self, at: usize, end: usize) -> Option<()> {
        (self.word(at + 1, end)? <= self.word(at + 2, end)?).then_some(())
    }

    /// `BRANCH (<skip> … JUMP <skip>)* 0`: each alternative ends with a jump to the same place.
    fn branch(&mut self, mut at: usize, end: usize, level: usize) -> Option<usize> {
        let mut target = None;
        self.choices += 1;
        while self.word(at, end)? != 0 {
            let next = self.skip(at, end, 3)?;
            self.nested(at + 1, next - 2, level)?;
            self.expect(SreOpcode::JUMP, next - 2, next)?;
            let to = self.skip(next - 1, end, 1)?;
            if *target.get_or_insert(to) != to {
                return None;
            }
            at = next;
        }
        let next = at + 1;
        (target.is_none_or(|t| t == next)).then_some(next)
    }

    /// `GROUPREF_EXISTS <group> <skip> … [JUMP <skip> …]`; the first skip is relative to the word before it.
    fn conditional(&mut self, at: usize, end: usize, level: usize) -> Option<usize> {
        self.group(at, end)?;
        let n = self.word(at + 1, end)? as usize;
        let next = at.checked_add(n)?;
        if n < 2 || next > end {
            return None;
        }
        // What looks like a jump may be the end of a set: then there is no second part.
        if next >= at + 4 && self.code[next - 2] == SreOpcode::JUMP as u32 {
            let both = (|| {
                self.nested(at + 2, next - 2, level)?;
                let last = self.skip(next - 1, end, 1)?;
                self.nested(next, last, level)?;
                Some(last)
            })();
            if both.is_some() {
                return both;
            }
        }
        self.nested(at + 2, next, level)?;
        Some(next)
    }

    /// `INFO <skip> <flags> <min> <max> [prefix or set]`, `at` being the skip's place.
    fn info(&self, at: usize, next: usize, end: usize) -> Option<()> {
        let flags = SreInfo::from_bits(self.word(at + 1, next)?)?;
        self.word(at + 3, next)?;
        let rest = at + 4;
        if flags.contains(SreInfo::PREFIX) {
            if flags.contains(SreInfo::CHARSET) {
                return None;
            }
            let len = self.word(rest, next)? as usize;
            let skip = self.word(rest + 1, next)? as usize;
            if len == 0 || skip > len || rest + 2 + 2 * len != next {
                return None;
            }
            let overlap = &self.code[next - len..next];
            if overlap.iter().any(|n| *n as usize >= len) {
                return None;
            }
            // The search goes on behind the literals it has seen.
            for i in 0..skip {
                self.expect(SreOpcode::LITERAL, next + 2 * i, end)?;
            }
            return Some(());
        }
        if flags.contains(SreInfo::LITERAL) {
            return None;
        }
        if flags.contains(SreInfo::CHARSET) {
            self.charset(rest, next.checked_sub(1)?)?;
            return self.expect(SreOpcode::FAILURE, next - 1, next);
        }
        (rest == next).then_some(())
    }

    fn charset(&self, mut at: usize, end: usize) -> Option<()> {
        use SreOpcode as Op;
        if at > end {
            return None;
        }
        while at < end {
            let op = self.op(at, end)?;
            at += 1;
            match op {
                Op::NEGATE => {}
                Op::LITERAL => at += 1,
                Op::RANGE | Op::RANGE_UNI_IGNORE => at += 2,
                Op::CHARSET => at += 8,
                Op::CATEGORY => {
                    SreCatCode::try_from(self.word(at, end)?).ok()?;
                    at += 1;
                }
                Op::BIGCHARSET => {
                    let blocks = self.word(at, end)? as usize;
                    let indices = at + 1;
                    let to = blocks.checked_mul(8)?.checked_add(indices + 64)?;
                    if to > end {
                        return None;
                    }
                    let known = |w: &u32| w.to_ne_bytes().iter().all(|b| usize::from(*b) < blocks);
                    if !self.code[indices..indices + 64].iter().all(known) {
                        return None;
                    }
                    at = to;
                }
                _ => return None,
            }
        }
        (at == end).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::verify;

    #[test]
    fn sound_code_passes() {
        // What re._compiler makes of 'a', '(a)|b' and 'x*'.
        assert!(verify(&[14, 8, 3, 1, 1, 1, 1, 97, 0, 16, 97, 1], 0).is_some());
        let branch = [
            14, 4, 0, 1, 1, 7, 9, 17, 0, 16, 97, 17, 1, 15, 7, 5, 16, 98, 15, 2, 0, 1,
        ];
        assert!(verify(&branch, 1).is_some());
        assert!(
            verify(
                &[14, 4, 0, 0, u32::MAX, 24, 6, 0, u32::MAX, 16, 120, 1, 1],
                0
            )
            .is_some()
        );
    }

    #[test]
    fn unsound_code_is_refused() {
        for code in [
            &[][..],
            &[16],
            &[99, 1],
            &[16, 97],
            &[17, 0, 1],
            &[24, 9, 0, 1, 16, 97, 1, 1],
            &[13, 2, 99, 0, 1],
            &[13, 3, 10, 1, 0, 1],
        ] {
            assert_eq!(verify(code, 0), None, "{code:?}");
        }
    }
}
