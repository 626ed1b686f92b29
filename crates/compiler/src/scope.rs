//! Entering and leaving code objects; how names are reached.

use taipan_bytecode::{CodeData, CodeFlags, Intrinsic1, Name, Op};
use taipan_syntax::ast::name::Name as AstName;
use taipan_syntax::symtable::{
    Block, BlockId, BlockKind, Comprehension, Scope, SymbolFlags, SymbolTable,
};

use crate::consts::ConstPool;
use crate::ir::{HandlerId, Ir};
use crate::unit::{Names, Reg, Unit};
use crate::{Compiler, Options, Result, limit};

/// How code reaches a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// A register.
    Local(Reg),
    /// A cell in a register.
    Deref(Reg),
    /// The class namespace, then the cell.
    DictOrDeref(Reg),
    /// The globals.
    Global,
    /// The class namespace, then the globals.
    DictOrGlobal,
    /// The frame's namespace.
    Name,
}

/// The unit of the whole text.
pub fn root_unit<'a>(table: &SymbolTable, options: &Options) -> Unit<'a> {
    let mut unit = new_unit(table, BlockId::ROOT, "<module>", 1, options);
    unit.flags.0 |= table.future().bits();
    if table.root().is_coroutine {
        unit.flags.0 |= CodeFlags::COROUTINE;
    }
    prologue(&mut unit, table.root());
    unit
}

fn new_unit<'a>(
    table: &SymbolTable,
    id: BlockId,
    name: &str,
    line: u32,
    options: &Options,
) -> Unit<'a> {
    let block = table.block(id);
    let params = parameters(block);
    let mut varnames = Names::default();
    let mut cells: Vec<Name> = block
        .cell_vars()
        .iter()
        .map(|n| n.as_str().into())
        .collect();
    if block.kind.is_function_like() {
        varnames.extend(params.iter().map(|n| Name::from(n.as_str())));
        let locals = block
            .symbols
            .iter()
            .filter(|(_, s)| s.scope == Scope::Local);
        varnames.extend(locals.map(|(n, _)| Name::from(n.as_str())));
    }
    inlined_variables(table, block, &mut varnames, &mut cells);
    // Parameters come first, in their order.
    let place = |name: &Name| {
        block
            .params
            .iter()
            .position(|p| p.as_str() == &**name)
            .unwrap_or(usize::MAX)
    };
    cells.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.cmp(b)));
    let cellvars: Names = cells.into_iter().collect();
    let freevars: Names = block
        .free_vars()
        .iter()
        .map(|n| Name::from(n.as_str()))
        .collect();
    let count = varnames.len() + cellvars.len() + freevars.len();
    Unit {
        ir: Ir::default(),
        name: name.into(),
        qualname: name.into(),
        filename: options.filename.clone(),
        firstlineno: line,
        flags: CodeFlags(0),
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        total_params: if block.kind.is_function_like() {
            params.len()
        } else {
            0
        },
        varnames,
        cellvars,
        freevars,
        names: Names::default(),
        consts: ConstPool::default(),
        block: id,
        inlined: Vec::new(),
        in_use: Default::default(),
        static_attributes: Names::default(),
        conditional_annotations: Default::default(),
        blocks: Vec::new(),
        handler: HandlerId::NONE,
        const_regs: Default::default(),
        prologue_len: 0,
        loop_depth: 0,
        stop_handler: None,
        first_temp: count.min(u16::MAX as usize) as u16,
        top: count.min(u16::MAX as usize) as u16,
        max_top: count.min(u16::MAX as usize) as u32,
        overflow: count > crate::const_regs::LIMIT,
        range: Default::default(),
    }
}

/// The parameters of a block, in order. Those of type parameters (`.defaults`, `.kwdefaults`) stand only in its symbols.
fn parameters(block: &Block) -> Vec<&AstName> {
    if block.kind == BlockKind::TypeParameters {
        let is_param = |flags: SymbolFlags| flags.has(SymbolFlags::PARAM);
        return block
            .symbols
            .iter()
            .filter(|(_, s)| is_param(s.flags))
            .map(|(n, _)| n)
            .collect();
    }
    block.params.iter().collect()
}

