//! `co_linetable`: positions in CPython's format, for programs that read or make it.
//!
//! An entry is a byte `0x80 | form << 3 | units - 1` and what its form says; a unit is two bytes of `co_code`, so a word
//! is four of them.

use taipan_bytecode::{Position, Positions, PositionsBuilder};

const UNITS: usize = 4;
const LONG: u8 = 14;
const NONE: u8 = 15;

/// Writes six bits a byte, least first.
fn varint(out: &mut Vec<u8>, mut v: u32) {
    while v >= 0x40 {
        out.push(0x40 | (v & 0x3f) as u8);
        v >>= 6;
    }
    out.push(v as u8);
}

fn signed(out: &mut Vec<u8>, v: i64) {
    let n = v.unsigned_abs() as u32;
    varint(out, n << 1 | u32::from(v < 0));
}

/// The table of a code object's positions.
pub(super) fn encode(positions: &Positions, first_line: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let mut line = first_line as i64;
    for (start, end, p) in positions.iter() {
        let mut words = end - start;
        while words > 0 {
            let n = words.min(2);
            words -= n;
            let head = 0x80 | (n * UNITS - 1) as u8;
            // A module begins before its first line.
            if p.line == 0 && start > 0 {
                out.push(head | NONE << 3);
                continue;
            }
            out.push(head | LONG << 3);
            signed(&mut out, p.line as i64 - line);
            line = p.line as i64;
            varint(&mut out, p.end_line.saturating_sub(p.line));
            varint(&mut out, p.col.saturating_add(1));
            varint(&mut out, p.end_col.saturating_add(1));
        }
    }
    out
}

/// Reads a table.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (b, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*b)
    }

    fn varint(&mut self) -> Option<u32> {
        let (mut v, mut shift) = (0u32, 0);
        loop {
            let b = self.byte()?;
            v |= u32::from(b & 0x3f).checked_shl(shift)?;
            if b & 0x40 == 0 {
                return Some(v);
            }
            shift += 6;
        }
    }

    fn signed(&mut self) -> Option<i64> {
        let v = self.varint()?;
        let n = i64::from(v >> 1);
        Some(if v & 1 != 0 { -n } else { n })
    }

    /// The number of units of the next entry, the step of its line, and its position on that line; no step if it has
    /// none.
    fn entry(&mut self) -> Option<(usize, Option<i64>, Position)> {
        let head = self.byte()?;
        let units = (head & 7) as usize + 1;
        let mut p = Position::NONE;
        let step = match head >> 3 & 15 {
            form @ 0..=9 => {
                let b = self.byte()?;
                p.col = u32::from(form) << 3 | u32::from(b >> 4);
                p.end_col = p.col + u32::from(b & 15);
                0
            }
            form @ 10..=12 => {
                p.col = self.byte()?.into();
                p.end_col = self.byte()?.into();
                i64::from(form - 10)
            }
            13 => self.signed()?,
            LONG => {
                let step = self.signed()?;
                p.end_line = self.varint()?;
                p.col = self.varint()?.saturating_sub(1);
                p.end_col = self.varint()?.saturating_sub(1);
                step
            }
            _ => return Some((units, None, p)),
        };
        Some((units, Some(step), p))
    }
}

/// The positions that a table tells of; what can't be read is left out.
pub(super) fn decode(table: &[u8], first_line: u32) -> Positions {
    let mut reader = Reader(table);
    let mut out = PositionsBuilder::new(first_line);
    let (mut line, mut units, mut words) = (i64::from(first_line), 0, 0);
    while let Some((n, step, mut p)) = reader.entry() {
        units += n;
        let upto = units.div_ceil(UNITS);
        if let Some(step) = step {
            line = line.saturating_add(step);
            match u32::try_from(line) {
                Ok(l) if l > 0 => {
                    p.line = l;
                    p.end_line = p.end_line.saturating_add(l);
                }
                _ => p = Position::NONE,
            }
        }
        out.push(upto - words, p);
        words = upto;
    }
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_comes_back() {
        let mut b = PositionsBuilder::new(7);
        b.push(1, Position::NONE);
        for (n, line, col) in [(1, 7, 0), (5, 9, 70), (2, 8, 3), (1, 5000, 400)] {
            let (end_line, end_col) = (line + 1, col + 2);
            b.push(
                n,
                Position {
                    line,
                    end_line,
                    col,
                    end_col,
                },
            );
        }
        b.push(3, Position::NONE);
        let table = b.finish();
        assert_eq!(decode(&encode(&table, 7), 7), table);
        // What ends in the middle of an entry gives the entries before it.
        assert!(decode(&[0xff, 0x80, 0xf0, 0x41], 1).iter().count() > 0);
    }
}
