//! Shapes (hidden classes), the attributes of instances, and generic attribute access.
//!
//! An instance's cell is: header, payload, the fields of its class's `__slots__`, and, where the class gives
//! instances a `__dict__`, one *overflow* word and the inline attribute fields. The shape says which attribute is
//! in which field. Fields past the inline ones lie in chunks that hang on the overflow word; chunks are only ever
//! added, so a field never moves and a store can't be lost to a concurrent growth. Adding an attribute exchanges
//! the shape first and stores then; a reader takes an unset field for a missing attribute.
//!
//! Deleting an attribute is a step to another shape too, and leaves its field empty. An instance with several deletions
//! or very many attributes, or whose `__dict__` was asked for is turned to a
//! dictionary: its shape becomes the type's `dict_shape` and the overflow word holds the dict.

use crate::dict::Dict;
use crate::error::PyResult;
use crate::func::Module;
use crate::heap::{Array, Field, FieldOf, Object, Payload, mark_value};
use crate::names;
use crate::payload;
use crate::thread::Thread;
use crate::types::{Type, class_of, flags, shape_of};
use crate::value::Value;
use std::sync::atomic::Ordering;
use taipan_gc::{Header, Marker};

mod type_lookup;

pub(crate) use type_lookup::clear_type_cache;
pub use type_lookup::{bump_epoch, epoch, epoch_bits, type_lookup};

/// The payload of plain instances: nothing.
pub struct Plain;
payload!(21: Plain, "instance", |this, m| {});

/// Attributes past which an instance is turned to a dictionary.
const MAX_SHAPED: u32 = 64;
/// Deletions past which an instance is turned to a dictionary.
const MAX_DELETIONS: u32 = 4;
/// Header flag: the cell has `__slots__` fields or an overflow word.
pub const FLAG_EXTRA: u8 = taipan_gc::FLAG_FIRST_FREE;

/// A hidden class: the type of an object and the layout of its attributes.
#[repr(C)]
pub struct Shape {
    /// The type of every object of this shape.
    pub ty: FieldOf<Type>,
    parent: FieldOf<Shape>,
    /// The attribute that this shape adds to its parent or takes from it.
    key: Field,
    /// Shapes that add one attribute to this one, or take one from it.
    children: FieldOf<Array>,
    /// The number of fields for attributes. The field of a deleted one stays empty.
    count: u32,
    /// How many attributes were deleted on the way to this shape.
    deletions: u32,
    /// Whether this shape takes its key away.
    deletes: bool,
    /// `__slots__` fields.
    fixed: u32,
    /// Inline attribute fields.
    inline: u32,
    has_dict: bool,
    dict_mode: bool,
}

payload!(11: Shape, "shape", |this, m| {
    this.ty.trace(m);
    this.parent.trace(m);
    this.key.trace(m);
    this.children.trace(m);
});

impl Shape {
    fn try_new<'a>(th: &Thread, data: Shape) -> PyResult<&'a Object<Shape>> {
        let Ok(cell) = th
            .mutator
            .alloc_compressible(Shape::kind().0, size_of::<Object<Shape>>())
        else {
            return Err(th.memory_error());
        };
        // SAFETY: the cell is new, large enough, and seen by no one else. A shape has no shape of its own.
        unsafe {
            let s = cell as *mut Object<Shape>;
            (&raw mut (*s).data).write(data);
            Ok(&*s)
        }
    }

    /// The first shape of a type's instances.
    pub fn root<'a>(th: &Thread, ty: &Object<Type>, inline: u32) -> PyResult<&'a Object<Shape>> {
        let has_dict = ty.has_flag(flags::HAS_DICT);
        // Where the payload's size varies, attributes are found by their chunks alone.
        let inline = if has_dict && !ty.has_flag(flags::INLINE_ITEMS) {
            inline
        } else {
            0
        };
        Shape::try_new(
            th,
            Shape {
                ty: FieldOf::new(ty),
                parent: FieldOf::null(),
                key: Field::absent(),
                children: FieldOf::null(),
                count: 0,
                deletions: 0,
                deletes: false,
                fixed: ty.fixed_slots.load(Ordering::Relaxed),
                inline,
                has_dict,
                dict_mode: false,
            },
        )
    }

