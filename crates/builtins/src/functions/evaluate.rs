//! `compile`, `eval`, `exec`, `globals`, `locals`, `breakpoint`.

use super::build_class::is_mapping;
use taipan_object::attr;
use taipan_object::call::{self, Args};
use taipan_object::code::Code;
use taipan_object::dict::Dict;
use taipan_object::exception as exc;
use taipan_object::frame;
use taipan_object::func::{Cell, Module};
use taipan_object::thread::hooks;
use taipan_object::types::{Type, class_of, is_instance};
use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{Object, PyResult, Thread, Value, names, ops, strings};

/// `CO_FUTURE_*` bits, which code compiled by `compile`, `eval` and `exec` inherits from its caller.
const FUTURE_MASK: u32 = 0x1FE_0000;
const ONLY_AST: u32 = 0x400;
const ALLOWED: u32 = FUTURE_MASK | 0x10 | ONLY_AST | 0x200 | 0x1000 | 0x2000 | 0x4000 | 0x8000;

fn inherited_flags(th: &Thread) -> u32 {
    frame::current(th).map_or(0, |f| f.code().flags & FUTURE_MASK)
}

/// A file name as `compile` takes it: a string, bytes or a path object.
pub fn file_name(th: &Thread, v: Value) -> PyResult {
    if v.as_str_obj().is_some() {
        return Ok(v);
    }
    if let Some(b) = v.as_bytes() {
        return Ok(Value::wtf8(th, &decode_file_name(b)));
    }
    if class_of(v).slots().buffer.is_some() && v.as_bytes().is_none() {
        let b = taipan_object::buffer::get_contiguous(th, v)?;
        return Ok(Value::wtf8(th, &decode_file_name(b.as_slice())));
    }
    match attr::call_special(th, v, names::FSPATH.get(), &[])? {
        Some(p) if p.as_str_obj().is_some() || p.as_bytes().is_some() => file_name(th, p),
        Some(p) => Err(th.type_error(format!(
            "expected {}.__fspath__() to return str or bytes, not {}",
            class_of(v).tp_name(),
            class_of(p).tp_name()
        ))),
        None => Err(th.type_error(format!(
            "expected str, bytes or os.PathLike object, not {}",
            class_of(v).tp_name()
        ))),
    }
}

/// UTF-8, bytes that are none as lone surrogates.
fn decode_file_name(bytes: &[u8]) -> Wtf8Buf {
    let mut out = Wtf8Buf::new();
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for b in chunk.invalid() {
            if let Some(c) = taipan_object::wtf8::CodePoint::from_u32(0xDC00 + *b as u32) {
                out.push(c);
            }
        }
    }
    out
}

fn is_syntax_tree(th: &Thread, v: Value) -> PyResult<bool> {
    let Some(m) = th.interp.modules.get().and_then(|d| d.get_name(th, "_ast")) else {
        return Ok(false);
    };
    match attr::get_opt(th, m, strings::intern(th, "AST"))? {
        Some(t) => Ok(t.downcast::<Type>().is_some_and(|t| is_instance(v, t))),
        None => Ok(false),
    }
}

/// Source text as the compiler takes it: `str`, or `bytes` with a declaration of its encoding.
fn source(th: &Thread, v: Value, what: &str, kinds: &str) -> PyResult {
    let v = if v.as_str_obj().is_some() || v.as_bytes().is_some() {
        v
    } else if taipan_object::buffer::is_exporter(v) {
        let b = taipan_object::buffer::get_contiguous(th, v)?;
        Value::bytes(th, b.as_slice())?
    } else {
        return Err(th.type_error(format!("{what}() arg 1 must be a {kinds}")));
    };
    let nul = v.as_wtf8().is_some_and(|w| w.as_bytes().contains(&0))
        || v.as_bytes().is_some_and(|b| b.contains(&0));
    if nul {
        return Err(th.raise(
            &exc::SYNTAX_ERROR,
            "source code string cannot contain null bytes",
        ));
    }
    Ok(v)
}

