//! The machinery of the recogniser: tokens, memory, errors.

use ruff_text_size::{TextRange, TextSize};
use rustc_hash::FxHashMap;

use super::node::{Data, K, Node};
use super::{Ending, Tokens, unclosed};
use crate::error::{ErrorKind, SyntaxError};
use crate::lines::Lines;
use crate::options::{Mode, Options};
use crate::tokenizer::{Kind, Token};

/// An error has been raised: nothing more is tried.
#[derive(Debug)]
pub(super) struct Raised;

/// What a rule gives: a node, or nothing, which is no error yet.
pub(super) type Match<T = Node> = Result<Option<T>, Raised>;

/// Rules whose results are remembered, as CPython remembers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Rule {
    SimpleStmt,
    Block,
    Expression,
    StarExpression,
    Disjunction,
    Conjunction,
    Inversion,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Term,
    Factor,
    AwaitPrimary,
    Primary,
    Strings,
    Arguments,
    InvalidNamed,
    TargetWithStarAtom,
    DelTarget,
    ClosedPattern,
    StarPattern,
    StarNamed,
}

/// Deepest recursion of rules before it is given up.
const MAX_DEPTH: u32 = 6_000;

pub(super) struct Grammar<'a> {
    pub lines: &'a Lines,
    pub tokens: &'a Tokens<'a>,
    pub options: &'a Options,
    /// The token that is looked at.
    pub at: usize,
    /// How many tokens have been asked for.
    reached: usize,
    /// As `reached`, past the last token too.
    asked: usize,
    /// Whether the rules for mistakes are tried.
    pub invalid: bool,
    memo: FxHashMap<(Rule, u32), Option<(Node, u32)>>,
    error: Option<Box<SyntaxError>>,
    depth: u32,
}

impl<'a> Grammar<'a> {
    pub fn new(lines: &'a Lines, tokens: &'a Tokens<'a>, options: &'a Options) -> Self {
        Grammar {
            lines,
            tokens,
            options,
            at: 0,
            reached: 0,
            asked: 0,
            invalid: false,
            memo: FxHashMap::default(),
            error: None,
            depth: 0,
        }
    }

    /// The first pass.
    pub fn accepts(&mut self) -> bool {
        matches!(self.start(), Ok(Some(_)))
    }

    /// The pass with the rules for mistakes.
    pub fn second_pass(&mut self) {
        self.at = 0;
        self.memo.clear();
        self.invalid = true;
        self.depth = 0;
        // Only the error that is raised on the way matters.
        let _ = self.start();
    }

    fn start(&mut self) -> Match {
        match self.options.mode {
            Mode::Exec => self.file(),
            Mode::Single => self.interactive(),
            Mode::Eval => self.eval(),
            Mode::FuncType => self.func_type(),
        }
    }

    pub fn take_error(&mut self) -> Option<Box<SyntaxError>> {
        self.error.take()
    }

    /// The furthest token asked for.
    pub fn last_token(&self) -> Token {
        let idx = self.reached.clamp(1, self.tokens.list.len().max(1)) - 1;
        self.tokens.list.get(idx).copied().unwrap_or(Token {
            kind: Kind::End,
            start: 0,
            end: 0,
            read: 0,
            line: 1,
            level: 0,
        })
    }

    pub fn last_line(&self) -> u32 {
        self.last_token().line
    }

    /// Whether the parser has asked for something behind the end of the text.
    pub fn at_end_of_source(&self) -> bool {
        self.asked > self.tokens.before_end
    }

    /// In interactive mode there must be one statement only.
    pub fn finish_single(&mut self) -> Option<Box<SyntaxError>> {
        if self.options.mode != Mode::Single {
            return None;
        }
        let last = *self.tokens.list.get(self.at.checked_sub(1)?)?;
        let text = self.tokens.text.get(last.read as usize..)?;
        let rest_is_blank = text
            .lines()
            .all(|line| line.trim_start().is_empty() || line.trim_start().starts_with('#'));
        if rest_is_blank {
            return None;
        }
        let msg = "multiple statements found while compiling a single statement";
        let last = self.last_token();
        Some(self.raise_known(&last, &last, msg))
    }

    // Tokens.

