//! The hash table behind `dict` and `set`: insertion-ordered, open addressing, readers without locks.
//!
//! A reader loads the one published table. An entry, once published, belongs to its key until the table is
//! replaced: a deletion empties it and it is never used again, so a cached (table, entry) pair can be trusted
//! while the table is the published one. Writers lock the owner; no Python code (`__eq__`) and no allocation
//! happens under the lock: what is needed is found before, and checked again under it.

use crate::error::PyResult;
use crate::heap::{Field, FieldOf, Object, Payload};
use crate::payload;
use crate::thread::Thread;
use crate::value::Value;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use taipan_gc::{Header, Marker};

mod bulk;

pub use bulk::{NotPlain, Retain};

/// One key with its hash and value. For sets the value is `True`.
#[repr(C)]
pub struct Entry {
    hash: AtomicU64,
    key: Field,
    value: Field,
}

impl Entry {
    /// The key's hash.
    #[inline(always)]
    pub fn hash(&self) -> i64 {
        self.hash.load(Ordering::Relaxed) as i64
    }
    /// The key; absent once deleted.
    #[inline(always)]
    pub fn key(&self) -> Value {
        self.key.get()
    }
    /// The value; absent once deleted.
    #[inline(always)]
    pub fn value(&self) -> Value {
        self.value.get()
    }
}

/// A published table: indices of one, two or four bytes, then the entries in insertion order.
#[repr(C)]
pub struct Table {
    log2: u8,
    width: u8,
    /// Entries that may be used.
    cap: u32,
    /// Entries used so far, deleted ones and the gap before `front` counted.
    next: AtomicUsize,
    /// The lowest entry used: above zero only where room was left to put keys before all others.
    front: AtomicUsize,
    /// All entries below are free or deleted: where a search for the oldest begins.
    oldest: AtomicUsize,
    /// All used entries from here on are deleted: where a search for the newest begins.
    newest: AtomicUsize,
    body: [u64; 0],
}

payload!(13: Table, "dict table", |this, m| {
    for part in this.used_entries().chunks(crate::heap::MARKED_AT_ONCE) {
        for e in part {
            e.key.trace(m);
            e.value.trace(m);
        }
        m.ease();
    }
});

impl Table {
    #[inline(always)]
    fn indices(&self) -> *const u8 {
        self.body.as_ptr() as *const u8
    }

    #[inline(always)]
    fn size(&self) -> usize {
        1 << self.log2
    }

    /// All entries that the table has room for.
    #[inline(always)]
    pub fn entries(&self) -> &[Entry] {
        // SAFETY: the cell was allocated with room for the indices and `cap` entries behind them.
        unsafe {
            let start = self.indices().add(self.size() * self.width as usize) as *const Entry;
            std::slice::from_raw_parts(start, self.cap as usize)
        }
    }

    /// Where in the table the value of an entry lies, in words; nothing where that needs more than 16 bits.
    pub fn value_offset(&self, entry: usize) -> Option<u16> {
        let at = &raw const self.entries().get(entry)?.value;
        let words = (at as usize - self as *const Table as usize) / 8;
        u16::try_from(words).ok()
    }

    /// The value at an offset that [`Table::value_offset`] gave for this table; absent once its entry is deleted.
    #[inline(always)]
    pub fn value_at(&self, offset: u16) -> Value {
        // SAFETY: the offset of a field of this table, which lives as long as the table.
        let field = unsafe { &*(self as *const Table as *const Field).add(offset as usize) };
        field.get()
    }

    /// How many entries are used, deleted ones counted.
    #[inline(always)]
    pub fn used(&self) -> usize {
        self.next.load(Ordering::Acquire)
    }

    /// The bytes of the table's cell.
    pub fn byte_size(&self) -> usize {
        size_of::<Object<Table>>()
            + self.size() * self.width as usize
            + self.cap as usize * size_of::<Entry>()
    }

    /// The entries in use, deleted ones among them.
    #[inline(always)]
    pub fn used_entries(&self) -> &[Entry] {
        let (from, to) = (self.front.load(Ordering::Acquire), self.used());
        &self.entries()[from..to.max(from)]
    }

