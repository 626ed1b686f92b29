//! `chain`, `starmap`, `accumulate`, `pairwise`, `batched`, `zip_longest`.

use super::{bind, has_init_of, iterator_type, parameters};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use taipan_containers::args::class_getitem;
use taipan_object::call::{self, Args};
use taipan_object::heap::{Array, Field, FieldOf, ValueVec};
use taipan_object::native::Method;
use taipan_object::payload;
use taipan_object::slots::BinOp;
use taipan_object::types::Type;
use taipan_object::{Object, PyResult, Thread, Value, ops};

/// The payload of `chain`.
#[repr(C)]
pub struct Chain {
    /// The iterator over the iterables; absent at the end.
    source: Field,
    /// The iterator over the current one; absent between them.
    active: Field,
}

payload!(Chain, "chain", |this, m| {
    this.source.trace(m);
    this.active.trace(m);
});

iterator_type!(
    /// `chain`
    CHAIN, CHAIN_SPEC = "chain", Chain, new_chain, next_chain,
    [
        Method::new("from_iterable", "($type, iterable, /)", |th, a| {
            let source = ops::iter(th, a[1])?;
            chain_over(th, a[0].expect::<Type>(), source)
        })
        .class()
        .doc("Alternative chain() constructor taking a single iterable argument that evaluates lazily."),
        Method::new("__class_getitem__", "($type, object, /)", class_getitem)
            .class()
            .doc("See PEP 585")
    ],
    "(*iterables)",
    "Return a chain object whose .__next__() method returns elements from the\nfirst iterable until it is exhausted, then elements from the next\niterable, until all of the iterables are exhausted."
);

fn chain_over(th: &Thread, cls: &Object<Type>, source: Value) -> PyResult {
    let data = Chain {
        source: Field::new(source),
        active: Field::absent(),
    };
    Ok(th.new_instance(cls, data).value())
}

fn new_chain(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    if has_init_of(cls, &CHAIN) {
        args.no_kw(th, "chain")?;
    }
    let all = Value::try_tuple(th, args.pos())?;
    let source = ops::iter(th, all)?;
    chain_over(th, cls, source)
}

fn next_chain(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let c = v.expect::<Chain>();
    loop {
        let mut active = c.active.get();
        if active.is_absent() {
            let Some(source) = c.source.get().present() else {
                return Ok(None);
            };
            let it = match ops::next(th, source)? {
                Some(x) => ops::iter(th, x),
                None => {
                    c.source.set(&c.header, Value::ABSENT);
                    return Ok(None);
                }
            };
            active = match it {
                Ok(it) => it,
                Err(e) => {
                    c.source.set(&c.header, Value::ABSENT);
                    return Err(e);
                }
            };
            c.active.set(&c.header, active);
        }
        if let Some(x) = ops::next(th, active)? {
            return Ok(Some(x));
        }
        c.active.compare_exchange(&c.header, active, Value::ABSENT);
        th.poll()?;
    }
}

/// The payload of `starmap`.
#[repr(C)]
pub struct StarMap {
    func: Field,
    it: Field,
}

payload!(StarMap, "starmap", |this, m| {
    this.func.trace(m);
    this.it.trace(m);
});

iterator_type!(
    /// `starmap`
    STARMAP, STARMAP_SPEC = "starmap", StarMap, new_starmap, next_starmap,
    [],
    "(function, iterable, /)",
    "Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence."
);

static STARMAP_ARGS: Method = parameters("starmap", "(function, iterable, /)");

fn new_starmap(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let a = bind(th, cls, &STARMAP, &STARMAP_ARGS, args)?;
    let it = ops::iter(th, a[1])?;
    let data = StarMap {
        func: Field::new(a[0]),
        it: Field::new(it),
    };
    Ok(th.new_instance(cls, data).value())
}

fn next_starmap(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let s = v.expect::<StarMap>();
    let Some(args) = ops::next(th, s.it.get())? else {
        return Ok(None);
    };
    if let Some(items) = args.as_tuple() {
        return call::call(th, s.func.get(), items).map(Some);
    }
    let items = ops::to_vec(th, args)?;
    call::call(th, s.func.get(), &items).map(Some)
}

/// The payload of `accumulate`.
#[repr(C)]
pub struct Accumulate {
    it: Field,
    /// Absent or None for addition.
    func: Field,
    /// The value so far; absent before the first.
    total: Field,
    /// The first value, until it is given; absent for none.
    initial: Field,
}

