//! Type objects: identity, inheritance, slots, versions; and the static handles of the builtin types.

use crate::attr::Shape;
use crate::dict::Dict;
use crate::error::PyResult;
use crate::heap::{Field, FieldOf, Kind, Object, Payload};
use crate::map::Map;
use crate::names;
use crate::native::TypeSpec;
use crate::payload;
use crate::slots::Slots;
use crate::strings::Str;
use crate::thread::Thread;
use crate::value::Value;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering};

/// The payload of `type` and of every class.
#[repr(C)]
pub struct Type {
    /// `__name__`, a `str`.
    pub name: Field,
    /// `__qualname__`, a `str`.
    pub qualname: Field,
    /// `__bases__`, a tuple.
    pub bases: Field,
    /// The one base whose layout this type extends (`__base__`); null for `object`.
    pub base: FieldOf<Type>,
    /// `__mro__`, a tuple of types; absent while the class is being made.
    pub mro: Field,
    /// The class namespace.
    pub dict: FieldOf<Dict>,
    /// The shape of a new instance.
    pub root_shape: FieldOf<Shape>,
    /// The shape of an instance that was turned to a dictionary; made when first needed.
    pub dict_shape: FieldOf<Shape>,
    /// Weak references (as plain cells of weak kind) to the direct subclasses: a list.
    pub subclasses: Field,
    slots: AtomicPtr<Slots>,
    /// Bits of [`flags`].
    pub flags: AtomicU64,
    /// Changes whenever the type or one of its bases changes; never zero.
    pub version: AtomicU32,
    /// The payload's kind of an instance; [`Kind::FREE`] while not known.
    pub instance_kind: AtomicU32,
    /// Bytes of an instance's cell up to its `__slots__`; zero if that varies.
    pub basic_size: AtomicUsize,
    /// How many `__slots__` fields an instance has, inherited ones included.
    pub fixed_slots: AtomicU32,
    /// How many attributes instances turned out to need.
    pub inline_hint: AtomicU32,
    /// The number of the interpreter whose class it is. Native types belong to all.
    pub interp: u64,
    /// For a native type its specification, for its docs and signature.
    pub spec: AtomicPtr<TypeSpec>,
}

payload!(9: Type, "type", |this, m| {
    for f in [
        &this.name,
        &this.qualname,
        &this.bases,
        &this.mro,
        &this.subclasses,
    ] {
        f.trace(m);
    }
    this.base.trace(m);
    this.dict.trace(m);
    this.root_shape.trace(m);
    this.dict_shape.trace(m);
});

impl Drop for Type {
    fn drop(&mut self) {
        let slots = *self.slots.get_mut();
        if !slots.is_null() {
            // SAFETY: made by `Box::into_raw` in `set_slots`; the type is dead.
            drop(unsafe { Box::from_raw(slots) });
        }
    }
}

