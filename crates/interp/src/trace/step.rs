//! What is told before an instruction runs: that its frame begins, a new line, which way a branch went.

use super::events::started;
use super::{legacy, tools};
use std::sync::atomic::Ordering;
use taipan_builtins::frame::jump;
use taipan_bytecode::{CodeFlags, Instr, Op};
use taipan_object::frame::{FramePtr, Pc, frame_flags};
use taipan_object::monitor::{self, event};
use taipan_object::{PyResult, Thread, Value};

const NONE: usize = usize::MAX;

/// What ran last in the frame that runs.
pub struct Trail {
    /// Its last word with a line: a line is told of when it is not that word's.
    previous: usize,
    /// The word of the conditional jump that was run last.
    branch: usize,
    /// Whether what it called has just returned.
    returned: bool,
}

impl Trail {
    /// Of a frame that is entered or gone back to.
    #[inline(always)]
    pub fn at(frame: FramePtr) -> Trail {
        Trail {
            previous: Pc(frame.pc).index_in(frame.code()).wrapping_sub(1),
            branch: NONE,
            returned: frame.flags & frame_flags::TRACED != 0,
        }
    }

    /// An exception or a yield came between.
    #[inline(always)]
    pub fn jumped_from(&mut self, word: usize) {
        self.previous = word;
        self.branch = NONE;
        self.returned = false;
    }

    /// A trace function set the line.
    #[inline(always)]
    pub fn jumped(&mut self) {
        self.jumped_from(NONE);
    }

    /// The last word is a loop's whose generator ran.
    #[inline(always)]
    pub fn branches(&mut self) {
        self.branch = self.previous;
    }
}

/// Whether an operation goes one way or the other.
fn is_branch(i: Instr) -> bool {
    i.jump_offset().is_some() && !matches!(i.op(), Op::JUMP | Op::JUMP_BACK)
}

/// Whether the jump of a branch is its left way: where the branch ends a loop, that is to stay in it.
pub fn jumps_left(i: Instr) -> bool {
    i.jump_offset().is_some_and(|off| off < 0)
}

/// Whether a jump only enters a loop at its end, where the condition stands: the source has no jump there.
fn enters_loop(frame: FramePtr, at: usize, jump: Instr) -> bool {
    let Some(off) = jump.jump_offset().filter(|off| *off > 0) else {
        return false;
    };
    let mut word = at + 1 + off as usize;
    // The condition is short.
    for _ in 0..64 {
        if word >= frame.code().words().len() {
            return false;
        }
        let i = instruction(frame, word);
        if i.op().is_terminator() {
            return false;
        }
        if let Some(off) = i.jump_offset()
            && off < 0
        {
            return word as i64 + 1 + off as i64 == at as i64 + 1;
        }
        word += i.len();
    }
    false
}

fn instruction(frame: FramePtr, word: usize) -> Instr {
    Instr(frame.code().words()[word].load(Ordering::Relaxed))
}

/// Tells of the way that the conditional jump at `from` went: to `at`. Its place is the frame's meanwhile.
/// Whether the frame goes on elsewhere, as a callback set its line.
fn branched(
    th: &Thread,
    mut frame: FramePtr,
    trail: &mut Trail,
    from: usize,
    at: usize,
) -> PyResult<bool> {
    let i = instruction(frame, from);
    let jumped = i.jump_offset().map(|off| from as i64 + 1 + off as i64) == Some(at as i64);
    let number = if jumped == jumps_left(i) {
        event::BRANCH_LEFT
    } else {
        event::BRANCH_RIGHT
    };
    if !tools::any(th, frame, number) {
        return Ok(false);
    }
    let mut place = Pc(frame.code().entry());
    place.step(from as isize + 1);
    frame.pc = place.0;
    let to = Value::small_int(at as i64 * 8);
    tools::at_offset(th, frame, number, from, &[to])?;
    if frame.pc != place.0 {
        line_set(th, frame, trail, from);
        return Ok(true);
    }
    Ok(false)
}

/// A trace function set the line of the frame, which was at the word `from`: it goes on there.
fn line_set(th: &Thread, mut frame: FramePtr, trail: &mut Trail, from: usize) {
    let mut to = Pc(frame.pc);
    to.step(-1);
    frame.pc = to.0;
    jump::settle(th, frame, from, to.index_in(frame.code()));
    trail.jumped();
}

/// Tells of what comes with the instruction that the frame's place is at. The place is where to go on: a trace
/// function may have set another line. After an error the place is past the instruction's word.
#[cold]
#[inline(never)]
pub fn step(th: &Thread, mut frame: FramePtr, trail: &mut Trail) -> PyResult<()> {
    let pc = Pc(frame.pc);
    let code = frame.code();
    if !frame.in_generator() && CodeFlags(code.flags).is_generator_like() {
        // It only makes the generator.
        return Ok(());
    }
    let at = pc.index_in(code);
    let own = monitor::for_code(th, code);
    if frame.flags & frame_flags::TRACED == 0 {
        frame.flags |= frame_flags::TRACED;
        let begins = at == 1 || at == 2 && instruction(frame, 1).op() == Op::RETURN_GENERATOR;
        if begins {
            trail.previous = NONE;
            started(th, frame, event::PY_START, at)?;
            if own.lines[at] == 0 && instruction(frame, at).op() == Op::RETURN_CONST {
                // An empty module is run on the line before its first.
                legacy::line(th, frame)?;
                tools::fire(th, frame, event::LINE, at, &[Value::small_int(0)])?;
            }
        } else if frame.in_generator() {
            started(th, frame, event::PY_RESUME, at)?;
        }
    }
    if std::mem::take(&mut trail.returned) && own.lines.get(trail.previous) != Some(&own.lines[at])
    {
        // CPython has an instruction there, for the call's result: debuggers that were called stop at it.
        legacy::opcode(th, frame)?;
        tools::at_offset(th, frame, event::INSTRUCTION, trail.previous, &[])?;
        if frame.pc != pc.0 {
            line_set(th, frame, trail, at);
            return Ok(());
        }
    }
    if instruction(frame, at).op() == Op::RESUME {
        return Ok(());
    }
    let mut fetched = pc;
    fetched.step(1);
    if trail.branch != NONE {
        let from = std::mem::replace(&mut trail.branch, NONE);
        if branched(th, frame, trail, from, at)? {
            return Ok(());
        }
    }
    frame.pc = fetched.0;
    let line = own.lines[at];
    if line != 0 {
        let previous = std::mem::replace(&mut trail.previous, at);
        let last = own.lines.get(previous).copied();
        if last != Some(line) {
            legacy::line(th, frame)?;
            let shown = Value::small_int(line as i64);
            tools::fire(th, frame, event::LINE, at, &[shown])?;
        } else if at <= previous {
            // A loop on one line.
            legacy::line(th, frame)?;
        }
    }
    if frame.pc == fetched.0 {
        legacy::opcode(th, frame)?;
        tools::at_offset(th, frame, event::INSTRUCTION, at, &[])?;
    }
    if frame.pc != fetched.0 {
        line_set(th, frame, trail, at);
        return Ok(());
    }
    let i = instruction(frame, at);
    if is_branch(i) {
        trail.branch = at;
    } else if let Some(off) = i.jump_offset()
        && tools::any(th, frame, event::JUMP)
        && !enters_loop(frame, at, i)
    {
        let to = Value::small_int((at as i64 + 1 + off as i64) * 8);
        tools::at_offset(th, frame, event::JUMP, at, &[to])?;
    }
    frame.pc = pc.0;
    Ok(())
}
