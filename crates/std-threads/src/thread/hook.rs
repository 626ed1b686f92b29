//! `_excepthook`: what becomes of an exception that ends a thread of `threading`.

use taipan_containers::structseq;
use taipan_object::exception as exc;
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, attr, call, names, ops, strings};

const FIELDS: [(&str, &str); 4] = [
    ("exc_type", "Exception type"),
    ("exc_value", "Exception value"),
    ("exc_traceback", "Exception traceback"),
    ("thread", "Exception thread"),
];

/// `_ExceptHookArgs`, one per interpreter.
pub(super) fn args_type(th: &Thread) -> PyResult {
    crate::state::get_or_make(th, "thread.ExceptHookArgs", || {
        structseq::define(
            th,
            "_thread",
            "_ExceptHookArgs",
            &FIELDS,
            4,
            "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.",
        )
    })
}

fn sys(th: &Thread, name: &str) -> Option<Value> {
    th.interp.sys_dict.get()?.get_name(th, name)
}

/// `_excepthook(args)`
pub(super) fn excepthook(th: &Thread, a: &[Value]) -> PyResult {
    if !class_of(a[0]).value().is(args_type(th)?) {
        return Err(th.type_error("_thread.excepthook argument type must be ExceptHookArgs"));
    }
    let Some([kind, value, traceback, thread]) = a[0].as_tuple() else {
        return Ok(Value::NONE);
    };
    if kind.is(exc::SYSTEM_EXIT.value()) {
        return Ok(Value::NONE);
    }
    let standard = sys(th, "stderr").filter(|f| !f.is_none());
    let file = match standard {
        Some(f) => f,
        None if thread.is_none() => return Ok(Value::NONE),
        // Threads keep the one of their making: sys may be cleared by now.
        None => match attr::get_opt(th, *thread, strings::intern(th, "_stderr"))? {
            Some(f) if !f.is_none() => f,
            _ => return Ok(Value::NONE),
        },
    };
    let name = match thread.is_none() {
        true => None,
        false => attr::get_opt(th, *thread, names::NAME_ATTR.get())?,
    };
    let name = match name {
        Some(n) => {
            let n = ops::str(th, n)?;
            names::text(n).into_owned()
        }
        None => th.ident.to_string(),
    };
    let text = Value::str(th, &format!("Exception in thread {name}:\n"));
    call::call_method_name(th, file, names::WRITE.get(), &[text])?;
    print(th, file, standard.is_some(), *kind, *value, *traceback)?;
    call::call_method_name(th, file, names::FLUSH.get(), &[])?;
    Ok(Value::NONE)
}

fn print(
    th: &Thread,
    file: Value,
    is_stderr: bool,
    kind: Value,
    value: Value,
    traceback: Value,
) -> PyResult<()> {
    let import = match th.interp.builtins.get() {
        Some(d) => d.get_name(th, "__import__"),
        None => None,
    };
    let Some(import) = import else { return Ok(()) };
    let module = call::call(th, import, &[Value::str(th, "traceback")])?;
    let value = if value.is_none() {
        call::call(th, kind, &[])?
    } else {
        value
    };
    if let Some(e) = value.downcast::<exc::Exception>()
        && e.traceback.get().is_none()
        && !traceback.is_none()
    {
        e.traceback.set(&e.header, traceback);
    }
    if is_stderr {
        call::call_method(th, module, "_print_exception_bltin", &[value])?;
        return Ok(());
    }
    let f = attr::get_str(th, module, "print_exception")?;
    let values = [value, file];
    let kwnames = [strings::intern(th, "file")];
    let args = call::Args {
        values: &values,
        kwnames: &kwnames,
    };
    call::call_args(th, f, args)?;
    Ok(())
}
