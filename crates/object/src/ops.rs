//! The object protocols: operators, comparison, hashing, truth, items, iteration, text.

use crate::call;
use crate::error::{PyResult, Raised};
use crate::exception as exc;
use crate::names;
use crate::slots::{BinOp, CmpOp};
use crate::strings::Str;
use crate::thread::Thread;
use crate::types::{self, class_of, is_exactly};
use crate::value::Value;

mod iteration;

pub use iteration::{ended, for_each, iter, next, step, to_vec};

/// `a OP b`.
pub fn binary(th: &Thread, op: BinOp, a: Value, b: Value) -> PyResult {
    let r = binary_slots(th, op, a, b)?;
    if !r.is(Value::NOT_IMPLEMENTED) {
        return Ok(r);
    }
    match op {
        BinOp::Add => {
            if let Some(f) = class_of(a).slots().concat {
                return f(th, a, b);
            }
        }
        BinOp::Mul => {
            if let Some(f) = class_of(a).slots().repeat {
                return repeat(th, f, a, b);
            }
            if let Some(f) = class_of(b).slots().repeat {
                return repeat(th, f, b, a);
            }
        }
        _ => {}
    }
    Err(unsupported(th, op.symbol(), a, b))
}

fn repeat(th: &Thread, f: crate::slots::BinaryFn, seq: Value, n: Value) -> PyResult {
    if class_of(n).slots().index.is_none() {
        return Err(th.type_error(format!(
            "can't multiply sequence by non-int of type '{}'",
            class_of(n).tp_name()
        )));
    }
    f(th, seq, n)
}

#[cold]
fn unsupported(th: &Thread, symbol: &str, a: Value, b: Value) -> Raised {
    let (ta, tb) = (class_of(a).name_text(), class_of(b).name_text());
    let hint = if symbol == ">>"
        && a.downcast::<crate::func::NativeFunction>()
            .is_some_and(|f| f.method.name == "print")
    {
        ". Did you mean \"print(<message>, file=<output_stream>)\"?"
    } else {
        ""
    };
    th.type_error(format!(
        "unsupported operand type(s) for {symbol}: '{ta}' and '{tb}'{hint}"
    ))
}

