//! AST and symbol tables to bytecode.
//!
//! [`compile`] takes what crate `syntax` made and gives the code object of the module. One [`unit::Unit`] is filled per
//! code object; it collects [`ir`] instructions, which [`flow`] cleans up and [`assemble`] lays out.
//!
//! # Registers and values
//!
//! An expression is compiled by [`Compiler::expr_to`] into a register that the caller chose, or by
//! [`Compiler::expr`] into one that it chooses: a local variable is its own register and needs no instruction. Temporaries
//! are a stack: whoever allocates resets `top` to its mark. Code that writes a destination in several steps does so
//! only if it is a temporary, so that an exception half-way leaves a variable as it was.
//!
//! A local used as an operand is not copied. Only an assignment expression further right in the same expression could
//! change it before the operation; [`Compiler::operand_before`] looks for one and copies then.
//!
//! Each use of a local emits `CHECK_LOCAL` where CPython would look at the variable; `flow` removes those that data flow
//! shows to be needless, nearly all.
//!
//! Invariant: this crate knows no Python object, and no input makes it panic.

mod annotate;
mod assemble;
mod assign;
mod call;
mod class;
mod comprehension;
mod cond;
mod const_regs;
mod consts;
mod display;
mod expr;
mod flow;
mod fold;
mod fold_num;
mod fstring;
mod function;
mod import;
mod ir;
mod layout;
mod literal;
mod loops;
mod pattern;
mod scope;
mod stmt;
mod try_stmt;
mod type_params;
mod unit;
mod unparse;
mod with_stmt;

use rustc_hash::FxHashMap;
use taipan_bytecode::{CodeData, CodeFlags, Const, Name, Op};
use taipan_syntax::ast::{self, Mod};
use taipan_syntax::symtable::{BlockId, SymbolTable};
use taipan_syntax::{Lines, Mode, Ranged, SyntaxError, TextRange, TextSize};

use crate::unit::Unit;

pub use crate::fstring::{debug_text, interpolation_text};

/// What compiling gives.
pub type Result<T = ()> = std::result::Result<T, Box<SyntaxError>>;

/// How to compile.
#[derive(Clone, Debug)]
pub struct Options {
    /// `co_filename`
    pub filename: Name,
    /// Module, expression or interactive statement.
    pub mode: Mode,
    /// 0; 1 leaves out `assert` and `__debug__` blocks (`-O`); 2 docstrings too (`-OO`).
    pub optimize: u8,
}

/// Compiles a module, expression or interactive statement.
///
/// `module` must be the tree, at its address, that `table` was built from.
pub fn compile(
    module: &Mod,
    lines: &Lines,
    table: &SymbolTable,
    options: &Options,
) -> Result<CodeData> {
    compile_carrying(module, lines, table, &[], options)
}

/// As [`compile`] for a tree that a program made. Constants that no literal can write stand in `carried`: an
/// `IpyEscapeCommand` expression is the one that its node index names, and the node index of an interpolation
/// names the text of its expression.
pub fn compile_tree(
    parsed: taipan_syntax::Parsed,
    carried: &[Const],
    syntax: &taipan_syntax::Options,
    options: &Options,
) -> Result<(CodeData, Vec<taipan_syntax::Warning>)> {
    let analyzed = taipan_syntax::analyze_parsed(parsed, syntax)?;
    let code = compile_carrying(
        analyzed.parsed.ast(),
        analyzed.parsed.lines(),
        &analyzed.symbols,
        carried,
        options,
    )?;
    Ok((code, analyzed.warnings))
}

fn compile_carrying(
    module: &Mod,
    lines: &Lines,
    table: &SymbolTable,
    carried: &[Const],
    options: &Options,
) -> Result<CodeData> {
    let mut c = Compiler {
        lines,
        carried,
        table,
        options,
        unit: scope::root_unit(table, options),
        outer: Vec::new(),
        folded: FxHashMap::default(),
        annotating: None,
        // A tree that a program made has no text to look into.
        sole_generator: None,
        has_walrus: lines.is_synthetic() || lines.source().contains(":="),
    };
    match module {
        Mod::Module(m) => c.module(&m.body)?,
        Mod::Expression(e) => {
            let mark = c.unit.top;
            c.unit.range = e.body.range();
            let value = c.expr(&e.body)?;
            c.unit.emit(Op::RETURN, value, 0, 0);
            c.unit.top = mark;
        }
    }
    c.finish()
}

