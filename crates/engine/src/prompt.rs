//! The interactive prompt.

use crate::config::Config;
use taipan_object::{PyResult, Thread, Value, attr, call};

/// Runs the prompt until its end of input: the library's own line editor at a terminal, plain lines elsewhere.
///
/// # Errors
/// What ends it: `SystemExit`, mostly.
pub fn run(th: &Thread, c: &Config) -> PyResult<()> {
    startup_file(th, c)?;
    let module = taipan_builtins::import_module(th, "_taipan_prompt")?;
    let main = attr::get_str(th, module, "run")?;
    call::call(th, main, &[Value::bool(c.quiet)])?;
    Ok(())
}

/// Runs the file that `PYTHONSTARTUP` names, in `__main__`; what it raises is shown.
fn startup_file(th: &Thread, c: &Config) -> PyResult<()> {
    let Some(path) = &c.startup else {
        return Ok(());
    };
    let name = crate::sys::os_text(th, path)?;
    let run = || -> PyResult<()> {
        let source = th
            .blocking(|| std::fs::read(path))
            .map_err(|e| th.os_error(&e, name))?;
        let text = Value::bytes(th, &source)?;
        let code = crate::compile::compile(th, text, name, "exec", 0, -1)?;
        let Some(d) = crate::run::main_dict(th) else {
            return Ok(());
        };
        let g = d.value();
        taipan_interp::run_code(th, code, g, g, Value::ABSENT).map(|_| ())
    };
    if let Err(e) = run() {
        crate::sys::show_exception(th, e.0, Value::NONE);
    }
    Ok(())
}
