//! Copies of a map's keys and values as of one instant.

use taipan_object::gc::Header;
use taipan_object::heap::ValueVec;
use taipan_object::map::Map;
use taipan_object::thread::lock;
use taipan_object::{PyResult, Thread, Value};

/// What of each entry is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Part {
    /// The key.
    Key = 0,
    /// The value.
    Value = 1,
    /// A tuple of both.
    Item = 2,
}

/// The keys or values, or (for [`Part::Item`]) keys and values in turn.
fn flat(th: &Thread, map: &Map, owner: &Header, part: Part) -> PyResult<ValueVec> {
    let width = if part == Part::Item { 2 } else { 1 };
    loop {
        let n = map.len();
        let mut out = ValueVec::with_capacity(th, n * width)?;
        let room = (n * width).max(4);
        let _lock = lock(owner);
        if map.len() * width > room {
            continue;
        }
        if let Some(t) = map.table() {
            for e in t.used_entries() {
                let (k, v) = (e.key(), e.value());
                if v.is_absent() {
                    continue;
                }
                // Within capacity, so nothing is allocated under the lock.
                if part != Part::Value {
                    let _ = out.push(th, k);
                }
                if part != Part::Key {
                    let _ = out.push(th, v);
                }
            }
        }
        return Ok(out);
    }
}

/// The keys, values or items of a map.
pub fn entries(th: &Thread, map: &Map, owner: &Header, part: Part) -> PyResult<ValueVec> {
    let all = flat(th, map, owner, part)?;
    if part != Part::Item {
        return Ok(all);
    }
    let mut out = ValueVec::with_capacity(th, all.len() / 2)?;
    for pair in all.chunks_exact(2) {
        let t = Value::try_tuple(th, pair)?;
        out.push(th, t)?;
    }
    Ok(out)
}

/// Keys and values in turn.
pub fn pairs(th: &Thread, map: &Map, owner: &Header) -> PyResult<ValueVec> {
    flat(th, map, owner, Part::Item)
}
