//! Syntax that is newer than the grammar asked for by `ast.parse(feature_version=…)`.

use ruff_python_ast::visitor::source_order::{
    SourceOrderVisitor, walk_comprehension, walk_expr, walk_parameters, walk_stmt, walk_type_param,
    walk_type_params,
};
use ruff_python_ast::{
    Comprehension, ExceptHandler, Expr, Mod, Operator, Parameters, Stmt, TypeParam, TypeParams,
};
use ruff_text_size::{Ranged, TextRange};

use crate::error::SyntaxError;
use crate::lines::Lines;
use crate::stack::with_room;

/// The first use of something that Python 3.`minor` does not have, inner ones before outer ones.
pub(crate) fn too_new(module: &Mod, lines: &Lines, minor: u8) -> Option<Box<SyntaxError>> {
    let mut visitor = Newer { minor, found: None };
    match module {
        Mod::Module(module) => visitor.visit_body(&module.body),
        Mod::Expression(expression) => visitor.visit_expr(&expression.body),
    }
    let (range, what, since) = visitor.found?;
    let msg = format!("{what} only supported in Python 3.{since} and greater");
    Some(SyntaxError::with_kind(
        lines,
        crate::ErrorKind::Syntax,
        range,
        msg,
    ))
}

struct Newer {
    minor: u8,
    found: Option<(TextRange, &'static str, u8)>,
}

impl Newer {
    fn since(&mut self, minor: u8, what: &'static str, range: TextRange) {
        if self.minor < minor && self.found.is_none() {
            self.found = Some((range, what, minor));
        }
    }
}

impl<'a> SourceOrderVisitor<'a> for Newer {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        with_room(|| walk_stmt(self, stmt));
        let range = stmt.range();
        match stmt {
            Stmt::FunctionDef(f) if f.is_async => self.since(5, "Async functions are", range),
            Stmt::For(f) if f.is_async => self.since(5, "Async for loops are", range),
            Stmt::With(w) if w.is_async => self.since(5, "Async with statements are", range),
            Stmt::AnnAssign(_) => self.since(6, "Variable annotation syntax is", range),
            Stmt::AugAssign(a) if a.op == Operator::MatMult => {
                self.since(5, "The '@' operator is", range);
            }
            Stmt::Match(_) => self.since(10, "Pattern matching is", range),
            Stmt::TypeAlias(_) => self.since(12, "Type statement is", range),
            Stmt::Try(t) => {
                for ExceptHandler::ExceptHandler(h) in &t.handlers {
                    if let Some(Expr::Tuple(types)) = h.type_.as_deref()
                        && !types.parenthesized
                    {
                        let what = "except expressions without parentheses are";
                        self.since(14, what, h.range);
                    }
                }
                if t.is_star {
                    self.since(11, "Exception groups are", range);
                }
            }
            _ => {}
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        with_room(|| walk_expr(self, expr));
        let range = expr.range();
        match expr {
            Expr::Named(_) => self.since(8, "Assignment expressions are", range),
            Expr::Await(_) => self.since(5, "Await expressions are", range),
            Expr::BinOp(b) if b.op == Operator::MatMult => {
                self.since(5, "The '@' operator is", range);
            }
            Expr::TString(_) => self.since(14, "t-strings are", range),
            _ => {}
        }
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        walk_comprehension(self, comprehension);
        if comprehension.is_async {
            self.since(6, "Async comprehensions are", comprehension.range);
        }
    }

    fn visit_parameters(&mut self, parameters: &'a Parameters) {
        walk_parameters(self, parameters);
        if !parameters.posonlyargs.is_empty() {
            self.since(8, "Positional-only parameters are", parameters.range);
        }
    }

    fn visit_type_param(&mut self, param: &'a TypeParam) {
        walk_type_param(self, param);
        if param.default().is_some() {
            self.since(13, "Type parameter defaults are", param.range());
        }
    }

    fn visit_type_params(&mut self, params: &'a TypeParams) {
        walk_type_params(self, params);
        self.since(12, "Type parameter lists are", params.range);
    }
}
