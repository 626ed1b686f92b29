//! What is told of an exception that another interpreter's code raised: texts, for the object itself stays there.

use super::namespace;
use taipan_object::exception::{self as exc, Exception};
use taipan_object::types::{class_of, is_instance};
use taipan_object::{PyResult, Thread, Value, attr, call, names, ops};

/// The texts of an exception.
pub struct Failure {
    name: String,
    qualname: String,
    module: String,
    msg: String,
    shown: String,
}

impl Failure {
    /// Of an exception of this thread's interpreter.
    ///
    /// # Errors
    /// What its `__str__` raises.
    pub fn of(th: &Thread, e: Value) -> PyResult<Failure> {
        let ty = class_of(e).value();
        let text = |name: &str| -> PyResult<String> {
            let v = attr::get_str(th, ty, name)?;
            Ok(names::text(ops::str(th, v)?).into_owned())
        };
        let msg = names::text(ops::str(th, e)?).into_owned();
        Ok(Failure {
            name: text("__name__")?,
            qualname: text("__qualname__")?,
            module: text("__module__")?,
            msg,
            shown: display(th, e).unwrap_or_default(),
        })
    }

    /// As [`Failure::of`]; where that fails itself, with what is known without asking the exception.
    pub fn whatever_of(th: &Thread, e: Value) -> Failure {
        Failure::of(th, e).unwrap_or_else(|_| {
            let name = class_of(e).name_text().to_string();
            Failure {
                qualname: name.clone(),
                module: "builtins".into(),
                msg: "<exception str() failed>".into(),
                shown: display(th, e).unwrap_or_default(),
                name,
            }
        })
    }

    /// `module.name: message`, builtin exceptions without the module.
    pub fn formatted(&self) -> String {
        let name = match self.module.as_str() {
            "builtins" | "__main__" => self.qualname.clone(),
            module => format!("{module}.{}", self.qualname),
        };
        format!("{name}: {}", self.msg)
    }

    /// As `_interpreters.exec` returns it, in this thread's interpreter.
    pub fn namespace(&self, th: &Thread) -> PyResult {
        let text = |s: &str| Value::str(th, s);
        let ty = namespace(
            th,
            &[
                ("__name__", text(&self.name)),
                ("__qualname__", text(&self.qualname)),
                ("__module__", text(&self.module)),
            ],
        )?;
        namespace(
            th,
            &[
                ("type", ty),
                ("msg", text(&self.msg)),
                ("formatted", text(&self.formatted())),
                ("errdisplay", text(&self.shown)),
            ],
        )
    }
}

/// The traceback and message, as the interpreter itself would show them, without the last line end.
fn display(th: &Thread, e: Value) -> PyResult<String> {
    let module = taipan_builtins::import_module(th, "traceback")?;
    let class = attr::get_str(th, module, "TracebackException")?;
    let made = call::call_method(th, class, "from_exception", &[e])?;
    let lines = call::call_method(th, made, "format", &[])?;
    let text = call::call_method(th, Value::str(th, ""), "join", &[lines])?;
    let mut text = names::text(text).into_owned();
    if text.ends_with('\n') {
        text.pop();
    }
    Ok(text)
}

/// `capture_exception([exc])`
pub fn capture_exception(th: &Thread, a: &[Value]) -> PyResult {
    let e = match a[0].present().filter(|v| !v.is_none()) {
        Some(e) => e,
        None => match th.handled_exception().present() {
            Some(e) => e,
            None => return Ok(Value::NONE),
        },
    };
    if !is_instance(e, &exc::BASE_EXCEPTION) {
        let shown = names::text(ops::repr(th, e)?).into_owned();
        return Err(th.type_error(format!("expected exception, got {shown}")));
    }
    match Failure::of(th, e) {
        Ok(failure) => failure.namespace(th),
        Err(cause) => {
            let failed = th.raise(&exc::EXCEPTION, "error while formatting exception");
            if let Some(o) = failed.0.downcast::<Exception>() {
                o.cause.set(&o.header, cause.0);
            }
            Err(failed)
        }
    }
}
