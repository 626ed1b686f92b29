//! Walking over the matches in a text.

use super::linear::{Automaton, Request as Search, Slot};
use super::pattern::Pattern;
use super::subject::{Narrow, Part, Subject, Text, Wide};
use super::watch::{Watched, watched};
use regex_automata::util::primitives::NonMaxUsize;
use rustpython_sre_engine::{Request, State, StrDrive};
use std::cell::Cell;
use taipan_object::{Object, PyResult, Thread, Value};

/// Where the engine looks for a match.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// At the start only.
    Match,
    /// At the start only, and it must reach the end.
    Full,
    /// Anywhere.
    Search,
}

/// A walk over the matches in a text.
///
/// Places in the text are bytes if an automaton searches it, else characters. Only [`Walk::position`] turns the one
/// into the other.
pub(super) struct Walk<'a> {
    pub subject: Subject<'a>,
    pattern: &'a Object<Pattern>,
    mode: Mode,
    /// The first groups, as many as the walker will ask for.
    groups: usize,
    automaton: Option<&'a Automaton>,
    /// Whether places are bytes of wide text.
    wide: bool,
    /// Where the next match is looked for.
    start: usize,
    end: usize,
    /// Whether the next match must not be an empty one at `start`.
    must_advance: bool,
    /// Whether the last match began where it was looked for, or one character on.
    dense: bool,
    /// The backtracking engine's, once it is used.
    state: Option<Box<State>>,
    /// The last match.
    slots: Slots,
    /// The last group that closed, as the backtracking engine says.
    last: Option<usize>,
    ahead: Ahead,
    /// A byte and the character that begins there.
    near: Cell<(usize, usize)>,
}

/// Matches in long text that were found at once, since each blocking region has its price.
#[derive(Default)]
struct Ahead {
    /// The slots of the matches, one behind the other, those that come next from `next` on.
    slots: Vec<Slot>,
    next: usize,
    /// Whether there are no others behind them.
    done: bool,
    /// How many were found the last time.
    count: usize,
}

/// Room for the slots of a few groups, or of many.
struct Slots {
    few: [Slot; FEW],
    many: Vec<Slot>,
}

const FEW: usize = 12;

impl Slots {
    fn all(&self) -> &[Slot] {
        if self.many.is_empty() {
            &self.few
        } else {
            &self.many
        }
    }

    fn first(&mut self, n: usize) -> &mut [Slot] {
        if self.many.is_empty() {
            &mut self.few[..n]
        } else {
            &mut self.many[..n]
        }
    }
}

/// Text longer than this is matched in a blocking region, so that a collection need not wait for it, and watched.
const LONG: usize = 4096;

/// The same for automata: the slowest take a few milliseconds for less.
const LONG_LINEAR: usize = 1 << 16;

/// How many matches are found at once in longer text at most.
const MOST_AHEAD: usize = 64;

/// The same for patterns whose time may grow faster than the text's length.
const LONG_SLOW: usize = 20;

/// Bytes from a known place to another that are counted rather than looked up.
const NEAR: usize = 256;

