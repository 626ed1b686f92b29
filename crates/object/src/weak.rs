//! Weak references.
//!
//! The collector zeroes the target word of a weak cell whose target it found dead, and queues the cell if it has
//! a callback. A plain reference without callback is shared by all who ask for one to the same object.

use crate::heap::{Field, Kind, Object, Payload};
use crate::payload;
use crate::thread::Thread;
use crate::types;
use crate::value::Value;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use taipan_gc as gc;

/// The payload of `weakref.ref`, of proxies, and of the engine's own weak cells.
#[repr(C)]
pub struct WeakRef {
    /// The target's cell address, zero once dead. The collector's weak word: not traced, at offset 8 of the cell.
    target: AtomicUsize,
    /// `__callback__`, or None.
    pub callback: Field,
    /// The target's hash once asked for; -1 until then.
    pub hash: AtomicI64,
}

payload!(WeakRef, "weakref", |this, m| this.callback.trace(m));

impl Object<WeakRef> {
    /// The target, if it is alive.
    #[inline]
    pub fn target(&self) -> Option<Value> {
        let p = self.data.target.load(Ordering::Acquire);
        if p == 0 {
            None
        } else {
            Some(Value::from_cell(p as *const gc::Header))
        }
    }

    /// Forgets the target: `weakref` objects whose callback ran, proxies that are cleared.
    pub fn clear(&self) {
        self.data.target.store(0, Ordering::Release);
    }
}

/// The shared plain references, by target address. Addresses only: the table keeps nothing alive.
static PLAIN: Mutex<Option<HashMap<usize, usize>>> = Mutex::new(None);
/// All references by target address, for `weakref.getweakrefs`.
static ALL: Mutex<Option<HashMap<usize, Vec<usize>>>> = Mutex::new(None);

/// Targets that got a reference since the last collection.
static FRESH: Mutex<Vec<usize>> = Mutex::new(Vec::new());

/// A new weak reference of any weak type; `callback` is None for none. The target is a heap cell.
pub fn new_ref(
    th: &Thread,
    ty: &Object<crate::types::Type>,
    target: Value,
    callback: Value,
) -> Value {
    let w = unlisted(th, ty, target, callback);
    list(w, target.cell_unchecked() as usize);
    w.value()
}

/// A reference that `weakref.getweakrefs` does not know of yet.
fn unlisted<'a>(
    th: &Thread,
    ty: &Object<crate::types::Type>,
    target: Value,
    callback: Value,
) -> &'a Object<WeakRef> {
    let cell = target.cell_unchecked();
    let w = th.new_instance(
        ty,
        WeakRef {
            target: AtomicUsize::new(cell as usize),
            callback: Field::new(callback),
            hash: AtomicI64::new(-1),
        },
    );
    if !callback.is_none() {
        w.header.set_flags(gc::FLAG_WEAK_CALLBACK);
    }
    gc::register_weak(w as *const _ as *mut gc::Header);
    FRESH
        .lock()
        .unwrap_or_else(|e| e.into_inner())
        .push(cell as usize);
    w
}

fn list(w: &Object<WeakRef>, target: usize) {
    let mut all = ALL.lock().unwrap_or_else(|e| e.into_inner());
    all.get_or_insert_default()
        .entry(target)
        .or_default()
        .push(w as *const _ as usize);
}

/// The one plain `weakref.ref` of an object.
pub fn plain_ref(th: &Thread, target: Value) -> Value {
    let key = target.cell_unchecked() as usize;
    if let Some(v) = find_plain(key) {
        return v;
    }
    let fresh = unlisted(th, &types::WEAKREF, target, Value::NONE);
    let mut plain = PLAIN.lock().unwrap_or_else(|e| e.into_inner());
    match plain.get_or_insert_default().entry(key) {
        // Another thread was first: nobody ever sees ours.
        Entry::Occupied(known) => Value::from_cell(*known.get() as *const gc::Header),
        Entry::Vacant(place) => {
            place.insert(fresh as *const _ as usize);
            list(fresh, key);
            fresh.value()
        }
    }
}

