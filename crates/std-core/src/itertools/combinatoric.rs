//! `product`, `permutations`, `combinations`, `combinations_with_replacement`.
//!
//! Each has a pool of items that never changes, and indices into it that a lock guards.

use super::{bind, iterator_type, parameters};
use taipan_object::call::Args;
use taipan_object::heap::{Field, Guarded, ValueVec};
use taipan_object::native::Method;
use taipan_object::payload;
use taipan_object::types::Type;
use taipan_object::{Object, PyResult, Thread, Value, names, ops};

/// Where an iterator stands.
struct State {
    indices: Vec<usize>,
    /// How many rounds each place has still to go (permutations only).
    cycles: Vec<usize>,
    started: bool,
    ended: bool,
}

impl State {
    fn new(indices: Vec<usize>, cycles: Vec<usize>, ended: bool) -> Guarded<State> {
        Guarded::new(State {
            indices,
            cycles,
            started: false,
            ended,
        })
    }
}

/// The payload of all four types.
#[repr(C)]
pub struct Combinatoric {
    /// A tuple of items; for `product` a tuple of such tuples.
    pool: Field,
    /// The length of the results.
    width: usize,
    state: Guarded<State>,
}

payload!(Combinatoric, "combinatoric iterator", |this, m| this
    .pool
    .trace(m));

iterator_type!(
    /// `product`
    PRODUCT, PRODUCT_SPEC = "product", Combinatoric, new_product, next_product,
    [],
    "(*iterables, repeat=1)",
    "Cartesian product of input iterables.  Equivalent to nested for-loops.\n\nFor example, product(A, B) returns the same as:  ((x,y) for x in A for y in B).\nThe leftmost iterators are in the outermost for-loop, so the output tuples\ncycle in a manner similar to an odometer (with the rightmost element changing\non every iteration).\n\nTo compute the product of an iterable with itself, specify the number\nof repetitions with the optional repeat keyword argument. For example,\nproduct(A, repeat=4) means the same as product(A, A, A, A)."
);

iterator_type!(
    /// `permutations`
    PERMUTATIONS, PERMUTATIONS_SPEC = "permutations", Combinatoric, new_permutations, next_permutation,
    [],
    "(iterable, r=None)",
    "Return successive r-length permutations of elements in the iterable.\n\npermutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)"
);

iterator_type!(
    /// `combinations`
    COMBINATIONS, COMBINATIONS_SPEC = "combinations", Combinatoric, new_combinations, next_combination,
    [],
    "(iterable, r)",
    "Return successive r-length combinations of elements in the iterable.\n\ncombinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)"
);

iterator_type!(
    /// `combinations_with_replacement`
    WITH_REPLACEMENT, WITH_REPLACEMENT_SPEC = "combinations_with_replacement", Combinatoric,
    new_with_replacement, next_with_replacement,
    [],
    "(iterable, r)",
    "Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.\n\ncombinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')"
);

fn make(
    th: &Thread,
    cls: &Object<Type>,
    pool: Value,
    width: usize,
    state: Guarded<State>,
) -> PyResult {
    let data = Combinatoric {
        pool: Field::new(pool),
        width,
        state,
    };
    Ok(th.new_instance(cls, data).value())
}

fn pool_of(th: &Thread, v: Value) -> PyResult {
    taipan_containers::tuple::from_iterable(th, v)
}

/// Advances under the lock by `step`, unless this is the first result, and gives the items that `pick` finds.
fn advance(
    th: &Thread,
    c: &Combinatoric,
    step: impl FnOnce(&mut State) -> bool,
    pick: impl Fn(usize, usize) -> Value,
) -> PyResult<Option<Value>> {
    let mut out = ValueVec::with_capacity(th, c.width)?;
    let go = c.state.with(|s| {
        if s.ended {
            return false;
        }
        if s.started {
            if !step(s) {
                s.ended = true;
                return false;
            }
        } else {
            s.started = true;
        }
        for (place, i) in s.indices[..c.width].iter().enumerate() {
            // Within capacity, so nothing is allocated under the lock.
            let _ = out.push(th, pick(place, *i));
        }
        true
    });
    if go {
        Value::try_tuple(th, &out).map(Some)
    } else {
        Ok(None)
    }
}

fn new_product(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let mut repeat = 1;
    for (k, v) in args.kw() {
        if !k.is_str("repeat") {
            return Err(th.type_error(format!(
                "product() got an unexpected keyword argument '{}'",
                names::text(k)
            )));
        }
        repeat = ops::index_i64(th, v)?;
    }
    if repeat < 0 {
        return Err(th.value_error("repeat argument cannot be negative"));
    }
    let given = if repeat == 0 { &[] } else { args.pos() };
    let Some(width) = given
        .len()
        .checked_mul(repeat as usize)
        .filter(|n| *n < 1 << 40)
    else {
        return Err(th.overflow_error("repeat argument too large"));
    };
    let mut pools = ValueVec::with_capacity(th, width)?;
    for v in given {
        let pool = pool_of(th, *v)?;
        pools.push(th, pool)?;
    }
    let once = ValueVec::from_slice(th, &pools)?;
    if !once.is_empty() {
        for _ in 1..repeat {
            pools.extend_from_slice(th, &once)?;
        }
    }
    let empty = pools
        .iter()
        .any(|p| p.as_tuple().is_none_or(|t| t.is_empty()));
    let pools = Value::try_tuple(th, &pools)?;
    make(
        th,
        cls,
        pools,
        width,
        State::new(vec![0; width], Vec::new(), empty),
    )
}

