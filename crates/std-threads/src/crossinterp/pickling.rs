//! Values that pass as pickles.
//!
//! A pickle that names something of the sender's `__main__` is read against the receiver's. Where that has no such name,
//! the sender's script is run once per interpreter under another name, and the pickle is read against what it made.

use super::packed::{How, Packed, pack};
use super::{errors, from_module, main_module};
use taipan_object::dict::Dict;
use taipan_object::exception::{ATTRIBUTE_ERROR, Exception};
use taipan_object::func::Module;
use taipan_object::{Object, PyResult, Raised, Thread, Value, attr, call, ops, strings};

/// Packs a value's pickle and the name of the script that runs here.
///
/// # Errors
/// `NotShareableError: object could not be pickled`, with what pickling raised as its cause.
pub(super) fn capture(th: &Thread, v: Value) -> PyResult {
    let pickled = from_module(th, "pickle", "dumps").and_then(|f| call::call(th, f, &[v]));
    let pickled =
        pickled.map_err(|e| errors::not_shareable(th, "object could not be pickled", Some(e)))?;
    // Without a script's name there is nothing to be run; that is no reason to fail here.
    let file = main_file(th).ok().flatten().unwrap_or(Value::NONE);
    let parts = Value::try_tuple(th, &[pickled, file])?;
    Ok(pack(th, &PICKLE, parts, 0))
}

static PICKLE: How = How {
    restore,
    release: None,
};

/// `__main__.__file__`, if it is a string.
fn main_file(th: &Thread) -> PyResult<Option<Value>> {
    let Some(main) = main_module(th)? else {
        return Ok(None);
    };
    let file = attr::get_opt(th, main, strings::intern(th, "__file__"))?;
    Ok(file.filter(|f| f.as_str_obj().is_some()))
}

fn restore(th: &Thread, p: &Object<Packed>) -> PyResult {
    let parts = p.value.get();
    let Some(&[pickled, file]) = parts.as_tuple() else {
        return Err(th.runtime_error("a pickle in no form of this module"));
    };
    load(th, pickled, file)
        .map_err(|e| errors::not_shareable(th, "object could not be unpickled", Some(e)))
}

fn load(th: &Thread, pickled: Value, file: Value) -> PyResult {
    let loads = from_module(th, "pickle", "loads")?;
    let e = match call::call(th, loads, &[pickled]) {
        Err(e) if !file.is_none() && lacks_name_of_main(th, e) => e,
        r => return r,
    };
    let Ok(script) = script_module(th, file) else {
        return Err(e);
    };
    let Some(modules) = th.interp.modules.get() else {
        return Err(e);
    };
    let main = strings::intern(th, "__main__");
    let before = modules.get(th, main)?;
    modules.set(th, main, script)?;
    let r = call::call(th, loads, &[pickled]);
    match before {
        Some(m) => modules.set(th, main, m)?,
        None => {
            modules.remove(th, main)?;
        }
    }
    r.map_err(|_| e)
}

/// Whether reading failed since `__main__` has no such name.
fn lacks_name_of_main(th: &Thread, e: Raised) -> bool {
    if !e.is(&ATTRIBUTE_ERROR) {
        return false;
    }
    let Some(o) = e.0.downcast::<Exception>() else {
        return false;
    };
    let first = o.args.get().as_tuple().and_then(|a| a.first().copied());
    let text = first.and_then(|v| ops::str(th, v).ok());
    text.and_then(|t| t.as_wtf8()).is_some_and(|t| {
        t.as_bytes()
            .starts_with(b"module '__main__' has no attribute '")
    })
}

const SCRIPT: &str = "crossinterp.script";

/// A module with what a script makes when it is run as `<fake __main__>`. It is kept, for this interpreter and the
/// script that was asked for last.
fn script_module(th: &Thread, file: Value) -> PyResult {
    let state = crate::state::dict(th);
    if let Some(kept) = state.get_name(th, SCRIPT)
        && let Some(&[name, module]) = kept.as_tuple()
        && ops::eq(th, name, file)?
    {
        return Ok(module);
    }
    let run = from_module(th, "runpy", "run_path")?;
    let name = Value::str(th, "<fake __main__>");
    let made = call::call(th, run, &[file, Value::NONE, name])?;
    let module = Module::new(th, strings::intern(th, "__main__"), Value::NONE)?;
    if let Some(made) = made.as_dict() {
        copy(th, made, module.dict.expect())?;
    }
    let kept = Value::try_tuple(th, &[file, module.value()])?;
    state.set_name(th, SCRIPT, kept)?;
    Ok(module.value())
}

fn copy(th: &Thread, from: &Object<Dict>, to: &Object<Dict>) -> PyResult<()> {
    let mut at = 0;
    while let Some((next, k, v, _)) = from.map.next_entry(at) {
        at = next;
        to.set(th, k, v)?;
    }
    Ok(())
}
