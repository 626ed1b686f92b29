//! Expressions back to text: annotations under `from __future__ import annotations`.
//!
//! The layout is CPython's: one space around operators, parentheses only where precedence needs them.

use taipan_syntax::ast::{self, BoolOp, CmpOp, Expr, Operator, UnaryOp};
use taipan_syntax::{Lines, Ranged, with_room};

/// How tightly an expression binds; higher is tighter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Tuple,
    Test,
    Or,
    And,
    Not,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Arith,
    Term,
    Factor,
    Power,
    Await,
    Atom,
}

impl Level {
    fn next(self) -> Level {
        use Level::*;
        const ALL: [Level; 16] = [
            Tuple, Test, Or, And, Not, Compare, BitOr, BitXor, BitAnd, Shift, Arith, Term, Factor,
            Power, Await, Atom,
        ];
        ALL[(self as usize + 1).min(15)]
    }
}

/// The text of an expression.
pub fn expression(e: &Expr, lines: &Lines) -> String {
    let mut w = Writer {
        out: String::new(),
        source: lines.source(),
    };
    w.expr(e, Level::Test);
    w.out
}

struct Writer<'s> {
    out: String,
    source: &'s str,
}

impl Writer<'_> {
    fn push(&mut self, s: &str) {
        self.out.push_str(s);
    }

    fn parens(&mut self, needed: bool, f: impl FnOnce(&mut Self)) {
        if needed {
            self.push("(");
        }
        f(self);
        if needed {
            self.push(")");
        }
    }

    fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut f: impl FnMut(&mut Self, T)) {
        for (n, item) in items.into_iter().enumerate() {
            if n > 0 {
                self.push(", ");
            }
            f(self, item);
        }
    }

    fn expr(&mut self, e: &Expr, level: Level) {
        with_room(|| self.expr_inner(e, level));
    }

    fn expr_inner(&mut self, e: &Expr, level: Level) {
        match e {
            Expr::BoolOp(b) => {
                let (own, word) = match b.op {
                    BoolOp::And => (Level::And, " and "),
                    BoolOp::Or => (Level::Or, " or "),
                };
                self.parens(level > own, |w| {
                    for (n, v) in b.values.iter().enumerate() {
                        if n > 0 {
                            w.push(word);
                        }
                        w.expr(v, own.next());
                    }
                });
            }
            Expr::BinOp(b) => self.binary(b, level),
            Expr::UnaryOp(u) => {
                let (own, sign) = match u.op {
                    UnaryOp::Not => (Level::Not, "not "),
                    UnaryOp::Invert => (Level::Factor, "~"),
                    UnaryOp::UAdd => (Level::Factor, "+"),
                    UnaryOp::USub => (Level::Factor, "-"),
                };
                self.parens(level > own, |w| {
                    w.push(sign);
                    w.expr(&u.operand, own);
                });
            }
            Expr::Lambda(l) => self.parens(level > Level::Test, |w| {
                w.push("lambda");
                if let Some(p) = &l.parameters {
                    // CPython writes no space before a bare star.
                    if p.posonlyargs.len() + p.args.len() > 0
                        || p.vararg.is_some()
                        || p.kwonlyargs.is_empty()
                    {
                        w.push(" ");
                    }
                    w.parameters(p);
                }
                w.push(": ");
                w.expr(&l.body, Level::Test);
            }),
            Expr::If(i) => self.parens(level > Level::Test, |w| {
                w.expr(&i.body, Level::Or);
                w.push(" if ");
                w.expr(&i.test, Level::Or);
                w.push(" else ");
                w.expr(&i.orelse, Level::Test);
            }),
            Expr::Dict(d) => {
                self.push("{");
                self.list(&d.items, |w, item| match &item.key {
                    Some(key) => {
                        w.expr(key, Level::Test);
                        w.push(": ");
                        w.expr(&item.value, Level::Test);
                    }
                    None => {
                        w.push("**");
                        w.expr(&item.value, Level::BitOr);
                    }
                });
                self.push("}");
            }
            Expr::Set(s) => {
                self.push("{");
                self.list(&s.elts, |w, e| w.expr(e, Level::Test));
                self.push("}");
            }
            Expr::List(l) => {
                self.push("[");
                self.list(&l.elts, |w, e| w.expr(e, Level::Test));
                self.push("]");
            }
            Expr::Tuple(t) => {
                if t.elts.is_empty() {
                    self.push("()");
                    return;
                }
                self.parens(level > Level::Tuple, |w| {
                    w.list(&t.elts, |w, e| w.expr(e, Level::Test));
                    if t.elts.len() == 1 {
                        w.push(",");
                    }
                });
            }
            Expr::ListComp(c) => self.comprehension("[", &[&c.elt], &c.generators, "]"),
            Expr::SetComp(c) => self.comprehension("{", &[&c.elt], &c.generators, "}"),
            Expr::Generator(c) => self.comprehension("(", &[&c.elt], &c.generators, ")"),
            Expr::DictComp(c) => match &c.key {
                Some(key) => self.comprehension("{", &[key, &c.value], &c.generators, "}"),
                None => self.comprehension("{**", &[&c.value], &c.generators, "}"),
            },
            Expr::Await(a) => self.parens(level > Level::Await, |w| {
                w.push("await ");
                w.expr(&a.value, Level::Atom);
            }),
            Expr::Yield(y) => {
                self.push("(yield");
                if let Some(v) = &y.value {
                    self.push(" ");
                    self.expr(v, Level::Test);
                }
                self.push(")");
            }
            Expr::YieldFrom(y) => {
                self.push("(yield from ");
                self.expr(&y.value, Level::Test);
                self.push(")");
            }
            Expr::Compare(c) => self.parens(level > Level::Compare, |w| {
                w.expr(&c.left, Level::BitOr);
                for (op, right) in c.ops.iter().zip(&c.comparators) {
                    w.push(match op {
                        CmpOp::Eq => " == ",
                        CmpOp::NotEq => " != ",
                        CmpOp::Lt => " < ",
                        CmpOp::LtE => " <= ",
                        CmpOp::Gt => " > ",
                        CmpOp::GtE => " >= ",
                        CmpOp::Is => " is ",
                        CmpOp::IsNot => " is not ",
                        CmpOp::In => " in ",
                        CmpOp::NotIn => " not in ",
                    });
                    w.expr(right, Level::BitOr);
                }
            }),
            Expr::Call(c) => {
                self.expr(&c.func, Level::Atom);
                // A generator expression that is the only argument shares the call's parentheses.
                if let ([Expr::Generator(g)], true) =
                    (&*c.arguments.args, c.arguments.keywords.is_empty())
                {
                    self.comprehension("(", &[&g.elt], &g.generators, ")");
                    return;
                }
                self.push("(");
                self.list(&c.arguments.args, |w, e| w.expr(e, Level::Test));
                if !c.arguments.args.is_empty() && !c.arguments.keywords.is_empty() {
                    self.push(", ");
                }
                self.list(&c.arguments.keywords, |w, k| {
                    match &k.arg {
                        Some(name) => {
                            w.push(name);
                            w.push("=");
                        }
                        None => w.push("**"),
                    }
                    w.expr(&k.value, Level::Test);
                });
                self.push(")");
            }
            Expr::FString(f) => self.source_text(f.range(), "f"),
            Expr::TString(t) => self.source_text(t.range(), "t"),
            Expr::StringLiteral(s) => {
                if s.value.is_unicode() {
                    self.push("u");
                }
                let text = quoted(s.value.to_str());
                self.push(&text);
            }
            Expr::BytesLiteral(b) => {
                let text = quoted_bytes(&b.value.bytes().collect::<Vec<u8>>());
                self.push(&text);
            }
            Expr::NumberLiteral(n) => match &n.value {
                ast::Number::Int(i) => self.push(&i.to_string()),
                ast::Number::Float(f) => self.push(&float(*f)),
                ast::Number::Complex { imag, .. } => {
                    let text = float(*imag);
                    self.push(text.strip_suffix(".0").unwrap_or(&text));
                    self.push("j");
                }
            },
            Expr::BooleanLiteral(b) => self.push(if b.value { "True" } else { "False" }),
            Expr::NoneLiteral(_) => self.push("None"),
            Expr::EllipsisLiteral(_) => self.push("..."),
            Expr::Attribute(a) => {
                self.expr(&a.value, Level::Atom);
                // `1.real` would be a float and a name.
                let is_int = matches!(&*a.value, Expr::NumberLiteral(n) if n.value.is_int());
                self.push(if is_int { " ." } else { "." });
                self.push(&a.attr.id);
            }
            Expr::Subscript(s) => {
                self.expr(&s.value, Level::Atom);
                self.push("[");
                self.expr(&s.slice, Level::Tuple);
                self.push("]");
            }
            Expr::Starred(s) => {
                self.push("*");
                self.expr(&s.value, Level::BitOr);
            }
            Expr::Name(n) => self.push(&n.id),
            Expr::Slice(s) => {
                if let Some(lower) = &s.lower {
                    self.expr(lower, Level::Test);
                }
                self.push(":");
                if let Some(upper) = &s.upper {
                    self.expr(upper, Level::Test);
                }
                if let Some(step) = &s.step {
                    self.push(":");
                    self.expr(step, Level::Test);
                }
            }
            Expr::Named(n) => {
                self.push("(");
                self.expr(&n.target, Level::Atom);
                self.push(" := ");
                self.expr(&n.value, Level::Test);
                self.push(")");
            }
            Expr::IpyEscapeCommand(_) => {}
        }
    }

    fn binary(&mut self, b: &ast::ExprBinOp, level: Level) {
        let (own, op) = match b.op {
            Operator::Add => (Level::Arith, " + "),
            Operator::Sub => (Level::Arith, " - "),
            Operator::Mult => (Level::Term, " * "),
            Operator::MatMult => (Level::Term, " @ "),
            Operator::Div => (Level::Term, " / "),
            Operator::Mod => (Level::Term, " % "),
            Operator::FloorDiv => (Level::Term, " // "),
            Operator::LShift => (Level::Shift, " << "),
            Operator::RShift => (Level::Shift, " >> "),
            Operator::BitOr => (Level::BitOr, " | "),
            Operator::BitXor => (Level::BitXor, " ^ "),
            Operator::BitAnd => (Level::BitAnd, " & "),
            Operator::Pow => (Level::Power, " ** "),
        };
        let (left, right) = if b.op == Operator::Pow {
            (own.next(), own)
        } else {
            (own, own.next())
        };
        self.parens(level > own, |w| {
            w.expr(&b.left, left);
            w.push(op);
            w.expr(&b.right, right);
        });
    }

    fn comprehension(
        &mut self,
        open: &str,
        elements: &[&Expr],
        generators: &[ast::Comprehension],
        close: &str,
    ) {
        self.push(open);
        for (n, e) in elements.iter().enumerate() {
            if n > 0 {
                self.push(": ");
            }
            self.expr(e, Level::Test);
        }
        for g in generators {
            self.push(if g.is_async { " async for " } else { " for " });
            self.expr(&g.target, Level::Tuple);
            self.push(" in ");
            self.expr(&g.iter, Level::Or);
            for test in &g.ifs {
                self.push(" if ");
                self.expr(test, Level::Or);
            }
        }
        self.push(close);
    }

    fn parameters(&mut self, p: &ast::Parameters) {
        let mut first = true;
        let mut sep = |w: &mut Self| {
            if !std::mem::take(&mut first) {
                w.push(", ");
            }
        };
        let plain = |w: &mut Self, p: &ast::ParameterWithDefault| {
            w.push(&p.parameter.name.id);
            if let Some(d) = &p.default {
                w.push("=");
                w.expr(d, Level::Test);
            }
        };
        for p in &p.posonlyargs {
            sep(self);
            plain(self, p);
        }
        if !p.posonlyargs.is_empty() {
            self.push(", /");
        }
        for p in &p.args {
            sep(self);
            plain(self, p);
        }
        if p.vararg.is_some() || !p.kwonlyargs.is_empty() {
            sep(self);
            self.push("*");
            if let Some(v) = &p.vararg {
                self.push(&v.name.id);
            }
        }
        for p in &p.kwonlyargs {
            sep(self);
            plain(self, p);
        }
        if let Some(k) = &p.kwarg {
            sep(self);
            self.push("**");
            self.push(&k.name.id);
        }
    }

    /// A string with fields is taken over as it was written.
    fn source_text(&mut self, range: taipan_syntax::TextRange, prefix: &str) {
        match self
            .source
            .get(range.start().to_usize()..range.end().to_usize())
        {
            Some(text) if !text.is_empty() => self.out.push_str(text),
            _ => {
                self.push(prefix);
                self.push("''");
            }
        }
    }
}

