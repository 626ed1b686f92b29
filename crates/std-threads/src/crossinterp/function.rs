//! Functions without state, code objects and scripts. They pass as what the compiler made, which belongs to no
//! interpreter: what arrives is a code object of its own.

use super::errors::not_shareable;
use super::main_namespace;
use super::packed::{How, pack_code};
use taipan_bytecode::{CodeData, CodeFlags, CodeRef, Const, Op, Words};
use taipan_object::code::Code;
use taipan_object::code_data::current_data;
use taipan_object::dict::Dict;
use taipan_object::func::Function;
use taipan_object::types;
use taipan_object::{Object, PyResult, Thread, Value, buffer, call, names, ops, strings, thread};

static CODE: How = How {
    restore: |th, p| code(th, p.code.as_ref()),
    release: None,
};

static FUNCTION: How = How {
    restore: |th, p| {
        let code = code(th, p.code.as_ref())?;
        let globals = match main_namespace(th)? {
            Some(d) => d,
            None => Dict::new(th),
        };
        call::call(th, types::FUNCTION.value(), &[code, globals.value()])
    },
    release: None,
};

fn code(th: &Thread, source: Option<&CodeRef>) -> PyResult {
    match source {
        Some(source) => Ok(Object::<Code>::new(th, source.clone())?.value()),
        None => Err(th.runtime_error("packed code has no code")),
    }
}

fn text(th: &Thread, v: Value) -> PyResult<String> {
    Ok(names::text(ops::repr(th, v)?).into_owned())
}

/// Packs a code object.
///
/// # Errors
/// `NotShareableError`.
pub fn capture_code(th: &Thread, v: Value) -> PyResult {
    match v.downcast::<Code>() {
        Some(c) => pack_source(th, &CODE, c),
        None => {
            let msg = format!("expected code, got {}", text(th, v)?);
            Err(not_shareable(th, msg, None))
        }
    }
}

/// Packs a function that has no state: no defaults, no closure, no names of its module. Where it arrives, its module is
/// `__main__`.
///
/// # Errors
/// `NotShareableError`, with what stands in the way as its cause.
pub fn capture_function(th: &Thread, v: Value) -> PyResult {
    let Some(f) = v.downcast::<Function>() else {
        let msg = format!("expected a function, got {}", text(th, v)?);
        return Err(not_shareable(th, msg, None));
    };
    if let Err(e) = check_stateless(th, f) {
        let msg = "only stateless functions are shareable";
        return Err(not_shareable(th, msg, Some(e)));
    }
    pack_source(th, &FUNCTION, f.code.expect())
}

/// Packs code that can be run as a module's: source text, or a function's code or a code object that takes no arguments
/// and gives nothing back. With `pure` it must not name anything of its module either.
///
/// # Errors
/// `NotShareableError: object not a valid script`, with what stands in the way as its cause.
pub fn capture_script(th: &Thread, v: Value, pure: bool) -> PyResult {
    let packed = pack_script(th, v, pure);
    packed.map_err(|e| not_shareable(th, "object not a valid script", Some(e)))
}

/// As [`capture_script`].
///
/// # Errors
/// What stands in the way.
pub fn pack_script(th: &Thread, v: Value, pure: bool) -> PyResult {
    pack_source(th, &CODE, script(th, v, pure)?)
}

fn pack_source(th: &Thread, how: &'static How, code: &Object<Code>) -> PyResult {
    match current_data(th, code, 0) {
        Some(source) => Ok(pack_code(th, how, source)),
        None => {
            let e = th.value_error("unmarshallable object");
            Err(not_shareable(th, "object could not be marshalled", Some(e)))
        }
    }
}

fn script<'a>(th: &Thread, v: Value, pure: bool) -> PyResult<&'a Object<Code>> {
    if let Some(f) = v.downcast::<Function>() {
        if pure {
            check_stateless(th, f)?;
        }
        if !f.closure.get().is_absent() {
            return Err(th.value_error("closures not supported"));
        }
        let code = f.code.expect();
        check_script(th, code)?;
        return Ok(code);
    }
    if let Some(code) = v.downcast::<Code>() {
        if pure {
            check_names(th, code, None, th.interp.builtins.get())?;
        }
        check_script(th, code)?;
        return Ok(code);
    }
    let source = if v.as_str_obj().is_some() || v.as_bytes().is_some() {
        v
    } else if buffer::is_exporter(v) {
        let bytes = taipan_strings::memoryview::bytes_of(th, v)?;
        Value::bytes(th, &bytes)?
    } else {
        let msg = format!("unsupported script {}", text(th, v)?);
        return Err(th.type_error(msg));
    };
    let file = strings::intern(th, "<script>");
    let compiled = (thread::hooks().compile)(th, source, file, "exec", 0, -1)?;
    Ok(compiled.expect::<Code>())
}

/// Whether a function's behaviour depends on nothing but its code.
fn check_stateless(th: &Thread, f: &Function) -> PyResult<()> {
    let some = |v: Value| !v.is_absent() && !v.is_none();
    let reason = if some(f.defaults.get()) {
        "defaults not supported"
    } else if some(f.kwdefaults.get()) {
        "keyword defaults not supported"
    } else if f.closure.get().as_tuple().is_some_and(|c| !c.is_empty()) {
        "closures not supported"
    } else {
        return check_names(th, f.code.expect(), f.globals.get(), f.builtins.get());
    };
    Err(th.value_error(reason))
}

/// Whether the global names that code reads are those of builtins.
fn check_names(
    th: &Thread,
    code: &Object<Code>,
    globals: Option<&Object<Dict>>,
    builtins: Option<&Object<Dict>>,
) -> PyResult<()> {
    code.ready(th)?;
    let data = code.data();
    if !data.freevars.is_empty() {
        return Err(th.value_error("closures not supported"));
    }
    let known = code.names.expect().values();
    for (_, i) in Words::new(&data.code).filter(|(_, i)| i.op() == Op::LOAD_GLOBAL) {
        let Some(name) = known.get(i.index32() as usize) else {
            continue;
        };
        let has = |d: Option<&Object<Dict>>| d.is_some_and(|d| d.map.get_str(*name).is_some());
        if has(globals) || !has(builtins) {
            return Err(th.value_error("globals not supported"));
        }
    }
    Ok(())
}

/// Whether code takes nothing and gives nothing back.
fn check_script(th: &Thread, code: &Object<Code>) -> PyResult<()> {
    code.ready(th)?;
    let data = code.data();
    let reason = if !data.freevars.is_empty() {
        "closures not supported"
    } else if data.total_params() > 0 {
        "code with args not supported"
    } else if CodeFlags(code.flags).is_generator_like() || !gives_none(data) {
        "code that returns a value is not a script"
    } else {
        return Ok(());
    };
    Err(th.value_error(reason))
}

fn gives_none(data: &CodeData) -> bool {
    Words::new(&data.code).all(|(_, i)| match i.op() {
        Op::RETURN => false,
        Op::RETURN_CONST => matches!(data.consts.get(i.index32() as usize), Some(Const::None)),
        _ => true,
    })
}
