//! What is told of an exception that another interpreter's code raised: texts, for the object itself stays there.

use super::namespace;
use taipan_object::exception::{self as exc, Exception};
use taipan_object::types::{class_of, is_instance};
use taipan_object::{PyResult, Raised, Thread, Value, attr, call, names, ops};
use taipan_std_threads::crossinterp::NOT_SHAREABLE_ERROR;

/// The texts of an exception.
pub struct Failure {
    not_shareable: bool,
    cause: Option<Box<Failure>>,
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
    pub fn of(th: &Thread, e: Value) -> PyResult<Box<Failure>> {
        let ty = class_of(e).value();
        let text = |name: &str| -> PyResult<String> {
            let v = attr::get_str(th, ty, name)?;
            Ok(names::text(ops::str(th, v)?).into_owned())
        };
        let msg = names::text(ops::str(th, e)?).into_owned();
        Ok(Box::new(Failure {
            not_shareable: is_instance(e, &NOT_SHAREABLE_ERROR),
            cause: None,
            name: text("__name__")?,
            qualname: text("__qualname__")?,
            module: text("__module__")?,
            msg,
            shown: display(th, e).unwrap_or_default(),
        }))
    }

    /// As [`Failure::of`]; where that fails itself, with what is known without asking the exception.
    pub fn whatever_of(th: &Thread, e: Value) -> Box<Failure> {
        Failure::of(th, e).unwrap_or_else(|_| {
            let name = class_of(e).name_text().to_string();
            Box::new(Failure {
                not_shareable: false,
                cause: None,
                qualname: name.clone(),
                module: "builtins".into(),
                msg: "<exception str() failed>".into(),
                shown: display(th, e).unwrap_or_default(),
                name,
            })
        })
    }

    /// As [`Failure::whatever_of`], with what caused it.
    pub fn with_cause_of(th: &Thread, e: Value) -> Box<Failure> {
        let mut failure = Failure::whatever_of(th, e);
        let cause = e.downcast::<Exception>().map(|o| o.cause.get());
        if let Some(cause) = cause.filter(|c| !c.is_none()) {
            failure.cause = Some(Failure::whatever_of(th, cause));
        }
        failure
    }

    /// An exception of this thread's interpreter that stands for it: of the same type if that says that something could
    /// not be shared, else an `Exception` with its text.
    pub fn stand_in(&self, th: &Thread) -> Raised {
        let e = if self.not_shareable {
            th.raise(&NOT_SHAREABLE_ERROR, &self.msg)
        } else {
            th.raise(&exc::EXCEPTION, self.formatted())
        };
        match &self.cause {
            Some(cause) => with_cause(e, cause.stand_in(th)),
            None => e,
        }
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

/// `raise e from cause`
pub fn with_cause(e: Raised, cause: Raised) -> Raised {
    if let Some(o) = e.0.downcast::<Exception>() {
        o.cause.set(&o.header, cause.0);
    }
    e
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
            Err(with_cause(failed, cause))
        }
    }
}
