//! Statements.

use taipan_object::{PyResult, Value};
use taipan_syntax::TextRange;
use taipan_syntax::ast::{self as tree, AtomicNodeIndex, ExceptHandler, Expr, Stmt};

use super::expr::{arguments, operator};
use super::{Ctx, Reader};
use crate::ast::grammar::Kind;

impl Reader<'_> {
    /// A list of statements.
    pub fn stmts(&mut self, v: Value, k: Kind, name: &str) -> PyResult<Vec<Stmt>> {
        self.each(v, k, name, |r, s| {
            if s.is_none() {
                return Err(r.value_error("None disallowed in statement list"));
            }
            r.stmt(s)
        })
    }

    /// A body, which has at least one statement.
    fn body(&mut self, v: Value, k: Kind) -> PyResult<Vec<Stmt>> {
        let body = self.stmts(v, k, "body")?;
        self.non_empty(body, k, "body")
    }

    fn names(&mut self, v: Value, k: Kind, range: TextRange) -> PyResult<Vec<tree::Identifier>> {
        let names = self.each(v, k, "names", |r, n| r.identifier(n, range))?;
        self.non_empty(names, k, "names")
    }

    fn stmt(&mut self, v: Value) -> PyResult<Stmt> {
        self.deeper(Kind::SortStmt)?;
        let range = self.place(v, Kind::SortStmt)?;
        let k = self.kind(v, Kind::SortStmt)?;
        let node_index = AtomicNodeIndex::NONE;
        Ok(match k {
            Kind::FunctionDef | Kind::AsyncFunctionDef => self.function(v, k, range)?,
            Kind::ClassDef => self.class(v, range)?,
            Kind::Return => Stmt::Return(tree::StmtReturn {
                node_index,
                range,
                value: self.opt_expr(v, "value")?,
            }),
            Kind::Delete => {
                let targets = self.exprs(v, k, "targets", Ctx::Del)?;
                Stmt::Delete(tree::StmtDelete {
                    node_index,
                    range,
                    targets: self.non_empty(targets, k, "targets")?,
                })
            }
            Kind::Assign => {
                let targets = self.exprs(v, k, "targets", Ctx::Store)?;
                let targets = self.non_empty(targets, k, "targets")?;
                let value = self.sub(v, k, "value")?;
                self.check_string(v, "type_comment")?;
                Stmt::Assign(tree::StmtAssign {
                    node_index,
                    range,
                    targets,
                    value,
                })
            }
            Kind::TypeAlias => {
                let name = self.sub_in(v, k, "name", Ctx::Store)?;
                if !matches!(*name, Expr::Name(_)) {
                    return Err(self.th.type_error("TypeAlias with non-Name name"));
                }
                Stmt::TypeAlias(tree::StmtTypeAlias {
                    node_index,
                    range,
                    name,
                    type_params: self.type_params(v, k, range)?,
                    value: self.sub(v, k, "value")?,
                })
            }
            Kind::AugAssign => Stmt::AugAssign(tree::StmtAugAssign {
                node_index,
                range,
                target: self.sub_in(v, k, "target", Ctx::Store)?,
                op: operator(self.op(v, k, Kind::SortOperator)?),
                value: self.sub(v, k, "value")?,
            }),
            Kind::AnnAssign => {
                let target = self.sub_in(v, k, "target", Ctx::Store)?;
                let annotation = self.sub(v, k, "annotation")?;
                let value = self.opt_expr(v, "value")?;
                let simple = self.int(self.constant_field(v, k, "simple")?)? != 0;
                if simple && !matches!(*target, Expr::Name(_)) {
                    return Err(self.th.type_error("AnnAssign with simple non-Name target"));
                }
                Stmt::AnnAssign(tree::StmtAnnAssign {
                    node_index,
                    range,
                    target,
                    annotation,
                    value,
                    simple,
                })
            }
            Kind::For | Kind::AsyncFor => {
                let target = self.sub_in(v, k, "target", Ctx::Store)?;
                let iter = self.sub(v, k, "iter")?;
                let body = self.body(v, k)?;
                let orelse = self.stmts(v, k, "orelse")?;
                self.check_string(v, "type_comment")?;
                Stmt::For(tree::StmtFor {
                    node_index,
                    range,
                    is_async: k == Kind::AsyncFor,
                    target,
                    iter,
                    body: body.into(),
                    orelse: orelse.into(),
                })
            }
            Kind::While => Stmt::While(tree::StmtWhile {
                node_index,
                range,
                test: self.sub(v, k, "test")?,
                body: self.body(v, k)?.into(),
                orelse: self.stmts(v, k, "orelse")?.into(),
            }),
            Kind::If => self.if_(v, range)?,
            Kind::With | Kind::AsyncWith => {
                let items = self.each(v, k, "items", |r, i| r.with_item(i, range))?;
                let items = self.non_empty(items, k, "items")?;
                let body = self.body(v, k)?;
                self.check_string(v, "type_comment")?;
                Stmt::With(tree::StmtWith {
                    node_index,
                    range,
                    is_async: k == Kind::AsyncWith,
                    items,
                    body: body.into(),
                })
            }
            Kind::Match => {
                let subject = self.sub(v, k, "subject")?;
                let cases = self.each(v, k, "cases", |r, c| r.case(c, range))?;
                Stmt::Match(tree::StmtMatch {
                    node_index,
                    range,
                    subject,
                    cases: self.non_empty(cases, k, "cases")?,
                })
            }
            Kind::Raise => {
                let exc = self.opt_expr(v, "exc")?;
                let cause = self.opt_expr(v, "cause")?;
                if exc.is_none() && cause.is_some() {
                    return Err(self.value_error("Raise with cause but no exception"));
                }
                Stmt::Raise(tree::StmtRaise {
                    node_index,
                    range,
                    exc,
                    cause,
                })
            }
            Kind::Try | Kind::TryStar => self.try_(v, k, range)?,
            Kind::Assert => Stmt::Assert(tree::StmtAssert {
                node_index,
                range,
                test: self.sub(v, k, "test")?,
                msg: self.opt_expr(v, "msg")?,
            }),
            Kind::Import => {
                let names = self.each(v, k, "names", Self::alias)?;
                Stmt::Import(tree::StmtImport {
                    node_index,
                    range,
                    names: self.non_empty(names, k, "names")?,
                    is_lazy: false,
                })
            }
            Kind::ImportFrom => {
                let module = self.opt_identifier(v, "module", range)?;
                let names = self.each(v, k, "names", Self::alias)?;
                let level = match self.optional(v, "level")? {
                    Some(n) => self.int(n)?,
                    None => 0,
                };
                let Ok(level) = u32::try_from(level) else {
                    return Err(self.value_error("Negative ImportFrom level"));
                };
                Stmt::ImportFrom(tree::StmtImportFrom {
                    node_index,
                    range,
                    module,
                    names: self.non_empty(names, k, "names")?,
                    level,
                    is_lazy: false,
                })
            }
            Kind::Global => Stmt::Global(tree::StmtGlobal {
                node_index,
                range,
                names: self.names(v, k, range)?,
            }),
            Kind::Nonlocal => Stmt::Nonlocal(tree::StmtNonlocal {
                node_index,
                range,
                names: self.names(v, k, range)?,
            }),
            Kind::Expr => Stmt::Expr(tree::StmtExpr {
                node_index,
                range,
                value: self.sub(v, k, "value")?,
            }),
            Kind::Break => Stmt::Break(tree::StmtBreak { node_index, range }),
            Kind::Continue => Stmt::Continue(tree::StmtContinue { node_index, range }),
            _ => Stmt::Pass(tree::StmtPass { node_index, range }),
        })
    }

    fn decorators(&mut self, v: Value, k: Kind) -> PyResult<Vec<tree::Decorator>> {
        let list = self.exprs(v, k, "decorator_list", Ctx::Load)?;
        Ok(list
            .into_iter()
            .map(|expression| tree::Decorator {
                // What the compiler asks of it: whether the definition's own place begins behind it.
                range: TextRange::default(),
                node_index: AtomicNodeIndex::NONE,
                expression,
            })
            .collect())
    }

    fn function(&mut self, v: Value, k: Kind, range: TextRange) -> PyResult<Stmt> {
        let name = self.required(v, k, "name")?;
        let name = tree::Identifier::new(self.name(name)?, range);
        let args = self.required(v, k, "args")?;
        let parameters = self.arguments(args, range)?;
        let body = self.body(v, k)?;
        let decorator_list = self.decorators(v, k)?;
        let returns = self.opt_expr(v, "returns")?;
        self.check_string(v, "type_comment")?;
        let type_params = self.type_params(v, k, range)?;
        Ok(Stmt::FunctionDef(tree::StmtFunctionDef {
            node_index: AtomicNodeIndex::NONE,
            range,
            is_async: k == Kind::AsyncFunctionDef,
            decorator_list: decorator_list.into(),
            name,
            type_params,
            parameters: Box::new(parameters),
            returns,
            body: body.into(),
        }))
    }

    fn class(&mut self, v: Value, range: TextRange) -> PyResult<Stmt> {
        let k = Kind::ClassDef;
        let name = self.required(v, k, "name")?;
        let name = tree::Identifier::new(self.name(name)?, range);
        let bases = self.exprs(v, k, "bases", Ctx::Load)?;
        let keywords = self.each(v, k, "keywords", Self::keyword)?;
        let body = self.body(v, k)?;
        let decorator_list = self.decorators(v, k)?;
        let type_params = self.type_params(v, k, range)?;
        let empty = bases.is_empty() && keywords.is_empty();
        Ok(Stmt::ClassDef(tree::StmtClassDef {
            node_index: AtomicNodeIndex::NONE,
            range,
            decorator_list: decorator_list.into(),
            name,
            type_params,
            arguments: (!empty).then(|| Box::new(arguments(bases, keywords, range))),
            body: body.into(),
        }))
    }

    fn if_(&mut self, v: Value, range: TextRange) -> PyResult<Stmt> {
        let k = Kind::If;
        let test = self.sub(v, k, "test")?;
        let body = self.body(v, k)?;
        let mut orelse = self.stmts(v, k, "orelse")?;
        let mut clauses = Vec::new();
        // A lone `if` in there is an `elif`: the same code, and no deeper tree.
        if matches!(orelse[..], [Stmt::If(_)])
            && let Some(Stmt::If(inner)) = orelse.pop()
        {
            clauses.push(tree::ElifElseClause {
                range: inner.range,
                node_index: AtomicNodeIndex::NONE,
                test: Some(*inner.test),
                body: inner.body,
            });
            clauses.extend(inner.elif_else_clauses);
        } else if !orelse.is_empty() {
            clauses.push(tree::ElifElseClause {
                range,
                node_index: AtomicNodeIndex::NONE,
                test: None,
                body: orelse.into(),
            });
        }
        Ok(Stmt::If(tree::StmtIf {
            node_index: AtomicNodeIndex::NONE,
            range,
            test,
            body: body.into(),
            elif_else_clauses: clauses,
        }))
    }

    fn with_item(&mut self, v: Value, range: TextRange) -> PyResult<tree::WithItem> {
        let k = self.kind(v, Kind::Withitem)?;
        let context_expr = *self.sub(v, k, "context_expr")?;
        let optional_vars = match self.optional(v, "optional_vars")? {
            Some(t) => Some(Box::new(self.expr(t, Ctx::Store)?)),
            None => None,
        };
        Ok(tree::WithItem {
            range,
            node_index: AtomicNodeIndex::NONE,
            context_expr,
            optional_vars,
        })
    }

    fn case(&mut self, v: Value, range: TextRange) -> PyResult<tree::MatchCase> {
        let k = self.kind(v, Kind::MatchCase)?;
        let pattern = self.required(v, k, "pattern")?;
        let pattern = self.pattern(pattern, false)?;
        let guard = self.opt_expr(v, "guard")?;
        Ok(tree::MatchCase {
            range,
            node_index: AtomicNodeIndex::NONE,
            pattern,
            guard,
            body: self.body(v, k)?.into(),
        })
    }

    fn try_(&mut self, v: Value, k: Kind, range: TextRange) -> PyResult<Stmt> {
        let body = self.body(v, k)?;
        let handlers = self.each(v, k, "handlers", Self::handler)?;
        let orelse = self.stmts(v, k, "orelse")?;
        let finalbody = self.stmts(v, k, "finalbody")?;
        let name = k.node().name;
        if handlers.is_empty() && finalbody.is_empty() {
            return Err(
                self.value_error(&format!("{name} has neither except handlers nor finalbody"))
            );
        }
        if handlers.is_empty() && !orelse.is_empty() {
            return Err(self.value_error(&format!("{name} has orelse but no except handlers")));
        }
        Ok(Stmt::Try(tree::StmtTry {
            node_index: AtomicNodeIndex::NONE,
            range,
            body: body.into(),
            handlers,
            orelse: orelse.into(),
            finalbody: finalbody.into(),
            is_star: k == Kind::TryStar,
        }))
    }

    fn handler(&mut self, v: Value) -> PyResult<ExceptHandler> {
        let range = self.place(v, Kind::SortExcepthandler)?;
        let k = self.kind(v, Kind::SortExcepthandler)?;
        let type_ = self.opt_expr(v, "type")?;
        let name = self.opt_name(v, "name", range)?;
        let body = self.body(v, k)?;
        Ok(ExceptHandler::ExceptHandler(
            tree::ExceptHandlerExceptHandler {
                range,
                node_index: AtomicNodeIndex::NONE,
                type_,
                name,
                body: body.into(),
            },
        ))
    }
}
