//! `hypot` and `dist`, with the sum of squares in twice the precision.

use taipan_object::types::{TUPLE, is_exactly};
use taipan_object::{PyResult, Thread, Value, ops};

/// `x * y` as a sum of two floats, exactly.
pub(super) fn two_product(x: f64, y: f64) -> (f64, f64) {
    let p = x * y;
    (p, x.mul_add(y, -p))
}

/// `x + y` as a sum of two floats, exactly.
pub(super) fn two_sum(x: f64, y: f64) -> (f64, f64) {
    let s = x + y;
    let b = s - x;
    (s, (x - (s - b)) + (y - b))
}

/// The Euclidean length of a vector.
pub(super) fn norm(vector: &[f64]) -> f64 {
    let (mut max, mut nan) = (0f64, false);
    for x in vector {
        nan |= x.is_nan();
        max = max.max(x.abs());
    }
    if max.is_infinite() {
        return max;
    }
    if nan {
        return f64::NAN;
    }
    if max == 0.0 || vector.len() <= 1 {
        return max;
    }
    // Scaled by a power of two, so that nothing overflows and next to nothing underflows.
    let (_, exponent) = libm::frexp(max);
    if exponent < -1023 {
        // The reciprocal would not be a normal number: scale up first.
        let up = 2f64.powi(1000);
        let scaled: Vec<f64> = vector.iter().map(|x| x * up).collect();
        return norm(&scaled) / up;
    }
    let scale = libm::ldexp(1.0, -exponent);
    let (mut high, mut low) = (0.0, 0.0);
    for x in vector {
        let x = x * scale;
        let (p, e) = two_product(x, x);
        let (s, f) = two_sum(high, p);
        high = s;
        low += e + f;
    }
    let h = (high + low).sqrt();
    // One step of Newton's, on the error that the root's square shows.
    let (p, e) = two_product(h, h);
    let rest = (high - p) + (low - e);
    (h + rest / (2.0 * h)) / scale
}

pub(super) fn hypot(th: &Thread, a: &[Value]) -> PyResult {
    let mut vector = Vec::new();
    for v in a[0].as_tuple().unwrap_or(&[]) {
        vector.push(ops::to_f64(th, *v)?);
    }
    Ok(Value::float(th, norm(&vector)))
}

pub(super) fn dist(th: &Thread, a: &[Value]) -> PyResult {
    let items = |v: Value| -> PyResult {
        if is_exactly(v, &TUPLE) {
            return Ok(v);
        }
        let items = ops::to_vec(th, v)?;
        Value::try_tuple(th, &items)
    };
    let (p, q) = (items(a[0])?, items(a[1])?);
    let (p, q) = (p.as_tuple().unwrap_or(&[]), q.as_tuple().unwrap_or(&[]));
    if p.len() != q.len() {
        return Err(th.value_error("both points must have the same number of dimensions"));
    }
    let mut vector = Vec::with_capacity(p.len());
    for (x, y) in p.iter().zip(q) {
        vector.push(ops::to_f64(th, *x)? - ops::to_f64(th, *y)?);
    }
    Ok(Value::float(th, norm(&vector)))
}
