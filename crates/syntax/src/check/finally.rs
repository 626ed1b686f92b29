//! `return`, `break` and `continue` that leave a `finally` block (PEP 765).

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::{ExceptHandler, Mod, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::error::Warning;
use crate::lines::Lines;
use crate::parse::Parsed;
use crate::stack::with_room;

/// Warns about each such jump.
pub(super) fn warn(parsed: &Parsed, warnings: &mut Vec<Warning>) {
    if let Mod::Module(module) = parsed.ast() {
        let mut visitor = Jumps {
            lines: parsed.lines(),
            warnings,
            in_finally: false,
            in_loop: false,
        };
        visitor.visit_body(&module.body);
    }
}

struct Jumps<'a> {
    lines: &'a Lines,
    warnings: &'a mut Vec<Warning>,
    /// Inside `finally`, with no function in between.
    in_finally: bool,
    /// Inside a loop, with no `finally` or function in between.
    in_loop: bool,
}

impl Jumps<'_> {
    fn within<'a>(&mut self, in_finally: bool, in_loop: bool, body: &'a [Stmt])
    where
        Self: StatementVisitor<'a>,
    {
        let before = (self.in_finally, self.in_loop);
        (self.in_finally, self.in_loop) = (in_finally, in_loop);
        self.visit_body(body);
        (self.in_finally, self.in_loop) = before;
    }

    fn warn(&mut self, word: &str, range: TextRange) {
        let msg = format!("'{word}' in a 'finally' block");
        self.warnings.push(Warning::syntax(self.lines, range, msg));
    }
}

impl<'a> StatementVisitor<'a> for Jumps<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => with_room(|| self.within(false, false, &def.body)),
            Stmt::For(stmt) => {
                with_room(|| self.within(self.in_finally, true, &stmt.body));
                self.visit_body(&stmt.orelse);
            }
            Stmt::While(stmt) => {
                with_room(|| self.within(self.in_finally, true, &stmt.body));
                self.visit_body(&stmt.orelse);
            }
            Stmt::Try(stmt) => with_room(|| {
                self.visit_body(&stmt.body);
                for handler in &stmt.handlers {
                    let ExceptHandler::ExceptHandler(handler) = handler;
                    self.visit_body(&handler.body);
                }
                self.visit_body(&stmt.orelse);
                self.within(true, false, &stmt.finalbody);
            }),
            Stmt::Return(_) if self.in_finally => self.warn("return", stmt.range()),
            Stmt::Break(_) if self.in_finally && !self.in_loop => {
                self.warn("break", stmt.range());
            }
            Stmt::Continue(_) if self.in_finally && !self.in_loop => {
                self.warn("continue", stmt.range());
            }
            _ => with_room(|| walk_stmt(self, stmt)),
        }
    }
}
