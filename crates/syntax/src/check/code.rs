//! The walk in the order of CPython's code generator.

use ruff_python_ast::{
    self as ast, CmpOp, ExceptHandler, Expr, ExprContext, InterpolatedStringElement, Mod, Stmt,
};
use ruff_text_size::{Ranged, TextRange};

use super::context::{Frame, MAX_FRAMES, Unit};
use super::{literals, pattern};
use crate::error::{SyntaxError, Warning};
use crate::future;
use crate::lines::Lines;
use crate::options::Options;
use crate::stack::with_room;
use crate::symtable::{Role, SymbolTable};

pub(super) type Check<T = ()> = Result<T, Box<SyntaxError>>;

/// State of the walk.
pub(super) struct Checker<'a> {
    lines: &'a Lines,
    symbols: &'a SymbolTable,
    warnings: &'a mut Vec<Warning>,
    top_level_await: bool,
    unit: Unit,
    frames: Vec<Frame>,
    /// Whether the statement at hand is directly in the module, where future imports may be.
    at_top: bool,
}

impl<'a> Checker<'a> {
    pub fn new(
        lines: &'a Lines,
        symbols: &'a SymbolTable,
        options: &Options,
        warnings: &'a mut Vec<Warning>,
    ) -> Self {
        Checker {
            lines,
            symbols,
            warnings,
            top_level_await: options.top_level_await,
            unit: Unit::Module,
            frames: Vec::new(),
            at_top: true,
        }
    }

    pub fn error<T>(&self, range: TextRange, msg: impl Into<String>) -> Check<T> {
        Err(SyntaxError::at(self.lines, range, msg))
    }

    fn warn(&mut self, range: TextRange, msg: String) {
        self.warnings.push(Warning::syntax(self.lines, range, msg));
    }

    pub fn module(&mut self, module: &Mod) -> Check {
        match module {
            Mod::Module(module) => {
                for stmt in &module.body {
                    self.at_top = true;
                    self.stmt(stmt)?;
                }
                Ok(())
            }
            Mod::Expression(expression) => self.expr(&expression.body),
        }
    }

    fn body(&mut self, body: &[Stmt]) -> Check {
        for stmt in body {
            self.at_top = false;
            self.stmt(stmt)?;
        }
        Ok(())
    }

    fn stmt(&mut self, stmt: &Stmt) -> Check {
        with_room(|| self.stmt_inner(stmt))
    }

    /// Runs `inside` in a code object of its own.
    fn in_unit(&mut self, unit: Unit, inside: impl FnOnce(&mut Self) -> Check) -> Check {
        let before = std::mem::replace(&mut self.unit, unit);
        let frames = std::mem::take(&mut self.frames);
        inside(self)?;
        self.unit = before;
        self.frames = frames;
        Ok(())
    }

    /// Checks `body` inside a block that jumps must unwind.
    fn in_frame(&mut self, frame: Frame, range: TextRange, body: &[Stmt]) -> Check {
        self.push_frame(frame, range)?;
        self.body(body)?;
        self.frames.pop();
        Ok(())
    }

    fn push_frame(&mut self, frame: Frame, range: TextRange) -> Check {
        if self.frames.len() >= MAX_FRAMES {
            return self.error(range, "too many statically nested blocks");
        }
        self.frames.push(frame);
        Ok(())
    }

    fn allows_async(&self) -> bool {
        match self.unit {
            Unit::Function { is_async, .. } => is_async,
            Unit::Module => self.top_level_await,
            Unit::Class | Unit::Hidden => false,
        }
    }

