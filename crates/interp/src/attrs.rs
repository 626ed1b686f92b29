//! Attribute access through inline caches.
//!
//! The first cache word of `LOAD_ATTR`, `STORE_ATTR` and `LOAD_METHOD` is for an instance's own attribute in an inline
//! field: the shape (32 bits), the attribute epoch (16 bits), the field's offset in words (16 bits); so it is one
//! compare and one load. The second word is the address of a [`CacheEntry`] for everything else: a method or other
//! value found on the type, an attribute of a module or of a class. An entry never changes and says itself what
//! it is valid for. Whatever the words name is pinned by the code object.

use std::sync::atomic::Ordering;
use taipan_object::attr::{self, Shape};
use taipan_object::frame::{FramePtr, Pc};
use taipan_object::func::Module;
use taipan_object::map::{Map, Table};
use taipan_object::strings::Str;
use taipan_object::types::{MODULE, Type, class_of, flags, shape_of};
use taipan_object::{Field, FieldOf, Object, PyResult, Thread, Value, gc, payload};

/// What a cache entry is valid for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    /// Objects of a shape, while their type has a version: the value is the type's attribute.
    Shape,
    /// The class itself, while it has a version.
    Class,
    /// Modules whose namespace's table is this one: an entry number.
    Module,
}

/// An immutable cache entry.
pub struct CacheEntry {
    kind: For,
    shape: u32,
    version: u32,
    index: u32,
    ty: FieldOf<Type>,
    table: FieldOf<Table>,
    pinned_shape: FieldOf<Shape>,
    value: Field,
}

payload!(CacheEntry, "inline cache entry", |this, m| {
    this.ty.trace(m);
    this.table.trace(m);
    this.pinned_shape.trace(m);
    this.value.trace(m);
});

#[inline(always)]
fn shape_word(v: Value) -> u32 {
    v.header().map_or(0, |h| h.shape.load(Ordering::Acquire))
}

/// The byte offset of an own inline attribute, if the first cache word at `pc` is for this object.
#[inline(always)]
fn cached_slot(v: Value, pc: Pc) -> Option<usize> {
    if !v.is_cell() {
        return None;
    }
    let word = pc.peek(0);
    let expect = (shape_word(v) as u64) << 32 | attr::epoch() << 16;
    if word & !0xFFFF == expect && word != 0 {
        Some((word & 0xFFFF) as usize * 8)
    } else {
        None
    }
}

#[inline(always)]
fn entry<'a>(word: u64) -> Option<&'a Object<CacheEntry>> {
    if word == 0 {
        None
    } else {
        Some(Value::from_bits(word + 1).expect::<CacheEntry>())
    }
}

/// The cached value of an attribute that is found on the type and is no descriptor to be called.
#[inline(always)]
fn cached_entry(v: Value, pc: Pc) -> Option<Value> {
    let e = entry(pc.peek(1))?;
    match e.kind {
        For::Shape => {
            if v.is_cell()
                && e.shape == shape_word(v)
                && e.ty.expect().version.load(Ordering::Acquire) == e.version
            {
                return Some(e.value.get());
            }
        }
        For::Class => {
            if v.is_cell()
                && v.cell_unchecked() as usize == e.ty.address()
                && e.ty.expect().version.load(Ordering::Acquire) == e.version
            {
                return Some(e.value.get());
            }
        }
        For::Module => {
            let m = v.downcast::<Module>()?;
            if m.dict.expect().map.table_address() == e.table.address() {
                return e.table.expect().entries()[e.index as usize]
                    .value()
                    .present();
            }
        }
    }
    None
}

/// `v.NAME` if the caches at `pc` hold for it.
#[inline(always)]
pub fn load_fast(v: Value, pc: Pc) -> Option<Value> {
    if let Some(offset) = cached_slot(v, pc) {
        return attr::field_at(v, offset).get().present();
    }
    None
}

/// `v.NAME` by the second cache or the protocol; fills the caches.
#[inline(never)]
pub fn load(th: &Thread, frame: FramePtr, pc: Pc, v: Value, name: Value) -> PyResult {
    if let Some(e) = entry(pc.peek(1))
        && (e.kind != For::Shape || !class_of_value_binds(e))
        && let Some(x) = cached_entry(v, pc)
    {
        return Ok(x);
    }
    let ty = class_of(v);
    if ty.slots().getattro.is_none() {
        if let Some(x) = fill_own(th, frame, pc, v, name) {
            return Ok(x);
        }
        if v.is_cell()
            && !shape_of(v).is_dict_mode()
            && attr::get_own(v, name).is_none()
            && let Some(d) = attr::type_lookup(ty, name)
            && class_of(d).slots().descr_get.is_none()
        {
            fill_type(th, frame, pc, v, ty, d);
            return Ok(d);
        }
    } else {
        fill_special(th, frame, pc, v, ty, name);
    }
    attr::get(th, v, name)
}

/// Whether the entry's value must be bound to be an attribute's value: a method.
#[inline(always)]
fn class_of_value_binds(e: &Object<CacheEntry>) -> bool {
    e.index != 0
}

/// Caches an own attribute in an inline field, if that is what the attribute is.
fn fill_own(th: &Thread, frame: FramePtr, pc: Pc, v: Value, name: Value) -> Option<Value> {
    if !v.is_cell() {
        return None;
    }
    let shape = shape_of(v);
    if shape.is_dict_mode() || !shape.has_dict() {
        return None;
    }
    let n = shape.find(name)?;
    let offset = attr::inline_offset(v, shape, n)?;
    if let Some(d) = attr::type_lookup(shape.ty.expect(), name)
        && class_of(d).slots().descr_set.is_some()
    {
        return None;
    }
    let x = attr::field_at(v, offset).get().present()?;
    if offset / 8 < 0x10000 {
        let word = (gc::compress(shape as *const _ as *mut gc::Header) as u64) << 32
            | attr::epoch() << 16
            | (offset / 8) as u64;
        let code = frame.code();
        code.fill_cache(th, pc.index_in(code), word, shape.value());
    }
    Some(x)
}

