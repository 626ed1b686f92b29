//! `print` and `input`.

use taipan_object::call;
use taipan_object::exception as exc;
use taipan_object::types::class_of;
use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{PyResult, Thread, Value, names, ops, strings};

fn sys_stream(th: &Thread, name: Value) -> Option<Value> {
    th.interp.sys_dict.get()?.map.get_str(name)
}

fn separator(th: &Thread, v: Value, name: &str) -> PyResult<Option<Value>> {
    match v.present() {
        None | Some(Value::NONE) => Ok(None),
        Some(s) if s.as_str_obj().is_some() => Ok(Some(s)),
        Some(s) => Err(th.type_error(format!(
            "{name} must be None or a string, not {}",
            class_of(s).tp_name()
        ))),
    }
}

pub(super) fn print(th: &Thread, a: &[Value]) -> PyResult {
    let items = a[0].as_tuple().unwrap_or(&[]);
    let mut file = a[3].or(Value::NONE);
    if file.is_none() {
        file = match sys_stream(th, names::STDOUT.get()) {
            Some(f) => f,
            None => return Err(th.runtime_error("lost sys.stdout")),
        };
        // A daemon without terminals has no streams.
        if file.is_none() {
            return Ok(Value::NONE);
        }
    }
    let sep = separator(th, a[1], "sep")?;
    let end = separator(th, a[2], "end")?;
    if class_of(file).is_heap() {
        // A stream written in Python sees the pieces one by one.
        let space = strings::ascii_char(b' ');
        for (i, v) in items.iter().enumerate() {
            if i > 0 {
                write(th, file, sep.unwrap_or(space))?;
            }
            let text = ops::str(th, *v)?;
            write(th, file, text)?;
        }
        write(th, file, end.unwrap_or(strings::ascii_char(b'\n')))?;
    } else {
        let mut out = Wtf8Buf::new();
        for (i, v) in items.iter().enumerate() {
            if i > 0 {
                match sep.and_then(|s| s.as_wtf8()) {
                    Some(s) => out.push_wtf8(s),
                    None => out.push_str(" "),
                }
            }
            let text = match ops::str(th, *v) {
                Ok(t) => t,
                Err(e) => {
                    // What came before is written, as it is where pieces go out one by one.
                    if !out.is_empty() {
                        let text = Value::try_wtf8(th, &out)?;
                        write(th, file, text)?;
                    }
                    return Err(e);
                }
            };
            if let Some(w) = text.as_wtf8() {
                out.push_wtf8(w);
            }
        }
        match end.and_then(|s| s.as_wtf8()) {
            Some(s) => out.push_wtf8(s),
            None => out.push_str("\n"),
        }
        let text = Value::try_wtf8(th, &out)?;
        write(th, file, text)?;
    }
    if let Some(f) = a[4].present()
        && ops::truth(th, f)?
    {
        call::call_method_name(th, file, names::FLUSH.get(), &[])?;
    }
    Ok(Value::NONE)
}

fn write(th: &Thread, file: Value, text: Value) -> PyResult<()> {
    call::call_method_name(th, file, names::WRITE.get(), &[text]).map(|_| ())
}

pub(super) fn input(th: &Thread, a: &[Value]) -> PyResult {
    let stream = |name: Value, what: &str| match sys_stream(th, name) {
        Some(f) if !f.is_none() => Ok(f),
        _ => Err(th.runtime_error(format!("input(): lost sys.{what}"))),
    };
    let stdin = stream(names::STDIN.get(), "stdin")?;
    let stdout = stream(names::STDOUT.get(), "stdout")?;
    let stderr = stream(names::STDERR.get(), "stderr")?;
    th.audit("builtins.input", &[a[0].or(Value::NONE)])?;
    // A stream that can't be flushed is no reason not to ask.
    let flush = |file: Value| match call::call_method_name(th, file, names::FLUSH.get(), &[]) {
        Err(e) if !e.is(&exc::EXCEPTION) => Err(e),
        _ => Ok(()),
    };
    flush(stderr)?;
    if let Some(prompt) = a[0].present() {
        let text = ops::str(th, prompt)?;
        write(th, stdout, text)?;
    }
    flush(stdout)?;
    let line = call::call_method_name(th, stdin, names::READLINE.get(), &[])?;
    let Some(text) = line.as_wtf8() else {
        return Err(th.type_error(format!(
            "object.readline() returned non-string (type {})",
            class_of(line).tp_name()
        )));
    };
    if text.is_empty() {
        return Err(th.raise(&exc::EOF_ERROR, "EOF when reading a line"));
    }
    let answer = match names::text(line).strip_suffix('\n') {
        Some(t) if text.as_bytes().is_ascii() => Value::str(th, t),
        Some(_) => {
            let n = text.code_points().count() - 1;
            Value::wtf8(th, &text.code_points().take(n).collect::<Wtf8Buf>())
        }
        None => line,
    };
    th.audit("builtins.input/result", &[answer])?;
    Ok(answer)
}
