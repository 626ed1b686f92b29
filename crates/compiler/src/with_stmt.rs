//! `with` and `async with`.

use taipan_bytecode::{Op, Special};
use taipan_syntax::Ranged;
use taipan_syntax::ast;

use crate::unit::FrameBlock;
use crate::{Compiler, Result};

impl<'a> Compiler<'a> {
    pub fn with_statement(&mut self, w: &'a ast::StmtWith) -> Result {
        self.with_items(w, &w.items)
    }

    fn with_items(&mut self, w: &'a ast::StmtWith, items: &'a [ast::WithItem]) -> Result {
        let Some((item, rest)) = items.split_first() else {
            return self.statements(&w.body);
        };
        let range = item.context_expr.range();
        let mark = self.unit.top;
        let exit = self.unit.alloc_n(2);
        let (enter_kind, exit_kind) = if w.is_async {
            (Special::AEnter, Special::AExit)
        } else {
            (Special::Enter, Special::Exit)
        };
        let manager = self.operand(&item.context_expr, None)?;
        self.unit.range = range;
        self.unit
            .emit_x(Op::LOAD_SPECIAL, exit_kind as u8, exit, manager, 0);
        let enter = self.unit.alloc_n(2);
        self.unit
            .emit_x(Op::LOAD_SPECIAL, enter_kind as u8, enter, manager, 0);
        self.unit.emit(Op::CALL_METHOD, enter, enter, 0);
        let mut value = enter;
        if w.is_async {
            self.unit.top = enter + 1;
            value = self.unit.alloc();
            self.await_value(value, enter, 1);
        }
        // The value takes the first register above the exit method, which is free from here on.
        let outer = self.unit.handler;
        let (handler, end) = (self.unit.label(), self.unit.label());
        let exc = exit + 2;
        self.unit.handler = self.unit.new_handler(handler, exc);
        self.unit.blocks.push(FrameBlock::With {
            exit,
            is_async: w.is_async,
            outer,
            range,
        });
        if let Some(target) = &item.optional_vars {
            self.store(target, value)?;
        }
        self.unit.top = exc;
        self.with_items(w, rest)?;
        self.unit.blocks.pop();
        self.unit.handler = outer;
        self.unit.top = exc;
        self.unit.range = range;
        self.call_exit(exit, w.is_async);
        self.unit.range = self.no_range();
        self.unit.jump(Op::JUMP, 0, 0, end);
        self.unit.bind(handler);
        let h = self.begin_handling();
        self.unit.range = range;
        let result = self.unit.alloc();
        self.unit.emit(Op::WITH_EXCEPT_START, result, exit, h.exc);
        let mut truth = result;
        if w.is_async {
            truth = self.unit.alloc();
            self.await_value(truth, result, 2);
        }
        let reraise = self.unit.label();
        self.unit.jump(Op::JUMP_IF_FALSE, truth, 0, reraise);
        self.leave_handling(&h, end);
        self.unit.bind(reraise);
        self.end_handling(&h);
        self.unit.bind(end);
        self.unit.top = mark;
        Ok(())
    }
}
