//! `__import__`: finds a module in `sys.modules`, or lets `importlib._bootstrap` load it.

use super::import_report;
use taipan_object::attr;
use taipan_object::call::{self, Args};
use taipan_object::dict::Dict;
use taipan_object::exception as exc;
use taipan_object::native::Method;
use taipan_object::types::class_of;
use taipan_object::{Object, PyResult, Thread, Value, names, ops, strings};

static IMPORT: Method = Method::new(
    "__import__",
    "(name, globals=None, locals=None, fromlist=(), level=0)",
    |th, a| {
        let level = match a[4].present() {
            Some(l) => ops::index_i32(th, l)?,
            None => 0,
        };
        import_level(th, a[0], a[1].or(Value::NONE), a[3].or(Value::NONE), level)
    },
);

pub(super) fn import(th: &Thread, args: Args) -> PyResult {
    call::call_method_row(th, &IMPORT, args)
}

fn modules<'a>(th: &Thread) -> PyResult<&'a Object<Dict>> {
    match th.interp.modules.get() {
        Some(d) => Ok(d),
        None => Err(th.runtime_error("unable to get sys.modules")),
    }
}

fn importlib(th: &Thread) -> PyResult {
    match th.interp.importlib.get().present() {
        Some(m) => Ok(m),
        None => Err(th.raise(&exc::IMPORT_ERROR, "importlib is not available yet")),
    }
}

/// `from … import` and `import` at a level of packages: 0 for absolute names.
pub fn import_level(
    th: &Thread,
    name: Value,
    globals: Value,
    fromlist: Value,
    level: i32,
) -> PyResult {
    let Some(text) = name.as_str_obj() else {
        return Err(th.type_error("module name must be a string"));
    };
    if level < 0 {
        return Err(th.value_error("level must be >= 0"));
    }
    let full = if level > 0 {
        resolve(th, name, globals, level)?
    } else {
        if text.is_empty() {
            return Err(th.value_error("Empty module name"));
        }
        name
    };
    let module = get_or_load(th, full)?;
    let has_from = !fromlist.is_none() && ops::truth(th, fromlist)?;
    if has_from {
        if attr::get_opt(th, module, names::PATH.get())?.is_none() {
            return Ok(module);
        }
        let f = taipan_object::frame::builtin(th, "__import__")?;
        let lib = importlib(th)?;
        return call::call_method_name(
            th,
            lib,
            names::HANDLE_FROMLIST.get(),
            &[module, fromlist, f],
        )
        .map_err(|e| shown(th, e));
    }
    if level > 0 && text.is_empty() {
        return Ok(module);
    }
    let bytes = text.as_bytes();
    let Some(dot) = bytes.iter().position(|b| *b == b'.') else {
        return Ok(module);
    };
    let front = names::text(name)[..dot].to_owned();
    if level == 0 {
        return get_or_load(th, strings::intern(th, &front));
    }
    let full_text = names::text(full);
    let cut = bytes.len() - dot;
    let wanted = strings::intern(th, &full_text[..full_text.len() - cut]);
    match modules(th)?.get(th, wanted)? {
        Some(m) => Ok(m),
        None => {
            let shown = ops::repr(th, wanted)?;
            Err(th.raise(
                &exc::KEY_ERROR,
                format!("{} not in sys.modules as expected", names::text(shown)),
            ))
        }
    }
}

fn get_or_load(th: &Thread, name: Value) -> PyResult {
    let found = || -> PyResult<Option<Value>> {
        let m = modules(th)?.get(th, name)?;
        Ok(m.filter(|m| !m.is_none()))
    };
    if let Some(m) = found()? {
        let mut settled = true;
        // Another thread, or a cycle, may still be running its body.
        if let Some(spec) = attr::get_opt(th, m, names::SPEC.get())?
            && !spec.is_none()
            && let Some(i) = attr::get_opt(th, spec, names::INITIALIZING.get())?
            && ops::truth(th, i)?
        {
            call::call_method(th, importlib(th)?, "_lock_unlock_module", &[name])?;
            // If that failed, it is for this thread to try.
            settled = found()?.is_some_and(|now| now.is(m));
        }
        if settled {
            import_report::cached(name);
            return Ok(m);
        }
    }
    audit_import(th, name)?;
    import_report::timed(name, || {
        call::call_method_name(
            th,
            importlib(th)?,
            names::FIND_AND_LOAD.get(),
            &[name, taipan_object::frame::builtin(th, "__import__")?],
        )
    })
    .map_err(|e| shown(th, e))
}

/// An exception of an import as it is to be seen: with `-v` as it is.
fn shown(th: &Thread, e: taipan_object::Raised) -> taipan_object::Raised {
    match import_report::is_verbose() {
        true => e,
        false => trim_import_frames(th, e),
    }
}

