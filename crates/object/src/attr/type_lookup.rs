//! Attributes of types, and when what caches know of attributes is stale.

use crate::heap::Object;
use crate::thread::Thread;
use crate::types::Type;
use crate::value::Value;
use std::sync::atomic::{AtomicU32, Ordering};

const TYPE_CACHE_SIZE: usize = 4096;

/// One remembered lookup. Filled and read under a sequence number, so that a reader sees it whole or not at all.
struct TypeCacheEntry {
    seq: AtomicU32,
    version: AtomicU32,
    name: std::sync::atomic::AtomicU64,
    value: std::sync::atomic::AtomicU64,
}

static TYPE_CACHE: [TypeCacheEntry; TYPE_CACHE_SIZE] = [const {
    TypeCacheEntry {
        seq: AtomicU32::new(0),
        version: AtomicU32::new(0),
        name: std::sync::atomic::AtomicU64::new(0),
        value: std::sync::atomic::AtomicU64::new(0),
    }
}; TYPE_CACHE_SIZE];

/// Forgets all remembered lookups: they are no roots, so each collection begins with this.
pub(crate) fn clear_type_cache(_full: bool) {
    for e in &TYPE_CACHE {
        e.version.store(0, Ordering::Release);
    }
}

/// The attribute of a type or its bases, as stored. `name` is an exact `str`.
#[inline]
pub fn type_lookup(ty: &Object<Type>, name: Value) -> Option<Value> {
    let version = ty.version.load(Ordering::Acquire);
    let slot = (name.bits() >> 4) as usize ^ (version as usize).wrapping_mul(0x9E37_79B1);
    let e = &TYPE_CACHE[slot % TYPE_CACHE_SIZE];
    let seq = e.seq.load(Ordering::Acquire);
    if seq & 1 == 0
        && e.version.load(Ordering::Acquire) == version
        && e.name.load(Ordering::Acquire) == name.bits()
    {
        let v = Value::from_bits(e.value.load(Ordering::Acquire));
        std::sync::atomic::fence(Ordering::Acquire);
        if e.seq.load(Ordering::Relaxed) == seq {
            return v.present();
        }
    }
    type_lookup_slow(ty, name, version, e)
}

#[cold]
fn type_lookup_slow(
    ty: &Object<Type>,
    name: Value,
    version: u32,
    e: &TypeCacheEntry,
) -> Option<Value> {
    let found = lookup_mro(ty, name);
    let interned = name.as_str_obj().is_some_and(|s| s.is_interned());
    if interned
        && version >= crate::types::FIRST_VERSION
        && !ty.mro.get().is_absent()
        && ty.version.load(Ordering::Acquire) == version
    {
        let seq = e.seq.load(Ordering::Relaxed);
        if seq & 1 == 0
            && e.seq
                .compare_exchange(seq, seq + 1, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok()
        {
            e.version.store(version, Ordering::Relaxed);
            e.name.store(name.bits(), Ordering::Relaxed);
            e.value
                .store(found.unwrap_or(Value::ABSENT).bits(), Ordering::Relaxed);
            e.seq.store(seq.wrapping_add(2), Ordering::Release);
        }
    }
    found
}

fn lookup_mro(ty: &Object<Type>, name: Value) -> Option<Value> {
    let mro = ty.mro_items();
    if mro.is_empty() {
        let mut t = Some(ty);
        while let Some(x) = t {
            if let Some(v) = x.dict.get().and_then(|d| d.map.get_str(name)) {
                return Some(v);
            }
            t = x.base.get();
        }
        return None;
    }
    mro.iter()
        .find_map(|t| t.expect::<Type>().dict.get()?.map.get_str(name))
}

/// Counts the events that make an own attribute no longer what `v.name` means: a data descriptor set on a class
/// after the fact, a new `__getattribute__`. Caches of own attributes compare it.
/// The number lies in bits 16 to 31 and is never zero.
static EPOCH: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1 << 16);

/// The current epoch: 16 bits, not zero.
#[inline(always)]
pub fn epoch() -> u64 {
    epoch_bits() >> 16
}

/// The current epoch in bits 16 to 31, the others zero.
#[inline(always)]
pub fn epoch_bits() -> u64 {
    EPOCH.load(Ordering::Relaxed)
}

/// Makes all caches of own attributes stale.
pub fn bump_epoch() {
    const LAST: u64 = 0xFFFF << 16;
    let next = |epoch| {
        Some(if epoch == LAST {
            1 << 16
        } else {
            epoch + (1 << 16)
        })
    };
    let before = EPOCH.fetch_update(Ordering::SeqCst, Ordering::SeqCst, next);
    if before == Ok(LAST) && Thread::is_attached() {
        // The numbers begin anew. A full collection empties all caches, the old ones of the same numbers among them.
        taipan_gc::collect(Thread::current().mutator, true);
    }
}