/// Variables of comprehensions inlined into `block`, at any depth.
fn inlined_variables(
    table: &SymbolTable,
    block: &Block,
    locals: &mut Names,
    cells: &mut Vec<Name>,
) {
    for &child in &block.children {
        let child = table.block(child);
        if !child.inlined {
            continue;
        }
        for (name, symbol) in &child.symbols {
            match symbol.scope {
                Scope::Local if name != ".0" => {
                    locals.insert(name.as_str().into());
                }
                Scope::Cell => cells.push(name.as_str().into()),
                _ => {}
            }
        }
        inlined_variables(table, child, locals, cells);
    }
}

/// What runs before the first statement: generators return, cells are made.
fn prologue(unit: &mut Unit, block: &Block) {
    unit.range = taipan_syntax::TextRange::empty(crate::assemble::NO_POSITION.into());
    if unit.flags.is_generator_like() {
        unit.emit(Op::RETURN_GENERATOR, 0, 0, 0);
        unit.emit(Op::RESUME, 0, 0, 0);
    }
    if let (Some(first), n @ 1..) = (unit.freevars.first().cloned(), unit.freevars.len())
        && let Some(reg) = unit.free(&first)
    {
        unit.emit_imm(Op::COPY_FREE_VARS, reg, n as u32);
    }
    for name in block.cell_vars() {
        let Some(cell) = unit.cell(&name) else {
            continue;
        };
        match unit.local(&name) {
            Some(param) if (param as usize) < unit.total_params => {
                unit.emit(Op::MAKE_CELL_FROM, cell, param, 0)
            }
            _ => unit.emit(Op::MAKE_CELL, cell, 0, 0),
        }
        unit.in_use.insert(cell, 1);
    }
    unit.prologue_len = unit.ir.code.len();
    if block.kind.is_function_like() {
        let own = parameters(block).into_iter().chain(
            block
                .symbols
                .iter()
                .filter(|(_, s)| s.scope == Scope::Local)
                .map(|(n, _)| n),
        );
        for name in own {
            if let Some(reg) = unit.local(name) {
                unit.in_use.insert(reg, 1);
            }
        }
    }
}

impl<'a> Compiler<'a> {
    /// Begins the code object of a block. Parameters are the block's; `counts` are positional, positional-only and
    /// keyword-only ones.
    pub fn enter(&mut self, id: BlockId, name: &str, line: u32, counts: [usize; 3]) {
        let block = self.table.block(id);
        let mut unit = new_unit(self.table, id, name, line, self.options);
        let mut flags = self.future_flags();
        if block.kind.is_function_like() {
            flags |= CodeFlags::OPTIMIZED | CodeFlags::NEWLOCALS;
            if block.nested {
                flags |= CodeFlags::NESTED;
            }
            let generator = block.is_generator
                || block.kind == BlockKind::Comprehension(Comprehension::Generator);
            flags |= match (generator, block.is_coroutine) {
                (true, true) => CodeFlags::ASYNC_GENERATOR,
                (true, false) => CodeFlags::GENERATOR,
                (false, true) => CodeFlags::COROUTINE,
                (false, false) => 0,
            };
            if block.has_varargs {
                flags |= CodeFlags::VARARGS;
            }
            if block.has_varkw {
                flags |= CodeFlags::VARKEYWORDS;
            }
            let in_class = block
                .parent
                .is_some_and(|p| self.table.block(p).kind == BlockKind::Class);
            if block.is_method || (in_class && block.kind == BlockKind::Lambda) {
                flags |= CodeFlags::METHOD;
            }
        }
        unit.flags = CodeFlags(flags);
        unit.argcount = counts[0] as u32;
        unit.posonlyargcount = counts[1] as u32;
        unit.kwonlyargcount = counts[2] as u32;
        unit.qualname = self.qualname(block, name);
        prologue(&mut unit, block);
        if unit.flags.is_generator_like() {
            let label = unit.label();
            unit.stop_handler = Some(label);
            unit.handler = unit.new_handler(label, unit.first_temp);
        }
        self.outer.push(std::mem::replace(&mut self.unit, unit));
    }

