//! Setting `f_lineno`: where a trace function may send a frame.
//!
//! A jump must leave the temporaries as the code at its target expects them. For that the code is looked through twice:
//! forward, which instructions may have put what each temporary holds, and backward, which temporaries are still read.
//! A target is fit if all it reads was put there by what also comes to it in the usual way, or by something of the
//! same kind: a loop's iterator, an exception being handled, a `with` statement's exit method.

use std::collections::HashMap;
use taipan_bytecode::{Instr, Op, Slot, Words, find_handler, verify};
use taipan_object::code::Code;
use taipan_object::frame::{FramePtr, Pc, Regs};
use taipan_object::{Object, PyResult, Thread, Value};

/// The exception register of a handler was set by raising, not by an instruction.
const BY_RAISING: u32 = 1 << 31;

/// What a temporary is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Iterator,
    /// What was handled before, which `POP_EXC` makes the handled exception again.
    Saved,
    Exception,
    Exit,
    Other,
}

/// What is known of a code object's temporaries.
struct Analysis {
    ops: HashMap<u32, Instr>,
    order: Vec<u32>,
    first_temp: u16,
    /// Before each instruction that can be reached: what each temporary may hold, an index into `sets`.
    holds: HashMap<u32, Box<[u32]>>,
    /// Sets of places that put a value.
    sets: Vec<Vec<u32>>,
    /// The temporaries read from each instruction on.
    live: HashMap<u32, Vec<bool>>,
}

fn is_plain_call(i: Instr) -> bool {
    matches!(i.op(), Op::CALL | Op::CALL_EX) || i.op() == Op::CALL_KW && i.x() == 0
}

/// Calls `f` with each register that an instruction reads, and those it writes.
fn registers(i: Instr, reads: &mut dyn FnMut(u16), writes: &mut dyn FnMut(u16)) {
    let info = i.op().info();
    let slots = [(info.a, i.a()), (info.b, i.b()), (info.c, i.c())];
    for (n, (slot, r)) in slots.into_iter().enumerate() {
        if i.op() == Op::RAISE && n >= i.x() as usize {
            continue;
        }
        match slot {
            Slot::Read => reads(r),
            Slot::Base => (r..r + verify::extent(i, slot) as u16)
                // A plain call fills the place of a receiver itself.
                .filter(|n| !(is_plain_call(i) && *n == r + 1))
                .for_each(&mut *reads),
            Slot::Write if i.op() != Op::POP_EXC => writes(r),
            Slot::WriteBase => (r..r + verify::extent(i, slot) as u16).for_each(&mut *writes),
            Slot::ReadWrite => {
                reads(r);
                // A loop's iterator stays what it is; a handler's end only lets go.
                if !matches!(i.op(), Op::FOR_ITER | Op::FOR_LOOP | Op::POP_EXC) {
                    writes(r);
                }
            }
            _ => {}
        }
    }
}

impl Analysis {
    fn new(code: &Object<Code>) -> Analysis {
        let data = code.data();
        let ops: HashMap<u32, Instr> = Words::new(&data.code)
            .map(|(at, i)| (at as u32, i))
            .collect();
        let order: Vec<u32> = Words::new(&data.code).map(|(at, _)| at as u32).collect();
        let mut a = Analysis {
            ops,
            order,
            first_temp: data.first_temp() as u16,
            holds: HashMap::new(),
            sets: vec![Vec::new()],
            live: HashMap::new(),
        };
        let temps = data.nregs as usize - data.first_temp();
        a.forward(code, temps);
        a.backward(code, temps);
        a
    }

    fn next_of(&self, at: u32, i: Instr) -> impl Iterator<Item = u32> + use<> {
        let after = (!i.op().is_terminator()).then(|| at + i.len() as u32);
        let target = i
            .jump_offset()
            .map(|off| (at as i64 + 1 + off as i64) as u32);
        after.into_iter().chain(target)
    }

