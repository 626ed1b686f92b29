//! Functions of integers.

use taipan_num::{BigInt, small};
use taipan_numbers::int_error;
use taipan_object::apart::apart;
use taipan_object::numbers::Int;
use taipan_object::{PyResult, Raised, Thread, Value, ops};

/// An integer argument of any size.
fn big(th: &Thread, v: Value) -> PyResult<BigInt> {
    let n = ops::index(th, v)?;
    Ok(n.as_int().map_or(BigInt::ZERO, |n| n.to_big()))
}

/// `from * (from + 1) * … * to`
fn product(from: u64, to: u64) -> BigInt {
    if from > to {
        return BigInt::ONE;
    }
    if to - from < 16 {
        let mut out = BigInt::ONE;
        let mut word = 1u64;
        for n in from..=to {
            word = match word.checked_mul(n) {
                Some(w) => w,
                None => {
                    out = out * BigInt::from(word);
                    n
                }
            };
        }
        return out * BigInt::from(word);
    }
    // Halves of like size multiply fastest.
    let middle = from + (to - from) / 2;
    product(from, middle) * product(middle + 1, to)
}

/// Runs what takes time that grows with `size`; from `huge` on it may be seconds, and signals interrupt it.
fn long<R: Send + 'static>(
    th: &Thread,
    size: u64,
    huge: u64,
    f: impl FnOnce() -> R + Send + 'static,
) -> PyResult<R> {
    if size > huge {
        apart(th, f)
    } else if size > 1000 {
        Ok(th.blocking(f))
    } else {
        Ok(f())
    }
}

/// Factors of a product that make it huge.
const FACTORS: u64 = 100_000;

/// Words of a number that make its root, or a greatest common divisor, huge.
const WORDS: u64 = 1 << 13;

#[cold]
fn negative(th: &Thread) -> Raised {
    th.value_error("factorial() not defined for negative values")
}

pub(super) fn factorial(th: &Thread, a: &[Value]) -> PyResult {
    let n = big(th, a[0])?;
    if n.is_negative() {
        return Err(negative(th));
    }
    match n.to_i64() {
        None => Err(th.overflow_error(format!(
            "factorial() argument should not exceed {}",
            i64::MAX
        ))),
        // More digits than memory holds.
        Some(n) if n > 1 << 32 => Err(th.memory_error()),
        Some(n) => {
            let n = n as u64;
            Ok(Value::big(th, long(th, n, FACTORS, move || product(1, n))?))
        }
    }
}

#[cold]
fn must_not_be_negative(th: &Thread, name: &str) -> Raised {
    th.value_error(format!("{name} must be a non-negative integer"))
}

/// `n * (n - 1) * …`, `k` factors.
fn falling(n: &BigInt, k: u64) -> BigInt {
    match n.to_u64() {
        Some(n) => product(n - k + 1, n),
        None => falling_from(n, 0, k),
    }
}

fn falling_from(n: &BigInt, from: u64, count: u64) -> BigInt {
    match count {
        0 => BigInt::ONE,
        1 => n - &BigInt::from(from),
        _ => {
            let half = count / 2;
            falling_from(n, from, half) * falling_from(n, from + half, count - half)
        }
    }
}

pub(super) fn perm(th: &Thread, a: &[Value]) -> PyResult {
    let Some(k) = a[1].present().filter(|k| !k.is_none()) else {
        return factorial(th, a);
    };
    let (n, k) = (big(th, a[0])?, big(th, k)?);
    if n.is_negative() {
        return Err(must_not_be_negative(th, "n"));
    }
    if k.is_negative() {
        return Err(must_not_be_negative(th, "k"));
    }
    if k > n {
        return Ok(Value::small_int(0));
    }
    match k.to_u64() {
        Some(k) => Ok(Value::big(
            th,
            long(th, k, FACTORS, move || falling(&n, k))?,
        )),
        None => Err(th.overflow_error(format!("k must not exceed {}", i64::MAX))),
    }
}

pub(super) fn comb(th: &Thread, a: &[Value]) -> PyResult {
    let (n, k) = (big(th, a[0])?, big(th, a[1])?);
    if n.is_negative() {
        return Err(must_not_be_negative(th, "n"));
    }
    if k.is_negative() {
        return Err(must_not_be_negative(th, "k"));
    }
    if k > n {
        return Ok(Value::small_int(0));
    }
    let other = &n - &k;
    let k = k.min(other);
    let Some(k) = k.to_u64() else {
        return Err(th.overflow_error(format!("min(n - k, k) must not exceed {}", i64::MAX)));
    };
    let r = long(th, k, FACTORS, move || {
        falling(&n, k).div_floor(&product(1, k))
    });
    match r? {
        Ok(r) => Ok(Value::big(th, r)),
        Err(e) => Err(int_error(th, e)),
    }
}

pub(super) fn isqrt(th: &Thread, a: &[Value]) -> PyResult {
    let n = big(th, a[0])?;
    let words = n.magnitude_words().len() as u64;
    match long(th, words, WORDS, move || n.isqrt())? {
        Ok(r) => Ok(Value::big(th, r)),
        Err(e) => Err(int_error(th, e)),
    }
}

pub(super) fn gcd(th: &Thread, a: &[Value]) -> PyResult {
    let items = a[0].as_tuple().unwrap_or(&[]);
    let mut small_part = 0u64;
    let mut total = BigInt::ZERO;
    for v in items {
        let n = ops::index(th, *v)?;
        match n.as_int() {
            Some(Int::Small(n)) => small_part = small::gcd_u64(small_part, n.unsigned_abs()),
            Some(Int::Big(b)) => {
                let b = b.to_big();
                let words = total.magnitude_words().len().min(b.magnitude_words().len());
                total = long(th, words as u64, WORDS, move || total.gcd(&b))?;
            }
            None => {}
        }
    }
    if total.is_zero() {
        return Ok(Value::uint(th, small_part));
    }
    Ok(Value::big(th, total.gcd(&BigInt::from(small_part))))
}

pub(super) fn lcm(th: &Thread, a: &[Value]) -> PyResult {
    let items = a[0].as_tuple().unwrap_or(&[]);
    let mut total = BigInt::ONE;
    for v in items {
        let n = big(th, *v)?;
        if !total.is_zero() {
            let words = total.magnitude_words().len().min(n.magnitude_words().len());
            total = long(th, words as u64, WORDS, move || total.lcm(&n))?;
        }
    }
    Ok(Value::big(th, total.abs()))
}
