//! `fsum`, `prod`, `sumprod`.

use taipan_object::numbers::Int;
use taipan_object::slots::BinOp;
use taipan_object::types::{BOOL, FLOAT, is_exactly};
use taipan_object::{PyResult, Thread, Value, ops};

use super::exact::{two_product, two_sum};

/// The exact sum of floats, rounded once: partial sums that do not overlap, the smallest first.
struct Partials {
    parts: Vec<f64>,
    special: f64,
    infinities: f64,
}

impl Partials {
    fn add(&mut self, mut x: f64) -> Result<(), ()> {
        let original = x;
        let mut kept = 0;
        for i in 0..self.parts.len() {
            let y = self.parts[i];
            let (s, e) = if x.abs() < y.abs() {
                fast_sum(y, x)
            } else {
                fast_sum(x, y)
            };
            if e != 0.0 {
                self.parts[kept] = e;
                kept += 1;
            }
            x = s;
        }
        self.parts.truncate(kept);
        if x == 0.0 {
            return Ok(());
        }
        if !x.is_finite() {
            // Either an argument is not finite, or the sum of finite ones became too large.
            if original.is_finite() {
                return Err(());
            }
            if original.is_infinite() {
                self.infinities += original;
            }
            self.special += original;
            self.parts.clear();
        } else {
            self.parts.push(x);
        }
        Ok(())
    }

    fn total(&self) -> f64 {
        let mut left = self.parts.len();
        let Some(mut high) = self.parts.last().copied() else {
            return 0.0;
        };
        left -= 1;
        let mut low = 0.0;
        while left > 0 {
            left -= 1;
            let (s, e) = fast_sum(high, self.parts[left]);
            high = s;
            low = e;
            if low != 0.0 {
                break;
            }
        }
        // Half-way cases are decided by the next part's sign.
        if left > 0
            && ((low < 0.0 && self.parts[left - 1] < 0.0)
                || (low > 0.0 && self.parts[left - 1] > 0.0))
        {
            let y = low * 2.0;
            let x = high + y;
            if y == x - high {
                high = x;
            }
        }
        high
    }
}

/// `x + y` and its error, where `x` is the larger.
fn fast_sum(x: f64, y: f64) -> (f64, f64) {
    let s = x + y;
    (s, y - (s - x))
}

pub(super) fn fsum(th: &Thread, a: &[Value]) -> PyResult {
    let mut sum = Partials {
        parts: Vec::new(),
        special: 0.0,
        infinities: 0.0,
    };
    ops::for_each(th, a[0], |v| {
        let x = ops::to_f64(th, v)?;
        sum.add(x)
            .map_err(|()| th.overflow_error("intermediate overflow in fsum"))
    })?;
    if sum.special != 0.0 {
        if sum.infinities.is_nan() {
            return Err(th.value_error("-inf + inf in fsum"));
        }
        return Ok(Value::float(th, sum.special));
    }
    Ok(Value::float(th, sum.total()))
}

pub(super) fn prod(th: &Thread, a: &[Value]) -> PyResult {
    let mut total = a[1].or(Value::small_int(1));
    ops::for_each(th, a[0], |v| {
        total = match taipan_numbers::fast::mul(th, total, v) {
            Some(r) => r?,
            None => ops::binary(th, BinOp::Mul, total, v)?,
        };
        Ok(())
    })?;
    Ok(total)
}

/// A sum of three floats that do not overlap.
#[derive(Clone, Copy)]
struct Triple {
    high: f64,
    low: f64,
    tiny: f64,
}

impl Triple {
    const ZERO: Triple = Triple {
        high: 0.0,
        low: 0.0,
        tiny: 0.0,
    };

    fn add_product(&mut self, x: f64, y: f64) {
        let (p, e) = two_product(x, y);
        let (high, f) = two_sum(self.high, p);
        let (low, g) = two_sum(self.low, e);
        let (low, h) = two_sum(low, f);
        *self = Triple {
            high,
            low,
            tiny: self.tiny + (g + h),
        };
    }

    fn total(self) -> f64 {
        let (high, low) = two_sum(self.high, self.low);
        let (low, tiny) = two_sum(low, self.tiny);
        let (high, low) = two_sum(high, low);
        high + (low + tiny)
    }
}

/// A float, or an integer that becomes one without loss of its range.
fn as_real(v: Value) -> Option<(f64, bool)> {
    if is_exactly(v, &FLOAT) {
        return Some((v.as_float()?, true));
    }
    if v.is_exact_int() || is_exactly(v, &BOOL) {
        return match v.as_int()? {
            Int::Small(n) => Some((n as f64, false)),
            Int::Big(b) => b.to_f64().ok().map(|x| (x, false)),
        };
    }
    None
}

fn exact_word(v: Value) -> Option<i64> {
    if v.is_exact_int() { v.as_i64() } else { None }
}

pub(super) fn sumprod(th: &Thread, a: &[Value]) -> PyResult {
    let p = ops::iter(th, a[0])?;
    let q = ops::iter(th, a[1])?;
    let mut total = Value::small_int(0);
    // As in CPython, first a run of integers that fit a word, then a run of floats, each kept apart from the total;
    // what fits neither ends both for good.
    let (mut int_run, mut float_run) = (Some(0i64), Some(Triple::ZERO));
    let mut any_float = false;
    let add = |total: Value, v: Value| -> PyResult {
        match taipan_numbers::fast::add(th, total, v) {
            Some(r) => r,
            None => ops::binary(th, BinOp::Add, total, v),
        }
    };
    loop {
        let (x, y) = (ops::next(th, p)?, ops::next(th, q)?);
        let (x, y) = match (x, y) {
            (Some(x), Some(y)) => (x, y),
            (None, None) => break,
            _ => return Err(th.value_error("Inputs are not the same length")),
        };
        th.poll()?;
        if let Some(sum) = int_run {
            let next = exact_word(x)
                .zip(exact_word(y))
                .and_then(|(x, y)| sum.checked_add(x.checked_mul(y)?));
            if next.is_some() {
                int_run = next;
                continue;
            }
            int_run = None;
            if sum != 0 {
                total = add(total, Value::int(th, sum))?;
            }
        }
        if let Some(run) = float_run {
            if let (Some((s, f)), Some((t, g))) = (as_real(x), as_real(y))
                && (f || g)
            {
                let mut next = run;
                next.add_product(s, t);
                if next.total().is_finite() {
                    float_run = Some(next);
                    any_float = true;
                    continue;
                }
            }
            float_run = None;
            if any_float {
                total = add(total, Value::float(th, run.total()))?;
            }
        }
        let product = match taipan_numbers::fast::mul(th, x, y) {
            Some(r) => r?,
            None => ops::binary(th, BinOp::Mul, x, y)?,
        };
        total = add(total, product)?;
    }
    if let Some(sum) = int_run {
        total = add(total, Value::int(th, sum))?;
    }
    if let Some(run) = float_run
        && any_float
    {
        total = add(total, Value::float(th, run.total()))?;
    }
    Ok(total)
}
