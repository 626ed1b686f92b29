//! Compiling for `compile`, `exec`, `eval`, imports and scripts: from source or a syntax tree to a code object.

use taipan_compiler as compiler;
use taipan_object::code::Code;
use taipan_object::exception as exc;
use taipan_object::{Object, PyResult, Thread, Value, attr, call, names};
use taipan_std_lang::ast;
use taipan_std_lang::source::{bytes_source, raise_in, str_source};
use taipan_syntax::{self as syntax, Category, ErrorKind, FutureFlags, SyntaxError, Warning};

pub use taipan_std_lang::source::raise;

const DONT_IMPLY_DEDENT: u32 = 0x200;
const ONLY_AST: u32 = 0x400;
const IGNORE_COOKIE: u32 = 0x800;
const OPTIMIZED_AST: u32 = 0x8000;
/// The bits from here on are the minor version of the grammar plus one, or zero.
const FEATURE_VERSION_SHIFT: u32 = 26;
const TYPE_COMMENTS: u32 = 0x1000;
const TOP_LEVEL_AWAIT: u32 = 0x2000;
const INCOMPLETE_INPUT: u32 = 0x4000;

/// Compiles the text of a file that was given to be run.
///
/// # Errors
/// As [`compile`]; one about the encoding names the file.
pub fn file(th: &Thread, source: Value, filename: Value) -> PyResult {
    compile(th, source, filename, "exec", 0, -1).inspect_err(|e| {
        let msg = exc::get_extra(e.0, exc::extra::SYNTAX[0]);
        let Some(text) = msg.as_wtf8().and_then(|w| w.as_str().ok()) else {
            return;
        };
        if e.is(&exc::SYNTAX_ERROR) && text.starts_with("Non-UTF-8 code starting with") {
            let named = text.replacen(
                " on line",
                &format!(" in file {} on line", names::text(filename)),
                1,
            );
            exc::set_extra(th, e.0, exc::extra::SYNTAX[0], Value::str(th, &named));
        }
    })
}

/// The hook behind `compile()`: `source` is a `str`, `bytes`, or a tree of the module `_ast`; `optimize` -1 stands
/// for the interpreter's own level.
pub fn compile(
    th: &Thread,
    source: Value,
    filename: Value,
    mode: &str,
    flags: u32,
    optimize: i32,
) -> PyResult {
    let mode = match mode {
        "eval" => syntax::Mode::Eval,
        "single" => syntax::Mode::Single,
        "func_type" => syntax::Mode::FuncType,
        _ => syntax::Mode::Exec,
    };
    let options = syntax::Options {
        mode,
        type_comments: flags & TYPE_COMMENTS != 0,
        top_level_await: flags & TOP_LEVEL_AWAIT != 0,
        dont_imply_dedent: flags & DONT_IMPLY_DEDENT != 0,
        allow_incomplete_input: flags & INCOMPLETE_INPUT != 0,
        only_ast: flags & ONLY_AST != 0,
        keep_tokens: flags & TYPE_COMMENTS != 0,
        max_int_digits: taipan_object::numbers::int_max_str_digits(),
        feature_version: match flags >> FEATURE_VERSION_SHIFT {
            0 => syntax::Options::default().feature_version,
            n => (n - 1) as u8,
        },
        future: FutureFlags::from_bits(flags),
    };
    let name = names::text(filename);
    let optimize = match u8::try_from(optimize) {
        Ok(n) => n,
        Err(_) => crate::start::config(th).optimize.min(2) as u8,
    };
    let how = compiler::Options {
        filename: name.as_ref().into(),
        mode,
        optimize,
    };
    let text = if let Some(w) = source.as_wtf8() {
        str_source(th, w)?
    } else if let Some(b) = source.as_bytes() {
        bytes_source(th, b, flags & IGNORE_COOKIE != 0, filename)?
    } else {
        let level = (flags & OPTIMIZED_AST == OPTIMIZED_AST).then_some(optimize);
        return tree(th, source, &options, &how, filename, level);
    };
    if options.only_ast {
        let level = (flags & OPTIMIZED_AST != 0).then_some(optimize);
        return parse_tree(th, &text, &options, filename, level);
    }
    let made = th.blocking(|| compiler::compile_source(&text, &options, &how));
    finish(th, made, filename, &text)
}

