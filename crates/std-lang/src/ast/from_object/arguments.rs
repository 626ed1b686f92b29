//! Parameters, keyword arguments and aliases.

use taipan_object::{PyResult, Value};
use taipan_syntax::ast::{self as tree, AtomicNodeIndex};
use taipan_syntax::{Ranged, TextRange};

use super::{Ctx, Reader};
use crate::ast::grammar::Kind;

impl Reader<'_> {
    /// Parameters; `at` is the place of what they belong to.
    pub fn arguments(&mut self, v: Value, at: TextRange) -> PyResult<tree::Parameters> {
        let k = self.kind(v, Kind::Arguments)?;
        let posonly = self.each(v, k, "posonlyargs", Self::parameter)?;
        let args = self.each(v, k, "args", Self::parameter)?;
        let vararg = self.opt_parameter(v, "vararg")?;
        let kwonly = self.each(v, k, "kwonlyargs", Self::parameter)?;
        let kw_defaults = self.each(v, k, "kw_defaults", |r, d| {
            if d.is_none() {
                Ok(None)
            } else {
                r.expr(d, Ctx::Load).map(|e| Some(Box::new(e)))
            }
        })?;
        let kwarg = self.opt_parameter(v, "kwarg")?;
        let defaults = self.exprs(v, k, "defaults", Ctx::Load)?;
        if defaults.len() > posonly.len() + args.len() {
            return Err(self.value_error("more positional defaults than args on arguments"));
        }
        if kw_defaults.len() != kwonly.len() {
            return Err(self
                .value_error("length of kwonlyargs is not the same as kw_defaults on arguments"));
        }
        let n = posonly.len();
        let without = n + args.len() - defaults.len();
        let defaults = std::iter::repeat_with(|| None)
            .take(without)
            .chain(defaults.into_iter().map(|d| Some(Box::new(d))));
        let mut positional: Vec<tree::ParameterWithDefault> = posonly
            .into_iter()
            .chain(args)
            .zip(defaults)
            .map(|(p, d)| with_default(p, d))
            .collect();
        let args = positional.split_off(n);
        let kwonly: Vec<_> = kwonly
            .into_iter()
            .zip(kw_defaults)
            .map(|(p, d)| with_default(p, d))
            .collect();
        Ok(tree::Parameters {
            range: TextRange::empty(at.start()),
            node_index: AtomicNodeIndex::NONE,
            posonlyargs: positional.into(),
            args: args.into(),
            vararg: vararg.map(Box::new),
            kwonlyargs: kwonly.into(),
            kwarg: kwarg.map(Box::new),
        })
    }

    fn opt_parameter(&mut self, v: Value, name: &str) -> PyResult<Option<tree::Parameter>> {
        match self.optional(v, name)? {
            Some(p) => self.parameter(p).map(Some),
            None => Ok(None),
        }
    }

    fn parameter(&mut self, v: Value) -> PyResult<tree::Parameter> {
        let range = self.place(v, Kind::Arg)?;
        let k = self.kind(v, Kind::Arg)?;
        let name = self.required(v, k, "arg")?;
        let name = self.identifier(name, range)?;
        let annotation = self.opt_expr(v, "annotation")?;
        self.check_string(v, "type_comment")?;
        Ok(tree::Parameter {
            range,
            node_index: AtomicNodeIndex::NONE,
            name,
            annotation,
        })
    }

    /// A keyword argument.
    pub fn keyword(&mut self, v: Value) -> PyResult<tree::Keyword> {
        let range = self.place(v, Kind::Keyword)?;
        let k = self.kind(v, Kind::Keyword)?;
        let arg = self.opt_identifier(v, "arg", range)?;
        let value = self.required(v, k, "value")?;
        Ok(tree::Keyword {
            range,
            node_index: AtomicNodeIndex::NONE,
            arg,
            value: self.expr(value, Ctx::Load)?,
        })
    }

    /// A name of an import.
    pub fn alias(&mut self, v: Value) -> PyResult<tree::Alias> {
        let range = self.place(v, Kind::Alias)?;
        let k = self.kind(v, Kind::Alias)?;
        let name = self.required(v, k, "name")?;
        Ok(tree::Alias {
            range,
            node_index: AtomicNodeIndex::NONE,
            name: tree::Identifier::new(self.name(name)?, range),
            asname: self.opt_name(v, "asname", range)?,
        })
    }

    /// Type parameters, if there are any.
    pub fn type_params(
        &mut self,
        v: Value,
        k: Kind,
        at: TextRange,
    ) -> PyResult<Option<Box<tree::TypeParams>>> {
        let type_params = self.each(v, k, "type_params", Self::type_param)?;
        let (Some(first), Some(last)) = (type_params.first(), type_params.last()) else {
            return Ok(None);
        };
        let (start, end) = (first.range().start(), last.range().end());
        let range = if start <= end {
            TextRange::new(start, end)
        } else {
            at
        };
        Ok(Some(Box::new(tree::TypeParams {
            range,
            node_index: AtomicNodeIndex::NONE,
            type_params,
        })))
    }

    fn type_param(&mut self, v: Value) -> PyResult<tree::TypeParam> {
        let range = self.place(v, Kind::SortTypeParam)?;
        let k = self.kind(v, Kind::SortTypeParam)?;
        let name = self.required(v, k, "name")?;
        let name = tree::Identifier::new(self.name(name)?, range);
        let node_index = AtomicNodeIndex::NONE;
        Ok(match k {
            Kind::TypeVar => {
                let bound = self.opt_expr(v, "bound")?;
                let default = self.opt_expr(v, "default_value")?;
                tree::TypeParam::TypeVar(tree::TypeParamTypeVar {
                    node_index,
                    range,
                    name,
                    bound,
                    default,
                })
            }
            Kind::ParamSpec => tree::TypeParam::ParamSpec(tree::TypeParamParamSpec {
                node_index,
                range,
                name,
                default: self.opt_expr(v, "default_value")?,
            }),
            _ => tree::TypeParam::TypeVarTuple(tree::TypeParamTypeVarTuple {
                node_index,
                range,
                name,
                default: self.opt_expr(v, "default_value")?,
            }),
        })
    }
}

fn with_default(
    parameter: tree::Parameter,
    default: Option<Box<tree::Expr>>,
) -> tree::ParameterWithDefault {
    tree::ParameterWithDefault {
        range: parameter.range,
        node_index: AtomicNodeIndex::NONE,
        parameter,
        default,
    }
}
