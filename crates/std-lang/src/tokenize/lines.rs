//! Reading of the lines.

use taipan_object::{PyResult, Thread, Value, call, exception as exc};

/// The text, with what ends each line.
#[derive(Default)]
pub struct Text {
    /// The text with `\n` line ends.
    pub text: String,
    /// The line ends as they were.
    pub ends: Vec<&'static str>,
    /// The number of the line that holds a null byte, and what stands before that; the text ends before that line.
    pub null: Option<(u32, String)>,
}

/// All lines that `readline` gives, and the exception that it raised instead of one.
///
/// # Errors
/// `TypeError` for something that is no line.
pub fn read(th: &Thread, readline: Value, encoding: Value) -> PyResult<(Text, Option<Value>)> {
    let mut out = Text::default();
    loop {
        let line = match call::call(th, readline, &[]) {
            Ok(line) => line,
            Err(e) if e.is(&exc::STOP_ITERATION) => return Ok((out, None)),
            Err(e) => return Ok((out, Some(e.0))),
        };
        let line = if encoding.is_none() {
            if line.as_str_obj().is_none() {
                return Err(th.type_error("readline() returned a non-string object"));
            }
            line
        } else {
            if line.as_bytes().is_none() {
                return Err(th.type_error("readline() returned a non-bytes object"));
            }
            let how = [encoding, Value::str(th, "replace")];
            call::call_method(th, line, "decode", &how)?
        };
        let Some(s) = line.as_str_obj() else {
            return Err(th.type_error("readline() returned a non-string object"));
        };
        let text = match s.as_str() {
            Some(t) => t.to_owned(),
            None => {
                // The codec raises what CPython raises for lone surrogates.
                call::call_method(th, line, "encode", &[Value::str(th, "utf-8")])?;
                return Ok((out, None));
            }
        };
        if text.is_empty() {
            return Ok((out, None));
        }
        if let Some(at) = text.find('\0') {
            let number = out.ends.len() as u32 + 1;
            out.null = Some((number, text[..at].to_owned()));
            return Ok((out, None));
        }
        out.add(&text);
    }
}

impl Text {
    fn add(&mut self, line: &str) {
        let mut rest = line;
        while let Some(at) = rest.find(['\n', '\r']) {
            let end = if rest[at..].starts_with("\r\n") {
                "\r\n"
            } else if rest[at..].starts_with('\r') {
                "\r"
            } else {
                "\n"
            };
            self.text.push_str(&rest[..at]);
            self.text.push('\n');
            self.ends.push(end);
            rest = &rest[at + end.len()..];
        }
        if !rest.is_empty() {
            self.text.push_str(rest);
        }
    }

    /// A line with its end, from 1; empty past the last.
    pub fn line(&self, lines: &taipan_syntax::Lines, n: u32) -> String {
        match lines.text_of_line(n) {
            Some(t) if n as usize <= self.ends.len() || !t.is_empty() => {
                let end = self.ends.get(n as usize - 1).copied().unwrap_or("");
                format!("{t}{end}")
            }
            _ => String::new(),
        }
    }
}
