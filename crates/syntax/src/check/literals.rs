//! Types of displays and constants, for warnings about what cannot work.

use ruff_python_ast::{Expr, Number};

/// Name of the type an expression certainly has.
pub(super) fn type_name(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::Tuple(_) => "tuple",
        Expr::List(_) | Expr::ListComp(_) => "list",
        Expr::Dict(_) | Expr::DictComp(_) => "dict",
        Expr::Set(_) | Expr::SetComp(_) => "set",
        Expr::Generator(_) => "generator",
        Expr::Lambda(_) => "function",
        Expr::TString(_) => "string.templatelib.Template",
        Expr::FString(_) => "str",
        _ => return constant_type(expr),
    })
}

/// Name of the type of a single constant.
pub(super) fn constant_type(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::StringLiteral(_) => "str",
        Expr::BytesLiteral(_) => "bytes",
        Expr::NumberLiteral(number) => match number.value {
            Number::Int(_) => "int",
            Number::Float(_) => "float",
            Number::Complex { .. } => "complex",
        },
        Expr::BooleanLiteral(_) => "bool",
        Expr::NoneLiteral(_) => "NoneType",
        Expr::EllipsisLiteral(_) => "ellipsis",
        _ => return None,
    })
}

/// Type of a literal that should not be compared with `is`.
pub(super) fn identity_suspect(expr: &Expr) -> Option<&'static str> {
    match expr {
        Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) | Expr::EllipsisLiteral(_) => None,
        Expr::Tuple(tuple) => tuple
            .elts
            .iter()
            .all(|elt| constant_type(elt).is_some())
            .then_some("tuple"),
        _ => constant_type(expr),
    }
}
