//! What happens with results at the prompt, exceptions that nobody caught, breakpoints and audit events.

use taipan_containers::structseq;
use taipan_object::audit::HOOKS as AUDIT;
use taipan_object::call::Args;
use taipan_object::exception::{self as exc, Exception};
use taipan_object::native::Method;
use taipan_object::types::{Type, class_of, is_instance};
use taipan_object::{PyResult, Thread, Value, attr, call, names, ops, strings};

/// The functions of this file.
pub static FUNCTIONS: &[Method] = &[
    Method::new("displayhook", "(object, /)", displayhook)
        .doc("Print an object to sys.stdout and also save it in builtins._"),
    Method::new("excepthook", "(exctype, value, traceback, /)", |th, a| {
        show_exception(th, a[1], a[2]);
        Ok(Value::NONE)
    })
    .doc("Handle an exception by displaying it with a traceback on sys.stderr."),
    Method::new("unraisablehook", "(unraisable, /)", unraisablehook)
        .doc("Handle an unraisable exception."),
    Method::raw("breakpointhook", "(*args, **kwargs)", breakpointhook)
        .doc("This hook function is called by built-in breakpoint()."),
    Method::new("_baserepl", "()", |th, _| {
        let prompt = taipan_builtins::import_module(th, "_taipan_prompt")?;
        call::call_method(th, prompt, "plain", &[])
    })
    .doc("The prompt without a line editor."),
    Method::new("addaudithook", "(hook)", |th, a| {
        let state = th.interp.state.expect();
        // A hook may refuse another one: no error, but no hook either.
        match audit(th, "sys.addaudithook", &[]) {
            Ok(()) => {}
            Err(e) if e.is(&exc::EXCEPTION) => return Ok(Value::NONE),
            Err(e) => return Err(e),
        }
        match state.get_name(th, AUDIT).and_then(|l| l.as_list()) {
            Some(l) => l.append(th, a[0])?,
            None => state.set_name(th, AUDIT, Value::list(th, &[a[0]])?)?,
        }
        taipan_object::audit::hook_added();
        Ok(Value::NONE)
    })
    .doc("Adds a new audit hook callback."),
    Method::raw("audit", "(event, /, *args)", |th, args| {
        args.no_kw(th, "sys.audit")?;
        let Some((event, rest)) = args.pos().split_first() else {
            return Err(th.type_error("audit expected at least 1 argument, got 0"));
        };
        if event.as_str_obj().is_none() {
            return Err(th.type_error(format!(
                "expected str for argument 'event', not {}",
                class_of(*event).name_text()
            )));
        }
        audit(th, &names::text(*event), rest)?;
        Ok(Value::NONE)
    })
    .doc("Passes the event to any hooks that are attached."),
];

/// Tells the audit hooks of an event.
///
/// # Errors
/// What a hook raises.
pub fn audit(th: &Thread, event: &str, rest: &[Value]) -> PyResult<()> {
    th.audit(event, rest)
}

/// A name of `sys` as it stands now; nothing for None.
fn current(th: &Thread, name: &str) -> Option<Value> {
    th.interp
        .sys_dict
        .get()?
        .get_name(th, name)
        .filter(|v| !v.is_none())
}

fn displayhook(th: &Thread, a: &[Value]) -> PyResult {
    let Some(builtins) = th.interp.builtins.get() else {
        return Err(th.runtime_error("lost builtins module"));
    };
    if a[0].is_none() {
        return Ok(Value::NONE);
    }
    builtins.set_name(th, "_", Value::NONE)?;
    let Some(out) = current(th, "stdout") else {
        return Err(th.runtime_error("lost sys.stdout"));
    };
    let text = ops::repr(th, a[0])?;
    match call::call_method(th, out, "write", &[text]) {
        Ok(_) => {}
        Err(e) if e.is(&exc::UNICODE_ENCODE_ERROR) => {
            let encoding = attr::get_str(th, out, "encoding")?;
            let escape = Value::str(th, "backslashreplace");
            let bytes = call::call_method(th, text, "encode", &[encoding, escape])?;
            match attr::get_opt(th, out, strings::intern(th, "buffer"))? {
                Some(b) => call::call_method(th, b, "write", &[bytes])?,
                None => {
                    let strict = Value::str(th, "strict");
                    let text = call::call_method(th, bytes, "decode", &[encoding, strict])?;
                    call::call_method(th, out, "write", &[text])?
                }
            };
        }
        Err(e) => return Err(e),
    }
    call::call_method(th, out, "write", &[Value::str(th, "\n")])?;
    builtins.set_name(th, "_", a[0])?;
    Ok(Value::NONE)
}

/// Shows an exception with its traceback on `sys.stderr`, through the module `traceback`; without it, in short.
pub fn show_exception(th: &Thread, value: Value, traceback: Value) {
    if value.downcast::<Exception>().is_none() {
        let msg = format!(
            "TypeError: print_exception(): Exception expected for value, {} found\n",
            class_of(value).name_text()
        );
        write_stderr(th, &msg);
        return;
    }
    if let Some(e) = value.downcast::<Exception>()
        && e.traceback.get().is_none()
        && !traceback.is_none()
        && !traceback.is_absent()
    {
        e.traceback.set(&e.header, traceback);
    }
    if current(th, "stderr").is_none() {
        return;
    }
    let shown = taipan_builtins::import_module(th, "traceback")
        .and_then(|m| call::call_method(th, m, "_print_exception_bltin", &[value]));
    if let Err(e) = shown {
        let mut text = brief(th, value);
        if std::env::var_os("TAIPAN_DEBUG_DISPLAY").is_some() {
            text += &format!("(while showing it: {})\n", brief(th, e.0));
        }
        write_stderr(th, &text);
    }
}