/// Bits of a type's flags. The numbers are CPython's where `__flags__` shows them.
pub mod flags {
    /// A class made by a `class` statement or a call of `type`.
    pub const HEAP: u64 = 1 << 9;
    /// May be subclassed.
    pub const BASE: u64 = 1 << 10;
    /// Its attributes can't be set.
    pub const IMMUTABLE: u64 = 1 << 8;
    /// Can't be called to make an instance.
    pub const NO_NEW: u64 = 1 << 7;
    /// Patterns take it for a sequence.
    pub const SEQUENCE: u64 = 1 << 5;
    /// Patterns take it for a mapping.
    pub const MAPPING: u64 = 1 << 6;
    /// Ready for use.
    pub const READY: u64 = 1 << 12;
    /// Functions of this type are methods: `LOAD_METHOD` need not bind them.
    pub const METHOD_DESCRIPTOR: u64 = 1 << 17;
    /// Abstract: `object.__new__` refuses.
    pub const ABSTRACT: u64 = 1 << 20;
    /// In a positional pattern the subject itself is what is matched.
    pub const MATCH_SELF: u64 = 1 << 22;
    /// A subclass of `int`, and so on.
    pub const INT_SUBCLASS: u64 = 1 << 24;
    /// See [`INT_SUBCLASS`].
    pub const LIST_SUBCLASS: u64 = 1 << 25;
    /// See [`INT_SUBCLASS`].
    pub const TUPLE_SUBCLASS: u64 = 1 << 26;
    /// See [`INT_SUBCLASS`].
    pub const BYTES_SUBCLASS: u64 = 1 << 27;
    /// See [`INT_SUBCLASS`].
    pub const STR_SUBCLASS: u64 = 1 << 28;
    /// See [`INT_SUBCLASS`].
    pub const DICT_SUBCLASS: u64 = 1 << 29;
    /// See [`INT_SUBCLASS`].
    pub const EXCEPTION_SUBCLASS: u64 = 1 << 30;
    /// See [`INT_SUBCLASS`].
    pub const TYPE_SUBCLASS: u64 = 1 << 31;
    /// All that a subclass takes over.
    pub const INHERITED: u64 = SEQUENCE
        | MAPPING
        | MATCH_SELF
        | INT_SUBCLASS
        | LIST_SUBCLASS
        | TUPLE_SUBCLASS
        | BYTES_SUBCLASS
        | STR_SUBCLASS
        | DICT_SUBCLASS
        | EXCEPTION_SUBCLASS
        | TYPE_SUBCLASS
        | HAS_DICT
        | HAS_WEAKREF
        | HAS_DEL
        | INLINE_ITEMS;
    /// Instances have a `__dict__`.
    pub const HAS_DICT: u64 = 1 << 40;
    /// Instances can be weakly referenced.
    pub const HAS_WEAKREF: u64 = 1 << 41;
    /// Has `__del__` in Python: instances are registered with the collector.
    pub const HAS_DEL: u64 = 1 << 42;
    /// The size of an instance's payload varies (`str`, `bytes`, `tuple`, big `int`).
    pub const INLINE_ITEMS: u64 = 1 << 43;
    /// Overrides `__getattribute__` in Python, or has `__getattr__`: no attribute caches.
    pub const CUSTOM_GETATTR: u64 = 1 << 44;
    /// Overrides `__setattr__` or `__delattr__` in Python.
    pub const CUSTOM_SETATTR: u64 = 1 << 45;
}

/// Versions below are no versions: they count the writers that are changing the type just now, and no cache is valid.
pub const FIRST_VERSION: u32 = 256;

static NEXT_VERSION: AtomicU32 = AtomicU32::new(FIRST_VERSION);

/// A version number that no type has had.
pub(crate) fn fresh_version() -> u32 {
    NEXT_VERSION.fetch_add(1, Ordering::Relaxed)
}

