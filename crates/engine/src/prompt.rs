//! The interactive prompt.

use crate::config::{Config, Program};
use std::io::Write;
use taipan_object::{PyResult, Thread, Value, call};

/// Whether statements come one by one: from a terminal, or because `-i` says so.
pub fn is_interactive(c: &Config) -> bool {
    c.interactive || taipan_host::tty::isatty(0)
}

/// Whether a prompt follows the program. Programs may ask for it in their environment.
pub fn wanted_after_program(c: &Config) -> bool {
    let asked = || {
        !c.ignore_environment && std::env::var_os("PYTHONINSPECT").is_some_and(|v| !v.is_empty())
    };
    !matches!(c.program, Program::Stdin) && (c.inspect || asked()) && is_interactive(c)
}

/// What is said before the first prompt; with `-v` before any program.
pub fn banner(c: &Config) {
    let prompts = matches!(c.program, Program::Stdin) && is_interactive(c);
    if c.quiet || !(prompts || c.verbose > 0) {
        return;
    }
    let mut text = format!("Python {} on linux\n", crate::sys::version_text());
    if !c.no_site {
        text += "Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n";
    }
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Runs the prompt until its end of input: the library's own line editor at a terminal, plain lines elsewhere.
///
/// # Errors
/// What ends it: `SystemExit`, mostly.
pub fn run(th: &Thread) -> PyResult<()> {
    run_after(th, true)
}

fn run_after(th: &Thread, program: bool) -> PyResult<()> {
    th.audit("cpython.run_stdin", &[])?;
    let module = taipan_builtins::import_module(th, "_taipan_prompt")?;
    call::call_method(th, module, "run", &[Value::bool(program)])?;
    Ok(())
}

/// The prompt that is the program: `PYTHONSTARTUP` and `sys.__interactivehook__` come before it.
///
/// # Errors
/// As [`run`].
pub fn run_with_startup(th: &Thread, c: &Config) -> PyResult<()> {
    startup_file(th, c)?;
    let sys = th.interp.sys_dict.expect();
    if let Some(hook) = sys.get_name(th, "__interactivehook__") {
        th.audit("cpython.run_interactivehook", &[hook])?;
        if let Err(e) = call::call(th, hook, &[]) {
            crate::sys::write_stderr(th, "Failed calling sys.__interactivehook__\n");
            crate::sys::show_exception(th, e.0, Value::NONE);
        }
    }
    run_after(th, false)
}

/// Runs the file that `PYTHONSTARTUP` names, in `__main__`; what it raises is shown.
fn startup_file(th: &Thread, c: &Config) -> PyResult<()> {
    let Some(path) = &c.startup else {
        return Ok(());
    };
    let name = crate::sys::os_text(th, path)?;
    th.audit("cpython.run_startup", &[name])?;
    let run = || -> PyResult<()> {
        let source = th.blocking(|| std::fs::read(path)).map_err(|e| {
            crate::sys::write_stderr(th, "Could not open PYTHONSTARTUP\n");
            th.os_error(&e, name)
        })?;
        let text = Value::bytes(th, &source)?;
        let code = crate::compile::file(th, text, name)?;
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