/// Parses, checks and compiles a source text; gives the warnings too.
pub fn compile_source(
    source: &str,
    syntax: &taipan_syntax::Options,
    options: &Options,
) -> Result<(CodeData, Vec<taipan_syntax::Warning>)> {
    let analyzed = taipan_syntax::analyze(source, syntax)?;
    let code = compile(
        analyzed.parsed.ast(),
        analyzed.parsed.lines(),
        &analyzed.symbols,
        options,
    )?;
    Ok((code, analyzed.warnings))
}

/// A compilation under way.
pub(crate) struct Compiler<'a> {
    lines: &'a Lines,
    /// Constants of a tree that a program made, by node index.
    carried: &'a [Const],
    table: &'a SymbolTable,
    options: &'a Options,
    /// The code object being compiled.
    unit: Unit<'a>,
    /// Those around it, outermost first.
    outer: Vec<Unit<'a>>,
    /// Constant values of the operators seen so far, by the node's address.
    folded: FxHashMap<usize, Option<Const>>,
    /// The function whose annotation scope is being entered.
    annotating: Option<Name>,
    /// A generator expression that shares the parentheses of a call, and their range.
    sole_generator: Option<(usize, TextRange)>,
    has_walrus: bool,
}

impl<'a> Compiler<'a> {
    fn module(&mut self, body: &'a [ast::Stmt]) -> Result {
        self.unit.range = self.no_range();
        self.body(body, true)?;
        self.unit.range = self.no_range();
        self.return_none();
        Ok(())
    }

    /// The statements of a module or class, with docstring and annotations.
    fn body(&mut self, body: &'a [ast::Stmt], is_module: bool) -> Result {
        let future_annotations = self.table.future().annotations();
        if future_annotations && self.has_annotations(body) {
            self.unit.emit(Op::SETUP_ANNOTATIONS, 0, 0, 0);
        }
        let annotated = if future_annotations {
            Vec::new()
        } else {
            self.collect_annotations(body, is_module)
        };
        if is_module && !annotated.is_empty() {
            self.deferred_annotations(&annotated, is_module)?;
        } else if annotated.iter().any(|a| a.condition.is_some()) {
            self.conditional_annotation_set()?;
        }
        let mut rest = body;
        if (self.options.mode != Mode::Single || !is_module)
            && let Some((docstring, statement)) = literal::docstring(body, self.lines)
        {
            rest = &body[1..];
            if self.options.optimize < 2 {
                self.unit.range = statement;
                let t = self.unit.alloc();
                self.unit.load_const(t, docstring);
                self.store_name("__doc__", t);
                self.unit.top = t;
            }
        }
        self.statements(rest)?;
        if !is_module && !annotated.is_empty() {
            self.unit.range = self.first_line_range();
            self.deferred_annotations(&annotated, is_module)?;
        }
        Ok(())
    }

    fn return_none(&mut self) {
        let k = self.unit.consts.add(Const::None);
        self.unit.emit_imm(Op::RETURN_CONST, 0, k);
    }

    /// Finishes the outermost unit.
    fn finish(self) -> Result<CodeData> {
        assemble::assemble(self.unit, self.lines).map_err(limit)
    }

    /// The constant that a node's index names.
    fn carried(&self, index: &ast::AtomicNodeIndex) -> Option<&'a Const> {
        self.carried.get(index.load().as_u32()? as usize)
    }

    /// Stands for "from no line".
    fn no_range(&self) -> TextRange {
        TextRange::empty(TextSize::new(assemble::NO_POSITION))
    }

    /// An empty range on the unit's first line.
    fn first_line_range(&self) -> TextRange {
        TextRange::empty(self.lines.start_of(self.unit.firstlineno))
    }

    /// An error at a range.
    fn error<T>(&self, range: TextRange, msg: impl Into<String>) -> Result<T> {
        Err(SyntaxError::at(self.lines, range, msg))
    }

    /// The flags that every code object inherits.
    fn future_flags(&self) -> u32 {
        self.table.future().bits()
    }

    fn is_function(&self) -> bool {
        self.unit.flags.has(CodeFlags::OPTIMIZED)
    }

    fn block_id(&self) -> BlockId {
        self.unit.inlined.last().copied().unwrap_or(self.unit.block)
    }
}

fn limit(what: &'static str) -> Box<SyntaxError> {
    SyntaxError::without_position(taipan_syntax::ErrorKind::Value, what)
}
