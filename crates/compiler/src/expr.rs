//! Expressions.

use taipan_bytecode::{BinaryOp, Const, Op, UnaryOp};
use taipan_syntax::ast::visitor::{Visitor, walk_expr};
use taipan_syntax::ast::{self, Expr, Operator};
use taipan_syntax::{Ranged, TextRange, TextSize, with_room};

use crate::cond::cmp_op;
use crate::consts::str_const;
use crate::unit::Reg;
use crate::{Compiler, Result};

impl<'a> Compiler<'a> {
    /// The value of an expression in a register: a local's own, or a new temporary.
    pub fn expr(&mut self, e: &'a Expr) -> Result<Reg> {
        self.operand(e, None)
    }

    /// The value of an expression in a new temporary, the next one.
    pub fn expr_new(&mut self, e: &'a Expr) -> Result<Reg> {
        let t = self.unit.alloc();
        self.expr_to(e, t)?;
        Ok(t)
    }

    /// As [`Self::expr`], in `scratch` (a temporary that holds nothing) if it would need a new one.
    pub fn operand(&mut self, e: &'a Expr, scratch: Option<Reg>) -> Result<Reg> {
        match e {
            Expr::Name(n)
                if self.name_constant(&n.id).is_none() && self.local_register(&n.id).is_some() =>
            {
                let outer = std::mem::replace(&mut self.unit.range, n.range);
                let reg = self.load_name(&n.id, None);
                self.unit.range = outer;
                return Ok(reg);
            }
            Expr::Named(n) => {
                if let Expr::Name(target) = &*n.target
                    && let Some(reg) = self.local_register(&target.id)
                {
                    self.expr_to(&n.value, reg)?;
                    return Ok(reg);
                }
            }
            _ => {}
        }
        if self.unit.loop_depth > 0
            && let Some(c) = self.fold(e)
            && let Some(reg) = self.unit.const_register(&c)
        {
            return Ok(reg);
        }
        let dst = scratch.unwrap_or_else(|| self.unit.alloc());
        self.expr_to(e, dst)?;
        Ok(dst)
    }

    /// As [`Self::operand`] for a value that is used after `later` has been evaluated: if `later` may rebind it, a copy.
    pub fn operand_before(
        &mut self,
        e: &'a Expr,
        scratch: Option<Reg>,
        later: &[&Expr],
    ) -> Result<Reg> {
        let reg = self.operand(e, scratch)?;
        if self.has_walrus
            && !self.unit.is_temp(reg)
            && later.iter().any(|l| self.rebinding_in(l, reg))
        {
            let t = self.unit.alloc();
            self.unit.mov(t, reg);
            return Ok(t);
        }
        Ok(reg)
    }

    /// Whether an assignment expression in `e` binds the local in `reg`.
    pub fn rebinding_in(&self, e: &Expr, reg: Reg) -> bool {
        self.finds_rebinding(e, Some(reg))
    }

    /// Whether there is any assignment expression in `e`.
    pub fn may_rebind(&self, e: &Expr) -> bool {
        self.has_walrus && self.finds_rebinding(e, None)
    }

    fn finds_rebinding(&self, e: &Expr, reg: Option<Reg>) -> bool {
        let mut finder = Rebinding {
            compiler: self,
            reg,
            found: false,
        };
        finder.visit_expr(e);
        finder.found
    }

    /// Evaluates an expression for its effects.
    pub fn expr_effect(&mut self, e: &'a Expr) -> Result {
        let mark = self.unit.top;
        self.operand(e, None)?;
        self.unit.top = mark;
        Ok(())
    }

    /// The value of an expression into `dst`, which is written in one step if it is a variable.
    pub fn expr_to(&mut self, e: &'a Expr, dst: Reg) -> Result {
        let outer = std::mem::replace(&mut self.unit.range, e.range());
        let mark = self.unit.top;
        let result = with_room(|| match self.fold(e) {
            Some(c) => {
                self.unit.load_const(dst, c);
                Ok(())
            }
            None => self.expr_inner(e, dst),
        });
        self.unit.top = mark;
        self.unit.range = outer;
        result
    }

