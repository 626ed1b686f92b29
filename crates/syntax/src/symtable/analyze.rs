//! The second pass: from what the source does with each name to how code reaches it.
//!
//! Blocks are resolved from the outside in for bindings and from the inside out for free
//! variables, as CPython does it, so that both agree on every closure.

use ruff_python_ast::name::Name;
use rustc_hash::FxHashSet;

use super::build::{Draft, Step, unresolved};
use super::{Block, BlockId, BlockKind, Comprehension, Scope, SymbolFlags};
use crate::error::SyntaxError;
use crate::lines::Lines;
use crate::stack::with_room;

type Names = FxHashSet<Name>;

/// Resolves all names of all blocks.
pub(super) fn resolve(blocks: &mut [Block], drafts: &[Draft], lines: &Lines) -> Step {
    let mut analysis = Analysis {
        blocks,
        drafts,
        lines,
    };
    let mut free = Names::default();
    let outer = Outer::default();
    analysis.block(BlockId::ROOT, &outer, None, &mut free)?;
    Ok(())
}

/// What a block knows of the scopes around it.
#[derive(Clone, Default)]
struct Outer {
    /// Names bound by enclosing functions; `None` directly in the module.
    bound: Option<Names>,
    /// Names declared global by enclosing functions.
    global: Names,
    /// Type parameters among `bound`.
    type_params: Names,
}

/// The implicit cells of a class.
const CLASS_CELLS: [&str; 3] = ["__class__", "__classdict__", "__conditional_annotations__"];

struct Analysis<'a> {
    blocks: &'a mut [Block],
    drafts: &'a [Draft],
    lines: &'a Lines,
}