fn next_product(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let c = v.expect::<Combinatoric>();
    let pools = c.pool.get().as_tuple().unwrap_or(&[]);
    let items = |place: usize| pools[place].as_tuple().unwrap_or(&[]);
    advance(
        th,
        c,
        |s| {
            for place in (0..c.width).rev() {
                s.indices[place] += 1;
                if s.indices[place] < items(place).len() {
                    return true;
                }
                s.indices[place] = 0;
            }
            false
        },
        |place, i| items(place)[i],
    )
}

static PERMUTATIONS_ARGS: Method = parameters("permutations", "(iterable, r=None)");
static COMBINATIONS_ARGS: Method = parameters("combinations", "(iterable, r)");
static WITH_REPLACEMENT_ARGS: Method = parameters("combinations_with_replacement", "(iterable, r)");

fn width_of(th: &Thread, r: Value) -> PyResult<usize> {
    let r = ops::index_i64(th, r)?;
    if r < 0 {
        return Err(th.value_error("r must be non-negative"));
    }
    Ok(r as usize)
}

fn new_permutations(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let a = bind(th, cls, &PERMUTATIONS, &PERMUTATIONS_ARGS, args)?;
    let pool = pool_of(th, a[0])?;
    let n = pool.as_tuple().map_or(0, |t| t.len());
    let r = match a[1].present() {
        Some(v) if !v.is_none() => {
            if !v.is_int() {
                return Err(th.type_error("Expected int as r"));
            }
            width_of(th, v)?
        }
        _ => n,
    };
    let cycles = (0..r.min(n)).map(|i| n - i).collect();
    let state = State::new((0..n).collect(), cycles, r > n);
    make(th, cls, pool, r, state)
}

fn next_permutation(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let c = v.expect::<Combinatoric>();
    let pool = c.pool.get().as_tuple().unwrap_or(&[]);
    if c.width > pool.len() {
        return Ok(None);
    }
    advance(
        th,
        c,
        |s| {
            let n = s.indices.len();
            for i in (0..c.width).rev() {
                s.cycles[i] -= 1;
                if s.cycles[i] == 0 {
                    // All at this place were had: back to the order of before.
                    s.indices[i..].rotate_left(1);
                    s.cycles[i] = n - i;
                } else {
                    let j = n - s.cycles[i];
                    s.indices.swap(i, j);
                    return true;
                }
            }
            false
        },
        |_, i| pool[i],
    )
}

fn new_combinations(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let a = bind(th, cls, &COMBINATIONS, &COMBINATIONS_ARGS, args)?;
    let r = ops::index_i64(th, a[1])?;
    let pool = pool_of(th, a[0])?;
    let r = width_of(th, Value::int(th, r))?;
    let n = pool.as_tuple().map_or(0, |t| t.len());
    let state = State::new((0..r.min(n)).collect(), Vec::new(), r > n);
    make(th, cls, pool, if r > n { 0 } else { r }, state)
}

fn next_combination(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let c = v.expect::<Combinatoric>();
    let pool = c.pool.get().as_tuple().unwrap_or(&[]);
    advance(
        th,
        c,
        |s| {
            let (n, r) = (pool.len(), c.width);
            // The last place that is not at its highest yet moves on, and those behind it follow closely.
            let Some(i) = (0..r).rev().find(|i| s.indices[*i] != i + n - r) else {
                return false;
            };
            s.indices[i] += 1;
            for k in i + 1..r {
                s.indices[k] = s.indices[k - 1] + 1;
            }
            true
        },
        |_, i| pool[i],
    )
}

fn new_with_replacement(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let a = bind(th, cls, &WITH_REPLACEMENT, &WITH_REPLACEMENT_ARGS, args)?;
    let r = ops::index_i64(th, a[1])?;
    let pool = pool_of(th, a[0])?;
    let r = width_of(th, Value::int(th, r))?;
    let n = pool.as_tuple().map_or(0, |t| t.len());
    let ended = n == 0 && r > 0;
    let indices = if ended { Vec::new() } else { vec![0; r] };
    let width = if ended { 0 } else { r };
    make(th, cls, pool, width, State::new(indices, Vec::new(), ended))
}

fn next_with_replacement(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let c = v.expect::<Combinatoric>();
    let pool = c.pool.get().as_tuple().unwrap_or(&[]);
    advance(
        th,
        c,
        |s| {
            let n = pool.len();
            let Some(i) = (0..c.width).rev().find(|i| s.indices[*i] != n - 1) else {
                return false;
            };
            let next = s.indices[i] + 1;
            s.indices[i..].fill(next);
            true
        },
        |_, i| pool[i],
    )
}
