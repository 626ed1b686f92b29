//! Binding a call's arguments to a Python function's parameters.

use taipan_bytecode::CodeFlags;
use taipan_object::call::Args;
use taipan_object::code::Code;
use taipan_object::dict::Dict;
use taipan_object::frame::Regs;
use taipan_object::func::Function;
use taipan_object::{Object, PyResult, Raised, Thread, Value, names, ops};

/// Writes the arguments to the parameters' registers, the first of the window, and clears the other registers.
/// The window may not overlap the arguments, but for positional ones in place.
pub fn bind(
    th: &Thread,
    f: &Object<Function>,
    code: &Object<Code>,
    regs: Regs,
    args: Args,
) -> PyResult<()> {
    let d = code.data();
    let argc = d.argcount as usize;
    let kwonly = d.kwonlyargcount as usize;
    let total = argc + kwonly;
    let pos = args.pos();
    let direct = pos.len().min(argc);
    regs.copy_in(&pos[..direct]);
    regs.clear(direct, code.first_temp.get() as usize);
    let mut next = total;
    if d.flags.has(CodeFlags::VARARGS) {
        regs.set(next as u16, Value::try_tuple(th, &pos[direct..])?);
        next += 1;
    }
    let kwargs = if d.flags.has(CodeFlags::VARKEYWORDS) {
        let dict = Dict::new(th);
        regs.set(next as u16, dict.value());
        Some(dict)
    } else {
        None
    };
    for (k, v) in args.kw() {
        if k.as_str_obj().is_none() {
            return Err(th.type_error(format!("{}() keywords must be strings", qualname(th, f))));
        }
        match find(th, code, k, d.posonlyargcount as usize, total)? {
            Some(i) => {
                if !regs.get(i as u16).is_absent() {
                    return Err(th.type_error(format!(
                        "{}() got multiple values for argument '{}'",
                        qualname(th, f),
                        names::text(k)
                    )));
                }
                regs.set(i as u16, v);
            }
            None => match kwargs {
                Some(dict) => dict.set(th, k, v)?,
                None => return Err(unexpected_keyword(th, f, code, k, &args)),
            },
        }
    }
    if pos.len() > argc && !d.flags.has(CodeFlags::VARARGS) {
        return Err(too_many(th, f, code, pos.len(), regs));
    }
    if direct < argc {
        let defaults = f.defaults.get().as_tuple().unwrap_or(&[]);
        let first_default = argc - defaults.len().min(argc);
        let mut missing = Vec::new();
        for i in direct..argc {
            if !regs.get(i as u16).is_absent() {
                continue;
            }
            if i >= first_default {
                regs.set(i as u16, defaults[defaults.len() - (argc - i)]);
            } else {
                missing.push(i);
            }
        }
        if !missing.is_empty() {
            return Err(missing_arguments(th, f, code, &missing, "positional"));
        }
    }
    if kwonly > 0 {
        let defaults = f.kwdefaults.get().as_dict();
        let mut missing = Vec::new();
        for i in argc..total {
            if !regs.get(i as u16).is_absent() {
                continue;
            }
            let name = crate::globals::register_name(code, i);
            match defaults.and_then(|d| d.map.get_str(name)) {
                Some(v) => regs.set(i as u16, v),
                None => missing.push(i),
            }
        }
        if !missing.is_empty() {
            return Err(missing_arguments(th, f, code, &missing, "keyword-only"));
        }
    }
    Ok(())
}

fn find(
    th: &Thread,
    code: &Object<Code>,
    k: Value,
    from: usize,
    to: usize,
) -> PyResult<Option<usize>> {
    let names = code.register_names.expect();
    let fields = &names.fields()[from..to];
    if let Some(i) = fields.iter().position(|f| f.get().is(k)) {
        return Ok(Some(from + i));
    }
    for (i, f) in fields.iter().enumerate() {
        if ops::eq(th, k, f.get())? {
            return Ok(Some(from + i));
        }
    }
    Ok(None)
}

fn qualname(th: &Thread, f: &Object<Function>) -> std::borrow::Cow<'static, str> {
    names::text(f.qualname(th))
}

#[cold]
fn unexpected_keyword(
    th: &Thread,
    f: &Object<Function>,
    code: &Object<Code>,
    k: Value,
    args: &Args,
) -> Raised {
    let posonly = code.data().posonlyargcount as usize;
    let registers = code.register_names.expect();
    let mut bad = Vec::new();
    for field in &registers.fields()[..posonly] {
        if args
            .kwnames
            .iter()
            .any(|k| k.as_wtf8() == field.get().as_wtf8())
        {
            bad.push(names::text(field.get()).into_owned());
        }
    }
    if !bad.is_empty() {
        return th.type_error(format!(
            "{}() got some positional-only arguments passed as keyword arguments: '{}'",
            qualname(th, f),
            bad.join(", ")
        ));
    }
    let name = names::text(k);
    let total = (code.data().argcount + code.data().kwonlyargcount) as usize;
    let candidates = registers.fields()[posonly..total]
        .iter()
        .map(|f| names::text(f.get()).into_owned());
    let hint = match crate::raise::closest(&name, candidates) {
        Some(c) => format!(". Did you mean '{c}'?"),
        None => String::new(),
    };
    th.type_error(format!(
        "{}() got an unexpected keyword argument '{name}'{hint}",
        qualname(th, f)
    ))
}

#[cold]
fn too_many(
    th: &Thread,
    f: &Object<Function>,
    code: &Object<Code>,
    given: usize,
    regs: Regs,
) -> Raised {
    let d = code.data();
    let argc = d.argcount as usize;
    let defaults = f.defaults.get().as_tuple().map_or(0, |t| t.len());
    let kwonly_given = (argc..argc + d.kwonlyargcount as usize)
        .filter(|i| !regs.get(*i as u16).is_absent())
        .count();
    let (takes, plural) = if defaults > 0 {
        (format!("from {} to {argc}", argc - defaults), true)
    } else {
        (argc.to_string(), argc != 1)
    };
    let s = if plural { "s" } else { "" };
    let kw = if kwonly_given > 0 {
        format!(
            " positional argument{} (and {kwonly_given} keyword-only argument{})",
            if given != 1 { "s" } else { "" },
            if kwonly_given != 1 { "s" } else { "" }
        )
    } else {
        String::new()
    };
    let was = if given == 1 && kwonly_given == 0 {
        "was"
    } else {
        "were"
    };
    th.type_error(format!(
        "{}() takes {takes} positional argument{s} but {given}{kw} {was} given",
        qualname(th, f)
    ))
}

#[cold]
fn missing_arguments(
    th: &Thread,
    f: &Object<Function>,
    code: &Object<Code>,
    missing: &[usize],
    kind: &str,
) -> Raised {
    let mut list: Vec<String> = missing
        .iter()
        .map(|i| format!("'{}'", names::text(crate::globals::register_name(code, *i))))
        .collect();
    let n = list.len();
    let joined = if n == 1 {
        list.remove(0)
    } else if n == 2 {
        format!("{} and {}", list[0], list[1])
    } else {
        let last = list.pop().unwrap_or_default();
        format!("{}, and {last}", list.join(", "))
    };
    let s = if n == 1 { "" } else { "s" };
    th.type_error(format!(
        "{}() missing {n} required {kind} argument{s}: {joined}",
        qualname(th, f)
    ))
}
