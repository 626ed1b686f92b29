//! Finding out by which name an object can be found again.

use super::save::Save;
use super::{copyreg, dotted, op, opt, parts, pickling_error, shown, text};
use crate::library;
use taipan_object::exception::{
    ATTRIBUTE_ERROR, IMPORT_ERROR, KEY_ERROR, VALUE_ERROR, chain_context,
};
use taipan_object::wtf8::Wtf8;
use taipan_object::{PyResult, Raised, Thread, Value, ops};

/// The module that an object is found in under `name`.
fn which_module(th: &Thread, v: Value, name: &str, path: &[&Wtf8]) -> PyResult {
    let module = opt(th, v, "__module__")?.filter(|m| !m.is_none());
    if path.contains(&Wtf8::new("<locals>")) {
        return Err(pickling_error(
            th,
            format!("Can't pickle local object {}", shown(th, v)?),
        ));
    }
    let module = match module {
        Some(m) => m,
        None => search(th, v, path)?,
    };
    let missing = |cause: Raised| -> PyResult<Raised> {
        let e = pickling_error(
            th,
            format!(
                "Can't pickle {}: it's not found as {}.{name}",
                shown(th, v)?,
                text(module)
            ),
        );
        chain_context(e.0, cause.0);
        Ok(e)
    };
    let found = match library::import_named(th, module) {
        Ok(m) => m,
        Err(e) if e.is(&IMPORT_ERROR) || e.is(&VALUE_ERROR) || e.is(&KEY_ERROR) => {
            let why = text(ops::str(th, e.0)?);
            let new = pickling_error(th, format!("Can't pickle {}: {why}", shown(th, v)?));
            chain_context(new.0, e.0);
            return Err(new);
        }
        Err(e) => return Err(e),
    };
    match dotted(th, found, path) {
        Ok(x) if x.is(v) => Ok(module),
        Ok(_) => Err(pickling_error(
            th,
            format!(
                "Can't pickle {}: it's not the same object as {}.{name}",
                shown(th, v)?,
                text(module)
            ),
        )),
        Err(e) if e.is(&ATTRIBUTE_ERROR) => Err(missing(e)?),
        Err(e) => Err(e),
    }
}

/// The module of an object that does not say it: the first one that has it.
fn search(th: &Thread, v: Value, path: &[&Wtf8]) -> PyResult {
    let modules = th.interp.modules.get();
    if let Some(d) = modules {
        for key in ops::to_vec(th, d.value())?.iter() {
            let module = d.get(th, *key)?.unwrap_or(Value::NONE);
            if key.is_str("__main__") || key.is_str("__mp_main__") || module.is_none() {
                continue;
            }
            match dotted(th, module, path) {
                Ok(x) if x.is(v) => return Ok(*key),
                Ok(_) => {}
                Err(e) if e.is(&ATTRIBUTE_ERROR) => {}
                Err(e) => return Err(e),
            }
        }
    }
    Ok(Value::str(th, "__main__"))
}

/// A name of Python 3 as Python 2 has it.
fn old_name(th: &Thread, module: Value, name: Value) -> PyResult<(Value, Value)> {
    let names = library::attribute(th, "_compat_pickle", "REVERSE_NAME_MAPPING")?;
    let imports = library::attribute(th, "_compat_pickle", "REVERSE_IMPORT_MAPPING")?;
    map_name(th, names, imports, module, name)
}

/// A name of Python 2 as Python 3 has it.
pub(super) fn new_name(th: &Thread, module: Value, name: Value) -> PyResult<(Value, Value)> {
    let names = library::attribute(th, "_compat_pickle", "NAME_MAPPING")?;
    let imports = library::attribute(th, "_compat_pickle", "IMPORT_MAPPING")?;
    map_name(th, names, imports, module, name)
}