payload!(Accumulate, "accumulate", |this, m| {
    this.it.trace(m);
    this.func.trace(m);
    this.total.trace(m);
    this.initial.trace(m);
});

iterator_type!(
    /// `accumulate`
    ACCUMULATE, ACCUMULATE_SPEC = "accumulate", Accumulate, new_accumulate, next_accumulate,
    [],
    "(iterable, func=None, *, initial=None)",
    "Return series of accumulated sums."
);

static ACCUMULATE_ARGS: Method = parameters("accumulate", "(iterable, func=None, *, initial=None)");

fn new_accumulate(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let a = bind(th, cls, &ACCUMULATE, &ACCUMULATE_ARGS, args)?;
    let it = ops::iter(th, a[0])?;
    let initial = if a[2].is_none() { Value::ABSENT } else { a[2] };
    let data = Accumulate {
        it: Field::new(it),
        func: Field::new(a[1].or(Value::NONE)),
        total: Field::absent(),
        initial: Field::new(initial),
    };
    Ok(th.new_instance(cls, data).value())
}

fn next_accumulate(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let s = v.expect::<Accumulate>();
    if let Some(first) = s.initial.get().present() {
        s.initial.set(&s.header, Value::ABSENT);
        s.total.set(&s.header, first);
        return Ok(Some(first));
    }
    let Some(x) = ops::next(th, s.it.get())? else {
        return Ok(None);
    };
    let total = match s.total.get().present() {
        None => x,
        Some(t) => {
            let f = s.func.get();
            if f.is_none() {
                ops::binary(th, BinOp::Add, t, x)?
            } else {
                call::call(th, f, &[t, x])?
            }
        }
    };
    s.total.set(&s.header, total);
    Ok(Some(total))
}

/// The payload of `pairwise`.
#[repr(C)]
pub struct Pairwise {
    /// Absent at the end.
    it: Field,
    /// The item before; absent before the first.
    old: Field,
}

payload!(Pairwise, "pairwise", |this, m| {
    this.it.trace(m);
    this.old.trace(m);
});

iterator_type!(
    /// `pairwise`
    PAIRWISE, PAIRWISE_SPEC = "pairwise", Pairwise, new_pairwise, next_pairwise,
    [],
    "(iterable, /)",
    "Return an iterator of overlapping pairs taken from the input iterator.\n\n    s -> (s0,s1), (s1,s2), (s2, s3), ..."
);

static PAIRWISE_ARGS: Method = parameters("pairwise", "(iterable, /)");

fn new_pairwise(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let a = bind(th, cls, &PAIRWISE, &PAIRWISE_ARGS, args)?;
    let it = ops::iter(th, a[0])?;
    let data = Pairwise {
        it: Field::new(it),
        old: Field::absent(),
    };
    Ok(th.new_instance(cls, data).value())
}

fn next_pairwise(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let p = v.expect::<Pairwise>();
    let Some(it) = p.it.get().present() else {
        return Ok(None);
    };
    let end = || {
        p.it.set(&p.header, Value::ABSENT);
        p.old.set(&p.header, Value::ABSENT);
    };
    let mut old = p.old.get();
    if old.is_absent() {
        match ops::next(th, it)? {
            Some(x) => {
                p.old.set(&p.header, x);
                old = x;
            }
            None => {
                end();
                return Ok(None);
            }
        }
        // Taking the first item may have used the iterator up.
        if p.it.get().is_absent() {
            p.old.set(&p.header, Value::ABSENT);
            return Ok(None);
        }
    }
    match ops::next(th, it)? {
        Some(x) => {
            p.old.set(&p.header, x);
            Value::try_tuple(th, &[old, x]).map(Some)
        }
        None => {
            end();
            Ok(None)
        }
    }
}

/// The payload of `batched`.
#[repr(C)]
pub struct Batched {
    /// Absent at the end.
    it: Field,
    size: usize,
    strict: bool,
}

payload!(Batched, "batched", |this, m| this.it.trace(m));

iterator_type!(
    /// `batched`
    BATCHED, BATCHED_SPEC = "batched", Batched, new_batched, next_batched,
    [],
    "(iterable, n, *, strict=False)",
    "Batch data into tuples of length n. The last batch may be shorter than n.\n\nLoops over the input iterable and accumulates data into tuples\nup to size n.  The input is consumed lazily, just enough to\nfill a batch.  The result is yielded as soon as a batch is full\nor when the input iterable is exhausted.\n\n    >>> for batch in batched('ABCDEFG', 3):\n    ...     print(batch)\n    ...\n    ('A', 'B', 'C')\n    ('D', 'E', 'F')\n    ('G',)\n\nIf \"strict\" is True, raises a ValueError if the final batch is shorter\nthan n."
);

