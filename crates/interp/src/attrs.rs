//! Attribute access through inline caches.
//!
//! The first cache word of `LOAD_ATTR`, `STORE_ATTR` and `LOAD_METHOD` is for an instance's own attribute in an inline
//! field: the shape (32 bits), the attribute epoch (16 bits), the field's offset in words (16 bits); so it is one
//! compare and one load. The second word is the address of a [`CacheEntry`] for everything else: a method or other
//! value found on the type, an attribute of a module or of a class. An entry never changes and says itself what
//! it is valid for; where objects of several shapes pass by, entries form a short chain. Whatever the words name is
//! pinned by the code object.

use std::hint::cold_path;
use std::sync::atomic::Ordering;
use taipan_object::attr::{self, Shape};
use taipan_object::frame::{FramePtr, Pc};
use taipan_object::func::{Function, MemberDescriptor, Module, Property};
use taipan_object::map::{Map, Table};
use taipan_object::strings::Str;
use taipan_object::types::{FIRST_VERSION, MODULE, PROPERTY, Type, class_of, flags, shape_of};
use taipan_object::{Field, FieldOf, Object, PyResult, Thread, Value, gc, payload};

/// What a cache entry is valid for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    /// Objects of a shape, while their type has a version: the value is the type's attribute.
    Shape,
    /// Objects of a shape, while their type has a version: the type's attribute is this property.
    Property,
    /// Objects of a shape, in an epoch of attributes: an own attribute at an offset in words.
    Own,
    /// Objects of a shape, in an epoch of attributes: a store adds the attribute at an offset in words, which gives
    /// them the shape `to`.
    Add,
    /// Objects of a shape, while their type has a version: one of the class's `__slots__`, by number.
    Member,
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
    to: u32,
    ty: FieldOf<Type>,
    table: FieldOf<Table>,
    pinned_shape: FieldOf<Shape>,
    value: Field,
    /// What the site saw before, and how many entries follow.
    next: FieldOf<CacheEntry>,
    following: u32,
}

/// Entries in a chain: sites that see more kinds of objects begin anew now and then.
const CHAIN: u32 = 4;

payload!(24: CacheEntry, "inline cache entry", |this, m| {
    this.ty.trace(m);
    this.table.trace(m);
    this.pinned_shape.trace(m);
    this.value.trace(m);
    this.next.trace(m);
});

