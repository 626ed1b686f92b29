//! Showing of warnings: through `warnings._showwarnmsg`, or on `sys.stderr` before that is there.

use taipan_object::exception as exc;
use taipan_object::{PyResult, Thread, Value, attr, call, names, ops, strings};

use super::{Place, python_attribute};

/// Shows a warning.
///
/// # Errors
/// What the hooks of `warnings` raise.
pub fn show(
    th: &Thread,
    category: Value,
    text: Value,
    message: Value,
    place: &Place,
) -> PyResult<()> {
    // An object to be told about is one that is being destroyed: that is worth an import.
    let hook = python_attribute(th, "_showwarnmsg", !place.source.is_none())?;
    let Some(hook) = hook else {
        // Nobody is there to hear of errors.
        let _ = show_plainly(th, category, text, place);
        return Ok(());
    };
    if !ops::is_callable(hook) {
        return Err(th.type_error("warnings._showwarnmsg() must be set to a callable"));
    }
    let Some(class) = python_attribute(th, "WarningMessage", false)? else {
        return Err(th.runtime_error("unable to get warnings.WarningMessage"));
    };
    let lineno = Value::int(th, place.lineno);
    let args = [
        message,
        category,
        place.filename,
        lineno,
        Value::NONE,
        place.line.or(Value::NONE),
        place.source,
    ];
    let msg = call::call(th, class, &args)?;
    call::call(th, hook, &[msg])?;
    Ok(())
}

fn show_plainly(th: &Thread, category: Value, text: Value, place: &Place) -> PyResult<()> {
    let stderr = th
        .interp
        .sys_dict
        .get()
        .and_then(|d| d.get_name(th, "stderr"));
    let Some(stderr) = stderr.filter(|v| !v.is_none()) else {
        return Ok(());
    };
    let name = attr::get(th, category, names::NAME.get())?;
    let (name, text) = (ops::str(th, name)?, ops::str(th, text)?);
    let mut out = format!(
        "{}:{}: {}: {}\n",
        names::text(place.filename),
        place.lineno,
        names::text(name),
        names::text(text)
    );
    let line = match place.line.present() {
        Some(l) => Some(names::text(l).into_owned()),
        None => line_from_file(th, &names::text(place.filename), place.lineno),
    };
    if let Some(line) = line {
        let line = line.trim_start_matches([' ', '\t', '\x0c']).trim_end();
        if !line.is_empty() {
            out.push_str("  ");
            out.push_str(line);
            out.push('\n');
        }
    }
    let out = Value::str(th, &out);
    call::call_method(th, stderr, "write", &[out])?;
    Ok(())
}

fn line_from_file(th: &Thread, filename: &str, lineno: i64) -> Option<String> {
    let n = usize::try_from(lineno).ok()?.checked_sub(1)?;
    let bytes = th.blocking(|| std::fs::read(filename)).ok()?;
    let line = bytes.split(|b| *b == b'\n').nth(n)?;
    Some(String::from_utf8_lossy(line).into_owned())
}

/// A source line from the loader of a module, if that has sources and no file of the name is there.
///
/// # Errors
/// For globals without a usable loader, as importlib says it.
pub fn line_from_loader(
    th: &Thread,
    globals: Value,
    filename: &str,
    lineno: i64,
) -> PyResult<Option<Value>> {
    let bless = crate::args::from_module(th, "_frozen_importlib_external", "_bless_my_loader")?;
    let loader = call::call(th, bless, &[globals])?;
    let name = match globals.as_dict() {
        Some(d) => d.get_name(th, "__name__"),
        None => None,
    };
    let (false, Some(name)) = (loader.is_none(), name) else {
        return Ok(None);
    };
    if th.blocking(|| std::path::Path::new(filename).exists()) {
        return Ok(None);
    }
    let Some(get_source) = attr::get_opt(th, loader, strings::intern(th, "get_source"))? else {
        return Ok(None);
    };
    // The importer of another module, or of none that has a source, refuses.
    let source = match call::call(th, get_source, &[name]) {
        Ok(s) if s.is_none() => return Ok(None),
        Ok(s) => s,
        Err(e) if e.is(&exc::IMPORT_ERROR) => return Ok(None),
        Err(e) => return Err(e),
    };
    let lines = call::call_method(th, source, "splitlines", &[])?;
    let line = usize::try_from(lineno - 1)
        .ok()
        .zip(lines.as_list())
        .and_then(|(n, l)| l.get(n));
    Ok(line.filter(|l| l.as_str_obj().is_some()))
}
