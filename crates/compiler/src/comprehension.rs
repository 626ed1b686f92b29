//! Comprehensions and generator expressions.
//!
//! List, set and dict comprehensions are inlined (PEP 709): their variables take registers of the enclosing code, and a
//! register that an enclosing scope uses too is saved and restored around the comprehension.

use taipan_bytecode::{Const, Op};
use taipan_syntax::Ranged;
use taipan_syntax::ast::{self, Expr};
use taipan_syntax::symtable::{BlockId, Comprehension as Kind, Role, Scope};

use crate::ir::{HandlerId, Label};
use crate::unit::{FrameBlock, Reg};
use crate::{Compiler, Result};

/// The parts of a comprehension.
#[derive(Clone, Copy)]
struct Parts<'a> {
    kind: Kind,
    /// The key of a dict comprehension.
    key: Option<&'a Expr>,
    value: &'a Expr,
    generators: &'a [ast::Comprehension],
}

/// What an inlined comprehension has to put back.
struct Inlined {
    block: BlockId,
    /// Registers and where their old values are.
    saved: Vec<(Reg, Reg)>,
    /// Registers to be emptied.
    cleared: Vec<Reg>,
    /// All registers taken.
    taken: Vec<Reg>,
    /// The handler that restores, and the one outside.
    handler: Option<(Label, HandlerId)>,
}

impl<'a> Compiler<'a> {
    pub fn comprehension(&mut self, e: &'a Expr, dst: Reg) -> Result {
        if let (Expr::Generator(g), Some((node, range))) = (e, self.sole_generator)
            && std::ptr::from_ref(g).addr() == node
        {
            self.unit.range = range;
        }
        let (id, parts) = match e {
            Expr::ListComp(c) => (
                self.table.find(c, Role::Body),
                Parts {
                    kind: Kind::List,
                    key: None,
                    value: &c.elt,
                    generators: &c.generators,
                },
            ),
            Expr::SetComp(c) => (
                self.table.find(c, Role::Body),
                Parts {
                    kind: Kind::Set,
                    key: None,
                    value: &c.elt,
                    generators: &c.generators,
                },
            ),
            Expr::DictComp(c) => (
                self.table.find(c, Role::Body),
                Parts {
                    kind: Kind::Dict,
                    key: c.key.as_deref(),
                    value: &c.value,
                    generators: &c.generators,
                },
            ),
            Expr::Generator(c) => (
                self.table.find(c, Role::Body),
                Parts {
                    kind: Kind::Generator,
                    key: None,
                    value: &c.elt,
                    generators: &c.generators,
                },
            ),
            _ => return Ok(()),
        };
        let (Some(id), Some(first)) = (id, parts.generators.first()) else {
            return self.error(e.range(), "comprehension without scope");
        };
        if self.table.block(id).inlined {
            self.inline(id, parts, first, dst)
        } else {
            self.nested(id, parts, first, dst)
        }
    }

    /// The iterator of the outermost `for`.
    fn first_iterator(&mut self, first: &'a ast::Comprehension, iter: Reg) -> Result {
        let range = self.unit.range;
        if first.is_async {
            let value = self.operand(&first.iter, Some(iter))?;
            self.unit.range = first.iter.range();
            self.unit.emit(Op::GET_AITER, iter, value, 0);
        } else {
            self.iterator(&first.iter, iter)?;
        }
        self.unit.range = range;
        Ok(())
    }

    fn inline(
        &mut self,
        id: BlockId,
        parts: Parts<'a>,
        first: &'a ast::Comprehension,
        dst: Reg,
    ) -> Result {
        let range = self.unit.range;
        let result = self.building(dst);
        let iter = self.unit.alloc();
        self.first_iterator(first, iter)?;
        let inlined = self.begin_inline(id);
        self.unit.emit(build_op(parts.kind), result, result, 0);
        self.generator(parts, 0, Some(iter), Some(result))?;
        self.unit.range = range;
        self.end_inline(inlined);
        self.unit.mov(dst, result);
        Ok(())
    }

