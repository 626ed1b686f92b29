//! Symbol tables: which block binds each name, and how code reaches it.
//!
//! [`SymbolTable::build`] walks the AST once, making one [`Block`] per scope in CPython's order,
//! then resolves names from the outside in. The result is read-only.
//!
//! **Finding a block from a node.** Blocks are keyed by the *address* of the AST node they belong
//! to and a [`Role`], because one node may own several (a generic function owns a
//! type-parameter block, a body and an annotation block) and because nodes made by a program
//! through `ast` may share ranges. So the AST must stay where it is between building and use;
//! moving a `Parsed` or `Mod` is fine, cloning the tree is not. The block of the whole text is
//! [`BlockId::ROOT`].
//!
//! **Comprehensions.** Each has a block of its own ([`BlockKind::Comprehension`]); the first iterable is
//! evaluated in the enclosing block, and the block's parameter `.0` is its iterator, as in
//! CPython. Those that PEP 709 inlines have [`Block::inlined`] set and stay children of their
//! parent. A name whose scope is [`Scope::Free`] in an inlined block is not necessarily a closure
//! variable: look it up again with [`SymbolTable::lookup`], which walks out of inlined blocks to
//! the block whose code really runs. Names an inlined block binds (its `Local` and `Cell`
//! symbols) live in registers or cells of that same code object but are hidden from the
//! enclosing block.
//!
//! **Class closures.** A class block with [`Block::needs_class_closure`] has an implicit cell
//! `__class__`, one with [`Block::needs_classdict`] an implicit cell `__classdict__`, one with
//! [`Block::has_conditional_annotations`] an implicit cell `__conditional_annotations__`. Those
//! names are cell variables of the class although they stand in no symbol of the source.
//!
//! **Names are mangled** (`__x` in class `C` is `_C__x`) before they are entered.

use indexmap::IndexMap;
use ruff_python_ast::name::Name;
use ruff_text_size::TextRange;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::FutureFlags;

mod analyze;
mod build;
mod expr;
mod pattern;

/// Index of a block in its [`SymbolTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(u32);

impl BlockId {
    /// The block of the module, expression or interactive statement.
    pub const ROOT: BlockId = BlockId(0);

    /// The index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What kind of scope a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// Module, `eval` expression or interactive statement.
    Module,
    /// Class body.
    Class,
    /// Function body.
    Function,
    /// Lambda.
    Lambda,
    /// List, set or dict comprehension or generator expression.
    Comprehension(Comprehension),
    /// `__annotate__` of a function, class or module (PEP 649).
    Annotation,
    /// Value of a `type` statement.
    TypeAlias,
    /// Scope around a generic function, class or `type` statement that holds its type parameters.
    TypeParameters,
    /// Bound, constraints or default of a type parameter.
    TypeVariable,
}

impl BlockKind {
    /// Whether names bound here are visible in nested scopes, as in a function.
    pub const fn is_function_like(self) -> bool {
        !matches!(self, BlockKind::Module | BlockKind::Class)
    }

    /// Whether this is one of the scopes that annotations, type aliases and type parameters make.
    pub const fn is_annotation_like(self) -> bool {
        matches!(
            self,
            BlockKind::Annotation
                | BlockKind::TypeAlias
                | BlockKind::TypeParameters
                | BlockKind::TypeVariable
        )
    }
}

/// The four kinds of comprehension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comprehension {
    /// `[x for …]`
    List,
    /// `{x for …}`
    Set,
    /// `{k: v for …}`
    Dict,
    /// `(x for …)`
    Generator,
}

/// Which of a node's blocks is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Body of a function, class, lambda or comprehension (keyed by that node); the value of a
    /// `type` statement (keyed by `StmtTypeAlias`).
    Body,
    /// Type parameters (keyed by `StmtFunctionDef`, `StmtClassDef` or `StmtTypeAlias`).
    TypeParams,
    /// `__annotate__`, keyed by `StmtFunctionDef` or `StmtClassDef`. The module's is
    /// [`Block::annotations`] of [`BlockId::ROOT`].
    Annotations,
    /// Bound or constraints (keyed by `TypeParamTypeVar`).
    Bound,
    /// Default of a type parameter (keyed by `TypeParamTypeVar`, `TypeParamParamSpec` or
    /// `TypeParamTypeVarTuple`).
    Default,
}