/// The number protocol of `a OP b`, right operand first if its type is a subclass; `NotImplemented` if neither can.
fn binary_slots(th: &Thread, op: BinOp, a: Value, b: Value) -> PyResult {
    if op == BinOp::Pow {
        return pow_slots(th, a, b, Value::NONE);
    }
    let (ta, tb) = (class_of(a), class_of(b));
    let fa = op.slot(ta.slots());
    let mut fb = if ta.is(tb) { None } else { op.slot(tb.slots()) };
    if let (Some(x), Some(y)) = (fa, fb)
        && x as usize == y as usize
    {
        // The same function: called once; it handles both sides.
        fb = None;
    }
    if let Some(x) = fa {
        if let Some(y) = fb
            && tb.is_subtype(ta)
        {
            let r = y(th, a, b)?;
            if !r.is(Value::NOT_IMPLEMENTED) {
                return Ok(r);
            }
            fb = None;
        }
        let r = x(th, a, b)?;
        if !r.is(Value::NOT_IMPLEMENTED) {
            return Ok(r);
        }
    }
    match fb {
        Some(y) => y(th, a, b),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn pow_slots(th: &Thread, a: Value, b: Value, m: Value) -> PyResult {
    let (ta, tb) = (class_of(a), class_of(b));
    let fa = ta.slots().pow;
    let mut fb = if ta.is(tb) { None } else { tb.slots().pow };
    if let (Some(x), Some(y)) = (fa, fb)
        && x as usize == y as usize
    {
        fb = None;
    }
    if let Some(x) = fa {
        if let Some(y) = fb
            && tb.is_subtype(ta)
        {
            let r = y(th, a, b, m)?;
            if !r.is(Value::NOT_IMPLEMENTED) {
                return Ok(r);
            }
            fb = None;
        }
        let r = x(th, a, b, m)?;
        if !r.is(Value::NOT_IMPLEMENTED) {
            return Ok(r);
        }
    }
    match fb {
        Some(y) => y(th, a, b, m),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// `pow(a, b, m)`; `m` is None for none.
pub fn power(th: &Thread, a: Value, b: Value, m: Value) -> PyResult {
    let r = pow_slots(th, a, b, m)?;
    if !r.is(Value::NOT_IMPLEMENTED) {
        return Ok(r);
    }
    if m.is_none() {
        return Err(unsupported(th, "** or pow()", a, b));
    }
    if let Some(f) = class_of(m).slots().pow {
        let r = f(th, a, b, m)?;
        if !r.is(Value::NOT_IMPLEMENTED) {
            return Ok(r);
        }
    }
    Err(th.type_error(format!(
        "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
        class_of(a).tp_name(),
        class_of(b).tp_name(),
        class_of(m).tp_name()
    )))
}

/// `divmod(a, b)`
pub fn divmod(th: &Thread, a: Value, b: Value) -> PyResult {
    let (ta, tb) = (class_of(a), class_of(b));
    let fa = ta.slots().divmod;
    let mut fb = if ta.is(tb) { None } else { tb.slots().divmod };
    if let (Some(x), Some(y)) = (fa, fb)
        && x as usize == y as usize
    {
        fb = None;
    }
    let order = if fb.is_some() && tb.is_subtype(ta) {
        [fb, fa]
    } else {
        [fa, fb]
    };
    for f in order.into_iter().flatten() {
        let r = f(th, a, b)?;
        if !r.is(Value::NOT_IMPLEMENTED) {
            return Ok(r);
        }
    }
    Err(unsupported(th, "divmod()", a, b))
}

/// `a OP= b`.
pub fn inplace(th: &Thread, op: BinOp, a: Value, b: Value) -> PyResult {
    let s = class_of(a).slots();
    if let Some(f) = op.inplace_slot(s) {
        let r = f(th, a, b)?;
        if !r.is(Value::NOT_IMPLEMENTED) {
            return Ok(r);
        }
    }
    let r = binary_slots(th, op, a, b)?;
    if !r.is(Value::NOT_IMPLEMENTED) {
        return Ok(r);
    }
    match op {
        BinOp::Add => {
            if let Some(f) = s.iconcat.or(s.concat) {
                return f(th, a, b);
            }
        }
        BinOp::Mul => {
            if let Some(f) = s.irepeat.or(s.repeat) {
                return repeat(th, f, a, b);
            }
            if let Some(f) = class_of(b).slots().repeat {
                return repeat(th, f, b, a);
            }
        }
        _ => {}
    }
    Err(unsupported(th, op.inplace_symbol(), a, b))
}

/// `-v`
pub fn neg(th: &Thread, v: Value) -> PyResult {
    match class_of(v).slots().neg {
        Some(f) => f(th, v),
        None => Err(bad_unary(th, "unary -", v)),
    }
}

/// `+v`
pub fn pos(th: &Thread, v: Value) -> PyResult {
    match class_of(v).slots().pos {
        Some(f) => f(th, v),
        None => Err(bad_unary(th, "unary +", v)),
    }
}

/// `~v`
pub fn invert(th: &Thread, v: Value) -> PyResult {
    match class_of(v).slots().invert {
        Some(f) => f(th, v),
        None => Err(bad_unary(th, "unary ~", v)),
    }
}

/// `abs(v)`
pub fn abs(th: &Thread, v: Value) -> PyResult {
    match class_of(v).slots().abs {
        Some(f) => f(th, v),
        None => Err(bad_unary(th, "abs()", v)),
    }
}

#[cold]
fn bad_unary(th: &Thread, what: &str, v: Value) -> Raised {
    th.type_error(format!(
        "bad operand type for {what}: '{}'",
        class_of(v).tp_name()
    ))
}

/// `a OP b` for a rich comparison: any object.
pub fn compare(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    th.recurse(" in comparison", || compare_inner(th, a, b, op))
}

fn compare_inner(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (ta, tb) = (class_of(a), class_of(b));
    let (fa, fb) = (ta.slots().richcmp, tb.slots().richcmp);
    let mut reflected_done = false;
    if !ta.is(tb)
        && tb.is_subtype(ta)
        && let Some(f) = fb
    {
        reflected_done = true;
        let r = f(th, b, a, op.swapped())?;
        if !r.is(Value::NOT_IMPLEMENTED) {
            return Ok(r);
        }
    }
    if let Some(f) = fa {
        let r = f(th, a, b, op)?;
        if !r.is(Value::NOT_IMPLEMENTED) {
            return Ok(r);
        }
    }
    if !reflected_done && let Some(f) = fb {
        let r = f(th, b, a, op.swapped())?;
        if !r.is(Value::NOT_IMPLEMENTED) {
            return Ok(r);
        }
    }
    match op {
        CmpOp::Eq => Ok(Value::bool(a.is(b))),
        CmpOp::Ne => Ok(Value::bool(!a.is(b))),
        _ => Err(th.type_error(format!(
            "'{}' not supported between instances of '{}' and '{}'",
            op.symbol(),
            ta.tp_name(),
            tb.tp_name()
        ))),
    }
}

/// The truth of `a OP b`. For `==` and `!=` identical objects are equal, as containers compare.
pub fn compare_bool(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult<bool> {
    if a.is(b) {
        match op {
            CmpOp::Eq => return Ok(true),
            CmpOp::Ne => return Ok(false),
            _ => {}
        }
    }
    truth(th, compare(th, a, b, op)?)
}

/// Whether two objects are identical or equal: how containers compare elements.
#[inline]
pub fn eq(th: &Thread, a: Value, b: Value) -> PyResult<bool> {
    if a.is(b) {
        return Ok(true);
    }
    if Value::both_small_int(a, b) {
        return Ok(false);
    }
    compare_bool(th, a, b, CmpOp::Eq)
}

/// `bool(v)`
#[inline]
pub fn truth(th: &Thread, v: Value) -> PyResult<bool> {
    match v {
        Value::TRUE => return Ok(true),
        Value::FALSE | Value::NONE => return Ok(false),
        _ => {}
    }
    if v.is_small_int() {
        return Ok(v.small_int_unchecked() != 0);
    }
    let s = class_of(v).slots();
    if let Some(f) = s.bool {
        return f(th, v);
    }
    match s.len {
        Some(f) => Ok(f(th, v)? != 0),
        None => Ok(true),
    }
}

/// `hash(v)`
#[inline]
pub fn hash(th: &Thread, v: Value) -> PyResult<i64> {
    if let Some(n) = v.as_small_int() {
        return Ok(hash_small_int(n));
    }
    if let Some(s) = v.as_str_obj()
        && types::is_exact_str(s)
    {
        return Ok(s.hash());
    }
    match class_of(v).slots().hash {
        Some(f) => f(th, v),
        None => Err(unhashable(th, v)),
    }
}

/// A `TypeError: unhashable type: 'T'`.
#[cold]
pub fn unhashable(th: &Thread, v: Value) -> Raised {
    th.type_error(format!("unhashable type: '{}'", class_of(v).tp_name()))
}

/// The hash of an integer: itself modulo 2**61 - 1, with -1 taken for -2.
#[inline(always)]
pub fn hash_small_int(n: i64) -> i64 {
    const P: i64 = (1 << 61) - 1;
    let h = n % P;
    if h == -1 { -2 } else { h }
}

/// The hash of an identity.
pub fn hash_pointer(v: Value) -> i64 {
    let h = ((v.bits() >> 4) as i64) ^ ((v.bits() << 60) as i64);
    if h == -1 { -2 } else { h }
}

/// `len(v)`
#[inline]
pub fn len(th: &Thread, v: Value) -> PyResult<usize> {
    match class_of(v).slots().len {
        Some(f) => f(th, v),
        None => Err(th.type_error(format!(
            "object of type '{}' has no len()",
            class_of(v).tp_name()
        ))),
    }
}

/// `operator.length_hint(v, default)`
pub fn length_hint(th: &Thread, v: Value, default: usize) -> PyResult<usize> {
    if let Some(f) = class_of(v).slots().len {
        match f(th, v) {
            Ok(n) => return Ok(n),
            Err(e) if e.is(&exc::TYPE_ERROR) => {}
            Err(e) => return Err(e),
        }
    }
    let r = match crate::attr::call_special(th, v, names::LENGTH_HINT.get(), &[]) {
        Ok(None) => return Ok(default),
        Ok(Some(r)) => r,
        Err(e) if e.is(&exc::TYPE_ERROR) => return Ok(default),
        Err(e) => return Err(e),
    };
    if r.is(Value::NOT_IMPLEMENTED) {
        return Ok(default);
    }
    match r.as_int() {
        None => Err(th.type_error(format!(
            "__length_hint__ must be an integer, not {}",
            class_of(r).tp_name()
        ))),
        Some(n) => match n.to_i64() {
            Some(n) if n >= 0 => Ok(n as usize),
            Some(_) => Err(th.value_error("__length_hint__() should return >= 0")),
            None => Err(th.overflow_error("Python int too large to convert to C ssize_t")),
        },
    }
}

/// `v[key]`
#[inline]
pub fn get_item(th: &Thread, v: Value, key: Value) -> PyResult {
    if let Some(f) = class_of(v).slots().getitem {
        return f(th, v, key);
    }
    if let Some(t) = v.downcast::<types::Type>() {
        if t.is(&types::TYPE) {
            return crate::attr::get_opt(th, v, names::CLASS_GETITEM.get()).and_then(|f| match f {
                Some(f) => call::call(th, f, &[key]),
                None => Ok(generic_alias(th, v, key)?),
            });
        }
        match crate::attr::get_opt(th, v, names::CLASS_GETITEM.get())? {
            Some(f) if !f.is_none() => return call::call(th, f, &[key]),
            _ => {}
        }
        return Err(th.type_error(format!("type '{}' is not subscriptable", t.tp_name())));
    }
    Err(th.type_error(format!(
        "'{}' object is not subscriptable",
        class_of(v).tp_name()
    )))
}

/// `types.GenericAlias(origin, args)`, through the type that the builtins registered.
pub fn generic_alias(th: &Thread, origin: Value, args: Value) -> PyResult {
    let f = th
        .interp
        .state
        .get()
        .and_then(|d| d.get_name(th, "types.GenericAlias"));
    match f {
        Some(f) => call::call(th, f, &[origin, args]),
        None => Err(th.type_error("generic aliases are not available yet")),
    }
}

/// `v[key] = value`
#[inline]
pub fn set_item(th: &Thread, v: Value, key: Value, value: Value) -> PyResult<()> {
    match class_of(v).slots().setitem {
        Some(f) => f(th, v, key, value),
        None => Err(th.type_error(format!(
            "'{}' object does not support item assignment",
            class_of(v).tp_name()
        ))),
    }
}

/// `del v[key]`
pub fn del_item(th: &Thread, v: Value, key: Value) -> PyResult<()> {
    match class_of(v).slots().setitem {
        Some(f) => f(th, v, key, Value::ABSENT),
        None => Err(th.type_error(format!(
            "'{}' object doesn't support item deletion",
            class_of(v).tp_name()
        ))),
    }
}

/// `x in v`
pub fn contains(th: &Thread, v: Value, x: Value) -> PyResult<bool> {
    if let Some(f) = class_of(v).slots().contains {
        return f(th, v, x);
    }
    if class_of(v).slots().iter.is_none() && class_of(v).slots().getitem.is_none() {
        return Err(th.type_error(format!(
            "argument of type '{}' is not a container or iterable",
            class_of(v).tp_name()
        )));
    }
    let it = iter(th, v)?;
    while let Some(y) = next(th, it)? {
        if eq(th, y, x)? {
            return Ok(true);
        }
        th.poll()?;
    }
    Ok(false)
}

/// `repr(v)`, a `str`.
pub fn repr(th: &Thread, v: Value) -> PyResult {
    th.poll()?;
    match class_of(v).slots().repr {
        Some(f) => {
            let r = th.recurse(" while getting the repr of an object", || f(th, v))?;
            check_text(th, r, "__repr__")
        }
        None => Ok(Value::str(th, &default_repr(v))),
    }
}

/// `str(v)`, a `str` (a subclass's instance stays itself only if exactly a `str`).
pub fn str(th: &Thread, v: Value) -> PyResult {
    if is_exactly(v, &types::STR) {
        return Ok(v);
    }
    match class_of(v).slots().str {
        // Numbers run nobody's code.
        None if v.is_small_int() => match class_of(v).slots().repr {
            Some(f) => f(th, v),
            None => repr(th, v),
        },
        Some(f) => {
            let r = th.recurse(" while getting the str of an object", || f(th, v))?;
            check_text(th, r, "__str__")
        }
        None => repr(th, v),
    }
}

fn check_text(th: &Thread, r: Value, what: &str) -> PyResult {
    if r.as_str_obj().is_some() {
        Ok(r)
    } else {
        Err(th.type_error(format!(
            "{what} returned non-string (type {})",
            class_of(r).tp_name()
        )))
    }
}

/// `object.__repr__`'s text.
pub fn default_repr(v: Value) -> String {
    let t = class_of(v);
    let address = id(v);
    match types::module_of(t) {
        Some(m) if !m.is_str("builtins") => {
            format!(
                "<{}.{} object at {address:#x}>",
                names::text(m),
                names::text(t.qualname.get())
            )
        }
        _ => format!("<{} object at {address:#x}>", t.name_text()),
    }
}

/// The type's name in full, as `%T` in CPython's messages: `module.qualname`, without `builtins`.
pub fn full_type_name(v: Value) -> String {
    let t = class_of(v);
    match types::module_of(t) {
        Some(m) if !m.is_str("builtins") && !m.is_str("__main__") => {
            format!("{}.{}", names::text(m), names::text(t.qualname.get()))
        }
        _ => names::text(t.qualname.get()).into_owned(),
    }
}

/// `id(v)`
pub fn id(v: Value) -> u64 {
    if v.is_cell() { v.bits() - 1 } else { v.bits() }
}

/// `ascii(v)`'s text.
pub fn ascii(th: &Thread, v: Value) -> PyResult {
    let r = repr(th, v)?;
    let s = r.expect::<Str>();
    if s.is_ascii() {
        return Ok(r);
    }
    Ok(Value::str(
        th,
        &taipan_text::repr::escape_non_ascii(s.wtf8()),
    ))
}

/// `format(v, spec)`; an absent spec is the empty one.
pub fn format(th: &Thread, v: Value, spec: Value) -> PyResult {
    let empty = spec.is_absent() || spec.as_wtf8().is_some_and(|s| s.is_empty());
    if empty && is_exactly(v, &types::STR) {
        return Ok(v);
    }
    if empty && (v.is_exact_int()) {
        return str(th, v);
    }
    let spec = spec.or(crate::strings::empty_str());
    match crate::attr::call_special(th, v, names::FORMAT.get(), &[spec])? {
        Some(r) if r.as_str_obj().is_some() => Ok(r),
        Some(r) => Err(th.type_error(format!(
            "__format__ must return a str, not {}",
            class_of(r).tp_name()
        ))),
        None => Err(th.type_error(format!(
            "Type {} doesn't define __format__",
            class_of(v).tp_name()
        ))),
    }
}

/// `operator.index(v)`: an exact or subclassed `int`.
#[inline]
pub fn index(th: &Thread, v: Value) -> PyResult {
    if v.is_int() {
        return Ok(v);
    }
    match class_of(v).slots().index {
        Some(f) => {
            let r = f(th, v)?;
            if r.is_exact_int() {
                Ok(r)
            } else {
                odd_index(th, r)
            }
        }
        None => Err(th.type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            class_of(v).tp_name()
        ))),
    }
}

/// What some `__index__` gave that is not an exact `int`.
#[cold]
fn odd_index(th: &Thread, r: Value) -> PyResult {
    let said = format!(
        "__index__ returned non-int (type {})",
        class_of(r).name_text()
    );
    if !r.is_int() {
        return Err(th.type_error(said));
    }
    th.warn(
        &exc::DEPRECATION_WARNING,
        format!(
            "{said}.  The ability to return an instance of a strict subclass of int is deprecated, and may be removed in a future version of Python."
        ),
    )?;
    Ok(r)
}

/// A machine word by `__index__`; `OverflowError: Python int too large to convert to C ssize_t` where it doesn't fit.
#[inline]
pub fn index_i64(th: &Thread, v: Value) -> PyResult<i64> {
    if let Some(n) = v.as_small_int() {
        return Ok(n);
    }
    match index(th, v)?.as_i64() {
        Some(n) => Ok(n),
        None => Err(th.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

/// A machine word by `__index__`, cut to the range: as slices and `insert` want it.
pub fn index_clamped(th: &Thread, v: Value) -> PyResult<i64> {
    let n = index(th, v)?;
    Ok(match n.as_int() {
        Some(crate::numbers::Int::Small(n)) => n,
        Some(crate::numbers::Int::Big(b)) => b.saturating_i64(),
        None => 0,
    })
}

/// An index of a subscript: `IndexError: cannot fit 'int' into an index-sized integer` where it doesn't fit.
pub fn subscript_index(th: &Thread, v: Value) -> PyResult<i64> {
    if let Some(n) = v.as_small_int() {
        return Ok(n);
    }
    match index(th, v)?.as_i64() {
        Some(n) => Ok(n),
        None => Err(th.index_error(format!(
            "cannot fit '{}' into an index-sized integer",
            class_of(v).name_text()
        ))),
    }
}

/// A C `int` by `__index__`.
pub fn index_i32(th: &Thread, v: Value) -> PyResult<i32> {
    let n = index(th, v)?.as_i64();
    match n.map(i32::try_from) {
        Some(Ok(n)) => Ok(n),
        _ => Err(th.overflow_error("Python int too large to convert to C int")),
    }
}

/// A float by `__float__`; nothing if the type has none.
pub fn float_by_method(th: &Thread, v: Value) -> PyResult<Option<f64>> {
    let Some(f) = class_of(v).slots().float else {
        return Ok(None);
    };
    let r = f(th, v)?;
    if !is_exactly(r, &types::FLOAT) {
        odd_float(th, v, r)?;
    }
    Ok(r.as_float())
}

#[cold]
fn odd_float(th: &Thread, v: Value, r: Value) -> PyResult<()> {
    let said = format!(
        "{}.__float__ returned non-float (type {})",
        class_of(v).name_text(),
        class_of(r).name_text()
    );
    if r.as_float().is_none() {
        return Err(th.type_error(said));
    }
    th.warn(
        &exc::DEPRECATION_WARNING,
        format!(
            "{said}.  The ability to return an instance of a strict subclass of float is deprecated, and may be removed in a future version of Python."
        ),
    )
}

/// A float by `__float__` or `__index__`: what `math` functions take.
#[inline]
pub fn to_f64(th: &Thread, v: Value) -> PyResult<f64> {
    if let Some(x) = v.as_float() {
        return Ok(x);
    }
    if let Some(n) = v.as_small_int() {
        return Ok(n as f64);
    }
    if let Some(x) = float_by_method(th, v)? {
        return Ok(x);
    }
    if class_of(v).slots().index.is_some() {
        let n = index(th, v)?;
        return match n.as_int() {
            Some(crate::numbers::Int::Small(n)) => Ok(n as f64),
            Some(crate::numbers::Int::Big(b)) => b
                .to_f64()
                .map_err(|_| th.overflow_error("int too large to convert to float")),
            None => Ok(0.0),
        };
    }
    Err(th.type_error(format!(
        "must be real number, not {}",
        class_of(v).tp_name()
    )))
}

/// Start, stop, step and number of items of a slice over `len` items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceRange {
    /// The first index.
    pub start: i64,
    /// One step past the last index.
    pub stop: i64,
    /// The step; not zero.
    pub step: i64,
    /// How many items.
    pub count: usize,
}

/// The unadjusted parts of a slice: what `slice.indices` works on. Runs `__index__`.
pub fn slice_parts(th: &Thread, s: Value) -> PyResult<(Option<i64>, Option<i64>, i64)> {
    let s = s.expect::<crate::func::Slice>();
    let part = |v: Value| -> PyResult<Option<i64>> {
        if v.is_none() {
            return Ok(None);
        }
        if let Some(n) = v.as_small_int() {
            return Ok(Some(n));
        }
        if class_of(v).slots().index.is_none() {
            return Err(
                th.type_error("slice indices must be integers or None or have an __index__ method")
            );
        }
        index_clamped(th, v).map(Some)
    };
    let step = part(s.step.get())?.unwrap_or(1);
    if step == 0 {
        return Err(th.value_error("slice step cannot be zero"));
    }
    Ok((
        part(s.start.get())?,
        part(s.stop.get())?,
        step.max(-i64::MAX),
    ))
}

/// Fits a slice's parts to a length.
pub fn adjust_slice(parts: (Option<i64>, Option<i64>, i64), len: usize) -> SliceRange {
    let (start, stop, step) = parts;
    let n = len as i64;
    let (low, high) = if step < 0 { (-1, n - 1) } else { (0, n) };
    let clamp = |v: i64| {
        if v < 0 {
            v.saturating_add(n).max(low)
        } else {
            v.min(high)
        }
    };
    let start = start.map_or(if step < 0 { high } else { low }, clamp);
    let stop = stop.map_or(if step < 0 { low } else { high }, clamp);
    let count = if step < 0 {
        if stop < start {
            ((start - stop - 1) / -step + 1) as usize
        } else {
            0
        }
    } else if start < stop {
        ((stop - start - 1) / step + 1) as usize
    } else {
        0
    };
    SliceRange {
        start,
        stop,
        step,
        count,
    }
}

/// `isinstance(v, cls)`, with tuples, unions and `__instancecheck__`.
pub fn is_instance(th: &Thread, v: Value, cls: Value) -> PyResult<bool> {
    if class_of(v).value().is(cls) {
        return Ok(true);
    }
    if is_exactly(cls, &types::TYPE) {
        return plain_is_instance(th, v, cls);
    }
    if let Some(items) = cls.as_tuple() {
        // The class as of one instant: another thread may assign it meanwhile.
        let own = class_of(v).value();
        if items.iter().any(|c| c.is(own)) {
            return Ok(true);
        }
        for c in items {
            if th.recurse(" in __instancecheck__", || is_instance(th, v, *c))? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    match crate::attr::call_special(th, cls, names::INSTANCECHECK.get(), &[v])? {
        Some(r) => truth(th, r),
        None => plain_is_instance(th, v, cls),
    }
}

/// `type.__instancecheck__`: by inheritance, or by `__class__` and `__bases__` of what looks like a class.
pub fn plain_is_instance(th: &Thread, v: Value, cls: Value) -> PyResult<bool> {
    if let Some(t) = cls.downcast::<types::Type>() {
        if class_of(v).is_subtype(t) {
            return Ok(true);
        }
        if class_of(v).slots().getattro.is_none()
            && crate::attr::get_own(v, names::CLASS.get()).is_none()
        {
            // Only a class with a `__class__` of its own can claim to be another.
            let own = crate::attr::type_lookup(class_of(v), names::CLASS.get());
            if own == crate::attr::type_lookup(&types::OBJECT, names::CLASS.get()) {
                return Ok(false);
            }
        }
        let Some(c) = crate::attr::get_opt(th, v, names::CLASS.get())? else {
            return Ok(false);
        };
        return Ok(c.downcast::<types::Type>().is_some_and(|c| c.is_subtype(t)));
    }
    if !has_bases(th, cls)? {
        return Err(
            th.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union")
        );
    }
    match crate::attr::get_opt(th, v, names::CLASS.get())? {
        Some(c) => abstract_subclass(th, c, cls),
        None => Ok(false),
    }
}

/// `issubclass(sub, cls)`, with tuples, unions and `__subclasscheck__`.
pub fn is_subclass(th: &Thread, sub: Value, cls: Value) -> PyResult<bool> {
    if is_exactly(cls, &types::TYPE) && sub.is(cls) {
        return Ok(true);
    }
    if let Some(items) = cls.as_tuple() {
        for c in items {
            if th.recurse(" in __subclasscheck__", || is_subclass(th, sub, *c))? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if !is_exactly(cls, &types::TYPE)
        && let Some(r) = crate::attr::call_special(th, cls, names::SUBCLASSCHECK.get(), &[sub])?
    {
        return truth(th, r);
    }
    plain_is_subclass(th, sub, cls)
}

/// `type.__subclasscheck__`.
pub fn plain_is_subclass(th: &Thread, sub: Value, cls: Value) -> PyResult<bool> {
    if let (Some(a), Some(b)) = (sub.downcast::<types::Type>(), cls.downcast::<types::Type>()) {
        return Ok(a.is_subtype(b));
    }
    if !has_bases(th, sub)? {
        return Err(th.type_error("issubclass() arg 1 must be a class"));
    }
    if !has_bases(th, cls)? {
        return Err(
            th.type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union")
        );
    }
    abstract_subclass(th, sub, cls)
}

fn has_bases(th: &Thread, cls: Value) -> PyResult<bool> {
    if cls.downcast::<types::Type>().is_some() {
        return Ok(true);
    }
    Ok(crate::attr::get_opt(th, cls, names::BASES.get())?.is_some_and(|b| b.as_tuple().is_some()))
}

fn abstract_subclass(th: &Thread, sub: Value, cls: Value) -> PyResult<bool> {
    if sub.is(cls) {
        return Ok(true);
    }
    let bases = crate::attr::get_opt(th, sub, names::BASES.get())?;
    for b in bases.and_then(|b| b.as_tuple()).unwrap_or(&[]) {
        if th.recurse(" in __issubclass__", || abstract_subclass(th, *b, cls))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a value can be called.
pub fn is_callable(v: Value) -> bool {
    class_of(v).slots().call.is_some()
}
