//! `count`, `cycle`, `repeat`.

use super::{bind, iterator_type, parameters};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use taipan_containers::text::Text;
use taipan_object::call::Args;
use taipan_object::heap::{Field, FieldOf};
use taipan_object::native::{Atomic, Method};
use taipan_object::payload;
use taipan_object::seq::List;
use taipan_object::slots::BinOp;
use taipan_object::types::{Type, class_of};
use taipan_object::{Object, PyResult, Thread, Value, ops};

/// The payload of `count`.
#[repr(C)]
pub struct Count {
    /// The next number while it is small and the step is one; [`GENERAL`] otherwise.
    fast: AtomicI64,
    /// The next number otherwise.
    next: Field,
    step: Field,
}

payload!(Count, "count", |this, m| {
    this.next.trace(m);
    this.step.trace(m);
});

const GENERAL: i64 = i64::MAX;

iterator_type!(
    /// `count`
    COUNT, COUNT_SPEC = "count", Count, new_count, next_count, repr_count,
    [],
    "(start=0, step=1)",
    "Return a count object whose .__next__() method returns consecutive values.\n\nEquivalent to:\n    def count(firstval=0, step=1):\n        x = firstval\n        while 1:\n            yield x\n            x += step"
);

static COUNT_ARGS: Method = parameters("count", "(start=0, step=1)");

fn is_number(v: Value) -> bool {
    if v.is_int() || v.as_float().is_some() {
        return true;
    }
    let s = class_of(v).slots();
    s.index.is_some() || s.int.is_some() || s.float.is_some() || v.as_complex().is_some()
}

fn new_count(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let a = bind(th, cls, &COUNT, &COUNT_ARGS, args)?;
    let (start, step) = (a[0].or(Value::small_int(0)), a[1].or(Value::small_int(1)));
    if !is_number(start) || !is_number(step) {
        return Err(th.type_error("a number is required"));
    }
    let fast = match start.as_small_int() {
        Some(n) if step.as_small_int() == Some(1) => n,
        _ => GENERAL,
    };
    let data = Count {
        fast: AtomicI64::new(fast),
        next: if fast == GENERAL {
            Field::new(start)
        } else {
            Field::absent()
        },
        step: Field::new(step),
    };
    Ok(th.new_instance(cls, data).value())
}

fn next_count(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let c = v.expect::<Count>();
    let mut n = c.fast.load(Ordering::Relaxed);
    while n < Value::MAX_INT {
        match c
            .fast
            .compare_exchange_weak(n, n + 1, Ordering::AcqRel, Ordering::Relaxed)
        {
            Ok(_) => return Ok(Some(Value::small_int(n))),
            Err(now) => n = now,
        }
    }
    if n != GENERAL {
        // From here on the numbers are big.
        let first = Value::int(th, n);
        c.next.compare_exchange(&c.header, Value::ABSENT, first);
        c.fast.store(GENERAL, Ordering::Release);
    }
    // Each caller gets a number of its own: who loses the exchange tries again.
    loop {
        let now = c.next.get();
        let after = ops::binary(th, BinOp::Add, now, c.step.get())?;
        if c.next.compare_exchange(&c.header, now, after) {
            return Ok(Some(now));
        }
    }
}

fn repr_count(th: &Thread, v: Value) -> PyResult {
    let c = v.expect::<Count>();
    let n = c.fast.load(Ordering::Relaxed);
    let name = class_of(v).name_text();
    if n != GENERAL {
        return Ok(Value::str(th, &format!("{name}({n})")));
    }
    let mut out = Text::new(&format!("{name}("));
    out.repr(th, c.next.get())?;
    let step = c.step.get();
    if step.as_small_int() != Some(1) {
        out.push(", ");
        out.repr(th, step)?;
    }
    out.push(")");
    out.finish(th)
}

/// The payload of `cycle`.
#[repr(C)]
pub struct Cycle {
    /// Absent once it has ended.
    it: Field,
    saved: FieldOf<List>,
    index: AtomicUsize,
}