impl Type {
    /// A type's payload with nothing in it yet.
    pub(crate) fn blank() -> Type {
        Type {
            name: Field::absent(),
            qualname: Field::absent(),
            bases: Field::absent(),
            base: FieldOf::null(),
            mro: Field::absent(),
            dict: FieldOf::null(),
            root_shape: FieldOf::null(),
            dict_shape: FieldOf::null(),
            subclasses: Field::absent(),
            slots: AtomicPtr::new(Box::into_raw(Box::default())),
            flags: AtomicU64::new(0),
            version: AtomicU32::new(fresh_version()),
            instance_kind: AtomicU32::new(0),
            basic_size: AtomicUsize::new(0),
            fixed_slots: AtomicU32::new(0),
            inline_hint: AtomicU32::new(4),
            interp: Thread::current().interp.id,
            spec: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    /// The slots as of now.
    #[inline(always)]
    pub fn slots(&self) -> &Slots {
        // SAFETY: never null; a replaced table is kept (see `set_slots`).
        unsafe { &*self.slots.load(Ordering::Acquire) }
    }

    /// Replaces the slots, as one step. The old table stays allocated: another thread may be reading it.
    pub fn set_slots(&self, slots: Slots) {
        let old = self
            .slots
            .swap(Box::into_raw(Box::new(slots)), Ordering::AcqRel);
        crate::retired::retire_slots(old);
    }

    /// What a native type was defined with.
    pub fn spec(&self) -> Option<&'static TypeSpec> {
        let p = self.spec.load(Ordering::Acquire);
        // SAFETY: null, or set from a static reference.
        unsafe { p.as_ref() }
    }

    /// Whether any of the bits is set.
    #[inline(always)]
    pub fn has_flag(&self, bits: u64) -> bool {
        self.flags.load(Ordering::Acquire) & bits != 0
    }

    /// Sets bits.
    pub fn set_flag(&self, bits: u64) {
        self.flags.fetch_or(bits, Ordering::AcqRel);
    }

    /// Clears bits.
    pub fn clear_flag(&self, bits: u64) {
        self.flags.fetch_and(!bits, Ordering::AcqRel);
    }

    /// Whether it came from a `class` statement or a call of `type`.
    #[inline]
    pub fn is_heap(&self) -> bool {
        self.has_flag(flags::HEAP)
    }

    /// The name as text, for messages.
    pub fn name_text(&self) -> std::borrow::Cow<'static, str> {
        match self.name.get().as_str_obj() {
            Some(s) => String::from_utf8_lossy(s.as_bytes()),
            None => "?".into(),
        }
    }

    /// The name as messages about instances say it: with the module for a native type outside the builtins.
    pub fn tp_name(&self) -> std::borrow::Cow<'static, str> {
        let name = self.name_text();
        if self.is_heap() {
            return name;
        }
        match self
            .dict
            .get()
            .and_then(|d| d.map.get_str(names::MODULE.get()))
        {
            Some(m) if m.as_str_obj().is_some() && !m.is_str("builtins") => {
                format!("{}.{name}", names::text(m)).into()
            }
            _ => name,
        }
    }

    /// The types of the method resolution order; empty while the class is being made.
    #[inline]
    pub fn mro_items<'a>(&self) -> &'a [Value] {
        self.mro.get().as_tuple().unwrap_or(&[])
    }

    /// Whether instances are of this payload's kind.
    pub fn makes<T: Payload>(&self) -> bool {
        self.instance_kind.load(Ordering::Relaxed) == T::kind().0 as u32
    }

    /// The kind of the payload of instances.
    pub fn kind_of_instances(&self) -> Kind {
        Kind(self.instance_kind.load(Ordering::Relaxed) as u8)
    }
}

impl Object<Type> {
    /// Identity.
    #[inline(always)]
    pub fn is(&self, other: &Object<Type>) -> bool {
        std::ptr::eq(self, other)
    }

    /// Whether this is `other` or inherits from it.
    #[inline]
    pub fn is_subtype(&self, other: &Object<Type>) -> bool {
        if self.is(other) {
            return true;
        }
        let mro = self.mro_items();
        if mro.is_empty() {
            let mut t = self.base.get();
            while let Some(b) = t {
                if b.is(other) {
                    return true;
                }
                t = b.base.get();
            }
            return other.is(&OBJECT);
        }
        let target = other.value();
        mro.iter().any(|t| t.is(target))
    }

    /// The attribute of this type or its bases, as stored: no descriptor is called.
    #[inline]
    pub fn lookup(&self, name: Value) -> Option<Value> {
        crate::attr::type_lookup(self, name)
    }

