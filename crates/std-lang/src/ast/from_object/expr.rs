//! Expressions.

use taipan_object::{PyResult, Value};
use taipan_syntax::TextRange;
use taipan_syntax::ast::{self as tree, AtomicNodeIndex, Expr};

use super::{Ctx, Reader};
use crate::ast::grammar::Kind;

/// The operator of a class.
pub fn operator(k: Kind) -> tree::Operator {
    use tree::Operator as O;
    match k {
        Kind::Sub => O::Sub,
        Kind::Mult => O::Mult,
        Kind::MatMult => O::MatMult,
        Kind::Div => O::Div,
        Kind::Mod => O::Mod,
        Kind::Pow => O::Pow,
        Kind::LShift => O::LShift,
        Kind::RShift => O::RShift,
        Kind::BitOr => O::BitOr,
        Kind::BitXor => O::BitXor,
        Kind::BitAnd => O::BitAnd,
        Kind::FloorDiv => O::FloorDiv,
        _ => O::Add,
    }
}

fn comparison(k: Kind) -> tree::CmpOp {
    use tree::CmpOp as C;
    match k {
        Kind::NotEq => C::NotEq,
        Kind::Lt => C::Lt,
        Kind::LtE => C::LtE,
        Kind::Gt => C::Gt,
        Kind::GtE => C::GtE,
        Kind::Is => C::Is,
        Kind::IsNot => C::IsNot,
        Kind::In => C::In,
        Kind::NotIn => C::NotIn,
        _ => C::Eq,
    }
}