static BATCHED_ARGS: Method = parameters("batched", "(iterable, n, *, strict=False)");

fn new_batched(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let a = bind(th, cls, &BATCHED, &BATCHED_ARGS, args)?;
    let n = ops::index_i64(th, a[1])?;
    let strict = match a[2].present() {
        Some(v) => ops::truth(th, v)?,
        None => false,
    };
    if n < 1 {
        return Err(th.value_error("n must be at least one"));
    }
    let it = ops::iter(th, a[0])?;
    let data = Batched {
        it: Field::new(it),
        size: n as usize,
        strict,
    };
    Ok(th.new_instance(cls, data).value())
}

fn next_batched(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let b = v.expect::<Batched>();
    let Some(it) = b.it.get().present() else {
        return Ok(None);
    };
    let mut out = ValueVec::with_capacity(th, b.size.min(64))?;
    while out.len() < b.size {
        match ops::next(th, it) {
            Ok(Some(x)) => out.push(th, x)?,
            Ok(None) => {
                b.it.set(&b.header, Value::ABSENT);
                break;
            }
            Err(e) => {
                b.it.set(&b.header, Value::ABSENT);
                return Err(e);
            }
        }
    }
    if out.is_empty() {
        return Ok(None);
    }
    if b.strict && out.len() < b.size {
        return Err(th.value_error("batched(): incomplete batch"));
    }
    Value::try_tuple(th, &out).map(Some)
}

/// The payload of `zip_longest`.
#[repr(C)]
pub struct ZipLongest {
    /// The iterators; absent where one has ended.
    its: FieldOf<Array>,
    fill: Field,
    active: AtomicUsize,
    ended: AtomicBool,
}

payload!(ZipLongest, "zip_longest", |this, m| {
    this.its.trace(m);
    this.fill.trace(m);
});

iterator_type!(
    /// `zip_longest`
    ZIP_LONGEST, ZIP_LONGEST_SPEC = "zip_longest", ZipLongest, new_zip_longest, next_zip_longest,
    [],
    "(*iterables, fillvalue=None)",
    "Return a zip_longest object whose .__next__() method returns a tuple where\nthe i-th element comes from the i-th iterable argument.  The .__next__()\nmethod continues until the longest iterable in the argument sequence\nis exhausted and then it raises StopIteration.  When the shorter iterables\nare exhausted, the fillvalue is substituted in their place.  The fillvalue\ndefaults to None or can be specified by a keyword argument."
);

fn new_zip_longest(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let mut fill = Value::NONE;
    for (k, v) in args.kw() {
        if !k.is_str("fillvalue") {
            return Err(th.type_error("zip_longest() got an unexpected keyword argument"));
        }
        fill = v;
    }
    let n = args.pos().len();
    let its = Object::<Array>::try_new(th, n)?;
    for (i, v) in args.pos().iter().enumerate() {
        let it = ops::iter(th, *v)?;
        its.fields()[i].set(&its.header, it);
    }
    its.set_len(n);
    let data = ZipLongest {
        its: FieldOf::new(its),
        fill: Field::new(fill),
        active: AtomicUsize::new(n),
        ended: AtomicBool::new(n == 0),
    };
    Ok(th.new_instance(cls, data).value())
}

fn next_zip_longest(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let z = v.expect::<ZipLongest>();
    if z.ended.load(Ordering::Relaxed) {
        return Ok(None);
    }
    let its = z.its.expect();
    let mut out = ValueVec::with_capacity(th, its.len())?;
    for f in its.fields() {
        let it = f.get();
        if it.is_absent() {
            out.push(th, z.fill.get())?;
            continue;
        }
        match ops::next(th, it) {
            Ok(Some(x)) => out.push(th, x)?,
            Ok(None) => {
                let last = f.compare_exchange(&its.header, it, Value::ABSENT)
                    && z.active.fetch_sub(1, Ordering::AcqRel) == 1;
                if last {
                    z.ended.store(true, Ordering::Relaxed);
                    return Ok(None);
                }
                out.push(th, z.fill.get())?;
            }
            Err(e) => {
                z.ended.store(true, Ordering::Relaxed);
                return Err(e);
            }
        }
    }
    Value::try_tuple(th, &out).map(Some)
}