    /// The attribute together with the type that has it.
    pub fn lookup_where<'a>(&self, name: Value) -> Option<(Value, &'a Object<Type>)> {
        for t in self.mro_items() {
            let t = t.expect::<Type>();
            if let Some(v) = t.dict.get().and_then(|d| d.map.get_str(name)) {
                return Some((v, t));
            }
        }
        None
    }

    /// Tells all caches that this type changed: it and its subclasses get new versions.
    pub fn modified(&self) {
        let fresh = fresh_version();
        // While another writer is at work the type stays without a version; that writer gives it one.
        let _ = self
            .version
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |v| {
                (v >= FIRST_VERSION).then_some(fresh)
            });
        for sub in self.live_subclasses() {
            sub.modified();
        }
    }

    /// Runs `f`, which changes the namespace, while the type and its subclasses have no version: a reader that has
    /// seen the change finds nothing older in a cache afterwards.
    pub fn change<R>(&self, f: impl FnOnce() -> R) -> R {
        if !taipan_gc::many_threads() {
            let r = f();
            self.modified();
            return r;
        }
        self.begin_change();
        let r = f();
        self.end_change();
        r
    }

    fn begin_change(&self) {
        let _ = self
            .version
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |v| {
                Some(if v >= FIRST_VERSION { 1 } else { v + 1 })
            });
        for sub in self.live_subclasses() {
            sub.begin_change();
        }
    }

    fn end_change(&self) {
        let fresh = fresh_version();
        let _ = self
            .version
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |v| {
                // A subclass made meanwhile has a version all along.
                Some(if v > 1 && v < FIRST_VERSION {
                    v - 1
                } else {
                    fresh
                })
            });
        for sub in self.live_subclasses() {
            sub.end_change();
        }
    }

    /// Runs through the direct subclasses that are alive.
    pub fn live_subclasses<'a>(&self) -> impl Iterator<Item = &'a Object<Type>> + use<'a> {
        let list = self.subclasses.get().as_list();
        let mut i = 0;
        std::iter::from_fn(move || {
            loop {
                let v = list?.get(i)?;
                i += 1;
                if let Some(t) = crate::weak::target_of(v) {
                    return t.downcast::<Type>();
                }
            }
        })
    }

    /// Adds a subclass to the list of subclasses.
    pub fn add_subclass(&self, th: &Thread, sub: &Object<Type>) -> PyResult<()> {
        if self.subclasses.get().is_absent() {
            let list = Value::list(th, &[])?;
            self.subclasses
                .compare_exchange(&self.header, Value::ABSENT, list);
        }
        let list = self.subclasses.get().as_list().expect("just made");
        list.append(th, crate::weak::plain_ref(th, sub.value()))
    }

    /// Takes a class off the list of subclasses.
    pub fn remove_subclass(&self, th: &Thread, sub: &Object<Type>) -> PyResult<()> {
        let Some(list) = self.subclasses.get().as_list() else {
            return Ok(());
        };
        let mut left = crate::heap::ValueVec::new();
        for w in list.snapshot(th)?.iter() {
            if crate::weak::target_of(*w).is_some_and(|t| !t.is(sub.value())) {
                left.push(th, *w)?;
            }
        }
        list.exchange(left.into_array());
        Ok(())
    }

    /// The compressed root shape, for a new instance's header.
    #[inline(always)]
    pub fn shape_word(&self) -> u32 {
        taipan_gc::compress(self.root_shape.expect() as *const _ as *mut taipan_gc::Header)
    }
}

/// The handle of a native type: a static that every crate can name, made in the bootstrap or by
/// [`StaticType::define`].
pub struct StaticType {
    cell: AtomicPtr<Object<Type>>,
    /// `__name__`
    pub name: &'static str,
    /// `__module__`
    pub module: &'static str,
    base: Option<&'static StaticType>,
    flags: u64,
    /// Registers the payload's kind and says it and the size of the cell.
    layout: fn() -> (Kind, usize),
}

impl StaticType {
    /// A handle. `layout` is [`no_layout`] for a type that takes its base's, or [`layout_of::<T>`](layout_of).
    pub const fn new(
        module: &'static str,
        name: &'static str,
        base: Option<&'static StaticType>,
        flags: u64,
        layout: fn() -> (Kind, usize),
    ) -> StaticType {
        StaticType {
            cell: AtomicPtr::new(std::ptr::null_mut()),
            name,
            module,
            base,
            flags,
            layout,
        }
    }

