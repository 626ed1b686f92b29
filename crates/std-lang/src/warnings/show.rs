//! Showing of warnings: through `warnings._showwarnmsg`, or on `sys.stderr` before that is there.

use taipan_object::dict::Dict;
use taipan_object::{Object, PyResult, Thread, Value, attr, call, names, ops, strings};

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
        Value::NONE,
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

/// A source line from a module's `__loader__`, if that has sources.
///
/// # Errors
/// What the loader raises.
pub fn line_from_loader(
    th: &Thread,
    globals: &Object<Dict>,
    lineno: i64,
) -> PyResult<Option<Value>> {
    let mut loader = globals.get_name(th, "__loader__").filter(|l| !l.is_none());
    if loader.is_none()
        && let Some(spec) = globals.get_name(th, "__spec__").filter(|s| !s.is_none())
    {
        loader = attr::get_opt(th, spec, strings::intern(th, "loader"))?;
    }
    let (Some(loader), Some(name)) = (loader, globals.get_name(th, "__name__")) else {
        return Ok(None);
    };
    let Some(get_source) = attr::get_opt(th, loader, strings::intern(th, "get_source"))? else {
        return Ok(None);
    };
    let source = call::call(th, get_source, &[name])?;
    if source.is_none() {
        return Ok(None);
    }
    let lines = call::call_method(th, source, "splitlines", &[])?;
    ops::get_item(th, lines, Value::int(th, lineno - 1)).map(Some)
}