    fn begin_inline(&mut self, id: BlockId) -> Inlined {
        let mut inlined = Inlined {
            block: id,
            saved: Vec::new(),
            cleared: Vec::new(),
            taken: Vec::new(),
            handler: None,
        };
        let table = self.table;
        let mut cells = Vec::new();
        for (name, symbol) in &table.block(id).symbols {
            let reg = match symbol.scope {
                Scope::Local if name != ".0" => self.unit.local(name),
                Scope::Cell => self.unit.cell(name),
                _ => None,
            };
            let Some(reg) = reg else { continue };
            let is_cell = symbol.scope == Scope::Cell;
            inlined.taken.push(reg);
            if self.unit.in_use.get(&reg).is_some_and(|n| *n > 0) {
                let t = self.unit.alloc();
                self.unit.mov_raw(t, reg);
                inlined.saved.push((reg, t));
                if !is_cell {
                    self.unit.emit(Op::CLEAR, reg, 0, 0);
                }
            } else {
                inlined.cleared.push(reg);
                if !is_cell {
                    self.unit.emit(Op::CLEAR, reg, 0, 0);
                }
            }
            if is_cell {
                cells.push(reg);
            }
        }
        for cell in cells {
            self.unit.emit(Op::MAKE_CELL, cell, 0, 0);
        }
        for &reg in &inlined.taken {
            *self.unit.in_use.entry(reg).or_default() += 1;
        }
        if !inlined.saved.is_empty() {
            let label = self.unit.label();
            let outer = self.unit.handler;
            // The exception goes where the values that the comprehension works on begin.
            let exc = self.unit.alloc();
            self.unit.handler = self.unit.new_handler(label, exc);
            self.unit.blocks.push(FrameBlock::Protected { outer });
            inlined.handler = Some((label, outer));
        }
        self.unit.inlined.push(inlined.block);
        inlined
    }

    fn end_inline(&mut self, inlined: Inlined) {
        self.unit.inlined.pop();
        for reg in &inlined.taken {
            if let Some(n) = self.unit.in_use.get_mut(reg) {
                *n -= 1;
            }
        }
        let restore = |c: &mut Self| {
            for &(reg, old) in &inlined.saved {
                c.unit.mov_raw(reg, old);
            }
            for &reg in &inlined.cleared {
                c.unit.emit(Op::CLEAR, reg, 0, 0);
            }
        };
        let Some((label, outer)) = inlined.handler else {
            return restore(self);
        };
        let exc = self.unit.ir.handlers[self.unit.handler.0 as usize].1;
        self.unit.blocks.pop();
        self.unit.handler = outer;
        restore(self);
        let end = self.unit.label();
        self.unit.jump(Op::JUMP, 0, 0, end);
        self.unit.bind(label);
        restore(self);
        self.unit.emit(Op::RERAISE, exc, 0, 0);
        self.unit.bind(end);
    }

    /// A comprehension with a code object of its own, called with the outermost iterator.
    fn nested(
        &mut self,
        id: BlockId,
        parts: Parts<'a>,
        first: &'a ast::Comprehension,
        dst: Reg,
    ) -> Result {
        let range = self.unit.range;
        let base = self.call_base(dst);
        let iter = self.unit.alloc();
        self.first_iterator(first, iter)?;
        let name = match parts.kind {
            Kind::List => "<listcomp>",
            Kind::Set => "<setcomp>",
            Kind::Dict => "<dictcomp>",
            Kind::Generator => "<genexpr>",
        };
        self.enter(id, name, self.lines.line(range.start()), [1, 0, 0]);
        self.unit.range = range;
        if parts.kind == Kind::Generator {
            self.generator(parts, 0, Some(0), None)?;
            self.unit.range = range;
            self.return_none();
        } else {
            let result = self.unit.alloc();
            self.unit.emit(build_op(parts.kind), result, result, 0);
            self.generator(parts, 0, Some(0), Some(result))?;
            self.unit.range = range;
            self.unit.emit(Op::RETURN, result, 0, 0);
        }
        let is_coroutine = self.unit.flags.has(taipan_bytecode::CodeFlags::COROUTINE);
        let code = self.leave()?;
        self.unit.range = range;
        let closure = self.unit.top;
        self.make_function(base, closure, 0, code);
        self.unit.top = closure;
        if is_coroutine {
            self.unit.emit(Op::CALL, base, base, 1);
            self.unit.top = base + 1;
            let t = self.unit.alloc();
            self.await_value(t, base, 0);
            self.unit.mov(dst, t);
        } else {
            self.unit.emit(Op::CALL, dst, base, 1);
        }
        Ok(())
    }

