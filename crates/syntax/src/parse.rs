//! Source text to AST.

use std::sync::Arc;

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::{Mod, ModModule, PythonVersion, Stmt};
use ruff_python_parser as parser;
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::check::Suspects;
use crate::diagnose;
use crate::error::{ErrorKind, SyntaxError, Warning};
use crate::lines::Lines;
use crate::options::{Mode, Options};
use crate::source::translate_newlines;

/// Deepest nesting of AST nodes that is accepted: what the passes of the compiler can walk.
const MAX_DEPTH: u32 = 12_000;
/// Native stack for one level when a tree is dropped.
const DROP_FRAME: usize = 512;

/// A parsed source text.
#[derive(Debug)]
pub struct Parsed {
    ast: Mod,
    tokens: Option<Tokens>,
    lines: Lines,
    depth: u32,
    pub(crate) suspects: Suspects,
}

impl Parsed {
    /// A tree that a program made, with the lines of [`Lines::synthetic`].
    ///
    /// # Errors
    /// For a tree that nests too deeply.
    pub fn from_tree(ast: Mod, lines: Lines) -> Result<Parsed, Box<SyntaxError>> {
        let depth = crate::depth::of_module(&ast);
        let parsed = Parsed {
            ast,
            tokens: None,
            lines,
            depth,
            suspects: Suspects::default(),
        };
        if depth > MAX_DEPTH {
            return Err(SyntaxError::too_deep());
        }
        Ok(parsed)
    }

    /// The tree.
    pub fn ast(&self) -> &Mod {
        &self.ast
    }

    /// The text the ranges of nodes refer to: line ends are `\n`, a byte-order mark is gone.
    pub fn source(&self) -> &str {
        self.lines.source()
    }

    /// The text and its line starts.
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// All tokens, comments and blank line ends included, if [`Options::keep_tokens`] was set.
    pub fn tokens(&self) -> Option<&Tokens> {
        self.tokens.as_ref()
    }

    /// The statements, or none for an expression.
    pub fn body(&self) -> &[Stmt] {
        match self.ast() {
            Mod::Module(module) => &module.body,
            Mod::Expression(_) => &[],
        }
    }
}

impl Drop for Parsed {
    fn drop(&mut self) {
        // Dropping a tree recurses, so a deep one needs a deep stack.
        let stack = self.depth as usize * DROP_FRAME;
        let tree = std::mem::replace(&mut self.ast, empty_tree());
        let drop_tree = || drop(tree);
        if stack > 256 * 1024 {
            stacker::grow(stack, drop_tree);
        } else {
            drop_tree();
        }
    }
}

fn empty_tree() -> Mod {
    Mod::Module(ModModule {
        node_index: ruff_python_ast::AtomicNodeIndex::NONE,
        range: TextRange::default(),
        body: Default::default(),
    })
}

