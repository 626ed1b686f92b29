//! A class's slots out of the special methods that it and its bases have.

use super::{SEQUENCE_DEFS, SLOTDEFS, SlotDef, tr_getattro, tr_new};
use crate::func::{Function, NativeFunction, WrapperDescriptor};
use crate::heap::Object;
use crate::map::next_in;
use crate::names;
use crate::slots::Slots;
use crate::strings::Str;
use crate::types::Type;
use crate::value::Value;
use std::sync::OnceLock;

/// Where the special names without a row of their own stand behind those of [`SLOTDEFS`].
const GETATTR: usize = SLOTDEFS.len();
const NEW: usize = GETATTR + 1;
const NAMES: usize = NEW + 1;

/// A hash table of the special names by their hashes: numbers plus one, zero for nothing.
static INDEX: OnceLock<[u8; TABLE]> = OnceLock::new();
const TABLE: usize = 512;
const _: () = assert!(NAMES < 256 && NAMES * 4 < TABLE);

fn name_at(n: usize) -> Value {
    match n {
        GETATTR => names::GETATTR.get(),
        NEW => names::NEW.get(),
        n => SLOTDEFS[n].key.get(),
    }
}

fn make_index() -> [u8; TABLE] {
    let mut index = [0; TABLE];
    for n in 0..NAMES {
        let Some(name) = name_at(n).as_str_obj() else {
            continue;
        };
        let mut at = name.hash() as usize % TABLE;
        while index[at] != 0 {
            at = (at + 1) % TABLE;
        }
        index[at] = n as u8 + 1;
    }
    index
}

/// The number of a special name with this hash.
fn number_of(key: Value, hash: i64) -> Option<usize> {
    let key = key.as_str_obj().filter(|k| is_dunder(k.as_bytes()))?;
    let index = INDEX.get_or_init(make_index);
    let mut at = hash as usize % TABLE;
    while index[at] != 0 {
        let n = index[at] as usize - 1;
        let name = name_at(n).as_str_obj()?;
        if std::ptr::eq(name, key) || name.as_bytes() == key.as_bytes() {
            return Some(n);
        }
        at = (at + 1) % TABLE;
    }
    None
}

/// Keeps what the class itself has of the special names and `found` has not.
fn add(t: &Object<Type>, found: &mut [Value; NAMES]) {
    let Some(table) = t.dict.get().and_then(|d| d.map.table()) else {
        return;
    };
    let mut at = 0;
    while let Some((next, key, value, hash)) = next_in(table, at) {
        at = next;
        if let Some(n) = number_of(key, hash)
            && found[n].is_absent()
        {
            found[n] = value;
        }
    }
}

/// The special names as the class sees them. One pass over the dicts of its order of resolution: they hold fewer names
/// than there are slots.
fn find(t: &Object<Type>) -> [Value; NAMES] {
    let mut found = [Value::ABSENT; NAMES];
    let mro = t.mro_items();
    for t in mro {
        add(t.expect::<Type>(), &mut found);
    }
    if mro.is_empty() {
        let mut t = Some(t);
        while let Some(x) = t {
            add(x, &mut found);
            t = x.base.get();
        }
    }
    found
}

/// The slots of a class whose order of resolution is itself and then its base's, if what is its own leaves no question:
/// the base's slots, and trampolines for its own methods.
fn extend(t: &Object<Type>, base: &Object<Type>) -> Option<Slots> {
    let inherited = t.mro_items().get(1..)?;
    let same = |(a, b): (&Value, &Value)| a.is(*b);
    if !base.is_heap()
        || inherited.len() != base.mro_items().len()
        || !inherited.iter().zip(base.mro_items()).all(same)
    {
        return None;
    }
    let mut own = [Value::ABSENT; NAMES];
    add(t, &mut own);
    let plain = |v: &Value| v.is_absent() || v.downcast::<Function>().is_some();
    if !own.iter().all(plain) || !own[NEW].is_absent() || !own[GETATTR].is_absent() {
        return None;
    }
    let mut out = base.slots().clone();
    for (def, _) in SLOTDEFS.iter().zip(&own).filter(|(_, v)| !v.is_absent()) {
        if def.name == "__getattribute__" {
            // It shares its slot with `__getattr__`.
            return None;
        }
        put_trampoline(&mut out, def);
    }
    Some(out)
}

fn put_trampoline(out: &mut Slots, def: &SlotDef) {
    (def.install)(out);
    match def.name {
        "__add__" => out.concat = None,
        "__mul__" | "__rmul__" => out.repeat = None,
        "__iadd__" => out.iconcat = None,
        "__imul__" => out.irepeat = None,
        _ => {}
    }
}

/// The slots of a class: for each special method found in its order of resolution either the native slot behind it
/// or the trampoline.
pub fn compute(t: &Object<Type>, base: &Object<Type>) -> Slots {
    if let Some(slots) = extend(t, base) {
        return slots;
    }
    let base = base.slots();
    let found = find(t);
    let mut out = Slots::default();
    // What has no special method of its own comes from the base.
    (out.concat, out.repeat, out.iconcat, out.irepeat) =
        (base.concat, base.repeat, base.iconcat, base.irepeat);
    out.new = base.new;
    let mut trampolines = Vec::new();
    for (n, (def, d)) in SLOTDEFS.iter().zip(&found).enumerate() {
        if d.is_absent() {
            continue;
        }
        match d.downcast::<WrapperDescriptor>() {
            Some(w) if std::ptr::eq(w.def, def) => (def.copy)(w.owner.expect().slots(), &mut out),
            // A sequence's `+` and `*` are in the slots taken over above.
            Some(w) if SEQUENCE_DEFS.iter().any(|s| std::ptr::eq(s, w.def)) => {}
            _ => trampolines.push(n),
        }
    }
    for n in trampolines {
        put_trampoline(&mut out, &SLOTDEFS[n]);
        // `__hash__ = None` says that there is none.
        if SLOTDEFS[n].name == "__hash__" && found[n].is_none() {
            out.hash = None;
        }
    }
    if !found[GETATTR].is_absent() {
        out.getattro = Some(tr_getattro);
    }
    if !found[NEW].is_absent() {
        let native = found[NEW]
            .downcast::<NativeFunction>()
            .and_then(|f| f.receiver.get().downcast::<Type>());
        out.new = match native {
            Some(owner) => owner.slots().new,
            None => Some(tr_new),
        };
    }
    out
}

/// Whether setting this attribute of a class changes its slots.
pub fn is_special(name: &Object<Str>) -> bool {
    number_of(name.value(), name.hash()).is_some()
}

fn is_dunder(name: &[u8]) -> bool {
    name.len() > 4 && name.starts_with(b"__") && name.ends_with(b"__")
}
