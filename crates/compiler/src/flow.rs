//! Passes over finished IR: jump threading, removal of what is never reached, and of checks that a local is
//! bound where it is known to be.

use taipan_bytecode::{Op, Slot};
use taipan_syntax::{Lines, TextRange};

use crate::ir::{Ins, Ir, Label};
use crate::layout::{cold_last, reachable};

/// Runs all passes. `assigned` registers (the parameters) hold values at entry.
pub fn optimize(ir: &mut Ir, lines: &Lines, assigned: usize, nregs: usize, nlocals: usize) {
    thread_jumps(ir, lines);
    copy_exits(ir);
    cold_last(ir);
    let mut keep = reachable(ir, true);
    drop_empty_jumps(ir, &mut keep);
    if ir
        .code
        .iter()
        .any(|i| matches!(i.op, Op::CHECK_LOCAL | Op::CLEAR))
    {
        Bindings::new(ir, assigned, nregs, nlocals).run(&mut keep);
    }
    drop_nops(ir, lines, &mut keep);
    compact(ir, &keep);
    inherit_positions(ir);
}

/// A jump to a jump goes to where that one goes.
fn thread_jumps(ir: &mut Ir, lines: &Lines) {
    // A jump on a line of its own (`continue`) stays, for tracing.
    let line = |range: TextRange| has_position(range).then(|| lines.line(range.start()));
    for n in 0..ir.code.len() {
        let ins = ir.code[n];
        if ins.target == Label::NONE || is_back(ins.op) {
            continue;
        }
        let mut target = ins.target;
        // The bound stops at a cycle of jumps, which only dead code can hold.
        for _ in 0..16 {
            let mut next = ir.at(target);
            let same_line = |r: TextRange| !has_position(r) || line(r) == line(ins.range);
            while ir
                .code
                .get(next)
                .is_some_and(|i| i.op == Op::NOP && same_line(i.range))
            {
                next += 1;
            }
            match ir.code.get(next).copied() {
                // The truth of a register is asked for once.
                Some(i) if is_truth_jump(ins.op) && i.op == ins.op && i.a == ins.a => {
                    target = i.target
                }
                Some(i) if is_truth_jump(ins.op) && is_truth_jump(i.op) && i.a == ins.a => {
                    target = ir.label();
                    ir.labels[target.0 as usize] = next as u32 + 1;
                }
                Some(i) if !same_line(i.range) => break,
                Some(i) if i.op == Op::JUMP => target = i.target,
                Some(i) if i.op == Op::JUMP_BACK && ins.op == Op::JUMP => {
                    target = i.target;
                    break;
                }
                _ => break,
            }
        }
        let code = &mut ir.code[n];
        code.target = target;
        if ins.op == Op::JUMP && ir.labels[target.0 as usize] as usize <= n {
            code.op = Op::JUMP_BACK;
        }
    }
}

/// A way out without a line that several ways lead to is copied for each: so that each has the line it comes from.
fn copy_exits(ir: &mut Ir) {
    let is_target = jump_targets(ir);
    for n in 0..ir.code.len() {
        let ins = ir.code[n];
        if ins.target == Label::NONE || is_back(ins.op) {
            continue;
        }
        let exit = exit_at(ir, &is_target, ir.at(ins.target));
        if exit.is_empty() {
            continue;
        }
        // The line of what comes before, if nothing else leads here.
        let mut from = n;
        while !has_position(ir.code[from].range) && !is_target[from] && from > 0 {
            from -= 1;
        }
        let range = ir.code[from].range;
        if let ([exit], Op::JUMP) = (&exit[..], ins.op) {
            ir.code[n] = Ins { range, ..*exit };
            continue;
        }
        let label = ir.label();
        ir.bind(label);
        ir.code
            .extend(exit.into_iter().map(|exit| Ins { range, ..exit }));
        ir.code[n].target = label;
    }
}

/// The short way out that begins at an instruction and has no lines; empty if that is none.
fn exit_at(ir: &Ir, is_target: &[bool], start: usize) -> Vec<Ins> {
    let mut out = Vec::new();
    for (n, ins) in ir.code.iter().enumerate().skip(start).take(8) {
        let inside = n == start || !is_target[n];
        if has_position(ins.range) || ins.target != Label::NONE || !inside {
            break;
        }
        out.push(*ins);
        if matches!(ins.op, Op::RETURN_CONST | Op::RETURN) {
            return out;
        }
    }
    Vec::new()
}

fn is_truth_jump(op: Op) -> bool {
    matches!(op, Op::JUMP_IF_TRUE | Op::JUMP_IF_FALSE)
}

