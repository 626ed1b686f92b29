//! Displays: lists, tuples, sets and dicts.

use taipan_bytecode::{Const, Op};
use taipan_syntax::Ranged;
use taipan_syntax::ast::{DictItem, Expr};

use crate::unit::Reg;
use crate::{Compiler, Result};

/// Longer displays are built piece by piece.
const MAX_AT_ONCE: usize = 64;

impl<'a> Compiler<'a> {
    pub fn tuple(&mut self, elts: &'a [Expr], dst: Reg) -> Result {
        if piecewise(elts) {
            let t = self.building(dst);
            self.pieces(elts, t, Op::BUILD_LIST, Op::LIST_APPEND, Op::LIST_EXTEND)?;
            self.unit.emit(Op::LIST_TO_TUPLE, dst, t, 0);
            return Ok(());
        }
        self.at_once(elts, dst, Op::BUILD_TUPLE)
    }

    pub fn list(&mut self, elts: &'a [Expr], dst: Reg) -> Result {
        if elts.len() >= 3
            && let Some(items) = self.fold_all(elts)
        {
            return self.constant_display(
                Const::Tuple(items.into()),
                dst,
                Op::BUILD_LIST,
                Op::LIST_EXTEND,
            );
        }
        if piecewise(elts) {
            let t = self.building(dst);
            self.pieces(elts, t, Op::BUILD_LIST, Op::LIST_APPEND, Op::LIST_EXTEND)?;
            self.unit.mov(dst, t);
            return Ok(());
        }
        self.at_once(elts, dst, Op::BUILD_LIST)
    }

    pub fn set(&mut self, elts: &'a [Expr], dst: Reg) -> Result {
        if elts.len() >= 3
            && let Some(items) = self.fold_all(elts)
        {
            return self.constant_display(
                Const::FrozenSet(items.into()),
                dst,
                Op::BUILD_SET,
                Op::SET_UPDATE,
            );
        }
        if piecewise(elts) {
            let t = self.building(dst);
            self.pieces(elts, t, Op::BUILD_SET, Op::SET_ADD, Op::SET_UPDATE)?;
            self.unit.mov(dst, t);
            return Ok(());
        }
        self.at_once(elts, dst, Op::BUILD_SET)
    }

    fn constant_display(&mut self, items: Const, dst: Reg, build: Op, extend: Op) -> Result {
        let t = self.building(dst);
        let c = self.unit.alloc();
        self.unit.load_const(c, items);
        self.unit.emit(build, t, c, 0);
        self.unit.emit(extend, t, c, 0);
        self.unit.mov(dst, t);
        Ok(())
    }

    fn at_once(&mut self, elts: &'a [Expr], dst: Reg, op: Op) -> Result {
        let base = self.unit.top;
        for e in elts {
            self.expr_new(e)?;
        }
        self.unit.emit(op, dst, base, elts.len() as u16);
        Ok(())
    }

    fn pieces(&mut self, elts: &'a [Expr], dst: Reg, build: Op, add: Op, extend: Op) -> Result {
        let n = elts
            .iter()
            .take(MAX_AT_ONCE)
            .take_while(|e| !e.is_starred_expr())
            .count();
        let base = self.unit.top;
        for e in &elts[..n] {
            self.expr_new(e)?;
        }
        self.unit.emit(build, dst, base, n as u16);
        self.unit.top = base;
        for e in &elts[n..] {
            let (op, value) = match e {
                Expr::Starred(s) => (extend, &*s.value),
                _ => (add, e),
            };
            let v = self.operand(value, None)?;
            let outer = std::mem::replace(&mut self.unit.range, e.range());
            self.unit.emit(op, dst, v, 0);
            self.unit.range = outer;
            self.unit.top = base;
        }
        Ok(())
    }

    pub fn dict(&mut self, items: &'a [DictItem], dst: Reg) -> Result {
        let simple = items.len() <= MAX_AT_ONCE && items.iter().all(|i| i.key.is_some());
        let t = if simple { dst } else { self.building(dst) };
        let base = self.unit.top;
        let first = items
            .iter()
            .take(MAX_AT_ONCE)
            .take_while(|i| i.key.is_some())
            .count();
        for item in &items[..first] {
            if let Some(key) = &item.key {
                self.expr_new(key)?;
            }
            self.expr_new(&item.value)?;
        }
        self.unit.emit(Op::BUILD_MAP, t, base, first as u16);
        self.unit.top = base;
        for item in &items[first..] {
            match &item.key {
                Some(key) => {
                    let k = self.operand_before(key, None, &[&item.value])?;
                    let v = self.operand(&item.value, None)?;
                    self.unit.emit(Op::MAP_ADD, t, k, v);
                }
                None => {
                    let v = self.operand(&item.value, None)?;
                    self.unit.emit(Op::DICT_UPDATE, t, v, 0);
                }
            }
            self.unit.top = base;
        }
        self.unit.mov(dst, t);
        Ok(())
    }
}

fn piecewise(elts: &[Expr]) -> bool {
    elts.len() > MAX_AT_ONCE || elts.iter().any(|e| e.is_starred_expr())
}
