//! Deques, counters and caches without an interpreter, with one thread and with many.

use std::sync::{Barrier, Mutex, OnceLock};
use taipan_object::thread::Interpreter;
use taipan_object::types::StaticType;
use taipan_object::{Thread, Value, call, ops};

static INTERP: OnceLock<&'static Interpreter> = OnceLock::new();

/// Runs `f` on an attached thread of the one interpreter of this test process.
fn attached<R>(f: impl FnOnce(&Thread) -> R) -> R {
    let mut first = None;
    let interp = INTERP.get_or_init(|| {
        let interp = Interpreter::create(
            taipan_object::thread::GilOf::Nobody,
            taipan_object::thread::Limits::NONE,
        )
        .expect("an interpreter");
        let th = Thread::attach(interp, true).expect("memory for a thread");
        taipan_object::bootstrap(&th).expect("bootstrap");
        for (t, spec) in taipan_containers::types() {
            t.define(&th, spec).expect("types can be made");
        }
        for m in taipan_std_core::modules() {
            for (t, spec) in m.types {
                t.define(&th, spec).expect("types can be made");
            }
        }
        first = Some(th);
        interp
    });
    let th = match first {
        Some(th) => th,
        None => Thread::attach(interp, false).expect("memory for a thread"),
    };
    let r = f(&th);
    th.detach();
    r
}

/// Gives one value to each of `n` threads at once.
fn share(th: &Thread, shared: Value, n: usize, f: impl Fn(&Thread, usize, Value) + Sync) {
    let bits = shared.bits();
    let barrier = Barrier::new(n);
    th.blocking(|| {
        std::thread::scope(|s| {
            for i in 0..n {
                let (f, barrier) = (&f, &barrier);
                s.spawn(move || {
                    attached(|th| {
                        th.blocking(|| barrier.wait());
                        f(th, i, Value::from_bits(bits));
                    })
                });
            }
        })
    });
    // Still on this stack: the collector has seen it all the time.
    std::hint::black_box(shared);
}

fn type_of(module: &str, name: &str) -> &'static StaticType {
    taipan_std_core::modules()
        .iter()
        .find(|m| m.name == module)
        .and_then(|m| m.types.iter().find(|(t, _)| t.name == name))
        .map(|(t, _)| *t)
        .expect("the module has the type")
}

fn make(th: &Thread, module: &str, name: &str, args: &[Value]) -> Value {
    let t = type_of(module, name);
    let slots = t.slots();
    let args = call::Args::positional(args);
    let v = (slots.new.expect("can be made"))(th, t, args).expect("made");
    if let Some(init) = slots.init {
        init(th, v, args).expect("initialised");
    }
    v
}

fn ints(th: &Thread, v: Value) -> Vec<i64> {
    let items = ops::to_vec(th, v).expect("items");
    items
        .iter()
        .map(|x| x.as_small_int().expect("an int"))
        .collect()
}

fn n(i: i64) -> Value {
    Value::small_int(i)
}

#[test]
fn a_deque_is_a_ring() {
    attached(|th| {
        let d = make(th, "_collections", "deque", &[]);
        let go = |name: &str, args: &[Value]| call::call_method(th, d, name, args).expect(name);
        for i in 0..20 {
            go("append", &[n(i)]);
            go("appendleft", &[n(-i)]);
        }
        assert_eq!(ints(th, d).len(), 40);
        for _ in 0..15 {
            go("pop", &[]);
            go("popleft", &[]);
        }
        assert_eq!(ints(th, d), [-4, -3, -2, -1, 0, 0, 1, 2, 3, 4]);
        go("rotate", &[n(3)]);
        assert_eq!(ints(th, d), [2, 3, 4, -4, -3, -2, -1, 0, 0, 1]);
        go("rotate", &[n(-3)]);
        go("insert", &[n(1), n(50)]);
        go("insert", &[n(-1), n(60)]);
        go("remove", &[n(0)]);
        go("reverse", &[]);
        assert_eq!(ints(th, d), [4, 60, 3, 2, 1, 0, -1, -2, -3, 50, -4]);
        ops::del_item(th, d, n(1)).expect("in range");
        assert_eq!(ops::get_item(th, d, n(-1)).expect("in range"), n(-4));
        assert!(ops::get_item(th, d, n(10)).is_err());
        let few = make(th, "_collections", "deque", &[d, n(3)]);
        assert_eq!(ints(th, few), [-3, 50, -4]);
        call::call_method(th, few, "appendleft", &[n(7)]).expect("appended");
        assert_eq!(ints(th, few), [7, -3, 50]);
    });
}

