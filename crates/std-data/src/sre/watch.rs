//! Matching that may take very long stops for the collector, lets signal handlers run, and ends when one raises.
//!
//! The engine knows nothing of that: it is the text that it reads that looks round every so many steps. It is left by
//! unwinding, caught where it was started.

use rustpython_sre_engine::{StrDrive, StringCursor};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use taipan_object::thread::POLL_ASYNC_EXC;
use taipan_object::{PyResult, Thread};

/// Steps of the engine from one look to the next: a fraction of a millisecond.
const STEPS: u32 = 1 << 15;

thread_local! {
    /// Steps until this thread looks round.
    static LEFT: Cell<u32> = const { Cell::new(STEPS) };
}

/// What unwinding carries.
struct Left;

#[inline(always)]
fn step() {
    LEFT.with(|left| match left.get() {
        0 => look(left),
        n => left.set(n - 1),
    });
}

#[cold]
#[inline(never)]
fn look(left: &Cell<u32>) {
    left.set(STEPS);
    let th = Thread::current();
    let raised = th.called_back(|| {
        let Err(e) = th.poll() else { return false };
        // The exception waits where the collector sees it.
        th.async_exc.init(e.0);
        th.mutator.set_poll(POLL_ASYNC_EXC);
        true
    });
    if raised {
        resume_unwind(Box::new(Left));
    }
}

/// Runs the engine in a blocking region, which is left when a signal handler raises.
///
/// # Errors
/// What the handler raised.
pub(super) fn watched(th: &Thread, f: impl FnOnce() -> bool) -> PyResult<bool> {
    match th.blocking(|| catch_unwind(AssertUnwindSafe(f))) {
        Ok(found) => Ok(found),
        Err(why) if why.is::<Left>() => th.poll().map(|()| false),
        Err(panic) => resume_unwind(panic),
    }
}

/// A text whose reader looks round.
#[derive(Clone, Copy)]
pub(super) struct Watched<S>(pub S);

impl<S: StrDrive> StrDrive for Watched<S> {
    #[inline]
    fn count(&self) -> usize {
        self.0.count()
    }
    #[inline]
    fn create_cursor(&self, n: usize) -> StringCursor {
        self.0.create_cursor(n)
    }
    #[inline]
    fn adjust_cursor(&self, cursor: &mut StringCursor, n: usize) {
        step();
        self.0.adjust_cursor(cursor, n);
    }
    #[inline]
    fn advance(cursor: &mut StringCursor) -> u32 {
        step();
        S::advance(cursor)
    }
    #[inline]
    fn peek(cursor: &StringCursor) -> u32 {
        S::peek(cursor)
    }
    #[inline]
    fn skip(cursor: &mut StringCursor, n: usize) {
        S::skip(cursor, n);
    }
    #[inline]
    fn back_advance(cursor: &mut StringCursor) -> u32 {
        step();
        S::back_advance(cursor)
    }
    #[inline]
    fn back_peek(cursor: &StringCursor) -> u32 {
        S::back_peek(cursor)
    }
    #[inline]
    fn back_skip(cursor: &mut StringCursor, n: usize) {
        S::back_skip(cursor, n);
    }
}
