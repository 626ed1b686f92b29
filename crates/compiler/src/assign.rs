//! Assignment: targets, unpacking, augmented assignment, `del`.

use taipan_bytecode::{Const, Op};
use taipan_syntax::ast::{self, Expr, ExprContext};
use taipan_syntax::{Ranged, with_room};

use crate::unit::Reg;
use crate::{Compiler, Result};

/// Parallel assignments of more targets go through a tuple.
const MAX_PARALLEL: usize = 8;

impl<'a> Compiler<'a> {
    /// `targets[0] = targets[1] = … = value`
    pub fn assign(&mut self, targets: &'a [Expr], value: &'a Expr) -> Result {
        let mark = self.unit.top;
        match targets {
            [Expr::Name(n)] => {
                if let Some(reg) = self.local_register(&n.id) {
                    self.expr_to(value, reg)?;
                } else {
                    let v = self.operand(value, None)?;
                    self.store(&targets[0], v)?;
                }
            }
            [target] => {
                if !self.parallel(target, value)? {
                    let v = self.operand_before(value, None, &[target])?;
                    self.store(target, v)?;
                }
            }
            _ => {
                let v = self.operand(value, None)?;
                // The first target may be the very variable that the value is read from.
                let v = if self.unit.is_temp(v) {
                    v
                } else {
                    let t = self.unit.alloc();
                    self.unit.mov(t, v);
                    t
                };
                for target in targets {
                    self.store(target, v)?;
                }
            }
        }
        self.unit.top = mark;
        Ok(())
    }

    /// `a, b = x, y` without a tuple. Gives false if it is not of this form.
    fn parallel(&mut self, target: &'a Expr, value: &'a Expr) -> Result<bool> {
        let (Some(targets), Expr::Tuple(values)) = (elements(target), value) else {
            return Ok(false);
        };
        let n = targets.len();
        if n != values.elts.len() || n == 0 || n > MAX_PARALLEL {
            return Ok(false);
        }
        if targets
            .iter()
            .chain(&values.elts)
            .any(|e| e.is_starred_expr())
        {
            return Ok(false);
        }
        let registers: Vec<Option<Reg>> = targets
            .iter()
            .map(|t| match t {
                Expr::Name(n) => self.local_register(&n.id),
                _ => None,
            })
            .collect();
        let all_distinct = registers
            .iter()
            .enumerate()
            .all(|(i, r)| r.is_some() && !registers[..i].contains(r));
        let plain = |c: &Self, e: &Expr| match e {
            Expr::Name(n) => c
                .local_register(&n.id)
                .filter(|_| c.name_constant(&n.id).is_none()),
            _ => None,
        };
        let sources: Vec<Option<Reg>> = values.elts.iter().map(|e| plain(self, e)).collect();
        if all_distinct && !values.elts.iter().any(|e| self.may_rebind(e)) {
            // Only what is still read after its variable is written needs a temporary. Values that are computed come
            // first, the last of them straight into its variable if no plain source still reads that one.
            // Constants are loaded last.
            let constants: Vec<Option<Const>> = values.elts.iter().map(|e| self.fold(e)).collect();
            let computed: Vec<usize> = (0..n)
                .filter(|i| sources[*i].is_none() && constants[*i].is_none())
                .collect();
            let mut from: Vec<Option<Reg>> = vec![None; n];
            for (i, source) in sources.iter().enumerate() {
                if let Some(reg) = source {
                    self.unit.range = values.elts[i].range();
                    self.unit.emit(Op::CHECK_LOCAL, *reg, 0, 0);
                    from[i] = Some(*reg);
                }
            }
            for &i in &computed {
                let dst = registers[i].unwrap_or_default();
                let direct = Some(&i) == computed.last() && !sources.contains(&Some(dst));
                from[i] = Some(if direct {
                    self.expr_to(&values.elts[i], dst)?;
                    dst
                } else {
                    self.expr_new(&values.elts[i])?
                });
            }
            self.moves(&registers, &mut from, targets);
            for (i, c) in constants.into_iter().enumerate() {
                if let (Some(c), Some(reg)) = (c, registers[i]) {
                    self.unit.range = values.elts[i].range();
                    self.unit.load_const(reg, c);
                }
            }
            return Ok(true);
        }
        let base = self.unit.top;
        for e in &values.elts {
            self.expr_new(e)?;
        }
        for (i, t) in targets.iter().enumerate() {
            self.store(t, base + i as u16)?;
        }
        Ok(true)
    }

