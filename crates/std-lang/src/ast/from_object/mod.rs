//! Trees of Python objects as the compiler's trees, checked as CPython checks them.

mod arguments;
mod constant;
mod expr;
mod fstring;
mod pattern;
mod place;
mod stmt;

use taipan_bytecode::Const;
use taipan_object::types::{class_of, is_instance};
use taipan_object::{PyResult, Raised, Thread, Value, ValueVec, attr, names, ops, strings};
use taipan_syntax::ast::{self as tree, AtomicNodeIndex, Mod};
use taipan_syntax::{Lines, Mode, Parsed, TextRange};

use super::classes::{self, Classes};
use super::grammar::Kind;
use super::node::AST;

use self::place::Places;

/// A tree for the compiler.
pub struct Tree {
    tree: Mod,
    lines: Lines,
    carried: Vec<Const>,
}

impl Tree {
    /// The tree as objects again, optimised; or what is wrong with it.
    ///
    /// # Errors
    /// As [`super::to_objects`].
    pub fn optimized(
        self,
        th: &Thread,
        mode: Mode,
        optimize: u8,
    ) -> PyResult<Result<Value, Box<taipan_syntax::SyntaxError>>> {
        match Parsed::from_tree(self.tree, self.lines) {
            Ok(p) => super::to_objects::from_tree(th, &p, &self.carried, mode, optimize).map(Ok),
            Err(e) => Ok(Err(e)),
        }
    }

    /// Compiles the tree; gives the warnings too. Touches no object.
    ///
    /// # Errors
    /// What the compiler finds wrong.
    pub fn compile(
        self,
        syntax: &taipan_syntax::Options,
        options: &taipan_compiler::Options,
    ) -> taipan_compiler::Result<(taipan_bytecode::CodeData, Vec<taipan_syntax::Warning>)> {
        let parsed = Parsed::from_tree(self.tree, self.lines)?;
        taipan_compiler::compile_tree(parsed, &self.carried, syntax, options)
    }
}

/// Whether a value is a node of a tree.
pub fn is_node(th: &Thread, v: Value) -> PyResult<bool> {
    classes::get(th)?;
    Ok(is_instance(v, &AST))
}

/// Fails unless the node is the root of a tree for this mode.
///
/// # Errors
/// `TypeError`
pub fn check_mode(th: &Thread, v: Value, mode: Mode) -> PyResult<()> {
    let want = match mode {
        Mode::Exec => Kind::Module,
        Mode::Eval => Kind::Expression,
        Mode::Single => Kind::Interactive,
        Mode::FuncType => Kind::FunctionType,
    };
    let classes = classes::get(th)?;
    if !is_instance(v, &AST) {
        return Err(th.type_error("compile() arg 1 must be a string, bytes or AST object"));
    }
    if !is_instance(v, classes.class(want)) {
        return Err(th.type_error(format!(
            "expected {} node, got {}",
            want.node().name,
            class_of(v).name_text()
        )));
    }
    Ok(())
}

/// The compiler's tree of a node.
///
/// # Errors
/// `TypeError` and `ValueError` for what is no valid tree, with CPython's messages; `RecursionError`.
pub fn from_object(th: &Thread, v: Value, mode: Mode) -> PyResult<Tree> {
    check_mode(th, v, mode)?;
    let classes = classes::get(th)?;
    let mut r = Reader {
        th,
        classes,
        places: Places::gather(th, &classes, v)?,
        // The compiler looks for this operator before it takes a short cut.
        literals: String::from(":= "),
        carried: Vec::new(),
    };
    let range = TextRange::default();
    let node_index = AtomicNodeIndex::NONE;
    let tree = match mode {
        Mode::Exec | Mode::Single => {
            let k = if mode == Mode::Exec {
                Kind::Module
            } else {
                Kind::Interactive
            };
            let body = r.stmts(v, k, "body")?;
            Mod::Module(tree::ModModule {
                node_index,
                range,
                body: body.into(),
            })
        }
        Mode::Eval | Mode::FuncType => {
            let body = r.required(v, Kind::Expression, "body")?;
            let body = r.expr(body, Ctx::Load)?;
            Mod::Expression(tree::ModExpression {
                node_index,
                range,
                body: Box::new(body),
            })
        }
    };
    Ok(Tree {
        tree,
        lines: Lines::synthetic(r.literals.into(), &r.places.rows()),
        carried: r.carried,
    })
}

