//! Containers without an interpreter: what single threads see, and what many threads at once may not break.

use std::sync::{Barrier, OnceLock};
use taipan_containers as containers;
use taipan_object::dict::{Dict, Set};
use taipan_object::seq::List;
use taipan_object::thread::Interpreter;
use taipan_object::{Thread, Value, ops};

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
        for (t, spec) in containers::types() {
            t.define(&th, spec).expect("types can be made");
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
fn together(make: impl Fn(&Thread) -> Value, n: usize, f: impl Fn(&Thread, usize, Value) + Sync) {
    attached(|th| share(th, make(th), n, f));
}

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

fn ints(th: &Thread, v: Value) -> Vec<i64> {
    let items = ops::to_vec(th, v).expect("items");
    items
        .iter()
        .map(|x| x.as_small_int().expect("an int"))
        .collect()
}

fn list_of(th: &Thread, n: &[i64]) -> Value {
    let v = Value::list(th, &[]).expect("memory");
    for x in n {
        v.as_list()
            .expect("a list")
            .append(th, Value::small_int(*x))
            .expect("memory");
    }
    v
}

#[test]
fn sorting_is_stable_and_right() {
    attached(|th| {
        let mut seed = 12345u64;
        let mut random = move || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        for n in [0, 1, 2, 3, 10, 63, 64, 65, 100, 1000, 5000] {
            for kind in 0..6 {
                let data: Vec<i64> = (0..n as i64)
                    .map(|i| match kind {
                        0 => (random() % 1000) as i64,
                        1 => i,
                        2 => -i,
                        3 => i % 7,
                        4 => {
                            if i % 50 == 0 {
                                (random() % 1000) as i64
                            } else {
                                i
                            }
                        }
                        _ => (i * 37) % 101,
                    })
                    .collect();
                for reverse in [false, true] {
                    let v = list_of(th, &data);
                    containers::list::sort::sort(
                        th,
                        v.as_list().expect("a list"),
                        Value::NONE,
                        reverse,
                    )
                    .expect("ints compare");
                    let mut want = data.clone();
                    want.sort();
                    if reverse {
                        want.reverse();
                    }
                    assert_eq!(ints(th, v), want, "n {n} kind {kind} reverse {reverse}");
                }
            }
        }
    });
}

#[test]
fn slices_are_cut_and_spliced() {
    attached(|th| {
        let v = list_of(th, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let slice = |a: i64, b: i64, c: i64| {
            let o = |x: i64| {
                if x == 99 {
                    Value::NONE
                } else {
                    Value::small_int(x)
                }
            };
            taipan_object::func::Slice::new(th, o(a), o(b), o(c))
        };
        let get = |s| ints(th, ops::get_item(th, v, s).expect("a slice"));
        assert_eq!(get(slice(2, 5, 99)), [2, 3, 4]);
        assert_eq!(get(slice(99, 99, -3)), [9, 6, 3, 0]);
        assert_eq!(get(slice(-2, 99, 99)), [8, 9]);
        ops::set_item(th, v, slice(1, 3, 99), list_of(th, &[20, 21, 22, 23])).expect("stored");
        assert_eq!(ints(th, v), [0, 20, 21, 22, 23, 3, 4, 5, 6, 7, 8, 9]);
        ops::set_item(th, v, slice(1, 5, 99), list_of(th, &[])).expect("stored");
        assert_eq!(ints(th, v), [0, 3, 4, 5, 6, 7, 8, 9]);
        ops::del_item(th, v, slice(99, 99, 3)).expect("deleted");
        assert_eq!(ints(th, v), [3, 4, 6, 7, 9]);
        ops::del_item(th, v, slice(99, 99, -2)).expect("deleted");
        assert_eq!(ints(th, v), [4, 7]);
    });
}

#[test]
fn a_dict_keeps_order_and_both_ends_can_be_taken() {
    attached(|th| {
        let d = Dict::new(th);
        let k = Value::small_int;
        for i in 0..1000 {
            d.set(th, k(i), k(i * 2)).expect("stored");
        }
        for i in (0..1000).step_by(2) {
            assert!(d.remove(th, k(i)).expect("removed").is_some());
        }
        assert_eq!(d.map.len(), 500);
        let hash = ops::hash_small_int(501);
        assert!(
            d.map
                .move_to_end(th, &d.header, k(501), hash, false)
                .expect("moved")
        );
        assert!(
            d.map
                .move_to_end(th, &d.header, k(1), hash_of(1), true)
                .expect("moved")
        );
        assert!(
            !d.map
                .move_to_end(th, &d.header, k(2), hash_of(2), true)
                .expect("not there")
        );
        assert_eq!(d.map.pop_first(&d.header), Some((k(501), k(1002))));
        assert_eq!(d.map.pop_last(&d.header), Some((k(1), k(2))));
        assert_eq!(d.map.pop_last(&d.header), Some((k(999), k(1998))));
        assert_eq!(d.map.len(), 497);
        assert_eq!(ints(th, d.value()).first(), Some(&3));
    });
}

fn hash_of(n: i64) -> i64 {
    ops::hash_small_int(n)
}

#[test]
fn set_operators() {
    attached(|th| {
        let set = |n: &[i64]| {
            let s = Set::new(th);
            containers::set::update(th, s, list_of(th, n)).expect("ints hash");
            s.value()
        };
        let sorted = |v| {
            let mut n = ints(th, v);
            n.sort();
            n
        };
        use taipan_object::slots::BinOp;
        let (a, b) = (set(&[1, 2, 3]), set(&[3, 4]));
        let op = |o| sorted(ops::binary(th, o, a, b).expect("sets"));
        assert_eq!(op(BinOp::Or), [1, 2, 3, 4]);
        assert_eq!(op(BinOp::And), [3]);
        assert_eq!(op(BinOp::Sub), [1, 2]);
        assert_eq!(op(BinOp::Xor), [1, 2, 4]);
        ops::inplace(th, BinOp::Xor, a, b).expect("sets");
        assert_eq!(sorted(a), [1, 2, 4]);
        ops::inplace(th, BinOp::Sub, a, b).expect("sets");
        assert_eq!(sorted(a), [1, 2]);
    });
}

#[test]
fn appends_of_many_threads_are_all_there() {
    const N: i64 = 20_000;
    const THREADS: usize = 8;
    attached(|th| {
        let keep = Value::list(th, &[]).expect("memory");
        share(th, keep, THREADS, |th, i, v| {
            let list = v.as_list().expect("a list");
            for k in 0..N {
                list.append(th, Value::small_int(i as i64 * N + k))
                    .expect("memory");
                if k % 64 == 0 {
                    let _ = list.get(k as usize);
                    th.poll().expect("no signals");
                }
            }
        });
        let mut all = ints(th, keep);
        all.sort();
        assert_eq!(all, (0..N * THREADS as i64).collect::<Vec<_>>());
    });
}

#[test]
fn pops_and_inserts_of_many_threads_lose_and_invent_nothing() {
    use std::sync::atomic::{AtomicI64, Ordering};
    const N: i64 = 4_000;
    let (sum, count) = (AtomicI64::new(0), AtomicI64::new(0));
    together(
        |th| Value::list(th, &[]).expect("memory"),
        6,
        |th, i, v| {
            let list = v.expect::<List>();
            for k in 1..=N {
                if i % 2 == 0 {
                    list.insert(th, k % 5, Value::small_int(k)).expect("memory");
                    continue;
                }
                loop {
                    let taken = if k % 3 == 0 {
                        list.pop_last()
                    } else {
                        list.remove_at(0)
                    };
                    if let Some(x) = taken {
                        sum.fetch_add(x.as_small_int().expect("an int"), Ordering::Relaxed);
                        count.fetch_add(1, Ordering::Relaxed);
                        break;
                    }
                    th.poll().expect("no signals");
                    std::thread::yield_now();
                }
            }
        },
    );
    assert_eq!(count.into_inner(), 3 * N);
    assert_eq!(sum.into_inner(), 3 * N * (N + 1) / 2);
}

#[test]
fn a_dict_of_many_threads_keeps_its_promises() {
    use std::sync::atomic::{AtomicI64, Ordering};
    const N: i64 = 20_000;
    let winners = AtomicI64::new(0);
    together(
        |th| Dict::new(th).value(),
        6,
        |th, i, v| {
            let d = v.expect::<Dict>();
            let other = Dict::new(th);
            for k in 0..N {
                let key = Value::small_int(k % 500);
                match (i + k as usize) % 5 {
                    0 => d.set(th, key, key).expect("memory"),
                    1 => {
                        if let Some(x) = d.remove(th, key).expect("hashable") {
                            assert_eq!(x, key);
                        }
                    }
                    2 => {
                        let w = containers::dict::setdefault(th, d, key, key).expect("memory");
                        assert_eq!(w, key);
                        winners.fetch_add(1, Ordering::Relaxed);
                    }
                    3 => {
                        if let Some(x) = d.get(th, key).expect("hashable") {
                            assert_eq!(x, key);
                        }
                    }
                    _ => {
                        other.set(th, key, key).expect("memory");
                        containers::dict::update::update(th, d, other.value()).expect("memory");
                        other.map.clear(&other.header);
                    }
                }
                th.poll().expect("no signals");
            }
            assert!(d.map.len() <= 500);
        },
    );
    assert!(winners.into_inner() > 0);
}

#[test]
fn a_dict_under_many_threads_counts_right_in_the_end() {
    const N: i64 = 3_000;
    attached(|th| {
        let d = Dict::new(th);
        share(th, d.value(), 6, |th, i, v| {
            let d = v.expect::<Dict>();
            let base = i as i64 * N;
            for k in 0..N {
                d.set(th, Value::small_int(base + k), Value::small_int(k))
                    .expect("memory");
            }
            for k in (0..N).step_by(3) {
                assert!(
                    d.remove(th, Value::small_int(base + k))
                        .expect("ints")
                        .is_some()
                );
            }
            for k in 0..N {
                let there = d
                    .get(th, Value::small_int(base + k))
                    .expect("ints")
                    .is_some();
                assert_eq!(there, k % 3 != 0);
            }
        });
        assert_eq!(d.map.len() as i64, 6 * (N - N / 3));
        assert_eq!(ints(th, d.value()).len(), d.map.len());
    });
}

#[test]
fn sets_of_many_threads_merge_whole() {
    const N: i64 = 400;
    together(
        |th| Set::new(th).value(),
        5,
        |th, i, v| {
            let s = v.expect::<Set>();
            let (one, two) = (Set::new(th), Set::new(th));
            for k in 0..50 {
                one.add(th, Value::small_int(k)).expect("memory");
                two.add(th, Value::small_int(1000 + k)).expect("memory");
            }
            for k in 0..N {
                match (k as usize + i) % 4 {
                    0 => containers::set::update(th, s, one.value()).expect("memory"),
                    1 => containers::set::difference_update(th, s, one.value()).expect("memory"),
                    2 => containers::set::update(th, s, two.value()).expect("memory"),
                    _ => {
                        // Whole sets come and go, so a copy has all of one or nothing of it.
                        let copy = containers::set::snapshot(th, s).expect("memory");
                        let low = copy
                            .iter()
                            .filter(|x| x.as_small_int() < Some(1000))
                            .count();
                        assert!(low == 0 || low == 50, "{low} of 50");
                    }
                }
                th.poll().expect("no signals");
            }
        },
    );
}

#[test]
fn iterating_while_others_write_ends_or_says_so() {
    together(
        |th| Dict::new(th).value(),
        4,
        |th, i, v| {
            let d = v.expect::<Dict>();
            for round in 0..300i64 {
                if i == 0 {
                    for k in 0..20 {
                        d.set(th, Value::small_int(round % 7 * 20 + k), Value::NONE)
                            .expect("memory");
                    }
                    d.map.clear(&d.header);
                    continue;
                }
                let it = ops::iter(th, v).expect("a dict");
                let mut n = 0;
                while let Ok(Some(k)) = ops::next(th, it) {
                    assert!(k.is_small_int());
                    n += 1;
                    assert!(n <= 1000);
                }
                th.poll().expect("no signals");
            }
        },
    );
}
