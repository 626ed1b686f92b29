//! Calls.

use std::sync::Arc;

use taipan_bytecode::{Const, Op};
use taipan_syntax::ast::{self, Expr, Keyword};
use taipan_syntax::symtable::Scope;
use taipan_syntax::{Ranged, TextRange};

use crate::consts::str_const;
use crate::unit::Reg;
use crate::{Compiler, Result};

/// Calls with more arguments go through a tuple and a dict.
const MAX_ARGS: usize = 200;

/// The arguments of a call or class statement: what comes before the first argument written, and those.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    /// Arguments already evaluated, in the registers from `base + 2`.
    pub before: usize,
    /// Positional arguments, stars included.
    pub args: &'a [Expr],
    /// A last positional argument in a register: the `.generic_base` of a generic class.
    pub after: Option<Reg>,
    /// Keyword arguments.
    pub keywords: &'a [Keyword],
}

impl<'a> Compiler<'a> {
    pub fn call(&mut self, c: &'a ast::ExprCall, dst: Reg) -> Result {
        let range = c.range();
        let args = Args {
            before: 0,
            args: &c.arguments.args,
            after: None,
            keywords: &c.arguments.keywords,
        };
        if let [Expr::Generator(g)] = &*c.arguments.args
            && !g.parenthesized
        {
            self.sole_generator = Some((std::ptr::from_ref(g).addr(), c.arguments.range()));
        }
        let base = self.call_base(dst);
        if let Expr::Attribute(a) = &*c.func
            && !needs_tuple(args)
        {
            self.unit.range = a.range;
            if !self.super_attribute(a, base, true)? {
                let object = self.operand(&a.value, Some(base))?;
                let name = self.mangle(&a.attr.id);
                let n = self.unit.name16(&name);
                self.unit.range = self.attribute_range(a);
                self.unit.emit(Op::LOAD_METHOD, base, object, n);
            }
            let start = self.attribute_range(a).start();
            let range = if start <= range.end() {
                TextRange::new(start, range.end())
            } else {
                range
            };
            return self.call_with(dst, base, args, true, range);
        }
        self.expr_to(&c.func, base)?;
        self.call_with(dst, base, args, false, range)
    }

    /// Two registers for a callable and its self, the first one being `dst` if that is the topmost temporary.
    pub fn call_base(&mut self, dst: Reg) -> Reg {
        if self.unit.is_temp(dst) && dst + 1 == self.unit.top {
            self.unit.alloc();
            dst
        } else {
            self.unit.alloc_n(2)
        }
    }

    /// Evaluates the arguments and calls `r[base]`. The registers up to the arguments already there are the topmost.
    pub fn call_with(
        &mut self,
        dst: Reg,
        base: Reg,
        args: Args<'a>,
        method: bool,
        range: TextRange,
    ) -> Result {
        if needs_tuple(args) {
            self.unit.range = range;
            return self.call_ex(dst, base, args);
        }
        for arg in args.args {
            self.expr_new(arg)?;
        }
        let mut n = args.before + args.args.len();
        if let Some(reg) = args.after {
            let t = self.unit.alloc();
            self.unit.mov(t, reg);
            n += 1;
        }
        let mut names = Vec::with_capacity(args.keywords.len());
        for k in args.keywords {
            self.expr_new(&k.value)?;
            if let Some(name) = &k.arg {
                names.push(str_const(&name.id));
            }
        }
        n += names.len();
        self.unit.range = range;
        if names.is_empty() {
            let op = if method { Op::CALL_METHOD } else { Op::CALL };
            self.unit.emit(op, dst, base, n as u16);
        } else {
            let k = self.unit.consts.add(Const::Tuple(Arc::from(names)));
            self.unit
                .emit_extra(Op::CALL_KW, method as u8, [dst, base, n as u16], k);
        }
        Ok(())
    }

    fn call_ex(&mut self, dst: Reg, base: Reg, args: Args<'a>) -> Result {
        let positional = match args {
            // A lone starred argument may be any iterable.
            Args {
                before: 0,
                args: [Expr::Starred(s)],
                after: None,
                ..
            } => {
                let t = self.unit.alloc();
                self.expr_to(&s.value, t)?;
                t
            }
            Args { before, .. } => {
                if before == 0 {
                    self.unit.alloc();
                }
                let t = base + 2;
                self.gather(t, base + 2, before, args.args, args.after)?;
                self.unit.top = t + 1;
                t
            }
        };
        let map = self.unit.alloc();
        debug_assert!(positional == base + 2 && map == base + 3);
        self.keyword_map(map, base, args.keywords)?;
        self.unit.emit(Op::CALL_EX, dst, base, 0);
        Ok(())
    }

