//! Type parameters and type aliases (PEP 695, 696).

use taipan_bytecode::{Const, FunctionFlags, Intrinsic1, Intrinsic2, Op};
use taipan_syntax::ast::{self, Expr, TypeParam, TypeParams};
use taipan_syntax::symtable::{BlockId, Role};
use taipan_syntax::{Ranged, TextRange};

use crate::unit::Reg;
use crate::{Compiler, Result};

impl<'a> Compiler<'a> {
    /// `dst =` the tuple of type parameters, each bound to its name too.
    fn type_params(&mut self, params: &'a TypeParams, dst: Reg) -> Result {
        let base = self.unit.top;
        for p in &params.type_params {
            let t = self.unit.alloc();
            self.unit.range = p.range();
            let (name, default, default_scope) = match p {
                TypeParam::TypeVar(v) => (&v.name, &v.default, self.table.find(v, Role::Default)),
                TypeParam::ParamSpec(v) => (&v.name, &v.default, self.table.find(v, Role::Default)),
                TypeParam::TypeVarTuple(v) => {
                    (&v.name, &v.default, self.table.find(v, Role::Default))
                }
            };
            self.unit.load_const(t, crate::consts::str_const(&name.id));
            match p {
                TypeParam::TypeVar(ast::TypeParamTypeVar {
                    bound: Some(bound), ..
                }) => {
                    let TypeParam::TypeVar(v) = p else { continue };
                    let Some(id) = self.table.find(v, Role::Bound) else {
                        continue;
                    };
                    let kind = if bound.is_tuple_expr() {
                        Intrinsic2::TypeVarWithConstraints
                    } else {
                        Intrinsic2::TypeVarWithBound
                    };
                    let f = self.unit.alloc();
                    self.evaluator(f, id, &name.id, bound)?;
                    self.unit.emit_x(Op::INTRINSIC_2, kind as u8, t, t, f);
                    self.unit.top = f;
                }
                _ => {
                    let kind = match p {
                        TypeParam::TypeVar(_) => Intrinsic1::TypeVar,
                        TypeParam::ParamSpec(_) => Intrinsic1::ParamSpec,
                        TypeParam::TypeVarTuple(_) => Intrinsic1::TypeVarTuple,
                    };
                    self.unit.emit_x(Op::INTRINSIC_1, kind as u8, t, t, 0);
                }
            }
            if let (Some(default), Some(id)) = (default, default_scope) {
                let f = self.unit.alloc();
                self.evaluator(f, id, &name.id, default)?;
                self.unit.emit_x(
                    Op::INTRINSIC_2,
                    Intrinsic2::SetTypeParamDefault as u8,
                    t,
                    t,
                    f,
                );
                self.unit.top = f;
            }
            self.store_name(&name.id, t);
        }
        self.unit.range = params.range;
        self.unit
            .emit(Op::BUILD_TUPLE, dst, base, params.type_params.len() as u16);
        self.unit.top = base;
        Ok(())
    }

    /// `dst =` a function that evaluates `value` when asked; its parameter is the annotation format.
    fn evaluator(&mut self, dst: Reg, id: BlockId, name: &str, value: &'a Expr) -> Result {
        let range = self.unit.range;
        let line = self.lines.line(range.start());
        self.begin_annotate(id, name, line);
        let v = self.unit.alloc();
        self.unpacked(value, v)?;
        self.unit.range = value.range();
        self.unit.emit(Op::RETURN, v, 0, 0);
        let code = self.leave()?;
        self.unit.range = range;
        let base = self.unit.alloc();
        self.unit
            .load_const(base, Const::Tuple([Const::Int(1)].into()));
        self.make_function(dst, base, FunctionFlags::DEFAULTS, code);
        self.unit.top = base;
        Ok(())
    }

    /// Begins the code object that holds the type parameters of `name`.
    fn enter_type_params(&mut self, id: BlockId, name: &str, range: TextRange, args: usize) {
        let line = self.lines.line(range.start());
        self.enter(
            id,
            &format!("<generic parameters of {name}>"),
            line,
            [args, 0, 0],
        );
        self.unit.range = range;
    }