fn finish(
    th: &Thread,
    made: compiler::Result<(taipan_bytecode::CodeData, Vec<Warning>)>,
    filename: Value,
    source: &str,
) -> PyResult {
    match made {
        Ok((code, warnings)) => {
            warn(th, &warnings, filename, source)?;
            Ok(Object::<Code>::new(th, code.into())?.value())
        }
        Err(e) => Err(raise_in(th, &e, filename, source)),
    }
}

/// A tree made by a program, or kept from an earlier parse.
fn tree(
    th: &Thread,
    source: Value,
    options: &syntax::Options,
    how: &compiler::Options,
    filename: Value,
    optimize: Option<u8>,
) -> PyResult {
    if options.only_ast {
        let Some(level) = optimize else {
            ast::check_mode(th, source, options.mode)?;
            return Ok(source);
        };
        let tree = ast::from_object(th, source, options.mode)?;
        return match tree.optimized(th, options.mode, level)? {
            Ok(v) => Ok(v),
            Err(e) => Err(raise(th, &e, filename)),
        };
    }
    let tree = ast::from_object(th, source, options.mode)?;
    let made = th.blocking(|| tree.compile(options, how));
    finish(th, made, filename, "")
}

/// The tree of a source text, as objects.
fn parse_tree(
    th: &Thread,
    text: &str,
    options: &syntax::Options,
    filename: Value,
    optimize: Option<u8>,
) -> PyResult {
    if options.mode == syntax::Mode::FuncType {
        return match ast::func_type(th, text, options)? {
            Ok(v) => Ok(v),
            Err(e) => Err(raise(th, &e, filename)),
        };
    }
    let made = th.blocking(|| {
        let parsed = syntax::parse(text, options)?;
        let mut warnings = Vec::new();
        syntax::check::before_symbols(&parsed, options, &mut warnings)?;
        Ok::<_, Box<SyntaxError>>((parsed, warnings))
    });
    match made {
        Ok((parsed, mut warnings)) => {
            // This is told when the tree is compiled.
            warnings.retain(|w| !w.msg.ends_with("in a 'finally' block"));
            warn(th, &warnings, filename, text)?;
            ast::to_objects(th, &parsed, options.mode, optimize, filename)
        }
        Err(e) => Err(raise_in(th, &e, filename, text)),
    }
}

/// Hands what the compiler noticed to the filters; a warning turned to an error is a `SyntaxError` at its place.
fn warn(th: &Thread, warnings: &[Warning], filename: Value, text: &str) -> PyResult<()> {
    if warnings.is_empty() {
        return Ok(());
    }
    let Some(module) = th
        .interp
        .modules
        .get()
        .and_then(|m| m.get_name(th, "_warnings"))
    else {
        return Ok(());
    };
    for w in warnings {
        let category = match w.category {
            Category::Syntax => &exc::SYNTAX_WARNING,
            Category::Deprecation => &exc::DEPRECATION_WARNING,
        };
        let f = attr::get_str(th, module, "warn_explicit")?;
        let msg = Value::str(th, &w.msg);
        let line = Value::int(th, w.line.into());
        match call::call(th, f, &[msg, category.value(), filename, line]) {
            Ok(_) => {}
            Err(e) if e.is(&exc::SYNTAX_WARNING) => {
                let at = SyntaxError {
                    kind: ErrorKind::Syntax,
                    // It does not work any more.
                    msg: w
                        .msg
                        .replace(" Such sequences will not work in the future.", ""),
                    line: w.line,
                    col: w.col,
                    end_line: Some(w.line),
                    // Of an escape both characters are meant.
                    end_col: Some(w.col as i32 + 2 * i32::from(w.msg.contains("escape sequence"))),
                    text: text
                        .split('\n')
                        .nth((w.line as usize).saturating_sub(1))
                        .filter(|line| !line.is_empty())
                        .map(|line| line.to_owned() + "\n"),
                    by_parser: false,
                };
                return Err(raise(th, &at, filename));
            }
            Err(e) => return Err(e),
        }
    }
    Ok(())
}