impl Reader<'_> {
    /// A list of expressions.
    pub fn exprs(&mut self, v: Value, k: Kind, name: &str, ctx: Ctx) -> PyResult<Vec<Expr>> {
        self.each(v, k, name, |r, x| {
            if x.is_none() {
                return Err(r.value_error("None disallowed in expression list"));
            }
            r.expr(x, ctx)
        })
    }

    /// A field that may be missing.
    pub fn opt_expr(&mut self, v: Value, name: &str) -> PyResult<Option<Box<Expr>>> {
        match self.optional(v, name)? {
            Some(x) => Ok(Some(Box::new(self.expr(x, Ctx::Load)?))),
            None => Ok(None),
        }
    }

    /// A field that must be there.
    pub fn sub(&mut self, v: Value, k: Kind, name: &str) -> PyResult<Box<Expr>> {
        self.sub_in(v, k, name, Ctx::Load)
    }

    /// A field that must be there, in a context.
    pub fn sub_in(&mut self, v: Value, k: Kind, name: &str, ctx: Ctx) -> PyResult<Box<Expr>> {
        let x = self.required(v, k, name)?;
        Ok(Box::new(self.expr(x, ctx)?))
    }

    /// The context a node says it stands in, which must be `want`.
    fn ctx(&self, v: Value, k: Kind, want: Ctx) -> PyResult<tree::ExprContext> {
        let x = self.required(v, k, "ctx")?;
        let has = match self.kind(x, Kind::SortExprContext)? {
            Kind::Store => Ctx::Store,
            Kind::Del => Ctx::Del,
            _ => Ctx::Load,
        };
        if has != want {
            return Err(self.value_error(&format!(
                "expression must have {} context but has {} instead",
                want.name(),
                has.name()
            )));
        }
        Ok(match has {
            Ctx::Load => tree::ExprContext::Load,
            Ctx::Store => tree::ExprContext::Store,
            Ctx::Del => tree::ExprContext::Del,
        })
    }

    /// An operator's class.
    pub fn op(&self, v: Value, k: Kind, sort: Kind) -> PyResult<Kind> {
        let x = self.required(v, k, "op")?;
        self.kind(x, sort)
    }

    /// An expression in a context.
    pub fn expr(&mut self, v: Value, want: Ctx) -> PyResult<Expr> {
        self.deeper(Kind::SortExpr)?;
        let range = self.place(v, Kind::SortExpr)?;
        let k = self.kind(v, Kind::SortExpr)?;
        let assignable = matches!(
            k,
            Kind::Attribute
                | Kind::Subscript
                | Kind::Starred
                | Kind::Name
                | Kind::List
                | Kind::Tuple
        );
        if !assignable && want != Ctx::Load {
            return Err(self.value_error(&format!(
                "expression which can't be assigned to in {} context",
                want.name()
            )));
        }
        self.expr_of(v, k, want, range)
    }

    fn expr_of(&mut self, v: Value, k: Kind, want: Ctx, range: TextRange) -> PyResult<Expr> {
        let node_index = AtomicNodeIndex::NONE;
        let load = Ctx::Load;
        Ok(match k {
            Kind::Name => {
                let id = self.required(v, k, "id")?;
                let id = self.plain_name(id)?;
                let ctx = self.ctx(v, k, want)?;
                if matches!(id.as_str(), "None" | "True" | "False") {
                    return Err(self.value_error(&format!(
                        "identifier field can't represent '{id}' constant"
                    )));
                }
                Expr::Name(tree::ExprName {
                    node_index,
                    range,
                    id,
                    ctx,
                })
            }
            Kind::Constant => {
                let value = self.constant_field(v, k, "value")?;
                self.check_string(v, "kind")?;
                self.constant(value, range)?
            }
            Kind::Attribute => {
                let value = self.sub(v, k, "value")?;
                let attr = self.required(v, k, "attr")?;
                Expr::Attribute(tree::ExprAttribute {
                    node_index,
                    range,
                    value,
                    attr: self.identifier(attr, range)?,
                    ctx: self.ctx(v, k, want)?,
                })
            }
            Kind::Call => {
                let func = self.sub(v, k, "func")?;
                let args = self.exprs(v, k, "args", load)?;
                let keywords = self.each(v, k, "keywords", Self::keyword)?;
                Expr::Call(tree::ExprCall {
                    node_index,
                    range_start: range.start(),
                    func,
                    arguments: arguments(args, keywords, range),
                })
            }
            Kind::BinOp => Expr::BinOp(tree::ExprBinOp {
                node_index,
                range,
                left: self.sub(v, k, "left")?,
                op: operator(self.op(v, k, Kind::SortOperator)?),
                right: self.sub(v, k, "right")?,
            }),
            Kind::UnaryOp => {
                let op = match self.op(v, k, Kind::SortUnaryop)? {
                    Kind::Invert => tree::UnaryOp::Invert,
                    Kind::Not => tree::UnaryOp::Not,
                    Kind::UAdd => tree::UnaryOp::UAdd,
                    _ => tree::UnaryOp::USub,
                };
                Expr::UnaryOp(tree::ExprUnaryOp {
                    node_index,
                    range,
                    op,
                    operand: self.sub(v, k, "operand")?,
                })
            }
            Kind::BoolOp => {
                let op = match self.op(v, k, Kind::SortBoolop)? {
                    Kind::And => tree::BoolOp::And,
                    _ => tree::BoolOp::Or,
                };
                let values = self.exprs(v, k, "values", load)?;
                if values.len() < 2 {
                    return Err(self.value_error("BoolOp with less than 2 values"));
                }
                Expr::BoolOp(tree::ExprBoolOp {
                    node_index,
                    range,
                    op,
                    values,
                })
            }
            Kind::Compare => {
                let left = self.sub(v, k, "left")?;
                let ops = self.each(v, k, "ops", |r, x| {
                    Ok(comparison(r.kind(x, Kind::SortCmpop)?))
                })?;
                let comparators = self.exprs(v, k, "comparators", load)?;
                if comparators.is_empty() {
                    return Err(self.value_error("Compare with no comparators"));
                }
                if comparators.len() != ops.len() {
                    return Err(self.value_error(
                        "Compare has a different number of comparators and operands",
                    ));
                }
                Expr::Compare(tree::ExprCompare {
                    node_index,
                    range,
                    left,
                    ops: ops.into(),
                    comparators: comparators.into(),
                })
            }
            Kind::Subscript => Expr::Subscript(tree::ExprSubscript {
                node_index,
                range,
                value: self.sub(v, k, "value")?,
                slice: self.sub(v, k, "slice")?,
                ctx: self.ctx(v, k, want)?,
            }),
            Kind::Starred => {
                let ctx = self.ctx(v, k, want)?;
                Expr::Starred(tree::ExprStarred {
                    node_index,
                    range,
                    value: self.sub_in(v, k, "value", want)?,
                    ctx,
                })
            }
            Kind::List | Kind::Tuple => {
                let ctx = self.ctx(v, k, want)?;
                let elts = self.exprs(v, k, "elts", want)?;
                if k == Kind::List {
                    Expr::List(tree::ExprList {
                        node_index,
                        range,
                        elts,
                        ctx,
                    })
                } else {
                    Expr::Tuple(tree::ExprTuple {
                        node_index,
                        range,
                        elts,
                        ctx,
                        parenthesized: true,
                    })
                }
            }
            Kind::Slice => Expr::Slice(tree::ExprSlice {
                node_index,
                range,
                lower: self.opt_expr(v, "lower")?,
                upper: self.opt_expr(v, "upper")?,
                step: self.opt_expr(v, "step")?,
            }),
            Kind::Set => Expr::Set(tree::ExprSet {
                node_index,
                range,
                elts: self.exprs(v, k, "elts", load)?,
            }),
            Kind::Dict => self.dict(v, range)?,
            Kind::NamedExpr => {
                let target = self.sub_in(v, k, "target", Ctx::Store)?;
                if !matches!(*target, Expr::Name(_)) {
                    return Err(self.th.type_error("NamedExpr target must be a Name"));
                }
                Expr::Named(tree::ExprNamed {
                    node_index,
                    range,
                    target,
                    value: self.sub(v, k, "value")?,
                })
            }
            Kind::Lambda => {
                let args = self.required(v, k, "args")?;
                let parameters = self.arguments(args, range)?;
                Expr::Lambda(tree::ExprLambda {
                    node_index,
                    range,
                    parameters: (!parameters.is_empty()).then(|| Box::new(parameters)),
                    body: self.sub(v, k, "body")?,
                })
            }
            Kind::IfExp => Expr::If(tree::ExprIf {
                node_index,
                range,
                test: self.sub(v, k, "test")?,
                body: self.sub(v, k, "body")?,
                orelse: self.sub(v, k, "orelse")?,
            }),
            Kind::ListComp | Kind::SetComp | Kind::GeneratorExp | Kind::DictComp => {
                self.comprehension(v, k, range)?
            }
            Kind::Await => Expr::Await(tree::ExprAwait {
                node_index,
                range,
                value: self.sub(v, k, "value")?,
            }),
            Kind::Yield => Expr::Yield(tree::ExprYield {
                node_index,
                range,
                value: self.opt_expr(v, "value")?,
            }),
            Kind::YieldFrom => Expr::YieldFrom(tree::ExprYieldFrom {
                node_index,
                range,
                value: self.sub(v, k, "value")?,
            }),
            Kind::JoinedStr | Kind::FormattedValue => self.joined(v, k, range)?,
            _ => self.template(v, k, range)?,
        })
    }

    fn dict(&mut self, v: Value, range: TextRange) -> PyResult<Expr> {
        let k = Kind::Dict;
        let keys = self.each(v, k, "keys", |r, x| {
            if x.is_none() {
                Ok(None)
            } else {
                r.expr(x, Ctx::Load).map(Some)
            }
        })?;
        let values = self.exprs(v, k, "values", Ctx::Load)?;
        if keys.len() != values.len() {
            return Err(self.value_error("Dict doesn't have the same number of keys as values"));
        }
        let items = keys.into_iter().zip(values);
        Ok(Expr::Dict(tree::ExprDict {
            node_index: AtomicNodeIndex::NONE,
            range,
            items: items
                .map(|(key, value)| tree::DictItem { key, value })
                .collect(),
        }))
    }

    fn comprehension(&mut self, v: Value, k: Kind, range: TextRange) -> PyResult<Expr> {
        let node_index = AtomicNodeIndex::NONE;
        let generators = self.each(v, k, "generators", |r, g| r.generator(g, range))?;
        if generators.is_empty() {
            return Err(self.value_error("comprehension with no generators"));
        }
        let (mut key, elt) = if k == Kind::DictComp {
            (Some(self.sub(v, k, "key")?), self.sub(v, k, "value")?)
        } else {
            (None, self.sub(v, k, "elt")?)
        };
        Ok(match k {
            Kind::ListComp => Expr::ListComp(tree::ExprListComp {
                node_index,
                range,
                elt,
                generators,
            }),
            Kind::SetComp => Expr::SetComp(tree::ExprSetComp {
                node_index,
                range,
                elt,
                generators,
            }),
            Kind::GeneratorExp => Expr::Generator(tree::ExprGenerator {
                node_index,
                range,
                elt,
                generators,
                parenthesized: true,
            }),
            _ => Expr::DictComp(tree::ExprDictComp {
                node_index,
                range,
                key: key.take(),
                value: elt,
                generators,
            }),
        })
    }

    fn generator(&mut self, v: Value, range: TextRange) -> PyResult<tree::Comprehension> {
        let k = self.kind(v, Kind::Comprehension)?;
        let target = *self.sub_in(v, k, "target", Ctx::Store)?;
        let iter = *self.sub(v, k, "iter")?;
        let ifs = self.exprs(v, k, "ifs", Ctx::Load)?;
        let is_async = self.int(self.constant_field(v, k, "is_async")?)? != 0;
        Ok(tree::Comprehension {
            range,
            node_index: AtomicNodeIndex::NONE,
            target,
            iter,
            ifs,
            is_async,
        })
    }
}

/// Arguments of a call or class.
pub fn arguments(
    args: Vec<Expr>,
    keywords: Vec<tree::Keyword>,
    range: TextRange,
) -> tree::Arguments {
    tree::Arguments {
        range,
        node_index: AtomicNodeIndex::NONE,
        args: args.into(),
        keywords: keywords.into(),
    }
}