    /// Bytes of a cell behind the payload.
    #[inline(always)]
    pub fn extra_bytes(&self) -> usize {
        8 * (self.fixed as usize
            + if self.has_dict {
                1 + self.inline as usize
            } else {
                0
            })
    }

    /// How many fields for attributes objects of this shape have.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// How many attribute fields are inline.
    #[inline(always)]
    pub fn inline_fields(&self) -> u32 {
        self.inline
    }

    /// The word of the shape that has one attribute less, as headers hold it.
    pub fn parent_word(&self) -> Option<u32> {
        self.parent.get().map(word)
    }

    /// Whether instances of the shape may have any attributes of their own.
    pub fn has_dict(&self) -> bool {
        self.has_dict
    }

    /// Whether attributes are in a dictionary.
    #[inline(always)]
    pub fn is_dict_mode(&self) -> bool {
        self.dict_mode
    }
}

impl Object<Shape> {
    /// The number of the field of an attribute. `name` is interned.
    #[inline]
    pub fn find(&self, name: Value) -> Option<u32> {
        let mut s = self;
        while s.count > 0 {
            if s.key.get().is(name) {
                return if s.deletes { None } else { Some(s.count - 1) };
            }
            s = s.parent.expect();
        }
        None
    }

    /// The names by field, in order of definition; nothing for the fields of deleted attributes.
    fn keys(&self, out: &mut [Value]) {
        let mut s = self;
        while s.count > 0 {
            if !s.deletes && self.find(s.key.get()) == Some(s.count - 1) {
                out[s.count as usize - 1] = s.key.get();
            }
            s = s.parent.expect();
        }
    }

    /// The shape with one attribute more, or with `deletes` one fewer, the same for all who ask.
    fn child<'a>(&self, th: &Thread, name: Value, deletes: bool) -> PyResult<&'a Object<Shape>> {
        loop {
            let seen = self.children.get();
            let used = seen.map_or(0, |a| a.len());
            if let Some(a) = seen {
                for f in &a.fields()[..used] {
                    let s = f.get().expect_shape();
                    if s.key.get().is(name) && s.deletes == deletes {
                        return Ok(s);
                    }
                }
            }
            let fresh = Shape::try_new(
                th,
                Shape {
                    ty: FieldOf::new(self.ty.expect()),
                    parent: FieldOf::new(self),
                    key: Field::new(name),
                    children: FieldOf::null(),
                    count: self.count + u32::from(!deletes),
                    deletions: self.deletions + u32::from(deletes),
                    deletes,
                    fixed: self.fixed,
                    inline: self.inline,
                    has_dict: true,
                    dict_mode: false,
                },
            )?;
            let room = match seen {
                Some(a) if used < a.capacity() => a,
                _ => {
                    let bigger = Object::<Array>::try_new(th, (used * 2).max(2))?;
                    if let Some(a) = seen {
                        for (to, from) in bigger.fields().iter().zip(&a.fields()[..used]) {
                            to.set(&bigger.header, from.get());
                        }
                    }
                    bigger.set_len(used);
                    bigger
                }
            };
            let _lock = crate::thread::lock(&self.header);
            if self.children.address() != seen.map_or(0, |a| a as *const _ as usize)
                || seen.is_some_and(|a| a.len() != used)
            {
                continue;
            }
            room.fields()[used].set(&room.header, Value::from_cell(fresh));
            room.set_len(used + 1);
            self.children.set(&self.header, Some(room));
            return Ok(fresh);
        }
    }
}

impl Value {
    #[inline(always)]
    fn expect_shape<'a>(self) -> &'a Object<Shape> {
        self.expect::<Shape>()
    }
}

