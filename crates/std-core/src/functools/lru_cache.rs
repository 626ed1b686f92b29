//! `_lru_cache_wrapper`: a function that remembers its results.
//!
//! The cache is one ordered table, oldest use first; each step on it is atomic. The function is called outside: two
//! threads that miss the same key both call it, and one result is kept.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use taipan_object::call::{self, Args};
use taipan_object::func::BoundMethod;
use taipan_object::heap::{Field, ValueVec};
use taipan_object::map::Map;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::payload;
use taipan_object::types::{
    self, OBJECT, StaticType, Type, class_of, flags, is_exactly, layout_of,
};
use taipan_object::{Object, PyResult, Thread, Value, attr, names, ops};

/// The payload of `_lru_cache_wrapper`.
#[repr(C)]
pub struct LruCache {
    map: Map,
    func: Field,
    info_type: Field,
    /// Separates positional arguments from keywords in a key.
    mark: Field,
    /// Negative for no limit.
    max: i64,
    typed: bool,
    hits: AtomicUsize,
    misses: AtomicI64,
}

payload!(LruCache, "lru cache", |this, m| {
    this.map.trace(m);
    this.func.trace(m);
    this.info_type.trace(m);
    this.mark.trace(m);
});

/// `functools._lru_cache_wrapper`
pub static LRU_CACHE_WRAPPER: StaticType = StaticType::new(
    "functools",
    "_lru_cache_wrapper",
    Some(&OBJECT),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::METHOD_DESCRIPTOR,
    layout_of::<LruCache>,
);

/// `functools._lru_cache_wrapper`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.call = Some(call_cached);
        s.descr_get = Some(|th, d, v, _| match v.present() {
            Some(v) if !v.is_none() => Ok(BoundMethod::new(th, d, v)),
            _ => Ok(d),
        });
    },
    methods: &[
        Method::new("cache_info", "($self, /)", info).doc("Report cache statistics"),
        Method::new("cache_clear", "($self, /)", clear)
            .atomic(Atomic::Locked)
            .doc("Clear the cache and cache statistics"),
        Method::new("__reduce__", "($self, /)", |th, a| {
            attr::get(th, a[0], names::QUALNAME.get())
        }),
        Method::new("__copy__", "($self, /)", |_, a| Ok(a[0])),
        Method::new("__deepcopy__", "($self, memo, /)", |_, a| Ok(a[0])),
    ],
    getset: &[],
    doc: "Create a cached callable that wraps another function.\n\nuser_function:      the function being cached\n\nmaxsize:  0         for no caching\n          None      for unlimited cache size\n          n         for a bounded cache\n\ntyped:    False     cache f(3) and f(3.0) as identical calls\n          True      cache f(3) and f(3.0) as distinct calls\n\ncache_info_type:    namedtuple class with the fields:\n                        hits misses currsize maxsize",
    sig: "",
};

static ARGS: Method = Method::new(
    "lru_cache",
    "(user_function, maxsize, typed, cache_info_type)",
    Value::try_tuple,
);

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let bound = call::call_method_row(th, &ARGS, args)?;
    let a = bound.as_tuple().unwrap_or(&[]);
    if !ops::is_callable(a[0]) {
        return Err(th.type_error("the first argument must be callable"));
    }
    let max = if a[1].is_none() {
        -1
    } else if class_of(a[1]).slots().index.is_some() {
        ops::index_i64(th, a[1])?.max(0)
    } else {
        return Err(th.type_error("maxsize should be integer or None"));
    };
    let typed = ops::truth(th, a[2])?;
    let mark = call::call(th, types::OBJECT.value(), &[])?;
    let data = LruCache {
        map: Map::new(),
        func: Field::new(a[0]),
        info_type: Field::new(a[3]),
        mark: Field::new(mark),
        max,
        typed,
        hits: AtomicUsize::new(0),
        misses: AtomicI64::new(0),
    };
    Ok(th.new_instance(cls, data).value())
}

/// The key of a call: one exact `int` or `str` stands for itself.
fn key_of(th: &Thread, c: &LruCache, args: Args) -> PyResult {
    if !c.typed && !args.has_kw() {
        if let [one] = args.values
            && (one.is_exact_int() || is_exactly(*one, &types::STR))
        {
            return Ok(*one);
        }
        return Value::try_tuple(th, args.values);
    }
    let pos = args.pos();
    let mut key = ValueVec::from_slice(th, pos)?;
    if args.has_kw() {
        key.push(th, c.mark.get())?;
        for (k, v) in args.kw() {
            key.push(th, k)?;
            key.push(th, v)?;
        }
    }
    if c.typed {
        for v in pos {
            key.push(th, class_of(*v).value())?;
        }
        for (_, v) in args.kw() {
            key.push(th, class_of(v).value())?;
        }
    }
    Value::try_tuple(th, &key)
}

fn call_cached(th: &Thread, f: Value, args: Args) -> PyResult {
    let c = f.expect::<LruCache>();
    let func = c.func.get();
    if c.max == 0 {
        c.misses.fetch_add(1, Ordering::Relaxed);
        return call::call_args(th, func, args);
    }
    let key = key_of(th, c, args)?;
    let hash = ops::hash(th, key)?;
    if let Some(v) = c.map.get(th, key, hash)? {
        if c.max > 0 {
            c.map.move_to_end(th, &c.header, key, hash, true)?;
        }
        c.hits.fetch_add(1, Ordering::Relaxed);
        return Ok(v);
    }
    c.misses.fetch_add(1, Ordering::Relaxed);
    let result = call::call_args(th, func, args)?;
    // Another call may have stored the key meanwhile: the first result stays.
    c.map.setdefault(th, &c.header, key, hash, result)?;
    if c.max > 0 {
        while c.map.len() as i64 > c.max {
            c.map.pop_first(&c.header);
        }
    }
    Ok(result)
}

fn info(th: &Thread, a: &[Value]) -> PyResult {
    let c = a[0].expect::<LruCache>();
    let max = if c.max < 0 {
        Value::NONE
    } else {
        Value::int(th, c.max)
    };
    let hits = Value::usize(th, c.hits.load(Ordering::Relaxed));
    let misses = Value::int(th, c.misses.load(Ordering::Relaxed));
    let size = Value::usize(th, c.map.len());
    call::call(th, c.info_type.get(), &[hits, misses, max, size])
}

fn clear(_: &Thread, a: &[Value]) -> PyResult {
    let c = a[0].expect::<LruCache>();
    c.map.clear(&c.header);
    c.hits.store(0, Ordering::Relaxed);
    c.misses.store(0, Ordering::Relaxed);
    Ok(Value::NONE)
}
