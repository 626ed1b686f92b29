//! Checks that code keeps the promises the interpreter relies on.

use crate::code::{CodeData, Const};
use crate::instr::{Instr, Words};
use crate::op::{
    BinaryOp, CmpOp, CommonConst, Conversion, Intrinsic1, Intrinsic2, Op, Slot, Special, UnaryOp,
};

/// Checks a code object and all within it; the error says where and what.
pub fn verify(code: &CodeData) -> Result<(), String> {
    let mut result = Ok(());
    code.for_each(&mut |c| {
        if result.is_ok() {
            result = one(c).map_err(|e| format!("{} (line {}): {e}", c.qualname, c.firstlineno));
        }
    });
    result
}

/// How many consecutive registers an operand of kind `Base` or `WriteBase` stands for.
pub fn extent(i: Instr, slot: Slot) -> usize {
    let (c, x) = (i.c() as usize, i.x() as usize);
    match (i.op(), slot) {
        (Op::CALL | Op::CALL_METHOD | Op::CALL_KW, _) => 2 + c,
        (Op::CALL_EX, _) => 4,
        (Op::BUILD_MAP, _) => 2 * c,
        (
            Op::BUILD_LIST | Op::BUILD_TUPLE | Op::BUILD_SET | Op::BUILD_STRING | Op::BUILD_SLICE,
            _,
        ) => c,
        (Op::UNPACK_SEQUENCE, _) => c,
        (Op::UNPACK_EX, _) => x + 1 + c,
        (Op::LOAD_SUPER_ATTR, _) | (Op::LOAD_SUPER_METHOD, Slot::Base) => 3,
        (Op::MATCH_CLASS, _) => 3,
        (Op::BUILD_INTERPOLATION, _) => 2 + (x != 0) as usize,
        (Op::MAKE_FUNCTION, _) => i.x().count_ones() as usize,
        (Op::COPY_FREE_VARS, _) => i.index32() as usize,
        _ => 2,
    }
}

fn one(code: &CodeData) -> Result<(), String> {
    let len = code.code.len();
    let nregs = code.nregs as usize;
    if code.first_temp() > nregs || code.total_params() > code.varnames.len() {
        return Err("registers do not hold the variables".into());
    }
    if code.posonlyargcount > code.argcount {
        return Err("more positional-only than positional parameters".into());
    }
    let mut starts = vec![false; len];
    let mut last = None;
    let mut end = 0;
    for (at, i) in Words::new(&code.code) {
        if i.try_op().is_none() {
            return Err(format!("word {at} is no instruction"));
        }
        starts[at] = true;
        last = Some(i.op());
        end = at + i.len();
    }
    if end != len {
        return Err("the last instruction is cut off".into());
    }
    if !last.is_some_and(Op::is_terminator) {
        return Err("control runs off the end".into());
    }
    for (at, i) in Words::new(&code.code) {
        instruction(code, at, i, &starts, nregs)
            .map_err(|e| format!("word {at}: {}: {e}", i.op().name()))?;
    }
    let mut before = 0;
    for h in code.handlers.iter() {
        if h.start < before || h.end <= h.start || h.end as usize > len {
            return Err("exception table out of order".into());
        }
        before = h.end;
        if !starts.get(h.target as usize).copied().unwrap_or(false) || h.exc as usize >= nregs {
            return Err("bad exception handler".into());
        }
    }
    Ok(())
}

fn instruction(
    code: &CodeData,
    at: usize,
    i: Instr,
    starts: &[bool],
    nregs: usize,
) -> Result<(), String> {
    let info = i.op().info();
    let reg = |slot: Slot, r: u16| -> Result<(), String> {
        let n = match slot {
            Slot::Read | Slot::Write | Slot::ReadWrite => 1,
            Slot::Base | Slot::WriteBase => extent(i, slot),
            Slot::Name => {
                return if (r as usize) < code.names.len() {
                    Ok(())
                } else {
                    Err("name out of range".into())
                };
            }
            _ => return Ok(()),
        };
        if n > 0 && r as usize + n > nregs {
            return Err(format!("register {r} (+{n}) out of range {nregs}"));
        }
        Ok(())
    };
    // RAISE reads as many registers as it has arguments.
    let reads = if i.op() == Op::RAISE { i.x() } else { 2 };
    if reads > 0 {
        reg(info.a, i.a())?;
    }
    if reads > 1 {
        reg(info.b, i.b())?;
    }
    reg(info.c, i.c())?;
    match info.imm {
        Slot::Name if i.index32() as usize >= code.names.len() => {
            return Err("name out of range".into());
        }
        Slot::Const if i.index32() as usize >= code.consts.len() => {
            return Err("constant out of range".into());
        }
        _ => {}
    }
    let x = i.x();
    let known = match info.x {
        Slot::Binary => BinaryOp::from_u8(x & !BinaryOp::INPLACE).is_some(),
        Slot::Cmp => CmpOp::from_u8(x).is_some(),
        Slot::Unary => UnaryOp::from_u8(x).is_some(),
        Slot::Intrinsic1 => Intrinsic1::from_u8(x).is_some(),
        Slot::Intrinsic2 => Intrinsic2::from_u8(x).is_some(),
        Slot::Special => Special::from_u8(x).is_some(),
        Slot::Conversion => Conversion::from_u8(x).is_some(),
        Slot::Common => CommonConst::from_u8(x).is_some(),
        _ => true,
    };
    if !known {
        return Err(format!("unknown kind {x}"));
    }
    if let Some(off) = i.jump_offset() {
        let target = at as i64 + 1 + off as i64;
        if target < 0 || !starts.get(target as usize).copied().unwrap_or(false) {
            return Err(format!("jump to {target}"));
        }
        let back =
            matches!(i.op(), Op::JUMP_BACK | Op::FOR_LOOP) || i.op().name().starts_with("LOOP_");
        if back != (target <= at as i64) {
            return Err(format!("jump in the wrong direction, to {target}"));
        }
    }
    let is_cell = |r: u16| (code.first_cell()..code.first_temp()).contains(&(r as usize));
    match i.op() {
        Op::CHECK_LOCAL if i.a() as usize >= code.varnames.len() => Err("no local".into()),
        Op::LOAD_DEREF if !is_cell(i.b()) => Err("no cell".into()),
        Op::STORE_DEREF | Op::DELETE_DEREF if !is_cell(i.a()) => Err("no cell".into()),
        Op::LOAD_FROM_DICT_OR_DEREF if !is_cell(i.c()) => Err("no cell".into()),
        Op::COPY_FREE_VARS if i.index32() as usize > code.freevars.len() => {
            Err("too many free variables".into())
        }
        Op::COPY_FREE_VARS if i.c() as usize + i.index32() as usize > nregs => {
            Err("register out of range".into())
        }
        Op::CALL_KW => match code.consts.get(code.code[at + 1] as usize) {
            Some(Const::Tuple(names)) if names.len() <= i.c() as usize => Ok(()),
            _ => Err("bad keyword names".into()),
        },
        Op::MAKE_FUNCTION => match code.consts.get(code.code[at + 1] as usize) {
            Some(Const::Code(_)) => Ok(()),
            _ => Err("no code constant".into()),
        },
        Op::BUILD_INTERPOLATION if i.c() > 3 => Err("unknown conversion".into()),
        _ => Ok(()),
    }
}