/// Initialises the fields behind a new cell's payload.
///
/// # Safety
/// `cell` is new, with `offset` bytes of header and payload and `shape.extra_bytes()` behind them.
pub unsafe fn init_slots(cell: *mut Header, offset: usize, shape: &Shape) {
    // SAFETY: the caller's contract.
    unsafe {
        let at = (cell as *mut u8).add(offset) as *mut u64;
        for i in 0..shape.extra_bytes() / 8 {
            at.add(i).write(Value::ABSENT.bits());
        }
        (*cell).set_flags(FLAG_EXTRA);
    }
}

/// Where the fields behind an object's payload begin.
#[inline]
fn extra_start(v: Value, shape: &Object<Shape>) -> *const Field {
    let cell = v.cell_unchecked() as *const u8;
    let size = shape.ty.expect().basic_size.load(Ordering::Relaxed);
    let size = if size != 0 { size } else { varying_size(v) };
    // SAFETY: cells of types with such fields were allocated with room for them.
    unsafe { cell.add(size) as *const Field }
}

/// Bytes of header and payload of an object whose payload's size varies, rounded to words.
fn varying_size(v: Value) -> usize {
    let n = if let Some(t) = v.as_tuple() {
        16 + t.len() * 8
    } else if let Some(s) = v.as_str_obj() {
        s.as_bytes().as_ptr() as usize + s.as_bytes().len() - s as *const _ as usize
    } else if let Some(b) = v.as_bytes() {
        24 + b.len()
    } else {
        panic!("internal error: an object of unknown size has attributes")
    };
    n.next_multiple_of(8)
}

/// The `__slots__` field with a number.
#[inline]
pub fn fixed_field<'a>(v: Value, n: u32) -> &'a Field {
    let shape = shape_of(v);
    debug_assert!(n < shape.fixed);
    // SAFETY: within the fields that the type's instances have.
    unsafe { &*extra_start(v, shape).add(n as usize) }
}

#[inline]
fn overflow<'a>(v: Value, shape: &Object<Shape>) -> &'a Field {
    // SAFETY: shapes with a `__dict__` have the word behind the fixed fields.
    unsafe { &*extra_start(v, shape).add(shape.fixed as usize) }
}

/// The inline field with a number, by its byte offset: for caches.
#[inline]
pub fn inline_offset(v: Value, shape: &Object<Shape>, n: u32) -> Option<usize> {
    if n >= shape.inline {
        return None;
    }
    let at = extra_start(v, shape) as usize + 8 * (shape.fixed as usize + 1 + n as usize);
    Some(at - v.cell_unchecked() as usize)
}

/// Reads the field at a byte offset that [`inline_offset`] gave for this shape.
#[inline(always)]
pub fn field_at<'a>(v: Value, offset: usize) -> &'a Field {
    // SAFETY: the offset came from `inline_offset` of an object of the same shape.
    unsafe { &*((v.cell_unchecked() as *const u8).add(offset) as *const Field) }
}

/// Gives an object an attribute whose inline field is at a byte offset, if its shape still is `from`: it becomes `to`.
#[inline(always)]
pub fn add_at(v: Value, header: &Header, (from, to): (u32, u32), offset: usize, x: Value) -> bool {
    if taipan_gc::many_threads() {
        let exchanged =
            header
                .shape
                .compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire);
        if exchanged.is_err() {
            return false;
        }
    } else {
        header.shape.store(to, Ordering::Release);
    }
    // Its barrier is for the new shape too.
    field_at(v, offset).set(header, x);
    true
}

/// A run of overflow fields: field 0 links to the next run.
///
/// The run comes along: it is the owner that a store has to name, for it may be older than the instance's own cell
/// is to the collector.
fn chunk_field<'a>(
    v: Value,
    shape: &Object<Shape>,
    mut n: u32,
) -> Option<(&'a Object<Array>, &'a Field)> {
    let mut link = overflow(v, shape);
    loop {
        let chunk = link.get().downcast::<Array>()?;
        let room = chunk.capacity() as u32 - 1;
        let chunk: &'a Object<Array> = chunk;
        if n < room {
            return Some((chunk, &chunk.fields()[n as usize + 1]));
        }
        n -= room;
        link = &chunk.fields()[0];
    }
}

