//! What surrounds a fork: `os.register_at_fork`'s functions, the world stopped, the child put in order.

use crate::args::state;
use std::sync::{Mutex, PoisonError};
use taipan_object::seq::List;
use taipan_object::{Object, PyResult, Thread, Value, call, gc};

/// When a registered function runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Before the fork, last registered first.
    Before,
    /// After it, in the parent.
    Parent,
    /// After it, in the child.
    Child,
}

impl When {
    fn key(self) -> &'static str {
        match self {
            When::Before => "fork.before",
            When::Parent => "fork.parent",
            When::Child => "fork.child",
        }
    }
}

/// The functions registered for a time.
fn registered<'a>(th: &Thread, when: When) -> Option<&'a Object<List>> {
    state(th)
        .get_name(th, when.key())
        .map(|v| v.expect::<List>())
}

/// Has `f` called around each fork.
///
/// # Errors
/// `MemoryError`.
pub fn register(th: &Thread, when: When, f: Value) -> PyResult<()> {
    let list = match registered(th, when) {
        Some(l) => l,
        None => {
            let l = Value::list(th, &[])?;
            state(th).set_name(th, when.key(), l)?;
            l.expect::<List>()
        }
    };
    list.append(th, f)
}

/// Calls the functions registered for a time; what they raise nobody can handle.
fn run(th: &Thread, when: When) {
    let Some(list) = registered(th, when) else {
        return;
    };
    // Functions registered meanwhile are for the next fork.
    let n = list.len();
    for i in 0..n {
        let i = if when == When::Before { n - 1 - i } else { i };
        let Some(f) = list.get(i) else { continue };
        if let Err(e) = call::call(th, f, &[]) {
            th.unraisable(e, None, f);
        }
    }
}

/// What native code does around a fork: locks that the child is to find free are held while it is made.
#[derive(Clone, Copy)]
struct Around {
    before: fn(&Thread),
    after: fn(&Thread),
}

static AROUND: Mutex<Vec<Around>> = Mutex::new(Vec::new());

/// Has `before` called before each fork, when the Python functions have run and all threads still do, and `after`
/// behind it, on both sides. Once per process.
pub fn add_around(before: fn(&Thread), after: fn(&Thread)) {
    let mut all = AROUND.lock().unwrap_or_else(PoisonError::into_inner);
    all.push(Around { before, after });
}

fn around(f: impl Fn(Around)) {
    let all = AROUND
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    all.into_iter().for_each(f);
}

/// Runs what is registered for before, and stops the world: the fork itself has to follow, and then [`in_parent`],
/// also where it failed, or [`in_child`].
pub fn before(th: &Thread) {
    run(th, When::Before);
    around(|a| (a.before)(th));
    gc::before_fork(th.mutator);
}

/// Lets the parent's world go on, and runs what is registered for it.
pub fn in_parent(th: &Thread) {
    gc::after_fork_parent(th.mutator);
    around(|a| (a.after)(th));
    run(th, When::Parent);
}

/// Makes the child's one thread the main one of a world of its own, and runs what is registered for it.
pub fn in_child(th: &Thread) {
    gc::after_fork_child(th.mutator);
    taipan_object::thread::after_fork_child(th);
    crate::io::lock::after_fork_child();
    around(|a| (a.after)(th));
    run(th, When::Child);
}
