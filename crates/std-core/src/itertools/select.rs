//! `compress`, `dropwhile`, `takewhile`, `filterfalse`, `islice`.

use super::{bind, has_init_of, iterator_type, parameters};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use taipan_object::call::{self, Args};
use taipan_object::heap::Field;
use taipan_object::native::Method;
use taipan_object::payload;
use taipan_object::types::{self, Type, class_of};
use taipan_object::{Object, PyResult, Thread, Value, ops};

/// The payload of `compress`.
#[repr(C)]
pub struct Compress {
    source: Field,
    selectors: Field,
}

payload!(Compress, "compress", |this, m| {
    this.source.trace(m);
    this.selectors.trace(m);
});

iterator_type!(
    /// `compress`
    COMPRESS, COMPRESS_SPEC = "compress", Compress, new_compress, next_compress,
    [],
    "(data, selectors)",
    "Return data elements corresponding to true selector elements.\n\nForms a shorter iterator from selected data elements using the selectors to\nchoose the data elements."
);

static COMPRESS_ARGS: Method = parameters("compress", "(data, selectors)");

fn new_compress(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let a = bind(th, cls, &COMPRESS, &COMPRESS_ARGS, args)?;
    let data = ops::iter(th, a[0])?;
    let selectors = ops::iter(th, a[1])?;
    let payload = Compress {
        source: Field::new(data),
        selectors: Field::new(selectors),
    };
    Ok(th.new_instance(cls, payload).value())
}

fn next_compress(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let c = v.expect::<Compress>();
    let (data, selectors) = (c.source.get(), c.selectors.get());
    loop {
        let Some(x) = ops::next(th, data)? else {
            return Ok(None);
        };
        let Some(s) = ops::next(th, selectors)? else {
            return Ok(None);
        };
        if ops::truth(th, s)? {
            return Ok(Some(x));
        }
        th.poll()?;
    }
}

/// The payload of `dropwhile`, `takewhile` and `filterfalse`.
#[repr(C)]
pub struct ByPredicate {
    predicate: Field,
    it: Field,
    /// Whether the first item for which the predicate is false has come.
    turned: AtomicBool,
}

payload!(ByPredicate, "iterator by predicate", |this, m| {
    this.predicate.trace(m);
    this.it.trace(m);
});

iterator_type!(
    /// `dropwhile`
    DROPWHILE, DROPWHILE_SPEC = "dropwhile", ByPredicate,
    |th, cls, args| new_by_predicate(th, cls, &DROPWHILE, &DROPWHILE_ARGS, args), next_dropwhile,
    [],
    "(predicate, iterable, /)",
    "Drop items from the iterable while predicate(item) is true.\n\nAfterwards, return every element until the iterable is exhausted."
);

iterator_type!(
    /// `takewhile`
    TAKEWHILE, TAKEWHILE_SPEC = "takewhile", ByPredicate,
    |th, cls, args| new_by_predicate(th, cls, &TAKEWHILE, &TAKEWHILE_ARGS, args), next_takewhile,
    [],
    "(predicate, iterable, /)",
    "Return successive entries from an iterable as long as the predicate evaluates to true for each entry."
);

iterator_type!(
    /// `filterfalse`
    FILTERFALSE, FILTERFALSE_SPEC = "filterfalse", ByPredicate,
    |th, cls, args| new_by_predicate(th, cls, &FILTERFALSE, &FILTERFALSE_ARGS, args), next_filterfalse,
    [],
    "(function, iterable, /)",
    "Return those items of iterable for which function(item) is false.\n\nIf function is None, return the items that are false."
);

static DROPWHILE_ARGS: Method = parameters("dropwhile", "(predicate, iterable, /)");
static TAKEWHILE_ARGS: Method = parameters("takewhile", "(predicate, iterable, /)");
static FILTERFALSE_ARGS: Method = parameters("filterfalse", "(function, iterable, /)");

fn new_by_predicate(
    th: &Thread,
    cls: &Object<Type>,
    own: &types::StaticType,
    row: &'static Method,
    args: Args,
) -> PyResult {
    let a = bind(th, cls, own, row, args)?;
    let it = ops::iter(th, a[1])?;
    let data = ByPredicate {
        predicate: Field::new(a[0]),
        it: Field::new(it),
        turned: AtomicBool::new(false),
    };
    Ok(th.new_instance(cls, data).value())
}

fn holds(th: &Thread, p: &ByPredicate, x: Value) -> PyResult<bool> {
    let f = p.predicate.get();
    ops::truth(th, call::call(th, f, &[x])?)
}

