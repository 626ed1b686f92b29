//! `import` statements: through `builtins.__import__`.

use taipan_builtins::module;
use taipan_object::exception as exc;
use taipan_object::frame::FramePtr;
use taipan_object::func::Module;
use taipan_object::strings::intern;
use taipan_object::{PyResult, Raised, Thread, Value, attr, call, names, ops};

/// `__import__(name, globals, locals, fromlist, level)`
pub fn import_name(
    th: &Thread,
    frame: FramePtr,
    name: Value,
    level: Value,
    fromlist: Value,
) -> PyResult {
    let Some(f) = crate::globals::lookup_dict(th, frame.builtins(), names::IMPORT.get())? else {
        return Err(th.raise(&exc::IMPORT_ERROR, "__import__ not found"));
    };
    let locals = frame.namespace().or(Value::NONE);
    call::call(
        th,
        f,
        &[name, frame.globals().value(), locals, fromlist, level],
    )
}

/// `from module import name`
pub fn import_from(th: &Thread, module: Value, name: Value) -> PyResult {
    if let Some(v) = attr::get_opt(th, module, name)? {
        return Ok(v);
    }
    let package =
        attr::get_opt(th, module, names::NAME.get())?.filter(|n| n.as_str_obj().is_some());
    if let Some(p) = package {
        let full = format!("{}.{}", names::text(p), names::text(name));
        let full = taipan_object::strings::intern(th, &full);
        if let Some(modules) = th.interp.modules.get()
            && let Some(m) = modules.get(th, full)?
        {
            return Ok(m);
        }
    }
    Err(cannot_import(th, module, name, package)?)
}

#[cold]
#[inline(never)]
fn cannot_import(
    th: &Thread,
    module: Value,
    name: Value,
    package: Option<Value>,
) -> PyResult<Raised> {
    let pkg = package.map_or("<unknown module name>".into(), names::text);
    let n = names::text(name);
    let spec = attr::get_opt(th, module, names::SPEC.get())?;
    let flag = |attr: Value| -> PyResult<bool> {
        match spec
            .map(|s| attr::get_opt(th, s, attr))
            .transpose()?
            .flatten()
        {
            Some(v) => ops::truth(th, v),
            None => Ok(false),
        }
    };
    let mut origin = match spec {
        Some(s) if flag(intern(th, "has_location"))? => attr::get_opt(th, s, intern(th, "origin"))?,
        _ => None,
    };
    origin = origin.filter(|o| o.as_str_obj().is_some());
    let in_the_way = origin.is_some_and(|o| module::may_shadow(th, &names::text(o)));
    let hides_library = match package {
        Some(p) if in_the_way => module::is_stdlib_name(th, p)?,
        _ => false,
    };
    let file = match origin {
        None if module.downcast::<Module>().is_some() => {
            attr::get_opt(th, module, names::FILE.get())?.filter(|f| f.as_str_obj().is_some())
        }
        found => found,
    };
    let place = file.map_or("unknown location".into(), names::text);
    let msg = if hides_library {
        format!(
            "cannot import name '{n}' from '{pkg}' (consider renaming '{place}' since it has the same name as the standard library module named '{pkg}' and prevents importing that standard library module)"
        )
    } else if flag(names::INITIALIZING.get())? {
        if in_the_way {
            format!(
                "cannot import name '{n}' from '{pkg}' (consider renaming '{place}' if it has the same name as a library you intended to import)"
            )
        } else {
            let place = file.map_or(String::new(), |f| format!(" ({})", names::text(f)));
            format!(
                "cannot import name '{n}' from partially initialized module '{pkg}' (most likely due to a circular import){place}"
            )
        }
    } else {
        format!("cannot import name '{n}' from '{pkg}' ({place})")
    };
    let e = th.raise(&exc::IMPORT_ERROR, msg);
    let values = [
        package.unwrap_or(Value::NONE),
        file.unwrap_or(Value::NONE),
        name,
    ];
    for (i, v) in exc::extra::IMPORT[1..].iter().zip(values) {
        exc::set_extra(th, e.0, *i, v);
    }
    Ok(e)
}

/// `from module import *`
pub fn import_star(th: &Thread, frame: FramePtr, module: Value) -> PyResult<()> {
    let all = attr::get_opt(th, module, names::ALL_NAMES.get())?;
    let (list, skip_private) = match all {
        Some(a) => (ops::to_vec(th, a)?, false),
        None => {
            let Some(d) = attr::get_opt(th, module, names::DICT.get())? else {
                return Err(th.raise(
                    &exc::IMPORT_ERROR,
                    "from-import-* object has no __dict__ and no __all__",
                ));
            };
            let keys = call::call_method_name(th, d, names::KEYS.get(), &[])?;
            (ops::to_vec(th, keys)?, true)
        }
    };
    for name in list.iter() {
        let Some(s) = name.as_str_obj() else {
            let m = attr::get_opt(th, module, names::NAME.get())?.map_or("?".into(), names::text);
            let what = if skip_private { "Key in" } else { "Item in" };
            let where_ = if skip_private { "__dict__" } else { "__all__" };
            return Err(th.type_error(format!(
                "{what} {m}.{where_} must be str, not {}",
                taipan_object::types::class_of(*name).tp_name()
            )));
        };
        if skip_private && s.as_bytes().first() == Some(&b'_') {
            continue;
        }
        let v = attr::get(th, module, *name)?;
        crate::globals::store_name(th, frame, *name, v)?;
    }
    Ok(())
}
