//! Automata for patterns that they can serve: `regex_automata` takes time linear in the text where the backtracking
//! engine may take exponential time, and far less of it anyway.
//!
//! An automaton costs more to build than a few short searches cost, so a pattern gets its automata when the other
//! engine has worked on so much text that building would have paid.

mod sets;
mod translate;

use regex_automata::meta::{Builder, Config, Regex};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Hir, Look};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use taipan_object::Thread;
use translate::{Alphabet, Dollar, translate};

/// Where groups begin and end, in pairs, the whole match first.
pub(super) type Slot = Option<NonMaxUsize>;

/// Characters that the backtracking engine has to look at before an automaton for one byte a character is built. A
/// search counts for some more than its text has.
const WORTH: usize = 1500;

/// The same for UTF-8: those automata are larger.
const WORTH_WIDE: usize = 8000;

/// What a search counts for besides its text.
const SEARCH: usize = 30;

/// Memory that a program for an automaton may take. What takes more, such as many repetitions of large sets, takes too
/// long to build.
const MAX_SIZE: usize = 1 << 20;

/// The automata of a pattern.
pub(super) struct Automata {
    /// Characters that the other engine has looked at since the last automaton was built.
    spent: AtomicU32,
    /// One for each [`Use`], in either alphabet; nothing where there can be none.
    cells: [OnceLock<Option<Box<Automaton>>>; 6],
}

/// What an automaton is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Search,
    /// Searching text that ends in a line feed, if the pattern has a `$` that minds it.
    Line,
    /// Matching all of the text.
    Full,
}

/// One automaton.
pub(super) struct Automaton {
    regex: Regex,
    /// The groups in the order in which they close.
    order: Box<[usize]>,
    /// Slots that it needs for the end of a match, see [`Dollar::Line`]; two if it needs no more.
    least: usize,
}

/// What is to be searched.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    /// The pattern's code, verified.
    pub code: &'a [u32],
    pub groups: usize,
    /// Whether the pattern has a `$` without `MULTILINE`.
    pub dollar: bool,
    pub is_bytes: bool,
    /// Whether a character may be several bytes.
    pub wide: bool,
    /// The text, up to where it ends for the pattern. If it is wide, without surrogates.
    pub text: &'a [u8],
    /// Where the search begins.
    pub start: usize,
    /// Whether the match must reach the end.
    pub full: bool,
}

impl Automata {
    pub fn new() -> Automata {
        Automata {
            spent: AtomicU32::new(0),
            cells: Default::default(),
        }
    }

    /// The automaton that serves a search; nothing if none can, or it does not pay yet.
    pub fn choose(&self, th: &Thread, r: &Request) -> Option<&Automaton> {
        // The last character matters to few patterns.
        let line = r.dollar && r.text.last() == Some(&b'\n');
        let what = match (r.full, line) {
            (false, false) => Use::Search,
            (false, true) => Use::Line,
            (true, false) => Use::Full,
            (true, true) => return None,
        };
        let cell = &self.cells[2 * what as usize + usize::from(r.wide)];
        if let Some(made) = cell.get() {
            return made.as_deref();
        }
        let cost = (r.text.len() - r.start).min(1 << 20) + SEARCH;
        let spent = self.spent.fetch_add(cost as u32, Ordering::Relaxed);
        if spent as usize + cost < if r.wide { WORTH_WIDE } else { WORTH } {
            return None;
        }
        self.spent.store(0, Ordering::Relaxed);
        // Another thread may do the same at once. A cell that is locked meanwhile would be so for ever after a fork.
        let _ = cell.set(build(th, r, what));
        cell.get()?.as_deref()
    }
}

fn build(th: &Thread, r: &Request, what: Use) -> Option<Box<Automaton>> {
    let alphabet = match (r.is_bytes, r.wide) {
        (true, _) => Alphabet::Bytes,
        (false, true) => Alphabet::Unicode,
        (false, false) => Alphabet::Ascii,
    };
    let dollar = if what == Use::Line {
        Dollar::Line
    } else {
        Dollar::Text
    };
    let made = translate(r.code, r.groups, alphabet, dollar)?;
    let hir = match what {
        Use::Full => Hir::concat(vec![made.hir, Hir::look(Look::End)]),
        _ => made.hir,
    };
    let config = Config::new()
        .utf8_empty(r.wide)
        .nfa_size_limit(Some(MAX_SIZE));
    let regex = th.blocking(|| Builder::new().configure(config).build_from_hir(&hir).ok());
    Some(Box::new(Automaton {
        regex: regex?,
        order: made.order.into(),
        least: if what == Use::Line {
            2 * (r.groups + 2)
        } else {
            2
        },
    }))
}

impl Automaton {
    /// How many slots a search for the first `groups` groups needs.
    pub fn slots(&self, groups: usize) -> usize {
        self.least.max(2 * (groups + 1))
    }

    /// Searches `text` from `start` on, or matches there if `anchored`. After a match the slots say where it is.
    pub fn search(&self, text: &[u8], start: usize, anchored: bool, slots: &mut [Slot]) -> bool {
        let input = Input::new(text).range(start..).anchored(if anchored {
            Anchored::Yes
        } else {
            Anchored::No
        });
        slots.fill(None);
        let found = match slots {
            [start, end] => {
                let found = self.regex.search(&input);
                *start = found.as_ref().and_then(|m| NonMaxUsize::new(m.start()));
                *end = found.as_ref().and_then(|m| NonMaxUsize::new(m.end()));
                found.is_some()
            }
            _ => self.regex.search_slots(&input, slots).is_some(),
        };
        if found && self.least > 2 && slots[self.least - 2].is_some() {
            slots[1] = slots[self.least - 2];
        }
        found
    }

    /// The group that closed last in a match; nothing if none took part.
    pub fn last_group(&self, slots: &[Slot]) -> Option<usize> {
        // Of those that end at the same place the one that closes later in the pattern.
        let end = |group: usize| slots.get(2 * group + 3).copied().flatten();
        self.order
            .iter()
            .filter_map(|group| Some((end(*group)?, *group + 1)))
            .fold(None, |last, this| match last {
                Some((at, _)) if this.0 < at => last,
                _ => Some(this),
            })
            .map(|(_, group)| group)
    }
}