/// How a name is reached from the code of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum Scope {
    /// Not resolved (only while building).
    #[default]
    Unknown = 0,
    /// Bound in this block. In a class or module: its namespace.
    Local = 1,
    /// Declared `global`.
    GlobalExplicit = 2,
    /// Not bound in any enclosing function: global or builtin.
    GlobalImplicit = 3,
    /// Bound in an enclosing function.
    Free = 4,
    /// Bound in this block and used by a nested function.
    Cell = 5,
}

/// What the source does with a name in a block. The bits are those of the `_symtable` module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct SymbolFlags(pub u32);

impl SymbolFlags {
    /// `global` statement.
    pub const GLOBAL: u32 = 1;
    /// Assigned in this block.
    pub const LOCAL: u32 = 2;
    /// Formal parameter.
    pub const PARAM: u32 = 4;
    /// `nonlocal` statement.
    pub const NONLOCAL: u32 = 8;
    /// Used.
    pub const USE: u32 = 16;
    /// Free in a class and bound by it too.
    pub const FREE_CLASS: u32 = 64;
    /// Bound by an import.
    pub const IMPORT: u32 = 128;
    /// Annotated.
    pub const ANNOT: u32 = 256;
    /// Iteration variable of a comprehension.
    pub const COMP_ITER: u32 = 512;
    /// Type parameter.
    pub const TYPE_PARAM: u32 = 1024;
    /// Cell of an inlined comprehension.
    pub const COMP_CELL: u32 = 2048;
    /// Any kind of binding.
    pub const BOUND: u32 = Self::LOCAL | Self::PARAM | Self::IMPORT | Self::TYPE_PARAM;

    /// Whether any of `bits` is set.
    pub const fn has(self, bits: u32) -> bool {
        self.0 & bits != 0
    }
}

/// One name in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Symbol {
    /// What the source does with it.
    pub flags: SymbolFlags,
    /// How code reaches it.
    pub scope: Scope,
}

impl Symbol {
    /// The combined integer `_symtable` shows.
    pub const fn raw(self) -> u32 {
        self.flags.0 | (self.scope as u32) << 12
    }
}

/// Names of a block in order of first appearance.
pub type Symbols = IndexMap<Name, Symbol, FxBuildHasher>;

/// One scope.
#[derive(Clone, Debug)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Name as `symtable` and code objects show it: `top`, the function's or class's name,
    /// `lambda`, `genexpr`, `listcomp`, `__annotate__`, …
    pub name: Name,
    /// Enclosing block.
    pub parent: Option<BlockId>,
    /// Nested blocks in order of appearance.
    pub children: Vec<BlockId>,
    /// The names.
    pub symbols: Symbols,
    /// Range of the node it belongs to.
    pub range: TextRange,
    /// Parameters in order: positional-only, positional, keyword-only, `*args`, `**kwargs`.
    pub params: Vec<Name>,
    /// Whether it stands, at any distance, inside a function.
    pub nested: bool,
    /// Whether it contains `yield`.
    pub is_generator: bool,
    /// Whether it is `async` or contains `await` or an async comprehension.
    pub is_coroutine: bool,
    /// Whether it has `*args`.
    pub has_varargs: bool,
    /// Whether it has `**kwargs`.
    pub has_varkw: bool,
    /// Whether it contains `return` with a value.
    pub returns_value: bool,
    /// Class: a nested function uses `__class__` or `super`.
    pub needs_class_closure: bool,
    /// Class: a nested annotation scope reads the class namespace.
    pub needs_classdict: bool,
    /// Annotation-like scope that stands directly in a class and so sees its names.
    pub can_see_class_scope: bool,
    /// Module or class: some annotation is executed conditionally, so `__annotate__` must know
    /// which ones were (`__conditional_annotations__`).
    pub has_conditional_annotations: bool,
    /// Function defined directly in a class body.
    pub is_method: bool,
    /// Comprehension that is inlined into the enclosing code (PEP 709).
    pub inlined: bool,
    /// Whether a nested block has free variables.
    pub child_has_free: bool,
    /// `__annotate__` block of this module or class (or function, for the annotations of its
    /// locals, which are never run). A function's own is found under [`Role::Annotations`].
    pub annotations: Option<BlockId>,
    /// Whether the annotations in [`Block::annotations`] or under [`Role::Annotations`] exist at
    /// all: every function has such a block, as in CPython, but most are empty.
    pub has_annotations: bool,
    /// Class whose name mangles private names here.
    pub private: Option<Name>,
    /// Type-parameter scope of a class: only these names are mangled.
    pub mangled_names: Option<Vec<Name>>,
    /// Names that inlined comprehensions bring into this block's code object, which
    /// `co_varnames` and `_symtable` show too.
    pub inlined_names: Symbols,
}