    /// Ends the code object begun by [`Self::enter`].
    pub fn leave(&mut self) -> Result<CodeData> {
        match self.outer.pop() {
            Some(outer) => {
                if let Some(label) = self.unit.stop_handler {
                    let exc = self.unit.first_temp;
                    self.unit.top = exc;
                    self.unit.alloc();
                    self.unit.handler = HandlerId::NONE;
                    self.unit.range = self.no_range();
                    self.unit.bind(label);
                    self.unit.emit_x(
                        Op::INTRINSIC_1,
                        Intrinsic1::StopIterationError as u8,
                        exc,
                        exc,
                        0,
                    );
                    self.unit.emit(Op::RERAISE, exc, 0, 0);
                }
                let unit = std::mem::replace(&mut self.unit, outer);
                crate::assemble::assemble(unit, self.lines).map_err(limit)
            }
            None => Err(limit("unbalanced scopes")),
        }
    }

    /// The qualified name of a block that is about to be entered.
    fn qualname(&self, block: &Block, name: &str) -> Name {
        let own = match self.annotated_function(block) {
            Some(function) => format!("{function}.{name}"),
            None => name.to_owned(),
        };
        if self.outer.is_empty() {
            return own.into();
        }
        let mut parent = &self.unit;
        if self.table.block(parent.block).kind.is_annotation_like() {
            // Type parameters lie between a definition and its real parent.
            match self.outer.as_slice() {
                [_module] => return own.into(),
                [.., grandparent] => parent = grandparent,
                [] => return own.into(),
            }
        }
        let parent_block = self.table.block(parent.block);
        if matches!(block.kind, BlockKind::Function | BlockKind::Class) {
            let mangled = parent_block.mangle(&AstName::new(name));
            if parent_block
                .symbol(&mangled)
                .is_some_and(|s| s.scope == Scope::GlobalExplicit)
            {
                return own.into();
            }
        }
        match parent_block.kind {
            BlockKind::Function | BlockKind::Lambda | BlockKind::Comprehension(_) => {
                format!("{}.<locals>.{own}", parent.qualname).into()
            }
            _ => format!("{}.{own}", parent.qualname).into(),
        }
    }

    /// The function whose annotations the block evaluates.
    fn annotated_function(&self, block: &Block) -> Option<&str> {
        self.annotating
            .as_deref()
            .filter(|_| block.kind == BlockKind::Annotation)
    }

    /// The name as the innermost class mangles it.
    pub fn mangle(&self, name: &str) -> AstName {
        let name = AstName::new(name);
        self.table.block(self.block_id()).mangle(&name)
    }

    /// How the code here reaches a mangled name.
    pub fn access(&self, name: &str) -> Access {
        let unit_block = self.table.block(self.unit.block);
        let in_comprehension = !self.unit.inlined.is_empty();
        let is_class_body = unit_block.kind == BlockKind::Class && !in_comprehension;
        let sees_class = unit_block.can_see_class_scope && name != "__classdict__";
        let (id, scope) = match self.table.lookup(self.block_id(), name) {
            Some((id, symbol)) => (id, symbol.scope),
            None => (self.unit.block, Scope::GlobalImplicit),
        };
        let deref = |reg: Reg| {
            if is_class_body || sees_class {
                Access::DictOrDeref(reg)
            } else {
                Access::Deref(reg)
            }
        };
        match scope {
            Scope::Local if id != self.unit.block || unit_block.kind.is_function_like() => {
                if let Some(reg) = self.unit.local(name) {
                    return Access::Local(reg);
                }
            }
            Scope::Local => return Access::Name,
            Scope::Cell => {
                if let Some(reg) = self.unit.cell(name) {
                    return if is_class_body {
                        Access::DictOrDeref(reg)
                    } else {
                        Access::Deref(reg)
                    };
                }
            }
            Scope::Free => {
                if let Some(reg) = self.unit.free(name).or_else(|| self.unit.cell(name)) {
                    return deref(reg);
                }
            }
            Scope::GlobalExplicit => return Access::Global,
            Scope::GlobalImplicit | Scope::Unknown => {}
        }
        if sees_class && self.unit.free("__classdict__").is_some() {
            Access::DictOrGlobal
        } else if unit_block.kind.is_function_like()
            || (unit_block.kind == BlockKind::Class && in_comprehension)
        {
            Access::Global
        } else {
            Access::Name
        }
    }

