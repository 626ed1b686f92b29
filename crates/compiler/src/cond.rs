//! Conditions: expressions of which only the truth counts.

use taipan_bytecode::{CmpOp, Const, Op};
use taipan_syntax::ast::{self, Expr};
use taipan_syntax::{Ranged, with_room};

use crate::ir::Label;
use crate::unit::Reg;
use crate::{Compiler, Result};

/// The rich comparison of an operator; `is` and `in` are none.
pub fn cmp_op(op: ast::CmpOp) -> Option<CmpOp> {
    Some(match op {
        ast::CmpOp::Lt => CmpOp::Lt,
        ast::CmpOp::LtE => CmpOp::Le,
        ast::CmpOp::Eq => CmpOp::Eq,
        ast::CmpOp::NotEq => CmpOp::Ne,
        ast::CmpOp::Gt => CmpOp::Gt,
        ast::CmpOp::GtE => CmpOp::Ge,
        _ => return None,
    })
}

/// An integer that fits an operand.
pub fn small_int(c: Option<&Const>) -> Option<i16> {
    match c {
        Some(Const::Int(n)) => i16::try_from(*n).ok(),
        _ => None,
    }
}

/// How a comparison and jump is spelled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sense {
    If,
    IfNot,
    Loop,
}

fn compare_jump(op: CmpOp, sense: Sense, imm: bool) -> Op {
    use CmpOp::*;
    use Sense::*;
    match (sense, imm, op) {
        (If, false, Lt) => Op::JUMP_IF_LT,
        (If, false, Le) => Op::JUMP_IF_LE,
        (If, false, Eq) => Op::JUMP_IF_EQ,
        (If, false, Ne) => Op::JUMP_IF_NE,
        (If, false, Gt) => Op::JUMP_IF_GT,
        (If, false, Ge) => Op::JUMP_IF_GE,
        (IfNot, false, Lt) => Op::JUMP_IF_NOT_LT,
        (IfNot, false, Le) => Op::JUMP_IF_NOT_LE,
        (IfNot, false, Eq) => Op::JUMP_IF_NOT_EQ,
        (IfNot, false, Ne) => Op::JUMP_IF_NOT_NE,
        (IfNot, false, Gt) => Op::JUMP_IF_NOT_GT,
        (IfNot, false, Ge) => Op::JUMP_IF_NOT_GE,
        (If, true, Lt) => Op::JUMP_IF_LT_I,
        (If, true, Le) => Op::JUMP_IF_LE_I,
        (If, true, Eq) => Op::JUMP_IF_EQ_I,
        (If, true, Ne) => Op::JUMP_IF_NE_I,
        (If, true, Gt) => Op::JUMP_IF_GT_I,
        (If, true, Ge) => Op::JUMP_IF_GE_I,
        (IfNot, true, Lt) => Op::JUMP_IF_NOT_LT_I,
        (IfNot, true, Le) => Op::JUMP_IF_NOT_LE_I,
        (IfNot, true, Eq) => Op::JUMP_IF_NOT_EQ_I,
        (IfNot, true, Ne) => Op::JUMP_IF_NOT_NE_I,
        (IfNot, true, Gt) => Op::JUMP_IF_NOT_GT_I,
        (IfNot, true, Ge) => Op::JUMP_IF_NOT_GE_I,
        (Loop, false, Lt) => Op::LOOP_IF_LT,
        (Loop, false, Le) => Op::LOOP_IF_LE,
        (Loop, false, Eq) => Op::LOOP_IF_EQ,
        (Loop, false, Ne) => Op::LOOP_IF_NE,
        (Loop, false, Gt) => Op::LOOP_IF_GT,
        (Loop, false, Ge) => Op::LOOP_IF_GE,
        (Loop, true, Lt) => Op::LOOP_IF_LT_I,
        (Loop, true, Le) => Op::LOOP_IF_LE_I,
        (Loop, true, Eq) => Op::LOOP_IF_EQ_I,
        (Loop, true, Ne) => Op::LOOP_IF_NE_I,
        (Loop, true, Gt) => Op::LOOP_IF_GT_I,
        (Loop, true, Ge) => Op::LOOP_IF_GE_I,
    }
}