fn add_chunks(th: &Thread, v: Value, shape: &Object<Shape>, n: u32) -> PyResult<()> {
    let mut owner: &Header = v.header().expect("instances are cells");
    let mut link = overflow(v, shape);
    let mut covered = 0;
    let mut size = 4u32;
    loop {
        if link.get().is_absent() {
            let chunk = Object::<Array>::try_new(th, size as usize + 1)?;
            chunk.set_len(chunk.capacity());
            link.compare_exchange(owner, Value::ABSENT, chunk.value());
        }
        // A chunk is never taken off again, but the instance may have been turned to a dictionary.
        let Some(chunk) = link.get().downcast::<Array>() else {
            return Ok(());
        };
        covered += chunk.capacity() as u32 - 1;
        if n < covered {
            return Ok(());
        }
        size = (size * 2).min(32);
        owner = &chunk.header;
        link = &chunk.fields()[0];
    }
}

/// The field of attribute number `n`.
#[inline]
fn field<'a>(v: Value, shape: &Object<Shape>, n: u32) -> Option<&'a Field> {
    if n < shape.inline {
        // SAFETY: within the inline fields.
        return Some(unsafe { &*extra_start(v, shape).add(shape.fixed as usize + 1 + n as usize) });
    }
    chunk_field(v, shape, n - shape.inline).map(|(_, f)| f)
}

/// Stores into the field of attribute number `n`; whether it is there.
#[inline]
fn store(v: Value, shape: &Object<Shape>, n: u32, value: Value) -> bool {
    if n < shape.inline {
        let Some(f) = field(v, shape, n) else {
            return false;
        };
        f.set(v.header().expect("instances are cells"), value);
        return true;
    }
    match chunk_field(v, shape, n - shape.inline) {
        Some((chunk, f)) => {
            f.set(&chunk.header, value);
            true
        }
        None => false,
    }
}

/// Marks the fields behind a payload.
#[inline]
pub(crate) fn trace_slots(header: &Header, m: &mut Marker) {
    if header.flags() & FLAG_EXTRA == 0 {
        return;
    }
    let v = Value::from_cell(header);
    let shape = shape_of(v);
    let start = extra_start(v, shape);
    for i in 0..shape.extra_bytes() / 8 {
        // SAFETY: the cell has that many bytes behind its payload.
        mark_value(unsafe { (*start.add(i)).get() }, m);
    }
}

/// Reads an instance's own attribute: no class attribute, no descriptor. `name` is an interned `str`.
#[inline]
pub fn get_own(v: Value, name: Value) -> Option<Value> {
    if !v.is_cell() || v.header()?.flags() & FLAG_EXTRA == 0 {
        return None;
    }
    loop {
        let shape = shape_of(v);
        if shape.dict_mode {
            return own_dict(v, shape)?.map.get_str(name);
        }
        let n = shape.find(name)?;
        let found = field(v, shape, n).and_then(|f| f.get().present());
        // While it is being turned to a dictionary the fields stay as they were; the shape tells.
        if std::ptr::eq(shape, shape_of(v)) || !shape_of(v).dict_mode {
            return found;
        }
    }
}

fn own_dict<'a>(v: Value, shape: &Object<Shape>) -> Option<&'a Object<Dict>> {
    overflow(v, shape).get().downcast::<Dict>()
}

/// Whether instances of the value's type may have attributes of their own.
pub fn has_dict(v: Value) -> bool {
    v.is_cell() && v.header().is_some_and(|h| h.flags() & FLAG_EXTRA != 0) && shape_of(v).has_dict
}

