//! Running the program: a command, a module, a script, a directory or zip file, standard input.

use crate::config::{Config, Program};
use crate::{stdlib, sys};
use std::ffi::{OsStr, OsString};
use std::path::Path;
use taipan_object::dict::Dict;
use taipan_object::func::Module;
use taipan_object::{Object, PyResult, Thread, Value, attr, call, names};

/// How a program ended, before its exit code is known.
pub enum Outcome {
    /// Python code ran, and raised or did not.
    Ran(PyResult<()>),
    /// It could not be started; the message is out.
    Refused(i32),
}

/// The namespace of `__main__`.
pub fn main_dict<'a>(th: &Thread) -> Option<&'a Object<Dict>> {
    let m = th.interp.modules.get()?.get_name(th, "__main__")?;
    m.downcast::<Module>().map(|m| m.dict.expect())
}

/// Puts a folder before all others in `sys.path`: where the program is.
///
/// # Errors
/// `MemoryError`.
pub fn insert_path(th: &Thread, dir: Value) -> PyResult<()> {
    let sys = th.interp.sys_dict.expect();
    let first = taipan_builtins::module::FIRST_PATH;
    th.interp.state.expect().set_name(th, first, dir)?;
    if let Some(path) = sys.get_name(th, "path").and_then(|p| p.as_list()) {
        path.insert(th, 0, dir)?;
    }
    Ok(())
}

fn run_main_code(th: &Thread, code: Value) -> PyResult<()> {
    let Some(d) = main_dict(th) else {
        return Err(th.runtime_error("unable to get __main__ module"));
    };
    let g = d.value();
    taipan_interp::run_code(th, code, g, g, Value::ABSENT).map(|_| ())
}

/// Imports `site`, unless that is switched off.
///
/// # Errors
/// What `site` raises.
pub fn import_site(th: &Thread, c: &Config) -> PyResult<()> {
    if !c.no_site {
        taipan_builtins::import_module(th, "site")?;
    }
    if !c.warn_options.is_empty() {
        taipan_builtins::import_module(th, "warnings")?;
    }
    Ok(())
}

/// Runs what the configuration names.
pub fn run(th: &Thread, c: &Config) -> Outcome {
    match &c.program {
        Program::Command(text) => Outcome::Ran(command(th, c, text)),
        Program::Module(name) => Outcome::Ran(module(th, c, name)),
        Program::Script(path) => script(th, c, path),
        Program::Stdin => {
            if let Err(e) = stdin_path(th, c) {
                return Outcome::Ran(Err(e));
            }
            if crate::prompt::is_interactive(c) {
                Outcome::Ran(crate::prompt::run_with_startup(th, c))
            } else {
                Outcome::Ran(piped(th))
            }
        }
    }
}

fn stdin_path(th: &Thread, c: &Config) -> PyResult<()> {
    if !c.safe_path {
        insert_path(th, Value::str(th, ""))?;
    }
    Ok(())
}

fn command(th: &Thread, c: &Config, text: &OsStr) -> PyResult<()> {
    stdin_path(th, c)?;
    let v = sys::os_text(th, text)?;
    th.audit("cpython.run_command", &[v])?;
    let source = match text.to_str() {
        Some(s) => dedented(s) + "\n",
        None => {
            sys::write_stderr(th, "Unable to decode the command from the command line:\n");
            // Raises for what is no text.
            taipan_strings::codec::encode(th, v, Some("utf-8"), None)?;
            return Ok(());
        }
    };
    let text = Value::str(th, &source);
    let name = Value::str(th, "<string>");
    let code = crate::compile::compile(th, text, name, "exec", 0, -1)?;
    stdlib::register_program(th, code, text, name)?;
    run_main_code(th, code)
}

/// A command without the white space that all its lines begin with.
fn dedented(text: &str) -> String {
    let blank = |line: &str| line.bytes().all(|b| b == b' ' || b == b'\t');
    let margin = text
        .split('\n')
        .filter(|line| !blank(line))
        .map(|line| &line[..line.len() - line.trim_start_matches([' ', '\t']).len()])
        .reduce(|a, b| {
            let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
            &a[..same]
        });
    let margin = margin.map_or(0, str::len);
    if margin == 0 {
        return text.to_owned();
    }
    let lines = text
        .split('\n')
        .map(|line| if blank(line) { "" } else { &line[margin..] });
    lines.collect::<Vec<_>>().join("\n")
}