/// Parses `source`. Errors are the ones CPython's tokenizer and parser give; those that its
/// compiler gives come from [`crate::check`] and [`crate::symtable`].
pub fn parse(source: &str, options: &Options) -> Result<Parsed, Box<SyntaxError>> {
    if source.contains('\0') {
        return Err(SyntaxError::without_position(
            ErrorKind::Syntax,
            "source code string cannot contain null bytes",
        ));
    }
    let source: Arc<str> = translate_newlines(source).into();
    if source.len() >= i32::MAX as usize {
        return Err(SyntaxError::without_position(
            ErrorKind::Memory,
            "source code is too long",
        ));
    }
    let lines = Lines::new(source);
    let mode = match options.mode {
        Mode::Exec | Mode::Single => parser::Mode::Module,
        Mode::Eval | Mode::FuncType => parser::Mode::Expression,
    };
    // What older grammars lack is looked for in the tree: ruff words it otherwise.
    let version = PythonVersion {
        major: 3,
        minor: 14,
    };
    let text = lines.shared_source();
    let shape = Shape::before_parsing(&text);
    if shape.too_deep || text.starts_with('\u{feff}') {
        return Err(diagnose::explain(&lines, options, None));
    }
    let options_for_ruff = parser::ParseOptions::from(mode).with_target_version(version);
    // `<>` is unknown to ruff, but as long as `!=`.
    let patched = diagnose::barry_as_bdfl(&lines, options);
    let outcome = if patched {
        let operators = diagnose::replace_flufl(&lines, options);
        parser::parse_unchecked(&operators, options_for_ruff)
    } else {
        parser::parse_unchecked(&text, options_for_ruff)
    };
    let first = outcome
        .errors()
        .first()
        .map(|error| (error.location, error.error.to_string()))
        .or_else(|| {
            outcome
                .unsupported_syntax_errors()
                .first()
                .map(|error| (error.range, error.to_string()))
        });
    let longest = longest_line(outcome.tokens());
    let depth = if longest > 1_000 {
        crate::depth::of_module(outcome.syntax())
    } else {
        longest + 200
    };
    let suspects = Suspects::gather(outcome.tokens(), &text);
    let literal = bad_literal(outcome.tokens(), &lines, options);
    let second_look = patched || needs_second_look(outcome.tokens(), &text, options);
    let parsed = Parsed {
        tokens: options.keep_tokens.then(|| outcome.tokens().clone()),
        ast: outcome.into_syntax(),
        lines,
        depth,
        suspects,
    };
    if first.is_some() {
        return Err(diagnose::explain(&parsed.lines, options, first));
    }
    if depth > MAX_DEPTH {
        return Err(SyntaxError::too_deep());
    }
    if second_look && let Some(error) = diagnose::reject(&parsed.lines, options) {
        return Err(error);
    }
    if let Some(error) = literal {
        return Err(error);
    }
    if options.feature_version < 14
        && let Some(error) =
            crate::feature::too_new(&parsed.ast, &parsed.lines, options.feature_version)
    {
        return Err(error);
    }
    Ok(parsed)
}

