//! Where instructions come from, packed.
//!
//! A run of words with one position is one entry: a varint of `words << 2 | form`, then by form
//!
//! | form | follows |
//! |---|---|
//! | 0 | no position |
//! | 1 | on the line of the last entry: start column, width |
//! | 2 | one line: signed line step, start column, width |
//! | 3 | signed line step, number of further lines, start column, end column |
//!
//! Columns are bytes of UTF-8 from 0; lines count from 1.

/// A range of source text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Position {
    /// First line; 0 if the instruction has no position.
    pub line: u32,
    /// Last line.
    pub end_line: u32,
    /// Byte column of the start.
    pub col: u32,
    /// Byte column past the end.
    pub end_col: u32,
}

impl Position {
    /// The position of instructions that come from no line.
    pub const NONE: Position = Position {
        line: 0,
        end_line: 0,
        col: 0,
        end_col: 0,
    };
}

/// The packed table of a code object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Positions {
    /// The entries.
    pub data: Box<[u8]>,
    /// The line that the first entry's step counts from.
    pub first_line: u32,
}

impl Positions {
    /// Runs of words and their positions, in order.
    pub fn iter(&self) -> PositionIter<'_> {
        PositionIter {
            data: &self.data,
            line: self.first_line as i64,
            word: 0,
        }
    }

    /// The position of the instruction at word `pc`.
    pub fn at(&self, pc: usize) -> Position {
        for (start, end, p) in self.iter() {
            if (start..end).contains(&pc) {
                return p;
            }
        }
        Position::NONE
    }

    /// The line of the instruction at word `pc`.
    pub fn line_at(&self, pc: usize) -> Option<u32> {
        match self.at(pc).line {
            0 => None,
            line => Some(line),
        }
    }
}

/// Iterates over `(first word, word past the end, position)`.
pub struct PositionIter<'a> {
    data: &'a [u8],
    line: i64,
    word: usize,
}

impl PositionIter<'_> {
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        let mut shift = 0;
        loop {
            let (&byte, rest) = self.data.split_first()?;
            self.data = rest;
            value |= ((byte & 0x7f) as u64) << shift;
            if byte < 0x80 {
                return Some(value);
            }
            shift += 7;
            if shift > 56 {
                return None;
            }
        }
    }

    fn signed(&mut self) -> Option<i64> {
        let v = self.varint()?;
        Some((v >> 1) as i64 ^ -((v & 1) as i64))
    }
}

impl Iterator for PositionIter<'_> {
    type Item = (usize, usize, Position);

    fn next(&mut self) -> Option<Self::Item> {
        let head = self.varint()?;
        let start = self.word;
        let end = start.saturating_add((head >> 2) as usize);
        self.word = end;
        let form = head & 3;
        if form == 0 {
            return Some((start, end, Position::NONE));
        }
        if form >= 2 {
            self.line = self.line.wrapping_add(self.signed()?);
        }
        let more = if form == 3 { self.varint()? } else { 0 };
        let col = self.varint()? as u32;
        let second = self.varint()? as u32;
        let line = self.line as u32;
        let end_col = if form == 3 {
            second
        } else {
            col.wrapping_add(second)
        };
        Some((
            start,
            end,
            Position {
                line,
                end_line: line.wrapping_add(more as u32),
                col,
                end_col,
            },
        ))
    }
}

/// Packs positions.
pub struct PositionsBuilder {
    data: Vec<u8>,
    first_line: u32,
    line: i64,
    run: usize,
    last: Position,
}

impl PositionsBuilder {
    /// A table of a code object that begins at `first_line`.
    pub fn new(first_line: u32) -> Self {
        PositionsBuilder {
            data: Vec::new(),
            first_line,
            line: first_line as i64,
            run: 0,
            last: Position::NONE,
        }
    }

    /// The next `words` words have this position.
    pub fn push(&mut self, words: usize, position: Position) {
        if position != self.last {
            self.flush();
            self.last = position;
        }
        self.run += words;
    }

    fn varint(&mut self, mut v: u64) {
        while v >= 0x80 {
            self.data.push(v as u8 | 0x80);
            v >>= 7;
        }
        self.data.push(v as u8);
    }

    fn flush(&mut self) {
        let run = std::mem::take(&mut self.run) as u64;
        if run == 0 {
            return;
        }
        let p = self.last;
        if p.line == 0 {
            self.varint(run << 2);
            return;
        }
        let step = p.line as i64 - self.line;
        self.line = p.line as i64;
        let form = if p.end_line != p.line || p.end_col < p.col {
            3
        } else if step != 0 {
            2
        } else {
            1
        };
        self.varint(run << 2 | form);
        if form >= 2 {
            self.varint(((step << 1) ^ (step >> 63)) as u64);
        }
        if form == 3 {
            self.varint(p.end_line.saturating_sub(p.line) as u64);
        }
        self.varint(p.col as u64);
        self.varint(if form == 3 {
            p.end_col
        } else {
            p.end_col - p.col
        } as u64);
    }

    /// The finished table.
    pub fn finish(mut self) -> Positions {
        self.flush();
        Positions {
            data: self.data.into_boxed_slice(),
            first_line: self.first_line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_come_back() {
        let ps = [
            (
                2,
                Position {
                    line: 3,
                    end_line: 3,
                    col: 4,
                    end_col: 10,
                },
            ),
            (
                1,
                Position {
                    line: 3,
                    end_line: 3,
                    col: 1,
                    end_col: 2,
                },
            ),
            (3, Position::NONE),
            (
                300,
                Position {
                    line: 1,
                    end_line: 9,
                    col: 40,
                    end_col: 1,
                },
            ),
            (
                1,
                Position {
                    line: 100_000,
                    end_line: 100_000,
                    col: 0,
                    end_col: 0,
                },
            ),
        ];
        let mut b = PositionsBuilder::new(5);
        for (n, p) in ps {
            b.push(n, p);
        }
        let table = b.finish();
        let mut pc = 0;
        for (n, p) in ps {
            assert_eq!(table.at(pc), p);
            assert_eq!(table.at(pc + n - 1), p);
            pc += n;
        }
        assert_eq!(table.at(pc), Position::NONE);
    }
}
