//! One code object while it is compiled, and the emitter's elementary operations.

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};
use taipan_bytecode::{CodeFlags, Const, Name, Op};
use taipan_syntax::TextRange;
use taipan_syntax::symtable::BlockId;

use crate::consts::ConstPool;
use crate::ir::{HandlerId, Ins, Ir, Label};

/// A register.
pub type Reg = u16;

/// Names with their indices.
pub type Names = IndexSet<Name, FxBuildHasher>;

/// What a `return`, `break` or `continue` passes on its way out; innermost last.
#[derive(Clone, Debug)]
pub enum FrameBlock<'a> {
    /// A loop.
    Loop {
        /// Where `break` goes.
        end: Label,
        /// Where `continue` goes.
        next: Label,
        /// The iterator's register, to be let go by `break`.
        iter: Option<Reg>,
        /// The handler in force around the loop.
        outer: HandlerId,
    },
    /// The body of a `try` with `except`, or another protected range without code of its own on leaving.
    Protected {
        /// The handler in force outside.
        outer: HandlerId,
    },
    /// The body of a `try` with `finally`.
    Finally {
        /// The `finally` body.
        body: &'a [taipan_syntax::ast::Stmt],
        /// The handler in force outside.
        outer: HandlerId,
    },
    /// A handler: the exception is the handled one.
    Handling {
        /// What was handled before.
        saved: Reg,
        /// The exception.
        exc: Reg,
        /// The handler in force outside.
        outer: HandlerId,
    },
    /// The body of `except … as name`.
    NamedHandler {
        /// The variable to be unbound.
        name: &'a str,
        /// The handler in force outside.
        outer: HandlerId,
    },
    /// The body of a `with`.
    With {
        /// The exit method and its self.
        exit: Reg,
        /// `async with`
        is_async: bool,
        /// The handler in force outside.
        outer: HandlerId,
        /// Position of the call of the exit method.
        range: TextRange,
    },
}

/// One code object.
pub struct Unit<'a> {
    /// The code so far.
    pub ir: Ir,
    /// `co_name`
    pub name: Name,
    /// `co_qualname`
    pub qualname: Name,
    /// `co_filename`
    pub filename: Name,
    /// `co_firstlineno`
    pub firstlineno: u32,
    /// `co_flags`
    pub flags: CodeFlags,
    /// `co_argcount`
    pub argcount: u32,
    /// `co_posonlyargcount`
    pub posonlyargcount: u32,
    /// `co_kwonlyargcount`
    pub kwonlyargcount: u32,
    /// Registers that arguments arrive in.
    pub total_params: usize,
    /// `co_varnames`
    pub varnames: Names,
    /// `co_cellvars`
    pub cellvars: Names,
    /// `co_freevars`
    pub freevars: Names,
    /// `co_names`
    pub names: Names,
    /// `co_consts`
    pub consts: ConstPool,
    /// Its block in the symbol table.
    pub block: BlockId,
    /// The comprehensions that are being inlined, innermost last.
    pub inlined: Vec<BlockId>,
    /// How often each local or cell register is taken by a scope that is being compiled.
    pub in_use: FxHashMap<Reg, u32>,
    /// A class body: the attributes that methods assign to `self`.
    pub static_attributes: Names,
    /// Index in `__conditional_annotations__` of an annotated assignment, by the statement's address.
    pub conditional_annotations: FxHashMap<usize, u32>,
    /// What jumps out pass.
    pub blocks: Vec<FrameBlock<'a>>,
    /// Where exceptions go now.
    pub handler: HandlerId,
    /// Constants that have registers.
    pub const_regs: crate::const_regs::ConstRegs,
    /// How many instructions the prologue has.
    pub prologue_len: usize,
    /// How many loops are around the code being emitted.
    pub loop_depth: u32,
    /// A generator: where StopIteration is replaced.
    pub stop_handler: Option<Label>,
    /// The first temporary.
    pub first_temp: Reg,
    /// One past the last temporary in use.
    pub top: Reg,
    /// The largest `top` so far.
    pub max_top: u32,
    /// Ran out of registers or operands.
    pub overflow: bool,
    /// The position of what is emitted.
    pub range: TextRange,
}

