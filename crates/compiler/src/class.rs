//! Class definitions.

use taipan_bytecode::{Const, Op};
use taipan_syntax::TextRange;
use taipan_syntax::ast;
use taipan_syntax::symtable::Role;

use crate::call::Args;
use crate::consts::str_const;
use crate::unit::Reg;
use crate::{Compiler, Result};

impl<'a> Compiler<'a> {
    pub fn class_statement(&mut self, c: &'a ast::StmtClassDef) -> Result {
        let bases = self.decorators(&c.decorator_list)?;
        let range = self.definition_range(c.range, c.name.range, &c.decorator_list);
        let line = self.first_line(range, &c.decorator_list);
        self.unit.range = range;
        let dst = self.definition_target(&c.name.id, &bases);
        if c.type_params.is_some() {
            self.generic_class(dst, c, line, range)?;
        } else {
            self.class_object(dst, c, line, range, None)?;
        }
        self.finish_definition(&c.name.id, dst, &bases, &c.decorator_list, range);
        Ok(())
    }

    /// `dst =` the class; `generic_base` is a further base in a register.
    pub fn class_object(
        &mut self,
        dst: Reg,
        c: &'a ast::StmtClassDef,
        line: u32,
        range: TextRange,
        generic_base: Option<Reg>,
    ) -> Result {
        let Some(id) = self.table.find(c, Role::Body) else {
            return self.error(range, "class without scope");
        };
        let mark = self.unit.top;
        let base = self.unit.alloc_n(2);
        self.unit.emit(Op::LOAD_BUILD_CLASS, base, 0, 0);
        self.enter(id, &c.name.id, line, [0; 3]);
        self.class_body(c)?;
        let code = self.leave()?;
        self.unit.range = range;
        let function = self.unit.alloc();
        let closure = self.unit.top;
        self.make_function(function, closure, 0, code);
        self.unit.top = closure;
        self.str_new(&c.name.id);
        let (args, keywords) = match &c.arguments {
            Some(a) => (&a.args[..], &a.keywords[..]),
            None => (&[][..], &[][..]),
        };
        self.call_with(
            dst,
            base,
            Args {
                before: 2,
                args,
                after: generic_base,
                keywords,
            },
            false,
            range,
        )?;
        self.unit.top = mark;
        Ok(())
    }

    fn class_body(&mut self, c: &'a ast::StmtClassDef) -> Result {
        self.unit.range = self.first_line_range();
        let t = self.unit.alloc();
        let n = self.unit.name32("__name__");
        self.unit.emit_imm(Op::LOAD_NAME, t, n);
        self.store_name("__module__", t);
        let qualname = self.unit.qualname.clone();
        self.unit.load_const(t, str_const(&qualname));
        self.store_name("__qualname__", t);
        self.unit
            .load_const(t, Const::Int(self.unit.firstlineno as i64));
        self.store_name("__firstlineno__", t);
        if c.type_params.is_some() {
            self.load_name(".type_params", Some(t));
            self.store_name("__type_params__", t);
        }
        let block = self.table.block(self.unit.block);
        let classdict = self
            .unit
            .cell("__classdict__")
            .filter(|_| block.needs_classdict);
        let class_cell = self
            .unit
            .cell("__class__")
            .filter(|_| block.needs_class_closure);
        if let Some(cell) = classdict {
            self.unit.emit(Op::LOAD_LOCALS, t, 0, 0);
            self.unit.emit(Op::STORE_DEREF, cell, t, 0);
        }
        self.unit.top = t;
        self.body(&c.body, false)?;
        // What ends the body belongs to its last statement, for tracing.
        self.unit.range = self.no_range();
        let t = self.unit.alloc();
        let attributes: Vec<Const> = self
            .unit
            .static_attributes
            .iter()
            .map(|n| str_const(n))
            .collect();
        self.unit.load_const(t, Const::Tuple(attributes.into()));
        self.store_name("__static_attributes__", t);
        if let Some(cell) = classdict {
            self.store_name("__classdictcell__", cell);
        }
        match class_cell {
            Some(cell) => {
                self.store_name("__classcell__", cell);
                self.unit.emit(Op::RETURN, cell, 0, 0);
            }
            None => self.return_none(),
        }
        Ok(())
    }
}
