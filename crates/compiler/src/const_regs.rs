//! Constants kept in registers.
//!
//! A constant operand inside a loop would be loaded again each time round. Instead the function loads it once, at
//! entry, into a register of its own below the temporaries. While code is emitted, such a register has a number from
//! the top of the number space; [`materialize`] gives it its real one and moves the temporaries up.

use taipan_bytecode::{Const, Op, Slot};

use crate::ir::{HandlerId, Ins, Label};
use crate::unit::{Reg, Unit};

/// More constants than this are loaded where they are used.
const MAX: usize = 8;
/// The number of the first one; the next ones go down.
const FIRST: Reg = Reg::MAX;
/// Numbers of temporaries stay below this.
pub const LIMIT: usize = FIRST as usize - MAX;

/// The constants of a unit that have registers, by their index in the pool.
#[derive(Default)]
pub struct ConstRegs {
    pool: Vec<u32>,
}

impl ConstRegs {
    /// The register of constant `k`, if it has one or may get one.
    pub fn get(&mut self, k: u32) -> Option<Reg> {
        let n = match self.pool.iter().position(|p| *p == k) {
            Some(n) => n,
            None if self.pool.len() < MAX => {
                self.pool.push(k);
                self.pool.len() - 1
            }
            None => return None,
        };
        Some(FIRST - n as Reg)
    }
}

impl Unit<'_> {
    /// The register that holds a constant throughout the function, if code here is in a loop.
    pub fn const_register(&mut self, c: &Const) -> Option<Reg> {
        if self.loop_depth == 0 || !self.flags.has(taipan_bytecode::CodeFlags::OPTIMIZED) {
            return None;
        }
        let k = self.consts.add(c.clone());
        self.const_regs.get(k)
    }
}

/// Gives constants their registers and loads them after the prologue.
pub fn materialize(unit: &mut Unit<'_>) {
    let pool = std::mem::take(&mut unit.const_regs.pool);
    let n = pool.len();
    if n == 0 {
        return;
    }
    let first = unit.first_temp;
    let renumber = |r: Reg| {
        if r as usize > LIMIT {
            first + (FIRST - r)
        } else if r >= first {
            r + n as Reg
        } else {
            r
        }
    };
    for ins in &mut unit.ir.code {
        let info = ins.op.info();
        for (slot, r) in [
            (info.a, &mut ins.a),
            (info.b, &mut ins.b),
            (info.c, &mut ins.c),
        ] {
            if matches!(
                slot,
                Slot::Read | Slot::Write | Slot::ReadWrite | Slot::Base | Slot::WriteBase
            ) {
                *r = renumber(*r);
            }
        }
    }
    for (_, exc) in &mut unit.ir.handlers {
        *exc = renumber(*exc);
    }
    let at = unit.prologue_len;
    let range = taipan_syntax::TextRange::empty(crate::assemble::NO_POSITION.into());
    let loads = pool.into_iter().enumerate().map(|(i, k)| Ins {
        op: Op::LOAD_CONST,
        x: 0,
        a: 0,
        b: 0,
        c: first + i as Reg,
        imm: k,
        target: Label::NONE,
        handler: HandlerId::NONE,
        range,
        maybe_absent: false,
    });
    unit.ir.code.splice(at..at, loads);
    for l in &mut unit.ir.labels {
        if *l != u32::MAX && *l as usize >= at {
            *l += n as u32;
        }
    }
    unit.first_temp += n as Reg;
    unit.max_top += n as u32;
}