    /// Moves `from[i]` to `to[i]` as if at once.
    fn moves(&mut self, to: &[Option<Reg>], from: &mut [Option<Reg>], targets: &'a [Expr]) {
        let mut pending: Vec<usize> = (0..from.len())
            .filter(|&i| from[i].is_some() && to[i] != from[i])
            .collect();
        while !pending.is_empty() {
            // One whose target nobody still waits to read; or, in a cycle, save one target first.
            let ready = pending
                .iter()
                .position(|&i| !pending.iter().any(|&j| j != i && from[j] == to[i]));
            match ready {
                Some(p) => {
                    let i = pending.remove(p);
                    self.unit.range = targets[i].range();
                    self.unit
                        .mov(to[i].unwrap_or_default(), from[i].unwrap_or_default());
                }
                None => {
                    let blocked = to[pending[0]].unwrap_or_default();
                    let t = self.unit.alloc();
                    self.unit.mov(t, blocked);
                    from.iter_mut()
                        .filter(|f| **f == Some(blocked))
                        .for_each(|f| *f = Some(t));
                }
            }
        }
    }

    /// Binds a target to the value in `src`.
    pub fn store(&mut self, target: &'a Expr, src: Reg) -> Result {
        let outer = std::mem::replace(&mut self.unit.range, target.range());
        let mark = self.unit.top;
        let result = with_room(|| self.store_inner(target, src));
        self.unit.top = mark;
        self.unit.range = outer;
        result
    }

    fn store_inner(&mut self, target: &'a Expr, src: Reg) -> Result {
        match target {
            Expr::Name(n) => self.store_name(&n.id, src),
            Expr::Attribute(a) => {
                self.note_static_attribute(a);
                let object = self.operand(&a.value, None)?;
                let name = self.mangle(&a.attr.id);
                let n = self.unit.name16(&name);
                self.unit.range = self.attribute_range(a);
                self.unit.emit(Op::STORE_ATTR, object, src, n);
            }
            Expr::Subscript(s) => {
                let object = self.operand_before(&s.value, None, &[&s.slice])?;
                if let Expr::Slice(slice) = &*s.slice
                    && slice.step.is_none()
                    && self.fold(&s.slice).is_none()
                {
                    let base = self.slice_bounds(slice)?;
                    self.unit.emit(Op::STORE_SLICE, object, base, src);
                } else {
                    let key = self.operand(&s.slice, None)?;
                    self.unit.emit(Op::STORE_SUBSCR, object, key, src);
                }
            }
            Expr::Tuple(_) | Expr::List(_) => {
                if let Some(elts) = elements(target) {
                    self.unpack(elts, src)?;
                }
            }
            Expr::Starred(s) => {
                return self.error(
                    s.range,
                    "starred assignment target must be in a list or tuple",
                );
            }
            _ => return self.error(target.range(), "cannot assign to expression"),
        }
        Ok(())
    }

    fn unpack(&mut self, elts: &'a [Expr], src: Reg) -> Result {
        let local = |c: &Self, e: &Expr| match e {
            Expr::Name(n) => c.local_register(&n.id),
            _ => None,
        };
        if let Some(star) = elts.iter().position(|e| e.is_starred_expr()) {
            let after = elts.len() - star - 1;
            if elts[star + 1..].iter().any(|e| e.is_starred_expr()) {
                return self.error(
                    self.unit.range,
                    "multiple starred expressions in assignment",
                );
            }
            if star >= 256 || after >= 1 << 15 {
                return self.error(
                    self.unit.range,
                    "too many expressions in star-unpacking assignment",
                );
            }
            let base = self.unit.alloc_n(elts.len());
            self.unit
                .emit_x(Op::UNPACK_EX, star as u8, base, src, after as u16);
            for (i, e) in elts.iter().enumerate() {
                let target = if let Expr::Starred(s) = e {
                    &*s.value
                } else {
                    e
                };
                self.store(target, base + i as u16)?;
            }
            return Ok(());
        }
        let registers: Vec<Option<Reg>> = elts.iter().map(|e| local(self, e)).collect();
        if let [Some(a), Some(b)] = registers[..] {
            self.unit.emit(Op::UNPACK_PAIR, a, src, b);
            return Ok(());
        }
        if let Some(Some(first)) = registers.first()
            && registers
                .iter()
                .enumerate()
                .all(|(i, r)| r.is_some_and(|r| r as usize == *first as usize + i))
        {
            self.unit
                .emit(Op::UNPACK_SEQUENCE, *first, src, elts.len() as u16);
            return Ok(());
        }
        if elts.len() >= 1 << 15 {
            return self.error(self.unit.range, "too many expressions in assignment");
        }
        let base = self.unit.alloc_n(elts.len());
        self.unit
            .emit(Op::UNPACK_SEQUENCE, base, src, elts.len() as u16);
        for (i, e) in elts.iter().enumerate() {
            self.store(e, base + i as u16)?;
        }
        Ok(())
    }

    /// A method assigns an attribute of `self`: the class lists it in `__static_attributes__`.
    fn note_static_attribute(&mut self, a: &ast::ExprAttribute) {
        if !matches!(&*a.value, Expr::Name(n) if n.id == "self") {
            return;
        }
        let name = a.attr.id.as_str();
        let table = self.table;
        let class = |block| table.block(block).kind == taipan_syntax::symtable::BlockKind::Class;
        if class(self.unit.block) {
            return;
        }
        if let Some(unit) = self.outer.iter_mut().rev().find(|u| class(u.block)) {
            unit.static_attributes.insert(name.into());
        }
    }

