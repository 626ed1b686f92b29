//! The wording of syntax errors.
//!
//! ruff says that a text is wrong and roughly where; CPython's words come out of the way its own
//! parser works: a tokenizer error anywhere wins; otherwise a first pass finds the furthest token
//! that can be reached; then a second pass tries, at every place, rules for common mistakes, and
//! the first that matches speaks; if none does, it is "invalid syntax" at the furthest token. To
//! say the same, [`Grammar`] is a recogniser that works the same way. It only runs on text that
//! was refused, so it may be slow.

mod args;
mod comprehension;
mod expr;
mod expr_invalid;
mod fstring;
mod grammar;
mod literals;
mod node;
mod params;
mod pattern;
mod primary;
mod stmt;
mod stmt_block;
mod target;

use std::borrow::Cow;

use ruff_text_size::{TextRange, TextSize};

use crate::FutureFlags;
use crate::error::{ErrorKind, SyntaxError};
use crate::lines::Lines;
use crate::options::{Mode, Options};
use crate::tokenizer::{Bracket, Kind, Stop, Token, Tokenizer};

use grammar::Grammar;

/// The error for a text that ruff refuses, for the reason `fallback`.
pub(crate) fn explain(
    lines: &Lines,
    options: &Options,
    fallback: Option<(TextRange, String)>,
) -> Box<SyntaxError> {
    if let Some(error) = reject(lines, options) {
        return error;
    }
    let (range, msg) = fallback.unwrap_or_default();
    let msg = match msg.as_str() {
        // The recogniser accepts a lone starred expression, as CPython's grammar does: its
        // compiler refuses it.
        "Starred expression cannot be used here" => "can't use starred expression here".to_owned(),
        _ => "invalid syntax".to_owned(),
    };
    SyntaxError::with_kind(lines, ErrorKind::Syntax, range, msg)
}

/// The error of a text that CPython's tokenizer or parser refuses.
pub(crate) fn reject(lines: &Lines, options: &Options) -> Option<Box<SyntaxError>> {
    let tokens = Tokens::read(lines, options);
    let mut grammar = Grammar::new(lines, &tokens, options);
    if grammar.accepts() {
        return grammar.finish_single();
    }
    let mut error = refuse(lines, options, &tokens, &mut grammar)?;
    error.by_parser = true;
    Some(error)
}

fn refuse(
    lines: &Lines,
    options: &Options,
    tokens: &Tokens,
    grammar: &mut Grammar<'_>,
) -> Option<Box<SyntaxError>> {
    if options.allow_incomplete_input && grammar.at_end_of_source() {
        return Some(grammar.raise_at_last(ErrorKind::IncompleteInput, "incomplete input"));
    }
    if let Some(error) = grammar.take_error() {
        return Some(overridden(lines, tokens, grammar, error));
    }
    let last = grammar.last_token();
    grammar.second_pass();
    if let Some(error) = grammar.take_error() {
        return Some(overridden(lines, tokens, grammar, error));
    }
    let unexpected = match last.kind {
        Kind::Indent => "unexpected indent",
        Kind::Dedent => "unexpected unindent",
        _ => {
            let error = grammar.raise_known(&last, &last, "invalid syntax");
            return Some(overridden(lines, tokens, grammar, error));
        }
    };
    Some(grammar.raise_at_last(ErrorKind::Indentation, unexpected))
}

/// An opening bracket that is never closed is the better explanation of an error after it.
fn overridden(
    lines: &Lines,
    tokens: &Tokens,
    grammar: &Grammar<'_>,
    error: Box<SyntaxError>,
) -> Box<SyntaxError> {
    match &tokens.stop {
        Some(Ending::Unclosed(bracket)) if grammar.last_line() > bracket.line => {
            unclosed(lines, *bracket)
        }
        Some(Ending::Error(error)) => error.clone(),
        _ => {
            let mut error = error;
            if grammar.last_line() > error.line {
                // CPython has only the tokenizer's current line whole.
                error.text = lines.text_of_line(error.line).map(str::to_owned);
            }
            error
        }
    }
}

/// Whether `<>` is the operator and `!=` is not.
pub(crate) fn barry_as_bdfl(lines: &Lines, options: &Options) -> bool {
    options.future.contains(FutureFlags::BARRY_AS_BDFL)
        || (lines.source().contains("barry_as_FLUFL") && Tokens::read(lines, options).barry_as_bdfl)
}

fn imports_barry(tokens: &[Token], text: &str) -> bool {
    let word = |token: &Token| text.get(token.start as usize..token.end as usize);
    let mut statements = tokens.split(|token| {
        token.kind == Kind::Newline || (token.kind == Kind::Op && word(token) == Some(";"))
    });
    statements.any(|statement| {
        let mut words = statement.iter().filter_map(word);
        words.next() == Some("from")
            && words.next() == Some("__future__")
            && words.next() == Some("import")
            && words.any(|word| word == "barry_as_FLUFL")
    })
}

