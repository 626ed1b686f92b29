//! Loops, and jumps out of them.

use taipan_bytecode::{Const, Op};
use taipan_syntax::ast::{self, Expr};
use taipan_syntax::{Ranged, TextRange};

use crate::unit::{FrameBlock, Reg};
use crate::{Compiler, Result};

impl<'a> Compiler<'a> {
    pub fn while_statement(&mut self, w: &'a ast::StmtWhile) -> Result {
        let truth = self.fold(&w.test).as_ref().and_then(crate::fold::truth);
        if truth == Some(false) {
            self.unit.range = w.test.range();
            self.unit.emit(Op::NOP, 0, 0, 0);
            return self.statements(&w.orelse);
        }
        let (top, next) = (self.unit.label(), self.unit.label());
        let (orelse, end) = (self.unit.label(), self.unit.label());
        let outer = self.unit.handler;
        match truth {
            Some(true) => {
                self.unit.range = w.test.range();
                self.unit.emit(Op::NOP, 0, 0, 0);
            }
            // A short test is written twice; else the loop is entered at its end, where the test stands.
            _ if is_short(&w.test) => self.jump_if(&w.test, false, orelse)?,
            _ => {
                self.unit.range = w.test.range();
                self.unit.jump(Op::JUMP, 0, 0, next);
            }
        }
        self.unit.blocks.push(FrameBlock::Loop {
            end,
            next,
            iter: None,
            outer,
        });
        self.unit.loop_depth += 1;
        self.unit.bind(top);
        self.statements(&w.body)?;
        self.unit.bind(next);
        self.unit.blocks.pop();
        match truth {
            Some(_) => {
                self.unit.range = w.test.range();
                self.unit.jump(Op::JUMP_BACK, 0, 0, top);
            }
            None => self.loop_if(&w.test, top)?,
        }
        self.unit.loop_depth -= 1;
        self.unit.bind(orelse);
        self.statements(&w.orelse)?;
        self.unit.bind(end);
        Ok(())
    }

    pub fn for_statement(&mut self, f: &'a ast::StmtFor) -> Result {
        let iter = self.unit.alloc();
        let (top, next, end) = (self.unit.label(), self.unit.label(), self.unit.label());
        let outer = self.unit.handler;
        let range = f.iter.range();
        if f.is_async {
            let value = self.operand(&f.iter, Some(iter))?;
            self.unit.range = range;
            self.unit.emit(Op::GET_AITER, iter, value, 0);
            self.unit.blocks.push(FrameBlock::Loop {
                end,
                next,
                iter: Some(iter),
                outer,
            });
            self.async_loop(iter, range, next, |c, item| {
                c.store(&f.target, item)?;
                c.statements(&f.body)
            })?;
            self.unit.blocks.pop();
        } else {
            self.iterator(&f.iter, iter)?;
            self.unit.jump(Op::JUMP, 0, 0, next);
            self.unit.loop_depth += 1;
            self.unit.bind(top);
            let target = self.loop_target(&f.target);
            let item = match target {
                Some(reg) => reg,
                None => {
                    let t = self.unit.alloc();
                    self.store(&f.target, t)?;
                    t
                }
            };
            self.unit.blocks.push(FrameBlock::Loop {
                end,
                next,
                iter: Some(iter),
                outer,
            });
            self.statements(&f.body)?;
            self.unit.blocks.pop();
            self.unit.bind(next);
            self.unit.range = range;
            self.unit.jump(Op::FOR_LOOP, item, iter, top);
            self.unit.loop_depth -= 1;
        }
        self.statements(&f.orelse)?;
        self.unit.bind(end);
        Ok(())
    }

    /// The iterator of `e` into `iter`.
    pub fn iterator(&mut self, e: &'a Expr, iter: Reg) -> Result {
        let value = match self.fold_container(e) {
            Some(c) => {
                self.unit.range = e.range();
                self.unit.load_const(iter, c);
                iter
            }
            None => self.operand(e, Some(iter))?,
        };
        self.unit.range = e.range();
        self.unit.emit(Op::GET_ITER, iter, value, 0);
        Ok(())
    }

    /// The register that a loop can write its item to, if the target is a local.
    pub fn loop_target(&self, target: &Expr) -> Option<Reg> {
        match target {
            Expr::Name(n) => self.local_register(&n.id),
            _ => None,
        }
    }