/// Whether the op jumps backward.
pub fn is_back(op: Op) -> bool {
    matches!(op, Op::JUMP_BACK | Op::FOR_LOOP)
        || (op as u8 >= Op::LOOP_IF_TRUE as u8 && op as u8 <= Op::LOOP_IF_GE_I as u8)
}

/// Removes jumps to the next instruction that is kept.
fn drop_empty_jumps(ir: &Ir, keep: &mut [bool]) {
    for n in (0..ir.code.len()).rev() {
        if ir.code[n].op == Op::JUMP && keep[n] {
            let target = ir.at(ir.code[n].target);
            if target > n && !keep[n + 1..target].contains(&true) {
                keep[n] = false;
            }
        }
    }
}

/// Where control comes to not only from the instruction before.
fn jump_targets(ir: &Ir) -> Vec<bool> {
    let mut is_target = vec![false; ir.code.len() + 1];
    for ins in &ir.code {
        if ins.target != Label::NONE {
            is_target[ir.at(ins.target)] = true;
        }
        if let Some(h) = ir.handler_of(ins) {
            is_target[h] = true;
        }
    }
    is_target
}

fn has_position(range: TextRange) -> bool {
    range.start().to_u32() != crate::assemble::NO_POSITION
}

/// Removes NOPs whose line has another instruction right beside, which then stands for it in tracing.
fn drop_nops(ir: &mut Ir, lines: &Lines, keep: &mut [bool]) {
    let is_target = jump_targets(ir);
    let mut previous: Option<usize> = None;
    for n in 0..ir.code.len() {
        if !keep[n] {
            continue;
        }
        let ins = ir.code[n];
        let before = previous.replace(n);
        if ins.op != Op::NOP {
            continue;
        }
        let line = |range: TextRange| has_position(range).then(|| lines.line(range.start()));
        let Some(next) = (n + 1..ir.code.len()).find(|m| keep[*m]) else {
            continue;
        };
        let entered = is_target[n + 1..=next].contains(&true);
        let own = line(ins.range);
        let same_before = !is_target[n] && before.is_some_and(|b| line(ir.code[b].range) == own);
        let range_after = ir.code[next].range;
        if own.is_none() || same_before || line(range_after) == own {
            keep[n] = false;
        } else if !has_position(range_after) && !entered {
            ir.code[next].range = ins.range;
            keep[n] = false;
        }
        if !keep[n] {
            previous = before;
        }
    }
}

/// Gives instructions without a position that of the one they follow, if they follow no other.
fn inherit_positions(ir: &mut Ir) {
    let is_target = jump_targets(ir);
    let mut before: Option<Ins> = None;
    for (ins, is_target) in ir.code.iter_mut().zip(is_target) {
        if let Some(before) = before
            && !has_position(ins.range)
            && !is_target
            && !before.op.is_terminator()
        {
            ins.range = before.range;
        }
        before = Some(*ins);
    }
}

fn compact(ir: &mut Ir, keep: &[bool]) {
    let mut new_index = Vec::with_capacity(keep.len() + 1);
    let mut n = 0u32;
    for &k in keep {
        new_index.push(n);
        n += k as u32;
    }
    new_index.push(n);
    for l in &mut ir.labels {
        if let Some(&new) = new_index.get(*l as usize) {
            *l = new;
        }
    }
    let mut it = keep.iter();
    ir.code.retain(|_| *it.next().unwrap_or(&false));
}

/// What is known of the registers at a point: bit sets.
#[derive(Clone, PartialEq)]
struct State {
    /// Surely bound.
    surely: Box<[u64]>,
    /// Perhaps bound.
    perhaps: Box<[u64]>,
}

impl State {
    fn get(set: &[u64], r: usize) -> bool {
        set[r / 64] >> (r % 64) & 1 != 0
    }

    fn put(set: &mut [u64], r: usize, on: bool) {
        let bit = 1 << (r % 64);
        if on {
            set[r / 64] |= bit
        } else {
            set[r / 64] &= !bit
        }
    }

    fn set(&mut self, r: usize, surely: bool, perhaps: bool) {
        State::put(&mut self.surely, r, surely);
        State::put(&mut self.perhaps, r, perhaps);
    }

    /// Joins `other`'s paths; says whether anything changed.
    fn merge(&mut self, other: &State) -> bool {
        let mut changed = false;
        for (a, b) in self.surely.iter_mut().zip(&other.surely) {
            changed |= *a & *b != *a;
            *a &= *b;
        }
        for (a, b) in self.perhaps.iter_mut().zip(&other.perhaps) {
            changed |= *a | *b != *a;
            *a |= *b;
        }
        changed
    }
}