impl<'a> Compiler<'a> {
    /// Jumps forward to `target` if the truth of `e` is `when`, else goes on.
    pub fn jump_if(&mut self, e: &'a Expr, when: bool, target: Label) -> Result {
        self.branch(e, if when { Sense::If } else { Sense::IfNot }, target)
    }

    /// Jumps back to `target`, the top of a loop, if `e` is true, else goes on.
    pub fn loop_if(&mut self, e: &'a Expr, target: Label) -> Result {
        self.branch(e, Sense::Loop, target)
    }

    fn branch(&mut self, e: &'a Expr, sense: Sense, target: Label) -> Result {
        let outer = std::mem::replace(&mut self.unit.range, e.range());
        let mark = self.unit.top;
        let result = with_room(|| self.branch_inner(e, sense, target));
        self.unit.top = mark;
        self.unit.range = outer;
        result
    }

    fn branch_inner(&mut self, e: &'a Expr, sense: Sense, target: Label) -> Result {
        if let Some(truth) = self.fold(e).as_ref().and_then(crate::fold::truth) {
            match sense {
                Sense::If | Sense::IfNot if truth == (sense == Sense::If) => {
                    self.unit.jump(Op::JUMP, 0, 0, target)
                }
                Sense::Loop if truth => self.unit.jump(Op::JUMP_BACK, 0, 0, target),
                _ => {}
            }
            return Ok(());
        }
        match e {
            Expr::UnaryOp(u) if u.op == ast::UnaryOp::Not => match sense {
                Sense::If => self.jump_if(&u.operand, false, target),
                Sense::IfNot => self.jump_if(&u.operand, true, target),
                Sense::Loop => {
                    if matches!(
                        *u.operand,
                        Expr::Compare(_) | Expr::BoolOp(_) | Expr::If(_) | Expr::UnaryOp(_)
                    ) {
                        self.loop_over(&u.operand, true, target)
                    } else {
                        let r = self.operand(&u.operand, None)?;
                        self.unit.jump(Op::LOOP_IF_FALSE, r, 0, target);
                        Ok(())
                    }
                }
            },
            Expr::BoolOp(b) => self.branch_bool(b, sense, target),
            Expr::If(_) if sense == Sense::Loop => self.loop_over(e, false, target),
            Expr::If(i) => {
                let when = sense == Sense::If;
                let orelse = self.unit.label();
                let end = self.unit.label();
                self.jump_if(&i.test, false, orelse)?;
                self.jump_if(&i.body, when, target)?;
                self.unit.jump(Op::JUMP, 0, 0, end);
                self.unit.bind(orelse);
                self.jump_if(&i.orelse, when, target)?;
                self.unit.bind(end);
                Ok(())
            }
            Expr::Compare(c) => match (&*c.ops, &*c.comparators) {
                ([op], [right]) => {
                    let left = self.operand_before(&c.left, None, &[right])?;
                    self.branch_compare(*op, left, right, sense, target)
                }
                _ if sense == Sense::Loop => self.loop_over(e, false, target),
                _ => self.branch_chain(c, sense == Sense::If, target),
            },
            _ => {
                let r = self.operand(e, None)?;
                let op = match sense {
                    Sense::If => Op::JUMP_IF_TRUE,
                    Sense::IfNot => Op::JUMP_IF_FALSE,
                    Sense::Loop => Op::LOOP_IF_TRUE,
                };
                self.unit.jump(op, r, 0, target);
                Ok(())
            }
        }
    }

    /// Leaves the loop by a forward jump if the truth of `e` is `exit_when`, else jumps back.
    fn loop_over(&mut self, e: &'a Expr, exit_when: bool, target: Label) -> Result {
        let exit = self.unit.label();
        self.jump_if(e, exit_when, exit)?;
        self.unit.jump(Op::JUMP_BACK, 0, 0, target);
        self.unit.bind(exit);
        Ok(())
    }