    /// `async for` over the asynchronous iterator `iter`; goes on after it when exhausted.
    pub fn async_loop(
        &mut self,
        iter: Reg,
        range: TextRange,
        next: crate::ir::Label,
        body: impl FnOnce(&mut Self, Reg) -> Result,
    ) -> Result {
        let (top, exhausted) = (self.unit.label(), self.unit.label());
        let outer = self.unit.handler;
        let item = self.unit.alloc();
        let awaitable = self.unit.alloc();
        self.unit.bind(top);
        self.unit.range = range;
        self.unit.handler = self.unit.new_handler(exhausted, item);
        self.unit.emit(Op::GET_ANEXT, awaitable, iter, 0);
        self.unit.load_const(item, Const::None);
        self.unit.emit_yield_from(1, item, awaitable);
        self.unit.handler = outer;
        self.unit.top = awaitable;
        self.unit.loop_depth += 1;
        body(self, item)?;
        self.unit.loop_depth -= 1;
        self.unit.bind(next);
        self.unit.range = self.no_range();
        self.unit.jump(Op::JUMP_BACK, 0, 0, top);
        self.unit.bind(exhausted);
        self.unit.range = range;
        self.unit.emit(Op::END_ASYNC_FOR, item, 0, 0);
        self.unit.emit(Op::CLEAR, iter, 0, 0);
        Ok(())
    }

    pub fn break_or_continue(&mut self, range: TextRange, is_break: bool) -> Result {
        let what = if is_break {
            "'break' outside loop"
        } else {
            "'continue' not properly in loop"
        };
        let Some(depth) = self
            .unit
            .blocks
            .iter()
            .rposition(|b| matches!(b, FrameBlock::Loop { .. }))
        else {
            return self.error(range, what);
        };
        let FrameBlock::Loop {
            end, next, iter, ..
        } = self.unit.blocks[depth]
        else {
            return Ok(());
        };
        let handler = self.unit.handler;
        self.unit.emit(Op::NOP, 0, 0, 0);
        self.unwind(depth + 1)?;
        if let Some(iter) = iter.filter(|_| is_break) {
            self.unit.emit(Op::CLEAR, iter, 0, 0);
        }
        self.unit
            .jump(Op::JUMP, 0, 0, if is_break { end } else { next });
        self.unit.handler = handler;
        Ok(())
    }

    /// Emits what leaving the blocks above `depth` takes. The handler in force is then the one outside them; the
    /// caller restores it after its jump.
    pub fn unwind(&mut self, depth: usize) -> Result {
        let all = self.unit.blocks.clone();
        while self.unit.blocks.len() > depth {
            let Some(block) = self.unit.blocks.pop() else {
                break;
            };
            match block {
                FrameBlock::Loop { outer, .. } | FrameBlock::Protected { outer } => {
                    self.unit.handler = outer
                }
                FrameBlock::Finally { body, outer } => {
                    self.unit.handler = outer;
                    let mark = self.unit.top;
                    self.statements(body)?;
                    self.unit.top = mark;
                    self.unit.range = self.no_range();
                }
                FrameBlock::Handling { saved, exc, outer } => {
                    self.unit.handler = outer;
                    self.unit.emit(Op::POP_EXC, saved, exc, 0);
                }
                FrameBlock::NamedHandler { name, outer } => {
                    self.unit.handler = outer;
                    self.unbind_exception(name);
                }
                FrameBlock::With {
                    exit,
                    is_async,
                    outer,
                    range: at,
                } => {
                    self.unit.handler = outer;
                    self.unit.range = at;
                    self.call_exit(exit, is_async);
                    self.unit.range = self.no_range();
                }
            }
        }
        self.unit.blocks = all;
        Ok(())
    }
}

/// Whether a test is worth being written twice.
fn is_short(e: &Expr) -> bool {
    let plain = |e: &Expr| match e {
        Expr::Name(_) | Expr::NumberLiteral(_) | Expr::NoneLiteral(_) => true,
        Expr::Attribute(a) => a.value.is_name_expr(),
        _ => false,
    };
    match e {
        Expr::Compare(c) => plain(&c.left) && c.comparators.len() == 1 && plain(&c.comparators[0]),
        Expr::UnaryOp(u) => is_short(&u.operand),
        _ => plain(e),
    }
}