    fn forward(&mut self, code: &Object<Code>, temps: usize) {
        let data = code.data();
        let mut interned: HashMap<Vec<u32>, u32> = HashMap::from([(Vec::new(), 0)]);
        let mut work = vec![0u32];
        self.holds.insert(0, vec![0; temps].into());
        while let Some(at) = work.pop() {
            let (Some(i), Some(before)) = (self.ops.get(&at).copied(), self.holds.get(&at)) else {
                continue;
            };
            let before = before.clone();
            let mut after = before.clone();
            let first = self.first_temp;
            let sets = &mut self.sets;
            let mut intern = |s: Vec<u32>| {
                *interned.entry(s).or_insert_with_key(|s| {
                    sets.push(s.clone());
                    sets.len() as u32 - 1
                })
            };
            let own = intern(vec![at]);
            registers(i, &mut |_| {}, &mut |r| {
                if let Some(slot) = r.checked_sub(first).and_then(|n| after.get_mut(n as usize)) {
                    *slot = own;
                }
            });
            let target = i
                .jump_offset()
                .map(|off| (at as i64 + 1 + off as i64) as u32);
            let mut flows: Vec<(u32, Box<[u32]>)> = Vec::with_capacity(3);
            for n in self.next_of(at, i) {
                let mut state = after.clone();
                // What lets go: a loop that ended, the end of a handler.
                let gone = match i.op() {
                    Op::FOR_ITER if Some(n) == target => Some(i.b()),
                    Op::FOR_LOOP if Some(n) != target => Some(i.b()),
                    Op::POP_EXC => Some(i.a()),
                    Op::YIELD_FROM => Some(i.b()),
                    _ => None,
                };
                if let Some(slot) = gone
                    .and_then(|r| r.checked_sub(first))
                    .and_then(|r| state.get_mut(r as usize))
                {
                    *slot = 0;
                }
                flows.push((n, state));
            }
            if let Some(h) = find_handler(&data.handlers, at as usize) {
                let mut state = before;
                let own = {
                    let sets = &mut self.sets;
                    *interned
                        .entry(vec![h.target | BY_RAISING])
                        .or_insert_with_key(|s| {
                            sets.push(s.clone());
                            sets.len() as u32 - 1
                        })
                };
                if let Some(slot) = h
                    .exc
                    .checked_sub(first)
                    .and_then(|n| state.get_mut(n as usize))
                {
                    *slot = own;
                }
                flows.push((h.target, state));
            }
            for (to, state) in flows {
                let Some(old) = self.holds.get_mut(&to) else {
                    self.holds.insert(to, state);
                    work.push(to);
                    continue;
                };
                let mut changed = false;
                for (x, y) in old.iter_mut().zip(state) {
                    if *x == y {
                        continue;
                    }
                    let mut both = self.sets[*x as usize].clone();
                    both.extend(&self.sets[y as usize]);
                    both.sort_unstable();
                    both.dedup();
                    let sets = &mut self.sets;
                    let joined = *interned.entry(both).or_insert_with_key(|s| {
                        sets.push(s.clone());
                        sets.len() as u32 - 1
                    });
                    changed |= joined != *x;
                    *x = joined;
                }
                if changed {
                    work.push(to);
                }
            }
        }
    }

