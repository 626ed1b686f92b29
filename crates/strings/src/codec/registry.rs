//! The codec registry of an interpreter: search functions, what they found, and error handlers by name.

use taipan_object::dict::Dict;
use taipan_object::exception::LOOKUP_ERROR;
use taipan_object::seq::List;
use taipan_object::{Object, PyResult, Thread, Value, attr, call, ops};

use super::normalize;

const SEARCH: &str = "codecs.search_path";
const CACHE: &str = "codecs.cache";
const ERRORS: &str = "codecs.errors";

fn state<'a>(th: &Thread) -> &'a Object<Dict> {
    if th.interp.state.get().is_none() {
        let fresh = Dict::new(th);
        th.interp.set_dict(&th.interp.state, fresh);
    }
    th.interp.state.expect()
}

/// The registry's object of a name, made by `make` when first asked for; every thread gets the same one.
fn kept(th: &Thread, name: &str, make: impl FnOnce() -> PyResult) -> PyResult {
    let state = state(th);
    if let Some(v) = state.get_name(th, name) {
        return Ok(v);
    }
    let fresh = make()?;
    let key = taipan_object::strings::intern(th, name);
    let hash = attr::name_hash(key);
    state.map.setdefault(th, &state.header, key, hash, fresh)
}

fn search_path<'a>(th: &Thread) -> PyResult<&'a Object<List>> {
    Ok(kept(th, SEARCH, || Value::list(th, &[]))?.expect::<List>())
}

fn cache<'a>(th: &Thread) -> PyResult<&'a Object<Dict>> {
    Ok(kept(th, CACHE, || Ok(Dict::new(th).value()))?.expect::<Dict>())
}

fn handlers<'a>(th: &Thread) -> PyResult<&'a Object<Dict>> {
    Ok(kept(th, ERRORS, || Ok(Dict::new(th).value()))?.expect::<Dict>())
}

/// `codecs.register(f)`
pub fn register(th: &Thread, f: Value) -> PyResult<()> {
    if !ops::is_callable(f) {
        return Err(th.type_error("argument must be callable"));
    }
    search_path(th)?.append(th, f)
}

/// `codecs.unregister(f)`
pub fn unregister(th: &Thread, f: Value) -> PyResult<()> {
    let path = search_path(th)?;
    let at = path.snapshot(th)?.iter().position(|g| g.is(f));
    if let Some(i) = at {
        path.remove_at(i as i64);
        let cache = cache(th)?;
        cache.map.clear(&cache.header);
    }
    Ok(())
}

/// `codecs.lookup(name)`: the codec's tuple.
pub fn lookup(th: &Thread, name: &str) -> PyResult {
    let path = search_path(th)?;
    if path.is_empty() {
        // The package registers its search function when it is first imported.
        if let Some(import) = th
            .interp
            .builtins
            .get()
            .and_then(|b| b.get_name(th, "__import__"))
        {
            call::call(th, import, &[Value::str(th, "encodings")])?;
        }
    }
    let normalized = Value::str(th, &normalize(name));
    let cache = cache(th)?;
    if let Some(found) = cache.get(th, normalized)? {
        return Ok(found);
    }
    let mut i = 0;
    while let Some(f) = path.get(i) {
        i += 1;
        let r = call::call(th, f, &[normalized])?;
        if r.is_none() {
            continue;
        }
        if r.as_tuple().is_none_or(|t| t.len() != 4) {
            return Err(th.type_error("codec search functions must return 4-tuples"));
        }
        cache.set(th, normalized, r)?;
        return Ok(r);
    }
    Err(th.raise(&LOOKUP_ERROR, format!("unknown encoding: {name}")))
}

/// As [`lookup`], refusing codecs that are not between text and bytes; `instead` says what to use for those.
pub fn lookup_text(th: &Thread, name: &str, instead: &str) -> PyResult {
    let codec = lookup(th, name)?;
    if !taipan_object::types::is_exactly(codec, &taipan_object::types::TUPLE) {
        let key = taipan_object::strings::intern(th, "_is_text_encoding");
        if let Some(v) = attr::get_opt(th, codec, key)?
            && !ops::truth(th, v)?
        {
            return Err(th.raise(
                &LOOKUP_ERROR,
                format!(
                    "'{name}' is not a text encoding; use {instead} to handle arbitrary codecs"
                ),
            ));
        }
    }
    Ok(codec)
}

/// Calls a codec's encoder (0) or decoder (1); the first item of the pair that it returns. Absent errors are left out.
pub fn run(
    th: &Thread,
    (codec, name): (Value, &str),
    which: usize,
    object: Value,
    errors: Value,
) -> PyResult {
    let f = match codec.as_tuple().and_then(|t| t.get(which)) {
        Some(f) => *f,
        None => return Err(th.type_error("codec search functions must return 4-tuples")),
    };
    let r = if errors.is_absent() {
        call::call(th, f, &[object])
    } else {
        call::call(th, f, &[object, errors])
    };
    let r = match r {
        Ok(r) => r,
        Err(e) => {
            let operation = if which == 0 { "encoding" } else { "decoding" };
            let note = format!("{operation} with '{name}' codec failed");
            call::call_method(th, e.0, "add_note", &[Value::str(th, &note)])?;
            return Err(e);
        }
    };
    match r.as_tuple() {
        Some([v, _]) => Ok(*v),
        _ => Err(th.type_error(if which == 0 {
            "encoder must return a tuple (object, integer)"
        } else {
            "decoder must return a tuple (object,integer)"
        })),
    }
}

/// `codecs.register_error(name, handler)`
pub fn register_error(th: &Thread, name: &str, handler: Value) -> PyResult<()> {
    if !ops::is_callable(handler) {
        return Err(th.type_error("handler must be callable"));
    }
    handlers(th)?.set(th, Value::str(th, name), handler)
}

/// Takes an error handler off again; whether there was one.
pub fn unregister_error(th: &Thread, name: &str) -> PyResult<bool> {
    Ok(handlers(th)?.remove(th, Value::str(th, name))?.is_some())
}

/// `codecs.lookup_error(name)`
pub fn lookup_error(th: &Thread, name: &str) -> PyResult {
    match handlers(th)?.get(th, Value::str(th, name))? {
        Some(h) => Ok(h),
        None => Err(th.raise(
            &LOOKUP_ERROR,
            format!("unknown error handler name '{name}'"),
        )),
    }
}