payload!(Cycle, "cycle", |this, m| {
    this.it.trace(m);
    this.saved.trace(m);
});

iterator_type!(
    /// `cycle`
    CYCLE, CYCLE_SPEC = "cycle", Cycle, new_cycle, next_cycle,
    [],
    "(iterable, /)",
    "Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely."
);

static CYCLE_ARGS: Method = Method::new("cycle", "(iterable, /)", Value::try_tuple);

fn new_cycle(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    if args.pos().len() != 1 {
        return Err(th.type_error(format!(
            "cycle expected 1 argument, got {}",
            args.pos().len()
        )));
    }
    let a = bind(th, cls, &CYCLE, &CYCLE_ARGS, args)?;
    let it = ops::iter(th, a[0])?;
    let saved = Value::list(th, &[])?;
    let data = Cycle {
        it: Field::new(it),
        saved: FieldOf::new(saved.expect::<List>()),
        index: AtomicUsize::new(0),
    };
    Ok(th.new_instance(cls, data).value())
}

fn next_cycle(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let c = v.expect::<Cycle>();
    let saved = c.saved.expect();
    if let Some(it) = c.it.get().present() {
        if let Some(x) = ops::next(th, it)? {
            saved.append(th, x)?;
            return Ok(Some(x));
        }
        c.it.set(&c.header, Value::ABSENT);
    }
    loop {
        let i = c.index.load(Ordering::Relaxed);
        match saved.get(i) {
            Some(x) => {
                c.index.store(i + 1, Ordering::Relaxed);
                return Ok(Some(x));
            }
            None if i == 0 => return Ok(None),
            None => c.index.store(0, Ordering::Relaxed),
        }
    }
}

/// The payload of `repeat`.
#[repr(C)]
pub struct Repeat {
    object: Field,
    /// How often still; negative for ever.
    left: AtomicI64,
}

payload!(Repeat, "repeat", |this, m| this.object.trace(m));

iterator_type!(
    /// `repeat`
    REPEAT, REPEAT_SPEC = "repeat", Repeat, new_repeat, next_repeat, repr_repeat,
    [Method::new("__length_hint__", "($self, /)", repeat_hint)
        .atomic(Atomic::LockFree)
        .doc("Private method returning an estimate of len(list(it)).")],
    "",
    "repeat(object [,times]) -> create an iterator which returns the object\nfor the specified number of times.  If not specified, returns the object\nendlessly."
);

static REPEAT_ARGS: Method = parameters("repeat", "(object, times=<unrepresentable>)");

fn new_repeat(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let a = bind(th, cls, &REPEAT, &REPEAT_ARGS, args)?;
    let left = match a[1].present() {
        Some(n) => ops::index_i64(th, n)?.max(0),
        None => -1,
    };
    let data = Repeat {
        object: Field::new(a[0]),
        left: AtomicI64::new(left),
    };
    Ok(th.new_instance(cls, data).value())
}

fn next_repeat(_: &Thread, v: Value) -> PyResult<Option<Value>> {
    let r = v.expect::<Repeat>();
    let n = r.left.load(Ordering::Relaxed);
    if n == 0 {
        return Ok(None);
    }
    if n > 0 {
        r.left.store(n - 1, Ordering::Relaxed);
    }
    Ok(Some(r.object.get()))
}

fn repeat_hint(th: &Thread, a: &[Value]) -> PyResult {
    let n = a[0].expect::<Repeat>().left.load(Ordering::Relaxed);
    if n < 0 {
        return Err(th.type_error("len() of unsized object"));
    }
    Ok(Value::int(th, n))
}

fn repr_repeat(th: &Thread, v: Value) -> PyResult {
    let r = v.expect::<Repeat>();
    let mut out = Text::new(&format!("{}(", class_of(v).name_text()));
    out.repr(th, r.object.get())?;
    let n = r.left.load(Ordering::Relaxed);
    if n >= 0 {
        out.push(&format!(", {n}"));
    }
    out.push(")");
    out.finish(th)
}
