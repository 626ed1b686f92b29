//! Places of nodes as offsets into a text that does not exist.

use std::collections::{BTreeMap, HashSet};
use taipan_object::types::is_instance;
use taipan_object::{PyResult, Thread, Value, ValueVec, attr};
use taipan_syntax::{TextRange, TextSize};

use crate::ast::classes::Classes;
use crate::ast::grammar::{Kind, Place};
use crate::ast::node::AST;

/// Columns past this are cut where the text would else be too long.
const NARROW: u32 = 4096;

/// The lines that occur in a tree, and how wide each is.
pub struct Places {
    /// Number, last column, offset of the first column.
    rows: Vec<(u32, u32, u32)>,
}

impl Places {
    /// Goes through all nodes.
    ///
    /// # Errors
    /// What reading of attributes raises.
    pub fn gather(th: &Thread, classes: &Classes, root: Value) -> PyResult<Places> {
        let mut widths: BTreeMap<u32, u32> = BTreeMap::new();
        let mut seen = HashSet::new();
        let mut todo = ValueVec::new();
        // Keeps what was seen alive: else another node might get the address of one.
        let mut kept = ValueVec::new();
        todo.push(th, root)?;
        while let Some(v) = todo.pop() {
            if let Some(l) = v.as_list() {
                if seen.insert(v.bits()) {
                    kept.push(th, v)?;
                    todo.extend_from_slice(th, &l.snapshot(th)?)?;
                }
                continue;
            }
            if !is_instance(v, &AST) || !seen.insert(v.bits()) {
                continue;
            }
            kept.push(th, v)?;
            let Some(k) = classes.kind_of(v) else {
                continue;
            };
            if is_placed(k) {
                let mut n = [0u32; 4];
                for (i, name) in classes.place().iter().enumerate() {
                    let default = if i >= 2 { n[i - 2] as i64 } else { 0 };
                    let x = match attr::get_opt(th, v, *name)? {
                        Some(x) => x.as_i64().unwrap_or(default),
                        None => default,
                    };
                    n[i] = x.clamp(0, i32::MAX as i64) as u32;
                }
                for (line, col) in [(n[0], n[1]), (n[2], n[3])] {
                    let width = widths.entry(line).or_default();
                    *width = (*width).max(col);
                }
            }
            for name in classes.fields(k) {
                if let Some(x) = attr::get_opt(th, v, *name)?
                    && x.is_cell()
                {
                    todo.push(th, x)?;
                }
            }
        }
        Ok(Places::new(widths))
    }

    fn new(mut widths: BTreeMap<u32, u32>) -> Places {
        let total: u64 = widths.values().map(|w| *w as u64 + 1).sum();
        if total > u32::MAX as u64 / 4 {
            for w in widths.values_mut() {
                *w = (*w).min(NARROW);
            }
        }
        let mut at = 0u32;
        let mut rows = Vec::with_capacity(widths.len());
        for (line, width) in widths {
            rows.push((line, width, at));
            at = at.saturating_add(width + 1).min(u32::MAX / 2);
        }
        if rows.is_empty() {
            rows.push((1, 0, 0));
        }
        Places { rows }
    }

    /// The lines and their widths.
    pub fn rows(&self) -> Vec<(u32, u32)> {
        self.rows.iter().map(|r| (r.0, r.1)).collect()
    }

    fn offset(&self, (line, col): (i32, i32)) -> u32 {
        let line = line.max(0) as u32;
        let at = self.rows.partition_point(|r| r.0 < line);
        let row = self.rows[at.min(self.rows.len() - 1)];
        row.2 + (col.max(0) as u32).min(row.1)
    }

    /// The range from one line and column to another.
    pub fn range(&self, start: (i32, i32), end: (i32, i32)) -> TextRange {
        let (a, b) = (self.offset(start), self.offset(end));
        TextRange::new(TextSize::new(a), TextSize::new(b.max(a)))
    }
}

fn is_placed(k: Kind) -> bool {
    let n = k.node();
    let place = match (n.placed, n.base) {
        (Place::Inherited, Some(b)) => b.node().placed,
        (p, _) => p,
    };
    matches!(place, Place::Start | Place::Full)
}