    /// The register with the cell of `name` for a closure made here.
    pub fn closure_cell(&self, name: &str) -> Option<Reg> {
        match self.access(name) {
            Access::Deref(reg) | Access::DictOrDeref(reg) => Some(reg),
            // A class binds the name itself and passes the outer one on.
            _ => self.unit.free(name).or_else(|| self.unit.cell(name)),
        }
    }

    /// The namespace that annotation scopes and class bodies look into first.
    fn load_class_namespace(&mut self, dst: Reg) {
        match self
            .unit
            .free("__classdict__")
            .filter(|_| !self.unit_is_class())
        {
            Some(cell) => self.unit.emit(Op::LOAD_DEREF, dst, cell, 0),
            None => self.unit.emit(Op::LOAD_LOCALS, dst, 0, 0),
        }
    }

    fn unit_is_class(&self) -> bool {
        self.table.block(self.unit.block).kind == BlockKind::Class
    }

    /// The value of a name in a register: `dst`, its own, or a new temporary.
    pub fn load_name(&mut self, name: &str, dst: Option<Reg>) -> Reg {
        let name = self.mangle(name);
        let access = self.access(&name);
        if let Access::Local(reg) = access {
            self.unit.emit(Op::CHECK_LOCAL, reg, 0, 0);
            return match dst {
                Some(dst) => {
                    self.unit.mov(dst, reg);
                    dst
                }
                None => reg,
            };
        }
        let dst = dst.unwrap_or_else(|| self.unit.alloc());
        match access {
            Access::Local(_) => {}
            Access::Deref(cell) => self.unit.emit(Op::LOAD_DEREF, dst, cell, 0),
            Access::DictOrDeref(cell) => {
                let t = self.unit.alloc();
                self.load_class_namespace(t);
                self.unit.emit(Op::LOAD_FROM_DICT_OR_DEREF, dst, t, cell);
                self.unit.top = t;
            }
            Access::DictOrGlobal => {
                let t = self.unit.alloc();
                self.load_class_namespace(t);
                let n = self.unit.name16(&name);
                self.unit.emit(Op::LOAD_FROM_DICT_OR_GLOBALS, dst, t, n);
                self.unit.top = t;
            }
            Access::Global => {
                let n = self.unit.name32(&name);
                self.unit.emit_imm(Op::LOAD_GLOBAL, dst, n);
            }
            Access::Name => {
                let n = self.unit.name32(&name);
                self.unit.emit_imm(Op::LOAD_NAME, dst, n);
            }
        }
        dst
    }

    /// Binds a name.
    pub fn store_name(&mut self, name: &str, src: Reg) {
        let name = self.mangle(name);
        match self.access(&name) {
            Access::Local(reg) => self.unit.mov(reg, src),
            Access::Deref(cell) | Access::DictOrDeref(cell) => {
                self.unit.emit(Op::STORE_DEREF, cell, src, 0)
            }
            Access::Global => {
                let n = self.unit.name32(&name);
                self.unit.emit_imm(Op::STORE_GLOBAL, src, n);
            }
            Access::Name | Access::DictOrGlobal => {
                let n = self.unit.name32(&name);
                self.unit.emit_imm(Op::STORE_NAME, src, n);
            }
        }
    }

    /// Unbinds a name.
    pub fn delete_name(&mut self, name: &str) {
        let name = self.mangle(name);
        match self.access(&name) {
            Access::Local(reg) => {
                self.unit.emit(Op::CHECK_LOCAL, reg, 0, 0);
                self.unit.emit(Op::CLEAR, reg, 0, 0);
            }
            Access::Deref(cell) | Access::DictOrDeref(cell) => {
                self.unit.emit(Op::DELETE_DEREF, cell, 0, 0)
            }
            Access::Global => {
                let n = self.unit.name32(&name);
                self.unit.emit_imm(Op::DELETE_GLOBAL, 0, n);
            }
            Access::Name | Access::DictOrGlobal => {
                let n = self.unit.name32(&name);
                self.unit.emit_imm(Op::DELETE_NAME, 0, n);
            }
        }
    }

    /// The register of a name that is a local here.
    pub fn local_register(&self, name: &str) -> Option<Reg> {
        match self.access(&self.mangle(name)) {
            Access::Local(reg) => Some(reg),
            _ => None,
        }
    }
}
