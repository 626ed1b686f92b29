//! Statements.

use taipan_bytecode::{CommonConst, Const, Intrinsic1, Op};
use taipan_syntax::ast::{self, Expr, Stmt};
use taipan_syntax::{Mode, Ranged, with_room};

use crate::unit::FrameBlock;
use crate::{Compiler, Result};

impl<'a> Compiler<'a> {
    pub fn statements(&mut self, body: &'a [Stmt]) -> Result {
        body.iter().try_for_each(|s| self.statement(s))
    }

    pub fn statement(&mut self, s: &'a Stmt) -> Result {
        self.unit.range = s.range();
        let mark = self.unit.top;
        let result = with_room(|| self.statement_inner(s));
        self.unit.top = mark;
        result
    }

    fn statement_inner(&mut self, s: &'a Stmt) -> Result {
        match s {
            Stmt::Expr(e) => self.expr_statement(&e.value),
            Stmt::Assign(a) => self.assign(&a.targets, &a.value),
            Stmt::AugAssign(a) => self.aug_assign(a),
            Stmt::AnnAssign(a) => self.ann_assign(a),
            Stmt::Return(r) => self.return_statement(r),
            Stmt::If(i) => self.if_statement(i),
            Stmt::While(w) => self.while_statement(w),
            Stmt::For(f) => self.for_statement(f),
            Stmt::Break(b) => self.break_or_continue(b.range, true),
            Stmt::Continue(c) => self.break_or_continue(c.range, false),
            Stmt::FunctionDef(f) => self.function_statement(f),
            Stmt::ClassDef(c) => self.class_statement(c),
            Stmt::Try(t) => self.try_statement(t),
            Stmt::With(w) => self.with_statement(w),
            Stmt::Import(i) => self.import(i),
            Stmt::ImportFrom(i) => self.import_from(i),
            Stmt::Raise(r) => self.raise(r),
            Stmt::Assert(a) => self.assert(a),
            Stmt::Delete(d) => d.targets.iter().try_for_each(|t| self.delete(t)),
            Stmt::Match(m) => self.match_statement(m),
            Stmt::TypeAlias(t) => self.type_alias(t),
            Stmt::Pass(_) => {
                self.unit.emit(Op::NOP, 0, 0, 0);
                Ok(())
            }
            Stmt::Global(_) | Stmt::Nonlocal(_) => Ok(()),
            Stmt::IpyEscapeCommand(i) => self.error(i.range, "invalid syntax"),
        }
    }

    fn expr_statement(&mut self, e: &'a Expr) -> Result {
        if self.options.mode == Mode::Single && self.outer.is_empty() {
            let t = self.expr_new(e)?;
            self.unit
                .emit_x(Op::INTRINSIC_1, Intrinsic1::Print as u8, t, t, 0);
            return Ok(());
        }
        if self.fold(e).is_some() {
            self.unit.emit(Op::NOP, 0, 0, 0);
            return Ok(());
        }
        self.unit.range = e.range();
        if e.is_name_expr() {
            // For tracing: there may be nothing left to do.
            self.unit.emit(Op::NOP, 0, 0, 0);
        }
        self.expr_effect(e)
    }

    fn return_statement(&mut self, r: &'a ast::StmtReturn) -> Result {
        let constant = match &r.value {
            None => Some(Const::None),
            Some(e) => self.fold(e),
        };
        let k = match constant {
            Some(c) => {
                // Something must stand on the line of the statement before what it unwinds.
                if !self.unit.blocks.is_empty() {
                    self.unit.emit(Op::NOP, 0, 0, 0);
                }
                Err(self.unit.consts.add(c))
            }
            None => match &r.value {
                Some(e) => Ok(self.operand(e, None)?),
                None => return Ok(()),
            },
        };
        let mut value = k;
        if let Ok(reg) = k
            && !self.unit.is_temp(reg)
            && self
                .unit
                .blocks
                .iter()
                .any(|b| !matches!(b, FrameBlock::Loop { .. } | FrameBlock::Protected { .. }))
        {
            // What runs on the way out may change the variable.
            let t = self.unit.alloc();
            self.unit.mov(t, reg);
            value = Ok(t);
        }
        let handler = self.unit.handler;
        self.unwind(0)?;
        match value {
            Ok(reg) => self.unit.emit(Op::RETURN, reg, 0, 0),
            Err(k) => self.unit.emit_imm(Op::RETURN_CONST, 0, k),
        }
        self.unit.handler = handler;
        Ok(())
    }

    fn if_statement(&mut self, i: &'a ast::StmtIf) -> Result {
        let end = self.unit.label();
        let clauses = std::iter::once((Some(&*i.test), &i.body[..])).chain(
            i.elif_else_clauses
                .iter()
                .map(|c| (c.test.as_ref(), &c.body[..])),
        );
        let count = i.elif_else_clauses.len();
        for (n, (test, body)) in clauses.enumerate() {
            let next = self.unit.label();
            if let Some(test) = test {
                match self.fold(test).as_ref().and_then(crate::fold::truth) {
                    Some(false) => {
                        self.unit.range = test.range();
                        self.unit.emit(Op::NOP, 0, 0, 0);
                        continue;
                    }
                    Some(true) => {
                        self.unit.range = test.range();
                        self.unit.emit(Op::NOP, 0, 0, 0);
                        self.statements(body)?;
                        break;
                    }
                    None => self.jump_if(test, false, next)?,
                }
            }
            self.statements(body)?;
            if n < count {
                self.unit.range = self.no_range();
                self.unit.jump(Op::JUMP, 0, 0, end);
            }
            self.unit.bind(next);
        }
        self.unit.bind(end);
        Ok(())
    }

    fn raise(&mut self, r: &'a ast::StmtRaise) -> Result {
        let Some(exc) = &r.exc else {
            self.unit.emit_x(Op::RAISE, 0, 0, 0, 0);
            return Ok(());
        };
        match &r.cause {
            None => {
                let e = self.operand(exc, None)?;
                self.unit.emit_x(Op::RAISE, 1, e, e, 0);
            }
            Some(cause) => {
                let e = self.operand_before(exc, None, &[cause])?;
                let c = self.operand(cause, None)?;
                self.unit.emit_x(Op::RAISE, 2, e, c, 0);
            }
        }
        Ok(())
    }

    fn assert(&mut self, a: &'a ast::StmtAssert) -> Result {
        if self.options.optimize > 0 {
            self.unit.emit(Op::NOP, 0, 0, 0);
            return Ok(());
        }
        let end = self.unit.label();
        self.jump_if(&a.test, true, end)?;
        self.unit.range = a.test.range();
        let base = self.unit.alloc_n(2);
        self.unit.emit_x(
            Op::LOAD_COMMON,
            CommonConst::AssertionError as u8,
            base,
            0,
            0,
        );
        if let Some(msg) = &a.msg {
            self.expr_new(msg)?;
            self.unit.emit(Op::CALL, base, base, 1);
        }
        self.unit.emit_x(Op::RAISE, 1, base, base, 0);
        self.unit.bind(end);
        Ok(())
    }
}