fn find_plain(key: usize) -> Option<Value> {
    let plain = PLAIN.lock().unwrap_or_else(|e| e.into_inner());
    plain
        .as_ref()?
        .get(&key)
        .map(|p| Value::from_cell(*p as *const gc::Header))
}

/// The object that a weak reference refers to.
pub fn target_of(v: Value) -> Option<Value> {
    v.downcast::<WeakRef>()?.target()
}

/// All weak references to an object: those that all share first, then the newest first.
pub fn refs_to(th: &Thread, target: Value) -> crate::error::PyResult<crate::heap::ValueVec> {
    let Some(cell) = target.cell() else {
        return Ok(crate::heap::ValueVec::new());
    };
    loop {
        let n = count(cell as usize);
        let mut out = crate::heap::ValueVec::with_capacity(th, n)?;
        let all = ALL.lock().unwrap_or_else(|e| e.into_inner());
        let Some(list) = all.as_ref().and_then(|a| a.get(&(cell as usize))) else {
            return Ok(out);
        };
        if list.len() > n.max(4) {
            continue;
        }
        let shared = |w: Value| {
            w.downcast::<WeakRef>()
                .is_some_and(|r| r.callback.get().is_none() && !types::class_of(w).is_heap())
        };
        let alive = || {
            let all = list.iter().rev();
            all.map(|w| Value::from_cell(*w as *const gc::Header))
                .filter(|w| target_of(*w).is_some())
        };
        // Within capacity: nothing is allocated under the lock.
        for w in alive().filter(|w| shared(*w)) {
            let _ = out.push(th, w);
        }
        for w in alive().filter(|w| !shared(*w)) {
            let _ = out.push(th, w);
        }
        return Ok(out);
    }
}

/// How many weak references to a cell are known.
fn count(cell: usize) -> usize {
    let all = ALL.lock().unwrap_or_else(|e| e.into_inner());
    all.as_ref()
        .and_then(|a| a.get(&cell))
        .map_or(0, |l| l.len())
}

/// Forgets dead cells; after marking, with the world stopped. A young collection looks at the targets that got a
/// reference since the last one: nothing older dies in it.
pub(crate) fn after_mark(is_marked: &dyn Fn(gc::Cell) -> bool, full: bool) {
    let alive = |p: usize| is_marked(p as gc::Cell);
    let fresh = std::mem::take(&mut *FRESH.lock().unwrap_or_else(|e| e.into_inner()));
    if let Some(plain) = PLAIN.lock().unwrap_or_else(|e| e.into_inner()).as_mut() {
        let keep = |target: usize, weak: usize| alive(target) && alive(weak);
        if full {
            plain.retain(|target, weak| keep(*target, *weak));
        } else {
            for target in &fresh {
                if plain.get(target).is_some_and(|w| !keep(*target, *w)) {
                    plain.remove(target);
                }
            }
        }
    }
    if let Some(all) = ALL.lock().unwrap_or_else(|e| e.into_inner()).as_mut() {
        let tidy = |target: usize, list: &mut Vec<usize>| {
            list.retain(|w| alive(*w));
            alive(target) && !list.is_empty()
        };
        if full {
            all.retain(|target, list| tidy(*target, list));
        } else {
            for target in &fresh {
                if all.get_mut(target).is_some_and(|l| !tidy(*target, l)) {
                    all.remove(target);
                }
            }
        }
    }
}

/// Whether an object can be weakly referenced.
pub fn is_referenceable(v: Value) -> bool {
    v.kind() != Kind::FREE && types::class_of(v).has_flag(types::flags::HAS_WEAKREF)
}

/// The kind of weak cells.
pub fn kind() -> Kind {
    WeakRef::kind()
}