/// An exception without the help of Python code: its frames' places, its type and text.
pub fn brief(th: &Thread, value: Value) -> String {
    let mut out = String::new();
    let e = value.expect::<Exception>();
    let mut tb = e.traceback.get();
    if !tb.is_none() {
        out += "Traceback (most recent call last):\n";
    }
    while let Some(t) = tb.downcast::<exc::Traceback>() {
        let frame = t.frame.get();
        let code = frame
            .downcast::<taipan_object::frame::Frame>()
            .and_then(|f| f.code.get());
        if let Some(c) = code {
            out += &format!(
                "  File \"{}\", line {}, in {}\n",
                names::text(c.filename.get()),
                t.line().unwrap_or(0),
                names::text(c.name.get())
            );
        }
        tb = t.next.get();
    }
    out += &class_of(value).name_text();
    if let Ok(s) = ops::str(th, value) {
        let s = names::text(s);
        if !s.is_empty() {
            out += &format!(": {s}");
        }
    }
    out + "\n"
}

/// Writes to `sys.stderr`, or to descriptor 2 where that fails.
pub fn write_stderr(th: &Thread, text: &str) {
    write_stderr_value(th, Value::str(th, text));
}

/// As [`write_stderr`], for a `str`, which may have lone surrogates.
pub fn write_stderr_value(th: &Thread, text: Value) {
    let done = match current(th, "stderr") {
        Some(f) => call::call_method(th, f, "write", &[text])
            .and_then(|_| call::call_method(th, f, "flush", &[]))
            .is_ok(),
        None => false,
    };
    if !done {
        let escape = Some("backslashreplace");
        let bytes = taipan_strings::codec::encode(th, text, Some("utf-8"), escape);
        if let Some(b) = bytes.ok().and_then(|b| b.as_bytes().map(<[u8]>::to_vec)) {
            let _ = th.blocking(|| taipan_host::fd::write(2, &b));
        }
    }
}

fn unraisablehook(th: &Thread, a: &[Value]) -> PyResult {
    let args = a[0];
    let kind = th
        .interp
        .state
        .get()
        .and_then(|s| s.get_name(th, "sys.UnraisableHookArgs"));
    let fits = kind
        .and_then(|k| k.downcast::<Type>())
        .is_some_and(|k| is_instance(args, k));
    if !fits {
        return Err(th.type_error("sys.unraisablehook argument type must be UnraisableHookArgs"));
    }
    if current(th, "stderr").is_none() {
        return Ok(Value::NONE);
    }
    let field = |n| structseq::get(args, n);
    let (kind, value, tb, msg, object) = (field(0), field(1), field(2), field(3), field(4));
    let msg = if msg.is_none() {
        "Exception ignored in".to_owned()
    } else {
        names::text(ops::str(th, msg)?).into_owned()
    };
    let mut text = msg;
    if !object.is_none() {
        let shown = match ops::repr(th, object) {
            Ok(r) => names::text(r).into_owned(),
            Err(_) => "<object repr() failed>".to_owned(),
        };
        text += &format!(": {shown}");
        text += "\n";
    } else {
        text += ":\n";
    }
    write_stderr(th, &text);
    let module = taipan_builtins::import_module(th, "traceback")?;
    let maker = attr::get_str(th, module, "TracebackException")?;
    let made = call::call(th, maker, &[kind, value, tb])?;
    let out = current(th, "stderr").unwrap_or(Value::NONE);
    let keywords = Value::tuple(
        th,
        &[strings::intern(th, "file"), strings::intern(th, "chain")],
    );
    let print = attr::get_str(th, made, "print")?;
    let all = [out, Value::FALSE];
    call::call_args(
        th,
        print,
        Args {
            values: &all,
            kwnames: keywords.as_tuple().unwrap_or(&[]),
        },
    )?;
    Ok(Value::NONE)
}

fn breakpointhook(th: &Thread, args: Args) -> PyResult {
    let wanted = if crate::start::config(th).ignore_environment {
        None
    } else {
        std::env::var_os("PYTHONBREAKPOINT")
    };
    let wanted = wanted.map_or(String::new(), |s| s.to_string_lossy().into_owned());
    let wanted = if wanted.is_empty() {
        "pdb.set_trace"
    } else {
        &wanted
    };
    if wanted == "0" {
        return Ok(Value::NONE);
    }
    let (module, name) = wanted.rsplit_once('.').unwrap_or(("builtins", wanted));
    let f = taipan_builtins::import_module(th, module).and_then(|m| attr::get_str(th, m, name));
    match f {
        Ok(f) => call::call_args(th, f, args),
        Err(e)
            if e.is(&exc::IMPORT_ERROR)
                || e.is(&exc::ATTRIBUTE_ERROR)
                || e.is(&exc::VALUE_ERROR) =>
        {
            th.warn(
                &exc::RUNTIME_WARNING,
                format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{wanted}\""),
            )?;
            Ok(Value::NONE)
        }
        Err(e) => Err(e),
    }
}
