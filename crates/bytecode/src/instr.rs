//! The instruction word.
//!
//! ```text
//! bits   0..8   8..16   16..32   32..48   48..64
//!        op     x       c        a        b
//!               └── off24 ──┘    └── imm32 ──┘
//! ```
//!
//! `a` is the destination of ops with three operands; `off24` overlays `x` and `c`, so jumps have `a` and `b` as
//! operands; `imm32` overlays `a` and `b`, so ops with a 32-bit immediate have their register in `c`.

use crate::op::Op;

/// One word of code that is an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Instr(pub u64);

impl Instr {
    /// The largest and smallest value of `off24`.
    pub const OFF24_MAX: i32 = (1 << 23) - 1;
    /// See [`Instr::OFF24_MAX`].
    pub const OFF24_MIN: i32 = -(1 << 23);

    /// An instruction from all its small operands.
    #[inline]
    pub const fn new(op: Op, x: u8, a: u16, b: u16, c: u16) -> Instr {
        Instr(op as u64 | (x as u64) << 8 | (c as u64) << 16 | (a as u64) << 32 | (b as u64) << 48)
    }

    /// An instruction `op a, b, c`.
    #[inline]
    pub const fn abc(op: Op, a: u16, b: u16, c: u16) -> Instr {
        Instr::new(op, 0, a, b, c)
    }

    /// An instruction with registers `a`, `b` and a 24-bit offset.
    #[inline]
    pub const fn jump(op: Op, a: u16, b: u16, off: i32) -> Instr {
        Instr(
            op as u64
                | ((off as u32 & 0xff_ffff) as u64) << 8
                | (a as u64) << 32
                | (b as u64) << 48,
        )
    }

    /// An instruction with a register `c` and a 32-bit immediate.
    #[inline]
    pub const fn imm(op: Op, x: u8, c: u16, imm: i32) -> Instr {
        Instr(op as u64 | (x as u64) << 8 | (c as u64) << 16 | (imm as u32 as u64) << 32)
    }

    /// The operation, or `None` if the byte names none.
    #[inline]
    pub const fn try_op(self) -> Option<Op> {
        Op::from_u8(self.0 as u8)
    }

    /// The byte of the operation.
    #[inline]
    pub const fn op_byte(self) -> u8 {
        self.0 as u8
    }

    /// The operation of a word of verified code; [`Op::NOP`] if the byte names none.
    #[inline]
    pub const fn op(self) -> Op {
        match Op::from_u8(self.0 as u8) {
            Some(op) => op,
            None => Op::NOP,
        }
    }

    /// The byte that names the operation.
    #[inline(always)]
    pub const fn byte(self) -> u8 {
        self.0 as u8
    }

    /// The 8-bit operand.
    #[inline]
    pub const fn x(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// The first 16-bit operand, mostly the destination.
    #[inline]
    pub const fn a(self) -> u16 {
        (self.0 >> 32) as u16
    }

    /// The second 16-bit operand.
    #[inline]
    pub const fn b(self) -> u16 {
        (self.0 >> 48) as u16
    }

    /// The third 16-bit operand.
    #[inline]
    pub const fn c(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// Operand `b` as a signed immediate.
    #[inline]
    pub const fn b_imm(self) -> i16 {
        self.b() as i16
    }

    /// Operand `c` as a signed immediate.
    #[inline]
    pub const fn c_imm(self) -> i16 {
        self.c() as i16
    }

    /// The jump offset of ops with `off24`, in words from the next word.
    #[inline]
    pub const fn off24(self) -> i32 {
        (self.0 as u32 as i32) >> 8
    }

    /// The immediate of ops with `imm32` (also the offset of `JUMP` and `JUMP_BACK`).
    #[inline]
    pub const fn imm32(self) -> i32 {
        (self.0 >> 32) as i32
    }

    /// The immediate of ops with `imm32`, as an index.
    #[inline]
    pub const fn index32(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// How many words the instruction takes, with its extra and cache words.
    #[expect(clippy::len_without_is_empty, reason = "an instruction is never empty")]
    #[inline]
    pub const fn len(self) -> usize {
        let info = self.op().info();
        1 + info.extra as usize + info.cache as usize
    }

    /// The jump's offset, if the op is a jump.
    pub const fn jump_offset(self) -> Option<i32> {
        let info = self.op().info();
        if info.has_off24() {
            Some(self.off24())
        } else if info.has_off32() {
            Some(self.imm32())
        } else {
            None
        }
    }
}

impl std::fmt::Debug for Instr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", crate::dis::instr_text(*self, None))
    }
}

/// Walks code instruction by instruction, giving each one's word index and skipping extra and cache words.
pub struct Words<'a> {
    code: &'a [u64],
    at: usize,
}

impl<'a> Words<'a> {
    /// Starts at the first instruction.
    pub fn new(code: &'a [u64]) -> Self {
        Words { code, at: 0 }
    }
}

impl Iterator for Words<'_> {
    type Item = (usize, Instr);

    fn next(&mut self) -> Option<(usize, Instr)> {
        let at = self.at;
        let instr = Instr(*self.code.get(at)?);
        self.at += instr.len();
        Some((at, instr))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_come_back() {
        let i = Instr::new(Op::ADD, 7, 1, 65535, 3);
        assert_eq!(
            (i.op(), i.x(), i.a(), i.b(), i.c()),
            (Op::ADD, 7, 1, 65535, 3)
        );
        let j = Instr::jump(Op::LOOP_IF_LT, 4, 5, -1000);
        assert_eq!(
            (j.op(), j.a(), j.b(), j.off24()),
            (Op::LOOP_IF_LT, 4, 5, -1000)
        );
        assert_eq!(
            Instr::jump(Op::JUMP_IF_LT, 4, 5, Instr::OFF24_MAX).off24(),
            Instr::OFF24_MAX
        );
        let k = Instr::imm(Op::LOAD_INT, 0, 9, -5);
        assert_eq!((k.op(), k.c(), k.imm32()), (Op::LOAD_INT, 9, -5));
    }
}