    /// The entry number plus one at an index; zero for a free one.
    #[inline(always)]
    fn index(&self, i: usize) -> usize {
        // SAFETY: `i` is masked by the caller to be below `size`.
        unsafe {
            match self.width {
                1 => (*(self.indices().add(i) as *const AtomicU8)).load(Ordering::Acquire) as usize,
                2 => (*(self.indices().add(i * 2) as *const AtomicU16)).load(Ordering::Acquire)
                    as usize,
                _ => (*(self.indices().add(i * 4) as *const AtomicU32)).load(Ordering::Acquire)
                    as usize,
            }
        }
    }

    #[inline(always)]
    fn set_index(&self, i: usize, n: usize) {
        // SAFETY: as in `index`; the numbers fit the width by construction.
        unsafe {
            match self.width {
                1 => {
                    (*(self.indices().add(i) as *const AtomicU8)).store(n as u8, Ordering::Release)
                }
                2 => (*(self.indices().add(i * 2) as *const AtomicU16))
                    .store(n as u16, Ordering::Release),
                _ => (*(self.indices().add(i * 4) as *const AtomicU32))
                    .store(n as u32, Ordering::Release),
            }
        }
    }

    fn try_new<'a>(th: &Thread, log2: u8) -> PyResult<&'a Object<Table>> {
        if log2 > 31 {
            return Err(th.memory_error());
        }
        let size = 1usize << log2;
        let cap = size * 2 / 3;
        let width = if cap < 255 {
            1
        } else if cap < 65535 {
            2
        } else {
            4
        };
        let bytes = size_of::<Object<Table>>() + size * width + cap * size_of::<Entry>();
        let cell = th.try_alloc(Table::kind(), bytes)?;
        // SAFETY: the cell is new, zeroed, large enough, and seen by no one else.
        unsafe {
            let t = cell as *mut Object<Table>;
            (&raw mut (*t).data.log2).write(log2);
            (&raw mut (*t).data.width).write(width as u8);
            (&raw mut (*t).data.cap).write(cap as u32);
            Ok(&*t)
        }
    }

    /// A probe sequence over the indices of a hash: linear with the hash's high bits stirred in, as CPython's.
    #[inline(always)]
    fn probe(&self, hash: i64) -> Probe {
        Probe {
            i: hash as usize & (self.size() - 1),
            perturb: hash as u64,
            mask: self.size() - 1,
        }
    }

    /// Puts an entry at the end. The caller holds the lock, or the table is not published yet.
    fn push(&self, owner: &Header, hash: i64, key: Value, value: Value) {
        let n = self.used();
        let e = &self.entries()[n];
        e.hash.store(hash as u64, Ordering::Relaxed);
        e.key.set(owner, key);
        e.value.set(owner, value);
        let mut p = self.probe(hash);
        while self.index(p.i) != 0 {
            p.advance();
        }
        self.next.store(n + 1, Ordering::Release);
        self.newest.store(n + 1, Ordering::Release);
        self.set_index(p.i, n + 1);
    }

    /// Puts an entry before all others; the caller knows that there is a gap, and holds the lock.
    fn push_front(&self, owner: &Header, hash: i64, key: Value, value: Value) {
        let n = self.front.load(Ordering::Acquire) - 1;
        let e = &self.entries()[n];
        e.hash.store(hash as u64, Ordering::Relaxed);
        e.key.set(owner, key);
        e.value.set(owner, value);
        let mut p = self.probe(hash);
        while self.index(p.i) != 0 {
            p.advance();
        }
        self.front.store(n, Ordering::Release);
        self.oldest.store(n, Ordering::Release);
        if self.newest.load(Ordering::Acquire) <= n {
            self.newest.store(n + 1, Ordering::Release);
        }
        self.set_index(p.i, n + 1);
    }

    /// Leaves a gap of `n` entries at the front of an empty table.
    fn leave_gap(&self, n: usize) {
        for f in [&self.next, &self.front, &self.oldest, &self.newest] {
            f.store(n, Ordering::Release);
        }
    }

    /// The smallest table with room for `n` entries, as a power of two.
    fn log2_for(n: usize) -> u8 {
        let mut log2 = 3;
        while (1usize << log2) * 2 / 3 < n && log2 < 40 {
            log2 += 1;
        }
        log2
    }
}

struct Probe {
    i: usize,
    perturb: u64,
    mask: usize,
}

impl Probe {
    #[inline(always)]
    fn advance(&mut self) {
        self.perturb >>= 5;
        self.i = (self
            .i
            .wrapping_mul(5)
            .wrapping_add(self.perturb as usize)
            .wrapping_add(1))
            & self.mask;
    }
}