impl Unit<'_> {
    /// Adds an instruction.
    pub fn push(&mut self, op: Op, x: u8, abc: [u16; 3], imm: u32, target: Label) {
        self.ir.code.push(Ins {
            op,
            x,
            a: abc[0],
            b: abc[1],
            c: abc[2],
            imm,
            target,
            handler: self.handler,
            range: self.range,
            maybe_absent: false,
        });
    }

    /// `op a, b, c`
    pub fn emit(&mut self, op: Op, a: Reg, b: u16, c: u16) {
        self.push(op, 0, [a, b, c], 0, Label::NONE);
    }

    /// `op a, b, c` with `x`
    pub fn emit_x(&mut self, op: Op, x: u8, a: Reg, b: u16, c: u16) {
        self.push(op, x, [a, b, c], 0, Label::NONE);
    }

    /// Yields `value`; what is sent comes to `dst`.
    pub fn emit_yield(&mut self, dst: Reg, value: Reg) {
        // The value's own temporary is spent as well, and what is sent has yet to come.
        let mut dead = self.top;
        while dead > self.first_temp && (dead - 1 == dst || dead - 1 == value) {
            dead -= 1;
        }
        let wrapped = self.flags.has(taipan_bytecode::CodeFlags::ASYNC_GENERATOR);
        self.reserve_past(dead);
        self.emit_x(Op::YIELD, wrapped as u8, dst, value, dead);
    }

    /// `dst = yield from iter`, or `await` if `awaits`.
    pub fn emit_yield_from(&mut self, awaits: u8, dst: Reg, iter: Reg) {
        let dead = self.top.max(dst + 1).max(iter + 1);
        self.reserve_past(dead);
        self.emit_x(Op::YIELD_FROM, awaits, dst, iter, dead);
    }

    /// Sees that a register that is to be cleared, with all above, exists.
    fn reserve_past(&mut self, dead: Reg) {
        let used = dead as u32 + 1;
        self.overflow |= used > crate::const_regs::LIMIT as u32;
        self.max_top = self.max_top.max(used);
    }

    /// An op with an extra word.
    pub fn emit_extra(&mut self, op: Op, x: u8, abc: [u16; 3], extra: u32) {
        self.push(op, x, abc, extra, Label::NONE);
    }

    /// An op with a register and a 32-bit immediate.
    pub fn emit_imm(&mut self, op: Op, c: Reg, imm: u32) {
        self.push(op, 0, [0, 0, c], imm, Label::NONE);
    }

    /// A jump.
    pub fn jump(&mut self, op: Op, a: Reg, b: u16, target: Label) {
        self.push(op, 0, [a, b, 0], 0, target);
    }

    /// A move, unless the registers are the same.
    pub fn mov(&mut self, dst: Reg, src: Reg) {
        if dst != src {
            self.emit(Op::MOVE, dst, src, 0);
        }
    }

    /// A move of what may be ABSENT.
    pub fn mov_raw(&mut self, dst: Reg, src: Reg) {
        self.emit(Op::MOVE, dst, src, 0);
        if let Some(i) = self.ir.code.last_mut() {
            i.maybe_absent = true;
        }
    }

    /// Loads a constant.
    pub fn load_const(&mut self, dst: Reg, c: Const) {
        match c {
            Const::Int(n) if i32::try_from(n).is_ok() => {
                self.emit_imm(Op::LOAD_INT, dst, n as i32 as u32)
            }
            c => {
                let k = self.consts.add(c);
                self.emit_imm(Op::LOAD_CONST, dst, k);
            }
        }
    }

    /// A new temporary.
    pub fn alloc(&mut self) -> Reg {
        self.alloc_n(1)
    }

    /// `n` new consecutive temporaries.
    pub fn alloc_n(&mut self, n: usize) -> Reg {
        let reg = self.top;
        let top = reg as usize + n;
        if top > crate::const_regs::LIMIT {
            self.overflow = true;
            return self.first_temp;
        }
        self.top = top as u16;
        self.max_top = self.max_top.max(top as u32);
        reg
    }

    /// Whether the register is a temporary (not a variable).
    pub fn is_temp(&self, r: Reg) -> bool {
        r >= self.first_temp
    }

    /// The index of a name as a 16-bit operand.
    pub fn name16(&mut self, name: &str) -> u16 {
        let n = self.name32(name);
        u16::try_from(n).unwrap_or_else(|_| {
            self.overflow = true;
            0
        })
    }

    /// The index of a name.
    pub fn name32(&mut self, name: &str) -> u32 {
        match self.names.get_index_of(name) {
            Some(n) => n as u32,
            None => self.names.insert_full(name.into()).0 as u32,
        }
    }

    /// A new label.
    pub fn label(&mut self) -> Label {
        self.ir.label()
    }

    /// Binds a label to here.
    pub fn bind(&mut self, l: Label) {
        self.ir.bind(l);
    }

    /// A new handler at `label`.
    pub fn new_handler(&mut self, label: Label, exc: Reg) -> HandlerId {
        self.ir.handlers.push((label, exc));
        HandlerId(self.ir.handlers.len() as u32 - 1)
    }

    /// The register of a local.
    pub fn local(&self, name: &str) -> Option<Reg> {
        self.varnames.get_index_of(name).map(|n| n as Reg)
    }

    /// The register of a cell variable.
    pub fn cell(&self, name: &str) -> Option<Reg> {
        self.cellvars
            .get_index_of(name)
            .map(|n| (self.varnames.len() + n) as Reg)
    }

    /// The register of a free variable.
    pub fn free(&self, name: &str) -> Option<Reg> {
        self.freevars
            .get_index_of(name)
            .map(|n| (self.varnames.len() + self.cellvars.len() + n) as Reg)
    }
}