    /// `target op= value`
    pub fn aug_assign(&mut self, s: &'a ast::StmtAugAssign) -> Result {
        let mark = self.unit.top;
        match &*s.target {
            Expr::Name(n) => match self.local_register(&n.id) {
                Some(reg) => {
                    self.unit.range = n.range;
                    let mut left = self.load_name(&n.id, None);
                    if self.has_walrus && self.rebinding_in(&s.value, reg) {
                        let t = self.unit.alloc();
                        self.unit.mov(t, left);
                        left = t;
                    }
                    self.unit.range = s.range;
                    self.binary_with(s.op, reg, left, &s.value, true)?;
                }
                None => {
                    let t = self.unit.alloc();
                    self.unit.range = n.range;
                    self.load_name(&n.id, Some(t));
                    self.unit.range = s.range;
                    self.binary_with(s.op, t, t, &s.value, true)?;
                    self.unit.range = n.range;
                    self.store_name(&n.id, t);
                }
            },
            Expr::Attribute(a) => {
                self.note_static_attribute(a);
                let object = self.operand_before(&a.value, None, &[&s.value])?;
                let t = self.unit.alloc();
                let name = self.mangle(&a.attr.id);
                let n = self.unit.name16(&name);
                let range = self.attribute_range(a);
                self.unit.range = range;
                self.unit.emit(Op::LOAD_ATTR, t, object, n);
                self.unit.range = s.range;
                self.binary_with(s.op, t, t, &s.value, true)?;
                self.unit.range = range;
                self.unit.emit(Op::STORE_ATTR, object, t, n);
            }
            Expr::Subscript(sub) => {
                let object = self.operand_before(&sub.value, None, &[&sub.slice, &s.value])?;
                let range = sub.range;
                if let Expr::Slice(slice) = &*sub.slice
                    && slice.step.is_none()
                    && self.fold(&sub.slice).is_none()
                {
                    let base = self.slice_bounds(slice)?;
                    let t = self.unit.alloc();
                    self.unit.range = range;
                    self.unit.emit(Op::BINARY_SLICE, t, object, base);
                    self.unit.range = s.range;
                    self.binary_with(s.op, t, t, &s.value, true)?;
                    self.unit.range = range;
                    self.unit.emit(Op::STORE_SLICE, object, base, t);
                } else {
                    let key = self.operand_before(&sub.slice, None, &[&s.value])?;
                    let t = self.unit.alloc();
                    self.unit.range = range;
                    self.unit.emit(Op::LOAD_SUBSCR, t, object, key);
                    self.unit.range = s.range;
                    self.binary_with(s.op, t, t, &s.value, true)?;
                    self.unit.range = range;
                    self.unit.emit(Op::STORE_SUBSCR, object, key, t);
                }
            }
            other => {
                return self.error(other.range(), "illegal expression for augmented assignment");
            }
        }
        self.unit.top = mark;
        Ok(())
    }

    /// `del target`
    pub fn delete(&mut self, target: &'a Expr) -> Result {
        let outer = std::mem::replace(&mut self.unit.range, target.range());
        let mark = self.unit.top;
        match target {
            Expr::Name(n) => self.delete_name(&n.id),
            Expr::Attribute(a) => {
                let object = self.operand(&a.value, None)?;
                let name = self.mangle(&a.attr.id);
                let n = self.unit.name16(&name);
                self.unit.range = self.attribute_range(a);
                self.unit.emit(Op::DELETE_ATTR, object, 0, n);
            }
            Expr::Subscript(s) => {
                let object = self.operand_before(&s.value, None, &[&s.slice])?;
                let key = self.operand(&s.slice, None)?;
                self.unit.emit(Op::DELETE_SUBSCR, object, key, 0);
            }
            Expr::Tuple(_) | Expr::List(_) => {
                for e in elements(target).unwrap_or_default() {
                    with_room(|| self.delete(e))?;
                }
            }
            _ => return self.error(target.range(), "cannot delete expression"),
        }
        self.unit.top = mark;
        self.unit.range = outer;
        Ok(())
    }

    /// Loads None into a new temporary.
    pub fn none_new(&mut self) -> Reg {
        let t = self.unit.alloc();
        self.unit.load_const(t, Const::None);
        t
    }
}

/// The elements of a tuple or list target.
fn elements(target: &Expr) -> Option<&[Expr]> {
    match target {
        Expr::Tuple(t) if t.ctx != ExprContext::Load => Some(&t.elts),
        Expr::List(l) if l.ctx != ExprContext::Load => Some(&l.elts),
        _ => None,
    }
}