/// Tells the audit hooks what is to be looked for, and where.
fn audit_import(th: &Thread, name: Value) -> PyResult<()> {
    let of_sys = |n: &str| {
        let sys = th.interp.sys_dict.get();
        sys.and_then(|d| d.get_name(th, n)).unwrap_or(Value::NONE)
    };
    let places = ["path", "meta_path", "path_hooks"].map(of_sys);
    th.audit(
        "import",
        &[name, Value::NONE, places[0], places[1], places[2]],
    )
}

/// Tracebacks do not show the import machinery's own frames for an `ImportError`.
fn trim_import_frames(_: &Thread, e: taipan_object::Raised) -> taipan_object::Raised {
    let Some(o) = e.0.downcast::<exc::Exception>() else {
        return e;
    };
    let always = e.is(&exc::IMPORT_ERROR);
    let is_frozen = |tb: Value, file: &str| {
        tb.downcast::<exc::Traceback>().is_some_and(|t| {
            t.frame
                .get()
                .downcast::<taipan_object::frame::Frame>()
                .is_some_and(|f| f.code.expect().filename.get().is_str(file))
        })
    };
    let is_import = |tb: Value| {
        is_frozen(tb, "<frozen importlib._bootstrap>")
            || is_frozen(tb, "<frozen importlib._bootstrap_external>")
            || is_frozen(tb, "<frozen importlib._bootstrap_stdlib>")
    };
    let name_of = |tb: Value| {
        tb.downcast::<exc::Traceback>().and_then(|t| {
            t.frame
                .get()
                .downcast::<taipan_object::frame::Frame>()
                .map(|f| f.code.expect().name.get())
        })
    };
    // Chunks of import frames are cut out: all for an ImportError, else those that end in the call of the module body.
    let mut out: Option<&Object<exc::Traceback>> = None;
    let mut at = o.traceback.get();
    while let Some(tb) = at.downcast::<exc::Traceback>() {
        if is_import(at) {
            let mut end = at;
            let mut last = at;
            while is_import(end) {
                last = end;
                match end.downcast::<exc::Traceback>() {
                    Some(t) => end = t.next.get(),
                    None => break,
                }
            }
            let removed = name_of(last).is_some_and(|n| n.is_str("_call_with_frames_removed"));
            if always || removed {
                match out {
                    Some(p) => p.next.set(&p.header, end),
                    None => o.traceback.set(&o.header, end),
                }
                at = end;
                continue;
            }
            if let Some(t) = last.downcast::<exc::Traceback>() {
                out = Some(t);
            }
            at = end;
            continue;
        }
        out = Some(tb);
        at = tb.next.get();
    }
    e
}

/// The full name of a relative import.
fn resolve(th: &Thread, name: Value, globals: Value, level: i32) -> PyResult {
    let Some(g) = globals.as_dict() else {
        return Err(if globals.is_none() {
            th.raise(&exc::KEY_ERROR, "'__name__' not in globals")
        } else {
            th.type_error("globals must be a dict")
        });
    };
    let get = |n: Value| g.map.get_str(n).filter(|v| !v.is_none());
    let package = match (get(names::PACKAGE.get()), get(names::SPEC.get())) {
        (Some(p), spec) => {
            if p.as_str_obj().is_none() {
                return Err(th.type_error("package must be a string"));
            }
            if let Some(spec) = spec
                && !ops::eq(th, p, attr::get_str(th, spec, "parent")?)?
            {
                th.warn(&exc::DEPRECATION_WARNING, "__package__ != __spec__.parent")?;
            }
            p
        }
        (None, Some(spec)) => {
            let p = attr::get_str(th, spec, "parent")?;
            if p.as_str_obj().is_none() {
                return Err(th.type_error("__spec__.parent must be a string"));
            }
            p
        }
        (None, None) => {
            th.warn(
                &exc::IMPORT_WARNING,
                "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__",
            )?;
            let Some(n) = get(names::NAME.get()) else {
                return Err(th.raise(&exc::KEY_ERROR, "'__name__' not in globals"));
            };
            if n.as_str_obj().is_none() {
                return Err(th.type_error(format!(
                    "__name__ must be a string, not {}",
                    class_of(n).tp_name()
                )));
            }
            if g.map.get_str(names::PATH.get()).is_some() {
                n
            } else {
                let text = names::text(n);
                let parent = text.rsplit_once('.').map_or("", |(p, _)| p);
                Value::str(th, parent)
            }
        }
    };
    let package = names::text(package);
    if package.is_empty() {
        return Err(th.raise(
            &exc::IMPORT_ERROR,
            "attempted relative import with no known parent package",
        ));
    }
    let mut base = &*package;
    for _ in 1..level {
        match base.rsplit_once('.') {
            Some((p, _)) => base = p,
            None => {
                return Err(th.raise(
                    &exc::IMPORT_ERROR,
                    "attempted relative import beyond top-level package",
                ));
            }
        }
    }
    let name = names::text(name);
    if name.is_empty() {
        return Ok(strings::intern(th, base));
    }
    Ok(strings::intern(th, &format!("{base}.{name}")))
}
