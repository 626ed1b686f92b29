//! A stable merge sort that takes runs as it finds them.
//!
//! Runs are merged in the order of Munro and Wild's powersort, which is near the best for the runs at hand; merges
//! gallop (search exponentially) while one side keeps winning. A comparison may fail: then what was moved out is
//! moved back, so that the array always ends with each of its values once.

use std::cell::Cell;
use taipan_object::scratch::Scratch;
use taipan_object::{PyResult, Thread, Value};

/// Keys, and values that move with them if `PAIRED`.
pub struct Lanes<'a, const PAIRED: bool> {
    /// What is compared.
    pub keys: &'a [Cell<Value>],
    /// What goes along; unused otherwise.
    pub values: &'a [Cell<Value>],
}

type Item = (Value, Value);

impl<const PAIRED: bool> Lanes<'_, PAIRED> {
    #[inline(always)]
    fn get(&self, i: usize) -> Item {
        let k = self.keys[i].get();
        (k, if PAIRED { self.values[i].get() } else { k })
    }

    #[inline(always)]
    fn set(&self, i: usize, item: Item) {
        self.keys[i].set(item.0);
        if PAIRED {
            self.values[i].set(item.1);
        }
    }

    fn copy_from(&self, to: usize, other: &Lanes<PAIRED>, from: usize, n: usize) {
        copy(&self.keys[to..to + n], &other.keys[from..from + n]);
        if PAIRED {
            copy(&self.values[to..to + n], &other.values[from..from + n]);
        }
    }

    /// Moves items up or down within.
    fn shift(&self, from: usize, to: usize, n: usize) {
        shift(self.keys, from, to, n);
        if PAIRED {
            shift(self.values, from, to, n);
        }
    }

    /// Reverses a part.
    pub fn reverse(&self, from: usize, to: usize) {
        let n = to - from;
        for i in 0..n / 2 {
            self.keys[from + i].swap(&self.keys[to - 1 - i]);
            if PAIRED {
                self.values[from + i].swap(&self.values[to - 1 - i]);
            }
        }
    }
}

fn copy(to: &[Cell<Value>], from: &[Cell<Value>]) {
    for (t, f) in to.iter().zip(from) {
        t.set(f.get());
    }
}