#[test]
fn a_deque_of_many_threads_loses_nothing() {
    const N: i64 = 3_000;
    attached(|th| {
        let d = make(th, "_collections", "deque", &[]);
        let taken = Mutex::new(Vec::new());
        share(th, d, 6, |th, i, d| {
            let mut mine = Vec::new();
            for k in 0..N {
                match i % 3 {
                    0 => {
                        call::call_method(th, d, "append", &[n(i as i64 * N + k)]).expect("room");
                    }
                    1 => {
                        call::call_method(th, d, "appendleft", &[n(i as i64 * N + k)])
                            .expect("room");
                    }
                    _ => loop {
                        let name = if k % 2 == 0 { "pop" } else { "popleft" };
                        if let Ok(v) = call::call_method(th, d, name, &[]) {
                            mine.push(v.as_small_int().expect("an int"));
                            break;
                        }
                        std::thread::yield_now();
                        th.poll().expect("no signals");
                    },
                }
            }
            taken.lock().expect("no panic").extend(mine);
        });
        let mut all = taken.into_inner().expect("no panic");
        all.extend(ints(th, d));
        all.sort();
        let want: Vec<i64> = (0..6 * N).filter(|x| (x / N) % 3 != 2).collect();
        assert_eq!(all, want);
    });
}

#[test]
fn a_count_gives_each_number_once() {
    const N: usize = 20_000;
    attached(|th| {
        let c = make(th, "itertools", "count", &[]);
        let taken = Mutex::new(Vec::new());
        share(th, c, 4, |th, _, c| {
            let mut mine = Vec::with_capacity(N);
            for _ in 0..N {
                let v = ops::next(th, c).expect("no error").expect("no end");
                mine.push(v.as_small_int().expect("an int"));
            }
            taken.lock().expect("no panic").extend(mine);
        });
        let mut all = taken.into_inner().expect("no panic");
        all.sort();
        assert_eq!(all, (0..4 * N as i64).collect::<Vec<_>>());
    });
}

#[test]
fn iterators_of_itertools() {
    attached(|th| {
        let list = |items: &[i64]| {
            let v = Value::list(th, &[]).expect("memory");
            for i in items {
                v.as_list()
                    .expect("a list")
                    .append(th, n(*i))
                    .expect("memory");
            }
            v
        };
        let rows = |v: Value| -> Vec<Vec<i64>> {
            let rows = ops::to_vec(th, v).expect("items");
            rows.iter().map(|r| ints(th, *r)).collect()
        };
        let it = |name: &str, args: &[Value]| make(th, "itertools", name, args);
        assert_eq!(
            ints(th, it("chain", &[list(&[1, 2]), list(&[]), list(&[3])])),
            [1, 2, 3]
        );
        assert_eq!(
            ints(
                th,
                it("islice", &[list(&[0, 1, 2, 3, 4, 5, 6]), n(1), n(6), n(2)])
            ),
            [1, 3, 5]
        );
        assert_eq!(
            ints(th, it("compress", &[list(&[1, 2, 3]), list(&[1, 0, 5])])),
            [1, 3]
        );
        assert_eq!(rows(it("pairwise", &[list(&[1, 2, 3])])), [[1, 2], [2, 3]]);
        assert_eq!(
            rows(it("batched", &[list(&[1, 2, 3]), n(2)])),
            [vec![1, 2], vec![3]]
        );
        assert_eq!(
            rows(it("combinations", &[list(&[1, 2, 3]), n(2)])),
            [[1, 2], [1, 3], [2, 3]]
        );
        assert_eq!(
            rows(it("permutations", &[list(&[1, 2, 3]), n(2)])),
            [[1, 2], [1, 3], [2, 1], [2, 3], [3, 1], [3, 2]]
        );
        assert_eq!(
            rows(it("combinations_with_replacement", &[list(&[1, 2]), n(2)])),
            [[1, 1], [1, 2], [2, 2]]
        );
        assert_eq!(
            rows(it("product", &[list(&[1, 2]), list(&[3, 4])])),
            [[1, 3], [1, 4], [2, 3], [2, 4]]
        );
        assert_eq!(rows(it("product", &[])), [Vec::<i64>::new()]);
        let repeated = ops::to_vec(th, it("repeat", &[n(7), n(3)])).expect("items");
        assert_eq!(&repeated[..], [n(7), n(7), n(7)]);
    });
}