/// What CPython finds when it makes the values of tokens: integers of too many digits, and names that are those of
/// constants once they are normalised.
fn bad_literal(tokens: &Tokens, lines: &Lines, options: &Options) -> Option<Box<SyntaxError>> {
    let source = lines.source();
    let limit = options.max_int_digits;
    let old = options.feature_version < 6;
    if source.is_ascii() && (limit == 0 || source.len() <= limit) && !old {
        return None;
    }
    for token in tokens {
        let range = token.range();
        match token.kind() {
            TokenKind::Name => {
                let text = &source[range];
                if text.is_ascii() {
                    continue;
                }
                let name = crate::name::normalize(text);
                if matches!(&*name, "None" | "True" | "False") {
                    let msg = format!("identifier field can't represent '{name}' constant");
                    return Some(SyntaxError::without_position(ErrorKind::Value, msg));
                }
            }
            TokenKind::Int | TokenKind::Float | TokenKind::Complex => {
                let text = &source[range];
                if old && text.contains('_') {
                    let msg = "Underscores in numeric literals are only supported in Python 3.6 \
                               and greater";
                    return Some(SyntaxError::with_kind(lines, ErrorKind::Syntax, range, msg));
                }
                let decimal = token.kind() == TokenKind::Int
                    && !matches!(
                        text.as_bytes(),
                        [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B', ..]
                    );
                let digits = text.bytes().filter(u8::is_ascii_digit).count();
                if decimal && limit != 0 && digits > limit {
                    let msg = format!(
                        "Exceeds the limit ({limit} digits) for integer string conversion: value \
                         has {digits} digits; use sys.set_int_max_str_digits() to increase the \
                         limit - Consider hexadecimal for huge integer literals to avoid decimal \
                         conversion limits."
                    );
                    let mut error = SyntaxError::with_kind(lines, ErrorKind::Syntax, range, msg);
                    error.col = 0;
                    error.end_line = Some(error.line);
                    error.end_col = Some(0);
                    return Some(error);
                }
            }
            _ => {}
        }
    }
    None
}

/// Parses, checks and resolves in one call, in the order in which CPython reports errors.
pub fn analyze(source: &str, options: &Options) -> Result<Analyzed, Box<SyntaxError>> {
    analyze_parsed(parse(source, options)?, options)
}

/// As [`analyze`] for what is parsed already, or for a tree that a program made.
pub fn analyze_parsed(parsed: Parsed, options: &Options) -> Result<Analyzed, Box<SyntaxError>> {
    let mut warnings = Vec::new();
    crate::check::before_symbols(&parsed, options, &mut warnings)?;
    let symbols = crate::symtable::SymbolTable::build(parsed.ast(), parsed.lines(), options)?;
    crate::check::after_symbols(&parsed, &symbols, options, &mut warnings)?;
    Ok(Analyzed {
        parsed,
        symbols,
        warnings,
    })
}

/// Everything the compiler needs.
#[derive(Debug)]
pub struct Analyzed {
    /// Tree and source.
    pub parsed: Parsed,
    /// Symbol table.
    pub symbols: crate::symtable::SymbolTable,
    /// Warnings in the order CPython gives them.
    pub warnings: Vec<Warning>,
}

/// The number of tokens in the longest logical line: no tree is deeper than that plus its
/// indentation.
fn longest_line(tokens: &Tokens) -> u32 {
    let mut longest = 0;
    let mut current = 0;
    for token in tokens {
        match token.kind() {
            TokenKind::Newline => {
                longest = longest.max(current);
                current = 0;
            }
            TokenKind::Comment | TokenKind::NonLogicalNewline => {}
            _ => current += 1,
        }
    }
    longest.max(current)
}

/// Whether the text has anything that ruff accepts and CPython's tokenizer or parser may not.
fn needs_second_look(tokens: &Tokens, source: &str, options: &Options) -> bool {
    if options.mode != Mode::Exec {
        // What ruff makes of one expression or one statement differs in small ways.
        return source.len() < 20_000 || !source.starts_with(|c: char| c.is_ascii_graphic());
    }
    // Depth of brackets, and of braces in each f-string: replacement fields have their own limit.
    let mut nesting = 0_i32;
    let mut strings: Vec<i32> = Vec::new();
    let mut indents = 0_i32;
    let mut line_has_tabs = false;
    for token in tokens {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                nesting += 1;
                if nesting > 140 {
                    return true;
                }
                if token.kind() == TokenKind::Lbrace
                    && let Some(fields) = strings.last_mut()
                {
                    *fields += 1;
                    if *fields > 3 {
                        return true;
                    }
                }
            }
            TokenKind::Rpar | TokenKind::Rsqb => nesting -= 1,
            TokenKind::Rbrace => {
                nesting -= 1;
                if let Some(fields) = strings.last_mut() {
                    *fields -= 1;
                }
            }
            TokenKind::Indent => {
                indents += 1;
                if indents > 90 {
                    return true;
                }
                let text = &source[token.range()];
                line_has_tabs |= text.contains('\t');
            }
            TokenKind::Dedent => indents -= 1,
            TokenKind::FStringStart | TokenKind::TStringStart => strings.push(0),
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                strings.pop();
            }
            TokenKind::Int if token.range().len() > TextSize::new(4_000) => return true,
            _ => {}
        }
    }
    // Tabs and spaces may be mixed consistently; only the exact tokenizer knows.
    line_has_tabs && source.contains("\n ")
}

/// What can be seen before parsing.
struct Shape {
    too_deep: bool,
}

impl Shape {
    /// A text with this many opening brackets in a row is refused without building its tree.
    fn before_parsing(text: &str) -> Shape {
        let mut run = 0_u32;
        let mut longest = 0_u32;
        for byte in text.bytes() {
            match byte {
                b'(' | b'[' | b'{' => {
                    run += 1;
                    longest = longest.max(run);
                }
                b' ' | b'\n' | b'\t' => {}
                _ => run = 0,
            }
        }
        Shape {
            too_deep: longest > 1_000,
        }
    }
}
