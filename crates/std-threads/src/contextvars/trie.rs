//! A persistent map from objects, by identity, to values.
//!
//! Setting or removing a key makes a new map that shares all but the nodes on the way to the key. A node is a heap
//! array: its first field says which of its 32 places are taken, then come two fields for each of those: a key and its
//! value, or nothing and the node below. The hash is the key's address mixed by a function that has an inverse, so two
//! keys never collide: at the latest their last bits tell them apart.

use taipan_object::heap::{Array, Field, Object};
use taipan_object::{PyResult, Thread, Value};

const BITS: u32 = 5;
const MASK: u64 = (1 << BITS) - 1;

/// A map: a node, or absent for the empty map. A traced value that Python never sees.
#[derive(Clone, Copy)]
pub(super) struct Trie(pub Value);

fn hash(key: Value) -> u64 {
    let mut h = key.bits();
    h = (h ^ (h >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    h ^ (h >> 29)
}

fn node<'a>(v: Value) -> &'a Object<Array> {
    v.expect::<Array>()
}

fn bitmap(n: &Object<Array>) -> u32 {
    n.fields()[0].get().as_small_int().unwrap_or(0) as u32
}

fn bit(hash: u64, shift: u32) -> u32 {
    1 << ((hash >> shift) & MASK)
}

/// Where the pair of a place is.
fn position(map: u32, bit: u32) -> usize {
    1 + 2 * (map & (bit - 1)).count_ones() as usize
}

/// A new node: `n` with the fields from `from` to `to` replaced by others, and another bitmap.
fn spliced(
    th: &Thread,
    n: &Object<Array>,
    (from, to): (usize, usize),
    with: &[Value],
    map: u32,
) -> PyResult {
    let old = n.fields();
    let size = old.len() - (to - from) + with.len();
    let new = Object::<Array>::try_new(th, size)?;
    let kept = old[..from].iter().map(Field::get);
    let rest = old[to..].iter().map(Field::get);
    let all = kept.chain(with.iter().copied()).chain(rest);
    for (field, v) in new.fields().iter().zip(all) {
        field.set(&new.header, v);
    }
    new.fields()[0].set(&new.header, Value::small_int(i64::from(map)));
    new.set_len(size);
    Ok(Value::from_cell(new))
}

fn leaf(th: &Thread, shift: u32, h: u64, key: Value, value: Value) -> PyResult {
    let new = Object::<Array>::try_new(th, 3)?;
    let map = Value::small_int(i64::from(bit(h, shift)));
    for (field, v) in new.fields().iter().zip([map, key, value]) {
        field.set(&new.header, v);
    }
    new.set_len(3);
    Ok(Value::from_cell(new))
}

impl Trie {
    pub(super) const EMPTY: Trie = Trie(Value::ABSENT);

    /// The value of a key.
    pub(super) fn get(self, key: Value) -> Option<Value> {
        let h = hash(key);
        let mut at = self.0.present()?;
        let mut shift = 0;
        loop {
            let n = node(at);
            let (map, bit) = (bitmap(n), bit(h, shift));
            if map & bit == 0 {
                return None;
            }
            let p = position(map, bit);
            let (k, v) = (n.fields()[p].get(), n.fields()[p + 1].get());
            if k.is(key) {
                return Some(v);
            }
            if !k.is_absent() {
                return None;
            }
            at = v;
            shift += BITS;
        }
    }

    /// The map with a key's value set.
    pub(super) fn set(self, th: &Thread, key: Value, value: Value) -> PyResult<Trie> {
        let h = hash(key);
        match self.0.present() {
            None => leaf(th, 0, h, key, value).map(Trie),
            Some(root) => set_in(th, root, 0, h, key, value).map(Trie),
        }
    }

    /// The map without a key.
    pub(super) fn without(self, th: &Thread, key: Value) -> PyResult<Trie> {
        match self.0.present() {
            None => Ok(self),
            Some(root) => remove_in(th, root, 0, hash(key), key).map(Trie),
        }
    }

    /// Calls `f` with each key and value.
    pub(super) fn each(self, f: &mut dyn FnMut(Value, Value) -> PyResult<()>) -> PyResult<()> {
        let Some(root) = self.0.present() else {
            return Ok(());
        };
        for pair in node(root).fields()[1..].chunks_exact(2) {
            let (k, v) = (pair[0].get(), pair[1].get());
            if k.is_absent() {
                // At most thirteen levels: the hash has no more bits.
                Trie(v).each(f)?;
            } else {
                f(k, v)?;
            }
        }
        Ok(())
    }

    /// How many keys it has.
    pub(super) fn len(self) -> usize {
        let mut n = 0;
        let counted = self.each(&mut |_, _| {
            n += 1;
            Ok(())
        });
        debug_assert!(counted.is_ok());
        n
    }
}

fn set_in(th: &Thread, at: Value, shift: u32, h: u64, key: Value, value: Value) -> PyResult {
    let n = node(at);
    let (map, bit) = (bitmap(n), bit(h, shift));
    let p = position(map, bit);
    if map & bit == 0 {
        return spliced(th, n, (p, p), &[key, value], map | bit);
    }
    let (k, v) = (n.fields()[p].get(), n.fields()[p + 1].get());
    if k.is(key) {
        return spliced(th, n, (p + 1, p + 2), &[value], map);
    }
    let below = if k.is_absent() {
        set_in(th, v, shift + BITS, h, key, value)?
    } else {
        let one = leaf(th, shift + BITS, hash(k), k, v)?;
        set_in(th, one, shift + BITS, h, key, value)?
    };
    spliced(th, n, (p, p + 2), &[Value::ABSENT, below], map)
}

/// The node without a key; absent where nothing is left.
fn remove_in(th: &Thread, at: Value, shift: u32, h: u64, key: Value) -> PyResult {
    let n = node(at);
    let (map, bit) = (bitmap(n), bit(h, shift));
    if map & bit == 0 {
        return Ok(at);
    }
    let p = position(map, bit);
    let (k, v) = (n.fields()[p].get(), n.fields()[p + 1].get());
    let left = if k.is(key) {
        Value::ABSENT
    } else if k.is_absent() {
        let left = remove_in(th, v, shift + BITS, h, key)?;
        if left.is(v) {
            return Ok(at);
        }
        left
    } else {
        return Ok(at);
    };
    match left.present() {
        None if map == bit => Ok(Value::ABSENT),
        None => spliced(th, n, (p, p + 2), &[], map & !bit),
        Some(below) => {
            // A single pair below moves up: equal maps have equal shapes.
            let b = node(below).fields();
            let with = if b.len() == 3 && !b[1].get().is_absent() {
                [b[1].get(), b[2].get()]
            } else {
                [Value::ABSENT, below]
            };
            spliced(th, n, (p, p + 2), &with, map)
        }
    }
}
