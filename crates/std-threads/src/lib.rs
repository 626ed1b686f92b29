//! Native modules about threads, contexts, the collector and the end of a program.
//!
//! | module | what it has |
//! |---|---|
//! | `abc` | `_abc`: registries and caches of abstract base classes |
//! | `atexit` | functions to be called at the end |
//! | `collector` | `gc` |
//! | `contextvars` | `_contextvars`: contexts as persistent maps |
//! | `crossinterp` | values on their way between interpreters |
//! | `faulthandler` | tracebacks on fatal signals, on request, after a time |
//! | `interpchannels` | `_interpchannels`: channels between interpreters |
//! | `interpqueues` | `_interpqueues`: queues between interpreters |
//! | `queue` | `_queue`: `SimpleQueue` |
//! | `ring` | the items of a queue |
//! | `state` | objects kept per interpreter |
//! | `thread` | `_thread`: threads, locks, thread-local data |

pub mod abc;
pub mod atexit;
pub mod collector;
pub mod contextvars;
pub mod crossinterp;
pub mod faulthandler;
pub mod interpchannels;
pub mod interpqueues;
pub mod queue;
mod ring;
mod state;
pub mod thread;

use taipan_object::call::{self, Args};
use taipan_object::heap::ValueVec;
use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::StaticType;
use taipan_object::{PyResult, Thread, Value};

static MODULES: &[&ModuleSpec] = &[
    &abc::MODULE,
    &atexit::MODULE,
    &collector::MODULE,
    &contextvars::MODULE,
    &faulthandler::MODULE,
    &interpchannels::MODULE,
    &interpqueues::MODULE,
    &queue::MODULE,
    &thread::MODULE,
];

/// The modules of this crate.
pub fn modules() -> &'static [&'static ModuleSpec] {
    MODULES
}

/// Types of this crate that no module's table has: none.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    &[]
}

/// Calls `f` with the arguments that a tuple and a dict hold, each of which may be missing.
fn with_args<R>(
    th: &Thread,
    args: Value,
    kwargs: Value,
    f: impl FnOnce(Args) -> PyResult<R>,
) -> PyResult<R> {
    let pos = args.as_tuple().unwrap_or(&[]);
    let Some(d) = kwargs.as_dict().filter(|d| !d.map.is_empty()) else {
        return f(Args::positional(pos));
    };
    let mut values = ValueVec::from_slice(th, pos)?;
    let mut kwnames = ValueVec::new();
    let mut at = 0;
    while let Some((next, k, v, _)) = d.map.next_entry(at) {
        at = next;
        if k.as_wtf8().is_none() {
            return Err(th.type_error("keywords must be strings"));
        }
        kwnames.push(th, k)?;
        values.push(th, v)?;
    }
    f(Args {
        values: &values,
        kwnames: &kwnames,
    })
}

/// `f(*args, **kwargs)`
/// Calls `f` with the arguments that a tuple and a dict hold, each of which may be absent.
///
/// # Errors
/// What `f` raises; `TypeError` for keywords that are not strings.
pub fn call_with(th: &Thread, f: Value, args: Value, kwargs: Value) -> PyResult {
    with_args(th, args, kwargs, |args| call::call_args(th, f, args))
}
