//! IR to a code object: layout, jump offsets, exception and position tables.

use taipan_bytecode::{CodeData, Handler, Instr, Op, Position, PositionsBuilder, Slot};
use taipan_syntax::Lines;

use crate::flow;
use crate::ir::{HandlerId, Label};
use crate::unit::Unit;

/// Source ranges that begin here stand for no position.
pub const NO_POSITION: u32 = u32::MAX;

/// Finishes a unit; an error is a limit of the format that the code exceeds.
pub fn assemble(mut unit: Unit, lines: &Lines) -> Result<CodeData, &'static str> {
    if unit.overflow || unit.names.len() > 1 << 16 {
        return Err("too many names or temporary values in one code object");
    }
    crate::const_regs::materialize(&mut unit);
    let first_temp = unit.first_temp as usize;
    let nregs = unit.max_top as usize;
    flow::optimize(
        &mut unit.ir,
        lines,
        unit.total_params,
        nregs,
        unit.varnames.len(),
    );
    let ir = &unit.ir;
    let mut offsets = Vec::with_capacity(ir.code.len() + 1);
    // The first word is never run: it stands for the beginning of the frame.
    let beginning = Position {
        line: unit.firstlineno,
        end_line: unit.firstlineno,
        col: 0,
        end_col: 0,
    };
    let mut words = 1usize;
    for ins in &ir.code {
        offsets.push(words);
        let info = ins.op.info();
        words += 1 + info.extra as usize + info.cache as usize;
    }
    offsets.push(words);
    let mut code = Vec::with_capacity(words);
    // A generator begins after it was made.
    let first = if unit.flags.is_generator_like() {
        Op::NOP
    } else {
        Op::RESUME
    };
    code.push(Instr::abc(first, 0, 0, 0).0);
    let mut positions = PositionsBuilder::new(unit.firstlineno);
    positions.push(
        1,
        if &*unit.name == "<module>" {
            Position::NONE
        } else {
            beginning
        },
    );
    let mut handlers: Vec<Handler> = Vec::new();
    for (n, ins) in ir.code.iter().enumerate() {
        let info = ins.op.info();
        let offset = if ins.target == Label::NONE {
            0
        } else {
            offsets[ir.at(ins.target)] as i64 - offsets[n] as i64 - 1
        };
        let word = if info.has_off24() {
            if offset > Instr::OFF24_MAX as i64 || offset < Instr::OFF24_MIN as i64 {
                return Err("code object too large");
            }
            Instr::jump(ins.op, ins.a, ins.b, offset as i32)
        } else if info.has_off32() {
            Instr::imm(
                ins.op,
                0,
                0,
                i32::try_from(offset).map_err(|_| "code object too large")?,
            )
        } else if info.imm != Slot::Unused {
            Instr::imm(ins.op, ins.x, ins.c, ins.imm as i32)
        } else {
            Instr::new(ins.op, ins.x, ins.a, ins.b, ins.c)
        };
        code.push(word.0);
        for _ in 0..info.extra {
            code.push(ins.imm as u64);
        }
        code.resize(code.len() + info.cache as usize, 0);
        let at = if matches!(ins.op, Op::RETURN_GENERATOR | Op::RESUME) {
            beginning
        } else {
            position(ins.range, lines)
        };
        positions.push(offsets[n + 1] - offsets[n], at);
        if ins.handler != HandlerId::NONE {
            let (label, exc) = ir.handlers[ins.handler.0 as usize];
            let target = offsets[ir.at(label)];
            let (start, end) = (offsets[n] as u32, offsets[n + 1] as u32);
            match handlers.last_mut() {
                Some(h) if h.end == start && h.target == target as u32 && h.exc == exc => {
                    h.end = end
                }
                _ => handlers.push(Handler {
                    start,
                    end,
                    target: target as u32,
                    exc,
                }),
            }
        }
    }
    debug_assert!(
        ir.code
            .last()
            .is_some_and(|i| i.op.is_terminator() && i.op != Op::NOP)
    );
    let shared = |v: Vec<taipan_bytecode::Name>| v.into_boxed_slice();
    Ok(CodeData {
        name: unit.name,
        qualname: unit.qualname,
        filename: unit.filename,
        firstlineno: unit.firstlineno,
        flags: unit.flags,
        argcount: unit.argcount,
        posonlyargcount: unit.posonlyargcount,
        kwonlyargcount: unit.kwonlyargcount,
        varnames: shared(unit.varnames.into_iter().collect()),
        cellvars: shared(unit.cellvars.into_iter().collect()),
        freevars: shared(unit.freevars.into_iter().collect()),
        names: shared(unit.names.into_iter().collect()),
        consts: unit.consts.into_consts(),
        code: code.into_boxed_slice(),
        nregs: nregs.max(first_temp) as u32,
        handlers: handlers.into_boxed_slice(),
        positions: positions.finish(),
    })
}

fn position(range: taipan_syntax::TextRange, lines: &Lines) -> Position {
    if range.start().to_u32() == NO_POSITION {
        return Position::NONE;
    }
    let (line, col) = lines.position(range.start());
    let (end_line, end_col) = lines.position(range.end());
    Position {
        line,
        end_line,
        col,
        end_col,
    }
}
