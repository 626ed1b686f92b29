//! What many threads at once may not break: every operation on a `bytearray` or a view is one step.

use std::sync::{Barrier, OnceLock};
use taipan_object::bytearray::ByteArray;
use taipan_object::thread::{Hooks, Interpreter};
use taipan_object::types::class_of;
use taipan_object::{Thread, Value, call, exception, ops};
use taipan_strings::memoryview;

static INTERP: OnceLock<&'static Interpreter> = OnceLock::new();

static HOOKS: Hooks = Hooks {
    call_function: |_, _, _| panic!("no Python function here"),
    run_code: |_, _, _, _, _| panic!("no code here"),
    resume: |_, _, _| panic!("no generator here"),
    current_frame: |_, _| Value::ABSENT,
    poll: |th, bits| {
        th.mutator.clear_poll(bits);
        while let Some(cell) = taipan_object::gc::pop_pending_finalizer(0) {
            let v = Value::from_cell(cell);
            if let Some(f) = class_of(v).slots().del {
                f(th, v)?;
            }
        }
        Ok(())
    },
    compile: |_, _, _, _, _, _| panic!("no compiler here"),
};

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
        taipan_object::thread::set_hooks(&HOOKS);
        for (t, spec) in taipan_strings::types() {
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

fn method(th: &Thread, v: Value, name: &str, args: &[Value]) -> Value {
    call::call_method(th, v, name, args).expect("the call succeeds")
}

#[test]
fn no_append_is_lost_and_no_extend_is_torn() {
    attached(|th| {
        let b = ByteArray::new(th, Vec::new());
        share(th, b, 4, |th, i, b| {
            let four = Value::bytes(th, &[i as u8; 4]).expect("memory");
            for _ in 0..2000 {
                method(th, b, "append", &[Value::small_int(100 + i as i64)]);
                method(th, b, "extend", &[four]);
                th.poll().expect("nothing is raised");
            }
        });
        let bytes = b.expect::<ByteArray>().bytes.with(|b| b.clone());
        assert_eq!(bytes.len(), 4 * 2000 * 5);
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] >= 100 {
                at += 1;
            } else {
                assert!(bytes[at..at + 4].iter().all(|x| *x == bytes[at]));
                at += 4;
            }
        }
    });
}

#[test]
fn each_byte_is_popped_once() {
    attached(|th| {
        let b = ByteArray::new(th, vec![1; 8000]);
        let taken = std::sync::atomic::AtomicUsize::new(0);
        share(th, b, 4, |th, _, b| {
            loop {
                match call::call_method(th, b, "pop", &[]) {
                    Ok(_) => taken.fetch_add(1, std::sync::atomic::Ordering::Relaxed),
                    Err(e) => {
                        assert!(e.is(&exception::INDEX_ERROR));
                        break;
                    }
                };
            }
        });
        assert_eq!(taken.into_inner(), 8000);
    });
}

#[test]
fn a_view_keeps_the_memory_in_place() {
    attached(|th| {
        let b = ByteArray::new(th, vec![7; 1000]);
        share(th, b, 4, |th, i, b| {
            for n in 0..500 {
                if i == 0 {
                    // Grows and shrinks whenever no view is out.
                    let r = call::call_method(
                        th,
                        b,
                        "resize",
                        &[Value::small_int(1000 + n % 50 * 100)],
                    );
                    if let Err(e) = r {
                        assert!(e.is(&exception::BUFFER_ERROR));
                    }
                } else {
                    let v = memoryview::of_object(th, b).expect("a view");
                    let first = ops::get_item(th, v, Value::small_int(0)).expect("an item");
                    assert_eq!(first.as_small_int(), Some(7));
                    let len = ops::len(th, v).expect("a length");
                    let copy = method(th, v, "tobytes", &[]);
                    assert_eq!(copy.as_bytes().map(<[u8]>::len), Some(len));
                    method(th, v, "release", &[]);
                }
                th.poll().expect("nothing is raised");
            }
        });
    });
}

#[test]
fn one_view_used_and_released_at_once() {
    attached(|th| {
        for _ in 0..50 {
            let b = ByteArray::new(th, vec![7; 4096]);
            let v = memoryview::of_object(th, b).expect("a view");
            share(th, v, 3, |th, i, v| {
                for _ in 0..20 {
                    if i == 0 {
                        method(th, v, "release", &[]);
                    } else {
                        match call::call_method(th, v, "tobytes", &[]) {
                            Ok(c) => {
                                assert!(c.as_bytes().is_some_and(|c| c.iter().all(|b| *b == 7)))
                            }
                            Err(e) => assert!(e.is(&exception::VALUE_ERROR)),
                        }
                    }
                }
            });
            // Nothing holds the memory any more.
            method(th, b, "clear", &[]);
        }
    });
}

#[test]
fn a_forgotten_view_does_not_hold_for_ever() {
    #[inline(never)]
    fn forget(th: &Thread, b: Value) {
        memoryview::of_object(th, b).expect("a view");
    }
    /// Writes over what calls left on the stack.
    #[inline(never)]
    fn overwrite(depth: usize) {
        std::hint::black_box([depth; 64]);
        if depth < 32 {
            overwrite(depth + 1);
        }
    }
    attached(|th| {
        for _ in 0..20 {
            let b = ByteArray::new(th, vec![0; 16]);
            forget(th, b);
            overwrite(0);
            // Words of dead frames may keep one view or another; not most of them.
            if call::call_method(th, b, "append", &[Value::small_int(1)]).is_ok() {
                return;
            }
        }
        panic!("no view was ever collected");
    });
}