    /// Makes the type if it does not exist yet, bare; bases first.
    pub fn ensure(&'static self, th: &Thread) -> PyResult<&'static Object<Type>> {
        let p = self.cell.load(Ordering::Acquire);
        if !p.is_null() {
            // SAFETY: static types are immortal.
            return Ok(unsafe { &*p });
        }
        let base = match self.base {
            Some(b) => Some(b.ensure(th)?),
            None => None,
        };
        let (kind, size) = (self.layout)();
        let t = crate::class::make_static(th, self, base, self.flags, kind, size)?;
        self.cell.store(t as *const _ as *mut _, Ordering::Release);
        crate::class::keep_static(t);
        Ok(t)
    }

    /// Makes the type, if need be, and fills in what it can do. Once per process.
    pub fn define(
        &'static self,
        th: &Thread,
        spec: &'static TypeSpec,
    ) -> PyResult<&'static Object<Type>> {
        let t = self.ensure(th)?;
        if t.spec.load(Ordering::Acquire).is_null() {
            crate::class::fill_static(th, t, spec)?;
        }
        Ok(t)
    }

    /// The type.
    #[inline(always)]
    pub fn get(&self) -> &'static Object<Type> {
        let p = self.cell.load(Ordering::Relaxed);
        debug_assert!(!p.is_null(), "type {} is not made yet", self.name);
        // SAFETY: made in the bootstrap, before any code can ask; immortal.
        unsafe { &*p }
    }

    /// The type as a value.
    #[inline(always)]
    pub fn value(&self) -> Value {
        self.get().value()
    }

    /// Whether the type exists already.
    pub fn is_made(&self) -> bool {
        !self.cell.load(Ordering::Acquire).is_null()
    }
}

impl std::ops::Deref for StaticType {
    type Target = Object<Type>;
    #[inline(always)]
    fn deref(&self) -> &Object<Type> {
        self.get()
    }
}

/// The layout of a type that adds nothing to its base's.
pub fn no_layout() -> (Kind, usize) {
    (Kind::FREE, 0)
}

/// The layout of a type whose instances have payload `T`.
pub fn layout_of<T: Payload>() -> (Kind, usize) {
    crate::heap::register::<T>();
    (T::kind(), size_of::<Object<T>>())
}

/// The type of any value.
#[inline(always)]
pub fn class_of<'a>(v: Value) -> &'a Object<Type> {
    if v.is_cell() {
        shape_of(v).ty.expect()
    } else {
        class_of_unboxed(v)
    }
}

/// The shape of a heap object.
#[inline(always)]
pub fn shape_of<'a>(v: Value) -> &'a Object<Shape> {
    // SAFETY: `v` is a live cell; each Python object's header holds its shape.
    unsafe {
        let word = (*v.cell_unchecked()).shape.load(Ordering::Acquire);
        &*(taipan_gc::decompress(word) as *const Object<Shape>)
    }
}

fn class_of_unboxed(v: Value) -> &'static Object<Type> {
    if v.is_small_int() {
        INT.get()
    } else if v.is_small_float() {
        FLOAT.get()
    } else {
        match v {
            Value::NONE => NONE_TYPE.get(),
            Value::TRUE | Value::FALSE => BOOL.get(),
            Value::ELLIPSIS => ELLIPSIS_TYPE.get(),
            Value::NOT_IMPLEMENTED => NOT_IMPLEMENTED_TYPE.get(),
            _ => panic!("internal error: type of {v:?}"),
        }
    }
}

/// Whether a value's type is exactly this one.
#[inline(always)]
pub fn is_exactly(v: Value, t: &Object<Type>) -> bool {
    class_of(v).is(t)
}

/// Whether a value is an instance of a type by inheritance (no `__instancecheck__`).
#[inline(always)]
pub fn is_instance(v: Value, t: &Object<Type>) -> bool {
    class_of(v).is_subtype(t)
}

/// Whether a string cell is exactly a `str`.
#[inline(always)]
pub fn is_exact_str(s: &Object<Str>) -> bool {
    s.header.shape.load(Ordering::Relaxed) == STR.shape_word()
}

