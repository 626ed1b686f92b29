//! The node classes of Python 3.14's abstract grammar: the one table that classes, constructors and documentation are
//! made from.

/// A class of the table.
pub struct Node {
    /// `__name__`
    pub name: &'static str,
    /// The class of its sort; nothing for a sort itself.
    pub base: Option<Kind>,
    /// Its fields as the grammar writes them: `expr? value, stmt* body`.
    pub fields: &'static str,
    /// Whether it has a place in the source.
    pub placed: Place,
}

/// Whether nodes have a place in the source.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// They have none.
    None,
    /// A beginning, and an end that may be missing.
    Start,
    /// A beginning and an end.
    Full,
    /// As the base.
    Inherited,
}

/// How a field occurs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Once.
    One,
    /// Once or not at all.
    Optional,
    /// Any number of times.
    Many,
}

/// A field of a node class.
#[derive(Clone, Copy)]
pub struct Field {
    /// The grammar's name of its type.
    pub ty: &'static str,
    /// How it occurs.
    pub count: Count,
    /// Its name.
    pub name: &'static str,
}

impl Node {
    /// The fields in order.
    pub fn each_field(&self) -> impl Iterator<Item = Field> {
        self.fields
            .split(", ")
            .filter_map(|f| f.split_once(' '))
            .map(|(ty, name)| {
                let count = match ty.as_bytes().last() {
                    Some(b'*') => Count::Many,
                    Some(b'?') => Count::Optional,
                    _ => Count::One,
                };
                Field {
                    ty: ty.trim_end_matches(['*', '?']),
                    count,
                    name,
                }
            })
    }

    /// The node as the grammar writes it.
    pub fn text(&self) -> String {
        if self.fields.is_empty() {
            self.name.to_owned()
        } else {
            format!("{}({})", self.name, self.fields)
        }
    }
}

