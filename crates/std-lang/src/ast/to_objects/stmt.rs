//! Statements.

use taipan_object::{PyResult, Value, ValueVec};
use taipan_syntax::ast::{self as tree, ExceptHandler, Stmt, TypeParam};
use taipan_syntax::{Ranged, TextRange, TextSize};

use super::Builder;
use super::expr::operator;
use crate::ast::grammar::Kind;

impl Builder<'_> {
    /// Statements.
    pub fn body(&self, body: &[Stmt]) -> PyResult {
        self.each(body, |s| self.stmt(s))
    }

    fn stmt(&self, s: &Stmt) -> PyResult {
        self.deeper()?;
        let range = match s {
            Stmt::FunctionDef(_)
            | Stmt::ClassDef(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::If(_)
            | Stmt::With(_)
            | Stmt::Match(_)
            | Stmt::Try(_) => self.block(s.range()),
            _ => s.range(),
        };
        match s {
            Stmt::FunctionDef(x) => {
                let header = match x.returns.as_deref() {
                    Some(r) => r.range().end(),
                    None => x.parameters.range.end(),
                };
                let k = if x.is_async {
                    Kind::AsyncFunctionDef
                } else {
                    Kind::FunctionDef
                };
                let parts = [
                    self.identifier(&x.name),
                    self.parameters(Some(&x.parameters))?,
                    self.documented(&x.body)?,
                    self.decorators(&x.decorator_list)?,
                    self.opt_expr(x.returns.as_deref())?,
                    match x.body.first() {
                        Some(first) => self.definition_comment(header, first.range().start()),
                        None => Value::NONE,
                    },
                    self.type_params(x.type_params.as_deref())?,
                ];
                self.placed(k, &parts, self.definition(range, &x.decorator_list))
            }
            Stmt::ClassDef(x) => {
                let parts = [
                    self.identifier(&x.name),
                    self.exprs(x.bases())?,
                    self.keywords(x.keywords())?,
                    self.documented(&x.body)?,
                    self.decorators(&x.decorator_list)?,
                    self.type_params(x.type_params.as_deref())?,
                ];
                let range = self.definition(range, &x.decorator_list);
                self.placed(Kind::ClassDef, &parts, range)
            }
            Stmt::Return(x) => {
                let value = self.opt_expr(x.value.as_deref())?;
                self.placed(Kind::Return, &[value], range)
            }
            Stmt::Delete(x) => self.placed(Kind::Delete, &[self.exprs(&x.targets)?], range),
            Stmt::TypeAlias(x) => {
                let parts = [
                    self.expr(&x.name)?,
                    self.type_params(x.type_params.as_deref())?,
                    self.expr(&x.value)?,
                ];
                self.placed(Kind::TypeAlias, &parts, range)
            }
            Stmt::Assign(x) => {
                let parts = [
                    self.exprs(&x.targets)?,
                    self.expr(&x.value)?,
                    self.comment_behind(range.end()),
                ];
                self.placed(Kind::Assign, &parts, range)
            }
            Stmt::AugAssign(x) => {
                let target = self.expr(&x.target)?;
                let op = self.classes.singleton(operator(x.op));
                let parts = [target, op, self.expr(&x.value)?];
                self.placed(Kind::AugAssign, &parts, range)
            }
            Stmt::AnnAssign(x) => {
                let parts = [
                    self.expr(&x.target)?,
                    self.expr(&x.annotation)?,
                    self.opt_expr(x.value.as_deref())?,
                    Value::small_int(x.simple as i64),
                ];
                self.placed(Kind::AnnAssign, &parts, range)
            }
            Stmt::For(x) => {
                let parts = [
                    self.expr(&x.target)?,
                    self.expr(&x.iter)?,
                    self.body(&x.body)?,
                    self.body(&x.orelse)?,
                    self.header_comment(x.iter.range().end(), &x.body),
                ];
                let k = if x.is_async {
                    Kind::AsyncFor
                } else {
                    Kind::For
                };
                self.placed(k, &parts, range)
            }
            Stmt::While(x) => {
                let parts = [
                    self.expr(&x.test)?,
                    self.body(&x.body)?,
                    self.body(&x.orelse)?,
                ];
                self.placed(Kind::While, &parts, range)
            }
            Stmt::If(x) => {
                let orelse = self.elif(&x.elif_else_clauses, range)?;
                let parts = [self.expr(&x.test)?, self.body(&x.body)?, orelse];
                self.placed(Kind::If, &parts, range)
            }
            Stmt::With(x) => {
                let items = self.each(&x.items, |i| {
                    let parts = [
                        self.expr(&i.context_expr)?,
                        self.opt_expr(i.optional_vars.as_deref())?,
                    ];
                    self.node(Kind::Withitem, &parts)
                })?;
                let k = if x.is_async {
                    Kind::AsyncWith
                } else {
                    Kind::With
                };
                let end = x.items.last().map_or(range.start(), |i| i.range.end());
                let comment = self.header_comment(end, &x.body);
                self.placed(k, &[items, self.body(&x.body)?, comment], range)
            }
            Stmt::Match(x) => {
                let subject = self.expr(&x.subject)?;
                let cases = self.each(&x.cases, |c| {
                    let parts = [
                        self.pattern(&c.pattern)?,
                        self.opt_expr(c.guard.as_deref())?,
                        self.body(&c.body)?,
                    ];
                    self.node(Kind::MatchCase, &parts)
                })?;
                self.placed(Kind::Match, &[subject, cases], range)
            }
            Stmt::Raise(x) => {
                let parts = [
                    self.opt_expr(x.exc.as_deref())?,
                    self.opt_expr(x.cause.as_deref())?,
                ];
                self.placed(Kind::Raise, &parts, range)
            }
            Stmt::Try(x) => {
                let body = self.body(&x.body)?;
                let handlers = self.each(&x.handlers, |h| {
                    let ExceptHandler::ExceptHandler(h) = h;
                    let parts = [
                        self.opt_expr(h.type_.as_deref())?,
                        self.opt_identifier(h.name.as_ref()),
                        self.body(&h.body)?,
                    ];
                    self.placed(Kind::ExceptHandler, &parts, self.block(h.range))
                })?;
                let parts = [
                    body,
                    handlers,
                    self.body(&x.orelse)?,
                    self.body(&x.finalbody)?,
                ];
                let k = if x.is_star { Kind::TryStar } else { Kind::Try };
                self.placed(k, &parts, range)
            }
            Stmt::Assert(x) => {
                let parts = [self.expr(&x.test)?, self.opt_expr(x.msg.as_deref())?];
                self.placed(Kind::Assert, &parts, range)
            }
            Stmt::Import(x) => self.placed(Kind::Import, &[self.aliases(&x.names)?], range),
            Stmt::ImportFrom(x) => {
                let parts = [
                    self.opt_identifier(x.module.as_ref()),
                    self.aliases(&x.names)?,
                    Value::small_int(x.level as i64),
                ];
                self.placed(Kind::ImportFrom, &parts, range)
            }
            Stmt::Global(x) => {
                let names = self.each(&x.names, |n| Ok(self.identifier(n)))?;
                self.placed(Kind::Global, &[names], range)
            }
            Stmt::Nonlocal(x) => {
                let names = self.each(&x.names, |n| Ok(self.identifier(n)))?;
                self.placed(Kind::Nonlocal, &[names], range)
            }
            Stmt::Expr(x) => self.placed(Kind::Expr, &[self.expr(&x.value)?], range),
            // A command of IPython: the parser never makes it in our modes.
            Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => self.placed(Kind::Pass, &[], range),
            Stmt::Break(_) => self.placed(Kind::Break, &[], range),
            Stmt::Continue(_) => self.placed(Kind::Continue, &[], range),
        }
    }

    /// What stands in the `orelse` of an `if`: an `elif` is an `if` of its own there.
    fn elif(&self, clauses: &[tree::ElifElseClause], whole: TextRange) -> PyResult {
        let mut orelse = self.list(ValueVec::new());
        for clause in clauses.iter().rev() {
            let body = self.body(&clause.body)?;
            orelse = match &clause.test {
                None => body,
                Some(test) => {
                    let start = clause.range.start();
                    let range = TextRange::new(start, whole.end().max(start));
                    let v = self.placed(Kind::If, &[self.expr(test)?, body, orelse], range)?;
                    Value::list(self.th, &[v])?
                }
            };
        }
        Ok(orelse)
    }

    /// The type comment between a header and its block.
    fn header_comment(&self, from: TextSize, body: &[Stmt]) -> Value {
        match body.first() {
            Some(first) => self.type_comment(from, first.range().start()),
            None => Value::NONE,
        }
    }

    fn decorators(&self, list: &[tree::Decorator]) -> PyResult {
        self.each(list, |d| self.expr(&d.expression))
    }

    fn aliases(&self, names: &[tree::Alias]) -> PyResult {
        self.each(names, |a| {
            let parts = [
                self.identifier(&a.name),
                self.opt_identifier(a.asname.as_ref()),
            ];
            self.placed(Kind::Alias, &parts, a.range)
        })
    }

    fn type_params(&self, params: Option<&tree::TypeParams>) -> PyResult {
        let Some(params) = params else {
            return Ok(self.list(ValueVec::new()));
        };
        self.each(&params.type_params, |p| match p {
            TypeParam::TypeVar(t) => {
                let parts = [
                    self.identifier(&t.name),
                    self.opt_expr(t.bound.as_deref())?,
                    self.opt_expr(t.default.as_deref())?,
                ];
                self.placed(Kind::TypeVar, &parts, t.range)
            }
            TypeParam::ParamSpec(t) => {
                let parts = [
                    self.identifier(&t.name),
                    self.opt_expr(t.default.as_deref())?,
                ];
                self.placed(Kind::ParamSpec, &parts, t.range)
            }
            TypeParam::TypeVarTuple(t) => {
                let parts = [
                    self.identifier(&t.name),
                    self.opt_expr(t.default.as_deref())?,
                ];
                self.placed(Kind::TypeVarTuple, &parts, t.range)
            }
        })
    }
}