fn module(th: &Thread, c: &Config, name: &OsStr) -> PyResult<()> {
    if !c.safe_path {
        let cwd = match std::env::current_dir() {
            Ok(d) => sys::os_text(th, d.as_os_str())?,
            Err(_) => Value::str(th, ""),
        };
        insert_path(th, cwd)?;
    }
    let runpy = taipan_builtins::import_module(th, "runpy")?;
    let name = sys::os_text(th, name)?;
    th.audit("cpython.run_module", &[name])?;
    call::call_method(th, runpy, "_run_module_as_main", &[name])?;
    Ok(())
}

/// A directory or file that an importer can take: then its `__main__` is run.
fn importer_for(th: &Thread, path: Value) -> PyResult<bool> {
    let importlib = taipan_builtins::import_module(th, "_frozen_importlib_external")?;
    let finder = attr::get_str(th, importlib, "PathFinder")?;
    let found = call::call_method(th, finder, "_path_importer_cache", &[path])?;
    Ok(!found.is_none())
}

/// A path that begins at the root; otherwise left as it was given.
fn absolute(path: &OsStr) -> OsString {
    if Path::new(path).is_absolute() {
        return path.to_owned();
    }
    match std::env::current_dir() {
        // Joining would add a slash at the end.
        Ok(dir) if path.is_empty() => dir.into(),
        Ok(dir) => dir.join(path).into(),
        Err(_) => path.to_owned(),
    }
}

fn script(th: &Thread, c: &Config, given: &OsStr) -> Outcome {
    let path = &*absolute(given);
    let p = Path::new(path);
    let meta = th.blocking(|| std::fs::metadata(p));
    let is_dir = meta.as_ref().is_ok_and(|m| m.is_dir());
    let is_zip = !is_dir && meta.as_ref().is_ok_and(|m| m.is_file()) && looks_like_zip(th, p);
    // A folder within a zip file.
    let is_in_zip = meta.is_err_and(|e| e.kind() == std::io::ErrorKind::NotADirectory)
        && th
            .blocking(|| p.ancestors().find(|above| above.is_file()))
            .is_some_and(|above| looks_like_zip(th, above));
    if is_dir || is_zip || is_in_zip {
        return Outcome::Ran(container(th, path));
    }
    let source = match th.blocking(|| std::fs::read(p)) {
        Ok(s) => s,
        Err(e) => {
            let exe = th.interp.sys_dict.expect().get_name(th, "executable");
            let name = exe.map_or("taipan".into(), names::text);
            let code = e.raw_os_error().unwrap_or(0);
            sys::write_stderr(
                th,
                &format!(
                    "{name}: can't open file {}: [Errno {code}] {}\n",
                    quoted(th, path),
                    taipan_object::error::strerror(code)
                ),
            );
            return Outcome::Refused(2);
        }
    };
    Outcome::Ran(script_source(th, c, path, source))
}

fn quoted(th: &Thread, s: &OsStr) -> String {
    sys::os_text(th, s)
        .and_then(|v| taipan_object::ops::repr(th, v))
        .map_or_else(|_| "?".into(), |r| names::text(r).into_owned())
}

/// Whether a file ends as a zip file does, or begins as one.
fn looks_like_zip(th: &Thread, p: &Path) -> bool {
    use std::io::{Read, Seek, SeekFrom};
    th.blocking(|| {
        let Ok(mut f) = std::fs::File::open(p) else {
            return false;
        };
        let mut head = [0u8; 4];
        if f.read_exact(&mut head).is_err() {
            return false;
        }
        if &head == b"PK\x03\x04" || &head == b"PK\x05\x06" {
            return true;
        }
        let Ok(len) = f.seek(SeekFrom::End(0)) else {
            return false;
        };
        // The end record stands within the last 64 KiB, behind a comment of that length at most.
        let from = len.saturating_sub(22 + 65535);
        let mut tail = Vec::new();
        f.seek(SeekFrom::Start(from)).is_ok()
            && f.read_to_end(&mut tail).is_ok()
            && tail.windows(4).any(|w| w == b"PK\x05\x06")
    })
}

fn container(th: &Thread, path: &OsStr) -> PyResult<()> {
    let v = sys::os_text(th, path)?;
    insert_path(th, v)?;
    if !importer_for(th, v)? {
        return Err(th.raise(
            &taipan_object::exception::IMPORT_ERROR,
            format!("cannot import from {}", names::text(v)),
        ));
    }
    let runpy = taipan_builtins::import_module(th, "runpy")?;
    let main = Value::str(th, "__main__");
    call::call_method(th, runpy, "_run_module_as_main", &[main, Value::FALSE])?;
    Ok(())
}

