//! `hash(m)` and `m == other`.

use std::sync::atomic::Ordering;
use taipan_object::buffer::{self, Buffer};
use taipan_object::slots::CmpOp;
use taipan_object::view::View;
use taipan_object::{PyResult, Thread, Value, ops};

use super::{MemoryView, check, item};

pub(super) fn hash(th: &Thread, v: Value) -> PyResult<i64> {
    let m = v.expect::<MemoryView>();
    let known = m.hash.load(Ordering::Relaxed);
    if known != 0 {
        return Ok(known as i64);
    }
    check(th, m)?;
    if !m.view.readonly {
        return Err(th.value_error("cannot hash writable memoryview object"));
    }
    if !matches!(item::native_char(m.view.format), Some(b'B' | b'b' | b'c')) {
        return Err(th.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    // The owner must be hashable too.
    let owner = m.export.expect().owner.get();
    if !owner.is(v) {
        m.held(th, || ops::hash(th, owner))?;
    }
    let bytes = m.with(th, |w| w.gather(false))?;
    let h = taipan_object::thread::hash_bytes(&bytes);
    m.hash.store(h as isize, Ordering::Relaxed);
    Ok(h)
}

pub(super) fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let Some(m) = a.downcast::<MemoryView>() else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let answer = |equal: bool| Ok(Value::bool(equal == (op == CmpOp::Eq)));
    // A released view equals only itself.
    if check(th, m).is_err() {
        return answer(a.is(b));
    }
    if let Some(n) = b.downcast::<MemoryView>()
        && check(th, n).is_err()
    {
        return answer(a.is(b));
    }
    if !buffer::is_exporter(b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let other = buffer::get(th, b, false)?;
    let mine = buffer::get(th, a, false)?;
    answer(equal(th, &mine, &other)?)
}

fn equal(th: &Thread, a: &Buffer, b: &Buffer) -> PyResult<bool> {
    let (x, y) = (View::of(a), View::of(b));
    if x.shape != y.shape {
        return Ok(false);
    }
    let (xs, ys) = (x.gather(false), y.gather(false));
    let (Some(c), Some(d)) = (item::native_char(x.format), item::native_char(y.format)) else {
        // Formats that only `struct` knows.
        return unpacked(th, &x, &xs, &y, &ys);
    };
    if c == d && !matches!(c, b'e' | b'f' | b'd' | b'?') {
        return Ok(xs == ys);
    }
    for (p, q) in xs
        .chunks_exact(x.itemsize.max(1))
        .zip(ys.chunks_exact(y.itemsize.max(1)))
    {
        let p = item::unpack(th, c, p)?;
        let q = item::unpack(th, d, q)?;
        if !ops::truth(th, ops::compare(th, p, q, CmpOp::Eq)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Compares by `struct.unpack`; formats that it does not know make the views unequal.
fn unpacked(th: &Thread, x: &View, xs: &[u8], y: &View, ys: &[u8]) -> PyResult<bool> {
    if x.itemsize == 0 {
        return Ok(x.format == y.format);
    }
    let unpack = match super::methods::struct_function(th, "unpack") {
        Ok(f) => f,
        Err(_) => return Ok(x.format == y.format && xs == ys),
    };
    for (p, q) in xs
        .chunks_exact(x.itemsize)
        .zip(ys.chunks_exact(y.itemsize.max(1)))
    {
        let one = |w: &View, b: &[u8]| -> PyResult<Option<Value>> {
            let args = [Value::str(th, w.format), Value::bytes(th, b)?];
            Ok(taipan_object::call::call(th, unpack, &args).ok())
        };
        let (Some(p), Some(q)) = (one(x, p)?, one(y, q)?) else {
            return Ok(false);
        };
        if !ops::truth(th, ops::compare(th, p, q, CmpOp::Eq)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}
