//! Imports.

use taipan_bytecode::{Const, Op};
use taipan_syntax::ast;

use crate::consts::str_const;
use crate::unit::Reg;
use crate::{Compiler, Result};

impl<'a> Compiler<'a> {
    /// `dst = __import__(module, …, fromlist, level)`
    fn import_module(&mut self, dst: Reg, module: &str, level: u32, fromlist: Const) {
        let base = self.unit.alloc_n(2);
        self.unit.load_const(base, Const::Int(level as i64));
        self.unit.load_const(base + 1, fromlist);
        let n = self.unit.name16(module);
        self.unit.emit(Op::IMPORT_NAME, dst, base, n);
        self.unit.top = base;
    }

    pub fn import(&mut self, i: &'a ast::StmtImport) -> Result {
        for alias in &i.names {
            let t = self.unit.alloc();
            let name = alias.name.as_str();
            self.import_module(t, name, 0, Const::None);
            match &alias.asname {
                None => self.store_name(name.split('.').next().unwrap_or(name), t),
                Some(asname) => {
                    for part in name.split('.').skip(1) {
                        let n = self.unit.name16(part);
                        self.unit.emit(Op::IMPORT_FROM, t, t, n);
                    }
                    self.store_name(&asname.id, t);
                }
            }
            self.unit.top = t;
        }
        Ok(())
    }

    pub fn import_from(&mut self, i: &'a ast::StmtImportFrom) -> Result {
        let names: Vec<Const> = i.names.iter().map(|a| str_const(&a.name.id)).collect();
        let module = i.module.as_ref().map_or("", |m| m.as_str());
        let t = self.unit.alloc();
        self.import_module(t, module, i.level, Const::Tuple(names.into()));
        for alias in &i.names {
            if alias.name.as_str() == "*" {
                self.unit.emit(Op::IMPORT_STAR, t, 0, 0);
                continue;
            }
            let value = self.unit.alloc();
            let n = self.unit.name16(&alias.name.id);
            self.unit.emit(Op::IMPORT_FROM, value, t, n);
            self.store_name(&alias.asname.as_ref().unwrap_or(&alias.name).id, value);
            self.unit.top = value;
        }
        Ok(())
    }
}