fn script_source(th: &Thread, c: &Config, path: &OsStr, mut source: Vec<u8>) -> PyResult<()> {
    if !c.safe_path {
        insert_path(th, script_dir(th, path)?)?;
    }
    if c.skip_first_line {
        // The line break stays, so that line numbers are the file's.
        let end = source
            .iter()
            .position(|b| *b == b'\n')
            .unwrap_or(source.len());
        source.drain(..end);
    }
    let name = sys::os_text(th, path)?;
    let Some(d) = main_dict(th) else {
        return Err(th.runtime_error("unable to get __main__ module"));
    };
    d.set(th, names::FILE.get(), name)?;
    d.set_name(th, "__cached__", Value::NONE)?;
    let external = taipan_builtins::import_module(th, "_frozen_importlib_external")?;
    let is_compiled = Path::new(path).extension() == Some(OsStr::new("pyc"));
    let kind = if is_compiled {
        "SourcelessFileLoader"
    } else {
        "SourceFileLoader"
    };
    let loader = attr::get_str(th, external, kind)?;
    let loader = call::call(th, loader, &[Value::str(th, "__main__"), name])?;
    d.set_name(th, "__loader__", loader)?;
    if is_compiled {
        let code = call::call_method(th, loader, "get_code", &[Value::str(th, "__main__")])?;
        return run_main_code(th, code);
    }
    if source.contains(&0) {
        return Err(null_bytes(th, &source, name));
    }
    let text = Value::bytes(th, &source)?;
    drop(source);
    th.audit("cpython.run_file", &[name])?;
    let code = crate::compile::file(th, text, name)?;
    run_main_code(th, code)
}

fn null_bytes(th: &Thread, source: &[u8], name: Value) -> taipan_object::Raised {
    let at = source.iter().position(|b| *b == 0).unwrap_or(0);
    let line = source[..at].iter().filter(|b| **b == b'\n').count();
    let text = source.split(|b| *b == b'\n').nth(line).unwrap_or(&[]);
    let shown = text.split(|b| *b == 0).next().unwrap_or(&[]);
    let e = taipan_syntax::SyntaxError {
        kind: taipan_syntax::ErrorKind::Syntax,
        msg: "source code cannot contain null bytes".into(),
        line: line as u32 + 1,
        col: 0,
        end_line: None,
        end_col: None,
        text: Some(String::from_utf8_lossy(shown).into_owned()),
        by_parser: false,
    };
    crate::compile::raise(th, &e, name)
}

/// The folder of a script, links followed.
fn script_dir(th: &Thread, path: &OsStr) -> PyResult {
    let p = Path::new(path);
    let target = match std::fs::read_link(p) {
        Ok(to) if to.is_absolute() => to,
        Ok(to) => p.parent().unwrap_or(Path::new("")).join(to),
        Err(_) => p.to_owned(),
    };
    let dir: OsString = match target.parent() {
        Some(d) if !d.as_os_str().is_empty() => std::fs::canonicalize(d)
            .or_else(|_| std::path::absolute(d))
            .map_or_else(|_| d.into(), Into::into),
        _ => std::env::current_dir().map_or_else(|_| OsString::new(), Into::into),
    };
    sys::os_text(th, &dir)
}

/// A program on standard input that is no terminal.
fn piped(th: &Thread) -> PyResult<()> {
    let mut source = Vec::new();
    loop {
        let mut chunk = vec![0u8; 1 << 16];
        match th.blocking(|| taipan_host::fd::read(0, &mut chunk)) {
            Ok(0) => break,
            Ok(n) => source.extend_from_slice(&chunk[..n]),
            Err(e) if e.raw_os_error() == Some(libc::EINTR) => th.poll()?,
            Err(e) => return Err(th.os_error(&e, Value::ABSENT)),
        }
    }
    let name = Value::str(th, "<stdin>");
    if let Some(d) = main_dict(th) {
        d.set(th, names::FILE.get(), name)?;
    }
    if source.contains(&0) {
        return Err(null_bytes(th, &source, name));
    }
    let text = Value::bytes(th, &source)?;
    let shown = Value::str(th, &String::from_utf8_lossy(&source));
    th.audit("cpython.run_stdin", &[])?;
    let code = crate::compile::file(th, text, name)?;
    stdlib::register_program(th, code, shown, name)?;
    run_main_code(th, code)
}