/// The forward data flow of bound registers.
struct Bindings<'a> {
    ir: &'a Ir,
    nlocals: usize,
    /// Whether a label stands before the instruction.
    is_target: Vec<bool>,
    states: Vec<Option<State>>,
    /// A state before an instruction already passed has changed.
    again: bool,
}

impl<'a> Bindings<'a> {
    fn new(ir: &'a Ir, assigned: usize, nregs: usize, nlocals: usize) -> Self {
        let words = nregs.div_ceil(64).max(1);
        let mut is_target = jump_targets(ir);
        let mut states = vec![None; ir.code.len() + 1];
        let mut entry = State {
            surely: vec![0; words].into(),
            perhaps: vec![0; words].into(),
        };
        for r in 0..assigned {
            entry.set(r, true, true);
        }
        is_target[0] = true;
        states[0] = Some(entry);
        Bindings {
            ir,
            nlocals,
            is_target,
            states,
            again: false,
        }
    }

    fn flow_to(&mut self, from: usize, to: usize, state: &State) {
        match &mut self.states[to] {
            Some(old) => {
                if old.merge(state) && to <= from {
                    self.again = true;
                }
            }
            slot => {
                *slot = Some(state.clone());
                self.again |= to <= from;
            }
        }
    }

    fn run(mut self, keep: &mut [bool]) {
        loop {
            self.again = false;
            self.pass(keep, false);
            if !self.again {
                break;
            }
        }
        self.pass(keep, true);
    }

    fn pass(&mut self, keep: &mut [bool], last: bool) {
        let mut current: Option<State> = None;
        for (n, keep) in keep.iter_mut().enumerate() {
            if self.is_target[n] {
                if let Some(state) = current.take() {
                    self.flow_to(n.wrapping_sub(1), n, &state);
                }
                current = self.states[n].clone();
            }
            let Some(state) = &mut current else { continue };
            let ins = self.ir.code[n];
            if !*keep && ins.op != Op::JUMP {
                // Unreachable code was cut; the jumps cut out fall through to their targets.
                continue;
            }
            if let Some(h) = self.ir.handler_of(&ins) {
                let mut at_handler = state.clone();
                if let Some((_, exc)) = self.ir.handlers.get(ins.handler.0 as usize) {
                    at_handler.set(*exc as usize, true, true);
                }
                self.flow_to(n, h, &at_handler);
            }
            match ins.op {
                Op::CHECK_LOCAL => {
                    let r = ins.a as usize;
                    if last && State::get(&state.surely, r) {
                        *keep = false;
                    }
                    state.set(r, true, true);
                }
                Op::CLEAR => {
                    let r = ins.a as usize;
                    if last && r < self.nlocals && !State::get(&state.perhaps, r) {
                        *keep = false;
                    }
                    state.set(r, false, false);
                }
                Op::MAKE_CELL_FROM => {
                    state.set(ins.a as usize, true, true);
                    state.set(ins.b as usize, false, false);
                }
                Op::MOVE if ins.maybe_absent => {
                    let b = ins.b as usize;
                    let (s, p) = (State::get(&state.surely, b), State::get(&state.perhaps, b));
                    state.set(ins.a as usize, s, p);
                }
                Op::FOR_LOOP => {
                    let mut taken = state.clone();
                    taken.set(ins.a as usize, true, true);
                    let target = self.ir.at(ins.target);
                    self.flow_to(n, target, &taken);
                    continue;
                }
                Op::FOR_ITER => {
                    let before = state.clone();
                    state.set(ins.a as usize, true, true);
                    let target = self.ir.at(ins.target);
                    self.flow_to(n, target, &before);
                    continue;
                }
                _ => for_each_write(&ins, |r| state.set(r as usize, true, true)),
            }
            if ins.target != Label::NONE {
                let target = self.ir.at(ins.target);
                let state = state.clone();
                self.flow_to(n, target, &state);
            }
            if ins.op.is_terminator() {
                current = None;
            }
        }
    }
}

/// Calls `f` for each register that the instruction writes.
fn for_each_write(ins: &Ins, mut f: impl FnMut(u16)) {
    let info = ins.op.info();
    for (slot, r) in [(info.a, ins.a), (info.b, ins.b), (info.c, ins.c)] {
        match slot {
            Slot::Write | Slot::ReadWrite => f(r),
            Slot::WriteBase => (r..r + written(ins)).for_each(&mut f),
            _ => {}
        }
    }
}

fn written(ins: &Ins) -> u16 {
    match ins.op {
        Op::UNPACK_SEQUENCE => ins.c,
        Op::UNPACK_EX => ins.x as u16 + 1 + ins.c,
        Op::COPY_FREE_VARS => ins.imm as u16,
        _ => 2,
    }
}
