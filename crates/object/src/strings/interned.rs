//! The interned strings of the process.

use super::{ASCII_CHARS, EMPTY_STR, INTERNED, Str};
use crate::thread::Thread;
use crate::value::Value;
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use rustpython_wtf8::Wtf8;
use std::hash::BuildHasher;
use std::sync::atomic::Ordering;
use std::sync::{LazyLock, Mutex, MutexGuard};
use taipan_bytecode::Name;

/// Room for the names of a program that imports little: the table does not grow while the interpreter starts.
const ROOM: usize = 7000;

struct InternTable {
    table: HashTable<Value>,
    /// Those interned since the last collection: the others are old, and a young collection need not look at them.
    fresh: Vec<Value>,
}

// The table holds addresses of immortal cells: `trace_interned` keeps them all.
// SAFETY: values are plain words; access is under the mutex.
unsafe impl Send for InternTable {}

static INTERN_TABLE: LazyLock<Mutex<InternTable>> = LazyLock::new(|| {
    Mutex::new(InternTable {
        table: HashTable::with_capacity(ROOM),
        fresh: Vec::with_capacity(ROOM),
    })
});

fn table() -> MutexGuard<'static, InternTable> {
    INTERN_TABLE.lock().unwrap_or_else(|e| e.into_inner())
}

fn hash_of(text: &[u8]) -> u64 {
    FixedState::default().hash_one(text)
}

fn text_of(v: &Value) -> &'static [u8] {
    v.expect::<Str>().as_bytes()
}

/// Marks every interned string; registered as a root by the bootstrap.
pub(crate) fn trace_interned(m: &mut taipan_gc::Marker) {
    let mut table = table();
    if m.is_full() {
        for v in &table.table {
            crate::heap::mark_value(*v, m);
        }
    } else {
        for v in &table.fresh {
            crate::heap::mark_value(*v, m);
        }
    }
    table.fresh.clear();
    for f in ASCII_CHARS.iter().chain([&EMPTY_STR]) {
        f.trace(m);
    }
}

/// The one interned string of a text. Interned strings live for ever, as in CPython's free-threaded build.
pub fn intern(th: &Thread, text: &str) -> Value {
    intern_wtf8(th, Wtf8::new(text))
}

/// As [`intern`], for a name in code: those of the library are looked up once.
pub fn intern_name(th: &Thread, name: &Name) -> Value {
    let Some(mark) = name.mark() else {
        return intern(th, name);
    };
    let known = mark.load(Ordering::Acquire);
    if known != 0 {
        return Value::from_bits(known);
    }
    let v = intern(th, name);
    // Interned strings live for ever.
    mark.store(v.bits(), Ordering::Release);
    v
}

/// How many strings are interned.
pub fn interned_count() -> usize {
    table().table.len()
}

/// As [`intern`], for text that may hold lone surrogates.
pub fn intern_wtf8(th: &Thread, text: &Wtf8) -> Value {
    let text_bytes = text.as_bytes();
    let hash = hash_of(text_bytes);
    let known = table()
        .table
        .find(hash, |v| text_of(v) == text_bytes)
        .copied();
    // Making a string may collect, which looks into the table.
    known.unwrap_or_else(|| enter(Value::wtf8(th, text), hash))
}

/// The interned string equal to this one, which becomes it if there was none. `s` is exactly a `str`.
pub fn intern_value(s: Value) -> Value {
    let o = s.expect::<Str>();
    if o.is_interned() {
        return s;
    }
    enter(s, hash_of(o.as_bytes()))
}

fn enter(s: Value, hash: u64) -> Value {
    let o = s.expect::<Str>();
    o.hash();
    let mut guard = table();
    let InternTable { table, fresh } = &mut *guard;
    let same = |v: &Value| text_of(v) == o.as_bytes();
    let entry = table.entry(hash, same, |v| hash_of(text_of(v)));
    *entry
        .or_insert_with(|| {
            o.header.aux.fetch_or(INTERNED, Ordering::AcqRel);
            fresh.push(s);
            s
        })
        .get()
}
