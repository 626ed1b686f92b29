//! Names: globals and builtins through inline caches, namespaces of class bodies and modules, cells.
//!
//! A cached global is one word: the address of the published table of the globals (48 bits) and where in it the value is.
//! An entry belongs to its key while the table is published, so equal addresses mean the same variable. A cached
//! builtin has two words: the globals' table with the number of its entries (the top bit set), which says that the
//! name is no global, and the builtins' table with the place of the value.

use taipan_object::code::Code;
use taipan_object::dict::Dict;
use taipan_object::exception as exc;
use taipan_object::frame::{FramePtr, Pc};
use taipan_object::map::Map;
use taipan_object::strings::Str;
use taipan_object::types::{DICT, class_of};
use taipan_object::{Object, PyResult, Raised, Thread, Value, ops};

const BUILTIN: u64 = 1 << 63;

/// The cached value of a global, if the caches at `pc` still hold.
#[inline(always)]
pub fn cached_global(frame: FramePtr, pc: Pc) -> Option<Value> {
    let word = pc.peek(0);
    if word as i64 > 0 {
        return value_in(&frame.globals().map, word);
    }
    if word == 0 {
        std::hint::cold_path();
        return None;
    }
    let globals = frame.globals();
    let t = globals.map.table_address() as u64;
    if t != (word & !BUILTIN) >> 16
        || (t != 0 && globals.map.table()?.used() as u64 != word & 0xFFFF)
    {
        return None;
    }
    value_in(&frame.builtins().map, pc.peek(1))
}

/// What a cache word names in a map, if the map still has the table.
#[inline(always)]
fn value_in(map: &Map, word: u64) -> Option<Value> {
    let t = map.table()?;
    if t as *const _ as u64 != word >> 16 {
        std::hint::cold_path();
        return None;
    }
    let v = t.value_at(word as u16);
    if v.is_absent() {
        std::hint::cold_path();
        return None;
    }
    Some(v)
}

fn entry_word(d: &Object<Dict>, name: Value) -> Option<(u64, Value, Value)> {
    let t = d.map.table()?;
    let hash = name.expect::<Str>().hash();
    let n = Map::find_str(t, name, hash)?;
    let v = t.entries()[n].value().present()?;
    let offset = t.value_offset(n)?;
    Some(((t as *const _ as u64) << 16 | offset as u64, t.value(), v))
}

/// A global by name, filling the caches at `pc`.
#[inline(never)]
pub fn load_global(th: &Thread, frame: FramePtr, pc: Pc, name: Value) -> PyResult {
    let code = frame.code();
    let at = pc.index_in(code);
    if let Some((word, table, v)) = entry_word(frame.globals(), name) {
        if code.is_warm() {
            code.fill_cache(th, at, word, table);
        }
        return Ok(v);
    }
    if let Some(v) = lookup_dict(th, frame.globals(), name)? {
        return Ok(v);
    }
    let table = frame.globals().map.table();
    let used = table.map_or(0, |t| t.used());
    if let Some((word, builtins_table, v)) = entry_word(frame.builtins(), name) {
        let globals_word = frame.globals().map.table_address() as u64;
        if code.is_warm()
            && used < 0x10000
            && globals_word == table.map_or(0, |t| t as *const _ as u64)
        {
            code.fill_cache(th, at + 1, word, builtins_table);
            let pinned = table.map_or(Value::NONE, |t| t.value());
            code.fill_cache(th, at, BUILTIN | globals_word << 16 | used as u64, pinned);
        }
        return Ok(v);
    }
    match lookup_dict(th, frame.builtins(), name)? {
        Some(v) => Ok(v),
        None => Err(name_error(th, name)),
    }
}

/// A name in a dict; a subclass of dict is asked by its `__getitem__`.
pub fn lookup_dict(th: &Thread, d: &Object<Dict>, name: Value) -> PyResult<Option<Value>> {
    if class_of(d.value()).is(&DICT) {
        return by_name(th, d, name);
    }
    lookup_mapping(th, d.value(), name)
}

