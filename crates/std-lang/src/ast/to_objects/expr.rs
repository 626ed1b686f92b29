//! Expressions.

use taipan_object::{PyResult, Value, ValueVec};
use taipan_syntax::ast::{self as tree, Expr};
use taipan_syntax::{Ranged, TextRange, TextSize, literal};

use super::Builder;
use crate::ast::grammar::Kind;

/// The class of a binary operator.
pub fn operator(op: tree::Operator) -> Kind {
    use tree::Operator as O;
    match op {
        O::Add => Kind::Add,
        O::Sub => Kind::Sub,
        O::Mult => Kind::Mult,
        O::MatMult => Kind::MatMult,
        O::Div => Kind::Div,
        O::Mod => Kind::Mod,
        O::Pow => Kind::Pow,
        O::LShift => Kind::LShift,
        O::RShift => Kind::RShift,
        O::BitOr => Kind::BitOr,
        O::BitXor => Kind::BitXor,
        O::BitAnd => Kind::BitAnd,
        O::FloorDiv => Kind::FloorDiv,
    }
}

fn comparison(op: tree::CmpOp) -> Kind {
    use tree::CmpOp as C;
    match op {
        C::Eq => Kind::Eq,
        C::NotEq => Kind::NotEq,
        C::Lt => Kind::Lt,
        C::LtE => Kind::LtE,
        C::Gt => Kind::Gt,
        C::GtE => Kind::GtE,
        C::Is => Kind::Is,
        C::IsNot => Kind::IsNot,
        C::In => Kind::In,
        C::NotIn => Kind::NotIn,
    }
}