    fn backward(&mut self, code: &Object<Code>, temps: usize) {
        let data = code.data();
        let first = self.first_temp;
        let index = |r: u16| r.checked_sub(first).map(usize::from).filter(|n| *n < temps);
        loop {
            let mut changed = false;
            for at in self.order.iter().rev() {
                let i = self.ops[at];
                let mut live = vec![false; temps];
                for next in self.next_of(*at, i) {
                    if let Some(l) = self.live.get(&next) {
                        live.iter_mut().zip(l).for_each(|(x, y)| *x |= y);
                    }
                }
                registers(i, &mut |_| {}, &mut |r| {
                    if let Some(n) = index(r) {
                        live[n] = false;
                    }
                });
                registers(
                    i,
                    &mut |r| {
                        if let Some(n) = index(r) {
                            live[n] = true;
                        }
                    },
                    &mut |_| {},
                );
                if let Some(h) = find_handler(&data.handlers, *at as usize)
                    && let Some(l) = self.live.get(&h.target)
                {
                    for (n, y) in l.iter().enumerate() {
                        live[n] |= *y && index(h.exc) != Some(n);
                    }
                }
                if self.live.get(at) != Some(&live) {
                    self.live.insert(*at, live);
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn kind(&self, set: &[u32], temp: usize) -> Kind {
        let mut found = None;
        for place in set {
            let k = if place & BY_RAISING != 0 {
                Kind::Exception
            } else {
                let i = self.ops[place];
                match i.op() {
                    Op::GET_ITER | Op::GET_AITER => Kind::Iterator,
                    Op::PUSH_EXC if i.a() as usize == temp + self.first_temp as usize => {
                        Kind::Saved
                    }
                    Op::LOAD_SPECIAL => Kind::Exit,
                    _ => Kind::Other,
                }
            };
            if found.is_some_and(|f| f != k) {
                return Kind::Other;
            }
            found = Some(k);
        }
        found.unwrap_or(Kind::Other)
    }

    /// The temporaries that are read from a word on.
    fn live_at(&self, at: u32) -> impl Iterator<Item = usize> + '_ {
        let l = self.live.get(&at).map_or(&[][..], |l| l);
        l.iter().enumerate().filter(|(_, on)| **on).map(|(n, _)| n)
    }

    /// Whether a frame at the word `at` may go on at `to`, or why not.
    fn fits(&self, at: u32, to: u32) -> Result<usize, &'static str> {
        let Some(from) = self.holds.get(&at) else {
            return Err("can't jump from unreachable code");
        };
        let read = self.live.get(&at).map_or(&[][..], |l| l);
        let Some(expected) = self.holds.get(&to) else {
            return Err("cannot find bytecode for specified line");
        };
        let mut depth = 0;
        for n in self.live_at(to) {
            depth += 1;
            let (have, want) = (
                &self.sets[from[n] as usize],
                &self.sets[expected[n] as usize],
            );
            if have.iter().all(|p| want.contains(p)) && (!have.is_empty() || want.is_empty()) {
                continue;
            }
            let kind = self.kind(want, n);
            if kind != Kind::Other && self.kind(have, n) == kind && read[n] {
                continue;
            }
            return Err(match kind {
                Kind::Saved | Kind::Exception => {
                    "can't jump into an 'except' block as there's no exception"
                }
                Kind::Iterator => "can't jump into the body of a for loop",
                _ => "incompatible stacks",
            });
        }
        Ok(depth)
    }
}

/// Finds the word that `line` of a frame's code begins at, for a jump from the word the frame is at.
fn find(th: &Thread, frame: FramePtr, line: i64) -> PyResult<u32> {
    let code = frame.code();
    let data = code.data();
    if line < data.firstlineno as i64 {
        return Err(th.value_error(format!("line {line} comes before the current code block")));
    }
    // Where a line's words begin.
    let mut starts = Vec::new();
    let mut last = 0;
    for (start, _, p) in data.positions.iter() {
        // The first word only stands for the beginning.
        if p.line != last && start > 0 {
            last = p.line;
            starts.push((start as u32, p.line as i64));
        }
    }
    let Some(target) = starts
        .iter()
        .map(|s| s.1)
        .filter(|l| *l >= line && *l > 0)
        .min()
    else {
        return Err(th.value_error(format!("line {line} comes after the current code block")));
    };
    let a = Analysis::new(code);
    let at = frame.word_index().max(0) as u32;
    let mut best: Option<(usize, u32)> = None;
    let mut why = "cannot find bytecode for specified line";
    for (word, _) in starts.iter().filter(|s| s.1 == target) {
        match a.fits(at, *word) {
            Ok(depth) if best.is_none_or(|b| depth > b.0) => best = Some((depth, *word)),
            Ok(_) => {}
            Err(reason) => why = reason,
        }
    }
    match best {
        Some((_, word)) => Ok(word),
        None => Err(th.value_error(why)),
    }
}

/// Sends the frame that is being traced to a line. Its place is then the one after the line's first word.
///
/// # Errors
/// `ValueError` where there is no such line or it can't be jumped to; what the warning of unbound variables raises.
pub(super) fn set_line(th: &Thread, mut frame: FramePtr, line: i64) -> PyResult<()> {
    let to = find(th, frame, line)?;
    let code = frame.code();
    let data = code.data();
    // Checks that a variable is bound were left out where it is bound on all usual ways.
    let unbound: Vec<usize> = (0..data.first_cell())
        .filter(|n| frame.register(*n).is_absent() && !data.cellvars.contains(&data.varnames[*n]))
        .collect();
    if !unbound.is_empty() {
        let s = if unbound.len() == 1 { "" } else { "s" };
        th.warn(
            &taipan_object::exception::RUNTIME_WARNING,
            format!("assigning None to {} unbound local{s}", unbound.len()),
        )?;
        for n in unbound {
            frame.set_register(n, Value::NONE);
        }
    }
    let mut pc = Pc(code.entry());
    pc.step(to as isize + 1);
    frame.pc = pc.0;
    Ok(())
}

/// Lets go what a frame leaves by a jump between two words: loops' iterators, the exception being handled.
pub fn settle(th: &Thread, frame: FramePtr, from: usize, to: usize) {
    let a = Analysis::new(frame.code());
    let (from, to) = (from as u32, to as u32);
    let Some(held) = a.holds.get(&from) else {
        return;
    };
    let regs = Regs(frame.regs);
    let kept: Vec<usize> = a.live_at(to).collect();
    let mut outermost = true;
    for n in a.live_at(from).filter(|n| !kept.contains(n)) {
        let r = a.first_temp + n as u16;
        if a.kind(&a.sets[held[n] as usize], n) == Kind::Saved && outermost {
            th.exc_level().value.set(regs.get(r));
            outermost = false;
        }
        regs.set(r, Value::ABSENT);
    }
}
