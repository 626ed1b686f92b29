//! The data of a code object.

use std::sync::Arc;

use crate::handlers::Handler;
use crate::nested::CodeRef;
use crate::positions::Positions;
use crate::text::{Name, Text};

/// CPython's `CO_*` flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CodeFlags(pub u32);

impl CodeFlags {
    /// Locals are registers.
    pub const OPTIMIZED: u32 = 0x1;
    /// The frame has a new namespace.
    pub const NEWLOCALS: u32 = 0x2;
    /// Has `*args`.
    pub const VARARGS: u32 = 0x4;
    /// Has `**kwargs`.
    pub const VARKEYWORDS: u32 = 0x8;
    /// Within another function.
    pub const NESTED: u32 = 0x10;
    /// Generator.
    pub const GENERATOR: u32 = 0x20;
    /// Coroutine.
    pub const COROUTINE: u32 = 0x80;
    /// Generator that may be awaited (`types.coroutine`).
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    /// Asynchronous generator.
    pub const ASYNC_GENERATOR: u32 = 0x200;
    /// `from __future__ import division` and its old fellows.
    pub const FUTURE_DIVISION: u32 = 0x20000;
    /// `from __future__ import absolute_import`.
    pub const FUTURE_ABSOLUTE_IMPORT: u32 = 0x40000;
    /// `from __future__ import with_statement`.
    pub const FUTURE_WITH_STATEMENT: u32 = 0x80000;
    /// `from __future__ import print_function`.
    pub const FUTURE_PRINT_FUNCTION: u32 = 0x100000;
    /// `from __future__ import unicode_literals`.
    pub const FUTURE_UNICODE_LITERALS: u32 = 0x200000;
    /// `from __future__ import barry_as_FLUFL`.
    pub const FUTURE_BARRY_AS_BDFL: u32 = 0x400000;
    /// `from __future__ import generator_stop`.
    pub const FUTURE_GENERATOR_STOP: u32 = 0x800000;
    /// `from __future__ import annotations`.
    pub const FUTURE_ANNOTATIONS: u32 = 0x1000000;
    /// The first constant is the docstring.
    pub const HAS_DOCSTRING: u32 = 0x4000000;
    /// Defined in a class body.
    pub const METHOD: u32 = 0x8000000;

    /// Whether any of the bits is set.
    pub const fn has(self, bits: u32) -> bool {
        self.0 & bits != 0
    }

    /// Whether calling makes a generator, coroutine or asynchronous generator.
    pub const fn is_generator_like(self) -> bool {
        self.has(Self::GENERATOR | Self::COROUTINE | Self::ASYNC_GENERATOR)
    }
}

/// A constant.
#[derive(Clone, Debug)]
pub enum Const {
    /// `None`
    None,
    /// `True`, `False`
    Bool(bool),
    /// `...`
    Ellipsis,
    /// An integer.
    Int(i64),
    /// A larger integer: sign and little-endian magnitude without leading zeros.
    BigInt {
        /// Below zero.
        negative: bool,
        /// The absolute value's bytes, least first.
        magnitude: Box<[u8]>,
    },
    /// A float.
    Float(f64),
    /// A complex number.
    Complex(f64, f64),
    /// A string. Those that look like identifiers are meant to be interned.
    Str(Text),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A tuple.
    Tuple(Arc<[Const]>),
    /// A frozenset.
    FrozenSet(Arc<[Const]>),
    /// A slice.
    Slice(Box<[Const; 3]>),
    /// A nested code object.
    Code(CodeRef),
}

/// Everything the compiler knows about a code object.
#[derive(Clone, Debug)]
pub struct CodeData {
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
    /// `co_argcount`: positional parameters, positional-only ones included.
    pub argcount: u32,
    /// `co_posonlyargcount`
    pub posonlyargcount: u32,
    /// `co_kwonlyargcount`
    pub kwonlyargcount: u32,
    /// `co_varnames`: names of registers `0..`.
    pub varnames: Box<[Name]>,
    /// `co_cellvars`: names of the registers after `varnames`.
    pub cellvars: Box<[Name]>,
    /// `co_freevars`: names of the registers after `cellvars`.
    pub freevars: Box<[Name]>,
    /// `co_names`
    pub names: Box<[Name]>,
    /// `co_consts`
    pub consts: Box<[Const]>,
    /// Instructions, see [`crate::Instr`].
    pub code: Box<[u64]>,
    /// How many registers a frame has.
    pub nregs: u32,
    /// The exception table, sorted and disjoint.
    pub handlers: Box<[Handler]>,
    /// Where each instruction comes from.
    pub positions: Positions,
}

impl CodeData {
    /// The first register that holds a cell.
    pub fn first_cell(&self) -> usize {
        self.varnames.len()
    }

    /// The first register that holds a cell of the closure.
    pub fn first_free(&self) -> usize {
        self.varnames.len() + self.cellvars.len()
    }

    /// The first temporary.
    pub fn first_temp(&self) -> usize {
        self.first_free() + self.freevars.len()
    }

    /// The number of parameters' registers, `*args` and `**kwargs` included.
    pub fn total_params(&self) -> usize {
        (self.argcount + self.kwonlyargcount) as usize
            + self.flags.has(CodeFlags::VARARGS) as usize
            + self.flags.has(CodeFlags::VARKEYWORDS) as usize
    }

    /// The name of a local, cell or free register.
    pub fn register_name(&self, reg: usize) -> Option<&Name> {
        let cells = self.first_cell();
        let frees = self.first_free();
        if reg < cells {
            self.varnames.get(reg)
        } else if reg < frees {
            self.cellvars.get(reg - cells)
        } else {
            self.freevars.get(reg - frees)
        }
    }

    /// This code and all code nested in it, outer before inner.
    pub fn for_each(&self, f: &mut dyn FnMut(&CodeData)) {
        f(self);
        for c in self.consts.iter() {
            if let Const::Code(code) = c {
                code.data().for_each(f);
            }
        }
    }
}