/// Writes an instance's own attribute. The caller knows that it may have any.
pub fn set_own(th: &Thread, v: Value, name: Value, value: Value) -> PyResult<()> {
    let header = v.header().expect("instances are cells");
    loop {
        let shape = shape_of(v);
        if shape.dict_mode {
            if let Some(d) = own_dict(v, shape) {
                return d.set(th, name, value);
            }
            continue;
        }
        if let Some(n) = shape.find(name) {
            if !store(v, shape, n, value) {
                add_chunks(th, v, shape, n - shape.inline)?;
            }
            let unchanged = std::ptr::eq(shape_of(v), shape) || !shape_of(v).dict_mode;
            let stored = field(v, shape, n).is_some_and(|f| !f.get().is_absent());
            if unchanged && (stored || shape_of(v).dict_mode) {
                return Ok(());
            }
            continue;
        }
        let n = shape.count;
        if n >= MAX_SHAPED {
            to_dict(th, v)?;
            continue;
        }
        if n >= shape.inline {
            add_chunks(th, v, shape, n - shape.inline)?;
        }
        let child = shape.child(th, name, false)?;
        let (from, to) = (word(shape), word(child));
        if header
            .shape
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
        {
            taipan_gc::write_barrier(v.cell_unchecked());
            store(v, child, n, value);
            let hint = &shape.ty.expect().inline_hint;
            if n + 1 > hint.load(Ordering::Relaxed) {
                widen(th, shape.ty.expect(), n + 1)?;
            }
            return Ok(());
        }
    }
}

/// Instances of a type need more inline fields than were given: later ones get them.
fn widen(th: &Thread, ty: &Object<Type>, n: u32) -> PyResult<()> {
    let want = n.next_multiple_of(4).min(32);
    if ty.inline_hint.fetch_max(want, Ordering::Relaxed) >= want {
        return Ok(());
    }
    let root = Shape::root(th, ty, want)?;
    ty.root_shape.set(&ty.header, Some(root));
    Ok(())
}

#[inline(always)]
fn word(s: &Object<Shape>) -> u32 {
    taipan_gc::compress(s as *const _ as *mut Header)
}

/// Deletes an instance's own attribute; whether it was there.
pub fn delete_own(th: &Thread, v: Value, name: Value) -> PyResult<bool> {
    let header = v.header().expect("instances are cells");
    loop {
        if get_own(v, name).is_none() {
            return Ok(false);
        }
        let shape = shape_of(v);
        if shape.dict_mode || shape.deletions >= MAX_DELETIONS {
            return to_dict(th, v)?.remove(th, name).map(|old| old.is_some());
        }
        let Some(n) = shape.find(name) else { continue };
        let without = shape.child(th, name, true)?;
        let exchanged = header.shape.compare_exchange(
            word(shape),
            word(without),
            Ordering::AcqRel,
            Ordering::Acquire,
        );
        if exchanged.is_ok() {
            taipan_gc::write_barrier(v.cell_unchecked());
            store(v, without, n, Value::ABSENT);
            return Ok(true);
        }
    }
}

/// The instance's `__dict__`: turns it to a dictionary.
pub fn to_dict<'a>(th: &Thread, v: Value) -> PyResult<&'a Object<Dict>> {
    loop {
        let shape = shape_of(v);
        if shape.dict_mode
            && let Some(d) = own_dict(v, shape)
        {
            return Ok(d);
        }
        let ty = shape.ty.expect();
        let dict_shape = match ty.dict_shape.get() {
            Some(s) if s.fixed == shape.fixed && s.inline == shape.inline => s,
            _ => {
                let s = Shape::try_new(
                    th,
                    Shape {
                        ty: FieldOf::new(ty),
                        parent: FieldOf::null(),
                        key: Field::absent(),
                        children: FieldOf::null(),
                        count: 0,
                        deletions: 0,
                        deletes: false,
                        fixed: shape.fixed,
                        inline: shape.inline,
                        has_dict: true,
                        dict_mode: true,
                    },
                )?;
                ty.dict_shape.set(&ty.header, Some(s));
                s
            }
        };
        let dict = Dict::new(th);
        let keys = Object::<Array>::try_new(th, shape.count as usize)?;
        keys.set_len(keys.capacity());
        let mut scratch = [Value::ABSENT; MAX_SHAPED as usize];
        shape.keys(&mut scratch);
        dict.map.reserve(th, &dict.header, shape.count as usize)?;
        let named = |name: &&Value| !name.is_absent();
        for name in scratch[..shape.count as usize].iter().filter(named) {
            // Reserves the entries' order and room; values come with the world stopped.
            dict.set(th, *name, Value::NONE)?;
        }
        // Other threads may be between reading the shape and storing into a field: none is, while stopped.
        let convert = || {
            if !std::ptr::eq(shape_of(v), shape) {
                return false;
            }
            for (n, name) in scratch[..shape.count as usize].iter().enumerate() {
                if name.is_absent() {
                    continue;
                }
                let field = field(v, shape, n as u32);
                let value = field.map_or(Value::ABSENT, |f| f.get());
                dict.set_existing_unlocked(*name, value);
                // Nobody looks there any more, but for the collector.
                if let Some(field) = field {
                    field.init(Value::ABSENT);
                }
            }
            let header = v.header().expect("instances are cells");
            overflow(v, shape).set(header, dict.value());
            header.shape.store(word(dict_shape), Ordering::Release);
            taipan_gc::write_barrier(v.cell_unchecked());
            true
        };
        let done = if taipan_gc::many_threads() {
            taipan_gc::stop_world(th.mutator, convert)
        } else {
            convert()
        };
        if done {
            return Ok(dict);
        }
    }
}