/// A name in a plain dict, whose keys need not be strings to be equal to it.
fn by_name(th: &Thread, d: &Object<Dict>, name: Value) -> PyResult<Option<Value>> {
    d.map.get(th, name, name.expect::<Str>().hash())
}

/// A name in any mapping.
pub fn lookup_mapping(th: &Thread, m: Value, name: Value) -> PyResult<Option<Value>> {
    if let Some(d) = m.as_dict()
        && class_of(m).is(&DICT)
    {
        return by_name(th, d, name);
    }
    match ops::get_item(th, m, name) {
        Ok(v) => Ok(Some(v)),
        Err(e) if e.is(&exc::KEY_ERROR) => Ok(None),
        Err(e) => Err(e),
    }
}

/// `NameError: name 'x' is not defined`
#[cold]
pub fn name_error(th: &Thread, name: Value) -> Raised {
    let text = taipan_object::names::text(name);
    let e = th.raise(&exc::NAME_ERROR, format!("name '{text}' is not defined"));
    exc::set_extra(th, e.0, exc::extra::NAME, name);
    e
}

/// A name in the frame's namespace, its globals, its builtins.
pub fn load_name(th: &Thread, frame: FramePtr, name: Value) -> PyResult {
    if let Some(ns) = frame.namespace().present()
        && let Some(v) = lookup_mapping(th, ns, name)?
    {
        return Ok(v);
    }
    load_global_uncached(th, frame, name)
}

/// A global or builtin without caches.
pub fn load_global_uncached(th: &Thread, frame: FramePtr, name: Value) -> PyResult {
    if let Some(v) = lookup_dict(th, frame.globals(), name)? {
        return Ok(v);
    }
    match lookup_dict(th, frame.builtins(), name)? {
        Some(v) => Ok(v),
        None => Err(name_error(th, name)),
    }
}

/// Stores into the frame's namespace.
pub fn store_name(th: &Thread, frame: FramePtr, name: Value, v: Value) -> PyResult<()> {
    let ns = frame.names();
    match ns.as_dict() {
        Some(d) if class_of(ns).is(&DICT) => d.set(th, name, v),
        _ => ops::set_item(th, ns, name, v),
    }
}

/// Deletes from the frame's namespace.
pub fn delete_name(th: &Thread, frame: FramePtr, name: Value) -> PyResult<()> {
    let ns = frame.names();
    match ops::del_item(th, ns, name) {
        Err(e) if e.is(&exc::KEY_ERROR) => Err(name_error(th, name)),
        r => r,
    }
}

/// Deletes a global.
pub fn delete_global(th: &Thread, frame: FramePtr, name: Value) -> PyResult<()> {
    match frame.globals().remove(th, name)? {
        Some(_) => Ok(()),
        None => Err(name_error(th, name)),
    }
}

/// The error of an unbound local, cell or captured variable in register `r`.
#[cold]
pub fn unbound(th: &Thread, code: &Object<Code>, r: usize) -> Raised {
    let name = register_name(code, r);
    let text = taipan_object::names::text(name);
    if r < code.data().first_free() {
        let e = th.raise(
            &exc::UNBOUND_LOCAL_ERROR,
            format!(
                "cannot access local variable '{text}' where it is not associated with a value"
            ),
        );
        exc::set_extra(th, e.0, exc::extra::NAME, name);
        return e;
    }
    let e = th.raise(
        &exc::NAME_ERROR,
        format!("cannot access free variable '{text}' where it is not associated with a value in enclosing scope"),
    );
    exc::set_extra(th, e.0, exc::extra::NAME, name);
    e
}

/// The variable's name of a register.
pub fn register_name(code: &Object<Code>, r: usize) -> Value {
    code.register_names.expect().fields()[r].get()
}

/// The name with a number.
#[inline]
pub fn name_of(code: &Object<Code>, n: usize) -> Value {
    code.names.expect().fields()[n].get()
}