fn shift(cells: &[Cell<Value>], from: usize, to: usize, n: usize) {
    if to < from {
        for i in 0..n {
            cells[to + i].set(cells[from + i].get());
        }
    } else {
        for i in (0..n).rev() {
            cells[to + i].set(cells[from + i].get());
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Run {
    start: usize,
    len: usize,
    power: u32,
}

struct Sorter<'a, 'l, const PAIRED: bool, F> {
    th: &'a Thread,
    lanes: &'a Lanes<'l, PAIRED>,
    less: F,
    /// Room for the shorter run of a merge; made for the first one.
    spare: Option<(Scratch, Option<Scratch>)>,
    min_gallop: usize,
}

/// Sorts the lanes by their keys.
pub fn merge_sort<const PAIRED: bool>(
    th: &Thread,
    lanes: &Lanes<PAIRED>,
    less: impl Fn(Value, Value) -> PyResult<bool>,
) -> PyResult<()> {
    let n = lanes.keys.len();
    if n < 2 {
        return Ok(());
    }
    let mut s = Sorter {
        th,
        lanes,
        less,
        spare: None,
        min_gallop: MIN_GALLOP,
    };
    let min_run = min_run(n);
    // Powers grow strictly towards the top, and none is over the number of bits of a length.
    let mut stack = [Run::default(); 70];
    let mut depth = 0;
    let mut start = 0;
    while start < n {
        let mut len = s.find_run(start, n)?;
        if len < min_run {
            let forced = min_run.min(n - start);
            s.insert(start, start + len, start + forced)?;
            len = forced;
        }
        if depth > 0 {
            let p = power(stack[depth - 1], len, n);
            while depth > 1 && stack[depth - 2].power > p {
                s.merge_top(&mut stack, &mut depth)?;
            }
            stack[depth - 1].power = p;
        }
        stack[depth] = Run {
            start,
            len,
            power: 0,
        };
        depth += 1;
        start += len;
        th.poll()?;
    }
    while depth > 1 {
        s.merge_top(&mut stack, &mut depth)?;
    }
    Ok(())
}

const MIN_GALLOP: usize = 7;

/// Between 32 and 64, so that `n` over it is a power of two or just below.
fn min_run(mut n: usize) -> usize {
    let mut rest = 0;
    while n >= 64 {
        rest |= n & 1;
        n >>= 1;
    }
    n + rest
}

/// The depth, in the perfect binary tree over the array, of the node between a run and the next.
fn power(left: Run, right_len: usize, n: usize) -> u32 {
    // Twice the middles of both runs; the first binary digit in which they differ, as fractions of the array.
    let mut a = 2 * left.start + left.len;
    let mut b = a + left.len + right_len;
    let mut p = 0;
    loop {
        p += 1;
        if a >= n {
            a -= n;
            b -= n;
        } else if b >= n {
            return p;
        }
        a <<= 1;
        b <<= 1;
    }
}

impl<const PAIRED: bool, F: Fn(Value, Value) -> PyResult<bool>> Sorter<'_, '_, PAIRED, F> {
    #[inline(always)]
    fn key(&self, i: usize) -> Value {
        self.lanes.keys[i].get()
    }

    /// The length of the run that begins at `start`; a strictly descending one is reversed.
    fn find_run(&mut self, start: usize, n: usize) -> PyResult<usize> {
        let mut end = start + 1;
        if end == n {
            return Ok(1);
        }
        if (self.less)(self.key(end), self.key(start))? {
            end += 1;
            while end < n && (self.less)(self.key(end), self.key(end - 1))? {
                end += 1;
            }
            self.lanes.reverse(start, end);
        } else {
            end += 1;
            while end < n && !(self.less)(self.key(end), self.key(end - 1))? {
                end += 1;
            }
        }
        Ok(end - start)
    }

    /// Binary insertion: `start..sorted` is sorted, `start..end` will be.
    fn insert(&mut self, start: usize, sorted: usize, end: usize) -> PyResult<()> {
        for i in sorted.max(start + 1)..end {
            let pivot = self.lanes.get(i);
            let (mut low, mut high) = (start, i);
            while low < high {
                let mid = (low + high) / 2;
                if (self.less)(pivot.0, self.key(mid))? {
                    high = mid;
                } else {
                    low = mid + 1;
                }
            }
            if low < i {
                self.lanes.shift(low, low + 1, i - low);
                self.lanes.set(low, pivot);
            }
        }
        Ok(())
    }

    fn merge_top(&mut self, stack: &mut [Run], depth: &mut usize) -> PyResult<()> {
        let (a, b) = (stack[*depth - 2], stack[*depth - 1]);
        // Recorded first: a failing comparison leaves all values in place all the same.
        stack[*depth - 2].len = a.len + b.len;
        *depth -= 1;
        self.merge(a.start, a.len, b.len)?;
        self.th.poll()
    }

    /// Merges two adjacent runs.
    fn merge(&mut self, start: usize, na: usize, nb: usize) -> PyResult<()> {
        let middle = start + na;
        // What is in place already at both ends.
        let skip = self.gallop_right(self.key(middle), None, start, na, 0)?;
        let (a, na) = (start + skip, na - skip);
        if na == 0 {
            return Ok(());
        }
        let nb = self.gallop_left(self.key(middle - 1), None, middle, nb, nb - 1)?;
        if nb == 0 {
            return Ok(());
        }
        if self.spare.is_none() {
            let n = self.lanes.keys.len() / 2 + 1;
            let values = if PAIRED {
                Some(Scratch::new(self.th, n)?)
            } else {
                None
            };
            self.spare = Some((Scratch::new(self.th, n)?, values));
        }
        let Some((keys, values)) = self.spare.take() else {
            return Ok(());
        };
        let r = {
            let spare = Lanes::<PAIRED> {
                keys: keys.cells(),
                values: values.as_ref().map_or(&[], |v| v.cells()),
            };
            if na <= nb {
                self.merge_low(a, na, middle, nb, &spare)
            } else {
                self.merge_high(a, na, middle, nb, &spare)
            }
        };
        self.spare = Some((keys, values));
        r
    }

    /// Merges with the left run, the shorter one, moved out; filled from the left.
    fn merge_low(
        &mut self,
        a: usize,
        na: usize,
        b: usize,
        nb: usize,
        spare: &Lanes<PAIRED>,
    ) -> PyResult<()> {
        spare.copy_from(0, self.lanes, a, na);
        // `to` never reaches `right` before the left run is used up.
        let (mut left, mut right, mut to) = (0, b, a);
        let end = b + nb;
        let r = (|| -> PyResult<()> {
            let (mut wins_left, mut wins_right) = (0, 0);
            while left < na && right < end {
                if (self.less)(self.key(right), spare.keys[left].get())? {
                    self.lanes.set(to, self.lanes.get(right));
                    right += 1;
                    wins_right += 1;
                    wins_left = 0;
                } else {
                    self.lanes.set(to, spare.get(left));
                    left += 1;
                    wins_left += 1;
                    wins_right = 0;
                }
                to += 1;
                if wins_left.max(wins_right) < self.min_gallop {
                    continue;
                }
                while left < na && right < end {
                    let from_left =
                        self.gallop_right(self.key(right), Some(spare), left, na - left, 0)?;
                    self.lanes.copy_from(to, spare, left, from_left);
                    left += from_left;
                    to += from_left;
                    if left == na {
                        break;
                    }
                    let from_right =
                        self.gallop_left(spare.keys[left].get(), None, right, end - right, 0)?;
                    self.lanes.shift(right, to, from_right);
                    right += from_right;
                    to += from_right;
                    if from_left < MIN_GALLOP && from_right < MIN_GALLOP {
                        self.min_gallop += 2;
                        break;
                    }
                    self.min_gallop = self.min_gallop.saturating_sub(1).max(1);
                }
                (wins_left, wins_right) = (0, 0);
            }
            Ok(())
        })();
        // What is left of the left run fills the gap before the rest of the right one, after a failure too.
        self.lanes.copy_from(to, spare, left, na - left);
        r
    }

    /// Merges with the right run, the shorter one, moved out; filled from the right.
    fn merge_high(
        &mut self,
        a: usize,
        na: usize,
        b: usize,
        nb: usize,
        spare: &Lanes<PAIRED>,
    ) -> PyResult<()> {
        spare.copy_from(0, self.lanes, b, nb);
        // Ends of what is left of both runs, and of what is still to be filled.
        let (mut left, mut right, mut to) = (a + na, nb, b + nb);
        let r = (|| -> PyResult<()> {
            let (mut wins_left, mut wins_right) = (0, 0);
            while left > a && right > 0 {
                if (self.less)(spare.keys[right - 1].get(), self.key(left - 1))? {
                    left -= 1;
                    to -= 1;
                    self.lanes.set(to, self.lanes.get(left));
                    wins_left += 1;
                    wins_right = 0;
                } else {
                    right -= 1;
                    to -= 1;
                    self.lanes.set(to, spare.get(right));
                    wins_right += 1;
                    wins_left = 0;
                }
                if wins_left.max(wins_right) < self.min_gallop {
                    continue;
                }
                while left > a && right > 0 {
                    let n = left - a;
                    let from_left =
                        n - self.gallop_right(spare.keys[right - 1].get(), None, a, n, n - 1)?;
                    left -= from_left;
                    to -= from_left;
                    self.lanes.shift(left, to, from_left);
                    if left == a {
                        break;
                    }
                    let from_right = right
                        - self.gallop_left(self.key(left - 1), Some(spare), 0, right, right - 1)?;
                    right -= from_right;
                    to -= from_right;
                    self.lanes.copy_from(to, spare, right, from_right);
                    if from_left < MIN_GALLOP && from_right < MIN_GALLOP {
                        self.min_gallop += 2;
                        break;
                    }
                    self.min_gallop = self.min_gallop.saturating_sub(1).max(1);
                }
                (wins_left, wins_right) = (0, 0);
            }
            Ok(())
        })();
        self.lanes.copy_from(to - right, spare, 0, right);
        r
    }

    /// How many of the `n` sorted keys from `start` on go before `key` if equal ones go after it.
    fn gallop_left(
        &mut self,
        key: Value,
        of: Option<&Lanes<PAIRED>>,
        start: usize,
        n: usize,
        hint: usize,
    ) -> PyResult<usize> {
        let keys = of.map_or(self.lanes.keys, |l| l.keys);
        let keys = &keys[start..start + n];
        gallop(n, hint, |i| (self.less)(keys[i].get(), key))
    }

    /// How many of the `n` sorted keys from `start` on go before `key` if equal ones go before it too.
    fn gallop_right(
        &mut self,
        key: Value,
        of: Option<&Lanes<PAIRED>>,
        start: usize,
        n: usize,
        hint: usize,
    ) -> PyResult<usize> {
        let keys = of.map_or(self.lanes.keys, |l| l.keys);
        let keys = &keys[start..start + n];
        gallop(n, hint, |i| Ok(!(self.less)(key, keys[i].get())?))
    }
}

/// How many of `0..n` are `before`, which holds for a beginning of them: by doubling steps from `hint`, then halving.
fn gallop(
    n: usize,
    hint: usize,
    mut before: impl FnMut(usize) -> PyResult<bool>,
) -> PyResult<usize> {
    let (mut low, mut high);
    let mut step = 1;
    if before(hint)? {
        low = hint + 1;
        high = n;
        while low < n {
            let at = (low - 1).saturating_add(step).min(n - 1).max(low);
            if before(at)? {
                low = at + 1;
                step *= 2;
            } else {
                high = at;
                break;
            }
        }
    } else {
        low = 0;
        high = hint;
        while high > 0 {
            let at = high.saturating_sub(step);
            if before(at)? {
                low = at + 1;
                break;
            }
            high = at;
            step *= 2;
        }
    }
    while low < high {
        let mid = (low + high) / 2;
        if before(mid)? {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    Ok(low)
}
