//! Byte offsets to lines and columns.

use std::sync::Arc;

use ruff_text_size::TextSize;

/// A source text and where its lines begin.
///
/// The text has `\n` line ends only (see [`crate::source`]), so that offsets here mean what they
/// mean to CPython, which translates line ends too.
#[derive(Clone, Debug)]
pub struct Lines {
    source: Arc<str>,
    starts: Arc<[TextSize]>,
    ascii: bool,
    /// For a tree that a program made: the numbers of the lines that `starts` has.
    numbers: Option<Arc<[u32]>>,
}

impl Lines {
    /// Lines for a tree that a program made, whose nodes say where they claim to stand. `rows` are the numbers of
    /// the lines that occur, in ascending order, each with the last column in use; an offset is a column plus
    /// what [`Lines::start_of`] gives. `source` is not that of the lines: it holds literals that nodes point to.
    pub fn synthetic(source: Arc<str>, rows: &[(u32, u32)]) -> Self {
        let mut starts = Vec::with_capacity(rows.len().max(1));
        let mut at = 0_u32;
        for (_, width) in rows {
            starts.push(TextSize::new(at));
            at = at.saturating_add(width.saturating_add(1)).min(u32::MAX / 2);
        }
        let mut numbers: Vec<u32> = rows.iter().map(|row| row.0).collect();
        if starts.is_empty() {
            starts.push(TextSize::new(0));
            numbers.push(1);
        }
        Lines {
            source,
            starts: starts.into(),
            ascii: true,
            numbers: Some(numbers.into()),
        }
    }

    /// Whether the tree was made by a program: there is no text.
    pub fn is_synthetic(&self) -> bool {
        self.numbers.is_some()
    }

    /// Finds the lines of `source`.
    pub fn new(source: Arc<str>) -> Self {
        let mut starts = Vec::with_capacity(source.len() / 32 + 1);
        starts.push(TextSize::new(0));
        for (idx, byte) in source.bytes().enumerate() {
            if byte == b'\n' {
                starts.push(TextSize::new(idx as u32 + 1));
            }
        }
        let ascii = source.is_ascii();
        Lines {
            source,
            starts: starts.into(),
            ascii,
            numbers: None,
        }
    }

    /// The text.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The text, shared.
    pub fn shared_source(&self) -> Arc<str> {
        Arc::clone(&self.source)
    }

    /// How many lines there are, counting an empty one after the last newline.
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// Line of `offset`, from 1.
    pub fn line(&self, offset: TextSize) -> u32 {
        let row = self.row(offset);
        match &self.numbers {
            None => row as u32,
            Some(numbers) => numbers.get(row.max(1) - 1).copied().unwrap_or(1),
        }
    }

    /// How many of the lines begin at `offset` or before.
    fn row(&self, offset: TextSize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// Where line `line` (from 1) begins.
    pub fn start_of(&self, line: u32) -> TextSize {
        let row = match &self.numbers {
            None => (line.max(1) - 1) as usize,
            Some(numbers) => numbers
                .partition_point(|number| *number < line)
                .min(numbers.len() - 1),
        };
        self.starts
            .get(row)
            .copied()
            .unwrap_or(TextSize::new(self.source.len() as u32))
    }

    /// Line from 1 and column in UTF-8 bytes from 0: what `ast` and code objects hold.
    pub fn position(&self, offset: TextSize) -> (u32, u32) {
        let row = self.row(offset).max(1) - 1;
        let start = self.starts.get(row).copied().unwrap_or_default();
        (self.line(offset), (offset - start).to_u32())
    }

    /// Line from 1 and column in characters from 1: what a `SyntaxError` holds.
    pub fn char_position(&self, offset: TextSize) -> (u32, u32) {
        let (line, byte_col) = self.position(offset);
        if self.ascii {
            return (line, byte_col + 1);
        }
        let start = self.start_of(line).to_usize();
        let end = self.floor_boundary(offset.to_usize());
        let chars = self
            .source
            .get(start..end)
            .map_or(byte_col as usize, |prefix| prefix.chars().count());
        (line, chars as u32 + 1)
    }

    /// Text of line `line` (from 1) without its newline.
    pub fn text_of_line(&self, line: u32) -> Option<&str> {
        if line == 0 || line > self.count() || self.is_synthetic() {
            return None;
        }
        let start = self.start_of(line).to_usize();
        let end = match self.starts.get(line as usize) {
            Some(next) => next.to_usize() - 1,
            None => self.source.len(),
        };
        self.source.get(start..end)
    }

    fn floor_boundary(&self, mut offset: usize) -> usize {
        offset = offset.min(self.source.len());
        while !self.source.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}
