//! Source texts that programs hand in, and the exceptions of errors in them.

use taipan_object::exception as exc;
use taipan_object::types::StaticType;
use taipan_object::wtf8::Wtf8;
use taipan_object::{PyResult, Raised, Thread, Value, names, ops};
use taipan_syntax::source::Decoded;
use taipan_syntax::{self as syntax, ErrorKind, SyntaxError};

/// A `str` as source: no lone surrogates.
///
/// # Errors
/// `UnicodeEncodeError`
pub fn str_source(th: &Thread, w: &Wtf8) -> PyResult<String> {
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

/// `bytes` as source, decoded as its cookie or the default says.
///
/// # Errors
/// `SyntaxError`, or what the codec raises.
pub fn bytes_source(
    th: &Thread,
    bytes: &[u8],
    ignore_cookie: bool,
    filename: Value,
) -> PyResult<String> {
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
        Err(e) => Err(raise(th, &e, filename)),
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

/// A line of the file that code is from; None where it can't be read.
fn line_of_file(th: &Thread, filename: Value, line: u32) -> Value {
    let Some(Ok(path)) = filename.as_wtf8().map(|w| w.as_str()) else {
        return Value::NONE;
    };
    if line == 0 || path.is_empty() || path.starts_with('<') {
        return Value::NONE;
    }
    let path = path.to_owned();
    let bytes = th.blocking(|| match std::fs::metadata(&path) {
        Ok(m) if m.is_file() => std::fs::read(&path).ok(),
        _ => None,
    });
    let bytes = bytes.unwrap_or_default();
    let text = match syntax::source::decode(&bytes) {
        Ok(Decoded::Text(text)) => text,
        Ok(Decoded::NeedsCodec { encoding, bytes }) => {
            let Ok(v) = Value::bytes(th, &bytes) else {
                return Value::NONE;
            };
            match taipan_strings::codec::decode(th, v, &bytes, Some(&encoding), None) {
                Ok(text) => names::text(text).into_owned(),
                Err(_) => return Value::NONE,
            }
        }
        Err(_) => String::from_utf8_lossy(&bytes).into_owned(),
    };
    let line = text.split_inclusive('\n').nth(line as usize - 1);
    line.map_or(Value::NONE, |l| Value::str(th, l))
}

/// The Python exception of an error in a source text, which it tells to whom looks for misspelt keywords.
pub fn raise_in(th: &Thread, e: &SyntaxError, filename: Value, source: &str) -> Raised {
    let raised = raise(th, e, filename);
    if e.by_parser && raised.is(&exc::SYNTAX_ERROR) {
        // CPython says here where the last whole statement was, but has forgotten it by then.
        let zero = Value::small_int(0);
        let end = if source.ends_with('\n') { "" } else { "\n" };
        let source = Value::str(th, &format!("{source}{end}"));
        let metadata = Value::tuple(th, &[zero, zero, source]);
        exc::set_extra(th, raised.0, exc::extra::SYNTAX[8], metadata);
    }
    raised
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
        None => line_of_file(th, filename, e.line),
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