fn next_dropwhile(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let p = v.expect::<ByPredicate>();
    let it = p.it.get();
    if p.turned.load(Ordering::Relaxed) {
        return ops::next(th, it);
    }
    while let Some(x) = ops::next(th, it)? {
        if !holds(th, p, x)? {
            p.turned.store(true, Ordering::Relaxed);
            return Ok(Some(x));
        }
        th.poll()?;
    }
    Ok(None)
}

fn next_takewhile(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let p = v.expect::<ByPredicate>();
    if p.turned.load(Ordering::Relaxed) {
        return Ok(None);
    }
    let Some(x) = ops::next(th, p.it.get())? else {
        return Ok(None);
    };
    if holds(th, p, x)? {
        return Ok(Some(x));
    }
    p.turned.store(true, Ordering::Relaxed);
    Ok(None)
}

fn next_filterfalse(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let p = v.expect::<ByPredicate>();
    let f = p.predicate.get();
    let by_truth = f.is_none() || f.is(types::BOOL.value());
    while let Some(x) = ops::next(th, p.it.get())? {
        let drop = if by_truth {
            ops::truth(th, x)?
        } else {
            holds(th, p, x)?
        };
        if !drop {
            return Ok(Some(x));
        }
        th.poll()?;
    }
    Ok(None)
}

/// The payload of `islice`.
#[repr(C)]
pub struct ISlice {
    /// Absent at the end.
    it: Field,
    /// How many items were taken from the iterator, or will be at once.
    taken: AtomicI64,
    start: i64,
    /// Negative for none.
    stop: i64,
    step: i64,
    /// How many items are taken in all; negative for no limit.
    end: i64,
}

payload!(ISlice, "islice", |this, m| this.it.trace(m));

iterator_type!(
    /// `islice`
    ISLICE, ISLICE_SPEC = "islice", ISlice, new_islice, next_islice,
    [],
    "",
    "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\nReturn an iterator whose next() method returns selected values from an\niterable.  If start is specified, will skip all preceding elements;\notherwise, start defaults to zero.  Step defaults to one.  If\nspecified as another value, step determines how many values are\nskipped between successive calls.  Works like a slice() on a list\nbut returns an iterator."
);

/// A non-negative index, or nothing for None and -1 for what cannot be one.
fn bound(th: &Thread, v: Value) -> PyResult<Option<i64>> {
    if v.is_none() {
        return Ok(None);
    }
    if v.as_small_int().is_none() && class_of(v).slots().index.is_none() {
        return Ok(Some(-1));
    }
    Ok(Some(ops::index(th, v)?.as_i64().unwrap_or(-1)))
}

fn new_islice(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    if has_init_of(cls, &ISLICE) {
        args.no_kw(th, "islice")?;
    }
    let a = args.pos();
    if a.len() < 2 {
        return Err(th.type_error(format!(
            "islice expected at least 2 arguments, got {}",
            a.len()
        )));
    }
    if a.len() > 4 {
        return Err(th.type_error(format!(
            "islice expected at most 4 arguments, got {}",
            a.len()
        )));
    }
    let (start, stop) = if a.len() == 2 {
        (Value::NONE, a[1])
    } else {
        (a[1], a[2])
    };
    let stop = bound(th, stop)?;
    if stop.is_some_and(|n| n < 0) {
        return Err(th.value_error(
            "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.",
        ));
    }
    let start = bound(th, start)?.unwrap_or(0);
    if start < 0 {
        return Err(th.value_error(
            "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.",
        ));
    }
    let step = match a.get(3) {
        Some(v) => bound(th, *v)?.unwrap_or(1),
        None => 1,
    };
    if step < 1 {
        return Err(th.value_error("Step for islice() must be a positive integer or None."));
    }
    let it = ops::iter(th, a[0])?;
    let data = ISlice {
        it: Field::new(it),
        taken: AtomicI64::new(0),
        start,
        stop: stop.unwrap_or(-1),
        step,
        end: stop.map_or(-1, |n| n.max(start)),
    };
    Ok(th.new_instance(cls, data).value())
}

fn next_islice(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let s = v.expect::<ISlice>();
    let Some(it) = s.it.get().present() else {
        return Ok(None);
    };
    loop {
        // The place is taken before the item: several threads together get no more than one does.
        let below_end = |n: i64| (s.end < 0 || n < s.end).then_some(n + 1);
        let taken = s
            .taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, below_end);
        let item = match taken {
            Ok(_) => ops::next(th, it).inspect_err(|_| {
                s.taken.fetch_sub(1, Ordering::Relaxed);
            })?,
            Err(_) => None,
        };
        let (Ok(at), Some(x)) = (taken, item) else {
            s.it.set(&s.header, Value::ABSENT);
            return Ok(None);
        };
        if at >= s.start && (at - s.start) % s.step == 0 && (s.stop < 0 || at < s.stop) {
            return Ok(Some(x));
        }
        th.poll()?;
    }
}