pub(super) fn compile(th: &Thread, a: &[Value]) -> PyResult {
    let filename = file_name(th, a[1])?;
    let Some(mode) = a[2].as_str_obj().and_then(|s| s.as_str()) else {
        return Err(th.type_error(format!(
            "compile() argument 'mode' must be str, not {}",
            class_of(a[2]).tp_name()
        )));
    };
    let mut flags = match a[3].present() {
        Some(f) => ops::index_i32(th, f)? as u32,
        None => 0,
    };
    let dont_inherit = match a[4].present() {
        Some(d) => ops::truth(th, d)?,
        None => false,
    };
    let optimize = match a[5].present() {
        Some(o) => ops::index_i32(th, o)?,
        None => -1,
    };
    if flags & !ALLOWED != 0 {
        return Err(th.value_error("compile(): unrecognised flags"));
    }
    if !(-1..=2).contains(&optimize) {
        return Err(th.value_error("compile(): invalid optimize value"));
    }
    if !dont_inherit {
        flags |= inherited_flags(th);
    }
    match mode {
        "exec" | "eval" | "single" => {}
        "func_type" if flags & ONLY_AST != 0 => {}
        "func_type" => {
            return Err(th.value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST"));
        }
        _ if flags & ONLY_AST != 0 => {
            return Err(
                th.value_error("compile() mode must be 'exec', 'eval', 'single' or 'func_type'")
            );
        }
        _ => return Err(th.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    }
    if let Some(v) = a[6].present() {
        let minor = ops::index_i32(th, v)?;
        if minor >= 0 && flags & ONLY_AST != 0 {
            // The hook takes the grammar's version in the bits that no flag uses.
            flags |= (minor.min(62) as u32 + 1) << 26;
        }
    }
    th.audit("compile", &[a[0], filename])?;
    let text = if is_syntax_tree(th, a[0])? {
        a[0]
    } else {
        source(th, a[0], "compile", "string, bytes or AST object")?
    };
    (hooks().compile)(th, text, filename, mode, flags, optimize)
}

/// The namespace of `__main__`, where another interpreter calls a native function with no frame below it.
fn frameless<'a>(th: &Thread) -> Option<&'a Object<Dict>> {
    th.outer()?;
    let main = th.interp.modules.get()?.get_name(th, "__main__")?;
    main.downcast::<Module>().map(|m| m.dict.expect())
}

fn current_globals<'a>(th: &Thread) -> Option<&'a Object<Dict>> {
    match frame::current(th) {
        Some(f) => Some(f.globals()),
        None => frameless(th),
    }
}

/// The innermost frame's globals, for `globals()`.
pub fn globals(th: &Thread) -> PyResult {
    match current_globals(th) {
        Some(d) => Ok(d.value()),
        None => Err(th.raise(&exc::SYSTEM_ERROR, "globals() called without a frame")),
    }
}

/// `locals()`: the namespace of module and class code, or a new dict of a function's variables.
pub fn locals(th: &Thread) -> PyResult {
    match (frame::current(th), frameless(th)) {
        (Some(f), _) => crate::frame::locals_snapshot(th, f),
        (None, Some(d)) => Ok(d.value()),
        (None, None) => Err(th.raise(&exc::SYSTEM_ERROR, "frame does not exist")),
    }
}

/// The namespaces for `eval` and `exec`.
fn namespaces<'a>(
    th: &Thread,
    what: &str,
    g: Value,
    l: Value,
) -> PyResult<(&'a Object<Dict>, Value)> {
    let (g, l) = (g.or(Value::NONE), l.or(Value::NONE));
    if !l.is_none() && !is_mapping(l) {
        return Err(th.type_error(if what == "eval" {
            "locals must be a mapping".to_owned()
        } else {
            format!(
                "locals must be a mapping or None, not {}",
                class_of(l).name_text()
            )
        }));
    }
    let dict = if g.is_none() {
        let Some(d) = current_globals(th) else {
            return Err(th.raise(
                &exc::SYSTEM_ERROR,
                format!("{what} must be given globals and locals when called without a frame"),
            ));
        };
        d
    } else {
        match g.as_dict() {
            Some(d) => d,
            None if what == "eval" => {
                return Err(th.type_error(if is_mapping(g) {
                    "globals must be a real dict; try eval(code, {}, mapping)"
                } else {
                    "globals must be a dict"
                }));
            }
            None => {
                return Err(th.type_error(format!(
                    "exec() globals must be a dict, not {}",
                    class_of(g).tp_name()
                )));
            }
        }
    };
    let l = if !l.is_none() {
        l
    } else if g.is_none() {
        locals(th)?
    } else {
        g
    };
    if dict.map.get_str(names::BUILTINS.get()).is_none() {
        let builtins = match frame::current(th) {
            Some(f) => f.builtins().value(),
            None => th.interp.builtins.get().map_or(Value::NONE, |d| d.value()),
        };
        dict.set(th, names::BUILTINS.get(), builtins)?;
    }
    Ok((dict, l))
}

pub(super) fn eval(th: &Thread, a: &[Value]) -> PyResult {
    let (g, l) = namespaces(th, "eval", a[1], a[2])?;
    if let Some(code) = a[0].downcast::<Code>() {
        if !code.data().freevars.is_empty() {
            return Err(
                th.type_error("code object passed to eval() may not contain free variables")
            );
        }
        th.audit("exec", &[a[0]])?;
        return (hooks().run_code)(th, a[0], g.value(), l, Value::NONE);
    }
    let text = source(th, a[0], "eval", "string, bytes or code object")?;
    let text = match text.as_wtf8() {
        Some(w) => {
            let bytes = w.as_bytes();
            let skip = bytes
                .iter()
                .take_while(|b| matches!(b, b' ' | b'\t'))
                .count();
            let rest = w.code_points().skip(skip);
            if skip == 0 {
                text
            } else {
                Value::wtf8(th, &rest.collect::<Wtf8Buf>())
            }
        }
        None => {
            let b = text.as_bytes().unwrap_or(&[]);
            let skip = b.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
            Value::bytes(th, &b[skip..])?
        }
    };
    let name = strings::intern(th, "<string>");
    let code = (hooks().compile)(th, text, name, "eval", inherited_flags(th), -1)?;
    th.audit("exec", &[code])?;
    (hooks().run_code)(th, code, g.value(), l, Value::NONE)
}

pub(super) fn exec(th: &Thread, a: &[Value]) -> PyResult {
    let (g, l) = namespaces(th, "exec", a[1], a[2])?;
    let closure = a[3].or(Value::NONE);
    let code = if let Some(code) = a[0].downcast::<Code>() {
        let wanted = code.data().freevars.len();
        if wanted == 0 {
            if !closure.is_none() {
                return Err(th.type_error("cannot use a closure with this code object"));
            }
        } else {
            let cells = closure.as_tuple();
            let fits = cells.is_some_and(|c| {
                c.len() == wanted && c.iter().all(|x| x.downcast::<Cell>().is_some())
            });
            if !fits {
                return Err(th.type_error(format!(
                    "code object requires a closure of exactly length {wanted}"
                )));
            }
        }
        a[0]
    } else {
        if !closure.is_none() {
            return Err(th.type_error("closure can only be used when source is a code object"));
        }
        let text = source(th, a[0], "exec", "string, bytes or code object")?;
        let name = strings::intern(th, "<string>");
        (hooks().compile)(th, text, name, "exec", inherited_flags(th), -1)?
    };
    th.audit("exec", &[code])?;
    (hooks().run_code)(th, code, g.value(), l, closure)?;
    Ok(Value::NONE)
}

pub(super) fn breakpoint(th: &Thread, args: Args) -> PyResult {
    match th
        .interp
        .sys_dict
        .get()
        .and_then(|d| d.get_name(th, "breakpointhook"))
    {
        Some(f) => call::call_args(th, f, args),
        None => Err(th.runtime_error("lost sys.breakpointhook")),
    }
}
