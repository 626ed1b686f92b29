//! String literals and docstrings.

use rustpython_wtf8::{CodePoint, Wtf8Buf};
use taipan_bytecode::Const;
use taipan_syntax::ast::{Expr, Stmt};
use taipan_syntax::{Lines, TextRange};

/// The docstring of a body and the range of its statement.
pub fn docstring(body: &[Stmt], lines: &Lines) -> Option<(Const, TextRange)> {
    let Some(Stmt::Expr(statement)) = body.first() else {
        return None;
    };
    let Expr::StringLiteral(s) = &*statement.value else {
        return None;
    };
    let text = clean(&taipan_syntax::literal::string(lines.source(), s));
    Some((Const::Str(text.into()), statement.range))
}

/// Removes the indentation that all lines but the first share, and expands tabs.
fn clean(doc: &Wtf8Buf) -> Wtf8Buf {
    let expanded = expand_tabs(doc);
    let newline = CodePoint::from('\n');
    let space = CodePoint::from(' ');
    let mut lines = expanded.split(|c| *c == newline);
    let first = lines.next().unwrap_or_default();
    let rest: Vec<&[CodePoint]> = lines.collect();
    let indent = |line: &[CodePoint]| line.iter().take_while(|c| **c == space).count();
    let margin = rest
        .iter()
        .filter(|l| indent(l) < l.len())
        .map(|l| indent(l))
        .min()
        .unwrap_or(0);
    let mut out: Wtf8Buf = first[indent(first)..].iter().copied().collect();
    for line in rest {
        out.push(newline);
        let skip = margin.min(indent(line));
        line[skip..].iter().for_each(|c| out.push(*c));
    }
    out
}

fn expand_tabs(doc: &Wtf8Buf) -> Vec<CodePoint> {
    let mut out = Vec::with_capacity(doc.len());
    let mut column = 0;
    for c in doc.code_points() {
        match c.to_char() {
            Some('\t') => {
                let n = 8 - column % 8;
                out.resize(out.len() + n, CodePoint::from(' '));
                column += n;
                continue;
            }
            Some('\n' | '\r') => column = 0,
            _ => column += 1,
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docstrings_lose_their_margin() {
        let doc = Wtf8Buf::from("  First.\n\n    Second\n      third\n\t\n    ");
        assert_eq!(
            clean(&doc).to_string_lossy(),
            "First.\n\nSecond\n  third\n    \n"
        );
    }
}
