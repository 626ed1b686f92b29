//! `try`, in all its forms.

use taipan_bytecode::{Const, Intrinsic2, Op};
use taipan_syntax::Ranged;
use taipan_syntax::ast::{self, ExceptHandler, Stmt};

use crate::ir::{HandlerId, Label};
use crate::scope::Access;
use crate::unit::{FrameBlock, Reg};
use crate::{Compiler, Result};

/// The state of a handler that is being compiled.
pub struct Handling {
    /// The exception.
    pub exc: Reg,
    /// What was handled before.
    pub saved: Reg,
    /// An exception raised while handling, on its way out.
    pub second: Reg,
    /// Where that goes.
    cleanup: Label,
    /// The handler in force outside.
    outer: HandlerId,
    /// The handler in force inside.
    pub inner: HandlerId,
}

impl<'a> Compiler<'a> {
    pub fn try_statement(&mut self, t: &'a ast::StmtTry) -> Result {
        self.unit.emit(Op::NOP, 0, 0, 0);
        if t.finalbody.is_empty() {
            return self.try_except(t);
        }
        let outer = self.unit.handler;
        let (handler, end) = (self.unit.label(), self.unit.label());
        let exc = self.unit.top;
        self.unit.handler = self.unit.new_handler(handler, exc);
        self.unit.blocks.push(FrameBlock::Finally {
            body: &t.finalbody,
            outer,
        });
        self.try_except(t)?;
        self.unit.blocks.pop();
        self.unit.handler = outer;
        self.statements(&t.finalbody)?;
        self.unit.range = self.no_range();
        self.unit.jump(Op::JUMP, 0, 0, end);
        self.unit.bind(handler);
        let h = self.begin_handling();
        self.statements(&t.finalbody)?;
        self.end_handling(&h);
        self.unit.bind(end);
        Ok(())
    }

    /// Takes the registers of a handler (the exception is in the first one) and makes the exception the handled one.
    pub fn begin_handling(&mut self) -> Handling {
        let outer = self.unit.handler;
        let exc = self.unit.alloc();
        let saved = self.unit.alloc();
        let second = self.unit.alloc();
        self.unit.range = self.no_range();
        self.unit.emit(Op::PUSH_EXC, saved, exc, 0);
        let cleanup = self.unit.label();
        let inner = self.unit.new_handler(cleanup, second);
        self.unit.handler = inner;
        self.unit
            .blocks
            .push(FrameBlock::Handling { saved, exc, outer });
        Handling {
            exc,
            saved,
            second,
            cleanup,
            outer,
            inner,
        }
    }

    /// Re-raises the exception, and cleans up for exceptions raised while handling.
    pub fn end_handling(&mut self, h: &Handling) {
        self.unit.range = self.no_range();
        self.unit.mov(h.second, h.exc);
        self.unit.blocks.pop();
        self.unit.handler = h.outer;
        self.unit.bind(h.cleanup);
        self.unit.emit(Op::POP_EXC, h.saved, h.exc, 0);
        self.unit.emit(Op::RERAISE, h.second, 0, 0);
        self.unit.top = h.exc;
    }

    /// The exception is dealt with: goes on at `end`.
    pub fn leave_handling(&mut self, h: &Handling, end: Label) {
        self.unit.range = self.no_range();
        let inner = std::mem::replace(&mut self.unit.handler, h.outer);
        self.unit.emit(Op::POP_EXC, h.saved, h.exc, 0);
        self.unit.jump(Op::JUMP, 0, 0, end);
        self.unit.handler = inner;
    }

    fn try_except(&mut self, t: &'a ast::StmtTry) -> Result {
        if t.handlers.is_empty() {
            self.statements(&t.body)?;
            return self.statements(&t.orelse);
        }
        let outer = self.unit.handler;
        let (handler, end) = (self.unit.label(), self.unit.label());
        let exc = self.unit.top;
        self.unit.handler = self.unit.new_handler(handler, exc);
        self.unit.blocks.push(FrameBlock::Protected { outer });
        self.statements(&t.body)?;
        self.unit.blocks.pop();
        self.unit.handler = outer;
        self.statements(&t.orelse)?;
        self.unit.range = self.no_range();
        self.unit.jump(Op::JUMP, 0, 0, end);
        self.unit.bind(handler);
        let h = self.begin_handling();
        if t.is_star {
            self.star_handlers(&t.handlers, &h, end)?;
        } else {
            for ExceptHandler::ExceptHandler(e) in &t.handlers {
                self.except(e, &h, end)?;
            }
        }
        self.end_handling(&h);
        self.unit.bind(end);
        Ok(())
    }