    /// Calls the finished code of type parameters with `args` arguments in the topmost registers, from `base + 2` on.
    fn call_type_params(&mut self, dst: Reg, base: Reg, args: u16, range: TextRange) -> Result {
        let code = self.leave()?;
        self.unit.range = range;
        let closure = self.unit.top;
        self.make_function(base, closure, 0, code);
        self.unit.emit(Op::CALL, dst, base, args);
        self.unit.top = base;
        Ok(())
    }

    pub fn generic_function(
        &mut self,
        dst: Reg,
        f: &'a ast::StmtFunctionDef,
        line: u32,
        range: TextRange,
    ) -> Result {
        let (Some(params), Some(id)) = (&f.type_params, self.table.find(f, Role::TypeParams))
        else {
            return Ok(());
        };
        let base = self.unit.alloc_n(2);
        let flags = self.defaults(&f.parameters)?;
        let args = flags.count_ones() as u16;
        self.enter_type_params(id, &f.name.id, range, args as usize);
        let tuple = self.unit.alloc();
        self.type_params(params, tuple)?;
        let function = self.unit.alloc();
        let defaults = self.unit.top;
        for arg in 0..args {
            let t = self.unit.alloc();
            self.unit.mov(t, arg);
        }
        self.unit.range = range;
        self.function_object(function, defaults, flags, f, line)?;
        self.unit.range = range;
        self.unit.emit_x(
            Op::INTRINSIC_2,
            Intrinsic2::SetFunctionTypeParams as u8,
            function,
            function,
            tuple,
        );
        self.unit.emit(Op::RETURN, function, 0, 0);
        self.call_type_params(dst, base, args, range)
    }

    pub fn generic_class(
        &mut self,
        dst: Reg,
        c: &'a ast::StmtClassDef,
        line: u32,
        range: TextRange,
    ) -> Result {
        let (Some(params), Some(id)) = (&c.type_params, self.table.find(c, Role::TypeParams))
        else {
            return Ok(());
        };
        let base = self.unit.alloc_n(2);
        self.enter_type_params(id, &c.name.id, range, 0);
        let tuple = self.unit.alloc();
        self.type_params(params, tuple)?;
        self.unit.range = range;
        self.store_name(".type_params", tuple);
        let generic = self.unit.alloc();
        self.unit.emit_x(
            Op::INTRINSIC_1,
            Intrinsic1::SubscriptGeneric as u8,
            generic,
            tuple,
            0,
        );
        self.store_name(".generic_base", generic);
        let class = self.unit.alloc();
        self.class_object(class, c, line, range, Some(generic))?;
        self.unit.range = range;
        self.unit.emit(Op::RETURN, class, 0, 0);
        self.call_type_params(dst, base, 0, range)
    }

    pub fn type_alias(&mut self, t: &'a ast::StmtTypeAlias) -> Result {
        let Expr::Name(name) = &*t.name else {
            return self.error(t.name.range(), "invalid type alias name");
        };
        let dst = self.unit.alloc();
        match (&t.type_params, self.table.find(t, Role::TypeParams)) {
            (Some(params), Some(id)) => {
                let base = self.unit.alloc_n(2);
                self.enter_type_params(id, &name.id, t.range, 0);
                let tuple = self.unit.alloc();
                self.type_params(params, tuple)?;
                let alias = self.unit.alloc();
                self.unit.range = t.range;
                self.alias_object(alias, t, &name.id, Some(tuple))?;
                self.unit.emit(Op::RETURN, alias, 0, 0);
                self.call_type_params(dst, base, 0, t.range)?;
            }
            _ => self.alias_object(dst, t, &name.id, None)?,
        }
        self.unit.range = t.range;
        self.store_name(&name.id, dst);
        Ok(())
    }

    fn alias_object(
        &mut self,
        dst: Reg,
        t: &'a ast::StmtTypeAlias,
        name: &str,
        params: Option<Reg>,
    ) -> Result {
        let base = self.str_new(name);
        let tuple = self.none_new();
        if let Some(params) = params {
            self.unit.mov(tuple, params);
        }
        let f = self.unit.alloc();
        let Some(id) = self.table.find(t, Role::Body) else {
            return self.error(t.range, "type alias without scope");
        };
        self.evaluator(f, id, name, &t.value)?;
        self.unit.range = t.range;
        self.unit.emit(Op::BUILD_TUPLE, base, base, 3);
        self.unit
            .emit_x(Op::INTRINSIC_1, Intrinsic1::TypeAlias as u8, dst, base, 0);
        self.unit.top = base;
        Ok(())
    }
}