/// Makes `dict` the `__dict__` of an instance.
pub fn set_dict(th: &Thread, v: Value, dict: &Object<Dict>) -> PyResult<()> {
    to_dict(th, v)?;
    let shape = shape_of(v);
    overflow(v, shape).set(v.header().expect("instances are cells"), dict.value());
    Ok(())
}

/// Gives an instance of one class the shape of another with the same layout (`__class__` assignment).
pub fn change_class(th: &Thread, v: Value, ty: &Object<Type>) -> PyResult<()> {
    let header = v.header().expect("instances are cells");
    if !has_dict(v) {
        header.shape.store(ty.shape_word(), Ordering::Release);
        taipan_gc::write_barrier(v.cell_unchecked());
        return Ok(());
    }
    to_dict(th, v)?;
    let old = shape_of(v);
    let shape = Shape::try_new(
        th,
        Shape {
            ty: FieldOf::new(ty),
            parent: FieldOf::null(),
            key: Field::absent(),
            children: FieldOf::null(),
            count: 0,
            deletions: 0,
            deletes: false,
            fixed: old.fixed,
            inline: old.inline,
            has_dict: true,
            dict_mode: true,
        },
    )?;
    header.shape.store(word(shape), Ordering::Release);
    taipan_gc::write_barrier(v.cell_unchecked());
    if ty.has_flag(flags::HAS_DEL) {
        taipan_gc::register_finalizable(v.cell_unchecked());
    }
    Ok(())
}

// ---- Generic access

/// The interned `str` of an attribute name.
///
/// # Errors
/// `TypeError` if it is no string.
#[inline]
pub fn attr_name(th: &Thread, name: Value) -> PyResult {
    match name.as_str_obj() {
        Some(s) if s.is_interned() => Ok(name),
        Some(s) if crate::types::is_exact_str(s) => Ok(crate::strings::intern_value(name)),
        Some(s) => Ok(crate::strings::intern_wtf8(th, s.wtf8())),
        None => Err(th.type_error(format!(
            "attribute name must be string, not '{}'",
            class_of(name).tp_name()
        ))),
    }
}

/// `getattr(v, name)`.
#[inline]
pub fn get(th: &Thread, v: Value, name: Value) -> PyResult {
    match class_of(v).slots().getattro {
        Some(f) => f(th, v, name),
        None => generic_get(th, v, name),
    }
}

/// As [`get`], by a name of the engine's own.
pub fn get_str(th: &Thread, v: Value, name: &str) -> PyResult {
    get(th, v, crate::strings::intern(th, name))
}