fn fill_entry(th: &Thread, frame: FramePtr, pc: Pc, e: CacheEntry) {
    // Entries are plain cells without a type: Python never sees one.
    let Some(v) = new_entry(th, e) else { return };
    let code = frame.code();
    code.fill_cache(th, pc.index_in(code) + 1, v.bits() - 1, v);
}

fn new_entry(th: &Thread, e: CacheEntry) -> Option<Value> {
    taipan_object::heap::new_untyped(th, e)
        .ok()
        .map(|o: &Object<CacheEntry>| o.value())
}

fn fill_type(th: &Thread, frame: FramePtr, pc: Pc, v: Value, ty: &Object<Type>, found: Value) {
    let shape = shape_of(v);
    let e = CacheEntry {
        kind: For::Shape,
        shape: shape_word(v),
        version: ty.version.load(Ordering::Acquire),
        index: class_of(found).slots().descr_get.is_some() as u32,
        ty: FieldOf::new(ty),
        table: FieldOf::null(),
        pinned_shape: FieldOf::new(shape),
        value: Field::new(found),
    };
    fill_entry(th, frame, pc, e);
}

/// Attributes of modules and classes.
fn fill_special(th: &Thread, frame: FramePtr, pc: Pc, v: Value, ty: &Object<Type>, name: Value) {
    if ty.is(&MODULE)
        && let Some(m) = v.downcast::<Module>()
    {
        let dict = m.dict.expect();
        let Some(t) = dict.map.table() else { return };
        let Some(n) = Map::find_str(t, name, name.expect::<Str>().hash()) else {
            return;
        };
        // What `module` itself has comes first only if it is a data descriptor: `__dict__`, `__annotations__`.
        if attr::type_lookup(ty, name).is_some_and(|d| class_of(d).slots().descr_set.is_some()) {
            return;
        }
        let e = CacheEntry {
            kind: For::Module,
            shape: 0,
            version: 0,
            index: n as u32,
            ty: FieldOf::null(),
            table: FieldOf::new(t),
            pinned_shape: FieldOf::null(),
            value: Field::absent(),
        };
        fill_entry(th, frame, pc, e);
    } else if let Some(t) = v.downcast::<Type>() {
        if class_of(v).has_flag(flags::CUSTOM_GETATTR)
            || class_of(v).slots().getattro.map(|f| f as usize)
                != taipan_object::types::TYPE
                    .slots()
                    .getattro
                    .map(|f| f as usize)
            || attr::type_lookup(class_of(v), name).is_some()
        {
            return;
        }
        let version = t.version.load(Ordering::Acquire);
        let Some(found) = t.lookup(name) else { return };
        let plain = class_of(found).slots().descr_get.is_none()
            || found.downcast::<taipan_object::func::Function>().is_some();
        if !plain {
            return;
        }
        let e = CacheEntry {
            kind: For::Class,
            shape: 0,
            version,
            index: 0,
            ty: FieldOf::new(t),
            table: FieldOf::null(),
            pinned_shape: FieldOf::null(),
            value: Field::new(found),
        };
        fill_entry(th, frame, pc, e);
    }
}

/// `v.NAME` to be called, by the caches: the function and its self, which is absent for a plain value.
#[inline(always)]
pub fn method_fast(v: Value, pc: Pc) -> Option<(Value, Value)> {
    let e = entry(pc.peek(1))?;
    match e.kind {
        For::Shape => {
            if v.is_cell()
                && e.shape == shape_word(v)
                && e.ty.expect().version.load(Ordering::Acquire) == e.version
            {
                return Some((e.value.get(), if e.index != 0 { v } else { Value::ABSENT }));
            }
            None
        }
        _ => cached_entry(v, pc).map(|f| (f, Value::ABSENT)),
    }
}

/// `v.NAME` to be called: the function and its self, which is absent for a plain value. Fills the caches.
#[inline(never)]
pub fn method(
    th: &Thread,
    frame: FramePtr,
    pc: Pc,
    v: Value,
    name: Value,
) -> PyResult<(Value, Value)> {
    let ty = class_of(v);
    if ty.slots().getattro.is_none()
        && let Some(d) = attr::type_lookup(ty, name)
        && class_of(d).has_flag(flags::METHOD_DESCRIPTOR)
        && attr::get_own(v, name).is_none()
    {
        if v.is_cell() && !shape_of(v).is_dict_mode() {
            fill_type(th, frame, pc, v, ty, d);
        }
        return Ok((d, v));
    }
    load(th, frame, pc, v, name).map(|f| (f, Value::ABSENT))
}

/// `v.NAME = x` by the cache; whether it was done.
#[inline(always)]
pub fn store_fast(v: Value, pc: Pc, x: Value) -> bool {
    let Some(offset) = cached_slot(v, pc) else {
        return false;
    };
    match v.header() {
        Some(h) => {
            attr::field_at(v, offset).set(h, x);
            true
        }
        None => false,
    }
}

/// `v.NAME = x`; fills the cache.
#[inline(never)]
pub fn store(
    th: &Thread,
    frame: FramePtr,
    pc: Pc,
    v: Value,
    name: Value,
    x: Value,
) -> PyResult<()> {
    attr::set(th, v, name, x)?;
    if class_of(v).slots().setattro.is_none() {
        fill_own(th, frame, pc, v, name);
    }
    Ok(())
}