    /// `dst =` a tuple of `before` values from `first` on, then of the arguments; `dst` may be `first`.
    fn gather(
        &mut self,
        dst: Reg,
        first: Reg,
        before: usize,
        args: &'a [Expr],
        after: Option<Reg>,
    ) -> Result {
        self.unit.emit(Op::BUILD_LIST, dst, first, before as u16);
        let mark = self.unit.top;
        for arg in args {
            let outer = std::mem::replace(&mut self.unit.range, arg.range());
            match arg {
                Expr::Starred(s) => {
                    let v = self.operand(&s.value, None)?;
                    self.unit.emit(Op::LIST_EXTEND, dst, v, 0);
                }
                _ => {
                    let v = self.operand(arg, None)?;
                    self.unit.emit(Op::LIST_APPEND, dst, v, 0);
                }
            }
            self.unit.range = outer;
            self.unit.top = mark;
        }
        if let Some(reg) = after {
            self.unit.emit(Op::LIST_APPEND, dst, reg, 0);
        }
        self.unit.emit(Op::LIST_TO_TUPLE, dst, dst, 0);
        Ok(())
    }

    /// The keyword arguments of a CALL_EX of `r[callable]`.
    fn keyword_map(&mut self, dst: Reg, callable: Reg, keywords: &'a [Keyword]) -> Result {
        match keywords {
            [] => {
                self.unit.emit(Op::CLEAR, dst, 0, 0);
                return Ok(());
            }
            [only] if only.arg.is_none() => return self.expr_to(&only.value, dst),
            _ => {}
        }
        let mark = self.unit.top;
        let mut rest = keywords;
        let mut first = true;
        while let Some(k) = rest.first() {
            let map = if first { dst } else { self.unit.alloc() };
            if k.arg.is_none() {
                if first {
                    self.unit.emit(Op::BUILD_MAP, dst, dst, 0);
                }
                let v = self.operand(&k.value, None)?;
                self.unit.emit(Op::DICT_MERGE, dst, v, callable);
                rest = &rest[1..];
            } else {
                let n = rest.iter().take(64).take_while(|k| k.arg.is_some()).count();
                let base = self.unit.top;
                for k in &rest[..n] {
                    if let Some(name) = &k.arg {
                        self.str_new(&name.id);
                    }
                    self.expr_new(&k.value)?;
                }
                self.unit.emit(Op::BUILD_MAP, map, base, n as u16);
                if !first {
                    self.unit.emit(Op::DICT_MERGE, dst, map, callable);
                }
                rest = &rest[n..];
            }
            first = false;
            self.unit.top = mark;
        }
        Ok(())
    }

    /// `super().name` and `super(C, self).name`, where `super` is surely meant to be the builtin: without making a
    /// super object. Gives false if this is something else.
    pub fn super_attribute(
        &mut self,
        a: &'a ast::ExprAttribute,
        dst: Reg,
        method: bool,
    ) -> Result<bool> {
        let Expr::Call(call) = &*a.value else {
            return Ok(false);
        };
        let Expr::Name(name) = &*call.func else {
            return Ok(false);
        };
        if name.id != "super"
            || !call.arguments.keywords.is_empty()
            || !self.unit.inlined.is_empty()
        {
            return Ok(false);
        }
        let is_builtin = self
            .table
            .lookup(self.unit.block, "super")
            .is_none_or(|(_, s)| matches!(s.scope, Scope::GlobalImplicit))
            && self
                .table
                .root()
                .symbol("super")
                .is_none_or(|s| !s.flags.has(taipan_syntax::symtable::SymbolFlags::BOUND));
        if !is_builtin || !self.is_function() {
            return Ok(false);
        }
        let explicit = match &*call.arguments.args {
            [] => {
                if self.unit.argcount == 0 || self.unit.free("__class__").is_none() {
                    return Ok(false);
                }
                false
            }
            [Expr::Starred(_), _] | [_, Expr::Starred(_)] => return Ok(false),
            [_, _] => true,
            _ => return Ok(false),
        };
        let mark = self.unit.top;
        let base = self.unit.alloc_n(3);
        self.expr_to(&call.func, base)?;
        if explicit {
            for (n, arg) in call.arguments.args.iter().enumerate() {
                self.expr_to(arg, base + 1 + n as u16)?;
            }
        } else {
            self.unit.range = call.range();
            if let Some(cell) = self.unit.free("__class__") {
                self.unit.emit(Op::LOAD_DEREF, base + 1, cell, 0);
            }
            if let Some(first) = self.unit.varnames.first().cloned() {
                match self.unit.cell(&first) {
                    Some(cell) => self.unit.emit(Op::LOAD_DEREF, base + 2, cell, 0),
                    None => {
                        self.unit.emit(Op::CHECK_LOCAL, 0, 0, 0);
                        self.unit.mov(base + 2, 0);
                    }
                }
            }
        }
        let attr = self.mangle(&a.attr.id);
        let n = self.unit.name16(&attr);
        self.unit.range = self.attribute_range(a);
        let op = if method {
            Op::LOAD_SUPER_METHOD
        } else {
            Op::LOAD_SUPER_ATTR
        };
        self.unit.emit_x(op, explicit as u8, dst, base, n);
        self.unit.top = mark;
        Ok(true)
    }
}

fn needs_tuple(args: Args<'_>) -> bool {
    args.args.iter().any(|a| a.is_starred_expr())
        || args.keywords.iter().any(|k| k.arg.is_none())
        || args.before + args.args.len() + args.keywords.len() > MAX_ARGS
}