    /// The `for` number `n` and what is in it. `result` is the container, none for a generator.
    fn generator(
        &mut self,
        parts: Parts<'a>,
        n: usize,
        iter: Option<Reg>,
        result: Option<Reg>,
    ) -> Result {
        let Some(g) = parts.generators.get(n) else {
            return self.element(parts, result);
        };
        let range = g.iter.range();
        let mark = self.unit.top;
        // `for x in [value]` only names a value.
        if iter.is_none()
            && !g.is_async
            && let Some(value) = only_element(&g.iter)
        {
            let skip = self.unit.label();
            match self.loop_target(&g.target) {
                Some(reg) => self.expr_to(value, reg)?,
                None => {
                    let v = self.operand(value, None)?;
                    self.store(&g.target, v)?;
                }
            }
            self.conditions(g, skip)?;
            self.generator(parts, n + 1, None, result)?;
            self.unit.bind(skip);
            self.unit.top = mark;
            return Ok(());
        }
        let iter = match iter {
            Some(iter) => iter,
            None => {
                let t = self.unit.alloc();
                self.first_iterator(g, t)?;
                t
            }
        };
        let (top, next) = (self.unit.label(), self.unit.label());
        if g.is_async {
            self.async_loop(iter, range, next, |c, item| {
                c.store(&g.target, item)?;
                c.conditions(g, next)?;
                c.generator(parts, n + 1, None, result)
            })?;
        } else {
            self.unit.range = range;
            self.unit.jump(Op::JUMP, 0, 0, next);
            self.unit.loop_depth += 1;
            self.unit.bind(top);
            let item = match self.loop_target(&g.target) {
                Some(reg) => reg,
                None => {
                    let t = self.unit.alloc();
                    self.store(&g.target, t)?;
                    t
                }
            };
            self.conditions(g, next)?;
            self.generator(parts, n + 1, None, result)?;
            self.unit.bind(next);
            self.unit.range = range;
            self.unit.jump(Op::FOR_LOOP, item, iter, top);
            self.unit.loop_depth -= 1;
        }
        self.unit.top = mark;
        Ok(())
    }

    fn conditions(&mut self, g: &'a ast::Comprehension, skip: Label) -> Result {
        g.ifs
            .iter()
            .try_for_each(|test| self.jump_if(test, false, skip))
    }

    fn element(&mut self, parts: Parts<'a>, result: Option<Reg>) -> Result {
        let mark = self.unit.top;
        self.unit.range = parts.value.range();
        match (result, parts.key) {
            (Some(result), Some(key)) => {
                let k = self.operand_before(key, None, &[parts.value])?;
                let v = self.operand(parts.value, None)?;
                self.unit.emit(Op::MAP_ADD, result, k, v);
            }
            (Some(result), None) => {
                let v = self.operand(parts.value, None)?;
                let op = if parts.kind == Kind::Set {
                    Op::SET_ADD
                } else {
                    Op::LIST_APPEND
                };
                self.unit.emit(op, result, v, 0);
            }
            (None, _) => {
                let v = self.operand(parts.value, None)?;
                let sent = self.unit.alloc();
                self.unit.emit_yield(sent, v);
            }
        }
        self.unit.top = mark;
        Ok(())
    }

    /// Loads a constant into a new temporary.
    pub fn const_new(&mut self, c: Const) -> Reg {
        let t = self.unit.alloc();
        self.unit.load_const(t, c);
        t
    }
}

fn build_op(kind: Kind) -> Op {
    match kind {
        Kind::Set => Op::BUILD_SET,
        Kind::Dict => Op::BUILD_MAP,
        _ => Op::BUILD_LIST,
    }
}

/// The element of a list or tuple of one.
fn only_element(e: &Expr) -> Option<&Expr> {
    match e {
        Expr::List(l) => match &l.elts[..] {
            [one] if !one.is_starred_expr() => Some(one),
            _ => None,
        },
        Expr::Tuple(t) => match &t.elts[..] {
            [one] if !one.is_starred_expr() => Some(one),
            _ => None,
        },
        _ => None,
    }
}