/// As [`get`], but nothing where there is no such attribute.
///
/// # Errors
/// Whatever is raised but `AttributeError`.
pub fn get_opt(th: &Thread, v: Value, name: Value) -> PyResult<Option<Value>> {
    match get_opt_raising(th, v, name) {
        // A getter may say that there is no such attribute.
        Err(e) if e.is(&crate::exception::ATTRIBUTE_ERROR) => Ok(None),
        r => r,
    }
}

fn get_opt_raising(th: &Thread, v: Value, name: Value) -> PyResult<Option<Value>> {
    let Some(f) = class_of(v).slots().getattro else {
        return generic_get_opt(th, v, name);
    };
    // Classes and modules are asked for what they don't have all the time: no exception is made for that.
    let same = |t: &Object<Type>| t.slots().getattro.is_some_and(|g| g as usize == f as usize);
    if v.downcast::<Type>().is_some() && same(&crate::types::TYPE) {
        return class_get_opt(th, v, name);
    }
    if let Some(m) = v.downcast::<crate::func::Module>()
        && same(&crate::types::MODULE)
        && m.dict.expect().map.get_str(names::GETATTR.get()).is_none()
    {
        return module_get_opt(th, v, name);
    }
    f(th, v, name).map(Some)
}

/// `type.__getattribute__`, giving nothing where there is no such attribute: the metaclass's data descriptors, the
/// class and its bases, then the metaclass.
pub fn class_get_opt(th: &Thread, v: Value, name: Value) -> PyResult<Option<Value>> {
    let name = attr_name(th, name)?;
    let meta = class_of(v);
    let meta_attr = type_lookup(meta, name);
    if let Some(d) = meta_attr {
        let s = class_of(d).slots();
        if let (Some(get), true) = (s.descr_get, s.descr_set.is_some()) {
            return descr_result(get(th, d, v, meta.value()));
        }
    }
    if let Some(found) = type_lookup(v.expect::<Type>(), name) {
        return match class_of(found).slots().descr_get {
            Some(get) => descr_result(get(th, found, Value::ABSENT, v)),
            None => Ok(Some(found)),
        };
    }
    match meta_attr {
        Some(d) => match class_of(d).slots().descr_get {
            Some(get) => descr_result(get(th, d, v, meta.value())),
            None => Ok(Some(d)),
        },
        None => Ok(None),
    }
}

/// An attribute of a module without its `__getattr__`: data descriptors of its class, its namespace, its class.
pub fn module_get_opt(th: &Thread, v: Value, name: Value) -> PyResult<Option<Value>> {
    let name = attr_name(th, name)?;
    let ty = class_of(v);
    let descr = type_lookup(ty, name);
    if let Some(d) = descr {
        let s = class_of(d).slots();
        if let (Some(get), true) = (s.descr_get, s.descr_set.is_some()) {
            return descr_result(get(th, d, v, ty.value()));
        }
    }
    let dict = v.expect::<crate::func::Module>().dict.expect();
    if let Some(x) = dict.map.get_str(name) {
        return Ok(Some(x));
    }
    match descr {
        Some(d) => match class_of(d).slots().descr_get {
            Some(get) => descr_result(get(th, d, v, ty.value())),
            None => Ok(Some(d)),
        },
        None => Ok(None),
    }
}

/// `object.__getattribute__`.
pub fn generic_get(th: &Thread, v: Value, name: Value) -> PyResult {
    match generic_get_opt(th, v, name)? {
        Some(v) => Ok(v),
        None => Err(th.no_attribute(v, name)),
    }
}

/// What a module has stands in its own dictionary.
#[cold]
#[inline(never)]
fn module_own(v: Value, name: Value) -> Option<Value> {
    let dict = v.downcast::<Module>().and_then(|m| m.dict.get());
    dict.and_then(|d| d.map.get_str(name))
}

#[cold]
#[inline(never)]
fn module_set(th: &Thread, v: Value, name: Value, value: Value) -> PyResult<()> {
    let Some(d) = v.downcast::<Module>().and_then(|m| m.dict.get()) else {
        return Err(th.no_attribute(v, name));
    };
    if !value.is_absent() {
        return d.set(th, name, value);
    }
    match d.remove(th, name)? {
        Some(_) => Ok(()),
        None => Err(th.no_attribute(v, name)),
    }
}