fn map_name(
    th: &Thread,
    names: Value,
    imports: Value,
    module: Value,
    name: Value,
) -> PyResult<(Value, Value)> {
    let key = Value::try_tuple(th, &[module, name])?;
    if let Some(d) = names.as_dict()
        && let Some(v) = d.get(th, key)?
        && let Some([m, n]) = v.as_tuple()
    {
        return Ok((*m, *n));
    }
    if let Some(d) = imports.as_dict()
        && let Some(m) = d.get(th, module)?
    {
        return Ok((m, name));
    }
    Ok((module, name))
}

impl Save<'_> {
    /// Writes a reference to what can be imported.
    pub(super) fn global(&mut self, v: Value, name: Option<Value>) -> PyResult<()> {
        let th = self.th;
        let name = match name {
            Some(n) => n,
            None => match opt(th, v, "__qualname__")? {
                Some(n) => n,
                None => taipan_object::attr::get_str(th, v, "__name__")?,
            },
        };
        let name_text = text(name);
        let path = parts(name.as_wtf8().unwrap_or(Wtf8::new("")));
        let module = which_module(th, v, &name_text, &path)?;
        if self.proto >= 2 {
            let registry = copyreg(th, "_extension_registry")?;
            let key = Value::try_tuple(th, &[module, name])?;
            let code = match registry.as_dict() {
                Some(d) => d.get(th, key)?,
                None => None,
            };
            if let Some(code) = code {
                return self.extension(code);
            }
        }
        if self.proto >= 4 {
            self.save(module, true)?;
            self.save(name, true)?;
            self.byte(op::STACK_GLOBAL);
        } else if path.len() > 1 {
            // Older protocols write `getattr(getattr(…, first), second)`.
            let getattr = library::attribute(th, "builtins", "getattr")?;
            for _ in &path[1..] {
                self.save(getattr, true)?;
                if self.proto < 2 {
                    self.byte(op::MARK);
                }
            }
            self.toplevel(module, Value::wtf8(th, path[0]))?;
            for part in &path[1..] {
                self.save(Value::wtf8(th, part), true)?;
                self.byte(if self.proto < 2 {
                    op::TUPLE
                } else {
                    op::TUPLE2
                });
                self.byte(op::REDUCE);
            }
        } else {
            self.toplevel(module, name)?;
        }
        self.memoize(v)
    }

    fn extension(&mut self, code: Value) -> PyResult<()> {
        let th = self.th;
        let n = ops::index_i64(th, code)?;
        if n <= 0 || n > 0x7fff_ffff {
            return Err(th.runtime_error(format!("extension code {n} is out of range")));
        }
        if n <= 0xff {
            self.bytes(&[op::EXT1, n as u8]);
        } else if n <= 0xffff {
            self.byte(op::EXT2);
            self.bytes(&(n as u16).to_le_bytes());
        } else {
            self.byte(op::EXT4);
            self.bytes(&(n as i32).to_le_bytes());
        }
        Ok(())
    }

    fn toplevel(&mut self, mut module: Value, mut name: Value) -> PyResult<()> {
        let th = self.th;
        if self.proto < 3 && self.fix_imports {
            (module, name) = old_name(th, module, name)?;
        }
        for (v, what, before) in [(module, "module", Some(op::GLOBAL)), (name, "global", None)] {
            let Some(s) = v.as_str_obj() else {
                return Err(pickling_error(
                    th,
                    format!("can't pickle {what} identifier"),
                ));
            };
            if self.proto < 3 && !s.is_ascii() || s.as_str().is_none() {
                let e = pickling_error(
                    th,
                    format!(
                        "can't pickle {what} identifier {} using pickle protocol {}",
                        shown(th, v)?,
                        self.proto
                    ),
                );
                let codec = if self.proto < 3 { "ascii" } else { "utf-8" };
                if let Err(cause) = taipan_strings::codec::encode(th, v, Some(codec), None) {
                    chain_context(e.0, cause.0);
                }
                return Err(e);
            }
            if let Some(b) = before {
                self.byte(b);
            }
            self.bytes(s.as_bytes());
            self.byte(b'\n');
        }
        Ok(())
    }
}
