//! The parser's trees as Python objects.

mod comments;
mod expr;
mod fstring;
mod func_type;
mod optimize;
mod pattern;
mod stmt;

use taipan_bytecode::Const;
use taipan_object::code::const_value;
use taipan_object::seq::List;
use taipan_object::wtf8::Wtf8;
use taipan_object::{PyResult, Thread, Value, ValueVec, attr, strings};
use taipan_syntax::ast::{self as tree, Mod};
use taipan_syntax::{Mode, Parsed, Ranged, TextRange, TextSize};

use super::classes::{self, Classes};
use super::grammar::Kind;

use self::comments::Comments;

pub use func_type::to_objects as func_type;

/// The nodes of a parsed text, as `compile(…, PyCF_ONLY_AST)` gives them; with a level of optimisation, as
/// `PyCF_OPTIMIZED_AST` does. Type comments are those of the text's tokens, if they were kept.
///
/// # Errors
/// `RecursionError` for a tree that nests too deeply, `MemoryError`; `SyntaxError` for a misplaced type comment.
pub fn to_objects(
    th: &Thread,
    parsed: &Parsed,
    mode: Mode,
    optimize: Option<u8>,
    filename: Value,
) -> PyResult {
    let b = Builder {
        th,
        optimize,
        comments: Comments::of(parsed),
        carried: &[],
        classes: classes::get(th)?,
        parsed,
        offset: (0, 0),
    };
    let root = b.root(mode)?;
    match b.misplaced() {
        Some(e) => Err(crate::source::raise(th, &e, filename)),
        None => Ok(root),
    }
}

/// The nodes of a tree that a program made, optimised.
///
/// # Errors
/// As [`to_objects`].
pub fn from_tree(
    th: &Thread,
    parsed: &Parsed,
    carried: &[Const],
    mode: Mode,
    optimize: u8,
) -> PyResult {
    let b = Builder {
        th,
        optimize: Some(optimize),
        comments: Comments::default(),
        carried,
        classes: classes::get(th)?,
        parsed,
        offset: (0, 0),
    };
    b.root(mode)
}

struct Builder<'a> {
    th: &'a Thread,
    optimize: Option<u8>,
    comments: Comments,
    /// Constants of a tree that a program made, by node index.
    carried: &'a [Const],
    classes: Classes<'a>,
    parsed: &'a Parsed,
    /// Lines and, on the first line, columns to add: for a text that is part of another.
    offset: (i64, i64),
}

