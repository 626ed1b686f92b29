//! Operations on two maps at once, each as of one instant: both owners locked, keys compared natively.
//!
//! Keys whose comparison might run Python code make these operations give up before the first such comparison;
//! the caller then goes on key by key, without a lock.

use super::{Map, Table, next_in};
use crate::error::PyResult;
use crate::heap::Object;
use crate::thread::{Thread, lock_two};
use crate::types::{self, class_of};
use crate::value::Value;
use std::sync::atomic::Ordering;
use taipan_gc::Header;

/// A comparison would have to run Python code.
pub struct NotPlain;

/// Whether two keys with equal hashes are equal, if native code can tell.
fn plain_eq(a: Value, b: Value) -> Result<bool, NotPlain> {
    if a.is(b) {
        return Ok(true);
    }
    if Value::both_small_int(a, b) {
        return Ok(false);
    }
    let (ta, tb) = (class_of(a), class_of(b));
    if ta.is(tb) {
        if ta.is(&types::STR) {
            return Ok(a.as_wtf8() == b.as_wtf8());
        }
        if ta.is(&types::BYTES) {
            return Ok(a.as_bytes() == b.as_bytes());
        }
        if ta.is(&types::FLOAT) {
            return Ok(a.as_float() == b.as_float());
        }
        if ta.is(&types::TUPLE) {
            let (x, y) = (a.as_tuple().unwrap_or(&[]), b.as_tuple().unwrap_or(&[]));
            if x.len() != y.len() {
                return Ok(false);
            }
            for (x, y) in x.iter().zip(y) {
                if !plain_eq(*x, *y)? {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
    } else if (ta.is(&types::STR) && is_native(tb)) || (tb.is(&types::STR) && is_native(ta)) {
        return Ok(false);
    }
    // Objects compared by identity.
    let own = types::OBJECT.slots().richcmp.map(|f| f as usize);
    let by_identity = |t: &Object<types::Type>| t.slots().richcmp.map(|f| f as usize) == own;
    if by_identity(ta) && by_identity(tb) {
        return Ok(false);
    }
    Err(NotPlain)
}

fn is_native(t: &Object<types::Type>) -> bool {
    !t.is_heap()
}

fn find_plain(table: &Table, key: Value, hash: i64) -> Result<Option<usize>, NotPlain> {
    let mut p = table.probe(hash);
    loop {
        let n = table.index(p.i);
        if n == 0 {
            return Ok(None);
        }
        let e = &table.entries()[n - 1];
        let k = e.key();
        if !k.is_absent() && e.hash() == hash && plain_eq(k, key)? {
            return Ok(Some(n - 1));
        }
        p.advance();
    }
}

/// Which keys [`Map::retain_plain`] keeps.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Retain {
    /// Those that the other map has too.
    Common,
    /// Those that the other map lacks.
    Missing,
}

impl Map {
    /// Copies of two maps as of one instant.
    pub fn copy_two(th: &Thread, a: (&Map, &Header), b: (&Map, &Header)) -> PyResult<(Map, Map)> {
        loop {
            let (ta, tb) = (a.0.fresh_for(th, a.0.len())?, b.0.fresh_for(th, b.0.len())?);
            let _locks = lock_two(a.1, b.1);
            if !a.0.fits(ta) || !b.0.fits(tb) {
                continue;
            }
            return Ok((a.0.copy_into(ta), b.0.copy_into(tb)));
        }
    }

    fn fresh_for<'a>(&self, th: &Thread, n: usize) -> PyResult<Option<&'a Object<Table>>> {
        if n == 0 {
            return Ok(None);
        }
        Table::try_new(th, Table::log2_for(n)).map(Some)
    }

    fn fits(&self, t: Option<&Object<Table>>) -> bool {
        self.len() <= t.map_or(0, |t| t.cap as usize)
    }

    fn copy_into(&self, fresh: Option<&Object<Table>>) -> Map {
        let copy = Map::new();
        if let (Some(fresh), Some(t)) = (fresh, self.table()) {
            for e in t.used_entries() {
                if !e.value().is_absent() {
                    fresh.push(&fresh.header, e.hash(), e.key(), e.value());
                }
            }
            copy.len.store(fresh.used(), Ordering::Release);
            return Map {
                table: crate::heap::FieldOf::new(fresh),
                len: copy.len,
            };
        }
        copy
    }

    /// Puts all entries of `other` in, as one step: false if some key needs Python code to compare, then perhaps
    /// half done. Keys that are there get the other's value if `overwrite`.
    pub fn merge_plain(
        &self,
        th: &Thread,
        owner: &Header,
        other: &Map,
        other_owner: &Header,
        overwrite: bool,
    ) -> PyResult<bool> {
        if std::ptr::eq(self, other) {
            return Ok(true);
        }
        if taipan_gc::many_threads() && other.len() > 1 {
            return self.merge_published(th, owner, other, other_owner, overwrite);
        }
        loop {
            let extra = other.len();
            if extra == 0 {
                return Ok(true);
            }
            let seen = self.table();
            if seen.is_none_or(|t| t.cap as usize - t.used() < extra) {
                // Room for what is likely to be new, as CPython's dict.update reckons: not for all of both.
                self.grow(th, owner, seen, self.len() + extra)?;
            }
            let _locks = lock_two(owner, other_owner);
            let (Some(t), Some(o)) = (self.table(), other.table()) else {
                continue;
            };
            if (t.cap as usize - t.used()) < other.len() {
                continue;
            }
            let fresh = self.is_empty();
            for e in o.used_entries() {
                let (k, v, h) = (e.key(), e.value(), e.hash());
                if v.is_absent() {
                    continue;
                }
                let found = if fresh { Ok(None) } else { find_plain(t, k, h) };
                match found {
                    Err(NotPlain) => return Ok(false),
                    Ok(Some(n)) => {
                        if overwrite {
                            t.entries()[n].value.set(&t.header, v);
                        }
                    }
                    Ok(None) => {
                        t.push(&t.header, h, k, v);
                        self.len.fetch_add(1, Ordering::AcqRel);
                    }
                }
            }
            return Ok(true);
        }
    }

    /// As [`Map::merge_plain`] while other threads read: the result is built aside and published at once.
    fn merge_published(
        &self,
        th: &Thread,
        owner: &Header,
        other: &Map,
        other_owner: &Header,
        overwrite: bool,
    ) -> PyResult<bool> {
        loop {
            // With room to grow, as `grow` leaves it.
            let want = self.len() + other.len();
            let fresh = Table::try_new(th, Table::log2_for(want + want / 2))?;
            let _locks = lock_two(owner, other_owner);
            if self.len() + other.len() > fresh.cap as usize {
                continue;
            }
            let own = self.table().map_or(&[][..], |t| t.used_entries());
            for e in own {
                if !e.value().is_absent() {
                    fresh.push(&fresh.header, e.hash(), e.key(), e.value());
                }
            }
            let was_empty = self.is_empty();
            for e in other.table().map_or(&[][..], |t| t.used_entries()) {
                let (k, v, h) = (e.key(), e.value(), e.hash());
                if v.is_absent() {
                    continue;
                }
                let found = if was_empty {
                    None
                } else {
                    match find_plain(fresh, k, h) {
                        Err(NotPlain) => return Ok(false),
                        Ok(found) => found,
                    }
                };
                match found {
                    Some(n) if overwrite => fresh.entries()[n].value.set(&fresh.header, v),
                    Some(_) => {}
                    None => fresh.push(&fresh.header, h, k, v),
                }
            }
            self.table.set(owner, Some(fresh));
            self.len.store(fresh.used(), Ordering::Release);
            return Ok(true);
        }
    }

    /// Deletes the keys that are to go, as one step; fails if some key needs Python code to compare, then perhaps
    /// half done.
    pub fn retain_plain(
        &self,
        owner: &Header,
        other: &Map,
        other_owner: &Header,
        keep: Retain,
    ) -> Result<(), NotPlain> {
        let _locks = lock_two(owner, other_owner);
        let Some(t) = self.table() else { return Ok(()) };
        // Others see one change of the length.
        let mut gone = 0;
        let result = Self::blank_entries(t, self.len(), other, keep, &mut gone);
        self.len.fetch_sub(gone, Ordering::AcqRel);
        result
    }

    fn blank_entries(
        t: &Object<Table>,
        len: usize,
        other: &Map,
        keep: Retain,
        gone: &mut usize,
    ) -> Result<(), NotPlain> {
        if keep == Retain::Missing && other.len() < len {
            // Fewer look-ups the other way round.
            let mut pos = 0;
            while let Some((next, k, _, h)) = other.table().and_then(|o| next_in(o, pos)) {
                pos = next;
                if let Some(n) = find_plain(t, k, h)? {
                    Self::blank_entry(t, n);
                    *gone += 1;
                }
            }
            return Ok(());
        }
        let mut pos = 0;
        while let Some((next, k, _, h)) = next_in(t, pos) {
            pos = next;
            let there = match other.table() {
                Some(o) => find_plain(o, k, h)?.is_some(),
                None => false,
            };
            if there != (keep == Retain::Common) {
                Self::blank_entry(t, next - 1);
                *gone += 1;
            }
        }
        Ok(())
    }

    /// Makes this the symmetric difference with `other`, as one step: false, and nothing done, if some key needs
    /// Python code to compare.
    pub fn symmetric_plain(
        &self,
        th: &Thread,
        owner: &Header,
        other: &Map,
        other_owner: &Header,
    ) -> PyResult<bool> {
        loop {
            let extra = other.len();
            if extra == 0 {
                return Ok(true);
            }
            let seen = self.table();
            if seen.is_none_or(|t| t.cap as usize - t.used() < extra) {
                self.grow(th, owner, seen, self.len() + extra)?;
            }
            let _locks = lock_two(owner, other_owner);
            let (Some(t), Some(o)) = (self.table(), other.table()) else {
                continue;
            };
            if (t.cap as usize - t.used()) < other.len() {
                continue;
            }
            for e in o.used_entries() {
                if !e.value().is_absent() && find_plain(t, e.key(), e.hash()).is_err() {
                    return Ok(false);
                }
            }
            let mut len = self.len();
            for e in o.used_entries() {
                if e.value().is_absent() {
                    continue;
                }
                match find_plain(t, e.key(), e.hash()) {
                    Ok(Some(n)) => {
                        Self::blank_entry(t, n);
                        len -= 1;
                    }
                    _ => {
                        t.push(&t.header, e.hash(), e.key(), e.value());
                        len += 1;
                    }
                }
            }
            self.len.store(len, Ordering::Release);
            return Ok(true);
        }
    }
}
