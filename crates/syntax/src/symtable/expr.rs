//! The pass over expressions.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, ExprContext};
use ruff_text_size::{Ranged, TextRange};

use super::build::{Builder, Step};
use super::{BlockId, BlockKind, Comprehension, SymbolFlags};
use crate::stack::with_room;

impl Builder<'_> {
    pub fn visit_exprs(&mut self, exprs: &[Expr]) -> Step {
        exprs.iter().try_for_each(|expr| self.visit_expr(expr))
    }

    pub fn visit_opt(&mut self, expr: Option<&Expr>) -> Step {
        expr.map_or(Ok(()), |expr| self.visit_expr(expr))
    }

    pub fn visit_keywords(&mut self, keywords: &[ast::Keyword]) -> Step {
        for keyword in keywords {
            if let Some(name) = &keyword.arg {
                self.check_name(name, keyword.range, "assign to")?;
            }
            self.visit_expr(&keyword.value)?;
        }
        Ok(())
    }

    pub fn visit_expr(&mut self, expr: &Expr) -> Step {
        match expr {
            // The commonest leaves need no look at the stack.
            Expr::Name(name) => self.name(name),
            Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => Ok(()),
            _ => with_room(|| self.compound(expr)),
        }
    }

    fn name(&mut self, name: &ast::ExprName) -> Step {
        match name.ctx {
            ExprContext::Load | ExprContext::Invalid => {
                if self.draft().unevaluated {
                    return Ok(());
                }
                self.add(&name.id, SymbolFlags::USE, name.range)?;
                if name.id == "super" && self.kind().is_function_like() {
                    let class = Name::new_static("__class__");
                    self.add(&class, SymbolFlags::USE, name.range)?;
                }
                Ok(())
            }
            ExprContext::Store => self.add(&name.id, SymbolFlags::LOCAL, name.range),
            ExprContext::Del => {
                self.check_name(&name.id, name.range, "delete")?;
                self.add(&name.id, SymbolFlags::LOCAL, name.range)
            }
        }
    }

    fn compound(&mut self, expr: &Expr) -> Step {
        match expr {
            Expr::Named(named) => {
                self.refuse_in_annotation("named expression", named.range)?;
                self.named(named)
            }
            Expr::BoolOp(op) => self.visit_exprs(&op.values),
            Expr::BinOp(op) => {
                self.visit_expr(&op.left)?;
                self.visit_expr(&op.right)
            }
            Expr::UnaryOp(op) => self.visit_expr(&op.operand),
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::If(cond) => {
                self.visit_expr(&cond.test)?;
                self.visit_expr(&cond.body)?;
                self.visit_expr(&cond.orelse)
            }
            Expr::Dict(dict) => {
                for item in &dict.items {
                    self.visit_opt(item.key.as_ref())?;
                }
                for item in &dict.items {
                    self.visit_expr(&item.value)?;
                }
                Ok(())
            }
            Expr::Set(set) => self.visit_exprs(&set.elts),
            Expr::ListComp(comp) => {
                let kind = Comprehension::List;
                self.comprehension(comp, kind, comp.range, &comp.generators, &comp.elt, None)
            }
            Expr::SetComp(comp) => {
                let kind = Comprehension::Set;
                self.comprehension(comp, kind, comp.range, &comp.generators, &comp.elt, None)
            }
            Expr::DictComp(comp) => {
                let kind = Comprehension::Dict;
                // A key that is absent is `{**x for …}`, which 3.14 does not have.
                let (elt, value) = match comp.key.as_deref() {
                    Some(key) => (key, Some(&*comp.value)),
                    None => (&*comp.value, None),
                };
                self.comprehension(comp, kind, comp.range, &comp.generators, elt, value)
            }
            Expr::Generator(comp) => {
                let kind = Comprehension::Generator;
                self.comprehension(comp, kind, comp.range, &comp.generators, &comp.elt, None)
            }
            Expr::Await(node) => self.await_(node),
            Expr::Yield(node) => {
                self.refuse_in_annotation("yield expression", node.range)?;
                self.visit_opt(node.value.as_deref())?;
                self.mark_generator(node.range)
            }
            Expr::YieldFrom(node) => {
                self.refuse_in_annotation("yield expression", node.range)?;
                self.visit_expr(&node.value)?;
                self.mark_generator(node.range)
            }
            Expr::Compare(compare) => {
                self.visit_expr(&compare.left)?;
                self.visit_exprs(&compare.comparators)
            }
            Expr::Call(call) => {
                self.visit_expr(&call.func)?;
                self.visit_exprs(&call.arguments.args)?;
                self.visit_keywords(&call.arguments.keywords)
            }
            Expr::FString(string) => string
                .value
                .elements()
                .try_for_each(|element| self.string_element(element)),
            Expr::TString(string) => string
                .value
                .elements()
                .try_for_each(|element| self.string_element(element)),
            Expr::Attribute(attribute) => {
                match attribute.ctx {
                    ExprContext::Store => {
                        self.check_name(&attribute.attr, attribute.range, "assign to")?;
                    }
                    ExprContext::Del => {
                        self.check_name(&attribute.attr, attribute.range, "delete")?;
                    }
                    ExprContext::Load | ExprContext::Invalid => {}
                }
                self.visit_expr(&attribute.value)
            }
            Expr::Subscript(subscript) => {
                self.visit_expr(&subscript.value)?;
                self.visit_expr(&subscript.slice)
            }
            Expr::Starred(starred) => self.visit_expr(&starred.value),
            Expr::List(list) => self.visit_exprs(&list.elts),
            Expr::Tuple(tuple) => self.visit_exprs(&tuple.elts),
            Expr::Slice(slice) => {
                self.visit_opt(slice.lower.as_deref())?;
                self.visit_opt(slice.upper.as_deref())?;
                self.visit_opt(slice.step.as_deref())
            }
            Expr::Name(_)
            | Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => self.visit_expr(expr),
        }
    }

    fn string_element(&mut self, element: &ast::InterpolatedStringElement) -> Step {
        let ast::InterpolatedStringElement::Interpolation(part) = element else {
            return Ok(());
        };
        self.visit_expr(&part.expression)?;
        match &part.format_spec {
            Some(spec) => spec
                .elements
                .iter()
                .try_for_each(|element| self.string_element(element)),
            None => Ok(()),
        }
    }

    fn lambda(&mut self, lambda: &ast::ExprLambda) -> Step {
        if let Some(params) = lambda.parameters.as_deref() {
            self.visit_defaults(params)?;
        }
        let id = self.push(BlockKind::Lambda, Name::new_static("lambda"), lambda.range);
        self.key(lambda, super::Role::Body, id);
        if let Some(params) = lambda.parameters.as_deref() {
            self.visit_parameters(params)?;
        }
        self.visit_expr(&lambda.body)?;
        self.pop();
        Ok(())
    }

    fn comprehension<T>(
        &mut self,
        node: &T,
        kind: Comprehension,
        range: TextRange,
        generators: &[ast::Comprehension],
        elt: &Expr,
        value: Option<&Expr>,
    ) -> Step {
        let Some((outermost, inner)) = generators.split_first() else {
            return self.error(range, "comprehension with no generators");
        };
        self.draft().comp_iter_expr += 1;
        self.visit_expr(&outermost.iter)?;
        self.draft().comp_iter_expr -= 1;

        let id = self.push_comprehension(node, kind, range);
        self.current().is_coroutine = outermost.is_async;
        self.comp_target(&outermost.target)?;
        self.visit_exprs(&outermost.ifs)?;
        for generator in inner {
            self.comp_target(&generator.target)?;
            self.draft().comp_iter_expr += 1;
            self.visit_expr(&generator.iter)?;
            self.draft().comp_iter_expr -= 1;
            self.visit_exprs(&generator.ifs)?;
            if generator.is_async {
                self.current().is_coroutine = true;
            }
        }
        self.visit_opt(value)?;
        self.visit_expr(elt)?;
        let is_generator = kind == Comprehension::Generator;
        self.blocks[id.index()].is_generator = is_generator;
        let is_async = self.blocks[id.index()].is_coroutine && !is_generator;
        self.pop();
        if is_async {
            let allowed = self.current().is_coroutine && self.kind().is_function_like()
                || matches!(self.kind(), BlockKind::Comprehension(_))
                || self.awaits_at_top_level();
            if !allowed {
                return self.error(
                    range,
                    "asynchronous comprehension outside of an asynchronous function",
                );
            }
            self.current().is_coroutine = true;
        }
        Ok(())
    }

    fn comp_target(&mut self, target: &Expr) -> Step {
        self.draft().comp_iter_target = true;
        self.visit_expr(target)?;
        self.draft().comp_iter_target = false;
        Ok(())
    }

    fn awaits_at_top_level(&self) -> bool {
        self.top_level_await && self.kind() == BlockKind::Module
    }

    fn await_(&mut self, node: &ast::ExprAwait) -> Step {
        self.refuse_in_annotation("await expression", node.range)?;
        if !self.awaits_at_top_level() {
            if !self.kind().is_function_like() {
                return self.error(node.range, "'await' outside function");
            }
            let in_comprehension = matches!(self.kind(), BlockKind::Comprehension(_));
            if !self.current().is_coroutine && !in_comprehension {
                return self.error(node.range, "'await' outside async function");
            }
        }
        self.visit_expr(&node.value)?;
        self.current().is_coroutine = true;
        Ok(())
    }

    fn mark_generator(&mut self, range: TextRange) -> Step {
        self.current().is_generator = true;
        if let BlockKind::Comprehension(kind) = self.kind() {
            let place = match kind {
                Comprehension::List => "list comprehension",
                Comprehension::Set => "set comprehension",
                Comprehension::Dict => "dict comprehension",
                Comprehension::Generator => "generator expression",
            };
            return self.error(range, format!("'yield' inside {place}"));
        }
        Ok(())
    }

    fn refuse_in_annotation(&mut self, what: &str, range: TextRange) -> Step {
        let place = match self.kind() {
            BlockKind::Annotation => "an annotation",
            BlockKind::TypeVariable => self.draft().purpose,
            BlockKind::TypeAlias => "a type alias",
            BlockKind::TypeParameters => "the definition of a generic",
            _ => return Ok(()),
        };
        self.error(range, format!("{what} cannot be used within {place}"))
    }

    fn named(&mut self, named: &ast::ExprNamed) -> Step {
        if self.draft().comp_iter_expr > 0 {
            return self.error(
                named.range,
                "assignment expression cannot be used in a comprehension iterable expression",
            );
        }
        if matches!(self.kind(), BlockKind::Comprehension(_))
            && let Expr::Name(target) = &*named.target
        {
            self.bind_outside_comprehension(target)?;
        }
        self.visit_expr(&named.value)?;
        self.visit_expr(&named.target)
    }

    /// An assignment expression in a comprehension binds in the function around it (PEP 572).
    fn bind_outside_comprehension(&mut self, target: &ast::ExprName) -> Step {
        for idx in (0..self.stack.len()).rev() {
            let id: BlockId = self.stack[idx];
            let block = &self.blocks[id.index()];
            let flags = block
                .symbol(&block.mangle(&target.id))
                .unwrap_or_default()
                .flags;
            let place = match block.kind {
                BlockKind::Comprehension(_) => {
                    if flags.has(SymbolFlags::COMP_ITER) {
                        return self.error(
                            target.range,
                            format!(
                                "assignment expression cannot rebind comprehension iteration variable '{}'",
                                target.id
                            ),
                        );
                    }
                    continue;
                }
                BlockKind::Function | BlockKind::Lambda => {
                    let flag = if flags.has(SymbolFlags::GLOBAL) {
                        SymbolFlags::GLOBAL
                    } else {
                        SymbolFlags::NONLOCAL
                    };
                    self.add(&target.id, flag, target.range)?;
                    self.record_directive(&target.id, target.range);
                    return self.add_to(id, &target.id, SymbolFlags::LOCAL, target.range);
                }
                BlockKind::Module => {
                    self.add(&target.id, SymbolFlags::GLOBAL, target.range)?;
                    self.record_directive(&target.id, target.range);
                    return self.add_to(id, &target.id, SymbolFlags::GLOBAL, target.range);
                }
                BlockKind::Class => "in a class body",
                BlockKind::TypeParameters => "within the definition of a generic",
                BlockKind::TypeAlias => "in a type alias",
                BlockKind::TypeVariable => "in a TypeVar bound",
                BlockKind::Annotation => "within an annotation",
            };
            return self.error(
                target.range(),
                format!("assignment expression within a comprehension cannot be used {place}"),
            );
        }
        Ok(())
    }
}