impl Builder<'_> {
    fn root(&self, mode: Mode) -> PyResult {
        match self.parsed.ast() {
            Mod::Module(m) if mode == Mode::Single => {
                self.node(Kind::Interactive, &[self.body(&m.body)?])
            }
            Mod::Module(m) => {
                let body = self.documented(&m.body)?;
                self.node(Kind::Module, &[body, self.type_ignores()?])
            }
            Mod::Expression(e) => {
                let body = self.expr(&e.body)?;
                self.node(Kind::Expression, &[body])
            }
        }
    }

    /// The constant that a node's index names, in a tree that a program made.
    fn carried(&self, index: &tree::AtomicNodeIndex) -> PyResult<Option<Value>> {
        let n = index.load().as_u32();
        match n.and_then(|n| self.carried.get(n as usize)) {
            Some(c) => const_value(self.th, c).map(Some),
            None => Ok(None),
        }
    }

    /// Whether there is no text.
    fn is_synthetic(&self) -> bool {
        self.parsed.lines().is_synthetic()
    }

    fn source(&self) -> &str {
        self.parsed.source()
    }

    /// A node without a place.
    fn node(&self, k: Kind, values: &[Value]) -> PyResult {
        let v = super::node::blank(self.th, self.classes.class(k));
        for (name, value) in self.classes.fields(k).iter().zip(values) {
            attr::set_own(self.th, v, *name, *value)?;
        }
        Ok(v)
    }

    /// A node with a place.
    fn placed(&self, k: Kind, values: &[Value], range: TextRange) -> PyResult {
        let v = self.node(k, values)?;
        let lines = self.parsed.lines();
        let (start, end) = (lines.position(range.start()), lines.position(range.end()));
        let mut numbers = [Value::ABSENT; 4];
        for (n, (line, col)) in [start, end].into_iter().enumerate() {
            let shift = if line == 1 { self.offset.1 } else { 0 };
            numbers[n * 2] = Value::small_int(line as i64 + self.offset.0);
            numbers[n * 2 + 1] = Value::small_int(col as i64 + shift);
        }
        for (name, value) in self.classes.place().iter().zip(numbers) {
            attr::set_own(self.th, v, *name, value)?;
        }
        Ok(v)
    }

    fn list(&self, items: ValueVec) -> Value {
        List::from_vec(self.th, items)
    }

    fn each<T>(&self, items: &[T], f: impl Fn(&T) -> PyResult) -> PyResult {
        let mut out = ValueVec::new();
        for i in items {
            out.push(self.th, f(i)?)?;
        }
        Ok(self.list(out))
    }

    fn ident(&self, name: &str) -> Value {
        strings::intern(self.th, name)
    }

    fn identifier(&self, name: &tree::Identifier) -> Value {
        self.ident(&name.id)
    }

    fn opt_identifier(&self, name: Option<&tree::Identifier>) -> Value {
        name.map_or(Value::NONE, |n| self.identifier(n))
    }

    fn text(&self, s: &Wtf8) -> PyResult {
        Value::try_wtf8(self.th, s)
    }

    /// Fails before the native stack is used up.
    fn deeper(&self) -> PyResult<()> {
        match self.th.check_native_stack() {
            Ok(()) => Ok(()),
            Err(_) => Err(self.th.recursion_error(" during ast construction")),
        }
    }

    fn ctx(&self, c: tree::ExprContext) -> Value {
        self.classes.singleton(match c {
            tree::ExprContext::Store => Kind::Store,
            tree::ExprContext::Del => Kind::Del,
            tree::ExprContext::Load | tree::ExprContext::Invalid => Kind::Load,
        })
    }

    fn int(&self, n: &tree::Int) -> PyResult {
        use taipan_syntax::literal::{Integer, integer};
        match integer(n) {
            Integer::Small(n) => Ok(Value::uint(self.th, n)),
            Integer::Big { digits, radix } => {
                match taipan_num::bigint::parse_int(digits.as_bytes(), radix, 0) {
                    Ok(n) => Ok(Value::big(self.th, n)),
                    Err(e) => Err(self.th.value_error(e.message(&digits))),
                }
            }
        }
    }

    fn number(&self, n: &tree::Number) -> PyResult {
        match n {
            tree::Number::Int(n) => self.int(n),
            tree::Number::Float(x) => Ok(Value::float(self.th, *x)),
            tree::Number::Complex { real, imag } => Ok(Value::complex(self.th, *real, *imag)),
        }
    }

    fn constant(&self, value: Value, range: TextRange) -> PyResult {
        self.placed(Kind::Constant, &[value, Value::NONE], range)
    }

    /// The range of a statement with a block: a semicolon that ends the block is part of it.
    fn block(&self, range: TextRange) -> TextRange {
        if self.is_synthetic() {
            return range;
        }
        let rest = self
            .source()
            .get(range.end().to_usize()..)
            .unwrap_or_default();
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\x0c']).len();
        if rest.as_bytes().get(blank) != Some(&b';') {
            return range;
        }
        let end = range.end() + TextSize::new(blank as u32 + 1);
        TextRange::new(range.start(), end)
    }

    /// The range of a definition without its decorators.
    fn definition(&self, range: TextRange, decorators: &[tree::Decorator]) -> TextRange {
        let Some(last) = decorators.last() else {
            return range;
        };
        if self.is_synthetic() {
            return range;
        }
        let at = skip_trivia(self.source(), last.range().end());
        if at < range.end() {
            TextRange::new(at, range.end())
        } else {
            range
        }
    }
}

/// Steps over white space, line ends and comments.
fn skip_trivia(source: &str, from: TextSize) -> TextSize {
    let mut at = from.to_usize();
    let bytes = source.as_bytes();
    while let Some(b) = bytes.get(at) {
        match b {
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'\\' => at += 1,
            b'#' => {
                while bytes.get(at).is_some_and(|b| *b != b'\n') {
                    at += 1;
                }
            }
            _ => break,
        }
    }
    TextSize::new(at as u32)
}