/// `object.__getattribute__`, giving nothing where there is no such attribute.
pub fn generic_get_opt(th: &Thread, v: Value, name: Value) -> PyResult<Option<Value>> {
    let name = attr_name(th, name)?;
    let ty = class_of(v);
    let descr = type_lookup(ty, name);
    if let Some(d) = descr {
        let dt = class_of(d);
        let s = dt.slots();
        if let (Some(g), true) = (s.descr_get, s.descr_set.is_some()) {
            return descr_result(g(th, d, v, ty.value()));
        }
    }
    let own = match get_own(v, name) {
        None if v.downcast::<Module>().is_some() => module_own(v, name),
        found => found,
    };
    if let Some(own) = own {
        return Ok(Some(own));
    }
    match descr {
        Some(d) => match class_of(d).slots().descr_get {
            Some(g) => descr_result(g(th, d, v, ty.value())),
            None => Ok(Some(d)),
        },
        None => Ok(None),
    }
}

#[inline(always)]
fn descr_result(r: PyResult) -> PyResult<Option<Value>> {
    r.map(Some)
}

/// `setattr(v, name, value)`, or `delattr` where the value is absent.
#[inline]
pub fn set(th: &Thread, v: Value, name: Value, value: Value) -> PyResult<()> {
    match class_of(v).slots().setattro {
        Some(f) => f(th, v, name, value),
        None => generic_set(th, v, name, value),
    }
}

/// `object.__setattr__` and `object.__delattr__`.
pub fn generic_set(th: &Thread, v: Value, name: Value, value: Value) -> PyResult<()> {
    let name = attr_name(th, name)?;
    let ty = class_of(v);
    let descr = type_lookup(ty, name);
    if let Some(d) = descr
        && let Some(s) = class_of(d).slots().descr_set
    {
        return s(th, d, v, value);
    }
    if v.downcast::<Module>().is_some() {
        return module_set(th, v, name, value);
    }
    if has_dict(v) {
        if !value.is_absent() {
            return set_own(th, v, name, value);
        }
        if delete_own(th, v, name)? {
            return Ok(());
        }
        return Err(th.no_attribute(v, name));
    }
    let n = names::text(name);
    let t = ty.name_text();
    if descr.is_some() {
        return Err(th.attribute_error(
            format!("'{t}' object attribute '{n}' is read-only"),
            v,
            name,
        ));
    }
    let msg =
        format!("'{t}' object has no attribute '{n}' and no __dict__ for setting new attributes");
    Err(th.attribute_error(msg, v, name))
}

/// The hash of an interned name.
pub fn name_hash(name: Value) -> i64 {
    name.expect::<crate::strings::Str>().hash()
}

/// Looks a special method up on the type and binds it: `type(v).__name__.__get__(v)`.
pub fn special(th: &Thread, v: Value, name: Value) -> PyResult<Option<Value>> {
    let ty = class_of(v);
    match type_lookup(ty, name) {
        None => Ok(None),
        Some(d) => match class_of(d).slots().descr_get {
            Some(g) => g(th, d, v, ty.value()).map(Some),
            None => Ok(Some(d)),
        },
    }
}

/// Calls a special method found on the type, if it has it.
pub fn call_special(th: &Thread, v: Value, name: Value, args: &[Value]) -> PyResult<Option<Value>> {
    let ty = class_of(v);
    let Some(d) = type_lookup(ty, name) else {
        return Ok(None);
    };
    let dt = class_of(d);
    if dt.has_flag(flags::METHOD_DESCRIPTOR) {
        let mut all = [Value::ABSENT; 4];
        if args.len() < 4 {
            all[0] = v;
            all[1..=args.len()].copy_from_slice(args);
            return crate::call::call(th, d, &all[..=args.len()]).map(Some);
        }
    }
    let bound = match dt.slots().descr_get {
        Some(g) => g(th, d, v, ty.value())?,
        None => d,
    };
    crate::call::call(th, bound, args).map(Some)
}
