//! `dict` and `set` cells: thin owners of a [`Map`].

use crate::error::PyResult;
use crate::heap::{Field, Object};
use crate::map::{Inserted, Map};
use crate::payload;
use crate::thread::Thread;
use crate::types;
use crate::value::Value;
use std::sync::atomic::{AtomicI64, Ordering};

/// The payload of `dict`.
#[repr(C)]
pub struct Dict {
    /// Keys and values.
    pub map: Map,
}

payload!(4: Dict, "dict", |this, m| this.map.trace(m));

impl Dict {
    /// An empty dict.
    pub fn new<'a>(th: &Thread) -> &'a Object<Dict> {
        th.new_object(&types::DICT, Dict { map: Map::new() })
    }

    /// A dict that takes a map over.
    pub fn from_map<'a>(th: &Thread, map: Map) -> &'a Object<Dict> {
        th.new_object(&types::DICT, Dict { map })
    }
}

/// `hash(key)` for a dict: a type that has none is told so in terms of dicts.
#[inline]
pub fn key_hash(th: &Thread, key: Value) -> PyResult<i64> {
    crate::ops::hash(th, key).map_err(|e| unusable(th, e, key, "a dict key"))
}

/// `hash(v)` for a set.
#[inline]
pub fn element_hash(th: &Thread, v: Value) -> PyResult<i64> {
    crate::ops::hash(th, v).map_err(|e| unusable(th, e, v, "a set element"))
}

#[cold]
fn unusable(th: &Thread, e: crate::Raised, v: Value, what: &str) -> crate::Raised {
    if !types::is_exactly(e.0, &crate::exception::TYPE_ERROR) {
        return e;
    }
    let text = match crate::ops::str(th, e.0) {
        Ok(t) => t,
        Err(e) => return e,
    };
    th.type_error(format!(
        "cannot use '{}' as {what} ({})",
        crate::ops::full_type_name(v),
        crate::names::text(text)
    ))
}

impl Object<Dict> {
    /// `d[key]`, without `__missing__`; nothing for a missing key. May run `__hash__` and `__eq__`.
    #[inline]
    pub fn get(&self, th: &Thread, key: Value) -> PyResult<Option<Value>> {
        let hash = key_hash(th, key)?;
        self.map.get(th, key, hash)
    }

    /// `d[key] = value`.
    #[inline]
    pub fn set(&self, th: &Thread, key: Value, value: Value) -> PyResult<()> {
        let hash = key_hash(th, key)?;
        self.map.insert(th, &self.header, key, hash, value)?;
        Ok(())
    }

    /// Removes a key; its value if it was there.
    pub fn remove(&self, th: &Thread, key: Value) -> PyResult<Option<Value>> {
        let hash = key_hash(th, key)?;
        self.map.remove(th, &self.header, key, hash)
    }

    /// The value of a name of the engine's own.
    pub fn get_name(&self, th: &Thread, name: &str) -> Option<Value> {
        self.map.get_str(crate::strings::intern(th, name))
    }

    /// Sets the value of a name of the engine's own.
    pub fn set_name(&self, th: &Thread, name: &str, value: Value) -> PyResult<()> {
        self.set(th, crate::strings::intern(th, name), value)
    }

    /// Stores into (or, absent, empties) an entry that exists, with the world stopped or before publication.
    pub(crate) fn set_existing_unlocked(&self, key: Value, value: Value) {
        self.map.overwrite_str(key, value);
    }
}

/// The payload of `set` and `frozenset`.
#[repr(C)]
pub struct Set {
    /// The elements are the keys; every value is `True`.
    pub map: Map,
    /// A frozenset's hash; -1 until computed.
    pub hash: AtomicI64,
}

payload!(20: Set, "set", |this, m| this.map.trace(m));

impl Set {
    /// A payload that takes a map over.
    pub fn with(map: Map) -> Set {
        Set {
            map,
            hash: AtomicI64::new(-1),
        }
    }

    /// An empty set.
    pub fn new<'a>(th: &Thread) -> &'a Object<Set> {
        th.new_object(&types::SET, Set::with(Map::new()))
    }

    /// An empty frozenset, to be filled before anyone sees it.
    pub fn new_frozen<'a>(th: &Thread) -> &'a Object<Set> {
        th.new_object(&types::FROZENSET, Set::with(Map::new()))
    }

    /// The cached hash of a frozenset.
    pub fn cached_hash(&self) -> Option<i64> {
        let h = self.hash.load(Ordering::Relaxed);
        if h == -1 { None } else { Some(h) }
    }
}

impl Object<Set> {
    /// Adds an element; whether it is new.
    pub fn add(&self, th: &Thread, v: Value) -> PyResult<bool> {
        let hash = element_hash(th, v)?;
        // The stored key stays when an equal one is added.
        Ok(self.map.insert(th, &self.header, v, hash, Value::TRUE)? == Inserted::New)
    }

    /// Whether an element is in it.
    pub fn contains(&self, th: &Thread, v: Value) -> PyResult<bool> {
        let hash = element_hash(th, v)?;
        Ok(self.map.get(th, v, hash)?.is_some())
    }

    /// Removes an element; whether it was there.
    pub fn discard(&self, th: &Thread, v: Value) -> PyResult<bool> {
        let hash = element_hash(th, v)?;
        Ok(self.map.remove(th, &self.header, v, hash)?.is_some())
    }
}

impl Value {
    /// The dict cell, if this is a dict or of a subclass.
    #[inline(always)]
    pub fn as_dict<'a>(self) -> Option<&'a Object<Dict>> {
        self.downcast::<Dict>()
    }

    /// The set cell, if this is a set or frozenset or of a subclass.
    #[inline(always)]
    pub fn as_set<'a>(self) -> Option<&'a Object<Set>> {
        self.downcast::<Set>()
    }
}

/// A root field that holds one value for the whole process (a cached object of native code).
pub struct StaticField(Field);

impl StaticField {
    /// An unset field.
    pub const fn new() -> StaticField {
        StaticField(Field::absent())
    }

    /// The value; absent if unset.
    pub fn get(&self) -> Value {
        self.0.get()
    }

    /// Sets the value. The field must be registered as a root by its owner, with [`StaticField::trace`].
    pub fn set(&self, v: Value) {
        self.0.init(v);
    }

    /// Marks the value.
    pub fn trace(&self, m: &mut taipan_gc::Marker) {
        self.0.trace(m);
    }
}

impl Default for StaticField {
    fn default() -> Self {
        Self::new()
    }
}