/// The text with every `<>` operator turned into `!=`.
pub(crate) fn replace_flufl(lines: &Lines, options: &Options) -> String {
    let tokens = Tokens::read(lines, options);
    let mut text = lines.source().to_owned();
    for token in &tokens.list {
        let range = token.start as usize..token.end as usize;
        if token.kind == Kind::Op && text.get(range.clone()) == Some("<>") {
            text.replace_range(range, "!=");
        }
    }
    text
}

fn unclosed(lines: &Lines, bracket: Bracket) -> Box<SyntaxError> {
    let offset = TextSize::new(bracket.offset);
    let open = char::from(bracket.open);
    let mut error = SyntaxError::with_kind(
        lines,
        ErrorKind::Syntax,
        TextRange::empty(offset),
        format!("'{open}' was never closed"),
    );
    error.end_col = Some(0);
    let last = lines.count() - u32::from(lines.source().ends_with('\n'));
    if last > error.line {
        error.text = lines.text_of_line(error.line).map(str::to_owned);
    }
    error
}

/// Why the tokens end before the text does.
pub(crate) enum Ending {
    Unclosed(Bracket),
    /// What the parser says only if it comes that far.
    Late(Box<SyntaxError>),
    /// What is said even if the parser has found something before.
    Error(Box<SyntaxError>),
}

/// All tokens of a text.
pub(crate) struct Tokens<'a> {
    pub list: Vec<Token>,
    pub text: Cow<'a, str>,
    /// Whether the text has turned on the April fool's feature.
    pub barry_as_bdfl: bool,
    /// What is found after the last token, unless that is [`Kind::End`].
    pub stop: Option<Ending>,
    /// How many tokens there are before the tokenizer has to look at the end of the text.
    pub before_end: usize,
}

/// Whether the tokenizer refuses what more text could mend.
fn wants_more(stop: &Ending, text: &str) -> bool {
    match stop {
        Ending::Unclosed(_) => true,
        Ending::Late(error) | Ending::Error(error) => {
            error.msg.starts_with("unterminated triple-quoted")
                || error.msg == "unexpected EOF while parsing"
                || (error.msg.starts_with("unterminated ") && text.ends_with("\\\n"))
        }
    }
}

impl<'a> Tokens<'a> {
    fn read(lines: &'a Lines, options: &Options) -> Tokens<'a> {
        let source = lines.source();
        let text = if options.mode == Mode::Exec && !source.is_empty() && !source.ends_with('\n') {
            Cow::Owned(format!("{source}\n"))
        } else {
            Cow::Borrowed(source)
        };
        let mut list = Vec::new();
        let mut tokenizer = Tokenizer::new(lines, &text);
        // Interactive input gets the newline that ends its last statement at its end.
        let mut started = false;
        let mut before_end = None;
        let stop = loop {
            let next = tokenizer.next_token();
            if let Ok(token) = &next
                && before_end.is_none()
                && matches!(token.kind, Kind::End | Kind::Dedent)
                && token.start as usize >= text.len()
            {
                before_end = Some(list.len());
            }
            match next {
                Ok(token) if token.kind == Kind::End => {
                    if options.mode == Mode::Single && started {
                        started = false;
                        list.push(Token {
                            kind: Kind::Newline,
                            ..token
                        });
                        if !options.dont_imply_dedent {
                            tokenizer.close_blocks();
                        }
                        continue;
                    }
                    list.push(token);
                    break None;
                }
                Ok(token) => {
                    started = true;
                    list.push(token);
                }
                // What is wrong with the rest of a replacement field counts less than what is
                // wrong with its beginning.
                Err(Stop::Error(error)) if tokenizer.in_string() => {
                    break Some(Ending::Late(error));
                }
                Err(Stop::Error(error)) => break Some(Ending::Error(error)),
                Err(Stop::Late(error)) => break Some(Ending::Late(error)),
                Err(Stop::Unclosed) => {
                    break tokenizer.open_bracket().map(Ending::Unclosed);
                }
            }
        };
        let before_end = match &stop {
            Some(stop) if !wants_more(stop, &text) => usize::MAX,
            _ => before_end.unwrap_or(list.len()),
        };
        let inherited = options.future.contains(FutureFlags::BARRY_AS_BDFL);
        let barry_as_bdfl = inherited || imports_barry(&list, &text);
        Tokens {
            list,
            text,
            barry_as_bdfl,
            stop,
            before_end,
        }
    }
}
