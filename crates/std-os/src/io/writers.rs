//! The files that this process has open for writing.
//!
//! `open(p, "w").write(text)` leaves a stream that nobody can reach, with text in it that the file does not have until
//! the collector finds the stream. A program that then opens `p` again means to find the text there, as it would where
//! objects die at once. So the streams that write a file are flushed before it is opened once more by its name; which
//! of them can still be reached is not asked, for that would take a collection.

use super::base;
use crate::args::state;
use std::collections::BTreeMap;
use std::ffi::CStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};
use taipan_host::stat::{self, Stat};
use taipan_object::dict::Dict;
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, call, weak};

/// Where the interpreter keeps the streams: weak references to them, by file.
const KEY: &str = "io.writers";

/// How many descriptors are open for writing, by device and number of the file.
static FILES: Mutex<BTreeMap<(u64, u64), usize>> = Mutex::new(BTreeMap::new());
/// How many files there are, so that programs without any pay nothing.
static COUNT: AtomicUsize = AtomicUsize::new(0);

fn files() -> MutexGuard<'static, BTreeMap<(u64, u64), usize>> {
    FILES.lock().unwrap_or_else(|e| e.into_inner())
}

fn key(th: &Thread, s: &Stat) -> Value {
    Value::str(th, &format!("{}:{}", s.dev, s.ino))
}

/// A descriptor was opened for writing.
pub(super) fn opened(s: &Stat) {
    let mut all = files();
    *all.entry((s.dev, s.ino)).or_default() += 1;
    COUNT.store(all.len(), Ordering::Release);
}

/// Such a descriptor was closed.
pub(super) fn closed(th: &Thread, s: &Stat) {
    let last = {
        let mut all = files();
        let left = all.get_mut(&(s.dev, s.ino)).map(|n| {
            *n -= 1;
            *n
        });
        if left == Some(0) {
            all.remove(&(s.dev, s.ino));
        }
        COUNT.store(all.len(), Ordering::Release);
        left == Some(0)
    };
    if last
        && let Some(kept) = state(th)
            .get_name(th, KEY)
            .and_then(|v| v.downcast::<Dict>())
    {
        let _ = kept.remove(th, key(th, s));
    }
}

/// The streams on a file that are still there and open.
fn streams(th: &Thread, kept: &Object<Dict>, key: Value) -> PyResult<ValueVec> {
    let mut out = ValueVec::new();
    if let Some(refs) = kept.get(th, key)? {
        for r in refs.as_tuple().unwrap_or(&[]) {
            if let Some(v) = weak::target_of(*r)
                && !base::is_closed(th, v).unwrap_or(true)
            {
                out.push(th, v)?;
            }
        }
    }
    Ok(out)
}

/// Remembers the outermost stream over a file that was opened for writing.
///
/// # Errors
/// `MemoryError`.
pub(super) fn remember(th: &Thread, stream: Value, s: &Stat) -> PyResult<()> {
    let all = state(th);
    let kept = match all.get_name(th, KEY).and_then(|v| v.downcast::<Dict>()) {
        Some(d) => d,
        None => {
            let d = Dict::new(th);
            all.set_name(th, KEY, d.value())?;
            d
        }
    };
    let key = key(th, s);
    let mut refs = ValueVec::new();
    for v in streams(th, kept, key)?.iter() {
        refs.push(th, weak::plain_ref(th, *v))?;
    }
    refs.push(th, weak::plain_ref(th, stream))?;
    kept.set(th, key, Value::try_tuple(th, &refs)?)
}

/// Called before a file is opened by name: flushes the streams that write it. What goes wrong is theirs to tell later.
pub(super) fn settle(th: &Thread, path: &CStr) {
    if COUNT.load(Ordering::Acquire) == 0 {
        return;
    }
    let Ok(s) = th.blocking(|| stat::stat(taipan_host::CWD, path, true)) else {
        return;
    };
    if !files().contains_key(&(s.dev, s.ino)) {
        return;
    }
    let kept = state(th)
        .get_name(th, KEY)
        .and_then(|v| v.downcast::<Dict>());
    if let Some(kept) = kept
        && let Ok(all) = streams(th, kept, key(th, &s))
    {
        for v in all.iter() {
            let _ = call::call_method(th, *v, "flush", &[]);
        }
    }
}
