//! The pass over statements that makes blocks and enters names.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, Mod, Stmt};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashMap;

use super::{
    Block, BlockId, BlockKind, Comprehension, Role, Scope, Symbol, SymbolFlags, SymbolTable,
    Symbols,
};
use crate::error::SyntaxError;
use crate::lines::Lines;
use crate::options::Options;
use crate::stack::with_room;
use crate::{FutureFlags, future};

/// What a step of the pass gives.
pub(super) type Step<T = ()> = Result<T, Box<SyntaxError>>;

impl SymbolTable {
    /// Makes the table for `module`, a tree that [`crate::parse`] made or that a program built.
    /// `lines` is its source and is used for the positions of errors only.
    pub fn build(
        module: &Mod,
        lines: &Lines,
        options: &Options,
    ) -> Result<SymbolTable, Box<SyntaxError>> {
        let future = match module {
            Mod::Module(module) => options.future | future::declared(&module.body, lines)?,
            Mod::Expression(_) => options.future,
        };
        let mut builder = Builder {
            blocks: Vec::new(),
            drafts: Vec::new(),
            by_node: FxHashMap::default(),
            stack: Vec::new(),
            private: None,
            future,
            top_level_await: options.top_level_await,
            lines,
        };
        builder.push(BlockKind::Module, Name::new_static("top"), module.range());
        match module {
            Mod::Module(module) => builder.visit_body(&module.body)?,
            Mod::Expression(expression) => builder.visit_expr(&expression.body)?,
        }
        builder.pop();
        super::analyze::resolve(&mut builder.blocks, &builder.drafts, lines)?;
        Ok(SymbolTable {
            blocks: builder.blocks,
            by_node: builder.by_node,
            future,
        })
    }
}

/// What is only needed while the table is made.
#[derive(Default)]
pub(super) struct Draft {
    /// Inside the target of a comprehension's `for`.
    pub comp_iter_target: bool,
    /// Depth of comprehension iterables around the current expression.
    pub comp_iter_expr: u32,
    /// Inside a statement that may not run.
    pub conditional: bool,
    /// Inside the annotation of a function's local, which is never evaluated.
    pub unevaluated: bool,
    /// Kept apart: its names are checked but it takes no part in resolution.
    pub detached: bool,
    /// What a type variable's expression is for, such as `a TypeVar bound`.
    pub purpose: &'static str,
    /// Places of `global` and `nonlocal` statements, for errors found when resolving.
    pub directives: Vec<(Name, TextRange)>,
}

/// The state of the pass.
pub(super) struct Builder<'a> {
    pub blocks: Vec<Block>,
    pub drafts: Vec<Draft>,
    pub by_node: FxHashMap<(usize, Role), BlockId>,
    pub stack: Vec<BlockId>,
    pub private: Option<Name>,
    pub future: FutureFlags,
    pub top_level_await: bool,
    pub lines: &'a Lines,
}