/// The byte offset of an own inline attribute, if the first cache word at `pc` is for this object.
#[inline(always)]
fn cached_slot(v: Value, pc: Pc) -> Option<usize> {
    if !v.is_cell() {
        return None;
    }
    let word = pc.peek(0);
    // No epoch is zero: an empty word is never what is expected.
    let expect = (v.shape_word() as u64) << 32 | attr::epoch_bits();
    if word & !0xFFFF == expect {
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

impl CacheEntry {
    /// Whether an entry for objects of a shape is for this one.
    #[inline(always)]
    fn is_for(&self, v: Value) -> bool {
        v.is_cell() && self.shape == v.shape_word() && self.is_current()
    }

    /// As `is_for`, of an entry that holds while its type has its version.
    #[inline(always)]
    fn is_for_type_of(&self, v: Value) -> bool {
        v.is_cell() && self.shape == v.shape_word() && self.is_type_current()
    }

    /// Whether nothing that the entry was made by has changed since.
    #[inline(always)]
    fn is_current(&self) -> bool {
        match self.kind {
            For::Own | For::Add => self.version as u64 == attr::epoch(),
            For::Module => true,
            _ => self.is_type_current(),
        }
    }

    /// The number of the slot, if the entry is for one of this object's `__slots__`.
    #[inline(always)]
    fn member_of(&self, v: Value) -> Option<u32> {
        (self.kind == For::Member && self.is_for_type_of(v)).then_some(self.index)
    }

    #[inline(always)]
    fn is_type_current(&self) -> bool {
        self.ty.expect().version.load(Ordering::Acquire) == self.version
    }

    /// The attribute of this object, if the entry holds for it: a method comes unbound.
    #[inline(always)]
    fn value_for(&self, v: Value) -> Option<Value> {
        match self.kind {
            For::Shape if self.is_for(v) => Some(self.value.get()),
            For::Own if self.is_for(v) => {
                attr::field_at(v, self.index as usize * 8).get().present()
            }
            For::Member if self.is_for(v) => attr::fixed_field(v, self.index).get().present(),
            For::Class if v.is_cell() && v.cell_unchecked() as usize == self.ty.address() => {
                Some(self.value.get()).filter(|_| self.is_current())
            }
            For::Module => {
                let m = v.downcast::<Module>()?;
                if m.dict.expect().map.table_address() != self.table.address() {
                    return None;
                }
                self.table.expect().entries()[self.index as usize]
                    .value()
                    .present()
            }
            _ => None,
        }
    }
}

/// Looks through the chain of entries at `pc`.
#[inline(always)]
fn in_chain<T>(pc: Pc, mut f: impl FnMut(&CacheEntry) -> Option<T>) -> Option<T> {
    let mut at = entry(pc.peek(1));
    while let Some(e) = at {
        if let Some(x) = f(e) {
            return Some(x);
        }
        at = e.next.get();
    }
    None
}

/// `v.NAME` if the caches at `pc` hold for it.
#[inline(always)]
pub fn load_fast(v: Value, pc: Pc) -> Option<Value> {
    if let Some(offset) = cached_slot(v, pc) {
        return attr::field_at(v, offset).get().present();
    }
    let e = entry(pc.peek(1))?;
    attr::fixed_field(v, e.member_of(v)?).get().present()
}

/// The Python function that gets `v.NAME`, if that is a property and the cache holds for it.
#[inline]
pub fn getter(v: Value, pc: Pc) -> Option<Value> {
    let property = in_chain(pc, |e| {
        (e.kind == For::Property && e.is_for(v)).then(|| e.value.get())
    })?;
    let f = property.expect::<Property>().get.get();
    f.downcast::<Function>().map(|_| f)
}

/// `v.NAME` by the second cache or the protocol; fills the caches.
#[inline(never)]
pub fn load(th: &Thread, frame: FramePtr, pc: Pc, v: Value, name: Value) -> PyResult {
    let cached = in_chain(pc, |e| {
        if e.kind == For::Shape && class_of_value_binds(e) {
            return None;
        }
        e.value_for(v)
    });
    if let Some(x) = cached {
        return Ok(x);
    }
    let ty = class_of(v);
    let version = ty.version.load(Ordering::Acquire);
    if ty.slots().getattro.is_none() {
        if let Some(x) = fill_own(th, frame, pc, v, name) {
            return Ok(x);
        }
        if let Some(x) = fill_member(th, frame, pc, v, ty, name) {
            return Ok(x);
        }
        if v.is_cell()
            && let Some(d) = attr::type_lookup(ty, name)
            && class_of(d).is(&PROPERTY)
            && d.expect::<Property>()
                .get
                .get()
                .downcast::<Function>()
                .is_some()
            && getter(v, pc).is_none()
        {
            fill_type(th, frame, pc, v, ty, version, (For::Property, d));
        }
        if v.is_cell()
            && !shape_of(v).is_dict_mode()
            && attr::get_own(v, name).is_none()
            && let Some(d) = attr::type_lookup(ty, name)
            && class_of(d).slots().descr_get.is_none()
        {
            fill_type(th, frame, pc, v, ty, version, (For::Shape, d));
            return Ok(d);
        }
    } else {
        fill_special(th, frame, pc, v, ty, name);
    }
    attr::get(th, v, name)
}

/// Whether the entry's value must be bound to be an attribute's value: a method.
#[inline(always)]
fn class_of_value_binds(e: &CacheEntry) -> bool {
    e.index != 0
}

/// Caches an own attribute in an inline field, if that is what the attribute is.
fn fill_own(th: &Thread, frame: FramePtr, pc: Pc, v: Value, name: Value) -> Option<Value> {
    if !v.is_cell() {
        return None;
    }
    // Before the look at the type: a descriptor set meanwhile makes the entry stale at once.
    let epoch = attr::epoch();
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
    if offset / 8 >= 0x10000 {
        return Some(x);
    }
    if !frame.code().is_warm() {
        return Some(x);
    }
    let first = pc.peek(0);
    if first == 0 || first >> 16 & 0xFFFF != epoch {
        let word = (gc::compress(shape as *const _ as *mut gc::Header) as u64) << 32
            | epoch << 16
            | (offset / 8) as u64;
        let code = frame.code();
        code.fill_cache(th, pc.index_in(code), word, shape.value());
    } else {
        // Another shape has the first word: sites that see several use the chain.
        let e = CacheEntry {
            kind: For::Own,
            shape: v.shape_word(),
            version: epoch as u32,
            index: (offset / 8) as u32,
            pinned_shape: FieldOf::new(shape),
            ..CacheEntry::empty()
        };
        fill_entry(th, frame, pc, e);
    }
    Some(x)
}

/// Caches that a store gave the object a new attribute, if it did and the attribute has an inline field.
/// `before` and `epoch` are from before the store.
fn fill_add(
    th: &Thread,
    frame: FramePtr,
    pc: Pc,
    v: Value,
    name: Value,
    (before, epoch): (u32, u64),
) -> Option<()> {
    if !v.is_cell() || before == v.shape_word() {
        return None;
    }
    let shape = shape_of(v);
    let n = shape.count().checked_sub(1)?;
    if shape.is_dict_mode() || shape.find(name)? != n || shape.parent_word()? != before {
        return None;
    }
    let offset = attr::inline_offset(v, shape, n)?;
    if let Some(d) = attr::type_lookup(shape.ty.expect(), name)
        && class_of(d).slots().descr_set.is_some()
    {
        return None;
    }
    let e = CacheEntry {
        kind: For::Add,
        shape: before,
        version: epoch as u32,
        index: (offset / 8) as u32,
        to: gc::compress(shape as *const _ as *mut gc::Header),
        // Its parent is kept alive by it.
        pinned_shape: FieldOf::new(shape),
        ..CacheEntry::empty()
    };
    fill_entry(th, frame, pc, e);
    Some(())
}

/// Caches one of the class's `__slots__`, if that is what the attribute is.
fn fill_member(
    th: &Thread,
    frame: FramePtr,
    pc: Pc,
    v: Value,
    ty: &Object<Type>,
    name: Value,
) -> Option<Value> {
    if !v.is_cell() {
        return None;
    }
    let version = ty.version.load(Ordering::Acquire);
    let d = attr::type_lookup(ty, name)?.downcast::<MemberDescriptor>()?;
    if !ty.is_subtype(d.owner.expect()) {
        return None;
    }
    let e = CacheEntry {
        kind: For::Member,
        shape: v.shape_word(),
        version,
        index: d.index,
        ty: FieldOf::new(ty),
        pinned_shape: FieldOf::new(shape_of(v)),
        ..CacheEntry::empty()
    };
    fill_entry(th, frame, pc, e);
    attr::fixed_field(v, d.index).get().present()
}

impl CacheEntry {
    /// Valid for nothing: what the makers of entries fill in.
    fn empty() -> CacheEntry {
        CacheEntry {
            kind: For::Shape,
            shape: 0,
            version: 0,
            index: 0,
            to: 0,
            ty: FieldOf::null(),
            table: FieldOf::null(),
            pinned_shape: FieldOf::null(),
            value: Field::absent(),
            next: FieldOf::null(),
            following: 0,
        }
    }
}

/// Puts an entry in front of those that still hold.
fn fill_entry(th: &Thread, frame: FramePtr, pc: Pc, mut e: CacheEntry) {
    let needs_version = matches!(
        e.kind,
        For::Shape | For::Property | For::Member | For::Class
    );
    if needs_version && e.version < FIRST_VERSION || !frame.code().is_warm() {
        return;
    }
    if let Some(old) = entry(pc.peek(1))
        && old.kind != For::Module
        && old.is_current()
    {
        if old.following + 1 < CHAIN {
            e.following = old.following + 1;
            e.next = FieldOf::new(old);
        } else if !begins_anew() {
            return;
        }
    }
    // Entries are plain cells without a type: Python never sees one.
    let Some(v) = new_entry(th, e) else { return };
    let code = frame.code();
    code.fill_cache(th, pc.index_in(code) + 1, v.bits() - 1, v);
}

/// Whether a site with a full chain is to begin anew: only now and then, since an entry costs an allocation and the lock
/// of the code object, for which threads would contend at sites that see many kinds of objects.
fn begins_anew() -> bool {
    std::thread_local! {
        static MISSES: std::cell::Cell<u8> = const { std::cell::Cell::new(0) };
    }
    let n = MISSES.get().wrapping_add(1);
    MISSES.set(n);
    n.is_multiple_of(64)
}

fn new_entry(th: &Thread, e: CacheEntry) -> Option<Value> {
    taipan_object::heap::new_untyped(th, e)
        .ok()
        .map(|o: &Object<CacheEntry>| o.value())
}

/// `version` is the type's from before `found` was looked up: a change meanwhile makes the entry stale at once.
fn fill_type(
    th: &Thread,
    frame: FramePtr,
    pc: Pc,
    v: Value,
    ty: &Object<Type>,
    version: u32,
    (kind, found): (For, Value),
) {
    let shape = shape_of(v);
    let e = CacheEntry {
        kind,
        shape: v.shape_word(),
        version,
        index: class_of(found).slots().descr_get.is_some() as u32,
        ty: FieldOf::new(ty),
        pinned_shape: FieldOf::new(shape),
        value: Field::new(found),
        ..CacheEntry::empty()
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
            index: n as u32,
            table: FieldOf::new(t),
            ..CacheEntry::empty()
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
        let plain =
            class_of(found).slots().descr_get.is_none() || found.downcast::<Function>().is_some();
        if !plain {
            return;
        }
        let e = CacheEntry {
            kind: For::Class,
            version,
            ty: FieldOf::new(t),
            value: Field::new(found),
            ..CacheEntry::empty()
        };
        fill_entry(th, frame, pc, e);
    }
}

/// `v.NAME` to be called, by the caches: the function and its self, which is absent for a plain value.
#[inline(always)]
pub fn method_fast(v: Value, pc: Pc) -> Option<(Value, Value)> {
    entry(pc.peek(1))?.method_for(v)
}

impl CacheEntry {
    /// As `value_for`, with the self to pass.
    #[inline(always)]
    fn method_for(&self, v: Value) -> Option<(Value, Value)> {
        if self.kind == For::Shape {
            let receiver = if self.index != 0 { v } else { Value::ABSENT };
            return self.is_for_type_of(v).then(|| (self.value.get(), receiver));
        }
        cold_path();
        self.value_for(v).map(|f| (f, Value::ABSENT))
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
    if let Some(found) = in_chain(pc, |e| e.method_for(v)) {
        return Ok(found);
    }
    let ty = class_of(v);
    let version = ty.version.load(Ordering::Acquire);
    if ty.slots().getattro.is_none()
        && let Some(d) = attr::type_lookup(ty, name)
        && class_of(d).has_flag(flags::METHOD_DESCRIPTOR)
        && attr::get_own(v, name).is_none()
    {
        if v.is_cell() && !shape_of(v).is_dict_mode() {
            fill_type(th, frame, pc, v, ty, version, (For::Shape, d));
        }
        return Ok((d, v));
    }
    load(th, frame, pc, v, name).map(|f| (f, Value::ABSENT))
}

/// `v.NAME = x` by the cache; whether it was done.
#[inline(always)]
pub fn store_fast(v: Value, pc: Pc, x: Value) -> bool {
    let Some(h) = v.header() else { return false };
    if let Some(offset) = cached_slot(v, pc) {
        attr::field_at(v, offset).set(h, x);
        return true;
    }
    let Some(e) = entry(pc.peek(1)) else {
        return false;
    };
    if let Some(n) = e.member_of(v) {
        attr::fixed_field(v, n).set(h, x);
        return true;
    }
    // What constructors do.
    e.kind == For::Add && e.add_to(v, h, x)
}

impl CacheEntry {
    /// Gives the object the attribute, if the entry holds for it; whether it did.
    #[inline(always)]
    fn add_to(&self, v: Value, h: &gc::Header, x: Value) -> bool {
        if !self.is_for(v) {
            return false;
        }
        attr::add_at(v, h, (self.shape, self.to), self.index as usize * 8, x)
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
    if let Some(h) = v.header() {
        let done = in_chain(pc, |e| {
            let field = match e.kind {
                For::Add => return e.add_to(v, h, x).then_some(()),
                For::Own if e.is_for(v) => attr::field_at(v, e.index as usize * 8),
                For::Member if e.is_for(v) => attr::fixed_field(v, e.index),
                _ => return None,
            };
            field.set(h, x);
            Some(())
        });
        if done.is_some() {
            return Ok(());
        }
    }
    let before = (v.shape_word(), attr::epoch());
    attr::set(th, v, name, x)?;
    let ty = class_of(v);
    if ty.slots().setattro.is_none()
        && fill_add(th, frame, pc, v, name, before).is_none()
        && fill_own(th, frame, pc, v, name).is_none()
    {
        fill_member(th, frame, pc, v, ty, name);
    }
    Ok(())
}