    fn except(
        &mut self,
        e: &'a ast::ExceptHandlerExceptHandler,
        h: &Handling,
        end: Label,
    ) -> Result {
        let next = self.unit.label();
        self.unit.range = e.range;
        if let Some(kind) = &e.type_ {
            let mark = self.unit.top;
            let t = self.operand(kind, None)?;
            self.unit.range = kind.range();
            self.unit.jump(Op::JUMP_IF_NOT_EXC_MATCH, h.exc, t, next);
            self.unit.top = mark;
        }
        match &e.name {
            None => {
                self.unit.emit(Op::NOP, 0, 0, 0);
                self.statements(&e.body)?;
            }
            Some(name) => {
                self.unit.range = e.range;
                self.store_name(&name.id, h.exc);
                let failed = self.unit.label();
                self.named_handler_body(name.as_str(), &e.body, h, failed)?;
                self.unbind_exception(&name.id);
                self.leave_handling(h, end);
                self.unit.bind(failed);
                self.unit.range = self.no_range();
                self.unbind_exception(&name.id);
                self.unit.jump(Op::JUMP, 0, 0, h.cleanup);
                self.unit.bind(next);
                return Ok(());
            }
        }
        self.leave_handling(h, end);
        self.unit.bind(next);
        Ok(())
    }

    /// The body of a handler with a name; exceptions go to `failed`, in the register `second`.
    fn named_handler_body(
        &mut self,
        name: &'a str,
        body: &'a [Stmt],
        h: &Handling,
        failed: Label,
    ) -> Result {
        self.unit.handler = self.unit.new_handler(failed, h.second);
        self.unit.blocks.push(FrameBlock::NamedHandler {
            name,
            outer: h.inner,
        });
        self.statements(body)?;
        self.unit.blocks.pop();
        self.unit.handler = h.inner;
        self.unit.range = self.no_range();
        Ok(())
    }

    /// `name = None; del name`
    pub fn unbind_exception(&mut self, name: &str) {
        let mangled = self.mangle(name);
        if let Access::Local(reg) = self.access(&mangled) {
            self.unit.emit(Op::CLEAR, reg, 0, 0);
            return;
        }
        let t = self.none_new();
        self.store_name(name, t);
        self.unit.top = t;
        self.delete_name(name);
    }

    fn star_handlers(&mut self, handlers: &'a [ExceptHandler], h: &Handling, end: Label) -> Result {
        let results = self.unit.alloc();
        let rest = self.unit.alloc();
        let split = self.unit.alloc_n(2);
        self.unit.emit(Op::BUILD_LIST, results, results, 0);
        self.unit.mov(rest, h.exc);
        for ExceptHandler::ExceptHandler(e) in handlers {
            let (next, failed) = (self.unit.label(), self.unit.label());
            self.unit.range = e.range;
            let mark = self.unit.top;
            if let Some(kind) = &e.type_ {
                let t = self.operand(kind, None)?;
                self.unit.range = kind.range();
                self.unit.emit(Op::CHECK_EG_MATCH, split, rest, t);
                self.unit.top = mark;
            }
            self.unit.mov(rest, split + 1);
            self.unit.jump(Op::JUMP_IF_NONE, split, 0, next);
            match &e.name {
                Some(name) => {
                    self.unit.range = e.range;
                    self.store_name(&name.id, split);
                    self.named_handler_body(name.as_str(), &e.body, h, failed)?;
                    self.unbind_exception(&name.id);
                }
                None => {
                    self.unit.handler = self.unit.new_handler(failed, h.second);
                    self.unit
                        .blocks
                        .push(FrameBlock::Protected { outer: h.inner });
                    self.statements(&e.body)?;
                    self.unit.blocks.pop();
                    self.unit.handler = h.inner;
                    self.unit.range = self.no_range();
                }
            }
            self.unit.jump(Op::JUMP, 0, 0, next);
            self.unit.bind(failed);
            if let Some(name) = &e.name {
                self.unbind_exception(&name.id);
            }
            self.unit.emit(Op::LIST_APPEND, results, h.second, 0);
            self.unit.bind(next);
        }
        self.unit.range = self.no_range();
        self.unit.emit(Op::LIST_APPEND, results, rest, 0);
        self.unit.emit_x(
            Op::INTRINSIC_2,
            Intrinsic2::PrepReraiseStar as u8,
            rest,
            h.exc,
            results,
        );
        let reraise = self.unit.label();
        self.unit.jump(Op::JUMP_IF_NOT_NONE, rest, 0, reraise);
        self.leave_handling(h, end);
        self.unit.bind(reraise);
        self.unit.mov(h.second, rest);
        self.unit.jump(Op::JUMP, 0, 0, h.cleanup);
        Ok(())
    }

    /// Calls the exit method in `exit`, `exit + 1` with three Nones; the registers may be used up.
    pub fn call_exit(&mut self, exit: Reg, is_async: bool) {
        let mark = self.unit.top;
        let base = if self.unit.top == exit + 2 {
            exit
        } else {
            let base = self.unit.alloc_n(2);
            self.unit.mov(base, exit);
            self.unit.mov_raw(base + 1, exit + 1);
            base
        };
        for _ in 0..3 {
            let t = self.unit.alloc();
            self.unit.load_const(t, Const::None);
        }
        self.unit.emit(Op::CALL_METHOD, base, base, 3);
        if is_async {
            self.unit.top = base + 1;
            let t = self.unit.alloc();
            self.await_value(t, base, 2);
        }
        self.unit.top = mark;
    }
}