macro_rules! grammar {
    ($($(#[$place:ident])? $sort:ident = $sort_name:literal ($($own:literal)?) { $($id:ident $fields:literal)* })*) => {
        /// A node class.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Kind {
            $($sort, $($id,)*)*
        }

        /// The classes, by number.
        pub static NODES: &[Node] = &[
            $(
                Node {
                    name: $sort_name,
                    base: None,
                    fields: concat!($($own)?),
                    placed: grammar!(@place $($place)?),
                },
                $(Node {
                    name: stringify!($id),
                    base: Some(Kind::$sort),
                    fields: $fields,
                    placed: Place::Inherited,
                },)*
            )*
        ];

        impl Kind {
            /// All of them, by number.
            pub const ALL: &[Kind] = &[$(Kind::$sort, $(Kind::$id,)*)*];
        }
    };
    (@place) => { Place::None };
    (@place start) => { Place::Start };
    (@place full) => { Place::Full };
}

grammar! {
    SortMod = "mod"() {
        Module "stmt* body, type_ignore* type_ignores"
        Interactive "stmt* body"
        Expression "expr body"
        FunctionType "expr* argtypes, expr returns"
    }
    #[start] SortStmt = "stmt"() {
        FunctionDef "identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params"
        AsyncFunctionDef "identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params"
        ClassDef "identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, type_param* type_params"
        Return "expr? value"
        Delete "expr* targets"
        Assign "expr* targets, expr value, string? type_comment"
        TypeAlias "expr name, type_param* type_params, expr value"
        AugAssign "expr target, operator op, expr value"
        AnnAssign "expr target, expr annotation, expr? value, int simple"
        For "expr target, expr iter, stmt* body, stmt* orelse, string? type_comment"
        AsyncFor "expr target, expr iter, stmt* body, stmt* orelse, string? type_comment"
        While "expr test, stmt* body, stmt* orelse"
        If "expr test, stmt* body, stmt* orelse"
        With "withitem* items, stmt* body, string? type_comment"
        AsyncWith "withitem* items, stmt* body, string? type_comment"
        Match "expr subject, match_case* cases"
        Raise "expr? exc, expr? cause"
        Try "stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody"
        TryStar "stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody"
        Assert "expr test, expr? msg"
        Import "alias* names"
        ImportFrom "identifier? module, alias* names, int? level"
        Global "identifier* names"
        Nonlocal "identifier* names"
        Expr "expr value"
        Pass ""
        Break ""
        Continue ""
    }
    #[start] SortExpr = "expr"() {
        BoolOp "boolop op, expr* values"
        NamedExpr "expr target, expr value"
        BinOp "expr left, operator op, expr right"
        UnaryOp "unaryop op, expr operand"
        Lambda "arguments args, expr body"
        IfExp "expr test, expr body, expr orelse"
        Dict "expr?* keys, expr* values"
        Set "expr* elts"
        ListComp "expr elt, comprehension* generators"
        SetComp "expr elt, comprehension* generators"
        DictComp "expr key, expr value, comprehension* generators"
        GeneratorExp "expr elt, comprehension* generators"
        Await "expr value"
        Yield "expr? value"
        YieldFrom "expr value"
        Compare "expr left, cmpop* ops, expr* comparators"
        Call "expr func, expr* args, keyword* keywords"
        FormattedValue "expr value, int conversion, expr? format_spec"
        Interpolation "expr value, constant str, int conversion, expr? format_spec"
        JoinedStr "expr* values"
        TemplateStr "expr* values"
        Constant "constant value, string? kind"
        Attribute "expr value, identifier attr, expr_context ctx"
        Subscript "expr value, expr slice, expr_context ctx"
        Starred "expr value, expr_context ctx"
        Name "identifier id, expr_context ctx"
        List "expr* elts, expr_context ctx"
        Tuple "expr* elts, expr_context ctx"
        Slice "expr? lower, expr? upper, expr? step"
    }
    SortExprContext = "expr_context"() { Load "" Store "" Del "" }
    SortBoolop = "boolop"() { And "" Or "" }
    SortOperator = "operator"() {
        Add "" Sub "" Mult "" MatMult "" Div "" Mod "" Pow "" LShift "" RShift "" BitOr "" BitXor "" BitAnd "" FloorDiv ""
    }
    SortUnaryop = "unaryop"() { Invert "" Not "" UAdd "" USub "" }
    SortCmpop = "cmpop"() { Eq "" NotEq "" Lt "" LtE "" Gt "" GtE "" Is "" IsNot "" In "" NotIn "" }
    Comprehension = "comprehension"("expr target, expr iter, expr* ifs, int is_async") {}
    #[start] SortExcepthandler = "excepthandler"() {
        ExceptHandler "expr? type, identifier? name, stmt* body"
    }
    Arguments = "arguments"("arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, expr* defaults") {}
    #[start] Arg = "arg"("identifier arg, expr? annotation, string? type_comment") {}
    #[start] Keyword = "keyword"("identifier? arg, expr value") {}
    #[start] Alias = "alias"("identifier name, identifier? asname") {}
    Withitem = "withitem"("expr context_expr, expr? optional_vars") {}
    MatchCase = "match_case"("pattern pattern, expr? guard, stmt* body") {}
    #[full] SortPattern = "pattern"() {
        MatchValue "expr value"
        MatchSingleton "constant value"
        MatchSequence "pattern* patterns"
        MatchMapping "expr* keys, pattern* patterns, identifier? rest"
        MatchClass "expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns"
        MatchStar "identifier? name"
        MatchAs "pattern? pattern, identifier? name"
        MatchOr "pattern* patterns"
    }
    SortTypeIgnore = "type_ignore"() {
        TypeIgnore "int lineno, string tag"
    }
    #[full] SortTypeParam = "type_param"() {
        TypeVar "identifier name, expr? bound, expr? default_value"
        ParamSpec "identifier name, expr? default_value"
        TypeVarTuple "identifier name, expr? default_value"
    }
}

impl Kind {
    /// Its row.
    pub fn node(self) -> &'static Node {
        &NODES[self as usize]
    }

    /// The class with a grammar's type name, if that is a class.
    pub fn of_type(name: &str) -> Option<Kind> {
        Kind::ALL
            .iter()
            .copied()
            .find(|k| k.node().base.is_none() && k.node().name == name)
    }

    /// Whether it is a sort of nodes, of which there are no instances.
    pub fn is_sort(self) -> bool {
        self.node().base.is_none() && Kind::ALL.iter().any(|k| k.node().base == Some(self))
    }

    /// Whether there is but one instance of it in trees that the parser makes.
    pub fn is_singleton(self) -> bool {
        use Kind::*;
        matches!(
            self.node().base,
            Some(SortExprContext | SortBoolop | SortOperator | SortUnaryop | SortCmpop)
        )
    }

    /// `__doc__`
    pub fn doc(self) -> String {
        let n = self.node();
        if !self.is_sort() {
            return n.text();
        }
        let alternatives: Vec<&'static Node> = Kind::ALL
            .iter()
            .map(|k| k.node())
            .filter(|k| k.base == Some(self))
            .collect();
        // Alternatives without fields stand on one line.
        let separator = if alternatives.iter().all(|a| a.fields.is_empty()) {
            " | ".to_owned()
        } else {
            format!("\n{} | ", " ".repeat(n.name.len()))
        };
        let texts: Vec<String> = alternatives.iter().map(|a| a.text()).collect();
        format!("{} = {}", n.name, texts.join(&separator))
    }
}