impl Block {
    /// The name under which `name` is entered in this block.
    pub fn mangle(&self, name: &Name) -> Name {
        match &self.private {
            Some(class) if crate::name::is_private(name) => match &self.mangled_names {
                Some(only) if !only.contains(name) => name.clone(),
                _ => crate::name::mangle(class, name),
            },
            _ => name.clone(),
        }
    }

    /// The symbol for an already mangled name.
    pub fn symbol(&self, name: &str) -> Option<Symbol> {
        self.symbols.get(name).copied()
    }

    /// Names of the cells this block's code must make, sorted (CPython's order of
    /// `co_cellvars`), implicit class cells included.
    pub fn cell_vars(&self) -> Vec<Name> {
        let mut cells: Vec<Name> = self
            .symbols
            .iter()
            .filter(|(_, symbol)| symbol.scope == Scope::Cell)
            .map(|(name, _)| name.clone())
            .collect();
        cells.sort_unstable();
        if self.kind == BlockKind::Class {
            let implicit = [
                (self.needs_class_closure, "__class__"),
                (self.needs_classdict, "__classdict__"),
                (
                    self.has_conditional_annotations,
                    "__conditional_annotations__",
                ),
            ];
            for (needed, name) in implicit {
                if needed && !cells.iter().any(|cell| cell == name) {
                    cells.push(Name::new_static(name));
                }
            }
        }
        cells
    }

    /// Names of the cells this block's code receives, sorted (CPython's order of `co_freevars`).
    pub fn free_vars(&self) -> Vec<Name> {
        let mut free: Vec<Name> = self
            .symbols
            .iter()
            .filter(|(_, symbol)| {
                symbol.scope == Scope::Free || symbol.flags.has(SymbolFlags::FREE_CLASS)
            })
            .map(|(name, _)| name.clone())
            .collect();
        free.sort_unstable();
        free
    }
}

/// The blocks of one compilation unit.
#[derive(Clone, Debug)]
pub struct SymbolTable {
    blocks: Vec<Block>,
    by_node: FxHashMap<(usize, Role), BlockId>,
    future: FutureFlags,
}

impl SymbolTable {
    /// The block with this id.
    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.index()]
    }

    /// The outermost block.
    pub fn root(&self) -> &Block {
        &self.blocks[0]
    }

    /// All blocks, outer before inner.
    pub fn blocks(&self) -> impl ExactSizeIterator<Item = (BlockId, &Block)> {
        self.blocks
            .iter()
            .enumerate()
            .map(|(idx, block)| (BlockId(idx as u32), block))
    }

    /// The block that `node` owns in this role. `node` must be the node itself, in the tree the
    /// table was built from (not the `Stmt`, `Expr` or `TypeParam` around it).
    pub fn find<T>(&self, node: &T, role: Role) -> Option<BlockId> {
        self.by_node
            .get(&(std::ptr::from_ref(node).addr(), role))
            .copied()
    }

    /// The `__future__` features in force, inherited ones included.
    pub fn future(&self) -> FutureFlags {
        self.future
    }

    /// The symbol for a mangled `name` as code in `block` has to reach it, and the block that
    /// decides: `block` itself, or, where `block` is an inlined comprehension that does not bind
    /// the name, the enclosing block it is inlined into (whose symbol then counts). `None` for a
    /// name that occurs nowhere: treat it as a global.
    ///
    /// A comprehension inlined into a class does not see the class's names: there the scope is
    /// `Free` or global and the deciding block is the comprehension itself.
    pub fn lookup(&self, block: BlockId, name: &str) -> Option<(BlockId, Symbol)> {
        let mut id = block;
        loop {
            let current = self.block(id);
            let symbol = current.symbol(name)?;
            let parent = match current.parent {
                Some(parent) if current.inlined && symbol.scope == Scope::Free => parent,
                _ => return Some((id, symbol)),
            };
            if self.block(parent).kind == BlockKind::Class
                || self.block(parent).symbol(name).is_none()
            {
                return Some((id, symbol));
            }
            id = parent;
        }
    }
}