/// A float as `repr` writes it; infinity as a literal that overflows.
fn float(f: f64) -> String {
    if f.is_infinite() {
        return "1e309".into();
    }
    let magnitude = f.abs();
    if magnitude != 0.0 && !(1e-4..1e16).contains(&magnitude) {
        let text = format!("{f:e}");
        return match text.split_once('e') {
            Some((digits, exponent)) => match exponent.strip_prefix('-') {
                Some(n) => format!("{digits}e-{n:0>2}"),
                None => format!("{digits}e+{exponent:0>2}"),
            },
            None => text,
        };
    }
    format!("{f:?}")
}

/// A string as `repr` writes it.
fn quoted(s: &str) -> String {
    let quote = if s.contains('\'') && !s.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::from(quote);
    for c in s.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => match c as u32 {
                n @ 0..=0xff => out.push_str(&format!("\\x{n:02x}")),
                n => out.push_str(&format!("\\u{n:04x}")),
            },
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

fn quoted_bytes(b: &[u8]) -> String {
    let quote = if b.contains(&b'\'') && !b.contains(&b'"') {
        b'"'
    } else {
        b'\''
    };
    let mut out = format!("b{}", quote as char);
    for &c in b {
        match c {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c as char);
            }
            0x20..=0x7e => out.push(c as char),
            c => out.push_str(&format!("\\x{c:02x}")),
        }
    }
    out.push(quote as char);
    out
}