impl Builder<'_> {
    pub fn current_id(&self) -> BlockId {
        self.stack.last().copied().unwrap_or(BlockId::ROOT)
    }

    pub fn current(&mut self) -> &mut Block {
        let id = self.current_id();
        &mut self.blocks[id.index()]
    }

    pub fn draft(&mut self) -> &mut Draft {
        let id = self.current_id();
        &mut self.drafts[id.index()]
    }

    pub fn kind(&self) -> BlockKind {
        self.blocks[self.current_id().index()].kind
    }

    pub fn error<T>(&self, range: TextRange, msg: impl Into<String>) -> Step<T> {
        Err(SyntaxError::at(self.lines, range, msg))
    }

    /// Makes a block without entering it.
    fn new_block(&mut self, kind: BlockKind, name: Name, range: TextRange) -> BlockId {
        let id = BlockId(self.blocks.len() as u32);
        let parent = self.stack.last().copied();
        let mut draft = Draft::default();
        let mut nested = false;
        let mut is_method = false;
        if let Some(parent) = parent {
            let outer = &self.blocks[parent.index()];
            nested = outer.nested || outer.kind.is_function_like();
            is_method = kind == BlockKind::Function
                && (outer.kind == BlockKind::Class
                    || (outer.kind == BlockKind::TypeParameters
                        && outer.parent.is_some_and(|outermost| {
                            self.blocks[outermost.index()].kind == BlockKind::Class
                        })));
            draft.comp_iter_expr = self.drafts[parent.index()].comp_iter_expr;
            draft.detached = self.drafts[parent.index()].detached;
        }
        self.blocks.push(Block {
            kind,
            name,
            parent,
            children: Vec::new(),
            symbols: Symbols::default(),
            range,
            params: Vec::new(),
            nested,
            is_generator: false,
            is_coroutine: false,
            has_varargs: false,
            has_varkw: false,
            returns_value: false,
            needs_class_closure: false,
            needs_classdict: false,
            can_see_class_scope: false,
            has_conditional_annotations: false,
            is_method,
            inlined: false,
            child_has_free: false,
            annotations: None,
            has_annotations: false,
            private: self.private.clone(),
            mangled_names: None,
            inlined_names: Symbols::default(),
        });
        self.drafts.push(draft);
        id
    }

    /// Enters a block made before, as the next child of the current one.
    fn enter(&mut self, id: BlockId) {
        if let Some(parent) = self.stack.last()
            && !self.drafts[id.index()].detached
        {
            self.blocks[parent.index()].children.push(id);
        }
        if let Some(parent) = self.stack.last()
            && self.blocks[id.index()].kind != BlockKind::Class
            && let Some(only) = self.blocks[parent.index()].mangled_names.clone()
        {
            self.blocks[id.index()].mangled_names = Some(only);
        }
        self.stack.push(id);
    }

    /// Makes and enters a block.
    pub fn push(&mut self, kind: BlockKind, name: Name, range: TextRange) -> BlockId {
        let id = self.new_block(kind, name, range);
        if kind == BlockKind::Annotation && self.future.annotations() {
            self.drafts[id.index()].detached = true;
        }
        self.enter(id);
        if matches!(
            kind,
            BlockKind::Annotation | BlockKind::TypeAlias | BlockKind::TypeVariable
        ) {
            let format = Name::new_static(".format");
            self.current().params.push(format.clone());
            self.insert_raw(id, format, SymbolFlags::PARAM | SymbolFlags::USE);
        }
        id
    }

    pub fn pop(&mut self) {
        self.stack.pop();
    }

    pub fn key<T>(&mut self, node: &T, role: Role, id: BlockId) {
        self.by_node
            .insert((std::ptr::from_ref(node).addr(), role), id);
    }

    fn insert_raw(&mut self, id: BlockId, name: Name, flags: u32) {
        self.blocks[id.index()]
            .symbols
            .entry(name)
            .or_default()
            .flags
            .0 |= flags;
    }

    /// Flags of `name` (not yet mangled) in the current block.
    pub fn flags_of(&mut self, name: &Name) -> SymbolFlags {
        let block = self.current();
        let mangled = block.mangle(name);
        block.symbol(&mangled).unwrap_or_default().flags
    }

    pub fn record_directive(&mut self, name: &Name, range: TextRange) {
        let mangled = self.current().mangle(name);
        self.draft().directives.push((mangled, range));
    }

    /// Enters `name` in the current block.
    pub fn add(&mut self, name: &Name, flags: u32, range: TextRange) -> Step {
        let writes = SymbolFlags::PARAM | SymbolFlags::LOCAL | SymbolFlags::IMPORT;
        if flags & writes != 0 {
            self.check_name(name, range, "assign to")?;
        }
        if flags & SymbolFlags::TYPE_PARAM != 0
            && let Some(only) = &mut self.current().mangled_names
        {
            only.push(name.clone());
        }
        self.add_to(self.current_id(), name, flags, range)
    }

    /// `__debug__` may be neither assigned nor deleted.
    pub fn check_name(&self, name: &str, range: TextRange, verb: &str) -> Step {
        if name == "__debug__" {
            return self.error(range, format!("cannot {verb} __debug__"));
        }
        Ok(())
    }

    /// Enters `name` in block `id`, which need not be the current one.
    pub fn add_to(&mut self, id: BlockId, name: &Name, flags: u32, range: TextRange) -> Step {
        let in_target = self.drafts[id.index()].comp_iter_target;
        let block = &mut self.blocks[id.index()];
        let mangled = if block.private.is_some() {
            block.mangle(name)
        } else {
            name.clone()
        };
        let entry = block.symbols.entry(mangled.clone()).or_default();
        let old = entry.flags.0;
        if flags & old & SymbolFlags::PARAM != 0 {
            return self.error(
                range,
                format!("duplicate argument '{name}' in function definition"),
            );
        }
        if flags & old & SymbolFlags::TYPE_PARAM != 0 {
            return self.error(range, format!("duplicate type parameter '{name}'"));
        }
        let mut new = old | flags;
        if in_target && flags & SymbolFlags::LOCAL != 0 {
            if new & (SymbolFlags::GLOBAL | SymbolFlags::NONLOCAL) != 0 {
                return self.error(
                    range,
                    format!(
                        "comprehension inner loop cannot rebind assignment expression target '{name}'"
                    ),
                );
            }
            new |= SymbolFlags::COMP_ITER;
        }
        entry.flags.0 = new;
        if flags & SymbolFlags::PARAM != 0 {
            block.params.push(mangled);
        } else if flags & SymbolFlags::GLOBAL != 0 {
            self.insert_raw(BlockId::ROOT, mangled, flags);
        }
        Ok(())
    }

    pub fn visit_body(&mut self, body: &[Stmt]) -> Step {
        body.iter().try_for_each(|stmt| self.visit_stmt(stmt))
    }

    /// Visits statements that may not run.
    fn visit_conditional(&mut self, body: &[Stmt]) -> Step {
        let before = std::mem::replace(&mut self.draft().conditional, true);
        self.visit_body(body)?;
        self.draft().conditional = before;
        Ok(())
    }

    pub fn visit_stmt(&mut self, stmt: &Stmt) -> Step {
        with_room(|| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &Stmt) -> Step {
        match stmt {
            Stmt::FunctionDef(def) => self.function_def(def),
            Stmt::ClassDef(def) => self.class_def(def),
            Stmt::TypeAlias(alias) => self.type_alias(alias),
            Stmt::Return(ret) => {
                if let Some(value) = &ret.value {
                    self.visit_expr(value)?;
                    self.current().returns_value = true;
                }
                Ok(())
            }
            Stmt::Delete(delete) => self.visit_exprs(&delete.targets),
            Stmt::Assign(assign) => {
                self.visit_exprs(&assign.targets)?;
                self.visit_expr(&assign.value)
            }
            Stmt::AugAssign(assign) => {
                self.visit_expr(&assign.target)?;
                self.visit_expr(&assign.value)
            }
            Stmt::AnnAssign(assign) => self.ann_assign(assign),
            Stmt::For(stmt) => {
                if stmt.is_async {
                    self.mark_async_module();
                }
                self.visit_expr(&stmt.target)?;
                self.visit_expr(&stmt.iter)?;
                self.visit_conditional(&stmt.body)?;
                self.visit_conditional(&stmt.orelse)
            }
            Stmt::While(stmt) => {
                self.visit_expr(&stmt.test)?;
                self.visit_conditional(&stmt.body)?;
                self.visit_conditional(&stmt.orelse)
            }
            Stmt::If(stmt) => {
                self.visit_expr(&stmt.test)?;
                self.visit_conditional(&stmt.body)?;
                for clause in &stmt.elif_else_clauses {
                    if let Some(test) = &clause.test {
                        self.visit_expr(test)?;
                    }
                    self.visit_conditional(&clause.body)?;
                }
                Ok(())
            }
            Stmt::With(stmt) => {
                if stmt.is_async {
                    self.mark_async_module();
                }
                for item in &stmt.items {
                    self.visit_expr(&item.context_expr)?;
                    if let Some(target) = &item.optional_vars {
                        self.visit_expr(target)?;
                    }
                }
                self.visit_conditional(&stmt.body)
            }
            Stmt::Match(stmt) => {
                self.visit_expr(&stmt.subject)?;
                for case in &stmt.cases {
                    self.visit_pattern(&case.pattern)?;
                    if let Some(guard) = &case.guard {
                        self.visit_expr(guard)?;
                    }
                    self.visit_conditional(&case.body)?;
                }
                Ok(())
            }
            Stmt::Raise(stmt) => {
                self.visit_opt(stmt.exc.as_deref())?;
                self.visit_opt(stmt.cause.as_deref())
            }
            Stmt::Try(stmt) => {
                self.visit_conditional(&stmt.body)?;
                for handler in &stmt.handlers {
                    let ast::ExceptHandler::ExceptHandler(handler) = handler;
                    self.visit_opt(handler.type_.as_deref())?;
                    if let Some(name) = &handler.name {
                        self.add(&name.id, SymbolFlags::LOCAL, handler.range)?;
                    }
                    self.visit_conditional(&handler.body)?;
                }
                self.visit_conditional(&stmt.orelse)?;
                self.visit_conditional(&stmt.finalbody)
            }
            Stmt::Assert(stmt) => {
                self.visit_expr(&stmt.test)?;
                self.visit_opt(stmt.msg.as_deref())
            }
            Stmt::Import(stmt) => stmt
                .names
                .iter()
                .try_for_each(|alias| self.import_alias(alias)),
            Stmt::ImportFrom(stmt) => stmt
                .names
                .iter()
                .try_for_each(|alias| self.import_alias(alias)),
            Stmt::Global(stmt) => stmt
                .names
                .iter()
                .try_for_each(|name| self.directive(&name.id, SymbolFlags::GLOBAL, stmt.range)),
            Stmt::Nonlocal(stmt) => stmt
                .names
                .iter()
                .try_for_each(|name| self.directive(&name.id, SymbolFlags::NONLOCAL, stmt.range)),
            Stmt::Expr(stmt) => self.visit_expr(&stmt.value),
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => {
                Ok(())
            }
        }
    }

    /// With top-level `await`, an `async` statement makes the module a coroutine.
    fn mark_async_module(&mut self) {
        if self.top_level_await && self.kind() == BlockKind::Module {
            self.current().is_coroutine = true;
        }
    }

    fn import_alias(&mut self, alias: &ast::Alias) -> Step {
        match &alias.asname {
            Some(name) => self.add(&name.id, SymbolFlags::IMPORT, alias.range),
            None if alias.name.as_str() == "*" => {
                if self.kind() != BlockKind::Module {
                    return self.error(alias.range, "import * only allowed at module level");
                }
                Ok(())
            }
            None => match alias.name.split_once('.') {
                Some((first, _)) => self.add(&Name::new(first), SymbolFlags::IMPORT, alias.range),
                None => self.add(&alias.name.id, SymbolFlags::IMPORT, alias.range),
            },
        }
    }

    /// One name of a `global` or `nonlocal` statement.
    fn directive(&mut self, name: &Name, flag: u32, range: TextRange) -> Step {
        let word = if flag == SymbolFlags::GLOBAL {
            "global"
        } else {
            "nonlocal"
        };
        let old = self.flags_of(name);
        let msg = if old.has(SymbolFlags::PARAM) {
            format!("name '{name}' is parameter and {word}")
        } else if old.has(SymbolFlags::USE) {
            format!("name '{name}' is used prior to {word} declaration")
        } else if old.has(SymbolFlags::ANNOT) {
            format!("annotated name '{name}' can't be {word}")
        } else if old.has(SymbolFlags::LOCAL) {
            format!("name '{name}' is assigned to before {word} declaration")
        } else {
            self.add(name, flag, range)?;
            self.record_directive(name, range);
            return Ok(());
        };
        self.error(range, msg)
    }

    fn ann_assign(&mut self, assign: &ast::StmtAnnAssign) -> Step {
        self.current().has_annotations = true;
        if let Expr::Name(target) = &*assign.target {
            let old = self.flags_of(&target.id);
            let declared = SymbolFlags::GLOBAL | SymbolFlags::NONLOCAL;
            if old.has(declared) && self.current_id() != BlockId::ROOT && assign.simple {
                let word = if old.has(SymbolFlags::GLOBAL) {
                    "global"
                } else {
                    "nonlocal"
                };
                return self.error(
                    assign.range,
                    format!("annotated name '{}' can't be {word}", target.id),
                );
            }
            if assign.simple {
                let flags = SymbolFlags::ANNOT | SymbolFlags::LOCAL;
                self.add(&target.id, flags, target.range)?;
            } else if assign.value.is_some() {
                self.add(&target.id, SymbolFlags::LOCAL, target.range)?;
            }
        } else {
            self.visit_expr(&assign.target)?;
        }
        self.variable_annotation(&assign.annotation)?;
        self.visit_opt(assign.value.as_deref())
    }

    /// The annotation of a variable: it is evaluated in the `__annotate__` block of the module or
    /// class. In a function it is not evaluated at all, but its errors are still found.
    fn variable_annotation(&mut self, annotation: &Expr) -> Step {
        let kind = self.kind();
        let unevaluated = kind.is_function_like();
        let conditional =
            kind == BlockKind::Module || (kind == BlockKind::Class && self.draft().conditional);
        if conditional && !self.current().has_conditional_annotations {
            self.current().has_conditional_annotations = true;
            let name = Name::new_static("__conditional_annotations__");
            self.add(&name, SymbolFlags::USE, annotation.range())?;
        }
        match self.current().annotations {
            Some(id) => self.stack.push(id),
            None => {
                let owner = self.current_id();
                let name = Name::new_static("__annotate__");
                let id = self.push(BlockKind::Annotation, name, annotation.range());
                self.blocks[owner.index()].annotations = Some(id);
                if kind == BlockKind::Class {
                    self.see_class_scope(annotation.range())?;
                }
            }
        }
        if conditional && kind == BlockKind::Class {
            let name = Name::new_static("__conditional_annotations__");
            self.add(&name, SymbolFlags::USE, annotation.range())?;
        }
        let before = std::mem::replace(&mut self.draft().unevaluated, unevaluated);
        self.visit_expr(annotation)?;
        self.draft().unevaluated = before;
        self.pop();
        Ok(())
    }

    /// Marks the current block as one that reads the namespace of the class around it.
    pub fn see_class_scope(&mut self, range: TextRange) -> Step {
        self.current().can_see_class_scope = true;
        self.add(&Name::new_static("__classdict__"), SymbolFlags::USE, range)
    }

    /// Whether the current block is a class or sees one's names.
    fn in_class_scope(&mut self) -> bool {
        let block = self.current();
        block.can_see_class_scope || block.kind == BlockKind::Class
    }

    fn function_def(&mut self, def: &ast::StmtFunctionDef) -> Step {
        self.add(&def.name.id, SymbolFlags::LOCAL, def.range)?;
        let params = &*def.parameters;
        self.visit_defaults(params)?;
        for decorator in &def.decorator_list {
            self.visit_expr(&decorator.expression)?;
        }
        if let Some(type_params) = def.type_params.as_deref() {
            let positional = params.posonlyargs.iter().chain(&params.args);
            let defaults = positional.into_iter().any(|param| param.default.is_some());
            let kwdefaults = params
                .kwonlyargs
                .iter()
                .any(|param| param.default.is_some());
            let id =
                self.enter_type_params(&def.name.id, def.range, defaults, kwdefaults, false)?;
            self.key(def, Role::TypeParams, id);
            self.visit_type_params(type_params)?;
        }
        let id = self.new_block(BlockKind::Function, def.name.id.clone(), def.range);
        self.function_annotations(def, id)?;
        self.enter(id);
        self.key(def, Role::Body, id);
        if def.is_async {
            self.current().is_coroutine = true;
        }
        self.visit_parameters(params)?;
        self.visit_body(&def.body)?;
        self.pop();
        if def.type_params.is_some() {
            self.pop();
        }
        Ok(())
    }

    /// The `__annotate__` block of a function: like CPython's, it exists even if it is empty.
    fn function_annotations(&mut self, def: &ast::StmtFunctionDef, function: BlockId) -> Step {
        let params = &*def.parameters;
        let in_class = self.in_class_scope();
        let name = Name::new_static("__annotate__");
        let id = self.push(BlockKind::Annotation, name, def.range);
        self.key(def, Role::Annotations, id);
        if in_class {
            self.see_class_scope(def.range)?;
        }
        let mut any = false;
        let annotated = params
            .posonlyargs
            .iter()
            .chain(&params.args)
            .map(|param| &param.parameter)
            .chain(params.vararg.as_deref())
            .chain(params.kwarg.as_deref())
            .chain(params.kwonlyargs.iter().map(|param| &param.parameter))
            .filter_map(|param| param.annotation.as_deref())
            .chain(def.returns.as_deref());
        for annotation in annotated {
            any = true;
            self.visit_expr(annotation)?;
        }
        self.pop();
        self.blocks[id.index()].has_annotations = any;
        self.blocks[function.index()].has_annotations = any;
        Ok(())
    }

    pub fn visit_defaults(&mut self, params: &ast::Parameters) -> Step {
        let all = params.posonlyargs.iter().chain(&params.args);
        for param in all.chain(&params.kwonlyargs) {
            self.visit_opt(param.default.as_deref())?;
        }
        Ok(())
    }

    pub fn visit_parameters(&mut self, params: &ast::Parameters) -> Step {
        let all = params.posonlyargs.iter().chain(&params.args);
        for param in all.chain(&params.kwonlyargs) {
            let param = &param.parameter;
            self.add(&param.name.id, SymbolFlags::PARAM, param.range)?;
        }
        if let Some(param) = params.vararg.as_deref() {
            self.add(&param.name.id, SymbolFlags::PARAM, param_range(param))?;
            self.current().has_varargs = true;
        }
        if let Some(param) = params.kwarg.as_deref() {
            self.add(&param.name.id, SymbolFlags::PARAM, param_range(param))?;
            self.current().has_varkw = true;
        }
        Ok(())
    }

    fn class_def(&mut self, def: &ast::StmtClassDef) -> Step {
        self.add(&def.name.id, SymbolFlags::LOCAL, def.range)?;
        for decorator in &def.decorator_list {
            self.visit_expr(&decorator.expression)?;
        }
        let private = self.private.clone();
        if let Some(type_params) = def.type_params.as_deref() {
            let id = self.enter_type_params(&def.name.id, def.range, false, false, true)?;
            self.key(def, Role::TypeParams, id);
            self.private = Some(def.name.id.clone());
            self.visit_type_params(type_params)?;
        }
        if let Some(arguments) = def.arguments.as_deref() {
            self.visit_exprs(&arguments.args)?;
            self.visit_keywords(&arguments.keywords)?;
        }
        self.private = Some(def.name.id.clone());
        let id = self.push(BlockKind::Class, def.name.id.clone(), def.range);
        self.key(def, Role::Body, id);
        if def.type_params.is_some() {
            let name = Name::new_static("__type_params__");
            self.add(&name, SymbolFlags::LOCAL, def.range)?;
            let name = Name::new_static(".type_params");
            self.add(&name, SymbolFlags::USE, def.range)?;
        }
        self.visit_body(&def.body)?;
        if let Some(id) = self.current().annotations {
            self.key(def, Role::Annotations, id);
        }
        self.pop();
        if def.type_params.is_some() {
            self.pop();
        }
        self.private = private;
        Ok(())
    }

    fn type_alias(&mut self, alias: &ast::StmtTypeAlias) -> Step {
        self.visit_expr(&alias.name)?;
        let name = match &*alias.name {
            Expr::Name(name) => name.id.clone(),
            _ => Name::new_static("<alias>"),
        };
        let in_class = self.in_class_scope();
        if let Some(type_params) = alias.type_params.as_deref() {
            let id = self.enter_type_params(&name, alias.range, false, false, false)?;
            self.key(alias, Role::TypeParams, id);
            self.visit_type_params(type_params)?;
        }
        let id = self.push(BlockKind::TypeAlias, name, alias.range);
        self.key(alias, Role::Body, id);
        if in_class {
            self.see_class_scope(alias.value.range())?;
        }
        self.visit_expr(&alias.value)?;
        self.pop();
        if alias.type_params.is_some() {
            self.pop();
        }
        Ok(())
    }

    fn enter_type_params(
        &mut self,
        name: &Name,
        range: TextRange,
        defaults: bool,
        kwdefaults: bool,
        is_class: bool,
    ) -> Step<BlockId> {
        let in_class = self.kind() == BlockKind::Class;
        let id = self.push(BlockKind::TypeParameters, name.clone(), range);
        if in_class {
            self.see_class_scope(range)?;
        }
        if is_class {
            for hidden in [".type_params", ".generic_base"] {
                let flags = SymbolFlags::LOCAL | SymbolFlags::USE;
                self.add(&Name::new_static(hidden), flags, range)?;
            }
            let block = self.current();
            block.private = Some(name.clone());
            block.mangled_names = Some(Vec::new());
        }
        for (wanted, hidden) in [(defaults, ".defaults"), (kwdefaults, ".kwdefaults")] {
            if wanted {
                self.add(&Name::new_static(hidden), SymbolFlags::PARAM, range)?;
            }
        }
        Ok(id)
    }

    fn visit_type_params(&mut self, params: &ast::TypeParams) -> Step {
        let flags = SymbolFlags::TYPE_PARAM | SymbolFlags::LOCAL;
        for param in &params.type_params {
            match param {
                ast::TypeParam::TypeVar(var) => {
                    self.add(&var.name.id, flags, var.range)?;
                    let purpose = match var.bound.as_deref() {
                        Some(Expr::Tuple(_)) => "a TypeVar constraint",
                        _ => "a TypeVar bound",
                    };
                    let bound = var.bound.as_deref();
                    self.type_variable(var, &var.name.id, var.range, bound, Role::Bound, purpose)?;
                    let (role, purpose) = (Role::Default, "a TypeVar default");
                    let default = var.default.as_deref();
                    self.type_variable(var, &var.name.id, var.range, default, role, purpose)?;
                }
                ast::TypeParam::TypeVarTuple(var) => {
                    self.add(&var.name.id, flags, var.range)?;
                    let (role, purpose) = (Role::Default, "a TypeVarTuple default");
                    let default = var.default.as_deref();
                    self.type_variable(var, &var.name.id, var.range, default, role, purpose)?;
                }
                ast::TypeParam::ParamSpec(var) => {
                    self.add(&var.name.id, flags, var.range)?;
                    let (role, purpose) = (Role::Default, "a ParamSpec default");
                    let default = var.default.as_deref();
                    self.type_variable(var, &var.name.id, var.range, default, role, purpose)?;
                }
            }
        }
        Ok(())
    }

    fn type_variable<T>(
        &mut self,
        node: &T,
        name: &Name,
        range: TextRange,
        expr: Option<&Expr>,
        role: Role,
        purpose: &'static str,
    ) -> Step {
        if name == "__classdict__" {
            return self.error(
                range,
                format!("reserved name '{name}' cannot be used for type parameter"),
            );
        }
        let Some(expr) = expr else { return Ok(()) };
        let in_class = self.current().can_see_class_scope;
        let id = self.push(BlockKind::TypeVariable, name.clone(), expr.range());
        self.key(node, role, id);
        self.draft().purpose = purpose;
        if in_class {
            self.see_class_scope(expr.range())?;
        }
        self.visit_expr(expr)?;
        self.pop();
        Ok(())
    }

    /// Enters the block of a comprehension; the caller visits its parts.
    pub fn push_comprehension<T>(
        &mut self,
        node: &T,
        kind: Comprehension,
        range: TextRange,
    ) -> BlockId {
        let name = match kind {
            Comprehension::List => "listcomp",
            Comprehension::Set => "setcomp",
            Comprehension::Dict => "dictcomp",
            Comprehension::Generator => "genexpr",
        };
        let kind = BlockKind::Comprehension(kind);
        let id = self.push(kind, Name::new_static(name), range);
        self.key(node, Role::Body, id);
        let iterator = Name::new_static(".0");
        self.insert_raw(id, iterator.clone(), SymbolFlags::PARAM);
        self.current().params.push(iterator);
        id
    }
}

/// `*args: x` without the star, which CPython leaves out of the parameter's place.
fn param_range(param: &ast::Parameter) -> TextRange {
    TextRange::new(param.name.start(), param.end())
}

/// A symbol that has not been resolved.
pub(super) const fn unresolved(flags: u32) -> Symbol {
    Symbol {
        flags: SymbolFlags(flags),
        scope: Scope::Unknown,
    }
}