    fn stmt_inner(&mut self, stmt: &Stmt) -> Check {
        match stmt {
            Stmt::FunctionDef(def) => self.function_def(def),
            Stmt::ClassDef(def) => self.class_def(def),
            Stmt::TypeAlias(alias) => {
                if let Some(params) = alias.type_params.as_deref() {
                    self.type_params(params)?;
                }
                self.in_unit(Unit::Hidden, |checker| checker.expr(&alias.value))
            }
            Stmt::Return(ret) => self.return_(ret),
            Stmt::Delete(delete) => self.exprs(&delete.targets),
            Stmt::Assign(assign) => {
                self.expr(&assign.value)?;
                self.targets(&assign.targets)
            }
            Stmt::AugAssign(assign) => {
                self.expr(&assign.target)?;
                self.expr(&assign.value)
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.expr(value)?;
                }
                self.expr(&assign.target)?;
                self.in_unit(Unit::Hidden, |checker| checker.expr(&assign.annotation))
            }
            Stmt::For(stmt) => {
                if stmt.is_async && !self.allows_async() {
                    return self.error(stmt.range, "'async for' outside async function");
                }
                if stmt.is_async {
                    self.push_frame(Frame::Loop, stmt.range)?;
                    self.expr(&stmt.iter)?;
                } else {
                    self.expr(&stmt.iter)?;
                    self.push_frame(Frame::Loop, stmt.range)?;
                }
                self.target(&stmt.target)?;
                self.body(&stmt.body)?;
                self.frames.pop();
                self.body(&stmt.orelse)
            }
            Stmt::While(stmt) => {
                self.push_frame(Frame::Loop, stmt.range)?;
                self.expr(&stmt.test)?;
                self.body(&stmt.body)?;
                self.frames.pop();
                self.body(&stmt.orelse)
            }
            Stmt::If(stmt) => {
                self.expr(&stmt.test)?;
                self.body(&stmt.body)?;
                for clause in &stmt.elif_else_clauses {
                    if let Some(test) = &clause.test {
                        self.expr(test)?;
                    }
                    self.body(&clause.body)?;
                }
                Ok(())
            }
            Stmt::With(stmt) => {
                if stmt.is_async && !self.allows_async() {
                    return self.error(stmt.range, "'async with' outside async function");
                }
                for item in &stmt.items {
                    self.expr(&item.context_expr)?;
                    self.push_frame(Frame::Other, item.context_expr.range())?;
                    if let Some(target) = &item.optional_vars {
                        self.target(target)?;
                    }
                }
                self.body(&stmt.body)?;
                let left = self.frames.len() - stmt.items.len();
                self.frames.truncate(left);
                Ok(())
            }
            Stmt::Match(stmt) => {
                self.expr(&stmt.subject)?;
                for (idx, case) in stmt.cases.iter().enumerate() {
                    pattern::case(self, stmt, idx, case)?;
                    if let Some(guard) = &case.guard {
                        self.expr(guard)?;
                    }
                    self.body(&case.body)?;
                }
                Ok(())
            }
            Stmt::Raise(stmt) => {
                self.opt(stmt.exc.as_deref())?;
                self.opt(stmt.cause.as_deref())
            }
            Stmt::Try(stmt) => self.try_(stmt),
            Stmt::Assert(stmt) => {
                if let Expr::Tuple(tuple) = &*stmt.test
                    && !tuple.elts.is_empty()
                {
                    let msg = "assertion is always true, perhaps remove parentheses?";
                    self.warn(stmt.range, msg.into());
                }
                self.expr(&stmt.test)?;
                self.opt(stmt.msg.as_deref())
            }
            Stmt::ImportFrom(import) => {
                let is_future = import.level == 0 && import.module.as_deref() == Some("__future__");
                // Those at the top of the file have been looked at with the future features.
                if is_future && !self.at_top {
                    return self.error(import.range, future::MISPLACED);
                }
                Ok(())
            }
            Stmt::Expr(stmt) => self.expr(&stmt.value),
            Stmt::Break(stmt) => self.jump(stmt.range, "'break' outside loop"),
            Stmt::Continue(stmt) => self.jump(stmt.range, "'continue' not properly in loop"),
            Stmt::Import(_)
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::Pass(_)
            | Stmt::IpyEscapeCommand(_) => Ok(()),
        }
    }

    fn jump(&self, range: TextRange, outside: &str) -> Check {
        for frame in self.frames.iter().rev() {
            match frame {
                Frame::Loop => return Ok(()),
                Frame::GroupHandler => return self.error(range, IN_GROUP_HANDLER),
                Frame::Other => {}
            }
        }
        self.error(range, outside)
    }

    fn return_(&mut self, ret: &ast::StmtReturn) -> Check {
        let Unit::Function {
            is_async,
            is_generator,
        } = self.unit
        else {
            return self.error(ret.range, "'return' outside function");
        };
        if ret.value.is_some() && is_async && is_generator {
            return self.error(ret.range, "'return' with value in async generator");
        }
        self.opt(ret.value.as_deref())?;
        if self.frames.contains(&Frame::GroupHandler) {
            let range = match ret.value.as_deref() {
                Some(value) if literals::constant_type(value).is_some() => value.range(),
                _ => ret.range,
            };
            return self.error(range, IN_GROUP_HANDLER);
        }
        Ok(())
    }

    fn try_(&mut self, stmt: &ast::StmtTry) -> Check {
        let finally = !stmt.finalbody.is_empty();
        if finally {
            self.push_frame(Frame::Other, stmt.range)?;
        }
        if !stmt.handlers.is_empty() {
            self.in_frame(Frame::Other, stmt.range, &stmt.body)?;
        } else {
            self.body(&stmt.body)?;
        }
        for (idx, handler) in stmt.handlers.iter().enumerate() {
            let ExceptHandler::ExceptHandler(handler) = handler;
            match &handler.type_ {
                Some(type_) => self.expr(type_)?,
                None if idx + 1 < stmt.handlers.len() => {
                    return self.error(handler.range, "default 'except:' must be last");
                }
                None => {}
            }
            let frame = if stmt.is_star {
                Frame::GroupHandler
            } else {
                Frame::Other
            };
            self.push_frame(frame, handler.range)?;
            self.in_frame(Frame::Other, handler.range, &handler.body)?;
            self.frames.pop();
        }
        self.body(&stmt.orelse)?;
        if finally {
            self.frames.pop();
            self.in_frame(Frame::Other, stmt.range, &stmt.finalbody)?;
        }
        Ok(())
    }

    fn function_def(&mut self, def: &ast::StmtFunctionDef) -> Check {
        for decorator in &def.decorator_list {
            self.expr(&decorator.expression)?;
        }
        self.defaults(&def.parameters)?;
        if let Some(params) = def.type_params.as_deref() {
            self.type_params(params)?;
        }
        self.in_unit(Unit::Hidden, |checker| {
            for param in def.parameters.iter_source_order() {
                if let Some(annotation) = param.annotation() {
                    checker.annotation(annotation)?;
                }
            }
            checker.opt(def.returns.as_deref())
        })?;
        let is_generator = self
            .symbols
            .find(def, Role::Body)
            .is_some_and(|id| self.symbols.block(id).is_generator);
        let unit = Unit::Function {
            is_async: def.is_async,
            is_generator,
        };
        self.in_unit(unit, |checker| {
            if def.is_async || is_generator {
                // All of it stands in a block that turns `StopIteration` into an error.
                checker.frames.push(Frame::Other);
            }
            checker.body(&def.body)
        })
    }

    fn annotation(&mut self, annotation: &Expr) -> Check {
        match annotation {
            // `*args: *Ts`
            Expr::Starred(starred) => self.expr(&starred.value),
            _ => self.expr(annotation),
        }
    }

    fn defaults(&mut self, params: &ast::Parameters) -> Check {
        params
            .iter_non_variadic_params()
            .try_for_each(|param| self.opt(param.default.as_deref()))
    }

    fn type_params(&mut self, params: &ast::TypeParams) -> Check {
        let mut default_seen = false;
        self.in_unit(Unit::Hidden, |checker| {
            for param in &params.type_params {
                if let ast::TypeParam::TypeVar(var) = param {
                    checker.opt(var.bound.as_deref())?;
                }
                match param.default() {
                    Some(Expr::Starred(starred)) => {
                        default_seen = true;
                        checker.expr(&starred.value)?;
                    }
                    Some(default) => {
                        default_seen = true;
                        checker.expr(default)?;
                    }
                    None if default_seen => {
                        let msg = format!(
                            "non-default type parameter '{}' follows default type parameter",
                            param.name()
                        );
                        return checker.error(param.range(), msg);
                    }
                    None => {}
                }
            }
            Ok(())
        })
    }

    fn class_def(&mut self, def: &ast::StmtClassDef) -> Check {
        for decorator in &def.decorator_list {
            self.expr(&decorator.expression)?;
        }
        if let Some(params) = def.type_params.as_deref() {
            self.type_params(params)?;
        }
        self.in_unit(Unit::Class, |checker| checker.body(&def.body))?;
        match def.arguments.as_deref() {
            Some(arguments) => self.arguments(arguments),
            None => Ok(()),
        }
    }

    fn arguments(&mut self, arguments: &ast::Arguments) -> Check {
        for (idx, keyword) in arguments.keywords.iter().enumerate() {
            if let Some(name) = &keyword.arg {
                let repeated = arguments.keywords[idx + 1..]
                    .iter()
                    .find(|later| later.arg.as_ref().is_some_and(|arg| arg.id == name.id));
                if let Some(later) = repeated {
                    let msg = format!("keyword argument repeated: {name}");
                    return self.error(later.range, msg);
                }
            }
        }
        self.starrable(&arguments.args)?;
        arguments
            .keywords
            .iter()
            .try_for_each(|keyword| self.expr(&keyword.value))
    }

    pub fn exprs(&mut self, exprs: &[Expr]) -> Check {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    fn opt(&mut self, expr: Option<&Expr>) -> Check {
        expr.map_or(Ok(()), |expr| self.expr(expr))
    }

    /// Expressions among which `*x` is allowed.
    fn starrable(&mut self, exprs: &[Expr]) -> Check {
        exprs.iter().try_for_each(|expr| match expr {
            Expr::Starred(starred) => self.expr(&starred.value),
            _ => self.expr(expr),
        })
    }

    fn targets(&mut self, targets: &[Expr]) -> Check {
        targets.iter().try_for_each(|target| self.target(target))
    }

    fn target(&mut self, target: &Expr) -> Check {
        match target {
            Expr::Starred(starred) => self.error(
                starred.range,
                "starred assignment target must be in a list or tuple",
            ),
            Expr::Tuple(ast::ExprTuple { elts, range, .. })
            | Expr::List(ast::ExprList { elts, range, .. }) => {
                let mut seen = false;
                for (idx, elt) in elts.iter().enumerate() {
                    if !matches!(elt, Expr::Starred(_)) {
                        continue;
                    }
                    if seen {
                        return self.error(*range, "multiple starred expressions in assignment");
                    }
                    if idx >= 1 << 8 || elts.len() - idx > 1 << 23 {
                        return self
                            .error(*range, "too many expressions in star-unpacking assignment");
                    }
                    seen = true;
                }
                with_room(|| {
                    elts.iter().try_for_each(|elt| match elt {
                        Expr::Starred(starred) => self.target(&starred.value),
                        _ => self.target(elt),
                    })
                })
            }
            _ => self.expr(target),
        }
    }

    pub fn expr(&mut self, expr: &Expr) -> Check {
        match expr {
            Expr::Name(_)
            | Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => Ok(()),
            _ => with_room(|| self.compound(expr)),
        }
    }

    fn compound(&mut self, expr: &Expr) -> Check {
        match expr {
            Expr::Named(named) => {
                self.expr(&named.value)?;
                self.expr(&named.target)
            }
            Expr::BoolOp(op) => self.exprs(&op.values),
            Expr::BinOp(op) => {
                self.expr(&op.left)?;
                self.expr(&op.right)
            }
            Expr::UnaryOp(op) => self.expr(&op.operand),
            Expr::Lambda(lambda) => {
                if let Some(params) = lambda.parameters.as_deref() {
                    self.defaults(params)?;
                }
                let unit = Unit::Function {
                    is_async: false,
                    is_generator: false,
                };
                self.in_unit(unit, |checker| checker.expr(&lambda.body))
            }
            Expr::If(cond) => {
                self.expr(&cond.test)?;
                self.expr(&cond.body)?;
                self.expr(&cond.orelse)
            }
            Expr::Dict(dict) => {
                for item in &dict.items {
                    self.opt(item.key.as_ref())?;
                    self.expr(&item.value)?;
                }
                Ok(())
            }
            Expr::Set(set) => self.starrable(&set.elts),
            Expr::ListComp(comp) => self.comprehension(&comp.generators, [Some(&*comp.elt), None]),
            Expr::SetComp(comp) => self.comprehension(&comp.generators, [Some(&*comp.elt), None]),
            Expr::Generator(comp) => self.comprehension(&comp.generators, [Some(&*comp.elt), None]),
            Expr::DictComp(comp) => {
                let parts = [comp.key.as_deref(), Some(&*comp.value)];
                self.comprehension(&comp.generators, parts)
            }
            Expr::Await(node) => self.expr(&node.value),
            Expr::Yield(node) => {
                if !matches!(self.unit, Unit::Function { .. }) {
                    return self.error(node.range, "'yield' outside function");
                }
                self.opt(node.value.as_deref())
            }
            Expr::YieldFrom(node) => match self.unit {
                Unit::Function {
                    is_async: false, ..
                } => self.expr(&node.value),
                Unit::Function { .. } => {
                    self.error(node.range, "'yield from' inside async function")
                }
                _ => self.error(node.range, "'yield from' outside function"),
            },
            Expr::Compare(compare) => self.compare(compare),
            Expr::Call(call) => {
                if let Some(name) = literals::type_name(&call.func)
                    && name != "function"
                {
                    let msg =
                        format!("'{name}' object is not callable; perhaps you missed a comma?");
                    self.warn(call.range(), msg);
                }
                self.expr(&call.func)?;
                self.arguments(&call.arguments)
            }
            Expr::FString(string) => string
                .value
                .elements()
                .try_for_each(|element| self.string_element(element)),
            Expr::TString(string) => string
                .value
                .elements()
                .try_for_each(|element| self.string_element(element)),
            Expr::Attribute(attribute) => self.expr(&attribute.value),
            Expr::Subscript(subscript) => {
                if subscript.ctx == ExprContext::Load {
                    self.check_subscript(subscript);
                }
                self.expr(&subscript.value)?;
                match &*subscript.slice {
                    Expr::Tuple(tuple) => self.starrable(&tuple.elts),
                    slice => self.expr(slice),
                }
            }
            Expr::Starred(starred) => match starred.ctx {
                ExprContext::Store => self.error(
                    starred.range,
                    "starred assignment target must be in a list or tuple",
                ),
                _ => self.error(starred.range, "can't use starred expression here"),
            },
            Expr::List(list) => self.starrable(&list.elts),
            Expr::Tuple(tuple) => self.starrable(&tuple.elts),
            Expr::Slice(slice) => {
                self.opt(slice.lower.as_deref())?;
                self.opt(slice.upper.as_deref())?;
                self.opt(slice.step.as_deref())
            }
            _ => Ok(()),
        }
    }

    fn string_element(&mut self, element: &InterpolatedStringElement) -> Check {
        let InterpolatedStringElement::Interpolation(part) = element else {
            return Ok(());
        };
        self.expr(&part.expression)?;
        match &part.format_spec {
            Some(spec) => spec
                .elements
                .iter()
                .try_for_each(|element| self.string_element(element)),
            None => Ok(()),
        }
    }

    fn comprehension(
        &mut self,
        generators: &[ast::Comprehension],
        parts: [Option<&Expr>; 2],
    ) -> Check {
        for (idx, generator) in generators.iter().enumerate() {
            match &generator.iter {
                // The outermost iterable belongs to the code around; `yield` in the others has
                // been refused already.
                iter if idx == 0 => self.expr(iter)?,
                iter => self.expr(iter)?,
            }
            self.target(&generator.target)?;
            self.exprs(&generator.ifs)?;
        }
        parts
            .into_iter()
            .flatten()
            .try_for_each(|part| self.expr(part))
    }

    fn compare(&mut self, compare: &ast::ExprCompare) -> Check {
        let mut left = literals::identity_suspect(&compare.left);
        for (op, right) in compare.ops.iter().zip(&compare.comparators) {
            let right = literals::identity_suspect(right);
            if matches!(op, CmpOp::Is | CmpOp::IsNot)
                && let Some(name) = left.or(right)
            {
                let msg = match op {
                    CmpOp::Is => format!("\"is\" with '{name}' literal. Did you mean \"==\"?"),
                    _ => format!("\"is not\" with '{name}' literal. Did you mean \"!=\"?"),
                };
                self.warn(compare.range, msg);
                break;
            }
            left = right;
        }
        self.expr(&compare.left)?;
        self.exprs(&compare.comparators)
    }

    fn check_subscript(&mut self, subscript: &ast::ExprSubscript) {
        let msg = match literals::type_name(&subscript.value) {
            None | Some("dict") => return,
            Some(name @ ("str" | "bytes" | "list" | "tuple")) => {
                let index = match literals::type_name(&subscript.slice) {
                    None | Some("int" | "bool") => return,
                    Some(index) => index,
                };
                format!(
                    "{name} indices must be integers or slices, not {index}; \
                     perhaps you missed a comma?"
                )
            }
            Some(name) => {
                format!("'{name}' object is not subscriptable; perhaps you missed a comma?")
            }
        };
        self.warn(subscript.range, msg);
    }
}

const IN_GROUP_HANDLER: &str = "'break', 'continue' and 'return' cannot appear in an except* block";