    /// A temporary to build a value in: `dst` if it is one.
    pub fn building(&mut self, dst: Reg) -> Reg {
        if self.unit.is_temp(dst) {
            dst
        } else {
            self.unit.alloc()
        }
    }

    fn scratch(&self, dst: Reg) -> Option<Reg> {
        self.unit.is_temp(dst).then_some(dst)
    }

    fn expr_inner(&mut self, e: &'a Expr, dst: Reg) -> Result {
        match e {
            Expr::Name(n) => {
                self.load_name(&n.id, Some(dst));
                Ok(())
            }
            Expr::Attribute(a) => self.attribute(a, dst),
            Expr::Call(c) => self.call(c, dst),
            Expr::BinOp(b) => self.binary(b, dst),
            Expr::UnaryOp(u) => self.unary(u, dst),
            Expr::Compare(c) => self.compare(c, dst),
            Expr::BoolOp(b) => self.bool_op(b, dst),
            Expr::Subscript(s) => self.subscript(s, dst),
            Expr::If(i) => self.conditional(i, dst),
            Expr::Named(n) => self.named(n, dst),
            Expr::Tuple(t) => self.tuple(&t.elts, dst),
            Expr::List(l) => self.list(&l.elts, dst),
            Expr::Set(s) => self.set(&s.elts, dst),
            Expr::Dict(d) => self.dict(&d.items, dst),
            Expr::Slice(s) => self.slice(s, dst),
            Expr::Lambda(l) => self.lambda(l, dst),
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.comprehension(e, dst)
            }
            Expr::FString(f) => self.fstring(f, dst),
            Expr::TString(t) => self.tstring(t, dst),
            Expr::Await(a) => {
                let d = self.building(dst);
                let value = self.operand(&a.value, None)?;
                self.await_value(d, value, 0);
                self.unit.mov(dst, d);
                Ok(())
            }
            Expr::Yield(y) => {
                let value = match &y.value {
                    Some(v) => self.operand(v, self.scratch(dst))?,
                    None => {
                        let t = self.scratch(dst).unwrap_or_else(|| self.unit.alloc());
                        self.unit.load_const(t, Const::None);
                        t
                    }
                };
                self.unit.emit_yield(dst, value);
                Ok(())
            }
            Expr::YieldFrom(y) => {
                let d = self.building(dst);
                let iter = self.unit.alloc();
                let value = self.operand(&y.value, Some(iter))?;
                self.unit.emit(Op::GET_YIELD_FROM_ITER, iter, value, 0);
                self.unit.load_const(d, Const::None);
                self.unit.emit_yield_from(0, d, iter);
                self.unit.mov(dst, d);
                Ok(())
            }
            Expr::Starred(s) => self.error(s.range, "can't use starred expression here"),
            Expr::IpyEscapeCommand(i) => self.error(i.range, "invalid syntax"),
            // Literals always fold.
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_) => self.error(e.range(), "invalid literal"),
        }
    }

    /// `dst = await value`; `dst` is a temporary other than `value`, unless nothing needs `value` any more.
    pub fn await_value(&mut self, dst: Reg, value: Reg, from: u8) {
        let iter = self.unit.alloc();
        self.unit.emit_x(Op::GET_AWAITABLE, from, iter, value, 0);
        self.unit.load_const(dst, Const::None);
        self.unit.emit_yield_from(1, dst, iter);
        self.unit.top = iter;
    }

    /// The range that errors of an attribute are shown at: if it stands on a later line than its object, only the name.
    pub fn attribute_range(&self, a: &ast::ExprAttribute) -> TextRange {
        let end = a.range.end();
        if self.lines.line(a.value.range().start()) == self.lines.line(end) {
            return a.range;
        }
        let len = TextSize::new(a.attr.id.len() as u32);
        let start = if len < end {
            end - len
        } else {
            a.range.start()
        };
        if self.lines.line(a.range.start()) == self.lines.line(start) {
            a.range
        } else {
            TextRange::new(start, end)
        }
    }

    fn attribute(&mut self, a: &'a ast::ExprAttribute, dst: Reg) -> Result {
        if self.super_attribute(a, dst, false)? {
            return Ok(());
        }
        let object = self.operand(&a.value, self.scratch(dst))?;
        let name = self.mangle(&a.attr.id);
        let n = self.unit.name16(&name);
        self.unit.range = self.attribute_range(a);
        self.unit.emit(Op::LOAD_ATTR, dst, object, n);
        Ok(())
    }

    fn binary(&mut self, b: &'a ast::ExprBinOp, dst: Reg) -> Result {
        let left = self.operand_before(&b.left, self.scratch(dst), &[&b.right])?;
        self.binary_with(b.op, dst, left, &b.right, false)
    }

    /// `dst = left op right`, or in place.
    pub fn binary_with(
        &mut self,
        op: Operator,
        dst: Reg,
        left: Reg,
        right: &'a Expr,
        inplace: bool,
    ) -> Result {
        let x = inplace as u8;
        if let Some(imm) = self.fold_int(right) {
            let imm_op = match op {
                Operator::Add => Some(Op::ADD_I),
                Operator::Sub => Some(Op::SUB_I),
                Operator::Mult => Some(Op::MUL_I),
                Operator::FloorDiv if imm != 0 => Some(Op::FLOORDIV_I),
                Operator::Mod if imm != 0 => Some(Op::MOD_I),
                Operator::BitAnd => Some(Op::AND_I),
                Operator::LShift if imm >= 0 => Some(Op::LSHIFT_I),
                Operator::RShift if imm >= 0 => Some(Op::RSHIFT_I),
                _ => None,
            };
            if let Some(imm_op) = imm_op {
                self.unit.emit_x(imm_op, x, dst, left, imm as u16);
                return Ok(());
            }
        }
        let right = self.operand(right, None)?;
        let direct = match op {
            Operator::Add => Some(Op::ADD),
            Operator::Sub => Some(Op::SUB),
            Operator::Mult => Some(Op::MUL),
            Operator::Div => Some(Op::TRUEDIV),
            Operator::FloorDiv => Some(Op::FLOORDIV),
            Operator::Mod => Some(Op::MOD),
            _ => None,
        };
        match direct {
            Some(op) => self.unit.emit_x(op, x, dst, left, right),
            None => {
                let kind = binary_op(op) as u8 | if inplace { BinaryOp::INPLACE } else { 0 };
                self.unit.emit_x(Op::BINARY_OP, kind, dst, left, right);
            }
        }
        Ok(())
    }

    fn unary(&mut self, u: &'a ast::ExprUnaryOp, dst: Reg) -> Result {
        if u.op == ast::UnaryOp::Not {
            // `not a in b` and `not a is b` are `a not in b` and `a is not b`.
            if let Expr::Compare(c) = &*u.operand
                && let ([left], [op], [right]) =
                    (std::slice::from_ref(&*c.left), &*c.ops, &*c.comparators)
                && let Some(negated) = negated_test(*op)
            {
                let l = self.operand_before(left, None, &[right])?;
                let r = self.comparand(negated, right)?;
                self.comparison(negated, dst, l, r);
                return Ok(());
            }
            let operand = self.operand(&u.operand, self.scratch(dst))?;
            self.unit.emit(Op::NOT, dst, operand, 0);
            return Ok(());
        }
        let kind = match u.op {
            ast::UnaryOp::Invert => UnaryOp::Invert,
            ast::UnaryOp::UAdd => UnaryOp::Pos,
            _ => UnaryOp::Neg,
        };
        let operand = self.operand(&u.operand, self.scratch(dst))?;
        self.unit.emit_x(Op::UNARY_OP, kind as u8, dst, operand, 0);
        Ok(())
    }

    /// The right operand of a comparison: what only `in` looks at may be immutable.
    pub fn comparand(&mut self, op: ast::CmpOp, right: &'a Expr) -> Result<Reg> {
        if matches!(op, ast::CmpOp::In | ast::CmpOp::NotIn)
            && let Some(c) = self.fold_container(right)
        {
            if let Some(reg) = self.unit.const_register(&c) {
                return Ok(reg);
            }
            let t = self.unit.alloc();
            let outer = std::mem::replace(&mut self.unit.range, right.range());
            self.unit.load_const(t, c);
            self.unit.range = outer;
            return Ok(t);
        }
        self.operand(right, None)
    }

    /// `dst = left op right`
    fn comparison(&mut self, op: ast::CmpOp, dst: Reg, left: Reg, right: Reg) {
        match op {
            ast::CmpOp::Is | ast::CmpOp::IsNot => {
                self.unit
                    .emit_x(Op::IS_OP, (op == ast::CmpOp::IsNot) as u8, dst, left, right);
            }
            ast::CmpOp::In | ast::CmpOp::NotIn => {
                self.unit.emit_x(
                    Op::CONTAINS_OP,
                    (op == ast::CmpOp::NotIn) as u8,
                    dst,
                    left,
                    right,
                );
            }
            _ => {
                if let Some(kind) = cmp_op(op) {
                    self.unit
                        .emit_x(Op::COMPARE_OP, kind as u8, dst, left, right);
                }
            }
        }
    }

    fn compare(&mut self, c: &'a ast::ExprCompare, dst: Reg) -> Result {
        let later: Vec<&Expr> = c.comparators.iter().collect();
        let d = if c.ops.len() > 1 {
            self.building(dst)
        } else {
            dst
        };
        let scratch = if c.ops.len() > 1 {
            None
        } else {
            self.scratch(dst)
        };
        let mut left = self.operand_before(&c.left, scratch, &later)?;
        let end = self.unit.label();
        let last = c.ops.len().saturating_sub(1);
        for (n, (&op, right)) in c.ops.iter().zip(&c.comparators).enumerate() {
            if let (Some(kind), Some(imm)) = (cmp_op(op), self.fold_int(right))
                && n == last
            {
                self.unit
                    .emit_x(Op::COMPARE_I, kind as u8, d, left, imm as u16);
                break;
            }
            let mut r = self.comparand(op, right)?;
            if self.has_walrus
                && n < last
                && !self.unit.is_temp(r)
                && later[n + 1..].iter().any(|l| self.rebinding_in(l, r))
            {
                let t = self.unit.alloc();
                self.unit.mov(t, r);
                r = t;
            }
            self.comparison(op, d, left, r);
            if n < last {
                self.unit.jump(Op::JUMP_IF_FALSE, d, 0, end);
            }
            left = r;
        }
        self.unit.bind(end);
        self.unit.mov(dst, d);
        Ok(())
    }

    fn bool_op(&mut self, b: &'a ast::ExprBoolOp, dst: Reg) -> Result {
        let d = self.building(dst);
        let end = self.unit.label();
        let (op, ends) = match b.op {
            ast::BoolOp::And => (Op::JUMP_IF_FALSE, false),
            ast::BoolOp::Or => (Op::JUMP_IF_TRUE, true),
        };
        let last = b.values.len().saturating_sub(1);
        for (n, value) in b.values.iter().enumerate() {
            // A constant decides at once, or counts for nothing.
            if n < last
                && let Some(truth) = self.fold(value).as_ref().and_then(crate::fold::truth)
            {
                if truth == ends {
                    self.expr_to(value, d)?;
                    break;
                }
                continue;
            }
            self.expr_to(value, d)?;
            if n < last {
                self.unit.jump(op, d, 0, end);
            }
        }
        self.unit.bind(end);
        self.unit.mov(dst, d);
        Ok(())
    }

    fn conditional(&mut self, i: &'a ast::ExprIf, dst: Reg) -> Result {
        if let Some(truth) = self.fold(&i.test).as_ref().and_then(crate::fold::truth) {
            return self.expr_to(if truth { &i.body } else { &i.orelse }, dst);
        }
        let orelse = self.unit.label();
        let end = self.unit.label();
        self.jump_if(&i.test, false, orelse)?;
        self.expr_to(&i.body, dst)?;
        self.unit.jump(Op::JUMP, 0, 0, end);
        self.unit.bind(orelse);
        self.expr_to(&i.orelse, dst)?;
        self.unit.bind(end);
        Ok(())
    }

    fn named(&mut self, n: &'a ast::ExprNamed, dst: Reg) -> Result {
        let Expr::Name(target) = &*n.target else {
            return self.error(
                n.target.range(),
                "cannot use assignment expressions with this target",
            );
        };
        let value = match self.local_register(&target.id) {
            Some(reg) => {
                self.expr_to(&n.value, reg)?;
                reg
            }
            None => {
                let value = self.operand(&n.value, self.scratch(dst))?;
                self.unit.range = target.range;
                self.store_name(&target.id, value);
                value
            }
        };
        self.unit.mov(dst, value);
        Ok(())
    }

    fn subscript(&mut self, s: &'a ast::ExprSubscript, dst: Reg) -> Result {
        let object = self.operand_before(&s.value, self.scratch(dst), &[&s.slice])?;
        if let Expr::Slice(slice) = &*s.slice
            && slice.step.is_none()
            && self.fold(&s.slice).is_none()
        {
            let base = self.slice_bounds(slice)?;
            self.unit.emit(Op::BINARY_SLICE, dst, object, base);
            return Ok(());
        }
        if let Some(imm) = self.fold_int(&s.slice) {
            self.unit.emit(Op::LOAD_SUBSCR_I, dst, object, imm as u16);
            return Ok(());
        }
        let key = self.operand(&s.slice, None)?;
        self.unit.emit(Op::LOAD_SUBSCR, dst, object, key);
        Ok(())
    }

    /// Start and stop in two new temporaries.
    pub fn slice_bounds(&mut self, slice: &'a ast::ExprSlice) -> Result<Reg> {
        let base = self.unit.alloc_n(2);
        for (n, bound) in [&slice.lower, &slice.upper].into_iter().enumerate() {
            match bound {
                Some(e) => self.expr_to(e, base + n as u16)?,
                None => self.unit.load_const(base + n as u16, Const::None),
            }
        }
        Ok(base)
    }

    fn slice(&mut self, slice: &'a ast::ExprSlice, dst: Reg) -> Result {
        let base = self.slice_bounds(slice)?;
        let n = match &slice.step {
            Some(step) => {
                self.expr_new(step)?;
                3
            }
            None => 2,
        };
        self.unit.emit(Op::BUILD_SLICE, dst, base, n);
        Ok(())
    }

    /// A string in a new temporary.
    pub fn str_new(&mut self, s: &str) -> Reg {
        let t = self.unit.alloc();
        self.unit.load_const(t, str_const(s));
        t
    }
}

