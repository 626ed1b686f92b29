//! Compiling for `compile`, `exec`, `eval`, imports and scripts: from source or a syntax tree to a code object.

use std::sync::Arc;
use taipan_compiler as compiler;
use taipan_object::code::Code;
use taipan_object::exception as exc;
use taipan_object::types::StaticType;
use taipan_object::wtf8::Wtf8;
use taipan_object::{Object, PyResult, Raised, Thread, Value, attr, call, names, ops};
use taipan_syntax::source::Decoded;
use taipan_syntax::{self as syntax, Category, ErrorKind, FutureFlags, SyntaxError, Warning};

const DONT_IMPLY_DEDENT: u32 = 0x200;
const ONLY_AST: u32 = 0x400;
const IGNORE_COOKIE: u32 = 0x800;
const TYPE_COMMENTS: u32 = 0x1000;
const TOP_LEVEL_AWAIT: u32 = 0x2000;
const INCOMPLETE_INPUT: u32 = 0x4000;

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
        future: FutureFlags::from_bits(flags),
        ..Default::default()
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
        return tree(th, source, &options, &how, filename);
    };
    if options.only_ast {
        return parse_tree(th, &text, &options, filename, optimize);
    }
    let made = th.blocking(|| compiler::compile_source(&text, &options, &how));
    finish(th, made, filename)
}

fn finish(
    th: &Thread,
    made: compiler::Result<(taipan_bytecode::CodeData, Vec<Warning>)>,
    filename: Value,
) -> PyResult {
    match made {
        Ok((code, warnings)) => {
            warn(th, &warnings, filename)?;
            Ok(Object::<Code>::new(th, &Arc::new(code))?.value())
        }
        Err(e) => Err(raise(th, &e, filename)),
    }
}

/// A tree made by a program, or kept from an earlier parse.
fn tree(
    th: &Thread,
    source: Value,
    options: &syntax::Options,
    how: &compiler::Options,
    filename: Value,
) -> PyResult {
    if options.only_ast {
        return Ok(source);
    }
    let _ = (how, filename);
    Err(th.raise(
        &exc::NOT_IMPLEMENTED_ERROR,
        "compile() of an AST is not there yet",
    ))
}

fn parse_tree(
    th: &Thread,
    text: &str,
    options: &syntax::Options,
    filename: Value,
    optimize: u8,
) -> PyResult {
    let _ = (text, options, filename, optimize);
    Err(th.raise(
        &exc::NOT_IMPLEMENTED_ERROR,
        "compile() to an AST is not there yet",
    ))
}

/// A `str` as source: no lone surrogates.
fn str_source(th: &Thread, w: &Wtf8) -> PyResult<String> {
    match w.as_str() {
        Ok(s) => Ok(s.to_owned()),
        Err(_) => {
            // The codec raises what CPython raises here.
            let v = Value::wtf8(th, w);
            taipan_strings::codec::encode(th, v, Some("utf-8"), None)?;
            Err(th.value_error("source code with lone surrogates"))
        }
    }
}

fn bytes_source(th: &Thread, bytes: &[u8], ignore_cookie: bool, filename: Value) -> PyResult<String> {
    if ignore_cookie {
        return match std::str::from_utf8(bytes) {
            Ok(s) => Ok(s.strip_prefix('\u{feff}').unwrap_or(s).to_owned()),
            Err(_) => {
                let v = Value::bytes(th, bytes)?;
                taipan_strings::codec::decode(th, v, bytes, Some("utf-8"), None)?;
                Err(th.value_error("source code is not UTF-8"))
            }
        };
    }
    match syntax::source::decode(bytes) {
        Ok(Decoded::Text(text)) => Ok(text),
        Ok(Decoded::NeedsCodec { encoding, bytes }) => {
            let v = Value::bytes(th, &bytes)?;
            match taipan_strings::codec::decode(th, v, &bytes, Some(&encoding), None) {
                Ok(text) => match text.as_wtf8().map(|w| w.as_str()) {
                    Some(Ok(s)) => Ok(s.to_owned()),
                    _ => Err(th.value_error("source code with lone surrogates")),
                },
                Err(e) if e.is(&exc::LOOKUP_ERROR) => {
                    let msg = format!("unknown encoding: {encoding}");
                    let e = SyntaxError::without_position(ErrorKind::Syntax, msg);
                    Err(raise(th, &e, filename))
                }
                Err(e) => {
                    let text = ops::str(th, e.0)?;
                    let msg = format!("encoding problem: {encoding}: {}", names::text(text));
                    let e = SyntaxError::without_position(ErrorKind::Syntax, msg);
                    Err(raise(th, &e, filename))
                }
            }
        }
        Err(mut e) => {
            if e.line > 0 && e.text.is_none() {
                let line = bytes.split(|b| *b == b'\n').nth(e.line as usize - 1);
                e.text = line.map(|l| String::from_utf8_lossy(l).into_owned() + "\n");
            }
            Err(raise(th, &e, filename))
        }
    }
}

/// The exception class of an error.
fn class(kind: ErrorKind) -> &'static StaticType {
    match kind {
        ErrorKind::Syntax => &exc::SYNTAX_ERROR,
        ErrorKind::Indentation => &exc::INDENTATION_ERROR,
        ErrorKind::Tab => &exc::TAB_ERROR,
        ErrorKind::IncompleteInput => &exc::INCOMPLETE_INPUT_ERROR,
        ErrorKind::Recursion => &exc::RECURSION_ERROR,
        ErrorKind::Memory => &exc::MEMORY_ERROR,
        ErrorKind::Value => &exc::VALUE_ERROR,
    }
}

/// The Python exception of a syntax error.
pub fn raise(th: &Thread, e: &SyntaxError, filename: Value) -> Raised {
    let t = class(e.kind);
    let plain = matches!(
        e.kind,
        ErrorKind::Recursion | ErrorKind::Memory | ErrorKind::Value
    );
    if plain {
        return th.raise(t, &e.msg);
    }
    let int = |n: i64| Value::int(th, n);
    let text = match &e.text {
        Some(t) => Value::str(th, t),
        None => Value::NONE,
    };
    let place = [
        filename,
        int(e.line.into()),
        int(e.col.into()),
        text,
        e.end_line.map_or(Value::NONE, |n| int(n.into())),
        e.end_col.map_or(Value::NONE, |n| int(n.into())),
    ];
    let place = Value::tuple(th, &place);
    th.raise_with(t, &[Value::str(th, &e.msg), place])
}

/// Hands what the compiler noticed to the filters; a warning turned to an error is a `SyntaxError` at its place.
fn warn(th: &Thread, warnings: &[Warning], filename: Value) -> PyResult<()> {
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
                    msg: w.msg.clone(),
                    line: w.line,
                    col: w.col,
                    end_line: Some(w.line),
                    end_col: Some(w.col as i32),
                    text: None,
                };
                return Err(raise(th, &at, filename));
            }
            Err(e) => return Err(e),
        }
    }
    Ok(())
}
