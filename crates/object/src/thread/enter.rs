//! One OS thread in several interpreters, one within the other.

use super::{Interpreter, POLL_ASYNC_EXC, POLL_GIL, POLL_SIGNAL, POLL_TRACE, Stacks, Thread};
use std::sync::Arc;
use taipan_gc as gc;

impl Thread {
    /// Runs `f` in another interpreter, on this OS thread: with a state of its own, whose frames know nothing of the ones
    /// below, and under the other's GIL. What `f` leaves behind in its state is gone afterwards. The other must not be
    /// closed meanwhile.
    ///
    /// # Errors
    /// When the system refuses the memory.
    pub fn enter<R>(
        &self,
        interp: &'static Interpreter,
        f: impl FnOnce(&Thread) -> R,
    ) -> std::io::Result<R> {
        /// Goes back, also when `f` unwinds.
        struct Leave<'a>(&'a Thread, &'a Thread);
        impl Drop for Leave<'_> {
            fn drop(&mut self) {
                let Leave(outer, inner) = self;
                inner.go_out();
                inner.hand_gil_to(outer);
                drop(Stacks::from_raw(inner.stack));
                // Whoever wanted something of the outer state has told the OS thread, which may have asked the inner one.
                outer
                    .mutator
                    .set_poll(POLL_SIGNAL | POLL_TRACE | POLL_ASYNC_EXC | gc::POLL_PENDING);
            }
        }
        let stacks = Stacks::reserve()?;
        let inner = Thread::new(interp, false, self.mutator, stacks, self);
        self.hand_gil_to(&inner);
        inner.come_in();
        // Something may have waited for a thread to come.
        if gc::has_pending() {
            inner.mutator.set_poll(gc::POLL_PENDING);
        }
        let leave = Leave(self, &inner);
        let r = f(&inner);
        drop(leave);
        Ok(r)
    }

    /// The state of this OS thread in the interpreter from where it entered this one.
    pub fn outer(&self) -> Option<&Thread> {
        // SAFETY: null, or the state of the caller of `enter`, which has not returned.
        unsafe { self.outer.as_ref() }
    }

    /// This state and those that it was entered from.
    pub fn chain(&self) -> impl Iterator<Item = &Thread> {
        std::iter::successors(Some(self), |t| t.outer())
    }

    /// Lets go of this interpreter's GIL and waits for the other's, if they are not the same.
    fn hand_gil_to(&self, other: &Thread) {
        let (from, to) = (&self.interp.gil, &other.interp.gil);
        let same = match (from, to) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        if same {
            return;
        }
        self.mutator.blocking(|| {
            if let Some(gil) = from {
                gil.release();
            }
            if let Some(gil) = to {
                gil.acquire(self.mutator.poll_word() as *const _ as usize);
            }
            self.mutator.clear_poll(POLL_GIL);
        });
    }
}