    fn branch_bool(&mut self, b: &'a ast::ExprBoolOp, sense: Sense, target: Label) -> Result {
        let Some((last, init)) = b.values.split_last() else {
            return Ok(());
        };
        let is_or = b.op == ast::BoolOp::Or;
        let end = self.unit.label();
        for value in init {
            match sense {
                // `or` jumps to the target as soon as one is true; `and` is decided when one is false.
                Sense::If if is_or => self.jump_if(value, true, target)?,
                Sense::If => self.jump_if(value, false, end)?,
                Sense::IfNot if is_or => self.jump_if(value, true, end)?,
                Sense::IfNot => self.jump_if(value, false, target)?,
                Sense::Loop if is_or => self.loop_if(value, target)?,
                Sense::Loop => self.jump_if(value, false, end)?,
            }
        }
        self.branch(last, sense, target)?;
        self.unit.bind(end);
        Ok(())
    }

    fn branch_compare(
        &mut self,
        op: ast::CmpOp,
        left: Reg,
        right: &'a Expr,
        sense: Sense,
        target: Label,
    ) -> Result {
        if let Some(kind) = cmp_op(op) {
            if let Some(imm) = self.fold_int(right) {
                self.unit
                    .jump(compare_jump(kind, sense, true), left, imm as u16, target);
            } else {
                let r = self.operand(right, None)?;
                self.unit
                    .jump(compare_jump(kind, sense, false), left, r, target);
            }
            return Ok(());
        }
        let negative = matches!(op, ast::CmpOp::IsNot | ast::CmpOp::NotIn);
        let is_identity = matches!(op, ast::CmpOp::Is | ast::CmpOp::IsNot);
        let is_none = is_identity && matches!(self.fold(right), Some(Const::None));
        if sense == Sense::Loop {
            if is_none && negative {
                self.unit.jump(Op::LOOP_IF_NOT_NONE, left, 0, target);
                return Ok(());
            }
            let exit = self.unit.label();
            self.branch_compare(op, left, right, Sense::IfNot, exit)?;
            self.unit.jump(Op::JUMP_BACK, 0, 0, target);
            self.unit.bind(exit);
            return Ok(());
        }
        let jump_when_positive = (sense == Sense::If) != negative;
        if is_none {
            let op = if jump_when_positive {
                Op::JUMP_IF_NONE
            } else {
                Op::JUMP_IF_NOT_NONE
            };
            self.unit.jump(op, left, 0, target);
            return Ok(());
        }
        let r = self.comparand(op, right)?;
        let jump = match (is_identity, jump_when_positive) {
            (true, true) => Op::JUMP_IF_IS,
            (true, false) => Op::JUMP_IF_IS_NOT,
            (false, true) => Op::JUMP_IF_IN,
            (false, false) => Op::JUMP_IF_NOT_IN,
        };
        self.unit.jump(jump, left, r, target);
        Ok(())
    }

    /// `a < b < c`
    fn branch_chain(&mut self, c: &'a ast::ExprCompare, when: bool, target: Label) -> Result {
        let later: Vec<&Expr> = c.comparators.iter().collect();
        let mut left = self.operand_before(&c.left, None, &later)?;
        let end = self.unit.label();
        let no = if when { end } else { target };
        let last = c.ops.len().saturating_sub(1);
        for (n, (&op, right)) in c.ops.iter().zip(&c.comparators).enumerate() {
            if n == last {
                let sense = if when { Sense::If } else { Sense::IfNot };
                self.branch_compare(op, left, right, sense, target)?;
                break;
            }
            // The middle operand is evaluated once and used twice.
            let r = self.operand_before(right, None, &later[n + 1..])?;
            match cmp_op(op) {
                Some(kind) => self
                    .unit
                    .jump(compare_jump(kind, Sense::IfNot, false), left, r, no),
                None => {
                    let jump = match op {
                        ast::CmpOp::Is => Op::JUMP_IF_IS_NOT,
                        ast::CmpOp::IsNot => Op::JUMP_IF_IS,
                        ast::CmpOp::In => Op::JUMP_IF_NOT_IN,
                        _ => Op::JUMP_IF_IN,
                    };
                    self.unit.jump(jump, left, r, no);
                }
            }
            left = r;
        }
        self.unit.bind(end);
        Ok(())
    }
}