impl Analysis<'_> {
    fn block(
        &mut self,
        id: BlockId,
        outer: &Outer,
        class: Option<BlockId>,
        free: &mut Names,
    ) -> Step {
        let kind = self.blocks[id.index()].kind;
        let is_class = kind == BlockKind::Class;
        let mut here = outer.clone();
        let mut local = Names::default();
        let mut new_free = Names::default();

        for idx in 0..self.blocks[id.index()].symbols.len() {
            let block = &self.blocks[id.index()];
            let Some((name, symbol)) = block.symbols.get_index(idx) else {
                continue;
            };
            let (name, flags) = (name.clone(), symbol.flags);
            let scope = self.name(id, &name, flags, &mut here, &mut local, class)?;
            if scope == Scope::Free {
                new_free.insert(name);
            }
            if let Some((_, symbol)) = self.blocks[id.index()].symbols.get_index_mut(idx) {
                symbol.scope = scope;
            }
        }

        // What nested blocks see. A class hides its own names from them, and what it declares.
        let inner = if is_class {
            let mut inner = Outer {
                type_params: here.type_params,
                ..outer.clone()
            };
            let bound = inner.bound.get_or_insert_default();
            bound.extend(CLASS_CELLS.map(Name::new_static));
            inner
        } else {
            if kind.is_function_like() {
                here.bound.get_or_insert_default().extend(local);
            } else {
                here.bound.get_or_insert_default();
            }
            here
        };

        let sees_class = self.blocks[id.index()].can_see_class_scope;
        let mut captured = Names::default();
        let mut child_free = false;
        for child in self.blocks[id.index()].children.clone() {
            let class = if !self.blocks[child.index()].can_see_class_scope {
                None
            } else if is_class {
                Some(id)
            } else {
                class
            };
            let mut free_in_child = Names::default();
            with_room(|| self.block(child, &inner, class, &mut free_in_child))?;
            let inline = matches!(
                self.blocks[child.index()].kind,
                BlockKind::Comprehension(
                    Comprehension::List | Comprehension::Set | Comprehension::Dict
                )
            ) && !sees_class;
            if inline {
                self.inline(id, child, &mut free_in_child);
            }
            child_free |= !free_in_child.is_empty();
            captured.extend(free_in_child);
        }

        if kind.is_function_like() {
            // A local that a nested block uses becomes a cell.
            for (name, symbol) in &mut self.blocks[id.index()].symbols {
                if symbol.scope == Scope::Local && captured.remove(name) {
                    symbol.scope = Scope::Cell;
                }
            }
        } else if is_class {
            let block = &mut self.blocks[id.index()];
            block.needs_class_closure |= captured.remove("__class__");
            block.needs_classdict |= captured.remove("__classdict__");
            block.has_conditional_annotations |= captured.remove("__conditional_annotations__");
        }

        let block = &mut self.blocks[id.index()];
        block.child_has_free = child_free;
        for name in &captured {
            match block.symbols.get_mut(name) {
                Some(symbol) => {
                    // Bound by the class and, beyond it, by a function whose variable passes
                    // through; a scope that sees the class looks there instead, too.
                    let own = SymbolFlags::BOUND | SymbolFlags::GLOBAL;
                    if is_class && symbol.flags.has(own) || sees_class {
                        symbol.flags.0 |= SymbolFlags::FREE_CLASS;
                    }
                }
                None => {
                    let bound_outside = outer
                        .bound
                        .as_ref()
                        .is_some_and(|bound| bound.contains(name));
                    if bound_outside {
                        let mut symbol = unresolved(0);
                        symbol.scope = Scope::Free;
                        block.symbols.insert(name.clone(), symbol);
                    }
                }
            }
        }
        new_free.extend(captured);
        free.extend(new_free);
        Ok(())
    }

    fn name(
        &self,
        id: BlockId,
        name: &Name,
        flags: SymbolFlags,
        here: &mut Outer,
        local: &mut Names,
        class: Option<BlockId>,
    ) -> Step<Scope> {
        if flags.has(SymbolFlags::GLOBAL) {
            if flags.has(SymbolFlags::NONLOCAL) {
                return self.error(id, name, format!("name '{name}' is nonlocal and global"));
            }
            here.global.insert(name.clone());
            if let Some(bound) = &mut here.bound {
                bound.remove(name);
            }
            return Ok(Scope::GlobalExplicit);
        }
        if flags.has(SymbolFlags::NONLOCAL) {
            let Some(bound) = &here.bound else {
                let msg = "nonlocal declaration not allowed at module level";
                return self.error(id, name, msg.into());
            };
            if !bound.contains(name) {
                return self.error(id, name, format!("no binding for nonlocal '{name}' found"));
            }
            if here.type_params.contains(name) {
                let msg = format!("nonlocal binding not allowed for type parameter '{name}'");
                return self.error(id, name, msg);
            }
            return Ok(Scope::Free);
        }
        if flags.has(SymbolFlags::BOUND) {
            local.insert(name.clone());
            here.global.remove(name);
            if flags.has(SymbolFlags::TYPE_PARAM) {
                here.type_params.insert(name.clone());
            } else {
                here.type_params.remove(name);
            }
            return Ok(Scope::Local);
        }
        // A name that the class around also binds must not be found in a function beyond it: the
        // class namespace is tried at run time, then the globals.
        if let Some(class) = class
            && let Some(symbol) = self.blocks[class.index()].symbol(name)
        {
            if symbol.flags.has(SymbolFlags::GLOBAL) {
                return Ok(Scope::GlobalExplicit);
            }
            let bound = symbol.flags.has(SymbolFlags::BOUND);
            if bound && !symbol.flags.has(SymbolFlags::NONLOCAL) {
                return Ok(Scope::GlobalImplicit);
            }
        }
        if here
            .bound
            .as_ref()
            .is_some_and(|bound| bound.contains(name))
        {
            return Ok(Scope::Free);
        }
        Ok(Scope::GlobalImplicit)
    }

    /// Makes `comp` part of the code of `id` (PEP 709): names of the enclosing function that it
    /// uses are then simply that function's own, unless something nested captures them.
    fn inline(&mut self, id: BlockId, comp: BlockId, free: &mut Names) {
        let outer_kind = self.blocks[id.index()].kind;
        let symbols = self.blocks[comp.index()].symbols.clone();
        for (name, symbol) in &symbols {
            if symbol.flags.has(SymbolFlags::PARAM) {
                continue;
            }
            let existing = self.blocks[id.index()].symbols.get(name).copied();
            let mut scope = symbol.scope;
            match existing {
                None => {
                    // A class cannot reach its own cells by name; its nested code can.
                    if scope == Scope::Free
                        && outer_kind == BlockKind::Class
                        && CLASS_CELLS.contains(&name.as_str())
                    {
                        scope = Scope::GlobalImplicit;
                        if !self.free_in_child(comp, name) {
                            free.remove(name);
                        }
                        if let Some(own) = self.blocks[comp.index()].symbols.get_mut(name) {
                            own.scope = scope;
                        }
                    }
                    let mut shown = *symbol;
                    shown.scope = scope;
                    if scope == Scope::Free {
                        if outer_kind != BlockKind::Class {
                            // It passes through; whether it is used shows in the block around too.
                            let mut passing = unresolved(symbol.flags.0 & SymbolFlags::USE);
                            passing.scope = Scope::Free;
                            let symbols = &mut self.blocks[id.index()].symbols;
                            symbols.insert(name.clone(), passing);
                        }
                    } else {
                        if scope == Scope::Cell {
                            shown.flags.0 |= SymbolFlags::COMP_CELL;
                        }
                        self.blocks[id.index()]
                            .inlined_names
                            .insert(name.clone(), shown);
                    }
                }
                Some(existing) => {
                    if scope == Scope::Free
                        && outer_kind != BlockKind::Class
                        && let Some(outer) = self.blocks[id.index()].symbols.get_mut(name)
                    {
                        outer.flags.0 |= symbol.flags.0 & SymbolFlags::USE;
                    }
                    if existing.flags.has(SymbolFlags::BOUND)
                        && outer_kind != BlockKind::Class
                        && !self.free_in_child(comp, name)
                    {
                        free.remove(name);
                    }
                }
            }
        }
        let nested: Vec<_> = self.blocks[comp.index()]
            .inlined_names
            .iter()
            .map(|(name, symbol)| (name.clone(), *symbol))
            .collect();
        let block = &mut self.blocks[id.index()];
        for (name, symbol) in nested {
            if !block.symbols.contains_key(&name) {
                block.inlined_names.entry(name).or_insert(symbol);
            }
        }
        self.blocks[comp.index()].inlined = true;
    }

    /// Whether a block nested in `id` that has code of its own uses `name` as a free variable.
    fn free_in_child(&self, id: BlockId, name: &Name) -> bool {
        self.blocks[id.index()].children.iter().any(|child| {
            let block = &self.blocks[child.index()];
            if block.inlined {
                return with_room(|| self.free_in_child(*child, name));
            }
            block
                .symbol(name)
                .is_some_and(|symbol| symbol.scope == Scope::Free)
        })
    }

    fn error<T>(&self, id: BlockId, name: &Name, msg: String) -> Step<T> {
        let directives = &self.drafts[id.index()].directives;
        let range = directives
            .iter()
            .find(|(directive, _)| directive == name)
            .map_or(self.blocks[id.index()].range, |(_, range)| *range);
        Err(SyntaxError::at(self.lines, range, msg))
    }
}
