//! The parser's trees as Python objects.

mod comments;
mod expr;
mod fstring;
mod func_type;
mod optimize;
mod pattern;
mod stmt;

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
/// `RecursionError` for a tree that nests too deeply, `MemoryError`.
pub fn to_objects(th: &Thread, parsed: &Parsed, mode: Mode, optimize: Option<u8>) -> PyResult {
    let b = Builder {
        optimize,
        comments: Comments::of(parsed),
        th,
        classes: classes::get(th)?,
        parsed,
        offset: (0, 0),
    };
    match parsed.ast() {
        Mod::Module(m) => {
            if mode == Mode::Single {
                return b.node(Kind::Interactive, &[b.body(&m.body)?]);
            }
            let body = b.documented(&m.body)?;
            b.node(Kind::Module, &[body, b.type_ignores()?])
        }
        Mod::Expression(e) => {
            let body = b.expr(&e.body)?;
            b.node(Kind::Expression, &[body])
        }
    }
}

struct Builder<'a> {
    th: &'a Thread,
    optimize: Option<u8>,
    comments: Comments,
    classes: Classes<'a>,
    parsed: &'a Parsed,
    /// Lines and, on the first line, columns to add: for a text that is part of another.
    offset: (i64, i64),
}

impl Builder<'_> {
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