impl Builder<'_> {
    pub fn exprs(&self, items: &[Expr]) -> PyResult {
        self.each(items, |e| self.expr(e))
    }

    pub fn opt_expr(&self, e: Option<&Expr>) -> PyResult {
        e.map_or(Ok(Value::NONE), |e| self.expr(e))
    }

    /// An expression.
    pub fn expr(&self, e: &Expr) -> PyResult {
        self.deeper()?;
        let range = e.range();
        match e {
            Expr::BoolOp(x) => {
                let op = self.classes.singleton(match x.op {
                    tree::BoolOp::And => Kind::And,
                    tree::BoolOp::Or => Kind::Or,
                });
                self.placed(Kind::BoolOp, &[op, self.exprs(&x.values)?], range)
            }
            Expr::Named(x) => {
                let parts = [self.expr(&x.target)?, self.expr(&x.value)?];
                self.placed(Kind::NamedExpr, &parts, range)
            }
            Expr::BinOp(x) => {
                if let Some(v) = self.folded_format(x)? {
                    return Ok(v);
                }
                let left = self.expr(&x.left)?;
                let op = self.classes.singleton(operator(x.op));
                let right = self.expr(&x.right)?;
                self.placed(Kind::BinOp, &[left, op, right], range)
            }
            Expr::UnaryOp(x) => {
                let op = self.classes.singleton(match x.op {
                    tree::UnaryOp::Invert => Kind::Invert,
                    tree::UnaryOp::Not => Kind::Not,
                    tree::UnaryOp::UAdd => Kind::UAdd,
                    tree::UnaryOp::USub => Kind::USub,
                });
                self.placed(Kind::UnaryOp, &[op, self.expr(&x.operand)?], range)
            }
            Expr::Lambda(x) => {
                let args = self.parameters(x.parameters.as_deref())?;
                self.placed(Kind::Lambda, &[args, self.expr(&x.body)?], range)
            }
            Expr::If(x) => {
                let parts = [
                    self.expr(&x.test)?,
                    self.expr(&x.body)?,
                    self.expr(&x.orelse)?,
                ];
                self.placed(Kind::IfExp, &parts, range)
            }
            Expr::Dict(x) => {
                let (mut keys, mut values) = (ValueVec::new(), ValueVec::new());
                for i in &x.items {
                    keys.push(self.th, self.opt_expr(i.key.as_ref())?)?;
                    values.push(self.th, self.expr(&i.value)?)?;
                }
                self.placed(Kind::Dict, &[self.list(keys), self.list(values)], range)
            }
            Expr::Set(x) => self.placed(Kind::Set, &[self.exprs(&x.elts)?], range),
            Expr::ListComp(x) => self.comprehension(Kind::ListComp, &x.elt, &x.generators, range),
            Expr::SetComp(x) => self.comprehension(Kind::SetComp, &x.elt, &x.generators, range),
            Expr::Generator(x) => {
                self.comprehension(Kind::GeneratorExp, &x.elt, &x.generators, range)
            }
            Expr::DictComp(x) => {
                let parts = [
                    self.opt_expr(x.key.as_deref())?,
                    self.expr(&x.value)?,
                    self.generators(&x.generators)?,
                ];
                self.placed(Kind::DictComp, &parts, range)
            }
            Expr::Await(x) => self.placed(Kind::Await, &[self.expr(&x.value)?], range),
            Expr::Yield(x) => {
                let value = self.opt_expr(x.value.as_deref())?;
                self.placed(Kind::Yield, &[value], range)
            }
            Expr::YieldFrom(x) => self.placed(Kind::YieldFrom, &[self.expr(&x.value)?], range),
            Expr::Compare(x) => {
                let left = self.expr(&x.left)?;
                let ops = self.each(&x.ops, |op| Ok(self.classes.singleton(comparison(*op))))?;
                let right = self.exprs(&x.comparators)?;
                self.placed(Kind::Compare, &[left, ops, right], range)
            }
            Expr::Call(x) => {
                let func = self.expr(&x.func)?;
                let args = match &*x.arguments.args {
                    // The parentheses of the call are the generator's too.
                    [Expr::Generator(g)] if !g.parenthesized => {
                        let g = self.comprehension(
                            Kind::GeneratorExp,
                            &g.elt,
                            &g.generators,
                            x.arguments.range,
                        )?;
                        Value::list(self.th, &[g])?
                    }
                    args => self.exprs(args)?,
                };
                let keywords = self.keywords(&x.arguments.keywords)?;
                self.placed(Kind::Call, &[func, args, keywords], range)
            }
            Expr::FString(x) => self.fstring(x),
            Expr::TString(x) => self.tstring(x),
            Expr::StringLiteral(x) => {
                let value = self.text(&literal::string(self.source(), x))?;
                let first = self.source().as_bytes().get(range.start().to_usize());
                let kind = if first == Some(&b'u') && !self.is_synthetic() {
                    self.ident("u")
                } else {
                    Value::NONE
                };
                self.placed(Kind::Constant, &[value, kind], range)
            }
            Expr::BytesLiteral(x) => {
                let value = Value::bytes(self.th, &literal::bytes(x))?;
                self.constant(value, range)
            }
            Expr::NumberLiteral(x) => self.constant(self.number(&x.value)?, range),
            Expr::BooleanLiteral(x) => self.constant(Value::bool(x.value), range),
            Expr::NoneLiteral(_) => self.constant(Value::NONE, range),
            Expr::EllipsisLiteral(_) => self.constant(Value::ELLIPSIS, range),
            Expr::Attribute(x) => {
                let value = self.expr(&x.value)?;
                let parts = [value, self.identifier(&x.attr), self.ctx(x.ctx)];
                self.placed(Kind::Attribute, &parts, range)
            }
            Expr::Subscript(x) => {
                let value = self.expr(&x.value)?;
                let parts = [value, self.expr(&x.slice)?, self.ctx(x.ctx)];
                self.placed(Kind::Subscript, &parts, range)
            }
            Expr::Starred(x) => {
                let parts = [self.expr(&x.value)?, self.ctx(x.ctx)];
                self.placed(Kind::Starred, &parts, range)
            }
            Expr::Name(x)
                if self.optimize.is_some()
                    && x.ctx == tree::ExprContext::Load
                    && x.id.as_str() == "__debug__" =>
            {
                self.constant(Value::bool(self.optimize == Some(0)), range)
            }
            Expr::Name(x) => self.placed(Kind::Name, &[self.ident(&x.id), self.ctx(x.ctx)], range),
            Expr::List(x) => {
                self.placed(Kind::List, &[self.exprs(&x.elts)?, self.ctx(x.ctx)], range)
            }
            Expr::Tuple(x) => {
                self.placed(Kind::Tuple, &[self.exprs(&x.elts)?, self.ctx(x.ctx)], range)
            }
            Expr::Slice(x) => {
                let parts = [
                    self.opt_expr(x.lower.as_deref())?,
                    self.opt_expr(x.upper.as_deref())?,
                    self.opt_expr(x.step.as_deref())?,
                ];
                self.placed(Kind::Slice, &parts, range)
            }
            // Not Python's: stands for a constant in trees that programs make.
            Expr::IpyEscapeCommand(x) => {
                let value = self.carried(&x.node_index)?.unwrap_or(Value::NONE);
                self.constant(value, range)
            }
        }
    }

    fn comprehension(
        &self,
        k: Kind,
        elt: &Expr,
        generators: &[tree::Comprehension],
        range: TextRange,
    ) -> PyResult {
        let parts = [self.expr(elt)?, self.generators(generators)?];
        self.placed(k, &parts, range)
    }

    fn generators(&self, generators: &[tree::Comprehension]) -> PyResult {
        self.each(generators, |g| {
            let parts = [
                self.expr(&g.target)?,
                self.expr(&g.iter)?,
                self.exprs(&g.ifs)?,
                Value::small_int(g.is_async as i64),
            ];
            self.node(Kind::Comprehension, &parts)
        })
    }

    /// Keyword arguments.
    pub fn keywords(&self, keywords: &[tree::Keyword]) -> PyResult {
        self.each(keywords, |k| {
            let parts = [self.opt_identifier(k.arg.as_ref()), self.expr(&k.value)?];
            self.placed(Kind::Keyword, &parts, k.range)
        })
    }

    /// The parameters of a function or lambda.
    pub fn parameters(&self, p: Option<&tree::Parameters>) -> PyResult {
        let Some(p) = p else {
            let none = || self.list(ValueVec::new());
            let parts = [
                none(),
                none(),
                Value::NONE,
                none(),
                none(),
                Value::NONE,
                none(),
            ];
            return self.node(Kind::Arguments, &parts);
        };
        // A comment belongs to the parameter before it.
        let mut starts: Vec<TextSize> = p.iter_source_order().map(|p| p.range().start()).collect();
        starts.push(p.range.end());
        let comment = |range: TextRange| {
            let next = starts.iter().find(|s| **s > range.start()).copied();
            self.type_comment(range.end(), next.unwrap_or(p.range.end()))
        };
        let named = |list: &[tree::ParameterWithDefault]| {
            self.each(list, |p| self.parameter(&p.parameter, comment(p.range)))
        };
        let star = |p: Option<&tree::Parameter>| match p {
            Some(p) => self.parameter(p, comment(p.range)),
            None => Ok(Value::NONE),
        };
        let mut defaults = ValueVec::new();
        for d in p.posonlyargs.iter().chain(&p.args) {
            if let Some(d) = &d.default {
                defaults.push(self.th, self.expr(d)?)?;
            }
        }
        let parts = [
            named(&p.posonlyargs)?,
            named(&p.args)?,
            star(p.vararg.as_deref())?,
            named(&p.kwonlyargs)?,
            self.each(&p.kwonlyargs, |p| self.opt_expr(p.default.as_deref()))?,
            star(p.kwarg.as_deref())?,
            self.list(defaults),
        ];
        self.node(Kind::Arguments, &parts)
    }

    fn parameter(&self, p: &tree::Parameter, comment: Value) -> PyResult {
        let parts = [
            self.identifier(&p.name),
            self.opt_expr(p.annotation.as_deref())?,
            comment,
        ];
        // A star is not part of the place.
        let range = TextRange::new(p.name.start(), p.end());
        self.placed(Kind::Arg, &parts, range)
    }
}