    /// The token at hand. Past the last one lies the tokenizer's error.
    pub fn peek(&mut self) -> Result<Token, Raised> {
        self.peek_at(0)
    }

    pub fn peek_at(&mut self, ahead: usize) -> Result<Token, Raised> {
        let idx = self.at + ahead;
        self.asked = self.asked.max(idx + 1);
        if let Some(token) = self.tokens.list.get(idx) {
            self.reached = self.reached.max(idx + 1);
            return Ok(*token);
        }
        self.reached = self.reached.max(self.tokens.list.len());
        if self.error.is_none() {
            self.error = Some(match &self.tokens.stop {
                Some(Ending::Unclosed(bracket)) => unclosed(self.lines, *bracket),
                Some(Ending::Error(error) | Ending::Late(error)) => error.clone(),
                None => {
                    let last = self.last_token();
                    self.raise_known(&last, &last, "invalid syntax")
                }
            });
        }
        Err(Raised)
    }

    pub fn text(&self, token: &Token) -> &'a str {
        self.tokens
            .text
            .get(token.start as usize..token.end as usize)
            .unwrap_or_default()
    }

    fn token_at(&self, idx: u32) -> Token {
        let idx = (idx as usize).min(self.tokens.list.len().saturating_sub(1));
        self.tokens
            .list
            .get(idx)
            .copied()
            .unwrap_or_else(|| self.last_token())
    }

    /// Whether the token at hand is this operator or keyword.
    pub fn is(&mut self, text: &str) -> Result<bool, Raised> {
        let token = self.peek()?;
        Ok(matches!(token.kind, Kind::Op | Kind::Keyword) && self.text(&token) == text)
    }

    pub fn is_any(&mut self, texts: &[&str]) -> Result<bool, Raised> {
        let token = self.peek()?;
        Ok(matches!(token.kind, Kind::Op | Kind::Keyword) && texts.contains(&self.text(&token)))
    }

    pub fn is_kind(&mut self, kind: Kind) -> Result<bool, Raised> {
        Ok(self.peek()?.kind == kind)
    }

    /// Whether the token at hand is this name, where it is a keyword.
    pub fn is_soft(&mut self, text: &str) -> Result<bool, Raised> {
        let token = self.peek()?;
        Ok(token.kind == Kind::Name && self.text(&token) == text)
    }

    /// Takes this operator or keyword.
    pub fn eat(&mut self, text: &str) -> Match {
        if self.is(text)? {
            return Ok(Some(self.take(K::Other)));
        }
        Ok(None)
    }

    pub fn eat_any(&mut self, texts: &[&str]) -> Match {
        if self.is_any(texts)? {
            return Ok(Some(self.take(K::Other)));
        }
        Ok(None)
    }

    pub fn eat_kind(&mut self, kind: Kind) -> Match {
        if self.is_kind(kind)? {
            let kind = match kind {
                Kind::Name => K::Name,
                Kind::Number | Kind::String => K::Literal,
                _ => K::Other,
            };
            return Ok(Some(self.take(kind)));
        }
        Ok(None)
    }

    pub fn eat_soft(&mut self, text: &str) -> Match {
        if self.is_soft(text)? {
            return Ok(Some(self.take(K::Other)));
        }
        Ok(None)
    }

    pub fn name(&mut self) -> Match {
        self.eat_kind(Kind::Name)
    }

    /// Takes the token at hand, which must have been looked at.
    pub fn take(&mut self, kind: K) -> Node {
        let at = self.at as u32;
        self.at += 1;
        Node::new(Data {
            kind,
            first: at,
            last: at,
            kids: Vec::new(),
        })
    }

    /// A token without which it is an error.
    pub fn force(&mut self, text: &str) -> Match {
        if let Some(token) = self.eat(text)? {
            return Ok(Some(token));
        }
        if !self.invalid {
            return Ok(None);
        }
        let token = self.peek()?;
        self.error = Some(self.raise_known(&token, &token, format!("expected '{text}'")));
        Err(Raised)
    }

    /// A node from the token at `start` to the last one taken.
    pub fn node(&self, kind: K, start: usize, kids: Vec<Node>) -> Node {
        Node::new(Data {
            kind,
            first: start as u32,
            last: (self.at.max(start + 1) - 1) as u32,
            kids,
        })
    }

    pub fn done(&self, start: usize) -> Match {
        Ok(Some(self.node(K::Other, start, Vec::new())))
    }

    // Control.

    /// Tries a rule: without a match, nothing is taken.
    pub fn attempt<T>(&mut self, rule: impl FnOnce(&mut Self) -> Match<T>) -> Match<T> {
        let start = self.at;
        let found = rule(self)?;
        if found.is_none() {
            self.at = start;
        }
        Ok(found)
    }

    /// Whether a rule matches here; nothing is taken.
    pub fn ahead<T>(&mut self, rule: impl FnOnce(&mut Self) -> Match<T>) -> Result<bool, Raised> {
        let start = self.at;
        let found = rule(self)?;
        self.at = start;
        Ok(found.is_some())
    }

    /// Runs a rule once per place.
    pub fn remember(&mut self, rule: Rule, run: impl FnOnce(&mut Self) -> Match) -> Match {
        let start = self.at as u32;
        if let Some(known) = self.memo.get(&(rule, start)) {
            return Ok(known.as_ref().map(|(node, end)| {
                self.at = *end as usize;
                node.clone()
            }));
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.error = Some(SyntaxError::without_position(
                ErrorKind::Memory,
                "Parser stack overflowed - Python source too complex to parse",
            ));
            return Err(Raised);
        }
        let found = crate::with_room(|| self.attempt(run))?;
        self.depth -= 1;
        let entry = found.as_ref().map(|node| (node.clone(), self.at as u32));
        self.memo.insert((rule, start), entry);
        Ok(found)
    }

    /// Tries a rule for a mistake, in the second pass only. It may raise; it never matches.
    pub fn mistake(&mut self, rule: impl FnOnce(&mut Self) -> Match<()>) -> Result<(), Raised> {
        if self.invalid {
            let start = self.at;
            rule(self)?;
            self.at = start;
        }
        Ok(())
    }

    /// One or more of a rule, separated by commas; a comma at the end is not taken.
    pub fn comma_list(&mut self, rule: impl Fn(&mut Self) -> Match) -> Match<Vec<Node>> {
        let Some(first) = self.attempt(&rule)? else {
            return Ok(None);
        };
        let mut all = vec![first];
        loop {
            let next = self.attempt(|g| {
                if g.eat(",")?.is_none() {
                    return Ok(None);
                }
                rule(g)
            })?;
            match next {
                Some(node) => all.push(node),
                None => return Ok(Some(all)),
            }
        }
    }

    // Errors.

    fn position(&self, token: &Token) -> (u32, u32) {
        if !token.has_column() {
            return (token.line, 0);
        }
        let col = self.column(token.line, token.start);
        (token.line, col + 1)
    }

    fn end_position(&self, token: &Token) -> (u32, i32) {
        if !token.has_column() {
            return (token.line, 0);
        }
        let line = match token.kind {
            Kind::String | Kind::FStringMiddle | Kind::TStringMiddle => {
                self.lines.line(TextSize::new(token.end))
            }
            _ => token.line,
        };
        (line, self.column(line, token.end) as i32 + 1)
    }

    /// Column of `offset` in characters from 0.
    fn column(&self, line: u32, offset: u32) -> u32 {
        let start = self.lines.start_of(line).to_usize();
        self.tokens
            .text
            .get(start..offset as usize)
            .map_or(0, |text| text.chars().count() as u32)
    }

    fn describe(
        &self,
        kind: ErrorKind,
        at: (u32, u32),
        end: (u32, i32),
        msg: impl Into<String>,
    ) -> Box<SyntaxError> {
        Box::new(SyntaxError {
            kind,
            msg: msg.into(),
            line: at.0,
            col: at.1,
            end_line: Some(end.0),
            end_col: Some(end.1),
            text: self
                .lines
                .text_of_line(at.0)
                .map(|text| format!("{text}\n")),
            by_parser: false,
        })
    }

    /// An error from one token to another.
    pub fn raise_known(
        &self,
        first: &Token,
        last: &Token,
        msg: impl Into<String>,
    ) -> Box<SyntaxError> {
        let (at, mut end) = (self.position(first), self.end_position(last));
        if end.0 > at.0 {
            // CPython measures the end on the first line.
            let len = self
                .lines
                .text_of_line(at.0)
                .map_or(0, |line| line.chars().count());
            end.1 = end.1.min(len as i32 + 1);
        }
        self.describe(ErrorKind::Syntax, at, end, msg)
    }

    /// An error at the furthest token.
    pub fn raise_at_last(&self, kind: ErrorKind, msg: impl Into<String>) -> Box<SyntaxError> {
        let token = self.last_token();
        if token.has_column() {
            let (at, end) = (self.position(&token), self.end_position(&token));
            return self.describe(kind, at, end, msg);
        }
        let at = (token.line, self.column(token.line, token.read));
        self.describe(kind, at, (token.line, -1), msg)
    }

    pub fn fail<T>(&mut self, error: Box<SyntaxError>) -> Result<T, Raised> {
        self.error.get_or_insert(error);
        Err(Raised)
    }

    /// Raises an error about a node.
    pub fn fail_node<T>(&mut self, node: &Node, msg: impl Into<String>) -> Result<T, Raised> {
        self.fail_range(node, node, msg)
    }

    /// Raises an error from the start of one node to the end of another.
    pub fn fail_range<T>(
        &mut self,
        first: &Node,
        last: &Node,
        msg: impl Into<String>,
    ) -> Result<T, Raised> {
        let (first, last) = (self.token_at(first.first), self.token_at(last.last));
        let error = self.raise_known(&first, &last, msg);
        self.fail(error)
    }

    /// Raises an error from the start of a node to where the tokenizer has come.
    pub fn fail_from<T>(&mut self, node: &Node, msg: impl Into<String>) -> Result<T, Raised> {
        let at = self.position(&self.token_at(node.first));
        let last = self.last_token();
        let line = last.line;
        let end = (line, self.column(line, last.read) as i32);
        let error = self.describe(ErrorKind::Syntax, at, end, msg);
        self.fail(error)
    }

    /// Raises an error at the furthest token.
    pub fn fail_last<T>(&mut self, msg: impl Into<String>) -> Result<T, Raised> {
        let error = self.raise_at_last(ErrorKind::Syntax, msg);
        self.fail(error)
    }

    /// Raises an `IndentationError` at the furthest token.
    pub fn fail_indent<T>(&mut self, msg: impl Into<String>) -> Result<T, Raised> {
        let error = self.raise_at_last(ErrorKind::Indentation, msg);
        self.fail(error)
    }

    /// Raises an error at the token at hand.
    pub fn fail_next<T>(&mut self, msg: impl Into<String>) -> Result<T, Raised> {
        let token = self.peek()?;
        let error = self.raise_known(&token, &token, msg);
        self.fail(error)
    }

    /// Raises an error that begins at the last character of a node.
    pub fn fail_after<T>(&mut self, node: &Node, msg: impl Into<String>) -> Result<T, Raised> {
        let (line, _) = self.position(&self.token_at(node.first));
        let (end_line, end_col) = self.end_position(&self.token_at(node.last));
        let error = self.describe(
            ErrorKind::Syntax,
            (line, end_col.max(1) as u32 - 1),
            (end_line, 0),
            msg,
        );
        self.fail(error)
    }

    /// Text of the token `back` places before the one at hand.
    pub fn text_before(&self, back: usize) -> &'a str {
        match self
            .at
            .checked_sub(back)
            .and_then(|idx| self.tokens.list.get(idx))
        {
            Some(token) => self.text(token),
            None => "",
        }
    }

    pub fn line_of(&self, node: &Node) -> u32 {
        self.token_at(node.first).line
    }

    pub fn node_text(&self, node: &Node) -> &'a str {
        let (first, last) = (self.token_at(node.first), self.token_at(node.last));
        self.tokens
            .text
            .get(first.start as usize..last.end as usize)
            .unwrap_or_default()
    }

    /// How many brackets are open after the last token taken.
    pub fn level(&self) -> u16 {
        self.token_at(self.at.max(1) as u32 - 1).level
    }

    pub fn range(&self, node: &Node) -> TextRange {
        let (first, last) = (self.token_at(node.first), self.token_at(node.last));
        TextRange::new(first.start.into(), last.end.max(first.start).into())
    }
}
