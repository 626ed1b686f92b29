//! f-strings and t-strings.

use taipan_object::exception as exc;
use taipan_object::wtf8::Wtf8;
use taipan_object::{PyResult, Value};
use taipan_syntax::TextRange;
use taipan_syntax::ast::{
    self as tree, AtomicNodeIndex, Expr, InterpolatedElement, InterpolatedStringElement,
    InterpolatedStringLiteralElement,
};

use super::{Ctx, Reader};
use crate::ast::grammar::Kind;

impl Reader<'_> {
    /// A joined string, or one formatted value.
    pub fn joined(&mut self, v: Value, k: Kind, range: TextRange) -> PyResult<Expr> {
        let elements = if k == Kind::JoinedStr {
            self.each(v, k, "values", Self::element)?
        } else {
            vec![self.element(v)?]
        };
        Ok(f_string(elements, range))
    }

    /// A template string, or one interpolation.
    pub fn template(&mut self, v: Value, k: Kind, range: TextRange) -> PyResult<Expr> {
        let elements = if k == Kind::TemplateStr {
            self.each(v, k, "values", Self::element)?
        } else {
            vec![self.element(v)?]
        };
        let part = tree::TString {
            range,
            node_index: AtomicNodeIndex::NONE,
            elements: elements.into(),
            flags: tree::TStringFlags::empty(),
        };
        Ok(Expr::TString(tree::ExprTString {
            node_index: AtomicNodeIndex::NONE,
            range,
            value: tree::TStringValue::single(part),
        }))
    }

    /// A part of a joined string.
    fn element(&mut self, v: Value) -> PyResult<InterpolatedStringElement> {
        self.deeper(Kind::SortExpr)?;
        if v.is_none() {
            return Err(self.value_error("None disallowed in expression list"));
        }
        let range = self.place(v, Kind::SortExpr)?;
        let k = self.kind(v, Kind::SortExpr)?;
        match k {
            Kind::Constant => {
                let value = self.constant_field(v, k, "value")?;
                self.check_string(v, "kind")?;
                if let Some(text) = value.as_wtf8() {
                    return Ok(self.literal(text, range));
                }
                let expression = self.constant(value, range)?;
                Ok(field(expression, range))
            }
            Kind::FormattedValue | Kind::Interpolation => {
                let expression = self.sub(v, k, "value")?;
                let mut node_index = AtomicNodeIndex::NONE;
                if k == Kind::Interpolation {
                    let text = self.constant_field(v, k, "str")?;
                    node_index = self.carried(text)?;
                }
                let c = self.int(self.constant_field(v, k, "conversion")?)?;
                let conversion = match c {
                    -1 => tree::ConversionFlag::None,
                    115 => tree::ConversionFlag::Str,
                    114 => tree::ConversionFlag::Repr,
                    97 => tree::ConversionFlag::Ascii,
                    _ => {
                        return Err(self.th.raise(
                            &exc::SYSTEM_ERROR,
                            format!("Unrecognized conversion character {c}"),
                        ));
                    }
                };
                let format_spec = match self.optional(v, "format_spec")? {
                    Some(spec) => Some(Box::new(self.spec(spec)?)),
                    None => None,
                };
                Ok(InterpolatedStringElement::Interpolation(
                    InterpolatedElement {
                        range,
                        node_index,
                        expression,
                        debug_text: None,
                        conversion,
                        format_spec,
                    },
                ))
            }
            _ => {
                let expression = self.expr(v, Ctx::Load)?;
                Ok(field(expression, range))
            }
        }
    }

    fn spec(&mut self, v: Value) -> PyResult<tree::InterpolatedStringFormatSpec> {
        let range = self.place(v, Kind::SortExpr)?;
        let k = self.kind(v, Kind::SortExpr)?;
        let elements = if k == Kind::JoinedStr {
            self.each(v, k, "values", Self::element)?
        } else {
            vec![self.element(v)?]
        };
        Ok(tree::InterpolatedStringFormatSpec {
            range,
            node_index: AtomicNodeIndex::NONE,
            elements: elements.into(),
        })
    }

    fn literal(&mut self, text: &Wtf8, range: TextRange) -> InterpolatedStringElement {
        let (value, range) = match text.as_str() {
            Ok(s) if !s.contains(char::REPLACEMENT_CHARACTER) => (s.to_owned(), range),
            _ => self.escaped(text, ""),
        };
        InterpolatedStringElement::Literal(InterpolatedStringLiteralElement {
            range,
            node_index: AtomicNodeIndex::NONE,
            value: value.into(),
        })
    }
}

fn field(expression: Expr, range: TextRange) -> InterpolatedStringElement {
    InterpolatedStringElement::Interpolation(InterpolatedElement {
        range,
        node_index: AtomicNodeIndex::NONE,
        expression: Box::new(expression),
        debug_text: None,
        conversion: tree::ConversionFlag::None,
        format_spec: None,
    })
}

fn f_string(elements: Vec<InterpolatedStringElement>, range: TextRange) -> Expr {
    let part = tree::FString {
        range,
        node_index: AtomicNodeIndex::NONE,
        elements: elements.into(),
        flags: tree::FStringFlags::empty(),
    };
    Expr::FString(tree::ExprFString {
        node_index: AtomicNodeIndex::NONE,
        range,
        value: tree::FStringValue::single(part),
    })
}
