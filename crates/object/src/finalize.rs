//! Runs what the collector left to be run: finalisers and the callbacks of weak references.

use crate::error::PyResult;
use crate::frame::{GenState, Generator};
use crate::func::Function;
use crate::thread::{POLL_ASYNC_EXC, POLL_SIGNAL, Thread};
use crate::types::{self, class_of};
use crate::value::Value;
use crate::weak::WeakRef;
use crate::{call, names, ops};
use taipan_gc as gc;

/// Runs all pending callbacks of weak references and finalisers of this interpreter's objects; how many finalisers it ran.
/// Exceptions go to `sys.unraisablehook`. Inside a finaliser it does nothing: the outer call goes on with them.
pub fn run_pending(th: &Thread) -> usize {
    run_until(th, || false)
}

/// As [`run_pending`], at a safepoint of the program: it leaves the rest for later when a signal or an exception for
/// this thread comes, for what that raises belongs to the program. In a finaliser it would only be reported.
pub fn run_at_safepoint(th: &Thread) {
    run_until(th, || {
        th.mutator.poll_bits() & (POLL_SIGNAL | POLL_ASYNC_EXC) != 0
    });
}

fn run_until(th: &Thread, leave: impl Fn() -> bool) -> usize {
    th.mutator.clear_poll(gc::POLL_PENDING);
    if th.in_finalizers.replace(true) {
        return 0;
    }
    let owner = th.interp.owner;
    let mut n = 0;
    loop {
        if leave() {
            th.mutator.set_poll(gc::POLL_PENDING);
            break;
        }
        if let Some(cell) = gc::pop_pending_weak_callback(owner) {
            run_callback(th, Value::from_cell(cell));
        } else if let Some(cell) = gc::pop_pending_finalizer(owner) {
            n += 1;
            finalize(th, Value::from_cell(cell));
        } else {
            break;
        }
    }
    th.in_finalizers.set(false);
    n
}

/// Runs the `__del__` methods of all objects that have one, reachable or not: at the end of a program, while its
/// modules are still whole. Objects whose finalisers are native, streams and generators, are left alone.
pub fn run_all(th: &Thread) {
    // A finaliser may make objects with finalisers; a few rounds, not for ever.
    for _ in 0..3 {
        gc::queue_finalizable(th.mutator, th.interp.owner, &|cell| {
            let v = Value::from_cell(cell.cast_const());
            let own = class_of(v).lookup(names::DEL.get());
            own.is_some_and(|f| f.downcast::<Function>().is_some())
        });
        if run_pending(th) == 0 {
            return;
        }
    }
}

/// Runs the native finalisers of all this interpreter's objects that have one, reachable or not, the newest first: streams
/// are written out and closed, generators that wait are closed. After [`run_all`], at the interpreter's end.
pub fn run_native(th: &Thread) {
    gc::queue_finalizable_newest_first(th.mutator, th.interp.owner);
    run_pending(th);
}

fn run_callback(th: &Thread, weak: Value) {
    let Some(w) = weak.downcast::<WeakRef>() else {
        return;
    };
    let f = w.callback.swap(&w.header, Value::NONE);
    if f.is_none() || f.is_absent() {
        return;
    }
    if let Err(e) = call::call(th, f, &[weak]) {
        let what = described(th, "calling weakref callback", f);
        th.unraisable(e, Some(&what), Value::ABSENT);
    }
}

fn finalize(th: &Thread, v: Value) {
    let Some(del) = class_of(v).slots().del else {
        return;
    };
    let never_begun = v
        .downcast::<Generator>()
        .is_some_and(|g| g.state() == GenState::Created);
    let r: PyResult<()> = th.recurse("", || del(th, v));
    if let Err(e) = r {
        let own = class_of(v).lookup(names::DEL.get());
        let what = match own {
            Some(f) if f.downcast::<Function>().is_some() => {
                described(th, "calling deallocator", f)
            }
            _ if never_begun && types::is_instance(v, &types::COROUTINE) => {
                described(th, "finalizing coroutine", v)
            }
            _ if types::is_instance(v, &types::GENERATOR)
                || types::is_instance(v, &types::COROUTINE)
                || types::is_instance(v, &types::ASYNC_GENERATOR) =>
            {
                described(th, "closing generator", v)
            }
            _ => described(th, "finalizing", v),
        };
        th.unraisable(e, Some(&what), Value::ABSENT);
    }
}

fn described(th: &Thread, what: &str, v: Value) -> String {
    let text = match ops::repr(th, v) {
        Ok(r) => names::text(r).into_owned(),
        Err(_) => "<object repr() failed>".into(),
    };
    format!("Exception ignored while {what} {text}")
}
