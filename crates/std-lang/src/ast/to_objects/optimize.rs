//! What `ast.parse(optimize=…)` changes: `__debug__`, docstrings, numbers in patterns and `%` formats become what the
//! compiler works with.

use taipan_object::slots::BinOp;
use taipan_object::wtf8::{CodePoint, Wtf8Buf};
use taipan_object::{PyResult, Value, ValueVec, attr, ops};
use taipan_syntax::ast::{self as tree, Expr, Operator, Stmt, UnaryOp};
use taipan_syntax::{Ranged, TextRange, TextSize, literal};

use super::Builder;
use crate::ast::grammar::Kind;

/// One conversion of a `%` format, or the text between two.
enum Part {
    Text(Wtf8Buf),
    Field { conversion: u8, spec: String },
}

impl Builder<'_> {
    /// Statements that may begin with a docstring.
    pub fn documented(&self, body: &[Stmt]) -> PyResult {
        if self.optimize != Some(2) {
            return self.body(body);
        }
        let Some((Stmt::Expr(first), rest)) = body.split_first() else {
            return self.body(body);
        };
        if !matches!(*first.value, Expr::StringLiteral(_)) {
            return self.body(body);
        }
        if !rest.is_empty() {
            return self.body(rest);
        }
        // Something must stand there.
        let start = first.range.start();
        let range = TextRange::new(start, start + TextSize::new(4));
        let pass = self.node(Kind::Pass, &[])?;
        let lines = self.parsed.lines();
        let (line, col) = lines.position(range.start());
        let numbers = [line, col, line, col + 4].map(|n| Value::small_int(n as i64));
        for (name, value) in self.classes.place().iter().zip(numbers) {
            attr::set_own(self.th, pass, *name, value)?;
        }
        Value::list(self.th, &[pass])
    }

    /// The number that a value pattern's sign or sum stands for.
    pub fn folded_number(&self, e: &Expr) -> PyResult<Option<Value>> {
        if self.optimize.is_none() {
            return Ok(None);
        }
        match self.number_of(e)? {
            Some(value) => self.constant(value, e.range()).map(Some),
            None => Ok(None),
        }
    }

    fn number_of(&self, e: &Expr) -> PyResult<Option<Value>> {
        match e {
            Expr::UnaryOp(u) if u.op == UnaryOp::USub => match &*u.operand {
                Expr::NumberLiteral(n) => ops::neg(self.th, self.number(&n.value)?).map(Some),
                _ => Ok(None),
            },
            Expr::BinOp(b) => {
                let Expr::NumberLiteral(right) = &*b.right else {
                    return Ok(None);
                };
                let left = match &*b.left {
                    Expr::NumberLiteral(n) => self.number(&n.value)?,
                    left => match self.number_of(left)? {
                        Some(v) => v,
                        None => return Ok(None),
                    },
                };
                let op = match b.op {
                    Operator::Add => BinOp::Add,
                    Operator::Sub => BinOp::Sub,
                    _ => return Ok(None),
                };
                ops::binary(self.th, op, left, self.number(&right.value)?).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// `'%s' % (x,)` as the f-string that does the same.
    pub fn folded_format(&self, b: &tree::ExprBinOp) -> PyResult<Option<Value>> {
        if self.optimize.is_none() || b.op != Operator::Mod {
            return Ok(None);
        }
        let (Expr::StringLiteral(format), Expr::Tuple(args)) = (&*b.left, &*b.right) else {
            return Ok(None);
        };
        if args.elts.iter().any(|e| matches!(e, Expr::Starred(_))) {
            return Ok(None);
        }
        let text = literal::string(self.source(), format);
        let Some(parts) = parts(&text.code_points().collect::<Vec<_>>()) else {
            return Ok(None);
        };
        let fields = parts.iter().filter(|p| matches!(p, Part::Field { .. }));
        if fields.count() != args.elts.len() {
            return Ok(None);
        }
        let mut values = ValueVec::new();
        let mut args = args.elts.iter();
        for p in parts {
            let v = match p {
                Part::Text(t) => self.nowhere(self.text(&t)?)?,
                Part::Field { conversion, spec } => {
                    let Some(arg) = args.next() else { break };
                    let spec = if spec.is_empty() {
                        Value::NONE
                    } else {
                        self.nowhere(Value::str(self.th, &spec))?
                    };
                    let conversion = Value::small_int(conversion as i64);
                    let parts = [self.expr(arg)?, conversion, spec];
                    self.placed(Kind::FormattedValue, &parts, arg.range())?
                }
            };
            values.push(self.th, v)?;
        }
        let values = self.list(values);
        self.placed(Kind::JoinedStr, &[values], b.range).map(Some)
    }

    /// A constant that stands nowhere in the source.
    fn nowhere(&self, value: Value) -> PyResult {
        let v = self.node(Kind::Constant, &[value, Value::NONE])?;
        for name in self.classes.place() {
            attr::set_own(self.th, v, *name, Value::small_int(-1))?;
        }
        Ok(v)
    }
}

/// The parts of a format that f-strings can do; nothing for another.
fn parts(format: &[CodePoint]) -> Option<Vec<Part>> {
    let mut out = Vec::new();
    let mut text = Wtf8Buf::new();
    let mut at = 0;
    let char_at = |at: usize| format.get(at).and_then(|c| c.to_char());
    let number = |at: &mut usize| -> Option<Option<u32>> {
        let start = *at;
        let mut n = 0;
        while let Some(d) = char_at(*at).and_then(|c| c.to_digit(10)) {
            n = n * 10 + d;
            *at += 1;
            if *at - start > 3 {
                return None;
            }
        }
        Some((*at > start).then_some(n))
    };
    while at < format.len() {
        if char_at(at) != Some('%') {
            text.push(format[at]);
            at += 1;
            continue;
        }
        at += 1;
        if char_at(at) == Some('%') {
            text.push_char('%');
            at += 1;
            continue;
        }
        let mut left = false;
        while let Some(c @ ('-' | '+' | ' ' | '#' | '0')) = char_at(at) {
            left |= c == '-';
            at += 1;
        }
        let width = number(&mut at)?.unwrap_or(0);
        let mut spec = String::new();
        if width > 0 {
            if !left {
                spec.push('>');
            }
            spec.push_str(&width.to_string());
        }
        if char_at(at) == Some('.') {
            at += 1;
            let precision = number(&mut at)?.unwrap_or(0);
            spec.push_str(&format!(".{precision}"));
        }
        let conversion = match char_at(at)? {
            c @ ('s' | 'r' | 'a') => c as u8,
            _ => return None,
        };
        at += 1;
        if !text.is_empty() {
            out.push(Part::Text(std::mem::take(&mut text)));
        }
        out.push(Part::Field { conversion, spec });
    }
    if !text.is_empty() {
        out.push(Part::Text(text));
    }
    Some(out)
}