/// In what context an expression stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ctx {
    Load,
    Store,
    Del,
}

impl Ctx {
    fn name(self) -> &'static str {
        match self {
            Ctx::Load => "Load",
            Ctx::Store => "Store",
            Ctx::Del => "Del",
        }
    }
}

struct Reader<'a> {
    th: &'a Thread,
    classes: Classes<'a>,
    places: Places,
    /// A text with the literals whose characters Rust's strings can't hold.
    literals: String,
    carried: Vec<Const>,
}

impl Reader<'_> {
    fn attribute(&self, v: Value, name: &str) -> PyResult<Option<Value>> {
        attr::get_opt(self.th, v, strings::intern(self.th, name))
    }

    /// A field that must be there and not None.
    fn required(&self, v: Value, k: Kind, name: &str) -> PyResult {
        match self.constant_field(v, k, name)? {
            x if x.is_none() => Err(self
                .th
                .value_error(format!("field '{name}' is required for {}", k.node().name))),
            x => Ok(x),
        }
    }

    /// A field that must be there.
    fn constant_field(&self, v: Value, k: Kind, name: &str) -> PyResult {
        match self.attribute(v, name)? {
            Some(x) => Ok(x),
            None => Err(self.th.type_error(format!(
                "required field \"{name}\" missing from {}",
                k.node().name
            ))),
        }
    }

    /// A field that may be missing or None.
    fn optional(&self, v: Value, name: &str) -> PyResult<Option<Value>> {
        Ok(self.attribute(v, name)?.filter(|x| !x.is_none()))
    }

    /// A field that is a list, each item by `f`.
    fn each<T>(
        &mut self,
        v: Value,
        k: Kind,
        name: &str,
        mut f: impl FnMut(&mut Self, Value) -> PyResult<T>,
    ) -> PyResult<Vec<T>> {
        let Some(field) = self.attribute(v, name)? else {
            return Ok(Vec::new());
        };
        let Some(list) = field.as_list() else {
            return Err(self.th.type_error(format!(
                "{} field \"{name}\" must be a list, not a {}",
                k.node().name,
                class_of(field).name_text()
            )));
        };
        let items: ValueVec = list.snapshot(self.th)?;
        let mut out = Vec::with_capacity(items.len());
        for i in items.iter() {
            out.push(f(self, *i)?);
            if list.len() != items.len() {
                return Err(self.th.runtime_error(format!(
                    "{} field \"{name}\" changed size during iteration",
                    k.node().name
                )));
            }
        }
        Ok(out)
    }

    /// The same, of which there must be one item.
    fn non_empty<T>(&self, items: Vec<T>, k: Kind, name: &str) -> PyResult<Vec<T>> {
        if items.is_empty() {
            return Err(self.value_error(&format!("empty {name} on {}", k.node().name)));
        }
        Ok(items)
    }

    fn value_error(&self, msg: &str) -> Raised {
        self.th.value_error(msg)
    }

    fn int(&self, v: Value) -> PyResult<i32> {
        if !v.is_int() {
            let shown = ops::repr(self.th, v)?;
            return Err(self
                .th
                .value_error(format!("invalid integer value: {}", names::text(shown))));
        }
        ops::index_i32(self.th, v)
    }

    /// An identifier, which may be no constant's name.
    fn name(&self, v: Value) -> PyResult<tree::name::Name> {
        let s = self.plain_name(v)?;
        if matches!(s.as_str(), "None" | "True" | "False") {
            return Err(self
                .th
                .value_error(format!("identifier field can't represent '{s}' constant")));
        }
        Ok(s)
    }

    /// An identifier.
    fn plain_name(&self, v: Value) -> PyResult<tree::name::Name> {
        match v.as_str_obj() {
            Some(s) => match s.as_str() {
                Some(s) => Ok(tree::name::Name::new(s)),
                None => {
                    // The codec raises what CPython raises for a lone surrogate.
                    let utf8 = Value::str(self.th, "utf-8");
                    taipan_object::call::call_method(self.th, v, "encode", &[utf8])?;
                    Err(self.value_error("surrogates in an identifier"))
                }
            },
            None => Err(self.th.type_error("AST identifier must be of type str")),
        }
    }

    fn identifier(&self, v: Value, range: TextRange) -> PyResult<tree::Identifier> {
        Ok(tree::Identifier::new(self.plain_name(v)?, range))
    }

    fn opt_identifier(
        &self,
        v: Value,
        name: &str,
        range: TextRange,
    ) -> PyResult<Option<tree::Identifier>> {
        match self.optional(v, name)? {
            Some(x) => Ok(Some(self.identifier(x, range)?)),
            None => Ok(None),
        }
    }

    /// As [`Reader::opt_identifier`] for one that may be no constant's name.
    fn opt_name(
        &self,
        v: Value,
        name: &str,
        range: TextRange,
    ) -> PyResult<Option<tree::Identifier>> {
        match self.optional(v, name)? {
            Some(x) => Ok(Some(tree::Identifier::new(self.name(x)?, range))),
            None => Ok(None),
        }
    }

    /// Checks a field of type `string?`, of which nothing is compiled.
    fn check_string(&self, v: Value, name: &str) -> PyResult<()> {
        match self.optional(v, name)? {
            Some(s) if s.as_str_obj().is_none() && s.as_bytes().is_none() => {
                Err(self.th.type_error("AST string must be of type str"))
            }
            _ => Ok(()),
        }
    }

    /// The class of a node of a sort.
    fn kind(&self, v: Value, sort: Kind) -> PyResult<Kind> {
        match self.classes.kind_of(v) {
            Some(k) if k.node().base == Some(sort) || k == sort => Ok(k),
            _ => {
                let shown = ops::repr(self.th, v)?;
                Err(self.th.type_error(format!(
                    "expected some sort of {}, but got {}",
                    sort.node().name,
                    names::text(shown)
                )))
            }
        }
    }

    /// Fails before the native stack is used up.
    fn deeper(&self, sort: Kind) -> PyResult<()> {
        match self.th.check_native_stack() {
            Ok(()) => Ok(()),
            Err(_) => Err(self
                .th
                .recursion_error(&format!(" while traversing '{}' node", sort.node().name))),
        }
    }

    /// The place of a node.
    fn place(&self, v: Value, sort: Kind) -> PyResult<TextRange> {
        let number = |name: &str| self.int(self.constant_field(v, sort, name)?);
        let line = number("lineno")?;
        let col = number("col_offset")?;
        let full = sort.node().placed == super::grammar::Place::Full;
        let end = |name: &str, default: i32| {
            if full {
                return number(name);
            }
            match self.optional(v, name)? {
                Some(x) => self.int(x),
                None => Ok(default),
            }
        };
        let end_line = end("end_lineno", line)?;
        let end_col = end("end_col_offset", col)?;
        if line > end_line {
            return Err(self.th.value_error(format!(
                "AST node line range ({line}, {end_line}) is not valid"
            )));
        }
        if (line < 0 && end_line != line) || (col < 0 && col != end_col) {
            return Err(self.th.value_error(format!(
                "AST node column range ({col}, {end_col}) for line range ({line}, {end_line}) is not valid"
            )));
        }
        if line == end_line && col > end_col {
            return Err(self.th.value_error(format!(
                "line {line}, column {col}-{end_col} is not a valid range"
            )));
        }
        Ok(self.places.range((line, col), (end_line, end_col)))
    }
}
