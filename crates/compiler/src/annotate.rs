//! Annotations: PEP 649's `__annotate__` functions.

use rustc_hash::FxHashMap;
use taipan_bytecode::{CmpOp, CodeData, CommonConst, Op};
use taipan_syntax::Ranged;
use taipan_syntax::ast::{self, Expr, Stmt};
use taipan_syntax::symtable::{BlockId, BlockKind};

use crate::consts::str_const;
use crate::unit::Reg;
use crate::{Compiler, Result, unparse};

/// An annotated variable of a module or class.
pub struct Annotated<'a> {
    /// The statement.
    pub statement: &'a ast::StmtAnnAssign,
    /// Its index in `__conditional_annotations__`, if it may not be executed.
    pub condition: Option<u32>,
}

impl<'a> Compiler<'a> {
    /// Whether a body has annotated variables.
    pub fn has_annotations(&self, body: &'a [Stmt]) -> bool {
        let mut found = false;
        visit_annotations(body, false, &mut |_, _| found = true);
        found
    }

    /// The annotated variables of a module or class, in order.
    pub fn collect_annotations(&mut self, body: &'a [Stmt], is_module: bool) -> Vec<Annotated<'a>> {
        let mut list = Vec::new();
        let mut next = 0;
        visit_annotations(body, is_module, &mut |statement, conditional| {
            let condition = conditional.then_some(next);
            next += conditional as u32;
            list.push(Annotated {
                statement,
                condition,
            });
        });
        self.unit.conditional_annotations = list
            .iter()
            .filter_map(|a| Some((std::ptr::from_ref(a.statement).addr(), a.condition?)))
            .collect::<FxHashMap<_, _>>();
        list
    }

    /// `__conditional_annotations__ = set()`
    pub fn conditional_annotation_set(&mut self) -> Result {
        let t = self.unit.alloc();
        self.unit.emit(Op::BUILD_SET, t, t, 0);
        match self
            .unit
            .cell("__conditional_annotations__")
            .filter(|_| self.in_class())
        {
            Some(cell) => self.unit.emit(Op::STORE_DEREF, cell, t, 0),
            None => self.store_name("__conditional_annotations__", t),
        }
        self.unit.top = t;
        Ok(())
    }

    fn in_class(&self) -> bool {
        self.table.block(self.unit.block).kind == BlockKind::Class
    }

    fn load_conditional_annotations(&mut self) -> Reg {
        let name = "__conditional_annotations__";
        let cell = self
            .unit
            .free(name)
            .or_else(|| self.unit.cell(name).filter(|_| self.in_class()));
        let t = self.unit.alloc();
        match cell {
            Some(cell) => self.unit.emit(Op::LOAD_DEREF, t, cell, 0),
            None => {
                self.load_name(name, Some(t));
            }
        }
        t
    }

    /// Makes the `__annotate__` function of the module or class being compiled.
    pub fn deferred_annotations(&mut self, annotated: &[Annotated<'a>], is_module: bool) -> Result {
        let Some(id) = self.table.block(self.unit.block).annotations else {
            return Ok(());
        };
        let range = if is_module {
            annotated
                .first()
                .map_or(self.unit.range, |a| a.statement.range)
        } else {
            self.first_line_range()
        };
        let line = self.lines.line(range.start());
        self.begin_annotate(id, "__annotate__", line);
        let map = self.unit.alloc();
        self.unit.emit(Op::BUILD_MAP, map, map, 0);
        for a in annotated {
            let Expr::Name(name) = &*a.statement.target else {
                continue;
            };
            let skip = self.unit.label();
            self.unit.range = a.statement.range;
            if let Some(index) = a.condition {
                let t = self.unit.alloc();
                self.unit.emit_imm(Op::LOAD_INT, t, index);
                let set = self.load_conditional_annotations();
                self.unit.jump(Op::JUMP_IF_NOT_IN, t, set, skip);
                self.unit.top = t;
            }
            let value = self.unit.alloc();
            self.annotation(&a.statement.annotation, value)?;
            let mangled = self.mangle(&name.id);
            let key = self.str_new(&mangled);
            self.unit.emit(Op::MAP_ADD, map, key, value);
            self.unit.top = value;
            self.unit.bind(skip);
        }
        self.unit.range = self.first_line_range();
        self.unit.emit(Op::RETURN, map, 0, 0);
        let code = self.end_annotate()?;
        self.unit.range = if is_module { self.no_range() } else { range };
        let function = self.unit.alloc();
        let base = self.unit.top;
        self.make_function(function, base, 0, code);
        self.store_name(
            if is_module {
                "__annotate__"
            } else {
                "__annotate_func__"
            },
            function,
        );
        self.unit.top = function;
        if annotated.iter().any(|a| a.condition.is_some()) && is_module {
            self.conditional_annotation_set()?;
        }
        Ok(())
    }

    /// `dst =` the `__annotate__` function of a function.
    pub fn annotate_function(
        &mut self,
        dst: Reg,
        id: BlockId,
        f: &'a ast::StmtFunctionDef,
    ) -> Result {
        let range = self.unit.range;
        self.annotating = Some(f.name.id.as_str().into());
        let line = self.lines.line(range.start());
        self.begin_annotate(id, "__annotate__", line);
        self.annotating = None;
        self.unit.range = range;
        let base = self.unit.top;
        let p = &*f.parameters;
        let plain = |p: &'a ast::ParameterWithDefault| &p.parameter;
        let parameters = (p.args.iter().map(plain))
            .chain(p.posonlyargs.iter().map(plain))
            .chain(p.vararg.as_deref())
            .chain(p.kwonlyargs.iter().map(plain))
            .chain(p.kwarg.as_deref());
        let mut n = 0;
        for (name, annotation) in parameters
            .filter_map(|p| Some((p.name.id.as_str(), p.annotation.as_deref()?)))
            .chain(f.returns.as_deref().map(|r| ("return", r)))
        {
            let mangled = self.mangle(name);
            self.str_new(&mangled);
            let value = self.unit.alloc();
            self.annotation(annotation, value)?;
            n += 1;
        }
        let map = self.unit.alloc();
        self.unit.emit(Op::BUILD_MAP, map, base, n);
        self.unit.emit(Op::RETURN, map, 0, 0);
        let code = self.end_annotate()?;
        self.unit.range = range;
        let closure = self.unit.top;
        self.make_function(dst, closure, 0, code);
        self.unit.top = closure;
        Ok(())
    }

    /// Begins a function that is called with an annotation format and refuses all but plain values.
    pub fn begin_annotate(&mut self, id: BlockId, name: &str, line: u32) {
        self.enter(id, name, line, [1, 1, 0]);
        self.unit.range = self.first_line_range();
        let body = self.unit.label();
        // 2 is VALUE_WITH_FAKE_GLOBALS, the last format that is run as code.
        self.unit.jump(compare_format(), 0, 2, body);
        let t = self.unit.alloc();
        self.unit.emit_x(
            Op::LOAD_COMMON,
            CommonConst::NotImplementedError as u8,
            t,
            0,
            0,
        );
        self.unit.emit_x(Op::RAISE, 1, t, t, 0);
        self.unit.top = t;
        self.unit.bind(body);
    }

    /// Ends an `__annotate__` function. Its parameter, hidden from the annotations, is shown as `format`.
    fn end_annotate(&mut self) -> Result<CodeData> {
        let mut code = self.leave()?;
        if let Some(first) = code.varnames.first_mut() {
            *first = "format".into();
        }
        Ok(code)
    }

    /// The value of an annotation; its text under `from __future__ import annotations`.
    pub fn annotation(&mut self, e: &'a Expr, dst: Reg) -> Result {
        if self.table.future().annotations() {
            let outer = std::mem::replace(&mut self.unit.range, e.range());
            self.unit
                .load_const(dst, str_const(&unparse::expression(e, self.lines)));
            self.unit.range = outer;
            return Ok(());
        }
        self.unpacked(e, dst)
    }

    /// The value of an expression that may be starred: then it is the one item that the starred value gives.
    pub fn unpacked(&mut self, e: &'a Expr, dst: Reg) -> Result {
        let Expr::Starred(s) = e else {
            return self.expr_to(e, dst);
        };
        let mark = self.unit.top;
        let value = self.operand(&s.value, None)?;
        let outer = std::mem::replace(&mut self.unit.range, s.range);
        self.unit.emit(Op::UNPACK_SEQUENCE, dst, value, 1);
        self.unit.range = outer;
        self.unit.top = mark;
        Ok(())
    }

    pub fn ann_assign(&mut self, s: &'a ast::StmtAnnAssign) -> Result {
        if let Some(value) = &s.value {
            self.assign(std::slice::from_ref(&*s.target), value)?;
        }
        self.unit.range = s.range;
        let mark = self.unit.top;
        match &*s.target {
            Expr::Name(n) if s.simple && !self.is_function() => {
                if self.table.future().annotations() {
                    let value = self.unit.alloc();
                    self.annotation(&s.annotation, value)?;
                    let map = self.unit.alloc();
                    self.load_name("__annotations__", Some(map));
                    let mangled = self.mangle(&n.id);
                    let key = self.str_new(&mangled);
                    self.unit.emit(Op::STORE_SUBSCR, map, key, value);
                } else if let Some(&index) = self
                    .unit
                    .conditional_annotations
                    .get(&std::ptr::from_ref(s).addr())
                {
                    let set = self.load_conditional_annotations();
                    let t = self.unit.alloc();
                    self.unit.emit_imm(Op::LOAD_INT, t, index);
                    self.unit.emit(Op::SET_ADD, set, t, 0);
                }
            }
            Expr::Name(_) => {}
            // Without a value the target is still looked at.
            Expr::Attribute(a) if s.value.is_none() => self.expr_effect(&a.value)?,
            Expr::Subscript(sub) if s.value.is_none() => {
                self.expr_effect(&sub.value)?;
                self.expr_effect(&sub.slice)?;
            }
            _ => {}
        }
        self.unit.top = mark;
        Ok(())
    }
}

/// The jump taken by formats that are to be computed.
fn compare_format() -> Op {
    debug_assert!(CmpOp::Gt.text() == ">");
    Op::JUMP_IF_NOT_GT_I
}

/// Calls `found` for annotated names of a body, nested blocks included; with whether they may be skipped over.
fn visit_annotations<'a>(
    body: &'a [Stmt],
    conditional: bool,
    found: &mut dyn FnMut(&'a ast::StmtAnnAssign, bool),
) {
    for s in body {
        match s {
            Stmt::AnnAssign(a) if a.simple && a.target.is_name_expr() => found(a, conditional),
            Stmt::If(i) => {
                visit_annotations(&i.body, true, found);
                i.elif_else_clauses
                    .iter()
                    .for_each(|c| visit_annotations(&c.body, true, found));
            }
            Stmt::For(f) => {
                visit_annotations(&f.body, true, found);
                visit_annotations(&f.orelse, true, found);
            }
            Stmt::While(w) => {
                visit_annotations(&w.body, true, found);
                visit_annotations(&w.orelse, true, found);
            }
            Stmt::With(w) => visit_annotations(&w.body, true, found),
            Stmt::Try(t) => {
                visit_annotations(&t.body, true, found);
                for ast::ExceptHandler::ExceptHandler(h) in &t.handlers {
                    visit_annotations(&h.body, true, found);
                }
                visit_annotations(&t.orelse, true, found);
                visit_annotations(&t.finalbody, true, found);
            }
            Stmt::Match(m) => m
                .cases
                .iter()
                .for_each(|c| visit_annotations(&c.body, true, found)),
            _ => {}
        }
    }
}