/// Sets an attribute of a type as part of making it, without checks.
pub fn set_raw(th: &Thread, t: &Object<Type>, name: &str, v: Value) -> PyResult<()> {
    let name = crate::strings::intern(th, name);
    let dict = t.dict.expect();
    let hash = name.expect::<Str>().hash();
    Map::insert(&dict.map, th, &dict.header, name, hash, v)?;
    Ok(())
}

/// The module name of a type for messages and reprs: `__module__` if it is a string.
pub fn module_of(t: &Object<Type>) -> Option<Value> {
    t.dict
        .get()
        .and_then(|d| d.map.get_str(names::MODULE.get()))
        .filter(|v| v.as_str_obj().is_some())
}

macro_rules! static_types {
    (@module) => { "builtins" };
    (@module $module:literal) => { $module };
    ($($(#[$doc:meta])* $id:ident = $name:literal $(in $module:literal)?, base $base:expr, $layout:expr, $flags:expr;)*) => {
        $($(#[$doc])* pub static $id: StaticType =
            StaticType::new(static_types!(@module $($module)?), $name, $base, $flags, $layout);)*
        /// Every builtin type that the engine itself names, bases before subclasses.
        pub static CORE: &[&StaticType] = &[$(&$id),*];
    };
}

use flags::{BASE, HAS_DICT, HAS_WEAKREF, NO_NEW};
const O: Option<&StaticType> = Some(&OBJECT);

static_types! {
    /// `object`
    OBJECT = "object", base None, layout_of::<crate::attr::Plain>, BASE;
    /// `type`
    TYPE = "type", base O, layout_of::<Type>, BASE | flags::TYPE_SUBCLASS | HAS_WEAKREF;
    /// `int`
    INT = "int", base O, layout_of::<crate::numbers::BigInt>, BASE | flags::INT_SUBCLASS | flags::MATCH_SELF;
    /// `bool`
    BOOL = "bool", base Some(&INT), no_layout, flags::MATCH_SELF;
    /// `float`
    FLOAT = "float", base O, layout_of::<crate::numbers::Float>, BASE | flags::MATCH_SELF;
    /// `complex`
    COMPLEX = "complex", base O, layout_of::<crate::numbers::Complex>, BASE;
    /// `str`
    STR = "str", base O, layout_of::<Str>, BASE | flags::STR_SUBCLASS | flags::INLINE_ITEMS | flags::MATCH_SELF;
    /// `bytes`
    BYTES = "bytes", base O, layout_of::<crate::strings::Bytes>, BASE | flags::BYTES_SUBCLASS | flags::INLINE_ITEMS | flags::MATCH_SELF;
    /// `bytearray`
    BYTEARRAY = "bytearray", base O, layout_of::<crate::bytearray::ByteArray>, BASE | flags::MATCH_SELF;
    /// `tuple`
    TUPLE = "tuple", base O, layout_of::<crate::seq::Tuple>, BASE | flags::TUPLE_SUBCLASS | flags::INLINE_ITEMS | flags::SEQUENCE | flags::MATCH_SELF;
    /// `list`
    LIST = "list", base O, layout_of::<crate::seq::List>, BASE | flags::LIST_SUBCLASS | flags::SEQUENCE | flags::MATCH_SELF;
    /// `dict`
    DICT = "dict", base O, layout_of::<Dict>, BASE | flags::DICT_SUBCLASS | flags::MAPPING | flags::MATCH_SELF;
    /// `set`
    SET = "set", base O, layout_of::<crate::dict::Set>, BASE | HAS_WEAKREF | flags::MATCH_SELF;
    /// `frozenset`
    FROZENSET = "frozenset", base O, layout_of::<crate::dict::Set>, BASE | HAS_WEAKREF | flags::MATCH_SELF;
    /// `NoneType`
    NONE_TYPE = "NoneType", base O, no_layout, 0;
    /// `ellipsis`
    ELLIPSIS_TYPE = "ellipsis", base O, no_layout, 0;
    /// `NotImplementedType`
    NOT_IMPLEMENTED_TYPE = "NotImplementedType", base O, no_layout, 0;
    /// `slice`
    SLICE = "slice", base O, layout_of::<crate::func::Slice>, 0;
    /// `function`
    FUNCTION = "function", base O, layout_of::<crate::func::Function>, HAS_DICT | HAS_WEAKREF | flags::METHOD_DESCRIPTOR;
    /// `builtin_function_or_method`
    BUILTIN_FUNCTION = "builtin_function_or_method", base O, layout_of::<crate::func::NativeFunction>, NO_NEW | HAS_WEAKREF;
    /// `method_descriptor`
    METHOD_DESCRIPTOR = "method_descriptor", base O, layout_of::<crate::func::MethodDescriptor>, NO_NEW | flags::METHOD_DESCRIPTOR;
    /// `classmethod_descriptor`
    CLASSMETHOD_DESCRIPTOR = "classmethod_descriptor", base O, layout_of::<crate::func::MethodDescriptor>, NO_NEW;
    /// `wrapper_descriptor`
    WRAPPER_DESCRIPTOR = "wrapper_descriptor", base O, layout_of::<crate::func::WrapperDescriptor>, NO_NEW | flags::METHOD_DESCRIPTOR;
    /// `method-wrapper`
    METHOD_WRAPPER = "method-wrapper", base O, layout_of::<crate::func::BoundMethod>, NO_NEW;
    /// `getset_descriptor`
    GETSET_DESCRIPTOR = "getset_descriptor", base O, layout_of::<crate::func::GetSetDescriptor>, NO_NEW;
    /// `member_descriptor`
    MEMBER_DESCRIPTOR = "member_descriptor", base O, layout_of::<crate::func::MemberDescriptor>, NO_NEW;
    /// `method`
    METHOD = "method", base O, layout_of::<crate::func::BoundMethod>, HAS_WEAKREF;
    /// `classmethod`
    CLASSMETHOD = "classmethod", base O, layout_of::<crate::func::ClassMethod>, BASE | HAS_DICT;
    /// `staticmethod`
    STATICMETHOD = "staticmethod", base O, layout_of::<crate::func::ClassMethod>, BASE | HAS_DICT;
    /// `property`
    PROPERTY = "property", base O, layout_of::<crate::func::Property>, BASE;
    /// `super`
    SUPER = "super", base O, layout_of::<crate::func::Super>, BASE;
    /// `cell`
    CELL = "cell", base O, layout_of::<crate::func::Cell>, 0;
    /// `code`
    CODE = "code", base O, layout_of::<crate::code::Code>, HAS_WEAKREF;
    /// `module`
    MODULE = "module", base O, layout_of::<crate::func::Module>, BASE | HAS_WEAKREF;
    /// `mappingproxy`
    MAPPINGPROXY = "mappingproxy", base O, layout_of::<crate::func::MappingProxy>, flags::MAPPING;
    /// `SimpleNamespace`-like plain holder of the traceback of an exception.
    TRACEBACK = "traceback", base O, layout_of::<crate::exception::Traceback>, 0;
    /// `frame`
    FRAME = "frame", base O, layout_of::<crate::frame::Frame>, NO_NEW;
    /// `generator`
    GENERATOR = "generator", base O, layout_of::<crate::frame::Generator>, NO_NEW | HAS_WEAKREF;
    /// `coroutine`
    COROUTINE = "coroutine", base O, layout_of::<crate::frame::Generator>, NO_NEW | HAS_WEAKREF;
    /// `async_generator`
    ASYNC_GENERATOR = "async_generator", base O, layout_of::<crate::frame::Generator>, NO_NEW | HAS_WEAKREF;
    /// `weakref.ReferenceType`
    WEAKREF = "ReferenceType" in "weakref", base O, layout_of::<crate::weak::WeakRef>, BASE;
}
