//! Function definitions and lambdas.

use taipan_bytecode::{CodeData, CodeFlags, Const, FunctionFlags, Op};
use taipan_syntax::ast::{self, Decorator, Expr, ParameterWithDefault, Parameters};
use taipan_syntax::symtable::{BlockId, Role};
use taipan_syntax::{Ranged, TextRange};

use crate::unit::Reg;
use crate::{Compiler, Result, literal};

impl<'a> Compiler<'a> {
    pub fn function_statement(&mut self, f: &'a ast::StmtFunctionDef) -> Result {
        let bases = self.decorators(&f.decorator_list)?;
        let range = self.definition_range(f.range, f.name.range, &f.decorator_list);
        let line = self.first_line(range, &f.decorator_list);
        self.unit.range = range;
        let dst = self.definition_target(&f.name.id, &bases);
        if f.type_params.is_some() {
            self.generic_function(dst, f, line, range)?;
        } else {
            let base = self.unit.top;
            let flags = self.defaults(&f.parameters)?;
            self.function_object(dst, base, flags, f, line)?;
            self.unit.top = base;
        }
        self.finish_definition(&f.name.id, dst, &bases, &f.decorator_list, range);
        Ok(())
    }

    /// Evaluates decorators: each one into the base of the call that will be made of it.
    pub fn decorators(&mut self, list: &'a [Decorator]) -> Result<Vec<Reg>> {
        let mut bases = Vec::with_capacity(list.len());
        for d in list {
            let base = self.unit.alloc_n(2);
            self.expr_to(&d.expression, base)?;
            bases.push(base);
        }
        Ok(bases)
    }

    /// Where a definition without its decorators begins and ends.
    pub fn definition_range(
        &self,
        range: TextRange,
        name: TextRange,
        decorators: &[Decorator],
    ) -> TextRange {
        let Some(last) = decorators.last() else {
            return range;
        };
        if last.range.end() <= range.start() {
            // A tree that a program made has the place of the definition proper.
            return range;
        }
        let line_start = self.lines.start_of(self.lines.line(name.start()));
        let text = self
            .lines
            .source()
            .get(line_start.to_usize()..name.start().to_usize())
            .unwrap_or_default();
        let indent = text.len() - text.trim_start().len();
        let start = line_start + taipan_syntax::TextSize::new(indent as u32);
        let start = start.max(last.range.end().min(name.start()));
        if start <= range.end() {
            TextRange::new(start, range.end())
        } else {
            range
        }
    }

    /// `co_firstlineno`: the first decorator's line.
    pub fn first_line(&self, range: TextRange, decorators: &[Decorator]) -> u32 {
        let start = decorators
            .first()
            .map_or(range.start(), |d| d.expression.range().start());
        self.lines.line(start)
    }

    /// The register for a new function or class: the variable itself if nothing more happens to it.
    pub fn definition_target(&mut self, name: &str, bases: &[Reg]) -> Reg {
        match self.local_register(name) {
            Some(reg) if bases.is_empty() => reg,
            _ => self.unit.alloc(),
        }
    }

    /// Applies the decorators and binds the name.
    pub fn finish_definition(
        &mut self,
        name: &str,
        dst: Reg,
        bases: &[Reg],
        list: &[Decorator],
        range: TextRange,
    ) {
        for (&base, d) in bases.iter().zip(list).rev() {
            // The result is the next decorator's argument: it stands right above that one's base.
            self.unit.range = d.expression.range();
            self.unit.emit(Op::CALL, base, base, 1);
        }
        self.unit.range = range;
        self.store_name(name, bases.first().copied().unwrap_or(dst));
    }

    /// Evaluates the defaults into new registers, and says which there are.
    pub fn defaults(&mut self, params: &'a Parameters) -> Result<u8> {
        let mut flags = 0;
        let positional: Vec<&'a Expr> = params
            .posonlyargs
            .iter()
            .chain(&params.args)
            .filter_map(|p| p.default.as_deref())
            .collect();
        if !positional.is_empty() {
            flags |= FunctionFlags::DEFAULTS;
            let dst = self.unit.alloc();
            let constants: Option<Vec<Const>> = positional.iter().map(|e| self.fold(e)).collect();
            match constants {
                Some(c) => self.unit.load_const(dst, Const::Tuple(c.into())),
                None => {
                    for e in &positional {
                        self.expr_new(e)?;
                    }
                    self.unit
                        .emit(Op::BUILD_TUPLE, dst, dst + 1, positional.len() as u16);
                    self.unit.top = dst + 1;
                }
            }
        }
        let keyword: Vec<(&'a ParameterWithDefault, &'a Expr)> = params
            .kwonlyargs
            .iter()
            .filter_map(|p| Some((p, p.default.as_deref()?)))
            .collect();
        if !keyword.is_empty() {
            flags |= FunctionFlags::KWDEFAULTS;
            let dst = self.unit.alloc();
            for (p, e) in &keyword {
                let name = self.mangle(&p.parameter.name.id);
                self.str_new(&name);
                self.expr_new(e)?;
            }
            self.unit
                .emit(Op::BUILD_MAP, dst, dst + 1, keyword.len() as u16);
            self.unit.top = dst + 1;
        }
        Ok(flags)
    }