fn binary_op(op: Operator) -> BinaryOp {
    match op {
        Operator::Add => BinaryOp::Add,
        Operator::Sub => BinaryOp::Sub,
        Operator::Mult => BinaryOp::Mul,
        Operator::MatMult => BinaryOp::MatMul,
        Operator::Div => BinaryOp::TrueDiv,
        Operator::Mod => BinaryOp::Mod,
        Operator::Pow => BinaryOp::Pow,
        Operator::LShift => BinaryOp::LShift,
        Operator::RShift => BinaryOp::RShift,
        Operator::BitOr => BinaryOp::Or,
        Operator::BitXor => BinaryOp::Xor,
        Operator::BitAnd => BinaryOp::And,
        Operator::FloorDiv => BinaryOp::FloorDiv,
    }
}

/// The opposite of `in` and `is`; rich comparisons have none.
fn negated_test(op: ast::CmpOp) -> Option<ast::CmpOp> {
    Some(match op {
        ast::CmpOp::Is => ast::CmpOp::IsNot,
        ast::CmpOp::IsNot => ast::CmpOp::Is,
        ast::CmpOp::In => ast::CmpOp::NotIn,
        ast::CmpOp::NotIn => ast::CmpOp::In,
        _ => return None,
    })
}

/// Looks for an assignment expression that binds a register.
struct Rebinding<'c, 'a> {
    compiler: &'c Compiler<'a>,
    /// The one meant, or any.
    reg: Option<Reg>,
    found: bool,
}

impl<'v> Visitor<'v> for Rebinding<'_, '_> {
    fn visit_expr(&mut self, e: &'v Expr) {
        if self.found {
            return;
        }
        if let Expr::Named(n) = e
            && let Expr::Name(target) = &*n.target
            && (self.reg.is_none() || self.compiler.local_register(&target.id) == self.reg)
        {
            self.found = true;
            return;
        }
        with_room(|| walk_expr(self, e));
    }
}
