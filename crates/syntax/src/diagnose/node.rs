//! What the recogniser remembers of an expression: just enough to name it in a message.

use std::rc::Rc;

/// The kinds of expression that messages tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum K {
    Name,
    Attribute,
    Subscript,
    Starred,
    List,
    Tuple,
    Call,
    /// Number, string or bytes.
    Literal,
    /// An imaginary number.
    Imaginary,
    FString,
    TString,
    True,
    False,
    None,
    Ellipsis,
    Generator,
    Yield,
    Await,
    ListComp,
    SetComp,
    DictComp,
    Dict,
    Set,
    Lambda,
    IfExp,
    Compare,
    /// `a in b`, which a `for` target may look like.
    CompareIn,
    /// Any other operation.
    Operation,
    Named,
    /// Not an expression: arguments, clauses, statements.
    Other,
    /// Arguments of a call of which the last keyword is `**x`.
    DoubleStarArgs,
}

/// A matched rule.
#[derive(Debug)]
pub(super) struct Data {
    pub kind: K,
    /// First and last token.
    pub first: u32,
    pub last: u32,
    pub kids: Vec<Node>,
}

pub(super) type Node = Rc<Data>;

impl Data {
    /// What a message calls the expression.
    pub fn describe(&self) -> &'static str {
        match self.kind {
            K::Name => "name",
            K::Attribute => "attribute",
            K::Subscript => "subscript",
            K::Starred => "starred",
            K::List => "list",
            K::Tuple => "tuple",
            K::Call => "function call",
            K::Literal | K::Imaginary => "literal",
            K::FString => "f-string expression",
            K::TString => "t-string expression",
            K::True => "True",
            K::False => "False",
            K::None => "None",
            K::Ellipsis => "ellipsis",
            K::Generator => "generator expression",
            K::Yield => "yield expression",
            K::Await => "await expression",
            K::ListComp => "list comprehension",
            K::SetComp => "set comprehension",
            K::DictComp => "dict comprehension",
            K::Dict => "dict literal",
            K::Set => "set display",
            K::Lambda => "lambda",
            K::IfExp => "conditional expression",
            K::Compare | K::CompareIn => "comparison",
            K::Operation | K::Other | K::DoubleStarArgs => "expression",
            K::Named => "named expression",
        }
    }
}