    /// `dst =` the function, whose defaults stand in the topmost registers from `base` on.
    pub fn function_object(
        &mut self,
        dst: Reg,
        base: Reg,
        flags: u8,
        f: &'a ast::StmtFunctionDef,
        line: u32,
    ) -> Result {
        let range = self.unit.range;
        let mut flags = flags;
        if let Some(id) = self.table.find(f, Role::Annotations)
            && self.table.block(id).has_annotations
        {
            let annotate = self.unit.alloc();
            self.annotate_function(annotate, id, f)?;
            self.unit.range = range;
            flags |= FunctionFlags::ANNOTATE;
        }
        let Some(id) = self.table.find(f, Role::Body) else {
            return self.error(range, "function without scope");
        };
        self.enter(id, &f.name.id, line, counts(&f.parameters));
        let mut body = &f.body[..];
        if let Some((docstring, _)) = literal::docstring(body, self.lines) {
            body = &body[1..];
            if self.options.optimize < 2 {
                self.unit.consts.add(docstring);
                self.unit.flags.0 |= CodeFlags::HAS_DOCSTRING;
            }
        }
        self.statements(body)?;
        self.unit.range = self.no_range();
        self.return_none();
        let code = self.leave()?;
        self.make_function(dst, base, flags, code);
        Ok(())
    }

    /// `dst =` a function of `code`; what `flags` say stands in the topmost registers from `base` on.
    pub fn make_function(&mut self, dst: Reg, base: Reg, flags: u8, code: CodeData) {
        let mut flags = flags;
        if !code.freevars.is_empty() {
            flags |= FunctionFlags::CLOSURE;
            let closure = self.unit.alloc();
            let cells: Vec<Option<Reg>> =
                code.freevars.iter().map(|n| self.closure_cell(n)).collect();
            debug_assert!(
                cells.iter().all(Option::is_some),
                "{}: no cell for one of {:?} of {}, line {}",
                self.unit.filename,
                code.freevars,
                code.qualname,
                code.firstlineno
            );
            let n = cells.len() as u16;
            let first = cells.first().copied().flatten();
            let in_a_row = |(i, cell): (usize, &Option<Reg>)| *cell == first.map(|f| f + i as u16);
            if first.is_some() && cells.iter().enumerate().all(in_a_row) {
                self.unit
                    .emit(Op::BUILD_TUPLE, closure, first.unwrap_or_default(), n);
            } else {
                for cell in cells {
                    let t = self.unit.alloc();
                    match cell {
                        Some(cell) => self.unit.mov(t, cell),
                        None => self.unit.emit(Op::MAKE_CELL, t, 0, 0),
                    }
                }
                self.unit.emit(Op::BUILD_TUPLE, closure, closure + 1, n);
                self.unit.top = closure + 1;
            }
        }
        let k = self.unit.consts.add(Const::Code(code.into()));
        self.unit.emit_extra(
            Op::MAKE_FUNCTION,
            flags,
            [dst, if flags == 0 { 0 } else { base }, 0],
            k,
        );
    }

    pub fn lambda(&mut self, l: &'a ast::ExprLambda, dst: Reg) -> Result {
        let range = self.unit.range;
        let base = self.unit.top;
        let (flags, counts) = match &l.parameters {
            Some(p) => (self.defaults(p)?, counts(p)),
            None => (0, [0; 3]),
        };
        let Some(id) = self.table.find(l, Role::Body) else {
            return self.error(range, "lambda without scope");
        };
        let code = self.expression_code(id, "<lambda>", l.range, counts, &l.body)?;
        self.unit.range = range;
        self.make_function(dst, base, flags, code);
        Ok(())
    }

    fn expression_code(
        &mut self,
        id: BlockId,
        name: &str,
        range: TextRange,
        counts: [usize; 3],
        body: &'a Expr,
    ) -> Result<CodeData> {
        self.enter(id, name, self.lines.line(range.start()), counts);
        self.unit.range = body.range();
        match self.fold(body) {
            Some(c) => {
                let k = self.unit.consts.add(c);
                self.unit.emit_imm(Op::RETURN_CONST, 0, k);
            }
            None => {
                let value = self.operand(body, None)?;
                self.unit.emit(Op::RETURN, value, 0, 0);
            }
        }
        self.leave()
    }
}

/// Positional, positional-only and keyword-only parameters.
fn counts(p: &Parameters) -> [usize; 3] {
    [
        p.posonlyargs.len() + p.args.len(),
        p.posonlyargs.len(),
        p.kwonlyargs.len(),
    ]
}
