//! How deep a tree is.

use ruff_python_ast::visitor::source_order::{
    SourceOrderVisitor, walk_expr, walk_pattern, walk_stmt,
};
use ruff_python_ast::{Expr, Mod, Pattern, Stmt};

use crate::stack::with_room;

/// The deepest nesting of statements, expressions and patterns.
pub(crate) fn of_module(module: &Mod) -> u32 {
    let mut depth = Depth::default();
    match module {
        Mod::Module(module) => depth.visit_body(&module.body),
        Mod::Expression(expression) => depth.visit_expr(&expression.body),
    }
    depth.deepest
}

#[derive(Default)]
struct Depth {
    current: u32,
    deepest: u32,
}

impl Depth {
    fn nested(&mut self, walk: impl FnOnce(&mut Self)) {
        self.current += 1;
        self.deepest = self.deepest.max(self.current);
        with_room(|| walk(self));
        self.current -= 1;
    }
}

impl<'a> SourceOrderVisitor<'a> for Depth {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.nested(|depth| walk_stmt(depth, stmt));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.nested(|depth| walk_expr(depth, expr));
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.nested(|depth| walk_pattern(depth, pattern));
    }
}
