//! Signature type comments: `(int, *str) -> bool`.

use taipan_object::{PyResult, Thread, Value, ValueVec};
use taipan_syntax::ast::Mod;
use taipan_syntax::token::TokenKind;
use taipan_syntax::{ErrorKind, Lines, Mode, Options, SyntaxError, TextRange, TextSize, parse};

use super::{Builder, classes};
use crate::ast::grammar::Kind;

/// What a step gives: a syntax error is for the caller to raise.
type Step<T> = PyResult<Result<T, Box<SyntaxError>>>;

/// The node of a signature, or the error in it.
///
/// # Errors
/// `MemoryError`, `RecursionError`.
pub fn to_objects(th: &Thread, text: &str, options: &Options) -> Step<Value> {
    let Some((args, returns)) = split(text) else {
        let lines = Lines::new(text.into());
        let end = TextSize::new(text.len() as u32);
        let e = SyntaxError::with_kind(
            &lines,
            ErrorKind::Syntax,
            TextRange::empty(end.min(TextSize::new(0))),
            "invalid syntax",
        );
        return Ok(Err(e));
    };
    let mut items = ValueVec::new();
    for (start, end) in args {
        match part(th, text, start, end, options)? {
            Ok(v) => items.push(th, v)?,
            Err(e) => return Ok(Err(e)),
        }
    }
    let result = match part(th, text, returns.0, returns.1, options)? {
        Ok(v) => v,
        Err(e) => return Ok(Err(e)),
    };
    let classes = classes::get(th)?;
    let v = crate::ast::node::blank(th, classes.class(Kind::FunctionType));
    let values = [taipan_object::seq::List::from_vec(th, items), result];
    for (name, value) in classes.fields(Kind::FunctionType).iter().zip(values) {
        taipan_object::attr::set_own(th, v, *name, value)?;
    }
    Ok(Ok(v))
}

/// One expression of the text.
fn part(th: &Thread, text: &str, start: usize, end: usize, options: &Options) -> Step<Value> {
    let options = Options {
        mode: Mode::Eval,
        ..options.clone()
    };
    let parsed = match parse(&text[start..end], &options) {
        Ok(p) => p,
        Err(e) => return Ok(Err(e)),
    };
    let before = &text[..start];
    let line = before.matches('\n').count();
    let col = start - before.rfind('\n').map_or(0, |n| n + 1);
    let b = Builder {
        th,
        optimize: None,
        comments: Default::default(),
        carried: &[],
        classes: classes::get(th)?,
        parsed: &parsed,
        offset: (line as i64, col as i64),
    };
    match parsed.ast() {
        Mod::Expression(e) => b.expr(&e.body).map(Ok),
        Mod::Module(_) => Ok(Ok(Value::NONE)),
    }
}

type Span = (usize, usize);

/// The places of the arguments and of the result.
fn split(text: &str) -> Option<(Vec<Span>, Span)> {
    // Brackets make an expression of it: its tokens tell strings from the rest.
    let options = Options {
        keep_tokens: true,
        only_ast: true,
        ..Options::new(Mode::Exec)
    };
    let line = text.replace("->", ", ");
    let parsed = parse(line.trim_start(), &options).ok();
    let shift = line.len() - line.trim_start().len();
    let bytes = text.as_bytes();
    if bytes.get(shift) != Some(&b'(') {
        return None;
    }
    let mut depth = 0;
    let (mut args, mut from) = (Vec::new(), shift + 1);
    let mut skip: Vec<Span> = Vec::new();
    if let Some(tokens) = parsed.as_ref().and_then(|p| p.tokens()) {
        for t in tokens.iter() {
            if matches!(t.kind(), TokenKind::String | TokenKind::Comment) {
                let r = taipan_syntax::Ranged::range(t);
                skip.push((r.start().to_usize() + shift, r.end().to_usize() + shift));
            }
        }
    }
    let mut at = shift;
    let mut close = None;
    while at < bytes.len() {
        if let Some((_, end)) = skip.iter().find(|(s, _)| *s == at) {
            at = *end;
            continue;
        }
        match bytes[at] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    close = Some(at);
                    break;
                }
            }
            b',' if depth == 1 => {
                args.push((from, at));
                from = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    let close = close?;
    if !text[from..close].trim().is_empty() || !args.is_empty() {
        args.push((from, close));
    }
    let mut out = Vec::new();
    let mut stars = 0;
    for (start, end) in args {
        let inner = &text[start..end];
        let plain = inner.trim_start().trim_start_matches('*').trim_start();
        let n = inner.trim_start().len() - inner.trim_start().trim_start_matches('*').len();
        // After a starred type come only more stars.
        if n > 2 || n < stars || (n == stars && n > 0) {
            return None;
        }
        stars = n;
        out.push((end - plain.len(), start + inner.trim_end().len()));
    }
    let rest = &text[close + 1..];
    let arrow = rest.trim_start().strip_prefix("->")?;
    let arrow_text = arrow.trim_start();
    let start = text.len() - arrow_text.len();
    Some((out, (start, start + arrow_text.trim_end().len())))
}