impl<'a> Walk<'a> {
    /// From character `start` to `end`. The walker asks for no more than the first `groups` groups.
    pub fn new(
        th: &Thread,
        pattern: &'a Object<Pattern>,
        subject: Subject<'a>,
        (start, end): (usize, usize),
        mode: Mode,
        groups: usize,
    ) -> Walk<'a> {
        let mut walk = Walk {
            subject,
            pattern,
            mode,
            groups,
            automaton: None,
            wide: false,
            start,
            end,
            must_advance: false,
            dense: false,
            state: None,
            slots: Slots {
                few: [None; FEW],
                many: Vec::new(),
            },
            last: None,
            ahead: Ahead::default(),
            near: Cell::new((0, 0)),
        };
        if start <= end && pattern.is_bytes.is_some() {
            walk.choose(th);
        }
        let slots = walk.automaton.map_or(2 * (groups + 1), |a| a.slots(groups));
        if slots > FEW {
            walk.slots.many = vec![None; slots];
        }
        walk
    }

    /// Finds out whether an automaton can serve.
    fn choose(&mut self, th: &Thread) {
        let wide = match self.subject.text {
            Text::Wide(s) if s.has_surrogates() => return,
            Text::Wide(_) => true,
            Text::Narrow(_) => false,
        };
        let (start, end) = (
            self.subject.byte_of(self.start),
            self.subject.byte_of(self.end),
        );
        self.automaton = self.pattern.automata.choose(
            th,
            &Search {
                code: &self.pattern.code,
                groups: self.pattern.groups,
                dollar: self.pattern.dollar,
                is_bytes: self.subject.is_bytes,
                wide,
                text: &self.subject.bytes()[..end],
                start,
                full: self.mode == Mode::Full,
            },
        );
        if self.automaton.is_some() && wide {
            self.wide = true;
            self.near.set((start, self.start));
            (self.start, self.end) = (start, end);
        }
    }

    /// Goes on as an earlier walk over the same text would, see [`Walk::rest`].
    pub fn resume(&mut self, must_advance: bool, dense: bool) {
        self.must_advance = must_advance;
        self.dense = dense;
    }

    /// Looks for the next match.
    ///
    /// # Errors
    /// What the handler of a signal raised that came meanwhile.
    pub fn run(&mut self, th: &Thread) -> PyResult<bool> {
        if self.start > self.end {
            return Ok(false);
        }
        let Some(automaton) = self.automaton else {
            return self.backtrack(th, self.mode);
        };
        if self.must_advance {
            // Automata can't leave one match out: the other engine looks at this place.
            if self.backtrack(th, Mode::Match)? {
                return Ok(true);
            }
            if self.mode != Mode::Search || self.start == self.end {
                return Ok(false);
            }
            self.must_advance = false;
            self.start = self.next_place();
        }
        if self.end - self.start <= LONG_LINEAR {
            return Ok(self.find(automaton));
        }
        let n = automaton.slots(self.groups);
        if self.ahead.next == self.ahead.slots.len() {
            if self.ahead.done {
                return Ok(false);
            }
            // The text's cell does not move and never changes; the automaton is the pattern's own memory.
            th.blocking(|| self.look_ahead(automaton, n));
        }
        let next = self.ahead.next;
        let Some(slots) = self.ahead.slots.get(next..next + n) else {
            return Ok(false);
        };
        self.slots.first(n).copy_from_slice(slots);
        self.ahead.next += n;
        Ok(true)
    }

    /// Finds the next matches: more of them each time, since who asks for one may not want a second.
    fn look_ahead(&mut self, automaton: &Automaton, n: usize) {
        let from = (self.start, self.dense);
        self.ahead.slots.clear();
        self.ahead.next = 0;
        self.ahead.count = (4 * self.ahead.count).clamp(1, MOST_AHEAD);
        for _ in 0..self.ahead.count {
            if !self.find(automaton) {
                self.ahead.done = true;
                break;
            }
            self.ahead.slots.extend_from_slice(self.slots.first(n));
            self.advance();
            if self.must_advance {
                break;
            }
        }
        self.must_advance = false;
        (self.start, self.dense) = from;
    }

    fn find(&mut self, automaton: &Automaton) -> bool {
        let anchored = self.mode != Mode::Search;
        if anchored || self.groups == 0 || !self.dense {
            return self.search(automaton, anchored);
        }
        // Where groups count, a match at a known place costs half of one that has to be found first.
        let from = self.start;
        for _ in 0..2 {
            if self.search(automaton, true) {
                return true;
            }
            if self.start == self.end {
                return false;
            }
            self.start = self.next_place();
        }
        let found = self.search(automaton, false);
        self.start = from;
        found
    }

    fn search(&mut self, automaton: &Automaton, anchored: bool) -> bool {
        let text = &self.subject.bytes()[..self.end];
        let slots = self.slots.first(automaton.slots(self.groups));
        automaton.search(text, self.start, anchored, slots)
    }

    /// The place of the character behind the one at the start.
    fn next_place(&self) -> usize {
        let mut at = self.start + 1;
        if self.wide {
            let bytes = self.subject.bytes();
            while bytes.get(at).is_some_and(|b| b & 0xc0 == 0x80) {
                at += 1;
            }
        }
        at
    }

    fn backtrack(&mut self, th: &Thread, mode: Mode) -> PyResult<bool> {
        let (start, end) = (self.position(self.start), self.position(self.end));
        let length = end - start;
        let pattern = self.pattern;
        let code = &pattern.code;
        let found = if length > LONG || pattern.slow && length > LONG_SLOW {
            // The text's cell does not move and never changes; the code is the pattern's own memory.
            watched(th, || match self.subject.text {
                Text::Narrow(b) => self.drive(Watched(Narrow(b)), code, start, end, mode),
                Text::Wide(s) => self.drive(Watched(Wide(s)), code, start, end, mode),
            })?
        } else {
            match self.subject.text {
                Text::Narrow(b) => self.drive(Narrow(b), code, start, end, mode),
                Text::Wide(s) => self.drive(Wide(s), code, start, end, mode),
            }
        };
        if found {
            self.keep();
        }
        Ok(found)
    }

    fn drive<S: StrDrive>(
        &mut self,
        text: S,
        code: &[u32],
        start: usize,
        end: usize,
        mode: Mode,
    ) -> bool {
        let mut request = Request::new(text, start, end, code, mode == Mode::Full);
        request.must_advance = self.must_advance;
        let state = self.state.get_or_insert_default();
        state.reset(&request, start);
        match mode {
            Mode::Search => state.search(request),
            _ => state.py_match(&request),
        }
    }

    /// Keeps what the backtracking engine found.
    fn keep(&mut self) {
        let place = |at: usize| {
            NonMaxUsize::new(if self.wide {
                self.subject.byte_of(at)
            } else {
                at
            })
        };
        let Some(state) = &self.state else {
            return;
        };
        let slots = self.slots.first(2 * (self.groups + 1));
        slots[0] = place(state.start);
        slots[1] = place(state.cursor.position);
        for (group, to) in slots[2..].chunks_exact_mut(2).enumerate() {
            let (start, end) = state.marks.get(group);
            (to[0], to[1]) = match (start.into_option(), end.into_option()) {
                (Some(a), Some(b)) if a <= b => (place(a), place(b)),
                _ => (None, None),
            };
        }
        self.last = usize::try_from(state.marks.last_index()).ok();
    }

    /// The number of the last group that closed in the match that was just found.
    pub fn last_group(&self) -> Option<usize> {
        match self.automaton {
            // An empty match may have been looked for by the other engine.
            Some(a) if !self.must_advance => a.last_group(self.slots.all()),
            _ => self.last,
        }
    }

    /// Where the match that was just found begins and ends.
    pub fn span(&self) -> (usize, usize) {
        self.group(0).unwrap_or((self.start, self.start))
    }

    /// Goes on behind the match that was just found.
    pub fn advance(&mut self) {
        let (start, end) = self.span();
        self.must_advance = start == end;
        self.dense = start <= self.start + 1;
        self.start = end;
    }

    /// What the walk would go on with: the character where the next match is looked for, whether it must not be an
    /// empty one there, and whether it is likely to be close by.
    pub fn rest(&self) -> (usize, bool, bool) {
        (self.position(self.start), self.must_advance, self.dense)
    }

    /// Where a group begins and ends, zero being the whole match; nothing if it took no part.
    pub fn group(&self, group: usize) -> Option<(usize, usize)> {
        let slots = self.slots.all();
        match (slots.get(2 * group)?, slots.get(2 * group + 1)?) {
            (Some(a), Some(b)) => Some((a.get(), b.get())),
            _ => None,
        }
    }

    /// The character that begins at a place.
    pub fn position(&self, at: usize) -> usize {
        let Text::Wide(s) = self.subject.text else {
            return at;
        };
        if !self.wide {
            return at;
        }
        let (byte, character) = self.near.get();
        let found = match at.checked_sub(byte) {
            Some(n) if n <= NEAR => {
                character + taipan_text::index::count_starts(&s.as_bytes()[byte..at])
            }
            _ => s.char_index(at),
        };
        self.near.set((at, found));
        found
    }

    /// The place behind the text, of which the walk may be over a part only.
    pub fn whole(&self) -> usize {
        if self.wide {
            self.subject.bytes().len()
        } else {
            self.subject.len
        }
    }

    /// The text between two places as a new `str` or `bytes`.
    pub fn slice(&self, th: &Thread, from: usize, to: usize) -> PyResult {
        if self.wide {
            self.subject.slice_bytes(th, from, to)
        } else {
            self.subject.slice(th, from, to)
        }
    }

    /// What the text holds between two places.
    pub fn part(&self, from: usize, to: usize) -> Part<'a> {
        if self.wide {
            self.subject.part_of_bytes(from, to)
        } else {
            self.subject.part(from, to)
        }
    }

    /// The text of a group, `missing` if it took no part.
    pub fn group_text(&self, th: &Thread, group: usize, missing: Value) -> PyResult {
        match self.group(group) {
            Some((a, b)) => self.slice(th, a, b),
            None => Ok(missing),
        }
    }
}