/// The state of a dict or set: the published table and the number of live keys.
#[repr(C)]
pub struct Map {
    table: FieldOf<Table>,
    len: AtomicUsize,
}

/// What [`Map::insert`] did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Inserted {
    /// The key is new.
    New,
    /// The key was there; this was its value.
    Replaced(Value),
}

impl Default for Map {
    fn default() -> Self {
        Self::new()
    }
}

impl Map {
    /// An empty map, without a table.
    pub const fn new() -> Map {
        Map {
            table: FieldOf::null(),
            len: AtomicUsize::new(0),
        }
    }

    /// Marks the table.
    pub fn trace(&self, m: &mut Marker) {
        self.table.trace(m);
    }

    /// The published table.
    #[inline(always)]
    pub fn table<'a>(&self) -> Option<&'a Object<Table>> {
        self.table.get()
    }

    /// The published table's address, for caches.
    #[inline(always)]
    pub fn table_address(&self) -> usize {
        self.table.address()
    }

    /// The number of keys at this instant.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.load(Ordering::Acquire)
    }

    /// Whether it has no keys at this instant.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry number of a key in one table. May run `__eq__`.
    #[inline(always)]
    fn find(th: &Thread, table: &Table, key: Value, hash: i64) -> PyResult<Option<usize>> {
        // Most keys are found by identity, or nothing has their hash.
        let mut p = table.probe(hash);
        loop {
            let n = table.index(p.i);
            if n == 0 {
                return Ok(None);
            }
            let e = &table.entries()[n - 1];
            if e.hash() == hash {
                let k = e.key();
                if k.is(key) && !k.is_absent() {
                    return Ok(Some(n - 1));
                }
                return Self::find_equal(th, table, key, hash);
            }
            p.advance();
        }
    }

    #[inline(never)]
    fn find_equal(th: &Thread, table: &Table, key: Value, hash: i64) -> PyResult<Option<usize>> {
        let mut p = table.probe(hash);
        loop {
            let n = table.index(p.i);
            if n == 0 {
                return Ok(None);
            }
            let e = &table.entries()[n - 1];
            let k = e.key();
            if k.is(key) && !k.is_absent() {
                return Ok(Some(n - 1));
            }
            if e.hash() == hash && !k.is_absent() && same_key(th, k, key)? {
                return Ok(Some(n - 1));
            }
            p.advance();
        }
    }

    /// The entry number of an exact string key whose hash is known: never runs Python code.
    #[inline]
    pub fn find_str(table: &Table, key: Value, hash: i64) -> Option<usize> {
        let bytes = key.expect::<crate::strings::Str>().as_bytes();
        let mut p = table.probe(hash);
        loop {
            let n = table.index(p.i);
            if n == 0 {
                return None;
            }
            let e = &table.entries()[n - 1];
            let k = e.key();
            if k.is(key) {
                return Some(n - 1);
            }
            if e.hash() == hash && k.as_str_obj().is_some_and(|s| s.as_bytes() == bytes) {
                return Some(n - 1);
            }
            p.advance();
        }
    }

    /// The value of a key. May run `__eq__`.
    #[inline]
    pub fn get(&self, th: &Thread, key: Value, hash: i64) -> PyResult<Option<Value>> {
        loop {
            let Some(t) = self.table() else {
                return Ok(None);
            };
            let Some(n) = Self::find(th, t, key, hash)? else {
                if self.table_address() != t as *const _ as usize {
                    continue;
                }
                return Ok(None);
            };
            let v = t.entries()[n].value();
            if !v.is_absent() {
                return Ok(Some(v));
            }
            // Deleted since; it may have been put back in a new entry.
            if self.table_address() == t as *const _ as usize
                && Self::find(th, t, key, hash)?.is_none()
            {
                return Ok(None);
            }
        }
    }

    /// The value of an exact string key. Never runs Python code.
    #[inline]
    pub fn get_str(&self, key: Value) -> Option<Value> {
        let t = self.table()?;
        let hash = key.expect::<crate::strings::Str>().hash();
        t.entries()[Self::find_str(t, key, hash)?].value().present()
    }

    /// The stored key object equal to `key`, with its value.
    pub fn get_entry(
        &self,
        th: &Thread,
        key: Value,
        hash: i64,
    ) -> PyResult<Option<(Value, Value)>> {
        let Some(t) = self.table() else {
            return Ok(None);
        };
        let Some(n) = Self::find(th, t, key, hash)? else {
            return Ok(None);
        };
        let e = &t.entries()[n];
        let (k, v) = (e.key(), e.value());
        Ok(if v.is_absent() || k.is_absent() {
            None
        } else {
            Some((k, v))
        })
    }

    /// Sets a key's value. `owner` is the dict or set that this map is part of.
    pub fn insert(
        &self,
        th: &Thread,
        owner: &Header,
        key: Value,
        hash: i64,
        value: Value,
    ) -> PyResult<Inserted> {
        self.update(th, owner, key, hash, |_| Some(value))
    }

    /// The value of a key, which becomes `default` if it is missing: one winner for all threads.
    pub fn setdefault(
        &self,
        th: &Thread,
        owner: &Header,
        key: Value,
        hash: i64,
        default: Value,
    ) -> PyResult {
        match self.update(th, owner, key, hash, |old| {
            if old.is_some() { None } else { Some(default) }
        })? {
            Inserted::New => Ok(default),
            Inserted::Replaced(v) => Ok(v),
        }
    }

    fn update(
        &self,
        th: &Thread,
        owner: &Header,
        key: Value,
        hash: i64,
        choose: impl Fn(Option<Value>) -> Option<Value>,
    ) -> PyResult<Inserted> {
        loop {
            let table = self.table();
            let used = table.map_or(0, |t| t.used());
            let found = match table {
                Some(t) => Self::find(th, t, key, hash)?,
                None => None,
            };
            if let (Some(t), Some(n)) = (table, found) {
                let _lock = crate::thread::lock(owner);
                if self.table_address() != t as *const _ as usize {
                    continue;
                }
                let old = t.entries()[n].value();
                if old.is_absent() {
                    continue;
                }
                if let Some(new) = choose(Some(old)) {
                    t.entries()[n].value.set(&t.header, new);
                }
                return Ok(Inserted::Replaced(old));
            }
            match table {
                Some(t) if used < t.cap as usize => {
                    let _lock = crate::thread::lock(owner);
                    // A key that appeared since the search may be this one.
                    if self.table_address() != t as *const _ as usize || t.used() != used {
                        continue;
                    }
                    let Some(new) = choose(None) else {
                        return Ok(Inserted::New);
                    };
                    t.push(&t.header, hash, key, new);
                    self.len.fetch_add(1, Ordering::AcqRel);
                    return Ok(Inserted::New);
                }
                _ => {
                    let bigger = Table::try_new(th, Self::roomy(self.len() + 1))?;
                    let _lock = crate::thread::lock(owner);
                    let same = self.table_address() == table.map_or(0, |t| t as *const _ as usize);
                    if !same || self.len() >= bigger.cap as usize {
                        continue;
                    }
                    let Some(new) = choose(None) else {
                        return Ok(Inserted::New);
                    };
                    // The search saw a full table, which is still there: no key can have appeared.
                    Self::move_to(table, bigger);
                    bigger.push(&bigger.header, hash, key, new);
                    self.table.set(owner, Some(bigger));
                    self.len.fetch_add(1, Ordering::AcqRel);
                    return Ok(Inserted::New);
                }
            }
        }
    }

    /// The size of a table for `want` live keys: twice the room, so that filling a dict copies each entry a bounded
    /// number of times.
    fn roomy(want: usize) -> u8 {
        Table::log2_for(want + want / 2)
    }

    /// Copies the live entries of a table, in their order, to a new one with room for them. The caller holds the lock.
    fn move_to(from: Option<&Object<Table>>, to: &Object<Table>) {
        for e in from.map_or(&[][..], |t| t.used_entries()) {
            let (k, v) = (e.key(), e.value());
            if !v.is_absent() {
                to.push(&to.header, e.hash(), k, v);
            }
        }
    }

    /// Replaces `seen` by a table with room for `want` live keys, if it still is the published one.
    fn grow(
        &self,
        th: &Thread,
        owner: &Header,
        seen: Option<&Object<Table>>,
        want: usize,
    ) -> PyResult<()> {
        let bigger = Table::try_new(th, Self::roomy(want))?;
        let _lock = crate::thread::lock(owner);
        if self.table_address() != seen.map_or(0, |t| t as *const _ as usize)
            || self.len() > bigger.cap as usize
        {
            return Ok(());
        }
        Self::move_to(seen, bigger);
        self.table.set(owner, Some(bigger));
        Ok(())
    }

    /// Makes room for `want` keys in all.
    pub fn reserve(&self, th: &Thread, owner: &Header, want: usize) -> PyResult<()> {
        let t = self.table();
        if t.map_or(0, |t| t.cap as usize) < want {
            self.grow(th, owner, t, want)
        } else {
            Ok(())
        }
    }

    /// Deletes a key; its value if it was there.
    pub fn remove(
        &self,
        th: &Thread,
        owner: &Header,
        key: Value,
        hash: i64,
    ) -> PyResult<Option<Value>> {
        loop {
            let Some(t) = self.table() else {
                return Ok(None);
            };
            let used = t.used();
            let found = Self::find(th, t, key, hash)?;
            let _lock = crate::thread::lock(owner);
            if self.table_address() != t as *const _ as usize {
                continue;
            }
            let Some(n) = found else {
                if t.used() != used {
                    continue;
                }
                return Ok(None);
            };
            let old = t.entries()[n].value();
            if old.is_absent() {
                continue;
            }
            self.empty_entry(t, n);
            return Ok(Some(old));
        }
    }

    /// Stores into, or empties, the entry of a string key that exists. The caller is alone.
    pub(crate) fn overwrite_str(&self, key: Value, value: Value) {
        let Some(t) = self.table() else { return };
        let hash = key.expect::<crate::strings::Str>().hash();
        if let Some(n) = Self::find_str(t, key, hash) {
            if value.is_absent() {
                self.empty_entry(t, n);
            } else {
                t.entries()[n].value.set(&t.header, value);
            }
        }
    }

    /// Deletes an entry. The caller holds the lock.
    fn empty_entry(&self, t: &Object<Table>, n: usize) {
        Self::blank_entry(t, n);
        self.len.fetch_sub(1, Ordering::AcqRel);
    }

    /// As [`Map::empty_entry`], but the caller counts.
    fn blank_entry(t: &Object<Table>, n: usize) {
        let e = &t.entries()[n];
        e.value.set(&t.header, Value::ABSENT);
        e.key.set(&t.header, Value::ABSENT);
    }

    /// Takes the newest entry off.
    pub fn pop_last(&self, owner: &Header) -> Option<(Value, Value)> {
        let _lock = crate::thread::lock(owner);
        let t = self.table()?;
        let (from, to) = (
            t.front.load(Ordering::Acquire),
            t.newest.load(Ordering::Acquire),
        );
        for n in (from..to).rev() {
            let e = &t.entries()[n];
            let (k, v) = (e.key(), e.value());
            if !v.is_absent() {
                self.empty_entry(t, n);
                t.newest.store(n, Ordering::Release);
                return Some((k, v));
            }
        }
        None
    }

    /// Takes the oldest entry off.
    pub fn pop_first(&self, owner: &Header) -> Option<(Value, Value)> {
        let _lock = crate::thread::lock(owner);
        let t = self.table()?;
        for n in t.oldest.load(Ordering::Acquire)..t.used() {
            let e = &t.entries()[n];
            let (k, v) = (e.key(), e.value());
            if !v.is_absent() {
                self.empty_entry(t, n);
                t.oldest.store(n + 1, Ordering::Release);
                return Some((k, v));
            }
        }
        None
    }

    /// Moves a key to the end or the beginning of the order; whether it is there.
    pub fn move_to_end(
        &self,
        th: &Thread,
        owner: &Header,
        key: Value,
        hash: i64,
        last: bool,
    ) -> PyResult<bool> {
        loop {
            let Some(t) = self.table() else {
                return Ok(false);
            };
            let Some(n) = Self::find(th, t, key, hash)? else {
                if self.table_address() != t as *const _ as usize {
                    continue;
                }
                return Ok(false);
            };
            let room = {
                let _lock = crate::thread::lock(owner);
                if self.table_address() != t as *const _ as usize {
                    continue;
                }
                let (k, v) = (t.entries()[n].key(), t.entries()[n].value());
                if v.is_absent() {
                    continue;
                }
                let room = if last {
                    t.used() < t.cap as usize
                } else {
                    t.front.load(Ordering::Acquire) > 0
                };
                if room {
                    let in_place = if last {
                        n + 1 == t.used()
                    } else {
                        n == t.front.load(Ordering::Acquire)
                    };
                    if !in_place {
                        // First the new entry, so that a reader finds the key at every moment.
                        if last {
                            t.push(&t.header, hash, k, v);
                        } else {
                            t.push_front(&t.header, hash, k, v);
                        }
                        Self::blank_entry(t, n);
                    }
                    return Ok(true);
                }
                room
            };
            debug_assert!(!room);
            if last {
                self.grow(th, owner, Some(t), self.len() + 1)?;
            } else {
                self.grow_front(th, owner, t)?;
            }
        }
    }

    /// Replaces a table by one with as much room before its entries as they take.
    fn grow_front(&self, th: &Thread, owner: &Header, seen: &Object<Table>) -> PyResult<()> {
        let n = self.len();
        let gap = n + 4;
        let bigger = Table::try_new(th, Table::log2_for(gap + n + n / 2 + 1))?;
        let _lock = crate::thread::lock(owner);
        if self.table_address() != seen as *const _ as usize
            || self.len() + gap > bigger.cap as usize
        {
            return Ok(());
        }
        bigger.leave_gap(gap);
        for e in seen.used_entries() {
            let (k, v) = (e.key(), e.value());
            if !v.is_absent() {
                bigger.push(&bigger.header, e.hash(), k, v);
            }
        }
        self.table.set(owner, Some(bigger));
        Ok(())
    }

    /// Deletes all keys.
    pub fn clear(&self, owner: &Header) {
        let _lock = crate::thread::lock(owner);
        self.table.set(owner, None);
        self.len.store(0, Ordering::Release);
    }

    /// Takes over the table of `other`, a map that no other thread sees.
    pub fn replace_with(&self, owner: &Header, other: &Map) {
        let _lock = crate::thread::lock(owner);
        self.table.set(owner, other.table());
        self.len.store(other.len(), Ordering::Release);
    }

    /// A copy of all live entries as of one instant, compacted; absent for an empty map.
    pub fn copy(&self, th: &Thread, owner: &Header) -> PyResult<Map> {
        loop {
            let n = self.len();
            let copy = Map::new();
            if n == 0 {
                return Ok(copy);
            }
            let fresh = Table::try_new(th, Table::log2_for(n))?;
            let _lock = crate::thread::lock(owner);
            if self.len() > fresh.cap as usize {
                continue;
            }
            if let Some(t) = self.table() {
                for e in t.used_entries() {
                    if !e.value().is_absent() {
                        fresh.push(&fresh.header, e.hash(), e.key(), e.value());
                    }
                }
            }
            return Ok(Map {
                len: AtomicUsize::new(fresh.used()),
                table: FieldOf::new(fresh),
            });
        }
    }

    /// The next live entry at or after `pos` in the published table: the position after it, key, value, hash.
    #[inline]
    pub fn next_entry(&self, pos: usize) -> Option<(usize, Value, Value, i64)> {
        let t = self.table()?;
        next_in(t, pos)
    }

    /// The last live entry before `pos` (which may be past the end).
    pub fn previous_entry(&self, pos: usize) -> Option<(usize, Value, Value)> {
        let t = self.table()?;
        let (from, to) = (
            t.front.load(Ordering::Acquire),
            pos.min(t.newest.load(Ordering::Acquire)),
        );
        for n in (from..to).rev() {
            let e = &t.entries()[n];
            let (k, v) = (e.key(), e.value());
            if !v.is_absent() && !k.is_absent() {
                return Some((n, k, v));
            }
        }
        None
    }
}

/// The next live entry at or after `pos` in a table.
#[inline]
pub fn next_in(t: &Table, mut pos: usize) -> Option<(usize, Value, Value, i64)> {
    if pos == 0 {
        pos = t.oldest.load(Ordering::Acquire);
    }
    while pos < t.used() {
        let e = &t.entries()[pos];
        let (k, v) = (e.key(), e.value());
        pos += 1;
        if !v.is_absent() && !k.is_absent() {
            return Some((pos, k, v, e.hash()));
        }
    }
    None
}

/// Whether two keys with equal hashes are equal; `a` is the stored one.
#[inline]
fn same_key(th: &Thread, a: Value, b: Value) -> PyResult<bool> {
    if Value::both_small_int(a, b) {
        return Ok(a.is(b));
    }
    if let (Some(x), Some(y)) = (a.as_str_obj(), b.as_str_obj())
        && crate::types::is_exact_str(x)
        && crate::types::is_exact_str(y)
    {
        return Ok(x.as_bytes() == y.as_bytes());
    }
    crate::ops::eq(th, a, b)
}
