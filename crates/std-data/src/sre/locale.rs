//! Sets of patterns that ignore case by the locale.
//!
//! The engine asks such a set for a byte and for its upper case, not for its lower case: `[bc]` would not match `B`.
//! So each is replaced, in verified code, by the plain set of all bytes that it should match.

use rustpython_sre_engine::{Request, SreOpcode as Op, State, StrDrive};
use std::collections::HashSet;

/// Words that the replacement takes: opcode, skip, `CHARSET` with its bitmap, `FAILURE`.
const SET: [u32; 12] = {
    let mut w = [0; 12];
    w[0] = Op::IN as u32;
    w[1] = 11;
    w[2] = Op::CHARSET as u32;
    w[11] = Op::FAILURE as u32;
    w
};

/// The code with its sets replaced; nothing where it has none.
pub(super) fn rewrite(code: &[u32]) -> Option<Vec<u32>> {
    // Words of this value that are no opcodes are found too: then the copy is the same as the original.
    if !code.contains(&(Op::IN_LOC_IGNORE as u32)) {
        return None;
    }
    let mut out = Vec::with_capacity(code.len() + 16);
    // Where each word of the original went.
    let mut moved = vec![0; code.len() + 1];
    // Words that are skips: their place, and the place from which they count.
    let mut skips = Vec::new();
    // Where a further alternative of a branch, or the end of them, stands.
    let mut alternatives = HashSet::new();
    let mut at = 0;
    while at < code.len() {
        moved[at] = out.len();
        if alternatives.contains(&at) {
            if code[at] != 0 {
                skips.push((at, at));
                alternatives.insert(at + code[at] as usize);
            }
            out.push(code[at]);
            at += 1;
            continue;
        }
        let op = Op::try_from(code[at]).ok()?;
        let words = match op {
            Op::MARK
            | Op::LITERAL
            | Op::NOT_LITERAL
            | Op::LITERAL_IGNORE
            | Op::NOT_LITERAL_IGNORE
            | Op::LITERAL_UNI_IGNORE
            | Op::NOT_LITERAL_UNI_IGNORE
            | Op::LITERAL_LOC_IGNORE
            | Op::NOT_LITERAL_LOC_IGNORE
            | Op::AT
            | Op::CATEGORY
            | Op::GROUPREF
            | Op::GROUPREF_IGNORE
            | Op::GROUPREF_UNI_IGNORE
            | Op::GROUPREF_LOC_IGNORE => 2,
            Op::IN | Op::IN_IGNORE | Op::IN_UNI_IGNORE | Op::INFO => 1 + code[at + 1] as usize,
            Op::IN_LOC_IGNORE => {
                let end = at + 1 + code[at + 1] as usize;
                let from = out.len();
                out.extend_from_slice(&SET);
                for b in members(&code[at + 2..end]) {
                    out[from + 3 + usize::from(b >> 5)] |= 1 << (b & 31);
                }
                at = end;
                continue;
            }
            Op::BRANCH => {
                alternatives.insert(at + 1);
                1
            }
            Op::JUMP | Op::ATOMIC_GROUP => {
                skips.push((at + 1, at + 1));
                2
            }
            Op::ASSERT | Op::ASSERT_NOT => {
                skips.push((at + 1, at + 1));
                3
            }
            Op::GROUPREF_EXISTS => {
                skips.push((at + 2, at + 1));
                3
            }
            Op::REPEAT
            | Op::REPEAT_ONE
            | Op::MIN_REPEAT_ONE
            | Op::POSSESSIVE_REPEAT
            | Op::POSSESSIVE_REPEAT_ONE => {
                skips.push((at + 1, at + 1));
                4
            }
            _ => 1,
        };
        for word in &code[at..at + words] {
            moved[at] = out.len();
            out.push(*word);
            at += 1;
        }
    }
    moved[code.len()] = out.len();
    for (place, base) in skips {
        let target = base + code[place] as usize;
        out[moved[place]] = (moved[target] - moved[base]) as u32;
    }
    Some(out)
}

/// The bytes that a set, ended by `FAILURE`, matches: each of its items counts in either case.
fn members(set: &[u32]) -> impl Iterator<Item = u8> {
    let mut has = [None; 256];
    let mut ok = true;
    let mut at = 0;
    while at < set.len() {
        let words = match Op::try_from(set[at]) {
            Ok(Op::NEGATE) => {
                ok = !ok;
                at += 1;
                continue;
            }
            Ok(Op::LITERAL | Op::CATEGORY) => 2,
            Ok(Op::RANGE | Op::RANGE_UNI_IGNORE) => 3,
            Ok(Op::CHARSET) => 9,
            Ok(Op::BIGCHARSET) => 2 + 64 + 8 * set[at + 1] as usize,
            _ => break,
        };
        let mut code = vec![Op::IN as u32, words as u32 + 2];
        code.extend_from_slice(&set[at..at + words]);
        code.extend_from_slice(&[Op::FAILURE as u32, Op::SUCCESS as u32]);
        let matches = |b: u8| one(super::subject::Narrow(&[b]), &code);
        for b in 0..=255u8 {
            let place = &mut has[usize::from(b)];
            if place.is_none()
                && (matches(b.to_ascii_lowercase()) || matches(b.to_ascii_uppercase()))
            {
                *place = Some(ok);
            }
        }
        at += words;
    }
    (0..=255u8).filter(move |b| has[usize::from(*b)].unwrap_or(!ok))
}

fn one<S: StrDrive>(text: S, code: &[u32]) -> bool {
    State::default().py_match(&Request::new(text, 0, 1, code, false))
}

#[cfg(test)]
mod tests {
    use super::{members, rewrite};

    #[test]
    fn sets_match_both_cases() {
        let set = [16, 98, 16, 67, 0];
        assert_eq!(members(&set).collect::<Vec<_>>(), b"BCbc");
        let others = [21, 16, 98, 16, 67, 0];
        assert_eq!(members(&others).count(), 252);
    }

    #[test]
    fn skips_are_moved() {
        // A repeated set, then a literal.
        let code = [24, 9, 0, 5, 35, 4, 16, 98, 0, 1, 16, 97, 1];
        let made = rewrite(&code).unwrap();
        assert_eq!(made[..6], [24, 16, 0, 5, 13, 11]);
        assert_eq!(made[16..], [1, 16, 97, 1]);
        assert!(super::super::verify::verify(&made, 0).is_some());
    }
}
